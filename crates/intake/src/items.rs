//! Orders that have several rows, one an item: the order counts once, shares of its amount are added up.

use super::RowAmount;
use recondesk_domain::{Fen, FulfilStatus, MOrder, MRefund, OrderNo, PayStatus, RowRef};

/// The rows of one order as one row; `None` when they contradict each other.
#[must_use]
pub fn merge_orders(rows: &[MOrder], amounts: RowAmount) -> Option<MOrder> {
    let later = latest_states(rows, amounts);
    let all = later.as_deref().unwrap_or(rows);
    // A gift has no share: it says of the delivery what it says, and nothing of the money.
    let paid: Vec<MOrder> = all
        .iter()
        .filter(|row| row.amount > Fen::ZERO)
        .copied()
        .collect();
    let has_gift = amounts == RowAmount::Share && !paid.is_empty() && paid.len() < all.len();
    let rows = if has_gift { &paid } else { all };
    let (first, rest) = rows.split_first()?;
    let mut out = *first;
    let mut is_same_total = true;
    // One payment may be for several orders of the shop, each with its share: a cart, or the orders of several sellers.
    let is_cart = amounts == RowAmount::Share;
    for row in rest {
        let same = |row: &MOrder| MOrder {
            order_no: if is_cart {
                OrderNo::EMPTY
            } else {
                row.order_no
            },
            created_at: if is_cart {
                MOrder::NO_TIME
            } else {
                row.created_at
            },
            amount: Fen::ZERO,
            pay_status: PayStatus::Unknown,
            fulfil_status: FulfilStatus::NotKnown,
            fulfilled_at: None,
            refund_total: None,
            refund_no: recondesk_domain::OutRefundNo::EMPTY,
            refund_at: None,
            row: RowRef::NONE,
            ..*row
        };
        if same(first) != same(row) {
            return None;
        }
        out.amount = match amounts {
            RowAmount::Order if out.amount == row.amount => out.amount,
            RowAmount::Order => return None,
            RowAmount::Share => out.amount.checked_add(row.amount)?,
        };
        out.created_at = out.created_at.min(row.created_at);
        out.pay_status = pay_of(out.pay_status, row.pay_status)?;
        out.fulfilled_at = out.fulfilled_at.max(row.fulfilled_at);
        is_same_total &= first.refund_total == row.refund_total;
        out.refund_at = out.refund_at.max(row.refund_at);
        if out.refund_no.is_empty() {
            out.refund_no = row.refund_no;
        }
    }
    out.fulfil_status = if later.is_some() {
        newest_delivery(rows)
    } else {
        delivery_of(all, out.fulfil_status)
    };
    if !is_same_total || amounts == RowAmount::Share || is_whole_of_items(rows, out.amount) {
        let is_whole = out.pay_status == PayStatus::Refunded;
        // A share that is called returned, without a sum of its own, went back whole.
        let returned = |row: &MOrder| {
            let is_returned = row.pay_status == PayStatus::Refunded && !is_whole;
            let told = row.refund_total.filter(|total| *total > Fen::ZERO);
            told.or(is_returned.then_some(row.amount))
                .or(row.refund_total)
        };
        let totals = rows.iter().filter_map(returned);
        let sum = totals.clone().try_fold(Fen::ZERO, Fen::checked_add)?;
        out.refund_total = totals.clone().next().map(|_| sum);
    }
    if out.fulfil_status != FulfilStatus::Fulfilled {
        out.fulfilled_at = None;
    }
    Some(out)
}

/// True where equal refunds of the items are the whole order together: then none of them is the order's own, repeated.
fn is_whole_of_items(rows: &[MOrder], amount: Fen) -> bool {
    let mut refunds = rows.iter().map(|row| row.refund_total);
    let sum = refunds.try_fold(Fen::ZERO, |sum, refund| sum.checked_add(refund?));
    rows.len() > 1 && amount > Fen::ZERO && sum == Some(amount)
}

/// The rows that say how far an order is now, where others tell an earlier state of it: a list of states, or two pages
/// between which it was paid. `None` where all are of one time.
fn latest_states(rows: &[MOrder], amounts: RowAmount) -> Option<Vec<MOrder>> {
    let is_before =
        |row: &&MOrder| matches!(row.pay_status, PayStatus::Created | PayStatus::Paying);
    let has_earlier = rows.iter().any(|row| is_before(&row));
    let later: Vec<MOrder> = rows.iter().filter(|row| !is_before(row)).copied().collect();
    let is_paid = later.iter().any(|row| row.pay_status.is_paid());
    (amounts == RowAmount::Order && has_earlier && is_paid).then_some(later)
}

