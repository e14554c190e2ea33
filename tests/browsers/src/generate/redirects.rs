//! Redirects: chains over hosts, with tainting, userinfo and fragments, and odd `Location` values.

use super::draft::{
    ALLOW_CREDENTIALS, ALLOW_HEADERS, ALLOW_METHODS, ALLOW_ORIGIN, Draft, credentials, empty, page, request,
    set,
};
use super::requests;
use super::vary::{chance, pick, recase};
use cors_engine::scenario::{Answers, BodyDescription, RequestDescription, Step};
use cors_engine::{CredentialsMode, RedirectMode, RequestMode};
use fastrand::Rng;
use std::collections::BTreeMap;

const STATUSES: [u16; 6] = [301, 302, 303, 307, 308, 302];
/// A browser follows 20.
const LIMIT: usize = 20;

/// A host's answers are chosen by what the page may be told about it.
struct Chain {
    request: RequestDescription,
    server: BTreeMap<String, Answers>,
    scheme: &'static str,
}

impl Chain {
    fn new(rng: &mut Rng) -> Self {
        let origin = page(rng);
        let scheme = if origin.serialized().starts_with("https:") { "https" } else { "http" };
        let mut request = request(origin, String::new());
        request.credentials = credentials(rng);
        Self { request, server: BTreeMap::new(), scheme }
    }

    /// A host of the chain; the page's own comes up often.
    fn host(&self, rng: &mut Rng) -> String {
        let origin = self.request.origin.serialized();
        if origin != "null" && chance(rng, 35) {
            return origin.to_owned();
        }
        format!(
            "{}://{}",
            self.scheme,
            pick(rng, &["b.test", "b.test", "c.test", "sub.a.test", "b.test:8080"])
        )
    }

    /// Lets the server at this URL answer: both kinds of request get the same CORS headers.
    fn answer(&mut self, rng: &mut Rng, url: &str, status: u16, location: Option<&str>) {
        let origin = self.request.origin.serialized().to_owned();
        let include = self.request.credentials == CredentialsMode::Include;
        let allowed = match rng.u8(..10) {
            0 => None,
            1..3 => Some("null"),
            3..6 if !include => Some("*"),
            _ => Some(origin.as_str()),
        };
        let (mut preflight, mut actual) = (empty(204), empty(status));
        for answer in [&mut preflight, &mut actual] {
            set(answer, ALLOW_ORIGIN, allowed);
            if include || chance(rng, 20) {
                set(answer, ALLOW_CREDENTIALS, ["true"]);
            }
        }
        let covers_all = !include && chance(rng, 50);
        set(&mut preflight, ALLOW_METHODS, [if covers_all { "*" } else { "GET, PUT, DELETE, PATCH" }]);
        set(
            &mut preflight,
            ALLOW_HEADERS,
            [if covers_all { "*" } else { "x-a, content-type, authorization" }],
        );
        set(&mut actual, "location", location);
        if chance(rng, 5) {
            preflight.headers.clear();
        }
        if chance(rng, 5) {
            let policy = pick(rng, &["same-origin", "same-site", "cross-origin"]);
            set(&mut actual, "cross-origin-resource-policy", [policy]);
        }
        let answers = Answers { preflight: Some(preflight), actual: Some(actual) };
        self.server.insert(url.to_owned(), answers);
    }

    fn draft(self, about: String) -> Draft {
        let step = Step { advance_s: 0.0, request: self.request, server: self.server, expect: None };
        Draft { about, steps: vec![step] }
    }
}

/// One to three redirects.
pub(super) fn chain(rng: &mut Rng) -> Draft {
    let mut chain = Chain::new(rng);
    vary_request(rng, &mut chain.request);
    let hops = pick(rng, &[1, 1, 2, 2, 3]);
    let mut url = format!("{}/r0", chain.host(rng));
    chain.request.url.clone_from(&url);
    for hop in 1..=hops {
        let next = format!("{}/r{hop}", chain.host(rng));
        let location = written(rng, &next);
        let status = pick(rng, &STATUSES);
        chain.answer(rng, &url, status, Some(&location));
        url = next;
    }
    let status = pick(rng, &[200, 200, 200, 404]);
    chain.answer(rng, &url, status, None);
    let about = format!("{} over {hops} redirects", chain.request.method);
    chain.draft(about)
}

