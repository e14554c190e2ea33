//! The browser half, through JSON: a question in the words of scenarios, an answer in stable codes.

use cors_engine::explain::{Advice, Answer, Classification, Evidence, Judgement, Observed, Verdict, explain};
use cors_engine::protocol::HeaderList;
use cors_engine::scenario::{self, RequestDescription, Scenario};
use cors_engine::{Engine, Exchange, console_messages};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use url::Url;

use crate::lines;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    request: RequestDescription,
    exchanges: Vec<Seen>,
}

/// An exchange that was seen; without a status, the connection failed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Seen {
    preflight: bool,
    url: String,
    status: Option<u16>,
    #[serde(default)]
    headers: Vec<(String, String)>,
}

/// What browsers make of a request and the answers that were seen, why, and what to change on the server.
#[pyfunction]
pub(crate) fn explain_json(question: &str) -> PyResult<String> {
    let Question { request, exchanges } = serde_json::from_str(question).map_err(value_error)?;
    let request = match request.to_request() {
        Ok(request) => request,
        Err(invalid) => {
            let (reason, value) = (invalid.reason, lines::text(&invalid.value));
            return Err(PyValueError::new_err(format!("{value:?}: {} [{}]", reason.words(), reason.code())));
        }
    };
    let exchanges = exchanges.into_iter().map(Seen::observed).collect::<Result<Vec<_>, _>>()?;
    let explanation = explain(&request, &Evidence::from(exchanges));
    let because: Vec<String> = match &explanation.classification {
        Classification::Preflighted(triggers) => triggers.iter().map(ToString::to_string).collect(),
        Classification::SameOrigin | Classification::NotCors | Classification::Simple => Vec::new(),
    };
    let engines: Map<String, Value> = explanation
        .judgements
        .iter()
        .map(|judgement| (judgement.engine.name().to_owned(), judged(judgement)))
        .collect();
    let causes: Vec<Value> = explanation
        .causes
        .iter()
        .map(|cause| json!({ "code": cause.code(), "words": cause.words(), "remedy": cause.remedy() }))
        .collect();
    let explained = json!({
        "classification": match explanation.classification {
            Classification::SameOrigin => "same-origin",
            Classification::NotCors => "not-cors",
            Classification::Simple => "simple",
            Classification::Preflighted(_) => "preflighted",
        },
        "because": because,
        "engines": engines,
        "causes": causes,
        "advice": advised(&explanation.advice),
    });
    Ok(explained.to_string())
}

/// Runs a scenario through an engine: what `cors replay` does.
#[pyfunction]
pub(crate) fn replay_json(engine: &str, scenario: &str) -> PyResult<String> {
    let engine = Engine::from_name(engine).ok_or_else(|| {
        let names = Engine::ALL.map(Engine::name).join(", ");
        PyValueError::new_err(format!("there is no engine {engine:?}: write one of {names}"))
    })?;
    let scenario: Scenario = serde_json::from_str(scenario).map_err(value_error)?;
    serde_json::to_string(&scenario::replay(engine, &scenario)).map_err(value_error)
}

fn value_error(error: serde_json::Error) -> PyErr {
    PyValueError::new_err(error.to_string())
}

impl Seen {
    fn observed(self) -> PyResult<Observed> {
        let headers = self
            .headers
            .iter()
            .map(|(name, value)| Ok((lines::latin1(name)?, lines::latin1(value)?)))
            .collect::<PyResult<HeaderList>>()?;
        Ok(Observed {
            exchange: if self.preflight { Exchange::Preflight } else { Exchange::Actual },
            url: Url::parse(&self.url)
                .map_err(|error| PyValueError::new_err(format!("{:?}: {error}", self.url)))?,
            answer: match self.status {
                Some(status) => Answer::Head { status, headers },
                None => Answer::Failed,
            },
        })
    }
}

fn judged(judgement: &Judgement) -> Value {
    let sent: Vec<Value> = judgement.sent.iter().map(sent).collect();
    let mut value = json!({ "verdict": judgement.verdict.word(), "sent": sent });
    if let Some(reason) = judgement.verdict.reason() {
        value["reason"] = reason.code().into();
        value["words"] = reason.words().into();
        value["standard"] = reason.standard().into();
    }
    match &judgement.verdict {
        Verdict::Allowed(response) => {
            value["type"] = response.response_type.name().into();
            value["status"] = response.status.into();
        }
        Verdict::Blocked(blocked) => {
            value["preflight"] = blocked.exchange.map(|exchange| exchange == Exchange::Preflight).into();
            value["url"] = blocked.url.as_str().into();
            value["value"] = lines::text(&blocked.value).into();
            value["console"] = console_messages(blocked).into();
        }
        Verdict::Thrown(invalid) => value["value"] = lines::text(&invalid.value).into(),
        Verdict::Undecided(asked) => value["ask"] = self::sent(asked),
    }
    value
}

fn sent(sent: &cors_engine::explain::Sent) -> Value {
    let headers: Vec<[String; 2]> =
        sent.headers.lines().map(|(name, value)| [lines::text(name), lines::text(value)]).collect();
    json!({
        "preflight": sent.exchange == Exchange::Preflight,
        "method": lines::text(&sent.method),
        "url": sent.url.as_str(),
        "headers": headers,
    })
}

fn advised(advice: &Advice) -> Value {
    let answers: Vec<Value> = advice
        .answers
        .iter()
        .map(|answer| {
            json!({
                "preflight": answer.exchange == Exchange::Preflight,
                "method": lines::text(&answer.method),
                "url": answer.url.as_str(),
                "status": answer.status,
                "headers": answer.lines().collect::<Vec<_>>(),
            })
        })
        .collect();
    json!({ "answers": answers, "notes": advice.notes })
}
