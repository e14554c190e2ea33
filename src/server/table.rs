//! Entries by hash: found at a cost that does not grow with their number.
//!
//! An entry lies in the slot that its hash names, or in one of the next few. Slots hold a part of the hash, so
//! that nearly always no entry but the right one is compared. Entries chosen to collide crowd each other out of
//! the slots; they are sorted, and cost a binary search, nothing worse.

use super::pattern::OriginPattern;
use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;
use core::cmp::Ordering;

/// In how many slots an entry can lie.
const PROBES: usize = 16;

#[derive(Clone, Debug)]
pub(crate) struct Table {
    entries: Box<[OriginPattern]>,
    /// A power of two of them.
    slots: Box<[Slot]>,
    /// The entries that found no slot, in order.
    crowded: Box<[u32]>,
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    /// A part of the entry's hash; 0 if there is no entry.
    tag: u32,
    /// The entry's place.
    entry: u32,
}

impl Slot {
    const FREE: Slot = Slot { tag: 0, entry: 0 };

    fn is_free(self) -> bool {
        self.tag == Slot::FREE.tag
    }
}

impl Table {
    /// Of entries that are equal in `order`, which have the same `hash`, the first is kept.
    pub(crate) fn new(
        mut entries: Vec<OriginPattern>,
        hash: impl Fn(&OriginPattern) -> u64,
        order: impl Fn(&OriginPattern, &OriginPattern) -> Ordering,
    ) -> Self {
        let count = (2 * entries.len()).next_power_of_two().max(PROBES);
        let mut slots = vec![Slot::FREE; count].into_boxed_slice();
        let mut crowded = Vec::new();
        let mut kept = 0;
        for place in 0..entries.len() {
            let (tag, probes) = probes(hash(&entries[place]), slots.len());
            let order_of = |other: u32| order(&entries[other as usize], &entries[place]);
            let is_equal = |slot: Slot| slot.tag == tag && order_of(slot.entry) == Ordering::Equal;
            let entry = kept as u32;
            let stop = |&probe: &usize| slots[probe].is_free() || is_equal(slots[probe]);
            match probes.clone().find(stop) {
                Some(probe) if slots[probe].is_free() => slots[probe] = Slot { tag, entry },
                Some(_) => continue,
                None => match crowded.binary_search_by(|&other| order_of(other)) {
                    Ok(_) => continue,
                    Err(rank) => crowded.insert(rank, entry),
                },
            }
            entries.swap(kept, place);
            kept += 1;
        }
        entries.truncate(kept);
        Table { entries: entries.into(), slots, crowded: crowded.into() }
    }

    /// The entry of which `order` says that it is equal to what is looked for, which has this `hash`.
    #[inline(always)] // with all that is known of the entries' order
    pub(crate) fn find(
        &self,
        hash: u64,
        order: impl Fn(&OriginPattern) -> Ordering,
    ) -> Option<&OriginPattern> {
        let (tag, probes) = probes(hash, self.slots.len());
        let mut slots = probes.filter_map(|probe| self.slots.get(probe));
        match slots.find(|slot| slot.tag == tag || slot.is_free()) {
            Some(slot) if slot.tag != tag => None,
            Some(slot) => match self.entries.get(slot.entry as usize) {
                Some(entry) if order(entry) == Ordering::Equal => Some(entry),
                // Two hashes that agree in their tags.
                _ => self.find_crowded(hash, order),
            },
            None => self.find_crowded(hash, order),
        }
    }

    #[inline(never)]
    fn find_crowded(&self, hash: u64, order: impl Fn(&OriginPattern) -> Ordering) -> Option<&OriginPattern> {
        let (tag, probes) = probes(hash, self.slots.len());
        let entry = |place: u32| self.entries.get(place as usize);
        for slot in probes.filter_map(|probe| self.slots.get(probe)) {
            match entry(slot.entry) {
                _ if slot.is_free() => return None,
                Some(entry) if slot.tag == tag && order(entry) == Ordering::Equal => return Some(entry),
                _ => {}
            }
        }
        let rank =
            self.crowded.binary_search_by(|&place| entry(place).map_or(Ordering::Less, &order)).ok()?;
        entry(*self.crowded.get(rank)?)
    }

    pub(crate) fn entries(&self) -> &[OriginPattern] {
        &self.entries
    }
}

/// The part of a hash that a slot holds, and the slots to look into, of so many.
fn probes(hash: u64, slots: usize) -> (u32, impl Iterator<Item = usize> + Clone) {
    let first = hash as usize;
    let tag = (hash >> 32) as u32 | 1; // never 0
    (tag, (0..PROBES).map(move |step| first.wrapping_add(step) & (slots - 1)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    fn pattern(number: u64) -> OriginPattern {
        format!("https://tenant{number:03}.example").parse().unwrap()
    }

    fn number(entry: &OriginPattern) -> u64 {
        entry.as_str()[14..17].parse().unwrap()
    }

    /// The twin of a table: a scan.
    #[test]
    fn whatever_the_hash_a_table_finds_what_a_scan_finds() {
        type Hash = fn(u64) -> u64;
        let hashes: [(&str, Hash); 6] = [
            ("good", |number| number.wrapping_mul(0x9E37_79B9_7F4A_7C15)),
            ("the same for all", |_| 7),
            ("the same slots, other tags", |number| number << 32),
            ("other slots, the same tags", |number| number),
            ("the last slots, few tags", |number| u64::from(u32::MAX) | ((number % 3) << 33)),
            ("few slots, few tags", |number| (number % 5) | ((number % 7) << 34)),
        ];
        for (name, hash) in hashes {
            // Every third is listed, some of them twice.
            let listed: Vec<u64> = (0..300).filter(|number| number % 3 == 0).chain(30..60).collect();
            let table = Table::new(
                listed.iter().map(|&number| pattern(number)).collect(),
                |entry| hash(number(entry)),
                |entry, other| number(entry).cmp(&number(other)),
            );
            let mut kept = listed.clone();
            kept.sort_unstable();
            kept.dedup();
            assert_eq!(table.entries().len(), kept.len(), "{name}");
            for asked in 0..310 {
                let found = table.find(hash(asked), |entry| number(entry).cmp(&asked)).map(number);
                assert_eq!(found, listed.contains(&asked).then_some(asked), "{name}");
            }
        }
    }
}
