//! 发起异常退款: the money of a refund that could not reach the customer's account goes to another one. APIv3 alone
//! has this call.

use super::v3::{ask, believed, keyring, refund_answer};
use super::{AnsweredQuery, ExchangeError, GatewayClient, RefundOutcome, missing};
use crate::{Advice, Failure, FailureKind, Message};
use recondesk_domain::{OutRefundNo, RefundId, Secret};
use wechatpay_codec::v3::api::{self, AbnormalRefundTo};
use wechatpay_codec::v3::encrypt_field;

/// A bank card of the customer. It is encrypted into the request and kept nowhere.
#[derive(Debug)]
pub struct CustomerCard {
    /// 开户银行, such as `ICBC_DEBIT`.
    pub bank_type: String,
    /// 银行卡号.
    pub account: Secret<String>,
    /// 户名.
    pub name: Secret<String>,
}

/// The refund that goes elsewhere, by both of its numbers.
#[derive(Debug, Clone, Copy)]
pub struct AbnormalRefund<'a> {
    /// WeChat Pay's number.
    pub refund_id: RefundId,
    /// The merchant's.
    pub out_refund_no: OutRefundNo,
    /// The customer's card; without one the merchant's own account.
    pub card: Option<&'a CustomerCard>,
}

pub(super) fn redirect(
    client: &GatewayClient<'_>,
    refund: &AbnormalRefund<'_>,
    sub_mch_id: &str,
) -> Result<AnsweredQuery<RefundOutcome>, Failure> {
    let (id, number) = (refund.refund_id.as_str(), refund.out_refund_no.as_str());
    let request = match refund.card {
        None => api::abnormal_refund(id, number, AbnormalRefundTo::MerchantAccount, sub_mch_id),
        Some(card) => {
            let key = keyring(client)?.preferred().ok_or_else(no_key)?;
            let seal = |text: &Secret<String>| encrypt_field(text.expose(), &key).map_err(unsealed);
            let (account, name) = (seal(&card.account)?, seal(&card.name)?);
            let to = AbnormalRefundTo::CustomerCard {
                bank_type: &card.bank_type,
                sealed_account: &account,
                sealed_name: &name,
            };
            api::abnormal_refund(id, number, to, sub_mch_id)
        }
    };
    let exchange = ask(client, &request)?;
    let outcome = match believed(&exchange).and_then(refund_answer) {
        Ok(told) if told.refund.out_refund_no == number && told.refund.refund_id == id => {
            RefundOutcome::Accepted(Box::new(told))
        }
        Ok(told) => RefundOutcome::Unclear(ExchangeError::Untrusted(format!(
            "asked for refund {number}, answered for {:?}",
            told.refund.out_refund_no
        ))),
        Err(trouble) => RefundOutcome::from_error(trouble),
    };
    Ok(AnsweredQuery { exchange, outcome })
}

fn no_key() -> Failure {
    missing(
        "vault.platform_key",
        Message::new(
            "没有可以加密卡号和户名的微信支付公钥或平台证书，请求没有发出",
            "There is no key of WeChat Pay to encrypt card and name with, nothing was sent",
        ),
        Advice::by_place(
            Message::new(
                "先运行 recondesk profile doctor 档案名",
                "Run recondesk profile doctor NAME first",
            ),
            Message::new(
                "到“商户 › 密钥”存入微信支付公钥及其 ID",
                "Store the WeChat Pay public key and its id under Merchants › Keys",
            ),
        ),
    )
}

fn unsealed(error: wechatpay_codec::v3::SealError) -> Failure {
    Failure::new(
        FailureKind::RefusedInput,
        "refund.card",
        Message::new(
            "卡号或户名无法加密，请求没有发出",
            "Card or name cannot be encrypted, nothing was sent",
        ),
        Message::new("核对卡号和户名", "Check the card number and the name"),
    )
    .with_detail(error.to_string())
}

/// APIv2 has no such call.
pub(crate) fn only_v3() -> Failure {
    missing(
        "refund.redirect_v3",
        Message::new(
            "异常退款改退到别的账户只有 APIv3 能做",
            "Only APIv3 can send an abnormal refund to another account",
        ),
        Advice::by_place(
            Message::new(
                "在商户平台处理，或给商户存入 APIv3 密钥后 recondesk profile edit 档案名 --api v3",
                "Use the merchant platform, or store the keys of APIv3 and run recondesk profile edit NAME --api v3",
            ),
            Message::new(
                "在商户平台处理，或到“商户”存入 APIv3 密钥并改用 APIv3",
                "Use the merchant platform, or store the keys of APIv3 under Merchants and choose APIv3 there",
            ),
        ),
    )
}
