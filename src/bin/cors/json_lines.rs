//! JSON Lines: one line in, one line out, and no line stops the others.

use crate::input::{Line, Lines, Size, Source};
use crate::output;
use serde::Serialize;
use std::io::{self, BufReader, Write};
use std::process::ExitCode;

/// Converts every line of `source`. What is wrong with a line goes to standard error, and makes the exit status
/// 2 in the end.
pub(crate) fn convert<T: Serialize>(
    source: &Source,
    longest_line: Size,
    mut convert: impl FnMut(&[u8]) -> Result<T, String>,
) -> ExitCode {
    let input = match source.open() {
        Ok(input) => input,
        Err(unusable) => {
            eprintln!("cors: {source} {unusable}");
            return ExitCode::from(2);
        }
    };
    let mut output = io::stdout().lock();
    let mut all_converted = true;
    for (number, line) in (1_u64..).zip(Lines::of(BufReader::new(input), longest_line)) {
        let converted = match line {
            Ok(Line::Whole(line)) if line.trim_ascii().is_empty() => continue,
            Ok(Line::Whole(line)) => convert(&line),
            Ok(Line::TooLong) => Err(format!("longer than {longest_line}; --max-line raises the limit")),
            Err(error) => {
                eprintln!("cors: {source} cannot be read: {error}");
                return ExitCode::from(2);
            }
        };
        let text = converted.and_then(|line| serde_json::to_string(&line).map_err(|error| error.to_string()));
        match text {
            Ok(text) => {
                if let Err(error) = writeln!(output, "{text}") {
                    return output::finish(Err(error), ExitCode::SUCCESS);
                }
            }
            Err(problem) => {
                all_converted = false;
                eprintln!("cors: {source} line {number}: {problem}");
            }
        }
    }
    if all_converted { ExitCode::SUCCESS } else { ExitCode::from(2) }
}

/// What serde has to say about a line, without the number of a line that is always the first of one.
pub(crate) fn problem(what: &str, error: &serde_json::Error) -> String {
    let words = error.to_string();
    let words = words.split(" at line ").next().unwrap_or_default();
    format!("not {what}: {words} (column {})", error.column())
}
