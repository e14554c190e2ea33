//! The browser's CORS decision as a library.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod browser;
mod console;
pub mod explain;
pub mod protocol;
mod reason;
#[cfg(feature = "scenario")]
pub mod scenario;
pub mod server;
#[cfg(feature = "tower")]
pub mod tower;
pub mod verify;

pub use browser::*;
pub use console::console_messages;
pub use reason::Reason;
pub use server::{Answer, Policy, PolicyConfig};
