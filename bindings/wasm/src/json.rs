//! What the texts of JSON have in common: how they are read, byte strings, and the words for values of the
//! library.
//!
//! Inputs are picked apart by hand, not by derived code, which would be a tenth of the module.

use crate::buffers;
use cors_engine::protocol::{HeaderLines, HeaderList};
use cors_engine::server::{AnswerReason, ConfigErrorCode, FindingCode};
use cors_engine::{Engine, Exchange, InvalidRequest, Reason};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// What a caller did wrong that no input of a user can bring about.
pub(crate) type Misuse = String;

/// Reads the input as an object, and writes what becomes of it; `{"misuse"}` when it is not as it should be.
pub(crate) fn convert(length: usize, convert: impl FnOnce(&mut Object) -> Result<Value, Misuse>) -> usize {
    let input =
        buffers::read(length, |input| serde_json::from_slice(input)).map_err(|error| error.to_string());
    let output = input.and_then(|value| convert(&mut Object(value)));
    buffers::write_json(&output.unwrap_or_else(|words| json!({ "misuse": words })))
}

/// An object of the input, from which its entries are taken. By default it has none.
#[derive(Default)]
pub(crate) struct Object(Value);

impl Object {
    fn take(&mut self, key: &str) -> Value {
        self.0.get_mut(key).map(Value::take).unwrap_or_default()
    }

    /// An entry that may be absent or `null`.
    pub(crate) fn optional<T: Entry>(&mut self, key: &str) -> Result<Option<T>, Misuse> {
        match self.take(key) {
            Value::Null => Ok(None),
            value => T::of(value).map(Some).map_err(|wanted| format!("{key} is not {wanted}")),
        }
    }

    pub(crate) fn entry<T: Entry>(&mut self, key: &str) -> Result<T, Misuse> {
        self.optional(key)?.ok_or_else(|| format!("{key} is missing"))
    }

    /// An entry as a type of the library.
    pub(crate) fn typed<T: DeserializeOwned>(&mut self, key: &str) -> Result<T, Misuse> {
        serde_json::from_value(self.take(key)).map_err(|error| format!("{key}: {error}"))
    }
}

/// What an entry of an object can be.
pub(crate) trait Entry: Sized {
    /// The value as a `Self`, or the words for what is wanted.
    fn of(value: Value) -> Result<Self, &'static str>;
}

impl Entry for String {
    fn of(value: Value) -> Result<Self, &'static str> {
        if let Value::String(text) = value { Ok(text) } else { Err("a text") }
    }
}

impl Entry for bool {
    fn of(value: Value) -> Result<Self, &'static str> {
        value.as_bool().ok_or("true or false")
    }
}

impl Entry for f64 {
    fn of(value: Value) -> Result<Self, &'static str> {
        value.as_f64().ok_or("a number")
    }
}

impl Entry for u16 {
    fn of(value: Value) -> Result<Self, &'static str> {
        value.as_u64().and_then(|number| number.try_into().ok()).ok_or("a number up to 65535")
    }
}

/// A handle.
impl Entry for usize {
    fn of(value: Value) -> Result<Self, &'static str> {
        value.as_u64().and_then(|number| number.try_into().ok()).ok_or("a handle")
    }
}

impl Entry for Object {
    fn of(value: Value) -> Result<Self, &'static str> {
        if value.is_object() { Ok(Object(value)) } else { Err("an object") }
    }
}

impl<T: Entry> Entry for Vec<T> {
    fn of(value: Value) -> Result<Self, &'static str> {
        let Value::Array(items) = value else { return Err("a list") };
        items.into_iter().map(T::of).collect()
    }
}

/// An engine by its name.
impl Entry for Engine {
    fn of(value: Value) -> Result<Self, &'static str> {
        let is_named = |engine: &Engine| value == engine.name();
        Engine::ALL.into_iter().find(is_named).ok_or("spec, chromium, gecko or webkit")
    }
}

/// The kind of an exchange by its name.
impl Entry for Exchange {
    fn of(value: Value) -> Result<Self, &'static str> {
        let is_named = |kind: &Exchange| value == exchange(*kind);
        [Exchange::Preflight, Exchange::Actual].into_iter().find(is_named).ok_or("preflight or actual")
    }
}

/// Header lines as pairs of byte strings.
impl Entry for HeaderList {
    fn of(value: Value) -> Result<Self, &'static str> {
        const WANTED: &str = "a list of pairs of texts";
        let mut list = HeaderList::default();
        for line in value.as_array().ok_or(WANTED)? {
            match line.as_array().map(Vec::as_slice) {
                Some([Value::String(name), Value::String(value)]) => list.append(&bytes(name), &bytes(value)),
                _ => return Err(WANTED),
            }
        }
        Ok(list)
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

pub(crate) const fn exchange(exchange: Exchange) -> &'static str {
    match exchange {
        Exchange::Preflight => "preflight",
        Exchange::Actual => "actual",
    }
}

pub(crate) fn invalid(invalid: &InvalidRequest) -> Value {
    json!({ "invalid": {
        "reason": invalid.reason.code(),
        "words": invalid.reason.words(),
        "standard": invalid.reason.standard(),
        "value": text(&invalid.value),
    }})
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
