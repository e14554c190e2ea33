//! The meeting place of pages and scenarios: hands out runs, answers their requests, and keeps what was seen.

use super::observed::{Observed, ObservedStep, Report};
use super::queue::{Pace, Queue};
use super::{prefix, script};
use crate::server::{Received, Reply, Site};
use anyhow::{Context, Result, ensure};
use cors_engine::protocol::Origin;
use cors_engine::scenario::{Scenario, WireEntry};
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use url::Url;

/// The page whose sandboxed frame is an opaque origin.
const OPAQUE_PARENT: &str = "http://null-parent.test";
/// How long nothing may be heard from the browser, beside what scenarios wait.
const PATIENCE: Duration = Duration::from_secs(40);
/// Chromium's preflight cache throws out entries at random beyond 1024; most runs leave one or two there.
const PREFLIGHT_ROOM: usize = 400;
/// The longest single wait that a scenario may ask for, in seconds.
const LONGEST_WAIT: f64 = 60.0;

/// A scenario on its way through the browser.
struct Run {
    scenario: Scenario,
    pace: Pace,
    /// Whether a page has it.
    is_out: bool,
    current: usize,
    steps: Vec<Log>,
    reports: Option<Vec<Report>>,
    console: Vec<String>,
    ended: Option<Instant>,
}

/// What the server saw of one step.
#[derive(Clone)]
struct Log {
    wire: Vec<WireEntry>,
    added: script::Added,
}

impl Run {
    fn new(scenario: Scenario, pace: Pace) -> Self {
        let steps =
            vec![Log { wire: Vec::new(), added: script::added_unless_scripted() }; scenario.steps.len()];
        Self {
            scenario,
            pace,
            is_out: false,
            current: 0,
            steps,
            reports: None,
            console: Vec::new(),
            ended: None,
        }
    }

    fn origin(&self) -> &str {
        self.scenario.steps[0].request.origin.serialized()
    }

    /// Whether a page has it and has not brought it back.
    fn is_stuck(&self) -> bool {
        self.is_out && self.ended.is_none()
    }

    /// What a page has to know to make the fetches.
    fn work(&self, id: u64) -> Value {
        let steps = self.scenario.steps.iter().map(|step| {
            let mut request = step.request.clone();
            request.url = prefix::insert(&request.url, id);
            json!({ "wait_ms": step.advance_s * 1000.0, "request": request })
        });
        json!({ "id": id, "steps": steps.collect::<Value>() })
    }

    /// The record of a finished run; gives the scenario back if a fetch did not end in time.
    fn into_observed(self, browser: &str) -> Result<(Scenario, Observed), Scenario> {
        let logs = self.steps.into_iter();
        let steps = logs.zip(self.reports.into_iter().flatten()).map(|(log, report)| {
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
        let steps = run.scenario.steps.iter();
        let urls = steps.flat_map(|step| step.server.keys().chain([&step.request.url]));
        self.hosts.extend(urls.filter_map(|url| Some(Url::parse(url).ok()?.host_str()?.to_owned())));
        self.last_id += 1;
        self.queue.push(run.pace, run.origin(), self.last_id);
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
                run.is_out = true;
                self.handed_out += 1;
                runs.push(run.work(id));
            }
            return json!({ "runs": runs, "parallel": parallel, "here": page_url(origin) });
        }
        match self.queue.origin() {
            Some(other) => json!({ "open": page_url(other) }),
            None => json!({ "idle": true }),
        }
    }

    /// Lets a scenario try again alone, once.
    fn retry(&mut self, scenario: Scenario, pace: Pace, given_up: &mut Vec<String>) {
        if pace == Pace::Alone {
            given_up.push(scenario.name);
        } else {
            self.add(Run::new(scenario, Pace::Alone));
        }
    }
}

/// Shared by the server's threads and the rig.
#[derive(Default)]
pub(super) struct Stage {
    state: Mutex<State>,
}

impl Stage {
    fn state(&self) -> MutexGuard<'_, State> {
        // A thread that panicked has lost one connection, not the state.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Queues a scenario that [`check`] let through.
    pub(super) fn add(&self, scenario: Scenario) {
        let waits = scenario.steps.iter().any(|step| step.advance_s > 0.0);
        self.state().add(Run::new(scenario, if waits { Pace::Waiting } else { Pace::Quick }));
    }

