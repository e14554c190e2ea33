//! The [mapping table of IDNA](https://www.unicode.org/reports/tr46/#IDNA_Mapping_Table).
//!
//! A record begins with a byte: its kind in the high three bits, and in the low five one less than how many code
//! points it is for; 31 says that a number follows with what is above 32.

use crate::table;

static TABLE: &[u8] = include_bytes!("mapping.bin");

/// What becomes of a character.
#[derive(Clone, Copy)]
pub(crate) enum Mapping {
    Valid(char),
    Disallowed,
    Ignored,
    To(char),
    ToText(&'static str),
}

const VALID: u8 = 0;
const DISALLOWED: u8 = 1;
const IGNORED: u8 = 2;
/// Each becomes the one that is a signed number away.
const SHIFTED: u8 = 3;
/// The first becomes the second, which stays, the third the fourth, and so on.
const PAIRS: u8 = 4;
/// Each becomes the one that is a signed number away from what the one before became; the first, from itself.
const EACH: u8 = 5;
/// Each becomes a text.
const TEXTS: u8 = 6;

impl Mapping {
    pub(crate) fn of(character: char) -> Self {
        let code_point = u32::from(character);
        let (mut start, mut records) = table::records(TABLE, code_point);
        loop {
            let head = records.byte();
            let length = match head & 0x1F {
                0x1F => records.number().saturating_add(32),
                short => u32::from(short) + 1,
            };
            let place = code_point - start;
            let is_here = place < length;
            let found = match head >> 5 {
                VALID => Mapping::Valid(character),
                IGNORED => Mapping::Ignored,
                SHIFTED => {
                    let shift = records.signed();
                    to(code_point.wrapping_add_signed(shift))
                }
                PAIRS if place % 2 == 0 => to(code_point + 1),
                PAIRS => Mapping::Valid(character),
                EACH => {
                    let mut target = start;
                    let mut found = start;
                    for at in 0..length {
                        target = target.wrapping_add_signed(records.signed());
                        if at == place {
                            found = target;
                        }
                    }
                    to(found)
                }
                TEXTS => {
                    let mut found = "";
                    for at in 0..length {
                        let text = records.text();
                        if at == place {
                            found = text;
                        }
                    }
                    Mapping::ToText(found)
                }
                DISALLOWED.. => Mapping::Disallowed,
            };
            if is_here {
                return found;
            }
            start += length;
        }
    }
}

fn to(code_point: u32) -> Mapping {
    char::from_u32(code_point).map_or(Mapping::Disallowed, Mapping::To)
}
