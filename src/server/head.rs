//! What a policy reads of a request, wherever its headers are kept: three headers, each looked for only when the
//! decision gets there.

use crate::protocol::{HeaderLines, is_http_tab_or_space, trim};
#[cfg(feature = "http")]
use http::HeaderValue;

/// The headers of a request. `'a` is how long their values live.
pub(crate) trait Head<'a> {
    /// `Origin`.
    fn origin(&self) -> Once<RequestValue<'a>>;

    /// Whether there is an `Access-Control-Request-Method`.
    fn has_request_method(&self) -> bool;

    /// `Access-Control-Request-Method`.
    fn request_method(&self) -> Once<RequestValue<'a>>;

    /// The lines of `Access-Control-Request-Headers`, with the whitespace around them: it counts.
    fn request_headers(&self) -> impl Iterator<Item = &'a [u8]>;

    /// All there are, for a predicate.
    fn all(&self) -> &(impl HeaderLines + ?Sized);
}

/// The value of a header that should come once.
#[derive(Clone, Copy)]
pub(crate) enum Once<T> {
    Absent,
    One(T),
    Several,
}

impl<T> Once<T> {
    pub(crate) fn of(values: impl Iterator<Item = T>) -> Self {
        values.fold(Once::Absent, |before, value| match before {
            Once::Absent => Once::One(value),
            Once::One(_) | Once::Several => Once::Several,
        })
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
        RequestValue { bytes: trim(bytes, is_http_tab_or_space), ..RequestValue::EMPTY }
    }
}

/// The head that a list of lines is.
pub(crate) struct LinesHead<'a, S: ?Sized>(pub(crate) &'a S);

impl<'a, S: HeaderLines + ?Sized> Head<'a> for LinesHead<'a, S> {
    fn origin(&self) -> Once<RequestValue<'a>> {
        Once::of(values(self.0, b"origin").map(RequestValue::new))
    }

    fn has_request_method(&self) -> bool {
        values(self.0, b"access-control-request-method").next().is_some()
    }

    fn request_method(&self) -> Once<RequestValue<'a>> {
        Once::of(values(self.0, b"access-control-request-method").map(RequestValue::new))
    }

    fn request_headers(&self) -> impl Iterator<Item = &'a [u8]> {
        values(self.0, b"access-control-request-headers")
    }

    fn all(&self) -> &(impl HeaderLines + ?Sized) {
        self.0
    }
}

/// The values of the lines that are called `lower_case`, in any case. Most names are not, by their length; the
/// others are mostly in lower case, as HTTP/2 has them.
fn values<'a, const LENGTH: usize>(
    headers: &'a (impl HeaderLines + ?Sized),
    lower_case: &'static [u8; LENGTH],
) -> impl Iterator<Item = &'a [u8]> {
    headers
        .header_lines()
        .filter(move |(name, _)| {
            name.len() == LENGTH && (name == lower_case || name.eq_ignore_ascii_case(lower_case))
        })
        .map(|(_, value)| value)
}
