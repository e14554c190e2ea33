//! Explanations: what browsers make of exchanges that were seen, why, and what to change on the server.

mod advice;
mod cause;
mod command;
mod diagnosis;
mod playback;
mod trigger;

pub use advice::{Advice, AnswerAdvice};
pub use cause::{Cause, PreflightRedirect};
pub use trigger::Trigger;

use crate::protocol::HeaderList;
use crate::{
    Blocked, Engine, Exchange, FilteredResponse, InvalidRequest, Outgoing, Preflight, Reason, Request,
    RequestMode, needs_preflight,
};
use alloc::boxed::Box;
use alloc::vec::Vec;
#[cfg(feature = "capture")]
pub(crate) use playback::answers_to;
use playback::{Playback, play};
use url::Url;

/// What was seen on the wire of one fetch, and beside it.
///
/// ```
/// use cors_engine::{Exchange, explain::{Answer, Evidence, Observed}};
/// use url::Url;
/// let evidence = Evidence::from(vec![Observed {
///     exchange: Exchange::Actual,
///     url: Url::parse("https://api.example/")?,
///     answer: Answer::head(200, &[("Access-Control-Allow-Origin", "*")]),
/// }]);
/// assert!(evidence.elsewhere.is_empty());
/// # Ok::<(), url::ParseError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    /// The exchanges of the fetch, in order: preflights, redirects, the last answer.
    pub exchanges: Vec<Observed>,
    /// Exchanges of other fetches of the same resource, for comparison.
    pub elsewhere: Vec<Observed>,
}

impl From<Vec<Observed>> for Evidence {
    fn from(exchanges: Vec<Observed>) -> Self {
        Evidence { exchanges, elsewhere: Vec::new() }
    }
}

/// One exchange that was seen.
///
/// ```
/// # use cors_engine::{Exchange, Request, explain::{Answer, Evidence, Observed, explain}};
/// # let request = Request::fetch("https://app.example", "https://api.example/")?;
/// let observed = Observed {
///     exchange: Exchange::Actual,
///     url: request.url.clone(),
///     answer: Answer::head(200, &[("Access-Control-Allow-Origin", "*")]),
/// };
/// assert!(!explain(&request, &Evidence::from(vec![observed])).is_refused());
/// # Ok::<(), cors_engine::InvalidRequest>(())
/// ```
#[derive(Clone, Debug)]
pub struct Observed {
    /// Which kind of request it was.
    pub exchange: Exchange,
    /// The URL that was asked.
    pub url: Url,
    /// What came back.
    pub answer: Answer,
}

/// What came back for a request.
///
/// ```
/// use cors_engine::{Exchange, Reason, Request, explain::{Answer, Evidence, Observed, explain}};
/// let request = Request::fetch("https://app.example", "https://api.example/")?;
/// let observed = Observed { exchange: Exchange::Actual, url: request.url.clone(), answer: Answer::Failed };
/// let explanation = explain(&request, &Evidence::from(vec![observed]));
/// assert_eq!(explanation.judgements[0].verdict.reason(), Some(Reason::ConnectionFailed));
/// # Ok::<(), cors_engine::InvalidRequest>(())
/// ```
#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant, reason = "nearly all answers are heads")]
pub enum Answer {
    /// A response.
    Head {
        /// Its status.
        status: u16,
        /// Its header lines.
        headers: HeaderList,
    },
    /// Nothing: the connection failed, or the browser refused to make it.
    Failed,
    /// The request was not sent because an earlier preflight had allowed it.
    Remembered,
}

impl Answer {
    /// A response with this status and these header lines.
    ///
    /// ```
    /// use cors_engine::explain::Answer;
    /// assert!(matches!(Answer::head(204, &[("Vary", "Origin")]), Answer::Head { status: 204, .. }));
    /// ```
    pub fn head<N: AsRef<[u8]>, V: AsRef<[u8]>>(status: u16, headers: &[(N, V)]) -> Self {
        Answer::Head { status, headers: headers.iter().map(|(name, value)| (name, value)).collect() }
    }
}

