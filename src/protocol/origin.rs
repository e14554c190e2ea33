//! Origins: what a page is, what the `Origin` header says, and when two are the same.

use super::public_suffix;
use super::serialized_origin::{self, HostKind, SerializedOrigin};
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use core::fmt;
use core::net::IpAddr;
use url::{Host, Url};

/// An [origin](https://html.spec.whatwg.org/multipage/browsers.html#concept-origin).
///
/// ```
/// use cors_engine::protocol::Origin;
/// let page = Origin::parse("https://app.example").unwrap();
/// assert_eq!(page.serialized(), "https://app.example");
/// assert_eq!(Origin::parse("null").unwrap(), Origin::Opaque);
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(
    feature = "scenario",
    derive(serde::Deserialize, serde::Serialize),
    serde(try_from = "String", into = "String")
)]
pub enum Origin {
    /// An origin that is the same as no other: a sandboxed frame, a `data:` document, a file. It
    /// serializes as `null`.
    Opaque,
    /// Scheme, host and port.
    Tuple(TupleOrigin),
}

/// A [tuple origin](https://html.spec.whatwg.org/multipage/browsers.html#concept-origin-tuple), kept in
/// its serialized form: two are the same origin exactly when their serializations are equal.
///
/// ```
/// use cors_engine::protocol::Origin;
/// let url = url::Url::parse("https://App.example:443/cart").unwrap();
/// let Origin::Tuple(tuple) = Origin::of(&url) else { panic!() };
/// assert_eq!(tuple.serialized(), "https://app.example");
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct TupleOrigin {
    /// Shared by all clones: every request has one, and there are many requests of a page.
    serialized: Arc<str>,
    scheme_end: usize,
    host_end: usize,
    host_kind: HostKind,
    /// `None` for the scheme's default port.
    port: Option<u16>,
}

/// Why a string is not a serialized origin.
///
/// ```
/// use cors_engine::protocol::{Origin, OriginError};
/// assert_eq!(Origin::parse("app.example"), Err(OriginError::NotAnOrigin));
/// let error = Origin::parse("https://app.example:443").unwrap_err();
/// assert_eq!(error.to_string(), "not as a browser serializes it: write https://app.example");
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum OriginError {
    /// It is no URL with a scheme and a host.
    NotAnOrigin,
    /// It names an origin, but a browser would write it as here.
    NotSerialized {
        /// What to write instead.
        write: String,
    },
}

impl fmt::Display for OriginError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OriginError::NotAnOrigin => formatter.write_str(
                "not an origin: write scheme://host or scheme://host:port, such as https://app.example",
            ),
            OriginError::NotSerialized { write } => {
                write!(formatter, "not as a browser serializes it: write {write}")
            }
        }
    }
}

impl core::error::Error for OriginError {}

impl Origin {
    /// The [origin of a URL](https://url.spec.whatwg.org/#concept-url-origin).
    ///
    /// ```
    /// use cors_engine::protocol::Origin;
    /// let url = url::Url::parse("https://API.example:443/v1?q").unwrap();
    /// assert_eq!(Origin::of(&url).serialized(), "https://api.example");
    /// assert_eq!(Origin::of(&url::Url::parse("data:,hi").unwrap()), Origin::Opaque);
    /// ```
    #[must_use]
    pub fn of(url: &Url) -> Self {
        match url.scheme() {
            _ if has_tuple_origin(url) => TupleOrigin::of(url).map_or(Origin::Opaque, Origin::Tuple),
            "blob" => match Url::parse(url.path()) {
                Ok(inner) if matches!(inner.scheme(), "http" | "https") => Origin::of(&inner),
                _ => Origin::Opaque,
            },
            _ => Origin::Opaque,
        }
    }

    /// Reads a serialized origin, byte for byte as a browser writes it: `null`, or scheme and host in lower
    /// case, no default port, no path, no trailing slash.
    ///
    /// # Errors
    /// Says what a browser would have written, where that can be told.
    ///
    /// ```
    /// use cors_engine::protocol::{Origin, OriginError};
    /// let error = Origin::parse("https://App.example/").unwrap_err();
    /// assert_eq!(error, OriginError::NotSerialized { write: "https://app.example".into() });
    /// ```
    pub fn parse(text: &str) -> Result<Self, OriginError> {
        if text == "null" {
            return Ok(Origin::Opaque);
        }
        if let Some(origin) = SerializedOrigin::parse(text.as_bytes()).and_then(TupleOrigin::of_plain) {
            return Ok(Origin::Tuple(origin));
        }
        let url = Url::parse(text).map_err(|_| OriginError::NotAnOrigin)?;
        let origin = TupleOrigin::of(&url).ok_or(OriginError::NotAnOrigin)?;
        // Where the URL parser does not know the scheme, it takes hosts that no page has.
        if !has_tuple_origin(&url) && SerializedOrigin::parse(origin.serialized.as_bytes()).is_none() {
            return Err(OriginError::NotAnOrigin);
        }
        if *origin.serialized == *text {
            Ok(Origin::Tuple(origin))
        } else {
            Err(OriginError::NotSerialized { write: origin.serialized.as_ref().into() })
        }
    }

