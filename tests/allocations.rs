//! Deciding and classifying allocate nothing, whatever the request says, ten thousand origins fit in a megabyte, and
//! what a policy document or a capture costs to read grows with its length and with nothing else.

use allocation_counter::measure;
use cors_engine::server::{Action, AnswerReason, Operation};
use cors_engine::{Body, Engine, Initiator, Policy, PolicyConfig, Request, needs_preflight};

/// The size of one hostile header value.
const HOSTILE: usize = 64 * 1024;

fn policies() -> Vec<Policy> {
    let listed = || {
        PolicyConfig::new()
            .origins(["https://a.example", "https://*.a.example", "http://localhost:*"])
            .request_headers(["x-a", "x-b"])
            .methods(["PUT"])
            .expose_headers(["x-c"])
            .timing_allow_origins(["https://a.example"])
            .max_age(600)
    };
    let any = || PolicyConfig::new().methods(["*"]).request_headers(["*"]);
    let configs = [
        listed(),
        listed().credentials(true).null_origin(true).dangerous_null_origin_with_credentials(true),
        any().origins(["*"]).expose_headers(["*"]),
        any().origins(["*"]).request_headers(["authorization"]),
        any().origins(["https://a.example"]).credentials(true),
        any().credentials(true).dangerous_reflect_any_origin_with_credentials(true),
        any().origin_predicate(["x-tenant"], |origin, headers| {
            headers.get("x-tenant") == Some(b"a") && origin.host() == "a.example"
        }),
    ];
    configs.map(|config| config.build().unwrap()).into()
}

fn origins() -> Vec<Vec<u8>> {
    let long = |text: &str| text.repeat(HOSTILE / text.len()).into_bytes();
    let mut origins: Vec<Vec<u8>> = [
        "",
        "null",
        "https://a.example",
        "https://b.a.example",
        "https://evil.test/.a.example",
        "http://localhost:3000",
        "http://[::1]:8080",
        "http://[1:2:3:4:5:6:7:8]",
        "https://127.0.0.1",
        "https://999.1.1.1",
        "https://xn--bcher-kva.a.example",
        "://",
        "https://",
        "https://a.example:",
        "https://a.example:99999999999999999999",
        "HTTPS://A.EXAMPLE",
    ]
    .map(|origin| origin.as_bytes().to_vec())
    .into();
    origins.extend([
        long("a."),
        long("https://"),
        long(","),
        long(" "),
        long(":"),
        long("["),
        vec![0xFF; HOSTILE],
    ]);
    origins.push(format!("https://{}a.example", "x.".repeat(120)).into_bytes());
    origins
}

fn requested_headers() -> Vec<Vec<Vec<u8>>> {
    let mut lines: Vec<Vec<Vec<u8>>> =
        ["", "x-a", "x-a,x-b", "x-b,x-a", " x-a ,, x-b", "authorization", "x a"]
            .map(|value| vec![value.as_bytes().to_vec()])
            .into();
    lines.push(Vec::new());
    lines.push(vec![b"x-a".to_vec(), b"x-b".to_vec()]);
    lines.push(vec![b"".to_vec(); 200]);
    lines.push(vec![b"x-a".to_vec(); 200]);
    for hostile in [&b","[..], b" ", b"x", b"x-a,", b" ,", b"\t", b"x-a ", b"\xFF"] {
        lines.push(vec![hostile.repeat(HOSTILE / hostile.len())]);
    }
    lines
}

#[test]
fn no_path_of_a_decision_allocates() {
    let methods = ["GET", "OPTIONS", "PUT", "", "options"];
    let request_methods = [None, Some("PUT"), Some("GET"), Some(""), Some("*"), Some("P UT")];
    let origins = origins();
    let requested = requested_headers();
    let mut reasons = std::collections::BTreeSet::new();
    for policy in policies() {
        for origin in origins.iter().map(Some).chain([None]) {
            for method in methods {
                for request_method in request_methods {
                    for lines in &requested {
                        let mut headers: Vec<(&str, &[u8])> =
                            vec![("host", b"api.example"), ("x-tenant", b"a")];
                        headers.extend(origin.map(|origin| ("Origin", origin.as_slice())));
                        let request_method = request_method.map(str::as_bytes);
                        headers.extend(request_method.map(|value| ("Access-Control-Request-Method", value)));
                        headers.extend(
                            lines.iter().map(|line| ("Access-Control-Request-Headers", line.as_slice())),
                        );
                        reasons.insert(decide_counted(&policy, method.as_bytes(), &headers));
                    }
                }
            }
        }
        let twice = [("origin", "https://a.example"), ("origin", "https://a.example")];
        let counted =
            measure(|| assert_ne!(policy.answer(b"GET", &twice).action(), Action::Respond { status: 204 }));
        assert_eq!(counted.count_total, 0);
    }
    // Every way to decide was taken, but the one that needs two lines.
    let missing: Vec<_> = AnswerReason::ALL.iter().filter(|reason| !reasons.contains(reason)).collect();
    assert_eq!(missing, [&AnswerReason::SeveralOrigins]);
}

