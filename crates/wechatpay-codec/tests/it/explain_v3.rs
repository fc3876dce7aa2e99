//! Mistakes of APIv3, made here by code of its own, must be found and named by the search.

#![expect(
    clippy::semicolon_if_nothing_returned,
    clippy::format_collect,
    clippy::assigning_clones,
    reason = "each mistake is one short closure"
)]

use std::time::Instant;

use wechatpay_codec::lab::explain::{
    PayMessage, QuestionV3, SignatureVerdict, SignedMessage, VerifyCandidate, align_401,
    explain_v3, unwatched,
};
use wechatpay_codec::v3::{PrivateKey, SignInformation};

pub(super) fn key(name: &str) -> PrivateKey {
    let file: serde_json::Value =
        serde_json::from_str(include_str!("../../vectors/v3_request_sign.json")).unwrap();
    let pem = &file["test_keys"][name]["private_key_pem"];
    let (label, body) = (
        pem["pem_label"].as_str().unwrap(),
        pem["pem_base64"].as_str().unwrap(),
    );
    PrivateKey::from_pem(&format!(
        "-----BEGIN {label}-----\n{body}\n-----END {label}-----"
    ))
    .unwrap()
}

/// The five lines and how they are joined, each open to mistakes.
struct FaultySignerV3 {
    lines: Vec<String>,
    join: fn(&[String]) -> String,
    key: &'static str,
    write: fn(String) -> String,
}

const BODY: &str =
    r#"{"out_trade_no":"A/1","description":"青禾 水果","amount":{"total":100,"currency":"CNY"}}"#;
const TARGET: &str =
    "/v3/pay/transactions/out-trade-no/A%7C1217752501?sub_mchid=1900000109&mchid=1230000109";

impl FaultySignerV3 {
    fn new(post: bool) -> Self {
        let lines = if post {
            [
                "POST",
                "/v3/pay/transactions/jsapi",
                "1554208460",
                "593BEC0C930BF1AFEB40B4A08C8FB242",
                BODY,
            ]
        } else {
            [
                "GET",
                TARGET,
                "1554208460",
                "593BEC0C930BF1AFEB40B4A08C8FB242",
                "",
            ]
        };
        Self {
            lines: lines.map(str::to_owned).to_vec(),
            join: |lines| lines.iter().map(|line| format!("{line}\n")).collect(),
            key: "official-doc",
            write: |text| text,
        }
    }

    fn sign(self) -> String {
        let text = (self.join)(&self.lines);
        (self.write)(key(self.key).sign(text.as_bytes()))
    }
}

/// Name, line or step, whether it needs a body, and the mistake.
type HeaderMistake = (
    &'static str,
    &'static str,
    Option<bool>,
    fn(&mut FaultySignerV3),
);

