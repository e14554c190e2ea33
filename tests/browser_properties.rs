//! Properties of the browser half that hold for every input, and the engine against its naive twin.

mod naive;

use cors_engine::protocol::{Headers, Origin};
use cors_engine::{
    Body, CredentialsMode, Engine, Exchange, Fetch, Outcome, PreflightCache, RedirectMode, Request,
    RequestMode, ResponseHead, Step, cors_check, exposed_headers, needs_preflight, preflight_check,
};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::time::Duration;

type Lines = Vec<(String, String)>;

fn engine() -> impl Strategy<Value = Engine> {
    prop::sample::select(Engine::ALL.to_vec())
}

fn credentials() -> impl Strategy<Value = CredentialsMode> {
    prop::sample::select(vec![CredentialsMode::Omit, CredentialsMode::SameOrigin, CredentialsMode::Include])
}

fn method() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["GET", "HEAD", "POST", "PUT", "patch", "PATCH", "DELETE", "x"])
        .prop_map(String::from)
}

/// Request headers that are near the edges of the safelist.
fn request_headers() -> impl Strategy<Value = Lines> {
    let name =
        prop::sample::select(vec!["Accept", "Content-Type", "Range", "X-A", "x-b", "Authorization", "DPR"]);
    let value = prop::sample::select(vec!["1", "text/plain", "application/json", "bytes=0-", "a(b", ""]);
    prop::collection::vec((name.prop_map(String::from), value.prop_map(String::from)), 0..4)
}

/// The headers that CORS looks at, each at most once, with values right and wrong.
fn answer_headers() -> impl Strategy<Value = Lines> {
    let origin =
        prop::option::of(prop::sample::select(vec!["*", "https://a.test", "https://a.test/", "null", ""]));
    let credentials = prop::option::of(prop::sample::select(vec!["true", "True", "false"]));
    let methods = prop::option::of(prop::sample::select(vec!["*", "PUT", "put, PATCH", "PUT,,x", "a b"]));
    let names = prop::option::of(prop::sample::select(vec![
        "*",
        "x-a",
        "X-B,content-type",
        "authorization, *",
        "\"",
    ]));
    (origin, credentials, methods, names).prop_map(|(origin, credentials, methods, names)| {
        [
            ("access-control-allow-origin", origin),
            ("access-control-allow-credentials", credentials),
            ("access-control-allow-methods", methods),
            ("access-control-allow-headers", names),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())))
        .collect()
    })
}

fn request(method: &str, headers: &Lines, credentials: CredentialsMode) -> Request {
    let mut request = Request::fetch("https://a.test", "https://b.test/x").unwrap();
    request.method = method.into();
    request.credentials = credentials;
    request.headers = headers.iter().map(|(name, value)| (name, value)).collect();
    request
}

/// Runs a fetch against one server that answers every preflight and every request alike; says whether a
/// preflight was sent, and whether script got a response.
fn run(engine: Engine, request: Request, answer: (u16, &Lines), cache: &mut PreflightCache) -> (bool, bool) {
    let mut preflighted = false;
    let Ok(mut fetch) = Fetch::new(engine, request) else { return (false, false) };
    let mut step = fetch.start(cache, Duration::ZERO);
    loop {
        match step {
            Step::Send(outgoing) => {
                preflighted |= outgoing.exchange() == Exchange::Preflight;
                step = fetch.receive(&ResponseHead::new(answer.0, answer.1), cache, Duration::ZERO);
            }
            Step::Done(outcome) => return (preflighted, matches!(outcome, Outcome::Response(_))),
        }
    }
}

fn reversed_and_shouted(lines: &Lines) -> Lines {
    lines.iter().rev().map(|(name, value)| (name.to_ascii_uppercase(), value.clone())).collect()
}

