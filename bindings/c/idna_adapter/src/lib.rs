//! What the crate `idna` has to know of Unicode, small: it stands in for the crate `idna_adapter` in the libraries
//! for C, where the tables of that crate would be a third of what a server loads.
//!
//! The interface is that crate's. The answers are those of its version 1.1, character by character: the tables are
//! written from the crates it uses by `cargo run --example write_tables`, and `tests/same_answers.rs` holds every
//! code point against them.

#![no_std]

extern crate alloc;

mod mapping;
mod normalization;
mod properties;
mod table;

use mapping::Mapping;
use properties::{Bidi, Joining, Properties};

/// Left or dual joining.
pub const LEFT_OR_DUAL_JOINING_MASK: JoiningTypeMask =
    JoiningTypeMask(Joining::Left.mask() | Joining::Dual.mask());

/// Right or dual joining.
pub const RIGHT_OR_DUAL_JOINING_MASK: JoiningTypeMask =
    JoiningTypeMask(Joining::Right.mask() | Joining::Dual.mask());

/// What makes a name one that the [Bidi Rule](https://www.rfc-editor.org/rfc/rfc5893#section-2) is for.
pub const RTL_MASK: BidiClassMask = BidiClassMask(RIGHT_TO_LEFT | Bidi::ArabicNumber.mask());

/// How a label begins, by the rule's condition 1.
pub const FIRST_BC_MASK: BidiClassMask = BidiClassMask(Bidi::LeftToRight.mask() | RIGHT_TO_LEFT);

/// How a left-to-right label ends, by condition 6.
pub const LAST_LTR_MASK: BidiClassMask =
    BidiClassMask(Bidi::LeftToRight.mask() | Bidi::EuropeanNumber.mask());

/// How a right-to-left label ends, by condition 3.
pub const LAST_RTL_MASK: BidiClassMask =
    BidiClassMask(RIGHT_TO_LEFT | Bidi::EuropeanNumber.mask() | Bidi::ArabicNumber.mask());

/// What a left-to-right label is made of, by condition 5.
pub const MIDDLE_LTR_MASK: BidiClassMask = BidiClassMask(Bidi::LeftToRight.mask() | BETWEEN);

/// What a right-to-left label is made of, by condition 2.
pub const MIDDLE_RTL_MASK: BidiClassMask = BidiClassMask(RIGHT_TO_LEFT | Bidi::ArabicNumber.mask() | BETWEEN);

const RIGHT_TO_LEFT: u32 = Bidi::RightToLeft.mask() | Bidi::ArabicLetter.mask();

const BETWEEN: u32 = Bidi::EuropeanNumber.mask()
    | Bidi::EuropeanSeparator.mask()
    | Bidi::CommonSeparator.mask()
    | Bidi::EuropeanTerminator.mask()
    | Bidi::OtherNeutral.mask()
    | Bidi::BoundaryNeutral.mask()
    | Bidi::NonspacingMark.mask();

/// The property Joining_Type.
#[derive(Clone, Copy)]
pub struct JoiningType(Joining);

impl JoiningType {
    /// The set of this one.
    #[must_use]
    pub fn to_mask(self) -> JoiningTypeMask {
        JoiningTypeMask(self.0.mask())
    }

    /// Whether it is Transparent.
    #[must_use]
    pub fn is_transparent(self) -> bool {
        self.0 == Joining::Transparent
    }
}

/// A set of joining types.
#[derive(Clone, Copy)]
pub struct JoiningTypeMask(u32);

impl JoiningTypeMask {
    /// Whether some joining type is in both.
    #[must_use]
    pub fn intersects(self, other: JoiningTypeMask) -> bool {
        self.0 & other.0 != 0
    }
}

/// The property Bidi_Class.
#[derive(Clone, Copy)]
pub struct BidiClass(Bidi);

impl BidiClass {
    /// The set of this one.
    #[must_use]
    pub fn to_mask(self) -> BidiClassMask {
        BidiClassMask(self.0.mask())
    }

    /// Whether it is Left_To_Right.
    #[must_use]
    pub fn is_ltr(self) -> bool {
        self.0 == Bidi::LeftToRight
    }

    /// Whether it is Nonspacing_Mark.
    #[must_use]
    pub fn is_nonspacing_mark(self) -> bool {
        self.0 == Bidi::NonspacingMark
    }

    /// Whether it is European_Number.
    #[must_use]
    pub fn is_european_number(self) -> bool {
        self.0 == Bidi::EuropeanNumber
    }

    /// Whether it is Arabic_Number.
    #[must_use]
    pub fn is_arabic_number(self) -> bool {
        self.0 == Bidi::ArabicNumber
    }
}

/// A set of bidi classes.
#[derive(Clone, Copy)]
pub struct BidiClassMask(u32);

impl BidiClassMask {
    /// Whether some bidi class is in both.
    #[must_use]
    pub fn intersects(self, other: BidiClassMask) -> bool {
        self.0 & other.0 != 0
    }
}

/// The door to all of it.
#[derive(Default)]
#[non_exhaustive]
pub struct Adapter {}

impl Adapter {
    /// The only one there is.
    #[must_use]
    pub const fn new() -> Self {
        Adapter {}
    }

    /// Whether Canonical_Combining_Class is Virama.
    #[must_use]
    pub fn is_virama(&self, character: char) -> bool {
        Properties::of(character).combining_class == 9
    }

    /// Whether General_Category is Mark.
    #[must_use]
    pub fn is_mark(&self, character: char) -> bool {
        Properties::of(character).is_mark
    }

    /// Bidi_Class.
    #[must_use]
    pub fn bidi_class(&self, character: char) -> BidiClass {
        BidiClass(Properties::of(character).bidi)
    }

    /// Joining_Type.
    #[must_use]
    pub fn joining_type(&self, character: char) -> JoiningType {
        JoiningType(Properties::of(character).joining)
    }

    /// Maps and normalizes as [UTS 46](https://www.unicode.org/reports/tr46/#Processing) says in steps 1 and 2.
    /// U+FFFD stands for what is disallowed.
    pub fn map_normalize<'delegate, I: Iterator<Item = char> + 'delegate>(
        &'delegate self,
        characters: I,
    ) -> impl Iterator<Item = char> + 'delegate {
        normalization::compose(characters.map(Mapping::of))
    }

    /// The same for a label that is Unicode already: what is ignored in others is disallowed here.
    pub fn normalize_validate<'delegate, I: Iterator<Item = char> + 'delegate>(
        &'delegate self,
        characters: I,
    ) -> impl Iterator<Item = char> + 'delegate {
        normalization::compose(characters.map(|character| match Mapping::of(character) {
            Mapping::Ignored => Mapping::Disallowed,
            mapping => mapping,
        }))
    }
}
