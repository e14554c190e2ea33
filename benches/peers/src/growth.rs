//! How a cost grows: one thing at a time gets larger, and everything else stays.

use crate::shape;
use crate::work::Work;
use crate::{Library, Subject, Visitor, engine};
use cors_engine::protocol::HeaderList;
use cors_engine::{Engine, Fetch, PreflightCache, Request, ResponseHead, Step};
use http::Method;
use std::cell::RefCell;
use std::time::{Duration, Instant};

/// What gets larger, and who does the work.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Growth {
    /// Origins that a policy lists, when a library answers a preflight.
    Origins(Library),
    /// Headers of the request that a policy answers.
    DecidedHeaders,
    /// Headers of the request that a browser classifies.
    ClassifiedHeaders,
    /// Bytes of `Access-Control-Request-Headers`, of names that nobody lists.
    RequestedBytes(Library),
    /// Bytes of `Access-Control-Request-Headers`, of one allowed name again and again.
    RepeatedBytes,
    /// Bytes of an `Origin` that nobody lists.
    OriginBytes,
    /// Redirects that a browser follows.
    Redirects,
    /// URLs in the preflight cache that spares a browser the preflight.
    CachedUrls,
}

impl Growth {
    pub const ALL: [Growth; 13] = [
        Growth::Origins(Library::Engine),
        Growth::Origins(Library::EngineTower),
        Growth::Origins(Library::TowerHttp),
        Growth::Origins(Library::Actix),
        Growth::DecidedHeaders,
        Growth::ClassifiedHeaders,
        Growth::RequestedBytes(Library::Engine),
        Growth::RequestedBytes(Library::TowerHttp),
        Growth::RequestedBytes(Library::Actix),
        Growth::RepeatedBytes,
        Growth::OriginBytes,
        Growth::Redirects,
        Growth::CachedUrls,
    ];

    /// The plot that shows it, and its name there.
    pub fn plot_and_series(self) -> (&'static str, &'static str) {
        match self {
            Growth::Origins(library) => ("origins", library.name()),
            Growth::DecidedHeaders => ("headers", "a policy's decision"),
            Growth::ClassifiedHeaders => ("headers", "a browser's classification"),
            Growth::RequestedBytes(library) => ("header-length", library.name()),
            Growth::RepeatedBytes => ("header-length", "cors-engine, an allowed name repeated"),
            Growth::OriginBytes => ("header-length", "cors-engine, Origin instead"),
            Growth::Redirects => ("redirects", "a fetch"),
            Growth::CachedUrls => ("cache", "a fetch without its preflight"),
        }
    }

    pub fn sizes(self) -> &'static [usize] {
        match self {
            Growth::Origins(_) => &[1, 10, 100, 1_000, 10_000],
            Growth::DecidedHeaders | Growth::ClassifiedHeaders => &[0, 8, 16, 32, 64, 96, 128],
            Growth::RequestedBytes(_) | Growth::RepeatedBytes | Growth::OriginBytes => {
                &[64, 256, 1 << 10, 4 << 10, 16 << 10, 64 << 10, 256 << 10, 1 << 20]
            }
            Growth::Redirects => &[0, 4, 8, 12, 16, 20],
            Growth::CachedUrls => &[1, 10, 100, 1_000, 10_000],
        }
    }

    /// How often it is done where instructions are counted.
    pub fn turns(self, size: usize) -> usize {
        match self {
            Growth::RequestedBytes(_) => (1 << 20) / size.max(8 << 10),
            Growth::Origins(Library::TowerHttp) => 50,
            _ => 200,
        }
    }

    /// Lets `visitor` see what is done at this size.
    pub fn visit<V: Visitor>(self, size: usize, visitor: V) -> Option<V::Result> {
        match self {
            Growth::Origins(library) => library.visit(Work::PreflightAllowed, size, visitor),
            Growth::DecidedHeaders => {
                let asked = engine::Decision::new(Work::ActualAllowed, 1);
                let more =
                    |asked: engine::Decision, place| asked.with(&format!("x-other-{place}"), "1".into());
                Some(visitor.visit((0..size).fold(asked, more)))
            }
            Growth::ClassifiedHeaders => Some(visitor.visit(Classification::new(size))),
            Growth::RequestedBytes(library) => library.visit(Work::Names(size), 1, visitor),
            Growth::RepeatedBytes => Library::Engine.visit(Work::Repeated(size), 1, visitor),
            Growth::OriginBytes => {
                let origin = format!("https://{}", "a.".repeat(size.saturating_sub(8) / 2));
                let asked = engine::Decision::new(Work::ActualRefused, 1);
                Some(visitor.visit(asked.with("origin", origin)))
            }
            Growth::Redirects => Some(visitor.visit(Redirected { redirects: size })),
            Growth::CachedUrls => Some(visitor.visit(Cached::new(size))),
        }
    }
}

