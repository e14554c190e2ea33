//! What browsers make of exchanges: scenarios, explanations, captures, and policies met by a browser.

use crate::json::{self, Lines, text};
use crate::policies;
use cors_engine::capture::{self, CapturedFetch, Explained, Format, Kind, Meant, Report};
use cors_engine::explain::{Answer, Classification, Evidence, Observed, classify};
use cors_engine::protocol::{Origin, is_token};
use cors_engine::scenario::{self, RequestDescription, Scenario};
use cors_engine::verify::{Verification, VerifiedExchange};
use cors_engine::{CredentialsMode, Engine, Exchange, Outcome, Request, RequestMode, console_messages};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use url::Url;

/// A scenario, and who plays it.
#[derive(Deserialize)]
pub(crate) struct Replay {
    #[serde(deserialize_with = "json::engine")]
    engine: Engine,
    scenario: Scenario,
}

pub(crate) fn replay(replay: &Replay) -> Value {
    serde_json::to_value(scenario::replay(replay.engine, &replay.scenario)).unwrap_or_default()
}

/// A request, and what was seen of it.
#[derive(Deserialize)]
pub(crate) struct Seen {
    request: RequestDescription,
    #[serde(default)]
    exchanges: Vec<SeenExchange>,
    /// Exchanges of other fetches of the same resource.
    #[serde(default)]
    elsewhere: Vec<SeenExchange>,
}

#[derive(Deserialize)]
struct SeenExchange {
    exchange: ExchangeName,
    /// The URL that was asked; the request's when it is not said.
    #[serde(default, deserialize_with = "json::url")]
    url: Option<Url>,
    /// `null` when no answer came.
    status: Option<u16>,
    #[serde(default)]
    headers: Lines,
    /// Whether it was not sent because an earlier answer was still remembered.
    #[serde(default)]
    remembered: bool,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum ExchangeName {
    Preflight,
    Actual,
}

impl SeenExchange {
    fn observed(self, request: &Request) -> Observed {
        Observed {
            exchange: match self.exchange {
                ExchangeName::Preflight => Exchange::Preflight,
                ExchangeName::Actual => Exchange::Actual,
            },
            url: self.url.unwrap_or_else(|| request.url.clone()),
            answer: match self.status {
                _ if self.remembered => Answer::Remembered,
                Some(status) => Answer::Head { status, headers: self.headers.0 },
                None => Answer::Failed,
            },
        }
    }
}

pub(crate) fn explain(seen: Seen) -> Value {
    let request = match seen.request.to_request() {
        Ok(request) => request,
        Err(invalid) => return json!({ "invalid": json::invalid(&invalid) }),
    };
    let kind = match classify(&request) {
        Classification::SameOrigin => Kind::SameOrigin,
        Classification::NotCors if request.mode == RequestMode::NoCors => Kind::NoCorsFetch,
        Classification::NotCors => Kind::Load,
        Classification::Simple | Classification::Preflighted(_) => Kind::Cors,
    };
    let observed = |exchanges: Vec<SeenExchange>| -> Vec<Observed> {
        exchanges.into_iter().map(|exchange| exchange.observed(&request)).collect()
    };
    let mut evidence = Evidence::from(observed(seen.exchanges));
    evidence.elsewhere = observed(seen.elsewhere);
    let mut fetch = CapturedFetch::new(request, kind);
    fetch.evidence = evidence;
    serde_json::to_value(Explained::of(fetch, None)).unwrap_or_default()
}

/// A capture as a text.
#[derive(Deserialize)]
pub(crate) struct CaptureText {
    text: String,
    #[serde(default = "pasted")]
    source: String,
    /// `null` for the format that it seems to have.
    format: Option<FormatName>,
    #[serde(default)]
    meant: MeantRequest,
}

fn pasted() -> String {
    "The text".into()
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum FormatName {
    Har,
    CurlVerbose,
    CurlInclude,
    Raw,
}

/// What the user says about the request, beside what the capture shows.
#[derive(Default, Deserialize)]
#[serde(default)]
struct MeantRequest {
    origin: Option<String>,
    url: Option<String>,
    method: Option<String>,
    headers: Lines,
    credentials: Option<CredentialsMode>,
}

pub(crate) fn explain_capture(capture: &CaptureText) -> Value {
    let format = capture.format.map(|name| match name {
        FormatName::Har => Format::Har,
        FormatName::CurlVerbose => Format::CurlVerbose,
        FormatName::CurlInclude => Format::CurlInclude,
        FormatName::Raw => Format::Raw,
    });
    let meant = match capture.meant.read() {
        Ok(meant) => meant,
        Err((code, words)) => return unusable(code, None, &words),
    };
    match capture::read(capture.text.as_bytes(), format, &meant) {
        Ok(read) => serde_json::to_value(Report::of(&*capture.source, read)).unwrap_or_default(),
        Err(problem) => unusable(problem.kind().code(), problem.line(), problem.words()),
    }
}

impl MeantRequest {
    /// What a person writes into fields: what is wrong with it has a code that names the field.
    fn read(&self) -> Result<Meant, (&'static str, String)> {
        let origin = self.origin.as_deref().map(Origin::parse).transpose();
        let url = self.url.as_deref().map(Url::parse).transpose();
        let url = url.map_err(|error| {
            ("bad-url", format!("{error}; write it whole, such as https://api.example/v1"))
        })?;
        if url.as_ref().is_some_and(|url| !matches!(url.scheme(), "http" | "https")) {
            return Err(("bad-url", "only http and https URLs have CORS".into()));
        }
        if self.method.as_ref().is_some_and(|method| !is_token(method.as_bytes())) {
            return Err(("bad-method", "not a method".into()));
        }
        Ok(Meant {
            origin: origin.map_err(|error| ("bad-origin", error.to_string()))?,
            url,
            method: self.method.clone(),
            headers: self.headers.0.clone(),
            credentials: self.credentials,
        })
    }
}

fn unusable(code: &str, line: Option<usize>, words: &str) -> Value {
    json!({ "unusable": { "code": code, "line": line, "words": words } })
}

/// A policy, and a browser that comes with a request.
#[derive(Deserialize)]
pub(crate) struct Meeting {
    policy: usize,
    request: RequestDescription,
}

pub(crate) fn verify(meeting: &Meeting) -> Value {
    let request = match meeting.request.to_request() {
        Ok(request) => request,
        Err(invalid) => return json!({ "invalid": json::invalid(&invalid) }),
    };
    let verified = policies::with(meeting.policy, |policy| {
        let mut engines = Map::new();
        for engine in Engine::ALL {
            let verdict = match cors_engine::verify::verify(policy, engine, &request) {
                Ok(verification) => described(&verification),
                Err(invalid) => json!({ "verdict": "thrown", "invalid": json::invalid(&invalid) }),
            };
            engines.insert(engine.name().into(), verdict);
        }
        json!({ "engines": engines })
    });
    verified.unwrap_or_else(|| json::misuse("there is no such policy"))
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
