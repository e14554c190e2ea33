//! The preflight cache: fetches of one URL, the later ones of which may or may not go without asking.
//!
//! Mostly the second preflight is answered without CORS headers, so that a fetch which asks again fails.

use super::draft::{
    ALLOW_CREDENTIALS, ALLOW_HEADERS, ALLOW_METHODS, ALLOW_ORIGIN, Draft, Exchange, MAX_AGE, credentials,
    empty, set,
};
use super::vary::{chance, nearly, pick};
use cors_engine::scenario::Step;
use cors_engine::{CacheMode, CredentialsMode};
use fastrand::Rng;

/// Seconds that fall on either side of the default lifetime (5) and of the short lifetimes under test, with time to
/// spare for slow machines.
const WAITS: [f64; 2] = [2.0, 7.0];
/// How many of a hundred max-age scenarios really wait.
const WAITING: u32 = 12;

/// A first fetch that is preflighted and allowed, for long.
fn first(rng: &mut Rng) -> Exchange {
    let mut exchange = Exchange::new(rng);
    exchange.request.method = pick(rng, &["PUT", "PUT", "DELETE", "PATCH", "GET", "POST"]).into();
    if matches!(exchange.request.method.as_str(), "GET" | "POST") || chance(rng, 30) {
        exchange.request.headers.push(("x-a".into(), "1".into()));
    }
    exchange.request.credentials = credentials(rng);
    exchange.allow(rng);
    set(&mut exchange.preflight, MAX_AGE, ["600"]);
    exchange
}

/// The first fetch in its plainest form.
fn common() -> Exchange {
    let mut exchange = Exchange::plain();
    exchange.request.method = "PUT".into();
    for answer in [&mut exchange.preflight, &mut exchange.actual] {
        set(answer, ALLOW_ORIGIN, ["*"]);
    }
    set(&mut exchange.preflight, ALLOW_METHODS, ["PUT"]);
    exchange
}

/// The second fetch, of the same URL unless it is changed: its actual answer allows it, its preflight's does not.
fn second(first: &Exchange) -> Exchange {
    let mut second = first.clone();
    second.preflight = empty(204);
    second
}

fn draft(first: Exchange, second: Exchange, advance_s: f64, about: String) -> Draft {
    Draft { about, steps: vec![first.step(), Step { advance_s, ..second.step() }] }
}

/// A max-age in every shape.
pub(super) fn max_age(rng: &mut Rng) -> Draft {
    const AGES: [&str; 22] = [
        "0",
        "1",
        "5",
        "60",
        "600",
        "7200",
        "7201",
        "86400",
        "86401",
        "-1",
        "+60",
        "1.5",
        "060",
        "60s",
        "1e3",
        "abc",
        "",
        "60, 60",
        "2147483648",
        "9223372036854775807",
        "9223372036854775808",
        "18446744073709551616",
    ];
    let mut first = first(rng);
    let one = |rng: &mut Rng| {
        let age = pick(rng, &AGES);
        if chance(rng, 25) { nearly(rng, age) } else { age.to_owned() }
    };
    let count = pick(rng, &[0, 1, 1, 1, 1, 1, 2]);
    let lines: Vec<String> = (0..count).map(|_| one(rng)).collect();
    let wait = if chance(rng, WAITING) { pick(rng, &WAITS) } else { 0.0 };
    if wait > 0.0 {
        // Those that wait share one page, so that they wait together.
        first = common();
    }
    set(&mut first.preflight, MAX_AGE, lines.clone());
    let second = second(&first);
    draft(first, second, wait, format!("Max-Age {lines:?}, {wait} s later"))
}

