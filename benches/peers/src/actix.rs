//! actix-cors, around a service that answers 200.

use crate::Subject;
use crate::shape;
use crate::work::Work;
use actix_cors::Cors;
use actix_web::dev::{Service, ServiceRequest, Transform};
use actix_web::http::Method;
use actix_web::test::{TestRequest, ok_service};
use futures_util::FutureExt;

fn cors(origins: Vec<String>) -> Cors {
    let cors = Cors::default()
        .supports_credentials()
        .allowed_methods(shape::METHODS)
        .allowed_headers(shape::REQUEST_HEADERS)
        .expose_headers(shape::EXPOSED_HEADERS)
        .max_age(usize::try_from(shape::MAX_AGE).ok());
    origins.into_iter().fold(cors, |cors, origin| cors.allowed_origin(&origin))
}

fn origins(count: usize) -> Vec<String> {
    (0..count).map(shape::origin).collect()
}

/// A service, and what its requests are made of.
pub(crate) struct Served<S> {
    service: S,
    method: Method,
    headers: Vec<(String, String)>,
}

impl<S> Served<S> {
    fn new(service: S, work: Work, count: usize) -> Self {
        let headers = work.headers(count);
        let text = |value: &http::HeaderValue| value.to_str().expect("ASCII").to_owned();
        Served {
            service,
            method: work.method().as_str().parse().expect("a method"),
            headers: headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect(),
        }
    }
}

pub(crate) fn middleware(work: Work, count: usize) -> impl Subject {
    let ready = cors(origins(count)).new_transform(ok_service()).now_or_never();
    Served::new(ready.expect("nothing to wait for").expect("a middleware"), work, count)
}

pub(crate) fn unguarded(work: Work, count: usize) -> impl Subject {
    Served::new(ok_service(), work, count)
}

impl<S: Service<ServiceRequest>> Subject for Served<S> {
    type Input = ServiceRequest;
    type Output = Option<Result<S::Response, S::Error>>;

    fn prepare(&self) -> ServiceRequest {
        let request = TestRequest::with_uri("/v1/things?page=2").method(self.method.clone());
        let headers = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        headers.fold(request, |request, header| request.insert_header(header)).to_srv_request()
    }

    fn turn(&self, request: ServiceRequest) -> Self::Output {
        self.service.call(request).now_or_never()
    }
}

pub(crate) struct Build(Vec<String>);

impl Build {
    pub(crate) fn new(count: usize) -> Self {
        Build(origins(count))
    }
}

impl Subject for Build {
    type Input = Vec<String>;
    type Output = Cors;

    fn prepare(&self) -> Vec<String> {
        self.0.clone()
    }

    fn turn(&self, origins: Vec<String>) -> Cors {
        cors(origins)
    }
}
