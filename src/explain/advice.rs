//! Advice: the header lines with which every browser allows a request.
//!
//! The advice is found by trying: the engines are played the answers that were seen, what they refuse is
//! repaired, and they are asked again, until none of them refuses or what is left no header can repair.

use super::playback::{Answerer, is_same_resource, verdict};
use super::{Answer, Cause, Evidence, Verdict};
use crate::protocol::{HeaderList, Headers, Origin, is_token, list, request_header};
use crate::{Blocked, CredentialsMode, Engine, Exchange, Outgoing, Reason, Request};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use url::Url;

/// More answers than this are never changed for one request: there are at most 21 hops.
const REPAIRS: usize = 256;

/// What to change on the server.
///
/// ```
/// use cors_engine::{Exchange, Request, explain::{Evidence, explain}};
/// let mut request = Request::fetch("https://app.example", "https://api.example/")?;
/// request.method = "PUT".into();
/// let advice = explain(&request, &Evidence::default()).advice;
/// assert!(advice.answers.iter().map(|answer| answer.exchange).eq([Exchange::Preflight, Exchange::Actual]));
/// assert!(advice.remaining.is_empty());
/// # Ok::<(), cors_engine::InvalidRequest>(())
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Advice {
    /// The answers to change, in the order in which browsers meet them.
    pub answers: Vec<AnswerAdvice>,
    /// What has to be minded, in sentences.
    pub notes: Vec<&'static str>,
    /// What no response header can repair, engine by engine.
    pub remaining: Vec<(Engine, Reason)>,
}

/// What to change about one answer.
///
/// ```
/// use cors_engine::{Request, explain::{Answer, Evidence, Observed, explain}};
/// use cors_engine::Exchange;
/// let request = Request::fetch("https://app.example", "https://api.example/")?;
/// let observed = Observed {
///     exchange: Exchange::Actual,
///     url: request.url.clone(),
///     answer: Answer::head(200, &[("Content-Type", "text/html")]),
/// };
/// let explanation = explain(&request, &Evidence::from(vec![observed]));
/// let lines: Vec<String> = explanation.advice.answers[0].lines().collect();
/// assert_eq!(lines, ["Access-Control-Allow-Origin: https://app.example", "Vary: Origin"]);
/// # Ok::<(), cors_engine::InvalidRequest>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct AnswerAdvice {
    /// The answer to what.
    pub exchange: Exchange,
    /// The method of the request.
    pub method: Vec<u8>,
    /// The URL.
    pub url: Url,
    /// Whether the answer was seen; what is advised for one that was not is what a browser will ask of it.
    pub seen: bool,
    /// The status to answer with, where it has to change.
    pub status: Option<u16>,
    /// The headers to set, each replacing every line of its name.
    pub set: Vec<(&'static str, String)>,
}

impl AnswerAdvice {
    /// The header lines, ready to paste.
    ///
    /// ```
    /// # use cors_engine::{Request, explain::{Evidence, explain}};
    /// # let request = Request::fetch("https://app.example", "https://api.example/")?;
    /// let advice = explain(&request, &Evidence::default()).advice;
    /// assert_eq!(advice.answers[0].lines().count(), 2);
    /// # Ok::<(), cors_engine::InvalidRequest>(())
    /// ```
    pub fn lines(&self) -> impl Iterator<Item = String> {
        self.set.iter().map(|(name, value)| format!("{name}: {value}"))
    }

    /// The answer as it is once the advice is followed.
    ///
    /// ```
    /// # use cors_engine::{Request, explain::{Evidence, explain}};
    /// # use cors_engine::protocol::{HeaderList, Headers};
    /// # let request = Request::fetch("https://app.example", "https://api.example/")?;
    /// let advice = explain(&request, &Evidence::default()).advice;
    /// let (status, headers) = advice.answers[0].apply(200, &HeaderList::default());
    /// assert_eq!(status, 200);
    /// assert!(Headers::of(&headers).contains(b"access-control-allow-origin"));
    /// # Ok::<(), cors_engine::InvalidRequest>(())
    /// ```
    #[must_use]
    pub fn apply(&self, status: u16, headers: &HeaderList) -> (u16, HeaderList) {
        let mut headers = headers.clone();
        for (name, value) in &self.set {
            headers.delete(name.as_bytes());
            headers.append(name.as_bytes(), value.as_bytes());
        }
        (self.status.unwrap_or(status), headers)
    }
}

