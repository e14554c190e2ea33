//! The state machine and its preflight cache, where scenarios do not reach: calls out of order, bounds,
//! lifetimes, and the presets.

use cors_engine::{
    Body, CredentialsMode, CrossOriginAttribute, EmbedderPolicy, Engine, Exchange, Fetch, Initiator, Outcome,
    Preflight, PreflightCache, Reason, ReferrerPolicy, Request, RequestMode, ResponseHead, ResponseType,
    Step, needs_preflight,
};
use std::time::Duration;

const ALLOWED: [(&str, &str); 3] = [
    ("access-control-allow-origin", "*"),
    ("access-control-allow-methods", "PUT"),
    ("access-control-max-age", "60"),
];

fn put(url: &str) -> Request {
    let mut request = Request::fetch("https://a.test", url).unwrap();
    request.method = "PUT".into();
    request
}

/// Runs a fetch that every answer allows; whether a preflight was sent.
fn preflights(request: Request, cache: &mut PreflightCache, now: Duration) -> bool {
    preflights_answered(Engine::Spec, request, &ALLOWED, cache, now)
}

fn preflights_answered(
    engine: Engine,
    request: Request,
    answer: &[(&str, &str)],
    cache: &mut PreflightCache,
    now: Duration,
) -> bool {
    let mut preflighted = false;
    let mut fetch = Fetch::new(engine, request).unwrap();
    let mut step = fetch.start(cache, now);
    while let Step::Send(outgoing) = step {
        preflighted |= outgoing.exchange() == Exchange::Preflight;
        step = fetch.receive(&ResponseHead::new(200, answer), cache, now);
    }
    preflighted
}

fn refusal(step: Step<'_>) -> Reason {
    let Step::Done(Outcome::NetworkError(blocked)) = step else { panic!("not refused: {step:?}") };
    blocked.reason
}

#[test]
fn an_answer_that_nobody_asked_for_changes_nothing() {
    let (mut cache, now) = (PreflightCache::default(), Duration::ZERO);
    let mut fetch = Fetch::new(Engine::Spec, put("https://b.test/x")).unwrap();
    let Step::Send(early) = fetch.receive(&ResponseHead::new(200, &ALLOWED), &mut cache, now) else {
        panic!()
    };
    assert_eq!(early.exchange(), Exchange::Preflight);
    let Step::Send(outgoing) = fetch.start(&mut cache, now) else { panic!() };
    assert_eq!(outgoing.exchange(), Exchange::Preflight);
    let Step::Send(outgoing) = fetch.start(&mut cache, now) else { panic!() };
    assert_eq!(outgoing.exchange(), Exchange::Preflight);
    fetch.receive(&ResponseHead::new(200, &ALLOWED), &mut cache, now);
    fetch.receive(&ResponseHead::new(200, &ALLOWED), &mut cache, now);
    let nothing: [(&str, &str); 0] = [];
    let late = fetch.receive(&ResponseHead::new(500, &nothing), &mut cache, now);
    assert!(matches!(late, Step::Done(Outcome::Response(_))));
    assert!(matches!(fetch.fail(&mut cache), Step::Done(Outcome::Response(_))));
}

#[test]
fn a_connection_that_fails_clears_what_was_remembered() {
    let (mut cache, now) = (PreflightCache::default(), Duration::ZERO);
    assert!(preflights(put("https://b.test/x"), &mut cache, now));
    assert!(!cache.is_empty());
    let mut fetch = Fetch::new(Engine::Spec, put("https://b.test/x")).unwrap();
    fetch.start(&mut cache, now);
    assert_eq!(refusal(fetch.fail(&mut cache)), Reason::ConnectionFailed);
    assert!(cache.is_empty());
}

#[test]
fn a_misdirected_request_is_sent_once_more() {
    let (mut cache, now) = (PreflightCache::default(), Duration::ZERO);
    let mut fetch =
        Fetch::new(Engine::Spec, Request::fetch("https://a.test", "https://b.test/").unwrap()).unwrap();
    fetch.start(&mut cache, now);
    assert!(matches!(fetch.receive(&ResponseHead::new(421, &ALLOWED), &mut cache, now), Step::Send(_)));
    assert!(matches!(fetch.receive(&ResponseHead::new(421, &ALLOWED), &mut cache, now), Step::Done(_)));
}

