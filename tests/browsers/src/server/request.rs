//! Reading requests as browsers write them: origin-form, absolute-form and `CONNECT`.

use anyhow::{Context, Result, bail, ensure};
use std::io::{BufRead, Read};
use url::Url;

/// No head of a scenario comes near this; it stops a runaway client.
const LONGEST_HEAD: u64 = 1 << 20;
/// No body of a scenario comes near this either.
const LONGEST_BODY: u64 = 1 << 24;

/// Whether the connection is encrypted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Scheme {
    Http,
    Https,
}

impl Scheme {
    fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }
}

/// One request, whole.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) method: String,
    /// Absolute, without fragment and without userinfo. Not meaningful for `CONNECT`.
    pub(crate) url: Url,
    /// Header lines in order; each `char` stands for one byte.
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Received {
    /// The header lines in order.
    pub(crate) fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The value of the first line with this name (in lower case), if there is one.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(line, _)| line.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Whether the browser asks on its own account if it may send the actual request.
    pub(crate) fn is_preflight(&self) -> bool {
        self.method == "OPTIONS" && self.header("access-control-request-method").is_some()
    }
}

/// Reads the next request; `None` when the client closed the connection instead.
pub(super) fn read(stream: &mut impl BufRead, scheme: Scheme) -> Result<Option<Received>> {
    let mut head = stream.take(LONGEST_HEAD);
    let Some(start) = read_line(&mut head)? else { return Ok(None) };
    let mut words = start.split(' ');
    let (Some(method), Some(target), Some(_)) = (words.next(), words.next(), words.next()) else {
        bail!("not a request line: {start:?}");
    };
    let mut headers = Vec::new();
    loop {
        let line = read_line(&mut head)?.context("the head ends early")?;
        if line.is_empty() {
            break;
        }
        let (name, value) = line.split_once(':').context("a header line without a colon")?;
        headers.push((name.to_owned(), value.trim_matches([' ', '\t']).to_owned()));
    }
    let mut request =
        Received { method: method.to_owned(), url: Url::parse("about:blank")?, headers, body: Vec::new() };
    if method != "CONNECT" {
        request.url = absolute_url(target, request.header("host"), scheme)?;
        request.body = read_body(stream, &request)?;
    }
    Ok(Some(request))
}

/// The URL that a request target means on a connection of this scheme.
fn absolute_url(target: &str, host: Option<&str>, scheme: Scheme) -> Result<Url> {
    let mut url = if target.starts_with('/') || target == "*" {
        let host = host.context("a request without Host")?;
        let path = if target == "*" { "/" } else { target };
        Url::parse(&format!("{}://{host}{path}", scheme.as_str()))?
    } else {
        Url::parse(target)?
    };
    url.set_fragment(None);
    if url.has_authority() {
        // Only a proxy ever sees userinfo, so it is no part of what "reached a server".
        let removed = url.set_username("").and_then(|()| url.set_password(None));
        ensure!(removed.is_ok(), "a URL that cannot have userinfo: {url}");
    }
    Ok(url)
}

fn read_body(stream: &mut impl BufRead, request: &Received) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    if request.header("transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked")) {
        loop {
            let size = read_line(stream)?.context("the body ends early")?;
            let size = u64::from_str_radix(size.split(';').next().unwrap_or_default().trim(), 16)?;
            ensure!(size <= LONGEST_BODY, "a chunk of {size} bytes");
            stream.take(size).read_to_end(&mut body)?;
            read_line(stream)?.context("the body ends early")?;
            if size == 0 {
                return Ok(body);
            }
        }
    }
    if let Some(length) = request.header("content-length") {
        stream.take(length.parse::<u64>()?.min(LONGEST_BODY)).read_to_end(&mut body)?;
    }
    Ok(body)
}

/// One line without its end, each byte as the `char` of the same number; `None` at the end of the stream.
fn read_line(stream: &mut impl BufRead) -> Result<Option<String>> {
    let mut line = Vec::new();
    if stream.read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    ensure!(line.pop() == Some(b'\n'), "a line is cut off");
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    Ok(Some(line.into_iter().map(char::from).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &[u8], scheme: Scheme) -> Received {
        read(&mut &*text, scheme).unwrap().unwrap()
    }

    #[test]
    fn origin_form_takes_its_host_from_the_header() {
        let request = parse(b"GET /x?q HTTP/1.1\r\nHost: b.test:8080\r\n\r\n", Scheme::Https);
        assert_eq!(request.method, "GET");
        assert_eq!(request.url.as_str(), "https://b.test:8080/x?q");
    }

    #[test]
    fn absolute_form_loses_its_userinfo() {
        let request = parse(b"GET http://user:pass@b.test/x HTTP/1.1\r\nHost: b.test\r\n\r\n", Scheme::Http);
        assert_eq!(request.url.as_str(), "http://b.test/x");
    }

    #[test]
    fn connect_has_no_url() {
        let request = parse(b"CONNECT b.test:443 HTTP/1.1\r\nHost: b.test:443\r\n\r\n", Scheme::Http);
        assert_eq!(request.method, "CONNECT");
    }

    #[test]
    fn header_values_keep_every_byte_and_names_any_case() {
        let request =
            parse(b"GET / HTTP/1.1\r\nHost: b.test\r\nX-A: \x01\xe9 z \t\r\nx-a: 2\r\n\r\n", Scheme::Http);
        assert_eq!(request.header("x-a"), Some("\u{1}\u{e9} z"));
    }

    #[test]
    fn bodies_are_read_by_length_and_by_chunks() {
        let text = b"POST / HTTP/1.1\r\nHost: b.test\r\nContent-Length: 3\r\n\r\nabcGET";
        assert_eq!(parse(text, Scheme::Http).body, b"abc");
        let text =
            b"POST / HTTP/1.1\r\nHost: b.test\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1;x\r\nc\r\n0\r\n\r\n";
        assert_eq!(parse(text, Scheme::Http).body, b"abc");
    }

    #[test]
    fn a_closed_connection_is_no_request_and_a_torn_one_an_error() {
        assert!(read(&mut &b""[..], Scheme::Http).unwrap().is_none());
        assert!(read(&mut &b"GET / HT"[..], Scheme::Http).is_err());
        assert!(read(&mut &b"GET / HTTP/1.1\r\nHost: b.test\r\n"[..], Scheme::Http).is_err());
    }
}
