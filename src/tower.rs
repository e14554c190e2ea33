//! The policy as a [`tower`](https://docs.rs/tower) layer, for axum, hyper and everything else that speaks
//! its `Service`.
//!
//! Preflights are answered before they reach the service; the answer to any other request goes onto
//! whatever response the service gives, error statuses included. An error that is no response passes
//! through: put the layer outside of what turns errors into responses, which in axum is where
//! `Router::layer` puts it.
//!
//! ```
//! use cors_engine::server::PolicyConfig;
//! use cors_engine::tower::CorsLayer;
//! use tower_layer::Layer;
//!
//! let policy = PolicyConfig::new().origins(["https://app.example"]).build()?;
//! let inner = (); // a service: in axum, Router::new().layer(CorsLayer::new(policy)) is all
//! let service = CorsLayer::new(policy).layer(inner);
//! # Ok::<(), cors_engine::server::ConfigErrors>(())
//! ```

use crate::server::{Action, HeaderChanges, SharedPolicy};
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use http::{HeaderMap, Request, Response, StatusCode};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

/// Puts a policy around a service. Layers of different policies can stand around different routes.
///
/// ```
/// use cors_engine::server::{PolicyConfig, SharedPolicy};
/// use cors_engine::tower::CorsLayer;
/// let policy = SharedPolicy::new(PolicyConfig::new().origins(["*"]).build().unwrap());
/// let layer = CorsLayer::new(policy.clone());
/// // Later, while the server runs:
/// policy.replace(PolicyConfig::new().origins(["https://app.example"]).build().unwrap());
/// ```
#[derive(Clone, Debug)]
pub struct CorsLayer {
    policy: SharedPolicy,
}

impl CorsLayer {
    /// A layer for a [`Policy`](crate::Policy), or for a [`SharedPolicy`] that can be replaced later.
    ///
    /// ```
    /// # use cors_engine::{server::PolicyConfig, tower::CorsLayer};
    /// let layer = CorsLayer::new(PolicyConfig::new().origins(["*"]).build().unwrap());
    /// ```
    #[must_use]
    pub fn new(policy: impl Into<SharedPolicy>) -> Self {
        CorsLayer { policy: policy.into() }
    }
}

impl<S> Layer<S> for CorsLayer {
    type Service = Cors<S>;

    fn layer(&self, inner: S) -> Cors<S> {
        Cors { inner, policy: self.policy.clone() }
    }
}

/// A service with a policy around it. Made by [`CorsLayer`].
///
/// ```
/// use cors_engine::{server::PolicyConfig, tower::{Cors, CorsLayer}};
/// # use {tower_layer::Layer, tower_service::Service};
/// # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
/// # let policy = PolicyConfig::new().origins(["*"]).build().unwrap();
/// let mut service: Cors<axum::Router> = CorsLayer::new(policy).layer(axum::Router::new());
/// let request = http::Request::get("/").header("origin", "https://app.example");
/// let future = service.call(request.body(axum::body::Body::empty()).unwrap());
/// let response = runtime.block_on(future).unwrap();
/// assert_eq!(response.headers()["access-control-allow-origin"], "*");
/// ```
#[derive(Clone, Debug)]
pub struct Cors<S> {
    inner: S,
    policy: SharedPolicy,
}

impl<S, RequestBody, ResponseBody> Service<Request<RequestBody>> for Cors<S>
where
    S: Service<Request<RequestBody>, Response = Response<ResponseBody>>,
    ResponseBody: Default,
{
    type Response = Response<ResponseBody>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<RequestBody>) -> Self::Future {
        let policy = self.policy.load();
        let answer = policy.answer_http(request.method(), request.headers());
        let state = match answer.action() {
            Action::Pass => {
                let changes = Some(answer.to_changes());
                State::Passed { inner: self.inner.call(request), changes }
            }
            Action::Respond { status } => State::Answered { status, headers: answer.to_headers() },
        };
        ResponseFuture { state }
    }
}

pin_project! {
    /// The response to come: the service's, or the answer to a preflight.
    ///
    /// ```
    /// # use cors_engine::{server::PolicyConfig, tower::{CorsLayer, ResponseFuture}};
    /// # use {tower_layer::Layer, tower_service::Service};
    /// # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    /// # let policy = PolicyConfig::new().origins(["*"]).methods(["PUT"]).build().unwrap();
    /// # let mut service = CorsLayer::new(policy).layer(axum::Router::new());
    /// let preflight = http::Request::options("/")
    ///     .header("origin", "https://app.example")
    ///     .header("access-control-request-method", "PUT")
    ///     .body(axum::body::Body::empty())
    ///     .unwrap();
    /// let future: ResponseFuture<_> = service.call(preflight);
    /// assert_eq!(runtime.block_on(future).unwrap().status(), 204); // the router would say 404
    /// ```
    #[derive(Debug)]
    pub struct ResponseFuture<F> {
        #[pin]
        state: State<F>,
    }
}

pin_project! {
    #[derive(Debug)]
    #[project = StateProjection]
    enum State<F> {
        Passed {
            #[pin]
            inner: F,
            // Taken when the response is there.
            changes: Option<HeaderChanges>,
        },
        // The head of the response. Who polls again after it was given gets one without headers.
        Answered { status: u16, headers: HeaderMap },
    }
}

impl<F, ResponseBody, E> Future for ResponseFuture<F>
where
    F: Future<Output = Result<Response<ResponseBody>, E>>,
    ResponseBody: Default,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        match self.project().state.project() {
            StateProjection::Passed { inner, changes } => {
                let mut response = ready!(inner.poll(context))?;
                if let Some(changes) = changes.take() {
                    changes.apply_to(response.headers_mut());
                }
                Poll::Ready(Ok(response))
            }
            StateProjection::Answered { status, headers } => {
                let mut response = Response::new(ResponseBody::default());
                *response.status_mut() = StatusCode::from_u16(*status).unwrap_or(StatusCode::NO_CONTENT);
                core::mem::swap(response.headers_mut(), headers);
                Poll::Ready(Ok(response))
            }
        }
    }
}
