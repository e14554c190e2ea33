//! One fetch, step by step.

use super::door::{door, status_of, told, value_or_status};
use super::fetch_init::cors_fetch_init;
use super::pointers::{exclusive, shared, sized_mut, some_place};
use super::preflight_cache::cors_preflight_cache;
use super::status::{CORS_ERROR_NOT_FOUND, CORS_ERROR_ORDER, CORS_OK, Failure, cors_error, cors_status};
use super::strings::{cors_header, cors_str, header_lines};
use super::verdict::Verdict;
use crate::browser::{Exchange, Fetch, Outgoing, Step};
use crate::{PreflightCache, ResponseHead};
use core::time::Duration;
use url::Position;

/// One fetch, from the request that script makes to what script gets, as a machine that sends nothing itself:
/// the caller sends what it is told to, and hands in what comes back. It belongs to whoever made it, and is
/// used by one thread at a time.
#[derive(Debug)]
pub struct cors_fetch {
    fetch: Fetch,
    /// For callers that bring none.
    own_cache: PreflightCache,
    waits: bool,
    pub(super) verdict: Option<Verdict>,
}

/// Send the request that was put into out, and hand its response to cors_fetch_receive.
pub const CORS_STEP_SEND: i32 = 1;
/// It is over: ask cors_fetch_verdict.
pub const CORS_STEP_DONE: i32 = 2;

/// Nothing was sent.
pub const CORS_EXCHANGE_NONE: u8 = 0;
/// A CORS-preflight request and its response.
pub const CORS_EXCHANGE_PREFLIGHT: u8 = 1;
/// A request that script asked for, or a redirect of it, and its response.
pub const CORS_EXCHANGE_ACTUAL: u8 = 2;

/// A request to send. It belongs to the caller; the strings in it are the fetch's, and last until the fetch is
/// next started, told a response or a failure, or freed.
///
/// Start from CORS_OUTGOING_INIT.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct cors_outgoing {
    /// sizeof(cors_outgoing), set by the caller.
    pub struct_size: u32,
    /// What it is: CORS_EXCHANGE_PREFLIGHT or CORS_EXCHANGE_ACTUAL.
    pub exchange: u8,
    /// 1 if cookies, HTTP authentication and client certificates go along, and Set-Cookie counts; else 0.
    pub includes_credentials: u8,
    /// 0.
    pub reserved0: u16,
    /// The method.
    pub method: cors_str,
    /// The URL, without a fragment.
    pub url: cors_str,
    /// The value of Origin; absent if none is sent.
    pub origin: cors_str,
    /// The value of Access-Control-Request-Method; absent if none is sent.
    pub request_method: cors_str,
    /// The value of Access-Control-Request-Headers; absent if none is sent.
    pub request_headers: cors_str,
    /// How many header lines cors_fetch_header has: those above, and the ones that script set. What every HTTP
    /// client adds by itself, such as Host and cookies, is not among them.
    pub header_count: usize,
}

/// Constructs a request as the browser would, and puts the fetch into out. Free it with cors_fetch_free.
/// Nothing in it points into init.
///
/// Errors: CORS_ERROR_REQUEST where fetch() itself would throw, with the reason in error; CORS_ERROR_NULL,
/// CORS_ERROR_STRUCT_SIZE, CORS_ERROR_TOO_LONG, CORS_ERROR_ENCODING and CORS_ERROR_VALUE for a field that
/// cannot be read, with its name in error as the key. out is left alone then.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cors_fetch_new(
    init: *const cors_fetch_init,
    out: *mut *mut cors_fetch,
    error: *mut cors_error,
) -> cors_status {
    let body = || {
        let place = some_place(out).map_err(|failure| failure.about("out"))?;
        // SAFETY: the header's rules for pointers and strings.
        let (engine, request) = unsafe { shared(init).map_err(|failure| failure.about("init"))?.request()? };
        let fetch = cors_fetch {
            fetch: Fetch::new(engine, request)?,
            own_cache: PreflightCache::default(),
            waits: false,
            verdict: None,
        };
        // SAFETY: the header's rule for results.
        unsafe { place.put(Box::into_raw(Box::new(fetch))) };
        Ok(CORS_OK)
    };
    // SAFETY: the header's rule for pointers.
    unsafe { told(error, body) }
}

/// Frees a fetch. NULL does nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cors_fetch_free(fetch: *mut cors_fetch) {
    door((), || {
        if !fetch.is_null() {
            // SAFETY: it came from cors_fetch_new, and is freed once.
            drop(unsafe { Box::from_raw(fetch) });
        }
    });
}

/// Begins the fetch. Returns CORS_STEP_SEND and fills out, or returns CORS_STEP_DONE. Called again, it says
/// again what is wanted next.
///
/// cache is the browser's preflight cache; with NULL the fetch uses one of its own. now_ms is the time in
/// milliseconds since a fixed moment of the caller's choice, the same for all that use the cache.
///
/// Errors: CORS_ERROR_NULL, CORS_ERROR_STRUCT_SIZE; the fetch is left alone then.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cors_fetch_start(
    fetch: *mut cors_fetch,
    cache: *mut cors_preflight_cache,
    now_ms: u64,
    out: *mut cors_outgoing,
) -> i32 {
    value_or_status(|| {
        // SAFETY: the header's rules for pointers.
        let (fetch, out) = unsafe { (exclusive(fetch)?, sized_mut(out)?) };
        // SAFETY: as above.
        let cache = unsafe { cache.as_mut() }.map_or(&mut fetch.own_cache, |cache| &mut cache.cache);
        let step = fetch.fetch.start(cache, Duration::from_millis(now_ms));
        let verdict = Verdict::of(&step, None);
        let next = out.tell(&step);
        went_on(&mut fetch.waits, &mut fetch.verdict, next, verdict);
        Ok(next)
    })
}

