//! The settings of a run that decide its result, and their digest, which is part of the run's identity.
//!
//! Whoever changes what the engine concludes from equal inputs raises [`Rules::VERSION`].

use sha2::{Digest as _, Sha256};

use recondesk_domain::{BillDate, FeeRate, Fen, MerchantProfile, TradeType};

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
    /// By how much the bill may have more than the order before the amounts differ (P07).
    pub tolerance_above: Fen,
    /// By how much the bill may have less.
    pub tolerance_below: Fen,
    /// Sub-merchants of a service provider that the profile is about; empty: all of them (K05).
    pub sub_mch_ids: Vec<String>,
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
            tolerance_above: Fen::ZERO,
            tolerance_below: Fen::ZERO,
            sub_mch_ids: Vec::new(),
        }
    }
}

impl Rules {
    /// Version of the engine's conclusions.
    pub const VERSION: u32 = 6;

    /// The rules of a profile.
    #[must_use]
    pub fn of(profile: &MerchantProfile) -> Self {
        Self {
            cut_off_minutes: profile.cut_off_minutes,
            lookback_days: profile.lookback_days,
            fulfil_minutes: profile.fulfil_minutes,
            fee_rates: profile.fee_rates.clone(),
            tolerance_above: profile.tolerance_above,
            tolerance_below: profile.tolerance_below,
            sub_mch_ids: profile.sub_mch_ids.clone(),
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
            tolerance_above,
            tolerance_below,
            sub_mch_ids,
        } = self;
        let mut hash = Sha256::new();
        hash.update(format!(
            "recondesk rules {} {cut_off_minutes} {lookback_days} {fulfil_minutes} \
             {time_tolerance_minutes} {dup_refund_minutes} {hole_payments} {} {}\n",
            Self::VERSION,
            tolerance_above.get(),
            tolerance_below.get(),
        ));
        for FeeRate {
            trade_type,
            rate,
            from,
        } in fee_rates
        {
            hash.update(format!("{trade_type:?} {rate} {from:?}\n"));
        }
        for shop in sub_mch_ids {
            hash.update(format!("sub_mch_id {shop}\n"));
        }
        hash.finalize().into()
    }

    /// The contract rates that hold on a day: of each trade type the entry that began last.
    #[must_use]
    pub(super) fn rates_on(&self, day: BillDate) -> ContractRates {
        let day = day.to_string();
        let mut latest = std::collections::BTreeMap::<TradeType, &FeeRate>::new();
        for entry in self.fee_rates.iter().filter(|e| e.from <= day) {
            let product = TradeType::read(entry.trade_type.as_bytes());
            let held = latest.entry(product).or_insert(entry);
            if entry.from >= held.from {
                *held = entry;
            }
        }
        let rate = |(product, entry): (TradeType, &FeeRate)| (product, entry.rate);
        ContractRates(latest.into_iter().map(rate).collect())
    }

    /// True when an order and its payment may lie so far apart.
    pub(super) fn tolerates(&self, bill: Fen, merchant: Fen) -> bool {
        let within = |more: Fen, less: Fen, most: Fen| {
            more.checked_sub(less).is_some_and(|apart| apart <= most)
        };
        within(bill, merchant, self.tolerance_above) && within(merchant, bill, self.tolerance_below)
    }
}

/// The rates of the contract on one day: one a product, and one for all products that have none of their own, which
/// stands under [`TradeType::NotKnown`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct ContractRates(Vec<(TradeType, i32)>);

impl ContractRates {
    /// What the contract says of a product; `None` where it says nothing.
    fn of(&self, product: TradeType) -> Option<i32> {
        let rate = |wanted| self.0.iter().find(|(known, _)| *known == wanted);
        rate(product)
            .or_else(|| rate(TradeType::NotKnown))
            .map(|(_, rate)| *rate)
    }

    /// The rate that a payment should have had, where its own is another one (F01).
    pub(super) fn instead_of(&self, product: TradeType, rate: i32) -> Option<i32> {
        // Of a payment without a product any rate of the contract may be the one.
        if product == TradeType::NotKnown && self.0.iter().any(|(_, known)| *known == rate) {
            return None;
        }
        self.of(product).filter(|due| *due != rate)
    }
}
