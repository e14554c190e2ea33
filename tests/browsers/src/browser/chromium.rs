//! Chromium, driven over the DevTools Protocol.

use super::devtools::{DevTools, Event};
use super::process::ProcessGroup;
use super::{Browser, wait_until};
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// Third-party cookies are let through, or credentials would never show.
const PREFERENCES: &str = r#"{"profile":{"cookie_controls_mode":0,"block_third_party_cookies":false,"default_content_setting_values":{"cookies":1}}}"#;

/// The one page the rig works in.
struct Page {
    session: String,
    /// Where another DevTools client can attach to it.
    endpoint: String,
}

/// A running Chromium. The order of fields is the order of ending: processes before the folder they use.
pub(crate) struct Chromium {
    devtools: DevTools,
    page: Page,
    process: ProcessGroup,
    _profile: TempDir,
}

impl Chromium {
    /// Starts Chromium with every host mapped to the server on `port`, one empty page open.
    pub(crate) fn launch(port: u16) -> Result<Self> {
        let profile = tempfile::Builder::new().prefix("browser-rig-").tempdir()?;
        fs::create_dir(profile.path().join("Default"))?;
        fs::write(profile.path().join("Default/Preferences"), PREFERENCES)?;
        let mut command = Command::new("chromium");
        command
            .args([
                "--headless=new",
                "--no-sandbox",
                "--no-first-run",
                "--no-proxy-server",
                "--ignore-certificate-errors",
                "--allow-browser-signin=false",
                "--disable-background-networking",
                "--disable-background-timer-throttling",
                "--disable-breakpad",
                "--disable-component-update",
                "--disable-dev-shm-usage",
                "--disable-features=NetworkTimeServiceQuerying,OptimizationHints,OptimizationGuideModelDownloading",
                "--disable-gpu",
                "--disable-renderer-backgrounding",
                "--disable-sync",
                "--simulate-outdated-no-au=Tue, 31 Dec 2099 23:59:59 GMT",
                "--remote-allow-origins=devtools://devtools",
                "--remote-debugging-port=0",
            ])
            .arg(format!("--host-resolver-rules=MAP * 127.0.0.1:{port}, EXCLUDE 127.0.0.1"))
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg("about:blank")
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let mut process = ProcessGroup::start(&mut command, profile.path())?;
        let (devtools_port, path) = announced_endpoint(profile.path(), &mut process)?;
        let mut devtools = DevTools::connect(devtools_port, &path)?;
        let page = attach_to_first_page(&mut devtools, devtools_port)?;
        listen(&mut devtools, &page.session)?;
        Ok(Self { devtools, page, process, _profile: profile })
    }

    /// Runs an expression in the page and gives its (awaited) value.
    pub(crate) fn evaluate(&mut self, expression: &str) -> Result<Value> {
        evaluate(&mut self.devtools, &self.page.session, expression)
    }

    /// The connection, for commands that only one purpose needs.
    pub(crate) fn devtools(&mut self) -> &mut DevTools {
        &mut self.devtools
    }

    /// Where another DevTools client can attach to the page: host, port and path.
    pub(crate) fn page_endpoint(&self) -> &str {
        &self.page.endpoint
    }

    /// The console line in an event, if it holds one.
    fn console_line(&mut self, event: &Event) -> Result<Option<String>> {
        match event.method.as_str() {
            // Attachments below a session are automatic; others were asked for, by someone with a purpose.
            "Target.attachedToTarget" if event.session.is_some() => {
                let session =
                    event.params["sessionId"].as_str().context("an attachment without a session")?;
                listen(&mut self.devtools, session)?;
                Ok(None)
            }
            "Log.entryAdded" => {
                let entry = &event.params["entry"];
                let text = entry["text"].as_str().unwrap_or_default();
                // Network entries name their URL beside the text, as the console shows it.
                Ok(Some(match (entry["source"].as_str(), entry["url"].as_str()) {
                    (Some("network"), Some(url)) => format!("{text} {url}"),
                    _ => text.to_owned(),
                }))
            }
            _ => Ok(None),
        }
    }

    /// Shows a page.
    pub(crate) fn open(&mut self, url: &str) -> Result<()> {
        self.devtools.call(Some(&self.page.session), "Page.navigate", json!({ "url": url }))?;
        Ok(())
    }
}

impl Browser for Chromium {
    fn console(&mut self, patience: Duration) -> Result<Vec<String>> {
        ensure!(!self.process.has_ended(), "Chromium has ended");
        let mut lines = Vec::new();
        let mut patience = patience;
        while let Some(event) = self.devtools.event(patience)? {
            lines.extend(self.console_line(&event)?);
            patience = Duration::ZERO;
        }
        Ok(lines)
    }

    fn forget_preflights(&mut self) -> Result<()> {
        self.devtools.call(Some(&self.page.session), "Network.clearBrowserCache", json!({}))?;
        Ok(())
    }
}

/// Runs an expression in a target and gives its (awaited) value.
pub(crate) fn evaluate(devtools: &mut DevTools, session: &str, expression: &str) -> Result<Value> {
    let parameters = json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
    let mut answer = devtools.call(Some(session), "Runtime.evaluate", parameters)?;
    ensure!(answer.get("exceptionDetails").is_none(), "in the page: {}", answer["exceptionDetails"]);
    Ok(answer["result"]["value"].take())
}

/// Asks a target, and those below it (frames in other processes), for what they write to the console.
fn listen(devtools: &mut DevTools, session: &str) -> Result<()> {
    let below = json!({ "autoAttach": true, "waitForDebuggerOnStart": true, "flatten": true });
    devtools.send(Some(session), "Target.setAutoAttach", below)?;
    devtools.send(Some(session), "Log.enable", json!({}))?;
    devtools.send(Some(session), "Runtime.runIfWaitingForDebugger", json!({}))?;
    Ok(())
}

/// Chromium writes its port and path to a file of the profile once it listens.
fn announced_endpoint(profile: &Path, process: &mut ProcessGroup) -> Result<(u16, String)> {
    wait_until("Chromium announces its DevTools port", || {
        ensure!(!process.has_ended(), "Chromium ended at once");
        let Ok(text) = fs::read_to_string(profile.join("DevToolsActivePort")) else { return Ok(None) };
        let Some((port, path)) = text.split_once('\n') else { return Ok(None) };
        Ok(Some((port.parse()?, path.trim().to_owned())))
    })
}

fn attach_to_first_page(devtools: &mut DevTools, port: u16) -> Result<Page> {
    let target = wait_until("Chromium opens its first page", || {
        let targets = devtools.call(None, "Target.getTargets", json!({}))?;
        let page = targets["targetInfos"].as_array().and_then(|all| all.iter().find(|t| t["type"] == "page"));
        Ok(page.and_then(|page| page["targetId"].as_str()).map(String::from))
    })?;
    let session = attach(devtools, &target)?;
    Ok(Page { session, endpoint: format!("127.0.0.1:{port}/devtools/page/{target}") })
}

/// Opens a session with a target.
pub(crate) fn attach(devtools: &mut DevTools, target: &str) -> Result<String> {
    let attached =
        devtools.call(None, "Target.attachToTarget", json!({ "targetId": target, "flatten": true }))?;
    Ok(attached["sessionId"].as_str().context("no session")?.to_owned())
}
