//! Request headers: which are CORS-safelisted, CORS-unsafe, forbidden, or no-CORS-safelisted.

use super::header_line::{
    Facts, Faults, HIGH_BYTE, HeaderLine, KnownName, KnownNames, NOT_LANGUAGE_BYTE, Summary, UNSAFE_BYTE,
};
use super::{HeaderList, is_http_whitespace, is_name, is_token, list, method, trim};

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
/// let rules = SafelistRules { range: RangeSyntax::UnsignedNumbers, ..SafelistRules::STANDARD };
/// assert!(rules.is_cors_safelisted(b"Range", b"bytes=0-18446744073709551615"));
/// assert!(!rules.is_cors_safelisted(b"Range", b"bytes=0-18446744073709551616"));
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RangeSyntax {
    /// [Parse a single range header value](https://fetch.spec.whatwg.org/#simple-range-header-value).
    Standard,
    /// As the standard, with numbers below 2^63 - 1.
    SignedNumbers,
    /// As the standard, with numbers below 2^64.
    UnsignedNumbers,
    /// The unit in any case, a number with leading whitespace or plus sign.
    Lenient,
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
    /// What makes a line unsafe.
    faults: Faults,
    /// The names that are judged by the combined value of all their lines, and those of them that are safelisted.
    combined: KnownNames,
    combined_safelisted: KnownNames,
    /// Whether the lines are so long together that none is safelisted.
    is_exceeded: bool,
}

impl Safelist {
    /// Whether a line with these facts, one of those that the safelist is for, is CORS-safelisted.
    #[inline]
    pub(crate) fn has(&self, facts: Facts) -> bool {
        let is_safelisted = match self.combined.contains(facts.name) {
            true => self.combined_safelisted.contains(facts.name),
            false => !facts.faults.has(self.faults),
        };
        is_safelisted && !self.is_exceeded
    }

    /// Whether it can be told from the lines' summary that all of them are CORS-safelisted.
    #[inline]
    pub(crate) fn has_all(&self, summary: &Summary) -> bool {
        !summary.faults.has(self.faults)
            && !self.combined.intersects(KnownNames::SAFELISTABLE)
            && !self.is_exceeded
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
    fn is_safelisted_line(&self, line: &HeaderLine<'_>) -> bool {
        !line.facts.faults.has(self.unsafe_faults())
    }

    /// What makes a line unsafe under these rules.
    #[inline]
    const fn unsafe_faults(&self) -> Faults {
        let loose_type_is_unsafe = matches!(self.content_type, ContentTypeSyntax::WithoutTrailingSemicolon);
        let range = match self.range {
            RangeSyntax::Standard => Faults::STANDARD_RANGE,
            RangeSyntax::SignedNumbers => Faults::SIGNED_RANGE,
            RangeSyntax::UnsignedNumbers => Faults::UNSIGNED_RANGE,
            RangeSyntax::Lenient => Faults::LENIENT_RANGE,
        };
        Faults::UNSAFE
            .or(range)
            .or(Faults::HIGH_BYTE.only_if(self.high_bytes_unsafe))
            .or(Faults::LOOSE_TYPE.only_if(loose_type_is_unsafe))
            .or(Faults::CLIENT_HINT.only_if(!self.client_hints))
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
        let mut summary = Summary::default();
        summary.extend(lines.clone());
        let safelist = self.over(&summary, || lines.clone());
        lines.filter(move |line| !safelist.has(line.facts)).map(|line| line.name)
    }

    /// The lines of `list` whose names are [CORS-unsafe](SafelistRules::cors_unsafe_names).
    pub(crate) fn cors_unsafe_lines<'a>(
        &self,
        list: &'a HeaderList,
    ) -> impl Iterator<Item = HeaderLine<'a>> + Clone {
        let safelist = self.over(list.summary(), || list.known_lines());
        list.known_lines_where(move |facts| !safelist.has(facts))
    }

    /// The safelist for these lines, which depends on how long they are together and on which are repeated.
    #[inline]
    pub(crate) fn over<'a, I>(&self, summary: &Summary, lines: impl Fn() -> I) -> Safelist
    where
        I: Iterator<Item = HeaderLine<'a>>,
    {
        let none = KnownNames::default();
        let faults = self.unsafe_faults();
        let mut safelist = Safelist { faults, combined: none, combined_safelisted: none, is_exceeded: false };
        if self.combine_repeated && summary.repeated.intersects(KnownNames::SAFELISTABLE) {
            safelist.combined = summary.repeated;
            safelist.combined_safelisted = self.judge_combined(summary.repeated, &lines);
        }
        // If all values are not too long together, those that are safelisted are not.
        if self.total_limit && summary.values_length > SAFELISTED_TOTAL_LIMIT {
            let safelisted = lines().filter(|line| safelist.has(line.facts));
            safelist.is_exceeded =
                safelisted.map(|line| line.value.len()).sum::<usize>() > SAFELISTED_TOTAL_LIMIT;
        }
        safelist
    }

    /// Those of `names` that are safelisted by the combined values of their lines.
    fn judge_combined<'a, I>(&self, names: KnownNames, lines: impl Fn() -> I) -> KnownNames
    where
        I: Iterator<Item = HeaderLine<'a>>,
    {
        let (mut seen, mut safelisted) = (KnownNames::default(), KnownNames::default());
        for HeaderLine { name, facts, .. } in lines().filter(|line| names.contains(line.facts.name)) {
            if KnownNames::SAFELISTABLE.contains(facts.name) && !seen.contains(facts.name) {
                let combined = CombinedValue::of(facts.name, lines());
                let line = HeaderLine::of(name, combined.as_bytes());
                safelisted.insert_if(facts.name, self.is_safelisted_line(&line));
            }
            seen.insert_if(facts.name, true);
        }
        safelisted
    }
}

