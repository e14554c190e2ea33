//! What script asks for.

use super::pointers::Sized32;
use super::status::{CORS_ERROR_STRUCT_SIZE, CORS_ERROR_VALUE, Failure};
use super::strings::{cors_header, cors_str, header_lines};
use crate::browser::{
    Body, CacheMode, CredentialsMode, EmbedderPolicy, Engine, HttpVersion, Initiator, RedirectMode,
    ReferrerPolicy, Request, RequestMode,
};

/// The Fetch Standard to the letter.
pub const CORS_ENGINE_SPEC: u8 = 0;
/// Chromium: Chrome, Edge, Opera, Android WebView.
pub const CORS_ENGINE_CHROMIUM: u8 = 1;
/// Gecko: Firefox.
pub const CORS_ENGINE_GECKO: u8 = 2;
/// WebKit: Safari, WebKitGTK.
pub const CORS_ENGINE_WEBKIT: u8 = 3;

/// The request mode cors, the default of fetch().
pub const CORS_MODE_CORS: u8 = 0;
/// The request mode no-cors: simple requests only, and the response is opaque.
pub const CORS_MODE_NO_CORS: u8 = 1;
/// The request mode same-origin: a URL of another origin is refused.
pub const CORS_MODE_SAME_ORIGIN: u8 = 2;
/// The request mode navigate, which script may not use.
pub const CORS_MODE_NAVIGATE: u8 = 3;

/// Credentials go to the page's own origin only; the default of fetch().
pub const CORS_CREDENTIALS_SAME_ORIGIN: u8 = 0;
/// Credentials never go along.
pub const CORS_CREDENTIALS_OMIT: u8 = 1;
/// Credentials always go along.
pub const CORS_CREDENTIALS_INCLUDE: u8 = 2;

/// Redirects are followed.
pub const CORS_REDIRECT_FOLLOW: u8 = 0;
/// A redirect is a network error.
pub const CORS_REDIRECT_ERROR: u8 = 1;
/// Script gets an opaque-redirect response.
pub const CORS_REDIRECT_MANUAL: u8 = 2;

/// The cache mode default.
pub const CORS_CACHE_DEFAULT: u8 = 0;
/// The cache mode no-store.
pub const CORS_CACHE_NO_STORE: u8 = 1;
/// The cache mode reload.
pub const CORS_CACHE_RELOAD: u8 = 2;
/// The cache mode no-cache.
pub const CORS_CACHE_NO_CACHE: u8 = 3;
/// The cache mode force-cache.
pub const CORS_CACHE_FORCE_CACHE: u8 = 4;
/// The cache mode only-if-cached.
pub const CORS_CACHE_ONLY_IF_CACHED: u8 = 5;

/// No body.
pub const CORS_BODY_NONE: u8 = 0;
/// A string.
pub const CORS_BODY_TEXT: u8 = 1;
/// An ArrayBuffer or a view on one.
pub const CORS_BODY_BYTES: u8 = 2;
/// A URLSearchParams.
pub const CORS_BODY_URL_SEARCH_PARAMS: u8 = 3;
/// A FormData.
pub const CORS_BODY_FORM_DATA: u8 = 4;
/// A Blob, whose type is in the field blob_type.
pub const CORS_BODY_BLOB: u8 = 5;
/// A ReadableStream.
pub const CORS_BODY_STREAM: u8 = 6;

/// fetch().
pub const CORS_INITIATOR_FETCH: u8 = 0;
/// XMLHttpRequest.
pub const CORS_INITIATOR_XML_HTTP_REQUEST: u8 = 1;
/// navigator.sendBeacon().
pub const CORS_INITIATOR_BEACON: u8 = 2;
/// EventSource.
pub const CORS_INITIATOR_EVENT_SOURCE: u8 = 3;
/// An img element.
pub const CORS_INITIATOR_IMAGE: u8 = 4;
/// A script element.
pub const CORS_INITIATOR_SCRIPT: u8 = 5;
/// A stylesheet.
pub const CORS_INITIATOR_STYLE: u8 = 6;
/// A font of a stylesheet.
pub const CORS_INITIATOR_FONT: u8 = 7;

