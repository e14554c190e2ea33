//! The [Public Suffix List](https://publicsuffix.org): below which names anybody can register one.
//!
//! The list is kept as one small table, `public_suffixes.bin`, since compiled into code it is larger than the
//! rest of the engine. `tests/public-suffixes` writes the table from the list that comes with the crate `psl`,
//! and the tests below hold every rule of the table against that crate.
//!
//! The table is a tree of labels, from the right: each node is a byte with the length of its label and two
//! flags, the label, and, if it has children, their size in two bytes and they themselves, sorted. A label `*`
//! stands for every label, and one that begins with `!` for an exception from that.

static TABLE: &[u8] = include_bytes!("public_suffixes.bin");

/// The flag of a node that ends a rule.
const IS_RULE: u8 = 0x80;
/// The flag of a node that has children.
const HAS_CHILDREN: u8 = 0x40;
/// The bits of the label's length.
const LABEL_LENGTH: u8 = 0x3F;

/// Whether `name` is on the list, and all of it a public suffix.
pub(crate) fn is_public_suffix(name: &str) -> bool {
    matches!(longest_rule(name), Some(start) if start == 0 && !name.is_empty())
}

/// The registrable domain of `name`: its public suffix and one label more. `None` if there is no label more.
pub(crate) fn registrable_domain(name: &str) -> Option<&str> {
    let name = name.strip_suffix('.').unwrap_or(name);
    // Where no rule matches, the rule is `*`.
    let suffix = longest_rule(name).unwrap_or_else(|| name.rfind('.').map_or(0, |dot| dot + 1));
    let label_end = suffix.checked_sub(".".len())?;
    let label = &name[..label_end];
    let start = label.rfind('.').map_or(0, |dot| dot + 1);
    (start < label_end).then_some(&name[start..])
}

/// Where the public suffix begins that the longest rule for `name` gives it.
fn longest_rule(name: &str) -> Option<usize> {
    let mut found = None;
    let mut siblings = TABLE;
    let mut end = name.len();
    loop {
        let start = name[..end].rfind('.').map_or(0, |dot| dot + 1);
        let label = &name.as_bytes()[start..end];
        let mut exact = None;
        for node in (Nodes { rest: siblings }) {
            match node.label {
                [b'!', exception @ ..] if exception == label => return Some(end + 1),
                [b'!', ..] => {}
                b"*" => found = Some(start),
                sibling if sibling < label => {}
                sibling => {
                    exact = Some(node).filter(|_| sibling == label);
                    break;
                }
            }
        }
        if exact.as_ref().is_some_and(|node| node.is_rule) {
            found = Some(start);
        }
        // No rule goes on to the left of a star.
        match exact {
            Some(node) if start > 0 => (siblings, end) = (node.children, start - 1),
            _ => return found,
        }
    }
}

/// A label, and the labels that can stand before it.
struct Node<'t> {
    label: &'t [u8],
    is_rule: bool,
    children: &'t [u8],
}

/// Nodes beside each other.
struct Nodes<'t> {
    rest: &'t [u8],
}

impl<'t> Iterator for Nodes<'t> {
    type Item = Node<'t>;

    fn next(&mut self) -> Option<Node<'t>> {
        let (head, rest) = self.rest.split_first()?;
        let (label, rest) = rest.split_at_checked(usize::from(head & LABEL_LENGTH))?;
        let (children, rest) = match rest {
            [low, high, rest @ ..] if head & HAS_CHILDREN != 0 => {
                rest.split_at_checked(usize::from(u16::from_le_bytes([*low, *high])))?
            }
            _ => (&[][..], rest),
        };
        self.rest = rest;
        Some(Node { label, is_rule: head & IS_RULE != 0, children })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::collections::BTreeSet;
    use alloc::format;
    use alloc::string::String;

    /// Every rule of the table, its labels from left to right.
    fn rules() -> BTreeSet<String> {
        fn collect(siblings: &[u8], parent: &str, rules: &mut BTreeSet<String>) {
            for node in (Nodes { rest: siblings }) {
                let label = core::str::from_utf8(node.label).unwrap();
                let rule = if parent.is_empty() { label.into() } else { format!("{label}.{parent}") };
                collect(node.children, &rule, rules);
                if node.is_rule {
                    rules.insert(rule);
                }
            }
        }
        let mut rules = BTreeSet::new();
        collect(TABLE, "", &mut rules);
        rules
    }

    /// Whether a rule's star covers `name` while longer rules go on from it: the crate overlooks the star
    /// there, and the [algorithm of the list](https://github.com/publicsuffix/list/wiki/Format) does not.
    fn crate_overlooks_star(name: &str, rules: &BTreeSet<String>) -> bool {
        let (_, parent) = name.split_once('.').unwrap_or_default();
        let goes_on = format!(".{name}");
        rules.contains(&format!("*.{parent}")) && rules.iter().any(|rule| rule.ends_with(&goes_on))
    }

    fn assert_twin(name: &str, rules: &BTreeSet<String>) {
        let suffix = psl::suffix(name.as_bytes());
        let is_suffix =
            suffix.is_some_and(|suffix| suffix.is_known() && suffix.as_bytes() == name.as_bytes());
        let found = (is_public_suffix(name), registrable_domain(name));
        if found != (is_suffix, psl::domain_str(name)) {
            assert!(found == (true, None) && crate_overlooks_star(name, rules), "{name}: {found:?}");
        }
    }

    #[test]
    fn every_rule_is_the_crates() {
        let rules = rules();
        assert!(rules.len() > 10_000);
        for rule in &rules {
            let name = rule.replace(['!', '*'], "x");
            let stem = rule.trim_start_matches(['!', '*', '.']);
            for name in [&name, stem] {
                assert_twin(name, &rules);
                assert_twin(&format!("a.{name}"), &rules);
                assert_twin(&format!("b.a.{name}"), &rules);
                assert_twin(&format!("c.b.a.{name}"), &rules);
                assert_twin(&format!("x{name}"), &rules);
            }
        }
    }

    #[test]
    fn names_that_no_rule_names_are_judged_as_by_the_crate() {
        for name in ["a", "localhost", "b.localhost", "a.b.example", "www.ck", "x.www.ck", "city.kobe.jp"] {
            assert_twin(name, &BTreeSet::new());
        }
        assert_eq!(registrable_domain("a.b.co.uk."), Some("b.co.uk"));
        assert!(!is_public_suffix(""));
    }
}
