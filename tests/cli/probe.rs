//! `cors probe` against servers on the loopback interface.

use crate::program::{Run, cors, file};
use crate::server::Server;
use std::net::TcpListener;

const PAGE: &str = "http://app.example";

fn probe(url: &str, options: &[&str]) -> Run {
    cors(&[&["probe", url, "--origin", PAGE, "--json"], options].concat())
}

fn reason(run: &Run) -> String {
    run.fetch()["engines"]["chromium"]["reason"].as_str().unwrap_or_default().to_owned()
}

fn lines(server: &Server) -> Vec<String> {
    server.asked().into_iter().map(|asked| asked.line).collect()
}

#[test]
fn a_simple_request_is_sent_right_away() {
    let server = Server::start(|_| "200 OK\nAccess-Control-Allow-Origin: *".into());
    let run = probe(&server.url("http", "/v1?q=a#fragment"), &["--header", "Accept: text/plain"]);
    assert_eq!(run.status, Some(0), "{}{}", run.errors, run.output);
    let asked = server.asked();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].line, "GET /v1?q=a HTTP/1.1");
    for header in [
        "origin: http://app.example",
        "accept: text/plain",
        "sec-fetch-mode: cors",
        "sec-fetch-site: cross-site",
    ] {
        assert!(asked[0].has(header), "{header}: {asked:?}");
    }
}

#[test]
fn a_preflight_is_sent_alone_unless_more_is_wanted() {
    let server = Server::start(|line| {
        let allow = "Access-Control-Allow-Origin: http://app.example\nVary: Origin";
        if line.starts_with("OPTIONS") {
            format!(
                "204 No Content\n{allow}\nAccess-Control-Allow-Methods: PUT\nAccess-Control-Allow-Headers: x-id"
            )
        } else {
            format!("200 OK\n{allow}")
        }
    });
    let options = ["--method", "PUT", "--header", "X-Id: 7"];
    let run = probe(&server.url("http", "/"), &options);
    assert_eq!(run.status, Some(0), "{}{}", run.errors, run.output);
    assert_eq!(run.fetch()["engines"]["chromium"]["verdict"], "undecided");
    assert!(run.fetch()["assumed"].to_string().contains("--send-actual"));
    assert_eq!(lines(&server), ["OPTIONS / HTTP/1.1"]);
    let preflight = &server.asked()[0];
    assert!(preflight.has("access-control-request-method: PUT".to_ascii_lowercase().as_str()));
    assert!(preflight.has("access-control-request-headers: x-id"));
    let run = probe(&server.url("http", "/"), &[&options[..], &["--send-actual"]].concat());
    assert_eq!(run.fetch()["engines"]["chromium"]["verdict"], "allowed");
    assert_eq!(lines(&server)[1..], ["OPTIONS / HTTP/1.1", "PUT / HTTP/1.1"]);
    assert!(server.asked()[2].has("x-id: 7"));
}

#[test]
fn a_refusal_is_explained_and_shows_in_the_exit_status() {
    let server = Server::start(|_| "401 Unauthorized\nWWW-Authenticate: Bearer".into());
    let run = probe(&server.url("http", "/"), &["--method", "DELETE", "--send-actual"]);
    assert_eq!((run.status, reason(&run)), (Some(1), "missing-allow-origin".into()));
    assert_eq!(run.fetch()["causes"][0]["code"], "preflight-needs-authentication");
    assert_eq!(lines(&server), ["OPTIONS / HTTP/1.1"]);
}

#[test]
fn credentials_are_asked_for() {
    let server = Server::start(|_| "200 OK\nAccess-Control-Allow-Origin: *".into());
    let run = probe(&server.url("http", "/"), &["--credentials"]);
    assert_eq!((run.status, reason(&run)), (Some(1), "wildcard-allow-origin-with-credentials".into()));
}

