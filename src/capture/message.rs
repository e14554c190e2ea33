//! HTTP messages as text: start lines, header lines, and what lies between messages.

use super::{HEADERS_LIMIT, Unusable};
use crate::protocol::{HeaderList, is_token};

/// The head of a message.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) start: Start,
    pub(super) headers: HeaderList,
    /// The number of its first line, from 1.
    pub(super) line: usize,
}

/// A start line.
#[derive(Debug)]
pub(super) enum Start {
    Request { method: Vec<u8>, target: Vec<u8> },
    Response { status: u16 },
}

impl Start {
    pub(super) fn parse(line: &[u8]) -> Option<Self> {
        let line = line.trim_ascii_end();
        let mut words = line.split(|&byte| byte == b' ').filter(|word| !word.is_empty());
        let (first, second, third) = (words.next()?, words.next()?, words.next());
        if is_version(first) {
            let status = core::str::from_utf8(second).ok()?.parse().ok()?;
            return (second.len() == 3).then_some(Start::Response { status });
        }
        let is_request = is_token(first) && third.is_some_and(is_version) && words.next().is_none();
        is_request.then(|| Start::Request { method: first.into(), target: second.into() })
    }
}

fn is_version(word: &[u8]) -> bool {
    let Some(version) = word.strip_prefix(b"HTTP/") else { return false };
    matches!(version, [b'0'..=b'9'] | [b'0'..=b'9', b'.', b'0'..=b'9'])
}

pub(super) fn is_status_line(line: &[u8]) -> bool {
    matches!(Start::parse(line), Some(Start::Response { .. }))
}

pub(super) fn is_request_line(line: &[u8]) -> bool {
    matches!(Start::parse(line), Some(Start::Request { .. }))
}

/// A line without its end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    /// From 1.
    pub(super) number: usize,
    pub(super) text: &'a [u8],
}

/// The lines of some bytes, ended by CRLF or LF.
#[derive(Clone, Debug)]
pub(super) struct Lines<'a> {
    rest: &'a [u8],
    number: usize,
}

impl<'a> Lines<'a> {
    pub(super) fn of(bytes: &'a [u8]) -> Self {
        Lines { rest: bytes, number: 0 }
    }

    /// Skips `length` bytes of a body, if a message or nothing follows them.
    pub(super) fn skip_body(&mut self, length: usize) {
        let Some(after) = self.rest.get(length..) else { return };
        let follows = Lines::of(after.trim_ascii_start()).next();
        if follows.is_none_or(|line| Start::parse(line.text).is_some()) {
            let skipped = &self.rest[..length];
            self.number += skipped.iter().filter(|&&byte| byte == b'\n').count();
            self.rest = after;
        }
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = Line<'a>;

    fn next(&mut self) -> Option<Line<'a>> {
        if self.rest.is_empty() {
            return None;
        }
        let end = self.rest.iter().position(|&byte| byte == b'\n');
        let (text, rest) = match end {
            Some(end) => (&self.rest[..end], &self.rest[end + 1..]),
            None => (self.rest, &[][..]),
        };
        self.rest = rest;
        self.number += 1;
        Some(Line { number: self.number, text: text.strip_suffix(b"\r").unwrap_or(text) })
    }
}

/// A head that is being read line by line.
#[derive(Debug)]
pub(super) struct Building {
    head: Head,
    last: Option<(Vec<u8>, Vec<u8>)>,
    bytes: usize,
}

impl Building {
    /// Begins a head, if `line` is a start line.
    pub(super) fn begin(line: Line<'_>) -> Option<Self> {
        let start = Start::parse(line.text)?;
        let head = Head { start, headers: HeaderList::default(), line: line.number };
        Some(Building { head, last: None, bytes: 0 })
    }

    /// Takes a header line, or the continuation of one.
    pub(super) fn push(&mut self, line: Line<'_>) -> Result<(), Unusable> {
        self.bytes += line.text.len();
        if self.bytes > HEADERS_LIMIT {
            return Err(Unusable::at(
                line.number,
                format!(
                    "the headers of one message are larger than {} KiB, which no browser takes",
                    HEADERS_LIMIT / 1024
                ),
            ));
        }
        if let ([b' ' | b'\t', ..], Some((_, value))) = (line.text, &mut self.last) {
            value.push(b' ');
            value.extend_from_slice(line.text.trim_ascii());
            return Ok(());
        }
        let colon = line.text.iter().position(|&byte| byte == b':').filter(|&colon| colon > 0);
        let (name, value) = match colon {
            // HTTP/2 pseudo-headers say what the start line says.
            None if line.text.starts_with(b":") => return Ok(()),
            None => return Err(not_a_header(line)),
            Some(colon) => (&line.text[..colon], &line.text[colon + 1..]),
        };
        if !is_token(name) {
            return Err(not_a_header(line));
        }
        self.flush();
        self.last = Some((name.to_vec(), value.trim_ascii().to_vec()));
        Ok(())
    }

    pub(super) fn finish(mut self) -> Head {
        self.flush();
        self.head
    }

    fn flush(&mut self) {
        if let Some((name, value)) = self.last.take() {
            self.head.headers.append(&name, &value);
        }
    }
}

fn not_a_header(line: Line<'_>) -> Unusable {
    let start = &line.text[..line.text.len().min(40)];
    let found = start.escape_ascii();
    Unusable::at(line.number, format!("expected a header (Name: value) or an empty line, found \"{found}\""))
}
