//! The CORS-preflight cache: what earlier preflights allowed, for how long.

use super::profile::{CacheRules, FlagsServedBy, Wildcards};
use super::request::CredentialsMode;
use crate::protocol::{is_same_name, list, request_header};
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::time::Duration;
use smallvec::SmallVec;

/// How many methods and header names of one answer are remembered.
const ENTRIES_PER_URL: usize = 256;

/// A [CORS-preflight cache](https://fetch.spec.whatwg.org/#concept-cache), bounded in entries and in bytes.
///
/// The clock is the caller's: every call that looks at the cache takes the time as a [`Duration`] since a
/// fixed moment of the caller's choice. When a bound is reached, a quarter of the URLs go, those stored longest
/// ago, with everything that is known of them; what expired is forgotten when its URL is next asked for.
///
/// ```
/// let cache = cors_engine::PreflightCache::with_limits(100, 64 * 1024);
/// assert!(cache.is_empty());
/// ```
#[derive(Clone, Debug)]
pub struct PreflightCache {
    slots: BTreeMap<Box<[u8]>, Slot>,
    stores: u64,
    bytes: usize,
    maximum_urls: usize,
    maximum_bytes: usize,
}

/// Everything known of one (network partition key, origin, URL).
#[derive(Clone, Debug)]
struct Slot {
    /// How many stores there had been in the cache.
    last_store: u64,
    bytes: usize,
    entries: Vec<Entries>,
}

/// [Cache entries](https://fetch.spec.whatwg.org/#cache-entry) without their key, which differ in nothing but what
/// they allow: those that one answer made.
#[derive(Clone, Debug)]
struct Entries {
    credentials: bool,
    stored: Duration,
    max_age: Duration,
    permissions: Permissions,
}

/// What an entry allows.
#[derive(Clone, Copy, Debug)]
enum Permission<'n> {
    /// That a preflight was answered well at all.
    Answer,
    Method(&'n [u8]),
    HeaderName(&'n [u8]),
}

/// What entries allow.
#[derive(Clone, Debug, Default)]
struct Permissions {
    answer: bool,
    /// A list of methods and a list of header names, one behind the other.
    lists: SmallVec<[u8; 96]>,
    methods_length: usize,
}

/// Who asks the cache, and for what URL.
pub(crate) struct CacheKey<'a> {
    pub(crate) network_partition_key: &'a str,
    pub(crate) origin: &'a str,
    pub(crate) url: &'a str,
    pub(crate) credentials: CredentialsMode,
}

/// What the answer to a preflight names, as lists of tokens.
pub(crate) struct Named<'a> {
    pub(crate) methods: &'a [u8],
    pub(crate) header_names: &'a [u8],
    /// How many tokens there are in both.
    pub(crate) count: usize,
}

/// What a cache knows for one key at one time.
pub(crate) struct Remembered<'c> {
    entries: &'c [Entries],
    rules: &'c CacheRules,
    key: &'c CacheKey<'c>,
    now: Duration,
}

