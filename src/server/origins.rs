//! The set of origins that a policy lists: built once, asked at a cost that does not grow with it.
//!
//! An exact origin is found by its bytes alone, which need not be taken apart for it. A pattern is found by
//! scheme and the end of the host: the hash reads a host from its end, so that every suffix at which a
//! subdomain pattern could match is hashed on the way to the whole.

use super::pattern::{Key, OriginPattern, Ports};
use super::table::Table;
use crate::protocol::SerializedOrigin;
use alloc::vec::Vec;
use core::cmp::Ordering;

/// A set of [`OriginPattern`]s.
///
/// ```
/// use cors_engine::{protocol::SerializedOrigin, server::OriginSet};
/// let set: OriginSet = ["https://app.example", "http://localhost:*"]
///     .into_iter()
///     .map(|entry| entry.parse().unwrap())
///     .collect();
/// let origin = SerializedOrigin::parse(b"http://localhost:3000").unwrap();
/// assert_eq!(set.find(&origin).unwrap().as_str(), "http://localhost:*");
/// ```
#[derive(Clone, Debug)]
pub struct OriginSet {
    exact: Table,
    patterns: Table,
}

impl FromIterator<OriginPattern> for OriginSet {
    fn from_iter<I: IntoIterator<Item = OriginPattern>>(entries: I) -> Self {
        OriginSet::new(entries.into_iter().collect())
    }
}

impl OriginSet {
    pub(crate) fn new(mut entries: Vec<OriginPattern>) -> Self {
        entries.sort_unstable_by_key(OriginPattern::is_wild);
        let patterns = entries.split_off(entries.partition_point(|entry| !entry.is_wild()));
        OriginSet {
            exact: Table::new(
                entries,
                |entry| text_hash(entry.as_str().as_bytes()),
                |entry, other| text_order(entry.as_str().as_bytes(), other.as_str().as_bytes()),
            ),
            patterns: Table::new(
                patterns,
                |entry| KeyHash::of(&entry.key()).finish(),
                |entry, other| entry.key().cmp(&other.key()),
            ),
        }
    }

    /// The entry that covers `origin`, the exact one first, then the pattern with the longest host.
    ///
    /// ```
    /// # use cors_engine::{protocol::SerializedOrigin, server::OriginSet};
    /// let set: OriginSet = [].into_iter().collect();
    /// assert!(set.find(&SerializedOrigin::parse(b"https://app.example").unwrap()).is_none());
    /// ```
    #[must_use]
    pub fn find(&self, origin: &SerializedOrigin<'_>) -> Option<&OriginPattern> {
        self.find_exact(origin.as_str().as_bytes()).or_else(|| self.find_pattern(origin))
    }

    /// The entry that is `serialized`, byte for byte. Whatever is found is the serialization of an origin.
    #[inline]
    pub(crate) fn find_exact(&self, serialized: &[u8]) -> Option<&OriginPattern> {
        self.exact.find(text_hash(serialized), |entry| text_order(entry.as_str().as_bytes(), serialized))
    }

    /// The pattern with the longest host that covers `origin`.
    pub(crate) fn find_pattern(&self, origin: &SerializedOrigin<'_>) -> Option<&OriginPattern> {
        if !self.has_patterns() {
            return None;
        }
        let host = origin.host();
        let mut hash = KeyHash::of_scheme(origin.scheme());
        let mut closest = None;
        for (place, byte) in host.bytes().enumerate().rev() {
            hash = hash.with(byte);
            if byte == b'.' {
                closest = self.find_host(hash, &host[place..], origin).or(closest);
            }
        }
        self.find_host(hash, host, origin).or(closest)
    }

    /// Whether any entry covers more than one origin.
    pub(crate) fn has_patterns(&self) -> bool {
        !self.patterns.entries().is_empty()
    }

