//! Which runs a page gets next. One page has one origin, and a page load should be worth its while.

use serde::Serialize;
use std::collections::{BTreeMap, VecDeque};

/// How runs share a page.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub(super) enum Pace {
    /// A few at a time.
    Quick,
    /// Those that wait for real time to pass, all at once.
    Waiting,
    /// Alone: something went wrong with it in company.
    Alone,
}

impl Pace {
    /// How many runs a page load takes, and how many of them at the same time.
    pub(super) fn batch(self) -> (usize, usize) {
        match self {
            Self::Quick => (60, 4),
            // Firefox keeps 100 preflights in its cache; more at once would push each other out.
            Self::Waiting => (40, 40),
            Self::Alone => (1, 1),
        }
    }
}

/// Runs that wait for a page.
#[derive(Default)]
pub(super) struct Queue {
    groups: BTreeMap<(Pace, String), VecDeque<u64>>,
}

impl Queue {
    pub(super) fn push(&mut self, pace: Pace, origin: &str, run: u64) {
        self.groups.entry((pace, origin.to_owned())).or_default().push_back(run);
    }

    /// The next runs for a page of this origin, and how many of them at the same time.
    pub(super) fn take(&mut self, origin: &str) -> Option<(Vec<u64>, usize)> {
        let group = self.groups.keys().find(|(_, queued)| queued == origin)?.clone();
        let (size, parallel) = group.0.batch();
        let runs = self.groups.get_mut(&group)?;
        let batch = runs.drain(..size.min(runs.len())).collect();
        if runs.is_empty() {
            self.groups.remove(&group);
        }
        Some((batch, parallel))
    }

    /// An origin that some run waits for.
    pub(super) fn origin(&self) -> Option<&str> {
        self.groups.keys().next().map(|(_, origin)| origin.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_are_of_one_origin_and_one_pace() {
        let mut queue = Queue::default();
        for run in 0..70 {
            queue.push(Pace::Quick, "http://a.test", run);
        }
        queue.push(Pace::Waiting, "http://a.test", 70);
        queue.push(Pace::Quick, "null", 71);
        assert_eq!(queue.take("http://a.test"), Some(((0..60).collect(), 4)));
        assert_eq!(queue.take("http://a.test"), Some(((60..70).collect(), 4)));
        assert_eq!(queue.take("http://a.test"), Some((vec![70], 40)));
        assert_eq!(queue.take("http://a.test"), None);
        assert_eq!(queue.origin(), Some("null"));
    }
}
