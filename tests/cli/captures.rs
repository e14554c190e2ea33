//! The captures in `examples/`, exported by real browsers: the verdicts are what the page's script saw, the
//! console says what the browser printed, and who follows the advice is allowed.

use crate::program::{cors, cors_with, file};
use serde_json::{Value, json};
use std::path::Path;

struct Browser {
    /// The key in `expected.json` and the name of the capture.
    name: &'static str,
    engine: &'static str,
    /// Lines that the browser prints for other reasons than CORS.
    noise: &'static [&'static str],
}

const CHROMIUM: Browser = Browser {
    name: "chromium",
    engine: "chromium",
    noise: &["Failed to load resource", "Fetch API cannot load"],
};
const FIREFOX: Browser =
    Browser { name: "firefox", engine: "gecko", noise: &["Cross-Origin Request Warning", "Security Error"] };

fn expected() -> Vec<Value> {
    let text = std::fs::read_to_string(file("examples/expected.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn explained(browser: &Browser) -> Vec<Value> {
    let run = cors(&["explain", "--json", &file(&format!("examples/{}.har", browser.name))]);
    assert_eq!((run.status, run.errors.as_str()), (Some(1), ""));
    run.fetches()
}

/// Each fetch that the page made, with what `cors` says of it. A fetch that left no trace in the capture has
/// none.
fn pairs(browser: &Browser) -> Vec<(Value, Option<Value>)> {
    let mut explained = explained(browser);
    let find = |wanted: Value| {
        let position = explained
            .iter()
            .position(|fetch| fetch["url"] == wanted["url"] && fetch["method"] == wanted["method"]);
        (wanted, position.map(|position| explained.remove(position)))
    };
    expected().into_iter().map(find).collect()
}

/// The verdict for the credentials mode that the page really used: where the capture does not show the mode,
/// the other verdict stands beside the first.
fn verdict(wanted: &Value, fetch: &Value, engine: &str) -> String {
    let otherwise = &fetch["otherwise"];
    let verdict = if fetch["credentials"] == wanted["credentials"] || otherwise.is_null() {
        &fetch["engines"][engine]["verdict"]
    } else {
        assert_eq!(otherwise["credentials"], wanted["credentials"]);
        &otherwise["verdict"]
    };
    verdict.as_str().unwrap().to_owned()
}

fn verdicts_agree(browser: &Browser) {
    let mut missing = 0;
    let mut unsettled = 0;
    for (wanted, fetch) in pairs(browser) {
        let Some(fetch) = fetch else {
            missing += 1;
            continue;
        };
        let seen = &wanted[browser.name];
        let allowed = seen["outcome"] == "response";
        let url = &wanted["url"];
        assert_eq!(
            verdict(&wanted, &fetch, browser.engine),
            if allowed { "allowed" } else { "blocked" },
            "{url}"
        );
        if allowed {
            let engine = &fetch["engines"][browser.engine];
            assert_eq!((&engine["type"], &engine["status"]), (&seen["type"], &seen["status"]), "{url}");
        }
        unsettled +=
            usize::from(fetch["credentials"] != wanted["credentials"] && !fetch["otherwise"].is_null());
    }
    // Chromium notes nothing of a fetch in the mode same-origin that it refuses.
    assert_eq!(missing, usize::from(browser.name == "chromium"));
    // Firefox exports blocked fetches like allowed ones: where no header shows the credentials mode either,
    // both verdicts are given.
    assert_eq!(unsettled, usize::from(browser.name == "firefox"));
}

fn consoles_agree(browser: &Browser) {
    for (wanted, fetch) in pairs(browser) {
        let Some(fetch) = fetch.filter(|fetch| fetch["credentials"] == wanted["credentials"]) else {
            continue;
        };
        let engine = &fetch["engines"][browser.engine];
        if engine["reason"] == "connection-failed" {
            continue;
        }
        let printed: Vec<&Value> = wanted[browser.name]["console"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|line| !browser.noise.iter().any(|noise| line.as_str().unwrap().starts_with(noise)))
            .collect();
        let said: Vec<&Value> = engine["console"].as_array().into_iter().flatten().collect();
        assert_eq!(said, printed, "{}", wanted["url"]);
    }
}

/// A capture of the same page against a server that follows all advice.
fn repaired(browser: &Browser) -> Value {
    let text = std::fs::read_to_string(file(&format!("examples/{}.har", browser.name))).unwrap();
    let mut har: Value = serde_json::from_str(&text).unwrap();
    for fetch in explained(browser) {
        for answer in fetch["advice"]["answers"].as_array().unwrap() {
            follow(har["log"]["entries"].as_array_mut().unwrap(), &fetch, answer);
        }
    }
    har
}

fn follow(entries: &mut Vec<Value>, fetch: &Value, answer: &Value) {
    let is_it = |entry: &&mut Value| {
        entry["request"]["url"] == answer["url"] && entry["request"]["method"] == answer["method"]
    };
    let known = entries.iter_mut().find(is_it);
    let entry = match known {
        Some(entry) => entry,
        None => {
            entries.push(json!({
                "request": { "method": answer["method"], "url": answer["url"], "headers": [
                    { "name": "Origin", "value": fetch["origin"] }, { "name": "Host", "value": "x" }] },
                "response": { "status": 0, "headers": [] },
            }));
            entries.last_mut().unwrap()
        }
    };
    let response = &mut entry["response"];
    if let Some(status) = answer["status"].as_u64() {
        response["status"] = status.into();
    } else if response["status"] == 0 {
        response["status"] = 200.into();
    }
    response["_error"] = Value::Null;
    let lines = answer["headers"].as_array().unwrap().iter();
    for (name, value) in lines.map(|line| line.as_str().unwrap().split_once(": ").unwrap()) {
        let headers = response["headers"].as_array_mut().unwrap();
        headers.retain(|header| !header["name"].as_str().unwrap().eq_ignore_ascii_case(name));
        headers.push(json!({ "name": name, "value": value }));
    }
}

fn advice_works(browser: &Browser) {
    let har = serde_json::to_vec(&repaired(browser)).unwrap();
    let run = cors_with(&["explain", "-", "--json"], &har);
    for fetch in run.fetches() {
        let refused_before_sending = fetch["engines"][browser.engine]["reason"] == "connection-failed";
        for engine in ["spec", "chromium", "gecko", "webkit"] {
            let verdict = &fetch["engines"][engine]["verdict"];
            assert!(verdict == "allowed" || refused_before_sending, "{engine}: {fetch:#}");
        }
    }
}

/// Compares the report with the one that is kept. `UPDATE_GOLDEN=1 cargo test` writes it anew.
fn report_is_kept(browser: &Browser) {
    let har = format!("examples/{}.har", browser.name);
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_cors"));
    command.env_clear().current_dir(env!("CARGO_MANIFEST_DIR")).args(["explain", &har]);
    let output = crate::program::run(command, b"").output;
    let golden = file(&format!("tests/cli/golden/{}.txt", browser.name));
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::create_dir_all(Path::new(&golden).parent().unwrap()).unwrap();
        std::fs::write(&golden, &output).unwrap();
    }
    let kept = std::fs::read_to_string(&golden).unwrap();
    let mut lines = output.lines().zip(kept.lines()).enumerate();
    let differing = lines.find(|(_, (now, kept))| now != kept);
    assert!(differing.is_none() && output == kept, "{golden} differs: {differing:?}");
}

#[test]
fn verdicts_are_what_script_saw_in_chromium() {
    verdicts_agree(&CHROMIUM);
}

#[test]
fn verdicts_are_what_script_saw_in_firefox() {
    verdicts_agree(&FIREFOX);
}

#[test]
fn the_console_is_what_chromium_printed() {
    consoles_agree(&CHROMIUM);
}

#[test]
fn the_console_is_what_firefox_printed() {
    consoles_agree(&FIREFOX);
}

#[test]
fn the_advice_for_chromiums_capture_works() {
    advice_works(&CHROMIUM);
}

#[test]
fn the_advice_for_firefoxs_capture_works() {
    advice_works(&FIREFOX);
}

#[test]
fn the_report_on_chromiums_capture_is_the_one_that_is_kept() {
    report_is_kept(&CHROMIUM);
}

#[test]
fn the_report_on_firefoxs_capture_is_the_one_that_is_kept() {
    report_is_kept(&FIREFOX);
}
