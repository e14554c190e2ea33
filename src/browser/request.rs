//! Requests as script makes them, and what their construction refuses.

use super::profile::{Profile, StreamBody};
use crate::protocol::header_line::{Facts, Faults, HeaderLine, KnownName};
use crate::protocol::method::{self, Method};
use crate::protocol::request_header::{self, SafelistRules};
use crate::protocol::{HeaderLines, HeaderList, Origin};
use crate::reason::Reason;
use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use url::{Position, Url};

/// A request as script (or an element) made it, before a browser looked at it.
///
/// Made by [`Request::fetch`] or one of the other constructors, each of which stands for one way in which a
/// page can ask; the fields are what can be changed from there.
///
/// ```
/// use cors_engine::{CredentialsMode, Engine, Request, needs_preflight};
/// let mut request = Request::fetch("https://app.example", "https://api.example/items")?;
/// request.method = "PUT".into();
/// request.credentials = CredentialsMode::Include;
/// assert!(needs_preflight(Engine::Spec, &request)?.is_needed());
/// # Ok::<(), cors_engine::InvalidRequest>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Request {
    /// The page's origin.
    pub origin: Origin,
    /// The URL asked for.
    pub url: Url,
    /// The method as written; it is normalized later.
    pub method: Method,
    /// The author's headers as written, in order.
    pub headers: HeaderList,
    /// The body.
    pub body: Body,
    /// The [request mode](https://fetch.spec.whatwg.org/#concept-request-mode).
    pub mode: RequestMode,
    /// The [credentials mode](https://fetch.spec.whatwg.org/#concept-request-credentials-mode).
    pub credentials: CredentialsMode,
    /// The [redirect mode](https://fetch.spec.whatwg.org/#concept-request-redirect-mode).
    pub redirect: RedirectMode,
    /// The [cache mode](https://fetch.spec.whatwg.org/#concept-request-cache-mode).
    pub cache: CacheMode,
    /// Which interface of the platform makes the request.
    pub initiator: Initiator,
    /// The [referrer policy](https://w3c.github.io/webappsec-referrer-policy/), which can turn `Origin` into
    /// `null` outside CORS.
    pub referrer_policy: ReferrerPolicy,
    /// The page's [embedder policy](https://html.spec.whatwg.org/multipage/browsers.html#embedder-policy).
    pub embedder_policy: EmbedderPolicy,
    /// What the browser partitions its preflight cache by, usually the site of the top-level page. Pages
    /// whose keys differ share no entry.
    pub network_partition_key: String,
    /// The HTTP version the server is reached over; only streaming bodies depend on it.
    pub http_version: HttpVersion,
}

/// The ways in which a page can ask.
///
/// ```
/// use cors_engine::{Body, Engine, Fetch, Initiator, Request};
/// let mut request = Request::fetch("https://app.example", "https://api.example/")?;
/// request.body = Body::Text; // of a GET
/// assert!(Fetch::new(Engine::Spec, request.clone()).is_err());
/// request.initiator = Initiator::XmlHttpRequest { upload_listener: false }; // ignores it
/// assert!(Fetch::new(Engine::Spec, request).is_ok());
/// # Ok::<(), cors_engine::InvalidRequest>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Initiator {
    /// `fetch()`.
    Fetch,
    /// `XMLHttpRequest`.
    XmlHttpRequest {
        /// Whether its `upload` object has an event listener when `send()` is called.
        upload_listener: bool,
    },
    /// `navigator.sendBeacon()`.
    Beacon,
    /// `EventSource`.
    EventSource,
    /// `<img>`.
    Image,
    /// `<script>`, classic or module.
    Script,
    /// `<link rel=stylesheet>`.
    Style,
    /// `@font-face`.
    Font,
}

