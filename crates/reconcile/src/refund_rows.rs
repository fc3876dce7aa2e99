//! Refunds where the merchant keeps one row each: matched per `out_refund_no`, then per `refund_id`.

use std::collections::BTreeMap;

use recondesk_domain::{
    BillRefundState, Category, Fen, Finding, MRefund, OutRefundNo, OutTradeNo, RefundId,
    RefundStatus, Tag, WRefund,
};

use super::carry_over::{PoolExit, Transit, entered, open_items};
use super::feed::Feed;
use super::judge::{Relation, disagree};
use super::ledger::{Placement, RowKind};
use super::match_archive::CHUNK;
use super::refunds::{
    ORDERS, OrderFacts, Refunds, Today, agreed, describe, explain, key_of, tags_of,
};
use super::rules::CategorySet;
use super::{LiveRefundState, PoolItem, PoolKind, PoolSide, ReconcileError};

/// The merchant's refund for a row of the bill.
#[derive(Debug, Clone, Copy)]
struct Partner {
    m: MRefund,
    own: bool,
    key2: bool,
    carried: Option<Fen>,
}

/// Rows of one order and amount on both sides: a suggestion only if there is one of each (pass 3).
type UnpairedCounts = BTreeMap<(OutTradeNo, Fen), (u32, u32)>;

