//! A policy, asked with header lines of any bytes: it allocates nothing, allows nothing that it does not
//! list, and says nothing when it refuses.

use crate::bound::{Bound, allocations};
use crate::stretch::stretched;
use cors_engine::protocol::SerializedOrigin;
use cors_engine::server::{Action, Operation, OriginPattern, RequestKind};
use cors_engine::{Policy, PolicyConfig};
use std::sync::LazyLock;

const BOUND: Bound = Bound::of(64 * 1024, 256);

const LISTED: [&str; 3] = ["https://a.test", "https://*.a.test", "http://localhost:*"];
const METHODS: [&str; 2] = ["PUT", "patch"];
const HEADERS: [&str; 4] = ["authorization", "content-type", "x-a", "x-ab"];

/// What a policy of [`POLICIES`] means.
struct Meaning {
    policy: Policy,
    any_origin: bool,
    null: bool,
    any_method: bool,
    /// Whether every header is allowed, and whether `authorization` is.
    any_header: bool,
    authorization: bool,
}

static POLICIES: LazyLock<[Meaning; 4]> = LazyLock::new(|| {
    let listed =
        || PolicyConfig::new().origins(LISTED).methods(METHODS).request_headers(HEADERS).max_age(600);
    let build = |config: PolicyConfig| config.build().expect("a policy");
    let meaning = |policy| Meaning {
        policy,
        any_origin: false,
        null: false,
        any_method: false,
        any_header: false,
        authorization: true,
    };
    [
        meaning(build(listed().credentials(true).expose_headers(["x-b"]))),
        Meaning { null: true, ..meaning(build(listed().null_origin(true))) },
        Meaning {
            any_origin: true,
            null: true,
            any_method: true,
            any_header: true,
            authorization: false,
            ..meaning(build(PolicyConfig::new().origins(["*"]).methods(["*"]).request_headers(["*"])))
        },
        Meaning {
            any_method: true,
            any_header: true,
            ..meaning(build(
                PolicyConfig::new().origins(LISTED).methods(["*"]).request_headers(["*", "authorization"]),
            ))
        },
    ]
});

pub fn check(input: &[u8]) {
    let [policy, method, rest @ ..] = input else { return };
    let meaning = &POLICIES[usize::from(*policy) % POLICIES.len()];
    let method: &[u8] = [&b"OPTIONS"[..], b"GET", b"PUT", b"options"][usize::from(*method) % 4];
    let rest = stretched(rest);
    let lines = lines(&rest);
    BOUND.hold(rest.len(), || decide(meaning, method, &lines));
}

/// Lines are separated by line feeds; the first byte of each chooses its name.
fn lines(input: &[u8]) -> Vec<(&'static str, &[u8])> {
    const NAMES: [&str; 8] = [
        "origin",
        "access-control-request-method",
        "access-control-request-headers",
        "Access-Control-Request-Headers",
        "access-control-request-private-network",
        "x-a",
        "Origin",
        "host",
    ];
    let line = |line: &'_ [u8]| line.split_first().map(|(name, _)| NAMES[usize::from(*name) % NAMES.len()]);
    let parts = input.split(|&byte| byte == b'\n');
    parts.filter_map(|part| Some((line(part)?, &part[1..]))).collect()
}

fn decide(meaning: &Meaning, method: &[u8], lines: &Vec<(&str, &[u8])>) {
    let mut decided = None;
    let allocated = allocations(|| {
        let answer = meaning.policy.answer(method, lines);
        let bytes: usize = answer
            .operations()
            .map(|operation| match operation {
                Operation::Remove { name } | Operation::Vary { name } => name.len(),
                Operation::Add { name, value } => name.len() + value.len(),
            })
            .sum();
        decided = Some((answer, bytes));
    });
    assert_eq!(allocated, 0, "a decision allocates");
    let Some((answer, _)) = decided else { return };
    let trimmed = |value: &[u8]| value.trim_ascii().to_vec();
    let values = |name: &str| -> Vec<Vec<u8>> {
        let named = lines.iter().filter(|(line, _)| line.eq_ignore_ascii_case(name));
        named.map(|(_, value)| trimmed(value)).collect()
    };
    if !answer.reason().allows() {
        assert_eq!(answer.headers().count(), 0, "a refusal says something: {answer:?}");
        return;
    }
    let origins = values("origin");
    let [origin] = origins.as_slice() else {
        assert!(meaning.any_origin || origins.is_empty(), "{} origins are allowed", origins.len());
        return;
    };
    assert!(allows_origin(meaning, origin), "{} is allowed", origin.escape_ascii());
    for (name, value) in answer.headers() {
        let written = [name.as_bytes(), value].concat();
        assert!(
            !written.iter().any(|byte| byte.is_ascii_control() && *byte != b'\t'),
            "{name} is no header line: {}",
            value.escape_ascii()
        );
    }
    if answer.kind() != RequestKind::Preflight {
        assert_eq!(answer.action(), Action::Pass);
        return;
    }
    let asked = values("access-control-request-method");
    assert!(asked.iter().all(|method| allows_method(meaning, method)), "a method is allowed: {asked:?}");
    for line in values("access-control-request-headers") {
        for name in line.split(|&byte| byte == b',').map(<[u8]>::trim_ascii).filter(|name| !name.is_empty()) {
            assert!(allows_header(meaning, name), "the header {} is allowed", name.escape_ascii());
        }
    }
}

fn allows_origin(meaning: &Meaning, origin: &[u8]) -> bool {
    let covers = |entry: &str| {
        let origin = SerializedOrigin::parse(origin);
        origin.is_some_and(|origin| {
            entry.parse::<OriginPattern>().is_ok_and(|pattern| pattern.matches(&origin))
        })
    };
    meaning.any_origin || (meaning.null && origin == b"null") || LISTED.into_iter().any(covers)
}

fn allows_method(meaning: &Meaning, method: &[u8]) -> bool {
    let is = |listed: &str| listed.as_bytes() == method;
    meaning.any_method || METHODS.into_iter().chain(["GET", "HEAD", "POST"]).any(is)
}

fn allows_header(meaning: &Meaning, name: &[u8]) -> bool {
    let is_listed = HEADERS.into_iter().any(|listed| listed.as_bytes().eq_ignore_ascii_case(name));
    match name.eq_ignore_ascii_case(b"authorization") {
        true => meaning.authorization,
        false => meaning.any_header || is_listed,
    }
}
