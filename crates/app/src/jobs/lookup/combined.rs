//! A combined order (合单) as an answer: each part is an answer of its own, with its own next step; the whole only says
//! which parts there are. No book has the number of the whole.

use super::live::{LiveAnswer, finish, record};
use super::order_summary::{Attention, OrderSummary, yuan};
use crate::Failure;
use crate::gateway::{CombinedVerdict, Exchange, GatewayClient, RefundsOf};
use crate::jobs::inquiry::{Inquiry, QueryVerdict, order_ref};
use crate::jobs::lookup::collect::known_refunds;
use crate::jobs::notify::order_at;
use recondesk_domain::{Fen, OutRefundNo, OutTradeNo, SuggestedAction};
use recondesk_ports::{NumberKind, Ports};
use wechatpay_codec::v2::{OrderState, TradeState};
use wechatpay_codec::v3::{CombinedOrder, Transaction};

/// Asks whether a number that is no order's is that of a combined one; `before` is what was asked until here.
///
/// Gives back what was asked where it is not.
///
/// # Errors
/// When the question cannot be asked, or the log cannot be written.
pub(super) fn ask_combined(
    ports: &Ports,
    client: &GatewayClient<'_>,
    number: OutTradeNo,
    before: Inquiry,
) -> Result<Result<LiveAnswer, Inquiry>, Failure> {
    let merchant = client.merchant;
    let asked = client.query_combined(&number)?;
    let entry = record(ports, merchant.id, number.as_str(), &asked.exchange);
    ports.records.log_exchange(&entry)?;
    let order = match asked.outcome {
        CombinedVerdict::Known(order) => order,
        CombinedVerdict::NotFound => return Ok(Err(before)),
        // It may be a combined order: that there is no order by itself does not say that there is none.
        CombinedVerdict::ExchangeError(trouble) => {
            let mut unclear = before;
            unclear.verdict = QueryVerdict::ExchangeError(trouble);
            unclear.exchanges.push(asked.exchange);
            return Ok(Err(unclear));
        }
    };
    let parts = order
        .parts
        .iter()
        .map(|part| part_answer(ports, client, part, &asked.exchange))
        .collect::<Result<Vec<LiveAnswer>, Failure>>()?;
    let summary = told(&order, &parts);
    let mut exchanges = before.exchanges;
    exchanges.push(asked.exchange);
    Ok(Ok(LiveAnswer {
        number: number.to_string(),
        kind: NumberKind::OutTradeNo,
        inquiry: Inquiry {
            exchanges,
            verdict: QueryVerdict::Known(Box::new(whole(&order))),
            refunds: None,
            all_refunds: false,
        },
        sub_mch_id: String::new(),
        local: None,
        differences: Vec::new(),
        summary,
        other_merchant: String::new(),
        parts,
    }))
}

/// What the answer says of one part, beside what the workspace has of it.
fn part_answer(
    ports: &Ports,
    client: &GatewayClient<'_>,
    part: &Transaction,
    exchange: &Exchange,
) -> Result<LiveAnswer, Failure> {
    let merchant = client.merchant;
    let state = OrderState::from(part.clone());
    let mut inquiry = Inquiry {
        exchanges: vec![exchange.clone()],
        verdict: QueryVerdict::Known(Box::new(state)),
        refunds: None,
        all_refunds: false,
    };
    if part.mchid != merchant.profile.mch_id {
        return Ok(elsewhere(part, inquiry));
    }
    let number = part.out_trade_no.as_str();
    let local = order_at(ports, merchant.id, number, &part.sub_mchid)?;
    if let (TradeState::Refund, Some(order)) = (&part.state, order_ref(&part.transaction_id, true))
    {
        let known = known_refunds(ports, merchant.id, number)?;
        let known: Vec<OutRefundNo> = known.iter().map(|known| known.out_refund_no).collect();
        let listed = client.refunds_of(&RefundsOf {
            order,
            known: &known,
            sub_mch_id: &part.sub_mchid,
        })?;
        for exchange in &listed.exchanges {
            let entry = record(ports, merchant.id, number, exchange);
            ports.records.log_exchange(&entry)?;
        }
        // The order was told first: what is kept of it is the last exchange.
        inquiry.exchanges = [listed.exchanges, inquiry.exchanges].concat();
        inquiry.refunds = Some(listed.refunds);
        inquiry.all_refunds = listed.is_all;
    }
    let what = (number, NumberKind::OutTradeNo);
    finish(ports, merchant, what, (local, &part.sub_mchid), inquiry)
}

