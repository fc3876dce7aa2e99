//! Workbooks whose parts are given as text, for what no writer of workbooks would write.

use std::io::{Cursor, Write as _};

/// A workbook whose parts are given as text.
pub(crate) fn parts(parts: &[(&str, &str)]) -> Cursor<Vec<u8>> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    for (name, text) in parts {
        zip.start_file(*name, options).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap()
}

pub(crate) const BOOK: &str = r#"<workbook xmlns:r="r"><sheets><sheet name="订单" sheetId="1" r:id="rId1"/></sheets></workbook>"#;
pub(crate) const RELS: &str =
    r#"<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>"#;

pub(crate) fn sheet(xml: &str, strings: &str) -> Cursor<Vec<u8>> {
    parts(&[
        ("xl/workbook.xml", BOOK),
        ("xl/_rels/workbook.xml.rels", RELS),
        ("xl/sharedStrings.xml", strings),
        ("xl/worksheets/sheet1.xml", xml),
    ])
}
