//! The state machine against the standard written a second time.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| cors_engine_fuzz::machine::check(input));
