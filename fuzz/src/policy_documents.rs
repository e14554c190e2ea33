//! Policy documents: what can be read says the same when it is written down and read again, and every mistake
//! has its place in the text.

use crate::bound::Bound;
use crate::stretch::stretched;
use cors_engine::PolicyConfig;
use cors_engine::server::document::PolicyDocument;
use cors_engine::server::{ConfigError, ConfigErrors};

// The TOML parser alone takes 919 for each byte of a text that is nothing but `=` and carriage returns.
const BOUND: Bound = Bound::of(512 * 1024, 1_200);

/// The first byte chooses the language.
pub fn check(input: &[u8]) {
    let Some((&language, rest)) = input.split_first() else { return };
    let text = stretched(rest);
    let Ok(text) = core::str::from_utf8(&text) else { return };
    BOUND.hold(text.len(), || {
        let read = match language % 2 {
            0 => PolicyDocument::from_toml(text),
            _ => PolicyDocument::from_json(text),
        };
        match read {
            Ok(document) => check_document(&document),
            Err(errors) => check_errors(&errors, text),
        }
    });
}

fn check_document(document: &PolicyDocument) {
    for environment in document.environments().map(Some).chain([None]).take(8) {
        let config = document.config(environment).expect("an environment of the document");
        let written = serde_json::to_string(&config).expect("a policy can be written down");
        let read: PolicyConfig = serde_json::from_str(&written).expect("what was written can be read");
        assert_eq!(serde_json::to_string(&read).ok().as_ref(), Some(&written));
        match (config.build(), read.build()) {
            (Ok(policy), Ok(again)) => assert_eq!(policy.config(), again.config()),
            (Err(errors), Err(again)) => assert_eq!(errors.as_slice().len(), again.as_slice().len()),
            (one, other) => panic!("{written}: {} and {}", one.is_ok(), other.is_ok()),
        }
    }
}

fn check_errors(errors: &ConfigErrors, text: &str) {
    let lines: Vec<&str> = text.split('\n').collect();
    let is_inside = |error: &ConfigError| {
        error.position.is_none_or(|position| {
            let line = lines.get(position.line as usize - 1);
            line.is_some_and(|line| position.column as usize <= line.chars().count() + 1)
        })
    };
    assert!(!errors.as_slice().is_empty());
    for error in errors.as_slice() {
        assert!(is_inside(error), "{error} is outside the text");
        assert!(!error.advice.is_empty());
    }
}
