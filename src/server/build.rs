//! From a configuration to a policy: every rule about what a policy may say, and every breach of one at once.
//! Who may read is judged in [`readers`](super::readers).

use super::config::{Located, PolicyConfig};
use super::error::{ConfigError, ConfigErrorCode, ConfigErrors, Position};
use super::header::PolicyText;
use super::pattern::OriginPattern;
use super::policy::{DEFAULT_PREFLIGHT_STATUS, Methods, Policy, RequestHeaders};
use super::readers::readers;
#[cfg(feature = "http")]
use super::ready_made::ReadyMade;
use super::requested_headers::ListedNames;
use crate::protocol::{SerializedOrigin, is_token, method, request_header, response_header};
use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::str::FromStr;

/// The most seconds for which any browser keeps a preflight's answer: Firefox, for 24 hours.
const MAX_AGE_LIMIT: i64 = 86_400;

pub(super) fn build(config: PolicyConfig) -> Result<Policy, ConfigErrors> {
    let mut errors = Errors::default();
    #[allow(unused_mut, reason = "it is completed only for the http crate")]
    let mut policy = Policy {
        methods: methods(&config.methods, &mut errors),
        request_headers: request_headers(&config.request_headers, &mut errors),
        expose_headers: expose_headers(&config, &mut errors),
        max_age: max_age(config.max_age, &mut errors),
        timing_allow_origin: timing_allow_origin(&config.timing_allow_origins, &mut errors),
        preflight_status: preflight_status(config.preflight_status, &mut errors),
        refused_preflight: config.refused_preflight,
        readers: readers(config, &mut errors),
        #[cfg(feature = "http")]
        ready_made: ReadyMade::default(),
    };
    #[cfg(feature = "http")]
    {
        policy.ready_made = ReadyMade::new(&policy);
    }
    ConfigErrors::or(errors.list, policy)
}

/// The breaches found so far.
#[derive(Default)]
pub(super) struct Errors {
    list: Vec<ConfigError>,
}

impl Errors {
    pub(super) fn add(
        &mut self,
        code: ConfigErrorCode,
        key: impl Into<String>,
        value: impl ToString,
        position: Option<Position>,
        advice: impl Into<String>,
    ) {
        let (key, value, advice) = (key.into(), value.to_string(), advice.into());
        self.list.push(ConfigError { code, key, value, position, advice });
    }
}

/// The key of a list's element.
pub(super) fn element(key: &str, place: usize) -> String {
    format!("{key}[{place}]")
}

/// Judges a list of names: what is `*`, and what is left of the others.
struct Names {
    star: bool,
    /// In lower case if header names, sorted, each once.
    names: Vec<Box<str>>,
}

impl Names {
    fn collect(
        listed: &[Located<String>],
        mut judge: impl FnMut(usize, &Located<String>) -> Option<Box<str>>,
    ) -> Self {
        let star = listed.iter().any(|name| name.value == "*");
        let others = listed.iter().enumerate().filter(|(_, name)| name.value != "*");
        let mut names: Vec<_> = others.filter_map(|(place, name)| judge(place, name)).collect();
        names.sort_unstable();
        names.dedup();
        Names { star, names }
    }
}

fn joined(names: &[Box<str>]) -> Option<PolicyText> {
    (!names.is_empty()).then(|| PolicyText::new(names.join(",").into_boxed_str()))
}

fn methods(listed: &[Located<String>], errors: &mut Errors) -> Methods {
    let Names { star, names } = Names::collect(listed, |place, Located { value, position }| {
        let mut refuse = |code, advice: &str| {
            errors.add(code, element("methods", place), value, *position, advice);
            None
        };
        let name = method::normalize(value.as_bytes());
        if !method::is_method(name) {
            return refuse(ConfigErrorCode::MethodInvalid, "not a method: write a token, such as PATCH");
        }
        if method::is_forbidden(name) {
            let advice = "browsers never send CONNECT, TRACE or TRACK for script: remove it";
            return refuse(ConfigErrorCode::MethodForbidden, advice);
        }
        let needless = method::is_cors_safelisted(name);
        core::str::from_utf8(name).ok().filter(|_| !needless).map(Box::from)
    });
    match star {
        true => Methods::Any,
        false => Methods::Listed { value: joined(&names), names: names.into() },
    }
}

