//! The way of every request: a request as bare bytes, and its answer as one number that names the answer's form.
//!
//! A crate of its own, since it is compiled for speed and the rest of the module for size.

use cors_engine::Policy;
use cors_engine::server::Answer;

/// The length of a header that is not there.
pub const ABSENT: usize = u32::MAX as usize;

/// Either there is no such policy, or the answer has no form: a value of it is a part of a request header.
pub const NO_FORM: u32 = u32::MAX;

const READ: [&[u8]; 3] = [b"origin", b"access-control-request-method", b"access-control-request-headers"];

/// A request as it lies in the input.
pub struct Packed<'i> {
    method: &'i [u8],
    lines: [(&'static [u8], &'i [u8]); 3],
    count: usize,
}

impl<'i> Packed<'i> {
    /// Takes the method and the headers, each of its length, from an input where they lie one after the other.
    #[must_use]
    pub fn read(input: &'i [u8], lengths: [usize; 4]) -> Self {
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

    /// What a policy says to it.
    #[must_use]
    pub fn answer<'a>(&'a self, policy: &'a Policy) -> Answer<'a> {
        policy.answer(self.method, self.lines())
    }

    fn lines(&self) -> &[(&'static [u8], &'i [u8])] {
        &self.lines[..self.count]
    }

    /// The request header whose whole value a value of the answer is, counted from 1; 0 when it is the
    /// policy's own, `None` when it is a part of one.
    #[must_use]
    pub fn source(&self, value: &[u8]) -> Option<u32> {
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

/// The number of the form that a policy's answer has: of one policy, two answers with the same number differ only
/// in the values that they take over from the request.
#[must_use]
pub fn number(policy: &Policy, packed: &Packed<'_>) -> u32 {
    let answer = packed.answer(policy);
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
