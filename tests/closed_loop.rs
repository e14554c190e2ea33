//! For every policy that builds and every request, a browser lets script read exactly when the policy means
//! it: exhaustively over a small alphabet, by property over a larger one, and with a preflight cache that
//! remembers.

use core::time::Duration;
use cors_engine::verify::{Verification, verify, verify_with_cache};
use cors_engine::{CredentialsMode, Engine, Outcome, Policy, PolicyConfig, PreflightCache, Request};
use proptest::prelude::*;

const URL: &str = "https://api.example/";
const ENGINES: [Engine; 4] = [Engine::Spec, Engine::Chromium, Engine::Gecko, Engine::WebKit];

const ORIGINS: [&[&str]; 6] = [
    &["*"],
    &["https://a.example"],
    &["https://*.a.example", "http://localhost:*"],
    &["https://a.example", "https://*.a.example:*"],
    &["http://a.example"],
    &[],
];
const METHODS: [&[&str]; 4] = [&[], &["PUT"], &["PATCH", "patch"], &["*"]];
const HEADERS: [&[&str]; 6] =
    [&[], &["x-a"], &["content-type", "x-a"], &["authorization"], &["*"], &["*", "authorization"]];
const EXPOSED: [&[&str]; 3] = [&[], &["x-b"], &["*"]];

const PAGES: [&str; 10] = [
    "https://a.example",
    "https://s.a.example",
    "https://s.a.example:8443",
    "https://t.s.a.example",
    "https://evila.example",
    "http://a.example",
    "http://localhost:3000",
    "https://api.example",
    "https://unknown..example",
    "null",
];
const ASKED_METHODS: [&str; 6] = ["GET", "post", "put", "PATCH", "patch", "X"];
const ASKED_HEADERS: [&[(&str, &str)]; 9] = [
    &[],
    &[("Accept", "*/*")],
    &[("X-A", "1")],
    &[("x-a", "1"), ("X-A", "2")],
    &[("Authorization", "Basic eDp4")],
    &[("content-type", "application/json"), ("x-a", "1")],
    &[("content-type", "text/plain")],
    &[("x-c", "1"), ("authorization", "Bearer x")],
    &[("*", "1")],
];

struct Switches {
    credentials: bool,
    null: bool,
    reflect: bool,
    predicate: bool,
}

