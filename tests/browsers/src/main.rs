//! Asks real, headless browsers what they do with CORS, and compares the engine with them.

mod browser;
mod compare;
mod generate;
mod har;
mod interrupt;
mod observe;
mod policies;
mod progress;
mod rig;
mod server;

use anyhow::Result;
use clap::Parser;
use std::process::ExitCode;

/// Ask real, headless browsers what they do with CORS
#[derive(Parser)]
#[command(name = "browser-rig")]
enum Command {
    Observe(observe::Arguments),
    Compare(compare::Arguments),
    Generate(generate::Arguments),
    Har(har::Arguments),
    Policies(policies::Arguments),
}

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("browser-rig: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<ExitCode> {
    interrupt::install()?;
    match Command::parse() {
        Command::Observe(arguments) => observe::run(&arguments),
        Command::Compare(arguments) => compare::run(&arguments),
        Command::Generate(arguments) => generate::run(arguments).map(|()| ExitCode::SUCCESS),
        Command::Har(arguments) => har::run(&arguments).map(|()| ExitCode::SUCCESS),
        Command::Policies(arguments) => policies::run(&arguments),
    }
}
