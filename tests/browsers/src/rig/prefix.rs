//! Keeping scenarios apart: the URLs of run N carry `/~N` before their path.
//!
//! Hosts stay as they are written, since CORS looks at them, and preflight caches are keyed by URL, so runs
//! never meet in one. What a browser says later (requests, console lines, `response.url`) tells by its prefix
//! which run it is about, and loses it before anyone compares it.

/// Where the prefix goes in a URL reference, if it can have one.
fn place(reference: &str) -> Option<usize> {
    let start = reference.len() - reference.trim_start_matches([' ', '\t']).len();
    let after_scheme = start + scheme_length(&reference[start..]);
    let rest = &reference[after_scheme..];
    let slashes = rest.bytes().take(2).take_while(|byte| is_slash(*byte)).count();
    match slashes {
        0 => None,
        1 => Some(after_scheme),
        _ => {
            let authority = after_scheme + 2;
            let length =
                reference[authority..].find(['/', '\\', '?', '#']).unwrap_or(reference.len() - authority);
            // Without a host the prefix would become one.
            (length > 0).then_some(authority + length)
        }
    }
}

fn is_slash(byte: u8) -> bool {
    matches!(byte, b'/' | b'\\')
}

/// The length of the scheme and its colon, 0 when there is none.
fn scheme_length(reference: &str) -> usize {
    let Some((scheme, _)) = reference.split_once(':') else { return 0 };
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    if is_scheme { scheme.len() + 1 } else { 0 }
}

/// The URL or `Location` value with the prefix of run `id`. References without authority and without a leading
/// slash stay as they are: relative ones inherit the prefix from their base.
pub(super) fn insert(reference: &str, id: u64) -> String {
    match place(reference) {
        Some(place) => format!("{}/~{id}{}", &reference[..place], &reference[place..]),
        None => reference.to_owned(),
    }
}

/// The run that the first prefix in `text` names.
pub(crate) fn find(text: &str) -> Option<u64> {
    text.match_indices("/~").find_map(|(at, mark)| {
        let digits = digits(&text[at + mark.len()..]);
        digits.parse().ok()
    })
}

/// The text without any prefix.
pub(super) fn remove(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("/~") {
        let after = &rest[at + 2..];
        let length = digits(after).len();
        clean.push_str(&rest[..at]);
        if length == 0 {
            clean.push_str("/~");
        } else if !after[length..].starts_with('/') {
            // The prefix was the whole path, and a path is never empty.
            clean.push('/');
        }
        rest = &after[length..];
    }
    clean.push_str(rest);
    clean
}

fn digits(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absolute_urls_get_it_before_their_path() {
        assert_eq!(insert("http://b.test/x", 7), "http://b.test/~7/x");
        assert_eq!(insert("HTTP://user:pass@B.TEST:80/x#f", 7), "HTTP://user:pass@B.TEST:80/~7/x#f");
        assert_eq!(insert("https://b.test?q", 7), "https://b.test/~7?q");
        assert_eq!(insert(" http://b.test/x ", 7), " http://b.test/~7/x ");
    }

    #[test]
    fn references_get_it_where_they_leave_the_base_path() {
        assert_eq!(insert("/r1", 7), "/~7/r1");
        assert_eq!(insert("//b.test/r1", 7), "//b.test/~7/r1");
        assert_eq!(insert("http:/r1", 7), "http:/~7/r1");
        for relative in ["r1", "?q", "#f", "", "http:b"] {
            assert_eq!(insert(relative, 7), relative);
        }
    }

    #[test]
    fn what_has_no_host_stays() {
        for other in ["data:text/plain,x", "mailto:x", "about:blank", "http://", "file:///x"] {
            assert_eq!(insert(other, 7), other);
        }
    }

    #[test]
    fn removing_undoes_inserting() {
        for url in ["http://b.test/x", "https://user@b.test:8080/x?q=/~a", "http://b.test/~home/x", "/r1"] {
            assert_eq!(remove(&insert(url, 42)), url);
        }
        assert_eq!(
            remove("at 'http://b.test/~1?q' and http://c.test/~1"),
            "at 'http://b.test/?q' and http://c.test/"
        );
    }

    #[test]
    fn the_run_is_found_again() {
        assert_eq!(find("cannot load http://b.test/~31/x due to"), Some(31));
        assert_eq!(find("http://b.test/~home/~31/x"), Some(31));
        assert_eq!(find("nothing"), None);
    }
}
