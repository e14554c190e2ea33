//! The CORS check and the TAO check: does a response allow its request's origin?

use super::profile::Profile;
use super::request::CredentialsMode;
use super::response::ResponseHead;
use crate::protocol::{Headers, Origin, list};
use crate::reason::Reason;
use alloc::vec::Vec;

/// A reason, and the value it is about.
///
/// ```
/// use cors_engine::{CredentialsMode, Engine, Reason, cors_check, protocol::{Headers, Origin}};
/// let headers = Headers::of(&[("Access-Control-Allow-Origin", "https://a.example, https://b.example")]);
/// let refusal = cors_check(Engine::Spec, &Origin::Opaque, CredentialsMode::Omit, &headers).unwrap_err();
/// assert_eq!(refusal.reason, Reason::MultipleAllowOrigin);
/// assert_eq!(refusal.value, b"https://a.example, https://b.example");
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Refusal {
    /// Why.
    pub reason: Reason,
    /// The header value, method or name concerned, as it came; empty when there is none.
    pub value: Vec<u8>,
}

impl Refusal {
    pub(crate) fn new(reason: Reason, value: impl Into<Vec<u8>>) -> Self {
        Refusal { reason, value: value.into() }
    }
}

/// The [CORS check](https://fetch.spec.whatwg.org/#concept-cors-check) for a request whose serialized origin
/// is `request_origin`.
pub(crate) fn cors_check(
    profile: &Profile,
    request_origin: &Origin,
    credentials_mode: CredentialsMode,
    headers: &Headers<'_>,
) -> Result<(), Refusal> {
    let Some(origin) = profile.get(headers, b"access-control-allow-origin") else {
        return Err(Refusal::new(Reason::MissingAllowOrigin, []));
    };
    if profile.counts_allow_origin_lines {
        let lines = headers.iter().filter(|(name, _)| *name == b"Access-Control-Allow-Origin");
        if lines.count() > 1 {
            return Err(Refusal::new(Reason::MultipleAllowOrigin, origin));
        }
    }
    let include = credentials_mode == CredentialsMode::Include;
    if !include && *origin == *b"*" {
        return Ok(());
    }
    if *request_origin.serialized().as_bytes() != *origin {
        let reason = if *origin == *b"*" {
            Reason::WildcardAllowOriginWithCredentials
        } else if origin.contains(&b',') && !profile.counts_allow_origin_lines {
            Reason::MultipleAllowOrigin
        } else {
            Reason::AllowOriginMismatch
        };
        return Err(Refusal::new(reason, origin));
    }
    if !include {
        return Ok(());
    }
    let credentials = profile.get(headers, b"access-control-allow-credentials").unwrap_or_default();
    if *credentials == *b"true" {
        return Ok(());
    }
    Err(Refusal::new(Reason::AllowCredentialsNotTrue, credentials))
}

/// The [TAO check](https://fetch.spec.whatwg.org/#concept-tao-check), without the flag that remembers an
/// earlier failure.
pub(crate) fn tao_check(request_origin: &Origin, is_basic: bool, response: &ResponseHead<'_>) -> bool {
    let Some(values) = response.headers.get_known(b"timing-allow-origin") else { return is_basic };
    let allows = |value: &[u8]| value == b"*" || value == request_origin.serialized().as_bytes();
    is_basic || list::get_decode_and_split(&values).any(allows)
}
