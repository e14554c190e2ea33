//! A whole preflighted exchange in process: a browser's request, its preflight, the server's answer, the actual
//! request, the server's answer, and what script gets. The answers are ready, as they are for the peers.

use crate::Subject;
use cors_engine::protocol::Origin;
use cors_engine::{Engine, Fetch, Outcome, Outgoing, PreflightCache, Request, ResponseHead, Step};
use std::hint::black_box;
use std::time::Duration;

/// Five headers of an ordinary request to an API, three of which have to be asked for.
const HEADERS: [(&str, &str); 5] = [
    ("Accept", "application/json, text/plain, */*"),
    ("Accept-Language", "en-US,en;q=0.5"),
    ("Content-Type", "application/json"),
    ("X-Requested-With", "XMLHttpRequest"),
    ("Authorization", "Bearer 8c1f0b6e2d9a47f3b5e07a64c9d2138f"),
];

const PREFLIGHT_ANSWER: [(&str, &str); 6] = [
    ("Access-Control-Allow-Origin", PAGE),
    ("Access-Control-Allow-Credentials", "true"),
    ("Access-Control-Allow-Methods", "PUT"),
    ("Access-Control-Allow-Headers", "authorization,content-type,x-requested-with"),
    ("Access-Control-Max-Age", "600"),
    ("Vary", "Origin"),
];

const ANSWER: [(&str, &str); 5] = [
    ("Content-Type", "application/json"),
    ("Access-Control-Allow-Origin", PAGE),
    ("Access-Control-Allow-Credentials", "true"),
    ("Access-Control-Expose-Headers", "x-request-id,x-total-count"),
    ("Vary", "Origin"),
];

const PAGE: &str = "https://tenant00000.example.com";

pub(crate) struct Exchanged {
    page: Origin,
    url: url::Url,
}

impl Exchanged {
    pub(crate) fn new() -> Self {
        let url = url::Url::parse("https://api.example.com/v1/things?page=2").expect("a URL");
        Exchanged { page: Origin::parse(PAGE).expect("an origin"), url }
    }
}

impl Subject for Exchanged {
    type Input = ();
    type Output = ();

    fn prepare(&self) {}

    fn turn(&self, (): ()) {
        let mut request = Request::new(self.page.clone(), self.url.clone());
        request.method = "PUT".into();
        for (name, value) in HEADERS {
            request.headers.append(name.as_bytes(), value.as_bytes());
        }
        let (mut cache, now) = (PreflightCache::default(), Duration::ZERO);
        let mut fetch = Fetch::new(Engine::Spec, request).expect("a fetch");
        let Step::Send(preflight) = fetch.start(&mut cache, now) else { panic!("nothing is sent") };
        send(preflight);
        let answer = ResponseHead::new(204, black_box(&PREFLIGHT_ANSWER));
        let Step::Send(actual) = fetch.receive(&answer, &mut cache, now) else { panic!("refused") };
        send(actual);
        let answer = ResponseHead::new(200, black_box(&ANSWER));
        let step = fetch.receive(&answer, &mut cache, now);
        assert!(matches!(black_box(step), Step::Done(Outcome::Response(_))));
    }
}

/// Reads all that is on the wire, and sends it nowhere.
fn send(outgoing: Outgoing<'_>) {
    outgoing.headers().for_each(|line| {
        black_box(line);
    });
}
