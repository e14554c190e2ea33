//! Engines, and the one table of what Chromium, Gecko and WebKit do differently from the Fetch Standard.

use crate::protocol::request_header::{ContentTypeSyntax, RangeSyntax, SafelistRules};

/// Whose behaviour to follow.
///
/// ```
/// use cors_engine::Engine;
/// assert_eq!(Engine::from_name("gecko"), Some(Engine::Gecko));
/// assert_eq!(Engine::Gecko.name(), "gecko");
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Engine {
    /// The Fetch Standard to the letter.
    Spec,
    /// Chromium: Chrome, Edge, Opera, Android WebView.
    Chromium,
    /// Gecko: Firefox.
    Gecko,
    /// WebKit: Safari, WebKitGTK.
    WebKit,
}

impl Engine {
    /// Every engine, the standard first.
    ///
    /// ```
    /// assert_eq!(cors_engine::Engine::ALL.len(), 4);
    /// ```
    pub const ALL: [Engine; 4] = [Engine::Spec, Engine::Chromium, Engine::Gecko, Engine::WebKit];

    /// The name on the command line: `spec`, `chromium`, `gecko` or `webkit`.
    ///
    /// ```
    /// assert_eq!(cors_engine::Engine::WebKit.name(), "webkit");
    /// ```
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Engine::Spec => "spec",
            Engine::Chromium => "chromium",
            Engine::Gecko => "gecko",
            Engine::WebKit => "webkit",
        }
    }

    /// The engine with this name.
    ///
    /// ```
    /// assert_eq!(cors_engine::Engine::from_name("presto"), None);
    /// ```
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Engine::ALL.into_iter().find(|engine| engine.name() == name)
    }

    /// This engine's column of the table.
    pub(crate) const fn profile(self) -> &'static Profile {
        match self {
            Engine::Spec => &SPEC,
            Engine::Chromium => &CHROMIUM,
            Engine::Gecko => &GECKO,
            Engine::WebKit => &WEBKIT,
        }
    }
}

/// One engine's column of the table: every knob is something that a scenario can observe.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Profile {
    /// The safelist of request headers.
    pub(crate) safelist: SafelistRules,
    /// `User-Agent` is a header that script cannot set.
    pub(crate) user_agent_forbidden: bool,
    /// `Access-Control-Request-Headers` repeats a name that came on several lines.
    pub(crate) request_headers_repeat: bool,
    /// An `upload` listener forces a preflight only when there is a body.
    pub(crate) upload_listener_needs_body: bool,
    /// What becomes of streaming bodies.
    pub(crate) stream_body: StreamBody,
    /// `*` in `Access-Control-Allow-Headers` covers `Authorization`.
    pub(crate) wildcard_covers_authorization: bool,
    /// The longest lifetime of a preflight cache entry, in seconds.
    pub(crate) max_age_limit: u64,
    /// The preflight cache.
    pub(crate) cache: CacheRules,
}

/// What becomes of a `ReadableStream` passed as a body.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum StreamBody {
    /// It is streamed.
    Streamed,
    /// It is streamed over HTTP/2; over HTTP/1.1 the request fails when it is about to be sent.
    StreamedOverHttp2,
    /// The string `[object ReadableStream]` is sent.
    Stringified,
    /// `fetch()` throws.
    Unsupported,
}

/// How an engine's preflight cache differs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CacheRules {
    /// How a new answer changes what is there.
    pub(crate) update: CacheUpdate,
    /// An entry made with credentials serves requests without them.
    pub(crate) credentialed_serves_all: bool,
}

/// How a preflight's answer changes the cache entries of its URL.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum CacheUpdate {
    /// Each method and header name is an entry; a match keeps the time it was stored at and gets a new age.
    EachEntry,
    /// The answer replaces everything that was stored before.
    WholeAnswer,
}

const SPEC: Profile = Profile {
    safelist: SafelistRules::STANDARD,
    user_agent_forbidden: false,
    request_headers_repeat: false,
    upload_listener_needs_body: false,
    stream_body: StreamBody::Streamed,
    wildcard_covers_authorization: false,
    max_age_limit: u64::MAX,
    cache: CacheRules { update: CacheUpdate::EachEntry, credentialed_serves_all: true },
};

const CHROMIUM: Profile = Profile {
    safelist: SafelistRules {
        client_hints: true,
        range: RangeSyntax::SignedNumbers,
        combine_repeated: true,
        ..SafelistRules::STANDARD
    },
    user_agent_forbidden: true,
    upload_listener_needs_body: true,
    stream_body: StreamBody::StreamedOverHttp2,
    wildcard_covers_authorization: true,
    max_age_limit: 7200,
    cache: CacheRules { update: CacheUpdate::WholeAnswer, ..SPEC.cache },
    ..SPEC
};

const GECKO: Profile = Profile {
    safelist: SafelistRules {
        high_bytes_unsafe: true,
        content_type: ContentTypeSyntax::Strict,
        total_limit: false,
        ..SafelistRules::STANDARD
    },
    request_headers_repeat: true,
    stream_body: StreamBody::Stringified,
    wildcard_covers_authorization: true,
    max_age_limit: 86400,
    cache: CacheRules { credentialed_serves_all: false, ..SPEC.cache },
    ..SPEC
};

const WEBKIT: Profile = Profile {
    safelist: SafelistRules {
        range: RangeSyntax::Lenient,
        total_limit: false,
        combine_repeated: true,
        ..SafelistRules::STANDARD
    },
    stream_body: StreamBody::Unsupported,
    wildcard_covers_authorization: true,
    max_age_limit: 600,
    cache: CacheRules { update: CacheUpdate::WholeAnswer, ..SPEC.cache },
    ..SPEC
};
