//! `cors explain` on what people paste.

use crate::program::{Run, cors, cors_with, file};

fn json(input: &str, options: &[&str]) -> Run {
    cors_with(&[&["explain", "-", "--json"], options].concat(), input.as_bytes())
}

fn verdict(fetch: &serde_json::Value, engine: &str) -> String {
    fetch["engines"][engine]["verdict"].as_str().unwrap().to_owned()
}

fn causes(fetch: &serde_json::Value) -> Vec<String> {
    let causes = fetch["causes"].as_array().unwrap().iter();
    causes.map(|cause| cause["code"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_transcript_of_curl_holds_a_preflight_and_its_request() {
    let run = cors(&["explain", "--json", &file("examples/curl-verbose.txt")]);
    assert_eq!(run.status, Some(1), "{}", run.errors);
    let fetch = run.fetch();
    assert_eq!(fetch["method"], "PUT");
    assert_eq!(fetch["url"], "https://api.example.test/v1/cart");
    assert_eq!(fetch["classification"], "preflighted");
    assert_eq!(fetch["engines"]["chromium"]["reason"], "missing-allow-origin");
    assert_eq!(fetch["engines"]["webkit"]["reason"], "preflight-status");
    assert_eq!(causes(&fetch), ["preflight-not-routed"]);
    let answers = fetch["advice"]["answers"].as_array().unwrap();
    assert_eq!(answers.len(), 1);
    assert_eq!(answers[0]["status"], 204);
    assert_eq!(
        answers[0]["headers"],
        serde_json::json!([
            "Access-Control-Allow-Origin: https://app.example.test",
            "Access-Control-Allow-Methods: PUT",
            "Access-Control-Allow-Headers: authorization, content-type",
            "Vary: Origin"
        ])
    );
}

#[test]
fn a_raw_exchange_tells_credentials_by_its_cookie() {
    let run = cors(&["explain", "--json", &file("examples/raw-exchange.http")]);
    assert_eq!(run.status, Some(1), "{}", run.errors);
    let fetch = run.fetch();
    assert_eq!(fetch["credentials"], "include");
    assert_eq!(causes(&fetch), ["wildcard-with-credentials"]);
}

#[test]
fn the_report_holds_the_answers_that_were_seen() {
    let run = cors(&["explain", "--json", &file("examples/curl-verbose.txt")]);
    let fetch = run.fetch();
    let exchanges = fetch["exchanges"].as_array().unwrap();
    assert_eq!(exchanges[0]["exchange"], "preflight");
    assert_eq!((&exchanges[0]["answer"], &exchanges[0]["status"]), (&"response".into(), &405.into()));
    assert!(exchanges[0]["headers"].as_array().unwrap().contains(&serde_json::json!(["allow", "GET, PUT"])));
}

#[test]
fn a_target_that_begins_with_slashes_is_a_path() {
    for (target, url) in [
        ("///x", "https://api.example///x"),
        ("//other.example/x?a=//b", "https://api.example//other.example/x?a=//b"),
        ("/https://other.example/", "https://api.example/https://other.example/"),
        ("/a/../b?c?d", "https://api.example/b?c?d"),
        ("/x?", "https://api.example/x?"),
        ("*", "https://api.example/"),
    ] {
        let exchange = format!(
            "GET {target} HTTP/1.1\nHost: api.example\nOrigin: https://app.example\n\nHTTP/1.1 200 OK\n\n"
        );
        assert_eq!(json(&exchange, &[]).fetch()["url"], url);
    }
}

#[test]
fn line_ends_do_not_matter() {
    let bytes = std::fs::read_to_string(file("examples/raw-exchange.http")).unwrap();
    let crlf = json(&bytes, &[]);
    let lf = json(&bytes.replace("\r\n", "\n"), &[]);
    assert_eq!(crlf.output, lf.output);
}

#[test]
fn utf_16_as_powershell_writes_it_is_read() {
    let text = std::fs::read_to_string(file("examples/curl-verbose.txt")).unwrap();
    let wide: Vec<u8> = [0xFEFF].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let run = cors_with(&["explain", "-", "--json"], &wide);
    assert_eq!(run.output, json(&text, &[]).output);
}

#[test]
fn answers_alone_need_a_page() {
    let answer = "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\n\r\nhello";
    let run = json(answer, &[]);
    assert_eq!(run.status, Some(2));
    assert!(run.errors.contains("--origin"), "{}", run.errors);
    let run = json(answer, &["--origin", "https://app.example", "--url", "https://api.example/"]);
    assert_eq!(run.status, Some(0), "{}", run.errors);
    assert_eq!(verdict(&run.fetch(), "gecko"), "allowed");
    let run = json(answer, &["--origin", "https://app.example", "--credentials", "include"]);
    assert_eq!(run.status, Some(1), "{}", run.errors);
}

#[test]
fn two_answers_alone_are_a_preflight_and_its_request() {
    let answers = "HTTP/2 204\naccess-control-allow-origin: https://app.example\n\
                   access-control-allow-methods: DELETE\n\n\
                   HTTP/2 200\naccess-control-allow-origin: https://app.example\nvary: origin\n\n";
    let run = json(answers, &["--origin", "https://app.example", "--method", "DELETE"]);
    assert_eq!(run.status, Some(0), "{}{}", run.errors, run.output);
    let run = json(answers, &["--origin", "https://app.example", "--method", "PUT"]);
    assert_eq!(run.fetch()["engines"]["chromium"]["reason"], "method-not-allowed");
}

#[test]
fn a_request_that_is_meant_goes_before_the_one_that_was_tried() {
    let tried = "> GET /v1 HTTP/1.1\n> Host: api.example\n> Origin: https://app.example\n>\n\
                 < HTTP/1.1 200 OK\n< Access-Control-Allow-Origin: https://app.example\n< Vary: Origin\n<\n";
    assert_eq!(json(tried, &[]).status, Some(0));
    let run = json(tried, &["--method", "PUT", "--header", "X-Id: 1", "--url", "https://api.example/v1"]);
    let fetch = run.fetch();
    assert_eq!(verdict(&fetch, "chromium"), "undecided");
    assert!(
        fetch["engines"]["chromium"]["ask"].as_str().unwrap().contains("Access-Control-Request-Method: PUT")
    );
    assert!(fetch["assumed"].to_string().contains("GET"), "{}", fetch["assumed"]);
}

#[test]
fn redirects_that_curl_followed_are_one_fetch() {
    let transcript = "> GET /old HTTP/1.1\n> Host: api.example:443\n> Origin: https://app.example\n>\n\
                      < HTTP/1.1 301 Moved Permanently\n< Location: /new\n<\n\
                      > GET /new HTTP/1.1\n> Host: api.example:443\n> Origin: https://app.example\n>\n\
                      < HTTP/1.1 200 OK\n< Access-Control-Allow-Origin: *\n<\n";
    let run = json(transcript, &[]);
    let fetch = run.fetch();
    assert_eq!(fetch["engines"]["gecko"]["reason"], "missing-allow-origin");
    assert_eq!(causes(&fetch), ["redirect-without-cors"]);
}

#[test]
fn headers_that_an_edge_dropped_are_found_beside_the_server_that_sends_them() {
    let exchange = |host: &str, headers: &str| {
        format!(
            "> GET /v1 HTTP/1.1\n> Host: {host}\n> Origin: https://app.example\n>\n\
             < HTTP/1.1 200 OK\n{headers}<\n"
        )
    };
    let transcript = exchange("origin.internal:443", "< Access-Control-Allow-Origin: https://app.example\n")
        + &exchange("api.example:443", "< Via: 1.1 edge\n< X-Cache: HIT\n");
    let fetches = json(&transcript, &[]).fetches();
    assert_eq!(fetches.len(), 2);
    assert_eq!(causes(&fetches[1]), ["stripped-at-edge"]);
}

#[test]
fn what_an_input_holds_does_not_steer_the_terminal() {
    let exchange = b"GET / HTTP/1.1\nHost: api.example\nOrigin: https://app.example\n\n\
                     HTTP/1.1 200 OK\nAccess-Control-Allow-Origin: \x1b[31mred\xFF\n\n";
    let run = cors_with(&["explain", "-"], exchange);
    assert_eq!(run.status, Some(1), "{}", run.errors);
    assert!(!run.output.contains('\x1b'));
}

#[test]
fn a_pipe_gets_plain_text_unless_colours_are_forced() {
    let example = file("examples/raw-exchange.http");
    assert!(!cors(&["explain", &example]).output.contains('\x1b'));
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_cors"));
    command.env_clear().env("CLICOLOR_FORCE", "1").args(["explain", &example]);
    assert!(crate::program::run(command, b"").output.contains("\x1b[31m"));
}

#[test]
fn fetches_without_cors_are_counted_and_listed_on_demand() {
    let har = file("examples/chromium.har");
    let short = cors(&["explain", &har]).output;
    let long = cors(&["explain", "--all", &har]).output;
    assert!(!short.contains("shop.js") && long.contains("shop.js"));
    assert!(short.contains("to the page's own origin"));
}

#[test]
fn several_inputs_are_explained_in_turn_and_a_bad_one_shows_in_the_exit_status() {
    let run = cors(&["explain", &file("examples/raw-exchange.http"), "no-such-file", &file("Cargo.toml")]);
    assert_eq!(run.status, Some(2));
    assert!(run.output.contains("raw-exchange.http"));
    assert!(run.errors.contains("no-such-file cannot be opened"), "{}", run.errors);
    assert!(run.errors.contains("Cargo.toml is in no format"), "{}", run.errors);
}

/// As Safari writes it: no Fetch Metadata, no preflights, the connection by a number.
const SAFARI: &str = r#"{"log": {"version": "1.2",
    "creator": {"name": "WebKit Web Inspector", "version": "1.0"},
    "pages": [{"id": "page_0", "title": "https://app.example/", "pageTimings": {}}],
    "entries": [
        {"pageref": "page_0", "startedDateTime": "2026-11-23T15:09:20.480Z", "connection": "3",
            "request": {"method": "GET", "url": "https://api.example/v1", "headers": [
                {"name": "Accept", "value": "*/*"}, {"name": "Origin", "value": "https://app.example"},
                {"name": "Referer", "value": "https://app.example/"}]},
            "response": {"status": 200, "headers": [{"name": "Access-Control-Allow-Origin", "value": "*"}]}},
        {"pageref": "page_0", "startedDateTime": "2026-11-23T15:09:21.480Z",
            "request": {"method": "PUT", "url": "https://api.example/v1", "headers": [
                {"name": "Content-Type", "value": "application/json"},
                {"name": "Referer", "value": "https://app.example/"}]},
            "response": {"status": 0, "statusText": "", "headers": [],
                "_error": "Preflight response is not successful. Status code: 404"}},
        {"request": {"method": "GET", "url": "https://app.example/style.css",
            "headers": [{"name": "Referer", "value": "https://app.example/"}]}, "response": {"status": 304}}
    ]}}"#;

#[test]
fn safaris_captures_have_less_in_them() {
    let run = json(SAFARI, &[]);
    assert_eq!(run.status, Some(1), "{}", run.errors);
    let fetches = run.fetches();
    assert_eq!(fetches.len(), 3);
    assert_eq!(verdict(&fetches[0], "webkit"), "allowed");
    assert_eq!(fetches[1]["engines"]["webkit"]["reason"], "connection-failed");
    assert!(
        fetches[1]["remarks"].to_string().contains("No preflight was noted"),
        "{}",
        fetches[1]["remarks"]
    );
    assert!(fetches[1]["seen"].to_string().contains("Status code: 404"));
    assert_eq!(fetches[2]["kind"], "same-origin");
}

#[test]
fn a_preflight_goes_with_the_request_that_was_made_at_its_time() {
    let entry = |time: &str, method: &str, headers: &str, status: u16| {
        format!(
            r#"{{"startedDateTime": "2026-11-23T15:09:{time}Z", "request": {{"method": "{method}",
                "url": "https://api.example/v1", "headers": [
                {{"name": "Origin", "value": "https://app.example"}}, {headers}]}},
                "response": {{"status": {status}, "headers": [
                {{"name": "access-control-allow-origin", "value": "*"}},
                {{"name": "access-control-allow-methods", "value": "PUT"}}]}}}}"#
        )
    };
    let mode = r#"{"name": "Sec-Fetch-Mode", "value": "cors"}"#;
    let asks = r#"{"name": "Access-Control-Request-Method", "value": "PUT"}"#;
    let entries = [
        entry("10.000", "PUT", mode, 200),
        entry("10.001", "OPTIONS", asks, 204),
        entry("19.000", "PUT", mode, 200),
    ];
    let har = format!(
        r#"{{"log": {{"creator": {{"name": "WebInspector"}}, "entries": [{}]}}}}"#,
        entries.join(",")
    );
    let fetches = json(&har, &[]).fetches();
    assert_eq!(fetches[0]["seen"][0], "OPTIONS: 204");
    assert!(fetches[1]["seen"][0].to_string().contains("remembered"));
    assert!(fetches.iter().all(|fetch| verdict(fetch, "chromium") == "allowed"));
}

