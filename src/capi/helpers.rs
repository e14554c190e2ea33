//! What every server's glue needs beside a decision.

use super::decision::{
    CORS_OP_ECHO_ORIGIN, CORS_OP_ECHO_REQUEST_HEADERS, CORS_OP_ECHO_REQUEST_METHOD, cors_op,
};
use super::door::{door, status_of};
use super::pointers::{check_array, shared, sized, some_place};
use super::request::cors_request;
use super::status::{CORS_ERROR_NO_SPACE, CORS_ERROR_NULL, CORS_ERROR_VALUE, Failure, cors_status};
use super::strings::cors_str;
use crate::protocol::{is_http_tab_or_space, trim};
use crate::server::{ResponseHeader, vary_lists};
use core::ffi::c_char;

/// Whether name, in any case, is that of a response header that policies own: one that is dropped from what an
/// application answers. Timing-Allow-Origin is one, though a policy that does not speak of it leaves it alone.
/// Vary is none.
///
/// Any thread. Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cors_is_policy_header(name: cors_str) -> bool {
    door(false, || {
        // SAFETY: the header's rule for strings.
        let name = unsafe { name.bytes() }.unwrap_or_default();
        let mut owned = ResponseHeader::CORS.into_iter().chain([ResponseHeader::TimingAllowOrigin]);
        owned.any(|header| header.as_str().as_bytes().eq_ignore_ascii_case(name))
    })
}

/// The value of an operation: its own, or what its flags say of the request, without spaces and tabs around
/// it. Puts it into out; absent for CORS_OP_REMOVE. What comes from the request is the caller's own string.
///
/// Any thread. Allocates nothing. Errors: CORS_ERROR_NULL, CORS_ERROR_STRUCT_SIZE and CORS_ERROR_TOO_LONG for
/// an unusable request, CORS_ERROR_VALUE where the request has no such line; out is left alone then.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cors_op_value(
    op: *const cors_op,
    request: *const cors_request,
    out: *mut cors_str,
) -> cors_status {
    status_of(|| {
        let place = some_place(out)?;
        // SAFETY: the header's rules for pointers and strings.
        let op = unsafe { shared(op) }?;
        let value = if op.flags == 0 {
            op.value
        } else {
            // SAFETY: the header's rules for pointers and strings.
            let bytes = unsafe { echoed(op, sized(request)?)?.bytes() }?;
            cors_str::of(trim(bytes, is_http_tab_or_space))
        };
        // SAFETY: the header's rule for results.
        unsafe { place.put(value) };
        Ok(())
    })
}

/// What the flags of an operation say of a request.
fn echoed(op: &cors_op, request: &cors_request) -> Result<cors_str, Failure> {
    let line = usize::from(op.line);
    match op.flags {
        CORS_OP_ECHO_ORIGIN if request.origin_lines > 0 => Ok(request.origin),
        CORS_OP_ECHO_REQUEST_METHOD if request.request_method_lines > 0 => Ok(request.request_method),
        CORS_OP_ECHO_REQUEST_HEADERS => {
            request.lines().get(line).copied().ok_or(Failure::Status(CORS_ERROR_VALUE))
        }
        _ => Err(Failure::Status(CORS_ERROR_VALUE)),
    }
}

/// Merges names into the value of a Vary header. have is the value that the response has, its lines joined by
/// commas if there are several, or absent; add is the value of a CORS_OP_VARY. Writes have and, after a comma,
/// each name in add that it lacks; have alone if it is * or lacks none. Nothing is ended by NUL. buffer may be
/// NULL if capacity is 0, to ask for the need.
///
/// Any thread. Allocates nothing. Errors: CORS_ERROR_NO_SPACE, with the need in written and buffer left alone;
/// CORS_ERROR_NULL and CORS_ERROR_TOO_LONG, with nothing written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cors_vary_merge(
    have: cors_str,
    add: cors_str,
    buffer: *mut c_char,
    capacity: usize,
    written: *mut usize,
) -> cors_status {
    status_of(|| {
        if written.is_null() {
            return Err(Failure::Status(CORS_ERROR_NULL));
        }
        check_array(buffer, capacity).map_err(Failure::Status)?;
        // SAFETY: the header's rule for strings.
        let (have, add) = unsafe { (have.bytes()?, add.bytes()?) };
        let need = merged(have, add).map(<[u8]>::len).sum();
        // SAFETY: it is not NULL, and the header's rule for results.
        unsafe { written.write(need) };
        if need > capacity {
            return Err(Failure::Status(CORS_ERROR_NO_SPACE));
        }
        let mut end = buffer.cast::<u8>();
        for piece in merged(have, add) {
            // SAFETY: the pieces have `need` bytes in all, for which there is room; the buffer is not what is
            // read, by the header's rule for results.
            unsafe {
                piece.as_ptr().copy_to_nonoverlapping(end, piece.len());
                end = end.add(piece.len());
            }
        }
        Ok(())
    })
}

/// The value of `Vary` that has the names in `add` as well, in pieces.
fn merged<'a>(have: &'a [u8], add: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
    let have = trim(have, is_http_tab_or_space);
    let names = add.split(|&byte| byte == b',').map(|name| trim(name, is_http_tab_or_space));
    let lacking = names.filter(move |name| {
        let name = core::str::from_utf8(name).unwrap_or_default();
        !name.is_empty() && !vary_lists([have], name)
    });
    let pieces = lacking.enumerate().flat_map(move |(place, name)| {
        let comma: &[u8] = if place > 0 || !have.is_empty() { b", " } else { b"" };
        [comma, name]
    });
    core::iter::once(have).chain(pieces)
}
