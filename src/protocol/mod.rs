//! The words both halves speak: origins, methods, header names and values, lists. No decisions are made here.

pub(crate) mod header_line;
pub mod headers;
pub mod list;
pub mod method;
pub mod origin;
pub(crate) mod public_suffix;
pub mod request_header;
pub mod response_header;
pub(crate) mod serialized_origin;

pub use headers::{HeaderLines, HeaderList, Headers};
pub use origin::{Origin, OriginError, TupleOrigin};
pub use serialized_origin::SerializedOrigin;

use core::cmp::Ordering;

/// Whether `bytes` is a non-empty [token](https://httpwg.org/specs/rfc9110.html#rule.token).
///
/// ```
/// use cors_engine::protocol::is_token;
/// assert!(is_token(b"x-requested-with"));
/// assert!(!is_token(b"x requested"));
/// assert!(!is_token(b""));
/// ```
#[must_use]
pub fn is_token(bytes: &[u8]) -> bool {
    !bytes.is_empty() && kinds_of_bytes(bytes, &IS_NO_TOKEN_BYTE) == 0
}

/// How many of the first bytes are of a token.
pub(crate) fn token_length(bytes: &[u8]) -> usize {
    let ends_token = |&byte: &u8| IS_NO_TOKEN_BYTE[usize::from(byte)] != 0;
    let mut length = 0;
    while let Some(word) = bytes[length..].first_chunk::<4>() {
        if let Some(end) = word.iter().position(ends_token) {
            return length + end;
        }
        length += word.len();
    }
    length + bytes[length..].iter().position(ends_token).unwrap_or(bytes.len() - length)
}

static IS_NO_TOKEN_BYTE: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < table.len() {
        table[byte] = !is_token_byte(byte as u8) as u8;
        byte += 1;
    }
    table
};

/// The kinds of bytes that occur in `bytes`, by a table of the kinds of each, a kind being a bit.
///
/// Eight bytes are looked at before asking whether to go on; the last eight overlap those before.
pub(crate) fn kinds_of_bytes(bytes: &[u8], table: &[u8; 256]) -> u8 {
    let kinds_of = |kinds, &byte: &u8| kinds | table[usize::from(byte)];
    let Some(last) = bytes.last_chunk::<8>() else { return bytes.iter().fold(0, kinds_of) };
    let mut kinds = last.iter().fold(0, kinds_of);
    let mut rest = bytes;
    while let Some((word, after)) = rest.split_first_chunk::<8>().filter(|(_, after)| !after.is_empty()) {
        kinds = word.iter().fold(kinds, kinds_of);
        rest = after;
    }
    kinds
}

/// Whether some byte is below `limit`, which is 0x80 at most. Eight are looked at together; the last eight overlap
/// those before.
pub(crate) fn has_byte_below(bytes: &[u8], limit: u8) -> bool {
    let in_word = |word: &[u8; 8]| {
        let word = u64::from_ne_bytes(*word);
        word.wrapping_sub(each(limit)) & !word & each(0x80) != 0
    };
    let Some(last) = bytes.last_chunk() else { return bytes.iter().any(|&byte| byte < limit) };
    bytes.chunks_exact(8).any(|word| word.try_into().is_ok_and(in_word)) || in_word(last)
}

const fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'!' | b'#'
                | b'$'
                | b'%'
                | b'&'
                | b'\''
                | b'*'
                | b'+'
                | b'-'
                | b'.'
                | b'^'
                | b'_'
                | b'`'
                | b'|'
                | b'~'
        )
}

/// Whether `name` is `known` byte-case-insensitively. `known` is made of lower-case letters, digits, `-` and, in
/// MIME types, `/`.
///
/// As the length is known, whole words are compared, the last of which overlaps the one before.
#[inline]
pub(crate) fn is_name<const LENGTH: usize>(name: &[u8], known: &[u8; LENGTH]) -> bool {
    let Ok(name) = <&[u8; LENGTH]>::try_from(name) else { return false };
    let (Some(last), Some(known_last)) = (name.last_chunk(), known.last_chunk()) else {
        return is_word(padded_word(name), padded_word(known));
    };
    let (mut name, mut known) = (&name[..], &known[..]);
    while let (Some((word, rest)), Some((known_word, known_rest))) =
        (name.split_first_chunk(), known.split_first_chunk())
    {
        if !is_word(u64::from_le_bytes(*word), u64::from_le_bytes(*known_word)) {
            return false;
        }
        (name, known) = (rest, known_rest);
    }
    name.is_empty() || is_word(u64::from_le_bytes(*last), u64::from_le_bytes(*known_last))
}

