//! Asking about orders and refunds, and fetching bills: end to end, with bad days between.

use std::fmt::Write as _;

use recondesk::app::gateway::{BillFile, FundAccount};
use recondesk::app::gateway::{ExchangeError, RefundVerdict};
use recondesk::app::jobs::download::{self, BillType, Fetched};
use recondesk::app::jobs::inquiry::{self, Inquiry, QueryVerdict};
use recondesk::app::{Failure, FailureKind, Silent};
use recondesk::domain::{BillDate, Fen, OutRefundNo, SignType};
use recondesk::ports::GatewayError;
use recondesk::sandbox::{Running, start};
use recondesk::wechat::v2::{OrderRef, RefundState, TradeState};
use serde_json::{Value, json};

use crate::support::line::{GatewayFixture, timeouts_under};
use crate::support::wire::{Client, SignDigest, config, control, ledger, sandbox};

fn by_number(number: &str) -> OrderRef {
    inquiry::order_ref(number, false).unwrap()
}

fn ask(desk: &GatewayFixture, number: &str) -> Inquiry {
    inquiry::order(&desk.line(), by_number(number), "", &[]).unwrap()
}

fn shop_with_paid_order(running: &Running) {
    Client::of(running, SignDigest::Md5).place_paid("A1", "3500");
}

#[test]
fn a_paid_order_is_known_with_amount_and_refunds() {
    let running = sandbox();
    shop_with_paid_order(&running);
    for part in 0..12 {
        let wish = json!({
            "out_trade_no": "A1", "refund_fee": 10, "out_refund_no": format!("R{part}")
        });
        control(&running.base_http, "refund", &wish);
    }
    let mut desk = GatewayFixture::at(&running);
    for sign_type in [SignType::Md5, SignType::HmacSha256] {
        desk.profile.sign_type = sign_type;

        let inquiry = ask(&desk, "A1");

        let QueryVerdict::Known(state) = &inquiry.verdict else {
            panic!("{:?}", inquiry.verdict);
        };
        assert_eq!(state.state, TradeState::Refund);
        assert_eq!(state.total_fee, Some(Fen::new(3500)));
        let refunds = inquiry.refunds.unwrap().unwrap();
        assert_eq!(refunds.len(), 12);
        assert!(
            refunds
                .iter()
                .all(|refund| refund.state == RefundState::Success)
        );
        assert_eq!(inquiry.exchanges.len(), 3);
        let by_id = inquiry::order_ref(&state.transaction_id, true).unwrap();
        let again = inquiry::order(&desk.line(), by_id, "", &[]).unwrap();
        assert!(matches!(again.verdict, QueryVerdict::Known(_)));
    }
    let number = OutRefundNo::new("R7").unwrap();
    let one = desk.line().query_refund(&number, "").unwrap();
    let RefundVerdict::Known(one) = one.outcome else {
        panic!("{:?}", one.outcome);
    };
    assert_eq!(one.refund.out_refund_no, "R7");
    assert_eq!(one.out_trade_no, "A1");
}

#[test]
fn what_was_never_ordered_is_not_found_and_what_is_unpaid_is_not_paid() {
    let running = sandbox();
    let desk = GatewayFixture::at(&running);
    Client::of(&running, SignDigest::Md5).place("A2", "100");

    assert_eq!(ask(&desk, "A9").verdict, QueryVerdict::NotFound);
    let QueryVerdict::Known(state) = ask(&desk, "A2").verdict else {
        panic!("not known");
    };
    assert!(!state.state.is_paid());
}

/// Plans a fault and tells the trouble that a query then has.
fn trouble_under(fault: &Value) -> ExchangeError {
    let running = sandbox();
    shop_with_paid_order(&running);
    let before = ledger(&running.base_http);
    control(&running.base_http, "fault", fault);
    let desk = GatewayFixture::waiting(&running, timeouts_under(fault));

    let verdict = ask(&desk, "A1").verdict;

    assert_eq!(ledger(&running.base_http), before);
    match verdict {
        QueryVerdict::ExchangeError(trouble) => trouble,
        other => panic!("{fault}: {other:?}"),
    }
}

#[test]
fn an_answer_that_cannot_be_trusted_says_so_and_nothing_else() {
    for kind in ["wrong_sign", "unsigned", "other_order", "other_merchant"] {
        let trouble = trouble_under(&json!({ "kind": kind }));
        assert!(
            matches!(trouble, ExchangeError::Untrusted(_)),
            "{kind}: {trouble}"
        );
        assert_eq!(trouble.failure().kind.exit_code(), 5);
    }
}

