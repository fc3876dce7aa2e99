//! Where every row of both books gets its one category, and every finding its place in the order.
//!
//! Rows are counted twice by different code: once where they come in (`see_*`), once where they are
//! placed. The two must agree in the end (I14), or the run fails.

use recondesk_domain::{Category, Fen, Finding, Tag};

use super::{FindingSink, ReconcileError, Sums};

/// How many categories there are.
const CATEGORIES: usize = Category::WCoverage as usize + 1;

/// Payments or refunds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RowKind {
    Pay,
    Refund,
}

/// The rows of one kind by category, in both books.
#[derive(Debug, Clone)]
pub(super) struct KindTally {
    pub(super) wechat: [Sums; CATEGORIES],
    pub(super) merchant: [Sums; CATEGORIES],
    pub(super) carried: [Sums; CATEGORIES],
    pub(super) findings: [Sums; CATEGORIES],
    pub(super) seen_wechat: Sums,
    pub(super) seen_merchant: Sums,
}

impl Default for KindTally {
    fn default() -> Self {
        Self {
            wechat: [Sums::default(); CATEGORIES],
            merchant: [Sums::default(); CATEGORIES],
            carried: [Sums::default(); CATEGORIES],
            findings: [Sums::default(); CATEGORIES],
            seen_wechat: Sums::default(),
            seen_merchant: Sums::default(),
        }
    }
}

/// What a placement adds to the books: rows of the day, or an item carried in by the pool.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Placement {
    /// A row of the bill of the day.
    pub(super) wechat: Option<Fen>,
    /// A row of the merchant's book of the day.
    pub(super) merchant: Option<Fen>,
    /// An item of the pool.
    pub(super) carried: Option<Fen>,
}

impl Placement {
    pub(super) fn wechat(fen: Fen) -> Self {
        Self {
            wechat: Some(fen),
            ..Self::default()
        }
    }

    pub(super) fn merchant(fen: Fen) -> Self {
        Self {
            merchant: Some(fen),
            ..Self::default()
        }
    }

    pub(super) fn carried(fen: Fen) -> Self {
        Self {
            carried: Some(fen),
            ..Self::default()
        }
    }
}

fn slot(sums: &mut [Sums; CATEGORIES], category: Category) -> &mut Sums {
    #[expect(clippy::indexing_slicing, reason = "the array has one place a variant")]
    &mut sums[category as usize]
}

impl KindTally {
    /// The merchant's rows in a category.
    pub(super) fn merchant_in(&self, category: Category) -> Sums {
        self.merchant
            .get(category as usize)
            .copied()
            .unwrap_or_default()
    }

    /// Puts rows into a category.
    pub(super) fn place(
        &mut self,
        category: Category,
        weight: Placement,
    ) -> Result<(), ReconcileError> {
        if let Some(fen) = weight.wechat {
            slot(&mut self.wechat, category).take(fen)?;
        }
        if let Some(fen) = weight.merchant {
            slot(&mut self.merchant, category).take(fen)?;
        }
        if let Some(fen) = weight.carried {
            slot(&mut self.carried, category).take(fen)?;
        }
        Ok(())
    }
}

/// A row that would agree but for its fee; decided once the fees of the whole day are known.
struct FeeSuspect {
    book: RowKind,
    finding: Finding,
    agreed: Category,
    weight: Placement,
}

/// More suspects than this are decided at once, by what is known then.
const MOST_SUSPECTS: usize = 50_000;

/// All books of a run, and its findings.
pub(super) struct Ledger<'s> {
    pub(super) pays: KindTally,
    pub(super) refunds: KindTally,
    pub(super) day: KindTally,
    pub(super) findings: Vec<Finding>,
    pub(super) cleared: Vec<Finding>,
    pub(super) tags: Vec<(Category, u64)>,
    suspects: Vec<FeeSuspect>,
    fees_given_up: bool,
    sink: &'s mut dyn FindingSink,
    wants_matched: bool,
    rows: u64,
}

impl<'s> Ledger<'s> {
    pub(super) fn new(sink: &'s mut dyn FindingSink) -> Self {
        let wants_matched = sink.wants_matched();
        Self {
            pays: KindTally::default(),
            refunds: KindTally::default(),
            day: KindTally::default(),
            findings: Vec::new(),
            cleared: Vec::new(),
            tags: Vec::new(),
            suspects: Vec::new(),
            fees_given_up: false,
            sink,
            wants_matched,
            rows: 0,
        }
    }

    pub(super) fn tally(&mut self, book: RowKind) -> &mut KindTally {
        match book {
            RowKind::Pay => &mut self.pays,
            RowKind::Refund => &mut self.refunds,
        }
    }

