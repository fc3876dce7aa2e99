//! The past that a sandbox starts with: payments, refunds and unpaid orders that bills and queries then know.

use super::ledger::{
    MerchantLedger, SandboxOrder, SandboxOrderState, SandboxRefund, SandboxRefundOutcome,
};
use super::scenario::GeneratedOrder;
use recondesk_domain::{
    ApiVersion, BillRefundState, BillState, Fen, MOrder, PayStatus, SignType, WPay, WRefund,
};

impl MerchantLedger {
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
                && order.state == SandboxOrderState::Success
            {
                order.state = SandboxOrderState::Refund;
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

fn past_order(row: &WPay, openid: &str) -> SandboxOrder {
    let state = match row.state {
        BillState::Revoked => SandboxOrderState::Revoked,
        BillState::Success | BillState::Refund | BillState::Unknown => SandboxOrderState::Success,
    };
    SandboxOrder {
        appid: row.appid.as_str().to_owned(),
        sub_mch_id: row.sub_mch_id.as_str().to_owned(),
        sub_appid: String::new(),
        sub_openid: String::new(),
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
        sign_type: SignType::Md5,
        request: String::new(),
        part_of: String::new(),
    }
}

fn unpaid_order(order: &MOrder) -> SandboxOrder {
    let closed = order.pay_status == PayStatus::Closed;
    SandboxOrder {
        appid: order.appid.as_str().to_owned(),
        sub_mch_id: order.sub_mch_id.as_str().to_owned(),
        sub_appid: String::new(),
        sub_openid: String::new(),
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
            SandboxOrderState::Closed
        } else {
            SandboxOrderState::NotPay
        },
        created_at: order.created_at,
        expires_at: order.created_at.plus(7 * 86_400),
        paid_at: None,
        api: ApiVersion::V2,
        sign_type: SignType::Md5,
        request: String::new(),
        part_of: String::new(),
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
            BillRefundState::Success => SandboxRefundOutcome::Success,
            BillRefundState::Processing => SandboxRefundOutcome::Processing,
            BillRefundState::Fail => SandboxRefundOutcome::RefundClose,
            BillRefundState::Change | BillRefundState::Unknown => SandboxRefundOutcome::Change,
        },
        elsewhere: false,
        api: ApiVersion::V2,
        requests: 1,
    }
}
