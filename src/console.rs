//! What the developer tools of each browser print when a fetch is blocked.
//!
//! The templates are the browsers' own, as recorded from Chromium 156, Firefox 153 and WebKitGTK 2.50; the
//! recordings are replayed in the tests.

use crate::browser::{Blocked, Engine, Exchange, Initiator, RequestMode, ResponseType};
use crate::protocol::{Origin, is_token, list};
use crate::reason::Reason;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use url::Url;

/// The lines that explain the refusal in the console of the engine that refused, in order.
///
/// Lines that every failed load prints, such as Chromium's `Failed to load resource`, are left out. Empty
/// where the browser says nothing, and for [`Engine::Spec`], which has no console.
///
/// ```
/// use cors_engine::{Engine, Fetch, Outcome, PreflightCache, Request, ResponseHead, Step, console_messages};
/// # let (mut cache, now) = (PreflightCache::default(), core::time::Duration::ZERO);
/// let request = Request::fetch("https://app.example", "https://api.example/")?;
/// let mut fetch = Fetch::new(Engine::Chromium, request)?;
/// fetch.start(&mut cache, now);
/// let nothing_allowed: [(&str, &str); 0] = [];
/// let step = fetch.receive(&ResponseHead::new(200, &nothing_allowed), &mut cache, now);
/// let Step::Done(Outcome::NetworkError(blocked)) = step else { panic!() };
/// assert_eq!(
///     console_messages(blocked),
///     ["Access to fetch at 'https://api.example/' from origin 'https://app.example' has been blocked by \
///       CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource."]
/// );
/// # Ok::<(), cors_engine::InvalidRequest>(())
/// ```
#[must_use]
pub fn console_messages(blocked: &Blocked) -> Vec<String> {
    match blocked.engine {
        Engine::Spec => Vec::new(),
        Engine::Chromium => chromium(blocked).into_iter().collect(),
        Engine::Gecko => gecko(blocked),
        Engine::WebKit => webkit(blocked),
    }
}

/// Bytes as Chromium's console shows them: those that are not printable ASCII as escapes.
fn escaped(bytes: &[u8]) -> String {
    let escape = |byte: &u8| match byte {
        0x20..=0x7E => String::from(char::from(*byte)),
        _ => format!("\\u{byte:04X}"),
    };
    bytes.iter().map(escape).collect()
}

/// Bytes as characters, one each.
fn isomorphic(bytes: &[u8]) -> String {
    bytes.iter().map(|&byte| char::from(byte)).collect()
}

fn is_preflight(blocked: &Blocked) -> bool {
    blocked.exchange == Some(Exchange::Preflight)
}

fn is_http(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
}

/// Whether the refused response redirects to a URL with one of these schemes.
fn leads_to(blocked: &Blocked, schemes: &[&str]) -> bool {
    blocked.location.as_ref().is_some_and(|location| schemes.contains(&location.scheme()))
}

/// Whether CORS governs the redirect that was refused.
fn is_cors_redirect(blocked: &Blocked) -> bool {
    let leads_away = blocked.location.as_ref().is_some_and(|location| {
        Origin::of(location).serialized() != blocked.page_origin || blocked.page_origin == "null"
    });
    blocked.tainting == ResponseType::Cors || (blocked.mode == RequestMode::Cors && leads_away)
}

