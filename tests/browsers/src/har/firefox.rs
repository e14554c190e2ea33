//! Firefox's own HAR: its network monitor watches the tab and exports the log.

use super::site::PAGE;
use super::watch;
use crate::browser::Firefox;
use anyhow::{Context, Result};
use serde_json::json;

const OPEN_NETWORK_MONITOR: &str = r#"
    const { require } = ChromeUtils.importESModule("resource://devtools/shared/loader/Loader.sys.mjs");
    const { gDevTools } = require("devtools/client/framework/devtools");
    const window = Services.wm.getMostRecentWindow("navigator:browser");
    return gDevTools.showToolboxForTab(window.gBrowser.selectedTab, { toolId: "netmonitor" }).then((toolbox) => {
        window.rigToolbox = toolbox;
        return true;
    });
"#;

/// What "Save All As HAR" in the network panel runs, with the text instead of a file dialog.
const EXPORT: &str = r#"
    const { panelWin } = Services.wm.getMostRecentWindow("navigator:browser").rigToolbox.getCurrentPanel();
    const { HarMenuUtils } = panelWin.windowRequire("devtools/client/netmonitor/src/har/har-menu-utils");
    const { getSortedRequests } = panelWin.windowRequire("devtools/client/netmonitor/src/selectors/index");
    const requests = getSortedRequests(panelWin.store.getState());
    return HarMenuUtils.copyAllAsHar(requests, panelWin.connector);
"#;

/// Shows the page and exports what happened.
pub(super) fn capture(port: u16) -> Result<super::Capture> {
    let mut firefox = Firefox::launch(port)?;
    firefox.marionette().chrome_script(OPEN_NETWORK_MONITOR, json!([]))?;
    firefox.open(PAGE)?;
    let seen = watch(&mut firefox, |firefox| {
        firefox.marionette().script("return { outcomes: window.outcomes, done: window.done };", json!([]))
    })?;
    let har = firefox.marionette().chrome_script(EXPORT, json!([]))?;
    Ok(super::Capture { har: har.as_str().context("no text")?.to_owned(), seen })
}
