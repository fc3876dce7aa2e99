//! What a notification says: built and signed for either API, as it should be or spoilt on demand.

use super::Merchant;
use super::ledger::{SandboxOrder, SandboxRefund, SandboxRefundOutcome};
use super::notification_fault::{NotificationEvent, NotificationFault};
use super::server::Shared;
use super::trade::payment_fields;
use super::v3::notice;
use recondesk_domain::{ApiVersion, Fen, Instant, Secret, SignType};
use wechatpay_codec::Params;
use wechatpay_codec::v2::notify::encrypt_req_info;
use wechatpay_codec::v2::{SIGN, sign, xml};

/// The body of a payment notification.
fn payment(
    subject: &NoticeSubject,
    nonce: &str,
    fault: Option<NotificationFault>,
) -> Result<Vec<u8>, String> {
    let (merchant, order, sign_type) = (&subject.merchant, &subject.order, subject.sign_type);
    let mut fields = Params::new();
    fields.push("return_code", "SUCCESS");
    fields.push("return_msg", "OK");
    fields.push("appid", order.appid.as_str());
    fields.push("mch_id", merchant.mch_id.as_str());
    fields.push_some("sub_appid", Some(order.sub_appid.as_str()));
    fields.push_some("sub_mch_id", Some(order.sub_mch_id.as_str()));
    fields.push_some("device_info", Some(order.device_info.as_str()));
    fields.push("nonce_str", nonce);
    fields.push("result_code", "SUCCESS");
    payment_fields(order, &mut fields);
    if fault == Some(NotificationFault::Unsigned) {
        return xml::write(&fields).map_err(|error| error.to_string());
    }
    fields.push(SIGN, sign(&fields, &merchant.v2_key, sign_type));
    xml::write(&fields).map_err(|error| error.to_string())
}

/// The body of a refund notification: encrypted with the API key, not signed.
fn refund(
    merchant: &Merchant,
    order: &SandboxOrder,
    refund: &SandboxRefund,
    now: Instant,
    nonce: &str,
) -> Result<Vec<u8>, String> {
    let status = refund.status(now);
    if status == SandboxRefundOutcome::Processing {
        return Err("the refund has no outcome yet".to_owned());
    }
    let amount = refund.amount.get().to_string();
    let mut inner = Params::new();
    inner.push("out_refund_no", refund.out_refund_no.as_str());
    inner.push("out_trade_no", order.out_trade_no.as_str());
    inner.push("refund_account", "REFUND_SOURCE_UNSETTLED_FUNDS");
    inner.push("refund_fee", amount.as_str());
    inner.push("refund_id", refund.refund_id.as_str());
    inner.push("refund_recv_accout", "支付用户零钱");
    let source = if refund.elsewhere {
        "VENDOR_PLATFORM"
    } else {
        "API"
    };
    inner.push("refund_request_source", source);
    inner.push("refund_status", status.wire());
    inner.push("settlement_refund_fee", amount);
    inner.push("settlement_total_fee", order.settled.get().to_string());
    if status == SandboxRefundOutcome::Success {
        inner.push("success_time", refund.settles_at.to_string());
    }
    inner.push("total_fee", order.amount.get().to_string());
    inner.push("transaction_id", order.transaction_id.as_str());
    let plain = xml::write_root(&inner, "root").map_err(|error| error.to_string())?;
    let sealed = encrypt_req_info(&plain, &merchant.v2_key).ok_or("cannot encrypt")?;
    let mut fields = Params::new();
    fields.push("return_code", "SUCCESS");
    fields.push("appid", order.appid.as_str());
    fields.push("mch_id", merchant.mch_id.as_str());
    fields.push_some("sub_appid", Some(order.sub_appid.as_str()));
    fields.push_some("sub_mch_id", Some(order.sub_mch_id.as_str()));
    fields.push("nonce_str", nonce);
    fields.push("req_info", sealed);
    xml::write(&fields).map_err(|error| error.to_string())
}

/// What a notification tells, and in which form.
#[derive(Debug, Clone)]
pub(crate) struct NoticeSubject {
    pub(crate) merchant: Merchant,
    pub(crate) order: SandboxOrder,
    /// The other parts of a combined order.
    pub(crate) rest: Vec<SandboxOrder>,
    /// The refund whose outcome is told; none for the payment.
    pub(crate) refund: Option<SandboxRefund>,
    pub(crate) api: ApiVersion,
    /// How APIv2 signs it.
    pub(crate) sign_type: SignType,
}

impl NoticeSubject {
    pub(crate) const fn event(&self) -> NotificationEvent {
        match self.refund {
            None => NotificationEvent::Payment,
            Some(_) => NotificationEvent::Refund,
        }
    }

