//! Closing an unpaid order (关单), or a combined one (合单) with all its parts: asked about first, never closed once money
//! may be in it, and asked about afterwards.

use super::lookup::combined::shared_state;
use super::lookup::live;
use crate::gateway::{
    AnsweredQuery, CloseOutcome, CombinedVerdict, ExchangeError, GatewayClient, QueryVerdict,
};
use crate::{Advice, Failure, FailureKind, MerchantRef, Message};
use recondesk_domain::{ApiVersion, OutTradeNo};
use recondesk_ports::{CancelToken, Ports};
use wechatpay_codec::v2::{OrderRef, TradeState};
use wechatpay_codec::v3::CombinedOrder;

/// What became of the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closed {
    /// It is closed now.
    Now,
    /// It was closed before; nothing was sent but questions.
    Before,
}

/// Closes an order that nobody paid, over either API; with APIv3 by the number of a combined order as well.
///
/// # Errors
/// When it is paid or being paid, unknown, or nothing certain can be said; then nothing is called closed.
pub fn close(
    ports: &Ports,
    profile: MerchantRef<'_>,
    number: &str,
    sub_mch_id: &str,
    cancel: &CancelToken,
) -> Result<Closed, Failure> {
    super::reissue::writable(profile.profile)?;
    let number = OutTradeNo::new(number.trim())
        .filter(|number| !number.is_empty())
        .ok_or_else(|| no_number(number))?;
    let client = GatewayClient::new(ports, profile, cancel);
    let order = OrderToClose {
        ports,
        client: &client,
        number,
        sub_mch_id,
    };
    let (state, combined) = order.state()?;
    match state {
        TradeState::Closed | TradeState::Revoked => return Ok(Closed::Before),
        TradeState::NotPay | TradeState::PayError => {}
        state => return Err(has_money(number, &state)),
    }
    let asked = match &combined {
        Some(parts) => client.close_combined(parts)?,
        None => client.close_order(&number, sub_mch_id)?,
    };
    order.log(&asked)?;
    match asked.outcome {
        CloseOutcome::Closed => {}
        CloseOutcome::Paid => return Err(has_money(number, &TradeState::Success)),
        CloseOutcome::Paying => return Err(has_money(number, &TradeState::UserPaying)),
        CloseOutcome::Refused(fault) => return Err(ExchangeError::Fault(fault).failure()),
        // What came of it is not known: the question below tells.
        CloseOutcome::ExchangeError(_) => {}
    }
    match order.state()?.0 {
        TradeState::Closed | TradeState::Revoked => Ok(Closed::Now),
        state @ (TradeState::Success | TradeState::Refund | TradeState::UserPaying) => {
            Err(has_money(number, &state))
        }
        state => Err(still_open(number, &state)),
    }
}

struct OrderToClose<'a> {
    ports: &'a Ports,
    client: &'a GatewayClient<'a>,
    number: OutTradeNo,
    sub_mch_id: &'a str,
}

impl OrderToClose<'_> {
    fn log<T>(&self, asked: &AnsweredQuery<T>) -> Result<(), Failure> {
        let profile = self.client.merchant.id;
        let entry = live::record(self.ports, profile, self.number.as_str(), &asked.exchange);
        Ok(self.ports.records.log_exchange(&entry)?)
    }

    /// The state of the order; of a combined one with its parts.
    fn state(&self) -> Result<(TradeState, Option<CombinedOrder>), Failure> {
        let order = OrderRef::Merchant(self.number);
        let asked = self.client.query_order(&order, self.sub_mch_id)?;
        self.log(&asked)?;
        match asked.outcome {
            QueryVerdict::Known(state) => Ok((state.state, None)),
            QueryVerdict::NotFound if self.client.merchant.profile.api == ApiVersion::V3 => {
                let combined = self.combined()?;
                Ok((shared_state(&combined), Some(combined)))
            }
            QueryVerdict::NotFound => Err(unknown(self.number)),
            QueryVerdict::ExchangeError(trouble) => Err(trouble.failure()),
        }
    }

    fn combined(&self) -> Result<CombinedOrder, Failure> {
        let asked = self.client.query_combined(&self.number)?;
        self.log(&asked)?;
        match asked.outcome {
            CombinedVerdict::Known(order) => Ok(*order),
            CombinedVerdict::NotFound => Err(unknown(self.number)),
            CombinedVerdict::ExchangeError(trouble) => Err(trouble.failure()),
        }
    }
}

fn no_number(number: &str) -> Failure {
    Failure::new(
        FailureKind::Usage,
        "close.number",
        Message::new("不是商户订单号", "This is no order number of the merchant"),
        Message::new(
            "关单用商户订单号，最多 32 位",
            "An order is closed by the merchant's number, of at most 32 signs",
        ),
    )
    .with_detail(number)
}

fn has_money(number: OutTradeNo, state: &TradeState) -> Failure {
    let words = state.name();
    Failure::new(
        FailureKind::RefusedInput,
        "close.paid",
        Message::new(
            format!("没有关单：{}", words.zh),
            format!("Not closed: {}", words.en),
        ),
        Advice::by_place(Message::new(
            "已付款的订单不能关，要退钱用 recondesk refund prepare；正在付款的，过几秒再查",
            "A paid order is refunded, not closed: recondesk refund prepare; one that is being paid is asked about again in some seconds",
        ),Message::new(
"已付款的订单不能关，要退钱从“差错”退款；正在付款的，过几秒再查",
"A paid order is refunded from Cases, not closed; one that is being paid is asked about again in some seconds",
)),
    )
    .with_detail(number.to_string())
}

fn unknown(number: OutTradeNo) -> Failure {
    Failure::new(
        FailureKind::RefusedInput,
        "close.unknown",
        Message::new("微信支付没有这笔订单", "WeChat Pay has no such order"),
        Advice::by_place(
            Message::new(
                "核对商户档案和单号；服务商要写 --sub-mch-id",
                "Check the profile and the number; a service provider names --sub-mch-id",
            ),
            Message::new("核对商户档案和单号", "Check the profile and the number"),
        ),
    )
    .with_detail(number.to_string())
}

fn still_open(number: OutTradeNo, state: &TradeState) -> Failure {
    let words = state.name();
    Failure::new(
        FailureKind::Gateway,
        "close.unclear",
        Message::new(
            format!("关单没有得到确认，订单仍是：{}", words.zh),
            format!(
                "Closing was not confirmed; the order is still: {}",
                words.en
            ),
        ),
        Message::new("再运行一次", "Run it again"),
    )
    .with_detail(number.to_string())
    .retryable()
}
