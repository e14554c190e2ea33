//! The properties of characters that the rules for labels ask for.
//!
//! The table's records are a byte, which of the few different `Properties` it is, and a number, how many code
//! points have them. Before the table stand how many there are, and for each three bytes: the combining class, the
//! bidi class, and the joining type, with the high bit for marks.

use crate::table;

static TABLE: &[u8] = include_bytes!("properties.bin");

#[derive(Clone, Copy)]
pub(crate) struct Properties {
    pub(crate) combining_class: u8,
    pub(crate) bidi: Bidi,
    pub(crate) joining: Joining,
    pub(crate) is_mark: bool,
}

impl Properties {
    pub(crate) fn of(character: char) -> Self {
        let (kinds, table) = TABLE[1..].split_at(3 * usize::from(TABLE[0]));
        let code_point = u32::from(character);
        let (mut start, mut records) = table::records(table, code_point);
        loop {
            let kind = records.byte();
            let length = records.number().max(1);
            if code_point - start < length {
                return Properties::read(kinds, usize::from(kind));
            }
            start += length;
        }
    }

    fn read(kinds: &[u8], kind: usize) -> Self {
        let kind = &kinds[3 * kind..];
        Properties {
            combining_class: kind[0],
            bidi: Bidi::ALL[usize::from(kind[1])],
            joining: Joining::ALL[usize::from(kind[2] & 0x7F)],
            is_mark: kind[2] & 0x80 != 0,
        }
    }
}

/// Bidi_Class, as far as names tell them apart.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(crate) enum Bidi {
    LeftToRight,
    RightToLeft,
    ArabicLetter,
    ArabicNumber,
    EuropeanNumber,
    EuropeanSeparator,
    EuropeanTerminator,
    CommonSeparator,
    NonspacingMark,
    BoundaryNeutral,
    OtherNeutral,
    /// What no label may have.
    Else,
}

impl Bidi {
    const ALL: [Bidi; 12] = [
        Bidi::LeftToRight,
        Bidi::RightToLeft,
        Bidi::ArabicLetter,
        Bidi::ArabicNumber,
        Bidi::EuropeanNumber,
        Bidi::EuropeanSeparator,
        Bidi::EuropeanTerminator,
        Bidi::CommonSeparator,
        Bidi::NonspacingMark,
        Bidi::BoundaryNeutral,
        Bidi::OtherNeutral,
        Bidi::Else,
    ];

    pub(crate) const fn mask(self) -> u32 {
        1 << self as u32
    }
}

/// Joining_Type, as far as names tell them apart.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(crate) enum Joining {
    Else,
    Left,
    Right,
    Dual,
    Transparent,
}

impl Joining {
    const ALL: [Joining; 5] =
        [Joining::Else, Joining::Left, Joining::Right, Joining::Dual, Joining::Transparent];

    pub(crate) const fn mask(self) -> u32 {
        1 << self as u32
    }
}
