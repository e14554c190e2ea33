//! Every reason to refuse a request or a response: a stable code, words for people, and the place in the
//! standard that says so.

use core::fmt;

/// Declares the reasons once: variant, code, anchor and words.
macro_rules! reasons {
    ($($variant:ident $code:literal $anchor:literal $words:literal)+) => {
        /// Why a browser refused. The codes are stable: they are never renamed or given another meaning.
        ///
        /// ```
        /// use cors_engine::Reason;
        /// assert_eq!(Reason::MissingAllowOrigin.code(), "missing-allow-origin");
        /// assert_eq!(Reason::MissingAllowOrigin.standard(), "https://fetch.spec.whatwg.org/#cors-check");
        /// ```
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        #[non_exhaustive]
        pub enum Reason {
            $(#[doc = $words] $variant,)+
        }

        impl Reason {
            /// Every reason, in the order of the standard.
            ///
            /// ```
            /// assert!(cors_engine::Reason::ALL.len() > 30);
            /// ```
            pub const ALL: &[Reason] = &[$(Reason::$variant,)+];

            /// The stable code, such as `missing-allow-origin`.
            ///
            /// ```
            /// assert_eq!(cors_engine::Reason::MixedContent.code(), "mixed-content");
            /// ```
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Reason::$variant => $code,)+ }
            }

            /// The address of the algorithm in the standard that refuses.
            ///
            /// ```
            /// assert!(cors_engine::Reason::BlockedPort.standard().ends_with("#port-blocking"));
            /// ```
            #[must_use]
            pub const fn standard(self) -> &'static str {
                match self { $(Reason::$variant => $anchor,)+ }
            }

            /// One sentence for people.
            ///
            /// ```
            /// assert!(cors_engine::Reason::InvalidMethod.words().contains("method"));
            /// ```
            #[must_use]
            pub const fn words(self) -> &'static str {
                match self { $(Reason::$variant => $words,)+ }
            }

            /// Code, words and address of one after the other, each ended by NUL.
            #[cfg(feature = "capi")]
            pub(crate) const C_STRINGS: &str = concat!($($code, "\0", $words, "\0", $anchor, "\0"),+);
        }
    };
}