/// How far the delivery of an order is whose rows tell one state after another: as far as one of them says.
fn newest_delivery(rows: &[MOrder]) -> FulfilStatus {
    let rank = |status: &FulfilStatus| match status {
        FulfilStatus::NotKnown => 0,
        FulfilStatus::Pending => 1,
        FulfilStatus::Failed => 2,
        FulfilStatus::NotRequired => 3,
        FulfilStatus::Fulfilled => 4,
    };
    let all = rows.iter().map(|row| row.fulfil_status);
    all.max_by_key(rank).unwrap_or(FulfilStatus::NotKnown)
}

/// How far the delivery of all items is; a refunded item waits for none.
fn delivery_of(rows: &[MOrder], alone: FulfilStatus) -> FulfilStatus {
    let kept = rows
        .iter()
        .filter(|row| row.pay_status != PayStatus::Refunded);
    kept.map(|row| row.fulfil_status)
        .reduce(fulfil_of)
        .unwrap_or_else(|| {
            rows.iter()
                .map(|row| row.fulfil_status)
                .reduce(fulfil_of)
                .unwrap_or(alone)
        })
}

/// The rows of one refund as one row; `None` when they contradict each other. Rows that differ in their amounts alone
/// are the items of one refund: the amounts add up.
#[must_use]
pub fn merge_refunds(rows: &[MRefund]) -> Option<MRefund> {
    let (first, rest) = rows.split_first()?;
    let same = |row: &MRefund| MRefund {
        row: RowRef::NONE,
        amount: Fen::ZERO,
        ..*row
    };
    if rest.iter().any(|row| same(first) != same(row)) {
        return None;
    }
    let is_repeated = rest.iter().all(|row| row.amount == first.amount);
    let amount = if is_repeated {
        first.amount
    } else {
        rows.iter()
            .map(|row| row.amount)
            .try_fold(Fen::ZERO, Fen::checked_add)?
    };
    Some(MRefund { amount, ..*first })
}

/// A part of an order may be refunded while the rest is paid.
fn pay_of(a: PayStatus, b: PayStatus) -> Option<PayStatus> {
    match (a, b) {
        (a, b) if a == b => Some(a),
        (PayStatus::Paid, PayStatus::Refunded) | (PayStatus::Refunded, PayStatus::Paid) => {
            Some(PayStatus::Paid)
        }
        _ => None,
    }
}

/// An order is delivered when all of it is.
fn fulfil_of(a: FulfilStatus, b: FulfilStatus) -> FulfilStatus {
    let rank = |status: FulfilStatus| match status {
        FulfilStatus::Pending => 0,
        FulfilStatus::Failed => 1,
        FulfilStatus::Fulfilled => 2,
        FulfilStatus::NotRequired => 3,
        FulfilStatus::NotKnown => 4,
    };
    if rank(a) <= rank(b) { a } else { b }
}

#[cfg(test)]
mod tests {
    use super::*;
    use recondesk_domain::{Instant, OutTradeNo};

    fn row(fen: i64) -> MOrder {
        MOrder {
            out_trade_no: OutTradeNo::new("A1").unwrap(),
            amount: Fen::new(fen),
            pay_status: PayStatus::Paid,
            fulfil_status: FulfilStatus::Fulfilled,
            fulfilled_at: Some(Instant::from_unix(9)),
            refund_total: Some(Fen::ZERO),
            ..MOrder::NONE
        }
    }

    #[test]
    fn the_later_of_two_states_holds_and_a_refunded_item_waits_for_nothing() {
        let created = MOrder {
            pay_status: PayStatus::Created,
            fulfil_status: FulfilStatus::NotKnown,
            fulfilled_at: None,
            paid_at: None,
            ..row(1490)
        };
        for rows in [[created, row(1290)], [row(1290), created]] {
            let one = merge_orders(&rows, RowAmount::Order).unwrap();
            assert_eq!(
                (one.amount, one.pay_status),
                (Fen::new(1290), PayStatus::Paid)
            );
            assert_eq!(one.fulfil_status, FulfilStatus::Fulfilled);
        }
        let paid = MOrder {
            fulfil_status: FulfilStatus::Pending,
            fulfilled_at: None,
            ..row(1290)
        };
        for history in [[created, paid, row(1290)], [row(1290), paid, created]] {
            let one = merge_orders(&history, RowAmount::Order).unwrap();
            assert_eq!(one.fulfil_status, FulfilStatus::Fulfilled);
            assert_eq!(one.fulfilled_at, row(1290).fulfilled_at);
        }
        assert_eq!(
            merge_orders(&[created, created], RowAmount::Order),
            Some(created)
        );

        let refunded = MOrder {
            pay_status: PayStatus::Refunded,
            fulfil_status: FulfilStatus::Pending,
            fulfilled_at: None,
            ..row(790)
        };
        let one = merge_orders(&[row(500), refunded], RowAmount::Share).unwrap();
        assert_eq!(
            (one.amount, one.pay_status),
            (Fen::new(1290), PayStatus::Paid)
        );
        assert_eq!(one.fulfil_status, FulfilStatus::Fulfilled);
    }

