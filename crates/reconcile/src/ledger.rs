//! Where every row of both books gets its one category, and every finding its place in the order.
//!
//! Rows are counted twice by different code: once where they come in (`see_*`), once where they are
//! placed. The two must agree in the end (I14), or the run fails.

use std::collections::BTreeMap;

use recondesk_domain::{Category, Fen, Finding, Tag};

use super::{CountedSum, FindingSink, ReconcileError};

/// Payments or refunds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RowKind {
    Pay,
    Refund,
}

/// A number of rows and their sum for each category.
#[derive(Debug, Clone)]
pub(super) struct ByCategory([CountedSum; Category::COUNT]);

impl Default for ByCategory {
    fn default() -> Self {
        Self([CountedSum::default(); Category::COUNT])
    }
}

impl ByCategory {
    #[expect(clippy::indexing_slicing, reason = "the array has one place a variant")]
    pub(super) const fn of(&self, category: Category) -> CountedSum {
        self.0[category as usize]
    }

    fn take(&mut self, category: Category, fen: Fen) -> Result<(), ReconcileError> {
        #[expect(clippy::indexing_slicing, reason = "the array has one place a variant")]
        self.0[category as usize].take(fen)
    }

    /// All categories together.
    pub(super) fn total(&self) -> Result<CountedSum, ReconcileError> {
        let mut total = CountedSum::default();
        for sums in &self.0 {
            total.join(*sums)?;
        }
        Ok(total)
    }
}

/// The rows of one kind by category, in both books.
#[derive(Debug, Clone, Default)]
pub(super) struct KindTally {
    pub(super) wechat: ByCategory,
    pub(super) merchant: ByCategory,
    pub(super) carried: ByCategory,
    pub(super) findings: ByCategory,
    pub(super) seen_wechat: CountedSum,
    pub(super) seen_merchant: CountedSum,
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

impl KindTally {
    /// Puts rows into a category.
    fn place(&mut self, category: Category, placement: Placement) -> Result<(), ReconcileError> {
        if let Some(fen) = placement.wechat {
            self.wechat.take(category, fen)?;
        }
        if let Some(fen) = placement.merchant {
            self.merchant.take(category, fen)?;
        }
        if let Some(fen) = placement.carried {
            self.carried.take(category, fen)?;
        }
        Ok(())
    }
}

/// A row that would agree but for its fee; decided once the fees of the whole day are known.
struct FeeSuspect {
    book: RowKind,
    finding: Finding,
    agreed: Category,
    placement: Placement,
}

/// More suspects than this are decided at once, by what is known then.
const MOST_SUSPECTS: usize = 50_000;

/// All books of a run, and its findings.
pub(super) struct Ledger<'s> {
    pays: KindTally,
    refunds: KindTally,
    day: ByCategory,
    findings: Vec<Finding>,
    cleared: Vec<Finding>,
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
            day: ByCategory::default(),
            findings: Vec::new(),
            cleared: Vec::new(),
            suspects: Vec::new(),
            fees_given_up: false,
            sink,
            wants_matched,
            rows: 0,
        }
    }

    /// The rows of one kind.
    pub(super) const fn tally(&self, book: RowKind) -> &KindTally {
        match book {
            RowKind::Pay => &self.pays,
            RowKind::Refund => &self.refunds,
        }
    }

    /// Findings of the day or of the bill, by category.
    pub(super) const fn of_day(&self) -> &ByCategory {
        &self.day
    }

    const fn tally_mut(&mut self, book: RowKind) -> &mut KindTally {
        match book {
            RowKind::Pay => &mut self.pays,
            RowKind::Refund => &mut self.refunds,
        }
    }

    /// Counts a row of the bill where it comes in.
    pub(super) fn see_wechat(&mut self, book: RowKind, fen: Fen) -> Result<(), ReconcileError> {
        self.tally_mut(book).seen_wechat.take(fen)
    }

    /// Counts a row of the merchant's book where it comes in.
    pub(super) fn see_merchant(&mut self, book: RowKind, fen: Fen) -> Result<(), ReconcileError> {
        self.tally_mut(book).seen_merchant.take(fen)
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

    /// Places rows that no finding of their own speaks of.
    pub(super) fn place(
        &mut self,
        book: RowKind,
        category: Category,
        placement: Placement,
    ) -> Result<(), ReconcileError> {
        self.tally_mut(book).place(category, placement)
    }

    /// Notes that both books agree now on what an earlier day found (X7).
    pub(super) fn clear(&mut self, agreed: Finding) {
        self.cleared.push(agreed);
    }

    /// The findings so far, in the order of arrival: only tags and facts may change, no category.
    pub(super) fn findings_mut(&mut self) -> &mut [Finding] {
        &mut self.findings
    }

    /// True when such a finding is listed already.
    pub(super) fn lists(&self, wanted: impl Fn(&Finding) -> bool) -> bool {
        self.findings.iter().any(wanted)
    }

    /// Places rows and lists them in the findings (or, in agreement, where those belong).
    pub(super) fn enter(
        &mut self,
        book: RowKind,
        finding: Finding,
        placement: Placement,
    ) -> Result<(), ReconcileError> {
        let category = finding.category;
        self.tally_mut(book).place(category, placement)?;
        if category.is_agreement() {
            if matches!(category, Category::MatchedXday | Category::MatchedLate) {
                self.cleared.push(finding.clone());
            }
            if self.wants_matched {
                self.sink.matched(finding);
            }
        } else {
            let stake = finding.at_stake();
            self.tally_mut(book).findings.take(category, stake)?;
            self.findings.push(finding);
        }
        Ok(())
    }

    /// Lists a finding of the day or of the bill, which is no row of a book.
    pub(super) fn enter_day(&mut self, finding: Finding) -> Result<(), ReconcileError> {
        let stake = finding.at_stake();
        self.day.take(finding.category, stake)?;
        self.findings.push(finding);
        Ok(())
    }

    /// Holds back a finding that rests on its fee alone.
    pub(super) fn suspect_fee(
        &mut self,
        book: RowKind,
        finding: Finding,
        agreed: Category,
        placement: Placement,
    ) -> Result<(), ReconcileError> {
        self.suspects.push(FeeSuspect {
            book,
            finding,
            agreed,
            placement,
        });
        if self.fees_given_up || self.suspects.len() > MOST_SUSPECTS {
            // So many wrong fees are no single rows' faults.
            self.fees_given_up = true;
            self.settle_fees(false)?;
        }
        Ok(())
    }

    /// True when single rows were judged by their fees; known once [`Ledger::settle_fees`] was called.
    pub(super) const fn fees_judged(&self) -> bool {
        !self.fees_given_up
    }

    /// Decides the suspects; where the rule does not hold they count as agreed.
    pub(super) fn settle_fees(&mut self, rule_holds: bool) -> Result<(), ReconcileError> {
        let judged = rule_holds && !self.fees_given_up;
        self.fees_given_up = !judged;
        for suspect in std::mem::take(&mut self.suspects) {
            let FeeSuspect {
                book,
                mut finding,
                agreed,
                placement,
            } = suspect;
            if !judged {
                finding.category = agreed;
                finding.detail.clear();
            }
            self.enter(book, finding, placement)?;
        }
        if !judged {
            for finding in &mut self.findings {
                finding.tags.retain(|tag| {
                    !matches!(tag, Tag::Also(Category::FeeCalc | Category::FeeRefund))
                });
            }
        }
        Ok(())
    }

    /// Hands the findings over in their stable order; what is left of the books comes back.
    pub(super) fn hand_over(mut self) -> HandedOver {
        let tags = count_tags(&self.findings);
        self.findings.sort_by(order_of_report);
        self.cleared.sort_by(order_of_report);
        for finding in self.findings {
            self.sink.finding(finding);
        }
        HandedOver {
            cleared: self.cleared,
            tags,
        }
    }
}

