//! `cors`: why a browser blocks a request, and what to change.

mod replay;

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
    Replay(replay::Arguments),
}

fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::Replay(arguments) => replay::run(&arguments),
    }
}
