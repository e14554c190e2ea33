//! The browser half: what a browser sends, and whether script may read the answer.
//!
//! [`Fetch`] is a state machine without I/O: the caller owns sockets and clocks, and hands in the response
//! to each request that it is told to send. The functions beside it answer one question each.

mod cors_check;
mod engine;
mod held_request;
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

use crate::protocol::header_line::KnownName;
use crate::protocol::method::{self, Method};
use crate::protocol::request_header::SafelistRules;
use crate::protocol::{HeaderList, Origin};
use crate::reason::Reason;
use alloc::boxed::Box;
use alloc::string::String;
use core::time::Duration;
use outcome::Outcome::{NetworkError, Response};
use preflight::{Asked, RequestHeaders};
use preflight_cache::CacheKey;
use profile::{Forgets, Profile, RemovedHeaders, StreamBody};
use url::Url;

/// One fetch, from the request that script makes to the response that script gets.
///
/// ```
/// use cors_engine::{Engine, Exchange, Fetch, Outcome, Outgoing, PreflightCache, Request, ResponseHead, Step};
/// use core::time::Duration;
///
/// let mut request = Request::fetch("https://app.example", "https://api.example/items")?;
/// request.method = "PUT".into();
///
/// let (mut cache, now) = (PreflightCache::default(), Duration::ZERO);
/// let mut fetch = Fetch::new(Engine::Chromium, request)?; // what fails here, fetch() throws
/// let mut step = fetch.start(&mut cache, now);
/// let outcome = loop {
///     match step {
///         Step::Send(outgoing) => {
///             let headers = answer_to(outgoing);
///             step = fetch.receive(&ResponseHead::new(204, &headers), &mut cache, now);
///         }
///         Step::Done(outcome) => break outcome,
///     }
/// };
/// assert!(matches!(outcome, Outcome::Response(_)));
///
/// fn answer_to(outgoing: Outgoing<'_>) -> Vec<(&'static str, &'static str)> {
///     match outgoing.exchange() {
///         Exchange::Preflight => {
///             vec![("Access-Control-Allow-Origin", "*"), ("Access-Control-Allow-Methods", "PUT")]
///         }
///         Exchange::Actual => vec![("Access-Control-Allow-Origin", "*")],
///     }
/// }
/// # Ok::<(), cors_engine::InvalidRequest>(())
/// ```
#[derive(Clone, Debug)]
pub struct Fetch {
    engine: Engine,
    profile: &'static Profile,
    origin: Origin,
    url: Url,
    initial_url: Option<Url>,
    method: Method,
    headers: HeaderList,
    /// The header list before redirects removed headers from it, where an engine remembers it.
    original_headers: Option<HeaderList>,
    body: Body,
    mode: RequestMode,
    credentials: CredentialsMode,
    redirect: RedirectMode,
    cache_mode: CacheMode,
    initiator: Initiator,
    referrer_policy: ReferrerPolicy,
    embedder_policy: EmbedderPolicy,
    network_partition_key: String,
    http_version: HttpVersion,
    safelist: SafelistRules,
    use_cors_preflight: bool,
    unsafe_request: bool,
    tainting: ResponseType,
    origin_tainted: bool,
    /// Whether some redirect led to another origin.
    crossed_origins: bool,
    /// Whether the last redirect did.
    just_crossed_origins: bool,
    /// Whether the hop before this one sent an `Origin` header.
    origin_sent: bool,
    redirect_count: u8,
    timing_allow_failed: bool,
    /// Whether some hop so far was to be preflighted, also where the cache spared it.
    preflighted: bool,
    access_control_request_headers: RequestHeaders,
    /// Whether the request is sent again because its connection led to the wrong server.
    is_new_connection_fetch: bool,
    /// What a late check of the last redirect found.
    late_refusal: Option<Box<Blocked>>,
    state: State,
}

/// What the machine waits for.
#[derive(Clone, Debug)]
enum State {
    Created,
    /// The response to a request.
    Waiting(Exchange),
    Done(Outcome),
}

impl Fetch {
    /// Constructs the request as `engine` would.
    ///
    /// # Errors
    /// What `fetch()` itself throws.
    ///
    /// ```
    /// use cors_engine::{Engine, Fetch, Reason, Request};
    /// let mut request = Request::fetch("https://app.example", "https://api.example/")?;
    /// request.method = "TRACE".into();
    /// assert_eq!(Fetch::new(Engine::Spec, request).unwrap_err().reason, Reason::ForbiddenMethod);
    /// # Ok::<(), cors_engine::InvalidRequest>(())
    /// ```
    pub fn new(engine: Engine, request: Request) -> Result<Self, InvalidRequest> {
        Fetch::with_profile(engine, engine.profile(), request)
    }

