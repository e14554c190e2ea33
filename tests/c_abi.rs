//! The Rust side of the C interface, called as C calls it: each function with good arguments, with NULL and with
//! strings that are none. `tests/c/miri` runs it where every access to memory is checked.
#![cfg(feature = "capi")]
#![allow(unsafe_code, reason = "C's part is played here")]

use cors_engine::capi::*;
use std::ffi::{CStr, c_char};
use std::mem::{MaybeUninit, zeroed};
use std::ptr::{null, null_mut};

fn text(text: &str) -> cors_str {
    cors_str { ptr: text.as_ptr().cast(), len: text.len() }
}

const ABSENT: cors_str = cors_str { ptr: null(), len: 0 };
const UNSOUND: cors_str = cors_str { ptr: null(), len: 3 };

fn header(name: &str, value: &str) -> cors_header {
    cors_header { name: text(name), value: text(value) }
}

fn bytes<'a>(string: cors_str) -> &'a [u8] {
    // SAFETY: the library gave it.
    unsafe { std::slice::from_raw_parts(string.ptr.cast(), string.len) }
}

fn policy(toml: &str) -> *const cors_policy {
    let mut policy = null();
    // SAFETY: every pointer is good.
    assert_eq!(unsafe { cors_policy_from_toml(text(toml), ABSENT, &raw mut policy, null_mut()) }, CORS_OK);
    policy
}

/// The decision about a request, in memory that nothing was written to before.
fn decide(policy: *const cors_policy, request: &cors_request) -> cors_decision {
    let mut decision = MaybeUninit::<cors_decision>::uninit();
    // SAFETY: every pointer is good; what is read below has been written.
    unsafe {
        let out = decision.as_mut_ptr();
        (&raw mut (*out).struct_size).write(size_of::<cors_decision>() as u32);
        cors_decide(policy, request, out);
        let count = (*out).op_count as usize;
        let last = (*out).ops[count - 1];
        let rest = (&raw mut (*out).ops).cast::<cors_op>().add(count);
        (0..CORS_OPS_MAX - count).for_each(|place| rest.add(place).write(last));
        decision.assume_init()
    }
}

