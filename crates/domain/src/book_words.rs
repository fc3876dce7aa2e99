//! The states of orders and refunds in the words of people; the canonical words stand in files and formats.

use super::{FulfilStatus, PayStatus, RefundStatus, Term};

impl PayStatus {
    /// What a person reads.
    #[must_use]
    pub const fn term(self) -> Term {
        match self {
            Self::Created => Term::new("未付款", "not paid"),
            Self::Paying => Term::new("支付中", "being paid"),
            Self::Paid => Term::new("已付款", "paid"),
            Self::Failed => Term::new("支付失败", "failed"),
            Self::Closed => Term::new("已关单", "closed"),
            Self::Refunded => Term::new("已退款", "refunded"),
            Self::Unknown => Term::new("未知", "unknown"),
        }
    }
}

impl FulfilStatus {
    /// What a person reads.
    #[must_use]
    pub const fn term(self) -> Term {
        match self {
            Self::Pending => Term::new("未发货", "not delivered"),
            Self::Fulfilled => Term::new("已发货", "delivered"),
            Self::Failed => Term::new("发货失败", "delivery failed"),
            Self::NotRequired => Term::new("无需发货", "nothing to deliver"),
            Self::NotKnown => Term::new("发货不详", "delivery not known"),
        }
    }
}

impl RefundStatus {
    /// What a person reads.
    #[must_use]
    pub const fn term(self) -> Term {
        match self {
            Self::Processing => Term::new("退款中", "being refunded"),
            Self::Success => Term::new("退款成功", "refunded"),
            Self::Closed => Term::new("退款关闭", "refund closed"),
            Self::Abnormal => Term::new("退款异常", "refund abnormal"),
        }
    }
}
