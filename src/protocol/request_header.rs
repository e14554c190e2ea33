//! Request headers: which are CORS-safelisted, CORS-unsafe, forbidden, or no-CORS-safelisted.

use super::{is_http_whitespace, is_name, is_token, kinds_of_bytes, list, method, trim};

/// The longest value that a CORS-safelisted request-header can have, in bytes.
///
/// ```
/// use cors_engine::protocol::request_header::{SAFELISTED_VALUE_LIMIT, SafelistRules};
/// let value = [b'a'; SAFELISTED_VALUE_LIMIT + 1];
/// assert!(SafelistRules::STANDARD.is_cors_safelisted(b"Accept", &value[1..]));
/// assert!(!SafelistRules::STANDARD.is_cors_safelisted(b"Accept", &value));
/// ```
pub const SAFELISTED_VALUE_LIMIT: usize = 128;

/// How long the values of all CORS-safelisted request-headers can be together, in bytes.
///
/// ```
/// use cors_engine::protocol::request_header::{SAFELISTED_TOTAL_LIMIT, SafelistRules};
/// let lines = [(&b"Accept"[..], &[b'a'; 128][..]); SAFELISTED_TOTAL_LIMIT / 128 + 1];
/// let unsafe_names = |lines: &[_]| SafelistRules::STANDARD.cors_unsafe_names(lines.iter().copied()).count();
/// assert_eq!((unsafe_names(&lines[..8]), unsafe_names(&lines)), (0, 9));
/// ```
pub const SAFELISTED_TOTAL_LIMIT: usize = 1024;

/// The points on which implementations of the safelist differ. [`SafelistRules::STANDARD`] is the Fetch
/// Standard's own safelist.
///
/// ```
/// use cors_engine::protocol::request_header::SafelistRules;
/// let with_hints = SafelistRules { client_hints: true, ..SafelistRules::STANDARD };
/// assert!(with_hints.is_cors_safelisted(b"Save-Data", b"on"));
/// assert!(!SafelistRules::STANDARD.is_cors_safelisted(b"Save-Data", b"on"));
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SafelistRules {
    /// Client hints such as `DPR` and `Save-Data` are safelisted when their values are well-formed.
    pub client_hints: bool,
    /// Bytes 0x80 to 0xFF make `Accept` and `Content-Type` unsafe.
    pub high_bytes_unsafe: bool,
    /// How `Content-Type` values are parsed.
    pub content_type: ContentTypeSyntax,
    /// How `Range` values are parsed.
    pub range: RangeSyntax,
    /// Whether [`SAFELISTED_TOTAL_LIMIT`] is enforced.
    pub total_limit: bool,
    /// Whether repeated headers are judged by their combined value `a, b` instead of one by one.
    pub combine_repeated: bool,
}

/// How a `Content-Type` request value is parsed.
///
/// ```
/// use cors_engine::protocol::request_header::{ContentTypeSyntax, SafelistRules};
/// let strict = ContentTypeSyntax::WithoutTrailingSemicolon;
/// let rules = SafelistRules { content_type: strict, ..SafelistRules::STANDARD };
/// assert!(!rules.is_cors_safelisted(b"Content-Type", b"text/plain;charset=utf-8;"));
/// assert!(SafelistRules::STANDARD.is_cors_safelisted(b"Content-Type", b"text/plain;charset=utf-8;"));
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ContentTypeSyntax {
    /// [Parse a MIME type](https://mimesniff.spec.whatwg.org/#parse-a-mime-type).
    MimeSniffing,
    /// As `MimeSniffing`, without any comma, and without a `;` after the last parameter.
    WithoutTrailingSemicolon,
}

/// How a `Range` request value is parsed.
///
/// ```
/// use cors_engine::protocol::request_header::{RangeSyntax, SafelistRules};
/// let rules = SafelistRules { range: RangeSyntax::UpTo(999), ..SafelistRules::STANDARD };
/// assert!(rules.is_cors_safelisted(b"Range", b"bytes=0-999"));
/// assert!(!rules.is_cors_safelisted(b"Range", b"bytes=0-1000"));
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RangeSyntax {
    /// [Parse a single range header value](https://fetch.spec.whatwg.org/#simple-range-header-value).
    Standard,
    /// As the standard, with numbers up to this one.
    UpTo(u64),
    /// The unit in any case, a number with leading whitespace or plus sign.
    Lenient,
}

