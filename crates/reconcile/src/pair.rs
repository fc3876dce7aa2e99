//! A payment and its order, brought together by whichever pass: judged once, placed once.

use recondesk_domain::{BillState, Category, Fen, MOrder, Tag, WPay};

use super::ReconcileError;
use super::category_set::CategorySet;
use super::context::Context;
use super::judge::{
    Moment, Origin, Relation, describe, explain, goods_held, judge, relation, tags_beside, tags_of,
};
use super::ledger::{Placement, RowKind};
use super::run::{Run, UnmatchedPayment};

/// A bill row and its order, and how they came together.
#[derive(Debug, Clone, Copy)]
pub(super) struct OrderPair<'r> {
    pub(super) w: &'r WPay,
    pub(super) m: &'r MOrder,
    pub(super) origin: Origin,
    /// The bill row is of the day.
    pub(super) own_bill: bool,
    /// The order is a row of the day's merchant book.
    pub(super) own_order: bool,
    /// Met by WeChat Pay's number.
    pub(super) key2: bool,
    /// What a pool item carried in.
    pub(super) carried: Option<Fen>,
    /// What of the payment went back by the bills of other days; those of the day are known to the run.
    pub(super) returned: Fen,
}

impl<'r> OrderPair<'r> {
    /// Both rows are of the day and have one number.
    pub(super) const fn of_day(w: &'r WPay, m: &'r MOrder) -> Self {
        Self {
            w,
            m,
            origin: Origin::Bill,
            own_bill: true,
            own_order: true,
            key2: false,
            carried: None,
            returned: Fen::ZERO,
        }
    }

    const fn placement(&self) -> Placement {
        Placement {
            wechat: if self.own_bill {
                Some(self.w.amount)
            } else {
                None
            },
            merchant: if self.own_order {
                Some(self.m.amount)
            } else {
                None
            },
            carried: self.carried,
        }
    }
}

/// Settles a pair, or keeps it until its business order is known.
pub(super) fn offer(
    context: &Context<'_>,
    run: &mut Run<'_>,
    pair: OrderPair<'_>,
) -> Result<(), ReconcileError> {
    if run.pending.wants(&pair) {
        run.pending.push(&pair);
        if run.pending.is_full() {
            super::business::settle_pending(context, run)?;
        }
        return Ok(());
    }
    if pair.w.state == BillState::Revoked && pair.own_bill {
        let order = ReversedOrder {
            m: pair.m,
            own: pair.own_order,
        };
        return settle_reversed(run, std::slice::from_ref(pair.w), Some(order));
    }
    settle(context, run, &pair, None).map(|_| ())
}

/// One of several payments for the same thing (P09).
#[derive(Debug, Clone, Copy)]
pub(super) struct PaidAgain<'r> {
    /// Why, as a fact of the finding.
    pub(super) why: &'r str,
    /// This is the one to keep.
    pub(super) is_kept: bool,
    /// The merchant booked each of them: perhaps parts of one sum.
    pub(super) may_be_parts: bool,
}

impl PaidAgain<'static> {
    /// Of several payments under one number.
    pub(super) const fn same_number(is_kept: bool) -> Self {
        Self {
            why: "reason=same_number",
            is_kept,
            may_be_parts: false,
        }
    }
}

