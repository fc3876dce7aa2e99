//! Books held in memory: the archive of tests and benches, and the model of what a store must answer.

use std::collections::{BTreeMap, BTreeSet};

use recondesk_domain::{
    BillDate, Keyed, MOrder, MRefund, OrderNo, OutRefundNo, OutTradeNo, TransactionId, WPay,
    WRefund, fingerprint,
};

use super::{BillFacts, CountedSum, Evidence, EvidenceError, ReconcileError, RowStream, Stream};

/// The books of one merchant, in memory. Rows may be given in any order.
#[derive(Debug, Clone, Default)]
pub struct MemoryBooks {
    bills: BTreeMap<BillDate, Bill>,
    orders: Vec<MOrder>,
    /// Fingerprints of the orders, in their order.
    order_prints: Vec<u64>,
    refunds: Option<Vec<MRefund>>,
    has_totals: bool,
    has_business_numbers: bool,
}

/// The bill of a day.
#[derive(Debug, Clone, Default)]
struct Bill {
    pays: Vec<WPay>,
    /// Fingerprints of the payments, in their order.
    prints: Vec<u64>,
    refunds: Vec<WRefund>,
    /// Places of the refunds of each order.
    of_order: BTreeMap<OutTradeNo, Vec<usize>>,
}

/// Where rows with this fingerprint begin.
fn first_of(prints: &[u64], print: u64) -> usize {
    prints.partition_point(|&p| p < print)
}

/// Sorts as the streams of [`Evidence`] promise.
fn by_print<T>(rows: &mut [T], key: impl Fn(&T) -> (u64, &[u8], recondesk_domain::RowRef)) {
    rows.sort_by(|a, b| key(a).cmp(&key(b)));
}

impl MemoryBooks {
    /// Books without a row.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds (or replaces) the verified bill of a day.
    pub fn set_bill(&mut self, day: BillDate, mut pays: Vec<WPay>, mut refunds: Vec<WRefund>) {
        by_print(&mut pays, |w| {
            (
                w.out_trade_no.fingerprint(),
                w.out_trade_no.as_bytes(),
                w.row,
            )
        });
        by_print(&mut refunds, |w| {
            (
                w.out_refund_no.fingerprint(),
                w.out_refund_no.as_bytes(),
                w.row,
            )
        });
        let prints = pays.iter().map(|w| w.out_trade_no.fingerprint()).collect();
        let mut of_order = BTreeMap::<OutTradeNo, Vec<usize>>::new();
        for (at, w) in refunds.iter().enumerate() {
            of_order.entry(w.out_trade_no).or_default().push(at);
        }
        let bill = Bill {
            pays,
            prints,
            refunds,
            of_order,
        };
        self.bills.insert(day, bill);
    }

    /// Takes the bill of a day away.
    pub fn remove_bill(&mut self, day: BillDate) {
        self.bills.remove(&day);
    }

    /// Replaces the merchant's orders.
    pub fn set_orders(&mut self, mut orders: Vec<MOrder>) {
        self.has_totals = orders.iter().any(|m| m.refund_total.is_some());
        self.has_business_numbers = orders
            .iter()
            .any(|m| m.order_no.as_bytes() != m.out_trade_no.as_bytes());
        by_print(&mut orders, |m| {
            (
                m.out_trade_no.fingerprint(),
                m.out_trade_no.as_bytes(),
                m.row,
            )
        });
        self.order_prints = orders
            .iter()
            .map(|m| m.out_trade_no.fingerprint())
            .collect();
        self.orders = orders;
    }

    /// Replaces the merchant's refunds: from now on it has the shape of one row per refund.
    pub fn set_refunds(&mut self, mut refunds: Vec<MRefund>) {
        by_print(&mut refunds, |m| {
            (
                m.out_refund_no.fingerprint(),
                m.out_refund_no.as_bytes(),
                m.row,
            )
        });
        self.refunds = Some(refunds);
    }

