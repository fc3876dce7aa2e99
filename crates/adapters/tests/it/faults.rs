//! The n-th call that touches the workspace fails, for every n, in every job: no panic, no false success, and the
//! workspace is as before or as after.
//!
//! The job runs in a program of its own (this test binary again) under a layer that is put between it and the system.
//! The short form takes every eleventh call; with `RECONDESK_THOROUGH=1` it is every one.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use recondesk_adapters::clock::SystemClock;
use recondesk_adapters::workspace::{Workspace, WorkspaceKeeper};
use recondesk_ports::{Books as _, Records as _, StoreError, WorkspaceCare as _};

use super::crash::copy;
use super::store::{bill_text, import_bill, import_orders, open, orders_text, pays};

const DATE: &str = "2026-03-08";
const JOBS: [&str; 4] = ["bill", "orders", "preference", "backup"];

/// Runs a job; false when it says that it failed.
fn run(job: &str, folder: &Path) -> bool {
    let mut day = pays(60, 1);
    day.get_mut(5).unwrap().fen += 7;
    match job {
        "bill" => open(folder, None).is_ok_and(|(books, profile)| {
            import_bill(&books, profile, &bill_text(DATE, &day)).is_ok()
        }),
        "orders" => open(folder, None).is_ok_and(|(books, profile)| {
            import_orders(&books, profile, &orders_text(DATE, &day, |_| "paid")).is_ok()
        }),
        "preference" => Workspace::at(folder)
            .and_then(|workspace| workspace.open())
            .and_then(|database| database.set_preference("theme", "\"dark\""))
            .is_ok(),
        "backup" => WorkspaceKeeper::of(Some(folder), Arc::new(SystemClock::new()))
            .and_then(|keeper| keeper.backup(&folder.join("copy.zip")))
            .is_ok(),
        other => panic!("{other}"),
    }
}

/// What a person sees.
fn seen(folder: &Path) -> Result<String, StoreError> {
    let database = Workspace::at(folder)?.open()?;
    let theme = database.preference("theme")?;
    drop(database);
    let (books, profile) = open(folder, None).unwrap();
    let mut out = format!("{theme:?} {}\n", folder.join("copy.zip").exists());
    for import in books.imports(profile).unwrap() {
        let mut bytes = Vec::new();
        books
            .raw_file(import.import, &mut |some| bytes.extend_from_slice(some))
            .unwrap();
        writeln!(
            out,
            "{} {:?} {:?}",
            import.import, import.standing, import.sha256
        )
        .unwrap();
    }
    Ok(out)
}

/// The child: runs the job that the environment names, and says in a file how it ended.
#[test]
#[ignore = "the child of the tests below"]
fn child() {
    let variable = |name: &str| std::env::var(name).unwrap();
    let outcome = run(&variable("FAULT_JOB"), Path::new(&variable("FAULT_FOLDER")));
    let text = if outcome { "done" } else { "failed" };
    recondesk_adapters::files::replace(Path::new(&variable("FAULT_OUTCOME")), text.as_bytes())
        .unwrap();
}

/// The layer, compiled.
fn layer(folder: &Path) -> PathBuf {
    let library = folder.join("fault_layer.so");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/fault_layer.c");
    let made = Command::new("cc")
        .args(["-shared", "-fPIC", "-O1", "-o"])
        .args([&library, &source])
        .arg("-ldl")
        .status()
        .unwrap();
    assert!(made.success());
    library
}

struct End {
    said_done: bool,
    calls: u64,
}

/// Runs a job whose n-th call fails.
fn with_fault(layer: &Path, (job, folder): (&str, &Path), (at, stays): (u64, bool)) -> End {
    let beside = tempfile::tempdir().unwrap();
    let (outcome, count) = (beside.path().join("outcome"), beside.path().join("count"));
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "faults::child"])
        .env("LD_PRELOAD", layer)
        .env("FAULT_JOB", job)
        .env("FAULT_FOLDER", folder)
        .env("FAULT_AT", at.to_string())
        .env("FAULT_STAYS", u8::from(stays).to_string())
        .env("FAULT_COUNT", &count)
        .env("FAULT_OUTCOME", &outcome)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&child.stdout);
    assert!(child.status.success(), "{job}, call {at}: {text}");
    End {
        said_done: std::fs::read(outcome).unwrap() == b"done",
        calls: std::fs::read_to_string(count).unwrap().parse().unwrap(),
    }
}

#[test]
fn whatever_call_fails_nothing_is_torn_and_nothing_is_said_that_is_not_so() {
    let step: usize = if std::env::var("RECONDESK_THOROUGH").is_ok() {
        1
    } else {
        11
    };
    let tools = tempfile::tempdir().unwrap();
    let layer = layer(tools.path());
    let before = tempfile::tempdir().unwrap();
    let (books, profile) = open(before.path(), None).unwrap();
    import_bill(&books, profile, &bill_text(DATE, &pays(60, 1))).unwrap();
    drop(books);
    let was = seen(before.path()).unwrap();
    let mut figures = Vec::new();
    for job in JOBS {
        let good = tempfile::tempdir().unwrap();
        copy(before.path(), good.path());
        let end = with_fault(&layer, (job, good.path()), (0, false));
        assert!(end.said_done && end.calls > 5, "{job}: {} calls", end.calls);
        let is = seen(good.path()).unwrap();
        assert_ne!(is, was);
        let (mut faults, mut refused) = (0, 0);
        for (first, stays) in [(1, false), (1 + step as u64 / 2, true)] {
            for at in (first..=end.calls).step_by(step) {
                let folder = tempfile::tempdir().unwrap();
                copy(before.path(), folder.path());
                let end = with_fault(&layer, (job, folder.path()), (at, stays));
                let context = format!("{job}, call {at}, stays {stays}, done {}", end.said_done);
                let state =
                    seen(folder.path()).unwrap_or_else(|error| panic!("{context}: {error}"));
                assert!(
                    state == is || !end.said_done && state == was,
                    "{context}:\n{state}"
                );
                // The same again, on a disk that works.
                assert!(run(job, folder.path()), "{context}");
                assert_eq!(seen(folder.path()).unwrap(), is, "{context}, again");
                faults += 1;
                refused += u32::from(!end.said_done);
            }
        }
        figures.push(format!("{job}: {faults} faults, {refused} told, 0 torn"));
        assert!(refused > 0, "{job}");
    }
    println!("{}", figures.join("\n"));
}
