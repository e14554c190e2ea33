//! What a policy says to a request.

use super::door::door;
use super::policy::cors_policy;
use super::reasons::{CORS_REASON_INTERNAL, server_number};
use super::request::{RequestView, cors_request};
use super::strings::cors_str;
use crate::server::{Action, Answer, RequestKind, ResponseHeader, Value, replaced};

/// The request has no Origin, so CORS has no say in it.
pub const CORS_KIND_NOT_CORS: u8 = 0;
/// The request has an Origin and is no preflight: what the page really wants.
pub const CORS_KIND_ACTUAL: u8 = 1;
/// OPTIONS with Origin and Access-Control-Request-Method: a browser asks first.
pub const CORS_KIND_PREFLIGHT: u8 = 2;

/// Pass the request on, and put the operations on whatever comes back, whatever its status.
pub const CORS_ACTION_PASS: u8 = 0;
/// Answer the request now, with the status of the decision, the operations, and no body.
pub const CORS_ACTION_RESPOND: u8 = 1;

/// Drop every line of this name, then add one with this value.
pub const CORS_OP_SET: u8 = 1;
/// Drop every line of this name.
pub const CORS_OP_REMOVE: u8 = 2;
/// Add the names in the value to Vary, those that it lacks: cors_vary_merge.
pub const CORS_OP_VARY: u8 = 3;
/// Add one more line of this name, which an operation before has set.
pub const CORS_OP_APPEND: u8 = 4;

/// The value is that of the request's Origin.
pub const CORS_OP_ECHO_ORIGIN: u8 = 1;
/// The value is that of the request's Access-Control-Request-Method.
pub const CORS_OP_ECHO_REQUEST_METHOD: u8 = 2;
/// The value is that of one line of the request's Access-Control-Request-Headers.
pub const CORS_OP_ECHO_REQUEST_HEADERS: u8 = 4;

/// Access-Control-Allow-Origin.
pub const CORS_HEADER_ALLOW_ORIGIN: u32 = 0;
/// Access-Control-Allow-Credentials.
pub const CORS_HEADER_ALLOW_CREDENTIALS: u32 = 1;
/// Access-Control-Expose-Headers.
pub const CORS_HEADER_EXPOSE_HEADERS: u32 = 2;
/// Access-Control-Allow-Methods.
pub const CORS_HEADER_ALLOW_METHODS: u32 = 3;
/// Access-Control-Allow-Headers.
pub const CORS_HEADER_ALLOW_HEADERS: u32 = 4;
/// Access-Control-Max-Age.
pub const CORS_HEADER_MAX_AGE: u32 = 5;
/// Access-Control-Allow-Private-Network.
pub const CORS_HEADER_ALLOW_PRIVATE_NETWORK: u32 = 6;
/// Timing-Allow-Origin.
pub const CORS_HEADER_TIMING_ALLOW_ORIGIN: u32 = 7;
/// Vary.
pub const CORS_HEADER_VARY: u32 = 8;

/// One step of putting a decision on a response.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct cors_op {
    /// What to do: CORS_OP_SET, CORS_OP_REMOVE, CORS_OP_VARY or CORS_OP_APPEND.
    pub action: u8,
    /// Where the value comes from: 0 for the field value, or one of CORS_OP_ECHO_ORIGIN,
    /// CORS_OP_ECHO_REQUEST_METHOD and CORS_OP_ECHO_REQUEST_HEADERS. cors_op_value turns all of them into a
    /// string.
    pub flags: u8,
    /// With CORS_OP_ECHO_REQUEST_HEADERS the line, from 0.
    pub line: u16,
    /// The header as a number, such as CORS_HEADER_VARY.
    pub header: u32,
    /// The header's name in lower case: static, and ended by NUL.
    pub name: cors_str,
    /// The value, static or the policy's own; absent where the flags say where it comes from, and with
    /// CORS_OP_REMOVE.
    pub value: cors_str,
}

/// How many operations a decision can have.
pub const CORS_OPS_MAX: usize = 32;

