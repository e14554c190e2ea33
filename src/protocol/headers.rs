//! Header lists: a view over headers that somebody else holds, and an owned list.
//!
//! Names are compared byte-case-insensitively, values are bytes, and the order and the repetition of lines
//! are kept: whether a header came once or twice decides whether a browser blocks.

use super::header_line::{Facts, Faults, HeaderLine, Summary};
use super::{is_http_tab_or_space, is_name, request_header, trim};
use alloc::borrow::Cow;
use alloc::vec::Vec;
use smallvec::SmallVec;

/// Anything that can list header lines in order, as name and value bytes.
///
/// Implemented for slices and vectors of pairs of byte-like values and, with the feature `http`, for
/// [`http::HeaderMap`]. Nothing is copied.
///
/// ```
/// use cors_engine::protocol::Headers;
/// let headers = Headers::of(&[("Vary", "Origin"), ("vary", "Accept")]);
/// assert_eq!(headers.get(b"vary").unwrap().as_ref(), b"Origin, Accept");
/// ```
pub trait HeaderLines {
    /// The lines in order. A name that came on several lines is repeated.
    fn header_lines(&self) -> impl Iterator<Item = (&[u8], &[u8])>;
}

impl<N: AsRef<[u8]>, V: AsRef<[u8]>> HeaderLines for [(N, V)] {
    fn header_lines(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.iter().map(|(name, value)| (name.as_ref(), value.as_ref()))
    }
}

impl<N: AsRef<[u8]>, V: AsRef<[u8]>, const LENGTH: usize> HeaderLines for [(N, V); LENGTH] {
    fn header_lines(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.as_slice().header_lines()
    }
}

impl<N: AsRef<[u8]>, V: AsRef<[u8]>> HeaderLines for Vec<(N, V)> {
    fn header_lines(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.as_slice().header_lines()
    }
}

#[cfg(feature = "http")]
impl HeaderLines for http::HeaderMap {
    fn header_lines(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.iter().map(|(name, value)| (name.as_str().as_bytes(), value.as_bytes()))
    }
}

/// A borrowed [header list](https://fetch.spec.whatwg.org/#concept-header-list).
///
/// Values are stripped of leading and trailing tabs and spaces, as every HTTP recipient does. Up to
/// sixteen lines are held without allocating.
///
/// ```
/// use cors_engine::protocol::Headers;
/// let headers = Headers::of(&[("Origin", " https://app.example\t"), ("X-Id", "7")]);
/// assert_eq!(headers.get(b"origin").as_deref(), Some(&b"https://app.example"[..]));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Headers<'a> {
    lines: SmallVec<[(&'a [u8], &'a [u8]); 16]>,
    /// The lengths of the names, modulo 64, as bits: most names that are looked for are not there, and none that
    /// is there is as long.
    name_lengths: u64,
}

impl<'a> Headers<'a> {
    /// The lines of `source`, borrowed.
    ///
    /// ```
    /// use cors_engine::protocol::Headers;
    /// assert!(Headers::of(&[("Origin", "null")]).contains(b"origin"));
    /// ```
    pub fn of<S: HeaderLines + ?Sized>(source: &'a S) -> Self {
        let mut headers = Headers::default();
        headers.extend(source);
        headers
    }

    /// Appends the lines of `source`.
    #[inline]
    pub(crate) fn extend<S: HeaderLines + ?Sized>(&mut self, source: &'a S) {
        let mut name_lengths = self.name_lengths;
        self.lines.extend(source.header_lines().map(|(name, value)| {
            name_lengths |= length_bit(name.len());
            (name, trim(value, is_http_tab_or_space))
        }));
        self.name_lengths = name_lengths;
    }

