//! One scenario on its way through the browser.

use super::observed::{Observed, ObservedStep, Report};
use super::queue::Pace;
use super::{page, prefix, script};
use crate::server::{Received, Reply};
use anyhow::{Context, Result, ensure};
use cors_engine::protocol::Origin;
use cors_engine::scenario::{Scenario, WireEntry};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use url::Url;

/// The longest single wait that a scenario may ask for, in seconds.
const LONGEST_WAIT: f64 = 60.0;

/// A scenario on its way through the browser.
pub(super) struct Run {
    scenario: Scenario,
    pace: Pace,
    /// Whether a page has it.
    is_out: bool,
    current: usize,
    logs: Vec<Log>,
    console: Vec<String>,
    /// When the page brought it back, and what the page saw.
    ended: Option<(Instant, Vec<Report>)>,
}

/// What the server saw of one step.
#[derive(Clone)]
struct Log {
    wire: Vec<WireEntry>,
    added: script::Added,
}

impl Run {
    /// A run that shares a page with others.
    pub(super) fn new(scenario: Scenario) -> Self {
        let waits = scenario.steps.iter().any(|step| step.advance_s > 0.0);
        Self::at_pace(scenario, if waits { Pace::Waiting } else { Pace::Quick })
    }

    /// A run that has a page to itself.
    pub(super) fn new_alone(scenario: Scenario) -> Self {
        Self::at_pace(scenario, Pace::Alone)
    }

    fn at_pace(scenario: Scenario, pace: Pace) -> Self {
        let logs =
            vec![Log { wire: Vec::new(), added: script::added_unless_scripted() }; scenario.steps.len()];
        Self { scenario, pace, is_out: false, current: 0, logs, console: Vec::new(), ended: None }
    }

    pub(super) fn pace(&self) -> Pace {
        self.pace
    }

    /// The origin of its page.
    pub(super) fn origin(&self) -> &str {
        self.scenario.steps[0].request.origin.serialized()
    }

    /// Whether a page has it and has not brought it back.
    pub(super) fn is_stuck(&self) -> bool {
        self.is_out && self.ended.is_none()
    }

    /// The hosts that the scenario mentions.
    pub(super) fn hosts(&self) -> impl Iterator<Item = String> {
        let steps = self.scenario.steps.iter();
        let urls = steps.flat_map(|step| step.server.keys().chain([&step.request.url]));
        urls.filter_map(|url| Some(Url::parse(url).ok()?.host_str()?.to_owned()))
    }

    /// How long the scenario waits on purpose.
    pub(super) fn waiting_time(&self) -> Duration {
        Duration::from_secs_f64(self.scenario.steps.iter().map(|step| step.advance_s).sum())
    }

    /// Gives the run to a page: what it has to know to make the fetches.
    pub(super) fn hand_out(&mut self, id: u64) -> Value {
        self.is_out = true;
        let steps = self.scenario.steps.iter().map(|step| {
            let mut request = step.request.clone();
            request.url = prefix::insert(&request.url, id);
            json!({ "wait_ms": step.advance_s * 1000.0, "request": request })
        });
        json!({ "id": id, "steps": steps.collect::<Value>() })
    }

    /// From now on the server answers as this step says.
    pub(super) fn begin_step(&mut self, index: usize) -> Result<()> {
        ensure!(index < self.logs.len(), "no step {index}");
        self.current = index;
        Ok(())
    }

    /// Answers a request and notes it.
    pub(super) fn answer(&mut self, request: &Received, id: u64) -> Reply {
        let (reply, added) = script::answer(&self.scenario.steps[self.current], request, id);
        self.note(request);
        self.logs[self.current].added = added;
        reply
    }

    /// Notes a request.
    pub(super) fn note(&mut self, request: &Received) {
        self.logs[self.current].wire.push(script::log(request));
    }

    /// Notes a console line.
    pub(super) fn note_console(&mut self, line: &str) {
        // The page's own URL is the rig's business.
        let line = line.replace(&page::url(self.origin()), "");
        self.console.push(prefix::remove(line.trim_end()));
    }

    /// The page has brought it back.
    pub(super) fn end(&mut self, reports: Vec<Report>) {
        self.ended = Some((Instant::now(), reports));
    }

    /// Whether it ended at least so long ago.
    pub(super) fn has_settled(&self, settle: Duration) -> bool {
        self.ended.as_ref().is_some_and(|(at, _)| at.elapsed() >= settle)
    }

    /// The scenario alone, for another try.
    pub(super) fn into_scenario(self) -> Scenario {
        self.scenario
    }

    /// The record of a finished run; gives the scenario back if a fetch did not end in time.
    pub(super) fn into_observed(self, browser: &str) -> Result<(Scenario, Observed), Scenario> {
        let reports = self.ended.into_iter().flat_map(|(_, reports)| reports);
        let steps = self.logs.into_iter().zip(reports).map(|(log, report)| {
            let observed = report.complete(log.wire, &log.added)?;
            Some(ObservedStep { observed })
        });
        let steps: Option<Vec<_>> = steps.collect();
        let Some(steps) = steps.filter(|steps| steps.len() == self.scenario.steps.len()) else {
            return Err(self.scenario);
        };
        let name = self.scenario.name.clone();
        Ok((self.scenario, Observed { name, browser: browser.to_owned(), steps, console: self.console }))
    }
}

/// Whether a real page can act a scenario out.
pub(super) fn check(scenario: &Scenario) -> Result<()> {
    let first = scenario.steps.first().context("it has no steps")?;
    let origin = &first.request.origin;
    let one_page = scenario.steps.iter().all(|step| step.request.origin == *origin);
    ensure!(one_page, "its steps have different origins, and a page has one");
    let serialized = origin.serialized();
    let is_page =
        *origin == Origin::Opaque || serialized.starts_with("http://") || serialized.starts_with("https://");
    ensure!(is_page, "no page can have the origin {serialized}");
    let waits = scenario.steps.iter().map(|step| step.advance_s);
    let longest = waits.fold(0.0, f64::max);
    ensure!(
        (0.0..=LONGEST_WAIT).contains(&longest),
        "waiting really takes its time; {longest} s are too many"
    );
    Ok(())
}