/// A name of less than eight bytes as a word.
#[inline]
fn padded_word<const LENGTH: usize>(name: &[u8; LENGTH]) -> u64 {
    let mut word = [b'-'; 8];
    word[..LENGTH].copy_from_slice(name);
    u64::from_le_bytes(word)
}

/// Whether two names are the same byte-case-insensitively. Whole words are compared, where there are any.
pub(crate) fn is_same_name(one: &[u8], two: &[u8]) -> bool {
    if one.len() != two.len() {
        return false;
    }
    let (Some(one_last), Some(two_last)) = (one.last_chunk(), two.last_chunk()) else {
        return one.eq_ignore_ascii_case(two);
    };
    let is_same = |one: &[u8; 8], two: &[u8; 8]| {
        let (one, two) = (u64::from_ne_bytes(*one), u64::from_ne_bytes(*two));
        one == two || is_same_in_any_case(one, two)
    };
    let (mut one, mut two) = (one, two);
    while let (Some((one_word, one_rest)), Some((two_word, two_rest))) =
        (one.split_first_chunk(), two.split_first_chunk())
    {
        if !is_same(one_word, two_word) {
            return false;
        }
        (one, two) = (one_rest, two_rest);
    }
    one.is_empty() || is_same(one_last, two_last)
}

/// Compares two names in ASCII lower case, byte by byte. Whole words are compared, where there are any.
pub(crate) fn compare_names(one: &[u8], two: &[u8]) -> Ordering {
    let (mut one, mut two) = (one, two);
    while let (Some((one_word, one_rest)), Some((two_word, two_rest))) =
        (one.split_first_chunk(), two.split_first_chunk())
    {
        let in_order = |word: &[u8; 8]| lower_case(u64::from_be_bytes(*word));
        match in_order(one_word).cmp(&in_order(two_word)) {
            Ordering::Equal => (one, two) = (one_rest, two_rest),
            different => return different,
        }
    }
    let lower = u8::to_ascii_lowercase;
    one.iter().map(lower).cmp(two.iter().map(lower))
}

/// Makes ASCII lower case of bytes, a word at a time.
pub(crate) fn make_lower_case(bytes: &mut [u8]) {
    let mut words = bytes.chunks_exact_mut(8);
    for word in words.by_ref() {
        if let Ok(word) = <&mut [u8; 8]>::try_from(word) {
            *word = lower_case(u64::from_ne_bytes(*word)).to_ne_bytes();
        }
    }
    words.into_remainder().make_ascii_lowercase();
}

