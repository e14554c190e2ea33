//! Reports for people: a table of all fetches, then a paragraph for each that needs one.

use crate::words;
use anstyle::{AnsiColor, Style};
use cors_engine::capture::{Explained, Kind, Report};
use cors_engine::console_messages;
use cors_engine::explain::{Explanation, Judgement, Verdict};
use std::collections::BTreeSet;
use std::io::{self, Write};

const BAD: Style = AnsiColor::Red.on_default().bold();
const GOOD: Style = AnsiColor::Green.on_default();
const UNSURE: Style = AnsiColor::Yellow.on_default();
const STRONG: Style = Style::new().bold();
const FAINT: Style = Style::new().dimmed();
const PASTE: Style = AnsiColor::Cyan.on_default();

/// Longer URLs are cut in the table; the paragraphs have them whole.
const URL_WIDTH: usize = 56;

/// The width of the labels before each row of a paragraph.
const LABEL_WIDTH: usize = 10;

/// Writes the report on one input.
pub(crate) fn write(output: &mut impl Write, report: &Report, all: bool) -> io::Result<()> {
    let listed: Vec<&Explained> =
        report.fetches.iter().filter(|explained| all || explained.is_of_interest()).collect();
    summary(output, report)?;
    if listed.len() > 1 {
        table(output, &listed)?;
    }
    for (index, explained) in listed.iter().enumerate() {
        if needs_words(explained) || listed.len() == 1 {
            paragraph(output, index + 1, explained)?;
        }
    }
    notes(output, &listed)?;
    writeln!(output)
}

/// Whether there is more to say than one line.
fn needs_words(explained: &Explained) -> bool {
    let Explained { explanation, remarks, .. } = explained;
    explanation.is_refused()
        || explanation.browsers_disagree()
        || !explanation.causes.is_empty()
        || !explanation.advice.answers.is_empty()
        || !remarks.is_empty()
}

fn summary(output: &mut impl Write, report: &Report) -> io::Result<()> {
    let count =
        |wanted: fn(&Explained) -> bool| report.fetches.iter().filter(|explained| wanted(explained)).count();
    let refused = report.refused();
    let asked_others = count(Explained::is_of_interest);
    let own = count(|explained| explained.fetch.kind == Kind::SameOrigin);
    let loads = count(|explained| explained.fetch.kind == Kind::Load);
    writeln!(output, "{STRONG}{}{STRONG:#} ({})", clean(&report.source), clean(&report.input))?;
    let style = if refused > 0 { BAD } else { GOOD };
    write!(output, "{} to another origin, {style}{refused} blocked{style:#}", fetches(asked_others))?;
    for (count, what) in [
        (own, "to the page's own origin"),
        (loads, "without CORS"),
        (report.set_aside, "by no page or not over HTTP"),
    ] {
        if count > 0 {
            write!(output, "; {count} {what}")?;
        }
    }
    writeln!(output)
}

fn fetches(count: usize) -> String {
    if count == 1 { "1 fetch".into() } else { format!("{count} fetches") }
}

fn table(output: &mut impl Write, listed: &[&Explained]) -> io::Result<()> {
    let number_width = listed.len().to_string().len().max(1);
    let width = |text: &dyn Fn(&Explained) -> String, least: usize| {
        listed.iter().map(|explained| text(explained).chars().count()).max().unwrap_or(0).max(least)
    };
    let (method_width, url_width) = (width(&method, 6), width(&short_url, 3));
    writeln!(
        output,
        "\n{FAINT}{:>number_width$}  {:method_width$}  {:url_width$}  {:9}  {:9}  {:9}  Why{FAINT:#}",
        "#", "Method", "URL", "Chromium", "Firefox", "Safari"
    )?;
    for (index, explained) in listed.iter().enumerate() {
        let (method, url) = (method(explained), short_url(explained));
        write!(output, "{:>number_width$}  {method:method_width$}  {url:url_width$}", index + 1)?;
        for judgement in explained.explanation.browsers() {
            let style = style(judgement);
            write!(output, "  {style}{:9}{style:#}", judgement.verdict.word())?;
        }
        let reasons = reasons(explained);
        writeln!(output, "{}{reasons}", if reasons.is_empty() { "" } else { "  " })?;
    }
    Ok(())
}

fn method(explained: &Explained) -> String {
    explained.fetch.request.method.escape_ascii().to_string()
}

fn short_url(explained: &Explained) -> String {
    let url = explained.fetch.request.url.as_str();
    if url.chars().count() <= URL_WIDTH {
        return url.into();
    }
    let mut short: String = url.chars().take(URL_WIDTH - 1).collect();
    short.push('…');
    short
}

/// Why browsers refuse; or on what their consent hangs.
fn reasons(explained: &Explained) -> String {
    let refusals = explained.explanation.browsers().filter_map(|judgement| judgement.verdict.reason());
    let codes: BTreeSet<&str> = refusals.map(|reason| reason.code()).collect();
    let condition = explained.fetch.otherwise.as_ref().filter(|_| codes.is_empty());
    let condition = condition.map(|other| format!("unless credentials \"{}\"", other.credentials.name()));
    condition.unwrap_or_else(|| codes.into_iter().collect::<Vec<_>>().join(", "))
}

fn style(judgement: &Judgement) -> Style {
    match judgement.verdict {
        Verdict::Allowed(_) => GOOD,
        Verdict::Blocked(_) | Verdict::Thrown(_) => BAD,
        Verdict::Undecided(_) => UNSURE,
    }
}

