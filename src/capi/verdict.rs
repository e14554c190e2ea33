//! How a fetch ended.

use super::door::status_of;
use super::fetch::{cors_fetch, exchange_number};
use super::pointers::{shared, sized_mut, some_place};
use super::reasons::browser_number;
use super::status::{CORS_ERROR_NOT_FOUND, CORS_ERROR_ORDER, Failure, cors_status};
use super::strings::cors_str;
use crate::browser::{Outcome, ResponseType, Step};
use crate::console_messages;
use crate::protocol::Headers;

/// A network error: script gets no response.
pub const CORS_RESPONSE_ERROR: u8 = 0;
/// From the page's own origin, or a data: URL.
pub const CORS_RESPONSE_BASIC: u8 = 1;
/// From another origin that allowed it.
pub const CORS_RESPONSE_CORS: u8 = 2;
/// From another origin, unread: the answer to a no-cors request.
pub const CORS_RESPONSE_OPAQUE: u8 = 3;
/// A redirect that was not followed.
pub const CORS_RESPONSE_OPAQUE_REDIRECT: u8 = 4;

/// How a fetch ended. It belongs to the caller; the strings in it are the fetch's, and last until it is freed.
///
/// Start from CORS_VERDICT_INIT.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct cors_verdict {
    /// sizeof(cors_verdict), set by the caller.
    pub struct_size: u32,
    /// 1 if script gets a response, 0 if it gets a network error.
    pub allowed: u8,
    /// What script gets: CORS_RESPONSE_ERROR and the others.
    pub response_type: u8,
    /// 1 if the response came after a redirect; else 0.
    pub redirected: u8,
    /// 1 if the page may read the fetch's full timing; else 0.
    pub timing_allowed: u8,
    /// The status that script sees: 0 for an opaque response, and for a network error.
    pub status: u16,
    /// Why script gets a network error; 0 if it gets a response.
    pub reason: u16,
    /// With a network error, on what it happened: CORS_EXCHANGE_NONE and the others.
    pub exchange: u8,
    /// With a network error, how many redirects had been followed.
    pub redirect_count: u8,
    /// With a network error, the status of the response that was refused; 0 if none came.
    pub refused_status: u16,
    /// How many response headers script can read: see cors_fetch_exposed.
    pub exposed_count: u32,
    /// How many lines the browser's console shows: see cors_fetch_console.
    pub console_count: u32,
    /// 0.
    pub reserved0: u32,
    /// The URL of the last response, or the one that was refused.
    pub url: cors_str,
    /// With a network error, the header value, method, header name or URL that it is about, as it came; empty
    /// where there is none.
    pub detail: cors_str,
}

/// What a verdict is made from, kept by the fetch.
#[derive(Debug)]
pub(super) struct Verdict {
    outcome: Outcome,
    exposed: Vec<String>,
    console: Vec<String>,
}

impl Verdict {
    /// The verdict, if the fetch is over. `headers` are those of the last response, if one came.
    pub(super) fn of(step: &Step<'_>, headers: Option<&Headers<'_>>) -> Option<Self> {
        let Step::Done(outcome) = step else { return None };
        let (exposed, console) = match outcome {
            // What reaches no server has one header.
            Outcome::Response(response) => {
                let local = Headers::of(&[("content-type", "")]);
                (response.exposed.names(headers.unwrap_or(&local)), Vec::new())
            }
            Outcome::NetworkError(blocked) => (Vec::new(), console_messages(blocked)),
        };
        Some(Verdict { outcome: (*outcome).clone(), exposed, console })
    }
}

/// Puts the verdict of a fetch that is over into out.
///
/// Errors: CORS_ERROR_ORDER before that; CORS_ERROR_NULL, CORS_ERROR_STRUCT_SIZE. out is left alone then.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cors_fetch_verdict(fetch: *const cors_fetch, out: *mut cors_verdict) -> cors_status {
    status_of(|| {
        // SAFETY: the header's rule for pointers.
        let (fetch, out) = unsafe { (shared(fetch)?, sized_mut(out)?) };
        out.tell(fetch.verdict()?);
        Ok(())
    })
}

