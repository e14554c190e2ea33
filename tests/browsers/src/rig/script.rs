//! What the scripted server answers: exactly the bytes of the scenario, plus what keeps the transport honest.

use super::prefix;
use crate::server::{Received, Reply};
use cors_engine::scenario::{Answer, Step, WireEntry, WireKind};
use url::Url;

/// The body of every response that does not announce another length.
const BODY: &str = "ok\n";

/// Header names that a response carries although the scenario does not mention them.
pub(super) type Added = Vec<&'static str>;

/// What is not the scenario's own in a response that no server gave: Firefox adds a length to `data:` responses.
pub(super) fn added_unless_scripted() -> Added {
    vec!["content-length", "cache-control"]
}

/// The log entry for a request of a scenario.
pub(super) fn log(request: &Received) -> WireEntry {
    let header = |name| Some(request.header(name).map(String::from));
    let is_preflight = request.is_preflight();
    WireEntry {
        kind: if is_preflight { WireKind::Preflight } else { WireKind::Actual },
        method: request.method.clone(),
        url: prefix::remove(request.url.as_str()),
        origin: header("origin"),
        acrm: is_preflight.then(|| header("access-control-request-method")).flatten(),
        acrh: is_preflight.then(|| header("access-control-request-headers")).flatten(),
    }
}

/// What a step answers to a request of run `id`; a URL that it does not list answers 404.
pub(super) fn answer(step: &Step, request: &Received, id: u64) -> (Reply, Added) {
    let url = prefix::remove(request.url.as_str());
    let answers = step.server.iter().find(|(listed, _)| server_key(listed).as_deref() == Some(url.as_str()));
    let answer = answers.and_then(|(_, answers)| {
        if request.is_preflight() { answers.preflight.as_ref() } else { answers.actual.as_ref() }
    });
    match answer {
        Some(answer) => reply(answer, request.is_preflight(), id),
        None => reply(&Answer { status: 404, headers: Vec::new() }, request.is_preflight(), id),
    }
}

fn reply(answer: &Answer, is_preflight: bool, id: u64) -> (Reply, Added) {
    let listed = |name: &str| answer.headers.iter().find(|(listed, _)| listed.eq_ignore_ascii_case(name));
    let length = listed("content-length");
    let announced = length.and_then(|(_, value)| value.trim().parse().ok());
    let body: Vec<u8> = BODY.bytes().cycle().take(announced.unwrap_or(BODY.len())).collect();
    let mut headers: Vec<_> = answer
        .headers
        .iter()
        .map(|(name, value)| {
            let is_location = name.eq_ignore_ascii_case("location");
            (name.clone(), if is_location { prefix::insert(value, id) } else { value.clone() })
        })
        .collect();
    let mut added = Added::new();
    if length.is_none() && answer.status != 204 {
        headers.push(("Content-Length".into(), body.len().to_string()));
        added.push("content-length");
    }
    if listed("cache-control").is_none() && !is_preflight {
        // Scenarios assume an empty HTTP cache.
        headers.push(("Cache-Control".into(), "no-store".into()));
        added.push("cache-control");
    }
    let reply = Reply::new(answer.status, headers, body);
    let is_delimited = length.is_none() || announced.is_some();
    (if is_delimited { reply } else { reply.until_close() }, added)
}

/// A server URL in the form that request URLs have: lower-case host, no default port, no fragment, no userinfo.
/// The path stays as written: a scenario that means `%C3%A9` says `%C3%A9`.
fn server_key(listed: &str) -> Option<String> {
    let origin = Url::parse(listed).ok()?.origin().ascii_serialization();
    let (_, after_scheme) = listed.split_once("://")?;
    let path = after_scheme.find(['/', '?', '#']).map_or("", |start| &after_scheme[start..]);
    let path = path.split('#').next().unwrap_or_default();
    let slash = if path.starts_with('/') { "" } else { "/" };
    Some(format!("{origin}{slash}{path}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_compared_as_urls_but_for_their_path() {
        let key = |listed| server_key(listed).unwrap();
        assert_eq!(key("HTTP://user@B.test:80/x#f"), "http://b.test/x");
        assert_eq!(key("https://b.test?q"), "https://b.test/?q");
        assert_eq!(key("https://b.test:8080"), "https://b.test:8080/");
        assert_eq!(key("http://b.test/\u{e9}"), "http://b.test/\u{e9}");
    }
}