impl Refunds<'_, '_, '_> {
    /// Reconciles the refund book of this shape.
    pub(super) fn by_row(&mut self, transit: &mut Transit) -> Result<(), ReconcileError> {
        let mut open = BTreeMap::new();
        for item in open_items(self.day, PoolKind::Refund, PoolSide::Merchant) {
            transit.open(&item)?;
            if let Some(double) = open.insert(item.out_refund_no, item) {
                transit.end(&double, PoolExit::Cleared)?;
            }
        }
        let mut own = self.own_refunds()?;
        let partners = self.partners(&mut own, &mut open, transit)?;
        let lonely = lonely(&self.rows, &partners, &own);
        let rows = std::mem::take(&mut self.rows);
        let mut pairs = rows.iter().zip(&partners).collect::<Vec<_>>();
        while !pairs.is_empty() {
            self.ledger.advance(0)?;
            let rest = pairs.split_off(whole_orders(&pairs));
            self.settle_orders(&pairs, &lonely)?;
            pairs = rest;
        }
        let mut unmet: Vec<MRefund> = own.into_values().collect();
        unmet.sort_by_cached_key(|m| m.out_trade_no.fingerprint());
        self.settle_unmet(&unmet, &lonely)?;
        self.settle_waiting(&open.into_values().collect::<Vec<_>>(), transit)
    }

    /// The merchant's refunds of the day; further copies are set aside (P10).
    fn own_refunds(&mut self) -> Result<BTreeMap<OutRefundNo, MRefund>, ReconcileError> {
        let mut out = BTreeMap::new();
        let mut feed = Feed::new(Some(self.day.evidence.merchant_refunds(self.day.date)?));
        while feed.head()?.is_some() {
            let mut first: Option<MRefund> = None;
            for m in feed.take() {
                self.ledger.see_merchant(RowKind::Refund, m.amount)?;
                if let Some(first) = first {
                    let mut finding = describe(Category::DupRowM, None, Some(m));
                    finding.detail = format!("first_row={}", first.row.line);
                    let weight = Placement::merchant(m.amount);
                    self.ledger.enter(RowKind::Refund, finding, weight)?;
                } else {
                    first = Some(*m);
                    out.insert(m.out_refund_no, *m);
                }
            }
        }
        Ok(out)
    }

    /// Passes 1 and 2 for every row of the bill; who is met is taken out of `own` and `open`.
    fn partners(
        &mut self,
        own: &mut BTreeMap<OutRefundNo, MRefund>,
        open: &mut BTreeMap<OutRefundNo, PoolItem>,
        transit: &mut Transit,
    ) -> Result<Vec<Option<Partner>>, ReconcileError> {
        let mut out: Vec<Option<Partner>> = Vec::with_capacity(self.rows.len());
        let mut used = std::collections::BTreeSet::new();
        for chunk in self.rows.chunks(CHUNK) {
            let numbers: Vec<OutRefundNo> = chunk.iter().map(|w| w.out_refund_no).collect();
            let mut found = self.day.evidence.merchant_refunds_by_number(&numbers)?;
            found.resize(chunk.len(), None);
            for (w, elsewhere) in chunk.iter().zip(found) {
                // A second bill row under one number finds its refund consumed.
                if !used.insert(w.out_refund_no) {
                    out.push(None);
                    continue;
                }
                let mine = own.remove(&w.out_refund_no);
                let partner = mine.or(elsewhere).map(|m| Partner {
                    own: mine.is_some() || m.time().is_none_or(|time| self.day.contains(time)),
                    m,
                    key2: false,
                    carried: None,
                });
                if mine.is_none()
                    && let Some(Partner { m, own: true, .. }) = &partner
                {
                    self.ledger.see_merchant(RowKind::Refund, m.amount)?;
                }
                out.push(partner);
            }
        }
        let mut by_id: BTreeMap<RefundId, OutRefundNo> = own
            .values()
            .filter(|m| !m.refund_id.is_empty())
            .map(|m| (m.refund_id, m.out_refund_no))
            .collect();
        for (w, slot) in self.rows.iter().zip(&mut out) {
            if slot.is_none()
                && let Some(number) = by_id.remove(&w.refund_id)
                && let Some(m) = own.remove(&number)
            {
                *slot = Some(Partner {
                    m,
                    own: true,
                    key2: true,
                    carried: None,
                });
            }
            if let Some(partner) = slot
                && let Some(item) = open.remove(&partner.m.out_refund_no)
            {
                partner.carried = Some(item.amount);
                transit.end(&item, PoolExit::Cleared)?;
            }
        }
        Ok(out)
    }

    /// Judges the rows of some whole orders.
    fn settle_orders(
        &mut self,
        pairs: &[(&WRefund, &Option<Partner>)],
        lonely: &UnpairedCounts,
    ) -> Result<(), ReconcileError> {
        let numbers: Vec<OutTradeNo> = pairs.iter().map(|(w, _)| w.out_trade_no).collect();
        let facts = self.facts(&numbers, Today::Asked)?;
        let mut marks = BTreeMap::new();
        for facts in facts.each() {
            marks.extend(self.judge_order(facts)?);
        }
        let unknown = OrderFacts::default();
        for (w, partner) in pairs {
            let facts = facts.get(&w.out_trade_no).unwrap_or(&unknown);
            let mut applies = marks.get(&key_of(w)).copied().unwrap_or_default();
            self.judge_row(w, facts, &mut applies);
            match partner {
                Some(partner) => self.settle_pair(w, partner, facts, applies)?,
                None => self.bill_only(w, facts, applies, lonely)?,
            }
        }
        Ok(())
    }

    fn settle_pair(
        &mut self,
        w: &WRefund,
        partner: &Partner,
        facts: &OrderFacts,
        mut applies: CategorySet,
    ) -> Result<(), ReconcileError> {
        let m = &partner.m;
        if m.out_trade_no != w.out_trade_no || disagree(&m.refund_id, &w.refund_id) {
            applies.add(Category::IdMismatch);
        }
        self.judge_states(w, m, &mut applies);
        let relation = match partner.carried {
            Some(_) => Relation::AcrossDays,
            None => self.relation(w, m.time()),
        };
        let category = applies.primary().unwrap_or(agreed(relation));
        let mut finding = describe(category, Some(w), Some(m));
        finding.order_no = facts.order.map_or(finding.order_no, |order| order.order_no);
        finding.tags = tags_of(applies, partner.key2);
        finding.detail = if category == Category::IdMismatch {
            format!("out_trade_no={}/{}", w.out_trade_no, m.out_trade_no)
        } else {
            explain(category, w, facts)
        };
        let weight = Placement {
            wechat: Some(w.amount),
            merchant: partner.own.then_some(m.amount),
            carried: partner.carried,
        };
        if category == Category::FeeRefund && !applies.has(Category::RefundOrphan) {
            let agreed = agreed(relation);
            return self
                .ledger
                .suspect_fee(RowKind::Refund, finding, agreed, weight);
        }
        self.ledger.enter(RowKind::Refund, finding, weight)
    }

    fn judge_states(&self, w: &WRefund, m: &MRefund, applies: &mut CategorySet) {
        let live = self.day.live.get(&w.out_refund_no);
        let closed = live == Some(&LiveRefundState::Closed);
        match m.status {
            RefundStatus::Success if closed => applies.add(Category::RefundClosed),
            RefundStatus::Closed | RefundStatus::Abnormal
                if !closed && w.state != BillRefundState::Fail =>
            {
                applies.add(Category::WOnlyRefund);
            }
            _ => {}
        }
        if m.amount != w.amount {
            applies.add(Category::RefundAmountDiff);
        }
    }

    fn bill_only(
        &mut self,
        w: &WRefund,
        facts: &OrderFacts,
        mut applies: CategorySet,
        lonely: &UnpairedCounts,
    ) -> Result<(), ReconcileError> {
        applies.add(Category::WOnlyRefund);
        let category = applies.primary().unwrap_or(Category::WOnlyRefund);
        let mut finding = describe(category, Some(w), None);
        finding.order_no = facts.order.map_or(finding.order_no, |order| order.order_no);
        finding.tags = tags_of(applies, false);
        finding.detail = explain(category, w, facts);
        suggest(&mut finding, lonely);
        self.ledger
            .enter(RowKind::Refund, finding, Placement::wechat(w.amount))
    }

    /// The merchant's refunds that no row of the day met.
    fn settle_unmet(
        &mut self,
        unmet: &[MRefund],
        lonely: &UnpairedCounts,
    ) -> Result<(), ReconcileError> {
        for chunk in unmet.chunks(ORDERS) {
            self.ledger.advance(0)?;
            let numbers: Vec<OutTradeNo> = chunk.iter().map(|m| m.out_trade_no).collect();
            let facts = self.facts(&numbers, Today::Asked)?;
            for m in chunk {
                let facts = facts.get(&m.out_trade_no);
                let weight = Placement::merchant(m.amount);
                if let Some(w) = facts.and_then(|facts| same_refund(facts, m)) {
                    let relation = match self.relation(w, m.time()) {
                        Relation::Same | Relation::Off => Relation::AcrossDays,
                        other => other,
                    };
                    self.settle_old(w, m, relation, weight)?;
                    continue;
                }
                self.merchant_only(m, weight, lonely)?;
            }
        }
        Ok(())
    }

    /// A merchant's refund whose bill row lies on another day.
    fn settle_old(
        &mut self,
        w: &WRefund,
        m: &MRefund,
        relation: Relation,
        weight: Placement,
    ) -> Result<(), ReconcileError> {
        let mut applies = CategorySet::default();
        if m.out_trade_no != w.out_trade_no || disagree(&m.refund_id, &w.refund_id) {
            applies.add(Category::IdMismatch);
        }
        self.judge_states(w, m, &mut applies);
        let category = applies.primary().unwrap_or(agreed(relation));
        let mut finding = describe(category, Some(w), Some(m));
        finding.tags = tags_of(applies, m.out_refund_no != w.out_refund_no);
        self.ledger.enter(RowKind::Refund, finding, weight)
    }

    fn merchant_only(
        &mut self,
        m: &MRefund,
        weight: Placement,
        lonely: &UnpairedCounts,
    ) -> Result<(), ReconcileError> {
        let category = match m.status {
            RefundStatus::Closed | RefundStatus::Abnormal => Category::Unpaid,
            _ if !self.day.has_bill => Category::WCoverage,
            RefundStatus::Success => Category::MOnlyRefund,
            RefundStatus::Processing => Category::RefundPendingM,
        };
        if matches!(category, Category::Unpaid | Category::WCoverage) {
            return self.ledger.refunds.place(category, weight);
        }
        let mut finding = describe(category, None, Some(m));
        if category == Category::RefundPendingM {
            self.pool.push(item_of(m, self.day.date));
        } else {
            suggest(&mut finding, lonely);
        }
        self.ledger.enter(RowKind::Refund, finding, weight)
    }

    /// Refunds of the pool that no row of the day met.
    fn settle_waiting(
        &mut self,
        items: &[PoolItem],
        transit: &mut Transit,
    ) -> Result<(), ReconcileError> {
        for chunk in items.chunks(ORDERS) {
            let numbers: Vec<OutRefundNo> = chunk.iter().map(|item| item.out_refund_no).collect();
            let mut present = self.day.evidence.merchant_refunds_by_number(&numbers)?;
            present.resize(chunk.len(), None);
            let orders: Vec<OutTradeNo> = chunk.iter().map(|item| item.out_trade_no).collect();
            let facts = self.facts(&orders, Today::Asked)?;
            for (item, m) in chunk.iter().zip(present) {
                let m = m.unwrap_or_else(|| refund_of(item));
                let weight = Placement::carried(item.amount);
                let known = facts.get(&item.out_trade_no);
                let fate = if let Some(w) = known.and_then(|facts| same_refund(facts, &m)) {
                    self.settle_old(w, &m, Relation::AcrossDays, weight)?;
                    PoolExit::Cleared
                } else {
                    self.still_waiting(item, &m, weight)?
                };
                transit.end(item, fate)?;
            }
        }
        Ok(())
    }

    fn still_waiting(
        &mut self,
        item: &PoolItem,
        m: &MRefund,
        weight: Placement,
    ) -> Result<PoolExit, ReconcileError> {
        if matches!(m.status, RefundStatus::Closed | RefundStatus::Abnormal) {
            self.ledger.refunds.place(Category::Unpaid, weight)?;
            return Ok(PoolExit::Cleared);
        }
        // What the merchant now calls done is in its book of that day, and raised there.
        let expired = item.is_expired(&self.day.bill_days, self.day.date)
            || (m.status == RefundStatus::Success && self.day.has_bill);
        let (category, fate) = if expired {
            (Category::MOnlyRefund, PoolExit::Expired)
        } else {
            (Category::RefundPendingM, PoolExit::Stays)
        };
        let mut finding = describe(category, None, Some(m));
        finding.detail = entered(item);
        let listed = self.ledger.findings.iter().any(|f| {
            f.category == category && f.out_refund_no == m.out_refund_no && f.bill.is_none()
        });
        if listed {
            self.ledger.refunds.place(category, weight)?;
        } else {
            self.ledger.enter(RowKind::Refund, finding, weight)?;
        }
        Ok(fate)
    }
}

