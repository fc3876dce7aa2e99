//! Bills as spreadsheets and editors leave them, beside the bill as it was delivered.

use super::*;
use encoding_rs::GB18030;

const ORIGINAL: &str = "交易时间,公众账号ID,商户号,特约商户号,微信订单号,商户订单号,交易状态,应结订单金额,商品名称,手续费,订单金额\r\n\
    `2026-03-08 09:00:00,`wx1,`1900000109,`0,`4200002781202603087745300001,`0012,`SUCCESS,`12.90,`豆浆, 加\"糖\",`0.08000,`12.90\r\n\
    `2026-03-08 09:00:01,`wx1,`1900000109,`0,`4200002781202603087745300002,`0013,`SUCCESS,`12.91,`油条,`0.08000,`12.91\r\n\
    总交易单数,应结订单总金额,手续费总金额,订单总金额\r\n\
    `2,`25.81,`0.16000,`25.81\r\n";

/// The cells of the original, cut where a backtick follows.
fn cells(line: &str) -> Vec<String> {
    if line.starts_with('`') {
        let cells = line.split(",`").enumerate();
        let tick = |at: usize| if at == 0 { "" } else { "`" };
        return cells
            .map(|(at, cell)| format!("{}{cell}", tick(at)))
            .collect();
    }
    line.split(',').map(str::to_owned).collect()
}

/// The bill as a program writes it that has read its cells.
fn written(separator: u8, style: csv::QuoteStyle, padded: bool, ticks: bool) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new()
        .delimiter(separator)
        .quote_style(style)
        .flexible(true)
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    for line in ORIGINAL.lines() {
        let mut row = cells(line);
        if padded {
            row.resize(11, String::new());
        }
        if !ticks {
            for cell in &mut row {
                *cell = cell.trim_start_matches('`').to_owned();
            }
        }
        writer.write_record(&row).unwrap();
    }
    writer.into_inner().unwrap()
}

fn utf16(bytes: &[u8]) -> Vec<u8> {
    let text = std::str::from_utf8(bytes).unwrap();
    let units = std::iter::once(0xFEFF).chain(text.encode_utf16());
    units.flat_map(u16::to_le_bytes).collect()
}

fn gbk(bytes: &[u8]) -> Vec<u8> {
    GB18030
        .encode(std::str::from_utf8(bytes).unwrap())
        .0
        .into_owned()
}

fn back(bytes: Vec<u8>) -> (String, Option<SavedAgain>) {
    let mut source = restored(Source::from_bytes("bill.csv", bytes)).unwrap();
    let mut text = String::new();
    let saved = source.saved_again;
    match source.bytes.read_to_string(&mut text) {
        Ok(_) => (text, saved),
        Err(_) => (String::new(), saved),
    }
}

#[test]
fn whatever_wrote_the_file_the_bill_comes_back_byte_for_byte() {
    use csv::QuoteStyle::{Always, Necessary};
    for (name, bytes) in [
        ("GBK", gbk(ORIGINAL.as_bytes())),
        ("UTF-16", utf16(ORIGINAL.as_bytes())),
        ("Excel, GBK", gbk(&written(b',', Necessary, true, true))),
        ("Excel, UTF-8", written(b',', Necessary, true, true)),
        (
            "Excel, Unicode text",
            utf16(&written(b'\t', Necessary, true, true)),
        ),
        ("quoted", written(b',', Always, false, true)),
        ("semicolons", written(b';', Always, false, true)),
        ("tabs", written(b'\t', Necessary, false, true)),
    ] {
        assert_eq!(
            back(bytes),
            (ORIGINAL.to_owned(), Some(SavedAgain::Ticked)),
            "{name}"
        );
    }
}

#[test]
fn a_bill_without_backticks_says_so() {
    use csv::QuoteStyle::{Always, Necessary};
    for bytes in [
        gbk(&written(b',', Necessary, true, false)),
        written(b';', Always, false, false),
        written(b'\t', Necessary, true, false),
    ] {
        let (text, saved) = back(bytes);
        assert_eq!(saved, Some(SavedAgain::Bare));
        assert!(text.contains("`豆浆, 加\"糖\",`0.08000"), "{text}");
    }
}

#[test]
fn what_is_in_form_or_cannot_be_read_back_comes_as_it_is() {
    for text in [ORIGINAL, "订单号,金额\r\n1,2\r\n", "", "{\"code\":1}"] {
        assert_eq!(back(text.into()), (text.to_owned(), None));
    }
    let mut broken = gbk(ORIGINAL.as_bytes());
    broken.push(0xFF);
    assert_eq!(back(broken).1, None);
    let cut = utf16(ORIGINAL.as_bytes());
    assert_eq!(back(cut[..cut.len() - 1].to_vec()).1, None);
}
