//! The plain questions, for those who need one answer only.

use super::door::{status_of, told};
use super::fetch_init::{cors_fetch_init, credentials, engine};
use super::pointers::{check_array, shared, some_place};
use super::reasons::browser_number;
use super::status::{CORS_ERROR_VALUE, CORS_OK, Failure, cors_error, cors_status};
use super::strings::{cors_header, cors_str, header_lines};
use crate::ResponseHead;
use crate::browser::{self, Preflight, Refusal};
use crate::protocol::{Headers, Origin};

/// No preflight is sent.
pub const CORS_PREFLIGHT_NOT_NEEDED: i32 = 0;
/// A preflight is sent since the method is not CORS-safelisted.
pub const CORS_PREFLIGHT_FOR_METHOD: i32 = 1;
/// A preflight is sent since a header is not CORS-safelisted.
pub const CORS_PREFLIGHT_FOR_HEADER: i32 = 2;
/// A preflight is sent since the body is a stream, or an upload listener is set.
pub const CORS_PREFLIGHT_FORCED: i32 = 3;

/// Whether the browser sends a preflight before this request, unless its preflight cache spares it: above 0 if
/// so, and because of what: CORS_PREFLIGHT_FOR_METHOD and the others. CORS_PREFLIGHT_NOT_NEEDED is 0.
///
/// Any thread. Errors: as cors_fetch_new.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cors_needs_preflight(init: *const cors_fetch_init, error: *mut cors_error) -> i32 {
    let body = || {
        // SAFETY: the header's rules for pointers and strings.
        let (engine, request) = unsafe { shared(init).map_err(|failure| failure.about("init"))?.request()? };
        Ok(match browser::needs_preflight(engine, &request)? {
            Preflight::NotCrossOrigin | Preflight::Simple => CORS_PREFLIGHT_NOT_NEEDED,
            Preflight::Forced => CORS_PREFLIGHT_FORCED,
            Preflight::Method => CORS_PREFLIGHT_FOR_METHOD,
            Preflight::UnsafeHeader(_) => CORS_PREFLIGHT_FOR_HEADER,
        })
    };
    // SAFETY: the header's rule for pointers.
    unsafe { told(error, body) }
}

/// The CORS check alone: does a response with these headers let script of this origin read it? Puts the reason
/// why not into reason, or 0 if it does. engine_number is CORS_ENGINE_SPEC or another, credentials_mode is
/// CORS_CREDENTIALS_INCLUDE or another, origin is serialized.
///
/// Any thread. Errors: CORS_ERROR_NULL, CORS_ERROR_TOO_LONG, CORS_ERROR_ENCODING, and CORS_ERROR_VALUE for a
/// constant or an origin that is none; reason is left alone then.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cors_check(
    engine_number: u8,
    origin: cors_str,
    credentials_mode: u8,
    headers: *const cors_header,
    header_count: usize,
    reason: *mut u16,
) -> cors_status {
    status_of(|| {
        let place = some_place(reason)?;
        let (engine, credentials) = (engine(engine_number)?, credentials(credentials_mode)?);
        // SAFETY: the header's rules for strings.
        let (origin, lines) = unsafe { (origin.text("origin")?, header_lines(headers, header_count)?) };
        let origin = Origin::parse(origin.unwrap_or_default())
            .map_err(|_| Failure::Argument("origin", CORS_ERROR_VALUE))?;
        let checked = browser::cors_check(engine, &origin, credentials, &Headers::of(&lines));
        // SAFETY: the header's rule for results.
        unsafe { place.put(number(checked)) };
        Ok(())
    })
}

/// The judgement of a preflight's answer alone: may this request be sent after it? Puts the reason why not into
/// reason, or 0 if it may.
///
/// Any thread. Errors: as cors_fetch_new, and CORS_ERROR_NULL where reason is NULL; reason is left alone then.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cors_preflight_check(
    init: *const cors_fetch_init,
    status: u16,
    headers: *const cors_header,
    header_count: usize,
    reason: *mut u16,
    error: *mut cors_error,
) -> cors_status {
    let body = || {
        let place = some_place(reason).map_err(|failure| failure.about("reason"))?;
        // SAFETY: the header's rules for pointers and strings.
        let ((engine, request), lines) = unsafe {
            let init = shared(init).map_err(|failure| failure.about("init"))?;
            (init.request()?, header_lines(headers, header_count)?)
        };
        browser::needs_preflight(engine, &request)?;
        let checked = browser::preflight_check(engine, &request, &ResponseHead::new(status, &lines));
        // SAFETY: the header's rule for results.
        unsafe { place.put(number(checked)) };
        Ok(CORS_OK)
    };
    // SAFETY: the header's rule for pointers.
    unsafe { told(error, body) }
}

/// Which headers of a response that passed the CORS check script can read: puts a 1 for each line that it can
/// into readable, which has header_count places, and a 0 for each other. engine_number and credentials_mode
/// are as in cors_check.
///
/// Any thread. Errors: CORS_ERROR_NULL, CORS_ERROR_TOO_LONG, CORS_ERROR_VALUE; readable is left alone then.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cors_exposed_headers(
    engine_number: u8,
    credentials_mode: u8,
    headers: *const cors_header,
    header_count: usize,
    readable: *mut u8,
) -> cors_status {
    status_of(|| {
        let (engine, credentials) = (engine(engine_number)?, credentials(credentials_mode)?);
        check_array(readable, header_count).map_err(Failure::Status)?;
        // SAFETY: the header's rules for strings.
        let lines = unsafe { header_lines(headers, header_count) }?;
        let exposed = browser::exposed_headers(engine, credentials, &Headers::of(&lines));
        for (place, (name, _)) in lines.iter().enumerate() {
            // SAFETY: the header's rule for results; the place is one of as many as there are lines.
            unsafe { readable.add(place).write(u8::from(exposed.contains(name))) };
        }
        Ok(())
    })
}

pub(super) fn number(checked: Result<(), Refusal>) -> u16 {
    checked.map_or_else(|refusal| browser_number(refusal.reason), |()| 0)
}
