//! A policy that can be exchanged while it is in use.

use super::policy::Policy;
use std::sync::{Arc, PoisonError, RwLock};

/// A [`Policy`] that many threads ask and any of them can replace: for a reload without a restart, or for a
/// tenant whose origins change. Clones share it.
///
/// ```
/// use cors_engine::server::{PolicyConfig, SharedPolicy};
/// let build = |origin| PolicyConfig::new().origins([origin]).build().unwrap();
/// let shared = SharedPolicy::new(build("https://old.example"));
/// let in_use = shared.load();
/// shared.replace(build("https://new.example"));
/// let request = [("Origin", "https://new.example")];
/// assert!(!in_use.answer(b"GET", &request).reason().allows());
/// assert!(shared.load().answer(b"GET", &request).reason().allows());
/// ```
#[derive(Clone, Debug)]
pub struct SharedPolicy {
    current: Arc<RwLock<Arc<Policy>>>,
}

impl SharedPolicy {
    /// Shares `policy`.
    ///
    /// ```
    /// # use cors_engine::server::{PolicyConfig, SharedPolicy};
    /// let shared = SharedPolicy::new(PolicyConfig::new().origins(["*"]).build().unwrap());
    /// ```
    #[must_use]
    pub fn new(policy: Policy) -> Self {
        SharedPolicy { current: Arc::new(RwLock::new(Arc::new(policy))) }
    }

    /// The policy as it is now. A decision begun with it ends with it, whatever is replaced meanwhile.
    ///
    /// ```
    /// # use cors_engine::server::{PolicyConfig, SharedPolicy};
    /// # let shared = SharedPolicy::new(PolicyConfig::new().origins(["*"]).build().unwrap());
    /// assert!(!shared.load().allows_credentials());
    /// ```
    #[must_use]
    pub fn load(&self) -> Arc<Policy> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts `policy` in the place of the present one, which is given back.
    ///
    /// ```
    /// # use cors_engine::server::{PolicyConfig, SharedPolicy};
    /// # let shared = SharedPolicy::new(PolicyConfig::new().origins(["*"]).build().unwrap());
    /// let before = shared.replace(PolicyConfig::new().origins(["https://a.example"]).build().unwrap());
    /// assert_eq!(before.config(), PolicyConfig::new().origins(["*"]));
    /// ```
    pub fn replace(&self, policy: Policy) -> Arc<Policy> {
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        core::mem::replace(&mut current, Arc::new(policy))
    }
}

impl From<Policy> for SharedPolicy {
    fn from(policy: Policy) -> Self {
        SharedPolicy::new(policy)
    }
}
