//! The rows of the browser half: what one turn of each does.
//!
//! The exchange of `exchange.rs` is the work of the server half's rows, seen from the browser. Its request is ready,
//! as theirs is: what a turn does only to have one, to clone it and to drop the clone, is taken off.
//!
//! In all other rows a request is made from an origin and a URL that were parsed before, as a browser has them: to
//! parse them stands in a row of its own. The headers, the body and the clone of the URL that the request owns are
//! part of those exchanges.
//!
//! Part of every exchange are an own preflight cache, where none is named, all headers of both requests, which are
//! read as if they were sent, and the response that script gets.
//!
//! The request to classify is made before. A header list finds out what bytes a line has when the line is
//! appended, and classification makes use of that: the work is in the row that makes and drops a request, not
//! in those that classify one.

use super::exchange::{Exchange, exchange, send};
use cors_engine::protocol::Origin;
use cors_engine::{Engine, Fetch, Outcome, PreflightCache, Request, ResponseHead, Step, needs_preflight};
use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::Duration;
use url::Url;

/// What one turn does. An engine is its place in [`Engine::ALL`].
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Work {
    /// [`needs_preflight`] of a request with five headers, none of which needs one.
    ClassifySimple(usize),
    /// The same with five headers, three of which need one.
    ClassifyPreflighted(usize),
    /// To make the request that [`Work::ClassifySimple`] classifies, and to drop it.
    MakeRequest,
    /// A whole preflighted exchange: request, preflight, answer, actual request, answer.
    Exchange(usize),
    /// To clone its request, and to drop the clone.
    ReadyRequest,
    /// An exchange with the one header and the answers that an API has at least, its request made as well.
    LeastExchange(usize),
    /// The same with five headers, and answers with all that an API usually says.
    LargeExchange,
    /// What that copies, keeps and hands over, without a decision.
    CopiesOfExchange,
    /// The same from the strings that script wrote.
    ExchangeOfStrings,
    /// What that does beside: to parse an origin and a URL.
    ParseStrings,
    /// A request without a preflight, and its answer.
    SimpleExchange,
    /// The same, redirected so often between two origins.
    Redirects(usize),
    /// The exchange with five headers, its preflight spared by a cache that knows this URL among so many.
    CachedExchange,
    /// The exchange with five headers, new to a full cache with room for so many URLs.
    FullCache,
}

const PAGE: &str = "https://app.example";
const URL: &str = "https://api.example/v1/items/42";

/// Header lines of an answer.
type Lines<'a> = &'a [(&'a str, &'a str)];

/// Five headers that need no preflight.
const SIMPLE: [(&str, &str); 5] = [
    ("Accept", "application/json, text/plain, */*"),
    ("Accept-Language", "en-US,en;q=0.5"),
    ("Content-Language", "en"),
    ("Content-Type", "text/plain;charset=UTF-8"),
    ("Range", "bytes=0-65535"),
];

/// Five headers of an ordinary request to an API, three of which have to be asked for.
const PREFLIGHTED: [(&str, &str); 5] = [
    ("Accept", "application/json, text/plain, */*"),
    ("Accept-Language", "en-US,en;q=0.5"),
    ("Content-Type", "application/json"),
    ("X-Requested-With", "XMLHttpRequest"),
    ("Authorization", "Bearer 8c1f0b6e2d9a47f3b5e07a64c9d2138f"),
];

const PREFLIGHT_ANSWER: [(&str, &str); 7] = [
    ("Date", "Thu, 01 Jan 2026 00:00:00 GMT"),
    ("Server", "nginx"),
    ("Access-Control-Allow-Origin", PAGE),
    ("Access-Control-Allow-Methods", "GET, POST, PUT, DELETE"),
    ("Access-Control-Allow-Headers", "Authorization, Content-Type, X-Requested-With"),
    ("Access-Control-Max-Age", "600"),
    ("Vary", "Origin"),
];

const ANSWER: [(&str, &str); 8] = [
    ("Date", "Thu, 01 Jan 2026 00:00:00 GMT"),
    ("Server", "nginx"),
    ("Content-Type", "application/json"),
    ("Content-Length", "512"),
    ("Access-Control-Allow-Origin", PAGE),
    ("Access-Control-Expose-Headers", "X-Request-Id, X-Total-Count"),
    ("Vary", "Origin"),
    ("X-Request-Id", "6f1c2b7d"),
];

/// What a script that sends JSON has to write, and what a server that wants nothing else has to answer.
const JSON: [(&str, &str); 1] = [("Content-Type", "application/json")];