/// A second fetch that needs the same, less, more or something else than the first was allowed, or was refused.
pub(super) fn hit(rng: &mut Rng) -> Draft {
    let mut first = first(rng);
    match rng.u8(..10) {
        0 => set(&mut first.preflight, ALLOW_METHODS, ["*"]),
        1 => set(&mut first.preflight, ALLOW_HEADERS, ["*"]),
        2 => set(&mut first.preflight, ALLOW_METHODS, ["GET, PUT, DELETE, HEAD"]),
        3 => set(&mut first.preflight, ALLOW_HEADERS, ["x-a, x-b, authorization"]),
        4 => set::<&str>(&mut first.preflight, ALLOW_METHODS, []),
        5 => set::<&str>(&mut first.preflight, MAX_AGE, []),
        6 => set(&mut first.preflight, ALLOW_METHODS, ["QUERY"]),
        7 => set(&mut first.preflight, ALLOW_HEADERS, ["x-b"]),
        _ => {}
    }
    let second = changed(rng, second(&first));
    let about = format!("{}, then {}", in_words(&first), in_words(&second));
    draft(first, second, 0.0, about)
}

/// Three fetches, each preflight of which may add to what is cached, replace it, or throw it out.
pub(super) fn sequence(rng: &mut Rng) -> Draft {
    let first = first(rng);
    let mut exchanges = vec![first.clone()];
    for _ in 0..2 {
        let mut next = changed(rng, first.clone());
        match rng.u8(..6) {
            0 => next.preflight = empty(204),
            1 => set(&mut next.preflight, MAX_AGE, ["0"]),
            2 => set::<&str>(&mut next.preflight, ALLOW_METHODS, []),
            3 => set::<&str>(&mut next.preflight, ALLOW_HEADERS, []),
            4 => next.preflight.status = 403,
            _ => {}
        }
        exchanges.push(next);
    }
    let about = exchanges.iter().map(in_words).collect::<Vec<_>>().join(", then ");
    Draft { about, steps: exchanges.into_iter().map(Exchange::step).collect() }
}

/// The fetch with up to two things about its request changed, and still allowed by its actual answer.
fn changed(rng: &mut Rng, mut exchange: Exchange) -> Exchange {
    let request = &mut exchange.request;
    for _ in 0..rng.usize(..3) {
        match rng.u8(..6) {
            0 => request.method = pick(rng, &["PUT", "put", "DELETE", "GET", "HEAD", "POST", "PATCH"]).into(),
            1 => request.headers.clear(),
            2 => {
                request.headers.push((pick(rng, &["x-a", "X-A", "x-b", "authorization"]).into(), "1".into()))
            }
            3 => {
                request.credentials =
                    pick(rng, &[CredentialsMode::Omit, CredentialsMode::SameOrigin, CredentialsMode::Include])
            }
            4 => request.url.push_str(pick(rng, &["?q", "#frag", "/"])),
            _ => {}
        }
    }
    if request.credentials == CredentialsMode::Include {
        let origin = request.origin.serialized().to_owned();
        set(&mut exchange.actual, ALLOW_ORIGIN, [origin]);
        set(&mut exchange.actual, ALLOW_CREDENTIALS, ["true"]);
    }
    exchange
}

/// The mode of the HTTP cache, which some engines heed here too.
pub(super) fn mode(rng: &mut Rng) -> Draft {
    const MODES: [CacheMode; 5] = [
        CacheMode::NoStore,
        CacheMode::Reload,
        CacheMode::NoCache,
        CacheMode::ForceCache,
        CacheMode::Default,
    ];
    let mut first = first(rng);
    if chance(rng, 30) {
        first.request.cache = pick(rng, &MODES);
    }
    let mut second = second(&first);
    second.request.cache = pick(rng, &MODES);
    if chance(rng, 50) {
        second.preflight = first.preflight.clone();
    }
    let about = format!("cache mode {:?}, then {:?}", first.request.cache, second.request.cache);
    draft(first, second, 0.0, about)
}

fn in_words(exchange: &Exchange) -> String {
    let request = &exchange.request;
    let names: Vec<_> = request.headers.iter().map(|(name, _)| name.as_str()).collect();
    format!("{} {names:?} {:?}", request.method, request.credentials)
}
