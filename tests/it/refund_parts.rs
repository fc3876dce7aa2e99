//! Parts of an order through the program: a case stays open with what is left, refunds made elsewhere in between are
//! told before anything is sent, and the parts of one order count together against the limit.

use serde_json::{Value, json};

use crate::casework_cli::CaseworkOffice;
use crate::refund_cli::Till;
use crate::refund_faults::{FaultApi, RefundFaultFixture, YUAN};
use crate::support::fault_gateway::{At, PlannedFault, Say};
use crate::support::wire::control;

fn told(shop: &RefundFaultFixture, code: i32, arguments: &[&str]) -> String {
    let output = shop.run(arguments);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {text}");
    text
}

fn part(shop: &RefundFaultFixture, order: &str, yuan: &str) -> String {
    let of = ["refund", "prepare", "--profile", "shop", "--order", order];
    let more = ["--amount", yuan, "--reason", "少发一件", "--format", "json"];
    let text = shop.expect(0, &[&of[..], &more].concat());
    let prepared: Value = serde_json::from_str(&text).unwrap();
    prepared["out_refund_no"].as_str().unwrap().to_owned()
}

#[test]
fn a_refund_made_by_hand_in_between_is_told_and_nothing_is_sent() {
    for api in [FaultApi::V2, FaultApi::V3] {
        let shop = RefundFaultFixture::new(api);
        shop.gateway.pay("P1", 1_230);
        let number = part(&shop, "P1", "5.00");
        shop.gateway.upload("P1", "HAND1", 500);

        let said = told(&shop, 1, &["refund", "send", &number, "--confirm", "5.00"]);

        assert!(said.contains("nothing was sent"), "{api:?}: {said}");
        if api == FaultApi::V2 {
            assert!(said.contains("0.00") && said.contains("5.00"), "{said}");
        }
        assert_eq!(shop.gateway.asked("P1"), [], "{api:?}");
        // Taken up by itself it is not sent either, however often.
        for _ in 0..2 {
            told(&shop, 1, &["refund", "resume", "--send"]);
            told(&shop, 1, &["refund", "resume", &number, "--send"]);
        }
        assert_eq!(shop.gateway.asked("P1"), [], "{api:?}");
        // A person decides: not with another sum, but with the one that was told.
        let send = ["refund", "send", &number, "--confirm", "5.00", "--refunded"];
        told(&shop, 5, &[&send[..], &["4.99"]].concat());
        assert_eq!(shop.gateway.asked("P1"), [], "{api:?}");
        if api == FaultApi::V2 {
            told(&shop, 0, &[&send[..], &["5.00"]].concat());
        } else {
            // Nobody can ask how much it was: no sum counts, and the refund is prepared anew by whoever looked it up.
            assert!(!said.contains("--refunded"), "{said}");
            told(&shop, 5, &[&send[..], &["0"]].concat());
            assert_eq!(shop.gateway.asked("P1"), [], "{api:?}");
            told(
                &shop,
                0,
                &["refund", "withdraw", &number, "--reason", "平台已退"],
            );
            let anew = part(&shop, "P1", "2.00");
            told(&shop, 0, &["refund", "send", &anew, "--confirm", "2.00"]);
        }
        assert_eq!(shop.gateway.asked("P1").len(), 1, "{api:?}");
    }
}

#[test]
fn a_refund_that_can_no_longer_be_paid_names_the_way_out() {
    let shop = RefundFaultFixture::new(FaultApi::V2);
    shop.gateway.pay("P9", 300);
    let number = part(&shop, "P9", "3.00");
    let of = ["refund", "show", &number, "--format", "json"];
    let shown: Value = serde_json::from_str(&shop.expect(0, &of)).unwrap();
    let id = shown["intent"].to_string();
    shop.gateway.upload("P9", "HAND9", 100);
    let send = ["refund", "send", &number, "--confirm", "3.00"];

    for more in [&["--refunded", "1.00"][..], &["--refunded", "1.00"]] {
        let said = told(&shop, 5, &[&send[..], more].concat());
        assert!(said.contains("¥2.00 can be refunded"), "{said}");
        let way = format!("recondesk refund withdraw {id} --reason");
        assert!(said.contains(&way), "{said}");
        assert!(
            !said.contains("resume"),
            "sending it again leads nowhere: {said}"
        );
    }
    for again in [&["refund", "resume"][..], &["refund", "resume", "--send"]] {
        let said = told(&shop, 1, again);
        assert!(said.contains("refund withdraw"), "{said}");
    }
    assert_eq!(shop.gateway.asked("P9"), []);
    // The way out leads out.
    shop.expect(0, &["refund", "withdraw", &id, "--reason", "x"]);
    let next = part(&shop, "P9", "2.00");
    told(&shop, 0, &["refund", "send", &next, "--confirm", "2.00"]);
    assert_eq!(shop.gateway.asked("P9").len(), 1);
}

