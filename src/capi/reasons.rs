//! The numbers of the reasons, which never change. What a reason says is the engine's.

use super::door::door;
use crate::Reason;
use crate::server::AnswerReason;
use core::ffi::{CStr, c_char};

/// The library could not decide: an argument of cors_decide was unusable, or the library has a bug. The decision
/// refuses.
pub const CORS_REASON_INTERNAL: u16 = 255;

/// Server: The policy lets every origin read, without credentials.
pub const CORS_REASON_ANY_ORIGIN: u16 = 1;
/// Server: The request has no Origin header, so it is no CORS request.
pub const CORS_REASON_NO_ORIGIN: u16 = 2;
/// Server: The policy lists the origin.
pub const CORS_REASON_ORIGIN_LISTED: u16 = 3;
/// Server: A pattern of the policy covers the origin.
pub const CORS_REASON_ORIGIN_MATCHES_PATTERN: u16 = 4;
/// Server: The policy allows the origin null.
pub const CORS_REASON_NULL_ORIGIN: u16 = 5;
/// Server: The policy reflects every origin, with credentials.
pub const CORS_REASON_ORIGIN_REFLECTED: u16 = 6;
/// Server: The program's predicate accepted the origin.
pub const CORS_REASON_ORIGIN_ACCEPTED_BY_PREDICATE: u16 = 7;
/// Server: The request has more than one Origin line, which no browser sends.
pub const CORS_REASON_SEVERAL_ORIGINS: u16 = 8;
/// Server: The Origin value is not the serialization of an origin, so no browser sent it.
pub const CORS_REASON_ORIGIN_NOT_SERIALIZED: u16 = 9;
/// Server: The policy does not allow the origin null, which every sandboxed page has.
pub const CORS_REASON_NULL_ORIGIN_NOT_ALLOWED: u16 = 10;
/// Server: The origin is neither https nor loopback, and the policy allows credentials.
pub const CORS_REASON_INSECURE_ORIGIN: u16 = 11;
/// Server: Nothing in the policy allows the origin.
pub const CORS_REASON_ORIGIN_NOT_ALLOWED: u16 = 12;
/// Server: Access-Control-Request-Method is not one method.
pub const CORS_REASON_REQUEST_METHOD_INVALID: u16 = 13;
/// Server: The policy does not list the method.
pub const CORS_REASON_METHOD_NOT_ALLOWED: u16 = 14;
/// Server: Access-Control-Request-Headers is not a list of names as a browser writes it.
pub const CORS_REASON_REQUEST_HEADERS_MALFORMED: u16 = 15;
/// Server: Access-Control-Request-Headers has more bytes, lines, idle elements or whitespace than browsers and gateways need.
pub const CORS_REASON_REQUEST_HEADERS_OVER_BUDGET: u16 = 16;
/// Server: The request wants to send Authorization, which * does not cover and the policy does not list.
pub const CORS_REASON_AUTHORIZATION_NOT_LISTED: u16 = 17;
/// Server: The request wants to send a header that the policy does not list.
pub const CORS_REASON_HEADER_NOT_ALLOWED: u16 = 18;