/// The request mode: what rules the fetch is made under.
///
/// ```
/// use cors_engine::{Engine, Fetch, Reason, Request, RequestMode};
/// let mut request = Request::fetch("https://app.example", "https://api.example/")?;
/// assert_eq!(request.mode, RequestMode::Cors);
/// request.mode = RequestMode::NoCors;
/// request.method = "PUT".into();
/// assert_eq!(Fetch::new(Engine::Spec, request).unwrap_err().reason, Reason::NoCorsMethod);
/// # Ok::<(), cors_engine::InvalidRequest>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(
    feature = "scenario",
    derive(serde::Deserialize, serde::Serialize),
    serde(rename_all = "kebab-case")
)]
pub enum RequestMode {
    /// The CORS protocol is followed; the default of `fetch()`.
    Cors,
    /// Simple requests only, and the response is opaque.
    NoCors,
    /// A URL of another origin is refused.
    SameOrigin,
    /// Kept for navigation: a `Request` made with it is refused.
    Navigate,
}

/// Whether credentials (cookies, HTTP authentication, client certificates) go along.
///
/// ```
/// use cors_engine::{CredentialsMode, Engine, cors_check, protocol::{Headers, Origin}};
/// let headers = Headers::of(&[("Access-Control-Allow-Origin", "*")]);
/// let check = |credentials| cors_check(Engine::Spec, &Origin::Opaque, credentials, &headers);
/// assert!(check(CredentialsMode::Omit).is_ok());
/// assert!(check(CredentialsMode::Include).is_err());
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(
    feature = "scenario",
    derive(serde::Deserialize, serde::Serialize),
    serde(rename_all = "kebab-case")
)]
pub enum CredentialsMode {
    /// Never.
    Omit,
    /// To the page's own origin only; the default of `fetch()`.
    SameOrigin,
    /// Always: the server has to allow it with `Access-Control-Allow-Credentials: true`.
    Include,
}

impl CredentialsMode {
    /// The mode as script writes it: `omit`, `same-origin` or `include`.
    ///
    /// ```
    /// assert_eq!(cors_engine::CredentialsMode::SameOrigin.name(), "same-origin");
    /// ```
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            CredentialsMode::Omit => "omit",
            CredentialsMode::SameOrigin => "same-origin",
            CredentialsMode::Include => "include",
        }
    }
}

/// What happens when the response is a redirect.
///
/// ```
/// # use cors_engine::{Engine, Fetch, Outcome, PreflightCache, RedirectMode, Request, ResponseHead, Step};
/// # use cors_engine::ResponseType;
/// # let (mut cache, now) = (PreflightCache::default(), core::time::Duration::ZERO);
/// let mut request = Request::fetch("https://app.example", "https://app.example/old")?;
/// request.redirect = RedirectMode::Manual;
/// # let mut fetch = Fetch::new(Engine::Spec, request)?;
/// fetch.start(&mut cache, now);
/// let answer = ResponseHead::new(302, &[("Location", "/new")]);
/// let Step::Done(Outcome::Response(response)) = fetch.receive(&answer, &mut cache, now) else { panic!() };
/// assert_eq!(response.response_type, ResponseType::OpaqueRedirect);
/// # Ok::<(), cors_engine::InvalidRequest>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(
    feature = "scenario",
    derive(serde::Deserialize, serde::Serialize),
    serde(rename_all = "kebab-case")
)]
pub enum RedirectMode {
    /// It is followed.
    Follow,
    /// It is a network error.
    Error,
    /// Script gets an opaque-redirect response.
    Manual,
}

/// How the HTTP cache is used. The engine has no HTTP cache; the mode matters to construction and, in some
/// browsers, to the preflight cache.
///
/// ```
/// use cors_engine::{CacheMode, Engine, Fetch, Reason, Request};
/// let mut request = Request::fetch("https://app.example", "https://api.example/")?;
/// request.cache = CacheMode::OnlyIfCached;
/// assert_eq!(Fetch::new(Engine::Spec, request).unwrap_err().reason, Reason::OnlyIfCachedMode);
/// # Ok::<(), cors_engine::InvalidRequest>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(
    feature = "scenario",
    derive(serde::Deserialize, serde::Serialize),
    serde(rename_all = "kebab-case")
)]
#[allow(missing_docs, reason = "the names are the standard's own")]
pub enum CacheMode {
    Default,
    NoStore,
    Reload,
    NoCache,
    ForceCache,
    OnlyIfCached,
}

