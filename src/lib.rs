//! The browser's CORS decision as a library.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

pub mod protocol;
#[cfg(feature = "scenario")]
pub mod scenario;
pub mod server;

pub use server::{Answer, Policy, PolicyConfig};
