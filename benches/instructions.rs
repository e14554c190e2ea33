//! What a decision costs in instructions, which repeat to the digit where times do not.
//!
//! `cargo bench --bench instructions` runs each case under callgrind twice, with N and 2N decisions, prints the
//! difference for one, and fails if a decision at 10,000 origins costs over a fifth more than at one. It needs
//! `valgrind`.
//!
//! The work is the one that server-side CORS libraries were measured with: nine ordinary request headers and an
//! `Origin`; credentials, four methods, three request headers, two exposed ones; the allowed origin is the last
//! that is listed, the denied one is as long.

use cors_engine::{Policy, PolicyConfig};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use std::hint::black_box;
use std::process::{Command, ExitCode};

const DECISIONS: usize = 500;
const LISTED: [usize; 3] = [1, 100, 10_000];

#[derive(Clone, Copy)]
enum Case {
    /// Writing down the configuration: what is to be taken off the next.
    Configure,
    /// Writing down the configuration and building the policy.
    Build,
    ActualAllowed,
    ActualDenied,
    PreflightAllowed,
    PreflightDenied,
    NoOrigin,
    HostileNames,
    HostileCommas,
    HostileLabels,
    /// Deciding, and putting the answer on a fresh header map.
    ActualApplied,
    PreflightApplied,
}

impl Case {
    const ALL: [(&'static str, Case); 12] = [
        ("configuration alone", Case::Configure),
        ("configuration and build", Case::Build),
        ("actual, allowed", Case::ActualAllowed),
        ("actual, denied", Case::ActualDenied),
        ("preflight, allowed", Case::PreflightAllowed),
        ("preflight, denied", Case::PreflightDenied),
        ("no Origin", Case::NoOrigin),
        ("64 KiB of names", Case::HostileNames),
        ("64 KiB of commas", Case::HostileCommas),
        ("120 labels", Case::HostileLabels),
        ("actual, onto a HeaderMap", Case::ActualApplied),
        ("preflight, onto a HeaderMap", Case::PreflightApplied),
    ];

    fn method(self) -> Method {
        match self {
            Case::PreflightAllowed
            | Case::PreflightDenied
            | Case::HostileNames
            | Case::HostileCommas
            | Case::PreflightApplied => Method::OPTIONS,
            _ => Method::GET,
        }
    }

    fn headers(self, listed: usize) -> HeaderMap {
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
        match self {
            Case::Configure | Case::Build | Case::NoOrigin => {}
            Case::ActualDenied | Case::PreflightDenied => {
                add("origin", "https://tenant99999.example.net".into())
            }
            Case::HostileLabels => add("origin", format!("https://{}example.com", "a.".repeat(120))),
            _ => add("origin", origin(listed - 1)),
        }
        if self.method() == Method::OPTIONS {
            add("access-control-request-method", "PUT".into());
            add(
                "access-control-request-headers",
                match self {
                    Case::HostileNames => "content-type,".repeat(65_536 / 13),
                    Case::HostileCommas => ",".repeat(65_536),
                    _ => "authorization,content-type".into(),
                },
            );
        }
        headers
    }
}

fn origin(tenant: usize) -> String {
    format!("https://tenant{tenant:05}.example.com")
}

fn config(listed: usize) -> PolicyConfig {
    PolicyConfig::new()
        .origins((0..listed).map(origin))
        .credentials(true)
        .methods(["GET", "POST", "PUT", "DELETE"])
        .request_headers(["authorization", "content-type", "x-requested-with"])
        .expose_headers(["x-request-id", "x-total-count"])
        .max_age(600)
}

fn run(case: Case, listed: usize, decisions: usize) {
    match case {
        Case::Configure => return (0..decisions).for_each(|_| drop(black_box(config(listed)))),
        Case::Build => return (0..decisions).for_each(|_| drop(black_box(config(listed).build()))),
        _ => {}
    }
    let policy: Policy = config(listed).build().expect("a policy");
    let (method, headers) = (case.method(), case.headers(listed));
    for _ in 0..decisions {
        let answer = policy.answer_http(black_box(&method), black_box(&headers));
        if let Case::ActualApplied | Case::PreflightApplied = case {
            let mut response = HeaderMap::new();
            answer.apply_to(&mut response);
            black_box(response);
        }
        black_box(answer);
    }
}

/// Runs this program again under callgrind and reads the number of instructions from what it says.
fn instructions(case: usize, listed: usize, decisions: usize) -> Option<u64> {
    let program = std::env::current_exe().ok()?;
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(program)
        .args(["--run", &case.to_string(), &listed.to_string(), &decisions.to_string()])
        .output()
        .ok()?;
    let report = String::from_utf8_lossy(&output.stderr).into_owned();
    let collected = report.lines().find_map(|line| line.split_once("Collected : "))?;
    collected.1.trim().parse().ok()
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(place) = arguments.iter().position(|argument| argument == "--run") {
        let number =
            |offset: usize| arguments.get(place + offset).and_then(|text| text.parse::<usize>().ok());
        if let (Some(case), Some(listed), Some(decisions)) = (number(1), number(2), number(3)) {
            run(Case::ALL[case].1, listed, decisions);
        }
        return ExitCode::SUCCESS;
    }
    let mut flat = true;
    println!("{:30} {:>12} {:>12} {:>12}", "instructions at", "1 origin", "100", "10,000");
    for (place, (name, case)) in Case::ALL.into_iter().enumerate() {
        let is_decision = !matches!(case, Case::Configure | Case::Build);
        let decisions = if is_decision { DECISIONS } else { 2 };
        let costs: Option<Vec<u64>> = LISTED
            .into_iter()
            .map(|listed| {
                let once = instructions(place, listed, decisions)?;
                Some((instructions(place, listed, 2 * decisions)? - once) / decisions as u64)
            })
            .collect();
        let Some(costs) = costs else {
            eprintln!("valgrind is needed to count instructions");
            return ExitCode::FAILURE;
        };
        println!("{name:30} {:>12} {:>12} {:>12}", costs[0], costs[1], costs[2]);
        flat &= !is_decision || costs[2] * 5 <= costs[0] * 6;
    }
    if !flat {
        eprintln!("a decision costs over 20 % more at 10,000 origins than at one");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