fn chromium(blocked: &Blocked) -> Option<String> {
    let value = escaped(&blocked.value);
    let url = &blocked.url;
    let page_origin = &blocked.page_origin;
    let credentials_note = match blocked.initiator {
        Initiator::XmlHttpRequest { .. } => {
            " The credentials mode of requests initiated by the XMLHttpRequest is controlled by the \
             withCredentials attribute."
        }
        _ => "",
    };
    let valid_value = "Have the server send the header with a valid value.";
    let tail = match blocked.reason {
        // After a redirect the message names the page's own URL, which is not known here.
        Reason::CrossOriginInSameOriginMode if blocked.hop > 0 => return None,
        Reason::CrossOriginInSameOriginMode => {
            return is_http(url).then(|| format!(
                "Fetch API cannot load {url}. Request mode is \"same-origin\" but the URL's origin is not same \
                 as the request origin {page_origin}."
            ));
        }
        Reason::NoCorsRedirectMode => {
            return Some(format!(
                "Fetch API cannot load {url}. Request mode is \"no-cors\" but the redirect mode is not \
                 \"follow\"."
            ));
        }
        Reason::LocationNotHttp => "Cross origin requests are only supported for protocol schemes: chrome, \
             chrome-experimental-site-token-provider, chrome-extension, chrome-untrusted, data, http, https, \
             isolated-app."
            .into(),
        Reason::MissingAllowOrigin => {
            "No 'Access-Control-Allow-Origin' header is present on the requested resource.".into()
        }
        Reason::WildcardAllowOriginWithCredentials => format!(
            "The value of the 'Access-Control-Allow-Origin' header in the response must not be the wildcard '*' \
             when the request's credentials mode is 'include'.{credentials_note}"
        ),
        Reason::MultipleAllowOrigin | Reason::AllowOriginMismatch => {
            if value.contains([' ', ',']) {
                format!(
                    "The 'Access-Control-Allow-Origin' header contains multiple values '{value}', but only one \
                     is allowed. {valid_value}"
                )
            } else if value == "null" || Url::parse(&isomorphic(&blocked.value)).is_ok() {
                format!(
                    "The 'Access-Control-Allow-Origin' header has a value '{value}' that is not equal to the \
                     supplied origin. {valid_value}"
                )
            } else {
                format!(
                    "The 'Access-Control-Allow-Origin' header contains the invalid value '{value}'. \
                     {valid_value}"
                )
            }
        }
        Reason::AllowCredentialsNotTrue => format!(
            "The value of the 'Access-Control-Allow-Credentials' header in the response is '{value}' which \
             must be 'true' when the request's credentials mode is 'include'.{credentials_note}"
        ),
        Reason::PreflightStatus => "It does not have HTTP ok status.".into(),
        Reason::PreflightRedirect => "Redirect is not allowed for a preflight request.".into(),
        Reason::InvalidAllowMethods => {
            "Cannot parse Access-Control-Allow-Methods response header field in preflight response.".into()
        }
        Reason::InvalidAllowHeaders => {
            "Cannot parse Access-Control-Allow-Headers response header field in preflight response.".into()
        }
        Reason::MethodNotAllowed => {
            format!("Method {value} is not allowed by Access-Control-Allow-Methods in preflight response.")
        }
        Reason::HeaderNotAllowed | Reason::AuthorizationNotListed => format!(
            "Request header field {} is not allowed by Access-Control-Allow-Headers in preflight response.",
            value.to_ascii_lowercase()
        ),
        Reason::RedirectHasCredentials if !is_cors_redirect(blocked) => return None,
        Reason::RedirectHasCredentials => "Redirect location '' contains a username and password, which is \
                                           disallowed for cross-origin requests."
            .into(),
        _ => return None,
    };
    let kind = match blocked.initiator {
        Initiator::Fetch => "fetch",
        Initiator::XmlHttpRequest { .. } => "XMLHttpRequest",
        Initiator::Beacon => "resource",
        Initiator::EventSource => "resource",
        Initiator::Image => "image",
        Initiator::Script => "script",
        Initiator::Style => "CSS stylesheet",
        Initiator::Font => "font",
    };
    // A redirect to a scheme without CORS is refused where it leads to.
    let url = match blocked.reason {
        Reason::LocationNotHttp => blocked.location.as_ref().unwrap_or(url),
        _ => url,
    };
    let redirected = if blocked.initial_url == *url {
        String::new()
    } else {
        format!("(redirected from '{}') ", blocked.initial_url)
    };
    let judges_access = !matches!(
        blocked.reason,
        Reason::InvalidAllowMethods
            | Reason::InvalidAllowHeaders
            | Reason::MethodNotAllowed
            | Reason::HeaderNotAllowed
            | Reason::AuthorizationNotListed
    );
    let prefix = if is_preflight(blocked) && judges_access {
        "Response to preflight request doesn't pass access control check: "
    } else {
        ""
    };
    Some(format!(
        "Access to {kind} at '{url}' {redirected}from origin '{page_origin}' has been blocked by CORS policy: \
         {prefix}{tail}"
    ))
}

