//! Smaller scenarios out of a scenario: each differs from it by one simplification.
//!
//! A simplification makes a text shorter or puts a default in the place of something else, and never the reverse, so
//! that taking one after another comes to an end.

use cors_engine::scenario::{Answer, Scenario, Step};
use cors_engine::{CacheMode, CredentialsMode, RedirectMode, RequestMode};

/// Parts of URLs and origins, and what is as good where they do not matter.
const PLAINER: [(&str, &str); 6] = [
    ("https://", "http://"),
    (":8080", ""),
    ("sub.a.test", "b.test"),
    ("c.test", "b.test"),
    ("\"null\"", "\"http://a.test\""),
    ("/r0", "/x"),
];

/// All scenarios that are one simplification away, bold ones first.
pub(super) fn candidates(scenario: &Scenario) -> Vec<Scenario> {
    let mut smaller = Vec::new();
    if scenario.steps.len() > 1 {
        for index in 0..scenario.steps.len() {
            let mut fewer = scenario.clone();
            fewer.steps.remove(index);
            smaller.push(fewer);
        }
    }
    smaller.extend(PLAINER.iter().filter_map(|(from, to)| rewritten(scenario, from, to)));
    for (index, step) in scenario.steps.iter().enumerate() {
        for simpler in steps(step) {
            let mut changed = scenario.clone();
            changed.steps[index] = simpler;
            smaller.push(changed);
        }
    }
    smaller
}

/// The scenario with a part of its texts replaced everywhere, if it has that part.
fn rewritten(scenario: &Scenario, from: &str, to: &str) -> Option<Scenario> {
    let steps = serde_json::to_string(&scenario.steps).ok()?;
    if !steps.contains(from) {
        return None;
    }
    let steps = serde_json::from_str(&steps.replace(from, to)).ok()?;
    Some(Scenario { steps, ..scenario.clone() })
}

/// Simplifications of one step.
fn steps(step: &Step) -> Vec<Step> {
    let mut smaller = Vec::new();
    let mut keep = |changed: Step| {
        if changed != *step {
            smaller.push(changed);
        }
    };
    let with = |change: &dyn Fn(&mut Step)| {
        let mut changed = step.clone();
        change(&mut changed);
        changed
    };
    for url in step.server.keys() {
        keep(with(&|step| drop(step.server.remove(url))));
    }
    keep(with(&|step| step.advance_s = 0.0));
    keep(with(&|step| step.request.body = None));
    keep(with(&|step| step.request.upload_listener = false));
    keep(with(&|step| step.request.mode = RequestMode::Cors));
    keep(with(&|step| step.request.redirect = RedirectMode::Follow));
    keep(with(&|step| step.request.cache = CacheMode::Default));
    keep(with(&|step| step.request.credentials = CredentialsMode::SameOrigin));
    keep(with(&|step| step.request.method = "GET".into()));
    for at in 0..step.request.headers.len() {
        keep(with(&|step| drop(step.request.headers.remove(at))));
    }
    for (at, (name, value)) in step.request.headers.iter().enumerate() {
        keep(with(&|step| step.request.headers[at].0 = name.to_ascii_lowercase()));
        for shorter in shorter(value) {
            keep(with(&|step| step.request.headers[at].1.clone_from(&shorter)));
        }
    }
    for (url, answers) in &step.server {
        for is_preflight in [true, false] {
            let answer = if is_preflight { &answers.preflight } else { &answers.actual };
            let put = |answer: Option<Answer>| {
                with(&move |step: &mut Step| {
                    let Some(answers) = step.server.get_mut(url) else { return };
                    let place = if is_preflight { &mut answers.preflight } else { &mut answers.actual };
                    place.clone_from(&answer);
                })
            };
            keep(put(None));
            for simpler in answer.iter().flat_map(|answer| self::answers(answer, is_preflight)) {
                keep(put(Some(simpler)));
            }
        }
    }
    smaller
}

/// Simplifications of one answer.
fn answers(answer: &Answer, is_preflight: bool) -> Vec<Answer> {
    let mut smaller = Vec::new();
    let plain = if is_preflight { 204 } else { 200 };
    if answer.status != plain {
        smaller.push(Answer { status: plain, headers: answer.headers.clone() });
    }
    for at in 0..answer.headers.len() {
        let mut fewer = answer.clone();
        fewer.headers.remove(at);
        smaller.push(fewer);
    }
    for (at, (name, value)) in answer.headers.iter().enumerate() {
        if name.chars().any(|c| c.is_ascii_uppercase()) {
            let mut changed = answer.clone();
            changed.headers[at].0.make_ascii_lowercase();
            smaller.push(changed);
        }
        // A Location without some of its letters only leads elsewhere.
        let is_location = name.eq_ignore_ascii_case("location");
        for shorter in shorter(value).into_iter().filter(|_| !is_location) {
            let mut changed = answer.clone();
            changed.headers[at].1 = shorter;
            smaller.push(changed);
        }
    }
    smaller
}

/// Shorter texts: halves of a long one, and a short one without one of its characters.
fn shorter(text: &str) -> Vec<String> {
    const SHORT: usize = 12;
    let letters: Vec<char> = text.chars().collect();
    if letters.len() > SHORT {
        let (left, right) = letters.split_at(letters.len() / 2);
        let without_last = &letters[..letters.len() - 1];
        return [left, right, without_last].map(String::from_iter).to_vec();
    }
    let without = |skipped: usize| {
        letters.iter().enumerate().filter(|(at, _)| *at != skipped).map(|(_, c)| c).collect()
    };
    (0..letters.len()).map(without).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate;

    /// Takes the first candidate that still has what matters, until there is none.
    fn shrink(mut scenario: Scenario, matters: impl Fn(&Scenario) -> bool) -> Scenario {
        while let Some(smaller) = candidates(&scenario).into_iter().find(&matters) {
            scenario = smaller;
        }
        scenario
    }

    #[test]
    fn shrinking_ends_with_nothing_left() {
        for scenario in generate::scenarios(1, 40) {
            let step = shrink(scenario, |_| true).steps.remove(0);
            assert!(step.server.is_empty() && step.request.headers.is_empty(), "{step:?}");
            assert_eq!(step.request.method, "GET");
        }
    }

    #[test]
    fn what_matters_stays() {
        let has_comma = |scenario: &Scenario| {
            let answers = scenario.steps.iter().flat_map(|step| step.server.values());
            let mut lines =
                answers.flat_map(|answers| answers.preflight.iter()).flat_map(|answer| &answer.headers);
            lines.any(|(_, value)| value.contains(','))
        };
        let found = generate::scenarios(1, 200).find(has_comma).unwrap();
        let shrunk = shrink(found, has_comma);
        let answers: Vec<_> = shrunk.steps[0].server.values().collect();
        assert_eq!(answers.len(), 1);
        assert_eq!(answers[0].actual, None);
        assert_eq!(answers[0].preflight.as_ref().unwrap().headers[0].1, ",");
    }
}