/// Browser: The URL cannot be parsed.
pub const CORS_BROWSER_REASON_INVALID_URL: u16 = 256;
/// Browser: The URL carries a user name or a password.
pub const CORS_BROWSER_REASON_URL_HAS_CREDENTIALS: u16 = 257;
/// Browser: The method or a header has a character above U+00FF.
pub const CORS_BROWSER_REASON_NOT_A_BYTE_STRING: u16 = 258;
/// Browser: The method is not a token.
pub const CORS_BROWSER_REASON_INVALID_METHOD: u16 = 259;
/// Browser: The method is CONNECT, TRACE or TRACK, which script may not use.
pub const CORS_BROWSER_REASON_FORBIDDEN_METHOD: u16 = 260;
/// Browser: A request header's name is not a token.
pub const CORS_BROWSER_REASON_INVALID_HEADER_NAME: u16 = 261;
/// Browser: A request header's value has a NUL or a line break.
pub const CORS_BROWSER_REASON_INVALID_HEADER_VALUE: u16 = 262;
/// Browser: Script asked for the request mode that is kept for navigation.
pub const CORS_BROWSER_REASON_NAVIGATE_MODE: u16 = 263;
/// Browser: The cache mode only-if-cached needs the request mode same-origin.
pub const CORS_BROWSER_REASON_ONLY_IF_CACHED_MODE: u16 = 264;
/// Browser: The request mode no-cors allows the methods GET, HEAD and POST only.
pub const CORS_BROWSER_REASON_NO_CORS_METHOD: u16 = 265;
/// Browser: A GET or HEAD request cannot have a body.
pub const CORS_BROWSER_REASON_BODY_NOT_ALLOWED: u16 = 266;
/// Browser: A streaming body needs the request mode cors or same-origin.
pub const CORS_BROWSER_REASON_STREAM_BODY_MODE: u16 = 267;
/// Browser: This browser does not support streaming request bodies.
pub const CORS_BROWSER_REASON_STREAM_BODY_UNSUPPORTED: u16 = 268;
/// Browser: Browsers do not connect to this port.
pub const CORS_BROWSER_REASON_BLOCKED_PORT: u16 = 269;
/// Browser: A page served over https asked for an http URL.
pub const CORS_BROWSER_REASON_MIXED_CONTENT: u16 = 270;
/// Browser: The request mode is same-origin and the URL is of another origin.
pub const CORS_BROWSER_REASON_CROSS_ORIGIN_IN_SAME_ORIGIN_MODE: u16 = 271;
/// Browser: The request mode no-cors needs the redirect mode follow.
pub const CORS_BROWSER_REASON_NO_CORS_REDIRECT_MODE: u16 = 272;
/// Browser: CORS exists for http and https URLs only.
pub const CORS_BROWSER_REASON_SCHEME_NOT_HTTP: u16 = 273;
/// Browser: Nothing can be fetched from a URL with this scheme.
pub const CORS_BROWSER_REASON_SCHEME_UNSUPPORTED: u16 = 274;
/// Browser: The data: URL cannot be decoded.
pub const CORS_BROWSER_REASON_INVALID_DATA_URL: u16 = 275;
/// Browser: The blob: URL is not known to this page.
pub const CORS_BROWSER_REASON_UNKNOWN_BLOB: u16 = 276;
/// Browser: The request carries a header that this browser keeps for itself.
pub const CORS_BROWSER_REASON_RESERVED_HEADER: u16 = 277;
/// Browser: The cache mode is only-if-cached and nothing is cached.
pub const CORS_BROWSER_REASON_NOT_CACHED: u16 = 278;
/// Browser: A streaming body cannot be sent over HTTP/1.1.
pub const CORS_BROWSER_REASON_STREAM_BODY_OVER_HTTP1: u16 = 279;
/// Browser: A proxy asked for credentials (407).
pub const CORS_BROWSER_REASON_PROXY_AUTHENTICATION_REQUIRED: u16 = 280;
/// Browser: No response arrived: the connection failed, was refused, or was blocked before CORS was looked at.
pub const CORS_BROWSER_REASON_CONNECTION_FAILED: u16 = 281;
/// Browser: The response has no Access-Control-Allow-Origin header.
pub const CORS_BROWSER_REASON_MISSING_ALLOW_ORIGIN: u16 = 282;
/// Browser: Access-Control-Allow-Origin is * and the request is made with credentials.
pub const CORS_BROWSER_REASON_WILDCARD_ALLOW_ORIGIN_WITH_CREDENTIALS: u16 = 283;
/// Browser: Access-Control-Allow-Origin holds more than one value.
pub const CORS_BROWSER_REASON_MULTIPLE_ALLOW_ORIGIN: u16 = 284;
/// Browser: Access-Control-Allow-Origin is not the request's origin.
pub const CORS_BROWSER_REASON_ALLOW_ORIGIN_MISMATCH: u16 = 285;
/// Browser: The request is made with credentials and Access-Control-Allow-Credentials is not true.
pub const CORS_BROWSER_REASON_ALLOW_CREDENTIALS_NOT_TRUE: u16 = 286;
/// Browser: The preflight was answered with a redirect.
pub const CORS_BROWSER_REASON_PREFLIGHT_REDIRECT: u16 = 287;
/// Browser: The preflight was not answered with an ok status (200 to 299).
pub const CORS_BROWSER_REASON_PREFLIGHT_STATUS: u16 = 288;
/// Browser: Access-Control-Allow-Methods is not a list of methods.
pub const CORS_BROWSER_REASON_INVALID_ALLOW_METHODS: u16 = 289;
/// Browser: Access-Control-Allow-Headers is not a list of header names.
pub const CORS_BROWSER_REASON_INVALID_ALLOW_HEADERS: u16 = 290;
/// Browser: Access-Control-Allow-Methods does not list the method.
pub const CORS_BROWSER_REASON_METHOD_NOT_ALLOWED: u16 = 291;
/// Browser: Access-Control-Allow-Headers does not name Authorization, which * does not cover.
pub const CORS_BROWSER_REASON_AUTHORIZATION_NOT_LISTED: u16 = 292;
/// Browser: Access-Control-Allow-Headers does not list a header of the request.
pub const CORS_BROWSER_REASON_HEADER_NOT_ALLOWED: u16 = 293;
/// Browser: The response is a redirect and the redirect mode is error.
pub const CORS_BROWSER_REASON_REDIRECT_MODE_ERROR: u16 = 294;
/// Browser: The redirect's Location is not a valid URL.
pub const CORS_BROWSER_REASON_INVALID_LOCATION: u16 = 295;
/// Browser: The redirect has several Location headers that differ.
pub const CORS_BROWSER_REASON_CONFLICTING_LOCATIONS: u16 = 296;
/// Browser: The redirect leads to a URL that is neither http nor https.
pub const CORS_BROWSER_REASON_LOCATION_NOT_HTTP: u16 = 297;
/// Browser: The request was redirected more than 20 times.
pub const CORS_BROWSER_REASON_TOO_MANY_REDIRECTS: u16 = 298;
/// Browser: The redirect leads to a URL with a user name or a password.
pub const CORS_BROWSER_REASON_REDIRECT_HAS_CREDENTIALS: u16 = 299;
/// Browser: A streaming body cannot be sent again to the redirect's target.
pub const CORS_BROWSER_REASON_REDIRECT_WITH_STREAM_BODY: u16 = 300;
/// Browser: Cross-Origin-Resource-Policy is same-origin and the page is of another origin.
pub const CORS_BROWSER_REASON_RESOURCE_POLICY_SAME_ORIGIN: u16 = 301;
/// Browser: Cross-Origin-Resource-Policy is same-site and the page is of another site.
pub const CORS_BROWSER_REASON_RESOURCE_POLICY_SAME_SITE: u16 = 302;
/// Browser: The page's Cross-Origin-Embedder-Policy needs a Cross-Origin-Resource-Policy, and the response has none.
pub const CORS_BROWSER_REASON_EMBEDDER_POLICY: u16 = 303;

