//! Where a payment and its order are unlike: another number, or another sum than the profile's tolerances allow. Pure.

use super::money::{OrderMoney, PaidFact};
use recondesk_domain::{Fen, MOrder, MerchantProfile};

/// The number that the merchant has, where it is another than that of each payment.
pub(super) fn unlike_number(
    order: &MOrder,
    first: &PaidFact,
    money: &OrderMoney,
) -> Option<String> {
    let own = order.transaction_id.as_str();
    let is_known = |paid: &PaidFact| paid.transaction_id.is_empty() || paid.transaction_id == own;
    let differs =
        !own.is_empty() && !first.transaction_id.is_empty() && !money.payments.iter().any(is_known);
    differs.then(|| own.to_owned())
}

/// True when a payment and its order may lie so far apart, by the profile's tolerances.
pub(super) fn tolerates(profile: &MerchantProfile, paid: Fen, order: Fen) -> bool {
    let within =
        |more: Fen, less: Fen, most: Fen| more.checked_sub(less).is_some_and(|apart| apart <= most);
    within(paid, order, profile.tolerance_above) && within(order, paid, profile.tolerance_below)
}
