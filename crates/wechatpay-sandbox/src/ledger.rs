//! The sandbox's own books: orders, payments and refunds of each merchant, and the rules it plays by.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use super::combined::CombinedRecord;
use super::numbers::NumberSource;
use super::tickets::Ticket;
use recondesk_domain::{
    ApiVersion, AppId, BillRefundState, BillState, Fee, Fen, Instant, MchId, OutRefundNo,
    OutTradeNo, RefundId, RowRef, SignType, TransactionId, WPay, WRefund,
};

/// What becomes of accepted refunds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum SandboxRefundOutcome {
    /// The money arrives.
    #[default]
    Success,
    /// It cannot be returned to the customer's account.
    Change,
    /// Closed without money moving.
    RefundClose,
    /// It stays on its way.
    Processing,
}

impl SandboxRefundOutcome {
    pub(crate) const fn wire(self) -> &'static str {
        match self {
            Self::Success => "SUCCESS",
            Self::Change => "CHANGE",
            Self::RefundClose => "REFUNDCLOSE",
            Self::Processing => "PROCESSING",
        }
    }
}

/// State of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum SandboxOrderState {
    NotPay,
    UserPaying,
    PayError,
    Success,
    Refund,
    Closed,
    Revoked,
}

impl SandboxOrderState {
    pub(crate) const fn wire(self) -> &'static str {
        match self {
            Self::NotPay => "NOTPAY",
            Self::UserPaying => "USERPAYING",
            Self::PayError => "PAYERROR",
            Self::Success => "SUCCESS",
            Self::Refund => "REFUND",
            Self::Closed => "CLOSED",
            Self::Revoked => "REVOKED",
        }
    }

    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::NotPay => "订单未支付",
            Self::UserPaying => "用户支付中，需要输入密码",
            Self::PayError => "支付失败，请重新下单支付",
            Self::Success => "支付成功",
            Self::Refund => "订单发生过退款，退款详情请查询退款单",
            Self::Closed => "订单已关闭",
            Self::Revoked => "订单已撤销",
        }
    }

    pub(crate) const fn is_paid(self) -> bool {
        matches!(self, Self::Success | Self::Refund)
    }
}

/// What the bills call an order that was paid by the customer's code.
pub(crate) const MICROPAY: &str = "MICROPAY";

/// An order.
#[derive(Debug, Clone)]
pub(crate) struct SandboxOrder {
    pub(crate) appid: String,
    pub(crate) sub_mch_id: String,
    /// The sub-merchant's own app, where a service provider named it.
    pub(crate) sub_appid: String,
    /// The customer under that app.
    pub(crate) sub_openid: String,
    pub(crate) out_trade_no: String,
    pub(crate) transaction_id: String,
    pub(crate) body: String,
    pub(crate) attach: String,
    pub(crate) device_info: String,
    pub(crate) trade_type: String,
    pub(crate) openid: String,
    pub(crate) bank_type: String,
    pub(crate) notify_url: String,
    pub(crate) amount: Fen,
    pub(crate) settled: Fen,
    pub(crate) coupon: Fen,
    pub(crate) state: SandboxOrderState,
    pub(crate) created_at: Instant,
    pub(crate) expires_at: Instant,
    pub(crate) paid_at: Option<Instant>,
    /// The API that placed it, which its notification follows.
    pub(crate) api: ApiVersion,
    /// How its request was signed (APIv2), which its notification follows too.
    pub(crate) sign_type: SignType,
    /// The request that made it, without nonce and signature (repeat rule).
    pub(crate) request: String,
    /// The number of the combined order it is a part of; empty for an order by itself.
    pub(crate) part_of: String,
}

impl SandboxOrder {
    /// True for an order paid by the customer's code: its result is the answer, and nobody is notified.
    pub(crate) fn is_code_pay(&self) -> bool {
        self.trade_type == MICROPAY
    }

    /// The number that its payment is told under: that of the whole for a part of a combined order.
    pub(crate) fn told_as(&self) -> &str {
        if self.part_of.is_empty() {
            &self.out_trade_no
        } else {
            &self.part_of
        }
    }

    /// True for an order that a service provider placed for a sub-merchant.
    pub(crate) fn has_sub_merchant(&self) -> bool {
        !matches!(self.sub_mch_id.as_str(), "" | "0")
    }
}

