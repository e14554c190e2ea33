//! The set of origins that a policy lists: built once, asked at a cost that does not grow with it.
//!
//! A hash of host, scheme and ports splits the entries into about as many buckets as there are entries, and
//! each bucket is sorted. One question is one hash and, nearly always, at most one comparison; entries
//! chosen to collide can make it a binary search, nothing worse. The hash reads a host from its end, so that
//! every suffix at which a subdomain pattern could match is hashed on the way to the whole.

use super::pattern::{Key, OriginPattern, Ports};
use crate::protocol::SerializedOrigin;
use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;

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
    /// By bucket, then by key.
    entries: Box<[OriginPattern]>,
    /// Where each bucket begins in `entries`, and the end of the last; a power of two of buckets.
    bucket_starts: Box<[u32]>,
    has_subdomain_patterns: bool,
    has_port_patterns: bool,
}

impl FromIterator<OriginPattern> for OriginSet {
    fn from_iter<I: IntoIterator<Item = OriginPattern>>(entries: I) -> Self {
        OriginSet::new(entries.into_iter().collect())
    }
}

impl OriginSet {
    fn new(entries: Vec<OriginPattern>) -> Self {
        let buckets = entries.len().next_power_of_two();
        let mut keyed: Vec<(usize, OriginPattern)> = entries
            .into_iter()
            .map(|entry| (host_hash(&entry.key()).with_ports(entry.key().ports).bucket(buckets), entry))
            .collect();
        keyed.sort_unstable_by(|(bucket, entry), (other_bucket, other)| {
            bucket.cmp(other_bucket).then_with(|| entry.key().cmp(&other.key()))
        });
        keyed.dedup_by(|(_, entry), (_, other)| entry == other);

        let mut bucket_starts = vec![0; buckets + 1].into_boxed_slice();
        for (bucket, _) in &keyed {
            bucket_starts[bucket + 1] += 1;
        }
        for bucket in 0..buckets {
            bucket_starts[bucket + 1] += bucket_starts[bucket];
        }
        OriginSet {
            bucket_starts,
            has_subdomain_patterns: keyed.iter().any(|(_, entry)| entry.any_subdomain()),
            has_port_patterns: keyed.iter().any(|(_, entry)| entry.key().ports == Ports::Any),
            entries: keyed.into_iter().map(|(_, entry)| entry).collect(),
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
        let host = origin.host();
        let mut hash = KeyHash::of_scheme(origin.scheme());
        let mut closest = None;
        for (place, byte) in host.bytes().enumerate().rev() {
            hash = hash.with(byte);
            if byte == b'.' && self.has_subdomain_patterns {
                closest = self.find_host(hash, &host[place..], origin).or(closest);
            }
        }
        self.find_host(hash, host, origin).or(closest)
    }

    /// An entry, other than `entry` itself, that covers every origin that `entry` covers.
    pub(crate) fn wider(&self, entry: &OriginPattern) -> Option<&OriginPattern> {
        let Key { host, scheme, ports } = entry.key();
        let dots = host.match_indices('.').map(|(place, _)| place);
        [0].into_iter().chain(dots).find_map(|place| {
            [ports, Ports::Any].into_iter().find_map(|ports| {
                let key = Key { host: &host[place..], scheme, ports };
                self.find_key(host_hash(&key), &key).filter(|found| *found != entry)
            })
        })
    }

    fn find_host(&self, hash: KeyHash, host: &str, origin: &SerializedOrigin<'_>) -> Option<&OriginPattern> {
        let find = |ports| self.find_key(hash, &Key { host, scheme: origin.scheme(), ports });
        let exact = find(Ports::One(origin.port()));
        if exact.is_none() && self.has_port_patterns { find(Ports::Any) } else { exact }
    }

    fn find_key(&self, hash: KeyHash, key: &Key<'_>) -> Option<&OriginPattern> {
        let bucket = hash.with_ports(key.ports).bucket(self.bucket_starts.len() - 1);
        let start = *self.bucket_starts.get(bucket)? as usize;
        let end = *self.bucket_starts.get(bucket + 1)? as usize;
        let entries = self.entries.get(start..end)?;
        let place = entries.binary_search_by(|entry| entry.key().cmp(key)).ok()?;
        entries.get(place)
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
        let mut entries: Vec<_> = self.entries.iter().collect();
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
        self.entries.is_empty()
    }
}

fn host_hash(key: &Key<'_>) -> KeyHash {
    key.host.bytes().rev().fold(KeyHash::of_scheme(key.scheme), KeyHash::with)
}

/// FNV-1a over 64 bits, finished so that the low bits, which choose the bucket, depend on every byte.
#[derive(Clone, Copy)]
struct KeyHash(u64);

impl KeyHash {
    const OFFSET_BASIS: u64 = 0xCBF2_9CE4_8422_2325;
    const PRIME: u64 = 0x0100_0000_01B3;

    fn of_scheme(scheme: &str) -> Self {
        scheme.bytes().fold(KeyHash(Self::OFFSET_BASIS), KeyHash::with)
    }

    fn with(self, byte: u8) -> Self {
        KeyHash((self.0 ^ u64::from(byte)).wrapping_mul(Self::PRIME))
    }

    fn with_ports(self, ports: Ports) -> Self {
        let number = match ports {
            Ports::One(None) => 0,
            Ports::One(Some(port)) => u64::from(port),
            Ports::Any => u64::from(u16::MAX) + 1,
        };
        KeyHash((self.0 ^ number).wrapping_mul(Self::PRIME))
    }

    /// One of `buckets`, which is a power of two.
    fn bucket(self, buckets: usize) -> usize {
        let mixed = (self.0 ^ (self.0 >> 32)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (mixed >> 32) as usize & (buckets - 1)
    }
}