    /// The [serialization](https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin),
    /// as it stands in an `Origin` header.
    ///
    /// ```
    /// assert_eq!(cors_engine::protocol::Origin::Opaque.serialized(), "null");
    /// ```
    #[must_use]
    pub fn serialized(&self) -> &str {
        match self {
            Origin::Opaque => "null",
            Origin::Tuple(tuple) => tuple.serialized(),
        }
    }

    /// Whether two origins are [same origin](https://html.spec.whatwg.org/multipage/browsers.html#same-origin).
    /// An opaque origin read from its serialization is the same as no other.
    ///
    /// ```
    /// use cors_engine::protocol::Origin;
    /// assert!(!Origin::Opaque.is_same_origin(&Origin::Opaque));
    /// ```
    #[must_use]
    pub fn is_same_origin(&self, other: &Origin) -> bool {
        matches!((self, other), (Origin::Tuple(one), Origin::Tuple(two)) if one == two)
    }

    /// Whether this is the origin of `url`, as [`Origin::is_same_origin`] with [`Origin::of`]. Allocates
    /// nothing for http and https URLs.
    ///
    /// ```
    /// use cors_engine::protocol::Origin;
    /// let url = url::Url::parse("http://a.example:8080/x").unwrap();
    /// assert!(Origin::parse("http://a.example:8080").unwrap().is_origin_of(&url));
    /// assert!(!Origin::parse("http://a.example").unwrap().is_origin_of(&url));
    /// ```
    #[must_use]
    pub fn is_origin_of(&self, url: &Url) -> bool {
        let Origin::Tuple(tuple) = self else { return false };
        match url.host_str() {
            Some(host) => {
                host == tuple.host()
                    && url.port() == tuple.port
                    && url.scheme() == tuple.scheme()
                    && has_tuple_origin(url)
            }
            // A blob URL has the origin of the URL in its path.
            None => self.is_same_origin(&Origin::of(url)),
        }
    }

    /// Whether two origins are [schemelessly same
    /// site](https://html.spec.whatwg.org/multipage/browsers.html#schemelessly-same-site), by the Public
    /// Suffix List.
    ///
    /// ```
    /// use cors_engine::protocol::Origin;
    /// let origin = |text| Origin::parse(text).unwrap();
    /// assert!(origin("https://a.shop.example").is_schemelessly_same_site(&origin("http://shop.example")));
    /// assert!(!origin("https://a.github.io").is_schemelessly_same_site(&origin("https://b.github.io")));
    /// ```
    #[must_use]
    pub fn is_schemelessly_same_site(&self, other: &Origin) -> bool {
        let (Origin::Tuple(one), Origin::Tuple(two)) = (self, other) else { return false };
        one.host() == two.host()
            || matches!((one.registrable_domain(), two.registrable_domain()), (Some(a), Some(b)) if a == b)
    }

    /// Whether the scheme is `https`.
    pub(crate) fn is_https(&self) -> bool {
        matches!(self, Origin::Tuple(tuple) if tuple.scheme() == "https")
    }

    /// Whether the origin is
    /// [potentially trustworthy](https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy):
    /// `https:` or `wss:`, a loopback address, or a `localhost` name.
    ///
    /// ```
    /// use cors_engine::protocol::Origin;
    /// assert!(Origin::parse("http://127.0.0.1:8080").unwrap().is_potentially_trustworthy());
    /// assert!(!Origin::parse("http://192.168.0.1").unwrap().is_potentially_trustworthy());
    /// ```
    #[must_use]
    pub fn is_potentially_trustworthy(&self) -> bool {
        let Origin::Tuple(tuple) = self else { return false };
        serialized_origin::is_potentially_trustworthy(tuple.scheme(), tuple.host(), tuple.host_kind)
    }
}

/// Whether two URLs have the same tuple origin, made of their own schemes, hosts and ports: as
/// [`Origin::is_same_origin`] with [`Origin::of`] for http and https URLs.
pub(crate) fn is_same_origin(one: &Url, two: &Url) -> bool {
    let parts = |url| (Url::scheme(url), Url::host_str(url), Url::port(url));
    has_tuple_origin(one) && parts(one) == parts(two)
}

/// Whether the origin of `url` is made of its own scheme, host and port.
fn has_tuple_origin(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https" | "ws" | "wss" | "ftp")
}

#[cfg(feature = "scenario")]
impl TryFrom<String> for Origin {
    type Error = OriginError;

    fn try_from(text: String) -> Result<Self, OriginError> {
        Origin::parse(&text)
    }
}

