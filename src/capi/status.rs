//! What a call returns when it fails, and the struct that says why.

use super::door::door;
use super::reasons::browser_number;
use crate::browser::InvalidRequest;
use crate::server::{ConfigError, ConfigErrorCode, ConfigErrors};
use core::ffi::{CStr, c_char};

/// The result of a call that can fail: CORS_OK, or an error below 0. A number never gets another meaning, and
/// new ones may come: treat every negative number as a failure.
pub type cors_status = i32;

/// It worked.
pub const CORS_OK: cors_status = 0;
/// A pointer that has to be there is NULL, or a string or an array is NULL with a length other than 0.
pub const CORS_ERROR_NULL: cors_status = -1;
/// The struct_size of a struct is not its size in this library: it was not set, or the program was compiled
/// with another header.
pub const CORS_ERROR_STRUCT_SIZE: cors_status = -2;
/// The library has a bug. What the call was to change may have been changed in part.
pub const CORS_ERROR_PANIC: cors_status = -3;
/// The buffer is too small. How much is needed has been written.
pub const CORS_ERROR_NO_SPACE: cors_status = -4;
/// The call came too early or too late.
pub const CORS_ERROR_ORDER: cors_status = -5;
/// A length is larger than any object in memory.
pub const CORS_ERROR_TOO_LONG: cors_status = -6;
/// A string that has to be text is not UTF-8.
pub const CORS_ERROR_ENCODING: cors_status = -7;
/// A number is none of the constants that it can be.
pub const CORS_ERROR_VALUE: cors_status = -8;
/// There are not so many.
pub const CORS_ERROR_NOT_FOUND: cors_status = -9;

/// The document is not well-formed.
pub const CORS_ERROR_SYNTAX: cors_status = -100;
/// A key is given twice.
pub const CORS_ERROR_DUPLICATE_KEY: cors_status = -101;
/// There is no such key.
pub const CORS_ERROR_UNKNOWN_KEY: cors_status = -102;
/// The document has no such environment.
pub const CORS_ERROR_UNKNOWN_ENVIRONMENT: cors_status = -103;
/// The value is of another type than its key takes.
pub const CORS_ERROR_WRONG_TYPE: cors_status = -104;
/// The policy lets nobody in.
pub const CORS_ERROR_NO_ORIGINS: cors_status = -105;
/// An entry of origins is not an origin.
pub const CORS_ERROR_ORIGIN_INVALID: cors_status = -106;
/// An entry of origins is not written as browsers write it.
pub const CORS_ERROR_ORIGIN_NOT_SERIALIZED: cors_status = -107;
/// A star in an entry of origins stands where it means nothing.
pub const CORS_ERROR_ORIGIN_WILDCARD_MISPLACED: cors_status = -108;
/// The origin null has a key of its own.
pub const CORS_ERROR_ORIGIN_NULL: cors_status = -109;
/// Every origin would read answers made for the signed-in user.
pub const CORS_ERROR_ANY_ORIGIN_WITH_CREDENTIALS: cors_status = -110;
/// Every sandboxed page would read answers made for the signed-in user.
pub const CORS_ERROR_NULL_ORIGIN_WITH_CREDENTIALS: cors_status = -111;
/// Anybody on the network path could read answers made for the signed-in user.
pub const CORS_ERROR_INSECURE_ORIGIN_WITH_CREDENTIALS: cors_status = -112;
/// Anybody can register a host that the pattern covers.
pub const CORS_ERROR_PUBLIC_SUFFIX_SUBDOMAINS: cors_status = -113;
/// Reflecting every origin does nothing that a star would not do.
pub const CORS_ERROR_REFLECTION_WITHOUT_CREDENTIALS: cors_status = -114;
/// A predicate has nothing to decide where every origin is allowed.
pub const CORS_ERROR_PREDICATE_WITH_ANY_ORIGIN: cors_status = -115;
/// A header that the predicate reads has no valid name.
pub const CORS_ERROR_PREDICATE_HEADER_INVALID: cors_status = -116;
/// A method is not a token.
pub const CORS_ERROR_METHOD_INVALID: cors_status = -117;
/// No browser lets script send the method.
pub const CORS_ERROR_METHOD_FORBIDDEN: cors_status = -118;
/// A request header's name is not a token.
pub const CORS_ERROR_REQUEST_HEADER_INVALID: cors_status = -119;
/// No browser lets script set the request header.
pub const CORS_ERROR_REQUEST_HEADER_FORBIDDEN: cors_status = -120;
/// A response header's name is not a token.
pub const CORS_ERROR_EXPOSE_HEADER_INVALID: cors_status = -121;
/// No browser lets script read the response header.
pub const CORS_ERROR_EXPOSE_HEADER_FORBIDDEN: cors_status = -122;
/// With credentials browsers take the star for a header's name.
pub const CORS_ERROR_EXPOSE_ANY_WITH_CREDENTIALS: cors_status = -123;
/// The number of seconds is negative or more than any browser keeps.
pub const CORS_ERROR_MAX_AGE_OUT_OF_RANGE: cors_status = -124;
/// An entry of timing_allow_origins is not one whole origin.
pub const CORS_ERROR_TIMING_ORIGIN_INVALID: cors_status = -125;
/// Browsers take only 200 to 299 for a preflight's success.
pub const CORS_ERROR_PREFLIGHT_STATUS_OUT_OF_RANGE: cors_status = -126;

