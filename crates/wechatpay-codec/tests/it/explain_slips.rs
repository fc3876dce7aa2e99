//! Slips that developers asked about: each is named, and nothing else is.

use md5::Digest as _;
use recondesk_domain::{Secret, SignType};
use wechatpay_codec::Params;
use wechatpay_codec::lab::explain::{
    KeyCandidate, QuestionV2, SignatureVerdict, explain_v2, merchant_fault, unwatched,
};

use super::explain_v3::codes;

const KEY: &str = "vEH3gydyFEYZXubY8Qnuvj9k7YzSnwrz";
const OTHER: &str = "KLybyTzRGweMaxAbCSBafBLrgCn3FMRr";
const FIELDS: [(&str, &str); 12] = [
    ("appid", "wx8888888888888888"),
    ("mch_id", "1900000109"),
    ("nonce_str", "5K8264ILTKCH16CQ2502SI8ZNMTM67VS"),
    ("body", "腾讯充值中心-QQ会员 充值"),
    ("attach", "a b"),
    ("out_trade_no", "20150806125346"),
    ("total_fee", "888"),
    ("spbill_create_ip", "123.12.12.123"),
    (
        "notify_url",
        "http://www.weixin.qq.com/wxpay/pay.php?a=1&b=2",
    ),
    ("trade_type", "JSAPI"),
    ("openid", "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"),
    (
        "detail",
        r#"{"goods_detail":[{"goods_id":"1","price":528800}]}"#,
    ),
];

fn hex(bytes: &[u8]) -> String {
    let hex: Vec<String> = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
    hex.concat()
}

fn md5_of(text: &str) -> String {
    hex(&md5::Md5::digest(text))
}

type SlipFields = Vec<(String, String)>;

fn fields() -> SlipFields {
    FIELDS
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

fn changed(name: &str, value: &str) -> SlipFields {
    let mut out = fields();
    out.retain(|(known, _)| known != name);
    out.push((name.to_owned(), value.to_owned()));
    out
}

fn string(fields: &SlipFields, joint: &str, between: &str) -> String {
    let mut sorted = fields.clone();
    sorted.sort();
    let pairs: Vec<String> = sorted
        .iter()
        .map(|(name, value)| format!("{name}{between}{value}"))
        .collect();
    pairs.join(joint)
}

fn right(fields: &SlipFields) -> String {
    format!("{}&key={KEY}", string(fields, "&", "="))
}

fn ask(given: String, message: &SlipFields, signed_text: Option<String>) -> SignatureVerdict {
    let pairs = message
        .iter()
        .map(|(name, value)| (name.as_str(), value.clone()));
    let message: Params = pairs.collect();
    let question = QuestionV2 {
        message,
        given,
        keys: vec![KeyCandidate {
            name: "own".to_owned(),
            key: Secret::new(KEY.to_owned()),
        }],
        sign_type: SignType::Md5,
        signed_text,
        seen: Vec::new(),
    };
    explain_v2(&question, &unwatched)
}

fn found(given: String, message: &SlipFields) -> Vec<&'static str> {
    codes(&ask(given, message, None))
}

#[test]
fn slips_of_every_day_are_named() {
    let plain = fields();
    let first = md5_of(&right(&plain));
    let camel = |name: &str| {
        let mut parts = name.split('_');
        let mut out = parts.next().unwrap().to_owned();
        for part in parts {
            out.push_str(&part[..1].to_uppercase());
            out.push_str(&part[1..]);
        }
        out
    };
    let renamed: SlipFields = plain
        .iter()
        .map(|(name, value)| (camel(name), value.clone()))
        .collect();
    let json: Vec<String> = plain
        .iter()
        .map(|(name, value)| format!("{}:{}", serde_json::json!(name), serde_json::json!(value)))
        .collect();
    let dropped: SlipFields = plain
        .iter()
        .filter(|(name, _)| !["openid", "detail", "attach"].contains(&name.as_str()))
        .cloned()
        .collect();
    for (given, code) in [
        (
            md5_of(&right(&changed("sign", &first))),
            "sign-of-first-try",
        ),
        (md5_of(&first), "md5-twice"),
        (md5_of(&right(&renamed)), "names-camel-case"),
        (
            md5_of(&format!("{};key={KEY}", string(&plain, ";", "="))),
            "joined-with-semicolon",
        ),
        (
            md5_of(&format!("{}{KEY}", string(&plain, "", ""))),
            "joined-bare",
        ),
        (
            md5_of(&format!("{}&appkey={KEY}", string(&plain, "&", "="))),
            "key-named-app-key",
        ),
        (
            md5_of(&right(&changed("body", "腾讯充值中心－QQ会员 充值"))),
            "value-full-width",
        ),
        (
            md5_of(&right(&changed("total_fee", "887.9999999999999"))),
            "number-noise",
        ),
        (md5_of(&right(&changed("total_fee", "887"))), "number-near"),
        (
            md5_of(&right(&changed("mch_id", "1900000110"))),
            "value-near",
        ),
    ] {
        assert_eq!(found(given, &plain), [code]);
    }
    let three = found(md5_of(&right(&dropped)), &plain);
    assert_eq!(three, ["field-dropped"; 3]);
    let json = format!("{{{}}}&key={KEY}", json.join(","));
    let json = found(md5_of(&json), &plain);
    assert!(json.contains(&"json-signed"), "{json:?}");
    let emoji = changed("body", "茶🍵");
    for lost in ["茶?", "茶??"] {
        let given = md5_of(&right(&changed("body", lost)));
        assert_eq!(found(given, &emoji), ["value-emoji-replaced"]);
    }
}

