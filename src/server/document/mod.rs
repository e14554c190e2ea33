//! Policies as documents, in TOML or JSON, with a place for every mistake.
//!
//! The keys are those of [`PolicyConfig`]'s methods. A table `env` holds more such tables by name; the one
//! that is chosen replaces, key by key, what the document says without it:
//!
//! ```
//! use cors_engine::server::document::PolicyDocument;
//! let document = PolicyDocument::from_toml(r#"
//!     origins = ["https://app.example"]
//!     max_age = 600
//!
//!     [env.development]
//!     origins = ["http://localhost:*"]
//! "#).unwrap();
//! let policy = document.config(Some("development")).unwrap().build().unwrap();
//! assert!(policy.answer(b"GET", &[("Origin", "http://localhost:3000")]).reason().allows());
//! assert!(!policy.answer(b"GET", &[("Origin", "https://app.example")]).reason().allows());
//! ```

mod json;
mod keys;
mod serialize;
#[cfg(feature = "capi")]
pub(crate) mod text;
mod toml;
mod value;

use super::config::{Located, PolicyConfig};
use super::error::{ConfigError, ConfigErrorCode, ConfigErrors};
use std::collections::BTreeSet;
use value::{Table, Value};

/// A policy document: one policy, and what its environments change in it.
///
/// ```
/// use cors_engine::server::document::PolicyDocument;
/// let document = PolicyDocument::from_toml("origins = ['*']\n[env.staging]\nmax_age = 0").unwrap();
/// assert!(document.environments().eq(["staging"]));
/// assert!(document.config(Some("staging")).unwrap().build().is_ok());
/// ```
#[derive(Clone, Debug)]
pub struct PolicyDocument {
    table: Table,
}

impl PolicyDocument {
    /// Reads a TOML document.
    ///
    /// # Errors
    /// Everything that is not well-formed, unknown, given twice or of the wrong type, in any environment.
    ///
    /// ```
    /// use cors_engine::server::{Position, document::PolicyDocument};
    /// let errors = PolicyDocument::from_toml("origins = [\"*\"]\ncredential = true").unwrap_err();
    /// let error = &errors.as_slice()[0];
    /// assert_eq!(error.position, Some(Position { line: 2, column: 1 }));
    /// assert_eq!(error.advice, "there is no such key: write credentials");
    /// ```
    pub fn from_toml(text: &str) -> Result<Self, ConfigErrors> {
        PolicyDocument::check(toml::read(text)?)
    }

    /// Reads a JSON document. A key whose value is `null` is as good as absent.
    ///
    /// # Errors
    /// As [`from_toml`](Self::from_toml).
    ///
    /// ```
    /// use cors_engine::server::document::PolicyDocument;
    /// let errors = PolicyDocument::from_json(r#"{"max_age": "600"}"#).unwrap_err();
    /// assert_eq!(errors.to_string(), "1:13: max_age: \"600\": a number is wanted here: write 600 [wrong-type]");
    /// ```
    pub fn from_json(text: &str) -> Result<Self, ConfigErrors> {
        PolicyDocument::check(json::read(text)?)
    }

    fn check(table: Table) -> Result<Self, ConfigErrors> {
        let mut config = PolicyConfig::new();
        let mut errors = keys::read_root(&table, &mut config);
        if !errors.is_empty() {
            // What could be read is judged as well, so that every mistake is said at once. What is missing may
            // have been there, unread.
            let judged = config.build().err().into_iter().flatten();
            let stands = judged.filter(|error| error.position.is_some());
            let read: BTreeSet<&str> = errors.iter().map(ConfigError::whole_key).collect();
            let more: Vec<_> = stands.filter(|error| !read.contains(error.whole_key())).collect();
            errors.extend(more);
        }
        ConfigErrors::or(errors, PolicyDocument { table })
    }

    /// The names of the environments, in the order of the document.
    ///
    /// ```
    /// use cors_engine::server::document::PolicyDocument;
    /// let document = PolicyDocument::from_json(r#"{"env": {"staging": {}, "production": {}}}"#).unwrap();
    /// assert!(document.environments().eq(["staging", "production"]));
    /// ```
    pub fn environments(&self) -> impl Iterator<Item = &str> {
        let env = self.table.iter().find(|(key, _)| key.value == keys::ENVIRONMENTS);
        let tables = match env {
            Some((_, Located { value: Value::Table(tables), .. })) => tables.as_slice(),
            _ => &[],
        };
        tables.iter().map(|(name, _)| name.value.as_str())
    }

    /// The policy as it is in an environment, or as it is without any. None is ever chosen by itself.
    ///
    /// # Errors
    /// The document has no such environment.
    ///
    /// ```
    /// use cors_engine::server::document::PolicyDocument;
    /// let document = PolicyDocument::from_toml("origins = ['*']\n[env.production]\nmax_age = 600").unwrap();
    /// assert!(document.config(None).unwrap().build().is_ok());
    /// let errors = document.config(Some("prod")).unwrap_err();
    /// assert_eq!(errors.as_slice()[0].advice, "the document has no such environment: it has production");
    /// ```
    pub fn config(&self, environment: Option<&str>) -> Result<PolicyConfig, ConfigErrors> {
        let mut config = PolicyConfig::new();
        keys::read_root(&self.table, &mut config);
        let Some(name) = environment else { return Ok(config) };
        if !self.environments().any(|known| known == name) {
            let known: Vec<_> = self.environments().collect();
            let advice = match known.as_slice() {
                [] => "the document has no environments: add a table env".to_owned(),
                known => format!("the document has no such environment: it has {}", known.join(", ")),
            };
            return Err(ConfigErrors::from(ConfigError {
                code: ConfigErrorCode::UnknownEnvironment,
                key: keys::ENVIRONMENTS.to_owned(),
                value: name.to_owned(),
                position: None,
                advice,
            }));
        }
        keys::read_environment(&self.table, name, &mut config);
        Ok(config)
    }
}