impl CacheKey<'_> {
    fn bytes(&self) -> Box<[u8]> {
        let parts = [self.network_partition_key, self.origin, self.url];
        parts.join("\0").into_bytes().into()
    }

    fn includes_credentials(&self) -> bool {
        self.credentials == CredentialsMode::Include
    }

    /// [Cache entry match](https://fetch.spec.whatwg.org/#concept-cache-match), the key apart.
    fn matches(&self, rules: &CacheRules, entries: &Entries) -> bool {
        if rules.credentialed_serves_all {
            entries.credentials || !self.includes_credentials()
        } else {
            entries.credentials == self.includes_credentials()
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
        PreflightCache { slots: BTreeMap::new(), stores: 0, bytes: 0, maximum_urls, maximum_bytes }
    }

    /// Forgets everything.
    ///
    /// ```
    /// cors_engine::PreflightCache::default().clear();
    /// ```
    pub fn clear(&mut self) {
        self.slots.clear();
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
        rules: &'c CacheRules,
        key: &'c CacheKey<'c>,
        now: Duration,
    ) -> Option<Remembered<'c>> {
        if self.is_empty() {
            return None;
        }
        let Slot { entries, .. } = self.slots.get(&key.bytes())?;
        Some(Remembered { entries, rules, key, now })
    }

    /// Stores what a preflight allowed: the last steps of
    /// [CORS-preflight fetch](https://fetch.spec.whatwg.org/#cors-preflight-fetch-0).
    ///
    /// An answer that names more than [`ENTRIES_PER_URL`] methods and headers is not stored.
    pub(crate) fn store(
        &mut self,
        rules: &CacheRules,
        key: &CacheKey<'_>,
        answer: &Named<'_>,
        max_age: Duration,
        now: Duration,
    ) {
        let place = key.bytes();
        let earlier = self.remove(&place).map_or(Vec::new(), |slot| slot.entries);
        if answer.count > ENTRIES_PER_URL {
            return;
        }
        let mut allowed = Permissions::of_answer(answer);
        let mut entries = Vec::with_capacity(1);
        for earlier in &earlier {
            let [mut kept, mut renewed] =
                [earlier.max_age, max_age].map(|max_age| earlier.without_any(max_age));
            for permission in earlier.permissions.iter() {
                let covers = |asked| permission.covers(asked, earlier.wildcards_count(rules, key), rules);
                let is_renewed = key.matches(rules, earlier) && allowed.iter().any(covers);
                if earlier.is_fresh(permission, rules, now) {
                    if is_renewed { &mut renewed } else { &mut kept }.permissions.push(permission);
                }
            }
            entries.extend([kept, renewed].into_iter().filter(|entries| !entries.permissions.is_empty()));
        }
        if !earlier.is_empty() {
            let earlier = Remembered { entries: &earlier, rules, key, now };
            allowed.retain(|permission| !earlier.has(permission));
        }
        if !allowed.is_empty() {
            let credentials = key.includes_credentials();
            entries.push(Entries { credentials, stored: now, max_age, permissions: allowed });
        }
        self.insert(place, entries);
    }

    /// [Clears cache entries](https://fetch.spec.whatwg.org/#concept-cache-clear).
    pub(crate) fn clear_entries(&mut self, key: &CacheKey<'_>) {
        self.remove(&key.bytes());
    }

    fn remove(&mut self, key: &[u8]) -> Option<Slot> {
        let slot = self.slots.remove(key)?;
        self.bytes -= slot.bytes;
        Some(slot)
    }

    fn insert(&mut self, key: Box<[u8]>, entries: Vec<Entries>) {
        let bytes = key.len() + entries.iter().map(Entries::bytes).sum::<usize>();
        if bytes > self.maximum_bytes || self.maximum_urls == 0 {
            return;
        }
        while self.slots.len() >= self.maximum_urls || self.bytes + bytes > self.maximum_bytes {
            self.forget_oldest();
        }
        self.stores += 1;
        self.bytes += bytes;
        self.slots.insert(key, Slot { last_store: self.stores, bytes, entries });
    }

    /// Forgets a quarter of the URLs, and one at least: what it costs to find the oldest is spread over as many
    /// stores.
    fn forget_oldest(&mut self) {
        let mut stores: Vec<u64> = self.slots.values().map(|slot| slot.last_store).collect();
        let last = stores.len().div_ceil(4).saturating_sub(1);
        if stores.is_empty() {
            return;
        }
        let (_, &mut last, _) = stores.select_nth_unstable(last);
        self.slots.retain(|_, slot| slot.last_store > last);
        self.bytes = self.slots.values().map(|slot| slot.bytes).sum();
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

    fn has(&self, asked: Permission<'_>) -> bool {
        let Remembered { entries, rules, key, now } = *self;
        entries.iter().filter(|entries| key.matches(rules, entries)).any(|entries| {
            let wildcards_count = entries.wildcards_count(rules, key);
            entries.permissions.alike(asked).any(|permission| {
                entries.is_fresh(permission, rules, now) && permission.covers(asked, wildcards_count, rules)
            })
        })
    }
}

impl Entries {
    /// The same, that allow nothing yet and are kept for so long.
    fn without_any(&self, max_age: Duration) -> Self {
        Entries {
            credentials: self.credentials,
            stored: self.stored,
            max_age,
            permissions: Permissions::default(),
        }
    }

    fn bytes(&self) -> usize {
        let lists = &self.permissions.lists;
        size_of::<Self>() + if lists.spilled() { lists.capacity() } else { 0 }
    }

