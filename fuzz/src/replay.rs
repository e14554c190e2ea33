//! Scenarios in every engine: they end, what went over the wire and the verdict belong together, and the same
//! scenario has the same end. An input that begins like JSON is a scenario as it is written down; any other is
//! made into one.

use crate::bound::Bound;
use crate::naive;
use crate::vocabulary::{
    METHODS, ORIGINS, STATUSES, URLS, bytes, request_lines, response_lines, status, word, words,
};
use arbitrary::{Result, Unstructured};
use cors_engine::explain::{Answer as Seen, Evidence, Observed, explain};
use cors_engine::protocol::Origin;
use cors_engine::scenario::{
    Answer, Answers, BodyDescription, Observation, Outcome, RequestDescription, Scenario, Step, WireEntry,
    WireKind, replay,
};
use cors_engine::{CacheMode, CredentialsMode, Engine, Exchange, RedirectMode, RequestMode};
use std::collections::BTreeMap;
use std::time::Duration;
use url::Url;

// The advice can play the most exchanges there are 256 times over: 21,504 of them, each with a kilobyte or so and some
// 10 us where it is instrumented.
const BOUND: Bound =
    Bound::of(32 << 20, 20_000).with_time(Duration::from_millis(300), Duration::from_micros(5));

/// Twenty redirects, each with a preflight, and each exchange once more over a new connection.
const MOST_EXCHANGES: usize = 84;

pub fn check(input: &[u8]) {
    let scenario = match input.first() {
        Some(b'{') => serde_json::from_slice(input).ok(),
        _ => made(&mut Unstructured::new(input)).ok(),
    };
    let Some(scenario) = scenario else { return };
    BOUND.hold(input.len(), || check_scenario(&scenario));
}

fn made(u: &mut Unstructured<'_>) -> Result<Scenario> {
    let steps = (0..u.int_in_range(1..=3)?).map(|_| step(u)).collect::<Result<_>>()?;
    Ok(Scenario { name: "made".to_owned(), about: String::new(), steps, differs: BTreeMap::new() })
}

fn step(u: &mut Unstructured<'_>) -> Result<Step> {
    let request = request(u)?;
    let mut server = BTreeMap::new();
    server.insert(request.url.clone(), answers(u)?);
    for url in words(u, URLS, 4)? {
        server.insert(url, answers(u)?);
    }
    for url in ["http://b.test/x", "https://c.test/", "https://c.test:8443/"] {
        if u.ratio(1, 2)? {
            server.insert(url.to_owned(), answers(u)?);
        }
    }
    Ok(Step {
        advance_s: *u.choose(&[0.0, 0.0, 1.0, 4.9, 601.0, 86_400.0, 1e300])?,
        request,
        server,
        expect: None,
    })
}

fn request(u: &mut Unstructured<'_>) -> Result<RequestDescription> {
    let body = match u.int_in_range(0..=9)? {
        0 => Some(BodyDescription::Text("x".to_owned())),
        1 => Some(BodyDescription::BytesLen(u.arbitrary()?)),
        2 => Some(BodyDescription::Stream(true)),
        3 => Some(BodyDescription::Form(true)),
        4 => Some(BodyDescription::Urlencoded(true)),
        5 => Some(BodyDescription::BlobType(word(u, &["", "text/plain", "a/b;c", "caf\u{e9}/x"])?)),
        _ => None,
    };
    let mostly = |u: &mut Unstructured<'_>| u.ratio(3, 4);
    Ok(RequestDescription {
        origin: Origin::parse(&word(u, ORIGINS)?).unwrap_or(Origin::Opaque),
        url: word(u, URLS)?,
        method: word(u, METHODS)?,
        mode: if mostly(u)? {
            RequestMode::Cors
        } else {
            *u.choose(&[RequestMode::NoCors, RequestMode::SameOrigin, RequestMode::Navigate])?
        },
        credentials: *u.choose(&[
            CredentialsMode::Omit,
            CredentialsMode::SameOrigin,
            CredentialsMode::Include,
        ])?,
        redirect: if mostly(u)? {
            RedirectMode::Follow
        } else {
            *u.choose(&[RedirectMode::Error, RedirectMode::Manual])?
        },
        cache: *u.choose(&[
            CacheMode::Default,
            CacheMode::Default,
            CacheMode::NoStore,
            CacheMode::OnlyIfCached,
        ])?,
        headers: request_lines(u, 4)?,
        body,
        upload_listener: u.ratio(1, 16)?,
    })
}

fn answers(u: &mut Unstructured<'_>) -> Result<Answers> {
    let preflight = if u.ratio(3, 4)? { Some(answer(u)?) } else { None };
    let actual = if u.ratio(7, 8)? { Some(answer(u)?) } else { None };
    Ok(Answers { preflight, actual })
}

fn answer(u: &mut Unstructured<'_>) -> Result<Answer> {
    let mut headers = Vec::new();
    let generous = u.ratio(3, 4)?;
    if generous {
        let origin = *u.choose(&["*", "https://a.test", "null"])?;
        for (name, value) in [
            ("access-control-allow-origin", origin),
            ("access-control-allow-credentials", "true"),
            ("access-control-allow-methods", "PUT, PATCH, DELETE, *"),
            ("access-control-allow-headers", "x-a, content-type, authorization, *"),
        ] {
            headers.push((name.to_owned(), value.to_owned()));
        }
    }
    headers.extend(response_lines(u, 4)?);
    let status = if generous { *u.choose(&STATUSES[..9])? } else { status(u)? };
    Ok(Answer { status, headers })
}

