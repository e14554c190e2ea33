//! Reports for machines: one JSON document. Codes and keys are stable; words may change.

use super::{Explained, Report, words};
use crate::capture::{Kind, Otherwise, credentials_name};
use cors_engine::explain::{Advice, Classification, Judgement, Verdict};
use cors_engine::{Engine, Exchange, RequestMode, console_messages};
use serde_json::{Map, Value, json};
use std::io::{self, Write};

/// Writes the reports as one document.
pub(crate) fn write(output: &mut impl Write, reports: &[Report]) -> io::Result<()> {
    let captures: Vec<Value> = reports.iter().map(capture).collect();
    serde_json::to_writer_pretty(&mut *output, &json!({ "captures": captures }))?;
    writeln!(output)
}

fn capture(report: &Report) -> Value {
    let fetches: Vec<Value> = report.fetches.iter().map(fetch).collect();
    json!({
        "source": report.source,
        "blocked": report.count(|explained| explained.explanation.is_refused()),
        "set_aside": report.set_aside,
        "fetches": fetches,
    })
}

fn fetch(explained: &Explained) -> Value {
    let Explained { fetch, explanation, remarks } = explained;
    let because = match &explanation.classification {
        Classification::Preflighted(triggers) => triggers.iter().map(ToString::to_string).collect(),
        Classification::SameOrigin | Classification::NotCors | Classification::Simple => Vec::new(),
    };
    let engines: Map<String, Value> = explanation
        .judgements
        .iter()
        .map(|judgement| (judgement.engine.name().into(), engine(judgement)))
        .collect();
    let causes: Vec<Value> = explanation
        .causes
        .iter()
        .map(|cause| json!({ "code": cause.code(), "words": cause.words(), "remedy": cause.remedy() }))
        .collect();
    json!({
        "origin": fetch.request.origin.serialized(),
        "url": fetch.request.url.as_str(),
        "method": text(&fetch.request.method),
        "mode": mode(fetch.request.mode),
        "credentials": credentials_name(fetch.request.credentials),
        "otherwise": fetch.otherwise.as_ref().map(otherwise),
        "kind": kind(fetch.kind),
        "classification": classification(&explanation.classification),
        "because": because,
        "browsers_disagree": explanation.browsers_disagree(),
        "engines": engines,
        "causes": causes,
        "advice": advice(&explanation.advice),
        "noted_failure": fetch.failure,
        "remarks": remarks,
        "assumed": fetch.assumed,
    })
}

/// How the fetch would end with another credentials mode, where the mode was assumed.
fn otherwise(otherwise: &Otherwise) -> Value {
    json!({
        "credentials": credentials_name(otherwise.credentials),
        "verdict": if otherwise.refusal.is_some() { "blocked" } else { "allowed" },
        "reason": otherwise.refusal.map(|reason| reason.code()),
    })
}

fn engine(judgement: &Judgement) -> Value {
    let sent: Vec<Value> = judgement
        .sent
        .iter()
        .map(|sent| {
            json!({
                "exchange": exchange(sent.exchange),
                "method": text(&sent.method),
                "url": sent.url.as_str(),
                "headers": sent.headers.lines().map(|(name, value)| [text(name), text(value)]).collect::<Vec<_>>(),
            })
        })
        .collect();
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
            value["exchange"] = blocked.exchange.map(exchange).into();
            value["hop"] = blocked.hop.into();
            value["url"] = blocked.url.as_str().into();
            value["value"] = text(&blocked.value).into();
            value["console"] = console_messages(blocked).into();
        }
        Verdict::Thrown(invalid) => value["value"] = text(&invalid.value).into(),
        Verdict::Undecided(sent) => value["ask"] = words::curl(sent).into(),
    }
    value
}

fn advice(advice: &Advice) -> Value {
    let answers: Vec<Value> = advice
        .answers
        .iter()
        .map(|answer| {
            json!({
                "exchange": exchange(answer.exchange),
                "method": text(&answer.method),
                "url": answer.url.as_str(),
                "seen": answer.seen,
                "status": answer.status,
                "headers": answer.lines().collect::<Vec<_>>(),
            })
        })
        .collect();
    let remaining: Map<String, Value> = advice
        .remaining
        .iter()
        .map(|(engine, reason): &(Engine, _)| (engine.name().into(), reason.code().into()))
        .collect();
    json!({ "answers": answers, "notes": advice.notes, "remaining": remaining })
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn exchange(exchange: Exchange) -> &'static str {
    match exchange {
        Exchange::Preflight => "preflight",
        Exchange::Actual => "actual",
    }
}

fn mode(mode: RequestMode) -> &'static str {
    match mode {
        RequestMode::Cors => "cors",
        RequestMode::NoCors => "no-cors",
        RequestMode::SameOrigin => "same-origin",
        RequestMode::Navigate => "navigate",
    }
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Cors => "cors",
        Kind::NoCorsFetch => "no-cors",
        Kind::Load => "load",
        Kind::SameOrigin => "same-origin",
    }
}

fn classification(classification: &Classification) -> &'static str {
    match classification {
        Classification::SameOrigin => "same-origin",
        Classification::NotCors => "not-cors",
        Classification::Simple => "simple",
        Classification::Preflighted(_) => "preflighted",
    }
}