#[cfg(feature = "scenario")]
impl From<Origin> for String {
    fn from(origin: Origin) -> Self {
        origin.serialized().into()
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.serialized())
    }
}

impl TupleOrigin {
    /// The origin that the URL parser would find, where that can be told without it: the host of an http or
    /// https origin without Punycode is what it is written as.
    fn of_plain(origin: SerializedOrigin<'_>) -> Option<Self> {
        let is_plain = matches!(origin.scheme(), "http" | "https")
            && !origin.host().as_bytes().windows(4).any(|part| part == b"xn--");
        let scheme_end = origin.scheme().len();
        is_plain.then(|| TupleOrigin {
            serialized: origin.as_str().into(),
            scheme_end,
            host_end: scheme_end + "://".len() + origin.host().len(),
            host_kind: origin.host_kind(),
            port: origin.port(),
        })
    }

    fn of(url: &Url) -> Option<Self> {
        let host = url.host().filter(|host| !matches!(host, Host::Domain("")))?;
        let host_kind = match host {
            Host::Domain(_) => HostKind::Domain,
            Host::Ipv4(address) => HostKind::Address(IpAddr::V4(address)),
            Host::Ipv6(address) => HostKind::Address(IpAddr::V6(address)),
        };
        let mut serialized = String::with_capacity(url.as_str().len());
        serialized.push_str(url.scheme());
        let scheme_end = serialized.len();
        serialized.push_str("://");
        serialized.push_str(url.host_str()?);
        // The URL parser leaves the host of a scheme that it does not know as it is.
        serialized.make_ascii_lowercase();
        let host_end = serialized.len();
        if let Some(port) = url.port() {
            serialized.push(':');
            serialized.push_str(&port.to_string());
        }
        Some(TupleOrigin { serialized: serialized.into(), scheme_end, host_end, host_kind, port: url.port() })
    }

    /// The serialization.
    ///
    /// ```
    /// use cors_engine::protocol::Origin;
    /// let Ok(Origin::Tuple(tuple)) = Origin::parse("http://[::1]:8080") else { panic!() };
    /// assert_eq!((tuple.serialized(), tuple.scheme(), tuple.host()), ("http://[::1]:8080", "http", "[::1]"));
    /// ```
    #[must_use]
    pub fn serialized(&self) -> &str {
        &self.serialized
    }

    /// The scheme, in lower case.
    ///
    /// ```
    /// # use cors_engine::protocol::Origin;
    /// # let Ok(Origin::Tuple(tuple)) = Origin::parse("https://a.example") else { panic!() };
    /// assert_eq!(tuple.scheme(), "https");
    /// ```
    #[must_use]
    pub fn scheme(&self) -> &str {
        &self.serialized[..self.scheme_end]
    }

    /// The host, serialized; an IPv6 address has its brackets.
    ///
    /// ```
    /// # use cors_engine::protocol::Origin;
    /// # let Ok(Origin::Tuple(tuple)) = Origin::parse("https://a.example:8443") else { panic!() };
    /// assert_eq!(tuple.host(), "a.example");
    /// ```
    #[must_use]
    pub fn host(&self) -> &str {
        &self.serialized[self.scheme_end + "://".len()..self.host_end]
    }

    /// The [registrable domain](https://url.spec.whatwg.org/#host-registrable-domain): `None` for an address
    /// or a public suffix.
    ///
    /// ```
    /// # use cors_engine::protocol::Origin;
    /// # let Ok(Origin::Tuple(tuple)) = Origin::parse("https://www.a.co.uk") else { panic!() };
    /// assert_eq!(tuple.registrable_domain(), Some("a.co.uk"));
    /// ```
    #[must_use]
    pub fn registrable_domain(&self) -> Option<&str> {
        match self.host_kind {
            HostKind::Domain => public_suffix::registrable_domain(self.host()),
            HostKind::Address(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_same_origin_where_their_origins_are() {
        let urls = [
            "https://a.example/",
            "https://a.example:443/x",
            "https://user:secret@a.example/",
            "https://a.example:8443/",
            "http://a.example/",
            "http://a.example:443/",
            "https://b.example/",
            "http://[::1]/",
        ]
        .map(|url| Url::parse(url).unwrap());
        for one in &urls {
            for two in &urls {
                let origins = Origin::of(one).is_same_origin(&Origin::of(two));
                assert_eq!(super::is_same_origin(one, two), origins, "{one} {two}");
            }
        }
    }

    #[test]
    fn the_host_of_an_unknown_scheme_is_one_that_a_server_can_read() {
        assert!(Origin::parse("app://localhost").is_ok());
        assert_eq!(
            Origin::parse("app://LocalHost"),
            Err(OriginError::NotSerialized { write: "app://localhost".into() })
        );
        assert_eq!(Origin::parse("app://a%20b"), Err(OriginError::NotAnOrigin));
    }
}
