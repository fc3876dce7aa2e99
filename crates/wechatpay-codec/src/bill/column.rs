//! The columns a trade bill can have, and every name they go by in documents and real files.
//!
//! Order and number of columns differ per bill type and per age of the merchant, so columns are found by name only.

use serde::{Serialize, Serializer};

use super::script::simplified;

/// A column of a trade bill, in the order of the widest documented layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum BillColumn {
    /// 交易时间.
    Time,
    /// 公众账号ID.
    AppId,
    /// 商户号.
    MchId,
    /// 特约商户号, legacy 子商户号.
    SubMchId,
    /// 设备号, merchant text.
    Device,
    /// 微信订单号.
    TransactionId,
    /// 商户订单号.
    OutTradeNo,
    /// 用户标识.
    OpenId,
    /// 交易类型.
    TradeType,
    /// 交易状态.
    State,
    /// 付款银行.
    Bank,
    /// 货币种类.
    Currency,
    /// 应结订单金额, legacy 总金额.
    Settled,
    /// 代金券金额.
    Coupon,
    /// 退款申请时间, only in REFUND bills.
    RefundRequested,
    /// 退款成功时间, only in REFUND bills.
    RefundSucceeded,
    /// 微信退款单号.
    RefundId,
    /// 商户退款单号.
    OutRefundNo,
    /// 退款金额, the part that counts for fees.
    Refunded,
    /// 充值券退款金额.
    RefundCoupon,
    /// 退款类型.
    RefundType,
    /// 退款状态.
    RefundState,
    /// 商品名称, merchant text.
    Goods,
    /// 商户数据包, merchant text.
    Attach,
    /// 手续费; 返还手续费 in RECHARGE_REFUND bills.
    Fee,
    /// 费率.
    Rate,
    /// 订单金额.
    Amount,
    /// 申请退款金额.
    RefundAsked,
    /// 费率备注.
    RateNote,
}

impl BillColumn {
    /// Number of columns.
    pub const COUNT: usize = 29;

    /// All columns, in the order of the widest layout.
    pub const ALL: [Self; Self::COUNT] = [
        Self::Time,
        Self::AppId,
        Self::MchId,
        Self::SubMchId,
        Self::Device,
        Self::TransactionId,
        Self::OutTradeNo,
        Self::OpenId,
        Self::TradeType,
        Self::State,
        Self::Bank,
        Self::Currency,
        Self::Settled,
        Self::Coupon,
        Self::RefundRequested,
        Self::RefundSucceeded,
        Self::RefundId,
        Self::OutRefundNo,
        Self::Refunded,
        Self::RefundCoupon,
        Self::RefundType,
        Self::RefundState,
        Self::Goods,
        Self::Attach,
        Self::Fee,
        Self::Rate,
        Self::Amount,
        Self::RefundAsked,
        Self::RateNote,
    ];

    /// Every name of the column, the current one first.
    #[must_use]
    pub const fn names(self) -> &'static [&'static str] {
        match self {
            Self::Time => &["交易时间"],
            Self::AppId => &["公众账号ID", "服务商的APPID"],
            Self::MchId => &["商户号"],
            Self::SubMchId => &["特约商户号", "子商户号"],
            Self::Device => &["设备号"],
            Self::TransactionId => &["微信订单号"],
            Self::OutTradeNo => &["商户订单号"],
            Self::OpenId => &["用户标识"],
            Self::TradeType => &["交易类型"],
            Self::State => &["交易状态"],
            Self::Bank => &["付款银行"],
            Self::Currency => &["货币种类"],
            Self::Settled => &["应结订单金额", "总金额"],
            Self::Coupon => &["代金券金额", "代金券或立减优惠金额", "企业红包金额"],
            Self::RefundRequested => &["退款申请时间"],
            Self::RefundSucceeded => &["退款成功时间"],
            Self::RefundId => &["微信退款单号"],
            Self::OutRefundNo => &["商户退款单号"],
            Self::Refunded => &["退款金额"],
            Self::RefundCoupon => &[
                "充值券退款金额",
                "代金券或立减优惠退款金额",
                "企业红包退款金额",
            ],
            Self::RefundType => &["退款类型"],
            Self::RefundState => &["退款状态"],
            Self::Goods => &["商品名称"],
            Self::Attach => &["商户数据包"],
            Self::Fee => &["手续费", "返还手续费"],
            Self::Rate => &["费率"],
            Self::Amount => &["订单金额"],
            Self::RefundAsked => &["申请退款金额"],
            Self::RateNote => &["费率备注"],
        }
    }

    /// The current name, as the documents print it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self.names() {
            [first, ..] => first,
            [] => "",
        }
    }

    /// The column of a header cell, in simplified or traditional characters.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|column| column.names().contains(&simplified(name).as_ref()))
    }

    /// True for text that the merchant wrote and that may hold any separator.
    #[must_use]
    pub const fn is_free_text(self) -> bool {
        matches!(self, Self::Goods | Self::Attach)
    }
}

impl Serialize for BillColumn {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}
