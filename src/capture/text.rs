//! What the text formats have in common: requests and responses in turn, and a user who says what the text
//! leaves out.

use super::message::{Head, Start};
use super::{Capture, Entry, Format, Meant, Response, Unusable, UnusableKind, chain, infer};
use crate::protocol::{HeaderList, Headers};
use url::Url;

/// Makes a capture out of what a text held.
pub(super) fn capture(format: Format, pairing: Pairing<'_>, meant: &Meant) -> Result<Capture, Unusable> {
    let Pairing { mut entries, mut assumed, .. } = pairing;
    if entries.is_empty() {
        return Err(Unusable::new(UnusableKind::NoExchange, "holds no HTTP exchange"));
    }
    take_as_meant(&mut entries, &mut assumed, meant);
    let fetches = chain::chains(entries)?
        .into_iter()
        .map(|chain| infer::from_text(chain, meant, &assumed))
        .collect::<Result<_, _>>()?;
    Ok(Capture { format, creator: None, engine: None, fetches, set_aside: 0 })
}

/// People try a server with less than a browser sends: an OPTIONS without what it asks, a GET for a PUT.
fn take_as_meant(entries: &mut [Entry], assumed: &mut Vec<String>, meant: &Meant) {
    let mut note = |text: String| {
        if !assumed.contains(&text) {
            assumed.push(text);
        }
    };
    let options_is_meant =
        meant.method.as_deref().is_some_and(|method| method.eq_ignore_ascii_case("options"));
    let actual = entries.iter().map(|entry| &entry.method).find(|method| *method != b"OPTIONS");
    let method = meant.method.clone().map(String::into_bytes).or_else(|| actual.cloned());
    let method = method.unwrap_or_else(|| b"GET".into());
    for entry in entries {
        let asked = entry.header("access-control-request-method");
        if entry.method == b"OPTIONS" && !options_is_meant {
            if asked.is_none() {
                note(
                    "The OPTIONS request says nothing of a method, and is taken as a preflight all the same."
                        .into(),
                );
            }
            if asked.is_none() || meant.method.is_some() {
                entry.headers.delete(b"access-control-request-method");
                entry.headers.append(b"Access-Control-Request-Method", &method);
            }
        } else if meant.method.is_some() && entry.method != method {
            let (was, is) = (entry.method.escape_ascii(), method.escape_ascii());
            note(format!("The answer to {was} is taken as the answer to {is}."));
            entry.method.clone_from(&method);
        }
    }
}

/// What is known of the scheme of targets that have none.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Scheme {
    Http,
    Https,
    Unknown,
}

/// Puts each response to its request, and keeps what had to be assumed.
pub(super) struct Pairing<'a> {
    pub(super) scheme: Scheme,
    meant: &'a Meant,
    entries: Vec<Entry>,
    assumed: Vec<String>,
    /// A proxy is asked for a tunnel: its answer is no answer of the server.
    connecting: bool,
}

impl<'a> Pairing<'a> {
    pub(super) fn new(meant: &'a Meant) -> Self {
        let scheme = Scheme::Unknown;
        Pairing { scheme, meant, entries: Vec::new(), assumed: Vec::new(), connecting: false }
    }

    pub(super) fn push(&mut self, entry: Entry) {
        self.entries.push(entry);
    }

    pub(super) fn take(&mut self, head: Head) -> Result<(), Unusable> {
        match head.start {
            Start::Request { ref method, .. } if method == b"CONNECT" => self.connecting = true,
            Start::Request { method, target } => {
                self.connecting = false;
                let url = self.url(&target, &head.headers, head.line)?;
                self.entries.push(Entry::new(method, url, head.headers, None));
            }
            Start::Response { status: 100..=199 } => {}
            Start::Response { .. } if self.connecting => {}
            Start::Response { status } => {
                let response = Response { status, headers: head.headers };
                match self.entries.last_mut() {
                    Some(entry) if entry.response.is_none() => entry.response = Some(response),
                    _ => {
                        return Err(Unusable::at(head.line, "a response without a request before it"));
                    }
                }
            }
        }
        Ok(())
    }

    fn url(&mut self, target: &[u8], headers: &HeaderList, line: usize) -> Result<Url, Unusable> {
        let problem = |what: &str| {
            let start = target[..target.len().min(80)].escape_ascii();
            Unusable::at(line, format!("{what}: \"{start}\""))
        };
        let text = core::str::from_utf8(target).map_err(|_| problem("the request's target is not UTF-8"))?;
        if !text.starts_with('/') && text != "*" {
            let url = Url::parse(text).map_err(|_| problem("the request's target is no URL"))?;
            if !matches!(url.scheme(), "http" | "https") {
                return Err(problem("only http and https URLs are asked by CORS"));
            }
            return Ok(url);
        }
        let host = Headers::of(headers).get(b"host");
        let host = host.as_deref().and_then(|host| core::str::from_utf8(host).ok());
        let base = match (host, &self.meant.url) {
            (_, Some(url)) => url.clone(),
            (Some(host), None) => {
                let scheme = self.scheme_of(host);
                let text = format!("{scheme}://{host}/");
                Url::parse(&text).map_err(|_| problem("the Host header is no host"))?
            }
            (None, None) => {
                self.assume("The request has no Host header; name the URL to be exact.");
                unknown_url()?
            }
        };
        Ok(with_target(base, text))
    }

    fn scheme_of(&mut self, host: &str) -> &'static str {
        match self.scheme {
            Scheme::Http => "http",
            Scheme::Https => "https",
            Scheme::Unknown if host.ends_with(":80") => "http",
            Scheme::Unknown => {
                self.assume("The server is taken to be asked by https; name the URL if it is not.");
                "https"
            }
        }
    }

    pub(super) fn assume(&mut self, what: &str) {
        if !self.assumed.iter().any(|assumed| assumed == what) {
            self.assumed.push(what.into());
        }
    }
}

impl Entry {
    /// An exchange of which nothing is known beside the messages.
    pub(super) fn new(method: Vec<u8>, url: Url, headers: HeaderList, response: Option<Response>) -> Self {
        Entry { method, url, headers, response, destination: None, started: None, failure: None, page: None }
    }
}

/// What `target` names on the server of `base`: a path and a query, or `*`. It is never a reference to
/// another server, however many slashes it begins with.
fn with_target(base: Url, target: &str) -> Url {
    let target = if target == "*" { "/" } else { target };
    let (target, fragment) = split(target, '#');
    let (path, query) = split(target, '?');
    let mut url = base;
    url.set_path(path);
    url.set_query(query);
    url.set_fragment(fragment);
    url
}

fn split(text: &str, at: char) -> (&str, Option<&str>) {
    text.split_once(at).map_or((text, None), |(before, after)| (before, Some(after)))
}

/// Stands for a URL that the input does not name.
pub(super) fn unknown_url() -> Result<Url, Unusable> {
    Url::parse("https://unknown.invalid/")
        .map_err(|error| Unusable::new(UnusableKind::Malformed, error.to_string()))
}