/// Finds what to change so that the standard and every browser allow `request`.
pub(super) fn advise(request: &Request, evidence: &Evidence, causes: &[Cause]) -> Advice {
    let mut server = Server::seen(evidence);
    let mut remaining: Vec<(Engine, Reason)> = Vec::new();
    for _ in 0..REPAIRS {
        let hopeless = |engine: &Engine| remaining.iter().any(|(stuck, _)| stuck == engine);
        let mut engines = Engine::ALL.into_iter().filter(|engine| !hopeless(engine));
        let refusal = engines.find_map(|engine| Some((engine, server.refusal_of(engine, request)?)));
        let Some((engine, refusal)) = refusal else { break };
        if !server.repair(request, &refusal) {
            remaining.extend(refusal.reason().map(|reason| (engine, reason)));
        }
    }
    if causes.contains(&Cause::VaryMissing) {
        server.vary_by_origin();
    }
    let answers = server.into_advice(request);
    Advice { notes: notes(&answers, &remaining), answers, remaining }
}

fn notes(answers: &[AnswerAdvice], remaining: &[(Engine, Reason)]) -> Vec<&'static str> {
    let sets = |wanted: fn(&str, &str) -> bool| {
        answers.iter().flat_map(|answer| &answer.set).any(|(name, value)| wanted(name, value))
    };
    let notes = [
        (
            sets(|name, value| name == ALLOW_ORIGIN && value != "*"),
            "For more origins, keep a list: answer with the request's Origin if it is on the list, and never \
             with just any.",
        ),
        (
            sets(|name, value| name == ALLOW_ORIGIN && value == "*"),
            "Where the origin is null: any page can have it, so it is safe only with * and without credentials.",
        ),
        (
            remaining.iter().any(|(_, reason)| is_about_origin(*reason)),
            "Nothing safe allows the origin null with credentials: ask from a page with an origin of its own, and \
             without redirects across origins.",
        ),
        (
            sets(|name, _| name == "Location"),
            "See to it that the redirect's target needs no user name and password in its URL.",
        ),
    ];
    notes.into_iter().filter_map(|(applies, note)| applies.then_some(note)).collect()
}

/// Whether a header repairs this, unless the origin is null and credentials are included.
fn is_about_origin(reason: Reason) -> bool {
    matches!(
        reason,
        Reason::MissingAllowOrigin
            | Reason::WildcardAllowOriginWithCredentials
            | Reason::MultipleAllowOrigin
            | Reason::AllowOriginMismatch
            | Reason::AllowCredentialsNotTrue
    )
}

/// The server as it was seen, on its way to repair.
struct Server {
    answers: Vec<Repairable>,
    /// Which answers were given since an engine began to ask, in order.
    given: Vec<usize>,
}

struct Repairable {
    answer: Answer,
    advice: AnswerAdvice,
}

impl Server {
    fn seen(evidence: &Evidence) -> Self {
        let seen = evidence.exchanges.iter().map(|observed| Repairable {
            answer: observed.answer.clone(),
            advice: AnswerAdvice::nothing(observed.exchange, &observed.url, true),
        });
        Server { answers: seen.collect(), given: Vec::new() }
    }

    fn refusal_of(&mut self, engine: Engine, request: &Request) -> Option<Verdict> {
        self.given.clear();
        Some(verdict(engine, request, self)).filter(Verdict::is_refusal)
    }

    /// Repairs the answer that was refused; `false` when no header can.
    fn repair(&mut self, request: &Request, refusal: &Verdict) -> bool {
        let Verdict::Blocked(blocked) = refusal else { return false };
        let complaint = Complaint::of(request, blocked);
        // WebKit can refuse a redirect only after the next hop's preflight.
        let is_refused = |index: &usize| {
            let advice = &self.answers[*index].advice;
            Some(advice.exchange) == blocked.exchange && is_same_resource(&advice.url, &blocked.url)
        };
        let refused = self.given.iter().copied().rfind(is_refused);
        let Some(Repairable { answer, advice }) = refused.map(|index| &mut self.answers[index]) else {
            return false;
        };
        let Answer::Head { status, headers } = answer else { return false };
        let before = advice.clone();
        advice.repair(blocked, &complaint, &Headers::of(headers));
        (*status, *headers) = advice.apply(*status, headers);
        *advice != before
    }

