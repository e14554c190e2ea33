//! The usual mistakes behind a refusal, recognized from what was seen.

use super::{Answer, Evidence, Judgement, Observed, Verdict, playback::is_same_resource};
use crate::protocol::{HeaderList, Headers, Origin, OriginError, list, method};
use crate::{Blocked, CredentialsMode, Exchange, Initiator, Reason, Request, RequestMode, ResponseType};
use alloc::borrow::Cow;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use url::Url;

/// A usual mistake: what it is, and what to do about it.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Cause {
    /// OPTIONS is answered 401 or 403.
    PreflightNeedsAuthentication {
        /// The status.
        status: u16,
    },
    /// OPTIONS is answered 404, 405 or 501.
    PreflightNotRouted {
        /// The status.
        status: u16,
    },
    /// OPTIONS is answered with a redirect.
    PreflightRedirected(PreflightRedirect),
    /// An error answer comes without CORS headers.
    ErrorWithoutCors {
        /// The status.
        status: u16,
    },
    /// A redirect comes without CORS headers.
    RedirectWithoutCors {
        /// The status.
        status: u16,
    },
    /// A header that may come once came several times.
    HeaderTwice {
        /// The header.
        name: &'static str,
    },
    /// `Access-Control-Allow-Credentials: true, true`.
    CredentialsTwice,
    /// `Access-Control-Allow-Credentials` with another word than `true`.
    CredentialsNotTrue {
        /// The value.
        value: String,
    },
    /// `Access-Control-Allow-Origin` with a slash at its end.
    OriginTrailingSlash {
        /// The value.
        value: String,
    },
    /// `Access-Control-Allow-Origin` lists several origins.
    OriginList {
        /// The value.
        value: String,
    },
    /// `Access-Control-Allow-Origin` holds a pattern such as `https://*.example.com`.
    OriginPattern {
        /// The value.
        value: String,
    },
    /// `Access-Control-Allow-Origin` is not written as a browser writes an origin.
    OriginNotSerialized {
        /// The value.
        value: String,
    },
    /// `*` for a request with credentials.
    WildcardWithCredentials,
    /// `*` as a method or header name for a request with credentials, where it is an ordinary name.
    WildcardListWithCredentials {
        /// The header.
        name: &'static str,
    },
    /// `Access-Control-Allow-Headers: *` is expected to cover `Authorization`.
    WildcardForAuthorization,
    /// The request carries a response header such as `Access-Control-Allow-Origin`.
    ResponseHeaderOnRequest {
        /// The header.
        name: String,
    },
    /// The mode no-cors is expected to give a readable response.
    NoCorsUnreadable,
    /// The method is written in lower case, and the server allows it in upper case.
    MethodCase {
        /// The method as written.
        method: String,
    },
    /// Redirects across origins turned the request's origin into `null`.
    OriginLostInRedirects,
    /// `Vary: Origin` is missing where the answer names one origin.
    VaryMissing,
    /// CORS headers were lost between the server and the edge.
    StrippedAtEdge {
        /// The header that shows the edge.
        edge: &'static str,
    },
}

/// Where a redirected preflight was sent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PreflightRedirect {
    /// From http to https.
    ToHttps,
    /// To the same path with or without a slash at its end.
    TrailingSlash,
    /// Elsewhere: a login page, another host.
    Elsewhere,
}