/// A part of another merchant: its money and its books are there.
fn elsewhere(part: &Transaction, inquiry: Inquiry) -> LiveAnswer {
    let theirs = &part.mchid;
    LiveAnswer {
        number: part.out_trade_no.clone(),
        kind: NumberKind::OutTradeNo,
        inquiry,
        sub_mch_id: part.sub_mchid.clone(),
        local: None,
        differences: Vec::new(),
        summary: OrderSummary::new(
            Attention::Agrees,
            SuggestedAction::None,
            format!("子单属于商户号 {theirs}：由该商户对账和处理"),
            format!("This part belongs to merchant {theirs}, which reconciles and follows it up"),
        ),
        other_merchant: theirs.clone(),
        parts: Vec::new(),
    }
}

/// The whole as a state, for what shows one: the sum, and the state that the parts share.
fn whole(order: &CombinedOrder) -> OrderState {
    let first = order.parts.first();
    OrderState {
        state: shared_state(order),
        description: String::new(),
        out_trade_no: order.number.clone(),
        transaction_id: String::new(),
        total_fee: order.total(),
        settlement_total_fee: None,
        cash_fee: order
            .parts
            .iter()
            .try_fold(Fen::ZERO, |sum, part| sum.checked_add(part.payer_total?)),
        coupon_fee: None,
        coupons: Vec::new(),
        paid_at: first.and_then(|part| part.paid_at),
        trade_type: first.map_or_else(String::new, |part| part.trade_type.clone()),
        bank_type: first.map_or_else(String::new, |part| part.bank_type.clone()),
        openid: first.map_or_else(String::new, |part| part.openid.clone()),
        attach: String::new(),
        currency: first.map_or_else(String::new, |part| part.currency.clone()),
    }
}

/// One state where all parts have it; paid where each is paid, whatever was refunded since; else the first unpaid one's.
pub(crate) fn shared_state(order: &CombinedOrder) -> TradeState {
    let first = order.parts.first().map(|part| &part.state);
    let open = order.parts.iter().find(|part| !part.state.is_paid());
    match (first, open) {
        (Some(first), _) if order.parts.iter().all(|part| part.state == *first) => first.clone(),
        (_, Some(open)) => open.state.clone(),
        _ => TradeState::Success,
    }
}

/// How many parts and how much, and what the most pressing part is about; the step is that part's.
fn told(order: &CombinedOrder, parts: &[LiveAnswer]) -> OrderSummary {
    let count = parts.len();
    let sum = yuan(order.total().unwrap_or_default());
    let zh = format!("合单 {}，{count} 笔子单共 {sum}", order.number);
    let plural = if count == 1 { "part" } else { "parts" };
    let en = format!(
        "Combined order {} of {count} {plural}, {sum} in all",
        order.number
    );
    // The first of those that press most, in the order of the answer.
    let worst = parts.iter().rev().max_by_key(|part| {
        let summary = &part.summary;
        (part.is_unclear(), summary.standing)
    });
    match worst {
        Some(part) if !part.agrees() => OrderSummary {
            category: part.summary.category,
            ..OrderSummary::new(
                part.summary.standing,
                part.summary.step,
                format!("{zh}；子单 {}：{}", part.number, part.summary.words.zh),
                format!("{en}; part {}: {}", part.number, part.summary.words.en),
            )
        },
        _ => OrderSummary::new(Attention::Agrees, SuggestedAction::None, zh, en),
    }
}

impl LiveAnswer {
    /// The parts of a combined order, or the answer itself: what lists and records have a row for.
    pub(super) fn each(self) -> Vec<Self> {
        if self.parts.is_empty() {
            vec![self]
        } else {
            self.parts
        }
    }
}