    fn vary_by_origin(&mut self) {
        for Repairable { answer, advice } in &mut self.answers {
            let Answer::Head { headers, .. } = answer else { continue };
            let headers = Headers::of(headers);
            let names_one = headers.get(b"access-control-allow-origin").is_some_and(|value| *value != *b"*");
            if advice.exchange == Exchange::Actual && names_one {
                advice.vary_by_origin(&headers);
            }
        }
    }

    /// The answers that change, those that the standard meets first.
    fn into_advice(mut self, request: &Request) -> Vec<AnswerAdvice> {
        self.refusal_of(Engine::Spec, request);
        let mut order = self.given;
        order.extend((0..self.answers.len()).filter(|index| !order.contains(index)).collect::<Vec<_>>());
        let advice = order.into_iter().map(|index| self.answers[index].advice.clone());
        advice.filter(|advice| advice.status.is_some() || !advice.set.is_empty()).collect()
    }
}

/// On whose behalf an answer was refused.
struct Complaint<'a> {
    page: &'a Origin,
    /// The origin that has to be allowed.
    origin: &'a str,
    with_credentials: bool,
}

impl<'a> Complaint<'a> {
    fn of(request: &'a Request, blocked: &'a Blocked) -> Self {
        let included = request.credentials == CredentialsMode::Include;
        let is_about_credentials = matches!(
            blocked.reason,
            Reason::WildcardAllowOriginWithCredentials | Reason::AllowCredentialsNotTrue
        );
        // WebKit looks at some redirects a second time, as if credentials were included.
        let second_look = is_about_credentials && !included;
        let origin = if second_look { &blocked.page_origin } else { &blocked.request_origin };
        Complaint { page: &request.origin, origin, with_credentials: included || second_look }
    }

    /// The origin null is anybody's: with credentials there is no safe way to allow it.
    fn has_no_safe_answer(&self) -> bool {
        self.origin == "null" && self.with_credentials
    }
}

impl Answerer for Server {
    /// What was never seen answers with nothing: the advice for it is what a browser needs of it.
    fn answer(&mut self, outgoing: Outgoing<'_>) -> Option<Answer> {
        let is_it = |index: &usize| {
            let advice = &self.answers[*index].advice;
            advice.exchange == outgoing.exchange()
                && is_same_resource(&advice.url, outgoing.url())
                && !self.given.contains(index)
        };
        let index = (0..self.answers.len()).find(is_it).unwrap_or_else(|| {
            let status = if outgoing.exchange() == Exchange::Preflight { 204 } else { 200 };
            self.answers.push(Repairable {
                answer: Answer::Head { status, headers: HeaderList::default() },
                advice: AnswerAdvice::nothing(outgoing.exchange(), outgoing.url(), false),
            });
            self.answers.len() - 1
        });
        self.given.push(index);
        let Repairable { answer, advice } = &mut self.answers[index];
        advice.method = outgoing.method().to_vec();
        Some(answer.clone())
    }
}

const ALLOW_ORIGIN: &str = "Access-Control-Allow-Origin";
const ALLOW_METHODS: &str = "Access-Control-Allow-Methods";
const ALLOW_HEADERS: &str = "Access-Control-Allow-Headers";

/// The order in which people look at the headers; what is not here comes last.
const ORDER: [&str; 4] = [ALLOW_ORIGIN, "Access-Control-Allow-Credentials", ALLOW_METHODS, ALLOW_HEADERS];

impl AnswerAdvice {
    fn nothing(exchange: Exchange, url: &Url, seen: bool) -> Self {
        AnswerAdvice { exchange, method: Vec::new(), url: url.clone(), seen, status: None, set: Vec::new() }
    }

