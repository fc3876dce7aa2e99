//! Calls of APIv3: method, target, body.

mod combined;

use serde_json::json;

use super::{Authorization, PrivateKey, RequestParts, authorize};
use crate::v2::{NewRefund, OrderRef};
use recondesk_domain::{BillDate, Instant};

pub use combined::{close_combined, query_combined};

/// Which order call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OrderKind {
    /// Official account and mini program.
    Jsapi,
    /// Code to scan.
    Native,
    /// App.
    App,
    /// Mobile browser.
    H5,
}

impl OrderKind {
    /// The last part of the address.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Jsapi => "jsapi",
            Self::Native => "native",
            Self::App => "app",
            Self::H5 => "h5",
        }
    }
}

/// A call of APIv3, for error codes and texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Call {
    /// 下单.
    Order(OrderKind),
    /// 微信支付订单号查询.
    QueryById,
    /// 商户订单号查询.
    QueryByNumber,
    /// 关闭订单.
    Close,
    /// 合单查询订单.
    QueryCombined,
    /// 合单关闭订单.
    CloseCombined,
    /// 申请退款.
    Refund,
    /// 查询单笔退款.
    QueryRefund,
    /// 发起异常退款.
    AbnormalRefund,
    /// 申请交易账单.
    TradeBill,
    /// 申请资金账单.
    FundFlowBill,
    /// 下载账单: the answer is not signed.
    Download,
    /// 下载平台证书.
    Certificates,
}

/// A request without its signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsigned {
    /// The call.
    pub call: Call,
    /// `GET` or `POST`.
    pub method: &'static str,
    /// Path and query, percent-encoded as it will be sent.
    pub target: String,
    /// Body; empty for none.
    pub body: Vec<u8>,
}

/// Whose request it is, and which attempt.
#[derive(Debug, Clone, Copy)]
pub struct Signer<'a> {
    /// Merchant number of the header.
    pub mchid: &'a str,
    /// Serial of the merchant certificate.
    pub serial: &'a str,
    /// Its private key.
    pub key: &'a PrivateKey,
    /// Nonce, new for each attempt.
    pub nonce: &'a str,
    /// Now.
    pub now: Instant,
}

impl Unsigned {
    /// Signs the request exactly as it will be sent.
    #[must_use]
    pub fn authorize(&self, signer: &Signer<'_>) -> Authorization {
        let timestamp = signer.now.unix().to_string();
        let parts = RequestParts {
            method: self.method,
            target: &self.target,
            timestamp: &timestamp,
            nonce: signer.nonce,
            body: &self.body,
        };
        authorize(&parts, signer.mchid, signer.serial, signer.key)
    }

    const fn get(call: Call, target: String) -> Self {
        Self {
            call,
            method: "GET",
            target,
            body: Vec::new(),
        }
    }
}

/// A sub-merchant where a service provider asks for one; empty otherwise.
pub type SubMchId<'a> = &'a str;

/// 查询订单 by either number.
#[must_use]
pub fn query_order(order: &OrderRef, mchid: &str, sub_mchid: SubMchId<'_>) -> Unsigned {
    let (call, kind, number) = match order {
        OrderRef::Transaction(id) => (Call::QueryById, "id", id.as_str()),
        OrderRef::Merchant(number) => (Call::QueryByNumber, "out-trade-no", number.as_str()),
    };
    let base = transactions(sub_mchid);
    Unsigned::get(
        call,
        format!(
            "{base}/{kind}/{}?{}",
            percent(number),
            merchants(mchid, sub_mchid)
        ),
    )
}

/// 关闭订单; success is a 204 without body.
#[must_use]
pub fn close_order(out_trade_no: &str, mchid: &str, sub_mchid: SubMchId<'_>) -> Unsigned {
    let base = transactions(sub_mchid);
    let body = if sub_mchid.is_empty() {
        json!({ "mchid": mchid })
    } else {
        json!({ "sp_mchid": mchid, "sub_mchid": sub_mchid })
    };
    Unsigned {
        call: Call::Close,
        method: "POST",
        target: format!("{base}/out-trade-no/{}/close", percent(out_trade_no)),
        body: body.to_string().into_bytes(),
    }
}