    /// Constructs the request as `engine` would if its profile were this one.
    pub(crate) fn with_profile(
        engine: Engine,
        profile: &'static Profile,
        mut request: Request,
    ) -> Result<Self, InvalidRequest> {
        request.validate(profile)?;
        let becomes_cors = profile.stream_body_means_cors
            && request.body == Body::Stream
            && request.mode == RequestMode::SameOrigin;
        Ok(Fetch {
            engine,
            profile,
            method: Method::from(method::normalize(&request.method)),
            headers: request.take_header_list(profile),
            original_headers: None,
            body: request.sent_body().clone(),
            safelist: request.safelist_rules(profile),
            use_cors_preflight: request.use_cors_preflight(profile),
            unsafe_request: request.is_unsafe_request(),
            origin: request.origin,
            url: request.url,
            initial_url: None,
            mode: if becomes_cors { RequestMode::Cors } else { request.mode },
            credentials: request.credentials,
            redirect: request.redirect,
            cache_mode: request.cache,
            initiator: request.initiator,
            referrer_policy: request.referrer_policy,
            embedder_policy: request.embedder_policy,
            network_partition_key: request.network_partition_key,
            http_version: request.http_version,
            tainting: ResponseType::Basic,
            origin_tainted: false,
            crossed_origins: false,
            just_crossed_origins: false,
            origin_sent: false,
            redirect_count: 0,
            timing_allow_failed: false,
            preflighted: false,
            access_control_request_headers: RequestHeaders::default(),
            is_new_connection_fetch: false,
            late_refusal: None,
            state: State::Created,
        })
    }

