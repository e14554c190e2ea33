//! What builds and is still worth a second look: risky, dead, capped, shadowed or redundant.

use super::config::{Located, PolicyConfig};
use super::error::Position;
use super::origins::OriginSet;
use super::pattern::OriginPattern;
use super::quoted::Quoted;
use crate::protocol::{method, request_header, response_header};
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

/// What kind of finding.
///
/// ```
/// use cors_engine::server::{FindingKind, PolicyConfig};
/// let findings = PolicyConfig::new().origins(["*"]).methods(["GET"]).audit();
/// assert_eq!(findings[0].code.kind(), FindingKind::Redundant);
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum FindingKind {
    /// It lets in more than its author may have thought.
    Risky,
    /// It does nothing in browsers.
    Dead,
    /// Browsers take less of it than it says.
    Capped,
    /// Something else in the policy says it already, and more.
    Shadowed,
    /// It says what is so without it.
    Redundant,
}

impl FindingKind {
    /// The stable word for it.
    ///
    /// ```
    /// assert_eq!(cors_engine::server::FindingKind::Capped.as_str(), "capped");
    /// ```
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            FindingKind::Risky => "risky",
            FindingKind::Dead => "dead",
            FindingKind::Capped => "capped",
            FindingKind::Shadowed => "shadowed",
            FindingKind::Redundant => "redundant",
        }
    }
}

/// Declares the codes once: variant, code, kind and words.
macro_rules! finding_codes {
    ($($variant:ident $code:literal $kind:ident $words:literal)+) => {
        /// The findings. The codes are stable: they are never renamed or given another meaning.
        ///
        /// ```
        /// use cors_engine::server::{FindingCode, PolicyConfig};
        /// let findings = PolicyConfig::new().origins(["http://app.example"]).audit();
        /// assert_eq!(findings[0].code, FindingCode::InsecureOrigin);
        /// ```
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        #[non_exhaustive]
        pub enum FindingCode {
            $(#[doc = $words] $variant,)+
        }

        impl FindingCode {
            /// Every code.
            ///
            /// ```
            /// assert!(cors_engine::server::FindingCode::ALL.len() > 10);
            /// ```
            pub const ALL: &[FindingCode] = &[$(FindingCode::$variant,)+];

            /// The stable code, in kebab case.
            ///
            /// ```
            /// # use cors_engine::server::FindingCode;
            /// assert_eq!(FindingCode::MaxAgeCapped.code(), "max-age-capped");
            /// ```
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(FindingCode::$variant => $code,)+ }
            }

            /// What kind of finding it is.
            ///
            /// ```
            /// # use cors_engine::server::{FindingCode, FindingKind};
            /// assert_eq!(FindingCode::MaxAgeCapped.kind(), FindingKind::Capped);
            /// ```
            #[must_use]
            pub const fn kind(self) -> FindingKind {
                match self { $(FindingCode::$variant => FindingKind::$kind,)+ }
            }

            /// What it means, in one sentence.
            ///
            /// ```
            /// # use cors_engine::server::FindingCode;
            /// assert!(FindingCode::MaxAgeCapped.words().ends_with('.'));
            /// ```
            #[must_use]
            pub const fn words(self) -> &'static str {
                match self { $(FindingCode::$variant => $words,)+ }
            }
        }
    };
}

finding_codes! {
    DangerousSwitch "dangerous-switch" Risky
        "A safeguard is switched off."
    WidePatternWithCredentials "wide-pattern-with-credentials" Risky
        "Whoever gets hold of one host or port that the pattern covers can act as every signed-in user."
    LoopbackWithCredentials "loopback-with-credentials" Risky
        "Any program on a user's machine can serve a loopback origin: keep it for development."
    InsecureOrigin "insecure-origin" Risky
        "Anybody on the network path can speak for an http origin and read what it may read."
    NullOrigin "null-origin" Risky
        "Every site can obtain the origin null from a sandboxed frame: this is as wide as a star."
    NeedlessSwitch "needless-switch" Dead
        "The policy has nothing that this switch would let through."
    MethodCase "method-case" Dead
        "Methods are compared byte by byte, and browsers upper-case only DELETE, GET, HEAD, OPTIONS, POST and PUT."
    StarWithoutAuthorization "star-without-authorization" Dead
        "A star does not cover Authorization: where it is sent, list it beside the star."
    MaxAgeCapped "max-age-capped" Capped
        "Not every browser keeps a preflight's answer for as many seconds."
    ShadowedByStar "shadowed-by-star" Shadowed
        "The star beside it covers it."
    ShadowedOrigin "shadowed-origin" Shadowed
        "A wider entry covers it."
    Repeated "repeated" Redundant
        "It is listed already."
    SafelistedMethod "safelisted-method" Redundant
        "GET, HEAD and POST are allowed without being listed."
    SafelistedExposure "safelisted-exposure" Redundant
        "Script can read this response header without its being exposed."
}

