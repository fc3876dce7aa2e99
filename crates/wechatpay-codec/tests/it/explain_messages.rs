//! Whole messages of APIv3 spoiled by other code (`tests/fixtures/mistakes_v3.py`): header, digest, printers, filters, forms.

use serde::Deserialize;
use wechatpay_codec::Params;
use wechatpay_codec::lab::explain::{
    AuthorizationReading, PayParts, QuestionV3, SignatureVerdict, SignedMessage, VerifyCandidate,
    explain_v3, unwatched,
};
use wechatpay_codec::lab::verify::cause_v3;
use wechatpay_codec::v3::{SignatureHeaders, VerifyKey};

use super::explain_v3::{codes, key};

#[derive(Deserialize)]
struct MessageCase {
    id: String,
    kind: String,
    #[serde(default)]
    authorization: String,
    #[serde(default)]
    signature: String,
    #[serde(default)]
    nonce: String,
    body: String,
    accept: Vec<String>,
}

const TIME: &str = "1554208460";

fn cases(kind: &str) -> Vec<MessageCase> {
    let all: Vec<MessageCase> =
        serde_json::from_str(include_str!("../fixtures/mistakes_v3.json")).unwrap();
    all.into_iter().filter(|case| case.kind == kind).collect()
}

fn own_key() -> VerifyKey {
    key("official-doc").verifying("official-doc").unwrap()
}

fn question(message: SignedMessage, nonce: &str, given: &str) -> QuestionV3 {
    QuestionV3 {
        message,
        timestamp: TIME.to_owned(),
        nonce: nonce.to_owned(),
        given: given.to_owned(),
        keys: vec![VerifyCandidate {
            name: "official-doc".to_owned(),
            key: own_key(),
        }],
        serial: String::new(),
        signed_text: None,
        seen: Vec::new(),
        header_faults: Vec::new(),
    }
}

fn of_request(case: &MessageCase) -> QuestionV3 {
    let AuthorizationReading { header, faults } = AuthorizationReading::of(&case.authorization);
    let message = SignedMessage::Request {
        method: "POST".to_owned(),
        target: "/v3/pay/transactions/jsapi".to_owned(),
        host: "api.mch.weixin.qq.com".to_owned(),
        body: case.body.clone().into_bytes(),
    };
    let mut question = question(message, &header.nonce, &header.signature);
    question.timestamp = header.timestamp;
    question.header_faults = faults;
    question
}

fn of_notice(case: &MessageCase) -> QuestionV3 {
    let body = case.body.clone().into_bytes();
    question(SignedMessage::Reply { body }, &case.nonce, &case.signature)
}

/// Those that are not explained by exactly what was done.
fn missed(cases: &[MessageCase], question: fn(&MessageCase) -> QuestionV3) -> Vec<String> {
    let mut out = Vec::new();
    for case in cases {
        let verdict = explain_v3(&question(case), &unwatched);
        let found = codes(&verdict);
        let is_header = case.accept.iter().all(|code| code.starts_with("header-"));
        let is_right = match &verdict {
            SignatureVerdict::Right => case.accept.is_empty(),
            SignatureVerdict::Explained(told) => {
                found == case.accept && told.is_beside_only() == is_header
            }
            _ => false,
        };
        if !is_right {
            out.push(format!("{}: {:?}, found {found:?}", case.id, case.accept));
        }
    }
    out
}

#[test]
fn requests_of_other_peoples_code_are_explained() {
    let cases = cases("request");
    assert!(cases.len() >= 90, "{}", cases.len());
    assert_eq!(missed(&cases, of_request), Vec::<String>::new());
}

#[test]
fn notifications_changed_on_their_way_are_explained() {
    let cases = cases("notice");
    assert!(cases.len() >= 34, "{}", cases.len());
    assert_eq!(missed(&cases, of_notice), Vec::<String>::new());
}

#[test]
fn verifying_names_the_change_and_never_another_key() {
    let key = own_key();
    for case in cases("notice") {
        if case.accept.is_empty() {
            continue;
        }
        let headers = SignatureHeaders {
            serial: key.id.clone(),
            timestamp: TIME.to_owned(),
            nonce: case.nonce.clone(),
            signature: case.signature.clone(),
        };
        let words = cause_v3(&headers, case.body.as_bytes(), std::slice::from_ref(&key));
        assert!(!words.en.contains("another"), "{}: {}", case.id, words.en);
        assert!(!words.zh.contains("公钥"), "{}: {}", case.id, words.zh);
    }
}

