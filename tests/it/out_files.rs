//! Files that commands write: what lies there and is not of their making stays, and a name says no other format.

use std::path::Path;

use serde_json::json;

use super::cli::CliFixture;
use recondesk::domain::Secret;
use recondesk::wechat::v3::seal_resource;

/// A merchant's own table of orders.
const MINE: &[u8] = b"\xEF\xBB\xBForder,amount\nA1,35.00\n";

/// Runs a command that writes to a file, whose name it ends in.
fn written(stage: &CliFixture, code: i32, args: &[&str], file: &str) {
    let all = [args, &[file]].concat();
    let output = stage.run(&all);
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{all:?}: {told}");
}

/// What a command says in Chinese: its data and its messages.
fn zh(stage: &CliFixture, code: i32, args: &[&str]) -> String {
    let output = stage.run_as(&[&["--lang", "zh"], args].concat());
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{args:?}: {told}");
    format!("{}{told}", String::from_utf8_lossy(&output.stdout))
}

#[test]
fn a_file_of_another_kind_is_left_alone_and_one_of_the_same_kind_replaced() {
    let stage = CliFixture::new();
    let outputs: [(&[&str], &str); 6] = [
        (&["cases", "export", "--out"], "cases.xlsx"),
        (&["cases", "list", "--format", "csv", "--out"], "cases.csv"),
        (
            &["cases", "list", "--format", "json", "--out"],
            "cases.json",
        ),
        (&["cases", "list", "--format", "xlsx", "--out"], "list.xlsx"),
        (&["profile", "export", "shop", "--out"], "shop.json"),
        (&["backup"], "copy.zip"),
    ];
    for (args, name) in outputs {
        let file = stage.file(name, MINE);
        written(&stage, 2, args, &file);
        assert_eq!(std::fs::read(&file).unwrap(), MINE, "{name}");
        std::fs::remove_file(&file).unwrap();
        written(&stage, 0, args, &file);
        // As a script writes it every morning.
        written(&stage, 0, args, &file);
        assert!(std::fs::read(&file).unwrap() != MINE, "{name}");
    }
}

#[test]
fn a_name_that_says_another_format_is_refused() {
    let stage = CliFixture::new();
    let outputs: [(&[&str], &str); 4] = [
        (&["backup"], "copy.csv"),
        (&["cases", "export", "--out"], "cases.csv"),
        (
            &["cases", "list", "--format", "json", "--out"],
            "cases.xlsx",
        ),
        (&["cases", "list", "--format", "csv", "--out"], "cases.pdf"),
    ];
    for (args, name) in outputs {
        let file = stage.file(name, b"");
        std::fs::remove_file(&file).unwrap();
        written(&stage, 2, args, &file);
        assert!(!Path::new(&file).exists(), "{name}");
    }
}

#[test]
fn a_profile_is_shown_in_words_and_units() {
    let stage = CliFixture::new();
    let told = zh(&stage, 0, &["profile", "show", "shop"]);
    for words in ["商户号", "切日窗", "分钟", "账单可多于订单", "0.00 元"] {
        assert!(told.contains(words), "{words}: {told}");
    }
    assert!(!told.contains('_') && !told.contains('['), "{told}");
}

#[test]
fn a_whole_notification_with_its_headers_is_decrypted() {
    let stage = CliFixture::new();
    let key = "q7W2e9R4t6Y1u8I3o5P0a2S7d4F9g6H1";
    let file = stage.file("v3.key", key.as_bytes());
    let store = ["profile", "set-key", "shop", "v3", "--from-file", &file];
    stage.expect(0, &store);
    let (nonce, about) = ("0123456789ab", "transaction");
    let secret = Secret::new(key.as_bytes().to_vec());
    let sealed = seal_resource(br#"{"trade_state":"SUCCESS"}"#, nonce, about, &secret).unwrap();
    let body = json!({
        "id": "EV-1",
        "create_time": "2026-03-08T10:02:05+08:00",
        "resource_type": "encrypt-resource",
        "event_type": "TRANSACTION.SUCCESS",
        "summary": "支付成功",
        "resource": {
            "original_type": about, "algorithm": "AEAD_AES_256_GCM", "ciphertext": sealed,
            "associated_data": about, "nonce": nonce,
        },
    })
    .to_string();
    let length = body.len();
    let whole = format!(
        "POST /notify HTTP/1.1\r\nHost: shop.example\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    for text in [body.as_str(), &whole] {
        let file = stage.file("notice.http", text.as_bytes());
        let told = stage.expect(0, &["decrypt", "resource", "--profile", "shop", &file]);
        assert!(told.contains("SUCCESS"), "{told}");
    }
    let file = stage.file("notice.http", b"no notification");
    let told = zh(
        &stage,
        4,
        &["decrypt", "resource", "--profile", "shop", &file],
    );
    assert!(
        told.contains("不是 JSON") && !told.contains("expected"),
        "{told}"
    );
}

#[test]
fn a_code_of_this_program_is_explained_as_such() {
    let stage = CliFixture::new();
    let told = zh(&stage, 0, &["explain-error", "P09"]);
    assert!(told.contains("P09") && told.contains("差错代码"), "{told}");
}