/// The number of why a server answers as it does.
pub(super) const fn server_number(reason: AnswerReason) -> u16 {
    match reason {
        AnswerReason::AnyOrigin => CORS_REASON_ANY_ORIGIN,
        AnswerReason::NoOrigin => CORS_REASON_NO_ORIGIN,
        AnswerReason::OriginListed => CORS_REASON_ORIGIN_LISTED,
        AnswerReason::OriginMatchesPattern => CORS_REASON_ORIGIN_MATCHES_PATTERN,
        AnswerReason::NullOrigin => CORS_REASON_NULL_ORIGIN,
        AnswerReason::OriginReflected => CORS_REASON_ORIGIN_REFLECTED,
        AnswerReason::OriginAcceptedByPredicate => CORS_REASON_ORIGIN_ACCEPTED_BY_PREDICATE,
        AnswerReason::SeveralOrigins => CORS_REASON_SEVERAL_ORIGINS,
        AnswerReason::OriginNotSerialized => CORS_REASON_ORIGIN_NOT_SERIALIZED,
        AnswerReason::NullOriginNotAllowed => CORS_REASON_NULL_ORIGIN_NOT_ALLOWED,
        AnswerReason::InsecureOrigin => CORS_REASON_INSECURE_ORIGIN,
        AnswerReason::OriginNotAllowed => CORS_REASON_ORIGIN_NOT_ALLOWED,
        AnswerReason::RequestMethodInvalid => CORS_REASON_REQUEST_METHOD_INVALID,
        AnswerReason::MethodNotAllowed => CORS_REASON_METHOD_NOT_ALLOWED,
        AnswerReason::RequestHeadersMalformed => CORS_REASON_REQUEST_HEADERS_MALFORMED,
        AnswerReason::RequestHeadersOverBudget => CORS_REASON_REQUEST_HEADERS_OVER_BUDGET,
        AnswerReason::AuthorizationNotListed => CORS_REASON_AUTHORIZATION_NOT_LISTED,
        AnswerReason::HeaderNotAllowed => CORS_REASON_HEADER_NOT_ALLOWED,
    }
}

