//! The work, in words that every library understands: a configuration, and heads of requests.

use http::{HeaderMap, HeaderName, HeaderValue, Method, Request};

pub const METHODS: [&str; 4] = ["GET", "POST", "PUT", "DELETE"];
pub const REQUEST_HEADERS: [&str; 3] = ["authorization", "content-type", "x-requested-with"];
pub const EXPOSED_HEADERS: [&str; 2] = ["x-request-id", "x-total-count"];
pub const MAX_AGE: u32 = 600;

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
            Work::PreflightAllowed | Work::PreflightRefused => "authorization,content-type".into(),
            Work::Names(bytes) => (0..bytes / 8).map(|place| format!("x{place:06},")).collect(),
            Work::Repeated(bytes) => "content-type,".repeat(bytes / "content-type,".len()),
            Work::Commas(bytes) => ",".repeat(bytes),
            _ => return None,
        })
    }

    pub fn request(self, origins: usize) -> Request<()> {
        let mut request = Request::new(());
        *request.method_mut() = self.method();
        *request.uri_mut() = http::Uri::from_static("/v1/things?page=2");
        *request.headers_mut() = self.headers(origins);
        request
    }

    pub fn headers(self, origins: usize) -> HeaderMap {
        let mut headers: HeaderMap = [
            ("host", "api.example.com"),
            ("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
            ("accept", "*/*"),
            ("accept-language", "en-US,en;q=0.5"),
            ("accept-encoding", "gzip, deflate, br, zstd"),
            ("referer", "https://tenant00000.example.com/"),
            ("sec-fetch-dest", "empty"),
            ("sec-fetch-mode", "cors"),
            ("sec-fetch-site", "same-site"),
        ]
        .into_iter()
        .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
        .collect();
        let mut add = |name, value: String| {
            headers.append(HeaderName::from_static(name), value.try_into().expect("a header value"));
        };
        add(
            "origin",
            match self {
                Work::ActualRefused | Work::PreflightRefused => "https://tenant99999.example.net".into(),
                _ => origin(origins - 1),
            },
        );
        if let Some(names) = self.requested_headers() {
            add("access-control-request-method", "PUT".into());
            add("access-control-request-headers", names);
        }
        headers
    }
}

/// The origin of one tenant; those that are listed are the first ones.
pub fn origin(tenant: usize) -> String {
    format!("https://tenant{tenant:05}.example.com")
}
