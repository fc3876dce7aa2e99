//! The handbook names every category that a person can meet, in both languages; what is printed for shells, `man` and
//! schedulers is whole.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Output;

use assert_cmd::Command;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn run(arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    Command::cargo_bin("recondesk")
        .unwrap()
        .current_dir(folder.path())
        .args(arguments)
        .output()
        .unwrap()
}

fn printed(arguments: &[&str]) -> String {
    let output = run(arguments);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{arguments:?}: {told}");
    String::from_utf8(output.stdout).unwrap()
}

/// Codes of findings that docs/RULES.md lists as raised somewhere, with their names.
fn raised() -> Vec<(String, String)> {
    let text = std::fs::read_to_string(root().join("docs/RULES.md")).unwrap();
    let cells = |line: &str| -> Vec<String> {
        let cells = line.trim_matches('|').split('|');
        cells.map(|cell| cell.trim().to_owned()).collect()
    };
    text.lines()
        .filter(|line| line.starts_with("| `"))
        .map(cells)
        .filter(|cells| cells.len() == 6 && cells[4] != "—")
        .map(|cells| (cells[0].trim_matches('`').to_owned(), cells[2].clone()))
        .collect()
}

/// Codes of the rows of a chapter, each with its row.
fn rows(lang: &str) -> Vec<(String, String)> {
    let path = root().join(format!("docs/handbook/{lang}/categories.md"));
    let text = std::fs::read_to_string(path).unwrap();
    text.lines()
        .filter_map(|line| {
            let code = line.strip_prefix("| ")?.split(' ').next()?;
            let is_code = code.len() == 3 && code.as_bytes()[1..].iter().all(u8::is_ascii_digit);
            is_code.then(|| (code.to_owned(), line.to_owned()))
        })
        .collect()
}

#[test]
fn every_category_that_a_person_can_meet_is_in_the_handbook() {
    let raised = raised();
    assert!(raised.len() >= 40, "{raised:?}");
    let wanted: BTreeSet<&str> = raised.iter().map(|(code, _)| code.as_str()).collect();
    for lang in ["zh", "en"] {
        let rows = rows(lang);
        let listed: BTreeSet<&str> = rows.iter().map(|(code, _)| code.as_str()).collect();
        assert_eq!(listed, wanted, "{lang}");
        assert_eq!(rows.len(), listed.len(), "{lang}: a code stands twice");
        for (code, row) in &rows {
            let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
            assert_eq!(cells.len(), 4, "{lang} {code}");
            assert!(cells.iter().all(|cell| cell.len() > 2), "{lang} {code}");
        }
    }
}

#[test]
fn both_languages_have_the_same_chapters() {
    let names = |lang: &str| -> BTreeSet<PathBuf> {
        let folder = root().join("docs/handbook").join(lang);
        let entries = std::fs::read_dir(&folder).unwrap();
        entries
            .map(|entry| entry.unwrap().file_name().into())
            .collect()
    };
    assert_eq!(names("zh"), names("en"));
}

#[test]
fn the_handbook_is_written_with_its_pictures() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("book");
    for (lang, word) in [("zh", "掉单"), ("en", "Paid, not booked")] {
        let told = printed(&["--lang", lang, "handbook", "--out", out.to_str().unwrap()]);
        let page = std::fs::read_to_string(told.trim()).unwrap();
        assert!(page.contains(&format!("<b id=\"P01\">P01</b></td><td>{word}")));
        for source in page.split("<img src=\"").skip(1) {
            let name = source.split('"').next().unwrap();
            let bytes = std::fs::read(out.join(name)).unwrap();
            let drawn = std::fs::read(root().join("tests/snapshots").join(name)).unwrap();
            assert!(bytes == drawn, "{name}");
        }
    }
}

#[test]
fn shells_and_man_get_every_command() {
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let script = printed(&["completions", shell]);
        for word in ["recondesk", "reconcile", "schedule", "--catch-up"] {
            let word = if shell == "fish" {
                word.trim_start_matches("--")
            } else {
                word
            };
            assert!(script.contains(word), "{shell} lacks {word}");
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("man");
    printed(&["--lang", "en", "man", "--out", out.to_str().unwrap()]);
    for page in [
        "recondesk.1",
        "recondesk-day.1",
        "recondesk-profile-set-key.1",
    ] {
        let text = std::fs::read_to_string(out.join(page)).unwrap();
        assert!(text.contains(".TH"), "{page}");
    }
    assert!(printed(&["--lang", "en", "man"]).contains("reconcile"));
}

#[test]
fn the_version_says_itself_and_the_commit_where_it_is_known() {
    let told = printed(&["--version"]);
    let rest = told.trim().strip_prefix("recondesk ").unwrap();
    let (number, commit) = rest.split_once(' ').unwrap_or((rest, "(0)"));
    assert_eq!(number, env!("CARGO_PKG_VERSION"));
    assert!(commit.starts_with('(') && commit.ends_with(')'), "{told}");
}

#[test]
fn a_schedule_names_this_program_and_its_workspace() {
    for scheduler in ["cron", "systemd", "launchd", "task-scheduler"] {
        let text = printed(&[
            "--lang",
            "en",
            "--workspace",
            "books",
            "schedule",
            "print",
            scheduler,
            "--at",
            "10:40",
        ]);
        // A scheduler starts in another folder, so the workspace is named whole.
        let folder = format!("{}books", std::path::MAIN_SEPARATOR);
        assert!(text.contains(&folder), "{scheduler}: {text}");
        for word in ["recondesk", "--catch-up", "--not-before", "10:40"] {
            assert!(text.contains(word), "{scheduler} lacks {word}: {text}");
        }
    }
    for early in ["09:59", "25:00", "ten"] {
        let output = run(&["schedule", "print", "cron", "--at", early]);
        assert_eq!(output.status.code(), Some(2), "{early}");
    }
}

#[test]
fn before_its_time_a_scheduled_run_touches_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let workspace = folder.path().join("workspace");
    // 23:59 may be now, once a day: then the run needs a profile and says so.
    let output = run(&[
        "--workspace",
        workspace.to_str().unwrap(),
        "day",
        "--all",
        "--catch-up",
        "--not-before",
        "23:59",
    ]);
    let is_late = output.status.code() == Some(2);
    assert!(output.status.success() && !workspace.exists() || is_late);
    let wrong = run(&["day", "--all", "--not-before", "10:15"]);
    assert_eq!(wrong.status.code(), Some(2));
}
