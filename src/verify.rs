//! The closed loop: does a browser, met by a policy, let script read exactly when the policy means it to?
//!
//! The policy's compiled answers meet the browser's state machine. What the policy *means* is said a second
//! time here, from its canonical configuration and in the plainest way, so that neither half vouches for
//! itself.

use crate::browser::{
    CredentialsMode, Engine, Exchange, Fetch, InvalidRequest, Outcome, Outgoing, PreflightCache, Request,
    RequestMode, ResponseHead, ResponseType, Step,
};
use crate::protocol::{
    HeaderList, Origin, SerializedOrigin, is_http_tab_or_space, method, request_header, trim,
};
use crate::server::{Action, AnswerReason, Located, OriginPattern, Policy, PolicyConfig};
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

/// What came of a fetch between a browser and a server with a policy.
///
/// ```
/// use cors_engine::{Engine, Outcome, PolicyConfig, Request, verify::verify};
/// let policy = PolicyConfig::new().origins(["https://app.example"]).build().unwrap();
/// let request = Request::fetch("https://evil.example", "https://api.example/")?;
/// let verification = verify(&policy, Engine::Gecko, &request)?;
/// assert!(matches!(verification.outcome, Outcome::NetworkError(_)) && !verification.meant);
/// # Ok::<(), cors_engine::InvalidRequest>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Verification {
    /// What went over the wire, in order.
    pub exchanges: Vec<VerifiedExchange>,
    /// How it ended for script.
    pub outcome: Outcome,
    /// Whether the policy means script to read the response.
    pub meant: bool,
}

/// A request, and the policy's answer to it.
///
/// ```
/// use cors_engine::{Engine, PolicyConfig, Request, server::AnswerReason, verify::verify};
/// let policy = PolicyConfig::new().origins(["https://app.example"]).build().unwrap();
/// let request = Request::fetch("https://app.example", "https://api.example/")?;
/// let exchange = &verify(&policy, Engine::Spec, &request)?.exchanges[0];
/// assert_eq!((exchange.reason, exchange.status), (AnswerReason::OriginListed, 200));
/// assert!(exchange.response.contains(b"access-control-allow-origin"));
/// # Ok::<(), cors_engine::InvalidRequest>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct VerifiedExchange {
    /// Which kind of request.
    pub exchange: Exchange,
    /// The method on the request line.
    pub method: Vec<u8>,
    /// The request's headers, as far as CORS or script put them there.
    pub request: HeaderList,
    /// Why the policy answered as it did.
    pub reason: AnswerReason,
    /// The response's status.
    pub status: u16,
    /// The response's headers, as far as the policy put them there.
    pub response: HeaderList,
}

impl Verification {
    /// Whether script can read the response.
    ///
    /// ```
    /// use cors_engine::{Engine, PolicyConfig, Request, verify::verify};
    /// let policy = PolicyConfig::new().origins(["https://app.example"]).build().unwrap();
    /// let request = Request::fetch("https://evil.example", "https://api.example/")?;
    /// assert!(!verify(&policy, Engine::WebKit, &request)?.allowed());
    /// # Ok::<(), cors_engine::InvalidRequest>(())
    /// ```
    #[must_use]
    pub fn allowed(&self) -> bool {
        match &self.outcome {
            Outcome::Response(response) => {
                matches!(response.response_type, ResponseType::Basic | ResponseType::Cors)
            }
            Outcome::NetworkError(_) => false,
        }
    }

    /// Whether script can read the response exactly when the policy means it to.
    ///
    /// ```
    /// use cors_engine::{Engine, PolicyConfig, Request, verify::verify};
    /// let policy = PolicyConfig::new().origins(["*"]).build().unwrap();
    /// let request = Request::fetch("null", "https://api.example/")?;
    /// assert!(verify(&policy, Engine::Gecko, &request)?.agrees());
    /// # Ok::<(), cors_engine::InvalidRequest>(())
    /// ```
    #[must_use]
    pub fn agrees(&self) -> bool {
        self.allowed() == self.meant
    }
}

/// Lets `engine` make `request` to a server with `policy`, whose application answers everything with status
/// 200 and no headers of its own.
///
/// # Errors
/// What `fetch()` would throw.
///
/// ```
/// use cors_engine::{Engine, Exchange, PolicyConfig, Request, verify::verify};
/// let policy = PolicyConfig::new().origins(["https://app.example"]).methods(["PUT"]).build().unwrap();
/// let mut request = Request::fetch("https://app.example", "https://api.example/")?;
/// request.method = "PUT".into();
/// let verification = verify(&policy, Engine::Chromium, &request)?;
/// assert!(verification.allowed() && verification.meant);
/// assert_eq!(verification.exchanges[0].exchange, Exchange::Preflight);
/// # Ok::<(), cors_engine::InvalidRequest>(())
/// ```
pub fn verify(policy: &Policy, engine: Engine, request: &Request) -> Result<Verification, InvalidRequest> {
    verify_with_cache(policy, engine, request, &mut PreflightCache::default(), Duration::ZERO)
}

