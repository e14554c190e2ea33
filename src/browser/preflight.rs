//! CORS-preflight fetch: when it is needed, what it asks, and how its answer is judged.

use super::cors_check::{Refusal, cors_check};
use super::engine::Engine;
use super::preflight_cache::{CacheKey, Named, PreflightCache};
use super::profile::{FlagsServedBy, MaxAgeSyntax, PreflightOrder, Profile};
use super::request::{
    CacheMode, CredentialsMode, InvalidRequest, Request, RequestMode, is_taken_from_script,
};
use super::response::ResponseHead;
use crate::protocol::header_line::{Facts, KnownName};
use crate::protocol::list::{TokenList, delta_seconds};
use crate::protocol::request_header::SafelistRules;
use crate::protocol::{
    HeaderList, Headers, Origin, compare_names, is_same_name, make_lower_case, method, trim,
};
use crate::reason::Reason;
use core::time::Duration;
use smallvec::SmallVec;

/// The lifetime of a preflight's answer that names none, in seconds.
const DEFAULT_MAX_AGE: u64 = 5;

/// Whether a request is preflighted on its first hop, and because of what.
///
/// ```
/// use cors_engine::{Engine, Preflight, Request, needs_preflight};
/// let mut request = Request::fetch("https://app.example", "https://api.example/")?;
/// request.headers.append(b"X-Requested-With", b"XMLHttpRequest");
/// let preflight = needs_preflight(Engine::Spec, &request)?;
/// assert_eq!(preflight, Preflight::UnsafeHeader(b"X-Requested-With"));
/// # Ok::<(), cors_engine::InvalidRequest>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Preflight<'a> {
    /// No: the URL is of the page's own origin, or CORS has no part in it.
    NotCrossOrigin,
    /// No: a simple request.
    Simple,
    /// Yes: the use-CORS-preflight flag is set, by a streaming body or an upload listener.
    Forced,
    /// Yes: the method is not CORS-safelisted.
    Method,
    /// Yes: this header, the first of them as written, is not CORS-safelisted.
    UnsafeHeader(&'a [u8]),
}

impl Preflight<'_> {
    /// Whether a preflight is sent, unless the preflight cache spares it.
    ///
    /// ```
    /// assert!(!cors_engine::Preflight::Simple.is_needed());
    /// ```
    #[must_use]
    pub const fn is_needed(&self) -> bool {
        !matches!(self, Preflight::NotCrossOrigin | Preflight::Simple)
    }
}

/// Classifies a request: simple or preflighted, and because of what. Allocates nothing.
///
/// # Errors
/// What `fetch()` would throw.
///
/// ```
/// use cors_engine::{Engine, Preflight, Request, needs_preflight};
/// let request = Request::fetch("https://app.example", "https://app.example/own")?;
/// assert_eq!(needs_preflight(Engine::Gecko, &request)?, Preflight::NotCrossOrigin);
/// # Ok::<(), cors_engine::InvalidRequest>(())
/// ```
pub fn needs_preflight(engine: Engine, request: &Request) -> Result<Preflight<'_>, InvalidRequest> {
    let profile = engine.profile();
    let method = request.validate(profile)?;
    let is_cors = request.mode == RequestMode::Cors && matches!(request.url.scheme(), "http" | "https");
    if !is_cors || request.origin.is_origin_of(&request.url) {
        return Ok(Preflight::NotCrossOrigin);
    }
    if request.use_cors_preflight(profile) {
        return Ok(Preflight::Forced);
    }
    if !request.is_unsafe_request() {
        return Ok(Preflight::Simple);
    }
    if !method::is_cors_safelisted(method) {
        return Ok(Preflight::Method);
    }
    let default_type = request.default_content_type_line(profile);
    let mut summary = *request.headers.summary();
    summary.extend(default_type);
    let lines = || request.headers.known_lines().chain(default_type);
    let safelist = request.safelist_rules(profile).over(&summary, lines);
    if safelist.has_all(&summary) {
        return Ok(Preflight::Simple);
    }
    let is_unsafe = |facts: Facts| !safelist.has(facts) && is_taken_from_script(profile, facts);
    let first_unsafe = request.headers.known_lines_where(is_unsafe).next();
    let first_unsafe = first_unsafe.or_else(|| default_type.filter(|line| is_unsafe(line.facts)));
    Ok(first_unsafe.map_or(Preflight::Simple, |line| Preflight::UnsafeHeader(line.name)))
}

/// What a preflight asks about, and on whose behalf.
pub(crate) struct Asked<'a> {
    pub(crate) profile: &'a Profile,
    /// The serialized request origin, as an origin.
    pub(crate) origin: &'a Origin,
    pub(crate) credentials: CredentialsMode,
    pub(crate) method: &'a [u8],
    pub(crate) headers: &'a HeaderList,
    pub(crate) rules: SafelistRules,
    pub(crate) use_cors_preflight: bool,
    /// Whether a preflight is necessary whatever the method and the headers are.
    pub(crate) is_forced: bool,
    /// Whether the preflight needs no CORS check.
    pub(crate) is_exempt: bool,
    pub(crate) cache_mode: CacheMode,
}

