//! The door between C and Rust: no panic passes it, and failures become a status and an error text.

use super::pointers::Sized32;
use super::status::{CORS_ERROR_PANIC, CORS_ERROR_STRUCT_SIZE, CORS_OK, Failure, cors_error, cors_status};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs `body`; what it would return if it panicked is `at_panic`.
pub(super) fn door<T>(at_panic: T, body: impl FnOnce() -> T) -> T {
    // What a panic left half done is never looked at again through a shared value: builders, caches and
    // fetches are in one hand, and stay memory-safe whatever state they are in.
    catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|payload| {
        // Dropping what was thrown could throw again.
        std::mem::forget(payload);
        at_panic
    })
}

/// Runs `body` and gives its failure as a status.
pub(super) fn status_of(body: impl FnOnce() -> Result<(), Failure>) -> cors_status {
    value_or_status(|| body().map(|()| CORS_OK))
}

/// Runs `body` and gives its value, which is not negative, or its failure as a status, which is.
pub(super) fn value_or_status(body: impl FnOnce() -> Result<i32, Failure>) -> i32 {
    door(CORS_ERROR_PANIC, || body().unwrap_or_else(|failure| failure.status()))
}

/// Runs `body`, gives its failure as a status and tells `error` about it, unless that is NULL.
///
/// # Safety
/// `error` is NULL or points to a `cors_error` that nothing else uses.
pub(super) unsafe fn told(
    error: *mut cors_error,
    body: impl FnOnce() -> Result<i32, Failure>,
) -> cors_status {
    // SAFETY: the caller's promise.
    let error = unsafe { error.as_mut() };
    if error.as_ref().is_some_and(|error| !error.has_its_size()) {
        return CORS_ERROR_STRUCT_SIZE;
    }
    let failure = match door(Err(Failure::Status(CORS_ERROR_PANIC)), body) {
        Ok(value) => return value,
        Err(failure) => failure,
    };
    if let Some(error) = error {
        door((), || error.tell(&failure));
    }
    failure.status()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_a_status() {
        assert_eq!(status_of(|| panic!("inside")), CORS_ERROR_PANIC);
        let mut error = cors_error::default();
        // SAFETY: the error is this function's own.
        let status = unsafe { told(&raw mut error, || panic!("inside")) };
        assert_eq!((status, error.status), (CORS_ERROR_PANIC, CORS_ERROR_PANIC));
        assert_eq!(door(7, || panic!("inside")), 7);
    }

    #[test]
    fn what_is_thrown_may_throw_when_dropped() {
        struct Thrower;
        impl Drop for Thrower {
            fn drop(&mut self) {
                panic!("again");
            }
        }
        assert_eq!(door(7, || std::panic::panic_any(Thrower)), 7);
    }
}
