//! What a policy has to say to one request, and how it goes onto a response.

use super::config::RefusedPreflight;
use super::head::{Once, RequestValue};
use super::header::{ResponseHeader, Value};
use super::policy::{Methods, Policy, Readers, RequestHeaders};
use super::reason::AnswerReason;
use super::requested_headers::HeaderNameLines;
use crate::protocol::{SerializedOrigin, is_http_tab_or_space, trim};
use alloc::boxed::Box;
#[cfg(feature = "http")]
use http::HeaderValue;

/// What kind of request it was.
///
/// ```
/// use cors_engine::server::{PolicyConfig, RequestKind};
/// let policy = PolicyConfig::new().origins(["*"]).build().unwrap();
/// let preflight = [("Origin", "https://app.example"), ("Access-Control-Request-Method", "GET")];
/// assert_eq!(policy.answer(b"OPTIONS", &preflight).kind(), RequestKind::Preflight);
/// assert_eq!(policy.answer(b"OPTIONS", &preflight[..1]).kind(), RequestKind::Actual);
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum RequestKind {
    /// It has no `Origin`, so CORS has no say in it.
    NotCors,
    /// It has an `Origin` and is no preflight: what the page really wants.
    Actual,
    /// `OPTIONS` with `Origin` and `Access-Control-Request-Method`: a browser asks first.
    Preflight,
}

impl RequestKind {
    /// The stable word for it.
    ///
    /// ```
    /// assert_eq!(cors_engine::server::RequestKind::NotCors.as_str(), "not-cors");
    /// ```
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            RequestKind::NotCors => "not-cors",
            RequestKind::Actual => "actual",
            RequestKind::Preflight => "preflight",
        }
    }
}

/// What to do with the request.
///
/// ```
/// use cors_engine::server::{Action, PolicyConfig};
/// let policy = PolicyConfig::new().origins(["https://app.example"]).build().unwrap();
/// let preflight = [("Origin", "https://evil.example"), ("Access-Control-Request-Method", "GET")];
/// assert_eq!(policy.answer(b"OPTIONS", &preflight).action(), Action::Respond { status: 403 });
/// assert_eq!(policy.answer(b"GET", &preflight).action(), Action::Pass);
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Action {
    /// Pass it on to the application, and put the answer on whatever comes back, whatever its status.
    Pass,
    /// Answer it now, without a body.
    Respond {
        /// The status to answer with.
        status: u16,
    },
}

/// One step of putting an [`Answer`] on a response. The steps are taken in order.
///
/// ```
/// use cors_engine::server::{Operation, PolicyConfig};
/// # let policy = PolicyConfig::new().origins(["*"]).build().unwrap();
/// let request = [("Origin", "https://app.example")];
/// let answer = policy.answer(b"GET", &request);
/// let name = "access-control-allow-origin";
/// assert!(answer.operations().any(|operation| operation == Operation::Remove { name }));
/// assert!(answer.operations().any(|operation| operation == Operation::Add { name, value: b"*" }));
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Operation<'a> {
    /// Remove every line of this name.
    Remove {
        /// The header's name, in lower case.
        name: &'static str,
    },
    /// Add a line.
    Add {
        /// The header's name, in lower case.
        name: &'static str,
        /// Its value.
        value: &'a [u8],
    },
    /// Add this name to `Vary`, unless [`vary_lists`] it already.
    Vary {
        /// A request header's name, in lower case.
        name: &'a str,
    },
}