fn check_scenario(scenario: &Scenario) {
    for engine in Engine::ALL {
        let replayed = replay(engine, scenario);
        assert_eq!(replayed.steps.len(), scenario.steps.len());
        for (step, observed) in scenario.steps.iter().zip(&replayed.steps) {
            check_observation(engine, step, observed);
        }
        assert!(replay(engine, scenario) == replayed, "{engine:?} decides the same twice: {scenario:?}");
    }
    let written = serde_json::to_string(scenario).expect("a scenario can be written down");
    let read: Scenario = serde_json::from_str(&written).expect("what was written can be read");
    assert!(replay(Engine::Spec, &read) == replay(Engine::Spec, scenario), "{written}");
}

fn check_observation(engine: Engine, step: &Step, observed: &Observation) {
    let shown = || format!("{engine:?}: {observed:?} of {step:?}");
    let wire = observed.wire.as_deref().unwrap_or_default();
    assert!(wire.len() <= MOST_EXCHANGES, "{}", shown());
    for (place, entry) in wire.iter().enumerate() {
        let preflight = entry.kind == WireKind::Preflight;
        assert_eq!(entry.acrm.as_ref().is_some_and(Option::is_some), preflight, "{}", shown());
        assert!(
            !preflight || entry.method == "OPTIONS" && matches!(entry.origin, Some(Some(_))),
            "{}",
            shown()
        );
        // The request that a preflight asked for follows it to the same place.
        if let (true, Some(next)) = (preflight, wire.get(place + 1)) {
            let asked = entry.acrm.clone().flatten();
            let repeated = next.kind == WireKind::Preflight && next == entry;
            let follows = next.url == entry.url && Some(&next.method) == asked.as_ref();
            assert!(repeated || follows, "{}", shown());
        }
    }
    match observed.outcome {
        Some(Outcome::InvalidRequest) => assert!(wire.is_empty() && observed.reason.is_some(), "{}", shown()),
        Some(Outcome::NetworkError) => {
            assert!(observed.reason.is_some() && observed.status.is_none(), "{}", shown())
        }
        Some(Outcome::Response) => check_response(engine, step, observed, wire),
        None => panic!("no outcome: {}", shown()),
    }
    explained(step, wire);
}

fn check_response(engine: Engine, step: &Step, observed: &Observation, wire: &[WireEntry]) {
    let shown = || format!("{engine:?}: {observed:?} of {step:?}");
    assert!(observed.reason.is_none() && observed.console.is_empty(), "{}", shown());
    assert!(wire.last().is_none_or(|entry| entry.kind == WireKind::Actual), "{}", shown());
    let response_type = observed.response_type.as_deref().unwrap_or_default();
    if matches!(response_type, "opaque" | "opaqueredirect") {
        assert!(
            observed.exposed.as_ref().is_none_or(Vec::is_empty) && observed.status == Some(0),
            "{}",
            shown()
        );
    }
    let (Some(last), "cors", Engine::Spec) = (wire.last(), response_type, engine) else { return };
    // Script reads what passed the CORS check.
    let answer = answer_to(step, last);
    let lower = |name: &str| name.to_ascii_lowercase();
    let is_plain = |value: &[u8]| !value.iter().any(u8::is_ascii_control);
    let lines: naive::Headers =
        answer.headers.iter().map(|(name, value)| (lower(name), bytes(value))).collect();
    if lines.iter().all(|(_, value)| is_plain(value)) {
        let origin = last.origin.clone().flatten().unwrap_or_default();
        let include = step.request.credentials == CredentialsMode::Include;
        assert!(naive::cors_check(origin.as_bytes(), include, &lines), "{}", shown());
    }
    for name in observed.exposed.iter().flatten() {
        assert!(lines.iter().any(|(line, _)| line == name), "{name} is exposed: {}", shown());
    }
}

/// What the server of a step answered.
fn answer_to(step: &Step, entry: &WireEntry) -> Answer {
    let bare = |text: &str| {
        let mut url = Url::parse(text).ok()?;
        url.set_fragment(None);
        let _ = url.set_username("");
        let _ = url.set_password(None);
        Some(String::from(url))
    };
    let place = bare(&entry.url);
    let found = step.server.iter().rfind(|(url, _)| bare(url) == place);
    let answer = found.and_then(|(_, answers)| match entry.kind {
        WireKind::Preflight => answers.preflight.clone(),
        WireKind::Actual => answers.actual.clone(),
    });
    answer.unwrap_or(Answer { status: 404, headers: Vec::new() })
}

/// Explaining says something about everything.
fn explained(step: &Step, wire: &[WireEntry]) {
    let Ok(request) = step.request.to_request() else { return };
    let exchanges = wire.iter().filter_map(|entry| {
        let answer = answer_to(step, entry);
        let headers: Vec<_> =
            answer.headers.iter().map(|(name, value)| (bytes(name), bytes(value))).collect();
        Some(Observed {
            exchange: match entry.kind {
                WireKind::Preflight => Exchange::Preflight,
                WireKind::Actual => Exchange::Actual,
            },
            url: Url::parse(&entry.url).ok()?,
            answer: Seen::head(answer.status, &headers),
        })
    });
    let explanation = explain(&request, &Evidence::from(exchanges.collect::<Vec<_>>()));
    assert_eq!(explanation.judgements.len(), Engine::ALL.len());
    for cause in &explanation.causes {
        assert!(!cause.words().is_empty());
        let _ = cause.remedy();
    }
    for change in &explanation.advice.answers {
        assert!(change.lines().all(|line| !line.contains(['\r', '\n'])), "{change:?}");
    }
}