#[test]
fn a_policy_is_built_shared_and_released() {
    // SAFETY: every pointer is NULL or good.
    unsafe {
        let (mut builder, mut policy) = (null_mut(), null());
        let mut error = cors_error::default();
        assert_eq!(cors_builder_new(&raw mut builder), CORS_OK);
        let add = |key, value| cors_builder_add(builder, text(key), text(value), null_mut());
        assert_eq!(add("origins", "https://a.example/"), CORS_OK);
        let built = cors_builder_build(builder, &raw mut policy, &raw mut error);
        assert_eq!((built, error.status), (CORS_ERROR_ORIGIN_NOT_SERIALIZED, built));
        assert_eq!(CStr::from_ptr(error.key.as_ptr()), c"origins[0]");
        assert_eq!(cors_builder_mistake(builder, 0, &raw mut error), CORS_OK);
        let read = cors_builder_read_json(builder, text(r#"{"origins": ["*", "*"]}"#), ABSENT, null_mut());
        assert_eq!(read, CORS_OK);
        assert_eq!(cors_builder_set(builder, text("max_age"), text("60"), &raw mut error), CORS_OK);
        assert_eq!(cors_builder_add(builder, UNSOUND, text("x"), &raw mut error), CORS_ERROR_NULL);
        assert_eq!(cors_builder_build(builder, &raw mut policy, &raw mut error), CORS_OK);
        cors_builder_free(builder);
        let other = cors_policy_ref(policy);
        let address = other as usize;
        let thread = std::thread::spawn(move || cors_policy_unref(address as *const cors_policy));
        let mut finding: cors_finding = zeroed();
        finding.struct_size = size_of::<cors_finding>() as u32;
        assert_eq!(cors_policy_finding(policy, 0, &raw mut finding), CORS_OK);
        thread.join().unwrap();
        cors_policy_unref(policy);
    }
}

#[test]
fn a_request_is_decided() {
    let policy = policy("origins = ['https://a.example']\nrequest_headers = ['*']\nmethods = ['*']");
    // SAFETY: every pointer is NULL or good.
    unsafe {
        let mut request = MaybeUninit::<cors_request>::uninit();
        cors_request_init(request.as_mut_ptr(), text("OPTIONS"));
        let mut request = request.assume_init();
        for (name, value) in [
            ("Origin", " https://a.example"),
            ("Access-Control-Request-Method", "PUT"),
            ("Access-Control-Request-Headers", "x-a"),
            ("Access-Control-Request-Headers", "x-b"),
        ] {
            assert!(cors_request_header(&raw mut request, text(name), text(value)));
        }
        assert!(!cors_request_header(&raw mut request, UNSOUND, UNSOUND));
        let decision = decide(policy, &request);
        assert_eq!((decision.allowed, decision.status), (1, 204));
        let (mut value, mut vary) = (ABSENT, Vec::new());
        for op in &decision.ops[..decision.op_count as usize] {
            assert!(!bytes(op.name).is_empty());
            assert_eq!(cors_op_value(op, &raw const request, &raw mut value), CORS_OK);
            let mut merged = [0 as c_char; 128];
            let mut written = 0;
            if op.action == CORS_OP_VARY {
                vary.push(bytes(value));
                let merged = merged.as_mut_ptr();
                assert_eq!(cors_vary_merge(text("a"), value, merged, 128, &raw mut written), CORS_OK);
            }
        }
        assert_eq!(vary, [b"origin, access-control-request-method, access-control-request-headers"]);
        assert_eq!(decide(null(), &request).reason, CORS_REASON_INTERNAL);
        request.origin = UNSOUND;
        assert_eq!(decide(policy, &request).reason, CORS_REASON_INTERNAL);
        cors_policy_unref(policy);
    }
}

#[test]
fn a_fetch_goes_to_its_end() {
    let lines = [header("X-A", "1")];
    // SAFETY: every pointer is NULL or good; every field may be zero.
    unsafe {
        let mut init: cors_fetch_init = zeroed();
        init.struct_size = size_of::<cors_fetch_init>() as u32;
        (init.engine, init.origin) = (CORS_ENGINE_CHROMIUM, text("https://a.example"));
        (init.url, init.headers, init.header_count) = (text("https://b.example/#x"), lines.as_ptr(), 1);
        let (mut fetch, mut cache) = (null_mut(), null_mut());
        assert_eq!(cors_preflight_cache_new(&raw mut cache), CORS_OK);
        assert_eq!(cors_needs_preflight(&raw const init, null_mut()), CORS_PREFLIGHT_FOR_HEADER);
        assert_eq!(cors_fetch_new(&raw const init, &raw mut fetch, null_mut()), CORS_OK);
        let mut outgoing: cors_outgoing = zeroed();
        outgoing.struct_size = size_of::<cors_outgoing>() as u32;
        assert_eq!(cors_fetch_start(fetch, cache, 0, &raw mut outgoing), CORS_STEP_SEND);
        assert_eq!(bytes(outgoing.request_headers), b"x-a");
        let mut line = header("", "");
        for n in 0..outgoing.header_count {
            assert_eq!(cors_fetch_header(fetch, n, &raw mut line), CORS_OK);
            assert!(!bytes(line.name).is_empty());
        }
        let answer =
            [header("Access-Control-Allow-Origin", "*"), header("Access-Control-Allow-Headers", "x-b")];
        let step = cors_fetch_receive(fetch, 200, answer.as_ptr(), 2, cache, 0, &raw mut outgoing);
        assert_eq!(step, CORS_STEP_DONE);
        let mut verdict: cors_verdict = zeroed();
        verdict.struct_size = size_of::<cors_verdict>() as u32;
        assert_eq!(cors_fetch_verdict(fetch, &raw mut verdict), CORS_OK);
        assert_eq!(bytes(verdict.detail), b"X-A");
        assert_eq!(cors_fetch_console(fetch, 0, &raw mut line.name), CORS_OK);
        assert!(bytes(line.name).starts_with(b"Access to fetch"));
        cors_fetch_free(fetch);
        cors_preflight_cache_clear(cache);
        cors_preflight_cache_free(cache);
        let mut readable = [9; 2];
        assert_eq!(cors_exposed_headers(0, 0, answer.as_ptr(), 2, readable.as_mut_ptr()), CORS_OK);
        assert_eq!(readable, [0, 0]);
    }
}

#[test]
fn an_upstream_is_audited() {
    // SAFETY: every pointer is NULL or good; every field may be zero.
    unsafe {
        let mut request = zeroed();
        cors_request_init(&raw mut request, text("GET"));
        cors_request_header(&raw mut request, text("origin"), text("https://a.example"));
        let mut audit: cors_audit = zeroed();
        audit.struct_size = size_of::<cors_audit>() as u32;
        assert_eq!(cors_audit_response(&raw const request, null(), 200, null(), 0, &raw mut audit), CORS_OK);
        let mut line = [0 as c_char; 100];
        let mut written = 0;
        assert_eq!(cors_audit_text(&raw const audit, line.as_mut_ptr(), 100, &raw mut written), CORS_OK);
        let expected = c"Chromium, Firefox and WebKit would block: missing-allow-origin";
        assert_eq!(CStr::from_ptr(line.as_ptr()), expected);
    }
}
