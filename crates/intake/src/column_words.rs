//! The canonical columns in the words of people.

use recondesk_domain::Term;

use super::Column;

impl Column {
    /// What a person calls it; [`Column::name`] is the key of a mapping.
    #[must_use]
    pub const fn term(self) -> Term {
        match self {
            Self::OutTradeNo => Term::new("商户订单号", "Order no."),
            Self::OrderNo => Term::new("业务单号", "Business no."),
            Self::Amount => Term::new("金额", "Amount"),
            Self::Currency => Term::new("币种", "Currency"),
            Self::Channel => Term::new("支付方式", "Means of payment"),
            Self::PayStatus => Term::new("支付状态", "Payment status"),
            Self::CreatedAt => Term::new("创建时间", "Created at"),
            Self::PaidAt => Term::new("支付时间", "Paid at"),
            Self::ClosedAt => Term::new("关闭时间", "Closed at"),
            Self::Void => Term::new("是否作废", "Cancelled"),
            Self::FulfilStatus => Term::new("发货状态", "Fulfilment"),
            Self::FulfilledAt => Term::new("发货时间", "Fulfilled at"),
            Self::TransactionId => Term::new("微信订单号", "WeChat no."),
            Self::Appid => Term::new("appid", "appid"),
            Self::MchId => Term::new("商户号", "Merchant no."),
            Self::SubMchid => Term::new("子商户号", "Sub-merchant"),
            Self::Direction => Term::new("收支方向", "Direction"),
            Self::TradeType => Term::new("交易类型", "Trade type"),
            Self::Openid => Term::new("openid", "openid"),
            Self::Goods => Term::new("商品", "Goods"),
            Self::Attach => Term::new("附加数据", "Attach"),
            Self::RefundNo => Term::new("订单行退款单号", "Refund no. (order)"),
            Self::RefundAmount => Term::new("已退金额", "Refunded"),
            Self::RefundStatus => Term::new("订单行退款状态", "Refund status (order)"),
            Self::RefundAt => Term::new("退款时间", "Refunded at"),
            Self::RefundChannel => Term::new("退款方式", "Refunded by"),
            Self::OutRefundNo => Term::new("商户退款单号", "Refund no."),
            Self::RefundId => Term::new("微信退款单号", "WeChat refund no."),
            Self::Status => Term::new("退款状态", "Refund status"),
            Self::RequestedAt => Term::new("申请时间", "Requested at"),
            Self::SucceededAt => Term::new("成功时间", "Succeeded at"),
        }
    }
}
