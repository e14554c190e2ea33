//! A request as a server or a proxy holds it, to judge somebody else's response to it as a browser would.

use super::cors_check::{Refusal, cors_check};
use super::engine::Engine;
use super::preflight::Asked;
use super::request::{CacheMode, CredentialsMode};
use super::response::ResponseHead;
use crate::protocol::request_header::SAFELISTED_VALUE_LIMIT;
use crate::protocol::{HeaderLines, HeaderList, Origin, is_http_tab_or_space, is_token, list, method, trim};

/// A request in the hands of a server, and what else is known about it.
///
/// ```
/// use cors_engine::{Engine, HeldRequest, Reason, ResponseHead};
/// let headers = [("Origin", "https://app.example"), ("Cookie", "session=1"), ("Sec-Fetch-Mode", "cors")];
/// let request = HeldRequest { method: b"GET", headers: &headers, own_origin: None, credentials: None };
/// let upstream = [("Access-Control-Allow-Origin", "*")];
/// let refusal = request.judge(Engine::Chromium, &ResponseHead::new(200, &upstream)).unwrap().unwrap_err();
/// assert_eq!(refusal.reason, Reason::WildcardAllowOriginWithCredentials);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct HeldRequest<'a, S: ?Sized> {
    /// The method.
    pub method: &'a [u8],
    /// The header lines. Read are `Origin`, `Access-Control-Request-Method`,
    /// `Access-Control-Request-Headers`, `Sec-Fetch-Mode` and whether there is a `Cookie`.
    pub headers: &'a S,
    /// The server's own origin as its clients see it, if known: a request from there is not CORS.
    pub own_origin: Option<&'a [u8]>,
    /// The credentials mode, if known. Otherwise it is [`CredentialsMode::Include`] for a request with
    /// cookies, which nothing else sends to another origin, and [`CredentialsMode::SameOrigin`] without.
    /// `Authorization` proves nothing: script can set it itself. A preflight never has cookies.
    pub credentials: Option<CredentialsMode>,
}

impl<S: HeaderLines + ?Sized> HeldRequest<'_, S> {
    /// Whether `engine` would let the request go on, if it is a preflight, or let script read the response,
    /// if it is not; and why not. `None` where CORS has no say, or no browser sent the request.
    ///
    /// ```
    /// use cors_engine::{Engine, HeldRequest, Reason, ResponseHead};
    /// let headers = [
    ///     ("Origin", "https://app.example"),
    ///     ("Access-Control-Request-Method", "PUT"),
    ///     ("Access-Control-Request-Headers", "content-type"),
    /// ];
    /// let request = HeldRequest { method: b"OPTIONS", headers: &headers, own_origin: None, credentials: None };
    /// let upstream = [("Access-Control-Allow-Origin", "*"), ("Access-Control-Allow-Methods", "*")];
    /// let refusal = request.judge(Engine::Spec, &ResponseHead::new(204, &upstream)).unwrap().unwrap_err();
    /// assert_eq!((refusal.reason, &refusal.value[..]), (Reason::HeaderNotAllowed, &b"content-type"[..]));
    /// ```
    pub fn judge(&self, engine: Engine, response: &ResponseHead<'_>) -> Option<Result<(), Refusal>> {
        let origin = self.once(b"origin").filter(|origin| Some(*origin) != self.own_origin)?;
        let origin = Origin::parse(core::str::from_utf8(origin).ok()?).ok()?;
        let is_cors = self.once(b"sec-fetch-mode").is_none_or(|mode| mode == b"cors");
        let has_cookies = self.values(b"cookie").next().is_some();
        let credentials = self.credentials.unwrap_or(match has_cookies {
            true => CredentialsMode::Include,
            false => CredentialsMode::SameOrigin,
        });
        if self.is_preflight() {
            let method =
                self.once(b"access-control-request-method").filter(|method| method::is_method(method))?;
            return Some(self.judge_preflight(engine, &origin, credentials, method, response));
        }
        is_cors.then(|| cors_check(engine.profile(), &origin, credentials, &response.headers))
    }

    /// Whether the request is a CORS-preflight request.
    ///
    /// ```
    /// use cors_engine::HeldRequest;
    /// let headers = [("Origin", "https://app.example"), ("Access-Control-Request-Method", "PUT")];
    /// let request = HeldRequest { method: b"OPTIONS", headers: &headers, own_origin: None, credentials: None };
    /// assert!(request.is_preflight());
    /// ```
    #[must_use]
    pub fn is_preflight(&self) -> bool {
        let has = |name| self.values(name).next().is_some();
        self.method == b"OPTIONS" && has(b"origin") && has(b"access-control-request-method")
    }

    fn judge_preflight(
        &self,
        engine: Engine,
        origin: &Origin,
        credentials: CredentialsMode,
        method: &[u8],
        response: &ResponseHead<'_>,
    ) -> Result<(), Refusal> {
        // Browsers name only what is not safelisted. The values are not known: one too long to be safelisted
        // stands for each.
        const UNSAFE_VALUE: [u8; SAFELISTED_VALUE_LIMIT + 1] = [b'x'; SAFELISTED_VALUE_LIMIT + 1];
        let lines = self.values(b"access-control-request-headers");
        let names = lines.flat_map(list::elements).filter(|name| is_token(name));
        let headers: HeaderList = names.map(|name| (name, &UNSAFE_VALUE[..])).collect();
        let profile = engine.profile();
        let asked = Asked {
            profile,
            origin,
            credentials,
            method,
            headers: &headers,
            rules: profile.safelist,
            use_cors_preflight: false,
            is_forced: false,
            is_exempt: false,
            cache_mode: CacheMode::Default,
        };
        asked.check(response)
    }

    fn values<'s>(&'s self, name: &'s [u8]) -> impl Iterator<Item = &'s [u8]> {
        self.headers
            .header_lines()
            .filter(move |(line, _)| line.eq_ignore_ascii_case(name))
            .map(|(_, value)| trim(value, is_http_tab_or_space))
    }

    /// The value of a header that comes once.
    fn once<'s>(&'s self, name: &'s [u8]) -> Option<&'s [u8]> {
        let mut values = self.values(name);
        values.next().filter(|_| values.next().is_none())
    }
}
