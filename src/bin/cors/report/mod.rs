//! Reports: what is printed about captured fetches, for people and for machines.

pub(crate) mod json;
pub(crate) mod text;
mod words;

use crate::capture::{Capture, CapturedFetch, Kind};
use cors_engine::Engine;
use cors_engine::explain::{Explanation, explain};

/// An input and what became of its fetches.
pub(crate) struct Report {
    source: String,
    capture_words: String,
    set_aside: usize,
    fetches: Vec<Explained>,
}

/// A fetch and what became of it.
pub(crate) struct Explained {
    fetch: CapturedFetch,
    explanation: Explanation,
    /// What else has to be said of it.
    remarks: Vec<String>,
}

impl Report {
    pub(crate) fn of(source: String, capture: Capture) -> Self {
        let capture_words = words::capture(&capture);
        let engine = capture.engine;
        let fetches = capture.fetches.into_iter().map(|fetch| Explained::of(fetch, engine)).collect();
        Report { source, capture_words, set_aside: capture.set_aside, fetches }
    }

    /// The report on a fetch that was made to learn what comes back.
    pub(crate) fn of_probe(source: String, fetch: CapturedFetch) -> Self {
        let fetches = vec![Explained::of(fetch, None)];
        Report { source, capture_words: "asked over the network".into(), set_aside: 0, fetches }
    }

    /// Whether some browser refuses one of the fetches.
    pub(crate) fn is_refused(&self) -> bool {
        self.fetches.iter().any(|explained| explained.explanation.is_refused())
    }

    fn count(&self, wanted: impl Fn(&Explained) -> bool) -> usize {
        self.fetches.iter().filter(|explained| wanted(explained)).count()
    }
}

impl Explained {
    fn of(fetch: CapturedFetch, engine: Option<Engine>) -> Self {
        let explanation = explain(&fetch.request, &fetch.evidence);
        let remarks = words::remarks(&fetch, &explanation, engine);
        Explained { fetch, explanation, remarks }
    }

    /// Whether CORS, or what stands beside it, has a part in the fetch.
    fn is_of_interest(&self) -> bool {
        matches!(self.fetch.kind, Kind::Cors | Kind::NoCorsFetch) || self.explanation.is_refused()
    }

    /// Whether there is more to say than one line.
    fn needs_words(&self) -> bool {
        self.explanation.is_refused()
            || self.explanation.browsers_disagree()
            || !self.explanation.causes.is_empty()
            || !self.explanation.advice.answers.is_empty()
            || !self.remarks.is_empty()
    }
}
