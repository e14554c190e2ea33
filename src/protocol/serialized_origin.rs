//! The serialized origin, borrowed: what stands in an `Origin` header, read without allocating.

use core::fmt::{self, Write};
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use core::str::FromStr;

/// The longest name that the DNS can hold, in bytes.
pub(crate) const HOST_LIMIT: usize = 253;

/// The longest label of such a name, in bytes.
pub(crate) const LABEL_LIMIT: usize = 63;

/// The longest scheme that is taken for an origin's, in bytes.
const SCHEME_LIMIT: usize = 64;

/// The [serialization of a tuple origin](https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin),
/// checked byte by byte and taken apart.
///
/// It is stricter than the URL parser where a name could not be looked up (an empty or overlong label, port
/// 0) and judges the host of every scheme as it would for `https:`. Punycode labels are not decoded.
///
/// ```
/// use cors_engine::protocol::SerializedOrigin;
/// let origin = SerializedOrigin::parse(b"https://app.example:8443").unwrap();
/// assert_eq!((origin.scheme(), origin.host(), origin.port()), ("https", "app.example", Some(8443)));
/// assert!(SerializedOrigin::parse(b"https://evil.test/.app.example").is_none());
/// assert!(SerializedOrigin::parse(b"HTTPS://app.example").is_none());
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SerializedOrigin<'a> {
    text: &'a str,
    scheme: &'a str,
    host: &'a str,
    host_kind: HostKind,
    port: Option<u16>,
}

/// What a host is.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) enum HostKind {
    /// A name made of labels.
    Domain,
    /// An IPv4 or IPv6 address.
    Address(IpAddr),
}

/// Scheme, host and port of a text shaped like an origin, not judged yet.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Parts<'a> {
    pub(crate) scheme: &'a str,
    pub(crate) host: &'a str,
    pub(crate) port: Option<&'a str>,
}

impl<'a> Parts<'a> {
    pub(crate) fn split(text: &'a str) -> Option<Self> {
        let scheme_end = text.bytes().position(|byte| byte == b':')?;
        let (scheme, rest) = text.split_at(scheme_end);
        let authority = rest.strip_prefix("://")?;
        let host_end = match authority.strip_prefix('[') {
            Some(address) => address.find(']')? + "[]".len(),
            // A port is short, and most origins have none; a host is searched from its end.
            None => match authority.bytes().rposition(|byte| !byte.is_ascii_digit() && byte != b'*') {
                Some(place) if authority.as_bytes()[place] == b':' => place,
                _ => authority.len(),
            },
        };
        let (host, rest) = authority.split_at(host_end);
        let port = match rest {
            "" => None,
            _ => Some(rest.strip_prefix(':')?),
        };
        Some(Parts { scheme, host, port })
    }
}

impl<'a> SerializedOrigin<'a> {
    /// Reads the serialization of a tuple origin; `None` for `null` and for everything else.
    ///
    /// ```
    /// use cors_engine::protocol::SerializedOrigin;
    /// assert!(SerializedOrigin::parse(b"http://[::1]:8080").is_some());
    /// assert!(SerializedOrigin::parse(b"https://app.example:443").is_none());
    /// ```
    #[must_use]
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        let text = core::str::from_utf8(bytes).ok()?;
        let Parts { scheme, host, port } = Parts::split(text)?;
        if !is_scheme(scheme) {
            return None;
        }
        let host_kind = HostKind::of(host)?;
        let port = match port {
            Some(digits) => Some(parse_port(scheme, digits)?),
            None => None,
        };
        Some(SerializedOrigin { text, scheme, host, host_kind, port })
    }

    /// The whole serialization.
    ///
    /// ```
    /// # use cors_engine::protocol::SerializedOrigin;
    /// assert_eq!(SerializedOrigin::parse(b"https://a.example").unwrap().as_str(), "https://a.example");
    /// ```
    #[must_use]
    pub fn as_str(&self) -> &'a str {
        self.text
    }

    /// The scheme, in lower case.
    ///
    /// ```
    /// # use cors_engine::protocol::SerializedOrigin;
    /// assert_eq!(SerializedOrigin::parse(b"app://a").unwrap().scheme(), "app");
    /// ```
    #[must_use]
    pub fn scheme(&self) -> &'a str {
        self.scheme
    }

    /// The host; an IPv6 address has its brackets.
    ///
    /// ```
    /// # use cors_engine::protocol::SerializedOrigin;
    /// assert_eq!(SerializedOrigin::parse(b"http://[::1]").unwrap().host(), "[::1]");
    /// ```
    #[must_use]
    pub fn host(&self) -> &'a str {
        self.host
    }

    /// The port; `None` is the scheme's default.
    ///
    /// ```
    /// # use cors_engine::protocol::SerializedOrigin;
    /// assert_eq!(SerializedOrigin::parse(b"http://a.example").unwrap().port(), None);
    /// ```
    #[must_use]
    pub fn port(&self) -> Option<u16> {
        self.port
    }

    /// What the host is.
    pub(crate) fn host_kind(&self) -> HostKind {
        self.host_kind
    }

    /// Whether the origin is
    /// [potentially trustworthy](https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy):
    /// nobody on the network path can speak for it.
    ///
    /// ```
    /// # use cors_engine::protocol::SerializedOrigin;
    /// assert!(SerializedOrigin::parse(b"http://localhost:3000").unwrap().is_potentially_trustworthy());
    /// assert!(!SerializedOrigin::parse(b"http://a.example").unwrap().is_potentially_trustworthy());
    /// ```
    #[must_use]
    pub fn is_potentially_trustworthy(&self) -> bool {
        is_potentially_trustworthy(self.scheme, self.host, self.host_kind)
    }
}

