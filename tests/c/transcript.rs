//! Writes down what the Rust interface does with every scenario of the corpus, in every engine, and with every
//! row of the server peers, for `replay.c` to do the same through the C interface.
//!
//! One item a line: a word, and its arguments after tabs. Bytes other than letters, digits and a few more are
//! written as `%XX`; an absent value is `-`.

use cors_engine::capi::*;
use cors_engine::scenario::{Answer, Scenario, Step};
use cors_engine::server::{Action, ConfigErrors, Operation, RequestKind};
use cors_engine::{
    Body, CacheMode, CredentialsMode, Engine, Exchange, Fetch, HttpVersion, Initiator, Outcome, Outgoing,
    Policy, PolicyConfig, PreflightCache, RedirectMode, Request, RequestMode, ResponseHead, ResponseType,
    console_messages,
};
use serde_json::Value;
use std::fs;
use std::io::{BufWriter, Write, stdout};
use std::time::Duration;
use url::Url;

fn main() {
    let mut out = Transcript { out: BufWriter::new(stdout().lock()) };
    let folder = format!("{}/tests/corpus", env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for file in files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "jsonl")) {
        let is_server = file.ends_with("server-peers.jsonl");
        for text in fs::read_to_string(file).unwrap().lines() {
            if is_server {
                out.row(&serde_json::from_str(text).unwrap());
            } else {
                let scenario: Scenario = serde_json::from_str(text).unwrap();
                Engine::ALL.into_iter().for_each(|engine| out.scenario(engine, &scenario));
            }
        }
    }
    out.out.flush().unwrap();
}

struct Transcript<W: Write> {
    out: BufWriter<W>,
}

fn bytes(value: impl AsRef<[u8]>) -> String {
    let mut text = String::from("=");
    for byte in value.as_ref() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'/' | b':' | b'-' | b'_' => {
                text.push(char::from(*byte));
            }
            _ => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}

fn option(value: Option<impl AsRef<[u8]>>) -> String {
    value.map_or("-".into(), bytes)
}

impl<W: Write> Transcript<W> {
    fn line(&mut self, word: &str, arguments: &[String]) {
        writeln!(self.out, "{word}\t{}", arguments.join("\t")).unwrap();
    }

