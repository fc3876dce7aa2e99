//! What applies to a payment row and its order: the definitions of P01 to P15 for one pair.
//!
//! Nothing here places or counts; `pair.rs` does.

use recondesk_domain::{
    BEIJING_OFFSET_S, BillState, Category, Fen, Finding, FulfilStatus, Instant, MOrder, PayStatus,
    Tag, Text, WPay,
};

use super::category_set::CategorySet;
use super::context::Context;

/// How the times of the two books lie to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Relation {
    /// Same day, within tolerance.
    Same,
    /// Different days, close enough or out of the pool.
    AcrossDays,
    /// Different days and far apart; the other day has been judged already.
    Late,
    /// Beyond the tolerance.
    Off,
}

/// Which of the two rows belong to the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// The bill row is of the day.
    Bill,
    /// Only the order is of the day, the bill row is older.
    Order,
    /// One side waited in the pool.
    Pool,
}

/// Rule X3 and P14 in one place.
pub(super) fn relation(context: &Context<'_>, w: &WPay, m: &MOrder, origin: Origin) -> Relation {
    let Some(paid_at) = m.paid_at else {
        return Relation::Same;
    };
    let near = w.time.distance(paid_at) <= context.tolerance_s;
    match origin {
        Origin::Pool => Relation::AcrossDays,
        Origin::Order if near => Relation::AcrossDays,
        Origin::Order => Relation::Late,
        Origin::Bill if context.contains(paid_at) && near => Relation::Same,
        // A merchant who knows the day of a payment and no clock does not contradict the bill of that day.
        Origin::Bill if is_day_only(paid_at) && paid_at.day() == w.time.day() => Relation::Same,
        Origin::Bill if context.contains(paid_at) => Relation::Off,
        Origin::Bill if near => Relation::AcrossDays,
        Origin::Bill if paid_at < context.start && context.has_bill_of(paid_at.day()) => {
            Relation::Late
        }
        Origin::Bill => Relation::Off,
    }
}

/// True for midnight to the second, as a list writes it that has days alone.
fn is_day_only(time: Instant) -> bool {
    time.plus(BEIJING_OFFSET_S).unix().rem_euclid(86_400) == 0
}

/// What is to be known of a pair beside its two rows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment {
    /// How the times lie to each other.
    pub(super) relation: Relation,
    /// What of the payment has gone back or is on its way back.
    pub(super) returned: Fen,
}

/// Everything that applies to the pair, its fee aside.
pub(super) fn judge(context: &Context<'_>, w: &WPay, m: &MOrder, moment: Moment) -> CategorySet {
    let mut out = CategorySet::default();
    let Moment { relation, returned } = moment;
    // Of money that went back in full nothing is owed, in goods or otherwise.
    let is_returned = w.amount > Fen::ZERO && returned >= w.amount;
    if disagree(&w.transaction_id, &m.transaction_id)
        || disagree(&w.appid, &m.appid)
        || disagree(&w.sub_mch_id, &m.sub_mch_id)
    {
        out.add(Category::IdMismatch);
    }
    if w.is_cny != m.is_cny {
        out.add(Category::CurrencyDiff);
    }
    let booked = m.is_booked();
    match w.state {
        BillState::Success if booked => {
            if !context.input.rules.tolerates(w.amount, m.amount) {
                out.add(if basis_of(w, m.amount).is_some() {
                    Category::AmountBasis
                } else {
                    Category::AmountDiff
                });
            }
            if !is_returned && is_unfulfilled(context, w.time, m) {
                out.add(Category::BookedNotFulfilled);
            }
            if relation == Relation::Off {
                out.add(Category::TimeDiff);
            }
        }
        BillState::Success if is_returned => {}
        BillState::Success => {
            out.add(unbooked(w, m));
            // Goods are due for the price of the order, never for another sum.
            if is_other_sum(context, w, m) {
                out.add(Category::AmountDiff);
            }
        }
        BillState::Revoked if booked => out.add(Category::Revoked),
        BillState::Revoked => {}
        BillState::Unknown | BillState::Refund => out.add(Category::UnknownState),
    }
    out
}

