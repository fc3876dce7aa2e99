//! What of a message of APIv3 can be seen to be wrong without any search, and what to look at when nothing is proven.

use super::{Change, PayMessage, SignedMessage};
use crate::lab::json_tree::Node;
use crate::v3::PROBE_PREFIX;
use recondesk_domain::Message;

/// Why a text is no signature of APIv3, by what it looks like.
pub(super) fn not_a_signature(given: &str) -> Message {
    let text = given.trim().trim_matches('"');
    if text.starts_with(PROBE_PREFIX) {
        return Message::new(
            "这是微信支付的探测流量，签名故意是错的：按失败应答即可",
            "This is a probe of WeChat Pay with a wrong signature: answer it as a failure",
        );
    }
    let is_hex = text.bytes().all(|byte| byte.is_ascii_hexdigit());
    match text.len() {
        0 => Message::new("没有签名", "There is no signature"),
        32 if is_hex => Message::new(
            "这是 APIv2 的 MD5（32 位十六进制）；APIv3 要 RSA 签名，前端的 signType 写 RSA",
            "That is APIv2's MD5 (32 hex digits); APIv3 wants an RSA signature, in a front end signType RSA",
        ),
        64 if is_hex => Message::new(
            "这是 APIv2 的 HMAC-SHA256 或一个摘要（64 位十六进制）；APIv3 要用商户私钥做 RSA 签名",
            "That is APIv2's HMAC-SHA256, or a bare digest (64 hex digits); APIv3 wants an RSA signature of the merchant's private key",
        ),
        40 if is_hex => Message::new(
            "这是 SHA-1 摘要（wx.config 用的）；APIv3 要用商户私钥做 RSA 签名",
            "That is a SHA-1 digest, as wx.config takes it; APIv3 wants an RSA signature of the merchant's private key",
        ),
        length => Message::new(
            format!(
                "这不是 APIv3 签名：应为 RSA 签名的 Base64（2048 位为 344 个字符），这里是 {length} 个字节"
            ),
            format!(
                "This is no APIv3 signature: Base64 of an RSA signature is expected (344 characters for 2048 bits), here are {length} bytes"
            ),
        ),
    }
}

/// A time that is right or wrong as signed, but that WeChat Pay does not take: it is not in seconds.
pub(super) fn time_fault(message: &SignedMessage, time: &str) -> Option<Change> {
    let field = match message {
        SignedMessage::Request { .. } => "timestamp",
        SignedMessage::Pay(_) => "timeStamp",
        SignedMessage::Reply { .. } => return None,
    };
    let digits = !time.is_empty() && time.bytes().all(|byte| byte.is_ascii_digit());
    let (code, zh, en) = match (digits, time.len()) {
        (true, 0..=12) => return None,
        (true, _) => (
            "header-time-unit",
            format!("{field} 是毫秒或更细（{} 位），应为秒（10 位）", time.len()),
            format!(
                "{field} is in milliseconds or finer ({} digits) instead of seconds (10 digits)",
                time.len()
            ),
        ),
        (false, _) => (
            "header-time-form",
            format!("{field} 不是 1970 年以来的秒数"),
            format!("{field} is not the number of seconds since 1970"),
        ),
    };
    Some(Change {
        code,
        field: field.to_owned(),
        what: Message::new(zh, en),
        mend: Message::new(
            "发送和签名都用同一个 10 位秒数",
            "send and sign one and the same number of seconds, ten digits",
        ),
    })
}

/// A front end that names another algorithm than the one of APIv3.
pub(super) fn sign_type_fault(pay: &PayMessage) -> Option<Change> {
    let named = pay.sign_type.trim();
    if named.is_empty() || named == "RSA" {
        return None;
    }
    let shown: String = named.chars().take(32).collect();
    Some(Change {
        code: "header-sign-type",
        field: "signType".to_owned(),
        what: Message::new(
            format!("signType 是 {shown}，APIv3 的支付参数要写 RSA"),
            format!("signType is {shown}; the parameters of APIv3 want RSA"),
        ),
        mend: Message::new("signType 写 RSA", "write RSA as signType"),
    })
}