fn decide_counted(policy: &Policy, method: &[u8], headers: &Vec<(&str, &[u8])>) -> AnswerReason {
    let mut reason = AnswerReason::NoOrigin;
    let counted = measure(|| {
        let answer = policy.answer(method, headers);
        reason = answer.reason();
        let bytes: usize = answer
            .operations()
            .map(|operation| match operation {
                Operation::Remove { name } | Operation::Vary { name } => name.len(),
                Operation::Add { name, value } => name.len() + value.len(),
            })
            .sum();
        assert!(bytes > 0);
    });
    assert_eq!(counted.count_total, 0, "{reason:?} allocates");
    reason
}

#[test]
fn classifying_a_request_allocates_nothing() {
    let long = "x".repeat(HOSTILE);
    let simple = [
        ("Accept", "application/json, text/plain, */*"),
        ("Accept-Language", "en-US,en;q=0.5"),
        ("Content-Language", "en"),
        ("Content-Type", "text/plain;charset=UTF-8"),
        ("Range", "bytes=0-65535"),
    ];
    let unsafe_ones = [
        ("Content-Type", "application/json"),
        ("X-Requested-With", "XMLHttpRequest"),
        ("Authorization", "Bearer 8c1f0b6e2d9a47f3"),
        ("Cookie", "a=b"),
        ("X-Id", &long),
    ];
    let repeated = [("accept", "a"), ("Accept", " b "), ("X-Id", "1"), ("x-id", "2"), ("Accept", &long)];
    let many = vec![("Accept", "a"); 200];
    let xml_http_request = Initiator::XmlHttpRequest { upload_listener: false };
    for engine in Engine::ALL {
        for headers in [&[][..], &simple, &unsafe_ones, &repeated, &many] {
            for (url, method) in [("https://api.example/", "POST"), ("https://app.example/", "put")] {
                for (body, initiator) in [(Body::None, Initiator::Fetch), (Body::Text, xml_http_request)] {
                    let mut request = Request::fetch("https://app.example", url).unwrap();
                    request.method = method.into();
                    request.headers = headers.iter().copied().collect();
                    (request.body, request.initiator) = (body, initiator);
                    let counted = measure(|| assert!(needs_preflight(engine, &request).is_ok()));
                    assert_eq!(counted.count_total, 0, "{engine:?}: {request:?}");
                }
            }
        }
    }
}

#[test]
fn building_ten_thousand_origins_takes_under_a_megabyte() {
    let config = PolicyConfig::new()
        .origins((0..10_000).map(|tenant| format!("https://tenant{tenant:05}.example.com")))
        .credentials(true)
        .methods(["GET", "POST", "PUT", "DELETE"])
        .request_headers(["authorization", "content-type", "x-requested-with"]);
    let mut policy = None;
    let counted = measure(|| policy = Some(config.build().unwrap()));
    assert!(policy.is_some());
    println!(
        "{} allocations, {} bytes in all, {} at most",
        counted.count_total, counted.bytes_total, counted.bytes_max
    );
    assert!(counted.bytes_total < 1_000_000, "{counted:?}");
}

