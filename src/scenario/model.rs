//! The scenario format as Rust types. Nothing here decides anything.

use crate::protocol::Origin;
use crate::{CacheMode, CredentialsMode, RedirectMode, RequestMode};
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;

/// A list of fetches made one after another in one browser context.
///
/// ```
/// use cors_engine::scenario::Scenario;
/// let line = r#"{"name":"a/b","steps":[{"request":{"origin":"null","url":"http://b.test/"}}]}"#;
/// let scenario: Scenario = serde_json::from_str(line).unwrap();
/// assert_eq!((scenario.name.as_str(), scenario.steps.len()), ("a/b", 1));
/// assert!(scenario.differs.is_empty());
/// ```
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Scenario {
    /// Unique, short, made of `/`-separated words.
    pub name: String,
    /// One line: what the scenario is about and where its expectation comes from.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub about: String,
    /// The fetches, in order. A preflight cache carries over from step to step.
    pub steps: Vec<Step>,
    /// What an engine is known to do instead: engine name to step index to expectation.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub differs: BTreeMap<String, BTreeMap<String, Observation>>,
}

/// One fetch and the world it meets.
///
/// ```
/// use cors_engine::scenario::Step;
/// let json = r#"{"advance_s":5,"request":{"origin":"null","url":"http://b.test/"}}"#;
/// let step: Step = serde_json::from_str(json).unwrap();
/// assert_eq!(step.advance_s, 5.0);
/// assert!(step.server.is_empty() && step.expect.is_none());
/// ```
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Step {
    /// Seconds of clock time that pass before this step.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub advance_s: f64,
    /// The request that script makes.
    pub request: RequestDescription,
    /// What each absolute URL (without fragment) answers; a URL that is not listed answers 404 without headers.
    #[serde(default)]
    pub server: BTreeMap<String, Answers>,
    /// What is expected to happen; keys that are left out are not claimed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expect: Option<Observation>,
}

/// What script passed to `fetch()` or `XMLHttpRequest`.
///
/// ```
/// use cors_engine::{CredentialsMode, scenario::RequestDescription};
/// let json = r#"{"origin":"http://a.test","url":"http://b.test/","credentials":"include"}"#;
/// let request: RequestDescription = serde_json::from_str(json).unwrap();
/// assert_eq!((request.method.as_str(), request.credentials), ("GET", CredentialsMode::Include));
/// ```
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct RequestDescription {
    /// The page's origin, serialized; `null` is an opaque origin.
    pub origin: Origin,
    /// The absolute URL passed to `fetch()`.
    pub url: String,
    /// The method as the script wrote it.
    #[serde(default = "get")]
    pub method: String,
    /// `cors`, `no-cors`, `same-origin` or `navigate`.
    #[serde(default = "cors")]
    pub mode: RequestMode,
    /// `omit`, `same-origin` or `include`.
    #[serde(default = "same_origin")]
    pub credentials: CredentialsMode,
    /// `follow`, `error` or `manual`.
    #[serde(default = "follow")]
    pub redirect: RedirectMode,
    /// The cache mode, `default` when absent.
    #[serde(default = "default_cache", skip_serializing_if = "is_default_cache")]
    pub cache: CacheMode,
    /// Author headers in order; U+00NN stands for the byte NN.
    #[serde(default)]
    pub headers: Vec<(String, String)>,
    /// The body, if there is one.
    #[serde(default)]
    pub body: Option<BodyDescription>,
    /// Whether this is an `XMLHttpRequest` with a listener on its upload object.
    #[serde(default, skip_serializing_if = "is_false")]
    pub upload_listener: bool,
}

/// The kinds of body a script can pass.
///
/// ```
/// use cors_engine::scenario::BodyDescription;
/// let body: BodyDescription = serde_json::from_str(r#"{"blob_type":"text/csv"}"#).unwrap();
/// assert_eq!(body, BodyDescription::BlobType("text/csv".into()));
/// ```
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BodyDescription {
    /// A string.
    Text(String),
    /// An `ArrayBuffer` of this many bytes.
    BytesLen(u64),
    /// A `ReadableStream` (with `duplex: "half"`).
    Stream(bool),
    /// A `FormData`.
    Form(bool),
    /// A `URLSearchParams`.
    Urlencoded(bool),
    /// A `Blob` with this type.
    BlobType(String),
}

/// What one URL answers.
///
/// ```
/// use cors_engine::scenario::Answers;
/// let answers: Answers = serde_json::from_str(r#"{"actual":{"status":200}}"#).unwrap();
/// assert_eq!(answers.actual.unwrap().status, 200);
/// assert_eq!(answers.preflight, None);
/// ```
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Answers {
    /// The answer to an `OPTIONS` that carries `Access-Control-Request-Method`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preflight: Option<Answer>,
    /// The answer to anything else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actual: Option<Answer>,
}

/// The head of one response.
///
/// ```
/// use cors_engine::scenario::Answer;
/// let answer: Answer = serde_json::from_str(r#"{"status":204,"headers":[["Vary","Origin"]]}"#).unwrap();
/// assert_eq!(answer.headers, [("Vary".to_owned(), "Origin".to_owned())]);
/// ```
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// Header lines in order, repeated names included; U+00NN stands for the byte NN.
    #[serde(default)]
    pub headers: Vec<(String, String)>,
}

