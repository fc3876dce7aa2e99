//! A shared workspace as people on two computers use it: the command line on PostgreSQL and a shared folder.
//!
//! It needs a server with an empty database (`RECONDESK_TEST_POSTGRES_EMPTY`), so `cargo test` leaves it out;
//! `just shared` runs it.

use std::path::Path;
use std::process::{Command as Process, Output, Stdio};

use assert_cmd::Command;
use recondesk::domain::Category;
use recondesk::sandbox::scenario::Anomaly;
use tempfile::TempDir;

use super::cli::CliFixture;
use super::support::share;

const DAY: &str = "2026-03-08";

/// A person's computer.
struct Computer<'a> {
    home: TempDir,
    address: &'a str,
}

impl<'a> Computer<'a> {
    fn new(address: &'a str) -> Self {
        Self {
            home: tempfile::tempdir().unwrap(),
            address,
        }
    }

    fn run(&self, arguments: &[&str]) -> Output {
        Command::cargo_bin("recondesk")
            .unwrap()
            .args(["--workspace", self.address, "--lang", "en"])
            .args(arguments)
            .env("HOME", self.home.path())
            .env("XDG_DATA_HOME", self.home.path().join("data"))
            .env("RECONDESK_PASSPHRASE", "for tests only")
            .output()
            .unwrap()
    }

    #[track_caller]
    fn expect(&self, code: i32, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {told}");
        String::from_utf8(output.stdout).unwrap()
    }

    #[track_caller]
    fn refusal(&self, code: i32, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {told}");
        told
    }
}

fn import(computer: &Computer<'_>, stage: &CliFixture) {
    let path = |name: &str| stage.path(name).to_str().unwrap().to_owned();
    let (orders, mapping, bill) = (path("orders.csv"), path("mapping.toml"), path("bill.csv"));
    let import = ["orders", "import", &orders, "--profile", "shop"];
    computer.expect(0, &[&import[..], &["--mapping", &mapping]].concat());
    computer.expect(0, &["bill", "import", &bill, "--profile", "shop"]);
}

/// Four programs of two computers import the same files at once.
fn import_at_once(computers: [&Computer<'_>; 2], stage: &CliFixture) {
    let orders = stage.path("orders.csv");
    let mapping = stage.path("mapping.toml");
    let programs: Vec<_> = [0, 1, 0, 1]
        .into_iter()
        .map(|at| {
            let computer = computers[at];
            Process::new(env!("CARGO_BIN_EXE_recondesk"))
                .args(["--workspace", computer.address, "orders", "import"])
                .arg(&orders)
                .args(["--profile", "shop", "--mapping"])
                .arg(&mapping)
                .env("HOME", computer.home.path())
                .env("XDG_DATA_HOME", computer.home.path().join("data"))
                .stdout(Stdio::null())
                .spawn()
                .unwrap()
        })
        .collect();
    for mut program in programs {
        assert!(program.wait().unwrap().success());
    }
}

fn count(folder: &Path) -> usize {
    std::fs::read_dir(folder).unwrap().count()
}

#[test]
#[ignore = "needs a server: just shared"]
fn two_computers_share_books_cases_and_decisions() {
    let address = std::env::var("RECONDESK_TEST_POSTGRES_EMPTY").expect("run `just shared`");
    let share = tempfile::tempdir().unwrap();
    let files = share::location(share.path());
    let (one, other) = (Computer::new(&address), Computer::new(&address));
    let local = CliFixture::new();
    local.import(vec![
        Anomaly::Find(Category::BookedNotFulfilled),
        Anomaly::Find(Category::AmountDiff),
    ]);
    let compare = [
        "reconcile",
        "--profile",
        "shop",
        "--date",
        DAY,
        "--format",
        "csv",
    ];
    let expected = local.expect(1, &compare);

    // Before it is made there is nothing to use, and nothing is made by using it.
    let told = one.refusal(2, &["profile", "list"]);
    assert!(told.contains("workspace create"), "{told}");
    one.expect(0, &["workspace", "create", &address, "--files", &files]);
    one.refusal(2, &["workspace", "create", &address, "--files", &files]);

    one.expect(0, &["profile", "add", "shop", "--mch-id", "1900000109"]);
    import_at_once([&one, &other], &local);
    import(&other, &local);
    if !share::is_stored() {
        assert_eq!(count(&share.path().join("archive")), 2);
    }
    assert_eq!(one.expect(1, &compare), expected);
    assert_eq!(other.expect(1, &compare), expected);

    // A decision of one is there for the other, as it is for whoever took it.
    let list = ["cases", "list", "--format", "csv"];
    let before = other.expect(1, &list);
    assert_eq!(one.expect(1, &list), before);
    one.expect(0, &["cases", "take", "--filter", "all", "--yes"]);
    let after = other.expect(1, &list);
    assert!(after != before && after == one.expect(1, &list));
    for computer in [&one, &other] {
        computer.expect(0, &["audit", "verify"]);
    }

    // On a computer that has imported nothing a number is found, and the books are exported.
    let third = Computer::new(&address);
    let bill = String::from_utf8(std::fs::read(local.path("bill.csv")).unwrap()).unwrap();
    let number = bill.lines().nth(1).unwrap().split(',').nth(6).unwrap();
    let number = number.trim_start_matches('`');
    let found = String::from_utf8(third.run(&["query", number]).stdout).unwrap();
    assert!(found.contains("bill.csv"), "{found}");
    let out = third.home.path().join("books");
    let code = third.run(&["books", "export", "--out", out.to_str().unwrap()]);
    assert!(matches!(code.status.code(), Some(0 | 1)), "{code:?}");
    assert!(out.join("orders").is_dir() && out.join("_manifest.json").is_file());

    // Care for the database is a matter of its server, and another folder under the share's name is refused.
    other.refusal(2, &["check"]);
    if share::is_stored() {
        return;
    }
    std::fs::rename(
        share.path().join("recondesk.workspace"),
        share.path().join("away"),
    )
    .unwrap();
    let told = one.refusal(6, &["profile", "list"]);
    assert!(told.contains("mounted"), "{told}");
}