/// The referrer policies.
///
/// ```
/// # use cors_engine::{Engine, Fetch, PreflightCache, ReferrerPolicy, Request, RequestMode, Step};
/// # let (mut cache, now) = (PreflightCache::default(), core::time::Duration::ZERO);
/// let mut request = Request::fetch("https://app.example", "https://api.example/")?;
/// request.method = "POST".into();
/// request.mode = RequestMode::NoCors;
/// request.referrer_policy = ReferrerPolicy::NoReferrer;
/// # let mut fetch = Fetch::new(Engine::Spec, request)?;
/// let Step::Send(outgoing) = fetch.start(&mut cache, now) else { panic!() };
/// assert_eq!(outgoing.origin(), Some("null"));
/// # Ok::<(), cors_engine::InvalidRequest>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[allow(missing_docs, reason = "the names are the standard's own")]
pub enum ReferrerPolicy {
    NoReferrer,
    NoReferrerWhenDowngrade,
    SameOrigin,
    Origin,
    StrictOrigin,
    OriginWhenCrossOrigin,
    StrictOriginWhenCrossOrigin,
    UnsafeUrl,
}

/// The embedder policies.
///
/// ```
/// # use cors_engine::{CrossOriginAttribute, EmbedderPolicy, Engine, Fetch, Outcome, PreflightCache, Reason};
/// # use cors_engine::{Request, ResponseHead, Step};
/// # let (mut cache, now) = (PreflightCache::default(), core::time::Duration::ZERO);
/// # let absent = CrossOriginAttribute::Absent;
/// let mut request = Request::image("https://app.example", "https://cdn.example/a.png", absent)?;
/// request.embedder_policy = EmbedderPolicy::RequireCorp;
/// # let mut fetch = Fetch::new(Engine::Spec, request)?;
/// # fetch.start(&mut cache, now);
/// let answer = ResponseHead::new(200, &[("Content-Type", "image/png")]);
/// let step = fetch.receive(&answer, &mut cache, now);
/// let Step::Done(Outcome::NetworkError(blocked)) = step else { panic!() };
/// assert_eq!(blocked.reason, Reason::EmbedderPolicy);
/// # Ok::<(), cors_engine::InvalidRequest>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[allow(missing_docs, reason = "the names are the standard's own")]
pub enum EmbedderPolicy {
    UnsafeNone,
    Credentialless,
    RequireCorp,
}

/// The HTTP versions that matter to streaming bodies.
///
/// ```
/// # use cors_engine::{Body, Engine, Fetch, HttpVersion, Outcome, PreflightCache, Reason, Request, Step};
/// # let (mut cache, now) = (PreflightCache::default(), core::time::Duration::ZERO);
/// let mut request = Request::fetch("https://app.example", "https://app.example/upload")?;
/// request.method = "POST".into();
/// request.body = Body::Stream;
/// request.http_version = HttpVersion::Http1;
/// # let mut fetch = Fetch::new(Engine::Chromium, request)?;
/// let Step::Done(Outcome::NetworkError(blocked)) = fetch.start(&mut cache, now) else { panic!() };
/// assert_eq!(blocked.reason, Reason::StreamBodyOverHttp1);
/// # Ok::<(), cors_engine::InvalidRequest>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum HttpVersion {
    /// HTTP/1.0 or HTTP/1.1.
    Http1,
    /// HTTP/2 or later.
    Http2,
}

/// What is known of a body: its kind, which decides the default `Content-Type`, not its bytes.
///
/// ```
/// use cors_engine::{Body, Engine, Request, needs_preflight};
/// let mut request = Request::fetch("https://app.example", "https://api.example/")?;
/// # request.method = "POST".into();
/// request.body = Body::Text; // text/plain
/// assert!(!needs_preflight(Engine::Spec, &request)?.is_needed());
/// request.body = Body::Blob("application/json".into());
/// assert!(needs_preflight(Engine::Spec, &request)?.is_needed());
/// # Ok::<(), cors_engine::InvalidRequest>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Body {
    /// No body.
    None,
    /// A string.
    Text,
    /// An `ArrayBuffer` or a view on one: it has no type.
    Bytes,
    /// A `URLSearchParams`.
    UrlSearchParams,
    /// A `FormData`.
    FormData,
    /// A `Blob` with this type, which may be empty.
    Blob(String),
    /// A `ReadableStream`, passed with `duplex: "half"`.
    Stream,
}

