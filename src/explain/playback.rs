//! Plays exchanges that were seen to an engine.

use super::{Answer, Judgement, Observed, Sent, Verdict};
use crate::protocol::HeaderList;
use crate::{Engine, Exchange, Fetch, Outcome, Outgoing, PreflightCache, Request, ResponseHead, Step};
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::time::Duration;
use url::Url;

/// Whoever answers an engine's requests.
pub(super) trait Answerer {
    /// The answer to `outgoing`; `None` when nobody knows it.
    fn answer(&mut self, outgoing: Outgoing<'_>) -> Option<Answer>;
}

/// The exchanges that were seen, in order. The first question about a URL gets its first answer, the second
/// its second.
pub(super) struct Playback<'a> {
    seen: &'a [Observed],
    used: Vec<bool>,
}

impl<'a> Playback<'a> {
    pub(super) fn of(seen: &'a [Observed]) -> Self {
        Playback { seen, used: alloc::vec![false; seen.len()] }
    }

    /// The position of the answer to a request, which answers no other after that.
    fn take(&mut self, exchange: Exchange, url: &Url) -> Option<usize> {
        let is_answer =
            |observed: &Observed| observed.exchange == exchange && is_same_resource(&observed.url, url);
        let index = (0..self.seen.len()).find(|&index| !self.used[index] && is_answer(&self.seen[index]))?;
        self.used[index] = true;
        Some(index)
    }
}

impl Answerer for Playback<'_> {
    fn answer(&mut self, outgoing: Outgoing<'_>) -> Option<Answer> {
        let index = self.take(outgoing.exchange(), outgoing.url())?;
        Some(self.seen[index].answer.clone())
    }
}

/// Which of the exchanges that were seen answered each request.
#[cfg(feature = "capture")]
pub(crate) fn answers_to(sent: &[Sent], seen: &[Observed]) -> Vec<Option<usize>> {
    let mut playback = Playback::of(seen);
    sent.iter().map(|sent| playback.take(sent.exchange, &sent.url)).collect()
}

/// Whether two URLs are the same to a server: the fragment is never sent, and userinfo is no part of the
/// request line.
pub(super) fn is_same_resource(one: &Url, other: &Url) -> bool {
    one.scheme() == other.scheme()
        && one.host_str() == other.host_str()
        && one.port() == other.port()
        && one.path() == other.path()
        && one.query() == other.query()
}

/// Runs `request` through `engine`.
///
/// A preflight whose answer nobody knows is taken as passed, to learn what else speaks against the fetch;
/// when nothing does, the fetch is undecided.
pub(super) fn play(engine: Engine, request: &Request, answerer: &mut impl Answerer) -> Judgement {
    // Nearly all fetches send a request, or a preflight and a request.
    let mut sent = Vec::with_capacity(2);
    let verdict = run(engine, request, answerer, |outgoing| sent.push(Sent::of(outgoing)));
    Judgement { engine, sent, verdict }
}

/// How that ends, without a record of what is sent.
pub(super) fn verdict(engine: Engine, request: &Request, answerer: &mut impl Answerer) -> Verdict {
    run(engine, request, answerer, |_| ())
}

fn run(
    engine: Engine,
    request: &Request,
    answerer: &mut impl Answerer,
    mut record: impl FnMut(Outgoing<'_>),
) -> Verdict {
    let mut fetch = match Fetch::new(engine, request.clone()) {
        Ok(fetch) => fetch,
        Err(invalid) => return Verdict::Thrown(invalid),
    };
    let (mut cache, now) = (PreflightCache::default(), Duration::ZERO);
    let mut unanswered = None;
    let mut step = fetch.start(&mut cache, now);
    loop {
        let outgoing = match step {
            Step::Done(Outcome::NetworkError(blocked)) => return Verdict::Blocked(blocked.clone()),
            Step::Done(Outcome::Response(response)) => {
                return match unanswered {
                    Some(sent) => Verdict::Undecided(Box::new(sent)),
                    None => Verdict::Allowed(response.clone()),
                };
            }
            Step::Send(outgoing) => outgoing,
        };
        record(outgoing);
        step = match (answerer.answer(outgoing), outgoing.exchange()) {
            (Some(Answer::Head { status, headers }), _) => {
                fetch.receive(&ResponseHead::new(status, &headers), &mut cache, now)
            }
            (Some(Answer::Failed), _) => fetch.fail(&mut cache),
            (Some(Answer::Remembered), _) => {
                let granted = permission(outgoing);
                fetch.receive(&ResponseHead::new(204, &granted), &mut cache, now)
            }
            (None, Exchange::Preflight) => {
                unanswered = unanswered.or_else(|| Some(Sent::of(outgoing)));
                let granted = permission(outgoing);
                fetch.receive(&ResponseHead::new(204, &granted), &mut cache, now)
            }
            (None, Exchange::Actual) => {
                return Verdict::Undecided(Box::new(unanswered.unwrap_or_else(|| Sent::of(outgoing))));
            }
        };
    }
}

/// The headers of an answer that grants all that a preflight asks.
fn permission(outgoing: Outgoing<'_>) -> HeaderList {
    let lines = [
        (&b"access-control-allow-origin"[..], outgoing.origin().map(str::as_bytes)),
        (b"access-control-allow-credentials", Some(b"true")),
        (b"access-control-allow-methods", outgoing.access_control_request_method()),
        (b"access-control-allow-headers", outgoing.access_control_request_headers()),
    ];
    lines.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}
