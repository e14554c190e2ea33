//! Ctrl-C as a flag, so that browsers are ended and results kept before the program stops.

use anyhow::{Result, ensure};
use std::sync::atomic::{AtomicBool, Ordering};

static REQUESTED: AtomicBool = AtomicBool::new(false);

/// Lets Ctrl-C, hang-up and termination raise the flag from now on.
pub(crate) fn install() -> Result<()> {
    Ok(ctrlc::set_handler(|| REQUESTED.store(true, Ordering::Relaxed))?)
}

/// Whether the user wants the program to stop.
pub(crate) fn requested() -> bool {
    REQUESTED.load(Ordering::Relaxed)
}

/// An error once the user wants the program to stop.
pub(crate) fn check() -> Result<()> {
    ensure!(!requested(), "interrupted");
    Ok(())
}
