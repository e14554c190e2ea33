//! Prints how many decisions in a second 1 to 16 threads make together, on one policy of 10,000 origins, one JSON
//! object a line: the best of some rounds, each of so many decisions a thread as the argument says.

use cors_engine_peers::growth::decisions_per_second;
use serde_json::json;

fn main() {
    let decisions = std::env::args().nth(1).map_or(1_000_000, |count| count.parse().expect("a number"));
    for threads in [1, 2, 4, 8, 16] {
        let best = (0..5).map(|_| decisions_per_second(threads, decisions / threads)).fold(0.0, f64::max);
        let row = json!({
            "plot": "threads",
            "series": "decisions of all threads together",
            "size": threads,
            "rate": best.round(),
        });
        println!("{row}");
    }
}
