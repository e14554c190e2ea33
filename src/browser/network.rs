//! HTTP-network-or-cache fetch: what a request carries on behalf of its origin, the `Origin` header and
//! credentials.

use super::Fetch;
use super::outcome::Exchange;
use super::profile::RedirectedOrigin;
use super::request::{CredentialsMode, EmbedderPolicy, ReferrerPolicy, RequestMode};
use super::response::ResponseType;
use crate::protocol::Origin;

impl Fetch {
    /// The origin that [serializing a request
    /// origin](https://fetch.spec.whatwg.org/#serializing-a-request-origin) serializes.
    pub(super) fn request_origin(&self) -> &Origin {
        if self.origin_tainted { &Origin::Opaque } else { &self.request.origin }
    }

    /// [Append a request `Origin` header](https://fetch.spec.whatwg.org/#append-a-request-origin-header).
    pub(super) fn request_origin_header(&self, exchange: Exchange) -> Option<&str> {
        let serialized = self.request_origin().serialized();
        if exchange == Exchange::Preflight {
            return Some(self.preflight_origin().serialized());
        }
        if self.tainting == ResponseType::Cors {
            return Some(serialized);
        }
        if self.profile.redirected_origin == RedirectedOrigin::Kept
            && self.origin_sent
            && !self.just_crossed_origins
        {
            return Some(serialized);
        }
        if matches!(&self.request.method[..], b"GET" | b"HEAD") {
            return None;
        }
        if self.profile.redirected_origin == RedirectedOrigin::NullCrossOrigin && self.crossed_origins {
            return Some("null");
        }
        let is_hidden = self.request.mode != RequestMode::Cors
            && match self.request.referrer_policy {
                ReferrerPolicy::NoReferrer => true,
                ReferrerPolicy::NoReferrerWhenDowngrade
                | ReferrerPolicy::StrictOrigin
                | ReferrerPolicy::StrictOriginWhenCrossOrigin => {
                    self.request.origin.is_https() && self.request.url.scheme() != "https"
                }
                ReferrerPolicy::SameOrigin => !self.request.origin.is_origin_of(&self.request.url),
                ReferrerPolicy::Origin
                | ReferrerPolicy::OriginWhenCrossOrigin
                | ReferrerPolicy::UnsafeUrl => false,
            };
        Some(if is_hidden { "null" } else { serialized })
    }

    /// Whether credentials go along with the actual request.
    pub(super) fn includes_credentials(&self) -> bool {
        let asked_for = match self.request.credentials {
            CredentialsMode::Include => true,
            CredentialsMode::SameOrigin => self.tainting == ResponseType::Basic,
            CredentialsMode::Omit => false,
        };
        // Cross-Origin-Embedder-Policy allows credentials. The standard's text has the condition on the
        // redirect-taint the wrong way round.
        let stripped = self.request.embedder_policy == EmbedderPolicy::Credentialless
            && self.request.mode == RequestMode::NoCors
            && (self.origin_tainted || !self.request.origin.is_origin_of(&self.request.url));
        asked_for && !stripped
    }

    /// The origin that a preflight names and is judged by.
    pub(super) fn preflight_origin(&self) -> &Origin {
        if self.profile.preflight_keeps_page_origin { &self.request.origin } else { self.request_origin() }
    }
}