/// What safelists have against a line: the conditions of the [CORS-safelisted
/// request-header](https://fetch.spec.whatwg.org/#cors-safelisted-request-header) that it does not meet.
///
/// `kinds` are those of the bytes of the value.
pub(crate) fn safelist_faults(name: KnownName, value: &[u8], kinds: u8) -> Faults {
    if value.len() > SAFELISTED_VALUE_LIMIT {
        return Faults::UNSAFE;
    }
    // [CORS-unsafe request-header bytes](https://fetch.spec.whatwg.org/#cors-unsafe-request-header-byte).
    let byte_faults =
        Faults::UNSAFE.only_if(kinds & UNSAFE_BYTE != 0) | Faults::HIGH_BYTE.only_if(kinds & HIGH_BYTE != 0);
    match name {
        KnownName::Accept => byte_faults,
        KnownName::AcceptLanguage | KnownName::ContentLanguage => {
            Faults::UNSAFE.only_if(kinds & NOT_LANGUAGE_BYTE != 0)
        }
        KnownName::ContentType => byte_faults | content_type_faults(value),
        KnownName::Range => range_faults(value),
        KnownName::DeviceMemory
        | KnownName::Dpr
        | KnownName::Downlink
        | KnownName::Width
        | KnownName::ViewportWidth
        | KnownName::Rtt
        | KnownName::Ect
        | KnownName::SaveData
        | KnownName::Intervention => match is_safelisted_client_hint(name, value) {
            true => Faults::CLIENT_HINT,
            false => Faults::UNSAFE,
        },
        KnownName::Forbidden
        | KnownName::MethodOverride
        | KnownName::UserAgent
        | KnownName::Authorization
        | KnownName::AvailableDictionary
        | KnownName::Other => Faults::UNSAFE,
    }
}

fn content_type_faults(value: &[u8]) -> Faults {
    let value = trim(value, is_http_whitespace);
    let is_essence = is_essence(value, b"text/plain")
        || is_essence(value, b"multipart/form-data")
        || is_essence(value, b"application/x-www-form-urlencoded");
    if !is_essence {
        return Faults::UNSAFE;
    }
    let parameters = value.splitn(2, |&byte| byte == b';').nth(1).unwrap_or_default();
    Faults::LOOSE_TYPE.only_if(value.contains(&b',') || parameters.ends_with(b";"))
}

fn range_faults(value: &[u8]) -> Faults {
    const IN_EVERY_SYNTAX: usize = 18;
    let lenient = || Faults::LENIENT_RANGE.only_if(!is_lenient_range(value));
    let Some((start, end)) = parse_single_range(value) else {
        return Faults::STANDARD_RANGE | Faults::SIGNED_RANGE | Faults::UNSIGNED_RANGE | lenient();
    };
    if start.len() <= IN_EVERY_SYNTAX && end.len() <= IN_EVERY_SYNTAX {
        return Faults::default();
    }
    let is_up_to = |limit: u64| {
        let fits = |digits: &[u8]| number(digits).is_some_and(|number| number <= limit);
        fits(start) && (end.is_empty() || fits(end))
    };
    Faults::SIGNED_RANGE.only_if(!is_up_to(i64::MAX as u64 - 1))
        | Faults::UNSIGNED_RANGE.only_if(!is_up_to(u64::MAX))
        | lenient()
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
    KnownName::of(name).is_forbidden(value)
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