    /// Adds what repairs an answer with these `headers`; nothing when no header can.
    fn repair(&mut self, blocked: &Blocked, complaint: &Complaint<'_>, headers: &Headers<'_>) {
        let with_credentials = complaint.with_credentials;
        match blocked.reason {
            reason if is_about_origin(reason) && complaint.has_no_safe_answer() => {}
            Reason::AllowCredentialsNotTrue => {
                self.set("Access-Control-Allow-Credentials", "true".into());
            }
            reason if is_about_origin(reason) && complaint.origin == "null" => {
                self.set(ALLOW_ORIGIN, "*".into());
            }
            reason if is_about_origin(reason) => {
                self.set(ALLOW_ORIGIN, complaint.origin.into());
                self.vary_by_origin(headers);
            }
            Reason::PreflightRedirect | Reason::PreflightStatus => self.status = Some(204),
            Reason::InvalidAllowMethods => {
                self.set(ALLOW_METHODS, list_with(headers, ALLOW_METHODS, b"", with_credentials));
            }
            Reason::MethodNotAllowed => {
                self.set(ALLOW_METHODS, list_with(headers, ALLOW_METHODS, &blocked.value, with_credentials));
            }
            Reason::InvalidAllowHeaders => {
                self.set(ALLOW_HEADERS, list_with(headers, ALLOW_HEADERS, b"", with_credentials));
            }
            Reason::AuthorizationNotListed | Reason::HeaderNotAllowed => {
                let name = blocked.value.to_ascii_lowercase();
                self.set(ALLOW_HEADERS, list_with(headers, ALLOW_HEADERS, &name, with_credentials));
            }
            Reason::ConflictingLocations if request_header::is_value(&blocked.value) => {
                let location = request_header::normalize_value(&blocked.value);
                self.set("Location", String::from_utf8_lossy(location).into_owned());
            }
            Reason::RedirectHasCredentials => {
                if let Some(location) = without_userinfo(&blocked.value) {
                    self.set("Location", location);
                }
            }
            Reason::ResourcePolicySameOrigin | Reason::ResourcePolicySameSite | Reason::EmbedderPolicy => {
                self.set("Cross-Origin-Resource-Policy", resource_policy(complaint.page, &blocked.url));
            }
            _ => {}
        }
    }

    fn set(&mut self, name: &'static str, value: String) {
        self.set.retain(|(set, _)| *set != name);
        self.set.push((name, value));
        self.set.sort_by_key(|(name, _)| ORDER.iter().position(|first| first == name).unwrap_or(ORDER.len()));
    }

    /// Adds `Origin` to `Vary`, unless it is there.
    fn vary_by_origin(&mut self, headers: &Headers<'_>) {
        let vary = headers.get(b"vary").unwrap_or_default();
        let mut names: Vec<&[u8]> = list::get_decode_and_split(&vary).filter(|name| is_token(name)).collect();
        if names.iter().any(|name| *name == b"*" || name.eq_ignore_ascii_case(b"origin")) {
            return;
        }
        names.push(b"Origin");
        self.set("Vary", joined(&names));
    }
}

/// The list in the header called `header` with `name` added and without what is no token. Where `*` is an
/// ordinary name, because credentials are included, it goes.
fn list_with(headers: &Headers<'_>, header: &str, name: &[u8], with_credentials: bool) -> String {
    let value = headers.get(header.as_bytes()).unwrap_or_default();
    let is_kept = |element: &&[u8]| is_token(element) && !(with_credentials && *element == b"*");
    let mut elements: Vec<&[u8]> = list::get_decode_and_split(&value).filter(is_kept).collect();
    if !name.is_empty() {
        elements.push(name);
    }
    joined(&elements)
}

fn joined(elements: &[&[u8]]) -> String {
    elements.iter().map(|element| String::from_utf8_lossy(element)).collect::<Vec<_>>().join(", ")
}

fn without_userinfo(location: &[u8]) -> Option<String> {
    let mut url = Url::parse(core::str::from_utf8(location).ok()?).ok()?;
    url.set_username("").ok()?;
    url.set_password(None).ok()?;
    Some(url.into())
}

/// The narrowest policy that lets the page in.
fn resource_policy(page: &Origin, url: &Url) -> String {
    let server = Origin::of(url);
    let is_same_site = page.is_schemelessly_same_site(&server) && page.is_https() == server.is_https();
    if is_same_site { "same-site".into() } else { "cross-origin".into() }
}
