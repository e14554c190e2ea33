//! The parsers that have no state: each against a twin that is slower and plainer. The first byte of an input
//! chooses the parser.

use crate::bound::Bound;
use crate::stretch::stretched;
use cors_engine::protocol::list::{NotAToken, TokenList, delta_seconds, get_decode_and_split};
use cors_engine::protocol::request_header::{
    self, ContentTypeSyntax, RangeSyntax, SAFELISTED_TOTAL_LIMIT, SAFELISTED_VALUE_LIMIT, SafelistRules,
};
use cors_engine::protocol::{HeaderLines, HeaderList, Headers, is_token, method};
use cors_engine::server::{OriginPattern, PatternError, vary_lists};

/// The twins allocate most of it. A header line can be one byte long, and is judged under every set of rules.
const BOUND: Bound = Bound::of(64 * 1024, 2_000);

pub fn check(input: &[u8]) {
    let Some((&selector, rest)) = input.split_first() else { return };
    let parsers: [fn(&[u8]); 9] = [
        token_list,
        decode_and_split,
        seconds,
        safelisted_value,
        safelisted_list,
        methods,
        header_value,
        header_list,
        origin_pattern,
    ];
    let parser = parsers[usize::from(selector) % parsers.len()];
    let rest = stretched(rest);
    BOUND.hold(rest.len(), || parser(&rest));
}

fn is_tab_or_space(byte: u8) -> bool {
    byte == b'\t' || byte == b' '
}

fn stripped(bytes: &[u8], strip: impl Fn(u8) -> bool) -> &[u8] {
    let start = bytes.iter().position(|&byte| !strip(byte)).unwrap_or(bytes.len());
    let end = bytes.iter().rposition(|&byte| !strip(byte)).map_or(start, |last| last + 1);
    &bytes[start..end]
}

/// Lines are separated by line feeds here.
fn token_list(input: &[u8]) {
    let lines: Vec<(&str, &[u8])> = input.split(|&byte| byte == b'\n').map(|line| ("a", line)).collect();
    let joined = lines.iter().map(|(_, line)| *line).collect::<Vec<_>>().join(&b","[..]);
    let elements: Vec<&[u8]> = joined
        .split(|&byte| byte == b',')
        .map(|element| stripped(element, is_tab_or_space))
        .filter(|element| !element.is_empty())
        .collect();
    let headers = Headers::of(&lines);
    match TokenList::extract(&headers, b"A") {
        Ok(Some(list)) => assert!(list.iter().eq(elements.iter().copied())),
        Ok(None) => panic!("there is such a header"),
        Err(NotAToken(element)) => {
            assert_eq!(elements.iter().find(|element| !is_token(element)), Some(&element));
        }
    }
    assert!(matches!(TokenList::extract(&headers, b"b"), Ok(None)));
    if let Some(name) = elements.first().and_then(|element| core::str::from_utf8(element).ok()) {
        assert!(vary_lists(lines.iter().map(|(_, line)| *line), name), "{name:?} is listed");
    }
}

fn decode_and_split(input: &[u8]) {
    let (mut pieces, mut piece, mut quoted, mut position) = (Vec::new(), Vec::new(), false, 0);
    while position < input.len() {
        let byte = input[position];
        if byte == b',' && !quoted {
            pieces.push(std::mem::take(&mut piece));
        } else {
            piece.push(byte);
            if byte == b'"' {
                quoted = !quoted;
            } else if byte == b'\\' && quoted && position + 1 < input.len() {
                position += 1;
                piece.push(input[position]);
            }
        }
        position += 1;
    }
    pieces.push(piece);
    let expected = pieces.iter().map(|piece| stripped(piece, is_tab_or_space));
    assert!(get_decode_and_split(input).eq(expected));
}

fn seconds(input: &[u8]) {
    let digits = !input.is_empty() && input.iter().all(u8::is_ascii_digit);
    let expected = digits.then(|| {
        let significant = stripped(input, |byte| byte == b'0');
        let zeros_in_front = input.iter().take_while(|&&byte| byte == b'0').count();
        let text = core::str::from_utf8(&input[zeros_in_front..]).expect("digits");
        if significant.is_empty() { 0 } else { text.parse().unwrap_or(u64::MAX) }
    });
    assert_eq!(delta_seconds(input), expected);
}

