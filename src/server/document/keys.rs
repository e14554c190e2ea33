//! The keys of a policy document, what each takes, and what to write instead of what it does not take.

use super::value::{Table, Value};
use crate::server::config::{Located, PolicyConfig, RefusedPreflight};
use crate::server::error::{ConfigError, ConfigErrorCode, Position};
use crate::server::quoted::Quoted;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// The key of the tables that hold an environment each.
pub(super) const ENVIRONMENTS: &str = "env";

/// What a key sets, and with it what it takes.
pub(super) enum Slot<'c> {
    Texts(&'c mut Vec<Located<String>>),
    Number(&'c mut Option<Located<i64>>),
    Flag(&'c mut Located<bool>),
    RefusedPreflight(&'c mut RefusedPreflight),
}

/// Every key of a policy; `env` is one beside them at the top.
pub(super) const KEYS: [&str; 14] = [
    "origins",
    "null_origin",
    "credentials",
    "methods",
    "request_headers",
    "expose_headers",
    "max_age",
    "timing_allow_origins",
    "preflight_status",
    "refused_preflight",
    "dangerous_reflect_any_origin_with_credentials",
    "dangerous_null_origin_with_credentials",
    "dangerous_insecure_origins_with_credentials",
    "dangerous_public_suffix_subdomains",
];

pub(super) fn slot<'c>(config: &'c mut PolicyConfig, key: &str) -> Option<Slot<'c>> {
    Some(match key {
        "origins" => Slot::Texts(&mut config.origins),
        "null_origin" => Slot::Flag(&mut config.null_origin),
        "credentials" => Slot::Flag(&mut config.credentials),
        "methods" => Slot::Texts(&mut config.methods),
        "request_headers" => Slot::Texts(&mut config.request_headers),
        "expose_headers" => Slot::Texts(&mut config.expose_headers),
        "max_age" => Slot::Number(&mut config.max_age),
        "timing_allow_origins" => Slot::Texts(&mut config.timing_allow_origins),
        "preflight_status" => Slot::Number(&mut config.preflight_status),
        "refused_preflight" => Slot::RefusedPreflight(&mut config.refused_preflight),
        "dangerous_reflect_any_origin_with_credentials" => {
            Slot::Flag(&mut config.dangerous_reflect_any_origin_with_credentials)
        }
        "dangerous_null_origin_with_credentials" => {
            Slot::Flag(&mut config.dangerous_null_origin_with_credentials)
        }
        "dangerous_insecure_origins_with_credentials" => {
            Slot::Flag(&mut config.dangerous_insecure_origins_with_credentials)
        }
        "dangerous_public_suffix_subdomains" => Slot::Flag(&mut config.dangerous_public_suffix_subdomains),
        _ => return None,
    })
}

/// Reads what the document says outside its environments, and checks those too.
pub(super) fn read_root(table: &Table, config: &mut PolicyConfig) -> Vec<ConfigError> {
    let mut reader = Reader { prefix: String::new(), errors: Vec::new() };
    reader.read_table(table, config);
    for (name, environment) in environments(table, &mut reader.errors) {
        let prefix = format!("{ENVIRONMENTS}.{}.", shortened(&name.value));
        let mut inner = Reader { prefix, errors: std::mem::take(&mut reader.errors) };
        inner.read_table(environment, &mut PolicyConfig::new());
        reader.errors = inner.errors;
    }
    reader.errors
}

/// The longest name of an environment that is said with every mistake in it, in bytes.
const NAME_LIMIT: usize = 64;

fn shortened(name: &str) -> Cow<'_, str> {
    if name.len() <= NAME_LIMIT {
        return Cow::Borrowed(name);
    }
    let end = (0..=NAME_LIMIT).rev().find(|&end| name.is_char_boundary(end)).unwrap_or_default();
    Cow::Owned(format!("{}...", &name[..end]))
}

/// Reads what the environment `name` changes.
pub(super) fn read_environment(table: &Table, name: &str, config: &mut PolicyConfig) {
    for (_, environment) in
        environments(table, &mut Vec::new()).iter().filter(|(known, _)| known.value == name)
    {
        Reader { prefix: String::new(), errors: Vec::new() }.read_table(environment, config);
    }
}

fn environments<'t>(
    table: &'t Table,
    errors: &mut Vec<ConfigError>,
) -> Vec<(&'t Located<String>, &'t Table)> {
    let mut wrong = |key: String, value: &Located<Value>| {
        errors.push(ConfigError {
            code: ConfigErrorCode::WrongType,
            key,
            value: value.value.shown(),
            position: value.position,
            advice: "a table of keys is wanted here, such as [env.production]".to_owned(),
        });
    };
    let mut found = Vec::new();
    for (_, value) in table.iter().filter(|(key, _)| key.value == ENVIRONMENTS) {
        let Value::Table(named) = &value.value else {
            wrong(ENVIRONMENTS.to_owned(), value);
            continue;
        };
        for (name, value) in named {
            match &value.value {
                Value::Table(environment) => found.push((name, environment)),
                _ => wrong(format!("{ENVIRONMENTS}.{}", name.value), value),
            }
        }
    }
    found
}

#[derive(Default)]
pub(super) struct Reader {
    prefix: String,
    pub(super) errors: Vec<ConfigError>,
}

