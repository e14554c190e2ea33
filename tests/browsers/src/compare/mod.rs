//! The command `compare`: what a real browser does against what the engine says that it does.

mod difference;
mod shrink;

use crate::browser::Kind;
use crate::progress::Progress;
use crate::rig::{Rig, Summary, read_scenarios};
use crate::{generate, interrupt, observe};
use anyhow::Result;
use clap::Args;
use cors_engine::scenario::{Scenario, replay};
use difference::{Difference, in_words};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// Requests that come after a fetch has ended come soon; console lines, which come later, are not compared.
const SETTLE: Duration = Duration::from_millis(200);
/// How often a scenario is made smaller at most; each time costs a round in the browser.
const SHRINKING_ROUNDS: usize = 60;

/// Run scenarios through a browser and through the engine, and print where they disagree
///
/// Each disagreement is shrunk to a minimal scenario, for which the browser runs again. Exit status 1 when there is one.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Which browser to compare with
    #[arg(long, value_enum)]
    browser: Kind,
    /// The seed of generated scenarios
    #[arg(long, requires = "count", required_unless_present = "scenarios", conflicts_with = "scenarios")]
    seed: Option<u64>,
    /// How many to generate
    #[arg(long, requires = "seed")]
    count: Option<usize>,
    /// Scenarios from a file instead, one on each line; `-` is standard input
    #[arg(long, value_name = "FILE")]
    scenarios: Option<PathBuf>,
}

/// A scenario on which browser and engine disagree.
struct Disagreement {
    /// The scenario in which it was found.
    found_in: String,
    /// The smallest scenario so far that shows it.
    scenario: Scenario,
    difference: Difference,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let scenarios = match (&arguments.scenarios, arguments.seed, arguments.count) {
        (Some(file), _, _) => read_scenarios(&observe::read(file)?)?,
        (None, Some(seed), Some(count)) => generate::scenarios(seed, count).collect(),
        _ => unreachable!("clap asks for one or the other"),
    };
    let mut comparison = Comparison { kind: arguments.browser, rig: Rig::start(arguments.browser, SETTLE)? };
    let first_look = comparison.disagreements(scenarios)?;
    let found_count = first_look.disagreements.len();
    // A disagreement that does not come again was an accident of timing.
    let again = first_look.disagreements.iter().map(|found| found.scenario.clone()).collect();
    let mut confirmed = comparison.disagreements(again)?.disagreements;
    if interrupt::requested() {
        confirmed = first_look.disagreements;
    }
    let accidents = found_count - confirmed.len();
    let shrunk = comparison.shrink(confirmed)?;
    for group in &alike(&shrunk) {
        print(group, arguments.browser);
    }
    println!(
        "{}: {} of {} scenarios disagree with the engine{}",
        arguments.browser.name(),
        shrunk.len(),
        first_look.compared,
        if accidents > 0 { format!(" ({accidents} more did once and not again)") } else { String::new() },
    );
    // What gets stuck only while shrinking is nobody's concern.
    let status = first_look.summary.report();
    Ok(if shrunk.is_empty() { status } else { ExitCode::FAILURE })
}

/// What a look at many scenarios gave.
struct Look {
    compared: usize,
    disagreements: Vec<Disagreement>,
    summary: Summary,
}

struct Comparison {
    kind: Kind,
    rig: Rig,
}

impl Comparison {
    /// Those of the scenarios on which browser and engine disagree, in order.
    fn disagreements(&mut self, scenarios: Vec<Scenario>) -> Result<Look> {
        let engine = self.kind.engine();
        let order: Vec<_> = scenarios.iter().map(|scenario| scenario.name.clone()).collect();
        let mut progress = Progress::new(self.kind.name(), scenarios.len());
        let mut compared = 0;
        let mut disagreements = Vec::new();
        let summary = self.rig.observe(scenarios, |scenario, observed| {
            progress.step();
            compared += 1;
            if let Some(difference) = Difference::find(&observed, &replay(engine, &scenario)) {
                disagreements.push(Disagreement { found_in: scenario.name.clone(), scenario, difference });
            }
            Ok(())
        })?;
        progress.finish();
        disagreements.sort_by_key(|found| order.iter().position(|name| *name == found.found_in));
        Ok(Look { compared, disagreements, summary })
    }

    /// Makes the scenarios as small as they can be while showing the same; all of them in the same rounds.
    fn shrink(&mut self, mut found: Vec<Disagreement>) -> Result<Vec<Disagreement>> {
        let mut can_shrink = vec![true; found.len()];
        for _ in 0..SHRINKING_ROUNDS {
            let mut tries = Vec::new();
            for (index, disagreement) in found.iter().enumerate().filter(|(index, _)| can_shrink[*index]) {
                for (number, mut candidate) in
                    shrink::candidates(&disagreement.scenario).into_iter().enumerate()
                {
                    candidate.name = format!("{index}/{number}");
                    tries.push(candidate);
                }
            }
            if tries.is_empty() || interrupt::requested() {
                break;
            }
            can_shrink.fill(false);
            for smaller in self.disagreements(tries)?.disagreements {
                let index: usize = smaller.found_in.split('/').next().unwrap_or_default().parse()?;
                let before = &mut found[index];
                if !can_shrink[index] && smaller.difference.is_like(&before.difference) {
                    can_shrink[index] = true;
                    before.scenario.steps = smaller.scenario.steps;
                    before.difference = smaller.difference;
                }
            }
        }
        Ok(found)
    }
}

/// Disagreements whose minimal scenarios are the same, together.
fn alike(disagreements: &[Disagreement]) -> Vec<Vec<&Disagreement>> {
    let mut groups: Vec<Vec<&Disagreement>> = Vec::new();
    for one in disagreements {
        match groups.iter_mut().find(|group| group[0].scenario.steps == one.scenario.steps) {
            Some(group) => group.push(one),
            None => groups.push(vec![one]),
        }
    }
    groups
}

fn print(group: &[&Disagreement], kind: Kind) {
    let Disagreement { found_in, scenario, difference } = group[0];
    let more = if group.len() > 1 { format!(" and {} more", group.len() - 1) } else { String::new() };
    println!("{found_in}{more}: {} of step {}", difference.key, difference.step);
    println!("  {}: {}", kind.name(), in_words(&difference.browser));
    println!("  engine: {}", in_words(&difference.engine));
    let minimal = Scenario { name: format!("min/{found_in}"), about: String::new(), ..scenario.clone() };
    // A scenario holds nothing that JSON cannot say.
    println!("  {}", serde_json::to_string(&minimal).unwrap_or_default());
}
