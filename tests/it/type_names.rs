//! A type name means one thing in the whole tree: whoever searches for it finds it once.

use std::collections::BTreeMap;

use crate::layering::{name, root, sources};

/// Names that are defined more than once, and why each of them may be.
const SHARED: &[(&str, &str)] = &[
    ("Certificate", "of a bill, and of a key"),
    ("Column", "of a merchant's file; of a table on screen"),
    ("Fault", "the same for APIv2 and APIv3"),
    ("Way", "two files for one module, chosen by the system"),
];

/// The name of the type that a line begins to define.
fn defined(line: &str) -> Option<&str> {
    let mut words = line.split_whitespace();
    let mut word = words.next()?;
    if word.starts_with("pub") {
        // `pub(in path)` is not used here.
        word = words.next()?;
    }
    let is_alias = word == "type" && !line.starts_with(' ');
    if !is_alias && !matches!(word, "struct" | "enum" | "trait" | "union") {
        return None;
    }
    let rest = words.next()?;
    let end = rest.find(|sign: char| !sign.is_alphanumeric() && sign != '_');
    let name = rest.get(..end.unwrap_or(rest.len()))?;
    name.starts_with(|sign: char| sign.is_ascii_uppercase())
        .then_some(name)
}

#[test]
fn a_type_name_is_defined_once() {
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for folder in ["src", "crates", "tests", "benches", "examples"] {
        for path in sources(&root().join(folder)) {
            let text = std::fs::read_to_string(&path).unwrap();
            for (nth, line) in text.lines().enumerate() {
                if let Some(defined) = defined(line) {
                    let place = format!("{}:{}", name(&path), nth + 1);
                    places.entry(defined.to_owned()).or_default().push(place);
                }
            }
        }
    }
    assert!(
        places.len() > 1000,
        "only {} types were found",
        places.len()
    );
    let twice: Vec<&str> = places
        .iter()
        .filter(|(_, places)| places.len() > 1)
        .map(|(name, _)| name.as_str())
        .collect();
    let allowed: Vec<&str> = SHARED.iter().map(|(name, _)| *name).collect();
    let new: Vec<String> = twice
        .iter()
        .filter(|name| !allowed.contains(name))
        .map(|name| format!("{name}: {}", places[*name].join(", ")))
        .collect();
    assert!(
        new.is_empty(),
        "defined more than once:\n{}",
        new.join("\n")
    );
    let gone: Vec<&&str> = allowed
        .iter()
        .filter(|name| !twice.contains(name))
        .collect();
    assert!(
        gone.is_empty(),
        "allowed, and no longer defined twice: {gone:?}"
    );
}

#[test]
fn definitions_are_found_in_all_their_forms() {
    assert_eq!(defined("pub(super) struct Row<'a> {"), Some("Row"));
    assert_eq!(defined("    enum Part;"), Some("Part"));
    assert_eq!(defined("pub trait Watch: Sync {"), Some("Watch"));
    assert_eq!(defined("type Mistake = (u8, u8);"), Some("Mistake"));
    assert_eq!(defined("    type Err = u8;"), None);
    assert_eq!(defined("/// struct Row"), None);
    assert_eq!(defined("let structure = Row;"), None);
}
