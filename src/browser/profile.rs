//! Profiles: what implementations of the Fetch Standard can do differently, each as a knob with the
//! standard's setting.

use super::request::CacheMode;
use crate::protocol::Headers;
use crate::protocol::request_header::SafelistRules;
use alloc::borrow::Cow;

/// What the standard says.
pub(crate) const STANDARD: Profile = Profile {
    safelist: SafelistRules::STANDARD,
    user_agent_forbidden: false,
    request_headers_repeat: false,
    upload_listener_needs_body: false,
    stream_body: StreamBody::Streamed,
    stream_body_means_cors: false,
    flag_implies_method: true,
    wildcard_covers_authorization: false,
    preflight_order: PreflightOrder::CorsCheck,
    preflight_keeps_page_origin: false,
    preflights_stick: false,
    removed_headers: RemovedHeaders::Gone,
    cross_origin_delete_becomes_get: false,
    redirected_origin: RedirectedOrigin::Standard,
    about_blank: true,
    blob_type_must_parse: false,
    counts_allow_origin_lines: false,
    skips_empty_lines: false,
    dictionary_header_fails: false,
    only_if_cached_goes_out: false,
    exposing_wildcard_outlives_error: false,
    manual_mode_parses_location: false,
    error_mode_needs_location: false,
    empty_location: EmptyLocation::SameUrl,
    repeated_location: RepeatedLocation::Fails,
    redirect_credentials: RedirectCredentials::CrossOrigin,
    checks_redirects_late: false,
    max_age: MaxAgeSyntax::Digits,
    max_age_limit: u64::MAX,
    cache: CacheRules {
        flags_are_served_by: FlagsServedBy::Method,
        stores_refused: false,
        forgets: Forgets::PreflightedFailure,
        credentialed_serves_all: true,
        serves_opaque_origins: true,
        bypassed_by: &[],
        kept_out_by: &[],
        url_limit: usize::MAX,
        wildcards: Wildcards::Standard,
        free_methods: &[b"GET", b"HEAD", b"POST"],
    },
};

/// One engine's settings: every knob is something that a scenario can observe.
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
    /// A streaming body turns the request mode same-origin into cors.
    pub(crate) stream_body_means_cors: bool,
    /// A preflight forced by a flag allows its method when `Access-Control-Allow-Methods` is absent.
    pub(crate) flag_implies_method: bool,
    /// `*` in `Access-Control-Allow-Headers` covers `Authorization`.
    pub(crate) wildcard_covers_authorization: bool,
    /// What of a preflight's answer is looked at first.
    pub(crate) preflight_order: PreflightOrder,
    /// A preflight names the page's origin, and is judged by it, also once redirects tainted the origin; back
    /// at the page's own origin it needs no CORS check.
    pub(crate) preflight_keeps_page_origin: bool,
    /// Once one hop was to be preflighted, every later one that CORS governs is too.
    pub(crate) preflights_stick: bool,
    /// What a redirect that removed request headers leaves to preflight for.
    pub(crate) removed_headers: RemovedHeaders,
    /// A DELETE that is redirected to another origin becomes a GET.
    pub(crate) cross_origin_delete_becomes_get: bool,
    /// What `Origin` says on requests that CORS does not govern, after a redirect.
    pub(crate) redirected_origin: RedirectedOrigin,
    /// `about:blank` can be fetched.
    pub(crate) about_blank: bool,
    /// `XMLHttpRequest` sends the type of a `Blob` only when it is well-formed.
    pub(crate) blob_type_must_parse: bool,
    /// Two lines that spell `Access-Control-Allow-Origin` with just these capitals are one too many, whatever
    /// they say.
    pub(crate) counts_allow_origin_lines: bool,
    /// Lines without a value do not count when a header came on several.
    pub(crate) skips_empty_lines: bool,
    /// A request with the header `Available-Dictionary` fails before anything is sent.
    pub(crate) dictionary_header_fails: bool,
    /// With the cache mode only-if-cached, a URL that is not cached is asked for all the same.
    pub(crate) only_if_cached_goes_out: bool,
    /// `*` in `Access-Control-Expose-Headers` exposes everything although an invalid element comes after it.
    pub(crate) exposing_wildcard_outlives_error: bool,
    /// With the redirect mode manual, a `Location` that is no valid URL is a network error.
    pub(crate) manual_mode_parses_location: bool,
    /// With the redirect mode error, a response that names no location is no redirect.
    pub(crate) error_mode_needs_location: bool,
    /// What an empty `Location` header means.
    pub(crate) empty_location: EmptyLocation,
    /// What several `Location` lines mean.
    pub(crate) repeated_location: RepeatedLocation,
    /// Which redirects to a URL with a user name or a password fail.
    pub(crate) redirect_credentials: RedirectCredentials,
    /// Redirects are checked a second time after the next hop's preflight: for a user name or a password in
    /// the first URL of another origin, and, when the fetch began at the page's own origin with the
    /// credentials mode same-origin, by a CORS check as if credentials were included. Mixed content is found
    /// then, too.
    pub(crate) checks_redirects_late: bool,
    /// How `Access-Control-Max-Age` is read.
    pub(crate) max_age: MaxAgeSyntax,
    /// The longest lifetime of a preflight cache entry, in seconds.
    pub(crate) max_age_limit: u64,
    /// The preflight cache.
    pub(crate) cache: CacheRules,
}

