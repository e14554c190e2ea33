//! What a policy reads of a request, wherever its headers are kept: three headers, each looked for only when the
//! decision gets there.

use crate::protocol::{HeaderLines, is_http_tab_or_space, trim};
#[cfg(feature = "http")]
use http::HeaderValue;

/// The head of a request. `'a` is how long its values live.
pub(crate) trait Head<'a> {
    /// `Origin`.
    fn origin(&self) -> Once<'a>;

    /// `Access-Control-Request-Method`.
    fn request_method(&self) -> Once<'a>;

    /// Whether there is an `Access-Control-Request-Method` at all.
    fn has_request_method(&self) -> bool {
        !matches!(self.request_method(), Once::Absent)
    }

    /// The lines of `Access-Control-Request-Headers`.
    fn request_headers(&self) -> impl Iterator<Item = RequestValue<'a>>;

    /// All there are, for a predicate.
    fn headers(&self) -> &(impl HeaderLines + ?Sized);
}

/// A header that should come once.
#[derive(Clone, Copy)]
pub(crate) enum Once<'a> {
    Absent,
    One(RequestValue<'a>),
    Several,
}

impl<'a> Once<'a> {
    pub(crate) fn and(self, value: RequestValue<'a>) -> Self {
        match self {
            Once::Absent => Once::One(value),
            Once::One(_) | Once::Several => Once::Several,
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
        RequestValue { bytes: trim(bytes, is_http_tab_or_space), ..RequestValue::EMPTY }
    }
}

/// A list of header lines, read in one pass.
pub(crate) struct LinesHead<'a, S: ?Sized> {
    origin: Once<'a>,
    request_method: Once<'a>,
    headers: &'a S,
}

impl<'a, S: HeaderLines + ?Sized> LinesHead<'a, S> {
    pub(crate) fn new(headers: &'a S) -> Self {
        let (mut origin, mut request_method) = (Once::Absent, Once::Absent);
        for (name, value) in headers.header_lines() {
            // Most names have another length, which is the cheapest question.
            match name.len() {
                6 if is_named(name, b"origin") => origin = origin.and(RequestValue::new(value)),
                29 if is_named(name, b"access-control-request-method") => {
                    request_method = request_method.and(RequestValue::new(value));
                }
                _ => {}
            }
        }
        LinesHead { origin, request_method, headers }
    }
}

impl<'a, S: HeaderLines + ?Sized> Head<'a> for LinesHead<'a, S> {
    fn origin(&self) -> Once<'a> {
        self.origin
    }

    fn request_method(&self) -> Once<'a> {
        self.request_method
    }

    fn request_headers(&self) -> impl Iterator<Item = RequestValue<'a>> {
        let lines = self.headers.header_lines();
        lines
            .filter(|(name, _)| is_named(name, b"access-control-request-headers"))
            .map(|(_, value)| RequestValue::new(value))
    }

    fn headers(&self) -> &(impl HeaderLines + ?Sized) {
        self.headers
    }
}

/// Whether `name` is `lower_case` in any case; in lower case, as HTTP/2 has it, is soon seen.
fn is_named<const LENGTH: usize>(name: &[u8], lower_case: &[u8; LENGTH]) -> bool {
    name == lower_case || name.eq_ignore_ascii_case(lower_case)
}
