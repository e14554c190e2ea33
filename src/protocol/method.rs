//! Request methods: which are safelisted, which are forbidden, and how `fetch()` normalizes them.
//!
//! A method is a byte sequence; methods are compared byte by byte, so `patch` is not `PATCH`.

use super::is_token;

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
    [&b"CONNECT"[..], b"TRACE", b"TRACK"].iter().any(|forbidden| method.eq_ignore_ascii_case(forbidden))
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
    match method.len() {
        3 if method.eq_ignore_ascii_case(b"GET") => b"GET",
        3 if method.eq_ignore_ascii_case(b"PUT") => b"PUT",
        4 if method.eq_ignore_ascii_case(b"HEAD") => b"HEAD",
        4 if method.eq_ignore_ascii_case(b"POST") => b"POST",
        6 if method.eq_ignore_ascii_case(b"DELETE") => b"DELETE",
        7 if method.eq_ignore_ascii_case(b"OPTIONS") => b"OPTIONS",
        _ => method,
    }
}
