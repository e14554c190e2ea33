//! The answers are those of `idna_adapter` 1.1, which is a thin layer over the crates that stand here in its place.

use idna_adapter::Adapter;
use proptest::prelude::*;
use unicode_bidi::BidiClass;
use unicode_joining_type::JoiningType;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{canonical_combining_class, is_combining_mark};

const ADAPTER: Adapter = Adapter::new();

fn characters() -> impl Iterator<Item = char> {
    '\0'..=char::MAX
}

fn ours(text: &str) -> (String, String) {
    (ADAPTER.map_normalize(text.chars()).collect(), ADAPTER.normalize_validate(text.chars()).collect())
}

fn theirs(text: &str) -> (String, String) {
    let map = |ignored_is_error| idna_mapping::Mapper::new(text.chars(), ignored_is_error).nfc().collect();
    (map(false), map(true))
}

#[test]
fn every_character_is_mapped_alike() {
    for character in characters() {
        let text = character.to_string();
        assert_eq!(ours(&text), theirs(&text), "U+{:04X}", u32::from(character));
    }
}

#[test]
fn every_character_has_the_same_properties() {
    for character in characters() {
        let name = format!("U+{:04X}", u32::from(character));
        assert_eq!(ADAPTER.is_virama(character), canonical_combining_class(character) == 9, "{name}");
        assert_eq!(ADAPTER.is_mark(character), is_combining_mark(character), "{name}");

        let theirs = unicode_joining_type::get_joining_type(character);
        let ours = ADAPTER.joining_type(character);
        assert_eq!(ours.is_transparent(), theirs == JoiningType::Transparent, "{name}");
        let intersects = |mask| ours.to_mask().intersects(mask);
        let is_dual = theirs == JoiningType::DualJoining;
        let is_left = is_dual || theirs == JoiningType::LeftJoining;
        let is_right = is_dual || theirs == JoiningType::RightJoining;
        assert_eq!(intersects(idna_adapter::LEFT_OR_DUAL_JOINING_MASK), is_left, "{name}");
        assert_eq!(intersects(idna_adapter::RIGHT_OR_DUAL_JOINING_MASK), is_right, "{name}");
    }
}

#[test]
fn every_character_is_alike_to_the_bidi_rule() {
    use BidiClass::{AL, AN, BN, CS, EN, ES, ET, L, NSM, ON, R};
    for character in characters() {
        let name = format!("U+{:04X}", u32::from(character));
        let theirs = unicode_bidi::bidi_class(character);
        let ours = ADAPTER.bidi_class(character);
        assert_eq!(ours.is_ltr(), theirs == L, "{name}");
        assert_eq!(ours.is_nonspacing_mark(), theirs == NSM, "{name}");
        assert_eq!(ours.is_european_number(), theirs == EN, "{name}");
        assert_eq!(ours.is_arabic_number(), theirs == AN, "{name}");
        for (mask, classes) in [
            (idna_adapter::RTL_MASK, &[R, AL, AN][..]),
            (idna_adapter::FIRST_BC_MASK, &[L, R, AL]),
            (idna_adapter::LAST_LTR_MASK, &[L, EN]),
            (idna_adapter::LAST_RTL_MASK, &[R, AL, EN, AN]),
            (idna_adapter::MIDDLE_LTR_MASK, &[L, EN, ES, CS, ET, ON, BN, NSM]),
            (idna_adapter::MIDDLE_RTL_MASK, &[R, AL, AN, EN, ES, CS, ET, ON, BN, NSM]),
        ] {
            assert_eq!(ours.to_mask().intersects(mask), classes.contains(&theirs), "{name}");
        }
    }
}

/// Characters that change beside others, and some that do not.
fn lively() -> impl Strategy<Value = char> {
    prop_oneof![
        proptest::char::range('a', 'z'),
        proptest::char::range('\u{C0}', '\u{24F}'),
        proptest::char::range('\u{300}', '\u{36F}'),
        proptest::char::range('\u{390}', '\u{3FF}'),
        proptest::char::range('\u{5B0}', '\u{5C7}'),
        proptest::char::range('\u{900}', '\u{DDF}'),
        proptest::char::range('\u{1100}', '\u{11FF}'),
        proptest::char::range('\u{1E00}', '\u{1FFF}'),
        proptest::char::range('\u{3040}', '\u{30FF}'),
        proptest::char::range('\u{AC00}', '\u{D7A3}'),
        proptest::char::range('\u{11080}', '\u{114C4}'),
        any::<char>(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_text_is_mapped_alike(text in proptest::collection::vec(lively(), 0..12)) {
        let text: String = text.into_iter().collect();
        prop_assert_eq!(ours(&text), theirs(&text));
    }
}
