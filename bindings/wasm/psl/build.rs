//! Takes the rules of the list from the sources of the crate psl, in the version that cors-engine itself is
//! built with, and writes them down so that a rule is found by bisection.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

const ENGINE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../Cargo.toml");

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={}", Path::new(ENGINE).with_file_name("Cargo.lock").display());
    let rules = std::fs::read_to_string(psl_sources().join("data/rules.txt")).expect("psl ships its rules");
    let mut rules: Vec<String> = rules.lines().filter(|rule| !rule.is_empty()).map(reversed).collect();
    rules.sort_unstable();
    rules.dedup();
    let list = Path::new(&env::var_os("OUT_DIR").expect("set by cargo")).join("rules.txt");
    std::fs::write(list, rules.join("\n")).expect("cargo's folder can be written to");
}

/// Where the sources of psl lie that cors-engine is locked to.
fn psl_sources() -> PathBuf {
    let cargo = env::var_os("CARGO").expect("set by cargo");
    let output = Command::new(cargo)
        .args(["metadata", "--locked", "--format-version", "1", "--manifest-path", ENGINE])
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).expect("metadata is JSON");
    let packages = metadata["packages"].as_array().expect("metadata lists packages");
    let psl = packages.iter().find(|package| package["name"] == "psl").expect("cors-engine depends on psl");
    Path::new(psl["manifest_path"].as_str().expect("a package has a manifest")).with_file_name("")
}

/// A rule in Punycode, with its labels in the order in which they are looked up: `co.uk` is `uk.co`, and
/// `!www.ck` is `ck.!www`.
fn reversed(rule: &str) -> String {
    let label = |label: &str| match (label.strip_prefix('!'), label) {
        (Some(exception), _) => format!("!{}", ascii(exception)),
        (None, "*") => "*".to_owned(),
        (None, label) => ascii(label),
    };
    rule.split('.').rev().map(label).collect::<Vec<_>>().join(".")
}

fn ascii(label: &str) -> String {
    idna::domain_to_ascii(label).expect("the list holds names that can be registered")
}
