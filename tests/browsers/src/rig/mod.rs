//! The rig: a scripted server and a browser whose pages pull scenarios from it.

mod observed;
mod page;
mod prefix;
mod queue;
mod run;
mod script;
mod stage;

pub(crate) use observed::Observed;
pub(crate) use prefix::find as run_named_in;

use crate::browser::{Browser, Kind};
use crate::interrupt;
use crate::server::{Received, Reply, Server};
use anyhow::{Context, Result, ensure};
use cors_engine::scenario::Scenario;
use stage::{Ended, Stage};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

/// How long to listen to the browser before looking around.
const LISTEN: Duration = Duration::from_millis(100);
/// How many times in a row a browser may come up without doing anything.
const FRUITLESS_STARTS: usize = 3;
/// The exit status that shells give a program ended by Ctrl-C.
const INTERRUPTED: u8 = 130;

/// A server behind the rig.
pub(crate) trait Upstream: Send + Sync + 'static {
    /// Answers a request of a scenario for `path`, the path as the scenario has it; called from many threads.
    fn answer(&self, request: &Received, path: &str) -> Result<Reply>;
}

/// A server and a browser. The browser is ended when the rig is dropped.
pub(crate) struct Rig {
    kind: Kind,
    settle: Duration,
    stage: Arc<Stage>,
    server: Server,
    browser: Option<Box<dyn Browser>>,
}

/// What became of the scenarios that were given to the rig.
#[derive(Default)]
pub(crate) struct Summary {
    /// Scenarios that no page could act out, or that got stuck twice: name and reason.
    pub(crate) unobserved: Vec<(String, String)>,
    /// Requests that no scenario asked for.
    pub(crate) strays: Vec<String>,
}

impl Rig {
    /// Starts the server; the browser follows when there is work. After a scenario has ended, late requests and
    /// console lines are waited for during `settle`.
    pub(crate) fn start(kind: Kind, settle: Duration) -> Result<Self> {
        Self::start_on(Stage::default(), kind, settle)
    }

    /// As [`start`](Self::start), but requests are answered by a server behind the rig, not by the scenario.
    pub(crate) fn start_before(kind: Kind, settle: Duration, upstream: Arc<dyn Upstream>) -> Result<Self> {
        Self::start_on(Stage::before(upstream), kind, settle)
    }

    fn start_on(stage: Stage, kind: Kind, settle: Duration) -> Result<Self> {
        let stage = Arc::new(stage);
        let server = Server::start(Arc::clone(&stage) as _)?;
        Ok(Self { kind, settle, stage, server, browser: None })
    }

    /// Acts out scenarios and hands over what was observed, each as soon as it is known, in no order. Ends early
    /// when the user interrupts.
    pub(crate) fn observe(
        &mut self,
        scenarios: impl IntoIterator<Item = Scenario>,
        mut keep: impl FnMut(Scenario, Observed) -> Result<()>,
    ) -> Result<Summary> {
        let mut summary = Summary::default();
        for scenario in scenarios {
            match run::check(&scenario) {
                Ok(()) => self.stage.add(scenario),
                Err(error) => summary.unobserved.push((scenario.name, error.to_string())),
            }
        }
        self.stage.start_waiting();
        let mut fruitless_starts = 0;
        while !self.stage.is_empty() && !interrupt::requested() {
            if let Err(error) = self.listen() {
                fruitless_starts += 1;
                if fruitless_starts >= FRUITLESS_STARTS {
                    return Err(error);
                }
                eprintln!("browser-rig: {error:#}; starting the browser again");
                self.browser = None;
                let given_up = self.stage.requeue();
                if !given_up.is_empty() {
                    // It was the scenario, not the browser.
                    fruitless_starts = 0;
                }
                summary.give_up(given_up);
            }
            let Ended { observed, given_up } = self.stage.take_ended(self.settle, self.kind.name());
            summary.give_up(given_up);
            for (scenario, observed) in observed {
                fruitless_starts = 0;
                keep(scenario, observed)?;
            }
        }
        for (scenario, observed) in self.stage.take_ended(Duration::ZERO, self.kind.name()).observed {
            keep(scenario, observed)?;
        }
        summary.strays = self.stage.take_strays();
        Ok(summary)
    }

    /// Lets the browser work for a moment and notes what it says.
    fn listen(&mut self) -> Result<()> {
        let browser = match &mut self.browser {
            Some(browser) => browser,
            None => {
                let browser = self.kind.launch(self.server.port(), &self.stage.entrance())?;
                self.stage.start_waiting();
                self.stage.resume();
                self.browser.insert(browser)
            }
        };
        for line in browser.console(LISTEN)? {
            self.stage.note_console(&line);
        }
        if self.stage.is_resting() {
            browser.forget_preflights()?;
            self.stage.resume();
        }
        ensure!(!self.stage.is_stalled(), "{} has fallen silent", self.kind.name());
        Ok(())
    }
}

impl Summary {
    /// Says on standard error what went wrong, and gives the exit status: 1 if a scenario stayed unobserved.
    pub(crate) fn report(&self) -> ExitCode {
        for (name, reason) in &self.unobserved {
            eprintln!("browser-rig: {name} was not observed: {reason}");
        }
        for stray in &self.strays {
            eprintln!("browser-rig: no scenario asked for {stray}");
        }
        if interrupt::requested() {
            ExitCode::from(INTERRUPTED)
        } else if self.unobserved.is_empty() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }

    fn give_up(&mut self, names: Vec<String>) {
        let stuck = names.into_iter().map(|name| (name, "it got stuck twice".to_owned()));
        self.unobserved.extend(stuck);
    }
}

/// Reads scenarios, one on each line; a line that is none is an error with its number.
pub(crate) fn read_scenarios(text: &str) -> Result<Vec<Scenario>> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(index, line)| {
            serde_json::from_str(line).with_context(|| format!("line {} is no scenario", index + 1))
        })
        .collect()
}