/// Every name that some value and some rules can make CORS-safelisted.
const CANDIDATES: [&[u8]; 14] = [
    b"accept",
    b"accept-language",
    b"content-language",
    b"content-type",
    b"range",
    b"device-memory",
    b"dpr",
    b"downlink",
    b"width",
    b"viewport-width",
    b"rtt",
    b"ect",
    b"save-data",
    b"intervention",
];

fn candidate(name: &[u8]) -> Option<usize> {
    CANDIDATES.iter().position(|candidate| name.eq_ignore_ascii_case(candidate))
}

/// Sets of [`CANDIDATES`]: those that came more than once, and those of them that are safelisted.
#[derive(Clone, Copy, Default)]
struct Repeated {
    names: u16,
    safelisted: u16,
}

impl Repeated {
    fn has(self, index: usize) -> bool {
        self.names & (1 << index) != 0
    }

    /// The verdict on a name that came more than once.
    fn is_safelisted(self, name: &[u8]) -> Option<bool> {
        if self.names == 0 {
            return None;
        }
        let index = candidate(name)?;
        self.has(index).then_some(self.safelisted & (1 << index) != 0)
    }
}

/// The start of a combined value, on the stack. One byte over the limit is enough to know that it is too long.
struct CombinedValue {
    bytes: [u8; SAFELISTED_VALUE_LIMIT + 1],
    length: usize,
}

impl Default for CombinedValue {
    fn default() -> Self {
        CombinedValue { bytes: [0; SAFELISTED_VALUE_LIMIT + 1], length: 0 }
    }
}

impl CombinedValue {
    fn push(&mut self, value: &[u8]) {
        let taken = value.len().min(self.bytes.len() - self.length);
        self.bytes[self.length..self.length + taken].copy_from_slice(&value[..taken]);
        self.length += taken;
    }
}

impl SafelistRules {
    /// What the Fetch Standard says.
    ///
    /// ```
    /// use cors_engine::protocol::request_header::{RangeSyntax, SafelistRules};
    /// assert_eq!(SafelistRules::STANDARD.range, RangeSyntax::Standard);
    /// assert!(SafelistRules::STANDARD.total_limit);
    /// ```
    pub const STANDARD: SafelistRules = SafelistRules {
        client_hints: false,
        high_bytes_unsafe: false,
        content_type: ContentTypeSyntax::MimeSniffing,
        range: RangeSyntax::Standard,
        total_limit: true,
        combine_repeated: false,
    };

    /// Whether the header is a
    /// [CORS-safelisted request-header](https://fetch.spec.whatwg.org/#cors-safelisted-request-header).
    ///
    /// ```
    /// use cors_engine::protocol::request_header::SafelistRules;
    /// assert!(SafelistRules::STANDARD.is_cors_safelisted(b"Content-Type", b"text/plain"));
    /// assert!(!SafelistRules::STANDARD.is_cors_safelisted(b"Content-Type", b"application/json"));
    /// ```
    #[must_use]
    pub fn is_cors_safelisted(&self, name: &[u8], value: &[u8]) -> bool {
        if value.len() > SAFELISTED_VALUE_LIMIT {
            return false;
        }
        match name.len() {
            6 if is_name(name, b"accept") => !self.has_unsafe_byte(value),
            15 if is_name(name, b"accept-language") => is_language_value(value),
            16 if is_name(name, b"content-language") => is_language_value(value),
            12 if is_name(name, b"content-type") => {
                self.is_safelisted_content_type(value) && !self.has_unsafe_byte(value)
            }
            5 if is_name(name, b"range") => self.is_safelisted_range(value),
            _ => self.client_hints && is_safelisted_client_hint(name, value),
        }
    }

