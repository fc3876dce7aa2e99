//! What the value of a field says, with its unit: fen as yuan, compact times as clocks, words as sentences.

use crate::v2::TradeState;
use recondesk_domain::{Fen, Instant, Message};

/// Reads a value for a person; `None` where the value speaks for itself, or cannot be read.
#[must_use]
pub fn value_reading(name: &str, value: &str) -> Option<Message> {
    let same = |text: String| Some(Message::new(text.clone(), text));
    let stem = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '_');
    match stem {
        "total_fee"
        | "cash_fee"
        | "coupon_fee"
        | "settlement_total_fee"
        | "refund_fee"
        | "settlement_refund_fee"
        | "coupon_refund_fee"
        | "cash_refund_fee" => {
            let plain = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
            let fen = plain.then(|| Fen::parse_fen(value).ok()).flatten()?;
            same(format!("¥{}", fen.grouped()))
        }
        "time_end" | "time_start" | "time_expire" => {
            let at = Instant::parse_compact(value)?;
            Some(Message::new(
                format!("北京时间 {at}"),
                format!("{at} Beijing time"),
            ))
        }
        "trade_state" => match TradeState::parse(value) {
            TradeState::Unknown(_) => None,
            known @ (TradeState::Success
            | TradeState::Refund
            | TradeState::NotPay
            | TradeState::Closed
            | TradeState::Revoked
            | TradeState::UserPaying
            | TradeState::PayError
            | TradeState::Accept) => Some(Message::from(known.name())),
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_with_their_units_and_never_guessed() {
        let zh = |name: &str, value: &str| value_reading(name, value).map(|words| words.zh);
        assert_eq!(zh("total_fee", "29900"), Some("¥299.00".to_owned()));
        assert_eq!(zh("coupon_fee_0", "1"), Some("¥0.01".to_owned()));
        assert_eq!(zh("total_fee", "299.00"), None);
        assert_eq!(zh("total_fee", "-1"), None);
        assert_eq!(
            zh("time_end", "20260308101604"),
            Some("北京时间 2026-03-08 10:16:04".to_owned())
        );
        assert_eq!(zh("time_end", "20261308101604"), None);
        assert_eq!(zh("trade_state", "NOTPAY"), Some("未支付".to_owned()));
        assert_eq!(zh("trade_state", "WHATEVER"), None);
        assert_eq!(zh("body", "1990"), None);
    }
}
