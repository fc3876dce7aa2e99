//! Orders and a bill that have no number in common: a wrong column, or another merchant's file (K03).
//!
//! Thousands of payments without an order beside thousands of orders without a payment would be told one by one
//! otherwise, each with the advice to give the money back.

use std::collections::{BTreeMap, BTreeSet};

use recondesk_domain::{BillState, Category, Fen, Finding, MOrder, MchId, OutTradeNo, RowRef};

use super::context::Context;
use super::ledger::{Placement, RowKind};
use super::match_archive::{CHUNK, earlier_pays};
use super::run::{Run, UnmatchedPayment};
use super::{CountedSum, ReconcileError};

/// Fewest rows of each side that allow the verdict: one or two may be a case of their own.
const LEAST: usize = 3;
/// Seconds between a payment and its booking where only these say that they are one sale.
const SAME_SALE_S: i64 = 120;
/// The zeros in front of the orders' numbers are gone.
const LOST_ZEROS: &str = " cause=lost_zeros";

/// Places everything under one finding when no payment of the bill has an order of any day, and no paid order of the
/// day has a payment of any bill; true when it did.
pub(super) fn place_strangers(
    context: &Context<'_>,
    run: &mut Run<'_>,
    nowhere: &mut Vec<UnmatchedPayment>,
) -> Result<bool, ReconcileError> {
    let paid: Vec<MOrder> = run
        .unmatched
        .orders
        .iter()
        .filter(|m| m.pay_status.is_paid())
        .copied()
        .collect();
    let success = |payment: &&UnmatchedPayment| payment.w.state == BillState::Success;
    let strangers = nowhere.iter().filter(success).count();
    let all = context.input.bill.map_or(0, |bill| bill.pays);
    let is_all = context.has_bill && all == nowhere.len() as u64;
    let is_verdict = strangers >= LEAST && paid.len() >= LEAST
        || strangers < LEAST.max(paid.len() * 2) && are_same_sales(nowhere, &paid);
    if !is_all || !is_verdict || !is_unknown(context, &paid)? {
        let is_cut = place_cut_numbers(context, run, nowhere, &paid)?;
        return Ok(place_other_files(context, run, &paid)? || is_cut);
    }
    let cause = cause_of(nowhere, &paid);
    place_under_one(context, run, std::mem::take(nowhere), &paid, cause)?;
    Ok(true)
}

/// True when each paid order has a payment of its amount, booked within minutes: however few they are, they are the
/// same sales under other numbers.
fn are_same_sales(nowhere: &[UnmatchedPayment], paid: &[MOrder]) -> bool {
    let mut payments: Vec<&UnmatchedPayment> = nowhere.iter().collect();
    let has_one = |m: &MOrder| {
        let is_it = |payment: &&UnmatchedPayment| {
            let w = &payment.w;
            let is_near = |paid| w.time.distance(paid) <= SAME_SALE_S;
            w.state == BillState::Success && m.amount == w.amount && m.paid_at.is_some_and(is_near)
        };
        let at = payments.iter().position(is_it);
        at.map(|at| payments.swap_remove(at)).is_some()
    };
    !paid.is_empty() && paid.iter().all(has_one)
}

/// Orders whose numbers lost their leading zeros beside the payments that have them, each of the same amount: however
/// few, neither is a payment without an order nor an order without a payment.
fn place_cut_numbers(
    context: &Context<'_>,
    run: &mut Run<'_>,
    nowhere: &mut Vec<UnmatchedPayment>,
    paid: &[MOrder],
) -> Result<bool, ReconcileError> {
    // Each sub-merchant numbers its own.
    let mut cut: BTreeMap<(OutTradeNo, MchId, Fen), MOrder> = paid
        .iter()
        .filter(|order| !order.out_trade_no.as_str().starts_with('0'))
        .map(|order| ((order.out_trade_no, order.sub_mch_id, order.amount), *order))
        .collect();
    let (mut payments, mut orders) = (Vec::new(), Vec::new());
    for payment in std::mem::take(nowhere) {
        let w = &payment.w;
        let number = w.out_trade_no.as_str();
        let bare = OutTradeNo::new(number.trim_start_matches('0'))
            .filter(|_| w.state == BillState::Success && number.starts_with('0'));
        let found = bare.and_then(|bare| {
            cut.remove(&(bare, w.sub_mch_id, w.amount))
                .or_else(|| cut.remove(&(bare, MchId::EMPTY, w.amount)))
        });
        match found {
            Some(order) => {
                payments.push(payment);
                orders.push(order);
            }
            None => nowhere.push(payment),
        }
    }
    if payments.is_empty() {
        return Ok(false);
    }
    place_under_one(context, run, payments, &orders, LOST_ZEROS)?;
    Ok(true)
}

