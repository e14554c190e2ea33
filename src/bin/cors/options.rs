//! Values on the command line that several subcommands take.

use clap::ValueEnum;
use cors_engine::capture::Format;
use cors_engine::protocol::{HeaderList, Origin, is_token};
use cors_engine::{CredentialsMode, Engine};
use url::Url;

/// An engine by its name.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum EngineName {
    /// The Fetch Standard to the letter.
    Spec,
    /// Chrome, Edge, Opera and others.
    Chromium,
    /// Firefox.
    Gecko,
    /// Safari.
    Webkit,
}

impl From<EngineName> for Engine {
    fn from(name: EngineName) -> Self {
        match name {
            EngineName::Spec => Engine::Spec,
            EngineName::Chromium => Engine::Chromium,
            EngineName::Gecko => Engine::Gecko,
            EngineName::Webkit => Engine::WebKit,
        }
    }
}

/// A credentials mode by its name.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum CredentialsName {
    /// No cookies, no HTTP authentication.
    Omit,
    /// To the page's own origin only; what fetch() does when nothing is said.
    SameOrigin,
    /// To every origin; `withCredentials` of XMLHttpRequest.
    Include,
}

impl From<CredentialsName> for CredentialsMode {
    fn from(name: CredentialsName) -> Self {
        match name {
            CredentialsName::Omit => CredentialsMode::Omit,
            CredentialsName::SameOrigin => CredentialsMode::SameOrigin,
            CredentialsName::Include => CredentialsMode::Include,
        }
    }
}

/// A format by its name.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum FormatName {
    /// A HAR exported from a browser's developer tools.
    Har,
    /// What `curl -v` prints.
    CurlVerbose,
    /// What `curl -i` prints: answers without requests.
    CurlInclude,
    /// HTTP requests and responses as they are on the wire.
    Raw,
}

impl From<FormatName> for Format {
    fn from(name: FormatName) -> Self {
        match name {
            FormatName::Har => Format::Har,
            FormatName::CurlVerbose => Format::CurlVerbose,
            FormatName::CurlInclude => Format::CurlInclude,
            FormatName::Raw => Format::Raw,
        }
    }
}

/// A header line as it is written: `Name: value`.
#[derive(Clone, Debug)]
pub(crate) struct HeaderLine {
    name: String,
    value: String,
}

impl std::str::FromStr for HeaderLine {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, value) = text.split_once(':').ok_or("write a header as 'Name: value'")?;
        if !is_token(name.as_bytes()) {
            return Err("the header's name has a character that names cannot have");
        }
        if value.contains(['\0', '\r', '\n']) {
            return Err("the header's value has a NUL or a line break");
        }
        Ok(HeaderLine { name: name.into(), value: value.trim().into() })
    }
}

pub(crate) fn header_list(lines: &[HeaderLine]) -> HeaderList {
    lines.iter().map(|line| (&line.name, &line.value)).collect()
}

pub(crate) fn origin(text: &str) -> Result<Origin, String> {
    Origin::parse(text).map_err(|error| error.to_string())
}

pub(crate) fn url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text)
        .map_err(|error| format!("{error}; write it whole, such as https://api.example/v1"))?;
    if matches!(url.scheme(), "http" | "https") {
        Ok(url)
    } else {
        Err("only http and https URLs have CORS".into())
    }
}

pub(crate) fn method(text: &str) -> Result<String, &'static str> {
    if is_token(text.as_bytes()) { Ok(text.into()) } else { Err("not a method") }
}
