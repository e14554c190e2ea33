//! A text of the user's in a message: in quotes, with what would not show written out.

use core::fmt::{self, Write};

/// Shows a text in quotes, as a TOML or JSON document would have it.
pub(crate) struct Quoted<'a>(pub(crate) &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_char('"')?;
        for character in self.0.chars() {
            match character {
                '"' | '\\' => write!(formatter, "\\{character}")?,
                '\n' => formatter.write_str("\\n")?,
                '\r' => formatter.write_str("\\r")?,
                '\t' => formatter.write_str("\\t")?,
                hidden if is_hidden(hidden) => write!(formatter, "\\u{{{:x}}}", u32::from(hidden))?,
                shown => formatter.write_char(shown)?,
            }
        }
        formatter.write_char('"')
    }
}

/// Whether a character shows nothing, or turns around what does.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}'
        )
}

#[cfg(test)]
mod tests {
    use super::Quoted;
    use alloc::string::ToString;

    #[test]
    fn what_would_not_show_is_written_out() {
        assert_eq!(Quoted("a\"\\\n\u{202e}é").to_string(), "\"a\\\"\\\\\\n\\u{202e}é\"");
    }
}
