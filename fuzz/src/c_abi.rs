//! The C interface, called in any order with any bytes, as a C program may: every pointer is NULL or good, and
//! everything else is arbitrary. What comes back is read to the last byte, for the address sanitizer to see.

use arbitrary::{Arbitrary, Result, Unstructured};
use cors_engine::capi::*;
use std::ffi::{CStr, c_char};
use std::ptr::{null, null_mut};

/// How many calls one input makes at most.
const CALLS: usize = 64;

/// Calls the interface as `input` says, and checks what comes back.
pub fn check(input: &[u8]) {
    let mut unstructured = Unstructured::new(input);
    let mut program = Program::default();
    for _ in 0..CALLS {
        if unstructured.is_empty() || program.call(&mut unstructured).is_err() {
            break;
        }
    }
}

/// The handles that a program holds; NULL where it has none.
struct Program {
    builder: *mut cors_builder,
    policy: *const cors_policy,
    cache: *mut cors_preflight_cache,
    fetch: *mut cors_fetch,
    /// What `request` borrows from.
    strings: Vec<Vec<u8>>,
    request: cors_request,
    decision: cors_decision,
}

impl Default for Program {
    fn default() -> Self {
        // SAFETY: every field of both structs may be zero.
        let (mut request, mut decision): (cors_request, cors_decision) = unsafe { std::mem::zeroed() };
        request.struct_size = size_of::<cors_request>() as u32;
        decision.struct_size = size_of::<cors_decision>() as u32;
        Program {
            builder: null_mut(),
            policy: null(),
            cache: null_mut(),
            fetch: null_mut(),
            strings: Vec::new(),
            request,
            decision,
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // SAFETY: each handle is NULL or came from its constructor, and is given up.
        unsafe {
            cors_builder_free(self.builder);
            cors_policy_unref(self.policy);
            cors_preflight_cache_free(self.cache);
            cors_fetch_free(self.fetch);
        }
    }
}

/// Words that mean something somewhere.
const WORDS: [&str; 44] = [
    "origins",
    "null_origin",
    "credentials",
    "methods",
    "request_headers",
    "expose_headers",
    "max_age",
    "timing_allow_origins",
    "preflight_status",
    "refused_preflight",
    "true",
    "600",
    "forbid",
    "*",
    "https://app.example",
    "https://*.app.example",
    "http://localhost:*",
    "null",
    "OPTIONS",
    "GET",
    "PUT",
    "Origin",
    "Access-Control-Request-Method",
    "Access-Control-Request-Headers",
    "Sec-Fetch-Mode",
    "Cookie",
    "cors",
    "content-type",
    "authorization",
    "x-a,x-b",
    "Access-Control-Allow-Origin",
    "Access-Control-Allow-Credentials",
    "Access-Control-Allow-Methods",
    "Access-Control-Allow-Headers",
    "Access-Control-Max-Age",
    "Access-Control-Expose-Headers",
    "Location",
    "https://api.example/items",
    "http://api.example:8080/",
    "data:,x",
    "origins = ['*']",
    "origins = ['https://app.example']\nmethods = ['*']",
    "{\"origins\": [\"https://app.example\"], \"credentials\": true, \"env\": {\"x\": {}}}",
    "x",
];

/// A string as a program may pass it.
enum Text {
    Absent,
    /// NULL with a length.
    Unsound(usize),
    Bytes(Vec<u8>),
}

impl<'a> Arbitrary<'a> for Text {
    fn arbitrary(unstructured: &mut Unstructured<'a>) -> Result<Self> {
        Ok(match unstructured.int_in_range(0..=15)? {
            0 => Text::Absent,
            1 => Text::Unsound(unstructured.arbitrary()?),
            2..=5 => Text::Bytes(unstructured.arbitrary()?),
            _ => Text::Bytes(unstructured.choose(&WORDS)?.as_bytes().to_vec()),
        })
    }
}

impl Text {
    /// The string in C; it borrows from this one.
    fn c(&self) -> cors_str {
        match self {
            Text::Absent => cors_str { ptr: null(), len: 0 },
            Text::Unsound(len) => cors_str { ptr: null(), len: *len },
            Text::Bytes(bytes) => cors_str { ptr: bytes.as_ptr().cast(), len: bytes.len() },
        }
    }
}

fn headers(unstructured: &mut Unstructured<'_>) -> Result<Vec<(Text, Text)>> {
    let count = unstructured.int_in_range(0..=6)?;
    (0..count).map(|_| Ok((unstructured.arbitrary()?, unstructured.arbitrary()?))).collect()
}

fn c_headers(headers: &[(Text, Text)]) -> Vec<cors_header> {
    headers.iter().map(|(name, value)| cors_header { name: name.c(), value: value.c() }).collect()
}

/// The size of a struct, or rarely something else.
fn struct_size<T>(unstructured: &mut Unstructured<'_>) -> Result<u32> {
    Ok(if unstructured.ratio(1, 32)? { unstructured.arbitrary()? } else { size_of::<T>() as u32 })
}

/// A pointer, or rarely NULL.
fn or_null<T>(unstructured: &mut Unstructured<'_>, pointer: *mut T) -> Result<*mut T> {
    Ok(if unstructured.ratio(1, 32)? { null_mut() } else { pointer })
}

/// Reads every byte of a string that came back.
fn read(string: cors_str) -> Vec<u8> {
    if string.ptr.is_null() {
        assert_eq!(string.len, 0);
        return Vec::new();
    }
    // SAFETY: the library says that there are so many bytes.
    unsafe { std::slice::from_raw_parts(string.ptr.cast::<u8>(), string.len) }.to_vec()
}

fn check_status(status: i32) {
    assert_ne!(status, CORS_ERROR_PANIC);
    if status <= 0 {
        // SAFETY: a status has a name, ended by NUL.
        assert_ne!(unsafe { CStr::from_ptr(cors_status_name(status)) }, c"unknown");
    }
}

fn check_error(status: i32, error: &cors_error) {
    check_status(status);
    if status >= 0 || error.struct_size as usize != size_of::<cors_error>() {
        return;
    }
    // `told` by another struct of the call.
    if error.status != 0 {
        assert_eq!(error.status, status);
    }
    for text in [&error.code[..], &error.key, &error.value, &error.message] {
        let end = text.iter().position(|byte| *byte == 0).expect("ended by NUL");
        let bytes: Vec<u8> = text[..end].iter().map(|byte| *byte as u8).collect();
        assert!(std::str::from_utf8(&bytes).is_ok());
    }
}

impl Program {
    fn call(&mut self, unstructured: &mut Unstructured<'_>) -> Result<()> {
        let mut error =
            cors_error { struct_size: struct_size::<cors_error>(unstructured)?, ..cors_error::default() };
        let error_pointer = or_null(unstructured, &raw mut error)?;
        // SAFETY: every pointer is NULL or good, and every string as long as it says.
        unsafe {
            match unstructured.int_in_range(0..=15)? {
                0 if self.builder.is_null() => check_status(cors_builder_new(&raw mut self.builder)),
                0 | 1 => {
                    let (key, value): (Text, Text) = (unstructured.arbitrary()?, unstructured.arbitrary()?);
                    let change = if unstructured.arbitrary()? { cors_builder_add } else { cors_builder_set };
                    check_error(change(self.builder, key.c(), value.c(), error_pointer), &error);
                }
                2 => self.build(unstructured, error_pointer, &error)?,
                3 => self.document(unstructured, error_pointer, &error)?,
                4 => self.findings(unstructured)?,
                5 => {
                    let method: Text = unstructured.arbitrary()?;
                    self.keep_strings();
                    let method = self.keep(method);
                    cors_request_init(or_null(unstructured, &raw mut self.request)?, method);
                    self.request.struct_size = struct_size::<cors_request>(unstructured)?;
                }
                6 => {
                    let (name, value): (Text, Text) = (unstructured.arbitrary()?, unstructured.arbitrary()?);
                    let value = self.keep(value);
                    cors_request_header(or_null(unstructured, &raw mut self.request)?, name.c(), value);
                }
                7 | 8 => self.decide(unstructured)?,
                9 => self.merge(unstructured)?,
                10 => self.begin(unstructured, error_pointer, &error)?,
                11 | 12 => self.go_on(unstructured)?,
                13 => self.ask(unstructured, error_pointer, &error)?,
                14 => self.audit(unstructured)?,
                _ => self.cache(unstructured)?,
            }
        }
        Ok(())
    }

