//! Open cases as a sheet for Excel and back: written, filled in, saved again by other programs, read, refused.

use std::path::Path;
use std::process::Output;

use assert_cmd::Command;
use calamine::{Data, Reader as _, Xlsx, open_workbook};
use recondesk::domain::Category;
use recondesk::sandbox::scenario::Anomaly;
use rust_xlsxwriter::Workbook;
use serde_json::Value;

use crate::cli::CliFixture;

const DAY: &str = "2026-03-08";
/// Where the columns that people fill in stand.
const NOTES: usize = 13;
const OWNER: usize = 14;
const DECISION: usize = 15;
const REMARK: usize = 16;
const ORDER: usize = 6;

/// A workspace with a compared day of four cases.
fn desk() -> CliFixture {
    let stage = CliFixture::new();
    stage.import(vec![
        Anomaly::Find(Category::PaidNotBooked),
        Anomaly::Find(Category::BookedNotFulfilled),
        Anomaly::Find(Category::WOnlyRefund),
        Anomaly::Find(Category::AmountDiff),
    ]);
    stage.expect(1, &["reconcile", "--profile", "shop", "--date", DAY]);
    stage
}

fn export(stage: &CliFixture) -> String {
    let out = stage.path("cases.xlsx").to_str().unwrap().to_owned();
    stage.expect(0, &["cases", "export", "--format", "xlsx", "--out", &out]);
    out
}

type SheetTable = Vec<Vec<String>>;

fn read(path: &str) -> SheetTable {
    let mut book: Xlsx<_> = open_workbook(path).unwrap();
    let name = book.sheet_names()[0].clone();
    let range = book.worksheet_range(&name).unwrap();
    range
        .rows()
        .map(|row| {
            row.iter()
                .map(|cell| match cell {
                    Data::Empty => String::new(),
                    other => other.to_string(),
                })
                .collect()
        })
        .collect()
}

/// Saves the table as another program would: nothing but texts.
fn save(path: &str, table: &SheetTable) {
    let mut book = Workbook::new();
    let page = book.add_worksheet();
    for (row, cells) in (0_u32..).zip(table) {
        for (column, cell) in (0_u16..).zip(cells) {
            page.write_string(row, column, cell).unwrap();
        }
    }
    book.save(path).unwrap();
}

/// Results of the rows by the row, as JSON.
fn import(stage: &CliFixture, code: i32, file: &str, more: &[&str]) -> Vec<Value> {
    let read = ["cases", "import", file, "--format", "json"];
    let text = stage.expect(code, &[&read[..], more].concat());
    serde_json::from_str(&text).unwrap()
}

fn results(rows: &[Value]) -> Vec<&str> {
    rows.iter()
        .map(|row| row["result"].as_str().unwrap())
        .collect()
}

fn shown(stage: &CliFixture, key: &Value) -> Value {
    let show = ["cases", "show", key.as_str().unwrap(), "--format", "json"];
    // Its code tells whether the case is open.
    serde_json::from_slice(&stage.run(&show).stdout).unwrap()
}

#[test]
fn an_untouched_sheet_changes_nothing_and_offers_choices() {
    let stage = desk();
    let file = export(&stage);

    let rows = import(&stage, 0, &file, &[]);

    assert_eq!(results(&rows), ["same"; 4]);
    let mut zip = zip::ZipArchive::new(std::fs::File::open(&file).unwrap()).unwrap();
    let mut xml = String::new();
    let mut page = zip.by_name("xl/worksheets/sheet1.xml").unwrap();
    std::io::Read::read_to_string(&mut page, &mut xml).unwrap();
    assert!(xml.contains("<dataValidation type=\"list\""), "{xml}");
    assert!(
        xml.contains("'Choices'!$A$1:$A$12") || xml.contains("Choices!$A$1:$A$12"),
        "{xml}"
    );
}

/// Fills in the sheet: take, carry, ignore, and a note alone.
fn fill(table: &mut SheetTable) {
    "接手".clone_into(&mut table[1][DECISION]);
    "先打电话\r\n再看_x000D_\n".clone_into(&mut table[1][REMARK]);
    "wang".clone_into(&mut table[2][OWNER]);
    "Carry".clone_into(&mut table[2][DECISION]);
    "waits for the bank".clone_into(&mut table[2][REMARK]);
    "忽略：测试订单".clone_into(&mut table[3][DECISION]);
    "看过".clone_into(&mut table[4][NOTES]);
}

/// Fills in a sheet that was exported: its first cases are taken, with a remark.
pub(crate) fn fill_in(path: &str) {
    let mut table = read(path);
    for row in table.iter_mut().skip(1).take(2) {
        "接手".clone_into(&mut row[DECISION]);
    }
    save(path, &table);
}

