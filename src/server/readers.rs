//! Who may read: the rules about origins, and about what must not be combined with credentials unless a switch
//! named dangerous says so.

use super::build::{Errors, element};
use super::config::{Located, PolicyConfig};
use super::error::{ConfigErrorCode, Position};
use super::origins::OriginSet;
use super::pattern::{OriginPattern, PatternError};
use super::policy::{Listed, Readers};
use crate::protocol::is_token;
use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

pub(super) fn readers(mut config: PolicyConfig, errors: &mut Errors) -> Readers {
    let origins = core::mem::take(&mut config.origins);
    let star = origins.iter().enumerate().find(|(_, origin)| origin.value == "*");
    let star = star.map(|(place, origin)| (place, origin.position));
    if origins.is_empty() {
        check_somebody(&config, errors);
    }
    let entries = entries(origins, &config, errors);
    check_credentials(&config, star, errors);
    check_predicate(&config, star.is_some(), errors);
    let credentials = config.credentials.value;
    let reflect_any = config.dangerous_reflect_any_origin_with_credentials.value;
    let origins: OriginSet = entries.into_iter().collect();
    match star {
        Some(_) => Readers::Any,
        None => Readers::Some(Box::new(Listed {
            exact_only: !reflect_any && config.predicate.is_none() && !origins.has_patterns(),
            origins,
            null: config.null_origin.value,
            reflect_any,
            predicate: config.predicate,
            credentials,
            insecure_with_credentials: credentials
                && config.dangerous_insecure_origins_with_credentials.value,
        })),
    }
}

/// A policy without origins lets somebody in some other way.
fn check_somebody(config: &PolicyConfig, errors: &mut Errors) {
    let somebody = config.null_origin.value
        || config.dangerous_reflect_any_origin_with_credentials.value
        || config.predicate.is_some();
    if !somebody {
        let advice = "list who may read, such as origins = [\"https://app.example\"]";
        errors.add(ConfigErrorCode::NoOrigins, "origins", "", None, advice);
    }
}

/// Every origin but the star, judged one by one.
fn entries(origins: Vec<Located<String>>, config: &PolicyConfig, errors: &mut Errors) -> Vec<OriginPattern> {
    let mut entries = Vec::with_capacity(origins.len());
    for (place, Located { value, position }) in origins.into_iter().enumerate() {
        if value == "*" {
            continue;
        }
        let entry = match OriginPattern::from_text(value) {
            Ok(entry) => entry,
            Err((value, error)) => {
                errors.add(code(&error), element("origins", place), value, position, error.to_string());
                continue;
            }
        };
        let mut refuse = |code, advice| errors.add(code, element("origins", place), &entry, position, advice);
        let tolerates_insecure = config.dangerous_insecure_origins_with_credentials.value;
        if config.credentials.value && entry.is_insecure() && !tolerates_insecure {
            refuse(
                ConfigErrorCode::InsecureOriginWithCredentials,
                "whoever is on the path to such a page can act as its users: serve it over https, or set \
                 dangerous_insecure_origins_with_credentials = true",
            );
        }
        if entry.covers_public_suffix() && !config.dangerous_public_suffix_subdomains.value {
            refuse(
                ConfigErrorCode::PublicSuffixSubdomains,
                "anybody can register such a host: write your own domain after the star, or set \
                 dangerous_public_suffix_subdomains = true",
            );
        }
        entries.push(entry);
    }
    entries
}

const fn code(error: &PatternError) -> ConfigErrorCode {
    match error {
        PatternError::Null => ConfigErrorCode::OriginNull,
        PatternError::NotSerialized { .. }
        | PatternError::UnicodeHost
        | PatternError::MappedAddress { .. } => ConfigErrorCode::OriginNotSerialized,
        PatternError::MisplacedWildcard | PatternError::WildcardOverAddress => {
            ConfigErrorCode::OriginWildcardMisplaced
        }
        PatternError::MissingScheme { .. } | PatternError::NotAnOrigin | PatternError::HostTooLong => {
            ConfigErrorCode::OriginInvalid
        }
    }
}

/// Neither the star nor `null` goes with credentials, and reflection goes with nothing else.
fn check_credentials(config: &PolicyConfig, star: Option<(usize, Option<Position>)>, errors: &mut Errors) {
    let credentials = config.credentials.value;
    let Located { value: reflects, position } = config.dangerous_reflect_any_origin_with_credentials;
    if reflects && !credentials {
        errors.add(
            ConfigErrorCode::ReflectionWithoutCredentials,
            "dangerous_reflect_any_origin_with_credentials",
            "true",
            position,
            "without credentials, origins = [\"*\"] lets everybody read and needs no Vary",
        );
    }
    if let (true, Some((place, position))) = (credentials, star) {
        errors.add(
            ConfigErrorCode::AnyOriginWithCredentials,
            element("origins", place),
            "*",
            position,
            "browsers refuse the star with credentials: list the origins, or leave credentials out; if every \
             site may act as your users, write dangerous_reflect_any_origin_with_credentials = true instead of \
             the star",
        );
    }
    if credentials && config.null_origin.value && !config.dangerous_null_origin_with_credentials.value {
        errors.add(
            ConfigErrorCode::NullOriginWithCredentials,
            "null_origin",
            "true",
            config.null_origin.position,
            "any site can act as your users from a sandboxed frame: remove null_origin, or set \
             dangerous_null_origin_with_credentials = true",
        );
    }
}

/// A predicate has something to decide, and reads headers that there can be.
fn check_predicate(config: &PolicyConfig, star: bool, errors: &mut Errors) {
    let Some(predicate) = &config.predicate else { return };
    if star || config.dangerous_reflect_any_origin_with_credentials.value {
        let advice = "every origin is allowed already: remove the predicate, or what allows them";
        errors.add(ConfigErrorCode::PredicateWithAnyOrigin, "origin_predicate", "", None, advice);
    }
    for name in predicate.reads.iter().filter(|name| !is_token(name.as_bytes())) {
        let advice = "write a header's name, such as x-tenant";
        errors.add(ConfigErrorCode::PredicateHeaderInvalid, "origin_predicate", name, None, advice);
    }
}
