//! Keys of APIv2 that were not set or not the key, and strings changed as a whole; `verify v2` names the same.

use base64::Engine as _;
use md5::Digest as _;
use recondesk_domain::{Secret, SignType};
use wechatpay_codec::Params;
use wechatpay_codec::lab::explain::{
    KeyCandidate, QuestionV2, SignatureVerdict, explain_v2, unwatched,
};
use wechatpay_codec::lab::verify::cause_v2;

use super::explain_v3::{codes, key};

const KEY: &str = "Q8wZ3kLm5Np7Rt9Vx2Bd4Fg6Hj1Ks0Ty";
const FIELDS: [(&str, &str); 4] = [
    ("attach", ""),
    ("body", "明前龙井 & \"礼袋\""),
    ("mch_id", "1602233445"),
    ("total_fee", "12850"),
];
const PLAIN: &str = "body=明前龙井 & \"礼袋\"&mch_id=1602233445&total_fee=12850";

fn md5_of(text: &str) -> String {
    let digest = md5::Md5::digest(text);
    let hex: Vec<String> = digest.iter().map(|byte| format!("{byte:02X}")).collect();
    hex.concat()
}

fn question(given: &str) -> QuestionV2 {
    QuestionV2 {
        message: FIELDS.into_iter().collect(),
        given: given.to_owned(),
        keys: vec![KeyCandidate {
            name: "own".to_owned(),
            key: Secret::new(KEY.to_owned()),
        }],
        sign_type: SignType::Md5,
        signed_text: None,
        seen: Vec::new(),
    }
}

#[test]
fn a_key_that_was_not_set_or_not_the_key_is_named() {
    let bytes = format!("b'{KEY}'");
    let semicolon = format!("{KEY};");
    let base64 = base64::engine::general_purpose::STANDARD.encode(KEY);
    for (in_its_place, code) in [
        ("null", "key-unset"),
        ("undefined", "key-unset"),
        ("None", "key-unset"),
        ("nil", "key-unset"),
        ("<nil>", "key-unset"),
        ("", "key-empty"),
        ("${wx.pay.mchKey}", "key-placeholder"),
        ("${WECHAT_API_KEY}", "key-placeholder"),
        ("192006250b4c09247ec02edce69f6a2d", "key-of-sample"),
        ("1602233445", "key-is-field"),
        (bytes.as_str(), "key-bytes-printed"),
        (semicolon.as_str(), "key-semicolon-end"),
        (base64.as_str(), "key-base64"),
    ] {
        let given = md5_of(&format!("{PLAIN}&key={in_its_place}"));
        let SignatureVerdict::Explained(found) = explain_v2(&question(&given), &unwatched) else {
            panic!("{in_its_place}");
        };
        let named: Vec<_> = found.changes.iter().map(|change| change.code).collect();
        assert_eq!(named, [code], "{in_its_place}");
        let shown = [found.theirs, found.right].concat();
        assert!(!String::from_utf8_lossy(&shown).contains(KEY));
    }
}

#[test]
fn a_string_that_was_changed_as_a_whole_is_named() {
    let whole = format!("{PLAIN}&key={KEY}");
    let html = |text: &str| text.replace('&', "&amp;").replace('"', "&quot;");
    let cases = [
        (whole.replace('&', "&amp;"), "whole-html-escaped"),
        (html(&whole), "whole-html-escaped"),
        (format!("{}&key={KEY}", html(PLAIN)), "whole-html-escaped"),
        // Only the key has capitals here, so that is what is told.
        (whole.to_lowercase(), "key-lower-case"),
    ];
    for (text, code) in cases {
        let verdict = explain_v2(&question(&md5_of(&text)), &unwatched);
        assert_eq!(codes(&verdict), [code], "{text}");
    }
}

#[test]
fn verifying_v2_says_the_cause_where_it_is_proven() {
    let keys = question("").keys;
    let with = |sign: &str| -> Params {
        let mut params: Params = FIELDS.into_iter().collect();
        if !sign.is_empty() {
            params.push("sign", sign.to_owned());
        }
        params
    };
    let unset = md5_of(&format!("{PLAIN}&key=null"));
    let cause = |params: &Params| cause_v2(params, &keys).map(|words| words.en);
    assert!(cause(&with(&unset)).unwrap().contains("was not set"));
    assert!(cause(&with("")).unwrap().contains("no field sign"));
    let failure: Params = [("return_code", "FAIL"), ("return_msg", "签名错误")]
        .into_iter()
        .collect();
    assert!(cause(&failure).unwrap().contains("return_msg"));
    let rsa = key("official-doc").sign(b"x");
    assert!(cause(&with(&rsa)).unwrap().contains("APIv3"));
    let sealed: Params = [("return_code", "SUCCESS"), ("req_info", "x")]
        .into_iter()
        .collect();
    assert_eq!(cause(&sealed), None);
}
