//! The browser half, through JSON: a question in the words of scenarios, an answer in stable codes.

use crate::lines;
use cors_engine::capture::{CapturedFetch, Explained, Kind};
use cors_engine::explain::{Answer, Evidence, Observed, Sent, Verdict};
use cors_engine::protocol::HeaderList;
use cors_engine::scenario::{self, RequestDescription, Scenario};
use cors_engine::{Engine, Exchange};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

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
    let mut fetch = CapturedFetch::new(request, Kind::Cors);
    fetch.evidence = Evidence::from(exchanges);
    let explained = Explained::of(fetch, None);
    let mut report = serde_json::to_value(&explained).map_err(value_error)?;
    for judgement in &explained.explanation.judgements {
        if let Verdict::Undecided(sent) = &judgement.verdict {
            report["engines"][judgement.engine.name()]["ask"] = asked(sent);
        }
    }
    Ok(report.to_string())
}

/// The request whose answer is missing, for a client to send.
fn asked(sent: &Sent) -> Value {
    let headers: Vec<[String; 2]> =
        sent.headers.lines().map(|(name, value)| [lines::text(name), lines::text(value)]).collect();
    json!({
        "exchange": match sent.exchange {
            Exchange::Preflight => "preflight",
            Exchange::Actual => "actual",
        },
        "method": lines::text(&sent.method),
        "url": sent.url.as_str(),
        "headers": headers,
    })
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
