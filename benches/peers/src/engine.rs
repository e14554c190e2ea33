//! cors-engine: the decision alone, the tower layer, the build of a policy.

use crate::Subject;
use crate::shape::config;
use crate::tower_http_cors::Layered;
use crate::work::Work;
use cors_engine::tower::CorsLayer;
use cors_engine::{Policy, PolicyConfig};
use http::{HeaderMap, HeaderName, Method};
use std::hint::black_box;

pub(crate) fn policy(origins: usize) -> Policy {
    config(origins).build().expect("a policy")
}

pub(crate) struct Decision {
    policy: Policy,
    method: Method,
    headers: HeaderMap,
}

impl Decision {
    pub(crate) fn new(work: Work, origins: usize) -> Self {
        Decision { policy: policy(origins), method: work.method(), headers: work.headers(origins) }
    }

    /// The same with one header more, or another value of one.
    pub(crate) fn with(mut self, name: &str, value: String) -> Self {
        let name: HeaderName = name.parse().expect("a name");
        self.headers.insert(name, value.try_into().expect("a value"));
        self
    }
}

impl Subject for Decision {
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
