//! A workspace with refunds, agreements and signed days that moves to a server and back: its trail holds in all three
//! places, what was asked on one side is answered on the other, and the last place has it all.
//!
//! It needs a server with an empty database (`RECONDESK_TEST_POSTGRES_MOVE`), so `cargo test` leaves it out;
//! `just shared` runs it.

use std::process::Output;

use serde_json::Value;

use super::casework_cli::CaseworkOffice;
use super::shared_move::MoveOffice;
use super::support::wire::control;

/// A person at a place.
#[track_caller]
fn by(office: &MoveOffice, place: &str, name: &str, arguments: &[&str]) -> Output {
    let mut program = office.program(place, arguments);
    program
        .env("RECONDESK_OPERATOR", name)
        .env("RECONDESK_PIN", "2468");
    program.output().unwrap()
}

/// What is stored of money and decisions there, as scripts read it.
fn told(office: &MoveOffice, place: &str) -> String {
    let mut out = String::new();
    for (code, arguments) in [
        (0, &["audit", "verify"][..]),
        (0, &["audit", "list", "--format", "json"]),
        (0, &["refund", "list", "--format", "json"]),
        (0, &["operator", "list", "--format", "json"]),
    ] {
        out += &office.expect(place, code, arguments);
    }
    for waiting in [
        &["approve", "--format", "json"][..],
        &["cases", "list", "--all", "--format", "csv"],
    ] {
        let output = office.run(place, waiting);
        assert!(matches!(output.status.code(), Some(0 | 1)), "{output:?}");
        out += &String::from_utf8(output.stdout).unwrap();
    }
    out
}

/// A day on which a refund was agreed to and sent and urgent cases were closed by two, which is signed; and a question,
/// whether it may be opened again, that waits.
fn signed_day() -> CaseworkOffice {
    let office = CaseworkOffice::new();
    let day = office.shop.day.to_string();
    let of_day = ["--profile", "shop", "--date", &day];
    office.operator("li", "work,approve,administer");
    office.operator("wang", "work,approve");
    control(
        &office.shop.sandbox.base_http,
        "rules",
        &serde_json::json!({ "refund_settles_s": 0 }),
    );
    let refunded = office.case("P01");
    let prepare = ["refund", "prepare", "--case", &refunded, "--format", "json"];
    let prepared: Value = serde_json::from_str(&office.by("li", 0, &prepare)).unwrap();
    if !prepared["approval"].is_null() {
        office.agree("wang");
    }
    let fen = prepared["amount_fen"].as_i64().unwrap();
    let sum = format!("{}.{:02}", fen / 100, fen % 100);
    let number = prepared["out_refund_no"].as_str().unwrap();
    office.by("li", 0, &["refund", "send", number, "--confirm", &sum]);
    office.expect(1, &[&["reconcile"], &of_day[..]].concat());
    let urgent = ["--filter", "severity=urgent", "--yes"];
    office.by("li", 0, &[&["cases", "take"], &urgent[..]].concat());
    let resolve = [&["cases", "resolve"], &urgent[..]].concat();
    office.by("li", 0, &[&resolve[..], &["--reason", "已处理"]].concat());
    office.agree("wang");
    let by_li = ["--operator", "li"];
    let sign = [&["day", "sign-off"], &of_day[..], &by_li].concat();
    office.by("li", 0, &sign);
    let unlock = [&["day", "unlock"], &of_day[..], &by_li].concat();
    office.by("li", 1, &[&unlock[..], &["--reason", "补录订单"]].concat());
    office
}

#[test]
#[ignore = "needs a server: just shared"]
fn money_agreements_and_signed_days_move_to_a_server_and_back_and_the_trail_holds() {
    let worked = signed_day();
    let day = worked.shop.day.to_string();
    let office = MoveOffice::with(&worked.path("workspace"));
    let before = told(&office, "workspace");
    for word in ["refund", "sign_off", "approval"] {
        assert!(before.contains(word), "no {word} in {before}");
    }

    office.move_now(true);
    assert_eq!(told(&office, "server"), before);

    // What was asked in the folder is answered on the server, by another person alone.
    let waiting = by(&office, "server", "wang", &["approve", "--format", "json"]);
    let waiting: Value = serde_json::from_slice(&waiting.stdout).unwrap();
    let id = waiting[0]["id"].to_string();
    let own = by(&office, "server", "li", &["approve", &id]);
    assert_eq!(own.status.code(), Some(2), "{own:?}");
    let agreed = by(&office, "server", "wang", &["approve", &id]);
    assert_eq!(agreed.status.code(), Some(0), "{agreed:?}");
    let sign = ["day", "sign-off", "--profile", "shop", "--date", &day];
    let sign = [&sign[..], &["--operator", "li"]].concat();
    let signed = by(&office, "server", "li", &sign);
    assert_eq!(signed.status.code(), Some(0), "{signed:?}");
    let there = told(&office, "server");
    assert_ne!(there, before);

    office.move_now(false);
    assert_eq!(told(&office, "back"), there);
    office.expect("back", 0, &["check", "--deep"]);
}
