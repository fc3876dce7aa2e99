//! Trade bills from the outside: every published sample, every pitfall, print and parse, cutting, damage, hostile bytes.

use proptest::prelude::*;
use recondesk_domain::{BillDate, BillState, Fee, Fen, Instant, MchId};
use wechatpay_codec::bill::{
    BillBlock, BillColumn, BillError, BillFault, BillForm, BillKind, BillLine, BillPrinter,
    BillReader, BodyKind, Certificate, Digests, Expect, Family, HeaderFault, Layout,
    MAX_LINE_BYTES, MerchantText, RefundColumns, RowFault, Verdict, line_blocks, sniff,
};

const SAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/bills");

fn sample(name: &str) -> Vec<u8> {
    std::fs::read(format!("{SAMPLES}/{name}")).unwrap()
}

fn read(bytes: &[u8]) -> Result<(Layout, BillBlock), BillFault> {
    let mut reader = BillReader::new(7);
    reader.push(bytes)?;
    reader.finish()
}

fn certify(bytes: &[u8], expect: &Expect) -> Certificate {
    let (layout, block) = read(bytes).unwrap();
    Certificate::new(&layout, &block.tally, expect, Digests::default())
}

fn codes(certificate: &Certificate) -> Vec<&'static str> {
    certificate
        .reasons
        .iter()
        .map(|reason| reason.code)
        .collect()
}

#[test]
fn every_published_sample_is_read_as_its_index_says() {
    let index: serde_json::Value = serde_json::from_slice(&sample("index.json")).unwrap();
    let mut seen = 0;
    for entry in index["samples"].as_array().unwrap() {
        let file = entry["file"].as_str().unwrap();
        let bytes = sample(file);
        if entry["kind"].as_str().unwrap().starts_with("error body") {
            assert_eq!(sniff(&bytes), BodyKind::XmlError, "{file}");
            continue;
        }
        if entry["gzip"] == true {
            assert_eq!(sniff(&bytes), BodyKind::Gzip, "{file}");
            continue;
        }
        if file.starts_with("fundflow") {
            assert_eq!(sniff(&bytes), BodyKind::FundFlow, "{file}");
            continue;
        }
        assert_eq!(sniff(&bytes), BodyKind::Bill, "{file}");
        let (layout, block) = read(&bytes).unwrap();
        assert_eq!(
            layout.width() as u64,
            entry["columns"].as_u64().unwrap(),
            "{file}"
        );
        assert_eq!(
            block.tally.rows,
            entry["detail_rows"].as_u64().unwrap(),
            "{file}"
        );
        assert_eq!(
            block.tally.problem_count, 0,
            "{file}: {:?}",
            block.tally.problems
        );
        let states = &entry["states"];
        assert_eq!(
            block.tally.success_rows,
            states["SUCCESS"].as_u64().unwrap_or(0)
        );
        assert_eq!(
            block.tally.refund_rows,
            states["REFUND"].as_u64().unwrap_or(0)
        );
        let summary = block.tally.summary().unwrap();
        for cell in &summary.cells {
            assert_eq!(entry["summary"][&cell.name], cell.text, "{file}");
        }
        let certificate = certify(&bytes, &Expect::default());
        let check = entry["summary_check"].as_object().unwrap();
        let adds_up = check.values().all(|value| {
            value
                .as_bool()
                .unwrap_or_else(|| value["equal"].as_bool().unwrap())
        });
        let identities = certificate.identities.iter();
        let holds = identities.filter(|i| i.id < "I3").all(|i| i.holds);
        assert_eq!(holds, adds_up, "{file}: {:?}", certificate.identities);
        assert_eq!(
            certificate.is_verified(),
            adds_up,
            "{file}: {:?}",
            certificate.reasons
        );
        seen += 1;
    }
    assert_eq!(seen, 6);
}

