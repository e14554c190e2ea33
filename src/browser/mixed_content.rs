//! What main fetch blocks before anything is sent: bad ports and mixed content.

use crate::protocol::Origin;
use url::Url;

/// The [bad ports](https://fetch.spec.whatwg.org/#bad-port), sorted.
const BAD_PORTS: [u16; 83] = [
    0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103,
    104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514,
    515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723,
    2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
];

/// [Should request be blocked due to a bad
/// port](https://fetch.spec.whatwg.org/#block-bad-port)?
pub(crate) fn is_bad_port(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
        && url.port().is_some_and(|port| BAD_PORTS.binary_search(&port).is_ok())
}

/// [Should fetching request be blocked as mixed
/// content](https://w3c.github.io/webappsec-mixed-content/#should-block-fetch)? Schemes other than http fail
/// for reasons of their own.
pub(crate) fn is_blocked(page: &Origin, url: &Url) -> bool {
    page.is_https() && url.scheme() == "http" && !Origin::of(url).is_potentially_trustworthy()
}