    /// The page to open first.
    pub(super) fn entrance(&self) -> String {
        page_url(self.state().queue.origin().unwrap_or("http://a.test"))
    }

    /// Whether no run is left.
    pub(super) fn is_empty(&self) -> bool {
        self.state().runs.is_empty()
    }

    /// Whether the browser has been silent for too long while runs were out.
    pub(super) fn is_stalled(&self) -> bool {
        let state = self.state();
        let longest = state.runs.values().map(|run| waiting_time(&run.scenario)).max().unwrap_or_default();
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
            state.retry(run.scenario, run.pace, &mut given_up);
        }
        given_up
    }

    /// Notes a console line with the run that it names.
    pub(super) fn note_console(&self, line: &str) {
        let Some(id) = prefix::find(line) else { return };
        if let Some(run) = self.state().runs.get_mut(&id) {
            // The page's own URL is the rig's business.
            let line = line.replace(&page_url(run.origin()), "");
            run.console.push(prefix::remove(line.trim_end()));
        }
    }

    /// Takes the runs that ended at least `settle` ago, time in which late requests and console lines arrive.
    pub(super) fn take_ended(&self, settle: Duration, browser: &str) -> Ended {
        let mut state = self.state();
        let is_ended = |run: &Run| run.ended.is_some_and(|ended| ended.elapsed() >= settle);
        let mut ids: Vec<_> = state.runs.iter().filter(|(_, run)| is_ended(run)).map(|(id, _)| *id).collect();
        ids.sort_unstable();
        let mut ended = Ended::default();
        for run in ids.iter().filter_map(|id| state.runs.remove(id)).collect::<Vec<_>>() {
            let pace = run.pace;
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
            "/~rig/page" => return Ok(page(&request.url)),
            "/~rig/page.js" => return Ok(Reply::sized(200, &[JAVASCRIPT], include_str!("page.js"))),
            "/~rig/work" => state.work(query.get("origin").context("no origin")?),
            "/~rig/step" => {
                let run = state.runs.get_mut(&number("id")?).context("an unknown run")?;
                run.current = usize::try_from(number("index")?)?.min(run.steps.len() - 1);
                json!({})
            }
            "/~rig/done" => {
                let run = state.runs.get_mut(&number("id")?).context("an unknown run")?;
                run.reports = Some(serde_json::from_slice(&request.body)?);
                run.ended = Some(Instant::now());
                json!({})
            }
            other => anyhow::bail!("no such service: {other}"),
        };
        // Sandboxed frames have to be able to read it.
        let headers = [("Access-Control-Allow-Origin", "*"), ("Cache-Control", "no-store")];
        Ok(Reply::sized(200, &headers, answer.to_string()))
    }

    fn scripted(&self, request: &Received, id: u64) -> Option<Reply> {
        let mut state = self.state();
        let run = state.runs.get_mut(&id)?;
        let (reply, added) = script::answer(&run.scenario.steps[run.current], request, id);
        let log = &mut run.steps[run.current];
        log.wire.push(script::log(request));
        log.added = added;
        Some(reply)
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

const HTML: (&str, &str) = ("Content-Type", "text/html");
const JAVASCRIPT: (&str, &str) = ("Content-Type", "text/javascript");

/// The control page of the origin that was asked for it.
fn page(url: &Url) -> Reply {
    let is_opaque = url.origin().ascii_serialization() == OPAQUE_PARENT;
    Reply::sized(
        200,
        &[HTML],
        if is_opaque { include_str!("opaque.html") } else { include_str!("page.html") },
    )
}

/// Where the control page of an origin lives.
fn page_url(origin: &str) -> String {
    let host = if origin == "null" { OPAQUE_PARENT } else { origin };
    format!("{host}/~rig/page")
}

/// How long a scenario waits on purpose.
fn waiting_time(scenario: &Scenario) -> Duration {
    Duration::from_secs_f64(scenario.steps.iter().map(|step| step.advance_s).sum())
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
