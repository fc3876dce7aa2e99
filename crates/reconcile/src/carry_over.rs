//! The life of the payment pool on one day: what was open is cleared, expires, or stays (X4 to X7).

use std::collections::BTreeMap;

use recondesk_domain::{BillState, Category, MOrder, OutTradeNo, Tag, TransactionId, WPay};

use super::judge::{Day, Origin, describe};
use super::ledger::{Placement, RowKind};
use super::match_archive::CHUNK;
use super::payments::{Pair, Pays};
use super::{PoolItem, PoolKind, PoolRoll, PoolSide, ReconcileError, Sums};

/// How an item left the pool, or did not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PoolExit {
    Cleared,
    Expired,
    Stays,
}

/// The open items of a day, and what becomes of each.
#[derive(Debug, Default)]
pub(super) struct Transit {
    rolls: BTreeMap<(PoolKind, PoolSide), PoolRoll>,
    closing: Vec<PoolItem>,
}

impl Transit {
    fn roll(&mut self, item: &PoolItem) -> &mut PoolRoll {
        self.rolls
            .entry((item.kind, item.side))
            .or_insert_with(|| PoolRoll {
                kind: item.kind,
                side: item.side,
                opening: Sums::default(),
                new: Sums::default(),
                cleared: Sums::default(),
                expired: Sums::default(),
                closing: Sums::default(),
            })
    }

    /// Counts an item that was open when the day began.
    pub(super) fn open(&mut self, item: &PoolItem) -> Result<(), ReconcileError> {
        self.roll(item).opening.take(item.amount)
    }

    /// Records what became of an item that was open.
    pub(super) fn end(&mut self, item: &PoolItem, fate: PoolExit) -> Result<(), ReconcileError> {
        let roll = self.roll(item);
        match fate {
            PoolExit::Cleared => roll.cleared.take(item.amount),
            PoolExit::Expired => roll.expired.take(item.amount),
            PoolExit::Stays => {
                self.closing.push(*item);
                Ok(())
            }
        }
    }

    /// Takes in an item of today.
    pub(super) fn enter(&mut self, item: &PoolItem) -> Result<(), ReconcileError> {
        self.roll(item).new.take(item.amount)?;
        self.closing.push(*item);
        Ok(())
    }

    /// The roll-forward and the pool at the end of the day.
    pub(super) fn close(mut self) -> Result<(Vec<PoolRoll>, Vec<PoolItem>), ReconcileError> {
        self.closing.sort_unstable();
        for item in std::mem::take(&mut self.closing) {
            self.roll(&item).closing.take(item.amount)?;
            self.closing.push(item);
        }
        Ok((self.rolls.into_values().collect(), self.closing))
    }
}

/// The items of one kind and side that are open on the day, in stable order.
pub(super) fn open_items(day: &Day<'_>, kind: PoolKind, side: PoolSide) -> Vec<PoolItem> {
    let mut items: Vec<PoolItem> = day
        .input
        .pool
        .iter()
        .filter(|item| item.kind == kind && item.side == side && item.entered < day.date)
        .copied()
        .collect();
    items.sort_unstable();
    items.dedup();
    items
}

/// The tag that says that the merchant may have learnt of it from a bill nobody has.
pub(super) fn entered(item: &PoolItem) -> String {
    format!("entered={}", item.entered)
}

