//! The settings of a run that decide its result, and their digest, which is part of the run's identity.
//!
//! Whoever changes what the engine concludes from equal inputs raises [`Rules::VERSION`].

use sha2::{Digest as _, Sha256};

use recondesk_domain::{BillDate, FeeRate, MerchantProfile};

/// What a run is asked to apply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// Length of the cut-off window at the end of the day, in minutes (rule X5).
    pub cut_off_minutes: u32,
    /// Days for which an unpaid order stays a candidate (rule X2).
    pub lookback_days: u32,
    /// Minutes after payment within which goods must be delivered (P03).
    pub fulfil_minutes: u32,
    /// Largest distance of the two books' pay times, in minutes (P14, X3).
    pub time_tolerance_minutes: u32,
    /// Two refunds of one amount on one order within these minutes are suspicious (R08).
    pub dup_refund_minutes: u32,
    /// Fewest consecutive payments without an order that make a hole (K01).
    pub hole_payments: u32,
    /// Rates of the contract; empty: the bill's own rate is not questioned (F01).
    pub fee_rates: Vec<FeeRate>,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            cut_off_minutes: 30,
            lookback_days: 7,
            fulfil_minutes: 30,
            time_tolerance_minutes: 30,
            dup_refund_minutes: 30,
            hole_payments: 20,
            fee_rates: Vec::new(),
        }
    }
}

impl Rules {
    /// Version of the engine's conclusions.
    pub const VERSION: u32 = 1;

    /// The rules of a profile.
    #[must_use]
    pub fn of(profile: &MerchantProfile) -> Self {
        Self {
            cut_off_minutes: profile.cut_off_minutes,
            lookback_days: profile.lookback_days,
            fulfil_minutes: profile.fulfil_minutes,
            fee_rates: profile.fee_rates.clone(),
            ..Self::default()
        }
    }

    /// Identity of the rules: the version of the engine and every setting.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        let Self {
            cut_off_minutes,
            lookback_days,
            fulfil_minutes,
            time_tolerance_minutes,
            dup_refund_minutes,
            hole_payments,
            fee_rates,
        } = self;
        let mut hash = Sha256::new();
        hash.update(format!(
            "recondesk rules {} {cut_off_minutes} {lookback_days} {fulfil_minutes} \
             {time_tolerance_minutes} {dup_refund_minutes} {hole_payments}\n",
            Self::VERSION
        ));
        for FeeRate {
            trade_type,
            rate,
            from,
        } in fee_rates
        {
            hash.update(format!("{trade_type:?} {rate} {from:?}\n"));
        }
        hash.finalize().into()
    }

    /// The contract rates that hold on a day: of each trade type the entry that began last.
    #[must_use]
    pub(super) fn rates_on(&self, day: BillDate) -> Vec<i32> {
        let day = day.to_string();
        let mut latest = std::collections::BTreeMap::<&str, &FeeRate>::new();
        for entry in self.fee_rates.iter().filter(|e| e.from <= day) {
            let held = latest.entry(&entry.trade_type).or_insert(entry);
            if entry.from >= held.from {
                *held = entry;
            }
        }
        latest.into_values().map(|entry| entry.rate).collect()
    }
}
