//! Messages: a fetch written down as HTTP messages, which can be edited and read back.

use super::Explained;
use crate::capture::{CapturedFetch, Kind};
use crate::explain::{Answer, Observed, Sent, answers_to};
use crate::protocol::HeaderList;
use crate::{Exchange, Initiator, Request, RequestMode};

/// A request, and its response if one was seen: each a start line and header lines.
///
/// ```
/// # use cors_engine::capture::{Meant, Report, read};
/// let har = br#"{"log": {"entries": [{
///     "request": {"method": "GET", "url": "https://api.example/", "headers": [
///         {"name": "Origin", "value": "https://app.example"}]},
///     "response": {"status": 200, "headers": []}}]}}"#;
/// let report = Report::of("page.har", read(har, None, &Meant::default())?);
/// let messages = report.fetches[0].messages();
/// assert_eq!(messages[0].request, "GET https://api.example/ HTTP/1.1\nOrigin: https://app.example\n");
/// assert_eq!(messages[0].response.as_deref(), Some("HTTP/1.1 200\n"));
/// # Ok::<(), cors_engine::capture::Unusable>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Messages {
    /// The request, as the standard has it sent.
    pub request: String,
    /// The response as it was seen.
    pub response: Option<String>,
}

impl Explained {
    /// The fetch as HTTP messages that [`read`](crate::capture::read) takes, exchange by exchange. A
    /// preflight that was not asked because its answer was remembered is left out, and so is that a
    /// connection failed.
    ///
    /// ```
    /// # use cors_engine::{Request, capture::{CapturedFetch, Explained, Kind}};
    /// let request = Request::fetch("https://app.example", "https://api.example/")?;
    /// let messages = Explained::of(CapturedFetch::new(request, Kind::Cors), None).messages();
    /// assert_eq!((messages.len(), &messages[0].response), (1, &None));
    /// # Ok::<(), cors_engine::InvalidRequest>(())
    /// ```
    #[must_use]
    pub fn messages(&self) -> Vec<Messages> {
        let seen = &self.fetch.evidence.exchanges;
        let mut messages: Vec<Messages> = seen
            .iter()
            .enumerate()
            .filter(|(_, observed)| !matches!(observed.answer, Answer::Remembered))
            .map(|(index, observed)| Messages {
                request: match self.sent_for(index) {
                    Some(sent) => asked(&self.fetch, sent),
                    None => unasked(&self.fetch.request, observed),
                },
                response: response(&observed.answer),
            })
            .collect();
        let unanswered = self.explanation.judgements.first().and_then(|judgement| {
            let answers = answers_to(&judgement.sent, seen);
            let mut sent = judgement.sent.iter().zip(answers);
            sent.find(|(sent, answer)| sent.exchange == Exchange::Actual && answer.is_none())
        });
        if let Some((sent, _)) = unanswered {
            messages.push(Messages { request: asked(&self.fetch, sent), response: None });
        }
        messages
    }

    /// The request that the exchange at `index` answers, by the standard or else by the first browser that
    /// gets so far.
    fn sent_for(&self, index: usize) -> Option<&Sent> {
        let seen = &self.fetch.evidence.exchanges;
        self.explanation.judgements.iter().find_map(|judgement| {
            let answers = answers_to(&judgement.sent, seen);
            let position = answers.iter().position(|answer| *answer == Some(index))?;
            judgement.sent.get(position)
        })
    }
}

/// A request that some engine sends.
fn asked(fetch: &CapturedFetch, sent: &Sent) -> String {
    let mut headers = sent.headers.clone();
    let mode = match fetch.request.mode {
        RequestMode::Cors => None,
        RequestMode::SameOrigin => Some("same-origin"),
        RequestMode::NoCors | RequestMode::Navigate => Some("no-cors"),
    };
    let destination = match fetch.request.initiator {
        Initiator::Font => Some("font"),
        Initiator::Script => Some("script"),
        Initiator::Style => Some("style"),
        Initiator::Image => Some("image"),
        _ if fetch.kind == Kind::Load => Some("document"),
        _ => None,
    };
    for (name, value) in [("Sec-Fetch-Mode", mode), ("Sec-Fetch-Dest", destination)] {
        if let Some(value) = value {
            headers.append(name.as_bytes(), value.as_bytes());
        }
    }
    request_head(&sent.method, sent.url.as_str(), &headers)
}

/// A request that was seen and that no engine would send.
fn unasked(request: &Request, observed: &Observed) -> String {
    let origin = request.origin.serialized();
    let mut headers: HeaderList = [(&b"Origin"[..], origin.as_bytes())].into_iter().collect();
    match observed.exchange {
        Exchange::Preflight => {
            headers.append(b"Access-Control-Request-Method", &request.method);
            request_head(b"OPTIONS", observed.url.as_str(), &headers)
        }
        Exchange::Actual => {
            request.headers.lines().for_each(|(name, value)| headers.append(name, value));
            request_head(&request.method, observed.url.as_str(), &headers)
        }
    }
}

fn request_head(method: &[u8], url: &str, headers: &HeaderList) -> String {
    format!("{} {url} HTTP/1.1\n{}", String::from_utf8_lossy(method), lines(headers))
}

/// `None` when nothing came back.
fn response(answer: &Answer) -> Option<String> {
    match answer {
        Answer::Head { status, headers } => Some(format!("HTTP/1.1 {status}\n{}", lines(headers))),
        Answer::Failed | Answer::Remembered => None,
    }
}

fn lines(headers: &HeaderList) -> String {
    let line =
        |(name, value)| format!("{}: {}\n", String::from_utf8_lossy(name), String::from_utf8_lossy(value));
    headers.lines().map(line).collect()
}