    /// Whether the header is a
    /// [no-CORS-safelisted request-header](https://fetch.spec.whatwg.org/#no-cors-safelisted-request-header).
    ///
    /// ```
    /// use cors_engine::protocol::request_header::SafelistRules;
    /// assert!(!SafelistRules::STANDARD.is_no_cors_safelisted(b"range", b"bytes=0-"));
    /// ```
    #[must_use]
    pub fn is_no_cors_safelisted(&self, name: &[u8], value: &[u8]) -> bool {
        const NAMES: [&[u8]; 4] = [b"accept", b"accept-language", b"content-language", b"content-type"];
        NAMES.iter().any(|safelisted| name.eq_ignore_ascii_case(safelisted))
            && self.is_cors_safelisted(name, value)
    }

    /// The [CORS-unsafe request-header names](https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names)
    /// of `lines`, each as often as it is unsafe, in the order and the case of the lines.
    ///
    /// Allocates nothing, and takes time in proportion to the lines.
    ///
    /// ```
    /// use cors_engine::protocol::request_header::SafelistRules;
    /// let lines = [(&b"X-A"[..], &b"1"[..]), (b"Accept", b"*/*")];
    /// let names = SafelistRules::STANDARD.cors_unsafe_names(lines.iter().copied());
    /// assert!(names.eq([b"X-A"]));
    /// ```
    pub fn cors_unsafe_names<'a, I>(&self, lines: I) -> impl Iterator<Item = &'a [u8]>
    where
        I: Iterator<Item = (&'a [u8], &'a [u8])> + Clone,
    {
        self.cors_unsafe_lines(lines).map(|(name, _)| name)
    }

    /// The lines whose names are [CORS-unsafe](SafelistRules::cors_unsafe_names).
    pub(crate) fn cors_unsafe_lines<'a, I>(&self, lines: I) -> impl Iterator<Item = (&'a [u8], &'a [u8])>
    where
        I: Iterator<Item = (&'a [u8], &'a [u8])> + Clone,
    {
        let rules = *self;
        let repeated =
            if self.combine_repeated { self.judge_repeated(lines.clone()) } else { Repeated::default() };
        let is_safelisted = move |(name, value): (&[u8], &[u8])| {
            repeated.is_safelisted(name).unwrap_or_else(|| rules.is_cors_safelisted(name, value))
        };
        let length = |(_, value): (&[u8], &[u8])| value.len();
        // Of few lines, the values that are safelisted are not too long together.
        let are_too_long = self.total_limit
            && lines
                .size_hint()
                .1
                .is_none_or(|count| count * SAFELISTED_VALUE_LIMIT > SAFELISTED_TOTAL_LIMIT)
            && lines.clone().filter(|&line| is_safelisted(line)).map(length).sum::<usize>()
                > SAFELISTED_TOTAL_LIMIT;
        lines.filter(move |&line| are_too_long || !is_safelisted(line))
    }

    /// Judges the [`CANDIDATES`] that come more than once by their combined values.
    fn judge_repeated<'a>(&self, lines: impl Iterator<Item = (&'a [u8], &'a [u8])> + Clone) -> Repeated {
        let mut seen = 0_u16;
        let mut repeated = Repeated::default();
        for index in lines.clone().filter_map(|(name, _)| candidate(name)) {
            repeated.names |= seen & (1 << index);
            seen |= 1 << index;
        }
        let present = repeated;
        for (index, name) in CANDIDATES.iter().enumerate().filter(|(index, _)| present.has(*index)) {
            let mut combined = CombinedValue::default();
            let values =
                lines.clone().filter(|(line, _)| line.eq_ignore_ascii_case(name)).map(|(_, value)| value);
            for (position, value) in values.enumerate() {
                combined.push(if position == 0 { b"" } else { b", " });
                combined.push(value);
            }
            if self.is_cors_safelisted(name, &combined.bytes[..combined.length]) {
                repeated.safelisted |= 1 << index;
            }
        }
        repeated
    }

    /// Whether `value` has a [CORS-unsafe request-header
    /// byte](https://fetch.spec.whatwg.org/#cors-unsafe-request-header-byte).
    fn has_unsafe_byte(&self, value: &[u8]) -> bool {
        let kinds = if self.high_bytes_unsafe { UNSAFE_BYTE | HIGH_BYTE } else { UNSAFE_BYTE };
        kinds_of_bytes(value, &KINDS) & kinds != 0
    }

    fn is_safelisted_content_type(&self, value: &[u8]) -> bool {
        let essence = before_parameters(value);
        let is_essence = match essence.len() {
            33 => is_name(essence, b"application/x-www-form-urlencoded"),
            19 => is_name(essence, b"multipart/form-data"),
            10 => is_name(essence, b"text/plain"),
            _ => false,
        };
        is_essence
            && match self.content_type {
                ContentTypeSyntax::MimeSniffing => true,
                ContentTypeSyntax::WithoutTrailingSemicolon => {
                    let parameters = value.splitn(2, |&byte| byte == b';').nth(1).unwrap_or_default();
                    !value.contains(&b',') && !parameters.ends_with(b";")
                }
            }
    }

    fn is_safelisted_range(&self, value: &[u8]) -> bool {
        match self.range {
            RangeSyntax::Standard => parse_single_range(value).is_some(),
            RangeSyntax::UpTo(limit) => parse_single_range(value).is_some_and(|(start, end)| {
                let fits = |digits: &[u8]| number(digits).is_some_and(|number| number <= limit);
                fits(start) && (end.is_empty() || fits(end))
            }),
            RangeSyntax::Lenient => is_lenient_range(value),
        }
    }
}

