//! Answers of policies. The way of every request is one call with bare bytes and one number back, which names
//! the answer's form; what a form says is asked once and remembered by the caller.

use crate::json::{Misuse, Object, bytes, text};
use crate::{buffers, policies};
use cors_engine::protocol::{HeaderLines, HeaderList};
use cors_engine::server::{Action, Answer, Operation, Policy, vary_lists};
use cors_engine_answers::{NO_FORM, Packed, number};
use serde_json::{Value, json};

pub(crate) fn answer(policy: usize, lengths: [usize; 4]) -> u32 {
    with_request(policy, lengths, number).unwrap_or(NO_FORM)
}

pub(crate) fn form(policy: usize, lengths: [usize; 4]) -> Value {
    with_request(policy, lengths, |policy, packed| {
        let answer = packed.answer(policy);
        let header = |(name, value): (&str, &[u8])| match packed.source(value) {
            None | Some(0) => json!([name, text(value)]),
            Some(source) => json!([name, source]),
        };
        described(&answer, answer.headers().map(header).collect())
    })
    .unwrap_or_default()
}

fn with_request<T>(
    policy: usize,
    lengths: [usize; 4],
    look: impl FnOnce(&Policy, &Packed<'_>) -> T,
) -> Result<T, Misuse> {
    policies::with(policy, |policy| {
        buffers::read(usize::MAX, |input| look(policy, &Packed::read(input, lengths)))
    })
}

pub(crate) fn answer_lines(request: &mut Object) -> Result<Value, Misuse> {
    let method = bytes(&request.entry::<String>("method")?);
    let headers: HeaderList = request.entry("headers")?;
    policies::with(request.entry("policy")?, |policy| {
        let lines: Vec<_> = headers.header_lines().collect();
        let answer = policy.answer(&method, lines.as_slice());
        let headers = answer.headers().map(|(name, value)| json!([name, text(value)])).collect();
        described(&answer, headers)
    })
}

pub(crate) fn missing_vary(application: &mut Object) -> Result<Value, Misuse> {
    let lines: Vec<String> = application.entry("lines")?;
    let names: Vec<String> = application.entry("names")?;
    let is_missing = |name: &String| !vary_lists(lines.iter().map(String::as_bytes), name);
    Ok(names.into_iter().filter(is_missing).map(Value::from).collect())
}

fn described(answer: &Answer<'_>, headers: Value) -> Value {
    let removed = answer.operations().filter_map(|operation| match operation {
        Operation::Remove { name } => Some(name),
        Operation::Add { .. } | Operation::Vary { .. } => None,
    });
    json!({
        "kind": answer.kind().as_str(),
        "reason": answer.reason().code(),
        "words": answer.reason().words(),
        "allows": answer.reason().allows(),
        "status": match answer.action() {
            Action::Pass => Value::Null,
            Action::Respond { status } => status.into(),
        },
        "removes": removed.collect::<Value>(),
        "headers": headers,
        "vary": answer.vary().collect::<Value>(),
    })
}
