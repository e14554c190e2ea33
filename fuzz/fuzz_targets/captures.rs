//! Captures: HARs, texts of curl, raw exchanges.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| cors_engine_fuzz::captures::check(input));
