//! A browser that fetches from a server with a policy: script reads exactly what the policy means, in every
//! engine, whatever the preflight cache remembers.

use crate::bound::Bound;
use crate::vocabulary::{METHODS, ORIGINS, REQUEST_HEADERS, bytes, request_lines, word, words};
use arbitrary::{Result, Unstructured};
use cors_engine::protocol::Origin;
use cors_engine::server::RefusedPreflight;
use cors_engine::verify::verify_with_cache;
use cors_engine::{CredentialsMode, Engine, Policy, PolicyConfig, PreflightCache, Request};
use std::time::Duration;

const BOUND: Bound = Bound::of(2 << 20, 10_000);

const ENTRIES: &[&str] = &[
    "*",
    "https://a.test",
    "http://a.test",
    "https://*.a.test",
    "https://*.a.test:*",
    "http://localhost:*",
    "http://[::1]:8080",
    "https://xn--bcher-kva.test",
    "null",
    "https://*.test",
    "https://a.test/",
    "a.test",
];

pub fn check(input: &[u8]) {
    let mut u = Unstructured::new(input);
    let Ok(config) = config(&mut u) else { return };
    let Ok(engine) = u.choose(&Engine::ALL).copied() else { return };
    let Ok(fetches) = fetches(&mut u) else { return };
    let policy = match config.clone().build() {
        Ok(policy) => policy,
        Err(errors) => {
            assert!(!errors.as_slice().is_empty() && !errors.to_string().is_empty());
            return;
        }
    };
    BOUND.hold(input.len(), || {
        run(&policy, engine, &fetches);
        let again = policy.config().build().expect("what a policy says builds");
        assert_eq!(again.config(), policy.config());
        assert!(policy.difference(&again).is_empty(), "{config:?}");
        let _ = policy.config().audit();
    });
}

fn config(u: &mut Unstructured<'_>) -> Result<PolicyConfig> {
    let mut config = PolicyConfig::new()
        .origins(words(u, ENTRIES, 4)?)
        .methods(words(u, METHODS, 3)?)
        .request_headers(words(u, REQUEST_HEADERS, 3)?)
        .expose_headers(words(u, &["x-a", "etag", "*", "X-B"], 2)?)
        .credentials(u.arbitrary()?)
        .null_origin(u.arbitrary()?)
        .timing_allow_origins(words(u, &["*", "https://a.test"], 1)?)
        .refused_preflight(*u.choose(&[
            RefusedPreflight::Forbid,
            RefusedPreflight::Bare,
            RefusedPreflight::Pass,
        ])?)
        .dangerous_null_origin_with_credentials(u.ratio(3, 4)?)
        .dangerous_insecure_origins_with_credentials(u.ratio(3, 4)?)
        .dangerous_public_suffix_subdomains(true)
        .dangerous_reflect_any_origin_with_credentials(u.ratio(1, 8)?);
    if u.arbitrary()? {
        config = config.max_age(*u.choose(&[0, 1, 5, 600, 86_400, 86_401])?);
    }
    if u.ratio(1, 4)? {
        config = config.preflight_status(*u.choose(&[200, 204, 299, 300])?);
    }
    if u.ratio(1, 4)? {
        config = config.origin_predicate(["origin", "x-a"], |origin, headers| {
            origin.host().len() == 6 && headers.get("x-a") != Some(b"1")
        });
    }
    Ok(config)
}

/// Requests, and how many seconds go by before each.
fn fetches(u: &mut Unstructured<'_>) -> Result<Vec<(Request, u64)>> {
    let mut fetches = Vec::new();
    for _ in 0..u.int_in_range(1..=6)? {
        let page = word(u, ORIGINS)?;
        let url = *u.choose(&["https://b.test/", "http://b.test/", "https://a.test/"])?;
        let Ok(origin) = Origin::parse(&page) else { continue };
        let mut request = Request::fetch("null", url).expect("a request");
        request.origin = origin;
        request.method = bytes(&word(u, METHODS)?).into();
        request.credentials =
            *u.choose(&[CredentialsMode::Omit, CredentialsMode::SameOrigin, CredentialsMode::Include])?;
        request.headers =
            request_lines(u, 4)?.iter().map(|(name, value)| (bytes(name), bytes(value))).collect();
        fetches.push((request, u.int_in_range(0..=10)?));
    }
    Ok(fetches)
}

fn run(policy: &Policy, engine: Engine, fetches: &[(Request, u64)]) {
    let mut cache = PreflightCache::default();
    let mut now = Duration::ZERO;
    for (request, seconds) in fetches {
        now += Duration::from_secs(*seconds);
        let Ok(verification) = verify_with_cache(policy, engine, request, &mut cache, now) else { continue };
        assert!(
            verification.agrees(),
            "{engine:?} lets script read: {}, meant: {}. {:?} under {:?}: {verification:?}",
            verification.allowed(),
            verification.meant,
            request,
            policy.config(),
        );
    }
}
