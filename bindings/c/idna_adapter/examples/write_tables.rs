//! Writes `src/*.bin` from the crates that `idna_adapter` 1.1 uses. How they are laid out stands with their readers.
//!
//!     cargo run --example write_tables

use std::collections::{BTreeMap, BTreeSet};
use unicode_bidi::BidiClass;
use unicode_joining_type::JoiningType;
use unicode_normalization::char::{canonical_combining_class, decompose_canonical, is_combining_mark};

fn main() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
    for (name, table) in [("mapping", mapping()), ("properties", properties()), ("composites", composites())]
    {
        std::fs::write(format!("{folder}/{name}.bin"), &table).expect("the table can be written");
        println!("{name}: {} bytes", table.len());
    }
}

/// Every code point; those of surrogates are no characters.
fn code_points() -> std::ops::RangeInclusive<u32> {
    0..=u32::from(char::MAX)
}

fn characters() -> impl Iterator<Item = char> {
    code_points().filter_map(char::from_u32)
}

/// Records, and an index of every sixteenth.
#[derive(Default)]
struct Table {
    index: Vec<u8>,
    records: Vec<u8>,
    count: usize,
}

impl Table {
    fn begin_record(&mut self, first: u32) {
        if self.count % 16 == 0 {
            let place = u16::try_from(self.records.len()).expect("records take less than 64 KB");
            self.index.extend(&first.to_le_bytes()[..3]);
            self.index.extend(place.to_le_bytes());
        }
        self.count += 1;
    }

