//! Texts that mean an origin and are not written as a browser writes it.
//!
//! The URL parser knows them all. It brings Unicode's tables with it, which a server that only reads its policy
//! would then load for one piece of advice; here are the slips that people make.

use crate::protocol::SerializedOrigin;
use crate::protocol::serialized_origin::{default_port, is_scheme};
use alloc::format;
use alloc::string::{String, ToString};
use core::net::Ipv6Addr;

/// What a browser writes for the origin that `text` means. `None` if that cannot be told, or there is no such
/// origin.
pub(super) fn serialization(text: &str) -> Option<String> {
    let text = text.trim_matches(|character: char| character <= ' ');
    let (scheme, rest) = text.split_once(':')?;
    let rest = rest.strip_prefix("//")?;
    let scheme = scheme.to_ascii_lowercase();
    let is_special = matches!(scheme.as_str(), "http" | "https" | "ws" | "wss" | "ftp");
    let ends_authority =
        |character| matches!(character, '/' | '?' | '#') || (is_special && character == '\\');
    let authority = rest.split(ends_authority).next()?;
    let host_and_port = authority.rsplit('@').next()?;
    let host_end = host_and_port.find(']').map_or(0, |end| end + 1);
    let host_end = host_and_port[host_end..].find(':').map_or(host_and_port.len(), |colon| host_end + colon);
    let (host, port) = host_and_port.split_at(host_end);
    let host = match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        Some(address) => url::Host::<&str>::Ipv6(address.parse::<Ipv6Addr>().ok()?).to_string(),
        // Hosts of other schemes are what they are.
        None if is_special => host.to_ascii_lowercase(),
        None => host.to_string(),
    };
    let port = port.strip_prefix(':').unwrap_or(port);
    let port = match port {
        "" => None,
        digits if digits.bytes().all(|byte| byte.is_ascii_digit()) => Some(digits.parse::<u16>().ok()?),
        _ => return None,
    };
    let port = port.filter(|port| default_port(&scheme) != Some(*port));
    let written = format!("{scheme}://{host}{}", port.map_or(String::new(), |port| format!(":{port}")));
    (is_scheme(&scheme) && SerializedOrigin::parse(written.as_bytes()).is_some()).then_some(written)
}

/// Whether `text` is an origin but for characters beyond ASCII in its host.
pub(super) fn has_unicode_host(text: &str) -> bool {
    let in_ascii: String =
        text.chars().map(|character| if character.is_ascii() { character } else { 'x' }).collect();
    !text.is_ascii() && serialization(&in_ascii).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{Origin, OriginError};
    use proptest::prelude::*;

    #[test]
    fn slips_are_told_what_to_write() {
        for (text, written) in [
            ("HTTPS://App.Example/", "https://app.example"),
            ("https://app.example:443/path?query#fragment", "https://app.example"),
            ("https://user:pass@app.example:08443", "https://app.example:8443"),
            (" http://[0:0::1]:80 ", "http://[::1]"),
            ("https://a\\@b", "https://a"),
            ("app://a\\@b", "app://b"),
        ] {
            assert_eq!(serialization(text).as_deref(), Some(written));
        }
        assert!(has_unicode_host("https://b\u{fc}cher.example/"));
        assert!(!has_unicode_host("https://buecher.example") && !has_unicode_host("b\u{fc}cher"));
    }

    proptest! {
        #[test]
        fn what_is_written_is_what_the_url_parser_writes(
            text in "[ ]?(https?|HTTP|ftp|app|A)://([a-z]@)?[a-zA-Z0-9.:\\[\\]-]{1,12}(:[0-9]{0,5})?[/?#\\\\]?[a-z:/@]{0,3}",
        ) {
            if let Some(written) = serialization(&text) {
                match Origin::parse(&text) {
                    Ok(origin) => prop_assert_eq!(origin.serialized(), written),
                    Err(OriginError::NotSerialized { write }) => prop_assert_eq!(write, written),
                    Err(OriginError::NotAnOrigin) => prop_assert!(text.contains("xn--") || !text.starts_with("http"), "{}", text),
                }
            }
        }
    }
}
