//! cors-engine: the decision alone, the tower layer, the build of a policy, and a browser's side of an exchange.

use crate::Subject;
use crate::exchange::Exchange;
use crate::shape::config;
use crate::tower_http_cors::Layered;
use crate::work::Work;
use cors_engine::tower::CorsLayer;
use cors_engine::{Engine, Policy, PolicyConfig, Request};
use http::{HeaderMap, Method};
use std::hint::black_box;

pub(crate) fn policy(origins: usize) -> Policy {
    config(origins).build().expect("a policy")
}

/// Over header lines, as most servers have them.
pub(crate) struct Decision {
    policy: Policy,
    method: Vec<u8>,
    lines: Vec<(String, Vec<u8>)>,
}

impl Decision {
    pub(crate) fn new(work: Work, origins: usize) -> Self {
        let headers = work.headers(origins);
        let lines = headers.iter().map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()));
        let method = work.method().as_str().into();
        Decision { policy: policy(origins), method, lines: lines.collect() }
    }

    /// The same with one header more, or another value of one.
    pub(crate) fn with(mut self, name: &str, value: String) -> Self {
        self.lines.retain(|(line, _)| line != name);
        self.lines.push((name.to_owned(), value.into_bytes()));
        self
    }
}

impl Subject for Decision {
    type Input = ();
    type Output = ();

    fn prepare(&self) {}

    fn turn(&self, (): ()) {
        let (method, lines) = (black_box(self.method.as_slice()), black_box(self.lines.as_slice()));
        black_box(&self.policy.answer(method, lines));
    }
}

/// Over the header map of the crate `http`.
pub(crate) struct MapDecision {
    policy: Policy,
    method: Method,
    headers: HeaderMap,
}

impl MapDecision {
    pub(crate) fn new(work: Work, origins: usize) -> Self {
        MapDecision { policy: policy(origins), method: work.method(), headers: work.headers(origins) }
    }
}

impl Subject for MapDecision {
    type Input = ();
    type Output = ();

    fn prepare(&self) {}

    fn turn(&self, (): ()) {
        black_box(&self.policy.answer_http(black_box(&self.method), black_box(&self.headers)));
    }
}

pub(crate) fn layer(work: Work, origins: usize) -> impl Subject {
    Layered::new(CorsLayer::new(policy(origins)), work.request(origins))
}

pub(crate) struct Build(PolicyConfig);

impl Build {
    pub(crate) fn new(origins: usize) -> Self {
        Build(config(origins))
    }
}

impl Subject for Build {
    type Input = PolicyConfig;
    type Output = Policy;

    fn prepare(&self) -> PolicyConfig {
        self.0.clone()
    }

    fn turn(&self, config: PolicyConfig) -> Policy {
        config.build().expect("a policy")
    }
}

impl Subject for Exchange {
    type Input = Request;
    type Output = ();

    fn prepare(&self) -> Request {
        self.request()
    }

    fn turn(&self, request: Request) {
        self.take_place(Engine::Spec, request);
    }
}
