//! Typed requests of APIv2. Nonce and time come from the caller; one call of [`build`] is one attempt.

use zeroize::Zeroize;

use super::{Endpoint, SIGN, XmlError, sign, xml};
use crate::Params;
use recondesk_domain::{
    BillDate, Fen, Instant, OutRefundNo, OutTradeNo, RefundId, Secret, SignType, TransactionId,
};

/// Who asks, and with which nonce.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RequestEnvelope {
    /// `appid`, bound to the merchant.
    pub appid: String,
    /// `mch_id`.
    pub mch_id: String,
    /// `sub_appid`, service-provider mode; empty otherwise.
    pub sub_appid: String,
    /// `sub_mch_id`, service-provider mode; empty otherwise.
    pub sub_mch_id: String,
    /// `nonce_str`, up to 32 characters, new for each attempt.
    pub nonce: String,
    /// Algorithm; HMAC-SHA256 is announced in `sign_type`, MD5 is the default and stays unsaid.
    pub sign_type: SignType,
}

/// A payment, by one of its two numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OrderRef {
    /// `transaction_id`, preferred.
    Transaction(TransactionId),
    /// `out_trade_no`.
    Merchant(OutTradeNo),
}

/// A refund, by one of four numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RefundRef {
    /// `refund_id`.
    Refund(RefundId),
    /// `out_refund_no`.
    Merchant(OutRefundNo),
    /// All refunds of a payment.
    Order(OrderRef),
}

/// How the customer pays, with what that way demands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trade {
    /// Official account or mini program; `openid` of the payer.
    Jsapi {
        /// The payer's `openid` under the appid of the order.
        openid: String,
    },
    /// Code to scan; `product_id`.
    Native {
        /// The merchant's product number.
        product_id: String,
    },
    /// App.
    App,
    /// Mobile browser; `scene_info` as JSON.
    H5 {
        /// JSON text, signed as written.
        scene_info: String,
    },
}

impl Trade {
    /// The word of `trade_type`.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Jsapi { .. } => "JSAPI",
            Self::Native { .. } => "NATIVE",
            Self::App => "APP",
            Self::H5 { .. } => "MWEB",
        }
    }
}

/// A new order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOrder {
    /// Goods description.
    pub body: String,
    /// Merchant order number.
    pub out_trade_no: OutTradeNo,
    /// Amount, at least one fen.
    pub total_fee: Fen,
    /// IP address of the payer.
    pub payer_ip: String,
    /// Where the notification goes.
    pub notify_url: String,
    /// Way of paying.
    pub trade: Trade,
    /// Echoed in query and notification; empty for none.
    pub attach: String,
    /// Until when it can be paid.
    pub expires: Option<Instant>,
    /// Further fields of the documents, as they are.
    pub extra: Params,
}

/// A refund to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRefund {
    /// The payment.
    pub order: OrderRef,
    /// Merchant refund number; the same number is the same refund.
    pub out_refund_no: OutRefundNo,
    /// Amount of the original order, also for partial refunds.
    pub total_fee: Fen,
    /// Amount of this refund.
    pub refund_fee: Fen,
    /// Shown to the customer; empty for none.
    pub reason: String,
    /// `refund_account`; empty for the default.
    pub account: String,
    /// Overrides the console's notification address; empty for none.
    pub notify_url: String,
}

/// A call with its own fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// 统一下单.
    UnifiedOrder(Box<NewOrder>),
    /// 查询订单.
    OrderQuery(OrderRef),
    /// 关闭订单.
    CloseOrder(OutTradeNo),
    /// 申请退款.
    Refund(Box<NewRefund>),
    /// 查询退款; the offset goes on where an order has many refunds.
    RefundQuery(RefundRef, Option<u32>),
    /// 下载交易账单: day, `bill_type` (`ALL`, `SUCCESS`, `REFUND`), gzip.
    DownloadBill(BillDate, &'static str),
    /// 下载资金账单: day, `account_type` (`Basic`, `Operation`, `Fees`), gzip.
    DownloadFundFlow(BillDate, &'static str),
}

/// A request ready to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// The call.
    pub endpoint: Endpoint,
    /// All parameters, `sign` the last.
    pub params: Params,
    /// The XML.
    pub body: Vec<u8>,
    /// The algorithm, which the answer uses as well.
    pub sign_type: SignType,
}

impl Request {
    /// The call.
    #[must_use]
    pub const fn endpoint(&self) -> Endpoint {
        match self {
            Self::UnifiedOrder(_) => Endpoint::UnifiedOrder,
            Self::OrderQuery(_) => Endpoint::OrderQuery,
            Self::CloseOrder(_) => Endpoint::CloseOrder,
            Self::Refund(_) => Endpoint::Refund,
            Self::RefundQuery(..) => Endpoint::RefundQuery,
            Self::DownloadBill(..) => Endpoint::DownloadBill,
            Self::DownloadFundFlow(..) => Endpoint::DownloadFundFlow,
        }
    }

    fn fields(&self, out: &mut Params) {
        match self {
            Self::UnifiedOrder(order) => order.fields(out),
            Self::OrderQuery(order) => push_order(out, order),
            Self::CloseOrder(number) => out.push("out_trade_no", number.as_str()),
            Self::Refund(refund) => refund.fields(out),
            Self::RefundQuery(which, offset) => {
                match which {
                    RefundRef::Refund(id) => out.push("refund_id", id.as_str()),
                    RefundRef::Merchant(number) => out.push("out_refund_no", number.as_str()),
                    RefundRef::Order(order) => push_order(out, order),
                }
                out.push_some("offset", offset.map(|offset| offset.to_string()));
            }
            Self::DownloadBill(day, kind) => {
                out.push("bill_date", day.compact());
                out.push("bill_type", *kind);
                out.push("tar_type", "GZIP");
            }
            Self::DownloadFundFlow(day, account) => {
                out.push("bill_date", day.compact());
                out.push("account_type", *account);
                out.push("tar_type", "GZIP");
            }
        }
    }
}

