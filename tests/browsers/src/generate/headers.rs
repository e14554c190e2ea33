//! Author headers: what is safelisted, what is forbidden, what the preflight names.

use super::draft::{ALLOW_HEADERS, Draft, Exchange, credentials, set};
use super::vary::{byte, chance, nearly, pick, recase};
use cors_engine::RequestMode;
use fastrand::Rng;

/// Names that are safelisted for some values.
const SAFELISTED: [&str; 5] = ["accept", "accept-language", "content-language", "content-type", "range"];
/// Names that are safelisted for none, or that some engine treats in its own way.
const OTHER: [&str; 26] = [
    "x-a",
    "X-Foo",
    "authorization",
    "*",
    "access-control-allow-origin",
    "access-control-request-private-network",
    "cache-control",
    "pragma",
    "if-none-match",
    "if-modified-since",
    "if-range",
    "user-agent",
    "dpr",
    "width",
    "viewport-width",
    "downlink",
    "rtt",
    "ect",
    "save-data",
    "device-memory",
    "sec-ch-ua",
    "available-dictionary",
    "purpose",
    "x-purpose",
    "last-event-id",
    "!#$%&'*+-.^_`|~",
];
const CONTENT_TYPES: [&str; 22] = [
    "text/plain",
    "TEXT/PLAIN",
    "text/plain;charset=utf-8",
    "text/plain; charset=UTF-8",
    "text/plain;",
    "text/plain;;",
    "text/plain;charset=x;",
    "text/plain;a=b,c",
    "text/plain, text/plain",
    "text/plain,application/json",
    "text/plain;x=\"a b\"",
    "text/ plain",
    "text/plain2",
    "application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded;charset=windows-1252",
    "multipart/form-data",
    "multipart/form-data;boundary=x",
    "application/json",
    "text/html",
    "text",
    "",
    ";text/plain",
];
const RANGES: [&str; 24] = [
    "bytes=0-",
    "bytes=0-255",
    "bytes=255-0",
    "bytes=5-5",
    "bytes=-1",
    "bytes=-",
    "bytes=0",
    "bytes=",
    "bytes",
    "BYTES=0-",
    "Bytes=0-9",
    "bytes = 0-",
    "bytes= 0-",
    "bytes=0 -1",
    "bytes=0-1,3-4",
    "bytes=00-01",
    "bytes=+0-",
    "bytes=0x0-",
    "bytes=0-a",
    "items=0-",
    "bytes=\u{b}0-",
    "bytes=9223372036854775807-",
    "bytes=18446744073709551615-",
    "bytes=18446744073709551616-",
];
const HINT_VALUES: [&str; 12] =
    ["1", "0", "1.5", "2.0", "-1", "on", "off", "4g", "slow-2g", "0.25", "65536", "x"];
/// The length at which a safelisted value stops being safe is between these.
const LENGTHS: [usize; 5] = [1, 127, 128, 129, 1025];

/// One author header.
pub(super) fn one(rng: &mut Rng) -> Draft {
    let mut exchange = with_credentials(rng);
    exchange.request.method = pick(rng, &["GET", "GET", "POST", "PUT", "HEAD", "DELETE"]).into();
    let header = any(rng);
    let about = format!("{} {:?} with {}", exchange.request.method, header.0, shape(&header.1));
    exchange.request.headers.push(header);
    answer(rng, exchange, about)
}

/// The same name (or the same set of names) several times.
pub(super) fn repeated(rng: &mut Rng) -> Draft {
    let mut exchange = with_credentials(rng);
    let first = any(rng);
    let mut headers = vec![first.clone()];
    for _ in 0..rng.usize(1..4) {
        let value = if chance(rng, 50) { first.1.clone() } else { value(rng, &first.0.to_ascii_lowercase()) };
        headers.push(if chance(rng, 80) { (recase(rng, &first.0), value) } else { any(rng) });
    }
    let about = format!("{} header lines, {:?} again and again", headers.len(), first.0);
    exchange.request.headers = headers;
    answer(rng, exchange, about)
}

/// Safelisted values that are too long only together: 1024 bytes are allowed.
pub(super) fn total(rng: &mut Rng) -> Draft {
    let mut exchange = with_credentials(rng);
    let target = pick(rng, &[1023, 1024, 1025, 1100]);
    let mut left = target;
    let mut headers = Vec::new();
    while left > 0 {
        let name = pick(rng, &SAFELISTED[..4]);
        let mut length = pick(rng, &[128, 128, 128, 127, 64]).min(left);
        if name == "content-type" {
            // Shorter than this it is no media type that is safelisted.
            length = length.max("text/plain;x=y".len()).min(128);
        }
        headers.push((name.to_owned(), long_value(name, length)));
        left = left.saturating_sub(length);
    }
    if chance(rng, 20) {
        headers.push(("x-a".into(), "1".into()));
    }
    exchange.request.headers = headers;
    answer(rng, exchange, format!("safelisted values of {target} bytes in all"))
}

