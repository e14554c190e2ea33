//! Request headers: which are CORS-safelisted, CORS-unsafe, forbidden, or no-CORS-safelisted.

use super::header_line::{
    Facts, HIGH_BYTE, HeaderLine, KnownName, KnownNames, NOT_LANGUAGE_BYTE, UNSAFE_BYTE,
};
use super::{is_http_whitespace, is_name, is_token, list, method, trim};

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

/// The names that came more than once, and those of them that are safelisted.
#[derive(Clone, Copy, Default)]
struct Repeated {
    names: KnownNames,
    safelisted: KnownNames,
}

/// The start of a combined value, on the stack. One byte over the limit is enough to know that it is too long.
struct CombinedValue {
    bytes: [u8; SAFELISTED_VALUE_LIMIT + 1],
    length: usize,
}

impl CombinedValue {
    /// The value of the lines called `name`, as the standard combines them.
    fn of<'a>(name: KnownName, lines: impl Iterator<Item = HeaderLine<'a>>) -> Self {
        let mut combined = CombinedValue { bytes: [0; SAFELISTED_VALUE_LIMIT + 1], length: 0 };
        let same = lines.filter(|line| line.facts.name == name);
        for (position, line) in same.enumerate() {
            combined.push(if position == 0 { b"" } else { b", " });
            combined.push(line.value);
        }
        combined
    }

    fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }

    fn push(&mut self, value: &[u8]) {
        let taken = value.len().min(self.bytes.len() - self.length);
        self.bytes[self.length..self.length + taken].copy_from_slice(&value[..taken]);
        self.length += taken;
    }
}

/// The safelist for certain lines.
#[derive(Clone, Copy)]
pub(crate) struct Safelist {
    rules: SafelistRules,
    repeated: Repeated,
    /// Whether the lines are so long together that none is safelisted.
    is_exceeded: bool,
}

impl Safelist {
    /// Whether a line, one of those that the safelist is for, is CORS-safelisted.
    #[inline]
    pub(crate) fn has(&self, line: &HeaderLine<'_>) -> bool {
        let is_safelisted = match self.repeated.names.contains(line.facts.name) {
            true => self.repeated.safelisted.contains(line.facts.name),
            false => self.rules.is_safelisted_line(line),
        };
        is_safelisted && !self.is_exceeded
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
        self.is_safelisted_line(&HeaderLine::of(name, value))
    }

    #[inline]
    fn is_safelisted_line(&self, &HeaderLine { value, facts, .. }: &HeaderLine<'_>) -> bool {
        value.len() <= SAFELISTED_VALUE_LIMIT
            && match facts.name {
                KnownName::Accept => !self.has_unsafe_byte(facts),
                KnownName::AcceptLanguage | KnownName::ContentLanguage => !facts.value_has(NOT_LANGUAGE_BYTE),
                KnownName::ContentType => {
                    !self.has_unsafe_byte(facts) && self.is_safelisted_content_type(value)
                }
                KnownName::Range => self.is_safelisted_range(value),
                KnownName::Other => false,
                hint => self.client_hints && is_safelisted_client_hint(hint, value),
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
        let line = HeaderLine::of(name, value);
        use KnownName::{Accept, AcceptLanguage, ContentLanguage, ContentType};
        matches!(line.facts.name, Accept | AcceptLanguage | ContentLanguage | ContentType)
            && self.is_safelisted_line(&line)
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
        let lines = lines.map(|(name, value)| HeaderLine::of(name, value));
        self.cors_unsafe_lines(lines).map(|line| line.name)
    }

    /// The lines whose names are [CORS-unsafe](SafelistRules::cors_unsafe_names).
    pub(crate) fn cors_unsafe_lines<'a, I>(&self, lines: I) -> impl Iterator<Item = HeaderLine<'a>>
    where
        I: Iterator<Item = HeaderLine<'a>> + Clone,
    {
        let safelist = self.over(lines.clone());
        lines.filter(move |line| !safelist.has(line))
    }

    /// The safelist for these lines, which depends on how long they are together and on which are repeated.
    pub(crate) fn over<'a>(&self, lines: impl Iterator<Item = HeaderLine<'a>> + Clone) -> Safelist {
        let repeated =
            if self.combine_repeated { self.judge_repeated(lines.clone()) } else { Repeated::default() };
        let mut safelist = Safelist { rules: *self, repeated, is_exceeded: false };
        // Of few lines, the values that are safelisted are not too long together.
        let may_be_too_long = |count| count * SAFELISTED_VALUE_LIMIT > SAFELISTED_TOTAL_LIMIT;
        if self.total_limit && lines.size_hint().1.is_none_or(may_be_too_long) {
            let safelisted = lines.filter(|line| safelist.has(line));
            safelist.is_exceeded =
                safelisted.map(|line| line.value.len()).sum::<usize>() > SAFELISTED_TOTAL_LIMIT;
        }
        safelist
    }

