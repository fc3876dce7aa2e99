//! What the passes of a run build up, one after the other, each from what those before it left.

use std::collections::BTreeSet;

use std::collections::BTreeMap;

use recondesk_domain::{
    BillState, Category, FulfilStatus, Instant, MOrder, OutTradeNo, PayStatus, WPay, WRefund,
};

use super::business::PendingPairs;
use super::context::Context;
use super::coverage::CoverageMap;
use super::fees::FeeWatch;
use super::ledger::{Ledger, RowKind};
use super::pair::PaidAgain;
use super::pool_ledger::PoolLedger;
use super::refunds::DayRefunds;
use super::{FindingSink, NetSettlement, PoolItem, ReconcileError};

/// The state of a run between two passes.
pub(super) struct Run<'s> {
    /// Every row in its one category, and the findings.
    pub(super) ledger: Ledger<'s>,
    /// What waits for the other book.
    pub(super) pool: PoolLedger,
    /// What is watched over all rows.
    pub(super) watch: DayWatch,
    /// What has found no partner so far.
    pub(super) unmatched: Unmatched,
    /// Pairs whose business order has to be looked at first (P09).
    pub(super) pending: PendingPairs,
    /// The day's refund rows, read before the payments, because what went back is owed no more.
    pub(super) refunds: DayRefunds,
}

impl<'s> Run<'s> {
    pub(super) fn new(
        context: &Context<'_>,
        sink: &'s mut dyn FindingSink,
    ) -> Result<Self, ReconcileError> {
        Ok(Self {
            ledger: Ledger::new(sink),
            pool: PoolLedger::default(),
            watch: DayWatch::new(context),
            unmatched: Unmatched::default(),
            pending: PendingPairs::new(context.evidence.has_business_numbers()?),
            refunds: DayRefunds::default(),
        })
    }

    /// Counts a payment row of the bill where it comes in.
    pub(super) fn see_pay(&mut self, w: &WPay) -> Result<(), ReconcileError> {
        self.ledger.see_wechat(RowKind::Pay, w.amount)?;
        self.watch.net.take_pay(w)
    }

    /// Counts a refund row of the bill where it comes in.
    pub(super) fn see_refund(&mut self, w: &WRefund) -> Result<(), ReconcileError> {
        self.ledger.see_wechat(RowKind::Refund, w.amount)?;
        self.watch.net.take_refund(w)
    }

    /// Counts an order of the day where it comes in.
    pub(super) fn see_order(&mut self, m: &MOrder) -> Result<(), ReconcileError> {
        self.ledger.see_merchant(RowKind::Pay, m.amount)?;
        if self.watch.watches_untimed && super::untimed_refunds::untimed_refund(m).is_some() {
            self.watch.untimed.push(*m);
        }
        self.watch.has_asked_refunds |= m.pay_status == PayStatus::Refunding;
        if m.pay_status.is_paid() {
            self.watch.fulfilment_known |=
                m.fulfil_status != FulfilStatus::NotKnown || m.fulfilled_at.is_some();
            if let Some(paid_at) = m.paid_at {
                self.watch.coverage.order(paid_at);
            }
        }
        Ok(())
    }
}

/// What is said of the day as a whole and needs a look at every row.
pub(super) struct DayWatch {
    /// Both books over the 24 hours (K01).
    pub(super) coverage: CoverageMap,
    /// Whether fees follow the one rule that is enforced.
    pub(super) fees: FeeWatch,
    /// I6.
    pub(super) net: NetSettlement,
    /// Delivery is known of at least one paid order.
    pub(super) fulfilment_known: bool,
    /// The state of at least one order tells of a refund that was asked for.
    pub(super) has_asked_refunds: bool,
    /// Orders are looked at for refunds without a time.
    pub(super) watches_untimed: bool,
    /// Orders whose refunds have no time.
    pub(super) untimed: Vec<MOrder>,
    /// The bill's numbers of orders that met their payment under another one.
    pub(super) bill_numbers: BTreeMap<OutTradeNo, OutTradeNo>,
    /// Orders with more refunded than paid (I16).
    pub(super) over_refunded: i64,
    /// Files of the merchant of which an order met its payment.
    pub(super) matched_files: MatchedFiles,
}

/// Imports of which at least one order met a payment.
#[derive(Debug, Default)]
pub(super) struct MatchedFiles {
    /// The newest one that was told: nearly all rows are of one file.
    last: Option<u32>,
    all: BTreeSet<u32>,
}

impl MatchedFiles {
    /// An order of this import met its payment.
    pub(super) fn meet(&mut self, import: u32) {
        if self.last != Some(import) {
            self.last = Some(import);
            self.all.insert(import);
        }
    }

    /// True when one of its orders did.
    pub(super) fn has(&self, import: u32) -> bool {
        self.all.contains(&import)
    }

    /// True when no order of any file did.
    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }
}

impl DayWatch {
    fn new(context: &Context<'_>) -> Self {
        Self {
            coverage: CoverageMap::new(context.date),
            fees: FeeWatch::default(),
            net: NetSettlement::default(),
            fulfilment_known: false,
            has_asked_refunds: false,
            bill_numbers: BTreeMap::new(),
            watches_untimed: context.has_bill,
            untimed: Vec::new(),
            over_refunded: 0,
            matched_files: MatchedFiles::default(),
        }
    }
}

/// A bill row that has found no order yet.
#[derive(Debug, Clone, Copy)]
pub(super) struct UnmatchedPayment {
    pub(super) w: WPay,
    /// One of several payments under one number.
    pub(super) again: Option<PaidAgain<'static>>,
    /// The orders of its number are those of other sub-merchants.
    pub(super) foreign_number: bool,
}

/// Rows of the day that have found no partner so far.
#[derive(Debug, Default)]
pub(super) struct Unmatched {
    pub(super) payments: Vec<UnmatchedPayment>,
    /// Reversed payments, each with its reversal.
    pub(super) reversed: Vec<WPay>,
    /// Paid orders, and others that carry a `transaction_id`.
    pub(super) orders: Vec<MOrder>,
    /// Orders that a pool item of the bill's side met, with the category they got.
    pub(super) met_by_pool: BTreeMap<OutTradeNo, Category>,
    /// Orders of the pool that wait for their payment.
    pub(super) pool_orders: BTreeMap<OutTradeNo, PoolItem>,
}

impl Unmatched {
    /// Keeps a payment until the archive was asked.
    pub(super) fn keep_payment(&mut self, w: &WPay, again: Option<PaidAgain<'static>>) {
        self.payments.push(UnmatchedPayment {
            w: *w,
            again,
            foreign_number: false,
        });
    }

    /// Keeps a payment whose number other sub-merchants have used.
    pub(super) fn keep_foreign(&mut self, w: &WPay) {
        self.payments.push(UnmatchedPayment {
            w: *w,
            again: None,
            foreign_number: true,
        });
    }
}

impl UnmatchedPayment {
    /// When it was paid, if it was: rows of another state say nothing of the merchant's coverage.
    pub(super) fn paid_at(&self) -> Option<Instant> {
        (self.w.state == BillState::Success).then_some(self.w.time)
    }
}
