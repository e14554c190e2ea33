//! Who is asking: the request that each interface of the platform makes, and axios.

use super::engine::Engine;
use super::request::{Body, CacheMode, CredentialsMode, Initiator, InvalidRequest, Request, RequestMode};

/// The `crossorigin` attribute of an element.
///
/// ```
/// use cors_engine::{CredentialsMode, CrossOriginAttribute, Request, RequestMode};
/// let image = |attribute| Request::image("https://app.example", "https://cdn.example/a.png", attribute);
/// assert_eq!(image(CrossOriginAttribute::Absent)?.mode, RequestMode::NoCors);
/// assert_eq!(image(CrossOriginAttribute::Anonymous)?.mode, RequestMode::Cors);
/// assert_eq!(image(CrossOriginAttribute::UseCredentials)?.credentials, CredentialsMode::Include);
/// # Ok::<(), cors_engine::InvalidRequest>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum CrossOriginAttribute {
    /// Not there.
    Absent,
    /// `crossorigin`, `crossorigin=""` or `crossorigin=anonymous`.
    Anonymous,
    /// `crossorigin=use-credentials`.
    UseCredentials,
}

impl CrossOriginAttribute {
    /// The credentials mode of a request made under the mode cors.
    fn credentials(self) -> CredentialsMode {
        match self {
            CrossOriginAttribute::Absent | CrossOriginAttribute::Anonymous => CredentialsMode::SameOrigin,
            CrossOriginAttribute::UseCredentials => CredentialsMode::Include,
        }
    }
}

impl Request {
    /// `XMLHttpRequest`: `open("GET", url)`, `send()`. `withCredentials` is the credentials mode
    /// [`CredentialsMode::Include`]; an upload listener is a field of the [`Initiator`].
    ///
    /// # Errors
    /// As [`Request::fetch`].
    ///
    /// ```
    /// use cors_engine::{Engine, Initiator, Preflight, Request, needs_preflight};
    /// let mut request = Request::xml_http_request("https://app.example", "https://api.example/upload")?;
    /// request.method = "POST".into();
    /// request.body = cors_engine::Body::FormData;
    /// request.initiator = Initiator::XmlHttpRequest { upload_listener: true };
    /// assert_eq!(needs_preflight(Engine::Spec, &request)?, Preflight::Forced);
    /// # Ok::<(), cors_engine::InvalidRequest>(())
    /// ```
    pub fn xml_http_request(origin: &str, url: &str) -> Result<Self, InvalidRequest> {
        let initiator = Initiator::XmlHttpRequest { upload_listener: false };
        Ok(Request { initiator, ..Request::fetch(origin, url)? })
    }

    /// `<img>`.
    ///
    /// # Errors
    /// As [`Request::fetch`].
    ///
    /// ```
    /// use cors_engine::{CrossOriginAttribute, Request, RequestMode};
    /// let page = "https://app.example";
    /// let image = Request::image(page, "https://cdn.example/a.png", CrossOriginAttribute::Absent)?;
    /// assert_eq!(image.mode, RequestMode::NoCors);
    /// # Ok::<(), cors_engine::InvalidRequest>(())
    /// ```
    pub fn image(origin: &str, url: &str, attribute: CrossOriginAttribute) -> Result<Self, InvalidRequest> {
        Request::element(origin, url, attribute, Initiator::Image)
    }

    /// `<script>` that is not a module.
    ///
    /// # Errors
    /// As [`Request::fetch`].
    ///
    /// ```
    /// use cors_engine::{CredentialsMode, CrossOriginAttribute, Request};
    /// let page = "https://app.example";
    /// let script = Request::script(page, "https://cdn.example/a.js", CrossOriginAttribute::UseCredentials)?;
    /// assert_eq!(script.credentials, CredentialsMode::Include);
    /// # Ok::<(), cors_engine::InvalidRequest>(())
    /// ```
    pub fn script(origin: &str, url: &str, attribute: CrossOriginAttribute) -> Result<Self, InvalidRequest> {
        Request::element(origin, url, attribute, Initiator::Script)
    }

    /// `<link rel=stylesheet>`.
    ///
    /// # Errors
    /// As [`Request::fetch`].
    ///
    /// ```
    /// use cors_engine::{CrossOriginAttribute, Request, RequestMode};
    /// let page = "https://app.example";
    /// let style = Request::stylesheet(page, "https://cdn.example/a.css", CrossOriginAttribute::Anonymous)?;
    /// assert_eq!(style.mode, RequestMode::Cors);
    /// # Ok::<(), cors_engine::InvalidRequest>(())
    /// ```
    pub fn stylesheet(
        origin: &str,
        url: &str,
        attribute: CrossOriginAttribute,
    ) -> Result<Self, InvalidRequest> {
        Request::element(origin, url, attribute, Initiator::Style)
    }