/// What to do with a request and its response. It belongs to the caller, holds no memory, and is the same for
/// every status that the response may have. Nothing in it points into the request; what it points to is
/// static or the policy's, and lasts as long as a reference to the policy is held.
///
/// Set struct_size and call cors_decide, which writes the other fields and the first op_count of the
/// operations. CORS_DECISION_INIT sets everything, which is more work than a server needs.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct cors_decision {
    /// sizeof(cors_decision), set by the caller.
    pub struct_size: u32,
    /// What kind of request it is: CORS_KIND_NOT_CORS, CORS_KIND_ACTUAL or CORS_KIND_PREFLIGHT.
    pub kind: u8,
    /// What to do with it: CORS_ACTION_PASS or CORS_ACTION_RESPOND.
    pub action: u8,
    /// 1 if script may read the response, or the preflight succeeds; else 0.
    pub allowed: u8,
    /// 0.
    pub reserved0: u8,
    /// Why: CORS_REASON_ORIGIN_LISTED and the others.
    pub reason: u16,
    /// The status to respond with; 0 with CORS_ACTION_PASS.
    pub status: u16,
    /// How many operations there are.
    pub op_count: u32,
    /// The operations, to be taken in order.
    pub ops: [cors_op; CORS_OPS_MAX],
}

/// Decides. It cannot fail, allocates nothing, takes no lock and uses no thread-local storage.
///
/// Where it cannot do its work, since an argument is NULL or a struct has the wrong struct_size, it refuses:
/// kind CORS_KIND_ACTUAL, reason CORS_REASON_INTERNAL, and operations that remove every CORS header that
/// the application may have set. NULL for out does nothing.
///
/// Any thread; a policy may be used by many at a time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cors_decide(
    policy: *const cors_policy,
    request: *const cors_request,
    out: *mut cors_decision,
) {
    if out.is_null() {
        return;
    }
    let decided = door(false, || {
        // SAFETY: the header's rules for pointers and strings; `out` is not NULL.
        unsafe {
            let (Some(policy), Some(request)) = (policy.as_ref(), request.as_ref()) else { return false };
            let Ok(view) = RequestView::new(request) else { return false };
            if (*out).struct_size as usize != size_of::<cors_decision>() {
                return false;
            }
            Writer { out }.answer(&policy.policy.decide(view.is_options(), view), view);
        }
        true
    });
    if !decided {
        // SAFETY: every version of the struct has room for this.
        unsafe { Writer { out }.refusal() };
    }
}

/// Writes a decision into memory of which nothing is known but that it is there.
struct Writer {
    out: *mut cors_decision,
}

impl Writer {
    unsafe fn answer(self, answer: &Answer<'_>, view: RequestView<'_>) {
        let (action, status) = match answer.action() {
            Action::Pass => (CORS_ACTION_PASS, 0),
            Action::Respond { status } => (CORS_ACTION_RESPOND, status),
        };
        let kind = match answer.kind() {
            RequestKind::NotCors => CORS_KIND_NOT_CORS,
            RequestKind::Actual => CORS_KIND_ACTUAL,
            RequestKind::Preflight => CORS_KIND_PREFLIGHT,
        };
        let reason = answer.reason();
        // SAFETY: `out` can be written to.
        unsafe {
            self.head(kind, action, reason.allows(), server_number(reason), status);
            let removed = self.removals(replaced(answer.replaces_timing()).count());
            let mut count = removed;
            for (header, value) in answer.fields() {
                let place = header as usize;
                // A header is set once; its further lines are appended.
                let is_set = (*self.op(place)).action == CORS_OP_SET;
                let (place, action) = if is_set { (count, CORS_OP_APPEND) } else { (place, CORS_OP_SET) };
                if place >= CORS_OPS_MAX {
                    break;
                }
                count += usize::from(is_set);
                self.op(place).write(op(action, header, value, view));
            }
            let vary = answer.vary_text();
            if !vary.is_empty() && count < CORS_OPS_MAX {
                let value = cors_str::of(vary.as_bytes());
                self.op(count).write(cors_op { value, ..REMOVALS.0[CORS_HEADER_VARY as usize] });
                count += 1;
            }
            (*self.out).op_count = count as u32;
        }
    }

    unsafe fn refusal(self) {
        // SAFETY: `out` can be written to.
        unsafe {
            self.head(CORS_KIND_ACTUAL, CORS_ACTION_PASS, false, CORS_REASON_INTERNAL, 0);
            (*self.out).op_count = self.removals(ResponseHeader::CORS.len()) as u32;
        }
    }

