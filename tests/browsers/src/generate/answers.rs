//! What servers answer: each header of the CORS protocol in every malformed shape, statuses, and everything mixed.

use super::draft::{
    ALLOW_CREDENTIALS, ALLOW_HEADERS, ALLOW_METHODS, ALLOW_ORIGIN, Draft, EXPOSE_HEADERS, Exchange, MAX_AGE,
    credentials, set,
};
use super::vary::{chance, list_lines, nearly, pick, recase};
use super::{headers, requests};
use cors_engine::scenario::Answer;
use cors_engine::{CredentialsMode, RedirectMode, RequestMode};
use fastrand::Rng;

const PREFLIGHT_STATUSES: [u16; 22] = [
    200, 201, 202, 203, 205, 206, 226, 250, 299, 300, 301, 302, 304, 307, 308, 400, 401, 403, 404, 405, 500,
    503,
];
const STATUSES: [u16; 24] = [
    200, 201, 203, 204, 205, 206, 299, 300, 301, 302, 303, 304, 305, 306, 307, 308, 399, 400, 401, 404, 418,
    500, 503, 599,
];

/// A preflighted or a simple request, so that the answer under test is that of either.
fn exchange(rng: &mut Rng) -> Exchange {
    let mut exchange = Exchange::new(rng);
    exchange.request.method = pick(rng, &["GET", "GET", "POST", "PUT", "DELETE", "patch"]).into();
    exchange.request.credentials = credentials(rng);
    if chance(rng, 20) {
        exchange.request.headers.push(("x-a".into(), "1".into()));
    }
    exchange.allow(rng);
    exchange
}

/// The preflight's answer or the actual one, at random.
fn either<'a>(rng: &mut Rng, exchange: &'a mut Exchange) -> (&'static str, &'a mut Answer) {
    let is_preflighted = !matches!(exchange.request.method.as_str(), "GET" | "HEAD" | "POST")
        || !exchange.request.headers.is_empty();
    if is_preflighted && rng.bool() {
        ("preflight", &mut exchange.preflight)
    } else {
        ("actual", &mut exchange.actual)
    }
}

/// Allow-Origin for the page, for another, for none.
pub(super) fn allow_origin(rng: &mut Rng) -> Draft {
    let mut exchange = exchange(rng);
    let lines = allow_origin_lines(rng, exchange.request.origin.serialized());
    let (which, answer) = either(rng, &mut exchange);
    set(answer, ALLOW_ORIGIN, lines.clone());
    exchange.draft(format!("Allow-Origin {lines:?} on the {which}"))
}

/// The lines of an Allow-Origin for this origin, mostly wrong.
fn allow_origin_lines(rng: &mut Rng, origin: &str) -> Vec<String> {
    let host = origin.split("://").nth(1).unwrap_or(origin);
    let one = |rng: &mut Rng| match rng.u8(..18) {
        0..5 => nearly(rng, origin),
        5 => nearly(rng, "*"),
        6 => nearly(rng, "null"),
        7 => "null".into(),
        8 => "*".into(),
        9 => format!("{origin}/"),
        10 => format!("{origin}:80"),
        11 => format!("{origin}, {}", pick(rng, &["*", "http://c.test", origin, ""])),
        12 => format!("{} {origin}", pick(rng, &["*", "http://c.test", origin])),
        13 => {
            pick(rng, &["http://c.test", "http://a.test:8080", "https://a.test", "http://a.test", "*.test"])
                .into()
        }
        14 => host.into(),
        15 => format!("{origin}{}", pick(rng, &["/x", ".", "?", "#", ".evil.test"])),
        16 => format!("http://user@{host}"),
        _ => pick(rng, &["undefined", "true", "http://*", "https://", "\u{ef}\u{bb}\u{bf}*"]).into(),
    };
    match rng.u8(..10) {
        0 => Vec::new(),
        1..4 => {
            (0..rng.usize(2..4)).map(|_| if chance(rng, 40) { origin.into() } else { one(rng) }).collect()
        }
        _ => vec![one(rng)],
    }
}

/// Allow-Credentials, which only `true` satisfies, byte for byte.
pub(super) fn allow_credentials(rng: &mut Rng) -> Draft {
    let mut exchange = exchange(rng);
    if chance(rng, 80) {
        exchange.request.credentials = CredentialsMode::Include;
        exchange.allow(rng);
    }
    let one = |rng: &mut Rng| match rng.u8(..8) {
        0..4 => nearly(rng, "true"),
        4 => pick(rng, &["false", "1", "yes", "*", "0", "True"]).into(),
        5 => "true, true".into(),
        6 => String::new(),
        _ => "true".into(),
    };
    let count = pick(rng, &[0, 1, 1, 1, 1, 2]);
    let lines: Vec<String> = (0..count).map(|_| one(rng)).collect();
    let (which, answer) = either(rng, &mut exchange);
    set(answer, ALLOW_CREDENTIALS, lines.clone());
    exchange.draft(format!("Allow-Credentials {lines:?} on the {which}"))
}

