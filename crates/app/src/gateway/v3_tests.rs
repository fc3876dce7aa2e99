//! The APIv3 half against a gateway in memory that signs with a key of its own.

use std::collections::BTreeMap;
use std::sync::{LazyLock, Mutex};

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::RsaKeyPair;

use super::*;
use recondesk_domain::{Fen, Instant};
use recondesk_ports::{GatewayError, HttpAnswer, HttpRequest, VaultError};
use wechatpay_codec::v2::{RefundState, TradeState};
use wechatpay_codec::v3::{Authorization, PrivateKey, lines, seal_resource};

const PUBLIC_ID: &str = "PUB_KEY_ID_0119000001092026030800291233000801";
const V3_KEY: &str = "0123456789abcdef0123456789ABCDEF";

/// A key pair with its certificate.
struct Pair {
    private_pem: String,
    public_pem: String,
    certificate_pem: String,
    key: PrivateKey,
}

fn pair(name: &str, serial: u8) -> Pair {
    let rsa = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let der: Pkcs8V1Der<'_> = rsa.as_der().unwrap();
    let pair =
        rcgen::KeyPair::from_pkcs8_der_and_sign_algo(&der.as_ref().into(), &rcgen::PKCS_RSA_SHA256)
            .unwrap();
    let mut params = rcgen::CertificateParams::new(Vec::new()).unwrap();
    params
        .distinguished_name
        .push(rcgen::DnType::CommonName, name);
    params.serial_number = Some(vec![0x5F, serial].into());
    params.not_before = rcgen::date_time_ymd(2024, 1, 1);
    params.not_after = rcgen::date_time_ymd(2044, 1, 1);
    let private_pem = pair.serialize_pem();
    Pair {
        certificate_pem: params.self_signed(&pair).unwrap().pem(),
        public_pem: pair.public_key_pem(),
        key: PrivateKey::from_pem(&private_pem).unwrap(),
        private_pem,
    }
}

static MERCHANT: LazyLock<Pair> = LazyLock::new(|| pair("1900000109", 1));
static PLATFORM: LazyLock<Pair> = LazyLock::new(|| pair("Tenpay.com Root CA", 2));

fn noon() -> Instant {
    Instant::parse_beijing("2026-03-09 12:00:00").unwrap()
}

struct Noon;

impl Clock for Noon {
    fn now(&self) -> Instant {
        noon()
    }

    fn steady_ms(&self) -> u64 {
        0
    }
}

struct OneNonce;

impl Random for OneNonce {
    fn nonce(&self) -> String {
        "0123456789ABCDEF0123456789ABCDEF".to_owned()
    }
}

#[derive(Default)]
struct Pocket(Mutex<BTreeMap<SecretKind, Vec<u8>>>);

impl Vault for Pocket {
    fn get(&self, _: ProfileId, kind: SecretKind) -> Result<Option<Secret<Vec<u8>>>, VaultError> {
        Ok(self.0.lock().unwrap().get(&kind).cloned().map(Secret::new))
    }

    fn set(
        &self,
        _: ProfileId,
        kind: SecretKind,
        value: Secret<Vec<u8>>,
    ) -> Result<(), VaultError> {
        let mut held = self.0.lock().unwrap();
        held.insert(kind, value.expose().clone());
        Ok(())
    }

    fn remove(&self, _: ProfileId, kind: SecretKind) -> Result<(), VaultError> {
        self.0.lock().unwrap().remove(&kind);
        Ok(())
    }
}

/// How an answer is signed.
#[derive(Clone)]
struct Manner {
    serial: Option<String>,
    at: Instant,
    skew_s: Option<i64>,
    damaged: bool,
}

impl Manner {
    fn sound(serial: &str) -> Self {
        Self {
            serial: Some(serial.to_owned()),
            at: noon(),
            skew_s: Some(0),
            damaged: false,
        }
    }
}

fn answer(status: u16, body: &str, manner: &Manner) -> HttpAnswer {
    let mut headers = vec![("request-id".to_owned(), "08F7-268443699".to_owned())];
    if let Some(serial) = &manner.serial {
        let time = manner.at.unix().to_string();
        let text = lines(&[time.as_bytes(), b"nonce", body.as_bytes()]);
        headers.extend([
            ("wechatpay-serial".to_owned(), serial.clone()),
            ("wechatpay-timestamp".to_owned(), time),
            ("wechatpay-nonce".to_owned(), "nonce".to_owned()),
            ("wechatpay-signature".to_owned(), PLATFORM.key.sign(&text)),
        ]);
    }
    let mut body = body.as_bytes().to_vec();
    if manner.damaged {
        body.push(b' ');
    }
    HttpAnswer {
        status,
        headers,
        body,
        skew_s: manner.skew_s,
        took_ms: 1,
        address: "here".to_owned(),
    }
}