    fn headers<'h>(&mut self, word: &str, headers: impl Iterator<Item = (&'h [u8], &'h [u8])>) {
        for (name, value) in headers {
            self.line(word, &[bytes(name), bytes(value)]);
        }
    }

    fn scenario(&mut self, engine: Engine, scenario: &Scenario) {
        self.line("scenario", &[bytes(format!("{} {}", scenario.name, engine.name()))]);
        let (mut cache, mut now) = (PreflightCache::default(), 0_u64);
        for step in &scenario.steps {
            now += (step.advance_s * 1000.0) as u64;
            self.step(engine, step, &mut cache, now);
        }
    }

    fn step(&mut self, engine: Engine, step: &Step, cache: &mut PreflightCache, now: u64) {
        // What is no byte string never gets as far as C.
        let Ok(request) = step.request.to_request() else { return };
        self.headers("author", request.headers.lines());
        self.line("fetch", &numbers(engine, &request, now));
        let mut fetch = match Fetch::new(engine, request) {
            Ok(fetch) => fetch,
            Err(invalid) => return self.line("throws", &[bytes(invalid.reason.code())]),
        };
        let mut answer = None;
        let duration = Duration::from_millis(now);
        let mut next = fetch.start(cache, duration);
        loop {
            match next {
                cors_engine::Step::Send(outgoing) => {
                    self.outgoing(outgoing);
                    let (status, headers) = respond(step, outgoing);
                    self.headers("line", headers.iter().map(|(name, value)| (&name[..], &value[..])));
                    self.line("respond", &[status.to_string()]);
                    answer = Some((status, headers));
                    let (status, headers) = answer.as_ref().unwrap();
                    next = fetch.receive(&ResponseHead::new(*status, headers), cache, duration);
                }
                cors_engine::Step::Done(outcome) => break self.outcome(outcome, answer.as_ref()),
            }
        }
    }

    fn outgoing(&mut self, outgoing: Outgoing<'_>) {
        let url = &outgoing.url()[..url::Position::AfterQuery];
        self.headers("sent", outgoing.headers());
        let exchange = match outgoing.exchange() {
            Exchange::Preflight => CORS_EXCHANGE_PREFLIGHT,
            Exchange::Actual => CORS_EXCHANGE_ACTUAL,
        };
        self.line(
            "send",
            &[
                exchange.to_string(),
                u8::from(outgoing.includes_credentials()).to_string(),
                bytes(outgoing.method()),
                bytes(url),
                option(outgoing.origin()),
                option(outgoing.access_control_request_method()),
                option(outgoing.access_control_request_headers()),
            ],
        );
    }

    fn outcome(&mut self, outcome: &Outcome, answer: Option<&Response>) {
        match outcome {
            Outcome::Response(response) => {
                let local = vec![(b"content-type".to_vec(), Vec::new())];
                let (_, headers) = answer.cloned().unwrap_or((200, local));
                for name in response.exposed.names(&ResponseHead::new(0, &headers).headers) {
                    self.line("exposed", &[bytes(name)]);
                }
                let response_type = match response.response_type {
                    ResponseType::Basic => CORS_RESPONSE_BASIC,
                    ResponseType::Cors => CORS_RESPONSE_CORS,
                    ResponseType::Opaque => CORS_RESPONSE_OPAQUE,
                    ResponseType::OpaqueRedirect => CORS_RESPONSE_OPAQUE_REDIRECT,
                };
                let flags =
                    [response.redirected, response.timing_allowed].map(|flag| u8::from(flag).to_string());
                let [redirected, timed] = flags;
                let head = [response_type.to_string(), response.status.to_string(), redirected, timed];
                self.line("response", &[&head[..], &[bytes(response.url.as_str())]].concat());
            }
            Outcome::NetworkError(blocked) => {
                for text in console_messages(blocked) {
                    self.line("console", &[bytes(text)]);
                }
                let exchange = match blocked.exchange {
                    None => CORS_EXCHANGE_NONE,
                    Some(Exchange::Preflight) => CORS_EXCHANGE_PREFLIGHT,
                    Some(Exchange::Actual) => CORS_EXCHANGE_ACTUAL,
                };
                let status = blocked.status.unwrap_or(0);
                self.line(
                    "blocked",
                    &[
                        bytes(blocked.reason.code()),
                        exchange.to_string(),
                        blocked.hop.to_string(),
                        status.to_string(),
                        bytes(blocked.url.as_str()),
                        bytes(&blocked.value),
                    ],
                );
            }
        }
    }
}

type Response = (u16, Vec<(Vec<u8>, Vec<u8>)>);

/// What the scenario's server answers; it matters only that both interfaces are told the same.
fn respond(step: &Step, outgoing: Outgoing<'_>) -> Response {
    let wanted = &outgoing.url()[..url::Position::AfterQuery];
    let is_wanted = |url: &str| {
        Url::parse(url).is_ok_and(|url| &url[..url::Position::AfterQuery] == wanted) || url == wanted
    };
    let answers = step.server.iter().find(|(url, _)| is_wanted(url)).map(|(_, answers)| answers);
    let answer = answers.and_then(|answers| match outgoing.exchange() {
        Exchange::Preflight => answers.preflight.as_ref(),
        Exchange::Actual => answers.actual.as_ref(),
    });
    let missing = Answer { status: 404, headers: Vec::new() };
    let answer = answer.unwrap_or(&missing);
    let encode = |text: &String| -> Vec<u8> {
        let byte = |character: char| u8::try_from(u32::from(character));
        text.chars().map(byte).collect::<Result<_, _>>().unwrap_or_else(|_| text.clone().into_bytes())
    };
    (answer.status, answer.headers.iter().map(|(name, value)| (encode(name), encode(value))).collect())
}

