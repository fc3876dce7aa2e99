//! Keys of APIv3 as people have them: stored when they fit, refused with a reason when they do not; the
//! doctor; profiles that move from one computer to another.

use std::sync::Arc;

use recondesk::adapters::clock::SystemClock;
use recondesk::ports::Clock as _;
use recondesk::sandbox::{Config, Running, start};
use serde_json::Value;

use crate::cli::CliFixture;
use crate::support::wire::control;

fn running() -> Running {
    let clock = SystemClock::default();
    start(Config::new(Arc::new(move || clock.now()), 3)).unwrap()
}

/// A workspace whose merchant speaks APIv3 with that sandbox.
fn stage(running: &Running) -> CliFixture {
    let stage = CliFixture::new();
    let edit = ["profile", "edit", "shop", "--api", "v3"];
    let appid = &running.merchant.appids[0];
    let more = ["--gateway", &running.base_http, "--appid", appid];
    stage.expect(0, &[&edit[..], &more].concat());
    stage
}

fn set(stage: &CliFixture, code: i32, kind: &str, bytes: &[u8]) -> String {
    let file = stage.file("key", bytes);
    let output = stage.run(&["profile", "set-key", "shop", kind, "--from-file", &file]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{kind}: {told}");
    told
}

fn doctor(stage: &CliFixture, code: i32, more: &[&str]) -> Value {
    let ask = ["profile", "doctor", "shop", "--format", "json"];
    let told = stage.expect(code, &[&ask[..], more].concat());
    serde_json::from_str(&told).unwrap()
}

fn health(report: &Value, id: &str) -> String {
    let checks = report["checks"].as_array().unwrap();
    let found = checks.iter().find(|check| check["id"] == id);
    found
        .map_or("absent", |check| check["health"].as_str().unwrap())
        .to_owned()
}

#[test]
fn a_text_key_of_notepad_is_stored_without_its_mark_and_line_end() {
    let running = running();
    let stage = stage(&running);
    let mark = "\u{feff}q7W2e9R4t6Y1u8I3o5P0a2S7d4F9g6H1\r\n";

    set(&stage, 0, "v3", mark.as_bytes());
    let short = set(&stage, 4, "v3", b"q7W2e9R4t6Y1u8I3o5P0a2S7d4F9g6H");

    assert!(short.contains("this has 31"), "{short}");
    assert!(!short.contains("q7W2"), "a key in a message");
}

#[test]
fn one_p12_stores_certificate_key_and_serial_number() {
    let running = running();
    let stage = stage(&running);

    let told = set(&stage, 0, "client-cert", running.pems.client_p12.expose());

    assert!(told.contains(&running.pems.client_serial), "{told}");
    let shown: Value =
        serde_json::from_str(&stage.expect(0, &["profile", "show", "shop", "--format", "json"]))
            .unwrap();
    assert_eq!(shown["cert_serial"], running.pems.client_serial);
    let report = doctor(&stage, 1, &["--offline"]);
    assert_eq!(health(&report, "client_key"), "good");
    assert_eq!(health(&report, "client_cert"), "good");
    assert_eq!(health(&report, "platform_key"), "bad");
}

/// A key pair with its certificate, of so many bits.
fn pair_of(name: &str) -> (String, String) {
    let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).unwrap();
    let mut params = rcgen::CertificateParams::new(Vec::new()).unwrap();
    params
        .distinguished_name
        .push(rcgen::DnType::CommonName, name);
    params.not_before = rcgen::date_time_ymd(2024, 1, 1);
    params.not_after = rcgen::date_time_ymd(2044, 1, 1);
    (params.self_signed(&key).unwrap().pem(), key.serialize_pem())
}

