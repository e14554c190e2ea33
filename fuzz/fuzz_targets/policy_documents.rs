//! Policy documents in TOML and JSON.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| cors_engine_fuzz::policy_documents::check(input));
