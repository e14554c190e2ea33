//! The browser half: what a browser sends, and whether script may read the answer.
//!
//! [`Fetch`] is a state machine without I/O: the caller owns sockets and clocks, and hands in the response
//! to each request that it is told to send. The functions beside it answer one question each.

mod cors_check;
mod engine;
mod fetch;
mod held_request;
mod main_fetch;
mod mixed_content;
mod network;
mod outcome;
mod preflight;
mod preflight_cache;
mod presets;
pub(crate) mod profile;
mod questions;
mod redirect;
mod request;
mod resource_policy;
mod response;

pub use cors_check::Refusal;
pub use engine::{Difference, Engine, Evidence, differences};
pub use fetch::Fetch;
pub use held_request::HeldRequest;
pub use outcome::{Blocked, Exchange, Outcome, Outgoing, Step};
pub use preflight::{Preflight, needs_preflight};
pub use preflight_cache::PreflightCache;
pub use presets::CrossOriginAttribute;
pub use questions::{cors_check, exposed_headers, preflight_check};
pub use request::{
    Body, CacheMode, CredentialsMode, EmbedderPolicy, HttpVersion, Initiator, InvalidRequest, RedirectMode,
    ReferrerPolicy, Request, RequestMode,
};
pub use response::{ExposedHeaders, FilteredResponse, ResponseHead, ResponseType};
