//! `cors`: why a browser blocks a request and what to change; what a policy means and how it answers.

mod answer;
mod check;
mod completions;
mod diff;
mod explain;
mod input;
mod json_lines;
mod lint;
mod manual;
mod options;
mod output;
mod policy_file;
mod probe;
mod replay;
mod text;
mod words;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

const EXAMPLES: &str = "\
Examples:
  cors explain shop.har
  cors probe https://api.example/v1 --origin https://app.example --method PUT
  cors lint cors.toml
  cors check cors.toml --origin https://app.example --method PUT
  cors replay scenarios.jsonl

`cors help explain` and the like say more.";

/// Say what browsers do with cross-origin requests, why they block, and what to change on the server.
#[derive(Parser)]
#[command(name = "cors", version, after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Explain(explain::Arguments),
    Probe(probe::Arguments),
    Check(check::Arguments),
    Lint(lint::Arguments),
    Diff(diff::Arguments),
    Answer(answer::Arguments),
    Replay(replay::Arguments),
    Completions(completions::Arguments),
    Man(manual::Arguments),
}

fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Probe(arguments) => probe::run(&arguments),
        Command::Check(arguments) => check::run(&arguments),
        Command::Lint(arguments) => lint::run(&arguments),
        Command::Diff(arguments) => diff::run(&arguments),
        Command::Answer(arguments) => answer::run(&arguments),
        Command::Replay(arguments) => replay::run(&arguments),
        Command::Completions(arguments) => completions::run(&arguments),
        Command::Man(arguments) => manual::run(&arguments),
    }
}
