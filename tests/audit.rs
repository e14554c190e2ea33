//! Findings: each one shown, and what is called shadowed or redundant is really not missed.

use cors_engine::PolicyConfig;
use cors_engine::server::{FindingCode, FindingKind};
use proptest::prelude::*;
use std::collections::BTreeSet;

fn findings(config: &PolicyConfig) -> Vec<(FindingCode, String)> {
    config.audit().into_iter().map(|finding| (finding.code, finding.key)).collect()
}

#[test]
fn each_finding_is_found() {
    let anonymous = || PolicyConfig::new().origins(["https://a.example"]);
    let credentialed = || anonymous().credentials(true);
    let cases = [
        (
            PolicyConfig::new().credentials(true).dangerous_reflect_any_origin_with_credentials(true),
            FindingCode::DangerousSwitch,
            "dangerous_reflect_any_origin_with_credentials",
        ),
        (
            credentialed().origins(["https://*.b.example"]),
            FindingCode::WidePatternWithCredentials,
            "origins[1]",
        ),
        (credentialed().origins(["http://localhost:*"]), FindingCode::LoopbackWithCredentials, "origins[1]"),
        (anonymous().origins(["http://b.example"]), FindingCode::InsecureOrigin, "origins[1]"),
        (anonymous().null_origin(true), FindingCode::NullOrigin, "null_origin"),
        (
            anonymous().dangerous_public_suffix_subdomains(true),
            FindingCode::NeedlessSwitch,
            "dangerous_public_suffix_subdomains",
        ),
        (
            anonymous().dangerous_insecure_origins_with_credentials(true),
            FindingCode::NeedlessSwitch,
            "dangerous_insecure_origins_with_credentials",
        ),
        (anonymous().methods(["PUT", "patch"]), FindingCode::MethodCase, "methods[1]"),
        (anonymous().request_headers(["*"]), FindingCode::StarWithoutAuthorization, "request_headers[0]"),
        (anonymous().max_age(601), FindingCode::MaxAgeCapped, "max_age"),
        (anonymous().origins(["*"]), FindingCode::ShadowedByStar, "origins[0]"),
        (anonymous().methods(["*", "PUT"]), FindingCode::ShadowedByStar, "methods[1]"),
        (anonymous().origins(["https://a.example:*"]), FindingCode::ShadowedOrigin, "origins[0]"),
        (anonymous().origins(["https://*.example"]), FindingCode::ShadowedOrigin, "origins[0]"),
        (
            anonymous().origins(["https://*.b.c.test:1", "https://*.c.test:*"]),
            FindingCode::ShadowedOrigin,
            "origins[1]",
        ),
        (anonymous().origins(["https://a.example"]), FindingCode::Repeated, "origins[1]"),
        (anonymous().request_headers(["x-a", "X-A"]), FindingCode::Repeated, "request_headers[1]"),
        (anonymous().methods(["get"]), FindingCode::SafelistedMethod, "methods[0]"),
        (anonymous().expose_headers(["Content-Type"]), FindingCode::SafelistedExposure, "expose_headers[0]"),
    ];
    for (config, code, key) in &cases {
        assert!(config.clone().build().is_ok(), "{config:?}");
        assert_eq!(findings(config), [(*code, (*key).to_owned())], "{config:?}");
    }
    let shown: BTreeSet<_> = cases.iter().map(|(_, code, _)| code.code()).collect();
    let all: BTreeSet<_> = FindingCode::ALL.iter().map(|code| code.code()).collect();
    assert_eq!(shown, all, "findings that no case shows");
}

#[test]
fn a_plain_policy_has_no_findings() {
    let config = PolicyConfig::new()
        .origins(["https://a.example", "https://b.example:8443"])
        .credentials(true)
        .methods(["PUT", "DELETE"])
        .request_headers(["authorization", "content-type"])
        .expose_headers(["etag"])
        .max_age(600);
    assert_eq!(findings(&config), []);
    assert_eq!(findings(&PolicyConfig::new().origins(["*"]).request_headers(["*", "Authorization"])), []);
}

