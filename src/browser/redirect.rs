//! HTTP-redirect fetch: what a redirect response turns the request into.

use super::Fetch;
use super::cors_check::Refusal;
use super::request::{Body, ReferrerPolicy, RequestMode};
use super::response::{ResponseHead, ResponseType};
use crate::protocol::{Origin, list, request_header};
use crate::reason::Reason;
use alloc::borrow::Cow;
use alloc::string::String;
use smallvec::SmallVec;
use url::Url;

/// How many redirects are followed.
const MAXIMUM_REDIRECTS: u8 = 20;

/// Where a redirect response leads.
pub(crate) enum Location {
    /// Nowhere: the response is what script gets.
    None,
    /// To this URL.
    Url(Url),
}

/// The [location URL](https://fetch.spec.whatwg.org/#concept-response-location-url) of a response.
pub(crate) fn location_url(response: &ResponseHead<'_>, current: &Url) -> Result<Location, Refusal> {
    let mut values = response.headers.values(b"location");
    let Some(location) = values.next() else { return Ok(Location::None) };
    if values.next().is_some() {
        return Err(Refusal::new(Reason::ConflictingLocations, location));
    }
    let text = match core::str::from_utf8(location) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(percent_encode_high_bytes(location)),
    };
    let mut url = current.join(&text).map_err(|_| Refusal::new(Reason::InvalidLocation, location))?;
    if url.fragment().is_none() {
        url.set_fragment(current.fragment());
    }
    Ok(Location::Url(url))
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
        if includes_credentials(&location)
            && (self.tainting == ResponseType::Cors
                || (self.mode == RequestMode::Cors && !self.origin.is_origin_of(&location)))
        {
            return refuse(Reason::RedirectHasCredentials);
        }
        if response.status != 303 && self.body == Body::Stream {
            return refuse(Reason::RedirectWithStreamBody);
        }
        let becomes_get = match response.status {
            301 | 302 => self.method[..] == *b"POST",
            303 => !matches!(&self.method[..], b"GET" | b"HEAD"),
            _ => false,
        };
        if becomes_get {
            self.method = SmallVec::from_slice(b"GET");
            self.body = Body::None;
            self.headers.retain(|name| !request_header::is_request_body_header(name));
        }
        let current_origin = Origin::of(&self.url);
        if !current_origin.is_origin_of(&location) {
            self.headers.retain(|name| !request_header::is_cors_non_wildcard(name));
            // Redirect-taint: an origin other than the request's own led to yet another one.
            self.origin_tainted |= !self.origin.is_same_origin(&current_origin);
        }
        self.url = location;
        self.set_referrer_policy_on_redirect(response);
        Ok(())
    }

    /// [Sets the referrer policy on
    /// redirect](https://w3c.github.io/webappsec-referrer-policy/#set-requests-referrer-policy-on-redirect).
    fn set_referrer_policy_on_redirect(&mut self, response: &ResponseHead<'_>) {
        let value = response.headers.get(b"referrer-policy").unwrap_or_default();
        if let Some(policy) = list::get_decode_and_split(&value).filter_map(ReferrerPolicy::from_token).last()
        {
            self.referrer_policy = policy;
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
