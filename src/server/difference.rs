//! What the change from one policy to another lets in and shuts out, as fetches that show it.
//!
//! Policies name finitely much, so finitely many fetches tell them apart: one for each origin, method and
//! header that either names, one for each way to match a pattern, and one beside all that is named.

use super::config::{Located, PolicyConfig};
use super::pattern::{OriginPattern, Ports};
use super::policy::Policy;
use crate::protocol::method;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

/// A fetch that two policies treat differently.
///
/// ```
/// use cors_engine::server::PolicyConfig;
/// let old = PolicyConfig::new().origins(["https://a.example"]).build().unwrap();
/// let new = PolicyConfig::new().origins(["https://*.a.example"]).build().unwrap();
/// let witnesses: Vec<_> = old.difference(&new).iter().map(ToString::to_string).collect();
/// assert_eq!(witnesses, [
///     "- GET from https://a.example",
///     "+ GET from https://witness.a.example",
///     "+ GET from https://witness.witness.a.example",
/// ]);
/// ```
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Witness {
    /// The page's origin.
    pub origin: String,
    /// The method.
    pub method: String,
    /// The name of a header that script sets and that is not safelisted.
    pub header: Option<String>,
    /// Whether credentials are sent.
    pub credentials: bool,
    /// Whether the new policy lets script read the response; the old one does the opposite.
    pub lets_in: bool,
}

impl fmt::Display for Witness {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.lets_in { '+' } else { '-' };
        write!(formatter, "{sign} {} from {}", self.method, self.origin)?;
        if let Some(header) = &self.header {
            write!(formatter, " with {header}")?;
        }
        if self.credentials {
            formatter.write_str(" with credentials")?;
        }
        Ok(())
    }
}

/// A label, a method and a header that no policy names.
const UNNAMED: &str = "witness";

/// A port that no policy names but by `:*`.
const UNNAMED_PORT: u16 = 49_321;

impl Policy {
    /// The fetches that show what `new` lets in and shuts out where this policy stood: for each origin that
    /// has a difference the plainest fetch, and of methods, headers and credentials each one that differs,
    /// from the first origin that both let in.
    ///
    /// A predicate is asked like everybody else, with no headers but CORS's own; what else it would accept
    /// cannot be told.
    ///
    /// ```
    /// use cors_engine::server::PolicyConfig;
    /// let config = PolicyConfig::new().origins(["https://a.example"]).methods(["PUT"]);
    /// let old = config.clone().build().unwrap();
    /// let new = config.request_headers(["x-a"]).build().unwrap();
    /// let witnesses = old.difference(&new);
    /// assert_eq!(witnesses.len(), 1);
    /// assert_eq!(witnesses[0].header.as_deref(), Some("x-a"));
    /// assert!(witnesses[0].lets_in);
    /// ```
    #[must_use]
    pub fn difference(&self, new: &Policy) -> Vec<Witness> {
        let configs = [self.config(), new.config()];
        let mut witnesses = Vec::new();
        let mut common = None;
        for origin in origins(&configs) {
            let method = "GET".to_string();
            let plain = Witness { origin, method, header: None, credentials: false, lets_in: true };
            match (self.lets(&plain), new.lets(&plain)) {
                (true, true) => common = common.or(Some(plain)),
                (before, after) if before != after => witnesses.push(Witness { lets_in: after, ..plain }),
                _ => {}
            }
        }
        let Some(plain) = common else { return witnesses };
        let methods = names(&configs, |config| &config.methods, &["PUT"]);
        let headers = names(&configs, |config| &config.request_headers, &["authorization"]);
        let by_method = methods.into_iter().map(|method| Witness { method, ..plain.clone() });
        let by_header = headers.into_iter().map(|name| Witness { header: Some(name), ..plain.clone() });
        let by_credentials = [Witness { credentials: true, ..plain.clone() }];
        for witness in by_method.chain(by_header).chain(by_credentials) {
            let after = new.lets(&witness);
            if self.lets(&witness) != after {
                witnesses.push(Witness { lets_in: after, ..witness });
            }
        }
        witnesses
    }

    /// Whether script gets to read, past a preflight if there is one.
    fn lets(&self, witness: &Witness) -> bool {
        let origin = ("origin", witness.origin.as_str());
        let asked = [
            origin,
            ("access-control-request-method", witness.method.as_str()),
            ("access-control-request-headers", witness.header.as_deref().unwrap_or_default()),
        ];
        let is_simple = method::is_cors_safelisted(witness.method.as_bytes()) && witness.header.is_none();
        (!witness.credentials || self.allows_credentials())
            && (is_simple || self.answer(b"OPTIONS", &asked).reason().allows())
            && self.answer(witness.method.as_bytes(), &[origin]).reason().allows()
    }
}

/// An origin for each way in which an entry of either policy can match, and for everything else.
fn origins(configs: &[PolicyConfig; 2]) -> BTreeSet<String> {
    let listed = configs.iter().flat_map(|config| &config.origins);
    let patterns = listed.filter_map(|entry| entry.value.parse::<OriginPattern>().ok());
    let named = patterns.flat_map(|pattern| {
        let key = pattern.key();
        let hosts = match pattern.any_subdomain() {
            true => Vec::from([format!("{UNNAMED}{}", key.host), format!("{UNNAMED}.{UNNAMED}{}", key.host)]),
            false => Vec::from([key.host.to_string()]),
        };
        let ports = match key.ports {
            Ports::One(port) => Vec::from([port]),
            Ports::Any => Vec::from([None, Some(UNNAMED_PORT)]),
        };
        let scheme = key.scheme.to_string();
        hosts.into_iter().flat_map(move |host| {
            let scheme = scheme.clone();
            ports.clone().into_iter().map(move |port| match port {
                Some(port) => format!("{scheme}://{host}:{port}"),
                None => format!("{scheme}://{host}"),
            })
        })
    });
    let others =
        ["null".to_string(), format!("https://{UNNAMED}.example"), format!("http://{UNNAMED}.example")];
    named.chain(others).collect()
}

/// What either policy names in a list, beside `*`, with `usual` and a name that neither has.
fn names(
    configs: &[PolicyConfig; 2],
    list: fn(&PolicyConfig) -> &Vec<Located<String>>,
    usual: &[&str],
) -> BTreeSet<String> {
    let named = configs.iter().flat_map(list).map(|name| name.value.as_str());
    let unnamed = usual.iter().copied().chain([UNNAMED]);
    named.filter(|name| *name != "*").chain(unnamed).map(ToString::to_string).collect()
}
