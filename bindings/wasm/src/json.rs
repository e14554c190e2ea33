//! What the texts of JSON have in common: how they are read, byte strings, and the words for values of the
//! library.

use crate::buffers;
use cors_engine::protocol::{HeaderLines, HeaderList};
use cors_engine::server::{AnswerReason, ConfigErrorCode, FindingCode};
use cors_engine::{Engine, Exchange, InvalidRequest, Reason};
use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error};
use serde_json::{Value, json};
use url::Url;

/// Reads the input as a `T`, and writes what becomes of it; `{"misuse"}` when it is no `T`.
pub(crate) fn convert<T: DeserializeOwned>(length: usize, convert: impl FnOnce(T) -> Value) -> usize {
    let value = match buffers::read(length, |input| serde_json::from_slice(input)) {
        Ok(input) => convert(input),
        Err(error) => misuse(&error.to_string()),
    };
    buffers::write_json(&value)
}

/// What is said of a call that no caller should make.
pub(crate) fn misuse(words: &str) -> Value {
    json!({ "misuse": words })
}

/// Header lines as pairs of byte strings.
#[derive(Clone, Default)]
pub(crate) struct Lines(pub(crate) HeaderList);

impl<'de> Deserialize<'de> for Lines {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let pairs = Vec::<(String, String)>::deserialize(deserializer)?;
        Ok(Lines(pairs.iter().map(|(name, value)| (bytes(name), bytes(value))).collect()))
    }
}

/// A byte string as bytes. A character above U+00FF cannot come from a server: it is taken as UTF-8.
pub(crate) fn bytes(text: &str) -> Vec<u8> {
    let byte = |character| u8::try_from(u32::from(character)).ok();
    text.chars().map(byte).collect::<Option<_>>().unwrap_or_else(|| text.as_bytes().to_vec())
}

/// Bytes as a byte string.
pub(crate) fn text(bytes: &[u8]) -> String {
    bytes.iter().map(|&byte| char::from(byte)).collect()
}

pub(crate) fn lines<'l>(lines: impl IntoIterator<Item = (&'l [u8], &'l [u8])>) -> Value {
    lines.into_iter().map(|(name, value)| json!([text(name), text(value)])).collect()
}

pub(crate) fn header_list(list: &HeaderList) -> Value {
    lines(list.header_lines())
}

/// An engine by its name.
pub(crate) fn engine<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Engine, D::Error> {
    let name = String::deserialize(deserializer)?;
    let known = Engine::ALL.into_iter().find(|engine| engine.name() == name);
    known.ok_or_else(|| {
        let names = Engine::ALL.map(Engine::name).join(", ");
        D::Error::custom(format!("there is no engine {name:?}: it is one of {names}"))
    })
}

/// A URL, if there is one.
pub(crate) fn url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Url>, D::Error> {
    let Some(text) = Option::<String>::deserialize(deserializer)? else { return Ok(None) };
    Url::parse(&text).map(Some).map_err(|error| D::Error::custom(format!("{error}: {text}")))
}

pub(crate) const fn exchange(exchange: Exchange) -> &'static str {
    match exchange {
        Exchange::Preflight => "preflight",
        Exchange::Actual => "actual",
    }
}

pub(crate) fn invalid(invalid: &InvalidRequest) -> Value {
    json!({
        "reason": invalid.reason.code(),
        "words": invalid.reason.words(),
        "standard": invalid.reason.standard(),
        "value": text(&invalid.value),
    })
}

/// Every code with its words.
pub(crate) fn vocabulary() -> Value {
    let reasons = Reason::ALL.iter().map(
        |reason| json!({ "code": reason.code(), "words": reason.words(), "standard": reason.standard() }),
    );
    let answers = AnswerReason::ALL.iter().map(|reason| {
        json!({ "code": reason.code(), "words": reason.words(), "standard": reason.standard(),
            "allows": reason.allows() })
    });
    let errors =
        ConfigErrorCode::ALL.iter().map(|code| json!({ "code": code.code(), "words": code.words() }));
    let findings = FindingCode::ALL
        .iter()
        .map(|code| json!({ "code": code.code(), "kind": code.kind().as_str(), "words": code.words() }));
    let engines =
        Engine::ALL.iter().map(|engine| json!({ "name": engine.name(), "browser": engine.browser() }));
    json!({
        "engines": engines.collect::<Value>(),
        "reasons": reasons.collect::<Value>(),
        "answer_reasons": answers.collect::<Value>(),
        "config_errors": errors.collect::<Value>(),
        "findings": findings.collect::<Value>(),
    })
}
