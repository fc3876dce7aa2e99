//! The comparison of the two books: pure, streaming, the same bytes for the same inputs.
//!
//! [`run()`] joins the sorted rows of a day, asks the archive about the rows that found no partner, and
//! puts every row of both books into exactly one category. A run that cannot prove this fails.

// A new variant must be thought of in every place: no arm takes it in silence.
#![warn(clippy::wildcard_enum_match_arm)]

mod archive_facts;
mod booked_twins;
mod business;
mod carry_over;
mod category_set;
mod context;
mod coverage;
mod evidence;
mod feed;
mod fees;
mod foreign;
pub mod fund_flow;
mod groups;
mod hold;
mod input;
mod join;
mod judge;
mod later;
mod ledger;
mod match_archive;
mod memory;
mod pair;
mod pool;
mod pool_ledger;
mod proof;
mod refund_pool;
mod refund_rows;
mod refund_totals;
mod refund_words;
mod refunds;
mod returned;
mod rules;
mod run;
mod sink;
mod summary;
mod untimed_refunds;

use recondesk_domain::{Category, Finding};

use context::Context;
use ledger::RowKind;
use run::Run;

pub use evidence::{Evidence, EvidenceError, RowStream, SetAsideOrder, Stream};
pub use input::{BillFacts, DayInput, LiveRefund, LiveRefundState, ReconcileError};
pub use later::{LaterRow, later_rows};
pub use memory::MemoryBooks;
pub use pool::{PoolItem, PoolKind, PoolSide, pool_digest};
pub use rules::Rules;
pub use sink::{Collected, FindingSink};
pub use summary::{
    BookSummary, CategoryLine, CountedSum, Coverage, DifferenceTerm, Headline, Hole, NetSettlement,
    PoolRoll, RunIdentity, RunOutcome, RunSummary,
};
pub use untimed_refunds::WaitingRefund;

/// A step of a run: it reads what never changes, and builds on what the steps before it left.
type Pass = fn(&Context<'_>, &mut Run<'_>) -> Result<(), ReconcileError>;

/// Every step, in order. Refund rows are read first, because what went back is owed no more; payments are judged before
/// refunds, because refunds are judged by what was paid; fees are settled when all
/// rows have been seen, because only then is it known whether they follow the rule; what gives money or goods away is looked
/// at once more in the end.
const PASSES: [Pass; 11] = [
    refunds::read_day,
    carry_over::clear_payments,
    join::read_both_books,
    match_archive::settle_unmatched,
    carry_over::clear_orders,
    refunds::settle_refunds,
    settle_fees,
    groups::suggest,
    hold::hold_back,
    later::hold_back,
    enter_day_findings,
];

/// Reconciles one day of one merchant.
///
/// # Errors
/// [`ReconcileError`]; whatever the sink has taken by then must be thrown away.
pub fn run(
    input: &DayInput,
    evidence: &dyn Evidence,
    sink: &mut dyn FindingSink,
) -> Result<RunOutcome, ReconcileError> {
    let context = Context::new(input, evidence)?;
    let mut run = Run::new(&context, sink)?;
    for pass in PASSES {
        pass(&context, &mut run)?;
    }
    conclude(&context, run)
}

/// Proves that every row is in one category, and hands findings and figures over.
fn conclude(context: &Context<'_>, run: Run<'_>) -> Result<RunOutcome, ReconcileError> {
    let Run {
        ledger,
        pool,
        watch,
        ..
    } = run;
    let mut net = watch.net;
    proof::same_rows(context.input, &ledger)?;
    let pool = pool.close()?;
    let (pays, refunds) = (ledger.tally(RowKind::Pay), ledger.tally(RowKind::Refund));
    let mut proof = proof::RunProof::default();
    proof.conservation("pay", pays)?;
    proof.conservation("refund", refunds)?;
    proof.roll_forward(&pool.rolls)?;
    proof.settlement(&mut net)?;
    proof.over_refunds(watch.over_refunded);
    let mut summary = RunSummary {
        day: context.date,
        has_bill: context.has_bill,
        fulfilment_known: watch.fulfilment_known,
        fees_judged: ledger.fees_judged(),
        cut_off_minutes: context.input.rules.cut_off_minutes,
        pays: proof::book_summary(pays)?,
        refunds: proof::book_summary(refunds)?,
        day_findings: proof::day_lines(ledger.of_day()),
        pool: pool.rolls,
        tags: Vec::new(),
        coverage: watch.coverage.finish(),
        net,
        identities: proof.identities,
    };
    let ledger::HandedOver { cleared, tags } = ledger.hand_over();
    summary.tags = tags;
    Ok(RunOutcome {
        run_id: context.input.run_id(),
        summary,
        pool: pool.items,
        cleared,
    })
}

/// Decides the rows that rest on their fee alone, now that the fees of the whole day are known.
fn settle_fees(_: &Context<'_>, run: &mut Run<'_>) -> Result<(), ReconcileError> {
    run.ledger.settle_fees(run.watch.fees.holds())
}

/// What is said of the bill and of the day as a whole: B01 to B09 and K02.
fn enter_day_findings(context: &Context<'_>, run: &mut Run<'_>) -> Result<(), ReconcileError> {
    for finding in &context.input.bill_findings {
        run.ledger.enter_day(finding.clone())?;
    }
    if context.has_bill {
        return Ok(());
    }
    let uncovered = |kind| run.ledger.tally(kind).merchant.of(Category::WCoverage);
    let mut blocked = uncovered(RowKind::Pay);
    let paid = blocked.fen;
    blocked.join(uncovered(RowKind::Refund))?;
    let mut finding = Finding::new(Category::WCoverage);
    finding.merchant = Some(paid);
    finding.detail = format!("day={} count={}", context.date, blocked.count);
    run.ledger.enter_day(finding)
}