impl HostKind {
    /// What `host` is, if it is written as a browser serializes it.
    pub(crate) fn of(host: &str) -> Option<Self> {
        if let Some(address) = host.strip_prefix('[') {
            let address = address.strip_suffix(']')?;
            let parsed = Ipv6Addr::from_str(address).ok()?;
            return is_serialization(parsed, host).then_some(HostKind::Address(IpAddr::V6(parsed)));
        }
        if !is_domain(host) {
            return None;
        }
        if !ends_in_a_number(host) {
            return Some(HostKind::Domain);
        }
        // Rust's IPv4 syntax is the serialized one: four decimal numbers without leading zeros.
        Ipv4Addr::from_str(host).ok().map(|address| HostKind::Address(IpAddr::V4(address)))
    }

    /// The IPv4 address that an IPv6 one stands for.
    pub(crate) fn mapped_address(self) -> Option<Ipv4Addr> {
        match self {
            HostKind::Address(IpAddr::V6(address)) => address.to_ipv4_mapped(),
            HostKind::Address(IpAddr::V4(_)) | HostKind::Domain => None,
        }
    }
}

/// Whether `text` is a [scheme](https://url.spec.whatwg.org/#concept-url-scheme) in lower case.
pub(crate) fn is_scheme(text: &str) -> bool {
    text.len() <= SCHEME_LIMIT
        && text.as_bytes().first().is_some_and(u8::is_ascii_lowercase)
        && text.bytes().all(|byte| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.')
        })
}

/// Reads a port that is not the scheme's default, without leading zeros.
pub(crate) fn parse_port(scheme: &str, digits: &str) -> Option<u16> {
    let canonical = !digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit());
    let port = digits.parse().ok().filter(|_| canonical)?;
    (default_port(scheme) != Some(port)).then_some(port)
}

pub(crate) fn default_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" | "ws" => Some(80),
        "https" | "wss" => Some(443),
        "ftp" => Some(21),
        _ => None,
    }
}

/// See [`SerializedOrigin::is_potentially_trustworthy`].
pub(crate) fn is_potentially_trustworthy(scheme: &str, host: &str, kind: HostKind) -> bool {
    matches!(scheme, "https" | "wss")
        || match kind {
            HostKind::Address(address) => address.is_loopback(),
            HostKind::Domain => {
                let name = host.strip_suffix('.').unwrap_or(host);
                name == "localhost" || name.ends_with(".localhost")
            }
        }
}

/// Whether `host` is a lower-case domain without
/// [forbidden domain code points](https://url.spec.whatwg.org/#forbidden-domain-code-point) that the DNS can hold.
fn is_domain(host: &str) -> bool {
    let name = host.strip_suffix('.').unwrap_or(host);
    let mut label_length = 0;
    for byte in name.bytes() {
        if byte == b'.' {
            if label_length == 0 {
                return false;
            }
            label_length = 0;
        } else {
            label_length += 1;
            if !IS_DOMAIN_BYTE[usize::from(byte)] || label_length > LABEL_LIMIT {
                return false;
            }
        }
    }
    label_length > 0 && host.len() <= HOST_LIMIT
}

/// The bytes of lower-case domains.
static IS_DOMAIN_BYTE: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = b'!';
    while byte <= b'~' {
        table[byte as usize] = !byte.is_ascii_uppercase()
            && !matches!(
                byte,
                b'#' | b'%' | b'/' | b':' | b'<' | b'>' | b'?' | b'@' | b'[' | b'\\' | b']' | b'^' | b'|'
            );
        byte += 1;
    }
    table
};

/// The [ends-in-a-number checker](https://url.spec.whatwg.org/#ends-in-a-number-checker).
fn ends_in_a_number(host: &str) -> bool {
    let name = host.strip_suffix('.').unwrap_or(host).as_bytes();
    let last_label = name.iter().rposition(|&byte| byte == b'.').map_or(name, |dot| &name[dot + 1..]);
    match last_label.strip_prefix(b"0x") {
        Some(digits) => digits.iter().all(u8::is_ascii_hexdigit),
        None => last_label.iter().all(u8::is_ascii_digit),
    }
}

/// Whether `text` is what the [IPv6 serializer](https://url.spec.whatwg.org/#concept-ipv6-serializer) writes,
/// brackets included.
fn is_serialization(address: Ipv6Addr, text: &str) -> bool {
    let mut unmatched = Unmatched(text);
    write!(unmatched, "{}", url::Host::<&str>::Ipv6(address)).is_ok() && unmatched.0.is_empty()
}

/// Takes what is written to it off the front of a text.
struct Unmatched<'a>(&'a str);

impl Write for Unmatched<'_> {
    fn write_str(&mut self, written: &str) -> fmt::Result {
        self.0 = self.0.strip_prefix(written).ok_or(fmt::Error)?;
        Ok(())
    }
}
