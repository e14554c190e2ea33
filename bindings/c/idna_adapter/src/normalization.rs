//! [Normalization Form C](https://www.unicode.org/reports/tr15/).
//!
//! The table holds the primary composites that IDNA does not map away: in two bytes how many there are; for each,
//! sorted, seven bytes, the composite, its first part, and the place of its second part in the list at the end; in
//! two bytes each, the composites' places sorted by second and first part; and the second parts. Code points take
//! three bytes. All numbers are little-endian.

use crate::mapping::Mapping;
use crate::properties::Properties;
use alloc::vec::Vec;

static TABLE: &[u8] = include_bytes!("composites.bin");

/// What has been mapped, in Normalization Form C.
pub(crate) fn compose(mapped: impl Iterator<Item = Mapping>) -> impl Iterator<Item = char> {
    let mut characters = Vec::new();
    for mapping in mapped {
        match mapping {
            Mapping::Valid(character) | Mapping::To(character) => decompose(character, &mut characters),
            Mapping::ToText(text) => text.chars().for_each(|character| decompose(character, &mut characters)),
            Mapping::Disallowed => decompose(char::REPLACEMENT_CHARACTER, &mut characters),
            Mapping::Ignored => {}
        }
    }
    characters
        .chunk_by_mut(|_, next| next.combining_class != 0)
        .for_each(|sequence| sequence.sort_by_key(|part| part.combining_class));
    recompose(&mut characters);
    characters.into_iter().map(|part| part.character)
}

#[derive(Clone, Copy)]
struct Part {
    character: char,
    combining_class: u8,
}

fn decompose(character: char, parts: &mut Vec<Part>) {
    match first_and_second(character) {
        Some((first, second)) => {
            decompose(first, parts);
            decompose(second, parts);
        }
        None => {
            let combining_class =
                if character.is_ascii() { 0 } else { Properties::of(character).combining_class };
            parts.push(Part { character, combining_class });
        }
    }
}

/// The [Canonical Composition Algorithm](https://www.unicode.org/versions/latest/core-spec/chapter-3/#G49614).
fn recompose(parts: &mut Vec<Part>) {
    let mut starter: Option<usize> = None;
    let mut kept = 0;
    for at in 0..parts.len() {
        let part = parts[at];
        if let Some(starter_at) = starter {
            // Of what was kept since the starter, the last has the highest class.
            let is_blocked = kept - starter_at > 1 && parts[kept - 1].combining_class >= part.combining_class;
            let composite = composite(parts[starter_at].character, part.character);
            if let Some(composite) = composite.filter(|_| !is_blocked) {
                parts[starter_at].character = composite;
                continue;
            }
        }
        if part.combining_class == 0 {
            starter = Some(kept);
        }
        parts[kept] = part;
        kept += 1;
    }
    parts.truncate(kept);
}

/// The syllables of Hangul, which are computed: there are
/// [19 × 21 × 28](https://www.unicode.org/versions/latest/core-spec/chapter-3/#G56669) of them.
mod hangul {
    pub(super) const SYLLABLE: u32 = 0xAC00;
    pub(super) const LEADING: u32 = 0x1100;
    pub(super) const VOWEL: u32 = 0x1161;
    pub(super) const TRAILING: u32 = 0x11A7;
    pub(super) const LEADINGS: u32 = 19;
    pub(super) const VOWELS: u32 = 21;
    pub(super) const TRAILINGS: u32 = 28;
}

/// The parts of a primary composite.
fn first_and_second(composite: char) -> Option<(char, char)> {
    let code_point = u32::from(composite);
    let syllable = code_point.wrapping_sub(hangul::SYLLABLE);
    if syllable < hangul::LEADINGS * hangul::VOWELS * hangul::TRAILINGS {
        let trailing = syllable % hangul::TRAILINGS;
        let (first, second) = match trailing {
            0 => {
                let leading_and_vowel = syllable / hangul::TRAILINGS;
                (
                    hangul::LEADING + leading_and_vowel / hangul::VOWELS,
                    hangul::VOWEL + leading_and_vowel % hangul::VOWELS,
                )
            }
            _ => (code_point - trailing, hangul::TRAILING + trailing),
        };
        return char::from_u32(first).zip(char::from_u32(second));
    }
    if composite < '\u{C0}' {
        return None;
    }
    let composites = Composites::read();
    let place = position(composites.count, |place| composites.composite(place).cmp(&code_point))?;
    char::from_u32(composites.first(place)).zip(char::from_u32(composites.second(place)))
}

/// The primary composite of two parts.
fn composite(first: char, second: char) -> Option<char> {
    let (first, second) = (u32::from(first), u32::from(second));
    let leading = first.wrapping_sub(hangul::LEADING);
    let vowel = second.wrapping_sub(hangul::VOWEL);
    if leading < hangul::LEADINGS && vowel < hangul::VOWELS {
        return char::from_u32(hangul::SYLLABLE + (leading * hangul::VOWELS + vowel) * hangul::TRAILINGS);
    }
    let syllable = first.wrapping_sub(hangul::SYLLABLE);
    let trailing = second.wrapping_sub(hangul::TRAILING);
    if syllable < hangul::LEADINGS * hangul::VOWELS * hangul::TRAILINGS
        && syllable % hangul::TRAILINGS == 0
        && (1..hangul::TRAILINGS).contains(&trailing)
    {
        return char::from_u32(first + trailing);
    }
    if second < 0x80 {
        return None;
    }
    let composites = Composites::read();
    let at = position(composites.count, |at| {
        let place = composites.by_parts(at);
        (composites.second(place), composites.first(place)).cmp(&(second, first))
    })?;
    char::from_u32(composites.composite(composites.by_parts(at)))
}

/// Where among `count` sorted ones the one is that `compare` calls equal.
fn position(count: usize, compare: impl Fn(usize) -> core::cmp::Ordering) -> Option<usize> {
    let (mut first, mut after) = (0, count);
    while first < after {
        let middle = (first + after) / 2;
        match compare(middle) {
            core::cmp::Ordering::Equal => return Some(middle),
            core::cmp::Ordering::Less => first = middle + 1,
            core::cmp::Ordering::Greater => after = middle,
        }
    }
    None
}

/// The table, taken apart.
struct Composites {
    count: usize,
    records: &'static [u8],
    by_parts: &'static [u8],
    seconds: &'static [u8],
}

impl Composites {
    const RECORD: usize = 7;

    fn read() -> Self {
        let (count, rest) = TABLE.split_at(2);
        let count = usize::from(u16::from_le_bytes([count[0], count[1]]));
        let (records, rest) = rest.split_at(Self::RECORD * count);
        let (by_parts, seconds) = rest.split_at(2 * count);
        Composites { count, records, by_parts, seconds }
    }

    fn composite(&self, place: usize) -> u32 {
        three_bytes(&self.records[Self::RECORD * place..])
    }

    fn first(&self, place: usize) -> u32 {
        three_bytes(&self.records[Self::RECORD * place + 3..])
    }

    fn second(&self, place: usize) -> u32 {
        three_bytes(&self.seconds[3 * usize::from(self.records[Self::RECORD * place + 6])..])
    }

    fn by_parts(&self, at: usize) -> usize {
        usize::from(u16::from_le_bytes([self.by_parts[2 * at], self.by_parts[2 * at + 1]]))
    }
}

fn three_bytes(bytes: &[u8]) -> u32 {
    u32::from_le_bytes([bytes[0], bytes[1], bytes[2], 0])
}
