//! What frameworks of today do to a message of APIv2 before it is signed or checked, made here by code of its own.

use md5::{Digest as _, Md5};
use recondesk_domain::{Secret, SignType};
use wechatpay_codec::Params;
use wechatpay_codec::lab::explain::{
    KeyCandidate, QuestionV2, SignatureVerdict, explain_v2, unwatched,
};

const KEY: &str = "192006250b4c09247ec02edce69f6a2d";

fn sign(fields: &[(String, String)], key: &str) -> String {
    let mut fields = fields.to_vec();
    fields.sort();
    let joined: Vec<String> = fields.iter().map(|(n, v)| format!("{n}={v}")).collect();
    let text = format!("{}&key={key}", joined.join("&"));
    let digest = Md5::digest(text.as_bytes());
    digest
        .iter()
        .fold(String::new(), |text, byte| format!("{text}{byte:02X}"))
}

fn owned(fields: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = fields.iter();
    owned
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

fn explained(fields: &[(&str, &str)], given: String, seen: &[&str]) -> Vec<&'static str> {
    let question = QuestionV2 {
        message: owned(fields).into_iter().collect::<Params>(),
        given,
        keys: vec![KeyCandidate {
            name: "own".to_owned(),
            key: Secret::new(KEY.to_owned()),
        }],
        sign_type: SignType::Md5,
        signed_text: None,
        seen: seen.iter().map(|one| (*one).to_owned()).collect(),
    };
    match explain_v2(&question, &unwatched) {
        SignatureVerdict::Explained(found) => {
            let shown = [found.theirs, found.right].concat();
            assert!(!String::from_utf8_lossy(&shown).contains(KEY));
            found.changes.iter().map(|change| change.code).collect()
        }
        other => panic!("{other:?}"),
    }
}

const ORDER: [(&str, &str); 5] = [
    ("appid", "wx426b3015555a46be"),
    ("mch_id", "1900009851"),
    ("body", "tea's (hot) * 2 ~ \"big\"/夏"),
    ("notify_url", "https://a.example/n?x=1&y=2"),
    ("nonce_str", "8VMExX7gt3imLgbM"),
];

/// The order with every value rewritten.
fn rewritten(rewrite: impl Fn(&str) -> String) -> Vec<(String, String)> {
    let mut fields = owned(&ORDER);
    for (_, value) in &mut fields {
        *value = rewrite(value);
    }
    fields
}

/// Percent-encodes all but letters, digits and the given signs.
fn percent(text: &str, kept: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || kept.as_bytes().contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.extend(["%", &format!("{byte:02X}")]);
        }
    }
    out
}

#[test]
fn encoders_of_python_and_javascript_are_told_apart() {
    let of =
        |rewrite: &dyn Fn(&str) -> String| explained(&ORDER, sign(&rewritten(rewrite), KEY), &[]);
    assert_eq!(of(&|v| percent(v, "-_.!~*'()")), ["all-script-encoded"]);
    assert_eq!(
        of(&|v| percent(v, "-_.!~*'();,/?:@&=+$#")),
        ["all-script-address"]
    );
    assert_eq!(of(&|v| percent(v, "-_.~/")), ["all-python-path"]);
    assert_eq!(
        of(&|v| percent(v, "-_.~ ").replace(' ', "+")),
        ["all-python-form"]
    );
    assert_eq!(of(&|v| percent(v, "-_.~")), ["all-url-encoded"]);
}

#[test]
fn quotes_that_were_escaped_are_named() {
    let given = sign(&rewritten(|v| v.replace('"', "\\\"")), KEY);
    assert_eq!(explained(&ORDER, given, &[]), ["all-quotes-escaped"]);
    let given = sign(&rewritten(|v| v.replace('"', "&quot;")), KEY);
    assert_eq!(explained(&ORDER, given, &[]), ["value-html-quotes"]);
}

#[test]
fn a_key_that_was_cut_at_either_end_is_found() {
    for lost in 1..=4 {
        let given = sign(&owned(&ORDER), &KEY[lost..]);
        assert_eq!(explained(&ORDER, given, &[]), ["key-cut-start"]);
        let given = sign(&owned(&ORDER), &KEY[..KEY.len() - lost]);
        assert_eq!(explained(&ORDER, given, &[]), ["key-cut-end"]);
    }
}

const PAGE: [(&str, &str); 5] = [
    ("appId", "wx426b3015555a46be"),
    ("timeStamp", "1772935364"),
    ("nonceStr", "8VMExX7gt3imLgbM"),
    ("package", "prepay_id=wx081005123456789"),
    ("signType", "MD5"),
];

const APP: [(&str, &str); 6] = [
    ("appid", "wx426b3015555a46be"),
    ("partnerid", "1900009851"),
    ("prepayid", "wx081005123456789"),
    ("package", "Sign=WXPay"),
    ("noncestr", "8VMExX7gt3imLgbM"),
    ("timestamp", "1772935364"),
];

