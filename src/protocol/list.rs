//! Lists in header values: `#token` lists, "get, decode, and split", and delta-seconds.

use super::{Headers, is_http_tab_or_space, token_length, trim};
use alloc::borrow::Cow;
use smallvec::SmallVec;

/// The `#token` list that one or more header lines hold.
///
/// [Extracting header list values](https://fetch.spec.whatwg.org/#extract-header-list-values) for a header
/// whose syntax is `#token`: lines are split at commas, elements are stripped of tabs and spaces, empty
/// elements are skipped. Split once, read many times; up to eight elements are held without allocating.
///
/// ```
/// use cors_engine::protocol::{Headers, list::TokenList};
/// let headers = Headers::of(&[("Access-Control-Allow-Headers", "X-A, ,X-B"), ("Vary", "Origin")]);
/// let names = TokenList::extract(&headers, b"access-control-allow-headers").unwrap().unwrap();
/// assert!(names.iter().eq([&b"X-A"[..], b"X-B"]));
/// assert!(TokenList::extract(&headers, b"access-control-allow-methods").unwrap().is_none());
/// ```
#[derive(Clone, Debug, Default)]
pub struct TokenList<'a> {
    /// The lines, combined.
    text: Cow<'a, [u8]>,
    elements: SmallVec<[&'a [u8]; 8]>,
}

/// The element of a list that is not a token, as it came.
///
/// ```
/// use cors_engine::protocol::{Headers, list::{NotAToken, TokenList}};
/// let headers = Headers::of(&[("Access-Control-Allow-Methods", "PUT, two words")]);
/// let error = TokenList::extract(&headers, b"access-control-allow-methods").unwrap_err();
/// assert_eq!(error, NotAToken(b"two words"));
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct NotAToken<'a>(pub &'a [u8]);

impl<'a> TokenList<'a> {
    /// Extracts the list called `name`: `Ok(None)` when there is no such header.
    ///
    /// # Errors
    /// The first element that is not a token; a quoted string is none.
    ///
    /// ```
    /// use cors_engine::protocol::{Headers, list::TokenList};
    /// let headers = Headers::of(&[("Access-Control-Allow-Methods", "PUT,, DELETE")]);
    /// let methods = TokenList::extract(&headers, b"access-control-allow-methods").unwrap().unwrap();
    /// assert!(methods.iter().eq([&b"PUT"[..], b"DELETE"]));
    /// ```
    pub fn extract(headers: &Headers<'a>, name: &[u8]) -> Result<Option<Self>, NotAToken<'a>> {
        TokenList::of_lines(headers.values(name))
    }

    /// The list that these lines hold, `None` when there is none.
    pub(crate) fn of_lines(lines: impl Iterator<Item = &'a [u8]>) -> Result<Option<Self>, NotAToken<'a>> {
        let mut list = TokenList::default();
        Ok(list.extend(lines)?.then_some(list))
    }

    /// Adds the elements of these lines. Says whether there was a line.
    pub(crate) fn extend(&mut self, lines: impl Iterator<Item = &'a [u8]>) -> Result<bool, NotAToken<'a>> {
        let mut is_present = false;
        for line in lines {
            if self.text.is_empty() {
                self.text = Cow::Borrowed(line);
            } else {
                let text = self.text.to_mut();
                text.push(b',');
                text.extend_from_slice(line);
            }
            self.append(line)?;
            is_present = true;
        }
        Ok(is_present)
    }

    /// Appends the elements of one line, which are found and judged in one pass.
    #[inline(never)] // among its callers it would have no registers
    fn append(&mut self, line: &'a [u8]) -> Result<(), NotAToken<'a>> {
        let mut rest = line;
        loop {
            let (token, after) = rest.split_at(token_length(rest));
            if !token.is_empty() {
                self.elements.push(token);
            }
            rest = match after {
                [] => return Ok(()),
                [b',', b' ', behind @ ..] | [b',', behind @ ..] => behind,
                _ => {
                    let end = without_leading_blanks(after);
                    let is_between_elements = token.is_empty() || matches!(end, [] | [b',', ..]);
                    if end.len() == after.len() || !is_between_elements {
                        return Err(NotAToken(elements(rest).next().unwrap_or_default()));
                    }
                    end
                }
            };
        }
    }

    /// The elements in order.
    ///
    /// ```
    /// use cors_engine::protocol::{Headers, list::TokenList};
    /// let headers = Headers::of(&[("a", "x"), ("a", "y")]);
    /// assert_eq!(TokenList::extract(&headers, b"a").unwrap().unwrap().iter().count(), 2);
    /// ```
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> + Clone {
        self.elements.iter().copied()
    }

    pub(crate) fn len(&self) -> usize {
        self.elements.len()
    }

    /// Whether `token` is an element, in this case.
    pub(crate) fn contains(&self, token: &[u8]) -> bool {
        self.elements.contains(&token)
    }

    /// What [`elements`] finds the elements in.
    pub(crate) fn text(&self) -> &[u8] {
        &self.text
    }
}

fn without_leading_blanks(mut bytes: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] = bytes {
        bytes = rest;
    }
    bytes
}

/// The elements of one line of a list: split at commas, stripped of tabs and spaces, empty ones skipped.
pub(crate) fn elements(value: &[u8]) -> impl Iterator<Item = &[u8]> + Clone {
    value
        .split(|&byte| byte == b',')
        .map(|element| trim(element, is_http_tab_or_space))
        .filter(|element| !element.is_empty())
}

/// [Gets, decodes, and splits](https://fetch.spec.whatwg.org/#concept-header-value-get-decode-and-split) a
/// value: at commas outside quoted strings, each piece stripped of tabs and spaces.
///
/// ```
/// use cors_engine::protocol::list::get_decode_and_split;
/// assert!(get_decode_and_split(b"a, \"b,c\" ,").eq([&b"a"[..], b"\"b,c\"", b""]));
/// ```
pub fn get_decode_and_split(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut quoted = false;
    let mut escaped = false;
    value
        .split(move |&byte| {
            if escaped {
                escaped = false;
                return false;
            }
            match byte {
                b'"' => quoted = !quoted,
                b'\\' if quoted => escaped = true,
                b',' => return !quoted,
                _ => {}
            }
            false
        })
        .map(|piece| trim(piece, is_http_tab_or_space))
}

/// Reads [delta-seconds](https://httpwg.org/specs/rfc9111.html#delta-seconds): one or more digits. A number
/// that does not fit is the largest one that does.
///
/// ```
/// use cors_engine::protocol::list::delta_seconds;
/// assert_eq!(delta_seconds(b"600"), Some(600));
/// assert_eq!(delta_seconds(b"-1"), None);
/// assert_eq!(delta_seconds(b"99999999999999999999999"), Some(u64::MAX));
/// ```
#[must_use]
pub fn delta_seconds(value: &[u8]) -> Option<u64> {
    if value.is_empty() {
        return None;
    }
    value.iter().try_fold(0_u64, |seconds, digit| match digit {
        b'0'..=b'9' => Some(seconds.saturating_mul(10).saturating_add(u64::from(digit - b'0'))),
        _ => None,
    })
}
