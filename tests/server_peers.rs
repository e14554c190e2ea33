//! What the suites of jub0bs/cors, tower-http and rs/cors expect, and what their releases answered: this
//! engine agrees, or is stricter by one of the rules of `docs/stricter-than-peers.md`.
//!
//! Rules are told from what a row says, never from which row it is: rows that are not in the file are judged
//! the same way.

mod naive;

use cors_engine::server::{
    Action, AnswerReason, ConfigErrorCode, ConfigErrors, Operation, OriginPattern, vary_lists,
};
use cors_engine::{Policy, PolicyConfig};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

const CORPUS: &str = include_str!("corpus/server-peers.jsonl");
const DOCUMENT: &str = include_str!("../docs/stricter-than-peers.md");

type HeaderLines = BTreeMap<String, Vec<String>>;

#[derive(Deserialize)]
struct Row {
    name: String,
    #[serde(flatten)]
    case: Case,
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum Case {
    Decision {
        policy: Option<PeerPolicy>,
        request: Request,
        #[serde(default)]
        app: Response,
        #[serde(default)]
        outer: Response,
        expect: DecisionExpect,
    },
    Policy {
        policy: PeerPolicy,
        expect: Validity,
    },
    OriginPattern {
        pattern: String,
        expect: Validity,
    },
    OriginRisk {
        pattern: String,
        expect: Risk,
    },
    OriginMatch {
        patterns: Vec<String>,
        origin: String,
        expect: Match,
    },
    Acrh {
        allowed: Vec<String>,
        lines: Vec<String>,
        expect: Accept,
    },
}

#[derive(Clone, Deserialize)]
struct PeerPolicy {
    origins: Names,
    credentials: bool,
    methods: Names,
    request_headers: Names,
    expose_headers: Vec<String>,
    max_age: Option<i64>,
    #[serde(default)]
    allow_insecure_origins: bool,
    #[serde(default)]
    allow_public_suffix_subdomains: bool,
}

#[derive(Clone, Deserialize)]
#[serde(untagged)]
enum Names {
    List(Vec<String>),
    /// `"mirror"`: whatever the request says.
    Mirror(String),
}

impl Names {
    fn or_mirrored(&self, mirrored: &[&str]) -> Vec<String> {
        match self {
            Names::List(names) => names.clone(),
            Names::Mirror(word) => {
                assert_eq!(word, "mirror");
                mirrored.iter().map(|&name| name.to_owned()).collect()
            }
        }
    }
}

#[derive(Deserialize)]
struct Request {
    method: String,
    headers: HeaderLines,
}

#[derive(Default, Deserialize)]
struct Response {
    #[serde(default)]
    status: Option<u16>,
    #[serde(default)]
    headers: HeaderLines,
}

#[derive(Deserialize)]
struct DecisionExpect {
    browser: Option<Browser>,
}

#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
struct Browser {
    omit: bool,
    include: bool,
}

#[derive(Deserialize)]
struct Validity {
    valid: bool,
    scheme: Option<String>,
    host: Option<String>,
}

#[derive(Deserialize)]
struct Risk {
    insecure: Option<bool>,
    public_suffix: Option<bool>,
}

#[derive(Deserialize)]
struct Match {
    r#match: bool,
}

#[derive(Deserialize)]
struct Accept {
    accept: bool,
}

impl PeerPolicy {
    /// The same policy in this engine's words: reflecting without credentials is the star, and `null` has a
    /// key of its own.
    fn config(&self) -> PolicyConfig {
        let origins = self.origins.or_mirrored(&["*"]);
        let (null, origins): (Vec<_>, Vec<_>) = origins.into_iter().partition(|origin| origin == "null");
        let config = PolicyConfig::new()
            .origins(origins)
            .null_origin(!null.is_empty())
            .credentials(self.credentials)
            .methods(self.methods.or_mirrored(&["*"]))
            .request_headers(self.request_headers.or_mirrored(&["*", "authorization"]))
            .expose_headers(self.expose_headers.clone())
            .dangerous_insecure_origins_with_credentials(self.allow_insecure_origins)
            .dangerous_public_suffix_subdomains(self.allow_public_suffix_subdomains);
        match self.max_age {
            Some(seconds) => config.max_age(u32::try_from(seconds).unwrap_or(u32::MAX)),
            None => config,
        }
    }
}

/// The rows on which this engine and a peer differ, by the rule of the document that says why.
#[derive(Default)]
struct Report {
    by_rule: BTreeMap<&'static str, Vec<String>>,
    unexplained: Vec<String>,
    agreed: usize,
}

impl Report {
    fn agree(&mut self, name: &str, agreed: bool, rule: Option<&'static str>) {
        match rule {
            _ if agreed => self.agreed += 1,
            Some(rule) => self.by_rule.entry(rule).or_default().push(name.to_owned()),
            None => self.unexplained.push(name.to_owned()),
        }
    }
}

#[test]
fn every_row_is_agreed_with_or_stricter_by_a_documented_rule() {
    let mut report = Report::default();
    for line in CORPUS.lines() {
        let row: Row = serde_json::from_str(line).expect(line);
        judge(&row, &mut report);
    }
    for (rule, names) in &report.by_rule {
        println!("{rule}: {} rows: {names:?}", names.len());
    }
    println!("agreed: {}", report.agreed);
    assert_eq!(report.unexplained, Vec::<String>::new(), "rows that no documented rule explains");
    assert!(report.agreed > 500);
}

#[test]
fn every_documented_rule_is_a_code_of_this_engine() {
    let reasons = AnswerReason::ALL.iter().map(|reason| reason.code());
    let errors = ConfigErrorCode::ALL.iter().map(|code| code.code());
    let codes: BTreeSet<_> =
        reasons.chain(errors).chain(["request-headers-repeated", "row-leaves-something-out"]).collect();
    assert_eq!(documented().difference(&codes).collect::<Vec<_>>(), Vec::<&&str>::new());
}

fn judge(row: &Row, report: &mut Report) {
    let name = &row.name;
    match &row.case {
        Case::Decision { policy, request, app, outer, expect } => {
            let Some(expected) = expect.browser else { return };
            let policy = policy.as_ref();
            let built = policy.map(|policy| policy.config().build());
            let found = browser(built.as_ref().and_then(|built| built.as_ref().ok()), request, app, outer);
            let rule = match (&built, policy) {
                (Some(Err(errors)), _) => stricter_build(errors),
                (Some(Ok(built)), Some(policy)) => {
                    let lines: Vec<_> = flat(&request.headers).collect();
                    stricter_answer(policy, request, built.answer(request.method.as_bytes(), &lines).reason())
                }
                _ => None,
            };
            report.agree(name, found == expected, rule);
        }
        Case::Policy { policy, expect } => {
            let raw = policy.config().origins(policy.origins.or_mirrored(&["*"]));
            let built = raw.build();
            let rule = built.as_ref().err().and_then(stricter_build);
            report.agree(name, built.is_ok() == expect.valid, rule);
        }
        Case::OriginPattern { pattern, expect } => {
            let parsed = pattern.parse::<OriginPattern>();
            let rebuilt = expect.scheme.as_ref().zip(expect.host.as_ref());
            let same_text = rebuilt.is_none_or(|(scheme, host)| {
                let rest = pattern.strip_prefix(scheme.as_str()).and_then(|rest| rest.strip_prefix("://"));
                rest.is_some_and(|rest| rest.trim_start_matches('[').starts_with(host.as_str()))
            });
            report.agree(name, parsed.is_ok() == expect.valid && same_text, None);
        }
        Case::OriginRisk { pattern, expect } => {
            let pattern: OriginPattern = pattern.parse().expect(name);
            let insecure = expect.insecure.is_none_or(|insecure| insecure == pattern.is_insecure());
            let suffix = expect.public_suffix.is_none_or(|suffix| suffix == pattern.covers_public_suffix());
            report.agree(name, insecure && suffix, None);
        }
        Case::OriginMatch { patterns, origin, expect } => {
            // An empty list is no policy; null keeps it one that lists nobody.
            let config = PolicyConfig::new().origins(patterns.clone()).null_origin(true);
            let policy = config.dangerous_public_suffix_subdomains(true).build().expect(name);
            let reason = policy.answer(b"GET", &[("origin", origin)]).reason();
            let rule = Some(reason.code()).filter(|code| !reason.allows() && documented().contains(code));
            report.agree(name, reason.allows() == expect.r#match, rule);
        }
        Case::Acrh { allowed, lines, expect } => {
            let config = PolicyConfig::new().origins(["https://a.example"]).request_headers(allowed.clone());
            let policy = config.build().expect(name);
            let mut headers = vec![("origin", "https://a.example"), ("access-control-request-method", "GET")];
            headers.extend(lines.iter().map(|line| ("access-control-request-headers", line.as_str())));
            let accepted = policy.answer(b"OPTIONS", &headers).reason().allows();
            let names: Vec<_> = lines.iter().flat_map(|line| line.split(',')).map(str::trim).collect();
            let repeats = names.windows(2).any(|pair| pair[0] == pair[1] && !pair[0].is_empty());
            let rule = (accepted && repeats).then_some("request-headers-repeated");
            report.agree(name, accepted == expect.accept, rule);
        }
    }
}

/// Whether a browser would pass the preflight, or let script read, without and with credentials.
fn browser(policy: Option<&Policy>, request: &Request, app: &Response, outer: &Response) -> Browser {
    let lines: Vec<(&str, &str)> = flat(&request.headers).collect();
    let value = |name: &str| lines.iter().find(|(line, _)| *line == name).map_or("", |(_, value)| value);
    let (status, headers) = exchange(policy, request, &lines, app, outer);
    let origin = value("origin").as_bytes();
    let is_preflight =
        request.method == "OPTIONS" && request.headers.contains_key("access-control-request-method");
    let names: Vec<Vec<u8>> = lines
        .iter()
        .filter(|(name, _)| *name == "access-control-request-headers")
        .flat_map(|(_, value)| value.split(','))
        .map(|name| name.trim().to_ascii_lowercase().into_bytes())
        .filter(|name| !name.is_empty())
        .collect();
    let method = value("access-control-request-method").as_bytes();
    let reads = |include| match is_preflight {
        true => naive::preflight_passes(origin, include, method, &names, status, &headers),
        false => naive::cors_check(origin, include, &headers),
    };
    Browser { omit: reads(false), include: reads(true) }
}

fn exchange(
    policy: Option<&Policy>,
    request: &Request,
    lines: &[(&str, &str)],
    app: &Response,
    outer: &Response,
) -> (u16, naive::Headers) {
    let owned = |(name, value): (&str, &str)| (name.to_owned(), value.as_bytes().to_vec());
    let mut headers: naive::Headers = flat(&outer.headers).map(owned).collect();
    let answer = policy.map(|policy| policy.answer(request.method.as_bytes(), lines));
    let status = match answer.as_ref().map_or(Action::Pass, cors_engine::Answer::action) {
        Action::Respond { status } => status,
        Action::Pass => {
            headers.extend(flat(&app.headers).map(owned));
            app.status.unwrap_or(200)
        }
    };
    for operation in answer.iter().flat_map(cors_engine::Answer::operations) {
        match operation {
            Operation::Remove { name } => headers.retain(|(line, _)| line != name),
            Operation::Add { name, value } => headers.push((name.to_owned(), value.to_vec())),
            Operation::Vary { name } => {
                let vary = headers.iter().filter(|(line, _)| line == "vary").map(|(_, value)| &**value);
                if !vary_lists(vary, name) {
                    headers.push(("vary".to_owned(), name.as_bytes().to_vec()));
                }
            }
        }
    }
    (status, headers)
}

fn flat(headers: &HeaderLines) -> impl Iterator<Item = (&str, &str)> {
    headers.iter().flat_map(|(name, values)| values.iter().map(|value| (name.as_str(), value.as_str())))
}

/// The rule by which a policy that a peer takes does not build here: a documented error.
fn stricter_build(errors: &ConfigErrors) -> Option<&'static str> {
    errors.as_slice().iter().map(|error| error.code.code()).find(|code| documented().contains(code))
}

/// The rule by which a request that a peer allows is refused here: the documented reason of the answer. The
/// other way round, only a row that contradicts itself is excused.
fn stricter_answer(policy: &PeerPolicy, request: &Request, reason: AnswerReason) -> Option<&'static str> {
    if !reason.allows() {
        return Some(reason.code()).filter(|code| documented().contains(code));
    }
    let first = |name: &str| request.headers.get(name).and_then(|lines| lines.first()).map(String::as_str);
    let lists_origin =
        policy.origins.or_mirrored(&[]).iter().any(|origin| Some(origin.as_str()) == first("origin"));
    let method = first("access-control-request-method").unwrap_or("GET");
    let asks_for_nothing = ["GET", "HEAD", "POST"].contains(&method)
        && first("access-control-request-headers").is_none_or(str::is_empty);
    (lists_origin && asks_for_nothing).then_some("row-leaves-something-out")
}

/// The rules that the document gives a reason for.
fn documented() -> BTreeSet<&'static str> {
    DOCUMENT.lines().filter_map(|line| line.strip_prefix("## `")?.strip_suffix('`')).collect()
}
