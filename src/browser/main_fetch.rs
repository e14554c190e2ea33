//! [Main fetch](https://fetch.spec.whatwg.org/#concept-main-fetch) and what it leads to, in the standard's order:
//! scheme fetch, HTTP fetch, HTTP-network-or-cache fetch, and how each response is received.

use super::cors_check::{self, Refusal};
use super::fetch::{Fetch, State};
use super::outcome::Exchange;
use super::outcome::Outcome::{NetworkError, Response};
use super::preflight::{Asked, access_control_request_headers};
use super::preflight_cache::{CacheKey, PreflightCache};
use super::profile::{Forgets, RemovedHeaders, StreamBody};
use super::request::{Body, CacheMode, HttpVersion, RedirectMode, RequestMode};
use super::response::{self, ExposedHeaders, FilteredResponse, ResponseHead, ResponseType};
use super::{mixed_content, redirect, resource_policy};
use crate::protocol::header_line::KnownName;
use crate::protocol::{HeaderList, method};
use crate::reason::Reason;
use alloc::boxed::Box;
use core::time::Duration;

impl Fetch {
    /// [Main fetch](https://fetch.spec.whatwg.org/#concept-main-fetch), up to what has to be sent.
    pub(super) fn main_fetch(&mut self, cache: &mut PreflightCache, now: Duration) {
        if let Err(refusal) = self.try_main_fetch(cache, now) {
            self.network_error(refusal, None, None, cache);
        }
    }

    fn try_main_fetch(&mut self, cache: &mut PreflightCache, now: Duration) -> Result<(), Refusal> {
        let refuse = |reason| Err(Refusal::new(reason, []));
        if mixed_content::is_bad_port(&self.request.url) {
            return refuse(Reason::BlockedPort);
        }
        if mixed_content::is_blocked(&self.request.origin, &self.request.url) {
            if self.redirect_count == 0 || !self.profile.checks_redirects_late {
                return refuse(Reason::MixedContent);
            }
            if self.late_refusal.is_none() {
                let blocked = self.blocked(Refusal::new(Reason::MixedContent, []), None, None);
                self.late_refusal = Some(Box::new(blocked));
            }
        }
        if self.request.body == Body::Stream && self.profile.stream_body == StreamBody::Unsupported {
            return refuse(Reason::StreamBodyUnsupported);
        }
        if self.profile.dictionary_header_fails
            && self.request.headers.summary().names.contains(KnownName::AvailableDictionary)
        {
            return refuse(Reason::ReservedHeader);
        }
        let is_http = matches!(self.request.url.scheme(), "http" | "https");
        if (self.tainting == ResponseType::Basic && self.request.origin.is_origin_of(&self.request.url))
            || self.request.url.scheme() == "data"
        {
            self.tainting = ResponseType::Basic;
            return self.scheme_fetch();
        }
        match self.request.mode {
            RequestMode::SameOrigin | RequestMode::Navigate => refuse(Reason::CrossOriginInSameOriginMode),
            RequestMode::NoCors if self.request.redirect != RedirectMode::Follow => {
                refuse(Reason::NoCorsRedirectMode)
            }
            RequestMode::NoCors => {
                self.tainting = ResponseType::Opaque;
                self.scheme_fetch()
            }
            RequestMode::Cors if !is_http => refuse(Reason::SchemeNotHttp),
            RequestMode::Cors => {
                self.tainting = ResponseType::Cors;
                self.http_fetch(self.needs_preflight(), cache, now)
            }
        }
    }

    /// Whether this hop is to be preflighted: the condition in main fetch.
    fn needs_preflight(&self) -> bool {
        self.is_preflight_forced()
            || (self.unsafe_request
                && (!method::is_cors_safelisted(&self.request.method)
                    || self.has_unsafe_header(&self.request.headers)))
    }

    /// Whether a preflight is necessary whatever the method and the headers are by now.
    fn is_preflight_forced(&self) -> bool {
        self.use_cors_preflight
            || (self.profile.preflights_stick && self.preflighted)
            || self
                .original_headers
                .as_ref()
                .is_some_and(|original| self.unsafe_request && self.has_unsafe_header(original))
    }

    fn has_unsafe_header(&self, headers: &HeaderList) -> bool {
        self.safelist.cors_unsafe_lines(headers).next().is_some()
    }

