//! The typed contents of answers, read from parameters whose signature holds already.

use super::reply::{fen, optional, optional_fen, single, text, time};
use super::{RefundState, ReplyError, TradeState};
use crate::Params;
use recondesk_domain::{Fen, Instant};

/// What 统一下单 gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderTicket {
    /// `prepay_id`, good for two hours.
    pub prepay_id: String,
    /// `code_url` of NATIVE; empty otherwise.
    pub code_url: String,
    /// `mweb_url` of H5, good for five minutes; empty otherwise.
    pub mweb_url: String,
}

impl OrderTicket {
    /// Reads it from a trustworthy answer.
    ///
    /// # Errors
    /// [`ReplyError::Field`] without a `prepay_id`.
    pub fn read(params: &Params) -> Result<Self, ReplyError> {
        Ok(Self {
            prepay_id: single(params, "prepay_id")?.to_owned(),
            code_url: text(params, "code_url"),
            mweb_url: text(params, "mweb_url"),
        })
    }
}

/// A coupon of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coupon {
    /// `coupon_id_$n`.
    pub id: String,
    /// `CASH` (prepaid) or `NO_CASH`; other words are kept.
    pub kind: String,
    /// `coupon_fee_$n`.
    pub fee: Option<Fen>,
}

/// What 查询订单 and the payment notification tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderState {
    /// `trade_state`; a payment notification is SUCCESS by nature.
    pub state: TradeState,
    /// `trade_state_desc`.
    pub description: String,
    /// `out_trade_no`.
    pub out_trade_no: String,
    /// `transaction_id`, once paid.
    pub transaction_id: String,
    /// `total_fee`: the amount to compare with the order. Always there when paid.
    pub total_fee: Option<Fen>,
    /// `settlement_total_fee`, only with non-prepaid coupons.
    pub settlement_total_fee: Option<Fen>,
    /// `cash_fee`: what the customer paid.
    pub cash_fee: Option<Fen>,
    /// `coupon_fee`.
    pub coupon_fee: Option<Fen>,
    /// Coupons one by one.
    pub coupons: Vec<Coupon>,
    /// `time_end`.
    pub paid_at: Option<Instant>,
    /// `trade_type`, an open set.
    pub trade_type: String,
    /// `bank_type`, an open set.
    pub bank_type: String,
    /// `openid`.
    pub openid: String,
    /// `attach`, echoed.
    pub attach: String,
    /// `fee_type`; empty means CNY.
    pub currency: String,
}

impl OrderState {
    /// Reads it from a trustworthy answer.
    ///
    /// # Errors
    /// [`ReplyError::Field`] when a paid order lacks amount or numbers, or an amount is unreadable.
    pub fn read(params: &Params) -> Result<Self, ReplyError> {
        Self::read_as(params, TradeState::parse(single(params, "trade_state")?))
    }

    pub(super) fn read_as(params: &Params, state: TradeState) -> Result<Self, ReplyError> {
        let paid = state.is_paid();
        if paid {
            single(params, "transaction_id")?;
            single(params, "out_trade_no")?;
            fen(params, "total_fee")?;
        }
        Ok(Self {
            state,
            description: text(params, "trade_state_desc"),
            out_trade_no: text(params, "out_trade_no"),
            transaction_id: text(params, "transaction_id"),
            total_fee: optional_fen(params, "total_fee")?,
            settlement_total_fee: optional_fen(params, "settlement_total_fee")?,
            cash_fee: optional_fen(params, "cash_fee")?,
            coupon_fee: coupon_total(params),
            coupons: coupons(params)?,
            paid_at: time(params, "time_end")?,
            trade_type: text(params, "trade_type"),
            bank_type: text(params, "bank_type"),
            openid: text(params, "openid"),
            attach: text(params, "attach"),
            currency: text(params, "fee_type"),
        })
    }
}

/// `coupon_fee` stands twice in an official sample (pitfall F3); two different values mean that it is not known.
fn coupon_total(params: &Params) -> Option<Fen> {
    optional_fen(params, "coupon_fee").ok().flatten()
}

fn coupons(params: &Params) -> Result<Vec<Coupon>, ReplyError> {
    let mut out = Vec::new();
    for n in 0..100 {
        let id = text(params, &format!("coupon_id_{n}"));
        let fee = optional_fen(params, &format!("coupon_fee_{n}"))?;
        let kind = text(params, &format!("coupon_type_{n}"));
        if id.is_empty() && fee.is_none() && kind.is_empty() {
            break;
        }
        out.push(Coupon { id, kind, fee });
    }
    Ok(out)
}

/// What 申请退款 gives: accepted, not yet arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundAccepted {
    /// `refund_id`.
    pub refund_id: String,
    /// `out_refund_no`.
    pub out_refund_no: String,
    /// `transaction_id`.
    pub transaction_id: String,
    /// `out_trade_no`.
    pub out_trade_no: String,
    /// `refund_fee`.
    pub refund_fee: Fen,
    /// `settlement_refund_fee`: the part without non-prepaid coupons.
    pub settlement_refund_fee: Option<Fen>,
    /// `total_fee`.
    pub total_fee: Fen,
    /// `cash_refund_fee`.
    pub cash_refund_fee: Option<Fen>,
}

