//! Captures: what was seen of a page's fetches, read from whatever noted it, and what browsers make of it.
//!
//! [`read`] takes a HAR, a text of `curl -v` or `curl -i`, or HTTP messages, and gives each fetch in them;
//! [`Report`] explains them.
//!
//! ```
//! use cors_engine::capture::{Meant, Report, read};
//! let exchange = b"GET /items HTTP/1.1\nHost: api.example\nOrigin: https://app.example\n\nHTTP/1.1 200 OK\n";
//! let report = Report::of("exchange.http", read(exchange, None, &Meant::default())?);
//! assert!(report.is_refused());
//! let fix = &report.fetches[0].explanation.advice.answers[0];
//! assert_eq!(fix.lines().next().unwrap(), "Access-Control-Allow-Origin: https://app.example");
//! # Ok::<(), cors_engine::capture::Unusable>(())
//! ```
//!
//! What a capture does not show is inferred, and what had to be guessed is [said](CapturedFetch::assumed).

// Each reader turns its format into entries, one exchange each; `chain` puts those that belong to one fetch
// together, and `infer` works out the request that script made.

mod chain;
mod credentials;
mod curl;
mod format;
mod har;
mod har_model;
mod infer;
mod message;
mod raw;
mod report;
mod text;
mod unusable;

pub use format::Format;
pub use report::{Explained, Messages, Report};
pub use unusable::{Unusable, UnusableKind};

use crate::explain::{Answer, Evidence, Observed};
use crate::protocol::{HeaderList, Headers, Origin};
use crate::{CredentialsMode, Engine, Exchange, Reason, Request};
use std::collections::HashMap;
use url::Url;

/// No browser and no server takes more than this in one message's headers.
const HEADERS_LIMIT: usize = 256 * 1024;

/// How many exchanges of other fetches are looked at beside a fetch.
const ELSEWHERE: usize = 4;

/// What the user says about the request that is meant.
///
/// ```
/// use cors_engine::{CredentialsMode, capture::{Meant, read}};
/// let exchange = b"GET / HTTP/1.1\nHost: api.example\nOrigin: https://app.example\n\nHTTP/1.1 200 OK\n";
/// let meant = Meant { credentials: Some(CredentialsMode::Include), ..Meant::default() };
/// assert_eq!(read(exchange, None, &meant)?.fetches[0].request.credentials, CredentialsMode::Include);
/// # Ok::<(), cors_engine::capture::Unusable>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Meant {
    /// The origin of the page that asks.
    pub origin: Option<Origin>,
    /// The URL that is asked.
    pub url: Option<Url>,
    /// The method.
    pub method: Option<String>,
    /// Headers beside those that a text shows.
    pub headers: HeaderList,
    /// The credentials mode.
    pub credentials: Option<CredentialsMode>,
}

/// Everything read from one input.
///
/// ```
/// use cors_engine::{Engine, capture::{Meant, read}};
/// let har = br#"{"log": {"creator": {"name": "Firefox", "version": "140.0"}, "entries": []}}"#;
/// let capture = read(har, None, &Meant::default())?;
/// assert_eq!((capture.engine, capture.fetches.len()), (Some(Engine::Gecko), 0));
/// assert_eq!(capture.description(), "HAR by Firefox 140.0");
/// # Ok::<(), cors_engine::capture::Unusable>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Capture {
    /// How it is written down.
    pub format: Format,
    /// The program that noted it, such as `Firefox 140.0`.
    pub creator: Option<String>,
    /// The engine whose fetches these are.
    pub engine: Option<Engine>,
    /// The fetches, in the order of their first exchanges.
    pub fetches: Vec<CapturedFetch>,
    /// How many entries were no fetches over HTTP: `data:` URLs, WebSockets and the like.
    pub set_aside: usize,
}