/// 申请退款.
#[must_use]
pub fn refund(refund: &NewRefund, sub_mchid: SubMchId<'_>) -> Unsigned {
    let mut body = serde_json::Map::new();
    let mut put = |name: &str, value: &str| {
        if !value.is_empty() {
            body.insert(name.to_owned(), value.into());
        }
    };
    put("sub_mchid", sub_mchid);
    match &refund.order {
        OrderRef::Transaction(id) => put("transaction_id", id.as_str()),
        OrderRef::Merchant(number) => put("out_trade_no", number.as_str()),
    }
    put("out_refund_no", refund.out_refund_no.as_str());
    put("reason", &refund.reason);
    put("notify_url", &refund.notify_url);
    put("funds_account", &refund.account);
    body.insert(
        "amount".to_owned(),
        json!({ "refund": refund.refund_fee.get(), "total": refund.total_fee.get(), "currency": "CNY" }),
    );
    Unsigned {
        call: Call::Refund,
        method: "POST",
        target: "/v3/refund/domestic/refunds".to_owned(),
        body: serde_json::Value::Object(body).to_string().into_bytes(),
    }
}

/// 查询单笔退款.
#[must_use]
pub fn query_refund(out_refund_no: &str, sub_mchid: SubMchId<'_>) -> Unsigned {
    let query = if sub_mchid.is_empty() {
        String::new()
    } else {
        format!("?sub_mchid={}", percent(sub_mchid))
    };
    Unsigned::get(
        Call::QueryRefund,
        format!(
            "/v3/refund/domestic/refunds/{}{query}",
            percent(out_refund_no)
        ),
    )
}

/// Where the money of an abnormal refund goes instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AbnormalRefundTo<'a> {
    /// `USER_BANK_CARD`: number and name encrypted for WeChat Pay's key that the request names.
    CustomerCard {
        /// 开户银行, such as `ICBC_DEBIT`.
        bank_type: &'a str,
        /// 收款银行卡号, encrypted.
        sealed_account: &'a str,
        /// 收款用户姓名, encrypted.
        sealed_name: &'a str,
    },
    /// `MERCHANT_BANK_CARD`.
    MerchantAccount,
}

/// 发起异常退款: for a refund in state ABNORMAL, under the numbers that it has.
#[must_use]
pub fn abnormal_refund(
    refund_id: &str,
    out_refund_no: &str,
    to: AbnormalRefundTo<'_>,
    sub_mchid: SubMchId<'_>,
) -> Unsigned {
    let mut body = json!({ "out_refund_no": out_refund_no });
    let fields = body.as_object_mut();
    if let Some(fields) = fields {
        let mut put = |name: &str, value: &str| fields.insert(name.to_owned(), value.into());
        if !sub_mchid.is_empty() {
            put("sub_mchid", sub_mchid);
        }
        match to {
            AbnormalRefundTo::CustomerCard {
                bank_type,
                sealed_account,
                sealed_name,
            } => {
                put("type", "USER_BANK_CARD");
                put("bank_type", bank_type);
                put("bank_account", sealed_account);
                put("real_name", sealed_name);
            }
            AbnormalRefundTo::MerchantAccount => {
                put("type", "MERCHANT_BANK_CARD");
            }
        }
    }
    Unsigned {
        call: Call::AbnormalRefund,
        method: "POST",
        target: format!(
            "/v3/refund/domestic/refunds/{}/apply-abnormal-refund",
            percent(refund_id)
        ),
        body: body.to_string().into_bytes(),
    }
}

/// 申请交易账单; `bill_type` is `ALL`, `SUCCESS` or `REFUND`.
#[must_use]
pub fn trade_bill(day: BillDate, bill_type: &str, sub_mchid: SubMchId<'_>) -> Unsigned {
    let mut target = format!("/v3/bill/tradebill?bill_date={day}&bill_type={bill_type}");
    if !sub_mchid.is_empty() {
        target.push_str("&sub_mchid=");
        target.push_str(&percent(sub_mchid));
    }
    target.push_str("&tar_type=GZIP");
    Unsigned::get(Call::TradeBill, target)
}

