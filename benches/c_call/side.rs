//! The Rust side of `c_call.c`: the same policy and the same requests, asked in Rust and built as Rust programs
//! are.

#![allow(unsafe_code, reason = "C calls it")]
#![allow(missing_docs, reason = "no interface")]

use cors_engine::Policy;
use cors_engine::server::document::PolicyDocument;
use std::hint::black_box;
use std::sync::OnceLock;

static POLICY: OnceLock<Policy> = OnceLock::new();

const ORIGIN: (&str, &str) = ("origin", "https://app.example");
const CASES: [(&str, &[(&str, &str)]); 3] = [
    ("GET", &[("host", "api.example"), ORIGIN, ("accept", "*/*")]),
    (
        "OPTIONS",
        &[
            ("host", "api.example"),
            ORIGIN,
            ("access-control-request-method", "PUT"),
            ("access-control-request-headers", "content-type,x-requested-with"),
        ],
    ),
    ("GET", &[("host", "api.example"), ("origin", "https://evil.example"), ("accept", "*/*")]),
];

#[unsafe(no_mangle)]
pub extern "C" fn rust_side_init() {
    let text = "origins = ['https://app.example', 'https://*.app.example']\ncredentials = true\n\
        methods = ['PUT', 'DELETE']\nrequest_headers = ['content-type', 'x-requested-with']\n\
        expose_headers = ['x-request-id']\nmax_age = 600\n";
    let document = PolicyDocument::from_toml(text).expect("the policy is good");
    let policy = document.config(None).and_then(|config| config.build()).expect("the policy is good");
    POLICY.get_or_init(|| policy);
}

/// Decides and looks at every operation, as a server does that applies them.
#[unsafe(no_mangle)]
pub extern "C" fn rust_side_decide(which: u32) -> u32 {
    let Some(policy) = POLICY.get() else { return 0 };
    let (method, headers) = black_box(CASES[which as usize]);
    let answer = policy.answer(method.as_bytes(), headers);
    let mut count = 0;
    // C decisions carry the reason.
    black_box(answer.reason());
    for operation in answer.operations() {
        black_box(&operation);
        count += 1;
    }
    count
}
