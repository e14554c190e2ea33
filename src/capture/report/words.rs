//! The words of reports.

use crate::capture::{CapturedFetch, Kind};
use crate::explain::{Classification, Explanation, Verdict};
use crate::{Engine, Exchange};

/// What the capture itself says that needs a word.
pub(super) fn remarks(
    fetch: &CapturedFetch,
    explanation: &Explanation,
    engine: Option<Engine>,
) -> Vec<String> {
    let mut remarks = Vec::new();
    let own = engine.and_then(|engine| explanation.judgement(engine));
    if let (Some(failure), Some(Verdict::Allowed(_))) = (&fetch.failure, own.map(|own| &own.verdict)) {
        remarks.push(format!(
            "The browser noted {failure}, and CORS does not explain it: look at content blockers, CSP, ORB and \
             the network."
        ));
    }
    let sent_nothing = fetch.kind == Kind::Cors
        && matches!(own.map(|own| &own.verdict), Some(Verdict::Blocked(blocked))
            if blocked.reason.code() == "connection-failed");
    let preflight_missing = matches!(explanation.classification, Classification::Preflighted(_))
        && !fetch.evidence.exchanges.iter().any(|observed| observed.exchange == Exchange::Preflight);
    if sent_nothing && preflight_missing {
        remarks.push(
            "No preflight was noted, and it may have failed there: `cors probe` asks the server.".into(),
        );
    } else if sent_nothing {
        remarks.push(
            "A request that never left may also have been stopped by the mode same-origin, CSP, mixed content \
             or a content blocker."
                .into(),
        );
    }
    remarks
}
