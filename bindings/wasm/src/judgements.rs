//! What browsers make of exchanges: scenarios, explanations, captures, and policies met by a browser.

use crate::json::{self, Entry, Misuse, Object, text};
use crate::policies;
use cors_engine::capture::{self, CapturedFetch, Explained, Format, Kind, Meant, Report};
use cors_engine::explain::{Answer, Classification, Evidence, Observed, classify};
use cors_engine::protocol::{Origin, is_token};
use cors_engine::scenario::{self, RequestDescription, Scenario, Step};
use cors_engine::verify::{Verification, VerifiedExchange};
use cors_engine::{CredentialsMode, Engine, Outcome, Request, RequestMode, console_messages};
use serde_json::{Map, Value, json};
use url::Url;

/// What the scenario expects is not looked at.
pub(crate) fn replay(replay: &mut Object) -> Result<Value, Misuse> {
    let engine = replay.entry("engine")?;
    let mut described: Object = replay.entry("scenario")?;
    let mut scenario = Scenario {
        name: described.entry("name")?,
        about: String::new(),
        steps: Vec::new(),
        differs: [].into(),
    };
    for mut step in described.entry::<Vec<Object>>("steps")? {
        scenario.steps.push(Step {
            advance_s: step.optional("advance_s")?.unwrap_or_default(),
            request: step.typed("request")?,
            server: step.typed::<Option<_>>("server")?.unwrap_or_default(),
            expect: None,
        });
    }
    Ok(serde_json::to_value(scenario::replay(engine, &scenario)).unwrap_or_default())
}

pub(crate) fn explain(seen: &mut Object) -> Result<Value, Misuse> {
    let request = match seen.typed::<RequestDescription>("request")?.to_request() {
        Ok(request) => request,
        Err(invalid) => return Ok(json::invalid(&invalid)),
    };
    let kind = match classify(&request) {
        Classification::SameOrigin => Kind::SameOrigin,
        Classification::NotCors if request.mode == RequestMode::NoCors => Kind::NoCorsFetch,
        Classification::NotCors => Kind::Load,
        Classification::Simple | Classification::Preflighted(_) => Kind::Cors,
    };
    let mut evidence = Evidence::from(observed(seen, "exchanges", &request)?);
    evidence.elsewhere = observed(seen, "elsewhere", &request)?;
    let mut fetch = CapturedFetch::new(request, kind);
    fetch.evidence = evidence;
    Ok(serde_json::to_value(Explained::of(fetch, None)).unwrap_or_default())
}

/// Exchanges that were seen, each `{"exchange", "url", "status", "headers", "remembered"}`: without a URL it is
/// the request's, and without a status no answer came.
fn observed(seen: &mut Object, key: &str, request: &Request) -> Result<Vec<Observed>, Misuse> {
    let exchanges: Vec<Object> = seen.optional(key)?.unwrap_or_default();
    let observed = |mut exchange: Object| {
        Ok(Observed {
            exchange: exchange.entry("exchange")?,
            url: exchange.optional("url")?.unwrap_or_else(|| request.url.clone()),
            answer: match exchange.optional("status")? {
                _ if exchange.optional("remembered")?.unwrap_or(false) => Answer::Remembered,
                Some(status) => {
                    Answer::Head { status, headers: exchange.optional("headers")?.unwrap_or_default() }
                }
                None => Answer::Failed,
            },
        })
    };
    exchanges.into_iter().map(observed).collect()
}

impl Entry for Url {
    fn of(value: Value) -> Result<Self, &'static str> {
        value.as_str().and_then(|text| Url::parse(text).ok()).ok_or("an absolute URL")
    }
}

impl Entry for CredentialsMode {
    fn of(value: Value) -> Result<Self, &'static str> {
        let modes = [CredentialsMode::Omit, CredentialsMode::SameOrigin, CredentialsMode::Include];
        modes.into_iter().find(|mode| value == mode.name()).ok_or("omit, same-origin or include")
    }
}

