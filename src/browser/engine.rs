//! Engines, and the one table of what Chromium, Gecko and WebKit do differently from the Fetch Standard.
//!
//! Each row of the table is proven by a recorded observation of the same name in `tests/observed`: without
//! the row the engine would not agree with it. The table is also the source of
//! `docs/where-browsers-differ.md`.

use super::profile::{
    EmptyLocation, FlagsServedBy, Forgets, MaxAgeSyntax, PreflightOrder, Profile, RedirectCredentials,
    RedirectedOrigin, RemovedHeaders, RepeatedLocation, STANDARD, StreamBody, Wildcards,
};
use super::request::CacheMode;
use crate::protocol::request_header::{ContentTypeSyntax, RangeSyntax};

/// Whose behaviour to follow.
///
/// ```
/// use cors_engine::Engine;
/// assert_eq!(Engine::from_name("gecko"), Some(Engine::Gecko));
/// assert_eq!(Engine::Gecko.name(), "gecko");
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Engine {
    /// The Fetch Standard to the letter.
    Spec,
    /// Chromium: Chrome, Edge, Opera, Android WebView.
    Chromium,
    /// Gecko: Firefox.
    Gecko,
    /// WebKit: Safari, WebKitGTK.
    WebKit,
}

impl Engine {
    /// Every engine, the standard first.
    ///
    /// ```
    /// assert_eq!(cors_engine::Engine::ALL.len(), 4);
    /// ```
    pub const ALL: [Engine; 4] = [Engine::Spec, Engine::Chromium, Engine::Gecko, Engine::WebKit];

    /// The name on the command line: `spec`, `chromium`, `gecko` or `webkit`.
    ///
    /// ```
    /// assert_eq!(cors_engine::Engine::WebKit.name(), "webkit");
    /// ```
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Engine::Spec => "spec",
            Engine::Chromium => "chromium",
            Engine::Gecko => "gecko",
            Engine::WebKit => "webkit",
        }
    }

    /// The browser that people know it by: `Chromium`, `Firefox` or `Safari`; or `the standard`.
    ///
    /// ```
    /// assert_eq!(cors_engine::Engine::Gecko.browser(), "Firefox");
    /// ```
    #[must_use]
    pub const fn browser(self) -> &'static str {
        match self {
            Engine::Spec => "the standard",
            Engine::Chromium => "Chromium",
            Engine::Gecko => "Firefox",
            Engine::WebKit => "Safari",
        }
    }

    /// The engine with this name.
    ///
    /// ```
    /// assert_eq!(cors_engine::Engine::from_name("presto"), None);
    /// ```
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Engine::ALL.into_iter().find(|engine| engine.name() == name)
    }

    /// This engine's column of the table.
    pub(crate) const fn profile(self) -> &'static Profile {
        match self {
            Engine::Spec => &STANDARD,
            Engine::Chromium => &CHROMIUM,
            Engine::Gecko => &GECKO,
            Engine::WebKit => &WEBKIT,
        }
    }
}

/// One row of the table: something that an engine does differently from the Fetch Standard.
///
/// ```
/// use cors_engine::{Engine, differences};
/// assert!(differences().iter().any(|difference| difference.engine == Engine::Gecko));
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Difference {
    /// The engine.
    pub engine: Engine,
    /// The name of the knob, which is also the name of the observation that proves it.
    pub knob: &'static str,
    /// What the engine does, in one sentence.
    pub words: &'static str,
    /// How it is known.
    pub evidence: Evidence,
    /// Sets the knob back to the standard's setting.
    #[cfg(all(test, feature = "scenario"))]
    undo: fn(&mut Profile),
}

/// How a difference is known.
///
/// ```
/// use cors_engine::{Evidence, differences};
/// let row = differences().iter().find(|row| row.knob == "max_age_limit").unwrap();
/// assert_eq!(row.evidence, Evidence::Source); // a test cannot wait for hours
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Evidence {
    /// It was observed in the browser.
    Observed,
    /// It was read in the browser's source: seeing it takes longer than a test can wait.
    Source,
}

/// Everything in which an engine is known to differ from the Fetch Standard.
///
/// ```
/// let chromium: Vec<_> =
///     cors_engine::differences().iter().filter(|row| row.engine.name() == "chromium").collect();
/// assert!(chromium.iter().any(|row| row.words.contains("User-Agent")));
/// ```
#[must_use]
pub fn differences() -> &'static [Difference] {
    DIFFERENCES
}

