//! Real captures: a page makes fetches that CORS decides about, and the browser's own tools export them.

mod chromium;
mod firefox;
mod site;

use crate::browser::Browser;
use crate::interrupt;
use crate::server::Server;
use anyhow::{Context, Result, ensure};
use clap::{Args, ValueEnum};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long the whole page may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// Export a capture of a page whose fetches meet many CORS mistakes
#[derive(Args)]
pub(crate) struct Arguments {
    /// Whose tools export
    #[arg(long, value_enum)]
    browser: Exporter,
    /// Where the HAR goes
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// JSON file in which to note what the page's script and the console saw; other browsers' notes are kept
    #[arg(long, value_name = "FILE")]
    expected: Option<PathBuf>,
}

/// The browsers that can export a HAR without a person clicking.
#[derive(Clone, Copy, ValueEnum)]
enum Exporter {
    Chromium,
    Firefox,
}

/// What one visit of the page gave.
struct Capture {
    har: String,
    seen: Vec<Seen>,
}

/// What was seen of one fetch.
struct Seen {
    /// As the page's script noted it: `outcome`, and `type` and `status` or `error`.
    outcome: Value,
    console: Vec<String>,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let shop = Arc::new(site::Shop::new()?);
    let server = Server::start(Arc::clone(&shop) as _)?;
    let (name, capture) = match arguments.browser {
        Exporter::Chromium => ("chromium", chromium::capture(server.port())?),
        Exporter::Firefox => ("firefox", firefox::capture(server.port())?),
    };
    ensure!(capture.seen.len() == shop.requests().count(), "the page did not make all of its fetches");
    fs::write(&arguments.out, &capture.har)
        .with_context(|| format!("cannot write {}", arguments.out.display()))?;
    if let Some(path) = &arguments.expected {
        note(path, name, &shop, &capture.seen)?;
    }
    Ok(())
}

/// Waits until the page has made all its fetches. `outcomes` asks the page for its list; a console line belongs
/// to the fetch that the page is at.
fn watch<B: Browser>(
    browser: &mut B,
    mut outcomes: impl FnMut(&mut B) -> Result<Value>,
) -> Result<Vec<Seen>> {
    let deadline = Instant::now() + PATIENCE;
    let mut console: Vec<Vec<String>> = Vec::new();
    loop {
        interrupt::check()?;
        ensure!(Instant::now() < deadline, "the page does not come to its end");
        let list = outcomes(browser)?;
        let done = list["done"].as_bool().unwrap_or_default();
        let outcomes = list["outcomes"].as_array().map(Vec::as_slice).unwrap_or_default();
        console.resize(outcomes.len() + 1, Vec::new());
        console[outcomes.len()].extend(browser.console(Duration::from_millis(50))?);
        if done {
            let pairs = outcomes.iter().cloned().zip(console);
            return Ok(pairs.map(|(outcome, console)| Seen { outcome, console }).collect());
        }
    }
}

/// Writes what `browser` saw of each fetch into the file, beside what the others saw.
fn note(path: &Path, browser: &str, shop: &site::Shop, seen: &[Seen]) -> Result<()> {
    let mut fetches = match fs::read_to_string(path) {
        Ok(text) => serde_json::from_str(&text)?,
        Err(_) => Vec::new(),
    };
    fetches.resize(seen.len(), json!({}));
    for ((fetch, request), seen) in fetches.iter_mut().zip(shop.requests()).zip(seen) {
        fetch["url"] = request.url.as_str().into();
        fetch["method"] = request.method.as_str().into();
        fetch["mode"] = serde_json::to_value(request.mode)?;
        fetch["credentials"] = serde_json::to_value(request.credentials)?;
        fetch[browser] = seen.outcome.clone();
        fetch[browser]["console"] = seen.console.clone().into();
    }
    let text = serde_json::to_string_pretty(&fetches)? + "\n";
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}
