//! One entry of a policy's origins: an exact origin, or a pattern over whole labels and ports.

use super::{punycode, slips};
use crate::protocol::serialized_origin::{
    HOST_LIMIT, HostKind, LABEL_LIMIT, Parts, is_potentially_trustworthy, is_scheme, parse_port,
};
use crate::protocol::{SerializedOrigin, public_suffix};
use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use core::fmt;
use core::str::FromStr;

/// An origin, or a set of origins that share scheme and suffix: `https://app.example`,
/// `https://*.app.example`, `http://localhost:*`.
///
/// `*.` at the start of the host stands for one or more whole labels, `:*` for every port, the default one
/// included. There is nothing else: no regular expressions, no prefixes.
///
/// ```
/// use cors_engine::server::OriginPattern;
/// use cors_engine::protocol::SerializedOrigin;
/// let pattern: OriginPattern = "https://*.app.example".parse().unwrap();
/// let matches = |origin: &'static str| pattern.matches(&SerializedOrigin::parse(origin.as_bytes()).unwrap());
/// assert!(matches("https://a.b.app.example"));
/// assert!(!matches("https://app.example"));
/// assert!(!matches("https://evilapp.example"));
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct OriginPattern {
    text: Box<str>,
    scheme_end: u16,
    /// Where the host begins in `text`; of a subdomain pattern, at the dot after its star.
    host_start: u16,
    host_end: u16,
    any_subdomain: bool,
    trustworthy: bool,
    ports: Ports,
}

/// Which ports an entry covers.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(crate) enum Ports {
    /// This port; `None` is the scheme's default.
    One(Option<u16>),
    Any,
}

/// What two entries must differ in: host, scheme and ports. The host of a subdomain pattern begins with a
/// dot, which no origin's host does.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Key<'a> {
    pub(crate) host: &'a str,
    pub(crate) scheme: &'a str,
    pub(crate) ports: Ports,
}

/// Why a text is not an entry of a policy's origins.
///
/// ```
/// use cors_engine::server::{OriginPattern, PatternError};
/// let error = "app.example".parse::<OriginPattern>().unwrap_err();
/// assert_eq!(error, PatternError::MissingScheme { write: "https://app.example".into() });
/// assert_eq!("https://app*.example".parse::<OriginPattern>(), Err(PatternError::MisplacedWildcard));
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum PatternError {
    /// It is the word `null`.
    Null,
    /// It is a host without a scheme.
    MissingScheme {
        /// What to write instead.
        write: String,
    },
    /// It has no scheme, or no host, or parts that an origin does not have.
    NotAnOrigin,
    /// It means an origin, but a browser writes it as here.
    NotSerialized {
        /// What to write instead.
        write: String,
    },
    /// Its host has characters beyond ASCII, which a browser writes in Punycode.
    UnicodeHost,
    /// A star stands where it means nothing.
    MisplacedWildcard,
    /// A star stands before an address, which has no subdomains.
    WildcardOverAddress,
    /// The host is an IPv4 address in IPv6 clothes.
    MappedAddress {
        /// What to write instead.
        write: String,
    },
    /// The host is longer than the DNS allows, or has an empty or overlong label.
    HostTooLong,
}

impl fmt::Display for PatternError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PatternError::Null => formatter.write_str(
                "null is the origin of every sandboxed page of every site; \
                 if that is meant, remove it here and set null_origin = true",
            ),
            PatternError::NotAnOrigin => formatter.write_str(
                "not an origin: write scheme://host or scheme://host:port, such as https://app.example",
            ),
            PatternError::MissingScheme { write } => {
                write!(formatter, "an origin begins with its scheme: write {write}")
            }
            PatternError::NotSerialized { write } => {
                write!(formatter, "not as a browser writes it: write {write}")
            }
            PatternError::UnicodeHost => formatter.write_str(
                "a browser writes such a host in Punycode, which begins with xn--: \
                 copy what location.origin says in the console of a page there",
            ),
            PatternError::MisplacedWildcard => formatter.write_str(
                "a star stands for whole labels at the start of the host (https://*.app.example), \
                 for every port (http://localhost:*), or alone for every origin",
            ),
            PatternError::WildcardOverAddress => {
                formatter.write_str("an address has no subdomains: write the addresses one by one")
            }
            PatternError::MappedAddress { write } => {
                write!(formatter, "an IPv4 address written as IPv6: write {write}")
            }
            PatternError::HostTooLong => formatter
                .write_str("no such host can exist: labels have 1 to 63 bytes, a host at most 253 in all"),
        }
    }
}