fn gecko(blocked: &Blocked) -> Vec<String> {
    let value = String::from_utf8_lossy(&blocked.value);
    let url = &blocked.url;
    let status = blocked.status.unwrap_or_default();
    let because = |reason: &str| {
        format!(
            "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at \
             {url}. (Reason: {reason}."
        )
    };
    let allow_origin = "CORS header ‘Access-Control-Allow-Origin’";
    let first = match blocked.reason {
        Reason::ResourcePolicySameOrigin | Reason::ResourcePolicySameSite | Reason::EmbedderPolicy => {
            return Vec::from([format!(
                "The resource at “{url}” was blocked due to its Cross-Origin-Resource-Policy header (or lack \
                 thereof). See \
                 https://developer.mozilla.org/docs/Web/HTTP/Cross-Origin_Resource_Policy_(CORP)#"
            )]);
        }
        Reason::MissingAllowOrigin => {
            Some(because(&format!("{allow_origin} missing). Status code: {status}")))
        }
        Reason::MultipleAllowOrigin => Some(because(&format!("Multiple {allow_origin} not allowed)"))),
        Reason::AllowOriginMismatch => Some(because(&format!("{allow_origin} does not match ‘{value}’)"))),
        Reason::WildcardAllowOriginWithCredentials => Some(format!(
            "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at \
             ‘{url}’. (Reason: Credential is not supported if the {allow_origin} is ‘*’)."
        )),
        Reason::AllowCredentialsNotTrue => {
            Some(because("expected ‘true’ in CORS header ‘Access-Control-Allow-Credentials’)"))
        }
        Reason::PreflightStatus | Reason::PreflightRedirect => {
            Some(because(&format!("CORS preflight response did not succeed). Status code: {status}")))
        }
        Reason::InvalidAllowMethods | Reason::InvalidAllowHeaders => {
            let name = match blocked.reason {
                Reason::InvalidAllowMethods => "Access-Control-Allow-Methods",
                _ => "Access-Control-Allow-Headers",
            };
            let token = String::from_utf8_lossy(first_invalid_token(&blocked.value));
            Some(because(&format!("invalid token ‘{token}’ in CORS header ‘{name}’)")))
        }
        Reason::MethodNotAllowed => {
            Some(because("Did not find method in CORS header ‘Access-Control-Allow-Methods’)"))
        }
        Reason::HeaderNotAllowed | Reason::AuthorizationNotListed => Some(because(&format!(
            "header ‘{}’ is not allowed according to header ‘Access-Control-Allow-Headers’ from CORS preflight \
             response)",
            value.to_ascii_lowercase()
        ))),
        Reason::CrossOriginInSameOriginMode
        | Reason::NoCorsRedirectMode
        | Reason::RedirectModeError
        | Reason::MixedContent
        | Reason::BlockedPort
        | Reason::SchemeNotHttp
        | Reason::SchemeUnsupported
        | Reason::UnknownBlob => return Vec::new(),
        Reason::ConflictingLocations | Reason::LocationNotHttp | Reason::InvalidLocation
            if blocked.tainting != ResponseType::Cors =>
        {
            return Vec::new();
        }
        _ => None,
    };
    // A response that came and was no redirect is refused without a word on the connection.
    let is_final = blocked.exchange == Some(Exchange::Actual) && blocked.location.is_none();
    let failed =
        (!is_final || first.is_none()).then(|| because("CORS request did not succeed). Status code: (null)"));
    let external = (blocked.reason == Reason::PreflightRedirect)
        .then(|| because("CORS request external redirect not allowed)"));
    external.into_iter().chain(first).chain(failed).collect()
}

/// The first element of a list that is not a token.
fn first_invalid_token(value: &[u8]) -> &[u8] {
    list::elements(value).find(|element| !is_token(element)).unwrap_or_default()
}

