//! The refund book: what both shapes of the merchant's refunds have in common.
//!
//! A day's refund rows are few beside its payments and are held in memory, by order, because most of
//! their rules (R07, R08, R09) look at an order as a whole and at all days of the archive.

use std::collections::{BTreeMap, BTreeSet};

use recondesk_domain::{
    BillDate, BillRefundState, Category, Fen, Finding, MOrder, MRefund, OutRefundNo, OutTradeNo,
    RefundId, Tag, WRefund,
};

use super::business::standing;
use super::feed::Feed;
use super::fees::FeeWatch;
use super::judge::{Day, Relation};
use super::ledger::{Ledger, Placement, RowKind};
use super::rules::CategorySet;
use super::{LiveRefundState, NetSettlement, PoolItem, ReconcileError};

/// Orders looked up at a time.
pub(super) const ORDERS: usize = 1_024;

/// Both numbers of a refund.
pub(super) type RefundKey = (OutRefundNo, RefundId);

/// What the archive knows of one order whose money went back.
#[derive(Debug, Clone, Default)]
pub(super) struct OrderFacts {
    pub(super) order: Option<MOrder>,
    /// Amount paid, if the payment is in the archive.
    paid: Option<Fen>,
    /// All refund rows up to the day, oldest first, copies left out.
    pub(super) history: Vec<(BillDate, WRefund)>,
}

/// Where the day's own refund rows of some orders come from.
#[derive(Clone, Copy)]
pub(super) enum Today<'r> {
    /// They are asked for like those of earlier days.
    Asked,
    /// They are at hand: all there are, copies left out.
    Given(&'r [&'r [WRefund]]),
}

/// What the archive knows of some orders, in the order of their numbers.
pub(super) struct ArchiveFacts {
    numbers: Vec<OutTradeNo>,
    each: Vec<OrderFacts>,
}

impl ArchiveFacts {
    fn of(numbers: &[OutTradeNo]) -> Self {
        let mut numbers = numbers.to_vec();
        numbers.sort_unstable();
        numbers.dedup();
        let each = vec![OrderFacts::default(); numbers.len()];
        Self { numbers, each }
    }

    /// The facts of one of the orders.
    pub(super) fn get(&self, number: &OutTradeNo) -> Option<&OrderFacts> {
        let at = self.numbers.binary_search(number).ok()?;
        self.each.get(at)
    }

    /// The facts of all orders.
    pub(super) fn each(&self) -> &[OrderFacts] {
        &self.each
    }

    fn get_mut(&mut self, number: &OutTradeNo) -> Option<&mut OrderFacts> {
        let at = self.numbers.binary_search(number).ok()?;
        self.each.get_mut(at)
    }
}

/// The state of the refund pass.
pub(super) struct Refunds<'a, 'l, 's> {
    pub(super) day: &'a Day<'a>,
    pub(super) ledger: &'l mut Ledger<'s>,
    pub(super) fees: FeeWatch,
    pub(super) net: NetSettlement,
    /// The day's refund rows by order, time and number, copies left out.
    pub(super) rows: Vec<WRefund>,
    /// Items that entered the pool today.
    pub(super) pool: Vec<PoolItem>,
    /// Orders with more refunded than paid (I16).
    pub(super) over: i64,
}

impl<'a, 'l, 's> Refunds<'a, 'l, 's> {
    /// Reads the day's refund rows and sets further copies aside (P10).
    pub(super) fn load(
        day: &'a Day<'a>,
        ledger: &'l mut Ledger<'s>,
        fees: FeeWatch,
        net: NetSettlement,
    ) -> Result<Self, ReconcileError> {
        let mut out = Self {
            day,
            ledger,
            fees,
            net,
            rows: Vec::new(),
            pool: Vec::new(),
            over: 0,
        };
        if !day.has_bill {
            return Ok(out);
        }
        let mut feed = Feed::new(Some(day.evidence.refunds(day.date)?));
        while feed.head()?.is_some() {
            let mut firsts: Vec<WRefund> = Vec::with_capacity(1);
            for w in feed.take() {
                out.see(w)?;
                let copied = firsts.iter().find(|f| {
                    f.refund_id == w.refund_id
                        && f.out_trade_no == w.out_trade_no
                        && f.transaction_id == w.transaction_id
                });
                if let Some(first) = copied {
                    let mut finding = describe(Category::DupRowW, Some(w), None);
                    finding.detail = format!("first_row={}", first.row.line);
                    let weight = Placement::wechat(w.amount);
                    out.ledger.enter(RowKind::Refund, finding, weight)?;
                } else {
                    firsts.push(*w);
                }
            }
            out.rows.extend(firsts);
        }
        out.ledger.advance(0)?;
        // In the order of the books, so that the archive finds neighbours side by side.
        out.rows.sort_by_cached_key(|w| {
            let print = w.out_trade_no.fingerprint();
            (print, w.out_trade_no, w.time, w.out_refund_no, w.refund_id)
        });
        Ok(out)
    }

