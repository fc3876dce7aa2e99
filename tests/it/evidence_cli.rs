//! Showing it: the evidence bundle of one order, and the batch file for merchants who keep no certificate here.

use std::io::{Cursor, Read as _, Write as _};

use serde_json::Value;
use sha2::{Digest as _, Sha256};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use crate::casework_cli::{CaseworkOffice, hex, overwrite};

/// The parts of a zip, by name.
fn parts(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).unwrap();
    (0..zip.len())
        .map(|at| {
            let mut file = zip.by_index(at).unwrap();
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).unwrap();
            (file.name().unwrap().into_owned(), bytes)
        })
        .collect()
}

fn zipped(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        zip.start_file(name.as_str(), SimpleFileOptions::default())
            .unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn a_bundle_has_every_line_at_its_place_and_holds_anywhere() {
    let office = CaseworkOffice::new();
    let key = office.case("P01");
    let number = key.split('/').nth(2).unwrap().to_owned();
    office.expect(0, &["refund", "prepare", "--case", &key]);
    let zip = office.path("order.zip");
    let make = ["bundle", "make", &number, "--profile", "shop"];
    let shown = ["--show-personal-data", "--out", zip.to_str().unwrap()];
    office.expect(0, &[&make[..], &shown].concat());
    office.expect(0, &["bundle", "verify", zip.to_str().unwrap()]);

    let bytes = std::fs::read(&zip).unwrap();
    let held = parts(&bytes);
    let document = &held
        .iter()
        .find(|(name, _)| name == "evidence.json")
        .unwrap()
        .1;
    let told: Value = serde_json::from_slice(document).unwrap();
    let rows = told["rows"].as_array().unwrap();
    assert!(rows.len() >= 2, "{rows:?}");
    for row in rows {
        // The digest and the place lead an outsider to the very line.
        let import = office
            .ports
            .books
            .imports(office.shop.merchant.0)
            .unwrap()
            .into_iter()
            .find(|import| row["file"] == import.name.as_str())
            .unwrap();
        let mut file = Vec::new();
        let mut take = |piece: &[u8]| file.extend_from_slice(piece);
        office
            .ports
            .books
            .raw_file(import.import, &mut take)
            .unwrap();
        let digest = hex(&Sha256::digest(&file));
        assert_eq!(row["file_sha256"], digest.as_str());
        let at = usize::try_from(row["byte_offset"].as_u64().unwrap()).unwrap();
        let text = row["text"].as_str().unwrap();
        assert_eq!(&file[at..at + text.len()], text.as_bytes());
        assert!(text.contains(&number));
    }
    assert_eq!(told["refunds"].as_array().unwrap().len(), 1);
    assert!(!told["trail"].as_array().unwrap().is_empty());

    for at in 0..held.len() {
        let mut changed = held.clone();
        let text = String::from_utf8(changed[at].1.clone()).unwrap();
        changed[at].1 = text
            .replacen(&number, "QH000000000000000000", 1)
            .into_bytes();
        if changed[at].1 == held[at].1 {
            changed[at].1.push(b' ');
        }
        let file = office.path("changed.zip");
        overwrite(&file, &zipped(&changed));
        let verdict = office.run(&["bundle", "verify", file.to_str().unwrap()]);
        // A blank behind the manifest changes nothing that it says.
        let code = if held[at].0 == "manifest.json" { 0 } else { 4 };
        assert_eq!(verdict.status.code(), Some(code), "{}", held[at].0);
    }
    office.expect(
        4,
        &[
            "bundle",
            "verify",
            &office.path("workspace/recondesk.db").to_string_lossy(),
        ],
    );
    office.expect(
        2,
        &[
            "bundle",
            "make",
            "NOBODY",
            "--profile",
            "shop",
            "--out",
            zip.to_str().unwrap(),
        ],
    );
}

#[test]
fn a_bundle_names_no_customer_unless_it_is_asked_to() {
    let office = CaseworkOffice::new();
    let key = office.case("P01");
    let number = key.split('/').nth(2).unwrap().to_owned();
    let zip = office.path("order.zip");
    let zip = zip.to_str().unwrap();
    let make = ["bundle", "make", &number, "--profile", "shop", "--out", zip];
    let show = ["--show-personal-data"];
    for (rest, is_masked) in [(&[][..], true), (&show[..], false)] {
        office.expect(0, &[&make[..], rest].concat());
        let held = parts(&std::fs::read(zip).unwrap());
        let masked =
            |(_, bytes): &(String, Vec<u8>)| String::from_utf8_lossy(bytes).contains("***");
        assert_eq!(held.iter().any(masked), is_masked);
        office.expect(0, &["bundle", "verify", zip]);
    }
}

#[test]
fn a_batch_file_has_one_line_a_refund_under_its_number() {
    let office = CaseworkOffice::new();
    let key = office.case("P01");
    let text = office.expect(
        0,
        &[
            "refund",
            "prepare",
            "--case",
            &key,
            "--reason",
            "重复,支付",
            "--format",
            "json",
        ],
    );
    let prepared: Value = serde_json::from_str(&text).unwrap();
    let out = office.path("batch.txt");
    let out = out.to_str().unwrap();

    office.expect(
        0,
        &["refund", "batch-file", "--profile", "shop", "--out", out],
    );

    let fen = prepared["amount_fen"].as_i64().unwrap();
    let line = format!(
        "{},{}.{:02},重复，支付,{}\r\n",
        prepared["out_trade_no"].as_str().unwrap(),
        fen / 100,
        fen % 100,
        prepared["out_refund_no"].as_str().unwrap(),
    );
    assert_eq!(std::fs::read_to_string(out).unwrap(), line);
}
