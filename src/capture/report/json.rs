//! Reports for machines. Codes and keys are stable; words may change.
//!
//! What is written is borrowed from the report, and made fetch by fetch while it is written: there may be many.

use super::{Explained, Messages, Report};
use crate::capture::{Kind, Otherwise};
use crate::explain::{
    Advice, Answer, AnswerAdvice, Cause, Classification, Judgement, Observed, Sent, Verdict, answers_to,
};
use crate::protocol::HeaderList;
use crate::{Engine, Exchange, Reason, RequestMode, console_messages};
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};
use std::borrow::Cow;

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

impl Serialize for Explained {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        FetchReport::of(self).serialize(serializer)
    }
}

#[derive(Serialize)]
struct FetchReport<'a> {
    origin: &'a str,
    url: &'a str,
    method: Cow<'a, str>,
    headers: Lines<'a>,
    mode: &'static str,
    credentials: &'static str,
    otherwise: Option<OtherwiseReport>,
    kind: &'static str,
    of_interest: bool,
    classification: &'static str,
    because: Vec<String>,
    browsers_disagree: bool,
    #[serde(serialize_with = "by_name")]
    engines: Vec<(Engine, EngineReport<'a>)>,
    causes: Vec<CauseReport>,
    advice: AdviceReport<'a>,
    seen: Vec<String>,
    exchanges: Vec<ObservedReport<'a>>,
    messages: Vec<MessagesReport>,
    noted_failure: Option<&'a str>,
    remarks: &'a [String],
    assumed: &'a [String],
}

impl<'a> FetchReport<'a> {
    fn of(explained: &'a Explained) -> Self {
        let Explained { fetch, explanation, remarks } = explained;
        let exchanges = &fetch.evidence.exchanges;
        let because = match &explanation.classification {
            Classification::Preflighted(triggers) => triggers.iter().map(ToString::to_string).collect(),
            Classification::SameOrigin | Classification::NotCors | Classification::Simple => Vec::new(),
        };
        let engines = explanation.judgements.iter();
        FetchReport {
            origin: fetch.request.origin.serialized(),
            url: fetch.request.url.as_str(),
            method: text(&fetch.request.method),
            headers: lines(&fetch.request.headers),
            mode: mode(fetch.request.mode),
            credentials: fetch.request.credentials.name(),
            otherwise: fetch.otherwise.as_ref().map(OtherwiseReport::of),
            kind: kind(fetch.kind),
            of_interest: explained.is_of_interest(),
            classification: classification(&explanation.classification),
            because,
            browsers_disagree: explanation.browsers_disagree(),
            engines: engines.map(|judged| (judged.engine, EngineReport::of(judged, exchanges))).collect(),
            causes: explanation.causes.iter().map(CauseReport::of).collect(),
            advice: AdviceReport::of(&explanation.advice),
            seen: fetch.seen(),
            exchanges: exchanges.iter().map(ObservedReport::of).collect(),
            messages: explained.messages().into_iter().map(MessagesReport::of).collect(),
            noted_failure: fetch.failure.as_deref(),
            remarks,
            assumed: &fetch.assumed,
        }
    }
}

/// How the fetch would end with another credentials mode, where the mode was assumed.
#[derive(Serialize)]
struct OtherwiseReport {
    credentials: &'static str,
    verdict: &'static str,
    reason: Option<&'static str>,
}

impl OtherwiseReport {
    fn of(otherwise: &Otherwise) -> Self {
        OtherwiseReport {
            credentials: otherwise.credentials.name(),
            verdict: if otherwise.refusal.is_some() { "blocked" } else { "allowed" },
            reason: otherwise.refusal.map(Reason::code),
        }
    }
}

#[derive(Serialize)]
struct EngineReport<'a> {
    verdict: &'static str,
    #[serde(flatten)]
    refusal: Option<RefusalReport>,
    #[serde(flatten)]
    end: EndReport<'a>,
    sent: Vec<SentReport<'a>>,
}

#[derive(Serialize)]
struct RefusalReport {
    reason: &'static str,
    words: &'static str,
    standard: &'static str,
}

#[derive(Serialize)]
#[serde(untagged)]
enum EndReport<'a> {
    Allowed {
        r#type: &'static str,
        status: u16,
    },
    Blocked {
        exchange: Option<&'static str>,
        hop: u8,
        url: &'a str,
        value: Cow<'a, str>,
        console: Vec<String>,
    },
    Thrown {
        value: Cow<'a, str>,
    },
    Undecided {
        ask: String,
    },
}

#[derive(Serialize)]
struct SentReport<'a> {
    exchange: &'static str,
    method: Cow<'a, str>,
    url: &'a str,
    headers: Lines<'a>,
    /// Which of the exchanges that were seen answers it.
    answer: Option<usize>,
}

