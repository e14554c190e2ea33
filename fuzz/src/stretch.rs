//! Long inputs out of short ones. A fuzzer that mutates a few hundred bytes seldom writes the same thing ten
//! thousand times, which is what shows a cost that grows too fast.

use std::borrow::Cow;

/// How long a stretched input is, about.
const LENGTH: usize = 64 * 1024;

/// The input that `bytes` stand for. The first byte says whether something in the rest is repeated, and the
/// two after it what.
pub(crate) fn stretched(bytes: &[u8]) -> Cow<'_, [u8]> {
    match bytes {
        [control, from, length, rest @ ..] if control % 16 == 1 => {
            let from = usize::from(*from).min(rest.len());
            let end = (from + 1 + usize::from(*length)).min(rest.len());
            let repeated = &rest[from..end];
            if repeated.is_empty() {
                return Cow::Borrowed(rest);
            }
            let times = LENGTH / repeated.len();
            Cow::Owned([&rest[..from], &repeated.repeat(times), &rest[end..]].concat())
        }
        [_, rest @ ..] => Cow::Borrowed(rest),
        [] => Cow::Borrowed(bytes),
    }
}