    #[test]
    fn a_repeated_order_counts_once_and_shares_add_up() {
        let rows = [row(1290), row(1290)];
        assert_eq!(merge_orders(&rows, RowAmount::Order), Some(row(1290)));
        let shares = [row(1000), row(290)];
        assert_eq!(
            merge_orders(&shares, RowAmount::Share).unwrap().amount,
            Fen::new(1290)
        );
        assert_eq!(merge_orders(&shares, RowAmount::Order), None);
    }

    #[test]
    fn equal_refunds_of_all_items_add_up_to_the_order() {
        let refunded = |fen| MOrder {
            refund_total: Some(Fen::new(fen)),
            ..row(36723)
        };
        for (each, total) in [(12241, 36723), (36723, 36723), (5000, 5000)] {
            let one = merge_orders(&[refunded(each); 3], RowAmount::Order).unwrap();
            assert_eq!(
                (one.amount, one.refund_total),
                (Fen::new(36723), Some(Fen::new(total)))
            );
        }
    }

    #[test]
    fn a_gift_among_the_items_says_nothing_of_the_money() {
        let returned = |fen| MOrder {
            pay_status: PayStatus::Refunded,
            refund_total: Some(Fen::new(fen)),
            ..row(fen)
        };
        let gift = MOrder {
            pay_status: PayStatus::Closed,
            ..row(0)
        };
        for rows in [
            [returned(1000), returned(290), gift],
            [gift, returned(1000), returned(290)],
        ] {
            let one = merge_orders(&rows, RowAmount::Share).unwrap();
            assert_eq!(
                (one.amount, one.pay_status, one.refund_total),
                (Fen::new(1290), PayStatus::Refunded, Some(Fen::new(1290)))
            );
        }
    }

    #[test]
    fn one_payment_of_several_orders_is_their_sum_and_waits_for_the_last_delivery() {
        let order = |name: &str, fen, second, fulfil_status| MOrder {
            order_no: OrderNo::new(name).unwrap(),
            created_at: Instant::from_unix(second),
            fulfil_status,
            fulfilled_at: None,
            ..row(fen)
        };
        let cart = [
            order("OO1", 1000, 7, FulfilStatus::Fulfilled),
            order("OO2", 290, 5, FulfilStatus::Pending),
        ];
        let one = merge_orders(&cart, RowAmount::Share).unwrap();
        assert_eq!(
            (one.amount, one.fulfil_status, one.created_at),
            (Fen::new(1290), FulfilStatus::Pending, Instant::from_unix(5))
        );
        assert_eq!(merge_orders(&cart, RowAmount::Order), None);
    }

    #[test]
    fn the_items_of_a_refund_add_up_and_a_repeated_row_counts_once() {
        let row = |fen| MRefund {
            amount: Fen::new(fen),
            ..MRefund::NONE
        };
        let amount = |rows: &[MRefund]| merge_refunds(rows).map(|one| one.amount);
        assert_eq!(amount(&[row(2000), row(290)]), Some(Fen::new(2290)));
        assert_eq!(amount(&[row(2000), row(2000)]), Some(Fen::new(2000)));
        let other = MRefund {
            succeeded_at: Some(Instant::from_unix(5)),
            ..row(290)
        };
        assert_eq!(amount(&[row(2000), other]), None);
    }

    #[test]
    fn what_is_true_of_a_part_is_not_true_of_the_order() {
        let pending = MOrder {
            fulfil_status: FulfilStatus::Pending,
            fulfilled_at: None,
            refund_total: Some(Fen::new(290)),
            ..row(290)
        };
        let order = merge_orders(&[row(1000), pending], RowAmount::Share).unwrap();
        assert_eq!(
            (order.fulfil_status, order.fulfilled_at),
            (FulfilStatus::Pending, None)
        );
        assert_eq!(
            (order.pay_status, order.refund_total),
            (PayStatus::Paid, Some(Fen::new(290)))
        );
        let other = MOrder {
            created_at: Instant::from_unix(5),
            ..row(1000)
        };
        assert_eq!(merge_orders(&[row(1000), other], RowAmount::Order), None);
    }
}