#[test]
fn the_ordinary_sample_has_its_published_sums_and_net() {
    let bytes = sample("all27_ordinary_bom_crlf_2019-02-19.csv");
    let expect = Expect {
        mch_id: MchId::new("4018133365"),
        day: BillDate::parse("2019-02-19"),
        ..Expect::default()
    };
    let certificate = certify(&bytes, &expect);
    assert_eq!(
        certificate.verdict,
        Verdict::Verified,
        "{:?}",
        certificate.reasons
    );
    assert_eq!(certificate.kind, BillKind::All);
    assert_eq!(certificate.layout, "ALL 27");
    assert_eq!(certificate.bytes, bytes.len() as u64);
    let sums = certificate.sums;
    assert_eq!(
        (sums.settled_fen, sums.refunded_fen, sums.fee_e5),
        (47, 14, 8_000)
    );
    assert_eq!(certificate.net(), Some(Fee::new(25_000)));
    let (_, block) = read(&bytes).unwrap();
    let voucher = block
        .pays
        .iter()
        .filter(|pay| pay.coupon == Fen::new(1))
        .count();
    assert_eq!(voucher, 4);
    assert_eq!(block.pays[0].rate, 390_000);
    for row in block.pays.iter().map(|pay| pay.row) {
        let start = usize::try_from(row.offset).unwrap();
        let before = memchr::memchr_iter(b'\n', &bytes[..start]).count();
        assert_eq!(before + 1, row.line as usize);
        assert_eq!(bytes[start], b'`');
    }
}

#[test]
fn a_refund_bill_is_dated_by_the_request_of_the_refund() {
    let bytes = sample("refund26_legacy_serviceprovider_2018-08-21.csv");
    let (layout, block) = read(&bytes).unwrap();
    assert_eq!(
        (layout.kind(), layout.family()),
        (BillKind::Refund, Family::Legacy)
    );
    assert_eq!(block.refunds[0].time.to_string(), "2018-08-21 18:13:10");
    assert_eq!(block.refunds[0].out_refund_no.as_str().len(), 37);
    assert_eq!(block.refunds[0].sub_mch_id.as_str(), "6273664687");
    let expect = Expect {
        mch_id: MchId::new("3994911327"),
        day: BillDate::parse("2018-08-21"),
        ..Expect::default()
    };
    assert!(certify(&bytes, &expect).is_verified());
}

#[test]
fn g1_columns_are_found_by_name_in_any_order() {
    let text = "订单金额,新列,商户号,商户订单号,微信订单号,交易状态,应结订单金额,交易时间\n`1.00,`x,`19,`A,`B,`SUCCESS,`0.90,`2026-03-05 10:00:00\n";
    let (layout, block) = read(text.as_bytes()).unwrap();
    assert_eq!(block.pays[0].amount, Fen::new(100));
    assert_eq!(block.pays[0].settled, Fen::new(90));
    assert_eq!(layout.unknown_columns().collect::<Vec<_>>(), ["新列"]);
    let certificate = certify(text.as_bytes(), &Expect::default());
    assert_eq!(codes(&certificate), ["B04", "B05"]);
}

#[test]
fn g1_headers_without_what_money_needs_are_refused() {
    for (header, missing) in [
        (
            "交易时间,商户号,微信订单号,商户订单号,交易状态,订单金额",
            BillColumn::Settled,
        ),
        (
            "交易时间,微信订单号,商户订单号,交易状态,总金额",
            BillColumn::MchId,
        ),
        (
            "交易时间,商户号,微信订单号,商户订单号,交易状态,总金额,退款金额,微信退款单号",
            BillColumn::OutRefundNo,
        ),
    ] {
        assert_eq!(
            Layout::parse(header.as_bytes()),
            Err(HeaderFault::Missing(vec![missing]))
        );
    }
    let twice = "交易时间,商户号,微信订单号,商户订单号,交易状态,总金额,应结订单金额";
    assert_eq!(
        Layout::parse(twice.as_bytes()),
        Err(HeaderFault::Twice("应结订单金额"))
    );
}

#[test]
fn g2_to_g5_errors_are_never_bills() {
    let error = sample("error_no_bill_exist.xml");
    assert_eq!(
        read(&error).unwrap_err(),
        BillFault::NotABill(BodyKind::XmlError)
    );
    assert_eq!(BillError::read(&error), BillError::NoBill);
    assert_eq!(
        BillError::read(&sample("error_fundflow_no_bill.xml")),
        BillError::NoBill
    );
    let refused = BillError::read(&sample("error_invalid_bill_date.xml"));
    assert!(matches!(&refused, BillError::Refused { code, .. } if code == "20001"));
}

#[test]
fn g7_and_g8_byte_order_mark_and_one_backtick_are_stripped() {
    let text = "\u{feff}交易时间,商户号,微信订单号,商户订单号,交易状态,总金额,商品名称\n`2026-03-05 10:00:00,`19,`B,``A`,`SUCCESS,`0.90,``x`\n";
    let (layout, block) = read(text.as_bytes()).unwrap();
    assert_eq!(block.pays[0].out_trade_no.as_str(), "`A`");
    let cells = layout
        .cells(text.lines().nth(1).unwrap().as_bytes())
        .unwrap();
    assert_eq!(cells[6], ("商品名称".to_owned(), "`x`".to_owned()));
}