/// Whether the header is a [forbidden request-header](https://fetch.spec.whatwg.org/#forbidden-request-header).
///
/// ```
/// use cors_engine::protocol::request_header::is_forbidden;
/// assert!(is_forbidden(b"Origin", b"https://a.example"));
/// assert!(is_forbidden(b"X-HTTP-Method-Override", b"PUT, TRACE"));
/// assert!(!is_forbidden(b"X-HTTP-Method-Override", b"PUT"));
/// ```
#[must_use]
pub fn is_forbidden(name: &[u8], value: &[u8]) -> bool {
    let has_forbidden_name = match name.len() {
        2 => is_name(name, b"te"),
        3 => is_name(name, b"dnt") || is_name(name, b"via"),
        4 => is_name(name, b"date") || is_name(name, b"host"),
        6 => is_name(name, b"cookie") || is_name(name, b"expect") || is_name(name, b"origin"),
        7 => {
            is_name(name, b"cookie2")
                || is_name(name, b"referer")
                || is_name(name, b"trailer")
                || is_name(name, b"upgrade")
        }
        10 => is_name(name, b"connection") || is_name(name, b"keep-alive") || is_name(name, b"set-cookie"),
        14 => is_name(name, b"accept-charset") || is_name(name, b"content-length"),
        15 => is_name(name, b"accept-encoding"),
        17 => is_name(name, b"transfer-encoding"),
        29 => is_name(name, b"access-control-request-method"),
        30 => is_name(name, b"access-control-request-headers"),
        _ => false,
    };
    let overrides_method = || match name.len() {
        13 => is_name(name, b"x-http-method"),
        17 => is_name(name, b"x-method-override"),
        22 => is_name(name, b"x-http-method-override"),
        _ => false,
    };
    has_forbidden_name
        || name.first_chunk().is_some_and(|start: &[u8; 6]| is_name(start, b"proxy-"))
        || name.first_chunk().is_some_and(|start: &[u8; 4]| is_name(start, b"sec-"))
        || (overrides_method() && list::get_decode_and_split(value).any(method::is_forbidden))
}

/// Whether `name` is a
/// [CORS non-wildcard request-header name](https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name):
/// `Authorization`, which `*` does not cover.
///
/// ```
/// assert!(cors_engine::protocol::request_header::is_cors_non_wildcard(b"Authorization"));
/// ```
#[must_use]
pub fn is_cors_non_wildcard(name: &[u8]) -> bool {
    is_name(name, b"authorization")
}

