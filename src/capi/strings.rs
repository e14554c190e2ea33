//! Strings: a pointer and a length, never ended by NUL, never owned.

use super::pointers::array;
use super::status::{CORS_ERROR_ENCODING, Failure};

/// A literal as C has it, ended by NUL.
macro_rules! c_string {
    ($literal:literal) => {
        match core::ffi::CStr::from_bytes_with_nul(concat!($literal, "\0").as_bytes()) {
            Ok(text) => text,
            Err(_) => panic!("a literal holds NUL"),
        }
    };
}
pub(crate) use c_string;

/// Bytes of somebody else's: a pointer and a length.
///
/// `{NULL, 0}` means absent; a pointer with the length 0 means there and empty, as an `Origin:` line without a
/// value is. Bytes are any bytes; they need not be ended by NUL, and may hold it. Where text is wanted, a
/// string that is not UTF-8 is CORS_ERROR_ENCODING. NULL with another length than 0 is CORS_ERROR_NULL, and a
/// length that no object can have is CORS_ERROR_TOO_LONG.
///
/// What a caller passes is read during the call only (a cors_request apart, see there). What the library gives
/// is the library's own: it belongs to the policy, fetch or program that the function names.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct cors_str {
    /// The first byte, or NULL.
    pub ptr: *const core::ffi::c_char,
    /// How many bytes there are.
    pub len: usize,
}

/// A header line: its name in any case, and its value.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct cors_header {
    /// The name.
    pub name: cors_str,
    /// The value. Spaces and tabs around it do not count.
    pub value: cors_str,
}

impl cors_str {
    pub(super) const ABSENT: cors_str = cors_str { ptr: core::ptr::null(), len: 0 };

    pub(super) const fn of(bytes: &[u8]) -> Self {
        cors_str { ptr: bytes.as_ptr().cast(), len: bytes.len() }
    }

    pub(super) fn of_option(bytes: Option<&[u8]>) -> Self {
        bytes.map_or(cors_str::ABSENT, cors_str::of)
    }

    /// The bytes; `None` where it is absent.
    ///
    /// # Safety
    /// The pointer points to as many bytes as it says, and nothing changes them meanwhile.
    pub(super) unsafe fn get<'a>(self) -> Result<Option<&'a [u8]>, Failure> {
        // SAFETY: the caller's promise.
        let bytes = unsafe { array(self.ptr.cast(), self.len) }?;
        Ok((!self.ptr.is_null()).then_some(bytes))
    }

    /// The bytes; none where it is absent.
    ///
    /// # Safety
    /// As [`get`](cors_str::get).
    pub(super) unsafe fn bytes<'a>(self) -> Result<&'a [u8], Failure> {
        // SAFETY: the caller's promise.
        Ok(unsafe { self.get() }?.unwrap_or_default())
    }

    /// The text; `None` where it is absent. `argument` is what an error calls it.
    ///
    /// # Safety
    /// As [`get`](cors_str::get).
    pub(super) unsafe fn text<'a>(self, argument: &'static str) -> Result<Option<&'a str>, Failure> {
        // SAFETY: the caller's promise.
        let bytes = unsafe { self.get() }.map_err(|failure| failure.about(argument))?;
        let text = bytes.map(core::str::from_utf8).transpose();
        text.map_err(|_| Failure::Status(CORS_ERROR_ENCODING).about(argument))
    }
}

/// A header line: its name and its value.
type Line<'a> = (&'a [u8], &'a [u8]);

/// Header lines out of C.
///
/// # Safety
/// `headers` points to `count` lines, and each of them to as many bytes as it says; nothing changes them
/// meanwhile.
pub(super) unsafe fn header_lines<'a>(
    headers: *const cors_header,
    count: usize,
) -> Result<Vec<Line<'a>>, Failure> {
    // SAFETY: the caller's promise.
    let headers = unsafe { array(headers, count) }.map_err(|failure| failure.about("headers"))?;
    let line = |header: &cors_header| {
        // SAFETY: the caller's promise.
        Ok(unsafe { (header.name.bytes()?, header.value.bytes()?) })
    };
    headers.iter().map(line).collect::<Result<_, Failure>>().map_err(|failure| failure.about("headers"))
}