/// A refund.
#[derive(Debug, Clone)]
pub(crate) struct SandboxRefund {
    pub(crate) out_refund_no: String,
    pub(crate) refund_id: String,
    pub(crate) out_trade_no: String,
    pub(crate) amount: Fen,
    pub(crate) accepted_at: Instant,
    pub(crate) settles_at: Instant,
    pub(crate) outcome: SandboxRefundOutcome,
    /// True when it was made at the merchant platform.
    pub(crate) elsewhere: bool,
    /// The API that asked for it, which its notification follows.
    pub(crate) api: ApiVersion,
    /// How often the very same request came.
    pub(crate) requests: u32,
}

impl SandboxRefund {
    pub(crate) fn status(&self, now: Instant) -> SandboxRefundOutcome {
        if now < self.settles_at {
            SandboxRefundOutcome::Processing
        } else {
            self.outcome
        }
    }

    /// True unless the money stayed with the merchant.
    pub(crate) fn counts(&self) -> bool {
        self.outcome != SandboxRefundOutcome::RefundClose
    }
}

/// The books of one merchant.
#[derive(Debug, Default)]
pub(crate) struct MerchantLedger {
    pub(crate) orders: BTreeMap<String, SandboxOrder>,
    /// Orders that are paid at once, by the number of the whole.
    pub(crate) combined: BTreeMap<String, CombinedRecord>,
    pub(crate) by_transaction: HashMap<String, String>,
    pub(crate) refunds: BTreeMap<String, SandboxRefund>,
    /// Refund numbers of an order, in order of acceptance.
    pub(crate) refunds_of: HashMap<String, Vec<String>>,
    pub(crate) by_refund_id: HashMap<String, String>,
    /// Rows of bills.
    pub(crate) pay_rows: Vec<WPay>,
    pub(crate) refund_rows: Vec<WRefund>,
    /// What customers can pay by, by `prepay_id` or code.
    pub(crate) tickets: HashMap<String, Ticket>,
    /// The payment codes shown so far, with the order that each paid.
    pub(crate) used_codes: HashMap<String, String>,
    /// What was sent to the merchant, newest last.
    pub(crate) notifications: Vec<serde_json::Value>,
}

impl MerchantLedger {
    /// The order that a request names; the WeChat number wins.
    pub(crate) fn order(
        &self,
        transaction_id: Option<&str>,
        out_trade_no: Option<&str>,
    ) -> Option<&SandboxOrder> {
        let number = match transaction_id {
            Some(id) => self.by_transaction.get(id).map(String::as_str),
            None => out_trade_no,
        };
        self.orders.get(number?)
    }

    /// Refunds of an order, in order of acceptance.
    pub(crate) fn refunds(&self, out_trade_no: &str) -> Vec<&SandboxRefund> {
        let numbers = self.refunds_of.get(out_trade_no);
        numbers
            .into_iter()
            .flatten()
            .filter_map(|number| self.refunds.get(number))
            .collect()
    }

    /// What has been or is being refunded of an order.
    pub(crate) fn refunded(&self, out_trade_no: &str) -> Fen {
        let refunds = self.refunds(out_trade_no).into_iter();
        refunds
            .filter(|refund| refund.counts())
            .fold(Fen::ZERO, |sum, refund| {
                sum.checked_add(refund.amount).unwrap_or(sum)
            })
    }

    /// Closes the order if its time is over.
    pub(crate) fn expire(&mut self, out_trade_no: &str, now: Instant) {
        if let Some(order) = self.orders.get_mut(out_trade_no)
            && order.state == SandboxOrderState::NotPay
            && now >= order.expires_at
        {
            order.state = SandboxOrderState::Closed;
        }
    }

    /// The customer pays this order, or this part of a combined one.
    pub(crate) fn pay_one(
        &mut self,
        out_trade_no: &str,
        now: Instant,
        numbers: &mut NumberSource,
    ) -> Result<SandboxOrder, String> {
        self.expire(out_trade_no, now);
        let order = self
            .orders
            .get_mut(out_trade_no)
            .ok_or_else(|| format!("there is no order {out_trade_no}"))?;
        if !matches!(
            order.state,
            SandboxOrderState::NotPay | SandboxOrderState::UserPaying
        ) {
            return Err(format!("the order is {}", order.state.wire()));
        }
        order.state = SandboxOrderState::Success;
        order.paid_at = Some(now);
        order.transaction_id = format!(
            "4200{}{}{}",
            numbers.digits(6),
            now.day().compact(),
            numbers.digits(10)
        );
        let order = order.clone();
        self.pay_rows.push(pay_row(&order, now)?);
        self.by_transaction
            .insert(order.transaction_id.clone(), order.out_trade_no.clone());
        Ok(order)
    }

