//! The join of the day's payments: bill rows and merchant candidates, both sorted by order number.
//!
//! Rows that meet are judged at once and forgotten; only rows without a partner are kept, for
//! `resolve.rs`. Orders with a business number go through `business.rs` first (P09).

use std::collections::{BTreeMap, BTreeSet};

use recondesk_domain::{
    BillState, Category, Fen, FulfilStatus, MOrder, OutTradeNo, TransactionId, WPay,
};

use super::business::Waiting;
use super::coverage::CoverageMap;
use super::feed::Feed;
use super::fees::FeeWatch;
use super::judge::{Day, Origin, Relation, describe, explain, explain_fee, tags_of};
use super::ledger::{Ledger, Placement, RowKind};
use super::rules::CategorySet;
use super::{Hole, NetSettlement, PoolItem, ReconcileError};

/// Groups between two reports of progress.
const REPORT_EVERY: u64 = 8_192;

/// A bill row and its order, and how they came together.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pair<'r> {
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
}

/// A bill row that has found no order yet.
#[derive(Debug, Clone, Copy)]
pub(super) struct UnmatchedPayment {
    pub(super) w: WPay,
    /// One of several payments under one number.
    pub(super) repeated: bool,
}

/// The state of the payment pass.
pub(super) struct Pays<'a, 'l, 's> {
    pub(super) day: &'a Day<'a>,
    pub(super) ledger: &'l mut Ledger<'s>,
    pub(super) coverage: CoverageMap,
    pub(super) fees: FeeWatch,
    pub(super) net: NetSettlement,
    pub(super) fulfilment_known: bool,
    /// Payments without an order so far.
    pub(super) left: Vec<UnmatchedPayment>,
    /// Reversed payments without an order so far.
    pub(super) reversed: Vec<WPay>,
    /// Orders without a payment so far: paid ones, and others that carry a `transaction_id`.
    pub(super) orders: Vec<MOrder>,
    /// Orders that a pool item of the bill's side met, with the category it got.
    pub(super) met_by_pool: BTreeMap<OutTradeNo, Category>,
    /// Pairs whose business order has to be looked at.
    pub(super) waiting: Waiting,
    /// Items that entered the pool today.
    pub(super) pool: Vec<PoolItem>,
    /// Holes of the merchant's book.
    pub(super) holes: Vec<Hole>,
}

impl<'a, 'l, 's> Pays<'a, 'l, 's> {
    pub(super) fn new(
        day: &'a Day<'a>,
        ledger: &'l mut Ledger<'s>,
    ) -> Result<Self, ReconcileError> {
        Ok(Self {
            day,
            ledger,
            coverage: CoverageMap::new(day.date),
            fees: FeeWatch::default(),
            net: NetSettlement::default(),
            fulfilment_known: false,
            left: Vec::new(),
            reversed: Vec::new(),
            orders: Vec::new(),
            met_by_pool: BTreeMap::new(),
            waiting: Waiting::new(day.evidence.has_business_numbers()?),
            pool: Vec::new(),
            holes: Vec::new(),
        })
    }

    /// Reads both books once.
    pub(super) fn join(&mut self) -> Result<(), ReconcileError> {
        let (day, evidence) = (self.day, self.day.evidence);
        let pays = if day.has_bill {
            Some(evidence.pays(day.date)?)
        } else {
            None
        };
        let orders = evidence.orders(day.date, day.input.rules.lookback_days)?;
        let (mut bill, mut book) = (Feed::new(pays), Feed::new(Some(orders)));
        let mut groups: u64 = 0;
        loop {
            let side = match (bill.head()?, book.head()?) {
                (None, None) => break,
                (Some(_), None) => std::cmp::Ordering::Less,
                (None, Some(_)) => std::cmp::Ordering::Greater,
                (Some(w), Some(m)) => w.cmp(&m),
            };
            match side {
                std::cmp::Ordering::Less => self.bill_only(bill.take())?,
                std::cmp::Ordering::Greater => self.order_only(book.take())?,
                std::cmp::Ordering::Equal => self.both(bill.take(), book.take())?,
            }
            groups = groups.saturating_add(1);
            if groups.is_multiple_of(REPORT_EVERY) {
                self.ledger.advance(REPORT_EVERY)?;
            }
        }
        self.flush_business()
    }

