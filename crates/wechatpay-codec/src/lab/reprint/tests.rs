//! Bodies that frameworks, filters and forms changed, put back.

use super::*;

const SENT: &str = r#"{"id":"e-1","create_time":"2026-03-08T09:05:12+08:00","resource_type":"encrypt-resource","event_type":"TRANSACTION.SUCCESS","summary":"支付成功","resource":{"original_type":"transaction","algorithm":"AEAD_AES_256_GCM","ciphertext":"a/b+c==","associated_data":"","nonce":"n"}}"#;

fn found(body: &str) -> Option<Reprint> {
    reprint(body.as_bytes(), |form| form == SENT.as_bytes())
}

#[test]
fn every_change_of_a_printer_is_undone_and_named() {
    let value: serde_json::Value = serde_json::from_str(SENT).unwrap();
    let camel = SENT
        .replace("create_time", "createTime")
        .replace("event_type", "eventType")
        .replace("original_type", "originalType");
    let cases = [
        (value.to_string(), Rewriting::KeyOrder),
        (SENT.replace("\":", "\": "), Rewriting::Blanks),
        (
            serde_json::to_string_pretty(&value).unwrap(),
            Rewriting::Blanks,
        ),
        (SENT.replace("支付", "\\u652f\\u4ed8"), Rewriting::Unicode),
        (SENT.replace("==", "\\u003d\\u003d"), Rewriting::Unicode),
        (SENT.replace("a/b", "a\\/b"), Rewriting::Slashes),
        (camel, Rewriting::FieldNames),
        (
            SENT.replace("\"nonce\"", "\"x\":null,\"nonce\""),
            Rewriting::Nulls,
        ),
        (format!("\u{feff}{SENT}\r\n"), Rewriting::Ends),
        (
            SENT.replace("支付", "\\u652F\\u4ED8")
                .replace("a/b", "a\\/b")
                .replace(",\"", ", \""),
            Rewriting::Slashes,
        ),
    ];
    for (body, change) in cases {
        let found = found(&body).unwrap_or_else(|| panic!("{body}"));
        assert_eq!(found.original.as_deref(), Some(SENT.as_bytes()), "{body}");
        assert!(
            found.changes.contains(&change),
            "{body}: {:?}",
            found.changes
        );
        assert!(found.words().zh.contains("不是伪造"));
    }
}

#[test]
fn numbers_as_text_are_numbers_again() {
    let sent = r#"{"amount":{"total":100,"currency":"CNY"},"transaction_id":"4200"}"#;
    let body = sent.replace("100", "\"100\"");
    let found = reprint(body.as_bytes(), |form| form == sent.as_bytes()).unwrap();
    assert_eq!(found.changes, [Rewriting::NumberText]);
}

#[test]
fn what_is_not_proven_is_named_and_a_clean_body_is_not_suspected() {
    let body = SENT
        .replace("event_type", "eventType")
        .replace("e-1", "e-2");
    let found = found(&body).unwrap();
    assert_eq!(found.original, None);
    assert_eq!(found.changes, [Rewriting::FieldNames]);
    assert!(found.words().en.contains("the raw body is needed"));
    let never = |body: &str| reprint(body.as_bytes(), |_| false);
    assert_eq!(never(&SENT.replace("e-1", "e-3")), None);
    for body in ["", "{", "[[[[", "\"", "{\"a\":", "\u{feff}", "{}"] {
        assert_eq!(never(body), None, "{body}");
    }
    assert_eq!(reprint(&[0xFF, 0xFE], |_| false), None);
}
