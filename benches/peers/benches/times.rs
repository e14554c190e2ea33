//! The same work in nanoseconds, by criterion. The name of a benchmark is the library, the work and the number of
//! origins, so that they can be told apart.

use cors_engine_peers::{Library, Subject, Visitor};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use std::time::Duration;

struct Timed<'c> {
    criterion: &'c mut Criterion,
    name: String,
}

impl Visitor for Timed<'_> {
    type Result = ();

    fn visit<S: Subject>(self, subject: S) {
        self.criterion.bench_function(&self.name, |bencher| {
            bencher.iter_batched(|| subject.prepare(), |input| subject.turn(input), BatchSize::SmallInput);
        });
    }
}

fn all(criterion: &mut Criterion) {
    for (library, work, origins) in Library::all_works() {
        let name = format!("{};{};{origins}", library.name(), work.name());
        library.visit(work, origins, Timed { criterion, name });
    }
}

criterion_group! {
    name = times;
    config = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_secs(1));
    targets = all
}
criterion_main!(times);
