//! Reports for machines. Codes and keys are stable; words may change.

use super::{Explained, Report};
use crate::capture::{Kind, Otherwise};
use crate::explain::{Advice, Answer, Classification, Judgement, Observed, Verdict, answers_to};
use crate::protocol::HeaderList;
use crate::{Engine, Exchange, RequestMode, console_messages};
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut report = serializer.serialize_struct("Report", 5)?;
        report.serialize_field("source", &self.source)?;
        report.serialize_field("input", &self.input)?;
        report.serialize_field("blocked", &self.refused())?;
        report.serialize_field("set_aside", &self.set_aside)?;
        report.serialize_field("fetches", &self.fetches)?;
        report.end()
    }
}

/// Made one by one while they are written: there may be many.
impl Serialize for Explained {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        fetch(self).serialize(serializer)
    }
}

fn fetch(explained: &Explained) -> Value {
    let Explained { fetch, explanation, remarks } = explained;
    let messages: Vec<Value> = explained
        .messages()
        .into_iter()
        .map(|messages| json!({ "request": messages.request, "response": messages.response }))
        .collect();
    let because = match &explanation.classification {
        Classification::Preflighted(triggers) => triggers.iter().map(ToString::to_string).collect(),
        Classification::SameOrigin | Classification::NotCors | Classification::Simple => Vec::new(),
    };
    let engines: Map<String, Value> = explanation
        .judgements
        .iter()
        .map(|judgement| (judgement.engine.name().into(), engine(judgement, &fetch.evidence.exchanges)))
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
        "headers": headers(&fetch.request.headers),
        "mode": mode(fetch.request.mode),
        "credentials": fetch.request.credentials.name(),
        "otherwise": fetch.otherwise.as_ref().map(otherwise),
        "kind": kind(fetch.kind),
        "of_interest": explained.is_of_interest(),
        "classification": classification(&explanation.classification),
        "because": because,
        "browsers_disagree": explanation.browsers_disagree(),
        "engines": engines,
        "causes": causes,
        "advice": advice(&explanation.advice),
        "seen": fetch.seen(),
        "exchanges": fetch.evidence.exchanges.iter().map(observed).collect::<Vec<_>>(),
        "messages": messages,
        "noted_failure": fetch.failure,
        "remarks": remarks,
        "assumed": fetch.assumed,
    })
}

fn observed(observed: &Observed) -> Value {
    let mut value = json!({ "exchange": exchange(observed.exchange), "url": observed.url.as_str() });
    match &observed.answer {
        Answer::Head { status, headers: lines } => {
            value["answer"] = "response".into();
            value["status"] = (*status).into();
            value["headers"] = headers(lines).into();
        }
        Answer::Failed => value["answer"] = "failed".into(),
        Answer::Remembered => value["answer"] = "remembered".into(),
    }
    value
}

/// How the fetch would end with another credentials mode, where the mode was assumed.
fn otherwise(otherwise: &Otherwise) -> Value {
    json!({
        "credentials": otherwise.credentials.name(),
        "verdict": if otherwise.refusal.is_some() { "blocked" } else { "allowed" },
        "reason": otherwise.refusal.map(|reason| reason.code()),
    })
}

fn engine(judgement: &Judgement, seen: &[Observed]) -> Value {
    let answers = answers_to(&judgement.sent, seen);
    let sent: Vec<Value> = judgement
        .sent
        .iter()
        .zip(answers)
        .map(|(sent, answer)| {
            json!({
                "answer": answer,
                "exchange": exchange(sent.exchange),
                "method": text(&sent.method),
                "url": sent.url.as_str(),
                "headers": headers(&sent.headers),
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
        Verdict::Undecided(sent) => value["ask"] = sent.curl().into(),
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

fn headers(list: &HeaderList) -> Vec<Value> {
    list.lines().map(|(name, value)| json!([text(name), text(value)])).collect()
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