impl Cause {
    /// The stable code, such as `preflight-needs-authentication`.
    ///
    /// ```
    /// assert_eq!(cors_engine::explain::Cause::VaryMissing.code(), "vary-missing");
    /// ```
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Cause::PreflightNeedsAuthentication { .. } => "preflight-needs-authentication",
            Cause::PreflightNotRouted { .. } => "preflight-not-routed",
            Cause::PreflightRedirected(PreflightRedirect::ToHttps) => "preflight-redirected-to-https",
            Cause::PreflightRedirected(PreflightRedirect::TrailingSlash) => {
                "preflight-redirected-trailing-slash"
            }
            Cause::PreflightRedirected(PreflightRedirect::Elsewhere) => "preflight-redirected",
            Cause::ErrorWithoutCors { .. } => "error-without-cors",
            Cause::RedirectWithoutCors { .. } => "redirect-without-cors",
            Cause::HeaderTwice { .. } => "header-twice",
            Cause::CredentialsTwice => "credentials-twice",
            Cause::CredentialsNotTrue { .. } => "credentials-not-true",
            Cause::OriginTrailingSlash { .. } => "origin-trailing-slash",
            Cause::OriginList { .. } => "origin-list",
            Cause::OriginPattern { .. } => "origin-pattern",
            Cause::OriginNotSerialized { .. } => "origin-not-serialized",
            Cause::WildcardWithCredentials => "wildcard-with-credentials",
            Cause::WildcardListWithCredentials { .. } => "wildcard-list-with-credentials",
            Cause::WildcardForAuthorization => "wildcard-for-authorization",
            Cause::ResponseHeaderOnRequest { .. } => "response-header-on-request",
            Cause::NoCorsUnreadable => "no-cors-unreadable",
            Cause::MethodCase { .. } => "method-case",
            Cause::OriginLostInRedirects => "origin-lost-in-redirects",
            Cause::VaryMissing => "vary-missing",
            Cause::StrippedAtEdge { .. } => "stripped-at-edge",
        }
    }

    /// What is wrong, in a sentence.
    ///
    /// ```
    /// use cors_engine::explain::Cause;
    /// let cause = Cause::PreflightNotRouted { status: 405 };
    /// assert_eq!(cause.words(), "OPTIONS is answered 405: nothing on the server handles it.");
    /// ```
    #[must_use]
    pub fn words(&self) -> Cow<'static, str> {
        match self {
            Cause::PreflightNeedsAuthentication { status } => {
                format!("OPTIONS is answered {status}: the server asks for a login before CORS is looked at.")
                    .into()
            }
            Cause::PreflightNotRouted { status } => {
                format!("OPTIONS is answered {status}: nothing on the server handles it.").into()
            }
            Cause::PreflightRedirected(PreflightRedirect::ToHttps) => {
                "The preflight is redirected from http to https, and preflights do not follow redirects.".into()
            }
            Cause::PreflightRedirected(PreflightRedirect::TrailingSlash) => {
                "The preflight is redirected for a slash at the end of the path, and preflights do not follow \
                 redirects."
                    .into()
            }
            Cause::PreflightRedirected(PreflightRedirect::Elsewhere) => {
                "The preflight is redirected, and preflights do not follow redirects.".into()
            }
            Cause::ErrorWithoutCors { status } => {
                format!("The answer {status} has no CORS headers: the error path skips the CORS layer.").into()
            }
            Cause::RedirectWithoutCors { status } => {
                format!("The redirect ({status}) itself has no CORS headers; every hop needs them.").into()
            }
            Cause::HeaderTwice { name } => {
                format!("{name} comes twice: two layers, such as a proxy and the application, both add it.")
                    .into()
            }
            Cause::CredentialsTwice => {
                "Access-Control-Allow-Credentials is \"true, true\": two layers both add it.".into()
            }
            Cause::CredentialsNotTrue { value } => {
                format!("Access-Control-Allow-Credentials is \"{value}\"; only \"true\" counts, in lower case.")
                    .into()
            }
            Cause::OriginTrailingSlash { value } => {
                format!("\"{value}\" ends in a slash, and an origin never does.").into()
            }
            Cause::OriginList { value } => {
                format!("\"{value}\" holds several origins, and the header takes only one.").into()
            }
            Cause::OriginPattern { value } => {
                format!("\"{value}\" is a pattern, and browsers compare letter by letter.").into()
            }
            Cause::OriginNotSerialized { value } => {
                format!("\"{value}\" is not how a browser writes an origin: scheme, host, port if unusual.")
                    .into()
            }
            Cause::WildcardWithCredentials => {
                "Access-Control-Allow-Origin: * never allows a request with credentials.".into()
            }
            Cause::WildcardListWithCredentials { name } => {
                format!("In {name}, * is no wildcard for a request with credentials.").into()
            }
            Cause::WildcardForAuthorization => {
                "By the standard, * in Access-Control-Allow-Headers does not cover Authorization.".into()
            }
            Cause::ResponseHeaderOnRequest { name } => {
                format!("The request carries {name}: on a request it has no effect but to force a preflight.")
                    .into()
            }
            Cause::NoCorsUnreadable => {
                "With the mode no-cors, script can read neither the status nor the body.".into()
            }
            Cause::MethodCase { method } => {
                format!("The page says \"{method}\", and methods are compared letter by letter.").into()
            }
            Cause::OriginLostInRedirects => {
                "After redirects across several origins the browser sends Origin: null.".into()
            }
            Cause::VaryMissing => {
                "The answer names one origin without Vary: Origin, so a cache may give it to another page."
                    .into()
            }
            Cause::StrippedAtEdge { edge } => {
                format!("The answer came through an edge ({edge}) and lost CORS headers that the server sends.")
                    .into()
            }
        }
    }

    /// What to do about it, in a sentence.
    ///
    /// ```
    /// assert!(cors_engine::explain::Cause::NoCorsUnreadable.remedy().contains("mode"));
    /// ```
    #[must_use]
    pub fn remedy(&self) -> Cow<'static, str> {
        match self {
            Cause::PreflightNeedsAuthentication { .. } => {
                "Preflights never carry credentials: let OPTIONS through before authentication.".into()
            }
            Cause::PreflightNotRouted { .. } => {
                "Answer OPTIONS on this path with 204 and the headers below.".into()
            }
            Cause::PreflightRedirected(PreflightRedirect::ToHttps) => {
                "Let the page use the https URL.".into()
            }
            Cause::PreflightRedirected(PreflightRedirect::TrailingSlash) => {
                "Let the page use the URL that the redirect names, or answer OPTIONS without redirecting."
                    .into()
            }
            Cause::PreflightRedirected(PreflightRedirect::Elsewhere) => {
                "Answer OPTIONS without redirecting, or let the page use the final URL.".into()
            }
            Cause::ErrorWithoutCors { .. } => {
                "Add the headers to error answers too (nginx: always), then see what the error is.".into()
            }
            Cause::RedirectWithoutCors { .. } => {
                "Add the headers to the redirect, or let the page use the final URL.".into()
            }
            Cause::HeaderTwice { .. } | Cause::CredentialsTwice => "Let only one layer add it.".into(),
            Cause::CredentialsNotTrue { .. } => "Write true.".into(),
            Cause::OriginTrailingSlash { .. } => "Remove the slash.".into(),
            Cause::OriginList { .. } | Cause::OriginPattern { .. } => {
                "Compare the request's Origin with your list, and answer with that one origin.".into()
            }
            Cause::OriginNotSerialized { .. } => "Write the page's origin as the browser sends it.".into(),
            Cause::WildcardWithCredentials => {
                "Answer with the page's origin, or let the page leave credentials out.".into()
            }
            Cause::WildcardListWithCredentials { .. } => "List each name.".into(),
            Cause::WildcardForAuthorization => {
                "Name Authorization; browsers that still let it pass plan to stop.".into()
            }
            Cause::ResponseHeaderOnRequest { .. } => {
                "Remove it from the page's code; the server has to send it.".into()
            }
            Cause::NoCorsUnreadable => {
                "Let the page use the mode cors, and the server allow its origin.".into()
            }
            Cause::MethodCase { method } => {
                format!("Let the page say \"{}\".", method.to_ascii_uppercase()).into()
            }
            Cause::OriginLostInRedirects => "Let the page use the final URL, or redirect less.".into(),
            Cause::VaryMissing => "Add Vary: Origin.".into(),
            Cause::StrippedAtEdge { .. } => {
                "Let the edge pass these headers on, and keep Origin in its cache key.".into()
            }
        }
    }
}

