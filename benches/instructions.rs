//! What both halves cost in instructions, which repeat to the digit where times do not.
//!
//! ```text
//! cargo bench --bench instructions --features tower               # print
//! cargo bench --bench instructions --features tower -- --check    # ... and hold against benches/instructions.tsv
//! cargo bench --bench instructions --features tower -- --bars     # ... and against the bars
//! cargo bench --bench instructions --features tower -- --record   # write benches/instructions.tsv
//! ```
//!
//! The bars are what is aimed at; not every row is there yet.
//!
//! Each row runs under callgrind twice, with N and 2N turns, at one listed origin and at 10,000; the difference
//! is the cost of one turn, from which that of a turn that does everything else is taken. It needs `valgrind`.
//!
//! The work is the one that server-side CORS libraries were measured with: nine ordinary request headers and an
//! `Origin`; credentials, four methods, three request headers, two exposed ones; the allowed origin is the last
//! that is listed, the refused one is as long. The work of the browser half is told in `rows/browser.rs`; where it
//! has a preflight cache, that one knows 1 URL and 10,000.

mod rows;

use rows::{Case, ROWS, Row};
use std::collections::HashMap;
use std::fmt::Write;
use std::path::Path;
use std::process::{Command, ExitCode};

const LISTED: [usize; 2] = [1, 10_000];

/// The costs of one row, at each of [`LISTED`].
type Costs = [u64; 2];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    let has = |flag: &str| arguments.iter().any(|argument| argument == flag);
    if let Some(place) = arguments.iter().position(|argument| argument == "--run") {
        let number = |offset: usize| -> usize { arguments[place + offset].parse().expect("a number") };
        rows::run(ROWS[number(1)].case, number(2), number(3));
        return ExitCode::SUCCESS;
    }
    let recorded = if has("--check") { read_record() } else { Vec::new() };
    let mut record = format!("# {}\n", compiler());
    let mut problems = Vec::new();
    let mut meter = Meter::default();
    println!("{:44} {:>12} {:>12} {:>12}", "instructions at", "1 origin", "10,000", "at most");
    for row in ROWS {
        let Some(costs) = meter.measure(row) else {
            eprintln!("cannot count instructions: is valgrind installed?");
            return ExitCode::FAILURE;
        };
        let bar = row.bar.map_or(String::new(), |bar| bar.to_string());
        println!("{:44} {:>12} {:>12} {bar:>12}", row.name, costs[0], costs[1]);
        writeln!(record, "{}\t{}\t{}", row.name, costs[0], costs[1]).expect("written to memory");
        problems.extend(problems_of(row, costs, &recorded));
        if has("--bars") && row.bar.is_some_and(|bar| costs.iter().any(|&cost| cost > bar)) {
            problems.push(format!("{}: over its bar", row.name));
        }
    }
    if has("--record") {
        std::fs::write(record_path(), record).expect("benches/instructions.tsv can be written");
    }
    problems.iter().for_each(|problem| eprintln!("{problem}"));
    if problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Why `costs` are too high.
fn problems_of(row: &Row, costs: Costs, recorded: &[(String, Costs)]) -> Vec<String> {
    let mut problems = Vec::new();
    if row.flat && costs[1] * 10 > costs[0] * 11 {
        problems.push(format!("{}: costs over 10 % more at 10,000 origins than at one", row.name));
    }
    if let Some((_, before)) = recorded.iter().find(|(name, _)| name == row.name) {
        if costs.iter().zip(before).any(|(&cost, &before)| cost * 100 > before * 102) {
            problems.push(format!("{}: over 2 % more than the {before:?} recorded", row.name));
        }
    }
    problems
}

/// Counts, and remembers what was counted: many rows have the same floor.
#[derive(Default)]
struct Meter {
    turns: HashMap<(usize, usize), u64>,
}

impl Meter {
    /// The cost of one turn, less that of the row's floor.
    fn measure(&mut self, row: &Row) -> Option<Costs> {
        let mut costs = [0; 2];
        for (cost, listed) in costs.iter_mut().zip(LISTED) {
            let floor = match row.floor {
                Some(floor) => self.one_turn(floor, listed)?,
                None => 0,
            };
            *cost = self.one_turn(row.case, listed)?.saturating_sub(floor);
        }
        Some(costs)
    }

    fn one_turn(&mut self, case: Case, listed: usize) -> Option<u64> {
        let place = ROWS.iter().position(|row| row.case == case)?;
        if let Some(&known) = self.turns.get(&(place, listed)) {
            return Some(known);
        }
        let turns = ROWS[place].turns;
        let once = instructions(place, listed, turns)?;
        let cost = (instructions(place, listed, 2 * turns)? - once) / turns as u64;
        self.turns.insert((place, listed), cost);
        Some(cost)
    }
}

/// Runs this program again under callgrind and reads the number of instructions from what it says.
fn instructions(place: usize, listed: usize, turns: usize) -> Option<u64> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(std::env::current_exe().ok()?)
        .args(["--run", &place.to_string(), &listed.to_string(), &turns.to_string()])
        .output()
        .ok()?;
    let report = String::from_utf8_lossy(&output.stderr).into_owned();
    let collected = report.lines().find_map(|line| line.split_once("Collected : "))?;
    collected.1.trim().parse().ok()
}

fn record_path() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/instructions.tsv")
}

/// The recorded rows, if the compiler that they were recorded with is this one: another makes other code.
fn read_record() -> Vec<(String, Costs)> {
    let text = std::fs::read_to_string(record_path()).expect("benches/instructions.tsv can be read");
    let mut lines = text.lines();
    let recorded_with = lines.next().unwrap_or_default().trim_start_matches("# ");
    if recorded_with != compiler() {
        println!("recorded with {recorded_with}, so nothing is held against {}", compiler());
        return Vec::new();
    }
    lines
        .filter_map(|line| {
            let mut fields = line.split('\t');
            let name = fields.next()?.to_owned();
            Some((name, [fields.next()?.parse().ok()?, fields.next()?.parse().ok()?]))
        })
        .collect()
}

fn compiler() -> String {
    let compiler = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(compiler).arg("--version").output().expect("rustc says its version");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}
