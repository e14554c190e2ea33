//! A document's values with their places, whatever language it is written in.

use crate::server::config::Located;
use crate::server::error::Position;

#[derive(Clone, Debug)]
pub(super) enum Value {
    Table(Table),
    List(Vec<Located<Value>>),
    Text(String),
    Integer(i64),
    Flag(bool),
    /// JSON's `null`.
    Nothing,
    /// What no key takes: a fraction, a date, a number too long. As it was written.
    Other(String),
}

/// Keys and values in the order of the document; a JSON object's key may come twice.
pub(super) type Table = Vec<(Located<String>, Located<Value>)>;

impl Value {
    /// The value as an error shows it.
    pub(super) fn shown(&self) -> String {
        match self {
            Value::Table(_) => "a table".to_owned(),
            Value::List(_) => "a list".to_owned(),
            Value::Text(text) | Value::Other(text) => text.clone(),
            Value::Integer(number) => number.to_string(),
            Value::Flag(flag) => flag.to_string(),
            Value::Nothing => "null".to_owned(),
        }
    }
}

/// Turns offsets into a text to lines and columns.
pub(super) struct Positions {
    /// Where each line begins.
    line_starts: Vec<usize>,
    /// Where the bytes are that do not begin a character.
    continuations: Vec<usize>,
}

impl Positions {
    pub(super) fn of(text: &str) -> Self {
        let newlines = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        Positions {
            line_starts: [0].into_iter().chain(newlines.map(|(offset, _)| offset + 1)).collect(),
            continuations: (0..text.len()).filter(|&offset| !text.is_char_boundary(offset)).collect(),
        }
    }

    pub(super) fn at(&self, offset: usize) -> Option<Position> {
        let line = self.line_starts.partition_point(|&start| start <= offset);
        let start = *self.line_starts.get(line.checked_sub(1)?)?;
        let continuations_before = |end: usize| self.continuations.partition_point(|&place| place < end);
        let column = offset - start - (continuations_before(offset) - continuations_before(start)) + 1;
        Some(Position { line: u32::try_from(line).ok()?, column: u32::try_from(column).ok()? })
    }
}