#[test]
fn what_never_arrived_is_not_sent_again_over_a_refund_made_by_hand() {
    let shop = RefundFaultFixture::new(FaultApi::V2);
    shop.gateway.pay("P2", 1_230);
    let number = part(&shop, "P2", "5.00");
    let lost = |done| PlannedFault {
        at: At::Refund,
        done,
        say: Say::Nothing,
    };
    shop.gateway.plan(&[lost(false)]);
    told(
        &shop,
        1,
        &[
            "refund",
            "send",
            &number,
            "--confirm",
            "5.00",
            "--wait",
            "0",
        ],
    );
    let sent = shop.gateway.asked("P2").len();
    shop.gateway.upload("P2", "HAND2", 500);

    for _ in 0..3 {
        told(&shop, 1, &["refund", "resume", &number]);
    }

    assert_eq!(shop.gateway.asked("P2").len(), sent);
    assert_eq!(shop.gateway.accepted("P2").len(), 1);
    // Its own number, found by asking, is no change.
    shop.gateway.pay("P3", 1_230);
    let number = part(&shop, "P3", YUAN);
    shop.gateway.plan(&[lost(true)]);
    shop.run(&["refund", "send", &number, "--confirm", YUAN, "--wait", "0"]);
    told(&shop, 0, &["refund", "resume", &number]);
    assert_eq!(shop.gateway.asked("P3").len(), 1);
}

/// A case of which a part went back, and the number of that refund.
fn after_a_part(office: &CaseworkOffice) -> (String, String) {
    control(
        &office.shop.sandbox.base_http,
        "rules",
        &json!({ "refund_settles_s": 0 }),
    );
    let key = office.case("P01");
    let prepare = ["refund", "prepare", "--case", &key, "--amount", "0.01"];
    let text = office.expect(0, &[&prepare[..], &["--format", "json"]].concat());
    let first: Value = serde_json::from_str(&text).unwrap();
    let number = first["out_refund_no"].as_str().unwrap().to_owned();
    office.expect(0, &["refund", "send", &number, "--confirm", "0.01"]);
    (key, number)
}

#[test]
fn after_a_part_the_case_stays_open_until_nothing_is_left() {
    let office = CaseworkOffice::new();
    let day = office.shop.day.to_string();
    let (key, first) = after_a_part(&office);

    let shown = office.expect(1, &["cases", "show", &key, "--format", "json"]);
    let shown: Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(shown["status"], "ASSIGNED");
    let open = office.run(&["cases", "list", "--category", "P01", "--format", "csv"]);
    let number = shown["out_trade_no"].as_str().unwrap_or(&key).to_owned();
    let open = String::from_utf8(open.stdout).unwrap();
    assert!(open.contains(&number) || open.contains(&key), "{open}");
    // Goods are out of the question for as long as a part of the money is back.
    let out = office.path("list.csv");
    let out = out.to_str().unwrap();
    office.expect(2, &["reissue", &key, "--by", "list", "--out", out]);

    let rest = ["refund", "prepare", "--case", &key, "--format", "json"];
    let rest: Value = serde_json::from_str(&office.expect(0, &rest)).unwrap();
    assert_eq!(rest["nth"], 2);
    let (total, left) = (&rest["total_fen"], &rest["amount_fen"]);
    assert_eq!(left.as_i64(), total.as_i64().map(|fen| fen - 1));
    let second = rest["out_refund_no"].as_str().unwrap().to_owned();
    assert_ne!(second, first);
    // A minute lies between two parts of an order; here it passes in the books.
    let database = rusqlite::Connection::open(office.path("workspace/recondesk.db")).unwrap();
    database
        .execute(
            "UPDATE refund SET machine = json_set(machine, '$.sent_at',
                 json_extract(machine, '$.sent_at') - 61) WHERE nth = 1",
            [],
        )
        .unwrap();
    drop(database);
    let left = left.as_i64().unwrap();
    let yuan = format!("{}.{:02}", left / 100, left % 100);
    office.expect(0, &["refund", "send", &second, "--confirm", &yuan]);

    let shown = office.expect(0, &["cases", "show", &key, "--format", "json"]);
    let shown: Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(shown["status"], "RESOLVED");
    let _compared = office.run(&["reconcile", "--profile", "shop", "--date", &day]);
    office.expect(0, &["audit", "verify"]);
}

#[test]
fn the_parts_of_one_order_count_together_against_the_limit() {
    let till = Till::new();
    till.paid("E20260308000001", "200000");
    let first = till.prepare("E20260308000001", "1000.00");
    assert!(first["approval"].is_null());
    let number = first["out_refund_no"].as_str().unwrap();
    till.expect(0, &["refund", "send", number, "--confirm", "1000.00"]);

    let second = till.prepare("E20260308000001", "1000.00");

    assert_eq!(second["approval"]["need"], "sum");
    let number = second["out_refund_no"].as_str().unwrap();
    let output = till.run(&["refund", "send", number, "--confirm", "1000.00"]);
    assert_ne!(output.status.code(), Some(0));
    // The database keeps it, too.
    let path = till.folder().join("workspace/recondesk.db");
    let database = rusqlite::Connection::open(path).unwrap();
    let forced = database.execute(
        "UPDATE refund SET approval = NULL, stage = 'sent' WHERE nth = 2",
        [],
    );
    let why = forced.unwrap_err().to_string();
    assert!(why.contains("second person"), "{why}");
}