/// A request as C has it, the headers apart.
fn numbers(engine: Engine, request: &Request, now: u64) -> Vec<String> {
    let engine = match engine {
        Engine::Spec => CORS_ENGINE_SPEC,
        Engine::Chromium => CORS_ENGINE_CHROMIUM,
        Engine::Gecko => CORS_ENGINE_GECKO,
        Engine::WebKit => CORS_ENGINE_WEBKIT,
    };
    let mode = match request.mode {
        RequestMode::Cors => CORS_MODE_CORS,
        RequestMode::NoCors => CORS_MODE_NO_CORS,
        RequestMode::SameOrigin => CORS_MODE_SAME_ORIGIN,
        RequestMode::Navigate => CORS_MODE_NAVIGATE,
    };
    let credentials = match request.credentials {
        CredentialsMode::SameOrigin => CORS_CREDENTIALS_SAME_ORIGIN,
        CredentialsMode::Omit => CORS_CREDENTIALS_OMIT,
        CredentialsMode::Include => CORS_CREDENTIALS_INCLUDE,
    };
    let redirect = match request.redirect {
        RedirectMode::Follow => CORS_REDIRECT_FOLLOW,
        RedirectMode::Error => CORS_REDIRECT_ERROR,
        RedirectMode::Manual => CORS_REDIRECT_MANUAL,
    };
    let cache = match request.cache {
        CacheMode::Default => CORS_CACHE_DEFAULT,
        CacheMode::NoStore => CORS_CACHE_NO_STORE,
        CacheMode::Reload => CORS_CACHE_RELOAD,
        CacheMode::NoCache => CORS_CACHE_NO_CACHE,
        CacheMode::ForceCache => CORS_CACHE_FORCE_CACHE,
        CacheMode::OnlyIfCached => CORS_CACHE_ONLY_IF_CACHED,
    };
    let (body, blob_type) = match &request.body {
        Body::None => (CORS_BODY_NONE, None),
        Body::Text => (CORS_BODY_TEXT, None),
        Body::Bytes => (CORS_BODY_BYTES, None),
        Body::UrlSearchParams => (CORS_BODY_URL_SEARCH_PARAMS, None),
        Body::FormData => (CORS_BODY_FORM_DATA, None),
        Body::Blob(blob_type) => (CORS_BODY_BLOB, Some(blob_type)),
        Body::Stream => (CORS_BODY_STREAM, None),
    };
    let (initiator, upload_listener) = match request.initiator {
        Initiator::XmlHttpRequest { upload_listener } => (CORS_INITIATOR_XML_HTTP_REQUEST, upload_listener),
        _ => (CORS_INITIATOR_FETCH, false),
    };
    let http_version = match request.http_version {
        HttpVersion::Http1 => CORS_HTTP_VERSION_1,
        HttpVersion::Http2 => CORS_HTTP_VERSION_2,
    };
    let upload_listener = u8::from(upload_listener);
    let fields = [engine, mode, credentials, redirect, cache, body, initiator, upload_listener, http_version];
    let strings = [
        bytes(request.origin.serialized()),
        bytes(request.url.as_str()),
        bytes(&request.method),
        option(blob_type),
    ];
    [now.to_string()].into_iter().chain(fields.map(|field| field.to_string())).chain(strings).collect()
}

impl<W: Write> Transcript<W> {
    /// A row of the server peers, if it is about a policy.
    fn row(&mut self, row: &Value) {
        let list = |value: &Value| -> Vec<String> {
            let texts = value.as_array().into_iter().flatten();
            texts.map(|text| text.as_str().unwrap_or_default().to_owned()).collect()
        };
        let null = |config: PolicyConfig| config.null_origin(true);
        self.line("scenario", &[bytes(row["name"].as_str().unwrap())]);
        match row["kind"].as_str().unwrap() {
            "decision" => {
                let request = &row["request"];
                let lines: Vec<(String, String)> = request["headers"]
                    .as_object()
                    .into_iter()
                    .flatten()
                    .flat_map(|(name, values)| {
                        list(values).into_iter().map(move |value| (name.clone(), value))
                    })
                    .collect();
                self.decide(peer_policy(&row["policy"]), request["method"].as_str().unwrap(), &lines);
            }
            "policy" => self.decide(peer_policy(&row["policy"]), "GET", &[]),
            "origin-match" => {
                let config = null(PolicyConfig::new().origins(list(&row["patterns"])))
                    .dangerous_public_suffix_subdomains(true);
                let origin = row["origin"].as_str().unwrap().to_owned();
                self.decide(config, "GET", &[("origin".into(), origin)]);
            }
            "acrh" => {
                let config =
                    PolicyConfig::new().origins(["https://a.example"]).request_headers(list(&row["allowed"]));
                let mut lines = vec![
                    ("origin".into(), "https://a.example".into()),
                    ("access-control-request-method".into(), "GET".into()),
                ];
                let asked = list(&row["lines"]).into_iter();
                lines.extend(asked.map(|line| ("access-control-request-headers".into(), line)));
                self.decide(config, "OPTIONS", &lines);
            }
            _ => {}
        }
    }

