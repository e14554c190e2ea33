//! Which library this is.

use super::door::door;
use core::ffi::c_char;

/// The number of the binary interface that this header describes. It changes when a program that was compiled
/// with an older header would no longer work, and the name of the shared library changes with it.
pub const CORS_ENGINE_ABI: u32 = 1;

/// The number of the binary interface of the library at hand. A program that loads the library itself compares
/// it with CORS_ENGINE_ABI before it calls anything else; for others the linker has done so.
///
/// Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn cors_engine_abi() -> u32 {
    door(0, || CORS_ENGINE_ABI)
}

/// The version of the library at hand, such as "0.1.0": a static string, ended by NUL. CORS_ENGINE_VERSION is
/// that of the header.
///
/// Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn cors_engine_version() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}
