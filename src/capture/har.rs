//! HAR files, as Chromium, Firefox and Safari export them.

use super::har_model::{Entry as HarEntry, Har, Header, Log, Program, Response as HarResponse};
use super::{Capture, Entry, Format, HEADERS_LIMIT, Meant, Response, Unusable, UnusableKind, chain, infer};
use crate::Engine;
use crate::protocol::{HeaderList, Origin};
use serde_json::error::Category;
use std::collections::HashMap;
use url::Url;

/// Reads a HAR.
pub(super) fn read(bytes: &[u8], meant: &Meant) -> Result<Capture, Unusable> {
    let log = serde_json::from_slice::<Har>(bytes).map_err(|error| not_a_har(&error))?.log;
    let engine = engine(&log);
    let creator = log.browser.as_ref().or(log.creator.as_ref()).map(program);
    let pages = pages(&log);
    let mut set_aside = 0;
    let mut entries = Vec::new();
    for (index, har_entry) in log.entries.into_iter().enumerate() {
        match entry(har_entry, &pages).map_err(|problem| {
            Unusable::new(UnusableKind::Malformed, format!("entry {}: {problem}", index + 1))
        })? {
            Some(entry) => entries.push(entry),
            None => set_aside += 1,
        }
    }
    let mut fetches = Vec::new();
    for chain in chain::chains(entries)? {
        let length = chain.hops().count();
        match infer::from_browser(chain, engine, meant) {
            Some(fetch) => fetches.push(fetch),
            None => set_aside += length,
        }
    }
    Ok(Capture { format: Format::Har, creator, engine, fetches, set_aside })
}

fn not_a_har(error: &serde_json::Error) -> Unusable {
    let words = match error.classify() {
        _ if error.to_string().starts_with("recursion limit") => {
            format!("is JSON nested too deeply for a HAR: {error}")
        }
        Category::Eof => format!("is a HAR that ends too early ({error}). Export it again"),
        Category::Syntax => format!("is no JSON, so it is no HAR: {error}"),
        Category::Data | Category::Io => format!("is JSON, but not a HAR: {error}"),
    };
    Unusable::new(UnusableKind::NotAHar, words)
}

fn program(program: &Program) -> String {
    format!("{} {}", program.name, program.version).trim().to_owned()
}

/// Whose fetches these are, told from who exported them.
fn engine(log: &Log) -> Option<Engine> {
    const NAMES: [(&str, Engine); 9] = [
        ("firefox", Engine::Gecko),
        ("webkit", Engine::WebKit),
        ("safari", Engine::WebKit),
        ("webinspector", Engine::Chromium),
        ("chrome", Engine::Chromium),
        ("chromium", Engine::Chromium),
        ("edge", Engine::Chromium),
        ("opera", Engine::Chromium),
        ("brave", Engine::Chromium),
    ];
    let programs = [log.browser.as_ref(), log.creator.as_ref()];
    programs.into_iter().flatten().find_map(|program| {
        let name = program.name.to_ascii_lowercase();
        NAMES.iter().find(|(part, _)| name.contains(part)).map(|(_, engine)| *engine)
    })
}

/// The origins of the pages, where the title is the page's URL, as Chromium writes it.
fn pages(log: &Log) -> HashMap<String, Origin> {
    let pages = log.pages.iter().flatten();
    pages
        .filter_map(|page| match Origin::of(&Url::parse(&page.title).ok()?) {
            Origin::Opaque => None,
            origin => Some((page.id.clone(), origin)),
        })
        .collect()
}

/// `None` for what is no exchange over HTTP.
fn entry(entry: HarEntry, pages: &HashMap<String, Origin>) -> Result<Option<Entry>, String> {
    let url = match Url::parse(&entry.request.url) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => url,
        Ok(_) => return Ok(None),
        Err(error) => return Err(format!("the URL of the request cannot be read: {error}")),
    };
    let headers = headers(entry.request.headers)?;
    let failure = entry.response.as_ref().and_then(failure);
    let response = entry.response.map(response).transpose()?.flatten();
    let page = entry.pageref.and_then(|page| pages.get(&page).cloned());
    Ok(Some(Entry {
        method: bytes(&entry.request.method),
        url,
        headers,
        response,
        destination: entry.resource_type,
        started: entry.started_date_time.as_deref().and_then(seconds),
        failure,
        page,
    }))
}

/// What the browser noted as an error, unless it only means that nobody read the body to its end.
fn failure(response: &HarResponse) -> Option<String> {
    response.error.clone().filter(|error| !error.is_empty() && error != "net::ERR_ABORTED")
}

/// `None` when no response came: then browsers write the status 0, -1 or none.
fn response(response: HarResponse) -> Result<Option<Response>, String> {
    let status = response.status.and_then(|status| u16::try_from(status).ok());
    let Some(status) = status.filter(|status| (100..=999).contains(status)) else { return Ok(None) };
    let mut headers = headers(response.headers)?;
    let redirect = response.redirect_url.filter(|url| !url.is_empty());
    if let Some(url) = redirect.filter(|_| !headers.contains(b"location")) {
        headers.append(b"Location", url.as_bytes());
    }
    Ok(Some(Response { status, headers }))
}

fn headers(headers: Vec<Header>) -> Result<HeaderList, String> {
    let mut list = HeaderList::default();
    let mut length = 0;
    for Header { name, value } in headers {
        let value = value.unwrap_or_default();
        length += name.len() + value.len();
        if length > HEADERS_LIMIT {
            let limit = HEADERS_LIMIT / 1024;
            return Err(format!("its headers are larger than {limit} KiB, which no browser takes"));
        }
        if name.starts_with(':') {
            continue; // HTTP/2 says there what the request line says.
        }
        // Some versions of Chromium write a repeated header as one, with a line break between its values.
        for line in value.split('\n') {
            list.append(&bytes(&name), &bytes(line));
        }
    }
    Ok(list)
}

/// The bytes that were on the wire: browsers write each byte as one character, some decode UTF-8 before.
fn bytes(text: &str) -> Vec<u8> {
    let isomorphic: Option<Vec<u8>> =
        text.chars().map(|character| u8::try_from(u32::from(character)).ok()).collect();
    isomorphic.unwrap_or_else(|| text.as_bytes().to_vec())
}

/// Reads a time such as `2026-11-23T15:09:29.395Z` as seconds. The time zone is left out: it is the same in
/// the whole file.
fn seconds(time: &str) -> Option<f64> {
    let (date, clock) = time.split_once('T')?;
    let clock = clock.split(['Z', '+', '-']).next()?;
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, ""));
    let mut date = date.splitn(3, '-').map(|part| part.parse::<u32>().ok().map(f64::from));
    let mut clock = clock.splitn(3, ':').map(|part| part.parse::<u32>().ok().map(f64::from));
    let next_of = |parts: &mut dyn Iterator<Item = Option<f64>>| parts.next().flatten();
    let (year, month, day) = (next_of(&mut date)?, next_of(&mut date)?, next_of(&mut date)?);
    let (hour, minute, second) = (next_of(&mut clock)?, next_of(&mut clock)?, next_of(&mut clock)?);
    let mut digits = fraction.chars().rev().map(|digit| digit.to_digit(10));
    let fraction = digits.try_fold(0.0, |below, digit| Some((below + f64::from(digit?)) / 10.0))?;
    // Months of 31 days keep the order; only distances within a day are of interest.
    let days = (year * 12.0 + month) * 31.0 + day;
    Some(days * 86400.0 + hour * 3600.0 + minute * 60.0 + second + fraction)
}
