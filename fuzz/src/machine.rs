//! One fetch against the naive transcription of the standard, and the state machine of every engine when it is
//! called in any order.

use crate::bound::Bound;
use crate::naive;
use crate::vocabulary::{
    METHODS, RESPONSE_HEADERS, RESPONSE_VALUES, bytes, request_lines, response_lines, status, word,
};
use arbitrary::{Result, Unstructured};
use cors_engine::protocol::request_header::{self, SafelistRules};
use cors_engine::protocol::{HeaderLines, Headers, Origin, is_token, method};
use cors_engine::{
    CredentialsMode, Engine, Exchange, Fetch, Outcome, PreflightCache, Reason, Request, ResponseHead, Step,
    console_messages, cors_check, exposed_headers, needs_preflight, preflight_check,
};
use std::time::Duration;

const BOUND: Bound = Bound::of(256 * 1024, 2_000);

const PAGE: &str = "https://a.test";

/// A request, and the answers to its preflight and to itself.
#[derive(Debug)]
struct Plan {
    method: String,
    headers: Vec<(String, String)>,
    credentials: CredentialsMode,
    preflight: Answer,
    actual: Answer,
    calls: Vec<Call>,
}

#[derive(Debug)]
struct Answer {
    status: u16,
    headers: Vec<(Vec<u8>, Vec<u8>)>,
}

#[derive(Clone, Copy, Debug, arbitrary::Arbitrary)]
enum Call {
    Start,
    ReceivePreflight,
    ReceiveActual,
    Fail,
    Later(u16),
}

pub fn check(input: &[u8]) {
    let Ok(plan) = plan(&mut Unstructured::new(input)) else { return };
    BOUND.hold(input.len(), || {
        agree_with_the_standard(&plan);
        for engine in Engine::ALL {
            call_in_any_order(engine, &plan);
        }
    });
}

fn plan(u: &mut Unstructured<'_>) -> Result<Plan> {
    let credentials =
        *u.choose(&[CredentialsMode::Omit, CredentialsMode::SameOrigin, CredentialsMode::Include])?;
    Ok(Plan {
        method: word(u, METHODS)?,
        headers: request_lines(u, 5)?,
        credentials,
        preflight: answer(u)?,
        actual: answer(u)?,
        calls: (0..u.int_in_range(0..=8)?).map(|_| u.arbitrary()).collect::<Result<_>>()?,
    })
}

/// An answer that is often a good one but for a line.
fn answer(u: &mut Unstructured<'_>) -> Result<Answer> {
    let mut lines = Vec::new();
    if u.ratio(3, 4)? {
        let mut add = |name: &str, values: &[&str], u: &mut Unstructured<'_>| -> Result<()> {
            lines.push((name.to_owned(), (*u.choose(values)?).to_owned()));
            Ok(())
        };
        add("access-control-allow-origin", &["*", PAGE], u)?;
        add("access-control-allow-credentials", &["true", "True"], u)?;
        add("access-control-allow-methods", &["*", "PUT", "PUT, PATCH, patch,DELETE"], u)?;
        add("access-control-allow-headers", &["*", "x-a", "authorization,*", "content-type, X-A ,range"], u)?;
    }
    lines.extend(response_lines(u, 4)?);
    if u.ratio(1, 8)? {
        lines.push((word(u, RESPONSE_HEADERS)?, word(u, RESPONSE_VALUES)?));
    }
    let is_line = |(name, value): &(Vec<u8>, Vec<u8>)| {
        is_token(name) && !value.iter().any(|byte| byte.is_ascii_control())
    };
    let headers = lines.iter().map(|(name, value)| (bytes(name), bytes(value))).filter(is_line).collect();
    let status = if u.ratio(3, 4)? { 200 } else { status(u)? };
    Ok(Answer { status, headers })
}

fn request(plan: &Plan) -> Request {
    let mut request = Request::fetch(PAGE, "https://b.test/x").expect("a request");
    request.method = bytes(&plan.method).into();
    request.credentials = plan.credentials;
    request.headers = plan.headers.iter().map(|(name, value)| (bytes(name), bytes(value))).collect();
    request
}

fn naive_headers(answer: &Answer) -> naive::Headers {
    let lower = |name: &[u8]| String::from_utf8_lossy(name).to_ascii_lowercase();
    answer.headers.iter().map(|(name, value)| (lower(name), value.clone())).collect()
}