/// 申请资金账单; `account_type` is `BASIC`, `OPERATION` or `FEES`.
#[must_use]
pub fn fund_flow_bill(day: BillDate, account_type: &str) -> Unsigned {
    Unsigned::get(
        Call::FundFlowBill,
        format!("/v3/bill/fundflowbill?bill_date={day}&account_type={account_type}&tar_type=GZIP"),
    )
}

/// 申请单个子商户资金账单: in parts, each sealed; asked for unpacked, so that its digest is that of what is opened.
#[must_use]
pub fn sub_fund_flow_bill(day: BillDate, account_type: &str, sub_mchid: &str) -> Unsigned {
    let sub = percent(sub_mchid);
    Unsigned::get(
        Call::FundFlowBill,
        format!(
            "/v3/bill/sub-merchant-fundflowbill?sub_mchid={sub}&bill_date={day}&account_type={account_type}&algorithm=AEAD_AES_256_GCM"
        ),
    )
}

/// 下载账单 at the address an application gave; `None` when it is not an address of the API.
///
/// Only path and query are used; the host stays the profile's, so that no answer can send the signed request elsewhere.
#[must_use]
pub fn download(download_url: &str) -> Option<Unsigned> {
    let rest = download_url
        .strip_prefix("https://")
        .or_else(|| download_url.strip_prefix("http://"))?;
    let target = rest.get(rest.find('/')?..)?;
    let harmless = target
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && byte != b'#');
    (harmless && target.starts_with("/v3/") && target.len() <= 2048)
        .then(|| Unsigned::get(Call::Download, target.to_owned()))
}

/// 下载平台证书.
#[must_use]
pub fn certificates() -> Unsigned {
    Unsigned::get(Call::Certificates, "/v3/certificates".to_owned())
}

const fn transactions(sub_mchid: &str) -> &'static str {
    if sub_mchid.is_empty() {
        "/v3/pay/transactions"
    } else {
        "/v3/pay/partner/transactions"
    }
}

fn merchants(mchid: &str, sub_mchid: &str) -> String {
    if sub_mchid.is_empty() {
        format!("mchid={}", percent(mchid))
    } else {
        format!(
            "sp_mchid={}&sub_mchid={}",
            percent(mchid),
            percent(sub_mchid)
        )
    }
}

/// Percent-encodes everything but unreserved characters; the legal characters `|` `*` `@` of numbers need it.
#[must_use]
pub fn percent(text: &str) -> String {
    const HEX: [u8; 16] = *b"0123456789ABCDEF";
    let digit = |n: u8| char::from(HEX.get(usize::from(n)).copied().unwrap_or(b'0'));
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(digit(byte >> 4));
            out.push(digit(byte & 15));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use recondesk_domain::{OutTradeNo, TransactionId};

    #[test]
    fn legal_but_awkward_numbers_are_percent_encoded() {
        let order = OrderRef::Merchant(OutTradeNo::new("A|1*@-_").unwrap());
        assert_eq!(
            query_order(&order, "1900000109", "").target,
            "/v3/pay/transactions/out-trade-no/A%7C1%2A%40-_?mchid=1900000109"
        );
        let order = OrderRef::Transaction(TransactionId::new("42").unwrap());
        assert_eq!(
            query_order(&order, "1", "2").target,
            "/v3/pay/partner/transactions/id/42?sp_mchid=1&sub_mchid=2"
        );
    }

    #[test]
    fn a_download_address_cannot_lead_elsewhere() {
        let good =
            download("https://api.mch.weixin.qq.com/v3/billdownload/file?token=x&tartype=gzip");
        assert_eq!(
            good.unwrap().target,
            "/v3/billdownload/file?token=x&tartype=gzip"
        );
        for bad in [
            "https://evil.example/x",
            "/v3/x",
            "https://h/v3/a b",
            "https://h/v3/\r\nX: y",
            "file:///v3/x",
        ] {
            assert_eq!(download(bad), None, "{bad}");
        }
    }
}