/// What becomes of a request, browser by browser, and what to do about it.
///
/// ```
/// use cors_engine::{Engine, Request, explain::{Classification, Evidence, explain}};
/// let request = Request::fetch("https://app.example", "https://api.example/")?;
/// let explanation = explain(&request, &Evidence::default());
/// assert_eq!(explanation.classification, Classification::Simple);
/// assert!(explanation.judgements.iter().map(|judgement| judgement.engine).eq(Engine::ALL));
/// # Ok::<(), cors_engine::InvalidRequest>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Explanation {
    /// What CORS makes of the request before anything is sent.
    pub classification: Classification,
    /// What each engine decides, in the order of [`Engine::ALL`].
    pub judgements: Vec<Judgement>,
    /// The usual mistakes that were recognized, the most telling first.
    pub causes: Vec<Cause>,
    /// What to change on the server.
    pub advice: Advice,
}

/// What CORS makes of a request before anything is sent, by the standard.
///
/// ```
/// use cors_engine::{Request, explain::{Classification, Trigger, classify}};
/// let mut request = Request::fetch("https://app.example", "https://api.example/")?;
/// request.method = "PUT".into();
/// assert_eq!(classify(&request), Classification::Preflighted(vec![Trigger::Method(b"PUT".into())]));
/// # Ok::<(), cors_engine::InvalidRequest>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Classification {
    /// The URL is of the page's own origin, or needs no network: CORS has no part in it.
    SameOrigin,
    /// The mode is no-cors, or one that refuses other origins: script never reads the answer by CORS.
    NotCors,
    /// It is sent right away.
    Simple,
    /// A preflight goes first, because of these.
    Preflighted(Vec<Trigger>),
}

/// What one engine decides.
///
/// ```
/// use cors_engine::{Engine, Request, explain::{Evidence, explain}};
/// let mut request = Request::fetch("https://app.example", "https://api.example/")?;
/// request.method = "PUT".into();
/// let explanation = explain(&request, &Evidence::default());
/// let judgement = explanation.judgement(Engine::WebKit).unwrap();
/// assert_eq!((judgement.sent.len(), judgement.verdict.word()), (2, "undecided"));
/// # Ok::<(), cors_engine::InvalidRequest>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Judgement {
    /// Whose behaviour this is.
    pub engine: Engine,
    /// The requests it makes, in order.
    pub sent: Vec<Sent>,
    /// How it ends.
    pub verdict: Verdict,
}

/// A request that an engine makes.
///
/// ```
/// use cors_engine::{Exchange, Request, explain::{Evidence, explain}};
/// let request = Request::fetch("https://app.example", "https://api.example/")?;
/// let sent = &explain(&request, &Evidence::default()).judgements[0].sent[0];
/// assert_eq!((sent.exchange, &sent.method[..]), (Exchange::Actual, &b"GET"[..]));
/// assert!(sent.headers.contains(b"origin"));
/// # Ok::<(), cors_engine::InvalidRequest>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Sent {
    /// Which kind of request.
    pub exchange: Exchange,
    /// The method on the request line.
    pub method: Vec<u8>,
    /// The URL.
    pub url: Url,
    /// The header lines that CORS or script puts on it.
    pub headers: HeaderList,
}

impl Sent {
    fn of(outgoing: Outgoing<'_>) -> Self {
        Sent {
            exchange: outgoing.exchange(),
            method: outgoing.method().to_vec(),
            url: outgoing.url().clone(),
            headers: outgoing.headers().collect(),
        }
    }
}

