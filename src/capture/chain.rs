//! Chains: which exchanges belong to one fetch. A preflight goes with the request that it was made for, and a
//! redirect with the request that followed it.

use super::{Entry, Response, Unusable, UnusableKind};
use crate::protocol::Headers;
use std::collections::{BTreeSet, HashMap, HashSet};
use url::Url;

/// One fetch: a hop, and one more for each redirect.
#[derive(Debug)]
pub(super) struct Chain {
    pub(super) first: Hop,
    redirects: Vec<Hop>,
}

impl Chain {
    pub(super) fn hops(&self) -> impl DoubleEndedIterator<Item = &Hop> {
        std::iter::once(&self.first).chain(&self.redirects)
    }

    pub(super) fn last(&self) -> &Hop {
        self.redirects.last().unwrap_or(&self.first)
    }
}

/// A request, its preflight, or both.
#[derive(Debug)]
pub(super) enum Hop {
    /// A request that was made right away.
    Actual(Entry),
    /// A preflight, and the request that it was made for.
    Preflighted { preflight: Box<Entry>, actual: Box<Entry> },
    /// A preflight alone: the request was not noted.
    Preflight(Entry),
}

impl Hop {
    pub(super) fn preflight(&self) -> Option<&Entry> {
        match self {
            Hop::Actual(_) => None,
            Hop::Preflighted { preflight, .. } => Some(preflight),
            Hop::Preflight(preflight) => Some(preflight),
        }
    }

    pub(super) fn actual(&self) -> Option<&Entry> {
        match self {
            Hop::Actual(actual) => Some(actual),
            Hop::Preflighted { actual, .. } => Some(actual),
            Hop::Preflight(_) => None,
        }
    }

    pub(super) fn url(&self) -> &Url {
        match self {
            Hop::Actual(entry) | Hop::Preflight(entry) => &entry.url,
            Hop::Preflighted { actual, .. } => &actual.url,
        }
    }
}

/// No browser follows more redirects than this.
const HOPS: usize = 21;

/// How many requests before and after a preflight are looked at.
const NEIGHBOURS: usize = 8;

/// No page makes more requests than this while somebody watches.
const ENTRIES: usize = 50_000;

/// Puts together what belongs together. The fetches come in the order of their first entries.
pub(super) fn chains(entries: Vec<Entry>) -> Result<Vec<Chain>, Unusable> {
    if entries.len() > ENTRIES {
        return Err(Unusable::new(
            UnusableKind::TooLarge,
            format!("holds more than {ENTRIES} exchanges. Capture less at a time"),
        ));
    }
    Ok(link(hops(entries)))
}

/// Puts redirects to what they led to.
fn link(hops: Vec<Hop>) -> Vec<Chain> {
    let mut free = Index::of(hops.iter().enumerate().map(|(index, hop)| (hop.url(), index)));
    let mut next: Vec<Option<usize>> = vec![None; hops.len()];
    let mut follows = vec![false; hops.len()];
    for (index, hop) in hops.iter().enumerate() {
        let target = hop.actual().and_then(redirect_target);
        let successor = target.and_then(|target| free.after(&target, index).next());
        if let Some(successor) = successor {
            free.remove(hops[successor].url(), successor);
            next[index] = Some(successor);
            follows[successor] = true;
        }
    }
    let mut hops: Vec<Option<Hop>> = hops.into_iter().map(Some).collect();
    let firsts = (0..hops.len()).filter(|&index| !follows[index]);
    firsts
        .filter_map(|first| {
            let links = std::iter::successors(next[first], |&index| next[index]).take(HOPS);
            let redirects = links.filter_map(|index| hops[index].take()).collect();
            Some(Chain { first: hops[first].take()?, redirects })
        })
        .collect()
}

/// Gives each preflight to its request, or leaves it alone.
fn hops(entries: Vec<Entry>) -> Vec<Hop> {
    let is_actual = |(_, entry): &(usize, &Entry)| !entry.is_preflight();
    let actuals = entries.iter().enumerate().filter(is_actual);
    let mut free = Index::of(actuals.map(|(index, entry)| (&entry.url, index)));
    let mut preflight_of: HashMap<usize, usize> = HashMap::new();
    let mut paired: HashSet<usize> = HashSet::new();
    for (index, preflight) in entries.iter().enumerate().filter(|(_, entry)| entry.is_preflight()) {
        let after = free.after(&preflight.url, index).take(NEIGHBOURS);
        let neighbours = after.chain(free.before(&preflight.url, index).take(NEIGHBOURS));
        let nearest =
            neighbours.filter(|&actual| is_asked_for(preflight, &entries[actual])).min_by(|&one, &other| {
                distance(&entries, index, one).total_cmp(&distance(&entries, index, other))
            });
        if let Some(actual) = nearest {
            free.remove(&preflight.url, actual);
            preflight_of.insert(actual, index);
            paired.insert(index);
        }
    }
    let mut entries: Vec<Option<Entry>> = entries.into_iter().map(Some).collect();
    (0..entries.len())
        .filter(|index| !paired.contains(index))
        .filter_map(|index| {
            let preflight = preflight_of.get(&index).and_then(|&preflight| entries[preflight].take());
            let entry = entries[index].take()?;
            Some(match preflight {
                Some(preflight) => {
                    Hop::Preflighted { preflight: Box::new(preflight), actual: Box::new(entry) }
                }
                None if entry.is_preflight() => Hop::Preflight(entry),
                None => Hop::Actual(entry),
            })
        })
        .collect()
}

/// Positions by URL: finding a neighbour stays cheap however long the capture is.
struct Index(HashMap<String, BTreeSet<usize>>);

impl Index {
    fn of<'a>(positions: impl Iterator<Item = (&'a Url, usize)>) -> Self {
        let mut index: HashMap<String, BTreeSet<usize>> = HashMap::new();
        for (url, position) in positions {
            index.entry(resource(url)).or_default().insert(position);
        }
        Index(index)
    }

    fn before(&self, url: &Url, position: usize) -> impl Iterator<Item = usize> {
        self.0
            .get(&resource(url))
            .into_iter()
            .flat_map(move |positions| positions.range(..position).rev().copied())
    }

    fn after(&self, url: &Url, position: usize) -> impl Iterator<Item = usize> {
        self.0
            .get(&resource(url))
            .into_iter()
            .flat_map(move |positions| positions.range(position + 1..).copied())
    }

    fn remove(&mut self, url: &Url, position: usize) {
        if let Some(positions) = self.0.get_mut(&resource(url)) {
            positions.remove(&position);
        }
    }
}

fn is_asked_for(preflight: &Entry, actual: &Entry) -> bool {
    let asked = Headers::of(&preflight.headers).get(b"access-control-request-method");
    asked.is_some_and(|method| method == actual.method.as_slice())
}

/// How far a preflight is from a request: in seconds where both times are known.
fn distance(entries: &[Entry], preflight: usize, actual: usize) -> f64 {
    match entries[preflight].started.zip(entries[actual].started) {
        Some((one, other)) => (one - other).abs(),
        None => 0.0,
    }
}

/// A URL as servers are told it.
fn resource(url: &Url) -> String {
    let mut url = url.clone();
    url.set_fragment(None);
    // Both fail only for URLs without a host, which have no userinfo.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.into()
}

fn redirect_target(entry: &Entry) -> Option<Url> {
    let Response { status, headers } = entry.response.as_ref()?;
    let location = Headers::of(headers).get(b"location")?;
    let is_redirect = matches!(status, 301 | 302 | 303 | 307 | 308);
    entry.url.join(core::str::from_utf8(&location).ok()?).ok().filter(|_| is_redirect)
}
