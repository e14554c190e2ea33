//! The HAR format as Rust types, as far as it is of use here. Exporters leave out and bend much of it: what
//! is not needed may be missing or of any type.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

#[derive(Debug, Deserialize)]
pub(super) struct Har {
    pub(super) log: Log,
}

#[derive(Debug, Deserialize)]
pub(super) struct Log {
    #[serde(default, deserialize_with = "lenient")]
    pub(super) creator: Option<Program>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) browser: Option<Program>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) pages: Option<Vec<Page>>,
    pub(super) entries: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Program {
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) version: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Page {
    #[serde(default)]
    pub(super) id: String,
    #[serde(default)]
    pub(super) title: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Entry {
    #[serde(default, deserialize_with = "lenient")]
    pub(super) pageref: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) started_date_time: Option<String>,
    #[serde(default, rename = "_resourceType", deserialize_with = "lenient")]
    pub(super) resource_type: Option<String>,
    pub(super) request: Request,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) response: Option<Response>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Request {
    pub(super) method: String,
    pub(super) url: String,
    #[serde(default)]
    pub(super) headers: Vec<Header>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Response {
    #[serde(default, deserialize_with = "lenient")]
    pub(super) status: Option<i64>,
    #[serde(default)]
    pub(super) headers: Vec<Header>,
    #[serde(default, rename = "_error", deserialize_with = "lenient")]
    pub(super) error: Option<String>,
    #[serde(default, rename = "redirectURL", deserialize_with = "lenient")]
    pub(super) redirect_url: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Header {
    pub(super) name: String,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) value: Option<String>,
}

/// What is not of the type that it should be counts as missing.
fn lenient<'de, D: Deserializer<'de>, T: serde::de::DeserializeOwned>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    Ok(serde_json::from_value(Value::deserialize(deserializer)?).ok())
}
