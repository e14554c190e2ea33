//! `cors replay`: scenarios in, verdicts out, one JSON object a line.

use crate::input::{Size, Source};
use crate::json_lines;
use crate::options::EngineName;
use clap::Args;
use cors_engine::scenario::{Scenario, replay};
use std::process::ExitCode;

const EXAMPLES: &str = "\
Examples:
  cors replay scenarios.jsonl
  cors replay --engine gecko scenarios.jsonl | jq -r '.name + \" \" + .steps[].outcome'
  generate-scenarios | cors replay --engine webkit -

Exit status: 0 when every line was replayed, 2 when one could not be.";

/// Replay scenarios through an engine and print what the browser would do.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Whose behaviour to follow.
    #[arg(long, value_enum, default_value = "spec")]
    engine: EngineName,
    /// Scenarios, one JSON object a line; `-` is standard input.
    #[arg(default_value = "-", value_parser = clap::value_parser!(std::ffi::OsString))]
    file: std::ffi::OsString,
    /// The longest line to read.
    #[arg(long, value_name = "SIZE", default_value = "16M")]
    max_line: Size,
}

pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let engine = arguments.engine.into();
    let source = Source::from(arguments.file.clone());
    json_lines::convert(&source, arguments.max_line, |line| {
        let scenario: Scenario =
            serde_json::from_slice(line).map_err(|error| json_lines::problem("a scenario", &error))?;
        Ok(replay(engine, &scenario))
    })
}
