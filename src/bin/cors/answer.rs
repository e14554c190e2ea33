//! `cors answer`: request heads in, a policy's answers out, one JSON object a line.

use crate::input::{Size, Source};
use crate::{json_lines, policy_file};
use clap::Args;
use cors_engine::Policy;
use cors_engine::server::document::PolicyDocument;
use cors_engine::server::{Action, ConfigErrors};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::process::ExitCode;

const EXAMPLES: &str = r#"Examples:
  echo '{"request":{"method":"GET","headers":{"origin":["https://app.example"]}}}' |
    cors answer --policy cors.toml
  echo '{"policy":{"origins":["*"]},"request":{"method":"GET","headers":{}}}' | cors answer

Exit status: 0 when every line was answered, 2 when one could not be. A line whose policy is wrong is
answered with its errors."#;

/// Answer request heads as a server with a policy would.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The policy, in TOML or JSON, for lines that bring none.
    #[arg(long, value_name = "POLICY", value_parser = clap::value_parser!(OsString))]
    policy: Option<OsString>,
    /// The environment to take from that file, such as production.
    #[arg(long, value_name = "NAME", requires = "policy")]
    env: Option<String>,
    /// Requests, one JSON object a line; `-` is standard input.
    #[arg(default_value = "-", value_parser = clap::value_parser!(OsString))]
    file: OsString,
    /// The longest line to read.
    #[arg(long, value_name = "SIZE", default_value = "16M")]
    max_line: Size,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Question<'a> {
    #[serde(borrow)]
    policy: Option<&'a RawValue>,
    request: RequestHead,
}

/// Header lines by name; each character stands for the byte of its number.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RequestHead {
    method: String,
    headers: BTreeMap<String, Vec<String>>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Reply {
    Answer {
        kind: &'static str,
        allowed: bool,
        reason: &'static str,
        status: Option<u16>,
        headers: BTreeMap<&'static str, Vec<String>>,
        vary: Vec<String>,
    },
    Errors {
        errors: Vec<WrongField>,
    },
}

/// What is wrong with a policy; the shape that `cors lint --json` has too.
#[derive(Serialize)]
struct WrongField {
    field: String,
    value: String,
    code: &'static str,
    advice: String,
}

pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let common = arguments.policy.as_ref().map(|file| {
        let config = policy_file::read(file, arguments.env.as_deref())?;
        config.build().map_err(policy_file::Failure::Wrong)
    });
    let common = match common.transpose() {
        Ok(common) => common,
        Err(failure) => {
            failure.report(
                &arguments.policy.as_ref().map_or_else(String::new, |file| file.to_string_lossy().into()),
            );
            return ExitCode::from(2);
        }
    };
    let source = Source::from(arguments.file.clone());
    json_lines::convert(&source, arguments.max_line, |line| reply(common.as_ref(), line))
}

fn reply(common: Option<&Policy>, line: &[u8]) -> Result<Reply, String> {
    let question: Question<'_> =
        serde_json::from_slice(line).map_err(|error| json_lines::problem("a question", &error))?;
    match (question.policy, common) {
        (Some(policy), _) => match build(policy.get()) {
            Ok(policy) => answer(&policy, &question.request),
            Err(errors) => Ok(Reply::Errors { errors: errors.into_iter().map(WrongField::from).collect() }),
        },
        (None, Some(policy)) => answer(policy, &question.request),
        (None, None) => Err("the line brings no policy; --policy gives one to all".into()),
    }
}

fn build(text: &str) -> Result<Policy, ConfigErrors> {
    PolicyDocument::from_json(text)?.config(None)?.build()
}

fn answer(policy: &Policy, request: &RequestHead) -> Result<Reply, String> {
    let mut lines = Vec::new();
    for (name, values) in &request.headers {
        for value in values {
            lines.push((name.as_str(), bytes(value)?));
        }
    }
    let answer = policy.answer(&bytes(&request.method)?, &lines);
    let mut headers: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (name, value) in answer.headers() {
        headers.entry(name).or_default().push(value.iter().copied().map(char::from).collect());
    }
    Ok(Reply::Answer {
        kind: answer.kind().as_str(),
        allowed: answer.reason().allows(),
        reason: answer.reason().code(),
        status: match answer.action() {
            Action::Pass => None,
            Action::Respond { status } => Some(status),
        },
        headers,
        vary: answer.vary().map(str::to_owned).collect(),
    })
}

fn bytes(text: &str) -> Result<Vec<u8>, String> {
    let byte = |letter| u8::try_from(letter).map_err(|_| format!("{letter:?} stands for no byte"));
    text.chars().map(byte).collect()
}

impl From<cors_engine::server::ConfigError> for WrongField {
    fn from(error: cors_engine::server::ConfigError) -> Self {
        WrongField { field: error.key, value: error.value, code: error.code.code(), advice: error.advice }
    }
}
