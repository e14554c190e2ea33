//! How a fetch goes on and how it ends: steps, outgoing requests, outcomes.

use super::request::{Initiator, RequestMode};
use super::response::{FilteredResponse, ResponseType};
use super::{Engine, Fetch};
use crate::reason::Reason;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use url::Url;

/// What a [`Fetch`] wants next.
///
/// ```
/// use cors_engine::{Engine, Fetch, Outcome, PreflightCache, Request, Step};
/// # let (mut cache, now) = (PreflightCache::default(), core::time::Duration::ZERO);
/// let mut fetch = Fetch::new(Engine::Spec, Request::fetch("https://app.example", "https://api.example/")?)?;
/// assert!(matches!(fetch.start(&mut cache, now), Step::Send(_)));
/// assert!(matches!(fetch.fail(&mut cache), Step::Done(Outcome::NetworkError(_))));
/// # Ok::<(), cors_engine::InvalidRequest>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub enum Step<'f> {
    /// Send this request and give the response to [`Fetch::receive`].
    Send(Outgoing<'f>),
    /// Nothing: the fetch is over.
    Done(&'f Outcome),
}

/// The two kinds of request that CORS knows.
///
/// ```
/// # use cors_engine::{Engine, Exchange, Fetch, PreflightCache, Request, ResponseHead, Step};
/// # let (mut cache, now) = (PreflightCache::default(), core::time::Duration::ZERO);
/// # let mut request = Request::fetch("https://app.example", "https://api.example/")?;
/// # request.method = "PUT".into();
/// # let mut fetch = Fetch::new(Engine::Spec, request)?;
/// let Step::Send(first) = fetch.start(&mut cache, now) else { panic!() };
/// assert_eq!(first.exchange(), Exchange::Preflight);
/// let granted = [("Access-Control-Allow-Origin", "*"), ("Access-Control-Allow-Methods", "PUT")];
/// let step = fetch.receive(&ResponseHead::new(204, &granted), &mut cache, now);
/// let Step::Send(second) = step else { panic!() };
/// assert_eq!(second.exchange(), Exchange::Actual);
/// # Ok::<(), cors_engine::InvalidRequest>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Exchange {
    /// A CORS-preflight request and its response.
    Preflight,
    /// A request that script asked for, or a redirect of it, and its response.
    Actual,
}

/// A request on its way to a server.
///
/// ```
/// use cors_engine::{Engine, Fetch, PreflightCache, Request, Step};
/// # let (mut cache, now) = (PreflightCache::default(), core::time::Duration::ZERO);
/// let mut fetch = Fetch::new(Engine::Spec, Request::fetch("https://app.example", "https://api.example/")?)?;
/// let Step::Send(outgoing) = fetch.start(&mut cache, now) else { panic!() };
/// assert!(outgoing.headers().eq([(&b"Origin"[..], &b"https://app.example"[..])]));
/// # Ok::<(), cors_engine::InvalidRequest>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Outgoing<'f> {
    pub(crate) fetch: &'f Fetch,
    pub(crate) exchange: Exchange,
}

impl<'f> Outgoing<'f> {
    /// Whether this is a CORS-preflight request.
    ///
    /// ```
    /// # use cors_engine::{Engine, Fetch, PreflightCache, Request, Step};
    /// let mut request = Request::fetch("https://app.example", "https://api.example/")?;
    /// request.method = "DELETE".into();
    /// # let mut fetch = Fetch::new(Engine::Spec, request)?;
    /// # let (mut cache, now) = (PreflightCache::default(), core::time::Duration::ZERO);
    /// let Step::Send(outgoing) = fetch.start(&mut cache, now) else { panic!() };
    /// assert_eq!(outgoing.exchange(), cors_engine::Exchange::Preflight);
    /// # Ok::<(), cors_engine::InvalidRequest>(())
    /// ```
    #[must_use]
    pub fn exchange(&self) -> Exchange {
        self.exchange
    }