#[test]
fn what_is_remembered_expires_when_its_age_has_passed() {
    let mut cache = PreflightCache::default();
    assert!(preflights(put("https://b.test/x"), &mut cache, Duration::from_secs(100)));
    assert!(!preflights(put("https://b.test/x"), &mut cache, Duration::from_millis(159_999)));
    assert!(preflights(put("https://b.test/x"), &mut cache, Duration::from_secs(160)));
}

#[test]
fn an_age_with_a_sign_is_a_number_of_64_bits() {
    let ages = ["0", "-0", "+7", "-1", "--1", "+", "-", "7e0", "9223372036854775807", "9223372036854775808"];
    for age in ages.into_iter().chain(["-9223372036854775808", "-9223372036854775809"]) {
        let kept = age.parse().map_or(5, |age: i64| age.clamp(0, 7_200).unsigned_abs());
        let mut answer = ALLOWED;
        answer[2].1 = age;
        let preflights = |seconds: u64, cache: &mut PreflightCache| {
            let now = Duration::from_secs(seconds);
            preflights_answered(Engine::Chromium, put("https://b.test/x"), &answer, cache, now)
        };
        let mut cache = PreflightCache::default();
        assert!(preflights(0, &mut cache));
        assert!(kept == 0 || !preflights(kept - 1, &mut cache), "{age}");
        assert!(preflights(kept, &mut cache), "{age}");
    }
}

#[test]
fn nothing_is_shared_across_partitions_origins_or_urls() {
    let mut cache = PreflightCache::default();
    assert!(preflights(put("https://b.test/x"), &mut cache, Duration::ZERO));
    let mut elsewhere = put("https://b.test/x");
    elsewhere.network_partition_key = "https://top.test".into();
    assert!(preflights(elsewhere, &mut cache, Duration::ZERO));
    let mut other_page = put("https://b.test/x");
    other_page.origin = cors_engine::protocol::Origin::parse("https://c.test").unwrap();
    assert!(preflights(other_page, &mut cache, Duration::ZERO));
    assert!(preflights(put("https://b.test/x?y"), &mut cache, Duration::ZERO));
    assert_eq!(cache.len(), 4);
    cache.clear();
    assert_eq!(cache.len(), 0);
}

#[test]
fn an_answer_is_remembered_if_it_names_256_methods_and_headers_at_most() {
    for (methods, headers, is_remembered) in
        [(20, 20, true), (156, 100, true), (156, 101, false), (1, 256, false)]
    {
        let methods = ["PUT"].repeat(methods).join(",");
        let headers = ["x-a"].repeat(headers).join(",");
        let mut answer = ALLOWED.to_vec();
        answer[1].1 = &methods;
        answer.push(("access-control-allow-headers", &headers));
        let mut cache = PreflightCache::default();
        assert!(preflights_answered(
            Engine::Spec,
            put("https://b.test/x"),
            &answer,
            &mut cache,
            Duration::ZERO
        ));
        assert_eq!(
            !preflights(put("https://b.test/x"), &mut cache, Duration::ZERO),
            is_remembered,
            "{headers}"
        );
    }
}

#[test]
fn a_full_cache_forgets_the_url_stored_longest_ago() {
    let mut cache = PreflightCache::with_limits(2, 1 << 20);
    for url in ["https://b.test/1", "https://b.test/2", "https://b.test/3"] {
        assert!(preflights(put(url), &mut cache, Duration::ZERO));
    }
    assert_eq!(cache.len(), 2);
    assert!(!preflights(put("https://b.test/3"), &mut cache, Duration::ZERO));
    assert!(!preflights(put("https://b.test/2"), &mut cache, Duration::ZERO));
    assert!(preflights(put("https://b.test/1"), &mut cache, Duration::ZERO));
}

#[test]
fn a_full_cache_forgets_a_quarter_of_its_urls() {
    let mut cache = PreflightCache::with_limits(8, 1 << 20);
    let url = |number: usize| put(&format!("https://b.test/{number}"));
    for number in 1..=9 {
        assert!(preflights(url(number), &mut cache, Duration::ZERO));
    }
    assert_eq!(cache.len(), 7);
    assert!((3..=9).all(|number| !preflights(url(number), &mut cache, Duration::ZERO)));
    assert!((1..=2).all(|number| preflights(url(number), &mut cache, Duration::ZERO)));
}

