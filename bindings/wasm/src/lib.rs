//! cors-engine as a WebAssembly module: functions over linear memory, without generated glue. Nothing is decided
//! here: what comes in is converted, the library is called, what comes out is converted back.
//!
//! A caller writes into the room that [`room_for_input`] gives, calls a function with the number of bytes it
//! wrote, and reads as many bytes as the function returns from where [`output`] says. Both are UTF-8 texts of
//! JSON, but for [`answer`], the way of every request, which takes bare bytes and returns one number.
//!
//! In texts of JSON, header values and methods are byte strings: U+00NN is the byte NN.
//!
//! The one import, `host.domain_to_ascii`, maps host names beyond ASCII: see the crate in `idna`.
//!
//! Built by `./build` in this folder; `bindings/node/lib/door.js` is the other side of the door.
//!
//! A module has one thread and keeps its handles in it: policies, preflight caches and fetches under way.

mod answers;
mod buffers;
mod fetches;
mod handles;
mod json;
mod judgements;
mod policies;

/// Room for `length` bytes of input. It stays where it is until it is asked for again.
#[unsafe(no_mangle)]
pub extern "C" fn room_for_input(length: usize) -> *mut u8 {
    buffers::room_for_input(length)
}

/// Where the output of the last function lies.
#[unsafe(no_mangle)]
pub extern "C" fn output() -> *const u8 {
    buffers::output()
}

/// Makes a policy of `{"document", "environment", "predicate_reads"}`: the document is itself a text of JSON.
/// Gives `{"policy"}`, a handle, or `{"errors"}`.
#[unsafe(no_mangle)]
pub extern "C" fn build_policy(length: usize) -> usize {
    json::convert(length, policies::build)
}

/// What in a policy is worth a second look, as `{"findings"}` or `{"errors"}`. Takes what [`build_policy`]
/// takes.
#[unsafe(no_mangle)]
pub extern "C" fn audit_policy(length: usize) -> usize {
    json::convert(length, policies::audit)
}

/// The policy as its canonical document.
#[unsafe(no_mangle)]
pub extern "C" fn describe_policy(policy: usize) -> usize {
    buffers::write_json(&policies::describe(policy))
}

/// Forgets a policy.
#[unsafe(no_mangle)]
pub extern "C" fn free_policy(policy: usize) {
    policies::free(policy);
}

/// The answer of a policy to a request, as a number that names its form. The input holds the method and the
/// values of `Origin`, `Access-Control-Request-Method` and `Access-Control-Request-Headers`, one after the
/// other; a length of 2³²-1 says that there is no such header.
#[unsafe(no_mangle)]
pub extern "C" fn answer(
    policy: usize,
    method: usize,
    origin: usize,
    request_method: usize,
    request_headers: usize,
) -> u32 {
    answers::answer(policy, [method, origin, request_method, request_headers])
}

/// The form of the answer that [`answer`] gave to the same arguments and the same input.
#[unsafe(no_mangle)]
pub extern "C" fn answer_form(
    policy: usize,
    method: usize,
    origin: usize,
    request_method: usize,
    request_headers: usize,
) -> usize {
    buffers::write_json(&answers::form(policy, [method, origin, request_method, request_headers]))
}

/// The answer of a policy to `{"policy", "method", "headers"}`, whatever lines the request has.
#[unsafe(no_mangle)]
pub extern "C" fn answer_lines(length: usize) -> usize {
    json::convert(length, answers::answer_lines)
}

/// Which of `{"names"}` the lines of an application's `Vary`, `{"lines"}`, do not list.
#[unsafe(no_mangle)]
pub extern "C" fn missing_vary(length: usize) -> usize {
    json::convert(length, answers::missing_vary)
}

/// Tells [`answer`] and [`answer_lines`] what the predicate of the policy says about the origin: 0 when it
/// was not asked yet, 1 when it refuses, 2 when it accepts.
#[unsafe(no_mangle)]
pub extern "C" fn set_predicate(verdict: u32) {
    policies::set_predicate(verdict);
}

/// Whether the last answer would be another if the predicate accepted the origin.
#[unsafe(no_mangle)]
pub extern "C" fn predicate_was_asked() -> u32 {
    u32::from(policies::predicate_was_asked())
}

/// A new, empty preflight cache.
#[unsafe(no_mangle)]
pub extern "C" fn new_cache() -> usize {
    fetches::new_cache()
}

/// Forgets everything in a preflight cache.
#[unsafe(no_mangle)]
pub extern "C" fn clear_cache(cache: usize) {
    fetches::clear_cache(cache);
}

/// Forgets a preflight cache.
#[unsafe(no_mangle)]
pub extern "C" fn free_cache(cache: usize) {
    fetches::free_cache(cache);
}

/// Begins the fetch `{"engine", "request", "cache", "now"}`. Gives `{"invalid"}` when `fetch()` would throw,
/// else `{"fetch", "step"}`: see [`fetches`].
#[unsafe(no_mangle)]
pub extern "C" fn start_fetch(length: usize) -> usize {
    json::convert(length, fetches::start)
}

/// Gives a fetch its response, `{"fetch", "cache", "now", "status", "headers"}`, or says that none came, by a
/// status of `null`. Gives `{"step"}`.
#[unsafe(no_mangle)]
pub extern "C" fn continue_fetch(length: usize) -> usize {
    json::convert(length, fetches::go_on)
}

/// Forgets a fetch that is not over.
#[unsafe(no_mangle)]
pub extern "C" fn free_fetch(fetch: usize) {
    fetches::free(fetch);
}

/// Replays `{"engine", "scenario"}`: what an engine does in each step.
#[unsafe(no_mangle)]
pub extern "C" fn replay(length: usize) -> usize {
    json::convert(length, judgements::replay)
}

/// Explains `{"request", "exchanges", "elsewhere"}` as the one fetch of a report.
#[unsafe(no_mangle)]
pub extern "C" fn explain(length: usize) -> usize {
    json::convert(length, judgements::explain)
}

/// Explains a capture, `{"text", "source", "format", "meant"}`: a HAR, a text of curl, or HTTP messages. Gives the
/// report, or `{"unusable"}`: a code, the line from 1 if it is in one, and words.
#[unsafe(no_mangle)]
pub extern "C" fn explain_capture(length: usize) -> usize {
    json::convert(length, judgements::explain_capture)
}

/// Lets each engine make `{"request"}` to a server with the policy `{"policy"}`.
#[unsafe(no_mangle)]
pub extern "C" fn verify(length: usize) -> usize {
    json::convert(length, judgements::verify)
}

/// Every engine and every code with its words.
#[unsafe(no_mangle)]
pub extern "C" fn vocabulary() -> usize {
    buffers::write_json(&json::vocabulary())
}