/// fetch() itself would throw; the error has the reason.
pub const CORS_ERROR_REQUEST: cors_status = -200;

/// What went wrong, in words. It belongs to the caller and holds no memory. Every call that takes one takes
/// NULL as well. It is written when the call fails, and left alone when it does not.
///
/// The texts are English UTF-8, ended by NUL, and cut where they are too long. They hold what the caller
/// passed, so escape them where they are shown.
///
/// Start from CORS_ERROR_INIT.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct cors_error {
    /// sizeof(cors_error), set by the caller.
    pub struct_size: u32,
    /// What the call returned.
    pub status: cors_status,
    /// The line in the document, from 1; 0 where there is none.
    pub line: u32,
    /// The character in that line, from 1; 0 where there is none.
    pub column: u32,
    /// Which element of a list it is about, from 0; UINT32_MAX where it is about none.
    pub index: u32,
    /// How many other mistakes there are.
    pub more: u32,
    /// With CORS_ERROR_REQUEST the number of the reason, else 0.
    pub reason: u16,
    /// 0.
    pub reserved0: u16,
    /// The stable code, such as "origin-invalid".
    pub code: [c_char; 40],
    /// The key or argument it is about, such as "origins[3]"; empty where it is about none.
    pub key: [c_char; 64],
    /// The value it is about; empty where it is about none.
    pub value: [c_char; 128],
    /// What is wrong and what to write instead.
    pub message: [c_char; 384],
}

impl Default for cors_error {
    fn default() -> Self {
        cors_error {
            struct_size: size_of::<cors_error>() as u32,
            status: CORS_OK,
            line: 0,
            column: 0,
            index: u32::MAX,
            more: 0,
            reason: 0,
            reserved0: 0,
            code: [0; 40],
            key: [0; 64],
            value: [0; 128],
            message: [0; 384],
        }
    }
}

/// The stable code of a status, such as "origin-invalid": a static string, ended by NUL. "unknown" for a
/// number that is no status.
///
/// Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn cors_status_name(status: cors_status) -> *const c_char {
    door(c"unknown".as_ptr(), || name(status).unwrap_or(c"unknown").as_ptr())
}

/// The statuses that are not about a policy, and what each means.
const GENERAL: [(cors_status, &CStr, &str); 11] = [
    (CORS_OK, c"ok", "It worked."),
    (CORS_ERROR_NULL, c"null", "A pointer that has to be there is NULL."),
    (CORS_ERROR_STRUCT_SIZE, c"struct-size", "A struct_size is not the size of the struct in this library."),
    (CORS_ERROR_PANIC, c"panic", "The library has a bug."),
    (CORS_ERROR_NO_SPACE, c"no-space", "The buffer is too small."),
    (CORS_ERROR_ORDER, c"order", "The call came too early or too late."),
    (CORS_ERROR_TOO_LONG, c"too-long", "A length is larger than any object in memory."),
    (CORS_ERROR_ENCODING, c"encoding", "A string that has to be text is not UTF-8."),
    (CORS_ERROR_VALUE, c"value", "A number is none of the constants that it can be."),
    (CORS_ERROR_NOT_FOUND, c"not-found", "There are not so many."),
    (CORS_ERROR_REQUEST, c"request", "fetch() itself would throw."),
];

