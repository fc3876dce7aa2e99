//! The documents say what is true: files they name exist, walks are as long as they say, links lead somewhere.

use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every text for people that is kept with the sources.
fn documents() -> Vec<PathBuf> {
    let mut out = Vec::new();
    let mut folders = vec![root().join("docs"), root().join("findings")];
    for entry in std::fs::read_dir(root().join("crates")).unwrap() {
        out.push(entry.unwrap().path().join("README.md"));
    }
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                out.push(path);
            }
        }
    }
    let top = [
        "README.md",
        "README.zh.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
        "benches/README.md",
    ];
    out.extend(top.iter().map(|name| root().join(name)));
    out.retain(|path| path.extension().is_some_and(|end| end == "md") && path.exists());
    out.sort();
    out
}

/// What stands between backticks and looks like a file of this project.
fn files_named(text: &str) -> impl Iterator<Item = &str> {
    let starts = [
        "crates/",
        "src/",
        "tests/",
        "examples/",
        "docs/",
        "findings/",
    ];
    text.split('`').skip(1).step_by(2).filter(move |word| {
        starts.iter().any(|start| word.starts_with(start))
            && !word.contains([' ', '*', '<', '…'])
            && !word.contains("NAME")
    })
}

#[test]
fn files_that_documents_name_exist() {
    let mut lost = Vec::new();
    for document in documents() {
        let text = std::fs::read_to_string(&document).unwrap();
        for file in files_named(&text) {
            if !root().join(file).exists() {
                lost.push(format!("{} names {file}", document.display()));
            }
        }
    }
    assert!(lost.is_empty(), "{}", lost.join("\n"));
}

#[test]
fn links_of_documents_lead_somewhere() {
    let mut lost = Vec::new();
    for document in documents() {
        let text = std::fs::read_to_string(&document).unwrap();
        let targets = text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next());
        for target in targets {
            let file = target.split('#').next().unwrap_or_default();
            let outside = file.is_empty() || file.contains("://");
            if !outside && !document.parent().unwrap().join(file).exists() {
                lost.push(format!("{} links to {target}", document.display()));
            }
        }
    }
    assert!(lost.is_empty(), "{}", lost.join("\n"));
}

#[test]
fn walks_are_as_long_as_they_say() {
    let text = std::fs::read_to_string(root().join("docs/ARCHITECTURE.md")).unwrap();
    let walks: Vec<&str> = text.split("\n### ").skip(1).collect();
    assert_eq!(walks.len(), 3);
    for walk in walks {
        let (title, steps) = walk.split_once('\n').unwrap();
        let steps = steps.split("\n## ").next().unwrap();
        let counted = steps
            .lines()
            .filter(|line| {
                line.split_once(". `")
                    .is_some_and(|(nth, _)| nth.parse::<u32>().is_ok())
            })
            .count();
        let said = title.rsplit_once(": ").unwrap().1;
        assert_eq!(said, format!("{counted} files"), "{title}");
    }
}

/// Names of the crates of other people in `[workspace.dependencies]`.
fn direct_dependencies() -> Vec<String> {
    let text = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let manifest: toml::Table = toml::from_str(&text).unwrap();
    let named = manifest["workspace"]["dependencies"].as_table().unwrap();
    let outside = named
        .iter()
        .filter(|(_, value)| value.get("path").is_none());
    outside.map(|(name, _)| name.clone()).collect()
}

#[test]
fn each_dependency_has_its_reason_and_no_more_are_listed() {
    let text = std::fs::read_to_string(root().join("docs/DEPENDENCIES.md")).unwrap();
    let mut listed: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with("| `"))
        .filter_map(|line| line.split('|').nth(1))
        .flat_map(|cell| cell.split('`').skip(1).step_by(2))
        .collect();
    listed.sort_unstable();
    let mut wanted = direct_dependencies();
    wanted.sort_unstable();
    assert_eq!(listed, wanted);
}

#[test]
fn the_number_of_crates_is_recorded() {
    let text = std::fs::read_to_string(root().join("docs/DEPENDENCIES.md")).unwrap();
    let lock = std::fs::read_to_string(root().join("Cargo.lock")).unwrap();
    let count = lock.lines().filter(|line| *line == "[[package]]").count();
    let said = format!("of tests: {count}.");
    assert!(
        text.contains(&said),
        "docs/DEPENDENCIES.md does not say `{said}`"
    );
}
