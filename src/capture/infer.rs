//! Inference: the request that script made, worked out from what was seen of it. What had to be guessed is
//! said.

use super::chain::{Chain, Hop};
use super::credentials;
use super::{CapturedFetch, Entry, Kind, Meant, Unusable, UnusableKind};
use crate::explain::{Answer, Evidence, Observed, Verdict, explain};
use crate::protocol::{HeaderList, Headers, Origin, list, method, request_header};
use crate::{
    Body, Engine, Exchange, Initiator, Preflight, RedirectMode, Request, RequestMode, needs_preflight,
};
use url::Url;

/// Headers that browsers put on requests by themselves, beside those that script cannot set.
const ADDED_BY_BROWSERS: [&str; 20] = [
    "accept",
    "accept-language",
    "cache-control",
    "device-memory",
    "downlink",
    "dpr",
    "ect",
    "if-modified-since",
    "if-none-match",
    "pragma",
    "priority",
    "purpose",
    "range",
    "rtt",
    "save-data",
    "upgrade-insecure-requests",
    "user-agent",
    "viewport-width",
    "width",
    "x-client-data",
];

/// A fetch that a browser noted. `None` when no page can be told that made it.
pub(super) fn from_browser(chain: Chain, engine: Option<Engine>, meant: &Meant) -> Option<CapturedFetch> {
    // A browser notes the request itself; only what it leaves out is for the user to say.
    let unsaid = Meant::default();
    let clues = Clues { chain: &chain, meant: &unsaid };
    let origin = clues.page().or_else(|| meant.origin.clone())?;
    let request = clues.request(origin);
    let kind = clues.kind(&request);
    let judge = engine.unwrap_or(Engine::Spec);
    let mut fetch = CapturedFetch::new(request, kind);
    fetch.evidence = noted(&chain, &fetch.request, judge);
    fetch.failure = chain.hops().rev().find_map(|hop| hop.actual()?.failure.clone());
    if fetch.kind != Kind::SameOrigin {
        credentials::settle(&mut fetch, &chain, engine, meant);
    }
    note_failed_connection(&mut fetch, &chain, judge);
    Some(fetch)
}

/// What a browser noted. A request that needs a preflight and was made without one was allowed before.
fn noted(chain: &Chain, request: &Request, judge: Engine) -> Evidence {
    let mut exchanges = Vec::new();
    let mut request = request.clone();
    for hop in chain.hops() {
        request.url = hop.url().clone();
        let is_needed = needs_preflight(judge, &request).is_ok_and(|preflight| preflight.is_needed());
        let was_made = hop.actual().is_some_and(|actual| actual.response.is_some());
        if hop.preflight().is_none() && is_needed && was_made {
            let url = hop.url().clone();
            exchanges.push(Observed { exchange: Exchange::Preflight, url, answer: Answer::Remembered });
        }
        exchanges.extend(observed(hop));
    }
    Evidence::from(exchanges)
}

/// A fetch that stands in a text: what the user says goes before what is there.
pub(super) fn from_text(chain: Chain, meant: &Meant, assumed: &[String]) -> Result<CapturedFetch, Unusable> {
    let clues = Clues { chain: &chain, meant };
    let Some(origin) = meant.origin.clone().or_else(|| clues.page()) else {
        return Err(Unusable::new(
            UnusableKind::NoOrigin,
            "does not say which page asks: no request in it has an Origin header. Name the page's origin, such \
             as https://app.example",
        ));
    };
    let request = clues.request(origin);
    let kind = clues.kind(&request);
    let mut fetch = CapturedFetch::new(request, kind);
    fetch.evidence = Evidence::from(chain.hops().flat_map(observed).collect::<Vec<_>>());
    fetch.assumed = assumed.to_vec();
    let was_asked_without_origin = chain
        .hops()
        .filter_map(Hop::actual)
        .any(|entry| entry.headers.lines().next().is_some() && entry.header("origin").is_none());
    if was_asked_without_origin && kind == Kind::Cors {
        let words = "The request has no Origin header; asked with one, the server may answer otherwise.";
        fetch.assumed.push(words.into());
    }
    credentials::settle(&mut fetch, &chain, None, meant);
    Ok(fetch)
}

