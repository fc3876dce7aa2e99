//! The one way to WeChat Pay: typed questions on behalf of a merchant, and one typed answer to each,
//! whether the profile speaks APIv2 or APIv3.
//!
//! An answer counts only when its signature holds, its time is ours, and it is about the merchant and
//! the number that were asked for; the errors say which of these failed. Nothing here changes a record:
//! the one thing it keeps is what it learns of WeChat Pay's own certificates. An `Err` of a question
//! means that it was not even asked.

mod bill_files;
mod call;
mod combined;
mod error;
mod exchange;
mod keyring;
mod outcome;
mod refund_list;
mod sealed_bill;
pub(crate) mod v2;
mod v3;
mod v3_redirect;
#[cfg(test)]
mod v3_tests;

use std::cell::OnceCell;

use crate::{Advice, Failure, FailureKind, MerchantRef, Message};
use recondesk_domain::{ApiVersion, OutRefundNo, OutTradeNo, RefundId, Secret, SecretKind};
use recondesk_ports::{CancelToken, Clock, Gateway, Ports, Random, Route, Vault};
use wechatpay_codec::v2::{NewRefund, OrderRef};

pub use bill_files::{BillAnswer, BillFile, BillSink, BillType, FundAccount};
pub use call::PaymentCall;
pub use combined::CombinedVerdict;
pub use error::{ExchangeError, SignedRefusal};
pub use exchange::{AnsweredQuery, Exchange};
use keyring::Keyring;
pub(crate) use keyring::platform_keys;
pub use outcome::{CloseOutcome, QueryVerdict, RefundAnswer, RefundOutcome, RefundVerdict};
pub use refund_list::{ListedRefunds, RefundsOf};
pub(crate) use v3_redirect::only_v3;
pub use v3_redirect::{AbnormalRefund, CustomerCard};

/// What the client needs of the world.
#[derive(Clone, Copy)]
pub struct GatewayPorts<'a> {
    /// Sends.
    pub gateway: &'a dyn Gateway,
    /// Has the merchant's keys.
    pub vault: &'a dyn Vault,
    /// Makes nonces.
    pub random: &'a dyn Random,
    /// Tells when it is.
    pub clock: &'a dyn Clock,
}

impl<'a> From<&'a Ports> for GatewayPorts<'a> {
    fn from(ports: &'a Ports) -> Self {
        Self {
            gateway: &*ports.gateway,
            vault: &*ports.vault,
            random: &*ports.random,
            clock: &*ports.clock,
        }
    }
}

/// The way to WeChat Pay on behalf of one merchant. Making one costs nothing: keys are read with the first question.
pub struct GatewayClient<'a> {
    pub(crate) ports: GatewayPorts<'a>,
    /// The merchant.
    pub(crate) merchant: MerchantRef<'a>,
    /// The wish to stop.
    pub(crate) cancel: &'a CancelToken,
    keyring: OnceCell<Keyring>,
}

impl<'a> GatewayClient<'a> {
    /// A client for a merchant.
    #[must_use]
    pub fn new(
        ports: impl Into<GatewayPorts<'a>>,
        merchant: MerchantRef<'a>,
        cancel: &'a CancelToken,
    ) -> Self {
        Self {
            ports: ports.into(),
            merchant,
            cancel,
            keyring: OnceCell::new(),
        }
    }

    /// Asks about an order by either of its numbers.
    ///
    /// # Errors
    /// When the question cannot be asked: keys, appid or profile are incomplete.
    pub fn query_order(
        &self,
        order: &OrderRef,
        sub_mch_id: &str,
    ) -> Result<AnsweredQuery<QueryVerdict>, Failure> {
        match self.merchant.profile.api {
            ApiVersion::V2 => v2::query_order(self, order, sub_mch_id),
            ApiVersion::V3 => v3::query_order(self, order, sub_mch_id),
        }
    }