/// The error that `fetch()`, `new Request()`, `open()` or `setRequestHeader()` throws.
///
/// ```
/// use cors_engine::{Reason, Request};
/// let invalid = Request::fetch("https://app.example", "/items").unwrap_err();
/// assert_eq!((invalid.reason, &invalid.value[..]), (Reason::InvalidUrl, &b"/items"[..]));
/// assert_eq!(invalid.to_string(), "The URL cannot be parsed. [invalid-url]: /items");
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct InvalidRequest {
    /// Why.
    pub reason: Reason,
    /// The URL, method or header concerned, as written.
    pub value: Vec<u8>,
}

impl fmt::Display for InvalidRequest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} [{}]", self.reason, self.reason.code())?;
        if self.value.is_empty() { Ok(()) } else { write!(formatter, ": {}", self.value.escape_ascii()) }
    }
}

impl core::error::Error for InvalidRequest {}

impl Request {
    /// `fetch(url)` called by a page of `origin`.
    ///
    /// # Errors
    /// [`Reason::InvalidUrl`] when the origin or the URL cannot be parsed; the URL has to be absolute.
    ///
    /// ```
    /// let request = cors_engine::Request::fetch("null", "https://api.example")?;
    /// assert_eq!(request.url.as_str(), "https://api.example/");
    /// # Ok::<(), cors_engine::InvalidRequest>(())
    /// ```
    pub fn fetch(origin: &str, url: &str) -> Result<Self, InvalidRequest> {
        let invalid = |value: &str| InvalidRequest { reason: Reason::InvalidUrl, value: value.into() };
        let origin = Origin::parse(origin).map_err(|_| invalid(origin))?;
        let url = Url::parse(url).map_err(|_| invalid(url))?;
        Ok(Request::new(origin, url))
    }

    /// `fetch(url)` with origin and URL already parsed.
    ///
    /// ```
    /// use cors_engine::{Request, protocol::Origin};
    /// let request = Request::new(Origin::Opaque, url::Url::parse("https://api.example/").unwrap());
    /// assert_eq!(*request.method, *b"GET");
    /// ```
    #[must_use]
    pub fn new(origin: Origin, url: Url) -> Self {
        Request {
            origin,
            url,
            method: Method::default(),
            headers: HeaderList::default(),
            body: Body::None,
            mode: RequestMode::Cors,
            credentials: CredentialsMode::SameOrigin,
            redirect: RedirectMode::Follow,
            cache: CacheMode::Default,
            initiator: Initiator::Fetch,
            referrer_policy: ReferrerPolicy::StrictOriginWhenCrossOrigin,
            embedder_policy: EmbedderPolicy::UnsafeNone,
            network_partition_key: String::new(),
            http_version: HttpVersion::Http2,
        }
    }

    /// The body that is sent: `XMLHttpRequest` ignores the body of a GET or HEAD.
    pub(crate) fn sent_body(&self) -> &Body {
        let ignored = matches!(self.initiator, Initiator::XmlHttpRequest { .. })
            && matches!(method::normalize(&self.method), b"GET" | b"HEAD");
        if ignored { &Body::None } else { &self.body }
    }

    /// Runs the checks of the [`Request` constructor](https://fetch.spec.whatwg.org/#dom-request), in its order.
    /// Returns the method, normalized.
    pub(crate) fn validate(&self, profile: &Profile) -> Result<&[u8], InvalidRequest> {
        let method = self.validate_before_headers()?;
        self.validate_headers()?;
        self.validate_body(profile, method)?;
        Ok(method)
    }