impl RefundAccepted {
    /// Reads it from a trustworthy answer.
    ///
    /// # Errors
    /// [`ReplyError::Field`] when a number or an amount is missing.
    pub fn read(params: &Params) -> Result<Self, ReplyError> {
        Ok(Self {
            refund_id: single(params, "refund_id")?.to_owned(),
            out_refund_no: single(params, "out_refund_no")?.to_owned(),
            transaction_id: text(params, "transaction_id"),
            out_trade_no: text(params, "out_trade_no"),
            refund_fee: fen(params, "refund_fee")?,
            settlement_refund_fee: optional_fen(params, "settlement_refund_fee")?,
            total_fee: fen(params, "total_fee")?,
            cash_refund_fee: optional_fen(params, "cash_refund_fee")?,
        })
    }
}

/// One refund of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundLine {
    /// `refund_id_$n`.
    pub refund_id: String,
    /// `out_refund_no_$n`.
    pub out_refund_no: String,
    /// `refund_fee_$n`.
    pub refund_fee: Fen,
    /// `settlement_refund_fee_$n`.
    pub settlement_refund_fee: Option<Fen>,
    /// `refund_status_$n`.
    pub state: RefundState,
    /// `refund_channel_$n`.
    pub channel: String,
    /// `refund_account_$n`.
    pub account: String,
    /// `refund_recv_accout_$n` (so spelt on the wire): where the money went.
    pub received_by: String,
    /// `refund_success_time_$n`.
    pub succeeded_at: Option<Instant>,
}

/// What 查询退款 tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundList {
    /// `transaction_id`.
    pub transaction_id: String,
    /// `out_trade_no`.
    pub out_trade_no: String,
    /// `total_fee` of the order.
    pub total_fee: Fen,
    /// `total_refund_count`: how many refunds the order has, where told.
    pub total_count: Option<u32>,
    /// The refunds of this answer.
    pub refunds: Vec<RefundLine>,
}

impl RefundList {
    /// Reads it from a trustworthy answer.
    ///
    /// # Errors
    /// [`ReplyError::Field`] when the lines are fewer than `refund_count` says, or one is unreadable.
    pub fn read(params: &Params) -> Result<Self, ReplyError> {
        let unreadable = |field: &str, found: &str| ReplyError::Field {
            field: field.to_owned(),
            found: found.to_owned(),
        };
        let count_text = single(params, "refund_count")?;
        let count: usize = count_text
            .parse()
            .ok()
            .filter(|count| *count <= 1000)
            .ok_or_else(|| unreadable("refund_count", count_text))?;
        let mut refunds = Vec::with_capacity(count);
        for n in 0..count {
            refunds.push(refund_line(params, n)?);
        }
        let total_count = optional(params, "total_refund_count")?
            .map(|text| {
                text.parse()
                    .ok()
                    .ok_or_else(|| unreadable("total_refund_count", text))
            })
            .transpose()?;
        Ok(Self {
            transaction_id: text(params, "transaction_id"),
            out_trade_no: text(params, "out_trade_no"),
            total_fee: fen(params, "total_fee")?,
            total_count,
            refunds,
        })
    }
}

fn refund_line(params: &Params, n: usize) -> Result<RefundLine, ReplyError> {
    let name = |stem: &str| format!("{stem}_{n}");
    Ok(RefundLine {
        refund_id: single(params, &name("refund_id"))?.to_owned(),
        out_refund_no: single(params, &name("out_refund_no"))?.to_owned(),
        refund_fee: fen(params, &name("refund_fee"))?,
        settlement_refund_fee: optional_fen(params, &name("settlement_refund_fee"))?,
        state: RefundState::parse(single(params, &name("refund_status"))?),
        channel: text(params, &name("refund_channel")),
        account: text(params, &name("refund_account")),
        received_by: text(params, &name("refund_recv_accout")),
        succeeded_at: time(params, &name("refund_success_time"))?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paid_order_needs_its_amount_and_a_repeated_amount_must_agree() {
        let base = [
            ("trade_state", "SUCCESS"),
            ("transaction_id", "42"),
            ("out_trade_no", "A1"),
        ];
        let with = |extra: &[(&str, &str)]| {
            OrderState::read(&base.iter().chain(extra).copied().collect::<Params>())
        };

        assert!(with(&[]).is_err());
        assert!(with(&[("total_fee", "1"), ("total_fee", "2")]).is_err());
        assert!(with(&[("total_fee", "-1")]).is_err());
        assert!(with(&[("total_fee", "1.0")]).is_err());
        assert_eq!(
            with(&[("total_fee", "8")]).unwrap().total_fee,
            Some(Fen::new(8))
        );
    }

    #[test]
    fn fewer_refund_lines_than_announced_are_refused() {
        let params: Params = [
            ("refund_count", "2"),
            ("total_fee", "10"),
            ("refund_id_0", "50"),
            ("out_refund_no_0", "R1"),
            ("refund_fee_0", "3"),
            ("refund_status_0", "CHANGE"),
            ("refund_success_time_0", ""),
        ]
        .into_iter()
        .collect();
        assert!(RefundList::read(&params).is_err());

        let mut one = params;
        one.set("refund_count", "1");
        let list = RefundList::read(&one).unwrap();
        assert_eq!(list.refunds[0].state, RefundState::Abnormal);
        assert_eq!(list.refunds[0].succeeded_at, None);
    }
}
