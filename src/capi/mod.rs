//! The C interface: what `include/cors_engine.h` declares. That file is generated from this folder, and the
//! comments here are its manual.
//!
//! Nothing is decided here. Each function turns C values into Rust values, asks the engine, and turns the
//! answer back. All `unsafe` of the crate is in this folder; it rests on the rules that the header states for
//! pointers, and those are applied in `pointers` and `strings`.
// The comments below are the text of the header, for readers of C.
#![allow(rustdoc::bare_urls, rustdoc::broken_intra_doc_links, rustdoc::private_intra_doc_links)]
#![allow(unsafe_code, reason = "C hands over pointers")]
#![allow(non_camel_case_types, reason = "the names are those of the header")]
#![allow(
    clippy::missing_safety_doc,
    reason = "the header says what pointers must be, for all functions at once"
)]
#![warn(clippy::undocumented_unsafe_blocks)]
#![deny(unsafe_op_in_unsafe_fn)]

// In the order of the header.
mod version;

mod status;

mod strings;

mod builder;
mod policy;

mod request;

mod decision;
mod helpers;

mod reasons;

mod fetch_init;
mod preflight_cache;

mod fetch;
mod verdict;

mod questions;

mod audit;

// What is not in the header.
mod door;
mod pointers;

pub use audit::*;
pub use builder::*;
pub use decision::*;
pub use fetch::*;
pub use fetch_init::*;
pub use helpers::*;
pub use policy::*;
pub use preflight_cache::*;
pub use questions::*;
pub use reasons::*;
pub use request::*;
pub use status::*;
pub(crate) use strings::c_string;
pub use strings::*;
pub use verdict::*;
pub use version::*;
