//! Diagnosis: which of the usual mistakes what was seen shows.

use super::playback::is_same_resource;
use super::{Answer, Cause, Evidence, Judgement, Observed, PreflightRedirect, Verdict};
use crate::protocol::{HeaderList, Headers, Origin, OriginError, list, method};
use crate::{Blocked, CredentialsMode, Exchange, Initiator, Reason, Request, RequestMode, ResponseType};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use url::Url;

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
        Reason::MultipleAllowOrigin | Reason::AllowOriginMismatch
            if is_repetition(&headers, b"access-control-allow-origin") =>
        {
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
