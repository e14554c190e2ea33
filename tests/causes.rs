//! Each usual mistake is recognized, and is not seen where it was not made.

use cors_engine::explain::{Answer, Cause, Evidence, Explanation, Observed, PreflightRedirect, explain};
use cors_engine::{CredentialsMode, Exchange, Request, RequestMode};
use url::Url;

const PAGE: &str = "https://app.example";
const API: &str = "https://api.example/v1";

type Lines<'a> = &'a [(&'a str, &'a str)];

fn request(method: &str, headers: Lines<'_>, credentials: CredentialsMode) -> Request {
    let mut request = Request::fetch(PAGE, API).unwrap();
    request.method = method.into();
    request.headers = headers.iter().collect::<Vec<_>>().into_iter().copied().collect();
    request.credentials = credentials;
    request
}

fn observed(exchange: Exchange, url: &str, status: u16, headers: Lines<'_>) -> Observed {
    Observed { exchange, url: Url::parse(url).unwrap(), answer: Answer::head(status, headers) }
}

fn preflight(request: &Request, status: u16, headers: Lines<'_>) -> Explanation {
    explain(
        request,
        &Evidence::from(vec![observed(Exchange::Preflight, request.url.as_str(), status, headers)]),
    )
}

fn actual(request: &Request, status: u16, headers: Lines<'_>) -> Explanation {
    explain(request, &Evidence::from(vec![observed(Exchange::Actual, request.url.as_str(), status, headers)]))
}

fn put() -> Request {
    request("PUT", &[], CredentialsMode::SameOrigin)
}

fn get() -> Request {
    request("GET", &[], CredentialsMode::SameOrigin)
}

fn get_with_credentials() -> Request {
    request("GET", &[], CredentialsMode::Include)
}

const ALLOWED: Lines<'_> = &[("Access-Control-Allow-Origin", PAGE), ("Vary", "Origin")];

#[test]
fn an_answer_without_mistakes_has_no_cause() {
    assert_eq!(actual(&get(), 200, ALLOWED).causes, []);
    assert_eq!(actual(&get(), 200, &[("Access-Control-Allow-Origin", "*")]).causes, []);
    assert_eq!(actual(&get(), 200, &[]).causes, []);
}

#[test]
fn authentication_before_cors() {
    for status in [401, 403] {
        for lines in [&[], ALLOWED] {
            let cause = Cause::PreflightNeedsAuthentication { status };
            assert_eq!(preflight(&put(), status, lines).causes, [cause]);
        }
    }
}

#[test]
fn no_handler_for_options() {
    for status in [404, 405, 501] {
        assert_eq!(preflight(&put(), status, &[]).causes, [Cause::PreflightNotRouted { status }]);
    }
}

#[test]
fn redirected_preflights() {
    let redirect = |url: &str, location: &str| {
        let mut request = put();
        request.origin = cors_engine::protocol::Origin::parse("http://app.example").unwrap();
        request.url = Url::parse(url).unwrap();
        preflight(&request, 301, &[("Location", location), ("Access-Control-Allow-Origin", "*")]).causes
    };
    let cause = |kind| [Cause::PreflightRedirected(kind)];
    assert_eq!(
        redirect("http://api.example/v1", "https://api.example/v1"),
        cause(PreflightRedirect::ToHttps)
    );
    assert_eq!(redirect("https://api.example/v1", "/v1/"), cause(PreflightRedirect::TrailingSlash));
    assert_eq!(redirect("https://api.example/v1/", "/v1"), cause(PreflightRedirect::TrailingSlash));
    assert_eq!(
        redirect("https://api.example/v1", "https://login.example/"),
        cause(PreflightRedirect::Elsewhere)
    );
    assert_eq!(redirect("https://api.example/v1", "http://["), cause(PreflightRedirect::Elsewhere));
}

#[test]
fn errors_that_skip_the_cors_layer() {
    for status in [404, 500, 503] {
        assert_eq!(actual(&get(), status, &[]).causes, [Cause::ErrorWithoutCors { status }]);
    }
    assert_eq!(preflight(&put(), 502, &[]).causes, [Cause::ErrorWithoutCors { status: 502 }]);
    assert_eq!(actual(&get(), 500, ALLOWED).causes, []);
}