    /// Keeps a string for as long as the request may need it.
    fn keep(&mut self, text: Text) -> cors_str {
        match text {
            Text::Bytes(bytes) => {
                let string = cors_str { ptr: bytes.as_ptr().cast(), len: bytes.len() };
                self.strings.push(bytes);
                string
            }
            other => other.c(),
        }
    }

    /// Forgets what the last request borrowed.
    fn keep_strings(&mut self) {
        // SAFETY: every field of the struct may be zero.
        self.request = unsafe { std::mem::zeroed() };
        self.strings.clear();
    }

    unsafe fn build(
        &mut self,
        unstructured: &mut Unstructured<'_>,
        error_pointer: *mut cors_error,
        error: &cors_error,
    ) -> Result<()> {
        let mut policy = null();
        let status = unsafe { cors_builder_build(self.builder, &raw mut policy, error_pointer) };
        check_error(status, error);
        assert_eq!(status == CORS_OK, !policy.is_null());
        let mistakes = unsafe { cors_builder_mistakes(self.builder) };
        for n in 0..=mistakes {
            let mut mistake = cors_error::default();
            let found = unsafe { cors_builder_mistake(self.builder, n, &raw mut mistake) };
            assert_eq!(found == CORS_OK, n < mistakes);
        }
        if !policy.is_null() {
            self.replace_policy(policy, unstructured)?;
        }
        Ok(())
    }

