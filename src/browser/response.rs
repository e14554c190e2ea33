//! Responses: the head that a server sends, and the filtered response that script gets.

use super::profile::Profile;
use super::request::CredentialsMode;
use crate::protocol::{HeaderLines, Headers, compare_names, is_same_name, is_token, list, response_header};
use alloc::string::String;
use alloc::vec::Vec;
use smallvec::SmallVec;
use url::Url;

/// The head of a response as a server sent it: the status and the header lines, borrowed.
///
/// ```
/// use cors_engine::ResponseHead;
/// let head = ResponseHead::new(204, &[("Access-Control-Allow-Origin", "*")]);
/// assert_eq!(head.status, 204);
/// ```
#[derive(Clone, Debug)]
pub struct ResponseHead<'a> {
    /// The status code.
    pub status: u16,
    /// The header lines.
    pub headers: Headers<'a>,
}

impl<'a> ResponseHead<'a> {
    /// A head over header lines that somebody else holds.
    ///
    /// ```
    /// # #[cfg(feature = "http")] {
    /// let headers = http::HeaderMap::<http::HeaderValue>::new();
    /// let head = cors_engine::ResponseHead::new(200, &headers);
    /// # }
    /// ```
    #[inline] // so that the head is made where it is used
    pub fn new<S: HeaderLines + ?Sized>(status: u16, headers: &'a S) -> Self {
        let mut head = ResponseHead { status, headers: Headers::default() };
        head.headers.extend(headers);
        head
    }

    /// Whether the status is an [ok status](https://fetch.spec.whatwg.org/#ok-status).
    pub(crate) fn has_ok_status(&self) -> bool {
        matches!(self.status, 200..=299)
    }

    /// Whether the status is a [redirect status](https://fetch.spec.whatwg.org/#redirect-status).
    pub(crate) fn has_redirect_status(&self) -> bool {
        matches!(self.status, 301 | 302 | 303 | 307 | 308)
    }
}

/// The type of a response as script sees it.
///
/// ```
/// use cors_engine::{Engine, Fetch, Outcome, PreflightCache, Request, ResponseHead, ResponseType, Step};
/// # let (mut cache, now) = (PreflightCache::default(), core::time::Duration::ZERO);
/// let mut fetch = Fetch::new(Engine::Spec, Request::fetch("https://app.example", "https://api.example/")?)?;
/// fetch.start(&mut cache, now);
/// let answer = ResponseHead::new(200, &[("Access-Control-Allow-Origin", "*")]);
/// let Step::Done(Outcome::Response(response)) = fetch.receive(&answer, &mut cache, now) else { panic!() };
/// assert_eq!(response.response_type, ResponseType::Cors);
/// # Ok::<(), cors_engine::InvalidRequest>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ResponseType {
    /// From the page's own origin, or a `data:` URL.
    Basic,
    /// From another origin that allowed it.
    Cors,
    /// From another origin, unread: the answer to a no-cors request.
    Opaque,
    /// A redirect that was not followed.
    OpaqueRedirect,
}

impl ResponseType {
    /// The value of `Response.type`.
    ///
    /// ```
    /// assert_eq!(cors_engine::ResponseType::OpaqueRedirect.name(), "opaqueredirect");
    /// ```
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            ResponseType::Basic => "basic",
            ResponseType::Cors => "cors",
            ResponseType::Opaque => "opaque",
            ResponseType::OpaqueRedirect => "opaqueredirect",
        }
    }
}

/// A [filtered response](https://fetch.spec.whatwg.org/#concept-filtered-response): what script gets.
///
/// ```
/// # use cors_engine::{Engine, Fetch, Outcome, PreflightCache, Request, RequestMode, ResponseHead, Step};
/// # let (mut cache, now) = (PreflightCache::default(), core::time::Duration::ZERO);
/// let mut request = Request::fetch("https://app.example", "https://api.example/")?;
/// request.mode = RequestMode::NoCors;
/// # let mut fetch = Fetch::new(Engine::Spec, request)?;
/// # fetch.start(&mut cache, now);
/// let answer = ResponseHead::new(200, &[("ETag", "\"1\"")]);
/// let Step::Done(Outcome::Response(response)) = fetch.receive(&answer, &mut cache, now) else { panic!() };
/// assert_eq!(response.status, 0);
/// assert!(!response.exposed.contains(b"etag"));
/// # Ok::<(), cors_engine::InvalidRequest>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FilteredResponse {
    /// The type.
    pub response_type: ResponseType,
    /// The status that script sees: 0 for an opaque response.
    pub status: u16,
    /// The URL of the last hop. `Response.url` is this without the fragment, and empty when the response
    /// is opaque.
    pub url: Url,
    /// Whether the response came after a redirect.
    pub redirected: bool,
    /// Whether the page may read the fetch's full timing: the outcome of the
    /// [TAO check](https://fetch.spec.whatwg.org/#concept-tao-check) on every hop.
    pub timing_allowed: bool,
    /// Which response headers script can read.
    pub exposed: ExposedHeaders,
}

