//! The documents that are made from the code are what the code makes. After a change, make them anew with
//! `UPDATE_DOCUMENTS=1 cargo test --all-features --test documents`.
#![cfg(feature = "scenario")]

use cors_engine::scenario::{Observation, Outcome, Scenario, Step, WireEntry, WireKind, replay};
use cors_engine::{Difference, Engine, Evidence, Reason, differences};
use std::fmt::Write;
use std::path::Path;

fn assert_made(name: &str, made: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name);
    if std::env::var_os("UPDATE_DOCUMENTS").is_some() {
        std::fs::write(&path, made).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == made, "docs/{name} is out of date: UPDATE_DOCUMENTS=1 cargo test --test documents");
}

#[test]
fn reasons() {
    let mut page = String::from(
        "# Reasons\n\nWhy a browser refuses. The codes are stable: they are never renamed or given another \
         meaning. Made from `src/reason.rs`.\n\n| code | meaning |\n| --- | --- |\n",
    );
    for reason in Reason::ALL {
        writeln!(page, "| [`{}`]({}) | {} |", reason.code(), reason.standard(), reason.words()).unwrap();
    }
    assert_made("reasons.md", &page);
}

#[test]
fn where_browsers_differ() {
    let mut page = String::from(
        "# Where browsers differ\n\n\
         The Fetch Standard says what browsers do with cross-origin requests; this is where they do something \
         else. Every row was observed in the browser, headless and over HTTP/1.1: Chromium 156.0.8078.79, \
         Firefox 153.7.0esr and WebKitGTK 2.50.6. Below each row stands the smallest exchange that shows it, \
         with what the browser did and what the standard says instead. The exchanges are kept in \
         `tests/observed` and replayed by the tests; this page is made from the table in \
         `src/browser/engine.rs`.\n\n\
         What depends on things that the engine is not told is not here: an HTTP cache, HSTS, cookies and \
         their policies, extensions, and how a browser repeats requests when a connection breaks (a preflight \
         answered with nothing but an informational status such as 199 is sent up to three times by WebKit; \
         a 408 makes Chromium try again).\n",
    );
    for engine in [Engine::Chromium, Engine::Gecko, Engine::WebKit] {
        let title = match engine {
            Engine::Chromium => "Chromium",
            Engine::Gecko => "Firefox (Gecko)",
            Engine::WebKit | Engine::Spec => "Safari and WebKitGTK (WebKit)",
        };
        writeln!(page, "\n## {title}").unwrap();
        let observed = observed(engine);
        for row in differences().iter().filter(|row| row.engine == engine) {
            write_row(&mut page, row, &observed);
        }
    }
    assert_made("where-browsers-differ.md", &page);
}

fn observed(engine: Engine) -> Vec<Scenario> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/observed/{}.jsonl", engine.name()));
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn write_row(page: &mut String, row: &Difference, observed: &[Scenario]) {
    writeln!(page, "\n### {}\n", row.words).unwrap();
    if row.evidence == Evidence::Source {
        writeln!(page, "Read in the browser's source: it takes longer to see than a test can wait.").unwrap();
        return;
    }
    let proof = observed.iter().find(|scenario| scenario.name == row.knob).unwrap();
    let standard = replay(Engine::Spec, proof);
    page.push_str("```text\n");
    for (step, standard) in proof.steps.iter().zip(&standard.steps) {
        let seen = step.expect.as_ref().unwrap();
        write_step(page, step);
        writeln!(page, "  observed: {}", in_words(seen)).unwrap();
        if standard.disagreement(seen).is_some() {
            writeln!(page, "  standard: {}", in_words(standard)).unwrap();
        }
    }
    page.push_str("```\n");
}

fn write_step(page: &mut String, step: &Step) {
    let request = serde_json::to_value(&step.request).unwrap();
    let mut line = format!("{} {}", step.request.method, step.request.url);
    for (key, usual) in [("mode", "cors"), ("credentials", "same-origin"), ("redirect", "follow")] {
        let value = request[key].as_str().unwrap_or_default();
        if value != usual {
            write!(line, " {key}={value}").unwrap();
        }
    }
    for key in ["cache", "body", "upload_listener"] {
        if let Some(value) = request.get(key).filter(|value| !value.is_null()) {
            write!(line, " {key}={value}").unwrap();
        }
    }
    if step.advance_s > 0.0 {
        write!(line, " after {} s", step.advance_s).unwrap();
    }
    writeln!(page, "{line}  from {}", step.request.origin).unwrap();
    for (name, value) in &step.request.headers {
        writeln!(page, "  {name}: {}", short(value)).unwrap();
    }
    for (url, answers) in &step.server {
        for (kind, answer) in [("preflight", &answers.preflight), ("answer", &answers.actual)] {
            let Some(answer) = answer else { continue };
            let headers = answer.headers.iter().map(|(name, value)| format!("; {name}: {}", short(value)));
            writeln!(page, "  {kind} of {url}: {}{}", answer.status, headers.collect::<String>()).unwrap();
        }
    }
}

/// Long values by their start and length; what cannot be printed as escapes.
fn short(value: &str) -> String {
    let printable: String = value.chars().flat_map(char::escape_default).collect();
    let printable = printable.replace("\\'", "'").replace("\\\"", "\"");
    if printable.len() <= 60 {
        return printable;
    }
    format!("{}... ({} characters)", &printable[..24], value.chars().count())
}

fn in_words(observation: &Observation) -> String {
    let wire = observation.wire.iter().flatten().map(entry_in_words).collect::<Vec<_>>();
    let outcome = match observation.outcome {
        Some(Outcome::Response) => {
            let kind = observation.response_type.as_deref().unwrap_or("response");
            let exposed = observation.exposed.as_deref().unwrap_or_default();
            let exposed =
                if exposed.is_empty() { String::new() } else { format!(", exposes {}", exposed.join(", ")) };
            format!("{kind} {}{exposed}", observation.status.unwrap_or_default())
        }
        Some(Outcome::NetworkError) => match observation.console.first() {
            Some(line) => format!("network error, \"{line}\""),
            None => "network error".into(),
        },
        Some(Outcome::InvalidRequest) => "fetch() throws".into(),
        None => String::new(),
    };
    if wire.is_empty() {
        format!("nothing is sent, {outcome}")
    } else {
        format!("{}, {outcome}", wire.join(", "))
    }
}

fn entry_in_words(entry: &WireEntry) -> String {
    let origin = match &entry.origin {
        Some(Some(origin)) => format!(" from {origin}"),
        _ => String::new(),
    };
    let asked = |value: &Option<Option<String>>| value.clone().flatten();
    match entry.kind {
        WireKind::Actual => format!("{} {}{origin}", entry.method, entry.url),
        WireKind::Preflight => {
            let method = asked(&entry.acrm).unwrap_or_default();
            let names =
                asked(&entry.acrh).map(|names| format!(" with {}", short(&names))).unwrap_or_default();
            format!("preflight for {method}{names} {}{origin}", entry.url)
        }
    }
}
