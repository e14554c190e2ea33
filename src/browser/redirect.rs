//! HTTP-redirect fetch: what a redirect response turns the request into.

use super::Fetch;
use super::cors_check::{Refusal, cors_check};
use super::profile::{EmptyLocation, Profile, RedirectCredentials, RemovedHeaders, RepeatedLocation};
use super::request::{Body, CredentialsMode, ReferrerPolicy, RequestMode};
use super::response::{ResponseHead, ResponseType};
use crate::protocol::method::Method;
use crate::protocol::{list, origin, request_header};
use crate::reason::Reason;
use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::String;
use url::Url;

/// How many redirects are followed.
const MAXIMUM_REDIRECTS: u8 = 20;

/// Refuses a response whose `Location` lines differ, where that makes it unreadable whatever its status.
pub(crate) fn refuse_conflicting_locations(
    profile: &Profile,
    response: &ResponseHead<'_>,
) -> Result<(), Refusal> {
    let mut lines = response.headers.values_of(b"location");
    let first = lines.next().unwrap_or_default();
    match lines.find(|line| *line != first) {
        Some(other) if profile.repeated_location == RepeatedLocation::MustBeEqual => {
            Err(Refusal::new(Reason::ConflictingLocations, other))
        }
        _ => Ok(()),
    }
}

/// The value of a redirect's `Location` header, `None` when it names no location.
pub(crate) fn location<'a>(
    profile: &Profile,
    response: &ResponseHead<'a>,
) -> Result<Option<Cow<'a, [u8]>>, Refusal> {
    let mut lines = response.headers.values_of(b"location");
    let Some(first) = lines.next() else { return Ok(None) };
    let location = match profile.repeated_location {
        RepeatedLocation::Fails if lines.next().is_some() => {
            return Err(Refusal::new(Reason::ConflictingLocations, first));
        }
        // Those that are not equal were refused before.
        RepeatedLocation::Fails | RepeatedLocation::MustBeEqual => Cow::Borrowed(first),
        RepeatedLocation::Joined => response.headers.get_known(b"location").unwrap_or_default(),
    };
    let is_none = location.is_empty() && profile.empty_location == EmptyLocation::NoLocation;
    Ok((!is_none).then_some(location))
}

/// The [location URL](https://fetch.spec.whatwg.org/#concept-response-location-url) of a redirect from
/// `current`.
pub(crate) fn location_url(profile: &Profile, location: &[u8], current: &Url) -> Result<Url, Refusal> {
    if location.is_empty() && profile.empty_location == EmptyLocation::Fails {
        return Err(Refusal::new(Reason::InvalidLocation, []));
    }
    let text = match core::str::from_utf8(location) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(percent_encode_high_bytes(location)),
    };
    let mut url = current.join(&text).map_err(|_| Refusal::new(Reason::InvalidLocation, location))?;
    if url.fragment().is_none() {
        url.set_fragment(current.fragment());
    }
    Ok(url)
}

/// Bytes that are not UTF-8 reach the URL as they are, percent-encoded.
fn percent_encode_high_bytes(bytes: &[u8]) -> String {
    use core::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, &byte| {
        if byte.is_ascii() {
            text.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(text, "%{byte:02X}");
        }
        text
    })
}

/// Whether a URL [includes credentials](https://url.spec.whatwg.org/#include-credentials).
fn includes_credentials(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some_and(|password| !password.is_empty())
}