impl Capture {
    /// What it is, in a few words.
    ///
    /// ```
    /// # use cors_engine::capture::{Meant, read};
    /// # let exchange = b"GET / HTTP/1.1\nHost: api.example\nOrigin: https://app.example\n";
    /// assert_eq!(read(exchange, None, &Meant::default())?.description(), "HTTP messages");
    /// # Ok::<(), cors_engine::capture::Unusable>(())
    /// ```
    #[must_use]
    pub fn description(&self) -> String {
        let format = match self.format {
            Format::Har => "HAR",
            Format::CurlVerbose => "text of curl -v",
            Format::CurlInclude => "text of curl -i",
            Format::Raw => "HTTP messages",
        };
        match (self.engine.map(Engine::browser), &self.creator) {
            (Some(browser), Some(creator)) if !creator.starts_with(browser) => {
                format!("{format} of {browser}, by {creator}")
            }
            (_, Some(creator)) => format!("{format} by {creator}"),
            (_, None) => format.into(),
        }
    }
}

/// One fetch as it was seen, and what had to be assumed about it.
///
/// ```
/// use cors_engine::{Request, capture::{CapturedFetch, Kind}};
/// let request = Request::fetch("https://app.example", "https://api.example/")?;
/// let fetch = CapturedFetch::new(request, Kind::Cors);
/// assert!(fetch.evidence.exchanges.is_empty());
/// # Ok::<(), cors_engine::InvalidRequest>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CapturedFetch {
    /// The request that script made.
    pub request: Request,
    /// What was seen of it.
    pub evidence: Evidence,
    /// What it has to do with CORS.
    pub kind: Kind,
    /// What had to be assumed, in sentences.
    pub assumed: Vec<String>,
    /// What the browser itself noted when it failed, such as `net::ERR_FAILED`.
    pub failure: Option<String>,
    /// What would be if the credentials mode were another, where the mode is assumed and this matters.
    pub otherwise: Option<Otherwise>,
}

impl CapturedFetch {
    /// A fetch of which nothing was seen yet.
    ///
    /// ```
    /// # use cors_engine::{Request, capture::{CapturedFetch, Kind}};
    /// # let request = Request::fetch("https://app.example", "https://app.example/")?;
    /// assert!(CapturedFetch::new(request, Kind::SameOrigin).assumed.is_empty());
    /// # Ok::<(), cors_engine::InvalidRequest>(())
    /// ```
    #[must_use]
    pub fn new(request: Request, kind: Kind) -> Self {
        let evidence = Evidence::default();
        CapturedFetch { request, evidence, kind, assumed: Vec::new(), failure: None, otherwise: None }
    }

    /// What was seen, exchange by exchange, in a few words each.
    ///
    /// ```
    /// # use cors_engine::capture::{Meant, read};
    /// let exchange = b"GET / HTTP/1.1\nHost: api.example\nOrigin: https://app.example\n\nHTTP/1.1 404 Not Found\n";
    /// assert_eq!(read(exchange, None, &Meant::default())?.fetches[0].seen(), ["GET: 404"]);
    /// # Ok::<(), cors_engine::capture::Unusable>(())
    /// ```
    #[must_use]
    pub fn seen(&self) -> Vec<String> {
        let request = &self.request;
        let exchange = |observed: &Observed| {
            let method = match observed.exchange {
                Exchange::Preflight => "OPTIONS".into(),
                Exchange::Actual => request.method.escape_ascii().to_string(),
            };
            let url = if observed.url == request.url { String::new() } else { format!(" {}", observed.url) };
            match &observed.answer {
                Answer::Head { status, .. } => format!("{method}{url}: {status}"),
                Answer::Failed => format!("{method}{url}: no answer"),
                Answer::Remembered => {
                    format!("{method}{url}: not asked, an earlier answer was still remembered")
                }
            }
        };
        let failure = self.failure.as_ref().map(|failure| format!("the browser noted {failure}"));
        self.evidence.exchanges.iter().map(exchange).chain(failure).collect()
    }
}

/// How a fetch would end with another credentials mode.
///
/// ```
/// use cors_engine::{CredentialsMode, Reason, capture::{Meant, read}};
/// let exchange = b"GET / HTTP/1.1\nHost: api.example\nOrigin: https://app.example\n\n\
///     HTTP/1.1 200 OK\nAccess-Control-Allow-Origin: *\n";
/// let capture = read(exchange, None, &Meant::default())?;
/// let otherwise = capture.fetches[0].otherwise.unwrap();
/// assert_eq!(otherwise.credentials, CredentialsMode::Include);
/// assert_eq!(otherwise.refusal, Some(Reason::WildcardAllowOriginWithCredentials));
/// # Ok::<(), cors_engine::capture::Unusable>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Otherwise {
    /// The other mode.
    pub credentials: CredentialsMode,
    /// Why a browser would block; `None` when none would.
    pub refusal: Option<Reason>,
}