    /// Every line in order.
    ///
    /// ```
    /// use cors_engine::protocol::Headers;
    /// assert_eq!(Headers::of(&[("a", " 1 ")]).iter().next(), Some((&b"a"[..], &b"1"[..])));
    /// ```
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&'a [u8], &'a [u8])> {
        self.lines.iter().copied()
    }

    /// The values of the lines called `name`, in order.
    ///
    /// ```
    /// use cors_engine::protocol::Headers;
    /// assert_eq!(Headers::of(&[("a", "1"), ("A", "2")]).values(b"a").count(), 2);
    /// ```
    pub fn values(&self, name: &[u8]) -> impl Iterator<Item = &'a [u8]> {
        let lines = self.lines_of_length(name.len()).iter();
        lines.filter(move |(line, _)| line.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
    }

    /// The values of the lines called `name`, which is in lower case.
    #[inline]
    pub(crate) fn values_of<const LENGTH: usize>(
        &self,
        name: &[u8; LENGTH],
    ) -> impl Iterator<Item = &'a [u8]> {
        let lines = self.lines_of_length(LENGTH).iter();
        lines.filter(move |(line, _)| is_name(line, name)).map(|(_, value)| *value)
    }

    /// The lines, if the name of one may be so long.
    #[inline]
    fn lines_of_length(&self, length: usize) -> &[(&'a [u8], &'a [u8])] {
        if self.name_lengths & length_bit(length) == 0 { &[] } else { &self.lines }
    }

    /// Whether the list [contains](https://fetch.spec.whatwg.org/#header-list-contains) `name`.
    ///
    /// ```
    /// use cors_engine::protocol::Headers;
    /// assert!(!Headers::default().contains(b"vary"));
    /// ```
    #[must_use]
    pub fn contains(&self, name: &[u8]) -> bool {
        self.values(name).next().is_some()
    }

    /// [Gets](https://fetch.spec.whatwg.org/#concept-header-list-get) a value: the values of all lines
    /// called `name`, joined by `, `. Only a repeated name allocates.
    ///
    /// ```
    /// use cors_engine::protocol::Headers;
    /// assert_eq!(Headers::default().get(b"vary"), None);
    /// ```
    #[must_use]
    pub fn get(&self, name: &[u8]) -> Option<Cow<'a, [u8]>> {
        self.combine(name, self.values(name))
    }

    /// [Gets](Headers::get) the value of `name`, which is in lower case.
    #[inline]
    pub(crate) fn get_known<const LENGTH: usize>(&self, name: &[u8; LENGTH]) -> Option<Cow<'a, [u8]>> {
        self.combine(name, self.values_of(name))
    }

    /// [Gets](Headers::get) a value as if lines without a value were not there, unless there are no others.
    #[inline]
    pub(crate) fn get_skipping_empty<const LENGTH: usize>(
        &self,
        name: &[u8; LENGTH],
    ) -> Option<Cow<'a, [u8]>> {
        let mut filled = self.values_of(name).filter(|value| !value.is_empty());
        let Some(first) = filled.next() else { return self.values_of(name).next().map(Cow::Borrowed) };
        Some(match filled.next() {
            None => Cow::Borrowed(first),
            Some(_) => Cow::Owned(joined(self.values(name).filter(|value| !value.is_empty()))),
        })
    }

    /// Combines the values of `name`.
    #[inline]
    fn combine(&self, name: &[u8], mut values: impl Iterator<Item = &'a [u8]>) -> Option<Cow<'a, [u8]>> {
        let first = values.next()?;
        Some(match values.next() {
            None => Cow::Borrowed(first),
            Some(_) => Cow::Owned(self.combined(name)),
        })
    }

    #[cold]
    fn combined(&self, name: &[u8]) -> Vec<u8> {
        joined(self.values(name))
    }
}

fn joined<'a>(values: impl Iterator<Item = &'a [u8]>) -> Vec<u8> {
    values.collect::<Vec<_>>().join(&b", "[..])
}

/// The bit that stands for names of this length.
const fn length_bit(length: usize) -> u64 {
    1 << (length % 64)
}

/// An owned header list, kept in one buffer.
///
/// ```
/// use cors_engine::protocol::{HeaderLines, HeaderList};
/// let mut headers = HeaderList::default();
/// headers.append(b"Accept", b"text/html");
/// headers.append(b"accept", b"*/*");
/// assert_eq!(headers.header_lines().count(), 2);
/// headers.delete(b"ACCEPT");
/// assert_eq!(headers.header_lines().count(), 0);
/// ```
#[derive(Clone, Debug, Default)]
pub struct HeaderList {
    bytes: Vec<u8>,
    lines: SmallVec<[Line; 8]>,
    summary: Summary,
}

/// Where a line's name and value lie in the buffer, and what is known of it.
#[derive(Clone, Copy, Debug)]
struct Line {
    start: usize,
    name_end: usize,
    end: usize,
    /// Of the normalized value.
    facts: Facts,
}

