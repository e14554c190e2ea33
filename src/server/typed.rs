//! The answer at the doors of the `http` crate: from its request heads, onto its header maps.

use super::answer::{Answer, HeadersRead, Vary, vary_lists};
use super::header::ResponseHeader;
use super::policy::Policy;
use alloc::boxed::Box;
use http::header::VARY;
use http::{HeaderMap, HeaderValue, Method, request};
use smallvec::SmallVec;

impl Policy {
    /// What to answer to this request; [`answer`](Policy::answer) for the types of the `http` crate.
    ///
    /// ```
    /// use cors_engine::server::PolicyConfig;
    /// let policy = PolicyConfig::new().origins(["https://app.example"]).build().unwrap();
    /// let request = http::Request::get("/").header("origin", "https://app.example").body(()).unwrap();
    /// let (head, ()) = request.into_parts();
    /// assert!(policy.answer_parts(&head).reason().allows());
    /// ```
    #[must_use]
    pub fn answer_parts<'a>(&'a self, head: &'a request::Parts) -> Answer<'a> {
        self.answer_http(&head.method, &head.headers)
    }

    /// What to answer to a request with this method and these headers.
    ///
    /// ```
    /// use cors_engine::server::PolicyConfig;
    /// let policy = PolicyConfig::new().origins(["*"]).build().unwrap();
    /// assert!(policy.answer_http(&http::Method::GET, &http::HeaderMap::new()).reason().allows());
    /// ```
    #[must_use]
    pub fn answer_http<'a>(&'a self, method: &Method, headers: &'a HeaderMap) -> Answer<'a> {
        self.answer(method.as_str().as_bytes(), headers)
    }
}

impl Answer<'_> {
    /// Puts the answer on a response's headers, in place of the application's own CORS headers.
    ///
    /// ```
    /// use cors_engine::server::PolicyConfig;
    /// let policy = PolicyConfig::new().origins(["https://app.example"]).build().unwrap();
    /// let mut response = http::Response::builder()
    ///     .header("access-control-allow-origin", "*")
    ///     .header("vary", "accept")
    ///     .body(())
    ///     .unwrap();
    /// policy.answer(b"GET", &[("origin", "https://evil.example")]).apply_to(response.headers_mut());
    /// assert!(!response.headers().contains_key("access-control-allow-origin"));
    /// assert_eq!(response.headers().get_all("vary").iter().count(), 2);
    /// ```
    pub fn apply_to(&self, headers: &mut HeaderMap) {
        let fields = self.fields().filter_map(|(header, value)| Some((header, value.typed()?)));
        apply(headers, self.replaced(), fields, self.vary);
    }

    /// The answer freed from the request that it borrows from, to be kept until there is a response.
    ///
    /// ```
    /// use cors_engine::server::PolicyConfig;
    /// let policy = PolicyConfig::new().origins(["*"]).build().unwrap();
    /// let changes = policy.answer(b"GET", &[("origin", "https://app.example")]).to_changes();
    /// let mut headers = http::HeaderMap::new();
    /// changes.apply_to(&mut headers);
    /// assert_eq!(headers["access-control-allow-origin"], "*");
    /// ```
    #[must_use]
    pub fn to_changes(&self) -> HeaderChanges {
        HeaderChanges {
            replaced: self.replaced().collect(),
            fields: self.fields().filter_map(|(header, value)| Some((header, value.typed()?))).collect(),
            read: self.vary.read,
            predicate: self.vary.predicate.into(),
        }
    }
}

/// An [`Answer`] that borrows nothing.
///
/// ```
/// use cors_engine::server::{HeaderChanges, PolicyConfig};
/// let policy = PolicyConfig::new().origins(["https://app.example"]).build().unwrap();
/// let changes: HeaderChanges = policy.answer(b"GET", &[("origin", "https://evil.example")]).to_changes();
/// let mut headers = http::HeaderMap::new();
/// changes.apply_to(&mut headers);
/// assert_eq!(headers["vary"], "origin");
/// ```
#[derive(Clone, Debug)]
pub struct HeaderChanges {
    replaced: SmallVec<[ResponseHeader; 8]>,
    fields: SmallVec<[(ResponseHeader, HeaderValue); 5]>,
    read: HeadersRead,
    predicate: Box<[Box<str>]>,
}

impl HeaderChanges {
    /// Puts the answer on a response's headers.
    ///
    /// ```
    /// # use cors_engine::server::PolicyConfig;
    /// # let policy = PolicyConfig::new().origins(["https://app.example"]).build().unwrap();
    /// let mut headers = http::HeaderMap::from_iter([(http::header::VARY, "Origin".parse().unwrap())]);
    /// policy.answer(b"GET", &[("origin", "https://app.example")]).to_changes().apply_to(&mut headers);
    /// assert_eq!(headers.get_all("vary").iter().count(), 1);
    /// ```
    pub fn apply_to(self, headers: &mut HeaderMap) {
        let vary = Vary { read: self.read, predicate: &self.predicate };
        apply(headers, self.replaced.into_iter(), self.fields.into_iter(), vary);
    }
}

fn apply(
    headers: &mut HeaderMap,
    replaced: impl Iterator<Item = ResponseHeader>,
    fields: impl Iterator<Item = (ResponseHeader, HeaderValue)>,
    vary: Vary<'_>,
) {
    if !headers.is_empty() {
        replaced.for_each(|header| drop(headers.remove(header.typed())));
    }
    if vary.predicate.is_empty() && vary.read != HeadersRead::Nothing && !headers.contains_key(VARY) {
        headers.insert(VARY, HeaderValue::from_static(vary.read.as_str()));
    } else {
        merge_vary(headers, vary);
    }
    for (header, value) in fields {
        headers.append(header.typed(), value);
    }
}

/// Adds to `Vary`, on one line, the names that none of its lines has.
fn merge_vary(headers: &mut HeaderMap, vary: Vary<'_>) {
    let mut missing: SmallVec<[u8; 96]> = SmallVec::new();
    for name in vary.names() {
        let lines = headers.get_all(VARY).into_iter().map(HeaderValue::as_bytes);
        if !vary_lists(lines, name) {
            if !missing.is_empty() {
                missing.extend_from_slice(b", ");
            }
            missing.extend_from_slice(name.as_bytes());
        }
    }
    if let (false, Ok(value)) = (missing.is_empty(), HeaderValue::from_bytes(&missing)) {
        headers.append(VARY, value);
    }
}