fn observed(hop: &Hop) -> Vec<Observed> {
    let of = |entry: Option<&Entry>, exchange| {
        let entry = entry?;
        let response = entry.response.as_ref()?;
        let answer = Answer::Head { status: response.status, headers: response.headers.clone() };
        Some(Observed { exchange, url: entry.url.clone(), answer })
    };
    let preflight = of(hop.preflight(), Exchange::Preflight);
    preflight.into_iter().chain(of(hop.actual(), Exchange::Actual)).collect()
}

/// A browser notes no answer both when CORS stopped the fetch before it was sent and when the connection
/// failed. It was the connection when CORS has nothing against the fetch so far.
fn note_failed_connection(fetch: &mut CapturedFetch, chain: &Chain, judge: Engine) {
    let last = chain.last();
    let unanswered = |entry: Option<&Entry>| entry.is_some_and(|entry| entry.response.is_none());
    let exchange = if unanswered(last.preflight()) {
        Exchange::Preflight
    } else if unanswered(last.actual()) {
        Exchange::Actual
    } else {
        return;
    };
    let judged = explain(&fetch.request, &fetch.evidence);
    if judged.judgement(judge).is_some_and(|judgement| matches!(judgement.verdict, Verdict::Undecided(_))) {
        fetch.evidence.exchanges.push(Observed { exchange, url: last.url().clone(), answer: Answer::Failed });
    }
}

/// Everything that is known of one fetch.
struct Clues<'a> {
    chain: &'a Chain,
    meant: &'a Meant,
}