/// The referrer policy strict-origin-when-cross-origin, the default.
pub const CORS_REFERRER_POLICY_STRICT_ORIGIN_WHEN_CROSS_ORIGIN: u8 = 0;
/// The referrer policy no-referrer.
pub const CORS_REFERRER_POLICY_NO_REFERRER: u8 = 1;
/// The referrer policy no-referrer-when-downgrade.
pub const CORS_REFERRER_POLICY_NO_REFERRER_WHEN_DOWNGRADE: u8 = 2;
/// The referrer policy same-origin.
pub const CORS_REFERRER_POLICY_SAME_ORIGIN: u8 = 3;
/// The referrer policy origin.
pub const CORS_REFERRER_POLICY_ORIGIN: u8 = 4;
/// The referrer policy strict-origin.
pub const CORS_REFERRER_POLICY_STRICT_ORIGIN: u8 = 5;
/// The referrer policy origin-when-cross-origin.
pub const CORS_REFERRER_POLICY_ORIGIN_WHEN_CROSS_ORIGIN: u8 = 6;
/// The referrer policy unsafe-url.
pub const CORS_REFERRER_POLICY_UNSAFE_URL: u8 = 7;

/// The embedder policy unsafe-none, the default.
pub const CORS_EMBEDDER_POLICY_UNSAFE_NONE: u8 = 0;
/// The embedder policy credentialless.
pub const CORS_EMBEDDER_POLICY_CREDENTIALLESS: u8 = 1;
/// The embedder policy require-corp.
pub const CORS_EMBEDDER_POLICY_REQUIRE_CORP: u8 = 2;

/// HTTP/2 or later.
pub const CORS_HTTP_VERSION_2: u8 = 0;
/// HTTP/1.0 or HTTP/1.1.
pub const CORS_HTTP_VERSION_1: u8 = 1;

/// A request as script makes it: the arguments of fetch(), and what of the page matters. It is read during the
/// call only.
///
/// Start from CORS_FETCH_INIT, which is fetch(url), and set at least origin and url.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct cors_fetch_init {
    /// sizeof(cors_fetch_init), set by the caller.
    pub struct_size: u32,
    /// Which browser asks: CORS_ENGINE_SPEC and the others.
    pub engine: u8,
    /// The request mode: CORS_MODE_CORS and the others.
    pub mode: u8,
    /// The credentials mode: CORS_CREDENTIALS_SAME_ORIGIN and the others.
    pub credentials: u8,
    /// The redirect mode: CORS_REDIRECT_FOLLOW and the others.
    pub redirect: u8,
    /// The cache mode: CORS_CACHE_DEFAULT and the others.
    pub cache: u8,
    /// The kind of body: CORS_BODY_NONE and the others.
    pub body: u8,
    /// What asks: CORS_INITIATOR_FETCH and the others.
    pub initiator: u8,
    /// 1 if it is an XMLHttpRequest whose upload object has an event listener when it is sent; else 0.
    pub upload_listener: u8,
    /// The referrer policy: CORS_REFERRER_POLICY_STRICT_ORIGIN_WHEN_CROSS_ORIGIN and the others.
    pub referrer_policy: u8,
    /// The page's embedder policy: CORS_EMBEDDER_POLICY_UNSAFE_NONE and the others.
    pub embedder_policy: u8,
    /// The HTTP version the server is reached over: CORS_HTTP_VERSION_2 or CORS_HTTP_VERSION_1.
    pub http_version: u8,
    /// 0.
    pub reserved0: u8,
    /// The page's origin as a browser serializes it, such as https://app.example, or null.
    pub origin: cors_str,
    /// The URL, absolute.
    pub url: cors_str,
    /// The method as written; absent for GET.
    pub method: cors_str,
    /// With CORS_BODY_BLOB the type of the Blob.
    pub blob_type: cors_str,
    /// What the browser partitions its preflight cache by, usually the site of the top-level page.
    pub network_partition_key: cors_str,
    /// The headers that script sets, in order; NULL if there are none.
    pub headers: *const cors_header,
    /// How many headers there are.
    pub header_count: usize,
}

