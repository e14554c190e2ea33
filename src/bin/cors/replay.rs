//! `cors replay`: scenarios in, verdicts out, one JSON object a line.

use clap::{Args, ValueEnum};
use cors_engine::Engine;
use cors_engine::scenario::{Scenario, replay};
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// Replay scenarios through the engine and print what a browser would do.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Whose behaviour to follow.
    #[arg(long, value_enum, default_value = "spec")]
    engine: EngineName,
    /// A file of scenarios, one JSON object a line; `-` is standard input.
    #[arg(default_value = "-")]
    file: PathBuf,
}

#[derive(Clone, Copy, ValueEnum)]
enum EngineName {
    Spec,
    Chromium,
    Gecko,
    Webkit,
}

pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let engine = match arguments.engine {
        EngineName::Spec => Engine::Spec,
        EngineName::Chromium => Engine::Chromium,
        EngineName::Gecko => Engine::Gecko,
        EngineName::Webkit => Engine::WebKit,
    };
    let input: Box<dyn BufRead> = if arguments.file.as_os_str() == "-" {
        Box::new(io::stdin().lock())
    } else {
        Box::new(BufReader::new(File::open(&arguments.file).unwrap()))
    };
    let mut output = BufWriter::new(io::stdout().lock());
    for line in input.split(b'\n') {
        let line = line.unwrap();
        let scenario: Scenario = serde_json::from_slice(&line).unwrap();
        serde_json::to_writer(&mut output, &replay(engine, &scenario)).unwrap();
        writeln!(output).unwrap();
    }
    ExitCode::SUCCESS
}
