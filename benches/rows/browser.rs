//! The rows of the browser half: what one turn of each does.
//!
//! A request is made from an origin and a URL that were parsed before, as a browser has them: to parse them is
//! no part of a decision, and stands in a row of its own. The headers, the body and the clone of the URL that
//! the request owns are part of every exchange; so are an own preflight cache, where none is named, all headers
//! of both requests, which are read as if they were sent, and the response that script gets.
//!
//! The request to classify is made before. A header list finds out what bytes a line has when the line is
//! appended, and classification makes use of that: the work is in the row that makes and drops a request, not
//! in those that classify one.

use cors_engine::protocol::Origin;
use cors_engine::{
    Engine, Fetch, Outcome, Outgoing, PreflightCache, Request, ResponseHead, Step, needs_preflight,
};
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
    /// A whole preflighted exchange with five headers: request, preflight, answer, actual request, answer.
    Exchange(usize),
    /// The same from the strings that script wrote.
    ExchangeOfStrings,
    /// What that does beside: to parse an origin and a URL.
    ParseStrings,
    /// A request without a preflight, and its answer.
    SimpleExchange,
    /// The same, redirected so often between two origins.
    Redirects(usize),
    /// A preflighted exchange whose preflight is spared by a cache that knows this URL among so many.
    CachedExchange,
    /// A preflighted exchange that is new to a full cache with room for so many URLs.
    FullCache,
}

const PAGE: &str = "https://app.example";
const URL: &str = "https://api.example/v1/items/42";

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

/// Does the work so many times, where it has a preflight cache with one that knows so many URLs.
pub(crate) fn run(work: Work, known: usize, turns: usize) {
    match work {
        Work::ClassifySimple(engine) => classify(Engine::ALL[engine], &SIMPLE, turns),
        Work::ClassifyPreflighted(engine) => classify(Engine::ALL[engine], &PREFLIGHTED, turns),
        Work::MakeRequest => make_requests(turns),
        Work::Exchange(engine) => preflighted_exchanges(Engine::ALL[engine], turns),
        Work::ExchangeOfStrings => exchanges_of_strings(turns),
        Work::ParseStrings => (0..turns).for_each(|_| drop(black_box(parse(PAGE, URL)))),
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
fn preflighted_exchanges(engine: Engine, turns: usize) {
    let (origin, url) = parse(PAGE, URL);
    for _ in 0..turns {
        let request = request(&origin, &url, "PUT", &PREFLIGHTED);
        assert!(exchange(engine, request, &mut PreflightCache::default()));
    }
}

#[inline(never)]
fn exchanges_of_strings(turns: usize) {
    for _ in 0..turns {
        let (origin, url) = parse(PAGE, URL);
        let request = request(&origin, &url, "PUT", &PREFLIGHTED);
        assert!(exchange(Engine::Spec, request, &mut PreflightCache::default()));
    }
}

#[inline(never)]
fn redirected_exchanges(redirects: usize, turns: usize) {
    let (origin, url) = parse(PAGE, URL);
    for _ in 0..turns {
        redirected_exchange(redirects, request(&origin, &url, "GET", &SIMPLE));
    }
}

#[inline(never)]
fn cached_exchanges(known: usize, turns: usize) {
    let mut cache = full_cache(known);
    let (origin, url) = parse(PAGE, &numbered_url(known / 2));
    for _ in 0..turns {
        assert!(!exchange(Engine::Spec, request(&origin, &url, "PUT", &PREFLIGHTED), &mut cache));
    }
}

#[inline(never)]
fn exchanges_with_full_cache(known: usize, turns: usize) {
    let mut cache = full_cache(known);
    let (origin, mut url) = parse(PAGE, URL);
    for turn in 0..turns {
        // Of one length, whatever the turn.
        url.set_path(&format!("/v2/items/{turn:08}"));
        assert!(exchange(Engine::Spec, request(&origin, &url, "PUT", &PREFLIGHTED), &mut cache));
    }
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

/// From the request to the response that script gets; says whether there was a preflight.
fn exchange(engine: Engine, request: Request, cache: &mut PreflightCache) -> bool {
    let mut fetch = Fetch::new(black_box(engine), request).expect("a fetch");
    let Step::Send(first) = fetch.start(cache, Duration::ZERO) else { panic!("nothing is sent") };
    send(first);
    let preflighted = first.access_control_request_method().is_some();
    if preflighted {
        let answer = ResponseHead::new(204, black_box(&PREFLIGHT_ANSWER));
        let Step::Send(actual) = fetch.receive(&answer, cache, Duration::ZERO) else { panic!("refused") };
        send(actual);
    }
    let answer = ResponseHead::new(200, black_box(&ANSWER));
    let step = fetch.receive(&answer, cache, Duration::ZERO);
    assert!(matches!(black_box(step), Step::Done(Outcome::Response(_))));
    preflighted
}

/// A simple request, redirected between two origins.
fn redirected_exchange(redirects: usize, request: Request) {
    let locations = ["https://api.example/a", "https://cdn.example/b"];
    let mut cache = PreflightCache::default();
    let mut fetch = Fetch::new(Engine::Spec, request).expect("a fetch");
    let Step::Send(first) = fetch.start(&mut cache, Duration::ZERO) else { panic!("nothing is sent") };
    send(first);
    for redirect in 0..redirects {
        let headers = [("Access-Control-Allow-Origin", "*"), ("Location", locations[redirect % 2])];
        let step = fetch.receive(&ResponseHead::new(302, &headers), &mut cache, Duration::ZERO);
        let Step::Send(outgoing) = step else { panic!("not followed") };
        send(outgoing);
    }
    let answer = ResponseHead::new(200, &[("Access-Control-Allow-Origin", "*")]);
    let step = fetch.receive(&answer, &mut cache, Duration::ZERO);
    assert!(matches!(black_box(step), Step::Done(Outcome::Response(_))));
}

/// Sends what is on the wire nowhere.
fn send(outgoing: Outgoing<'_>) {
    outgoing.headers().for_each(|line| {
        black_box(line);
    });
}

/// A cache with room for so many URLs, all of them taken.
fn full_cache(known: usize) -> PreflightCache {
    let mut cache = PreflightCache::with_limits(known, usize::MAX);
    for place in 0..known {
        let (origin, url) = parse(PAGE, &numbered_url(place));
        assert!(exchange(Engine::Spec, request(&origin, &url, "PUT", &PREFLIGHTED), &mut cache));
    }
    cache
}

fn numbered_url(place: usize) -> String {
    format!("https://api.example/v1/items/{place:08}")
}
