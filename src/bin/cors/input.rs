//! Input: files and standard input, read whole and no further than a limit.

use std::fs::File;
use std::io::{self, BufRead, Read};
use std::path::{Path, PathBuf};

/// Why the input is of no use: one or two sentences for people.
#[derive(Debug, PartialEq)]
pub(crate) struct Unusable(pub(crate) String);

impl std::fmt::Display for Unusable {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A file, or standard input.
#[derive(Clone, Debug)]
pub(crate) struct Source(PathBuf);

impl Source {
    pub(crate) fn open(&self) -> Result<Box<dyn Read>, Unusable> {
        if self.is_standard_input() {
            return Ok(Box::new(io::stdin().lock()));
        }
        let problem = |error: &dyn std::fmt::Display| Unusable(format!("cannot be opened: {error}"));
        let is_directory = self.0.is_dir().then_some("it is a directory");
        if let Some(reason) = is_directory {
            return Err(problem(&reason));
        }
        File::open(&self.0).map(|file| Box::new(file) as Box<dyn Read>).map_err(|error| problem(&error))
    }

    /// Reads everything, if it is not more than `limit` bytes.
    pub(crate) fn read(&self, limit: Size) -> Result<Vec<u8>, Unusable> {
        let mut bytes = Vec::new();
        self.open()?
            .take(limit.0.saturating_add(1))
            .read_to_end(&mut bytes)
            .map_err(|error| Unusable(format!("cannot be read: {error}")))?;
        if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > limit.0 {
            return Err(Unusable(format!("is larger than {limit}. Raise the limit with --max-size")));
        }
        Ok(bytes)
    }

    fn is_standard_input(&self) -> bool {
        self.0 == Path::new("-")
    }
}

impl std::fmt::Display for Source {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.is_standard_input() {
            formatter.write_str("standard input")
        } else {
            self.0.display().fmt(formatter)
        }
    }
}

impl From<std::ffi::OsString> for Source {
    fn from(path: std::ffi::OsString) -> Self {
        Source(path.into())
    }
}

/// A line of an input that is read line by line.
pub(crate) enum Line {
    Whole(Vec<u8>),
    /// It was passed over.
    TooLong,
}

/// The lines of an input, none of which takes more memory than a limit.
pub(crate) struct Lines<R> {
    input: R,
    limit: Size,
}

impl<R: BufRead> Lines<R> {
    pub(crate) fn of(input: R, limit: Size) -> Self {
        Lines { input, limit }
    }

    fn next_line(&mut self) -> io::Result<Option<Line>> {
        let mut line = Vec::new();
        // One byte more for the line break.
        self.input.by_ref().take(self.limit.0.saturating_add(1)).read_until(b'\n', &mut line)?;
        if line.ends_with(b"\n") {
            return Ok(Some(Line::Whole(line)));
        }
        if u64::try_from(line.len()).is_ok_and(|length| length <= self.limit.0) {
            return Ok((!line.is_empty()).then_some(Line::Whole(line)));
        }
        self.input.skip_until(b'\n')?;
        Ok(Some(Line::TooLong))
    }
}

impl<R: BufRead> Iterator for Lines<R> {
    type Item = io::Result<Line>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_line().transpose()
    }
}

/// A number of bytes, written as `512K`, `64M` or `1G`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Size(pub(crate) u64);

const UNITS: [(char, u64); 3] = [('G', 1 << 30), ('M', 1 << 20), ('K', 1 << 10)];

impl std::str::FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let upper = text.to_ascii_uppercase();
        let (digits, unit) = UNITS
            .iter()
            .find_map(|(letter, unit)| Some((upper.strip_suffix(*letter)?, *unit)))
            .unwrap_or((&upper, 1));
        let number: Option<u64> = digits.parse().ok();
        number
            .and_then(|number| number.checked_mul(unit))
            .map(Size)
            .ok_or_else(|| "write a number of bytes, such as 512K, 64M or 1G".into())
    }
}

impl std::fmt::Display for Size {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let unit = UNITS.iter().find(|(_, unit)| self.0 >= *unit && self.0 % unit == 0);
        match unit {
            Some((letter, unit)) => write!(formatter, "{}{letter}", self.0 / unit),
            None => write!(formatter, "{} bytes", self.0),
        }
    }
}