/// What remains of the books when the findings are with the sink.
pub(super) struct HandedOver {
    /// Rows that agreed across days, in the order of findings.
    pub(super) cleared: Vec<Finding>,
    /// How often a category applies beside the deciding one.
    pub(super) tags: Vec<(Category, u64)>,
}

fn count_tags(findings: &[Finding]) -> Vec<(Category, u64)> {
    let mut out = BTreeMap::<Category, u64>::new();
    for tag in findings.iter().flat_map(|finding| &finding.tags) {
        if let Tag::Also(category) = tag {
            let count = out.entry(*category).or_insert(0);
            *count = count.saturating_add(1);
        }
    }
    out.into_iter().collect()
}

/// Severity, category, numbers, rows: a total order for different findings.
fn order_of_report(a: &Finding, b: &Finding) -> std::cmp::Ordering {
    let place = |f: &Finding| (f.category.severity(), f.category);
    place(a)
        .cmp(&place(b))
        .then_with(|| a.out_trade_no.cmp(&b.out_trade_no))
        .then_with(|| a.out_refund_no.cmp(&b.out_refund_no))
        // What is to be done stands before what is kept: the first finding speaks for their case.
        .then_with(|| a.is_kept().cmp(&b.is_kept()))
        .then_with(|| a.transaction_id.cmp(&b.transaction_id))
        .then_with(|| a.refund_id.cmp(&b.refund_id))
        .then_with(|| a.paid_at.cmp(&b.paid_at))
        .then_with(|| (a.bill, a.merchant).cmp(&(b.bill, b.merchant)))
        .then_with(|| a.bill_row.cmp(&b.bill_row))
        .then_with(|| a.order_row.cmp(&b.order_row))
        .then_with(|| a.detail.cmp(&b.detail))
}