#[test]
fn cookies_and_what_the_browser_noted_tell_credentials() {
    let har = |request: &str, error: &str| {
        format!(
            r#"{{"log": {{"creator": {{"name": "WebInspector"}}, "entries": [{{"request": {{"method": "GET",
                "url": "https://api.example/v1", "headers": [{request}
                {{"name": "Origin", "value": "https://app.example"}}]}}, "response": {{"status": 200,
                "_error": {error}, "headers": [
                {{"name": "Access-Control-Allow-Origin", "value": "https://app.example"}}]}}}}]}}}}"#
        )
    };
    let credentials = |request, error, options: &[&str]| {
        let fetch = json(&har(request, error), options).fetch();
        (fetch["credentials"].as_str().unwrap().to_owned(), verdict(&fetch, "chromium"))
    };
    let pair = |mode: &str, verdict: &str| (mode.to_owned(), verdict.to_owned());
    let cookie = r#"{"name": "Cookie", "value": "a=b"},"#;
    assert_eq!(credentials("", "null", &[]), pair("same-origin", "allowed"));
    assert_eq!(credentials(cookie, "null", &[]), pair("include", "blocked"));
    assert_eq!(credentials("", r#""net::ERR_FAILED""#, &[]), pair("include", "blocked"));
    assert_eq!(credentials("", "null", &["--credentials", "include"]), pair("include", "blocked"));
}

#[test]
fn disagreement_between_browsers_is_said() {
    // Script cannot set User-Agent in Chromium; elsewhere it needs a preflight.
    let exchange = "OPTIONS / HTTP/1.1\nHost: api.example:443\nOrigin: https://app.example\n\
                    Access-Control-Request-Method: GET\nAccess-Control-Request-Headers: user-agent\n\n\
                    HTTP/1.1 404 Not Found\n\n\
                    GET / HTTP/1.1\nHost: api.example:443\nOrigin: https://app.example\nUser-Agent: mine\n\n\
                    HTTP/1.1 200 OK\nAccess-Control-Allow-Origin: *\n\n";
    let run = json(exchange, &[]);
    let fetch = run.fetch();
    assert_eq!(fetch["browsers_disagree"], true);
    let verdicts = ["chromium", "gecko", "webkit"].map(|engine| verdict(&fetch, engine));
    assert_eq!(verdicts, ["allowed", "blocked", "blocked"]);
    assert!(cors_with(&["explain", "-"], exchange.as_bytes()).output.contains("browsers disagree"));
}
