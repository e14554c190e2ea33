//! A whole preflighted exchange in process: a request, its preflight, the server's answer, the actual request, the
//! server's answer, and what script gets. The benches beside the peers, a crate of their own, use this file too.

use super::shape;
use cors_engine::protocol::{HeaderLines, Origin};
use cors_engine::{
    CredentialsMode, Engine, Fetch, Outcome, Outgoing, Policy, PreflightCache, Request, ResponseHead, Step,
};
use http::HeaderMap;
use std::hint::black_box;
use std::time::Duration;
use url::Url;

/// What script sets: what the preflight asks for.
const HEADERS: [(&str, &str); 2] =
    [("Authorization", "Bearer 8c1f0b6e2d9a47f3b5e07a64c9d2138f"), ("Content-Type", "application/json")];

/// The exchange with a server that has the policy of all other rows, and an application that says nothing itself.
/// The request and the answers are ready.
pub(crate) struct Exchange {
    request: Request,
    preflight_answer: Vec<(String, String)>,
    answer: Vec<(String, String)>,
}

impl Exchange {
    pub(crate) fn new() -> Self {
        let page = shape::origin(0);
        let origin = Origin::parse(&page).expect("an origin");
        let url = Url::parse("https://api.example.com/v1/things?page=2").expect("a URL");
        let mut request = Request::new(origin, url);
        request.method = "PUT".into();
        request.credentials = CredentialsMode::Include;
        request.headers = HEADERS.into_iter().collect();

        let policy = shape::config(1).build().expect("a policy");
        let preflight = shape::headers(Some(&page), Some(shape::REQUESTED_HEADERS));
        let actual = shape::headers(Some(&page), None);
        Exchange {
            request,
            preflight_answer: answer(&policy, "OPTIONS", &preflight),
            answer: answer(&policy, "PUT", &actual),
        }
    }

    /// The request, for one exchange.
    #[inline(never)] // so that it costs the same wherever it is taken off
    pub(crate) fn request(&self) -> Request {
        self.request.clone()
    }

    /// The exchange by a browser that remembers no preflight.
    #[inline]
    pub(crate) fn take_place(&self, engine: Engine, request: Request) {
        let answers = [self.preflight_answer.as_slice(), self.answer.as_slice()];
        assert!(exchange(engine, request, answers, &mut PreflightCache::default()));
    }
}

/// The header lines that a policy answers with.
fn answer(policy: &Policy, method: &str, headers: &HeaderMap) -> Vec<(String, String)> {
    let answer = policy.answer(method.as_bytes(), headers);
    let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
    let vary = answer.vary().collect::<Vec<_>>().join(", ");
    let lines = answer.headers().map(|(name, value)| (name.to_owned(), text(value)));
    lines.chain([("vary".to_owned(), vary)]).collect()
}

/// From the request to the response that script gets; says whether there was a preflight.
#[inline(always)] // as it is where a caller writes it down
pub(crate) fn exchange<S: HeaderLines + ?Sized>(
    engine: Engine,
    request: Request,
    [preflight_answer, answer]: [&S; 2],
    cache: &mut PreflightCache,
) -> bool {
    let mut fetch = Fetch::new(black_box(engine), request).expect("a fetch");
    let Step::Send(first) = fetch.start(cache, Duration::ZERO) else { panic!("nothing is sent") };
    send(first);
    let preflighted = first.access_control_request_method().is_some();
    if preflighted {
        let answer = ResponseHead::new(204, black_box(preflight_answer));
        let Step::Send(actual) = fetch.receive(&answer, cache, Duration::ZERO) else { panic!("refused") };
        send(actual);
    }
    let answer = ResponseHead::new(200, black_box(answer));
    let step = fetch.receive(&answer, cache, Duration::ZERO);
    assert!(matches!(black_box(step), Step::Done(Outcome::Response(_))));
    preflighted
}

/// Reads all that is on the wire, and sends it nowhere.
pub(crate) fn send(outgoing: Outgoing<'_>) {
    outgoing.headers().for_each(|line| {
        black_box(line);
    });
}
