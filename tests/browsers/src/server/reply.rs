//! Replies, written byte for byte as they were asked for.

use std::io::{self, Write};

/// One response. Nothing is added to its header lines.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    closes: bool,
}

impl Reply {
    /// A response with exactly these header lines; each `char` up to U+00FF stands for one byte.
    pub(crate) fn new(status: u16, headers: Vec<(String, String)>, body: Vec<u8>) -> Self {
        // After a 1xx the client waits for a final response that will not come.
        Self { status, headers, body, closes: status < 200 }
    }

    /// The response whose end is the end of the connection, because its header lines do not tell it.
    pub(crate) fn until_close(self) -> Self {
        Self { closes: true, ..self }
    }

    /// A response whose length is announced.
    pub(crate) fn sized(status: u16, headers: &[(&str, &str)], body: impl Into<Vec<u8>>) -> Self {
        let body = body.into();
        let mut headers: Vec<_> = headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        if status != 204 {
            headers.push(("Content-Length".into(), body.len().to_string()));
        }
        Self::new(status, headers, body)
    }

    /// Whether the connection cannot be used again.
    pub(super) fn closes(&self) -> bool {
        self.closes
    }

    /// Writes the response in one piece.
    pub(super) fn write(&self, stream: &mut impl Write, is_head: bool) -> io::Result<()> {
        let mut bytes = format!("HTTP/1.1 {} {}\r\n", self.status, reason_phrase(self.status)).into_bytes();
        for (name, value) in &self.headers {
            bytes.extend(to_bytes(name));
            bytes.extend(b": ");
            bytes.extend(to_bytes(value));
            bytes.extend(b"\r\n");
        }
        bytes.extend(b"\r\n");
        if !is_head && !matches!(self.status, 100..=199 | 204 | 304) {
            bytes.extend(&self.body);
        }
        stream.write_all(&bytes)?;
        stream.flush()
    }
}

/// `char`s up to U+00FF as bytes, others in UTF-8.
fn to_bytes(text: &str) -> Vec<u8> {
    let mut buffer = [0; 4];
    let mut bytes = Vec::with_capacity(text.len());
    for letter in text.chars() {
        match u8::try_from(letter) {
            Ok(byte) => bytes.push(byte),
            Err(_) => bytes.extend(letter.encode_utf8(&mut buffer).as_bytes()),
        }
    }
    bytes
}

/// The registered phrase, since consoles repeat it; codes without one get a word that shows where it is from.
fn reason_phrase(status: u16) -> &'static str {
    http::StatusCode::from_u16(status).ok().and_then(|code| code.canonical_reason()).unwrap_or("Rig")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(reply: &Reply, is_head: bool) -> Vec<u8> {
        let mut bytes = Vec::new();
        reply.write(&mut bytes, is_head).unwrap();
        bytes
    }

    #[test]
    fn lines_are_written_as_given() {
        let line = |value: &str| ("x-a".to_owned(), value.to_owned());
        let reply = Reply::new(299, vec![line(" \u{e9}\t"), line("")], b"ok".to_vec());
        assert_eq!(written(&reply, false), b"HTTP/1.1 299 Rig\r\nx-a:  \xe9\t\r\nx-a: \r\n\r\nok");
    }

    #[test]
    fn heads_and_bodyless_statuses_have_no_body() {
        assert!(written(&Reply::sized(200, &[], "ok"), true).ends_with(b"Content-Length: 2\r\n\r\n"));
        assert!(written(&Reply::new(204, Vec::new(), b"ok".to_vec()), false).ends_with(b"\r\n\r\n"));
    }
}
