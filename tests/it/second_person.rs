//! Who may decide alone and who may not: closing by word, many at once, the first operator, names, signed days, and
//! that the trail notices whoever changes it behind the program.

use std::process::Output;

use serde_json::Value;

use crate::casework_cli::CaseworkOffice;

fn by(office: &CaseworkOffice, name: &str, code: i32, arguments: &[&str]) -> String {
    let output = run_by(office, name, arguments);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(
        output.status.code(),
        Some(code),
        "{arguments:?}: {said}{text}"
    );
    said + &text
}

fn run_by(office: &CaseworkOffice, name: &str, arguments: &[&str]) -> Output {
    let mut command = office.command(arguments);
    if !name.is_empty() {
        command.env("RECONDESK_OPERATOR", name);
    }
    command
        .env("RECONDESK_PIN", "2468")
        .env("RECONDESK_NEW_PIN", "2468")
        .output()
        .unwrap()
}

fn people(office: &CaseworkOffice) {
    let add = ["operator", "add"];
    let all = ["boss", "--role", "work,approve,administer"];
    by(office, "", 0, &[&add[..], &all].concat());
    by(office, "boss", 0, &[&add[..], &["anna"]].concat());
    let bob = ["bob", "--role", "see,approve"];
    by(office, "boss", 0, &[&add[..], &bob].concat());
}

/// What waits, oldest first: its numbers.
fn waiting(office: &CaseworkOffice) -> Vec<String> {
    let output = run_by(office, "bob", &["approve", "--format", "json"]);
    let all: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    all.iter().map(|asked| asked["id"].to_string()).collect()
}

#[test]
fn keys_are_given_up_and_their_passphrase_changed_by_whoever_may_administer() {
    let office = CaseworkOffice::new();
    people(&office);
    let give_up = ["vault", "forget-lost"];
    let told = by(&office, "", 2, &give_up);
    assert!(told.contains("--operator"), "{told}");
    for name in ["anna", "bob"] {
        by(&office, name, 2, &give_up);
    }
    by(&office, "", 2, &["vault", "passphrase"]);
    by(&office, "boss", 0, &give_up);
}

#[test]
fn the_first_operator_administers_and_nobody_enters_himself_later() {
    let office = CaseworkOffice::new();
    let add = ["operator", "add"];

    let said = by(
        &office,
        "",
        2,
        &[&add[..], &["eve", "--role", "work,approve"]].concat(),
    );
    assert!(said.contains("administer"), "{said}");
    let said = by(&office, "", 0, &[&add[..], &["anna"]].concat());
    assert!(said.contains("Administer"), "{said}");
    let mallory = ["mallory", "--role", "work,approve,administer"];
    by(&office, "", 2, &[&add[..], &mallory].concat());
    by(&office, "mallory", 2, &[&add[..], &mallory].concat());
    by(
        &office,
        "anna",
        0,
        &[&add[..], &["bob", "--role", "approve"]].concat(),
    );
    by(&office, "bob", 2, &[&add[..], &mallory].concat());
}

#[test]
fn an_urgent_case_is_not_called_solved_by_one_person() {
    let office = CaseworkOffice::new();
    people(&office);
    let key = office.case("P01");
    by(&office, "anna", 0, &["cases", "take", &key]);

    let said = by(
        &office,
        "anna",
        0,
        &["cases", "resolve", &key, "--reason", "x"],
    );

    assert!(said.contains("a second person must agree"), "{said}");
    assert_eq!(office.status(&key), "PROPOSED");
    let database = rusqlite::Connection::open(office.path("workspace/recondesk.db")).unwrap();
    let forced = database.execute(
        "UPDATE case_file SET status = 'RESOLVED' WHERE key = ?1",
        [&key],
    );
    assert!(forced.unwrap_err().to_string().contains("second person"));
    drop(database);
    let ids = waiting(&office);
    assert_eq!(ids.len(), 1);
    by(&office, "anna", 2, &["approve", &ids[0]]);
    by(&office, "bob", 0, &["approve", &ids[0]]);
    assert_eq!(office.status(&key), "RESOLVED");

    // Refused it is open again, and a new proposal is a new question.
    let other = office.case("P04");
    by(&office, "anna", 0, &["cases", "take", &other]);
    by(
        &office,
        "anna",
        0,
        &["cases", "resolve", &other, "--reason", "y"],
    );
    by(&office, "bob", 0, &["reject", &waiting(&office)[0]]);
    assert_eq!(office.status(&other), "REJECTED");
    // A name that is no operator is told with those there are.
    let said = by(
        &office,
        "anna",
        2,
        &["cases", "assign", &other, "--to", "nobody"],
    );
    assert!(said.contains("anna, bob, boss"), "{said}");
    by(
        &office,
        "anna",
        0,
        &["cases", "assign", &other, "--to", "bob"],
    );
}

