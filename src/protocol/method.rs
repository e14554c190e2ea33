//! Request methods: which are safelisted, which are forbidden, and how `fetch()` normalizes them.
//!
//! A method is a byte sequence; methods are compared byte by byte, so `patch` is not `PATCH`.

use super::{is_name, is_token};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Deref;
use smallvec::SmallVec;

/// A request's method, as it was written. One of up to sixteen bytes is held without allocating.
///
/// ```
/// use cors_engine::protocol::method::Method;
/// assert_eq!(Method::from("PUT"), Method::from(b"PUT"));
/// assert_eq!(&Method::default()[..], b"GET");
/// ```
#[derive(Clone, Eq, Hash, PartialEq)]
pub struct Method(SmallVec<[u8; 16]>);

impl Default for Method {
    fn default() -> Self {
        Method::from(b"GET")
    }
}

impl Deref for Method {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl AsRef<[u8]> for Method {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl From<&[u8]> for Method {
    fn from(bytes: &[u8]) -> Self {
        Method(SmallVec::from_slice(bytes))
    }
}

impl<const LENGTH: usize> From<&[u8; LENGTH]> for Method {
    fn from(bytes: &[u8; LENGTH]) -> Self {
        Method::from(&bytes[..])
    }
}

impl From<&str> for Method {
    fn from(text: &str) -> Self {
        Method::from(text.as_bytes())
    }
}

impl From<String> for Method {
    fn from(text: String) -> Self {
        Method::from(text.into_bytes())
    }
}

impl From<Vec<u8>> for Method {
    fn from(bytes: Vec<u8>) -> Self {
        Method(SmallVec::from_vec(bytes))
    }
}

impl fmt::Debug for Method {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "\"{}\"", self.0.escape_ascii())
    }
}

/// Whether `method` is a [method](https://fetch.spec.whatwg.org/#concept-method): a token.
///
/// ```
/// assert!(cors_engine::protocol::method::is_method(b"PURGE"));
/// assert!(!cors_engine::protocol::method::is_method(b"GET /"));
/// ```
#[must_use]
pub fn is_method(method: &[u8]) -> bool {
    is_token(method)
}

/// Whether `method` is a [CORS-safelisted method](https://fetch.spec.whatwg.org/#cors-safelisted-method).
///
/// ```
/// assert!(cors_engine::protocol::method::is_cors_safelisted(b"POST"));
/// assert!(!cors_engine::protocol::method::is_cors_safelisted(b"post"));
/// ```
#[must_use]
pub fn is_cors_safelisted(method: &[u8]) -> bool {
    matches!(method, b"GET" | b"HEAD" | b"POST")
}

/// Whether `method` is a [forbidden method](https://fetch.spec.whatwg.org/#forbidden-method).
///
/// ```
/// assert!(cors_engine::protocol::method::is_forbidden(b"Trace"));
/// ```
#[must_use]
pub fn is_forbidden(method: &[u8]) -> bool {
    is_name(method, b"connect") || is_name(method, b"trace") || is_name(method, b"track")
}

/// [Normalizes](https://fetch.spec.whatwg.org/#concept-method-normalize) a method.
///
/// Six methods are upper-cased; every other one, `patch` among them, stays as it was written.
///
/// ```
/// use cors_engine::protocol::method::normalize;
/// assert_eq!(normalize(b"delete"), b"DELETE");
/// assert_eq!(normalize(b"patch"), b"patch");
/// ```
#[must_use]
pub fn normalize(method: &[u8]) -> &[u8] {
    normalized(method).unwrap_or(method)
}

/// One of the six methods that are normalized, normalized. None of them is forbidden.
#[inline]
pub(crate) fn normalized(method: &[u8]) -> Option<&'static [u8]> {
    match method.len() {
        3 if is_name(method, b"get") => Some(b"GET"),
        3 if is_name(method, b"put") => Some(b"PUT"),
        4 if is_name(method, b"head") => Some(b"HEAD"),
        4 if is_name(method, b"post") => Some(b"POST"),
        6 if is_name(method, b"delete") => Some(b"DELETE"),
        7 if is_name(method, b"options") => Some(b"OPTIONS"),
        _ => None,
    }
}
