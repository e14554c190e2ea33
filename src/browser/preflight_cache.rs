//! The CORS-preflight cache: what earlier preflights allowed, for how long.

use super::profile::{CacheRules, FlagsServedBy, Wildcards};
use super::request::CredentialsMode;
use crate::protocol::{is_same_name, request_header};
use alloc::collections::{BTreeMap, VecDeque};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::ops::Range;
use core::time::Duration;
use smallvec::SmallVec;

/// How many methods and header names of one answer are remembered.
const ENTRIES_PER_URL: usize = 256;

/// A [CORS-preflight cache](https://fetch.spec.whatwg.org/#concept-cache), bounded in entries and in bytes.
///
/// The clock is the caller's: every call that looks at the cache takes the time as a [`Duration`] since a
/// fixed moment of the caller's choice. When a bound is reached, the URLs stored longest ago go first,
/// with everything that is known of them; what expired is forgotten when its URL is next asked for.
///
/// ```
/// let cache = cors_engine::PreflightCache::with_limits(100, 64 * 1024);
/// assert!(cache.is_empty());
/// ```
#[derive(Clone, Debug)]
pub struct PreflightCache {
    slots: BTreeMap<Arc<[u8]>, Slot>,
    /// The keys of the slots, each with its [`Slot::last_store`], in the order of these.
    keys_by_age: VecDeque<(u64, Arc<[u8]>)>,
    stores: u64,
    bytes: usize,
    maximum_urls: usize,
    maximum_bytes: usize,
}

/// Everything known of one (network partition key, origin, URL).
#[derive(Clone, Debug, Default)]
struct Slot {
    last_store: u64,
    bytes: usize,
    entries: Vec<Entry>,
    /// The names that entries allow, as the server wrote them, `*` included.
    names: Vec<u8>,
}

/// A [cache entry](https://fetch.spec.whatwg.org/#cache-entry) without its key.
#[derive(Clone, Debug)]
struct Entry {
    permission: Permission<Range<usize>>,
    credentials: bool,
    stored: Duration,
    max_age: Duration,
}

/// What an entry allows, and the name of it.
#[derive(Clone, Copy, Debug)]
enum Permission<N> {
    /// That a preflight was answered well at all.
    Answer,
    Method(N),
    HeaderName(N),
}

impl<N> Permission<N> {
    fn map<M>(self, name: impl FnOnce(N) -> M) -> Permission<M> {
        match self {
            Permission::Answer => Permission::Answer,
            Permission::Method(method) => Permission::Method(name(method)),
            Permission::HeaderName(header_name) => Permission::HeaderName(name(header_name)),
        }
    }
}

/// Who asks the cache, and for what URL.
pub(crate) struct CacheKey<'a> {
    pub(crate) network_partition_key: &'a str,
    pub(crate) origin: &'a str,
    pub(crate) url: &'a str,
    pub(crate) credentials: CredentialsMode,
}

/// What a cache knows for one key at one time.
pub(crate) struct Remembered<'c> {
    slot: &'c Slot,
    rules: CacheRules,
    key: &'c CacheKey<'c>,
    now: Duration,
}

impl CacheKey<'_> {
    fn bytes(&self) -> SmallVec<[u8; 256]> {
        let mut key = SmallVec::new();
        for part in [self.network_partition_key, self.origin, self.url] {
            key.extend_from_slice(part.as_bytes());
            key.push(0);
        }
        key
    }

    fn includes_credentials(&self) -> bool {
        self.credentials == CredentialsMode::Include
    }

    /// [Cache entry match](https://fetch.spec.whatwg.org/#concept-cache-match), the key apart.
    fn matches(&self, rules: CacheRules, entry: &Entry) -> bool {
        if rules.credentialed_serves_all {
            entry.credentials || !self.includes_credentials()
        } else {
            entry.credentials == self.includes_credentials()
        }
    }
}

impl Default for PreflightCache {
    /// Room for 1,000 URLs and 1 MiB.
    fn default() -> Self {
        PreflightCache::with_limits(1_000, 1 << 20)
    }
}