/// As many redirects as are followed, and one more or less.
pub(super) fn limit(rng: &mut Rng) -> Draft {
    let mut chain = Chain::new(rng);
    let hosts = [chain.host(rng), chain.host(rng)];
    let hops = pick(rng, &[LIMIT - 1, LIMIT, LIMIT + 1]);
    let url = |hop: usize| format!("{}/l{hop}", hosts[hop % hosts.len()]);
    chain.request.url = url(0);
    for hop in 0..=hops {
        // A chain that CORS ends early would say nothing about the limit.
        let mut answer = empty(if hop < hops { 302 } else { 200 });
        set(&mut answer, ALLOW_ORIGIN, ["*"]);
        set(&mut answer, "location", (hop < hops).then(|| url(hop + 1)));
        chain.server.insert(url(hop), Answers { preflight: None, actual: Some(answer) });
    }
    chain.request.credentials = CredentialsMode::Omit;
    chain.draft(format!("{hops} redirects"))
}

/// Location missing, repeated, empty, relative, of another scheme, or no URL at all. Not `mailto:`, at which Firefox
/// leaves the page.
pub(super) fn odd_location(rng: &mut Rng) -> Draft {
    const ODD: [&str; 21] = [
        "",
        "r1",
        "?q",
        "#frag",
        "//",
        "//b.test/r1",
        "//user@b.test/r1",
        "http://",
        "http://[",
        "http://b.test:99999/",
        "data:text/plain,x",
        "about:blank",
        "javascript:1",
        "ftp://b.test/x",
        "file:///x",
        "foo://b.test/x",
        "/r1 ",
        " /r1",
        "http:b",
        "HTTP://b.test/r1",
        "/r1#frag",
    ];
    let mut chain = Chain::new(rng);
    vary_request(rng, &mut chain.request);
    chain.request.mode = pick(rng, &[RequestMode::Cors, RequestMode::Cors, RequestMode::NoCors]);
    chain.request.redirect =
        pick(rng, &[RedirectMode::Follow, RedirectMode::Follow, RedirectMode::Error, RedirectMode::Manual]);
    let host = chain.host(rng);
    let url = format!("{host}/r0");
    chain.request.url.clone_from(&url);
    let mut lines: Vec<&str> = (0..pick(rng, &[0, 1, 1, 1, 1, 2])).map(|_| pick(rng, &ODD)).collect();
    if lines.len() == 2 && chance(rng, 40) {
        lines[1] = lines[0];
    }
    let status = pick(rng, &STATUSES);
    chain.answer(rng, &url, status, None);
    if let Some(actual) = chain.server.get_mut(&url).and_then(|answers| answers.actual.as_mut()) {
        set(actual, "location", lines.clone());
    }
    for target in [format!("{host}/r1"), format!("{}://b.test/r1", chain.scheme)] {
        chain.answer(rng, &target, 200, None);
    }
    chain.draft(format!("{status} with Location {lines:?}"))
}

/// Method, mode, headers and body, since a redirect may change each of them.
fn vary_request(rng: &mut Rng, request: &mut RequestDescription) {
    request.method = pick(rng, &["GET", "GET", "POST", "PUT", "DELETE", "HEAD"]).into();
    request.mode = pick(
        rng,
        &[
            RequestMode::Cors,
            RequestMode::Cors,
            RequestMode::Cors,
            RequestMode::NoCors,
            RequestMode::SameOrigin,
        ],
    );
    if chance(rng, 10) {
        request.redirect = pick(rng, &[RedirectMode::Error, RedirectMode::Manual]);
    }
    if chance(rng, 35) {
        let header = pick(rng, &[("x-a", "1"), ("authorization", "z"), ("content-type", "application/json")]);
        request.headers.push((header.0.into(), header.1.into()));
    }
    if matches!(request.method.as_str(), "POST" | "PUT") && chance(rng, 50) {
        request.body = match requests::any_body(rng) {
            // A redirect cannot send a stream again, and HTTP/1.1 cannot send it once.
            Some(BodyDescription::Stream(_)) | None => Some(BodyDescription::Text("q".into())),
            other => other,
        };
    }
    if chance(rng, 15) {
        request.method = recase(rng, &request.method);
    }
}

/// The URL as a Location may write it.
fn written(rng: &mut Rng, url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    match rng.u8(..20) {
        0 => format!("//{rest}"),
        1 => format!("{url}#frag"),
        2 => format!("{scheme}://user@{rest}"),
        3 => format!("{scheme}://user:pass@{rest}"),
        4 => format!("{scheme}://{}@{rest}", pick(rng, &["", ":", ":pass"])),
        5 => format!(" {url} "),
        6 => rest.split_once('/').map_or_else(String::new, |(_, path)| format!("/{path}")),
        _ => url.to_owned(),
    }
}
