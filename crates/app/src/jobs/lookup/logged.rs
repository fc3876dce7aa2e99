//! The answers of WeChat Pay that the history of questions keeps, as statements about an order: each was verified when it
//! came. They count where neither a bill nor a file of the merchant has the order.

use serde::Deserialize;
use wechatpay_codec::v2::{OrderState, xml};
use wechatpay_codec::v3::Transaction;

use super::collect::OrderRecord;
use crate::gateway::PaymentCall;
use recondesk_domain::Fen;
use recondesk_ports::{ExchangeRecord, Observation, ObservationSource};

/// What is read of a stored exchange.
#[derive(Deserialize)]
struct LoggedAnswer {
    answer: Option<StoredAnswer>,
    trouble: Option<String>,
}

#[derive(Deserialize)]
struct StoredAnswer {
    body: String,
}

/// Statements about the order of a record; none where its own books tell of it.
pub(super) fn answers(record: &OrderRecord) -> Vec<Observation> {
    let is_billed = record.pays.iter().any(|kept| !kept.superseded);
    if is_billed || !record.orders.is_empty() {
        return Vec::new();
    }
    let said = record.exchanges.iter().filter_map(statement);
    said.filter(|said| said.out_trade_no == record.out_trade_no)
        .collect()
}

/// What one stored answer says of an order; nothing where it was not believed, or cannot be read.
pub(super) fn statement(asked: &ExchangeRecord) -> Option<Observation> {
    if asked.operation != PaymentCall::OrderQuery.word() {
        return None;
    }
    let stored: LoggedAnswer = serde_json::from_str(&asked.document).ok()?;
    if stored.trouble.is_some() {
        return None;
    }
    let state = order_state(stored.answer?.body.as_bytes())?;
    let word = state.state.word();
    let fen = state.total_fee.map_or(0, Fen::get);
    Some(Observation {
        profile: asked.profile,
        at: asked.at,
        source: ObservationSource::Query,
        key: format!("logged/{}/{word}/{fen}", state.out_trade_no),
        aside: String::new(),
        sub_mch_id: String::new(),
        out_refund_no: String::new(),
        refund_id: String::new(),
        state: word.to_owned(),
        amount: state.total_fee,
        happened_at: state.paid_at,
        document: String::new(),
        out_trade_no: state.out_trade_no,
        transaction_id: state.transaction_id,
    })
}

/// The answer of either generation.
fn order_state(body: &[u8]) -> Option<OrderState> {
    let start = body.iter().find(|byte| !byte.is_ascii_whitespace())?;
    if *start == b'<' {
        return OrderState::read(&xml::read(body).ok()?).ok();
    }
    Transaction::read(body).ok().map(OrderState::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use recondesk_domain::{Instant, ProfileId};
    use serde_json::json;

    fn asked(operation: &str, body: &str, trouble: Option<&str>) -> ExchangeRecord {
        ExchangeRecord {
            profile: ProfileId(1),
            at: Instant::parse_beijing("2026-11-29 22:48:00").unwrap(),
            operation: operation.to_owned(),
            number: "N007".to_owned(),
            outcome: "SUCCESS".to_owned(),
            took_ms: 1,
            document: json!({ "answer": { "body": body }, "trouble": trouble }).to_string(),
        }
    }

    const PAID: &str = "<xml><return_code>SUCCESS</return_code><result_code>SUCCESS</result_code>\
        <trade_state>SUCCESS</trade_state><out_trade_no>N007</out_trade_no><total_fee>1007</total_fee>\
        <transaction_id>4200000001</transaction_id><time_end>20261129224600</time_end></xml>";

    #[test]
    fn a_stored_answer_tells_what_was_paid() {
        let said = statement(&asked("orderquery", PAID, None)).unwrap();
        assert_eq!(
            (said.state.as_str(), said.amount),
            ("SUCCESS", Some(Fen::new(1007)))
        );
        assert_eq!(said.out_trade_no, "N007");
        assert!(said.is_believed());
    }

    #[test]
    fn what_was_not_believed_or_asks_otherwise_says_nothing() {
        for (operation, body, trouble) in [
            ("orderquery", PAID, Some("the signature does not match")),
            ("refundquery", PAID, None),
            ("orderquery", "", None),
            ("orderquery", "<!DOCTYPE x><xml/>", None),
            ("orderquery", "{\"trade_state\":", None),
        ] {
            assert_eq!(statement(&asked(operation, body, trouble)), None, "{body}");
        }
    }
}
