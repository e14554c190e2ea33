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
use super::requested_headers::{ListedNames, check_any};
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
    /// Whether nobody is let in but the origins listed one by one, and `null`.
    pub(crate) exact_only: bool,
    pub(crate) null: bool,
    pub(crate) reflect_any: bool,
    pub(crate) predicate: Option<OriginPredicate>,
    pub(crate) credentials: bool,
    /// Whether origins that are not potentially trustworthy may be combined with credentials.
    pub(crate) insecure_with_credentials: bool,
}

/// What a preflight asks for.
struct Asked<'a, H> {
    origin: Once<RequestValue<'a>>,
    method: Once<RequestValue<'a>>,
    /// The lines of `Access-Control-Request-Headers`.
    headers: H,
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
        match method == b"OPTIONS".as_slice() {
            true => self.answer_options(headers),
            false => self.answer_other(headers),
        }
    }

    #[inline(never)] // each with its own registers
    fn answer_other<'a, S: HeaderLines + ?Sized>(&'a self, headers: &'a S) -> Answer<'a> {
        self.decide(false, LinesHead::new(false, headers))
    }

    #[inline(never)]
    fn answer_options<'a, S: HeaderLines + ?Sized>(&'a self, headers: &'a S) -> Answer<'a> {
        self.decide(true, LinesHead::new(true, headers))
    }

    /// The decision. What it costs is bounded by the policy, and does not grow with the origins listed.
    #[inline(always)] // so that what a kind of request has no need of falls away
    pub(crate) fn decide<'a>(&'a self, is_options: bool, head: impl Head<'a>) -> Answer<'a> {
        let origin = head.origin();
        let (judgement, predicate_was_asked) = self.judge_origin(origin, head);
        let kind = match (origin, is_options) {
            (Once::Absent, _) => RequestKind::NotCors,
            (_, true) if !matches!(head.request_method(), Once::Absent) => RequestKind::Preflight,
            _ => RequestKind::Actual,
        };
        let read = match (is_options, kind, &self.readers) {
            (true, RequestKind::NotCors, _) => HeadersRead::Origin,
            (true, ..) => HeadersRead::RequestMethod,
            (false, _, Readers::Some(_)) => HeadersRead::Origin,
            (false, _, Readers::Any) => HeadersRead::Nothing,
        };
        if kind == RequestKind::Preflight && judgement.allows() {
            let asked = Asked { origin, method: head.request_method(), headers: head.request_headers() };
            return self.decide_preflight(judgement, predicate_was_asked, asked);
        }
        Answer {
            policy: self,
            kind,
            judgement,
            read,
            predicate_was_asked,
            origin,
            request_method: None,
            requested: None,
        }
    }

    /// The decision about a preflight from an allowed origin.
    ///
    /// A policy that allows any method or header names the ones asked for: with credentials `*` is no
    /// wildcard, Firefox does not find it again in its preflight cache, and in that of other browsers it
    /// would cover `Authorization`, against the standard.
    #[inline(never)] // as answer_options
    fn decide_preflight<'a>(
        &'a self,
        judgement: AnswerReason,
        predicate_was_asked: bool,
        asked: Asked<'a, impl Iterator<Item = &'a [u8]>>,
    ) -> Answer<'a> {
        let answer = Answer {
            policy: self,
            kind: RequestKind::Preflight,
            judgement,
            read: HeadersRead::RequestHeaders,
            predicate_was_asked,
            origin: asked.origin,
            request_method: Some(asked.method.value()),
            requested: None,
        };
        if let Err(judgement) = self.judge_method(asked.method) {
            return Answer { judgement, read: HeadersRead::RequestMethod, ..answer };
        }
        match &self.request_headers {
            RequestHeaders::Listed { names, .. } => match names.check(asked.headers) {
                Ok(()) => answer,
                Err(judgement) => Answer { judgement, ..answer },
            },
            RequestHeaders::Any { authorization } => match check_any(*authorization, asked.headers) {
                Ok(lines) => Answer { requested: Some(lines), ..answer },
                Err(judgement) => Answer { judgement, ..answer },
            },
        }
    }

    /// Why the origin may read or not, and whether the predicate was asked.
    #[inline(always)]
    fn judge_origin<'a>(&self, origin: Once<RequestValue<'a>>, head: impl Head<'a>) -> (AnswerReason, bool) {
        match (&self.readers, origin) {
            (Readers::Any, _) => (AnswerReason::AnyOrigin, false),
            (Readers::Some(_), Once::Absent) => (AnswerReason::NoOrigin, false),
            (Readers::Some(_), Once::Several) => (AnswerReason::SeveralOrigins, false),
            (Readers::Some(listed), Once::One(value)) => listed.judge(value.bytes, head.all()),
        }
    }

    #[inline]
    fn judge_method(&self, method: Once<RequestValue<'_>>) -> Result<(), AnswerReason> {
        let Once::One(method) = method else { return Err(AnswerReason::RequestMethodInvalid) };
        let name = method.bytes;
        match &self.methods {
            Methods::Listed { names, .. } if names.iter().any(|listed| listed.as_bytes() == name) => Ok(()),
            _ if !method::is_method(name) => Err(AnswerReason::RequestMethodInvalid),
            Methods::Listed { .. } if !method::is_cors_safelisted(name) => {
                Err(AnswerReason::MethodNotAllowed)
            }
            Methods::Listed { .. } | Methods::Any => Ok(()),
        }
    }

    /// Whether answers to preflights repeat what was asked for.
    #[cfg(feature = "http")]
    pub(crate) fn repeats(&self) -> bool {
        matches!(self.methods, Methods::Any) || matches!(self.request_headers, RequestHeaders::Any { .. })
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
    /// [`Policy::judge_origin`] for an origin that came once.
    #[inline(always)]
    fn judge(&self, origin: &[u8], headers: &(impl HeaderLines + ?Sized)) -> (AnswerReason, bool) {
        if self.origins.find_exact(origin).is_some() {
            return (AnswerReason::OriginListed, false);
        }
        match (origin, self.null) {
            (b"null", true) => (AnswerReason::NullOrigin, false),
            (b"null", false) => (AnswerReason::NullOriginNotAllowed, false),
            _ if self.exact_only => (AnswerReason::OriginNotAllowed, false),
            _ => self.judge_unlisted(origin, headers),
        }
    }

    #[inline(never)] // as Policy::answer_options
    fn judge_unlisted(&self, origin: &[u8], headers: &(impl HeaderLines + ?Sized)) -> (AnswerReason, bool) {
        let Some(origin) = SerializedOrigin::parse(origin) else {
            return (AnswerReason::OriginNotSerialized, false);
        };
        if self.origins.find_pattern(&origin).is_some() {
            return (AnswerReason::OriginMatchesPattern, false);
        }
        if !self.reflect_any && self.predicate.is_none() {
            return (AnswerReason::OriginNotAllowed, false);
        }
        if self.credentials && !self.insecure_with_credentials && !origin.is_potentially_trustworthy() {
            return (AnswerReason::InsecureOrigin, false);
        }
        match &self.predicate {
            _ if self.reflect_any => (AnswerReason::OriginReflected, false),
            Some(predicate) if predicate.accepts(&origin, headers) => {
                (AnswerReason::OriginAcceptedByPredicate, true)
            }
            Some(_) => (AnswerReason::OriginNotAllowed, true),
            None => (AnswerReason::OriginNotAllowed, false),
        }
    }
}