fn config(
    origins: &[&'static str],
    methods: &[&'static str],
    headers: &[&'static str],
    exposed: &[&'static str],
    switches: &Switches,
) -> PolicyConfig {
    let config = PolicyConfig::new()
        .origins(origins.iter().copied())
        .methods(methods.iter().copied())
        .request_headers(headers.iter().copied())
        .expose_headers(exposed.iter().copied())
        .timing_allow_origins(["https://a.example"])
        .credentials(switches.credentials)
        .null_origin(switches.null)
        .dangerous_null_origin_with_credentials(switches.null)
        .dangerous_reflect_any_origin_with_credentials(switches.reflect);
    match switches.predicate {
        true => config.origin_predicate(["origin"], |origin, _| origin.host().len() == 9),
        false => config,
    }
}

fn request(page: &str, method: &str, headers: &[(&str, &str)], credentials: CredentialsMode) -> Request {
    let mut request = Request::fetch(page, URL).unwrap();
    request.method = method.into();
    request.credentials = credentials;
    headers.iter().for_each(|(name, value)| request.headers.append(name.as_bytes(), value.as_bytes()));
    request
}

/// The claim, for one fetch: read exactly when meant, and of the response exactly what is exposed and timed.
fn check(config: &PolicyConfig, page: &str, exposed: &[&str], verification: &Verification) {
    assert!(verification.agrees(), "{page} under {config:?}: {verification:#?}");
    let Outcome::Response(response) = &verification.outcome else { return };
    let cross_origin = page != "https://api.example";
    for name in ["x-b", "etag"] {
        let meant = !cross_origin || exposed.contains(&"*") || exposed.contains(&name);
        let found = response.exposed.contains(name.as_bytes());
        assert_eq!(found, meant, "{name} for {page} under {config:?}: {verification:#?}");
    }
    assert_eq!(response.timing_allowed, !cross_origin || page == "https://a.example", "{verification:#?}");
}

#[test]
fn exhaustively_over_a_small_alphabet() {
    let mut policies = 0;
    let mut fetches = 0_usize;
    let mut read = 0_usize;
    for origins in ORIGINS {
        for bits in 0..16 {
            let switches = Switches {
                credentials: bits & 1 != 0,
                null: bits & 2 != 0,
                reflect: bits & 4 != 0,
                predicate: bits & 8 != 0,
            };
            // Methods, headers and exposed names have nothing to do with each other: each comes in turn.
            for (turn, headers) in HEADERS.into_iter().enumerate() {
                let methods = METHODS[turn % METHODS.len()];
                let exposed = EXPOSED[turn % EXPOSED.len()];
                let config = config(origins, methods, headers, exposed, &switches);
                let Ok(policy) = config.clone().build() else { continue };
                policies += 1;
                let engine = ENGINES[policies % ENGINES.len()];
                for (page, allowed) in ask_everything(&policy, engine, &config, exposed) {
                    fetches += 1;
                    read += usize::from(allowed);
                    let meant_for_all = origins == ["*"] || switches.reflect;
                    assert!(!allowed || page != "https://evila.example" || meant_for_all);
                }
            }
        }
    }
    println!("{policies} policies, {fetches} fetches, {read} of them read");
    assert!(policies > 150 && read > 10_000 && fetches - read > 10_000);
}

fn ask_everything(
    policy: &Policy,
    engine: Engine,
    config: &PolicyConfig,
    exposed: &[&str],
) -> Vec<(&'static str, bool)> {
    let mut asked = Vec::new();
    for page in PAGES {
        for method in ASKED_METHODS {
            for headers in ASKED_HEADERS {
                for credentials in [CredentialsMode::SameOrigin, CredentialsMode::Include] {
                    let request = request(page, method, headers, credentials);
                    let verification = verify(policy, engine, &request).unwrap();
                    check(config, page, exposed, &verification);
                    asked.push((page, verification.allowed()));
                }
            }
        }
    }
    asked
}

/// Browsers let a star that they remember cover `Authorization`, against the standard: none must be sent by a
/// policy that does not mean it.
#[test]
fn what_a_preflight_cache_remembers_does_not_open_authorization() {
    for engine in ENGINES {
        for credentials in [CredentialsMode::Omit, CredentialsMode::Include] {
            let config = PolicyConfig::new()
                .origins(["https://a.example"])
                .credentials(credentials == CredentialsMode::Include)
                .methods(["*"])
                .request_headers(["*"])
                .max_age(60);
            let policy = config.build().unwrap();
            let mut cache = PreflightCache::default();
            let mut ask = |headers: &[(&str, &str)]| {
                let request = request("https://a.example", "PUT", headers, credentials);
                verify_with_cache(&policy, engine, &request, &mut cache, Duration::ZERO).unwrap()
            };
            let without = ask(&[("x-a", "1")]);
            assert!(without.agrees() && without.allowed());
            let again = ask(&[("x-a", "1")]);
            assert!(again.allowed() && again.exchanges.len() == 1, "{again:?}");
            let with = ask(&[("x-a", "1"), ("authorization", "Bearer x")]);
            assert!(with.agrees() && !with.allowed(), "{with:?}");
            let named_star = ask(&[("*", "1")]);
            assert!(named_star.agrees() && !named_star.allowed(), "{named_star:?}");
        }
    }
}

fn any_config() -> impl Strategy<Value = (PolicyConfig, Vec<&'static str>)> {
    let some = |all: &'static [&'static str]| prop::sample::subsequence(all, 0..=all.len());
    (
        some(&[
            "https://a.example",
            "https://*.a.example",
            "https://*.a.example:*",
            "http://localhost:*",
            "*",
        ]),
        some(&["PUT", "PATCH", "patch", "*"]),
        some(&["x-a", "x-c", "content-type", "authorization", "*"]),
        some(&["x-b", "*"]),
        any::<[bool; 4]>(),
        prop::option::of(0..100_u32),
    )
        .prop_map(|(origins, methods, headers, exposed, [credentials, null, reflect, predicate], max_age)| {
            let switches = Switches { credentials, null, reflect, predicate };
            let config = config(&origins, &methods, &headers, &exposed, &switches);
            let config = match max_age {
                Some(seconds) => config.max_age(seconds),
                None => config,
            };
            (config, exposed)
        })
        .prop_filter("a policy that builds", |(config, _)| config.clone().build().is_ok())
}

fn any_fetch() -> impl Strategy<Value = (&'static str, Request)> {
    let names = prop::sample::select(vec!["x-a", "X-C", "Authorization", "Content-Type", "accept", "range"]);
    let values = prop::sample::select(vec!["1", "text/plain", "application/json", "bytes=0-", "a\"b", "é"]);
    (
        prop::sample::select(&PAGES[..]),
        prop::sample::select(&ASKED_METHODS[..]),
        prop::collection::vec((names, values), 0..4),
        prop::sample::select(vec![
            CredentialsMode::Omit,
            CredentialsMode::SameOrigin,
            CredentialsMode::Include,
        ]),
    )
        .prop_map(|(page, method, headers, credentials)| (page, request(page, method, &headers, credentials)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn for_every_policy_and_request(
        (config, exposed) in any_config(),
        (page, request) in any_fetch(),
        engine in prop::sample::select(&ENGINES[..]),
    ) {
        let policy = config.clone().build().unwrap();
        check(&config, page, &exposed, &verify(&policy, engine, &request).unwrap());
    }

    #[test]
    fn for_every_sequence_of_fetches_with_one_preflight_cache(
        (config, exposed) in any_config(),
        fetches in prop::collection::vec((any_fetch(), 0..10_u64), 2..8),
        engine in prop::sample::select(&ENGINES[..]),
    ) {
        let policy = config.clone().build().unwrap();
        let mut cache = PreflightCache::default();
        let mut now = Duration::ZERO;
        for ((page, request), seconds) in &fetches {
            now += Duration::from_secs(*seconds);
            let verification = verify_with_cache(&policy, engine, request, &mut cache, now).unwrap();
            check(&config, page, &exposed, &verification);
        }
    }
}
