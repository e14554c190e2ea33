//! The advice works: for every scenario of the corpus that a browser blocks, the server that follows the advice
//! is allowed, and nothing dangerous is ever advised.

use cors_engine::explain::{Advice, Answer, AnswerAdvice, Evidence, Observed, explain};
use cors_engine::protocol::HeaderList;
use cors_engine::scenario::{self, Scenario, Step, WireKind, replay};
use cors_engine::{CredentialsMode, Engine, Exchange, Reason, Request};
use std::collections::BTreeMap;
use std::path::Path;
use url::Url;

/// More rounds than hops: a round shows what the server answers behind the refusal that the last one repaired.
const ROUNDS: usize = 30;

/// What no response header repairs: the page's own choices, and what the network does.
const NOT_BY_HEADERS: [&str; 8] = [
    "cross-origin-in-same-origin-mode",
    "location-not-http",
    "no-cors-redirect-mode",
    "proxy-authentication-required",
    "redirect-mode-error",
    "redirect-with-stream-body",
    "scheme-not-http",
    "too-many-redirects",
];

fn corpus() -> Vec<Scenario> {
    ["wpt.jsonl", "chromium-unit.jsonl", "others.jsonl"]
        .iter()
        .flat_map(|file| {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus").join(file);
            let text = std::fs::read_to_string(path).unwrap();
            text.lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<Scenario>>()
        })
        .collect()
}

/// One step of a scenario as a scenario of its own.
fn alone(scenario: &Scenario, step: &Step) -> Scenario {
    Scenario { steps: vec![step.clone()], differs: BTreeMap::new(), ..scenario.clone() }
}

fn answers<'a>(step: &'a mut Step, exchange: Exchange, url: &Url) -> &'a mut scenario::Answer {
    let key = |text: &str| Url::parse(text).map_or_else(|_| text.to_owned(), |url| bare(&url));
    let wanted = bare(url);
    let existing = step.server.keys().find(|text| key(text) == wanted).cloned();
    let answers = step.server.entry(existing.unwrap_or(wanted)).or_default();
    let answer = match exchange {
        Exchange::Preflight => &mut answers.preflight,
        Exchange::Actual => &mut answers.actual,
    };
    answer.get_or_insert_with(|| scenario::Answer { status: 404, headers: Vec::new() })
}

fn bare(url: &Url) -> String {
    let mut url = url.clone();
    url.set_fragment(None);
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.into()
}

fn bytes(text: &str) -> Vec<u8> {
    text.chars().map(|character| u8::try_from(u32::from(character)).unwrap()).collect()
}

fn text(bytes: &[u8]) -> String {
    bytes.iter().map(|&byte| char::from(byte)).collect()
}

/// What `engine` gets to see of the step's server.
fn evidence(engine: Engine, scenario: &mut Scenario) -> Evidence {
    let wire = replay(engine, scenario).steps[0].wire.clone().unwrap_or_default();
    let observed = wire.iter().map(|entry| {
        let exchange = match entry.kind {
            WireKind::Preflight => Exchange::Preflight,
            WireKind::Actual => Exchange::Actual,
        };
        let url = Url::parse(&entry.url).unwrap();
        let answer = answers(&mut scenario.steps[0], exchange, &url);
        let headers: Vec<_> =
            answer.headers.iter().map(|(name, value)| (bytes(name), bytes(value))).collect();
        Observed { exchange, answer: Answer::head(answer.status, &headers), url }
    });
    Evidence::from(observed.collect::<Vec<_>>())
}

fn follow(advice: &Advice, step: &mut Step) {
    for change in &advice.answers {
        let answer = answers(step, change.exchange, &change.url);
        let headers: HeaderList =
            answer.headers.iter().map(|(name, value)| (bytes(name), bytes(value))).collect();
        let (status, headers) = change.apply(answer.status, &headers);
        answer.status = status;
        answer.headers = headers.lines().map(|(name, value)| (text(name), text(value))).collect();
    }
}

fn assert_harmless(change: &AnswerAdvice, step: &Step) {
    let with_credentials = step.request.credentials == CredentialsMode::Include;
    for (name, value) in &change.set {
        let lists_wildcard = value.split(", ").any(|element| element == "*");
        assert!(!(*name == "Access-Control-Allow-Origin" && value == "null"), "{name}: {value}");
        assert!(!(with_credentials && lists_wildcard && *name != "Vary"), "{name}: {value}");
    }
}

/// Follows the advice until `engine` and all others allow the fetch; the reason when no header can.
fn repair(scenario: &mut Scenario) -> Result<(), Reason> {
    let name = scenario.name.clone();
    let Ok(request) = scenario.steps[0].request.to_request() else { return Ok(()) };
    for _ in 0..ROUNDS {
        let Some(engine) = Engine::ALL.into_iter().find(|&engine| !allows(engine, scenario)) else {
            return Ok(());
        };
        let advice = explain(&request, &evidence(engine, scenario)).advice;
        if let Some((_, reason)) = advice.remaining.iter().find(|(stuck, _)| *stuck == engine) {
            return Err(*reason);
        }
        assert!(!advice.answers.is_empty(), "{name}: {engine:?} blocks and nothing is advised");
        for change in &advice.answers {
            assert_harmless(change, &scenario.steps[0]);
        }
        follow(&advice, &mut scenario.steps[0]);
    }
    panic!("{name}: {ROUNDS} rounds of advice did not help");
}

fn allows(engine: Engine, scenario: &Scenario) -> bool {
    replay(engine, scenario).steps[0].outcome == Some(scenario::Outcome::Response)
}

#[test]
fn the_advice_works_on_every_blocked_scenario() {
    let mut repaired = 0;
    for scenario in corpus() {
        for (index, step) in scenario.steps.iter().enumerate() {
            let mut single = alone(&scenario, step);
            if replay(Engine::Spec, &single).steps[0].outcome != Some(scenario::Outcome::NetworkError) {
                continue;
            }
            match repair(&mut single) {
                Ok(()) => repaired += 1,
                Err(reason) => {
                    assert!(
                        NOT_BY_HEADERS.contains(&reason.code()),
                        "{} step {index}: {}",
                        scenario.name,
                        reason.code()
                    );
                }
            }
        }
    }
    assert!(repaired > 200, "only {repaired} scenarios were repaired");
}

#[test]
fn an_origin_that_is_anybodys_is_never_allowed_with_credentials() {
    let line = r#"{"name": "null", "steps": [{
        "request": {"origin": "null", "url": "https://api.test/", "credentials": "include"},
        "server": {"https://api.test/": {"actual": {"status": 200}}}}]}"#;
    let mut scenario: Scenario = serde_json::from_str(line).unwrap();
    assert_eq!(repair(&mut scenario), Err(Reason::MissingAllowOrigin));
    assert!(scenario.steps[0].server["https://api.test/"].actual.as_ref().unwrap().headers.is_empty());
}

#[test]
fn no_advice_breaks_out_of_its_line() {
    let request = Request::fetch("https://app.test", "https://app.test/").unwrap();
    for (locations, advised) in [(["\r/a", "\r/b"], Some("/a")), (["/a\r\nX: a", "/b\r\nX: b"], None)] {
        let answer = Answer::head(302, &locations.map(|location| ("Location", location)));
        let url = request.url.clone();
        let evidence = Evidence::from(vec![Observed { exchange: Exchange::Actual, url, answer }]);
        let advice = explain(&request, &evidence).advice;
        let set = advice.answers.iter().flat_map(|answer| answer.set.first());
        assert!(set.map(|(_, value)| &value[..]).eq(advised), "{:?}", advice.answers);
    }
}
