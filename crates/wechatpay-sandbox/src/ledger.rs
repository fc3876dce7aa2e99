//! The sandbox's own books: orders, payments and refunds of each merchant, and the rules it plays by.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use super::numbers::NumberSource;
use super::scenario::GeneratedOrder;
use recondesk_domain::{
    ApiVersion, AppId, BillRefundState, BillState, Fee, Fen, Instant, MOrder, MchId, OutRefundNo,
    OutTradeNo, PayStatus, RefundId, RowRef, TransactionId, WPay, WRefund,
};

/// What becomes of accepted refunds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum RefundOutcome {
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

impl RefundOutcome {
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
pub(crate) enum OrderState {
    NotPay,
    UserPaying,
    PayError,
    Success,
    Refund,
    Closed,
    Revoked,
}

impl OrderState {
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

/// An order.
#[derive(Debug, Clone)]
pub(crate) struct SandboxOrder {
    pub(crate) appid: String,
    pub(crate) sub_mch_id: String,
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
    pub(crate) state: OrderState,
    pub(crate) created_at: Instant,
    pub(crate) expires_at: Instant,
    pub(crate) paid_at: Option<Instant>,
    /// The API that placed it, which its notification follows.
    pub(crate) api: ApiVersion,
    /// The request that made it, without nonce and signature (repeat rule).
    pub(crate) request: String,
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
    pub(crate) outcome: RefundOutcome,
    /// True when it was made at the merchant platform.
    pub(crate) elsewhere: bool,
    /// The API that asked for it, which its notification follows.
    pub(crate) api: ApiVersion,
    /// How often the very same request came.
    pub(crate) requests: u32,
}

impl SandboxRefund {
    pub(crate) fn status(&self, now: Instant) -> RefundOutcome {
        if now < self.settles_at {
            RefundOutcome::Processing
        } else {
            self.outcome
        }
    }

    /// True unless the money stayed with the merchant.
    pub(crate) fn counts(&self) -> bool {
        self.outcome != RefundOutcome::RefundClose
    }
}

/// The books of one merchant.
#[derive(Debug, Default)]
pub(crate) struct MerchantLedger {
    pub(crate) orders: BTreeMap<String, SandboxOrder>,
    pub(crate) by_transaction: HashMap<String, String>,
    pub(crate) refunds: BTreeMap<String, SandboxRefund>,
    /// Refund numbers of an order, in order of acceptance.
    pub(crate) refunds_of: HashMap<String, Vec<String>>,
    pub(crate) by_refund_id: HashMap<String, String>,
    /// Rows of bills.
    pub(crate) pay_rows: Vec<WPay>,
    pub(crate) refund_rows: Vec<WRefund>,
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
            && order.state == OrderState::NotPay
            && now >= order.expires_at
        {
            order.state = OrderState::Closed;
        }
    }