#[test]
fn what_does_not_fit_is_refused_when_it_is_stored() {
    let running = running();
    let stage = stage(&running);
    let pems = &running.pems;
    let (own, key) = (
        pems.client_cert.as_bytes(),
        pems.client_key.expose().as_bytes(),
    );
    set(&stage, 0, "client-key", key);
    set(&stage, 0, "client-cert", own);

    let (foreign, _) = pair_of("1900000110");
    let told = set(&stage, 4, "client-cert", foreign.as_bytes());
    assert!(told.contains("1900000110"), "{told}");
    let (renewed, renewed_key) = pair_of("1900000109");
    let told = set(&stage, 4, "client-cert", renewed.as_bytes());
    assert!(told.contains("does not belong"), "{told}");
    let told = set(&stage, 4, "client-cert", pems.platform_cert.as_bytes());
    assert!(told.contains("platform certificate"), "{told}");
    let told = set(&stage, 4, "platform-key", own);
    assert!(told.contains("merchant's own certificate"), "{told}");
    let told = set(&stage, 4, "platform-key", key);
    assert!(told.contains("private key"), "{told}");
    let short = include_bytes!("../fixtures/keys/rsa_1024.pem");
    let told = set(&stage, 4, "client-key", short);
    assert!(told.contains("2048"), "{told}");
    for nothing in [&b"hello"[..], b"", b"\x00\x01"] {
        set(&stage, 4, "client-key", nothing);
        set(&stage, 4, "platform-key", nothing);
    }

    // Both at once are a replacement.
    let (one, two) = (
        stage.file("cert.pem", renewed.as_bytes()),
        stage.file("key.pem", renewed_key.as_bytes()),
    );
    let both = ["--from-file", &one, "--from-file", &two];
    let ask = ["profile", "set-key", "shop", "client-cert"];
    stage.expect(0, &[&ask[..], &both].concat());
}

#[test]
fn the_doctor_asks_wechat_pay_in_both_modes_of_verification() {
    let running = running();
    let stage = stage(&running);
    let pems = &running.pems;
    set(&stage, 0, "client-cert", pems.client_p12.expose());
    set(&stage, 0, "v3", running.merchant.v3_key.expose().as_bytes());

    // A sandbox is worth a warning, and nothing else is.
    let by_certificates = doctor(&stage, 1, &[]);
    assert_eq!(by_certificates["health"], "warning");
    for id in [
        "question",
        "v3_key_opens",
        "clock",
        "client_cert",
        "cert_serial",
    ] {
        assert_eq!(health(&by_certificates, id), "good", "{by_certificates}");
    }

    control(
        &running.base_http,
        "rules",
        &serde_json::json!({ "answer_key": "public_key" }),
    );
    set(&stage, 0, "platform-key", pems.public_key.as_bytes());
    assert_eq!(health(&doctor(&stage, 1, &[]), "platform_key"), "bad");
    let id = [
        "profile",
        "edit",
        "shop",
        "--public-key-id",
        &pems.public_key_id,
    ];
    stage.expect(0, &id);
    let by_public_key = doctor(&stage, 1, &[]);
    assert_eq!(health(&by_public_key, "platform_key"), "good");
    assert_eq!(
        health(&by_public_key, "question"),
        "good",
        "{by_public_key}"
    );
    assert_eq!(health(&by_public_key, "v3_key_opens"), "skipped");

    set(&stage, 0, "v3", b"00000000000000000000000000000000");
    control(
        &running.base_http,
        "rules",
        &serde_json::json!({ "answer_key": "asked" }),
    );
    let wrong_key = doctor(&stage, 1, &[]);
    assert_eq!(health(&wrong_key, "v3_key_opens"), "bad");
    control(
        &running.base_http,
        "clock",
        &serde_json::json!({ "shift_s": -900 }),
    );
    let late = doctor(&stage, 1, &[]);
    assert_eq!(health(&late, "clock"), "bad");
    // What follows from the clock sends nobody to exchange a key.
    for id in ["question", "v3_key_opens"] {
        assert_eq!(health(&late, id), "skipped", "{late}");
    }
}

#[test]
fn a_profile_moves_without_its_secrets() {
    let running = running();
    let stage = stage(&running);
    set(&stage, 0, "client-cert", running.pems.client_p12.expose());
    let file = stage.file("profile.json", b"");

    stage.expect(0, &["profile", "export", "shop", "--out", &file]);
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(!text.contains("PRIVATE KEY") && !text.contains("CERTIFICATE"));
    stage.refusal(2, &["profile", "import", &file]);
    // A merchant has one profile: the one that is here goes first.
    stage.expect(0, &["profile", "remove", "shop"]);
    stage.expect(0, &["profile", "import", &file, "--name", "second"]);
    let shown: Value =
        serde_json::from_str(&stage.expect(0, &["profile", "show", "second", "--format", "json"]))
            .unwrap();
    assert_eq!(shown["api"], "v3");
    assert_eq!(shown["cert_serial"], running.pems.client_serial);
    for bad in ["{}", "{\"recondesk_profile\":2,\"profile\":{}}", "x"] {
        let bad = stage.file("bad.json", bad.as_bytes());
        stage.refusal(4, &["profile", "import", &bad]);
    }
}
