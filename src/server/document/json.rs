//! JSON documents.

use super::value::{Positions, Table, Value};
use crate::server::config::Located;
use crate::server::error::{ConfigError, ConfigErrorCode, ConfigErrors, Position};
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;

pub(super) fn read(text: &str) -> Result<Table, ConfigErrors> {
    let document = Document { text, positions: Positions::of(text) };
    let whole: &RawValue = serde_json::from_str(text).map_err(syntax_error)?;
    match document.value(whole).map_err(syntax_error)? {
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

fn syntax_error(error: serde_json::Error) -> ConfigErrors {
    let place = |number: usize| u32::try_from(number.max(1)).unwrap_or(u32::MAX);
    ConfigErrors::from(ConfigError {
        code: ConfigErrorCode::Syntax,
        key: String::new(),
        value: String::new(),
        position: Some(Position { line: place(error.line()), column: place(error.column()) }),
        advice: format!("not well-formed JSON: {error}"),
    })
}

struct Document<'a> {
    text: &'a str,
    positions: Positions,
}

impl<'a> Document<'a> {
    /// Where in the text a part of it begins.
    fn offset(&self, part: &RawValue) -> usize {
        part.get().as_ptr() as usize - self.text.as_ptr() as usize
    }

    fn value(&self, raw: &'a RawValue) -> serde_json::Result<Located<Value>> {
        let text = raw.get();
        let value = match text.as_bytes().first() {
            Some(b'{') => Value::Table(self.table(raw)?),
            Some(b'[') => {
                let items: Vec<&RawValue> = serde_json::from_str(text)?;
                Value::List(items.into_iter().map(|item| self.value(item)).collect::<Result<_, _>>()?)
            }
            Some(b'"') => Value::Text(serde_json::from_str(text)?),
            Some(b't' | b'f') => Value::Flag(serde_json::from_str(text)?),
            Some(b'n') => Value::Nothing,
            _ => text.parse().map_or_else(|_| Value::Other(text.to_owned()), Value::Integer),
        };
        Ok(Located { value, position: self.positions.at(self.offset(raw)) })
    }

    fn table(&self, raw: &'a RawValue) -> serde_json::Result<Table> {
        let Entries(entries) = serde_json::from_str(raw.get())?;
        let mut end_of_previous = self.offset(raw) + "{".len();
        let mut table = Table::with_capacity(entries.len());
        for (key, value) in entries {
            let start = self.offset(value);
            // Nothing but a comma and whitespace stands before the key's quote.
            let gap = self.text.get(end_of_previous..start).unwrap_or_default();
            let quote = gap.find('"').map_or(start, |place| end_of_previous + place);
            table.push((Located { value: key, position: self.positions.at(quote) }, self.value(value)?));
            end_of_previous = start + value.get().len();
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