fn name(status: cors_status) -> Option<&'static CStr> {
    let general = GENERAL.iter().find(|(number, ..)| *number == status).map(|(_, name, _)| *name);
    general.or_else(|| {
        ConfigErrorCode::ALL.iter().find(|code| config_number(**code) == status).map(|code| code.c_code())
    })
}

/// The number of a mistake in a policy.
pub(super) const fn config_number(code: ConfigErrorCode) -> cors_status {
    match code {
        ConfigErrorCode::Syntax => CORS_ERROR_SYNTAX,
        ConfigErrorCode::DuplicateKey => CORS_ERROR_DUPLICATE_KEY,
        ConfigErrorCode::UnknownKey => CORS_ERROR_UNKNOWN_KEY,
        ConfigErrorCode::UnknownEnvironment => CORS_ERROR_UNKNOWN_ENVIRONMENT,
        ConfigErrorCode::WrongType => CORS_ERROR_WRONG_TYPE,
        ConfigErrorCode::NoOrigins => CORS_ERROR_NO_ORIGINS,
        ConfigErrorCode::OriginInvalid => CORS_ERROR_ORIGIN_INVALID,
        ConfigErrorCode::OriginNotSerialized => CORS_ERROR_ORIGIN_NOT_SERIALIZED,
        ConfigErrorCode::OriginWildcardMisplaced => CORS_ERROR_ORIGIN_WILDCARD_MISPLACED,
        ConfigErrorCode::OriginNull => CORS_ERROR_ORIGIN_NULL,
        ConfigErrorCode::AnyOriginWithCredentials => CORS_ERROR_ANY_ORIGIN_WITH_CREDENTIALS,
        ConfigErrorCode::NullOriginWithCredentials => CORS_ERROR_NULL_ORIGIN_WITH_CREDENTIALS,
        ConfigErrorCode::InsecureOriginWithCredentials => CORS_ERROR_INSECURE_ORIGIN_WITH_CREDENTIALS,
        ConfigErrorCode::PublicSuffixSubdomains => CORS_ERROR_PUBLIC_SUFFIX_SUBDOMAINS,
        ConfigErrorCode::ReflectionWithoutCredentials => CORS_ERROR_REFLECTION_WITHOUT_CREDENTIALS,
        ConfigErrorCode::PredicateWithAnyOrigin => CORS_ERROR_PREDICATE_WITH_ANY_ORIGIN,
        ConfigErrorCode::PredicateHeaderInvalid => CORS_ERROR_PREDICATE_HEADER_INVALID,
        ConfigErrorCode::MethodInvalid => CORS_ERROR_METHOD_INVALID,
        ConfigErrorCode::MethodForbidden => CORS_ERROR_METHOD_FORBIDDEN,
        ConfigErrorCode::RequestHeaderInvalid => CORS_ERROR_REQUEST_HEADER_INVALID,
        ConfigErrorCode::RequestHeaderForbidden => CORS_ERROR_REQUEST_HEADER_FORBIDDEN,
        ConfigErrorCode::ExposeHeaderInvalid => CORS_ERROR_EXPOSE_HEADER_INVALID,
        ConfigErrorCode::ExposeHeaderForbidden => CORS_ERROR_EXPOSE_HEADER_FORBIDDEN,
        ConfigErrorCode::ExposeAnyWithCredentials => CORS_ERROR_EXPOSE_ANY_WITH_CREDENTIALS,
        ConfigErrorCode::MaxAgeOutOfRange => CORS_ERROR_MAX_AGE_OUT_OF_RANGE,
        ConfigErrorCode::TimingOriginInvalid => CORS_ERROR_TIMING_ORIGIN_INVALID,
        ConfigErrorCode::PreflightStatusOutOfRange => CORS_ERROR_PREFLIGHT_STATUS_OUT_OF_RANGE,
    }
}

/// Why a call fails.
#[derive(Clone, Debug)]
pub(super) enum Failure {
    Status(cors_status),
    /// A failure at an argument with this name.
    Argument(&'static str, cors_status),
    Config(Vec<ConfigError>),
    Request(InvalidRequest),
}

impl Failure {
    /// The same failure, at the argument with this name.
    pub(super) fn about(self, argument: &'static str) -> Self {
        match self {
            Failure::Status(status) => Failure::Argument(argument, status),
            other => other,
        }
    }