    fn is_fresh(&self, permission: Permission<'_>, rules: &CacheRules, now: Duration) -> bool {
        let outlives = rules.flags_are_served_by == FlagsServedBy::AnyAnswerEver
            && matches!(permission, Permission::Answer);
        outlives || now.saturating_sub(self.stored) < self.max_age
    }

    /// Whether `*` among these stands for any name, where `key` asks.
    fn wildcards_count(&self, rules: &CacheRules, key: &CacheKey<'_>) -> bool {
        match rules.wildcards {
            Wildcards::Standard => true,
            Wildcards::InUncredentialedEntries => !self.credentials,
            Wildcards::ForUncredentialedRequests => !key.includes_credentials(),
            Wildcards::Literal => false,
        }
    }
}

impl Permission<'_> {
    /// Whether this allows what is asked.
    fn covers(self, asked: Permission<'_>, wildcards_count: bool, rules: &CacheRules) -> bool {
        match (self, asked) {
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

impl Permissions {
    /// That a preflight was answered well, and what the answer names.
    fn of_answer(&Named { methods, header_names, .. }: &Named<'_>) -> Self {
        let mut lists = SmallVec::from_slice(methods);
        lists.extend_from_slice(header_names);
        Permissions { answer: true, lists, methods_length: methods.len() }
    }

    /// Adds a permission. Methods come before header names.
    fn push(&mut self, permission: Permission<'_>) {
        match permission {
            Permission::Answer => self.answer = true,
            Permission::Method(name) | Permission::HeaderName(name) => {
                self.lists.extend_from_slice(name);
                self.lists.push(b',');
            }
        }
        if matches!(permission, Permission::Method(_)) {
            self.methods_length = self.lists.len();
        }
    }

    fn retain(&mut self, is_wanted: impl Fn(Permission<'_>) -> bool) {
        let mut wanted = Permissions::default();
        self.iter()
            .filter(|permission| is_wanted(*permission))
            .for_each(|permission| wanted.push(permission));
        *self = wanted;
    }

    fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }

    fn iter(&self) -> impl Iterator<Item = Permission<'_>> + Clone {
        let (methods, header_names) = self.lists.split_at(self.methods_length);
        permissions(self.answer, methods, header_names)
    }

    /// Those of the kind of `asked`.
    fn alike(&self, asked: Permission<'_>) -> impl Iterator<Item = Permission<'_>> + Clone {
        let (methods, header_names) = self.lists.split_at(self.methods_length);
        match asked {
            Permission::Answer => permissions(self.answer, &[], &[]),
            Permission::Method(_) => permissions(false, methods, &[]),
            Permission::HeaderName(_) => permissions(false, &[], header_names),
        }
    }
}

fn permissions<'p>(
    answer: bool,
    methods: &'p [u8],
    header_names: &'p [u8],
) -> impl Iterator<Item = Permission<'p>> + Clone {
    let answer = answer.then_some(Permission::Answer).into_iter();
    answer
        .chain(list::elements(methods).map(Permission::Method))
        .chain(list::elements(header_names).map(Permission::HeaderName))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::browser::Engine;
    use crate::protocol::list::TokenList;
    use alloc::string::String;
    use proptest::prelude::*;

    /// What one entry allows, and how long: the standard's list of entries for one key, word for word.
    #[derive(Clone, Debug)]
    struct NaiveEntry {
        kind: usize,
        name: Vec<u8>,
        credentials: bool,
        stored: Duration,
        max_age: Duration,
    }

    impl NaiveEntry {
        fn is_match(&self, rules: &CacheRules, include: bool, kind: usize, name: &[u8]) -> bool {
            let serves = match rules.credentialed_serves_all {
                true => self.credentials || !include,
                false => self.credentials == include,
            };
            let wildcards_count = match rules.wildcards {
                Wildcards::Standard => true,
                Wildcards::InUncredentialedEntries => !self.credentials,
                Wildcards::ForUncredentialedRequests => !include,
                Wildcards::Literal => false,
            };
            let is_authorization = kind == 2 && name.eq_ignore_ascii_case(b"authorization");
            let needs_name = is_authorization && rules.wildcards != Wildcards::ForUncredentialedRequests;
            let is_same = if kind == 2 { self.name.eq_ignore_ascii_case(name) } else { self.name == name };
            let covers = is_same || (kind > 0 && wildcards_count && self.name == b"*" && !needs_name);
            serves && self.kind == kind && covers
        }

        fn is_fresh(&self, rules: &CacheRules, now: Duration) -> bool {
            let outlives = rules.flags_are_served_by == FlagsServedBy::AnyAnswerEver && self.kind == 0;
            outlives || now.saturating_sub(self.stored) < self.max_age
        }
    }

    /// An answer that is stored: methods, header names, whether with credentials, its age, and the seconds before it.
    type Stored = (Vec<&'static str>, Vec<&'static str>, bool, u64, u64);

    const METHODS: [&str; 4] = ["PUT", "put", "DELETE", "*"];
    const HEADER_NAMES: [&str; 5] = ["x-a", "X-A", "authorization", "x-b", "*"];

    fn stored() -> impl Strategy<Value = Stored> {
        let some = |names: &'static [&'static str]| prop::collection::vec(prop::sample::select(names), 0..4);
        (some(&METHODS), some(&HEADER_NAMES), any::<bool>(), 0_u64..20, 0_u64..10)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

        #[test]
        fn what_is_remembered_is_what_a_list_of_entries_would_say(
            answers in prop::collection::vec(stored(), 1..6),
            engine in prop::sample::select(&Engine::ALL[..]),
        ) {
            let rules = &engine.profile().cache;
            let (mut cache, mut naive, mut now) = (PreflightCache::default(), Vec::<NaiveEntry>::new(), 0);
            let partition = String::new();
            let key = |include: bool| CacheKey {
                network_partition_key: &partition,
                origin: "https://a.test",
                url: "https://b.test/",
                credentials: if include { CredentialsMode::Include } else { CredentialsMode::Omit },
            };
            for (methods, header_names, include, age, pause) in answers {
                now += pause;
                let (time, max_age) = (Duration::from_secs(now), Duration::from_secs(age));
                let bytes = |names: &[&'static str]| names.iter().map(|name| name.as_bytes()).collect::<Vec<_>>();
                let (methods, header_names) = (bytes(&methods), bytes(&header_names));
                // On one line, or a line for each.
                let joined = [&methods, &header_names].map(|names| names.join(&b", "[..]));
                let lists = match pause % 2 == 0 {
                    true => joined.each_ref().map(|line| TokenList::of_lines([&line[..]].into_iter())),
                    false => [&methods, &header_names].map(|names| TokenList::of_lines(names.iter().copied())),
                };
                let [methods_list, names_list] = lists.map(|list| list.expect("tokens").unwrap_or_default());
                let answer = Named {
                    methods: methods_list.text(),
                    header_names: names_list.text(),
                    count: methods_list.len() + names_list.len(),
                };
                cache.store(rules, &key(include), &answer, max_age, time);
                naive.retain(|entry| entry.is_fresh(rules, time));
                let earlier = naive.len();
                let of_kind = |kind: usize| move |&name: &&[u8]| (kind, name.to_vec());
                let allowed = [(0, Vec::new())].into_iter().chain(methods.iter().map(of_kind(1)));
                for (kind, name) in allowed.chain(header_names.iter().map(of_kind(2))) {
                    let renewed = naive[..earlier].iter_mut();
                    let renewed = renewed.filter(|entry| entry.is_match(rules, include, kind, &name));
                    if renewed.map(|entry| entry.max_age = max_age).count() == 0 {
                        naive.push(NaiveEntry { kind, name, credentials: include, stored: time, max_age });
                    }
                }
                for (later, include) in [(0, true), (0, false), (5, true), (5, false), (15, false)] {
                    let time = time + Duration::from_secs(later);
                    let has = |kind: usize, name: &[u8]| naive.iter().any(|entry| {
                        entry.is_fresh(rules, time) && entry.is_match(rules, include, kind, name)
                    });
                    let key = key(include);
                    let remembered = cache.remembered(rules, &key, time).expect("something was stored");
                    prop_assert_eq!(remembered.has_answer(), has(0, b""));
                    for method in METHODS.map(str::as_bytes) {
                        prop_assert_eq!(remembered.has_method(method), has(1, method));
                    }
                    for name in HEADER_NAMES.map(str::as_bytes) {
                        prop_assert_eq!(remembered.has_header_name(name), has(2, name));
                    }
                }
            }
        }
    }
}