    fn see(&mut self, w: &WRefund) -> Result<(), ReconcileError> {
        self.ledger.see_wechat(RowKind::Refund, w.amount)?;
        let net = &mut self.net;
        net.refunded = net
            .refunded
            .checked_add(w.settled)
            .ok_or(ReconcileError::Overflow)?;
        net.fees = net
            .fees
            .checked_add(w.fee.get())
            .ok_or(ReconcileError::Overflow)?;
        Ok(())
    }

    /// Asks the archive about some orders.
    pub(super) fn facts(
        &self,
        numbers: &[OutTradeNo],
        today: Today<'_>,
    ) -> Result<ArchiveFacts, ReconcileError> {
        let evidence = self.day.evidence;
        let mut out = ArchiveFacts::of(numbers);
        let orders = evidence.orders_by_number(&out.numbers)?;
        for (facts, order) in out.each.iter_mut().zip(orders) {
            facts.order = order;
        }
        let pays = evidence.pays_by_number(&out.numbers, self.day.date)?;
        for (_, w) in &pays {
            if let Some(facts) = out.get_mut(&w.out_trade_no) {
                facts.paid = facts.paid.or(Some(Fen::ZERO));
            }
        }
        let mut counted = BTreeSet::new();
        for w in standing(&pays) {
            if counted.insert((w.out_trade_no, w.transaction_id))
                && let Some(facts) = out.get_mut(&w.out_trade_no)
            {
                let sum = facts.paid.unwrap_or(Fen::ZERO).checked_add(w.amount);
                facts.paid = Some(sum.ok_or(ReconcileError::Overflow)?);
            }
        }
        let (last, given) = match today {
            Today::Asked => (self.day.date, &[][..]),
            Today::Given(rows) => (self.day.date.plus(-1), rows),
        };
        let archived = evidence.refunds_of_orders(&out.numbers, last)?;
        let given = given.iter().copied().flatten();
        let own = given.map(|w| (self.day.date, *w));
        for (bill, w) in archived.into_iter().chain(own) {
            if let Some(facts) = out.get_mut(&w.out_trade_no) {
                facts.history.push((bill, w));
            }
        }
        for facts in &mut out.each {
            facts
                .history
                .sort_by_key(|(bill, w)| (*bill, w.time, w.out_refund_no, w.refund_id, w.row));
            let mut seen = BTreeSet::new();
            facts.history.retain(|(_, w)| seen.insert(key_of(w)));
        }
        Ok(out)
    }

    /// True when the money went back or is on its way: not failed, not closed.
    pub(super) fn is_accepted(&self, w: &WRefund) -> bool {
        w.state != BillRefundState::Fail
            && self.day.live.get(&w.out_refund_no) != Some(&LiveRefundState::Closed)
    }

    /// What applies to the day's refund rows of one order for the order's sake: R07 and R08.
    pub(super) fn judge_order(
        &mut self,
        facts: &OrderFacts,
    ) -> Result<BTreeMap<RefundKey, CategorySet>, ReconcileError> {
        let mut out = BTreeMap::<RefundKey, CategorySet>::new();
        let limit = facts.paid.or_else(|| facts.order.map(|m| m.amount));
        let window = i64::from(self.day.input.rules.dup_refund_minutes).saturating_mul(60);
        let mut sum = Fen::ZERO;
        let mut is_over = false;
        for (bill, w) in facts.history.iter().filter(|(_, w)| self.is_accepted(w)) {
            sum = sum.checked_add(w.amount).ok_or(ReconcileError::Overflow)?;
            if *bill != self.day.date {
                continue;
            }
            let applies = out.entry(key_of(w)).or_default();
            if limit.is_some_and(|limit| sum > limit) {
                is_over = true;
                applies.add(Category::OverRefund);
            }
            let twin = facts.history.iter().any(|(_, other)| {
                other.out_refund_no != w.out_refund_no
                    && other.amount == w.amount
                    && other.time.distance(w.time) <= window
                    && self.is_accepted(other)
            });
            if twin {
                applies.add(Category::DupRefundSuspect);
            }
        }
        self.over = self.over.saturating_add(i64::from(is_over));
        Ok(out)
    }

