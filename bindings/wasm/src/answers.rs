//! Answers of policies. The way of every request is one call with bare bytes and one number back, which names
//! the answer's form; what a form says is asked once and remembered by the caller.

use crate::json::{Misuse, Object, bytes, text};
use crate::{buffers, policies};
use cors_engine::protocol::{HeaderLines, HeaderList};
use cors_engine::server::{Action, Answer, Operation, vary_lists};
use serde_json::{Value, json};

/// The header is not there.
const ABSENT: usize = u32::MAX as usize;

/// Either there is no such policy, or the answer has no form: a value of it is a part of a request header.
const NO_FORM: u32 = u32::MAX;

const READ: [&[u8]; 3] = [b"origin", b"access-control-request-method", b"access-control-request-headers"];

/// A request as it lies in the input.
struct Packed<'i> {
    method: &'i [u8],
    lines: [(&'static [u8], &'i [u8]); 3],
    count: usize,
}

impl<'i> Packed<'i> {
    fn read(input: &'i [u8], lengths: [usize; 4]) -> Self {
        let mut rest = input;
        let mut take = |length: usize| {
            let (taken, after) = rest.split_at_checked(length).unwrap_or((rest, &[]));
            rest = after;
            taken
        };
        let mut packed = Packed { method: take(lengths[0]), lines: [(b"", b""); 3], count: 0 };
        for (name, length) in READ.into_iter().zip(&lengths[1..]) {
            if *length != ABSENT {
                packed.lines[packed.count] = (name, take(*length));
                packed.count += 1;
            }
        }
        packed
    }

    fn lines(&self) -> &[(&'static [u8], &'i [u8])] {
        &self.lines[..self.count]
    }

    /// The request header whose whole value a value of the answer is, counted from 1; 0 when it is the
    /// policy's own, `None` when it is a part of one.
    fn source(&self, value: &[u8]) -> Option<u32> {
        let starts = value.as_ptr() as usize;
        for (name, line) in self.lines() {
            let line_starts = line.as_ptr() as usize;
            if starts >= line_starts && starts < line_starts + line.len().max(1) {
                let position = READ.iter().position(|read| read == name)? as u32 + 1;
                return (line.len() == value.len()).then_some(position);
            }
        }
        Some(0)
    }
}

pub(crate) fn answer(policy: usize, lengths: [usize; 4]) -> u32 {
    with_answer(policy, lengths, number).unwrap_or(NO_FORM)
}

/// Names an answer's form: of one policy, two answers with the same number differ only in the values that
/// they take over from the request.
fn number(packed: &Packed<'_>, answer: &Answer<'_>) -> u32 {
    let mut taken_over = 0;
    let mut headers = 0;
    for (_, value) in answer.headers() {
        match packed.source(value) {
            Some(source) => taken_over |= (1 << source) >> 1,
            None => return NO_FORM,
        }
        headers += 1;
    }
    let vary = answer.vary().count() as u32;
    let parts =
        [(answer.kind() as u32, 2), (taken_over, 3), (headers, 5), (vary, 8), (answer.reason() as u32, 6)];
    parts.into_iter().fold(0, |number, (part, bits)| number << bits | part)
}

pub(crate) fn form(policy: usize, lengths: [usize; 4]) -> Value {
    with_answer(policy, lengths, |packed, answer| {
        let header = |(name, value): (&str, &[u8])| match packed.source(value) {
            None | Some(0) => json!([name, text(value)]),
            Some(source) => json!([name, source]),
        };
        described(answer, answer.headers().map(header).collect())
    })
    .unwrap_or_default()
}

fn with_answer<T>(
    policy: usize,
    lengths: [usize; 4],
    look: impl FnOnce(&Packed<'_>, &Answer<'_>) -> T,
) -> Result<T, Misuse> {
    policies::with(policy, |policy| {
        buffers::read(usize::MAX, |input| {
            let packed = Packed::read(input, lengths);
            look(&packed, &policy.answer(packed.method, packed.lines()))
        })
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
