//! Workbooks: the same rows as text, ruined numbers, hostile containers.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::io::{Cursor, Write as _};
use std::ops::ControlFlow;

use proptest::prelude::*;
use recondesk_domain::{Fen, RowRef};
use recondesk_intake::{IntakeError, Mapping, OrderBlock, Plan, RowReason, Workbook, list_text};
use rust_xlsxwriter::{ExcelDateTime, Format};

use crate::intake::{HEAD, read, shop, shop_rows, text};
use crate::xlsx::{BOOK, RELS, parts, sheet};

fn workbook(build: impl FnOnce(&mut rust_xlsxwriter::Worksheet)) -> Cursor<Vec<u8>> {
    let mut book = rust_xlsxwriter::Workbook::new();
    build(book.add_worksheet());
    Cursor::new(book.save_to_buffer().unwrap())
}

fn read_workbook(file: Cursor<Vec<u8>>, mapping: &Mapping) -> Result<OrderBlock, IntakeError> {
    let mut book = Workbook::open(file, Some(mapping))?;
    let plan = Plan::new(mapping, book.guess())?;
    let mut all = OrderBlock::default();
    book.read(&plan, 7, &mut |out| {
        all.append(out);
        ControlFlow::Continue(())
    })?;
    Ok(all)
}

#[test]
fn a_workbook_says_the_same_as_the_text() {
    let rows = shop_rows();
    let expected = read(text(&rows).as_bytes(), &shop());
    let date = Format::new().set_num_format("yyyy-mm-dd hh:mm:ss");
    let file = workbook(|sheet| {
        for (column, header) in (0_u16..).zip(HEAD.split(',')) {
            sheet.write_string(0, column, header).unwrap();
        }
        for (line, row) in (1_u32..).zip(&rows) {
            let cells = csv::ReaderBuilder::new()
                .has_headers(false)
                .from_reader(row.as_bytes())
                .records()
                .next()
                .unwrap()
                .unwrap();
            for (column, cell) in (0_u16..).zip(&cells) {
                match column {
                    _ if cell.is_empty() => {}
                    3 | 9 => {
                        sheet
                            .write_number(line, column, cell.parse::<f64>().unwrap())
                            .unwrap();
                    }
                    5..=7 | 10 => {
                        let time = ExcelDateTime::parse_from_str(&cell.replace(' ', "T")).unwrap();
                        sheet
                            .write_datetime_with_format(line, column, &time, &date)
                            .unwrap();
                    }
                    _ => {
                        sheet.write_string(line, column, cell).unwrap();
                    }
                }
            }
        }
    });
    let out = read_workbook(file, &shop()).unwrap();
    assert_eq!(out.rejects, []);
    for (ours, theirs) in out.orders.iter().zip(&expected.orders) {
        let mut same = *ours;
        assert_eq!(
            same.row,
            RowRef {
                import: 7,
                line: theirs.row.line,
                offset: 0
            }
        );
        same.row = theirs.row;
        assert_eq!(same, *theirs);
    }
    assert_eq!(out.orders.len(), expected.orders.len());
    assert_eq!(out.stats, expected.stats);
}

#[test]
fn numbers_that_a_workbook_has_ruined_are_refused() {
    let file = workbook(|sheet| {
        for (column, header) in
            (0_u16..).zip(["out_trade_no", "amount", "pay_status", "created_at"])
        {
            sheet.write_string(0, column, header).unwrap();
        }
        for (line, number) in (1_u32..).zip([
            12345.0,
            2.026_030_810_024_412e19,
            1e27,
            12.5,
            1_234_567_890_123_456.0,
        ]) {
            sheet.write_number(line, 0, number).unwrap();
            sheet.write_number(line, 1, 19.9).unwrap();
            sheet.write_string(line, 2, "paid").unwrap();
            sheet.write_string(line, 3, "2026-03-08 10:00:00").unwrap();
        }
    });
    let out = read_workbook(file, &Mapping::canonical()).unwrap();
    assert_eq!(out.orders.len(), 1);
    assert_eq!(out.orders[0].out_trade_no.as_str(), "12345");
    assert_eq!(out.orders[0].amount, Fen::new(1990));
    let found: Vec<(u32, RowReason)> = out.rejects.iter().map(|r| (r.row.line, r.reason)).collect();
    assert_eq!(
        found,
        [
            (3, RowReason::BeyondPrecision),
            (4, RowReason::BeyondPrecision),
            (5, RowReason::DecimalTail),
            (6, RowReason::BeyondPrecision),
        ]
    );
}

