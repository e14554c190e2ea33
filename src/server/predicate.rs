//! A program's own rule about origins, which can read only the request headers that it named beforehand, so
//! that `Vary` cannot be wrong.

use crate::protocol::{HeaderLines, SerializedOrigin};
use alloc::boxed::Box;
use alloc::sync::Arc;
use core::fmt;

/// The request headers that a predicate named, and no others.
///
/// ```
/// use cors_engine::server::{AnswerReason, PolicyConfig};
/// let policy = PolicyConfig::new()
///     .origin_predicate(["X-Tenant"], |origin, headers| {
///         headers.get("x-tenant") == Some(b"blue") && origin.host() == "blue.example"
///     })
///     .build()
///     .unwrap();
/// let request = [("Origin", "https://blue.example"), ("X-Tenant", "blue")];
/// let answer = policy.answer(b"GET", &request);
/// assert_eq!(answer.reason(), AnswerReason::OriginAcceptedByPredicate);
/// assert!(answer.vary().eq(["origin", "x-tenant"]));
/// ```
pub struct NamedHeaders<'a> {
    names: &'a [Box<str>],
    value_of: &'a dyn Fn(&str) -> Option<&'a [u8]>,
}

impl NamedHeaders<'_> {
    /// The value of the header `name`, in any case. `None` if the predicate did not name it, if the request
    /// does not have it, or has it on several lines, which two readers could read differently.
    ///
    /// ```
    /// use cors_engine::server::PolicyConfig;
    /// let unnamed = PolicyConfig::new()
    ///     .origin_predicate(["x-tenant"], |_, headers| headers.get("cookie").is_some())
    ///     .build()
    ///     .unwrap();
    /// let request = [("Origin", "https://a.example"), ("Cookie", "admin=1")];
    /// assert!(!unnamed.answer(b"GET", &request).reason().allows());
    /// ```
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        self.names
            .iter()
            .find(|named| named.eq_ignore_ascii_case(name))
            .and_then(|named| (self.value_of)(named))
    }
}

impl fmt::Debug for NamedHeaders<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("NamedHeaders").field(&self.names).finish()
    }
}

/// A predicate and the headers it reads, in lower case.
#[derive(Clone)]
pub(crate) struct OriginPredicate {
    pub(crate) reads: Box<[Box<str>]>,
    decide: Arc<Decide>,
}

type Decide = dyn Fn(&SerializedOrigin<'_>, &NamedHeaders<'_>) -> bool + Send + Sync;

impl OriginPredicate {
    pub(crate) fn new<F>(reads: Box<[Box<str>]>, decide: F) -> Self
    where
        F: Fn(&SerializedOrigin<'_>, &NamedHeaders<'_>) -> bool + Send + Sync + 'static,
    {
        OriginPredicate { reads, decide: Arc::new(decide) }
    }

    pub(crate) fn accepts<S: HeaderLines + ?Sized>(
        &self,
        origin: &SerializedOrigin<'_>,
        headers: &S,
    ) -> bool {
        let value_of = |name: &str| {
            let named = |(line, _): &(&[u8], &[u8])| line.eq_ignore_ascii_case(name.as_bytes());
            let mut lines = headers.header_lines().filter(named);
            let (_, value) = lines.next()?;
            lines.next().is_none().then_some(value)
        };
        (self.decide)(origin, &NamedHeaders { names: &self.reads, value_of: &value_of })
    }
}

/// Two are equal if they are the same function, not if they do the same.
impl PartialEq for OriginPredicate {
    fn eq(&self, other: &Self) -> bool {
        self.reads == other.reads && Arc::ptr_eq(&self.decide, &other.decide)
    }
}

impl fmt::Debug for OriginPredicate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("OriginPredicate").field(&self.reads).finish()
    }
}
