//! The morning: one sentence over all merchants, and what proves it.

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
    /// Rows of the day over all merchants.
    pub rows: u64,
    /// Of them matched.
    pub matched: u64,
    /// Waiting on the other side of midnight.
    pub cross_day: u64,
    /// Findings for a person.
    pub to_work: u64,
    /// Sum of these.
    pub at_stake: Fen,
    /// Merchants.
    pub merchants: u64,
    /// Bills that are here.
    pub bills: u64,
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BillStatus {
    /// Here and its totals add up, since that instant.
    Verified(Instant),
    /// Here, but rows and summary disagree.
    Quarantined,
    /// Not out before that instant.
    NotReady(Instant),
    /// Out, but not fetched.
    NotFetched,
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
    /// What to do next.
    pub next: NextStep,
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CalendarState {
    /// Compared, nothing for a person.
    Balanced,
    /// Compared, urgent findings are open.
    NeedsWork,
    /// Compared, only faults are open.
    Faults,
    /// Bill here, not compared.
    Verified,
    /// No bill, though it could be fetched.
    Missing,
    /// WeChat Pay says there was no trade.
    NoBill,
}

/// One day of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CalendarDay {
    /// The day.
    pub day: BillDate,
    /// Its state.
    pub state: CalendarState,
    /// Rows of its bill.
    pub rows: u64,
}

/// What a line of the morning's log tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogKind {
    /// A file of orders was imported: name, rows, rejected rows.
    Orders(String, u64, u64),
    /// A bill was imported: merchant, rows.
    Bill(String, u64),
    /// A day was compared: merchant, matched, for a person.
    Run(String, u64, u64),
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
    /// Days of the last three months, of the merchant in view or the first one.
    pub calendar: Vec<CalendarDay>,
    /// Whose calendar it is.
    pub calendar_of: String,
    /// The most urgent missing day.
    pub missing: Option<BillDate>,
    /// What happened this morning, oldest first.
    pub log: Vec<LogLine>,
}