#[test]
fn what_was_filled_in_is_shown_first_and_then_done_once() {
    let stage = desk();
    let file = export(&stage);
    let mut table = read(&file);
    fill(&mut table);
    save(&file, &table);

    let looked = import(&stage, 0, &file, &["--dry-run"]);
    assert_eq!(results(&looked), ["changes"; 4]);
    assert_eq!(shown(&stage, &looked[0]["case"])["status"], "NEW");
    let done = import(&stage, 0, &file, &[]);

    assert_eq!(looked, done);
    let taken = shown(&stage, &done[0]["case"]);
    assert_eq!(taken["status"], "ASSIGNED");
    let note = taken["history"].as_array().unwrap().last().unwrap()["text"].clone();
    assert_eq!(note, "先打电话\n再看");
    let carried = shown(&stage, &done[1]["case"]);
    assert_eq!(
        (&carried["status"], &carried["owner"]),
        (&"WAITING".into(), &"wang".into())
    );
    assert_eq!(shown(&stage, &done[2]["case"])["status"], "PROPOSED");
    let noted = shown(&stage, &done[3]["case"]);
    assert_eq!(noted["status"], "NEW");
    // A second time the cases are what the sheet asks for, and nothing is done.
    let again = import(&stage, 0, &file, &[]);
    assert_eq!(results(&again), ["already"; 4]);
    assert_eq!(shown(&stage, &done[3]["case"]), noted);
    // Once somebody went on with one of them it is another one.
    let key = done[1]["case"].as_str().unwrap();
    stage.expect(0, &["cases", "assign", key, "--to", "zhao"]);
    let again = import(&stage, 1, &file, &[]);
    assert_eq!(results(&again), ["already", "stale", "already", "already"]);
}

#[test]
fn a_case_that_is_nobodys_is_taken_before_it_is_solved() {
    let stage = desk();
    let file = export(&stage);
    let mut table = read(&file);
    let at = table.iter().position(|row| row[4] == "P07").unwrap();
    "Solved".clone_into(&mut table[at][DECISION]);
    "the shop corrected it".clone_into(&mut table[at][REMARK]);
    save(&file, &table);

    let rows = import(&stage, 0, &file, &[]);

    let row = &rows[at - 1];
    assert_eq!(row["result"], "changes", "{rows:?}");
    assert_eq!(row["said"], "Take; Solved");
    assert_eq!(shown(&stage, &row["case"])["status"], "RESOLVED");
}

#[test]
fn a_sheet_of_another_workspace_changes_nothing() {
    let (stage, other) = (desk(), desk());
    let file = export(&other);
    let mut table = read(&file);
    fill(&mut table);
    save(&file, &table);

    let rows = import(&stage, 1, &file, &[]);

    assert_eq!(results(&rows), ["refused"; 4]);
    let told = rows[0]["said"].as_str().unwrap();
    assert!(told.contains("another workspace"), "{told}");
    // A copy is the same workspace.
    let copy = other.path("copy.zip");
    other.expect(0, &["backup", copy.to_str().unwrap()]);
    let back = other.path("back");
    let at = |arguments: &[&str]| {
        let mut command = Command::cargo_bin("recondesk").unwrap();
        let command = command.arg("--workspace").arg(&back);
        let command = command.args(["--lang", "en"]).args(arguments);
        command
            .env("RECONDESK_PASSPHRASE", "for tests only")
            .output()
            .unwrap()
    };
    let restored = at(&["restore", copy.to_str().unwrap()]);
    assert_eq!(restored.status.code(), Some(0), "{restored:?}");
    let read_in = at(&["cases", "import", &file, "--format", "json"]);
    let rows: Vec<Value> = serde_json::from_slice(&read_in.stdout).unwrap();
    assert_eq!(results(&rows), ["changes"; 4], "{read_in:?}");
}

#[test]
fn a_csv_is_told_to_be_saved_as_a_workbook() {
    let stage = desk();
    let file = stage.file("cases.csv", "标记,摘要\nRDC1-D0-1-1,D0\n".as_bytes());
    let output = stage.run_as(&["--lang", "zh", "cases", "import", &file]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(4), "{said}");
    assert!(said.contains("另存为 .xlsx"), "{said}");
    assert!(!said.contains("neither"), "{said}");
}

