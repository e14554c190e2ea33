//! Every advisory and design bug that server-side CORS code is known for, each with a test named after it,
//! showing that this engine does not have it.

use cors_engine::server::{Action, AnswerReason, ConfigErrorCode, RequestKind};
use cors_engine::{Policy, PolicyConfig};

fn policy(config: PolicyConfig) -> Policy {
    config.build().unwrap()
}

fn listed<const LENGTH: usize>(origins: [&str; LENGTH]) -> Policy {
    policy(PolicyConfig::new().origins(origins))
}

fn codes(config: PolicyConfig) -> Vec<ConfigErrorCode> {
    config.build().err().into_iter().flatten().map(|error| error.code).collect()
}

fn get(policy: &Policy, origin: &str) -> AnswerReason {
    policy.answer(b"GET", &[("origin", origin)]).reason()
}

fn preflight_headers(requested: &str) -> [(&'static str, String); 3] {
    [
        ("origin", "https://a.example".to_owned()),
        ("access-control-request-method", "PUT".to_owned()),
        ("access-control-request-headers", requested.to_owned()),
    ]
}

/// `*` with credentials is refused, and nothing short of a key named dangerous reflects.
fn star_with_credentials_is_refused() {
    let config = PolicyConfig::new().origins(["*"]).credentials(true);
    assert_eq!(codes(config.clone()), [ConfigErrorCode::AnyOriginWithCredentials]);
    let with_switch = config.dangerous_reflect_any_origin_with_credentials(true);
    assert_eq!(codes(with_switch), [ConfigErrorCode::AnyOriginWithCredentials]);
    let star = listed(["*"]);
    let request = [("origin", "https://evil.example")];
    assert!(star.answer(b"GET", &request).headers().eq([("access-control-allow-origin", &b"*"[..])]));
}

/// The default allows nobody, and does not build.
fn defaults_allow_nobody() {
    assert_eq!(codes(PolicyConfig::new().credentials(true)), [ConfigErrorCode::NoOrigins]);
}

/// Only whole labels below the pattern's own host match.
fn patterns_match_whole_labels() {
    let policy = listed(["https://*.a.example"]);
    assert_eq!(get(&policy, "https://s.a.example"), AnswerReason::OriginMatchesPattern);
    for origin in [
        "https://a.example",
        "https://evila.example",
        "https://s.a.example.evil.test",
        "https://s.axexample",
        "http://s.a.example",
        "https://s.a.example:8443",
        "https://.a.example",
    ] {
        assert!(!get(&policy, origin).allows(), "{origin}");
    }
}

#[test]
fn cve_2018_20744_rs_cors() {
    star_with_credentials_is_refused();
}

#[test]
fn cve_2024_25124_fiber() {
    star_with_credentials_is_refused();
}

#[test]
fn echo_2400() {
    star_with_credentials_is_refused();
}

#[test]
fn cve_2023_49803_koa_cors() {
    defaults_allow_nobody();
}

#[test]
fn cve_2026_54290_hono() {
    star_with_credentials_is_refused();
    defaults_allow_nobody();
}

#[test]
fn cve_2018_8014_tomcat() {
    defaults_allow_nobody();
}

#[test]
fn camel_24450() {
    star_with_credentials_is_refused();
    defaults_allow_nobody();
}

#[test]
fn ghsa_972r_f3fv_whm3_resteasy() {
    star_with_credentials_is_refused();
}

#[test]
fn cve_2025_34291() {
    star_with_credentials_is_refused();
}

#[test]
fn cve_2026_44184() {
    star_with_credentials_is_refused();
}

#[test]
fn cve_2017_20146_gorilla_handlers() {
    assert_eq!(get(&listed(["https://a.example"]), "https://evil.example"), AnswerReason::OriginNotAllowed);
}

#[test]
fn cve_2019_25211_gin_contrib() {
    let config = PolicyConfig::new().origins(["https://example.com*"]);
    assert_eq!(codes(config), [ConfigErrorCode::OriginWildcardMisplaced]);
    assert!(!get(&listed(["https://example.com"]), "https://example.community").allows());
}

#[test]
fn cve_2026_37737_sanic_cors() {
    patterns_match_whole_labels();
}

#[test]
fn starlette_801() {
    patterns_match_whole_labels();
}

#[test]
fn martini_6() {
    patterns_match_whole_labels();
}

#[test]
fn kong_3832() {
    patterns_match_whole_labels();
}

#[test]
fn clusterfuzz_5303() {
    patterns_match_whole_labels();
}

#[test]
fn quarkus_34718() {
    assert!(!get(&listed(["https://www.domain.com"]), "https://wwwdomain.com").allows());
    assert!(!get(&listed(["https://*.domain.com"]), "https://wwwdomain.com").allows());
}

#[test]
fn ghsa_vhxv_fg4m_p2w8_jub0bs_cors() {
    let policy = listed(["https://foo.com", "https://bar.com"]);
    for origin in ["https://barfoo.com", "https://foobar.com", "https://oo.com"] {
        assert!(!get(&policy, origin).allows(), "{origin}");
    }
}

#[test]
fn ghsa_v84h_653v_4pq9_fcors() {
    ghsa_vhxv_fg4m_p2w8_jub0bs_cors();
}

#[test]
fn jub0bs_cors_12_a_listed_origin_is_never_refused() {
    let origins = ["https://cat", "https://concat", "https://*.kin", "https://a.kin", "https://*.kin:1"];
    let policy = listed(origins);
    for origin in ["https://cat", "https://concat", "https://a.kin", "https://nap.kin", "https://nap.kin:1"] {
        assert!(get(&policy, origin).allows(), "{origin}");
    }
}

#[test]
fn jub0bs_cors_0_12_file_scheme() {
    let entries = ["file:///etc", "file://host"];
    let config = PolicyConfig::new().origins(entries);
    assert_eq!(codes(config), [ConfigErrorCode::OriginInvalid; 2]);
}

/// The scan stops within the policy's own size, so a megabyte costs what a line does; that nothing is
/// allocated is counted in `tests/allocations.rs`, the instructions in `benches/instructions.rs`.
fn hostile_requested_headers_are_refused(hostile: &str) {
    let config = || PolicyConfig::new().origins(["https://a.example"]).methods(["PUT"]);
    for names in ["x-a", "*"] {
        let policy = policy(config().request_headers([names]));
        let headers = preflight_headers(hostile);
        assert_eq!(policy.answer(b"OPTIONS", &headers).reason(), AnswerReason::RequestHeadersOverBudget);
    }
}

#[test]
fn rs_cors_170_megabyte_of_commas() {
    hostile_requested_headers_are_refused(&",".repeat(1 << 20));
}

#[test]
fn chi_cors_36() {
    hostile_requested_headers_are_refused(&"x-a,".repeat(1 << 18));
}

#[test]
fn cve_2026_69207_hono_quadratic_whitespace() {
    hostile_requested_headers_are_refused(&" ".repeat(1 << 20));
    hostile_requested_headers_are_refused(&format!("x-a{}", "\t ".repeat(1 << 19)));
}

#[test]
fn ghsa_q7jf_gf43_6x6p_hono_vary_of_the_request() {
    let policy = listed(["https://a.example"]);
    let request = [("origin", "https://a.example"), ("vary", "x-evil")];
    assert!(policy.answer(b"GET", &request).vary().eq(["origin"]));
}

#[test]
fn cve_2024_6221_flask_cors_private_network() {
    let policy = policy(PolicyConfig::new().origins(["*"]).methods(["PUT"]));
    let request = [
        ("origin", "https://a.example"),
        ("access-control-request-method", "PUT"),
        ("access-control-request-private-network", "true"),
    ];
    let answer = policy.answer(b"OPTIONS", &request);
    assert!(answer.reason().allows());
    assert!(answer.headers().all(|(name, _)| name != "access-control-allow-private-network"));
}

/// A policy does not know paths: whatever routes the request chooses it, so the two cannot disagree.
fn policies_do_not_match_paths() {
    for entry in ["https://a.example/api", "https://a.example/api/*", "/api/*"] {
        assert!(!codes(PolicyConfig::new().origins([entry])).is_empty(), "{entry}");
    }
    let first = listed(["https://a.example"]);
    let request = [("origin", "https://a.example"), (":path", "/api/../admin")];
    assert!(first.answer(b"GET", &request).reason().allows());
}

#[test]
fn cve_2024_6839_flask_cors_path_specificity() {
    policies_do_not_match_paths();
}

#[test]
fn cve_2024_6844_flask_cors_plus_in_paths() {
    policies_do_not_match_paths();
}

#[test]
fn cve_2024_6866_flask_cors_path_case() {
    policies_do_not_match_paths();
}

#[test]
fn cve_2020_25032_flask_cors_dots_in_paths() {
    policies_do_not_match_paths();
}

#[test]
fn cve_2019_18978_rack_cors_dots_in_paths() {
    policies_do_not_match_paths();
}

#[test]
fn cve_2024_1681_flask_cors_log_injection() {
    // What is said about a request are fixed words, and a policy's own values are shown escaped.
    let reason = get(&listed(["https://a.example"]), "https://evil.example\r\nforged: line");
    assert_eq!(reason, AnswerReason::OriginNotSerialized);
    assert!(AnswerReason::ALL.iter().all(|reason| reason.words().bytes().all(|byte| byte >= b' ')));
    let errors = PolicyConfig::new().origins(["https://a\r\nforged: line"]).build().unwrap_err();
    assert!(!errors.to_string().contains('\r') && !errors.to_string().contains('\n'));
}

#[cfg(unix)]
#[test]
fn cve_2024_27456_rack_cors_world_writable_files() {
    use std::os::unix::fs::PermissionsExt;
    let mut rooms = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))];
    while let Some(room) = rooms.pop() {
        for entry in std::fs::read_dir(room).unwrap().map(Result::unwrap) {
            let path = entry.path();
            assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o002, 0, "{}", path.display());
            if path.is_dir() {
                rooms.push(path);
            }
        }
    }
}