/// What of a preflight's answer is looked at first. All of it is, so that only the reason depends on it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum PreflightOrder {
    /// The CORS check, then the status.
    CorsCheck,
    /// Whether it is a redirect, then the CORS check, then the status.
    Redirect,
    /// The status, then the CORS check.
    Status,
}

/// What preflights make of headers that a redirect removed from the request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum RemovedHeaders {
    /// Nothing: they are gone.
    Gone,
    /// They make a preflight necessary, which does not ask for them; on the next hop they are back.
    Withheld,
    /// They make a preflight necessary, and it asks for them.
    AskedFor,
}

/// What `Origin` says on requests that CORS does not govern, after a redirect.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum RedirectedOrigin {
    /// What a request that was not redirected would say.
    Standard,
    /// `null`, after a redirect to another origin.
    NullCrossOrigin,
    /// What the hop before said, also where the method became GET, unless the redirect led to another origin.
    Kept,
}

/// What an empty `Location` header means.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum EmptyLocation {
    /// The URL that was asked.
    SameUrl,
    /// That there is no location.
    NoLocation,
    /// A network error.
    Fails,
}

/// What several `Location` lines mean.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum RepeatedLocation {
    /// A network error.
    Fails,
    /// One, when they are equal; else a network error, whatever the status.
    MustBeEqual,
    /// Their values joined by `, `.
    Joined,
}

/// Which redirects to a URL with a user name or a password fail.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum RedirectCredentials {
    /// Those that CORS governs.
    CrossOrigin,
    /// All.
    Always,
    /// Those of a fetch that CORS already governs; the first URL of another origin is checked late.
    OnceCrossOrigin,
}

/// How `Access-Control-Max-Age` is read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum MaxAgeSyntax {
    /// Digits on one line; anything else is the default lifetime.
    Digits,
    /// Digits that are not zero; anything else but an empty value keeps the answer out of the cache.
    DigitsOrUncached,
    /// A 64-bit number with an optional sign, below zero meaning zero; else the default lifetime.
    SignedNumber,
    /// As `SignedNumber`, with ASCII whitespace around it.
    TrimmedSignedNumber,
}

impl Profile {
    /// [Gets](https://fetch.spec.whatwg.org/#concept-header-list-get) a response header.
    pub(crate) fn get<'a, const LENGTH: usize>(
        &self,
        headers: &Headers<'a>,
        name: &[u8; LENGTH],
    ) -> Option<Cow<'a, [u8]>> {
        if self.skips_empty_lines { headers.get_skipping_empty(name) } else { headers.get_known(name) }
    }
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
    /// The fetch fails before anything is sent.
    Unsupported,
}

/// How an engine's preflight cache differs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CacheRules {
    /// What spares a preflight that only a flag makes necessary.
    pub(crate) flags_are_served_by: FlagsServedBy,
    /// An answer that passed the CORS check is remembered also when it does not allow the request.
    pub(crate) stores_refused: bool,
    /// When everything known of a URL is forgotten.
    pub(crate) forgets: Forgets,
    /// Requests of an opaque origin use the cache.
    pub(crate) serves_opaque_origins: bool,
    /// The cache modes with which a request does not look into the cache.
    pub(crate) bypassed_by: &'static [CacheMode],
    /// The cache modes with which an answer is not stored.
    pub(crate) kept_out_by: &'static [CacheMode],
    /// The longest URL that an answer is stored for, in bytes.
    pub(crate) url_limit: usize,
    /// `*` in an answer is an entry for everything.
    pub(crate) wildcards: Wildcards,
    /// Methods that need no entry of their own.
    pub(crate) free_methods: &'static [&'static [u8]],
    /// An entry made with credentials serves requests without them.
    pub(crate) credentialed_serves_all: bool,
}

/// What makes the cache forget everything it knows of a URL.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Forgets {
    /// That a preflighted fetch fails, on whatever exchange.
    PreflightedFailure,
    /// That a fetch that CORS governs fails, preflighted or not.
    AnyFailure,
    /// That a request needs more than is known.
    Miss,
}

/// What spares a preflight that only a flag makes necessary.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum FlagsServedBy {
    /// An entry for the method.
    Method,
    /// Any answer for the URL whose lifetime has not passed.
    FreshAnswer,
    /// Any answer for the URL that was stored, however long ago.
    AnyAnswerEver,
}

/// What a cached `*` stands for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Wildcards {
    /// Every method, and every header name but `Authorization`.
    Standard,
    /// As `Standard` where the entry was made without credentials, else itself.
    InUncredentialedEntries,
    /// Every method and every header name, for requests without credentials, else itself.
    ForUncredentialedRequests,
    /// Itself.
    Literal,
}
