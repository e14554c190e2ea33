//! A line of request headers, with what the rules on request headers have to know of it. A [`HeaderList`] finds
//! that out when a line is appended, so that judging its lines, however often, looks at no byte again.
//!
//! [`HeaderList`]: super::HeaderList

use super::{is_name, is_token, kinds_of_bytes, request_header};

/// A line, its value normalized.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HeaderLine<'a> {
    pub(crate) name: &'a [u8],
    pub(crate) value: &'a [u8],
    pub(crate) facts: Facts,
}

impl<'a> HeaderLine<'a> {
    pub(crate) fn of(name: &'a [u8], value: &'a [u8]) -> Self {
        HeaderLine { name, value, facts: Facts::of(name, value) }
    }

    /// Whether this is a [forbidden request-header](https://fetch.spec.whatwg.org/#forbidden-request-header).
    pub(crate) fn is_forbidden(self) -> bool {
        match self.facts.name {
            KnownName::Forbidden => true,
            KnownName::MethodOverride => request_header::names_forbidden_method(self.value),
            _ => false,
        }
    }
}

/// What is known of a line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Facts {
    pub(crate) name: KnownName,
    pub(crate) name_is_token: bool,
    /// The kinds of bytes that the value has.
    value_kinds: u8,
}

impl Facts {
    /// The facts of a line with this value, once normalized.
    pub(crate) fn of(name: &[u8], value: &[u8]) -> Self {
        let known = KnownName::of(name);
        Facts {
            name: known,
            name_is_token: known.is_safelistable() || is_token(name),
            value_kinds: kinds_of_bytes(value, &KINDS),
        }
    }

    /// Whether the value has a byte of one of these kinds.
    pub(crate) fn value_has(self, kinds: u8) -> bool {
        self.value_kinds & kinds != 0
    }
}

/// The request headers that some rule is about.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum KnownName {
    // Those that some value and some rules can make CORS-safelisted.
    Accept,
    AcceptLanguage,
    ContentLanguage,
    ContentType,
    Range,
    DeviceMemory,
    Dpr,
    Downlink,
    Width,
    ViewportWidth,
    Rtt,
    Ect,
    SaveData,
    Intervention,
    // Those that script cannot set, or not always.
    Forbidden,
    MethodOverride,
    UserAgent,
    /// Any other.
    Other,
}

impl KnownName {
    /// What `name` is, byte-case-insensitively.
    pub(crate) fn of(name: &[u8]) -> Self {
        use KnownName::{
            Accept, AcceptLanguage, ContentLanguage, ContentType, DeviceMemory, Downlink, Dpr, Ect,
            Forbidden, Intervention, MethodOverride, Other, Range, Rtt, SaveData, UserAgent, ViewportWidth,
            Width,
        };
        match name.len() {
            2 if is_name(name, b"te") => Forbidden,
            3 if is_name(name, b"dpr") => Dpr,
            3 if is_name(name, b"ect") => Ect,
            3 if is_name(name, b"rtt") => Rtt,
            3 if is_name(name, b"dnt") || is_name(name, b"via") => Forbidden,
            4 if is_name(name, b"date") || is_name(name, b"host") => Forbidden,
            5 if is_name(name, b"range") => Range,
            5 if is_name(name, b"width") => Width,
            6 if is_name(name, b"accept") => Accept,
            6 if is_name(name, b"cookie") || is_name(name, b"expect") || is_name(name, b"origin") => {
                Forbidden
            }
            7 if is_name(name, b"cookie2") || is_name(name, b"referer") => Forbidden,
            7 if is_name(name, b"trailer") || is_name(name, b"upgrade") => Forbidden,
            8 if is_name(name, b"downlink") => Downlink,
            9 if is_name(name, b"save-data") => SaveData,
            10 if is_name(name, b"user-agent") => UserAgent,
            10 if is_name(name, b"connection") || is_name(name, b"keep-alive") => Forbidden,
            10 if is_name(name, b"set-cookie") => Forbidden,
            12 if is_name(name, b"content-type") => ContentType,
            12 if is_name(name, b"intervention") => Intervention,
            13 if is_name(name, b"device-memory") => DeviceMemory,
            13 if is_name(name, b"x-http-method") => MethodOverride,
            14 if is_name(name, b"viewport-width") => ViewportWidth,
            14 if is_name(name, b"accept-charset") || is_name(name, b"content-length") => Forbidden,
            15 if is_name(name, b"accept-language") => AcceptLanguage,
            15 if is_name(name, b"accept-encoding") => Forbidden,
            16 if is_name(name, b"content-language") => ContentLanguage,
            17 if is_name(name, b"transfer-encoding") => Forbidden,
            17 if is_name(name, b"x-method-override") => MethodOverride,
            22 if is_name(name, b"x-http-method-override") => MethodOverride,
            29 if is_name(name, b"access-control-request-method") => Forbidden,
            30 if is_name(name, b"access-control-request-headers") => Forbidden,
            _ if name.first_chunk().is_some_and(|start: &[u8; 4]| is_name(start, b"sec-")) => Forbidden,
            _ if name.first_chunk().is_some_and(|start: &[u8; 6]| is_name(start, b"proxy-")) => Forbidden,
            _ => Other,
        }
    }

    /// Whether some value and some rules make it CORS-safelisted.
    pub(crate) fn is_safelistable(self) -> bool {
        !matches!(
            self,
            KnownName::Forbidden | KnownName::MethodOverride | KnownName::UserAgent | KnownName::Other
        )
    }
}

/// A set of names.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct KnownNames(u32);

impl KnownNames {
    pub(crate) fn insert(&mut self, name: KnownName) {
        self.0 |= 1 << name as u32;
    }

    pub(crate) fn contains(self, name: KnownName) -> bool {
        self.0 & (1 << name as u32) != 0
    }
}

/// A [CORS-unsafe request-header byte](https://fetch.spec.whatwg.org/#cors-unsafe-request-header-byte).
pub(crate) const UNSAFE_BYTE: u8 = 1;

/// A byte outside ASCII.
pub(crate) const HIGH_BYTE: u8 = 2;

/// A byte that safelisted `Accept-Language` and `Content-Language` values do not have.
pub(crate) const NOT_LANGUAGE_BYTE: u8 = 4;

/// A byte that no header value has.
pub(crate) const NOT_VALUE_BYTE: u8 = 8;

/// The kinds of each byte.
static KINDS: [u8; 256] = {
    let mut table = [0; 256];
    let mut index = 0;
    while index < table.len() {
        let byte = index as u8;
        if (byte < 0x20 && byte != b'\t')
            || matches!(
                byte,
                b'"' | b'(' | b')' | b':' | b'<' | b'>' | b'?' | b'@' | b'[' | b'\\' | b']' | b'{' | b'}'
            )
            || byte == 0x7F
        {
            table[index] |= UNSAFE_BYTE;
        }
        if byte >= 0x80 {
            table[index] |= HIGH_BYTE;
        }
        let is_language_byte =
            byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'*' | b',' | b'-' | b'.' | b';' | b'=');
        if !is_language_byte {
            table[index] |= NOT_LANGUAGE_BYTE;
        }
        if matches!(byte, b'\0' | b'\r' | b'\n') {
            table[index] |= NOT_VALUE_BYTE;
        }
        index += 1;
    }
    table
};
