//! Runs a scenario through the engine.

use super::model::{
    Answer, BodyDescription, Observation, Outcome, RequestDescription, Scenario, Step, WireEntry, WireKind,
};
use crate::browser::profile::Profile;
use crate::browser::{self, Body, Exchange, Fetch, HttpVersion, Initiator, InvalidRequest, Outgoing};
use crate::protocol::Origin;
use crate::reason::Reason;
use crate::{Engine, PreflightCache, Request, ResponseHead, console_messages};
use serde::Serialize;
use std::collections::BTreeMap;
use std::time::Duration;
use url::Url;

/// What the engine says about each step of a scenario.
///
/// ```
/// use cors_engine::{Engine, scenario::{Scenario, replay}};
/// let line = r#"{"name":"x","steps":[{"request":{"origin":"null","url":"http://b.test/"}}]}"#;
/// let scenario: Scenario = serde_json::from_str(line).unwrap();
/// let replayed = replay(Engine::Gecko, &scenario);
/// assert_eq!((replayed.name.as_str(), replayed.steps.len()), ("x", 1));
/// assert_eq!(replayed.steps[0].reason.as_deref(), Some("missing-allow-origin"));
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Replayed {
    /// The scenario's name.
    pub name: String,
    /// One observation a step.
    pub steps: Vec<Observation>,
}

/// Runs every step of a scenario in one browser context of `engine`.
///
/// ```
/// use cors_engine::{Engine, scenario::{Outcome, Scenario, replay}};
/// let scenario: Scenario = serde_json::from_str(
///     r#"{"name":"x","steps":[{"request":{"origin":"http://a.test","url":"http://b.test/x"}}]}"#,
/// ).unwrap();
/// assert_eq!(replay(Engine::Spec, &scenario).steps[0].outcome, Some(Outcome::NetworkError));
/// ```
#[must_use]
pub fn replay(engine: Engine, scenario: &Scenario) -> Replayed {
    replay_with(engine, engine.profile(), scenario)
}

/// Runs a scenario as `engine` would if its profile were this one.
pub(crate) fn replay_with(engine: Engine, profile: &'static Profile, scenario: &Scenario) -> Replayed {
    let mut context = Context { engine, profile, cache: PreflightCache::default(), now: Duration::ZERO };
    let steps = scenario.steps.iter().map(|step| context.step(step)).collect();
    Replayed { name: scenario.name.clone(), steps }
}

/// What lasts from step to step.
struct Context {
    engine: Engine,
    profile: &'static Profile,
    cache: PreflightCache,
    now: Duration,
}

impl Context {
    fn step(&mut self, step: &Step) -> Observation {
        let advance = Duration::try_from_secs_f64(step.advance_s).unwrap_or_default();
        self.now = self.now.saturating_add(advance);
        let constructed = request_of(&step.request)
            .and_then(|request| Fetch::with_profile(self.engine, self.profile, request));
        let mut fetch = match constructed {
            Ok(fetch) => fetch,
            Err(invalid) => return invalid_request(&invalid),
        };
        let server = Server::new(&step.server);
        let mut wire = Vec::new();
        let mut last = local_answer();
        let mut next = fetch.start(&mut self.cache, self.now);
        let outcome = loop {
            match next {
                browser::Step::Send(outgoing) => {
                    wire.push(wire_entry(outgoing));
                    last = server.answer(outgoing);
                    let headers = isomorphic_headers(&last);
                    let head = ResponseHead::new(last.status, &headers);
                    next = fetch.receive(&head, &mut self.cache, self.now);
                }
                browser::Step::Done(outcome) => break outcome,
            }
        };
        Observation { wire: Some(wire), ..observation_of(outcome, &last) }
    }
}

/// What a URL that reaches no server answers.
fn local_answer() -> Answer {
    Answer { status: 200, headers: vec![("content-type".into(), String::new())] }
}

fn observation_of(outcome: &browser::Outcome, last: &Answer) -> Observation {
    match outcome {
        browser::Outcome::Response(response) => {
            let headers = isomorphic_headers(last);
            let head = ResponseHead::new(last.status, &headers);
            Observation {
                outcome: Some(Outcome::Response),
                response_type: Some(response.response_type.name().into()),
                status: Some(response.status),
                exposed: Some(response.exposed.names(&head.headers)),
                ..Observation::default()
            }
        }
        browser::Outcome::NetworkError(blocked) => Observation {
            outcome: Some(Outcome::NetworkError),
            reason: Some(blocked.reason.code().into()),
            console: console_messages(blocked),
            ..Observation::default()
        },
    }
}

fn invalid_request(invalid: &InvalidRequest) -> Observation {
    Observation {
        wire: Some(Vec::new()),
        outcome: Some(Outcome::InvalidRequest),
        reason: Some(invalid.reason.code().into()),
        ..Observation::default()
    }
}