/// How many of the pairs make whole orders, at most about [`ORDERS`] rows.
fn whole_orders(pairs: &[(&WRefund, &Option<Partner>)]) -> usize {
    let Some(last) = pairs.get(ORDERS) else {
        return pairs.len();
    };
    let first = pairs
        .iter()
        .position(|(w, _)| w.out_trade_no == last.0.out_trade_no)
        .unwrap_or(0);
    if first > 0 {
        return first;
    }
    pairs
        .iter()
        .position(|(w, _)| w.out_trade_no != last.0.out_trade_no)
        .unwrap_or(pairs.len())
}

fn lonely(
    rows: &[WRefund],
    partners: &[Option<Partner>],
    own: &BTreeMap<OutRefundNo, MRefund>,
) -> UnpairedCounts {
    let mut out = UnpairedCounts::new();
    for (w, _) in rows.iter().zip(partners).filter(|(_, p)| p.is_none()) {
        let counts = out.entry((w.out_trade_no, w.amount)).or_default();
        counts.0 = counts.0.saturating_add(1);
    }
    for m in own.values().filter(|m| m.status == RefundStatus::Success) {
        let counts = out.entry((m.out_trade_no, m.amount)).or_default();
        counts.1 = counts.1.saturating_add(1);
    }
    out
}

