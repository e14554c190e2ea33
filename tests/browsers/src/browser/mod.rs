//! The real browsers: started, shown a page, listened to, and ended without leftovers.

mod chromium;
mod devtools;
mod firefox;
mod marionette;
mod process;

pub(crate) use chromium::{Chromium, attach, evaluate};
pub(crate) use firefox::Firefox;

use crate::interrupt;
use anyhow::{Result, bail};
use std::thread;
use std::time::{Duration, Instant};

/// How long a browser may take to come up.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the rig needs of a browser. Ending it is dropping it.
pub(crate) trait Browser {
    /// Shows a page.
    fn open(&mut self, url: &str) -> Result<()>;

    /// What was written to the console since the last call; waits at most `patience` when that is nothing.
    fn console(&mut self, patience: Duration) -> Result<Vec<String>>;
}

/// Asks until there is an answer.
pub(crate) fn wait_until<T>(what: &str, mut ask: impl FnMut() -> Result<Option<T>>) -> Result<T> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        interrupt::check()?;
        if let Some(answer) = ask()? {
            return Ok(answer);
        }
        if Instant::now() > deadline {
            bail!("waited {} s in vain: {what}", PATIENCE.as_secs());
        }
        thread::sleep(Duration::from_millis(30));
    }
}
