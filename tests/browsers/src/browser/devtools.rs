//! A client of the Chrome DevTools Protocol: JSON messages over one WebSocket, flat sessions.

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::io::ErrorKind;
use std::net::{Ipv4Addr, TcpStream};
use std::time::{Duration, Instant};
use tungstenite::{Message, WebSocket};

/// How long the browser may think about one command.
const PATIENCE: Duration = Duration::from_secs(30);

/// Something the browser says unasked.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Event {
    /// Such as `Log.entryAdded`.
    pub(crate) method: String,
    #[serde(default)]
    pub(crate) params: Value,
    /// Which target it is about; none for the browser itself.
    #[serde(rename = "sessionId")]
    pub(crate) session: Option<String>,
}

/// An open connection to the browser.
pub(crate) struct DevTools {
    socket: WebSocket<TcpStream>,
    last_id: u64,
    events: VecDeque<Event>,
}

impl DevTools {
    /// Connects to the endpoint that the browser announced.
    pub(super) fn connect(port: u16, path: &str) -> Result<Self> {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        stream.set_nodelay(true)?;
        let (socket, _) = tungstenite::client(format!("ws://127.0.0.1:{port}{path}"), stream)
            .context("the browser refuses DevTools")?;
        Ok(Self { socket, last_id: 0, events: VecDeque::new() })
    }

    /// Sends a command (to the browser, or to the target of a session) and waits for its result.
    pub(crate) fn call(&mut self, session: Option<&str>, method: &str, params: Value) -> Result<Value> {
        let id = self.send(session, method, params)?;
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            let Some(mut message) = self.receive(Duration::from_secs(1))? else { continue };
            if message["id"] == id {
                if let Some(error) = message.get("error") {
                    bail!("{method}: {error}");
                }
                return Ok(message["result"].take());
            }
            self.keep_event(message);
        }
        bail!("{method}: no answer in {} s", PATIENCE.as_secs());
    }

    /// Sends a command whose result does not matter.
    pub(super) fn send(&mut self, session: Option<&str>, method: &str, params: Value) -> Result<u64> {
        self.last_id += 1;
        let mut command = json!({ "id": self.last_id, "method": method, "params": params });
        if let Some(session) = session {
            command["sessionId"] = session.into();
        }
        self.socket.send(Message::text(command.to_string()))?;
        Ok(self.last_id)
    }

    /// The next event, waiting for it at most this long.
    pub(crate) fn event(&mut self, patience: Duration) -> Result<Option<Event>> {
        if self.events.is_empty() {
            if let Some(message) = self.receive(patience)? {
                self.keep_event(message);
            }
        }
        Ok(self.events.pop_front())
    }

    fn keep_event(&mut self, message: Value) {
        // Answers to commands whose result does not matter are not events, and end here.
        self.events.extend(Event::deserialize(message));
    }

    fn receive(&mut self, patience: Duration) -> Result<Option<Value>> {
        self.socket.get_ref().set_read_timeout(Some(patience.max(Duration::from_millis(1))))?;
        match self.socket.read() {
            Ok(Message::Text(text)) => Ok(Some(serde_json::from_str(&text)?)),
            Ok(_) => Ok(None),
            Err(tungstenite::Error::Io(error))
                if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) =>
            {
                Ok(None)
            }
            Err(error) => Err(error).context("the browser closed DevTools"),
        }
    }
}
