//! Policy documents: what they say, and what they say wrongly. Every mistake has its place and advice, and
//! nothing panics.
#![cfg(feature = "config")]

use cors_engine::PolicyConfig;
use cors_engine::server::document::PolicyDocument;
use cors_engine::server::{
    AnswerReason, ConfigError, ConfigErrorCode, ConfigErrors, FindingCode, Position, RefusedPreflight,
};
use proptest::prelude::*;

const EVERY_KEY: &str = r#"
origins = ["https://app.example", "https://*.app.example", "http://localhost:*"]
null_origin = true
credentials = true
methods = ["PUT", "DELETE"]
request_headers = ["authorization", "content-type"]
expose_headers = ["x-request-id"]
max_age = 600
timing_allow_origins = ["https://rum.example"]
preflight_status = 200
refused_preflight = "bare"
dangerous_reflect_any_origin_with_credentials = false
dangerous_null_origin_with_credentials = true
dangerous_insecure_origins_with_credentials = false
dangerous_public_suffix_subdomains = false

[env.staging]
origins = ["https://staging.example"]
credentials = false
null_origin = false
"#;

fn every_key() -> PolicyConfig {
    PolicyConfig::new()
        .origins(["https://app.example", "https://*.app.example", "http://localhost:*"])
        .null_origin(true)
        .credentials(true)
        .methods(["PUT", "DELETE"])
        .request_headers(["authorization", "content-type"])
        .expose_headers(["x-request-id"])
        .max_age(600)
        .timing_allow_origins(["https://rum.example"])
        .preflight_status(200)
        .refused_preflight(RefusedPreflight::Bare)
        .dangerous_null_origin_with_credentials(true)
}

/// The same document in JSON.
fn to_json(toml: &str) -> String {
    let table: toml::Table = toml.parse().unwrap();
    serde_json::to_string_pretty(&table).unwrap()
}

fn canonical(config: PolicyConfig) -> PolicyConfig {
    config.build().unwrap().config()
}

fn first(result: Result<impl Sized, ConfigErrors>) -> ConfigError {
    result.err().expect("an error").into_iter().next().unwrap()
}

fn at(line: u32, column: u32) -> Option<Position> {
    Some(Position { line, column })
}

#[test]
fn both_languages_say_what_the_builder_says() {
    let documents = [PolicyDocument::from_toml(EVERY_KEY), PolicyDocument::from_json(&to_json(EVERY_KEY))];
    for document in documents.map(Result::unwrap) {
        assert_eq!(canonical(document.config(None).unwrap()), canonical(every_key()));
        let staging = every_key_in_staging();
        assert_eq!(canonical(document.config(Some("staging")).unwrap()), canonical(staging));
    }
}

fn every_key_in_staging() -> PolicyConfig {
    PolicyConfig::new()
        .origins(["https://staging.example"])
        .methods(["PUT", "DELETE"])
        .request_headers(["authorization", "content-type"])
        .expose_headers(["x-request-id"])
        .max_age(600)
        .timing_allow_origins(["https://rum.example"])
        .preflight_status(200)
        .refused_preflight(RefusedPreflight::Bare)
        .dangerous_null_origin_with_credentials(true)
}