const MISTAKES: [HeaderMistake; 46] = [
    ("last-lf-missing", "join", Some(true), |s| {
        s.join = |lines| lines.join("\n")
    }),
    ("lf-as-two-characters", "join", None, |s| {
        s.join = |lines| lines.iter().map(|l| format!("{l}\\n")).collect()
    }),
    ("crlf", "join", None, |s| {
        s.join = |lines| lines.iter().map(|l| format!("{l}\r\n")).collect()
    }),
    ("cr", "join", None, |s| {
        s.join = |lines| lines.iter().map(|l| format!("{l}\r")).collect()
    }),
    ("lines-joined", "join", None, |s| {
        s.join = |lines| lines.concat()
    }),
    ("lf-one-more", "join", None, |s| {
        s.join = |lines| lines.iter().map(|l| format!("{l}\n")).collect::<String>() + "\n"
    }),
    ("time-nonce-swapped", "join", None, |s| s.lines.swap(2, 3)),
    ("target-with-host", "target", None, |s| {
        s.lines[1].insert_str(0, "https://api.mch.weixin.qq.com")
    }),
    ("target-with-host", "target", None, |s| {
        s.lines[1].insert_str(0, "api.mch.weixin.qq.com")
    }),
    ("query-dropped", "target", Some(false), |s| {
        s.lines[1] = TARGET.split('?').next().unwrap().to_owned()
    }),
    ("query-reordered", "target", Some(false), |s| {
        s.lines[1] =
            "/v3/pay/transactions/out-trade-no/A%7C1217752501?mchid=1230000109&sub_mchid=1900000109"
                .to_owned()
    }),
    ("query-parameter-dropped", "target", Some(false), |s| {
        s.lines[1] = TARGET.split('&').next().unwrap().to_owned()
    }),
    ("target-decoded", "target", Some(false), |s| {
        s.lines[1] = s.lines[1].replace("%7C", "|")
    }),
    ("target-lower-escapes", "target", Some(false), |s| {
        s.lines[1] = s.lines[1].replace("%7C", "%7c")
    }),
    ("placeholder-left", "target", Some(false), |s| {
        s.lines[1] = s.lines[1].replace("A%7C1217752501", "{out_trade_no}")
    }),
    ("placeholder-left", "target", Some(false), |s| {
        s.lines[1] = s.lines[1].replace("=1230000109", "={mchid}")
    }),
    ("target-no-slash", "target", None, |s| {
        s.lines[1].remove(0);
    }),
    ("target-slash-end", "target", Some(true), |s| {
        s.lines[1].push('/')
    }),
    ("method-lower-case", "method", None, |s| {
        s.lines[0].make_ascii_lowercase()
    }),
    ("method-other", "method", None, |s| {
        s.lines[0] = "PUT".to_owned()
    }),
    ("time-milliseconds", "time", None, |s| {
        s.lines[2].push_str("000")
    }),
    ("time-anew", "time", None, |s| {
        s.lines[2] = "1554208462".to_owned()
    }),
    ("time-anew", "time", None, |s| {
        s.lines[2] = "1554208401".to_owned()
    }),
    ("nonce-anew", "nonce", None, |s| {
        s.lines[3] = "SecondNonceSecondNonce".to_owned()
    }),
    ("value-lower-case", "nonce", None, |s| {
        s.lines[3].make_ascii_lowercase()
    }),
    ("value-space-end", "nonce", None, |s| s.lines[3].push(' ')),
    ("body-empty", "body", Some(true), |s| s.lines[4].clear()),
    ("body-word", "body", None, |s| s.lines[4] = "{}".to_owned()),
    ("body-word", "body", None, |s| {
        s.lines[4] = "null".to_owned()
    }),
    ("body-bom", "body", None, |s| {
        s.lines[4].insert(0, '\u{FEFF}')
    }),
    ("json-indent-2", "body", Some(true), |s| {
        s.lines[4] = "{\n  \"out_trade_no\": \"A/1\",\n  \"description\": \"青禾 水果\",\n  \"amount\": {\n    \"total\": 100,\n    \"currency\": \"CNY\"\n  }\n}".to_owned()
    }),
    ("json-spaces", "body", Some(true), |s| {
        s.lines[4] = r#"{"out_trade_no": "A/1", "description": "青禾 水果", "amount": {"total": 100, "currency": "CNY"}}"#.to_owned()
    }),
    ("json-sorted", "body", Some(true), |s| {
        s.lines[4] = r#"{"amount":{"currency":"CNY","total":100},"description":"青禾 水果","out_trade_no":"A/1"}"#.to_owned()
    }),
    ("json-slash-escaped", "body", Some(true), |s| {
        s.lines[4] = BODY.replace('/', "\\/")
    }),
    ("json-unicode-escaped", "body", Some(true), |s| {
        s.lines[4] = BODY.replace("青禾 水果", "\\u9752\\u79be \\u6c34\\u679c")
    }),
    ("json-of-php", "body", Some(true), |s| {
        s.lines[4] = BODY
            .replace("青禾 水果", "\\u9752\\u79be \\u6c34\\u679c")
            .replace('/', "\\/")
    }),
    ("body-twice-utf8", "body", Some(true), |s| {
        s.lines[4] = BODY.bytes().map(char::from).collect()
    }),
    ("body-question-marks", "body", Some(true), |s| {
        s.lines[4] = BODY.replace("青禾 水果", "?? ??")
    }),
    ("result-base64url", "write", None, |s| {
        s.write = |t| t.replace('+', "-").replace('/', "_")
    }),
    ("result-unpadded", "write", None, |s| {
        s.write = |t| t.trim_end_matches('=').to_owned()
    }),
    ("result-percent", "write", None, |s| {
        s.write = |t| {
            t.replace('+', "%2B")
                .replace('/', "%2F")
                .replace('=', "%3D")
        }
    }),
    ("result-line-break", "write", None, |s| {
        s.write = |t| format!("{}\n{}", &t[..76], &t[76..])
    }),
    ("key-of-other", "key", None, |s| s.key = "yansongda-test"),
    ("body-crlf-end", "body", Some(true), |s| {
        s.lines[4].push_str("\r\n")
    }),
    ("target-dropped", "target", None, |s| s.lines[1].clear()),
    ("line-empty", "nonce", None, |s| s.lines[3].clear()),
];