#[cfg(feature = "http")]
#[test]
fn cve_2023_35943_envoy_dangling_origin() {
    // The borrow checker keeps the head for as long as the answer; what must outlive it owns its values.
    let policy = listed(["https://a.example"]);
    let changes = {
        let request = [("origin", "https://a.example".to_owned())];
        policy.answer(b"GET", &request).to_changes()
    };
    let mut headers = http::HeaderMap::new();
    changes.apply_to(&mut headers);
    assert_eq!(headers["access-control-allow-origin"], "https://a.example");
}

#[test]
fn envoy_33086_nothing_for_refused_origins() {
    let config = PolicyConfig::new().origins(["https://a.example"]).credentials(true).expose_headers(["x-b"]);
    let policy = policy(config.max_age(600).methods(["PUT"]));
    let request = [("origin", "https://evil.example")];
    assert_eq!(policy.answer(b"GET", &request).headers().count(), 0);
    let preflight = [("origin", "https://evil.example"), ("access-control-request-method", "PUT")];
    assert_eq!(policy.answer(b"OPTIONS", &preflight).headers().count(), 0);
}

#[test]
fn rs_cors_198_shared_header_storage() {
    // Values are given out as shared references to immutable bytes; another answer cannot be changed by them.
    let policy = policy(PolicyConfig::new().origins(["*"]).expose_headers(["x-b"]));
    let request = [("origin", "https://a.example")];
    let before: Vec<_> = policy.answer(b"GET", &request).headers().map(|(_, value)| value.to_vec()).collect();
    let mut copy = before.clone();
    copy.iter_mut().flatten().for_each(|byte| *byte = 0);
    assert!(policy.answer(b"GET", &request).headers().map(|(_, value)| value).eq(before));
}

