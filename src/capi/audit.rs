//! The audit of somebody else's responses.

use super::door::status_of;
use super::fetch_init::credentials;
use super::pointers::{Sized32, check_array, shared, sized, sized_mut};
use super::questions::number;
use super::reasons::cors_reason_code;
use super::request::{RequestView, cors_request};
use super::status::{CORS_ERROR_NO_SPACE, CORS_ERROR_NULL, CORS_ERROR_STRUCT_SIZE, Failure, cors_status};
use super::strings::{cors_header, cors_str, header_lines};
use crate::ResponseHead;
use crate::browser::{Engine, HeldRequest};
use crate::protocol::HeaderLines;
use core::ffi::{CStr, c_char};

/// The credentials mode is told from the request: CORS_CREDENTIALS_INCLUDE if it has cookies, which nothing
/// else sends to another origin, else CORS_CREDENTIALS_SAME_ORIGIN. Authorization proves nothing, since script
/// can set it itself. A preflight never has cookies.
pub const CORS_CREDENTIALS_FROM_REQUEST: u8 = 255;

/// How many engines an audit asks: CORS_ENGINE_SPEC, CORS_ENGINE_CHROMIUM, CORS_ENGINE_GECKO and
/// CORS_ENGINE_WEBKIT are the places in its lists.
pub const CORS_ENGINES: usize = 4;

/// What is known about a request beside its headers. It is read during the call only.
///
/// Start from CORS_AUDIT_CONTEXT_INIT.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct cors_audit_context {
    /// sizeof(cors_audit_context), set by the caller.
    pub struct_size: u32,
    /// The credentials mode: CORS_CREDENTIALS_INCLUDE and the others, or CORS_CREDENTIALS_FROM_REQUEST.
    pub credentials: u8,
    /// 0.
    pub reserved0: [u8; 3],
    /// The server's own origin as its clients see it, such as https://api.example; absent if it is not known.
    /// A request from there is not CORS.
    pub own_origin: cors_str,
}

/// What the engines make of a response. It belongs to the caller and holds no memory.
///
/// Start from CORS_AUDIT_INIT.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct cors_audit {
    /// sizeof(cors_audit), set by the caller.
    pub struct_size: u32,
    /// 1 if CORS has a say in the exchange; else 0, and no reason is set. It has none where the request has no
    /// Origin that a browser would send, comes from the server's own origin, or says by Sec-Fetch-Mode that its
    /// mode is not cors.
    pub relevant: u8,
    /// 1 if the request is a preflight and its answer was judged; 0 if the CORS check was made.
    pub preflight: u8,
    /// 1 if Chromium, Gecko and WebKit give the same reason, or all allow; else 0.
    pub agree: u8,
    /// How many of Chromium, Gecko and WebKit block.
    pub blocking: u8,
    /// Why each engine blocks, by its number; 0 if it does not.
    pub reason: [u16; CORS_ENGINES],
}

/// Judges the headers of somebody else's response, such as an upstream's, to a request as each engine would:
/// the answer to a preflight if the request is one, and otherwise whether script may read the response. What it
/// cannot know is whether the page used XMLHttpRequest, fetch() or an element, which changes nothing here.
/// context may be NULL: the credentials mode is told from the request then, and the own origin is not known.
///
/// It decides nothing about the response, and is not for every server's hot path: it allocates briefly.
///
/// Any thread. Errors: CORS_ERROR_NULL, CORS_ERROR_STRUCT_SIZE, CORS_ERROR_TOO_LONG, CORS_ERROR_VALUE; out is
/// left alone then.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cors_audit_response(
    request: *const cors_request,
    context: *const cors_audit_context,
    status: u16,
    headers: *const cors_header,
    header_count: usize,
    out: *mut cors_audit,
) -> cors_status {
    status_of(|| {
        // SAFETY: the header's rules for pointers and strings.
        let (view, context, lines, out) = unsafe {
            let view = RequestView::new(shared(request)?).map_err(Failure::Status)?;
            (view, context.as_ref(), header_lines(headers, header_count)?, sized_mut(out)?)
        };
        if context.is_some_and(|context| !context.has_its_size()) {
            return Err(Failure::Status(CORS_ERROR_STRUCT_SIZE));
        }
        let stated = context.map(|context| context.credentials);
        let held = HeldRequest {
            method: view.method(),
            headers: &HeldLines(view),
            // SAFETY: the header's rule for strings.
            own_origin: context.map(|context| unsafe { context.own_origin.get() }).transpose()?.flatten(),
            credentials: stated
                .filter(|mode| *mode != CORS_CREDENTIALS_FROM_REQUEST)
                .map(credentials)
                .transpose()?,
        };
        out.tell(&held, &ResponseHead::new(status, &lines));
        Ok(())
    })
}

