//! Response headers: which names are CORS-safelisted and which are forbidden.

/// Whether `name` is a
/// [CORS-safelisted response-header name](https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name)
/// for any list: script may read it whatever the server exposes.
///
/// ```
/// use cors_engine::protocol::response_header::is_cors_safelisted;
/// assert!(is_cors_safelisted(b"Content-Length"));
/// assert!(!is_cors_safelisted(b"ETag"));
/// ```
#[must_use]
pub fn is_cors_safelisted(name: &[u8]) -> bool {
    const NAMES: [&[u8]; 7] = [
        b"cache-control",
        b"content-language",
        b"content-length",
        b"content-type",
        b"expires",
        b"last-modified",
        b"pragma",
    ];
    NAMES.iter().any(|safelisted| name.eq_ignore_ascii_case(safelisted))
}

/// Whether `name` is a
/// [forbidden response-header name](https://fetch.spec.whatwg.org/#forbidden-response-header-name): script
/// never reads it.
///
/// ```
/// assert!(cors_engine::protocol::response_header::is_forbidden(b"Set-Cookie"));
/// ```
#[must_use]
pub fn is_forbidden(name: &[u8]) -> bool {
    name.eq_ignore_ascii_case(b"set-cookie") || name.eq_ignore_ascii_case(b"set-cookie2")
}