/// The number of why a browser refuses.
pub(super) const fn browser_number(reason: Reason) -> u16 {
    match reason {
        Reason::InvalidUrl => CORS_BROWSER_REASON_INVALID_URL,
        Reason::UrlHasCredentials => CORS_BROWSER_REASON_URL_HAS_CREDENTIALS,
        Reason::NotAByteString => CORS_BROWSER_REASON_NOT_A_BYTE_STRING,
        Reason::InvalidMethod => CORS_BROWSER_REASON_INVALID_METHOD,
        Reason::ForbiddenMethod => CORS_BROWSER_REASON_FORBIDDEN_METHOD,
        Reason::InvalidHeaderName => CORS_BROWSER_REASON_INVALID_HEADER_NAME,
        Reason::InvalidHeaderValue => CORS_BROWSER_REASON_INVALID_HEADER_VALUE,
        Reason::NavigateMode => CORS_BROWSER_REASON_NAVIGATE_MODE,
        Reason::OnlyIfCachedMode => CORS_BROWSER_REASON_ONLY_IF_CACHED_MODE,
        Reason::NoCorsMethod => CORS_BROWSER_REASON_NO_CORS_METHOD,
        Reason::BodyNotAllowed => CORS_BROWSER_REASON_BODY_NOT_ALLOWED,
        Reason::StreamBodyMode => CORS_BROWSER_REASON_STREAM_BODY_MODE,
        Reason::StreamBodyUnsupported => CORS_BROWSER_REASON_STREAM_BODY_UNSUPPORTED,
        Reason::BlockedPort => CORS_BROWSER_REASON_BLOCKED_PORT,
        Reason::MixedContent => CORS_BROWSER_REASON_MIXED_CONTENT,
        Reason::CrossOriginInSameOriginMode => CORS_BROWSER_REASON_CROSS_ORIGIN_IN_SAME_ORIGIN_MODE,
        Reason::NoCorsRedirectMode => CORS_BROWSER_REASON_NO_CORS_REDIRECT_MODE,
        Reason::SchemeNotHttp => CORS_BROWSER_REASON_SCHEME_NOT_HTTP,
        Reason::SchemeUnsupported => CORS_BROWSER_REASON_SCHEME_UNSUPPORTED,
        Reason::InvalidDataUrl => CORS_BROWSER_REASON_INVALID_DATA_URL,
        Reason::UnknownBlob => CORS_BROWSER_REASON_UNKNOWN_BLOB,
        Reason::ReservedHeader => CORS_BROWSER_REASON_RESERVED_HEADER,
        Reason::NotCached => CORS_BROWSER_REASON_NOT_CACHED,
        Reason::StreamBodyOverHttp1 => CORS_BROWSER_REASON_STREAM_BODY_OVER_HTTP1,
        Reason::ProxyAuthenticationRequired => CORS_BROWSER_REASON_PROXY_AUTHENTICATION_REQUIRED,
        Reason::ConnectionFailed => CORS_BROWSER_REASON_CONNECTION_FAILED,
        Reason::MissingAllowOrigin => CORS_BROWSER_REASON_MISSING_ALLOW_ORIGIN,
        Reason::WildcardAllowOriginWithCredentials => {
            CORS_BROWSER_REASON_WILDCARD_ALLOW_ORIGIN_WITH_CREDENTIALS
        }
        Reason::MultipleAllowOrigin => CORS_BROWSER_REASON_MULTIPLE_ALLOW_ORIGIN,
        Reason::AllowOriginMismatch => CORS_BROWSER_REASON_ALLOW_ORIGIN_MISMATCH,
        Reason::AllowCredentialsNotTrue => CORS_BROWSER_REASON_ALLOW_CREDENTIALS_NOT_TRUE,
        Reason::PreflightRedirect => CORS_BROWSER_REASON_PREFLIGHT_REDIRECT,
        Reason::PreflightStatus => CORS_BROWSER_REASON_PREFLIGHT_STATUS,
        Reason::InvalidAllowMethods => CORS_BROWSER_REASON_INVALID_ALLOW_METHODS,
        Reason::InvalidAllowHeaders => CORS_BROWSER_REASON_INVALID_ALLOW_HEADERS,
        Reason::MethodNotAllowed => CORS_BROWSER_REASON_METHOD_NOT_ALLOWED,
        Reason::AuthorizationNotListed => CORS_BROWSER_REASON_AUTHORIZATION_NOT_LISTED,
        Reason::HeaderNotAllowed => CORS_BROWSER_REASON_HEADER_NOT_ALLOWED,
        Reason::RedirectModeError => CORS_BROWSER_REASON_REDIRECT_MODE_ERROR,
        Reason::InvalidLocation => CORS_BROWSER_REASON_INVALID_LOCATION,
        Reason::ConflictingLocations => CORS_BROWSER_REASON_CONFLICTING_LOCATIONS,
        Reason::LocationNotHttp => CORS_BROWSER_REASON_LOCATION_NOT_HTTP,
        Reason::TooManyRedirects => CORS_BROWSER_REASON_TOO_MANY_REDIRECTS,
        Reason::RedirectHasCredentials => CORS_BROWSER_REASON_REDIRECT_HAS_CREDENTIALS,
        Reason::RedirectWithStreamBody => CORS_BROWSER_REASON_REDIRECT_WITH_STREAM_BODY,
        Reason::ResourcePolicySameOrigin => CORS_BROWSER_REASON_RESOURCE_POLICY_SAME_ORIGIN,
        Reason::ResourcePolicySameSite => CORS_BROWSER_REASON_RESOURCE_POLICY_SAME_SITE,
        Reason::EmbedderPolicy => CORS_BROWSER_REASON_EMBEDDER_POLICY,
    }
}