/// Declares the profiles and their rows at once.
macro_rules! differences {
    ($($profile:ident $engine:ident { $($($knob:ident).+ = $setting:expr, $evidence:ident $words:literal;)+ })+) => {
        $(
            const $profile: Profile = {
                let mut profile = STANDARD;
                $(profile.$($knob).+ = $setting;)+
                profile
            };
        )+

        const DIFFERENCES: &[Difference] = &[$($(
            Difference {
                engine: Engine::$engine,
                knob: stringify!($($knob).+),
                words: $words,
                evidence: Evidence::$evidence,
                #[cfg(all(test, feature = "scenario"))]
                undo: |profile| profile.$($knob).+ = STANDARD.$($knob).+,
            },
        )+)+];
    };
}

differences! {
    CHROMIUM Chromium {
        safelist.client_hints = true, Observed
            "`DPR`, `Downlink`, `Device-Memory`, `Width`, `Viewport-Width`, `RTT`, `ECT` and `Save-Data` with well-formed values, and `Intervention`, need no preflight.";
        safelist.range = RangeSyntax::SignedNumbers, Observed
            "A `Range` with a number of 2^63 - 1 or more needs a preflight.";
        safelist.combine_repeated = true, Observed
            "A request header that was appended several times is judged by its combined value `a, b`.";
        user_agent_forbidden = true, Observed
            "A `User-Agent` set by script is dropped.";
        dictionary_header_fails = true, Observed
            "A request with the header `Available-Dictionary` fails before anything is sent.";
        upload_listener_needs_body = true, Observed
            "A listener on an `XMLHttpRequest`'s upload forces a preflight only when there is a body.";
        blob_type_must_parse = true, Observed
            "`XMLHttpRequest` sends the type of a `Blob` as `Content-Type` only when it is well-formed.";
        stream_body = StreamBody::StreamedOverHttp2, Observed
            "A streaming body needs HTTP/2: over HTTP/1.1 the request fails after its preflight.";
        stream_body_means_cors = true, Observed
            "A streaming body turns the request mode same-origin into cors.";
        about_blank = false, Observed
            "`about:blank` cannot be fetched.";
        flag_implies_method = false, Observed
            "A preflight forced by an upload listener does not allow its method when `Access-Control-Allow-Methods` is absent.";
        wildcard_covers_authorization = true, Observed
            "`Access-Control-Allow-Headers: *` covers `Authorization`.";
        preflight_order = PreflightOrder::Redirect, Observed
            "A preflight answered with a redirect is refused for that, before the CORS check.";
        redirected_origin = RedirectedOrigin::NullCrossOrigin, Observed
            "A no-cors request whose method survives a redirect to another origin says `Origin: null`.";
        error_mode_needs_location = true, Observed
            "With the redirect mode error, a redirect status without a `Location` is no error.";
        empty_location = EmptyLocation::NoLocation, Observed
            "An empty `Location` is none.";
        repeated_location = RepeatedLocation::MustBeEqual, Observed
            "Several `Location` lines count as one when they are equal; else the response is a network error, whatever its status.";
        manual_mode_parses_location = true, Observed
            "With the redirect mode manual, a `Location` that is no valid URL is a network error.";
        redirect_credentials = RedirectCredentials::Always, Observed
            "A redirect to a URL with a user name or a password always fails.";
        max_age = MaxAgeSyntax::SignedNumber, Observed
            "`Access-Control-Max-Age` can have a sign; below zero it means zero.";
        max_age_limit = 7200, Source
            "A preflight's answer is remembered for two hours at most.";
        cache.forgets = Forgets::Miss, Observed
            "What is remembered of a URL is forgotten when a request needs more than that, so that the next answer replaces it, and kept when a request fails.";
        cache.flags_are_served_by = FlagsServedBy::FreshAnswer, Observed
            "A preflight that only an upload listener makes necessary is spared by any remembered answer for the URL.";
        cache.serves_opaque_origins = false, Observed
            "Nothing is remembered for the origin `null`.";
        cache.bypassed_by = &[CacheMode::NoStore, CacheMode::Reload, CacheMode::NoCache], Observed
            "The cache modes no-store, reload and no-cache preflight anew.";
        cache.kept_out_by = &[CacheMode::NoStore], Observed
            "With the cache mode no-store, the preflight's answer is not remembered.";
        cache.url_limit = 1023, Observed
            "Answers for URLs of more than 1,023 bytes are not remembered.";
        cache.wildcards = Wildcards::InUncredentialedEntries, Observed
            "A remembered `*` counts only when it was answered to a request without credentials.";
    }

    GECKO Gecko {
        safelist.high_bytes_unsafe = true, Observed
            "Bytes 0x80 to 0xFF in `Accept` and `Content-Type` need a preflight.";
        safelist.content_type = ContentTypeSyntax::WithoutTrailingSemicolon, Observed
            "A `Content-Type` with a comma, or with a `;` after its last parameter, needs a preflight.";
        safelist.range = RangeSyntax::UnsignedNumbers, Observed
            "A `Range` with a number of 2^64 or more needs a preflight.";
        safelist.total_limit = false, Observed
            "Safelisted request headers can be longer than 1,024 bytes together.";
        request_headers_repeat = true, Observed
            "`Access-Control-Request-Headers` repeats the name of a header that was appended several times.";
        stream_body = StreamBody::Stringified, Observed
            "A streaming body is not streamed: the text `[object ReadableStream]` is sent.";
        flag_implies_method = false, Observed
            "A preflight forced by an upload listener does not allow its method when `Access-Control-Allow-Methods` is absent.";
        wildcard_covers_authorization = true, Observed
            "`Access-Control-Allow-Headers: *` covers `Authorization`, with a warning in the console.";
        preflight_keeps_page_origin = true, Observed
            "After redirects across origins, the preflight still says the page's origin, and is judged by it, while the request itself says `Origin: null`; a preflight to the page's own origin needs no `Access-Control-Allow-Origin`.";
        preflights_stick = true, Observed
            "Once a hop was preflighted every later one that CORS governs is, also when the method became GET.";
        removed_headers = RemovedHeaders::Withheld, Observed
            "Headers that a redirect removes are withheld on that hop only: a preflight is still made there, without asking for them, and they are back on the next hop (`Authorization` when that stays at its origin).";
        counts_allow_origin_lines = true, Observed
            "Two lines that spell `Access-Control-Allow-Origin` with just these capitals are refused, whatever they say.";
        skips_empty_lines = true, Observed
            "Empty lines of a repeated response header do not count: an empty `Access-Control-Allow-Origin` beside `*` is `*`.";
        exposing_wildcard_outlives_error = true, Observed
            "`*` in `Access-Control-Expose-Headers` exposes everything although an invalid element follows.";
        repeated_location = RepeatedLocation::MustBeEqual, Observed
            "Several `Location` lines count as one when they are equal; else the response is a network error, whatever its status.";
        max_age = MaxAgeSyntax::DigitsOrUncached, Observed
            "An `Access-Control-Max-Age` that is not plain digits keeps the answer from being remembered.";
        max_age_limit = 86_400, Source
            "A preflight's answer is remembered for a day at most.";
        cache.forgets = Forgets::AnyFailure, Observed
            "What is remembered of a URL is forgotten when any fetch of it fails, also one that needed no preflight.";
        cache.flags_are_served_by = FlagsServedBy::AnyAnswerEver, Observed
            "A preflight that only an upload listener makes necessary is spared by any answer for the URL, also after its lifetime.";
        cache.credentialed_serves_all = false, Observed
            "An answer to a request with credentials does not serve requests without.";
        cache.bypassed_by = &[CacheMode::NoStore, CacheMode::Reload], Observed
            "The cache modes no-store and reload preflight anew.";
        cache.wildcards = Wildcards::Literal, Observed
            "A remembered `*` serves no request: it is preflighted again.";
        cache.free_methods = &[b"GET", b"POST"], Observed
            "A remembered answer serves HEAD only when `Access-Control-Allow-Methods` listed it.";
    }

    WEBKIT WebKit {
        safelist.range = RangeSyntax::Lenient, Observed
            "A safelisted `Range` can spell its unit in any case, and its numbers with a plus sign or whitespace.";
        safelist.combine_repeated = true, Observed
            "A request header that was appended several times is judged by its combined value `a, b`.";
        stream_body = StreamBody::Unsupported, Observed
            "`fetch()` with a streaming body is rejected.";
        about_blank = false, Observed
            "`about:blank` cannot be fetched.";
        only_if_cached_goes_out = true, Observed
            "With the cache mode only-if-cached, a URL that is not cached is asked for all the same.";
        flag_implies_method = false, Observed
            "A preflight forced by an upload listener does not allow its method when `Access-Control-Allow-Methods` is absent.";
        wildcard_covers_authorization = true, Observed
            "`Access-Control-Allow-Headers: *` covers `Authorization`.";
        preflight_order = PreflightOrder::Status, Observed
            "A preflight's status is looked at before the CORS check.";
        preflights_stick = true, Observed
            "Once a hop was preflighted every later one that CORS governs is, also when the method became GET.";
        removed_headers = RemovedHeaders::AskedFor, Observed
            "Preflights after a redirect ask for the headers that the redirect removed, such as `Authorization`.";
        cross_origin_delete_becomes_get = true, Observed
            "A DELETE that is redirected to another origin becomes a GET, whatever the status (WebKitGTK).";
        redirected_origin = RedirectedOrigin::Kept, Observed
            "A request outside CORS that becomes a GET by a redirect within its origin still says `Origin`.";
        error_mode_needs_location = true, Observed
            "With the redirect mode error, a redirect status without a `Location` is no error.";
        empty_location = EmptyLocation::Fails, Observed
            "An empty `Location` is a network error.";
        repeated_location = RepeatedLocation::Joined, Observed
            "Several `Location` lines are joined by `, ` into one URL.";
        redirect_credentials = RedirectCredentials::OnceCrossOrigin, Observed
            "A redirect that first leaves the page's origin for a URL with a user name or a password is preflighted before it fails.";
        checks_redirects_late = true, Observed
            "When a fetch with the credentials mode same-origin began at the page's own origin, redirects from other origins have to allow credentials; a redirect to mixed content is preflighted before it fails.";
        max_age = MaxAgeSyntax::TrimmedSignedNumber, Observed
            "`Access-Control-Max-Age` can have a sign, below zero meaning zero, and ASCII whitespace around it.";
        max_age_limit = 600, Source
            "A preflight's answer is remembered for ten minutes at most.";
        cache.forgets = Forgets::Miss, Observed
            "What is remembered of a URL is forgotten when a request needs more than that, so that the next answer replaces it, and kept when a request fails.";
        cache.flags_are_served_by = FlagsServedBy::FreshAnswer, Observed
            "A preflight that only an upload listener makes necessary is spared by any remembered answer for the URL.";
        cache.stores_refused = true, Observed
            "A preflight's answer that does not allow its own request is remembered for others.";
        cache.wildcards = Wildcards::ForUncredentialedRequests, Observed
            "A remembered `*` covers `Authorization` too, and counts for requests without credentials only.";
    }
}

