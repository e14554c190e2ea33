//! Scenarios, replayed in every engine.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| cors_engine_fuzz::replay::check(input));
