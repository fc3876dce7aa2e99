//! F01 to F03: is the fee of a row what its rate makes of it (I5), and is the rate that of the contract.
//!
//! Rounding is half-up to fen with a tolerance of one fen. The rule is not fully documented, so it is
//! enforced only where it plainly is the day's rule: see [`FeeWatch`].

use recondesk_domain::{Category, Fee, Fen, WPay, WRefund};

use super::category_set::CategorySet;
use super::rules::ContractRates;

/// 10⁻⁴ of one per cent per whole.
const RATE_ONE: i128 = 1_000_000;
/// From so many judged rows on the day as a whole has a say.
const LEARN_FROM: u64 = 1_000;
/// More than one row in so many off the rule: then it is not the rule.
const OFF_SHARE: u64 = 20;

/// The fee of an amount at a rate, half-up to fen, in 10⁻⁵ yuan.
pub(super) fn fee_of(amount: Fen, rate: i32) -> i128 {
    let exact = i128::from(amount.get()).saturating_mul(i128::from(rate));
    exact
        .saturating_add(RATE_ONE / 2)
        .div_euclid(RATE_ONE)
        .saturating_mul(i128::from(Fee::UNITS_PER_FEN))
}

fn is_off(fee: Fee, expected: i128) -> bool {
    let distance = i128::from(fee.get()).saturating_sub(expected);
    distance.unsigned_abs() > u128::from(Fee::UNITS_PER_FEN.unsigned_abs())
}

/// Counts how many rows follow the rule.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct FeeWatch {
    judged: u64,
    off: u64,
}

impl FeeWatch {
    /// False when so many rows are off that the merchant's fees must follow another rule (a minimum
    /// fee, another rounding): then single rows are not raised.
    pub(super) fn holds(self) -> bool {
        self.judged < LEARN_FROM || self.off.saturating_mul(OFF_SHARE) <= self.judged
    }

    /// Judges a payment row.
    pub(super) fn judge_pay(&mut self, w: &WPay, contract: &ContractRates, out: &mut CategorySet) {
        if w.rate < 0 {
            return;
        }
        if contract.instead_of(w.product, w.rate).is_some() {
            out.add(Category::FeeRate);
        }
        self.judged = self.judged.saturating_add(1);
        if is_off(w.fee, fee_of(w.settled, w.rate)) {
            self.off = self.off.saturating_add(1);
            out.add(Category::FeeCalc);
        }
    }

    /// Judges a refund row: the fee comes back in proportion, as a negative.
    pub(super) fn judge_refund(&mut self, w: &WRefund, out: &mut CategorySet) {
        if w.rate < 0 {
            return;
        }
        self.judged = self.judged.saturating_add(1);
        let expected = fee_of(w.settled, w.rate).saturating_neg();
        if w.fee.get() > 0 || is_off(w.fee, expected) {
            self.off = self.off.saturating_add(1);
            out.add(Category::FeeRefund);
        }
    }
}
