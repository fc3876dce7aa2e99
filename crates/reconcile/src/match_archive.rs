//! What the join left over: rows of one book whose partner is on another day, under another number,
//! or nowhere.
//!
//! The archive is asked in chunks; what is found in no book becomes P04, P05, P06, K01 or K02.

use std::collections::{BTreeMap, BTreeSet};

use recondesk_domain::{BillState, Category, MOrder, OutTradeNo, Tag, TransactionId, WPay};

use super::business::standing;
use super::judge::{Day, Origin, describe, iso, tags_of};
use super::ledger::{Placement, RowKind};
use super::payments::{Pair, Pays, UnmatchedPayment};
use super::rules::CategorySet;
use super::{Hole, PoolItem, PoolKind, PoolSide, ReconcileError};

/// Numbers asked of the archive at a time.
pub(super) const CHUNK: usize = 4_096;

/// The order of a number of any day, and how it was found.
struct FoundOrder {
    order: MOrder,
    key2: bool,
    /// A row of the day's merchant book.
    own: bool,
    /// Already counted there, because the join has read it.
    counted: bool,
}

impl Pays<'_, '_, '_> {
    /// Settles all that the join left over. `waiting` are orders of the pool that wait for their
    /// payment; those that meet it are taken out and returned.
    pub(super) fn resolve(
        &mut self,
        waiting: &mut BTreeMap<OutTradeNo, PoolItem>,
    ) -> Result<Vec<PoolItem>, ReconcileError> {
        let mut met = Vec::new();
        let mut nowhere = Vec::new();
        let left = std::mem::take(&mut self.left);
        let mut by_transaction = self.orders_by_transaction();
        let mut taken = BTreeSet::new();
        let mut named = BTreeSet::new();
        for chunk in left.chunks(CHUNK) {
            self.ledger.advance(0)?;
            let found = self.find_orders(chunk, &mut by_transaction, &mut taken)?;
            for (left, found) in chunk.iter().zip(found) {
                let Some(FoundOrder {
                    order,
                    key2,
                    own,
                    counted,
                }) = found
                else {
                    nowhere.push(*left);
                    continue;
                };
                // Two payments of one number meet one order: it counts once.
                let own = own && (key2 || named.insert(order.out_trade_no));
                if own && !counted {
                    self.ledger.see_merchant(RowKind::Pay, order.amount)?;
                }
                let item = waiting.remove(&order.out_trade_no);
                met.extend(item);
                let pair = Pair {
                    w: &left.w,
                    m: &order,
                    origin: if item.is_some() {
                        Origin::Pool
                    } else {
                        Origin::Bill
                    },
                    own_bill: true,
                    own_order: own,
                    key2,
                    carried: item.map(|item| item.amount),
                };
                if left.repeated {
                    self.settle(&pair, Some("reason=same_number"))?;
                } else {
                    self.offer(pair)?;
                }
            }
        }
        self.flush_business()?;
        self.orders.retain(|m| !taken.contains(&m.out_trade_no));
        self.settle_old_reversals()?;
        self.settle_orders()?;
        self.place_nowhere(nowhere)?;
        Ok(met)
    }

    fn orders_by_transaction(&self) -> BTreeMap<TransactionId, MOrder> {
        let mut out = BTreeMap::new();
        for m in self.orders.iter().filter(|m| !m.transaction_id.is_empty()) {
            out.entry(m.transaction_id).or_insert(*m);
        }
        out
    }

    /// Pass 1 over all days, then pass 2 over the day's own orders and over all days.
    fn find_orders(
        &self,
        chunk: &[UnmatchedPayment],
        own: &mut BTreeMap<TransactionId, MOrder>,
        taken: &mut BTreeSet<OutTradeNo>,
    ) -> Result<Vec<Option<FoundOrder>>, ReconcileError> {
        let numbers: Vec<OutTradeNo> = chunk.iter().map(|left| left.w.out_trade_no).collect();
        let mut found: Vec<Option<FoundOrder>> = self
            .day
            .evidence
            .orders_by_number(&numbers)?
            .into_iter()
            .map(|order| {
                order.map(|order| FoundOrder {
                    own: is_own(self.day, &order),
                    order,
                    key2: false,
                    counted: false,
                })
            })
            .collect();
        found.resize_with(chunk.len(), || None);
        let mut open = Vec::new();
        for (left, slot) in chunk.iter().zip(&mut found) {
            if slot.is_some() || left.w.transaction_id.is_empty() {
                continue;
            }
            if let Some(order) = own.remove(&left.w.transaction_id) {
                taken.insert(order.out_trade_no);
                *slot = Some(FoundOrder {
                    order,
                    key2: true,
                    own: true,
                    counted: true,
                });
            } else {
                open.push(left.w.transaction_id);
            }
        }
        if open.is_empty() {
            return Ok(found);
        }
        let mut elsewhere = self.unused_orders(&open)?;
        // What the join has read is met by its own rows or not at all.
        let mine: BTreeSet<OutTradeNo> = self.orders.iter().map(|m| m.out_trade_no).collect();
        elsewhere.retain(|_, m| !mine.contains(&m.out_trade_no));
        for (left, slot) in chunk.iter().zip(&mut found) {
            if slot.is_none()
                && let Some(order) = elsewhere.remove(&left.w.transaction_id)
                && taken.insert(order.out_trade_no)
            {
                *slot = Some(FoundOrder {
                    own: is_own(self.day, &order),
                    order,
                    key2: true,
                    counted: false,
                });
            }
        }
        Ok(found)
    }

    /// Orders that carry these numbers and have no payment under their own number: a row is consumed
    /// by the first match.
    pub(super) fn unused_orders(
        &self,
        transactions: &[TransactionId],
    ) -> Result<BTreeMap<TransactionId, MOrder>, ReconcileError> {
        let evidence = self.day.evidence;
        let mut orders: BTreeMap<TransactionId, MOrder> = evidence
            .orders_by_transaction(transactions)?
            .into_iter()
            .flatten()
            .map(|order| (order.transaction_id, order))
            .collect();
        let numbers: Vec<OutTradeNo> = orders.values().map(|m| m.out_trade_no).collect();
        if !numbers.is_empty() {
            let used: BTreeSet<OutTradeNo> = evidence
                .pays_by_number(&numbers, self.day.date)?
                .into_iter()
                .map(|(_, w)| w.out_trade_no)
                .collect();
            orders.retain(|_, m| !used.contains(&m.out_trade_no));
        }
        Ok(orders)
    }

    /// Reversed payments whose order is not among the day's candidates.
    fn settle_old_reversals(&mut self) -> Result<(), ReconcileError> {
        let rows = std::mem::take(&mut self.reversed);
        let numbers: Vec<OutTradeNo> = rows.iter().map(|w| w.out_trade_no).collect();
        let orders = self.day.evidence.orders_by_number(&numbers)?;
        let orders: BTreeMap<OutTradeNo, MOrder> = orders
            .into_iter()
            .flatten()
            .map(|m| (m.out_trade_no, m))
            .collect();
        for group in rows.chunk_by(|a, b| a.out_trade_no == b.out_trade_no) {
            let order = group.first().and_then(|w| orders.get(&w.out_trade_no));
            let own = order.is_some_and(|m| is_own(self.day, m));
            if let Some(m) = order.filter(|_| own) {
                self.ledger.see_merchant(RowKind::Pay, m.amount)?;
            }
            self.settle_reversed(group, order.map(|m| (m, own)))?;
        }
        Ok(())
    }

    /// The day's orders that no payment of the day met: an earlier bill, the window, or P05.
    pub(super) fn settle_orders(&mut self) -> Result<(), ReconcileError> {
        let orders = std::mem::take(&mut self.orders);
        for chunk in orders.chunks(CHUNK) {
            self.ledger.advance(0)?;
            // Without a bill only what may have crossed midnight is worth a look into older ones.
            let near = self.day.start.plus(self.day.tolerance_s);
            let numbers: Vec<OutTradeNo> = chunk
                .iter()
                .filter(|m| self.day.has_bill || m.paid_at.is_some_and(|paid| paid <= near))
                .map(|m| m.out_trade_no)
                .collect();
            let earlier = earlier_pays(self.day, &numbers)?;
            for m in chunk {
                if !m.pay_status.is_paid() {
                    let weight = Placement::merchant(m.amount);
                    self.ledger.pays.place(Category::Unpaid, weight)?;
                } else if let Some(w) = earlier.get(&m.out_trade_no) {
                    let pair = Pair {
                        w,
                        m,
                        origin: Origin::Order,
                        own_bill: false,
                        own_order: true,
                        key2: false,
                        carried: None,
                    };
                    self.settle(&pair, None)?;
                } else {
                    self.order_alone(m)?;
                }
            }
        }
        Ok(())
    }

    fn order_alone(&mut self, m: &MOrder) -> Result<(), ReconcileError> {
        let weight = Placement::merchant(m.amount);
        if !self.day.has_bill {
            return self.ledger.pays.place(Category::WCoverage, weight);
        }
        let time = m.paid_at.unwrap_or(m.created_at);
        if self.day.in_window(time) {
            let finding = describe(Category::PayPendingM, None, Some(m));
            self.pool.push(PoolItem {
                kind: PoolKind::Pay,
                side: PoolSide::Merchant,
                entered: self.day.date,
                out_trade_no: m.out_trade_no,
                out_refund_no: recondesk_domain::OutRefundNo::EMPTY,
                transaction_id: m.transaction_id,
                refund_id: recondesk_domain::RefundId::EMPTY,
                order_no: m.order_no,
                amount: m.amount,
                time,
                row: m.row,
            });
            return self.ledger.enter(RowKind::Pay, finding, weight);
        }
        let mut finding = describe(Category::MOnlyPay, None, Some(m));
        if !self.day.has_bill_of(self.day.date.prev()) {
            finding.tags.push(Tag::NoBillOfDayBefore);
        }
        self.ledger.enter(RowKind::Pay, finding, weight)
    }

    /// Payments without an order anywhere: a hole of the merchant's book, the window, or P04.
    fn place_nowhere(&mut self, mut rows: Vec<UnmatchedPayment>) -> Result<(), ReconcileError> {
        for left in &rows {
            if left.w.state == BillState::Success {
                self.coverage.pay(left.w.time, false);
            }
        }
        let stretches = self.coverage.stretches(self.day.input.rules.hole_payments);
        let mut holes: Vec<Hole> = stretches.iter().map(|&s| self.coverage.hole(s)).collect();
        rows.sort_by_key(|left| (left.w.time, left.w.out_trade_no, left.w.transaction_id));
        for left in &rows {
            let w = &left.w;
            let applies = self.alone(left);
            let weight = Placement::wechat(w.amount);
            let hole = (w.state == BillState::Success)
                .then(|| self.coverage.stretch_of(w.time, &stretches))
                .flatten()
                .and_then(|at| holes.get_mut(at));
            if let Some(hole) = hole {
                hole.sums.take(w.amount)?;
                self.ledger.pays.place(Category::MCoverage, weight)?;
                continue;
            }
            self.place_single(w, applies, weight)?;
        }
        for hole in &holes {
            let mut finding = recondesk_domain::Finding::new(Category::MCoverage);
            finding.bill = Some(hole.sums.fen);
            finding.paid_at = Some(hole.from);
            finding.detail = format!(
                "from={} to={} count={}",
                iso(hole.from),
                iso(hole.to),
                hole.sums.count
            );
            self.ledger
                .enter(RowKind::Pay, finding, Placement::default())?;
        }
        self.holes = holes;
        Ok(())
    }

    fn place_single(
        &mut self,
        w: &WPay,
        applies: CategorySet,
        weight: Placement,
    ) -> Result<(), ReconcileError> {
        // A repeated number or an unknown state decides; a fee is only a remark here.
        let deciding = applies
            .primary()
            .filter(|c| matches!(c, Category::DupPay | Category::UnknownState));
        let category = match deciding {
            Some(category) => category,
            None if self.day.in_window(w.time) => Category::PayPendingW,
            None => Category::WOnlyPay,
        };
        let mut finding = describe(category, Some(w), None);
        finding.tags = if deciding.is_some() {
            tags_of(applies, false)
        } else {
            applies.ranked().map(Tag::Also).collect()
        };
        if category == Category::PayPendingW {
            self.pool.push(PoolItem {
                kind: PoolKind::Pay,
                side: PoolSide::Wechat,
                entered: self.day.date,
                out_trade_no: w.out_trade_no,
                out_refund_no: recondesk_domain::OutRefundNo::EMPTY,
                transaction_id: w.transaction_id,
                refund_id: recondesk_domain::RefundId::EMPTY,
                order_no: recondesk_domain::OrderNo::EMPTY,
                amount: w.amount,
                time: w.time,
                row: w.row,
            });
        }
        self.ledger.enter(RowKind::Pay, finding, weight)
    }
}

/// True when an order found by its number counts in the day's merchant book: not when it was paid on
/// another day, whose book has it.
fn is_own(day: &Day<'_>, m: &MOrder) -> bool {
    !m.pay_status.is_paid() || m.paid_at.is_none_or(|paid| day.contains(paid))
}

/// The payment that stands for each of these numbers in the bills before the day.
pub(super) fn earlier_pays(
    day: &Day<'_>,
    numbers: &[OutTradeNo],
) -> Result<BTreeMap<OutTradeNo, WPay>, ReconcileError> {
    let mut rows = day.evidence.pays_by_number(numbers, day.date.prev())?;
    rows.sort_by_key(|(bill, w)| (*bill, w.time, w.transaction_id, w.row));
    let mut out: BTreeMap<OutTradeNo, WPay> = BTreeMap::new();
    for w in standing(&rows) {
        out.entry(w.out_trade_no).or_insert(w);
    }
    // A payment that was reversed and nothing else: P12 against a paid order.
    for (_, w) in rows.iter().filter(|(_, w)| w.state == BillState::Revoked) {
        out.entry(w.out_trade_no).or_insert(*w);
    }
    Ok(out)
}
