//! A workspace that moves from a folder to a server and back: equal on both sides, in use at one place at a time, and
//! whole again after a kill at any place.
//!
//! It needs a server with an empty database (`RECONDESK_TEST_POSTGRES_MOVE`), so `cargo test` leaves it out;
//! `just shared` runs it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use recondesk::adapters;
use recondesk::domain::Category;
use recondesk::ports::StoreError;
use recondesk::sandbox::scenario::Anomaly;
use tempfile::TempDir;

use super::cli::CliFixture;
use super::storage::{TraceLayer, copy, is_thorough, tables};
use super::support::share;

const DAY: &str = "2026-03-08";

/// A folder with the home of a person, a workspace and a share.
pub(crate) struct MoveOffice {
    folder: TempDir,
    address: String,
}

impl MoveOffice {
    /// With a copy of a workspace, and nothing on the server.
    pub(crate) fn with(workspace: &Path) -> Self {
        let address = std::env::var("RECONDESK_TEST_POSTGRES_MOVE").expect("run `just shared`");
        let folder = tempfile::tempdir().unwrap();
        let office = Self { folder, address };
        office.sql("DROP SCHEMA IF EXISTS recondesk CASCADE");
        copy(workspace, &office.path("workspace"));
        std::fs::create_dir(office.path("share")).unwrap();
        office
    }

    fn sql(&self, sql: &str) {
        let mut server = postgres::Client::connect(&self.address, postgres::NoTls).unwrap();
        // Before a move there are no tables.
        if let Err(error) = server.batch_execute(sql) {
            let code = error.code().map(postgres::error::SqlState::code);
            assert_eq!(code, Some("42P01"), "{error}");
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn at(&self, name: &str) -> String {
        match name {
            "server" => self.address.clone(),
            _ => self.path(name).to_str().unwrap().to_owned(),
        }
    }

    pub(crate) fn program(&self, place: &str, arguments: &[&str]) -> Command {
        let mut program = Command::new(env!("CARGO_BIN_EXE_recondesk"));
        program
            .args(["--workspace", &self.at(place), "--lang", "en"])
            .args(arguments)
            .env("HOME", self.path("home"))
            .env("XDG_DATA_HOME", self.path("home/data"))
            .env("RECONDESK_PASSPHRASE", "for tests only");
        program
    }

    pub(crate) fn run(&self, place: &str, arguments: &[&str]) -> Output {
        self.program(place, arguments).output().unwrap()
    }

    #[track_caller]
    pub(crate) fn expect(&self, place: &str, code: i32, arguments: &[&str]) -> String {
        let output = self.run(place, arguments);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {told}");
        String::from_utf8(output.stdout).unwrap() + &told
    }

    /// The arguments of a move from the folder to the server, or from the server to another folder.
    fn moving(&self, is_to_server: bool) -> Vec<String> {
        let mut arguments = vec!["workspace".to_owned(), "move".to_owned()];
        if is_to_server {
            let files = share::location(&self.path("share"));
            arguments.extend([self.at("server"), "--files".to_owned(), files]);
        } else {
            arguments.push(self.at("back"));
        }
        arguments
    }

    fn move_program(&self, is_to_server: bool) -> Command {
        let arguments = self.moving(is_to_server);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        self.program(
            if is_to_server { "workspace" } else { "server" },
            &arguments,
        )
    }

    #[track_caller]
    pub(crate) fn move_now(&self, is_to_server: bool) -> String {
        let output = self.move_program(is_to_server).output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(0), "{told}");
        told
    }

    /// What people see of a place.
    fn seen(&self, place: &str) -> String {
        let compare = ["reconcile", "--profile", "shop", "--date", DAY];
        let format = ["--format", "csv"];
        let mut out = self.expect(place, 1, &["cases", "list", "--format", "csv"]);
        out += &self.expect(place, 0, &["audit", "list", "--format", "json"]);
        out += &self.expect(place, 0, &["audit", "verify"]);
        out + &self.expect(place, 1, &[&compare[..], &format].concat())
    }

    fn is_usable(&self, place: &str) -> bool {
        // In an empty folder a new workspace would be made.
        let folder = self.path(place);
        let mut signs = ["recondesk.db", "recondesk.moving"].iter();
        if place != "server" && !signs.any(|sign| folder.join(sign).exists()) {
            return false;
        }
        let output = self.run(place, &["profile", "list"]);
        assert!(matches!(output.status.code(), Some(0 | 2 | 6)));
        output.status.success()
    }
}

/// A workspace with decisions in it.
fn stage() -> CliFixture {
    let stage = CliFixture::new();
    stage.import(vec![
        Anomaly::Find(Category::BookedNotFulfilled),
        Anomaly::Find(Category::AmountDiff),
    ]);
    stage.expect(1, &["reconcile", "--profile", "shop", "--date", DAY]);
    stage.expect(0, &["cases", "take", "--filter", "all", "--yes"]);
    stage
}

/// The rows of a workspace, without what belongs to its place.
fn rows(folder: &Path) -> Vec<String> {
    let all = tables(folder).unwrap();
    let of_place = [
        "meta [Text(\"generation",
        "meta [Text(\"fence",
        "import_stamp ",
    ];
    let rows = all.lines();
    let rows = rows.filter(|row| !of_place.iter().any(|it| row.starts_with(it)));
    rows.map(str::to_owned).collect()
}

fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut out = Vec::new();
    for part in ["archive", "books"] {
        for entry in std::fs::read_dir(folder.join(part)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|end| end != "entry") {
                let name = path.file_name().unwrap().to_str().unwrap().to_owned();
                out.push((name, std::fs::read(&path).unwrap()));
            }
        }
    }
    out.sort();
    out
}