/// The two are the parts of the response's header map.
#[cfg(feature = "tower")]
#[test]
fn the_tower_layer_allocates_twice() {
    use std::convert::Infallible;
    use std::future::{Future, Ready, ready};
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};
    use tower_layer::Layer;
    use tower_service::Service;

    struct Silent;
    impl Service<http::Request<()>> for Silent {
        type Response = http::Response<()>;
        type Error = Infallible;
        type Future = Ready<Result<http::Response<()>, Infallible>>;
        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
            Poll::Ready(Ok(()))
        }
        fn call(&mut self, _: http::Request<()>) -> Self::Future {
            ready(Ok(http::Response::new(())))
        }
    }

    for listed in [1, 10_000] {
        let config = PolicyConfig::new()
            .origins((0..listed).map(|tenant| format!("https://tenant{tenant:05}.example.com")))
            .credentials(true)
            .methods(["PUT", "DELETE"])
            .request_headers(["authorization", "content-type"])
            .expose_headers(["x-request-id"])
            .max_age(600);
        let mut service = cors_engine::tower::CorsLayer::new(config.build().unwrap()).layer(Silent);
        for method in ["GET", "OPTIONS"] {
            let request = http::Request::builder()
                .method(method)
                .header("origin", "https://tenant00000.example.com")
                .header("access-control-request-method", "PUT")
                .header("access-control-request-headers", "authorization,content-type")
                .body(())
                .unwrap();
            // As a server has read them, its values are parts of a buffer that is shared.
            let request = request.clone();
            let mut context = Context::from_waker(Waker::noop());
            let mut response = None;
            let counted = measure(|| {
                let Poll::Ready(ready) = pin!(service.call(request)).poll(&mut context) else { return };
                response = Some(ready.unwrap());
            });
            let headers = response.unwrap().into_parts().0.headers;
            assert!(headers.contains_key("access-control-allow-origin"));
            assert_eq!(counted.count_total, 2, "{method} at {listed}");
        }
    }
}

/// Whatever is wrong with it, and however often.
#[cfg(feature = "config")]
#[test]
fn a_document_full_of_mistakes_costs_as_much_as_it_is_long() {
    use cors_engine::server::document::PolicyDocument;
    use std::fmt::Write;
    // The TOML parser alone takes 563 for the first of these texts that are nothing but mistakes, 919 for the second.
    const FOR_EACH_BYTE: u64 = 1_000;

    let lines = |line: &dyn Fn(usize) -> String, count: usize| -> String {
        (0..count).fold(String::new(), |text, place| text + &line(place))
    };
    let mut documents = vec![
        ("no TOML at all", "=\n".repeat(20_000)),
        ("carriage returns alone", "=\r".repeat(20_000)),
        ("nothing but brackets", "[".repeat(40_000)),
        ("unclosed quotes", "a=\"\n".repeat(10_000)),
        ("keys of few letters", lines(&|place| format!("{place:x}=1\n"), 10_000)),
        ("keys that are nearly right", lines(&|place| format!("origin{place}=1\n"), 5_000)),
        ("the same key again", "a=1\n".repeat(10_000)),
        ("values of the wrong type", format!("origins=[{}]", "1,".repeat(20_000))),
        (
            "mistakes below a long name",
            format!("[env.{}]\n", "x".repeat(20_000)) + &lines(&|place| format!("{place}=1\n"), 2_000),
        ),
    ];
    let mut both = String::from("methods=[");
    (0..3_000).for_each(|_| both.push_str("'(',"));
    both.push_str("]\n");
    (0..3_000).for_each(|place| writeln!(both, "{place}=1").unwrap());
    documents.push(("mistakes of two kinds", both));
    let mut worst = 0;
    for (name, document) in documents {
        let counted = measure(|| drop(PolicyDocument::from_toml(&document).unwrap_err()));
        let for_each_byte = counted.bytes_total / document.len() as u64;
        println!("{name}: {for_each_byte} bytes of allocations for each byte");
        worst = worst.max(for_each_byte);
    }
    assert!(worst <= FOR_EACH_BYTE, "{worst}");
}

/// Four engines, the advice and the report say some kilobytes of each exchange, of which the shortest has eleven bytes.
#[cfg(feature = "capture")]
#[test]
fn a_capture_full_of_short_exchanges_costs_as_much_as_it_is_long() {
    use cors_engine::CredentialsMode;
    use cors_engine::capture::{Format, Meant, Report, read};
    const FOR_EACH_BYTE: u64 = 7_000;

    let origin = cors_engine::protocol::Origin::parse("https://a.example").ok();
    let meant = Meant { origin, credentials: Some(CredentialsMode::Include), ..Meant::default() };
    for exchanges in [10, 100, 1_000] {
        let capture = "X / HTTP/1\n".repeat(exchanges);
        let counted = measure(|| {
            let report = Report::of("a test", read(capture.as_bytes(), Some(Format::Raw), &meant).unwrap());
            assert_eq!(report.fetches.len(), exchanges);
            drop(serde_json::to_vec(&report).unwrap());
        });
        let for_each_byte = counted.bytes_total / capture.len() as u64;
        println!("{exchanges} exchanges: {for_each_byte} bytes of allocations for each byte");
        assert!(for_each_byte <= FOR_EACH_BYTE, "{exchanges} exchanges: {for_each_byte}");
    }
}
