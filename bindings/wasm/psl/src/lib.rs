//! The crate `psl` as data: its public suffix list, sorted, instead of a function for every rule of it.
//!
//! It stands in for that crate where bytes count more than time: the functions that cors-engine calls give
//! the same for every name in Punycode. That a suffix is known is told; in which part of the list it stands
//! is not.

#![no_std]

extern crate alloc;

use alloc::vec::Vec;
use core::cmp::Ordering;
use psl_types::{Info, List as _, Suffix, Type};

/// The rules in the order of their bytes, each reversed and on a line of its own; see `build.rs`.
const RULES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/rules.txt"));

/// The public suffix of a name.
#[must_use]
pub fn suffix(name: &[u8]) -> Option<Suffix<'_>> {
    List.suffix(name)
}

/// The registrable domain of a name: its public suffix and one label more.
#[must_use]
pub fn domain_str(name: &str) -> Option<&str> {
    core::str::from_utf8(List.domain(name.as_bytes())?.trim().as_bytes()).ok()
}

struct List;

impl psl_types::List for List {
    fn find<'a, T: Iterator<Item = &'a [u8]>>(&self, labels: T) -> Info {
        let mut info = Info { len: 0, typ: None };
        let mut path = Vec::new();
        for label in labels {
            if info.len == 0 {
                info.len = label.len(); // the rule that is not written down: every top-level name is a suffix
            }
            let parent_length = path.len();
            if parent_length > 0 {
                path.push(b'.');
            }
            let start = path.len();
            let mut is_rule = |label: &[&[u8]]| {
                path.truncate(start);
                label.iter().for_each(|part| path.extend_from_slice(part));
                seek(&path) == Found::Rule
            };
            if is_rule(&[b"!", label]) {
                return Info { len: parent_length, typ: Some(Type::Icann) };
            }
            let covered = is_rule(&[b"*"]);
            let listed = is_rule(&[label]);
            if covered || listed {
                info = Info { len: path.len(), typ: Some(Type::Icann) };
            }
            if seek(&[&path[..], b"."].concat()) == Found::Nothing {
                break;
            }
        }
        info
    }
}

#[derive(PartialEq)]
enum Found {
    /// A rule is this.
    Rule,
    /// A rule begins with this.
    Beginning,
    Nothing,
}

/// Bisects the rules.
fn seek(wanted: &[u8]) -> Found {
    let (mut low, mut high) = (0, RULES.len());
    while low < high {
        let middle = low + (high - low) / 2;
        let start =
            RULES[low..middle].iter().rposition(|&byte| byte == b'\n').map_or(low, |place| low + place + 1);
        let end = RULES[middle..]
            .iter()
            .position(|&byte| byte == b'\n')
            .map_or(RULES.len(), |place| middle + place);
        let rule = &RULES[start..end];
        match rule.cmp(wanted) {
            Ordering::Equal => return Found::Rule,
            Ordering::Less => low = end + 1,
            Ordering::Greater => high = start,
        }
    }
    let next = RULES.get(low..).unwrap_or_default();
    if next.starts_with(wanted) { Found::Beginning } else { Found::Nothing }
}
