//! JSON documents.

use super::value::{Positions, Table, Value};
use crate::server::config::Located;
use crate::server::error::{ConfigError, ConfigErrorCode, ConfigErrors};
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;

pub(super) fn read(text: &str) -> Result<Table, ConfigErrors> {
    let document = Document { text, positions: Positions::of(text) };
    let whole: &RawValue = serde_json::from_str(text).map_err(|error| document.syntax_error(0, &error))?;
    match document.value(whole, DEPTH)? {
        Located { value: Value::Table(table), .. } => Ok(table),
        Located { value, position } => Err(ConfigErrors::from(ConfigError {
            code: ConfigErrorCode::WrongType,
            key: String::new(),
            value: value.shown(),
            position,
            advice: "a policy is an object: write {\"origins\": [\"https://app.example\"]}".to_owned(),
        })),
    }
}

/// How deep a document is read: the policy, its environments, one of them, a list, an element. No key takes what
/// is deeper.
const DEPTH: usize = 5;

struct Document<'a> {
    text: &'a str,
    positions: Positions,
}

impl<'a> Document<'a> {
    /// Where in the text a part of it begins.
    fn offset(&self, part: &RawValue) -> usize {
        part.get().as_ptr() as usize - self.text.as_ptr() as usize
    }

    /// What the parser says about the part of the text that begins at `start`. It counts bytes, from there.
    fn syntax_error(&self, start: usize, error: &serde_json::Error) -> ConfigErrors {
        let part = &self.text[start..];
        let lines_before = part.split_inclusive('\n').take(error.line().saturating_sub(1));
        let line_start: usize = lines_before.map(str::len).sum();
        let at = (start + line_start + error.column().saturating_sub(1)).min(self.text.len());
        let character = (0..=at).rev().find(|&offset| self.text.is_char_boundary(offset));
        let words = error.to_string();
        let words = words.split(" at line ").next().unwrap_or_default();
        ConfigErrors::from(ConfigError {
            code: ConfigErrorCode::Syntax,
            key: String::new(),
            value: String::new(),
            position: self.positions.at(character.unwrap_or_default()),
            advice: format!("not well-formed JSON: {words}"),
        })
    }

    /// Reads a part of the text, to a depth of `levels`.
    fn value(&self, raw: &'a RawValue, levels: usize) -> Result<Located<Value>, ConfigErrors> {
        let text = raw.get();
        let syntax_error = |error| self.syntax_error(self.offset(raw), &error);
        let below = levels.checked_sub(1);
        let value = match (text.as_bytes().first(), below) {
            (Some(b'{'), Some(below)) => Value::Table(self.table(raw, below)?),
            (Some(b'{'), None) => Value::Table(Table::new()),
            (Some(b'['), Some(below)) => {
                let items: Vec<&RawValue> = serde_json::from_str(text).map_err(syntax_error)?;
                Value::List(items.into_iter().map(|item| self.value(item, below)).collect::<Result<_, _>>()?)
            }
            (Some(b'['), None) => Value::List(Vec::new()),
            (Some(b'"'), _) => Value::Text(serde_json::from_str(text).map_err(syntax_error)?),
            (Some(b't' | b'f'), _) => Value::Flag(serde_json::from_str(text).map_err(syntax_error)?),
            (Some(b'n'), _) => Value::Nothing,
            _ => text.parse().map_or_else(|_| Value::Other(text.to_owned()), Value::Integer),
        };
        Ok(Located { value, position: self.positions.at(self.offset(raw)) })
    }

    fn table(&self, raw: &'a RawValue, levels: usize) -> Result<Table, ConfigErrors> {
        let start = self.offset(raw);
        let Entries(entries) =
            serde_json::from_str(raw.get()).map_err(|error| self.syntax_error(start, &error))?;
        let mut end_of_previous = start + "{".len();
        let mut table = Table::with_capacity(entries.len());
        for (key, value) in entries {
            let start = self.offset(value);
            // Nothing but a comma and whitespace stands before the key's quote.
            let gap = self.text.get(end_of_previous..start).unwrap_or_default();
            let quote = gap.find('"').map_or(start, |place| end_of_previous + place);
            let value_end = start + value.get().len();
            table.push((
                Located { value: key, position: self.positions.at(quote) },
                self.value(value, levels)?,
            ));
            end_of_previous = value_end;
        }
        Ok(table)
    }
}

/// An object's entries in order, repeated keys included.
struct Entries<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Entries<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct EntriesVisitor;

        impl<'de> Visitor<'de> for EntriesVisitor {
            type Value = Entries<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }

        deserializer.deserialize_map(EntriesVisitor)
    }
}