    unsafe fn head(&self, kind: u8, action: u8, allowed: bool, reason: u16, status: u16) {
        // SAFETY: `out` can be written to.
        unsafe {
            (*self.out).kind = kind;
            (*self.out).action = action;
            (*self.out).allowed = u8::from(allowed);
            (*self.out).reserved0 = 0;
            (*self.out).reason = reason;
            (*self.out).status = status;
        }
    }

    /// Writes the removal of the first `count` headers, each in the place of its number.
    unsafe fn removals(&self, count: usize) -> usize {
        // SAFETY: `out` can be written to, and there are more places than headers.
        unsafe { REMOVALS.0.as_ptr().copy_to_nonoverlapping(self.op(0), count.min(REMOVALS.0.len())) };
        count
    }

    /// The place of an operation; `n` is below the number of places.
    unsafe fn op(&self, n: usize) -> *mut cors_op {
        // SAFETY: `out` is not NULL and `n` is inside.
        unsafe { (&raw mut (*self.out).ops).cast::<cors_op>().add(n) }
    }
}

fn op(action: u8, header: ResponseHeader, value: Value<'_>, view: RequestView<'_>) -> cors_op {
    let (flags, line, value) = match value {
        Value::Star | Value::True | Value::Policy(_) => (0, 0, cors_str::of(value.as_bytes())),
        Value::Request(requested) => match header {
            ResponseHeader::AllowOrigin => (CORS_OP_ECHO_ORIGIN, 0, cors_str::ABSENT),
            ResponseHeader::AllowMethods => (CORS_OP_ECHO_REQUEST_METHOD, 0, cors_str::ABSENT),
            _ => (CORS_OP_ECHO_REQUEST_HEADERS, view.line_of(requested.bytes) as u16, cors_str::ABSENT),
        },
    };
    cors_op { action, flags, line, header: header as u32, name: REMOVALS.0[header as usize].name, value }
}

/// Operations that never change, to copy from.
struct Templates([cors_op; 9]);

// SAFETY: the pointers are to static strings.
unsafe impl Sync for Templates {}

/// The removal of every header, in the order of their numbers; and after it what adds to Vary.
static REMOVALS: Templates = {
    const fn remove(header: ResponseHeader) -> cors_op {
        let name = match header {
            ResponseHeader::AllowOrigin => c"access-control-allow-origin",
            ResponseHeader::AllowCredentials => c"access-control-allow-credentials",
            ResponseHeader::ExposeHeaders => c"access-control-expose-headers",
            ResponseHeader::AllowMethods => c"access-control-allow-methods",
            ResponseHeader::AllowHeaders => c"access-control-allow-headers",
            ResponseHeader::MaxAge => c"access-control-max-age",
            ResponseHeader::AllowPrivateNetwork => c"access-control-allow-private-network",
            ResponseHeader::TimingAllowOrigin => c"timing-allow-origin",
        };
        let name = cors_str::of(name.to_bytes());
        let header = header as u32;
        cors_op { action: CORS_OP_REMOVE, flags: 0, line: 0, header, name, value: cors_str::ABSENT }
    }
    const VARY: cors_op = cors_op {
        action: CORS_OP_VARY,
        flags: 0,
        line: 0,
        header: CORS_HEADER_VARY,
        name: cors_str::of(c"vary".to_bytes()),
        value: cors_str::ABSENT,
    };
    Templates([
        remove(ResponseHeader::AllowOrigin),
        remove(ResponseHeader::AllowCredentials),
        remove(ResponseHeader::ExposeHeaders),
        remove(ResponseHeader::AllowMethods),
        remove(ResponseHeader::AllowHeaders),
        remove(ResponseHeader::MaxAge),
        remove(ResponseHeader::AllowPrivateNetwork),
        remove(ResponseHeader::TimingAllowOrigin),
        VARY,
    ])
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_have_the_numbers_and_names_of_their_places() {
        let headers = ResponseHeader::CORS.into_iter().chain([ResponseHeader::TimingAllowOrigin]);
        for (place, header) in headers.enumerate() {
            let template = REMOVALS.0[place];
            assert_eq!((header as usize, template.header as usize), (place, place));
            // SAFETY: the name is static.
            assert_eq!(unsafe { template.name.bytes() }.unwrap(), header.as_str().as_bytes());
        }
    }
}
