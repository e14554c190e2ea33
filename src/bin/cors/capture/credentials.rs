//! Credentials: whether a fetch was made with them, which captures often do not show.

use super::chain::{Chain, Hop};
use super::{CapturedFetch, Meant};
use cors_engine::explain::{Explanation, Verdict, explain};
use cors_engine::protocol::Headers;
use cors_engine::{CredentialsMode, Engine};

/// Why a fetch is taken to be made with or without credentials.
enum Ground {
    /// The user says so.
    Said,
    /// A cookie went along.
    Cookie,
    /// The browser's own verdict is possible only so.
    Verdict,
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
        Ground::Said | Ground::Cookie => return,
        Ground::Verdict => "only so does the browser come to what it noted",
        Ground::Server => "the server answers Access-Control-Allow-Credentials, though no cookie was noted",
        Ground::Default => "no cookie was noted",
    };
    let here = explain(&fetch.request, &fetch.evidence);
    let there = explain_with(fetch, opposite(mode));
    if verdicts(&here).ne(verdicts(&there)) {
        fetch.credentials_assumed = true;
        fetch.assumed.push(format!(
            "The credentials mode \"{}\" is assumed: {why}. With \"{}\" the fetch is {}.",
            name(mode),
            name(opposite(mode)),
            outcome(&there)
        ));
    }
}

fn find(
    fetch: &CapturedFetch,
    chain: &Chain,
    engine: Option<Engine>,
    meant: &Meant,
) -> (CredentialsMode, Ground) {
    let requests = || chain.hops().filter_map(Hop::actual);
    if let Some(mode) = meant.credentials {
        return (mode, Ground::Said);
    }
    if requests().any(|entry| Headers::of(&entry.headers).contains(b"cookie")) {
        return (CredentialsMode::Include, Ground::Cookie);
    }
    let responses = requests().chain(chain.hops().filter_map(Hop::preflight));
    let server_speaks_of_it = responses
        .filter_map(|entry| entry.response.as_ref())
        .any(|response| Headers::of(&response.headers).contains(b"access-control-allow-credentials"));
    let (likely, ground) = if server_speaks_of_it {
        (CredentialsMode::Include, Ground::Server)
    } else {
        (CredentialsMode::SameOrigin, Ground::Default)
    };
    let Some((engine, was_blocked)) = noted_verdict(fetch, chain, engine) else { return (likely, ground) };
    let agrees = |mode| {
        let explanation = explain_with(fetch, mode);
        explanation.judgement(engine).is_some_and(|judgement| judgement.verdict.is_refusal() == was_blocked)
    };
    if !agrees(likely) && agrees(opposite(likely)) {
        return (opposite(likely), Ground::Verdict);
    }
    (likely, ground)
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

fn outcome(explanation: &Explanation) -> String {
    let refusal = explanation.browsers().find_map(|judgement| match &judgement.verdict {
        Verdict::Blocked(blocked) => Some(format!("blocked ({})", blocked.reason.code())),
        _ => None,
    });
    refusal.unwrap_or_else(|| "allowed".into())
}

/// The mode as script writes it.
pub(crate) fn name(mode: CredentialsMode) -> &'static str {
    match mode {
        CredentialsMode::Omit => "omit",
        CredentialsMode::SameOrigin => "same-origin",
        CredentialsMode::Include => "include",
    }
}
