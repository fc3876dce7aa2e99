//! A service provider's sub-merchants use the same order numbers: each has its own order, its own case, its own money.

use serde_json::Value;

const BIN: &str = env!("CARGO_BIN_EXE_recondesk");
const FIRST: &str = "1500000001";
const SECOND: &str = "1500000002";

/// A workspace of one service provider, and the day that was compared.
struct Provider(tempfile::TempDir);

impl Provider {
    fn new(orders: &str, bill: &str) -> Self {
        Self::of(&[], orders, bill)
    }

    /// With these options of its profile.
    fn of(options: &[&str], orders: &str, bill: &str) -> Self {
        let provider = Self(tempfile::tempdir().unwrap());
        let add = ["profile", "add", "sp", "--mch-id", "1900000109"];
        provider.run(&[&add[..], options].concat());
        for (what, name) in [("orders", orders), ("bill", bill)] {
            let root = env!("CARGO_MANIFEST_DIR");
            let file = format!("{root}/tests/fixtures/sub_merchants/{name}");
            let (code, _) = provider.run(&[what, "import", &file, "--profile", "sp"]);
            assert_eq!(code, Some(0), "{name}");
        }
        provider
    }

    fn run(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let output = self.output(arguments);
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        (output.status.code(), told)
    }

    fn output(&self, arguments: &[&str]) -> std::process::Output {
        std::process::Command::new(BIN)
            .env("RECONDESK_PASSPHRASE", "for tests only")
            .env("USER", "anna")
            .args(["--lang", "en", "--workspace"])
            .arg(self.0.path())
            .args(arguments)
            .output()
            .unwrap()
    }

    /// Code, number, sub-merchant and amount of what is found.
    fn found(&self, arguments: &[&str]) -> Vec<String> {
        let (_, told) = self.run(&[arguments, &["--format", "json"]].concat());
        let told: Value = serde_json::from_str(&told).unwrap();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let mut out: Vec<String> = told
            .as_array()
            .unwrap()
            .iter()
            .map(|row| {
                let (code, number) = (text(&row["code"]), text(&row["out_trade_no"]));
                format!(
                    "{code} {number} {} {}",
                    text(&row["sub_mch_id"]),
                    row["at_stake_fen"]
                )
            })
            .collect();
        out.sort();
        out
    }

    fn compare(&self) -> Vec<String> {
        self.found(&["reconcile", "--profile", "sp", "--date", "2026-03-08"])
    }

    /// Standing, step and code of the case of each sub-merchant that has a number.
    fn stories(&self, number: &str) -> Vec<(String, String)> {
        let (_, said) = self.run(&["query", number, "--format", "json"]);
        let said: Value = serde_json::from_str(&said).unwrap();
        let stories = said["numbers"][0]["stories"].as_array().unwrap();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let mut out: Vec<_> = stories
            .iter()
            .map(|story| (text(&story["sub_mch_id"]), text(&story["action"])))
            .collect();
        out.sort();
        out
    }
}

#[test]
fn each_sub_merchant_has_a_case_of_its_own() {
    let provider = Provider::new("orders.csv", "bill.csv");
    let all = [
        "P01 SQ000001 1500000001 1001",
        "P01 SQ000001 1500000002 2001",
        "P03 SQ000002 1500000002 2002",
        "P04 SQ000003 1500000001 1003",
        "P04 SQ000003 1500000002 2003",
    ];

    assert_eq!(provider.compare(), all);
    assert_eq!(provider.found(&["cases", "list"]), all);

    let key = format!("1900000109:{FIRST}/pay/SQ000001/unfulfilled");
    let (code, _) = provider.run(&["cases", "show", "SQ000001"]);
    assert_eq!(code, Some(2), "which of the two was meant is asked");
    provider.run(&["cases", "take", &key]);
    provider.run(&["cases", "carry", &key, "--reason", "waits"]);
    let (_, shown) = provider.run(&["cases", "show", &key]);
    assert!(shown.contains("10.01"), "{shown}");
    assert_eq!(provider.compare(), all, "the other customer's money stays");
    assert_eq!(provider.found(&["cases", "list"]).len(), 5);

    // Who has the goods is not told to wait for those of the other.
    let delivered = (FIRST.to_owned(), "none".to_owned());
    assert_eq!(provider.stories("SQ000002")[0], delivered);
    assert_ne!(provider.stories("SQ000002")[1].1, "none");
}

