//! Where the engine and a browser disagree about a scenario.

use crate::rig::Observed;
use cors_engine::scenario::{Observation, Outcome, Replayed, WireEntry, WireKind};
use std::fmt::Write;

/// What two observations of one step differ in, in the order in which it is looked for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Aspect {
    Outcome,
    Wire,
    Type,
    Status,
    Exposed,
}

impl Aspect {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Outcome => "outcome",
            Self::Wire => "requests on the wire",
            Self::Type => "response type",
            Self::Status => "status",
            Self::Exposed => "exposed headers",
        }
    }
}

/// The first disagreement in a scenario.
#[derive(Clone, Debug)]
pub(super) struct Difference {
    pub(super) step: usize,
    pub(super) aspect: Aspect,
    pub(super) browser: Observation,
    pub(super) engine: Observation,
}

impl Difference {
    /// Compares step by step.
    pub(super) fn find(observed: &Observed, replayed: &Replayed) -> Option<Self> {
        let pairs = observed.steps.iter().map(|step| &step.observed.observation).zip(&replayed.steps);
        pairs.enumerate().find_map(|(step, (browser, engine))| {
            let aspect = differing_aspect(browser, engine)?;
            Some(Self { step, aspect, browser: browser.clone(), engine: engine.clone() })
        })
    }

    /// Whether it looks like the same disagreement: a smaller scenario must not change the subject.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        self.aspect == other.aspect
            && self.browser.outcome == other.browser.outcome
            && self.engine.outcome == other.engine.outcome
            && self.engine.reason == other.engine.reason
    }
}

fn differing_aspect(browser: &Observation, engine: &Observation) -> Option<Aspect> {
    if browser.outcome != engine.outcome {
        return Some(Aspect::Outcome);
    }
    if browser.wire != engine.wire {
        return Some(Aspect::Wire);
    }
    // An XMLHttpRequest does not tell the type of its response.
    if browser.response_type.is_some() && browser.response_type != engine.response_type {
        return Some(Aspect::Type);
    }
    if browser.status != engine.status {
        return Some(Aspect::Status);
    }
    (browser.exposed != engine.exposed).then_some(Aspect::Exposed)
}

/// An observation in one line.
pub(super) fn in_words(observation: &Observation) -> String {
    let mut words = match observation.outcome {
        Some(Outcome::Response) => "response",
        Some(Outcome::NetworkError) => "network-error",
        Some(Outcome::InvalidRequest) => "invalid-request",
        None => "nothing",
    }
    .to_owned();
    // Writing to a string cannot fail.
    if let Some(reason) = &observation.reason {
        let _ = write!(words, " ({reason})");
    }
    if let Some(response_type) = &observation.response_type {
        let _ = write!(words, " {response_type}");
    }
    if let Some(status) = observation.status {
        let _ = write!(words, " {status}");
    }
    if let Some(exposed) = &observation.exposed {
        let _ = write!(words, " exposing {exposed:?}");
    }
    let wire: Vec<_> = observation.wire.iter().flatten().map(entry_in_words).collect();
    let _ = write!(words, " [{}]", wire.join(" -> "));
    words
}

fn entry_in_words(entry: &WireEntry) -> String {
    let text = |value: &Option<Option<String>>| value.clone().flatten().unwrap_or_else(|| "-".into());
    let what = match entry.kind {
        WireKind::Preflight => format!("OPTIONS for {} with {}", text(&entry.acrm), text(&entry.acrh)),
        WireKind::Actual => entry.method.clone(),
    };
    format!("{what} {} from {}", entry.url, text(&entry.origin))
}