    /// The method on the request line.
    ///
    /// ```
    /// # use cors_engine::{Engine, Fetch, PreflightCache, Request, Step};
    /// let mut request = Request::fetch("https://app.example", "https://api.example/")?;
    /// request.method = "post".into();
    /// # let mut fetch = Fetch::new(Engine::Spec, request)?;
    /// # let (mut cache, now) = (PreflightCache::default(), core::time::Duration::ZERO);
    /// let Step::Send(outgoing) = fetch.start(&mut cache, now) else { panic!() };
    /// assert_eq!(outgoing.method(), b"POST");
    /// # Ok::<(), cors_engine::InvalidRequest>(())
    /// ```
    #[must_use]
    pub fn method(&self) -> &'f [u8] {
        match self.exchange {
            Exchange::Preflight => b"OPTIONS",
            Exchange::Actual => &self.fetch.request.method,
        }
    }

    /// The URL; its fragment is not sent.
    ///
    /// ```
    /// # use cors_engine::{Engine, Fetch, PreflightCache, Request, Step};
    /// let request = Request::fetch("https://app.example", "https://api.example/items?page=2")?;
    /// # let mut fetch = Fetch::new(Engine::Spec, request)?;
    /// # let (mut cache, now) = (PreflightCache::default(), core::time::Duration::ZERO);
    /// let Step::Send(outgoing) = fetch.start(&mut cache, now) else { panic!() };
    /// assert_eq!(outgoing.url().query(), Some("page=2"));
    /// # Ok::<(), cors_engine::InvalidRequest>(())
    /// ```
    #[must_use]
    pub fn url(&self) -> &'f Url {
        &self.fetch.request.url
    }

    /// The value of the `Origin` header, if one is sent.
    ///
    /// ```
    /// # use cors_engine::{Engine, Fetch, PreflightCache, Request, Step};
    /// let request = Request::fetch("https://app.example", "https://app.example/items")?;
    /// # let mut fetch = Fetch::new(Engine::Spec, request)?;
    /// # let (mut cache, now) = (PreflightCache::default(), core::time::Duration::ZERO);
    /// let Step::Send(outgoing) = fetch.start(&mut cache, now) else { panic!() };
    /// assert_eq!(outgoing.origin(), None); // a GET to the page's own origin
    /// # Ok::<(), cors_engine::InvalidRequest>(())
    /// ```
    #[must_use]
    pub fn origin(&self) -> Option<&'f str> {
        self.fetch.request_origin_header(self.exchange)
    }

    /// The value of `Access-Control-Request-Method`, on a preflight.
    ///
    /// ```
    /// # use cors_engine::{Engine, Fetch, PreflightCache, Request, Step};
    /// let mut request = Request::fetch("https://app.example", "https://api.example/")?;
    /// request.method = "DELETE".into();
    /// # let mut fetch = Fetch::new(Engine::Spec, request)?;
    /// # let (mut cache, now) = (PreflightCache::default(), core::time::Duration::ZERO);
    /// let Step::Send(outgoing) = fetch.start(&mut cache, now) else { panic!() };
    /// assert_eq!(outgoing.method(), b"OPTIONS");
    /// assert_eq!(outgoing.access_control_request_method(), Some(&b"DELETE"[..]));
    /// # Ok::<(), cors_engine::InvalidRequest>(())
    /// ```
    #[must_use]
    pub fn access_control_request_method(&self) -> Option<&'f [u8]> {
        (self.exchange == Exchange::Preflight).then_some(&self.fetch.request.method)
    }

    /// The value of `Access-Control-Request-Headers`, on a preflight that asks for any.
    ///
    /// ```
    /// # use cors_engine::{Engine, Fetch, PreflightCache, Request, Step};
    /// let mut request = Request::fetch("https://app.example", "https://api.example/")?;
    /// let headers = [("X-Id", "7"), ("Accept", "*/*"), ("Authorization", "Bearer t")];
    /// request.headers = headers.into_iter().collect();
    /// # let mut fetch = Fetch::new(Engine::Spec, request)?;
    /// # let (mut cache, now) = (PreflightCache::default(), core::time::Duration::ZERO);
    /// let Step::Send(outgoing) = fetch.start(&mut cache, now) else { panic!() };
    /// assert_eq!(outgoing.access_control_request_headers(), Some(&b"authorization,x-id"[..]));
    /// # Ok::<(), cors_engine::InvalidRequest>(())
    /// ```
    #[must_use]
    pub fn access_control_request_headers(&self) -> Option<&'f [u8]> {
        let value = &self.fetch.access_control_request_headers[..];
        (self.exchange == Exchange::Preflight && !value.is_empty()).then_some(value)
    }

    /// Whether cookies, HTTP authentication and client certificates go along, and `Set-Cookie` counts.
    ///
    /// ```
    /// # use cors_engine::{Engine, Fetch, PreflightCache, Request, Step};
    /// let mut request = Request::fetch("https://app.example", "https://api.example/")?;
    /// request.credentials = cors_engine::CredentialsMode::Include;
    /// # let mut fetch = Fetch::new(Engine::Spec, request)?;
    /// # let (mut cache, now) = (PreflightCache::default(), core::time::Duration::ZERO);
    /// let Step::Send(outgoing) = fetch.start(&mut cache, now) else { panic!() };
    /// assert!(outgoing.includes_credentials());
    /// # Ok::<(), cors_engine::InvalidRequest>(())
    /// ```
    #[must_use]
    pub fn includes_credentials(&self) -> bool {
        self.exchange == Exchange::Actual && self.fetch.includes_credentials()
    }

    /// Every header line that CORS or script puts on the request, in order: `Origin`, what a preflight asks,
    /// and the author's headers. What any HTTP client adds by itself (`Host`, `User-Agent`, cookies ...) is
    /// not here.
    ///
    /// ```
    /// # use cors_engine::{Engine, Fetch, PreflightCache, Request, Step};
    /// let mut request = Request::fetch("https://app.example", "https://api.example/")?;
    /// request.headers.append(b"Accept-Language", b"eo");
    /// # let mut fetch = Fetch::new(Engine::Spec, request)?;
    /// # let (mut cache, now) = (PreflightCache::default(), core::time::Duration::ZERO);
    /// let Step::Send(outgoing) = fetch.start(&mut cache, now) else { panic!() };
    /// let names: Vec<&[u8]> = outgoing.headers().map(|(name, _)| name).collect();
    /// assert_eq!(names, [&b"Origin"[..], b"Accept-Language"]);
    /// # Ok::<(), cors_engine::InvalidRequest>(())
    /// ```
    pub fn headers(&self) -> impl Iterator<Item = (&'f [u8], &'f [u8])> {
        // Found out line by line: a table of the lines would be made and moved first.
        let outgoing = *self;
        let is_preflight = self.exchange == Exchange::Preflight;
        let asked = (0..4).filter_map(move |place| match place {
            0 => is_preflight.then_some((&b"Accept"[..], &b"*/*"[..])),
            1 => Some((b"Access-Control-Request-Method", outgoing.access_control_request_method()?)),
            2 => Some((b"Access-Control-Request-Headers", outgoing.access_control_request_headers()?)),
            _ => Some((b"Origin", outgoing.origin()?.as_bytes())),
        });
        let author = if is_preflight { 0 } else { usize::MAX };
        asked.chain(self.fetch.request.headers.lines().take(author))
    }
}