#[test]
fn a_refund_of_one_is_not_the_refund_of_another() {
    let provider = Provider::new("totals-orders.csv", "totals-bill.csv");

    let found = provider.compare();

    assert!(
        found.contains(&format!("R01 SX000001 {SECOND} 2000")),
        "{found:?}"
    );
    let waits = found
        .iter()
        .any(|row| row.starts_with(&format!("R10 SX000001 {FIRST}")));
    assert!(waits, "{found:?}");
}

#[test]
fn payments_of_sub_merchants_that_the_profile_does_not_name_are_nobodys_work() {
    let provider = Provider::of(&["--sub-mch-id", FIRST], "orders.csv", "bill.csv");

    let found = provider.compare();

    assert_eq!(
        found,
        [
            "P01 SQ000001 1500000001 1001",
            "P01 SQ000001 1500000002 2001",
            "P03 SQ000002 1500000002 2002",
            "P04 SQ000003 1500000001 1003",
        ],
        "an order in the merchant's own file counts, whoever sold it"
    );
    let day = ["reconcile", "--profile", "sp", "--date", "2026-03-08"];
    let (_, table) = provider.run(&[&day[..], &["--all"]].concat());
    assert!(!table.contains("2003"), "{table}");
    let said = provider.output(&day).stderr;
    let said = String::from_utf8_lossy(&said).into_owned();
    assert!(said.contains("1 of them are of sub-merchants"), "{said}");
    let steps = provider.stories("SQ000003");
    assert_eq!(steps[0], (FIRST.to_owned(), "find_owner".to_owned()));
    assert_eq!(steps[1], (SECOND.to_owned(), "none".to_owned()));
}

#[test]
fn the_evidence_of_one_is_not_that_of_another() {
    let provider = Provider::new("orders.csv", "bill.csv");
    let zip = provider.0.path().join("order.zip");
    let make = ["bundle", "make", "SQ000001", "--profile", "sp", "--out"];
    let make = [&make[..], &[zip.to_str().unwrap()]].concat();

    let refused = provider.output(&make);

    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(2), "{said}");
    for part in ["bundle.sub_merchant", FIRST, SECOND] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let stranger = provider.output(&[&make[..], &["--sub-mch-id", "1500000009"]].concat());
    assert_eq!(stranger.status.code(), Some(2));
    assert!(!zip.exists());
    let (code, _) = provider.run(&[&make[..], &["--sub-mch-id", SECOND]].concat());
    assert_eq!(code, Some(0));
    let file = std::fs::File::open(&zip).unwrap();
    let mut zip = zip::ZipArchive::new(file).unwrap();
    let evidence = zip.by_name("evidence.json").unwrap();
    let evidence: Value = serde_json::from_reader(evidence).unwrap();
    let rows = evidence["rows"].as_array().unwrap();
    assert!(rows.len() >= 2, "its order and its payment: {rows:?}");
    for row in rows {
        let text = row["text"].as_str().unwrap();
        assert!(text.contains(SECOND) && !text.contains(FIRST), "{text}");
    }
}

#[test]
fn each_sub_merchant_of_a_number_is_asked_about() {
    use std::sync::Arc;

    use recondesk::adapters::clock::SystemClock;
    use recondesk::ports::Clock as _;
    use recondesk::sandbox::{Config, start};

    let clock = SystemClock::default();
    let running = start(Config::new(Arc::new(move || clock.now()), 5)).unwrap();
    assert_eq!(
        running.merchant.mch_id, "1900000109",
        "that of the fixtures"
    );
    let provider = Provider::new("orders.csv", "bill.csv");
    let appid = &running.merchant.appids[0];
    let edit = ["profile", "edit", "sp", "--gateway", &running.base_http];
    let (code, _) = provider.run(&[&edit[..], &["--appid", appid]].concat());
    assert_eq!(code, Some(0));
    let key = provider.0.path().join("key");
    let text = running.merchant.v2_key.expose().as_bytes();
    recondesk::adapters::files::replace(&key, text).unwrap();
    let set = ["profile", "set-key", "sp", "v2", "--from-file"];
    let (code, _) = provider.run(&[&set[..], &[key.to_str().unwrap()]].concat());
    assert_eq!(code, Some(0));

    let query = ["query", "SQ000001", "--live", "--format", "json"];
    let output = provider.output(&query);

    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let told: Value = serde_json::from_slice(&output.stdout).expect(&said);
    let each = told["numbers"][0]["live_each"].as_array().unwrap();
    let each: Vec<_> = each.iter().map(|one| one["sub_mch_id"].as_str()).collect();
    assert_eq!(each, [Some(FIRST), Some(SECOND)], "{told}");
}