/// Takes the response to the request that was last asked for: its status and its header lines in order,
/// repeated names included. Returns CORS_STEP_SEND and fills out, or returns CORS_STEP_DONE. cache and now_ms
/// are as in cors_fetch_start.
///
/// Errors: CORS_ERROR_ORDER where no response is waited for; CORS_ERROR_NULL, CORS_ERROR_STRUCT_SIZE,
/// CORS_ERROR_TOO_LONG. The fetch is left alone then.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cors_fetch_receive(
    fetch: *mut cors_fetch,
    status: u16,
    headers: *const cors_header,
    header_count: usize,
    cache: *mut cors_preflight_cache,
    now_ms: u64,
    out: *mut cors_outgoing,
) -> i32 {
    value_or_status(|| {
        // SAFETY: the header's rules for pointers and strings.
        let (fetch, out, lines) =
            unsafe { (exclusive(fetch)?, sized_mut(out)?, header_lines(headers, header_count)?) };
        fetch.check_waits()?;
        // SAFETY: as above.
        let cache = unsafe { cache.as_mut() }.map_or(&mut fetch.own_cache, |cache| &mut cache.cache);
        let head = ResponseHead::new(status, &lines);
        let step = fetch.fetch.receive(&head, cache, Duration::from_millis(now_ms));
        let verdict = Verdict::of(&step, Some(&head.headers));
        let next = out.tell(&step);
        went_on(&mut fetch.waits, &mut fetch.verdict, next, verdict);
        Ok(next)
    })
}

/// Says that no response arrived to the request that was last asked for: the connection failed. Returns
/// CORS_STEP_DONE. cache is as in cors_fetch_start.
///
/// Errors: CORS_ERROR_ORDER where no response is waited for; CORS_ERROR_NULL. The fetch is left alone then.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cors_fetch_fail(fetch: *mut cors_fetch, cache: *mut cors_preflight_cache) -> i32 {
    value_or_status(|| {
        // SAFETY: the header's rules for pointers.
        let fetch = unsafe { exclusive(fetch) }?;
        fetch.check_waits()?;
        // SAFETY: as above.
        let cache = unsafe { cache.as_mut() }.map_or(&mut fetch.own_cache, |cache| &mut cache.cache);
        let step = fetch.fetch.fail(cache);
        let verdict = Verdict::of(&step, None);
        went_on(&mut fetch.waits, &mut fetch.verdict, CORS_STEP_DONE, verdict);
        Ok(CORS_STEP_DONE)
    })
}

/// Puts the nth header line of the request that was last asked for into out, from 0. The strings last as those
/// of cors_outgoing do.
///
/// Errors: CORS_ERROR_ORDER where no response is waited for, CORS_ERROR_NULL, CORS_ERROR_NOT_FOUND; out is
/// left alone then.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cors_fetch_header(
    fetch: *const cors_fetch,
    n: usize,
    out: *mut cors_header,
) -> cors_status {
    status_of(|| {
        let place = some_place(out)?;
        // SAFETY: the header's rule for pointers.
        let fetch = unsafe { shared(fetch) }?;
        fetch.check_waits()?;
        let outgoing = fetch.fetch.outgoing().ok_or(Failure::Status(CORS_ERROR_ORDER))?;
        let line = outgoing.headers().nth(n).ok_or(Failure::Status(CORS_ERROR_NOT_FOUND))?;
        // SAFETY: the header's rule for results.
        unsafe { place.put(cors_header { name: cors_str::of(line.0), value: cors_str::of(line.1) }) };
        Ok(())
    })
}

impl cors_fetch {
    fn check_waits(&self) -> Result<(), Failure> {
        if self.waits { Ok(()) } else { Err(Failure::Status(CORS_ERROR_ORDER)) }
    }
}

/// Takes the two fields alone: into what else a fetch holds, the caller has been given pointers by now.
fn went_on(waits: &mut bool, known: &mut Option<Verdict>, next: i32, verdict: Option<Verdict>) {
    *waits = next == CORS_STEP_SEND;
    if verdict.is_some() && known.is_none() {
        *known = verdict;
    }
}

impl cors_outgoing {
    /// Fills it with what is to be sent, if anything is.
    fn tell(&mut self, step: &Step<'_>) -> i32 {
        match step {
            Step::Send(outgoing) => {
                self.fill(*outgoing);
                CORS_STEP_SEND
            }
            Step::Done(_) => CORS_STEP_DONE,
        }
    }

    fn fill(&mut self, outgoing: Outgoing<'_>) {
        let url = &outgoing.url()[..Position::AfterQuery];
        *self = cors_outgoing {
            struct_size: self.struct_size,
            exchange: exchange_number(Some(outgoing.exchange())),
            includes_credentials: u8::from(outgoing.includes_credentials()),
            reserved0: 0,
            method: cors_str::of(outgoing.method()),
            url: cors_str::of(url.as_bytes()),
            origin: cors_str::of_option(outgoing.origin().map(str::as_bytes)),
            request_method: cors_str::of_option(outgoing.access_control_request_method()),
            request_headers: cors_str::of_option(outgoing.access_control_request_headers()),
            header_count: outgoing.headers().count(),
        };
    }
}

pub(super) fn exchange_number(exchange: Option<Exchange>) -> u8 {
    match exchange {
        None => CORS_EXCHANGE_NONE,
        Some(Exchange::Preflight) => CORS_EXCHANGE_PREFLIGHT,
        Some(Exchange::Actual) => CORS_EXCHANGE_ACTUAL,
    }
}
