//! The shape of the work: what policies list, the heads of requests, and an application that does nothing. The
//! benches beside the peers, a crate of their own, use this file too.

use cors_engine::PolicyConfig;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response};
use std::convert::Infallible;
use std::future::{Ready, ready};
use std::task::{Context, Poll};
use tower_service::Service;

pub(crate) const METHODS: [&str; 4] = ["GET", "POST", "PUT", "DELETE"];
pub(crate) const REQUEST_HEADERS: [&str; 3] = ["authorization", "content-type", "x-requested-with"];
pub(crate) const EXPOSED_HEADERS: [&str; 2] = ["x-request-id", "x-total-count"];
pub(crate) const MAX_AGE: u32 = 600;

/// An origin that no policy lists, as long as those that are.
pub(crate) const REFUSED_ORIGIN: &str = "https://tenant99999.example.net";

/// The headers that a preflight asks for.
pub(crate) const REQUESTED_HEADERS: &str = "authorization,content-type";

/// The origin of one tenant; those that are listed are the first ones.
pub(crate) fn origin(tenant: usize) -> String {
    format!("https://tenant{tenant:05}.example.com")
}

pub(crate) fn config(origins: usize) -> PolicyConfig {
    PolicyConfig::new()
        .origins((0..origins).map(origin))
        .credentials(true)
        .methods(METHODS)
        .request_headers(REQUEST_HEADERS)
        .expose_headers(EXPOSED_HEADERS)
        .max_age(MAX_AGE)
}

/// Nine ordinary headers, an `Origin` if one is sent, and, on a preflight, what it asks for.
pub(crate) fn headers(origin: Option<&str>, requested_headers: Option<&str>) -> HeaderMap {
    let ordinary = [
        ("host", "api.example.com"),
        ("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
        ("accept", "*/*"),
        ("accept-language", "en-US,en;q=0.5"),
        ("accept-encoding", "gzip, deflate, br, zstd"),
        ("referer", "https://tenant00000.example.com/"),
        ("sec-fetch-dest", "empty"),
        ("sec-fetch-mode", "cors"),
        ("sec-fetch-site", "same-site"),
    ];
    let of_cors = [
        ("origin", origin),
        ("access-control-request-method", requested_headers.map(|_| "PUT")),
        ("access-control-request-headers", requested_headers),
    ];
    let ordinary = ordinary.into_iter().map(|(name, text)| (name, HeaderValue::from_static(text)));
    let of_cors = of_cors.into_iter().filter_map(|(name, text)| {
        let value = HeaderValue::try_from(text?).expect("a header value");
        Some((name, value))
    });
    ordinary.chain(of_cors).map(|(name, value)| (HeaderName::from_static(name), value)).collect()
}

pub(crate) fn request(method: Method, headers: HeaderMap) -> Request<()> {
    let mut request = Request::new(());
    *request.method_mut() = method;
    *request.uri_mut() = http::Uri::from_static("/v1/things?page=2");
    *request.headers_mut() = headers;
    request
}

/// The application: it says nothing, at once.
#[derive(Clone, Copy)]
pub(crate) struct Nothing;

impl Service<Request<()>> for Nothing {
    type Response = Response<()>;
    type Error = Infallible;
    type Future = Ready<Result<Response<()>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<()>) -> Self::Future {
        ready(Ok(Response::new(())))
    }
}