#[test]
fn g9_numbers_that_a_spreadsheet_ruined_refuse_the_file() {
    let text = "交易时间,商户号,微信订单号,商户订单号,交易状态,总金额\n2026-03-05 10:00:00,19,4.00123E+27,A,SUCCESS,0.90\n";
    let (_, block) = read(text.as_bytes()).unwrap();
    assert_eq!(block.tally.problems[0].fault, RowFault::Spreadsheet);
    assert_eq!(
        block.tally.problems[0].column,
        Some(BillColumn::TransactionId)
    );
    assert_eq!(
        certify(text.as_bytes(), &Expect::default()).verdict,
        Verdict::Refused
    );
}

#[test]
fn g11_revoked_rows_are_a_state_of_their_own() {
    let text = "交易时间,商户号,微信订单号,商户订单号,交易状态,总金额\n`2026-03-05 10:00:00,`19,`B,`A,`REVOKED,`0.90\n`2026-03-05 10:00:00,`19,`C,`D,`FROZEN,`0.90\n";
    let (_, block) = read(text.as_bytes()).unwrap();
    assert_eq!(block.pays[0].state, BillState::Revoked);
    assert_eq!(block.pays[1].state, BillState::Unknown);
    let key = (BillColumn::State, "FROZEN".to_owned());
    assert_eq!(block.tally.unknown_values.get(&key), Some(&1));
}

#[test]
fn g16_the_consumers_own_export_is_recognised() {
    let text = "\u{feff}微信支付账单明细,,,,,,,,\r\n微信昵称：[x],,,,,,,,\r\n";
    assert_eq!(
        read(text.as_bytes()).unwrap_err(),
        BillFault::NotABill(BodyKind::ConsumerExport)
    );
}

#[test]
fn g17_rows_of_another_merchant_or_day_refuse_the_bill() {
    let bytes = sample("all27_ordinary_bom_crlf_2019-02-19.csv");
    for (mch_id, day) in [("4018133366", "2019-02-19"), ("4018133365", "2019-02-18")] {
        let expect = Expect {
            mch_id: MchId::new(mch_id),
            day: BillDate::parse(day),
            ..Expect::default()
        };
        let certificate = certify(&bytes, &expect);
        assert_eq!(certificate.verdict, Verdict::Refused);
        assert_eq!(codes(&certificate), ["B08"]);
        assert_eq!(certificate.reasons[0].lines[0], 2);
    }
}

#[test]
fn a_changed_cut_or_joined_bill_is_not_verified() {
    let bytes = sample("all27_ordinary_bom_crlf_2019-02-19.csv");
    let text = String::from_utf8(bytes).unwrap();
    let changed = text.replacen("`0.03,`0.00,`0,`0", "`0.04,`0.00,`0,`0", 1);
    let cases = [
        (changed, "B03"),
        (text[..text.len() / 2].to_owned(), "B04"),
        (format!("{text}{text}"), "B06"),
        (format!("{text}note\n"), "B06"),
        (text.replacen("`CNY", "`CN,`Y", 1), "B06"),
    ];
    for (text, code) in cases {
        let certificate = certify(text.as_bytes(), &Expect::default());
        assert_eq!(certificate.verdict, Verdict::Quarantined);
        assert!(
            codes(&certificate).contains(&code),
            "{:?}",
            certificate.reasons
        );
    }
}