    /// An entry, other than `entry` itself, that covers every origin that `entry` covers.
    pub(crate) fn wider(&self, entry: &OriginPattern) -> Option<&OriginPattern> {
        let Key { host, scheme, ports } = entry.key();
        let dots = host.match_indices('.').map(|(place, _)| place);
        [0].into_iter().chain(dots).find_map(|place| {
            [ports, Ports::Any].into_iter().find_map(|ports| {
                let key = Key { host: &host[place..], scheme, ports };
                self.find_key(KeyHash::of(&key), &key).filter(|found| *found != entry)
            })
        })
    }

    fn find_host(&self, hash: KeyHash, host: &str, origin: &SerializedOrigin<'_>) -> Option<&OriginPattern> {
        let ports = [Ports::One(origin.port()), Ports::Any];
        ports.into_iter().find_map(|ports| self.find_key(hash, &Key { host, scheme: origin.scheme(), ports }))
    }

    fn find_key(&self, hash: KeyHash, key: &Key<'_>) -> Option<&OriginPattern> {
        self.patterns.find(hash.finish(), |entry| entry.key().cmp(key))
    }

    /// Every entry, sorted as text.
    ///
    /// ```
    /// # use cors_engine::server::OriginSet;
    /// let set: OriginSet = ["https://b.example", "https://a.example", "https://b.example"]
    ///     .into_iter()
    ///     .map(|entry| entry.parse().unwrap())
    ///     .collect();
    /// assert_eq!(set.sorted().len(), 2);
    /// assert_eq!(set.sorted()[0].as_str(), "https://a.example");
    /// ```
    #[must_use]
    pub fn sorted(&self) -> Vec<&OriginPattern> {
        let mut entries: Vec<_> = self.exact.entries().iter().chain(self.patterns.entries()).collect();
        entries.sort_unstable_by_key(|entry| entry.as_str());
        entries
    }

    /// Whether there is no entry.
    ///
    /// ```
    /// # use cors_engine::server::OriginSet;
    /// assert!([].into_iter().collect::<OriginSet>().is_empty());
    /// ```
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.exact.entries().is_empty() && !self.has_patterns()
    }
}

/// Multiplied by, it spreads every bit over the whole product.
const SPREADING: u64 = 0x9E37_79B9_7F4A_7C15;

/// The hash of an exact origin, sixteen bytes at a step.
fn text_hash(text: &[u8]) -> u64 {
    let half = |bytes: &[u8]| bytes.first_chunk().map_or(0, |half| u64::from_le_bytes(*half));
    let add = |hash: u64, step: &[u8; 16]| fold(half(&step[..8]) ^ hash, half(&step[8..]) ^ SPREADING);
    let mut hash = text.len() as u64;
    let mut rest = text;
    while let Some((step, others)) = rest.split_first_chunk() {
        hash = add(hash, step);
        rest = others;
    }
    // What is left is at the end of the last sixteen bytes; the few origins that are shorter share a hash.
    text.last_chunk().map_or(hash, |step| add(hash, step))
}

/// Any order will do; by length first is soon done.
fn text_order(one: &[u8], other: &[u8]) -> Ordering {
    one.len().cmp(&other.len()).then_with(|| one.cmp(other))
}

/// Both halves of a product, so that the low bits, which choose the slot, depend on every bit.
fn fold(one: u64, other: u64) -> u64 {
    let product = u128::from(one) * u128::from(other);
    product as u64 ^ (product >> 64) as u64
}

/// The hash of a pattern's scheme and host, byte by byte: FNV-1a.
#[derive(Clone, Copy)]
struct KeyHash(u64);

impl KeyHash {
    const OFFSET_BASIS: u64 = 0xCBF2_9CE4_8422_2325;
    const PRIME: u64 = 0x0100_0000_01B3;

    fn of(key: &Key<'_>) -> Self {
        key.host.bytes().rev().fold(KeyHash::of_scheme(key.scheme), KeyHash::with)
    }

    fn of_scheme(scheme: &str) -> Self {
        scheme.bytes().fold(KeyHash(Self::OFFSET_BASIS), KeyHash::with)
    }

    fn with(self, byte: u8) -> Self {
        KeyHash((self.0 ^ u64::from(byte)).wrapping_mul(Self::PRIME))
    }

    fn finish(self) -> u64 {
        fold(self.0, SPREADING)
    }
}
