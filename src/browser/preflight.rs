//! CORS-preflight fetch: when it is needed, what it asks, and how its answer is judged.

use super::cors_check::{Refusal, cors_check};
use super::engine::Engine;
use super::preflight_cache::{CacheKey, PreflightCache};
use super::profile::{FlagsServedBy, MaxAgeSyntax, PreflightOrder, Profile};
use super::request::{
    CacheMode, CredentialsMode, InvalidRequest, Request, RequestMode, is_taken_from_script,
};
use super::response::ResponseHead;
use crate::protocol::header_line::Facts;
use crate::protocol::list::{TokenList, delta_seconds};
use crate::protocol::request_header::{SafelistRules, is_cors_non_wildcard};
use crate::protocol::{HeaderList, Origin, compare_names, is_same_name, method, trim};
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
    /// The CORS-unsafe request-header names.
    pub(crate) unsafe_names: &'a RequestHeaders,
    pub(crate) use_cors_preflight: bool,
    /// Whether a preflight is necessary whatever the method and the headers are.
    pub(crate) is_forced: bool,
    /// Whether the preflight needs no CORS check.
    pub(crate) is_exempt: bool,
    pub(crate) cache_mode: CacheMode,
}

/// What the answer to a preflight allows.
pub(crate) struct Allowed<'r> {
    methods: Option<TokenList<'r>>,
    header_names: Option<TokenList<'r>>,
}

impl<'r> Allowed<'r> {
    fn methods(&self) -> &[&'r [u8]] {
        self.methods.as_ref().map_or(&[], TokenList::elements)
    }

    fn header_names(&self) -> &[&'r [u8]] {
        self.header_names.as_ref().map_or(&[], TokenList::elements)
    }
}

/// The CORS-unsafe request-header names in lower case, sorted: the value of `Access-Control-Request-Headers`.
#[derive(Clone, Debug, Default)]
pub(crate) struct RequestHeaders {
    value: SmallVec<[u8; 64]>,
    /// Where each name ends.
    ends: SmallVec<[usize; 8]>,
}

impl RequestHeaders {
    /// The names of `headers`; none where the header is not sent.
    pub(crate) fn of(profile: &Profile, rules: SafelistRules, headers: &HeaderList) -> Self {
        let mut names: SmallVec<[&[u8]; 8]> = SmallVec::new();
        rules.cors_unsafe_lines(headers).for_each(|line| names.push(line.name));
        names.sort_by(|one, two| compare_names(one, two));
        if !profile.request_headers_repeat {
            names.dedup_by(|a, b| is_same_name(a, b));
        }
        let mut written = RequestHeaders::default();
        for name in names {
            if !written.value.is_empty() {
                written.value.push(b',');
            }
            written.value.extend_from_slice(name);
            written.ends.push(written.value.len());
        }
        written.value.make_ascii_lowercase();
        written
    }

    pub(crate) fn value(&self) -> &[u8] {
        &self.value
    }

    fn names(&self) -> impl Iterator<Item = &[u8]> {
        let mut start = 0;
        self.ends.iter().map(move |&end| {
            let name = &self.value[start..end];
            start = end + ",".len();
            name
        })
    }
}

