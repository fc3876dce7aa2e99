//! Refunds where the merchant keeps a running total on the order: matched per order, the sum of all
//! archived refund rows up to the day against that total.
//!
//! A merchant without any refund data goes the same way, with nothing to compare but the order's status.

use std::collections::BTreeMap;

use recondesk_domain::{Category, Fen, Finding, Instant, MOrder, OutTradeNo, PayStatus, WRefund};

use super::judge::Relation;
use super::ledger::{Placement, RowKind};
use super::refunds::{ORDERS, OrderFacts, Refunds, Today, agreed, explain, key_of, tags_of};
use super::rules::CategorySet;
use super::{LiveRefundState, ReconcileError};

/// One order: the day's rows, and the sums of both books.
struct OrderTotals<'r> {
    rows: &'r [WRefund],
    facts: &'r OrderFacts,
    order: Option<&'r MOrder>,
    /// Σ accepted refunds of the bills up to and including the day.
    sum: Fen,
    /// The same before the day.
    before: Fen,
    /// The merchant's running total.
    total: Fen,
}

/// Orders whose total changed on the day and that are not yet settled.
type Changed<'m> = BTreeMap<OutTradeNo, &'m MOrder>;

impl Refunds<'_, '_, '_> {
    /// Reconciles the refund book of this shape.
    pub(super) fn by_total(&mut self, has_totals: bool) -> Result<(), ReconcileError> {
        let totals = if has_totals {
            self.day.evidence.orders_refunded(self.day.date)?
        } else {
            Vec::new()
        };
        let mut changed: Changed<'_> = totals.iter().map(|m| (m.out_trade_no, m)).collect();
        let rows = std::mem::take(&mut self.rows);
        let mut start = 0;
        let mut orders: Vec<&[WRefund]> = Vec::new();
        for group in rows.chunk_by(|a, b| a.out_trade_no == b.out_trade_no) {
            orders.push(group);
            start = usize::saturating_add(start, group.len());
            if orders.len() == ORDERS || start == rows.len() {
                self.ledger.advance(0)?;
                self.settle_groups(&std::mem::take(&mut orders), &mut changed, has_totals)?;
            }
        }
        let mut silent: Vec<&MOrder> = changed.into_values().collect();
        silent.sort_by_cached_key(|m| m.out_trade_no.fingerprint());
        for chunk in silent.chunks(ORDERS) {
            self.ledger.advance(0)?;
            let numbers: Vec<OutTradeNo> = chunk.iter().map(|m| m.out_trade_no).collect();
            let facts = self.facts(&numbers, Today::Given(&[]))?;
            for m in chunk {
                if let Some(facts) = facts.get(&m.out_trade_no) {
                    self.settle_total(&[], facts, Some(m), has_totals)?;
                }
            }
        }
        Ok(())
    }

    fn settle_groups(
        &mut self,
        groups: &[&[WRefund]],
        changed: &mut Changed<'_>,
        has_totals: bool,
    ) -> Result<(), ReconcileError> {
        let firsts = groups.iter().filter_map(|rows| rows.first());
        let numbers: Vec<OutTradeNo> = firsts.map(|w| w.out_trade_no).collect();
        let facts = self.facts(&numbers, Today::Given(groups))?;
        for rows in groups {
            let Some(number) = rows.first().map(|w| w.out_trade_no) else {
                continue;
            };
            let Some(facts) = facts.get(&number) else {
                continue;
            };
            let order = changed.remove(&number).or(facts.order.as_ref());
            self.settle_total(rows, facts, order, has_totals)?;
        }
        Ok(())
    }

    fn settle_total(
        &mut self,
        rows: &[WRefund],
        facts: &OrderFacts,
        order: Option<&MOrder>,
        has_totals: bool,
    ) -> Result<(), ReconcileError> {
        let view = self.view(rows, facts, order)?;
        let mut applies = CategorySet::default();
        let marks = self.judge_order(facts)?;
        for w in rows {
            let mark = marks.get(&key_of(w)).copied().unwrap_or_default();
            for category in mark.ranked() {
                applies.add(category);
            }
            self.judge_row(w, facts, &mut applies);
            self.judge_closed(w, &view, &mut applies);
            if order.is_some_and(|m| m.is_cny != w.is_cny) {
                applies.add(Category::CurrencyDiff);
            }
        }
        let time = order.and_then(|m| m.refund_at);
        let own = has_totals && order.is_some() && time.is_none_or(|at| self.day.contains(at));
        // An order without any refund of the merchant's is no row of its refund book.
        let own = own && view.total != Fen::ZERO;
        if let Some(category) = self.compare(&view, time, has_totals) {
            applies.add(category);
        }
        let late = self.relation_of(&view, time);
        let category = match applies.primary() {
            Some(category) => category,
            None if !self.day.has_bill && view.sum != view.total => Category::WCoverage,
            None => agreed(late),
        };
        self.place_total(&view, category, applies, own)
    }

    fn view<'r>(
        &self,
        rows: &'r [WRefund],
        facts: &'r OrderFacts,
        order: Option<&'r MOrder>,
    ) -> Result<OrderTotals<'r>, ReconcileError> {
        let (mut sum, mut before) = (Fen::ZERO, Fen::ZERO);
        for (bill, w) in facts.history.iter().filter(|(_, w)| self.is_accepted(w)) {
            sum = sum.checked_add(w.amount).ok_or(ReconcileError::Overflow)?;
            if *bill < self.day.date {
                before = before
                    .checked_add(w.amount)
                    .ok_or(ReconcileError::Overflow)?;
            }
        }
        Ok(OrderTotals {
            rows,
            facts,
            order,
            sum,
            before,
            total: order.and_then(|m| m.refund_total).unwrap_or(Fen::ZERO),
        })
    }

    /// R06: closed at WeChat Pay, but the merchant's total still has it.
    fn judge_closed(&self, w: &WRefund, view: &OrderTotals<'_>, out: &mut CategorySet) {
        let closed = self.day.live.get(&w.out_refund_no) == Some(&LiveRefundState::Closed);
        if closed && view.total > view.sum {
            out.add(Category::RefundClosed);
        }
    }

    /// R01, R02 or R03 of an order, if the sums disagree.
    fn compare(
        &self,
        view: &OrderTotals<'_>,
        time: Option<Instant>,
        has_totals: bool,
    ) -> Option<Category> {
        if !has_totals {
            let refunded = view
                .order
                .is_some_and(|m| m.pay_status == PayStatus::Refunded);
            return (!refunded).then_some(Category::WOnlyRefund);
        }
        // A total that changed after the day has later refunds in it, which that day will judge.
        let changed_later = time.is_some_and(|at| at >= self.day.end);
        if view.sum == view.total || (changed_later && view.total > view.sum) || !self.day.has_bill
        {
            None
        } else if view.total == Fen::ZERO {
            Some(Category::WOnlyRefund)
        } else if view.sum == Fen::ZERO {
            Some(Category::MOnlyRefund)
        } else {
            Some(Category::RefundAmountDiff)
        }
    }

    fn relation_of(&self, view: &OrderTotals<'_>, time: Option<Instant>) -> Relation {
        match view.rows.last() {
            Some(w) => self.relation(w, time),
            None => Relation::AcrossDays,
        }
    }

    fn place_total(
        &mut self,
        view: &OrderTotals<'_>,
        category: Category,
        applies: CategorySet,
        own: bool,
    ) -> Result<(), ReconcileError> {
        let merchant = if own {
            let part = self.part_of_day(view, category)?;
            self.ledger.see_merchant(RowKind::Refund, part)?;
            Some(part)
        } else {
            None
        };
        let finding = describe_order(view, category, applies);
        if category.is_agreement() {
            self.clear_earlier(view, &finding);
        }
        if let [w] = view.rows
            && category == Category::FeeRefund
            && !applies.has(Category::RefundOrphan)
        {
            let weight = Placement {
                wechat: Some(w.amount),
                merchant,
                carried: None,
            };
            let agreed = agreed(self.relation_of(view, view.order.and_then(|m| m.refund_at)));
            return self
                .ledger
                .suspect_fee(RowKind::Refund, finding, agreed, weight);
        }
        for w in view.rows {
            let weight = Placement::wechat(w.amount);
            self.ledger.refunds.place(category, weight)?;
        }
        if let Some(part) = merchant {
            let weight = Placement::merchant(part);
            self.ledger.refunds.place(category, weight)?;
        }
        if category == Category::WCoverage {
            return Ok(());
        }
        self.ledger
            .enter(RowKind::Refund, finding, Placement::default())
    }

    /// The sums agree now: whatever earlier days raised about refunds of this order is cleared (X7).
    fn clear_earlier(&mut self, view: &OrderTotals<'_>, finding: &Finding) {
        let earlier = view.facts.history.iter();
        for (_, w) in earlier.filter(|(bill, _)| *bill < self.day.date) {
            let mut cleared = finding.clone();
            cleared.category = Category::MatchedLate;
            cleared.out_refund_no = w.out_refund_no;
            cleared.refund_id = w.refund_id;
            self.ledger.cleared.push(cleared);
        }
    }

    /// What of the merchant's total belongs to the day: all that earlier bills do not explain. Of a
    /// total that earlier bills explain in full (the merchant booked past midnight), the last of them.
    fn part_of_day(
        &self,
        view: &OrderTotals<'_>,
        category: Category,
    ) -> Result<Fen, ReconcileError> {
        let part = view
            .total
            .checked_sub(view.before)
            .ok_or(ReconcileError::Overflow)?;
        if part != Fen::ZERO || !category.is_agreement() {
            return Ok(part);
        }
        let last = view.facts.history.iter().map(|(bill, _)| *bill).max();
        view.facts
            .history
            .iter()
            .filter(|(bill, w)| Some(*bill) == last && self.is_accepted(w))
            .try_fold(Fen::ZERO, |sum, (_, w)| sum.checked_add(w.amount))
            .ok_or(ReconcileError::Overflow)
    }
}

fn describe_order(view: &OrderTotals<'_>, category: Category, applies: CategorySet) -> Finding {
    let mut out = Finding::new(category);
    if let Some(m) = view.order {
        out.out_trade_no = m.out_trade_no;
        out.order_no = m.order_no;
        out.transaction_id = m.transaction_id;
        out.out_refund_no = m.refund_no;
        out.merchant = m.refund_total;
        out.paid_at = m.refund_at;
        out.order_row = Some(m.row);
    }
    if let Some(w) = view.rows.last() {
        out.out_trade_no = w.out_trade_no;
        out.transaction_id = w.transaction_id;
        out.out_refund_no = w.out_refund_no;
        out.refund_id = w.refund_id;
        out.paid_at = Some(w.time);
        out.bill_row = Some(w.row);
    }
    if view.sum != Fen::ZERO || !view.rows.is_empty() {
        out.bill = Some(view.sum);
    }
    out.tags = tags_of(applies, false);
    out.detail = match view.rows {
        [] => String::new(),
        [w] => explain(category, w, view.facts),
        [.., w] => format!(
            "rows={} {}",
            view.rows.len(),
            explain(category, w, view.facts)
        )
        .trim_end()
        .to_owned(),
    };
    out
}
