//! A reconciled day of one merchant.

use crate::Message;
use recondesk_domain::{BillDate, Category, Fen, Instant, ProfileId, Severity};

use super::{BillStatus, SeverityCounts};

/// Rows per quarter of an hour, both books, and what is missing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DayCoverage {
    /// WeChat book, 96 cells.
    pub wechat: Vec<u32>,
    /// Merchant book, 96 cells.
    pub merchant: Vec<u32>,
    /// Minutes of the cut-off window at the end of the day.
    pub cut_off_minutes: u32,
    /// Stretches without merchant rows (K01).
    pub holes: Vec<CoverageHole>,
    /// Stretches in which the merchant has paid orders and the bill no payment.
    pub wechat_holes: Vec<CoverageHole>,
}

/// A stretch of the day that one book lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CoverageHole {
    /// From.
    pub from: Instant,
    /// To.
    pub to: Instant,
    /// Rows of the other book in it.
    pub rows: u64,
}

/// Count and sum of one book.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BookSum {
    /// Rows.
    pub count: u64,
    /// Their sum.
    pub sum: Fen,
}

/// What a line of the table of categories is about; sums of payments and of refunds are never added up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Movement {
    /// Payments.
    Payments,
    /// Refunds.
    Refunds,
    /// The day, its bill or its coverage: no rows of a book.
    Day,
}

/// Payments, or refunds, in both books.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BookPair {
    /// The WeChat book.
    pub wechat: BookSum,
    /// The merchant's book.
    pub merchant: BookSum,
    /// Rows of each that agree.
    pub matched: (BookSum, BookSum),
    /// Why the two sums differ.
    pub equation: Vec<Equation>,
    /// What the equation leaves over; zero or a fault of the program.
    pub residual: Fen,
}

impl BookPair {
    /// True when neither book has a row.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.wechat.count == 0 && self.merchant.count == 0
    }
}

/// One line of the table of categories.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CategoryRow {
    /// The category.
    pub category: Category,
    /// Which rows it counts.
    pub of: Movement,
    /// Rows of the WeChat book, if the category has any there.
    pub wechat: Option<BookSum>,
    /// Rows of the merchant book, likewise.
    pub merchant: Option<BookSum>,
    /// Findings: pairs count once.
    pub count: u64,
}

/// Open cases of one category.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenCategory {
    /// The category.
    pub category: Category,
    /// How many of them are open.
    pub count: u64,
    /// Sum at stake of these; `None` when no number holds it.
    pub at_stake: Option<Fen>,
}

/// A tag, which is counted but not part of the totals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagRow {
    /// Its stable word.
    pub word: String,
    /// The category it names, if it names one.
    pub category: Option<Category>,
    /// How often.
    pub count: u64,
}

/// A term of the sentence that explains the difference of the two books.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Equation {
    /// What it counts.
    pub category: Category,
    /// How much it adds to WeChat minus merchant.
    pub sum: Fen,
}

/// One identity of the certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityRow {
    /// `I1`.
    pub id: String,
    /// Name as finance staff write it, and in English.
    pub name: crate::Message,
    /// True when it holds.
    pub holds: bool,
    /// The value, formatted.
    pub actual: String,
    /// What was expected, formatted, where it does not hold.
    pub expected: String,
}

/// The certificate of a bill.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ShownCertificate {
    /// `ALL`, `SUCCESS`, `REFUND`; `FUND.BASIC` and the like for a fund-flow bill.
    pub kind: String,
    /// Columns of the file; 0 where nothing depends on them.
    pub columns: u32,
    /// True when it came compressed.
    pub gzip: bool,
    /// Bytes after decompression.
    pub bytes: u64,
    /// SHA-256 of them, in hex.
    pub sha256: String,
    /// The identities, in order.
    pub identities: Vec<IdentityRow>,
    /// Columns this program does not know.
    pub unknown_columns: Vec<String>,
}

impl ShownCertificate {
    /// How many identities hold.
    #[must_use]
    pub fn holding(&self) -> usize {
        self.identities.iter().filter(|row| row.holds).count()
    }

    /// True when all of them hold.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.holding() == self.identities.len()
    }
}

/// Which direction of the pool a column is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PoolTotals {
    /// Rows.
    pub count: u64,
    /// Their sum.
    pub sum: Fen,
}

/// The pool's roll-forward.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PoolRow {
    /// Opening.
    pub opening: PoolTotals,
    /// New on the day.
    pub new: PoolTotals,
    /// Cleared by a match.
    pub cleared: PoolTotals,
    /// Expired into cases.
    pub expired: PoolTotals,
    /// Closing.
    pub closing: PoolTotals,
}

/// One condition for signing the day off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignOffItem {
    /// Bill and summary agree.
    Bill(bool),
    /// Both books cover the day.
    Coverage(bool),
    /// Conservation and pool hold.
    Conservation(bool),
    /// Urgent cases that are open.
    UrgentOpen(u64),
}

