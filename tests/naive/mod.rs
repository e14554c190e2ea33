//! The browser's side of an exchange in as few lines as possible: the Fetch Standard's CORS check and the
//! judgement of a preflight, written a second time so that tests do not judge an engine by itself.

/// Response headers: name in lower case, value.
pub(crate) type Headers = Vec<(String, Vec<u8>)>;

/// <https://fetch.spec.whatwg.org/#concept-cors-check>
pub(crate) fn cors_check(origin: &[u8], include: bool, response: &Headers) -> bool {
    let Some(allowed) = get(response, "access-control-allow-origin") else { return false };
    if !include && allowed == b"*" {
        return true;
    }
    allowed == origin
        && (!include || get(response, "access-control-allow-credentials").as_deref() == Some(b"true"))
}

/// <https://fetch.spec.whatwg.org/#cors-preflight-fetch>, from the arrival of the response; `names` are the
/// CORS-unsafe request-header names in lower case.
pub(crate) fn preflight_passes(
    origin: &[u8],
    include: bool,
    method: &[u8],
    names: &[Vec<u8>],
    status: u16,
    response: &Headers,
) -> bool {
    if !cors_check(origin, include, response) || !(200..=299).contains(&status) {
        return false;
    }
    let (Some(methods), Some(allowed)) =
        (tokens(response, "access-control-allow-methods"), tokens(response, "access-control-allow-headers"))
    else {
        return false;
    };
    let star = |list: &[Vec<u8>]| !include && list.iter().any(|item| item == b"*");
    let method_allowed =
        methods.iter().any(|item| item == method) || [&b"GET"[..], b"HEAD", b"POST"].contains(&method);
    (method_allowed || star(&methods))
        && names.iter().all(|name| {
            let listed = allowed.iter().any(|item| item.eq_ignore_ascii_case(name));
            listed || (name != b"authorization" && star(&allowed))
        })
}

/// <https://fetch.spec.whatwg.org/#concept-header-list-get>
fn get(headers: &Headers, name: &str) -> Option<Vec<u8>> {
    let values: Vec<&[u8]> =
        headers.iter().filter(|(line, _)| line == name).map(|(_, value)| value.trim_ascii()).collect();
    (!values.is_empty()).then(|| values.join(&b", "[..]))
}

/// The `#token` list called `name`; `None` if an element is no token.
fn tokens(headers: &Headers, name: &str) -> Option<Vec<Vec<u8>>> {
    let value = get(headers, name).unwrap_or_default();
    let items = value.split(|&byte| byte == b',').map(|item| item.trim_ascii().to_vec());
    let items: Vec<_> = items.filter(|item| !item.is_empty()).collect();
    items.iter().all(|item| cors_engine::protocol::is_token(item)).then_some(items)
}
