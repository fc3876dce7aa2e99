//! Handing over: messages without secrets, a command for the developers, a text for a ticket.

use super::OrderView;
use super::live::LiveAnswer;
use crate::Language;
use crate::gateway::{Call, Exchange, QueryVerdict};
use recondesk_domain::ApiVersion;

/// Fields of messages that nobody else may see, with how much of their beginning may stay.
const MASKED: [(&str, usize); 12] = [
    ("sign", 0),
    ("openid", 6),
    ("sub_openid", 6),
    ("req_info", 0),
    ("refund_recv_accout", 0),
    ("user_truename", 0),
    ("user_creid", 0),
    ("sp_openid", 6),
    ("user_received_account", 0),
    ("bank_account", 0),
    ("real_name", 0),
    ("ciphertext", 0),
];

/// A message with its secret and personal fields masked; everything else byte for byte.
#[must_use]
pub fn mask_message(body: &[u8]) -> String {
    let mut text = String::from_utf8_lossy(body).into_owned();
    let is_json = text.trim_start().starts_with('{');
    for (name, keep) in MASKED {
        text = if is_json {
            mask_json(&text, name, keep)
        } else {
            mask_field(&text, name, keep)
        };
    }
    text
}

/// Masks every text value of that name, whatever blanks stand around the colon.
fn mask_json(text: &str, name: &str, keep: usize) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let quoted = format!("\"{name}\"");
    while let Some(at) = rest.find(&quoted) {
        let (before, tail) = rest.split_at(at.saturating_add(quoted.len()));
        out.push_str(before);
        let value = tail
            .trim_start()
            .strip_prefix(':')
            .and_then(|after| after.trim_start().strip_prefix('"'));
        let Some(value) = value else {
            rest = tail;
            continue;
        };
        let (blanks, _) = tail.split_at(tail.len().saturating_sub(value.len()));
        out.push_str(blanks);
        let mut escaped = false;
        let end = value
            .char_indices()
            .find(|(_, sign)| {
                let ends = *sign == '"' && !escaped;
                escaped = *sign == '\\' && !escaped;
                ends
            })
            .map_or(value.len(), |(at, _)| at);
        let (plain, after) = value.split_at(end);
        out.extend(plain.chars().take(keep));
        out.push_str("***");
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Masks the content of every `<name…>` element: `refund_recv_accout_0` is `refund_recv_accout` too.
fn mask_field(text: &str, name: &str, keep: usize) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let open = format!("<{name}");
    while let Some(at) = rest.find(&open) {
        let (before, tail) = rest.split_at(at);
        out.push_str(before);
        let Some(end) = tail.find('>') else {
            out.push_str(&open);
            return out;
        };
        let (tag, inner) = tail.split_at(end.saturating_add(1));
        let rest_of_name = tag
            .get(open.len()..tag.len().saturating_sub(1))
            .unwrap_or_default();
        let same = rest_of_name.is_empty()
            || rest_of_name
                .strip_prefix('_')
                .is_some_and(|index| index.bytes().all(|byte| byte.is_ascii_digit()));
        out.push_str(tag);
        rest = inner;
        if !same {
            continue;
        }
        let stop = inner.find("</").unwrap_or(inner.len());
        let (value, after) = inner.split_at(stop);
        let plain = value
            .strip_prefix("<![CDATA[")
            .map_or(value, |value| value.strip_suffix("]]>").unwrap_or(value));
        out.extend(plain.chars().take(keep));
        out.push_str("***");
        rest = after;
    }
    out.push_str(rest);
    out
}

/// The request as a command line; whoever runs it must sign it anew.
#[must_use]
pub fn curl(exchange: &Exchange, gateway: &str) -> String {
    let body = mask_message(&exchange.body).replace('\'', "'\\''");
    let address = format!("{}{}", gateway.trim_end_matches('/'), exchange.target);
    let mut out = format!(
        "curl -X {} '{}'",
        exchange.method,
        address.replace('\'', "")
    );
    let mut add = |part: &str| {
        out.push_str(" \\\n  ");
        out.push_str(part);
    };
    match exchange.api {
        ApiVersion::V2 => add("-H 'Content-Type: text/xml; charset=utf-8'"),
        ApiVersion::V3 => {
            add("-H 'Authorization: WECHATPAY2-SHA256-RSA2048 …'");
            add("-H 'Accept: application/json'");
            if !body.is_empty() {
                add("-H 'Content-Type: application/json'");
            }
        }
    }
    let by_certificate = matches!(exchange.call, Call::Refund | Call::FundFlowBill);
    if exchange.api == ApiVersion::V2 && by_certificate {
        add("--cert apiclient_cert.pem --key apiclient_key.pem");
    }
    if !body.is_empty() {
        add(&format!("--data '{body}'"));
    }
    out.push('\n');
    out
}