/// Which header names of a response script can read.
///
/// ```
/// use cors_engine::{CredentialsMode, Engine, ResponseHead, exposed_headers};
/// let headers = [("Access-Control-Expose-Headers", "ETag"), ("ETag", "\"1\""), ("X-Id", "7")];
/// let head = ResponseHead::new(200, &headers);
/// let exposed = exposed_headers(Engine::Spec, CredentialsMode::Omit, &head.headers);
/// assert!(exposed.contains(b"etag"));
/// assert_eq!(exposed.names(&head.headers), ["etag"]);
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ExposedHeaders(Exposure);

#[derive(Clone, Debug, Eq, PartialEq)]
enum Exposure {
    Nothing,
    Everything,
    Listed(ExposedNames),
}

/// The CORS-safelisted response-header names, and those in a list, which is read when one is asked for.
#[derive(Clone, Debug, Eq, PartialEq)]
struct ExposedNames {
    list: SmallVec<[u8; 32]>,
    /// Whether `*` in the list stands for every name ...
    wildcards_count: bool,
    /// ... even where the list has an error after it.
    wildcard_outlives_error: bool,
}

impl ExposedHeaders {
    /// Whether script can read the header called `name`. Browsers pass over a line whose name is no token.
    ///
    /// ```
    /// # use cors_engine::{CredentialsMode, Engine, exposed_headers, protocol::Headers};
    /// let exposed = exposed_headers(Engine::Spec, CredentialsMode::Omit, &Headers::default());
    /// assert!(exposed.contains(b"Content-Type"));
    /// assert!(!exposed.contains(b"Set-Cookie"));
    /// ```
    #[must_use]
    pub fn contains(&self, name: &[u8]) -> bool {
        let is_exposed = match &self.0 {
            Exposure::Nothing => false,
            Exposure::Everything => true,
            Exposure::Listed(names) => {
                response_header::is_cors_safelisted(name)
                    || names
                        .read()
                        .is_none_or(|listed| listed.iter().any(|listed| is_same_name(listed, name)))
            }
        };
        is_exposed && is_readable(name)
    }

    /// The names among `headers` that script can read: lower case, sorted, each once.
    ///
    /// ```
    /// # use cors_engine::{CredentialsMode, Engine, exposed_headers, protocol::Headers};
    /// let headers = Headers::of(&[("Expires", "0"), ("Set-Cookie", "a=b")]);
    /// let exposed = exposed_headers(Engine::Spec, CredentialsMode::Omit, &headers);
    /// assert_eq!(exposed.names(&headers), ["expires"]);
    /// ```
    #[must_use]
    pub fn names(&self, headers: &Headers<'_>) -> Vec<String> {
        let mut listed = match &self.0 {
            Exposure::Nothing => return Vec::new(),
            Exposure::Everything => None,
            Exposure::Listed(names) => names.read(),
        };
        // Searched, and not read again for each of the headers, of which there may be as many.
        if let Some(listed) = &mut listed {
            listed.sort_unstable_by(|one, two| compare_names(one, two));
        }
        let is_exposed = |name: &&[u8]| {
            let place = |listed: &Vec<&[u8]>| listed.binary_search_by(|listed| compare_names(listed, name));
            response_header::is_cors_safelisted(name)
                || listed.as_ref().is_none_or(|listed| place(listed).is_ok())
        };
        let names = headers.iter().map(|(name, _)| name);
        let readable = names.filter(|name| is_readable(name)).filter(is_exposed);
        let lower_case = |name: &[u8]| -> String {
            name.iter().map(|byte| char::from(byte.to_ascii_lowercase())).collect()
        };
        let mut names: Vec<String> = readable.map(lower_case).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    pub(crate) const NOTHING: ExposedHeaders = ExposedHeaders(Exposure::Nothing);
    pub(crate) const EVERYTHING: ExposedHeaders = ExposedHeaders(Exposure::Everything);
}

impl ExposedNames {
    /// The names in the list, which are none where it has an error; `None` where it stands for every name.
    fn read(&self) -> Option<Vec<&[u8]>> {
        let (mut names, mut has_wildcard) = (Vec::new(), false);
        for name in list::elements(&self.list) {
            if !is_token(name) {
                let everything = has_wildcard && self.wildcard_outlives_error;
                return (!everything).then(Vec::new);
            }
            has_wildcard |= self.wildcards_count && name == b"*";
            names.push(name);
        }
        (!has_wildcard).then_some(names)
    }
}

/// Whether there is a response in which script can read a header called `name`.
fn is_readable(name: &[u8]) -> bool {
    !response_header::is_forbidden(name) && is_token(name)
}

/// The [CORS-exposed header-name list](https://fetch.spec.whatwg.org/#concept-response-cors-exposed-header-name-list)
/// of a response, with the names that are always safelisted.
pub(crate) fn exposed_headers(
    profile: &Profile,
    credentials: CredentialsMode,
    headers: &Headers<'_>,
) -> ExposedHeaders {
    ExposedHeaders(Exposure::Listed(ExposedNames {
        list: SmallVec::from_slice(&headers.get_known(b"access-control-expose-headers").unwrap_or_default()),
        wildcards_count: credentials != CredentialsMode::Include,
        wildcard_outlives_error: profile.exposing_wildcard_outlives_error,
    }))
}
