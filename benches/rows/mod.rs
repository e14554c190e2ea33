//! The rows that are measured: their names, their bars, and the work of one turn.

mod browser;
mod exchange;
mod shape;

use browser::Work;
use cors_engine::Policy;
use cors_engine::tower::CorsLayer;
use http::{HeaderMap, Method, Request};
use shape::{Nothing, config};
use std::future::Future;
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use tower_layer::Layer;
use tower_service::Service;

/// One row of the table.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) case: Case,
    /// The most instructions that one turn may cost.
    pub(crate) bar: Option<u64>,
    /// What is part of each turn, but not of the work.
    pub(crate) floor: Option<Case>,
    /// Whether it must cost the same whatever the number of origins.
    pub(crate) flat: bool,
    pub(crate) turns: usize,
}

/// What one turn does.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Case {
    /// [`Policy::answer`] over a list of header lines.
    Decision(Asked),
    /// The same, and the reason in its finest form.
    Reason(Asked),
    /// [`Policy::answer_http`] over a header map.
    MapDecision(Asked),
    /// A call of the layered service, polled once.
    Tower(Asked),
    /// What every turn of a decision has beside it: to hand over a method and header lines.
    RequestHandedOver,
    /// What a benchmark of a service does beside it: to clone the request and drop it.
    RequestAlone(Asked),
    /// Building the policy.
    Build,
    /// What is built from.
    ConfigAlone,
    /// What the browser half does.
    Browser(browser::Work),
}

/// A request.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Asked {
    Actual,
    ActualRefused,
    Preflight,
    PreflightRefused,
    NoOrigin,
    /// A preflight with a long `Access-Control-Request-Headers`: what is repeated, and for how many KiB.
    Hostile(&'static str, usize),
    /// An origin of very many labels.
    Labels,
}

const DECISION: Row =
    Row { name: "", case: Case::ConfigAlone, bar: None, floor: None, flat: true, turns: 500 };

