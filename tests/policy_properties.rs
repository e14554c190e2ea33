//! What a policy decides, held against the plainest way to say it: the origin set against a scan, the list of
//! requested headers against a set, `Vary` against what really changes an answer.

use cors_engine::protocol::{Origin, SerializedOrigin};
use cors_engine::server::{Action, Operation, OriginPattern, OriginSet, RequestKind, vary_lists};
use cors_engine::{Policy, PolicyConfig};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// Hosts over few letters, so that one is often the end, the beginning or the neighbour of another.
fn host() -> impl Strategy<Value = String> {
    prop::collection::vec("[ab]{1,2}", 1..4).prop_map(|labels| labels.join("."))
}

fn port() -> impl Strategy<Value = String> {
    prop_oneof![3 => Just(String::new()), 1 => Just(":1".to_owned()), 1 => Just(":81".to_owned())]
}

fn origin() -> impl Strategy<Value = String> {
    ("https?", host(), port()).prop_map(|(scheme, host, port)| format!("{scheme}://{host}{port}"))
}

fn pattern() -> impl Strategy<Value = String> {
    let ports = prop_oneof![3 => port(), 1 => Just(":*".to_owned())];
    ("https?", "(\\*\\.)?", host(), ports)
        .prop_map(|(scheme, star, host, port)| format!("{scheme}://{star}{host}{port}"))
}

/// The twin of a pattern: a comparison of texts.
fn covers(pattern: &str, origin: &str) -> bool {
    let cut = |text: &str| -> (String, String, String) {
        let (scheme, rest) = text.split_once("://").unwrap();
        let (host, port) = rest.split_once(':').unwrap_or((rest, ""));
        (scheme.to_owned(), host.to_owned(), port.to_owned())
    };
    let (scheme, host, port) = cut(pattern);
    let (origin_scheme, origin_host, origin_port) = cut(origin);
    let host_covered = match host.strip_prefix("*.") {
        Some(parent) => origin_host.ends_with(&format!(".{parent}")),
        None => origin_host == host,
    };
    scheme == origin_scheme && host_covered && (port == "*" || port == origin_port)
}

fn any_policy() -> impl Strategy<Value = Policy> {
    let names = |all: &'static [&'static str]| prop::sample::subsequence(all, 0..=all.len());
    (
        prop::collection::vec(pattern(), 1..4),
        any::<[bool; 4]>(),
        names(&["PUT", "PATCH", "*"]),
        names(&["x-a", "x-b", "authorization", "*"]),
    )
        .prop_map(|(origins, [credentials, null, star, predicate], methods, headers)| {
            let star = star && !credentials;
            let config = PolicyConfig::new()
                .origins(if star { vec!["*".to_owned()] } else { origins })
                .null_origin(null)
                .credentials(credentials)
                .methods(methods)
                .request_headers(headers)
                .expose_headers(["x-c"])
                .dangerous_null_origin_with_credentials(true)
                .dangerous_insecure_origins_with_credentials(true)
                .dangerous_public_suffix_subdomains(true);
            let config = match predicate && !star {
                true => config.origin_predicate(["x-tenant"], |origin, headers| {
                    headers.get("x-tenant").is_some_and(|tenant| origin.host().as_bytes().starts_with(tenant))
                }),
                false => config,
            };
            config.build().unwrap()
        })
}

