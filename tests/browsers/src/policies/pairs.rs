//! Policies and requests out of a seed, over few names, so that they often have to do with each other.

use anyhow::Result;
use cors_engine::scenario::Scenario;
use cors_engine::{Policy, PolicyConfig};
use fastrand::Rng;
use serde_json::json;

/// A policy, and a request to a server behind it.
pub(super) struct Pair {
    pub(super) policy: Policy,
    /// One fetch. Its answers are the application's, so it lists none.
    pub(super) scenario: Scenario,
}

const ORIGINS: [&str; 7] = [
    "https://a.test",
    "https://*.a.test",
    "https://*.a.test:*",
    "https://b.test:8443",
    "http://a.test",
    "http://*.a.test",
    "*",
];
const METHODS: [&str; 5] = ["PUT", "PATCH", "patch", "DELETE", "*"];
const REQUEST_HEADERS: [&str; 5] = ["x-a", "content-type", "x-c", "authorization", "*"];
const EXPOSE_HEADERS: [&str; 3] = ["x-b", "etag", "*"];

const PAGES: [&str; 11] = [
    "https://a.test",
    "https://a.test",
    "https://a.test",
    "https://s.a.test",
    "https://s.a.test",
    "https://s.a.test:8443",
    "https://b.test:8443",
    "https://evila.test",
    "http://a.test",
    "http://s.a.test",
    "null",
];
/// What requests ask with. Browsers make `put` an upper-case `PUT`, and `patch` not.
pub(super) const ASKED_METHODS: [&str; 7] = ["GET", "GET", "POST", "put", "PATCH", "patch", "DELETE"];
/// The same for servers that take methods in upper case only.
pub(super) const UPPER_CASE_METHODS: [&str; 7] = ["GET", "GET", "POST", "put", "PATCH", "QUERY", "DELETE"];
const ASKED_HEADERS: [(&str, &str); 6] = [
    ("X-A", "1"),
    ("x-c", "2"),
    ("Content-Type", "application/json"),
    ("Content-Type", "text/plain"),
    ("Authorization", "Basic eDp4"),
    ("X-A", "3"),
];
const CREDENTIALS: [&str; 3] = ["omit", "same-origin", "include"];

/// The first pairs of a seed. Pair N is always the same, however many are asked for.
pub(super) fn pairs(seed: u64, count: usize, methods: &[&str]) -> Result<Vec<Pair>> {
    (0..count)
        .map(|number| {
            pair(&mut Rng::with_seed(seed.wrapping_add(number as u64 * 0x9E37_79B9)), number, methods)
        })
        .collect()
}

fn pair(rng: &mut Rng, number: usize, methods: &[&str]) -> Result<Pair> {
    let policy = loop {
        // What does not build is no policy.
        if let Ok(policy) = config(rng).build() {
            break policy;
        }
    };
    let mut headers = some(rng, &ASKED_HEADERS, 2);
    rng.shuffle(&mut headers);
    let url = format!("https://api.test/policy/{number}");
    let scenario = serde_json::from_value(json!({
        "name": format!("policy {number}"),
        "about": "a generated request to a server behind a generated policy",
        "steps": [{
            "request": {
                "origin": one(rng, &PAGES),
                "url": url,
                "method": one(rng, methods),
                "mode": "cors",
                "credentials": one(rng, &CREDENTIALS),
                "redirect": "follow",
                "headers": headers,
                "body": null,
            },
            "server": { url: {} },
            "expect": {},
        }],
    }))?;
    Ok(Pair { policy, scenario })
}

fn config(rng: &mut Rng) -> PolicyConfig {
    let config = PolicyConfig::new()
        .origins(some(rng, &ORIGINS, 5))
        .credentials(rng.bool())
        .methods(some(rng, &METHODS, 5))
        .request_headers(some(rng, &REQUEST_HEADERS, 5))
        .expose_headers(some(rng, &EXPOSE_HEADERS, 1))
        .null_origin(rng.u8(..4) == 0)
        .dangerous_null_origin_with_credentials(rng.bool())
        .dangerous_insecure_origins_with_credentials(rng.bool())
        .dangerous_reflect_any_origin_with_credentials(rng.u8(..8) == 0);
    if rng.bool() { config.max_age(rng.u32(..1000)) } else { config }
}

fn one<'t>(rng: &mut Rng, texts: &[&'t str]) -> &'t str {
    texts[rng.usize(..texts.len())]
}

/// Up to `most` of them, none twice, in order.
fn some<T: Copy>(rng: &mut Rng, all: &[T], most: usize) -> Vec<T> {
    let mut left = rng.usize(..=most);
    let mut rest = all.len();
    all.iter()
        .copied()
        .filter(|_| {
            let taken = rng.usize(..rest) < left;
            rest -= 1;
            left -= usize::from(taken);
            taken
        })
        .collect()
}
