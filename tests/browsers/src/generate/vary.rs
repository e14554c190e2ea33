//! Choosing, and the ways in which a right value goes wrong.

use fastrand::Rng;

/// Bytes that parsers disagree about, as the `char`s of the same number. NUL, CR and LF cannot be sent.
pub(super) const ODD_BYTES: [char; 14] =
    ['\u{1}', '\t', '\u{b}', '\u{c}', '\u{1f}', ' ', '"', '(', ',', ':', ';', '\u{7f}', '\u{80}', '\u{e9}'];

/// One of these.
pub(super) fn pick<T: Clone>(rng: &mut Rng, options: &[T]) -> T {
    options[rng.usize(..options.len())].clone()
}

/// Whether this time it happens, which it does so many times in a hundred.
pub(super) fn chance(rng: &mut Rng, percent: u32) -> bool {
    rng.u32(..100) < percent
}

/// A byte that matters more often than others, or any that can be sent.
pub(super) fn byte(rng: &mut Rng) -> char {
    if chance(rng, 50) {
        return pick(rng, &ODD_BYTES);
    }
    loop {
        let byte = char::from(rng.u8(1..));
        if !"\r\n".contains(byte) {
            return byte;
        }
    }
}

/// The text with its letters in another case.
pub(super) fn recase(rng: &mut Rng, text: &str) -> String {
    match rng.u8(..4) {
        0 => text.to_ascii_uppercase(),
        1 => text.to_ascii_lowercase(),
        2 => {
            let mut letters = text.chars();
            letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
        }
        _ => text
            .chars()
            .map(|c| if rng.bool() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() })
            .collect(),
    }
}

/// A text that is nearly this one: white space, quotes, odd bytes, another case, something before or after.
pub(super) fn nearly(rng: &mut Rng, text: &str) -> String {
    match rng.u8(..14) {
        0 => format!(" {text}"),
        1 => format!("{text} "),
        2 => format!("\t{text} \t"),
        3 => format!("\"{text}\""),
        4 => format!("'{text}'"),
        5 | 6 => recase(rng, text),
        7 => format!("{}{text}", byte(rng)),
        8 => format!("{text}{}", byte(rng)),
        9 => format!("{text}x"),
        10 => text.chars().skip(1).collect(),
        11 => text.chars().chain(text.chars()).collect(),
        12 => {
            let at = rng.usize(..=text.chars().count());
            let mut letters: Vec<_> = text.chars().collect();
            letters.insert(at, byte(rng));
            letters.into_iter().collect()
        }
        _ => String::new(),
    }
}

/// The lines of a header that lists these members (or something else altogether), well formed or not.
pub(super) fn list_lines(rng: &mut Rng, members: &[&str], others: &[&str]) -> Vec<String> {
    if chance(rng, 6) {
        return Vec::new();
    }
    let mut list: Vec<String> = members.iter().map(|member| (*member).to_owned()).collect();
    for _ in 0..rng.usize(..3) {
        list.insert(rng.usize(..=list.len()), pick(rng, others).to_owned());
    }
    if chance(rng, 45) && !list.is_empty() {
        let at = rng.usize(..list.len());
        list[at] = if chance(rng, 30) { "*".into() } else { nearly(rng, &list[at]) };
    }
    if chance(rng, 10) {
        list.insert(rng.usize(..=list.len()), String::new());
    }
    if chance(rng, 12) {
        list.pop();
    }
    if chance(rng, 15) && list.len() > 1 {
        let rest = list.split_off(rng.usize(1..list.len()));
        return vec![list.join(","), rest.join(", ")];
    }
    vec![list.join(separator(rng))]
}

/// What stands between list members: mostly what a list allows.
fn separator(rng: &mut Rng) -> &'static str {
    if chance(rng, 80) { pick(rng, &[",", ", ", " , ", ",\t"]) } else { pick(rng, &[",,", ";", " "]) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_wrong_can_still_be_sent() {
        let mut rng = Rng::with_seed(1);
        for _ in 0..10_000 {
            let text = nearly(&mut rng, "true");
            assert!(text.chars().all(|c| c <= '\u{ff}' && !"\0\r\n".contains(c)), "{text:?}");
        }
    }
}
