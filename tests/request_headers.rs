//! The rules on request headers, which are written to be quick, against naive twins; and origins read without
//! the URL parser against those read with it.

use cors_engine::protocol::request_header::{
    RangeSyntax, SafelistRules, is_forbidden, is_value, normalize_value,
};
use cors_engine::protocol::{HeaderList, Origin, SerializedOrigin, is_token};
use cors_engine::{Engine, Request, needs_preflight};
use proptest::prelude::*;

const FORBIDDEN: [&str; 21] = [
    "accept-charset",
    "accept-encoding",
    "access-control-request-headers",
    "access-control-request-method",
    "connection",
    "content-length",
    "cookie",
    "cookie2",
    "date",
    "dnt",
    "expect",
    "host",
    "keep-alive",
    "origin",
    "referer",
    "set-cookie",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
];
const OVERRIDES: [&str; 3] = ["x-http-method", "x-http-method-override", "x-method-override"];
const SAFELISTED: [&str; 5] = ["accept", "accept-language", "content-language", "content-type", "range"];
const ESSENCES: [&str; 3] = ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"];

/// <https://httpwg.org/specs/rfc9110.html#rule.token>
fn naive_is_token(bytes: &[u8]) -> bool {
    !bytes.is_empty()
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte))
}

/// <https://fetch.spec.whatwg.org/#forbidden-request-header>, for values without commas and quotes.
fn naive_is_forbidden(name: &[u8], value: &[u8]) -> bool {
    let name = name.to_ascii_lowercase();
    let is_among = |names: &[&str]| names.iter().any(|listed| listed.as_bytes() == name);
    let forbids = [&b"connect"[..], b"trace", b"track"].contains(&&value.to_ascii_lowercase()[..]);
    is_among(&FORBIDDEN)
        || name.starts_with(b"proxy-")
        || name.starts_with(b"sec-")
        || (is_among(&OVERRIDES) && forbids)
}

/// <https://fetch.spec.whatwg.org/#cors-unsafe-request-header-byte>
fn naive_is_unsafe(byte: u8) -> bool {
    (byte < 0x20 && byte != b'\t') || b"\"():<>?@[\\]{}\x7F".contains(&byte)
}

/// <https://fetch.spec.whatwg.org/#cors-safelisted-request-header>, without `Range`.
fn naive_is_safelisted(name: &[u8], value: &[u8]) -> bool {
    let is_language = |byte: &u8| byte.is_ascii_alphanumeric() || b" *,-.;=".contains(byte);
    value.len() <= 128
        && match name.to_ascii_lowercase().as_slice() {
            b"accept" => !value.iter().any(|&byte| naive_is_unsafe(byte)),
            b"accept-language" | b"content-language" => value.iter().all(is_language),
            b"content-type" => {
                let essence = value.split(|&byte| byte == b';').next().unwrap().to_ascii_lowercase();
                let essence = String::from_utf8_lossy(&essence).into_owned();
                let essence = essence.trim_matches(['\t', '\n', '\r', ' ']);
                !value.iter().any(|&byte| naive_is_unsafe(byte)) && ESSENCES.contains(&essence)
            }
            _ => false,
        }
}

/// Names that mean something and neighbours of theirs: bits flipped, bytes cut off, capitals.
fn name() -> impl Strategy<Value = Vec<u8>> {
    let known: Vec<&str> =
        [&FORBIDDEN[..], &OVERRIDES, &SAFELISTED[..4], &["sec-fetch-mode", "proxy-x"]].concat();
    let near =
        (prop::sample::select(known), any::<u64>(), prop::option::of((any::<usize>(), 0..8_u8)), 0..2_usize);
    let near = near.prop_map(|(name, capitals, flip, cut)| {
        let mut name = name.as_bytes().to_vec();
        for (place, byte) in name.iter_mut().enumerate() {
            if capitals & (1 << place) != 0 {
                byte.make_ascii_uppercase();
            }
        }
        if let Some((place, bit)) = flip {
            let place = place % name.len();
            name[place] ^= 1 << bit;
        }
        name.truncate(name.len() - cut);
        name
    });
    prop_oneof![4 => near, 1 => prop::collection::vec(any::<u8>(), 0..40)]
}

