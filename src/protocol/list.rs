//! Lists in header values: `#token` lists, "get, decode, and split", and delta-seconds.

use super::{Headers, is_http_tab_or_space, token_length, trim};
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
#[derive(Clone, Debug)]
pub struct TokenList<'a> {
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
    pub(crate) fn of_lines(mut lines: impl Iterator<Item = &'a [u8]>) -> Result<Option<Self>, NotAToken<'a>> {
        let Some(first) = lines.next() else { return Ok(None) };
        let mut list = TokenList { elements: SmallVec::new() };
        list.append(first)?;
        lines.try_for_each(|line| list.append(line))?;
        Ok(Some(list))
    }

    /// Appends the elements of one line, which are found and judged in one pass.
    fn append(&mut self, line: &'a [u8]) -> Result<(), NotAToken<'a>> {
        let mut rest = line;
        loop {
            while let [b',' | b' ' | b'\t', after @ ..] = rest {
                rest = after;
            }
            if rest.is_empty() {
                return Ok(());
            }
            let (token, mut after) = rest.split_at(token_length(rest));
            while let [b' ' | b'\t', behind @ ..] = after {
                after = behind;
            }
            if token.is_empty() || !matches!(after, [] | [b',', ..]) {
                return Err(NotAToken(elements(rest).next().unwrap_or_default()));
            }
            self.elements.push(token);
            rest = after;
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

    pub(crate) fn elements(&self) -> &[&'a [u8]] {
        &self.elements
    }
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
    if value.is_empty() || !value.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(
        value
            .iter()
            .fold(0_u64, |seconds, digit| seconds.saturating_mul(10).saturating_add(u64::from(digit - b'0'))),
    )
}
