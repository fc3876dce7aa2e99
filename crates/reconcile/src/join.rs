//! The pass that reads both books once: bill rows and the day's orders, both sorted by order number.
//!
//! Rows that meet are judged at once and forgotten; only rows without a partner are kept for the passes behind.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use recondesk_domain::{BillState, Category, MOrder, Tag, TransactionId, WPay};

use super::ReconcileError;
use super::context::Context;
use super::feed::Feed;
use super::judge::{describe, disagree};
use super::ledger::{Placement, RowKind};
use super::match_archive::{CHUNK, settle_orders};
use super::pair::{OrderPair, PaidAgain, ReversedOrder, offer, settle, settle_reversed};
use super::run::Run;

/// Groups between two reports of progress.
const REPORT_EVERY: u64 = 8_192;

/// Reads both books.
pub(super) fn read_both_books(
    context: &Context<'_>,
    run: &mut Run<'_>,
) -> Result<(), ReconcileError> {
    let evidence = context.evidence;
    let pays = if context.has_bill {
        Some(evidence.pays(context.date)?)
    } else {
        None
    };
    let orders = evidence.orders(context.date, context.input.rules.lookback_days)?;
    let (mut bill, mut book) = (Feed::new(pays), Feed::new(Some(orders)));
    let mut groups: u64 = 0;
    loop {
        let side = match (bill.head()?, book.head()?) {
            (None, None) => break,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(w), Some(m)) => w.cmp(&m),
        };
        match side {
            Ordering::Less => bill_only(run, bill.take()?)?,
            Ordering::Greater => order_only(context, run, book.take()?)?,
            Ordering::Equal => both(context, run, bill.take()?, book.take()?)?,
        }
        groups = groups.saturating_add(1);
        if groups.is_multiple_of(REPORT_EVERY) {
            run.ledger.advance(REPORT_EVERY)?;
        }
    }
    super::business::settle_pending(context, run)
}

fn both(
    context: &Context<'_>,
    run: &mut Run<'_>,
    bill: &[WPay],
    book: &[MOrder],
) -> Result<(), ReconcileError> {
    if let ([w], [m]) = (bill, book) {
        run.see_pay(w)?;
        run.see_order(m)?;
        return offer(context, run, OrderPair::of_day(w, m));
    }
    let orders = first_orders(run, book)?;
    let payments = first_pays(run, bill)?;
    pair_group(context, run, &payments, &orders)
}

fn bill_only(run: &mut Run<'_>, bill: &[WPay]) -> Result<(), ReconcileError> {
    if let [w] = bill
        && w.state != BillState::Revoked
    {
        run.see_pay(w)?;
        run.unmatched.keep_payment(w, None);
        return Ok(());
    }
    let PaymentsOfNumber { standing, reversed } = first_pays(run, bill)?;
    let kept: Vec<&WPay> = standing
        .iter()
        .filter(|w| !run.refunds.is_returned(w))
        .collect();
    let mut shops = BTreeSet::new();
    for w in &standing {
        let repeated = is_repeated(&kept, w);
        let again = repeated.then(|| PaidAgain::same_number(shops.insert(w.sub_mch_id)));
        run.unmatched.keep_payment(w, again);
    }
    run.unmatched.reversed.extend(reversed);
    Ok(())
}

fn order_only(
    context: &Context<'_>,
    run: &mut Run<'_>,
    book: &[MOrder],
) -> Result<(), ReconcileError> {
    for m in &first_orders(run, book)? {
        order_without_pay(context, run, m)?;
    }
    Ok(())
}

fn order_without_pay(
    context: &Context<'_>,
    run: &mut Run<'_>,
    m: &MOrder,
) -> Result<(), ReconcileError> {
    let placement = Placement::merchant(m.amount);
    if let Some(&category) = run.unmatched.met_by_pool.get(&m.out_trade_no) {
        return run.ledger.place(RowKind::Pay, category, placement);
    }
    if !m.pay_status.is_paid() && m.transaction_id.is_empty() {
        return run.ledger.place(RowKind::Pay, Category::Unpaid, placement);
    }
    run.unmatched.orders.push(*m);
    // Without a bill nothing can meet them later: keep memory flat.
    if !context.has_bill && run.unmatched.orders.len() >= CHUNK {
        settle_orders(context, run)?;
    }
    Ok(())
}

/// Sets aside further copies of orders (P10).
fn first_orders(run: &mut Run<'_>, book: &[MOrder]) -> Result<Vec<MOrder>, ReconcileError> {
    let mut firsts: Vec<MOrder> = Vec::with_capacity(1);
    for m in book {
        run.see_order(m)?;
        let copied = firsts.iter().find(|f| f.sub_mch_id == m.sub_mch_id);
        if let Some(first) = copied {
            let mut finding = describe(Category::DupRowM, None, Some(m));
            finding.detail = format!("first_row={}", first.row.line);
            let placement = Placement::merchant(m.amount);
            run.ledger.enter(RowKind::Pay, finding, placement)?;
        } else {
            firsts.push(*m);
        }
    }
    Ok(firsts)
}

/// The payments of one number: those that stand, and those that were reversed with their reversal.
struct PaymentsOfNumber {
    standing: Vec<WPay>,
    reversed: Vec<WPay>,
}