#[test]
fn an_answer_that_says_neither_yes_nor_no_is_unknown() {
    for fault in [
        json!({ "kind": "hole" }),
        json!({ "kind": "drip", "ms": 40 }),
        json!({ "kind": "reset", "bytes": 0 }),
        json!({ "kind": "reset", "bytes": 260 }),
        json!({ "kind": "html" }),
        json!({ "kind": "status", "status": 502 }),
        json!({ "kind": "huge", "bytes": 3_000_000 }),
        json!({ "kind": "redirect", "location": "https://elsewhere.example/" }),
        json!({ "kind": "error", "code": "SYSTEMERROR", "text": "系统错误" }),
    ] {
        let trouble = trouble_under(&fault);
        assert!(
            matches!(trouble, ExchangeError::Unclear(_)),
            "{fault}: {trouble}"
        );
        assert!(trouble.failure().retryable, "{fault}");
    }
    let refused = trouble_under(&json!({ "kind": "fail", "text": "appid错误" }));
    assert!(
        matches!(refused, ExchangeError::Refused { .. }),
        "{refused}"
    );
}

#[test]
fn random_bytes_on_the_wire_are_unknown_and_never_a_panic() {
    let running = sandbox();
    shop_with_paid_order(&running);
    let desk = GatewayFixture::at(&running);
    for bytes in (0..300).map(|n| n * 7) {
        control(
            &running.base_http,
            "fault",
            &json!({ "kind": "garbage", "bytes": bytes }),
        );
        let verdict = ask(&desk, "A1").verdict;
        assert!(
            matches!(verdict, QueryVerdict::ExchangeError(_)),
            "{verdict:?}"
        );
    }
    assert!(matches!(ask(&desk, "A1").verdict, QueryVerdict::Known(_)));
}

#[test]
fn a_closed_port_is_not_sent_rather_than_unknown() {
    let running = sandbox();
    let desk = GatewayFixture::at(&running);
    running.stop();

    let verdict = ask(&desk, "A1").verdict;

    assert!(
        matches!(
            verdict,
            QueryVerdict::ExchangeError(ExchangeError::NotSent(GatewayError::Connect(_)))
        ),
        "{verdict:?}"
    );
}

#[test]
fn a_key_that_is_missing_or_wrong_is_told_before_anything_is_believed() {
    use recondesk::domain::{ProfileId, Secret, SecretKind};
    use recondesk::ports::Vault as _;
    let running = sandbox();
    shop_with_paid_order(&running);
    let desk = GatewayFixture::at(&running);
    desk.vault.remove(ProfileId(1), SecretKind::V2Key).unwrap();

    let missing = inquiry::order(&desk.line(), by_number("A1"), "", &[]).unwrap_err();
    let wrong = Secret::new(b"wrongwrongwrongwrongwrongwrong12".to_vec());
    desk.vault
        .set(ProfileId(1), SecretKind::V2Key, wrong)
        .unwrap();
    let refused = ask(&desk, "A1");

    assert_eq!(missing.code, "vault.v2_key");
    let QueryVerdict::ExchangeError(ExchangeError::Refused { message, .. }) = &refused.verdict
    else {
        panic!("{:?}", refused.verdict);
    };
    assert_eq!(message, "签名错误");
    let said = format!("{:?}", refused.exchanges);
    assert!(!said.contains("wrongwrong"));
}

fn day(text: &str) -> BillDate {
    BillDate::parse(text).unwrap()
}

fn fetch(desk: &GatewayFixture, date: &str, kind: BillType) -> (Result<Fetched, Failure>, Vec<u8>) {
    let mut bytes = Vec::new();
    let file = BillFile::Trade(kind);
    let result = download::fetch(&desk.line(), file, day(date), &mut bytes, &Silent);
    (result, bytes)
}

fn unzip(bytes: &[u8]) -> String {
    use std::io::Read as _;
    let mut text = String::new();
    flate2::read::MultiGzDecoder::new(bytes)
        .read_to_string(&mut text)
        .unwrap();
    text
}

/// A sandbox in which A1 was paid yesterday and refunded today.
fn yesterday_paid() -> Running {
    let running = sandbox();
    let base = &running.base_http;
    control(base, "clock", &json!({ "now": "2026-03-08 10:02:03" }));
    shop_with_paid_order(&running);
    control(base, "clock", &json!({ "shift_s": 0 }));
    control(
        base,
        "refund",
        &json!({ "out_trade_no": "A1", "refund_fee": 500, "out_refund_no": "R1" }),
    );
    running
}

