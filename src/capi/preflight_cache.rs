//! The CORS-preflight cache.

use super::door::{door, status_of};
use super::pointers::{exclusive, shared, some_place};
use super::status::cors_status;
use crate::PreflightCache;

/// A CORS-preflight cache: what earlier preflights allowed. It is bounded: 1,000 URLs and 1 MiB. It belongs to
/// whoever made it, and is used by one thread at a time.
#[derive(Debug, Default)]
pub struct cors_preflight_cache {
    pub(super) cache: PreflightCache,
}

/// Makes an empty cache and puts it into out. Free it with cors_preflight_cache_free.
///
/// Errors: CORS_ERROR_NULL; out is left alone then.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cors_preflight_cache_new(out: *mut *mut cors_preflight_cache) -> cors_status {
    status_of(|| {
        let place = some_place(out)?;
        // SAFETY: the header's rule for results.
        unsafe { place.put(Box::into_raw(Box::default())) };
        Ok(())
    })
}

/// Frees a cache. NULL does nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cors_preflight_cache_free(cache: *mut cors_preflight_cache) {
    door((), || {
        if !cache.is_null() {
            // SAFETY: it came from cors_preflight_cache_new, and is freed once.
            drop(unsafe { Box::from_raw(cache) });
        }
    });
}

/// Forgets everything. NULL does nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cors_preflight_cache_clear(cache: *mut cors_preflight_cache) {
    door((), || {
        // SAFETY: the header's rule for pointers.
        if let Ok(cache) = unsafe { exclusive(cache) } {
            cache.cache.clear();
        }
    });
}

/// How many URLs something is known of, what expired and was not asked for since included. NULL knows none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cors_preflight_cache_len(cache: *const cors_preflight_cache) -> usize {
    door(0, || {
        // SAFETY: the header's rule for pointers.
        unsafe { shared(cache) }.map_or(0, |cache| cache.cache.len())
    })
}
