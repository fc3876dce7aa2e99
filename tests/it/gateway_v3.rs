//! The one client against the sandbox: APIv2 and APIv3 give the same typed answers, in both modes of
//! verification, with bad days between.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use recondesk::adapters::gateway::{HttpGateway, Timeouts};
use recondesk::app::gateway::{
    CloseOutcome, ExchangeError, QueryVerdict, RefundAnswer, RefundOutcome, RefundVerdict,
};
use recondesk::app::jobs::inquiry;
use recondesk::domain::{Fen, OutRefundNo, OutTradeNo};
use recondesk::ports::{CancelToken, Gateway, GatewayError, HttpAnswer, HttpRequest, Route};
use recondesk::sandbox::{Running, start};
use recondesk::wechat::v2::{NewRefund, OrderRef, RefundState, TradeState};
use serde_json::{Value, json};

use crate::support::line::{GatewayFixture, NoonClock, VerifiedBy, patient, timeouts_under};
use crate::support::wire::{config, control, ledger, ledger_order, sandbox};
use crate::support::wire_v3::V3Client;

const MODES: [VerifiedBy; 2] = [VerifiedBy::PublicKey, VerifiedBy::Certificates];

fn by_number(number: &str) -> OrderRef {
    inquiry::order_ref(number, false).unwrap()
}

fn refund_of(number: &str, refund: &str, fen: i64) -> NewRefund {
    NewRefund {
        order: by_number(number),
        out_refund_no: OutRefundNo::new(refund).unwrap(),
        total_fee: Fen::new(3500),
        refund_fee: Fen::new(fen),
        reason: "少发一件".to_owned(),
        account: String::new(),
        notify_url: String::new(),
    }
}

fn shop(running: &Running) {
    V3Client::of(running).place_paid("ORDER-1", 3500);
}

/// A sandbox over TLS whose merchant has paid orders, and the merchant's desks of either API.
fn secure() -> (Running, Vec<GatewayFixture>) {
    let mut wanted = config();
    wanted.tls = true;
    let running = start(wanted).unwrap();
    shop(&running);
    let desks = vec![
        GatewayFixture::at(&running),
        GatewayFixture::v3_at(&running, VerifiedBy::PublicKey),
        GatewayFixture::v3_at(&running, VerifiedBy::Certificates),
    ];
    (running, desks)
}