#[test]
fn a_url_stored_again_is_the_last_that_a_full_cache_forgets() {
    let mut cache = PreflightCache::with_limits(2, 1 << 20);
    let (soon, late) = (Duration::ZERO, Duration::from_secs(24 * 3_600));
    assert!(preflights(put("https://b.test/1"), &mut cache, soon));
    assert!(preflights(put("https://b.test/2"), &mut cache, soon));
    assert!(preflights(put("https://b.test/1"), &mut cache, late));
    assert!(preflights(put("https://b.test/3"), &mut cache, late));
    assert_eq!(cache.len(), 2);
    assert!(!preflights(put("https://b.test/1"), &mut cache, late));
    assert!(preflights(put("https://b.test/2"), &mut cache, late));
}

#[test]
fn the_bytes_of_a_cache_are_bounded() {
    let long = |path: &str| format!("https://b.test/{path}{}", "x".repeat(500));
    let mut cache = PreflightCache::with_limits(100, 2_000);
    for path in ["1", "2", "3", "4", "5"] {
        preflights(put(&long(path)), &mut cache, Duration::ZERO);
    }
    assert!((1..4).contains(&cache.len()), "{}", cache.len());
    let mut renewed = PreflightCache::with_limits(100, 2_000);
    preflights(put("https://b.test/kept"), &mut renewed, Duration::ZERO);
    for minutes in 0..50 {
        preflights(put("https://b.test/renewed"), &mut renewed, Duration::from_secs(minutes * 60));
    }
    assert_eq!(renewed.len(), 2);
    let mut nothing_fits = PreflightCache::with_limits(100, 10);
    preflights(put("https://b.test/x"), &mut nothing_fits, Duration::ZERO);
    assert!(nothing_fits.is_empty());
    let mut no_room = PreflightCache::with_limits(0, 1 << 20);
    preflights(put("https://b.test/x"), &mut no_room, Duration::ZERO);
    assert!(no_room.is_empty());
}

#[test]
fn an_answer_with_too_many_names_is_not_remembered() {
    let names = (0..300).map(|name| format!("x-{name}")).collect::<Vec<_>>().join(",");
    let answer = [
        ("access-control-allow-origin", "*"),
        ("access-control-allow-methods", "PUT"),
        ("access-control-allow-headers", &names),
    ];
    let mut cache = PreflightCache::default();
    let mut fetch = Fetch::new(Engine::Spec, put("https://b.test/x")).unwrap();
    fetch.start(&mut cache, Duration::ZERO);
    let step = fetch.receive(&ResponseHead::new(200, &answer), &mut cache, Duration::ZERO);
    assert!(matches!(step, Step::Send(_)));
    assert!(cache.is_empty());
}

#[test]
fn the_origin_header_outside_cors_follows_the_referrer_policy() {
    let origin_sent = |policy, url: &str| {
        let mut request = Request::fetch("https://a.test", url).unwrap();
        request.method = "POST".into();
        request.mode = RequestMode::NoCors;
        request.referrer_policy = policy;
        let mut fetch = Fetch::new(Engine::Spec, request).unwrap();
        match fetch.start(&mut PreflightCache::default(), Duration::ZERO) {
            Step::Send(outgoing) => outgoing.origin().map(String::from),
            Step::Done(_) => None,
        }
    };
    let sent = |policy, url| origin_sent(policy, url).unwrap();
    assert_eq!(sent(ReferrerPolicy::NoReferrer, "https://b.test/"), "null");
    assert_eq!(sent(ReferrerPolicy::SameOrigin, "https://b.test/"), "null");
    assert_eq!(sent(ReferrerPolicy::SameOrigin, "https://a.test/"), "https://a.test");
    assert_eq!(sent(ReferrerPolicy::StrictOrigin, "https://b.test/"), "https://a.test");
    assert_eq!(sent(ReferrerPolicy::StrictOrigin, "http://127.0.0.1/"), "null");
    assert_eq!(sent(ReferrerPolicy::NoReferrerWhenDowngrade, "http://127.0.0.1/"), "null");
    assert_eq!(sent(ReferrerPolicy::StrictOriginWhenCrossOrigin, "http://127.0.0.1/"), "null");
    assert_eq!(sent(ReferrerPolicy::Origin, "http://127.0.0.1/"), "https://a.test");
    assert_eq!(sent(ReferrerPolicy::UnsafeUrl, "http://127.0.0.1/"), "https://a.test");
}