/// A text for a ticket: numbers, times, states and request ids; no key, no customer, no goods.
#[must_use]
pub fn ticket(view: Option<&OrderView>, asked: Option<&LiveAnswer>, language: Language) -> String {
    let mut out = String::new();
    let mut line = |zh: &str, en: &str, value: &str| {
        if !value.is_empty() {
            for part in [language.pick(zh, en), ": ", value, "\n"] {
                out.push_str(part);
            }
        }
    };
    if let Some(view) = view {
        let record = &view.record;
        line("商户号", "mch_id", &record.profile.1.mch_id);
        line("商户订单号", "out_trade_no", &record.out_trade_no);
        line("微信支付订单号", "transaction_id", &record.transaction_id());
        let heard =
            asked.filter(|asked| !asked.is_unclear() && asked.is_about(&record.out_trade_no));
        let summary = heard.map_or(&view.sentence, |asked| &asked.summary);
        line("结论", "Conclusion", summary.words.get(language));
    }
    if let Some(asked) = asked {
        for exchange in &asked.inquiry.exchanges {
            line("接口", "Call", exchange.path());
            line(
                "Request-ID",
                "Request-ID",
                exchange.request_id().unwrap_or_default(),
            );
        }
        match &asked.inquiry.verdict {
            QueryVerdict::Known(state) => {
                line("交易状态", "trade_state", state.state.word());
                let amount = state
                    .total_fee
                    .map_or_else(String::new, |fee| fee.to_string());
                line("订单金额（元）", "total (yuan)", &amount);
                let paid = state.paid_at.map_or_else(String::new, |at| at.to_string());
                line("支付时间（北京）", "paid at (Beijing)", &paid);
            }
            QueryVerdict::NotFound => line("查询结果", "Answer", "ORDERNOTEXIST"),
            QueryVerdict::ExchangeError(trouble) => {
                line("查询结果", "Answer", &trouble.to_string());
            }
        }
    }
    if let Some(view) = view {
        for entry in &view.entries {
            let at = entry.at.map_or_else(|| "-".to_owned(), |at| at.to_string());
            let amount = entry
                .amount
                .map_or_else(String::new, |fen| format!(" ¥{fen}"));
            line(
                &at,
                &at,
                &format!("{}{amount} {}", entry.words.get(language), entry.state),
            );
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_secret_or_personal_is_masked_and_the_rest_stays() {
        let body = b"<xml><appid><![CDATA[wx1]]></appid><sign><![CDATA[ABCDEF]]></sign>\
            <openid>oUpF8uMuAJO_M2pxb1Q9zNjWeS6o</openid><sign_type>MD5</sign_type>\
            <refund_recv_accout_0><![CDATA[\xe6\x8b\x9b\xe5\x95\x86\xe9\x93\xb6\xe8\xa1\x8c0001]]></refund_recv_accout_0></xml>";

        let text = mask_message(body);

        assert_eq!(
            text,
            "<xml><appid><![CDATA[wx1]]></appid><sign>***</sign>\
            <openid>oUpF8u***</openid><sign_type>MD5</sign_type>\
            <refund_recv_accout_0>***</refund_recv_accout_0></xml>"
        );
    }

    #[test]
    fn personal_fields_of_json_are_masked_too() {
        let body = br#"{"payer":{"openid" : "oUpF8uMuAJO_M2p\"xb1Q9"},"user_received_account":"x1","amount":{"total":8},"openid":1}"#;

        assert_eq!(
            mask_message(body),
            r#"{"payer":{"openid" : "oUpF8u***"},"user_received_account":"***","amount":{"total":8},"openid":1}"#
        );
        for cut in 0..body.len() {
            assert!(!mask_message(&body[..cut]).contains("MuAJ"));
        }
    }

    #[test]
    fn broken_messages_are_masked_without_a_panic() {
        for text in [
            "<sign",
            "<sign>abc",
            "<sign>",
            "<openid>o",
            "",
            "<sign><![CDATA[x",
        ] {
            let masked = mask_message(text.as_bytes());
            assert!(!masked.contains("abc"), "{masked}");
        }
    }
}