    /// Begins the fetch. `now` is the time since a fixed moment; it only matters to the preflight cache.
    ///
    /// Called again, it begins nothing anew: it says again what is wanted next.
    ///
    /// ```
    /// # use cors_engine::{Engine, Fetch, PreflightCache, Request, Step};
    /// let request = Request::fetch("https://app.example", "data:text/plain,hi")?;
    /// let mut fetch = Fetch::new(Engine::Spec, request)?;
    /// let step = fetch.start(&mut PreflightCache::default(), core::time::Duration::ZERO);
    /// assert!(matches!(step, Step::Done(_)));
    /// # Ok::<(), cors_engine::InvalidRequest>(())
    /// ```
    pub fn start(&mut self, cache: &mut PreflightCache, now: Duration) -> Step<'_> {
        if matches!(self.state, State::Created) {
            self.state = self.main_fetch(cache, now);
        }
        self.step()
    }

    /// Takes the response to the request that was last asked for.
    ///
    /// Without such a request the response is ignored: a fetch that has not begun begins, and one that is over
    /// says so again.
    ///
    /// ```
    /// # use cors_engine::{Engine, Fetch, Outcome, PreflightCache, Reason, Request, ResponseHead, Step};
    /// # let (mut cache, now) = (PreflightCache::default(), core::time::Duration::ZERO);
    /// let request = Request::fetch("https://app.example", "https://api.example/")?;
    /// let mut fetch = Fetch::new(Engine::Spec, request)?;
    /// fetch.start(&mut cache, now);
    /// let nothing_allowed: [(&str, &str); 0] = [];
    /// let step = fetch.receive(&ResponseHead::new(200, &nothing_allowed), &mut cache, now);
    /// let Step::Done(Outcome::NetworkError(blocked)) = step else { panic!() };
    /// assert_eq!(blocked.reason, Reason::MissingAllowOrigin);
    /// # Ok::<(), cors_engine::InvalidRequest>(())
    /// ```
    pub fn receive(
        &mut self,
        response: &ResponseHead<'_>,
        cache: &mut PreflightCache,
        now: Duration,
    ) -> Step<'_> {
        if matches!(self.state, State::Created) {
            return self.start(cache, now);
        }
        if let State::Waiting(exchange) = self.state {
            // HTTP-network-or-cache fetch tries once more, over a new connection.
            let misdirected = response.status == 421 && self.body != Body::Stream;
            if misdirected && !core::mem::replace(&mut self.is_new_connection_fetch, true) {
                return self.step();
            }
            self.is_new_connection_fetch = false;
            let well_formed = redirect::refuse_conflicting_locations(self.profile, response);
            let next = well_formed.and_then(|()| match exchange {
                Exchange::Preflight => self.receive_preflight(response, cache, now),
                Exchange::Actual => self.receive_actual(response, cache, now),
            });
            self.state = next
                .unwrap_or_else(|refusal| self.network_error(refusal, Some(exchange), Some(response), cache));
        }
        self.step()
    }

    /// Says that no response arrived: the connection failed.
    ///
    /// ```
    /// # use cors_engine::{Engine, Fetch, Outcome, PreflightCache, Reason, Request, Step};
    /// # let (mut cache, now) = (PreflightCache::default(), core::time::Duration::ZERO);
    /// let request = Request::fetch("https://app.example", "https://api.example/")?;
    /// let mut fetch = Fetch::new(Engine::Spec, request)?;
    /// fetch.start(&mut cache, now);
    /// let Step::Done(Outcome::NetworkError(blocked)) = fetch.fail(&mut cache) else { panic!() };
    /// assert_eq!(blocked.reason, Reason::ConnectionFailed);
    /// # Ok::<(), cors_engine::InvalidRequest>(())
    /// ```
    pub fn fail(&mut self, cache: &mut PreflightCache) -> Step<'_> {
        let exchange = match self.state {
            State::Created => None,
            State::Waiting(exchange) => Some(exchange),
            State::Done(_) => return self.step(),
        };
        self.state = self.network_error(Refusal::new(Reason::ConnectionFailed, []), exchange, None, cache);
        self.step()
    }

    /// What is to be sent and was not answered yet.
    #[cfg(feature = "capi")]
    pub(crate) fn outgoing(&self) -> Option<Outgoing<'_>> {
        match self.step() {
            Step::Send(outgoing) => Some(outgoing),
            Step::Done(_) => None,
        }
    }

    fn step(&self) -> Step<'_> {
        match &self.state {
            State::Done(outcome) => Step::Done(outcome),
            State::Waiting(exchange) => Step::Send(Outgoing { fetch: self, exchange: *exchange }),
            // Whoever calls this has left the state behind.
            State::Created => Step::Send(Outgoing { fetch: self, exchange: Exchange::Actual }),
        }
    }

    /// [Main fetch](https://fetch.spec.whatwg.org/#concept-main-fetch), up to what has to be sent.
    fn main_fetch(&mut self, cache: &mut PreflightCache, now: Duration) -> State {
        self.try_main_fetch(cache, now)
            .unwrap_or_else(|refusal| self.network_error(refusal, None, None, cache))
    }

    fn try_main_fetch(&mut self, cache: &mut PreflightCache, now: Duration) -> Result<State, Refusal> {
        let refuse = |reason| Err(Refusal::new(reason, []));
        if mixed_content::is_bad_port(&self.url) {
            return refuse(Reason::BlockedPort);
        }
        if mixed_content::is_blocked(&self.origin, &self.url) {
            if self.redirect_count == 0 || !self.profile.checks_redirects_late {
                return refuse(Reason::MixedContent);
            }
            if self.late_refusal.is_none() {
                let blocked = self.blocked(Refusal::new(Reason::MixedContent, []), None, None);
                self.late_refusal = Some(Box::new(blocked));
            }
        }
        if self.body == Body::Stream && self.profile.stream_body == StreamBody::Unsupported {
            return refuse(Reason::StreamBodyUnsupported);
        }
        if self.profile.dictionary_header_fails
            && self.headers.summary().names.contains(KnownName::AvailableDictionary)
        {
            return refuse(Reason::ReservedHeader);
        }
        let is_http = matches!(self.url.scheme(), "http" | "https");
        if (self.tainting == ResponseType::Basic && self.origin.is_origin_of(&self.url))
            || self.url.scheme() == "data"
        {
            self.tainting = ResponseType::Basic;
            return self.scheme_fetch();
        }
        match self.mode {
            RequestMode::SameOrigin | RequestMode::Navigate => refuse(Reason::CrossOriginInSameOriginMode),
            RequestMode::NoCors if self.redirect != RedirectMode::Follow => {
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
                && (!method::is_cors_safelisted(&self.method) || self.has_unsafe_header(&self.headers)))
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
    fn scheme_fetch(&mut self) -> Result<State, Refusal> {
        let local = |fetch: &Fetch| {
            let headers = [("content-type", "")];
            Ok(State::Done(Response(fetch.filtered_response(&ResponseHead::new(200, &headers)))))
        };
        match self.url.scheme() {
            "http" | "https" => self.http_network_or_cache_fetch(),
            "about" if self.url.path() == "blank" && self.profile.about_blank => local(self),
            "data" if data_url::DataUrl::process(self.url.as_str()).is_ok() => local(self),
            "data" => Err(Refusal::new(Reason::InvalidDataUrl, [])),
            "blob" => Err(Refusal::new(Reason::UnknownBlob, [])),
            _ => Err(Refusal::new(Reason::SchemeUnsupported, self.url.scheme())),
        }
    }

    /// [HTTP fetch](https://fetch.spec.whatwg.org/#concept-http-fetch), up to what has to be sent.
    fn http_fetch(
        &mut self,
        make_cors_preflight: bool,
        cache: &mut PreflightCache,
        now: Duration,
    ) -> Result<State, Refusal> {
        self.preflighted |= make_cors_preflight;
        if !make_cors_preflight {
            return self.http_network_or_cache_fetch();
        }
        self.access_control_request_headers =
            RequestHeaders::of(self.profile, self.safelist, self.preflighted_headers());
        if self.asked().is_cached(cache, &self.cache_key(), now) {
            return self.http_network_or_cache_fetch();
        }
        if self.profile.cache.forgets == Forgets::Miss {
            cache.clear_entries(&self.cache_key());
        }
        Ok(State::Waiting(Exchange::Preflight))
    }

    /// [HTTP-network-or-cache fetch](https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch): what
    /// it refuses to send.
    fn http_network_or_cache_fetch(&mut self) -> Result<State, Refusal> {
        if let Some(blocked) = self.late_refusal.take() {
            return Ok(State::Done(NetworkError(blocked)));
        }
        let refuse = |reason| Err(Refusal::new(reason, []));
        if self.cache_mode == CacheMode::OnlyIfCached && !self.profile.only_if_cached_goes_out {
            return refuse(Reason::NotCached);
        }
        if self.body == Body::Stream
            && self.http_version == HttpVersion::Http1
            && self.profile.stream_body == StreamBody::StreamedOverHttp2
        {
            return refuse(Reason::StreamBodyOverHttp1);
        }
        Ok(State::Waiting(Exchange::Actual))
    }

    fn receive_preflight(
        &mut self,
        response: &ResponseHead<'_>,
        cache: &mut PreflightCache,
        now: Duration,
    ) -> Result<State, Refusal> {
        self.asked().judge(response, cache, &self.cache_key(), now)?;
        self.http_network_or_cache_fetch()
    }

    /// HTTP fetch from the response on.
    fn receive_actual(
        &mut self,
        response: &ResponseHead<'_>,
        cache: &mut PreflightCache,
        now: Duration,
    ) -> Result<State, Refusal> {
        if response.status == 407 {
            return Err(Refusal::new(Reason::ProxyAuthenticationRequired, []));
        }
        if self.tainting == ResponseType::Cors {
            cors_check::cors_check(self.profile, self.request_origin(), self.credentials, &response.headers)?;
        }
        self.timing_allow_failed |=
            !cors_check::tao_check(self.request_origin(), self.tainting == ResponseType::Basic, response);
        if self.tainting == ResponseType::Opaque {
            let embedder = resource_policy::Embedder {
                origin: &self.origin,
                policy: self.embedder_policy,
                credentials_included: self.includes_credentials(),
            };
            resource_policy::cross_origin_resource_policy_check(
                self.profile,
                &embedder,
                &self.url,
                &response.headers,
            )?;
        }
        if response.has_redirect_status() && self.redirect == RedirectMode::Manual {
            if self.profile.manual_mode_parses_location {
                if let Some(location) = redirect::location(self.profile, response)? {
                    redirect::location_url(self.profile, &location, &self.url)?;
                }
            }
            self.tainting = ResponseType::OpaqueRedirect;
        } else if response.has_redirect_status() {
            let location = redirect::location(self.profile, response)?;
            if self.redirect == RedirectMode::Error {
                let names_location = location.is_some_and(|location| !location.is_empty());
                if names_location || !self.profile.error_mode_needs_location {
                    return Err(Refusal::new(Reason::RedirectModeError, []));
                }
            } else if let Some(location) = location {
                let location = redirect::location_url(self.profile, &location, &self.url)?;
                let from = self.url.clone();
                self.origin_sent = self.request_origin_header(Exchange::Actual).is_some();
                if self.profile.checks_redirects_late {
                    let refusal = self.check_redirect_late(response, &location);
                    self.late_refusal = refusal
                        .map(|refusal| self.blocked(refusal, Some(Exchange::Actual), Some(response)))
                        .map(Box::new);
                }
                self.http_redirect_fetch(response, location)?;
                self.initial_url.get_or_insert(from);
                return Ok(self.main_fetch(cache, now));
            }
        }
        Ok(State::Done(Response(self.filtered_response(response))))
    }

    /// The last steps of main fetch: what script gets to see.
    fn filtered_response(&self, response: &ResponseHead<'_>) -> FilteredResponse {
        let (status, exposed) = match self.tainting {
            ResponseType::Basic => (response.status, ExposedHeaders::EVERYTHING),
            ResponseType::Cors => {
                let exposed = response::exposed_headers(self.profile, self.credentials, &response.headers);
                (response.status, exposed)
            }
            ResponseType::Opaque | ResponseType::OpaqueRedirect => (0, ExposedHeaders::NOTHING),
        };
        FilteredResponse {
            response_type: self.tainting,
            status,
            url: self.url.clone(),
            redirected: self.redirect_count > 0,
            timing_allowed: !self.timing_allow_failed,
            exposed,
        }
    }

    /// Ends the fetch. A preflighted one that fails [clears cache
    /// entries](https://fetch.spec.whatwg.org/#concept-cache-clear).
    fn network_error(
        &self,
        refusal: Refusal,
        exchange: Option<Exchange>,
        response: Option<&ResponseHead<'_>>,
        cache: &mut PreflightCache,
    ) -> State {
        let forgets = match self.profile.cache.forgets {
            Forgets::PreflightedFailure => self.preflighted,
            Forgets::AnyFailure => self.tainting == ResponseType::Cors,
            Forgets::Miss => false,
        };
        if forgets {
            cache.clear_entries(&self.cache_key());
        }
        State::Done(NetworkError(Box::new(self.blocked(refusal, exchange, response))))
    }

    fn blocked(
        &self,
        refusal: Refusal,
        exchange: Option<Exchange>,
        response: Option<&ResponseHead<'_>>,
    ) -> Blocked {
        let location = |response: &ResponseHead<'_>| {
            let value = redirect::location(self.profile, response).ok()??;
            response
                .has_redirect_status()
                .then(|| redirect::location_url(self.profile, &value, &self.url).ok())?
        };
        let checked_origin = match exchange {
            Some(Exchange::Preflight) => self.preflight_origin(),
            Some(Exchange::Actual) | None => self.request_origin(),
        };
        Blocked {
            engine: self.engine,
            reason: refusal.reason,
            value: refusal.value,
            exchange,
            hop: self.redirect_count,
            status: response.map(|response| response.status),
            url: self.url.clone(),
            location: response.and_then(location),
            initial_url: self.initial_url.clone().unwrap_or_else(|| self.url.clone()),
            page_origin: self.origin.serialized().into(),
            request_origin: checked_origin.serialized().into(),
            initiator: self.initiator,
            mode: self.mode,
            tainting: self.tainting,
        }
    }

    /// The headers that a preflight is about.
    fn preflighted_headers(&self) -> &HeaderList {
        let asked_for = match self.profile.removed_headers {
            RemovedHeaders::AskedFor => self.original_headers.as_ref(),
            RemovedHeaders::Gone | RemovedHeaders::Withheld => None,
        };
        asked_for.unwrap_or(&self.headers)
    }

    fn asked(&self) -> Asked<'_> {
        Asked {
            profile: self.profile,
            origin: self.preflight_origin(),
            credentials: self.credentials,
            method: &self.method,
            headers: self.preflighted_headers(),
            rules: self.safelist,
            unsafe_names: &self.access_control_request_headers,
            use_cors_preflight: self.use_cors_preflight,
            is_forced: self.is_preflight_forced(),
            is_exempt: self.profile.preflight_keeps_page_origin && self.origin.is_origin_of(&self.url),
            cache_mode: self.cache_mode,
        }
    }

    fn cache_key(&self) -> CacheKey<'_> {
        CacheKey {
            network_partition_key: &self.network_partition_key,
            origin: self.preflight_origin().serialized(),
            url: self.url.as_str(),
            credentials: self.credentials,
        }
    }
}
