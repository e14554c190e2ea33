//! axum behind the layer, on loopback, asked in plain HTTP.
#![cfg(feature = "tower")]

use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{any, get};
use cors_engine::server::{PolicyConfig, RefusedPreflight, SharedPolicy};
use cors_engine::tower::CorsLayer;
use std::collections::BTreeMap;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A response as it came over the wire: header values by lower-case name, in order.
struct Wire {
    status: u16,
    headers: BTreeMap<String, Vec<String>>,
    body: String,
}

impl Wire {
    fn values(&self, name: &str) -> Vec<&str> {
        self.headers.get(name).into_iter().flatten().map(String::as_str).collect()
    }
}

/// Serves `router` on loopback for one request.
async fn ask(router: Router, method: &str, path: &str, headers: &[(&str, &str)]) -> Wire {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(async move { axum::serve(listener, router).await });
    let mut stream = TcpStream::connect(address).await.unwrap();
    let mut request = format!("{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n");
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str("\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).await.unwrap();
    server.abort();
    let (head, body) = response.split_once("\r\n\r\n").unwrap();
    let mut lines = head.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let mut headers: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
        headers.entry(name.to_ascii_lowercase()).or_default().push(value.to_owned());
    }
    Wire { status, headers, body: body.to_owned() }
}

fn config() -> PolicyConfig {
    PolicyConfig::new()
        .origins(["https://app.example"])
        .credentials(true)
        .methods(["PUT"])
        .request_headers(["x-a"])
        .expose_headers(["x-b"])
        .max_age(600)
}

/// An application with CORS headers of its own, which it should not keep.
fn application(policy: impl Into<SharedPolicy>) -> Router {
    let own = || async {
        let mut headers = HeaderMap::new();
        headers.append("access-control-allow-origin", "*".parse().unwrap());
        headers.append("access-control-allow-origin", "https://evil.example".parse().unwrap());
        headers.append("access-control-allow-methods", "DELETE".parse().unwrap());
        headers.append("vary", "Accept".parse().unwrap());
        headers.append("vary", "Origin, Accept-Language".parse().unwrap());
        (headers, "own")
    };
    Router::new()
        .route("/", any(|| async { "hello" }))
        .route("/own", any(own))
        .route("/broken", get(|| async { (StatusCode::INTERNAL_SERVER_ERROR, "broken") }))
        .layer(CorsLayer::new(policy))
}

const APP: (&str, &str) = ("Origin", "https://app.example");
const EVIL: (&str, &str) = ("Origin", "https://evil.example");
const WANTS_PUT: (&str, &str) = ("Access-Control-Request-Method", "PUT");

#[tokio::test]
async fn an_allowed_origin_reads_every_status() {
    let policy = SharedPolicy::new(config().build().unwrap());
    for (path, status, body) in [("/", 200, "hello"), ("/broken", 500, "broken"), ("/missing", 404, "")] {
        let wire = ask(application(policy.clone()), "GET", path, &[APP]).await;
        assert_eq!((wire.status, wire.body.as_str()), (status, body));
        assert_eq!(wire.values("access-control-allow-origin"), ["https://app.example"]);
        assert_eq!(wire.values("access-control-allow-credentials"), ["true"]);
        assert_eq!(wire.values("access-control-expose-headers"), ["x-b"]);
        assert_eq!(wire.values("vary"), ["origin"]);
    }
    let wrong_method = ask(application(policy), "POST", "/broken", &[APP]).await;
    assert_eq!(wrong_method.status, 405);
    assert_eq!(wrong_method.values("access-control-allow-origin"), ["https://app.example"]);
}

#[tokio::test]
async fn a_refused_origin_gets_the_answer_but_no_header_beside_vary() {
    let wire = ask(application(config().build().unwrap()), "GET", "/own", &[EVIL]).await;
    assert_eq!((wire.status, wire.body.as_str()), (200, "own"));
    assert!(wire.headers.keys().all(|name| !name.starts_with("access-control-")), "{:?}", wire.headers);
    assert_eq!(wire.values("vary"), ["Accept", "Origin, Accept-Language"]);
}

