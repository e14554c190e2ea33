//! The transport of probes: one request, one response head, redirects left alone.

use cors_engine::Outgoing;
use cors_engine::protocol::{HeaderLines, HeaderList, Origin};
use std::io;
use std::path::Path;
use std::time::Duration;
use ureq::Agent;
use ureq::http::{HeaderName, HeaderValue, Method, Request};
use ureq::tls::{PemItem, RootCerts, TlsConfig};
use url::Url;

const USER_AGENT: &str = concat!("cors/", env!("CARGO_PKG_VERSION"));

/// Why a server cannot be asked: a sentence for people.
pub(super) struct Unreachable(String);

impl std::fmt::Display for Unreachable {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// An HTTP client that decides nothing.
pub(super) struct Transport {
    agent: Agent,
    timeout: Duration,
}

impl Transport {
    pub(super) fn new(timeout: Duration, insecure: bool, cacert: Option<&Path>) -> Result<Self, Unreachable> {
        let roots = cacert.map_or(Ok(RootCerts::WebPki), root_certificates)?;
        let tls = TlsConfig::builder().disable_verification(insecure).root_certs(roots).build();
        let config = Agent::config_builder()
            .tls_config(tls)
            .timeout_global(Some(timeout))
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .allow_non_standard_methods(true)
            .user_agent(USER_AGENT)
            .build();
        Ok(Transport { agent: config.into(), timeout })
    }

    /// Sends what `page` would send, and gives the head of the answer.
    pub(super) fn send(
        &self,
        outgoing: Outgoing<'_>,
        page: &Origin,
    ) -> Result<(u16, HeaderList), Unreachable> {
        let url = outgoing.url();
        let request = request(outgoing, page)
            .map_err(|error| Unreachable(format!("{url} cannot be asked: {error}")))?;
        let response = self.agent.run(request).map_err(|error| self.unreachable(url, &error))?;
        let headers = response.headers().header_lines().collect();
        Ok((response.status().as_u16(), headers))
    }

    fn unreachable(&self, url: &Url, error: &ureq::Error) -> Unreachable {
        let host = url.host_str().unwrap_or_default();
        let seconds = self.timeout.as_secs();
        let certificate = "Trust its issuer with --cacert, or anybody with --insecure";
        Unreachable(match error {
            ureq::Error::HostNotFound => format!("{host} is not known to DNS"),
            ureq::Error::Timeout(_) => {
                format!("{url} did not answer within {seconds} seconds; --timeout allows it more")
            }
            ureq::Error::Rustls(error) => format!("{host} cannot be trusted: {error}. {certificate}"),
            ureq::Error::Io(error) if is_tls(error) => {
                format!("{host} cannot be trusted: {error}. {certificate}")
            }
            ureq::Error::Io(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
                format!("{url} cannot be reached: nothing listens there")
            }
            error => format!("{url} cannot be reached: {error}"),
        })
    }
}

/// Whether an error of the connection comes from TLS.
fn is_tls(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.to_string().contains("certificate"))
}

fn root_certificates(path: &Path) -> Result<RootCerts, Unreachable> {
    let problem = |what: &dyn std::fmt::Display| Unreachable(format!("{} {what}", path.display()));
    let pem = std::fs::read(path).map_err(|error| problem(&format!("cannot be read: {error}")))?;
    let mut certificates = Vec::new();
    for item in ureq::tls::parse_pem(&pem) {
        match item {
            Ok(PemItem::Certificate(certificate)) => certificates.push(certificate),
            Ok(_) => {}
            Err(error) => return Err(problem(&format!("is no PEM file: {error}"))),
        }
    }
    if certificates.is_empty() {
        return Err(problem(&"has no certificate in PEM form"));
    }
    Ok(RootCerts::new_with_certs(&certificates))
}

fn request(outgoing: Outgoing<'_>, page: &Origin) -> Result<Request<()>, ureq::http::Error> {
    let mut url = outgoing.url().clone();
    url.set_fragment(None);
    let mut request = Request::builder().method(Method::from_bytes(outgoing.method())?).uri(url.as_str());
    if let Some(headers) = request.headers_mut() {
        for (name, value) in outgoing.headers() {
            headers.append(HeaderName::from_bytes(name)?, HeaderValue::from_bytes(value)?);
        }
        // What browsers say of the request to servers that can be trusted with it.
        if Origin::of(&url).is_potentially_trustworthy() {
            headers.insert("sec-fetch-dest", HeaderValue::from_static("empty"));
            headers.insert("sec-fetch-mode", HeaderValue::from_static("cors"));
            headers.insert("sec-fetch-site", HeaderValue::from_static(site(page, &url)));
        }
    }
    request.body(())
}

/// How the page and the server stand to each other, as Fetch Metadata says it.
fn site(page: &Origin, url: &Url) -> &'static str {
    let server = Origin::of(url);
    let scheme = |origin: &Origin| match origin {
        Origin::Tuple(tuple) => Some(tuple.scheme().to_owned()),
        Origin::Opaque => None,
    };
    if page.is_same_origin(&server) {
        "same-origin"
    } else if page.is_schemelessly_same_site(&server) && scheme(page) == scheme(&server) {
        "same-site"
    } else {
        "cross-site"
    }
}
