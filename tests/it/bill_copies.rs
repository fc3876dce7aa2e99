//! Bills that were saved again, merged or packed together, imported through the program itself: what is stored, what is
//! said, and that the two never contradict each other.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::Command;

const BIN: &str = env!("CARGO_BIN_EXE_recondesk");

struct BillCopiesFixture {
    workspace: tempfile::TempDir,
}

impl BillCopiesFixture {
    fn new() -> Self {
        let desk = Self {
            workspace: tempfile::tempdir().unwrap(),
        };
        desk.run(&["profile", "add", "shop", "--mch-id", "1900000109"]);
        desk
    }

    /// Exit code and all that is said.
    fn run(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let output = Command::new(BIN)
            .env("RECONDESK_PASSPHRASE", "x12345678")
            .args(["--lang", "en", "--workspace"])
            .arg(self.workspace.path())
            .args(arguments)
            .output()
            .unwrap();
        let mut told = String::from_utf8_lossy(&output.stdout).into_owned();
        told.push_str(&String::from_utf8_lossy(&output.stderr));
        (output.status.code(), told)
    }

    fn import(&self, name: &str, more: &[&str]) -> (Option<i32>, String) {
        let file = fixture(name);
        let arguments = ["bill", "import", &file, "--profile", "shop"];
        self.run(&[&arguments[..], more].concat())
    }

    /// The payments of a day, by their numbers and amounts in the books.
    fn booked(&self) -> Vec<String> {
        let (_, said) = self.run(&[
            "reconcile",
            "--profile",
            "shop",
            "--date",
            "2026-03-08",
            "--format",
            "json",
        ]);
        let start = said.find('[').unwrap_or_else(|| panic!("{said}"));
        let end = said.rfind(']').unwrap();
        let rows: serde_json::Value = serde_json::from_str(&said[start..=end]).unwrap();
        let mut rows: Vec<String> = rows
            .as_array()
            .unwrap()
            .iter()
            .map(|row| {
                format!(
                    "{} {} {} {}",
                    row["code"], row["out_trade_no"], row["transaction_id"], row["w_fen"]
                )
            })
            .collect();
        rows.sort();
        rows
    }
}

fn fixture(name: &str) -> String {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/bill_copies")
        .join(name)
        .display()
        .to_string()
}

#[test]
fn a_bill_saved_again_gives_the_rows_of_the_original_and_says_so() {
    let original = BillCopiesFixture::new();
    let (code, said) = original.import("original.csv", &[]);
    assert_eq!(code, Some(0), "{said}");
    assert!(!said.contains("saved again"), "{said}");
    let wanted = original.booked();
    assert!(!wanted.is_empty());

    for name in [
        "gbk.csv",
        "excel_gbk.csv",
        "excel.xlsx",
        "semicolons.csv",
        "tabs.txt",
        "unicode.txt",
        "quoted.csv",
    ] {
        let desk = BillCopiesFixture::new();
        let (code, said) = desk.import(name, &["--date", "2026-03-08"]);
        assert_eq!(code, Some(0), "{name}: {said}");
        assert!(
            said.contains("2026-03-08, 2 rows, totals agree"),
            "{name}: {said}"
        );
        assert!(
            said.contains("saved again") && said.contains("each cell has its backtick"),
            "{name}: {said}"
        );
        assert_eq!(desk.booked(), wanted, "{name}");

        let again = desk.import(name, &[]);
        assert_eq!(again.0, Some(0));
        assert!(again.1.contains("nothing changed"), "{name}: {}", again.1);
        let (code, said) = desk.run(&["bill", "check", &fixture(name)]);
        assert_eq!(code, Some(0), "{name}: {said}");
        assert!(said.contains("saved again"), "{name}: {said}");
    }
}

#[test]
fn a_bill_without_backticks_counts_and_says_what_nothing_proves() {
    let desk = BillCopiesFixture::new();
    let (code, said) = desk.import("bare.csv", &[]);
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.contains("backticks before its cells are gone"),
        "{said}"
    );
    assert!(said.contains("leading zero"), "{said}");
}

