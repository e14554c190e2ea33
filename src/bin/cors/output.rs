//! Output: what becomes of the exit status when writing ends early.

use std::io;
use std::process::ExitCode;

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