impl Clues<'_> {
    /// The first entry that has what `find` looks for, requests before preflights.
    fn first<T>(&self, find: impl Fn(&Entry) -> Option<T>) -> Option<T> {
        let hop = &self.chain.first;
        hop.actual().and_then(&find).or_else(|| hop.preflight().and_then(&find))
    }

    fn header(&self, name: &str) -> Option<String> {
        self.first(|entry| entry.header(name))
    }

    /// The origin of the page.
    fn page(&self) -> Option<Origin> {
        let same_site = |entry: &Entry| {
            let is_own = entry.header("sec-fetch-site")? == "same-origin";
            is_own.then(|| Origin::of(&entry.url))
        };
        let referrer = |entry: &Entry| {
            let origin = Origin::of(&Url::parse(&entry.header("referer")?).ok()?);
            matches!(origin, Origin::Tuple(_)).then_some(origin)
        };
        self.first(|entry| Origin::parse(&entry.header("origin")?).ok())
            .or_else(|| self.first(same_site))
            .or_else(|| self.first(referrer))
            .or_else(|| self.first(|entry| entry.page.clone()))
    }

    /// What the request was for.
    fn destination(&self) -> Option<String> {
        self.first(|entry| entry.destination.clone()).or_else(|| self.header("sec-fetch-dest"))
    }

    fn request(&self, origin: Origin) -> Request {
        let hop = &self.chain.first;
        let mut request = Request::new(origin, hop.url().clone());
        request.method = self.method().into();
        request.headers = self.author_headers();
        request.redirect = RedirectMode::Follow;
        request.initiator = match self.destination().as_deref() {
            Some("xhr") => Initiator::XmlHttpRequest { upload_listener: false },
            Some("font") => Initiator::Font,
            Some("script") => Initiator::Script,
            Some("style" | "stylesheet") => Initiator::Style,
            Some("image") => Initiator::Image,
            Some("eventsource") => Initiator::EventSource,
            Some("ping" | "beacon") => Initiator::Beacon,
            _ => Initiator::Fetch,
        };
        request.mode = self.mode(&request);
        if hop.preflight().is_some() && needs_preflight(Engine::Spec, &request) == Ok(Preflight::Simple) {
            // Nothing else makes a simple request preflighted.
            request.initiator = Initiator::XmlHttpRequest { upload_listener: true };
            if !matches!(method::normalize(&request.method), b"GET" | b"HEAD") {
                request.body = Body::Bytes;
            }
        }
        request
    }

    fn method(&self) -> Vec<u8> {
        let asked = |entry: &Entry| Some(entry.header("access-control-request-method")?.into_bytes());
        let hop = &self.chain.first;
        let noted = hop.actual().map(|entry| entry.method.clone());
        let meant = self.meant.method.clone().map(String::into_bytes);
        meant.or(noted).or_else(|| hop.preflight().and_then(asked)).unwrap_or_else(|| b"GET".into())
    }

    /// The headers that script set: those that a preflight asked for, and those that no browser adds.
    fn author_headers(&self) -> HeaderList {
        let hop = &self.chain.first;
        let asked = hop.preflight().map(|entry| Headers::of(&entry.headers));
        let asked =
            asked.and_then(|headers| headers.get(b"access-control-request-headers")).unwrap_or_default();
        let is_asked = |name: &[u8]| {
            list::get_decode_and_split(&asked).any(|element| element.eq_ignore_ascii_case(name))
        };
        let is_added = |name: &[u8], value: &[u8]| {
            request_header::is_forbidden(name, value)
                || ADDED_BY_BROWSERS.iter().any(|added| name.eq_ignore_ascii_case(added.as_bytes()))
        };
        let mut headers = HeaderList::default();
        for (name, value) in hop.actual().iter().flat_map(|entry| entry.headers.lines()) {
            if is_asked(name) || !is_added(name, value) {
                headers.append(name, value);
            }
        }
        for name in list::get_decode_and_split(&asked).filter(|name| !name.is_empty()) {
            if !headers.contains(name) {
                headers.append(name, unseen_value(name));
            }
        }
        for (name, value) in self.meant.headers.lines() {
            headers.delete(name);
            headers.append(name, value);
        }
        headers
    }

    fn mode(&self, request: &Request) -> RequestMode {
        let asked_by_cors =
            self.chain.hops().any(|hop| hop.preflight().is_some()) || self.header("origin").is_some();
        let answered = self.first(|entry| entry.response.as_ref().map(|_| ())).is_some();
        match self.header("sec-fetch-mode").as_deref() {
            Some("cors") => RequestMode::Cors,
            Some("no-cors") => RequestMode::NoCors,
            Some("same-origin") => RequestMode::SameOrigin,
            // Navigations and WebSockets: script does not read what comes back.
            Some(_) => RequestMode::NoCors,
            None if asked_by_cors || self.meant.origin.is_some() => RequestMode::Cors,
            // A browser puts Origin on every cross-origin request whose answer script is to read.
            None if answered && !request.origin.is_origin_of(&request.url) => RequestMode::NoCors,
            None => RequestMode::Cors,
        }
    }

    fn kind(&self, request: &Request) -> Kind {
        let is_navigation =
            matches!(self.header("sec-fetch-mode").as_deref(), Some("navigate" | "websocket"));
        if !is_navigation && self.chain.hops().all(|hop| request.origin.is_origin_of(hop.url())) {
            return Kind::SameOrigin;
        }
        match (request.mode, self.destination().as_deref()) {
            _ if is_navigation => Kind::Load,
            (_, Some("document" | "iframe" | "frame" | "object" | "embed")) => Kind::Load,
            (RequestMode::NoCors, None | Some("empty" | "fetch" | "xhr" | "other")) => Kind::NoCorsFetch,
            (RequestMode::NoCors, Some(_)) => Kind::Load,
            (RequestMode::Cors | RequestMode::SameOrigin | RequestMode::Navigate, _) => Kind::Cors,
        }
    }
}

/// Stands for the value of a header that only its preflight names: one that needs a preflight.
fn unseen_value(name: &[u8]) -> &'static [u8] {
    if name.eq_ignore_ascii_case(b"content-type") { b"application/json" } else { b"(not seen)" }
}
