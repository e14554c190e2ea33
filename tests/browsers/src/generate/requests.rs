//! Methods, bodies, modes and URLs.

use super::draft::{Draft, Exchange, credentials, empty, set};
use super::vary::{byte, chance, pick, recase};
use cors_engine::scenario::BodyDescription;
use cors_engine::{CacheMode, CredentialsMode, RedirectMode, RequestMode};
use fastrand::Rng;

const METHODS: [&str; 14] = [
    "GET",
    "HEAD",
    "POST",
    "PUT",
    "DELETE",
    "OPTIONS",
    "PATCH",
    "QUERY",
    "CHICKEN",
    "CONNECT",
    "TRACE",
    "TRACK",
    "PROPFIND",
    "!#$%&'*+-.^_`|~",
];

/// Any method, sometimes in another case, sometimes no token at all.
pub(super) fn any_method(rng: &mut Rng) -> String {
    let method = pick(rng, &METHODS);
    match rng.u8(..12) {
        0..4 => recase(rng, method),
        4 => format!("{method}{}", byte(rng)),
        5 => pick(rng, &["", "GET1", "x/y", "G\u{e9}T", "PUTT"]).into(),
        _ => method.into(),
    }
}

/// One method, allowed as it is written or in another case.
pub(super) fn method(rng: &mut Rng) -> Draft {
    let mut exchange = Exchange::new(rng);
    exchange.request.method = any_method(rng);
    exchange.request.credentials = credentials(rng);
    if chance(rng, 20) {
        exchange.request.headers.push(("x-a".into(), "1".into()));
    }
    exchange.allow(rng);
    let listed = match rng.u8(..8) {
        0 => Some("*".to_owned()),
        1 => None,
        2 => Some(recase(rng, &exchange.request.method)),
        3 => Some(exchange.request.method.clone()),
        _ => {
            let about = format!("method {:?}, allowed", exchange.request.method);
            return exchange.draft(about);
        }
    };
    let about = format!("method {:?} against Allow-Methods {listed:?}", exchange.request.method);
    set(&mut exchange.preflight, super::draft::ALLOW_METHODS, listed);
    exchange.draft(about)
}

/// Every kind of body, with `fetch()` and with an `XMLHttpRequest` that listens to its upload.
pub(super) fn body(rng: &mut Rng) -> Draft {
    let mut exchange = Exchange::new(rng);
    exchange.request.method = pick(rng, &["POST", "POST", "PUT", "GET", "HEAD", "DELETE"]).into();
    exchange.request.body = any_body(rng);
    exchange.request.credentials = credentials(rng);
    exchange.request.upload_listener = chance(rng, 35);
    if exchange.request.upload_listener {
        // An XMLHttpRequest cannot leave credentials out everywhere, and takes no stream.
        if exchange.request.credentials == CredentialsMode::Omit {
            exchange.request.credentials = CredentialsMode::SameOrigin;
        }
        if matches!(exchange.request.body, Some(BodyDescription::Stream(_))) {
            exchange.request.body = None;
        }
    }
    if chance(rng, 30) {
        let content_type = pick(rng, &["text/plain", "application/json", "text/ plain", ""]);
        exchange.request.headers.push(("Content-Type".into(), content_type.into()));
    }
    exchange.allow(rng);
    if chance(rng, 50) {
        set(&mut exchange.preflight, super::draft::ALLOW_HEADERS, ["content-type"]);
    }
    let about = format!("{} with {:?}", exchange.request.method, exchange.request.body);
    exchange.draft(about)
}

/// A body of any kind, or none.
pub(super) fn any_body(rng: &mut Rng) -> Option<BodyDescription> {
    const TYPES: [&str; 7] = [
        "",
        "text/plain",
        "TEXT/PLAIN",
        "text/plain;charset=utf-8",
        "application/json",
        "text/plain;(",
        "a\u{e9}/b",
    ];
    match rng.u8(..8) {
        0 => None,
        1 | 2 => Some(BodyDescription::Text(pick(rng, &["q", "{}", ""]).into())),
        3 => Some(BodyDescription::BytesLen(pick(rng, &[0, 3]))),
        4 => Some(BodyDescription::Form(true)),
        5 => Some(BodyDescription::Urlencoded(true)),
        6 => Some(BodyDescription::Stream(true)),
        _ => Some(BodyDescription::BlobType(pick(rng, &TYPES).into())),
    }
}

/// Mode, method, redirect mode and credentials in every combination, to the same origin and elsewhere.
pub(super) fn mode(rng: &mut Rng) -> Draft {
    const MODES: [RequestMode; 6] = [
        RequestMode::NoCors,
        RequestMode::NoCors,
        RequestMode::SameOrigin,
        RequestMode::SameOrigin,
        RequestMode::Cors,
        RequestMode::Navigate,
    ];
    let mut exchange = Exchange::new(rng);
    let origin = exchange.request.origin.serialized();
    if chance(rng, 40) && origin != "null" {
        exchange.request.url = format!("{origin}/x");
    }
    let request = &mut exchange.request;
    request.mode = pick(rng, &MODES);
    request.method = pick(rng, &["GET", "HEAD", "POST", "PUT", "post", "OPTIONS", "CHICKEN"]).into();
    request.credentials = credentials(rng);
    request.redirect =
        pick(rng, &[RedirectMode::Follow, RedirectMode::Follow, RedirectMode::Error, RedirectMode::Manual]);
    if chance(rng, 10) {
        request.cache = CacheMode::OnlyIfCached;
    }
    let about = format!("{:?} {} with redirect {:?}", request.mode, request.method, request.redirect);
    if chance(rng, 50) {
        exchange.allow(rng);
    }
    exchange.draft(about)
}

/// URLs with fragments, userinfo, ports, other schemes; secure pages that ask insecure servers and the reverse.
pub(super) fn url(rng: &mut Rng) -> Draft {
    const URLS: [&str; 27] = [
        "http://b.test/x#frag",
        "https://b.test/x#frag",
        "http://b.test/x?q#f",
        "HTTP://B.TEST/x",
        "http://b.test:80/x",
        "https://b.test:443/x",
        "http://b.test./x",
        "http://b.test",
        "http://b.test?q",
        "http://b.test/a%20b",
        "http://user:pass@b.test/x",
        "http://user@b.test/x",
        "http://@b.test/x",
        "https://:pass@b.test/x",
        "http://b.test:22/x",
        "http://b.test:6000/x",
        "data:text/plain,x",
        "data:application/json,{}",
        "data:",
        "about:blank",
        "blob:http://a.test/x",
        "ftp://b.test/x",
        "foo://b.test/x",
        "mailto:x",
        "javascript:1",
        "http://",
        "http://b.test:99999/x",
    ];
    let mut exchange = Exchange::new(rng);
    exchange.request.url = match rng.u8(..3) {
        0 => format!(
            "{}://{}/x",
            pick(rng, &["http", "https"]),
            pick(rng, &["a.test", "b.test", "a.test:8080"])
        ),
        _ => pick(rng, &URLS).into(),
    };
    exchange.request.method = pick(rng, &["GET", "GET", "POST", "PUT"]).into();
    exchange.request.credentials = credentials(rng);
    exchange.request.mode =
        pick(rng, &[RequestMode::Cors, RequestMode::Cors, RequestMode::NoCors, RequestMode::SameOrigin]);
    exchange.allow(rng);
    if chance(rng, 20) {
        exchange.actual = empty(200);
    }
    let about =
        format!("{:?} {} of {:?}", exchange.request.mode, exchange.request.method, exchange.request.url);
    exchange.draft(about)
}