impl PreflightCache {
    /// An empty cache that holds at most this many URLs, and at most this many bytes of keys and names.
    ///
    /// ```
    /// let nothing_is_kept = cors_engine::PreflightCache::with_limits(0, 0);
    /// ```
    #[must_use]
    pub fn with_limits(maximum_urls: usize, maximum_bytes: usize) -> Self {
        PreflightCache {
            slots: BTreeMap::new(),
            keys_by_age: VecDeque::new(),
            stores: 0,
            bytes: 0,
            maximum_urls,
            maximum_bytes,
        }
    }

    /// Forgets everything.
    ///
    /// ```
    /// cors_engine::PreflightCache::default().clear();
    /// ```
    pub fn clear(&mut self) {
        self.slots.clear();
        self.keys_by_age.clear();
        self.bytes = 0;
    }

    /// Whether nothing is held.
    ///
    /// ```
    /// assert!(cors_engine::PreflightCache::default().is_empty());
    /// ```
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// How many URLs something is known of, what expired and was not asked for since included.
    ///
    /// ```
    /// assert_eq!(cors_engine::PreflightCache::default().len(), 0);
    /// ```
    #[must_use]
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// What is remembered for a key; `None` when nothing is.
    pub(crate) fn remembered<'c>(
        &'c self,
        rules: CacheRules,
        key: &'c CacheKey<'c>,
        now: Duration,
    ) -> Option<Remembered<'c>> {
        if self.is_empty() {
            return None;
        }
        let slot = self.slots.get(&key.bytes()[..])?;
        Some(Remembered { slot, rules, key, now })
    }

    /// Stores what a preflight allowed: the last steps of
    /// [CORS-preflight fetch](https://fetch.spec.whatwg.org/#cors-preflight-fetch-0).
    ///
    /// An answer that names more than [`ENTRIES_PER_URL`] methods and headers is not stored.
    pub(crate) fn store<'n>(
        &mut self,
        rules: CacheRules,
        key: &CacheKey<'_>,
        methods: impl Iterator<Item = &'n [u8]> + Clone,
        header_names: impl Iterator<Item = &'n [u8]> + Clone,
        max_age: Duration,
        now: Duration,
    ) {
        let key_bytes = key.bytes();
        let mut slot = self.remove(&key_bytes).unwrap_or_default();
        let names = methods.clone().chain(header_names.clone());
        let (count, length) = names.fold((0, 0), |(count, length), name| (count + 1, length + name.len()));
        if count > ENTRIES_PER_URL {
            return;
        }
        slot.forget_expired(rules, now);
        slot.entries.reserve(1 + count);
        slot.names.reserve(length);
        let earlier = slot.entries.len();
        let mut remember = |permission: Permission<&[u8]>| {
            let mut renewed = false;
            for entry in &mut slot.entries[..earlier] {
                if key.matches(rules, entry) && entry.covers(&slot.names, rules, key, permission) {
                    entry.max_age = max_age;
                    renewed = true;
                }
            }
            if !renewed {
                slot.push(permission, key.includes_credentials(), now, max_age);
            }
        };
        remember(Permission::Answer);
        methods.for_each(|method| remember(Permission::Method(method)));
        header_names.for_each(|name| remember(Permission::HeaderName(name)));
        slot.bytes = key_bytes.len() + slot.names.len() + slot.entries.len() * size_of::<Entry>();
        self.insert(&key_bytes, slot);
    }

    /// [Clears cache entries](https://fetch.spec.whatwg.org/#concept-cache-clear).
    pub(crate) fn clear_entries(&mut self, key: &CacheKey<'_>) {
        if !self.is_empty() {
            self.remove(&key.bytes());
        }
    }

    fn remove(&mut self, key: &[u8]) -> Option<Slot> {
        let slot = self.slots.remove(key)?;
        if let Ok(place) = self.keys_by_age.binary_search_by_key(&slot.last_store, |(stored, _)| *stored) {
            self.keys_by_age.remove(place);
        }
        self.bytes -= slot.bytes;
        Some(slot)
    }

    fn insert(&mut self, key: &[u8], mut slot: Slot) {
        if slot.bytes > self.maximum_bytes || self.maximum_urls == 0 {
            return;
        }
        while self.slots.len() >= self.maximum_urls || self.bytes + slot.bytes > self.maximum_bytes {
            let Some((_, oldest)) = self.keys_by_age.front() else { break };
            self.remove(&Arc::clone(oldest));
        }
        self.stores += 1;
        slot.last_store = self.stores;
        self.bytes += slot.bytes;
        let key: Arc<[u8]> = key.into();
        self.keys_by_age.push_back((slot.last_store, Arc::clone(&key)));
        self.slots.insert(key, slot);
    }
}