    fn decide(&mut self, config: PolicyConfig, method: &str, lines: &[(String, String)]) {
        self.line("policy", &[bytes(serde_json::to_string(&config).unwrap())]);
        let policy = match config.build() {
            Ok(policy) => policy,
            Err(errors) => return self.refuse(&errors),
        };
        self.headers("header", lines.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes())));
        self.line("decide", &[bytes(method)]);
        self.decision(&policy, method, lines);
    }

    fn refuse(&mut self, errors: &ConfigErrors) {
        let codes: Vec<String> = errors.as_slice().iter().map(|error| bytes(error.code.code())).collect();
        self.line("mistakes", &codes);
    }

    fn decision(&mut self, policy: &Policy, method: &str, lines: &[(String, String)]) {
        let answer = policy.answer(method.as_bytes(), lines);
        let added = |name: &str| -> Vec<Vec<u8>> {
            let is_named = |(header, value): (&str, &[u8])| (header == name).then(|| value.to_vec());
            answer.headers().filter_map(is_named).collect()
        };
        let mut appended = Vec::new();
        for operation in answer.operations() {
            let Operation::Remove { name } = operation else { continue };
            match added(name).split_first() {
                None => self.line("op", &[CORS_OP_REMOVE.to_string(), bytes(name), "-".into()]),
                Some((first, more)) => {
                    self.line("op", &[CORS_OP_SET.to_string(), bytes(name), bytes(trimmed(first))]);
                    appended.extend(more.iter().map(|value| (name, trimmed(value).to_vec())));
                }
            }
        }
        for (name, value) in appended {
            self.line("op", &[CORS_OP_APPEND.to_string(), bytes(name), bytes(value)]);
        }
        let vary: Vec<&str> = answer.vary().collect();
        if !vary.is_empty() {
            self.line("op", &[CORS_OP_VARY.to_string(), bytes("vary"), bytes(vary.join(", "))]);
        }
        let kind = match answer.kind() {
            RequestKind::NotCors => CORS_KIND_NOT_CORS,
            RequestKind::Actual => CORS_KIND_ACTUAL,
            RequestKind::Preflight => CORS_KIND_PREFLIGHT,
        };
        let (action, status) = match answer.action() {
            Action::Pass => (CORS_ACTION_PASS, 0),
            Action::Respond { status } => (CORS_ACTION_RESPOND, status),
        };
        let reason = answer.reason();
        let numbers = [kind, action, u8::from(reason.allows())].map(|number| number.to_string());
        self.line("decision", &[&numbers[..], &[status.to_string(), bytes(reason.code())]].concat());
    }
}

fn trimmed(value: &[u8]) -> &[u8] {
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\t');
    let start = value.iter().position(|byte| !is_space(byte)).unwrap_or(value.len());
    let end = value.iter().rposition(|byte| !is_space(byte)).map_or(start, |last| last + 1);
    &value[start..end]
}

/// A peer's policy in this library's words; `null` has a key of its own.
fn peer_policy(policy: &Value) -> PolicyConfig {
    let names = |value: &Value| -> Vec<String> {
        match value.as_array() {
            Some(names) => names.iter().map(|name| name.as_str().unwrap_or_default().to_owned()).collect(),
            None if value.is_string() => vec!["*".into()],
            None => Vec::new(),
        }
    };
    let flag = |key: &str| policy[key].as_bool().unwrap_or(false);
    let (null, origins): (Vec<_>, Vec<_>) =
        names(&policy["origins"]).into_iter().partition(|origin| origin == "null");
    let config = PolicyConfig::new()
        .origins(origins)
        .null_origin(!null.is_empty())
        .credentials(flag("credentials"))
        .methods(names(&policy["methods"]))
        .request_headers(names(&policy["request_headers"]))
        .expose_headers(names(&policy["expose_headers"]))
        .dangerous_insecure_origins_with_credentials(flag("allow_insecure_origins"))
        .dangerous_public_suffix_subdomains(flag("allow_public_suffix_subdomains"));
    match policy["max_age"].as_i64() {
        Some(seconds) => config.max_age(u32::try_from(seconds).unwrap_or(u32::MAX)),
        None => config,
    }
}