const LEAST_PREFLIGHT_ANSWER: [(&str, &str); 3] = [
    ("Access-Control-Allow-Origin", PAGE),
    ("Access-Control-Allow-Methods", "PUT"),
    ("Access-Control-Allow-Headers", "content-type"),
];

const LEAST_ANSWER: [(&str, &str); 2] =
    [("Content-Type", "application/json"), ("Access-Control-Allow-Origin", PAGE)];

/// Does the work so many times, where it has a preflight cache with one that knows so many URLs.
pub(crate) fn run(work: Work, known: usize, turns: usize) {
    match work {
        Work::ClassifySimple(engine) => classify(Engine::ALL[engine], &SIMPLE, turns),
        Work::ClassifyPreflighted(engine) => classify(Engine::ALL[engine], &PREFLIGHTED, turns),
        Work::MakeRequest => make_requests(turns),
        Work::Exchange(engine) => exchanges(Engine::ALL[engine], turns),
        Work::ReadyRequest => ready_requests(turns),
        Work::LeastExchange(engine) => least_exchanges(Engine::ALL[engine], turns),
        Work::LargeExchange => large_exchanges(turns),
        Work::CopiesOfExchange => copies_of_exchanges(turns),
        Work::ExchangeOfStrings => exchanges_of_strings(turns),
        Work::ParseStrings => parse_strings(turns),
        Work::SimpleExchange => redirected_exchanges(0, turns),
        Work::Redirects(redirects) => redirected_exchanges(redirects, turns),
        Work::CachedExchange => cached_exchanges(known, turns),
        Work::FullCache => exchanges_with_full_cache(known, turns),
    }
}

#[inline(never)]
fn classify(engine: Engine, headers: &[(&str, &str)], turns: usize) {
    let (origin, url) = parse(PAGE, URL);
    let request = request(&origin, &url, "POST", headers);
    for _ in 0..turns {
        drop(black_box(needs_preflight(black_box(engine), black_box(&request))));
    }
}

#[inline(never)]
fn make_requests(turns: usize) {
    let (origin, url) = parse(PAGE, URL);
    (0..turns).for_each(|_| drop(black_box(request(&origin, &url, "POST", &SIMPLE))));
}

#[inline(never)]
fn exchanges(engine: Engine, turns: usize) {
    let exchange = Exchange::new();
    (0..turns).for_each(|_| exchange.take_place(engine, black_box(exchange.request())));
}

#[inline(never)]
fn ready_requests(turns: usize) {
    let exchange = Exchange::new();
    (0..turns).for_each(|_| drop(black_box(exchange.request())));
}

