//! The command `policies`: a real server behind a policy, asked by a real browser.
//!
//! Every pair of a policy and a request is made from a seed. An axum application has a route for each pair,
//! with that policy's layer around it, or nginx has a location for each in front of an application that knows
//! nothing of it; the rig passes on what the browser sends, and passes back what it gets. What script got, and what went over the wire, is held against what `verify` says.

mod application;
mod nginx;
mod pairs;

use crate::browser::Kind;
use crate::progress::Progress;
use crate::rig::{Observed, Rig, Upstream};
use anyhow::{Context, Result};
use application::{Application, MARKERS};
use clap::{Args, ValueEnum};
use cors_engine::Exchange;
use cors_engine::scenario::{Outcome, Scenario};
use cors_engine::verify::{Verification, verify};
use nginx::Nginx;
use pairs::Pair;
use std::collections::HashMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

/// Requests that come after a fetch has ended come soon.
const SETTLE: Duration = Duration::from_millis(200);

/// Let a browser ask a real server behind generated policies, and compare with what `verify` says
///
/// Prints each disagreement and a summary. Exit status 1 when there is one, or a pair was not observed.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Which browser asks
    #[arg(long, value_enum)]
    browser: Kind,
    /// The same seed gives the same pairs
    #[arg(long)]
    seed: u64,
    /// How many pairs of a policy and a request
    #[arg(long)]
    count: usize,
    /// What puts the policies into effect
    #[arg(long, value_enum, default_value = "axum")]
    behind: Behind,
    /// The module for nginx, from bindings/nginx/build
    #[arg(long, value_name = "FILE", default_value = "target/nginx/ngx_http_cors_engine_module.so")]
    nginx_module: PathBuf,
}

/// What puts the policies into effect.
#[derive(Clone, Copy, ValueEnum)]
enum Behind {
    /// The layer of this crate in an axum server
    Axum,
    /// The module of bindings/nginx in an nginx, in front of an application with CORS headers of its own
    Nginx,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let engine = arguments.browser.engine();
    let methods = match arguments.behind {
        Behind::Axum => &pairs::ASKED_METHODS,
        // nginx answers 400 to any other, before it reads a header.
        Behind::Nginx => &pairs::UPPER_CASE_METHODS,
    };
    let pairs: Vec<Pair> = pairs::pairs(arguments.seed, arguments.count, methods)?;
    let policies = pairs.iter().map(|pair| pair.policy.clone());
    let nginx: Nginx;
    let server: Arc<dyn Upstream> = match arguments.behind {
        Behind::Axum => Arc::new(Application::start(policies)?),
        Behind::Nginx => {
            nginx = Nginx::start(&arguments.nginx_module, policies)?;
            Arc::new(nginx.passage())
        }
    };
    let by_name: HashMap<&str, &Pair> =
        pairs.iter().map(|pair| (pair.scenario.name.as_str(), pair)).collect();
    let mut rig = Rig::start_before(arguments.browser, SETTLE, server)?;
    let mut progress = Progress::new(arguments.browser.name(), pairs.len());
    let (mut read, mut refused, mut wrong) = (0, 0, 0);
    let scenarios: Vec<Scenario> = pairs.iter().map(|pair| pair.scenario.clone()).collect();
    let summary = rig.observe(scenarios, |scenario, observed| {
        progress.step();
        let pair = by_name.get(scenario.name.as_str()).context("a scenario that nobody asked for")?;
        let verification = verify(&pair.policy, engine, &scenario.steps[0].request.to_request()?)?;
        match verification.allowed() {
            true => read += 1,
            false => refused += 1,
        }
        if let Some(difference) = difference(&verification, &observed) {
            wrong += 1;
            let request = serde_json::to_string(&scenario.steps[0].request)?;
            println!("{}: {difference}\n  {request}\n  {:?}", scenario.name, pair.policy.config());
        }
        Ok(())
    })?;
    progress.finish();
    println!(
        "{}: {} pairs of a policy and a request, {read} read and {refused} refused as meant, {wrong} not",
        arguments.browser.name(),
        read + refused,
    );
    let status = summary.report();
    Ok(if wrong == 0 { status } else { ExitCode::FAILURE })
}

/// What the browser did otherwise than `verify` says, or `verify` otherwise than the policy means.
fn difference(verification: &Verification, observed: &Observed) -> Option<String> {
    let seen = &observed.steps.first()?.observed.observation;
    if !verification.agrees() {
        return Some(format!("verify lets script read: {}, not as meant", verification.allowed()));
    }
    let read = seen.outcome == Some(Outcome::Response);
    if read != verification.allowed() {
        return Some(format!("script can read: {read}, and not as verify says"));
    }
    let expected: Vec<_> = verification.exchanges.iter().map(|exchange| exchange.exchange).collect();
    let wire = seen.wire.iter().flatten();
    let sent: Vec<_> =
        wire.map(|entry| if entry.acrm.is_some() { Exchange::Preflight } else { Exchange::Actual }).collect();
    if sent != expected {
        return Some(format!("{sent:?} went over the wire, not {expected:?}"));
    }
    let cors_engine::Outcome::Response(response) = &verification.outcome else { return None };
    let exposed = seen.exposed.as_deref().unwrap_or_default();
    MARKERS.into_iter().find_map(|name| {
        let meant = response.exposed.contains(name.as_bytes());
        let found = exposed.iter().any(|exposed| exposed == name);
        (meant != found).then(|| format!("script can read {name}: {found}, and not as verify says"))
    })
}
