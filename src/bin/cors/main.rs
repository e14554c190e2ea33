//! `cors`: why a browser blocks a request, and what to change.

mod capture;
mod explain;
mod input;
mod options;
mod replay;
mod report;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Says what browsers do with cross-origin requests, why they block, and what to change on the server.
#[derive(Parser)]
#[command(name = "cors", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Explain(explain::Arguments),
    Replay(replay::Arguments),
}

fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Replay(arguments) => replay::run(&arguments),
    }
}
