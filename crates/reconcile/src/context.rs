//! What every pass may know and none may change: the input, the archive, and what follows from both.

use std::collections::BTreeMap;

use recondesk_domain::{BillDate, Instant, MchId, OutRefundNo};

use super::rules::ContractRates;
use super::{DayInput, Evidence, LiveRefund, LiveRefundState, ReconcileError};

/// The day being reconciled.
pub(super) struct Context<'a> {
    pub(super) input: &'a DayInput,
    pub(super) evidence: &'a dyn Evidence,
    pub(super) date: BillDate,
    pub(super) start: Instant,
    pub(super) end: Instant,
    /// Largest distance of the two books' times (X3, P14).
    pub(super) tolerance_s: i64,
    /// Rates of the contract on that day.
    pub(super) rates: ContractRates,
    pub(super) bill_days: Vec<BillDate>,
    pub(super) live: BTreeMap<OutRefundNo, LiveRefund>,
    pub(super) has_bill: bool,
    /// The merchant's orders carry a running total of their refunds.
    pub(super) has_refund_totals: bool,
    /// Beginning of the cut-off window (X5).
    cut_off: Instant,
    fulfil_s: i64,
}

impl<'a> Context<'a> {
    pub(super) fn new(
        input: &'a DayInput,
        evidence: &'a dyn Evidence,
    ) -> Result<Self, ReconcileError> {
        let seconds = |minutes: u32| i64::from(minutes).saturating_mul(60);
        let rules = &input.rules;
        let end = input.day.end();
        let mut bill_days = evidence.bill_days()?;
        bill_days.sort_unstable();
        bill_days.dedup();
        // The bill under the hand counts whatever the archive's list says of it.
        bill_days.retain(|&day| day != input.day || input.has_bill());
        if input.has_bill()
            && let Err(at) = bill_days.binary_search(&input.day)
        {
            bill_days.insert(at, input.day);
        }
        let live = input.live_refunds.iter();
        Ok(Self {
            input,
            evidence,
            date: input.day,
            start: input.day.start(),
            end,
            tolerance_s: seconds(rules.time_tolerance_minutes),
            rates: rules.rates_on(input.day),
            bill_days,
            live: live.map(|live| (live.out_refund_no, *live)).collect(),
            has_bill: input.has_bill(),
            has_refund_totals: evidence.has_refund_totals(),
            cut_off: end.plus(seconds(rules.cut_off_minutes).saturating_neg()),
            fulfil_s: seconds(rules.fulfil_minutes),
        })
    }

    /// What WeChat Pay said of a refund after its bill.
    pub(super) fn said_of(&self, number: &OutRefundNo) -> Option<LiveRefundState> {
        self.live.get(number).map(|live| live.state)
    }

    /// True when the instant lies in the day.
    pub(super) fn contains(&self, time: Instant) -> bool {
        self.start <= time && time < self.end
    }

    /// True when an unmatched payment of this time may still find its partner (X5).
    pub(super) fn in_window(&self, time: Instant) -> bool {
        self.cut_off <= time && time < self.end
    }

    /// True for a sub-merchant that the profile does not name, where it names some: the bill of a service provider has
    /// the payments of them all.
    pub(super) fn is_other_shop(&self, shop: &MchId) -> bool {
        let own = &self.input.rules.sub_mch_ids;
        !shop.is_empty() && !own.is_empty() && !own.iter().any(|known| known == shop.as_str())
    }

    /// Whether the archive has the bill of a day.
    pub(super) fn has_bill_of(&self, day: BillDate) -> bool {
        self.bill_days.binary_search(&day).is_ok()
    }

    /// True when what was paid then should have been delivered by now (P03).
    pub(super) fn is_overdue(&self, paid: Instant) -> bool {
        paid.plus(self.fulfil_s) <= self.input.as_of
    }
}