    fn number(&mut self, mut number: u32) {
        while number > 0x7F {
            self.records.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.records.push(number as u8);
    }

    fn signed(&mut self, number: i64) {
        let magnitude = number.unsigned_abs() as u32;
        self.number(if number < 0 { 2 * magnitude - 1 } else { 2 * magnitude });
    }

    fn written(self) -> Vec<u8> {
        let entries = u16::try_from(self.index.len() / 5).expect("an index has few entries");
        [&entries.to_le_bytes()[..], &self.index, &self.records].concat()
    }
}

#[derive(Clone, Debug, Eq, PartialEq)]
enum Mapping {
    Valid,
    Disallowed,
    Ignored,
    To(u32),
    ToText(String),
}

impl Mapping {
    fn of(code_point: u32) -> Self {
        let Some(character) = char::from_u32(code_point) else { return Mapping::Disallowed };
        let map = |ignored_is_error| {
            idna_mapping::Mapper::new(std::iter::once(character), ignored_is_error).collect::<String>()
        };
        let mapped = map(false);
        let mut targets = mapped.chars();
        match (targets.next(), targets.next()) {
            (None, _) => Mapping::Ignored,
            (Some('\u{FFFD}'), None) => Mapping::Disallowed,
            (Some(target), None) if target == character => Mapping::Valid,
            (Some(target), None) => Mapping::To(target.into()),
            (Some(_), Some(_)) => Mapping::ToText(mapped),
        }
    }
}

fn mapping() -> Vec<u8> {
    let all: Vec<_> = code_points().map(Mapping::of).collect();
    let mut table = Table::default();
    let mut at = 0;
    while at < all.len() {
        let (kind, length) = longest_run(&all, at);
        table.begin_record(at as u32);
        let short = if length <= 31 { length as u8 - 1 } else { 0x1F };
        table.records.push(kind << 5 | short);
        if length > 31 {
            table.number(length as u32 - 32);
        }
        let shift = |from: usize, place: usize| match all[place] {
            Mapping::To(target) => i64::from(target) - from as i64,
            _ => unreachable!("the run is of such"),
        };
        match kind {
            SHIFTED => table.signed(shift(at, at)),
            EACH => {
                let mut from = at;
                for place in at..at + length {
                    let shift = shift(from, place);
                    table.signed(shift);
                    from = from.checked_add_signed(shift as isize).expect("a target is a code point");
                }
            }
            TEXTS => {
                for mapping in &all[at..at + length] {
                    let Mapping::ToText(text) = mapping else { unreachable!("the run is of such") };
                    table.records.push(text.len() as u8);
                    table.records.extend(text.as_bytes());
                }
            }
            _ => {}
        }
        at += length;
    }
    table.written()
}

const VALID: u8 = 0;
const DISALLOWED: u8 = 1;
const IGNORED: u8 = 2;
const SHIFTED: u8 = 3;
const PAIRS: u8 = 4;
const EACH: u8 = 5;
const TEXTS: u8 = 6;

/// The kind of record that begins at a place, and how many code points it is for.
fn longest_run(all: &[Mapping], at: usize) -> (u8, usize) {
    let run = |same: &dyn Fn(usize) -> bool| (at..all.len()).take_while(|&place| same(place)).count();
    let shift = |place: usize| match all.get(place) {
        Some(Mapping::To(target)) => Some(i64::from(*target) - place as i64),
        _ => None,
    };
    let is_pair = |place: usize| shift(place) == Some(1) && all.get(place + 1) == Some(&Mapping::Valid);
    let starts_pairs = |place: usize| is_pair(place) && is_pair(place + 2);
    match &all[at] {
        Mapping::Valid => (VALID, run(&|place| all[place] == Mapping::Valid)),
        Mapping::Disallowed => (DISALLOWED, run(&|place| all[place] == Mapping::Disallowed)),
        Mapping::Ignored => (IGNORED, run(&|place| all[place] == Mapping::Ignored)),
        Mapping::ToText(_) => (TEXTS, run(&|place| matches!(all[place], Mapping::ToText(_))).min(31)),
        Mapping::To(_) if starts_pairs(at) => (PAIRS, run(&|place| is_pair(place - (place - at) % 2))),
        Mapping::To(_) => {
            let shifted = run(&|place| shift(place) == shift(at));
            if shifted > 2 {
                return (SHIFTED, shifted);
            }
            let starts_another = |place: usize| {
                starts_pairs(place) || (shift(place) == shift(place + 1) && shift(place) == shift(place + 2))
            };
            (EACH, run(&|place| shift(place).is_some() && !starts_another(place)).min(31))
        }
    }
}

fn properties() -> Vec<u8> {
    let mut kinds = Vec::new();
    let mut table = Table::default();
    let all: Vec<_> = code_points().map(properties_of).collect();
    let mut first = 0;
    for run in all.chunk_by(|one, next| one == next) {
        let kind = kinds.iter().position(|kind| *kind == run[0]).unwrap_or_else(|| {
            kinds.push(run[0]);
            kinds.len() - 1
        });
        table.begin_record(first);
        table.records.push(u8::try_from(kind).expect("there are few kinds"));
        table.number(run.len() as u32);
        first += run.len() as u32;
    }
    let mut written = vec![u8::try_from(kinds.len()).expect("there are few kinds")];
    written.extend(kinds.concat());
    written.extend(table.written());
    written
}

fn properties_of(code_point: u32) -> [u8; 3] {
    // What surrogates are is nobody's question: they are as what stands before them.
    let character = char::from_u32(code_point).unwrap_or('\u{D7FF}');
    let bidi = match unicode_bidi::bidi_class(character) {
        BidiClass::L => 0,
        BidiClass::R => 1,
        BidiClass::AL => 2,
        BidiClass::AN => 3,
        BidiClass::EN => 4,
        BidiClass::ES => 5,
        BidiClass::ET => 6,
        BidiClass::CS => 7,
        BidiClass::NSM => 8,
        BidiClass::BN => 9,
        BidiClass::ON => 10,
        _ => 11,
    };
    let joining = match unicode_joining_type::get_joining_type(character) {
        JoiningType::LeftJoining => 1,
        JoiningType::RightJoining => 2,
        JoiningType::DualJoining => 3,
        JoiningType::Transparent => 4,
        _ => 0,
    };
    let mark = if is_combining_mark(character) { 0x80 } else { 0 };
    [canonical_combining_class(character), bidi, joining | mark]
}

fn composites() -> Vec<u8> {
    let is_hangul = |character| ('\u{AC00}'..='\u{D7A3}').contains(&character);
    let mut parts = BTreeMap::new();
    for composite in characters().filter(|&character| !is_hangul(character)) {
        let mut decomposed = Vec::new();
        decompose_canonical(composite, |part| decomposed.push(part));
        let Some((&second, before)) = decomposed.split_last() else { continue };
        if before.is_empty() || Mapping::of(composite.into()) != Mapping::Valid {
            continue;
        }
        let first = before.iter().copied().reduce(|first, next| {
            unicode_normalization::char::compose(first, next).expect("it is composed of pairs")
        });
        let first = first.expect("there is something before the second part");
        if unicode_normalization::char::compose(first, second) == Some(composite) {
            parts.insert(composite, (first, second));
        }
    }
    let seconds: Vec<_> =
        parts.values().map(|&(_, second)| second).collect::<BTreeSet<_>>().into_iter().collect();
    let mut by_parts: Vec<_> = (0..parts.len()).zip(parts.values()).collect();
    by_parts.sort_by_key(|(_, (first, second))| (*second, *first));

    let three_bytes = |character: char| u32::from(character).to_le_bytes().into_iter().take(3);
    let two_bytes = |number: usize| u16::try_from(number).expect("there are few").to_le_bytes();
    let mut written = Vec::from(two_bytes(parts.len()));
    for (&composite, &(first, second)) in &parts {
        written.extend(three_bytes(composite).chain(three_bytes(first)));
        let place = seconds.binary_search(&second).expect("every second part is listed");
        written.push(u8::try_from(place).expect("there are few second parts"));
    }
    written.extend(by_parts.iter().flat_map(|&(place, _)| two_bytes(place)));
    written.extend(seconds.iter().flat_map(|&second| three_bytes(second)));
    written
}
