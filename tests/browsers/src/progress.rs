//! How far it is: count, rate and time left on standard error.

use std::io::{IsTerminal, Write, stderr};
use std::time::{Duration, Instant};

/// Shows progress now and then: often on a terminal, seldom in a log.
pub(crate) struct Progress {
    what: &'static str,
    total: usize,
    done: usize,
    start: Instant,
    last: Option<Instant>,
    is_terminal: bool,
}

impl Progress {
    /// Begins counting to `total`.
    pub(crate) fn new(what: &'static str, total: usize) -> Self {
        let is_terminal = stderr().is_terminal();
        Self { what, total, done: 0, start: Instant::now(), last: None, is_terminal }
    }

    /// One more.
    pub(crate) fn step(&mut self) {
        self.done += 1;
        let interval = Duration::from_millis(if self.is_terminal { 200 } else { 5000 });
        if self.last.is_none_or(|last| last.elapsed() >= interval) {
            self.last = Some(Instant::now());
            self.show();
        }
    }

    /// Shows where it ended.
    pub(crate) fn finish(&self) {
        self.show();
        if self.is_terminal {
            eprintln!();
        }
    }

    fn show(&self) {
        let Self { what, total, done, .. } = self;
        let seconds = self.start.elapsed().as_secs_f64();
        #[allow(clippy::cast_precision_loss, reason = "nobody counts scenarios to 2^52")]
        let (done_f64, left) = (*done as f64, (total - done) as f64);
        let rate = done_f64 / seconds.max(0.001);
        let line =
            format!("{what}: {done} of {total}, {rate:.0} a second, {:.0} s left", left / rate.max(0.001));
        if self.is_terminal {
            eprint!("\r{line}\x1b[K");
            let _ = stderr().flush();
        } else {
            eprintln!("{line}");
        }
    }
}
