//! `cors probe`: asks a server what a browser would ask, and explains the answers.

mod transport;

use crate::options::{self, EngineName, HeaderLine};
use crate::output;
use clap::Args;
use cors_engine::capture::{CapturedFetch, Explained, Kind, Report};
use cors_engine::explain::{Answer, Evidence, Observed};
use cors_engine::protocol::Origin;
use cors_engine::{
    CredentialsMode, Engine, Exchange, Fetch, Outgoing, PreflightCache, Request, ResponseHead, Step,
};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;
use transport::{Transport, Unreachable};
use url::Url;

const EXAMPLES: &str = "\
Examples:
  cors probe https://api.example/v1/cart --origin https://app.example
  cors probe https://api.example/v1/cart --origin https://app.example \\
      --method PUT --header 'Content-Type: application/json'
  cors probe https://localhost:8443/ --origin http://localhost:3000 --credentials --insecure

Exit status: 0 when browsers allow the request, 1 when one blocks it, 2 when the server cannot be asked.";

/// Ask a server what a browser would ask, and explain its answers.
///
/// A preflight is sent where a browser sends one. The request itself follows only with --send-actual, or when
/// it needs no preflight.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// What to ask for.
    #[arg(value_parser = options::url)]
    url: Url,
    /// The origin of the page that asks.
    #[arg(long, value_parser = options::origin)]
    origin: Origin,
    /// The method.
    #[arg(long, default_value = "GET", value_parser = options::method)]
    method: String,
    /// A header that script sets, as 'Name: value'; may be repeated.
    #[arg(long = "header", short = 'H', value_name = "HEADER")]
    headers: Vec<HeaderLine>,
    /// Ask with the credentials mode include.
    #[arg(long)]
    credentials: bool,
    /// Send the request itself after its preflight; mind what the method does to the server.
    #[arg(long)]
    send_actual: bool,
    /// Whose requests to send.
    #[arg(long, value_enum, default_value = "chromium")]
    engine: EngineName,
    /// How many seconds to wait for each answer.
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = clap::value_parser!(u64).range(1..=3600))]
    timeout: u64,
    /// Accept any certificate.
    #[arg(long, conflicts_with = "cacert")]
    insecure: bool,
    /// Trust the certificates in this PEM file, and no others.
    #[arg(long, value_name = "FILE")]
    cacert: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    match probe(arguments) {
        Ok(report) => {
            let written = output::print(std::slice::from_ref(&report), arguments.json, true);
            output::finish(written, ExitCode::from(u8::from(report.is_refused())))
        }
        Err(problem) => {
            eprintln!("cors: {problem}");
            ExitCode::from(2)
        }
    }
}

fn probe(arguments: &Arguments) -> Result<Report, Unreachable> {
    let transport = Transport::new(
        Duration::from_secs(arguments.timeout),
        arguments.insecure,
        arguments.cacert.as_deref(),
    )?;
    let mut request = Request::new(arguments.origin.clone(), arguments.url.clone());
    request.method = arguments.method.as_str().into();
    request.headers = options::header_list(&arguments.headers);
    if arguments.credentials {
        request.credentials = CredentialsMode::Include;
    }
    let mut probe =
        Probe { transport, send_actual: arguments.send_actual, observed: Vec::new(), stopped: false };
    probe.run(arguments.engine.into(), &request)?;
    let is_own = request.origin.is_origin_of(&request.url);
    let mut fetch = CapturedFetch::new(request, if is_own { Kind::SameOrigin } else { Kind::Cors });
    fetch.evidence = Evidence::from(probe.observed);
    if probe.stopped {
        fetch
            .assumed
            .push("Only the preflight was sent; --send-actual sends the request itself, too.".into());
    }
    Ok(Report {
        source: arguments.url.to_string(),
        input: "asked over the network".into(),
        set_aside: 0,
        fetches: vec![Explained::of(fetch, None)],
    })
}

/// A fetch over the network.
struct Probe {
    transport: Transport,
    send_actual: bool,
    observed: Vec<Observed>,
    /// Whether the request itself was held back.
    stopped: bool,
}

impl Probe {
    fn run(&mut self, engine: Engine, request: &Request) -> Result<(), Unreachable> {
        // What fetch() throws on sends nothing, and the report says so.
        let Ok(mut fetch) = Fetch::new(engine, request.clone()) else { return Ok(()) };
        let (mut cache, now) = (PreflightCache::default(), Duration::ZERO);
        let mut step = fetch.start(&mut cache, now);
        while let Step::Send(outgoing) = step {
            if !self.may_send(outgoing) {
                self.stopped = true;
                break;
            }
            let (status, headers) = self.transport.send(outgoing, &request.origin)?;
            let answer = Answer::Head { status, headers: headers.clone() };
            self.observed.push(Observed {
                exchange: outgoing.exchange(),
                url: outgoing.url().clone(),
                answer,
            });
            step = fetch.receive(&ResponseHead::new(status, &headers), &mut cache, now);
        }
        Ok(())
    }

    fn may_send(&self, outgoing: Outgoing<'_>) -> bool {
        let preflighted = self.observed.iter().any(|observed| observed.exchange == Exchange::Preflight);
        outgoing.exchange() == Exchange::Preflight || self.send_actual || !preflighted
    }
}