fn paragraph(output: &mut impl Write, number: usize, explained: &Explained) -> io::Result<()> {
    let Explained { fetch, explanation, remarks, .. } = explained;
    let request = &fetch.request;
    writeln!(output, "\n{STRONG}{number}. {} {}{STRONG:#}", method(explained), request.url)?;
    let page = format!("{}, credentials \"{}\"", request.origin, request.credentials.name());
    rows(output, "page", Style::new(), [page])?;
    rows(output, "request", Style::new(), [words::classification(explanation)])?;
    rows(output, "seen", Style::new(), fetch.seen())?;
    verdicts(output, explanation)?;
    whys(output, explanation)?;
    console(output, explanation)?;
    for cause in &explanation.causes {
        rows(output, "cause", STRONG, [format!("{} [{}]", cause.words(), cause.code())])?;
        rows(output, "", Style::new(), [cause.remedy()])?;
    }
    advice(output, explanation)?;
    rows(output, "note", Style::new(), remarks)?;
    rows(output, "assumed", UNSURE, &fetch.assumed)
}

/// One row for all browsers that agree to the letter, and one for the standard where it stands alone.
fn verdicts(output: &mut impl Write, explanation: &Explanation) -> io::Result<()> {
    let mut agreeing: Vec<(String, String, Style)> = Vec::new();
    for judgement in explanation.browsers() {
        let words = words::verdict(judgement);
        match agreeing.iter_mut().find(|(_, other, _)| *other == words) {
            Some((names, _, _)) => names.push_str(&format!(", {}", judgement.engine.browser())),
            None => agreeing.push((judgement.engine.browser().into(), words, style(judgement))),
        }
    }
    let mut label = "verdict";
    for (names, words, style) in &agreeing {
        rows(output, label, *style, [format!("{names}: {words}")])?;
        label = "";
    }
    if explanation.browsers_disagree() {
        rows(output, "", UNSURE, ["browsers disagree"])?;
    }
    let standard = explanation.standard().filter(|standard| {
        explanation.browsers().all(|judgement| judgement.verdict.word() != standard.verdict.word())
    });
    if let Some(standard) = standard {
        rows(output, "", style(standard), [format!("the standard: {}", words::verdict(standard))])?;
    }
    let unanswered = explanation.browsers().find_map(|judgement| match &judgement.verdict {
        Verdict::Undecided(sent) => Some(sent.curl()),
        _ => None,
    });
    rows(output, "ask", PASTE, unanswered)
}

/// Each reason once, in words, with its place in the standard.
fn whys(output: &mut impl Write, explanation: &Explanation) -> io::Result<()> {
    let mut said = Vec::new();
    for judgement in explanation.browsers() {
        let value = match &judgement.verdict {
            Verdict::Blocked(blocked) => &blocked.value,
            Verdict::Thrown(invalid) => &invalid.value,
            Verdict::Allowed(_) | Verdict::Undecided(_) => continue,
        };
        let Some(reason) = judgement.verdict.reason().filter(|reason| !said.contains(reason)) else {
            continue;
        };
        let label = if said.is_empty() { "why" } else { "" };
        said.push(reason);
        rows(output, label, Style::new(), [words::reason(reason, value)])?;
        rows(output, "", FAINT, [reason.standard()])?;
    }
    Ok(())
}

/// What the developer tools of each browser say.
fn console(output: &mut impl Write, explanation: &Explanation) -> io::Result<()> {
    let messages = explanation.browsers().flat_map(|judgement| {
        let messages = match &judgement.verdict {
            Verdict::Blocked(blocked) => console_messages(blocked),
            _ => Vec::new(),
        };
        let browser = judgement.engine.browser();
        messages.into_iter().map(move |message| format!("{browser}: {message}"))
    });
    rows(output, "console", FAINT, messages)
}

fn advice(output: &mut impl Write, explanation: &Explanation) -> io::Result<()> {
    let advice = &explanation.advice;
    let mut label = "fix";
    for answer in &advice.answers {
        rows(output, label, STRONG, [words::answer(answer)])?;
        for line in answer.lines() {
            writeln!(output, "{:LABEL_WIDTH$}     {PASTE}{}{PASTE:#}", "", clean(&line))?;
        }
        label = "";
    }
    let is_browser = |engine| explanation.browsers().any(|judgement| judgement.engine == engine);
    let hopeless = advice.remaining.iter().filter(|(engine, _)| is_browser(*engine));
    let codes: BTreeSet<&str> = hopeless.map(|(_, reason)| reason.code()).collect();
    let words = |code| format!("No response header helps against {code}.");
    rows(output, label, UNSURE, codes.into_iter().map(words))
}

/// What has to be minded when following the advice, once for all of it.
fn notes(output: &mut impl Write, listed: &[&Explained]) -> io::Result<()> {
    let notes: BTreeSet<&str> =
        listed.iter().flat_map(|explained| explained.explanation.advice.notes.iter().copied()).collect();
    for note in notes {
        writeln!(output, "\n{}", clean(note))?;
    }
    Ok(())
}

/// Rows of a paragraph: the first one bears the label.
fn rows<T: AsRef<str>>(
    output: &mut impl Write,
    label: &str,
    style: Style,
    texts: impl IntoIterator<Item = T>,
) -> io::Result<()> {
    let labels = std::iter::once(label).chain(std::iter::repeat(""));
    for (label, text) in labels.zip(texts) {
        let text = clean(text.as_ref());
        writeln!(output, "   {FAINT}{label:LABEL_WIDTH$}{FAINT:#}{style}{text}{style:#}")?;
    }
    Ok(())
}

/// What an input holds must not steer the terminal.
fn clean(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { '\u{FFFD}' } else { character }).collect()
}
