//! The laboratory on the command line: no key in what is printed, hostile text harmless, exit codes as promised.

use assert_cmd::Command;

const KEY: &str = "192006250b4c09247ec02edce69f6a2d";
const FIELDS: &str = "appid=wxd930ea5d5a258f4f&mch_id=10000100&device_info=1000&body=test&nonce_str=ibuaiVcKdpRxkhJA";
const SIGN: &str = "9A0A8659F005D6984697E2CA0A9CF3B7";

fn recondesk(arguments: &[&str], input: impl Into<Vec<u8>>) -> (i32, String, String) {
    let out = Command::cargo_bin("recondesk")
        .unwrap()
        .args(arguments)
        .arg("--lang=en")
        .env("LAB_KEY", KEY)
        .write_stdin(input)
        .output()
        .unwrap();
    (
        out.status.code().unwrap(),
        String::from_utf8(out.stdout).unwrap(),
        String::from_utf8(out.stderr).unwrap(),
    )
}

#[test]
fn a_signature_is_printed_alone_and_no_key_in_its_steps() {
    let (code, out, _) = recondesk(&["sign", "v2", "--key-env", "LAB_KEY", "-"], FIELDS);
    assert_eq!((code, out.as_str()), (0, &*format!("{SIGN}\n")));

    for format in ["text", "json", "xml"] {
        let (code, out, err) = recondesk(
            &[
                "sign",
                "v2",
                "--key-env",
                "LAB_KEY",
                "--steps",
                "--format",
                format,
            ],
            FIELDS,
        );
        assert_eq!(code, 0);
        assert!(out.contains(SIGN));
        assert!(!out.contains(KEY) && !err.contains(KEY), "{format}");
    }
}

#[test]
fn a_message_that_holds_the_key_is_not_signed_and_the_key_not_shown() {
    let with_key = format!("<xml><appid>wx1</appid><secret>{KEY}</secret></xml>");
    for format in ["text", "json", "xml"] {
        let sign = ["sign", "v2", "--key-env", "LAB_KEY", "--steps", "--format"];
        let (code, out, err) = recondesk(&[&sign[..], &[format]].concat(), with_key.clone());
        assert_eq!(code, 4, "{err}");
        assert!(!out.contains(KEY) && !err.contains(KEY), "{format}");
        assert!(err.contains("lab.key_field"), "{err}");
    }
}

#[test]
fn a_key_cannot_be_an_argument() {
    let (code, _, _) = recondesk(&["sign", "v2", "--key", KEY], FIELDS);
    assert_eq!(code, 2);
}

#[test]
fn verifying_tells_the_algorithm_and_fails_with_one() {
    let signed = format!("{FIELDS}&sign={SIGN}");
    let (code, out, _) = recondesk(&["verify", "v2", "--key-env", "LAB_KEY"], signed.clone());
    assert_eq!(code, 0, "{out}");
    assert!(out.contains("ok LAB_KEY MD5"));

    let (code, out, _) = recondesk(
        &["verify", "v2", "--key-env", "LAB_KEY"],
        signed.replace("test", "tent"),
    );
    assert_eq!(code, 1);
    assert!(out.contains("FAILED"));
}

#[test]
fn a_mistake_is_named_and_an_unknown_one_is_not_invented() {
    let explain = |fields: &str, sign: &str| {
        recondesk(
            &[
                "explain",
                "v2",
                "--key-env",
                "LAB_KEY",
                "--json",
                "--sign",
                sign,
            ],
            fields,
        )
    };
    let (code, out, _) = explain(&FIELDS.replace("=test", "=test "), SIGN);
    assert_eq!(code, 0, "{out}");
    assert!(out.contains("\"value-trimmed\""), "{out}");

    let (code, out, _) = explain(FIELDS, SIGN);
    assert_eq!(code, 0);
    assert!(out.contains("\"right\""));

    let (code, out, _) = explain(FIELDS, "00000000000000000000000000000000");
    assert_eq!(code, 1);
    assert!(out.contains("unexplained"));
}

#[test]
fn hostile_text_is_shown_harmlessly() {
    let body = "\u{1b}[2J\u{202e}x\u{0}\r".repeat(700_000);
    let fields = format!("body={body}&mch_id=1");
    let (code, out, err) = recondesk(&["sign", "v2", "--key-env", "LAB_KEY", "--steps"], fields);
    assert_eq!(code, 0, "{err}");
    assert!(!out.contains(['\u{1b}', '\u{202e}', '\u{0}', '\r']));
    assert!(out.contains("⟨ESC⟩") && out.contains("⟨202E⟩"));

    let (code, _, err) = recondesk(&["sign", "v2", "--key-env", "LAB_KEY"], b"a=\xff".to_vec());
    assert_eq!(code, 4);
    assert!(err.contains("byte 2"));
}

#[test]
fn the_self_test_reads_files_and_fails_with_a_wrong_one() {
    let (code, out, _) = recondesk(&["selftest"], "");
    assert_eq!(code, 0);
    assert!(out.lines().count() > 50 && out.lines().all(|line| line.ends_with(" ok")));

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("v.json");
    let text = include_str!("../../crates/wechatpay-codec/vectors/money.json").replacen(
        "\"expected_fen\": 1990",
        "\"expected_fen\": 1989",
        1,
    );
    std::fs::File::create(&file)
        .and_then(|mut out| std::io::Write::write_all(&mut out, text.as_bytes()))
        .unwrap();
    let (code, out, _) = recondesk(&["selftest", file.to_str().unwrap()], "");
    assert_eq!(code, 1);
    assert!(out.contains("m2 FAILED"), "{out}");
    assert!(out.contains("m1 ok"));
}

#[test]
fn front_end_parameters_are_printed_as_json() {
    let arguments = [
        "sign",
        "miniprogram",
        "--key-env",
        "LAB_KEY",
        "--appid",
        "wx2421b1c4370ec43b",
        "--prepay-id",
        "u802345jgfjsdfgsdg888",
        "--timestamp",
        "1395712654",
        "--nonce",
        "e61463f8efa94090b1f366cccfbbb444",
    ];
    let (code, out, err) = recondesk(&arguments, "");
    assert_eq!(code, 0, "{err}");
    let set: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(set["paySign"], "0784A14C2CD35747364F62512E724FD8");
    assert_eq!(set.get("appId"), None);
}