#[inline(never)]
fn least_exchanges(engine: Engine, turns: usize) {
    let (origin, url) = parse(PAGE, URL);
    for _ in 0..turns {
        let request = request(&origin, &url, "PUT", &JSON);
        let answers: [Lines<'_>; 2] = [&LEAST_PREFLIGHT_ANSWER, &LEAST_ANSWER];
        assert!(exchange(engine, request, answers, &mut PreflightCache::default()));
    }
}

#[inline(never)]
fn large_exchanges(turns: usize) {
    let (origin, url) = parse(PAGE, URL);
    for _ in 0..turns {
        let request = request(&origin, &url, "PUT", &PREFLIGHTED);
        assert!(large_exchange(request, &mut PreflightCache::default()));
    }
}

/// What stays where nothing is decided: the request that is owned, the lines that are handed over, one look at the
/// bytes of the lists, the key and the lists that the cache keeps, and the URL and the names that script gets.
#[inline(never)]
fn copies_of_exchanges(turns: usize) {
    let (origin, url) = parse(PAGE, URL);
    for _ in 0..turns {
        let (origin, url) = (black_box(&origin).clone(), black_box(&url).clone());
        let mut headers = Vec::with_capacity(256);
        for (name, value) in black_box(&PREFLIGHTED) {
            headers.extend_from_slice(name.as_bytes());
            headers.extend_from_slice(value.as_bytes());
        }
        for line in [("", ""); 4].iter().chain(&PREFLIGHTED).chain(&[("", "")]) {
            black_box((line.0.as_bytes(), line.1.as_bytes()));
        }
        black_box(black_box(&PREFLIGHT_ANSWER).map(|(name, value)| (name.as_bytes(), value.as_bytes())));
        black_box(black_box(&ANSWER).map(|(name, value)| (name.as_bytes(), value.as_bytes())));
        let [(_, methods), (_, names), (_, exposed)] =
            *black_box(&[PREFLIGHT_ANSWER[3], PREFLIGHT_ANSWER[4], ANSWER[5]]);
        for list in [methods, names, exposed] {
            black_box(list.bytes().fold(0, |seen, byte| seen | byte));
        }
        let key = [origin.serialized(), url.as_str()].concat();
        let cache = BTreeMap::from([(key, [methods, names].concat())]);
        let response = (url.clone(), exposed.to_owned());
        black_box((&origin, &url, &headers, &cache, &response));
    }
}

#[inline(never)]
fn exchanges_of_strings(turns: usize) {
    let [page, url] = aligned([PAGE, URL]);
    for _ in 0..turns {
        let (origin, url) = parse(&page, &url);
        let request = request(&origin, &url, "PUT", &PREFLIGHTED);
        assert!(large_exchange(request, &mut PreflightCache::default()));
    }
}

#[inline(never)]
fn parse_strings(turns: usize) {
    let [page, url] = aligned([PAGE, URL]);
    (0..turns).for_each(|_| drop(black_box(parse(&page, &url))));
}

#[inline(never)]
fn redirected_exchanges(redirects: usize, turns: usize) {
    let (origin, url) = parse(PAGE, URL);
    let locations = aligned(["https://api.example/a", "https://cdn.example/b"]);
    for _ in 0..turns {
        redirected_exchange(redirects, &locations, request(&origin, &url, "GET", &SIMPLE));
    }
}

#[inline(never)]
fn cached_exchanges(known: usize, turns: usize) {
    let mut cache = full_cache(known);
    let (origin, url) = parse(PAGE, &numbered_url(known / 2));
    for _ in 0..turns {
        assert!(!large_exchange(request(&origin, &url, "PUT", &PREFLIGHTED), &mut cache));
    }
}

#[inline(never)]
fn exchanges_with_full_cache(known: usize, turns: usize) {
    let mut cache = full_cache(known);
    let (origin, mut url) = parse(PAGE, URL);
    for turn in 0..turns {
        // Of one length, whatever the turn.
        url.set_path(&format!("/v2/items/{turn:08}"));
        assert!(large_exchange(request(&origin, &url, "PUT", &PREFLIGHTED), &mut cache));
    }
}

/// Texts that are parsed in each turn, in allocations of their own. How long it takes to find out whether bytes are
/// UTF-8 depends on how they are aligned, and that of a literal on the length of every path in the program.
fn aligned(texts: [&str; 2]) -> [String; 2] {
    texts.map(str::to_owned)
}

fn parse(page: &str, url: &str) -> (Origin, Url) {
    let origin = Origin::parse(black_box(page)).expect("an origin");
    (origin, Url::parse(black_box(url)).expect("a URL"))
}

fn request(origin: &Origin, url: &Url, method: &str, headers: &[(&str, &str)]) -> Request {
    let mut request = Request::new(black_box(origin).clone(), black_box(url).clone());
    request.method = method.into();
    for (name, value) in black_box(headers) {
        request.headers.append(name.as_bytes(), value.as_bytes());
    }
    request
}

/// An exchange with answers as they usually are; says whether there was a preflight.
fn large_exchange(request: Request, cache: &mut PreflightCache) -> bool {
    let answers: [Lines<'_>; 2] = [&PREFLIGHT_ANSWER, &ANSWER];
    exchange(Engine::Spec, request, answers, cache)
}

/// A simple request, redirected between two origins.
fn redirected_exchange(redirects: usize, locations: &[String; 2], request: Request) {
    let mut cache = PreflightCache::default();
    let mut fetch = Fetch::new(Engine::Spec, request).expect("a fetch");
    let Step::Send(first) = fetch.start(&mut cache, Duration::ZERO) else { panic!("nothing is sent") };
    send(first);
    for redirect in 0..redirects {
        let headers = [("Access-Control-Allow-Origin", "*"), ("Location", &locations[redirect % 2])];
        let step = fetch.receive(&ResponseHead::new(302, &headers), &mut cache, Duration::ZERO);
        let Step::Send(outgoing) = step else { panic!("not followed") };
        send(outgoing);
    }
    let answer = ResponseHead::new(200, &[("Access-Control-Allow-Origin", "*")]);
    let step = fetch.receive(&answer, &mut cache, Duration::ZERO);
    assert!(matches!(black_box(step), Step::Done(Outcome::Response(_))));
}

/// A cache with room for so many URLs, all of them taken.
fn full_cache(known: usize) -> PreflightCache {
    let mut cache = PreflightCache::with_limits(known, usize::MAX);
    for place in 0..known {
        let (origin, url) = parse(PAGE, &numbered_url(place));
        assert!(large_exchange(request(&origin, &url, "PUT", &PREFLIGHTED), &mut cache));
    }
    cache
}

fn numbered_url(place: usize) -> String {
    format!("https://api.example/v1/items/{place:08}")
}
