//! The compiled policy.

use super::door::{door, status_of, told};
use super::pointers::{shared, sized_mut, some_place};
use super::status::{
    CORS_ERROR_NOT_FOUND, CORS_ERROR_NULL, CORS_OK, Failure, cors_error, cors_status, element, set_text,
};
use super::strings::cors_str;
use crate::server::document::PolicyDocument;
use crate::server::{ConfigErrors, Finding, FindingKind};
use crate::{Policy, PolicyConfig};
use core::ffi::c_char;
use std::sync::Arc;

/// A compiled policy. It never changes, so any number of threads may use one at a time, and it is as good
/// after fork() as before. It is counted: it lives until every reference is released.
#[derive(Debug)]
pub struct cors_policy {
    pub(super) policy: Policy,
    findings: Vec<Finding>,
}

impl cors_policy {
    pub(super) fn build(config: &PolicyConfig) -> Result<Self, ConfigErrors> {
        Ok(cors_policy { policy: config.clone().build()?, findings: config.audit() })
    }

    /// A first reference, for C to hold.
    pub(super) fn into_raw(self) -> *const cors_policy {
        Arc::into_raw(Arc::new(self))
    }
}

/// Reads a policy document in TOML, builds the policy and puts it into out, with one reference: release it with
/// cors_policy_unref. environment names the one of the document's environments to use; where it is absent,
/// none is.
///
/// Errors: CORS_ERROR_NULL, CORS_ERROR_ENCODING, CORS_ERROR_TOO_LONG, and everything that is wrong with the
/// document or the policy; error has the first mistake, and its line and column. To have every mistake, use
/// cors_builder_read_toml. out is left alone then.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cors_policy_from_toml(
    text: cors_str,
    environment: cors_str,
    out: *mut *const cors_policy,
    error: *mut cors_error,
) -> cors_status {
    // SAFETY: the header's rules for pointers and strings.
    unsafe { from_document(text, environment, out, error, PolicyDocument::from_toml) }
}

/// Reads a policy document in JSON: see cors_policy_from_toml.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cors_policy_from_json(
    text: cors_str,
    environment: cors_str,
    out: *mut *const cors_policy,
    error: *mut cors_error,
) -> cors_status {
    // SAFETY: the header's rules for pointers and strings.
    unsafe { from_document(text, environment, out, error, PolicyDocument::from_json) }
}

unsafe fn from_document(
    text: cors_str,
    environment: cors_str,
    out: *mut *const cors_policy,
    error: *mut cors_error,
    parse: fn(&str) -> Result<PolicyDocument, ConfigErrors>,
) -> cors_status {
    let body = || {
        let place = some_place(out).map_err(|failure| failure.about("out"))?;
        // SAFETY: the header's rule for strings.
        let (text, environment) = unsafe { (text.text("text")?, environment.text("environment")?) };
        let text = text.ok_or(Failure::Argument("text", CORS_ERROR_NULL))?;
        let policy = cors_policy::build(&parse(text)?.config(environment)?)?;
        // SAFETY: the header's rule for results.
        unsafe { place.put(policy.into_raw()) };
        Ok(CORS_OK)
    };
    // SAFETY: the header's rule for pointers.
    unsafe { told(error, body) }
}

/// Takes one more reference to a policy, to be released with cors_policy_unref, and returns the policy. NULL
/// gives NULL.
///
/// Any thread that holds a reference, or borrows one that is being held.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cors_policy_ref(policy: *const cors_policy) -> *const cors_policy {
    if !policy.is_null() {
        // SAFETY: it came from into_raw, and a reference is still held.
        unsafe { Arc::increment_strong_count(policy) };
    }
    policy
}

/// Releases a reference. The policy is freed with the last one, and what decisions point to goes with it.
/// NULL does nothing.
///
/// Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cors_policy_unref(policy: *const cors_policy) {
    door((), || {
        if !policy.is_null() {
            // SAFETY: it came from into_raw, and the reference is given up.
            unsafe { Arc::decrement_strong_count(policy) };
        }
    });
}