/// Something in a policy worth a second look.
///
/// ```
/// use cors_engine::server::{FindingCode, PolicyConfig};
/// let findings = PolicyConfig::new().origins(["*"]).max_age(86_400).audit();
/// assert_eq!(findings[0].code, FindingCode::MaxAgeCapped);
/// assert_eq!((findings[0].key.as_str(), findings[0].value.as_str()), ("max_age", "86400"));
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Finding {
    /// What it is.
    pub code: FindingCode,
    /// The key it is about, such as `origins[3]`.
    pub key: String,
    /// The value it is about.
    pub value: String,
    /// Where that stands, if the policy came from a document.
    pub position: Option<Position>,
    /// What else has to do with it: for a shadowed entry, the wider one.
    pub related: Option<String>,
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(position) = self.position {
            write!(formatter, "{position}: ")?;
        }
        write!(formatter, "{}: {}: {}", self.key, Quoted(&self.value), self.code.words())?;
        if let Some(related) = &self.related {
            write!(formatter, " ({related})")?;
        }
        write!(formatter, " [{}: {}]", self.code.kind().as_str(), self.code.code())
    }
}

impl PolicyConfig {
    /// What is worth a second look in a policy that builds, in the order of the keys. What does not build is
    /// for [`build`](PolicyConfig::build) to say.
    ///
    /// ```
    /// use cors_engine::server::{FindingCode, PolicyConfig};
    /// let config = PolicyConfig::new().origins(["https://*.a.example", "https://b.a.example"]);
    /// let findings = config.audit();
    /// assert_eq!(findings[0].code, FindingCode::ShadowedOrigin);
    /// assert_eq!(findings[0].related.as_deref(), Some("https://*.a.example"));
    /// ```
    #[must_use]
    pub fn audit(&self) -> Vec<Finding> {
        let mut audit = Audit { config: self, findings: Vec::new() };
        audit.origins();
        audit.switches();
        audit.methods();
        audit.request_headers();
        audit.expose_headers();
        audit.max_age();
        audit.findings
    }
}

struct Audit<'c> {
    config: &'c PolicyConfig,
    findings: Vec<Finding>,
}

impl<'c> Audit<'c> {
    fn add(&mut self, code: FindingCode, key: String, value: &Located<impl ToString>, related: Option<&str>) {
        self.findings.push(Finding {
            code,
            key,
            value: value.value.to_string(),
            position: value.position,
            related: related.map(ToString::to_string),
        });
    }

    /// The elements of a list that nothing makes superfluous, by place: neither a star nor an equal element.
    fn list(
        &mut self,
        key: &str,
        listed: &'c [Located<String>],
        normalized: impl Fn(&str) -> String,
        star_covers: impl Fn(&str) -> bool,
    ) -> Vec<(String, &'c Located<String>)> {
        let star = listed.iter().any(|text| text.value == "*");
        let mut seen = BTreeSet::new();
        let mut left = Vec::new();
        for (place, text) in listed.iter().enumerate() {
            let key = format!("{key}[{place}]");
            if !seen.insert(normalized(&text.value)) {
                self.add(FindingCode::Repeated, key, text, None);
            } else if star && text.value != "*" && star_covers(&text.value) {
                self.add(FindingCode::ShadowedByStar, key, text, None);
            } else {
                left.push((key, text));
            }
        }
        left
    }