impl Asked<'_> {
    /// Whether the cache makes a preflight unnecessary: the first step of
    /// [HTTP fetch](https://fetch.spec.whatwg.org/#concept-http-fetch) that concerns CORS.
    pub(crate) fn is_cached(&self, cache: &PreflightCache, key: &CacheKey<'_>, now: Duration) -> bool {
        let rules = self.profile.cache;
        if !self.uses_cache() || rules.bypassed_by.contains(&self.cache_mode) {
            return false;
        }
        let Some(remembered) = cache.remembered(rules, key, now) else {
            // Only where nothing has to be remembered.
            return rules.free_methods.contains(&self.method)
                && !self.is_forced
                && self.unsafe_names.value().is_empty();
        };
        let is_free = rules.free_methods.contains(&self.method);
        let method_is_cached = match rules.flags_are_served_by {
            _ if !self.is_forced => true,
            FlagsServedBy::Method => false,
            FlagsServedBy::FreshAnswer | FlagsServedBy::AnyAnswerEver => remembered.has_answer(),
        };
        ((is_free && method_is_cached) || remembered.has_method(self.method))
            && self.unsafe_names.names().all(|name| remembered.has_header_name(name))
    }

    fn is_stored(&self, key: &CacheKey<'_>) -> bool {
        let rules = self.profile.cache;
        self.uses_cache() && !rules.kept_out_by.contains(&self.cache_mode) && key.url.len() <= rules.url_limit
    }

    fn uses_cache(&self) -> bool {
        self.profile.cache.serves_opaque_origins || *self.origin != Origin::Opaque
    }

    /// Judges the answer to a preflight: the later steps of
    /// [CORS-preflight fetch](https://fetch.spec.whatwg.org/#cors-preflight-fetch-0) up to the cache.
    pub(crate) fn check(&self, response: &ResponseHead<'_>) -> Result<(), Refusal> {
        let allowed = self.parse_answer(response)?;
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
        let allowed = self.parse_answer(response)?;
        let verdict = self.check_permissions(&allowed);
        if verdict.is_ok() || self.profile.cache.stores_refused {
            if let Some(max_age) = self.max_age(response).filter(|_| self.is_stored(key)) {
                let methods = match self.implied_method(&allowed) {
                    Some(method) => &[method],
                    None => allowed.methods(),
                };
                cache.store(self.profile.cache, key, methods, allowed.header_names(), max_age, now);
            }
        }
        verdict
    }

    /// The CORS check, the ok status, and the lists of what is allowed.
    fn parse_answer<'r>(&self, response: &ResponseHead<'r>) -> Result<Allowed<'r>, Refusal> {
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
        }?;
        Ok(Allowed {
            methods: extract(response, b"access-control-allow-methods", Reason::InvalidAllowMethods)?,
            header_names: extract(response, b"access-control-allow-headers", Reason::InvalidAllowHeaders)?,
        })
    }

    /// The method that a preflight forced by a flag allows where the answer names none.
    fn implied_method(&self, allowed: &Allowed<'_>) -> Option<&[u8]> {
        let implied =
            self.profile.flag_implies_method && self.use_cors_preflight && allowed.methods.is_none();
        implied.then_some(self.method)
    }

    /// Whether the method and the headers of the request are allowed.
    fn check_permissions(&self, allowed: &Allowed<'_>) -> Result<(), Refusal> {
        let wildcards_count = self.credentials != CredentialsMode::Include;
        let lists_method = |method: &[u8]| allowed.methods().contains(&method);
        let method_allowed = lists_method(self.method)
            || self.implied_method(allowed).is_some()
            || method::is_cors_safelisted(self.method)
            || (wildcards_count && lists_method(b"*"));
        if !method_allowed {
            return Err(Refusal::new(Reason::MethodNotAllowed, self.method));
        }
        let lists = |name: &[u8]| allowed.header_names().iter().any(|listed| is_same_name(listed, name));
        if !self.profile.wildcard_covers_authorization {
            let non_wildcard =
                self.headers.lines().map(|(name, _)| name).find(|name| is_cors_non_wildcard(name));
            if let Some(name) = non_wildcard.filter(|name| !lists(name)) {
                return Err(Refusal::new(Reason::AuthorizationNotListed, name));
            }
        }
        if !(wildcards_count && lists(b"*")) {
            if let Some(name) = self.unsafe_names.names().find(|name| !lists(name)) {
                let mut written = self.rules.cors_unsafe_lines(self.headers);
                let written = written.find(|line| line.name.eq_ignore_ascii_case(name));
                return Err(Refusal::new(Reason::HeaderNotAllowed, written.map_or(name, |line| line.name)));
            }
        }
        Ok(())
    }

    /// How long the answer is remembered; `None` when it is not.
    fn max_age(&self, response: &ResponseHead<'_>) -> Option<Duration> {
        let value = self.profile.get(&response.headers, b"access-control-max-age").unwrap_or_default();
        let signed = |value: &[u8]| {
            let number = core::str::from_utf8(value).ok()?.parse::<i64>().ok()?;
            Some(u64::try_from(number).unwrap_or(0))
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

/// [Extracts header list values](https://fetch.spec.whatwg.org/#extract-header-list-values), or refuses.
fn extract<'r>(
    response: &ResponseHead<'r>,
    name: &[u8; 28],
    reason: Reason,
) -> Result<Option<TokenList<'r>>, Refusal> {
    let value = || response.headers.get_known(name).unwrap_or_default();
    TokenList::of_lines(response.headers.values_of(name)).map_err(|_| Refusal::new(reason, value()))
}