fn value() -> impl Strategy<Value = Vec<u8>> {
    let essence = prop::sample::select(ESSENCES.to_vec());
    let parameters = prop::sample::select(vec!["", ";", "; charset=utf-8", ";(", "/", "\t", "\n;"]);
    let typed =
        (essence, parameters).prop_map(|(essence, parameters)| [essence, parameters].concat().into_bytes());
    prop_oneof![
        2 => prop::collection::vec(any::<u8>(), 0..140),
        2 => "[a-zA-Z0-9 ,;=/*+.\\-]{0,140}".prop_map(String::into_bytes),
        1 => typed,
        1 => prop::sample::select(vec!["trace", "CONNECT", "track", "PUT"]).prop_map(|method| method.into()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20_000, ..ProptestConfig::default() })]

    #[test]
    fn a_header_is_judged_as_its_naive_twin_judges_it(name in name(), value in value()) {
        prop_assert_eq!(is_token(&name), naive_is_token(&name));
        prop_assert_eq!(is_token(&value), naive_is_token(&value));
        let normalized = normalize_value(&value);
        prop_assert_eq!(is_value(&value), !normalized.iter().any(|byte| b"\0\r\n".contains(byte)));
        if !value.contains(&b',') && !value.contains(&b'"') {
            let trimmed = value.trim_ascii();
            prop_assert_eq!(is_forbidden(&name, trimmed), naive_is_forbidden(&name, trimmed));
        }
        prop_assert_eq!(
            SafelistRules::STANDARD.is_cors_safelisted(&name, &value),
            naive_is_safelisted(&name, &value)
        );
    }

    #[test]
    fn an_origin_is_what_the_url_parser_reads(
        scheme in prop::sample::select(vec!["http", "https", "HTTP", "ws", "ftp", "app"]),
        host in "[a-z0-9.\\-_]{1,12}|xn--[a-z0-9\\-]{1,8}|[0-9]{1,3}(\\.[0-9]{1,3}){3}|\\[[0-9a-f:]{2,8}\\]|[ -~é]{0,6}",
        port in "|:[0-9]{1,5}|:|:80|:443|:0|:080",
        rest in "|/|/x",
    ) {
        let text = format!("{scheme}://{host}{port}{rest}");
        let read = url::Url::parse(&text).ok().filter(|url| url.host_str().is_some_and(|host| !host.is_empty()));
        let serialized = read.as_ref().map(|url| {
            let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
            format!("{}://{}{port}", url.scheme(), url.host_str().unwrap())
        });
        // Where the URL parser does not know the scheme, it takes hosts that no page has.
        let is_readable = scheme != "app" || SerializedOrigin::parse(text.as_bytes()).is_some();
        let expected = serialized.as_deref().filter(|read| *read == text && is_readable);
        let origin = Origin::parse(&text).ok();
        prop_assert_eq!(origin.as_ref().map(Origin::serialized), expected);
        if let (Some(origin), Some(url)) = (&origin, &read) {
            if matches!(url.scheme(), "http" | "https") {
                // Equal in everything, such as whether the host is an address.
                prop_assert_eq!(origin, &Origin::of(url));
            }
        }
    }
}

#[test]
fn few_lines_are_never_too_long_together_and_many_can_be() {
    let unsafe_names = |count: usize, length: usize| {
        let value = vec![b'a'; length];
        let lines: HeaderList = (0..count).map(|_| ("Accept", &value)).collect();
        SafelistRules::STANDARD.cors_unsafe_names(lines.lines()).count()
    };
    assert_eq!(unsafe_names(8, 128), 0);
    assert_eq!(unsafe_names(9, 128), 9);
    assert_eq!(unsafe_names(9, 113), 0);
    assert_eq!(unsafe_names(9, 114), 9);
    assert_eq!(unsafe_names(9, 129), 9);
}

#[test]
fn a_range_is_judged_by_its_numbers_however_long() {
    let numbers = [
        "",
        "0",
        "17",
        "999999999999999999",
        "1000000000000000000",
        "9223372036854775806",
        "9223372036854775807",
        "18446744073709551615",
        "18446744073709551616",
        "000000000000000000000017",
    ];
    for (start, end) in numbers.iter().flat_map(|start| numbers.iter().map(move |end| (start, end))) {
        let (first, last) = (start.parse::<u128>().ok(), end.parse::<u128>().ok());
        let is_range = first.is_some_and(|first| last.is_none_or(|last| first <= last));
        let is_below = |limit: u128| first.max(last).is_some_and(|largest| largest < limit);
        let value = format!("bytes={start}-{end}");
        let has = |range| {
            let rules = SafelistRules { range, ..SafelistRules::STANDARD };
            rules.is_cors_safelisted(b"Range", value.as_bytes())
        };
        assert_eq!(has(RangeSyntax::Standard), is_range, "{value}");
        assert_eq!(has(RangeSyntax::SignedNumbers), is_range && is_below((1 << 63) - 1), "{value}");
        assert_eq!(has(RangeSyntax::UnsignedNumbers), is_range && is_below(1 << 64), "{value}");
        assert_eq!(has(RangeSyntax::Lenient), is_range && is_below(1 << 64), "{value}");
    }
}

/// What is known of all lines together goes with the lines.
#[test]
fn a_list_that_lost_lines_is_judged_as_one_that_never_had_them() {
    let long = "a".repeat(128);
    let kept = [("Accept", "a"), ("X-Id", "7"), ("Content-Type", "text/plain")];
    let removed = [
        ("Cookie", "a=b"),
        ("User-Agent", "x"),
        ("Bad name", "1"),
        ("Save-Data", "on"),
        ("Range", "bytes=1-"),
        ("Accept-Language", &long),
    ];
    let request = |headers: HeaderList| {
        let mut request = Request::fetch("https://app.example", "https://api.example/").unwrap();
        request.headers = headers;
        request
    };
    for engine in Engine::ALL {
        for count in 0..=kept.len() {
            let rest = &kept[..count];
            let repeated = removed.iter().chain(&removed).chain([&removed[5]; 9]);
            let mut headers: HeaderList = rest.iter().chain(repeated).copied().collect();
            removed.iter().for_each(|(name, _)| headers.delete(name.as_bytes()));
            let (shrunk, fresh) = (request(headers), request(rest.iter().copied().collect()));
            assert_eq!(needs_preflight(engine, &shrunk), needs_preflight(engine, &fresh));
        }
    }
}