#[test]
fn redirects_that_skip_the_cors_layer() {
    let location = [("Location", "https://cdn.example/")];
    assert_eq!(actual(&get(), 302, &location).causes, [Cause::RedirectWithoutCors { status: 302 }]);
}

#[test]
fn the_same_header_twice() {
    let cause = [Cause::HeaderTwice { name: "Access-Control-Allow-Origin" }];
    let lines = [("Access-Control-Allow-Origin", PAGE), ("access-control-allow-origin", PAGE)];
    assert_eq!(actual(&get(), 200, &lines).causes, cause);
    let joined = [("Access-Control-Allow-Origin", "*, *")];
    assert_eq!(actual(&get(), 200, &joined).causes, cause);
}

#[test]
fn credentials_twice() {
    for values in [&["true, true"][..], &["true", "true"]] {
        let mut lines = ALLOWED.to_vec();
        lines.extend(values.iter().map(|value| ("Access-Control-Allow-Credentials", *value)));
        assert_eq!(actual(&get_with_credentials(), 200, &lines).causes, [Cause::CredentialsTwice]);
    }
}

#[test]
fn credentials_in_other_words() {
    let lines = [ALLOWED, &[("Access-Control-Allow-Credentials", "True")]].concat();
    let cause = Cause::CredentialsNotTrue { value: "True".into() };
    assert_eq!(actual(&get_with_credentials(), 200, &lines).causes, [cause]);
    assert_eq!(actual(&get(), 200, &lines).causes, []);
}

#[test]
fn origins_written_wrong() {
    let causes = |value: &str| actual(&get(), 200, &[("Access-Control-Allow-Origin", value)]).causes;
    let value = |value: &str| value.to_owned();
    let slash = "https://app.example/";
    assert_eq!(causes(slash), [Cause::OriginTrailingSlash { value: value(slash) }]);
    let list = "https://app.example, https://www.example";
    assert_eq!(causes(list), [Cause::OriginList { value: value(list) }]);
    let spaced = "https://app.example https://www.example";
    assert_eq!(causes(spaced), [Cause::OriginList { value: value(spaced) }]);
    let pattern = "https://*.example";
    assert_eq!(causes(pattern), [Cause::OriginPattern { value: value(pattern) }]);
    for odd in
        ["app.example", "https://App.example", "https://app.example:443", "https://app.example/x", "\"*x"]
    {
        let expected = if odd.contains('*') {
            Cause::OriginPattern { value: value(odd) }
        } else {
            Cause::OriginNotSerialized { value: value(odd) }
        };
        assert_eq!(causes(odd), [expected]);
    }
    assert_eq!(causes("https://other.example"), []);
}

#[test]
fn wildcards_with_credentials() {
    let wildcard = [("Access-Control-Allow-Origin", "*"), ("Access-Control-Allow-Credentials", "true")];
    assert_eq!(actual(&get_with_credentials(), 200, &wildcard).causes, [Cause::WildcardWithCredentials]);
    let allowed = [
        ("Access-Control-Allow-Origin", PAGE),
        ("Access-Control-Allow-Credentials", "true"),
        ("Access-Control-Allow-Methods", "*"),
        ("Access-Control-Allow-Headers", "*"),
    ];
    let cause = |name| [Cause::WildcardListWithCredentials { name }];
    let put = request("PUT", &[], CredentialsMode::Include);
    assert_eq!(preflight(&put, 204, &allowed).causes, cause("Access-Control-Allow-Methods"));
    let headers = request("GET", &[("X-Id", "1")], CredentialsMode::Include);
    assert_eq!(preflight(&headers, 204, &allowed).causes, cause("Access-Control-Allow-Headers"));
}

#[test]
fn a_wildcard_expected_to_cover_authorization() {
    let request = request("GET", &[("Authorization", "Bearer x")], CredentialsMode::SameOrigin);
    let allowed = [("Access-Control-Allow-Origin", "*"), ("Access-Control-Allow-Headers", "*")];
    let explanation = preflight(&request, 204, &allowed);
    assert_eq!(explanation.causes, [Cause::WildcardForAuthorization]);
    assert!(!explanation.is_refused());
    let lines: Vec<String> = explanation.advice.answers[0].lines().collect();
    assert_eq!(lines, ["Access-Control-Allow-Headers: *, authorization"]);
}

