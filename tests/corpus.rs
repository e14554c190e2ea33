//! Every scenario of the corpus agrees with the engine: with the Fetch Standard, and with an engine where its
//! difference was recorded beside the scenario.
#![cfg(feature = "scenario")]

use cors_engine::Engine;
use cors_engine::scenario::{Observation, Scenario, replay};
use std::path::Path;

fn scenarios(file: &str) -> Vec<Scenario> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus").join(file);
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// What a scenario expects of an engine in each step; `None` where nothing is known to be claimed.
fn expected(scenario: &Scenario, engine: Engine) -> Vec<Option<&Observation>> {
    let differs = scenario.differs.get(engine.name());
    let expected_of = |(index, step): (usize, _)| -> Option<&Observation> {
        let step: &cors_engine::scenario::Step = step;
        match differs.and_then(|steps| steps.get(&index.to_string())) {
            Some(recorded) => Some(recorded),
            None if engine == Engine::Spec => step.expect.as_ref(),
            None => None,
        }
    };
    scenario.steps.iter().enumerate().map(expected_of).collect()
}

fn assert_agreement(file: &str) {
    let mut disagreements = Vec::new();
    for scenario in scenarios(file) {
        for engine in Engine::ALL {
            let replayed = replay(engine, &scenario);
            for (index, expected) in expected(&scenario, engine).into_iter().enumerate() {
                let key = expected.and_then(|expected| replayed.steps[index].disagreement(expected));
                disagreements.extend(
                    key.map(|key| format!("{} step {index}, {}: {key}", scenario.name, engine.name())),
                );
            }
        }
    }
    assert!(disagreements.is_empty(), "{}", disagreements.join("\n"));
}

#[test]
fn web_platform_tests_agree() {
    assert_agreement("wpt.jsonl");
}

#[test]
fn chromium_unit_tests_agree() {
    assert_agreement("chromium-unit.jsonl");
}

#[test]
fn other_suites_agree() {
    assert_agreement("others.jsonl");
}
