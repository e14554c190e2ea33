//! The C interface, called in any order with any bytes.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| cors_engine_fuzz::c_abi::check(input));