/// Allow-Methods as a list, good or bad, for a method that needs it or not.
pub(super) fn allow_methods(rng: &mut Rng) -> Draft {
    let mut exchange = Exchange::new(rng);
    exchange.request.method =
        pick(rng, &["PUT", "PUT", "DELETE", "PATCH", "patch", "CHICKEN", "chicken", "POST", "HEAD"]).into();
    if matches!(exchange.request.method.as_str(), "POST" | "HEAD") {
        exchange.request.headers.push(("x-a".into(), "1".into()));
    }
    exchange.request.credentials = credentials(rng);
    exchange.allow(rng);
    let method = exchange.request.method.clone();
    let lines = list_lines(rng, &[&method], &["GET", "POST", "PUT", "*", "x-a", "@", "a b", "\u{e9}"]);
    set(&mut exchange.preflight, ALLOW_METHODS, lines.clone());
    exchange.draft(format!("Allow-Methods {lines:?} for {method}"))
}

/// Allow-Headers as a list, good or bad, for names that a wildcard covers or not.
pub(super) fn allow_headers(rng: &mut Rng) -> Draft {
    let mut exchange = Exchange::new(rng);
    let sets: [&[&str]; 6] = [
        &["x-a"],
        &["X-A", "X-Foo"],
        &["authorization"],
        &["Authorization", "x-a"],
        &["content-type"],
        &["*"],
    ];
    let names = pick(rng, &sets);
    let value = |name: &str| if name == "content-type" { "application/json" } else { "1" };
    exchange.request.headers = names.iter().map(|name| ((*name).into(), value(name).into())).collect();
    exchange.request.method = pick(rng, &["GET", "POST", "PUT"]).into();
    exchange.request.credentials = credentials(rng);
    exchange.allow(rng);
    let lines = list_lines(rng, names, &["x-b", "content-type", "*", "authorization", "(", "x a", "\u{e9}"]);
    set(&mut exchange.preflight, ALLOW_HEADERS, lines.clone());
    exchange.draft(format!("Allow-Headers {lines:?} for {names:?}"))
}

/// Expose-Headers over the headers of a response.
pub(super) fn expose_headers(rng: &mut Rng) -> Draft {
    const RESPONSE: [&str; 14] = [
        "x-foo",
        "x-bar",
        "*",
        "set-cookie",
        "content-length",
        "content-type",
        "etag",
        "cache-control",
        "pragma",
        "expires",
        "last-modified",
        "content-language",
        "authorization",
        "X-Foo",
    ];
    let mut exchange = Exchange::new(rng);
    exchange.request.credentials = credentials(rng);
    exchange.allow(rng);
    for _ in 0..rng.usize(2..9) {
        let name = pick(rng, &RESPONSE);
        let value = match name {
            "content-length" => "3",
            "content-type" => "text/plain",
            "cache-control" => "no-store",
            "set-cookie" => "q=1",
            _ => "1",
        };
        set(&mut exchange.actual, name, [value]);
    }
    let listed = pick(rng, &RESPONSE);
    let lines = list_lines(rng, &[listed, "x-foo"], &["X-FOO", "x-bar", "*", "set-cookie", "x a", "\u{e9}"]);
    set(&mut exchange.actual, EXPOSE_HEADERS, lines.clone());
    exchange.draft(format!("Expose-Headers {lines:?}"))
}

/// A preflight whose status is ok or not.
pub(super) fn preflight_status(rng: &mut Rng) -> Draft {
    let mut exchange = Exchange::new(rng);
    exchange.request.method = "PUT".into();
    exchange.request.credentials = credentials(rng);
    exchange.allow(rng);
    exchange.preflight.status = pick(rng, &PREFLIGHT_STATUSES);
    if matches!(exchange.preflight.status, 300..400) && chance(rng, 70) {
        set(&mut exchange.preflight, "location", ["/x"]);
    }
    if chance(rng, 15) {
        set::<&str>(&mut exchange.preflight, ALLOW_ORIGIN, []);
    }
    let status = exchange.preflight.status;
    exchange.draft(format!("a preflight answered {status}"))
}

