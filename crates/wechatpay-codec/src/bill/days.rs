//! A bill of several days cut into one bill a day, each line as it was, each with a summary of its own rows.
//!
//! The merchant platform merges up to 31 days into one file, whose summary is of all of them. The caller has checked
//! that summary; what is printed below a day follows from its rows.

use std::collections::BTreeMap;

use super::column::BillColumn;
use super::printer::{fee_text, yuan};
use super::reader::{BillFault, BillReader};
use super::summary::{self, SummaryColumn, is_header};
use super::{Layout, Sums};
use memchr::memchr;
use recondesk_domain::BillDate;

/// The rows of one day of a merged bill, as a bill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayBill {
    /// The day.
    pub day: BillDate,
    /// Header, the lines of the day as they were, and their summary.
    pub text: Vec<u8>,
}

/// Days of one merged bill, at most: a month.
pub const MOST_DAYS: usize = 31;

/// Cuts a bill by the day of each row, oldest first. Lines without a day are left out; a caller that has certified the
/// whole knows that there are none.
///
/// # Errors
/// [`BillFault`] when the text is no bill.
pub fn split_days(text: &[u8]) -> Result<Vec<DayBill>, BillFault> {
    let opened = Layout::open(text)?;
    let (header, mut rest) = text.split_at(opened.bytes.min(text.len()));
    let mut days: BTreeMap<BillDate, Vec<u8>> = BTreeMap::new();
    let mut names: &[u8] = &[];
    while !rest.is_empty() {
        let row = opened.layout.row_len(rest);
        let after_row = rest.get(row..).unwrap_or_default();
        let end = row + memchr(b'\n', after_row).map_or(after_row.len(), |at| at + 1);
        let (line, after) = rest.split_at(end);
        rest = after;
        if is_header(line) {
            names = line;
            break;
        }
        if let Some(day) = day_of(&opened.layout, line) {
            days.entry(day)
                .or_insert_with(|| header.to_vec())
                .extend_from_slice(line);
        }
    }
    days.into_iter()
        .map(|(day, mut text)| {
            if !text.ends_with(b"\n") {
                text.extend_from_slice(b"\r\n");
            }
            let mut reader = BillReader::new(0);
            reader.push(&text)?;
            let (_, block) = reader.finish()?;
            write_summary(names, block.tally.rows, &block.tally.sums, &mut text);
            Ok(DayBill { day, text })
        })
        .collect()
}

/// The day of a row.
fn day_of(layout: &Layout, line: &[u8]) -> Option<BillDate> {
    let cells = layout.cells(line).ok()?;
    let (_, time) = cells.get(layout.position(BillColumn::Time)?)?;
    BillDate::parse(time.trim().get(..10)?)
}

/// The summary of some rows under the names of the merged one.
fn write_summary(names: &[u8], rows: u64, sums: &Sums, out: &mut Vec<u8>) {
    let Some(known) = summary::read_names(names) else {
        return;
    };
    out.extend_from_slice(names.trim_ascii_end());
    out.extend_from_slice(b"\r\n");
    for (at, name) in known.iter().enumerate() {
        out.extend_from_slice(if at == 0 { b"`" } else { b",`" });
        match SummaryColumn::by_name(name) {
            SummaryColumn::Count => out.extend_from_slice(rows.to_string().as_bytes()),
            SummaryColumn::Settled => yuan(sums.settled, out),
            SummaryColumn::Refunded => yuan(sums.refunded, out),
            SummaryColumn::RefundCoupon => yuan(sums.refund_coupon, out),
            SummaryColumn::Fee => fee_text(sums.fee, out),
            SummaryColumn::Amount => yuan(sums.amount, out),
            SummaryColumn::RefundAsked => yuan(sums.refund_asked, out),
            SummaryColumn::Unknown => {}
        }
    }
    out.extend_from_slice(b"\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bill::{Certificate, Digests, Expect, Verdict};

    const MERGED: &str = "\u{feff}交易时间,商户号,微信订单号,商户订单号,交易状态,应结订单金额,手续费,订单金额\r\n\
        `2026-03-08 09:00:00,`1900000109,`4200001,`A1,`SUCCESS,`12.30,`0.07000,`12.30\r\n\
        `2026-03-09 09:00:00,`1900000109,`4200002,`A2,`SUCCESS,`1.00,`0.01000,`1.00\r\n\
        `2026-03-08 23:00:00,`1900000109,`4200003,`A3,`SUCCESS,`0.70,`0.00000,`0.70\r\n\
        总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额\r\n\
        `3,`14.00,`0.00,`0.00,`0.08000,`14.00,`0.00\r\n";

    fn certificate(text: &[u8]) -> Certificate {
        let mut reader = BillReader::new(0);
        reader.push(text).unwrap();
        let (layout, block) = reader.finish().unwrap();
        let digests = Digests {
            sha256: String::new(),
            sha1: String::new(),
        };
        Certificate::new(&layout, &block.tally, &Expect::default(), digests)
    }

    #[test]
    fn each_day_is_a_bill_that_proves_itself_and_no_row_is_lost() {
        let whole = certificate(MERGED.as_bytes());
        let codes: Vec<&str> = whole.reasons.iter().map(|reason| reason.code).collect();
        assert_eq!(codes, ["B08"], "several days alone stand against the whole");

        let days = split_days(MERGED.as_bytes()).unwrap();

        let names: Vec<String> = days.iter().map(|one| one.day.to_string()).collect();
        assert_eq!(names, ["2026-03-08", "2026-03-09"]);
        for one in &days {
            let proof = certificate(&one.text);
            assert_eq!(proof.verdict, Verdict::Verified, "{:?}", proof.reasons);
            assert_eq!(proof.days, [one.day.to_string()]);
        }
        let text = String::from_utf8(days[0].text.clone()).unwrap();
        assert!(
            text.ends_with("`2,`13.00,`0.00,`0.00,`0.07000,`13.00,`0.00\r\n"),
            "{text}"
        );
        assert_eq!(text.lines().count(), 5);
    }

    #[test]
    fn what_is_no_bill_is_not_cut() {
        assert!(split_days(b"hello").is_err());
        assert!(split_days(b"").is_err());
    }
}
