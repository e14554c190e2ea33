//! What a policy is made from. Nothing is judged here until [`PolicyConfig::build`], which says everything
//! that is wrong at once.

use super::error::{ConfigErrors, Position};
use super::predicate::{NamedHeaders, OriginPredicate};
use super::{Policy, build};
use crate::protocol::SerializedOrigin;
use alloc::string::String;
use alloc::vec::Vec;

/// Everything that a CORS policy says, as it was written.
///
/// The default says nothing: no origin is allowed, which [`build`](PolicyConfig::build) refuses. Lists given
/// twice are joined.
///
/// ```
/// use cors_engine::server::PolicyConfig;
/// let policy = PolicyConfig::new()
///     .origins(["https://app.example", "https://*.app.example"])
///     .credentials(true)
///     .methods(["PUT", "DELETE"])
///     .request_headers(["Authorization", "Content-Type"])
///     .expose_headers(["X-Request-Id"])
///     .max_age(600)
///     .build()
///     .unwrap();
/// let answer = policy.answer(b"GET", &[("Origin", "https://app.example")]);
/// assert!(answer.reason().allows());
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PolicyConfig {
    pub(crate) origins: Vec<Located<String>>,
    pub(crate) null_origin: Located<bool>,
    pub(crate) predicate: Option<OriginPredicate>,
    pub(crate) credentials: Located<bool>,
    pub(crate) methods: Vec<Located<String>>,
    pub(crate) request_headers: Vec<Located<String>>,
    pub(crate) expose_headers: Vec<Located<String>>,
    pub(crate) max_age: Option<Located<i64>>,
    pub(crate) timing_allow_origins: Vec<Located<String>>,
    pub(crate) preflight_status: Option<Located<i64>>,
    pub(crate) refused_preflight: RefusedPreflight,
    pub(crate) dangerous_reflect_any_origin_with_credentials: Located<bool>,
    pub(crate) dangerous_null_origin_with_credentials: Located<bool>,
    pub(crate) dangerous_insecure_origins_with_credentials: Located<bool>,
    pub(crate) dangerous_public_suffix_subdomains: Located<bool>,
}

/// A value and where it stands in a policy document; nowhere, if it was set in code.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Located<T> {
    pub(crate) value: T,
    pub(crate) position: Option<Position>,
}

impl<T> From<T> for Located<T> {
    fn from(value: T) -> Self {
        Located { value, position: None }
    }
}

/// What becomes of a preflight that the policy refuses.
///
/// ```
/// use cors_engine::server::{Action, PolicyConfig, RefusedPreflight};
/// let config = PolicyConfig::new().origins(["https://app.example"]);
/// let policy = config.refused_preflight(RefusedPreflight::Bare).build().unwrap();
/// let preflight = [("Origin", "https://evil.example"), ("Access-Control-Request-Method", "GET")];
/// let answer = policy.answer(b"OPTIONS", &preflight);
/// assert_eq!((answer.action(), answer.headers().count()), (Action::Respond { status: 204 }, 0));
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum RefusedPreflight {
    /// It goes on to the application, whose answer is stripped of CORS headers.
    Pass,
    /// It is answered with the status of a successful one and no CORS headers.
    Bare,
    /// It is answered with status 403 and no CORS headers.
    #[default]
    Forbid,
}

impl RefusedPreflight {
    /// Every choice.
    ///
    /// ```
    /// assert_eq!(cors_engine::server::RefusedPreflight::ALL.len(), 3);
    /// ```
    pub const ALL: [RefusedPreflight; 3] =
        [RefusedPreflight::Pass, RefusedPreflight::Bare, RefusedPreflight::Forbid];

    /// The word for it in a policy document.
    ///
    /// ```
    /// use cors_engine::server::RefusedPreflight;
    /// assert_eq!(RefusedPreflight::default().as_str(), "forbid");
    /// ```
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            RefusedPreflight::Pass => "pass",
            RefusedPreflight::Bare => "bare",
            RefusedPreflight::Forbid => "forbid",
        }
    }
}

fn unlocated<I: IntoIterator>(values: I) -> impl Iterator<Item = Located<String>>
where
    I::Item: Into<String>,
{
    values.into_iter().map(|value| Located::from(value.into()))
}

impl PolicyConfig {
    /// A policy that says nothing yet.
    ///
    /// ```
    /// assert!(cors_engine::server::PolicyConfig::new().build().is_err());
    /// ```
    #[must_use]
    pub fn new() -> Self {
        PolicyConfig::default()
    }

