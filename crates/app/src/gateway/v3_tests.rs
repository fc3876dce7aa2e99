//! The APIv3 half against a gateway in memory that signs with a key of its own.

mod stage;

use super::*;
use recondesk_domain::{Fen, ProfileId};
use recondesk_ports::{GatewayError, HttpAnswer};
use stage::{PLATFORM, PUBLIC_ID, SigningManner, Stage, V3_KEY, answer, noon};
use wechatpay_codec::v2::{RefundState, TradeState};
use wechatpay_codec::v3::{Authorization, seal_resource};

const PAID: &str = r#"{"appid":"wx8888888888888888","mchid":"1900000109","out_trade_no":"A1","transaction_id":"4200001","trade_state":"SUCCESS","trade_type":"JSAPI","success_time":"2026-03-09T11:00:00+08:00","payer":{"openid":"o1"},"amount":{"total":3500,"payer_total":3400,"currency":"CNY"}}"#;
const REFUNDED: &str = r#"{"refund_id":"5030001","out_refund_no":"R1","transaction_id":"4200001","out_trade_no":"A1","channel":"ORIGINAL","user_received_account":"x","create_time":"2026-03-09T12:00:00+08:00","status":"PROCESSING","amount":{"total":3500,"refund":100,"payer_total":3500,"payer_refund":100}}"#;

fn a1() -> OrderRef {
    OrderRef::Merchant(OutTradeNo::new("A1").unwrap())
}

fn verdict(status: u16, body: &str, manner: &SigningManner) -> QueryVerdict {
    let stage = Stage::new(vec![Ok(answer(status, body, manner))]);
    stage.client().query_order(&a1(), "").unwrap().outcome
}

fn one_hundred() -> NewRefund {
    NewRefund {
        order: a1(),
        out_refund_no: OutRefundNo::new("R1").unwrap(),
        total_fee: Fen::new(3500),
        refund_fee: Fen::new(100),
        reason: String::new(),
        account: String::new(),
        notify_url: String::new(),
    }
}

fn refunded(answer: Result<HttpAnswer, GatewayError>) -> RefundOutcome {
    let stage = Stage::new(vec![answer]);
    stage.client().refund(&one_hundred(), "").unwrap().outcome
}

#[test]
fn a_signed_answer_is_an_order_and_the_request_was_signed() {
    let sound = SigningManner::sound(PUBLIC_ID);
    let stage = Stage::new(vec![Ok(answer(200, PAID, &sound))]);

    let asked = stage.client().query_order(&a1(), "").unwrap();

    let QueryVerdict::Known(state) = asked.outcome else {
        panic!("{:?}", asked.outcome);
    };
    assert_eq!(state.state, TradeState::Success);
    assert_eq!(state.total_fee, Some(Fen::new(3500)));
    assert_eq!(state.cash_fee, Some(Fen::new(3400)));
    let fields = asked.exchange.result.unwrap();
    assert_eq!(fields.get("amount.total"), Some("3500"));
    let sent = stage.played.asked.lock().unwrap().remove(0);
    let header = |name: &str| {
        let mut headers = sent.headers.iter();
        let found = headers.find(|(known, _)| known == name);
        found.map(|(_, value)| value.clone()).unwrap()
    };
    assert_eq!(sent.method, "GET");
    assert_eq!(header("wechatpay-serial"), PUBLIC_ID);
    let authorization = Authorization::parse(&header("authorization")).unwrap();
    assert_eq!(authorization.serial, "5F01");
    assert_eq!(authorization.mchid, "1900000109");
}

#[test]
fn an_answer_without_a_fitting_signature_is_never_believed() {
    let sound = SigningManner::sound(PUBLIC_ID);
    let damaged = SigningManner {
        damaged: true,
        ..sound.clone()
    };
    let bare = SigningManner {
        serial: None,
        ..sound.clone()
    };
    let foreign = PAID.replace("1900000109", "1900000110");
    let other = PAID.replace("\"A1\"", "\"A2\"");
    for (body, manner) in [
        (PAID, &damaged),
        (PAID, &bare),
        (foreign.as_str(), &sound),
        (other.as_str(), &sound),
    ] {
        let told = verdict(200, body, manner);
        assert!(
            matches!(
                told,
                QueryVerdict::ExchangeError(ExchangeError::Untrusted(_))
            ),
            "{told:?}"
        );
    }
    let stranger = SigningManner::sound("PUB_KEY_ID_999");
    assert_eq!(
        verdict(200, PAID, &stranger),
        QueryVerdict::ExchangeError(ExchangeError::UnknownKey("PUB_KEY_ID_999".to_owned()))
    );
}

