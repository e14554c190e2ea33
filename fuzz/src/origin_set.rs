//! The origin set against a scan of its entries that compares texts, and the policy that is built of them.

use crate::bound::Bound;
use arbitrary::{Result, Unstructured};
use cors_engine::PolicyConfig;
use cors_engine::protocol::SerializedOrigin;
use cors_engine::server::{OriginPattern, OriginSet};

const BOUND: Bound = Bound::of(64 * 1024, 2_000);

pub fn check(input: &[u8]) {
    let mut u = Unstructured::new(input);
    let Ok((entries, origins)) = plan(&mut u) else { return };
    BOUND.hold(input.len(), || check_plan(&entries, &origins));
}

fn plan(u: &mut Unstructured<'_>) -> Result<(Vec<String>, Vec<String>)> {
    let entries = (0..u.int_in_range(0..=24)?).map(|_| entry(u)).collect::<Result<_>>()?;
    let origins = (0..u.int_in_range(1..=24)?).map(|_| origin(u)).collect::<Result<_>>()?;
    Ok((entries, origins))
}

/// Hosts over few letters, so that one is often the end, the beginning or the neighbour of another.
fn host(u: &mut Unstructured<'_>) -> Result<String> {
    const LABELS: [&str; 8] = ["a", "b", "aa", "ab", "ba", "a-b", "xn--bcher-kva", "localhost"];
    let mut labels = Vec::new();
    for _ in 0..u.int_in_range(1..=4)? {
        labels.push(*u.choose(&LABELS)?);
    }
    let dot = if u.ratio(1, 16)? { "." } else { "" };
    Ok(labels.join(".") + dot)
}

fn origin(u: &mut Unstructured<'_>) -> Result<String> {
    let scheme = u.choose(&["https", "http", "app"])?;
    let port = u.choose(&["", "", "", ":1", ":81", ":8443"])?;
    Ok(format!("{scheme}://{}{port}", host(u)?))
}

fn entry(u: &mut Unstructured<'_>) -> Result<String> {
    let scheme = u.choose(&["https", "http", "app"])?;
    let star = u.choose(&["", "", "*."])?;
    let port = u.choose(&["", "", "", ":1", ":81", ":8443", ":*", ":*"])?;
    Ok(format!("{scheme}://{star}{}{port}", host(u)?))
}

fn check_plan(entries: &[String], origins: &[String]) {
    let patterns: Vec<OriginPattern> = entries.iter().map(|entry| entry.parse().expect(entry)).collect();
    let set: OriginSet = patterns.into_iter().collect();
    assert_eq!(set.is_empty(), entries.is_empty());
    let mut texts: Vec<&str> = entries.iter().map(String::as_str).collect();
    texts.sort_unstable();
    texts.dedup();
    let mut kept: Vec<&str> = set.sorted().into_iter().map(OriginPattern::as_str).collect();
    kept.sort_unstable();
    assert_eq!(kept, texts);
    let config =
        PolicyConfig::new().origins(entries.iter().cloned()).dangerous_public_suffix_subdomains(true);
    let policy = config.build().ok();
    for origin in origins {
        let parsed = SerializedOrigin::parse(origin.as_bytes()).expect(origin);
        let scanned = entries.iter().any(|entry| covers(entry, origin));
        let found = set.find(&parsed);
        assert_eq!(found.is_some(), scanned, "{origin} in {entries:?}");
        assert!(found.is_none_or(|entry| entry.matches(&parsed)), "{origin} in {entries:?}");
        if let Some(policy) = &policy {
            let allows = policy.answer(b"GET", &[("origin", origin)]).reason().allows();
            assert_eq!(allows, scanned, "{origin} under {entries:?}");
        }
    }
}

/// Whether an entry covers an origin: a comparison of texts.
fn covers(entry: &str, origin: &str) -> bool {
    let cut = |text: &str| -> (String, String, String) {
        let (scheme, rest) = text.split_once("://").expect("a scheme");
        let (host, port) = rest.split_once(':').unwrap_or((rest, ""));
        (scheme.to_owned(), host.to_owned(), port.to_owned())
    };
    let (scheme, host, port) = cut(entry);
    let (origin_scheme, origin_host, origin_port) = cut(origin);
    let host_covered = match host.strip_prefix('*') {
        Some(parent) => origin_host.len() > parent.len() && origin_host.ends_with(parent),
        None => origin_host == host,
    };
    scheme == origin_scheme && host_covered && (port == "*" || port == origin_port)
}
