//! What the window says names its own screens and buttons: a command of the terminal stands in no sentence that a person
//! reads there. Sentences that differ by place are made by `Advice::by_place`, the terminal's first.

use std::path::{Path, PathBuf};

/// Where words are read on the terminal, in a file or by a program, and by nobody in the window.
const ELSEWHERE: [(&str, &str); 13] = [
    ("crates/app/src/schedule.rs", "lines for a scheduler"),
    (
        "crates/app/src/jobs/refund/batch_file.rs",
        "the file is written on the terminal",
    ),
    (
        "crates/app/src/jobs/signed_day.rs",
        "told by the scheduler and the terminal",
    ),
    (
        "crates/app/src/jobs/sign_off/html.rs",
        "a document says how it is checked",
    ),
    (
        "crates/app/src/jobs/sign_off/document.rs",
        "name of a format",
    ),
    (
        "crates/app/src/jobs/bundle/page.rs",
        "a document says how it is checked",
    ),
    ("crates/app/src/jobs/bundle/document.rs", "name of a format"),
    (
        "crates/app/src/jobs/bundle/shop.rs",
        "bundles are made on the terminal",
    ),
    ("crates/app/src/jobs/bundle.rs", "name of a format"),
    (
        "crates/app/src/jobs/books_export/mod.rs",
        "a period is named on the terminal",
    ),
    (
        "crates/app/src/jobs/case_sheet/read.rs",
        "sheets of cases are read on the terminal",
    ),
    ("crates/app/src/jobs/lookup/ticket.rs", "a line for curl"),
    ("crates/ui/src/run.rs", "said where no window can be opened"),
];

/// Words that only the command line knows.
const COMMANDS: [&str; 8] = [
    "recondesk ",
    "set-key",
    "profile edit",
    "profile doctor",
    "refund send",
    "refund prepare",
    "refund resume",
    "refund withdraw",
];

/// A string of a source, the functions that it is an argument of with its place among their arguments, and the function
/// that it stands in.
struct Literal {
    text: String,
    line: usize,
    calls: Vec<(String, usize)>,
    within: String,
}

/// The word that ends before a place.
fn word_before(text: &[char], end: usize) -> String {
    let is_part = |sign: char| sign.is_alphanumeric() || sign == '_' || sign == '!';
    let start = text[..end].iter().rposition(|sign| !is_part(*sign));
    text[start.map_or(0, |at| at + 1)..end].iter().collect()
}

/// The strings of a source, comments aside, up to its tests.
fn literals(source: &str) -> Vec<Literal> {
    let source = source.split("#[cfg(test)]").next().unwrap_or_default();
    let text: Vec<char> = source.chars().collect();
    let (mut at, mut line, mut within) = (0, 1, String::new());
    let mut calls: Vec<(String, usize)> = Vec::new();
    let mut out = Vec::new();
    while let Some(sign) = text.get(at).copied() {
        let next = text.get(at + 1).copied();
        match sign {
            '\n' => line += 1,
            '/' if next == Some('/') => {
                while text.get(at + 1).is_some_and(|sign| *sign != '\n') {
                    at += 1;
                }
            }
            '\'' if text.get(at + 2) == Some(&'\'') => at += 2,
            '\'' if next == Some('\\') => at += 3,
            '(' => calls.push((word_before(&text, at), 0)),
            ')' => drop(calls.pop()),
            ',' => {
                if let Some((_, nth)) = calls.last_mut() {
                    *nth += 1;
                }
            }
            ' ' if word_before(&text, at) == "fn" => {
                let name = text[at + 1..].iter();
                within = name
                    .take_while(|sign| sign.is_alphanumeric() || **sign == '_')
                    .collect();
            }
            '"' => {
                let began = line;
                let mut words = String::new();
                at += 1;
                while let Some(sign) = text.get(at).copied().filter(|sign| *sign != '"') {
                    if sign == '\\' {
                        at += 1;
                    }
                    if sign == '\n' {
                        line += 1;
                    }
                    words.push(sign);
                    at += 1;
                }
                out.push(Literal {
                    text: words,
                    line: began,
                    calls: calls.clone(),
                    within: within.clone(),
                });
            }
            _ => {}
        }
        at += 1;
    }
    out
}

/// True where an option of the command line is named.
fn has_option(text: &str) -> bool {
    let mut rest = text.split(" --").skip(1);
    rest.any(|after| after.starts_with(|sign: char| sign.is_ascii_lowercase()))
}

/// True for words of the terminal that stand where the window reads them.
fn is_misplaced(literal: &Literal) -> bool {
    let names_one = COMMANDS.iter().any(|word| literal.text.contains(word));
    if !names_one && !has_option(&literal.text) {
        return false;
    }
    let of_place = literal.calls.iter().find(|(name, _)| name == "by_place");
    let is_terminal = of_place.is_some_and(|(_, nth)| *nth == 0);
    !is_terminal && !literal.within.starts_with("terminal_")
}

fn sources(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|end| end == "rs") {
            out.push(path);
        }
    }
}

#[test]
fn no_sentence_of_the_window_names_a_command_of_the_terminal() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut all = Vec::new();
    for folder in ["crates/app/src", "crates/ui/src"] {
        sources(&root.join(folder), &mut all);
    }
    assert!(all.len() > 200, "the sources are there");
    let mut bad = Vec::new();
    let mut seen = Vec::new();
    for path in all {
        let name = path
            .strip_prefix(root)
            .unwrap()
            .to_string_lossy()
            .into_owned();
        let is_test = name.ends_with("tests.rs");
        let source = std::fs::read_to_string(&path).unwrap();
        for literal in literals(&source).iter().filter(|one| is_misplaced(one)) {
            let elsewhere = ELSEWHERE.iter().find(|(known, _)| *known == name);
            match elsewhere {
                Some((known, _)) => seen.push(*known),
                None if is_test || literal.text.starts_with("recondesk reissue 1") => {}
                None => bad.push(format!("{name}:{} {}", literal.line, literal.text)),
            }
        }
    }
    assert!(bad.is_empty(), "{}", bad.join("\n"));
    for (known, why) in ELSEWHERE {
        assert!(
            seen.contains(&known),
            "{known} is excepted for nothing: {why}"
        );
    }
}

#[test]
fn the_reader_of_sources_tells_the_places_apart() {
    let source = r#"
        fn one() { Advice::by_place(Message::new("recondesk check", "a, b"), Message::new("设置", "recondesk no")) }
        // recondesk in a comment
        fn terminal_two() { say("recondesk day") }
        fn three(c: char) { if c == '"' { say("recondesk bad") } }
    "#;
    let bad: Vec<String> = literals(source)
        .into_iter()
        .filter(is_misplaced)
        .map(|literal| literal.text)
        .collect();
    assert_eq!(bad, ["recondesk no", "recondesk bad"]);
}
