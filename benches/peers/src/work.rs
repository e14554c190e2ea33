//! The work, in words that every library understands: a configuration, and heads of requests.

use crate::shape;
use http::{HeaderMap, Method, Request};

/// What is asked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Work {
    /// An actual request, to the service that the library would guard, without the library.
    Unguarded,
    ActualAllowed,
    ActualRefused,
    PreflightAllowed,
    PreflightRefused,
    /// `Access-Control-Request-Headers` of so many bytes: names that nobody lists, each once.
    Names(usize),
    /// As `Names`, with one allowed name again and again.
    Repeated(usize),
    /// As `Names`, with nothing but commas.
    Commas(usize),
    /// To make a policy of its configuration.
    Build,
    /// A preflighted fetch by a browser, with both answers of the server.
    Exchange,
}

impl Work {
    pub const ALL: [Work; 13] = [
        Work::Unguarded,
        Work::ActualAllowed,
        Work::ActualRefused,
        Work::PreflightAllowed,
        Work::PreflightRefused,
        Work::Names(64 << 10),
        Work::Names(1 << 20),
        Work::Repeated(64 << 10),
        Work::Repeated(1 << 20),
        Work::Commas(64 << 10),
        Work::Commas(1 << 20),
        Work::Build,
        Work::Exchange,
    ];

    /// The name that the tables know it by.
    pub fn name(self) -> String {
        let long = |bytes: usize, what: &str| match bytes >> 20 {
            0 => format!("{} KiB of {what}", bytes >> 10),
            mebibytes => format!("{mebibytes} MiB of {what}"),
        };
        match self {
            Work::Unguarded => "without CORS".into(),
            Work::ActualAllowed => "actual, allowed".into(),
            Work::ActualRefused => "actual, refused".into(),
            Work::PreflightAllowed => "preflight, allowed".into(),
            Work::PreflightRefused => "preflight, refused".into(),
            Work::Names(bytes) => long(bytes, "names"),
            Work::Repeated(bytes) => long(bytes, "one name"),
            Work::Commas(bytes) => long(bytes, "commas"),
            Work::Build => "build".into(),
            Work::Exchange => "a preflighted exchange".into(),
        }
    }

    /// The numbers of listed origins at which it is measured.
    pub fn origins(self) -> &'static [usize] {
        match self {
            Work::ActualAllowed | Work::ActualRefused | Work::PreflightAllowed | Work::PreflightRefused => {
                &[1, 10_000]
            }
            Work::Build => &[10_000],
            _ => &[1],
        }
    }

    /// How often it is done where instructions are counted: what takes long is done less often.
    pub fn turns(self) -> usize {
        match self {
            Work::Build => 2,
            Work::Names(bytes) | Work::Repeated(bytes) | Work::Commas(bytes) => {
                (1 << 20) / bytes.max(8 << 10)
            }
            _ => 500,
        }
    }

    pub fn method(self) -> Method {
        if self.requested_headers().is_some() { Method::OPTIONS } else { Method::GET }
    }

    /// The value of `Access-Control-Request-Headers`, of a preflight.
    fn requested_headers(self) -> Option<String> {
        Some(match self {
            Work::PreflightAllowed | Work::PreflightRefused => shape::REQUESTED_HEADERS.into(),
            Work::Names(bytes) => (0..bytes / 8).map(|place| format!("x{place:06},")).collect(),
            Work::Repeated(bytes) => "content-type,".repeat(bytes / "content-type,".len()),
            Work::Commas(bytes) => ",".repeat(bytes),
            _ => return None,
        })
    }

    pub fn request(self, origins: usize) -> Request<()> {
        shape::request(self.method(), self.headers(origins))
    }

    pub fn headers(self, origins: usize) -> HeaderMap {
        let origin = match self {
            Work::ActualRefused | Work::PreflightRefused => shape::REFUSED_ORIGIN.into(),
            _ => shape::origin(origins - 1),
        };
        shape::headers(Some(&origin), self.requested_headers().as_deref())
    }
}