/// A request whose header names another merchant number than its body or its address; WeChat Pay refuses it.
#[must_use]
pub fn merchant_fault(header: &str, target: &str, body: &[u8]) -> Option<Change> {
    let named_in_body = || {
        let value: serde_json::Value = serde_json::from_slice(body).ok()?;
        let names = ["sp_mchid", "mchid", "combine_mchid"];
        let number = names.iter().find_map(|name| value.get(name))?;
        number.as_str().map(str::to_owned)
    };
    let named_in_query = || {
        let (_, query) = target.split_once('?')?;
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let found = pairs.find(|(name, _)| matches!(*name, "mchid" | "sp_mchid"));
        found.map(|(_, value)| value.to_owned())
    };
    let other = named_in_body().or_else(named_in_query)?;
    if header.is_empty() || other == header || other.len() > 32 {
        return None;
    }
    Some(Change {
        code: "header-mchid",
        field: "mchid".to_owned(),
        what: Message::new(
            format!("Authorization 里的商户号是 {header}，请求里的是 {other}"),
            format!("Authorization names the merchant number {header}, the request {other}"),
        ),
        mend: Message::new(
            "两处写同一个商户号：签名证书所属的那个（服务商写自己的）",
            "name one and the same number in both: that of the signing certificate (a service provider's own)",
        ),
    })
}

/// What the body of a notification or an answer plainly is, where it cannot be what was signed.
#[must_use]
pub fn body_sight(body: &[u8]) -> Option<Message> {
    let text = String::from_utf8_lossy(body);
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.is_empty() {
        return Some(Message::new(
            "报文体是空的：多半已被框架读走，要在它之前取原始字节",
            "The body is empty: a framework has most likely read it; take the raw bytes before it does",
        ));
    }
    if text.starts_with('<') {
        return Some(Message::new(
            "报文体是 XML：APIv2 的通知用 verify v2，或这是网关的出错页面",
            "The body is XML: a notification of APIv2 (verify v2), or an error page of a gateway",
        ));
    }
    if !text.starts_with('{') {
        return None;
    }
    if serde_json::from_str::<serde::de::IgnoredAny>(text).is_err() {
        return Some(Message::new(
            "报文体不是完整的 JSON：可能被截断或改写",
            "The body is no complete JSON: it may be cut or rewritten",
        ));
    }
    let Some(Node::Object(fields)) = Node::read(text) else {
        return None;
    };
    let has = |name: &str| {
        fields
            .iter()
            .any(|(found, _)| found.trim_matches('"') == name)
    };
    if has("ciphertext") && has("nonce") && !has("resource") {
        return Some(Message::new(
            "这只是 resource 一段：签名是对整个报文体做的",
            "This is the resource alone: the whole body is signed",
        ));
    }
    if has("resource") {
        return None;
    }
    if has("combine_out_trade_no") && has("sub_orders") {
        return Some(Message::new(
            "这是合单（combine_out_trade_no、sub_orders）：查询应答按原文验签；若这是通知，这是解密后的内容，签名是对解密前的整个报文体做的",
            "This is a combined order (combine_out_trade_no, sub_orders): the answer of a query is signed as it is; if it came as a notification, it is the decrypted content, but the whole body as received is signed",
        ));
    }
    let is_payment = has("trade_state") && has("transaction_id");
    let is_refund = has("refund_status") && has("out_refund_no");
    (is_payment || is_refund).then(|| {
        Message::new(
            "若这是通知：这是解密后的内容，签名是对解密前的整个报文体做的",
            "If this came as a notification: it is the decrypted content, but the whole body as received is signed",
        )
    })
}

/// What to look at when no change explains a message of WeChat Pay.
pub(super) fn reply_hints(body: &[u8], is_own_key: bool) -> Vec<Message> {
    let mut out: Vec<Message> = body_sight(body).into_iter().collect();
    if is_own_key {
        out.push(Message::new(
            "公钥是对的，签的是另一份报文体、时间或随机串",
            "The key is right; another body, time or nonce was signed",
        ));
        out.push(Message::new(
            "报文体要用收到的原始字节，四个报文头要与它同属一次通知",
            "Take the raw bytes as received, and the four headers of the same delivery",
        ));
    } else {
        out.push(Message::new(
            "这个签名不是这把公钥的（已还原核对）：按 Wechatpay-Serial 取公钥或平台证书",
            "This key did not make the signature (checked by undoing it): take the key that Wechatpay-Serial names",
        ));
        out.push(Message::new(
            "签名文本若在复制中少了字符，也会这样",
            "A signature that lost characters while copying looks the same",
        ));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::body_sight;

    #[test]
    fn a_combined_order_is_named_as_what_it_is() {
        let zh = |body: &[u8]| body_sight(body).unwrap_or_default().zh;
        let combined = br#"{"combine_out_trade_no":"P1","sub_orders":[]}"#;
        assert!(zh(combined).starts_with("这是合单"));
        let payment = br#"{"trade_state":"SUCCESS","transaction_id":"42"}"#;
        assert!(zh(payment).starts_with("若这是通知"));
        assert_eq!(zh(br#"{"combine_out_trade_no":"P1"}"#), "");
    }
}
