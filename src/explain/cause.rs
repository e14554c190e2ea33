//! The usual mistakes behind a refusal, in words.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;

/// A usual mistake: what it is, and what to do about it.
///
/// ```
/// use cors_engine::{Exchange, Request, explain::{Answer, Cause, Evidence, Observed, explain}};
/// let request = Request::fetch("https://app.example", "https://api.example/")?;
/// let answer = Answer::head(200, &[("Access-Control-Allow-Origin", "https://app.example/")]);
/// let observed = Observed { exchange: Exchange::Actual, url: request.url.clone(), answer };
/// let explanation = explain(&request, &Evidence::from(vec![observed]));
/// assert_eq!(explanation.causes, [Cause::OriginTrailingSlash { value: "https://app.example/".into() }]);
/// # Ok::<(), cors_engine::InvalidRequest>(())
/// ```
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
///
/// ```
/// # use cors_engine::explain::{Answer, Cause, Evidence, Observed, PreflightRedirect, explain};
/// # use cors_engine::{Exchange, Request};
/// let mut request = Request::fetch("https://app.example", "https://api.example/cart")?;
/// request.method = "PUT".into();
/// let answer = Answer::head(308, &[("Location", "/cart/")]);
/// let observed = Observed { exchange: Exchange::Preflight, url: request.url.clone(), answer };
/// let explanation = explain(&request, &Evidence::from(vec![observed]));
/// assert_eq!(explanation.causes, [Cause::PreflightRedirected(PreflightRedirect::TrailingSlash)]);
/// # Ok::<(), cors_engine::InvalidRequest>(())
/// ```
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
