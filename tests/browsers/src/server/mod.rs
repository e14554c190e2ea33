//! A server that is every host at once, on one loopback port.
//!
//! Browsers reach it in three ways: straight, because a flag maps every host name to this port; as an HTTP
//! proxy, with absolute request targets; and through `CONNECT` tunnels. The first byte of a connection (or of
//! a tunnel) tells TLS from plain text. What is answered is the business of a [`Site`].

mod reply;
mod request;
mod tls;

pub(crate) use reply::Reply;
pub(crate) use request::Received;

use anyhow::{Context, Result};
use request::Scheme;
use std::io::{self, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

/// Decides what each request is answered.
pub(crate) trait Site: Send + Sync + 'static {
    /// Answers one request; called from many threads at once.
    fn answer(&self, request: Received) -> Reply;
}

/// The listening server. It serves until the process ends.
pub(crate) struct Server {
    port: u16,
}

impl Server {
    /// Starts serving `site` on a free loopback port.
    pub(crate) fn start(site: Arc<dyn Site>) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no loopback port is free")?;
        let port = listener.local_addr()?.port();
        let tls = Arc::new(tls::configuration()?);
        thread::Builder::new().name("server".into()).spawn(move || {
            for stream in listener.incoming().flatten() {
                let site = Arc::clone(&site);
                let tls = Arc::clone(&tls);
                // A browser drops connections whenever it likes; there is nobody to tell.
                thread::spawn(move || drop(serve(stream, &tls, site.as_ref())));
            }
        })?;
        Ok(Self { port })
    }

    /// The loopback port that is every host.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }
}

/// Serves one connection to its end, tunnels included.
fn serve(stream: TcpStream, tls: &Arc<rustls::ServerConfig>, site: &dyn Site) -> Result<()> {
    stream.set_nodelay(true)?;
    let tunnelled = if is_tls(&stream)? { Some(stream) } else { converse(stream, Scheme::Http, site)? };
    let Some(stream) = tunnelled else { return Ok(()) };
    if is_tls(&stream)? {
        let connection = rustls::ServerConnection::new(Arc::clone(tls))?;
        converse(rustls::StreamOwned::new(connection, stream), Scheme::Https, site)?;
    } else {
        converse(stream, Scheme::Http, site)?;
    }
    Ok(())
}

/// A TLS record of type "handshake" begins with 0x16, which no HTTP method does.
fn is_tls(stream: &TcpStream) -> io::Result<bool> {
    let mut first = [0];
    Ok(stream.peek(&mut first)? == 1 && first[0] == 0x16)
}

/// Answers requests until the connection ends; gives the stream back when it has become a tunnel.
fn converse<S: Read + Write>(stream: S, scheme: Scheme, site: &dyn Site) -> Result<Option<S>> {
    let mut stream = BufReader::new(stream);
    while let Some(request) = request::read(&mut stream, scheme)? {
        if request.method == "CONNECT" {
            stream.get_mut().write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")?;
            return Ok(Some(stream.into_inner()));
        }
        let is_head = request.method == "HEAD";
        let reply = site.answer(request);
        reply.write(stream.get_mut(), is_head)?;
        if reply.closes() {
            break;
        }
    }
    Ok(None)
}
