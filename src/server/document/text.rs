//! The keys of a policy document given one at a time, with plain text for values, as a configuration file of
//! another program has them.

use super::keys::{Reader, Slot, advice_for_unknown, slot};
use super::value::Value;
use crate::server::config::PolicyConfig;
use crate::server::error::{ConfigError, ConfigErrorCode};

/// Adds an element to a key that takes a list.
pub(crate) fn add(config: &mut PolicyConfig, key: &str, text: &str) -> Result<(), ConfigError> {
    match slot(config, key) {
        Some(Slot::Texts(texts)) => {
            texts.push(text.to_owned().into());
            Ok(())
        }
        Some(_) => Err(wrong_type(key, text, "the key takes one value: set it")),
        None => Err(unknown(key, text)),
    }
}

/// Sets a key that takes one value.
pub(crate) fn set(config: &mut PolicyConfig, key: &str, text: &str) -> Result<(), ConfigError> {
    let word = || Value::Text(text.to_owned());
    let (slot, value) = match slot(config, key) {
        Some(Slot::Texts(_)) => return Err(wrong_type(key, text, "the key takes a list: add its elements")),
        Some(slot @ Slot::Number(_)) => (slot, text.parse().map_or_else(|_| word(), Value::Integer)),
        Some(slot @ Slot::Flag(_)) => (slot, text.parse().map_or_else(|_| word(), Value::Flag)),
        Some(slot @ Slot::RefusedPreflight(_)) => (slot, word()),
        None => return Err(unknown(key, text)),
    };
    let mut reader = Reader::default();
    reader.read_value(key, &value.into(), slot);
    reader.errors.pop().map_or(Ok(()), Err)
}

fn wrong_type(key: &str, text: &str, advice: &str) -> ConfigError {
    error(ConfigErrorCode::WrongType, key, text, advice.to_owned())
}

fn unknown(key: &str, text: &str) -> ConfigError {
    error(ConfigErrorCode::UnknownKey, key, text, advice_for_unknown(key))
}

fn error(code: ConfigErrorCode, key: &str, value: &str, advice: String) -> ConfigError {
    ConfigError { code, key: key.to_owned(), value: value.to_owned(), position: None, advice }
}
