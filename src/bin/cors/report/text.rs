//! Reports for people: a table of all fetches, then a paragraph for each that needs one.

use super::{Explained, Report, words};
use crate::capture::{Kind, credentials_name};
use anstyle::{AnsiColor, Style};
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
        if explained.needs_words() || listed.len() == 1 {
            paragraph(output, index + 1, explained)?;
        }
    }
    writeln!(output)
}

fn summary(output: &mut impl Write, report: &Report) -> io::Result<()> {
    let refused = report.count(|explained| explained.explanation.is_refused());
    let asked_others = report.count(Explained::is_of_interest);
    let own = report.count(|explained| explained.fetch.kind == Kind::SameOrigin);
    let loads = report.count(|explained| explained.fetch.kind == Kind::Load);
    writeln!(output, "{STRONG}{}{STRONG:#} ({})", clean(&report.source), clean(&report.capture_words))?;
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
        writeln!(output, "  {}", reasons(&explained.explanation))?;
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

fn reasons(explanation: &Explanation) -> String {
    let codes: BTreeSet<&str> = explanation
        .browsers()
        .filter_map(|judgement| judgement.verdict.reason())
        .map(|reason| reason.code())
        .collect();
    codes.into_iter().collect::<Vec<_>>().join(", ")
}

fn style(judgement: &Judgement) -> Style {
    match judgement.verdict {
        Verdict::Allowed(_) => GOOD,
        Verdict::Blocked(_) | Verdict::Thrown(_) => BAD,
        Verdict::Undecided(_) => UNSURE,
    }
}

fn paragraph(output: &mut impl Write, number: usize, explained: &Explained) -> io::Result<()> {
    let Explained { fetch, explanation, remarks } = explained;
    let request = &fetch.request;
    writeln!(output, "\n{STRONG}{number}. {} {}{STRONG:#}", method(explained), request.url)?;
    let page = format!("{}, credentials \"{}\"", request.origin, credentials_name(request.credentials));
    row(output, "page", Style::new(), &page)?;
    row(output, "request", Style::new(), &words::classification(explanation))?;
    verdicts(output, explanation)?;
    whys(output, explanation)?;
    for cause in &explanation.causes {
        row(output, "cause", STRONG, &format!("{} [{}]", cause.words(), cause.code()))?;
        row(output, "", Style::new(), &cause.remedy())?;
    }
    advice(output, explanation)?;
    for remark in remarks {
        row(output, "note", Style::new(), remark)?;
    }
    for assumed in &fetch.assumed {
        row(output, "assumed", UNSURE, assumed)?;
    }
    Ok(())
}

/// One row for all browsers that agree to the letter, and the standard where it stands alone.
fn verdicts(output: &mut impl Write, explanation: &Explanation) -> io::Result<()> {
    let mut rows: Vec<(String, String, Style)> = Vec::new();
    for judgement in explanation.browsers() {
        let words = words::verdict(judgement);
        match rows.iter_mut().find(|(_, row, _)| *row == words) {
            Some((names, _, _)) => names.push_str(&format!(", {}", words::browser(judgement.engine))),
            None => rows.push((words::browser(judgement.engine).into(), words, style(judgement))),
        }
    }
    for (names, words, style) in &rows {
        row(output, "verdict", *style, &format!("{names}: {words}"))?;
    }
    let standard = explanation.standard().filter(|standard| {
        explanation.browsers().all(|judgement| judgement.verdict.word() != standard.verdict.word())
    });
    if let Some(standard) = standard {
        row(output, "", style(standard), &format!("the standard: {}", words::verdict(standard)))?;
    }
    for judgement in explanation.browsers() {
        if let Verdict::Undecided(sent) = &judgement.verdict {
            return row(output, "ask", PASTE, &words::curl(sent));
        }
    }
    Ok(())
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
        said.push(reason);
        let value = if value.is_empty() { String::new() } else { format!(" ({})", value.escape_ascii()) };
        row(output, "why", Style::new(), &format!("{}{value}", reason.words()))?;
        row(output, "", FAINT, reason.standard())?;
    }
    Ok(())
}

fn advice(output: &mut impl Write, explanation: &Explanation) -> io::Result<()> {
    let advice = &explanation.advice;
    for (index, answer) in advice.answers.iter().enumerate() {
        let label = if index == 0 { "fix" } else { "" };
        row(output, label, STRONG, &words::answer(answer))?;
        for line in answer.lines() {
            writeln!(output, "{:LABEL_WIDTH$}     {PASTE}{}{PASTE:#}", "", clean(&line))?;
        }
    }
    for note in &advice.notes {
        row(output, "", Style::new(), note)?;
    }
    let mut hopeless: Vec<&str> = advice
        .remaining
        .iter()
        .filter(|(engine, _)| explanation.browsers().any(|judgement| judgement.engine == *engine))
        .map(|(_, reason)| reason.code())
        .collect();
    hopeless.dedup();
    for code in hopeless {
        row(
            output,
            "fix",
            UNSURE,
            &format!("No response header repairs {code}: the page has to ask otherwise."),
        )?;
    }
    Ok(())
}

fn row(output: &mut impl Write, label: &str, style: Style, text: &str) -> io::Result<()> {
    writeln!(output, "   {FAINT}{label:LABEL_WIDTH$}{FAINT:#}{style}{}{style:#}", clean(text))
}

/// What an input holds must not steer the terminal.
fn clean(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { '\u{FFFD}' } else { character }).collect()
}