fn accepted(outcome: RefundOutcome) -> Box<RefundAnswer> {
    match outcome {
        RefundOutcome::Accepted(told) => told,
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_question_has_one_answer_whichever_api_is_spoken() {
    let (running, desks) = secure();
    for (at, desk) in desks.iter().enumerate() {
        let client = desk.line();
        let order = client.query_order(&by_number("ORDER-1"), "").unwrap();
        let QueryVerdict::Known(state) = order.outcome else {
            panic!("{:?}", order.outcome);
        };
        assert!(state.state.is_paid());
        assert_eq!(state.total_fee, Some(Fen::new(3500)));
        assert_eq!(state.out_trade_no, "ORDER-1");
        let absent = client.query_order(&by_number("NEVER-ORDERED"), "").unwrap();
        assert_eq!(absent.outcome, QueryVerdict::NotFound);

        let number = format!("R-{at}");
        let wish = refund_of("ORDER-1", &number, 100);
        let first = accepted(client.refund(&wish, "").unwrap().outcome);
        let again = accepted(client.refund(&wish, "").unwrap().outcome);
        assert_eq!(first.refund.refund_id, again.refund.refund_id);
        assert_eq!(first.refund.refund_fee, Fen::new(100));
        let asked = OutRefundNo::new(&number).unwrap();
        let RefundVerdict::Known(told) = client.query_refund(&asked, "").unwrap().outcome else {
            panic!("not known");
        };
        assert_eq!(told.refund.refund_id, first.refund.refund_id);
        assert_eq!(told.refund.state, RefundState::Processing);
        assert_eq!(told.out_trade_no, "ORDER-1");
        let nobody = OutRefundNo::new("R-9").unwrap();
        let absent = client.query_refund(&nobody, "").unwrap().outcome;
        assert_eq!(absent, RefundVerdict::NotFound);

        let RefundOutcome::Refused(fault) = client
            .refund(&refund_of("ORDER-1", "R-8", 3499), "")
            .unwrap()
            .outcome
        else {
            panic!("not refused");
        };
        assert!(fault.is("INVALID_REQUEST"), "{fault:?}");
    }
    let refunds = ledger_order(&running.base_http, "ORDER-1")["refunds"].clone();
    assert_eq!(refunds.as_array().unwrap().len(), 3);
}

#[test]
fn closing_says_closed_paid_or_paying() {
    let (running, desks) = secure();
    let place = V3Client::of(&running);
    for (at, desk) in desks.iter().enumerate() {
        let number = format!("OPEN-000{at}");
        let order = place.order(&number, 5);
        assert_eq!(
            place.call("POST", "/v3/pay/transactions/jsapi", &order).0,
            200
        );
        let close = |number: &str| {
            let number = OutTradeNo::new(number).unwrap();
            desk.line().close_order(&number, "").unwrap().outcome
        };

        assert_eq!(close(&number), CloseOutcome::Closed);
        assert_eq!(close(&number), CloseOutcome::Closed);
        assert_eq!(close("ORDER-1"), CloseOutcome::Paid);
        let refused = close("NEVER-ORDERED");
        assert!(matches!(refused, CloseOutcome::Refused(_)), "{refused:?}");
    }
}

/// Waits as long as it takes for what comes, and then as long as a fault deserves.
struct TwoPaces {
    first: HttpGateway,
    late: HttpGateway,
    is_late: AtomicBool,
}

impl TwoPaces {
    fn new(late: Timeouts) -> Self {
        let with = |timeouts| HttpGateway::with_timeouts(Arc::new(NoonClock::default()), timeouts);
        Self {
            first: with(patient()),
            late: with(late),
            is_late: AtomicBool::new(false),
        }
    }

    fn now(&self) -> &HttpGateway {
        if self.is_late.load(Ordering::SeqCst) {
            &self.late
        } else {
            &self.first
        }
    }
}

impl Gateway for TwoPaces {
    fn send(
        &self,
        route: &Route,
        request: &HttpRequest,
        cancel: &CancelToken,
    ) -> Result<HttpAnswer, GatewayError> {
        self.now().send(route, request, cancel)
    }

    fn download(
        &self,
        route: &Route,
        request: &HttpRequest,
        cancel: &CancelToken,
        sink: &mut dyn FnMut(&[u8]) -> Result<(), String>,
    ) -> Result<HttpAnswer, GatewayError> {
        self.now().download(route, request, cancel, sink)
    }
}

/// What a question of APIv3 comes to under a planned fault.
fn under(fault: &Value, verified_by: VerifiedBy) -> (QueryVerdict, RefundOutcome) {
    let running = sandbox();
    shop(&running);
    let desk = GatewayFixture::v3_at(&running, verified_by);
    let way = TwoPaces::new(timeouts_under(fault));
    let client = desk.line_over(&way);
    // The certificates are here before anything goes wrong.
    client.query_order(&by_number("ORDER-1"), "").unwrap();
    way.is_late.store(true, Ordering::SeqCst);
    let before = ledger(&running.base_http);
    control(&running.base_http, "fault", fault);
    let told = client
        .query_order(&by_number("ORDER-1"), "")
        .unwrap()
        .outcome;
    assert_eq!(ledger(&running.base_http), before);
    control(&running.base_http, "fault", fault);
    let refund = refund_of("ORDER-1", "R1", 100);
    let sent = client.refund(&refund, "").unwrap().outcome;
    (told, sent)
}

#[test]
fn a_bad_day_is_unclear_and_a_bad_signature_is_not_believed() {
    for verified_by in MODES {
        for fault in [
            json!({ "kind": "hole" }),
            json!({ "kind": "hole", "carried_out": true }),
            json!({ "kind": "reset", "bytes": 0 }),
            json!({ "kind": "reset", "bytes": 700 }),
            json!({ "kind": "html" }),
            json!({ "kind": "status", "status": 502 }),
            json!({ "kind": "garbage", "bytes": 900 }),
            json!({ "kind": "redirect", "location": "https://elsewhere.example/" }),
            json!({ "kind": "error", "code": "SYSTEM_ERROR", "text": "系统异常" }),
            json!({ "kind": "done_but_error" }),
        ] {
            let (told, sent) = under(&fault, verified_by);
            // A page with status 200 carries no signature: it is distrusted rather than unclear.
            let is_doubted = matches!(
                &told,
                QueryVerdict::ExchangeError(
                    ExchangeError::Unclear(_) | ExchangeError::Untrusted(_)
                )
            );
            assert!(is_doubted, "{fault}: {told:?}");
            assert!(
                matches!(sent, RefundOutcome::Unclear(_)),
                "{fault}: {sent:?}"
            );
        }
        for fault in [
            json!({ "kind": "wrong_sign" }),
            json!({ "kind": "unsigned" }),
            json!({ "kind": "other_order" }),
            json!({ "kind": "stale", "seconds": 301 }),
            json!({ "kind": "stale", "seconds": -301 }),
            json!({ "kind": "probe" }),
            json!({ "kind": "unknown_serial" }),
        ] {
            let (told, sent) = under(&fault, verified_by);
            let is_distrusted = matches!(
                &told,
                QueryVerdict::ExchangeError(
                    ExchangeError::Untrusted(_) | ExchangeError::UnknownKey(_)
                )
            );
            assert!(is_distrusted, "{fault}: {told:?}");
            assert!(
                matches!(sent, RefundOutcome::Unclear(_)),
                "{fault}: {sent:?}"
            );
        }
    }
}

#[test]
fn an_unsigned_no_is_no_answer_and_a_signed_one_is() {
    let bare = json!({ "kind": "fail", "text": "参数错误" });
    let (told, sent) = under(&bare, VerifiedBy::PublicKey);
    assert!(matches!(
        told,
        QueryVerdict::ExchangeError(ExchangeError::Refused { .. })
    ));
    assert!(matches!(sent, RefundOutcome::Unclear(_)));

    let signed = json!({ "kind": "error", "code": "NOT_ENOUGH", "text": "余额不足" });
    let (_, sent) = under(&signed, VerifiedBy::PublicKey);
    assert!(matches!(sent, RefundOutcome::Refused(fault) if fault.is("NOTENOUGH")));
}

#[test]
fn nobody_there_is_certainly_not_carried_out() {
    let running = sandbox();
    shop(&running);
    let desk = GatewayFixture::v3_at(&running, VerifiedBy::PublicKey);
    drop(running);

    let refund = refund_of("ORDER-1", "R1", 100);
    let sent = desk.line().refund(&refund, "").unwrap().outcome;

    assert!(matches!(sent, RefundOutcome::NotCarriedOut(_)), "{sent:?}");
}

#[test]
fn a_clock_that_is_wrong_by_up_to_a_day_is_named_with_its_measure() {
    const DAY_S: i64 = 86_400;
    let running = sandbox();
    shop(&running);
    let (v2, v3) = (
        GatewayFixture::at(&running),
        GatewayFixture::v3_at(&running, VerifiedBy::PublicKey),
    );
    let steps = (-12..=12)
        .map(|step| step * DAY_S / 12)
        .filter(|skew| *skew != 0);
    let mut named = 0;
    for skew_s in steps.chain([400, -400]) {
        control(&running.base_http, "clock", &json!({ "shift_s": skew_s }));
        let told = v3.line().query_order(&by_number("ORDER-1"), "").unwrap();
        assert_eq!(
            told.outcome,
            QueryVerdict::ExchangeError(ExchangeError::Clock { skew_s })
        );
        let words = ExchangeError::Clock { skew_s }.words().0;
        let minutes = (skew_s.abs() / 60).to_string();
        assert!(
            words.zh.contains(&minutes) || words.zh.contains(&skew_s.abs().to_string()),
            "{words:?}"
        );
        // APIv2 signs no time: it is answered, and the clock is measured all the same.
        let told = v2.line().query_order(&by_number("ORDER-1"), "").unwrap();
        assert!(matches!(told.outcome, QueryVerdict::Known(_)), "{told:?}");
        assert_eq!(told.exchange.answer.unwrap().skew_s, Some(skew_s));
        named += 1;
    }
    assert_eq!(named, 26);
}

#[test]
fn a_certificate_that_is_replaced_is_noticed_without_a_person() {
    let running = sandbox();
    shop(&running);
    let desk = GatewayFixture::v3_at(&running, VerifiedBy::Certificates);
    let mut state = TradeState::NotPay;
    for stage in ["old", "published", "phased", "new"] {
        control(
            &running.base_http,
            "rules",
            &json!({ "certificate_roll": stage }),
        );
        let told = desk.line().query_order(&by_number("ORDER-1"), "").unwrap();
        let QueryVerdict::Known(known) = told.outcome else {
            panic!("{stage}: {:?}", told.outcome);
        };
        state = known.state;
    }
    assert_eq!(state, TradeState::Success);
}

#[test]
fn a_merchant_without_certificates_is_told_to_use_the_public_key() {
    let running = sandbox();
    control(
        &running.base_http,
        "rules",
        &json!({ "answer_key": "public_key" }),
    );
    let desk = GatewayFixture::v3_at(&running, VerifiedBy::Certificates);

    let failure = desk
        .line()
        .query_order(&by_number("ORDER-1"), "")
        .unwrap_err();

    assert_eq!(failure.code, "vault.platform_key");
    assert!(
        failure
            .advice_at(recondesk::app::Surface::Terminal)
            .zh
            .contains("微信支付公钥")
    );
}

#[test]
fn the_refunds_of_an_order_are_asked_about_by_known_numbers() {
    let running = sandbox();
    shop(&running);
    for number in ["R1", "R2"] {
        let wish = json!({ "out_trade_no": "ORDER-1", "refund_fee": 10, "out_refund_no": number });
        control(&running.base_http, "refund", &wish);
    }
    let desk = GatewayFixture::v3_at(&running, VerifiedBy::PublicKey);
    let known = ["R1", "R7"].map(|number| OutRefundNo::new(number).unwrap());

    let inquiry = inquiry::order(&desk.line(), by_number("ORDER-1"), "", &known).unwrap();

    let refunds = inquiry.refunds.unwrap().unwrap();
    assert_eq!(refunds.len(), 1);
    assert_eq!(refunds[0].out_refund_no, "R1");
    assert!(!inquiry.all_refunds);
}