/// Recognizes the usual mistakes, the most telling first, each once.
pub(super) fn recognize(request: &Request, evidence: &Evidence, judgements: &[Judgement]) -> Vec<Cause> {
    let mut causes = Vec::new();
    for judgement in judgements {
        if let Verdict::Blocked(blocked) = &judgement.verdict {
            causes.extend(causes_of(request, evidence, blocked));
        }
    }
    causes.extend(response_headers_on_request(request));
    let answers = evidence.exchanges.iter().filter(|observed| observed.exchange == Exchange::Actual);
    causes.extend(answers.filter_map(|observed| vary_missing(request, observed)));
    if judgements.iter().any(|judgement| is_opaque_to_script(request, &judgement.verdict)) {
        causes.push(Cause::NoCorsUnreadable);
    }
    let mut once: Vec<Cause> = Vec::new();
    for cause in causes {
        if !once.contains(&cause) {
            once.push(cause);
        }
    }
    once
}

fn is_opaque_to_script(request: &Request, verdict: &Verdict) -> bool {
    request.mode == RequestMode::NoCors
        && matches!(request.initiator, Initiator::Fetch)
        && matches!(verdict, Verdict::Allowed(response) if response.response_type == ResponseType::Opaque)
}

/// The mistakes behind one refusal.
fn causes_of(request: &Request, evidence: &Evidence, blocked: &Blocked) -> Vec<Cause> {
    let Some(exchange) = blocked.exchange else { return Vec::new() };
    let concerned = evidence
        .exchanges
        .iter()
        .rev()
        .find(|observed| observed.exchange == exchange && is_same_resource(&observed.url, &blocked.url));
    let Some((observed, &Answer::Head { status, ref headers })) =
        concerned.map(|observed| (observed, &observed.answer))
    else {
        return Vec::new();
    };
    let mut causes = Vec::new();
    if exchange == Exchange::Preflight {
        causes.extend(preflight_status(status, headers, &observed.url));
    } else if blocked.reason == Reason::MissingAllowOrigin {
        causes.extend(actual_status(status));
    }
    if blocked.reason == Reason::MissingAllowOrigin {
        causes.extend(stripped_at_edge(headers, observed, evidence));
    }
    causes.extend(header_mistake(request, blocked, headers));
    causes
}

