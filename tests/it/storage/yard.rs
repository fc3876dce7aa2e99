//! A workspace in which everything has happened once, and the sandbox that has its payments.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use recondesk::adapters;
use recondesk::adapters::clock::SystemClock;
use recondesk::domain::{BillDate, Category};
use recondesk::ports::{CaseQuery, Clock as _};
use recondesk::sandbox::scenario::{
    Anomaly, OrderColumns, OrdersWriter, Scenario, bill_lines, mapping_toml,
};
use recondesk::sandbox::{Config, Running, start};
use recondesk::wechat::bill::{BillForm, BillPrinter};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::copy;
use crate::support::wire::{Client, SignDigest, control};

/// The day that is compared already.
pub(super) const FIRST_DAY: &str = "2026-03-08";
/// The day after it.
pub(super) const SECOND_DAY: &str = "2026-03-09";
const ROWS: u64 = 120;

/// The files of a day.
#[derive(Debug, Clone)]
pub(super) struct DayFiles {
    pub(super) orders: String,
    pub(super) mapping: String,
    pub(super) bill: String,
}

impl DayFiles {
    /// The command that imports the orders.
    pub(super) fn import_orders(&self) -> [&str; 7] {
        let (orders, mapping) = (&self.orders, &self.mapping);
        [
            "orders",
            "import",
            orders,
            "--profile",
            "shop",
            "--mapping",
            mapping,
        ]
    }

    /// The command that imports the bill.
    pub(super) fn import_bill(&self) -> [&str; 5] {
        ["bill", "import", &self.bill, "--profile", "shop"]
    }
}

/// The workspace, the files of its days, and the sandbox.
pub(super) struct Yard {
    folder: TempDir,
    pub(super) running: Running,
    pub(super) second: DayFiles,
    /// Orders that are paid in the sandbox: refunded by a draft, refunded not yet.
    pub(super) paid: [&'static str; 2],
    /// The refund that is prepared.
    pub(super) refund: String,
    /// A case that nobody has looked at.
    pub(super) case: String,
    /// A case of an order that the sandbox has, paid and not served.
    pub(super) unserved: String,
}

impl Yard {
    /// All of it; another `seed` makes other numbers and sums.
    pub(super) fn new(seed: u64) -> Self {
        let clock = SystemClock::new();
        let running = start(Config::new(Arc::new(move || clock.now()), 7)).unwrap();
        control(
            &running.base_http,
            "rules",
            &json!({ "refund_settles_s": 0 }),
        );
        let folder = tempfile::tempdir().unwrap();
        let first = day_files(folder.path(), FIRST_DAY, seed);
        let second = day_files(folder.path(), SECOND_DAY, seed);
        let mut yard = Self {
            folder,
            running,
            second,
            paid: ["A20260308000001", "A20260308000002"],
            refund: String::new(),
            case: String::new(),
            unserved: String::new(),
        };
        yard.begin();
        yard.import(&first);
        copy(&yard.workspace(), &yard.early());
        yard.work();
        yard
    }

    /// The workspace.
    pub(super) fn workspace(&self) -> PathBuf {
        self.folder.path().join("workspace")
    }

    /// The same before anything was compared.
    pub(super) fn early(&self) -> PathBuf {
        self.folder.path().join("early")
    }

    fn begin(&self) {
        let merchant = &self.running.merchant;
        let (mch_id, gateway) = (merchant.mch_id.clone(), self.running.base_http.clone());
        let add = ["profile", "add", "shop", "--mch-id", &mch_id];
        let with = ["--appid", &merchant.appids[0], "--gateway", &gateway];
        self.expect(0, &[&add[..], &with].concat());
        let key = ["profile", "set-key", "shop", "v2", "--from-env", "SHOP_KEY"];
        self.expect(0, &key);
    }

    fn import(&self, files: &DayFiles) {
        self.expect(0, &files.import_orders());
        self.expect(0, &files.import_bill());
    }

