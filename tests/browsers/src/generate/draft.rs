//! What every scenario starts from: a page, a server elsewhere, and answers that allow the request.

use super::vary::{chance, pick};
use cors_engine::protocol::Origin;
use cors_engine::scenario::{Answer, Answers, RequestDescription, Step};
use cors_engine::{CacheMode, CredentialsMode, RedirectMode, RequestMode};
use fastrand::Rng;
use std::collections::BTreeMap;

pub(super) const ALLOW_ORIGIN: &str = "access-control-allow-origin";
pub(super) const ALLOW_CREDENTIALS: &str = "access-control-allow-credentials";
pub(super) const ALLOW_METHODS: &str = "access-control-allow-methods";
pub(super) const ALLOW_HEADERS: &str = "access-control-allow-headers";
pub(super) const EXPOSE_HEADERS: &str = "access-control-expose-headers";
pub(super) const MAX_AGE: &str = "access-control-max-age";

/// A scenario without a name.
pub(super) struct Draft {
    pub(super) about: String,
    pub(super) steps: Vec<Step>,
}

/// One fetch and the two answers of the one URL that it asks.
#[derive(Clone)]
pub(super) struct Exchange {
    pub(super) request: RequestDescription,
    pub(super) preflight: Answer,
    pub(super) actual: Answer,
}

impl Exchange {
    /// A plain GET from one site to another (now and then a sub-domain or another port), answered with nothing.
    pub(super) fn new(rng: &mut Rng) -> Self {
        let origin = page(rng);
        let url = format!("{}/x", server(rng, &origin));
        Self { request: request(origin, url), preflight: empty(204), actual: empty(200) }
    }

    /// A plain GET from `http://a.test` to `http://b.test`, answered with nothing.
    pub(super) fn plain() -> Self {
        let request = request(page_of("http://a.test"), "http://b.test/x".into());
        Self { request, preflight: empty(204), actual: empty(200) }
    }

    /// Lets the answers allow whatever the request is now, in one of the ways in which servers do that.
    pub(super) fn allow(&mut self, rng: &mut Rng) {
        let credentials = self.request.credentials == CredentialsMode::Include;
        let origin = self.request.origin.serialized();
        let wildcard = !credentials && chance(rng, 40);
        let method = self.request.method.to_ascii_uppercase();
        let method = if method == "PATCH" { self.request.method.clone() } else { method };
        for answer in [&mut self.preflight, &mut self.actual] {
            set(answer, ALLOW_ORIGIN, [if wildcard { "*" } else { origin }]);
            if credentials {
                set(answer, ALLOW_CREDENTIALS, ["true"]);
            }
        }
        if method.bytes().all(|byte| byte.is_ascii_graphic() && byte != b',') && !method.is_empty() {
            set(&mut self.preflight, ALLOW_METHODS, [method]);
        }
        let names: Vec<_> = self.request.headers.iter().map(|(name, _)| name.to_ascii_lowercase()).collect();
        if !names.is_empty() {
            set(&mut self.preflight, ALLOW_HEADERS, [names.join(if chance(rng, 50) { "," } else { ", " })]);
        }
    }

    /// The step in which only the request's own URL answers.
    pub(super) fn step(self) -> Step {
        let url = self.request.url.split('#').next().unwrap_or_default().to_owned();
        let answers = Answers { preflight: Some(self.preflight), actual: Some(self.actual) };
        Step { advance_s: 0.0, request: self.request, server: BTreeMap::from([(url, answers)]), expect: None }
    }

    /// The draft with this one fetch.
    pub(super) fn draft(self, about: String) -> Draft {
        Draft { about, steps: vec![self.step()] }
    }
}

/// A response head without headers.
pub(super) fn empty(status: u16) -> Answer {
    Answer { status, headers: Vec::new() }
}

/// Replaces all lines of this name.
pub(super) fn set<V: Into<String>>(answer: &mut Answer, name: &str, values: impl IntoIterator<Item = V>) {
    answer.headers.retain(|(line, _)| !line.eq_ignore_ascii_case(name));
    answer.headers.extend(values.into_iter().map(|value| (name.to_owned(), value.into())));
}

/// The defaults of `fetch()`.
pub(super) fn request(origin: Origin, url: String) -> RequestDescription {
    RequestDescription {
        origin,
        url,
        method: "GET".into(),
        mode: RequestMode::Cors,
        credentials: CredentialsMode::SameOrigin,
        redirect: RedirectMode::Follow,
        cache: CacheMode::Default,
        headers: Vec::new(),
        body: None,
        upload_listener: false,
    }
}

/// Where a page may live.
pub(super) fn page(rng: &mut Rng) -> Origin {
    const PAGES: [&str; 10] = [
        "http://a.test",
        "http://a.test",
        "http://a.test",
        "http://a.test",
        "https://a.test",
        "https://a.test",
        "https://a.test",
        "http://a.test:8080",
        "null",
        "null",
    ];
    page_of(pick(rng, &PAGES))
}

fn page_of(origin: &str) -> Origin {
    Origin::parse(origin).unwrap_or(Origin::Opaque)
}

/// Another origin that the page may reach: a secure page cannot ask an insecure server.
pub(super) fn server(rng: &mut Rng, page: &Origin) -> String {
    let host = pick(rng, &["b.test", "b.test", "b.test", "b.test:8080", "sub.a.test"]);
    let is_secure = page.serialized().starts_with("https:") || chance(rng, 20);
    format!("{}://{host}", if is_secure { "https" } else { "http" })
}

/// Credentials as fetches have them.
pub(super) fn credentials(rng: &mut Rng) -> CredentialsMode {
    pick(
        rng,
        &[
            CredentialsMode::SameOrigin,
            CredentialsMode::SameOrigin,
            CredentialsMode::Include,
            CredentialsMode::Omit,
        ],
    )
}
