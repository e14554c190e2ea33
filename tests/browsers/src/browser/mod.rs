//! The real browsers: started, shown a page, listened to, and ended without leftovers.

mod chromium;
mod devtools;
mod firefox;
mod marionette;
mod process;
mod webkit;

pub(crate) use chromium::{Chromium, attach, evaluate};
pub(crate) use firefox::Firefox;
pub(crate) use process::ProcessGroup;

use crate::interrupt;
use anyhow::{Result, bail};
use clap::ValueEnum;
use cors_engine::Engine;
use std::thread;
use std::time::{Duration, Instant};
use webkit::WebKit;

/// How long a browser may take to come up.
const PATIENCE: Duration = Duration::from_secs(60);

/// The browsers that the rig knows.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum Kind {
    Chromium,
    Firefox,
    #[value(name = "webkit")]
    WebKit,
}

impl Kind {
    /// The name that records carry.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
            Self::WebKit => "webkit",
        }
    }

    /// The engine that speaks for it.
    pub(crate) fn engine(self) -> Engine {
        match self {
            Self::Chromium => Engine::Chromium,
            Self::Firefox => Engine::Gecko,
            Self::WebKit => Engine::WebKit,
        }
    }

    /// Starts the browser so that every host is the server on `port`, showing `url`.
    pub(crate) fn launch(self, port: u16, url: &str) -> Result<Box<dyn Browser>> {
        Ok(match self {
            Self::Chromium => {
                let mut chromium = Chromium::launch(port)?;
                chromium.open(url)?;
                Box::new(chromium)
            }
            Self::Firefox => {
                let mut firefox = Firefox::launch(port)?;
                firefox.open(url)?;
                Box::new(firefox)
            }
            Self::WebKit => Box::new(WebKit::launch(port, url)?),
        })
    }
}

/// A browser at work. Ending it is dropping it.
pub(crate) trait Browser {
    /// What was written to the console since the last call; waits at most `patience` when that is nothing.
    fn console(&mut self, patience: Duration) -> Result<Vec<String>>;

    /// Empties the preflight cache, where a full one is a trap.
    fn forget_preflights(&mut self) -> Result<()> {
        Ok(())
    }
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
