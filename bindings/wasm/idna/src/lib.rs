//! The part of the crate `idna` that the crate `url` calls. Names of ASCII are done here; for others the host
//! of the module is asked, whose own URL parser carries Unicode's tables already: half of what would be
//! downloaded.

#![no_std]

extern crate alloc;

use alloc::borrow::Cow;
use alloc::string::String;
use core::fmt;

/// Characters of ASCII that a name must not have.
#[derive(Clone, Copy, Debug)]
pub struct AsciiDenyList(&'static [u8]);

impl AsciiDenyList {
    /// The [forbidden domain code points](https://url.spec.whatwg.org/#forbidden-domain-code-point), without
    /// those that have no glyph.
    pub const URL: Self = AsciiDenyList(b"%#/:<>?@[\\]^|");

    fn denies(self, byte: u8) -> bool {
        matches!(byte, 0..=b' ' | 0x7F) || self.0.contains(&byte)
    }
}

/// A name that is none.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Errors;

impl fmt::Display for Errors {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("invalid international domain name")
    }
}

impl core::error::Error for Errors {}

/// [Domain to ASCII](https://url.spec.whatwg.org/#concept-domain-to-ascii), not strict.
///
/// # Errors
/// The name cannot be mapped, or has a character that is denied.
pub fn domain_to_ascii_from_cow(
    domain: Cow<'_, [u8]>,
    denied: AsciiDenyList,
) -> Result<Cow<'_, str>, Errors> {
    let text = match domain {
        Cow::Borrowed(bytes) => Cow::Borrowed(core::str::from_utf8(bytes).map_err(|_| Errors)?),
        Cow::Owned(bytes) => Cow::Owned(String::from_utf8(bytes).map_err(|_| Errors)?),
    };
    if text.bytes().any(|byte| denied.denies(byte)) {
        return Err(Errors);
    }
    let is_punycode = |label: &[u8]| label.get(..4).is_some_and(|start| start.eq_ignore_ascii_case(b"xn--"));
    if !text.is_ascii() || text.as_bytes().split(|&byte| byte == b'.').any(is_punycode) {
        return ask(&text).map(Cow::Owned);
    }
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Ok(Cow::Owned(text.to_ascii_lowercase()));
    }
    Ok(text)
}

/// The name as it is: nobody who is served from here shows names to people.
pub fn domain_to_unicode(domain: &str) -> (String, Result<(), Errors>) {
    (domain.into(), Ok(()))
}

#[cfg(target_family = "wasm")]
#[link(wasm_import_module = "host")]
unsafe extern "C" {
    /// Maps the name at `domain` as a URL parser does, writes it to `ascii`, and returns its length; a
    /// negative number when it is no name or there is no room.
    fn domain_to_ascii(domain: *const u8, length: usize, ascii: *mut u8, room: usize) -> isize;
}

#[cfg(target_family = "wasm")]
fn ask(domain: &str) -> Result<String, Errors> {
    // Punycode takes a few bytes for a character, and a mark for a label; mappings make some longer.
    let mut ascii = alloc::vec![0; 16 * domain.len() + 16];
    // SAFETY: both places belong to this function and are as long as it says; the host keeps neither.
    let length = unsafe { domain_to_ascii(domain.as_ptr(), domain.len(), ascii.as_mut_ptr(), ascii.len()) };
    ascii.truncate(usize::try_from(length).map_err(|_| Errors)?);
    String::from_utf8(ascii).map_err(|_| Errors)
}

/// Without a host there is nobody to ask.
#[cfg(not(target_family = "wasm"))]
fn ask(_: &str) -> Result<String, Errors> {
    Err(Errors)
}
