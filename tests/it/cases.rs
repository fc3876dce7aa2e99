//! Smallest inputs after public bug reports, each with the behaviour that a user may expect.
//!
//! `tests/fixtures/cases/README.md` tells where each was seen. They stand for kinds of fault: a mended fault is a mended kind.

use std::collections::BTreeMap;

use super::cli::CliFixture;

/// A file of the fixtures.
fn fixture(name: &str) -> String {
    format!("{}/tests/fixtures/cases/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// A merchant's file, its bill, and what the comparison of the day may find.
struct WholeCase {
    kind: &'static str,
    /// Orders, then refunds where there are any; the bill is `CASE-bill.csv`.
    files: &'static [&'static str],
    /// Exit code of the import of the orders.
    code: i32,
    /// Findings that must be, as `P03 A1`.
    found: &'static [&'static str],
    /// Findings that may be.
    allowed: &'static [&'static str],
}

impl WholeCase {
    const fn clean(kind: &'static str, files: &'static [&'static str]) -> Self {
        Self {
            kind,
            files,
            code: 0,
            found: &[],
            allowed: &[],
        }
    }

    const fn finding(
        kind: &'static str,
        files: &'static [&'static str],
        found: &'static [&'static str],
    ) -> Self {
        Self {
            found,
            allowed: &["R01 A20260308003"],
            ..Self::clean(kind, files)
        }
    }
}

const NOT_DELIVERED: &[&str] = &["P03 A20260308002"];

const WHOLE: &[WholeCase] = &[
    WholeCase::clean("amounts", &["M1-thousands.csv"]),
    WholeCase::clean("amounts", &["M2-currency-signs.csv"]),
    WholeCase::finding("amounts and times", &["E02-orders.xlsx"], NOT_DELIVERED),
    WholeCase::clean("times", &["T1-time-forms.csv"]),
    WholeCase::clean("times", &["T2-fraction.csv"]),
    WholeCase::clean("times", &["T3-serial.csv"]),
    WholeCase::clean("times", &["T4-offset.csv"]),
    WholeCase::clean("columns guessed", &["G1-two-amounts.csv"]),
    WholeCase::clean("columns guessed", &["G3-orders.csv"]),
    WholeCase::finding("headers", &["V1-orders.csv"], NOT_DELIVERED),
    WholeCase::finding("headers", &["V3-two-row-header.xlsx"], NOT_DELIVERED),
    WholeCase::clean("headers", &["V5-orders.csv", "V5-after-sales.csv"]),
    WholeCase::clean("headers", &["V5-orders.csv", "V5-refund-record.csv"]),
    WholeCase::finding("states", &["V6-words.csv"], &["P03 B00", "P03 B01"]),
    WholeCase::clean("states", &["S1-closed-refunded.csv"]),
    WholeCase::finding("states", &["S3-two-states.csv"], NOT_DELIVERED),
    WholeCase::clean("channels", &["C1-all-channels.csv"]),
    WholeCase::clean("invisible characters", &["I1-numbers.csv"]),
    WholeCase::finding("shapes", &["R1-items-repeated.csv"], NOT_DELIVERED),
    WholeCase::clean("shapes", &["R3-orders.csv", "R3-refunds.csv"]),
    WholeCase::clean("shapes", &["R5-placeholders.csv"]),
    WholeCase::finding("containers", &["F1-cover-sheet.xlsx"], NOT_DELIVERED),
    WholeCase::clean("containers", &["F7-cut-character.csv"]),
    WholeCase::clean("silence", &["F6-cr-only.csv"]),
    WholeCase {
        code: 1,
        found: &["K04 A20260308002"],
        ..WholeCase::clean("silence", &["J2-one-refused.csv"])
    },
];

fn findings(json: &str) -> Vec<String> {
    let rows: serde_json::Value = serde_json::from_str(json).unwrap();
    let text = |row: &serde_json::Value, name: &str| row[name].as_str().unwrap_or("").to_owned();
    let rows = rows.as_array().unwrap().iter();
    rows.map(|row| format!("{} {}", text(row, "code"), text(row, "out_trade_no")))
        .collect()
}

fn run_whole(case: &WholeCase) -> Result<(), String> {
    let stage = CliFixture::new();
    for (nth, file) in case.files.iter().enumerate() {
        let what = if nth == 0 { "orders" } else { "refunds" };
        let output = stage.run(&[what, "import", &fixture(file), "--profile", "shop"]);
        let code = if nth == 0 { case.code } else { 0 };
        if output.status.code() != Some(code) {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned());
        }
    }
    let name = case.files[0].split('-').next().unwrap();
    let bill = fixture(&format!("{name}-bill.csv"));
    let day = ["--profile", "shop", "--date", "2026-03-08"];
    stage.expect(0, &[&["bill", "import", &bill][..], &day].concat());
    let output = stage.run(&[&["reconcile"], &day[..], &["--format", "json"]].concat());
    let found = findings(&String::from_utf8(output.stdout).unwrap());
    let is_expected = |code: &String| {
        let mut known = case.found.iter().chain(case.allowed);
        known.any(|known| known == code)
    };
    let all = case
        .found
        .iter()
        .all(|code| found.iter().any(|one| one == code));
    if all && found.iter().all(is_expected) {
        Ok(())
    } else {
        Err(format!("found {found:?}, expected {:?}", case.found))
    }
}

/// A command, its exit code, what it must say and what it must never say.
struct Spoken {
    kind: &'static str,
    /// Names of fixtures stand behind an `@`.
    words: &'static [&'static str],
    code: i32,
    says: &'static [&'static str],
    never: &'static [&'static str],
}

