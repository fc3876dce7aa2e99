//! The morning: one sentence over all merchants, and what proves it.

use crate::Message;
use recondesk_domain::{BillDate, Category, Fen, Instant, ProfileId, Severity};

/// How many findings of each severity there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SeverityCounts {
    /// 紧急.
    pub urgent: u64,
    /// 差错.
    pub fault: u64,
    /// 观察.
    pub watch: u64,
    /// 信息.
    pub info: u64,
}

impl SeverityCounts {
    /// Adds rows of one severity; agreement is not counted.
    pub const fn add(&mut self, severity: Severity, count: u64) {
        let slot = match severity {
            Severity::Urgent => &mut self.urgent,
            Severity::Fault => &mut self.fault,
            Severity::Watch => &mut self.watch,
            Severity::Info => &mut self.info,
            Severity::Ok => return,
        };
        *slot = slot.saturating_add(count);
    }

    /// Findings that a person must look at.
    #[must_use]
    pub const fn to_work(&self) -> u64 {
        self.urgent.saturating_add(self.fault)
    }

    /// The count of one severity.
    #[must_use]
    pub const fn of(&self, severity: Severity) -> u64 {
        match severity {
            Severity::Urgent => self.urgent,
            Severity::Fault => self.fault,
            Severity::Watch => self.watch,
            Severity::Info => self.info,
            Severity::Ok => 0,
        }
    }
}

/// The numbers of the morning sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MorningTotals {
    /// Rows of the day in the bills that are here.
    pub rows: u64,
    /// Of them rows of merchants whose day was compared with all that is here.
    pub compared_rows: u64,
    /// Of those rows matched.
    pub matched: u64,
    /// Waiting on the other side of midnight.
    pub cross_day: u64,
    /// Findings for a person.
    pub to_work: u64,
    /// Sum of these.
    pub at_stake: Fen,
    /// Merchants.
    pub merchants: u64,
    /// Bills that are here, or told to be none.
    pub bills: u64,
    /// Merchants whose day was compared with all that is here.
    pub compared: u64,
    /// Merchants whose orders are here.
    pub order_files: u64,
}

impl MorningTotals {
    /// Bills that are not here.
    #[must_use]
    pub const fn bills_missing(&self) -> u64 {
        self.merchants.saturating_sub(self.bills)
    }
}

/// What a clause of the second line counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClauseKind {
    /// Customers who paid and have nothing for it.
    PaidNotFulfilled,
    /// Findings of one category.
    Category(Category),
    /// All findings of the severity of the clause.
    Severity,
    /// Merchants whose bill could not be fetched.
    FetchFailed,
    /// Merchants whose bill waits to be compared.
    NotCompared,
    /// Merchants whose bill waits for orders: not one of the day is here.
    NoOrders,
    /// Merchants whose bill is not out yet.
    BillNotReady,
    /// Merchants whose bill could be fetched and was not.
    BillNotFetched,
    /// Merchants whose day can be signed off.
    ReadyToSign,
}

/// One clause of the second line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clause {
    /// Its mark.
    pub severity: Severity,
    /// What it counts.
    pub kind: ClauseKind,
    /// How many.
    pub count: u64,
}

/// State of a merchant's bill of the day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BillStatus {
    /// Here and its totals add up, since that instant.
    Verified(Instant),
    /// Here, but rows and summary disagree.
    Quarantined,
    /// Not out before that instant.
    NotReady(Instant),
    /// It should be out; asked for at that instant, WeChat Pay was still making it.
    Creating(Instant),
    /// Out, but not fetched.
    NotFetched,
    /// It could not be fetched when that was tried last, and why.
    Failed(Instant, Message),
    /// WeChat Pay says there was no trade.
    NoBill,
}

/// The one thing to do next for a merchant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NextStep {
    /// Work that many findings.
    Work(u64),
    /// Nothing: the day is balanced.
    Balanced,
    /// Sign the balanced day off: nothing stands in the way.
    SignOff,
    /// Nothing: the day is signed off.
    Signed,
    /// Import the day's orders.
    ImportOrders,
    /// Fetch the bill.
    Download,
    /// Compare the books.
    Reconcile,
    /// Wait for the bill.
    Wait,
}