/// What happened, or is expected to happen, in one step. A key that is absent is not claimed.
///
/// ```
/// use cors_engine::scenario::Observation;
/// let json = r#"{"outcome":"response","type":"cors","status":200}"#;
/// let observation: Observation = serde_json::from_str(json).unwrap();
/// assert_eq!(observation.wire, None); // not claimed
/// assert_eq!(serde_json::to_string(&observation).unwrap(), json);
/// ```
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Observation {
    /// The requests that reached a server, in order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wire: Option<Vec<WireEntry>>,
    /// How the fetch ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// `basic`, `cors`, `opaque` or `opaqueredirect`.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub response_type: Option<String>,
    /// The status that script sees.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The header names that script can read, in lower case, sorted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exposed: Option<Vec<String>>,
    /// What failed: a reason code from the engine, free text elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What the console says about it, one line an element.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub console: Vec<String>,
}

impl Observation {
    /// The first key that `expected` claims and this observation disagrees with. Reasons are not compared.
    ///
    /// ```
    /// use cors_engine::scenario::{Observation, Outcome};
    /// let seen = Observation { outcome: Some(Outcome::NetworkError), ..Observation::default() };
    /// let expected = Observation { outcome: Some(Outcome::Response), ..Observation::default() };
    /// assert_eq!(seen.disagreement(&expected), Some("outcome"));
    /// assert_eq!(seen.disagreement(&Observation::default()), None);
    /// ```
    #[must_use]
    pub fn disagreement(&self, expected: &Observation) -> Option<&'static str> {
        fn differs<T: PartialEq>(seen: &Option<T>, expected: &Option<T>) -> bool {
            expected.is_some() && seen != expected
        }
        let wire_differs = expected.wire.as_ref().is_some_and(|expected| {
            let seen = self.wire.as_deref().unwrap_or_default();
            seen.len() != expected.len()
                || seen.iter().zip(expected).any(|(seen, expected)| !seen.agrees_with(expected))
        });
        [
            ("outcome", differs(&self.outcome, &expected.outcome)),
            ("wire", wire_differs),
            ("type", differs(&self.response_type, &expected.response_type)),
            ("status", differs(&self.status, &expected.status)),
            ("exposed", differs(&self.exposed, &expected.exposed)),
            ("console", !expected.console.is_empty() && self.console != expected.console),
        ]
        .into_iter()
        .find_map(|(key, differs)| differs.then_some(key))
    }
}

impl WireEntry {
    fn agrees_with(&self, expected: &WireEntry) -> bool {
        let agrees = |seen: &Option<Option<String>>, expected: &Option<Option<String>>| {
            expected.is_none() || seen == expected
        };
        (self.kind, &self.method, &self.url) == (expected.kind, &expected.method, &expected.url)
            && agrees(&self.origin, &expected.origin)
            && agrees(&self.acrm, &expected.acrm)
            && agrees(&self.acrh, &expected.acrh)
    }
}

/// How a fetch ended.
///
/// ```
/// use cors_engine::scenario::Outcome;
/// assert_eq!(serde_json::to_string(&Outcome::NetworkError).unwrap(), "\"network-error\"");
/// ```
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Script got a response.
    Response,
    /// The promise was rejected, or the `XMLHttpRequest` ended in an error event.
    NetworkError,
    /// `fetch()`, `new Request()` or `setRequestHeader()` itself threw.
    InvalidRequest,
}

/// One request as a server saw it.
///
/// ```
/// use cors_engine::scenario::WireEntry;
/// let json = r#"{"kind":"actual","method":"GET","url":"http://b.test/","origin":null}"#;
/// let entry: WireEntry = serde_json::from_str(json).unwrap();
/// assert_eq!(entry.origin, Some(None)); // none was sent
/// assert_eq!(entry.acrm, None); // nothing is claimed
/// ```
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct WireEntry {
    /// Whether it was a CORS-preflight request.
    pub kind: WireKind,
    /// The method on the request line.
    pub method: String,
    /// The absolute URL without fragment and without userinfo.
    pub url: String,
    /// The `Origin` header: `Some(None)` when none was sent, `None` when nothing is claimed.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub origin: Option<Option<String>>,
    /// The `Access-Control-Request-Method` header of a preflight, as `origin`.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub acrm: Option<Option<String>>,
    /// The `Access-Control-Request-Headers` header of a preflight, as `origin`.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub acrh: Option<Option<String>>,
}

/// The two kinds of request that CORS knows.
///
/// ```
/// use cors_engine::scenario::WireKind;
/// assert_eq!(serde_json::from_str::<WireKind>("\"preflight\"").unwrap(), WireKind::Preflight);
/// ```
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum WireKind {
    /// An `OPTIONS` asked by the browser on its own account.
    Preflight,
    /// What script asked for.
    Actual,
}

/// Tells `null` from an absent key: a key that is there is `Some`, whatever it holds.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::<String>::deserialize(deserializer).map(Some)
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes the field by reference")]
fn is_false(value: &bool) -> bool {
    !value
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes the field by reference")]
fn is_zero(value: &f64) -> bool {
    *value == 0.0
}

fn get() -> String {
    "GET".into()
}

fn cors() -> RequestMode {
    RequestMode::Cors
}

fn same_origin() -> CredentialsMode {
    CredentialsMode::SameOrigin
}

fn follow() -> RedirectMode {
    RedirectMode::Follow
}

fn default_cache() -> CacheMode {
    CacheMode::Default
}

fn is_default_cache(cache: &CacheMode) -> bool {
    *cache == CacheMode::Default
}