    /// The facts of a day's bill, as its certificate would have them.
    ///
    /// # Errors
    /// [`ReconcileError::Overflow`] for sums beyond 64 bits.
    pub fn bill_facts(&self, day: BillDate) -> Result<Option<BillFacts>, ReconcileError> {
        let Some(Bill { pays, refunds, .. }) = self.bills.get(&day) else {
            return Ok(None);
        };
        let (mut paid, mut refunded) = (CountedSum::default(), CountedSum::default());
        pays.iter().try_for_each(|w| paid.take(w.amount))?;
        refunds.iter().try_for_each(|w| refunded.take(w.amount))?;
        Ok(Some(BillFacts {
            verified: true,
            pays: paid.count,
            refunds: refunded.count,
            paid: paid.fen,
            refunded: refunded.fen,
        }))
    }

    fn bills_up_to(&self, day: BillDate) -> impl Iterator<Item = (BillDate, &Bill)> {
        self.bills.range(..=day).map(|(day, bill)| (*day, bill))
    }
}

/// Rows in memory, copied one by one.
struct Copies<I>(I);

impl<'a, T: Copy + 'a, I: Iterator<Item = &'a T>> Iterator for Copies<I> {
    type Item = Result<T, EvidenceError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(|row| Ok(*row))
    }
}

impl<'a, T: Keyed + 'a, I: Iterator<Item = &'a T>> RowStream<T> for Copies<I> {
    fn next_rows(
        &mut self,
        most: usize,
        rows: &mut Vec<T>,
        prints: &mut Vec<u64>,
    ) -> Result<(), EvidenceError> {
        rows.clear();
        rows.extend(self.0.by_ref().take(most));
        prints.clear();
        prints.extend(rows.iter().map(|row| fingerprint(row.key())));
        Ok(())
    }
}

fn stream<'a, T: Keyed + 'a>(rows: impl Iterator<Item = &'a T> + 'a) -> Stream<'a, T> {
    Box::new(Copies(rows))
}

