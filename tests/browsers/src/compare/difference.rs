//! Where the engine and a browser disagree about a scenario.

use crate::rig::Observed;
use cors_engine::scenario::{Observation, Outcome, Replayed, WireEntry, WireKind};
use std::fmt::Write;

/// The first disagreement in a scenario.
#[derive(Clone, Debug)]
pub(super) struct Difference {
    pub(super) step: usize,
    /// The key of the scenario format that they disagree about.
    pub(super) key: &'static str,
    pub(super) browser: Observation,
    pub(super) engine: Observation,
}

impl Difference {
    /// Compares step by step.
    pub(super) fn find(observed: &Observed, replayed: &Replayed) -> Option<Self> {
        let pairs = observed.steps.iter().map(|step| &step.observed.observation).zip(&replayed.steps);
        pairs.enumerate().find_map(|(step, (browser, engine))| {
            // What a browser cannot tell, as the type of an XMLHttpRequest's response, it does not claim.
            let key = engine.disagreement(browser)?;
            Some(Self { step, key, browser: browser.clone(), engine: engine.clone() })
        })
    }

    /// Whether it looks like the same disagreement: a smaller scenario must not change the subject.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        self.key == other.key
            && self.browser.outcome == other.browser.outcome
            && self.engine.outcome == other.engine.outcome
            && self.engine.reason == other.engine.reason
    }
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