fn printed(form: BillForm, way: MerchantText, goods: &[(String, String)]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut printer = BillPrinter::with_text(form, way);
    printer.header(&mut out);
    let is_refund_only = matches!(form, BillForm::Refund29 | BillForm::Refund26);
    let has_refunds = !matches!(form, BillForm::Success20 | BillForm::Success18);
    for (at, (goods, attach)) in goods.iter().enumerate() {
        let is_refund = is_refund_only || (has_refunds && at % 3 == 2);
        let time = Instant::from_unix(1_772_899_200 + i64::try_from(at).unwrap() * 977);
        let amount = Fen::new(i64::try_from(at).unwrap() * 1_313 + 1);
        let (number, refund_no) = (format!("T{at}"), format!("R{at}"));
        let paid = if is_refund { Fen::ZERO } else { amount };
        let line = BillLine {
            time,
            appid: "wx8888888888888888",
            mch_id: "1900000109",
            sub_mch_id: "",
            device: "",
            transaction_id: "4200000000",
            out_trade_no: &number,
            openid: "o",
            trade_type: "JSAPI",
            state: if is_refund {
                BillState::Refund
            } else {
                BillState::Success
            },
            bank: "CFT",
            currency: "CNY",
            settled: paid,
            coupon: Fen::ZERO,
            refund: is_refund.then_some(RefundColumns {
                requested: time,
                succeeded: None,
                refund_id: "5030",
                out_refund_no: &refund_no,
                settled: amount,
                coupon: Fen::ZERO,
                refund_type: "ORIGINAL",
                state: "SUCCESS",
                asked: amount,
            }),
            goods,
            attach,
            fee: Fee::new(if is_refund { -2_000 } else { 2_000 }),
            rate: 6_000,
            amount: paid,
        };
        printer.row(&line, &mut out).unwrap();
    }
    printer.summary(&mut out);
    out
}

fn merchant_text() -> impl Strategy<Value = String> {
    "[a,`\"{}:\\[\\]\\\\\n\r茶 0.é-]{0,24}"
}

fn any_form() -> impl Strategy<Value = BillForm> {
    prop::sample::select(vec![
        BillForm::All27,
        BillForm::Success20,
        BillForm::Refund29,
        BillForm::All24,
        BillForm::Success18,
        BillForm::Refund26,
    ])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn what_is_printed_is_read_back_and_certified(
        form in any_form(),
        goods in prop::collection::vec((merchant_text(), merchant_text()), 0..12),
        is_raw in any::<bool>(),
    ) {
        let way = if is_raw { MerchantText::RawCommas } else { MerchantText::Escaped };
        let bytes = printed(form, way, &goods);
        let (layout, block) = read(&bytes).unwrap();
        prop_assert_eq!(block.tally.problem_count, 0);
        prop_assert_eq!(block.pays.len() + block.refunds.len(), goods.len());
        for pay in &block.pays {
            let at: usize = pay.out_trade_no.as_str()[1..].parse().unwrap();
            prop_assert_eq!(pay.amount, Fen::new(i64::try_from(at).unwrap() * 1_313 + 1));
        }
        let certificate = Certificate::new(&layout, &block.tally, &Expect::default(), Digests::default());
        prop_assert!(certificate.is_verified(), "{:?}", certificate.reasons);
        let rows = block.pays.iter().map(|p| p.row).chain(block.refunds.iter().map(|r| r.row));
        for row in rows {
            let rest = &bytes[usize::try_from(row.offset).unwrap()..];
            let line = rest.split(|b| *b == b'\n').next().unwrap();
            let cells = layout.cells(line).unwrap();
            let goods_at = layout.position(BillColumn::Goods).unwrap();
            let (goods, attach) = &goods[row.line as usize - 2];
            let escaped = |text: &String| {
                let text = text.replace('\n', "\\n").replace('\r', "\\r");
                if is_raw { text } else { text.replace(',', "\\ ") }
            };
            let run = format!("{},`{}", cells[goods_at].1, cells[goods_at + 1].1);
            prop_assert_eq!(run, format!("{},`{}", escaped(goods), escaped(attach)));
        }
    }

    #[test]
    fn where_the_file_is_cut_makes_no_difference(
        goods in prop::collection::vec((merchant_text(), merchant_text()), 0..12),
        target in 1_usize..4_000,
        piece in 1_usize..900,
    ) {
        let bytes = printed(BillForm::All27, MerchantText::RawCommas, &goods);
        let (layout, whole) = read(&bytes).unwrap();
        let mut reader = BillReader::new(7);
        for piece in bytes.chunks(piece) {
            reader.push(piece).unwrap();
        }
        prop_assert_eq!(&reader.finish().unwrap().1, &whole);
        let opened = Layout::open(&bytes).unwrap();
        prop_assert_eq!(&opened.layout, &layout);
        let mut joined = BillBlock::default();
        joined.tally.lines = u64::from(opened.lines);
        joined.tally.bytes = opened.bytes as u64;
        let rest = &bytes[opened.bytes..];
        for lines in line_blocks(rest, opened.lines + 1, opened.bytes as u64, target) {
            let mut block = BillBlock::default();
            layout.parse_block(lines.bytes, lines.first_line, lines.first_offset, 7, &mut block);
            joined.absorb(block);
        }
        prop_assert_eq!(joined, whole);
    }

    #[test]
    fn damage_never_panics_and_never_certifies_another_sum(
        goods in prop::collection::vec((merchant_text(), merchant_text()), 1..8),
        hits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let bytes = printed(BillForm::All27, MerchantText::Escaped, &goods);
        let (_, honest) = read(&bytes).unwrap();
        let mut damaged = bytes.clone();
        let values = damaged.windows(15).rposition(|w| w == "总交易单数".as_bytes()).unwrap();
        for (at, byte) in hits {
            let at = at.index(values);
            damaged[at] = byte;
        }
        if let Ok((layout, block)) = read(&damaged) {
            let certificate = Certificate::new(&layout, &block.tally, &Expect::default(), Digests::default());
            let is_same = block.tally.sums.settled == honest.tally.sums.settled
                && block.tally.sums.refunded == honest.tally.sums.refunded
                && block.tally.sums.fee == honest.tally.sums.fee
                && block.tally.rows == honest.tally.rows;
            prop_assert!(is_same || !certificate.is_verified());
        }
    }
}