/// Puts the name of the nth response header that script can read into out, from 0: in lower case, sorted, each
/// once. The string is the fetch's and lasts until it is freed.
///
/// Errors: CORS_ERROR_ORDER before the fetch is over; CORS_ERROR_NULL, CORS_ERROR_NOT_FOUND. out is left alone
/// then.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cors_fetch_exposed(
    fetch: *const cors_fetch,
    n: usize,
    out: *mut cors_str,
) -> cors_status {
    // SAFETY: the header's rules for pointers.
    unsafe { nth(fetch, n, out, |verdict| &verdict.exposed) }
}

/// Puts the nth line that the browser's console shows about a network error into out, from 0. Empty for
/// CORS_ENGINE_SPEC, which has no console. The string is the fetch's and lasts until it is freed.
///
/// Errors: CORS_ERROR_ORDER before the fetch is over; CORS_ERROR_NULL, CORS_ERROR_NOT_FOUND. out is left alone
/// then.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cors_fetch_console(
    fetch: *const cors_fetch,
    n: usize,
    out: *mut cors_str,
) -> cors_status {
    // SAFETY: the header's rules for pointers.
    unsafe { nth(fetch, n, out, |verdict| &verdict.console) }
}

unsafe fn nth(
    fetch: *const cors_fetch,
    n: usize,
    out: *mut cors_str,
    lines: fn(&Verdict) -> &[String],
) -> cors_status {
    status_of(|| {
        let place = some_place(out)?;
        // SAFETY: the header's rule for pointers.
        let fetch = unsafe { shared(fetch) }?;
        let line = lines(fetch.verdict()?).get(n).ok_or(Failure::Status(CORS_ERROR_NOT_FOUND))?;
        // SAFETY: the header's rule for results.
        unsafe { place.put(cors_str::of(line.as_bytes())) };
        Ok(())
    })
}

impl cors_fetch {
    fn verdict(&self) -> Result<&Verdict, Failure> {
        self.verdict.as_ref().ok_or(Failure::Status(CORS_ERROR_ORDER))
    }
}

impl cors_verdict {
    fn tell(&mut self, verdict: &Verdict) {
        let count = |lines: &[String]| u32::try_from(lines.len()).unwrap_or(u32::MAX);
        let blank = cors_verdict {
            struct_size: self.struct_size,
            allowed: 0,
            response_type: CORS_RESPONSE_ERROR,
            redirected: 0,
            timing_allowed: 0,
            status: 0,
            reason: 0,
            exchange: exchange_number(None),
            redirect_count: 0,
            refused_status: 0,
            exposed_count: count(&verdict.exposed),
            console_count: count(&verdict.console),
            reserved0: 0,
            url: cors_str::of(b""),
            detail: cors_str::of(b""),
        };
        *self = match &verdict.outcome {
            Outcome::Response(response) => cors_verdict {
                allowed: 1,
                response_type: match response.response_type {
                    ResponseType::Basic => CORS_RESPONSE_BASIC,
                    ResponseType::Cors => CORS_RESPONSE_CORS,
                    ResponseType::Opaque => CORS_RESPONSE_OPAQUE,
                    ResponseType::OpaqueRedirect => CORS_RESPONSE_OPAQUE_REDIRECT,
                },
                redirected: u8::from(response.redirected),
                timing_allowed: u8::from(response.timing_allowed),
                status: response.status,
                url: cors_str::of(response.url.as_str().as_bytes()),
                ..blank
            },
            Outcome::NetworkError(blocked) => cors_verdict {
                reason: browser_number(blocked.reason),
                exchange: exchange_number(blocked.exchange),
                redirect_count: blocked.hop,
                refused_status: blocked.status.unwrap_or(0),
                url: cors_str::of(blocked.url.as_str().as_bytes()),
                detail: cors_str::of(&blocked.value),
                ..blank
            },
        };
    }
}
