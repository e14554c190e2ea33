//! Input that is broken, hostile or something else ends in a clear error, soon, and in little memory.

use crate::program::{Run, cors, cors_with, file, run};
use std::process::Command;
use std::time::{Duration, Instant};

/// Far more than any of these needs, even unoptimized.
const PATIENCE: Duration = Duration::from_secs(60);

/// In KiB: the largest input that is read, as text and as data, and some.
const MEMORY: &str = "600000";

/// Runs `cors explain -` within bounds of time and memory.
fn explain(options: &[&str], input: &[u8]) -> Run {
    let mut command = Command::new("sh");
    let limited = format!("ulimit -v {MEMORY}; exec \"$0\" \"$@\"");
    command.env_clear().args(["-c", &limited, env!("CARGO_BIN_EXE_cors"), "explain", "-"]).args(options);
    let begun = Instant::now();
    let run = run(command, input);
    assert!(begun.elapsed() < PATIENCE, "took {:?}", begun.elapsed());
    assert!(!run.errors.contains("panicked"), "{}", run.errors);
    assert!(matches!(run.status, Some(0..=2)), "{:?} {}", run.status, run.errors);
    run
}

fn assert_unusable(input: &[u8], words: &str) {
    let run = explain(&[], input);
    assert_eq!(run.status, Some(2), "{}", run.output);
    assert!(run.errors.contains(words), "{}", run.errors);
    assert!(run.output.is_empty());
}

#[test]
fn what_is_no_capture_is_called_so() {
    assert_unusable(b"", "is empty");
    assert_unusable(b" \r\n\t\n", "is empty");
    assert_unusable(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "looks like a PNG image");
    assert_unusable(b"\x1f\x8b\x08\x00", "unpack it first");
    assert_unusable(b"<!doctype html><title>Sign in</title>", "looks like HTML");
    assert_unusable(b"\x00\xff\xfe\x00", "is in no format");
    assert_unusable(b"{}", "missing field `log`");
    assert_unusable(b"[]", "not a HAR");
    assert_unusable(b"{\"log\": {\"entries\": 7}}", "not a HAR");
    assert_unusable(b"{\"log\": {\"entries\": [}", "no JSON");
    assert_unusable(b"\xEF\xBB\xBF{\"log\": {", "ends too early");
    assert_unusable(b"{\"log\": {\"creator\": {\"name\": \"\xFF\"}, \"entries\": []}}", "no JSON");
}

#[test]
fn every_format_can_be_forced_on_anything() {
    let png = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR";
    for format in ["har", "curl-verbose", "curl-include", "raw"] {
        let run = explain(&["--format", format], png);
        assert_eq!(run.status, Some(2), "{format}");
        assert!(run.errors.starts_with("cors: standard input"), "{}", run.errors);
    }
}

#[test]
fn broken_messages_are_told_by_their_line() {
    assert_unusable(b"GET / HTTP/1.1\nHost: a.example\nno header\n\n", "line 3: expected a header");
    assert_unusable(b"GET foo://a/ HTTP/1.1\nOrigin: https://b.example\n\n", "only http and https");
    assert_unusable(b"GET http://[ HTTP/1.1\nOrigin: https://b.example\n\n", "line 1: the request's target");
    assert_unusable(b"HTTP/1.1 200 OK\n\nGET / HTTP/1.1\nHost: a.example\n\n", "without a request before it");
    assert_unusable(b"GET / HTTP/1.1\nHost: a b\nOrigin: https://b.example\n\n", "Host header");
}

#[test]
fn any_bytes_in_header_values_are_taken() {
    let exchange = b"GET /\xC3\xA9 HTTP/1.1\r\nHost: a.example\r\nOrigin: https://b.example\r\nX: \xFF\x00\x80\r\n\r\n\
                     HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nServer: \xFF\xFE\r\n\r\n\xFF\xFE\x00";
    let run = explain(&["--json"], exchange);
    assert_ne!(run.status, Some(2), "{}", run.errors);
}

#[test]
fn a_truncated_har_is_told_from_a_bad_one() {
    for har in ["examples/chromium.har", "examples/firefox.har"] {
        let whole = std::fs::read(file(har)).unwrap();
        let whole = whole.trim_ascii_end();
        for cut in (1..whole.len()).step_by(whole.len() / 23) {
            assert_unusable(&whole[..cut], "ends too early");
        }
    }
}