    /// Closes an unpaid order. Closing a closed one is the same as once.
    ///
    /// # Errors
    /// As [`Self::query_order`].
    pub fn close_order(
        &self,
        out_trade_no: &OutTradeNo,
        sub_mch_id: &str,
    ) -> Result<AnsweredQuery<CloseOutcome>, Failure> {
        match self.merchant.profile.api {
            ApiVersion::V2 => v2::close_order(self, out_trade_no, sub_mch_id),
            ApiVersion::V3 => v3::close_order(self, out_trade_no, sub_mch_id),
        }
    }

    /// Asks for a refund: over mutual TLS with APIv2, signed alone with APIv3.
    ///
    /// The refund must have been written down before; the same `out_refund_no` is the same refund however often it is sent.
    ///
    /// # Errors
    /// As [`Self::query_order`]; nothing was sent then.
    pub fn refund(
        &self,
        refund: &NewRefund,
        sub_mch_id: &str,
    ) -> Result<AnsweredQuery<RefundOutcome>, Failure> {
        match self.merchant.profile.api {
            ApiVersion::V2 => v2::refund(self, refund, sub_mch_id),
            ApiVersion::V3 => v3::refund(self, refund, sub_mch_id),
        }
    }

    /// Asks to send the money of an abnormal refund to another account. The same refund is meant however often it is
    /// asked; the wish must have been written down before.
    ///
    /// # Errors
    /// As [`Self::query_order`], and for APIv2, which has no such call; nothing was sent then.
    pub fn redirect_refund(
        &self,
        refund: &AbnormalRefund<'_>,
        sub_mch_id: &str,
    ) -> Result<AnsweredQuery<RefundOutcome>, Failure> {
        match self.merchant.profile.api {
            ApiVersion::V2 => Err(only_v3()),
            ApiVersion::V3 => v3_redirect::redirect(self, refund, sub_mch_id),
        }
    }

    /// Asks about a refund by the merchant's own number.
    ///
    /// # Errors
    /// As [`Self::query_order`].
    pub fn query_refund(
        &self,
        out_refund_no: &OutRefundNo,
        sub_mch_id: &str,
    ) -> Result<AnsweredQuery<RefundVerdict>, Failure> {
        match self.merchant.profile.api {
            ApiVersion::V2 => v2::query_refund(self, out_refund_no, sub_mch_id),
            ApiVersion::V3 => v3::query_refund(self, out_refund_no, sub_mch_id),
        }
    }

    /// Asks about a refund by WeChat Pay's number. APIv3 has no such question: there the merchant's number must be known.
    ///
    /// # Errors
    /// As [`Self::query_order`].
    pub fn query_refund_id(
        &self,
        refund_id: &RefundId,
        known: Option<&OutRefundNo>,
        sub_mch_id: &str,
    ) -> Result<AnsweredQuery<RefundVerdict>, Failure> {
        match (self.merchant.profile.api, known) {
            (ApiVersion::V2, _) => v2::query_refund_id(self, refund_id, sub_mch_id),
            (ApiVersion::V3, Some(number)) => {
                let asked = v3::query_refund(self, number, sub_mch_id)?;
                Ok(asked.map(|told| match told {
                    RefundVerdict::Known(told) if told.refund.refund_id != refund_id.as_str() => {
                        RefundVerdict::ExchangeError(ExchangeError::Untrusted(format!(
                            "asked for refund_id {refund_id}, answered for {:?}",
                            told.refund.refund_id
                        )))
                    }
                    told @ (RefundVerdict::Known(_)
                    | RefundVerdict::NotFound
                    | RefundVerdict::ExchangeError(_)) => told,
                }))
            }
            (ApiVersion::V3, None) => Err(missing(
                "query.refund_id",
                Message::new(
                    "APIv3 只能按商户退款单号查询退款，工作区里没有这笔退款的商户退款单号",
                    "APIv3 can be asked about a refund by the merchant's number only, and the workspace does not have it",
                ),
                Message::new(
                    "改用商户退款单号，或先导入当日账单",
                    "Use the merchant's refund number, or import the bill of that day first",
                ),
            )),
        }
    }

