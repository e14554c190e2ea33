//! What a policy reads of a request, wherever its headers are kept: three headers, each looked for only when the
//! decision gets there.

use crate::protocol::{HeaderLines, is_http_tab_or_space, trim};
#[cfg(feature = "http")]
use http::HeaderValue;

const ORIGIN: &[u8; 6] = b"origin";
const REQUEST_METHOD: &[u8; 29] = b"access-control-request-method";
const REQUEST_HEADERS: &[u8; 30] = b"access-control-request-headers";

/// The headers of a request. `'a` is how long their values live.
pub(crate) trait Head<'a>: Copy {
    /// `Origin`.
    fn origin(self) -> Once<RequestValue<'a>>;

    /// `Access-Control-Request-Method`. Only asked for if the method is `OPTIONS`.
    fn request_method(self) -> Once<RequestValue<'a>>;

    /// The lines of `Access-Control-Request-Headers`, with the whitespace around them: it counts.
    fn request_headers(self) -> impl Iterator<Item = &'a [u8]>;

    /// All there are, for a predicate.
    fn all(&self) -> &(impl HeaderLines + ?Sized);
}

/// The value of a header that should come once.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Once<T> {
    Absent,
    One(T),
    Several,
}

impl<'a> Once<RequestValue<'a>> {
    /// The value, if there is one and only one.
    pub(crate) fn value(self) -> RequestValue<'a> {
        match self {
            Once::One(value) => value,
            Once::Absent | Once::Several => RequestValue::EMPTY,
        }
    }
}

/// The values met of a header that should come once: how many, and the last.
#[derive(Clone, Copy)]
pub(crate) struct Met<T> {
    count: usize,
    last: Option<T>,
}

impl<T> Met<T> {
    pub(crate) const NONE: Self = Met { count: 0, last: None };

    #[inline]
    pub(crate) fn and(self, value: T) -> Self {
        Met { count: self.count + 1, last: Some(value) }
    }

    #[inline]
    pub(crate) fn once<U>(self, of: impl FnOnce(T) -> U) -> Once<U> {
        match self.last {
            None => Once::Absent,
            Some(value) if self.count == 1 => Once::One(of(value)),
            Some(_) => Once::Several,
        }
    }
}

/// A header value of a request, without the whitespace around it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RequestValue<'a> {
    pub(crate) bytes: &'a [u8],
    /// The same value as the `http` crate has it, if it came from there: sent back, it need not be copied.
    #[cfg(feature = "http")]
    pub(crate) typed: Option<&'a HeaderValue>,
}

impl<'a> RequestValue<'a> {
    pub(crate) const EMPTY: Self = RequestValue {
        bytes: b"",
        #[cfg(feature = "http")]
        typed: None,
    };

    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        let bytes = match bytes {
            // Mostly there is none.
            [first, .., last] if *first > b' ' && *last > b' ' => bytes,
            _ => trim(bytes, is_http_tab_or_space),
        };
        RequestValue { bytes, ..RequestValue::EMPTY }
    }
}

/// The head that a list of lines is: read once for the origin and the method, and once more where a list of headers
/// matters.
pub(crate) struct LinesHead<'a, S: ?Sized> {
    headers: &'a S,
    origin: Met<&'a [u8]>,
    request_method: Met<&'a [u8]>,
}

impl<S: ?Sized> Clone for LinesHead<'_, S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S: ?Sized> Copy for LinesHead<'_, S> {}

impl<'a, S: HeaderLines + ?Sized> LinesHead<'a, S> {
    #[inline]
    pub(crate) fn new(is_options: bool, headers: &'a S) -> Self {
        let (mut origin, mut request_method) = (Met::NONE, Met::NONE);
        for (name, value) in headers.header_lines() {
            // Few names are as long, and of the other lines no more need be looked at.
            if !(name.len() == ORIGIN.len() || is_options && name.len() == REQUEST_METHOD.len()) {
                continue;
            }
            if is_named(name, ORIGIN) {
                origin = origin.and(value);
            } else if is_options && is_named(name, REQUEST_METHOD) {
                request_method = request_method.and(value);
            }
        }
        LinesHead { headers, origin, request_method }
    }
}

impl<'a, S: HeaderLines + ?Sized> Head<'a> for LinesHead<'a, S> {
    #[inline]
    fn origin(self) -> Once<RequestValue<'a>> {
        self.origin.once(RequestValue::new)
    }

    #[inline]
    fn request_method(self) -> Once<RequestValue<'a>> {
        self.request_method.once(RequestValue::new)
    }

    #[inline]
    fn request_headers(self) -> impl Iterator<Item = &'a [u8]> {
        let lines = self.headers.header_lines();
        lines.filter(|(name, _)| is_named(name, REQUEST_HEADERS)).map(|(_, value)| value)
    }

    fn all(&self) -> &(impl HeaderLines + ?Sized) {
        self.headers
    }
}

/// Whether `name` is `lower_case`, in any case. Few names are as long, and of those most are in lower case, as HTTP/2
/// has them, or begin with another letter.
#[inline]
fn is_named<const LENGTH: usize>(name: &[u8], lower_case: &'static [u8; LENGTH]) -> bool {
    name.len() == LENGTH && (name == lower_case.as_slice() || is_named_in_any_case(name, lower_case))
}

#[inline]
fn is_named_in_any_case(name: &[u8], lower_case: &[u8]) -> bool {
    #[inline(never)] // it is long, and seldom needed
    fn whole(name: &[u8], lower_case: &[u8]) -> bool {
        name.eq_ignore_ascii_case(lower_case)
    }
    name.first().is_some_and(|first| first | 0x20 == lower_case[0]) && whole(name, lower_case)
}
