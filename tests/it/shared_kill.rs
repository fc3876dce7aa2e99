//! An import into a shared workspace that is killed at any call to this computer's disk: it is there as a whole or not
//! at all, and can be done again.
//!
//! It needs a server with an empty database (`RECONDESK_TEST_POSTGRES_MOVE`), so `cargo test` leaves it out;
//! `just shared` runs it, with the files in a folder and in an object store.

use std::path::PathBuf;
use std::process::Command;

use recondesk::domain::Category;
use recondesk::sandbox::scenario::Anomaly;
use tempfile::TempDir;

use super::cli::CliFixture;
use super::storage::{TraceLayer, is_thorough};
use super::support::share;

const DAY: &str = "2026-03-08";

/// A shared workspace and the home of a person.
struct Office {
    folder: TempDir,
    address: String,
}

impl Office {
    fn new() -> Self {
        let address = std::env::var("RECONDESK_TEST_POSTGRES_MOVE").expect("run `just shared`");
        let folder = tempfile::tempdir().unwrap();
        let office = Self { folder, address };
        office.sql("DROP SCHEMA IF EXISTS recondesk CASCADE");
        std::fs::create_dir(office.path("share")).unwrap();
        let files = share::location(&office.path("share"));
        let address = office.address.clone();
        office.expect(0, &["workspace", "create", &address, "--files", &files]);
        office.expect(0, &["profile", "add", "shop", "--mch-id", "1900000109"]);
        office
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn sql(&self, sql: &str) {
        let mut server = postgres::Client::connect(&self.address, postgres::NoTls).unwrap();
        server.batch_execute(sql).unwrap();
    }

    fn program(&self, arguments: &[&str]) -> Command {
        let mut program = Command::new(env!("CARGO_BIN_EXE_recondesk"));
        program
            .args(["--workspace", &self.address, "--lang", "en"])
            .args(arguments)
            .env("HOME", self.path("home"))
            .env("XDG_DATA_HOME", self.path("home/data"))
            .env("RECONDESK_PASSPHRASE", "for tests only");
        program
    }

    #[track_caller]
    fn expect(&self, code: i32, arguments: &[&str]) -> String {
        let output = self.program(arguments).output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {told}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn imports(&self) -> i64 {
        let mut server = postgres::Client::connect(&self.address, postgres::NoTls).unwrap();
        let sql = "SELECT count(*) FROM recondesk.import";
        server.query_one(sql, &[]).unwrap().get(0)
    }
}

#[test]
#[ignore = "needs a server: just shared"]
fn an_import_that_is_killed_anywhere_is_there_or_not_and_can_be_done_again() {
    let stage = CliFixture::new();
    stage.import(vec![Anomaly::Find(Category::AmountDiff)]);
    let compare = ["reconcile", "--profile", "shop", "--date", DAY];
    let compare = [&compare[..], &["--format", "csv"]].concat();
    let expected = stage.expect(1, &compare);
    let path = |name: &str| stage.path(name).to_str().unwrap().to_owned();
    let (orders, mapping, bill) = (path("orders.csv"), path("mapping.toml"), path("bill.csv"));
    let imports = [
        vec![
            "orders",
            "import",
            &orders,
            "--profile",
            "shop",
            "--mapping",
            &mapping,
        ],
        vec!["bill", "import", &bill, "--profile", "shop"],
    ];
    let layer = TraceLayer::new();
    // What an import writes on this computer: the share, or its copy of the object store.
    let watched = if share::is_stored() { "home" } else { "share" };
    let steps = if is_thorough() { 100 } else { 6 };

    let (mut killed, mut before, mut after) = (0, 0, 0);
    for nth in 1..=steps {
        let office = Office::new();
        for (done, import) in (0_i64..).zip(&imports) {
            let mut program = office.program(import);
            layer.below(&mut program, &office.path(watched));
            let settings = [("FAULT_KILLS", "1"), ("FAULT_THREADS", "1")];
            let at = (nth * 3).to_string();
            let code = program.envs(settings).env("FAULT_AT", at).output().unwrap();
            killed += i32::from(code.status.code() == Some(137));
            let there = office.imports() - done;
            assert!(matches!(there, 0 | 1), "{there}");
            *(if there == 0 { &mut before } else { &mut after }) += 1;
            // As half a minute later: the right of the dead program has ended.
            office.sql("UPDATE recondesk.lease SET until = clock_timestamp()");
            office.expect(0, import);
            assert_eq!(office.imports(), done + 1);
        }
        assert_eq!(office.expect(1, &compare), expected, "killed at {nth}");
    }
    assert!(killed >= 3 && before > 0, "{killed}, {before}, {after}");
}