/// What a fetch has to do with CORS.
///
/// ```
/// use cors_engine::capture::{Kind, Meant, read};
/// let exchange = b"GET / HTTP/1.1\nHost: app.example\nOrigin: https://app.example\n\nHTTP/1.1 200 OK\n";
/// assert_eq!(read(exchange, None, &Meant::default())?.fetches[0].kind, Kind::SameOrigin);
/// # Ok::<(), cors_engine::capture::Unusable>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// A page asked another origin, and wants to read the answer.
    Cors,
    /// Script asked another origin without wanting to read the answer.
    NoCorsFetch,
    /// An image, a script, a navigation: nothing that CORS decides about.
    Load,
    /// The page asked its own origin.
    SameOrigin,
}

/// One exchange as a reader found it.
#[derive(Debug)]
struct Entry {
    method: Vec<u8>,
    url: Url,
    headers: HeaderList,
    response: Option<Response>,
    /// What the request was for, in the words of Fetch Metadata or of Chromium.
    destination: Option<String>,
    /// When it began, in seconds from any moment.
    started: Option<f64>,
    failure: Option<String>,
    /// The origin of the page that is known to have made the request.
    page: Option<Origin>,
}

#[derive(Debug)]
struct Response {
    status: u16,
    headers: HeaderList,
}

impl Entry {
    fn header(&self, name: &str) -> Option<String> {
        let value = Headers::of(&self.headers).get(name.as_bytes())?;
        Some(String::from_utf8_lossy(&value).into_owned())
    }

    /// Whether a browser asked this on its own account.
    fn is_preflight(&self) -> bool {
        self.method == b"OPTIONS" && Headers::of(&self.headers).contains(b"access-control-request-method")
    }
}

/// Reads a capture: in `format` or, without one, in the format that it seems to have. What the user says in
/// `meant` goes before what a text shows, and beside what a HAR shows.
///
/// ```
/// use cors_engine::capture::{Format, Meant, read};
/// use cors_engine::protocol::Origin;
/// let answer = b"HTTP/1.1 200 OK\nAccess-Control-Allow-Origin: *\n";
/// let meant = Meant { origin: Some(Origin::parse("https://app.example")?), ..Meant::default() };
/// let capture = read(answer, None, &meant)?;
/// assert_eq!((capture.format, capture.fetches.len()), (Format::CurlInclude, 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// [`Unusable`] says what is wrong with the bytes, and where.
pub fn read(bytes: &[u8], format: Option<Format>, meant: &Meant) -> Result<Capture, Unusable> {
    let bytes = &format::without_byte_order_mark(bytes);
    let mut capture = match format.map_or_else(|| format::detect(bytes), Ok)? {
        Format::Har => har::read(bytes, meant),
        Format::CurlVerbose => curl::read_verbose(bytes, meant),
        Format::CurlInclude => curl::read_include(bytes, meant),
        Format::Raw => raw::read(bytes, meant),
    }?;
    look_elsewhere(&mut capture.fetches);
    Ok(capture)
}

/// Shows a fetch that was not allowed any origin which other fetches of the same path were, wherever they
/// asked.
fn look_elsewhere(fetches: &mut [CapturedFetch]) {
    let mut by_path: HashMap<String, Vec<Observed>> = HashMap::new();
    for observed in fetches.iter().flat_map(|fetch| &fetch.evidence.exchanges) {
        if allows_some_origin(observed) {
            let seen = by_path.entry(observed.url.path().to_owned()).or_default();
            if seen.len() < ELSEWHERE {
                seen.push(observed.clone());
            }
        }
    }
    for fetch in fetches {
        if !fetch.evidence.exchanges.iter().all(allows_some_origin) {
            fetch.evidence.elsewhere = by_path.get(fetch.request.url.path()).cloned().unwrap_or_default();
        }
    }
}

fn allows_some_origin(observed: &Observed) -> bool {
    let Answer::Head { headers, .. } = &observed.answer else { return false };
    Headers::of(headers).contains(b"access-control-allow-origin")
}