    pub(super) fn status(&self) -> cors_status {
        match self {
            Failure::Status(status) | Failure::Argument(_, status) => *status,
            Failure::Config(errors) => {
                errors.first().map_or(CORS_ERROR_PANIC, |error| config_number(error.code))
            }
            Failure::Request(_) => CORS_ERROR_REQUEST,
        }
    }
}

impl From<ConfigErrors> for Failure {
    fn from(errors: ConfigErrors) -> Self {
        Failure::Config(errors.into_iter().collect())
    }
}

impl From<InvalidRequest> for Failure {
    fn from(invalid: InvalidRequest) -> Self {
        Failure::Request(invalid)
    }
}

impl cors_error {
    pub(super) fn tell(&mut self, failure: &Failure) {
        *self = cors_error { status: failure.status(), ..cors_error::default() };
        match failure {
            Failure::Status(status) => self.tell_general("", *status),
            Failure::Argument(argument, status) => self.tell_general(argument, *status),
            Failure::Config(errors) => {
                if let Some(error) = errors.first() {
                    self.tell_config(error, errors.len() - 1);
                }
            }
            Failure::Request(invalid) => {
                self.reason = browser_number(invalid.reason);
                set_text(&mut self.code, invalid.reason.code().as_bytes());
                set_text(&mut self.value, invalid.value.escape_ascii().to_string().as_bytes());
                set_text(&mut self.message, invalid.reason.words().as_bytes());
            }
        }
    }

    fn tell_general(&mut self, argument: &str, status: cors_status) {
        let found = GENERAL.iter().find(|(number, ..)| *number == status);
        if let Some((_, name, words)) = found {
            set_text(&mut self.code, name.to_bytes());
            set_text(&mut self.message, words.as_bytes());
        }
        set_text(&mut self.key, argument.as_bytes());
    }

    pub(super) fn tell_config(&mut self, error: &ConfigError, more: usize) {
        self.status = config_number(error.code);
        self.line = error.position.map_or(0, |position| position.line);
        self.column = error.position.map_or(0, |position| position.column);
        self.index = element(&error.key).unwrap_or(u32::MAX);
        self.more = u32::try_from(more).unwrap_or(u32::MAX);
        set_text(&mut self.code, error.code.code().as_bytes());
        set_text(&mut self.key, error.key.as_bytes());
        set_text(&mut self.value, error.value.as_bytes());
        set_text(&mut self.message, error.advice.as_bytes());
    }
}

/// The place in a key such as `origins[3]`.
pub(super) fn element(key: &str) -> Option<u32> {
    key.strip_suffix(']')?.rsplit_once('[')?.1.parse().ok()
}

/// Puts UTF-8 text into a buffer, ended by NUL and cut between characters. A NUL in it becomes a question
/// mark.
pub(super) fn set_text(buffer: &mut [c_char], text: &[u8]) {
    let mut end = text.len().min(buffer.len() - 1);
    while end < text.len() && end > 0 && text[end] & 0xC0 == 0x80 {
        end -= 1;
    }
    for (place, byte) in buffer.iter_mut().zip(&text[..end]) {
        *place = if *byte == 0 { b'?' as c_char } else { *byte as c_char };
    }
    buffer[end..].fill(0);
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_two_statuses_have_the_same_number() {
        let config = ConfigErrorCode::ALL.iter().map(|code| config_number(*code));
        let numbers: Vec<_> = GENERAL.iter().map(|(number, ..)| *number).chain(config).collect();
        assert_eq!(numbers.iter().collect::<BTreeSet<_>>().len(), numbers.len());
        assert!(numbers.iter().all(|number| *number <= 0));
    }

    #[test]
    fn texts_are_cut_between_characters_and_ended() {
        let cut = |text: &str| {
            let mut buffer = [1 as c_char; 5];
            set_text(&mut buffer, text.as_bytes());
            buffer.map(|byte| byte as u8)
        };
        assert_eq!(cut("abcd"), *b"abcd\0");
        assert_eq!(cut("abcdef"), *b"abcd\0");
        assert_eq!(cut("abcé"), *b"abc\0\0");
        assert_eq!(cut("a\0b"), *b"a?b\0\0");
        assert_eq!(cut(""), [0; 5]);
    }

    #[test]
    fn an_element_has_a_place() {
        assert_eq!(element("env.production.origins[12]"), Some(12));
        assert_eq!(element("origins"), None);
        assert_eq!(element("]"), None);
    }
}
