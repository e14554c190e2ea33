//! Reading `Access-Control-Request-Headers`: what browsers send, what gateways make of it on the way, and no
//! more work than the policy's own size or a fixed budget.
//!
//! Browsers send one line of lower-case names, sorted, with a bare comma between; Firefox repeats a name that
//! script appended twice. Some gateways split it into lines, add a space or leave an empty element.

use super::AnswerReason;
use crate::protocol::list::elements;
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

/// A line that is over the budget, whatever the policy.
#[cfg(feature = "capi")]
pub(crate) const OVER_BUDGET: &[u8] = &[b','; ANY_NAME_BYTES];

/// Lines that list header names: the ones that were asked for and come back.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HeaderNameLines<'a>([Option<&'a [u8]>; LINES]);

impl<'a> HeaderNameLines<'a> {
    pub(crate) const NONE: Self = HeaderNameLines([None; LINES]);

    pub(crate) fn iter(&self) -> impl Iterator<Item = &'a [u8]> {
        self.0.iter().copied().flatten()
    }

    fn push(&mut self, line: &'a [u8]) -> Result<(), AnswerReason> {
        let free = self.0.iter_mut().find(|line| line.is_none());
        *free.ok_or(AnswerReason::RequestHeadersOverBudget)? = Some(line);
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

    /// Whether every requested name is listed. Stops at the first that is not, and never looks further into a name
    /// than the longest listed one reaches.
    pub(crate) fn check<'a>(&self, lines: impl Iterator<Item = &'a [u8]>) -> Result<(), AnswerReason> {
        let mut check = ListedNamesCheck { listed: self, place: 0, idle_elements: 0 };
        for line in lines {
            check.line(line)?;
        }
        Ok(())
    }

    /// The name that is the first element of `line`, and what follows its comma.
    fn next_name<'a>(&self, line: &'a [u8]) -> Result<(&'a [u8], Option<&'a [u8]>), AnswerReason> {
        let window = &line[..line.len().min(self.longest + WHITESPACE + ",".len())];
        let (element, rest) = match window.iter().position(|&byte| byte == b',') {
            Some(comma) => (&line[..comma], Some(&line[comma + 1..])),
            None if window.len() == line.len() => (line, None),
            None if trim(window, is_http_tab_or_space).len() > self.longest => {
                return Err(AnswerReason::HeaderNotAllowed);
            }
            None => return Err(AnswerReason::RequestHeadersOverBudget),
        };
        let name = trim(element, is_http_tab_or_space);
        match element.len() - name.len() {
            ..=WHITESPACE => Ok((name, rest)),
            _ => Err(AnswerReason::RequestHeadersOverBudget),
        }
    }
}

/// How far [`ListedNames::check`] has come.
struct ListedNamesCheck<'n> {
    listed: &'n ListedNames,
    /// After the name last found. Both lists are sorted: what precedes it cannot be asked for again.
    place: usize,
    idle_elements: usize,
}

impl<'n> ListedNamesCheck<'n> {
    #[inline(never)] // it has enough to hold in registers
    fn line(&mut self, line: &[u8]) -> Result<(), AnswerReason> {
        let mut unread = Some(line);
        while let Some(line) = unread {
            // As browsers write it, the next element is the next name; nothing need be searched for.
            let next = self.listed.names.get(self.place);
            unread = match next.and_then(|next| after_element(line, next.as_bytes())) {
                Some(rest) => {
                    self.place += 1;
                    rest
                }
                None => self.unexpected(line)?,
            };
        }
        Ok(())
    }

    /// Reads elements of `line` up to a name that has to be searched for, and gives back what
    /// follows its comma.
    #[inline(never)]
    fn unexpected<'a>(&mut self, mut line: &'a [u8]) -> Result<Option<&'a [u8]>, AnswerReason> {
        let previous = self.previous();
        while let Some(rest) = after_element(line, previous) {
            self.idle()?;
            match rest {
                Some(rest) => line = rest,
                None => return Ok(None),
            }
        }
        let (name, rest) = self.listed.next_name(line)?;
        if name.is_empty() || name == previous {
            self.idle()?;
        } else {
            self.place = self.place_after(name)?;
        }
        Ok(rest)
    }

    /// The name last found.
    fn previous(&self) -> &'n [u8] {
        let place = self.place.checked_sub(1);
        place.and_then(|place| self.listed.names.get(place)).map_or(b"", |name| name.as_bytes())
    }

    /// Skips an element.
    #[inline]
    fn idle(&mut self) -> Result<(), AnswerReason> {
        self.idle_elements += 1;
        match self.idle_elements {
            ..=IDLE_ELEMENTS => Ok(()),
            _ => Err(AnswerReason::RequestHeadersOverBudget),
        }
    }

    fn place_after(&self, name: &[u8]) -> Result<usize, AnswerReason> {
        let names = &self.listed.names;
        match names[self.place..].binary_search_by(|listed| listed.as_bytes().cmp(name)) {
            Ok(found) => Ok(self.place + found + 1),
            // Out of order or in upper case: no browser wrote this.
            Err(_) if names.iter().any(|listed| listed.as_bytes().eq_ignore_ascii_case(name)) => {
                Err(AnswerReason::RequestHeadersMalformed)
            }
            Err(_) => Err(AnswerReason::HeaderNotAllowed),
        }
    }
}

/// If the first element of `line` is exactly `name`: what follows its comma, if it has one.
fn after_element<'a>(line: &'a [u8], name: &[u8]) -> Option<Option<&'a [u8]>> {
    match line.strip_prefix(name)? {
        [] => Some(None),
        [b',', rest @ ..] => Some(Some(rest)),
        _ => None,
    }
}

/// Whether the requested names are names, and none is `Authorization` unless that is allowed. The lines that
/// hold any come back.
#[inline(never)] // few policies need it
pub(crate) fn check_any<'a>(
    authorization: bool,
    lines: impl Iterator<Item = &'a [u8]>,
) -> Result<HeaderNameLines<'a>, AnswerReason> {
    let mut requested = HeaderNameLines::NONE;
    let mut budget = ANY_NAME_BYTES;
    for line in lines {
        budget = budget.checked_sub(line.len() + 1).ok_or(AnswerReason::RequestHeadersOverBudget)?;
        let mut named = false;
        for name in elements(line) {
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
            requested.push(line)?;
        }
    }
    Ok(requested)
}