    fn see_bill(&mut self, w: &WPay) -> Result<(), ReconcileError> {
        self.ledger.see_wechat(RowKind::Pay, w.amount)?;
        self.net.settled = self
            .net
            .settled
            .checked_add(w.settled)
            .ok_or(ReconcileError::Overflow)?;
        self.net.fees = self
            .net
            .fees
            .checked_add(w.fee.get())
            .ok_or(ReconcileError::Overflow)?;
        Ok(())
    }

    fn see_order(&mut self, m: &MOrder) -> Result<(), ReconcileError> {
        self.ledger.see_merchant(RowKind::Pay, m.amount)?;
        if m.pay_status.is_paid() {
            self.fulfilment_known |=
                m.fulfil_status != FulfilStatus::NotKnown || m.fulfilled_at.is_some();
            if let Some(paid_at) = m.paid_at {
                self.coverage.order(paid_at);
            }
        }
        Ok(())
    }

    fn both(&mut self, bill: &[WPay], book: &[MOrder]) -> Result<(), ReconcileError> {
        if let ([w], [m]) = (bill, book) {
            self.see_bill(w)?;
            self.see_order(m)?;
            return self.offer(Pair {
                w,
                m,
                origin: Origin::Bill,
                own_bill: true,
                own_order: true,
                key2: false,
                carried: None,
            });
        }
        let orders = self.first_orders(book)?;
        let StandingRows { standing, reversed } = self.first_pays(bill)?;
        self.pair_group(&standing, &reversed, &orders)
    }

    fn bill_only(&mut self, bill: &[WPay]) -> Result<(), ReconcileError> {
        if let [w] = bill
            && w.state != BillState::Revoked
        {
            self.see_bill(w)?;
            self.left.push(UnmatchedPayment {
                w: *w,
                repeated: false,
            });
            return Ok(());
        }
        let StandingRows { standing, reversed } = self.first_pays(bill)?;
        let repeated = standing.len() > 1;
        self.left.extend(
            standing
                .into_iter()
                .map(|w| UnmatchedPayment { w, repeated }),
        );
        self.reversed.extend(reversed);
        Ok(())
    }

    fn order_only(&mut self, book: &[MOrder]) -> Result<(), ReconcileError> {
        for m in &self.first_orders(book)? {
            self.order_without_pay(m)?;
        }
        Ok(())
    }

    fn order_without_pay(&mut self, m: &MOrder) -> Result<(), ReconcileError> {
        if let Some(&category) = self.met_by_pool.get(&m.out_trade_no) {
            let weight = Placement::merchant(m.amount);
            self.ledger.pays.place(category, weight)
        } else if m.pay_status.is_paid() || !m.transaction_id.is_empty() {
            self.orders.push(*m);
            // Without a bill nothing can meet them later: keep memory flat.
            if !self.day.has_bill && self.orders.len() >= super::match_archive::CHUNK {
                self.settle_orders()?;
            }
            Ok(())
        } else {
            let weight = Placement::merchant(m.amount);
            self.ledger.pays.place(Category::Unpaid, weight)
        }
    }

    /// Sets aside further copies of orders (P10).
    fn first_orders(&mut self, book: &[MOrder]) -> Result<Vec<MOrder>, ReconcileError> {
        let mut firsts: Vec<MOrder> = Vec::with_capacity(1);
        for m in book {
            self.see_order(m)?;
            let copied = firsts.iter().find(|f| f.sub_mch_id == m.sub_mch_id);
            if let Some(first) = copied {
                let mut finding = describe(Category::DupRowM, None, Some(m));
                finding.detail = format!("first_row={}", first.row.line);
                let weight = Placement::merchant(m.amount);
                self.ledger.enter(RowKind::Pay, finding, weight)?;
            } else {
                firsts.push(*m);
            }
        }
        Ok(firsts)
    }

