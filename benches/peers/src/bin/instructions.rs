//! Prints how many instructions the work takes in each library, or what grows takes at each size, one JSON object
//! a line: `instructions works`, `instructions growth`; with `--quick`, of every fifth only. Needs valgrind.
//!
//! The program runs itself under callgrind, with N and with 2N turns; the difference is N turns, without what is
//! done once. What it costs to prepare a turn is counted the same way, and taken off.

use cors_engine_peers::growth::Growth;
use cors_engine_peers::work::Work;
use cors_engine_peers::{Library, Turns};
use serde_json::{Value, json};
use std::process::{Command, ExitCode};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["works"] => count(works()),
        ["growth"] => count(growths()),
        ["works", "--quick"] => count(every_fifth(works())),
        ["growth", "--quick"] => count(every_fifth(growths())),
        // What the program calls itself with.
        ["work", library, work, origins, turns, prepare_only] => {
            let (library, work) = (Library::ALL[number(library)], Work::ALL[number(work)]);
            library.visit(work, number(origins), self::turns(turns, prepare_only));
            ExitCode::SUCCESS
        }
        ["growth", growth, size, turns, prepare_only] => {
            Growth::ALL[number(growth)].visit(number(size), self::turns(turns, prepare_only));
            ExitCode::SUCCESS
        }
        _ => {
            eprintln!("usage: instructions works | growth [--quick]");
            ExitCode::from(2)
        }
    }
}

fn number(text: &str) -> usize {
    text.parse().expect("a number")
}

fn turns(count: &str, prepare_only: &str) -> Turns {
    Turns { count: number(count), prepare_only: prepare_only == "true" }
}

/// What is counted: the row to print, what the program calls itself with, and how many turns.
struct Job {
    row: Value,
    arguments: Vec<String>,
    turns: usize,
}

fn works() -> Vec<Job> {
    let has_work = |&(library, work, origins): &(Library, Work, usize)| {
        let nothing = Turns { count: 0, prepare_only: true };
        library.visit(work, origins, nothing).is_some()
    };
    Library::all_works()
        .filter(has_work)
        .map(|(library, work, origins)| Job {
            row: json!({ "library": library.name(), "work": work.name(), "origins": origins }),
            arguments: vec![
                "work".into(),
                place(&Library::ALL, &library),
                place(&Work::ALL, &work),
                origins.to_string(),
            ],
            turns: work.turns(),
        })
        .collect()
}

fn growths() -> Vec<Job> {
    let sizes = |growth: Growth| growth.sizes().iter().map(move |&size| (growth, size));
    Growth::ALL
        .into_iter()
        .flat_map(sizes)
        .map(|(growth, size)| {
            let (plot, series) = growth.plot_and_series();
            Job {
                row: json!({ "plot": plot, "series": series, "size": size }),
                arguments: vec!["growth".into(), place(&Growth::ALL, &growth), size.to_string()],
                turns: growth.turns(size),
            }
        })
        .collect()
}

fn every_fifth(jobs: Vec<Job>) -> Vec<Job> {
    jobs.into_iter().step_by(5).collect()
}

fn place<T: PartialEq>(all: &[T], one: &T) -> String {
    all.iter().position(|other| other == one).expect("one of them all").to_string()
}

/// Counts and prints, as many at a time as there are processors.
fn count(jobs: Vec<Job>) -> ExitCode {
    let (next, failed) = (AtomicUsize::new(0), AtomicBool::new(false));
    let work = || {
        while let Some(job) = jobs.get(next.fetch_add(1, Relaxed)) {
            let Some(instructions) = one_turn(job) else {
                failed.store(true, Relaxed);
                return;
            };
            let mut row = job.row.clone();
            row["instructions"] = instructions.into();
            println!("{row}");
        }
    };
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..processors {
            scope.spawn(work);
        }
    });
    if failed.into_inner() {
        eprintln!("cannot count instructions: is valgrind installed?");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn one_turn(job: &Job) -> Option<u64> {
    let cost = |prepare_only: bool| -> Option<u64> {
        let once = collected(&job.arguments, job.turns, prepare_only)?;
        let twice = collected(&job.arguments, 2 * job.turns, prepare_only)?;
        Some(twice.saturating_sub(once) / job.turns as u64)
    };
    Some(cost(false)?.saturating_sub(cost(true)?))
}

/// Runs this program again under callgrind, and reads the number of instructions from what it says.
fn collected(arguments: &[String], turns: usize, prepare_only: bool) -> Option<u64> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(std::env::current_exe().ok()?)
        .args(arguments)
        .args([turns.to_string(), prepare_only.to_string()])
        .output()
        .ok()?;
    if !output.status.success() {
        eprintln!("{}", String::from_utf8_lossy(&output.stderr));
        return None;
    }
    let report = String::from_utf8_lossy(&output.stderr).into_owned();
    report.lines().find_map(|line| line.split_once("Collected : "))?.1.trim().parse().ok()
}
