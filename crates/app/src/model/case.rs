//! The table of cases, and one case in full.

use crate::tables::TableView;
use recondesk_domain::{
    BillDate, CaseStatus, Category, Fee, Fen, Instant, ProfileId, Severity, SuggestedAction,
};

/// Age of a case in whole days, the one rule of every screen: from the day it was first found on to today.
#[must_use]
pub fn age_days(opened_on: BillDate, today: BillDate) -> u32 {
    let days = today.number().saturating_sub(opened_on.number());
    u32::try_from(days).unwrap_or_default()
}

/// Which cases are listed, and how.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CaseFilter {
    /// One merchant, or all.
    pub profile: Option<ProfileId>,
    /// One day, or all.
    pub day: Option<BillDate>,
    /// Only these severities; empty for all.
    pub severities: Vec<Severity>,
    /// Only these categories; empty for all.
    pub categories: Vec<Category>,
    /// Only numbers that contain this text.
    pub text: String,
    /// Only those that nobody looks after.
    pub unowned: bool,
    /// True to list cases that are done, too.
    pub closed_too: bool,
    /// Order and filters of the columns; without an order: severity, then sum, then age.
    pub view: TableView,
}

/// What the filter chips count; each without its own effect.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CaseTotals {
    /// Rows listed.
    pub rows: u64,
    /// Rows listed that are open for a person: urgent ones and faults, neither decided nor matched since.
    pub to_work: u64,
    /// Sum at stake of these.
    pub at_stake: Fen,
    /// Rows listed that are closed: by a decision or by a later match.
    pub closed: u64,
    /// Open rows of each severity, as if no severity were chosen.
    pub counts: super::SeverityCounts,
    /// Rows of each category, as if no category were chosen.
    pub categories: Vec<(Category, u64)>,
    /// Open rows that nobody looks after, as if that were not asked.
    pub unowned: u64,
}

/// One row of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseRow {
    /// Number of the row, stable while the list is.
    pub id: u64,
    /// Stable key of the case.
    pub key: String,
    /// The merchant.
    pub profile: ProfileId,
    /// The day of its latest finding.
    pub day: BillDate,
    /// The day it was first found on; its age counts from there.
    pub opened_on: BillDate,
    /// Category.
    pub category: Category,
    /// What is suggested.
    pub action: SuggestedAction,
    /// The number a person knows it by: merchant order or refund number.
    pub number: String,
    /// Amount in the WeChat book.
    pub wechat: Option<Fen>,
    /// Amount in the merchant book.
    pub merchant: Option<Fen>,
    /// When it was paid or refunded.
    pub paid_at: Option<Instant>,
    /// Who looks after it; empty for nobody.
    pub owner: String,
    /// Where it stands.
    pub status: CaseStatus,
}

/// A field of the two books side by side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CompareField {
    /// State.
    State,
    /// Amount.
    Amount,
    /// Paid at.
    PaidAt,
    /// Created at.
    CreatedAt,
    /// WeChat Pay's number.
    TransactionId,
    /// The merchant's number.
    OutTradeNo,
    /// Refund number.
    OutRefundNo,
    /// Business order.
    OrderNo,
    /// Fulfilment.
    Fulfilment,
    /// App id.
    AppId,
    /// Fee.
    Fee,
    /// Rate.
    Rate,
    /// Refunded so far.
    Refunded,
}

/// One field in both books; `None` where a book has no such field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompareRow {
    /// The field.
    pub field: CompareField,
    /// In the WeChat book.
    pub wechat: Option<String>,
    /// In the merchant book.
    pub merchant: Option<String>,
    /// True when the two contradict each other.
    pub differs: bool,
}