fn webkit(blocked: &Blocked) -> Vec<String> {
    let value = String::from_utf8_lossy(&blocked.value);
    let url = &blocked.url;
    let status = blocked.status.unwrap_or_default();
    let description = match blocked.reason {
        Reason::MissingAllowOrigin | Reason::AllowOriginMismatch => Some(format!(
            "Origin {} is not allowed by Access-Control-Allow-Origin. Status code: {status}",
            blocked.request_origin
        )),
        Reason::WildcardAllowOriginWithCredentials => {
            Some("Cannot use wildcard in Access-Control-Allow-Origin when credentials flag is true.".into())
        }
        Reason::MultipleAllowOrigin => {
            Some("Access-Control-Allow-Origin cannot contain more than one origin.".into())
        }
        Reason::AllowCredentialsNotTrue => {
            Some("Credentials flag is true, but Access-Control-Allow-Credentials is not \"true\".".into())
        }
        Reason::PreflightStatus | Reason::PreflightRedirect => {
            Some(format!("Preflight response is not successful. Status code: {status}"))
        }
        Reason::InvalidAllowMethods => {
            Some(format!("Header Access-Control-Allow-Methods has an invalid value: {value}"))
        }
        Reason::InvalidAllowHeaders => {
            Some(format!("Header Access-Control-Allow-Headers has an invalid value: {value}"))
        }
        Reason::MethodNotAllowed => {
            Some(format!("Method {value} is not allowed by Access-Control-Allow-Methods."))
        }
        Reason::HeaderNotAllowed | Reason::AuthorizationNotListed => Some(format!(
            "Request header field {} is not allowed by Access-Control-Allow-Headers.",
            webkit_header_name(&value)
        )),
        Reason::RedirectModeError => Some(format!("Not allowed to follow a redirection while loading {url}")),
        Reason::RedirectHasCredentials => Some(format!("redirection URL {value} has credentials")),
        Reason::LocationNotHttp if leads_to(blocked, &["ftp"]) => Some("FTP URLs are disabled".into()),
        Reason::LocationNotHttp => {
            Some("not allowed to follow a cross-origin CORS redirection with non CORS scheme".into())
        }
        Reason::TooManyRedirects => Some("Load cannot follow more than 20 redirections".into()),
        Reason::ResourcePolicySameOrigin | Reason::ResourcePolicySameSite | Reason::EmbedderPolicy => {
            Some(format!(
                "Cancelled load to {url} because it violates the resource's Cross-Origin-Resource-Policy \
                 response header."
            ))
        }
        Reason::CrossOriginInSameOriginMode if blocked.hop > 0 => Some(format!(
            "Unsafe attempt to load URL {url} from origin {}. Domains, protocols and ports must match.",
            blocked.page_origin
        )),
        Reason::CrossOriginInSameOriginMode
        | Reason::NoCorsRedirectMode
        | Reason::StreamBodyUnsupported
        | Reason::SchemeNotHttp
        | Reason::SchemeUnsupported
        | Reason::UnknownBlob => return Vec::new(),
        _ => None,
    };
    let is_access_check = matches!(
        blocked.reason,
        Reason::MissingAllowOrigin
            | Reason::AllowOriginMismatch
            | Reason::WildcardAllowOriginWithCredentials
            | Reason::MultipleAllowOrigin
            | Reason::AllowCredentialsNotTrue
            | Reason::RedirectHasCredentials
    ) || (blocked.reason == Reason::LocationNotHttp && !leads_to(blocked, &["ftp"]));
    let description = match (description, &blocked.location) {
        (Some(description), Some(location)) if is_access_check && !is_preflight(blocked) => Some(format!(
            "Cross-origin redirection to {} denied by Cross-Origin Resource Sharing policy: {description}",
            without_credentials(location)
        )),
        (description, _) => description,
    };
    let interface = match blocked.initiator {
        Initiator::XmlHttpRequest { .. } => "XMLHttpRequest",
        _ => "Fetch API",
    };
    let failed = format!("{interface} cannot load {url} due to access control checks.");
    description.into_iter().chain([failed]).collect()
}

/// A URL without user name and password.
fn without_credentials(url: &Url) -> String {
    let mut url = url.clone();
    // Both fail only for URLs without a host, which have none.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.into()
}

/// A header name as WebKit writes it: those it knows have one spelling, others stay as script wrote them.
fn webkit_header_name(name: &str) -> &str {
    const KNOWN: [&str; 24] = [
        "Accept",
        "Accept-Language",
        "Accept-Ranges",
        "Age",
        "Authorization",
        "Cache-Control",
        "Content-Disposition",
        "Content-Encoding",
        "Content-Language",
        "Content-Location",
        "Content-Type",
        "ETag",
        "Expires",
        "If-Match",
        "If-Modified-Since",
        "If-None-Match",
        "If-Range",
        "If-Unmodified-Since",
        "Last-Event-ID",
        "Link",
        "Location",
        "Pragma",
        "Range",
        "User-Agent",
    ];
    KNOWN.into_iter().find(|known| known.eq_ignore_ascii_case(name)).unwrap_or(name)
}
