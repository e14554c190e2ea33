//! Firefox, driven over Marionette.

use super::marionette::Marionette;
use super::process::ProcessGroup;
use super::{Browser, wait_until};
use anyhow::{Result, ensure};
use serde_json::{Value, json};
use std::fs;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;
use tempfile::TempDir;

/// Preferences that keep Firefox quiet, offline but for the rig, and free of time limits.
const PREFERENCES: &str = include_str!("firefox.js");

/// Keeps console messages in a list from which [`DRAIN_CONSOLE`] takes them.
const LISTEN_TO_CONSOLE: &str = r#"
    const lines = [];
    Services.console.registerListener({
        observe(message) {
            if (!(message instanceof Ci.nsIScriptError)) return;
            // Firefox's own troubles are not the page's.
            if (/^(chrome|resource):/.test(message.sourceName)) return;
            lines.push(message.errorMessage);
        },
    });
    Services.wm.getMostRecentWindow("navigator:browser").rigConsole = lines;
"#;
const DRAIN_CONSOLE: &str =
    r#"return Services.wm.getMostRecentWindow("navigator:browser").rigConsole.splice(0);"#;

/// A running Firefox. The order of fields is the order of ending: processes before the folder they use.
pub(crate) struct Firefox {
    marionette: Marionette,
    process: ProcessGroup,
    _profile: TempDir,
}

impl Firefox {
    /// Starts Firefox with the server on `port` as its proxy for every host, one empty page open.
    pub(crate) fn launch(port: u16) -> Result<Self> {
        let profile = tempfile::Builder::new().prefix("browser-rig-").tempdir()?;
        fs::write(
            profile.path().join("user.js"),
            format!(
                "{PREFERENCES}\
                 user_pref(\"network.proxy.http_port\", {port});\n\
                 user_pref(\"network.proxy.ssl_port\", {port});\n"
            ),
        )?;
        let mut command = Command::new("firefox-esr");
        command
            .args(["--headless", "--no-remote", "--marionette", "--remote-allow-system-access", "--profile"])
            .arg(profile.path())
            .env("MOZ_CRASHREPORTER_DISABLE", "1")
            .env("MOZ_REMOTE_SETTINGS_DEVTOOLS", "1")
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let mut process = ProcessGroup::start(&mut command, profile.path())?;
        let marionette_port = wait_until("Firefox announces its Marionette port", || {
            ensure!(!process.has_ended(), "Firefox ended at once");
            let announced = fs::read_to_string(profile.path().join("MarionetteActivePort"));
            Ok(announced.ok().and_then(|port| port.trim().parse().ok()))
        })?;
        let mut marionette = Marionette::connect(marionette_port)?;
        marionette.chrome_script(LISTEN_TO_CONSOLE, json!([]))?;
        Ok(Self { marionette, process, _profile: profile })
    }

    /// The session, for commands that only one purpose needs.
    pub(crate) fn marionette(&mut self) -> &mut Marionette {
        &mut self.marionette
    }

    /// Shows a page.
    pub(crate) fn open(&mut self, url: &str) -> Result<()> {
        self.marionette.call("WebDriver:Navigate", json!({ "url": url }))?;
        Ok(())
    }
}

impl Browser for Firefox {
    fn console(&mut self, patience: Duration) -> Result<Vec<String>> {
        ensure!(!self.process.has_ended(), "Firefox has ended");
        thread::sleep(patience);
        let lines = self.marionette.chrome_script(DRAIN_CONSOLE, json!([]))?;
        let Value::Array(lines) = lines else { return Ok(Vec::new()) };
        Ok(lines.iter().filter_map(Value::as_str).map(String::from).collect())
    }
}
