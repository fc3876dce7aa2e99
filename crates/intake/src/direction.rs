//! Which way the money of a row went: lists with 收/支 have refunds among the orders.

use super::Encoding;
use super::fold::folded;

/// Words by which lists call money that left the merchant.
const OUTGOING: [&str; 25] = [
    "支出",
    "支",
    "付出",
    "出",
    "出账",
    "流出",
    "退款",
    "退",
    "退货",
    "退单",
    "退款单",
    "退货单",
    "退费",
    "退号",
    "shoporderrefund",
    "售后单",
    "售后退款",
    "退款交易",
    "交易退款",
    "refund",
    "refunded",
    "return",
    "out",
    "outgoing",
    "expense",
];

/// The word of a cell that says that the money left the merchant.
pub(super) fn outgoing(cell: &[u8], encoding: Encoding) -> Option<String> {
    // Trade types, nearly all of such cells, are told by their first letter.
    let first = cell.first().map(u8::to_ascii_lowercase)?;
    if first.is_ascii_alphabetic() && !matches!(first, b'r' | b'o' | b'e' | b's') {
        return None;
    }
    let word = encoding.decode_lossy(cell);
    let word = word.trim();
    OUTGOING
        .contains(&folded(word).as_str())
        .then(|| word.to_owned())
}

/// Whole words by which lists of refunds call money that came: those of payments beside them.
const INCOMING: [&str; 20] = [
    "支付",
    "付款",
    "收款",
    "收入",
    "收",
    "消费",
    "销售",
    "缴费",
    "充值",
    "交易",
    "订单",
    "sale",
    "payment",
    "pay",
    "capture",
    "authorization",
    "income",
    "charge",
    "order",
    "in",
];
/// Parts of words of returns without money: other goods go out.
const EXCHANGES: [&str; 9] = [
    "换", "补发", "补寄", "维修", "exchange", "replace", "repair", "reship", "resend",
];

/// The word of a row of a list of refunds that is none: a payment, or goods for goods.
pub(super) fn no_refund(cell: &[u8], encoding: Encoding) -> Option<String> {
    let text = encoding.decode_lossy(cell);
    let word = folded(text.trim());
    let is_refund = ["退", "refund", "return"]
        .iter()
        .any(|part| word.contains(part));
    let is_other =
        INCOMING.contains(&word.as_str()) || EXCHANGES.iter().any(|part| word.contains(part));
    (!is_refund && is_other).then(|| text.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payments_and_exchanges_are_no_refunds() {
        for word in ["换货", "支付", "SALE", "补发商品", "收入"] {
            assert!(
                no_refund(word.as_bytes(), Encoding::Utf8).is_some(),
                "{word}"
            );
        }
        for word in [
            "退款",
            "退换货",
            "仅退款",
            "退货退款",
            "refund",
            "支付退款",
            "",
            "其他",
        ] {
            assert!(
                no_refund(word.as_bytes(), Encoding::Utf8).is_none(),
                "{word}"
            );
        }
    }

    #[test]
    fn money_that_left_is_told_from_money_that_came() {
        for word in ["支出", " 退款 ", "Refund", "ＯＵＴ", "出"] {
            assert!(
                outgoing(word.as_bytes(), Encoding::Utf8).is_some(),
                "{word}"
            );
        }
        for word in ["收入", "商户收款", "JSAPI", "order", "", "不计收支"] {
            assert!(
                outgoing(word.as_bytes(), Encoding::Utf8).is_none(),
                "{word}"
            );
        }
    }
}
