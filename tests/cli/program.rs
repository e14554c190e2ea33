//! Runs `cors` and keeps what it says.

use serde_json::Value;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// What a run gave.
pub(crate) struct Run {
    pub(crate) status: Option<i32>,
    pub(crate) output: String,
    pub(crate) errors: String,
}

impl Run {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.output).unwrap_or_else(|error| panic!("{error}: {}", self.output))
    }

    /// The fetches of the only capture.
    pub(crate) fn fetches(&self) -> Vec<Value> {
        self.json()["captures"][0]["fetches"].as_array().unwrap().clone()
    }

    /// The only fetch of the only capture.
    pub(crate) fn fetch(&self) -> Value {
        let fetches = self.fetches();
        assert_eq!(fetches.len(), 1, "{}", self.output);
        fetches[0].clone()
    }
}

/// A file of the repository.
pub(crate) fn file(path: &str) -> String {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path).display().to_string()
}

/// Runs `cors` with `arguments` and nothing on its standard input.
pub(crate) fn cors(arguments: &[&str]) -> Run {
    cors_with(arguments, b"")
}

/// Runs `cors` with `input` on its standard input.
pub(crate) fn cors_with(arguments: &[&str], input: &[u8]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cors"));
    // Neither a proxy nor a colour setting of whoever runs the tests may matter.
    command.env_clear().args(arguments);
    run(command, input)
}

pub(crate) fn run(mut command: Command, input: &[u8]) -> Run {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let output = std::thread::scope(|scope| {
        // A program that has read enough closes its input.
        scope.spawn(move || drop(stdin.write_all(input)));
        child.wait_with_output().unwrap()
    });
    Run {
        status: output.status.code(),
        output: String::from_utf8(output.stdout).unwrap(),
        errors: String::from_utf8(output.stderr).unwrap(),
    }
}