/// The answer of a [`Policy`] to one request. It borrows from both and is the same for every status that
/// the response may have.
///
/// ```
/// use cors_engine::server::{Operation, PolicyConfig};
/// let policy = PolicyConfig::new().origins(["https://app.example"]).build().unwrap();
/// let request = [("Origin", "https://evil.example")];
/// let refused = policy.answer(b"GET", &request);
/// assert_eq!(refused.headers().count(), 0);
/// assert!(refused.vary().eq(["origin"]));
/// assert_eq!(refused.operations().last(), Some(Operation::Vary { name: "origin" }));
/// ```
#[derive(Clone, Debug)]
pub struct Answer<'a> {
    pub(crate) policy: &'a Policy,
    pub(crate) kind: RequestKind,
    /// `OriginNotAllowed` may turn out to be something else when somebody asks.
    pub(crate) judgement: AnswerReason,
    pub(crate) read: HeadersRead,
    pub(crate) predicate_was_asked: bool,
    /// `Origin`.
    pub(crate) origin: Once<RequestValue<'a>>,
    /// `Access-Control-Request-Method`, if it mattered.
    pub(crate) request_method: Option<RequestValue<'a>>,
    /// The lines of `Access-Control-Request-Headers`, if the policy allows any.
    pub(crate) requested: Option<HeaderNameLines<'a>>,
}

/// The request headers that had a part in the decision.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Vary<'a> {
    pub(crate) read: HeadersRead,
    /// The names that the predicate reads, if it was asked.
    pub(crate) predicate: &'a [Box<str>],
}

/// How far the decision went: each step reads one header more.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum HeadersRead {
    Nothing,
    Origin,
    RequestMethod,
    RequestHeaders,
}

impl HeadersRead {
    const NAMES: [&str; 3] = ["origin", "access-control-request-method", "access-control-request-headers"];

    /// The value of `Vary` that names them.
    #[cfg(any(feature = "http", feature = "capi"))]
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            HeadersRead::Nothing => "",
            HeadersRead::Origin => "origin",
            HeadersRead::RequestMethod => "origin, access-control-request-method",
            HeadersRead::RequestHeaders => {
                "origin, access-control-request-method, access-control-request-headers"
            }
        }
    }

    /// The same as the `http` crate has it.
    #[cfg(feature = "http")]
    pub(crate) fn typed(self) -> Option<HeaderValue> {
        use HeadersRead::{Origin, RequestHeaders, RequestMethod};
        Some(match self {
            HeadersRead::Nothing => return None,
            Origin => const { HeaderValue::from_static(Origin.as_str()) },
            RequestMethod => const { HeaderValue::from_static(RequestMethod.as_str()) },
            RequestHeaders => const { HeaderValue::from_static(RequestHeaders.as_str()) },
        })
    }
}

impl<'a> Vary<'a> {
    pub(crate) fn names(self) -> impl Iterator<Item = &'a str> {
        let read = HeadersRead::NAMES.into_iter().take(self.read as usize);
        read.chain(self.predicate.iter().map(|name| &**name))
    }
}

impl<'a> Answer<'a> {
    /// What kind of request it answers.
    ///
    /// ```
    /// use cors_engine::server::{PolicyConfig, RequestKind};
    /// let policy = PolicyConfig::new().origins(["*"]).build().unwrap();
    /// let no_headers: [(&str, &str); 0] = [];
    /// assert_eq!(policy.answer(b"GET", &no_headers).kind(), RequestKind::NotCors);
    /// ```
    #[must_use]
    pub fn kind(&self) -> RequestKind {
        self.kind
    }

    /// What to do with the request.
    ///
    /// ```
    /// use cors_engine::server::{Action, PolicyConfig};
    /// let policy = PolicyConfig::new().origins(["*"]).build().unwrap();
    /// assert_eq!(policy.answer(b"DELETE", &[("Origin", "https://a.example")]).action(), Action::Pass);
    /// ```
    #[must_use]
    pub fn action(&self) -> Action {
        let Policy { preflight_status, refused_preflight, .. } = *self.policy;
        match (self.kind, self.judgement.allows(), refused_preflight) {
            (RequestKind::NotCors | RequestKind::Actual, ..) => Action::Pass,
            (RequestKind::Preflight, true, _) | (_, false, RefusedPreflight::Bare) => {
                Action::Respond { status: preflight_status }
            }
            (RequestKind::Preflight, false, RefusedPreflight::Pass) => Action::Pass,
            (RequestKind::Preflight, false, RefusedPreflight::Forbid) => Action::Respond { status: 403 },
        }
    }

