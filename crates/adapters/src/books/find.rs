//! A number anywhere: every book, every day, every merchant; and raw rows from the archive.

use std::sync::Arc;

use rayon::prelude::*;

use super::lookup::{FoundRow, Wanted, lookup};
use super::page::Index;
use super::record::Record;
use super::snapshot::Snapshot;
use super::store::Bookshelf;
use crate::archive::Archive;
use crate::sqlite::SectionMeta;
use recondesk_domain::{BillDate, MOrder, MRefund, RowRef, WPay, WRefund};
use recondesk_intake::{HEAD_BYTES, sniff};
use recondesk_ports::{Book, BookRow, BooksError, ImportRecord, NumberKind, Occurrence, RawRow};
use wechatpay_codec::bill::Layout;

/// Longest number that any book has.
const LONGEST_NUMBER: usize = 64;
/// Bytes of a raw record that are shown.
const RAW_BYTES: u64 = 64 << 10;

impl Bookshelf {
    /// Every place where a number stands.
    pub(super) fn everywhere(&self, number: &str) -> Result<Vec<Occurrence>, BooksError> {
        if number.is_empty() || number.len() > LONGEST_NUMBER {
            return Ok(Vec::new());
        }
        let view = self.view()?;
        let found: Vec<Result<Vec<Occurrence>, BooksError>> = view
            .sections
            .par_iter()
            .map(|meta| match meta.book {
                Book::Pays => self.within::<WPay>(&view, meta, number),
                Book::Refunds => self.within::<WRefund>(&view, meta, number),
                Book::Orders => self.within::<MOrder>(&view, meta, number),
                Book::MerchantRefunds => self.within::<MRefund>(&view, meta, number),
            })
            .collect();
        let mut out = Vec::new();
        for part in found {
            out.extend(part?);
        }
        let place = |row: &BookRow| match row {
            BookRow::Pay(row) => (0, row.row),
            BookRow::Refund(row) => (1, row.row),
            BookRow::Order(row) => (2, row.row),
            BookRow::MerchantRefund(row) => (3, row.row),
        };
        out.sort_by_key(|hit: &Occurrence| (hit.profile, hit.day, place(&hit.row), hit.kind));
        Ok(out)
    }

    fn within<R: Record>(
        &self,
        view: &Snapshot,
        meta: &SectionMeta,
        number: &str,
    ) -> Result<Vec<Occurrence>, BooksError> {
        let wanted = Wanted::new(std::iter::once(number.as_bytes()));
        let mut out = Vec::new();
        for index in [Index::Keys, Index::Others] {
            let is = |row: &R, number: &[u8]| !kinds(&row.any(), index, number).is_empty();
            let found = lookup((&self.shelf, view), meta, index, &wanted, is)?;
            for FoundRow { row, dead, .. } in found {
                let row = row.any();
                for kind in kinds(&row, index, number.as_bytes()) {
                    let Some(day) = BillDate::from_number(meta.day) else {
                        continue;
                    };
                    out.push(Occurrence {
                        profile: meta.profile,
                        day,
                        kind,
                        row,
                        superseded: dead || !view.counts(meta.id),
                    });
                }
            }
        }
        out.dedup();
        Ok(out)
    }

    /// A row as its file had it.
    pub(super) fn raw(&self, row: RowRef) -> Result<RawRow, BooksError> {
        let record = self
            .db
            .import(row.import)?
            .ok_or_else(|| BooksError::Damaged {
                file: "recondesk.db".to_owned(),
                what: format!("there is no import {}", row.import),
            })?;
        let archive = Archive::open(&self.archive, row.import)?;
        if record.kind.starts_with("bill.") {
            bill_row(&archive, row, record)
        } else {
            order_row(&archive, row, record)
        }
    }

    /// The catalog of all merchants, read anew when there is a newer import.
    pub(super) fn view(&self) -> Result<Arc<Snapshot>, BooksError> {
        let newest = self.db.newest_import(None)?;
        let mut cached = self
            .views
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        match &*cached {
            Some((known, view)) if *known == newest => Ok(Arc::clone(view)),
            _ => {
                let view = Arc::new(Snapshot::load(&self.db, None, None)?);
                *cached = Some((newest, Arc::clone(&view)));
                Ok(view)
            }
        }
    }
}

