//! Triggers: what makes a request preflighted.

use crate::protocol::request_header::SafelistRules;
use crate::protocol::{HeaderList, method};
use crate::{Engine, Request};
use alloc::vec::Vec;
use core::fmt;

/// One thing about a request that makes it preflighted.
///
/// ```
/// # use cors_engine::{Request, explain::{Classification, classify}};
/// let mut request = Request::fetch("https://app.example", "https://api.example/")?;
/// request.headers.append(b"X-Id", b"7");
/// request.headers.append(b"Content-Type", b"application/json");
/// let Classification::Preflighted(triggers) = classify(&request) else { panic!() };
/// let words: Vec<String> = triggers.iter().map(|trigger| trigger.to_string()).collect();
/// assert_eq!(words, ["the header X-Id", "Content-Type: application/json"]);
/// # Ok::<(), cors_engine::InvalidRequest>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Trigger {
    /// The method is not GET, HEAD or POST.
    Method(Vec<u8>),
    /// The header's name is not on the safelist.
    HeaderName(Vec<u8>),
    /// The header's name is on the safelist, but its value is not a simple one.
    HeaderValue {
        /// The name as written.
        name: Vec<u8>,
        /// The value.
        value: Vec<u8>,
    },
    /// The body is a stream, or somebody listens to the upload's progress.
    Upload,
}

impl fmt::Display for Trigger {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Trigger::Method(method) => write!(formatter, "the method {}", method.escape_ascii()),
            Trigger::HeaderName(name) => write!(formatter, "the header {}", name.escape_ascii()),
            Trigger::HeaderValue { name, value } if value.len() > 60 => {
                write!(formatter, "the value of {} ({} bytes)", name.escape_ascii(), value.len())
            }
            Trigger::HeaderValue { name, value } => {
                write!(formatter, "{}: {}", name.escape_ascii(), value.escape_ascii())
            }
            Trigger::Upload => formatter.write_str("the streaming body or the upload listener"),
        }
    }
}

/// Everything about a cross-origin request that makes it preflighted by the standard.
pub(super) fn triggers(request: &Request) -> Vec<Trigger> {
    let profile = Engine::Spec.profile();
    let upload = request.use_cors_preflight(profile).then_some(Trigger::Upload);
    let method = method::normalize(&request.method);
    let method = (!method::is_cors_safelisted(method)).then(|| Trigger::Method(method.to_vec()));
    let headers = request.header_list(profile);
    let rules = request.safelist_rules(profile);
    let mut triggers: Vec<Trigger> = upload.into_iter().chain(method).collect();
    for name in rules.cors_unsafe_names(headers.lines()) {
        let trigger = header_trigger(name, &headers);
        if !triggers.contains(&trigger) {
            triggers.push(trigger);
        }
    }
    triggers
}

/// A name that a harmless value would make simple is on the safelist: then the value is to blame.
fn header_trigger(name: &[u8], headers: &HeaderList) -> Trigger {
    const HARMLESS: [&[u8]; 3] = [b"a", b"text/plain", b"bytes=0-"];
    if !HARMLESS.iter().any(|value| SafelistRules::STANDARD.is_cors_safelisted(name, value)) {
        return Trigger::HeaderName(name.to_vec());
    }
    let value = headers.lines().find(|(line, _)| line.eq_ignore_ascii_case(name));
    Trigger::HeaderValue {
        name: name.to_vec(),
        value: value.map(|(_, value)| value.to_vec()).unwrap_or_default(),
    }
}
