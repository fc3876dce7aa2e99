//! A folder that is no workspace, such as one whose name was mistyped: nothing is made there, and nothing is said to be well.

use std::path::Path;
use std::process::{Command, Output};

fn run(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_recondesk"))
        .args(["--lang", "zh", "--workspace"])
        .arg(folder)
        .args(args)
        .env("RECONDESK_PASSPHRASE", "of a test")
        .output()
        .unwrap()
}

#[test]
fn what_begins_nothing_makes_no_workspace_and_says_that_there_is_none() {
    let outside = tempfile::tempdir().unwrap();
    let (typo, copy) = (outside.path().join("typo"), outside.path().join("copy.zip"));
    let report = outside.path().join("report.html");
    let commands: [&[&str]; 17] = [
        &["check"],
        &["check", "--deep"],
        &["backup", copy.to_str().unwrap()],
        &["workspace", "rebuild"],
        &["workspace", "reopen"],
        &["audit", "verify"],
        &["audit", "list"],
        &["cases", "list"],
        &["query", "QH261128000000000242"],
        &[
            "report",
            "day",
            "--profile",
            "shop",
            "--date",
            "2026-03-08",
            "--out",
            report.to_str().unwrap(),
        ],
        &["reconcile", "--profile", "shop", "--date", "2026-03-08"],
        &["funds", "--profile", "shop", "--date", "2026-03-08"],
        &["day", "--all", "--catch-up"],
        &["refund", "list"],
        &["profile", "list"],
        &["profile", "doctor", "shop"],
        &["operator", "list"],
    ];
    for args in commands {
        let output = run(&typo, args);
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(6), "{args:?}: {told}");
        assert!(told.contains("这里没有工作区"), "{args:?}: {told}");
        assert!(told.contains("typo"), "{args:?}: {told}");
        assert!(!typo.exists(), "{args:?}");
    }
    assert!(!copy.exists() && !report.exists());

    // A folder of other files is none either, and stays as it is.
    std::fs::create_dir_all(typo.join("archive")).unwrap();
    assert_eq!(run(&typo, &["check"]).status.code(), Some(6));
    assert_eq!(std::fs::read_dir(&typo).unwrap().count(), 1);
}

#[test]
fn what_a_person_begins_with_makes_one() {
    let outside = tempfile::tempdir().unwrap();
    let begins: [&[&str]; 2] = [
        &["profile", "add", "shop", "--mch-id", "1900000109"],
        &["operator", "add", "王五"],
    ];
    for (number, args) in begins.iter().enumerate() {
        let folder = outside.path().join(number.to_string());
        let output = run(&folder, args);
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(folder.join("recondesk.db").exists(), "{args:?}: {told}");
        assert_eq!(run(&folder, &["check", "--deep"]).status.code(), Some(0));
        // A database that is gone is told as such, not as a workspace that never was.
        std::fs::remove_file(folder.join("recondesk.db")).unwrap();
        let told = run(&folder, &["check"]);
        let told = String::from_utf8_lossy(&told.stderr).into_owned();
        assert!(!told.contains("这里没有工作区"), "{told}");
    }
}