impl cors_fetch_init {
    /// The engine and the request.
    ///
    /// # Safety
    /// The header's rules for strings hold for every string in it.
    pub(super) unsafe fn request(&self) -> Result<(Engine, Request), Failure> {
        if !self.has_its_size() {
            return Err(Failure::Argument("init", CORS_ERROR_STRUCT_SIZE));
        }
        // SAFETY: the caller's promise.
        let (origin, url, method, blob_type, network_partition_key, headers) = unsafe {
            (
                self.origin.text("origin")?.unwrap_or_default(),
                self.url.text("url")?.unwrap_or_default(),
                self.method.get().map_err(|failure| failure.about("method"))?.unwrap_or(b"GET"),
                self.blob_type.text("blob_type")?.unwrap_or_default(),
                self.network_partition_key.text("network_partition_key")?.unwrap_or_default(),
                header_lines(self.headers, self.header_count)?,
            )
        };
        let body = match self.body {
            CORS_BODY_NONE => Body::None,
            CORS_BODY_TEXT => Body::Text,
            CORS_BODY_BYTES => Body::Bytes,
            CORS_BODY_URL_SEARCH_PARAMS => Body::UrlSearchParams,
            CORS_BODY_FORM_DATA => Body::FormData,
            CORS_BODY_BLOB => Body::Blob(blob_type.into()),
            CORS_BODY_STREAM => Body::Stream,
            _ => return unknown("body"),
        };
        let initiator = match (self.initiator, self.upload_listener) {
            (CORS_INITIATOR_XML_HTTP_REQUEST, 0) => Initiator::XmlHttpRequest { upload_listener: false },
            (CORS_INITIATOR_XML_HTTP_REQUEST, 1) => Initiator::XmlHttpRequest { upload_listener: true },
            (_, 1..) => return unknown("upload_listener"),
            (CORS_INITIATOR_FETCH, _) => Initiator::Fetch,
            (CORS_INITIATOR_BEACON, _) => Initiator::Beacon,
            (CORS_INITIATOR_EVENT_SOURCE, _) => Initiator::EventSource,
            (CORS_INITIATOR_IMAGE, _) => Initiator::Image,
            (CORS_INITIATOR_SCRIPT, _) => Initiator::Script,
            (CORS_INITIATOR_STYLE, _) => Initiator::Style,
            (CORS_INITIATOR_FONT, _) => Initiator::Font,
            _ => return unknown("initiator"),
        };
        let engine = engine(self.engine)?;
        let mode = mode(self.mode)?;
        let credentials = credentials(self.credentials)?;
        let redirect = redirect(self.redirect)?;
        let cache = cache(self.cache)?;
        let referrer_policy = referrer_policy(self.referrer_policy)?;
        let embedder_policy = embedder_policy(self.embedder_policy)?;
        let http_version = http_version(self.http_version)?;
        let mut request = Request::fetch(origin, url)?;
        request.method = method.into();
        request.headers = headers.into_iter().collect();
        request.body = body;
        request.mode = mode;
        request.credentials = credentials;
        request.redirect = redirect;
        request.cache = cache;
        request.initiator = initiator;
        request.referrer_policy = referrer_policy;
        request.embedder_policy = embedder_policy;
        request.network_partition_key = network_partition_key.into();
        request.http_version = http_version;
        Ok((engine, request))
    }
}

fn unknown<T>(field: &'static str) -> Result<T, Failure> {
    Err(Failure::Argument(field, CORS_ERROR_VALUE))
}

pub(super) fn engine(value: u8) -> Result<Engine, Failure> {
    Ok(match value {
        CORS_ENGINE_SPEC => Engine::Spec,
        CORS_ENGINE_CHROMIUM => Engine::Chromium,
        CORS_ENGINE_GECKO => Engine::Gecko,
        CORS_ENGINE_WEBKIT => Engine::WebKit,
        _ => return unknown("engine"),
    })
}