    /// [Scheme fetch](https://fetch.spec.whatwg.org/#concept-scheme-fetch).
    fn scheme_fetch(&mut self) -> Result<(), Refusal> {
        let local = |fetch: &mut Fetch| {
            let headers = [("content-type", "")];
            fetch.respond(&ResponseHead::new(200, &headers));
            Ok(())
        };
        match self.request.url.scheme() {
            "http" | "https" => self.http_network_or_cache_fetch(),
            "about" if self.request.url.path() == "blank" && self.profile.about_blank => local(self),
            "data" if data_url::DataUrl::process(self.request.url.as_str()).is_ok() => local(self),
            "data" => Err(Refusal::new(Reason::InvalidDataUrl, [])),
            "blob" => Err(Refusal::new(Reason::UnknownBlob, [])),
            _ => Err(Refusal::new(Reason::SchemeUnsupported, self.request.url.scheme())),
        }
    }

    /// [HTTP fetch](https://fetch.spec.whatwg.org/#concept-http-fetch), up to what has to be sent.
    fn http_fetch(
        &mut self,
        make_cors_preflight: bool,
        cache: &mut PreflightCache,
        now: Duration,
    ) -> Result<(), Refusal> {
        self.preflighted |= make_cors_preflight;
        if !make_cors_preflight {
            return self.http_network_or_cache_fetch();
        }
        if self.asked().is_cached(cache, &self.cache_key(), now) {
            return self.http_network_or_cache_fetch();
        }
        self.access_control_request_headers =
            access_control_request_headers(self.profile, self.safelist, self.preflighted_headers());
        if self.profile.cache.forgets == Forgets::Miss && !cache.is_empty() {
            cache.clear_entries(&self.cache_key());
        }
        self.state = State::Waiting(Exchange::Preflight);
        Ok(())
    }

    /// [HTTP-network-or-cache fetch](https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch): what
    /// it refuses to send.
    fn http_network_or_cache_fetch(&mut self) -> Result<(), Refusal> {
        if let Some(blocked) = self.late_refusal.take() {
            self.state = State::Done(NetworkError(blocked));
            return Ok(());
        }
        let refuse = |reason| Err(Refusal::new(reason, []));
        if self.request.cache == CacheMode::OnlyIfCached && !self.profile.only_if_cached_goes_out {
            return refuse(Reason::NotCached);
        }
        if self.request.body == Body::Stream
            && self.request.http_version == HttpVersion::Http1
            && self.profile.stream_body == StreamBody::StreamedOverHttp2
        {
            return refuse(Reason::StreamBodyOverHttp1);
        }
        self.state = State::Waiting(Exchange::Actual);
        Ok(())
    }

    /// Takes the response to the request that was sent.
    pub(super) fn receive_response(
        &mut self,
        exchange: Exchange,
        response: &ResponseHead<'_>,
        cache: &mut PreflightCache,
        now: Duration,
    ) {
        // HTTP-network-or-cache fetch tries once more, over a new connection.
        let misdirected = response.status == 421 && self.request.body != Body::Stream;
        if misdirected && !core::mem::replace(&mut self.is_new_connection_fetch, true) {
            return;
        }
        self.is_new_connection_fetch = false;
        let well_formed = redirect::refuse_conflicting_locations(self.profile, response);
        let received = well_formed.and_then(|()| match exchange {
            Exchange::Preflight => self.receive_preflight(response, cache, now),
            Exchange::Actual => self.receive_actual(response, cache, now),
        });
        if let Err(refusal) = received {
            self.network_error(refusal, Some(exchange), Some(response), cache);
        }
    }

    fn receive_preflight(
        &mut self,
        response: &ResponseHead<'_>,
        cache: &mut PreflightCache,
        now: Duration,
    ) -> Result<(), Refusal> {
        self.asked().judge(response, cache, &self.cache_key(), now)?;
        self.http_network_or_cache_fetch()
    }

