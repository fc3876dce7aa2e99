//! The n-th call that touches the workspace fails, for every n, in every job: no panic, no false success, and the
//! workspace is as before or as after.
//!
//! The job runs in a program of its own (this test binary again) under a layer that is put between it and the system.
//! The short form takes some of the calls; with `RECONDESK_THOROUGH=1` it is every one.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use recondesk_adapters::clock::SystemClock;
use recondesk_adapters::workspace::{Workspace, WorkspaceKeeper};
use recondesk_ports::{BackupLeave, Books as _, Records as _, StoreError, WorkspaceCare as _};

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
        "open" => Workspace::at(folder).is_ok_and(|workspace| workspace.open().is_ok()),
        "backup" => WorkspaceKeeper::of(Some(folder), Arc::new(SystemClock::new()))
            .and_then(|keeper| keeper.backup(&folder.join("copy.zip"), BackupLeave::default()))
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

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CallFailure {
    /// This call fails, the next ones do not.
    Once(u64),
    /// This call fails, and all after it.
    Stays(u64),
    /// The program is killed at this call.
    Kills(u64),
}

/// How a job ended.
#[derive(Debug)]
struct JobEnd {
    /// `None` when it was killed before it said anything.
    said_done: Option<bool>,
    calls: u64,
}

/// A job of one program.
#[derive(Debug, Clone, Copy)]
struct ProgramJob<'a> {
    name: &'a str,
    folder: &'a Path,
}

impl<'a> ProgramJob<'a> {
    const fn of(name: &'a str, folder: &'a Path) -> Self {
        Self { name, folder }
    }
}

/// A program that runs a job under a fault.
fn program(layer: &Path, job: ProgramJob<'_>, fault: CallFailure, beside: &Path) -> Command {
    let (at, stays, kills) = match fault {
        CallFailure::Once(at) => (at, "0", "0"),
        CallFailure::Stays(at) => (at, "1", "0"),
        CallFailure::Kills(at) => (at, "0", "1"),
    };
    let mut program = Command::new(std::env::current_exe().unwrap());
    program
        .args(["--ignored", "--exact", "faults::child"])
        .env("LD_PRELOAD", layer)
        .env("FAULT_JOB", job.name)
        .env("FAULT_FOLDER", job.folder)
        .env("FAULT_AT", at.to_string())
        .env("FAULT_STAYS", stays)
        .env("FAULT_KILLS", kills)
        .env("FAULT_COUNT", beside.join("count"))
        .env("FAULT_OUTCOME", beside.join("outcome"));
    program
}

/// Runs a job under a fault.
fn with_fault(layer: &Path, job: ProgramJob<'_>, fault: CallFailure) -> JobEnd {
    let beside = tempfile::tempdir().unwrap();
    let child = program(layer, job, fault, beside.path()).output().unwrap();
    let text = String::from_utf8_lossy(&child.stdout);
    let is_killed = child.status.code() == Some(137) && matches!(fault, CallFailure::Kills(_));
    assert!(
        child.status.success() || is_killed,
        "{job:?}, {fault:?}: {text}"
    );
    let outcome = std::fs::read(beside.path().join("outcome")).ok();
    let count = std::fs::read_to_string(beside.path().join("count"));
    JobEnd {
        said_done: outcome.map(|text| text == b"done"),
        calls: count.map_or(0, |count| count.parse().unwrap()),
    }
}

/// At how many calls of a job faults are tried.
#[derive(Debug, Clone, Copy)]
struct Points {
    /// In the short form.
    some: u64,
    /// In the full form, at least; there may be fewer calls.
    many: u64,
}

/// Faults to try for a job of so many calls.
fn faults(calls: u64, points: Points) -> Vec<CallFailure> {
    let is_thorough = std::env::var_os("RECONDESK_THOROUGH").is_some();
    let wanted = if is_thorough {
        points.many
    } else {
        points.some
    };
    let step = usize::try_from((calls / wanted).max(1)).unwrap();
    let from = |first: u64| (first.min(calls)..=calls).step_by(step);
    let first = |part: u64| 1 + part * step as u64 / 3;
    let mut out: Vec<CallFailure> = from(first(0)).map(CallFailure::Once).collect();
    out.extend(from(first(1)).map(CallFailure::Stays));
    out.extend(from(first(2)).map(CallFailure::Kills));
    out
}