/// True when what was paid is not the sum of the order, on no basis.
fn is_other_sum(context: &Context<'_>, w: &WPay, m: &MOrder) -> bool {
    !context.input.rules.tolerates(w.amount, m.amount) && basis_of(w, m.amount).is_none()
}

/// Why goods are not proposed for an order that was paid and is not booked: another sum was paid than its own, or the
/// shop calls it delivered and only the payment is to be booked.
pub(super) fn goods_held(
    context: &Context<'_>,
    primary: Category,
    applies: CategorySet,
    w: &WPay,
    m: &MOrder,
) -> Option<String> {
    if primary == Category::BookedNotFulfilled && m.fulfilled_at.is_some() {
        // Its row has a time of delivery beside the word that says otherwise.
        return Some(format!(
            "{} fulfilled_at={}",
            explain(context, primary, w, m),
            m.fulfilled_at.map_or_else(String::new, iso)
        ));
    }
    if !matches!(primary, Category::PaidNotBooked | Category::PaidAfterClose) {
        return None;
    }
    let why = if applies.has(Category::AmountDiff) {
        explain(context, Category::AmountDiff, w, m)
    } else if m.fulfil_status == FulfilStatus::Fulfilled {
        "fulfil_status=fulfilled".to_owned()
    } else {
        return None;
    };
    Some(format!("{} {why}", explain(context, primary, w, m)))
}

fn is_unfulfilled(context: &Context<'_>, paid: Instant, m: &MOrder) -> bool {
    // Who has got all the money back is owed nothing.
    let returned = match m.refund_total {
        Some(total) => total >= m.amount && !total.is_negative() && total != Fen::ZERO,
        None => m.pay_status == PayStatus::Refunded,
    };
    matches!(
        m.fulfil_status,
        FulfilStatus::Pending | FulfilStatus::Failed
    ) && !returned
        && context.is_overdue(paid)
}

/// True when both books name something and the names differ.
pub(super) fn disagree<const N: usize>(a: &Text<N>, b: &Text<N>) -> bool {
    !a.is_empty() && !b.is_empty() && a != b
}

/// P02 when the order was closed before the payment, or by a merchant who knew of it, or nobody knows when; else P01.
fn unbooked(w: &WPay, m: &MOrder) -> Category {
    let was_known = m.paid_at.is_some();
    let is_late = was_known || m.closed_at.is_none_or(|closed| closed <= w.time);
    if m.pay_status == PayStatus::Closed && is_late {
        Category::PaidAfterClose
    } else {
        Category::PaidNotBooked
    }
}

/// The other basis on which the amounts agree, if there is one (P08).
fn basis_of(w: &WPay, amount: Fen) -> Option<&'static str> {
    if amount == w.settled {
        Some("settled")
    } else if w.amount.checked_sub(w.coupon) == Some(amount) {
        Some("paid_by_customer")
    } else {
        None
    }
}

/// A finding of a payment row, an order, or both.
pub(super) fn describe(category: Category, w: Option<&WPay>, m: Option<&MOrder>) -> Finding {
    let mut out = Finding::new(category);
    if let Some(m) = m {
        out.out_trade_no = m.out_trade_no;
        out.sub_mch_id = m.sub_mch_id;
        out.order_no = m.order_no;
        out.transaction_id = m.transaction_id;
        out.merchant = Some(m.amount);
        out.paid_at = m.paid_at;
        out.order_row = Some(m.row);
    }
    if let Some(w) = w {
        out.out_trade_no = w.out_trade_no;
        if !w.sub_mch_id.is_empty() {
            out.sub_mch_id = w.sub_mch_id;
        }
        out.transaction_id = w.transaction_id;
        out.bill = Some(w.amount);
        out.paid_at = Some(w.time);
        out.bill_row = Some(w.row);
    }
    out
}

/// Tags for all that applies beside the deciding category.
pub(super) fn tags_of(applies: CategorySet, key2: bool) -> Vec<Tag> {
    applies
        .primary()
        .map_or_else(Vec::new, |primary| tags_beside(primary, applies, key2))
}

