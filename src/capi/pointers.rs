//! The rules for pointers, in one place: NULL is an error or stands for nothing, a count goes with its array,
//! and a struct says its size.

use super::status::{CORS_ERROR_NULL, CORS_ERROR_STRUCT_SIZE, CORS_ERROR_TOO_LONG, Failure, cors_status};

/// A struct that begins with its own size, as its user was compiled with.
pub(super) trait Sized32 {
    fn struct_size(&self) -> u32;

    fn has_its_size(&self) -> bool
    where
        Self: Sized,
    {
        self.struct_size() as usize == size_of::<Self>()
    }
}

macro_rules! sized_structs {
    ($($name:ty)+) => {
        $(impl Sized32 for $name {
            fn struct_size(&self) -> u32 {
                self.struct_size
            }
        })+
    };
}

sized_structs! {
    super::cors_audit super::cors_audit_context super::cors_error super::cors_fetch_init super::cors_finding
    super::cors_outgoing super::cors_request super::cors_verdict
}

/// What `pointer` points to.
///
/// # Safety
/// `pointer` is NULL or points to a `T` that nothing changes meanwhile.
pub(super) unsafe fn shared<'a, T>(pointer: *const T) -> Result<&'a T, Failure> {
    // SAFETY: the caller's promise.
    unsafe { pointer.as_ref() }.ok_or(Failure::Status(CORS_ERROR_NULL))
}

/// What `pointer` points to, to change it.
///
/// # Safety
/// `pointer` is NULL or points to a `T` that nothing else uses meanwhile.
pub(super) unsafe fn exclusive<'a, T>(pointer: *mut T) -> Result<&'a mut T, Failure> {
    // SAFETY: the caller's promise.
    unsafe { pointer.as_mut() }.ok_or(Failure::Status(CORS_ERROR_NULL))
}

/// The struct that `pointer` points to, if it has the size that it should have.
///
/// # Safety
/// As [`shared`].
pub(super) unsafe fn sized<'a, T: Sized32>(pointer: *const T) -> Result<&'a T, Failure> {
    // SAFETY: the caller's promise.
    let value = unsafe { shared(pointer) }?;
    value.has_its_size().then_some(value).ok_or(Failure::Status(CORS_ERROR_STRUCT_SIZE))
}

/// The struct that `pointer` points to, to fill it, if it has the size that it should have.
///
/// # Safety
/// As [`exclusive`].
pub(super) unsafe fn sized_mut<'a, T: Sized32>(pointer: *mut T) -> Result<&'a mut T, Failure> {
    // SAFETY: the caller's promise.
    let value = unsafe { exclusive(pointer) }?;
    if value.has_its_size() { Ok(value) } else { Err(Failure::Status(CORS_ERROR_STRUCT_SIZE)) }
}

/// Makes sure that there is a place for a result before the result is made.
pub(super) fn some_place<T>(out: *mut T) -> Result<Place<T>, Failure> {
    if out.is_null() { Err(Failure::Status(CORS_ERROR_NULL)) } else { Ok(Place(out)) }
}

/// A place for a result.
pub(super) struct Place<T>(*mut T);

impl<T> Place<T> {
    /// # Safety
    /// The pointer that the place was made from can be written to.
    pub(super) unsafe fn put(self, value: T) {
        // SAFETY: the caller's promise; it is not NULL.
        unsafe { self.0.write(value) }
    }
}

/// The array of `count` elements at `pointer`, which may be NULL if there are none.
///
/// # Safety
/// `pointer` points to `count` elements that nothing changes meanwhile, or is NULL.
pub(super) unsafe fn array<'a, T>(pointer: *const T, count: usize) -> Result<&'a [T], Failure> {
    check_array(pointer, count).map_err(Failure::Status)?;
    if count == 0 {
        return Ok(&[]);
    }
    // SAFETY: the caller's promise; the length has been checked.
    Ok(unsafe { core::slice::from_raw_parts(pointer, count) })
}

/// Whether a pointer and a count can be an array at all.
pub(super) fn check_array<T>(pointer: *const T, count: usize) -> Result<(), cors_status> {
    if pointer.is_null() && count > 0 {
        return Err(CORS_ERROR_NULL);
    }
    match count.checked_mul(size_of::<T>()) {
        Some(bytes) if isize::try_from(bytes).is_ok() => Ok(()),
        _ => Err(CORS_ERROR_TOO_LONG),
    }
}
