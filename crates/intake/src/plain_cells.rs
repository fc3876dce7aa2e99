//! Cells and rows of a sheet in the shape in which nearly all programs write them, read without a reader of XML.
//!
//! Only whole elements are taken, so the reader of XML never learns of them and keeps count of what is open. What has
//! any other shape, and what is wrong, is left to it.

use super::cells::{CellAttributes, CellKind, column_of};
use super::xlsx_container::attributes;

/// A cell that stands whole in memory.
pub(super) struct PlainCell<'a> {
    pub(super) attributes: CellAttributes,
    /// Its value; empty where it has none.
    pub(super) text: &'a [u8],
    /// Bytes from its first to its last.
    pub(super) used: usize,
}

/// `<c r="A1" s="2" t="s"><v>7</v></c>` at the beginning of `bytes`, without formula, references or line ends.
pub(super) fn plain_cell(bytes: &[u8]) -> Option<PlainCell<'_>> {
    let mut rest = bytes.strip_prefix(b"<c")?;
    let mut attributes = CellAttributes::default();
    let text = loop {
        rest = match rest {
            [b' ', name, b'=', b'"', after @ ..] => {
                let end = after.iter().position(|b| *b == b'"')?;
                let (value, after) = after.split_at_checked(end)?;
                attribute(*name, value, &mut attributes)?;
                after.split_first()?.1
            }
            [b'/', b'>', after @ ..] => {
                rest = after;
                break &[][..];
            }
            [b'>', after @ ..] => {
                let (text, after) = content(after)?;
                rest = after;
                break text;
            }
            _ => return None,
        };
    };
    Some(PlainCell {
        attributes,
        text,
        used: bytes.len() - rest.len(),
    })
}

/// Takes one attribute over; `None` where a closer look is needed.
fn attribute(name: u8, value: &[u8], attributes: &mut CellAttributes) -> Option<()> {
    match name {
        b'r' => attributes.column = Some(column_of(value)?),
        b's' => attributes.format = digits(value)?,
        b't' => attributes.kind = CellKind::of(value),
        _ => return None,
    }
    Some(())
}

/// A number of a few digits.
pub(super) fn digits(text: &[u8]) -> Option<usize> {
    (matches!(text.len(), 1..=9) && text.iter().all(u8::is_ascii_digit)).then_some(())?;
    let add = |number, b: &u8| number * 10 + usize::from(b - b'0');
    Some(text.iter().fold(0, add))
}

/// The value in a cell, and what follows the cell.
fn content(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (close, rest): (&[u8], _) = if let Some(rest) = bytes.strip_prefix(b"<v>") {
        (b"</v></c>", rest)
    } else if let Some(rest) = bytes.strip_prefix(b"<is><t>") {
        (b"</t></is></c>", rest)
    } else {
        (b"</c>", bytes)
    };
    let end = memchr::memchr3(b'<', b'&', b'\r', rest)?;
    let (text, after) = rest.split_at_checked(end)?;
    let after = after.strip_prefix(close)?;
    // Text beside an element is no value.
    (close.len() > 4 || text.is_empty()).then_some((text, after))
}

/// `</row><row r="3" spans="1:12">` at the beginning of `bytes`: attributes of the new row, and bytes in all.
pub(super) fn row_turn(bytes: &[u8]) -> Option<(&str, usize)> {
    let rest = bytes.strip_prefix(b"</row><row")?;
    let end = memchr::memchr2(b'>', b'<', rest)?;
    let (raw, after) = rest.split_at_checked(end)?;
    let is_whole = after.starts_with(b">") && !raw.ends_with(b"/");
    (is_whole && matches!(raw.first(), None | Some(b' '))).then_some(())?;
    let raw = std::str::from_utf8(raw).ok()?;
    attributes(raw, |_, _| {})?;
    Some((raw, bytes.len() - after.len() + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_of_the_usual_shapes_are_taken_whole() {
        for (xml, column, format, kind, text) in [
            (
                r#"<c r="B7" s="3" t="s"><v>12</v></c>"#,
                Some(1),
                3,
                CellKind::Shared,
                "12",
            ),
            (
                r#"<c r="AA1"><v>-1.5</v></c>"#,
                Some(26),
                0,
                CellKind::Number,
                "-1.5",
            ),
            (
                r#"<c t="inlineStr" r="C1"><is><t>杯 大</t></is></c>"#,
                Some(2),
                0,
                CellKind::Text,
                "杯 大",
            ),
            (r#"<c t="b"><v>1</v></c>"#, None, 0, CellKind::Bool, "1"),
            (r#"<c r="D4" s="1"/>"#, Some(3), 1, CellKind::Number, ""),
            (r#"<c r="D4"></c>"#, Some(3), 0, CellKind::Number, ""),
        ] {
            let all = format!("{xml}<c r=\"E1\"/>");
            let cell = plain_cell(all.as_bytes()).unwrap();
            assert_eq!(cell.attributes.column, column, "{xml}");
            assert_eq!(cell.attributes.format, format, "{xml}");
            assert!(cell.attributes.kind == kind, "{xml}");
            assert_eq!(cell.text, text.as_bytes(), "{xml}");
            assert_eq!(cell.used, xml.len(), "{xml}");
            for cut in 0..xml.len() {
                assert!(plain_cell(&xml.as_bytes()[..cut]).is_none(), "{xml} {cut}");
            }
        }
    }

    #[test]
    fn what_needs_a_closer_look_is_left() {
        for xml in [
            r#"<c r="A1"><f>1+1</f><v>2</v></c>"#,
            r#"<c r="A1" t="str"><v>a&amp;b</v></c>"#,
            "<c r=\"A1\" t=\"str\"><v>a\rb</v></c>",
            r#"<c r="A1" t="str"><v>a</v ></c>"#,
            r#"<c r="A1">loose</c>"#,
            r#"<c r="A1"><v>1</v><v>2</v></c>"#,
            r"<c r='A1'><v>1</v></c>",
            r#"<c r="1"><v>1</v></c>"#,
            r#"<c  r="A1"><v>1</v></c>"#,
            r#"<c r="A1" s="x"><v>1</v></c>"#,
            r#"<c r="A1" cm="1"><v>1</v></c>"#,
            r#"<col r="A1"><v>1</v></col>"#,
            r#"<c r="A1"><v><![CDATA[1]]></v></c>"#,
            r#"<x:c r="A1"><x:v>1</x:v></x:c>"#,
        ] {
            assert!(plain_cell(xml.as_bytes()).is_none(), "{xml}");
        }
    }

    #[test]
    fn a_row_is_turned_only_into_one_with_contents() {
        let turn = |xml: &str| row_turn(xml.as_bytes()).map(|(raw, used)| (raw.to_owned(), used));
        assert_eq!(
            turn("</row><row r=\"3\"><c"),
            Some((" r=\"3\"".to_owned(), 17))
        );
        assert_eq!(turn("</row><row><c"), Some((String::new(), 11)));
        for bad in [
            "</row><row r=\"3\"/>",
            "</row><row r=\"3",
            "</row><row r=\"a>b\">",
            "</row><rows r=\"3\">",
            "</row></sheetData>",
            "</row> <row r=\"3\">",
            "</row><row r>",
        ] {
            assert_eq!(turn(bad), None, "{bad}");
        }
    }
}
