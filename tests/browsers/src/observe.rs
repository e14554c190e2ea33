//! The command `observe`: scenarios in, what a real browser did out.

use crate::browser::Kind;
use crate::progress::Progress;
use crate::rig::{Rig, read_scenarios};
use anyhow::{Context, Result};
use clap::Args;
use std::fs;
use std::io::{Read, Write, stdin, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

/// Firefox's console is read several times a second; nothing that belongs to a scenario comes later than this.
const SETTLE: Duration = Duration::from_millis(1500);

/// Record what a real browser does with scenarios, one JSON object on each line
///
/// Records come in the order in which scenarios end. Exit status 1 when a scenario could not be observed.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Which browser to ask
    #[arg(long, value_enum)]
    browser: Kind,
    /// Scenarios, one on each line; `-` is standard input
    #[arg(default_value = "-")]
    file: PathBuf,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let scenarios = read_scenarios(&read(&arguments.file)?)?;
    let mut rig = Rig::start(arguments.browser, SETTLE)?;
    let mut progress = Progress::new(arguments.browser.name(), scenarios.len());
    let mut out = stdout().lock();
    let summary = rig.observe(scenarios, |_, observed| {
        progress.step();
        let mut line = serde_json::to_vec(&observed)?;
        line.push(b'\n');
        Ok(out.write_all(&line)?)
    })?;
    progress.finish();
    Ok(summary.report())
}

/// The text of a file, or of standard input.
pub(crate) fn read(file: &Path) -> Result<String> {
    if file == Path::new("-") {
        let mut text = String::new();
        stdin().read_to_string(&mut text)?;
        return Ok(text);
    }
    fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))
}
