//! The words of reports for people.

use cors_engine::explain::{AnswerAdvice, Classification, Explanation, Judgement, Sent, Verdict};
use cors_engine::{Blocked, Exchange, Reason};

/// Simple or preflighted, and because of what.
pub(crate) fn classification(explanation: &Explanation) -> String {
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
pub(crate) fn verdict(judgement: &Judgement) -> String {
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
pub(crate) fn reason(reason: Reason, value: &[u8]) -> String {
    let words = reason.words();
    if value.is_empty() {
        return words.into();
    }
    format!("{}: \"{}\"", words.trim_end_matches('.'), value.escape_ascii())
}

/// Where a refusal happened.
fn step(blocked: &Blocked) -> String {
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

/// Which answer an advice is about.
pub(crate) fn answer(advice: &AnswerAdvice) -> String {
    let status = advice.status.map_or_else(String::new, |status| format!(" with status {status}"));
    let with = match (advice.set.is_empty(), advice.status) {
        (true, _) => "",
        (false, Some(_)) => " and",
        (false, None) => " with",
    };
    let seen = if advice.seen { "" } else { " (whose answer was not seen)" };
    format!("Answer {} {}{seen}{status}{with}", advice.method.escape_ascii(), advice.url)
}