/// One merchant's day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MerchantDay {
    /// The merchant.
    pub profile: ProfileId,
    /// Its name.
    pub name: String,
    /// Its number.
    pub mch_id: String,
    /// Its bill.
    pub bill: BillStatus,
    /// Rows of the bill, once it is here.
    pub rows: Option<u64>,
    /// Their sum.
    pub amount: Option<Fen>,
    /// Matched share in hundredths of a per cent (9997 is 99.97 %), once compared.
    pub matched: Option<u32>,
    /// Findings by severity.
    pub counts: SeverityCounts,
    /// Sum of the findings for a person.
    pub at_stake: Fen,
    /// Sum of the bill's payments, where the merchant's book has not one order of the day: nothing was compared.
    pub waiting: Option<Fen>,
    /// What to do next.
    pub next: NextStep,
}

impl MerchantDay {
    /// True when the day was compared with everything that is here of it.
    #[must_use]
    pub const fn is_compared(&self) -> bool {
        self.matched.is_some() && !matches!(self.next, NextStep::Reconcile)
    }

    /// True when nothing is left to do: compared over a verified bill and a whole book, nothing open.
    #[must_use]
    pub const fn is_balanced(&self) -> bool {
        self.is_compared()
            && matches!(
                self.next,
                NextStep::Balanced | NextStep::SignOff | NextStep::Signed
            )
    }
}

/// What the sentence of the morning may say. Only one of these says that all is well, and only a finished
/// comparison of every merchant in view leads to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MorningState {
    /// Findings wait for a person.
    Work,
    /// No merchant's day was compared, because not one order of it is here; payments of that sum wait for them.
    NoOrders(Fen),
    /// A bill could not be fetched: why, the last time.
    FetchFailed(Message),
    /// Rows and summary of a bill disagree.
    Quarantined,
    /// Bills that are out are not here.
    BillMissing,
    /// Bills are here that nobody compared.
    NotCompared,
    /// Compared, but the merchant's book does not cover the day.
    OrdersMissing,
    /// Bills are not out before that instant.
    NotOut(Instant),
    /// WeChat Pay says that nothing happened.
    NoTrade,
    /// Compared, nothing for a person; some rows wait on the other side of midnight or are watched.
    Settled,
    /// Compared, and every row agrees.
    AllMatched,
}

/// One bar of the 30 days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayPoint {
    /// The day.
    pub day: BillDate,
    /// Rows; `None` without a bill.
    pub rows: Option<u64>,
    /// Net amount.
    pub net: Fen,
    /// Findings for a person.
    pub cases: u64,
    /// Matched share in hundredths of a per cent.
    pub matched: Option<u32>,
    /// True when urgent cases of that day are open.
    pub urgent_open: bool,
}

/// Open cases of one age.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AgeClass {
    /// Youngest and oldest age in days.
    pub from_days: u32,
    /// `None`: and older.
    pub to_days: Option<u32>,
    /// How many of each severity.
    pub counts: SeverityCounts,
    /// Sum at stake.
    pub sum: Fen,
}

/// State of one day in the calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CalendarState {
    /// Compared, nothing for a person.
    Balanced,
    /// Compared, urgent findings are open.
    NeedsWork,
    /// Compared, only faults are open.
    Faults,
    /// Bill here, not compared.
    Verified,
    /// WeChat Pay has not made the bill yet.
    NotReady,
    /// No bill, though it could be fetched.
    Missing,
    /// It could not be fetched, and why.
    Failed(Message),
    /// WeChat Pay says there was no trade.
    NoBill,
}

/// One day of the calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarDay {
    /// The day.
    pub day: BillDate,
    /// Its state.
    pub state: CalendarState,
    /// Rows of its bill.
    pub rows: u64,
}

/// The bills of one merchant, day by day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MerchantCalendar {
    /// The merchant.
    pub profile: ProfileId,
    /// Its name.
    pub name: String,
    /// Days of the last three months that something is known of, oldest first.
    pub days: Vec<CalendarDay>,
    /// The missing day that is gone first.
    pub missing: Option<BillDate>,
    /// Days that are missing and can be fetched.
    pub gaps: u64,
    /// The same days by their fund-flow bills.
    pub funds: Vec<CalendarDay>,
    /// The day whose fund-flow bill is missing and gone first.
    pub funds_missing: Option<BillDate>,
}

/// What a line of the morning's log tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogKind {
    /// A file of orders was imported: name, rows, rejected rows.
    Orders(String, u64, u64),
    /// A bill was imported: merchant, rows.
    Bill(String, u64),
    /// A file of another book was imported.
    File(LoggedFile),
    /// A day was compared: merchant, matched, for a person.
    Run(String, u64, u64),
    /// A run compared nothing: merchant, and why.
    NotCompared(String, Message),
}

