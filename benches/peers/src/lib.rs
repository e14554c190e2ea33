//! The same work for cors-engine and for other CORS libraries in Rust.
//!
//! The work: a policy of exact origins with credentials, four methods, three request headers and two exposed
//! ones; a request with nine ordinary headers and an `Origin`. The allowed origin is the last that is listed,
//! the refused one is as long.

mod actix;
mod engine;
#[path = "../../rows/exchange.rs"]
mod exchange;
pub mod growth;
#[path = "../../rows/shape.rs"]
mod shape;
mod tower_http_cors;
pub mod work;

use std::hint::black_box;
use work::Work;

/// Something that a library does over and over.
pub trait Subject {
    type Input;
    type Output;

    /// Makes what one turn consumes. What this costs is taken off.
    fn prepare(&self) -> Self::Input;

    fn turn(&self, input: Self::Input) -> Self::Output;
}

/// Does something with a subject, whichever it is.
pub trait Visitor {
    type Result;

    fn visit<S: Subject>(self, subject: S) -> Self::Result;
}

/// Does the work so many times, or only prepares it.
#[derive(Clone, Copy, Debug)]
pub struct Turns {
    pub count: usize,
    pub prepare_only: bool,
}

impl Turns {
    pub fn take<S: Subject>(self, subject: &S) {
        for _ in 0..self.count {
            let input = black_box(subject.prepare());
            if self.prepare_only {
                drop(input);
            } else {
                drop(black_box(subject.turn(input)));
            }
        }
    }
}

impl Visitor for Turns {
    type Result = ();

    fn visit<S: Subject>(self, subject: S) {
        self.take(&subject);
    }
}

/// Who does the work.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Library {
    /// The decision alone.
    Engine,
    /// The decision over the header map of the crate `http`.
    EngineMap,
    /// The decision as a layer that writes the headers.
    EngineTower,
    TowerHttp,
    Actix,
}

impl Library {
    pub const ALL: [Library; 5] =
        [Library::Engine, Library::EngineMap, Library::EngineTower, Library::TowerHttp, Library::Actix];

    /// The name that the tables know it by.
    pub fn name(self) -> &'static str {
        match self {
            Library::Engine => "cors-engine",
            Library::EngineMap => "cors-engine, header map",
            Library::EngineTower => "cors-engine, tower layer",
            Library::TowerHttp => "tower-http",
            Library::Actix => "actix-cors",
        }
    }

    /// Lets `visitor` see the work done by this library with so many origins; nothing if it has no such work.
    pub fn visit<V: Visitor>(self, work: Work, origins: usize, visitor: V) -> Option<V::Result> {
        Some(match (self, work) {
            (Library::Engine, Work::Exchange) => visitor.visit(exchange::Exchange::new()),
            (_, Work::Exchange) | (Library::Engine | Library::EngineMap, Work::Unguarded) => return None,
            (Library::Engine, Work::Build) => visitor.visit(engine::Build::new(origins)),
            (Library::Engine, _) => visitor.visit(engine::Decision::new(work, origins)),
            (Library::EngineMap | Library::EngineTower, Work::Build) => return None,
            (Library::EngineMap, _) => visitor.visit(engine::MapDecision::new(work, origins)),
            (Library::EngineTower | Library::TowerHttp, Work::Unguarded) => {
                visitor.visit(tower_http_cors::unguarded(work.request(origins)))
            }
            (Library::EngineTower, _) => visitor.visit(engine::layer(work, origins)),
            (Library::TowerHttp, Work::Build) => visitor.visit(tower_http_cors::Build::new(origins)),
            (Library::TowerHttp, _) => visitor.visit(tower_http_cors::layer(work, origins)),
            (Library::Actix, Work::Unguarded) => visitor.visit(actix::unguarded(work, origins)),
            (Library::Actix, Work::Build) => visitor.visit(actix::Build::new(origins)),
            (Library::Actix, _) => visitor.visit(actix::middleware(work, origins)),
        })
    }

    /// Everything that is measured of every library.
    pub fn all_works() -> impl Iterator<Item = (Library, Work, usize)> {
        let works =
            Work::ALL.into_iter().flat_map(|work| work.origins().iter().map(move |&count| (work, count)));
        works.flat_map(|(work, count)| Library::ALL.map(|library| (library, work, count)))
    }
}
