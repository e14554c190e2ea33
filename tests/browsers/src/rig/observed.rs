//! What was observed, in the form in which it is written down.

use cors_engine::scenario::{Observation, Outcome, WireEntry};
use serde::{Deserialize, Serialize};

/// What one browser did with one scenario.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Observed {
    pub(crate) name: String,
    pub(crate) browser: String,
    pub(crate) steps: Vec<ObservedStep>,
    /// Console lines about the scenario's URLs, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) console: Vec<String>,
}

/// What it did with one step.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct ObservedStep {
    pub(crate) observed: Seen,
}

/// What the server and script saw of one fetch.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Seen {
    #[serde(flatten)]
    pub(crate) observation: Observation,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) url: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) redirected: bool,
}

/// What a page reports of one fetch.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Report {
    outcome: Reported,
    #[serde(rename = "type")]
    response_type: Option<String>,
    status: Option<u16>,
    exposed: Option<Vec<String>>,
    error: Option<String>,
    url: Option<String>,
    #[serde(default)]
    redirected: bool,
}

#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
enum Reported {
    Response,
    NetworkError,
    InvalidRequest,
    Timeout,
}

impl Report {
    /// Puts the report together with the server's log. `added` are the header names that the scenario did not ask
    /// for. `None` when the fetch did not end in time.
    pub(super) fn complete(self, wire: Vec<WireEntry>, added: &[&str]) -> Option<Seen> {
        let outcome = match self.outcome {
            Reported::Response => Outcome::Response,
            Reported::NetworkError => Outcome::NetworkError,
            Reported::InvalidRequest => Outcome::InvalidRequest,
            Reported::Timeout => return None,
        };
        let exposed = self.exposed.map(|mut names| {
            names.retain(|name| !added.contains(&name.as_str()));
            names.sort();
            names.dedup();
            names
        });
        let observation = Observation {
            wire: Some(wire),
            outcome: Some(outcome),
            response_type: self.response_type,
            status: self.status,
            exposed,
            reason: None,
            ..Observation::default()
        };
        let url = self.url.filter(|url| !url.is_empty()).map(|url| super::prefix::remove(&url));
        let error = self.error.map(|error| super::prefix::remove(&error));
        Some(Seen { observation, error, url, redirected: self.redirected })
    }
}
