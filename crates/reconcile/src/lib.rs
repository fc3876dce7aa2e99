//! The comparison of the two books: pure, streaming, the same bytes for the same inputs.
//!
//! [`run`] joins the sorted rows of a day, asks the archive about the rows that found no partner, and
//! puts every row of both books into exactly one category. A run that cannot prove this fails.

mod business;
mod carry_over;
mod coverage;
mod evidence;
mod feed;
mod fees;
mod input;
mod judge;
mod ledger;
mod match_archive;
mod memory;
mod payments;
mod pool;
mod proof;
mod refund_rows;
mod refund_totals;
mod refunds;
mod rules;
mod sink;
mod summary;

use std::collections::BTreeMap;

use recondesk_domain::{Category, Finding, Tag};

use carry_over::Transit;
use judge::Day;
use ledger::Ledger;
use payments::Pays;
use proof::Proof;
use refunds::Refunds;

pub use evidence::{Evidence, EvidenceError, Rows, Stream};
pub use input::{BillFacts, DayInput, LiveRefund, LiveRefundState, ReconcileError};
pub use memory::MemoryBooks;
pub use pool::{PoolItem, PoolKind, PoolSide, pool_digest};
pub use rules::Rules;
pub use sink::{Collected, FindingSink};
pub use summary::{
    BookSummary, CategoryLine, Coverage, Headline, Hole, NetSettlement, Outcome, PoolRoll,
    RunIdentity, RunSummary, Sums, Term,
};

/// Reconciles one day of one merchant.
///
/// # Errors
/// [`ReconcileError`]; whatever the sink has taken by then must be thrown away.
pub fn run(
    input: &DayInput,
    evidence: &dyn Evidence,
    sink: &mut dyn FindingSink,
) -> Result<Outcome, ReconcileError> {
    let day = Day::new(input, evidence)?;
    let mut ledger = Ledger::new(sink);
    let mut transit = Transit::default();

    let mut pays = Pays::new(&day, &mut ledger)?;
    pays.clear_bill_side(&mut transit)?;
    pays.join()?;
    let mut waiting = pays.waiting_orders(&mut transit)?;
    for item in pays.resolve(&mut waiting)? {
        transit.end(&item, carry_over::PoolExit::Cleared)?;
    }
    pays.clear_order_side(waiting, &mut transit)?;
    let Pays {
        coverage,
        fees,
        net,
        fulfilment_known,
        pool,
        holes,
        ..
    } = pays;
    let coverage = coverage.finish(holes);
    enter_all(&mut transit, &pool)?;

    let mut refunds = Refunds::load(&day, &mut ledger, fees, net)?;
    if evidence.has_refund_rows() {
        refunds.by_row(&mut transit)?;
    } else {
        refunds.by_total(evidence.has_refund_totals())?;
        keep_refunds(&day, &mut transit)?;
    }
    let Refunds {
        fees,
        mut net,
        pool,
        over,
        ..
    } = refunds;
    enter_all(&mut transit, &pool)?;

    let fees_judged = ledger.settle_fees(fees.holds())?;
    enter_day_findings(&day, &mut ledger)?;
    proof::same_rows(input, &ledger)?;
    let (pool_rolls, pool) = transit.close()?;
    let mut proof = Proof::default();
    proof.conservation("pay", &ledger.pays)?;
    proof.conservation("refund", &ledger.refunds)?;
    proof.roll_forward(&pool_rolls)?;
    proof.settlement(&mut net)?;
    proof.over_refunds(over);
    ledger.hand_over();
    Ok(Outcome {
        run_id: input.run_id(),
        summary: RunSummary {
            day: input.day,
            has_bill: day.has_bill,
            fulfilment_known,
            fees_judged,
            cut_off_minutes: input.rules.cut_off_minutes,
            pays: proof::book_summary(&ledger.pays)?,
            refunds: proof::book_summary(&ledger.refunds)?,
            day_findings: proof::book_summary(&ledger.day)?.lines,
            pool: pool_rolls,
            tags: ledger.tags,
            coverage,
            net,
            identities: proof.identities,
        },
        pool,
        cleared: ledger.cleared,
    })
}

fn enter_all(transit: &mut Transit, items: &[PoolItem]) -> Result<(), ReconcileError> {
    items.iter().try_for_each(|item| transit.enter(item))
}

/// Refund items of a merchant who changed to running totals: they stay until it changes back.
fn keep_refunds(day: &Day<'_>, transit: &mut Transit) -> Result<(), ReconcileError> {
    for item in carry_over::open_items(day, PoolKind::Refund, PoolSide::Merchant) {
        transit.open(&item)?;
        transit.end(&item, carry_over::PoolExit::Stays)?;
    }
    Ok(())
}

/// What is said of the bill and of the day as a whole: B01 to B09 and K02.
fn enter_day_findings(day: &Day<'_>, ledger: &mut Ledger<'_>) -> Result<(), ReconcileError> {
    for finding in &day.input.bill_findings {
        ledger.enter_day(finding.clone())?;
    }
    if day.has_bill {
        return Ok(());
    }
    let mut blocked = ledger.pays.merchant_in(Category::WCoverage);
    blocked.join(ledger.refunds.merchant_in(Category::WCoverage))?;
    let mut finding = Finding::new(Category::WCoverage);
    finding.merchant = Some(ledger.pays.merchant_in(Category::WCoverage).fen);
    finding.detail = format!("day={} count={}", day.date, blocked.count);
    ledger.enter_day(finding)
}

/// How often a category applies beside the deciding one.
fn count_tags(findings: &[Finding]) -> Vec<(Category, u64)> {
    let mut out = BTreeMap::<Category, u64>::new();
    for tag in findings.iter().flat_map(|finding| &finding.tags) {
        if let Tag::Also(category) = tag {
            let count = out.entry(*category).or_default();
            *count = count.saturating_add(1);
        }
    }
    out.into_iter().collect()
}
