//! Prints what one turn of the work allocates in each library, one JSON object a line: how often, how many bytes
//! in all, and how many at most at one time.

use allocation_counter::{AllocationInfo, measure};
use cors_engine_peers::{Library, Subject, Turns, Visitor};
use serde_json::json;

fn main() {
    for (library, work, origins) in Library::all_works() {
        let Some(turn) = library.visit(work, origins, OneTurn) else { continue };
        let row = json!({
            "library": library.name(),
            "work": work.name(),
            "origins": origins,
            "allocations": turn.count_total,
            "bytes": turn.bytes_total,
            "peak": turn.bytes_max,
        });
        println!("{row}");
    }
}

struct OneTurn;

impl Visitor for OneTurn {
    type Result = AllocationInfo;

    fn visit<S: Subject>(self, subject: S) -> AllocationInfo {
        // What is made once, at the first turn, is not of one turn.
        Turns { count: 1, prepare_only: false }.take(&subject);
        let input = subject.prepare();
        measure(|| drop(std::hint::black_box(subject.turn(input))))
    }
}
