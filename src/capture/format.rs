//! Formats: which ones are read, and which one some bytes are in.

use super::{Unusable, UnusableKind, message};
use std::borrow::Cow;

/// How a capture is written down.
///
/// ```
/// use cors_engine::capture::{Format, Meant, read};
/// let exchange = b"GET / HTTP/1.1\nHost: api.example\nOrigin: https://app.example\n\nHTTP/1.1 200 OK\n";
/// assert_eq!(read(exchange, None, &Meant::default())?.format, Format::Raw);
/// # Ok::<(), cors_engine::capture::Unusable>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Format {
    /// A HAR exported from a browser's developer tools.
    Har,
    /// What `curl -v` prints.
    CurlVerbose,
    /// What `curl -i` prints: answers without requests.
    CurlInclude,
    /// HTTP requests and responses as they are on the wire.
    Raw,
}

const WHAT_IS_READ: &str = "What can be read: a HAR from a browser's developer tools, the text of `curl -v` or \
                            `curl -i`, or an HTTP request with its response";

/// Tells the format by how the bytes begin.
pub(super) fn detect(bytes: &[u8]) -> Result<Format, Unusable> {
    let start = bytes.trim_ascii_start();
    let Some(first) = start.first() else {
        return Err(Unusable::new(UnusableKind::Empty, format!("is empty. {WHAT_IS_READ}")));
    };
    if *first == b'{' || is_json_array(start) {
        return Ok(Format::Har);
    }
    let first_line = message::Lines::of(start).next().map_or(start, |line| line.text);
    if message::is_status_line(first_line) {
        return Ok(if holds_request(start) { Format::Raw } else { Format::CurlInclude });
    }
    if message::is_request_line(first_line) {
        return Ok(Format::Raw);
    }
    if message::Lines::of(start).any(|line| is_verbose(line.text)) {
        return Ok(Format::CurlVerbose);
    }
    let seems = known_binary(start).map_or_else(String::new, |kind| format!(" (it looks like {kind})"));
    let words = format!("is in no format that is known{seems}. {WHAT_IS_READ}");
    Err(Unusable::new(UnusableKind::UnknownFormat, words))
}

/// Whether a list of JSON begins here, and not a heading such as `[package]`.
fn is_json_array(bytes: &[u8]) -> bool {
    let inner = bytes.strip_prefix(b"[").map(<[u8]>::trim_ascii_start);
    inner.is_some_and(|inner| {
        matches!(inner.first(), None | Some(b'[' | b']' | b'{' | b'"' | b'-' | b'0'..=b'9'))
    })
}

fn holds_request(bytes: &[u8]) -> bool {
    message::Lines::of(bytes).any(|line| message::is_request_line(line.text))
}

fn is_verbose(line: &[u8]) -> bool {
    let line = line.trim_ascii_start();
    line.strip_prefix(b"> ").is_some_and(message::is_request_line)
        || line.strip_prefix(b"< ").is_some_and(message::is_status_line)
}

fn known_binary(bytes: &[u8]) -> Option<&'static str> {
    const SIGNATURES: [(&[u8], &str); 7] = [
        (b"\x89PNG", "a PNG image"),
        (b"\xFF\xD8\xFF", "a JPEG image"),
        (b"GIF8", "a GIF image"),
        (b"%PDF", "a PDF"),
        (b"PK\x03\x04", "a ZIP archive"),
        (b"\x1F\x8B", "gzip: unpack it first"),
        (b"<", "HTML or XML"),
    ];
    SIGNATURES.iter().find(|(signature, _)| bytes.starts_with(signature)).map(|(_, kind)| *kind)
}

/// UTF-8 without its mark; UTF-16, which PowerShell writes into files, as UTF-8.
pub(super) fn without_byte_order_mark(bytes: &[u8]) -> Cow<'_, [u8]> {
    let decode = |text: &[u8], unit: fn([u8; 2]) -> u16| {
        let units = text.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
        let decoded: String = char::decode_utf16(units)
            .map(|character| character.unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect();
        Cow::Owned(decoded.into_bytes())
    };
    match bytes {
        [0xEF, 0xBB, 0xBF, text @ ..] => Cow::Borrowed(text),
        [0xFF, 0xFE, text @ ..] => decode(text, u16::from_le_bytes),
        [0xFE, 0xFF, text @ ..] => decode(text, u16::from_be_bytes),
        _ => Cow::Borrowed(bytes),
    }
}
