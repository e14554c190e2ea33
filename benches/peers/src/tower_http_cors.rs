//! tower-http, and how any tower layer is driven: a service that does nothing is called once, and its future
//! is polled once.

use crate::Subject;
use crate::shape::{self, Nothing};
use crate::work::Work;
use futures_util::FutureExt;
use http::{HeaderName, HeaderValue, Method, Request};
use std::cell::RefCell;
use std::time::Duration;
use tower_http::cors::{AllowOrigin, CorsLayer};
use tower_layer::{Identity, Layer};
use tower_service::Service;

/// A layer around [`Nothing`], and the request that it gets.
pub(crate) struct Layered<S> {
    service: RefCell<S>,
    request: Request<()>,
}

impl<S> Layered<S> {
    pub(crate) fn new(layer: impl Layer<Nothing, Service = S>, request: Request<()>) -> Self {
        Layered { service: RefCell::new(layer.layer(Nothing)), request }
    }
}

impl<S: Service<Request<()>>> Subject for Layered<S> {
    type Input = Request<()>;
    type Output = Option<Result<S::Response, S::Error>>;

    fn prepare(&self) -> Request<()> {
        self.request.clone()
    }

    fn turn(&self, request: Request<()>) -> Self::Output {
        self.service.borrow_mut().call(request).now_or_never()
    }
}

pub(crate) fn layer(work: Work, origins: usize) -> impl Subject {
    Layered::new(cors(values(origins)), work.request(origins))
}

pub(crate) fn unguarded(request: Request<()>) -> impl Subject {
    Layered::new(Identity::new(), request)
}

fn values(origins: usize) -> Vec<HeaderValue> {
    (0..origins).map(|tenant| shape::origin(tenant).try_into().expect("a header value")).collect()
}

fn cors(origins: Vec<HeaderValue>) -> CorsLayer {
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_credentials(true)
        .allow_methods(shape::METHODS.map(|method| method.parse::<Method>().expect("a method")))
        .allow_headers(shape::REQUEST_HEADERS.map(HeaderName::from_static))
        .expose_headers(shape::EXPOSED_HEADERS.map(HeaderName::from_static))
        .max_age(Duration::from_secs(shape::MAX_AGE.into()))
}

pub(crate) struct Build(Vec<HeaderValue>);

impl Build {
    pub(crate) fn new(origins: usize) -> Self {
        Build(values(origins))
    }
}

impl Subject for Build {
    type Input = Vec<HeaderValue>;
    type Output = CorsLayer;

    fn prepare(&self) -> Vec<HeaderValue> {
        self.0.clone()
    }

    fn turn(&self, origins: Vec<HeaderValue>) -> CorsLayer {
        cors(origins)
    }
}
