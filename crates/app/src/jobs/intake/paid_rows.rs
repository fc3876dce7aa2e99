//! The rows of a file on which a mapping is tried: paid on a day with a bill, from all over the sample.

use std::collections::BTreeSet;

use super::trial::{MOST_ROWS, MappingTrial};
use recondesk_domain::{BillDate, Instant, RefundStatus};
use recondesk_intake::{Column, Mapping, OrderBlock, Plan, RecordKind, SampleRow};

/// Days of bills that are looked into where the file does not say which.
const MOST_DAYS: usize = 62;

/// A row of the sample that should be in a bill.
#[derive(Clone, Copy)]
pub(super) struct PaidRow<'a> {
    pub(super) row: &'a SampleRow,
    pub(super) day: Option<BillDate>,
    /// When the file says that it was paid, else ordered.
    pub(super) at: Option<Instant>,
}

impl<'a> MappingTrial<'a> {
    /// Places of all rows of the sample, so that any number of the first ones lies all over the file.
    fn spread(&self) -> impl Iterator<Item = usize> + use<> {
        let count = self.sample.rows.len();
        let step = count.div_ceil(MOST_ROWS).max(1);
        (0..step).flat_map(move |first| (first..count).step_by(step))
    }

    fn undated(&self, at: usize) -> Option<PaidRow<'a>> {
        let row = self.sample.rows.get(at)?;
        Some(PaidRow {
            row,
            day: None,
            at: None,
        })
    }

    /// Rows that this mapping reads as paid on a day with a bill, at most so many as are tried: to read one takes longer
    /// than to look its numbers up. `None` where it reads none at all as paid.
    fn paid_by(
        &self,
        plan: &Plan,
        mapping: &Mapping,
        billed: &[BillDate],
    ) -> Option<Vec<(usize, PaidRow<'a>)>> {
        // What the shop refused, or has not sent yet, is in no bill.
        let tells = !mapping.status.is_empty() || mapping.columns.contains_key(&Column::Status);
        let mut rows = Vec::new();
        let mut has_paid = false;
        let mut out = OrderBlock::default();
        for at in self.spread() {
            if rows.len() >= MOST_ROWS {
                break;
            }
            let Some(row) = self.sample.rows.get(at) else {
                continue;
            };
            out.clear();
            plan.read_cells(row, &mut out);
            let order = out
                .orders
                .first()
                .filter(|order| order.pay_status.is_paid());
            let refund = out
                .refunds
                .first()
                .filter(|_| mapping.kind == RecordKind::Refunds);
            let at_of_order = order.map(|order| order.paid_at.unwrap_or(order.created_at));
            let day = match (order, refund) {
                (Some(_), _) => at_of_order.map(Instant::day),
                (None, Some(refund)) if !tells || refund.status == RefundStatus::Success => {
                    // A refund is in the bill of the day on which it was accepted.
                    let at = refund.requested_at.or(refund.succeeded_at);
                    at.map(Instant::day)
                }
                _ => continue,
            };
            has_paid = true;
            if day.is_none_or(|day| billed.binary_search(&day).is_ok()) {
                let paid = PaidRow {
                    row,
                    day,
                    at: at_of_order,
                };
                rows.push((at, paid));
            }
        }
        has_paid.then_some(rows)
    }

    /// Rows that are paid on a day with a bill, and those days.
    pub(super) fn paid_rows(
        &self,
        mapping: &Mapping,
        billed: &[BillDate],
    ) -> (Vec<PaidRow<'a>>, Vec<BillDate>) {
        let plan = Plan::new(mapping, self.guess).ok();
        let paid = plan.and_then(|plan| self.paid_by(&plan, mapping, billed));
        // Where nothing can be read by this mapping, all rows are tried.
        let mut rows = paid.unwrap_or_else(|| {
            let undated = |at| Some((at, self.undated(at)?));
            self.spread().filter_map(undated).take(MOST_ROWS).collect()
        });
        // In the order of the file again.
        rows.sort_unstable_by_key(|(at, _)| *at);
        let rows: Vec<PaidRow<'a>> = rows.into_iter().map(|(_, paid)| paid).collect();
        let of_rows: BTreeSet<BillDate> = rows.iter().filter_map(|paid| paid.day).collect();
        let days = if rows.iter().any(|paid| paid.day.is_none()) {
            let from = billed.len().saturating_sub(MOST_DAYS);
            billed.get(from..).unwrap_or_default().to_vec()
        } else {
            of_rows.into_iter().collect()
        };
        (rows, days)
    }
}