    fn replace_policy(
        &mut self,
        policy: *const cors_policy,
        unstructured: &mut Unstructured<'_>,
    ) -> Result<()> {
        // SAFETY: both are NULL or good, and the references add up.
        unsafe {
            if unstructured.arbitrary()? {
                cors_policy_unref(cors_policy_ref(policy));
            }
            cors_policy_unref(self.policy);
        }
        // What the last decision points to went with its policy.
        self.decision.op_count = 0;
        self.policy = policy;
        Ok(())
    }

    unsafe fn document(
        &mut self,
        unstructured: &mut Unstructured<'_>,
        error_pointer: *mut cors_error,
        error: &cors_error,
    ) -> Result<()> {
        let (text, environment): (Text, Text) = (unstructured.arbitrary()?, unstructured.arbitrary()?);
        let environment = if unstructured.arbitrary()? { environment } else { Text::Absent };
        let is_json = unstructured.arbitrary()?;
        if unstructured.arbitrary()? {
            let read = if is_json { cors_builder_read_json } else { cors_builder_read_toml };
            check_error(unsafe { read(self.builder, text.c(), environment.c(), error_pointer) }, error);
            return Ok(());
        }
        let read = if is_json { cors_policy_from_json } else { cors_policy_from_toml };
        let mut policy = null();
        let out = or_null(unstructured, &raw mut policy)?;
        check_error(unsafe { read(text.c(), environment.c(), out, error_pointer) }, error);
        if !policy.is_null() {
            self.replace_policy(policy, unstructured)?;
        }
        Ok(())
    }

    unsafe fn findings(&self, unstructured: &mut Unstructured<'_>) -> Result<()> {
        unsafe {
            cors_policy_allows_credentials(self.policy);
            let count = cors_policy_findings(self.policy);
            let mut finding: cors_finding = std::mem::zeroed();
            finding.struct_size = struct_size::<cors_finding>(unstructured)?;
            let sized = finding.struct_size as usize == size_of::<cors_finding>();
            for n in 0..=count {
                let status = cors_policy_finding(self.policy, n, &raw mut finding);
                check_status(status);
                assert_eq!(status == CORS_OK, n < count && sized);
            }
        }
        Ok(())
    }

    unsafe fn decide(&mut self, unstructured: &mut Unstructured<'_>) -> Result<()> {
        self.decision.struct_size = struct_size::<cors_decision>(unstructured)?;
        unsafe { cors_decide(self.policy, &raw const self.request, &raw mut self.decision) };
        let decision = &self.decision;
        assert!(decision.op_count as usize <= CORS_OPS_MAX && decision.kind <= CORS_KIND_PREFLIGHT);
        assert_eq!(decision.status != 0, decision.action == CORS_ACTION_RESPOND);
        assert!(!cors_reason_code(decision.reason).is_null() && !cors_reason_text(decision.reason).is_null());
        let is_refusal = decision.reason == CORS_REASON_INTERNAL;
        let mut lines = 0;
        for op in &decision.ops[..decision.op_count as usize] {
            let name = read(op.name);
            let owned = unsafe { cors_is_policy_header(op.name) };
            assert_eq!(owned, op.action != CORS_OP_VARY, "{name:?}");
            assert_eq!(op.value.ptr.is_null(), op.flags != 0 || op.action == CORS_OP_REMOVE);
            assert!(!is_refusal || op.action == CORS_OP_REMOVE);
            let mut value = cors_str { ptr: null(), len: 0 };
            let status = unsafe { cors_op_value(op, &raw const self.request, &raw mut value) };
            assert_eq!(status, CORS_OK);
            read(value);
            lines += usize::from(name == b"access-control-allow-origin" && op.action == CORS_OP_SET);
        }
        assert_eq!(lines == 1, decision.allowed == 1);
        Ok(())
    }

