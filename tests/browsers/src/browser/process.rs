//! Child processes that leave nothing behind: each leads a process group of its own, which ends with it.

use anyhow::{Context, Result};
use rustix::process::{Pid, Signal, kill_process_group, test_kill_process_group};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStderr, ChildStdout, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// How long a group may take to end politely.
const PATIENCE: Duration = Duration::from_secs(3);

/// A running program and everything it started.
pub(crate) struct ProcessGroup {
    child: Child,
    group: Pid,
}

impl ProcessGroup {
    /// Starts `command` with its own home folder, no proxy settings and no standard input.
    pub(crate) fn start(command: &mut Command, home: &Path) -> Result<Self> {
        for variable in ["http_proxy", "https_proxy", "all_proxy", "no_proxy"] {
            command.env_remove(variable).env_remove(variable.to_ascii_uppercase());
        }
        for variable in ["XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR"] {
            command.env(variable, home);
        }
        command.env("HOME", home).env_remove("DBUS_SESSION_BUS_ADDRESS").env("NO_AT_BRIDGE", "1");
        let child = command
            .stdin(Stdio::null())
            .process_group(0)
            .spawn()
            .with_context(|| format!("cannot start {}", command.get_program().to_string_lossy()))?;
        let group = Pid::from_child(&child);
        Ok(Self { child, group })
    }

    /// The program's standard output and error, as far as they were asked for and not taken yet.
    pub(crate) fn take_output(&mut self) -> (Option<ChildStdout>, Option<ChildStderr>) {
        (self.child.stdout.take(), self.child.stderr.take())
    }

    /// Whether the program has ended.
    pub(crate) fn has_ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }
}

impl Drop for ProcessGroup {
    fn drop(&mut self) {
        // The group outlives its leader while a helper process lives, so the group is what is waited for.
        let deadline = Instant::now() + PATIENCE;
        let mut signal = Signal::TERM;
        let _ = kill_process_group(self.group, signal);
        loop {
            let leader_ended = self.has_ended();
            if leader_ended && test_kill_process_group(self.group).is_err() {
                return;
            }
            if Instant::now() > deadline {
                if signal == Signal::KILL {
                    return;
                }
                signal = Signal::KILL;
                let _ = kill_process_group(self.group, signal);
                let _ = self.child.wait();
            }
            thread::sleep(Duration::from_millis(20));
        }
    }
}
