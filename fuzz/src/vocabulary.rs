//! Words near the edges of CORS, from which structured inputs are made; now and then a word is anything.

use arbitrary::{Result, Unstructured};

pub(crate) const ORIGINS: &[&str] = &[
    "https://a.test",
    "http://a.test",
    "https://b.test",
    "https://s.a.test",
    "https://a.test:8443",
    "https://evila.test",
    "http://localhost:3000",
    "http://127.0.0.1",
    "http://[::1]:8080",
    "https://xn--bcher-kva.test",
    "null",
];

pub(crate) const URLS: &[&str] = &[
    "https://b.test/",
    "https://b.test/x?y#z",
    "http://b.test/x",
    "https://a.test/x",
    "https://user:password@b.test/x",
    "https://c.test:8443/",
    "http://localhost:3000/x",
    "data:text/plain,x",
    "data:;base64,eA==",
    "blob:https://a.test/1",
    "about:blank",
    "ftp://b.test/",
    "ws://b.test/",
    "foo:bar",
];

pub(crate) const METHODS: &[&str] = &[
    "GET", "get", "HEAD", "POST", "post", "PUT", "put", "DELETE", "OPTIONS", "PATCH", "patch", "x", "*",
    "TRACE", "CONNECT",
];

pub(crate) const REQUEST_HEADERS: &[&str] = &[
    "Accept",
    "Accept-Language",
    "Content-Language",
    "Content-Type",
    "Range",
    "X-A",
    "x-a",
    "x-b",
    "Authorization",
    "*",
    "DPR",
    "Save-Data",
    "Intervention",
    "If-None-Match",
    "Cache-Control",
    "User-Agent",
    "Origin",
    "Cookie",
    "X-HTTP-Method-Override",
    "Sec-A",
    "Proxy-B",
    "Access-Control-Request-Method",
];

pub(crate) const REQUEST_VALUES: &[&str] = &[
    "1",
    "",
    "text/plain",
    "text/plain;charset=utf-8",
    "text/plain;",
    "application/json",
    "multipart/form-data",
    "bytes=0-",
    "bytes=1-2",
    "bytes=2-1",
    "bytes=-1",
    "en",
    "a(b",
    "a\"b",
    " padded\t",
    "on",
    "2g",
    "1.5",
    "TRACE",
    "application/x-www-form-urlencoded",
    "caf\u{e9}",
];

pub(crate) const RESPONSE_HEADERS: &[&str] = &[
    "access-control-allow-origin",
    "Access-Control-Allow-Origin",
    "access-control-allow-credentials",
    "access-control-allow-methods",
    "access-control-allow-headers",
    "access-control-expose-headers",
    "access-control-max-age",
    "access-control-allow-private-network",
    "location",
    "content-type",
    "content-length",
    "set-cookie",
    "x-a",
    "etag",
    "vary",
    "cross-origin-resource-policy",
    "timing-allow-origin",
    "referrer-policy",
    "www-authenticate",
    "refresh",
];

pub(crate) const RESPONSE_VALUES: &[&str] = &[
    "*",
    "https://a.test",
    "https://a.test/",
    "http://a.test",
    "null",
    "",
    "true",
    "True",
    "false",
    "PUT",
    "put",
    "PUT, PATCH",
    "PUT,,*",
    "x-a",
    "X-A, content-type",
    "authorization, *",
    "a b",
    "\"",
    "0",
    "-1",
    "5",
    "600",
    "99999999999999999999",
    "same-origin",
    "same-site",
    "cross-origin",
    "no-referrer",
    "origin",
];

pub(crate) const LOCATIONS: &[&str] = &[
    "/",
    "/x",
    "//c.test/",
    "https://a.test/x",
    "https://b.test/",
    "https://c.test:8443/",
    "http://b.test/x",
    "https://user@c.test/",
    "#fragment",
    "?q",
    "",
    "data:,x",
    "ftp://b.test/",
    "https://",
    "\u{ff}",
];

pub(crate) const STATUSES: &[u16] = &[
    200, 200, 204, 206, 301, 302, 303, 307, 308, 304, 400, 401, 403, 404, 407, 421, 500, 0, 99, 199, 299, 300,
];

/// A word of `table`, or, one time in sixteen, any text.
pub(crate) fn word(u: &mut Unstructured<'_>, table: &[&str]) -> Result<String> {
    if u.ratio(1, 16)? {
        let length = u.int_in_range(0..=40)?;
        let bytes = u.bytes(usize::min(length, u.len()))?;
        return Ok(bytes.iter().map(|&byte| char::from(byte)).collect());
    }
    Ok((*u.choose(table)?).to_owned())
}

/// Some words of `table`, in any order, repeated or not.
pub(crate) fn words(u: &mut Unstructured<'_>, table: &[&str], most: usize) -> Result<Vec<String>> {
    let count = u.int_in_range(0..=most)?;
    (0..count).map(|_| word(u, table)).collect()
}

pub(crate) fn status(u: &mut Unstructured<'_>) -> Result<u16> {
    if u.ratio(1, 32)? { u.arbitrary() } else { u.choose(STATUSES).copied() }
}

/// Header lines of a response.
pub(crate) fn response_lines(u: &mut Unstructured<'_>, most: usize) -> Result<Vec<(String, String)>> {
    let count = u.int_in_range(0..=most)?;
    (0..count)
        .map(|_| {
            let name = word(u, RESPONSE_HEADERS)?;
            let values = if name == "location" { LOCATIONS } else { RESPONSE_VALUES };
            Ok((name, word(u, values)?))
        })
        .collect()
}

/// Header lines of a request.
pub(crate) fn request_lines(u: &mut Unstructured<'_>, most: usize) -> Result<Vec<(String, String)>> {
    let count = u.int_in_range(0..=most)?;
    (0..count).map(|_| Ok((word(u, REQUEST_HEADERS)?, word(u, REQUEST_VALUES)?))).collect()
}

/// A text whose characters stand for bytes, as bytes; a character that stands for none is UTF-8.
pub(crate) fn bytes(text: &str) -> Vec<u8> {
    let isomorphic: Option<Vec<u8>> =
        text.chars().map(|character| u8::try_from(u32::from(character)).ok()).collect();
    isomorphic.unwrap_or_else(|| text.as_bytes().to_vec())
}