/// A word of this byte.
const fn each(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

/// Each byte of `word` in ASCII lower case.
const fn lower_case(word: u64) -> u64 {
    let low_bits = word & each(0x7F);
    let after_z = low_bits + each(0x7F - b'Z');
    let from_a = low_bits + each(0x80 - b'A');
    let is_upper_case = (from_a ^ after_z) & !word & each(0x80);
    word | (is_upper_case >> 2)
}

/// Whether two words differ in nothing but the case of letters, which is the bit 0x20.
const fn is_same_in_any_case(one: u64, two: u64) -> bool {
    let difference = one ^ two;
    let letters = (one | each(0x20)) & each(0x7F);
    let after_z = letters + each(0x7F - b'z');
    let from_a = letters + each(0x80 - b'a');
    let is_letter = (from_a ^ after_z) & !one & each(0x80);
    difference & !(is_letter >> 2) == 0
}

/// Whether the bytes of `word` are those of `known`, in either case.
///
/// The two cases of a letter differ in the bit 0x20. Among the bytes of `known`, letters alone have the bit 0x40.
const fn is_word(word: u64, known: u64) -> bool {
    let case = (known & each(0x40)) >> 1;
    (word ^ known) & !case == 0
}

/// Strips leading and trailing bytes for which `strip` holds, none of which comes after the space.
pub(crate) fn trim(mut bytes: &[u8], strip: impl Fn(u8) -> bool) -> &[u8] {
    if let [first, .., last] = bytes {
        if *first > b' ' && *last > b' ' {
            return bytes;
        }
    }
    while let [first, rest @ ..] = bytes {
        if !strip(*first) {
            break;
        }
        bytes = rest;
    }
    while let [rest @ .., last] = bytes {
        if !strip(*last) {
            break;
        }
        bytes = rest;
    }
    bytes
}

/// An [HTTP tab or space byte](https://fetch.spec.whatwg.org/#http-tab-or-space-byte).
pub(crate) const fn is_http_tab_or_space(byte: u8) -> bool {
    matches!(byte, b'\t' | b' ')
}

/// An [HTTP whitespace byte](https://fetch.spec.whatwg.org/#http-whitespace-byte).
pub(crate) const fn is_http_whitespace(byte: u8) -> bool {
    matches!(byte, b'\t' | b' ' | b'\n' | b'\r')
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    /// Pairs of names that are the same, nearly the same, or different.
    fn names() -> impl Strategy<Value = (Vec<u8>, Vec<u8>)> {
        let name = prop::collection::vec(prop_oneof![4 => 0x20_u8..0x7F, 1 => any::<u8>()], 0..40);
        (name, any::<u64>(), any::<u64>()).prop_map(|(one, toggled, place)| {
            let mut two = one.clone();
            // Toggling this bit changes the case of letters, and makes other bytes of other ones.
            for (index, byte) in two.iter_mut().enumerate() {
                let is_toggled = toggled & (1 << (index % 64)) != 0;
                if is_toggled && (byte.is_ascii_alphabetic() || place % 8 == index as u64) {
                    *byte ^= 0x20;
                }
            }
            (one, two)
        })
    }

    #[test]
    fn a_known_name_is_told_from_its_neighbours() {
        for known in [&b"te"[..], b"date", b"authorization"] {
            for bit in 0..8 * known.len() {
                let mut near = known.to_vec();
                near[bit / 8] ^= 1 << (bit % 8);
                assert_eq!(is_name(&near, b"te"), near.eq_ignore_ascii_case(b"te"));
                assert_eq!(is_name(&near, b"date"), near.eq_ignore_ascii_case(b"date"));
                assert_eq!(is_name(&near, b"authorization"), near.eq_ignore_ascii_case(b"authorization"));
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 20_000, ..ProptestConfig::default() })]

        #[test]
        fn names_are_the_same_in_any_case((one, two) in names()) {
            prop_assert_eq!(is_same_name(&one, &two), one.eq_ignore_ascii_case(&two));
        }

        #[test]
        fn names_are_in_order_in_any_case((one, two) in names(), length in 0_usize..40) {
            let lower = |name: &[u8]| name.to_ascii_lowercase();
            prop_assert_eq!(compare_names(&one, &two), lower(&one).cmp(&lower(&two)));
            let start = &two[..length.min(two.len())];
            prop_assert_eq!(compare_names(&one, start), lower(&one).cmp(&lower(start)));
        }

        #[test]
        fn lower_case_is_made_of_every_byte((bytes, _) in names()) {
            let mut lower = bytes.clone();
            make_lower_case(&mut lower);
            prop_assert_eq!(lower, bytes.to_ascii_lowercase());
        }

        #[test]
        fn a_byte_below_another_is_found_wherever_it_is((bytes, _) in names(), limit in 0_u8..=0x80) {
            prop_assert_eq!(has_byte_below(&bytes, limit), bytes.iter().any(|&byte| byte < limit));
        }

        #[test]
        fn a_token_ends_at_the_first_byte_of_none((bytes, _) in names()) {
            let naive = bytes.iter().position(|&byte| !is_token_byte(byte)).unwrap_or(bytes.len());
            prop_assert_eq!(token_length(&bytes), naive);
        }
    }
}
