//! `cors diff`: what a change of policy lets in and shuts out.

use crate::output;
use crate::policy_file::{self, Failure};
use clap::Args;
use cors_engine::Policy;
use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

const EXAMPLES: &str = "\
Examples:
  cors diff old.toml new.toml
  cors diff cors.toml cors.toml --env staging --new-env production

Each line is a fetch that the change lets in (+) or shuts out (-).

Exit status: 0 when both let in the same, 1 when they do not, 2 when an input is unusable.";

/// Show what a change of policy lets in and shuts out, as fetches.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The policy before, in TOML or JSON.
    #[arg(value_parser = clap::value_parser!(OsString))]
    old: OsString,
    /// The policy after.
    #[arg(value_parser = clap::value_parser!(OsString))]
    new: OsString,
    /// The environment to take from both.
    #[arg(long, value_name = "NAME")]
    env: Option<String>,
    /// The environment to take from the policy after, if it is another.
    #[arg(long, value_name = "NAME")]
    new_env: Option<String>,
}

pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let env = arguments.env.as_deref();
    let old = read(&arguments.old, env);
    let new = read(&arguments.new, arguments.new_env.as_deref().or(env));
    let (Some(old), Some(new)) = (old, new) else { return ExitCode::from(2) };
    let witnesses = old.difference(&new);
    let mut output = io::stdout().lock();
    let written = witnesses.iter().try_for_each(|witness| writeln!(output, "{witness}"));
    let status = if witnesses.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    output::finish(written, status)
}

fn read(file: &OsString, environment: Option<&str>) -> Option<Policy> {
    let policy = policy_file::read(file, environment);
    match policy.and_then(|config| config.build().map_err(Failure::Wrong)) {
        Ok(policy) => Some(policy),
        Err(failure) => {
            failure.report(&file.to_string_lossy());
            None
        }
    }
}
