//! [`Fetch`]: the door of the browser half, and what it keeps between a request and the response to it.

use super::cors_check::Refusal;
use super::engine::Engine;
use super::outcome::Outcome::NetworkError;
use super::outcome::{Blocked, Exchange, Outcome, Outgoing, Step};
use super::preflight_cache::PreflightCache;
use super::profile::{Forgets, Profile};
use super::redirect;
use super::request::{Body, InvalidRequest, Request, RequestMode};
use super::response::{ResponseHead, ResponseType};
use crate::protocol::HeaderList;
use crate::protocol::method::Method;
use crate::protocol::request_header::SafelistRules;
use crate::reason::Reason;
use alloc::boxed::Box;
use core::time::Duration;
use smallvec::SmallVec;
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
    pub(super) engine: Engine,
    pub(super) profile: &'static Profile,
    /// The request as it is by now: its method normalized, its headers those that the engine takes from script.
    pub(super) request: Box<Request>,
    pub(super) initial_url: Option<Url>,
    /// The header list before redirects removed headers from it, where an engine remembers it.
    pub(super) original_headers: Option<Box<HeaderList>>,
    pub(super) safelist: SafelistRules,
    pub(super) use_cors_preflight: bool,
    pub(super) unsafe_request: bool,
    pub(super) tainting: ResponseType,
    pub(super) origin_tainted: bool,
    /// Whether some redirect led to another origin.
    pub(super) crossed_origins: bool,
    /// Whether the last redirect did.
    pub(super) just_crossed_origins: bool,
    /// Whether the hop before this one sent an `Origin` header.
    pub(super) origin_sent: bool,
    pub(super) redirect_count: u8,
    pub(super) timing_allow_failed: bool,
    /// Whether some hop so far was to be preflighted, also where the cache spared it.
    pub(super) preflighted: bool,
    /// What the preflight asks, if there was one.
    pub(super) access_control_request_headers: SmallVec<[u8; 64]>,
    /// Whether the request is sent again because its connection led to the wrong server.
    pub(super) is_new_connection_fetch: bool,
    /// What a late check of the last redirect found.
    pub(super) late_refusal: Option<Box<Blocked>>,
    pub(super) state: State,
}

/// What the machine waits for.
#[derive(Clone, Debug)]
pub(super) enum State {
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
        request: Request,
    ) -> Result<Self, InvalidRequest> {
        // A fetch is moved about by its callers; so it is kept small.
        let mut request = Box::new(request);
        let method = request.validate(profile)?;
        // Most methods come normalized.
        if let Some(normalized) = (*method != *request.method).then(|| Method::from(method)) {
            request.method = normalized;
        }
        let safelist = request.safelist_rules(profile);
        let use_cors_preflight = request.use_cors_preflight(profile);
        if profile.stream_body_means_cors
            && request.body == Body::Stream
            && request.mode == RequestMode::SameOrigin
        {
            request.mode = RequestMode::Cors;
        }
        request.keep_header_list(profile);
        request.keep_sent_body();
        Ok(Fetch {
            engine,
            profile,
            unsafe_request: request.is_unsafe_request(),
            request,
            initial_url: None,
            original_headers: None,
            safelist,
            use_cors_preflight,
            tainting: ResponseType::Basic,
            origin_tainted: false,
            crossed_origins: false,
            just_crossed_origins: false,
            origin_sent: false,
            redirect_count: 0,
            timing_allow_failed: false,
            preflighted: false,
            access_control_request_headers: SmallVec::new(),
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
            self.main_fetch(cache, now);
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
        match self.state {
            State::Created => self.main_fetch(cache, now),
            State::Waiting(exchange) => self.receive_response(exchange, response, cache, now),
            State::Done(_) => {}
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
        self.network_error(Refusal::new(Reason::ConnectionFailed, []), exchange, None, cache);
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
        let outgoing = |exchange| Step::Send(Outgoing { fetch: self, exchange });
        match &self.state {
            State::Done(outcome) => Step::Done(outcome),
            State::Waiting(exchange) => outgoing(*exchange),
            // Whoever calls this has left the state behind.
            State::Created => outgoing(Exchange::Actual),
        }
    }

    /// Ends the fetch. A preflighted one that fails [clears cache
    /// entries](https://fetch.spec.whatwg.org/#concept-cache-clear).
    pub(super) fn network_error(
        &mut self,
        refusal: Refusal,
        exchange: Option<Exchange>,
        response: Option<&ResponseHead<'_>>,
        cache: &mut PreflightCache,
    ) {
        let forgets = match self.profile.cache.forgets {
            Forgets::PreflightedFailure => self.preflighted,
            Forgets::AnyFailure => self.tainting == ResponseType::Cors,
            Forgets::Miss => false,
        };
        if forgets {
            cache.clear_entries(&self.cache_key());
        }
        let blocked = self.blocked(refusal, exchange, response);
        self.state = State::Done(NetworkError(Box::new(blocked)));
    }

    pub(super) fn blocked(
        &self,
        refusal: Refusal,
        exchange: Option<Exchange>,
        response: Option<&ResponseHead<'_>>,
    ) -> Blocked {
        let location = |response: &ResponseHead<'_>| {
            let value = redirect::location(self.profile, response).ok()??;
            response
                .has_redirect_status()
                .then(|| redirect::location_url(self.profile, &value, &self.request.url).ok())?
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
            url: self.request.url.clone(),
            location: response.and_then(location),
            initial_url: self.initial_url.clone().unwrap_or_else(|| self.request.url.clone()),
            page_origin: self.request.origin.serialized().into(),
            request_origin: checked_origin.serialized().into(),
            initiator: self.request.initiator,
            mode: self.request.mode,
            tainting: self.tainting,
        }
    }
}
