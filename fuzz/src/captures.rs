//! Captures in every format: what is read is explained, and an explanation holds nothing that the capture did
//! not.

use crate::bound::Bound;
use crate::stretch::stretched;
use cors_engine::capture::{Format, Meant, Report, Unusable, read};
use cors_engine::protocol::Origin;
use cors_engine::{CredentialsMode, Engine};
use serde::de::IgnoredAny;
use std::time::Duration;

// The shortest exchange that can be read is a request line of eleven bytes; what four engines, the advice and the
// report say of it takes 71 KB, every growth of a buffer counted, and some 200 us where it is instrumented.
const BOUND: Bound =
    Bound::of(4 << 20, 8_000).with_time(Duration::from_millis(50), Duration::from_micros(40));

/// The first byte chooses the format and what the user says about the request.
pub fn check(input: &[u8]) {
    let Some((&choices, rest)) = input.split_first() else { return };
    let formats =
        [None, Some(Format::Har), Some(Format::CurlVerbose), Some(Format::CurlInclude), Some(Format::Raw)];
    let format = formats[usize::from(choices) % formats.len()];
    let said = choices & 128 != 0;
    let meant = Meant {
        origin: said.then(|| Origin::parse("https://a.test").expect("an origin")),
        credentials: said.then_some(CredentialsMode::Include),
        ..Meant::default()
    };
    let bytes = stretched(rest);
    BOUND.hold(bytes.len(), || match read(&bytes, format, &meant) {
        Ok(capture) => {
            assert!(format.is_none_or(|format| capture.format == format));
            check_report(&Report::of("input", capture), bytes.len());
        }
        Err(unusable) => check_unusable(&unusable, &bytes),
    });
}

fn check_report(report: &Report, length: usize) {
    assert!(report.fetches.len() <= length);
    assert!(report.refused() <= report.fetches.len());
    for explained in report.fetches.iter().take(8) {
        assert_eq!(explained.explanation.judgements.len(), Engine::ALL.len());
        for messages in explained.messages() {
            assert!(messages.request.ends_with('\n'));
        }
        assert!(explained.fetch.seen().iter().all(|line| !line.contains('\n')));
        for sent in explained.explanation.judgements.iter().flat_map(|judgement| &judgement.sent) {
            assert!(sent.curl().bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{}", sent.curl());
        }
    }
    let written = serde_json::to_string(report).expect("a report can be written down");
    assert!(serde_json::from_str::<IgnoredAny>(&written).is_ok());
}

fn check_unusable(unusable: &Unusable, bytes: &[u8]) {
    assert!(!unusable.words().is_empty() && !unusable.kind().code().is_empty());
    let lines = bytes.split(|&byte| byte == b'\n').count();
    assert!(
        unusable.line().is_none_or(|line| line >= 1 && line <= lines + 1),
        "{unusable}, of {lines} lines"
    );
}
