//! `cors replay`: scenarios in, verdicts out, one JSON object a line.

use crate::input::{Line, Lines, Size, Source};
use crate::options::EngineName;
use clap::Args;
use cors_engine::Engine;
use cors_engine::scenario::{Scenario, replay};
use std::io::{self, BufReader, Write};
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
    let source = Source::from(arguments.file.clone());
    let input = match source.open() {
        Ok(input) => input,
        Err(unusable) => {
            eprintln!("cors: {source} {unusable}");
            return ExitCode::from(2);
        }
    };
    let engine = arguments.engine.into();
    let mut output = io::stdout().lock();
    let mut all_replayed = true;
    for (number, line) in (1_u64..).zip(Lines::of(BufReader::new(input), arguments.max_line)) {
        let replayed = match line {
            Ok(Line::Whole(line)) if line.trim_ascii().is_empty() => continue,
            Ok(Line::Whole(line)) => replay_line(engine, &line),
            Ok(Line::TooLong) => {
                Err(format!("longer than {}; --max-line raises the limit", arguments.max_line))
            }
            Err(error) => {
                eprintln!("cors: {source} cannot be read: {error}");
                return ExitCode::from(2);
            }
        };
        let written = match replayed {
            Ok(line) => output.write_all(&line),
            Err(problem) => {
                all_replayed = false;
                eprintln!("cors: {source} line {number}: {problem}");
                Ok(())
            }
        };
        match written {
            Ok(()) => {}
            // Whoever reads has read enough.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => break,
            Err(error) => {
                eprintln!("cors: cannot write: {error}");
                return ExitCode::from(2);
            }
        }
    }
    if all_replayed { ExitCode::SUCCESS } else { ExitCode::from(2) }
}

fn replay_line(engine: Engine, line: &[u8]) -> Result<Vec<u8>, String> {
    let problem = |error: serde_json::Error| {
        let words = error.to_string();
        // The line that the error speaks of is always the first of one.
        let words = words.split(" at line ").next().unwrap_or_default();
        format!("not a scenario: {words} (column {})", error.column())
    };
    let scenario: Scenario = serde_json::from_slice(line).map_err(problem)?;
    let mut output = serde_json::to_vec(&replay(engine, &scenario)).map_err(|error| error.to_string())?;
    output.push(b'\n');
    Ok(output)
}
