//! The words both halves speak: origins, methods, header names and values, lists. No decisions are made here.

pub mod headers;
pub mod list;
pub mod method;
pub mod origin;
pub(crate) mod public_suffix;
pub mod request_header;
pub mod response_header;
pub(crate) mod serialized_origin;

pub use headers::{HeaderLines, HeaderList, Headers};
pub use origin::{Origin, OriginError, TupleOrigin};
pub use serialized_origin::SerializedOrigin;

/// Whether `bytes` is a non-empty [token](https://httpwg.org/specs/rfc9110.html#rule.token).
///
/// ```
/// use cors_engine::protocol::is_token;
/// assert!(is_token(b"x-requested-with"));
/// assert!(!is_token(b"x requested"));
/// assert!(!is_token(b""));
/// ```
#[must_use]
pub fn is_token(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().all(|&byte| is_token_byte(byte))
}

const fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'!' | b'#'
                | b'$'
                | b'%'
                | b'&'
                | b'\''
                | b'*'
                | b'+'
                | b'-'
                | b'.'
                | b'^'
                | b'_'
                | b'`'
                | b'|'
                | b'~'
        )
}

/// Strips leading and trailing bytes for which `strip` holds.
pub(crate) fn trim(mut bytes: &[u8], strip: impl Fn(u8) -> bool) -> &[u8] {
    if let [first, .., last] = bytes {
        if !strip(*first) && !strip(*last) {
            return bytes;
        }
    }
    while let [first, rest @ ..] = bytes {
        if !strip(*first) {
            break;
        }
        bytes = rest;
    }
    while let [rest @ .., last] = bytes {
        if !strip(*last) {
            break;
        }
        bytes = rest;
    }
    bytes
}

/// An [HTTP tab or space byte](https://fetch.spec.whatwg.org/#http-tab-or-space-byte).
pub(crate) const fn is_http_tab_or_space(byte: u8) -> bool {
    matches!(byte, b'\t' | b' ')
}

/// An [HTTP whitespace byte](https://fetch.spec.whatwg.org/#http-whitespace-byte).
pub(crate) const fn is_http_whitespace(byte: u8) -> bool {
    matches!(byte, b'\t' | b' ' | b'\n' | b'\r')
}
