//! The answer at the doors of the `http` crate: from its request heads, onto its header maps.

use super::answer::{Answer, vary_lists};
use super::policy::Policy;
use http::header::VARY;
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
        self.to_changes().apply_to(headers);
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
        let typed = |value: &[u8]| HeaderValue::from_bytes(value).ok();
        HeaderChanges {
            remove: self.replaced().map(HeaderName::from_static).collect(),
            // A value is the policy's, which was judged when it was built, or a line of the request, which
            // was a header value before.
            add: self
                .headers()
                .filter_map(|(name, value)| Some((HeaderName::from_static(name), typed(value)?)))
                .collect(),
            vary: self.vary().filter_map(|name| HeaderName::from_bytes(name.as_bytes()).ok()).collect(),
        }
    }
}

/// An [`Answer`] that borrows nothing.
#[derive(Clone, Debug)]
pub struct HeaderChanges {
    remove: SmallVec<[HeaderName; 8]>,
    add: SmallVec<[(HeaderName, HeaderValue); 4]>,
    vary: SmallVec<[HeaderName; 3]>,
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
        for name in &self.remove {
            headers.remove(name);
        }
        for (name, value) in self.add {
            headers.append(name, value);
        }
        let mut missing: SmallVec<[u8; 96]> = SmallVec::new();
        for name in &self.vary {
            let lines = headers.get_all(VARY).into_iter().map(HeaderValue::as_bytes);
            if !vary_lists(lines, name.as_str()) {
                if !missing.is_empty() {
                    missing.extend_from_slice(b", ");
                }
                missing.extend_from_slice(name.as_str().as_bytes());
            }
        }
        if let (false, Ok(value)) = (missing.is_empty(), HeaderValue::from_bytes(&missing)) {
            headers.append(VARY, value);
        }
    }
}
