//! WebKitGTK's MiniBrowser on a virtual screen. It takes one page from its command line, and writes console
//! messages to its standard error (which the option that asks for them calls standard output).

use super::Browser;
use super::process::ProcessGroup;
use crate::rig::run_named_in;
use anyhow::{Context, Result, bail, ensure};
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;
use tempfile::TempDir;

/// What Xvfb calls the part of its display name that it announces.
const DISPLAY_ON_STDOUT: &str = "1";

/// A running MiniBrowser. The order of fields is the order of ending.
pub(super) struct WebKit {
    process: ProcessGroup,
    _screen: ProcessGroup,
    _profile: TempDir,
    lines: Receiver<String>,
    /// A reason that waits for the line that says which URL it is about.
    reason: Option<String>,
}

impl WebKit {
    /// Starts MiniBrowser with the server on `port` as its proxy for every host, showing `url`.
    pub(super) fn launch(port: u16, url: &str) -> Result<Self> {
        let profile = tempfile::Builder::new().prefix("browser-rig-").tempdir()?;
        let (screen, display) = start_screen(&profile)?;
        let mut command = Command::new(mini_browser()?);
        command
            .args([
                "--ignore-tls-errors",
                "--cookies-policy=always",
                "--enable-write-console-messages-to-stdout=true",
            ])
            .arg(format!("--proxy=http://127.0.0.1:{port}"))
            .arg(url)
            .env("DISPLAY", display)
            .env("GDK_BACKEND", "x11")
            .env("GSETTINGS_BACKEND", "memory")
            .env("LIBGL_ALWAYS_SOFTWARE", "1")
            .env("WEBKIT_DISABLE_COMPOSITING_MODE", "1")
            .env("WEBKIT_DISABLE_DMABUF_RENDERER", "1")
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        let mut process = ProcessGroup::start(&mut command, profile.path())?;
        let (_, Some(stderr)) = process.take_output() else { bail!("MiniBrowser without output") };
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(stderr).split(b'\n').map_while(Result::ok) {
                if sender.send(String::from_utf8_lossy(&line).into_owned()).is_err() {
                    return;
                }
            }
        });
        Ok(Self { process, _screen: screen, _profile: profile, lines, reason: None })
    }

    /// The console line in a line of output. A reason that names no URL is joined with the line
    /// after it, which does.
    fn console_line(&mut self, output: &str) -> Option<String> {
        // Before it stands the place in the script.
        let line = &output[output.find("CONSOLE ")?..];
        if line.starts_with("CONSOLE SECURITY ERROR") && run_named_in(line).is_none() {
            self.reason = Some(line.to_owned());
            return None;
        }
        Some(match self.reason.take() {
            Some(reason) => format!("{reason} | {line}"),
            None => line.to_owned(),
        })
    }
}

impl Browser for WebKit {
    fn console(&mut self, patience: Duration) -> Result<Vec<String>> {
        ensure!(!self.process.has_ended(), "MiniBrowser has ended");
        let mut lines = Vec::new();
        let mut patience = patience;
        while let Ok(line) = self.lines.recv_timeout(patience) {
            lines.extend(self.console_line(&line));
            patience = Duration::ZERO;
        }
        Ok(lines)
    }
}

/// Starts a virtual screen on a display number of its own choice.
fn start_screen(profile: &TempDir) -> Result<(ProcessGroup, String)> {
    let mut command = Command::new("Xvfb");
    command.args(["-displayfd", DISPLAY_ON_STDOUT, "-screen", "0", "800x600x24", "-nolisten", "tcp"]);
    command.stdout(Stdio::piped()).stderr(Stdio::null());
    let mut screen = ProcessGroup::start(&mut command, profile.path())?;
    let (Some(stdout), _) = screen.take_output() else { bail!("Xvfb without output") };
    let mut announced = BufReader::new(stdout);
    let mut number = String::new();
    announced.read_line(&mut number)?;
    ensure!(!number.trim().is_empty(), "Xvfb ended at once");
    Ok((screen, format!(":{}", number.trim())))
}

/// MiniBrowser is in no search path: Debian keeps it in the library folder of its architecture.
fn mini_browser() -> Result<PathBuf> {
    let libraries = fs::read_dir("/usr/lib")?.flatten().map(|entry| entry.path());
    let candidates =
        libraries.chain(["/usr/libexec".into()]).map(|folder| folder.join("webkit2gtk-4.1/MiniBrowser"));
    candidates
        .into_iter()
        .find(|path| path.exists())
        .context("MiniBrowser is not installed (webkit2gtk-driver)")
}
