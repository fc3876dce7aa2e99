//! Requests of APIv3 with method, address and body prefilled, in the order of the documents.

use super::paste::HttpPart;
use crate::v3::Authorization;
use crate::v3::api::percent;
use recondesk_domain::{Instant, MerchantProfile, Term};

/// The host that a template names.
const HOST: &str = "api.mch.weixin.qq.com";

/// A request of APIv3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TemplateV3 {
    /// 下单, official account or mini program.
    Jsapi,
    /// 下单, app.
    App,
    /// 下单, code to scan.
    Native,
    /// 下单, mobile browser.
    H5,
    /// 查询订单 by WeChat Pay's number.
    QueryById,
    /// 查询订单 by the merchant's number.
    QueryByNumber,
    /// 关闭订单.
    Close,
    /// 申请退款.
    Refund,
    /// 查询退款.
    QueryRefund,
    /// 申请交易账单.
    TradeBill,
    /// 申请资金账单.
    FundFlowBill,
    /// 平台证书.
    Certificates,
    /// Anything.
    Free,
}

impl TemplateV3 {
    /// All of them, in the order of the list.
    pub const ALL: [Self; 13] = [
        Self::Jsapi,
        Self::App,
        Self::Native,
        Self::H5,
        Self::QueryById,
        Self::QueryByNumber,
        Self::Close,
        Self::Refund,
        Self::QueryRefund,
        Self::TradeBill,
        Self::FundFlowBill,
        Self::Certificates,
        Self::Free,
    ];

    /// What it is called.
    #[must_use]
    pub const fn name(self) -> Term {
        match self {
            Self::Jsapi => Term::new("v3 下单 JSAPI、小程序", "v3 order, JSAPI and mini program"),
            Self::App => Term::new("v3 下单 APP", "v3 order, app"),
            Self::Native => Term::new("v3 下单 NATIVE", "v3 order, code to scan"),
            Self::H5 => Term::new("v3 下单 H5", "v3 order, mobile browser"),
            Self::QueryById => Term::new("v3 查询订单 微信单号", "v3 query by WeChat number"),
            Self::QueryByNumber => Term::new("v3 查询订单 商户单号", "v3 query by merchant number"),
            Self::Close => Term::new("v3 关闭订单", "v3 close order"),
            Self::Refund => Term::new("v3 申请退款", "v3 refund"),
            Self::QueryRefund => Term::new("v3 查询退款", "v3 query refund"),
            Self::TradeBill => Term::new("v3 申请交易账单", "v3 trade bill"),
            Self::FundFlowBill => Term::new("v3 申请资金账单", "v3 fund-flow bill"),
            Self::Certificates => Term::new("v3 下载平台证书", "v3 platform certificates"),
            Self::Free => Term::new("v3 自由填写", "v3 free form"),
        }
    }

    /// The request with what is known filled in; `{…}` stands where a person must write, as in the documents.
    #[must_use]
    pub fn prefill(self, profile: &MerchantProfile, now: Instant) -> HttpPart {
        let mchid = percent(&profile.mch_id);
        let day = now.day().prev();
        let orders = "/v3/pay/transactions";
        let (method, target) = match self {
            Self::Jsapi => ("POST", format!("{orders}/jsapi")),
            Self::App => ("POST", format!("{orders}/app")),
            Self::Native => ("POST", format!("{orders}/native")),
            Self::H5 => ("POST", format!("{orders}/h5")),
            Self::QueryById => (
                "GET",
                format!("{orders}/id/{{transaction_id}}?mchid={mchid}"),
            ),
            Self::QueryByNumber => (
                "GET",
                format!("{orders}/out-trade-no/{{out_trade_no}}?mchid={mchid}"),
            ),
            Self::Close => (
                "POST",
                format!("{orders}/out-trade-no/{{out_trade_no}}/close"),
            ),
            Self::Refund => ("POST", "/v3/refund/domestic/refunds".to_owned()),
            Self::QueryRefund => (
                "GET",
                "/v3/refund/domestic/refunds/{out_refund_no}".to_owned(),
            ),
            Self::TradeBill => (
                "GET",
                format!("/v3/bill/tradebill?bill_date={day}&bill_type=ALL&tar_type=GZIP"),
            ),
            Self::FundFlowBill => (
                "GET",
                format!("/v3/bill/fundflowbill?bill_date={day}&account_type=BASIC&tar_type=GZIP"),
            ),
            Self::Certificates => ("GET", "/v3/certificates".to_owned()),
            Self::Free => ("GET", "/v3/".to_owned()),
        };
        let known = Authorization {
            mchid: profile.mch_id.clone(),
            serial: profile.cert_serial.clone(),
            ..Authorization::default()
        };
        HttpPart {
            method: method.to_owned(),
            host: HOST.to_owned(),
            target,
            headers: vec![("Authorization".to_owned(), known.header())],
            body: self.body(profile).into_bytes(),
        }
    }

    fn body(self, profile: &MerchantProfile) -> String {
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        let mchid = quoted(&profile.mch_id);
        let own = match self {
            Self::Jsapi => r#","payer":{"openid":""}"#,
            Self::H5 => r#","scene_info":{"payer_client_ip":"","h5_info":{"type":"Wap"}}"#,
            Self::App | Self::Native => "",
            Self::Close => return format!(r#"{{"mchid":{mchid}}}"#),
            Self::Refund => {
                return r#"{"out_trade_no":"","out_refund_no":"","reason":"","amount":{"refund":1,"total":1,"currency":"CNY"}}"#.to_owned();
            }
            Self::QueryById
            | Self::QueryByNumber
            | Self::QueryRefund
            | Self::TradeBill
            | Self::FundFlowBill
            | Self::Certificates
            | Self::Free => return String::new(),
        };
        let appid = quoted(profile.appids.first().map_or("", String::as_str));
        let notify = quoted(&profile.notify_url);
        format!(
            r#"{{"appid":{appid},"mchid":{mchid},"description":"","out_trade_no":"","notify_url":{notify},"amount":{{"total":1,"currency":"CNY"}}{own}}}"#
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_is_a_request_with_a_readable_body() {
        let mut profile = MerchantProfile::new("青禾", "1900009851");
        profile.appids.push("wx\"1".to_owned());
        profile.cert_serial = "5A3B".to_owned();
        let now = Instant::parse_beijing("2026-03-08 10:00:00").unwrap();
        for template in TemplateV3::ALL {
            let http = template.prefill(&profile, now);
            assert!(http.target.starts_with("/v3/"), "{template:?}");
            assert_eq!(http.method == "GET", http.body.is_empty(), "{template:?}");
            if !http.body.is_empty() {
                serde_json::from_slice::<serde_json::Value>(&http.body).unwrap();
            }
            let header = Authorization::parse(http.header("Authorization").unwrap()).unwrap();
            assert_eq!((&*header.mchid, &*header.serial), ("1900009851", "5A3B"));
        }
        let bill = TemplateV3::TradeBill.prefill(&profile, now);
        assert_eq!(
            bill.target,
            "/v3/bill/tradebill?bill_date=2026-03-07&bill_type=ALL&tar_type=GZIP"
        );
        let order = TemplateV3::Jsapi.prefill(&profile, now);
        let body: serde_json::Value = serde_json::from_slice(&order.body).unwrap();
        assert_eq!(body["appid"], "wx\"1");
        assert_eq!(body["amount"]["total"], 1);
    }
}