impl SignOffItem {
    /// True when it is met.
    #[must_use]
    pub const fn is_met(self) -> bool {
        match self {
            Self::Bill(met) | Self::Coverage(met) | Self::Conservation(met) => met,
            Self::UrgentOpen(count) => count == 0,
        }
    }
}

/// How far a day is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DayState {
    /// There is no bill; its status says why.
    NoBill(BillStatus),
    /// There are no orders.
    NoOrders,
    /// Both books are here, not compared yet.
    NotRun,
    /// Compared.
    Compared,
}

/// How a finding changed between two runs of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    /// Only the later run has it.
    New,
    /// Only the earlier run had it.
    Gone,
    /// Both have it: in another category, or with other amounts.
    Judged(Category),
}

/// One changed finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeRow {
    /// How it changed; a category is the one of before.
    pub kind: ChangeKind,
    /// Its category now, or the last one it had.
    pub category: Category,
    /// The number a person knows it by; empty for one about the whole day.
    pub number: String,
    /// Its amount, in the WeChat book or else in the merchant's.
    pub sum: Option<Fen>,
}

/// How the findings of a day differ from those of the run before.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DayChanges {
    /// Findings that are new.
    pub new: u64,
    /// Findings that are gone.
    pub gone: u64,
    /// Findings judged otherwise.
    pub judged: u64,
    /// The first of them: new ones, then those judged otherwise, then those gone.
    pub rows: Vec<ChangeRow>,
}

impl DayChanges {
    /// How many there are.
    #[must_use]
    pub const fn count(&self) -> u64 {
        self.new
            .saturating_add(self.judged)
            .saturating_add(self.gone)
    }
}

/// All of the Reconcile screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayModel {
    /// The merchant.
    pub profile: ProfileId,
    /// Its name.
    pub name: String,
    /// The day.
    pub day: BillDate,
    /// How far it is.
    pub state: DayState,
    /// Identity of the run, in hex.
    pub run: String,
    /// When it was made.
    pub made_at: Option<Instant>,
    /// Milliseconds it took.
    pub took_ms: u64,
    /// How its findings differ from those of the run before; `None` where there was none.
    pub changed: Option<DayChanges>,
    /// Findings that are still open, by severity.
    pub open: SeverityCounts,
    /// Open findings for a person, by category: whoever signs accepts them.
    pub accepted: Vec<OpenCategory>,
    /// Rows by the quarter of an hour.
    pub coverage: DayCoverage,
    /// Payments of both books.
    pub pays: BookPair,
    /// Refunds of both books.
    pub refunds: BookPair,
    /// Categories, worst first, agreement last.
    pub categories: Vec<CategoryRow>,
    /// Tags.
    pub tags: Vec<TagRow>,
    /// The bill's certificate.
    pub certificate: Option<ShownCertificate>,
    /// The pool, what WeChat has and what the merchant has.
    pub pool: (PoolRow, PoolRow),
    /// Conditions for signing off.
    pub sign_off: Vec<SignOffItem>,
    /// Everything that stands in the way of it, in words.
    pub obstacles: Vec<Message>,
    /// The signature in force.
    pub signed: Option<DaySignature>,
}

/// The signature of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DaySignature {
    /// Who signed.
    pub by: String,
    /// When.
    pub at: Instant,
}

impl DayModel {
    /// True when nothing stands in the way of signing it off.
    #[must_use]
    pub const fn can_be_signed(&self) -> bool {
        matches!(self.state, DayState::Compared)
            && self.signed.is_none()
            && self.obstacles.is_empty()
    }

    /// True when customers paid that day and the merchant's book has not one order: nothing was compared.
    #[must_use]
    pub const fn lacks_orders(&self) -> bool {
        matches!(self.state, DayState::Compared)
            && self.pays.wechat.count > 0
            && self.pays.merchant.count == 0
    }

    /// Payments or refunds; the day itself has no rows.
    #[must_use]
    pub const fn books(&self, of: Movement) -> Option<&BookPair> {
        match of {
            Movement::Payments => Some(&self.pays),
            Movement::Refunds => Some(&self.refunds),
            Movement::Day => None,
        }
    }

    /// Rows of the WeChat book and of the merchant's, payments and refunds.
    #[must_use]
    pub const fn rows(&self) -> (u64, u64) {
        let (pays, refunds) = (&self.pays, &self.refunds);
        (
            pays.wechat.count.saturating_add(refunds.wechat.count),
            pays.merchant.count.saturating_add(refunds.merchant.count),
        )
    }

    /// Findings by severity.
    #[must_use]
    pub fn counts(&self) -> SeverityCounts {
        let mut counts = SeverityCounts::default();
        for row in &self.categories {
            counts.add(row.category.severity(), row.count);
        }
        counts
    }

    /// The worst severity among the findings.
    #[must_use]
    pub fn worst(&self) -> Severity {
        self.categories
            .iter()
            .filter(|row| row.count > 0)
            .map(|row| row.category.severity())
            .min()
            .unwrap_or(Severity::Ok)
    }
}