/// What the answer to a preflight allows.
#[derive(Default)]
pub(crate) struct Allowed<'r> {
    /// Whether the answer lists methods at all.
    lists_methods: bool,
    methods: TokenList<'r>,
    header_names: TokenList<'r>,
}

impl<'r> Allowed<'r> {
    fn extract(&mut self, headers: &Headers<'r>) -> Result<(), Refusal> {
        let Allowed { lists_methods, methods, header_names } = self;
        *lists_methods =
            extract(methods, headers, b"access-control-allow-methods", Reason::InvalidAllowMethods)?;
        extract(header_names, headers, b"access-control-allow-headers", Reason::InvalidAllowHeaders)?;
        Ok(())
    }
}

/// The value of `Access-Control-Request-Headers` for `headers`: the [CORS-unsafe request-header
/// names](https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names), in lower case and sorted. It is empty
/// where the header is not sent.
pub(crate) fn access_control_request_headers(
    profile: &Profile,
    rules: SafelistRules,
    headers: &HeaderList,
) -> SmallVec<[u8; 64]> {
    let mut names: SmallVec<[&[u8]; 8]> = SmallVec::new();
    rules.cors_unsafe_lines(headers).for_each(|line| names.push(line.name));
    names.sort_by(|one, two| compare_names(one, two));
    if !profile.request_headers_repeat {
        names.dedup_by(|a, b| is_same_name(a, b));
    }
    let mut value = SmallVec::new();
    for name in &names {
        if !value.is_empty() {
            value.push(b',');
        }
        value.extend_from_slice(name);
    }
    make_lower_case(&mut value);
    value
}