    /// Judges the names that come more than once by their combined values.
    fn judge_repeated<'a>(&self, lines: impl Iterator<Item = HeaderLine<'a>> + Clone) -> Repeated {
        let mut repeated = Repeated::default();
        let mut seen = KnownNames::default();
        for HeaderLine { name, facts, .. } in lines.clone().filter(|line| line.facts.name.is_safelistable()) {
            if seen.contains(facts.name) && !repeated.names.contains(facts.name) {
                repeated.names.insert(facts.name);
                let combined = CombinedValue::of(facts.name, lines.clone());
                if self.is_safelisted_line(&HeaderLine::of(name, combined.as_bytes())) {
                    repeated.safelisted.insert(facts.name);
                }
            }
            seen.insert(facts.name);
        }
        repeated
    }

    /// Whether `value` has a [CORS-unsafe request-header
    /// byte](https://fetch.spec.whatwg.org/#cors-unsafe-request-header-byte).
    fn has_unsafe_byte(&self, facts: Facts) -> bool {
        facts.value_has(if self.high_bytes_unsafe { UNSAFE_BYTE | HIGH_BYTE } else { UNSAFE_BYTE })
    }

    fn is_safelisted_content_type(&self, value: &[u8]) -> bool {
        let value = trim(value, is_http_whitespace);
        let is_essence = is_essence(value, b"text/plain")
            || is_essence(value, b"multipart/form-data")
            || is_essence(value, b"application/x-www-form-urlencoded");
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
    HeaderLine::of(name, value).is_forbidden()
}

/// Whether the value of a header that overrides the method names a method that is forbidden.
pub(crate) fn names_forbidden_method(value: &[u8]) -> bool {
    list::get_decode_and_split(value).any(method::is_forbidden)
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
    !normalize_value(value).iter().any(|byte| matches!(byte, b'\0' | b'\r' | b'\n'))
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

/// The type and subtype of [parsing](https://mimesniff.spec.whatwg.org/#parse-a-mime-type) `value` as a MIME
/// type, in the case they came in. Parameters cannot make that algorithm fail, so they are not looked at.
fn mime_type_essence(value: &[u8]) -> Option<&[u8]> {
    let essence = before_parameters(value);
    let slash = essence.iter().position(|&byte| byte == b'/')?;
    (is_token(&essence[..slash]) && is_token(&essence[slash + 1..])).then_some(essence)
}

/// Whether `essence` is what stands before the parameters of a MIME type without whitespace around it.
fn is_essence<const LENGTH: usize>(value: &[u8], essence: &[u8; LENGTH]) -> bool {
    value.split_first_chunk::<LENGTH>().is_some_and(|(start, rest)| {
        let is_whole =
            matches!(rest, [] | [b';', ..]) || matches!(trim(rest, is_http_whitespace), [b';', ..]);
        is_whole && is_name(start, essence)
    })
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
    let range = value.strip_prefix(b"bytes=")?;
    let digits = range.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (start, rest) = range.split_at(digits);
    let end = rest.strip_prefix(b"-")?;
    if start.is_empty() || !end.iter().all(u8::is_ascii_digit) {
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
fn is_safelisted_client_hint(name: KnownName, value: &[u8]) -> bool {
    let digits = |text: &[u8]| !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    let decimal = |text: &[u8]| {
        let point = text.iter().position(|&byte| byte == b'.');
        point.map_or_else(|| digits(text), |point| digits(&text[..point]) && digits(&text[point + 1..]))
    };
    match name {
        KnownName::DeviceMemory | KnownName::Dpr | KnownName::Downlink => decimal(value),
        KnownName::Width | KnownName::ViewportWidth | KnownName::Rtt => digits(value),
        KnownName::Ect => matches!(value, b"slow-2g" | b"2g" | b"3g" | b"4g"),
        KnownName::SaveData => value.eq_ignore_ascii_case(b"on"),
        // Any value; what is no header value is not safelisted either.
        KnownName::Intervention => is_value(value),
        _ => false,
    }
}