#[test]
fn more_than_the_limit_at_once_need_a_second_person_whatever_they_are() {
    let office = CaseworkOffice::new();
    people(&office);
    by(
        &office,
        "boss",
        0,
        &["operator", "limits", "--bulk-over", "1"],
    );
    let mild: Vec<String> = ["F01", "R01", "P07"]
        .iter()
        .flat_map(|code| office.cases(code))
        .collect();
    assert!(mild.len() >= 3, "{mild:?}");
    let (one, many) = mild.split_first().unwrap();
    let names: Vec<&str> = mild.iter().map(String::as_str).collect();
    by(
        &office,
        "anna",
        0,
        &[&["cases", "take"][..], &names].concat(),
    );

    by(
        &office,
        "anna",
        0,
        &["cases", "resolve", one, "--reason", "x"],
    );
    assert_eq!(office.status(one), "RESOLVED");
    let names: Vec<&str> = many.iter().map(String::as_str).collect();
    let resolve = [&["cases", "resolve"][..], &names, &["--reason", "x"]].concat();
    by(&office, "anna", 0, &resolve);
    for key in many {
        assert_eq!(office.status(key), "PROPOSED", "{key}");
    }
    let ids = waiting(&office);
    assert_eq!(ids.len(), many.len());
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    by(&office, "bob", 0, &[&["approve"][..], &ids].concat());
    for key in many {
        assert_eq!(office.status(key), "RESOLVED", "{key}");
    }
}

#[test]
fn before_the_first_operator_a_proposal_is_kept_for_whoever_can_agree_later() {
    let office = CaseworkOffice::new();
    let key = office.case("P04");

    let said = by(
        &office,
        "",
        0,
        &["cases", "ignore", &key, "--reason", "test-order"],
    );

    assert!(said.contains("operator add"), "{said}");
    let said = by(
        &office,
        "",
        0,
        &["cases", "carry", &office.case("P01"), "--reason", "w"],
    );
    assert!(said.contains("operator add"), "{said}");
    // Nobody could refuse it, so that whoever proposed may take it back.
    by(&office, "", 0, &["cases", "undo", &key]);
    assert_eq!(office.status(&key), "NEW");
    by(
        &office,
        "",
        0,
        &["cases", "ignore", &key, "--reason", "test-order"],
    );
    people(&office);
    let ids = waiting(&office);
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    by(&office, "bob", 0, &[&["approve"][..], &ids].concat());
    assert_eq!(office.status(&key), "FORCE_CLOSED");
}