#[test]
fn response_headers_on_a_request() {
    let name = "Access-Control-Allow-Origin".to_owned();
    let request = request("GET", &[("Access-Control-Allow-Origin", "*")], CredentialsMode::SameOrigin);
    let explanation = preflight(&request, 204, &[("Access-Control-Allow-Origin", "*")]);
    assert_eq!(explanation.causes, [Cause::ResponseHeaderOnRequest { name }]);
}

#[test]
fn no_cors_that_should_be_readable() {
    let mut request = get();
    request.mode = RequestMode::NoCors;
    assert_eq!(actual(&request, 200, &[]).causes, [Cause::NoCorsUnreadable]);
    request.initiator = cors_engine::Initiator::Image;
    assert_eq!(actual(&request, 200, &[]).causes, []);
}

#[test]
fn methods_in_lower_case() {
    let request = request("patch", &[], CredentialsMode::SameOrigin);
    let allowed = [("Access-Control-Allow-Origin", "*"), ("Access-Control-Allow-Methods", "PATCH")];
    let cause = Cause::MethodCase { method: "patch".into() };
    assert_eq!(preflight(&request, 204, &allowed).causes, [cause]);
}

#[test]
fn origins_lost_in_redirects() {
    let location = [("Access-Control-Allow-Origin", "*"), ("Location", "https://cdn.example/x")];
    let exchanges = vec![
        observed(Exchange::Actual, API, 302, &location),
        observed(Exchange::Actual, "https://cdn.example/x", 200, ALLOWED),
    ];
    let explanation = explain(&get(), &Evidence::from(exchanges));
    assert_eq!(explanation.causes, [Cause::OriginLostInRedirects]);
}

#[test]
fn a_missing_vary() {
    let explanation = actual(&get(), 200, &[("Access-Control-Allow-Origin", PAGE), ("Vary", "Accept")]);
    assert_eq!(explanation.causes, [Cause::VaryMissing]);
    let lines: Vec<String> = explanation.advice.answers[0].lines().collect();
    assert_eq!(lines, ["Vary: Accept, Origin"]);
    for vary in ["*", "accept, ORIGIN"] {
        assert_eq!(actual(&get(), 200, &[("Access-Control-Allow-Origin", PAGE), ("Vary", vary)]).causes, []);
    }
    let post = request("POST", &[], CredentialsMode::SameOrigin);
    assert_eq!(actual(&post, 200, &[("Access-Control-Allow-Origin", PAGE)]).causes, []);
}

#[test]
fn headers_lost_at_the_edge() {
    let cause = |edge| [Cause::StrippedAtEdge { edge }];
    let leftover = [("Via", "1.1 edge"), ("Access-Control-Expose-Headers", "ETag")];
    assert_eq!(actual(&get(), 200, &leftover).causes, cause("Via"));
    assert_eq!(actual(&get(), 200, &[("Via", "1.1 edge")]).causes, []);
    let evidence = Evidence {
        exchanges: vec![observed(Exchange::Actual, API, 200, &[("X-Cache", "HIT")])],
        elsewhere: vec![observed(Exchange::Actual, "https://origin.internal/v1", 200, ALLOWED)],
    };
    assert_eq!(explain(&get(), &evidence).causes, cause("X-Cache"));
}

#[test]
fn codes_are_words_with_hyphens_and_everything_has_words() {
    let all = [
        preflight(&put(), 401, &[]),
        preflight(&put(), 404, &[]),
        actual(&get(), 500, &[]),
        actual(&get_with_credentials(), 200, &[("Access-Control-Allow-Origin", "*")]),
    ];
    for cause in all.iter().flat_map(|explanation| &explanation.causes) {
        assert!(cause.code().bytes().all(|byte| byte == b'-' || byte.is_ascii_lowercase()));
        assert!(cause.words().ends_with('.') && cause.remedy().ends_with('.'));
    }
}