#[test]
fn a_line_without_end_is_refused_with_its_place() {
    let mut reader = BillReader::new(1);
    let header = "交易时间,商户号,微信订单号,商户订单号,交易状态,总金额\n";
    reader.push(header.as_bytes()).unwrap();
    let piece = vec![b'7'; 1 << 16];
    let fault = (0..1_024).find_map(|_| reader.push(&piece).err()).unwrap();
    let offset = header.len() as u64;
    assert_eq!(fault, BillFault::LineTooLong { line: 2, offset });
    let mut whole = header.as_bytes().to_vec();
    whole.extend(std::iter::repeat_n(b'`', 64 << 20));
    assert_eq!(read(&whole).unwrap_err(), fault);
    let endless = vec![b'x'; MAX_LINE_BYTES + 1];
    assert!(read(&endless).is_err());
}

#[test]
fn a_million_columns_are_refused() {
    let header = format!("交易时间,微信订单号,商户订单号{}\n", ",列".repeat(200_000));
    let fault = read(header.as_bytes()).unwrap_err();
    assert_eq!(
        fault,
        BillFault::Header {
            line: 1,
            fault: HeaderFault::TooMany
        }
    );
    let row = format!(
        "交易时间,商户号,微信订单号,商户订单号,交易状态,总金额\n`1{}\n",
        ",`1".repeat(300_000)
    );
    let (_, block) = read(row.as_bytes()).unwrap();
    assert!(matches!(
        block.tally.problems[0].fault,
        RowFault::Shape {
            found: 300_001,
            expected: 6
        }
    ));
}

#[test]
fn odd_bytes_in_goods_are_kept_and_in_keys_refused() {
    let mut text = "交易时间,商户号,微信订单号,商户订单号,交易状态,总金额,商品名称\n"
        .as_bytes()
        .to_vec();
    text.extend_from_slice(b"`2026-03-05 10:00:00,`19,`B,`A,`SUCCESS,`0.90,`\xFF\xFE\0x\n");
    text.extend_from_slice(b"`2026-03-05 10:00:00,`19,`B,`A\0,`SUCCESS,`0.90,`x\n");
    let (layout, block) = read(&text).unwrap();
    assert_eq!(block.pays.len(), 1);
    assert_eq!(block.tally.problem_count, 1);
    assert_eq!(block.tally.problems[0].fault, RowFault::BrokenId);
    assert_eq!(block.tally.problems[0].line, 3);
    let line = text.split(|b| *b == b'\n').nth(1).unwrap();
    assert_eq!(layout.cells(line).unwrap()[6].1, "\u{FFFD}\u{FFFD}\0x");
}

#[test]
fn a_certificate_is_json_with_words_in_both_languages() {
    let mut bytes = sample("success20_masked_2019-07-23.csv");
    bytes.truncate(bytes.len() - 1);
    let certificate = certify(&bytes, &Expect::default());
    let json = serde_json::to_value(&certificate).unwrap();
    assert_eq!(json["verdict"], "quarantined");
    assert_eq!(json["kind"], "success");
    assert_eq!(json["identities"][0]["expected"], "31");
    for reason in json["reasons"].as_array().unwrap() {
        assert!(!reason["zh"].as_str().unwrap().is_empty());
        assert!(!reason["en"].as_str().unwrap().is_empty());
    }
}
