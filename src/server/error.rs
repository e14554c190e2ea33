//! What can be wrong with a policy: where, why, and what to write instead.

use super::quoted::Quoted;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// A place in a policy document.
///
/// ```
/// use cors_engine::server::Position;
/// let position = Position { line: 2, column: 14 };
/// assert_eq!(position.to_string(), "2:14");
/// assert!(position < Position { line: 3, column: 1 });
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Position {
    /// The line, from 1.
    pub line: u32,
    /// The character in that line, from 1.
    pub column: u32,
}

impl fmt::Display for Position {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.line, self.column)
    }
}

/// One mistake in a policy.
///
/// ```
/// use cors_engine::server::PolicyConfig;
/// let errors = PolicyConfig::new().origins(["https://app.example/"]).build().unwrap_err();
/// let error = &errors.as_slice()[0];
/// assert_eq!((error.code.code(), error.key.as_str()), ("origin-not-serialized", "origins[0]"));
/// assert!(error.advice.contains("write https://app.example"));
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ConfigError {
    /// What kind of mistake.
    pub code: ConfigErrorCode,
    /// The key it was made at, such as `origins[3]` or `env.production.max_age`.
    pub key: String,
    /// The offending value, as it would be written.
    pub value: String,
    /// Where it stands, if the policy came from a document.
    pub position: Option<Position>,
    /// What is wrong and what to write instead.
    pub advice: String,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(position) = self.position {
            write!(formatter, "{position}: ")?;
        }
        if !self.key.is_empty() {
            write!(formatter, "{}: ", self.key)?;
        }
        if !self.value.is_empty() {
            write!(formatter, "{}: ", Quoted(&self.value))?;
        }
        write!(formatter, "{} [{}]", self.advice, self.code.code())
    }
}

impl core::error::Error for ConfigError {}

/// Declares the codes once.
macro_rules! config_error_codes {
    ($($variant:ident $code:literal $words:literal)+) => {
        /// The kinds of mistakes. The codes are stable: they are never renamed or given another meaning.
        ///
        /// ```
        /// use cors_engine::server::ConfigErrorCode;
        /// assert_eq!(ConfigErrorCode::UnknownKey.code(), "unknown-key");
        /// ```
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        #[non_exhaustive]
        pub enum ConfigErrorCode {
            $(#[doc = $words] $variant,)+
        }

        impl ConfigErrorCode {
            /// Every code.
            ///
            /// ```
            /// assert!(cors_engine::server::ConfigErrorCode::ALL.len() > 20);
            /// ```
            pub const ALL: &[ConfigErrorCode] = &[$(ConfigErrorCode::$variant,)+];

            /// The stable code, in kebab case.
            ///
            /// ```
            /// # use cors_engine::server::ConfigErrorCode;
            /// assert_eq!(ConfigErrorCode::NoOrigins.code(), "no-origins");
            /// ```
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(ConfigErrorCode::$variant => $code,)+ }
            }

            /// The code as C has it.
            #[cfg(feature = "capi")]
            pub(crate) const fn c_code(self) -> &'static core::ffi::CStr {
                match self { $(ConfigErrorCode::$variant => crate::capi::c_string!($code),)+ }
            }

            /// One sentence for people.
            ///
            /// ```
            /// # use cors_engine::server::ConfigErrorCode;
            /// assert!(ConfigErrorCode::WrongType.words().ends_with('.'));
            /// ```
            #[must_use]
            pub const fn words(self) -> &'static str {
                match self { $(ConfigErrorCode::$variant => $words,)+ }
            }
        }
    };
}

