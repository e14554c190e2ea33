//! A policy, asked with any bytes for a request head.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| cors_engine_fuzz::decision::check(input));