/// Whether browsers may send credentials and let script read the answers. NULL does not allow them.
///
/// Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cors_policy_allows_credentials(policy: *const cors_policy) -> bool {
    door(false, || {
        // SAFETY: the header's rule for pointers.
        unsafe { shared(policy) }.is_ok_and(|policy| policy.policy.allows_credentials())
    })
}

/// It lets in more than its author may have thought.
pub const CORS_FINDING_RISKY: u32 = 1;
/// It does nothing in browsers.
pub const CORS_FINDING_DEAD: u32 = 2;
/// Browsers take less of it than it says.
pub const CORS_FINDING_CAPPED: u32 = 3;
/// Something else in the policy says it already, and more.
pub const CORS_FINDING_SHADOWED: u32 = 4;
/// It says what is so without it.
pub const CORS_FINDING_REDUNDANT: u32 = 5;

/// Something in a policy that is allowed and still worth a second look. It belongs to the caller and holds no
/// memory. The texts are as those of cors_error.
///
/// Start from CORS_FINDING_INIT.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct cors_finding {
    /// sizeof(cors_finding), set by the caller.
    pub struct_size: u32,
    /// What kind of finding: CORS_FINDING_RISKY and the others.
    pub kind: u32,
    /// The line in the document, from 1; 0 where there is none.
    pub line: u32,
    /// The character in that line, from 1; 0 where there is none.
    pub column: u32,
    /// Which element of a list it is about, from 0; UINT32_MAX where it is about none.
    pub index: u32,
    /// 0.
    pub reserved0: u32,
    /// The stable code, such as "shadowed-origin".
    pub code: [c_char; 40],
    /// The key it is about, such as "origins[3]".
    pub key: [c_char; 64],
    /// The value it is about.
    pub value: [c_char; 128],
    /// What else has to do with it: for a shadowed entry, the wider one. Empty where there is nothing.
    pub related: [c_char; 128],
    /// What it means.
    pub message: [c_char; 256],
}

/// How many findings there are about what the policy was built from. NULL has none.
///
/// Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cors_policy_findings(policy: *const cors_policy) -> usize {
    door(0, || {
        // SAFETY: the header's rule for pointers.
        unsafe { shared(policy) }.map_or(0, |policy| policy.findings.len())
    })
}

/// Puts the nth finding into out, from 0.
///
/// Any thread. Errors: CORS_ERROR_NULL, CORS_ERROR_STRUCT_SIZE, CORS_ERROR_NOT_FOUND.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cors_policy_finding(
    policy: *const cors_policy,
    n: usize,
    out: *mut cors_finding,
) -> cors_status {
    status_of(|| {
        // SAFETY: the header's rule for pointers.
        let (policy, out) = unsafe { (shared(policy)?, sized_mut(out)?) };
        let finding = policy.findings.get(n).ok_or(Failure::Status(CORS_ERROR_NOT_FOUND))?;
        out.tell(finding);
        Ok(())
    })
}

impl cors_finding {
    fn tell(&mut self, finding: &Finding) {
        self.kind = match finding.code.kind() {
            FindingKind::Risky => CORS_FINDING_RISKY,
            FindingKind::Dead => CORS_FINDING_DEAD,
            FindingKind::Capped => CORS_FINDING_CAPPED,
            FindingKind::Shadowed => CORS_FINDING_SHADOWED,
            FindingKind::Redundant => CORS_FINDING_REDUNDANT,
        };
        self.line = finding.position.map_or(0, |position| position.line);
        self.column = finding.position.map_or(0, |position| position.column);
        self.index = element(&finding.key).unwrap_or(u32::MAX);
        self.reserved0 = 0;
        set_text(&mut self.code, finding.code.code().as_bytes());
        set_text(&mut self.key, finding.key.as_bytes());
        set_text(&mut self.value, finding.value.as_bytes());
        set_text(&mut self.related, finding.related.as_deref().unwrap_or_default().as_bytes());
        set_text(&mut self.message, finding.code.words().as_bytes());
    }
}