/// Room for most requests, so that appending their lines allocates once.
const USUAL_BYTES: usize = 256;

impl HeaderList {
    /// [Appends](https://fetch.spec.whatwg.org/#concept-header-list-append) a line.
    ///
    /// ```
    /// let mut headers = cors_engine::protocol::HeaderList::default();
    /// headers.append(b"X-Id", b"7");
    /// ```
    pub fn append(&mut self, name: &[u8], value: &[u8]) {
        if self.bytes.capacity() == 0 {
            self.bytes = Vec::with_capacity(USUAL_BYTES);
        }
        let start = self.bytes.len();
        self.bytes.extend_from_slice(name);
        let name_end = self.bytes.len();
        self.bytes.extend_from_slice(value);
        let end = self.bytes.len();
        let normalized = request_header::normalize_value(value);
        let mut facts = Facts::of(name, normalized);
        facts.faults = facts.faults | Faults::PADDED.only_if(normalized.len() < value.len());
        self.summary.add(facts, normalized.len());
        self.lines.push(Line { start, name_end, end, facts });
    }

    /// [Deletes](https://fetch.spec.whatwg.org/#concept-header-list-delete) every line called `name`.
    ///
    /// ```
    /// let mut headers = cors_engine::protocol::HeaderList::default();
    /// headers.delete(b"not-there");
    /// ```
    pub fn delete(&mut self, name: &[u8]) {
        self.retain(|line| !line.eq_ignore_ascii_case(name));
    }

    /// Deletes every line whose name `keep` does not want.
    pub(crate) fn retain(&mut self, keep: impl Fn(&[u8]) -> bool) {
        let bytes = &self.bytes;
        self.lines.retain(|line| keep(&bytes[line.start..line.name_end]));
        let mut summary = Summary::default();
        summary.extend(self.known_lines());
        self.summary = summary;
    }

    /// Every line in order.
    ///
    /// ```
    /// let headers: cors_engine::protocol::HeaderList = [("a", "1")].into_iter().collect();
    /// assert_eq!(headers.lines().next(), Some((&b"a"[..], &b"1"[..])));
    /// ```
    pub fn lines(&self) -> impl Iterator<Item = (&[u8], &[u8])> + Clone {
        self.lines
            .iter()
            .map(|line| (&self.bytes[line.start..line.name_end], &self.bytes[line.name_end..line.end]))
    }

    /// Every line in order, its value normalized, with what is known of it.
    pub(crate) fn known_lines(&self) -> impl Iterator<Item = HeaderLine<'_>> + Clone {
        self.known_lines_where(|_| true)
    }

    /// The lines whose facts `is_wanted` wants, in order. The others are not looked at.
    #[inline]
    pub(crate) fn known_lines_where(
        &self,
        is_wanted: impl Fn(Facts) -> bool + Clone,
    ) -> impl Iterator<Item = HeaderLine<'_>> + Clone {
        self.lines.iter().filter(move |line| is_wanted(line.facts)).map(|line| {
            let (name, written) = self.bytes[line.start..line.end].split_at(line.name_end - line.start);
            let value = match line.facts.faults.has(Faults::PADDED) {
                true => request_header::normalize_value(written),
                false => written,
            };
            HeaderLine { name, value, facts: line.facts }
        })
    }

    /// What is known of all lines together.
    #[inline]
    pub(crate) fn summary(&self) -> &Summary {
        &self.summary
    }

    /// Whether the list [contains](https://fetch.spec.whatwg.org/#header-list-contains) `name`.
    ///
    /// ```
    /// assert!(!cors_engine::protocol::HeaderList::default().contains(b"accept"));
    /// ```
    #[must_use]
    pub fn contains(&self, name: &[u8]) -> bool {
        self.header_lines().any(|(line, _)| line.eq_ignore_ascii_case(name))
    }
}

impl HeaderLines for HeaderList {
    fn header_lines(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.lines()
    }
}

impl<N: AsRef<[u8]>, V: AsRef<[u8]>> FromIterator<(N, V)> for HeaderList {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(lines: I) -> Self {
        let mut list = HeaderList::default();
        for (name, value) in lines {
            list.append(name.as_ref(), value.as_ref());
        }
        list
    }
}