#[test]
fn a_given_string_shows_no_key_and_is_believed_only_where_it_makes_the_signature() {
    let plain = fields();
    let text = format!("{}&key={OTHER}", string(&plain, "&", "="));
    let verdict = ask(md5_of(&text), &plain, Some(text));
    let SignatureVerdict::Explained(told) = &verdict else {
        panic!("{verdict:?}")
    };
    assert_eq!(codes(&verdict), ["key-of-string"]);
    for shown in [&told.theirs, &told.right] {
        let shown = String::from_utf8_lossy(shown);
        assert!(!shown.contains(OTHER) && !shown.contains(KEY), "{shown}");
    }
    let stranger = md5_of("another string altogether");
    let SignatureVerdict::Unexplained { hints, .. } =
        ask(stranger, &plain, Some("a=1&key=x".to_owned()))
    else {
        panic!("explained")
    };
    assert!(
        hints[0].en.contains("does not make this signature"),
        "{hints:?}"
    );
    assert!(
        !hints
            .iter()
            .any(|hint| hint.en.starts_with("Give the string")),
        "{hints:?}"
    );
}

#[test]
fn what_is_wrong_beside_a_right_signature_is_told() {
    let mut lacking = fields();
    lacking.retain(|(name, _)| name != "nonce_str");
    let told = found(md5_of(&right(&lacking)), &lacking);
    assert_eq!(told, ["header-field-missing"]);

    let page = |time: &str, kind: &str| -> SlipFields {
        [
            ("appId", "wx8888888888888888"),
            ("timeStamp", time),
            ("nonceStr", "abc"),
            ("package", "prepay_id=wx1"),
            ("signType", kind),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
    };
    for (set, code) in [
        (page("1414561699000", "MD5"), "header-time-unit"),
        (page("1414561699", "RSA"), "header-sign-type"),
    ] {
        assert_eq!(found(md5_of(&right(&set)), &set), [code]);
    }
    let set = page("1414561699", "MD5");
    assert_eq!(
        ask(md5_of(&right(&set)), &set, None),
        SignatureVerdict::Right
    );
}

#[test]
fn the_fields_of_an_app_under_the_names_of_a_page_are_found() {
    let app: SlipFields = [
        ("appid", "wx8888888888888888"),
        ("partnerid", "1900000109"),
        ("prepayid", "wx1"),
        ("package", "Sign=WXPay"),
        ("noncestr", "abc"),
        ("timestamp", "1414561699"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec();
    let names = [
        "appId",
        "partnerId",
        "prepayId",
        "package",
        "nonceStr",
        "timeStamp",
    ];
    let page: SlipFields = names
        .iter()
        .zip(&app)
        .map(|(name, (_, value))| ((*name).to_owned(), value.clone()))
        .collect();
    assert_eq!(found(md5_of(&right(&page)), &app), ["names-camel-case"]);
}

#[test]
fn a_header_of_another_merchant_than_the_request_is_seen() {
    let body = br#"{"mchid":"1900000109","amount":{"total":1}}"#;
    let target = "/v3/pay/transactions/jsapi";
    assert_eq!(merchant_fault("1900000109", target, body), None);
    assert_eq!(
        merchant_fault("1900000110", target, body).unwrap().code,
        "header-mchid"
    );
    let query = "/v3/pay/transactions/id/1?mchid=1900000109";
    assert_eq!(
        merchant_fault("1900000110", query, b"").unwrap().code,
        "header-mchid"
    );
    assert_eq!(merchant_fault("1900000110", "/v3/certificates", b""), None);
    let combined = br#"{"combine_mchid":"1900000109","sub_orders":[{"mchid":"1900000110"}]}"#;
    let whole = "/v3/combine-transactions/jsapi";
    assert_eq!(merchant_fault("1900000109", whole, combined), None);
    assert_eq!(
        merchant_fault("1900000110", whole, combined).unwrap().code,
        "header-mchid"
    );
}