impl NewOrder {
    fn fields(&self, out: &mut Params) {
        out.push("body", &self.body);
        out.push_some("attach", Some(&self.attach));
        out.push("out_trade_no", self.out_trade_no.as_str());
        out.push("total_fee", self.total_fee.get().to_string());
        out.push("spbill_create_ip", &self.payer_ip);
        out.push_some("time_expire", self.expires.map(Instant::compact));
        out.push("notify_url", &self.notify_url);
        out.push("trade_type", self.trade.word());
        match &self.trade {
            Trade::Jsapi { openid } => out.push("openid", openid),
            Trade::Native { product_id } => out.push("product_id", product_id),
            Trade::App => {}
            Trade::H5 { scene_info } => out.push("scene_info", scene_info),
        }
        for param in &self.extra {
            out.push(&param.name, &param.value);
        }
    }
}

impl NewRefund {
    fn fields(&self, out: &mut Params) {
        push_order(out, &self.order);
        out.push("out_refund_no", self.out_refund_no.as_str());
        out.push("total_fee", self.total_fee.get().to_string());
        out.push("refund_fee", self.refund_fee.get().to_string());
        out.push_some("refund_desc", Some(&self.reason));
        out.push_some("refund_account", Some(&self.account));
        out.push_some("notify_url", Some(&self.notify_url));
    }
}

fn push_order(out: &mut Params, order: &OrderRef) {
    match order {
        OrderRef::Transaction(id) => out.push("transaction_id", id.as_str()),
        OrderRef::Merchant(number) => out.push("out_trade_no", number.as_str()),
    }
}

/// Signs a request and writes its XML.
///
/// The fund-flow bill is signed with HMAC-SHA256 whatever the envelope says, because nothing else is accepted there.
///
/// # Errors
/// [`XmlError::Unwritable`] when a value holds a character that XML does not have.
pub fn build<K: AsRef<[u8]> + Zeroize>(
    request: &Request,
    envelope: &RequestEnvelope,
    key: &Secret<K>,
) -> Result<Signed, XmlError> {
    let endpoint = request.endpoint();
    let sign_type = if endpoint.hmac_only() {
        SignType::HmacSha256
    } else {
        envelope.sign_type
    };
    let mut params = Params::new();
    params.push("appid", &envelope.appid);
    params.push("mch_id", &envelope.mch_id);
    params.push_some("sub_appid", Some(&envelope.sub_appid));
    params.push_some("sub_mch_id", Some(&envelope.sub_mch_id));
    params.push("nonce_str", &envelope.nonce);
    if sign_type == SignType::HmacSha256 {
        params.push("sign_type", sign_type.wire());
    }
    request.fields(&mut params);
    let signature = sign(&params, key, sign_type);
    params.push(SIGN, signature);
    Ok(Signed {
        endpoint,
        body: xml::write(&params)?,
        params,
        sign_type,
    })
}

#[cfg(test)]
mod tests {
    use super::super::verify;
    use super::*;

    fn envelope(sign_type: SignType) -> RequestEnvelope {
        RequestEnvelope {
            appid: "wx426b3015555a46be".to_owned(),
            mch_id: "1900009851".to_owned(),
            nonce: "21df7dc9cd8616b56919f20d9f679233".to_owned(),
            sign_type,
            ..RequestEnvelope::default()
        }
    }

    #[test]
    fn what_is_sent_is_what_was_signed() {
        let key = Secret::new("8934e7d15453e97507ef794cf7b0519d".to_owned());
        let order = OrderRef::Merchant(OutTradeNo::new("A1").unwrap());
        let refund = Request::Refund(Box::new(NewRefund {
            order,
            out_refund_no: OutRefundNo::new("R|1").unwrap(),
            total_fee: Fen::new(1000),
            refund_fee: Fen::new(300),
            reason: "多付 & 退回 ]]> \r\n".to_owned(),
            account: String::new(),
            notify_url: String::new(),
        }));
        for request in [
            refund,
            Request::OrderQuery(order),
            Request::RefundQuery(RefundRef::Order(order), Some(10)),
        ] {
            for kind in [SignType::Md5, SignType::HmacSha256] {
                let sent = build(&request, &envelope(kind), &key).unwrap();

                let arrived = xml::read(&sent.body).unwrap();

                assert_eq!(arrived, sent.params);
                verify(&arrived, &key, kind).unwrap();
            }
        }
    }

    #[test]
    fn the_fund_flow_bill_is_always_signed_with_hmac() {
        let key = Secret::new("8934e7d15453e97507ef794cf7b0519d".to_owned());
        let day = BillDate::parse("2018-03-06").unwrap();

        let sent = build(
            &Request::DownloadFundFlow(day, "Basic"),
            &envelope(SignType::Md5),
            &key,
        )
        .unwrap();

        assert_eq!(sent.params.get("sign_type"), Some("HMAC-SHA256"));
        assert_eq!(sent.params.get("sign").unwrap().len(), 64);
        assert_eq!(sent.params.get("bill_date"), Some("20180306"));
    }
}