#[test]
fn texts_are_read_as_another_reader_reads_them() {
    use calamine::Reader as _;
    let texts = [
        "a&b",
        "<x>",
        "\"q\"",
        "line\nbreak",
        "中文𠮷",
        "A_x0041_",
        "a\tb",
        "'",
        "]]>",
        "é",
    ];
    for inline in [false, true] {
        let mut book = rust_xlsxwriter::Workbook::new();
        let page = if inline {
            book.add_worksheet_with_constant_memory().unwrap()
        } else {
            book.add_worksheet()
        };
        page.write_string(0, 0, "out_trade_no").unwrap();
        page.write_string(0, 1, "amount").unwrap();
        for (line, text) in (1_u32..).zip(texts) {
            page.write_string(line, 0, text).unwrap();
        }
        let file = Cursor::new(book.save_to_buffer().unwrap());
        let ours = Workbook::open(file.clone(), None).unwrap();
        let ours: Vec<&str> = ours
            .guess()
            .sample
            .iter()
            .map(|row| row.cells[0].as_str())
            .collect();
        assert_eq!(ours, texts);
        let range = calamine::Xlsx::new(file)
            .unwrap()
            .worksheet_range("Sheet1")
            .unwrap();
        let theirs: Vec<String> = range.rows().skip(1).map(|row| row[0].to_string()).collect();
        assert_eq!(ours, theirs);
    }
}

#[test]
fn hostile_workbooks_are_refused_and_never_panic() {
    let open = |file| Workbook::open(file, None).map(|_| ());
    let good = r#"<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><r><t>out_</t></r><r><t>trade_no</t></r><rPh><t>x</t></rPh></is></c><c t="s"><v>0</v></c></row></sheetData></worksheet>"#;
    let strings = r#"<sst uniqueCount="18446744073709551615"><si><t>a&amp;&#x4e2d;</t></si></sst>"#;
    let book = Workbook::open(sheet(good, strings), None).unwrap();
    assert_eq!(book.guess().headers, ["out_trade_no", "a&中"]);
    assert_eq!(book.guess().sheet.as_deref(), Some("订单"));
    for (xml, strings) in [
        ("", "<sst></sst>"),
        ("<worksheet>", "<sst></sst>"),
        (&good.replace("<v>0</v>", "<v>1</v>"), strings),
        (&good.replace("A1", "AAAAAAAA1"), strings),
        (&good.replace("A1", "XFD1"), strings),
        (&good.replace("r=\"1\"", "r=\"0\""), strings),
        (&good.replace("r=\"1\"", "r=\"99999999\""), strings),
        (good, "<sst><si>"),
        (
            good,
            "<!DOCTYPE x [<!ENTITY a 'b'>]><sst><si><t>&a;</t></si></sst>",
        ),
        (good, "<sst><si><t>&a;</t></si></sst>"),
    ] {
        assert!(open(sheet(xml, strings)).is_err(), "{xml} {strings}");
    }
    let long = format!("<sst><si><t>{}</t></si></sst>", "x".repeat(4 << 20));
    assert!(matches!(
        open(sheet(good, &long)),
        Err(IntakeError::Workbook { .. })
    ));
    for cut in [10, 100, 300] {
        let mut file = sheet(good, strings).into_inner();
        file.truncate(cut);
        assert!(open(Cursor::new(file)).is_err());
    }
    let mut mapping = Mapping::canonical();
    mapping.sheet = Some("退款".to_owned());
    assert!(matches!(
        Workbook::open(sheet(good, strings), Some(&mapping)).map(|_| ()),
        Err(IntakeError::NoSheet { .. })
    ));
    assert!(matches!(
        open(parts(&[("readme.txt", "hello")])),
        Err(IntakeError::NotOrders(_))
    ));
}