fn question(post: bool, given: String) -> QuestionV3 {
    let signer = FaultySignerV3::new(post);
    let [method, target, timestamp, nonce, body] = <[String; 5]>::try_from(signer.lines).unwrap();
    let candidate = |name: &str| VerifyCandidate {
        name: name.to_owned(),
        key: key(name).verifying(name).unwrap(),
    };
    QuestionV3 {
        message: SignedMessage::Request {
            method,
            target,
            host: "api.mch.weixin.qq.com".to_owned(),
            body: body.into_bytes(),
        },
        timestamp,
        nonce,
        given,
        keys: vec![candidate("official-doc"), candidate("yansongda-test")],
        serial: String::new(),
        signed_text: None,
        seen: vec!["SecondNonceSecondNonce".to_owned()],
        header_faults: Vec::new(),
    }
}

pub(super) fn codes(verdict: &SignatureVerdict) -> Vec<&'static str> {
    let SignatureVerdict::Explained(found) = verdict else {
        return Vec::new();
    };
    let mut out: Vec<_> = found.changes.iter().map(|change| change.code).collect();
    out.sort_unstable();
    out
}

fn ways(mistake: &HeaderMistake) -> Vec<bool> {
    mistake
        .2
        .map_or_else(|| vec![true, false], |post| vec![post])
}

#[test]
fn single_mistakes_of_v3_are_explained_right() {
    let (mut total, mut missed, mut slowest) = (0, Vec::new(), 0);
    for mistake in &MISTAKES {
        for post in ways(mistake) {
            let mut signer = FaultySignerV3::new(post);
            (mistake.3)(&mut signer);
            let given = signer.sign();
            total += 1;
            let since = Instant::now();
            let found = codes(&explain_v3(&question(post, given), &unwatched));
            slowest = slowest.max(since.elapsed().as_millis());
            if found != [mistake.0] {
                missed.push((mistake.0, post, found));
            }
        }
    }
    println!(
        "v3 singles: {} of {total} explained right, slowest {slowest} ms",
        total - missed.len()
    );
    assert!(total >= 60);
    assert_eq!(missed, []);
}

#[test]
fn pairs_of_mistakes_of_v3_are_explained_right() {
    let (mut total, mut missed, mut slowest) = (0, Vec::new(), 0);
    for (at, one) in MISTAKES.iter().enumerate() {
        for step in [5, 17, 29] {
            let other = &MISTAKES[(at + step) % MISTAKES.len()];
            let post = at % 2 == 0;
            let possible = |mistake: &HeaderMistake| ways(mistake).contains(&post);
            let swaps = |a: &HeaderMistake, b: &HeaderMistake| {
                a.0 == "time-nonce-swapped" && matches!(b.1, "time" | "nonce" | "join")
            };
            if one.1 == other.1
                || !possible(one)
                || !possible(other)
                || swaps(one, other)
                || swaps(other, one)
            {
                continue;
            }
            let mut signer = FaultySignerV3::new(post);
            (one.3)(&mut signer);
            (other.3)(&mut signer);
            let given = signer.sign();
            total += 1;
            let since = Instant::now();
            let found = codes(&explain_v3(&question(post, given), &unwatched));
            slowest = slowest.max(since.elapsed().as_millis());
            let mut wanted = vec![one.0, other.0];
            wanted.sort_unstable();
            if found != wanted {
                missed.push((wanted, found));
            }
        }
    }
    let right = total - missed.len();
    println!(
        "v3 pairs: {right} of {total} explained right, slowest {slowest} ms; missed {missed:?}"
    );
    assert!(total >= 60);
    assert!(right * 100 >= total * 95, "{right} of {total}: {missed:?}");
}

#[test]
fn the_fourth_line_of_jsapi_and_app_is_told_apart() {
    let ask = |package: &str, signed: &str| {
        let text = format!("wx1\n1554208460\nn\n{signed}\n");
        let mut question = question(true, key("official-doc").sign(text.as_bytes()));
        question.message = SignedMessage::Pay(PayMessage {
            appid: "wx1".to_owned(),
            package: package.to_owned(),
            sign_type: String::new(),
        });
        question.nonce = "n".to_owned();
        codes(&explain_v3(&question, &unwatched))
    };
    assert_eq!(ask("prepay_id=wx2014", "wx2014"), ["pay-line-bare"]);
    assert_eq!(ask("wx2014", "prepay_id=wx2014"), ["pay-line-prefixed"]);
    assert_eq!(
        ask("prepay_id=wx2014", "prepay_id=wx2014"),
        Vec::<&str>::new()
    );
}

