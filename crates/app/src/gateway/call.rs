//! The calls of WeChat Pay in one vocabulary, whichever API carries them.

use recondesk_domain::Term;
use wechatpay_codec::v2::Endpoint;
use wechatpay_codec::v3::api;

/// What is asked of WeChat Pay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PaymentCall {
    /// 下单.
    Order,
    /// 查询订单.
    OrderQuery,
    /// 关闭订单.
    CloseOrder,
    /// 合单查询订单 (APIv3 only).
    CombinedQuery,
    /// 合单关闭订单 (APIv3 only).
    CombinedClose,
    /// 申请退款.
    Refund,
    /// 查询退款.
    RefundQuery,
    /// 发起异常退款 (APIv3 only).
    AbnormalRefund,
    /// 交易账单: with APIv2 the bill itself, with APIv3 its address and digest.
    TradeBill,
    /// 资金账单, likewise.
    FundFlowBill,
    /// 下载账单 at the address that APIv3 gave.
    BillFile,
    /// 下载平台证书 (APIv3 only).
    Certificates,
}

impl PaymentCall {
    /// The stable word of history and scripts.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Order => "unifiedorder",
            Self::OrderQuery => "orderquery",
            Self::CloseOrder => "closeorder",
            Self::CombinedQuery => "combinequery",
            Self::CombinedClose => "combineclose",
            Self::Refund => "refund",
            Self::RefundQuery => "refundquery",
            Self::AbnormalRefund => "abnormalrefund",
            Self::TradeBill => "downloadbill",
            Self::FundFlowBill => "downloadfundflow",
            Self::BillFile => "billfile",
            Self::Certificates => "certificates",
        }
    }

    /// The call that this word names.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        let all = [
            Self::Order,
            Self::OrderQuery,
            Self::CloseOrder,
            Self::Refund,
            Self::RefundQuery,
            Self::AbnormalRefund,
            Self::TradeBill,
            Self::FundFlowBill,
            Self::BillFile,
            Self::Certificates,
        ];
        all.into_iter().find(|call| call.word() == word)
    }

    /// Its name for people.
    #[must_use]
    pub const fn name(self) -> Term {
        match self {
            Self::Order => Term::new("下单", "Create order"),
            Self::OrderQuery => Term::new("查询订单", "Query order"),
            Self::CloseOrder => Term::new("关闭订单", "Close order"),
            Self::CombinedQuery => Term::new("合单查询", "Query combined order"),
            Self::CombinedClose => Term::new("合单关单", "Close combined order"),
            Self::Refund => Term::new("申请退款", "Refund"),
            Self::RefundQuery => Term::new("查询退款", "Query refund"),
            Self::AbnormalRefund => Term::new("发起异常退款", "Refund to another account"),
            Self::TradeBill => Term::new("申请交易账单", "Trade bill"),
            Self::FundFlowBill => Term::new("申请资金账单", "Fund-flow bill"),
            Self::BillFile => Term::new("下载账单", "Download a bill"),
            Self::Certificates => Term::new("下载平台证书", "Platform certificates"),
        }
    }
}

impl From<Endpoint> for PaymentCall {
    fn from(endpoint: Endpoint) -> Self {
        match endpoint {
            Endpoint::UnifiedOrder => Self::Order,
            Endpoint::OrderQuery => Self::OrderQuery,
            Endpoint::CloseOrder => Self::CloseOrder,
            Endpoint::Refund => Self::Refund,
            Endpoint::RefundQuery => Self::RefundQuery,
            Endpoint::DownloadBill => Self::TradeBill,
            Endpoint::DownloadFundFlow => Self::FundFlowBill,
        }
    }
}

impl From<api::Call> for PaymentCall {
    fn from(call: api::Call) -> Self {
        match call {
            api::Call::Order(_) => Self::Order,
            api::Call::QueryById | api::Call::QueryByNumber => Self::OrderQuery,
            api::Call::Close => Self::CloseOrder,
            api::Call::QueryCombined => Self::CombinedQuery,
            api::Call::CloseCombined => Self::CombinedClose,
            api::Call::Refund => Self::Refund,
            api::Call::QueryRefund => Self::RefundQuery,
            api::Call::AbnormalRefund => Self::AbnormalRefund,
            api::Call::TradeBill => Self::TradeBill,
            api::Call::FundFlowBill => Self::FundFlowBill,
            api::Call::Download => Self::BillFile,
            api::Call::Certificates => Self::Certificates,
        }
    }
}