impl Entry for Format {
    fn of(value: Value) -> Result<Self, &'static str> {
        Ok(match value.as_str() {
            Some("har") => Format::Har,
            Some("curl-verbose") => Format::CurlVerbose,
            Some("curl-include") => Format::CurlInclude,
            Some("raw") => Format::Raw,
            _ => return Err("har, curl-verbose, curl-include or raw"),
        })
    }
}

/// `meant` is `{"origin", "url", "method", "headers", "credentials"}`, what the user says beside the capture.
pub(crate) fn explain_capture(capture: &mut Object) -> Result<Value, Misuse> {
    let text: String = capture.entry("text")?;
    let source = capture.optional("source")?.unwrap_or_else(|| String::from("The text"));
    let format = capture.optional("format")?;
    let mut said: Object = capture.optional("meant")?.unwrap_or_default();
    let origin: Option<String> = said.optional("origin")?;
    let url: Option<String> = said.optional("url")?;
    let mut meant = Meant {
        method: said.optional("method")?,
        headers: said.optional("headers")?.unwrap_or_default(),
        credentials: said.optional("credentials")?,
        ..Meant::default()
    };
    if let Err((code, words)) = complete(&mut meant, origin.as_deref(), url.as_deref()) {
        return Ok(unusable(code, None, &words));
    }
    Ok(match capture::read(text.as_bytes(), format, &meant) {
        Ok(read) => serde_json::to_value(Report::of(source, read)).unwrap_or_default(),
        Err(problem) => unusable(problem.kind().code(), problem.line(), problem.words()),
    })
}

/// What a person writes into fields: what is wrong with it has a code that names the field.
fn complete(
    meant: &mut Meant,
    origin: Option<&str>,
    url: Option<&str>,
) -> Result<(), (&'static str, String)> {
    let origin = origin.map(Origin::parse).transpose();
    let url = url.map(Url::parse).transpose();
    meant.url =
        url.map_err(|error| ("bad-url", format!("{error}; write it whole, such as https://api.example/v1")))?;
    if meant.url.as_ref().is_some_and(|url| !matches!(url.scheme(), "http" | "https")) {
        return Err(("bad-url", "only http and https URLs have CORS".into()));
    }
    if meant.method.as_ref().is_some_and(|method| !is_token(method.as_bytes())) {
        return Err(("bad-method", "not a method".into()));
    }
    meant.origin = origin.map_err(|error| ("bad-origin", error.to_string()))?;
    Ok(())
}

fn unusable(code: &str, line: Option<usize>, words: &str) -> Value {
    json!({ "unusable": { "code": code, "line": line, "words": words } })
}

pub(crate) fn verify(meeting: &mut Object) -> Result<Value, Misuse> {
    let request = match meeting.typed::<RequestDescription>("request")?.to_request() {
        Ok(request) => request,
        Err(invalid) => return Ok(json::invalid(&invalid)),
    };
    policies::with(meeting.entry("policy")?, |policy| {
        let mut engines = Map::new();
        for engine in Engine::ALL {
            let verdict = match cors_engine::verify::verify(policy, engine, &request) {
                Ok(verification) => described(&verification),
                Err(invalid) => json::invalid(&invalid),
            };
            engines.insert(engine.name().into(), verdict);
        }
        json!({ "engines": engines })
    })
}

fn described(verification: &Verification) -> Value {
    let exchanges: Value = verification.exchanges.iter().map(described_exchange).collect();
    let mut value = json!({
        "verdict": if verification.allowed() { "allowed" } else { "blocked" },
        "meant": verification.meant,
        "exchanges": exchanges,
    });
    match &verification.outcome {
        Outcome::Response(response) => {
            value["type"] = response.response_type.name().into();
            value["status"] = response.status.into();
        }
        Outcome::NetworkError(blocked) => {
            value["reason"] = blocked.reason.code().into();
            value["words"] = blocked.reason.words().into();
            value["console"] = console_messages(blocked).into();
        }
    }
    value
}

fn described_exchange(exchange: &VerifiedExchange) -> Value {
    json!({
        "exchange": json::exchange(exchange.exchange),
        "method": text(&exchange.method),
        "request": json::header_list(&exchange.request),
        "reason": exchange.reason.code(),
        "status": exchange.status,
        "response": json::header_list(&exchange.response),
    })
}
