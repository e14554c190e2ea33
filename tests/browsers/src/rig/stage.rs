//! The meeting place of pages and scenarios: hands out runs, answers their requests, and keeps what was seen.

use super::observed::Observed;
use super::queue::{Pace, Queue};
use super::run::Run;
use super::{Upstream, page, prefix};
use crate::server::{Received, Reply, Site};
use anyhow::{Context, Result, bail};
use cors_engine::scenario::Scenario;
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long nothing may be heard from the browser, beside what scenarios wait.
const PATIENCE: Duration = Duration::from_secs(40);
/// Chromium's preflight cache throws out entries at random beyond 1024; most runs leave one or two there.
const PREFLIGHT_ROOM: usize = 400;

/// What became of the runs that ended.
#[derive(Default)]
pub(super) struct Ended {
    pub(super) observed: Vec<(Scenario, Observed)>,
    /// Names of scenarios that got stuck, in company and alone.
    pub(super) given_up: Vec<String>,
}

#[derive(Default)]
struct State {
    runs: HashMap<u64, Run>,
    queue: Queue,
    last_id: u64,
    last_sign: Option<Instant>,
    /// How many runs pages got since the browser last forgot its preflights.
    handed_out: usize,
    /// The hosts that scenarios mention. What a browser asks of others is its own business.
    hosts: HashSet<String>,
    strays: Vec<String>,
}

impl State {
    fn add(&mut self, run: Run) {
        self.hosts.extend(run.hosts());
        self.last_id += 1;
        self.queue.push(run.pace(), run.origin(), self.last_id);
        self.runs.insert(self.last_id, run);
    }

    /// What a page of this origin does next.
    fn work(&mut self, origin: &str) -> Value {
        if self.handed_out >= PREFLIGHT_ROOM {
            return json!({ "idle": true });
        }
        if let Some((ids, parallel)) = self.queue.take(origin) {
            let mut runs = Vec::with_capacity(ids.len());
            for id in ids {
                let Some(run) = self.runs.get_mut(&id) else { continue };
                self.handed_out += 1;
                runs.push(run.hand_out(id));
            }
            return json!({ "runs": runs, "parallel": parallel, "here": page::url(origin) });
        }
        match self.queue.origin() {
            Some(other) => json!({ "open": page::url(other) }),
            None => json!({ "idle": true }),
        }
    }

    /// Lets a scenario try again alone, once.
    fn retry(&mut self, scenario: Scenario, pace: Pace, given_up: &mut Vec<String>) {
        if pace == Pace::Alone {
            given_up.push(scenario.name);
        } else {
            self.add(Run::new_alone(scenario));
        }
    }
}

/// Shared by the server's threads and the rig.
#[derive(Default)]
pub(super) struct Stage {
    state: Mutex<State>,
    /// Who answers instead of the scenarios.
    upstream: Option<Arc<dyn Upstream>>,
}