    /// Who may read: exact origins, patterns (see [`OriginPattern`](super::OriginPattern)), or `*` for
    /// everybody.
    ///
    /// ```
    /// use cors_engine::server::PolicyConfig;
    /// assert!(PolicyConfig::new().origins(["https://app.example", "http://localhost:*"]).build().is_ok());
    /// ```
    #[must_use]
    pub fn origins<I>(mut self, origins: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.origins.extend(unlocated(origins));
        self
    }

    /// Whether the origin `null` may read. Sandboxed frames, `data:` documents and local files of any site
    /// have it, so this is as wide as `*`.
    ///
    /// ```
    /// use cors_engine::server::PolicyConfig;
    /// assert!(PolicyConfig::new().null_origin(true).build().is_ok());
    /// ```
    #[must_use]
    pub fn null_origin(mut self, allowed: bool) -> Self {
        self.null_origin = allowed.into();
        self
    }

    /// A rule of the program's own, asked about origins that nothing else allows. It can read the request
    /// headers named in `reads` and no others; they are added to `Vary`.
    ///
    /// ```
    /// use cors_engine::server::PolicyConfig;
    /// let no_headers: [&str; 0] = [];
    /// let policy = PolicyConfig::new()
    ///     .origin_predicate(no_headers, |origin, _| origin.host().ends_with(".app.example"))
    ///     .build()
    ///     .unwrap();
    /// assert!(policy.answer(b"GET", &[("Origin", "https://a.app.example")]).reason().allows());
    /// ```
    #[must_use]
    pub fn origin_predicate<I, F>(mut self, reads: I, decide: F) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
        F: Fn(&SerializedOrigin<'_>, &NamedHeaders<'_>) -> bool + Send + Sync + 'static,
    {
        let names = reads.into_iter().map(|name| name.into().to_ascii_lowercase().into_boxed_str());
        self.predicate = Some(OriginPredicate::new(names.collect(), decide));
        self
    }

    /// Whether browsers may send cookies and HTTP authentication, and let script read the answers.
    ///
    /// ```
    /// use cors_engine::server::PolicyConfig;
    /// assert!(PolicyConfig::new().origins(["*"]).credentials(true).build().is_err());
    /// ```
    #[must_use]
    pub fn credentials(mut self, allowed: bool) -> Self {
        self.credentials = allowed.into();
        self
    }

    /// The methods that may be used beside `GET`, `HEAD` and `POST`, which browsers always send; `*` for
    /// every method.
    ///
    /// ```
    /// use cors_engine::server::PolicyConfig;
    /// assert!(PolicyConfig::new().origins(["*"]).methods(["PUT", "TRACE"]).build().is_err());
    /// ```
    #[must_use]
    pub fn methods<I>(mut self, methods: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.methods.extend(unlocated(methods));
        self
    }

    /// The request headers that script may set beside the safelisted ones; `*` for every name but
    /// `Authorization`, which is always listed by name.
    ///
    /// ```
    /// use cors_engine::server::PolicyConfig;
    /// assert!(PolicyConfig::new().origins(["*"]).request_headers(["*", "Authorization"]).build().is_ok());
    /// ```
    #[must_use]
    pub fn request_headers<I>(mut self, names: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.request_headers.extend(unlocated(names));
        self
    }

    /// The response headers that script may read beside the safelisted ones; `*` for all, which browsers
    /// honour without credentials only.
    ///
    /// ```
    /// use cors_engine::server::PolicyConfig;
    /// assert!(PolicyConfig::new().origins(["*"]).expose_headers(["ETag"]).build().is_ok());
    /// ```
    #[must_use]
    pub fn expose_headers<I>(mut self, names: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.expose_headers.extend(unlocated(names));
        self
    }

    /// For how many seconds browsers may keep a preflight's answer, at most 86 400. Unsaid, they keep it for
    /// 5 seconds.
    ///
    /// ```
    /// use cors_engine::server::PolicyConfig;
    /// assert!(PolicyConfig::new().origins(["*"]).max_age(86_401).build().is_err());
    /// ```
    #[must_use]
    pub fn max_age(mut self, seconds: u32) -> Self {
        self.max_age = Some(i64::from(seconds).into());
        self
    }

