//! Policies: made from documents, kept by handle.
//!
//! A predicate is a function of the caller's language. It is not called from here: an answer is asked for
//! first without its verdict, which tells whether the verdict matters, and then with it.

use crate::handles::Handles;
use crate::json::misuse;
use cors_engine::server::document::PolicyDocument;
use cors_engine::server::{ConfigError, ConfigErrors, Finding, Policy, PolicyConfig, Position};
use serde::Deserialize;
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

/// What a policy is made from.
#[derive(Deserialize)]
pub(crate) struct Source {
    /// A policy document, as a text of JSON.
    document: String,
    /// The environment that is chosen in it.
    environment: Option<String>,
    /// The request headers that the predicate reads; `null` when there is no predicate.
    predicate_reads: Option<Vec<String>>,
}

impl Source {
    fn config(&self) -> Result<PolicyConfig, ConfigErrors> {
        let document = PolicyDocument::from_json(&self.document)?;
        let config = document.config(self.environment.as_deref())?;
        Ok(match &self.predicate_reads {
            Some(reads) => config.origin_predicate(reads, |_, _| ask_predicate()),
            None => config,
        })
    }
}

pub(crate) fn build(source: &Source) -> Value {
    match source.config().and_then(PolicyConfig::build) {
        Ok(policy) => json!({ "policy": POLICIES.with_borrow_mut(|policies| policies.insert(policy)) }),
        Err(errors) => wrong(errors),
    }
}

pub(crate) fn audit(source: &Source) -> Value {
    match source.config() {
        Ok(config) => json!({ "findings": config.audit().iter().map(finding).collect::<Value>() }),
        Err(errors) => wrong(errors),
    }
}

pub(crate) fn describe(policy: usize) -> Value {
    with(policy, |policy| serde_json::to_value(policy.config()).unwrap_or_default())
        .unwrap_or_else(|| misuse("there is no such policy"))
}

pub(crate) fn free(policy: usize) {
    POLICIES.with_borrow_mut(|policies| policies.remove(policy));
}

/// Calls `ask` with a policy, unless it was freed.
pub(crate) fn with<T>(policy: usize, ask: impl FnOnce(&Policy) -> T) -> Option<T> {
    POLICIES.with_borrow(|policies| policies.get(policy).map(ask))
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