#[test]
fn no_copy_takes_the_place_of_the_original() {
    let desk = BillCopiesFixture::new();
    desk.import("original.csv", &[]);
    let (code, said) = desk.import("excel_gbk.csv", &[]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("imported before, nothing changed"), "{said}");

    // The copy of the other bill of that day says something else.
    let other = desk.workspace.path().join("other.csv");
    let text = std::fs::read_to_string(fixture("semicolons.csv")).unwrap();
    let (head, rest) = text.split_at(text.find("`2026-03-08 09:00:01").unwrap() - 1);
    let (_, summary) = rest.split_at(rest.find("\"总交易单数").unwrap());
    let summary = summary
        .replace("\"`2\"", "\"`1\"")
        .replace("25.81", "12.90")
        .replace("0.16000", "0.08000");
    let mut written = std::fs::File::create(&other).unwrap();
    written
        .write_all(format!("{head}{summary}").as_bytes())
        .unwrap();
    let file = other.display().to_string();
    let (code, said) = desk.run(&["bill", "import", &file, "--profile", "shop"]);
    assert_eq!(code, Some(4), "{said}");
    assert!(said.contains("the original counts"), "{said}");
}

#[test]
fn of_a_merged_bill_only_the_day_that_was_asked_for_is_taken() {
    let desk = BillCopiesFixture::new();
    let (code, said) = desk.import("two_days.csv", &["--date", "2026-03-08"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("Bill imported: 2026-03-08, 3 rows"), "{said}");
    assert!(said.contains("also holds the bill of 2026-03-07"), "{said}");
    assert!(!said.contains("nothing was stored"), "{said}");

    let none = BillCopiesFixture::new().import("two_days.csv", &["--date", "2026-03-09"]);
    assert_eq!(none.0, Some(4), "{}", none.1);
    assert!(
        none.1
            .contains("no bill of 2026-03-09, only of 2026-03-07, 2026-03-08"),
        "{}",
        none.1
    );

    let both = BillCopiesFixture::new().import("two_days.csv", &[]);
    assert_eq!(both.0, Some(0), "{}", both.1);
    assert!(both.1.contains("2026-03-07, 2 rows") && both.1.contains("2026-03-08, 3 rows"));
}

#[test]
fn a_merged_bill_that_does_not_add_up_is_refused_for_its_sum() {
    for more in [&["--date", "2026-03-08"][..], &[]] {
        let (code, said) = BillCopiesFixture::new().import("two_days_wrong_count.csv", more);
        assert_eq!(code, Some(4), "{said}");
        assert!(
            said.contains("the summary says 6, the rows give 5"),
            "{said}"
        );
        assert!(!said.contains("another day"), "{said}");
    }
}

#[test]
fn one_refused_bill_of_an_archive_is_told_beside_those_that_are_stored() {
    let desk = BillCopiesFixture::new();
    let (code, said) = desk.import("two_merchants.zip", &[]);
    assert_eq!(code, Some(4), "{said}");
    assert!(said.contains("Bill imported: 2026-03-08"), "{said}");
    assert!(said.contains("1 of 2 bills were not imported"), "{said}");
    assert!(said.contains("another merchant"), "{said}");
    assert!(!said.contains("nothing was stored"), "{said}");
    assert!(
        !desk.booked().is_empty(),
        "what was said to be stored is there"
    );
}

#[test]
fn what_lies_beside_a_bill_in_its_archive_is_named() {
    let (code, said) = BillCopiesFixture::new().import("with_funds.zip", &[]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("1900000109FundFlow2026-03-08.csv"), "{said}");
    assert!(said.contains("recondesk funds --file"), "{said}");
}

#[test]
fn the_answer_with_the_address_of_a_bill_is_told_as_that() {
    let (code, said) = BillCopiesFixture::new().import("address.json", &[]);
    assert_eq!(code, Some(4), "{said}");
    assert!(
        said.contains("download_url") && said.contains("5 minutes"),
        "{said}"
    );
}