impl Reader {
    pub(super) fn error(
        &mut self,
        code: ConfigErrorCode,
        key: &str,
        value: String,
        position: Option<Position>,
        advice: impl Into<String>,
    ) {
        let key = format!("{}{key}", self.prefix);
        self.errors.push(ConfigError { code, key, value, position, advice: advice.into() });
    }

    fn read_table(&mut self, table: &Table, config: &mut PolicyConfig) {
        let mut seen = BTreeSet::new();
        for (Located { value: key, position }, value) in table {
            if !seen.insert(key) {
                let advice = "the key is given twice: keep one of the two";
                self.error(ConfigErrorCode::DuplicateKey, key, value.value.shown(), *position, advice);
                continue;
            }
            if key == ENVIRONMENTS && self.prefix.is_empty() {
                continue;
            }
            match slot(config, key) {
                Some(slot) => self.read_value(key, value, slot),
                None => {
                    let advice = advice_for_unknown(key);
                    self.error(ConfigErrorCode::UnknownKey, key, value.value.shown(), *position, advice);
                }
            }
        }
    }

    pub(super) fn read_value(&mut self, key: &str, located: &Located<Value>, slot: Slot<'_>) {
        let Located { value, position } = located;
        let advice = match (slot, value) {
            (_, Value::Nothing) => return,
            (Slot::Texts(texts), Value::List(items)) => {
                *texts = self.read_texts(key, items);
                return;
            }
            (Slot::Number(number), &Value::Integer(value)) => {
                *number = Some(Located { value, position: *position });
                return;
            }
            (Slot::Flag(flag), &Value::Flag(value)) => {
                *flag = Located { value, position: *position };
                return;
            }
            (Slot::RefusedPreflight(choice), Value::Text(word)) => {
                match RefusedPreflight::ALL.into_iter().find(|known| known.as_str() == word) {
                    Some(known) => {
                        *choice = known;
                        return;
                    }
                    None => {
                        "one of three words is wanted here: write \"pass\", \"bare\" or \"forbid\"".to_owned()
                    }
                }
            }
            (Slot::RefusedPreflight(_), _) => {
                "one of three words is wanted here: write \"pass\", \"bare\" or \"forbid\"".to_owned()
            }
            (Slot::Texts(_), Value::Text(text)) => format!("a list is wanted here: write [{}]", Quoted(text)),
            (Slot::Texts(_), _) => "a list of texts is wanted here: write [] and put them between".to_owned(),
            (Slot::Number(_), Value::Text(text)) if text.parse::<i64>().is_ok() => {
                format!("a number is wanted here: write {text}")
            }
            (Slot::Number(_), _) => {
                "a whole number is wanted here: write digits only, such as 600".to_owned()
            }
            (Slot::Flag(_), Value::Text(text)) if matches!(text.as_str(), "true" | "false") => {
                format!("true or false is wanted here: write {text} without quotes")
            }
            (Slot::Flag(_), _) => "a yes or no is wanted here: write true or false".to_owned(),
        };
        self.error(ConfigErrorCode::WrongType, key, value.shown(), *position, advice);
    }

    fn read_texts(&mut self, key: &str, items: &[Located<Value>]) -> Vec<Located<String>> {
        let mut texts = Vec::with_capacity(items.len());
        for (place, Located { value, position }) in items.iter().enumerate() {
            match value {
                Value::Text(text) => texts.push(Located { value: text.clone(), position: *position }),
                other => {
                    let key = format!("{key}[{place}]");
                    let advice = "a text is wanted here: write it in quotes";
                    self.error(ConfigErrorCode::WrongType, &key, other.shown(), *position, advice);
                }
            }
        }
        texts
    }
}

/// How alike two words must be, of 1, for one to be a slip for the other.
const ALIKE: f64 = 0.8;

/// The longest key that is compared with the ones that there are, in bytes.
const COMPARED: usize = 64;

pub(super) fn advice_for_unknown(key: &str) -> String {
    match closest(key) {
        Some(known) => format!("there is no such key: write {known}"),
        None => format!("there is no such key: the keys are {} and {ENVIRONMENTS}", KEYS.join(", ")),
    }
}

/// The key that `key` is most like, if it is like one.
fn closest(key: &str) -> Option<&'static str> {
    if key.len() > COMPARED {
        return None;
    }
    let written = key.replace('-', "_").to_ascii_lowercase();
    KEYS.into_iter()
        .filter(|known| can_be_alike(known, &written))
        .map(|known| (strsim::jaro_winkler(known, &written), known))
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, known)| known)
}

/// Whether two words can be [`ALIKE`], by their lengths and how they begin. The comparison itself allocates.
fn can_be_alike(one: &str, other: &str) -> bool {
    let (one_length, other_length) = (one.chars().count(), other.chars().count());
    let (shorter, longer) = (one_length.min(other_length), one_length.max(other_length));
    let same_beginning =
        one.chars().zip(other.chars()).take(4).take_while(|(one, other)| one == other).count();
    // Of Jaro's three parts, one is at most the quotient of the lengths, and the other two are at most 1.
    let jaro = (2.0 + shorter as f64 / longer as f64) / 3.0;
    jaro + 0.1 * same_beginning as f64 * (1.0 - jaro) >= ALIKE
}