/// Says an audit in one English line, such as "Chromium, Firefox and WebKit would block:
/// missing-allow-origin". Writes it into buffer, ended by NUL, and its length without the NUL into written.
/// buffer may be NULL if capacity is 0, to ask for the need. Nothing is said, and an empty line written, where
/// no browser blocks.
///
/// Any thread. Allocates nothing. Errors: CORS_ERROR_NO_SPACE, with the need, the NUL included, in written and
/// buffer left alone; CORS_ERROR_NULL and CORS_ERROR_STRUCT_SIZE, with nothing written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cors_audit_text(
    audit: *const cors_audit,
    buffer: *mut c_char,
    capacity: usize,
    written: *mut usize,
) -> cors_status {
    status_of(|| {
        check_array(buffer, capacity).map_err(Failure::Status)?;
        if written.is_null() {
            return Err(Failure::Status(CORS_ERROR_NULL));
        }
        // SAFETY: the header's rule for pointers.
        let audit = unsafe { sized(audit) }?;
        let mut length = 0;
        audit.say(|piece| length += piece.len());
        if length >= capacity {
            // SAFETY: it is not NULL, and the header's rule for results.
            unsafe { written.write(length + 1) };
            return Err(Failure::Status(CORS_ERROR_NO_SPACE));
        }
        let mut end = buffer.cast::<u8>();
        // SAFETY: the pieces have as many bytes as were counted, for which there is room, and for the NUL.
        unsafe {
            audit.say(|piece| {
                piece.as_ptr().copy_to_nonoverlapping(end, piece.len());
                end = end.add(piece.len());
            });
            end.write(0);
            written.write(length);
        }
        Ok(())
    })
}

impl cors_audit {
    fn tell<S: HeaderLines + ?Sized>(&mut self, held: &HeldRequest<'_, S>, response: &ResponseHead<'_>) {
        *self = cors_audit {
            struct_size: self.struct_size,
            relevant: 1,
            preflight: u8::from(held.is_preflight()),
            agree: 0,
            blocking: 0,
            reason: [0; CORS_ENGINES],
        };
        for (place, engine) in self.reason.iter_mut().zip(Engine::ALL) {
            match held.judge(engine, response) {
                Some(judgement) => *place = number(judgement),
                None => (self.relevant, self.preflight) = (0, 0),
            }
        }
        let browsers = self.browsers();
        self.agree = u8::from(browsers.windows(2).all(|pair| pair[0] == pair[1]));
        self.blocking = browsers.iter().map(|reason| u8::from(*reason != 0)).sum();
    }

    fn browsers(&self) -> [u16; 3] {
        let [_, browsers @ ..] = self.reason;
        browsers
    }

    /// Says it piece by piece: each reason once, after those who have it.
    fn say(&self, mut piece: impl FnMut(&[u8])) {
        const NAMES: [&[u8]; 3] = [b"Chromium", b"Firefox", b"WebKit"];
        let reasons = self.browsers();
        let is_new = |place: &usize| reasons[*place] != 0 && !reasons[..*place].contains(&reasons[*place]);
        for (said, place) in (0..reasons.len()).filter(is_new).enumerate() {
            if said > 0 {
                piece(b"; ");
            }
            let reason = reasons[place];
            let count = reasons.iter().filter(|other| **other == reason).count();
            let named = (0..reasons.len()).filter(|place| reasons[*place] == reason);
            for (nth, place) in named.enumerate() {
                match nth {
                    0 => {}
                    _ if nth + 1 == count => piece(b" and "),
                    _ => piece(b", "),
                }
                piece(NAMES[place]);
            }
            piece(b" would block: ");
            let code = cors_reason_code(reason);
            if code.is_null() {
                piece(b"unknown");
            } else {
                // SAFETY: a code is a static string, ended by NUL.
                piece(unsafe { CStr::from_ptr(code) }.to_bytes());
            }
        }
    }
}

/// The lines of a request that an audit reads.
struct HeldLines<'a>(RequestView<'a>);

impl HeaderLines for HeldLines<'_> {
    fn header_lines(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        let fetch_mode = self.0.fetch_mode().map(|mode| (&b"sec-fetch-mode"[..], mode));
        let cookies = self.0.has_cookies().then_some((&b"cookie"[..], &b""[..]));
        self.0.header_lines().chain(fetch_mode).chain(cookies)
    }
}