pub(crate) const ROWS: &[Row] = &[
    decision("decision: actual, allowed", Asked::Actual, 250),
    decision("decision: actual, refused", Asked::ActualRefused, 250),
    decision("decision: preflight, allowed", Asked::Preflight, 700),
    decision("decision: preflight, refused", Asked::PreflightRefused, 300),
    decision("decision: no Origin", Asked::NoOrigin, 250),
    decision("decision: 64 KiB of names", Asked::Hostile("content-type,", 64), 2_000),
    decision("decision: 1 MiB of names", Asked::Hostile("content-type,", 1_024), 2_000),
    decision("decision: 64 KiB of commas", Asked::Hostile(",", 64), 2_000),
    decision("decision: 1 MiB of commas", Asked::Hostile(",", 1_024), 2_000),
    decision("decision: a name of 64 KiB", Asked::Hostile("x", 64), 2_000),
    decision("decision: an origin of 120 labels", Asked::Labels, 2_000),
    reason("decision and reason: actual, refused", Asked::ActualRefused),
    reason("decision and reason: preflight, refused", Asked::PreflightRefused),
    map("over a HeaderMap: actual, allowed", Asked::Actual, 250),
    map("over a HeaderMap: actual, refused", Asked::ActualRefused, 250),
    map("over a HeaderMap: preflight, allowed", Asked::Preflight, 700),
    map("over a HeaderMap: preflight, refused", Asked::PreflightRefused, 300),
    map("over a HeaderMap: 64 KiB of names", Asked::Hostile("content-type,", 64), 2_000),
    map("over a HeaderMap: 1 MiB of names", Asked::Hostile("content-type,", 1_024), 2_000),
    map("over a HeaderMap: 64 KiB of commas", Asked::Hostile(",", 64), 2_000),
    map("over a HeaderMap: 1 MiB of commas", Asked::Hostile(",", 1_024), 2_000),
    Row { name: "a request handed over alone", case: Case::RequestHandedOver, ..DECISION },
    tower("tower: actual", Asked::Actual),
    tower("tower: actual, refused", Asked::ActualRefused),
    tower("tower: preflight", Asked::Preflight),
    tower("tower: preflight, refused", Asked::PreflightRefused),
    request_alone("request alone: actual", Asked::Actual),
    request_alone("request alone: actual, refused", Asked::ActualRefused),
    request_alone("request alone: preflight", Asked::Preflight),
    request_alone("request alone: preflight, refused", Asked::PreflightRefused),
    Row {
        name: "build",
        case: Case::Build,
        // Four milliseconds at three instructions a nanosecond.
        bar: Some(12_000_000),
        floor: Some(Case::ConfigAlone),
        flat: false,
        turns: 2,
    },
    Row { name: "configuration alone", case: Case::ConfigAlone, flat: false, turns: 2, ..DECISION },
    browser("classify: simple, spec", Work::ClassifySimple(0), Some(600)),
    browser("classify: simple, chromium", Work::ClassifySimple(1), Some(600)),
    browser("classify: simple, gecko", Work::ClassifySimple(2), Some(600)),
    browser("classify: simple, webkit", Work::ClassifySimple(3), Some(600)),
    browser("classify: preflighted, spec", Work::ClassifyPreflighted(0), Some(600)),
    browser("classify: preflighted, chromium", Work::ClassifyPreflighted(1), Some(600)),
    browser("classify: preflighted, gecko", Work::ClassifyPreflighted(2), Some(600)),
    browser("classify: preflighted, webkit", Work::ClassifyPreflighted(3), Some(600)),
    browser("a request with five headers alone", Work::MakeRequest, None),
    exchange("exchange: preflighted, spec", 0),
    exchange("exchange: preflighted, chromium", 1),
    exchange("exchange: preflighted, gecko", 2),
    exchange("exchange: preflighted, webkit", 3),
    browser("a request that is ready alone", Work::ReadyRequest, None),
    browser("exchange: least, with its request, spec", Work::LeastExchange(0), Some(6_000)),
    browser("exchange: least, with its request, chromium", Work::LeastExchange(1), Some(6_000)),
    browser("exchange: least, with its request, gecko", Work::LeastExchange(2), Some(6_000)),
    browser("exchange: least, with its request, webkit", Work::LeastExchange(3), Some(6_000)),
    browser("exchange: five headers, with its request", Work::LargeExchange, Some(6_000)),
    browser("what that copies and keeps alone", Work::CopiesOfExchange, None),
    browser("exchange: five headers, from strings", Work::ExchangeOfStrings, None),
    browser("an origin and a URL from strings alone", Work::ParseStrings, None),
    browser("exchange: simple", Work::SimpleExchange, None),
    browser("exchange: redirected 10 times", Work::Redirects(10), None),
    browser("exchange: five headers, spared by the cache", Work::CachedExchange, None),
    browser("exchange: five headers, a full cache", Work::FullCache, None),
];

const fn browser(name: &'static str, work: Work, bar: Option<u64>) -> Row {
    Row { name, case: Case::Browser(work), bar, flat: false, turns: 100, ..DECISION }
}

const fn exchange(name: &'static str, engine: usize) -> Row {
    let floor = Some(Case::Browser(Work::ReadyRequest));
    Row { floor, ..browser(name, Work::Exchange(engine), Some(6_000)) }
}

const fn decision(name: &'static str, asked: Asked, bar: u64) -> Row {
    let floor = Some(Case::RequestHandedOver);
    Row { name, case: Case::Decision(asked), bar: Some(bar), floor, ..DECISION }
}

const fn reason(name: &'static str, asked: Asked) -> Row {
    Row { name, case: Case::Reason(asked), floor: Some(Case::RequestHandedOver), ..DECISION }
}

const fn map(name: &'static str, asked: Asked, bar: u64) -> Row {
    let floor = Some(Case::RequestHandedOver);
    Row { name, case: Case::MapDecision(asked), bar: Some(bar), floor, ..DECISION }
}

const fn tower(name: &'static str, asked: Asked) -> Row {
    Row {
        name,
        case: Case::Tower(asked),
        bar: Some(2_000),
        floor: Some(Case::RequestAlone(asked)),
        ..DECISION
    }
}

const fn request_alone(name: &'static str, asked: Asked) -> Row {
    Row { name, case: Case::RequestAlone(asked), ..DECISION }
}

