//! The answer at the doors of the `http` crate: from its request heads, onto its header maps.

use super::answer::{Answer, HeadersRead, Vary, replaced, vary_lists};
use super::head::{Head, Met, Once, RequestValue};
use super::header::{ResponseHeader, Value};
use super::policy::Policy;
use super::ready_made;
use crate::protocol::HeaderLines;
use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::iter;
use http::header::{self, VARY};
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
        let is_options = method == Method::OPTIONS;
        self.decide(is_options, MapHead::new(is_options, headers))
    }
}

/// The head that a header map is. For a preflight every name is compared, which for as many as requests have is
/// cheaper than to hash three.
#[derive(Clone, Copy)]
struct MapHead<'a> {
    headers: &'a HeaderMap,
    origin: Met<&'a HeaderValue>,
    request_method: Met<&'a HeaderValue>,
    request_headers: Met<&'a HeaderValue>,
}

impl<'a> MapHead<'a> {
    fn new(is_options: bool, headers: &'a HeaderMap) -> Self {
        let (mut origin, mut request_method, mut request_headers) = (Met::NONE, Met::NONE, Met::NONE);
        if is_options {
            for (name, value) in headers {
                match *name {
                    header::ORIGIN => origin = origin.and(value),
                    header::ACCESS_CONTROL_REQUEST_METHOD => request_method = request_method.and(value),
                    header::ACCESS_CONTROL_REQUEST_HEADERS => request_headers = request_headers.and(value),
                    _ => {}
                }
            }
        } else {
            headers.get_all(header::ORIGIN).iter().for_each(|value| origin = origin.and(value));
        }
        MapHead { headers, origin, request_method, request_headers }
    }
}

impl<'a> Head<'a> for MapHead<'a> {
    fn origin(self) -> Once<RequestValue<'a>> {
        self.origin.once(RequestValue::typed)
    }

    fn request_method(self) -> Once<RequestValue<'a>> {
        self.request_method.once(RequestValue::typed)
    }

    fn request_headers(self) -> impl Iterator<Item = &'a [u8]> {
        // One line is at hand; several are looked for again.
        let (mut one, mut several) = match self.request_headers.once(|value| value) {
            Once::Absent => (None, None),
            Once::One(value) => (Some(value), None),
            Once::Several => {
                let lines = self.headers.get_all(header::ACCESS_CONTROL_REQUEST_HEADERS);
                (None, Some(lines.into_iter()))
            }
        };
        let next = move || match &mut several {
            None => one.take(),
            Some(lines) => lines.next(),
        };
        iter::from_fn(next).map(HeaderValue::as_bytes)
    }

    fn all(&self) -> &(impl HeaderLines + ?Sized) {
        self.headers
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
        if headers.is_empty() {
            *headers = self.to_headers();
        } else {
            self.put_on(headers);
        }
    }

    /// The headers of a response that has no others.
    pub(crate) fn to_headers(&self) -> HeaderMap {
        match self.ready_made() {
            Some(ready_made) => ready_made::copy(ready_made, self.allow_origin().typed()),
            None => {
                let mut headers = HeaderMap::new();
                self.put_on(&mut headers);
                headers
            }
        }
    }

    /// [`apply_to`](Answer::apply_to), header by header.
    fn put_on(&self, headers: &mut HeaderMap) {
        make_room(headers, self.replaces_timing(), self.depends_on());
        self.send(|header, value| {
            headers.append(header.typed(), value);
        });
    }

    pub(crate) fn send(&self, mut send: impl FnMut(ResponseHeader, HeaderValue)) {
        for &header in self.sent() {
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
        let Vary { read, predicate } = self.depends_on();
        let mut changes = HeaderChanges {
            ready_made: self.ready_made().map(Arc::clone),
            allow_origin: None,
            fields: Vec::new(),
            replaces_timing: self.replaces_timing(),
            read,
            predicate: predicate.into(),
        };
        match changes.ready_made {
            Some(_) => changes.allow_origin = self.allow_origin().typed(),
            None => self.send(|header, value| changes.fields.push((header, value))),
        }
        changes
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
    ready_made: Option<Arc<HeaderMap>>,
    /// What the ready-made headers lack.
    allow_origin: Option<HeaderValue>,
    /// The headers to send if none are ready-made.
    fields: Vec<(ResponseHeader, HeaderValue)>,
    replaces_timing: bool,
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
        match &self.ready_made {
            Some(ready_made) if headers.is_empty() => {
                *headers = ready_made::copy(ready_made, self.allow_origin);
                return;
            }
            _ => {}
        }
        let vary = Vary { read: self.read, predicate: &self.predicate };
        make_room(headers, self.replaces_timing, vary);
        for (header, value) in self.fields {
            headers.append(header.typed(), value);
        }
        for (name, value) in self.ready_made.iter().flat_map(|ready_made| ready_made.iter()) {
            match (name, &self.allow_origin) {
                (&header::VARY, _) => {}
                (&header::ACCESS_CONTROL_ALLOW_ORIGIN, Some(origin)) => {
                    headers.append(name, origin.clone());
                }
                _ => {
                    headers.append(name, value.clone());
                }
            }
        }
    }
}

/// Removes what the application may not keep, and says what the answer depends on.
fn make_room(headers: &mut HeaderMap, replaces_timing: bool, vary: Vary<'_>) {
    if !headers.is_empty() {
        replaced(replaces_timing).for_each(|header| drop(headers.remove(header.typed())));
    }
    match vary.read.typed() {
        Some(names) if vary.predicate.is_empty() && !headers.contains_key(VARY) => {
            headers.insert(VARY, names);
        }
        _ => merge_vary(headers, vary),
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
