//! `cors man`: the manual page.

use clap::{Args, CommandFactory};
use clap_mangen::Man;
use std::io::{self, Write};
use std::process::ExitCode;

const EXAMPLES: &str = "\
Examples:
  cors man | man -l -
  cors man explain > cors-explain.1";

/// Print the manual page of the program, or of one of its commands.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The command, such as explain.
    command: Option<String>,
}

pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let mut program = crate::Arguments::command();
    program.build();
    let command = match &arguments.command {
        None => Some(program),
        Some(name) => program.find_subcommand(name).map(|command| {
            let title = format!("cors-{}", command.get_name());
            command.clone().display_name(title)
        }),
    };
    let Some(command) = command else {
        eprintln!("cors: there is no such command");
        return ExitCode::from(2);
    };
    let mut page = Vec::new();
    let written = Man::new(command).render(&mut page).and_then(|()| io::stdout().lock().write_all(&page));
    crate::output::finish(written, ExitCode::SUCCESS)
}