#[test]
fn a_redirect_can_change_the_referrer_policy() {
    let (mut cache, now) = (PreflightCache::default(), Duration::ZERO);
    let mut request = Request::fetch("https://a.test", "https://b.test/").unwrap();
    request.method = "POST".into();
    request.mode = RequestMode::NoCors;
    let mut fetch = Fetch::new(Engine::Spec, request).unwrap();
    fetch.start(&mut cache, now);
    let redirect = [("location", "/next"), ("referrer-policy", "origin, unheard-of, no-referrer")];
    let Step::Send(outgoing) = fetch.receive(&ResponseHead::new(307, &redirect), &mut cache, now) else {
        panic!()
    };
    assert_eq!(outgoing.origin(), Some("null"));
}

#[test]
fn timing_is_allowed_by_every_hop_or_not_at_all() {
    let timing = |answers: &[(u16, &[(&str, &str)])], url: &str| {
        let (mut cache, now) = (PreflightCache::default(), Duration::ZERO);
        let mut fetch = Fetch::new(Engine::Spec, Request::fetch("https://a.test", url).unwrap()).unwrap();
        fetch.start(&mut cache, now);
        for (status, headers) in answers {
            fetch.receive(&ResponseHead::new(*status, *headers), &mut cache, now);
        }
        match fetch.start(&mut cache, now) {
            Step::Done(Outcome::Response(response)) => response.timing_allowed,
            step => panic!("{step:?}"),
        }
    };
    let (star, own) = (("timing-allow-origin", "*"), ("timing-allow-origin", "x, https://a.test"));
    let others = ("timing-allow-origin", "https://b.test, https://a.test:8443");
    let cors = ("access-control-allow-origin", "*");
    let redirect = ("location", "https://b.test/2");
    assert!(timing(&[(200, &[])], "https://a.test/"));
    assert!(!timing(&[(200, &[cors])], "https://b.test/"));
    assert!(!timing(&[(200, &[cors, others])], "https://b.test/"));
    assert!(timing(&[(200, &[cors, star])], "https://b.test/"));
    assert!(timing(&[(200, &[cors, own])], "https://b.test/"));
    assert!(timing(&[(302, &[cors, star, redirect]), (200, &[cors, own])], "https://b.test/"));
    assert!(!timing(&[(302, &[cors, redirect]), (200, &[cors, star])], "https://b.test/"));
}

#[test]
fn the_embedder_policy_decides_on_opaque_responses() {
    let outcome = |policy, credentials, resource_policy: Option<&str>| {
        let (mut cache, now) = (PreflightCache::default(), Duration::ZERO);
        let mut request = Request::fetch("https://a.test", "https://b.test/").unwrap();
        request.mode = RequestMode::NoCors;
        request.embedder_policy = policy;
        request.credentials = credentials;
        let mut fetch = Fetch::new(Engine::Spec, request).unwrap();
        let Step::Send(outgoing) = fetch.start(&mut cache, now) else { panic!() };
        let with_credentials = outgoing.includes_credentials();
        let headers: Vec<_> =
            resource_policy.iter().map(|value| ("cross-origin-resource-policy", *value)).collect();
        let reason = match fetch.receive(&ResponseHead::new(200, &headers), &mut cache, now) {
            Step::Done(Outcome::NetworkError(blocked)) => Some(blocked.reason),
            _ => None,
        };
        (with_credentials, reason)
    };
    let include = CredentialsMode::Include;
    assert_eq!(outcome(EmbedderPolicy::UnsafeNone, include, None), (true, None));
    assert_eq!(outcome(EmbedderPolicy::RequireCorp, include, None), (true, Some(Reason::EmbedderPolicy)));
    assert_eq!(outcome(EmbedderPolicy::RequireCorp, include, Some("cross-origin")), (true, None));
    assert_eq!(outcome(EmbedderPolicy::Credentialless, include, None), (false, None));
    let refused = Some(Reason::ResourcePolicySameOrigin);
    assert_eq!(outcome(EmbedderPolicy::UnsafeNone, include, Some("same-origin")), (true, refused));
    let refused = Some(Reason::ResourcePolicySameSite);
    assert_eq!(outcome(EmbedderPolicy::UnsafeNone, include, Some("same-site")), (true, refused));
    assert_eq!(outcome(EmbedderPolicy::UnsafeNone, include, Some("SAME-SITE")), (true, None));
}

