//! Commands for a shell. What they are made of was written by others, a capture's author or a page, so no byte of it
//! may mean anything to the shell.

use super::Sent;
use alloc::format;
use alloc::string::String;

impl Sent {
    /// A command that asks the server the same, for a POSIX shell: printable ASCII on one line.
    ///
    /// ```
    /// # use cors_engine::{Request, explain::{Evidence, explain}};
    /// # let request = Request::fetch("https://app.example", "https://api.example/")?;
    /// let sent = &explain(&request, &Evidence::default()).judgements[0].sent[0];
    /// assert_eq!(sent.curl(), "curl -i -H 'Origin: https://app.example' 'https://api.example/'");
    /// # Ok::<(), cors_engine::InvalidRequest>(())
    /// ```
    #[must_use]
    pub fn curl(&self) -> String {
        let mut command = String::from("curl -i");
        match &self.method[..] {
            b"GET" => {}
            // With another option curl waits for a body.
            b"HEAD" => command.push_str(" --head"),
            method => {
                command.push_str(" -X ");
                push_word(&mut command, &[method]);
            }
        }
        for (name, value) in self.headers.lines() {
            command.push_str(" -H ");
            // Where nothing follows a colon, curl removes the header.
            let separator: &[u8] = if value.is_empty() { b";" } else { b": " };
            push_word(&mut command, &[name, separator, value]);
        }
        command.push(' ');
        push_word(&mut command, &[self.url.as_str().as_bytes()]);
        command
    }
}

/// Writes bytes, of which none is zero and none ends a line, as one word of a shell.
fn push_word(command: &mut String, parts: &[&[u8]]) {
    let bytes = || parts.iter().copied().flatten().copied();
    if bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        command.extend(bytes().map(char::from));
    } else if bytes().all(is_printable) {
        command.push('\'');
        bytes().for_each(|byte| push_quoted(command, byte));
        command.push('\'');
    } else {
        command.push_str("\"$(printf '");
        for byte in bytes() {
            match byte {
                b'%' => command.push_str("%%"),
                b'\\' => command.push_str(r"\\"),
                // An interactive shell looks for `!` between double quotation marks, whatever else surrounds it.
                byte if is_printable(byte) && byte != b'!' => push_quoted(command, byte),
                byte => command.push_str(&format!("\\{byte:03o}")),
            }
        }
        command.push_str("')\"");
    }
}

fn is_printable(byte: u8) -> bool {
    matches!(byte, b' '..=b'~')
}

/// Writes a printable byte between single quotation marks.
fn push_quoted(command: &mut String, byte: u8) {
    match byte {
        b'\'' => command.push_str(r"'\''"),
        byte => command.push(char::from(byte)),
    }
}
