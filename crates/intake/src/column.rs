//! The canonical columns of merchant files.

use serde::{Deserialize, Serialize};

use super::RecordKind;

/// A canonical column of the merchant book; its serde name is the name in files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Column {
    /// The number sent to WeChat Pay (both kinds of file).
    OutTradeNo,
    /// The business order.
    OrderNo,
    /// Order amount, or the amount of a refund.
    Amount,
    /// Currency, CNY where absent.
    Currency,
    /// Means of payment: rows of others than WeChat Pay are left out.
    Channel,
    /// Canonical payment status.
    PayStatus,
    /// When the order was created.
    CreatedAt,
    /// When the payment was booked.
    PaidAt,
    /// When it was closed.
    ClosedAt,
    /// Whether the order was cancelled, as a flag.
    Void,
    /// Canonical fulfilment status.
    FulfilStatus,
    /// When it was delivered.
    FulfilledAt,
    /// WeChat Pay's order number.
    TransactionId,
    /// App id.
    Appid,
    /// Merchant: rows of others are left to them.
    MchId,
    /// Sub-merchant.
    SubMchid,
    /// Which way the money went: rows of money that went back are no orders and left out.
    Direction,
    /// Trade type, shown only; one that says refund is as a direction.
    TradeType,
    /// Customer, shown only.
    Openid,
    /// Goods, shown only.
    Goods,
    /// Attach, shown only.
    Attach,
    /// Refund number on an order row.
    RefundNo,
    /// Refund amount on an order row.
    RefundAmount,
    /// Refund status on an order row.
    RefundStatus,
    /// Time of the refund on an order row.
    RefundAt,
    /// By which means the refund of an order went back.
    RefundChannel,
    /// Refund number of a refunds file.
    OutRefundNo,
    /// WeChat Pay's refund number.
    RefundId,
    /// Canonical refund status of a refunds file.
    Status,
    /// When the refund was asked for.
    RequestedAt,
    /// When the refund succeeded.
    SucceededAt,
}

impl Column {
    /// How many columns there are.
    pub const COUNT: usize = 31;

    /// Every column, in the order of the documents.
    pub const ALL: [Self; Self::COUNT] = [
        Self::OutTradeNo,
        Self::OrderNo,
        Self::Amount,
        Self::Currency,
        Self::Channel,
        Self::PayStatus,
        Self::CreatedAt,
        Self::PaidAt,
        Self::ClosedAt,
        Self::Void,
        Self::FulfilStatus,
        Self::FulfilledAt,
        Self::TransactionId,
        Self::Appid,
        Self::MchId,
        Self::SubMchid,
        Self::Direction,
        Self::TradeType,
        Self::Openid,
        Self::Goods,
        Self::Attach,
        Self::RefundNo,
        Self::RefundAmount,
        Self::RefundStatus,
        Self::RefundAt,
        Self::RefundChannel,
        Self::OutRefundNo,
        Self::RefundId,
        Self::Status,
        Self::RequestedAt,
        Self::SucceededAt,
    ];

    /// The canonical header.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::OutTradeNo => "out_trade_no",
            Self::OrderNo => "order_no",
            Self::Amount => "amount",
            Self::Currency => "currency",
            Self::Channel => "channel",
            Self::PayStatus => "pay_status",
            Self::CreatedAt => "created_at",
            Self::PaidAt => "paid_at",
            Self::ClosedAt => "closed_at",
            Self::Void => "void",
            Self::FulfilStatus => "fulfil_status",
            Self::FulfilledAt => "fulfilled_at",
            Self::TransactionId => "transaction_id",
            Self::Appid => "appid",
            Self::MchId => "mch_id",
            Self::SubMchid => "sub_mchid",
            Self::Direction => "direction",
            Self::TradeType => "trade_type",
            Self::Openid => "openid",
            Self::Goods => "goods",
            Self::Attach => "attach",
            Self::RefundNo => "refund_no",
            Self::RefundAmount => "refund_amount",
            Self::RefundStatus => "refund_status",
            Self::RefundAt => "refund_at",
            Self::RefundChannel => "refund_channel",
            Self::OutRefundNo => "out_refund_no",
            Self::RefundId => "refund_id",
            Self::Status => "status",
            Self::RequestedAt => "requested_at",
            Self::SucceededAt => "succeeded_at",
        }
    }

    /// True for columns that hold a time.
    #[must_use]
    pub const fn is_time(self) -> bool {
        matches!(
            self,
            Self::CreatedAt
                | Self::PaidAt
                | Self::ClosedAt
                | Self::FulfilledAt
                | Self::RefundAt
                | Self::RequestedAt
                | Self::SucceededAt
        )
    }

    /// True where a file of this kind may have the column.
    #[must_use]
    pub const fn belongs_to(self, kind: RecordKind) -> bool {
        match kind {
            RecordKind::Orders => !matches!(
                self,
                Self::OutRefundNo
                    | Self::RefundId
                    | Self::Status
                    | Self::RequestedAt
                    | Self::SucceededAt
            ),
            RecordKind::Refunds => matches!(
                self,
                Self::OutTradeNo
                    | Self::Amount
                    | Self::Channel
                    | Self::MchId
                    | Self::TradeType
                    | Self::OutRefundNo
                    | Self::RefundId
                    | Self::Status
                    | Self::RequestedAt
                    | Self::SucceededAt
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_columns_are_their_serde_names() {
        for column in Column::ALL {
            let json = serde_json::to_string(&column).unwrap();
            assert_eq!(json, format!("\"{}\"", column.name()));
            assert_eq!(Column::ALL[column as usize], column);
        }
    }
}
