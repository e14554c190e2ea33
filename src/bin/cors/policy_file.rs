//! Policies from files: TOML or JSON, and the environment that is meant.

use crate::input::{Size, Source};
use clap::Args;
use cors_engine::PolicyConfig;
use cors_engine::server::ConfigErrors;
use cors_engine::server::document::PolicyDocument;
use std::ffi::OsString;

/// A policy file and the environment to take from it.
#[derive(Args)]
pub(crate) struct PolicyFile {
    /// The policy, in TOML or JSON; `-` is standard input.
    #[arg(value_name = "POLICY", value_parser = clap::value_parser!(OsString))]
    policy: OsString,
    /// The environment to take, such as production.
    #[arg(long, value_name = "NAME")]
    env: Option<String>,
}

/// Why there is no policy.
pub(crate) enum Failure {
    /// The file cannot be read: words for people.
    Unusable(String),
    /// It says something wrong.
    Wrong(ConfigErrors),
}

impl PolicyFile {
    /// Reads the configuration. That it builds is not said yet.
    pub(crate) fn read(&self) -> Result<PolicyConfig, Failure> {
        read(&self.policy, self.env.as_deref())
    }

    pub(crate) fn name(&self) -> String {
        Source::from(self.policy.clone()).to_string()
    }
}

/// No policy that makes sense is larger.
const LARGEST: Size = Size(64 << 20);

pub(crate) fn read(file: &OsString, environment: Option<&str>) -> Result<PolicyConfig, Failure> {
    let source = Source::from(file.clone());
    let unusable = |problem: String| Failure::Unusable(format!("{source} {problem}"));
    let bytes = source.read(LARGEST).map_err(|problem| unusable(problem.to_string()))?;
    let text = String::from_utf8(bytes).map_err(|error| unusable(format!("is not UTF-8: {error}")))?;
    // No TOML document begins with a brace.
    let document = match text.trim_start().starts_with('{') {
        true => PolicyDocument::from_json(&text),
        false => PolicyDocument::from_toml(&text),
    };
    document.and_then(|document| document.config(environment)).map_err(Failure::Wrong)
}

impl Failure {
    /// Says on standard error what is wrong with the policy called `name`.
    pub(crate) fn report(&self, name: &str) {
        match self {
            Failure::Unusable(problem) => eprintln!("cors: {problem}"),
            Failure::Wrong(errors) => errors.as_slice().iter().for_each(|error| eprintln!("{name}:{error}")),
        }
    }
}
