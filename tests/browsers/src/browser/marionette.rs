//! A client of Marionette, Firefox's remote protocol: length-prefixed JSON arrays over TCP.

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

/// How long the browser may think about one command.
const PATIENCE: Duration = Duration::from_secs(60);
/// The marks of a command and of its answer.
const COMMAND: u8 = 0;
const ANSWER: u8 = 1;

/// A session with the browser.
pub(crate) struct Marionette {
    stream: BufReader<TcpStream>,
    last_id: u64,
}

impl Marionette {
    /// Connects and begins a session that accepts the rig's certificate.
    pub(super) fn connect(port: u16) -> Result<Self> {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let mut marionette = Self { stream: BufReader::new(stream), last_id: 0 };
        let greeting = marionette.read()?;
        ensure!(greeting["marionetteProtocol"] == 3, "an unknown Marionette: {greeting}");
        marionette.call("WebDriver:NewSession", json!({ "acceptInsecureCerts": true }))?;
        Ok(marionette)
    }

    /// Sends a command and waits for its result.
    pub(crate) fn call(&mut self, command: &str, parameters: Value) -> Result<Value> {
        self.last_id += 1;
        let text = json!([COMMAND, self.last_id, command, parameters]).to_string();
        write!(self.stream.get_mut(), "{}:{text}", text.len())?;
        loop {
            let mut message = self.read()?;
            if message[0] == ANSWER && message[1] == self.last_id {
                if !message[2].is_null() {
                    bail!("{command}: {}", message[2]);
                }
                return Ok(message[3].take());
            }
        }
    }

    /// Runs a function body with the browser's own privileges and gives its (awaited) value.
    pub(crate) fn chrome_script(&mut self, script: &str, arguments: Value) -> Result<Value> {
        self.call("Marionette:SetContext", json!({ "value": "chrome" }))?;
        let value = self.script(script, arguments);
        self.call("Marionette:SetContext", json!({ "value": "content" }))?;
        value
    }

    /// Runs a function body in the page and gives its (awaited) value.
    pub(crate) fn script(&mut self, script: &str, arguments: Value) -> Result<Value> {
        let mut result = self.call(
            "WebDriver:ExecuteScript",
            json!({ "script": script, "args": arguments, "sandbox": null }),
        )?;
        Ok(result["value"].take())
    }

    fn read(&mut self) -> Result<Value> {
        let mut length = Vec::new();
        self.stream.read_until(b':', &mut length).context("Firefox does not answer")?;
        ensure!(length.pop() == Some(b':'), "Firefox closed Marionette");
        let mut text = vec![0; std::str::from_utf8(&length)?.parse()?];
        self.stream.read_exact(&mut text)?;
        Ok(serde_json::from_slice(&text)?)
    }
}
