//! Output: reports on standard output, and what becomes of the exit status when writing ends early.

use crate::text;
use cors_engine::capture::Report;
use serde::Serialize;
use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

/// Prints reports for people or, as `json`, for machines.
pub(crate) fn print(reports: &[Report], json: bool, all: bool) -> io::Result<()> {
    if json {
        let mut output = BufWriter::new(io::stdout().lock());
        serde_json::to_writer_pretty(&mut output, &Document { captures: reports })?;
        writeln!(output)?;
        return output.flush();
    }
    let mut output = BufWriter::new(anstream::stdout().lock());
    for report in reports {
        text::write(&mut output, report, all)?;
    }
    output.flush()
}

/// The document that `--json` prints.
#[derive(Serialize)]
struct Document<'a> {
    captures: &'a [Report],
}

/// The exit status `status`, unless writing failed. That nobody reads on is no failure.
pub(crate) fn finish(written: io::Result<()>, status: ExitCode) -> ExitCode {
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            eprintln!("cors: cannot write: {error}");
            ExitCode::from(2)
        }
        _ => status,
    }
}
