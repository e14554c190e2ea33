//! Reading `Access-Control-Request-Headers`: what browsers send, what gateways make of it on the way, and no
//! more work than the policy's own size or a fixed budget.
//!
//! Browsers send one line of lower-case names, sorted, with a bare comma between; Firefox repeats a name that
//! script appended twice. Some gateways split it into lines, add a space or leave an empty element.

use super::AnswerReason;
use super::header::Value;
use crate::protocol::{is_http_tab_or_space, is_token, request_header, trim};
use alloc::boxed::Box;
use alloc::vec::Vec;

/// How many elements that are empty or repeat the one before are skipped, over all lines.
const IDLE_ELEMENTS: usize = 16;

/// How many bytes of whitespace may surround a name.
const WHITESPACE: usize = 2;

/// How many bytes of names are read, over all lines, where the policy allows any name.
const ANY_NAME_BYTES: usize = 4096;

/// How many lines with a name on them are given back where the policy allows any name.
const LINES: usize = 16;

/// Lines that list header names: the ones that an answer allows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HeaderNameLines<'a> {
    lines: [Value<'a>; LINES],
    count: usize,
}

impl Default for HeaderNameLines<'_> {
    fn default() -> Self {
        HeaderNameLines { lines: [Value::Fixed(""); LINES], count: 0 }
    }
}

impl<'a> HeaderNameLines<'a> {
    pub(crate) fn one(line: Value<'a>) -> Self {
        let mut lines = HeaderNameLines { count: 1, ..HeaderNameLines::default() };
        lines.lines[0] = line;
        lines
    }

    pub(crate) fn into_iter(self) -> impl Iterator<Item = Value<'a>> {
        self.lines.into_iter().take(self.count)
    }

    fn push(&mut self, line: Value<'a>) -> Result<(), AnswerReason> {
        *self.lines.get_mut(self.count).ok_or(AnswerReason::RequestHeadersOverBudget)? = line;
        self.count += 1;
        Ok(())
    }
}

/// The names that a policy lists: in lower case, sorted, each once.
#[derive(Clone, Debug)]
pub(crate) struct ListedNames {
    names: Box<[Box<str>]>,
    longest: usize,
}

impl ListedNames {
    pub(crate) fn new(mut names: Vec<Box<str>>) -> Self {
        names.sort_unstable();
        names.dedup();
        ListedNames { longest: names.iter().map(|name| name.len()).max().unwrap_or(0), names: names.into() }
    }

    /// Whether every requested name is listed. Stops at the first that is not, and never looks further into
    /// a name than the longest listed one reaches.
    pub(crate) fn check<'a>(&self, lines: impl Iterator<Item = &'a [u8]>) -> Result<(), AnswerReason> {
        // Both lists are sorted: what precedes the name last found cannot be asked for again.
        let mut remaining = &*self.names;
        let mut previous = &b""[..];
        let mut idle_elements = 0;
        for mut line in lines {
            loop {
                let (element, rest) = self.next_element(line)?;
                let name = trim(element, is_http_tab_or_space);
                if element.len() - name.len() > WHITESPACE {
                    return Err(AnswerReason::RequestHeadersOverBudget);
                }
                if name.is_empty() || name == previous {
                    idle_elements += 1;
                    if idle_elements > IDLE_ELEMENTS {
                        return Err(AnswerReason::RequestHeadersOverBudget);
                    }
                } else {
                    remaining = self.names_after(name, remaining)?;
                    previous = name;
                }
                match rest {
                    Some(rest) => line = rest,
                    None => break,
                }
            }
        }
        Ok(())
    }

    /// The first element of `line` and what follows its comma.
    fn next_element<'a>(&self, line: &'a [u8]) -> Result<(&'a [u8], Option<&'a [u8]>), AnswerReason> {
        let window = &line[..line.len().min(self.longest + WHITESPACE + ",".len())];
        match window.iter().position(|&byte| byte == b',') {
            Some(comma) => Ok((&line[..comma], Some(&line[comma + 1..]))),
            None if window.len() == line.len() => Ok((line, None)),
            None if trim(window, is_http_tab_or_space).len() > self.longest => {
                Err(AnswerReason::HeaderNotAllowed)
            }
            None => Err(AnswerReason::RequestHeadersOverBudget),
        }
    }

    fn names_after<'n>(
        &self,
        name: &[u8],
        remaining: &'n [Box<str>],
    ) -> Result<&'n [Box<str>], AnswerReason> {
        match remaining.binary_search_by(|listed| listed.as_bytes().cmp(name)) {
            Ok(place) => Ok(&remaining[place + 1..]),
            // Out of order or in upper case: no browser wrote this.
            Err(_) if self.names.iter().any(|listed| listed.as_bytes().eq_ignore_ascii_case(name)) => {
                Err(AnswerReason::RequestHeadersMalformed)
            }
            Err(_) => Err(AnswerReason::HeaderNotAllowed),
        }
    }
}

/// Whether the requested names are names, and none is `Authorization` unless that is allowed. The lines that
/// hold any come back.
pub(crate) fn check_any<'a>(
    authorization: bool,
    lines: impl Iterator<Item = &'a [u8]>,
) -> Result<HeaderNameLines<'a>, AnswerReason> {
    let mut requested = HeaderNameLines::default();
    let mut budget = ANY_NAME_BYTES;
    for line in lines {
        budget = budget.checked_sub(line.len() + 1).ok_or(AnswerReason::RequestHeadersOverBudget)?;
        let mut named = false;
        for element in line.split(|&byte| byte == b',') {
            let name = trim(element, is_http_tab_or_space);
            if name.is_empty() {
                continue;
            }
            if !is_token(name) {
                return Err(AnswerReason::RequestHeadersMalformed);
            }
            // A header named `*` is possible, and naming it would be the wildcard.
            if (request_header::is_cors_non_wildcard(name) || name == b"*") && !authorization {
                return Err(AnswerReason::AuthorizationNotListed);
            }
            named = true;
        }
        if named {
            requested.push(Value::Request(line))?;
        }
    }
    Ok(requested)
}