    /// Why. Its [`allows`](AnswerReason::allows) says whether script may read, or go on.
    ///
    /// ```
    /// use cors_engine::server::{AnswerReason, PolicyConfig};
    /// let policy = PolicyConfig::new().origins(["*"]).build().unwrap();
    /// assert_eq!(policy.answer(b"GET", &[("Origin", "null")]).reason(), AnswerReason::AnyOrigin);
    /// ```
    #[must_use]
    pub fn reason(&self) -> AnswerReason {
        match self.judgement {
            // To refuse an origin, it is enough that nothing covers it.
            AnswerReason::OriginNotAllowed
                if SerializedOrigin::parse(self.origin.value().bytes).is_none() =>
            {
                AnswerReason::OriginNotSerialized
            }
            judgement => judgement,
        }
    }

    /// The response headers to send beside `Vary`: names in lower case and values. Only
    /// `access-control-allow-headers` can come on several lines.
    ///
    /// ```
    /// use cors_engine::server::PolicyConfig;
    /// let policy = PolicyConfig::new().origins(["*"]).build().unwrap();
    /// let answer = policy.answer(b"GET", &[("Origin", "https://a.example")]);
    /// assert!(answer.headers().eq([("access-control-allow-origin", &b"*"[..])]));
    /// ```
    pub fn headers(&self) -> impl Iterator<Item = (&'static str, &'a [u8])> {
        self.fields().map(|(header, value)| (header.as_str(), value.as_bytes()))
    }

    pub(crate) fn fields(&self) -> impl Iterator<Item = (ResponseHeader, Value<'a>)> {
        let value = |&header| self.value(header).map(|value| (header, value));
        let once = self.sent().iter().filter_map(value);
        once.chain(self.requested_lines().map(|line| (ResponseHeader::AllowHeaders, line)))
    }

