//! Credentials: whether a fetch was made with them, which captures often do not show.

use super::chain::{Chain, Hop};
use super::{CapturedFetch, Meant, Otherwise};
use crate::explain::{Explanation, explain};
use crate::protocol::Headers;
use crate::{CredentialsMode, Engine};

/// Why a fetch is taken to be made with or without credentials.
enum Ground {
    /// The user says so, a cookie went along, or the browser could not have ended as it did otherwise.
    Certain,
    /// The server answers `Access-Control-Allow-Credentials`.
    Server,
    /// It is the default.
    Default,
}

/// Settles the credentials mode, and says what was assumed where it matters.
pub(super) fn settle(fetch: &mut CapturedFetch, chain: &Chain, engine: Option<Engine>, meant: &Meant) {
    let (mode, ground) = find(fetch, chain, engine, meant);
    fetch.request.credentials = mode;
    let why = match ground {
        Ground::Certain => return,
        Ground::Server => "the server answers Access-Control-Allow-Credentials",
        Ground::Default => "no cookie was noted",
    };
    let here = explain(&fetch.request, &fetch.evidence);
    let there = explain_with(fetch, opposite(mode));
    if verdicts(&here).eq(verdicts(&there)) {
        return;
    }
    let refusal = there.browsers().find_map(|judgement| judgement.verdict.reason());
    let outcome = refusal.map_or_else(|| "allowed".into(), |reason| format!("blocked ({})", reason.code()));
    let (this, other) = (mode.name(), opposite(mode).name());
    fetch.assumed.push(format!(
        "The credentials mode \"{this}\" is assumed: {why}. With \"{other}\" the fetch is {outcome}."
    ));
    fetch.otherwise = Some(Otherwise { credentials: opposite(mode), refusal });
}

fn find(
    fetch: &CapturedFetch,
    chain: &Chain,
    engine: Option<Engine>,
    meant: &Meant,
) -> (CredentialsMode, Ground) {
    let requests = || chain.hops().filter_map(Hop::actual);
    if let Some(mode) = meant.credentials {
        return (mode, Ground::Certain);
    }
    if requests().any(|entry| Headers::of(&entry.headers).contains(b"cookie")) {
        return (CredentialsMode::Include, Ground::Certain);
    }
    let entries = requests().chain(chain.hops().filter_map(Hop::preflight));
    let mut responses = entries.filter_map(|entry| entry.response.as_ref());
    let is_spoken_of = responses
        .any(|response| Headers::of(&response.headers).contains(b"access-control-allow-credentials"));
    let (likely, ground) = if is_spoken_of {
        (CredentialsMode::Include, Ground::Server)
    } else {
        (CredentialsMode::SameOrigin, Ground::Default)
    };
    let Some((engine, was_blocked)) = noted_verdict(fetch, chain, engine) else { return (likely, ground) };
    let agrees = |mode| {
        let explanation = explain_with(fetch, mode);
        explanation.judgement(engine).is_some_and(|judgement| judgement.verdict.is_refusal() == was_blocked)
    };
    match (agrees(likely), agrees(opposite(likely))) {
        (true, false) => (likely, Ground::Certain),
        (false, true) => (opposite(likely), Ground::Certain),
        _ => (likely, ground),
    }
}

/// Whether the browser blocked the fetch, where it noted that: Firefox does not.
fn noted_verdict(fetch: &CapturedFetch, chain: &Chain, engine: Option<Engine>) -> Option<(Engine, bool)> {
    let engine = engine.filter(|engine| *engine != Engine::Gecko)?;
    let answered = chain.last().actual()?.response.is_some();
    answered.then_some((engine, fetch.failure.is_some()))
}

fn explain_with(fetch: &CapturedFetch, mode: CredentialsMode) -> Explanation {
    let mut request = fetch.request.clone();
    request.credentials = mode;
    explain(&request, &fetch.evidence)
}

fn opposite(mode: CredentialsMode) -> CredentialsMode {
    match mode {
        CredentialsMode::Include => CredentialsMode::SameOrigin,
        CredentialsMode::SameOrigin | CredentialsMode::Omit => CredentialsMode::Include,
    }
}

fn verdicts(explanation: &Explanation) -> impl Iterator<Item = &'static str> {
    explanation.browsers().map(|judgement| judgement.verdict.word())
}