impl<'a> EngineReport<'a> {
    fn of(judgement: &'a Judgement, seen: &[Observed]) -> Self {
        let answers = answers_to(&judgement.sent, seen);
        let end = match &judgement.verdict {
            Verdict::Allowed(response) => {
                EndReport::Allowed { r#type: response.response_type.name(), status: response.status }
            }
            Verdict::Blocked(blocked) => EndReport::Blocked {
                exchange: blocked.exchange.map(exchange),
                hop: blocked.hop,
                url: blocked.url.as_str(),
                value: text(&blocked.value),
                console: console_messages(blocked),
            },
            Verdict::Thrown(invalid) => EndReport::Thrown { value: text(&invalid.value) },
            Verdict::Undecided(sent) => EndReport::Undecided { ask: sent.curl() },
        };
        let refusal = |reason: Reason| RefusalReport {
            reason: reason.code(),
            words: reason.words(),
            standard: reason.standard(),
        };
        EngineReport {
            verdict: judgement.verdict.word(),
            refusal: judgement.verdict.reason().map(refusal),
            end,
            sent: judgement.sent.iter().zip(answers).map(SentReport::of).collect(),
        }
    }
}

impl<'a> SentReport<'a> {
    fn of((sent, answer): (&'a Sent, Option<usize>)) -> Self {
        SentReport {
            exchange: exchange(sent.exchange),
            method: text(&sent.method),
            url: sent.url.as_str(),
            headers: lines(&sent.headers),
            answer,
        }
    }
}

#[derive(Serialize)]
struct CauseReport {
    code: &'static str,
    words: Cow<'static, str>,
    remedy: Cow<'static, str>,
}

impl CauseReport {
    fn of(cause: &Cause) -> Self {
        CauseReport { code: cause.code(), words: cause.words(), remedy: cause.remedy() }
    }
}

#[derive(Serialize)]
struct AdviceReport<'a> {
    answers: Vec<AnswerReport<'a>>,
    notes: &'a [&'static str],
    #[serde(serialize_with = "by_name")]
    remaining: Vec<(Engine, &'static str)>,
}

#[derive(Serialize)]
struct AnswerReport<'a> {
    exchange: &'static str,
    method: Cow<'a, str>,
    url: &'a str,
    seen: bool,
    status: Option<u16>,
    headers: Vec<String>,
}

impl<'a> AdviceReport<'a> {
    fn of(advice: &'a Advice) -> Self {
        AdviceReport {
            answers: advice.answers.iter().map(AnswerReport::of).collect(),
            notes: &advice.notes,
            remaining: advice.remaining.iter().map(|(engine, reason)| (*engine, reason.code())).collect(),
        }
    }
}

impl<'a> AnswerReport<'a> {
    fn of(answer: &'a AnswerAdvice) -> Self {
        AnswerReport {
            exchange: exchange(answer.exchange),
            method: text(&answer.method),
            url: answer.url.as_str(),
            seen: answer.seen,
            status: answer.status,
            headers: answer.lines().collect(),
        }
    }
}

#[derive(Serialize)]
struct ObservedReport<'a> {
    exchange: &'static str,
    url: &'a str,
    #[serde(flatten)]
    answer: ObservedAnswer<'a>,
}

#[derive(Serialize)]
#[serde(tag = "answer", rename_all = "lowercase")]
enum ObservedAnswer<'a> {
    Response { status: u16, headers: Lines<'a> },
    Failed,
    Remembered,
}

impl<'a> ObservedReport<'a> {
    fn of(observed: &'a Observed) -> Self {
        let answer = match &observed.answer {
            Answer::Head { status, headers } => {
                ObservedAnswer::Response { status: *status, headers: lines(headers) }
            }
            Answer::Failed => ObservedAnswer::Failed,
            Answer::Remembered => ObservedAnswer::Remembered,
        };
        ObservedReport { exchange: exchange(observed.exchange), url: observed.url.as_str(), answer }
    }
}

#[derive(Serialize)]
struct MessagesReport {
    request: String,
    response: Option<String>,
}

impl MessagesReport {
    fn of(Messages { request, response }: Messages) -> Self {
        MessagesReport { request, response }
    }
}

/// Each a name and a value.
type Lines<'a> = Vec<[Cow<'a, str>; 2]>;

fn lines(list: &HeaderList) -> Lines<'_> {
    list.lines().map(|(name, value)| [text(name), text(value)]).collect()
}

fn text(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

/// Writes what is said of engines under their names.
fn by_name<V: Serialize, S: Serializer>(
    of_engines: &[(Engine, V)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(of_engines.iter().map(|(engine, value)| (engine.name(), value)))
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
