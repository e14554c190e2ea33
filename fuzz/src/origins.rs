//! Three readers of origins and the `url` crate: what one takes the others take, and they see the same parts
//! in it. Where the borrowing reader is stricter than the URL parser, it is so for a reason that it states.

use crate::bound::Bound;
use crate::stretch::stretched;
use cors_engine::protocol::{Origin, OriginError, SerializedOrigin};
use cors_engine::server::OriginPattern;
use url::Url;

// The URL parser is asked several times, and keeps a domain beyond ASCII label by label, as characters of four bytes.
const BOUND: Bound = Bound::of(16 * 1024, 512);

pub fn check(input: &[u8]) {
    let input = stretched(input);
    BOUND.hold(input.len(), || {
        let Ok(text) = core::str::from_utf8(&input) else {
            assert_eq!(SerializedOrigin::parse(&input), None);
            return;
        };
        check_text(text);
    });
}

fn check_text(text: &str) {
    let owned = Origin::parse(text);
    let borrowed = SerializedOrigin::parse(text.as_bytes());
    let url = Url::parse(text).ok();
    match (&owned, &url) {
        (Ok(Origin::Tuple(tuple)), Some(url)) => {
            assert_eq!(tuple.serialized(), text);
            assert_eq!((tuple.scheme(), Some(tuple.host())), (url.scheme(), url.host_str()), "{text}");
            if is_special(url.scheme()) {
                assert_eq!(url.origin().ascii_serialization(), text);
                let reason_to_refuse = stricter(tuple.host(), url.port());
                assert!(borrowed.is_some() || reason_to_refuse, "{text} is not read without allocating");
            }
        }
        (Err(OriginError::NotSerialized { write }), Some(url)) => {
            assert_ne!(write, text);
            let written =
                Origin::parse(write).unwrap_or_else(|error| panic!("{text}: write {write}: {error}"));
            assert!(!is_special(url.scheme()) || written.is_origin_of(url), "{text}: write {write}");
        }
        (Ok(Origin::Opaque), _) => assert_eq!(text, "null"),
        (Err(OriginError::NotAnOrigin), _) => {}
        (_, None) => panic!("{text} is no URL, and an origin: {owned:?}"),
    }
    if let Some(origin) = borrowed {
        assert_eq!(origin.as_str(), text);
        let port = origin.port().map_or_else(String::new, |port| format!(":{port}"));
        assert_eq!(format!("{}://{}{port}", origin.scheme(), origin.host()), text);
        // Punycode is not decoded, and whether a host of another scheme is one is not asked of the URL parser.
        if is_special(origin.scheme()) && !origin.host().contains("xn--") {
            let Ok(Origin::Tuple(tuple)) = &owned else { panic!("{text} is read only without allocating") };
            assert_eq!(tuple.host(), origin.host());
            let owned = Origin::Tuple(tuple.clone());
            assert_eq!(owned.is_potentially_trustworthy(), origin.is_potentially_trustworthy(), "{text}");
            assert_eq!(url.as_ref().and_then(Url::port), origin.port(), "{text}");
        }
    }
    if let Some(url) = url.filter(|url| is_special(url.scheme())) {
        let origin = Origin::of(&url);
        assert_eq!(origin.serialized(), url.origin().ascii_serialization(), "{text}");
        assert!(origin == Origin::Opaque || origin.is_origin_of(&url), "{text}");
        assert!(origin == Origin::Opaque || origin.is_schemelessly_same_site(&origin), "{text}");
    }
    check_pattern(text);
}

fn check_pattern(text: &str) {
    let Ok(pattern) = text.parse::<OriginPattern>() else { return };
    assert_eq!(pattern.as_str(), text);
    // One of the origins that the entry stands for.
    let inhabitant = text.replacen("://*.", "://s.", 1);
    let inhabitant = inhabitant.strip_suffix(":*").map_or(inhabitant.clone(), |rest| format!("{rest}:81"));
    match SerializedOrigin::parse(inhabitant.as_bytes()) {
        Some(origin) => {
            assert!(pattern.matches(&origin), "{text} does not cover {inhabitant}");
            assert_eq!(pattern.is_insecure(), !origin.is_potentially_trustworthy(), "{text}");
        }
        None => panic!("{text} is an entry, and {inhabitant} is no origin"),
    }
}

fn is_special(scheme: &str) -> bool {
    matches!(scheme, "http" | "https" | "ws" | "wss" | "ftp")
}

/// Whether the borrowing reader says that it refuses this: no name that could be looked up, or port 0.
fn stricter(host: &str, port: Option<u16>) -> bool {
    let name = host.strip_suffix('.').unwrap_or(host);
    port == Some(0) || host.len() > 253 || name.split('.').any(|label| label.is_empty() || label.len() > 63)
}