config_error_codes! {
    Syntax "syntax" "The document is not well-formed."
    DuplicateKey "duplicate-key" "A key is given twice."
    UnknownKey "unknown-key" "There is no such key."
    UnknownEnvironment "unknown-environment" "The document has no such environment."
    WrongType "wrong-type" "The value is of another type than its key takes."
    NoOrigins "no-origins" "The policy lets nobody in."
    OriginInvalid "origin-invalid" "An entry of origins is not an origin."
    OriginNotSerialized "origin-not-serialized" "An entry of origins is not written as browsers write it."
    OriginWildcardMisplaced "origin-wildcard-misplaced" "A star in an entry of origins stands where it means nothing."
    OriginNull "origin-null" "The origin null has a key of its own."
    AnyOriginWithCredentials "any-origin-with-credentials" "Every origin would read answers made for the signed-in user."
    NullOriginWithCredentials "null-origin-with-credentials" "Every sandboxed page would read answers made for the signed-in user."
    InsecureOriginWithCredentials "insecure-origin-with-credentials" "Anybody on the network path could read answers made for the signed-in user."
    PublicSuffixSubdomains "public-suffix-subdomains" "Anybody can register a host that the pattern covers."
    ReflectionWithoutCredentials "reflection-without-credentials" "Reflecting every origin does nothing that a star would not do."
    PredicateWithAnyOrigin "predicate-with-any-origin" "A predicate has nothing to decide where every origin is allowed."
    PredicateHeaderInvalid "predicate-header-invalid" "A header that the predicate reads has no valid name."
    MethodInvalid "method-invalid" "A method is not a token."
    MethodForbidden "method-forbidden" "No browser lets script send the method."
    RequestHeaderInvalid "request-header-invalid" "A request header's name is not a token."
    RequestHeaderForbidden "request-header-forbidden" "No browser lets script set the request header."
    ExposeHeaderInvalid "expose-header-invalid" "A response header's name is not a token."
    ExposeHeaderForbidden "expose-header-forbidden" "No browser lets script read the response header."
    ExposeAnyWithCredentials "expose-any-with-credentials" "With credentials browsers take the star for a header's name."
    MaxAgeOutOfRange "max-age-out-of-range" "The number of seconds is negative or more than any browser keeps."
    TimingOriginInvalid "timing-origin-invalid" "An entry of timing_allow_origins is not one whole origin."
    PreflightStatusOutOfRange "preflight-status-out-of-range" "Browsers take only 200 to 299 for a preflight's success."
}

impl fmt::Display for ConfigErrorCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.code())
    }
}

/// Everything that is wrong with a policy, at least one thing.
///
/// ```
/// use cors_engine::server::PolicyConfig;
/// let errors = PolicyConfig::new().origins(["*"]).credentials(true).max_age(100_000).build().unwrap_err();
/// assert_eq!(errors.as_slice().len(), 2);
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ConfigErrors {
    errors: Vec<ConfigError>,
}

#[cfg(feature = "config")]
impl ConfigError {
    /// The key, without the place of an element.
    pub(crate) fn whole_key(&self) -> &str {
        self.key.split('[').next().unwrap_or_default()
    }
}

impl ConfigErrors {
    /// `value`, unless there are errors. They are put in the order of the document, if there is one.
    pub(crate) fn or<T>(mut errors: Vec<ConfigError>, value: T) -> Result<T, Self> {
        errors.sort_by_key(|error| error.position);
        if errors.is_empty() { Ok(value) } else { Err(ConfigErrors { errors }) }
    }

    /// The errors; those of a document in the order of its text.
    ///
    /// ```
    /// use cors_engine::server::PolicyConfig;
    /// assert_eq!(PolicyConfig::new().build().unwrap_err().as_slice()[0].key, "origins");
    /// ```
    #[must_use]
    pub fn as_slice(&self) -> &[ConfigError] {
        &self.errors
    }
}

impl From<ConfigError> for ConfigErrors {
    fn from(error: ConfigError) -> Self {
        ConfigErrors { errors: Vec::from([error]) }
    }
}

impl IntoIterator for ConfigErrors {
    type Item = ConfigError;
    type IntoIter = alloc::vec::IntoIter<ConfigError>;

    fn into_iter(self) -> Self::IntoIter {
        self.errors.into_iter()
    }
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, error) in self.errors.iter().enumerate() {
            if place > 0 {
                formatter.write_str("\n")?;
            }
            write!(formatter, "{error}")?;
        }
        Ok(())
    }
}

impl core::error::Error for ConfigErrors {}
