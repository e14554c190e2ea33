//! The compiled policy: asked often, from many threads, without allocating.

use super::answer::{Action, Answer, Grant, HeadersRead, PreflightGrant, RequestKind, Vary};
use super::config::{PolicyConfig, RefusedPreflight};
use super::header::{PolicyText, Value};
use super::origins::OriginSet;
use super::pattern::OriginPattern;
use super::predicate::OriginPredicate;
use super::reason::AnswerReason;
use super::requested_headers::{HeaderNameLines, ListedNames, check_any};
use crate::protocol::{HeaderLines, SerializedOrigin, is_http_tab_or_space, method, trim};
use alloc::boxed::Box;

/// A CORS policy, ready to answer.
///
/// Built by [`PolicyConfig::build`]. It is immutable, `Send` and `Sync`; to change a policy at run time,
/// build another and swap it (see [`SharedPolicy`](super::SharedPolicy)).
///
/// ```
/// use cors_engine::server::{AnswerReason, PolicyConfig};
/// let policy = PolicyConfig::new().origins(["https://app.example"]).build().unwrap();
/// let answer = policy.answer(b"GET", &[("Origin", "https://app.example")]);
/// assert_eq!(answer.reason(), AnswerReason::OriginListed);
/// assert!(answer.headers().eq([("access-control-allow-origin", &b"https://app.example"[..])]));
/// ```
#[derive(Clone, Debug)]
pub struct Policy {
    pub(crate) readers: Readers,
    pub(crate) methods: Methods,
    pub(crate) request_headers: RequestHeaders,
    /// The value of `Access-Control-Expose-Headers`.
    pub(crate) expose_headers: Option<PolicyText>,
    /// The value of `Access-Control-Max-Age`.
    pub(crate) max_age: Option<PolicyText>,
    /// The value of `Timing-Allow-Origin`.
    pub(crate) timing_allow_origin: Option<PolicyText>,
    pub(crate) preflight_status: u16,
    pub(crate) refused_preflight: RefusedPreflight,
}

/// Who may read.
#[derive(Clone, Debug)]
pub(crate) enum Readers {
    /// Everybody, without credentials.
    Any,
    Some(Box<Listed>),
}

#[derive(Clone, Debug)]
pub(crate) struct Listed {
    pub(crate) origins: OriginSet,
    pub(crate) null: bool,
    pub(crate) reflect_any: bool,
    pub(crate) predicate: Option<OriginPredicate>,
    pub(crate) credentials: bool,
    /// Whether origins that are not potentially trustworthy may be combined with credentials.
    pub(crate) insecure_with_credentials: bool,
}

/// Which methods may be used beside the safelisted ones.
#[derive(Clone, Debug)]
pub(crate) enum Methods {
    Any,
    /// Joined by commas, as in `Access-Control-Allow-Methods`.
    Listed(Option<PolicyText>),
}

/// Which request headers may be set beside the safelisted ones.
#[derive(Clone, Debug)]
pub(crate) enum RequestHeaders {
    /// Every name; `Authorization` only if said so.
    Any { authorization: bool },
    Listed {
        names: ListedNames,
        /// Joined by commas, as in `Access-Control-Allow-Headers`.
        value: Option<PolicyText>,
    },
}

/// A header that should come once.
#[derive(Clone, Copy)]
enum Once<'a> {
    Absent,
    One(&'a [u8]),
    Several,
}

impl<'a> Once<'a> {
    fn and(self, value: &'a [u8]) -> Self {
        match self {
            Once::Absent => Once::One(trim(value, is_http_tab_or_space)),
            Once::One(_) | Once::Several => Once::Several,
        }
    }
}

