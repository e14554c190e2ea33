//! The compiled policy: asked often, from many threads, without allocating.

use super::answer::{Answer, HeadersRead, RequestKind};
use super::config::{PolicyConfig, RefusedPreflight};
use super::head::{Head, LinesHead, Once, RequestValue};
use super::header::PolicyText;
use super::origins::OriginSet;
use super::predicate::OriginPredicate;
#[cfg(feature = "http")]
use super::ready_made::ReadyMade;
use super::reason::AnswerReason;
use super::requested_headers::{HeaderNameLines, ListedNames, check_any};
use crate::protocol::{HeaderLines, SerializedOrigin, method};
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
    #[cfg(feature = "http")]
    pub(crate) ready_made: ReadyMade,
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
    Listed {
        names: Box<[Box<str>]>,
        /// Joined by commas, as in `Access-Control-Allow-Methods`.
        value: Option<PolicyText>,
    },
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
        self.decide(method == b"OPTIONS", &LinesHead(headers))
    }

    /// The decision. What it costs is bounded by the policy, and does not grow with the origins listed.
    pub(crate) fn decide<'a>(&'a self, is_options: bool, head: &impl Head<'a>) -> Answer<'a> {
        let origin = head.origin();
        let kind = match origin {
            Once::Absent => RequestKind::NotCors,
            _ if is_options && head.has_request_method() => RequestKind::Preflight,
            _ => RequestKind::Actual,
        };
        let read = match (is_options, kind) {
            (true, RequestKind::NotCors) => HeadersRead::Origin,
            (true, RequestKind::Actual | RequestKind::Preflight) => HeadersRead::RequestMethod,
            (false, _) if matches!(self.readers, Readers::Some(_)) => HeadersRead::Origin,
            (false, _) => HeadersRead::Nothing,
        };
        let mut answer = Answer {
            policy: self,
            kind,
            judgement: AnswerReason::NoOrigin,
            read,
            predicate_was_asked: false,
            origin: RequestValue::EMPTY,
            request_method: RequestValue::EMPTY,
            requested: HeaderNameLines::NONE,
        };
        answer.judgement = self.judge_origin(origin, head, &mut answer);
        if kind == RequestKind::Preflight && answer.judgement.allows() {
            if let Err(reason) = self.judge_preflight(head, &mut answer) {
                answer.judgement = reason;
            }
        }
        answer
    }

    /// Why the origin may read, or not.
    fn judge_origin<'a>(
        &'a self,
        origin: Once<RequestValue<'a>>,
        head: &impl Head<'a>,
        answer: &mut Answer<'a>,
    ) -> AnswerReason {
        match (&self.readers, origin) {
            (Readers::Any, _) => AnswerReason::AnyOrigin,
            (Readers::Some(_), Once::Absent) => AnswerReason::NoOrigin,
            (Readers::Some(_), Once::Several) => AnswerReason::SeveralOrigins,
            (Readers::Some(listed), Once::One(value)) => {
                answer.origin = value;
                listed.judge(value.bytes, head, &mut answer.predicate_was_asked)
            }
        }
    }

    /// Judges a preflight from an allowed origin.
    ///
    /// A policy that allows any method or header names the ones asked for: with credentials `*` is no
    /// wildcard, Firefox does not find it again in its preflight cache, and in that of other browsers it
    /// would cover `Authorization`, against the standard.
    fn judge_preflight<'a>(
        &'a self,
        head: &impl Head<'a>,
        answer: &mut Answer<'a>,
    ) -> Result<(), AnswerReason> {
        let Once::One(value) = head.request_method() else { return Err(AnswerReason::RequestMethodInvalid) };
        let name = value.bytes;
        match &self.methods {
            Methods::Listed { names, .. } if names.iter().any(|listed| listed.as_bytes() == name) => {}
            _ if !method::is_method(name) => return Err(AnswerReason::RequestMethodInvalid),
            Methods::Listed { .. } if !method::is_cors_safelisted(name) => {
                return Err(AnswerReason::MethodNotAllowed);
            }
            Methods::Listed { .. } => {}
            Methods::Any => answer.request_method = value,
        }
        answer.read = HeadersRead::RequestHeaders;
        let lines = head.request_headers();
        match &self.request_headers {
            RequestHeaders::Any { authorization } => answer.requested = check_any(*authorization, lines)?,
            RequestHeaders::Listed { names, .. } => names.check(lines)?,
        }
        Ok(())
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
            Methods::Listed { names, .. } => config.methods(names.iter().map(|name| &**name)),
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
    fn judge<'a>(&self, origin: &[u8], head: &impl Head<'a>, predicate_was_asked: &mut bool) -> AnswerReason {
        if self.origins.find_exact(origin).is_some() {
            return AnswerReason::OriginListed;
        }
        if origin == b"null" {
            return if self.null { AnswerReason::NullOrigin } else { AnswerReason::NullOriginNotAllowed };
        }
        if !self.reflect_any && self.predicate.is_none() && !self.origins.has_patterns() {
            return AnswerReason::OriginNotAllowed;
        }
        let Some(origin) = SerializedOrigin::parse(origin) else { return AnswerReason::OriginNotSerialized };
        if self.origins.find_pattern(&origin).is_some() {
            return AnswerReason::OriginMatchesPattern;
        }
        if !self.reflect_any && self.predicate.is_none() {
            return AnswerReason::OriginNotAllowed;
        }
        if self.credentials && !self.insecure_with_credentials && !origin.is_potentially_trustworthy() {
            return AnswerReason::InsecureOrigin;
        }
        match &self.predicate {
            _ if self.reflect_any => AnswerReason::OriginReflected,
            Some(predicate) => {
                *predicate_was_asked = true;
                match predicate.accepts(&origin, head.all()) {
                    true => AnswerReason::OriginAcceptedByPredicate,
                    false => AnswerReason::OriginNotAllowed,
                }
            }
            None => AnswerReason::OriginNotAllowed,
        }
    }
}