#[test]
#[ignore = "needs a server: just shared"]
fn a_workspace_moves_to_a_server_and_back_and_is_in_use_at_one_place_at_a_time() {
    let stage = stage();
    let office = MoveOffice::with(&stage.path("workspace"));
    let (before, before_rows) = (office.seen("workspace"), rows(&office.path("workspace")));
    let before_files = files(&office.path("workspace"));
    // A window that has it open all the time.
    let window = adapters::open(Some(&office.path("workspace"))).unwrap();

    let told = office.move_now(true);
    assert!(told.contains("are equal there"), "{told}");
    assert_eq!(office.seen("server"), before);
    if !share::is_stored() {
        assert_eq!(files(&office.path("share")), before_files);
    }
    assert_eq!(files(&office.path("workspace")), before_files);

    // The old place tells where it went, and takes nothing from those who had it open.
    let told = office.expect("workspace", 6, &["profile", "list"]);
    assert!(told.contains("has moved to postgres://"), "{told}");
    let refused = window.records.set_preference("a", "1");
    assert!(matches!(refused, Err(StoreError::Moved(_))), "{refused:?}");
    drop(window);
    // Once more is no second move, and another place is refused.
    assert!(office.move_now(true).contains("had moved"));
    let elsewhere = [
        "workspace",
        "move",
        "postgres://nobody@127.0.0.1:1/x",
        "--files",
        "file:///",
    ];
    office.expect("workspace", 6, &elsewhere);

    office.move_now(false);
    assert_eq!(office.seen("back"), before);
    assert_eq!(rows(&office.path("back")), before_rows);
    assert_eq!(files(&office.path("back")), before_files);
    office.expect("back", 0, &["check", "--deep"]);
    assert!(!office.is_usable("server"));

    // A person may go back to the old place; it is as it was.
    office.expect("workspace", 0, &["workspace", "reopen"]);
    assert_eq!(office.seen("workspace"), before);
    assert_eq!(rows(&office.path("workspace")), before_rows);
    // What is in use is no target.
    let taken = ["workspace", "move", &office.at("back")];
    office.expect("server", 0, &["workspace", "reopen"]);
    office.expect("server", 2, &taken);
    // Rows that are new there get numbers after those that came along.
    let note = [
        "cases", "comment", "--filter", "all", "--text", "x", "--yes",
    ];
    office.expect("server", 0, &note);
    office.expect(
        "server",
        0,
        &["profile", "add", "more", "--mch-id", "1900000110"],
    );
    office.expect("server", 0, &["audit", "verify"]);
}

/// Kills a move at the n-th call to the disk, and looks at what it left; true when it was killed.
fn kill(office: &MoveOffice, layer: &TraceLayer, is_to_server: bool, at: u64) -> bool {
    let (from, to) = if is_to_server {
        ("workspace", "server")
    } else {
        ("server", "back")
    };
    let mut program = office.move_program(is_to_server);
    layer.below(&mut program, office.folder.path());
    let settings = [("FAULT_KILLS", "1"), ("FAULT_THREADS", "1")];
    program.envs(settings).env("FAULT_AT", at.to_string());
    let code = program.output().unwrap().status.code();
    assert!(matches!(code, Some(0 | 137)), "{code:?} at {at}");

    let (old, new) = (office.is_usable(from), office.is_usable(to));
    assert!(!(old && new), "both are in use, killed at {at}");
    // As half a minute later: the rights of the dead program have ended.
    office.sql("UPDATE recondesk.lease SET until = clock_timestamp()");
    office.move_now(is_to_server);
    assert!(office.is_usable(to) && !office.is_usable(from), "at {at}");
    code == Some(137)
}

fn calls(office: &MoveOffice, layer: &TraceLayer, is_to_server: bool) -> u64 {
    let count = office.path("count");
    let mut program = office.move_program(is_to_server);
    layer.below(&mut program, office.folder.path());
    let settings = [("FAULT_AT", "0"), ("FAULT_THREADS", "1")];
    program.envs(settings).env("FAULT_COUNT", &count);
    let output = program.output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    std::fs::read_to_string(count).unwrap().parse().unwrap()
}

#[test]
#[ignore = "needs a server: just shared"]
fn a_move_that_is_killed_anywhere_leaves_one_place_at_most_and_can_be_done_again() {
    let stage = stage();
    let layer = TraceLayer::new();
    let first = MoveOffice::with(&stage.path("workspace"));
    let before = first.seen("workspace");
    let there = calls(&first, &layer, true);
    let back = calls(&first, &layer, false);
    let steps = if is_thorough() { u64::MAX } else { 10 };

    let mut killed = 0_u32;
    for nth in 0..steps.min(there.max(back)) {
        let place = |calls: u64| 1 + nth * calls / steps.min(calls);
        let office = MoveOffice::with(&stage.path("workspace"));
        for (is_to_server, calls) in [(true, there), (false, back)] {
            if place(calls) <= calls {
                killed += u32::from(kill(&office, &layer, is_to_server, place(calls)));
            }
        }
        let last = if office.is_usable("back") {
            "back"
        } else {
            "server"
        };
        assert_eq!(office.seen(last), before);
    }
    assert!(killed > 10, "{killed} of {there} and {back}");
}
