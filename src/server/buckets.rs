//! Entries in buckets: found at a cost that does not grow with their number.
//!
//! A hash splits the entries into about as many buckets as there are entries, and each bucket is sorted. One
//! question is, nearly always, at most one comparison; entries chosen to collide can make it a binary search,
//! nothing worse.

use super::pattern::OriginPattern;
use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;
use core::cmp::Ordering;

#[derive(Clone, Debug)]
pub(crate) struct Buckets {
    /// By bucket, then in order.
    entries: Box<[OriginPattern]>,
    /// Where each bucket begins in `entries`, and the end of the last; a power of two of buckets.
    starts: Box<[u32]>,
}

impl Buckets {
    /// Equal entries are kept once; `hash` and `order` do not tell them apart.
    pub(crate) fn new(
        mut entries: Vec<OriginPattern>,
        hash: impl Fn(&OriginPattern) -> u64,
        order: impl Fn(&OriginPattern, &OriginPattern) -> Ordering,
    ) -> Self {
        let count = entries.len().next_power_of_two();
        let bucket = |entry: &OriginPattern| bucket(hash(entry), count);
        entries.sort_by_cached_key(|entry| bucket(entry) as u32);
        let mut starts = starts(&entries, count, bucket);
        for (start, end) in starts.iter().zip(&starts[1..]) {
            entries[*start as usize..*end as usize].sort_unstable_by(&order);
        }
        let length = entries.len();
        entries.dedup();
        if entries.len() < length {
            starts = self::starts(&entries, count, bucket);
        }
        Buckets { entries: entries.into(), starts }
    }

    /// The entry of which `order` says that it is equal to what is looked for.
    pub(crate) fn find(
        &self,
        hash: u64,
        order: impl Fn(&OriginPattern) -> Ordering,
    ) -> Option<&OriginPattern> {
        let bucket = bucket(hash, self.starts.len() - 1);
        let (start, end) = (*self.starts.get(bucket)?, *self.starts.get(bucket + 1)?);
        let entries = self.entries.get(start as usize..end as usize)?;
        entries.get(entries.binary_search_by(order).ok()?)
    }

    pub(crate) fn entries(&self) -> &[OriginPattern] {
        &self.entries
    }
}

fn starts(entries: &[OriginPattern], count: usize, bucket: impl Fn(&OriginPattern) -> usize) -> Box<[u32]> {
    let mut starts = vec![0; count + 1].into_boxed_slice();
    for entry in entries {
        starts[bucket(entry) + 1] += 1;
    }
    for bucket in 0..count {
        starts[bucket + 1] += starts[bucket];
    }
    starts
}

/// One of `count` buckets, which is a power of two.
fn bucket(hash: u64, count: usize) -> usize {
    hash as usize & (count - 1)
}