type Headers = Vec<(&'static str, String)>;

fn request() -> impl Strategy<Value = (&'static str, Headers)> {
    let method = prop::sample::select(vec!["GET", "OPTIONS", "OPTIONS", "OPTIONS", "PUT"]);
    let origins =
        prop_oneof![5 => origin(), 1 => Just("null".to_owned()), 1 => Just("https://a/".to_owned())];
    let request_methods = prop::sample::select(vec!["GET", "PUT", "PATCH", "DELETE", "no method"]);
    let requested = "(x-a|x-b|x-d|authorization|X-A| |,){0,4}";
    (
        method,
        prop::option::weighted(0.9, origins),
        prop::option::weighted(0.8, request_methods),
        prop::option::of(requested),
        prop::option::of("[ab]"),
    )
        .prop_map(|(method, origin, request_method, requested, tenant)| {
            let headers = [
                ("origin", origin),
                ("access-control-request-method", request_method.map(str::to_owned)),
                ("access-control-request-headers", requested),
                ("x-tenant", tenant),
            ];
            (method, headers.into_iter().filter_map(|(name, value)| Some((name, value?))).collect())
        })
}

/// What an answer does and the lines it sends.
type Said = (Action, Vec<(String, Vec<u8>)>);

/// What an answer says, and what it varies on.
fn said(policy: &Policy, method: &str, headers: &Headers) -> (Said, Vec<String>) {
    let answer = policy.answer(method.as_bytes(), headers);
    let lines = answer.headers().map(|(name, value)| (name.to_owned(), value.to_vec())).collect();
    ((answer.action(), lines), answer.vary().map(str::to_owned).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn the_origin_set_finds_what_a_scan_finds(
        patterns in prop::collection::vec(pattern(), 0..12),
        origins in prop::collection::vec(origin(), 1..12),
    ) {
        let set: OriginSet = patterns.iter().map(|pattern| pattern.parse().unwrap()).collect();
        for origin in &origins {
            let parsed = SerializedOrigin::parse(origin.as_bytes()).unwrap();
            let scanned = patterns.iter().any(|pattern| covers(pattern, origin));
            let found = set.find(&parsed);
            prop_assert_eq!(found.is_some(), scanned, "{} in {:?}", origin, patterns);
            prop_assert!(found.is_none_or(|entry| entry.matches(&parsed)));
        }
    }

    #[test]
    fn a_borrowed_origin_is_one_the_url_parser_would_write(text in "(https?|app)://[a-z0-9.:_\\[\\]-]{1,20}") {
        let parsed = Origin::parse(&text);
        let borrowed = SerializedOrigin::parse(text.as_bytes());
        if borrowed.is_some() && !text.contains("xn--") {
            prop_assert!(parsed.is_ok(), "{}", text);
        }
        if let (Ok(_), None) = (&parsed, &borrowed) {
            // Stricter on purpose: names that cannot be looked up, port 0, and numbers in any scheme.
            let host = text.split("://").nth(1).unwrap_or_default();
            let number = host.split(':').next().unwrap_or_default().rsplit('.').find(|label| !label.is_empty());
            let numeric = number.is_some_and(|label| label.starts_with("0x") || label.bytes().all(|b| b.is_ascii_digit()));
            prop_assert!(host.contains("..") || host.starts_with('.') || text.ends_with(":0") || numeric, "{}", text);
        }
    }

    #[test]
    fn an_exact_entry_is_a_serialized_origin(text in "(https?|app)://[a-z0-9.:_-]{1,20}") {
        if let Ok(entry) = text.parse::<OriginPattern>() {
            let origin = SerializedOrigin::parse(text.as_bytes());
            prop_assert!(origin.is_some_and(|origin| entry.matches(&origin)));
        }
    }

    #[test]
    fn listed_headers_are_judged_as_sets(
        listed in prop::sample::subsequence(vec!["x-a", "x-aa", "x-b", "x-c", "y"], 0..=5),
        asked in prop::sample::subsequence(vec!["x", "x-a", "x-aa", "x-ab", "x-b", "x-c", "y", "z"], 0..=4),
        lines in 1..4_usize,
    ) {
        let policy = PolicyConfig::new().origins(["https://a"]).request_headers(listed.clone()).build().unwrap();
        let mut headers = vec![("origin", "https://a".to_owned()), ("access-control-request-method", "GET".to_owned())];
        let chunk = asked.len().div_ceil(lines).max(1);
        headers.extend(asked.chunks(chunk).map(|names| ("access-control-request-headers", names.join(","))));
        let listed: BTreeSet<_> = listed.into_iter().collect();
        let allowed = asked.iter().all(|name| listed.contains(name));
        prop_assert_eq!(policy.answer(b"OPTIONS", &headers).reason().allows(), allowed);
    }

    #[test]
    fn vary_names_every_header_that_changes_the_answer(
        policy in any_policy(),
        (method, headers) in request(),
        (_, others) in request(),
    ) {
        let (answer, vary) = said(&policy, method, &headers);
        // Another request that agrees on every header named gets the same answer.
        let mut agreeing: Headers = headers.iter().filter(|(name, _)| vary.iter().any(|named| named == name)).cloned().collect();
        agreeing.extend(others.into_iter().filter(|(name, _)| !vary.iter().any(|named| named == name)));
        prop_assert_eq!(&said(&policy, method, &agreeing).0, &answer, "{:?} and {:?}", headers, agreeing);
    }

    #[test]
    fn a_refused_answer_says_nothing_and_an_allowed_one_names_the_origin(
        policy in any_policy(),
        (method, headers) in request(),
    ) {
        let answer = policy.answer(method.as_bytes(), &headers);
        let allow_origin: Vec<_> = answer.headers().filter(|(name, _)| *name == "access-control-allow-origin").collect();
        let origin = headers.iter().find(|(name, _)| *name == "origin").map(|(_, value)| value.as_bytes());
        if answer.reason().allows() {
            prop_assert!(allow_origin == [("access-control-allow-origin", &b"*"[..])]
                || Some(allow_origin[0].1) == origin && allow_origin.len() == 1);
        } else {
            prop_assert_eq!(answer.headers().count(), 0);
        }
        let names: Vec<_> = answer.vary().collect();
        prop_assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
        let removed = answer.operations().filter(|step| matches!(step, Operation::Remove { .. })).count();
        prop_assert_eq!(removed, 7);
    }

    #[cfg(feature = "http")]
    #[test]
    fn an_answer_puts_the_same_headers_on_every_response(
        policy in any_policy(),
        (method, headers) in request(),
    ) {
        let answer = policy.answer(method.as_bytes(), &headers);
        let mut said: Vec<_> =
            answer.headers().map(|(name, value)| (name.to_owned(), value.to_vec())).collect();
        let vary: Vec<_> = answer.vary().collect();
        said.extend((!vary.is_empty()).then(|| ("vary".to_owned(), vary.join(", ").into_bytes())));
        said.sort();
        // Where there are no headers yet, ready-made ones are copied.
        let empty = http::HeaderMap::new();
        let other: http::HeaderMap = [(http::header::SERVER, "any".parse().unwrap())].into_iter().collect();
        for before in [empty, other] {
            let (mut at_once, mut later) = (before.clone(), before);
            answer.apply_to(&mut at_once);
            answer.to_changes().apply_to(&mut later);
            for after in [at_once, later] {
                let lines = after.iter().filter(|(name, _)| *name != http::header::SERVER);
                let mut put: Vec<_> =
                    lines.map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())).collect();
                put.sort();
                prop_assert_eq!(&put, &said);
            }
        }
        // Asked in the types of the http crate, the answer is the same.
        let map: http::HeaderMap = headers
            .iter()
            .map(|(name, value)| {
                (http::HeaderName::from_bytes(name.as_bytes()).unwrap(), value.parse().unwrap())
            })
            .collect();
        let typed = policy.answer_http(&method.parse().unwrap(), &map);
        prop_assert_eq!(typed.reason(), answer.reason());
        prop_assert!(typed.operations().eq(answer.operations()));
    }

    #[test]
    fn a_canonical_configuration_builds_the_policy_it_was_read_from(
        policy in any_policy(),
        (method, headers) in request(),
    ) {
        let config = policy.config();
        let rebuilt = config.clone().build().unwrap();
        prop_assert_eq!(rebuilt.config(), config);
        prop_assert_eq!(said(&rebuilt, method, &headers), said(&policy, method, &headers));
    }

    #[test]
    fn a_difference_between_policies_has_a_witness(
        (old, new) in (any_policy(), any_policy()),
        origins in prop::collection::vec(origin(), 8),
    ) {
        let allows = |policy: &Policy, origin: &str| policy.answer(b"GET", &[("origin", origin)]).reason().allows();
        let witnesses = old.difference(&new);
        let differs = origins.iter().any(|origin| allows(&old, origin) != allows(&new, origin));
        prop_assert!(!differs || !witnesses.is_empty(), "{:?} and {:?}", old.config(), new.config());
        prop_assert!(old.difference(&old).is_empty());
        let reversed: Vec<_> = new.difference(&old);
        prop_assert_eq!(witnesses.len(), reversed.len());
        prop_assert!(witnesses.iter().zip(&reversed).all(|(one, other)| one.lets_in != other.lets_in));
    }
}

