//! What a policy reads of a request, wherever its headers are kept: three headers, each looked for only when the
//! decision gets there.

use crate::protocol::{HeaderLines, is_http_tab_or_space, trim};
#[cfg(feature = "http")]
use http::HeaderValue;

/// The headers of a request. `'a` is how long their values live.
pub(crate) trait Head<'a> {
    /// `Origin`.
    fn origin(&self) -> Once<RequestValue<'a>>;

    /// Whether the method is `OPTIONS` and there is an `Access-Control-Request-Method`.
    fn asks_first(&self) -> bool;

    /// Calls `read` with each line that says what a preflight asks for.
    fn each_asked(&self, read: impl FnMut(Asked<'a>));

    /// All there are, for a predicate.
    fn all(&self) -> &(impl HeaderLines + ?Sized);
}

/// A line that says what a preflight asks for.
pub(crate) enum Asked<'a> {
    /// `Access-Control-Request-Method`.
    Method(RequestValue<'a>),
    /// `Access-Control-Request-Headers`, with the whitespace around it.
    Headers(&'a [u8]),
}

/// The value of a header that should come once.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Once<T> {
    Absent,
    One(T),
    Several,
}

impl<T> Once<T> {
    pub(crate) fn and(self, value: T) -> Self {
        match self {
            Once::Absent => Once::One(value),
            Once::One(_) | Once::Several => Once::Several,
        }
    }
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

/// The head that a list of lines is: read once for the origin, and once more for what it may ask for.
pub(crate) struct LinesHead<'a, S: ?Sized> {
    headers: &'a S,
    origin: Once<RequestValue<'a>>,
    asks_first: bool,
}

impl<'a, S: HeaderLines + ?Sized> LinesHead<'a, S> {
    pub(crate) fn new(is_options: bool, headers: &'a S) -> Self {
        let mut origin = Once::Absent;
        let mut asks_first = false;
        if is_options {
            for (name, value) in with_length(headers, |length| matches!(length, 6 | 29)) {
                if is_named(name, b"origin") {
                    origin = origin.and(RequestValue::new(value));
                } else if is_named(name, b"access-control-request-method") {
                    asks_first = true;
                }
            }
        } else {
            for (name, value) in headers.header_lines() {
                if is_named(name, b"origin") {
                    origin = origin.and(RequestValue::new(value));
                }
            }
        }
        LinesHead { headers, origin, asks_first }
    }
}

impl<'a, S: HeaderLines + ?Sized> Head<'a> for LinesHead<'a, S> {
    fn origin(&self) -> Once<RequestValue<'a>> {
        self.origin
    }

    fn asks_first(&self) -> bool {
        self.asks_first
    }

    fn each_asked(&self, mut read: impl FnMut(Asked<'a>)) {
        for (name, value) in with_length(self.headers, |length| matches!(length, 29 | 30)) {
            let asked = if is_named(name, b"access-control-request-method") {
                Asked::Method(RequestValue::new(value))
            } else if is_named(name, b"access-control-request-headers") {
                Asked::Headers(value)
            } else {
                continue;
            };
            read(asked);
        }
    }

    fn all(&self) -> &(impl HeaderLines + ?Sized) {
        self.headers
    }
}

/// The lines whose names have such a length. Few do, and of the others nothing else need be looked at.
fn with_length<'a>(
    headers: &'a (impl HeaderLines + ?Sized),
    is_wanted: impl Fn(usize) -> bool,
) -> impl Iterator<Item = (&'a [u8], &'a [u8])> {
    headers.header_lines().filter(move |(name, _)| is_wanted(name.len()))
}

/// Whether `name` is `lower_case`, which begins with a letter, in any case. Mostly it is in lower case, as HTTP/2
/// has it, or begins with another letter.
fn is_named<const LENGTH: usize>(name: &[u8], lower_case: &[u8; LENGTH]) -> bool {
    let begins_alike = || (name[0] ^ lower_case[0]) & !0x20 == 0;
    name.len() == LENGTH && (name == lower_case || begins_alike() && name.eq_ignore_ascii_case(lower_case))
}
