//! The browser's CORS decision as a library: what a browser would send, whether script may read the answer
//! and why not; and, the mirror image, what a server has to answer so that browsers allow what its policy
//! means and nothing else.
//!
//! It is pure: no I/O, no clock, no globals, no threads, and `no_std` with `alloc` when the feature `std` is
//! off. It follows the [Fetch Standard](https://fetch.spec.whatwg.org/), or [Chromium, Gecko or
//! WebKit](Engine) where they differ from it. It is not a browser: cookies, the HTTP cache, HSTS and content
//! security policies are not told to it, and it sends nothing.
//!
//! # Two doors
//!
//! **The browser half.** [`Fetch`] is one fetch as a state machine: it says what to send, takes the answer,
//! and ends with what script gets.
//!
//! ```
//! use cors_engine::{Engine, Fetch, Outcome, PreflightCache, Request, ResponseHead, Step};
//! # use core::time::Duration;
//! let request = Request::fetch("https://app.example", "https://api.example/items")?;
//! let (mut cache, now) = (PreflightCache::default(), Duration::ZERO);
//! let mut fetch = Fetch::new(Engine::Chromium, request)?;
//! let Step::Send(outgoing) = fetch.start(&mut cache, now) else { panic!() };
//! assert_eq!(outgoing.origin(), Some("https://app.example"));
//! let answer = [("Access-Control-Allow-Origin", "https://other.example")];
//! let Step::Done(outcome) = fetch.receive(&ResponseHead::new(200, &answer), &mut cache, now) else { panic!() };
//! let Outcome::NetworkError(blocked) = outcome else { panic!() };
//! assert_eq!(blocked.reason.code(), "allow-origin-mismatch");
//! # Ok::<(), cors_engine::InvalidRequest>(())
//! ```
//!
//! Who needs one answer only asks [`needs_preflight`], [`cors_check`], [`preflight_check`] or
//! [`exposed_headers`]. [`console_messages`] says what a person sees in that browser's tools, and
//! [`explain`](mod@explain) what to change on the server.
//!
//! **The server half.** A [`PolicyConfig`] compiles once into a [`Policy`], which answers every request with
//! the exact headers to send, without allocating: see [`server`]. [`verify`](mod@verify) holds the two halves
//! against each other.
//!
//! # Features
//!
//! | feature | what it brings |
//! | --- | --- |
//! | `std` (default) | the standard library |
//! | `http` (default) | headers read from and written to [`http::HeaderMap`](https://docs.rs/http) |
//! | `config` | policies in TOML and JSON documents |
//! | `tower` | a layer for axum, hyper and other tower services |
//! | `capi` | the C interface, `include/cors_engine.h` |
//! | `capture` | captures, such as HARs and texts of curl, read and explained |
//! | `scenario` | scenarios, the language of the tests, as data |
//! | `cli` | the command line program `cors` |
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod browser;
#[cfg(feature = "capi")]
#[doc(hidden)]
pub mod capi;
#[cfg(feature = "capture")]
pub mod capture;
mod console;
pub mod explain;
pub mod protocol;
mod reason;
#[cfg(feature = "scenario")]
pub mod scenario;
pub mod server;
#[cfg(feature = "tower")]
pub mod tower;
pub mod verify;

pub use browser::*;
pub use console::console_messages;
pub use reason::Reason;
pub use server::{Answer, Policy, PolicyConfig};

/// The examples of the README are tested as well.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
