//! Fetches under way, and the preflight caches that outlast them.
//!
//! A step is `{"send"}`, a request to make, or `{"response"}` or `{"blocked"}`, the end. A fetch whose end was
//! told is forgotten.

use crate::handles::Handles;
use crate::json::{self, Lines, misuse, text};
use cors_engine::scenario::RequestDescription;
use cors_engine::{Blocked, Engine, Fetch, Outcome, PreflightCache, ResponseHead, Step, console_messages};
use serde::Deserialize;
use serde_json::{Value, json};
use std::cell::RefCell;
use std::time::Duration;

thread_local! {
    static CACHES: RefCell<Handles<PreflightCache>> = const { RefCell::new(Handles::new()) };
    static FETCHES: RefCell<Handles<Fetch>> = const { RefCell::new(Handles::new()) };
}

pub(crate) fn new_cache() -> usize {
    CACHES.with_borrow_mut(|caches| caches.insert(PreflightCache::default()))
}

pub(crate) fn clear_cache(cache: usize) {
    with_cache(cache, PreflightCache::clear);
}

pub(crate) fn free_cache(cache: usize) {
    CACHES.with_borrow_mut(|caches| caches.remove(cache));
}

fn with_cache<T>(cache: usize, change: impl FnOnce(&mut PreflightCache) -> T) -> Option<T> {
    CACHES.with_borrow_mut(|caches| caches.get_mut(cache).map(change))
}

/// A fetch to begin.
#[derive(Deserialize)]
pub(crate) struct Start {
    #[serde(deserialize_with = "json::engine")]
    engine: Engine,
    request: RequestDescription,
    cache: usize,
    /// Seconds since a fixed moment.
    now: f64,
}

pub(crate) fn start(start: Start) -> Value {
    let constructed = start.request.to_request().and_then(|request| Fetch::new(start.engine, request));
    let mut fetch = match constructed {
        Ok(fetch) => fetch,
        Err(invalid) => return json!({ "invalid": json::invalid(&invalid) }),
    };
    let step = with_cache(start.cache, |cache| described(fetch.start(cache, seconds(start.now)), None));
    let Some(step) = step else { return misuse("there is no such preflight cache") };
    json!({ "fetch": FETCHES.with_borrow_mut(|fetches| fetches.insert(fetch)), "step": step })
}

/// What came back for the request that a fetch asked for.
#[derive(Deserialize)]
pub(crate) struct Response {
    fetch: usize,
    cache: usize,
    now: f64,
    /// `null` when nothing came back.
    status: Option<u16>,
    #[serde(default)]
    headers: Lines,
}

pub(crate) fn go_on(response: &Response) -> Value {
    let go_on = |fetch: &mut Fetch, cache: &mut PreflightCache| match response.status {
        None => described(fetch.fail(cache), None),
        Some(status) => {
            let head = ResponseHead::new(status, &response.headers.0);
            described(fetch.receive(&head, cache, seconds(response.now)), Some(&head))
        }
    };
    let step = FETCHES.with_borrow_mut(|fetches| {
        let fetch = fetches.get_mut(response.fetch)?;
        with_cache(response.cache, |cache| go_on(fetch, cache))
    });
    step.map_or_else(|| misuse("there is no such fetch or preflight cache"), |step| json!({ "step": step }))
}

pub(crate) fn free(fetch: usize) {
    FETCHES.with_borrow_mut(|fetches| fetches.remove(fetch));
}

fn seconds(now: f64) -> Duration {
    Duration::try_from_secs_f64(now).unwrap_or_default()
}

fn described(step: Step<'_>, last: Option<&ResponseHead<'_>>) -> Value {
    match step {
        Step::Send(outgoing) => json!({ "send": {
            "exchange": json::exchange(outgoing.exchange()),
            "method": text(outgoing.method()),
            "url": outgoing.url().as_str(),
            "headers": json::lines(outgoing.headers()),
            "credentials": outgoing.includes_credentials(),
        }}),
        Step::Done(Outcome::Response(response)) => json!({ "response": {
            "type": response.response_type.name(),
            "status": response.status,
            "url": response.url.as_str(),
            "redirected": response.redirected,
            "timing_allowed": response.timing_allowed,
            "exposed": last.map(|head| response.exposed.names(&head.headers)),
        }}),
        Step::Done(Outcome::NetworkError(blocked)) => json!({ "blocked": described_refusal(blocked) }),
    }
}

fn described_refusal(blocked: &Blocked) -> Value {
    json!({
        "engine": blocked.engine.name(),
        "reason": blocked.reason.code(),
        "words": blocked.reason.words(),
        "standard": blocked.reason.standard(),
        "value": text(&blocked.value),
        "exchange": blocked.exchange.map(json::exchange),
        "hop": blocked.hop,
        "status": blocked.status,
        "url": blocked.url.as_str(),
        "console": console_messages(blocked),
    })
}
