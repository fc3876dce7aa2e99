//! Several workers do the mornings of many merchants of a shared workspace: each is done once, what a dead worker had
//! begun is taken over, and the results are those of one computer alone.
//!
//! It needs a server with an empty database (`RECONDESK_TEST_POSTGRES_MOVE`), so `cargo test` leaves it out;
//! `just shared` runs it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use recondesk::domain::{BillDate, Category, MchId};
use recondesk::sandbox::scenario::{
    Anomaly, OrderColumns, OrdersWriter, Scenario, bill_lines, mapping_toml,
};
use recondesk::wechat::bill::{BillForm, BillPrinter};
use tempfile::TempDir;

use super::storage::TraceLayer;
use super::support::share;

const DAY: &str = "2026-03-08";
const MERCHANTS: u32 = 9;

/// A folder with the home of a person, the exports of the merchants, a workspace and a share.
struct WorkerOffice {
    folder: TempDir,
    address: String,
}

impl WorkerOffice {
    fn new() -> Self {
        let address = std::env::var("RECONDESK_TEST_POSTGRES_MOVE").expect("run `just shared`");
        let office = Self {
            folder: tempfile::tempdir().unwrap(),
            address,
        };
        office.sql("DROP SCHEMA IF EXISTS recondesk CASCADE");
        std::fs::create_dir(office.path("share")).unwrap();
        office.write("mapping.toml", mapping_toml(OrderColumns::Full).as_bytes());
        for merchant in 0..MERCHANTS {
            office.exports(merchant);
        }
        office
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn sql(&self, sql: &str) {
        let mut server = postgres::Client::connect(&self.address, postgres::NoTls).unwrap();
        server.batch_execute(sql).unwrap();
    }

    fn number(&self, sql: &str) -> i64 {
        let mut server = postgres::Client::connect(&self.address, postgres::NoTls).unwrap();
        server.query_one(sql, &[]).unwrap().get(0)
    }

    /// A file that was written a while ago, as exports are.
    fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        recondesk::adapters::files::replace(&path, bytes).unwrap();
        let file = std::fs::File::options().write(true).open(&path).unwrap();
        let now = file.metadata().unwrap().modified().unwrap();
        file.set_modified(now - Duration::from_hours(1)).unwrap();
    }

    /// The bill and the orders of a merchant; every merchant has others. Orders of the day before keep the mapping.
    fn exports(&self, merchant: u32) {
        let day = BillDate::parse(DAY).unwrap();
        let mut before = Scenario::new(day.prev(), 1_000 + u64::from(merchant), 3);
        before.mch_id = MchId::new(&mch_id(merchant)).unwrap();
        let mut writer = OrdersWriter::new(&before, OrderColumns::Full);
        let mut orders = Vec::new();
        writer.header(&mut orders);
        for deal in before.deals() {
            writer.deal(&deal, &mut orders);
        }
        self.write(&format!("before/m{merchant}.csv"), &orders);
        let mut scene = Scenario::new(day, u64::from(merchant) + 1, 60 + u64::from(merchant));
        scene.mch_id = MchId::new(&mch_id(merchant)).unwrap();
        scene.twists = match merchant % 3 {
            0 => vec![Anomaly::Find(Category::AmountDiff)],
            1 => vec![Anomaly::Find(Category::BookedNotFulfilled)],
            _ => Vec::new(),
        };
        let mut writer = OrdersWriter::new(&scene, OrderColumns::Full);
        let mut printer = BillPrinter::new(BillForm::All27);
        let (mut orders, mut bill) = (Vec::new(), Vec::new());
        writer.header(&mut orders);
        printer.header(&mut bill);
        for deal in scene.deals() {
            writer.deal(&deal, &mut orders);
            bill_lines(&scene, &deal, &mut printer, &mut bill).unwrap();
        }
        printer.summary(&mut bill);
        self.write(&format!("exports/m{merchant}/orders.csv"), &orders);
        self.write(&format!("exports/m{merchant}/bill.csv"), &bill);
    }

    fn program(&self, place: &str, arguments: &[&str]) -> Command {
        let mut program = Command::new(env!("CARGO_BIN_EXE_recondesk"));
        program
            .args(["--workspace", place, "--lang", "en"])
            .args(arguments)
            .env("HOME", self.path("home"))
            .env("XDG_DATA_HOME", self.path("home/data"))
            .env("RECONDESK_PASSPHRASE", "for tests only")
            .stdin(Stdio::null());
        program
    }

