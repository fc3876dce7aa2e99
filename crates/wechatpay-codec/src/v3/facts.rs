//! The objects of APIv3 as the facts that both generations tell, so that the program has one form for each.

use super::{Refund, Transaction};
use crate::v2::{Coupon, OrderState, RefundLine};
use recondesk_domain::Fen;

impl From<Transaction> for OrderState {
    fn from(told: Transaction) -> Self {
        let Transaction {
            appid: _,
            mchid: _,
            sub_mchid: _,
            out_trade_no,
            transaction_id,
            trade_type,
            state,
            description,
            bank_type,
            attach,
            paid_at,
            openid,
            total,
            payer_total,
            currency,
            promotions,
        } = told;
        let coupons: Vec<Coupon> = promotions
            .into_iter()
            .map(|one| Coupon {
                id: one.coupon_id,
                kind: one.kind,
                fee: one.amount.map(Fen::new),
            })
            .collect();
        // APIv3 has no field for the sum; what the customer did not pay in cash was paid with coupons.
        let coupon_fee = match (total, payer_total) {
            (Some(total), Some(cash)) if !coupons.is_empty() => total.checked_sub(cash),
            _ => None,
        };
        Self {
            state,
            description,
            out_trade_no,
            transaction_id,
            total_fee: total,
            settlement_total_fee: None,
            cash_fee: payer_total,
            coupon_fee,
            coupons,
            paid_at,
            trade_type,
            bank_type,
            openid,
            attach,
            currency,
        }
    }
}

impl From<Refund> for RefundLine {
    fn from(told: Refund) -> Self {
        let Refund {
            mchid: _,
            sub_mchid: _,
            refund_id,
            out_refund_no,
            transaction_id: _,
            out_trade_no: _,
            state,
            channel,
            received_by,
            funds_account,
            created_at: _,
            succeeded_at,
            refund,
            total: _,
            payer_refund: _,
            settlement_refund,
        } = told;
        Self {
            refund_id,
            out_refund_no,
            refund_fee: refund,
            settlement_refund_fee: settlement_refund,
            state,
            channel,
            account: funds_account,
            received_by,
            succeeded_at,
        }
    }
}