/// Whether `name` is a [request-body-header
/// name](https://fetch.spec.whatwg.org/#request-body-header-name), which goes when a redirect drops the body.
///
/// ```
/// assert!(cors_engine::protocol::request_header::is_request_body_header(b"Content-Type"));
/// ```
#[must_use]
pub fn is_request_body_header(name: &[u8]) -> bool {
    [&b"content-encoding"[..], b"content-language", b"content-location", b"content-type"]
        .iter()
        .any(|body_header| name.eq_ignore_ascii_case(body_header))
}

/// Whether `value` is a [header value](https://fetch.spec.whatwg.org/#header-value) once normalized.
///
/// ```
/// use cors_engine::protocol::request_header::is_value;
/// assert!(is_value(b" padded "));
/// assert!(!is_value(b"two\r\nlines"));
/// ```
#[must_use]
pub fn is_value(value: &[u8]) -> bool {
    // Most values have no control character at all, which is soon seen.
    !has_control(value) || kinds_of_bytes(normalize_value(value), &KINDS) & NOT_VALUE_BYTE == 0
}

/// [Normalizes](https://fetch.spec.whatwg.org/#concept-header-value-normalize) a header value.
///
/// ```
/// assert_eq!(cors_engine::protocol::request_header::normalize_value(b" 1\r\n"), b"1");
/// ```
#[must_use]
pub fn normalize_value(value: &[u8]) -> &[u8] {
    trim(value, is_http_whitespace)
}

/// Whether some byte is below 0x20. Whole words are looked at, the last of which overlaps the one before.
fn has_control(value: &[u8]) -> bool {
    /// The high bit of each byte that is below 0x20.
    const fn controls(word: u64) -> u64 {
        const LOW_BITS: u64 = u64::from_le_bytes([0x7F; 8]);
        const TO_HIGH_BIT: u64 = u64::from_le_bytes([0x80 - 0x20; 8]);
        !(((word & LOW_BITS) + TO_HIGH_BIT) | word) & !LOW_BITS
    }
    let Some(last) = value.last_chunk() else { return value.iter().any(|&byte| byte < 0x20) };
    let mut found = controls(u64::from_le_bytes(*last));
    let mut rest = value;
    while let Some((word, after)) = rest.split_first_chunk() {
        found |= controls(u64::from_le_bytes(*word));
        rest = after;
    }
    found != 0
}

fn is_language_value(value: &[u8]) -> bool {
    kinds_of_bytes(value, &KINDS) & NOT_LANGUAGE_BYTE == 0
}

/// A [CORS-unsafe request-header byte](https://fetch.spec.whatwg.org/#cors-unsafe-request-header-byte).
const UNSAFE_BYTE: u8 = 1;

/// A byte outside ASCII.
const HIGH_BYTE: u8 = 2;

/// A byte that safelisted `Accept-Language` and `Content-Language` values do not have.
const NOT_LANGUAGE_BYTE: u8 = 4;

/// A byte that no header value has.
const NOT_VALUE_BYTE: u8 = 8;

/// The kinds of each byte.
static KINDS: [u8; 256] = {
    let mut table = [0; 256];
    let mut index = 0;
    while index < table.len() {
        let byte = index as u8;
        if (byte < 0x20 && byte != b'\t')
            || matches!(
                byte,
                b'"' | b'(' | b')' | b':' | b'<' | b'>' | b'?' | b'@' | b'[' | b'\\' | b']' | b'{' | b'}'
            )
            || byte == 0x7F
        {
            table[index] |= UNSAFE_BYTE;
        }
        if byte >= 0x80 {
            table[index] |= HIGH_BYTE;
        }
        let is_language_byte =
            byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'*' | b',' | b'-' | b'.' | b';' | b'=');
        if !is_language_byte {
            table[index] |= NOT_LANGUAGE_BYTE;
        }
        if matches!(byte, b'\0' | b'\r' | b'\n') {
            table[index] |= NOT_VALUE_BYTE;
        }
        index += 1;
    }
    table
};

/// The type and subtype of [parsing](https://mimesniff.spec.whatwg.org/#parse-a-mime-type) `value` as a MIME
/// type, in the case they came in. Parameters cannot make that algorithm fail, so they are not looked at.
fn mime_type_essence(value: &[u8]) -> Option<&[u8]> {
    let essence = before_parameters(value);
    let slash = essence.iter().position(|&byte| byte == b'/')?;
    (is_token(&essence[..slash]) && is_token(&essence[slash + 1..])).then_some(essence)
}