/// What a server can write into `Access-Control-Expose-Headers`, and headers that it may name.
fn exposure() -> impl Strategy<Value = (Vec<&'static str>, Vec<&'static str>)> {
    let listed = prop::sample::select(vec!["x-a", "X-A", "x-b", "*", "", "a b", "set-cookie", "etag"]);
    let sent =
        prop::sample::select(vec!["X-A", "x-a", "X-B", "x-c", "Expires", "Set-Cookie", "ETag", "a b", "*"]);
    (prop::collection::vec(listed, 0..5), prop::collection::vec(sent, 0..8))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn the_names_that_script_can_read_are_those_that_it_can_ask_for(
        engine in engine(),
        credentials in credentials(),
        (listed, sent) in exposure(),
    ) {
        let listed = listed.join(", ");
        let mut lines = vec![("access-control-expose-headers", listed.as_str())];
        lines.extend(sent.into_iter().map(|name| (name, "1")));
        let headers = Headers::of(&lines);
        let exposed = exposed_headers(engine, credentials, &headers);
        let readable = headers.iter().map(|(name, _)| name).filter(|name| exposed.contains(name));
        let readable: BTreeSet<Vec<u8>> = readable.map(<[u8]>::to_ascii_lowercase).collect();
        let names: Vec<Vec<u8>> = exposed.names(&headers).into_iter().map(String::into_bytes).collect();
        prop_assert!(names.into_iter().eq(readable));
    }

    #[test]
    fn no_input_panics_and_every_fetch_ends(
        engine in engine(),
        method in prop::collection::vec(any::<u8>(), 0..8),
        headers in prop::collection::vec((prop::collection::vec(any::<u8>(), 0..20), prop::collection::vec(any::<u8>(), 0..140)), 0..6),
        url in "(https?|data|blob|about|ftp|foo):(//)?[a-z@:.\\[\\]0-9]{0,12}/?[ -~é]{0,12}",
        modes in (0..4_usize, 0..3_usize, 0..3_usize, 0..7_usize),
        status in any::<u16>(),
        answer in prop::collection::vec((prop::sample::select(vec![
            "access-control-allow-origin", "access-control-allow-credentials", "access-control-allow-methods",
            "access-control-allow-headers", "access-control-max-age", "access-control-expose-headers", "location",
            "cross-origin-resource-policy", "timing-allow-origin", "referrer-policy",
        ]), prop::collection::vec(any::<u8>(), 0..40)), 0..8),
    ) {
        let Ok(mut request) = Request::fetch("https://a.test", &url) else { return Ok(()) };
        request.method = method.into();
        request.headers = headers.into_iter().collect();
        request.mode = [RequestMode::Cors, RequestMode::NoCors, RequestMode::SameOrigin, RequestMode::Navigate][modes.0];
        request.credentials = [CredentialsMode::Omit, CredentialsMode::SameOrigin, CredentialsMode::Include][modes.1];
        request.redirect = [RedirectMode::Follow, RedirectMode::Error, RedirectMode::Manual][modes.2];
        request.body = [
            Body::None, Body::Text, Body::Bytes, Body::UrlSearchParams, Body::FormData, Body::Blob("a/b;é".into()),
            Body::Stream,
        ][modes.3].clone();
        let _ = needs_preflight(engine, &request);
        let Ok(mut fetch) = Fetch::new(engine, request) else { return Ok(()) };
        let mut cache = PreflightCache::default();
        let mut step = fetch.start(&mut cache, Duration::ZERO);
        let mut sent = 0;
        while let Step::Send(outgoing) = step {
            prop_assert!(outgoing.headers().count() < 100);
            sent += 1;
            // Twenty redirects, each with a preflight, and every exchange once more over a new connection.
            prop_assert!(sent <= 84);
            step = fetch.receive(&ResponseHead::new(status, &answer), &mut cache, Duration::ZERO);
        }
    }

    #[test]
    fn a_verdict_depends_neither_on_the_order_of_headers_nor_on_the_case_of_their_names(
        engine in engine(),
        method in method(),
        headers in request_headers(),
        credentials in credentials(),
        status in prop::sample::select(vec![200_u16, 204, 404]),
        answer in answer_headers(),
    ) {
        let verdict = run(engine, request(&method, &headers, credentials), (status, &answer), &mut PreflightCache::default());
        let shouted = reversed_and_shouted(&answer);
        let again = run(engine, request(&method, &headers, credentials), (status, &shouted), &mut PreflightCache::default());
        prop_assert_eq!(verdict, again);
    }

    #[test]
    fn a_preflight_is_classified_as_the_machine_sends_it(
        engine in engine(), method in method(), headers in request_headers(), credentials in credentials(),
    ) {
        let request = request(&method, &headers, credentials);
        let classified = needs_preflight(engine, &request).unwrap().is_needed();
        let allowed: Lines = Vec::new();
        let (preflighted, _) = run(engine, request, (200, &allowed), &mut PreflightCache::default());
        // Chromium refuses nothing here and drops nothing but User-Agent, so that both always agree.
        prop_assert_eq!(classified, preflighted);
    }

    #[test]
    fn a_remembered_preflight_allows_nothing_that_it_would_not_have_allowed(
        engine in prop::sample::select(vec![Engine::Spec, Engine::Chromium, Engine::Gecko]),
        first in (method(), request_headers()),
        second in (method(), request_headers()),
        answer in answer_headers(),
    ) {
        let mut cache = PreflightCache::default();
        let credentials = CredentialsMode::Omit;
        run(engine, request(&first.0, &first.1, credentials), (200, &answer), &mut cache);
        let later = request(&second.0, &second.1, credentials);
        let (preflighted, _) = run(engine, later.clone(), (200, &answer), &mut cache);
        if needs_preflight(engine, &later).unwrap().is_needed() && !preflighted {
            prop_assert_eq!(preflight_check(engine, &later, &ResponseHead::new(200, &answer)), Ok(()));
        }
    }

    #[test]
    fn the_standard_agrees_with_its_naive_twin(
        method in method(),
        headers in request_headers(),
        credentials in credentials(),
        status in prop::sample::select(vec![200_u16, 204, 299, 300, 404]),
        answer in answer_headers(),
    ) {
        let include = credentials == CredentialsMode::Include;
        let naive_answer: naive::Headers =
            answer.iter().map(|(name, value)| (name.clone(), value.as_bytes().to_vec())).collect();
        let origin = Origin::parse("https://a.test").unwrap();
        prop_assert_eq!(
            cors_check(Engine::Spec, &origin, credentials, &Headers::of(&answer)).is_ok(),
            naive::cors_check(b"https://a.test", include, &naive_answer)
        );
        let request = request(&method, &headers, credentials);
        let is_unsafe = |(name, value): &(String, String)| {
            let rules = cors_engine::protocol::request_header::SafelistRules::STANDARD;
            !rules.is_cors_safelisted(name.as_bytes(), value.as_bytes())
        };
        let mut names: Vec<Vec<u8>> =
            headers.iter().filter(|line| is_unsafe(line)).map(|(name, _)| name.to_ascii_lowercase().into()).collect();
        names.sort();
        prop_assert_eq!(
            preflight_check(Engine::Spec, &request, &ResponseHead::new(status, &answer)).is_ok(),
            naive::preflight_passes(b"https://a.test", include, method.as_bytes(), &names, status, &naive_answer)
        );
    }
}