/// What a number is in a row, among the numbers of one index.
fn kinds(row: &BookRow, index: Index, number: &[u8]) -> Vec<NumberKind> {
    use NumberKind::{OrderNo, OutRefundNo, OutTradeNo, RefundId, TransactionId};
    let all: [(NumberKind, &[u8]); 4] = match row {
        BookRow::Pay(pay) => [
            (OutTradeNo, pay.out_trade_no.as_bytes()),
            (TransactionId, pay.transaction_id.as_bytes()),
            (TransactionId, &[]),
            (TransactionId, &[]),
        ],
        BookRow::Refund(refund) => [
            (OutRefundNo, refund.out_refund_no.as_bytes()),
            (RefundId, refund.refund_id.as_bytes()),
            (OutTradeNo, refund.out_trade_no.as_bytes()),
            (TransactionId, refund.transaction_id.as_bytes()),
        ],
        BookRow::Order(order) => [
            (OutTradeNo, order.out_trade_no.as_bytes()),
            (TransactionId, order.transaction_id.as_bytes()),
            (OutRefundNo, order.refund_no.as_bytes()),
            (
                OrderNo,
                if order.order_no.as_bytes() == order.out_trade_no.as_bytes() {
                    &[]
                } else {
                    order.order_no.as_bytes()
                },
            ),
        ],
        BookRow::MerchantRefund(refund) => [
            (OutRefundNo, refund.out_refund_no.as_bytes()),
            (OutTradeNo, refund.out_trade_no.as_bytes()),
            (RefundId, refund.refund_id.as_bytes()),
            (RefundId, &[]),
        ],
    };
    let of_index = match index {
        Index::Keys => 0..1,
        Index::Others => 1..4,
    };
    all.into_iter()
        .enumerate()
        .filter(|(at, (_, text))| of_index.contains(at) && *text == number)
        .map(|(_, (kind, _))| kind)
        .collect()
}

fn bill_row(archive: &Archive, row: RowRef, record: ImportRecord) -> Result<RawRow, BooksError> {
    let head = archive.read(0, 1 << 20)?;
    let line = archive.line(row.offset)?;
    let cells = Layout::open(&head)
        .ok()
        .and_then(|opened| opened.layout.cells(&line).ok())
        .unwrap_or_default();
    let (header, cells) = cells.into_iter().unzip();
    Ok(RawRow {
        file: record.name,
        line: row.line,
        text: String::from_utf8_lossy(&line).into_owned(),
        header,
        cells,
    })
}

fn order_row(archive: &Archive, row: RowRef, record: ImportRecord) -> Result<RawRow, BooksError> {
    let mut out = RawRow {
        file: record.name,
        line: row.line,
        ..RawRow::default()
    };
    let head = archive.read(0, HEAD_BYTES as u64)?;
    let Ok(Some(guess)) = sniff(&head, None) else {
        return Ok(out);
    };
    let raw = archive.read(row.offset, RAW_BYTES)?;
    let text = decode(guess.encoding.name(), &raw);
    let delimiter = guess.delimiter.and_then(|sign| u8::try_from(sign).ok());
    let delimiter = delimiter.unwrap_or(b',');
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(text.as_bytes());
    let mut cells = csv::StringRecord::new();
    if reader.read_record(&mut cells).unwrap_or(false) {
        let end = usize::try_from(reader.position().byte()).unwrap_or(text.len());
        text.get(..end)
            .unwrap_or_default()
            .trim_end()
            .clone_into(&mut out.text);
        out.cells = cells.iter().map(str::to_owned).collect();
        out.header = guess.headers;
    }
    Ok(out)
}

fn decode(encoding: &str, bytes: &[u8]) -> String {
    encoding_rs::Encoding::for_label(encoding.as_bytes())
        .unwrap_or(encoding_rs::UTF_8)
        .decode_without_bom_handling(bytes)
        .0
        .into_owned()
}
