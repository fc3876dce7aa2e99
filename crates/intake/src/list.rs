//! A list of numbers in a file: text in the encodings of spreadsheets, or the first sheet of a workbook.

use std::io::{Read, Seek, SeekFrom};
use std::ops::ControlFlow;

use super::binary_book::OLE_MAGIC;
use super::sniff::by_magic;
use super::{IntakeError, NotOrders, Workbook};

/// The text of a list, one row a line; `None` when it is longer than `limit` bytes.
///
/// # Errors
/// [`IntakeError`] for what is neither text nor a workbook, and for damaged workbooks.
pub fn list_text<R: Read + Seek>(mut file: R, limit: usize) -> Result<Option<String>, IntakeError> {
    let mut bytes = Vec::new();
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    file.by_ref().take(most).read_to_end(&mut bytes)?;
    let is_book = bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(OLE_MAGIC);
    if is_book {
        drop(bytes);
        file.seek(SeekFrom::Start(0))?;
        return sheet(file, limit);
    }
    if let Some(what) = by_magic(&bytes) {
        return Err(IntakeError::NotOrders(what));
    }
    if bytes.len() > limit {
        return Ok(None);
    }
    if let Some((encoding, mark)) = encoding_rs::Encoding::for_bom(&bytes) {
        let text = bytes.get(mark..).unwrap_or_default();
        return Ok(Some(
            encoding.decode_without_bom_handling(text).0.into_owned(),
        ));
    }
    if memchr::memchr(0, &bytes).is_some() {
        return Err(IntakeError::NotOrders(NotOrders::Binary));
    }
    Ok(Some(String::from_utf8(bytes).unwrap_or_else(|error| {
        encoding_rs::GB18030.decode(error.as_bytes()).0.into_owned()
    })))
}

/// The rows of the first sheet; a comma keeps what stands in two cells apart.
fn sheet<R: Read + Seek>(file: R, limit: usize) -> Result<Option<String>, IntakeError> {
    let mut text = String::new();
    Workbook::each_row(file, &mut |cells| {
        for cell in cells.iter().filter(|cell| !cell.is_empty()) {
            text.extend(
                cell.chars()
                    .map(|sign| if sign.is_control() { ' ' } else { sign }),
            );
            text.push(',');
        }
        text.push('\n');
        if text.len() > limit {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    })?;
    Ok((text.len() <= limit).then_some(text))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn text(bytes: &[u8]) -> Option<String> {
        list_text(Cursor::new(bytes), 64).unwrap()
    }

    #[test]
    fn a_list_is_read_in_the_encodings_of_spreadsheets() {
        let gb = encoding_rs::GB18030.encode("单号\nA1").0.into_owned();

        assert_eq!(text(&gb).as_deref(), Some("单号\nA1"));
        assert_eq!(text(b"\xff\xfeA\x001\x00").as_deref(), Some("A1"));
        assert_eq!(text(b"\xef\xbb\xbfA1").as_deref(), Some("A1"));
        assert_eq!(text(b"A1").as_deref(), Some("A1"));
        assert_eq!(text(&[b'1'; 64]).map(|text| text.len()), Some(64));
        assert_eq!(text(&[b'1'; 65]), None);
    }

    #[test]
    fn what_is_no_list_is_named() {
        for (bytes, what) in [
            (&b"\x1f\x8b\x08"[..], NotOrders::Gzip),
            (b"%PDF-1.7", NotOrders::Pdf),
            (b"A\0B", NotOrders::Binary),
        ] {
            let refused = list_text(Cursor::new(bytes), 64);
            assert_eq!(refused, Err(IntakeError::NotOrders(what)));
        }
    }
}