/// Marks both lonely rows of one order and amount: probably the same refund, for a person to confirm.
fn suggest(finding: &mut Finding, lonely: &UnpairedCounts) {
    let amount = finding.bill.or(finding.merchant).unwrap_or_default();
    if lonely.get(&(finding.out_trade_no, amount)) == Some(&(1, 1)) {
        finding.tags.push(Tag::Suggested);
    }
}

/// The bill row of a merchant's refund, on any day up to this one.
fn same_refund<'f>(facts: &'f OrderFacts, m: &MRefund) -> Option<&'f WRefund> {
    let rows = || facts.history.iter().map(|(_, w)| w);
    rows()
        .find(|w| w.out_refund_no == m.out_refund_no)
        .or_else(|| rows().find(|w| !m.refund_id.is_empty() && w.refund_id == m.refund_id))
}

fn item_of(m: &MRefund, day: recondesk_domain::BillDate) -> PoolItem {
    PoolItem {
        kind: PoolKind::Refund,
        side: PoolSide::Merchant,
        entered: day,
        out_trade_no: m.out_trade_no,
        out_refund_no: m.out_refund_no,
        transaction_id: recondesk_domain::TransactionId::EMPTY,
        refund_id: m.refund_id,
        order_no: recondesk_domain::OrderNo::EMPTY,
        amount: m.amount,
        time: m.time().unwrap_or_default(),
        row: m.row,
    }
}

/// What an item knows of its refund, for an archive that has lost it.
fn refund_of(item: &PoolItem) -> MRefund {
    MRefund {
        out_refund_no: item.out_refund_no,
        out_trade_no: item.out_trade_no,
        refund_id: item.refund_id,
        amount: item.amount,
        status: RefundStatus::Processing,
        requested_at: Some(item.time),
        succeeded_at: None,
        row: item.row,
    }
}