    /// Who may read resource timing in full: whole origins, or `*`. Browsers send no `Origin` header with
    /// most of what they time, so the list goes out as it is and takes no patterns.
    ///
    /// ```
    /// use cors_engine::server::PolicyConfig;
    /// assert!(PolicyConfig::new().origins(["*"]).timing_allow_origins(["https://rum.example"]).build().is_ok());
    /// ```
    #[must_use]
    pub fn timing_allow_origins<I>(mut self, origins: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.timing_allow_origins.extend(unlocated(origins));
        self
    }

    /// The status of a preflight that succeeds, 200 to 299. Unsaid, it is 204.
    ///
    /// ```
    /// use cors_engine::server::PolicyConfig;
    /// assert!(PolicyConfig::new().origins(["*"]).preflight_status(302).build().is_err());
    /// ```
    #[must_use]
    pub fn preflight_status(mut self, status: u16) -> Self {
        self.preflight_status = Some(i64::from(status).into());
        self
    }

    /// What becomes of a preflight that is refused. Unsaid, it is [`RefusedPreflight::Forbid`].
    ///
    /// ```
    /// use cors_engine::server::{Action, PolicyConfig, RefusedPreflight};
    /// let config = PolicyConfig::new().origins(["https://app.example"]);
    /// let policy = config.refused_preflight(RefusedPreflight::Bare).build().unwrap();
    /// let preflight = [("Origin", "https://evil.example"), ("Access-Control-Request-Method", "PUT")];
    /// assert_eq!(policy.answer(b"OPTIONS", &preflight).action(), Action::Respond { status: 204 });
    /// ```
    #[must_use]
    pub fn refused_preflight(mut self, choice: RefusedPreflight) -> Self {
        self.refused_preflight = choice;
        self
    }

    /// Lets every origin read what it gets with the user's credentials, by reflecting it: any site can act
    /// as any signed-in user and see the result. `null` and insecure origins still need their own switches.
    ///
    /// ```
    /// use cors_engine::server::PolicyConfig;
    /// let config = PolicyConfig::new().credentials(true).dangerous_reflect_any_origin_with_credentials(true);
    /// assert!(config.build().is_ok());
    /// ```
    #[must_use]
    pub fn dangerous_reflect_any_origin_with_credentials(mut self, allowed: bool) -> Self {
        self.dangerous_reflect_any_origin_with_credentials = allowed.into();
        self
    }

    /// Lets the origin `null` be combined with credentials: any site can act as any signed-in user from a
    /// sandboxed frame.
    ///
    /// ```
    /// use cors_engine::server::PolicyConfig;
    /// let config = PolicyConfig::new().null_origin(true).credentials(true);
    /// assert!(config.clone().build().is_err());
    /// assert!(config.dangerous_null_origin_with_credentials(true).build().is_ok());
    /// ```
    #[must_use]
    pub fn dangerous_null_origin_with_credentials(mut self, allowed: bool) -> Self {
        self.dangerous_null_origin_with_credentials = allowed.into();
        self
    }

    /// Lets origins that are neither `https` nor loopback be combined with credentials: whoever is on the
    /// path to such a page can act as its users.
    ///
    /// ```
    /// use cors_engine::server::PolicyConfig;
    /// let config = PolicyConfig::new().origins(["http://app.example"]).credentials(true);
    /// assert!(config.clone().build().is_err());
    /// assert!(config.dangerous_insecure_origins_with_credentials(true).build().is_ok());
    /// ```
    #[must_use]
    pub fn dangerous_insecure_origins_with_credentials(mut self, allowed: bool) -> Self {
        self.dangerous_insecure_origins_with_credentials = allowed.into();
        self
    }

    /// Lets a pattern cover all names under a public suffix, which anybody can register.
    ///
    /// ```
    /// use cors_engine::server::PolicyConfig;
    /// let config = PolicyConfig::new().origins(["https://*.github.io"]);
    /// assert!(config.clone().build().is_err());
    /// assert!(config.dangerous_public_suffix_subdomains(true).build().is_ok());
    /// ```
    #[must_use]
    pub fn dangerous_public_suffix_subdomains(mut self, allowed: bool) -> Self {
        self.dangerous_public_suffix_subdomains = allowed.into();
        self
    }

    /// Compiles the policy.
    ///
    /// # Errors
    /// Everything that is wrong with it, with what to write instead.
    ///
    /// ```
    /// use cors_engine::server::PolicyConfig;
    /// let errors = PolicyConfig::new().origins(["https://app.example/", "null"]).build().unwrap_err();
    /// assert_eq!(errors.as_slice().len(), 2);
    /// ```
    pub fn build(self) -> Result<Policy, ConfigErrors> {
        build::build(self)
    }
}
