//! A browser and a policy, held against what the policy means.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| cors_engine_fuzz::closed_loop::check(input));