impl Policy {
    /// What to answer to a request with this method and these headers.
    ///
    /// Nothing is allocated. Beside one pass over the headers, the work is bounded by the policy's longest
    /// names and by fixed budgets, not by what the request says.
    ///
    /// ```
    /// use cors_engine::server::{Action, PolicyConfig, RequestKind};
    /// let policy = PolicyConfig::new().origins(["https://app.example"]).build().unwrap();
    /// let answer = policy.answer(b"OPTIONS", &[("Origin", "https://app.example")]);
    /// assert_eq!((answer.kind(), answer.action()), (RequestKind::Actual, Action::Pass));
    /// ```
    pub fn answer<'a, S: HeaderLines + ?Sized>(&'a self, method: &[u8], headers: &'a S) -> Answer<'a> {
        let mut origin = Once::Absent;
        let mut request_method = Once::Absent;
        for (name, value) in headers.header_lines() {
            match name.len() {
                6 if name.eq_ignore_ascii_case(b"origin") => origin = origin.and(value),
                29 if name.eq_ignore_ascii_case(b"access-control-request-method") => {
                    request_method = request_method.and(value);
                }
                _ => {}
            }
        }
        let is_options = method == b"OPTIONS";
        let kind = match (origin, request_method) {
            (Once::Absent, _) => RequestKind::NotCors,
            (_, Once::One(_) | Once::Several) if is_options => RequestKind::Preflight,
            _ => RequestKind::Actual,
        };
        let mut vary = Vary {
            read: match (is_options, kind) {
                (true, RequestKind::NotCors) => HeadersRead::Origin,
                (true, RequestKind::Actual | RequestKind::Preflight) => HeadersRead::RequestMethod,
                (false, _) if matches!(self.readers, Readers::Some(_)) => HeadersRead::Origin,
                (false, _) => HeadersRead::Nothing,
            },
            predicate: &[],
        };
        let judgement = self.judge_origin(origin, headers, &mut vary).and_then(|(reason, allow_origin)| {
            let preflight = match kind {
                RequestKind::Preflight => Some(self.judge_preflight(request_method, headers, &mut vary)?),
                RequestKind::NotCors | RequestKind::Actual => None,
            };
            Ok((reason, Grant { allow_origin, preflight }))
        });
        let (reason, grant) = match judgement {
            Ok((reason, grant)) => (reason, Some(grant)),
            Err(reason) => (reason, None),
        };
        let action = match (kind, &grant, self.refused_preflight) {
            (RequestKind::NotCors | RequestKind::Actual, ..) => Action::Pass,
            (RequestKind::Preflight, Some(_), _) | (_, None, RefusedPreflight::Bare) => {
                Action::Respond { status: self.preflight_status }
            }
            (_, None, RefusedPreflight::Pass) => Action::Pass,
            (_, None, RefusedPreflight::Forbid) => Action::Respond { status: 403 },
        };
        Answer { policy: self, kind, action, reason, grant, vary }
    }

