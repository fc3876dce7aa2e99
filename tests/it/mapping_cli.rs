//! `recondesk mapping` through the program itself: files are looked at without a workspace, and a mapping that a person
//! wrote is refused with the place of its slip.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const BIN: &str = env!("CARGO_BIN_EXE_recondesk");

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/advice/later/fen")
        .join(name)
}

fn write(path: &Path, bytes: &[u8]) {
    File::create(path).unwrap().write_all(bytes).unwrap();
}

/// The program over a workspace that cannot be opened: a file stands where its folder should be.
fn mapping(folder: &Path, lang: &str, arguments: &[&Path]) -> Output {
    let workspace = folder.join("no-workspace");
    write(&workspace, b"a file");
    Command::new(BIN)
        .args(["--lang", lang, "--workspace"])
        .arg(&workspace)
        .arg("mapping")
        .args(arguments)
        .output()
        .unwrap()
}

#[test]
fn a_mapping_is_guessed_and_checked_without_a_workspace() {
    let folder = tempfile::tempdir().unwrap();
    let (orders, bill) = (fixture("o2.csv"), fixture("b9.csv"));

    let guessed = mapping(
        folder.path(),
        "en",
        &["guess".as_ref(), &orders, "--bill".as_ref(), &bill],
    );

    assert_eq!(guessed.status.code(), Some(0), "{guessed:?}");
    let toml = folder.path().join("mapping.toml");
    write(&toml, &guessed.stdout);
    let checked = mapping(
        folder.path(),
        "en",
        &["check".as_ref(), &orders, &toml, "--bill".as_ref(), &bill],
    );
    assert_eq!(checked.status.code(), Some(0), "{checked:?}");
    let of_profile = mapping(
        folder.path(),
        "en",
        &[
            "guess".as_ref(),
            &orders,
            "--profile".as_ref(),
            "shop".as_ref(),
        ],
    );
    assert_ne!(
        of_profile.status.code(),
        Some(0),
        "the bills of a profile are in the workspace"
    );
}

#[test]
fn a_slip_in_a_mapping_is_told_with_its_place_in_the_language_of_the_program() {
    let folder = tempfile::tempdir().unwrap();
    let toml = folder.path().join("mapping.toml");
    for (bytes, zh) in [
        (
            "[columns]\n订单 = \"单号\"\n".as_bytes(),
            "映射文件格式不对：第 2 行第 1 列：等号左边含有字母、数字、- 和 _ 以外的字符，须加英文双引号（订单 = \"单号\"）",
        ),
        (b"name = \"\xCA\xD5\"\n", "文件不是 UTF-8 编码的文本"),
    ] {
        write(&toml, bytes);

        let refused = mapping(
            folder.path(),
            "zh",
            &["check".as_ref(), &fixture("o2.csv"), &toml],
        );

        assert_eq!(refused.status.code(), Some(4), "{refused:?}");
        let told = String::from_utf8(refused.stderr).unwrap();
        assert!(told.contains(zh), "{told}");
    }
}

/// The program over a workspace of its own, with one merchant.
fn shop(workspace: &Path, arguments: &[&str]) -> Output {
    Command::new(BIN)
        .env("RECONDESK_PASSPHRASE", "x12345678")
        .args(["--lang", "en", "--workspace"])
        .arg(workspace)
        .args(arguments)
        .output()
        .unwrap()
}

/// What an import of a doubtful file says, with the bill before it where one is named: exit code and both outputs.
fn doubt(file: &str, bill: Option<&str>) -> (Option<i32>, String) {
    let workspace = tempfile::tempdir().unwrap();
    let path = |name: &str| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/doubts");
        folder.join(name).display().to_string()
    };
    shop(
        workspace.path(),
        &["profile", "add", "shop", "--mch-id", "1900000109"],
    );
    if let Some(bill) = bill {
        let bill = shop(
            workspace.path(),
            &["bill", "import", &path(bill), "--profile", "shop"],
        );
        assert_eq!(bill.status.code(), Some(0), "{bill:?}");
    }
    let told = shop(
        workspace.path(),
        &["orders", "import", &path(file), "--profile", "shop"],
    );
    let all = [told.stdout, told.stderr].concat();
    (told.status.code(), String::from_utf8(all).unwrap())
}

#[test]
fn what_could_mean_two_things_is_asked_and_not_stored() {
    for (file, bill, words) in [
        (
            "deposit_and_balance.csv",
            None,
            "each row is of two payments",
        ),
        (
            "equal_shares.csv",
            None,
            "the amount of the order, or of each item?",
        ),
        (
            "formulas.xlsx",
            Some("formulas-bill.csv"),
            "the formula has no result",
        ),
        (
            "two_dates.csv",
            Some("other-bill.csv"),
            "the date could be two",
        ),
    ] {
        let (code, told) = doubt(file, bill);

        assert_eq!(code, Some(4), "{file}: {told}");
        assert!(told.contains(words), "{file}: {told}");
    }
}

#[test]
fn a_quote_in_a_table_of_tabs_swallows_no_row() {
    let (code, told) = doubt("quotes.tsv", None);

    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("3 rows imported: 3 new"), "{told}");
}
