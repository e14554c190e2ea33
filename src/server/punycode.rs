//! Whether a label can be [Punycode](https://www.rfc-editor.org/rfc/rfc3492).
//!
//! The crate `idna` can decode it. What is decoded is of no use here, and what it takes would be the largest part
//! of reading a policy.

const BASE: u32 = 36;
const LEAST_THRESHOLD: u32 = 1;
const GREATEST_THRESHOLD: u32 = 26;
const SKEW: u32 = 38;
const DAMP: u32 = 700;
const INITIAL_BIAS: u32 = 72;
const INITIAL_CODE_POINT: u32 = 0x80;

/// Whether `label`, which follows `xn--` and is in lower case, is decoded by the
/// [procedure](https://www.rfc-editor.org/rfc/rfc3492#section-6.2) to characters some of which are beyond ASCII.
pub(super) fn is_decodable(label: &str) -> bool {
    // A delimiter that nothing stands before delimits nothing, and is no digit.
    let (basic, deltas) =
        label.rsplit_once('-').filter(|(basic, _)| !basic.is_empty()).unwrap_or(("", label));
    !deltas.is_empty() && basic.is_ascii() && decode(basic.len() as u32, deltas).is_some()
}

fn decode(mut length: u32, deltas: &str) -> Option<()> {
    let (mut code_point, mut bias, mut index) = (INITIAL_CODE_POINT, INITIAL_BIAS, 0_u32);
    let mut digits = deltas.bytes();
    let mut is_first = true;
    while digits.len() > 0 {
        let (before, mut weight) = (index, 1_u32);
        for position in (BASE..).step_by(BASE as usize) {
            let digit = digit(digits.next()?)?;
            index = index.checked_add(digit.checked_mul(weight)?)?;
            let threshold = position.saturating_sub(bias).clamp(LEAST_THRESHOLD, GREATEST_THRESHOLD);
            if digit < threshold {
                break;
            }
            weight = weight.checked_mul(BASE - threshold)?;
        }
        length += 1;
        bias = adapt(index - before, length, is_first);
        is_first = false;
        code_point = code_point.checked_add(index / length)?;
        char::from_u32(code_point)?;
        index = index % length + 1;
    }
    Some(())
}

fn digit(byte: u8) -> Option<u32> {
    match byte {
        b'a'..=b'z' => Some(u32::from(byte - b'a')),
        b'0'..=b'9' => Some(u32::from(byte - b'0') + 26),
        _ => None,
    }
}

/// The [adaption](https://www.rfc-editor.org/rfc/rfc3492#section-6.1) of the bias.
fn adapt(delta: u32, length: u32, is_first: bool) -> u32 {
    let mut delta = delta / if is_first { DAMP } else { 2 };
    delta += delta / length;
    let mut bias = 0;
    while delta > (BASE - LEAST_THRESHOLD) * GREATEST_THRESHOLD / 2 {
        delta /= BASE - LEAST_THRESHOLD;
        bias += BASE;
    }
    bias + (BASE - LEAST_THRESHOLD + 1) * delta / (delta + SKEW)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn is_decoded_by_idna(label: &str) -> bool {
        let decoded = idna::punycode::decode_to_string(label);
        decoded.is_some_and(|text| !text.is_ascii())
    }

    #[test]
    fn labels_are_told_apart() {
        for (label, expected) in [
            ("bcher-kva", true),
            ("9ca", true),
            ("f", false),
            ("", false),
            ("abc-", false),
            ("99999999", false),
        ] {
            assert_eq!((is_decodable(label), is_decoded_by_idna(label)), (expected, expected), "{label}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn the_crate_idna_decodes_the_same(label in "([a-z0-9]{0,5}-)?[a-z0-9]{0,9}") {
            prop_assert_eq!(is_decodable(&label), is_decoded_by_idna(&label));
        }

        #[test]
        fn what_the_crate_idna_encodes_is_decodable(text in "[a-z]{0,3}[\\PC]{1,6}") {
            // In lower case the Kelvin sign is a letter of ASCII.
            let text = text.to_lowercase();
            if let Some(label) = idna::punycode::encode_str(&text).filter(|_| !text.is_ascii()) {
                prop_assert!(is_decodable(&label), "{}", label);
            }
        }
    }
}
