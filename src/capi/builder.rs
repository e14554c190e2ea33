//! A policy in the making.

use super::door::{door, status_of, told};
use super::pointers::{exclusive, shared, sized_mut, some_place};
use super::policy::cors_policy;
use super::status::{CORS_ERROR_NOT_FOUND, CORS_ERROR_NULL, CORS_OK, Failure, cors_error, cors_status};
use super::strings::cors_str;
use crate::PolicyConfig;
use crate::server::document::{PolicyDocument, text};
use crate::server::{ConfigError, ConfigErrors};

/// A policy in the making: what was said so far, and the mistakes of the last attempt to build it. It belongs
/// to whoever made it, and is used by one thread at a time.
#[derive(Debug, Default)]
pub struct cors_builder {
    config: PolicyConfig,
    mistakes: Vec<ConfigError>,
}

impl cors_builder {
    fn failed(&mut self, errors: ConfigErrors) -> Failure {
        self.mistakes = errors.into_iter().collect();
        Failure::Config(self.mistakes.clone())
    }

    fn read(
        &mut self,
        document: Result<PolicyDocument, ConfigErrors>,
        environment: Option<&str>,
    ) -> Result<i32, Failure> {
        match document.and_then(|document| document.config(environment)) {
            Ok(config) => {
                *self = cors_builder { config, mistakes: Vec::new() };
                Ok(CORS_OK)
            }
            Err(errors) => Err(self.failed(errors)),
        }
    }
}

/// Makes an empty builder and puts it into out. Free it with cors_builder_free.
///
/// Errors: CORS_ERROR_NULL; out is left alone then.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cors_builder_new(out: *mut *mut cors_builder) -> cors_status {
    status_of(|| {
        let place = some_place(out)?;
        // SAFETY: the header's rule for results.
        unsafe { place.put(Box::into_raw(Box::default())) };
        Ok(())
    })
}

/// Frees a builder; policies built with it live on. NULL does nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cors_builder_free(builder: *mut cors_builder) {
    door((), || {
        if !builder.is_null() {
            // SAFETY: it came from cors_builder_new, and is freed once.
            drop(unsafe { Box::from_raw(builder) });
        }
    });
}

/// Adds an element to a key that takes a list: origins, methods, request_headers, expose_headers or
/// timing_allow_origins. The keys and their values are those of policy documents (docs/policies.md). Whether
/// the element means something is judged when the policy is built.
///
/// Errors: CORS_ERROR_NULL, CORS_ERROR_ENCODING, CORS_ERROR_TOO_LONG, CORS_ERROR_UNKNOWN_KEY, and
/// CORS_ERROR_WRONG_TYPE for a key that takes one value. The builder is left alone then.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cors_builder_add(
    builder: *mut cors_builder,
    key: cors_str,
    value: cors_str,
    error: *mut cors_error,
) -> cors_status {
    // SAFETY: the header's rules for pointers and strings.
    unsafe { change(builder, key, value, error, text::add) }
}

/// Sets a key that takes one value, from text as it would stand in a configuration file: credentials "true",
/// max_age "600", refused_preflight "forbid". Set twice, the later value counts.
///
/// Errors: CORS_ERROR_NULL, CORS_ERROR_ENCODING, CORS_ERROR_TOO_LONG, CORS_ERROR_UNKNOWN_KEY, and
/// CORS_ERROR_WRONG_TYPE for a value that the key does not take and for a key that takes a list. The builder is
/// left alone then.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cors_builder_set(
    builder: *mut cors_builder,
    key: cors_str,
    value: cors_str,
    error: *mut cors_error,
) -> cors_status {
    // SAFETY: the header's rules for pointers and strings.
    unsafe { change(builder, key, value, error, text::set) }
}

/// Reads a policy document in TOML into the builder, in place of all that was said before. environment names
/// the one of the document's environments to use; where it is absent, none is. More can be added and set
/// afterwards.
///
/// Errors: CORS_ERROR_NULL, CORS_ERROR_ENCODING, CORS_ERROR_TOO_LONG, and every mistake that a document can
/// have; cors_builder_mistake has all of them. What was said before is left alone then.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cors_builder_read_toml(
    builder: *mut cors_builder,
    text: cors_str,
    environment: cors_str,
    error: *mut cors_error,
) -> cors_status {
    // SAFETY: the header's rules for pointers and strings.
    unsafe { read(builder, text, environment, error, PolicyDocument::from_toml) }
}