#[cfg(feature = "config")]
#[test]
fn a_finding_in_a_document_has_its_place() {
    use cors_engine::server::{Position, document::PolicyDocument};
    let document = PolicyDocument::from_toml("origins = [\n  'https://a.example',\n  '*',\n]").unwrap();
    let finding = &document.config(None).unwrap().audit()[0];
    assert_eq!(finding.position, Some(Position { line: 2, column: 3 }));
    assert!(finding.to_string().starts_with("2:3: origins[0]: \"https://a.example\": The star"), "{finding}");
}

/// The lists of a policy, so that elements can be taken away.
#[derive(Clone, Debug)]
struct Lists {
    origins: Vec<&'static str>,
    methods: Vec<&'static str>,
    request_headers: Vec<&'static str>,
    expose_headers: Vec<&'static str>,
}

impl Lists {
    fn config(&self) -> PolicyConfig {
        PolicyConfig::new()
            .origins(self.origins.iter().copied())
            .methods(self.methods.iter().copied())
            .request_headers(self.request_headers.iter().copied())
            .expose_headers(self.expose_headers.iter().copied())
    }

    fn without(mut self, key: &str) -> Self {
        let (list, place) = key.strip_suffix(']').unwrap().split_once('[').unwrap();
        let list = match list {
            "origins" => &mut self.origins,
            "methods" => &mut self.methods,
            "request_headers" => &mut self.request_headers,
            _ => &mut self.expose_headers,
        };
        list.remove(place.parse().unwrap());
        self
    }
}

fn lists() -> impl Strategy<Value = Lists> {
    let some = |all: &'static [&'static str]| prop::collection::vec(prop::sample::select(all), 0..5);
    let origins: &[_] = &[
        "https://a.b.test",
        "https://b.test",
        "https://*.b.test",
        "https://*.test",
        "https://*.b.test:*",
        "https://a.b.test:1",
        "https://a.b.test:*",
        "http://*.b.test",
        "*",
    ];
    (
        prop::collection::vec(prop::sample::select(origins), 1..6),
        some(&["get", "PUT", "put", "patch", "*"]),
        some(&["x-a", "X-A", "Authorization", "*"]),
        some(&["x-b", "X-B", "etag", "Content-Type", "*"]),
    )
        .prop_map(|(origins, methods, request_headers, expose_headers)| Lists {
            origins,
            methods,
            request_headers,
            expose_headers,
        })
}

proptest! {
    #[test]
    fn what_is_shadowed_or_redundant_is_not_missed(lists in lists()) {
        let policy = lists.config().build().unwrap();
        let idle = lists.config().audit().into_iter().find(|finding| {
            matches!(finding.code.kind(), FindingKind::Shadowed | FindingKind::Redundant)
        });
        let Some(finding) = idle else { return Ok(()) };
        let without = lists.clone().without(&finding.key).config().build().unwrap();
        for host in ["b.test", "a.b.test", "x.a.b.test", "c.test", "bb.test"] {
            for (scheme, port) in [("https", ""), ("https", ":1"), ("http", "")] {
                for (method, header) in [("GET", "x-a"), ("PUT", "authorization"), ("patch", "x-c")] {
                    let request = [
                        ("origin", format!("{scheme}://{host}{port}")),
                        ("access-control-request-method", method.to_owned()),
                        ("access-control-request-headers", header.to_owned()),
                    ];
                    for kind in ["OPTIONS", "GET"] {
                        let (one, two) = (policy.answer(kind.as_bytes(), &request), without.answer(kind.as_bytes(), &request));
                        prop_assert!(one.headers().eq(two.headers()), "{finding:?} matters: {lists:?}");
                    }
                }
            }
        }
    }
}
