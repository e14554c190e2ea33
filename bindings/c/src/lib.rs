//! The libraries for C: nothing but the functions of `cors_engine::capi`, linked with small Unicode tables.

pub use cors_engine::capi;
