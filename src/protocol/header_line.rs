//! A line of request headers, with what the rules on request headers have to know of it. A [`HeaderList`] finds
//! that out when a line is appended, and sums it up for all lines, so that judging them, however often, looks at
//! no byte again, and in most cases at no line.
//!
//! [`HeaderList`]: super::HeaderList

use super::{has_byte_below, is_name, is_token, kinds_of_bytes, request_header};
use core::ops::BitOr;

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
}

/// What is known of a line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Facts {
    pub(crate) name: KnownName,
    pub(crate) faults: Faults,
}

impl Facts {
    /// The facts of a line with this value, once normalized.
    pub(crate) fn of(name: &[u8], value: &[u8]) -> Self {
        let known = KnownName::of(name);
        let decides_by_value = KnownNames::SAFELISTABLE.contains(known);
        let kinds = match decides_by_value || has_byte_below(value, FIRST_SURE_VALUE_BYTE) {
            true => kinds_of_bytes(value, &KINDS),
            false => 0,
        };
        let is_token = known.is_one_name() || is_token(name);
        let faults = request_header::safelist_faults(known, value, kinds)
            | Faults::NO_TOKEN.only_if(!is_token)
            | Faults::NO_VALUE.only_if(kinds & NOT_VALUE_BYTE != 0)
            | Faults::FORBIDDEN.only_if(known.is_forbidden(value))
            | Faults::USER_AGENT.only_if(known == KnownName::UserAgent);
        Facts { name: known, faults }
    }
}

/// What some rule can have against a line, each as a bit: which of them count depends on the engine.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Faults(u16);

impl Faults {
    /// The name is no token.
    pub(crate) const NO_TOKEN: Faults = Faults(1);
    /// The value is no header value.
    pub(crate) const NO_VALUE: Faults = Faults(1 << 1);
    /// It is a [forbidden request-header](https://fetch.spec.whatwg.org/#forbidden-request-header).
    pub(crate) const FORBIDDEN: Faults = Faults(1 << 2);
    /// It is a `User-Agent`.
    pub(crate) const USER_AGENT: Faults = Faults(1 << 3);
    /// The value was not normalized.
    pub(crate) const PADDED: Faults = Faults(1 << 4);
    /// No safelist has it.
    pub(crate) const UNSAFE: Faults = Faults(1 << 5);
    /// It has a byte outside ASCII, and would be safelisted but for that.
    pub(crate) const HIGH_BYTE: Faults = Faults(1 << 6);
    /// It is a `Content-Type` with a comma, or with a `;` after its last parameter.
    pub(crate) const LOOSE_TYPE: Faults = Faults(1 << 7);
    /// It is a client hint.
    pub(crate) const CLIENT_HINT: Faults = Faults(1 << 8);
    /// It is a `Range`, and this syntax does not make it safelisted. So below.
    pub(crate) const STANDARD_RANGE: Faults = Faults(1 << 9);
    pub(crate) const SIGNED_RANGE: Faults = Faults(1 << 10);
    pub(crate) const UNSIGNED_RANGE: Faults = Faults(1 << 11);
    pub(crate) const LENIENT_RANGE: Faults = Faults(1 << 12);

    /// These where `condition` holds, else none.
    pub(crate) const fn only_if(self, condition: bool) -> Faults {
        Faults(self.0 * condition as u16)
    }

    pub(crate) const fn or(self, others: Faults) -> Faults {
        Faults(self.0 | others.0)
    }

    /// Whether one of `others` is among these.
    pub(crate) const fn has(self, others: Faults) -> bool {
        self.0 & others.0 != 0
    }
}

impl BitOr for Faults {
    type Output = Faults;

    fn bitor(self, others: Faults) -> Faults {
        self.or(others)
    }
}

/// What is known of several lines together.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Summary {
    /// What there is against some line.
    pub(crate) faults: Faults,
    pub(crate) names: KnownNames,
    /// The names that came more than once.
    pub(crate) repeated: KnownNames,
    /// How long the values are together, normalized.
    pub(crate) values_length: usize,
}

