//! The answer at the doors of the `http` crate: from its request heads, onto its header maps.

use super::answer::{Answer, HeadersRead, Vary, replaced, vary_lists};
use super::head::{Head, Once, RequestValue};
use super::header::{ResponseHeader, Value};
use super::policy::Policy;
use crate::protocol::HeaderLines;
use alloc::boxed::Box;
use http::header::{self, VARY};
use http::{HeaderMap, HeaderName, HeaderValue, Method, request};
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
        self.decide(method == Method::OPTIONS, &headers)
    }
}

impl<'a> Head<'a> for &'a HeaderMap {
    fn origin(&self) -> Once<'a> {
        once(self, header::ORIGIN)
    }

    fn request_method(&self) -> Once<'a> {
        once(self, header::ACCESS_CONTROL_REQUEST_METHOD)
    }

    /// Looks at every name, which for as many as requests have is cheaper than to hash one.
    fn has_request_method(&self) -> bool {
        self.keys().any(|name| name == header::ACCESS_CONTROL_REQUEST_METHOD)
    }

    fn request_headers(&self) -> impl Iterator<Item = RequestValue<'a>> {
        self.get_all(header::ACCESS_CONTROL_REQUEST_HEADERS).iter().map(RequestValue::typed)
    }

    fn headers(&self) -> &(impl HeaderLines + ?Sized) {
        *self
    }
}

fn once(headers: &HeaderMap, name: HeaderName) -> Once<'_> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Once::Absent,
        (Some(value), None) => Once::One(RequestValue::typed(value)),
        (Some(_), Some(_)) => Once::Several,
    }
}

impl<'a> RequestValue<'a> {
    fn typed(value: &'a HeaderValue) -> Self {
        let trimmed = RequestValue::new(value.as_bytes());
        let is_whole = trimmed.bytes.len() == value.len();
        RequestValue { typed: is_whole.then_some(value), ..trimmed }
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
        make_room(headers, self.replaces_timing(), self.depends_on());
        self.send(|header, value| {
            headers.append(header.typed(), value);
        });
    }

    fn send(&self, mut send: impl FnMut(ResponseHeader, HeaderValue)) {
        for header in ResponseHeader::SENT {
            if let Some(value) = self.value(header).and_then(Value::typed) {
                send(header, value);
            }
        }
        for value in self.requested_lines().filter_map(Value::typed) {
            send(ResponseHeader::AllowHeaders, value);
        }
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
        let mut fields = SmallVec::new();
        self.send(|header, value| fields.push((header, value)));
        let Vary { read, predicate } = self.depends_on();
        HeaderChanges { replaces_timing: self.replaces_timing(), fields, read, predicate: predicate.into() }
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
    replaces_timing: bool,
    fields: SmallVec<[(ResponseHeader, HeaderValue); 4]>,
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
        make_room(headers, self.replaces_timing, vary);
        for (header, value) in self.fields {
            headers.append(header.typed(), value);
        }
    }
}

/// Removes what the application may not keep, and says what the answer depends on.
fn make_room(headers: &mut HeaderMap, replaces_timing: bool, vary: Vary<'_>) {
    if !headers.is_empty() {
        replaced(replaces_timing).for_each(|header| drop(headers.remove(header.typed())));
    }
    if vary.predicate.is_empty() && vary.read != HeadersRead::Nothing && !headers.contains_key(VARY) {
        headers.insert(VARY, HeaderValue::from_static(vary.read.as_str()));
    } else {
        merge_vary(headers, vary);
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