    #[track_caller]
    fn expect(&self, place: &str, codes: &[i32], arguments: &[&str]) -> String {
        let output = self.program(place, arguments).output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        let code = output.status.code().unwrap_or(-1);
        assert!(codes.contains(&code), "{arguments:?}, {code}: {told}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn set_up(&self, place: &str) {
        let mapping = self.path("mapping.toml");
        for merchant in 0..MERCHANTS {
            let name = format!("m{merchant}");
            let folder = self.path(&format!("exports/{name}"));
            let add = ["profile", "add", &name, "--mch-id", &mch_id(merchant)];
            let from = ["--orders-from", text(&folder)];
            self.expect(place, &[0], &[&add[..], &from].concat());
            let before = self.path(&format!("before/{name}.csv"));
            let import = ["orders", "import", text(&before), "--profile", &name];
            let import = [&import[..], &["--mapping", text(&mapping)]].concat();
            self.expect(place, &[0], &import);
        }
    }

    /// What people see of the merchants' days, without the numbers of cases: they are given in the order of the work.
    fn seen(&self, place: &str) -> String {
        let cases = self.expect(place, &[0, 1], &["cases", "list", "--format", "json"]);
        let mut cases: Vec<serde_json::Value> = serde_json::from_str(&cases).unwrap();
        for case in &mut cases {
            assert!(case.as_object_mut().unwrap().remove("case_id").is_some());
        }
        let mut out = format!("{cases:#?}");
        for merchant in 0..MERCHANTS {
            let name = format!("m{merchant}");
            let compare = ["reconcile", "--profile", &name, "--date", DAY, "--all"];
            let csv = [&compare[..], &["--format", "csv"]].concat();
            out += &self.expect(place, &[0, 1], &csv);
        }
        out
    }
}

fn mch_id(merchant: u32) -> String {
    (1_900_000_109 + merchant).to_string()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// How many merchants a worker says it did.
fn own_share(told: &[u8]) -> u32 {
    let told = String::from_utf8_lossy(told).into_owned();
    let rest = told.split_once("merchants are done, ").expect(&told).1;
    rest.split(' ').next().unwrap().parse().unwrap()
}

const WORK: [&str; 5] = ["day", "--all", "--worker", "--date", DAY];

#[test]
#[ignore = "needs a server: just shared"]
fn four_workers_of_which_one_dies_do_what_one_computer_does_and_nothing_twice() {
    let office = WorkerOffice::new();
    let alone = office.path("alone");
    office.set_up(text(&alone));
    office.expect(text(&alone), &[1], &["day", "--all", "--date", DAY]);
    let expected = office.seen(text(&alone));

    let files = share::location(&office.path("share"));
    let address = office.address.clone();
    let create = ["workspace", "create", &address, "--files", &files];
    office.expect(&address, &[0], &create);
    office.set_up(&address);
    // One worker is killed in the middle of an import, with its claims.
    let layer = TraceLayer::new();
    let mut dying = office.program(&address, &WORK);
    let watched = if share::is_stored() { "home" } else { "share" };
    layer.below(&mut dying, &office.path(watched));
    let settings = [
        ("FAULT_KILLS", "1"),
        ("FAULT_THREADS", "1"),
        ("FAULT_AT", "61"),
    ];
    let code = dying.envs(settings).output().unwrap().status.code();
    assert_eq!(code, Some(137));
    let of_day = "SELECT count(*) FROM recondesk.lease WHERE name LIKE 'day-%'";
    assert_eq!(office.number(of_day), 1);
    let done = office.number("SELECT count(*) FROM recondesk.preference WHERE key LIKE 'worker.%'");
    assert!((1..i64::from(MERCHANTS)).contains(&done), "{done}");
    // As half a minute later.
    office.sql("UPDATE recondesk.lease SET until = clock_timestamp()");

    let workers: Vec<_> = (0..3)
        .map(|_| {
            let mut worker = office.program(&address, &WORK);
            worker.stdout(Stdio::null()).stderr(Stdio::piped());
            worker.spawn().unwrap()
        })
        .collect();
    let mut by_others = 0;
    for worker in workers {
        let output = worker.wait_with_output().unwrap();
        assert!(matches!(output.status.code(), Some(0 | 1)));
        by_others += own_share(&output.stderr);
    }

    assert_eq!(i64::from(by_others) + done, i64::from(MERCHANTS));
    let imports = office.number("SELECT count(*) FROM recondesk.import");
    assert_eq!(imports, 3 * i64::from(MERCHANTS));
    let runs = office.number("SELECT count(*) FROM recondesk.run");
    assert_eq!(runs, i64::from(MERCHANTS));
    let seen = office.seen(&address);
    let differing = seen
        .lines()
        .zip(expected.lines())
        .find(|(one, other)| one != other);
    assert!(seen == expected, "{differing:?}");
    office.expect(&address, &[0], &["audit", "verify"]);
    // Once more within the same round there is nothing left to do.
    let again = office.program(&address, &WORK).output().unwrap();
    assert_eq!(own_share(&again.stderr), 0);
}

#[test]
fn workers_of_one_computer_share_a_folder_out() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("workspace");
    let program = |arguments: &[&str]| {
        let mut program = Command::new(env!("CARGO_BIN_EXE_recondesk"));
        program
            .args(["--workspace", text(&place), "--lang", "en"])
            .args(arguments)
            .env("RECONDESK_PASSPHRASE", "for tests only");
        program
    };
    for (merchant, name) in (0..).zip(["a", "b", "c"]) {
        let add = ["profile", "add", name, "--mch-id", &mch_id(merchant)];
        assert!(program(&add).status().unwrap().success());
    }
    let worker = || {
        let mut worker = program(&WORK);
        worker.stdout(Stdio::null()).stderr(Stdio::piped());
        worker.spawn().unwrap()
    };
    let workers = [worker(), worker()];
    // Without keys no bill comes: it fails, and is told by whoever tried.
    for worker in workers {
        let told = worker.wait_with_output().unwrap().stderr;
        let told = String::from_utf8_lossy(&told).into_owned();
        assert!(told.contains("All 3 merchants are done"), "{told}");
    }
}
