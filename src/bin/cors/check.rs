//! `cors check`: a policy and a fetch, both sides of the wire, and the verdict of every engine.

use crate::options::{self, HeaderLine, header_list};
use crate::output;
use crate::policy_file::{Failure, PolicyFile};
use clap::Args;
use cors_engine::protocol::{HeaderLines, HeaderList, Origin};
use cors_engine::verify::{Verification, VerifiedExchange, verify};
use cors_engine::{CredentialsMode, Engine, Outcome, Request};
use std::io::{self, Write};
use std::process::ExitCode;
use url::Url;

const EXAMPLES: &str = "\
Examples:
  cors check cors.toml --origin https://app.example
  cors check cors.toml --env production --origin https://app.example --method PUT \\
    --header 'Content-Type: application/json' --credentials

Exit status: 0 when every engine lets script read, 1 when one does not, 2 when an input is unusable.";

/// Show what a fetch and a server with a policy say to each other, and whether script may read.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(flatten)]
    policy: PolicyFile,
    /// The origin of the page that asks.
    #[arg(long, value_parser = options::origin)]
    origin: Origin,
    /// The URL that is asked.
    #[arg(long, value_parser = options::url, default_value = "https://api.example/")]
    url: Url,
    /// The method, as script writes it.
    #[arg(long, value_parser = options::method, default_value = "GET")]
    method: String,
    /// A request header, as 'Name: value'; may be repeated.
    #[arg(long = "header", short = 'H', value_name = "HEADER")]
    headers: Vec<HeaderLine>,
    /// Send credentials.
    #[arg(long)]
    credentials: bool,
}

pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let policy = arguments.policy.read().and_then(|config| config.build().map_err(Failure::Wrong));
    let policy = match policy {
        Ok(policy) => policy,
        Err(failure) => {
            failure.report(&arguments.policy.name());
            return ExitCode::from(2);
        }
    };
    let mut request = Request::new(arguments.origin.clone(), arguments.url.clone());
    request.method = arguments.method.clone().into();
    request.headers = header_list(&arguments.headers);
    if arguments.credentials {
        request.credentials = CredentialsMode::Include;
    }
    let verified = |engine| verify(&policy, engine, &request).map(|verification| (engine, verification));
    match Engine::ALL.into_iter().map(verified).collect::<Result<Vec<_>, _>>() {
        Ok(verifications) => {
            let all_read = verifications.iter().all(|(_, verification)| verification.allowed());
            let status = if all_read { ExitCode::SUCCESS } else { ExitCode::FAILURE };
            output::finish(print(&verifications), status)
        }
        Err(invalid) => {
            eprintln!("cors: no browser makes this request: {invalid}");
            ExitCode::from(2)
        }
    }
}

fn print(verifications: &[(Engine, Verification)]) -> io::Result<()> {
    let mut output = io::stdout().lock();
    if let Some((_, standard)) = verifications.first() {
        standard.exchanges.iter().try_for_each(|exchange| print_exchange(&mut output, exchange))?;
    }
    for (engine, verification) in verifications {
        let verdict = match &verification.outcome {
            Outcome::Response(_) => "script can read the response",
            Outcome::NetworkError(blocked) => blocked.reason.words(),
        };
        writeln!(output, "{:9} {verdict}", format!("{}:", engine.name()))?;
    }
    Ok(())
}

fn print_exchange(output: &mut impl Write, exchange: &VerifiedExchange) -> io::Result<()> {
    writeln!(output, "> {}", exchange.method.escape_ascii())?;
    print_headers(output, '>', &exchange.request)?;
    writeln!(output, "< {}", exchange.status)?;
    print_headers(output, '<', &exchange.response)?;
    writeln!(output, "{}\n", exchange.reason)
}

fn print_headers(output: &mut impl Write, mark: char, headers: &HeaderList) -> io::Result<()> {
    headers.header_lines().try_for_each(|(name, value)| {
        writeln!(output, "{mark} {}: {}", name.escape_ascii(), value.escape_ascii())
    })
}