    /// Compares the first day, decides about cases, prepares a refund.
    fn work(&mut self) {
        let compare = ["reconcile", "--profile", "shop", "--date", FIRST_DAY];
        self.expect(1, &[&compare[..], &["--format", "json"]].concat());
        let ports = adapters::open(Some(&self.workspace())).unwrap();
        let cases = ports.records.cases(&CaseQuery::default()).unwrap();
        drop(ports);
        let key = |at: usize| cases[at].key.clone();
        self.expect(0, &["cases", "take", &key(0)]);
        self.expect(
            0,
            &["cases", "comment", &key(0), "--text", "客服说已补发 203.57"],
        );
        self.expect(0, &["cases", "take", &key(1)]);
        self.expect(0, &["cases", "resolve", &key(1), "--reason", "补录"]);
        self.case = key(2);
        let unserved = cases
            .iter()
            .find(|case| case.finding.category == Category::PaidNotBooked)
            .unwrap();
        let finding = &unserved.finding;
        let client = Client::of(&self.running, SignDigest::Md5);
        let paid = finding.bill.unwrap().get().to_string();
        client.place_paid(finding.out_trade_no.as_str(), &paid);
        self.unserved.clone_from(&unserved.key);
        for order in self.paid {
            Client::of(&self.running, SignDigest::Md5).place_paid(order, "1230");
        }
        let prepared = self.expect(0, &prepare(self.paid[0]));
        let prepared: Value = serde_json::from_str(&prepared).unwrap();
        prepared["out_refund_no"]
            .as_str()
            .unwrap()
            .clone_into(&mut self.refund);
    }

    /// A command on a workspace.
    pub(super) fn command(&self, workspace: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin("recondesk"));
        command
            .arg("--workspace")
            .arg(workspace)
            .args(["--lang", "en"])
            .args(arguments)
            .env("RECONDESK_PASSPHRASE", "for tests only")
            .env("RECONDESK_NEW_PASSPHRASE", "for tests only")
            .env("SHOP_KEY", self.running.merchant.v2_key.expose())
            .envs(["RECONDESK_PIN", "RECONDESK_NEW_PIN"].map(|name| (name, "84712936")))
            .env_remove("RECONDESK_OPERATOR");
        command
    }

    #[track_caller]
    pub(super) fn expect(&self, code: i32, arguments: &[&str]) -> String {
        self.expect_in(&self.workspace(), code, arguments)
    }

    #[track_caller]
    pub(super) fn expect_in(&self, workspace: &Path, code: i32, arguments: &[&str]) -> String {
        let output = self.command(workspace, arguments).output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {told}");
        String::from_utf8(output.stdout).unwrap()
    }
}

/// The command that prepares a refund.
pub(super) fn prepare(order: &str) -> [&str; 12] {
    [
        "refund",
        "prepare",
        "--profile",
        "shop",
        "--order",
        order,
        "--amount",
        "12.30",
        "--reason",
        "重复支付",
        "--format",
        "json",
    ]
}

/// Writes the files of a day that has some of everything wrong with it.
fn day_files(folder: &Path, day: &str, seed: u64) -> DayFiles {
    let day = BillDate::parse(day).unwrap();
    let mut scene = Scenario::new(day, seed, ROWS);
    scene.twists = [
        Category::PaidNotBooked,
        Category::WOnlyPay,
        Category::MOnlyPay,
        Category::AmountDiff,
        Category::PayPendingW,
        Category::BookedNotFulfilled,
    ]
    .map(Anomaly::Find)
    .to_vec();
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
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.join(format!("{day}-{name}"));
        super::overwrite(&path, bytes);
        path.to_str().unwrap().to_owned()
    };
    DayFiles {
        orders: file("orders.csv", &orders),
        mapping: file("mapping.toml", mapping_toml(OrderColumns::Full).as_bytes()),
        bill: file("bill.csv", &bill),
    }
}