#[test]
#[expect(clippy::too_many_lines, reason = "one walk")]
fn whoever_changes_history_behind_the_program_is_noticed() {
    let office = CaseworkOffice::new();
    people(&office);
    let key = office.case("P04");
    by(&office, "anna", 0, &["cases", "take", &key]);
    by(
        &office,
        "anna",
        0,
        &["cases", "comment", &key, "--text", "客服说已补发"],
    );
    by(
        &office,
        "anna",
        0,
        &["cases", "ignore", &key, "--reason", "test-order"],
    );
    by(&office, "bob", 0, &["approve", &waiting(&office)[0]]);
    let refund = [
        "refund",
        "prepare",
        "--case",
        &office.case("P01"),
        "--reason",
        "r",
    ];
    by(&office, "anna", 0, &refund);
    office.expect(0, &["audit", "verify"]);
    let list = office.expect(0, &["audit", "list"]);
    for kind in [
        "case.status",
        "case.owner",
        "case.note",
        "day.compare",
        "operator.add",
    ] {
        assert!(list.contains(kind), "{kind}: {list}");
    }
    let path = office.path("workspace/recondesk.db");
    for (table, change) in [
        (
            "case_event",
            "UPDATE case_event SET actor = 'eve' WHERE actor = 'anna'",
        ),
        (
            "case_event",
            "DELETE FROM case_event WHERE id = (SELECT max(id) FROM case_event)",
        ),
        (
            "case_event",
            "UPDATE case_event SET text = 'HASH' WHERE id = 1",
        ),
        (
            "case_event",
            "INSERT INTO case_event (case_id, at, actor, kind, text) VALUES (1, 1, 'anna', 'note', 'x')",
        ),
        ("refund_event", "DELETE FROM refund_event WHERE id = 1"),
        ("refund", "UPDATE refund SET maker = 'eve'"),
        (
            "approval",
            "UPDATE approval SET checker = 'boss' WHERE checker = 'bob'",
        ),
        ("approval", "UPDATE approval SET reason = 'x' WHERE id = 1"),
        (
            "operator",
            "UPDATE operator SET roles = ',work,approve,' WHERE name = 'anna'",
        ),
    ] {
        let database = rusqlite::Connection::open(&path).unwrap();
        let keep =
            format!("PRAGMA foreign_keys = OFF; CREATE TABLE keep AS SELECT * FROM {table};");
        database.execute_batch(&keep).unwrap();
        let guards = without_guards(&database);
        assert!(database.execute(change, []).unwrap() > 0, "{change}");

        let faults = office.ports.casework.history_faults().unwrap();

        assert!(!faults.is_empty(), "{change}");
        assert!(
            faults.iter().all(|fault| fault.table == table),
            "{faults:?}"
        );
        office.expect(6, &["audit", "verify"]);
        let back = format!(
            "DELETE FROM {table}; INSERT INTO {table} SELECT * FROM keep; DROP TABLE keep;"
        );
        database.execute_batch(&back).unwrap();
        for guard in guards {
            database.execute_batch(&guard).unwrap();
        }
        drop(database);
        assert_eq!(
            office.ports.casework.history_faults().unwrap(),
            [],
            "{change}"
        );
    }
    office.expect(0, &["audit", "verify"]);
}

/// Takes the guards of the database away; what makes them again comes back.
fn without_guards(database: &rusqlite::Connection) -> Vec<String> {
    let mut all = database
        .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
        .unwrap();
    let guards: Vec<(String, String)> = all
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    for (name, _) in &guards {
        let drop = format!("DROP TRIGGER \"{name}\"");
        database.execute_batch(&drop).unwrap();
    }
    guards.into_iter().map(|guard| guard.1).collect()
}

#[test]
fn a_profile_is_changed_by_whoever_administers_and_the_trail_knows_what() {
    let office = CaseworkOffice::new();
    let edit = ["profile", "edit", "shop", "--read-only", "true"];
    by(&office, "", 0, &edit);
    people(&office);
    let undo = ["profile", "edit", "shop", "--read-only", "false"];

    by(&office, "", 2, &undo);
    let said = by(&office, "anna", 2, &undo);
    assert!(said.contains("Administer"), "{said}");
    by(&office, "anna", 2, &["profile", "remove", "shop"]);
    by(&office, "boss", 0, &undo);
    let relay = ["profile", "edit", "shop", "--gateway"];
    let said = by(
        &office,
        "boss",
        0,
        &[&relay[..], &["https://relay.example.com"]].concat(),
    );
    assert!(said.contains("is not WeChat Pay's"), "{said}");

    let list = office.expect(0, &["audit", "list", "--format", "json"]);
    let list: Vec<Value> = serde_json::from_str(&list).unwrap();
    let of = |kind: &str| -> Vec<String> {
        let found = list.iter().filter(|entry| entry["kind"] == kind);
        found
            .map(|entry| format!("{} {}", entry["actor"], entry["document"]))
            .collect()
    };
    let changes = of("profile.change");
    assert_eq!(changes.len(), 3, "{list:?}");
    assert!(changes[1].starts_with("\"boss\"") && changes[1].contains("read_only"));
    assert!(changes[2].contains("relay.example.com"), "{changes:?}");
    assert_eq!(of("profile.add").len(), 1);
    let keys = of("profile.key");
    assert!(keys.len() == 1 && keys[0].contains("v2"), "{keys:?}");
}