/// Sets aside further copies of bill rows (P10), and parts reversed payments from the others.
fn first_pays(run: &mut Run<'_>, bill: &[WPay]) -> Result<PaymentsOfNumber, ReconcileError> {
    let mut firsts: Vec<WPay> = Vec::with_capacity(bill.len());
    for w in bill {
        run.see_pay(w)?;
        let copied = firsts
            .iter()
            .find(|f| f.transaction_id == w.transaction_id && f.state == w.state);
        if let Some(first) = copied {
            let mut finding = describe(Category::DupRowW, Some(w), None);
            finding.detail = format!("first_row={}", first.row.line);
            let placement = Placement::wechat(w.amount);
            run.ledger.enter(RowKind::Pay, finding, placement)?;
        } else {
            firsts.push(*w);
        }
    }
    let gone: BTreeSet<TransactionId> = firsts
        .iter()
        .filter(|w| w.state == BillState::Revoked)
        .map(|w| w.transaction_id)
        .collect();
    let (reversed, mut standing): (Vec<_>, Vec<_>) = firsts
        .into_iter()
        .partition(|w| gone.contains(&w.transaction_id));
    // Independent of the order of rows in the file.
    standing.sort_by_key(|w| (w.time, w.transaction_id));
    Ok(PaymentsOfNumber { standing, reversed })
}

/// True when a payment is one of several that stand under one number of one sub-merchant. What went back in full is
/// none of them.
fn is_repeated(kept: &[&WPay], w: &WPay) -> bool {
    let of_shop = |other: &&&WPay| other.sub_mch_id == w.sub_mch_id;
    kept.iter()
        .any(|other| other.transaction_id == w.transaction_id)
        && kept.iter().filter(of_shop).count() > 1
}

/// True when a number of one sub-merchant has more payments than orders; sub-merchants number theirs by themselves.
fn outnumber(kept: &[&WPay], orders: &[MOrder], w: &WPay) -> bool {
    let payments = kept.iter().filter(|other| other.sub_mch_id == w.sub_mch_id);
    let of_shop = |m: &&MOrder| !disagree(&w.sub_mch_id, &m.sub_mch_id);
    payments.count() > orders.iter().filter(of_shop).count()
}

/// Pairs the rows of one order number where either book has several.
fn pair_group(
    context: &Context<'_>,
    run: &mut Run<'_>,
    payments: &PaymentsOfNumber,
    orders: &[MOrder],
) -> Result<(), ReconcileError> {
    let PaymentsOfNumber { standing, reversed } = payments;
    let kept: Vec<&WPay> = standing
        .iter()
        .filter(|w| !run.refunds.is_returned(w))
        .collect();
    let several_shops = standing.windows(2).any(|two| match two {
        [a, b] => a.sub_mch_id != b.sub_mch_id,
        _ => false,
    });
    // What stands is preferred to what went back.
    let mut free: Vec<&WPay> = standing.iter().collect();
    free.sort_by_key(|w| run.refunds.is_returned(w));
    // Of several payments the one that met the order is kept.
    let mut shops = BTreeSet::new();
    for m in orders {
        let fit = |w: &&WPay| {
            let other_shop = disagree(&w.sub_mch_id, &m.sub_mch_id);
            let other_payment = disagree(&w.transaction_id, &m.transaction_id);
            (other_shop, other_payment)
        };
        let best = (0..free.len()).min_by_key(|&at| free.get(at).map(&fit));
        let best = best.filter(|&at| !several_shops || free.get(at).is_some_and(|w| !fit(w).0));
        if let Some(at) = best {
            let w = free.remove(at);
            let pair = OrderPair::of_day(w, m);
            if is_repeated(&kept, w) && outnumber(&kept, orders, w) {
                let again = PaidAgain::same_number(shops.insert(w.sub_mch_id));
                settle(context, run, &pair, Some(again))?;
            } else {
                offer(context, run, pair)?;
            }
        } else if reversed.is_empty() {
            order_without_pay(context, run, m)?;
        } else {
            let order = ReversedOrder { m, own: true };
            return settle_reversed(run, reversed, Some(order));
        }
    }
    for w in free {
        let again =
            is_repeated(&kept, w).then(|| PaidAgain::same_number(shops.insert(w.sub_mch_id)));
        place_free(run, w, again)?;
    }
    for w in reversed {
        let placement = Placement::wechat(w.amount);
        run.ledger
            .place(RowKind::Pay, Category::Unpaid, placement)?;
    }
    Ok(())
}

/// A payment that is left of a number whose orders have all been met.
fn place_free(
    run: &mut Run<'_>,
    w: &WPay,
    again: Option<PaidAgain<'_>>,
) -> Result<(), ReconcileError> {
    if again.is_none() && !run.refunds.is_returned(w) {
        // The only one of its sub-merchant: the orders of the number are those of others.
        run.unmatched.keep_foreign(w);
        return Ok(());
    }
    run.watch.coverage.pay(w.time, true);
    let placement = Placement::wechat(w.amount);
    let Some(again) = again else {
        let finding = describe(Category::BalancedAfter, Some(w), None);
        return run.ledger.enter(RowKind::Pay, finding, placement);
    };
    let mut finding = describe(Category::DupPay, Some(w), None);
    again.why.clone_into(&mut finding.detail);
    if again.is_kept {
        finding.tags.push(Tag::Keep);
    }
    run.ledger.enter(RowKind::Pay, finding, placement)
}
