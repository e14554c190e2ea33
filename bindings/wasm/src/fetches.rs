//! Fetches under way, and the preflight caches that outlast them.
//!
//! A step is `{"send"}`, a request to make, or `{"response"}` or `{"blocked"}`, the end.

use crate::handles::Handles;
use crate::json::{self, Misuse, Object, text};
use cors_engine::protocol::HeaderList;
use cors_engine::scenario::RequestDescription;
use cors_engine::{Blocked, Fetch, Outcome, PreflightCache, ResponseHead, Step, console_messages};
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
    CACHES.with_borrow_mut(|caches| caches.get_mut(cache).map(PreflightCache::clear));
}

pub(crate) fn free_cache(cache: usize) {
    CACHES.with_borrow_mut(|caches| caches.remove(cache));
}

fn with_cache<T>(cache: usize, ask: impl FnOnce(&mut PreflightCache) -> T) -> Result<T, Misuse> {
    let asked = CACHES.with_borrow_mut(|caches| caches.get_mut(cache).map(ask));
    asked.ok_or_else(|| "there is no such preflight cache".into())
}

pub(crate) fn start(start: &mut Object) -> Result<Value, Misuse> {
    let engine = start.entry("engine")?;
    let request: RequestDescription = start.typed("request")?;
    let mut fetch = match request.to_request().and_then(|request| Fetch::new(engine, request)) {
        Ok(fetch) => fetch,
        Err(invalid) => return Ok(json::invalid(&invalid)),
    };
    let now = seconds(start.entry("now")?);
    let step = with_cache(start.entry("cache")?, |cache| described(fetch.start(cache, now), None))?;
    Ok(json!({ "fetch": FETCHES.with_borrow_mut(|fetches| fetches.insert(fetch)), "step": step }))
}

pub(crate) fn go_on(response: &mut Object) -> Result<Value, Misuse> {
    let handle = response.entry("fetch")?;
    let cache = response.entry("cache")?;
    let now = seconds(response.entry("now")?);
    let status: Option<u16> = response.optional("status")?;
    let headers: HeaderList = response.optional("headers")?.unwrap_or_default();
    let go_on = |fetch: &mut Fetch, cache: &mut PreflightCache| match status {
        None => described(fetch.fail(cache), None),
        Some(status) => {
            let head = ResponseHead::new(status, &headers);
            described(fetch.receive(&head, cache, now), Some(&head))
        }
    };
    FETCHES.with_borrow_mut(|fetches| {
        let fetch = fetches.get_mut(handle).ok_or("there is no such fetch")?;
        with_cache(cache, |cache| go_on(fetch, cache)).map(|step| json!({ "step": step }))
    })
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
