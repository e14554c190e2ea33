//! Transcripts of curl: what it prints with `-v`, and what it prints with `-i`.

use super::message::{Building, Head, Line, Lines, Start};
use super::raw;
use super::text::{self, Pairing, Scheme, unknown_url};
use super::{Capture, Entry, Format, Meant, Response, Unusable};
use crate::Request;
use crate::explain::{Classification, classify};
use crate::protocol::{HeaderList, Headers, Origin};
use url::Url;

/// Reads the text of `curl -v`: `>` marks what was sent, `<` what came back, `*` what curl says itself.
pub(super) fn read_verbose(bytes: &[u8], meant: &Meant) -> Result<Capture, Unusable> {
    let mut pairing = Pairing::new(meant);
    let mut building: Option<Building> = None;
    for line in Lines::of(bytes) {
        let text = line.text.trim_ascii_start();
        if let Some(remark) = text.strip_prefix(b"* ") {
            note_scheme(&mut pairing, remark);
        }
        let Some(text) = text.strip_prefix(b"> ").or_else(|| text.strip_prefix(b"< ")) else {
            // A bare mark ends a head.
            if matches!(text, b">" | b"<") {
                finish(&mut building, &mut pairing)?;
            }
            continue;
        };
        let line = Line { text, ..line };
        match (&mut building, Building::begin(line)) {
            (_, Some(begun)) => {
                finish(&mut building, &mut pairing)?;
                building = Some(begun);
            }
            (Some(_), None) if text.is_empty() => finish(&mut building, &mut pairing)?,
            (Some(building), None) => building.push(line)?,
            // A line of a body that happens to begin with a mark.
            (None, None) => {}
        }
    }
    finish(&mut building, &mut pairing)?;
    text::capture(Format::CurlVerbose, pairing, meant)
}

fn finish(building: &mut Option<Building>, pairing: &mut Pairing<'_>) -> Result<(), Unusable> {
    building.take().map_or(Ok(()), |building| pairing.take(building.finish()))
}

/// Learns the scheme from what curl says of the connection.
fn note_scheme(pairing: &mut Pairing<'_>, remark: &[u8]) {
    let remark = String::from_utf8_lossy(remark);
    let says = |words: &str| remark.contains(words);
    let connects = remark.starts_with("Connected to") || remark.starts_with("Established connection to");
    if ["SSL connection", "TLS handshake", "OPENED stream for https:", "existing https:"]
        .into_iter()
        .any(says)
    {
        pairing.scheme = Scheme::Https;
    } else if connects || says("existing http:") {
        pairing.scheme = if says("port 443") { Scheme::Https } else { Scheme::Http };
    }
}

/// Reads the text of `curl -i`: responses only. What was asked is what the user says.
pub(super) fn read_include(bytes: &[u8], meant: &Meant) -> Result<Capture, Unusable> {
    let mut pairing = Pairing::new(meant);
    let mut url = match &meant.url {
        Some(url) => url.clone(),
        None => {
            pairing.assume("The URL is not in the input; name it to be exact.");
            unknown_url()?
        }
    };
    let mut responses: Vec<Response> = Vec::new();
    for Head { start, headers, line } in raw::heads(bytes)? {
        match start {
            Start::Request { .. } => {
                return Err(Unusable::at(
                    line,
                    "a request, which `curl -i` does not print; it may be HTTP messages as they are on the wire",
                ));
            }
            Start::Response { status: 100..=199 } => {}
            Start::Response { status } => responses.push(Response { status, headers }),
        }
    }
    let preflighted = is_preflighted(&url, meant);
    let several = responses.len() > 1;
    for (index, response) in responses.into_iter().enumerate() {
        let is_preflight = index == 0 && preflighted && (several || answers_preflight(&response));
        let target = url.clone();
        if is_preflight {
            pairing.assume("The first answer is taken as the answer to the preflight.");
        } else if preflighted && !several {
            pairing.assume("The answer is taken as the answer to the request itself, not to its preflight.");
        }
        if let Some(next) = redirect_target(&response, &url).filter(|_| !is_preflight) {
            url = next;
        }
        pairing.push(entry(is_preflight, target, response, meant));
    }
    text::capture(Format::CurlInclude, pairing, meant)
}

fn entry(is_preflight: bool, url: Url, response: Response, meant: &Meant) -> Entry {
    let meant_method = meant.method.clone().unwrap_or_else(|| "GET".into()).into_bytes();
    if is_preflight {
        let asked = [(&b"Access-Control-Request-Method"[..], &meant_method[..])];
        return Entry::new(b"OPTIONS".into(), url, asked.into_iter().collect(), Some(response));
    }
    Entry::new(meant_method, url, HeaderList::default(), Some(response))
}

fn is_preflighted(url: &Url, meant: &Meant) -> bool {
    let mut request = Request::new(meant.origin.clone().unwrap_or(Origin::Opaque), url.clone());
    if let Some(method) = &meant.method {
        request.method = method.as_str().into();
    }
    request.headers = meant.headers.clone();
    matches!(classify(&request), Classification::Preflighted(_))
}

/// Whether a single response looks like one to OPTIONS.
fn answers_preflight(response: &Response) -> bool {
    const NAMES: [&[u8]; 4] = [
        b"access-control-allow-methods",
        b"access-control-allow-headers",
        b"access-control-max-age",
        b"allow",
    ];
    let headers = Headers::of(&response.headers);
    NAMES.iter().any(|name| headers.contains(name)) || matches!(response.status, 204 | 405 | 501)
}

fn redirect_target(response: &Response, url: &Url) -> Option<Url> {
    let location = Headers::of(&response.headers).get(b"location")?;
    let is_redirect = matches!(response.status, 301 | 302 | 303 | 307 | 308);
    url.join(core::str::from_utf8(&location).ok()?).ok().filter(|_| is_redirect)
}
