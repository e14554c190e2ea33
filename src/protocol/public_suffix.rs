//! The [Public Suffix List](https://publicsuffix.org): below which names anybody can register one.
//!
//! The list is kept as one small table, `public_suffixes.bin`, since compiled into code it is larger than the
//! rest of the engine. `tests/public-suffixes` writes the table from the list that comes with the crate `psl`,
//! and the tests below hold every rule of the table against that crate.
//!
//! The table is a tree of labels, from the right. Labels beside each other are sorted and follow one another; each
//! is a byte above 0x7F with three flags and how much it shares with the label before; if it has children, the place
//! of their list in two bytes; and the rest of it. A label `*` stands for every label, and one that begins with `!`
//! for an exception from that. But for the places, all of this is written in codes: a code is a byte that stands for
//! one of the 256 texts that make the table shortest.
//!
//! Before the labels stand the places of the lists of top-level domains, by their first letter; where each code's
//! text begins, and where the last one ends; and the texts. Places take two bytes, the low one first.

use super::serialized_origin::LABEL_LIMIT;

static TABLE: &[u8] = include_bytes!("public_suffixes.bin");

/// What the first byte of a label has in any case.
const HEAD: u8 = 0x80;
/// The flag of a label that ends a rule.
const IS_RULE: u8 = 0x40;
/// The flag of a label that has children.
const HAS_CHILDREN: u8 = 0x20;
/// The flag of the last of its siblings.
const IS_LAST: u8 = 0x10;
/// The bits of how many bytes a label shares with the one before.
const SHARED: u8 = 0x07;

/// Where the texts of codes are told, and where these are.
const CODES: usize = 2 * LETTERS;
const TEXTS: usize = CODES + 2 * 257;
const LETTERS: usize = 26;

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
    let mut siblings = Nodes::top_level(name)?;
    let mut end = name.len();
    loop {
        let start = name[..end].rfind('.').map_or(0, |dot| dot + 1);
        let label = &name.as_bytes()[start..end];
        let mut exact = None;
        while let Some(node) = siblings.next() {
            match siblings.label() {
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
        match exact.and_then(|node| node.children) {
            Some(children) if start > 0 => (siblings, end) = (Nodes::at(children), start - 1),
            _ => return found,
        }
    }
}

/// A label that stands beside others.
struct Node {
    is_rule: bool,
    /// The place of the labels that can stand before it.
    children: Option<usize>,
}

/// Labels beside each other. Each is read onto the one before.
struct Nodes {
    /// What is left of the last code's text.
    text: &'static [u8],
    codes: &'static [u8],
    is_over: bool,
    label: [u8; LABEL_LIMIT],
    length: usize,
}

impl Nodes {
    /// The top-level domains that begin as that of `name` does.
    fn top_level(name: &str) -> Option<Self> {
        let label = name.rsplit('.').next()?.as_bytes();
        let initial = usize::from(label.first()?.checked_sub(b'a')?);
        (initial < LETTERS).then(|| Nodes::at(number(2 * initial)))
    }

    /// The list at a place.
    fn at(place: usize) -> Self {
        let labels = TEXTS + number(TEXTS - 2);
        let codes = &TABLE[labels + place..];
        Nodes { text: &[], codes, is_over: false, label: [0; LABEL_LIMIT], length: 0 }
    }

    /// The label of the last node.
    fn label(&self) -> &[u8] {
        &self.label[..self.length]
    }

    fn next(&mut self) -> Option<Node> {
        if self.is_over {
            return None;
        }
        let head = self.peek()?;
        self.text = &self.text[1..];
        self.is_over = head & IS_LAST != 0;
        let mut children = None;
        // The place of children stands between codes.
        if let ([low, high, after @ ..], true) = (self.codes, head & HAS_CHILDREN != 0) {
            (children, self.codes) = (Some(usize::from(u16::from_le_bytes([*low, *high]))), after);
        }
        self.length = usize::from(head & SHARED);
        while let Some(byte) = self.peek().filter(|byte| byte & HEAD == 0) {
            self.text = &self.text[1..];
            *self.label.get_mut(self.length)? = byte;
            self.length += 1;
        }
        Some(Node { is_rule: head & IS_RULE != 0, children })
    }

    /// The next byte of what the codes stand for.
    fn peek(&mut self) -> Option<u8> {
        if self.text.is_empty() {
            let (&code, after) = self.codes.split_first()?;
            let at = CODES + 2 * usize::from(code);
            (self.text, self.codes) = (&TABLE[TEXTS + number(at)..TEXTS + number(at + 2)], after);
        }
        self.text.first().copied()
    }
}

/// The number that stands in two bytes at a place.
fn number(at: usize) -> usize {
    usize::from(u16::from_le_bytes([TABLE[at], TABLE[at + 1]]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::collections::BTreeSet;
    use alloc::format;
    use alloc::string::String;

    /// Every rule of the table, its labels from left to right.
    fn rules() -> BTreeSet<String> {
        fn collect(mut siblings: Nodes, parent: &str, rules: &mut BTreeSet<String>) {
            while let Some(node) = siblings.next() {
                let label = core::str::from_utf8(siblings.label()).unwrap();
                let rule = if parent.is_empty() { label.into() } else { format!("{label}.{parent}") };
                if let Some(children) = node.children {
                    collect(Nodes::at(children), &rule, rules);
                }
                if node.is_rule {
                    rules.insert(rule);
                }
            }
        }
        let mut rules = BTreeSet::new();
        for initial in 'a'..='z' {
            collect(Nodes::top_level(&format!("{initial}")).unwrap(), "", &mut rules);
        }
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