/// A name, a line feed, a value.
fn safelisted_value(input: &[u8]) {
    let (name, value) = match input.iter().position(|&byte| byte == b'\n') {
        Some(end) => (&input[..end], &input[end + 1..]),
        None => (&b"Content-Type"[..], input),
    };
    let standard = SafelistRules::STANDARD.is_cors_safelisted(name, value);
    assert_eq!(standard, is_safelisted(name, value), "{}: {}", name.escape_ascii(), value.escape_ascii());
    for rules in rule_sets() {
        let safelisted = rules.is_cors_safelisted(name, value);
        assert!(!safelisted || value.len() <= SAFELISTED_VALUE_LIMIT);
        if rules.is_no_cors_safelisted(name, value) {
            assert!(safelisted, "{}: {}", name.escape_ascii(), value.escape_ascii());
        }
    }
}

/// <https://fetch.spec.whatwg.org/#cors-safelisted-request-header>
fn is_safelisted(name: &[u8], value: &[u8]) -> bool {
    let is_unsafe_byte =
        |byte: &u8| (*byte < 0x20 && *byte != b'\t') || b"\"():<>?@[\\]{}\x7f".contains(byte);
    let language = |byte: &u8| byte.is_ascii_alphanumeric() || b" *,-.;=".contains(byte);
    if value.len() > 128 {
        return false;
    }
    match name.to_ascii_lowercase().as_slice() {
        b"accept" => !value.iter().any(is_unsafe_byte),
        b"accept-language" | b"content-language" => value.iter().all(language),
        b"content-type" => {
            let is_whitespace = |byte| b"\t\n\r ".contains(&byte);
            let essence =
                stripped(value, is_whitespace).split(|&byte| byte == b';').next().unwrap_or_default();
            let essence = stripped(essence, is_whitespace).to_ascii_lowercase();
            !value.iter().any(is_unsafe_byte)
                && matches!(
                    essence.as_slice(),
                    b"application/x-www-form-urlencoded" | b"multipart/form-data" | b"text/plain"
                )
        }
        b"range" => is_single_range(value),
        _ => false,
    }
}

/// <https://fetch.spec.whatwg.org/#simple-range-header-value>, with a start.
fn is_single_range(value: &[u8]) -> bool {
    let text = String::from_utf8_lossy(value);
    let Some((start, end)) = text.strip_prefix("bytes=").and_then(|range| range.split_once('-')) else {
        return false;
    };
    let number = |digits: &str| {
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        // As wide as the longest value that is looked at.
        is_number.then(|| format!("{digits:0>128}"))
    };
    match (number(start), end) {
        (Some(_), "") => true,
        (Some(start), end) => number(end).is_some_and(|end| start <= end),
        (None, _) => false,
    }
}

fn rule_sets() -> impl Iterator<Item = SafelistRules> {
    (0..32_u8).map(|bits| SafelistRules {
        client_hints: bits & 1 != 0,
        high_bytes_unsafe: bits & 2 != 0,
        content_type: match bits & 4 {
            0 => ContentTypeSyntax::MimeSniffing,
            _ => ContentTypeSyntax::WithoutTrailingSemicolon,
        },
        range: match bits & 24 {
            0 => RangeSyntax::Standard,
            8 => RangeSyntax::UnsignedNumbers,
            16 => RangeSyntax::SignedNumbers,
            _ => RangeSyntax::Lenient,
        },
        total_limit: bits & 8 != 0,
        combine_repeated: bits & 16 != 0,
    })
}

/// Lines of names and values.
fn lines_of(input: &[u8]) -> Vec<(&[u8], &[u8])> {
    let line = |line| match <[u8]>::iter(line).position(|&byte| byte == b':') {
        Some(colon) => (&line[..colon], stripped(&line[colon + 1..], is_tab_or_space)),
        None => (line, &b""[..]),
    };
    input.split(|&byte| byte == b'\n').map(line).collect()
}

