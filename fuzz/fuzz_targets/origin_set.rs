//! The origin set against a scan.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| cors_engine_fuzz::origin_set::check(input));
