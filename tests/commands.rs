//! Commands for a shell: pasted, they ask the server what the engine would, and do nothing else.
#![cfg(unix)]

use cors_engine::Request;
use cors_engine::explain::{Evidence, Sent, explain};
use proptest::prelude::*;
use std::process::Command;

/// The arguments that `curl` gets when a shell runs the command for the last request that is sent.
fn arguments(request: &Request) -> (Sent, Vec<Vec<u8>>) {
    let sent = explain(request, &Evidence::default()).judgements[0].sent.last().unwrap().clone();
    let script = format!("curl() {{ printf '%s\\0' \"$@\"; }}; {}", sent.curl());
    let output = Command::new("sh").args(["-c", &script]).output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{script}: {output:?}");
    let mut arguments: Vec<Vec<u8>> = output.stdout.split(|&byte| byte == 0).map(<[u8]>::to_vec).collect();
    assert_eq!(arguments.pop().as_deref(), Some(&b""[..]));
    (sent, arguments)
}

fn request(method: &str, value: &[u8]) -> Request {
    let mut request = Request::fetch("https://app.example", "https://api.example/it's?q=\"1\"").unwrap();
    request.method = method.into();
    request.headers.append(b"x-a", value);
    request
}

#[test]
fn a_value_keeps_its_quotation_marks() {
    let (_, arguments) = arguments(&request("GET", br#""it's" \ 100%"#));
    assert!(arguments.contains(&br#"x-a: "it's" \ 100%"#.to_vec()), "{arguments:?}");
}

#[test]
fn a_header_without_a_value_is_sent() {
    let (_, arguments) = arguments(&request("GET", b""));
    assert!(arguments.contains(&b"x-a;".to_vec()), "{arguments:?}");
}

#[test]
fn a_method_is_no_command() {
    let (_, arguments) = arguments(&request("GET|echo", b"1"));
    assert_eq!(arguments[..3], [&b"-i"[..], b"-X", b"GET|echo"]);
}

#[test]
fn no_body_is_waited_for_after_head() {
    let (_, arguments) = arguments(&request("HEAD", b"1"));
    assert_eq!(arguments[..2], [&b"-i"[..], b"--head"]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn a_shell_hands_over_what_is_sent(
        method in "[A-Za-z!#$%&'*+.^_`|~-]{1,6}",
        value in prop::collection::vec(any::<u8>().prop_filter("a header's", |byte| !b"\0\r\n".contains(byte)), 0..12),
    ) {
        let request = request(&method, &value);
        prop_assume!(cors_engine::needs_preflight(cors_engine::Engine::Spec, &request).is_ok());
        let (sent, arguments) = arguments(&request);
        let headers: Vec<Vec<u8>> = sent
            .headers
            .lines()
            .map(|(name, value)| match value {
                b"" => [name, b";"].concat(),
                value => [name, b": ", value].concat(),
            })
            .collect();
        prop_assert_eq!(arguments.last().map(Vec::as_slice), Some(sent.url.as_str().as_bytes()));
        let given = arguments.windows(2).filter(|pair| pair[0] == b"-H").map(|pair| pair[1].clone());
        prop_assert_eq!(given.collect::<Vec<_>>(), headers);
        let named = arguments.windows(2).find(|pair| pair[0] == b"-X").map(|pair| pair[1].clone());
        let plain = matches!(&sent.method[..], b"GET" | b"HEAD");
        prop_assert_eq!(named, (!plain).then(|| sent.method.clone()));
        let printed = sent.curl();
        prop_assert!(printed.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{}", printed);
    }
}