impl Stage {
    /// A stage whose scenarios are answered by `upstream`.
    pub(super) fn before(upstream: Arc<dyn Upstream>) -> Self {
        Stage { upstream: Some(upstream), ..Self::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A thread that panicked has lost one connection, not the state.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Queues a scenario that a page can act out.
    pub(super) fn add(&self, scenario: Scenario) {
        self.state().add(Run::new(scenario));
    }

    /// The page to open first.
    pub(super) fn entrance(&self) -> String {
        page::url(self.state().queue.origin().unwrap_or("http://a.test"))
    }

    /// Whether no run is left.
    pub(super) fn is_empty(&self) -> bool {
        self.state().runs.is_empty()
    }

    /// Whether the browser has been silent for too long while runs were out.
    pub(super) fn is_stalled(&self) -> bool {
        let state = self.state();
        let longest = state.runs.values().map(Run::waiting_time).max().unwrap_or_default();
        state.last_sign.is_some_and(|sign| sign.elapsed() > PATIENCE + longest)
    }

    /// Whether pages are kept waiting, and have brought everything back, until the browser forgets its preflights.
    pub(super) fn is_resting(&self) -> bool {
        let state = self.state();
        state.handed_out >= PREFLIGHT_ROOM && !state.runs.values().any(Run::is_stuck)
    }

    /// Lets pages go on, because the browser has forgotten its preflights.
    pub(super) fn resume(&self) {
        self.state().handed_out = 0;
    }

    /// Forgets how long ago the browser was heard, because a new one starts or new work arrives.
    pub(super) fn start_waiting(&self) {
        self.state().last_sign = Some(Instant::now());
    }

    /// Puts every run that is out back into the queue, alone; gives the names of those that were alone already.
    pub(super) fn requeue(&self) -> Vec<String> {
        let mut state = self.state();
        let mut given_up = Vec::new();
        let mut out: Vec<_> =
            state.runs.iter().filter(|(_, run)| run.is_stuck()).map(|(id, _)| *id).collect();
        out.sort_unstable();
        for run in out.iter().filter_map(|id| state.runs.remove(id)).collect::<Vec<_>>() {
            let pace = run.pace();
            state.retry(run.into_scenario(), pace, &mut given_up);
        }
        given_up
    }

    /// Notes a console line with the run that it names.
    pub(super) fn note_console(&self, line: &str) {
        let Some(id) = prefix::find(line) else { return };
        if let Some(run) = self.state().runs.get_mut(&id) {
            run.note_console(line);
        }
    }

    /// Takes the runs that ended at least `settle` ago, time in which late requests and console lines arrive.
    pub(super) fn take_ended(&self, settle: Duration, browser: &str) -> Ended {
        let mut state = self.state();
        let is_ended = |run: &Run| run.has_settled(settle);
        let mut ids: Vec<_> = state.runs.iter().filter(|(_, run)| is_ended(run)).map(|(id, _)| *id).collect();
        ids.sort_unstable();
        let mut ended = Ended::default();
        for run in ids.iter().filter_map(|id| state.runs.remove(id)).collect::<Vec<_>>() {
            let pace = run.pace();
            match run.into_observed(browser) {
                Ok(pair) => ended.observed.push(pair),
                Err(scenario) => state.retry(scenario, pace, &mut ended.given_up),
            }
        }
        ended
    }

    /// Takes the requests that no scenario asked for.
    pub(super) fn take_strays(&self) -> Vec<String> {
        std::mem::take(&mut self.state().strays)
    }

    fn control(&self, request: &Received) -> Result<Reply> {
        let query: HashMap<_, _> = request.url.query_pairs().collect();
        let number =
            |name: &str| -> Result<u64> { Ok(query.get(name).context("a missing number")?.parse()?) };
        let mut state = self.state();
        state.last_sign = Some(Instant::now());
        let answer = match request.url.path() {
            "/~rig/page" => return Ok(page::document(&request.url)),
            "/~rig/page.js" => return Ok(page::script()),
            "/~rig/work" => state.work(query.get("origin").context("no origin")?),
            "/~rig/step" => {
                let run = state.runs.get_mut(&number("id")?).context("an unknown run")?;
                run.begin_step(usize::try_from(number("index")?)?)?;
                json!({})
            }
            "/~rig/done" => {
                let run = state.runs.get_mut(&number("id")?).context("an unknown run")?;
                run.end(serde_json::from_slice(&request.body)?);
                json!({})
            }
            other => bail!("no such service: {other}"),
        };
        // Sandboxed frames have to be able to read it.
        let headers = [("Access-Control-Allow-Origin", "*"), ("Cache-Control", "no-store")];
        Ok(Reply::sized(200, &headers, answer.to_string()))
    }

    fn scripted(&self, request: &Received, id: u64) -> Option<Reply> {
        let passed_on = match &self.upstream {
            Some(upstream) => Some(upstream.answer(request, &prefix::remove(request.url.path())).ok()?),
            None => None,
        };
        let mut state = self.state();
        let run = state.runs.get_mut(&id)?;
        match passed_on {
            Some(reply) => {
                run.note(request);
                Some(reply)
            }
            None => Some(run.answer(request, id)),
        }
    }
}

impl Site for Stage {
    fn answer(&self, request: Received) -> Reply {
        let path = request.url.path();
        let reply = if path.starts_with("/~rig/") {
            self.control(&request).ok()
        } else {
            prefix::find(path).and_then(|id| self.scripted(&request, id))
        };
        reply.unwrap_or_else(|| {
            let mut state = self.state();
            if request.url.host_str().is_some_and(|host| state.hosts.contains(host)) {
                state.strays.push(format!("{} {}", request.method, request.url));
            }
            Reply::sized(404, &[], "")
        })
    }
}
