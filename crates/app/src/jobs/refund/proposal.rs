//! What a case asks to be paid back: all that is left, a difference, or nothing at all.
//!
//! A case of an amount asks for what was paid too much, and one of a refund is settled under the refund's own number:
//! a new number would be a second refund.

use crate::{Advice, Failure, FailureKind, Message};
use recondesk_domain::{Category, Fen, Finding};

/// What a refund of a case would be for.
enum RefundOfCase {
    /// The customer got nothing: all that is left.
    Everything,
    /// What was paid too much.
    Surplus,
    /// One payment of several.
    Payment,
    /// A refund that was closed, once more.
    Again,
    /// A refund that the merchant made under a number of its own.
    OwnNumber,
    /// Nothing: goods or books are to be mended.
    Nothing,
}

impl RefundOfCase {
    const fn of(category: Category) -> Self {
        match category {
            Category::PaidNotBooked
            | Category::PaidAfterClose
            | Category::BookedNotFulfilled
            | Category::WOnlyPay
            | Category::PayPendingW => Self::Everything,
            Category::AmountDiff | Category::AmountBasis => Self::Surplus,
            Category::DupPay => Self::Payment,
            Category::RefundClosed => Self::Again,
            Category::MOnlyRefund => Self::OwnNumber,
            Category::Matched
            | Category::MatchedXday
            | Category::MatchedLate
            | Category::Unpaid
            | Category::BalancedAfter
            | Category::MOnlyPay
            | Category::PayPendingM
            | Category::DupRowW
            | Category::DupRowM
            | Category::IdMismatch
            | Category::Revoked
            | Category::CurrencyDiff
            | Category::TimeDiff
            | Category::UnknownState
            | Category::WOnlyRefund
            | Category::RefundAmountDiff
            | Category::RefundInFlight
            | Category::RefundAbnormal
            | Category::OverRefund
            | Category::DupRefundSuspect
            | Category::RefundOrphan
            | Category::RefundPendingW
            | Category::RefundPendingM
            | Category::FeeRate
            | Category::FeeCalc
            | Category::FeeRefund
            | Category::FundMissing
            | Category::FundExtra
            | Category::FundAmount
            | Category::BalanceBreak
            | Category::DayGap
            | Category::FundOther
            | Category::WithdrawalMissing
            | Category::WithdrawalAmount
            | Category::BankExtra
            | Category::BillHash
            | Category::BillCount
            | Category::BillSum
            | Category::BillTruncated
            | Category::BillLayout
            | Category::BillRowShape
            | Category::BillChanged
            | Category::WrongBill
            | Category::BillSetDiff
            | Category::MCoverage
            | Category::WCoverage
            | Category::MForeign
            | Category::MSetAside
            | Category::WOtherShop => Self::Nothing,
        }
    }
}

/// The sum that a case proposes, of what is left at WeChat Pay.
///
/// # Errors
/// When a refund does not belong to the case: a payment to keep, a refund with a number of its own, goods or books that
/// are to be mended instead.
pub fn proposed(finding: &Finding, left: Fen) -> Result<Fen, Failure> {
    if finding.is_kept() {
        return Err(no(
            "refund.kept",
            Message::new(
                "重复支付里要保留的就是这一笔，不退",
                "Of several payments this is the one to keep; it is not refunded",
            ),
            Message::new("退另一笔", "Refund the other one"),
        ));
    }
    let booked = finding.merchant.unwrap_or(Fen::ZERO);
    let surplus = finding
        .bill
        .and_then(|billed| billed.checked_sub(booked))
        .filter(|more| *more > Fen::ZERO && finding.merchant.is_some());
    match RefundOfCase::of(finding.category) {
        RefundOfCase::Everything => Ok(left),
        RefundOfCase::Surplus => surplus.map(|more| more.min(left)).ok_or_else(no_surplus),
        RefundOfCase::Payment => Ok(finding.bill.unwrap_or(left).min(left)),
        RefundOfCase::Again => Ok(finding.merchant.unwrap_or(left).min(left)),
        RefundOfCase::OwnNumber => Err(own_number(finding, booked)),
        RefundOfCase::Nothing => Err(not_asked(finding.category)),
    }
}

