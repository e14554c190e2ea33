//! The budgets within which a policy reads `Access-Control-Request-Headers`: what gateways make of a browser's
//! one line fits, and what is just over it does not.

use cors_engine::server::AnswerReason;
use cors_engine::{Policy, PolicyConfig};

fn any() -> Policy {
    PolicyConfig::new().origins(["https://a.example"]).request_headers(["*"]).build().unwrap()
}

fn listed() -> Policy {
    PolicyConfig::new().origins(["https://a.example"]).request_headers(["x-a", "x-b"]).build().unwrap()
}

/// Why a policy answers as it does to a preflight with these lines, and the lines that it repeats.
fn ask(policy: &Policy, lines: &[String]) -> (AnswerReason, Vec<String>) {
    let mut request = vec![("origin", "https://a.example"), ("access-control-request-method", "GET")];
    request.extend(lines.iter().map(|line| ("access-control-request-headers", line.as_str())));
    let answer = policy.answer(b"OPTIONS", &request);
    let repeated = answer
        .headers()
        .filter(|(name, _)| *name == "access-control-allow-headers")
        .map(|(_, value)| String::from_utf8(value.to_vec()).unwrap())
        .collect();
    (answer.reason(), repeated)
}

#[test]
fn sixteen_lines_of_names_are_repeated_and_no_seventeenth() {
    let mut lines: Vec<String> = (10..26).map(|number| format!("x-{number}")).collect();
    assert_eq!(ask(&any(), &lines), (AnswerReason::OriginListed, lines.clone()));
    // Lines without a name are none.
    lines.insert(3, " , ,".to_owned());
    let (reason, repeated) = ask(&any(), &lines);
    assert_eq!((reason, repeated.len()), (AnswerReason::OriginListed, 16));
    lines.push("x-99".to_owned());
    assert_eq!(ask(&any(), &lines), (AnswerReason::RequestHeadersOverBudget, vec![]));
}

#[test]
fn four_kilobytes_of_any_names_are_read() {
    let line = |length: usize| vec!["x".repeat(length)];
    assert_eq!(ask(&any(), &line(4_095)).0, AnswerReason::OriginListed);
    assert_eq!(ask(&any(), &line(4_096)).0, AnswerReason::RequestHeadersOverBudget);
    let halves = |length: usize| ["x".repeat(2_047), "y".repeat(length)];
    assert_eq!(ask(&any(), &halves(2_047)).0, AnswerReason::OriginListed);
    assert_eq!(ask(&any(), &halves(2_048)).0, AnswerReason::RequestHeadersOverBudget);
}

#[test]
fn sixteen_elements_are_skipped_over_all_lines() {
    for idle in ["", "x-a", " "] {
        let lines = |count: usize| {
            let mut lines = vec!["x-a".to_owned()];
            lines.extend((0..count).map(|_| idle.to_owned()));
            lines.push("x-b".to_owned());
            lines
        };
        assert_eq!(ask(&listed(), &lines(16)).0, AnswerReason::OriginListed, "{idle:?}");
        assert_eq!(ask(&listed(), &lines(17)).0, AnswerReason::RequestHeadersOverBudget, "{idle:?}");
        let joined = |count| vec![lines(count).join(",")];
        assert_eq!(ask(&listed(), &joined(16)).0, AnswerReason::OriginListed, "{idle:?}");
        assert_eq!(ask(&listed(), &joined(17)).0, AnswerReason::RequestHeadersOverBudget, "{idle:?}");
    }
}

#[test]
fn two_bytes_of_whitespace_surround_a_name() {
    for line in ["  x-a", "x-a\t ", " x-a ", "x-a, \tx-b", "  ,x-b"] {
        assert_eq!(ask(&listed(), &[line.to_owned()]).0, AnswerReason::OriginListed, "{line:?}");
    }
    for line in ["   x-a", " x-a\t ", "x-a,  x-b ", "   ,x-b", "   "] {
        assert_eq!(ask(&listed(), &[line.to_owned()]).0, AnswerReason::RequestHeadersOverBudget, "{line:?}");
    }
}