    /// HTTP fetch from the response on.
    fn receive_actual(
        &mut self,
        response: &ResponseHead<'_>,
        cache: &mut PreflightCache,
        now: Duration,
    ) -> Result<(), Refusal> {
        if response.status == 407 {
            return Err(Refusal::new(Reason::ProxyAuthenticationRequired, []));
        }
        if self.tainting == ResponseType::Cors {
            cors_check::cors_check(
                self.profile,
                self.request_origin(),
                self.request.credentials,
                &response.headers,
            )?;
        }
        self.timing_allow_failed |=
            !cors_check::tao_check(self.request_origin(), self.tainting == ResponseType::Basic, response);
        if self.tainting == ResponseType::Opaque {
            let embedder = resource_policy::Embedder {
                origin: &self.request.origin,
                policy: self.request.embedder_policy,
                credentials_included: self.includes_credentials(),
            };
            resource_policy::cross_origin_resource_policy_check(
                self.profile,
                &embedder,
                &self.request.url,
                &response.headers,
            )?;
        }
        if response.has_redirect_status() && self.request.redirect == RedirectMode::Manual {
            if self.profile.manual_mode_parses_location {
                if let Some(location) = redirect::location(self.profile, response)? {
                    redirect::location_url(self.profile, &location, &self.request.url)?;
                }
            }
            self.tainting = ResponseType::OpaqueRedirect;
        } else if response.has_redirect_status() {
            let location = redirect::location(self.profile, response)?;
            if self.request.redirect == RedirectMode::Error {
                let names_location = location.is_some_and(|location| !location.is_empty());
                if names_location || !self.profile.error_mode_needs_location {
                    return Err(Refusal::new(Reason::RedirectModeError, []));
                }
            } else if let Some(location) = location {
                let location = redirect::location_url(self.profile, &location, &self.request.url)?;
                let from = self.request.url.clone();
                self.origin_sent = self.request_origin_header(Exchange::Actual).is_some();
                if self.profile.checks_redirects_late {
                    let refusal = self.check_redirect_late(response, &location);
                    self.late_refusal = refusal
                        .map(|refusal| self.blocked(refusal, Some(Exchange::Actual), Some(response)))
                        .map(Box::new);
                }
                self.http_redirect_fetch(response, location)?;
                self.initial_url.get_or_insert(from);
                self.main_fetch(cache, now);
                return Ok(());
            }
        }
        self.respond(response);
        Ok(())
    }

    /// The last steps of main fetch: what script gets to see.
    fn respond(&mut self, response: &ResponseHead<'_>) {
        let (status, exposed) = match self.tainting {
            ResponseType::Basic => (response.status, ExposedHeaders::EVERYTHING),
            ResponseType::Cors => {
                let exposed =
                    response::exposed_headers(self.profile, self.request.credentials, &response.headers);
                (response.status, exposed)
            }
            ResponseType::Opaque | ResponseType::OpaqueRedirect => (0, ExposedHeaders::NOTHING),
        };
        let url = self.request.url.clone();
        self.state = State::Done(Response(FilteredResponse {
            response_type: self.tainting,
            status,
            url,
            redirected: self.redirect_count > 0,
            timing_allowed: !self.timing_allow_failed,
            exposed,
        }));
    }

    /// The headers that a preflight is about.
    fn preflighted_headers(&self) -> &HeaderList {
        let asked_for = match self.profile.removed_headers {
            RemovedHeaders::AskedFor => self.original_headers.as_deref(),
            RemovedHeaders::Gone | RemovedHeaders::Withheld => None,
        };
        asked_for.unwrap_or(&self.request.headers)
    }

    fn asked(&self) -> Asked<'_> {
        Asked {
            profile: self.profile,
            origin: self.preflight_origin(),
            credentials: self.request.credentials,
            method: &self.request.method,
            headers: self.preflighted_headers(),
            rules: self.safelist,
            use_cors_preflight: self.use_cors_preflight,
            is_forced: self.is_preflight_forced(),
            // A request of the page's own origin is preflighted after a redirect only.
            is_exempt: self.profile.preflight_keeps_page_origin
                && self.redirect_count > 0
                && self.request.origin.is_origin_of(&self.request.url),
            cache_mode: self.request.cache,
        }
    }

    pub(super) fn cache_key(&self) -> CacheKey<'_> {
        CacheKey {
            network_partition_key: &self.request.network_partition_key,
            origin: self.preflight_origin().serialized(),
            url: self.request.url.as_str(),
            credentials: self.request.credentials,
        }
    }
}
