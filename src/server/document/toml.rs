//! TOML documents.

use super::value::{Positions, Table, Value};
use crate::server::config::Located;
use crate::server::error::{ConfigError, ConfigErrorCode, ConfigErrors};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The most mistakes in its syntax that are told of one document: the parser goes on behind a mistake, and few of
/// the later ones mean anything.
const SYNTAX_ERRORS: usize = 100;

pub(super) fn read(text: &str) -> Result<Table, ConfigErrors> {
    let positions = Positions::of(text);
    let (table, errors) = DeTable::parse_recoverable(text);
    let errors = errors.iter().take(SYNTAX_ERRORS).map(|error| {
        // The parser tells its errors apart by their words only.
        let duplicate = error.message().starts_with("duplicate key");
        let code = if duplicate { ConfigErrorCode::DuplicateKey } else { ConfigErrorCode::Syntax };
        let span = error.span().unwrap_or_default();
        ConfigError {
            code,
            key: String::new(),
            value: if duplicate {
                text.get(span.clone()).unwrap_or_default().to_owned()
            } else {
                String::new()
            },
            position: positions.at(span.start),
            advice: match duplicate {
                true => "the key is given twice: keep one of the two".to_owned(),
                false => format!("not well-formed TOML: {}", error.message()),
            },
        }
    });
    ConfigErrors::or(errors.collect(), ())?;
    Ok(read_table(table.into_inner(), &positions))
}

fn read_table(table: DeTable<'_>, positions: &Positions) -> Table {
    let mut entries: Vec<_> = table.into_iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    let entry = |(key, value): (Spanned<_>, _)| {
        let position = positions.at(key.span().start);
        let key: std::borrow::Cow<'_, str> = key.into_inner();
        (Located { value: key.into_owned(), position }, read_value(value, positions))
    };
    entries.into_iter().map(entry).collect()
}

fn read_value(value: Spanned<DeValue<'_>>, positions: &Positions) -> Located<Value> {
    let position = positions.at(value.span().start);
    let value = match value.into_inner() {
        DeValue::String(text) => Value::Text(text.into_owned()),
        DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) => Value::Integer(number),
            Err(_) => Value::Other(number.to_string()),
        },
        DeValue::Boolean(flag) => Value::Flag(flag),
        DeValue::Float(number) => Value::Other(number.to_string()),
        DeValue::Datetime(date) => Value::Other(date.to_string()),
        DeValue::Array(items) => {
            Value::List(items.into_iter().map(|item| read_value(item, positions)).collect())
        }
        DeValue::Table(table) => Value::Table(read_table(table, positions)),
    };
    Located { value, position }
}
