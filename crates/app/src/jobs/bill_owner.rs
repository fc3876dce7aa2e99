//! Whose bill a file is: the merchant number that stands in its first rows.

use std::io::{BufRead as _, BufReader, Read};

use flate2::read::MultiGzDecoder;

use super::bill_archive::{FoundBill, bills_for_a_look};
use super::import_file::is_bill;
use crate::Failure;
use recondesk_ports::{BooksError, Source};
use wechatpay_codec::bill::BillReader;

/// Unpacked bytes of a bill that are read.
const LOOK: u64 = 256 << 10;

/// The merchant number of a bill; `None` for what is no bill, and for one without a row.
///
/// # Errors
/// [`Failure`] when the file cannot be read.
pub(super) fn merchant_number(mut source: Source) -> Result<Option<String>, Failure> {
    if !is_bill(&mut source)? {
        return Ok(None);
    }
    for FoundBill { source: bill, .. } in bills_for_a_look(source)?.bills {
        let unread = |error: std::io::Error| Failure::from(BooksError::source(&error));
        let mut file = BufReader::new(bill.bytes);
        let is_gzip = file.fill_buf().map_err(unread)?.starts_with(b"\x1f\x8b");
        let mut head = Vec::new();
        if is_gzip {
            MultiGzDecoder::new(file).take(LOOK).read_to_end(&mut head)
        } else {
            file.take(LOOK).read_to_end(&mut head)
        }
        .map_err(unread)?;
        if let Some(number) = number_in(&head) {
            return Ok(Some(number));
        }
    }
    Ok(None)
}

/// What the rows say whose they are; a head that is no bill after all says nothing.
fn number_in(head: &[u8]) -> Option<String> {
    let mut reader = BillReader::new(0);
    reader.push(head).ok()?;
    let (_, block) = reader.finish().ok()?;
    let merchant = block.tally.merchants.first()?;
    Some(merchant.mch_id.to_string()).filter(|number| !number.is_empty())
}