const SPOKEN: &[Spoken] = &[
    Spoken {
        kind: "containers",
        words: &["orders", "import", "@F3-orders.ods", "--profile", "shop"],
        code: 0,
        says: &["2 rows imported"],
        never: &["archive"],
    },
    Spoken {
        kind: "containers",
        words: &["orders", "import", "@F4-password.xlsx", "--profile", "shop"],
        code: 4,
        says: &["protected by a password"],
        never: &[".xls,"],
    },
    Spoken {
        kind: "silence",
        words: &["orders", "import", "@G4-fen.csv", "--profile", "shop"],
        code: 1,
        says: &["look like fen"],
        never: &[],
    },
    Spoken {
        kind: "silence",
        words: &[
            "orders",
            "import",
            "@S4-no-delivery.csv",
            "--profile",
            "shop",
        ],
        code: 0,
        says: &["P03", "cannot be found"],
        never: &[],
    },
    Spoken {
        kind: "silence",
        words: &[
            "orders",
            "import",
            "@S4-no-delivery.csv",
            "--profile",
            "shop",
            "--dry-run",
        ],
        code: 0,
        says: &["P03"],
        never: &[],
    },
    Spoken {
        kind: "silence",
        words: &[
            "orders",
            "import",
            "@J1-one-ruined.csv",
            "--profile",
            "shop",
        ],
        code: 1,
        says: &["2 rows imported", "1 rows refused", "scientific notation"],
        never: &[],
    },
    Spoken {
        kind: "bills",
        words: &["bill", "check", "@B05-acquirer.csv"],
        code: 4,
        says: &["acquirer"],
        never: &["spreadsheet"],
    },
    Spoken {
        kind: "bills",
        words: &["bill", "import", "@B10-bill.zip", "--profile", "shop"],
        code: 0,
        says: &["2026-03-08", "totals agree"],
        never: &[],
    },
    Spoken {
        kind: "bills",
        words: &["bill", "check", "@B14-creating.json"],
        code: 3,
        says: &["still being made"],
        never: &["spreadsheet"],
    },
    Spoken {
        kind: "bills",
        words: &["bill", "check", "@B14-none.json"],
        code: 4,
        says: &["nothing was paid"],
        never: &["spreadsheet"],
    },
    Spoken {
        kind: "keys",
        words: &[
            "profile",
            "set-key",
            "shop",
            "v3",
            "--from-file",
            "@K10-v3-key.txt",
        ],
        code: 0,
        says: &[],
        never: &[],
    },
    Spoken {
        kind: "error codes",
        words: &["explain-error", "@X08-no-certificate.json"],
        code: 0,
        says: &["public key"],
        never: &["No such order"],
    },
    Spoken {
        kind: "error codes",
        words: &["explain-error", "@X12-pem.txt"],
        code: 0,
        says: &["-----BEGIN"],
        never: &["(Refund)"],
    },
];

/// Notifications whose body a framework printed again: what differs, and the proof where a form of it verifies.
const PRINTED: [(&str, &[&str]); 3] = [
    ("N02-camel.http", &["field names", "nobody forged it"]),
    ("N03-blanks.http", &["blanks", "put back, it verifies"]),
    ("N04-order.http", &["order of the keys", "nobody forged it"]),
];

fn run_printed((file, says): (&str, &[&str])) -> Result<(), String> {
    let stage = CliFixture::new();
    let (key, message) = (fixture("platform_pub.pem"), fixture(file));
    let words = ["verify", "v3", "--any-age", "--key-file", &key, &message];
    let output = stage.run(&words);
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    let is_right = output.status.code() == Some(1) && says.iter().all(|word| told.contains(word));
    if is_right { Ok(()) } else { Err(told) }
}

fn run_spoken(case: &Spoken) -> Result<(), String> {
    let stage = CliFixture::new();
    let words: Vec<String> = case
        .words
        .iter()
        .map(|word| match word.strip_prefix('@') {
            Some(name) => fixture(name),
            None => (*word).to_owned(),
        })
        .collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let output = stage.run(&words);
    let told = [output.stdout, output.stderr].concat();
    let told = String::from_utf8_lossy(&told).replace(&fixture(""), "");
    let is_right = output.status.code() == Some(case.code)
        && case.says.iter().all(|word| told.contains(word))
        && !case.never.iter().any(|word| told.contains(word));
    if is_right {
        Ok(())
    } else {
        Err(format!("{:?}: {told}", output.status.code()))
    }
}

#[test]
fn cases_of_public_reports_are_right() {
    let mut kinds: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut faults = Vec::new();
    let whole = WHOLE.iter().map(|case| {
        let name = case.files.join(" ");
        (case.kind, name, run_whole(case))
    });
    let spoken = SPOKEN.iter().map(|case| {
        let name = case.words.join(" ");
        (case.kind, name, run_spoken(case))
    });
    let printed = PRINTED
        .iter()
        .map(|case| ("notifications", case.0.to_owned(), run_printed(*case)));
    for (kind, name, result) in whole.chain(spoken).chain(printed) {
        let place = kinds.entry(kind).or_default();
        place.1 += 1;
        match result {
            Ok(()) => place.0 += 1,
            Err(fault) => faults.push(format!("{kind}: {name}: {fault}")),
        }
    }
    for (kind, (right, all)) in &kinds {
        println!("{kind}: {right} of {all} right");
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}
