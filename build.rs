//! Tells the program from which commit it is built: by `RECONDESK_COMMIT`, else by git for what is shipped.
//!
//! A build for work does not ask git, so that a commit alone makes nothing stale.

use std::process::Command;

fn main() {
    println!("cargo:rerun-if-env-changed=RECONDESK_COMMIT");
    println!("cargo:rerun-if-changed=build.rs");
    let is_shipped = std::env::var("PROFILE").is_ok_and(|profile| profile == "release");
    let given = std::env::var("RECONDESK_COMMIT").ok();
    let commit = given
        .or_else(|| is_shipped.then(git_commit).flatten())
        .filter(|commit| {
            commit
                .bytes()
                .all(|sign| sign.is_ascii_alphanumeric() || sign == b'-')
        });
    let version = std::env::var("CARGO_PKG_VERSION").unwrap_or_default();
    let version = match commit {
        Some(commit) if !commit.is_empty() => format!("{version} ({commit})"),
        _ => version,
    };
    println!("cargo:rustc-env=RECONDESK_VERSION={version}");
}

fn git_commit() -> Option<String> {
    for file in ["HEAD", "logs/HEAD"] {
        if let Some(path) = git(&["rev-parse", "--git-path", file]) {
            println!("cargo:rerun-if-changed={path}");
        }
    }
    let commit = git(&["rev-parse", "--short=12", "HEAD"])?;
    let is_clean = git(&["status", "--porcelain", "--untracked-files=no"])?.is_empty();
    Some(if is_clean {
        commit
    } else {
        format!("{commit}-changed")
    })
}

fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}