/// Every status to every mode of redirect; a redirect without Location is none.
pub(super) fn status(rng: &mut Rng) -> Draft {
    let mut exchange = exchange(rng);
    exchange.request.mode =
        pick(rng, &[RequestMode::Cors, RequestMode::Cors, RequestMode::NoCors, RequestMode::SameOrigin]);
    exchange.request.redirect = pick(rng, &[RedirectMode::Follow, RedirectMode::Error, RedirectMode::Manual]);
    let origin = exchange.request.origin.serialized();
    if chance(rng, 25) && origin != "null" {
        exchange.request.url = format!("{origin}/x");
    }
    exchange.actual.status = pick(rng, &STATUSES);
    if chance(rng, 20) {
        set::<&str>(&mut exchange.actual, ALLOW_ORIGIN, []);
    }
    let about = format!("status {} with redirect {:?}", exchange.actual.status, exchange.request.redirect);
    exchange.draft(about)
}

/// Cross-Origin-Resource-Policy, which matters to no-cors requests.
pub(super) fn resource_policy(rng: &mut Rng) -> Draft {
    let mut exchange = Exchange::new(rng);
    exchange.request.mode =
        pick(rng, &[RequestMode::NoCors, RequestMode::NoCors, RequestMode::NoCors, RequestMode::Cors]);
    exchange.request.credentials = credentials(rng);
    if exchange.request.mode == RequestMode::Cors {
        exchange.allow(rng);
    }
    let policy = pick(rng, &["same-origin", "same-site", "cross-origin"]);
    let mut lines = vec![if chance(rng, 40) { nearly(rng, policy) } else { policy.into() }];
    if chance(rng, 20) {
        lines.push(pick(rng, &["same-origin", "cross-origin", ""]).into());
    }
    set(&mut exchange.actual, "cross-origin-resource-policy", lines.clone());
    if chance(rng, 40) {
        set(
            &mut exchange.actual,
            "content-type",
            [pick(rng, &["image/png", "text/html", "application/json"])],
        );
    }
    exchange.draft(format!("Cross-Origin-Resource-Policy {lines:?}"))
}

/// Anything may be odd at the same time.
pub(super) fn mix(rng: &mut Rng) -> Draft {
    let mut exchange = exchange(rng);
    exchange.request.method = requests::any_method(rng);
    for _ in 0..rng.usize(..3) {
        let header = headers::any(rng);
        exchange.request.headers.push(header);
    }
    if chance(rng, 25) {
        exchange.request.body = requests::any_body(rng);
    }
    if chance(rng, 20) {
        exchange.request.mode = pick(rng, &[RequestMode::NoCors, RequestMode::SameOrigin]);
    }
    if chance(rng, 15) {
        exchange.request.redirect = pick(rng, &[RedirectMode::Error, RedirectMode::Manual]);
    }
    exchange.allow(rng);
    for _ in 0..rng.usize(..4) {
        spoil(rng, &mut exchange);
    }
    if chance(rng, 15) {
        // Names have no case.
        for (name, _) in exchange.preflight.headers.iter_mut().chain(&mut exchange.actual.headers) {
            *name = recase(rng, name);
        }
    }
    if chance(rng, 10) {
        exchange.preflight.status = pick(rng, &PREFLIGHT_STATUSES);
    }
    if chance(rng, 10) {
        exchange.actual.status = pick(rng, &STATUSES);
    }
    let about = format!("{} and answers, several of them odd", exchange.request.method);
    exchange.draft(about)
}

/// Puts something odd in the place of one header of the answers.
fn spoil(rng: &mut Rng, exchange: &mut Exchange) {
    match rng.u8(..6) {
        0 => {
            let lines = allow_origin_lines(rng, exchange.request.origin.serialized());
            set(either(rng, exchange).1, ALLOW_ORIGIN, lines);
        }
        1 => {
            let line = nearly(rng, "true");
            set(either(rng, exchange).1, ALLOW_CREDENTIALS, [line]);
        }
        2 => {
            let lines = list_lines(rng, &[&exchange.request.method], &["GET", "*"]);
            set(&mut exchange.preflight, ALLOW_METHODS, lines);
        }
        3 => set(&mut exchange.preflight, ALLOW_HEADERS, list_lines(rng, &["x-a"], &["*", "accept"])),
        4 => set(&mut exchange.preflight, MAX_AGE, [nearly(rng, "60")]),
        _ => set(&mut exchange.actual, EXPOSE_HEADERS, list_lines(rng, &["x-foo"], &["*"])),
    }
}
