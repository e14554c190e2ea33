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

    /// Whether every requested name is listed, line by line. Stops at the first that is not, and never looks
    /// further into a name than the longest listed one reaches.
    pub(crate) fn check<'n>(&'n self) -> ListedNamesCheck<'n, 'n> {
        ListedNamesCheck { listed: self, remaining: &self.names, previous: b"", idle_elements: 0 }
    }
}

/// See [`ListedNames::check`].
pub(crate) struct ListedNamesCheck<'n, 'a> {
    listed: &'n ListedNames,
    /// Both lists are sorted: what precedes the name last found cannot be asked for again.
    remaining: &'n [Box<str>],
    previous: &'a [u8],
    idle_elements: usize,
}

impl<'n: 'a, 'a> ListedNamesCheck<'n, 'a> {
    #[inline]
    pub(crate) fn line(&mut self, line: &'a [u8]) -> Result<(), AnswerReason> {
        let mut unread = Some(line);
        while let Some(line) = unread {
            unread = self.element(line)?;
        }
        Ok(())
    }

    /// Reads the first element of `line`, and gives back what follows its comma.
    #[inline]
    fn element(&mut self, line: &'a [u8]) -> Result<Option<&'a [u8]>, AnswerReason> {
        if let Some(rest) = after_element(line, self.previous) {
            self.idle()?;
            return Ok(rest);
        }
        // As browsers write it, the next element is the next name.
        if let [next, others @ ..] = self.remaining {
            if let Some(rest) = after_element(line, next.as_bytes()) {
                (self.previous, self.remaining) = (next.as_bytes(), others);
                return Ok(rest);
            }
        }
        self.unexpected(line)
    }

    /// [`element`](Self::element), whatever it is.
    #[inline(never)]
    fn unexpected(&mut self, line: &'a [u8]) -> Result<Option<&'a [u8]>, AnswerReason> {
        let (element, rest) = self.listed.next_element(line)?;
        let name = trim(element, is_http_tab_or_space);
        if element.len() - name.len() > WHITESPACE {
            return Err(AnswerReason::RequestHeadersOverBudget);
        }
        if name.is_empty() || name == self.previous {
            self.idle()?;
        } else {
            self.remaining = self.listed.names_after(name, self.remaining)?;
            self.previous = name;
        }
        Ok(rest)
    }

    /// Skips an element.
    fn idle(&mut self) -> Result<(), AnswerReason> {
        self.idle_elements += 1;
        match self.idle_elements {
            ..=IDLE_ELEMENTS => Ok(()),
            _ => Err(AnswerReason::RequestHeadersOverBudget),
        }
    }
}

impl ListedNames {
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

/// If the first element of `line` is exactly `name`: what follows its comma, if it has one.
fn after_element<'a>(line: &'a [u8], name: &[u8]) -> Option<Option<&'a [u8]>> {
    let rest = match name.first() {
        None => line,
        // Mostly the first byte tells names apart.
        Some(first) if line.first() != Some(first) => return None,
        Some(_) => line.strip_prefix(name)?,
    };
    match rest {
        [] => Some(None),
        [b',', rest @ ..] => Some(Some(rest)),
        _ => None,
    }
}

/// Whether the requested names are names, and none is `Authorization` unless that is allowed, line by line.
pub(crate) struct AnyNames {
    authorization: bool,
    /// How many more bytes are read.
    budget: usize,
}

impl AnyNames {
    pub(crate) fn new(authorization: bool) -> Self {
        AnyNames { authorization, budget: ANY_NAME_BYTES }
    }

    /// Adds `line` to `named` if there is a name on it.
    pub(crate) fn line<'a>(
        &mut self,
        line: &'a [u8],
        named: &mut HeaderNameLines<'a>,
    ) -> Result<(), AnswerReason> {
        self.budget =
            self.budget.checked_sub(line.len() + 1).ok_or(AnswerReason::RequestHeadersOverBudget)?;
        let mut is_empty = true;
        for name in elements(line) {
            if !is_token(name) {
                return Err(AnswerReason::RequestHeadersMalformed);
            }
            // A header named `*` is possible, and naming it would be the wildcard.
            if (request_header::is_cors_non_wildcard(name) || name == b"*") && !self.authorization {
                return Err(AnswerReason::AuthorizationNotListed);
            }
            is_empty = false;
        }
        if is_empty { Ok(()) } else { named.push(line) }
    }
}