/// Does the work of `case` so many times, at so many listed origins.
pub(crate) fn run(case: Case, listed: usize, turns: usize) {
    match case {
        Case::Decision(asked) => decide(asked, listed, turns),
        Case::Reason(asked) => decide_and_say_why(asked, listed, turns),
        Case::MapDecision(asked) => decide_over_map(asked, listed, turns),
        Case::RequestHandedOver => hand_over(turns),
        Case::Tower(asked) => call_service(asked, listed, turns),
        Case::RequestAlone(asked) => clone_request(asked, listed, turns),
        Case::Build => (0..turns).for_each(|_| drop(black_box(config(listed).build()))),
        Case::ConfigAlone => (0..turns).for_each(|_| drop(black_box(config(listed)))),
        Case::Browser(work) => browser::run(work, listed, turns),
    }
}

#[inline(never)]
fn decide(asked: Asked, listed: usize, turns: usize) {
    let (policy, method, headers) = (policy(listed), method(asked), headers(asked, listed));
    let (method, lines) = (method.as_str().as_bytes(), lines(&headers));
    for _ in 0..turns {
        black_box(&policy.answer(black_box(method), black_box(lines.as_slice())));
    }
}

#[inline(never)]
fn hand_over(turns: usize) {
    let (method, headers) = (method(Asked::Actual), headers(Asked::Actual, 1));
    let (method, lines) = (method.as_str().as_bytes(), lines(&headers));
    for _ in 0..turns {
        black_box(&(black_box(method), black_box(lines.as_slice())));
    }
}

#[inline(never)]
fn decide_and_say_why(asked: Asked, listed: usize, turns: usize) {
    let (policy, method, headers) = (policy(listed), method(asked), headers(asked, listed));
    let (method, lines) = (method.as_str().as_bytes(), lines(&headers));
    for _ in 0..turns {
        let answer = policy.answer(black_box(method), black_box(lines.as_slice()));
        black_box((answer.reason(), &answer));
    }
}

#[inline(never)]
fn decide_over_map(asked: Asked, listed: usize, turns: usize) {
    let (policy, method, headers) = (policy(listed), method(asked), headers(asked, listed));
    for _ in 0..turns {
        black_box(&policy.answer_http(black_box(&method), black_box(&headers)));
    }
}

#[inline(never)]
fn call_service(asked: Asked, listed: usize, turns: usize) {
    let mut service = CorsLayer::new(policy(listed)).layer(Nothing);
    let request = request(asked, listed);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..turns {
        let future = pin!(service.call(black_box(&request).clone()));
        let Poll::Ready(response) = future.poll(&mut context) else { panic!("not ready") };
        drop(black_box(response));
    }
}

#[inline(never)]
fn clone_request(asked: Asked, listed: usize, turns: usize) {
    let request = request(asked, listed);
    for _ in 0..turns {
        drop(black_box(black_box(&request).clone()));
    }
}

fn policy(listed: usize) -> Policy {
    config(listed).build().expect("a policy")
}

fn lines(headers: &HeaderMap) -> Vec<(&str, &[u8])> {
    headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect()
}

fn method(asked: Asked) -> Method {
    match asked {
        Asked::Actual | Asked::ActualRefused | Asked::NoOrigin | Asked::Labels => Method::GET,
        Asked::Preflight | Asked::PreflightRefused | Asked::Hostile(..) => Method::OPTIONS,
    }
}

fn headers(asked: Asked, listed: usize) -> HeaderMap {
    let origin = match asked {
        Asked::NoOrigin => None,
        Asked::ActualRefused | Asked::PreflightRefused => Some(shape::REFUSED_ORIGIN.into()),
        Asked::Labels => Some(format!("https://{}example.com", "a.".repeat(120))),
        Asked::Actual | Asked::Preflight | Asked::Hostile(..) => Some(shape::origin(listed - 1)),
    };
    let requested_headers = match asked {
        Asked::Hostile(piece, kibibytes) => Some(piece.repeat(kibibytes * 1_024 / piece.len())),
        _ => (method(asked) == Method::OPTIONS).then(|| shape::REQUESTED_HEADERS.into()),
    };
    shape::headers(origin.as_deref(), requested_headers.as_deref())
}

fn request(asked: Asked, listed: usize) -> Request<()> {
    shape::request(method(asked), headers(asked, listed))
}