    unsafe fn merge(&self, unstructured: &mut Unstructured<'_>) -> Result<()> {
        let (have, add): (Text, Text) = (unstructured.arbitrary()?, unstructured.arbitrary()?);
        let mut buffer = vec![0 as c_char; unstructured.int_in_range(0..=64)?];
        let mut written = usize::MAX;
        let out = or_null(unstructured, &raw mut written)?;
        let merge = |buffer: *mut c_char, capacity| unsafe {
            cors_vary_merge(have.c(), add.c(), buffer, capacity, out)
        };
        let status = merge(buffer.as_mut_ptr(), buffer.len());
        check_status(status);
        if status == CORS_ERROR_NO_SPACE {
            assert!(written > buffer.len());
            buffer.resize(written, 0);
            assert_eq!(merge(buffer.as_mut_ptr(), buffer.len()), CORS_OK);
        }
        Ok(())
    }

    unsafe fn begin(
        &mut self,
        unstructured: &mut Unstructured<'_>,
        error_pointer: *mut cors_error,
        error: &cors_error,
    ) -> Result<()> {
        let description = FetchDescription::arbitrary(unstructured)?;
        let headers = c_headers(&description.headers);
        let init = description.init(&headers);
        let mut fetch = null_mut();
        check_error(unsafe { cors_fetch_new(&raw const init, &raw mut fetch, error_pointer) }, error);
        if !fetch.is_null() {
            unsafe { cors_fetch_free(self.fetch) };
            self.fetch = fetch;
        }
        Ok(())
    }

    unsafe fn go_on(&mut self, unstructured: &mut Unstructured<'_>) -> Result<()> {
        let mut outgoing: cors_outgoing = unsafe { std::mem::zeroed() };
        outgoing.struct_size = struct_size::<cors_outgoing>(unstructured)?;
        let cache = or_null(unstructured, self.cache)?;
        let now = unstructured.arbitrary()?;
        let step = unsafe {
            match unstructured.int_in_range(0..=8)? {
                0..=2 => cors_fetch_start(self.fetch, cache, now, &raw mut outgoing),
                3 => cors_fetch_fail(self.fetch, cache),
                _ => {
                    let status = *unstructured.choose(&[200_u16, 204, 302, 307, 404, 421, 0, 65535])?;
                    let headers = headers(unstructured)?;
                    let lines = c_headers(&headers);
                    let out = &raw mut outgoing;
                    cors_fetch_receive(self.fetch, status, lines.as_ptr(), lines.len(), cache, now, out)
                }
            }
        };
        check_status(step.min(0));
        if step == CORS_STEP_SEND {
            let strings = [
                outgoing.method,
                outgoing.url,
                outgoing.origin,
                outgoing.request_method,
                outgoing.request_headers,
            ];
            strings.into_iter().for_each(|string| drop(read(string)));
        }
        unsafe { self.look_at_fetch(step == CORS_STEP_SEND, outgoing.header_count) };
        Ok(())
    }

    /// Reads all that a fetch says of itself.
    unsafe fn look_at_fetch(&self, sends: bool, header_count: usize) {
        let absent = cors_str { ptr: null(), len: 0 };
        for n in 0..=header_count {
            let mut line = cors_header { name: absent, value: absent };
            let status = unsafe { cors_fetch_header(self.fetch, n, &raw mut line) };
            if sends {
                assert_eq!(status == CORS_OK, n < header_count);
            }
            read(line.name);
            read(line.value);
        }
        let mut verdict: cors_verdict = unsafe { std::mem::zeroed() };
        verdict.struct_size = size_of::<cors_verdict>() as u32;
        if unsafe { cors_fetch_verdict(self.fetch, &raw mut verdict) } != CORS_OK {
            return;
        }
        assert_eq!(verdict.allowed == 1, verdict.reason == 0);
        read(verdict.url);
        read(verdict.detail);
        let mut line = absent;
        for n in 0..verdict.exposed_count as usize {
            assert_eq!(unsafe { cors_fetch_exposed(self.fetch, n, &raw mut line) }, CORS_OK);
            read(line);
        }
        for n in 0..verdict.console_count as usize {
            assert_eq!(unsafe { cors_fetch_console(self.fetch, n, &raw mut line) }, CORS_OK);
            read(line);
        }
    }

