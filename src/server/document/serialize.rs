//! Policies inside other serde documents. The keys are read as in a policy document, but without places, and
//! all errors become the one that serde can carry.

use super::keys::{KEYS, read_root};
use super::value::{Table, Value};
use crate::server::config::{Located, PolicyConfig, RefusedPreflight};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::fmt;

/// What a policy says, key by key; keys that say nothing are left out. A predicate is code and cannot be
/// written down: it is left out too.
impl Serialize for PolicyConfig {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let texts = |texts: &[Located<String>]| -> Option<Value> {
            let item = |text: &Located<String>| Value::Text(text.value.clone()).into();
            (!texts.is_empty()).then(|| Value::List(texts.iter().map(item).collect()))
        };
        let flag = |flag: Located<bool>| flag.value.then_some(Value::Flag(true));
        let number = |number: Option<Located<i64>>| number.map(|number| Value::Integer(number.value));
        let refused = Some(self.refused_preflight)
            .filter(|&choice| choice != RefusedPreflight::default())
            .map(|choice| Value::Text(choice.as_str().to_owned()));
        let values = [
            texts(&self.origins),
            flag(self.null_origin),
            flag(self.credentials),
            texts(&self.methods),
            texts(&self.request_headers),
            texts(&self.expose_headers),
            number(self.max_age),
            texts(&self.timing_allow_origins),
            number(self.preflight_status),
            refused,
            flag(self.dangerous_reflect_any_origin_with_credentials),
            flag(self.dangerous_null_origin_with_credentials),
            flag(self.dangerous_insecure_origins_with_credentials),
            flag(self.dangerous_public_suffix_subdomains),
        ];
        let mut map = serializer.serialize_map(None)?;
        for (key, value) in KEYS.into_iter().zip(values) {
            if let Some(value) = value {
                map.serialize_entry(key, &value)?;
            }
        }
        map.end()
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::Table(table) => {
                serializer.collect_map(table.iter().map(|(key, value)| (&key.value, &value.value)))
            }
            Value::List(items) => serializer.collect_seq(items.iter().map(|item| &item.value)),
            Value::Text(text) | Value::Other(text) => serializer.serialize_str(text),
            Value::Integer(number) => serializer.serialize_i64(*number),
            Value::Flag(flag) => serializer.serialize_bool(*flag),
            Value::Nothing => serializer.serialize_none(),
        }
    }
}

impl<'de> Deserialize<'de> for PolicyConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Value::Table(table) = Value::deserialize(deserializer)? else {
            return Err(D::Error::custom("a policy is a table of keys"));
        };
        let mut config = PolicyConfig::new();
        let mut errors = read_root(&table, &mut config);
        match errors.pop() {
            None => Ok(config),
            Some(last) => {
                let lines: Vec<_> = errors.iter().chain([&last]).map(ToString::to_string).collect();
                Err(D::Error::custom(lines.join("; ")))
            }
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ValueVisitor;

        impl<'de> Visitor<'de> for ValueVisitor {
            type Value = Value;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a text, a whole number, true or false, a list or a table")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
                Ok(Value::Text(text.to_owned()))
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Value, E> {
                Ok(Value::Integer(number))
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Value, E> {
                Ok(i64::try_from(number).map_or_else(|_| Value::Other(number.to_string()), Value::Integer))
            }

            fn visit_f64<E: Error>(self, number: f64) -> Result<Value, E> {
                Ok(Value::Other(number.to_string()))
            }

            fn visit_bool<E: Error>(self, flag: bool) -> Result<Value, E> {
                Ok(Value::Flag(flag))
            }

            fn visit_unit<E: Error>(self) -> Result<Value, E> {
                Ok(Value::Nothing)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
                let mut list = Vec::new();
                while let Some(item) = items.next_element::<Value>()? {
                    list.push(item.into());
                }
                Ok(Value::List(list))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
                let mut table = Table::new();
                while let Some((key, value)) = map.next_entry::<String, Value>()? {
                    table.push((key.into(), value.into()));
                }
                Ok(Value::Table(table))
            }
        }

        deserializer.deserialize_any(ValueVisitor)
    }
}