struct Classification(Request);

impl Classification {
    fn new(headers: usize) -> Self {
        let mut request = fetch("https://api.example.com/");
        (0..headers).for_each(|place| request.headers.append(format!("x-{place}").as_bytes(), b"1"));
        Classification(request)
    }
}

impl Subject for Classification {
    type Input = ();
    type Output = bool;

    fn prepare(&self) {}

    fn turn(&self, (): ()) -> bool {
        cors_engine::needs_preflight(Engine::Spec, &self.0).is_ok_and(|preflight| preflight.is_needed())
    }
}

fn fetch(url: &str) -> Request {
    Request::fetch(&shape::origin(0), url).expect("a request")
}

/// A simple request that is redirected, each time to another path.
struct Redirected {
    redirects: usize,
}

impl Subject for Redirected {
    type Input = Request;
    type Output = usize;

    fn prepare(&self) -> Request {
        fetch("https://api.example.com/v1/things?page=2")
    }

    fn turn(&self, request: Request) -> usize {
        let (mut cache, now) = (PreflightCache::default(), Duration::ZERO);
        let allowed = ("access-control-allow-origin", "*");
        let redirect = [allowed, ("location", "/v1/things?page=3")];
        let mut fetch = Fetch::new(Engine::Spec, request).expect("a fetch");
        let mut step = fetch.start(&mut cache, now);
        let mut requests = 0;
        while let Step::Send(_) = step {
            let (status, lines) =
                if requests < self.redirects { (307, &redirect[..]) } else { (200, &redirect[..1]) };
            step = fetch.receive(&ResponseHead::new(status, lines), &mut cache, now);
            requests += 1;
        }
        assert_eq!(requests, self.redirects + 1, "every redirect is followed");
        requests
    }
}

/// A request whose preflight is spared by a cache that holds others too.
struct Cached {
    cache: RefCell<PreflightCache>,
    request: Request,
}

impl Cached {
    fn new(urls: usize) -> Self {
        let mut cache = PreflightCache::with_limits(urls, usize::MAX);
        let url = |place: usize| format!("https://api.example.com/v1/things?page={place:05}");
        for place in 0..urls {
            assert_eq!(run(put(&url(place)), &mut cache), 2, "a preflight and the request");
        }
        Cached { cache: RefCell::new(cache), request: put(&url(urls / 2)) }
    }
}

impl Subject for Cached {
    type Input = Request;
    type Output = usize;

    fn prepare(&self) -> Request {
        self.request.clone()
    }

    fn turn(&self, request: Request) -> usize {
        let requests = run(request, &mut self.cache.borrow_mut());
        assert_eq!(requests, 1, "no preflight");
        requests
    }
}

fn put(url: &str) -> Request {
    let mut request = fetch(url);
    request.method = "PUT".into();
    request
}

/// Runs a fetch that everything allows; how many requests it took.
fn run(request: Request, cache: &mut PreflightCache) -> usize {
    let headers: HeaderList = [
        ("access-control-allow-origin", "*"),
        ("access-control-allow-methods", "PUT"),
        ("access-control-max-age", "600"),
    ]
    .into_iter()
    .collect();
    let mut fetch = Fetch::new(Engine::Spec, request).expect("a fetch");
    let mut step = fetch.start(cache, Duration::ZERO);
    let mut requests = 0;
    while let Step::Send(_) = step {
        requests += 1;
        step = fetch.receive(&ResponseHead::new(200, &headers), cache, Duration::ZERO);
    }
    requests
}

/// Decisions in a second by so many threads that share one policy, each of which decides so often.
pub fn decisions_per_second(threads: u32, decisions: u32) -> f64 {
    let policy = engine::policy(10_000);
    let headers = Work::ActualAllowed.headers(10_000);
    let started = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                for _ in 0..decisions {
                    std::hint::black_box(policy.answer_http(&Method::GET, std::hint::black_box(&headers)));
                }
            });
        }
    });
    f64::from(decisions) * f64::from(threads) / started.elapsed().as_secs_f64()
}