/// Names that script may not set, and values that make `X-HTTP-Method-Override` and its kin forbidden.
pub(super) fn forbidden(rng: &mut Rng) -> Draft {
    const NAMES: [&str; 20] = [
        "accept-charset",
        "accept-encoding",
        "access-control-request-headers",
        "access-control-request-method",
        "connection",
        "content-length",
        "cookie",
        "date",
        "dnt",
        "expect",
        "host",
        "keep-alive",
        "origin",
        "referer",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "via",
        "set-cookie",
    ];
    const PREFIXED: [&str; 6] = ["proxy-", "proxy-x", "sec-", "sec-x", "Sec-Fetch-Site", "secx"];
    const OVERRIDES: [&str; 4] =
        ["x-http-method", "x-http-method-override", "x-method-override", "x-http-methods"];
    const METHODS: [&str; 10] =
        ["TRACE", "trace", "TRACK", "CONNECT", "GET", "a,TRACE", "TRACE ,b", "\"TRACE\"", "TRACES", ""];
    let mut exchange = with_credentials(rng);
    let (name, value) = match rng.u8(..3) {
        0 => (pick(rng, &NAMES), "1"),
        1 => (pick(rng, &PREFIXED), "1"),
        _ => (pick(rng, &OVERRIDES), pick(rng, &METHODS)),
    };
    exchange.request.headers.push((recase(rng, name), value.into()));
    answer(rng, exchange, format!("{name}: {value}"))
}

/// The guard of no-cors requests lets safelisted names through and drops the others.
pub(super) fn no_cors(rng: &mut Rng) -> Draft {
    let mut exchange = with_credentials(rng);
    exchange.request.mode = RequestMode::NoCors;
    exchange.request.method = pick(rng, &["GET", "POST", "HEAD"]).into();
    for _ in 0..rng.usize(1..4) {
        let header = any(rng);
        exchange.request.headers.push(header);
    }
    answer(rng, exchange, "headers of a no-cors request".into())
}

/// Any author header.
pub(super) fn any(rng: &mut Rng) -> (String, String) {
    let name = if chance(rng, 60) { pick(rng, &SAFELISTED) } else { pick(rng, &OTHER) };
    let value = value(rng, name);
    let name = match rng.u8(..20) {
        0 => nearly(rng, name),
        1..4 => recase(rng, name),
        _ => name.to_owned(),
    };
    (name, value)
}

/// A value for this name, often at an edge of its rule.
fn value(rng: &mut Rng, name: &str) -> String {
    if chance(rng, 15) {
        return long_value(name, pick(rng, &LENGTHS));
    }
    let value = match name {
        "content-type" => pick(rng, &CONTENT_TYPES),
        "range" => pick(rng, &RANGES),
        "accept" => pick(rng, &["*/*", "text/html;q=0.9", "application/json", "a", ""]),
        "accept-language" | "content-language" => {
            pick(rng, &["en", "en-US,en;q=0.5", "*", "de-DE, de", "a_b", ""])
        }
        "authorization" => pick(rng, &["Bearer x", "Basic dTpw", "x"]),
        _ => pick(rng, &HINT_VALUES),
    };
    if chance(rng, 25) { with_byte(rng, value) } else { value.to_owned() }
}

fn with_byte(rng: &mut Rng, value: &str) -> String {
    let mut letters: Vec<_> = value.chars().collect();
    letters.insert(rng.usize(..=letters.len()), byte(rng));
    letters.into_iter().collect()
}

/// A value that would be safe for this name if it were shorter.
fn long_value(name: &str, length: usize) -> String {
    match name {
        "content-type" => format!("{:y<length$}", "text/plain;x="),
        "range" => format!("{:0<length$}-", "bytes=0"),
        _ => "a".repeat(length),
    }
}

fn with_credentials(rng: &mut Rng) -> Exchange {
    let mut exchange = Exchange::new(rng);
    exchange.request.credentials = credentials(rng);
    exchange
}

/// Answers that allow the headers, or only some of them.
fn answer(rng: &mut Rng, mut exchange: Exchange, about: String) -> Draft {
    exchange.allow(rng);
    match rng.u8(..10) {
        0 => set::<&str>(&mut exchange.preflight, ALLOW_HEADERS, []),
        1 => set(&mut exchange.preflight, ALLOW_HEADERS, ["*"]),
        2 => set(&mut exchange.preflight, ALLOW_HEADERS, ["x-a, *"]),
        3 => {
            let names = exchange.request.headers.iter().map(|(name, _)| name.to_ascii_uppercase());
            let lines: Vec<_> = names.collect();
            set(&mut exchange.preflight, ALLOW_HEADERS, lines);
        }
        _ => {}
    }
    exchange.draft(about)
}

/// A value as a person would describe it.
fn shape(value: &str) -> String {
    if value.len() > 40 { format!("{} bytes", value.chars().count()) } else { format!("{value:?}") }
}