#[test]
fn credentials_ride_along_as_the_mode_and_the_tainting_say() {
    let rides = |credentials, url: &str| {
        let mut request = Request::fetch("https://a.test", url).unwrap();
        request.credentials = credentials;
        let mut fetch = Fetch::new(Engine::Spec, request).unwrap();
        let Step::Send(outgoing) = fetch.start(&mut PreflightCache::default(), Duration::ZERO) else {
            panic!()
        };
        outgoing.includes_credentials()
    };
    assert!(rides(CredentialsMode::Include, "https://b.test/"));
    assert!(rides(CredentialsMode::SameOrigin, "https://a.test/"));
    assert!(!rides(CredentialsMode::SameOrigin, "https://b.test/"));
    assert!(!rides(CredentialsMode::Omit, "https://a.test/"));
}

#[test]
fn what_is_never_sent_is_refused_at_once() {
    let refused = |url: &str| {
        let mut fetch = Fetch::new(Engine::Spec, Request::fetch("https://a.test", url).unwrap()).unwrap();
        refusal(fetch.start(&mut PreflightCache::default(), Duration::ZERO))
    };
    assert_eq!(refused("https://b.test:6667/"), Reason::BlockedPort);
    assert_eq!(refused("http://b.test/"), Reason::MixedContent);
    assert_eq!(refused("ftp://b.test/"), Reason::SchemeNotHttp);
    assert_eq!(refused("about:blank"), Reason::SchemeNotHttp);
    assert_eq!(refused("data:no-comma"), Reason::InvalidDataUrl);
    assert_eq!(refused("blob:https://a.test/1"), Reason::UnknownBlob);
}

#[test]
fn a_data_url_is_a_basic_response() {
    let mut fetch = Fetch::new(Engine::Spec, Request::fetch("null", "data:text/plain,hi").unwrap()).unwrap();
    let step = fetch.start(&mut PreflightCache::default(), Duration::ZERO);
    let Step::Done(Outcome::Response(response)) = step else { panic!() };
    assert_eq!((response.response_type, response.status), (ResponseType::Basic, 200));
}

#[test]
fn elements_are_never_preflighted() {
    let (page, url) = ("https://a.test", "https://b.test/x");
    let requests = [
        Request::image(page, url, CrossOriginAttribute::Anonymous),
        Request::script(page, url, CrossOriginAttribute::UseCredentials),
        Request::stylesheet(page, url, CrossOriginAttribute::Anonymous),
        Request::module_script(page, url, CrossOriginAttribute::Absent),
        Request::font(page, url),
        Request::event_source(page, url, true),
    ];
    for request in requests {
        let mut request = request.unwrap();
        request.headers.append(b"Last-Event-ID", b"7");
        assert_eq!(needs_preflight(Engine::Spec, &request).unwrap(), Preflight::Simple);
    }
}

#[test]
fn presets_differ_as_the_platform_does() {
    let (page, url) = ("https://a.test", "https://b.test/x");
    let absent = Request::image(page, url, CrossOriginAttribute::Absent).unwrap();
    assert_eq!((absent.mode, absent.credentials), (RequestMode::NoCors, CredentialsMode::Include));
    let anonymous = Request::image(page, url, CrossOriginAttribute::Anonymous).unwrap();
    assert_eq!((anonymous.mode, anonymous.credentials), (RequestMode::Cors, CredentialsMode::SameOrigin));
    let events = Request::event_source(page, url, false).unwrap();
    assert_eq!(events.credentials, CredentialsMode::SameOrigin);
    let text = Request::beacon(page, url, Body::Text).unwrap();
    assert_eq!(text.mode, RequestMode::NoCors);
    let json = Request::beacon(page, url, Body::Blob("application/json".into())).unwrap();
    assert_eq!(needs_preflight(Engine::Spec, &json).unwrap(), Preflight::UnsafeHeader(b"Content-Type"));
    let plain = Request::axios(page, url, false).unwrap();
    assert_eq!(needs_preflight(Engine::Spec, &plain).unwrap(), Preflight::Simple);
    assert_eq!(plain.initiator, Initiator::XmlHttpRequest { upload_listener: false });
}

#[test]
fn classifying_a_request_with_five_headers_allocates_nothing() {
    let mut request = Request::fetch("https://a.test", "https://b.test/x").unwrap();
    let long_token = "x".repeat(2_000);
    for (name, value) in [
        ("Accept", "application/json"),
        ("Accept-Language", "en"),
        ("Content-Type", "text/plain;charset=UTF-8"),
        ("Range", "bytes=0-499"),
        ("X-Token", &long_token),
    ] {
        request.headers.append(name.as_bytes(), value.as_bytes());
    }
    for engine in Engine::ALL {
        let counted = allocation_counter::measure(|| {
            assert_eq!(needs_preflight(engine, &request), Ok(Preflight::UnsafeHeader(b"X-Token")));
        });
        assert_eq!(counted.count_total, 0, "{}", engine.name());
    }
}