/// How a fetch ends, as far as the evidence tells.
///
/// ```
/// use cors_engine::{Request, explain::{Evidence, Verdict, explain}};
/// let mut request = Request::fetch("https://app.example", "https://api.example/")?;
/// request.method = "TRACE".into();
/// let explanation = explain(&request, &Evidence::default());
/// assert!(matches!(explanation.judgements[0].verdict, Verdict::Thrown(_)));
/// # Ok::<(), cors_engine::InvalidRequest>(())
/// ```
#[derive(Clone, Debug)]
pub enum Verdict {
    /// Script gets a response.
    Allowed(FilteredResponse),
    /// Script gets a network error.
    Blocked(Box<Blocked>),
    /// `fetch()` itself throws.
    Thrown(InvalidRequest),
    /// The evidence lacks the answer to this request; nothing that was seen speaks against the fetch.
    Undecided(Box<Sent>),
}

impl Verdict {
    /// One word: `allowed`, `blocked`, `thrown` or `undecided`.
    ///
    /// ```
    /// use cors_engine::{Request, explain::{Evidence, explain}};
    /// let request = Request::fetch("https://app.example", "https://api.example/")?;
    /// let explanation = explain(&request, &Evidence::default());
    /// assert_eq!(explanation.judgements[0].verdict.word(), "undecided");
    /// # Ok::<(), cors_engine::InvalidRequest>(())
    /// ```
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Verdict::Allowed(_) => "allowed",
            Verdict::Blocked(_) => "blocked",
            Verdict::Thrown(_) => "thrown",
            Verdict::Undecided(_) => "undecided",
        }
    }

    /// Why script gets no response, when it gets none.
    ///
    /// ```
    /// use cors_engine::{Reason, Request, explain::{Evidence, explain}};
    /// let request = Request::fetch("https://app.example", "http://api.example/")?;
    /// let explanation = explain(&request, &Evidence::default());
    /// assert_eq!(explanation.judgements[0].verdict.reason(), Some(Reason::MixedContent));
    /// # Ok::<(), cors_engine::InvalidRequest>(())
    /// ```
    #[must_use]
    pub const fn reason(&self) -> Option<Reason> {
        match self {
            Verdict::Blocked(blocked) => Some(blocked.reason),
            Verdict::Thrown(invalid) => Some(invalid.reason),
            Verdict::Allowed(_) | Verdict::Undecided(_) => None,
        }
    }

    /// Whether script gets no response.
    ///
    /// ```
    /// use cors_engine::{Request, explain::{Evidence, explain}};
    /// let request = Request::fetch("https://app.example", "https://api.example:6000/")?; // a bad port
    /// assert!(explain(&request, &Evidence::default()).judgements[0].verdict.is_refusal());
    /// # Ok::<(), cors_engine::InvalidRequest>(())
    /// ```
    #[must_use]
    pub const fn is_refusal(&self) -> bool {
        matches!(self, Verdict::Blocked(_) | Verdict::Thrown(_))
    }
}

impl Explanation {
    /// What the Fetch Standard decides.
    ///
    /// ```
    /// # use cors_engine::{Engine, Request, explain::{Evidence, explain}};
    /// # let request = Request::fetch("https://app.example", "https://api.example/")?;
    /// let explanation = explain(&request, &Evidence::default());
    /// assert_eq!(explanation.standard().unwrap().engine, Engine::Spec);
    /// # Ok::<(), cors_engine::InvalidRequest>(())
    /// ```
    #[must_use]
    pub fn standard(&self) -> Option<&Judgement> {
        self.judgement(Engine::Spec)
    }

    /// What `engine` decides.
    ///
    /// ```
    /// # use cors_engine::{Engine, Request, explain::{Evidence, explain}};
    /// # let request = Request::fetch("https://app.example", "https://api.example/")?;
    /// let explanation = explain(&request, &Evidence::default());
    /// assert_eq!(explanation.judgement(Engine::Gecko).unwrap().sent.len(), 1);
    /// # Ok::<(), cors_engine::InvalidRequest>(())
    /// ```
    #[must_use]
    pub fn judgement(&self, engine: Engine) -> Option<&Judgement> {
        self.judgements.iter().find(|judgement| judgement.engine == engine)
    }

