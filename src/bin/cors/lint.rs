//! `cors lint`: what is wrong with a policy, and what is worth a second look.

use crate::output;
use crate::policy_file::{Failure, PolicyFile};
use clap::Args;
use cors_engine::server::{ConfigError, Finding, Position};
use serde::Serialize;
use std::io::{self, Write};
use std::process::ExitCode;

const EXAMPLES: &str = "\
Examples:
  cors lint cors.toml
  cors lint cors.toml --env production --json | jq .

Exit status: 0 when the policy builds, 1 when it does not, 2 when the file is unusable.";

/// Say what is wrong with a policy, and what in it is risky, dead, capped, shadowed or redundant.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(flatten)]
    policy: PolicyFile,
    /// Print JSON, one object a line.
    #[arg(long)]
    json: bool,
}

/// A line of output for machines.
#[derive(Serialize)]
struct Remark<'r> {
    kind: &'static str,
    code: &'static str,
    field: &'r str,
    value: &'r str,
    line: Option<u32>,
    column: Option<u32>,
    words: &'r str,
}

pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let (errors, findings) = match arguments.policy.read() {
        Ok(config) => match config.clone().build() {
            Ok(_) => (Vec::new(), config.audit()),
            Err(errors) => (errors.into_iter().collect(), config.audit()),
        },
        Err(Failure::Wrong(errors)) => (errors.into_iter().collect(), Vec::new()),
        Err(failure) => {
            failure.report(&arguments.policy.name());
            return ExitCode::from(2);
        }
    };
    let status = if errors.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    let written = match arguments.json {
        true => print_json(&errors, &findings),
        false => print(&arguments.policy.name(), &errors, &findings),
    };
    output::finish(written, status)
}

fn print(name: &str, errors: &[ConfigError], findings: &[Finding]) -> io::Result<()> {
    let mut output = io::stdout().lock();
    errors.iter().try_for_each(|error| writeln!(output, "{name}:{error}"))?;
    findings.iter().try_for_each(|finding| writeln!(output, "{name}:{finding}"))
}

fn print_json(errors: &[ConfigError], findings: &[Finding]) -> io::Result<()> {
    let mut output = io::stdout().lock();
    let line = |position: Option<Position>| position.map(|position| position.line);
    let column = |position: Option<Position>| position.map(|position| position.column);
    let errors = errors.iter().map(|error| Remark {
        kind: "error",
        code: error.code.code(),
        field: &error.key,
        value: &error.value,
        line: line(error.position),
        column: column(error.position),
        words: &error.advice,
    });
    let findings = findings.iter().map(|finding| Remark {
        kind: finding.code.kind().as_str(),
        code: finding.code.code(),
        field: &finding.key,
        value: &finding.value,
        line: line(finding.position),
        column: column(finding.position),
        words: finding.code.words(),
    });
    for remark in errors.chain(findings) {
        writeln!(output, "{}", serde_json::to_string(&remark)?)?;
    }
    Ok(())
}