    /// Fetches the platform certificates (APIv3), keeps them, and tells how many there are.
    ///
    /// # Errors
    /// As [`Self::query_order`]; without the APIv3 key they stay sealed.
    pub fn fetch_certificates(&self) -> Result<Result<usize, ExchangeError>, Failure> {
        v3::fetch_certificates(self)
    }

    /// A secret of the merchant; an absent one is `None`.
    fn secret(&self, kind: SecretKind) -> Result<Option<Secret<Vec<u8>>>, Failure> {
        Ok(self.ports.vault.get(self.merchant.id, kind)?)
    }

    /// The way to the gateway, with the merchant's certificate where the call demands one.
    pub(crate) fn route(&self, needs_certificate: bool) -> Result<Route, Failure> {
        let mut route = Route::plain(self.merchant.profile);
        if needs_certificate && route.gateway.starts_with("https://") {
            let certificate = self.secret(SecretKind::ClientCert)?;
            let key = self.secret(SecretKind::ClientKey)?;
            let (Some(certificate), Some(key)) = (certificate, key) else {
                return Err(missing(
                    "vault.client_cert",
                    Message::new(
                        "这个接口需要商户证书，档案里还没有",
                        "This call needs the merchant's certificate, and the profile has none",
                    ),
                    Advice::by_place(
                        Message::new(
                            "用 recondesk profile set-key 档案名 client-cert 和 client-key 设置 apiclient_cert.pem、apiclient_key.pem",
                            "Set apiclient_cert.pem and apiclient_key.pem with recondesk profile set-key NAME client-cert, client-key",
                        ),
                        Message::new(
                            "到“商户 › 密钥”存入 apiclient_cert.pem 和 apiclient_key.pem",
                            "Store apiclient_cert.pem and apiclient_key.pem under Merchants › Keys",
                        ),
                    ),
                ));
            };
            route.certificate = Some((certificate.expose().clone(), key));
        }
        Ok(route)
    }
}

/// A question that cannot be asked because the profile lacks something.
fn missing(code: &'static str, title: Message, advice: impl Into<Advice>) -> Failure {
    Failure::new(FailureKind::Usage, code, title, advice)
}

/// Why an answer is not about the order that was asked for.
fn foreign(asked: &OrderRef, out_trade_no: &str, transaction_id: &str) -> Option<String> {
    let (field, ours, theirs) = match asked {
        OrderRef::Merchant(number) => ("out_trade_no", number.as_str(), out_trade_no),
        OrderRef::Transaction(number) => ("transaction_id", number.as_str(), transaction_id),
    };
    (ours != theirs).then(|| format!("asked for {field} {ours}, answered for {theirs:?}"))
}

/// Why an accepted refund is not the one that was asked for.
fn other_refund(asked: &NewRefund, told: &RefundAnswer) -> Option<String> {
    let number = asked.out_refund_no.as_str();
    if told.refund.out_refund_no != number {
        let theirs = &told.refund.out_refund_no;
        return Some(format!(
            "asked for out_refund_no {number}, answered for {theirs:?}"
        ));
    }
    if told.refund.refund_fee != asked.refund_fee || told.total_fee != asked.total_fee {
        return Some(format!(
            "asked for {} of {} fen, answered for {} of {}",
            asked.refund_fee.get(),
            asked.total_fee.get(),
            told.refund.refund_fee.get(),
            told.total_fee.get()
        ));
    }
    foreign(&asked.order, &told.out_trade_no, &told.transaction_id)
}

/// The title of a page for people, or nothing.
fn page_title(body: &[u8]) -> String {
    String::from_utf8_lossy(body)
        .split_once("<title>")
        .and_then(|(_, rest)| rest.split_once("</title>"))
        .map_or("", |(title, _)| title)
        .chars()
        .filter(|c| !c.is_control())
        .take(100)
        .collect()
}