    /// The headers that may have a value.
    pub(crate) fn sent(&self) -> &'static [ResponseHeader] {
        match self.kind {
            RequestKind::Preflight => &ResponseHeader::SENT_TO_PREFLIGHTS,
            RequestKind::NotCors | RequestKind::Actual => &ResponseHeader::SENT_TO_OTHERS,
        }
    }

    /// The lines of `Access-Control-Allow-Headers` that repeat the request's.
    pub(crate) fn requested_lines(&self) -> impl Iterator<Item = Value<'a>> {
        let lines = self.requested.iter().flat_map(HeaderNameLines::iter);
        lines.map(|line| Value::Request(RequestValue::new(line)))
    }

    /// The value of `Access-Control-Allow-Origin`, if the answer allows.
    pub(crate) fn allow_origin(&self) -> Value<'a> {
        match self.judgement {
            AnswerReason::AnyOrigin => Value::Star,
            _ => Value::Request(self.origin.value()),
        }
    }

    /// The value of a header that the policy itself knows, or that is the request's.
    pub(crate) fn value(&self, header: ResponseHeader) -> Option<Value<'a>> {
        let policy = self.policy;
        let allows = self.judgement.allows();
        let is_preflight = self.kind == RequestKind::Preflight;
        match header {
            ResponseHeader::AllowOrigin if allows => Some(self.allow_origin()),
            ResponseHeader::AllowCredentials if allows && policy.allows_credentials() => Some(Value::True),
            ResponseHeader::AllowMethods if allows && is_preflight => match &policy.methods {
                Methods::Any => self.request_method.map(Value::Request),
                Methods::Listed { value, .. } => value.as_ref().map(Value::Policy),
            },
            ResponseHeader::AllowHeaders if allows && is_preflight => match &policy.request_headers {
                RequestHeaders::Any { .. } => None,
                RequestHeaders::Listed { value, .. } => value.as_ref().map(Value::Policy),
            },
            ResponseHeader::MaxAge if allows && is_preflight => policy.max_age.as_ref().map(Value::Policy),
            ResponseHeader::ExposeHeaders if allows && !is_preflight => {
                policy.expose_headers.as_ref().map(Value::Policy)
            }
            ResponseHeader::TimingAllowOrigin
                if allows && !is_preflight || self.kind == RequestKind::NotCors =>
            {
                policy.timing_allow_origin.as_ref().map(Value::Policy)
            }
            _ => None,
        }
    }

    /// The request headers on which the answer depends, in lower case, for `Vary`: no more and no fewer.
    ///
    /// ```
    /// use cors_engine::server::PolicyConfig;
    /// let policy = PolicyConfig::new().origins(["https://a.example"]).build().unwrap();
    /// let no_headers: [(&str, &str); 0] = [];
    /// assert!(policy.answer(b"GET", &no_headers).vary().eq(["origin"]));
    /// ```
    pub fn vary(&self) -> impl Iterator<Item = &'a str> {
        self.depends_on().names()
    }

    /// What [`vary`](Self::vary) names, as one value. A policy without a predicate reads nothing else.
    #[cfg(feature = "capi")]
    pub(crate) fn vary_text(&self) -> &'static str {
        self.read.as_str()
    }

    /// The steps that put the answer on a response, whatever holds its headers: the application's own CORS
    /// headers go, the answer's come, and `Vary` gets what it lacks.
    ///
    /// ```
    /// use cors_engine::server::{Operation, PolicyConfig};
    /// let policy = PolicyConfig::new().origins(["*"]).build().unwrap();
    /// let request = [("Origin", "https://a.example")];
    /// let answer = policy.answer(b"GET", &request);
    /// let added = answer.operations().filter(|step| matches!(step, Operation::Add { .. }));
    /// assert!(added.eq([Operation::Add { name: "access-control-allow-origin", value: b"*" }]));
    /// ```
    pub fn operations(&self) -> impl Iterator<Item = Operation<'a>> {
        replaced(self.replaces_timing())
            .map(|header| Operation::Remove { name: header.as_str() })
            .chain(self.headers().map(|(name, value)| Operation::Add { name, value }))
            .chain(self.vary().map(|name| Operation::Vary { name }))
    }

    pub(crate) fn depends_on(&self) -> Vary<'a> {
        let predicate = match &self.policy.readers {
            Readers::Some(listed) if self.predicate_was_asked => listed.predicate.as_ref(),
            _ => None,
        };
        Vary { read: self.read, predicate: predicate.map_or(&[], |predicate| &predicate.reads) }
    }

    /// Resource timing is the application's own business unless the policy speaks of it.
    pub(crate) fn replaces_timing(&self) -> bool {
        self.policy.timing_allow_origin.is_some()
    }
}

/// The headers that an application may have set and must not keep.
pub(crate) fn replaced(replaces_timing: bool) -> impl Iterator<Item = ResponseHeader> {
    let timing = replaces_timing.then_some(ResponseHeader::TimingAllowOrigin);
    ResponseHeader::CORS.into_iter().chain(timing)
}

/// Whether `Vary` lines already say that the response depends on the request header `name`.
///
/// ```
/// use cors_engine::server::vary_lists;
/// assert!(vary_lists([&b"Accept, Origin"[..]], "origin"));
/// assert!(vary_lists([&b"*"[..]], "origin"));
/// assert!(!vary_lists([&b"X-Origin"[..]], "origin"));
/// ```
pub fn vary_lists<'v>(lines: impl IntoIterator<Item = &'v [u8]>, name: &str) -> bool {
    lines.into_iter().flat_map(|line| line.split(|&byte| byte == b',')).any(|element| {
        let element = trim(element, is_http_tab_or_space);
        element == b"*" || element.eq_ignore_ascii_case(name.as_bytes())
    })
}
