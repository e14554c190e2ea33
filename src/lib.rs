//! The browser's CORS decision as a library.

#[cfg(feature = "scenario")]
pub mod scenario;
