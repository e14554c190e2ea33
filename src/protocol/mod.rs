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
    !bytes.is_empty() && kinds_of_bytes(bytes, &IS_NO_TOKEN_BYTE) == 0
}

static IS_NO_TOKEN_BYTE: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < table.len() {
        table[byte] = !is_token_byte(byte as u8) as u8;
        byte += 1;
    }
    table
};

/// The kinds of bytes that occur in `bytes`, by a table of the kinds of each, a kind being a bit.
///
/// Eight bytes are looked at before asking whether to go on.
pub(crate) fn kinds_of_bytes(bytes: &[u8], table: &[u8; 256]) -> u8 {
    let mut chunks = bytes.chunks_exact(8);
    let mut kinds = 0;
    for chunk in &mut chunks {
        for &byte in chunk {
            kinds |= table[usize::from(byte)];
        }
    }
    for &byte in chunks.remainder() {
        kinds |= table[usize::from(byte)];
    }
    kinds
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

/// Whether `name` is `known` byte-case-insensitively. `known` is made of lower-case letters, digits, `-` and, in
/// MIME types, `/`.
///
/// As the length is known, whole words are compared, the last of which overlaps the one before.
#[inline]
pub(crate) fn is_name<const LENGTH: usize>(name: &[u8], known: &[u8; LENGTH]) -> bool {
    let Ok(name) = <&[u8; LENGTH]>::try_from(name) else { return false };
    let is_rest = |from: usize| name[from..].eq_ignore_ascii_case(&known[from..]);
    let mut start = 0;
    while let (Some(name), Some(known)) = (name[start..].first_chunk(), known[start..].first_chunk()) {
        if !is_word(u64::from_le_bytes(*name), u64::from_le_bytes(*known)) {
            return false;
        }
        start += 8;
    }
    match (name.last_chunk(), known.last_chunk()) {
        _ if start == LENGTH => true,
        (Some(name), Some(known)) => is_word(u64::from_le_bytes(*name), u64::from_le_bytes(*known)),
        _ => is_rest(start),
    }
}

/// Whether the bytes of `word` are those of `known`, in either case.
///
/// Setting the bit 0x20 makes a letter lower-case. It leaves digits, `-` and `/` as they are, and would make them
/// of control characters, which have neither that bit nor 0x40.
const fn is_word(word: u64, known: u64) -> bool {
    const BIT: u64 = u64::from_le_bytes([0x20; 8]);
    (word | BIT) == known && (word | (word >> 1)) & BIT == BIT
}

/// Strips leading and trailing bytes for which `strip` holds.
pub(crate) fn trim(bytes: &[u8], strip: impl Fn(u8) -> bool) -> &[u8] {
    if let [first, .., last] = bytes {
        if !strip(*first) && !strip(*last) {
            return bytes;
        }
    }
    let mut bytes = trim_start(bytes, &strip);
    while let [rest @ .., last] = bytes {
        if !strip(*last) {
            break;
        }
        bytes = rest;
    }
    bytes
}

/// Strips leading bytes for which `strip` holds.
pub(crate) fn trim_start(mut bytes: &[u8], strip: impl Fn(u8) -> bool) -> &[u8] {
    while let [first, rest @ ..] = bytes {
        if !strip(*first) {
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
