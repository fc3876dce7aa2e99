//! One row of a book, a finding or a case as cells under the columns of its table.

use recondesk_domain::{
    BillDate, BillRefundState, BillState, Finding, MOrder, MRefund, RowRef, WPay, WRefund,
};
use recondesk_ports::{BookRow, CaseRecord, ColumnBatch, RunId};

/// What all rows of a file have in common.
#[derive(Debug, Clone, Copy)]
pub(super) struct FileOf<'a> {
    /// 商户号.
    pub(super) mch_id: &'a str,
    /// Name of the profile.
    pub(super) profile: &'a str,
    /// The day of the partition.
    pub(super) day: Option<BillDate>,
}

impl FileOf<'_> {
    fn begin(&self, to: &mut ColumnBatch) {
        to.text(self.mch_id);
        to.text(self.profile);
        to.day(self.day);
    }

    /// Enters a row of a book.
    pub(super) fn book_row(&self, row: &BookRow, to: &mut ColumnBatch) {
        self.begin(to);
        match row {
            BookRow::Order(order) => order_cells(order, to),
            BookRow::MerchantRefund(refund) => merchant_refund_cells(refund, to),
            BookRow::Pay(pay) => payment_cells(pay, to),
            BookRow::Refund(refund) => refund_cells(refund, to),
        }
    }

    /// Enters a finding of a run; `place` counts from 1.
    pub(super) fn finding(&self, finding: &Finding, run: RunId, place: i64, to: &mut ColumnBatch) {
        self.begin(to);
        to.whole(Some(run.0));
        to.whole(Some(place));
        to.text(&finding.case_key(self.mch_id));
        finding_cells(finding, to);
        for row in [finding.bill_row, finding.order_row] {
            let row = row.filter(|row| row.line > 0);
            to.whole(row.map(|row| i64::from(row.import)));
            to.whole(row.map(|row| i64::from(row.line)));
        }
        to.text(finding.sub_mch_id.as_str());
    }

    /// Enters a case.
    pub(super) fn case(&self, case: &CaseRecord, to: &mut ColumnBatch) {
        self.begin(to);
        to.text(&case.key);
        to.text(case.status.word());
        to.flag(case.status.is_closed());
        to.text(&case.owner);
        to.day(Some(case.day));
        finding_cells(&case.finding, to);
        to.text(case.finding.sub_mch_id.as_str());
    }
}

fn source(row: RowRef, to: &mut ColumnBatch) {
    to.whole(Some(i64::from(row.import)));
    to.whole(Some(i64::from(row.line)));
}

fn order_cells(order: &MOrder, to: &mut ColumnBatch) {
    to.text(order.out_trade_no.as_str());
    to.text(order.order_no.as_str());
    to.text(order.transaction_id.as_str());
    to.text(order.appid.as_str());
    to.text(order.sub_mch_id.as_str());
    to.fen(Some(order.amount));
    to.flag(order.is_cny);
    to.text(order.pay_status.word());
    to.text(order.fulfil_status.word());
    to.time(order.created());
    to.time(order.paid_at);
    to.time(order.closed_at);
    to.time(order.fulfilled_at);
    to.fen(order.refund_total);
    to.text(order.refund_no.as_str());
    to.time(order.refund_at);
    source(order.row, to);
}

fn merchant_refund_cells(refund: &MRefund, to: &mut ColumnBatch) {
    to.text(refund.out_refund_no.as_str());
    to.text(refund.out_trade_no.as_str());
    to.text(refund.refund_id.as_str());
    to.fen(Some(refund.amount));
    to.text(refund.status.word());
    to.time(refund.requested_at);
    to.time(refund.succeeded_at);
    source(refund.row, to);
}

fn payment_cells(pay: &WPay, to: &mut ColumnBatch) {
    to.text(pay.out_trade_no.as_str());
    to.text(pay.transaction_id.as_str());
    to.text(pay.appid.as_str());
    to.text(pay.sub_mch_id.as_str());
    to.time(Some(pay.time));
    to.text(pay.product.word());
    to.text(match pay.state {
        BillState::Success => "SUCCESS",
        BillState::Refund => "REFUND",
        BillState::Revoked => "REVOKED",
        BillState::Unknown => "",
    });
    to.flag(pay.is_cny);
    to.fen(Some(pay.amount));
    to.fen(Some(pay.settled));
    to.fen(Some(pay.coupon));
    to.fee(pay.fee);
    rate(pay.rate, to);
    source(pay.row, to);
}

fn refund_cells(refund: &WRefund, to: &mut ColumnBatch) {
    to.text(refund.out_refund_no.as_str());
    to.text(refund.refund_id.as_str());
    to.text(refund.out_trade_no.as_str());
    to.text(refund.transaction_id.as_str());
    to.text(refund.appid.as_str());
    to.text(refund.sub_mch_id.as_str());
    to.time(Some(refund.time));
    to.text(match refund.state {
        BillRefundState::Success => "SUCCESS",
        BillRefundState::Processing => "PROCESSING",
        BillRefundState::Fail => "FAIL",
        BillRefundState::Change => "CHANGE",
        BillRefundState::Unknown => "",
    });
    to.flag(refund.is_cny);
    to.fen(Some(refund.amount));
    to.fen(Some(refund.settled));
    to.fen(Some(refund.coupon));
    to.fee(refund.fee);
    rate(refund.rate, to);
    source(refund.row, to);
}

/// A negative rate is one that the bill does not have.
fn rate(rate: i32, to: &mut ColumnBatch) {
    to.whole((rate >= 0).then_some(i64::from(rate)));
}

fn finding_cells(finding: &Finding, to: &mut ColumnBatch) {
    let category = finding.category;
    let tags: Vec<&str> = finding.tags.iter().map(|tag| tag.word()).collect();
    to.text(category.code());
    to.text(category.name());
    to.text(category.severity().word());
    to.text(finding.out_trade_no.as_str());
    to.text(finding.order_no.as_str());
    to.text(finding.transaction_id.as_str());
    to.text(finding.out_refund_no.as_str());
    to.text(finding.refund_id.as_str());
    to.fen(finding.bill);
    to.fen(finding.merchant);
    to.time(finding.paid_at);
    to.fen(Some(finding.at_stake()));
    to.text(finding.action().word());
    to.text(&tags.join("|"));
    to.text(&finding.detail);
}