    /// Sets aside further copies of bill rows (P10), and parts reversed payments from the others.
    fn first_pays(&mut self, bill: &[WPay]) -> Result<StandingRows, ReconcileError> {
        let mut firsts: Vec<WPay> = Vec::with_capacity(bill.len());
        for w in bill {
            self.see_bill(w)?;
            let copied = firsts
                .iter()
                .find(|f| f.transaction_id == w.transaction_id && f.state == w.state);
            if let Some(first) = copied {
                let mut finding = describe(Category::DupRowW, Some(w), None);
                finding.detail = format!("first_row={}", first.row.line);
                let weight = Placement::wechat(w.amount);
                self.ledger.enter(RowKind::Pay, finding, weight)?;
            } else {
                firsts.push(*w);
            }
        }
        let gone: BTreeSet<TransactionId> = firsts
            .iter()
            .filter(|w| w.state == BillState::Revoked)
            .map(|w| w.transaction_id)
            .collect();
        let (reversed, mut standing): (Vec<_>, Vec<_>) = firsts
            .into_iter()
            .partition(|w| gone.contains(&w.transaction_id));
        // Independent of the order of rows in the file.
        standing.sort_by_key(|w| (w.time, w.transaction_id));
        Ok(StandingRows { standing, reversed })
    }

    /// Pairs the rows of one order number where either book has several.
    fn pair_group(
        &mut self,
        standing: &[WPay],
        reversed: &[WPay],
        orders: &[MOrder],
    ) -> Result<(), ReconcileError> {
        let mut free: Vec<&WPay> = standing.iter().collect();
        let repeated = standing.len() > orders.len();
        for m in orders {
            let fit = |w: &&WPay| {
                let conflicts = super::judge::disagree(&w.sub_mch_id, &m.sub_mch_id);
                let other = super::judge::disagree(&w.transaction_id, &m.transaction_id);
                (conflicts, other)
            };
            let best = (0..free.len()).min_by_key(|&at| free.get(at).map(&fit));
            if let Some(at) = best {
                let pair = Pair {
                    w: free.remove(at),
                    m,
                    origin: Origin::Bill,
                    own_bill: true,
                    own_order: true,
                    key2: false,
                    carried: None,
                };
                if repeated {
                    self.settle(&pair, Some("reason=same_number"))?;
                } else {
                    self.offer(pair)?;
                }
            } else if reversed.is_empty() {
                self.order_without_pay(m)?;
            } else {
                self.settle_reversed(reversed, Some((m, true)))?;
                return Ok(());
            }
        }
        for w in free {
            self.coverage.pay(w.time, true);
            let mut finding = describe(Category::DupPay, Some(w), None);
            "reason=same_number".clone_into(&mut finding.detail);
            let weight = Placement::wechat(w.amount);
            self.ledger.enter(RowKind::Pay, finding, weight)?;
        }
        for w in reversed {
            let weight = Placement::wechat(w.amount);
            self.ledger.pays.place(Category::Unpaid, weight)?;
        }
        Ok(())
    }

    /// Reversed rows of one number against their order: P12 once, or nothing is due.
    pub(super) fn settle_reversed(
        &mut self,
        rows: &[WPay],
        order: Option<(&MOrder, bool)>,
    ) -> Result<(), ReconcileError> {
        let still_paid = order.filter(|(m, _)| m.pay_status.is_paid());
        let category = if still_paid.is_some() {
            Category::Revoked
        } else {
            Category::Unpaid
        };
        for w in rows {
            let weight = Placement::wechat(w.amount);
            self.ledger.pays.place(category, weight)?;
        }
        if let Some((m, true)) = order {
            let weight = Placement::merchant(m.amount);
            self.ledger.pays.place(category, weight)?;
        }
        if let Some((m, _)) = still_paid {
            let shown = rows.iter().find(|w| w.state == BillState::Revoked);
            let finding = describe(category, shown.or(rows.first()), Some(m));
            self.ledger
                .enter(RowKind::Pay, finding, Placement::default())?;
        }
        Ok(())
    }