    unsafe fn ask(
        &self,
        unstructured: &mut Unstructured<'_>,
        error_pointer: *mut cors_error,
        error: &cors_error,
    ) -> Result<()> {
        let description = FetchDescription::arbitrary(unstructured)?;
        let author = c_headers(&description.headers);
        let init = description.init(&author);
        let headers = headers(unstructured)?;
        let lines = c_headers(&headers);
        let mut reason = 0;
        let out = or_null(unstructured, &raw mut reason)?;
        unsafe {
            check_error(cors_needs_preflight(&raw const init, error_pointer), error);
            let (start, count) = (lines.as_ptr(), lines.len());
            check_status(cors_preflight_check(&raw const init, 204, start, count, out, null_mut()));
            check_status(cors_check(init.engine, init.origin, init.credentials, start, count, out));
            let mut readable = vec![2_u8; count];
            let status =
                cors_exposed_headers(init.engine, init.credentials, start, count, readable.as_mut_ptr());
            check_status(status);
            assert!(status != CORS_OK || readable.iter().all(|flag| *flag <= 1));
        }
        Ok(())
    }

    unsafe fn audit(&self, unstructured: &mut Unstructured<'_>) -> Result<()> {
        let headers = headers(unstructured)?;
        let lines = c_headers(&headers);
        let own_origin: Text = unstructured.arbitrary()?;
        let mut context = cors_audit_context {
            struct_size: struct_size::<cors_audit_context>(unstructured)?,
            credentials: *unstructured.choose(&[0, 1, 2, 3, 255])?,
            reserved0: [0; 3],
            own_origin: own_origin.c(),
        };
        let context = or_null(unstructured, &raw mut context)?;
        let mut audit: cors_audit = unsafe { std::mem::zeroed() };
        audit.struct_size = struct_size::<cors_audit>(unstructured)?;
        let request = &raw const self.request;
        let mut buffer = vec![1 as c_char; unstructured.int_in_range(0..=200)?];
        unsafe {
            let status =
                cors_audit_response(request, context, 200, lines.as_ptr(), lines.len(), &raw mut audit);
            check_status(status);
            if status != CORS_OK {
                return Ok(());
            }
            let mut written = 0;
            let said = cors_audit_text(&raw const audit, buffer.as_mut_ptr(), buffer.len(), &raw mut written);
            match said {
                CORS_OK => assert_eq!(buffer[written], 0),
                said => assert!(said == CORS_ERROR_NO_SPACE && written > buffer.len()),
            }
        }
        Ok(())
    }

    unsafe fn cache(&mut self, unstructured: &mut Unstructured<'_>) -> Result<()> {
        unsafe {
            if self.cache.is_null() {
                check_status(cors_preflight_cache_new(&raw mut self.cache));
            } else if unstructured.ratio(1, 8)? {
                cors_preflight_cache_free(self.cache);
                self.cache = null_mut();
            } else if unstructured.ratio(1, 8)? {
                cors_preflight_cache_clear(self.cache);
            }
            assert!(cors_preflight_cache_len(self.cache) <= 1000);
        }
        Ok(())
    }
}

/// A request of script.
struct FetchDescription {
    numbers: [u8; 11],
    struct_size: u32,
    texts: [Text; 5],
    headers: Vec<(Text, Text)>,
}

impl FetchDescription {
    fn arbitrary(unstructured: &mut Unstructured<'_>) -> Result<Self> {
        let mut numbers = [0; 11];
        for number in &mut numbers {
            *number = if unstructured.ratio(1, 4)? { unstructured.int_in_range(0..=9)? } else { 0 };
        }
        numbers[0] = unstructured.int_in_range(0..=3)?;
        let origin = Text::Bytes(b"https://app.example".into());
        let url = Text::Bytes(b"https://api.example/items".into());
        let texts = [
            if unstructured.ratio(1, 4)? { unstructured.arbitrary()? } else { origin },
            if unstructured.ratio(1, 4)? { unstructured.arbitrary()? } else { url },
            unstructured.arbitrary()?,
            unstructured.arbitrary()?,
            unstructured.arbitrary()?,
        ];
        let struct_size = struct_size::<cors_fetch_init>(unstructured)?;
        Ok(FetchDescription { numbers, struct_size, texts, headers: headers(unstructured)? })
    }

    fn init(&self, headers: &[cors_header]) -> cors_fetch_init {
        let [engine, mode, credentials, redirect, cache, body, initiator, listener, referrer, embedder, http] =
            self.numbers;
        let [origin, url, method, blob_type, network_partition_key] = self.texts.each_ref().map(Text::c);
        cors_fetch_init {
            struct_size: self.struct_size,
            engine,
            mode,
            credentials,
            redirect,
            cache,
            body,
            initiator,
            upload_listener: listener,
            referrer_policy: referrer,
            embedder_policy: embedder,
            http_version: http,
            reserved0: 0,
            origin,
            url,
            method,
            blob_type,
            network_partition_key,
            headers: headers.as_ptr(),
            header_count: headers.len(),
        }
    }
}
