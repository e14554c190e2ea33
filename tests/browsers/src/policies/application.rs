//! The servers that are asked: axum on loopback, one route for each policy with its layer around it, or without
//! a layer for another server to stand in front.

use crate::rig::Upstream;
use crate::server::{Received, Reply};
use anyhow::{Context, Result};
use axum::Router;
use axum::routing::any;
use cors_engine::Policy;
use cors_engine::tower::CorsLayer;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::thread;

/// Headers on every response of the application, which script can read only when they are exposed.
pub(super) const MARKERS: [&str; 2] = ["x-b", "etag"];

const CARELESS: [(&str, &str); 5] = [
    ("access-control-allow-origin", "*"),
    ("access-control-allow-credentials", "true"),
    ("access-control-allow-methods", "*"),
    ("access-control-allow-headers", "*"),
    ("access-control-expose-headers", "*"),
];

/// The running server. It serves until the process ends.
pub(super) struct Application {
    address: SocketAddr,
}

impl Application {
    /// Starts it, with route `/policy/N` for the N-th policy.
    pub(super) fn start(policies: impl Iterator<Item = Policy>) -> Result<Self> {
        let answer = || async { (MARKERS.map(|name| (name, "1")), "ok") };
        Self::serve(policies.enumerate().fold(Router::new(), |router, (number, policy)| {
            router.route(&format!("/policy/{number}"), any(answer).layer(CorsLayer::new(policy)))
        }))
    }

    /// Starts it with `count` routes that all answer with the same CORS headers, as an application does whose
    /// author had enough.
    pub(super) fn start_careless(count: usize) -> Result<Self> {
        let answer = || async { (MARKERS.map(|name| (name, "1")), CARELESS, "ok") };
        Self::serve(
            (0..count).fold(Router::new(), |router, number| {
                router.route(&format!("/policy/{number}"), any(answer))
            }),
        )
    }

    /// Where it listens.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    fn serve(router: Router) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no loopback port is free")?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build()?;
        thread::Builder::new().name("application".into()).spawn(move || {
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener)?;
                axum::serve(listener, router).await
            })
        })?;
        Ok(Self { address })
    }
}

impl Upstream for Application {
    fn answer(&self, request: &Received, path: &str) -> Result<Reply> {
        forward(self.address, request, path)
    }
}

/// Passes a request on to the server at this address, and its answer back.
pub(super) fn forward(address: SocketAddr, request: &Received, path: &str) -> Result<Reply> {
    let mut stream = TcpStream::connect(address)?;
    let mut head = format!("{} {path} HTTP/1.1\r\n", request.method);
    let kept =
        |name: &str| !["connection", "proxy-connection"].iter().any(|hop| name.eq_ignore_ascii_case(hop));
    for (name, value) in request.headers().filter(|(name, _)| kept(name)) {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("Connection: close\r\n\r\n");
    stream.write_all(head.as_bytes())?;
    stream.write_all(&request.body)?;
    let mut response = String::new();
    stream.read_to_string(&mut response)?;
    let (head, body) = response.split_once("\r\n\r\n").context("a response without end")?;
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).context("no status")?.parse()?;
    let headers = lines
        .filter_map(|line| line.split_once(": "))
        .filter(|(name, _)| kept(name))
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
    Ok(Reply::new(status, headers.collect(), body.as_bytes().to_vec()))
}
