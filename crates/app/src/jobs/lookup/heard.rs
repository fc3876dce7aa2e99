//! A live answer as statements about the order and its refunds: what is kept on request, and what is only heard.

use super::live::{LiveAnswer, document};
use super::money::NOT_FOUND;
use crate::jobs::inquiry::QueryVerdict;
use recondesk_domain::ProfileId;
use recondesk_ports::{NumberKind, Observation, ObservationSource, Ports};
use wechatpay_codec::v2::RefundLine;

/// The order that an answer is about.
pub(super) fn order_behind(asked: &LiveAnswer) -> String {
    match (&asked.inquiry.verdict, &asked.local) {
        (QueryVerdict::Known(state), _) => state.out_trade_no.clone(),
        (_, Some(order)) => order.out_trade_no.to_string(),
        (QueryVerdict::NotFound | QueryVerdict::ExchangeError(_), None) => asked.number.clone(),
    }
}

/// The sub-merchant that the question named.
fn shop_of(asked: &LiveAnswer) -> String {
    asked.sub_mch_id.clone()
}

/// What was heard, kept or not: an order that does not exist is heard, and never kept as a statement about it.
pub(super) fn heard(ports: &Ports, profile: ProfileId, asked: &LiveAnswer) -> Vec<Observation> {
    let is_order = matches!(
        asked.kind,
        NumberKind::OutTradeNo | NumberKind::TransactionId | NumberKind::OrderNo
    );
    if asked.inquiry.verdict == QueryVerdict::NotFound && is_order {
        return vec![Observation {
            profile,
            at: ports.clock.now(),
            source: ObservationSource::Query,
            key: String::new(),
            aside: String::new(),
            out_trade_no: order_behind(asked),
            sub_mch_id: shop_of(asked),
            transaction_id: String::new(),
            out_refund_no: String::new(),
            refund_id: String::new(),
            state: NOT_FOUND.to_owned(),
            amount: None,
            happened_at: None,
            document: String::new(),
        }];
    }
    entries(ports, profile, asked)
}

/// A believed answer as observations: of the order, and of each of its refunds.
pub(super) fn entries(ports: &Ports, profile: ProfileId, asked: &LiveAnswer) -> Vec<Observation> {
    if !asked.parts.is_empty() {
        let parts = asked.parts.iter();
        return parts
            .flat_map(|part| entries(ports, profile, part))
            .collect();
    }
    let QueryVerdict::Known(state) = &asked.inquiry.verdict else {
        return Vec::new();
    };
    if !asked.other_merchant.is_empty() {
        return Vec::new();
    }
    let amount = state.total_fee;
    let fen = amount.map_or(0, recondesk_domain::Fen::get);
    let word = state.state.word();
    let entry = Observation {
        profile,
        at: ports.clock.now(),
        source: ObservationSource::Query,
        key: format!(
            "query/{}/{}/{word}/{fen}",
            state.out_trade_no, state.transaction_id
        ),
        aside: String::new(),
        out_trade_no: state.out_trade_no.clone(),
        sub_mch_id: shop_of(asked),
        transaction_id: state.transaction_id.clone(),
        out_refund_no: String::new(),
        refund_id: String::new(),
        state: word.to_owned(),
        amount,
        happened_at: state.paid_at,
        document: asked
            .inquiry
            .exchanges
            .last()
            .map_or_else(String::new, |exchange| document(exchange).to_string()),
    };
    let lines = match &asked.inquiry.refunds {
        Some(Ok(lines)) => lines.as_slice(),
        _ => &[],
    };
    let refunds: Vec<Observation> = lines
        .iter()
        .map(|line| refund_entry(&entry, line))
        .collect();
    [vec![entry], refunds].concat()
}

/// What the answer says of one refund; the answer itself is kept with the order.
fn refund_entry(order: &Observation, line: &RefundLine) -> Observation {
    let word = line.state.v2_word();
    Observation {
        key: format!("query/refund/{}/{word}", line.refund_id),
        out_refund_no: line.out_refund_no.clone(),
        refund_id: line.refund_id.clone(),
        state: word.to_owned(),
        amount: Some(line.refund_fee),
        happened_at: line.succeeded_at,
        document: String::new(),
        ..order.clone()
    }
}
