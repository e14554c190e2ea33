//! How the tables are laid out, and how a code point's place in them is found.
//!
//! A table is made of records, each for a run of code points; together they cover all of them in order. Before the
//! records stand the number of entries of an index in two bytes, and the index: for every sixteenth record its
//! first code point in three bytes and its place among the records in two. All numbers are little-endian.

const ENTRY: usize = 5;

/// The records from the last indexed one that begins at or before `code_point`, and where that one begins.
pub(crate) fn records(table: &'static [u8], code_point: u32) -> (u32, Records) {
    let (count, rest) = table.split_at(2);
    let (index, records) = rest.split_at(ENTRY * usize::from(u16::from_le_bytes([count[0], count[1]])));
    let entry = |at: usize| match index[ENTRY * at..] {
        [low, middle, high, place_low, place_high, ..] => {
            (u32::from_le_bytes([low, middle, high, 0]), u16::from_le_bytes([place_low, place_high]))
        }
        _ => (0, 0),
    };
    let (mut first, mut after) = (0, index.len() / ENTRY);
    while after - first > 1 {
        let middle = (first + after) / 2;
        if entry(middle).0 <= code_point { first = middle } else { after = middle }
    }
    let (start, place) = entry(first);
    (start, Records(&records[usize::from(place)..]))
}

/// What is left to read of a table. At its end, which no code point reaches, it reads zeros.
pub(crate) struct Records(&'static [u8]);

impl Records {
    pub(crate) fn byte(&mut self) -> u8 {
        let Some((&byte, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        byte
    }

    /// A number of seven bits a byte, the lowest first; the high bit says that another byte follows.
    pub(crate) fn number(&mut self) -> u32 {
        let mut number = 0;
        for shift in (0..u32::BITS).step_by(7) {
            let byte = self.byte();
            number |= u32::from(byte & 0x7F) << shift;
            if byte & 0x80 == 0 {
                break;
            }
        }
        number
    }

    /// A number with its sign in the lowest bit.
    pub(crate) fn signed(&mut self) -> i32 {
        let number = self.number();
        (number >> 1) as i32 ^ -((number & 1) as i32)
    }

    /// As many bytes of text as the byte before it says.
    pub(crate) fn text(&mut self) -> &'static str {
        let length = usize::from(self.byte());
        let (text, rest) = self.0.split_at_checked(length).unwrap_or_default();
        self.0 = rest;
        core::str::from_utf8(text).unwrap_or_default()
    }
}
