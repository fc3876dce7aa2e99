//! The calls of APIv2 this program knows: path, certificate, whether repeating is safe, size of answers.

use recondesk_domain::Term;

/// A call of APIv2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Endpoint {
    /// 统一下单.
    UnifiedOrder,
    /// 查询订单.
    OrderQuery,
    /// 关闭订单.
    CloseOrder,
    /// 申请退款.
    Refund,
    /// 查询退款.
    RefundQuery,
    /// 下载交易账单.
    DownloadBill,
    /// 下载资金账单.
    DownloadFundFlow,
}

impl Endpoint {
    /// All of them, in the order of the documents.
    pub const ALL: [Self; 7] = [
        Self::UnifiedOrder,
        Self::OrderQuery,
        Self::CloseOrder,
        Self::Refund,
        Self::RefundQuery,
        Self::DownloadBill,
        Self::DownloadFundFlow,
    ];

    /// Path below the gateway's address.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::UnifiedOrder => "/pay/unifiedorder",
            Self::OrderQuery => "/pay/orderquery",
            Self::CloseOrder => "/pay/closeorder",
            Self::Refund => "/secapi/pay/refund",
            Self::RefundQuery => "/pay/refundquery",
            Self::DownloadBill => "/pay/downloadbill",
            Self::DownloadFundFlow => "/pay/downloadfundflow",
        }
    }

    /// The call behind a path.
    #[must_use]
    pub fn from_path(path: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|call| call.path() == path)
    }

    /// The word used by the command line and in files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::UnifiedOrder => "unifiedorder",
            Self::OrderQuery => "orderquery",
            Self::CloseOrder => "closeorder",
            Self::Refund => "refund",
            Self::RefundQuery => "refundquery",
            Self::DownloadBill => "downloadbill",
            Self::DownloadFundFlow => "downloadfundflow",
        }
    }

    /// Its name for people.
    #[must_use]
    pub const fn name(self) -> Term {
        match self {
            Self::UnifiedOrder => Term::new("统一下单", "Create order"),
            Self::OrderQuery => Term::new("查询订单", "Query order"),
            Self::CloseOrder => Term::new("关闭订单", "Close order"),
            Self::Refund => Term::new("申请退款", "Refund"),
            Self::RefundQuery => Term::new("查询退款", "Query refund"),
            Self::DownloadBill => Term::new("下载交易账单", "Download trade bill"),
            Self::DownloadFundFlow => Term::new("下载资金账单", "Download fund-flow bill"),
        }
    }

    /// True when the call demands the merchant's certificate.
    #[must_use]
    pub const fn needs_certificate(self) -> bool {
        matches!(self, Self::Refund | Self::DownloadFundFlow)
    }

    /// True when money moves.
    #[must_use]
    pub const fn moves_money(self) -> bool {
        matches!(self, Self::Refund)
    }

    /// True when the very same request may be sent again without asking.
    ///
    /// A refund repeated with the same number is the same refund, but a person decides about money.
    #[must_use]
    pub const fn may_repeat(self) -> bool {
        !matches!(self, Self::Refund | Self::UnifiedOrder | Self::CloseOrder)
    }

    /// True when HMAC-SHA256 is the only signature accepted.
    #[must_use]
    pub const fn hmac_only(self) -> bool {
        matches!(self, Self::DownloadFundFlow)
    }

    /// Largest answer that makes sense.
    #[must_use]
    pub const fn max_answer_bytes(self) -> u64 {
        match self {
            Self::DownloadBill | Self::DownloadFundFlow => 2 << 30,
            Self::UnifiedOrder
            | Self::OrderQuery
            | Self::CloseOrder
            | Self::Refund
            | Self::RefundQuery => 1 << 20,
        }
    }
}