/// The stable code of a reason, such as "origin-not-allowed": a static string, ended by NUL. NULL for a number
/// that is no reason, 0 included.
///
/// Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn cors_reason_code(reason: u16) -> *const c_char {
    string(reason, 0)
}

/// One English sentence that says what a reason means: a static string, ended by NUL. NULL for a number that
/// is no reason, 0 included.
///
/// Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn cors_reason_text(reason: u16) -> *const c_char {
    string(reason, 1)
}

/// The address of the place in a standard that a reason rests on: a static string, ended by NUL. NULL for a
/// number that is no reason, 0 included.
///
/// Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn cors_reason_url(reason: u16) -> *const c_char {
    string(reason, 2)
}

fn string(number: u16, which: usize) -> *const c_char {
    const INTERNAL: &str = "internal\0\
        The library could not decide: an argument was unusable, or the library has a bug.\0\
        https://fetch.spec.whatwg.org/#http-cors-protocol\0";
    door(core::ptr::null(), || {
        let server = AnswerReason::ALL.iter().position(|reason| server_number(*reason) == number);
        let browser = Reason::ALL.iter().position(|reason| browser_number(*reason) == number);
        let (strings, place) = match (server, browser) {
            (Some(place), _) => (AnswerReason::C_STRINGS, place),
            (_, Some(place)) => (Reason::C_STRINGS, place),
            _ if number == CORS_REASON_INTERNAL => (INTERNAL, 0),
            _ => return core::ptr::null(),
        };
        let mut rest = strings.as_bytes();
        for _ in 0..3 * place + which {
            let end = rest.iter().position(|&byte| byte == 0).map_or(rest.len(), |end| end + 1);
            rest = &rest[end..];
        }
        CStr::from_bytes_until_nul(rest).map_or(core::ptr::null(), CStr::as_ptr)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_two_reasons_have_the_same_number() {
        let server = AnswerReason::ALL.iter().map(|reason| server_number(*reason));
        let numbers: Vec<_> = server
            .chain(Reason::ALL.iter().map(|reason| browser_number(*reason)))
            .chain([0, CORS_REASON_INTERNAL])
            .collect();
        assert_eq!(numbers.iter().collect::<BTreeSet<_>>().len(), numbers.len());
    }
}