#[cfg(all(test, feature = "scenario"))]
mod tests {
    use super::*;
    use crate::scenario::{Scenario, replay, replay_with};
    use alloc::boxed::Box;
    use alloc::string::String;
    use alloc::vec::Vec;

    /// The observations recorded for an engine, one for each row of the table.
    fn observed(engine: Engine) -> Vec<Scenario> {
        let path = alloc::format!("{}/tests/observed/{}.jsonl", env!("CARGO_MANIFEST_DIR"), engine.name());
        let text: String = std::fs::read_to_string(path).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn agrees(engine: Engine, profile: &'static Profile, scenario: &Scenario) -> bool {
        let replayed = replay_with(engine, profile, scenario);
        let expected = scenario.steps.iter().map(|step| step.expect.as_ref().unwrap());
        replayed.steps.iter().zip(expected).all(|(step, expected)| step.disagreement(expected).is_none())
    }

    #[test]
    fn every_engine_agrees_with_every_observation() {
        for engine in Engine::ALL.into_iter().filter(|engine| *engine != Engine::Spec) {
            for scenario in observed(engine) {
                let replayed = replay(engine, &scenario);
                for (step, replayed) in scenario.steps.iter().zip(&replayed.steps) {
                    let disagreement = replayed.disagreement(step.expect.as_ref().unwrap());
                    assert_eq!(disagreement, None, "{} {}", engine.name(), scenario.name);
                }
            }
        }
    }

    #[test]
    fn without_its_row_no_engine_agrees_with_the_observation_that_proves_the_row() {
        for row in differences().iter().filter(|row| row.evidence == Evidence::Observed) {
            let scenarios = observed(row.engine);
            let proof = scenarios.iter().find(|scenario| scenario.name == row.knob);
            let proof = proof.unwrap_or_else(|| panic!("{} {} has no proof", row.engine.name(), row.knob));
            let mut undone = *row.engine.profile();
            (row.undo)(&mut undone);
            assert!(
                !agrees(row.engine, Box::leak(Box::new(undone)), proof),
                "{} {} proves nothing",
                row.engine.name(),
                row.knob
            );
        }
    }
}