    fn origins(&mut self) {
        let credentials = self.config.credentials.value;
        let entries = self.list("origins", &self.config.origins, ToString::to_string, |_| true);
        let read = |text: &Located<String>| text.value.parse::<OriginPattern>().ok();
        let set: OriginSet = entries.iter().filter_map(|(_, text)| read(text)).collect();
        for (key, text) in entries {
            let Some(entry) = read(text) else { continue };
            if let Some(wider) = set.wider(&entry) {
                self.add(FindingCode::ShadowedOrigin, key.clone(), text, Some(wider.as_str()));
            }
            if entry.is_insecure() {
                self.add(FindingCode::InsecureOrigin, key, text, None);
            } else if credentials && entry.is_http() {
                self.add(FindingCode::LoopbackWithCredentials, key, text, None);
            } else if credentials && entry.is_wild() {
                self.add(FindingCode::WidePatternWithCredentials, key, text, None);
            }
        }
        if self.config.null_origin.value {
            self.add(FindingCode::NullOrigin, "null_origin".into(), &self.config.null_origin, None);
        }
    }

    fn switches(&mut self) {
        let config = self.config;
        let credentials = config.credentials.value;
        let open = config.predicate.is_some() || config.dangerous_reflect_any_origin_with_credentials.value;
        let any_entry = |holds: fn(&OriginPattern) -> bool| {
            config.origins.iter().any(|text| text.value.parse().is_ok_and(|entry| holds(&entry)))
        };
        let insecure = credentials && (open || any_entry(OriginPattern::is_insecure));
        for (key, switch, used) in [
            (
                "dangerous_reflect_any_origin_with_credentials",
                config.dangerous_reflect_any_origin_with_credentials,
                credentials,
            ),
            (
                "dangerous_null_origin_with_credentials",
                config.dangerous_null_origin_with_credentials,
                credentials && config.null_origin.value,
            ),
            (
                "dangerous_insecure_origins_with_credentials",
                config.dangerous_insecure_origins_with_credentials,
                insecure,
            ),
            (
                "dangerous_public_suffix_subdomains",
                config.dangerous_public_suffix_subdomains,
                any_entry(OriginPattern::covers_public_suffix),
            ),
        ] {
            if switch.value {
                let code = if used { FindingCode::DangerousSwitch } else { FindingCode::NeedlessSwitch };
                self.add(code, key.into(), &switch, None);
            }
        }
    }

    fn methods(&mut self) {
        let normalized =
            |text: &str| String::from_utf8_lossy(method::normalize(text.as_bytes())).into_owned();
        for (key, text) in self.list("methods", &self.config.methods, normalized, |_| true) {
            let name = method::normalize(text.value.as_bytes());
            if method::is_cors_safelisted(name) {
                self.add(FindingCode::SafelistedMethod, key, text, None);
            } else if name.iter().any(u8::is_ascii_lowercase) {
                self.add(FindingCode::MethodCase, key, text, None);
            }
        }
    }

    fn request_headers(&mut self) {
        let is_authorization = |name: &str| request_header::is_cors_non_wildcard(name.as_bytes());
        let covered = |name: &str| !is_authorization(name);
        let left =
            self.list("request_headers", &self.config.request_headers, str::to_ascii_lowercase, covered);
        let star = left.iter().find(|(_, name)| name.value == "*");
        if let Some((key, star)) =
            star.filter(|_| !left.iter().any(|(_, name)| is_authorization(&name.value)))
        {
            self.add(FindingCode::StarWithoutAuthorization, key.clone(), star, None);
        }
    }

    fn expose_headers(&mut self) {
        let listed = &self.config.expose_headers;
        for (key, text) in self.list("expose_headers", listed, str::to_ascii_lowercase, |_| true) {
            if response_header::is_cors_safelisted(text.value.as_bytes()) {
                self.add(FindingCode::SafelistedExposure, key, text, None);
            }
        }
    }

    fn max_age(&mut self) {
        let Some(seconds) = self.config.max_age else { return };
        if seconds.value <= WEBKIT_MAX_AGE {
            return;
        }
        let cap = match seconds.value <= CHROMIUM_MAX_AGE {
            true => "WebKit keeps it for 600",
            false => "Chromium keeps it for 7200, WebKit for 600",
        };
        self.add(FindingCode::MaxAgeCapped, "max_age".into(), &seconds, Some(cap));
    }
}

/// For how many seconds WebKit keeps a preflight's answer at most.
const WEBKIT_MAX_AGE: i64 = 600;

/// For how many seconds Chromium keeps a preflight's answer at most.
const CHROMIUM_MAX_AGE: i64 = 7200;