impl core::error::Error for PatternError {}

impl FromStr for OriginPattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        OriginPattern::from_text(text.to_owned()).map_err(|(_, error)| error)
    }
}

impl OriginPattern {
    /// Reads an entry and keeps its text, or gives it back with what is wrong.
    pub(crate) fn from_text(text: String) -> Result<Self, (String, PatternError)> {
        let Some(layout) = Layout::of(&text) else {
            let error = diagnose(&text);
            return Err((text, error));
        };
        Ok(OriginPattern {
            scheme_end: layout.scheme_end,
            host_start: layout.host_start,
            host_end: layout.host_end,
            any_subdomain: layout.any_subdomain,
            trustworthy: layout.trustworthy,
            ports: layout.ports,
            text: text.into_boxed_str(),
        })
    }

    /// The entry as it is written in a policy.
    ///
    /// ```
    /// # use cors_engine::server::OriginPattern;
    /// assert_eq!("http://localhost:*".parse::<OriginPattern>().unwrap().as_str(), "http://localhost:*");
    /// ```
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the entry covers `origin`.
    ///
    /// ```
    /// # use cors_engine::{protocol::SerializedOrigin, server::OriginPattern};
    /// let pattern: OriginPattern = "http://localhost:*".parse().unwrap();
    /// assert!(pattern.matches(&SerializedOrigin::parse(b"http://localhost:3000").unwrap()));
    /// ```
    #[must_use]
    pub fn matches(&self, origin: &SerializedOrigin<'_>) -> bool {
        let Key { host, scheme, ports } = self.key();
        let host_matches = match self.any_subdomain {
            true => origin.host().len() > host.len() && origin.host().ends_with(host),
            false => origin.host() == host,
        };
        host_matches && scheme == origin.scheme() && ports.cover(origin.port())
    }

    /// Whether the entry stands for more than one origin.
    ///
    /// ```
    /// # use cors_engine::server::OriginPattern;
    /// assert!(!"https://app.example".parse::<OriginPattern>().unwrap().is_wild());
    /// ```
    #[must_use]
    pub fn is_wild(&self) -> bool {
        self.any_subdomain || self.ports == Ports::Any
    }

    /// Whether somebody on the network path could speak for an origin of this entry: it is neither `https`
    /// nor loopback.
    ///
    /// ```
    /// # use cors_engine::server::OriginPattern;
    /// assert!("http://app.example".parse::<OriginPattern>().unwrap().is_insecure());
    /// assert!(!"http://*.localhost:*".parse::<OriginPattern>().unwrap().is_insecure());
    /// ```
    #[must_use]
    pub fn is_insecure(&self) -> bool {
        !self.trustworthy
    }

    /// Whether anybody can register a host that this entry covers: its star stands before a suffix of the
    /// [Public Suffix List](https://publicsuffix.org).
    ///
    /// ```
    /// # use cors_engine::server::OriginPattern;
    /// assert!("https://*.github.io".parse::<OriginPattern>().unwrap().covers_public_suffix());
    /// assert!(!"https://*.app.github.io".parse::<OriginPattern>().unwrap().covers_public_suffix());
    /// ```
    #[must_use]
    pub fn covers_public_suffix(&self) -> bool {
        self.any_subdomain && public_suffix::is_public_suffix(self.key().host.trim_matches('.'))
    }

    pub(crate) fn is_http(&self) -> bool {
        self.key().scheme == "http"
    }

    pub(crate) fn any_subdomain(&self) -> bool {
        self.any_subdomain
    }

    pub(crate) fn key(&self) -> Key<'_> {
        Key {
            host: &self.text[usize::from(self.host_start)..usize::from(self.host_end)],
            scheme: &self.text[..usize::from(self.scheme_end)],
            ports: self.ports,
        }
    }
}

impl fmt::Display for OriginPattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl Ports {
    fn cover(self, port: Option<u16>) -> bool {
        self == Ports::Any || self == Ports::One(port)
    }
}

/// A well-formed entry's parts, by place.
struct Layout {
    scheme_end: u16,
    host_start: u16,
    host_end: u16,
    any_subdomain: bool,
    trustworthy: bool,
    ports: Ports,
}

