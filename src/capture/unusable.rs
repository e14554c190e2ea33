//! Why an input is of no use.

use core::fmt;

/// Why an input is of no use: words that follow its name, such as `shop.har is empty.`
///
/// ```
/// use cors_engine::capture::{Meant, UnusableKind, read};
/// let unusable = read(b"GET / HTTP/1.1\nno header", None, &Meant::default()).unwrap_err();
/// assert_eq!((unusable.kind(), unusable.line()), (UnusableKind::Malformed, Some(2)));
/// assert!(unusable.to_string().starts_with("line 2: expected a header"));
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Unusable {
    kind: UnusableKind,
    line: Option<usize>,
    words: String,
}

/// What is wrong with an input, for programs.
///
/// ```
/// use cors_engine::capture::{Meant, UnusableKind, read};
/// assert_eq!(read(b"", None, &Meant::default()).unwrap_err().kind(), UnusableKind::Empty);
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum UnusableKind {
    /// There is nothing in it.
    Empty,
    /// It is in no format that is read.
    UnknownFormat,
    /// It is JSON, or begins like JSON, and no HAR.
    NotAHar,
    /// A part of it is not as its format has it.
    Malformed,
    /// It holds more than any browser makes.
    TooLarge,
    /// It holds no exchange.
    NoExchange,
    /// Neither it nor the user says which page asks.
    NoOrigin,
}

impl UnusableKind {
    /// A stable name, such as `no-origin`.
    ///
    /// ```
    /// assert_eq!(cors_engine::capture::UnusableKind::NoOrigin.code(), "no-origin");
    /// ```
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            UnusableKind::Empty => "empty",
            UnusableKind::UnknownFormat => "unknown-format",
            UnusableKind::NotAHar => "not-a-har",
            UnusableKind::Malformed => "malformed",
            UnusableKind::TooLarge => "too-large",
            UnusableKind::NoExchange => "no-exchange",
            UnusableKind::NoOrigin => "no-origin",
        }
    }
}

impl Unusable {
    pub(super) fn new(kind: UnusableKind, words: impl Into<String>) -> Self {
        Unusable { kind, line: None, words: words.into() }
    }

    /// What is malformed in `line`.
    pub(super) fn at(line: usize, words: impl Into<String>) -> Self {
        Unusable { kind: UnusableKind::Malformed, line: Some(line), words: words.into() }
    }

    /// What is wrong, for programs.
    ///
    /// ```
    /// # use cors_engine::capture::{Meant, UnusableKind, read};
    /// let unusable = read(b"{", None, &Meant::default()).unwrap_err();
    /// assert_eq!(unusable.kind(), UnusableKind::NotAHar);
    /// ```
    #[must_use]
    pub const fn kind(&self) -> UnusableKind {
        self.kind
    }

    /// The line where it is, from 1, in a text.
    ///
    /// ```
    /// # use cors_engine::capture::{Meant, read};
    /// let unusable = read(b"GET http://[/ HTTP/1.1", None, &Meant::default()).unwrap_err();
    /// assert_eq!(unusable.line(), Some(1));
    /// ```
    #[must_use]
    pub const fn line(&self) -> Option<usize> {
        self.line
    }

    /// What is wrong, for people, without the line.
    ///
    /// ```
    /// # use cors_engine::capture::{Meant, read};
    /// let unusable = read(b"GET /", None, &Meant::default()).unwrap_err();
    /// assert!(unusable.words().starts_with("is in no format that is known"));
    /// ```
    #[must_use]
    pub fn words(&self) -> &str {
        &self.words
    }
}

impl fmt::Display for Unusable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(formatter, "line {line}: ")?;
        }
        formatter.write_str(&self.words)
    }
}

impl core::error::Error for Unusable {}
