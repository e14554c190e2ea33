//! Policies: made from documents, kept by handle.
//!
//! A predicate is a function of the caller's language. It is not called from here: an answer is asked for
//! first without its verdict, which tells whether the verdict matters, and then with it.

use crate::handles::Handles;
use crate::json::{Misuse, Object};
use cors_engine::server::document::PolicyDocument;
use cors_engine::server::{ConfigError, ConfigErrors, Finding, Policy, PolicyConfig, Position};
use serde_json::{Value, json};
use std::cell::{Cell, RefCell};

thread_local! {
    static POLICIES: RefCell<Handles<Policy>> = const { RefCell::new(Handles::new()) };
    static PREDICATE: Cell<Predicate> = const { Cell::new(Predicate::NotAsked) };
}

/// What is known of what the predicate says about the origin of the request in hand.
#[derive(Clone, Copy, PartialEq)]
enum Predicate {
    NotAsked,
    /// Its verdict matters, and nobody told it.
    Asked,
    Refuses,
    Accepts,
}

/// Makes a policy of `document`, a text of JSON, as it is in `environment`; with a predicate, if
/// `predicate_reads` names the request headers that it reads.
fn config(source: &mut Object) -> Result<Result<PolicyConfig, ConfigErrors>, Misuse> {
    let document: String = source.entry("document")?;
    let environment: Option<String> = source.optional("environment")?;
    let reads: Option<Vec<String>> = source.optional("predicate_reads")?;
    let config =
        PolicyDocument::from_json(&document).and_then(|document| document.config(environment.as_deref()));
    Ok(config.map(|config| match reads {
        Some(reads) => config.origin_predicate(reads, |_, _| ask_predicate()),
        None => config,
    }))
}

pub(crate) fn build(source: &mut Object) -> Result<Value, Misuse> {
    Ok(match config(source)?.and_then(PolicyConfig::build) {
        Ok(policy) => json!({ "policy": POLICIES.with_borrow_mut(|policies| policies.insert(policy)) }),
        Err(errors) => wrong(errors),
    })
}

pub(crate) fn audit(source: &mut Object) -> Result<Value, Misuse> {
    Ok(match config(source)? {
        Ok(config) => json!({ "findings": config.audit().iter().map(finding).collect::<Value>() }),
        Err(errors) => wrong(errors),
    })
}

pub(crate) fn describe(policy: usize) -> Value {
    with(policy, |policy| serde_json::to_value(policy.config()).unwrap_or_default()).unwrap_or_default()
}

pub(crate) fn free(policy: usize) {
    POLICIES.with_borrow_mut(|policies| policies.remove(policy));
}

/// Calls `ask` with a policy.
pub(crate) fn with<T>(policy: usize, ask: impl FnOnce(&Policy) -> T) -> Result<T, Misuse> {
    POLICIES
        .with_borrow(|policies| policies.get(policy).map(ask))
        .ok_or_else(|| "there is no such policy".into())
}

pub(crate) fn set_predicate(verdict: u32) {
    PREDICATE.set(match verdict {
        1 => Predicate::Refuses,
        2 => Predicate::Accepts,
        _ => Predicate::NotAsked,
    });
}

pub(crate) fn predicate_was_asked() -> bool {
    PREDICATE.get() == Predicate::Asked
}

fn ask_predicate() -> bool {
    if PREDICATE.get() == Predicate::NotAsked {
        PREDICATE.set(Predicate::Asked);
    }
    PREDICATE.get() == Predicate::Accepts
}

fn wrong(errors: ConfigErrors) -> Value {
    json!({ "errors": errors.into_iter().map(|error| config_error(&error)).collect::<Value>() })
}

fn config_error(error: &ConfigError) -> Value {
    json!({
        "code": error.code.code(),
        "key": error.key,
        "value": error.value,
        "line": error.position.map(|Position { line, .. }| line),
        "column": error.position.map(|Position { column, .. }| column),
        "advice": error.advice,
    })
}

fn finding(finding: &Finding) -> Value {
    json!({
        "kind": finding.code.kind().as_str(),
        "code": finding.code.code(),
        "key": finding.key,
        "value": finding.value,
        "line": finding.position.map(|Position { line, .. }| line),
        "column": finding.position.map(|Position { column, .. }| column),
        "words": finding.code.words(),
    })
}