    /// Why the origin may read, and the value of `Access-Control-Allow-Origin` that says so.
    fn judge_origin<'a, S: HeaderLines + ?Sized>(
        &'a self,
        origin: Once<'a>,
        headers: &'a S,
        vary: &mut Vary<'a>,
    ) -> Result<(AnswerReason, Value<'a>), AnswerReason> {
        let listed = match &self.readers {
            Readers::Any => return Ok((AnswerReason::AnyOrigin, Value::Fixed("*"))),
            Readers::Some(listed) => listed,
        };
        let value = match origin {
            Once::Absent => return Err(AnswerReason::NoOrigin),
            Once::Several => return Err(AnswerReason::SeveralOrigins),
            Once::One(b"null") if listed.null => return Ok((AnswerReason::NullOrigin, Value::Fixed("null"))),
            Once::One(b"null") => return Err(AnswerReason::NullOriginNotAllowed),
            Once::One(value) => value,
        };
        let origin = SerializedOrigin::parse(value).ok_or(AnswerReason::OriginNotSerialized)?;
        listed.judge(&origin, headers, vary).map(|reason| (reason, Value::Request(value)))
    }

    /// What a preflight from an allowed origin is granted.
    ///
    /// A policy that allows any method or header names the ones asked for: with credentials `*` is no
    /// wildcard, Firefox does not find it again in its preflight cache, and in that of other browsers it
    /// would cover `Authorization`, against the standard.
    fn judge_preflight<'a, S: HeaderLines + ?Sized>(
        &'a self,
        request_method: Once<'a>,
        headers: &'a S,
        vary: &mut Vary<'a>,
    ) -> Result<PreflightGrant<'a>, AnswerReason> {
        let Once::One(method) = request_method else { return Err(AnswerReason::RequestMethodInvalid) };
        if !method::is_method(method) {
            return Err(AnswerReason::RequestMethodInvalid);
        }
        let methods = match &self.methods {
            Methods::Any => Some(Value::Request(method)),
            Methods::Listed(value) => {
                let listed = value.as_ref().map_or("", PolicyText::as_str);
                let is_listed = listed.split(',').any(|name| name.as_bytes() == method);
                if !is_listed && !method::is_cors_safelisted(method) {
                    return Err(AnswerReason::MethodNotAllowed);
                }
                value.as_ref().map(Value::Policy)
            }
        };
        vary.read = HeadersRead::RequestHeaders;
        let lines = headers
            .header_lines()
            .filter(|(name, _)| name.eq_ignore_ascii_case(b"access-control-request-headers"))
            .map(|(_, value)| value);
        let headers = match &self.request_headers {
            RequestHeaders::Any { authorization } => check_any(*authorization, lines)?,
            RequestHeaders::Listed { names, value } => {
                names.check(lines)?;
                value.as_ref().map(|value| HeaderNameLines::one(Value::Policy(value))).unwrap_or_default()
            }
        };
        Ok(PreflightGrant { methods, headers })
    }

    /// Whether browsers may send credentials and let script read the answers.
    ///
    /// ```
    /// use cors_engine::server::PolicyConfig;
    /// assert!(!PolicyConfig::new().origins(["*"]).build().unwrap().allows_credentials());
    /// ```
    #[must_use]
    pub fn allows_credentials(&self) -> bool {
        matches!(&self.readers, Readers::Some(listed) if listed.credentials)
    }

    /// The policy as its canonical configuration: lists sorted, without repetitions and without what does
    /// nothing. Building it gives this policy again.
    ///
    /// ```
    /// use cors_engine::server::PolicyConfig;
    /// let config = PolicyConfig::new().origins(["https://b.example", "https://a.example"]).methods(["get"]);
    /// let canonical = PolicyConfig::new().origins(["https://a.example", "https://b.example"]);
    /// assert_eq!(config.build().unwrap().config(), canonical);
    /// ```
    #[must_use]
    pub fn config(&self) -> PolicyConfig {
        let mut config = PolicyConfig::new();
        match &self.readers {
            Readers::Any => config = config.origins(["*"]),
            Readers::Some(listed) => {
                let entries = listed.origins.sorted();
                config = config
                    .origins(entries.iter().map(|entry| entry.as_str()))
                    .null_origin(listed.null)
                    .credentials(listed.credentials)
                    .dangerous_reflect_any_origin_with_credentials(listed.reflect_any)
                    .dangerous_null_origin_with_credentials(listed.null && listed.credentials)
                    .dangerous_insecure_origins_with_credentials(listed.insecure_with_credentials)
                    .dangerous_public_suffix_subdomains(
                        entries.iter().any(|entry| entry.covers_public_suffix()),
                    );
                config.predicate.clone_from(&listed.predicate);
            }
        }
        config = match &self.methods {
            Methods::Any => config.methods(["*"]),
            Methods::Listed(value) => config.methods(names(value.as_ref())),
        };
        config = match &self.request_headers {
            RequestHeaders::Any { authorization: false } => config.request_headers(["*"]),
            RequestHeaders::Any { authorization: true } => config.request_headers(["*", "authorization"]),
            RequestHeaders::Listed { value, .. } => config.request_headers(names(value.as_ref())),
        };
        config = config
            .expose_headers(names(self.expose_headers.as_ref()))
            .timing_allow_origins(names(self.timing_allow_origin.as_ref()))
            .refused_preflight(self.refused_preflight);
        let max_age = self.max_age.as_ref().and_then(|seconds| seconds.as_str().parse::<i64>().ok());
        config.max_age = max_age.map(Into::into);
        if self.preflight_status != DEFAULT_PREFLIGHT_STATUS {
            config = config.preflight_status(self.preflight_status);
        }
        config
    }
}

/// 204: a success that says there is no more to come.
pub(crate) const DEFAULT_PREFLIGHT_STATUS: u16 = 204;

/// The names in a value that this policy made.
fn names(value: Option<&PolicyText>) -> impl Iterator<Item = &str> {
    value.into_iter().flat_map(|value| value.as_str().split(','))
}

impl Listed {
    fn judge<'a, S: HeaderLines + ?Sized>(
        &'a self,
        origin: &SerializedOrigin<'_>,
        headers: &S,
        vary: &mut Vary<'a>,
    ) -> Result<AnswerReason, AnswerReason> {
        if let Some(entry) = self.origins.find(origin) {
            return Ok(match OriginPattern::is_wild(entry) {
                true => AnswerReason::OriginMatchesPattern,
                false => AnswerReason::OriginListed,
            });
        }
        if !self.reflect_any && self.predicate.is_none() {
            return Err(AnswerReason::OriginNotAllowed);
        }
        if self.credentials && !self.insecure_with_credentials && !origin.is_potentially_trustworthy() {
            return Err(AnswerReason::InsecureOrigin);
        }
        if self.reflect_any {
            return Ok(AnswerReason::OriginReflected);
        }
        match &self.predicate {
            Some(predicate) => {
                vary.predicate = &predicate.reads;
                match predicate.accepts(origin, headers) {
                    true => Ok(AnswerReason::OriginAcceptedByPredicate),
                    false => Err(AnswerReason::OriginNotAllowed),
                }
            }
            None => Err(AnswerReason::OriginNotAllowed),
        }
    }
}