fn safelisted_list(input: &[u8]) {
    let lines = lines_of(input);
    for rules in rule_sets().step_by(3).chain([SafelistRules::STANDARD]) {
        let unsafe_names: Vec<&[u8]> = rules.cors_unsafe_names(lines.iter().copied()).collect();
        if rules != SafelistRules::STANDARD {
            continue;
        }
        // https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names
        let (safelisted, mut expected): (Vec<_>, Vec<_>) =
            lines.iter().copied().partition(|(name, value)| is_safelisted(name, value));
        let total: usize = safelisted.iter().map(|(_, value)| value.len()).sum();
        if total > SAFELISTED_TOTAL_LIMIT {
            expected.extend(safelisted);
        }
        let sorted = |names: Vec<&[u8]>| {
            let mut names: Vec<_> = names.into_iter().map(<[u8]>::to_ascii_lowercase).collect();
            names.sort();
            names.dedup();
            names
        };
        assert_eq!(sorted(unsafe_names), sorted(expected.into_iter().map(|(name, _)| name).collect()));
    }
}

fn methods(input: &[u8]) {
    let upper = input.to_ascii_uppercase();
    let normalized = method::normalize(input);
    let is_normalized = [&b"DELETE"[..], b"GET", b"HEAD", b"OPTIONS", b"POST", b"PUT"].contains(&&upper[..]);
    assert_eq!(normalized, if is_normalized { &upper[..] } else { input });
    assert_eq!(method::is_forbidden(input), [&b"CONNECT"[..], b"TRACE", b"TRACK"].contains(&&upper[..]));
    assert_eq!(method::is_cors_safelisted(input), [&b"GET"[..], b"HEAD", b"POST"].contains(&input));
    let token = |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
    assert_eq!(method::is_method(input), !input.is_empty() && input.iter().all(token));
    assert_eq!(is_token(input), method::is_method(input));
}

fn header_value(input: &[u8]) {
    let normalized = stripped(input, |byte| b"\t\n\r ".contains(&byte));
    assert_eq!(request_header::normalize_value(input), normalized);
    assert_eq!(request_header::is_value(input), !normalized.iter().any(|byte| b"\0\r\n".contains(byte)));
    let (name, value) = lines_of(input).first().copied().unwrap_or_default();
    let lower = name.to_ascii_lowercase();
    assert_eq!(request_header::is_cors_non_wildcard(name), lower == b"authorization");
    if lower.starts_with(b"sec-") || lower.starts_with(b"proxy-") {
        assert!(request_header::is_forbidden(name, value));
    }
}

/// An owned list of lines against a vector of them: what is appended is there, what is deleted is not.
fn header_list(input: &[u8]) {
    let (mut list, mut twin) = (HeaderList::default(), Vec::new());
    for (name, value) in lines_of(input) {
        match name.strip_prefix(b"-") {
            Some(name) if twin.len() < 64 => {
                list.delete(name);
                twin.retain(|(kept, _): &(&[u8], &[u8])| !kept.eq_ignore_ascii_case(name));
            }
            _ => {
                list.append(name, value);
                twin.push((name, value));
            }
        }
    }
    assert!(list.lines().eq(twin.iter().copied()));
    assert!(list.header_lines().eq(list.lines()));
    let headers = Headers::of(&list);
    for &(name, _) in twin.iter().take(8) {
        let values: Vec<&[u8]> = twin
            .iter()
            .filter(|(kept, _)| kept.eq_ignore_ascii_case(name))
            .map(|(_, value)| *value)
            .collect();
        assert!(headers.contains(name) && list.contains(name));
        assert_eq!(headers.get(name).as_deref(), Some(&values.join(&b", "[..])[..]));
        assert!(headers.values(name).eq(values));
    }
}

/// What is said to be written instead of a wrong entry is an entry.
fn origin_pattern(input: &[u8]) {
    let Ok(text) = core::str::from_utf8(input) else { return };
    match text.parse::<OriginPattern>() {
        Ok(pattern) => assert_eq!(pattern.as_str(), text),
        Err(
            PatternError::MissingScheme { write }
            | PatternError::NotSerialized { write }
            | PatternError::MappedAddress { write },
        ) => {
            assert_ne!(write, text);
            let written = write.parse::<OriginPattern>();
            assert!(written.is_ok(), "instead of {text} it says to write {write}: {written:?}");
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}