    /// The checks that come before those of the headers. Returns the method, normalized.
    #[inline]
    fn validate_before_headers(&self) -> Result<&[u8], InvalidRequest> {
        let refuse = |reason, value: &[u8]| Err(InvalidRequest { reason, value: value.into() });
        // Credentials, and they alone, put an `@` in front of the host.
        if self.url[..Position::BeforeHost].ends_with('@') {
            return refuse(Reason::UrlHasCredentials, self.url.as_str().as_bytes());
        }
        if self.mode == RequestMode::Navigate {
            return refuse(Reason::NavigateMode, b"");
        }
        if self.cache == CacheMode::OnlyIfCached && self.mode != RequestMode::SameOrigin {
            return refuse(Reason::OnlyIfCachedMode, b"");
        }
        let normalized = match method::normalized(&self.method) {
            Some(normalized) => normalized,
            None if !method::is_method(&self.method) => return refuse(Reason::InvalidMethod, &self.method),
            None if method::is_forbidden(&self.method) => {
                return refuse(Reason::ForbiddenMethod, &self.method);
            }
            None => &self.method,
        };
        if self.mode == RequestMode::NoCors && !method::is_cors_safelisted(normalized) {
            return refuse(Reason::NoCorsMethod, &self.method);
        }
        Ok(normalized)
    }

    #[inline]
    fn validate_headers(&self) -> Result<(), InvalidRequest> {
        match self.headers.summary().faults.has(Faults::NO_TOKEN | Faults::NO_VALUE) {
            true => self.headers.known_lines().try_for_each(validate_header),
            false => Ok(()),
        }
    }

    /// The checks of the body, which come last.
    #[inline]
    fn validate_body(&self, profile: &Profile, method: &[u8]) -> Result<(), InvalidRequest> {
        let refuse = |reason, value: &[u8]| Err(InvalidRequest { reason, value: value.into() });
        if self.body == Body::None {
            return Ok(());
        }
        if *self.sent_body() != Body::None && matches!(method, b"GET" | b"HEAD") {
            return refuse(Reason::BodyNotAllowed, &self.method);
        }
        let streams = matches!(profile.stream_body, StreamBody::Streamed | StreamBody::StreamedOverHttp2);
        if self.body == Body::Stream && self.mode == RequestMode::NoCors && streams {
            return refuse(Reason::StreamBodyMode, b"");
        }
        Ok(())
    }

