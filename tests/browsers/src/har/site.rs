//! The small shop whose page is captured: its story is a scenario, its bodies are made up.

use crate::server::{Received, Reply, Site};
use anyhow::{Context, Result};
use cors_engine::scenario::{Answer, BodyDescription, RequestDescription, Scenario};
use serde_json::{Value, json};

/// Where the page lives.
pub(super) const PAGE: &str = "https://app.example.test/";

/// Answers for all hosts of the shop.
pub(super) struct Shop {
    story: Scenario,
}

impl Shop {
    /// The shop as its story tells it.
    pub(super) fn new() -> Result<Self> {
        let story =
            serde_json::from_str(include_str!("site/story.json")).context("the story is no scenario")?;
        Ok(Self { story })
    }

    /// The requests that the page's script makes, in order.
    pub(super) fn requests(&self) -> impl Iterator<Item = &RequestDescription> {
        self.story.steps.iter().map(|step| &step.request)
    }

    /// What the page's script passes to `fetch()`, in order.
    fn fetches(&self) -> Value {
        let fetches = self.requests().map(|request| {
            let mut init = json!({
                "method": request.method,
                "mode": request.mode,
                "credentials": request.credentials,
                "headers": request.headers,
            });
            if let Some(BodyDescription::Text(text)) = &request.body {
                init["body"] = text.as_str().into();
            }
            json!({ "url": request.url, "init": init })
        });
        fetches.collect()
    }

    fn scripted(&self, request: &Received) -> Option<&Answer> {
        let mut servers = self.story.steps.iter().map(|step| &step.server);
        let answers = servers.find_map(|server| server.get(request.url.as_str()))?;
        if request.is_preflight() { answers.preflight.as_ref() } else { answers.actual.as_ref() }
    }
}

impl Site for Shop {
    fn answer(&self, request: Received) -> Reply {
        match request.url.as_str() {
            PAGE => Reply::sized(200, &[("Content-Type", "text/html")], include_str!("site/index.html")),
            "https://app.example.test/shop.js" => {
                Reply::sized(200, &[("Content-Type", "text/javascript")], include_str!("site/shop.js"))
            }
            "https://app.example.test/fetches.json" => {
                Reply::sized(200, &[("Content-Type", "application/json")], self.fetches().to_string())
            }
            _ => self.scripted(&request).map_or_else(|| Reply::sized(404, &[], ""), reply),
        }
    }
}

/// The scripted head with a body that suits its type.
fn reply(answer: &Answer) -> Reply {
    let headers: Vec<_> =
        answer.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let content_type = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    let body = match content_type {
        Some((_, "application/json")) => "{\"status\":\"ok\"}",
        Some((_, "text/html")) => "<!doctype html><title>Error</title><h1>Something went wrong</h1>",
        _ => "",
    };
    Reply::sized(answer.status, &headers, body)
}