#[test]
fn a_signature_of_a_strange_key_or_text_is_not_explained() {
    let strange = key("wechatpay-go-testing").sign(b"x");
    let verdict = explain_v3(&question(true, strange), &unwatched);
    assert!(matches!(
        verdict,
        SignatureVerdict::Unexplained { tried: 0, .. }
    ));

    let other_text = key("official-doc").sign(b"something else");
    let since = Instant::now();
    let verdict = explain_v3(&question(true, other_text.clone()), &unwatched);
    println!("v3 nothing found in {} ms", since.elapsed().as_millis());
    let SignatureVerdict::Unexplained { tried, .. } = verdict else {
        panic!("{verdict:?}");
    };
    println!("tried {tried}");
    assert!(tried > 5_000);

    let mut known = question(true, other_text);
    known.signed_text = Some("something else".to_owned());
    assert_eq!(codes(&explain_v3(&known, &unwatched)), ["other-string"]);
}

#[test]
fn the_string_of_a_401_is_laid_beside_ours() {
    let ours = b"GET\n/v3/x?b=1&a=2\n1\nn\n\n";
    let information = |message: &str, length| SignInformation {
        method: "GET".to_owned(),
        url: "/v3/x".to_owned(),
        message: message.to_owned(),
        length: Some(length),
    };

    let other = align_401(&information("GET\n/v3/x?a=2&b=1\n1\nn\n\n", 24), ours);
    assert_eq!((other.first_difference, other.line), (Some(10), 2));

    let same = align_401(&information("GET\n/v3/x?b=1&a=2\n1\nn\n\n", 24), ours);
    assert_eq!(same.first_difference, None);
    let cut = align_401(&information("GET\n/v3/x?b=1***", 24), ours);
    assert_eq!((cut.first_difference, cut.truncated), (None, true));
}

#[test]
fn a_serial_that_is_not_the_keys_is_named_beside_a_right_signature() {
    let signer = FaultySignerV3::new(true);
    let mut question = question(true, signer.sign());
    question.keys[0].key.id = "5A01".to_owned();
    question.serial = "5A01".to_owned();
    assert_eq!(explain_v3(&question, &unwatched), SignatureVerdict::Right);
    question.serial = "6B02".to_owned();
    assert_eq!(
        codes(&explain_v3(&question, &unwatched)),
        ["serial-of-other"]
    );
}

#[test]
fn base64_of_base64_is_not_another_key() {
    use base64::Engine as _;
    let twice = base64::engine::general_purpose::STANDARD.encode(FaultySignerV3::new(true).sign());
    let found = codes(&explain_v3(&question(true, twice), &unwatched));
    assert_eq!(found, ["result-base64-twice"]);
}

#[test]
fn pss_is_not_another_key() {
    use aws_lc_rs::rand::SystemRandom;
    use aws_lc_rs::signature::{RSA_PSS_SHA256, RsaKeyPair};
    use base64::Engine as _;
    let pair = RsaKeyPair::generate(aws_lc_rs::rsa::KeySize::Rsa2048).unwrap();
    let text = question(true, String::new()).right_string();
    let mut signature = vec![0; pair.public_modulus_len()];
    pair.sign(&RSA_PSS_SHA256, &SystemRandom::new(), &text, &mut signature)
        .unwrap();
    let given = base64::engine::general_purpose::STANDARD.encode(&signature);
    let public = aws_lc_rs::signature::KeyPair::public_key(&pair).as_ref();
    let body = base64::engine::general_purpose::STANDARD.encode(public);
    let pem = format!("-----BEGIN RSA PUBLIC KEY-----\n{body}\n-----END RSA PUBLIC KEY-----");
    let mut question = question(true, given);
    question.keys = vec![VerifyCandidate {
        name: "own".to_owned(),
        key: wechatpay_codec::v3::VerifyKey::from_pem(&pem, "").unwrap(),
    }];
    assert_eq!(codes(&explain_v3(&question, &unwatched)), ["padding-pss"]);
}

#[test]
fn an_answer_that_a_framework_printed_again_is_proven() {
    let sent = r#"{"id":"e","create_time":"t","resource_type":"r","event_type":"E","summary":"支付/成功","resource":{"nonce":"n"}}"#;
    let mut question = question(true, String::new());
    let text = format!("{}\n{}\n{sent}\n", question.timestamp, question.nonce);
    question.given = key("official-doc").sign(text.as_bytes());
    let mut ask = |body: &str| {
        question.message = SignedMessage::Reply { body: body.into() };
        codes(&explain_v3(&question, &unwatched))
    };
    assert_eq!(ask(&sent.replace("\":", "\": ")), ["body-blanks"]);
    assert_eq!(
        ask(&sent.replace("event_type", "eventType")),
        ["body-field-names"]
    );
    assert_eq!(ask(&sent.replace('/', "\\/")), ["body-escaped-slashes"]);
    assert_eq!(
        ask(&sent
            .replace("支付", "\\u652f\\u4ed8")
            .replace(",\"", ", \"")),
        ["body-blanks", "body-unicode-escapes"]
    );
}