/// A line of a file, as it stands there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RawLine {
    /// File name.
    pub file: String,
    /// Line.
    pub line: u32,
    /// Its cells, in order.
    pub cells: Vec<String>,
    /// The line.
    pub text: String,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TimelineKind {
    /// The merchant made the order.
    Created,
    /// The merchant booked the payment.
    Booked,
    /// The merchant closed the order.
    Closed,
    /// The merchant delivered.
    Fulfilled,
    /// WeChat Pay took the money.
    Paid(Fen),
    /// WeChat Pay accepted a refund.
    Refunded(Fen),
    /// A run found the case.
    Found(Category),
    /// A later run matched it.
    AutoClosed,
    /// A person wrote a note.
    Note(String),
    /// A person moved it on, with a reason or without.
    Moved(CaseStatus, String),
    /// A person gave it to somebody.
    Given(String),
}

/// One line of the timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimelineEvent {
    /// When.
    pub at: Instant,
    /// What.
    pub kind: TimelineKind,
    /// Where that is written: file, line, run, person.
    pub source: String,
}

/// What a person decides about a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Looks after it.
    Take,
    /// Gives it to somebody, by name.
    HandOver(String),
    /// Waits for somebody else, and why.
    Carry(String),
    /// Dealt with, and how.
    Resolve(String),
    /// Proposes to leave it be, and why; a second person agrees or refuses.
    Propose(String),
    /// Agrees with the proposal: the case is closed, and why.
    Agree(String),
    /// Refuses the proposal, and why.
    Refuse(String),
    /// Opens it again, and why.
    Reopen(String),
}

/// A proposal to leave a case be that waits for a second person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Who made it.
    pub maker: String,
    /// Why.
    pub reason: String,
}

/// A fact of a case that a sentence about its category cannot say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CaseFact {
    /// A fee is not what the rate of its row makes.
    Fee {
        /// In the bill.
        billed: Fee,
        /// By the rate.
        expected: Fee,
        /// The first less the second.
        apart: Fee,
        /// The rate of the row, as `0.60%`.
        rate: String,
    },
    /// A rate is not the contract's.
    Rate {
        /// In the bill, as `0.60%`.
        billed: String,
        /// By the contract, where one is known.
        contract: Option<String>,
    },
    /// The WeChat book less the merchant's.
    Apart(Fen),
    /// The row repeats the row of this line of the same file.
    CopyOf(u32),
    /// Another payment of the same business order, or another refund just like it, by its number.
    SameAs(String),
    /// More went back than was paid.
    OverRefund {
        /// What went back.
        refunded: Fen,
        /// What was paid.
        paid: Fen,
        /// The first less the second.
        apart: Fen,
    },
}

/// How a case was closed: what every screen says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseClosing {
    /// When.
    pub at: Instant,
    /// Who; empty where a later comparison did it.
    pub by: String,
    /// Where it stands since.
    pub status: CaseStatus,
    /// Why, as that person wrote it.
    pub reason: String,
}

/// One case in full.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseDetail {
    /// Its row.
    pub row: CaseRow,
    /// Further things that apply, as stable words.
    pub tags: Vec<String>,
    /// What was expected, by how much it differs, what it belongs to.
    pub facts: Vec<CaseFact>,
    /// The two books side by side, what differs among the first five on top.
    pub compare: Vec<CompareRow>,
    /// The bill's line.
    pub bill_line: Option<RawLine>,
    /// The orders file's line.
    pub order_line: Option<RawLine>,
    /// What happened, oldest first.
    pub timeline: Vec<TimelineEvent>,
    /// Notes of people, oldest first.
    pub notes: Vec<(Instant, String, String)>,
    /// The proposal that waits, while there is one.
    pub proposal: Option<Proposal>,
    /// How it was closed, once it is.
    pub closing: Option<CaseClosing>,
    /// What was begun for it here, what hangs on it, what can be taken back.
    pub work: super::CaseWork,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_of_yesterday_is_one_day_old_at_any_hour() {
        let today = BillDate::parse("2026-03-09").unwrap();

        assert_eq!(age_days(today, today), 0);
        assert_eq!(age_days(today.prev(), today), 1);
        assert_eq!(age_days(today.plus(-31), today), 31);
        assert_eq!(age_days(today.plus(2), today), 0);
    }
}