#[test]
fn jub0bs_cors_14_shared_header_storage() {
    rs_cors_198_shared_header_storage();
}

#[test]
fn reinhardt_2235_vary_follows_from_dependence() {
    let config = PolicyConfig::new().credentials(true).dangerous_reflect_any_origin_with_credentials(true);
    let policy = policy(config);
    let request = [("origin", "https://a.example")];
    let answer = policy.answer(b"GET", &request);
    assert_eq!(answer.reason(), AnswerReason::OriginReflected);
    assert!(answer.vary().eq(["origin"]));
}

#[cfg(feature = "http")]
#[test]
fn actix_cors_add_vary_header_loses_lines() {
    let mut headers = http::HeaderMap::new();
    headers.append("vary", "accept".parse().unwrap());
    headers.append("vary", "accept-language".parse().unwrap());
    let request = [("origin", "https://a.example")];
    listed(["https://a.example"]).answer(b"GET", &request).apply_to(&mut headers);
    assert!(headers.get_all("vary").iter().eq(["accept", "accept-language", "origin"]));
}

#[test]
fn tower_http_any_options_is_answered_and_refused_origins_get_headers() {
    let config = PolicyConfig::new().origins(["https://a.example"]).credentials(true).expose_headers(["x-b"]);
    let policy = policy(config);
    for headers in
        [vec![], vec![("origin", "https://a.example")], vec![("access-control-request-method", "PUT")]]
    {
        let answer = policy.answer(b"OPTIONS", &headers);
        assert_ne!(answer.kind(), RequestKind::Preflight);
        assert_eq!(answer.action(), Action::Pass);
    }
    envoy_33086_nothing_for_refused_origins();
}

