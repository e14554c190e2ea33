//! Raw messages: a request and its response as they are on the wire, once or several times.

use super::message::{Building, Head, Line, Lines};
use super::text::{self, Pairing};
use super::{Capture, Format, Meant, Unusable};
use crate::protocol::Headers;

/// Reads requests and responses.
pub(super) fn read(bytes: &[u8], meant: &Meant) -> Result<Capture, Unusable> {
    let mut pairing = Pairing::new(meant);
    for head in heads(bytes)? {
        pairing.take(head)?;
    }
    text::capture(Format::Raw, pairing, meant)
}

/// Reads every head, and skips what lies between them.
pub(super) fn heads(bytes: &[u8]) -> Result<Vec<Head>, Unusable> {
    let mut lines = Lines::of(bytes);
    let mut heads = Vec::new();
    let mut building: Option<Building> = None;
    while let Some(line) = lines.next() {
        let begun = Building::begin(line);
        match (&mut building, begun) {
            (_, Some(begun)) => heads.extend(building.replace(begun).map(Building::finish)),
            (Some(_), None) if line.text.is_empty() => {
                let head = building.take().map(Building::finish);
                if let Some(length) = head.as_ref().and_then(content_length) {
                    lines.skip_body(length);
                }
                heads.extend(head);
            }
            (Some(building), None) => building.push(line)?,
            (None, None) if heads.is_empty() && !line.text.trim_ascii().is_empty() => {
                return Err(not_a_start(line));
            }
            (None, None) => {}
        }
    }
    heads.extend(building.map(Building::finish));
    Ok(heads)
}

fn not_a_start(line: Line<'_>) -> Unusable {
    let start = &line.text[..line.text.len().min(40)];
    let found = start.escape_ascii();
    Unusable::at(
        line.number,
        format!(
            "expected a request line (GET /path HTTP/1.1) or a status line (HTTP/1.1 200 OK), found \"{found}\""
        ),
    )
}

fn content_length(head: &Head) -> Option<usize> {
    let value = Headers::of(&head.headers).get(b"content-length")?;
    core::str::from_utf8(&value).ok()?.parse().ok()
}