#[test]
fn each_kind_of_request_hears_what_is_for_it() {
    let config = PolicyConfig::new().origins(["https://a.example"]).methods(["PUT"]).expose_headers(["x-b"]);
    let policy = config.timing_allow_origins(["https://t.example"]).max_age(600).build().unwrap();
    let preflight = |origin| [("Origin", origin), ("Access-Control-Request-Method", "PUT")];
    let heard = |method: &str, request: &[(&str, &str)]| -> Vec<(String, String)> {
        let answer = policy.answer(method.as_bytes(), request);
        let text = |value: &[u8]| String::from_utf8(value.to_vec()).unwrap();
        answer.headers().map(|(name, value)| (name.to_owned(), text(value))).collect()
    };
    let line = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let origin = || line("access-control-allow-origin", "https://a.example");
    let timing = || line("timing-allow-origin", "https://t.example");
    assert_eq!(heard("GET", &[]), [timing()]);
    let exposed = line("access-control-expose-headers", "x-b");
    assert_eq!(heard("GET", &[("Origin", "https://a.example")]), [origin(), exposed, timing()]);
    assert_eq!(heard("GET", &[("Origin", "https://b.example")]), []);
    let (methods, age) = (line("access-control-allow-methods", "PUT"), line("access-control-max-age", "600"));
    assert_eq!(heard("OPTIONS", &preflight("https://a.example")), [origin(), methods, age]);
    assert_eq!(heard("OPTIONS", &preflight("https://b.example")), []);
}

#[test]
fn the_application_keeps_its_timing_unless_the_policy_speaks_of_it() {
    let config = || PolicyConfig::new().origins(["https://a.example"]);
    for (config, replaces) in [(config(), false), (config().timing_allow_origins(["*"]), true)] {
        let policy = config.build().unwrap();
        let request = [("Origin", "https://a.example")];
        let removed = Operation::Remove { name: "timing-allow-origin" };
        assert_eq!(policy.answer(b"GET", &request).operations().any(|step| step == removed), replaces);
    }
}

#[test]
fn kinds_of_requests_have_stable_words() {
    let kinds = [RequestKind::NotCors, RequestKind::Actual, RequestKind::Preflight];
    assert_eq!(kinds.map(RequestKind::as_str), ["not-cors", "actual", "preflight"]);
}

#[test]
fn vary_lists_a_name_in_any_case_or_everything() {
    let lists = |line: &str| vary_lists([line.as_bytes()], "origin");
    assert!(["origin", "Accept,\tORIGIN ", "*", "accept, *"].into_iter().all(lists));
    assert!(!["", "accept", "x-origin", "origins", "**"].into_iter().any(lists));
}
