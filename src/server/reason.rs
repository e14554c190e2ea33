//! Every reason that an [`Answer`](super::Answer) can have, for what is allowed as for what is refused: a
//! stable code, words for people, and the place in the standard.

use core::fmt;

/// Declares the reasons once: variant, code, whether it allows, link and words.
macro_rules! answer_reasons {
    ($($variant:ident $code:literal $allows:literal $link:literal $words:literal)+) => {
        /// Why a policy answered as it did. The codes are stable: they are never renamed or given another
        /// meaning.
        ///
        /// ```
        /// use cors_engine::server::AnswerReason;
        /// assert_eq!(AnswerReason::OriginNotAllowed.code(), "origin-not-allowed");
        /// assert!(AnswerReason::OriginListed.allows());
        /// ```
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        #[non_exhaustive]
        pub enum AnswerReason {
            $(#[doc = $words] $variant,)+
        }

        impl AnswerReason {
            /// Every reason, in the order in which a policy decides.
            ///
            /// ```
            /// use cors_engine::server::AnswerReason;
            /// assert!(AnswerReason::ALL.iter().any(|reason| reason.allows()));
            /// ```
            pub const ALL: &[AnswerReason] = &[$(AnswerReason::$variant,)+];

            /// The stable code, in kebab case.
            ///
            /// ```
            /// # use cors_engine::server::AnswerReason;
            /// assert_eq!(AnswerReason::NoOrigin.code(), "no-origin");
            /// ```
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(AnswerReason::$variant => $code,)+ }
            }

            /// Whether the answer lets script of the asking origin read, or go on to the request proper.
            ///
            /// ```
            /// # use cors_engine::server::AnswerReason;
            /// assert!(!AnswerReason::MethodNotAllowed.allows());
            /// ```
            #[must_use]
            pub const fn allows(self) -> bool {
                match self { $(AnswerReason::$variant => $allows,)+ }
            }

            /// The address of the rule in the standard.
            ///
            /// ```
            /// # use cors_engine::server::AnswerReason;
            /// assert!(AnswerReason::AnyOrigin.standard().starts_with("https://"));
            /// ```
            #[must_use]
            pub const fn standard(self) -> &'static str {
                match self { $(AnswerReason::$variant => $link,)+ }
            }

            /// One sentence for people.
            ///
            /// ```
            /// # use cors_engine::server::AnswerReason;
            /// assert!(AnswerReason::SeveralOrigins.words().contains("Origin"));
            /// ```
            #[must_use]
            pub const fn words(self) -> &'static str {
                match self { $(AnswerReason::$variant => $words,)+ }
            }

            /// Code, words and address of one after the other, each ended by NUL.
            #[cfg(feature = "capi")]
            pub(crate) const C_STRINGS: &str = concat!($($code, "\0", $words, "\0", $link, "\0"),+);
        }
    };
}

answer_reasons! {
    AnyOrigin "any-origin" true "https://fetch.spec.whatwg.org/#cors-check"
        "The policy lets every origin read, without credentials."
    NoOrigin "no-origin" false "https://fetch.spec.whatwg.org/#origin-header"
        "The request has no Origin header, so it is no CORS request."
    OriginListed "origin-listed" true "https://fetch.spec.whatwg.org/#cors-check"
        "The policy lists the origin."
    OriginMatchesPattern "origin-matches-pattern" true "https://fetch.spec.whatwg.org/#cors-check"
        "A pattern of the policy covers the origin."
    NullOrigin "null-origin" true "https://fetch.spec.whatwg.org/#cors-check"
        "The policy allows the origin null."
    OriginReflected "origin-reflected" true "https://fetch.spec.whatwg.org/#cors-check"
        "The policy reflects every origin, with credentials."
    OriginAcceptedByPredicate "origin-accepted-by-predicate" true "https://fetch.spec.whatwg.org/#cors-check"
        "The program's predicate accepted the origin."
    SeveralOrigins "several-origins" false "https://fetch.spec.whatwg.org/#origin-header"
        "The request has more than one Origin line, which no browser sends."
    OriginNotSerialized "origin-not-serialized" false "https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin"
        "The Origin value is not the serialization of an origin, so no browser sent it."
    NullOriginNotAllowed "null-origin-not-allowed" false "https://fetch.spec.whatwg.org/#cors-check"
        "The policy does not allow the origin null, which every sandboxed page has."
    InsecureOrigin "insecure-origin" false "https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy"
        "The origin is neither https nor loopback, and the policy allows credentials."
    OriginNotAllowed "origin-not-allowed" false "https://fetch.spec.whatwg.org/#cors-check"
        "Nothing in the policy allows the origin."
    RequestMethodInvalid "request-method-invalid" false "https://fetch.spec.whatwg.org/#http-access-control-request-method"
        "Access-Control-Request-Method is not one method."
    MethodNotAllowed "method-not-allowed" false "https://fetch.spec.whatwg.org/#cors-preflight-fetch"
        "The policy does not list the method."
    RequestHeadersMalformed "request-headers-malformed" false "https://fetch.spec.whatwg.org/#http-access-control-request-headers"
        "Access-Control-Request-Headers is not a list of names as a browser writes it."
    RequestHeadersOverBudget "request-headers-over-budget" false "https://fetch.spec.whatwg.org/#http-access-control-request-headers"
        "Access-Control-Request-Headers has more bytes, lines, idle elements or whitespace than browsers and gateways need."
    AuthorizationNotListed "authorization-not-listed" false "https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name"
        "The request wants to send Authorization, which * does not cover and the policy does not list."
    HeaderNotAllowed "header-not-allowed" false "https://fetch.spec.whatwg.org/#cors-preflight-fetch"
        "The request wants to send a header that the policy does not list."
}

impl fmt::Display for AnswerReason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.words())
    }
}