#[tokio::test]
async fn the_applications_own_headers_are_replaced_not_joined() {
    let wire = ask(application(config().build().unwrap()), "GET", "/own", &[APP]).await;
    assert_eq!(wire.values("access-control-allow-origin"), ["https://app.example"]);
    assert_eq!(wire.values("access-control-allow-methods"), [""; 0]);
}

#[tokio::test]
async fn a_preflight_is_answered_before_the_application() {
    let headers = [APP, WANTS_PUT, ("Access-Control-Request-Headers", "x-a")];
    let wire = ask(application(config().build().unwrap()), "OPTIONS", "/missing", &headers).await;
    assert_eq!((wire.status, wire.body.as_str()), (204, ""));
    assert_eq!(wire.values("access-control-allow-methods"), ["PUT"]);
    assert_eq!(wire.values("access-control-allow-headers"), ["x-a"]);
    assert_eq!(wire.values("access-control-max-age"), ["600"]);
    let vary = "origin, access-control-request-method, access-control-request-headers";
    assert_eq!(wire.values("vary"), [vary]);
}

#[tokio::test]
async fn a_refused_preflight_is_forbidden_bare_or_passed_on() {
    for (choice, status, body) in [
        (RefusedPreflight::Forbid, 403, ""),
        (RefusedPreflight::Bare, 204, ""),
        (RefusedPreflight::Pass, 200, "own"),
    ] {
        let policy = config().refused_preflight(choice).build().unwrap();
        let wire = ask(application(policy), "OPTIONS", "/own", &[EVIL, WANTS_PUT]).await;
        assert_eq!((wire.status, wire.body.as_str()), (status, body));
        assert!(wire.headers.keys().all(|name| !name.starts_with("access-control-")), "{:?}", wire.headers);
    }
}

#[tokio::test]
async fn any_other_options_request_reaches_the_application() {
    for headers in [&[][..], &[APP], &[WANTS_PUT]] {
        let wire = ask(application(config().build().unwrap()), "OPTIONS", "/", headers).await;
        assert_eq!((wire.status, wire.body.as_str()), (200, "hello"));
    }
}

#[tokio::test]
async fn routes_have_policies_of_their_own_and_policies_change_while_served() {
    let shared = SharedPolicy::new(config().build().unwrap());
    let public = PolicyConfig::new().origins(["*"]).build().unwrap();
    let router = Router::new()
        .route("/public", get(|| async { "public" }).layer(CorsLayer::new(public)))
        .route("/private", get(|| async { "private" }).layer(CorsLayer::new(shared.clone())));
    let public = ask(router.clone(), "GET", "/public", &[EVIL]).await;
    assert_eq!(public.values("access-control-allow-origin"), ["*"]);
    assert_eq!(public.values("vary"), [""; 0]);
    let before = ask(router.clone(), "GET", "/private", &[EVIL]).await;
    assert_eq!(before.values("access-control-allow-origin"), [""; 0]);
    shared.replace(PolicyConfig::new().origins(["https://evil.example"]).build().unwrap());
    let after = ask(router, "GET", "/private", &[EVIL]).await;
    assert_eq!(after.values("access-control-allow-origin"), ["https://evil.example"]);
}

/// No future has to bear it, but one that never wakes would hide the mistake.
#[tokio::test]
async fn a_response_that_is_asked_for_again_lets_nobody_read() {
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};
    use tower_layer::Layer;
    use tower_service::Service;

    let policy = config().build().unwrap();
    let mut service = CorsLayer::new(policy).layer(Router::<()>::new());
    let preflight = axum::http::Request::options("/").header(APP.0, APP.1).header(WANTS_PUT.0, WANTS_PUT.1);
    let mut future = pin!(service.call(preflight.body(axum::body::Body::empty()).unwrap()));
    let mut context = Context::from_waker(Waker::noop());
    let counts = [(); 2].map(|()| match future.as_mut().poll(&mut context) {
        Poll::Ready(response) => Some(response.unwrap().headers().len()),
        Poll::Pending => None,
    });
    assert!(matches!(counts, [Some(1..), Some(0)]), "{counts:?}");
}