fn no_surplus() -> Failure {
    no(
        "refund.no_surplus",
        Message::new(
            "顾客没有多付，没有可退的差额",
            "The customer did not pay too much; there is no difference to refund",
        ),
        elsewhere(),
    )
}

fn own_number(finding: &Finding, booked: Fen) -> Failure {
    let (number, sum) = (finding.out_refund_no, booked.grouped());
    no(
        "refund.own_number",
        Message::new(
            format!("这笔退款已有商户退款单号 {number}（¥{sum}）：换新单号会退两次"),
            format!(
                "This refund has the merchant's number {number} (¥{sum}): under a new one it would be made twice"
            ),
        ),
        Advice::by_place(
            Message::new(
                format!(
                    "先查它：recondesk query {number} --live；没有成功，就在商城系统里用同一单号重新提交"
                ),
                format!(
                    "Ask about it: recondesk query {number} --live; if it was not made, submit it again under the same number in the shop's system"
                ),
            ),
            Message::new(
                format!("先在“查单”里查 {number}；没有成功，就在商城系统里用同一单号重新提交"),
                format!(
                    "Ask about {number} under Lookup; if it was not made, submit it again under the same number in the shop's system"
                ),
            ),
        ),
    )
}

fn not_asked(category: Category) -> Failure {
    let (code, zh, en) = (category.code(), category.zh(), category.en());
    no(
        "refund.not_asked",
        Message::new(
            format!("{code} {zh}不用退款处理"),
            format!("{code} {en} is not settled by a refund"),
        ),
        elsewhere(),
    )
}

fn elsewhere() -> Advice {
    Advice::by_place(
        Message::new(
            "按差错的建议处理；确要退款，用 recondesk refund prepare --order 写明金额",
            "Follow the step of the case; a refund all the same goes by recondesk refund prepare --order with its sum",
        ),
        Message::new(
            "按差错的建议处理，或在商户平台退款",
            "Follow the step of the case, or refund it in the merchant console",
        ),
    )
}

fn no(code: &'static str, title: Message, advice: impl Into<Advice>) -> Failure {
    Failure::new(FailureKind::Usage, code, title, advice)
}

#[cfg(test)]
mod tests {
    use super::*;
    use recondesk_domain::{OutRefundNo, Tag};

    fn finding(category: Category, billed: i64, booked: i64) -> Finding {
        let mut finding = Finding::new(category);
        finding.bill = Some(Fen::new(billed));
        finding.merchant = Some(Fen::new(booked));
        finding
    }

    #[test]
    fn a_case_proposes_what_is_too_much_and_no_more() {
        let left = Fen::new(3042);
        let sum = |finding: &Finding| proposed(finding, left).map_err(|failure| failure.code);

        assert_eq!(
            sum(&finding(Category::AmountDiff, 3042, 2942)),
            Ok(Fen::new(100))
        );
        assert_eq!(
            sum(&finding(Category::AmountDiff, 2942, 3042)),
            Err("refund.no_surplus")
        );
        assert_eq!(
            sum(&finding(Category::BookedNotFulfilled, 3042, 3042)),
            Ok(left)
        );
        assert_eq!(sum(&finding(Category::WOnlyPay, 3042, 0)), Ok(left));
        assert_eq!(
            sum(&finding(Category::WOnlyRefund, 100, 0)),
            Err("refund.not_asked")
        );
        assert_eq!(
            sum(&finding(Category::Revoked, 100, 100)),
            Err("refund.not_asked")
        );
        assert_eq!(
            sum(&finding(Category::RefundClosed, 0, 100)),
            Ok(Fen::new(100))
        );
    }

    #[test]
    fn the_payment_to_keep_and_a_refund_with_a_number_are_refused() {
        let mut kept = finding(Category::DupPay, 5000, 5000);
        assert!(proposed(&kept, Fen::new(5000)).is_ok());
        kept.tags.push(Tag::Keep);
        let mut own = finding(Category::MOnlyRefund, 0, 1000);
        own.out_refund_no = OutRefundNo::new("MREF34").unwrap();

        let code = |finding: &Finding| proposed(finding, Fen::new(9000)).map_err(|f| f.code);
        assert_eq!(code(&kept), Err("refund.kept"));
        assert_eq!(code(&own), Err("refund.own_number"));
    }
}