impl Summary {
    pub(crate) fn add(&mut self, facts: Facts, value_length: usize) {
        self.faults = self.faults | facts.faults;
        self.repeated.insert_if(facts.name, self.names.contains(facts.name));
        self.names.insert_if(facts.name, true);
        self.values_length += value_length;
    }
}

impl<'a> Extend<HeaderLine<'a>> for Summary {
    fn extend<I: IntoIterator<Item = HeaderLine<'a>>>(&mut self, lines: I) {
        lines.into_iter().for_each(|line| self.add(line.facts, line.value.len()));
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
    // Those that something else depends on.
    Authorization,
    AvailableDictionary,
    /// Any other.
    Other,
}

impl KnownName {
    /// What [`request_header::is_cors_non_wildcard`] is about.
    pub(crate) const CORS_NON_WILDCARD: KnownName = KnownName::Authorization;

    /// Whether a header of this name is [forbidden](https://fetch.spec.whatwg.org/#forbidden-request-header) with
    /// this value.
    pub(crate) fn is_forbidden(self, value: &[u8]) -> bool {
        match self {
            KnownName::Forbidden => true,
            KnownName::MethodOverride => request_header::names_forbidden_method(value),
            _ => false,
        }
    }

    /// What `name` is, byte-case-insensitively.
    pub(crate) fn of(name: &[u8]) -> Self {
        use KnownName::{
            Accept, AcceptLanguage, Authorization, AvailableDictionary, ContentLanguage, ContentType,
            DeviceMemory, Downlink, Dpr, Ect, Forbidden, Intervention, MethodOverride, Other, Range, Rtt,
            SaveData, UserAgent, ViewportWidth, Width,
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
            13 if is_name(name, b"authorization") => Authorization,
            13 if is_name(name, b"x-http-method") => MethodOverride,
            14 if is_name(name, b"viewport-width") => ViewportWidth,
            14 if is_name(name, b"accept-charset") || is_name(name, b"content-length") => Forbidden,
            15 if is_name(name, b"accept-language") => AcceptLanguage,
            15 if is_name(name, b"accept-encoding") => Forbidden,
            16 if is_name(name, b"content-language") => ContentLanguage,
            17 if is_name(name, b"transfer-encoding") => Forbidden,
            17 if is_name(name, b"x-method-override") => MethodOverride,
            20 if is_name(name, b"available-dictionary") => AvailableDictionary,
            22 if is_name(name, b"x-http-method-override") => MethodOverride,
            29 if is_name(name, b"access-control-request-method") => Forbidden,
            30 if is_name(name, b"access-control-request-headers") => Forbidden,
            _ if name.first_chunk().is_some_and(|start: &[u8; 4]| is_name(start, b"sec-")) => Forbidden,
            _ if name.first_chunk().is_some_and(|start: &[u8; 6]| is_name(start, b"proxy-")) => Forbidden,
            _ => Other,
        }
    }

    /// Whether it stands for one name, not for several.
    fn is_one_name(self) -> bool {
        !matches!(self, KnownName::Forbidden | KnownName::Other)
    }
}

/// A set of names.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct KnownNames(u32);

impl KnownNames {
    /// Those that some value and some rules can make CORS-safelisted.
    pub(crate) const SAFELISTABLE: KnownNames = KnownNames((1 << KnownName::Forbidden as u32) - 1);

    pub(crate) fn insert_if(&mut self, name: KnownName, condition: bool) {
        self.0 |= u32::from(condition) << name as u32;
    }

    pub(crate) fn contains(self, name: KnownName) -> bool {
        self.0 & (1 << name as u32) != 0
    }

    pub(crate) fn intersects(self, others: KnownNames) -> bool {
        self.0 & others.0 != 0
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

/// No byte from here on is of that kind.
const FIRST_SURE_VALUE_BYTE: u8 = b'\r' + 1;

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_wildcard_does_not_cover_is_known_by_its_name() {
        for name in
            [&b"Authorization"[..], b"AUTHORIZATION", b"accept", b"cookie", b"proxy-authorization", b"x"]
        {
            let is_known = KnownName::of(name) == KnownName::CORS_NON_WILDCARD;
            assert_eq!(is_known, request_header::is_cors_non_wildcard(name), "{}", name.escape_ascii());
        }
    }
}