#[test]
fn a_clock_that_is_away_is_named_with_its_measure() {
    let sound = SigningManner::sound(PUBLIC_ID);
    let ahead = SigningManner {
        at: noon().plus(-400),
        skew_s: Some(-400),
        ..sound.clone()
    };
    let QueryVerdict::ExchangeError(trouble) = verdict(200, PAID, &ahead) else {
        panic!("believed");
    };
    assert_eq!(trouble, ExchangeError::Clock { skew_s: -400 });
    assert!(trouble.words().0.zh.contains("快 6 分 40 秒"));

    let bare = SigningManner {
        serial: None,
        skew_s: Some(301),
        ..sound.clone()
    };
    let refused = verdict(401, r#"{"code":"SIGN_ERROR","message":"签名错误"}"#, &bare);
    assert_eq!(
        refused,
        QueryVerdict::ExchangeError(ExchangeError::Clock { skew_s: 301 })
    );

    // The clocks agree, so an old signature is an old answer played again.
    let old = SigningManner {
        at: noon().plus(-301),
        ..sound
    };
    let told = verdict(200, PAID, &old);
    assert!(
        matches!(&told, QueryVerdict::ExchangeError(ExchangeError::Untrusted(why)) if why.contains("301")),
        "{told:?}"
    );
}

#[test]
fn only_a_signed_no_is_a_no() {
    let sound = SigningManner::sound(PUBLIC_ID);
    let bare = SigningManner {
        serial: None,
        ..sound.clone()
    };
    let absent = r#"{"code":"ORDER_NOT_EXIST","message":"订单不存在"}"#;

    assert_eq!(verdict(404, absent, &sound), QueryVerdict::NotFound);
    assert!(matches!(
        verdict(404, absent, &bare),
        QueryVerdict::ExchangeError(ExchangeError::Refused { .. })
    ));
    for (status, body) in [
        (404, "<html><title>404</title></html>"),
        (502, ""),
        (500, absent),
    ] {
        let told = verdict(status, body, &bare);
        assert!(
            matches!(told, QueryVerdict::ExchangeError(ExchangeError::Unclear(_))),
            "{told:?}"
        );
    }
}

#[test]
fn what_became_of_a_refund_is_told_apart() {
    let sound = SigningManner::sound(PUBLIC_ID);
    let bare = SigningManner {
        serial: None,
        ..sound.clone()
    };
    let poor = r#"{"code":"NOT_ENOUGH","message":"基本账户余额不足"}"#;

    let RefundOutcome::Accepted(told) = refunded(Ok(answer(200, REFUNDED, &sound))) else {
        panic!("not accepted");
    };
    assert_eq!(told.refund.state, RefundState::Processing);
    assert_eq!(told.refund.refund_fee, Fen::new(100));
    let RefundOutcome::Refused(fault) = refunded(Ok(answer(403, poor, &sound))) else {
        panic!("not refused");
    };
    assert!(fault.is("NOTENOUGH"));
    let connect = GatewayError::Connect("refused".to_owned());
    assert!(matches!(
        refunded(Err(connect)),
        RefundOutcome::NotCarriedOut(_)
    ));
    let less = REFUNDED.replace("\"refund\":100", "\"refund\":99");
    let busy = r#"{"code":"SYSTEM_ERROR","message":"系统异常"}"#;
    let cut = GatewayError::Unclear("cut".to_owned());
    for unclear in [
        Ok(answer(403, poor, &bare)),
        Ok(answer(200, REFUNDED, &bare)),
        Ok(answer(200, &less, &sound)),
        Ok(answer(200, "{}", &sound)),
        Ok(answer(500, busy, &sound)),
        Err(cut),
    ] {
        let told = refunded(unclear);
        assert!(matches!(told, RefundOutcome::Unclear(_)), "{told:?}");
    }
}

#[test]
fn a_refund_is_found_or_signed_not_to_be_there() {
    let sound = SigningManner::sound(PUBLIC_ID);
    let absent = r#"{"code":"RESOURCE_NOT_EXISTS","message":"退款单不存在"}"#;
    let number = OutRefundNo::new("R1").unwrap();
    let ask = |status, body: &str| {
        let stage = Stage::new(vec![Ok(answer(status, body, &sound))]);
        stage.client().query_refund(&number, "").unwrap().outcome
    };

    assert!(matches!(ask(200, REFUNDED), RefundVerdict::Known(_)));
    assert_eq!(ask(404, absent), RefundVerdict::NotFound);
    let other = REFUNDED.replace("\"R1\"", "\"R2\"");
    assert!(matches!(
        ask(200, &other),
        RefundVerdict::ExchangeError(ExchangeError::Untrusted(_))
    ));
}

/// The list of platform certificates as the gateway gives it.
fn certificates() -> String {
    let key = Secret::new(V3_KEY.to_owned());
    let sealed = seal_resource(
        PLATFORM.certificate_pem.as_bytes(),
        "fdasfjihihih",
        "certificate",
        &key,
    );
    let ciphertext = sealed.unwrap();
    format!(
        r#"{{"data":[{{"serial_no":"5F02","effective_time":"2024-01-01T00:00:00+08:00","expire_time":"2044-01-01T00:00:00+08:00","encrypt_certificate":{{"algorithm":"AEAD_AES_256_GCM","nonce":"fdasfjihihih","associated_data":"certificate","ciphertext":"{ciphertext}"}}}}]}}"#
    )
}

#[test]
fn certificates_are_fetched_on_first_use_kept_and_not_fetched_again() {
    let by_certificate = SigningManner::sound("5F02");
    let stage = Stage::new(vec![
        Ok(answer(200, &certificates(), &by_certificate)),
        Ok(answer(200, PAID, &by_certificate)),
        Ok(answer(200, PAID, &by_certificate)),
    ]);
    stage
        .vault
        .remove(ProfileId(1), SecretKind::PlatformKey)
        .unwrap();

    let first = stage.client().query_order(&a1(), "").unwrap();
    let second = stage.client().query_order(&a1(), "").unwrap();

    assert!(matches!(first.outcome, QueryVerdict::Known(_)));
    assert!(matches!(second.outcome, QueryVerdict::Known(_)));
    assert_eq!(stage.played.asked.lock().unwrap().len(), 3);
}

#[test]
fn an_unknown_serial_leads_to_one_refresh_and_never_to_a_loop() {
    let by_certificate = SigningManner::sound("5F02");
    let stranger = SigningManner::sound("AAAA");
    let stage = Stage::new(vec![
        Ok(answer(200, PAID, &by_certificate)),
        Ok(answer(200, &certificates(), &by_certificate)),
        Ok(answer(200, PAID, &stranger)),
        Ok(answer(200, PAID, &stranger)),
    ]);
    let client = stage.client();

    let rolled_over = client.query_order(&a1(), "").unwrap().outcome;
    let unknown = client.query_order(&a1(), "").unwrap().outcome;
    let still = client.query_order(&a1(), "").unwrap().outcome;

    assert!(matches!(rolled_over, QueryVerdict::Known(_)));
    for told in [unknown, still] {
        assert_eq!(
            told,
            QueryVerdict::ExchangeError(ExchangeError::UnknownKey("AAAA".to_owned()))
        );
    }
}

#[test]
fn without_a_key_to_verify_with_nothing_is_sent() {
    let stage = Stage::new(Vec::new());
    for kind in [SecretKind::PlatformKey, SecretKind::V3Key] {
        stage.vault.remove(ProfileId(1), kind).unwrap();
    }

    let failure = stage.client().refund(&one_hundred(), "").unwrap_err();

    assert_eq!(failure.code, "vault.v3_key");
    assert!(stage.played.asked.lock().unwrap().is_empty());
}