    /// Counts a row of the bill where it comes in.
    pub(super) fn see_wechat(&mut self, book: RowKind, fen: Fen) -> Result<(), ReconcileError> {
        self.tally(book).seen_wechat.take(fen)
    }

    /// Counts a row of the merchant's book where it comes in.
    pub(super) fn see_merchant(&mut self, book: RowKind, fen: Fen) -> Result<(), ReconcileError> {
        self.tally(book).seen_merchant.take(fen)
    }

    /// Reports progress and hears whether to go on.
    pub(super) fn advance(&mut self, rows: u64) -> Result<(), ReconcileError> {
        self.rows = self.rows.saturating_add(rows);
        if self.sink.keep_going(self.rows) {
            Ok(())
        } else {
            Err(ReconcileError::Cancelled)
        }
    }

    /// True when rows in agreement are to be described.
    pub(super) fn wants_matched(&self) -> bool {
        self.wants_matched
    }

    /// Places rows and lists them in the findings (or, in agreement, where those belong).
    pub(super) fn enter(
        &mut self,
        book: RowKind,
        finding: Finding,
        weight: Placement,
    ) -> Result<(), ReconcileError> {
        let category = finding.category;
        self.tally(book).place(category, weight)?;
        if category.is_agreement() {
            if matches!(category, Category::MatchedXday | Category::MatchedLate) {
                self.cleared.push(finding.clone());
            }
            if self.wants_matched {
                self.sink.matched(finding);
            }
        } else {
            let stake = finding.at_stake();
            slot(&mut self.tally(book).findings, category).take(stake)?;
            self.findings.push(finding);
        }
        Ok(())
    }

    /// Lists a finding of the day or of the bill, which is no row of a book.
    pub(super) fn enter_day(&mut self, finding: Finding) -> Result<(), ReconcileError> {
        let stake = finding.at_stake();
        slot(&mut self.day.findings, finding.category).take(stake)?;
        self.findings.push(finding);
        Ok(())
    }

    /// Holds back a finding that rests on its fee alone.
    pub(super) fn suspect_fee(
        &mut self,
        book: RowKind,
        finding: Finding,
        agreed: Category,
        weight: Placement,
    ) -> Result<(), ReconcileError> {
        self.suspects.push(FeeSuspect {
            book,
            finding,
            agreed,
            weight,
        });
        if self.fees_given_up || self.suspects.len() > MOST_SUSPECTS {
            // So many wrong fees are no single rows' faults.
            self.fees_given_up = true;
            self.settle_fees(false)?;
        }
        Ok(())
    }

    /// Decides the suspects; false lets them count as agreed. Returns whether fees were judged.
    pub(super) fn settle_fees(&mut self, rule_holds: bool) -> Result<bool, ReconcileError> {
        let judged = rule_holds && !self.fees_given_up;
        for suspect in std::mem::take(&mut self.suspects) {
            let FeeSuspect {
                book,
                mut finding,
                agreed,
                weight,
            } = suspect;
            if !judged {
                finding.category = agreed;
                finding.detail.clear();
            }
            self.enter(book, finding, weight)?;
        }
        if !judged {
            for finding in &mut self.findings {
                finding.tags.retain(|tag| {
                    !matches!(tag, Tag::Also(Category::FeeCalc | Category::FeeRefund))
                });
            }
        }
        Ok(judged)
    }

    /// Hands the findings over in their stable order.
    pub(super) fn hand_over(&mut self) {
        self.tags = super::count_tags(&self.findings);
        self.findings.sort_by(order_of_report);
        self.cleared.sort_by(order_of_report);
        for finding in std::mem::take(&mut self.findings) {
            self.sink.finding(finding);
        }
    }
}

/// Severity, category, numbers, rows: a total order for different findings.
fn order_of_report(a: &Finding, b: &Finding) -> std::cmp::Ordering {
    let place = |f: &Finding| (f.category.severity(), f.category);
    place(a)
        .cmp(&place(b))
        .then_with(|| a.out_trade_no.cmp(&b.out_trade_no))
        .then_with(|| a.out_refund_no.cmp(&b.out_refund_no))
        .then_with(|| a.transaction_id.cmp(&b.transaction_id))
        .then_with(|| a.refund_id.cmp(&b.refund_id))
        .then_with(|| a.paid_at.cmp(&b.paid_at))
        .then_with(|| (a.bill, a.merchant).cmp(&(b.bill, b.merchant)))
        .then_with(|| a.bill_row.cmp(&b.bill_row))
        .then_with(|| a.order_row.cmp(&b.order_row))
        .then_with(|| a.detail.cmp(&b.detail))
}