    /// What the browsers decide, without the standard.
    ///
    /// ```
    /// # use cors_engine::{Request, explain::{Evidence, explain}};
    /// # let request = Request::fetch("https://app.example", "https://api.example/")?;
    /// assert_eq!(explain(&request, &Evidence::default()).browsers().count(), 3);
    /// # Ok::<(), cors_engine::InvalidRequest>(())
    /// ```
    pub fn browsers(&self) -> impl Iterator<Item = &Judgement> + Clone {
        self.judgements.iter().filter(|judgement| judgement.engine != Engine::Spec)
    }

    /// Whether some browser refuses.
    ///
    /// ```
    /// # use cors_engine::{Request, explain::{Evidence, explain}};
    /// # let request = Request::fetch("https://app.example", "https://api.example/")?;
    /// assert!(!explain(&request, &Evidence::default()).is_refused());
    /// # Ok::<(), cors_engine::InvalidRequest>(())
    /// ```
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.browsers().any(|judgement| judgement.verdict.is_refusal())
    }

    /// Whether browsers come to different ends.
    ///
    /// ```
    /// # use cors_engine::{Request, explain::{Evidence, explain}};
    /// # let request = Request::fetch("https://app.example", "https://api.example/")?;
    /// assert!(!explain(&request, &Evidence::default()).browsers_disagree());
    /// # Ok::<(), cors_engine::InvalidRequest>(())
    /// ```
    #[must_use]
    pub fn browsers_disagree(&self) -> bool {
        let mut words = self.browsers().map(|judgement| judgement.verdict.word());
        let first = words.next();
        words.any(|word| Some(word) != first)
    }
}

/// Explains what becomes of `request`, given the exchanges that were seen.
///
/// ```
/// use cors_engine::{Exchange, Request, explain::{Answer, Cause, Evidence, Observed, explain}};
///
/// let mut request = Request::fetch("https://app.example", "https://api.example/cart")?;
/// request.method = "PUT".into();
/// let preflight = Observed {
///     exchange: Exchange::Preflight,
///     url: request.url.clone(),
///     answer: Answer::head(401, &[("WWW-Authenticate", "Bearer")]),
/// };
/// let explanation = explain(&request, &Evidence::from(vec![preflight]));
/// assert!(explanation.is_refused());
/// assert_eq!(explanation.causes, [Cause::PreflightNeedsAuthentication { status: 401 }]);
/// let answer = &explanation.advice.answers[0];
/// assert_eq!(answer.status, Some(204));
/// assert_eq!(answer.lines().next().unwrap(), "Access-Control-Allow-Origin: https://app.example");
/// # Ok::<(), cors_engine::InvalidRequest>(())
/// ```
#[must_use]
pub fn explain(request: &Request, evidence: &Evidence) -> Explanation {
    let judgements: Vec<Judgement> = Engine::ALL
        .into_iter()
        .map(|engine| play(engine, request, &mut Playback::of(&evidence.exchanges)))
        .collect();
    let causes = diagnosis::recognize(request, evidence, &judgements);
    let advice = advice::advise(request, evidence, &causes);
    Explanation { classification: classify(request), judgements, causes, advice }
}

/// Tells what CORS makes of a request before anything is sent.
///
/// ```
/// use cors_engine::{Request, explain::{Classification, classify}};
/// let request = Request::fetch("https://app.example", "https://api.example/")?;
/// assert_eq!(classify(&request), Classification::Simple);
/// # Ok::<(), cors_engine::InvalidRequest>(())
/// ```
#[must_use]
pub fn classify(request: &Request) -> Classification {
    if request.origin.is_origin_of(&request.url) || !matches!(request.url.scheme(), "http" | "https") {
        return Classification::SameOrigin;
    }
    match needs_preflight(Engine::Spec, request) {
        _ if request.mode != RequestMode::Cors => Classification::NotCors,
        Ok(preflight) if preflight.is_needed() => Classification::Preflighted(trigger::triggers(request)),
        Ok(Preflight::NotCrossOrigin) => Classification::SameOrigin,
        _ => Classification::Simple,
    }
}