/// Judges a pair and puts its rows where they belong; returns the category.
pub(super) fn settle(
    context: &Context<'_>,
    run: &mut Run<'_>,
    pair: &OrderPair<'_>,
    paid_again: Option<PaidAgain<'_>>,
) -> Result<Category, ReconcileError> {
    let &OrderPair { w, m, origin, .. } = pair;
    let moment = Moment {
        relation: relation(context, w, m, origin),
        returned: run.refunds.returned(w).max(pair.returned),
    };
    let mut applies = judge(context, w, m, moment);
    run.watch.matched_files.meet(m.row.import);
    if pair.key2 && w.out_trade_no != m.out_trade_no {
        run.watch
            .bill_numbers
            .insert(m.out_trade_no, w.out_trade_no);
    }
    if paid_again.is_some() {
        applies.add(Category::DupPay);
    }
    if pair.own_bill && w.state == BillState::Success {
        run.watch.coverage.pay(w.time, true);
        run.watch.fees.judge_pay(w, &context.rates, &mut applies);
    }
    let placement = pair.placement();
    let agreed = agreement(w, m, moment.relation);
    let Some(primary) = applies.primary() else {
        if agreed == Category::Matched && !run.ledger.wants_matched() {
            run.ledger.place(RowKind::Pay, agreed, placement)?;
            return Ok(agreed);
        }
        let mut finding = describe(agreed, Some(w), Some(m));
        finding.tags = tags_of(applies, pair.key2);
        run.ledger.enter(RowKind::Pay, finding, placement)?;
        return Ok(agreed);
    };
    let kept = paid_again.filter(|again| again.is_kept);
    let due = kept.and_then(|_| goods_due(applies));
    let primary = due.unwrap_or(primary);
    let mut finding = describe(primary, Some(w), Some(m));
    finding.tags = tags_beside(primary, applies, pair.key2);
    let held = goods_held(context, primary, applies, w, m);
    if held.is_some() {
        finding.tags.push(Tag::Hold);
    }
    finding.detail = match paid_again.filter(|_| primary == Category::DupPay) {
        Some(again) => {
            if again.is_kept {
                finding.tags.push(Tag::Keep);
            }
            let is_asked = again.may_be_parts && !again.is_kept;
            if is_asked {
                finding.tags.push(Tag::Hold);
            }
            let parts = if is_asked { " each=booked" } else { "" };
            format!("{}{parts}", again.why)
        }
        None => held.unwrap_or_else(|| explain(context, primary, w, m)),
    };
    if let (Some(_), Some(again)) = (due, kept) {
        let facts = format!("{} {}", finding.detail, again.why);
        facts.trim_start().clone_into(&mut finding.detail);
    }
    if primary == Category::FeeCalc && !applies.has(Category::TimeDiff) {
        run.ledger
            .suspect_fee(RowKind::Pay, finding, agreed, placement)?;
    } else {
        run.ledger.enter(RowKind::Pay, finding, placement)?;
    }
    Ok(primary)
}

/// What is still owed for the payment that is kept of several: the customer waits for the goods whatever becomes of the
/// others.
fn goods_due(mut applies: CategorySet) -> Option<Category> {
    applies.remove(Category::DupPay);
    let is_due = |category: &Category| {
        matches!(
            category,
            Category::PaidNotBooked | Category::PaidAfterClose | Category::BookedNotFulfilled
        )
    };
    applies.primary().filter(is_due)
}

/// What a pair is when nothing speaks against it.
fn agreement(w: &WPay, m: &MOrder, relation: Relation) -> Category {
    if !m.is_booked() {
        // The merchant never booked the payment, and it went back in full: both books have nothing.
        return if w.state == BillState::Success {
            Category::BalancedAfter
        } else {
            Category::Unpaid
        };
    }
    match relation {
        Relation::Same | Relation::Off => Category::Matched,
        Relation::AcrossDays => Category::MatchedXday,
        Relation::Late => Category::MatchedLate,
    }
}

/// The order of reversed payments.
#[derive(Debug, Clone, Copy)]
pub(super) struct ReversedOrder<'r> {
    pub(super) m: &'r MOrder,
    /// It is a row of the day's merchant book.
    pub(super) own: bool,
}

/// Reversed rows of one number against their order: P12 once, or nothing is due.
pub(super) fn settle_reversed(
    run: &mut Run<'_>,
    rows: &[WPay],
    order: Option<ReversedOrder<'_>>,
) -> Result<(), ReconcileError> {
    let still_paid = order.filter(|order| order.m.is_booked());
    let category = if still_paid.is_some() {
        Category::Revoked
    } else {
        Category::Unpaid
    };
    for w in rows {
        let placement = Placement::wechat(w.amount);
        run.ledger.place(RowKind::Pay, category, placement)?;
    }
    if let Some(order) = order.filter(|order| order.own) {
        let placement = Placement::merchant(order.m.amount);
        run.ledger.place(RowKind::Pay, category, placement)?;
    }
    if let Some(order) = still_paid {
        let shown = rows.iter().find(|w| w.state == BillState::Revoked);
        let finding = describe(category, shown.or(rows.first()), Some(order.m));
        run.ledger
            .enter(RowKind::Pay, finding, Placement::default())?;
    }
    Ok(())
}

/// What applies to a payment row that has no order at all, without regard to coverage.
pub(super) fn judge_alone(
    context: &Context<'_>,
    run: &mut Run<'_>,
    payment: &UnmatchedPayment,
) -> CategorySet {
    let mut applies = CategorySet::default();
    if payment.w.state == BillState::Success {
        if payment.again.is_some() {
            applies.add(Category::DupPay);
        }
        let watch = &mut run.watch.fees;
        watch.judge_pay(&payment.w, &context.rates, &mut applies);
    } else {
        applies.add(Category::UnknownState);
    }
    applies
}
