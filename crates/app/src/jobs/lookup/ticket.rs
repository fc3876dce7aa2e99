//! Handing over: messages without secrets, a command for the developers, a text for a ticket.

use super::OrderView;
use super::live::LiveAnswer;
use crate::Language;
use crate::jobs::exchange::Exchange;
use crate::jobs::query::QueryVerdict;

/// Fields of messages that nobody else may see, with how much of their beginning may stay.
const MASKED: [(&str, usize); 7] = [
    ("sign", 0),
    ("openid", 6),
    ("sub_openid", 6),
    ("req_info", 0),
    ("refund_recv_accout", 0),
    ("user_truename", 0),
    ("user_creid", 0),
];

/// A message with its secret and personal fields masked; everything else byte for byte.
#[must_use]
pub fn mask_message(body: &[u8]) -> String {
    let mut text = String::from_utf8_lossy(body).into_owned();
    for (name, keep) in MASKED {
        text = mask_field(&text, name, keep);
    }
    text
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
    let certificate = if exchange.endpoint.needs_certificate() {
        " \\\n  --cert apiclient_cert.pem --key apiclient_key.pem"
    } else {
        ""
    };
    format!(
        "curl -X POST '{}{}' \\\n  -H 'Content-Type: text/xml; charset=utf-8'{certificate} \\\n  --data '{body}'\n",
        gateway.trim_end_matches('/').replace('\'', ""),
        exchange.endpoint.path(),
    )
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
        line("结论", "Conclusion", view.sentence.words.get(language));
    }
    if let Some(asked) = asked {
        for exchange in &asked.inquiry.exchanges {
            line("接口", "Call", exchange.endpoint.path());
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