#[test]
fn whatever_call_fails_nothing_is_torn_and_nothing_is_said_that_is_not_so() {
    let tools = tempfile::tempdir().unwrap();
    let layer = layer(tools.path());
    let before = tempfile::tempdir().unwrap();
    let (books, profile) = open(before.path(), None).unwrap();
    import_bill(&books, profile, &bill_text(DATE, &pays(60, 1))).unwrap();
    drop(books);
    let was = seen(before.path()).unwrap();
    for job in JOBS {
        let good = tempfile::tempdir().unwrap();
        copy(before.path(), good.path());
        let end = with_fault(
            &layer,
            ProgramJob::of(job, good.path()),
            CallFailure::Once(0),
        );
        assert!(
            end.said_done == Some(true) && end.calls > 5,
            "{job}: {end:?}"
        );
        let is = seen(good.path()).unwrap();
        assert_ne!(is, was);
        let (mut tried, mut refused) = (0, 0);
        let every = Points {
            some: 6,
            many: u64::MAX,
        };
        for fault in faults(end.calls, every) {
            let folder = tempfile::tempdir().unwrap();
            copy(before.path(), folder.path());
            let end = with_fault(&layer, ProgramJob::of(job, folder.path()), fault);
            let context = format!("{job}, {fault:?}, {end:?}");
            let state = seen(folder.path()).unwrap_or_else(|error| panic!("{context}: {error}"));
            let is_true = state == is || end.said_done != Some(true) && state == was;
            assert!(is_true, "{context}:\n{state}");
            // The same again, on a disk that works.
            assert!(run(job, folder.path()), "{context}");
            assert_eq!(seen(folder.path()).unwrap(), is, "{context}, again");
            tried += 1;
            refused += u32::from(end.said_done != Some(true));
        }
        println!("{job}: {tried} faults, {refused} of them told, nothing torn or lost");
        assert!(refused > 0, "{job}");
    }
}

/// The steps from each released schema to the next.
fn migrations() -> Vec<PathBuf> {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/sqlite/migrations");
    let mut steps: Vec<PathBuf> = std::fs::read_dir(sources)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    steps.sort();
    steps
}

/// A workspace as a program with an older schema left it.
fn of_schema(steps: &[PathBuf]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let database = rusqlite::Connection::open(folder.path().join("recondesk.db")).unwrap();
    database
        .execute_batch("PRAGMA journal_mode = WAL;")
        .unwrap();
    for step in steps {
        database
            .execute_batch(&std::fs::read_to_string(step).unwrap())
            .unwrap();
    }
    database
        .pragma_update(None, "user_version", i64::try_from(steps.len()).unwrap())
        .unwrap();
    database
        .pragma_update(None, "application_id", 0x5243_4E44)
        .unwrap();
    let insert = "INSERT INTO preference VALUES ('kept', '1')";
    database.execute(insert, []).unwrap();
    folder
}

#[test]
fn every_released_schema_is_brought_up_to_date_wherever_it_is_killed() {
    let tools = tempfile::tempdir().unwrap();
    let layer = layer(tools.path());
    let kept = |folder: &Path| {
        let database = Workspace::at(folder).unwrap().open().unwrap();
        database.preference("kept").unwrap()
    };
    let steps = migrations();
    for version in 1..steps.len() {
        let before = of_schema(steps.get(..version).unwrap());
        let mut tried = 0;
        let good = tempfile::tempdir().unwrap();
        copy(before.path(), good.path());
        let end = with_fault(
            &layer,
            ProgramJob::of("open", good.path()),
            CallFailure::Once(0),
        );
        assert_eq!(end.said_done, Some(true));
        assert_eq!(kept(good.path()).as_deref(), Some("1"));
        let points = Points { some: 3, many: 50 };
        for fault in faults(end.calls, points) {
            let folder = tempfile::tempdir().unwrap();
            copy(before.path(), folder.path());
            with_fault(&layer, ProgramJob::of("open", folder.path()), fault);
            assert_eq!(
                kept(folder.path()).as_deref(),
                Some("1"),
                "schema {version}, {fault:?}"
            );
            // The copy from before the migration is there, and whole.
            let kept = folder
                .path()
                .join(format!("recondesk.before-v{}.db", version + 1));
            let kept = rusqlite::Connection::open(kept).unwrap();
            let of: i64 = kept
                .query_row("PRAGMA user_version", [], |row| row.get(0))
                .unwrap();
            let words: String = kept
                .query_row("PRAGMA integrity_check", [], |row| row.get(0))
                .unwrap();
            assert_eq!(
                (of, words.as_str()),
                (i64::try_from(version).unwrap(), "ok")
            );
            tried += 1;
        }
        println!("schema {version}: {tried} faults inside its migration, nothing lost");
    }
}

#[test]
fn two_programs_with_the_same_file_make_one_import_and_one_copy() {
    let tools = tempfile::tempdir().unwrap();
    let layer = layer(tools.path());
    let folder = tempfile::tempdir().unwrap();
    drop(open(folder.path(), None).unwrap());
    let programs = [0, 1, 2].map(|_| {
        let beside = tempfile::tempdir().unwrap();
        let job = ProgramJob::of("bill", folder.path());
        let child = program(&layer, job, CallFailure::Once(0), beside.path())
            .spawn()
            .unwrap();
        (beside, child)
    });
    for (beside, mut child) in programs {
        assert!(child.wait().unwrap().success());
        assert_eq!(
            std::fs::read(beside.path().join("outcome")).unwrap(),
            b"done"
        );
    }
    let (books, profile) = open(folder.path(), None).unwrap();
    assert_eq!(books.imports(profile).unwrap().len(), 1);
    let archived = std::fs::read_dir(folder.path().join("archive"))
        .unwrap()
        .count();
    assert_eq!(archived, 1);
}