/// How a fetch ended.
///
/// ```
/// use cors_engine::{Engine, Fetch, Outcome, PreflightCache, Request, Step};
/// # let (mut cache, now) = (PreflightCache::default(), core::time::Duration::ZERO);
/// let mut fetch = Fetch::new(Engine::Spec, Request::fetch("https://app.example", "data:,hi")?)?;
/// let Step::Done(outcome) = fetch.start(&mut cache, now) else { panic!() };
/// assert!(matches!(outcome, Outcome::Response(response) if response.status == 200));
/// # Ok::<(), cors_engine::InvalidRequest>(())
/// ```
#[derive(Clone, Debug)]
pub enum Outcome {
    /// Script gets a response.
    Response(FilteredResponse),
    /// Script gets a network error, and the console says why.
    NetworkError(Box<Blocked>),
}

/// A refusal: why, where, and about what.
///
/// ```
/// use cors_engine::{Engine, Fetch, Outcome, PreflightCache, Reason, Request, Step};
/// # let (mut cache, now) = (PreflightCache::default(), core::time::Duration::ZERO);
/// let mut fetch = Fetch::new(Engine::Spec, Request::fetch("https://app.example", "http://api.example/")?)?;
/// let Step::Done(Outcome::NetworkError(blocked)) = fetch.start(&mut cache, now) else { panic!() };
/// assert_eq!(blocked.reason, Reason::MixedContent);
/// assert_eq!(blocked.exchange, None); // nothing was sent
/// # Ok::<(), cors_engine::InvalidRequest>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Blocked {
    /// The engine that refused.
    pub engine: Engine,
    /// Why.
    pub reason: Reason,
    /// The header value, method, header name or URL concerned, as it came; empty when there is none.
    pub value: Vec<u8>,
    /// The exchange it happened on; `None` when nothing was sent.
    pub exchange: Option<Exchange>,
    /// How many redirects had been followed.
    pub hop: u8,
    /// The status of the response that was refused, if one came.
    pub status: Option<u16>,
    /// The URL that was refused.
    pub url: Url,
    /// Where the refused response redirects to, if it is a redirect.
    pub location: Option<Url>,
    /// The URL that script asked for.
    pub initial_url: Url,
    /// The page's origin, serialized.
    pub page_origin: String,
    /// The origin that the response was checked against: `null` once redirects tainted it.
    pub request_origin: String,
    /// Which interface of the platform asked.
    pub initiator: Initiator,
    /// The request mode.
    pub mode: RequestMode,
    /// The [response tainting](https://fetch.spec.whatwg.org/#concept-request-response-tainting) so far:
    /// whether CORS governed the exchange.
    pub tainting: ResponseType,
}

impl fmt::Display for Blocked {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let exchange = match self.exchange {
            Some(Exchange::Preflight) => "preflight of ",
            Some(Exchange::Actual) => "response of ",
            None => "",
        };
        write!(formatter, "{exchange}{}: {} [{}]", self.url, self.reason, self.reason.code())?;
        if self.value.is_empty() { Ok(()) } else { write!(formatter, ": {}", self.value.escape_ascii()) }
    }
}
