//! `docs/RULES.md` and the sources name the same codes, and each is where the page says it is.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use recondesk::domain::Category;

/// One row of the page.
struct RuleRow {
    code: String,
    line: String,
    places: Vec<String>,
    remark: String,
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn page() -> Vec<RuleRow> {
    let text = std::fs::read_to_string(root().join("docs/RULES.md")).unwrap();
    text.lines()
        .filter(|line| line.starts_with("| `"))
        .map(|line| {
            let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
            let (places, remark) = (cells[cells.len() - 2], cells[cells.len() - 1]);
            RuleRow {
                code: cells[0].trim_matches('`').to_owned(),
                line: line.to_owned(),
                places: quoted(places),
                remark: remark.to_owned(),
            }
        })
        .collect()
}

/// The texts between backticks.
fn quoted(text: &str) -> Vec<String> {
    let pieces = text.split('`').skip(1).step_by(2);
    pieces.map(str::to_owned).collect()
}

fn sources(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|ext| ext == "rs") {
            out.push(path);
        }
    }
}

/// Codes that the comments of a source cite: `P01`, `X7`, `pitfall F1`.
fn cited(text: &str) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    for comment in text
        .lines()
        .filter_map(|line| Some(line.split_once("//")?.1))
    {
        let mut before = "";
        for word in comment.split(|c: char| !c.is_ascii_alphanumeric()) {
            let digits = word.get(1..).unwrap_or_default();
            let numbered = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
            let letter = word.bytes().next().unwrap_or_default();
            let known = match letter {
                b'P' | b'R' | b'F' | b'C' | b'B' | b'K' => digits.len() == 2,
                b'X' | b'I' | b'G' => digits.len() <= 2,
                _ => false,
            };
            if numbered && before == "pitfall" && letter != b'G' {
                out.insert(format!("pitfall {word}"));
            } else if numbered && known {
                out.insert(word.to_owned());
            }
            before = word;
        }
    }
    out
}

#[test]
fn every_code_that_a_source_cites_is_on_the_page() {
    let listed: BTreeSet<String> = page().into_iter().map(|row| row.code).collect();
    let mut files = Vec::new();
    sources(&root().join("crates"), &mut files);
    sources(&root().join("src"), &mut files);
    let mut missing = BTreeMap::<String, Vec<PathBuf>>::new();
    for path in files
        .iter()
        .filter(|path| !path.components().any(|c| c.as_os_str() == "tests"))
    {
        let text = std::fs::read_to_string(path).unwrap();
        for code in cited(&text).difference(&listed) {
            missing.entry(code.clone()).or_default().push(path.clone());
        }
    }
    assert!(missing.is_empty(), "docs/RULES.md lacks {missing:#?}");
}

#[test]
fn every_code_of_the_table_of_categories_is_on_the_page_under_its_names() {
    let rows = page();
    for category in Category::all().filter(|category| !category.is_agreement()) {
        let row = rows.iter().find(|row| row.code == category.code());
        let row = row.unwrap_or_else(|| panic!("docs/RULES.md lacks {}", category.code()));
        for name in [category.zh(), category.en()] {
            assert!(row.line.contains(name), "{}: {name}", row.code);
        }
    }
}

#[test]
fn every_listed_code_is_raised_where_the_page_says_or_says_since_when_and_why_not() {
    for row in page() {
        let RuleRow {
            code,
            places,
            remark,
            ..
        } = &row;
        if places.is_empty() {
            let since = remark.strip_prefix("Not raised since ");
            let why = since.and_then(|rest| rest.split_once(": "));
            assert!(
                why.is_some_and(|(version, why)| version.contains('.') && why.len() > 3),
                "{code} has neither a place nor a reason: {remark:?}"
            );
            continue;
        }
        let variants: Vec<String> = Category::meant_by(code)
            .map(|category| format!("Category::{category:?}"))
            .collect();
        let mut raised = false;
        for place in places {
            let text = std::fs::read_to_string(root().join(place))
                .unwrap_or_else(|error| panic!("{code}: {place}: {error}"));
            let names = variants.iter().any(|variant| text.contains(variant));
            assert!(
                names || text.contains(code.as_str()),
                "{place} does not name {code}"
            );
            raised |= names;
        }
        assert!(
            variants.is_empty() || raised,
            "no place of {code} raises it"
        );
    }
}