#[test]
fn redirects_are_followed_as_browsers_follow_them() {
    let target = Server::start(|_| "200 OK\nAccess-Control-Allow-Origin: http://app.example".into());
    let location = target.url("http", "/new");
    let server =
        Server::start(move |_| format!("302 Found\nLocation: {location}\nAccess-Control-Allow-Origin: *"));
    let run = probe(&server.url("http", "/old"), &[]);
    assert_eq!((run.status, reason(&run)), (Some(1), "allow-origin-mismatch".into()));
    assert!(target.asked()[0].has("origin: null"));
    assert_eq!(run.fetch()["engines"]["chromium"]["hop"], 1);
}

#[test]
fn redirects_end() {
    let server = Server::start(|_| "302 Found\nLocation: /\nAccess-Control-Allow-Origin: *".into());
    let run = probe(&server.url("http", "/"), &[]);
    assert_eq!((run.status, reason(&run)), (Some(1), "too-many-redirects".into()));
    assert_eq!(server.asked().len(), 21);
}

#[test]
fn https_is_trusted_as_the_user_says() {
    let server = Server::start_tls(|_| "200 OK\nAccess-Control-Allow-Origin: *".into());
    let url = server.url("https", "/");
    let run = probe(&url, &[]);
    assert_eq!((run.status, run.output.as_str()), (Some(2), ""));
    assert!(run.errors.contains("cannot be trusted") && run.errors.contains("--cacert"), "{}", run.errors);
    for trust in [&["--insecure"][..], &["--cacert", &file("tests/cli/fixtures/loopback-certificate.pem")]] {
        let run = probe(&url, trust);
        assert_eq!(run.status, Some(0), "{trust:?}: {}", run.errors);
    }
    let run = probe(&url, &["--cacert", &file("Cargo.toml")]);
    assert!(run.status == Some(2) && run.errors.contains("no certificate"), "{}", run.errors);
    let run = probe(&url, &["--cacert", "no-such-file"]);
    assert!(run.status == Some(2) && run.errors.contains("cannot be read"), "{}", run.errors);
}

#[test]
fn a_server_that_cannot_be_asked_is_a_clear_error() {
    let server = Server::start(|_| "200 OK".into());
    let plain_as_tls = probe(&server.url("https", "/"), &["--insecure"]);
    assert!(
        plain_as_tls.status == Some(2) && plain_as_tls.errors.contains("closed the connection"),
        "{}",
        plain_as_tls.errors
    );

    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let refused = probe(&format!("http://127.0.0.1:{closed}/"), &[]);
    assert!(refused.status == Some(2) && refused.errors.contains("nothing listens"), "{}", refused.errors);

    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://127.0.0.1:{}/", silent.local_addr().unwrap().port());
    let late = probe(&url, &["--timeout", "1"]);
    assert!(late.status == Some(2) && late.errors.contains("within 1 s"), "{}", late.errors);

    let nonsense = Server::start(|_| "nonsense".into());
    let run = probe(&nonsense.url("http", "/"), &[]);
    assert!(run.status == Some(2) && run.errors.contains("cannot be"), "{}", run.errors);
}

#[test]
fn what_a_browser_never_sends_is_not_sent() {
    let server = Server::start(|_| "200 OK\nAccess-Control-Allow-Origin: *".into());
    let run = probe(&server.url("http", "/"), &["--method", "TRACE"]);
    assert_eq!((run.status, reason(&run)), (Some(1), "forbidden-method".into()));
    let run = probe("http://127.0.0.1:6000/", &[]);
    assert_eq!((run.status, reason(&run)), (Some(1), "blocked-port".into()));
    assert!(server.asked().is_empty());
}

#[test]
fn bad_options_are_explained() {
    for (arguments, words) in [
        (&["probe", "api.example", "--origin", PAGE][..], "write it whole"),
        (&["probe", "ftp://api.example/", "--origin", PAGE], "only http and https"),
        (&["probe", "http://api.example/", "--origin", "http://app.example/"], "write http://app.example"),
        (&["probe", "http://api.example/", "--origin", PAGE, "--header", "X"], "Name: value"),
        (&["probe", "http://api.example/", "--origin", PAGE, "--method", "G T"], "not a method"),
        (&["probe", "http://api.example/"], "--origin"),
    ] {
        let run = cors(arguments);
        assert_eq!(run.status, Some(2), "{arguments:?}");
        assert!(run.errors.contains(words), "{}", run.errors);
    }
}
