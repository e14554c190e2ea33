//! The words of reports.

use crate::capture::{Capture, CapturedFetch, Format, Kind};
use cors_engine::explain::{AnswerAdvice, Classification, Explanation, Judgement, Sent, Verdict};
use cors_engine::{Blocked, Engine, Exchange, Reason};

/// What an input is.
pub(super) fn capture(capture: &Capture) -> String {
    let format = match capture.format {
        Format::Har => "HAR",
        Format::CurlVerbose => "text of curl -v",
        Format::CurlInclude => "text of curl -i",
        Format::Raw => "HTTP messages",
    };
    match (capture.engine.map(browser), &capture.creator) {
        (Some(browser), Some(creator)) if !creator.starts_with(browser) => {
            format!("{format} of {browser}, by {creator}")
        }
        (_, Some(creator)) => format!("{format} by {creator}"),
        (_, None) => format.into(),
    }
}

/// The browser that people know an engine by.
pub(super) fn browser(engine: Engine) -> &'static str {
    match engine {
        Engine::Spec => "the standard",
        Engine::Chromium => "Chromium",
        Engine::Gecko => "Firefox",
        Engine::WebKit => "Safari",
    }
}

/// Simple or preflighted, and because of what.
pub(super) fn classification(explanation: &Explanation) -> String {
    match &explanation.classification {
        Classification::SameOrigin => "to the page's own origin".into(),
        Classification::NotCors => "without CORS: script is not to read the answer".into(),
        Classification::Simple => "simple: sent without a preflight".into(),
        Classification::Preflighted(triggers) => {
            let triggers: Vec<String> = triggers.iter().map(ToString::to_string).collect();
            format!("preflighted, because of {}", listed(&triggers))
        }
    }
}

fn listed(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// How a fetch ends in an engine, in a few words.
pub(super) fn verdict(judgement: &Judgement) -> String {
    match &judgement.verdict {
        Verdict::Allowed(response) if response.status == 0 => {
            format!("allowed: script gets an {} response", response.response_type.name())
        }
        Verdict::Allowed(response) => {
            format!(
                "allowed: script reads the {} response, status {}",
                response.response_type.name(),
                response.status
            )
        }
        Verdict::Blocked(blocked) => format!("blocked {}: {}", step(blocked), blocked.reason.code()),
        Verdict::Thrown(invalid) => format!("fetch() throws: {}", invalid.reason.code()),
        Verdict::Undecided(sent) => format!("undecided: the answer to {} was not seen", asked(sent)),
    }
}

/// A reason, and the value that it is about.
pub(super) fn reason(reason: Reason, value: &[u8]) -> String {
    let words = reason.words();
    if value.is_empty() {
        return words.into();
    }
    format!("{}: \"{}\"", words.trim_end_matches('.'), value.escape_ascii())
}

/// Where a refusal happened.
pub(super) fn step(blocked: &Blocked) -> String {
    let hop = match blocked.hop {
        0 => String::new(),
        1 => " after a redirect".into(),
        hops => format!(" after {hops} redirects"),
    };
    match blocked.exchange {
        Some(Exchange::Preflight) => format!("at the preflight{hop}"),
        Some(Exchange::Actual) => format!("at the response{hop}"),
        None => format!("before anything is sent{hop}"),
    }
}

fn asked(sent: &Sent) -> String {
    format!("{} {}", sent.method.escape_ascii(), sent.url)
}

/// A command that asks a server what `sent` asks.
pub(super) fn curl(sent: &Sent) -> String {
    let mut command = String::from("curl -i");
    if sent.method != b"GET" {
        command.push_str(&format!(" -X {}", sent.method.escape_ascii()));
    }
    for (name, value) in sent.headers.lines() {
        command.push_str(&format!(
            " -H {}",
            quoted(&format!("{}: {}", name.escape_ascii(), value.escape_ascii()))
        ));
    }
    format!("{command} {}", quoted(sent.url.as_str()))
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Which answer an advice is about.
pub(super) fn answer(advice: &AnswerAdvice) -> String {
    let status = advice.status.map_or_else(String::new, |status| format!(" with status {status}"));
    let with = match (advice.set.is_empty(), advice.status) {
        (true, _) => "",
        (false, Some(_)) => " and",
        (false, None) => " with",
    };
    let seen = if advice.seen { "" } else { " (whose answer was not seen)" };
    format!("Answer {} {}{seen}{status}{with}", advice.method.escape_ascii(), advice.url)
}

/// What the capture itself says that needs a word.
pub(super) fn remarks(
    fetch: &CapturedFetch,
    explanation: &Explanation,
    engine: Option<Engine>,
) -> Vec<String> {
    let mut remarks = Vec::new();
    let own = engine.and_then(|engine| explanation.judgement(engine));
    if let (Some(failure), Some(Verdict::Allowed(_))) = (&fetch.failure, own.map(|own| &own.verdict)) {
        remarks.push(format!(
            "The browser noted {failure}, and CORS does not explain it: look at content blockers, CSP, ORB and \
             the network."
        ));
    }
    let sent_nothing = fetch.kind == Kind::Cors
        && matches!(own.map(|own| &own.verdict), Some(Verdict::Blocked(blocked))
            if blocked.reason.code() == "connection-failed");
    if sent_nothing {
        remarks.push(
            "A request that never left may also have been stopped by the mode same-origin, CSP, mixed content \
             or a content blocker."
                .into(),
        );
    }
    remarks
}
