//! The headers of answers that allow, made once and copied onto each response that has none of its own yet. Only
//! the origin is put in.

use super::answer::{Answer, HeadersRead, RequestKind};
use super::head::Once;
use super::policy::{Policy, Readers};
use super::reason::AnswerReason;
use alloc::sync::Arc;
use http::header::VARY;
use http::{HeaderMap, HeaderValue};

/// What a policy sends to every origin that it allows.
#[derive(Clone, Debug, Default)]
pub(crate) struct ReadyMade {
    actual: Arc<HeaderMap>,
    /// `None` if the policy repeats what a preflight asks for.
    preflight: Option<Arc<HeaderMap>>,
}

impl ReadyMade {
    pub(crate) fn new(policy: &Policy) -> Self {
        let (judgement, read) = match policy.readers {
            Readers::Any => (AnswerReason::AnyOrigin, HeadersRead::Nothing),
            Readers::Some(_) => (AnswerReason::OriginListed, HeadersRead::Origin),
        };
        let make = |kind, read| {
            let answer = Answer {
                policy,
                kind,
                judgement,
                read,
                predicate_was_asked: false,
                origin: Once::Absent,
                request_method: None,
                requested: None,
            };
            let mut headers = HeaderMap::new();
            answer.send(|header, value| {
                headers.append(header.typed(), value);
            });
            headers.extend(read.typed().map(|names| (VARY, names)));
            Arc::new(headers)
        };
        ReadyMade {
            actual: make(RequestKind::Actual, read),
            preflight: (!policy.repeats()).then(|| make(RequestKind::Preflight, HeadersRead::RequestHeaders)),
        }
    }
}

impl<'a> Answer<'a> {
    /// The headers that only lack the origin, if this answer is of that kind.
    pub(crate) fn ready_made(&self) -> Option<&'a Arc<HeaderMap>> {
        let ReadyMade { actual, preflight } = &self.policy.ready_made;
        match self.kind {
            _ if !self.judgement.allows() || self.predicate_was_asked => None,
            RequestKind::Preflight => preflight.as_ref(),
            RequestKind::Actual => (self.read != HeadersRead::RequestMethod).then_some(actual),
            RequestKind::NotCors => None,
        }
    }
}

/// Ready-made headers with the origin put in.
pub(crate) fn copy(ready_made: &HeaderMap, allow_origin: Option<HeaderValue>) -> HeaderMap {
    let mut headers = ready_made.clone();
    // It is the first that a policy sends.
    if let (Some(place), Some(origin)) = (headers.values_mut().next(), allow_origin) {
        *place = origin;
    }
    headers
}
