//! The second line of the Overview: what is to work, by severity, and what keeps merchants from being done.

use super::overview::MerchantOverview;
use crate::model::{BillStatus, Clause, ClauseKind, MerchantDay};
use recondesk_domain::{Category, Severity};

/// The second line: one clause for each severity, so that their counts add up to what is to work, then
/// what keeps merchants from being done.
pub(super) fn clauses(books: &[MerchantOverview], merchants: &[MerchantDay]) -> Vec<Clause> {
    let mut out = Vec::new();
    let mut push = |severity, kind, count| {
        if count > 0 {
            out.push(Clause {
                severity,
                kind,
                count,
            });
        }
    };
    for severity in [Severity::Urgent, Severity::Fault] {
        let found: Vec<Category> = books
            .iter()
            .flat_map(|book| &book.cases)
            .map(|case| case.finding.category)
            .filter(|category| category.severity() == severity)
            .collect();
        push(severity, clause_of(&found), found.len() as u64);
    }
    let having = |wanted: &dyn Fn(&MerchantDay) -> bool| {
        let in_view = |day: &&MerchantDay| books.iter().any(|book| book.id == day.profile);
        merchants
            .iter()
            .filter(in_view)
            .filter(|day| wanted(day))
            .count() as u64
    };
    push(
        Severity::Urgent,
        ClauseKind::FetchFailed,
        having(&|day| matches!(day.bill, BillStatus::Failed(..))),
    );
    push(
        Severity::Watch,
        ClauseKind::BillNotReady,
        having(&|day| matches!(day.bill, BillStatus::NotReady(_) | BillStatus::Creating(_))),
    );
    push(
        Severity::Watch,
        ClauseKind::BillNotFetched,
        having(&|day| day.bill == BillStatus::NotFetched),
    );
    push(
        Severity::Watch,
        ClauseKind::NotCompared,
        having(&|day| day.rows.is_some() && day.waiting.is_none() && !day.is_compared()),
    );
    push(
        Severity::Watch,
        ClauseKind::NoOrders,
        having(&|day| day.waiting.is_some()),
    );
    push(
        Severity::Ok,
        ClauseKind::ReadyToSign,
        having(&MerchantDay::is_balanced),
    );
    out.truncate(4);
    out
}

/// How the findings of one severity are named together.
fn clause_of(found: &[Category]) -> ClauseKind {
    let unfulfilled = |category: &Category| {
        matches!(
            category,
            Category::PaidNotBooked
                | Category::PaidAfterClose
                | Category::BookedNotFulfilled
                | Category::WOnlyPay
        )
    };
    match found.first() {
        Some(first) if found.iter().all(|category| category == first) => {
            if unfulfilled(first) {
                ClauseKind::PaidNotFulfilled
            } else {
                ClauseKind::Category(*first)
            }
        }
        Some(_) if found.iter().all(unfulfilled) => ClauseKind::PaidNotFulfilled,
        Some(_) | None => ClauseKind::Severity,
    }
}