#[test]
fn a_row_that_changed_meanwhile_is_refused_with_both_versions() {
    let stage = desk();
    let file = export(&stage);
    let mut table = read(&file);
    fill(&mut table);
    save(&file, &table);
    let key = import(&stage, 0, &file, &["--dry-run"])[1]["case"].clone();
    let key = key.as_str().unwrap();
    stage.expect(0, &["cases", "assign", key, "--to", "zhao"]);

    let rows = import(&stage, 1, &file, &[]);

    assert_eq!(results(&rows), ["changes", "stale", "changes", "changes"]);
    let said = rows[1]["said"].as_str().unwrap();
    assert!(said.contains("in the sheet: status New"), "{said}");
    assert!(said.contains("now: status Assigned"), "{said}");
    assert!(said.contains("zhao"), "{said}");
    assert_eq!(shown(&stage, &key.into())["owner"], "zhao");
}

/// Makes a sheet one that cannot be meant.
type Spoil = fn(&mut SheetTable);

#[test]
fn what_cannot_be_meant_is_refused_row_by_row() {
    let stage = desk();
    let file = export(&stage);
    let clean = read(&file);
    let refused: [(&str, Spoil); 8] = [
        ("There is no decision", |t| {
            t[1][DECISION] = "退款".to_owned();
        }),
        ("needs words", |t| t[1][DECISION] = "挂账".to_owned()),
        ("do not go together", |t| {
            t[1][DECISION] = "Take".to_owned();
            t[1][OWNER] = "wang".to_owned();
        }),
        ("has no mark", |t| t[1][0] = "x".to_owned()),
        ("not in this workspace", |t| {
            t[1][0] = "RDC1-D00000000-1-999".to_owned();
        }),
        ("about this case, too", |t| t[2] = t[1].clone()),
        ("sorted alone", |t| t[1].swap(ORDER, NOTES)),
        ("too long", |t| t[1][REMARK] = "长".repeat(2_000)),
    ];
    for (words, spoil) in refused {
        let mut table = clean.clone();
        spoil(&mut table);
        save(&file, &table);

        let rows = import(&stage, 1, &file, &[]);

        let told: Vec<&Value> = rows
            .iter()
            .filter(|row| row["result"] == "refused")
            .collect();
        assert_eq!(told.len(), 1, "{words}: {rows:?}");
        assert!(
            told[0]["said"].as_str().unwrap().contains(words),
            "{told:?}"
        );
    }
    // A digest of another row makes the case another one than in the sheet.
    let mut table = clean.clone();
    table[1][1] = clean[2][1].clone();
    table[1][DECISION] = "Take".to_owned();
    save(&file, &table);
    assert_eq!(results(&import(&stage, 1, &file, &[]))[0], "stale");
    // Rows and columns in another order are the same rows; a line may be left out.
    let mut table = clean.clone();
    fill(&mut table);
    table[1..].reverse();
    for row in &mut table {
        row.rotate_left(5);
    }
    table.remove(4);
    save(&file, &table);
    assert_eq!(
        results(&import(&stage, 0, &file, &["--dry-run"])),
        ["changes"; 3]
    );
    // No sheet of this program.
    for bytes in [&b"not a workbook"[..], b"PK\x03\x04"] {
        let other = stage.file("other.xlsx", bytes);
        stage.expect(4, &["cases", "import", &other]);
    }
    let mut table = clean;
    table.remove(0);
    save(&file, &table);
    stage.expect(4, &["cases", "import", &file]);
}

#[test]
fn four_eyes_hold_for_sheets() {
    let stage = desk();
    let by = |name: &str, code: i32, arguments: &[&str]| -> Output {
        let mut command = Command::cargo_bin("recondesk").unwrap();
        let output = command
            .arg("--workspace")
            .arg(stage.path("workspace"))
            .args(["--lang", "en"])
            .args(arguments)
            .env("RECONDESK_PASSPHRASE", "for tests only")
            .env("RECONDESK_OPERATOR", name)
            .env("RECONDESK_PIN", "2468")
            .env("RECONDESK_NEW_PIN", "2468")
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?} {output:?}");
        output
    };
    let add = ["operator", "add"];
    by(
        "",
        0,
        &[&add[..], &["li", "--role", "work,approve,administer"]].concat(),
    );
    by(
        "li",
        0,
        &[&add[..], &["wang", "--role", "work,approve"]].concat(),
    );
    by("li", 0, &[&add[..], &["zhou", "--role", "see"]].concat());
    let file = export(&stage);
    let mut table = read(&file);
    table[1][DECISION] = "Ignore: Test order".to_owned();
    table[2][OWNER] = "zhou".to_owned();
    save(&file, &table);
    let read_in = ["cases", "import", &file, "--format", "json"];
    // Nobody in particular decides nothing.
    stage.expect(2, &read_in);
    let rows: Vec<Value> = serde_json::from_slice(&by("li", 1, &read_in).stdout).unwrap();
    assert_eq!(results(&rows), ["changes", "refused", "same", "same"]);

    let file = export(&stage);
    let mut table = read(&file);
    let at = table.iter().position(|row| row[11] == "Proposed").unwrap();
    table[at][DECISION] = "Agree to ignore".to_owned();
    table[at][REMARK] = "it is one".to_owned();
    save(&file, &table);

    let own: Vec<Value> = serde_json::from_slice(&by("li", 1, &read_in).stdout).unwrap();
    assert!(results(&own).contains(&"refused"));
    let other: Vec<Value> = serde_json::from_slice(&by("wang", 0, &read_in).stdout).unwrap();
    let done = other.iter().find(|row| row["result"] == "changes").unwrap();
    assert_eq!(shown(&stage, &done["case"])["status"], "FORCE_CLOSED");
}

