//! Scenarios: the language in which tests, the browser rig and `cors replay` speak.
//!
//! A scenario is a list of fetches that one page makes in one browser context, together with what every
//! server it can reach would answer. One scenario is one JSON object on one line; the format is described
//! in `docs/scenario-format.md`.

mod model;
mod replay;

pub use model::{
    Answer, Answers, BodyDescription, Observation, Outcome, RequestDescription, Scenario, Step, WireEntry,
    WireKind,
};
#[cfg(test)]
pub(crate) use replay::replay_with;
pub use replay::{Replayed, replay};
