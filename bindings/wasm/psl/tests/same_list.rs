//! Every name has the suffix and the registrable domain that the crate psl gives it.

/// The rules as they are written, with `*` where any label stands.
fn rules() -> impl Iterator<Item = String> {
    let reversed = include_str!(concat!(env!("OUT_DIR"), "/rules.txt"));
    reversed.lines().map(|rule| rule.split('.').rev().collect::<Vec<_>>().join("."))
}

fn assert_same(name: &str) {
    let told = |suffix: Option<psl_types::Suffix<'_>>| {
        suffix.map(|suffix| (suffix.as_bytes().to_vec(), suffix.is_known()))
    };
    assert_eq!(told(psl::suffix(name.as_bytes())), told(psl_as_code::suffix(name.as_bytes())), "{name}");
    assert_eq!(psl::domain_str(name), psl_as_code::domain_str(name), "{name}");
}

#[test]
fn names_at_every_rule_are_told_the_same() {
    for rule in rules() {
        let plain = rule.replace('!', "");
        for name in [plain.replace("*.", ""), plain.replace('*', "any")] {
            for around in [
                name.clone(),
                format!("a.{name}"),
                format!("b.a.{name}"),
                format!("c.b.a.{name}"),
                format!("{name}."),
            ] {
                assert_same(&around);
            }
            if let Some((_, parent)) = name.split_once('.') {
                assert_same(parent);
                assert_same(&format!("x.{parent}"));
            }
        }
    }
}

#[test]
fn odd_names_are_told_the_same() {
    for name in [
        "",
        ".",
        "..",
        "com",
        "a..com",
        ".com",
        "com.",
        "localhost",
        "a.b.unknown",
        "*.ck",
        "!www.ck",
        "A.COM",
        "-",
    ] {
        assert_same(name);
    }
}