/// Sheets of this very day, filled in as by [`fill`] and saved by the program in the name of the file; with
/// `RECONDESK_SHEET_OUT=FILE` this test writes the sheet to start from.
#[test]
fn sheets_saved_again_by_other_programs_are_read() {
    let stage = desk();
    let file = export(&stage);
    if let Some(out) = std::env::var_os("RECONDESK_SHEET_OUT") {
        std::fs::copy(&file, out).unwrap();
        return;
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/case_sheets");
    for name in ["openpyxl", "exceljs", "sheetjs", "pandas", "libreoffice"] {
        let file = folder.join(name).with_extension("xlsx");

        let rows = import(&stage, 0, file.to_str().unwrap(), &["--dry-run"]);

        assert_eq!(results(&rows), ["changes"; 4], "{name}: {rows:?}");
        let told = rows[0]["said"].as_str().unwrap();
        assert_eq!(told, "Take; Note: 先打电话\n再看", "{name}");
    }
}

#[test]
fn files_are_hung_on_a_case_and_taken_out_unchanged() {
    let stage = desk();
    let file = export(&stage);
    let key = import(&stage, 0, &file, &[])[0]["case"].clone();
    let key = key.as_str().unwrap();
    let bytes = b"\x89PNG\r\n of the customer\0";
    let picture = stage.file("chat.png", bytes);

    stage.expect(0, &["cases", "attach", key, &picture]);
    stage.expect(0, &["cases", "attach", key, &picture]);

    let list = ["cases", "attachments", key, "--format", "json"];
    let listed: Vec<Value> = serde_json::from_str(&stage.expect(0, &list)).unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0]["name"], "chat.png");
    let out = stage.path("out.png");
    let take = ["cases", "attachments", key, "--save", "chat.png", "--out"];
    stage.expect(0, &[&take[..], &[out.to_str().unwrap()]].concat());
    assert_eq!(std::fs::read(out).unwrap(), bytes);
    let empty = stage.file("empty", b"");
    stage.expect(4, &["cases", "attach", key, &empty]);
    stage.expect(
        2,
        &["cases", "attachments", key, "--save", "x", "--out", "y"],
    );
    stage.expect(0, &["audit", "verify"]);
}

#[test]
fn a_decision_is_taken_back_by_whoever_made_it() {
    let stage = desk();
    let file = export(&stage);
    let key = import(&stage, 0, &file, &[])[0]["case"].clone();
    let name = key.as_str().unwrap();
    stage.expect(2, &["cases", "undo", name]);
    stage.expect(0, &["cases", "take", name]);
    let taken = shown(&stage, &key);
    stage.expect(0, &["cases", "carry", name, "--reason", "the bank"]);
    stage.expect(0, &["cases", "comment", name, "--text", "no"]);

    stage.expect(0, &["cases", "undo", name, "--reason", "too early"]);

    let back = shown(&stage, &key);
    assert_eq!(
        (&back["status"], &back["owner"]),
        (&taken["status"], &taken["owner"])
    );
    let told = back["history"].as_array().unwrap().last().unwrap()["text"].clone();
    assert_eq!(told, "ASSIGNED\n撤销 / undone too early");
    // Once is enough, and somebody else's decision stays.
    stage.expect(2, &["cases", "undo", name]);
    stage.expect(0, &["cases", "carry", name, "--reason", "the bank"]);
    let mut other = Command::cargo_bin("recondesk").unwrap();
    let output = other
        .arg("--workspace")
        .arg(stage.path("workspace"))
        .args(["cases", "undo", name])
        .env("RECONDESK_PASSPHRASE", "for tests only")
        .env("USER", "somebody else")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    // After a comparison found the case again, history has gone on.
    assert_eq!(shown(&stage, &key)["status"], "WAITING");
}