    /// What applies to a refund row for its own sake: its state, its fee, its missing payment.
    pub(super) fn judge_row(&mut self, w: &WRefund, facts: &OrderFacts, out: &mut CategorySet) {
        match self.day.live.get(&w.out_refund_no) {
            Some(LiveRefundState::Abnormal) => out.add(Category::RefundAbnormal),
            Some(LiveRefundState::Success | LiveRefundState::Closed) => {}
            Some(LiveRefundState::Processing) => out.add(Category::RefundInFlight),
            None => match w.state {
                BillRefundState::Processing | BillRefundState::Fail | BillRefundState::Change => {
                    out.add(Category::RefundInFlight);
                }
                BillRefundState::Success | BillRefundState::Unknown => {}
            },
        }
        if facts.paid.is_none() {
            out.add(Category::RefundOrphan);
        }
        self.fees.judge_refund(w, out);
    }

    /// How the merchant's time of a refund lies to the day.
    pub(super) fn relation(
        &self,
        w: &WRefund,
        merchant: Option<recondesk_domain::Instant>,
    ) -> Relation {
        match merchant {
            None => Relation::Same,
            Some(time) if self.day.contains(time) => Relation::Same,
            Some(time) if time.distance(w.time) <= self.day.tolerance_s => Relation::AcrossDays,
            Some(time) if time < self.day.start && self.day.has_bill_of(time.day()) => {
                Relation::Late
            }
            Some(_) => Relation::AcrossDays,
        }
    }
}

/// Both numbers of a refund row.
pub(super) fn key_of(w: &WRefund) -> RefundKey {
    (w.out_refund_no, w.refund_id)
}

/// The category of agreement for a relation in time.
pub(super) fn agreed(relation: Relation) -> Category {
    match relation {
        Relation::Same | Relation::Off => Category::Matched,
        Relation::AcrossDays => Category::MatchedXday,
        Relation::Late => Category::MatchedLate,
    }
}

/// A finding of a refund row, a merchant refund, or both.
pub(super) fn describe(category: Category, w: Option<&WRefund>, m: Option<&MRefund>) -> Finding {
    let mut out = Finding::new(category);
    if let Some(m) = m {
        out.out_trade_no = m.out_trade_no;
        out.out_refund_no = m.out_refund_no;
        out.refund_id = m.refund_id;
        out.merchant = Some(m.amount);
        out.paid_at = m.time();
        out.order_row = Some(m.row);
    }
    if let Some(w) = w {
        out.out_trade_no = w.out_trade_no;
        out.transaction_id = w.transaction_id;
        out.out_refund_no = w.out_refund_no;
        out.refund_id = w.refund_id;
        out.bill = Some(w.amount);
        out.paid_at = Some(w.time);
        out.bill_row = Some(w.row);
    }
    out
}

/// Facts that explain the deciding category of a refund row.
pub(super) fn explain(category: Category, w: &WRefund, facts: &OrderFacts) -> String {
    match category {
        Category::OverRefund => {
            let sum = facts
                .history
                .iter()
                .try_fold(Fen::ZERO, |sum, (_, w)| sum.checked_add(w.amount));
            let paid = facts.paid.or_else(|| facts.order.map(|m| m.amount));
            format!(
                "refunded={} paid={}",
                sum.unwrap_or_default().get(),
                paid.unwrap_or_default().get()
            )
        }
        Category::DupRefundSuspect => {
            let twins: Vec<&str> = facts
                .history
                .iter()
                .filter(|(_, other)| {
                    other.amount == w.amount && other.out_refund_no != w.out_refund_no
                })
                .map(|(_, other)| other.out_refund_no.as_str())
                .collect();
            format!("twins={}", twins.join(","))
        }
        Category::RefundInFlight => format!("bill_state={}", state_word(w.state)),
        Category::FeeRefund => {
            let expected = super::fees::fee_of(w.settled, w.rate).saturating_neg();
            format!("fee={} expected={expected} rate={}", w.fee.get(), w.rate)
        }
        _ => String::new(),
    }
}

const fn state_word(state: BillRefundState) -> &'static str {
    match state {
        BillRefundState::Success => "success",
        BillRefundState::Processing => "processing",
        BillRefundState::Fail => "fail",
        BillRefundState::Change => "change",
        BillRefundState::Unknown => "unknown",
    }
}

/// Tags for all that applies beside the deciding category.
pub(super) fn tags_of(applies: CategorySet, key2: bool) -> Vec<Tag> {
    super::judge::tags_of(applies, key2)
}