#[test]
fn a_response_says_whether_it_came_after_a_redirect() {
    let (mut cache, now) = (PreflightCache::default(), Duration::ZERO);
    for redirects in 0..3 {
        let mut fetch =
            Fetch::new(Engine::Spec, Request::fetch("null", "https://b.test/0").unwrap()).unwrap();
        fetch.start(&mut cache, now);
        for hop in 1..=redirects {
            let location = format!("/{hop}");
            let redirect = [("access-control-allow-origin", "*"), ("location", &location)];
            fetch.receive(&ResponseHead::new(302, &redirect), &mut cache, now);
        }
        let step = fetch.receive(&ResponseHead::new(200, &ALLOWED), &mut cache, now);
        let Step::Done(Outcome::Response(response)) = step else { panic!("{step:?}") };
        assert_eq!(response.redirected, redirects > 0);
        assert_eq!(response.url.path(), format!("/{redirects}"));
    }
}

#[test]
fn one_line_of_allow_origin_is_enough_however_it_is_spelled() {
    for engine in Engine::ALL {
        for name in
            ["access-control-allow-origin", "Access-Control-Allow-Origin", "ACCESS-CONTROL-ALLOW-ORIGIN"]
        {
            let (mut cache, now) = (PreflightCache::default(), Duration::ZERO);
            let mut fetch =
                Fetch::new(engine, Request::fetch("https://a.test", "https://b.test/").unwrap()).unwrap();
            fetch.start(&mut cache, now);
            let step = fetch.receive(&ResponseHead::new(200, &[(name, "https://a.test")]), &mut cache, now);
            assert!(matches!(step, Step::Done(Outcome::Response(_))), "{} {name}", engine.name());
        }
    }
}

#[test]
fn what_cors_has_no_part_in_is_said_to_be_so() {
    let classified = |mode, url: &str| {
        let mut request = Request::fetch("https://a.test", url).unwrap();
        request.mode = mode;
        request.headers.append(b"X-A", b"1");
        let preflight = needs_preflight(Engine::Spec, &request).unwrap();
        (preflight == Preflight::NotCrossOrigin, preflight.is_needed())
    };
    let (no_part, preflighted) = ((true, false), (false, true));
    assert_eq!(classified(RequestMode::Cors, "https://b.test/"), preflighted);
    assert_eq!(classified(RequestMode::Cors, "https://a.test/"), no_part);
    assert_eq!(classified(RequestMode::Cors, "data:,x"), no_part);
    assert_eq!(classified(RequestMode::NoCors, "https://b.test/"), no_part);
    assert_eq!(classified(RequestMode::SameOrigin, "https://b.test/"), no_part);
    assert!(!Preflight::Simple.is_needed());
    assert!(Preflight::Forced.is_needed() && Preflight::Method.is_needed());
}

#[test]
fn a_line_whose_name_is_no_token_is_exposed_to_nobody() {
    let headers: [(&[u8], &[u8]); 6] = [
        (b"Access-Control-Allow-Origin", b"*"),
        (b"X-Id", b"7"),
        (b"X(Id)", b"7"),
        (b"X Id", b"7"),
        (b"X-\xFFd", b"7"),
        (b"", b"7"),
    ];
    let response = ResponseHead::new(200, &headers);
    let own_origin = ["access-control-allow-origin", "x-id"];
    for engine in Engine::ALL {
        for exposing in [true, false] {
            let url = if exposing { "https://a.test/x" } else { "https://b.test/x" };
            let request = Request::fetch("https://a.test", url).unwrap();
            let mut fetch = Fetch::new(engine, request).unwrap();
            let (mut cache, now) = (PreflightCache::default(), Duration::ZERO);
            fetch.start(&mut cache, now);
            let Step::Done(Outcome::Response(filtered)) = fetch.receive(&response, &mut cache, now) else {
                panic!()
            };
            assert_eq!(
                filtered.exposed.names(&response.headers),
                if exposing { &own_origin[..] } else { &[] }
            );
            assert!(!filtered.exposed.contains(b"X Id"));
        }
    }
}