#[test]
fn a_merchant_has_one_profile_and_finds_its_books_when_it_comes_back() {
    let office = CaseworkOffice::new();
    let mch_id = office.shop.merchant.1.mch_id.clone();
    let add = ["profile", "add"];
    let again = |name| [&add[..], &[name, "--mch-id", &mch_id]].concat();
    let said = by(&office, "", 2, &again("second"));
    assert!(said.contains("profile edit shop --api v3"), "{said}");
    let prepare = [
        "refund",
        "prepare",
        "--case",
        &office.case("P01"),
        "--reason",
        "r",
    ];
    by(&office, "", 0, &prepare);
    let said = by(&office, "", 2, &["profile", "remove", "shop"]);
    assert!(said.contains("refund resume"), "{said}");
    by(
        &office,
        "",
        0,
        &["refund", "withdraw", "1", "--reason", "r"],
    );
    by(&office, "", 0, &["profile", "remove", "shop"]);

    by(&office, "", 0, &again("shop again"));

    let refunds = office.expect(0, &["refund", "list", "--profile", "shop again"]);
    assert!(refunds.contains("RD"), "{refunds}");
    let cases = ["cases", "list", "--profile", "shop again"];
    assert!(office.expect(1, &cases).contains("P01"));
}

#[test]
fn a_limit_counts_when_the_money_leaves_and_so_does_a_file_of_many() {
    let office = CaseworkOffice::new();
    people(&office);
    let keys: Vec<String> = ["P01", "P02", "P03"]
        .iter()
        .flat_map(|code| office.cases(code))
        .take(3)
        .collect();
    assert_eq!(keys.len(), 3);
    for key in &keys {
        let prepare = ["refund", "prepare", "--case", key, "--amount", "0.02"];
        by(
            &office,
            "anna",
            0,
            &[&prepare[..], &["--reason", "r"]].concat(),
        );
    }
    assert_eq!(waiting(&office), [] as [&str; 0]);
    by(
        &office,
        "boss",
        0,
        &["operator", "limits", "--refund-over", "0.01"],
    );
    // A limit that was lowered since: the question is asked, and there is a way on.
    by(
        &office,
        "anna",
        1,
        &["refund", "send", "1", "--confirm", "0.02"],
    );
    assert_eq!(waiting(&office).len(), 1);
    let said = by(&office, "anna", 1, &["refund", "resume", "1"]);
    assert!(said.contains("second person"), "{said}");
    by(
        &office,
        "boss",
        0,
        &[
            "operator",
            "limits",
            "--refund-over",
            "1000",
            "--bulk-over",
            "1",
        ],
    );
    let file = office.path("batch.csv");
    let batch = ["refund", "batch-file", "--profile", "shop", "--out"];
    let batch = [&batch[..], &[file.to_str().unwrap(), "2", "3"]].concat();
    let said = by(&office, "anna", 2, &batch);
    assert!(said.contains("second person"), "{said}");
    assert!(!file.exists());
    let ids = waiting(&office);
    assert_eq!(ids.len(), 3, "the one of the limit, and both of the file");
    by(&office, "bob", 0, &["approve", &ids[1], &ids[2]]);
    by(&office, "anna", 0, &batch);
    assert_eq!(std::fs::read_to_string(&file).unwrap().lines().count(), 2);
}
