//! What stands in a case as people say it: states, names of fields, and why there is a case.

use crate::page::Page;
use crate::text::Wording;
use recondesk_app::model::{CompareField, CompareRow};
use recondesk_domain::{Category, FulfilStatus, PayStatus};

/// The merchant's states as people say them, with the canonical word behind: `未支付 created`; times without this year.
pub(super) fn in_words(page: &Page<'_>, row: &CompareRow) -> CompareRow {
    let w = page.w;
    let mut row = row.clone();
    if matches!(row.field, CompareField::PaidAt | CompareField::CreatedAt) {
        let year = page.state.now.beijing().format("%Y-").to_string();
        for time in [&mut row.wechat, &mut row.merchant].into_iter().flatten() {
            if let Some(short) = time.strip_prefix(&year) {
                *time = short.to_owned();
            }
        }
    }
    let said = row.merchant.as_deref().and_then(|word| match row.field {
        CompareField::State => PayStatus::parse(word).map(|status| w.orders.pay_status(status)),
        CompareField::Fulfilment => {
            FulfilStatus::parse(word).map(|status| w.orders.fulfil_status(status))
        }
        _ => None,
    });
    if let (Some(said), Some(word)) = (said, row.merchant.as_mut())
        && said != word.as_str()
    {
        *word = format!("{said} {word}");
    }
    row
}

pub(super) fn field_name(w: &'static Wording, row: &CompareRow) -> &'static str {
    let c = &w.compare;
    match row.field {
        CompareField::State => c.state,
        CompareField::Amount => c.amount,
        CompareField::PaidAt => c.paid_at,
        CompareField::CreatedAt => c.created_at,
        CompareField::TransactionId => c.transaction_id,
        CompareField::OutTradeNo => c.out_trade_no,
        CompareField::OutRefundNo => c.out_refund_no,
        CompareField::OrderNo => c.order_no,
        CompareField::Fulfilment => c.fulfilment,
        CompareField::AppId => c.appid,
        CompareField::Fee => c.fee,
        CompareField::Rate => c.rate,
        CompareField::Refunded => c.refunded,
    }
}

/// Why a category needs a person, in plain words.
pub(super) fn why(w: &'static Wording, category: Category) -> &'static str {
    let c = &w.compare;
    match category {
        Category::PaidNotBooked => c.why_paid_not_booked,
        Category::PaidAfterClose => c.why_paid_after_close,
        Category::BookedNotFulfilled => c.why_not_fulfilled,
        Category::WOnlyPay => c.why_w_only,
        Category::MOnlyPay => c.why_m_only,
        Category::PayPendingW
        | Category::PayPendingM
        | Category::RefundPendingW
        | Category::RefundPendingM => c.why_pending,
        Category::AmountDiff => c.why_amount,
        Category::CurrencyDiff => c.why_currency,
        Category::AmountBasis => c.why_basis,
        Category::DupPay => c.why_dup_pay,
        Category::DupRowW | Category::DupRowM => c.why_dup_row,
        Category::IdMismatch => c.why_id,
        Category::Revoked => c.why_revoked,
        Category::WOnlyRefund => c.why_w_refund,
        Category::MOnlyRefund => c.why_m_refund,
        Category::RefundAmountDiff => c.why_refund_amount,
        Category::DupRefundSuspect => c.why_twice,
        Category::RefundOrphan => c.why_orphan,
        Category::RefundInFlight => c.why_in_flight,
        Category::RefundAbnormal | Category::RefundClosed => c.why_refund_failed,
        Category::OverRefund => c.why_over,
        Category::FeeRate => c.why_rate,
        Category::FeeCalc => c.why_fee,
        Category::FeeRefund => c.why_fee_refund,
        Category::FundMissing => c.why_fund_missing,
        Category::FundExtra => c.why_fund_extra,
        Category::FundAmount => c.why_fund_amount,
        Category::BalanceBreak => c.why_balance,
        Category::DayGap => c.why_day_gap,
        Category::FundOther => c.why_fund_other,
        Category::WithdrawalMissing => c.why_withdrawal_missing,
        Category::WithdrawalAmount => c.why_withdrawal_amount,
        Category::BankExtra => c.why_bank_extra,
        Category::TimeDiff => c.why_time,
        Category::UnknownState => c.why_state,
        Category::BillHash
        | Category::BillCount
        | Category::BillSum
        | Category::BillTruncated
        | Category::BillLayout
        | Category::BillRowShape
        | Category::BillChanged
        | Category::WrongBill
        | Category::BillSetDiff => c.why_integrity,
        Category::MCoverage => c.why_coverage,
        Category::WCoverage => c.why_no_bill,
        Category::MForeign => c.why_foreign,
        Category::MSetAside => c.why_set_aside,
        Category::WOtherShop => c.why_other_shop,
        Category::Matched
        | Category::MatchedXday
        | Category::MatchedLate
        | Category::Unpaid
        | Category::BalancedAfter => c.why_agreed,
    }
}