/// A file that is neither a trade bill nor one of orders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedFile {
    /// What it holds.
    pub book: LoggedBook,
    /// Its name.
    pub name: String,
    /// Its rows.
    pub rows: u64,
    /// Rows that were refused.
    pub rejected: u64,
    /// True where it does not add up, so that nothing rests on it.
    pub is_set_aside: bool,
}

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoggedBook {
    /// Refunds of the merchant.
    Refunds,
    /// A fund-flow bill.
    Funds,
    /// A statement of the bank.
    Bank,
}

/// One line of the morning's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// When.
    pub at: Instant,
    /// Its mark.
    pub severity: Severity,
    /// What.
    pub kind: LogKind,
}

/// All of the Overview.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OverviewModel {
    /// The day it is about.
    pub day: BillDate,
    /// When it was put together.
    pub made_at: Instant,
    /// The sentence.
    pub totals: MorningTotals,
    /// The second line.
    pub clauses: Vec<Clause>,
    /// Merchants, those that need work first.
    pub merchants: Vec<MerchantDay>,
    /// The last 30 days, oldest first.
    pub history: Vec<DayPoint>,
    /// Open cases by age.
    pub ageing: Vec<AgeClass>,
    /// Bills by day: of the merchant in view, or of every one in the order of the table.
    pub calendars: Vec<MerchantCalendar>,
    /// What happened this morning, oldest first.
    pub log: Vec<LogLine>,
}

impl OverviewModel {
    /// The merchants that the sentence is about.
    pub fn in_view(&self, chosen: Option<ProfileId>) -> impl Iterator<Item = &MerchantDay> {
        let rows = self.merchants.iter();
        rows.filter(move |row| chosen.is_none_or(|id| row.profile == id))
    }

    /// What the sentence says: the worst merchant in view speaks.
    #[must_use]
    pub fn morning(&self, chosen: Option<ProfileId>) -> MorningState {
        let rows: Vec<&MerchantDay> = self.in_view(chosen).collect();
        let any = |wanted: &dyn Fn(&MerchantDay) -> bool| rows.iter().any(|row| wanted(row));
        let failed = rows.iter().find_map(|row| match &row.bill {
            BillStatus::Failed(_, reason) => Some(reason.clone()),
            BillStatus::Verified(_)
            | BillStatus::Quarantined
            | BillStatus::NotReady(_)
            | BillStatus::Creating(_)
            | BillStatus::NotFetched
            | BillStatus::NoBill => None,
        });
        let not_out = rows.iter().find_map(|row| match row.bill {
            BillStatus::NotReady(at) | BillStatus::Creating(at) => Some(at),
            BillStatus::Verified(_)
            | BillStatus::Quarantined
            | BillStatus::NotFetched
            | BillStatus::Failed(..)
            | BillStatus::NoBill => None,
        });
        let is_none = |row: &MerchantDay| row.bill == BillStatus::NoBill;
        let waiting = rows.iter().filter_map(|row| row.waiting);
        let waiting = waiting.reduce(|sum, one| sum.checked_add(one).unwrap_or(sum));
        // Cases of a day without orders are no result of a comparison: what is missing speaks before them.
        let nothing_compared = waiting.filter(|_| !any(&|row| row.is_compared()));
        if nothing_compared.is_none() && any(&|row| row.counts.to_work() > 0) {
            return MorningState::Work;
        }
        if let Some(reason) = failed {
            return MorningState::FetchFailed(reason);
        }
        if any(&|row| row.bill == BillStatus::Quarantined) {
            return MorningState::Quarantined;
        }
        if any(&|row| row.bill == BillStatus::NotFetched) {
            return MorningState::BillMissing;
        }
        if let Some(sum) = nothing_compared {
            return MorningState::NoOrders(sum);
        }
        if any(&|row| !is_none(row) && row.next == NextStep::ImportOrders) {
            return MorningState::OrdersMissing;
        }
        if any(&|row| !is_none(row) && row.rows.is_some() && !row.is_balanced()) {
            return MorningState::NotCompared;
        }
        if let Some(at) = not_out {
            return MorningState::NotOut(at);
        }
        if rows.iter().all(|row| is_none(row)) {
            return MorningState::NoTrade;
        }
        if !rows.iter().all(|row| row.is_balanced()) {
            return MorningState::NotCompared;
        }
        let totals = &self.totals;
        if totals.matched == totals.compared_rows && totals.cross_day == 0 {
            MorningState::AllMatched
        } else {
            MorningState::Settled
        }
    }

    /// Bills of all calendars that are missing and can be fetched.
    #[must_use]
    pub fn gaps(&self) -> u64 {
        self.calendars.iter().map(|calendar| calendar.gaps).sum()
    }
}

#[cfg(test)]
#[path = "overview_tests.rs"]
mod tests;