#[test]
fn front_ends_are_told_apart() {
    let as_app = sign(&owned(&APP), KEY);
    assert_eq!(
        explained(&PAGE, as_app, &["1900009851"]),
        ["front-end-other"]
    );
    let as_page = sign(&owned(&PAGE), KEY);
    assert_eq!(explained(&APP, as_page, &[]), ["front-end-other"]);
    let mut lower = owned(&PAGE);
    for (name, _) in &mut lower {
        name.make_ascii_lowercase();
    }
    assert_eq!(
        explained(&PAGE, sign(&lower, KEY), &[]),
        ["names-lower-case"]
    );
}

#[test]
fn coupon_fields_that_a_type_does_not_have_are_named() {
    let notice = [
        ("appid", "wx426b3015555a46be"),
        ("cash_fee", "900"),
        ("coupon_fee", "100"),
        ("coupon_count", "2"),
        ("coupon_id_0", "1"),
        ("coupon_fee_0", "60"),
        ("coupon_id_1", "2"),
        ("coupon_fee_1", "40"),
        ("total_fee", "1000"),
    ];
    for kept in [&["coupon_fee", "coupon_count"][..], &[]] {
        let mut fields = owned(&notice);
        fields.retain(|(name, _)| !name.starts_with("coupon") || kept.contains(&name.as_str()));
        let found = explained(&notice, sign(&fields, KEY), &[]);
        assert_eq!(found, ["coupon-fields-dropped"]);
    }
}

#[test]
fn html_and_json_escapes_of_every_language_are_found() {
    let html = |double: &'static str, single: &'static str| {
        move |text: &str| {
            text.replace('&', "&amp;")
                .replace('"', double)
                .replace('\'', single)
        }
    };
    for (double, single) in [
        ("&quot;", "&#x27;"),
        ("&quot;", "&#039;"),
        ("&quot;", "&#39;"),
        ("&quot;", "'"),
        ("\"", "'"),
        ("&#34;", "&#39;"),
    ] {
        let given = sign(&rewritten(html(double, single)), KEY);
        assert_eq!(
            explained(&ORDER, given, &[]),
            ["all-html-escaped"],
            "{double} {single}"
        );
        let mut one = owned(&ORDER);
        one[2].1 = html(double, single)(&one[2].1);
        if one == owned(&ORDER) {
            continue;
        }
        let found = explained(&ORDER, sign(&one, KEY), &[]);
        assert_eq!(found.len(), 1, "{double} {single}: {found:?}");
    }
    let ascii = rewritten(|text| text.replace('"', "\\\"").replace('夏', "\\u590f"));
    assert_eq!(
        explained(&ORDER, sign(&ascii, KEY), &[]),
        ["all-json-escaped"]
    );
}

fn question(fields: &[(&str, &str)], given: String) -> QuestionV2 {
    QuestionV2 {
        message: owned(fields).into_iter().collect::<Params>(),
        given,
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
fn a_value_is_shown_as_it_was_signed() {
    let signed = [("body", "茶&\"会员'中心\""), ("nonce_str", "n1")];
    let sent = [("body", "茶 &\"会员'中心\""), ("nonce_str", "n1")];
    let question = question(&sent, sign(&owned(&signed), KEY));
    let SignatureVerdict::Explained(found) = explain_v2(&question, &unwatched) else {
        panic!("not explained");
    };
    let said = &found.changes[0].what.en;
    assert!(said.contains("茶&\"会员'中心\""), "{said}");
    assert!(!said.contains('\\'), "{said}");
}

#[test]
fn coupons_that_a_message_counts_and_lacks_are_named_and_no_key_is_suspected() {
    let whole = [
        ("appid", "wx426b3015555a46be"),
        ("coupon_count", "2"),
        ("coupon_fee", "10"),
        ("coupon_fee_0", "6"),
        ("coupon_fee_1", "4"),
        ("coupon_id_0", "10001"),
        ("coupon_id_1", "10002"),
        ("coupon_type_0", "CASH"),
        ("nonce_str", "n1"),
        ("return_code", "SUCCESS"),
        ("total_fee", "101"),
    ];
    let kept: Vec<(&str, &str)> = whole
        .into_iter()
        .filter(|(name, _)| !name.ends_with(['0', '1']))
        .collect();
    let given = sign(&owned(&whole), KEY);
    let hints =
        |fields: &[(&str, &str)]| match explain_v2(&question(fields, given.clone()), &unwatched) {
            SignatureVerdict::Unexplained { hints, .. } => {
                hints.into_iter().map(|hint| hint.en).collect::<Vec<_>>()
            }
            other => panic!("{other:?}"),
        };

    let lost = hints(&kept);
    assert!(lost[0].contains("coupon_count=2"), "{lost:?}");
    assert!(!lost.iter().any(|hint| hint.contains("another one")));

    let none: Vec<(&str, &str)> = kept
        .into_iter()
        .map(|(name, value)| {
            if name == "coupon_count" {
                (name, "0")
            } else {
                (name, value)
            }
        })
        .collect();
    let other = hints(&none);
    assert!(!other[0].contains("coupon"), "{other:?}");
}