/// What stands before the parameters of a MIME type.
fn before_parameters(value: &[u8]) -> &[u8] {
    let end = value.iter().position(|&byte| byte == b';').unwrap_or(value.len());
    trim(&value[..end], is_http_whitespace)
}

/// Whether `value` is a type, a subtype and well-formed parameters.
pub(crate) fn is_strict_mime_type(value: &[u8]) -> bool {
    mime_type_essence(value).is_some() && has_strict_parameters(value)
}

/// Whether every parameter is `name=value` made of tokens, with none empty or left out.
fn has_strict_parameters(value: &[u8]) -> bool {
    value.split(|&byte| byte == b';').skip(1).all(|parameter| {
        let parameter = trim(parameter, is_http_whitespace);
        match parameter.iter().position(|&byte| byte == b'=') {
            Some(equals) => is_token(&parameter[..equals]) && is_token(&parameter[equals + 1..]),
            None => false,
        }
    })
}

/// [Parses a single range header value](https://fetch.spec.whatwg.org/#simple-range-header-value), whitespace
/// not allowed, into the digits of start and end; ranges without a start are not safelisted and are `None`.
fn parse_single_range(value: &[u8]) -> Option<(&[u8], &[u8])> {
    let (start, end) = split_range(value.strip_prefix(b"bytes=")?)?;
    let is_number = |digits: &[u8]| digits.iter().all(u8::is_ascii_digit);
    if start.is_empty() || !is_number(start) || !is_number(end) {
        return None;
    }
    let ordered = end.is_empty() || magnitude(start) <= magnitude(end);
    ordered.then_some((start, end))
}

fn split_range(range: &[u8]) -> Option<(&[u8], &[u8])> {
    let dash = range.iter().position(|&byte| byte == b'-')?;
    Some((&range[..dash], &range[dash + 1..]))
}

/// Digits as a number of any size: by length first, then by value.
fn magnitude(digits: &[u8]) -> (usize, &[u8]) {
    let zeros = digits.iter().take_while(|&&digit| digit == b'0').count();
    (digits.len() - zeros, &digits[zeros..])
}

/// Digits as a number, if it fits.
fn number(digits: &[u8]) -> Option<u64> {
    core::str::from_utf8(digits).ok()?.parse().ok()
}

fn is_lenient_range(value: &[u8]) -> bool {
    let Some((unit, range)) = value.split_at_checked(6) else { return false };
    if !unit.eq_ignore_ascii_case(b"bytes=") {
        return false;
    }
    let lenient_number = |text: &[u8]| {
        let text = trim(text, |byte| matches!(byte, 0x0B | 0x0C));
        number(text)
    };
    let Some((start, end)) = split_range(range) else { return false };
    match (lenient_number(start), end) {
        (Some(_), b"") => true,
        (Some(start), end) => lenient_number(end).is_some_and(|end| start <= end),
        (None, _) => false,
    }
}

/// The client hints that Chromium safelists, by name and form of the value.
fn is_safelisted_client_hint(name: &[u8], value: &[u8]) -> bool {
    let digits = |text: &[u8]| !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    let decimal = |text: &[u8]| {
        let point = text.iter().position(|&byte| byte == b'.');
        point.map_or_else(|| digits(text), |point| digits(&text[..point]) && digits(&text[point + 1..]))
    };
    let is = |candidate: &&[u8]| name.eq_ignore_ascii_case(candidate);
    if [&b"device-memory"[..], b"dpr", b"downlink"].iter().any(is) {
        decimal(value)
    } else if [&b"width"[..], b"viewport-width", b"rtt"].iter().any(is) {
        digits(value)
    } else if is(&&b"ect"[..]) {
        matches!(value, b"slow-2g" | b"2g" | b"3g" | b"4g")
    } else if is(&&b"save-data"[..]) {
        value.eq_ignore_ascii_case(b"on")
    } else {
        // Any value; what is no header value is not safelisted either.
        is(&&b"intervention"[..]) && is_value(value)
    }
}