#[test]
fn rs_cors_allowed_methods_star_is_no_method_name() {
    let policy = policy(PolicyConfig::new().origins(["https://a.example"]).methods(["*"]));
    assert!(get(&policy, "https://a.example").allows());
    assert!(policy.answer(b"OPTIONS", &preflight_headers("")).reason().allows());
}

#[test]
fn flask_cors_headers_without_origin_and_no_vary_on_refusals() {
    let policy = policy(PolicyConfig::new().origins(["https://a.example"]).credentials(true));
    let no_headers: [(&str, &str); 0] = [];
    let answer = policy.answer(b"GET", &no_headers);
    assert_eq!(answer.headers().count(), 0);
    assert!(answer.vary().eq(["origin"]));
    assert!(policy.answer(b"GET", &[("origin", "https://evil.example")]).vary().eq(["origin"]));
}

#[test]
fn kong_one_origin_is_sent_to_everybody() {
    let policy = listed(["https://a.example"]);
    assert!(!get(&policy, "https://evil.example").allows());
    assert!(!get(&policy, "https://a.example:443").allows());
    let request = [("origin", "https://a.example")];
    let sent = [("access-control-allow-origin", &b"https://a.example"[..])];
    assert!(policy.answer(b"GET", &request).headers().eq(sent));
}

#[test]
fn rocket_cors_listed_origins_without_vary() {
    flask_cors_headers_without_origin_and_no_vary_on_refusals();
}

#[test]
fn rack_cors_x_origin_line_anchors_and_missing_schemes() {
    let policy = listed(["https://a.example"]);
    let request = [("x-origin", "https://a.example")];
    assert_eq!(policy.answer(b"GET", &request).reason(), AnswerReason::NoOrigin);
    assert!(!get(&policy, "https://evil.test\nhttps://a.example").allows());
    let errors = PolicyConfig::new().origins(["a.example"]).build().unwrap_err();
    assert!(errors.as_slice()[0].advice.ends_with("write https://a.example"));
}

#[test]
fn aspnet_core_21988_predicate_without_vary() {
    let config =
        PolicyConfig::new().origin_predicate(["x-tenant"], |_, headers| headers.get("x-tenant").is_some());
    let policy = policy(config);
    assert!(policy.answer(b"GET", &[("origin", "https://a.example")]).vary().eq(["origin", "x-tenant"]));
    assert!(
        listed(["https://a.example"])
            .answer(b"GET", &[("origin", "https://b.example")])
            .vary()
            .eq(["origin"])
    );
}