    /// The customer pays.
    pub(crate) fn pay(
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
        if !matches!(order.state, OrderState::NotPay | OrderState::UserPaying) {
            return Err(format!("the order is {}", order.state.wire()));
        }
        order.state = OrderState::Success;
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

    /// Enters an accepted refund.
    pub(crate) fn refund(&mut self, refund: SandboxRefund) -> Result<(), String> {
        let order = self
            .orders
            .get_mut(&refund.out_trade_no)
            .ok_or("there is no such order")?;
        let row = refund_row(order, &refund)?;
        order.state = OrderState::Refund;
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

    /// Enters a deal of the past: its payments and refunds, else its order if it was never paid.
    pub(crate) fn seed_deal(&mut self, deal: &GeneratedOrder) {
        let pays: Vec<WPay> = deal.pays().copied().collect();
        let unpaid = deal.order.as_ref().filter(|order| {
            pays.is_empty() && matches!(order.pay_status, PayStatus::Created | PayStatus::Closed)
        });
        if let Some(order) = unpaid {
            let number = order.out_trade_no.as_str().to_owned();
            self.orders
                .entry(number)
                .or_insert_with(|| unpaid_order(order));
        }
        let numbers: Vec<String> = pays
            .iter()
            .map(|pay| pay.out_trade_no.as_str().to_owned())
            .chain(unpaid.map(|order| order.out_trade_no.as_str().to_owned()))
            .collect();
        self.seed(pays, deal.refunds.clone(), deal.openid.as_str());
        for number in numbers {
            if let Some(order) = self.orders.get_mut(&number) {
                deal.goods.clone_into(&mut order.body);
                deal.attach.clone_into(&mut order.attach);
                deal.trade_type.clone_into(&mut order.trade_type);
                deal.bank.clone_into(&mut order.bank_type);
                deal.openid.as_str().clone_into(&mut order.openid);
            }
        }
    }

    /// Enters the past: what bills and queries then know.
    pub(crate) fn seed(&mut self, pays: Vec<WPay>, refunds: Vec<WRefund>, openid: &str) {
        for row in &pays {
            let order = past_order(row, openid);
            let transaction = (order.transaction_id.clone(), order.out_trade_no.clone());
            self.by_transaction.insert(transaction.0, transaction.1);
            self.orders
                .entry(order.out_trade_no.clone())
                .or_insert(order);
        }
        for row in &refunds {
            let number = row.out_refund_no.as_str().to_owned();
            let order = row.out_trade_no.as_str().to_owned();
            if let Some(order) = self.orders.get_mut(&order)
                && order.state == OrderState::Success
            {
                order.state = OrderState::Refund;
            }
            self.by_refund_id
                .insert(row.refund_id.as_str().to_owned(), number.clone());
            if !self.refunds.contains_key(&number) {
                let of = self.refunds_of.entry(order).or_default();
                of.push(number.clone());
            }
            self.refunds.insert(number, past_refund(row));
        }
        self.pay_rows.extend(pays);
        self.refund_rows.extend(refunds);
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

fn past_order(row: &WPay, openid: &str) -> SandboxOrder {
    let state = match row.state {
        BillState::Revoked => OrderState::Revoked,
        _ => OrderState::Success,
    };
    SandboxOrder {
        appid: row.appid.as_str().to_owned(),
        sub_mch_id: row.sub_mch_id.as_str().to_owned(),
        out_trade_no: row.out_trade_no.as_str().to_owned(),
        transaction_id: row.transaction_id.as_str().to_owned(),
        body: "沙箱商品".to_owned(),
        attach: String::new(),
        device_info: String::new(),
        trade_type: "JSAPI".to_owned(),
        openid: openid.to_owned(),
        bank_type: "OTHERS".to_owned(),
        notify_url: String::new(),
        amount: row.amount,
        settled: row.settled,
        coupon: row.coupon,
        state,
        created_at: row.time.plus(-60),
        expires_at: row.time.plus(7 * 86_400),
        paid_at: Some(row.time),
        api: ApiVersion::V2,
        request: String::new(),
    }
}

fn unpaid_order(order: &MOrder) -> SandboxOrder {
    let closed = order.pay_status == PayStatus::Closed;
    SandboxOrder {
        appid: order.appid.as_str().to_owned(),
        sub_mch_id: order.sub_mch_id.as_str().to_owned(),
        out_trade_no: order.out_trade_no.as_str().to_owned(),
        transaction_id: String::new(),
        body: String::new(),
        attach: String::new(),
        device_info: String::new(),
        trade_type: "JSAPI".to_owned(),
        openid: String::new(),
        bank_type: "OTHERS".to_owned(),
        notify_url: String::new(),
        amount: order.amount,
        settled: order.amount,
        coupon: Fen::ZERO,
        state: if closed {
            OrderState::Closed
        } else {
            OrderState::NotPay
        },
        created_at: order.created_at,
        expires_at: order.created_at.plus(7 * 86_400),
        paid_at: None,
        api: ApiVersion::V2,
        request: String::new(),
    }
}

fn past_refund(row: &WRefund) -> SandboxRefund {
    SandboxRefund {
        out_refund_no: row.out_refund_no.as_str().to_owned(),
        refund_id: row.refund_id.as_str().to_owned(),
        out_trade_no: row.out_trade_no.as_str().to_owned(),
        amount: row.amount,
        accepted_at: row.time,
        settles_at: row.time,
        outcome: match row.state {
            BillRefundState::Success => RefundOutcome::Success,
            BillRefundState::Processing => RefundOutcome::Processing,
            BillRefundState::Fail => RefundOutcome::RefundClose,
            BillRefundState::Change | BillRefundState::Unknown => RefundOutcome::Change,
        },
        elsewhere: false,
        api: ApiVersion::V2,
        requests: 1,
    }
}
