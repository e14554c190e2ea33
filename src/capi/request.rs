//! The request as a server sees it.

use super::door::door;
use super::pointers::{Sized32, check_array, exclusive};
use super::status::{CORS_ERROR_STRUCT_SIZE, cors_status};
use super::strings::cors_str;
use crate::protocol::HeaderLines;
use crate::server::{Head, OVER_BUDGET, Once, RequestValue};
use core::iter::repeat_n;
use core::mem::MaybeUninit;
use core::slice;

/// How many lines of Access-Control-Request-Headers a request holds. Browsers send one. A preflight with more
/// is refused with CORS_REASON_REQUEST_HEADERS_OVER_BUDGET.
pub const CORS_REQUEST_LINES: usize = 32;

/// The part of a request that CORS looks at. It lies on the caller's stack or in its pool and holds no memory
/// of its own: the strings in it are the caller's, and have to last for as long as the request is used, which
/// is until cors_decide, cors_op_value and cors_audit_response have returned.
///
/// Start from CORS_REQUEST_INIT or cors_request_init, hand every header line of the request to
/// cors_request_header, and then ask cors_decide. Do not write to the fields.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct cors_request {
    /// sizeof(cors_request).
    pub struct_size: u32,
    /// How many lines of Origin there were.
    pub origin_lines: u16,
    /// How many lines of Access-Control-Request-Method there were.
    pub request_method_lines: u16,
    /// How many lines of Access-Control-Request-Headers there were, kept or not.
    pub request_headers_lines: u32,
    /// How many lines of Cookie there were.
    pub cookie_lines: u32,
    /// The method, such as OPTIONS.
    pub method: cors_str,
    /// The first line of Origin.
    pub origin: cors_str,
    /// The first line of Access-Control-Request-Method.
    pub request_method: cors_str,
    /// The last line of Sec-Fetch-Mode.
    pub fetch_mode: cors_str,
    /// The first lines of Access-Control-Request-Headers, as many as there were.
    pub request_headers: [MaybeUninit<cors_str>; CORS_REQUEST_LINES],
}

/// Makes request an empty request with this method. Does the same as CORS_REQUEST_INIT and setting the field
/// method; in a server's hot path that is as good. NULL does nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cors_request_init(request: *mut cors_request, method: cors_str) {
    if request.is_null() {
        return;
    }
    // SAFETY: the header's rule for results. The lines stay as they are, since there are none.
    unsafe {
        (*request).struct_size = size_of::<cors_request>() as u32;
        (*request).origin_lines = 0;
        (*request).request_method_lines = 0;
        (*request).request_headers_lines = 0;
        (*request).cookie_lines = 0;
        (*request).method = method;
        (*request).origin = cors_str::ABSENT;
        (*request).request_method = cors_str::ABSENT;
        (*request).fetch_mode = cors_str::ABSENT;
    }
}

/// Takes a header line of the request, if CORS looks at it: Origin, Access-Control-Request-Method,
/// Access-Control-Request-Headers, and for cors_audit_response Sec-Fetch-Mode and whether there is a Cookie.
/// Call it for every line, in the server's own walk through the headers; repeated lines have to come as
/// repeated calls, since two Origin lines are not the same as one.
///
/// Copies nothing and allocates nothing. Returns whether it took the line. An absent value counts as an empty
/// one. NULL or a wrong struct_size takes nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cors_request_header(
    request: *mut cors_request,
    name: cors_str,
    value: cors_str,
) -> bool {
    // Most lines are none of these: their length says so.
    if !matches!(name.len, 6 | 14 | 29 | 30) || name.ptr.is_null() {
        return false;
    }
    door(false, || {
        // SAFETY: the header's rules for pointers and strings; the length is small and the pointer not NULL.
        let (request, name) =
            unsafe { (exclusive(request), slice::from_raw_parts(name.ptr.cast::<u8>(), name.len)) };
        request.is_ok_and(|request| request.has_its_size() && request.take(name, value))
    })
}