impl Remembered<'_> {
    /// Whether there is a [method cache entry
    /// match](https://fetch.spec.whatwg.org/#concept-cache-match-method).
    pub(crate) fn has_method(&self, method: &[u8]) -> bool {
        self.has(Permission::Method(method))
    }

    /// Whether there is a [header-name cache entry
    /// match](https://fetch.spec.whatwg.org/#concept-cache-match-header).
    pub(crate) fn has_header_name(&self, name: &[u8]) -> bool {
        self.has(Permission::HeaderName(name))
    }

    /// Whether some answer is remembered.
    pub(crate) fn has_answer(&self) -> bool {
        self.has(Permission::Answer)
    }

    fn has(&self, asked: Permission<&[u8]>) -> bool {
        let Remembered { slot, rules, key, now } = *self;
        slot.entries.iter().any(|entry| {
            entry.is_fresh(rules, now)
                && key.matches(rules, entry)
                && entry.covers(&slot.names, rules, key, asked)
        })
    }
}

impl Slot {
    fn push(
        &mut self,
        permission: Permission<&[u8]>,
        credentials: bool,
        stored: Duration,
        max_age: Duration,
    ) {
        let permission = permission.map(|name| {
            let start = self.names.len();
            self.names.extend_from_slice(name);
            start..self.names.len()
        });
        self.entries.push(Entry { permission, credentials, stored, max_age });
    }

    fn forget_expired(&mut self, rules: CacheRules, now: Duration) {
        if self.entries.iter().all(|entry| entry.is_fresh(rules, now)) {
            return;
        }
        let Slot { entries, names, .. } = core::mem::take(self);
        for entry in entries.into_iter().filter(|entry| entry.is_fresh(rules, now)) {
            self.push(
                entry.permission.map(|name| &names[name]),
                entry.credentials,
                entry.stored,
                entry.max_age,
            );
        }
    }
}

impl Entry {
    fn is_fresh(&self, rules: CacheRules, now: Duration) -> bool {
        let outlives = rules.flags_are_served_by == FlagsServedBy::AnyAnswerEver
            && matches!(self.permission, Permission::Answer);
        outlives || now.saturating_sub(self.stored) < self.max_age
    }

    /// Whether this entry, whose name is among `names`, allows what is asked.
    fn covers(&self, names: &[u8], rules: CacheRules, key: &CacheKey<'_>, asked: Permission<&[u8]>) -> bool {
        let wildcards_count = match rules.wildcards {
            Wildcards::Standard => true,
            Wildcards::InUncredentialedEntries => !self.credentials,
            Wildcards::ForUncredentialedRequests => !key.includes_credentials(),
            Wildcards::Literal => false,
        };
        match (self.permission.clone().map(|name| &names[name]), asked) {
            (Permission::Answer, Permission::Answer) => true,
            (Permission::Method(allowed), Permission::Method(method)) => {
                allowed == method || (wildcards_count && allowed == b"*")
            }
            (Permission::HeaderName(allowed), Permission::HeaderName(name)) => {
                let needs_name = request_header::is_cors_non_wildcard(name)
                    && rules.wildcards != Wildcards::ForUncredentialedRequests;
                is_same_name(allowed, name) || (wildcards_count && allowed == b"*" && !needs_name)
            }
            _ => false,
        }
    }
}