/// [`verify`] for a browser that has fetched before: what is in its preflight cache must not let script do
/// more than the policy means.
///
/// # Errors
/// What `fetch()` would throw.
///
/// ```
/// use core::time::Duration;
/// use cors_engine::{Engine, PolicyConfig, PreflightCache, Request, verify::verify_with_cache};
/// let policy = PolicyConfig::new().origins(["*"]).methods(["*"]).max_age(60).build().unwrap();
/// let mut request = Request::fetch("https://app.example", "https://api.example/")?;
/// request.method = "PUT".into();
/// let mut cache = PreflightCache::default();
/// for (second, exchanges) in [(0, 2), (1, 1)] {
///     let now = Duration::from_secs(second);
///     let verification = verify_with_cache(&policy, Engine::Spec, &request, &mut cache, now)?;
///     assert_eq!(verification.exchanges.len(), exchanges);
/// }
/// # Ok::<(), cors_engine::InvalidRequest>(())
/// ```
pub fn verify_with_cache(
    policy: &Policy,
    engine: Engine,
    request: &Request,
    cache: &mut PreflightCache,
    now: Duration,
) -> Result<Verification, InvalidRequest> {
    let config = policy.config();
    // A preflight that the cache spares still shows what the request needs permission for.
    let mut meant = request.mode == RequestMode::Cors;
    let mut sent = 0;
    run(policy, engine, request, &mut PreflightCache::default(), Duration::ZERO, |outgoing, _| {
        sent += 1;
        meant = meant && means(&config, request, outgoing);
    })?;
    let mut exchanges = Vec::new();
    let outcome = run(policy, engine, request, cache, now, |_, exchange| exchanges.push(exchange))?;
    Ok(Verification { exchanges, outcome, meant: meant && sent > 0 })
}

fn run(
    policy: &Policy,
    engine: Engine,
    request: &Request,
    cache: &mut PreflightCache,
    now: Duration,
    mut record: impl FnMut(Outgoing<'_>, VerifiedExchange),
) -> Result<Outcome, InvalidRequest> {
    let mut fetch = Fetch::new(engine, request.clone())?;
    let mut step = fetch.start(cache, now);
    loop {
        let exchange = match step {
            Step::Send(outgoing) => {
                let exchange = answer(policy, outgoing);
                record(outgoing, exchange.clone());
                exchange
            }
            Step::Done(outcome) => return Ok(outcome.clone()),
        };
        step = fetch.receive(&ResponseHead::new(exchange.status, &exchange.response), cache, now);
    }
}

fn answer(policy: &Policy, outgoing: Outgoing<'_>) -> VerifiedExchange {
    let request: HeaderList = outgoing.headers().collect();
    let answer = policy.answer(outgoing.method(), &request);
    let status = match answer.action() {
        Action::Pass => 200,
        Action::Respond { status } => status,
    };
    let mut response: HeaderList = answer.headers().collect();
    answer.vary().for_each(|name| response.append(b"vary", name.as_bytes()));
    VerifiedExchange {
        exchange: outgoing.exchange(),
        method: outgoing.method().into(),
        reason: answer.reason(),
        status,
        response,
        request,
    }
}

/// Whether a policy means script to get past this exchange.
fn means(config: &PolicyConfig, request: &Request, outgoing: Outgoing<'_>) -> bool {
    if request.origin.is_origin_of(outgoing.url()) {
        return true;
    }
    let origin_may_read = match SerializedOrigin::parse(request.origin.serialized().as_bytes()) {
        Some(origin) => means_origin(config, &origin, outgoing),
        None => {
            let is_null = request.origin == Origin::Opaque;
            (is_null && config.null_origin.value) || lists(&config.origins, |entry| entry == "*")
        }
    };
    let with_credentials = request.credentials == CredentialsMode::Include;
    let asked = outgoing.access_control_request_method();
    origin_may_read
        && (!with_credentials || config.credentials.value)
        && asked.is_none_or(|method| means_method(config, method))
        && asked.and(outgoing.access_control_request_headers()).is_none_or(|names| {
            let mut names = names.split(|&byte| byte == b',').map(|name| trim(name, is_http_tab_or_space));
            names.all(|name| means_header(config, name))
        })
}

fn means_origin(config: &PolicyConfig, origin: &SerializedOrigin<'_>, outgoing: Outgoing<'_>) -> bool {
    let is_covered = |entry: &str| {
        entry == "*" || entry.parse::<OriginPattern>().is_ok_and(|pattern| pattern.matches(origin))
    };
    let is_safe = !config.credentials.value
        || config.dangerous_insecure_origins_with_credentials.value
        || origin.is_potentially_trustworthy();
    let request: HeaderList = outgoing.headers().collect();
    let is_accepted = config.predicate.as_ref().is_some_and(|predicate| predicate.accepts(origin, &request));
    let is_reflected = config.dangerous_reflect_any_origin_with_credentials.value;
    lists(&config.origins, is_covered) || (is_safe && (is_reflected || is_accepted))
}

fn means_method(config: &PolicyConfig, method: &[u8]) -> bool {
    method::is_cors_safelisted(method)
        || lists(&config.methods, |listed| listed == "*" || listed.as_bytes() == method)
}

fn means_header(config: &PolicyConfig, name: &[u8]) -> bool {
    let lists_authorization = || lists(&config.request_headers, |listed| listed == "authorization");
    match name {
        // A header of this name can be sent, and allowing it allows every name in browsers.
        b"*" => lists(&config.request_headers, |listed| listed == "*") && lists_authorization(),
        _ if request_header::is_cors_non_wildcard(name) => lists_authorization(),
        _ => lists(&config.request_headers, |listed| {
            listed == "*" || listed.as_bytes().eq_ignore_ascii_case(name)
        }),
    }
}

fn lists(values: &[Located<String>], matches: impl Fn(&str) -> bool) -> bool {
    values.iter().any(|listed| matches(&listed.value))
}