fn hints(verdict: SignatureVerdict) -> String {
    match verdict {
        SignatureVerdict::Unexplained { hints, .. } => {
            let lines: Vec<String> = hints.into_iter().map(|hint| hint.en).collect();
            lines.join("\n")
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_not_proven_gets_the_hints_of_a_notification() {
    let signature = cases("notice")[0].signature.clone();
    let ask = |body: &str| {
        let body = body.as_bytes().to_vec();
        let question = question(SignedMessage::Reply { body }, "other", &signature);
        hints(explain_v3(&question, &unwatched))
    };
    let decrypted =
        r#"{"mchid":"1","out_trade_no":"A","transaction_id":"4","trade_state":"SUCCESS"}"#;
    for (body, wanted) in [
        ("", "The body is empty"),
        (decrypted, "decrypted content"),
        (r#"{"ciphertext":"a","nonce":"n"}"#, "resource alone"),
        (r#"{"id":"e-1","#, "no complete JSON"),
        ("<xml></xml>", "XML"),
        ("x", "The key is right"),
    ] {
        let told = ask(body);
        assert!(told.contains(wanted), "{body}: {told}");
        assert!(told.contains("The key is right"), "{body}: {told}");
        assert!(!told.contains("401"), "{body}: {told}");
    }
    let strange = key("wechatpay-go-testing").sign(b"x");
    let body = b"{}".to_vec();
    let other = question(SignedMessage::Reply { body }, "n", &strange);
    let told = hints(explain_v3(&other, &unwatched));
    assert!(told.contains("did not make the signature"), "{told}");
    assert!(!told.contains("The key is right"), "{told}");
}

#[test]
fn verifying_keeps_apart_another_key_another_body_and_a_probe() {
    let own_key = own_key();
    let ask = |signature: &str, body: &str| {
        let headers = SignatureHeaders {
            serial: own_key.id.clone(),
            timestamp: TIME.to_owned(),
            nonce: "n".to_owned(),
            signature: signature.to_owned(),
        };
        cause_v3(&headers, body.as_bytes(), std::slice::from_ref(&own_key)).en
    };
    let own = key("official-doc").sign(b"another string");
    let strange = key("wechatpay-go-testing").sign(b"x");
    assert!(ask(&own, "{}").contains("the key is right"));
    assert!(ask(&own, "").contains("The body is empty"));
    assert!(ask(&strange, "{}").contains("another key made it"));
    assert!(ask(&format!("WECHATPAY/SIGNTEST/{own}"), "{}").contains("probe"));
    assert!(ask("hello", "{}").contains("no APIv3 signature"));
}

#[test]
fn what_is_no_signature_of_v3_is_named_by_its_looks() {
    let ask = |given: &str| {
        let body = b"{}".to_vec();
        let question = question(SignedMessage::Reply { body }, "n", given);
        match explain_v3(&question, &unwatched) {
            SignatureVerdict::NotASignature(words) => words.en,
            other => panic!("{other:?}"),
        }
    };
    assert!(ask("9A0A8659F005D6984697E2CA0A9CF3B7").contains("MD5"));
    assert!(ask(&"9A".repeat(32)).contains("HMAC-SHA256"));
    assert!(ask(&"9a".repeat(20)).contains("SHA-1"));
    assert!(ask("WECHATPAY/SIGNTEST/x").contains("probe"));
    assert!(ask("hello").contains("5 bytes"));
    assert!(ask("").contains("no signature"));
}

#[test]
fn a_front_end_of_v3_that_names_another_algorithm_or_milliseconds_is_told() {
    let ask = |time: &str, sign_type: &str| {
        let text = format!("wx1\n{time}\nn\nprepay_id=wx2014\n");
        let signature = key("official-doc").sign(text.as_bytes());
        let set: Params = [
            ("appId", "wx1"),
            ("timeStamp", time),
            ("nonceStr", "n"),
            ("package", "prepay_id=wx2014"),
            ("signType", sign_type),
            ("paySign", signature.as_str()),
        ]
        .into_iter()
        .collect();
        let pay = PayParts::of(&set).unwrap();
        let mut question = question(SignedMessage::Pay(pay.message), &pay.nonce, &pay.signature);
        question.timestamp = pay.timestamp;
        explain_v3(&question, &unwatched)
    };
    assert_eq!(ask(TIME, "RSA"), SignatureVerdict::Right);
    assert_eq!(codes(&ask(TIME, "MD5")), ["header-sign-type"]);
    assert_eq!(codes(&ask("1554208460000", "RSA")), ["header-time-unit"]);
}