/// The same where another category than the first decides.
pub(super) fn tags_beside(primary: Category, applies: CategorySet, key2: bool) -> Vec<Tag> {
    let others = applies.ranked().filter(|category| *category != primary);
    let mut tags: Vec<Tag> = others.map(Tag::Also).collect();
    if applies.has(Category::IdMismatch) {
        tags.push(Tag::IdConflict);
    }
    if key2 {
        tags.push(Tag::Key2);
    }
    tags
}

/// Facts that explain the deciding category of a pair; a category that is not here has none of its own.
pub(super) fn explain(context: &Context<'_>, category: Category, w: &WPay, m: &MOrder) -> String {
    let of_category = EXPLAINED.iter().find(|(known, _)| *known == category);
    of_category.map_or_else(String::new, |(_, facts)| facts(context, w, m))
}

/// Facts of a pair in key=value form.
type PairFacts = fn(&Context<'_>, &WPay, &MOrder) -> String;

const EXPLAINED: [(Category, PairFacts); 10] = [
    (Category::IdMismatch, |_, w, m| unlike_ids(w, m)),
    (Category::PaidNotBooked, |_, _, m| {
        format!("status={}", m.pay_status.word())
    }),
    (Category::PaidAfterClose, |_, _, m| match m.closed_at {
        Some(closed) => format!("status=closed closed_at={}", iso(closed)),
        None => "status=closed".to_owned(),
    }),
    (Category::BookedNotFulfilled, |_, _, m| {
        format!("fulfil_status={}", m.fulfil_status.word())
    }),
    (Category::AmountDiff, |_, w, m| {
        let apart = i128::from(w.amount.get()).saturating_sub(i128::from(m.amount.get()));
        format!("difference={apart}")
    }),
    (Category::AmountBasis, |_, w, m| {
        basis_of(w, m.amount).map_or_else(String::new, |basis| format!("basis={basis}"))
    }),
    (Category::TimeDiff, |_, w, m| {
        let distance = m.paid_at.map_or(0, |paid| w.time.distance(paid));
        format!("minutes={}", distance / 60)
    }),
    (Category::CurrencyDiff, |_, w, m| {
        let word = |cny| if cny { "CNY" } else { "other" };
        format!("currency={}/{}", word(w.is_cny), word(m.is_cny))
    }),
    (Category::FeeRate, |context, w, _| {
        let due = context.rates.instead_of(w.product, w.rate);
        let due = due.map_or_else(String::new, |due| format!(" contract={due}"));
        let product = match w.product.word() {
            "" => String::new(),
            word => format!(" product={word}"),
        };
        let expected = context.rates.instead_of(w.product, w.rate);
        let expected = expected.map_or_else(String::new, |rate| {
            let expected = super::fees::fee_of(w.settled, rate);
            format!(" fee={} expected={expected}", w.fee.get())
        });
        format!("rate={}{due}{product}{expected}", w.rate)
    }),
    (Category::FeeCalc, |_, w, _| explain_fee(w)),
];

fn unlike_ids(w: &WPay, m: &MOrder) -> String {
    [
        ("transaction_id", w.transaction_id, m.transaction_id),
        ("appid", w.appid, m.appid),
        ("sub_mch_id", w.sub_mch_id, m.sub_mch_id),
    ]
    .iter()
    .filter(|(_, bill, merchant)| disagree(bill, merchant))
    .map(|(name, bill, merchant)| format!("{name}={bill}/{merchant}"))
    .collect::<Vec<_>>()
    .join(" ")
}

/// Facts of the fee of a payment row.
fn explain_fee(w: &WPay) -> String {
    let expected = super::fees::fee_of(w.settled, w.rate);
    format!("fee={} expected={expected} rate={}", w.fee.get(), w.rate)
}

/// Beijing time without blanks, for facts.
pub(super) fn iso(time: Instant) -> String {
    time.beijing().format("%Y-%m-%dT%H:%M:%S").to_string()
}
