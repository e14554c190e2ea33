//! Parsers of header values, methods and policy entries, each against a naive twin.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| cors_engine_fuzz::parsers::check(input));
