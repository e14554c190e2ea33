//! `cors replay`.

use crate::program::{cors, cors_with, file};
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, Stdio};

const SCENARIO: &str =
    r#"{"name":"x","steps":[{"request":{"origin":"http://a.test","url":"http://b.test/x"}}]}"#;

#[test]
fn the_corpus_is_replayed_line_by_line() {
    let run = cors(&["replay", &file("tests/corpus/others.jsonl")]);
    assert_eq!((run.status, run.errors.as_str()), (Some(0), ""));
    let scenarios = std::fs::read_to_string(file("tests/corpus/others.jsonl")).unwrap();
    assert_eq!(run.output.lines().count(), scenarios.lines().count());
}

#[test]
fn engines_are_chosen_by_name() {
    let line = r#"{"name":"x","steps":[{"request":{"origin":"http://a.test","url":"http://b.test/x",
        "headers":[["Save-Data","on"]]}}]}"#
        .replace('\n', " ");
    let first = |engine| cors_with(&["replay", "--engine", engine], line.as_bytes()).output;
    assert!(first("chromium").contains(r#""kind":"actual""#));
    assert!(first("webkit").contains(r#""kind":"preflight""#));
    assert_eq!(cors(&["replay", "--engine", "presto"]).status, Some(2));
}

#[test]
fn a_line_that_is_no_scenario_is_reported_and_the_rest_goes_on() {
    let input = format!("{SCENARIO}\n\n  \nnonsense\n{{\"name\":\"y\"}}\n\u{FFFD}\n{SCENARIO}");
    let run = cors_with(&["replay", "-"], input.as_bytes());
    assert_eq!(run.status, Some(2));
    assert_eq!(run.output.lines().count(), 2);
    let errors: Vec<&str> = run.errors.lines().collect();
    assert_eq!(errors.len(), 3, "{errors:?}");
    assert!(errors[0].starts_with("cors: standard input line 4: not a scenario: "), "{}", errors[0]);
    assert!(errors[1].contains("line 5") && errors[1].contains("missing field `steps`"), "{}", errors[1]);
}

#[test]
fn bytes_that_are_no_text_and_nested_arrays_are_reported() {
    let input = [b"\xFF\xFE\n".as_slice(), &vec![b'['; 100_000], b"\n", SCENARIO.as_bytes()].concat();
    let run = cors_with(&["replay"], &input);
    assert_eq!((run.status, run.output.lines().count()), (Some(2), 1));
    assert_eq!(run.errors.lines().count(), 2, "{}", run.errors);
}

#[test]
fn long_lines_are_passed_over() {
    let input = format!("{}\n{SCENARIO}\n", "x".repeat(5000));
    let run = cors_with(&["replay", "--max-line", "2K"], input.as_bytes());
    assert_eq!((run.status, run.output.lines().count()), (Some(2), 1));
    assert!(run.errors.contains("line 1: longer than 2K"), "{}", run.errors);
    let exact = cors_with(&["replay", "--max-line", &SCENARIO.len().to_string()], SCENARIO.as_bytes());
    assert_eq!(exact.status, Some(0), "{}", exact.errors);
}

#[test]
fn an_unreadable_file_is_an_error() {
    let run = cors(&["replay", "no-such-file"]);
    assert_eq!(run.status, Some(2));
    assert!(run.errors.contains("no-such-file cannot be opened"), "{}", run.errors);
}

#[test]
fn nothing_on_input_is_nothing_on_output() {
    let run = cors_with(&["replay"], b"");
    assert_eq!((run.status, run.output.as_str(), run.errors.as_str()), (Some(0), "", ""));
}

#[test]
fn a_reader_who_leaves_is_no_error() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_cors"))
        .args(["replay", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    writeln!(input, "{SCENARIO}").unwrap();
    let mut line = String::new();
    // Each verdict comes as soon as its scenario is read.
    output.read_line(&mut line).unwrap();
    assert!(line.contains("missing-allow-origin"), "{line}");
    drop(output);
    let scenarios = format!("{SCENARIO}\n").repeat(2000);
    drop(input.write_all(scenarios.as_bytes()));
    drop(input);
    let mut errors = String::new();
    child.stderr.take().unwrap().read_to_string(&mut errors).unwrap();
    assert_eq!((child.wait().unwrap().code(), errors.as_str()), (Some(0), ""));
}