impl Fetch {
    /// [HTTP-redirect fetch](https://fetch.spec.whatwg.org/#concept-http-redirect-fetch) from where the
    /// location URL is known to be a URL, up to the main fetch it ends with.
    pub(crate) fn http_redirect_fetch(
        &mut self,
        response: &ResponseHead<'_>,
        location: Url,
    ) -> Result<(), Refusal> {
        let refuse = |reason| Err(Refusal::new(reason, location.as_str()));
        if !matches!(location.scheme(), "http" | "https") {
            return refuse(Reason::LocationNotHttp);
        }
        if self.redirect_count == MAXIMUM_REDIRECTS {
            return refuse(Reason::TooManyRedirects);
        }
        self.redirect_count += 1;
        let cross_origin =
            self.request.mode == RequestMode::Cors && !self.request.origin.is_origin_of(&location);
        let is_refused = self.tainting == ResponseType::Cors
            || match self.profile.redirect_credentials {
                RedirectCredentials::CrossOrigin => cross_origin,
                RedirectCredentials::Always => true,
                RedirectCredentials::OnceCrossOrigin => false,
            };
        if is_refused && includes_credentials(&location) {
            return refuse(Reason::RedirectHasCredentials);
        }
        if response.status != 303 && self.request.body == Body::Stream {
            return refuse(Reason::RedirectWithStreamBody);
        }
        let crosses_origins = !origin::is_same_origin(&self.request.url, &location);
        let becomes_get = match response.status {
            301 | 302 if self.request.method[..] == *b"POST" => true,
            303 if !matches!(&self.request.method[..], b"GET" | b"HEAD") => true,
            _ => {
                self.profile.cross_origin_delete_becomes_get
                    && crosses_origins
                    && self.request.method[..] == *b"DELETE"
            }
        };
        self.restore_withheld_headers();
        if becomes_get {
            self.request.method = Method::from("GET");
            self.request.body = Body::None;
            self.remove_headers(request_header::is_request_body_header);
        }
        self.just_crossed_origins = crosses_origins;
        self.crossed_origins |= crosses_origins;
        if crosses_origins {
            self.remove_headers(request_header::is_cors_non_wildcard);
            // Redirect-taint: an origin other than the request's own led to yet another one.
            self.origin_tainted |= !self.request.origin.is_origin_of(&self.request.url);
        }
        self.request.url = location;
        self.set_referrer_policy_on_redirect(response);
        Ok(())
    }

    /// What the second check of a redirect finds, where there is one.
    pub(crate) fn check_redirect_late(&self, response: &ResponseHead<'_>, location: &Url) -> Option<Refusal> {
        let began_same_origin =
            self.request.origin.is_origin_of(self.initial_url.as_ref().unwrap_or(&self.request.url));
        if self.tainting == ResponseType::Cors
            && self.request.credentials == CredentialsMode::SameOrigin
            && began_same_origin
        {
            let (origin, include) = (self.request_origin(), CredentialsMode::Include);
            return cors_check(self.profile, origin, include, &response.headers).err();
        }
        let cross_origin =
            self.request.mode == RequestMode::Cors && !self.request.origin.is_origin_of(location);
        (cross_origin && includes_credentials(location))
            .then(|| Refusal::new(Reason::RedirectHasCredentials, location.as_str()))
    }

    /// Puts back what the last redirect withheld.
    fn restore_withheld_headers(&mut self) {
        if let (RemovedHeaders::Withheld, Some(original)) =
            (self.profile.removed_headers, &self.original_headers)
        {
            self.request.headers.clone_from(original);
        }
    }

    fn remove_headers(&mut self, is_removed: impl Fn(&[u8]) -> bool) {
        if self.profile.removed_headers != RemovedHeaders::Gone {
            self.original_headers.get_or_insert_with(|| Box::new(self.request.headers.clone()));
        }
        self.request.headers.retain(|name| !is_removed(name));
    }

    /// [Sets the referrer policy on
    /// redirect](https://w3c.github.io/webappsec-referrer-policy/#set-requests-referrer-policy-on-redirect).
    fn set_referrer_policy_on_redirect(&mut self, response: &ResponseHead<'_>) {
        let value = response.headers.get_known(b"referrer-policy").unwrap_or_default();
        if let Some(policy) = list::get_decode_and_split(&value).filter_map(ReferrerPolicy::from_token).last()
        {
            self.request.referrer_policy = policy;
        }
    }
}

impl ReferrerPolicy {
    fn from_token(token: &[u8]) -> Option<Self> {
        const POLICIES: [(&[u8], ReferrerPolicy); 8] = [
            (b"no-referrer", ReferrerPolicy::NoReferrer),
            (b"no-referrer-when-downgrade", ReferrerPolicy::NoReferrerWhenDowngrade),
            (b"same-origin", ReferrerPolicy::SameOrigin),
            (b"origin", ReferrerPolicy::Origin),
            (b"strict-origin", ReferrerPolicy::StrictOrigin),
            (b"origin-when-cross-origin", ReferrerPolicy::OriginWhenCrossOrigin),
            (b"strict-origin-when-cross-origin", ReferrerPolicy::StrictOriginWhenCrossOrigin),
            (b"unsafe-url", ReferrerPolicy::UnsafeUrl),
        ];
        POLICIES.iter().find(|(name, _)| token.eq_ignore_ascii_case(name)).map(|(_, policy)| *policy)
    }
}
