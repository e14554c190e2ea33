//! The response headers that a policy sends, by name and by where their values come from.

use super::head::RequestValue;
use alloc::boxed::Box;
#[cfg(feature = "http")]
use http::{HeaderName, HeaderValue, header};

/// Declares the headers once: variant, name, and the name as the `http` crate has it.
macro_rules! response_headers {
    ($($variant:ident $name:literal $typed:expr;)+) => {
        /// A response header that belongs to CORS, or to resource timing.
        #[derive(Clone, Copy, Debug, Eq, PartialEq)]
        pub(crate) enum ResponseHeader {
            $($variant,)+
        }

        impl ResponseHeader {
            pub(crate) const fn as_str(self) -> &'static str {
                match self { $(ResponseHeader::$variant => $name,)+ }
            }

            #[cfg(feature = "http")]
            pub(crate) const fn typed(self) -> HeaderName {
                match self { $(ResponseHeader::$variant => const { $typed },)+ }
            }
        }
    };
}

response_headers! {
    AllowOrigin "access-control-allow-origin" header::ACCESS_CONTROL_ALLOW_ORIGIN;
    AllowCredentials "access-control-allow-credentials" header::ACCESS_CONTROL_ALLOW_CREDENTIALS;
    ExposeHeaders "access-control-expose-headers" header::ACCESS_CONTROL_EXPOSE_HEADERS;
    AllowMethods "access-control-allow-methods" header::ACCESS_CONTROL_ALLOW_METHODS;
    AllowHeaders "access-control-allow-headers" header::ACCESS_CONTROL_ALLOW_HEADERS;
    MaxAge "access-control-max-age" header::ACCESS_CONTROL_MAX_AGE;
    AllowPrivateNetwork "access-control-allow-private-network"
        HeaderName::from_static("access-control-allow-private-network");
    TimingAllowOrigin "timing-allow-origin" HeaderName::from_static("timing-allow-origin");
}

impl ResponseHeader {
    /// The headers of CORS: an application's own are replaced.
    pub(crate) const CORS: [ResponseHeader; 7] = [
        ResponseHeader::AllowOrigin,
        ResponseHeader::AllowCredentials,
        ResponseHeader::ExposeHeaders,
        ResponseHeader::AllowMethods,
        ResponseHeader::AllowHeaders,
        ResponseHeader::MaxAge,
        ResponseHeader::AllowPrivateNetwork,
    ];

    /// The headers that a policy sends to a preflight, in their order.
    pub(crate) const SENT_TO_PREFLIGHTS: [ResponseHeader; 5] = [
        ResponseHeader::AllowOrigin,
        ResponseHeader::AllowCredentials,
        ResponseHeader::AllowMethods,
        ResponseHeader::MaxAge,
        ResponseHeader::AllowHeaders,
    ];

    /// The headers that a policy sends to other requests, in their order.
    pub(crate) const SENT_TO_OTHERS: [ResponseHeader; 4] = [
        ResponseHeader::AllowOrigin,
        ResponseHeader::AllowCredentials,
        ResponseHeader::ExposeHeaders,
        ResponseHeader::TimingAllowOrigin,
    ];
}

/// A value that a policy made when it was built, ready to be sent again and again.
#[derive(Clone, Debug)]
pub(crate) struct PolicyText {
    text: Box<str>,
    #[cfg(feature = "http")]
    typed: Option<HeaderValue>,
}

impl PolicyText {
    pub(crate) fn new(text: Box<str>) -> Self {
        PolicyText {
            #[cfg(feature = "http")]
            typed: HeaderValue::from_str(&text).ok(),
            text,
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }
}

/// A header value, and who owns it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Value<'a> {
    /// `*`
    Star,
    /// `true`
    True,
    Policy(&'a PolicyText),
    Request(RequestValue<'a>),
}

impl<'a> Value<'a> {
    pub(crate) fn as_bytes(self) -> &'a [u8] {
        match self {
            Value::Star => b"*",
            Value::True => b"true",
            Value::Policy(text) => text.as_str().as_bytes(),
            Value::Request(value) => value.bytes,
        }
    }

    /// The value as the `http` crate has it. None is ever lost: a policy's values are tokens and origins, and
    /// a request's were judged before they were taken over.
    #[cfg(feature = "http")]
    pub(crate) fn typed(self) -> Option<HeaderValue> {
        match self {
            Value::Star => Some(const { HeaderValue::from_static("*") }),
            Value::True => Some(const { HeaderValue::from_static("true") }),
            Value::Policy(text) => text.typed.clone(),
            Value::Request(value) => match value.typed {
                Some(typed) => Some(typed.clone()),
                None => HeaderValue::from_bytes(value.bytes).ok(),
            },
        }
    }
}