fn agree_with_the_standard(plan: &Plan) {
    let request = request(plan);
    let include = plan.credentials == CredentialsMode::Include;
    let (preflight, actual) = (naive_headers(&plan.preflight), naive_headers(&plan.actual));
    let origin = Origin::parse(PAGE).expect("an origin");
    assert_eq!(
        cors_check(Engine::Spec, &origin, plan.credentials, &Headers::of(&plan.actual.headers)).is_ok(),
        naive::cors_check(PAGE.as_bytes(), include, &actual),
        "{plan:?}"
    );
    let Ok(fetch) = Fetch::new(Engine::Spec, request.clone()) else { return };
    let method = method::normalize(&request.method);
    let sent: Vec<(&[u8], &[u8])> = request
        .headers
        .lines()
        .map(|(name, value)| (name, request_header::normalize_value(value)))
        .filter(|(name, value)| !request_header::is_forbidden(name, value))
        .collect();
    let mut names: Vec<Vec<u8>> = SafelistRules::STANDARD
        .cors_unsafe_names(sent.iter().copied())
        .map(<[u8]>::to_ascii_lowercase)
        .collect();
    names.sort();
    names.dedup();
    let preflighted = !names.is_empty() || !method::is_cors_safelisted(method);
    assert_eq!(
        needs_preflight(Engine::Spec, &request).map(|needed| needed.is_needed()),
        Ok(preflighted),
        "{plan:?}"
    );

    let passes =
        naive::preflight_passes(PAGE.as_bytes(), include, method, &names, plan.preflight.status, &preflight);
    let head = ResponseHead::new(plan.preflight.status, &plan.preflight.headers);
    assert_eq!(preflight_check(Engine::Spec, &request, &head).is_ok(), passes, "{plan:?}");

    // Redirects and second tries are the business of scenarios.
    if matches!(plan.actual.status, 301 | 302 | 303 | 307 | 308 | 407 | 421) || plan.preflight.status == 421 {
        return;
    }
    let readable = (!preflighted || passes) && naive::cors_check(PAGE.as_bytes(), include, &actual);
    assert_eq!(run(fetch, plan, preflighted), readable, "{plan:?}");
}

/// Runs a fetch to its end; whether script gets the response.
fn run(mut fetch: Fetch, plan: &Plan, preflighted: bool) -> bool {
    let (mut cache, now) = (PreflightCache::default(), Duration::ZERO);
    let mut expected = if preflighted { Exchange::Preflight } else { Exchange::Actual };
    let mut step = fetch.start(&mut cache, now);
    loop {
        match step {
            Step::Send(outgoing) => {
                assert_eq!(outgoing.exchange(), expected, "{plan:?}");
                let answer = if expected == Exchange::Preflight { &plan.preflight } else { &plan.actual };
                expected = Exchange::Actual;
                step = fetch.receive(&ResponseHead::new(answer.status, &answer.headers), &mut cache, now);
            }
            Step::Done(Outcome::Response(_)) => return true,
            Step::Done(Outcome::NetworkError(_)) => return false,
        }
    }
}

/// Calls in any order end in an outcome that nothing changes any more.
fn call_in_any_order(engine: Engine, plan: &Plan) {
    let request = request(plan);
    let is_classified = needs_preflight(engine, &request).is_ok();
    let Ok(mut fetch) = Fetch::new(engine, request) else {
        assert!(!is_classified, "{engine:?} throws what it can classify: {plan:?}");
        return;
    };
    let mut cache = PreflightCache::with_limits(4, 4_096);
    let mut now = Duration::ZERO;
    let mut ended: Option<Ending> = None;
    for &call in &plan.calls {
        let step = match call {
            Call::Start => fetch.start(&mut cache, now),
            Call::ReceivePreflight | Call::ReceiveActual => {
                let answer = if matches!(call, Call::ReceiveActual) { &plan.actual } else { &plan.preflight };
                fetch.receive(&ResponseHead::new(answer.status, &answer.headers), &mut cache, now)
            }
            Call::Fail => fetch.fail(&mut cache),
            Call::Later(seconds) => {
                now = now.saturating_add(Duration::from_secs(seconds.into()));
                continue;
            }
        };
        match step {
            Step::Done(outcome) => {
                let ending = ending(outcome);
                assert!(ended.as_ref().is_none_or(|earlier| *earlier == ending), "{engine:?}: {plan:?}");
                ended = Some(ending);
            }
            Step::Send(outgoing) => {
                assert!(ended.is_none(), "{engine:?} goes on after its end: {plan:?}");
                let asked = outgoing.access_control_request_method().is_some();
                assert_eq!(asked, outgoing.exchange() == Exchange::Preflight);
                assert!(outgoing.headers().count() <= plan.headers.len() + 4);
            }
        }
        assert!(cache.len() <= 4);
    }
    let head = ResponseHead::new(plan.actual.status, &plan.actual.headers);
    let exposed = exposed_headers(engine, plan.credentials, &head.headers);
    let names = exposed.names(&head.headers);
    assert!(
        names.iter().all(|name| head.headers.contains(name.as_bytes()) && exposed.contains(name.as_bytes()))
    );
    assert!(plan.actual.headers.header_lines().count() >= names.len());
}

/// How a fetch ended, to be compared.
#[derive(Debug, PartialEq)]
enum Ending {
    Response(u16),
    NetworkError(Reason, Vec<String>),
}

fn ending(outcome: &Outcome) -> Ending {
    match outcome {
        Outcome::Response(response) => Ending::Response(response.status),
        Outcome::NetworkError(blocked) => {
            assert!(blocked.to_string().contains(blocked.reason.code()));
            Ending::NetworkError(blocked.reason, console_messages(blocked))
        }
    }
}