fn request_headers(listed: &[Located<String>], errors: &mut Errors) -> RequestHeaders {
    let Names { star, names } = Names::collect(listed, |place, Located { value, position }| {
        let mut refuse = |code, advice: &str| {
            errors.add(code, element("request_headers", place), value, *position, advice);
            None
        };
        let name = value.to_ascii_lowercase();
        if !is_token(name.as_bytes()) {
            let advice = "not a header's name: write a token, such as x-requested-with";
            return refuse(ConfigErrorCode::RequestHeaderInvalid, advice);
        }
        if name.starts_with("access-control-") || request_header::is_forbidden(name.as_bytes(), b"") {
            let advice = "browsers set this header themselves or not at all, and never for script: remove it";
            return refuse(ConfigErrorCode::RequestHeaderForbidden, advice);
        }
        Some(name.into_boxed_str())
    });
    match star {
        true => RequestHeaders::Any {
            authorization: names.iter().any(|name| request_header::is_cors_non_wildcard(name.as_bytes())),
        },
        false => RequestHeaders::Listed { value: joined(&names), names: ListedNames::new(names) },
    }
}

fn expose_headers(config: &PolicyConfig, errors: &mut Errors) -> Option<PolicyText> {
    let listed = &config.expose_headers;
    if let Some((place, star)) = listed.iter().enumerate().find(|(_, name)| name.value == "*") {
        if config.credentials.value {
            errors.add(
                ConfigErrorCode::ExposeAnyWithCredentials,
                element("expose_headers", place),
                "*",
                star.position,
                "with credentials browsers take the star for a header's name: list the headers",
            );
        }
    }
    let Names { star, names } = Names::collect(listed, |place, Located { value, position }| {
        let mut refuse = |code, advice: &str| {
            errors.add(code, element("expose_headers", place), value, *position, advice);
            None
        };
        let name = value.to_ascii_lowercase();
        if !is_token(name.as_bytes()) {
            let advice = "not a header's name: write a token, such as x-request-id";
            return refuse(ConfigErrorCode::ExposeHeaderInvalid, advice);
        }
        if response_header::is_forbidden(name.as_bytes()) {
            let advice = "browsers keep cookies from script whatever is exposed: remove it";
            return refuse(ConfigErrorCode::ExposeHeaderForbidden, advice);
        }
        if is_never_on_a_response(&name) {
            let advice = "this header is on requests and preflights, which script never sees: remove it";
            return refuse(ConfigErrorCode::ExposeHeaderForbidden, advice);
        }
        let needless = response_header::is_cors_safelisted(name.as_bytes());
        (!needless).then(|| name.into_boxed_str())
    });
    if star { Some(PolicyText::new(Box::from("*"))) } else { joined(&names) }
}

/// Whether a header is on no response that script could read: it is the request's, or a preflight's.
fn is_never_on_a_response(name: &str) -> bool {
    name == "origin"
        || name.starts_with("access-control-request-")
        || matches!(
            name,
            "access-control-allow-methods"
                | "access-control-allow-headers"
                | "access-control-allow-private-network"
                | "access-control-max-age"
        )
}

fn max_age(seconds: Option<Located<i64>>, errors: &mut Errors) -> Option<PolicyText> {
    let Located { value, position } = seconds?;
    if !(0..=MAX_AGE_LIMIT).contains(&value) {
        let advice = if value < 0 {
            "write the seconds for which browsers may keep a preflight's answer; 0 for not at all"
        } else {
            "Firefox keeps a preflight's answer for 86400 seconds at most, Chromium for 7200, WebKit for 600: \
             write no more than 86400"
        };
        errors.add(ConfigErrorCode::MaxAgeOutOfRange, "max_age", value, position, advice);
    }
    Some(PolicyText::new(value.to_string().into_boxed_str()))
}

fn timing_allow_origin(listed: &[Located<String>], errors: &mut Errors) -> Option<PolicyText> {
    let Names { star, names } = Names::collect(listed, |place, Located { value, position }| {
        let is_origin = value == "null" || SerializedOrigin::parse(value.as_bytes()).is_some();
        let advice = match OriginPattern::from_str(value) {
            // A comma, which a host can have, would make two origins of one.
            _ if is_origin && !value.contains(',') => return Some(Box::from(&**value)),
            _ if is_origin => "browsers would split it at the comma: leave it out".to_string(),
            Err(error) if !value.contains('*') => error.to_string(),
            _ => {
                "browsers compare this header with whole origins, and know no patterns: list each, or write *"
                    .to_string()
            }
        };
        errors.add(
            ConfigErrorCode::TimingOriginInvalid,
            element("timing_allow_origins", place),
            value,
            *position,
            advice,
        );
        None
    });
    if star { Some(PolicyText::new(Box::from("*"))) } else { joined(&names) }
}

fn preflight_status(status: Option<Located<i64>>, errors: &mut Errors) -> u16 {
    let Some(Located { value, position }) = status else { return DEFAULT_PREFLIGHT_STATUS };
    match u16::try_from(value) {
        Ok(status @ 200..=299) => status,
        _ => {
            let advice =
                "browsers take a preflight for refused unless its status is 200 to 299: write 204 or 200";
            errors.add(
                ConfigErrorCode::PreflightStatusOutOfRange,
                "preflight_status",
                value,
                position,
                advice,
            );
            DEFAULT_PREFLIGHT_STATUS
        }
    }
}
