//! Chromium's own HAR: its bundled DevTools front end watches the page and writes the log.

use super::site::PAGE;
use super::watch;
use crate::browser::{Chromium, attach, evaluate, wait_until};
use anyhow::{Context, Result};
use serde_json::json;

/// The front end is ready once it has a network log to ask and a page to watch.
const IS_WATCHING: &str = r#"(async () => {
    const SDK = await import("devtools://devtools/bundled/core/sdk/sdk.js");
    const manager = SDK.TargetManager.TargetManager.instance();
    return Boolean(manager.primaryPageTarget()?.model(SDK.NetworkManager.NetworkManager));
})()"#;

/// What "Export HAR (sanitized)" in the network panel runs.
const EXPORT: &str = r#"(async () => {
    const Logs = await import("devtools://devtools/bundled/models/logs/logs.js");
    const HAR = await import("devtools://devtools/bundled/models/har/har.js");
    const requests = Logs.NetworkLog.NetworkLog.instance().requests();
    let text = "";
    const stream = { write: async (part) => { text += part; } };
    const progress = new Proxy({}, { get: (_, name) => name === "canceled" ? false : () => false });
    await HAR.Writer.Writer.write(stream, requests, { sanitize: true }, progress);
    return text;
})()"#;

/// Shows the page and exports what happened.
pub(super) fn capture(port: u16) -> Result<super::Capture> {
    let mut chromium = Chromium::launch(port)?;
    let front_end = format!("devtools://devtools/bundled/devtools_app.html?ws={}", chromium.page_endpoint());
    let devtools = chromium.devtools();
    let target = devtools.call(None, "Target.createTarget", json!({ "url": front_end }))?;
    let session = attach(devtools, target["targetId"].as_str().context("no target")?)?;
    wait_until("the DevTools front end watches the page", || {
        Ok(evaluate(devtools, &session, IS_WATCHING)?.as_bool().filter(|&ready| ready))
    })?;
    chromium.open(PAGE)?;
    let seen = watch(&mut chromium, |chromium| {
        chromium.evaluate("({ outcomes: window.outcomes, done: window.done })")
    })?;
    let har = evaluate(chromium.devtools(), &session, EXPORT)?;
    Ok(super::Capture { har: har.as_str().context("no text")?.to_owned(), seen })
}