fn wire_entry(outgoing: Outgoing<'_>) -> WireEntry {
    let text = |bytes: &[u8]| bytes.iter().map(|&byte| char::from(byte)).collect::<String>();
    let is_preflight = outgoing.exchange() == Exchange::Preflight;
    WireEntry {
        kind: if is_preflight { WireKind::Preflight } else { WireKind::Actual },
        method: text(outgoing.method()),
        url: wire_url(outgoing.url()),
        origin: Some(outgoing.origin().map(String::from)),
        acrm: is_preflight.then(|| outgoing.access_control_request_method().map(text)),
        acrh: is_preflight.then(|| outgoing.access_control_request_headers().map(text)),
    }
}

/// A URL as servers are told it: without fragment and userinfo.
fn wire_url(url: &Url) -> String {
    let mut url = url.clone();
    url.set_fragment(None);
    // Both fail only for URLs without a host, which have no userinfo.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.into()
}

/// Answers by URL, compared after URL parsing.
struct Server<'a> {
    answers: BTreeMap<String, &'a super::Answers>,
}

impl<'a> Server<'a> {
    fn new(answers: &'a BTreeMap<String, super::Answers>) -> Self {
        Server { answers: answers.iter().map(|(url, answers)| (server_key(url), answers)).collect() }
    }

    fn answer(&self, outgoing: Outgoing<'_>) -> Answer {
        let answers = self.answers.get(&wire_url(outgoing.url()));
        let answer = match outgoing.exchange() {
            Exchange::Preflight => answers.and_then(|answers| answers.preflight.as_ref()),
            Exchange::Actual => answers.and_then(|answers| answers.actual.as_ref()),
        };
        answer.cloned().unwrap_or(Answer { status: 404, headers: Vec::new() })
    }
}

/// A key of the server map as its URL goes over the wire. Scheme, host and port are parsed; path and query
/// are compared as they are written.
fn server_key(text: &str) -> String {
    let Ok(url) = Url::parse(text) else { return text.into() };
    let after_scheme = text.find("://").map_or(text.len(), |position| position + "://".len());
    let authority_end = text[after_scheme..].find(['/', '?', '#']);
    let rest = authority_end.map_or("", |position| &text[after_scheme + position..]);
    let rest = rest.split('#').next().unwrap_or_default();
    let slash = if rest.starts_with('/') { "" } else { "/" };
    format!("{}{slash}{rest}", Origin::of(&url))
}

/// Header lines as bytes: U+00NN is the byte NN; a character above that cannot come from a server and is
/// sent as UTF-8.
fn isomorphic_headers(answer: &Answer) -> Vec<(Vec<u8>, Vec<u8>)> {
    let bytes = |text: &str| isomorphic_encode(text).unwrap_or_else(|| text.as_bytes().to_vec());
    answer.headers.iter().map(|(name, value)| (bytes(name), bytes(value))).collect()
}

fn isomorphic_encode(text: &str) -> Option<Vec<u8>> {
    text.chars().map(|character| u8::try_from(u32::from(character)).ok()).collect()
}

impl RequestDescription {
    /// The request that it describes.
    ///
    /// # Errors
    /// What script cannot even ask for.
    ///
    /// ```
    /// let text = r#"{"origin":"http://a.test","url":"http://b.test/x","method":"PUT"}"#;
    /// let description: cors_engine::scenario::RequestDescription = serde_json::from_str(text).unwrap();
    /// assert_eq!(*description.to_request().unwrap().method, *b"PUT");
    /// ```
    pub fn to_request(&self) -> Result<Request, InvalidRequest> {
        request_of(self)
    }
}

fn request_of(description: &RequestDescription) -> Result<Request, InvalidRequest> {
    let invalid = |reason, value: &str| InvalidRequest { reason, value: value.into() };
    let byte_string =
        |text: &str| isomorphic_encode(text).ok_or_else(|| invalid(Reason::NotAByteString, text));
    let url = Url::parse(&description.url).map_err(|_| invalid(Reason::InvalidUrl, &description.url))?;
    let mut request = Request::new(description.origin.clone(), url);
    request.method = byte_string(&description.method)?.into();
    for (name, value) in &description.headers {
        request.headers.append(&byte_string(name)?, &byte_string(value)?);
    }
    request.body = match &description.body {
        None => Body::None,
        Some(BodyDescription::Text(_)) => Body::Text,
        Some(BodyDescription::BytesLen(_)) => Body::Bytes,
        Some(BodyDescription::Stream(_)) => Body::Stream,
        Some(BodyDescription::Form(_)) => Body::FormData,
        Some(BodyDescription::Urlencoded(_)) => Body::UrlSearchParams,
        Some(BodyDescription::BlobType(media_type)) => Body::Blob(media_type.clone()),
    };
    request.mode = description.mode;
    request.credentials = description.credentials;
    request.redirect = description.redirect;
    request.cache = description.cache;
    if description.upload_listener {
        request.initiator = Initiator::XmlHttpRequest { upload_listener: true };
    }
    request.http_version = HttpVersion::Http1;
    Ok(request)
}