    /// The same with what a fault changes about its contents; none where it changes nothing.
    pub(crate) fn changed(&self, fault: NotificationFault) -> Option<Self> {
        let mut other = self.clone();
        let one_fen = Fen::new(1);
        match fault {
            // APIv3 signs beside the body, which then stays what it is.
            NotificationFault::WrongSign | NotificationFault::Unsigned
                if self.api == ApiVersion::V3 =>
            {
                return None;
            }
            NotificationFault::WrongSign => other.merchant.strange_keys(),
            NotificationFault::Unsigned => {}
            NotificationFault::Forged => {
                other.merchant.strange_keys();
                other.set_amount(one_fen);
            }
            NotificationFault::OtherAmount => {
                let amount = self.order.amount.checked_add(one_fen).unwrap_or(one_fen);
                other.set_amount(amount);
            }
            NotificationFault::OtherOrder => {
                "OTHER20260101000000000001".clone_into(&mut other.order.out_trade_no);
                "4200000000202601010000000001".clone_into(&mut other.order.transaction_id);
            }
            NotificationFault::OtherMerchant => {
                "1999999999".clone_into(&mut other.merchant.mch_id);
            }
            NotificationFault::Lost
            | NotificationFault::Never
            | NotificationFault::Doubled
            | NotificationFault::Late { .. }
            | NotificationFault::Cut
            | NotificationFault::Stale { .. }
            | NotificationFault::UnknownSerial
            | NotificationFault::Probe => return None,
        }
        Some(other)
    }

    fn set_amount(&mut self, amount: Fen) {
        self.order.amount = amount;
        self.order.settled = amount;
        if let Some(refund) = &mut self.refund {
            refund.amount = amount;
        }
    }
}

impl Merchant {
    /// Exchanges the keys for those of somebody else.
    fn strange_keys(&mut self) {
        self.v2_key = Secret::new("0123456789abcdef0123456789abcdef".to_owned());
        self.v3_key = Secret::new("0123456789abcdef0123456789abcdef".to_owned());
    }
}

/// A notification of either API, ready to be sent as often as needed.
#[derive(Debug, Clone)]
pub(crate) struct OutgoingNotice {
    pub(crate) api: ApiVersion,
    pub(crate) body: Vec<u8>,
    /// How its signature is spoilt (APIv3 signs each delivery anew).
    pub(crate) fault: Option<NotificationFault>,
}

impl OutgoingNotice {
    /// What a subject says.
    pub(crate) fn of(shared: &Shared, subject: &NoticeSubject) -> Result<Self, String> {
        Self::spoilt(shared, subject, None)
    }

    /// What a subject says, as a fault leaves it.
    pub(crate) fn spoilt(
        shared: &Shared,
        subject: &NoticeSubject,
        fault: Option<NotificationFault>,
    ) -> Result<Self, String> {
        let (merchant, order) = (&subject.merchant, &subject.order);
        let now = shared.now();
        let body = match (subject.api, &subject.refund) {
            (ApiVersion::V2, None) if !order.part_of.is_empty() => {
                return Err("combined orders are told by APIv3 alone".to_owned());
            }
            (ApiVersion::V2, one) => {
                let nonce = shared.with_numbers(|numbers| numbers.letters(32));
                match one {
                    None => payment(subject, &nonce, fault)?,
                    Some(one) => refund(merchant, order, one, now, &nonce)?,
                }
            }
            (ApiVersion::V3, None) => {
                let first = std::slice::from_ref(order);
                notice::payment(shared, merchant, &[first, &subject.rest].concat())?
            }
            (ApiVersion::V3, Some(one)) => notice::refund(shared, merchant, order, (one, now))?,
        };
        Ok(Self {
            api: subject.api,
            body,
            fault,
        })
    }

    /// The headers of one delivery: with APIv3 each is signed anew.
    pub(crate) fn headers(&self, shared: &Shared) -> Vec<(String, String)> {
        match self.api {
            ApiVersion::V2 => vec![("Content-Type".to_owned(), "text/xml".to_owned())],
            ApiVersion::V3 => notice::headers(shared, &self.body, self.fault),
        }
    }

    /// True when the merchant's answer confirms it.
    pub(crate) fn is_confirmed(&self, status: u16, body: &str) -> bool {
        match self.api {
            ApiVersion::V2 => confirmed(status, body),
            ApiVersion::V3 => matches!(status, 200 | 204),
        }
    }
}

/// True when the merchant confirmed: status 200 and SUCCESS, on one line or several.
fn confirmed(status: u16, body: &str) -> bool {
    status == 200 && body.contains("<return_code>") && body.contains("SUCCESS")
}
