//! The parts of the machine as plain functions, for those who need one answer only.

use super::cors_check::{self, Refusal};
use super::engine::Engine;
use super::preflight::Asked;
use super::request::{CredentialsMode, Request};
use super::response::{self, ExposedHeaders, ResponseHead};
use crate::protocol::{Headers, Origin, method};

/// The [CORS check](https://fetch.spec.whatwg.org/#concept-cors-check) alone: does a response with these
/// headers allow `origin`?
///
/// # Errors
/// The reason, and the header value it is about.
///
/// ```
/// use cors_engine::{CredentialsMode, Engine, Reason, cors_check, protocol::{Headers, Origin}};
/// let origin = Origin::parse("https://app.example").unwrap();
/// let headers = Headers::of(&[("Access-Control-Allow-Origin", "https://app.example/")]);
/// let refusal = cors_check(Engine::Spec, &origin, CredentialsMode::Omit, &headers).unwrap_err();
/// assert_eq!(refusal.reason, Reason::AllowOriginMismatch);
/// ```
pub fn cors_check(
    engine: Engine,
    origin: &Origin,
    credentials: CredentialsMode,
    headers: &Headers<'_>,
) -> Result<(), Refusal> {
    cors_check::cors_check(engine.profile(), origin, credentials, headers)
}

/// The judgement of a preflight's answer alone: may `request` be sent?
///
/// # Errors
/// The reason, and the header value, method or name it is about.
///
/// ```
/// use cors_engine::{Engine, Reason, Request, ResponseHead, preflight_check};
/// let mut request = Request::fetch("https://app.example", "https://api.example/")?;
/// request.method = "DELETE".into();
/// let answer = ResponseHead::new(204, &[("Access-Control-Allow-Origin", "*")]);
/// let refusal = preflight_check(Engine::Spec, &request, &answer).unwrap_err();
/// assert_eq!(refusal.reason, Reason::MethodNotAllowed);
/// # Ok::<(), cors_engine::InvalidRequest>(())
/// ```
pub fn preflight_check(
    engine: Engine,
    request: &Request,
    response: &ResponseHead<'_>,
) -> Result<(), Refusal> {
    let profile = engine.profile();
    let (headers, rules) = (request.header_list(profile), request.safelist_rules(profile));
    let asked = Asked {
        profile,
        origin: &request.origin,
        credentials: request.credentials,
        method: method::normalize(&request.method),
        headers: &headers,
        rules,
        use_cors_preflight: request.use_cors_preflight(profile),
        is_forced: request.use_cors_preflight(profile),
        is_exempt: false,
        cache_mode: request.cache,
    };
    asked.check(response)
}

/// Which response headers script can read of a response that passed the CORS check.
///
/// ```
/// use cors_engine::{CredentialsMode, Engine, exposed_headers, protocol::Headers};
/// let headers = Headers::of(&[("Access-Control-Expose-Headers", "*")]);
/// assert!(exposed_headers(Engine::Spec, CredentialsMode::Omit, &headers).contains(b"ETag"));
/// assert!(!exposed_headers(Engine::Spec, CredentialsMode::Include, &headers).contains(b"ETag"));
/// ```
#[must_use]
pub fn exposed_headers(
    engine: Engine,
    credentials: CredentialsMode,
    headers: &Headers<'_>,
) -> ExposedHeaders {
    response::exposed_headers(engine.profile(), credentials, headers)
}