impl Pays<'_, '_, '_> {
    /// Before the join: payments that waited for an order.
    pub(super) fn clear_bill_side(&mut self, transit: &mut Transit) -> Result<(), ReconcileError> {
        let items = open_items(self.day, PoolKind::Pay, PoolSide::Wechat);
        for chunk in items.chunks(CHUNK) {
            let orders = self.orders_of_items(chunk)?;
            let numbers: Vec<OutTradeNo> = chunk.iter().map(|item| item.out_trade_no).collect();
            let rows = self.day.evidence.pays_by_number(&numbers, self.day.date)?;
            for (item, order) in chunk.iter().zip(orders) {
                transit.open(item)?;
                let row = rows.iter().map(|(_, w)| w).find(|w| {
                    w.out_trade_no == item.out_trade_no && w.transaction_id == item.transaction_id
                });
                let w = row.copied().unwrap_or_else(|| row_of(item));
                let fate = self.clear_pay(item, &w, order.as_ref())?;
                transit.end(item, fate)?;
            }
        }
        Ok(())
    }

    fn clear_pay(
        &mut self,
        item: &PoolItem,
        w: &WPay,
        order: Option<&MOrder>,
    ) -> Result<PoolExit, ReconcileError> {
        let weight = Placement::carried(item.amount);
        if let Some(m) = order {
            let pair = Pair {
                w,
                m,
                origin: Origin::Pool,
                own_bill: false,
                own_order: false,
                key2: m.out_trade_no != w.out_trade_no,
                carried: Some(item.amount),
            };
            let category = self.settle(&pair, None)?;
            self.met_by_pool.insert(m.out_trade_no, category);
            return Ok(PoolExit::Cleared);
        }
        let (category, fate) = if item.is_expired(&self.day.bill_days, self.day.date) {
            (Category::WOnlyPay, PoolExit::Expired)
        } else {
            (Category::PayPendingW, PoolExit::Stays)
        };
        let mut finding = describe(category, Some(w), None);
        finding.detail = entered(item);
        self.ledger.enter(RowKind::Pay, finding, weight)?;
        Ok(fate)
    }

    /// The orders of payments in the pool, by both numbers, of any day.
    fn orders_of_items(&self, items: &[PoolItem]) -> Result<Vec<Option<MOrder>>, ReconcileError> {
        let evidence = self.day.evidence;
        let numbers: Vec<OutTradeNo> = items.iter().map(|item| item.out_trade_no).collect();
        let mut orders = evidence.orders_by_number(&numbers)?;
        orders.resize(items.len(), None);
        let open: Vec<TransactionId> = items
            .iter()
            .zip(&orders)
            .filter(|(item, order)| order.is_none() && !item.transaction_id.is_empty())
            .map(|(item, _)| item.transaction_id)
            .collect();
        if open.is_empty() {
            return Ok(orders);
        }
        let unused = self.unused_orders(&open)?;
        for (item, order) in items.iter().zip(&mut orders) {
            if order.is_none() {
                *order = unused.get(&item.transaction_id).copied();
            }
        }
        Ok(orders)
    }

    /// Orders of the pool that wait for a payment, by number.
    pub(super) fn waiting_orders(
        &self,
        transit: &mut Transit,
    ) -> Result<BTreeMap<OutTradeNo, PoolItem>, ReconcileError> {
        let mut out = BTreeMap::new();
        for item in open_items(self.day, PoolKind::Pay, PoolSide::Merchant) {
            transit.open(&item)?;
            if let Some(double) = out.insert(item.out_trade_no, item) {
                transit.end(&double, PoolExit::Cleared)?;
            }
        }
        Ok(out)
    }

    /// After the join: orders of the pool that no payment of the day met.
    pub(super) fn clear_order_side(
        &mut self,
        waiting: BTreeMap<OutTradeNo, PoolItem>,
        transit: &mut Transit,
    ) -> Result<(), ReconcileError> {
        let items: Vec<PoolItem> = waiting.into_values().collect();
        for chunk in items.chunks(CHUNK) {
            let numbers: Vec<OutTradeNo> = chunk.iter().map(|item| item.out_trade_no).collect();
            let mut orders = self.day.evidence.orders_by_number(&numbers)?;
            orders.resize(chunk.len(), None);
            let rows = self.day.evidence.pays_by_number(&numbers, self.day.date)?;
            let rows = super::business::standing(&rows);
            for (item, order) in chunk.iter().zip(orders) {
                let m = order.unwrap_or_else(|| order_of(item));
                let w = rows.iter().find(|w| w.out_trade_no == item.out_trade_no);
                let fate = self.clear_order(item, &m, w)?;
                transit.end(item, fate)?;
            }
        }
        Ok(())
    }

    fn clear_order(
        &mut self,
        item: &PoolItem,
        m: &MOrder,
        w: Option<&WPay>,
    ) -> Result<PoolExit, ReconcileError> {
        let weight = Placement::carried(item.amount);
        if let Some(w) = w {
            let pair = Pair {
                w,
                m,
                origin: Origin::Pool,
                own_bill: false,
                own_order: false,
                key2: false,
                carried: Some(item.amount),
            };
            self.settle(&pair, None)?;
            return Ok(PoolExit::Cleared);
        }
        if !m.pay_status.is_paid() {
            // The merchant took it back: nothing is due on either side.
            self.ledger.pays.place(Category::Unpaid, weight)?;
            return Ok(PoolExit::Cleared);
        }
        let (category, fate) = if item.is_expired(&self.day.bill_days, self.day.date) {
            (Category::MOnlyPay, PoolExit::Expired)
        } else {
            (Category::PayPendingM, PoolExit::Stays)
        };
        let mut finding = describe(category, None, Some(m));
        finding.detail = entered(item);
        if fate == PoolExit::Expired && !self.day.has_bill_of(item.entered.prev()) {
            finding.tags.push(Tag::NoBillOfDayBefore);
        }
        self.ledger.enter(RowKind::Pay, finding, weight)?;
        Ok(fate)
    }
}

/// What an item knows of its bill row, for an archive that has lost it.
fn row_of(item: &PoolItem) -> WPay {
    WPay {
        out_trade_no: item.out_trade_no,
        transaction_id: item.transaction_id,
        appid: recondesk_domain::AppId::EMPTY,
        sub_mch_id: recondesk_domain::MchId::EMPTY,
        time: item.time,
        state: BillState::Success,
        is_cny: true,
        amount: item.amount,
        settled: item.amount,
        coupon: recondesk_domain::Fen::ZERO,
        fee: recondesk_domain::Fee::ZERO,
        rate: -1,
        row: item.row,
    }
}

/// What an item knows of its order, for an archive that has lost it.
fn order_of(item: &PoolItem) -> MOrder {
    MOrder {
        out_trade_no: item.out_trade_no,
        order_no: item.order_no,
        transaction_id: item.transaction_id,
        appid: recondesk_domain::AppId::EMPTY,
        sub_mch_id: recondesk_domain::MchId::EMPTY,
        amount: item.amount,
        is_cny: true,
        pay_status: recondesk_domain::PayStatus::Paid,
        fulfil_status: recondesk_domain::FulfilStatus::NotKnown,
        created_at: item.time,
        paid_at: Some(item.time),
        closed_at: None,
        fulfilled_at: None,
        refund_total: None,
        refund_no: recondesk_domain::OutRefundNo::EMPTY,
        refund_at: None,
        row: item.row,
    }
}
