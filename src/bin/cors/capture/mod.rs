//! Captures: what was seen of a page's fetches, read from whatever noted it.
//!
//! Each reader turns its format into [`Entry`]s, one exchange each; [`chain`] puts those that belong to one
//! fetch together, and [`infer`] works out the request that script made.

mod chain;
mod credentials;
mod curl;
mod format;
mod har;
mod har_model;
mod infer;
mod message;
mod raw;
mod text;

pub(crate) use credentials::name as credentials_name;
pub(crate) use format::Format;

use crate::input::Unusable;
use cors_engine::explain::{Evidence, Observed};
use cors_engine::protocol::{HeaderList, Headers, Origin};
use cors_engine::{CredentialsMode, Engine, Reason, Request};
use std::collections::HashMap;
use url::Url;

/// No browser and no server takes more than this in one message's headers.
const HEADERS_LIMIT: usize = 256 * 1024;

/// How many exchanges of other fetches are looked at beside a fetch.
const ELSEWHERE: usize = 16;

/// What the user says about the request that is meant.
#[derive(Clone, Debug, Default)]
pub(crate) struct Meant {
    pub(crate) origin: Option<Origin>,
    pub(crate) url: Option<Url>,
    pub(crate) method: Option<String>,
    pub(crate) headers: HeaderList,
    pub(crate) credentials: Option<CredentialsMode>,
}

/// Everything read from one input.
#[derive(Debug)]
pub(crate) struct Capture {
    pub(crate) format: Format,
    /// The program that noted it, such as `Firefox 153.0`.
    pub(crate) creator: Option<String>,
    /// The engine whose fetches these are.
    pub(crate) engine: Option<Engine>,
    pub(crate) fetches: Vec<CapturedFetch>,
    /// How many entries were no fetches over HTTP: `data:` URLs, WebSockets and the like.
    pub(crate) set_aside: usize,
}

/// One fetch as it was seen, and what had to be assumed about it.
#[derive(Debug)]
pub(crate) struct CapturedFetch {
    pub(crate) request: Request,
    pub(crate) evidence: Evidence,
    pub(crate) kind: Kind,
    pub(crate) assumed: Vec<String>,
    /// What the browser itself noted when it failed, such as `net::ERR_FAILED`.
    pub(crate) failure: Option<String>,
    /// What would be if the credentials mode were another, where the mode is assumed and this matters.
    pub(crate) otherwise: Option<Otherwise>,
}

/// How a fetch would end with another credentials mode.
#[derive(Debug)]
pub(crate) struct Otherwise {
    pub(crate) credentials: CredentialsMode,
    /// Why a browser would block; `None` when none would.
    pub(crate) refusal: Option<Reason>,
}

/// What a fetch has to do with CORS.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
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

/// Reads a capture: in `format` or, without one, in the format that it seems to have.
pub(crate) fn read(bytes: &[u8], format: Option<Format>, meant: &Meant) -> Result<Capture, Unusable> {
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

/// Shows each fetch what the other fetches of the same path got, wherever they asked.
fn look_elsewhere(fetches: &mut [CapturedFetch]) {
    let mut by_path: HashMap<String, Vec<(usize, Observed)>> = HashMap::new();
    for (index, fetch) in fetches.iter().enumerate() {
        for observed in &fetch.evidence.exchanges {
            let seen = by_path.entry(observed.url.path().to_owned()).or_default();
            if seen.len() < ELSEWHERE {
                seen.push((index, observed.clone()));
            }
        }
    }
    for (index, fetch) in fetches.iter_mut().enumerate() {
        let others = by_path.get(fetch.request.url.path()).into_iter().flatten();
        fetch.evidence.elsewhere =
            others.filter(|(other, _)| *other != index).map(|(_, observed)| observed.clone()).collect();
    }
}