/// Answers in order, and keeps what it was asked.
struct Played {
    answers: Mutex<Vec<Result<HttpAnswer, GatewayError>>>,
    asked: Mutex<Vec<HttpRequest>>,
}

impl Gateway for Played {
    fn send(
        &self,
        _: &Route,
        request: &HttpRequest,
        _: &CancelToken,
    ) -> Result<HttpAnswer, GatewayError> {
        self.asked.lock().unwrap().push(request.clone());
        self.answers.lock().unwrap().remove(0)
    }

    fn download(
        &self,
        _: &Route,
        _: &HttpRequest,
        _: &CancelToken,
        _: &mut dyn FnMut(&[u8]) -> Result<(), String>,
    ) -> Result<HttpAnswer, GatewayError> {
        Err(GatewayError::Connect("not played".to_owned()))
    }
}

/// What a merchant has.
struct Stage {
    played: Played,
    vault: Pocket,
    profile: MerchantProfile,
    cancel: CancelToken,
}

impl Stage {
    /// A merchant with the WeChat Pay public key, and answers to come.
    fn new(answers: Vec<Result<HttpAnswer, GatewayError>>) -> Self {
        let mut profile = MerchantProfile::new("演示", "1900000109");
        profile.api = ApiVersion::V3;
        profile.appids = vec!["wx8888888888888888".to_owned()];
        PUBLIC_ID.clone_into(&mut profile.public_key_id);
        let vault = Pocket::default();
        for (kind, value) in [
            (SecretKind::ClientKey, &MERCHANT.private_pem),
            (SecretKind::ClientCert, &MERCHANT.certificate_pem),
            (SecretKind::V3Key, &V3_KEY.to_owned()),
            (SecretKind::PlatformKey, &PLATFORM.public_pem),
        ] {
            let value = Secret::new(value.clone().into_bytes());
            vault.set(ProfileId(1), kind, value).unwrap();
        }
        Self {
            played: Played {
                answers: Mutex::new(answers),
                asked: Mutex::default(),
            },
            vault,
            profile,
            cancel: CancelToken::default(),
        }
    }

    fn client(&self) -> GatewayClient<'_> {
        let ports = GatewayPorts {
            gateway: &self.played,
            vault: &self.vault,
            random: &OneNonce,
            clock: &Noon,
        };
        GatewayClient::new(ports, (ProfileId(1), &self.profile), &self.cancel)
    }
}

const PAID: &str = r#"{"appid":"wx8888888888888888","mchid":"1900000109","out_trade_no":"A1","transaction_id":"4200001","trade_state":"SUCCESS","trade_type":"JSAPI","success_time":"2026-03-09T11:00:00+08:00","payer":{"openid":"o1"},"amount":{"total":3500,"payer_total":3400,"currency":"CNY"}}"#;
const REFUNDED: &str = r#"{"refund_id":"5030001","out_refund_no":"R1","transaction_id":"4200001","out_trade_no":"A1","channel":"ORIGINAL","user_received_account":"x","create_time":"2026-03-09T12:00:00+08:00","status":"PROCESSING","amount":{"total":3500,"refund":100,"payer_total":3500,"payer_refund":100}}"#;

fn a1() -> OrderRef {
    OrderRef::Merchant(OutTradeNo::new("A1").unwrap())
}

fn verdict(status: u16, body: &str, manner: &Manner) -> QueryVerdict {
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
    let sound = Manner::sound(PUBLIC_ID);
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
    let sound = Manner::sound(PUBLIC_ID);
    let damaged = Manner {
        damaged: true,
        ..sound.clone()
    };
    let bare = Manner {
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
    let stranger = Manner::sound("PUB_KEY_ID_999");
    assert_eq!(
        verdict(200, PAID, &stranger),
        QueryVerdict::ExchangeError(ExchangeError::UnknownKey("PUB_KEY_ID_999".to_owned()))
    );
}

#[test]
fn a_clock_that_is_away_is_named_with_its_measure() {
    let sound = Manner::sound(PUBLIC_ID);
    let ahead = Manner {
        at: noon().plus(-400),
        skew_s: Some(-400),
        ..sound.clone()
    };
    let QueryVerdict::ExchangeError(trouble) = verdict(200, PAID, &ahead) else {
        panic!("believed");
    };
    assert_eq!(trouble, ExchangeError::Clock { skew_s: -400 });
    assert!(trouble.words().0.zh.contains("快 6 分 40 秒"));

    let bare = Manner {
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
    let old = Manner {
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
    let sound = Manner::sound(PUBLIC_ID);
    let bare = Manner {
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
    let sound = Manner::sound(PUBLIC_ID);
    let bare = Manner {
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
    let sound = Manner::sound(PUBLIC_ID);
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
    let by_certificate = Manner::sound("5F02");
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
    let by_certificate = Manner::sound("5F02");
    let stranger = Manner::sound("AAAA");
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