impl Evidence for MemoryBooks {
    fn pays(&self, day: BillDate) -> Result<Stream<'_, WPay>, EvidenceError> {
        Ok(stream(
            self.bills.get(&day).into_iter().flat_map(|b| &b.pays),
        ))
    }

    fn refunds(&self, day: BillDate) -> Result<Stream<'_, WRefund>, EvidenceError> {
        Ok(stream(
            self.bills.get(&day).into_iter().flat_map(|b| &b.refunds),
        ))
    }

    fn orders(
        &self,
        day: BillDate,
        lookback_days: u32,
    ) -> Result<Stream<'_, MOrder>, EvidenceError> {
        let mine = self.orders.iter();
        Ok(stream(
            mine.filter(move |m| m.is_candidate(day, lookback_days)),
        ))
    }

    fn orders_refunded(&self, day: BillDate) -> Result<Vec<MOrder>, EvidenceError> {
        let changed = self.orders.iter().filter(|m| m.is_refund_candidate(day));
        Ok(changed.copied().collect())
    }

    fn merchant_refunds(&self, day: BillDate) -> Result<Stream<'_, MRefund>, EvidenceError> {
        let all = self.refunds.iter().flatten();
        Ok(stream(all.filter(move |m| {
            m.time().is_some_and(|time| day.contains(time))
        })))
    }

    fn orders_by_number(
        &self,
        numbers: &[OutTradeNo],
    ) -> Result<Vec<Option<MOrder>>, EvidenceError> {
        let find = |number: &OutTradeNo| {
            let rows = self
                .orders
                .get(first_of(&self.order_prints, number.fingerprint())..)?;
            rows.iter()
                .take_while(|m| m.out_trade_no.fingerprint() == number.fingerprint())
                .find(|m| m.out_trade_no == *number)
        };
        Ok(numbers.iter().map(|n| find(n).copied()).collect())
    }

    fn orders_of_numbers(&self, numbers: &[OutTradeNo]) -> Result<Vec<MOrder>, EvidenceError> {
        let wanted: BTreeSet<OutTradeNo> = numbers.iter().copied().collect();
        let found = self.orders.iter();
        Ok(found
            .filter(|m| wanted.contains(&m.out_trade_no))
            .copied()
            .collect())
    }

    fn orders_by_transaction(
        &self,
        numbers: &[TransactionId],
    ) -> Result<Vec<Option<MOrder>>, EvidenceError> {
        let wanted: BTreeSet<TransactionId> = numbers.iter().copied().collect();
        let mut found = BTreeMap::new();
        for m in &self.orders {
            if wanted.contains(&m.transaction_id) {
                found.entry(m.transaction_id).or_insert(*m);
            }
        }
        Ok(numbers.iter().map(|n| found.get(n).copied()).collect())
    }

    fn orders_of_business(&self, numbers: &[OrderNo]) -> Result<Vec<MOrder>, EvidenceError> {
        let wanted: BTreeSet<OrderNo> = numbers.iter().copied().collect();
        let renumbered = self.orders.iter().filter(|m| {
            m.order_no.as_bytes() != m.out_trade_no.as_bytes() && wanted.contains(&m.order_no)
        });
        Ok(renumbered.copied().collect())
    }

    fn has_business_numbers(&self) -> Result<bool, EvidenceError> {
        Ok(self.has_business_numbers)
    }

    fn pays_by_number(
        &self,
        numbers: &[OutTradeNo],
        up_to: BillDate,
    ) -> Result<Vec<(BillDate, WPay)>, EvidenceError> {
        let wanted: BTreeSet<OutTradeNo> = numbers.iter().copied().collect();
        let mut out = Vec::new();
        for (day, bill) in self.bills_up_to(up_to) {
            for number in &wanted {
                let print = number.fingerprint();
                let rows = bill.pays.iter().skip(first_of(&bill.prints, print));
                let same = rows
                    .take_while(|w| w.out_trade_no.fingerprint() == print)
                    .filter(|w| w.out_trade_no == *number);
                out.extend(same.map(|w| (day, *w)));
            }
        }
        Ok(out)
    }

    fn refunds_of_orders(
        &self,
        numbers: &[OutTradeNo],
        up_to: BillDate,
    ) -> Result<Vec<(BillDate, WRefund)>, EvidenceError> {
        let wanted: BTreeSet<OutTradeNo> = numbers.iter().copied().collect();
        let mut out = Vec::new();
        for (day, bill) in self.bills_up_to(up_to) {
            let places = wanted.iter().filter_map(|n| bill.of_order.get(n)).flatten();
            let rows = places.filter_map(|&at| bill.refunds.get(at));
            out.extend(rows.map(|w| (day, *w)));
        }
        Ok(out)
    }

    fn merchant_refunds_by_number(
        &self,
        numbers: &[OutRefundNo],
    ) -> Result<Vec<Option<MRefund>>, EvidenceError> {
        let find = |number: &OutRefundNo| {
            let mut all = self.refunds.iter().flatten();
            all.find(|m| m.out_refund_no == *number)
        };
        Ok(numbers.iter().map(|n| find(n).copied()).collect())
    }

    fn merchant_refunds_of_orders(
        &self,
        numbers: &[OutTradeNo],
    ) -> Result<Vec<MRefund>, EvidenceError> {
        let wanted: BTreeSet<OutTradeNo> = numbers.iter().copied().collect();
        let all = self.refunds.iter().flatten();
        Ok(all
            .filter(|m| wanted.contains(&m.out_trade_no))
            .copied()
            .collect())
    }

    fn has_orders_of(&self, day: BillDate) -> bool {
        let is_of_day = |m: &MOrder| {
            let time = m.paid_at.unwrap_or(m.created_at);
            time != MOrder::NO_TIME && time.day() == day
        };
        self.orders.iter().any(is_of_day)
    }

    fn is_all_new(&self, _: u32) -> Result<bool, EvidenceError> {
        Ok(true)
    }

    fn bill_days(&self) -> Result<Vec<BillDate>, EvidenceError> {
        Ok(self.bills.keys().copied().collect())
    }

    fn has_refund_rows(&self) -> bool {
        self.refunds.is_some()
    }

    fn has_refund_totals(&self) -> bool {
        self.has_totals
    }
}