fn preflight_status(status: u16, headers: &HeaderList, url: &Url) -> Option<Cause> {
    match status {
        401 | 403 => Some(Cause::PreflightNeedsAuthentication { status }),
        404 | 405 | 501 => Some(Cause::PreflightNotRouted { status }),
        301 | 302 | 303 | 307 | 308 => Some(Cause::PreflightRedirected(redirect_kind(headers, url))),
        400.. => Some(Cause::ErrorWithoutCors { status })
            .filter(|_| !Headers::of(headers).contains(b"access-control-allow-origin")),
        _ => None,
    }
}

fn redirect_kind(headers: &HeaderList, url: &Url) -> PreflightRedirect {
    let location = Headers::of(headers).get(b"location").unwrap_or_default();
    let target = core::str::from_utf8(&location).ok().and_then(|location| url.join(location).ok());
    match target {
        Some(target)
            if url.scheme() == "http" && target.scheme() == "https" && is_same_host(url, &target) =>
        {
            PreflightRedirect::ToHttps
        }
        Some(target)
            if is_same_host(url, &target)
                && target.path() != url.path()
                && target.path().trim_end_matches('/') == url.path().trim_end_matches('/') =>
        {
            PreflightRedirect::TrailingSlash
        }
        _ => PreflightRedirect::Elsewhere,
    }
}

fn is_same_host(one: &Url, other: &Url) -> bool {
    one.host_str() == other.host_str()
}

fn actual_status(status: u16) -> Option<Cause> {
    match status {
        301 | 302 | 303 | 307 | 308 => Some(Cause::RedirectWithoutCors { status }),
        400.. => Some(Cause::ErrorWithoutCors { status }),
        _ => None,
    }
}

/// The mistakes that show in the value of one header.
fn header_mistake(request: &Request, blocked: &Blocked, headers: &HeaderList) -> Option<Cause> {
    let headers = Headers::of(headers);
    let value = || String::from_utf8_lossy(&blocked.value).into_owned();
    let with_credentials = request.credentials == CredentialsMode::Include;
    let has_wildcard = |name: &[u8]| {
        headers.values(name).flat_map(list::get_decode_and_split).any(|element| element == b"*")
    };
    match blocked.reason {
        Reason::WildcardAllowOriginWithCredentials => Some(Cause::WildcardWithCredentials),
        Reason::MultipleAllowOrigin if is_repetition(&headers, b"access-control-allow-origin") => {
            Some(Cause::HeaderTwice { name: "Access-Control-Allow-Origin" })
        }
        Reason::MultipleAllowOrigin => Some(Cause::OriginList { value: value() }),
        Reason::AllowOriginMismatch => origin_mistake(blocked, value()),
        Reason::AllowCredentialsNotTrue if is_repetition(&headers, b"access-control-allow-credentials") => {
            Some(Cause::CredentialsTwice)
        }
        Reason::AllowCredentialsNotTrue if !blocked.value.is_empty() => {
            Some(Cause::CredentialsNotTrue { value: value() })
        }
        Reason::AuthorizationNotListed if has_wildcard(b"access-control-allow-headers") => {
            Some(if with_credentials {
                Cause::WildcardListWithCredentials { name: "Access-Control-Allow-Headers" }
            } else {
                Cause::WildcardForAuthorization
            })
        }
        Reason::HeaderNotAllowed if with_credentials && has_wildcard(b"access-control-allow-headers") => {
            Some(Cause::WildcardListWithCredentials { name: "Access-Control-Allow-Headers" })
        }
        Reason::MethodNotAllowed if with_credentials && has_wildcard(b"access-control-allow-methods") => {
            Some(Cause::WildcardListWithCredentials { name: "Access-Control-Allow-Methods" })
        }
        Reason::MethodNotAllowed => method_case(request),
        _ => None,
    }
}