impl cors_request {
    fn take(&mut self, name: &[u8], value: cors_str) -> bool {
        let value = if value.ptr.is_null() && value.len == 0 { cors_str::of(b"") } else { value };
        // Most names of these lengths are told apart by how they end.
        let end = name.last_chunk().map_or(0, |end| u32::from_le_bytes(*end) | u32::from_le_bytes(*b"    "));
        let is = |lower_case: &[u8], lower_case_end: &[u8; 4]| {
            end == u32::from_le_bytes(*lower_case_end)
                && (name == lower_case || name.eq_ignore_ascii_case(lower_case))
        };
        if is(b"origin", b"igin") {
            if self.origin_lines == 0 {
                self.origin = value;
            }
            self.origin_lines = self.origin_lines.saturating_add(1);
        } else if is(b"access-control-request-method", b"thod") {
            if self.request_method_lines == 0 {
                self.request_method = value;
            }
            self.request_method_lines = self.request_method_lines.saturating_add(1);
        } else if is(b"access-control-request-headers", b"ders") {
            if let Some(line) = self.request_headers.get_mut(self.request_headers_lines as usize) {
                line.write(value);
            }
            self.request_headers_lines = self.request_headers_lines.saturating_add(1);
        } else if is(b"cookie", b"okie") {
            self.cookie_lines = self.cookie_lines.saturating_add(1);
        } else if is(b"sec-fetch-mode", b"mode") {
            self.fetch_mode = value;
        } else {
            return false;
        }
        true
    }

    /// The lines of Access-Control-Request-Headers that are kept.
    pub(super) fn lines(&self) -> &[cors_str] {
        let kept = (self.request_headers_lines as usize).min(CORS_REQUEST_LINES);
        // SAFETY: `take` has written so many, or the initializer all of them.
        unsafe { slice::from_raw_parts(self.request_headers.as_ptr().cast(), kept) }
    }
}

/// A request whose strings have been found to be strings.
#[derive(Clone, Copy)]
pub(super) struct RequestView<'a> {
    request: &'a cors_request,
}

impl<'a> RequestView<'a> {
    /// Fails if some string cannot be one, or the struct is another.
    ///
    /// # Safety
    /// The strings point to as many bytes as they say, or are NULL, and nothing changes them meanwhile.
    pub(super) unsafe fn new(request: &'a cors_request) -> Result<Self, cors_status> {
        let strings = [request.method, request.origin, request.request_method, request.fetch_mode];
        let lines = request.lines();
        if !request.has_its_size() {
            return Err(CORS_ERROR_STRUCT_SIZE);
        }
        strings.iter().chain(lines).try_for_each(|string| check_array(string.ptr, string.len))?;
        Ok(RequestView { request })
    }

    pub(super) fn method(self) -> &'a [u8] {
        self.bytes(self.request.method)
    }

    pub(super) fn is_options(self) -> bool {
        self.method() == b"OPTIONS"
    }

    pub(super) fn fetch_mode(self) -> Option<&'a [u8]> {
        (!self.request.fetch_mode.ptr.is_null()).then(|| self.bytes(self.request.fetch_mode))
    }

    pub(super) fn has_cookies(self) -> bool {
        self.request.cookie_lines > 0
    }

    /// Which of the kept lines of Access-Control-Request-Headers this is, or is a part of.
    pub(super) fn line_of(self, value: &[u8]) -> usize {
        let holds = |line: &cors_str| self.bytes(*line).as_ptr_range().contains(&value.as_ptr());
        self.request.lines().iter().position(holds).unwrap_or(0)
    }

    fn once(self, value: cors_str, lines: u16) -> Once<RequestValue<'a>> {
        match lines {
            0 => Once::Absent,
            1 => Once::One(RequestValue::new(self.bytes(value))),
            _ => Once::Several,
        }
    }

    fn bytes(self, string: cors_str) -> &'a [u8] {
        if string.ptr.is_null() {
            return b"";
        }
        // SAFETY: `new` made sure that it can be an array, and its caller that it is one.
        unsafe { slice::from_raw_parts(string.ptr.cast(), string.len) }
    }
}

impl<'a> Head<'a> for RequestView<'a> {
    fn origin(self) -> Once<RequestValue<'a>> {
        self.once(self.request.origin, self.request.origin_lines)
    }

    fn request_method(self) -> Once<RequestValue<'a>> {
        self.once(self.request.request_method, self.request.request_method_lines)
    }

    /// The lines that are kept, and one for all others.
    fn request_headers(self) -> impl Iterator<Item = &'a [u8]> {
        let too_many = self.request.request_headers_lines as usize > CORS_REQUEST_LINES;
        let kept = self.request.lines().iter().map(move |line| self.bytes(*line));
        kept.chain(too_many.then_some(OVER_BUDGET))
    }

    fn all(&self) -> &(impl HeaderLines + ?Sized) {
        self
    }
}

impl HeaderLines for RequestView<'_> {
    fn header_lines(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        const NAMES: [&[u8]; 3] =
            [b"origin", b"access-control-request-method", b"access-control-request-headers"];
        let request = self.request;
        let repeated =
            |name, value, count: u16| repeat_n((name, self.bytes(value)), usize::from(count.min(2)));
        repeated(NAMES[0], request.origin, request.origin_lines)
            .chain(repeated(NAMES[1], request.request_method, request.request_method_lines))
            .chain(self.request_headers().map(|line| (NAMES[2], line)))
    }
}
