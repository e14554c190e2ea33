//! The server half: a policy, and the answer that it has for a request.
//!
//! A [`PolicyConfig`] says what is meant, [`PolicyConfig::build`] refuses what is dangerous or useless and
//! compiles the rest into a [`Policy`], and [`Policy::answer`] turns the head of a request into an
//! [`Answer`]: what to do with the request, which response headers to send, and why.
//!
//! ```
//! use cors_engine::server::{Action, PolicyConfig};
//! let policy = PolicyConfig::new().origins(["https://app.example"]).methods(["PUT"]).build().unwrap();
//!
//! let preflight = [("Origin", "https://app.example"), ("Access-Control-Request-Method", "PUT")];
//! let answer = policy.answer(b"OPTIONS", &preflight);
//! assert_eq!(answer.action(), Action::Respond { status: 204 });
//! assert!(answer.headers().any(|header| header == ("access-control-allow-methods", b"PUT")));
//! ```

mod answer;
mod audit;
mod build;
mod config;
mod difference;
#[cfg(feature = "config")]
pub mod document;
mod error;
mod head;
mod header;
mod origins;
mod pattern;
mod policy;
mod predicate;
mod punycode;
mod quoted;
mod readers;
#[cfg(feature = "http")]
mod ready_made;
mod reason;
mod requested_headers;
#[cfg(feature = "std")]
mod shared;
mod slips;
mod table;
#[cfg(feature = "http")]
mod typed;

#[cfg(feature = "capi")]
pub(crate) use answer::replaced;
pub use answer::{Action, Answer, Operation, RequestKind, vary_lists};
pub use audit::{Finding, FindingCode, FindingKind};
pub(crate) use config::Located;
pub use config::{PolicyConfig, RefusedPreflight};
pub use difference::Witness;
pub use error::{ConfigError, ConfigErrorCode, ConfigErrors, Position};
#[cfg(feature = "capi")]
pub(crate) use head::{Head, Once, RequestValue};
#[cfg(feature = "capi")]
pub(crate) use header::{ResponseHeader, Value};
pub use origins::OriginSet;
pub use pattern::{OriginPattern, PatternError};
pub use policy::Policy;
pub use predicate::NamedHeaders;
pub use reason::AnswerReason;
#[cfg(feature = "capi")]
pub(crate) use requested_headers::OVER_BUDGET;
#[cfg(feature = "std")]
pub use shared::SharedPolicy;
#[cfg(feature = "http")]
pub use typed::HeaderChanges;
