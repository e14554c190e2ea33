//! What a policy has to say to one request, and how it goes onto a response.

use super::header::{ResponseHeader, Value};
use super::policy::Policy;
use super::reason::AnswerReason;
use super::requested_headers::HeaderNameLines;
use crate::protocol::{is_http_tab_or_space, trim};
use alloc::boxed::Box;

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
    pub(crate) action: Action,
    pub(crate) reason: AnswerReason,
    pub(crate) grant: Option<Grant<'a>>,
    pub(crate) vary: Vary<'a>,
}

/// What an answer that allows says.
#[derive(Clone, Debug)]
pub(crate) struct Grant<'a> {
    pub(crate) allow_origin: Value<'a>,
    pub(crate) preflight: Option<PreflightGrant<'a>>,
}

#[derive(Clone, Debug)]
pub(crate) struct PreflightGrant<'a> {
    pub(crate) methods: Option<Value<'a>>,
    /// The lines of `Access-Control-Allow-Headers`.
    pub(crate) headers: HeaderNameLines<'a>,
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
        self.action
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
        self.reason
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
        use ResponseHeader::{
            AllowCredentials, AllowHeaders, AllowMethods, AllowOrigin, ExposeHeaders, MaxAge,
            TimingAllowOrigin,
        };
        let policy = self.policy;
        let grant = self.grant.as_ref();
        let preflight = grant.and_then(|grant| grant.preflight.as_ref());
        let read = grant.filter(|_| self.kind != RequestKind::Preflight);
        let timed = read.is_some() || self.kind == RequestKind::NotCors;
        let once = [
            (AllowOrigin, grant.map(|grant| grant.allow_origin)),
            (AllowCredentials, grant.filter(|_| policy.allows_credentials()).map(|_| Value::Fixed("true"))),
            (ExposeHeaders, read.and(policy.expose_headers.as_ref()).map(Value::Policy)),
            (AllowMethods, preflight.and_then(|preflight| preflight.methods)),
            (MaxAge, preflight.and(policy.max_age.as_ref()).map(Value::Policy)),
            (TimingAllowOrigin, policy.timing_allow_origin.as_ref().filter(|_| timed).map(Value::Policy)),
        ];
        let allowed_headers = preflight.map(|preflight| preflight.headers).unwrap_or_default();
        once.into_iter()
            .filter_map(|(header, value)| value.map(|value| (header, value)))
            .chain(allowed_headers.into_iter().map(|line| (AllowHeaders, line)))
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
        self.vary.names()
    }

    /// What [`vary`](Self::vary) names, as one value. A policy without a predicate reads nothing else.
    #[cfg(feature = "capi")]
    pub(crate) fn vary_text(&self) -> &'static str {
        self.vary.read.as_str()
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
        self.replaced()
            .map(|header| Operation::Remove { name: header.as_str() })
            .chain(self.headers().map(|(name, value)| Operation::Add { name, value }))
            .chain(self.vary().map(|name| Operation::Vary { name }))
    }

    /// The headers that an application may have set and must not keep. Resource timing is the application's
    /// own business unless the policy speaks of it.
    pub(crate) fn replaced(&self) -> impl Iterator<Item = ResponseHeader> + use<> {
        let timing = self.policy.timing_allow_origin.as_ref().map(|_| ResponseHeader::TimingAllowOrigin);
        ResponseHeader::CORS.into_iter().chain(timing)
    }
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
