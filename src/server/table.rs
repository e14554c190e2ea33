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
    tag: u32,
    /// The entry's place, or [`Slot::FREE`]'s.
    entry: u32,
}

impl Slot {
    const FREE: Slot = Slot { tag: 0, entry: u32::MAX };
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
            let stop = |&probe: &usize| slots[probe].entry == Slot::FREE.entry || is_equal(slots[probe]);
            match probes.clone().find(stop) {
                Some(probe) if slots[probe].entry == Slot::FREE.entry => slots[probe] = Slot { tag, entry },
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
    #[inline]
    pub(crate) fn find(
        &self,
        hash: u64,
        order: impl Fn(&OriginPattern) -> Ordering,
    ) -> Option<&OriginPattern> {
        let (tag, mut probes) = probes(hash, self.slots.len());
        let found = probes.find_map(|probe| match self.slots.get(probe) {
            Some(slot) if slot.tag == tag || slot.entry == Slot::FREE.entry => Some(slot.entry),
            _ => None,
        });
        match found.map(|place| self.entries.get(place as usize)) {
            // Free.
            Some(None) => None,
            Some(Some(entry)) if order(entry) == Ordering::Equal => Some(entry),
            // Two hashes that agree in their tags, or very many in their slots.
            Some(Some(_)) | None => self.find_crowded(hash, order),
        }
    }

    #[inline(never)]
    fn find_crowded(&self, hash: u64, order: impl Fn(&OriginPattern) -> Ordering) -> Option<&OriginPattern> {
        let (tag, probes) = probes(hash, self.slots.len());
        let entry = |place: u32| self.entries.get(place as usize);
        for slot in probes.filter_map(|probe| self.slots.get(probe)) {
            match entry(slot.entry) {
                None => return None,
                Some(entry) if slot.tag == tag && order(entry) == Ordering::Equal => return Some(entry),
                Some(_) => {}
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
    ((hash >> 32) as u32, (0..PROBES).map(move |step| first.wrapping_add(step) & (slots - 1)))
}