#[test]
fn a_zip_bomb_is_refused_whether_or_not_it_says_so() {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_level(Some(1));
    for (name, text) in [
        ("xl/workbook.xml", BOOK),
        ("xl/_rels/workbook.xml.rels", RELS),
    ] {
        zip.start_file(name, options).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.start_file("xl/worksheets/sheet1.xml", options).unwrap();
    let zeros = vec![b' '; 1 << 20];
    for _ in 0..600 {
        zip.write_all(&zeros).unwrap();
    }
    let honest = zip.finish().unwrap().into_inner();
    assert!(honest.len() < 16 << 20);
    assert!(matches!(
        Workbook::open(Cursor::new(honest.clone()), None).map(|_| ()),
        Err(IntakeError::Bomb { .. })
    ));
    // The same with a lie about the size in both headers.
    let size = (600_u32 << 20).to_le_bytes();
    let mut lying = honest;
    let mut patched = 0;
    for at in 0..lying.len() - 4 {
        if lying[at..at + 4] == size {
            lying[at..at + 4].copy_from_slice(&1000_u32.to_le_bytes());
            patched += 1;
        }
    }
    assert!(patched >= 1);
    assert!(Workbook::open(Cursor::new(lying), None).is_err());
}

#[test]
fn a_consumers_own_export_is_told_by_its_first_cells() {
    let file = workbook(|sheet| {
        sheet.write_string(0, 0, "微信支付账单明细").unwrap();
        sheet.write_string(1, 0, "微信昵称：[某人]").unwrap();
    });
    assert!(matches!(
        Workbook::open(file, None).map(|_| ()),
        Err(IntakeError::NotOrders(
            recondesk_intake::NotOrders::ConsumerExport
        ))
    ));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_sheet_damaged_anywhere_is_read_or_refused_and_never_a_panic(
        hits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in any::<prop::sample::Index>(),
        is_cut in any::<bool>(),
    ) {
        let strings = "<sst><si><t>out_trade_no</t></si><si><t>paid</t></si></sst>";
        let xml = r#"<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>amount</t></is></c><c r="C1" t="inlineStr"><is><t>pay_status</t></is></c><c r="D1" t="str"><v>created_at</v></c></row><row r="2"><c r="A2" t="inlineStr"><is><t>A1</t></is></c><c r="B2"><v>19.9</v></c><c r="C2" t="s"><v>1</v></c><c r="D2" t="inlineStr"><is><t>2026-03-08 10:00:00</t></is></c></row></sheetData></worksheet>"#;
        let (mut sheet_xml, mut strings) = (xml.as_bytes().to_vec(), strings.as_bytes().to_vec());
        for (at, byte) in hits {
            let at = at.index(sheet_xml.len() + strings.len());
            if let Some(place) = sheet_xml.get_mut(at) {
                *place = byte;
            } else {
                strings[at - sheet_xml.len()] = byte;
            }
        }
        if is_cut {
            // Before the end of the rows.
            sheet_xml.truncate(cut.index(xml.find("</worksheet>").unwrap()));
        }
        let (sheet_xml, strings) = (String::from_utf8_lossy(&sheet_xml), String::from_utf8_lossy(&strings));
        let file = sheet(&sheet_xml, &strings);
        let listed = list_text(Cursor::new(file.get_ref()), 1 << 20);

        let read = read_workbook(file, &Mapping::canonical());

        // Rows that have no end are never taken for all of them.
        prop_assert!(!is_cut || (read.is_err() && listed.is_err()));
        if let Ok(out) = read {
            prop_assert!(out.orders.len() + out.rejects.len() <= 1);
        }
    }

    #[test]
    fn cells_that_are_read_in_one_piece_say_what_the_reader_of_xml_says(
        pieces in prop::collection::vec(prop::sample::select(PIECES), 1..40),
    ) {
        let head = r#"<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="str"><v>amount</v></c><c r="C1" t="str"><v>pay_status</v></c><c r="D1" t="str"><v>created_at</v></c></row>"#;
        let strings = "<sst><si><t>out_trade_no</t></si><si><t>paid</t></si><si><t> A&amp;1 </t></si><si><t>SHOP_x000D_202603080001</t></si><si><t/></si></sst>";
        let usual = format!("<worksheet><sheetData>{head}<row r=\"2\">{}</row></sheetData></worksheet>", pieces.concat());
        // In this form nothing is taken in one piece.
        let other = usual.replace("<c ", "<c  ").replace("</row>", "</row >");
        let others = strings.replace("<si>", "<si >");

        let both = [(usual, strings.to_owned()), (other, others)].map(|(xml, strings)| {
            let file = sheet(&xml, &strings);
            let listed = list_text(Cursor::new(file.get_ref()), 1 << 20);
            let read = read_workbook(file, &Mapping::canonical());
            (format!("{read:?}"), format!("{listed:?}"))
        });

        prop_assert_eq!(&both[0], &both[1]);
    }
}

/// Cells, rows and what may stand between them, in order or not.
const PIECES: &[&str] = &[
    r#"<c r="A2" t="s"><v>3</v></c><c r="B2"><v>19.9</v></c><c r="C2" t="s"><v>1</v></c><c r="D2" t="str"><v>2026-03-08 10:00:00</v></c></row><row r="3">"#,
    r#"<c t="str"><v>QH202603080001</v></c><c><v>19.899999999999999</v></c><c t="s"><v>1</v></c><c t="inlineStr"><is><t>2026-03-08 10:00:01</t></is></c></row><row>"#,
    r#"<c r="A4" t="s"><v>2</v></c>"#,
    r#"<c r="B4"><v>0</v></c>"#,
    r#"<c r="C4" s="1"/>"#,
    r#"<c r="C4" t="s"><v>99</v></c>"#,
    r#"<c r="D5" t="b"><v>1</v></c>"#,
    r#"<c r="D5"></c>"#,
    r#"<c r="B5"><f>1+1</f><v>0</v></c>"#,
    r#"<c r="A6" t="str"><v>a&lt;b</v></c>"#,
    r"<c r='A6' t='str'><v>QH202603080002</v></c>",
    r#"<c r="XFD9"><v>1</v></c>"#,
    r#"<c r="9"><v>1</v></c>"#,
    r#"<c r="E5"><v>1</v><v>2</v></c>"#,
    r#"<c r="E5">loose</c>"#,
    r#"<c r="E5"><v><!-- no --></v></c>"#,
    "</row><row r=\"7\">",
    "</row><row r=\"8\"/><row r=\"9\">",
    "</row><row>",
    "</row>\n<row r=\"11\">\n",
    "</row><row r=\"2\">",
    "</row><other/><row>",
    "<extLst><ext/></extLst>",
    "\n  ",
    "<c r=\"F5\" t=\"str\"><v>a\rb</v></c>",
];
