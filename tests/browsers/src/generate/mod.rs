//! Scenarios out of a seed: every rule of CORS at its edges, and all of them mixed.
//!
//! Scenario N of a seed is always the same, however many are asked for, so that a seed and a number name it.

mod answers;
mod caching;
mod draft;
mod headers;
mod redirects;
mod requests;
mod vary;

use anyhow::Result;
use clap::Args;
use cors_engine::scenario::Scenario;
use draft::Draft;
use fastrand::Rng;
use std::io::{ErrorKind, Write, stdout};

/// Print scenarios made from a seed, one JSON object on each line
#[derive(Args, Clone, Copy)]
pub(crate) struct Arguments {
    /// The same seed gives the same scenarios
    #[arg(long)]
    seed: u64,
    /// How many
    #[arg(long)]
    count: usize,
}

/// Runs the command.
pub(crate) fn run(arguments: Arguments) -> Result<()> {
    let mut out = stdout().lock();
    for scenario in scenarios(arguments.seed, arguments.count) {
        let mut line = serde_json::to_vec(&scenario)?;
        line.push(b'\n');
        match out.write_all(&line) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => break,
            other => other?,
        }
    }
    Ok(())
}

/// The first scenarios of a seed.
pub(crate) fn scenarios(seed: u64, count: usize) -> impl Iterator<Item = Scenario> {
    (0..count).map(move |number| scenario(seed, number))
}

/// What a group of scenarios is about, its share among all groups, and who makes them.
struct Group {
    name: &'static str,
    share: u32,
    make: fn(&mut Rng) -> Draft,
}

const GROUPS: &[Group] = &[
    Group { name: "header", share: 9, make: headers::one },
    Group { name: "repeated-header", share: 4, make: headers::repeated },
    Group { name: "header-total", share: 3, make: headers::total },
    Group { name: "forbidden-header", share: 3, make: headers::forbidden },
    Group { name: "no-cors-header", share: 3, make: headers::no_cors },
    Group { name: "method", share: 5, make: requests::method },
    Group { name: "body", share: 4, make: requests::body },
    Group { name: "mode", share: 5, make: requests::mode },
    Group { name: "url", share: 3, make: requests::url },
    Group { name: "allow-origin", share: 8, make: answers::allow_origin },
    Group { name: "allow-credentials", share: 4, make: answers::allow_credentials },
    Group { name: "allow-methods", share: 6, make: answers::allow_methods },
    Group { name: "allow-headers", share: 6, make: answers::allow_headers },
    Group { name: "expose-headers", share: 4, make: answers::expose_headers },
    Group { name: "preflight-status", share: 3, make: answers::preflight_status },
    Group { name: "status", share: 3, make: answers::status },
    Group { name: "resource-policy", share: 3, make: answers::resource_policy },
    Group { name: "max-age", share: 4, make: caching::max_age },
    Group { name: "cache-hit", share: 6, make: caching::hit },
    Group { name: "cache-sequence", share: 3, make: caching::sequence },
    Group { name: "cache-mode", share: 2, make: caching::mode },
    Group { name: "redirect", share: 9, make: redirects::chain },
    Group { name: "redirect-limit", share: 1, make: redirects::limit },
    Group { name: "location", share: 4, make: redirects::odd_location },
    Group { name: "mix", share: 8, make: answers::mix },
];

fn scenario(seed: u64, number: usize) -> Scenario {
    let mut seeds = Rng::with_seed(seed);
    // Neighbouring numbers get seeds far apart, so that neighbouring scenarios have nothing in common.
    let base = seeds.u64(..);
    let mut rng = Rng::with_seed(base.wrapping_add((number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)));
    let group = pick_group(&mut rng);
    let draft = (group.make)(&mut rng);
    Scenario {
        name: format!("seed-{seed}/{}/{number:05}", group.name),
        about: draft.about,
        steps: draft.steps,
        differs: Default::default(),
    }
}

fn pick_group(rng: &mut Rng) -> &'static Group {
    let tickets: u32 = GROUPS.iter().map(|group| group.share).sum();
    let mut ticket = rng.u32(..tickets);
    for group in GROUPS {
        match ticket.checked_sub(group.share) {
            Some(rest) => ticket = rest,
            None => return group,
        }
    }
    unreachable!("the ticket is below the sum of all shares")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_seed_and_a_number_name_a_scenario() {
        let many: Vec<_> = scenarios(7, 300).collect();
        let few: Vec<_> = scenarios(7, 100).collect();
        assert_eq!(few[..], many[..100]);
        assert!(scenarios(8, 100).zip(&few).all(|(other, one)| other != *one));
    }

    #[test]
    fn every_group_comes_up_and_none_twice_the_same() {
        let scenarios: Vec<_> = scenarios(1, 3000).collect();
        let groups: BTreeSet<_> =
            scenarios.iter().map(|scenario| scenario.name.split('/').nth(1).unwrap()).collect();
        assert_eq!(groups.len(), GROUPS.len());
        let contents: BTreeSet<_> =
            scenarios.iter().map(|s| serde_json::to_string(&s.steps).unwrap()).collect();
        assert!(contents.len() > 2700, "only {} of 3000 differ", contents.len());
    }

    #[test]
    fn few_scenarios_wait() {
        let waits = |scenario: &Scenario| scenario.steps.iter().any(|step| step.advance_s > 0.0);
        let waiting = scenarios(2, 3000).filter(waits).count();
        assert!((1..100).contains(&waiting), "{waiting} of 3000 wait");
    }

    #[test]
    fn nothing_is_said_that_a_server_cannot_send() {
        for scenario in scenarios(3, 3000) {
            let answers = scenario.steps.iter().flat_map(|step| step.server.values());
            for answer in answers.flat_map(|answers| answers.preflight.iter().chain(&answers.actual)) {
                for (name, value) in &answer.headers {
                    let sendable = |text: &str| text.chars().all(|c| c <= '\u{ff}' && !"\0\r\n".contains(c));
                    assert!(sendable(name) && sendable(value), "{name:?}: {value:?}");
                }
            }
        }
    }
}