    /// Settles a pair, or keeps it until its business order is known.
    pub(super) fn offer(&mut self, pair: Pair<'_>) -> Result<(), ReconcileError> {
        if self.waiting.wants(&pair) {
            self.waiting.push(pair);
            if self.waiting.is_full() {
                self.flush_business()?;
            }
            return Ok(());
        }
        if pair.w.state == BillState::Revoked && pair.own_bill {
            let order = (pair.m, pair.own_order);
            return self.settle_reversed(std::slice::from_ref(pair.w), Some(order));
        }
        self.settle(&pair, None).map(|_| ())
    }

    /// Judges a pair and puts its rows where they belong; returns the category.
    pub(super) fn settle(
        &mut self,
        pair: &Pair<'_>,
        paid_twice: Option<&str>,
    ) -> Result<Category, ReconcileError> {
        let &Pair { w, m, origin, .. } = pair;
        let relation = self.day.relation(w, m, origin);
        let mut applies = self.day.judge(w, m, relation);
        if paid_twice.is_some() {
            applies.add(Category::DupPay);
        }
        if pair.own_bill && w.state == BillState::Success {
            self.coverage.pay(w.time, true);
            self.fees.judge_pay(w, &self.day.rates, &mut applies);
        }
        let weight = Placement {
            wechat: pair.own_bill.then_some(w.amount),
            merchant: pair.own_order.then_some(m.amount),
            carried: pair.carried,
        };
        let agreed = if m.pay_status.is_paid() {
            match relation {
                Relation::Same | Relation::Off => Category::Matched,
                Relation::AcrossDays => Category::MatchedXday,
                Relation::Late => Category::MatchedLate,
            }
        } else {
            Category::Unpaid
        };
        let Some(primary) = applies.primary() else {
            if agreed == Category::Matched && !self.ledger.wants_matched() {
                self.ledger.pays.place(agreed, weight)?;
                return Ok(agreed);
            }
            let mut finding = describe(agreed, Some(w), Some(m));
            finding.tags = tags_of(applies, pair.key2);
            self.ledger.enter(RowKind::Pay, finding, weight)?;
            return Ok(agreed);
        };
        let mut finding = describe(primary, Some(w), Some(m));
        finding.tags = tags_of(applies, pair.key2);
        finding.detail = match (primary, paid_twice) {
            (Category::DupPay, Some(why)) => why.to_owned(),
            (Category::FeeRate | Category::FeeCalc, _) => explain_fee(w),
            _ => explain(primary, w, m),
        };
        if primary == Category::FeeCalc && !applies.has(Category::TimeDiff) {
            self.ledger
                .suspect_fee(RowKind::Pay, finding, agreed, weight)?;
        } else {
            self.ledger.enter(RowKind::Pay, finding, weight)?;
        }
        Ok(primary)
    }

    /// A payment row that has no order at all: its category without regard to coverage.
    pub(super) fn alone(&mut self, left: &UnmatchedPayment) -> CategorySet {
        let mut applies = CategorySet::default();
        if left.w.state == BillState::Success {
            if left.repeated {
                applies.add(Category::DupPay);
            }
            self.fees.judge_pay(&left.w, &self.day.rates, &mut applies);
        } else {
            applies.add(Category::UnknownState);
        }
        applies
    }
}

/// The rows of one number: payments that stand, and payments that were reversed with their reversal.
struct StandingRows {
    standing: Vec<WPay>,
    reversed: Vec<WPay>,
}
