//! Which cases may be refunded among many: one rule for the window and the terminal, with the reason of each that may not.

use super::refund::proposed;
use crate::{Advice, Failure, FailureKind, Message};
use recondesk_domain::CaseStatus;
use recondesk_ports::CaseRecord;

/// Cases of a choice, parted.
#[derive(Debug, Clone, Default)]
pub struct BulkRefundChoice {
    /// Those that may be refunded together, in their order.
    pub cases: Vec<CaseRecord>,
    /// The others, each with the reason.
    pub left_out: Vec<BulkRefundRefusal>,
}

/// A case that is not refunded among many.
#[derive(Debug, Clone)]
pub struct BulkRefundRefusal {
    /// Which.
    pub case: CaseRecord,
    /// Why not.
    pub why: Failure,
}

impl BulkRefundChoice {
    /// Parts what a filter has found.
    #[must_use]
    pub fn found(chosen: Vec<CaseRecord>) -> Self {
        Self::by(chosen, refundable_among_many)
    }

    /// Parts what was named one by one: what was begun for a case is looked at there, so that the same command comes to
    /// the same drafts again.
    #[must_use]
    pub fn named(chosen: Vec<CaseRecord>) -> Self {
        Self::by(chosen, owed_among_many)
    }

    fn by(chosen: Vec<CaseRecord>, check: fn(&CaseRecord) -> Result<(), Failure>) -> Self {
        let mut out = Self::default();
        for case in chosen {
            match check(&case) {
                Ok(()) => out.cases.push(case),
                Err(why) => out.left_out.push(BulkRefundRefusal { case, why }),
            }
        }
        out
    }

    /// How many were left out for each reason, in the order they were met.
    #[must_use]
    pub fn reasons(&self) -> Vec<BulkRefundReason> {
        let mut out: Vec<BulkRefundReason> = Vec::new();
        for refusal in &self.left_out {
            let title = &refusal.why.title;
            match out.iter_mut().find(|known| known.title == *title) {
                Some(known) => known.cases = known.cases.saturating_add(1),
                None => out.push(BulkRefundReason {
                    title: title.clone(),
                    cases: 1,
                }),
            }
        }
        out
    }
}

/// Why cases were left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkRefundReason {
    /// The reason.
    pub title: Message,
    /// How many.
    pub cases: u64,
}

/// Checks that a case may be refunded among many; what WeChat Pay says of its order is asked before it is.
///
/// # Errors
/// The reason why not.
pub fn refundable_among_many(case: &CaseRecord) -> Result<(), Failure> {
    if case.status.is_closed() {
        return Err(no(
            "bulk.closed",
            Message::new("差错已了结", "The case is settled"),
            Message::default(),
        ));
    }
    if matches!(case.status, CaseStatus::Executing | CaseStatus::Proposed) {
        return Err(no(
            "bulk.under_way",
            Message::new(
                "已在退款、补发货或复核之中",
                "A refund, a reissue or an approval is under way already",
            ),
            Message::new(
                "先了结它；已制单的退款直接发送",
                "Settle that first; a refund that was drafted is sent as it is",
            ),
        ));
    }
    owed_among_many(case)
}

/// Checks what a case is about: what waits for the other side of midnight or agrees by another measure can be refunded
/// alone, and never among many.
fn owed_among_many(case: &CaseRecord) -> Result<(), Failure> {
    let finding = &case.finding;
    proposed(finding, finding.at_stake())?;
    if finding.out_trade_no.as_str().is_empty() {
        return Err(no(
            "bulk.no_order",
            Message::new("没有商户订单号", "There is no merchant order number"),
            Message::default(),
        ));
    }
    let category = finding.category;
    if category.severity().needs_person() {
        return Ok(());
    }
    let (code, zh, en) = (category.code(), category.zh(), category.en());
    Err(no(
        "bulk.alone",
        Message::new(
            format!("{code} {zh}不成批退款"),
            format!("{code} {en} is not refunded among many"),
        ),
        Message::new(
            "多半会自己平账；确要退，逐条退款",
            "It mostly settles by itself; refund it by itself if it must be",
        ),
    ))
}

fn no(code: &'static str, title: Message, advice: impl Into<Advice>) -> Failure {
    Failure::new(FailureKind::Usage, code, title, advice)
}

#[cfg(test)]
mod tests {
    use super::*;
    use recondesk_domain::{BillDate, Category, Fen, Finding, OutTradeNo, ProfileId};
    use recondesk_ports::CaseId;

    fn case(category: Category, status: CaseStatus) -> CaseRecord {
        let day = BillDate::parse("2026-03-08").unwrap();
        let mut finding = Finding::new(category);
        finding.bill = Some(Fen::new(2824));
        finding.out_trade_no = OutTradeNo::new("A20260308000001").unwrap();
        CaseRecord {
            id: CaseId(1),
            profile: ProfileId(1),
            key: "1/x".to_owned(),
            status,
            owner: String::new(),
            opened_on: day,
            day,
            finding,
        }
    }

    #[test]
    fn what_mostly_settles_by_itself_is_refunded_alone() {
        let code = |category, status| {
            let checked = refundable_among_many(&case(category, status));
            checked.err().map(|why| why.code)
        };
        let new = CaseStatus::New;

        assert_eq!(code(Category::PaidNotBooked, new), None);
        assert_eq!(code(Category::PayPendingW, new), Some("bulk.alone"));
        assert_eq!(code(Category::AmountBasis, new), Some("refund.no_surplus"));
        assert_eq!(code(Category::IdMismatch, new), Some("refund.not_asked"));
        let settled = CaseStatus::Resolved;
        assert_eq!(code(Category::PaidNotBooked, settled), Some("bulk.closed"));
        let drafted = CaseStatus::Executing;
        assert_eq!(
            code(Category::PaidNotBooked, drafted),
            Some("bulk.under_way")
        );
        let mut bare = case(Category::PaidNotBooked, new);
        bare.finding.out_trade_no = OutTradeNo::default();
        let why = refundable_among_many(&bare).unwrap_err();
        assert_eq!(why.code, "bulk.no_order");
    }

    #[test]
    fn a_choice_is_parted_and_its_reasons_counted() {
        let all = [
            case(Category::PaidNotBooked, CaseStatus::Executing),
            case(Category::PayPendingW, CaseStatus::New),
            case(Category::WOnlyPay, CaseStatus::New),
            case(Category::PayPendingW, CaseStatus::New),
        ];

        let found = BulkRefundChoice::found(all.to_vec());
        let named = BulkRefundChoice::named(all.to_vec());

        assert_eq!((found.cases.len(), named.cases.len()), (1, 2));
        let counts: Vec<u64> = found.reasons().iter().map(|one| one.cases).collect();
        assert_eq!(counts, [1, 2]);
    }
}
