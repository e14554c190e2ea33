//! `cors completions`: what a shell needs to complete the command line.

use clap::{Args, CommandFactory};
use clap_complete::{Shell, generate};
use std::io::{self, Write};
use std::process::ExitCode;

const EXAMPLES: &str = "\
Examples:
  cors completions bash > ~/.local/share/bash-completion/completions/cors
  cors completions zsh > ~/.zfunc/_cors
  cors completions fish > ~/.config/fish/completions/cors.fish";

/// Print a completion script for a shell.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The shell.
    shell: Shell,
}

pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let mut script = Vec::new();
    generate(arguments.shell, &mut crate::Arguments::command(), "cors", &mut script);
    crate::output::finish(io::stdout().lock().write_all(&script), ExitCode::SUCCESS)
}