/// Reads a policy document in JSON into the builder: see cors_builder_read_toml.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cors_builder_read_json(
    builder: *mut cors_builder,
    text: cors_str,
    environment: cors_str,
    error: *mut cors_error,
) -> cors_status {
    // SAFETY: the header's rules for pointers and strings.
    unsafe { read(builder, text, environment, error, PolicyDocument::from_json) }
}

/// Builds the policy and puts it into out, with one reference: release it with cors_policy_unref. The builder
/// keeps what was said and can be used again.
///
/// Errors: CORS_ERROR_NULL, and everything that is wrong with the policy: the first mistake through error, all
/// of them through cors_builder_mistake. out is left alone then.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cors_builder_build(
    builder: *mut cors_builder,
    out: *mut *const cors_policy,
    error: *mut cors_error,
) -> cors_status {
    let body = || {
        let place = some_place(out).map_err(|failure| failure.about("out"))?;
        // SAFETY: the header's rule for pointers.
        let builder = unsafe { exclusive(builder) }.map_err(|failure| failure.about("builder"))?;
        let policy = cors_policy::build(&builder.config).map_err(|errors| builder.failed(errors))?;
        builder.mistakes.clear();
        // SAFETY: the header's rule for results.
        unsafe { place.put(policy.into_raw()) };
        Ok(CORS_OK)
    };
    // SAFETY: the header's rule for pointers.
    unsafe { told(error, body) }
}

/// How many mistakes the last call of cors_builder_build, cors_builder_read_toml or cors_builder_read_json
/// found: 0 if it succeeded. NULL has none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cors_builder_mistakes(builder: *const cors_builder) -> usize {
    door(0, || {
        // SAFETY: the header's rule for pointers.
        unsafe { shared(builder) }.map_or(0, |builder| builder.mistakes.len())
    })
}

/// Puts the nth mistake into out, from 0; more in it is how many come after.
///
/// Errors: CORS_ERROR_NULL, CORS_ERROR_STRUCT_SIZE, CORS_ERROR_NOT_FOUND.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cors_builder_mistake(
    builder: *const cors_builder,
    n: usize,
    out: *mut cors_error,
) -> cors_status {
    status_of(|| {
        // SAFETY: the header's rule for pointers.
        let (builder, out) = unsafe { (shared(builder)?, sized_mut(out)?) };
        let mistake = builder.mistakes.get(n).ok_or(Failure::Status(CORS_ERROR_NOT_FOUND))?;
        *out = cors_error::default();
        out.tell_config(mistake, builder.mistakes.len() - 1 - n);
        Ok(())
    })
}

type Change = fn(&mut PolicyConfig, &str, &str) -> Result<(), ConfigError>;

unsafe fn change(
    builder: *mut cors_builder,
    key: cors_str,
    value: cors_str,
    error: *mut cors_error,
    change: Change,
) -> cors_status {
    let body = || {
        // SAFETY: the header's rules for pointers and strings.
        let (builder, key, value) = unsafe {
            let builder = exclusive(builder).map_err(|failure| failure.about("builder"))?;
            (builder, key.text("key")?, value.text("value")?)
        };
        let key = key.ok_or(Failure::Argument("key", CORS_ERROR_NULL))?;
        let value = value.ok_or(Failure::Argument("value", CORS_ERROR_NULL))?;
        change(&mut builder.config, key, value).map_err(|error| Failure::Config(vec![error]))?;
        Ok(CORS_OK)
    };
    // SAFETY: the header's rule for pointers.
    unsafe { told(error, body) }
}

unsafe fn read(
    builder: *mut cors_builder,
    text: cors_str,
    environment: cors_str,
    error: *mut cors_error,
    parse: fn(&str) -> Result<PolicyDocument, ConfigErrors>,
) -> cors_status {
    let body = || {
        // SAFETY: the header's rules for pointers and strings.
        let (builder, text, environment) = unsafe {
            let builder = exclusive(builder).map_err(|failure| failure.about("builder"))?;
            (builder, text.text("text")?, environment.text("environment")?)
        };
        let text = text.ok_or(Failure::Argument("text", CORS_ERROR_NULL))?;
        builder.read(parse(text), environment)
    };
    // SAFETY: the header's rule for pointers.
    unsafe { told(error, body) }
}
