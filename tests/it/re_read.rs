//! Files that are read once more, or against a bill: the mended reading takes the place of the first, items belong to orders.

use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

const BIN: &str = env!("CARGO_BIN_EXE_recondesk");

struct ReReadFixture {
    workspace: tempfile::TempDir,
}

impl ReReadFixture {
    fn new() -> Self {
        let stage = Self {
            workspace: tempfile::tempdir().unwrap(),
        };
        stage.run(&["profile", "add", "shop", "--mch-id", "1900000109"]);
        stage
    }

    fn run(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let output = Command::new(BIN)
            .env("RECONDESK_PASSPHRASE", "x12345678")
            .args(["--lang", "en", "--workspace"])
            .arg(self.workspace.path())
            .args(arguments)
            .output()
            .unwrap();
        let told = [output.stdout, output.stderr].concat();
        (
            output.status.code(),
            String::from_utf8_lossy(&told).into_owned(),
        )
    }

    fn import(&self, what: &str, file: &str) -> String {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/re_read");
        let path = path.join(file).display().to_string();
        self.run(&[what, "import", &path, "--profile", "shop"]).1
    }

    fn codes(&self) -> Vec<String> {
        let day = ["--profile", "shop", "--date", "2026-03-08"];
        let (_, told) = self.run(&[&["reconcile", "--format", "json"], &day[..]].concat());
        let from = told.find('[').unwrap_or_default();
        let mut found = serde_json::Deserializer::from_str(&told[from..]).into_iter::<Value>();
        let found = found.next().unwrap().unwrap();
        let rows = found.as_array().unwrap();
        rows.iter()
            .map(|row| row["code"].as_str().unwrap().to_owned())
            .collect()
    }
}

#[test]
fn the_mended_column_of_numbers_takes_the_place_of_the_first_one() {
    let stage = ReReadFixture::new();
    let first = stage.import("orders", "two_numbers.csv");
    assert!(first.contains("out_trade_no ← 訂單號碼"), "{first}");
    stage.import("bill", "two_numbers-bill.csv");
    assert!(stage.codes().contains(&"K03".to_owned()));

    let again = stage.import("orders", "two_numbers.csv");
    assert!(again.contains("out_trade_no ← 付款訂單號碼"), "{again}");
    assert!(again.contains("of the earlier reading"), "{again}");
    let codes = stage.codes();
    assert!(
        !codes.iter().any(|code| code == "P05" || code == "K03"),
        "{codes:?}"
    );

    let third = stage.import("orders", "two_numbers.csv");
    assert!(!third.contains("of the earlier reading"), "{third}");
    assert_eq!(stage.codes(), codes);
}

#[test]
fn items_below_merged_cells_are_proven_by_the_bill_with_their_order() {
    let stage = ReReadFixture::new();
    stage.import("bill", "merged_items-bill.csv");
    let told = stage.import("orders", "merged_items.csv");
    assert!(told.contains("3 of 3 paid numbers"), "{told}");
    assert!(!told.contains("amounts are those of the bill"), "{told}");
    assert_eq!(stage.codes(), ["P03", "P03"]);
}

#[test]
fn a_sale_without_a_number_is_no_item_of_the_order_above() {
    let stage = ReReadFixture::new();
    stage.import("bill", "cash_without_number-bill.csv");
    let told = stage.import("orders", "cash_without_number.csv");
    assert!(told.contains("12 of 12 paid numbers"), "{told}");
    assert!(!told.contains("amounts are those of the bill"), "{told}");
    assert!(stage.codes().is_empty());
}
