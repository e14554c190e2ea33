//! The subcommands of `cors` that are about policies, run as a program.
#![cfg(feature = "cli")]

use serde_json::{Value, json};
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

/// Runs `cors` with `input` on standard input.
fn cors(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_cors"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that refuses its arguments does not read.
    drop(child.stdin.take().unwrap().write_all(input.as_bytes()));
    child.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

fn json_lines(output: &Output) -> Vec<Value> {
    text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A file of its own for each test.
fn file(name: &str, content: &str) -> String {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, content).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn answer_says_what_to_send_and_why() {
    let policy =
        file("answer.toml", "origins = ['https://a.example']\n[env.b]\norigins = ['https://b.example']");
    let question =
        |origin: &str| json!({"request": {"method": "GET", "headers": {"Origin": [origin]}}}).to_string();
    let own = json!({
        "policy": {"origins": ["*"], "max_age": null},
        "request": {"method": "OPTIONS", "headers": {"origin": ["null"], "access-control-request-method": ["PUT"]}},
    });
    let input = format!("{}\n\n{}\n{own}\n", question("https://a.example"), question("https://b.example"));
    let output = cors(&["answer", "--policy", &policy], &input);
    assert!(output.status.success());
    let allowed = json!({
        "kind": "actual", "allowed": true, "reason": "origin-listed", "status": null,
        "headers": {"access-control-allow-origin": ["https://a.example"]}, "vary": ["origin"],
    });
    let refused = json!({
        "kind": "actual", "allowed": false, "reason": "origin-not-allowed", "status": null,
        "headers": {}, "vary": ["origin"],
    });
    let method_refused = json!({
        "kind": "preflight", "allowed": false, "reason": "method-not-allowed", "status": 403,
        "headers": {}, "vary": ["origin", "access-control-request-method"],
    });
    assert_eq!(json_lines(&output), [allowed, refused, method_refused]);

    let output = cors(&["answer", "--policy", &policy, "--env", "b"], &question("https://b.example"));
    assert_eq!(json_lines(&output)[0]["allowed"], true);
}

#[test]
fn answer_gives_a_wrong_policy_its_errors_and_goes_on_after_a_wrong_line() {
    let input = concat!(
        "{\"policy\": {\"origins\": [\"https://a.example/\"], \"age\": 1}, \"request\": {\"method\": \"GET\", \"headers\": {}}}\n",
        "{\"policy\": {\"origins\": [\"https://a.example/\", \"null\"]}, \"request\": {\"method\": \"GET\", \"headers\": {}}}\n",
        "no JSON\n",
        "{\"request\": {\"method\": \"GET\", \"headers\": {}}}\n",
        "{\"policy\": {\"origins\": [\"*\"]}, \"request\": {\"method\": \"GET\", \"headers\": {}}}\n",
    );
    let output = cors(&["answer"], input);
    assert_eq!(output.status.code(), Some(2));
    let lines = json_lines(&output);
    assert_eq!(lines.len(), 3);
    let codes = |line: &serde_json::Value| -> Vec<String> {
        let errors = line["errors"].as_array().unwrap().iter();
        errors.map(|error| error["code"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(codes(&lines[0]), ["origin-not-serialized", "unknown-key"]);
    assert_eq!(codes(&lines[1]), ["origin-not-serialized", "origin-null"]);
    assert_eq!(lines[1]["errors"][1]["field"], "origins[1]");
    assert_eq!(lines[2]["kind"], "not-cors");
    let problems = text(&output.stderr);
    assert!(
        problems.contains("line 3: not a question") && problems.contains("line 4: the line brings no policy")
    );
}

#[test]
fn lint_prints_errors_and_findings_with_their_places() {
    let wrong = file("wrong.toml", "origins = ['*']\ncredentials = true\nmax_age = 86400");
    let output = cors(&["lint", &wrong], "");
    assert_eq!(output.status.code(), Some(1));
    let words = text(&output.stdout);
    assert!(words.contains("wrong.toml:1:12: origins[0]: \"*\": browsers refuse"), "{words}");
    assert!(
        words.contains("wrong.toml:3:11: max_age: \"86400\"") && words.contains("[capped: max-age-capped]")
    );

    let output =
        cors(&["lint", "--json", "-"], "{\"origins\": [\"https://a.example\", \"http://b.example\"]}");
    assert!(output.status.success());
    let finding = &json_lines(&output)[0];
    assert_eq!((&finding["kind"], &finding["code"]), (&json!("risky"), &json!("insecure-origin")));
    assert_eq!((&finding["line"], &finding["column"]), (&json!(1), &json!(35)));

    assert_eq!(cors(&["lint", "no such file"], "").status.code(), Some(2));
    assert_eq!(cors(&["lint", "-"], "origin = []").status.code(), Some(1));
}

#[test]
fn check_shows_the_wire_and_every_verdict() {
    let policy = file("check.json", "{\"origins\": [\"https://a.example\"], \"methods\": [\"PUT\"]}");
    let output = cors(&["check", &policy, "--origin", "https://a.example", "--method", "put"], "");
    assert!(output.status.success(), "{}", text(&output.stderr));
    let words = text(&output.stdout);
    for line in [
        "> OPTIONS",
        "< access-control-allow-methods: PUT",
        "> PUT",
        "webkit:   script can read the response",
    ] {
        assert!(words.lines().any(|found| found == line), "{line}: {words}");
    }
    let output = cors(&["check", &policy, "--origin", "https://b.example", "--credentials"], "");
    assert_eq!(output.status.code(), Some(1));
    assert!(
        text(&output.stdout).contains("chromium: The response has no Access-Control-Allow-Origin header.")
    );
    assert_eq!(
        cors(&["check", &policy, "--origin", "https://a.example", "--method", "TRACE"], "").status.code(),
        Some(2)
    );
}

#[test]
fn diff_shows_what_is_let_in_and_shut_out() {
    let old = file("old.toml", "origins = ['https://a.example', 'https://b.example']");
    let new = file("new.toml", "origins = ['https://b.example']\nmethods = ['PUT']\ncredentials = true");
    let output = cors(&["diff", &old, &new], "");
    assert_eq!(output.status.code(), Some(1));
    let expected = [
        "- GET from https://a.example",
        "+ PUT from https://b.example",
        "+ GET from https://b.example with credentials",
    ];
    assert!(text(&output.stdout).lines().eq(expected), "{}", text(&output.stdout));
    assert!(cors(&["diff", &old, &old], "").status.success());
    assert_eq!(cors(&["diff", &old, "no such file"], "").status.code(), Some(2));
}
