//! Which way the money of a row went: lists with 收/支 have refunds among the orders.

use super::Encoding;
use super::fold::folded;

/// Words by which lists call money that left the merchant.
const OUTGOING: [&str; 22] = [
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
    if first.is_ascii_alphabetic() && !matches!(first, b'r' | b'o' | b'e') {
        return None;
    }
    let word = encoding.decode_lossy(cell);
    let word = word.trim();
    OUTGOING
        .contains(&folded(word).as_str())
        .then(|| word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

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