#[test]
fn spring_normalizes_the_requests_origin() {
    let policy = listed(["https://*.a.com", "https://a.com"]);
    for origin in [
        "https://a.com/",
        "https://A.com",
        "https://evil.test/.a.com",
        "https://x@y.a.com",
        "https://x:y@z.a.com",
    ] {
        assert_eq!(get(&policy, origin), AnswerReason::OriginNotSerialized, "{origin}");
    }
}

#[test]
fn cve_2022_4147_quarkus_simple_requests_are_the_applications_to_refuse() {
    // A refused simple request reaches the application, as CORS means it: the reason says so to whoever wants
    // to refuse more.
    let policy = listed(["https://a.example"]);
    let answer = policy.answer(b"POST", &[("origin", "https://evil.example")]);
    assert_eq!((answer.action(), answer.reason().allows()), (Action::Pass, false));
}

#[test]
fn misconfiguration_null_listed() {
    assert_eq!(codes(PolicyConfig::new().origins(["null"])), [ConfigErrorCode::OriginNull]);
    let config = PolicyConfig::new().null_origin(true).credentials(true);
    assert_eq!(codes(config), [ConfigErrorCode::NullOriginWithCredentials]);
    assert_eq!(get(&listed(["https://a.example"]), "null"), AnswerReason::NullOriginNotAllowed);
}

#[test]
fn misconfiguration_insecure_origin_with_credentials() {
    let config = PolicyConfig::new().origins(["http://a.example", "http://localhost:*"]).credentials(true);
    assert_eq!(codes(config), [ConfigErrorCode::InsecureOriginWithCredentials]);
    let config = PolicyConfig::new().credentials(true).dangerous_reflect_any_origin_with_credentials(true);
    assert_eq!(get(&policy(config), "http://a.example"), AnswerReason::InsecureOrigin);
}

#[test]
fn misconfiguration_public_suffix() {
    let config = PolicyConfig::new().origins(["https://*.github.io", "https://*.com", "https://*.com."]);
    assert_eq!(codes(config), [ConfigErrorCode::PublicSuffixSubdomains; 3]);
}

#[test]
fn misconfiguration_star_exposed_with_credentials() {
    let config = PolicyConfig::new().origins(["https://a.example"]).credentials(true).expose_headers(["*"]);
    assert_eq!(codes(config), [ConfigErrorCode::ExposeAnyWithCredentials]);
}

#[test]
fn misconfiguration_star_expected_to_cover_authorization() {
    let policy_of = |names: &[&str]| {
        policy(PolicyConfig::new().origins(["*"]).methods(["*"]).request_headers(names.iter().copied()))
    };
    let headers = preflight_headers("authorization");
    let star = policy_of(&["*"]);
    assert_eq!(star.answer(b"OPTIONS", &headers).reason(), AnswerReason::AuthorizationNotListed);
    let both = policy_of(&["*", "Authorization"]);
    let answer = both.answer(b"OPTIONS", &headers);
    assert!(answer.headers().any(|header| header == ("access-control-allow-headers", b"authorization")));
}

#[test]
fn misconfiguration_several_or_joined_allow_origins() {
    let policy = listed(["https://a.example", "https://b.example"]);
    let request = [("origin", "https://b.example")];
    let sent = [("access-control-allow-origin", &b"https://b.example"[..])];
    assert!(policy.answer(b"GET", &request).headers().eq(sent));
}

#[test]
fn misconfiguration_max_age_above_every_cap() {
    let config = PolicyConfig::new().origins(["*"]).max_age(1_728_000);
    assert_eq!(codes(config), [ConfigErrorCode::MaxAgeOutOfRange]);
}

#[test]
fn two_origin_lines_are_refused() {
    let policy = listed(["https://a.example"]);
    let request = [("origin", "https://a.example"), ("origin", "https://a.example")];
    assert_eq!(policy.answer(b"GET", &request).reason(), AnswerReason::SeveralOrigins);
}
