//! `cors explain`: captures in, explanations out.

use crate::input::{Size, Source};
use crate::options::{self, CredentialsName, FormatName, HeaderLine};
use crate::output;
use clap::Args;
use cors_engine::capture::{Capture, Meant, Report, Unusable, UnusableKind, read};
use cors_engine::protocol::Origin;
use std::process::ExitCode;
use url::Url;

const EXAMPLES: &str = "\
Examples:
  cors explain shop.har                     a HAR saved from a browser's network tools
  cors explain --json *.har | jq .          for machines
  curl -v -H 'Origin: https://app.example' https://api.example/v1 2>&1 | cors explain -
  curl -si https://api.example/v1 | cors explain - --origin https://app.example
  cors explain exchange.http --credentials include

Exit status: 0 when browsers allow every fetch, 1 when one blocks some, 2 when an input is unusable.";

/// Explain what browsers make of captured requests, and what to change on the server.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// HARs, texts of `curl -v` or `curl -i`, HTTP exchanges; `-` is standard input.
    #[arg(required = true, value_name = "FILE", value_parser = clap::value_parser!(std::ffi::OsString))]
    files: Vec<std::ffi::OsString>,
    /// The format of the input; found out when not given.
    #[arg(long, value_enum)]
    format: Option<FormatName>,
    /// The origin of the page that asks, where the input does not say.
    #[arg(long, value_parser = options::origin)]
    origin: Option<Origin>,
    /// The URL that is asked, where a text does not say.
    #[arg(long, value_parser = options::url)]
    url: Option<Url>,
    /// The method that is meant, where a text shows another.
    #[arg(long, value_parser = options::method)]
    method: Option<String>,
    /// A request header that is meant beside those in a text, as 'Name: value'; may be repeated.
    #[arg(long = "header", short = 'H', value_name = "HEADER")]
    headers: Vec<HeaderLine>,
    /// The credentials mode that is meant, where the input does not show it.
    #[arg(long, value_enum, value_name = "MODE")]
    credentials: Option<CredentialsName>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    /// List the fetches that CORS has no part in, too.
    #[arg(long)]
    all: bool,
    /// The most bytes to read of one input.
    #[arg(long, value_name = "SIZE", default_value = "64M")]
    max_size: Size,
}

pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let meant = Meant {
        origin: arguments.origin.clone(),
        url: arguments.url.clone(),
        method: arguments.method.clone(),
        headers: options::header_list(&arguments.headers),
        credentials: arguments.credentials.map(Into::into),
    };
    let mut reports = Vec::new();
    let mut all_usable = true;
    for source in arguments.files.iter().cloned().map(Source::from) {
        match capture(arguments, &source, &meant) {
            Ok(capture) => reports.push(Report::of(source.to_string(), capture)),
            Err(problem) => {
                all_usable = false;
                eprintln!("cors: {source} {problem}");
            }
        }
    }
    let written = output::print(&reports, arguments.json, arguments.all);
    let blocked = reports.iter().any(Report::is_refused);
    let status = if all_usable { u8::from(blocked) } else { 2 };
    output::finish(written, ExitCode::from(status))
}

fn capture(arguments: &Arguments, source: &Source, meant: &Meant) -> Result<Capture, String> {
    let bytes = source.read(arguments.max_size).map_err(|unusable| unusable.to_string())?;
    read(&bytes, arguments.format.map(Into::into), meant).map_err(|unusable| with_option(&unusable))
}

/// Names the option that helps.
fn with_option(unusable: &Unusable) -> String {
    let option = match unusable.kind() {
        UnusableKind::NoOrigin => "; --origin does that",
        UnusableKind::UnknownFormat => "; --format says which one it is",
        _ => "",
    };
    format!("{unusable}{option}")
}
