//! The Cross-Origin-Resource-Policy check, with the page's embedder policy.

use super::cors_check::Refusal;
use super::profile::Profile;
use super::request::EmbedderPolicy;
use crate::protocol::{Headers, Origin};
use crate::reason::Reason;
use url::Url;

/// What the check looks at beside the response.
pub(crate) struct Embedder<'a> {
    pub(crate) origin: &'a Origin,
    pub(crate) policy: EmbedderPolicy,
    /// Whether credentials were sent with the request.
    pub(crate) credentials_included: bool,
}

/// The [cross-origin resource policy
/// check](https://fetch.spec.whatwg.org/#cross-origin-resource-policy-check), for a subresource.
pub(crate) fn cross_origin_resource_policy_check(
    profile: &Profile,
    embedder: &Embedder<'_>,
    response_url: &Url,
    headers: &Headers<'_>,
) -> Result<(), Refusal> {
    let value = profile.get(headers, b"cross-origin-resource-policy");
    let declared =
        value.as_deref().filter(|value| matches!(*value, b"same-origin" | b"same-site" | b"cross-origin"));
    let demanded = match embedder.policy {
        EmbedderPolicy::UnsafeNone => None,
        EmbedderPolicy::Credentialless => embedder.credentials_included.then_some(&b"same-origin"[..]),
        EmbedderPolicy::RequireCorp => Some(&b"same-origin"[..]),
    };
    let response_origin = Origin::of(response_url);
    let refuse = |reason| Err(Refusal::new(reason, value.as_deref().unwrap_or_default()));
    match declared.or(demanded) {
        Some(b"same-origin") if !embedder.origin.is_same_origin(&response_origin) => {
            refuse(if declared.is_some() { Reason::ResourcePolicySameOrigin } else { Reason::EmbedderPolicy })
        }
        Some(b"same-site") if !is_same_site_policy_met(embedder.origin, &response_origin) => {
            refuse(Reason::ResourcePolicySameSite)
        }
        _ => Ok(()),
    }
}

/// A response over a secure transport never matches a page that is not secure.
fn is_same_site_policy_met(origin: &Origin, response_origin: &Origin) -> bool {
    origin.is_schemelessly_same_site(response_origin) && (origin.is_https() || !response_origin.is_https())
}