#[test]
fn nested_arrays_end_in_an_error() {
    let bomb = vec![b'['; 20_000_000];
    assert_unusable(&bomb, "nested too deeply");
    assert_unusable(&[b"{\"log\":{\"entries\":[{\"request\":".as_slice(), &bomb].concat(), "HAR");
    assert_unusable(&[b"{\"log\":{\"comment\":".as_slice(), &bomb].concat(), "ends too early");
    assert_unusable(&[b"{\"log\":{\"creator\":".as_slice(), &bomb].concat(), "nested too deeply");
}

#[test]
fn a_hundred_megabytes_of_headers_end_in_an_error() {
    let mut headers = b"GET / HTTP/1.1\r\nHost: a.example\r\nOrigin: https://b.example\r\n".to_vec();
    while headers.len() < 100 << 20 {
        headers.extend_from_slice(b"X-Header: 0123456789abcdef0123456789abcdef0123456789abcdef\r\n");
    }
    assert_unusable(&headers, "is larger than 64M");
    let run = explain(&["--max-size", "1G"], &headers);
    assert_eq!(run.status, Some(2));
    assert!(run.errors.contains("no browser takes"), "{}", run.errors);
}

#[test]
fn long_captures_take_time_in_proportion() {
    let entry = |method: &str, extra: &str| {
        format!(
            r#"{{"request":{{"method":"{method}","url":"https://a.example/","headers":[
                {{"name":"Origin","value":"https://b.example"}}{extra}]}},
                "response":{{"status":302,"headers":[{{"name":"Location","value":"/"}}]}}}}"#
        )
    };
    let preflight = entry("OPTIONS", r#",{"name":"Access-Control-Request-Method","value":"PUT"}"#);
    let pair = preflight + "," + &entry("GET", "");
    let entries = vec![pair; 1500].join(",");
    let run = explain(&["--json"], format!(r#"{{"log":{{"entries":[{entries}]}}}}"#).as_bytes());
    assert_eq!(run.status, Some(1), "{}", run.errors);
}

#[test]
fn more_exchanges_than_a_page_makes_are_too_many() {
    let entry = r#"{"request":{"method":"GET","url":"https://a.example/"}}"#;
    let entries = vec![entry; 50_001].join(",");
    assert_unusable(format!(r#"{{"log":{{"entries":[{entries}]}}}}"#).as_bytes(), "more than 50000");
}

#[test]
fn entries_that_are_no_fetches_are_set_aside() {
    let har = br#"{"log":{"entries":[
        {"request":{"method":"GET","url":"data:text/plain,hi"}},
        {"request":{"method":"GET","url":"chrome-extension://abc/x.js"},"response":null},
        {"request":{"method":"GET","url":"wss://a.example/"},"response":{"status":"101"}},
        {"request":{"method":"GET","url":"https://a.example/"}}]}}"#;
    let run = explain(&["--json"], har);
    assert_eq!(run.status, Some(0), "{}", run.errors);
    assert_eq!(run.json()["captures"][0]["set_aside"], 4);
    let run = explain(&[], br#"{"log":{"entries":[{"request":{"method":"GET","url":"http://"}}]}}"#);
    assert!(run.errors.contains("entry 1: the URL"), "{}", run.errors);
}

#[test]
fn damaged_examples_never_panic() {
    let mut random = 0x2545_F491_4F6C_DD1D_u64;
    let mut next = move || {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        usize::try_from(random >> 33).unwrap()
    };
    for example in ["examples/curl-verbose.txt", "examples/raw-exchange.http", "examples/firefox.har"] {
        let whole = std::fs::read(file(example)).unwrap();
        for _ in 0..25 {
            let mut damaged = whole.clone();
            for _ in 0..1 + next() % 12 {
                let at = next() % damaged.len().max(1);
                if damaged.len() <= at {
                    break;
                }
                match next() % 3 {
                    0 => damaged[at] = next().to_le_bytes()[0],
                    1 => drop(damaged.remove(at)),
                    _ => damaged.truncate(at.max(1)),
                }
            }
            explain(&["--json"], &damaged);
        }
    }
}

#[test]
fn files_that_cannot_be_read_are_called_so() {
    let run = cors(&["explain", "/nonexistent/shop.har"]);
    assert_eq!((run.status, run.output.as_str()), (Some(2), ""));
    assert!(run.errors.contains("cannot be opened"), "{}", run.errors);
    let run = cors(&["explain", env!("CARGO_MANIFEST_DIR")]);
    assert!(run.errors.contains("directory"), "{}", run.errors);
    assert_eq!(cors_with(&["explain"], b"").status, Some(2));
}