impl Layout {
    fn of(text: &str) -> Option<Self> {
        let Parts { scheme, host, port } = Parts::split(text)?;
        let name = host.strip_prefix("*.");
        let kind = HostKind::of(name.unwrap_or(host))?;
        let ports = match port {
            None => Ports::One(None),
            Some("*") => Ports::Any,
            Some(digits) => Ports::One(Some(parse_port(scheme, digits)?)),
        };
        let address_with_subdomains = name.is_some() && matches!(kind, HostKind::Address(_));
        let name_is_sound = !name.unwrap_or(host).contains('*') && is_valid_punycode(name.unwrap_or(host));
        if !is_scheme(scheme)
            || scheme == "file"
            || host.len() > HOST_LIMIT
            || kind.mapped_address().is_some()
            || address_with_subdomains
            || !name_is_sound
        {
            return None;
        }
        let host_at = scheme.len() + "://".len();
        let place = |index: usize| u16::try_from(index).ok();
        Some(Layout {
            scheme_end: place(scheme.len())?,
            host_start: place(host_at + if name.is_some() { "*".len() } else { 0 })?,
            host_end: place(host_at + host.len())?,
            any_subdomain: name.is_some(),
            trustworthy: is_potentially_trustworthy(scheme, name.unwrap_or(host), kind),
            ports,
        })
    }
}

/// Says what is wrong with `text`, which is no entry, and what to write instead.
fn diagnose(text: &str) -> PatternError {
    if text == "null" {
        return PatternError::Null;
    }
    let (without_port, any_port) = match text.strip_suffix(":*") {
        Some(rest) => (rest, ":*"),
        None => (text, ""),
    };
    let (base, any_subdomain) = match Parts::split(without_port).map(|parts| (parts.scheme.len(), parts.host))
    {
        Some((scheme_end, host)) if host.starts_with("*.") => {
            let (scheme, rest) = without_port.split_at(scheme_end);
            (format!("{scheme}://{}", &rest["://*.".len()..]), true)
        }
        _ => (without_port.to_owned(), false),
    };
    if base.contains('*') {
        return PatternError::MisplacedWildcard;
    }
    if slips::has_unicode_host(&base) {
        return PatternError::UnicodeHost;
    }
    if has_impossible_host(&base, any_subdomain) {
        return PatternError::HostTooLong;
    }
    let Some(serialized) = slips::serialization(&base) else { return without_scheme(text) };
    let Some(Parts { scheme, host, port }) = Parts::split(&serialized) else {
        return PatternError::NotAnOrigin;
    };
    let star = if any_subdomain { "*." } else { "" };
    let port = port.map_or(String::new(), |port| format!(":{port}"));
    let write = format!("{scheme}://{star}{host}{port}{any_port}");
    if Layout::of(&write).is_some() {
        return PatternError::NotSerialized { write };
    }
    let kind = HostKind::of(host);
    if let Some(address) = kind.and_then(HostKind::mapped_address) {
        return PatternError::MappedAddress { write: format!("{scheme}://{address}{port}{any_port}") };
    }
    match kind {
        Some(HostKind::Address(_)) if any_subdomain => PatternError::WildcardOverAddress,
        _ => PatternError::NotAnOrigin,
    }
}

/// The commonest slip: a host with no scheme before it.
fn without_scheme(text: &str) -> PatternError {
    let write = format!("https://{text}");
    match Layout::of(&write) {
        Some(_) => PatternError::MissingScheme { write },
        None => PatternError::NotAnOrigin,
    }
}

/// Whether `text` would be an origin if the DNS could hold its host.
fn has_impossible_host(text: &str, any_subdomain: bool) -> bool {
    let Some(Parts { scheme, host, .. }) = Parts::split(text) else { return false };
    let name = host.strip_suffix('.').unwrap_or(host);
    let length = host.len() + if any_subdomain { "*.".len() } else { 0 };
    let is_name = !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_'));
    is_scheme(&scheme.to_ascii_lowercase())
        && is_name
        && (length > HOST_LIMIT || name.split('.').any(|label| label.is_empty() || label.len() > LABEL_LIMIT))
}

/// Whether every label that says it is Punycode can be decoded to something beyond ASCII. Whether a browser would
/// let that something be a name is not asked: no browser sends the others.
fn is_valid_punycode(host: &str) -> bool {
    // Most hosts have no hyphen.
    !host.contains('-')
        || host.split('.').filter_map(|label| label.strip_prefix("xn--")).all(punycode::is_decodable)
}