    /// The customer turns away: an order that waits for the password fails, any other stays unpaid.
    pub(crate) fn cancel(&mut self, out_trade_no: &str) -> Result<(), String> {
        let order = self
            .orders
            .get_mut(out_trade_no)
            .ok_or("there is no such order")?;
        match order.state {
            SandboxOrderState::UserPaying => order.state = SandboxOrderState::PayError,
            SandboxOrderState::NotPay => {}
            state @ (SandboxOrderState::PayError
            | SandboxOrderState::Success
            | SandboxOrderState::Refund
            | SandboxOrderState::Closed
            | SandboxOrderState::Revoked) => return Err(format!("the order is {}", state.wire())),
        }
        Ok(())
    }

    /// Reverses an order paid by code: a paid one is given back, and the bill has a second row.
    pub(crate) fn reverse(&mut self, out_trade_no: &str, now: Instant) -> Result<(), String> {
        let order = self
            .orders
            .get_mut(out_trade_no)
            .ok_or("there is no such order")?;
        if order.state.is_paid() {
            self.pay_rows.push(WPay {
                state: BillState::Revoked,
                fee: Fee::ZERO,
                rate: -1,
                ..pay_row(order, now)?
            });
        }
        order.state = SandboxOrderState::Revoked;
        Ok(())
    }

    /// Enters an accepted refund.
    pub(crate) fn refund(&mut self, refund: SandboxRefund) -> Result<(), String> {
        let order = self
            .orders
            .get_mut(&refund.out_trade_no)
            .ok_or("there is no such order")?;
        let row = refund_row(order, &refund)?;
        order.state = SandboxOrderState::Refund;
        self.refund_rows.push(row);
        self.by_refund_id
            .insert(refund.refund_id.clone(), refund.out_refund_no.clone());
        self.refunds_of
            .entry(refund.out_trade_no.clone())
            .or_default()
            .push(refund.out_refund_no.clone());
        self.refunds.insert(refund.out_refund_no.clone(), refund);
        Ok(())
    }
}

/// A fee of 0.60 %, rounded to the fen as the real bill shows it.
fn fee_of(amount: Fen) -> Fee {
    let fen = amount.get().saturating_mul(60).saturating_add(5_000) / 10_000;
    Fee::new(fen.saturating_mul(Fee::UNITS_PER_FEN))
}

fn pay_row(order: &SandboxOrder, now: Instant) -> Result<WPay, String> {
    let too_long = || "a number is too long for a bill".to_owned();
    Ok(WPay {
        product: recondesk_domain::TradeType::NotKnown,
        out_trade_no: OutTradeNo::new(&order.out_trade_no).ok_or_else(too_long)?,
        transaction_id: TransactionId::new(&order.transaction_id).ok_or_else(too_long)?,
        appid: AppId::new(&order.appid).ok_or_else(too_long)?,
        sub_mch_id: MchId::new(&order.sub_mch_id).ok_or_else(too_long)?,
        time: now,
        state: BillState::Success,
        is_cny: true,
        amount: order.amount,
        settled: order.settled,
        coupon: order.coupon,
        fee: fee_of(order.settled),
        rate: 6_000,
        row: RowRef::default(),
    })
}

fn refund_row(order: &SandboxOrder, refund: &SandboxRefund) -> Result<WRefund, String> {
    let too_long = || "a number is too long for a bill".to_owned();
    Ok(WRefund {
        out_refund_no: OutRefundNo::new(&refund.out_refund_no).ok_or_else(too_long)?,
        refund_id: RefundId::new(&refund.refund_id).ok_or_else(too_long)?,
        out_trade_no: OutTradeNo::new(&order.out_trade_no).ok_or_else(too_long)?,
        transaction_id: TransactionId::new(&order.transaction_id).ok_or_else(too_long)?,
        appid: AppId::new(&order.appid).ok_or_else(too_long)?,
        sub_mch_id: MchId::new(&order.sub_mch_id).ok_or_else(too_long)?,
        time: refund.accepted_at,
        state: BillRefundState::Processing,
        is_cny: true,
        amount: refund.amount,
        settled: refund.amount,
        coupon: Fen::ZERO,
        fee: Fee::new(fee_of(refund.amount).get().saturating_neg()),
        rate: 6_000,
        row: RowRef::default(),
    })
}
