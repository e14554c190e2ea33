//! The pages that pull scenarios from the rig, one for each origin.

use crate::server::Reply;
use url::Url;

/// The page whose sandboxed frame is an opaque origin.
const OPAQUE_PARENT: &str = "http://null-parent.test";

/// The page at this URL.
pub(super) fn document(url: &Url) -> Reply {
    let is_opaque = url.origin().ascii_serialization() == OPAQUE_PARENT;
    let html = if is_opaque { include_str!("opaque.html") } else { include_str!("page.html") };
    Reply::sized(200, &[("Content-Type", "text/html")], html)
}

/// The script of every page.
pub(super) fn script() -> Reply {
    Reply::sized(200, &[("Content-Type", "text/javascript")], include_str!("page.js"))
}

/// Where the page of an origin lives.
pub(super) fn url(origin: &str) -> String {
    let host = if origin == "null" { OPAQUE_PARENT } else { origin };
    format!("{host}/~rig/page")
}