/// The orders of a file of which no number is in any bill, while those of others are: another merchant's file, or a
/// wrong column; nothing is to be stopped for them.
fn place_other_files(
    context: &Context<'_>,
    run: &mut Run<'_>,
    paid: &[MOrder],
) -> Result<bool, ReconcileError> {
    if !context.has_bill {
        return Ok(false);
    }
    let waiting: BTreeSet<_> = run.unmatched.orders.iter().map(place_of).collect();
    let mut files = BTreeMap::<u32, Vec<MOrder>>::new();
    // What was paid around midnight may be in the bill of the next day.
    let is_due = |m: &&MOrder| {
        waiting.contains(&place_of(m)) && !context.in_window(m.paid_at.unwrap_or(m.created_at))
    };
    for m in paid.iter().filter(is_due) {
        files.entry(m.row.import).or_default().push(*m);
    }
    let mut is_placed = false;
    for (import, orders) in files {
        if orders.len() >= LEAST
            && !run.watch.matched_files.has(import)
            && !run.watch.matched_files.is_empty()
            // A file with rows that are known already is of this merchant.
            && context.evidence.is_all_new(import)?
            && is_unknown(context, &orders)?
        {
            place_under_one(context, run, Vec::new(), &orders, " cause=other_file")?;
            is_placed = true;
        }
    }
    Ok(is_placed)
}

/// Where an order lies: another of the same number is another one.
const fn place_of(m: &MOrder) -> (OutTradeNo, MchId, RowRef) {
    (m.out_trade_no, m.sub_mch_id, m.row)
}

/// One finding for all of these payments and orders.
fn place_under_one(
    context: &Context<'_>,
    run: &mut Run<'_>,
    payments: Vec<UnmatchedPayment>,
    orders: &[MOrder],
    cause: &str,
) -> Result<(), ReconcileError> {
    let (mut wechat, mut merchant) = (CountedSum::default(), CountedSum::default());
    for payment in payments {
        wechat.take(payment.w.amount)?;
        let placement = Placement::wechat(payment.w.amount);
        run.ledger
            .place(RowKind::Pay, Category::MForeign, placement)?;
        if let Some(time) = payment.paid_at() {
            run.watch.coverage.pay(time, cause == LOST_ZEROS);
        }
    }
    // Another order of the same number is not placed here and must stay.
    let placed: BTreeSet<_> = orders.iter().map(place_of).collect();
    run.unmatched
        .orders
        .retain(|m| !placed.contains(&place_of(m)));
    for order in orders {
        merchant.take(order.amount)?;
        let placement = Placement::merchant(order.amount);
        run.ledger
            .place(RowKind::Pay, Category::MForeign, placement)?;
    }
    let mut finding = Finding::new(Category::MForeign);
    finding.bill = Some(wechat.fen);
    finding.merchant = Some(merchant.fen);
    finding.detail = format!(
        "day={} payments={} orders={}{cause}",
        context.date, wechat.count, merchant.count
    );
    run.ledger
        .enter(RowKind::Pay, finding, Placement::default())
}

/// True when no verified bill has any of these orders.
fn is_unknown(context: &Context<'_>, paid: &[MOrder]) -> Result<bool, ReconcileError> {
    for chunk in paid.chunks(CHUNK) {
        let numbers: Vec<_> = chunk.iter().map(|m| m.out_trade_no).collect();
        if !earlier_pays(context, &numbers)?.is_empty() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// What explains it, where the numbers themselves do.
fn cause_of(payments: &[UnmatchedPayment], orders: &[MOrder]) -> &'static str {
    let strip = |number: &str| number.trim_start_matches('0').to_owned();
    let zeros: BTreeSet<String> = payments
        .iter()
        .filter(|payment| payment.w.out_trade_no.as_str().starts_with('0'))
        .map(|payment| strip(payment.w.out_trade_no.as_str()))
        .collect();
    if orders
        .iter()
        .any(|m| zeros.contains(m.out_trade_no.as_str()))
    {
        return LOST_ZEROS;
    }
    let wechat: BTreeSet<&str> = payments
        .iter()
        .map(|payment| payment.w.transaction_id.as_str())
        .collect();
    if orders
        .iter()
        .any(|m| wechat.contains(m.out_trade_no.as_str()))
    {
        return " cause=wechat_numbers";
    }
    let amounts: BTreeSet<Fen> = payments.iter().map(|payment| payment.w.amount).collect();
    let known = orders
        .iter()
        .filter(|m| amounts.contains(&m.amount))
        .count();
    if known.saturating_mul(2) > orders.len() {
        " cause=other_column"
    } else {
        " cause=unknown"
    }
}