#[test]
fn the_bill_of_yesterday_comes_whole_and_in_the_documented_form() {
    let running = yesterday_paid();
    let desk = GatewayFixture::at(&running);

    let (result, bytes) = fetch(&desk, "2026-03-08", BillType::All);

    let size = bytes.len() as u64;
    assert_eq!(
        result,
        Ok(Fetched::Bill {
            bytes: size,
            sha1: None
        })
    );
    let text = unzip(&bytes);
    let lines: Vec<&str> = text.split("\r\n").collect();
    assert!(lines[0].starts_with("\u{feff}交易时间,公众账号ID,商户号"));
    assert_eq!(lines[0].split(',').count(), 27);
    let cells: Vec<&str> = lines[1].split(",`").collect();
    assert_eq!(cells.len(), 27);
    assert_eq!(cells[0], "`2026-03-08 10:02:03");
    assert_eq!((cells[6], cells[9], cells[24]), ("A1", "SUCCESS", "35.00"));
    assert_eq!(cells[20], "芒果\\  2 斤");
    assert_eq!((cells[22], cells[23]), ("0.21000", "0.60%"));
    assert!(lines[2].starts_with("总交易单数,"));
    assert_eq!(lines[3], "`1,`35.00,`0.00,`0.00,`0.21000,`35.00,`0.00");
}

#[test]
fn refunds_stand_in_the_bill_of_the_day_they_were_accepted() {
    let running = yesterday_paid();
    control(
        &running.base_http,
        "clock",
        &json!({ "now": "2026-03-10 10:00:00" }),
    );
    let desk = GatewayFixture::at(&running);

    let (_, all) = fetch(&desk, "2026-03-09", BillType::All);
    let (_, refunds) = fetch(&desk, "2026-03-09", BillType::Refund);
    let (success, _) = fetch(&desk, "2026-03-09", BillType::Success);

    assert_eq!(unzip(&all).matches("`R1,").count(), 1);
    let refunds = unzip(&refunds);
    assert_eq!(refunds.lines().next().unwrap().split(',').count(), 29);
    assert!(refunds.contains("`5.00"));
    assert_eq!(success, Ok(Fetched::NoBill));
}

#[test]
fn no_bill_not_ready_and_errors_are_three_things() {
    let running = yesterday_paid();
    let desk = GatewayFixture::at(&running);
    let ask = |date: &str| fetch(&desk, date, BillType::All).0;

    assert_eq!(ask("2026-03-07"), Ok(Fetched::NoBill));
    assert_eq!(ask("2026-03-10").unwrap_err().code, "bill.future");
    assert_eq!(ask("2025-12-01").unwrap_err().code, "bill.too_old");
    assert_eq!(ask("2026-03-09").unwrap_err().code, "bill.not_ready");
    control(&running.base_http, "rules", &json!({ "bill": "creating" }));
    let creating = ask("2026-03-08").unwrap_err();
    assert_eq!(creating.kind, FailureKind::NotReady);
    assert_eq!(creating.kind.exit_code(), 3);
}

#[test]
fn a_bill_that_breaks_off_is_a_failure_whatever_came() {
    let running = yesterday_paid();
    let mut faults = String::new();
    for fault in [
        json!({ "kind": "reset", "bytes": 300 }),
        json!({ "kind": "html" }),
        json!({ "kind": "status", "status": 500 }),
        json!({ "kind": "hole" }),
        json!({ "kind": "huge", "bytes": 200_000 }),
        json!({ "kind": "redirect", "location": "https://elsewhere.example/" }),
    ] {
        control(&running.base_http, "fault", &fault);
        let desk = GatewayFixture::waiting(&running, timeouts_under(&fault));
        let failure = fetch(&desk, "2026-03-08", BillType::All).0.unwrap_err();
        assert_eq!(failure.kind, FailureKind::Gateway, "{fault}");
        writeln!(faults, "{}", failure.code).unwrap();
    }
    assert_eq!(
        faults,
        "gateway.unknown\nbill.unknown_body\ngateway.unknown\ngateway.unknown\nbill.unknown_body\ngateway.unknown\n"
    );
}

#[test]
fn the_fund_flow_bill_needs_the_certificate_and_hmac() {
    let mut config = config();
    config.tls = true;
    let running = start(config).unwrap();
    shop_with_paid_order(&running);
    let base = &running.base_http;
    control(base, "clock", &json!({ "now": "2026-03-10 10:00:00" }));
    let mut desk = GatewayFixture::at(&running);
    let fetch = |desk: &GatewayFixture| {
        let mut bytes = Vec::new();
        let file = BillFile::FundFlow(FundAccount::Basic);
        let day = day("2026-03-09");
        let result = download::fetch(&desk.line(), file, day, &mut bytes, &Silent);
        result.map(|_| unzip(&bytes))
    };

    let text = fetch(&desk).unwrap();
    assert!(text.contains("`交易,`交易,`收入,`35.00"), "{text}");
    assert!(text.contains("扣除交易手续费,`支出,`0.21"), "{text}");

    desk.profile.gateway.clone_from(&running.base_http);
    let page = fetch(&desk).unwrap_err();
    assert_eq!(page.code, "gateway.certificate");
}