#[test]
fn a_policy_reads_back_through_serde() {
    let config = canonical(every_key());
    let text = serde_json::to_string(&config).unwrap();
    assert_eq!(serde_json::from_str::<PolicyConfig>(&text).unwrap(), config);
    assert_eq!(canonical(toml::from_str(&toml::to_string(&config).unwrap()).unwrap()), config);
    let error = serde_json::from_str::<PolicyConfig>(r#"{"origin": [], "max_age": true}"#).unwrap_err();
    let words = error.to_string();
    assert!(words.contains("write origins") && words.contains("max_age"), "{words}");
}

#[test]
fn a_value_of_the_wrong_type_has_a_place_and_advice() {
    let values = ["true", "7", "7.5", "\"text\"", "[]", "[7]", "{}", "[[]]", "\"7\"", "\"true\"", "null"];
    let takes = |key: &str, value: &str| match key {
        "origins" | "methods" | "request_headers" | "expose_headers" | "timing_allow_origins" => {
            value == "[]"
        }
        "max_age" | "preflight_status" => value == "7",
        "refused_preflight" => false,
        _ => value == "true",
    };
    let keys = EVERY_KEY
        .lines()
        .take_while(|line| !line.starts_with("[env"))
        .filter_map(|line| line.split_once(" = "));
    for (key, _) in keys {
        for value in values {
            let json = format!("{{\n  \"{key}\": {value}}}");
            let toml = format!("{key} = {value}");
            let fine = takes(key, value);
            let checked =
                |result: Result<PolicyDocument, ConfigErrors>, expected: Option<Position>| match result {
                    Ok(_) => assert!(fine || value == "null", "{key} = {value} is taken"),
                    Err(errors) => {
                        let error = &errors.as_slice()[0];
                        assert!(!fine, "{errors}");
                        assert_eq!(error.code, ConfigErrorCode::WrongType, "{errors}");
                        assert!(error.key.starts_with(key) && error.advice.contains("write"), "{errors}");
                        if !error.key.ends_with(']') {
                            assert_eq!(error.position, expected, "{errors}");
                        }
                    }
                };
            let column = u32::try_from(key.len()).unwrap();
            checked(PolicyDocument::from_json(&json), at(2, column + 7));
            if value != "null" {
                checked(PolicyDocument::from_toml(&toml), at(1, column + 4));
            }
        }
    }
}

#[test]
fn mistakes_in_an_environment_nobody_chose_are_found_too() {
    let errors =
        PolicyDocument::from_toml("[env.a]\nmax_age = 'x'\n[env.b]\norigin = []\n[env]\nc = 1").unwrap_err();
    let found: Vec<_> = errors.as_slice().iter().map(|error| (error.key.as_str(), error.code)).collect();
    let expected = [
        ("env.a.max_age", ConfigErrorCode::WrongType),
        ("env.b.origin", ConfigErrorCode::UnknownKey),
        ("env.c", ConfigErrorCode::WrongType),
    ];
    assert_eq!(found, expected);
    assert_eq!(first(PolicyDocument::from_json("{\"env\": 7}")).key, "env");
    assert_eq!(first(PolicyDocument::from_json("{\"env\": {\"a\": {\"env\": {}}}}")).key, "env.a.env");
}

#[test]
fn unknown_keys_are_met_with_the_key_that_was_meant() {
    for (written, meant) in [
        ("origin", "origins"),
        ("Origins", "origins"),
        ("credential", "credentials"),
        ("max-age", "max_age"),
        ("maxage", "max_age"),
        ("requestHeaders", "request_headers"),
        ("exposed_headers", "expose_headers"),
    ] {
        let error = first(PolicyDocument::from_json(&format!("{{\"{written}\": []}}")));
        assert_eq!((error.code, error.position), (ConfigErrorCode::UnknownKey, at(1, 2)));
        assert_eq!(error.advice, format!("there is no such key: write {meant}"));
    }
    assert!(first(PolicyDocument::from_toml("zebra = 1")).advice.contains("the keys are origins, "));
}

#[test]
fn duplicate_keys_are_found_where_the_second_stands() {
    let error = first(PolicyDocument::from_json("{\"max_age\": 1,\n \"max_age\": 2}"));
    assert_eq!((error.code, error.position), (ConfigErrorCode::DuplicateKey, at(2, 2)));
    let error = first(PolicyDocument::from_toml("max_age = 1\nmax_age = 2"));
    assert_eq!((error.code, error.position), (ConfigErrorCode::DuplicateKey, at(2, 1)));
    let error = first(PolicyDocument::from_json("{\"env\": {\"a\": {\"max_age\": 1, \"max_age\": 2}}}"));
    assert_eq!(error.key, "env.a.max_age");
}

#[test]
fn errors_of_the_policy_itself_have_places_counted_in_characters() {
    let json = "{\"origins\": [\"https://é.example\", \"https://ü.example/\"],\n\"max_age\": -1}";
    let errors = PolicyDocument::from_json(json).unwrap().config(None).unwrap().build().unwrap_err();
    let found: Vec<_> =
        errors.as_slice().iter().map(|error| (error.code, error.key.as_str(), error.position)).collect();
    let expected = [
        (ConfigErrorCode::OriginNotSerialized, "origins[0]", at(1, 14)),
        (ConfigErrorCode::OriginNotSerialized, "origins[1]", at(1, 35)),
        (ConfigErrorCode::MaxAgeOutOfRange, "max_age", at(2, 12)),
    ];
    assert_eq!(found, expected);
    assert!(errors.as_slice()[0].advice.starts_with("a browser writes such a host in Punycode"));
}

#[test]
fn a_megabyte_of_origins_is_read_and_every_bad_one_found() {
    let lines = |last: &str| -> String {
        (0..30_000)
            .map(|tenant| format!("  \"https://tenant{tenant:05}.example.com{last}\""))
            .collect::<Vec<_>>()
            .join(",\n")
    };
    let good = format!("origins = [\n{}\n]", lines(""));
    assert!(good.len() > 1_000_000);
    let policy = PolicyDocument::from_toml(&good).unwrap().config(None).unwrap().build().unwrap();
    assert!(policy.answer(b"GET", &[("Origin", "https://tenant29999.example.com")]).reason().allows());

    let bad = format!("{{\"origins\": [\n{}\n]}}", lines("/"));
    let errors = PolicyDocument::from_json(&bad).unwrap().config(None).unwrap().build().unwrap_err();
    assert_eq!(errors.as_slice().len(), 30_000);
    let last = &errors.as_slice()[29_999];
    assert_eq!((last.key.as_str(), last.position), ("origins[29999]", at(30_001, 3)));
    assert!(last.advice.ends_with("write https://tenant29999.example.com"));

    let one_line = bad.replace('\n', "");
    let errors = PolicyDocument::from_json(&one_line).unwrap().config(None).unwrap().build().unwrap_err();
    assert_eq!(errors.as_slice().len(), 30_000);
}

#[test]
fn a_document_cut_off_anywhere_is_refused_with_a_place() {
    let json = to_json(EVERY_KEY);
    for end in (0..json.len()).filter(|&end| json.is_char_boundary(end)) {
        let error = first(PolicyDocument::from_json(&json[..end]));
        assert_eq!(error.code, ConfigErrorCode::Syntax);
        assert!(error.position.is_some());
    }
    for end in 0..EVERY_KEY.len() {
        if let Err(errors) = PolicyDocument::from_toml(&EVERY_KEY[..end]) {
            assert!(errors.as_slice().iter().all(|error| error.position.is_some()), "{errors}");
        }
    }
}

#[test]
fn nesting_and_size_do_not_hurt() {
    for hostile in ["[", "{\"a\":", "{\"env\":{\"a\":", "\"", "[7,", "\\u"] {
        let text = hostile.repeat(1_000_000 / hostile.len());
        assert!(PolicyDocument::from_json(&text).is_err());
        assert!(PolicyDocument::from_toml(&text).is_err());
        assert!(PolicyDocument::from_toml(&format!("a = {text}")).is_err());
    }
    let keys: String = (0..20_000).map(|key| format!("key{key} = 1\n")).collect();
    assert_eq!(PolicyDocument::from_toml(&keys).unwrap_err().as_slice().len(), 20_000);
}

#[test]
fn what_is_not_json_has_its_place_in_characters() {
    let place = |text: &str| {
        let error = first(PolicyDocument::from_json(text));
        let Position { line, column } = error.position.unwrap();
        (error.code.code(), line, column)
    };
    assert_eq!(place("{\"origins\": é}"), ("syntax", 1, 13));
    assert_eq!(place("{\"é\": 1, \"ü\": x}"), ("syntax", 1, 15));
    assert_eq!(place("{\n  \"é"), ("syntax", 2, 4));
    assert_eq!(place("{\"methods\": [\"é\",\n \"\\ud800\"]}"), ("syntax", 2, 9));
    assert_eq!(place(""), ("syntax", 1, 1));
}

#[test]
fn documents_nested_without_end_are_refused() {
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    let objects = "{\"a\":".repeat(100_000) + "1" + &"}".repeat(100_000);
    for nested in [&deep, &objects] {
        assert!(PolicyDocument::from_json(nested).is_err());
        assert!(PolicyDocument::from_json(&format!("{{\"origins\": {nested}}}")).is_err());
        assert!(PolicyDocument::from_json(&format!("{{\"env\": {{\"a\": {nested}}}}}")).is_err());
    }
    assert!(PolicyDocument::from_toml(&format!("origins = {deep}")).is_err());
    assert!(PolicyDocument::from_toml(&"[a".repeat(100_000)).is_err());
    assert!(PolicyDocument::from_toml(&format!("{} = 1", "a.".repeat(100_000) + "a")).is_err());
}

proptest! {
    #[test]
    fn no_text_panics(text in "\\PC{0,200}", keys in "(origins|env|max_age|[\\[\\]{}\",:= 0-9a-z\n]){0,60}") {
        for text in [&text, &keys] {
            for document in [PolicyDocument::from_toml(text), PolicyDocument::from_json(text)] {
                let outcome = document.and_then(|document| document.config(None)?.build());
                if let Err(errors) = outcome {
                    prop_assert!(errors.as_slice().iter().all(|error| !error.advice.is_empty()));
                }
            }
        }
    }

    #[test]
    fn no_value_panics(origin in "\\PC{0,40}", method in "\\PC{0,10}", header in "\\PC{0,20}", number in any::<u32>()) {
        let config = PolicyConfig::new()
            .origins([origin.as_str(), &format!("https://{origin}"), &format!("https://*.{origin}:*")])
            .methods([method.as_str()])
            .request_headers([header.as_str()])
            .expose_headers([header.as_str()])
            .timing_allow_origins([origin.as_str()])
            .max_age(number)
            .credentials(number % 2 == 0);
        if let Err(errors) = config.build() {
            prop_assert!(!errors.to_string().is_empty());
        }
    }
}

#[test]
fn the_page_about_policies_has_every_key_and_every_code() {
    let page = include_str!("../docs/policies.md");
    let keys = EVERY_KEY
        .lines()
        .take_while(|line| !line.starts_with("[env"))
        .filter_map(|line| line.split_once(" = "));
    for (key, _) in keys {
        assert!(page.contains(&format!("| `{key}` |")), "{key}");
    }
    let reasons =
        AnswerReason::ALL.iter().map(|reason| format!("| `{}` | {} |", reason.code(), reason.words()));
    let errors = ConfigErrorCode::ALL.iter().map(|code| format!("| `{}` | {} |", code.code(), code.words()));
    let findings = FindingCode::ALL
        .iter()
        .map(|code| format!("| `{}` | {} | {} |", code.code(), code.kind().as_str(), code.words()));
    for row in reasons.chain(errors).chain(findings) {
        assert!(page.contains(&row), "{row}");
    }
}

#[test]
fn a_key_that_is_unknown_hides_no_other_mistake() {
    let document = "origins = [\"https://a.example/\"]\nmethods = \"PUT\"\norgins = 3\n";
    let errors = PolicyDocument::from_toml(document).unwrap_err();
    let found: Vec<_> =
        errors.as_slice().iter().map(|error| (error.key.as_str(), error.code.code())).collect();
    assert_eq!(found.len(), 3, "{found:?}");
    assert_eq!(found[0].0, "origins[0]");
    assert_eq!(found[1], ("methods", "wrong-type"));
    assert_eq!(found[2], ("orgins", "unknown-key"));
}
