//! Origins against the `url` crate.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| cors_engine_fuzz::origins::check(input));
