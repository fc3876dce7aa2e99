//! Handing over: messages without secrets, a command for the developers, a text for a ticket.

use super::OrderView;
use super::live::LiveAnswer;
use crate::Language;
use crate::gateway::{Exchange, PaymentCall, QueryVerdict};
use recondesk_domain::{ApiVersion, mask_message};

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
    let by_certificate = matches!(
        exchange.call,
        PaymentCall::Refund | PaymentCall::FundFlowBill
    );
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
                line("查询结果", "Answer", trouble.told().get(language));
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