fn mode(value: u8) -> Result<RequestMode, Failure> {
    Ok(match value {
        CORS_MODE_CORS => RequestMode::Cors,
        CORS_MODE_NO_CORS => RequestMode::NoCors,
        CORS_MODE_SAME_ORIGIN => RequestMode::SameOrigin,
        CORS_MODE_NAVIGATE => RequestMode::Navigate,
        _ => return unknown("mode"),
    })
}

pub(super) fn credentials(value: u8) -> Result<CredentialsMode, Failure> {
    Ok(match value {
        CORS_CREDENTIALS_SAME_ORIGIN => CredentialsMode::SameOrigin,
        CORS_CREDENTIALS_OMIT => CredentialsMode::Omit,
        CORS_CREDENTIALS_INCLUDE => CredentialsMode::Include,
        _ => return unknown("credentials"),
    })
}

fn redirect(value: u8) -> Result<RedirectMode, Failure> {
    Ok(match value {
        CORS_REDIRECT_FOLLOW => RedirectMode::Follow,
        CORS_REDIRECT_ERROR => RedirectMode::Error,
        CORS_REDIRECT_MANUAL => RedirectMode::Manual,
        _ => return unknown("redirect"),
    })
}

fn cache(value: u8) -> Result<CacheMode, Failure> {
    Ok(match value {
        CORS_CACHE_DEFAULT => CacheMode::Default,
        CORS_CACHE_NO_STORE => CacheMode::NoStore,
        CORS_CACHE_RELOAD => CacheMode::Reload,
        CORS_CACHE_NO_CACHE => CacheMode::NoCache,
        CORS_CACHE_FORCE_CACHE => CacheMode::ForceCache,
        CORS_CACHE_ONLY_IF_CACHED => CacheMode::OnlyIfCached,
        _ => return unknown("cache"),
    })
}

fn referrer_policy(value: u8) -> Result<ReferrerPolicy, Failure> {
    Ok(match value {
        CORS_REFERRER_POLICY_STRICT_ORIGIN_WHEN_CROSS_ORIGIN => ReferrerPolicy::StrictOriginWhenCrossOrigin,
        CORS_REFERRER_POLICY_NO_REFERRER => ReferrerPolicy::NoReferrer,
        CORS_REFERRER_POLICY_NO_REFERRER_WHEN_DOWNGRADE => ReferrerPolicy::NoReferrerWhenDowngrade,
        CORS_REFERRER_POLICY_SAME_ORIGIN => ReferrerPolicy::SameOrigin,
        CORS_REFERRER_POLICY_ORIGIN => ReferrerPolicy::Origin,
        CORS_REFERRER_POLICY_STRICT_ORIGIN => ReferrerPolicy::StrictOrigin,
        CORS_REFERRER_POLICY_ORIGIN_WHEN_CROSS_ORIGIN => ReferrerPolicy::OriginWhenCrossOrigin,
        CORS_REFERRER_POLICY_UNSAFE_URL => ReferrerPolicy::UnsafeUrl,
        _ => return unknown("referrer_policy"),
    })
}

fn embedder_policy(value: u8) -> Result<EmbedderPolicy, Failure> {
    Ok(match value {
        CORS_EMBEDDER_POLICY_UNSAFE_NONE => EmbedderPolicy::UnsafeNone,
        CORS_EMBEDDER_POLICY_CREDENTIALLESS => EmbedderPolicy::Credentialless,
        CORS_EMBEDDER_POLICY_REQUIRE_CORP => EmbedderPolicy::RequireCorp,
        _ => return unknown("embedder_policy"),
    })
}

fn http_version(value: u8) -> Result<HttpVersion, Failure> {
    Ok(match value {
        CORS_HTTP_VERSION_2 => HttpVersion::Http2,
        CORS_HTTP_VERSION_1 => HttpVersion::Http1,
        _ => return unknown("http_version"),
    })
}