/// Whether a value came several times, on lines of their own or joined by a proxy.
fn is_repetition(headers: &Headers<'_>, name: &[u8]) -> bool {
    let mut elements = headers.values(name).flat_map(list::get_decode_and_split);
    let Some(first) = elements.next() else { return false };
    let mut rest = elements.peekable();
    rest.peek().is_some() && rest.all(|element| element == first)
}

fn origin_mistake(blocked: &Blocked, value: String) -> Option<Cause> {
    if blocked.request_origin == "null" && blocked.page_origin != "null" {
        return Some(Cause::OriginLostInRedirects);
    }
    if value.contains('*') {
        return Some(Cause::OriginPattern { value });
    }
    if value.contains(char::is_whitespace) {
        return Some(Cause::OriginList { value });
    }
    match Origin::parse(&value) {
        Ok(_) => None,
        Err(OriginError::NotSerialized { write }) if value == format!("{write}/") => {
            Some(Cause::OriginTrailingSlash { value })
        }
        Err(_) => Some(Cause::OriginNotSerialized { value }),
    }
}

fn method_case(request: &Request) -> Option<Cause> {
    let method = method::normalize(&request.method);
    let upper = method.to_ascii_uppercase();
    (upper != method && upper == b"PATCH")
        .then(|| Cause::MethodCase { method: String::from_utf8_lossy(method).to_string() })
}

fn response_headers_on_request(request: &Request) -> impl Iterator<Item = Cause> {
    const PREFIXES: [&[u8]; 2] = [b"access-control-allow-", b"access-control-expose-"];
    let carries = |name: &[u8]| {
        PREFIXES
            .iter()
            .any(|prefix| name.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix)))
    };
    request
        .headers
        .lines()
        .filter(move |(name, _)| request.mode == RequestMode::Cors && carries(name))
        .map(|(name, _)| Cause::ResponseHeaderOnRequest { name: String::from_utf8_lossy(name).into_owned() })
}

/// Only answers to GET and HEAD are kept by caches.
fn vary_missing(request: &Request, observed: &Observed) -> Option<Cause> {
    let Answer::Head { headers, .. } = &observed.answer else { return None };
    let headers = Headers::of(headers);
    let is_cacheable = matches!(method::normalize(&request.method), b"GET" | b"HEAD");
    let origin = headers.get(b"access-control-allow-origin")?;
    let names_one = *origin == *request.origin.serialized().as_bytes();
    let vary = headers.get(b"vary").unwrap_or_default();
    let varies =
        list::get_decode_and_split(&vary).any(|name| name == b"*" || name.eq_ignore_ascii_case(b"origin"));
    let is_cross_origin = request.mode == RequestMode::Cors && !request.origin.is_origin_of(&observed.url);
    (is_cacheable && names_one && !varies && is_cross_origin).then_some(Cause::VaryMissing)
}

/// Headers that only an intermediary adds.
const EDGE_HEADERS: [&str; 12] = [
    "Via",
    "X-Cache",
    "CF-Ray",
    "CF-Cache-Status",
    "X-Amz-Cf-Id",
    "X-Served-By",
    "X-Varnish",
    "X-Azure-Ref",
    "X-Vercel-Cache",
    "X-Nf-Request-Id",
    "X-Akamai-Request-Id",
    "Age",
];

/// The capture shows it in two ways: other CORS headers were left on the answer, or the same resource
/// answered with the header where no edge stood between.
fn stripped_at_edge(headers: &HeaderList, observed: &Observed, evidence: &Evidence) -> Option<Cause> {
    let edge_of =
        |headers: &Headers<'_>| EDGE_HEADERS.into_iter().find(|name| headers.contains(name.as_bytes()));
    let headers = Headers::of(headers);
    let edge = edge_of(&headers)?;
    let leftover = headers
        .iter()
        .any(|(name, _)| name.get(..15).is_some_and(|start| start.eq_ignore_ascii_case(b"access-control-")));
    let is_twin = |other: &Observed| {
        other.exchange == observed.exchange
            && other.url.path() == observed.url.path()
            && matches!(&other.answer, Answer::Head { headers, .. } if {
                let headers = Headers::of(headers);
                headers.contains(b"access-control-allow-origin") && edge_of(&headers).is_none()
            })
    };
    (leftover || evidence.elsewhere.iter().any(is_twin)).then_some(Cause::StrippedAtEdge { edge })
}