impl Asked<'_> {
    /// Whether the cache makes a preflight unnecessary: the first step of
    /// [HTTP fetch](https://fetch.spec.whatwg.org/#concept-http-fetch) that concerns CORS.
    pub(crate) fn is_cached(&self, cache: &PreflightCache, key: &CacheKey<'_>, now: Duration) -> bool {
        let rules = &self.profile.cache;
        if !self.uses_cache() || rules.bypassed_by.contains(&self.cache_mode) {
            return false;
        }
        let Some(remembered) = cache.remembered(rules, key, now) else {
            // Only where nothing has to be remembered.
            return rules.free_methods.contains(&self.method)
                && !self.is_forced
                && self.unsafe_names().next().is_none();
        };
        let is_free = rules.free_methods.contains(&self.method);
        let method_is_cached = match rules.flags_are_served_by {
            _ if !self.is_forced => true,
            FlagsServedBy::Method => false,
            FlagsServedBy::FreshAnswer | FlagsServedBy::AnyAnswerEver => remembered.has_answer(),
        };
        ((is_free && method_is_cached) || remembered.has_method(self.method))
            && self.unsafe_names().all(|name| remembered.has_header_name(name))
    }

    /// The CORS-unsafe request-header names, as they were written.
    fn unsafe_names(&self) -> impl Iterator<Item = &[u8]> {
        self.rules.cors_unsafe_lines(self.headers).map(|line| line.name)
    }

    fn is_stored(&self, key: &CacheKey<'_>) -> bool {
        let rules = &self.profile.cache;
        self.uses_cache() && !rules.kept_out_by.contains(&self.cache_mode) && key.url.len() <= rules.url_limit
    }

    fn uses_cache(&self) -> bool {
        self.profile.cache.serves_opaque_origins || *self.origin != Origin::Opaque
    }

    /// Judges the answer to a preflight: the later steps of
    /// [CORS-preflight fetch](https://fetch.spec.whatwg.org/#cors-preflight-fetch-0) up to the cache.
    pub(crate) fn check(&self, response: &ResponseHead<'_>) -> Result<(), Refusal> {
        self.check_head(response)?;
        let mut allowed = Allowed::default();
        allowed.extract(&response.headers)?;
        self.check_permissions(&allowed)
    }

    /// [Checks](Asked::check) the answer to a preflight, and remembers what it allows.
    pub(crate) fn judge(
        &self,
        response: &ResponseHead<'_>,
        cache: &mut PreflightCache,
        key: &CacheKey<'_>,
        now: Duration,
    ) -> Result<(), Refusal> {
        self.check_head(response)?;
        let mut allowed = Allowed::default();
        allowed.extract(&response.headers)?;
        let verdict = self.check_permissions(&allowed);
        if verdict.is_ok() || self.profile.cache.stores_refused {
            if let Some(max_age) = self.max_age(response).filter(|_| self.is_stored(key)) {
                let Allowed { methods, header_names, .. } = &allowed;
                let named = Named {
                    methods: self.implied_method(&allowed).unwrap_or(methods.text()),
                    header_names: header_names.text(),
                    count: methods.len() + header_names.len(),
                };
                cache.store(&self.profile.cache, key, &named, max_age, now);
            }
        }
        verdict
    }

    /// The CORS check and the ok status, and that there is no redirect, in the order of the engine.
    fn check_head(&self, response: &ResponseHead<'_>) -> Result<(), Refusal> {
        let cors_check = || match self.is_exempt {
            true => Ok(()),
            false => cors_check(self.profile, self.origin, self.credentials, &response.headers),
        };
        let ok_status = || match response.has_ok_status() {
            true => Ok(()),
            false => Err(Refusal::new(Reason::PreflightStatus, [])),
        };
        let no_redirect = || match response.has_redirect_status() && response.headers.contains(b"location") {
            true => Err(Refusal::new(Reason::PreflightRedirect, [])),
            false => Ok(()),
        };
        match self.profile.preflight_order {
            PreflightOrder::CorsCheck => cors_check().and_then(|()| no_redirect()).and_then(|()| ok_status()),
            PreflightOrder::Redirect => no_redirect().and_then(|()| cors_check()).and_then(|()| ok_status()),
            PreflightOrder::Status => no_redirect().and_then(|()| ok_status()).and_then(|()| cors_check()),
        }
    }

    /// The method that a preflight forced by a flag allows where the answer names none.
    fn implied_method(&self, allowed: &Allowed<'_>) -> Option<&[u8]> {
        let implied = self.profile.flag_implies_method && self.use_cors_preflight && !allowed.lists_methods;
        implied.then_some(self.method)
    }

    /// Whether the method and the headers of the request are allowed.
    fn check_permissions(&self, allowed: &Allowed<'_>) -> Result<(), Refusal> {
        let wildcards_count = self.credentials != CredentialsMode::Include;
        let lists_method = |method: &[u8]| allowed.methods.contains(method);
        let method_allowed = lists_method(self.method)
            || self.implied_method(allowed).is_some()
            || method::is_cors_safelisted(self.method)
            || (wildcards_count && lists_method(b"*"));
        if !method_allowed {
            return Err(Refusal::new(Reason::MethodNotAllowed, self.method));
        }
        let lists = |name: &[u8]| allowed.header_names.iter().any(|listed| is_same_name(listed, name));
        let refused = self.unsafe_names().filter(|name| !lists(name));
        // The first of them that the preflight asked for. What a wildcard does not cover is always one of them.
        let Some(refused) = refused.min_by(|one, two| compare_names(one, two)) else { return Ok(()) };
        if !self.profile.wildcard_covers_authorization {
            let is_non_wildcard = |facts: Facts| facts.name == KnownName::CORS_NON_WILDCARD;
            let non_wildcard = self.headers.known_lines_where(is_non_wildcard).next();
            if let Some(line) = non_wildcard.filter(|line| !lists(line.name)) {
                return Err(Refusal::new(Reason::AuthorizationNotListed, line.name));
            }
        }
        if wildcards_count && lists(b"*") {
            return Ok(());
        }
        Err(Refusal::new(Reason::HeaderNotAllowed, refused))
    }

    /// How long the answer is remembered; `None` when it is not.
    fn max_age(&self, response: &ResponseHead<'_>) -> Option<Duration> {
        let value = self.profile.get(&response.headers, b"access-control-max-age").unwrap_or_default();
        // A number of 64 bits; one below zero counts as zero.
        let signed = |value: &[u8]| {
            let (is_negative, digits) = match value {
                [b'-', digits @ ..] => (true, digits),
                [b'+', digits @ ..] | digits => (false, digits),
            };
            let number = delta_seconds(digits)?;
            let limit = i64::MAX as u64 + u64::from(is_negative);
            (number <= limit).then_some(if is_negative { 0 } else { number })
        };
        let seconds = match self.profile.max_age {
            // The values of several lines are joined by a comma, which is no digit.
            MaxAgeSyntax::Digits => delta_seconds(&value),
            MaxAgeSyntax::DigitsOrUncached if value.is_empty() => None,
            MaxAgeSyntax::DigitsOrUncached => Some(delta_seconds(&value).filter(|seconds| *seconds > 0)?),
            MaxAgeSyntax::SignedNumber => signed(&value),
            MaxAgeSyntax::TrimmedSignedNumber => {
                signed(trim(&value, |byte| matches!(byte, b' ' | b'\t'..=b'\r')))
            }
        };
        Some(Duration::from_secs(seconds.unwrap_or(DEFAULT_MAX_AGE).min(self.profile.max_age_limit)))
    }
}

/// [Extracts header list values](https://fetch.spec.whatwg.org/#extract-header-list-values) into `list`, or
/// refuses. Says whether there is such a header.
fn extract<'r>(
    list: &mut TokenList<'r>,
    headers: &Headers<'r>,
    name: &[u8; 28],
    reason: Reason,
) -> Result<bool, Refusal> {
    let value = || headers.get_known(name).unwrap_or_default();
    list.extend(headers.values_of(name)).map_err(|_| Refusal::new(reason, value()))
}