    /// The author's headers that a browser takes from script into the header list: normalized, without
    /// forbidden ones, and with the body's default `Content-Type` at the end.
    ///
    /// Lines that [`Request::validate`] refuses are passed through.
    pub(crate) fn author_headers<'a>(
        &'a self,
        profile: &'a Profile,
    ) -> impl Iterator<Item = HeaderLine<'a>> + Clone {
        let lines = self.headers.known_lines().chain(self.default_content_type_line(profile));
        lines.filter(|line| is_taken_from_script(profile, line.facts))
    }

    /// The header list of the request: the [author's headers](Request::author_headers), under the guard
    /// that the mode demands.
    pub(crate) fn header_list(&self, profile: &Profile) -> HeaderList {
        match self.mode {
            RequestMode::NoCors => self.guarded_header_list(profile),
            _ => self.author_headers(profile).map(|line| (line.name, line.value)).collect(),
        }
    }

    /// Puts the [header list](Request::header_list) in the place of the author's headers.
    pub(crate) fn keep_header_list(&mut self, profile: &Profile) {
        let stays = self.mode != RequestMode::NoCors
            && !self.headers.summary().faults.has(forbidden_faults(profile) | Faults::PADDED)
            && self.default_content_type_line(profile).is_none();
        if !stays {
            self.headers = self.header_list(profile);
        }
    }

    /// Drops a body that is not [sent](Request::sent_body).
    pub(crate) fn keep_sent_body(&mut self) {
        if *self.sent_body() == Body::None {
            self.body = Body::None;
        }
    }

    fn guarded_header_list(&self, profile: &Profile) -> HeaderList {
        // The guard "request-no-cors" judges what a header would be once combined with those already there.
        let mut guarded = HeaderList::default();
        for HeaderLine { name, value, .. } in self.author_headers(profile) {
            let mut combined = Cow::Borrowed(value);
            for (_, before) in guarded.header_lines().filter(|(line, _)| line.eq_ignore_ascii_case(name)) {
                combined = [before, b", ", value].concat().into();
            }
            if profile.safelist.is_no_cors_safelisted(name, &combined) {
                guarded.delete(name);
                guarded.append(name, &combined);
            }
        }
        guarded
    }

    /// The [CORS-unsafe request-header names](https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names)
    /// rules for this request: `XMLHttpRequest` combines repeated headers in every browser.
    pub(crate) fn safelist_rules(&self, profile: &Profile) -> SafelistRules {
        let combines = matches!(self.initiator, Initiator::XmlHttpRequest { .. });
        SafelistRules { combine_repeated: profile.safelist.combine_repeated || combines, ..profile.safelist }
    }

    /// The [use-CORS-preflight flag](https://fetch.spec.whatwg.org/#use-cors-preflight-flag).
    pub(crate) fn use_cors_preflight(&self, profile: &Profile) -> bool {
        match self.initiator {
            Initiator::XmlHttpRequest { upload_listener: true } => {
                !profile.upload_listener_needs_body || *self.sent_body() != Body::None
            }
            _ => self.body == Body::Stream && profile.stream_body != StreamBody::Stringified,
        }
    }

    /// The [unsafe-request flag](https://fetch.spec.whatwg.org/#unsafe-request-flag): elements cannot make a
    /// preflighted request.
    pub(crate) fn is_unsafe_request(&self) -> bool {
        matches!(self.initiator, Initiator::Fetch | Initiator::XmlHttpRequest { .. } | Initiator::Beacon)
    }

    /// The `Content-Type` of the body, where the author wrote none.
    #[inline]
    pub(crate) fn default_content_type_line(&self, profile: &Profile) -> Option<HeaderLine<'_>> {
        if self.body == Body::None {
            return None;
        }
        let value = self.default_content_type(profile)?;
        let is_written = self.headers.summary().names.contains(KnownName::ContentType);
        (!is_written).then(|| HeaderLine::of(b"Content-Type", value))
    }

    /// The type that [extracting a body](https://fetch.spec.whatwg.org/#concept-bodyinit-extract) gives it.
    fn default_content_type(&self, profile: &Profile) -> Option<&[u8]> {
        match self.sent_body() {
            Body::Text => Some(b"text/plain;charset=UTF-8"),
            Body::UrlSearchParams => Some(b"application/x-www-form-urlencoded;charset=UTF-8"),
            // The boundary is made at random; its form never matters to CORS.
            Body::FormData => Some(b"multipart/form-data; boundary=----boundary"),
            Body::Blob(media_type) => {
                let must_parse = profile.blob_type_must_parse
                    && matches!(self.initiator, Initiator::XmlHttpRequest { .. });
                blob_type(media_type)
                    .filter(|value| !must_parse || request_header::is_strict_mime_type(value))
            }
            Body::Stream if profile.stream_body == StreamBody::Stringified => {
                Some(b"text/plain;charset=UTF-8")
            }
            Body::None | Body::Bytes | Body::Stream => None,
        }
    }
}

/// The checks of one header.
fn validate_header(line: HeaderLine<'_>) -> Result<(), InvalidRequest> {
    let refuse = |reason| Err(InvalidRequest { reason, value: line.name.into() });
    if line.facts.faults.has(Faults::NO_TOKEN) {
        return refuse(Reason::InvalidHeaderName);
    }
    if line.facts.faults.has(Faults::NO_VALUE) {
        return refuse(Reason::InvalidHeaderValue);
    }
    Ok(())
}

/// Whether a browser takes a header with these facts from script: it is not forbidden.
#[inline]
pub(crate) fn is_taken_from_script(profile: &Profile, facts: Facts) -> bool {
    !facts.faults.has(forbidden_faults(profile))
}

/// Why a browser does not take a header from script.
fn forbidden_faults(profile: &Profile) -> Faults {
    Faults::FORBIDDEN | Faults::USER_AGENT.only_if(profile.user_agent_forbidden)
}

/// The [type of a `Blob`](https://w3c.github.io/FileAPI/#dom-blob-type): nothing when it has a character
/// outside U+0020 to U+007E.
fn blob_type(media_type: &str) -> Option<&[u8]> {
    let printable = media_type.bytes().all(|byte| matches!(byte, 0x20..=0x7E));
    (printable && !media_type.is_empty()).then_some(media_type.as_bytes())
}