reasons! {
    InvalidUrl "invalid-url" "https://fetch.spec.whatwg.org/#dom-request"
        "The URL cannot be parsed."
    UrlHasCredentials "url-has-credentials" "https://fetch.spec.whatwg.org/#dom-request"
        "The URL carries a user name or a password."
    NotAByteString "not-a-byte-string" "https://webidl.spec.whatwg.org/#js-ByteString"
        "The method or a header has a character above U+00FF."
    InvalidMethod "invalid-method" "https://fetch.spec.whatwg.org/#concept-method"
        "The method is not a token."
    ForbiddenMethod "forbidden-method" "https://fetch.spec.whatwg.org/#forbidden-method"
        "The method is CONNECT, TRACE or TRACK, which script may not use."
    InvalidHeaderName "invalid-header-name" "https://fetch.spec.whatwg.org/#header-name"
        "A request header's name is not a token."
    InvalidHeaderValue "invalid-header-value" "https://fetch.spec.whatwg.org/#header-value"
        "A request header's value has a NUL or a line break."
    NavigateMode "navigate-mode" "https://fetch.spec.whatwg.org/#dom-request"
        "Script asked for the request mode that is kept for navigation."
    OnlyIfCachedMode "only-if-cached-mode" "https://fetch.spec.whatwg.org/#dom-request"
        "The cache mode only-if-cached needs the request mode same-origin."
    NoCorsMethod "no-cors-method" "https://fetch.spec.whatwg.org/#dom-request"
        "The request mode no-cors allows the methods GET, HEAD and POST only."
    BodyNotAllowed "body-not-allowed" "https://fetch.spec.whatwg.org/#dom-request"
        "A GET or HEAD request cannot have a body."
    StreamBodyMode "stream-body-mode" "https://fetch.spec.whatwg.org/#dom-request"
        "A streaming body needs the request mode cors or same-origin."
    StreamBodyUnsupported "stream-body-unsupported" "https://fetch.spec.whatwg.org/#dom-request"
        "This browser does not support streaming request bodies."
    BlockedPort "blocked-port" "https://fetch.spec.whatwg.org/#port-blocking"
        "Browsers do not connect to this port."
    MixedContent "mixed-content" "https://w3c.github.io/webappsec-mixed-content/#should-block-fetch"
        "A page served over https asked for an http URL."
    CrossOriginInSameOriginMode "cross-origin-in-same-origin-mode" "https://fetch.spec.whatwg.org/#main-fetch"
        "The request mode is same-origin and the URL is of another origin."
    NoCorsRedirectMode "no-cors-redirect-mode" "https://fetch.spec.whatwg.org/#main-fetch"
        "The request mode no-cors needs the redirect mode follow."
    SchemeNotHttp "scheme-not-http" "https://fetch.spec.whatwg.org/#main-fetch"
        "CORS exists for http and https URLs only."
    SchemeUnsupported "scheme-unsupported" "https://fetch.spec.whatwg.org/#scheme-fetch"
        "Nothing can be fetched from a URL with this scheme."
    InvalidDataUrl "invalid-data-url" "https://fetch.spec.whatwg.org/#data-url-processor"
        "The data: URL cannot be decoded."
    UnknownBlob "unknown-blob" "https://fetch.spec.whatwg.org/#scheme-fetch"
        "The blob: URL is not known to this page."
    ReservedHeader "reserved-header" "https://fetch.spec.whatwg.org/#http-network-or-cache-fetch"
        "The request carries a header that this browser keeps for itself."
    NotCached "not-cached" "https://fetch.spec.whatwg.org/#http-network-or-cache-fetch"
        "The cache mode is only-if-cached and nothing is cached."
    StreamBodyOverHttp1 "stream-body-over-http1" "https://fetch.spec.whatwg.org/#http-network-fetch"
        "A streaming body cannot be sent over HTTP/1.1."
    ProxyAuthenticationRequired "proxy-authentication-required" "https://fetch.spec.whatwg.org/#http-network-or-cache-fetch"
        "A proxy asked for credentials (407)."
    ConnectionFailed "connection-failed" "https://fetch.spec.whatwg.org/#http-network-fetch"
        "No response arrived: the connection failed, was refused, or was blocked before CORS was looked at."
    MissingAllowOrigin "missing-allow-origin" "https://fetch.spec.whatwg.org/#cors-check"
        "The response has no Access-Control-Allow-Origin header."
    WildcardAllowOriginWithCredentials "wildcard-allow-origin-with-credentials" "https://fetch.spec.whatwg.org/#cors-check"
        "Access-Control-Allow-Origin is * and the request is made with credentials."
    MultipleAllowOrigin "multiple-allow-origin" "https://fetch.spec.whatwg.org/#cors-check"
        "Access-Control-Allow-Origin holds more than one value."
    AllowOriginMismatch "allow-origin-mismatch" "https://fetch.spec.whatwg.org/#cors-check"
        "Access-Control-Allow-Origin is not the request's origin."
    AllowCredentialsNotTrue "allow-credentials-not-true" "https://fetch.spec.whatwg.org/#cors-check"
        "The request is made with credentials and Access-Control-Allow-Credentials is not true."
    PreflightRedirect "preflight-redirect" "https://fetch.spec.whatwg.org/#cors-preflight-fetch"
        "The preflight was answered with a redirect."
    PreflightStatus "preflight-status" "https://fetch.spec.whatwg.org/#cors-preflight-fetch"
        "The preflight was not answered with an ok status (200 to 299)."
    InvalidAllowMethods "invalid-allow-methods" "https://fetch.spec.whatwg.org/#cors-preflight-fetch"
        "Access-Control-Allow-Methods is not a list of methods."
    InvalidAllowHeaders "invalid-allow-headers" "https://fetch.spec.whatwg.org/#cors-preflight-fetch"
        "Access-Control-Allow-Headers is not a list of header names."
    MethodNotAllowed "method-not-allowed" "https://fetch.spec.whatwg.org/#cors-preflight-fetch"
        "Access-Control-Allow-Methods does not list the method."
    AuthorizationNotListed "authorization-not-listed" "https://fetch.spec.whatwg.org/#cors-preflight-fetch"
        "Access-Control-Allow-Headers does not name Authorization, which * does not cover."
    HeaderNotAllowed "header-not-allowed" "https://fetch.spec.whatwg.org/#cors-preflight-fetch"
        "Access-Control-Allow-Headers does not list a header of the request."
    RedirectModeError "redirect-mode-error" "https://fetch.spec.whatwg.org/#http-fetch"
        "The response is a redirect and the redirect mode is error."
    InvalidLocation "invalid-location" "https://fetch.spec.whatwg.org/#http-redirect-fetch"
        "The redirect's Location is not a valid URL."
    ConflictingLocations "conflicting-locations" "https://fetch.spec.whatwg.org/#concept-response-location-url"
        "The redirect has several Location headers that differ."
    LocationNotHttp "location-not-http" "https://fetch.spec.whatwg.org/#http-redirect-fetch"
        "The redirect leads to a URL that is neither http nor https."
    TooManyRedirects "too-many-redirects" "https://fetch.spec.whatwg.org/#http-redirect-fetch"
        "The request was redirected more than 20 times."
    RedirectHasCredentials "redirect-has-credentials" "https://fetch.spec.whatwg.org/#http-redirect-fetch"
        "The redirect leads to a URL with a user name or a password."
    RedirectWithStreamBody "redirect-with-stream-body" "https://fetch.spec.whatwg.org/#http-redirect-fetch"
        "A streaming body cannot be sent again to the redirect's target."
    ResourcePolicySameOrigin "resource-policy-same-origin" "https://fetch.spec.whatwg.org/#cross-origin-resource-policy-header"
        "Cross-Origin-Resource-Policy is same-origin and the page is of another origin."
    ResourcePolicySameSite "resource-policy-same-site" "https://fetch.spec.whatwg.org/#cross-origin-resource-policy-header"
        "Cross-Origin-Resource-Policy is same-site and the page is of another site."
    EmbedderPolicy "embedder-policy" "https://fetch.spec.whatwg.org/#cross-origin-resource-policy-header"
        "The page's Cross-Origin-Embedder-Policy needs a Cross-Origin-Resource-Policy, and the response has none."
}

impl fmt::Display for Reason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.words())
    }
}