    /// `<script type=module>` and `import`: always under the mode cors.
    ///
    /// # Errors
    /// As [`Request::fetch`].
    ///
    /// ```
    /// use cors_engine::{CrossOriginAttribute, Request, RequestMode};
    /// let page = "https://app.example";
    /// let module = Request::module_script(page, "https://cdn.example/a.mjs", CrossOriginAttribute::Absent)?;
    /// assert_eq!(module.mode, RequestMode::Cors);
    /// # Ok::<(), cors_engine::InvalidRequest>(())
    /// ```
    pub fn module_script(
        origin: &str,
        url: &str,
        attribute: CrossOriginAttribute,
    ) -> Result<Self, InvalidRequest> {
        let credentials = attribute.credentials();
        Ok(Request { credentials, initiator: Initiator::Script, ..Request::fetch(origin, url)? })
    }

    /// `@font-face`: always under the mode cors.
    ///
    /// # Errors
    /// As [`Request::fetch`].
    ///
    /// ```
    /// use cors_engine::{Engine, Preflight, Request, needs_preflight};
    /// let font = Request::font("https://app.example", "https://cdn.example/a.woff2")?;
    /// assert_eq!(needs_preflight(Engine::Spec, &font)?, Preflight::Simple);
    /// # Ok::<(), cors_engine::InvalidRequest>(())
    /// ```
    pub fn font(origin: &str, url: &str) -> Result<Self, InvalidRequest> {
        Ok(Request { initiator: Initiator::Font, ..Request::fetch(origin, url)? })
    }

    /// `new EventSource(url, { withCredentials })`.
    ///
    /// # Errors
    /// As [`Request::fetch`].
    ///
    /// ```
    /// let events = cors_engine::Request::event_source("https://app.example", "https://api.example/", true)?;
    /// assert!(events.headers.contains(b"accept"));
    /// # Ok::<(), cors_engine::InvalidRequest>(())
    /// ```
    pub fn event_source(origin: &str, url: &str, with_credentials: bool) -> Result<Self, InvalidRequest> {
        let attribute = if with_credentials {
            CrossOriginAttribute::UseCredentials
        } else {
            CrossOriginAttribute::Anonymous
        };
        let mut request = Request {
            credentials: attribute.credentials(),
            cache: CacheMode::NoStore,
            initiator: Initiator::EventSource,
            ..Request::fetch(origin, url)?
        };
        request.headers.append(b"Accept", b"text/event-stream");
        Ok(request)
    }

    /// `navigator.sendBeacon(url, body)`: a POST with credentials, under the mode no-cors as long as the body's
    /// type is CORS-safelisted.
    ///
    /// # Errors
    /// As [`Request::fetch`].
    ///
    /// ```
    /// use cors_engine::{Body, Request, RequestMode};
    /// let json = Body::Blob("application/json".into());
    /// let beacon = Request::beacon("https://app.example", "https://stats.example/", json)?;
    /// assert_eq!(beacon.mode, RequestMode::Cors);
    /// # Ok::<(), cors_engine::InvalidRequest>(())
    /// ```
    pub fn beacon(origin: &str, url: &str, body: Body) -> Result<Self, InvalidRequest> {
        let mut request = Request {
            method: b"POST".into(),
            body,
            credentials: CredentialsMode::Include,
            initiator: Initiator::Beacon,
            ..Request::fetch(origin, url)?
        };
        let profile = Engine::Spec.profile();
        let is_safelisted = request
            .author_headers(profile)
            .all(|line| profile.safelist.is_cors_safelisted(line.name, line.value));
        if is_safelisted {
            request.mode = RequestMode::NoCors;
        }
        Ok(request)
    }

    /// axios with its defaults: an `XMLHttpRequest` that accepts JSON, and sends it where `sends_json`.
    ///
    /// # Errors
    /// As [`Request::fetch`].
    ///
    /// ```
    /// use cors_engine::{Engine, Preflight, Request, needs_preflight};
    /// let mut request = Request::axios("https://app.example", "https://api.example/items", true)?;
    /// request.method = "POST".into();
    /// assert_eq!(needs_preflight(Engine::Spec, &request)?, Preflight::UnsafeHeader(b"Content-Type"));
    /// # Ok::<(), cors_engine::InvalidRequest>(())
    /// ```
    pub fn axios(origin: &str, url: &str, sends_json: bool) -> Result<Self, InvalidRequest> {
        let mut request = Request::xml_http_request(origin, url)?;
        request.headers.append(b"Accept", b"application/json, text/plain, */*");
        if sends_json {
            request.headers.append(b"Content-Type", b"application/json");
            request.body = Body::Text;
        }
        Ok(request)
    }

    /// An element that is fetched under the mode no-cors unless it has a `crossorigin` attribute.
    fn element(
        origin: &str,
        url: &str,
        attribute: CrossOriginAttribute,
        initiator: Initiator,
    ) -> Result<Self, InvalidRequest> {
        let (mode, credentials) = match attribute {
            CrossOriginAttribute::Absent => (RequestMode::NoCors, CredentialsMode::Include),
            _ => (RequestMode::Cors, attribute.credentials()),
        };
        Ok(Request { mode, credentials, initiator, ..Request::fetch(origin, url)? })
    }
}
