//! Fetches written down as HTTP messages: read back, they are judged the same.

use cors_engine::capture::{Explained, Kind, Meant, Report, read};
use cors_engine::explain::{Answer, Classification};

fn fetches(file: &str) -> Vec<Explained> {
    let path = format!("{}/examples/{file}", env!("CARGO_MANIFEST_DIR"));
    let capture = read(&std::fs::read(path).unwrap(), None, &Meant::default()).unwrap();
    Report::of(file, capture).fetches
}

/// Writes a fetch down and reads it back.
fn again(explained: &Explained) -> Explained {
    let mut text = String::new();
    for messages in explained.messages() {
        text.push_str(&format!("{}\n{}\n", messages.request, messages.response.unwrap_or_default()));
    }
    let request = &explained.fetch.request;
    let meant = Meant {
        origin: Some(request.origin.clone()),
        credentials: Some(request.credentials),
        ..Meant::default()
    };
    let report = Report::of("again", read(text.as_bytes(), None, &meant).unwrap());
    assert_eq!(report.fetches.len(), 1, "{text}");
    report.fetches.into_iter().next().unwrap()
}

fn verdicts(explained: &Explained) -> Vec<(&'static str, Option<&'static str>)> {
    let judgements = &explained.explanation.judgements;
    judgements
        .iter()
        .map(|judgement| &judgement.verdict)
        .map(|verdict| (verdict.word(), verdict.reason().map(|reason| reason.code())))
        .collect()
}

#[test]
fn verdicts_stay_the_same() {
    let mut compared = 0;
    for file in ["chromium.har", "firefox.har", "curl-verbose.txt", "raw-exchange.http"] {
        for explained in fetches(file) {
            let seen = &explained.fetch.evidence.exchanges;
            let all_are_responses = seen.iter().all(|seen| matches!(seen.answer, Answer::Head { .. }));
            // What is no fetch of a script has destinations that matter and are not kept.
            if all_are_responses && explained.fetch.kind != Kind::Load {
                let again = again(&explained);
                assert_eq!(verdicts(&again), verdicts(&explained), "{file} {}", explained.fetch.request.url);
                assert_eq!(again.explanation.advice.answers, explained.explanation.advice.answers);
                compared += 1;
            }
        }
    }
    assert!(compared > 60, "{compared}");
}

#[test]
fn a_request_that_nobody_answered_is_written_down() {
    let request = b"PUT https://api.example/ HTTP/1.1\nOrigin: https://app.example\nX-Id: 7\n";
    let report = Report::of("x", read(request, None, &Meant::default()).unwrap());
    let messages = report.fetches[0].messages();
    assert_eq!(messages.len(), 1);
    assert!(messages[0].request.starts_with("PUT https://api.example/ HTTP/1.1\n"));
    assert!(messages[0].request.contains("\nX-Id: 7\n"));
    assert!(matches!(again(&report.fetches[0]).explanation.classification, Classification::Preflighted(_)));
}
