//! Reports: what became of captured fetches.

mod json;
mod messages;
mod words;

pub use messages::Messages;

use super::{Capture, CapturedFetch, Kind};
use crate::Engine;
use crate::explain::{Explanation, explain};

/// An input and what became of its fetches. It serializes into the JSON that `cors explain --json` prints:
/// keys and codes are stable, words may change.
///
/// ```
/// use cors_engine::capture::{Meant, Report, read};
/// let exchange = b"GET / HTTP/1.1\nHost: api.example\nOrigin: https://app.example\n\nHTTP/1.1 200 OK\n";
/// let report = Report::of("exchange.http", read(exchange, None, &Meant::default())?);
/// let json = serde_json::to_value(&report)?;
/// assert_eq!(json["fetches"][0]["engines"]["gecko"]["reason"], "missing-allow-origin");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Report {
    /// The name of the input.
    pub source: String,
    /// What the input is, in a few words.
    pub input: String,
    /// How many of its entries were no fetches over HTTP.
    pub set_aside: usize,
    /// What became of its fetches.
    pub fetches: Vec<Explained>,
}

/// A fetch and what became of it.
///
/// ```
/// use cors_engine::{Request, capture::{CapturedFetch, Explained, Kind}};
/// let request = Request::fetch("https://app.example", "http://api.example/")?; // mixed content
/// let explained = Explained::of(CapturedFetch::new(request, Kind::Cors), None);
/// assert!(explained.explanation.is_refused());
/// # Ok::<(), cors_engine::InvalidRequest>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Explained {
    /// The fetch.
    pub fetch: CapturedFetch,
    /// What browsers make of it.
    pub explanation: Explanation,
    /// What else has to be said of it.
    pub remarks: Vec<String>,
}

impl Report {
    /// Explains every fetch of `capture`, which `source` names.
    ///
    /// ```
    /// # use cors_engine::capture::{Meant, Report, read};
    /// let har = br#"{"log": {"entries": []}}"#;
    /// let report = Report::of("empty.har", read(har, None, &Meant::default())?);
    /// assert_eq!((report.input.as_str(), report.fetches.len()), ("HAR", 0));
    /// # Ok::<(), cors_engine::capture::Unusable>(())
    /// ```
    pub fn of(source: impl Into<String>, capture: Capture) -> Self {
        let input = capture.description();
        let engine = capture.engine;
        let fetches = capture.fetches.into_iter().map(|fetch| Explained::of(fetch, engine)).collect();
        Report { source: source.into(), input, set_aside: capture.set_aside, fetches }
    }

    /// Whether some browser refuses one of the fetches.
    ///
    /// ```
    /// # use cors_engine::capture::{Meant, Report, read};
    /// # let har = br#"{"log": {"entries": []}}"#;
    /// assert!(!Report::of("empty.har", read(har, None, &Meant::default())?).is_refused());
    /// # Ok::<(), cors_engine::capture::Unusable>(())
    /// ```
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.refused() > 0
    }

    /// How many of the fetches some browser refuses.
    ///
    /// ```
    /// # use cors_engine::capture::{Meant, Report, read};
    /// # let exchange = b"GET / HTTP/1.1\nHost: api.example\nOrigin: https://app.example\n\nHTTP/1.1 200 OK\n";
    /// assert_eq!(Report::of("exchange.http", read(exchange, None, &Meant::default())?).refused(), 1);
    /// # Ok::<(), cors_engine::capture::Unusable>(())
    /// ```
    #[must_use]
    pub fn refused(&self) -> usize {
        self.fetches.iter().filter(|explained| explained.explanation.is_refused()).count()
    }
}

impl Explained {
    /// Explains a fetch that a browser with this engine noted, or no browser.
    ///
    /// ```
    /// # use cors_engine::{Request, capture::{CapturedFetch, Explained, Kind}};
    /// # let request = Request::fetch("https://app.example", "https://api.example/")?;
    /// assert!(Explained::of(CapturedFetch::new(request, Kind::Cors), None).remarks.is_empty());
    /// # Ok::<(), cors_engine::InvalidRequest>(())
    /// ```
    #[must_use]
    pub fn of(fetch: CapturedFetch, engine: Option<Engine>) -> Self {
        let explanation = explain(&fetch.request, &fetch.evidence);
        let remarks = words::remarks(&fetch, &explanation, engine);
        Explained { fetch, explanation, remarks }
    }

    /// Whether CORS, or what stands beside it, has a part in the fetch.
    ///
    /// ```
    /// # use cors_engine::{Request, capture::{CapturedFetch, Explained, Kind}};
    /// let request = Request::fetch("https://app.example", "https://app.example/")?;
    /// assert!(!Explained::of(CapturedFetch::new(request, Kind::SameOrigin), None).is_of_interest());
    /// # Ok::<(), cors_engine::InvalidRequest>(())
    /// ```
    #[must_use]
    pub fn is_of_interest(&self) -> bool {
        matches!(self.fetch.kind, Kind::Cors | Kind::NoCorsFetch) || self.explanation.is_refused()
    }
}
