//! The compact rows of the books: what the engine joins and the store keeps, one struct a row.
//!
//! Long text (goods, openid, attach, remarks) is not here; [`RowRef`] says where the raw row lies.

use super::{
    AppId, Fee, Fen, Instant, MchId, OrderNo, OutRefundNo, OutTradeNo, RefundId, Text, TradeType,
    TransactionId,
};

/// Where a row came from: the import it belongs to, its line and its first byte in the raw text.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    serde::Serialize,
    serde::Deserialize,
)]
pub struct RowRef {
    /// Number of the import in the workspace; 0 for rows that never were in a file.
    pub import: u32,
    /// Line in the uncompressed file (spreadsheets: row), counted from 1, the header included.
    pub line: u32,
    /// First byte of the row in the uncompressed file; 0 in spreadsheets.
    pub offset: u64,
}

impl RowRef {
    /// The place of a row that never was in a file.
    pub const NONE: Self = Self {
        import: 0,
        line: 0,
        offset: 0,
    };
}

/// State of a row of WeChat Pay's trade bill (交易状态).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum BillState {
    /// Paid.
    Success = 1,
    /// A refund row.
    Refund = 2,
    /// A code payment that was reversed.
    Revoked = 3,
    /// A word that this program does not know; types may be added at any time.
    Unknown = 255,
}

/// 退款状态 of a refund row: frozen when the bill was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum BillRefundState {
    /// Money returned.
    Success = 1,
    /// On its way.
    Processing = 2,
    /// Could not be returned.
    Fail = 3,
    /// Needs a person at the merchant platform.
    Change = 4,
    /// A word that this program does not know, or none.
    Unknown = 255,
}

/// A payment row (SUCCESS or REVOKED) of the WeChat book.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WPay {
    /// 商户订单号.
    pub out_trade_no: OutTradeNo,
    /// 微信订单号.
    pub transaction_id: TransactionId,
    /// 公众账号ID.
    pub appid: AppId,
    /// 特约商户号; empty for `0` and for ordinary merchants.
    pub sub_mch_id: MchId,
    /// 交易时间: when the payment succeeded.
    pub time: Instant,
    /// 交易类型.
    pub product: TradeType,
    /// 交易状态.
    pub state: BillState,
    /// True when 货币种类 is CNY.
    pub is_cny: bool,
    /// 订单金额 (legacy: 总金额).
    pub amount: Fen,
    /// 应结订单金额.
    pub settled: Fen,
    /// 代金券金额.
    pub coupon: Fen,
    /// 手续费.
    pub fee: Fee,
    /// 费率 in 10⁻⁴ of one per cent (`0.60%` is 6000); negative when absent or unreadable.
    pub rate: i32,
    /// Where the row lies.
    pub row: RowRef,
}

impl WPay {
    /// A row of nothing, to be filled.
    pub const NONE: Self = Self {
        out_trade_no: Text::EMPTY,
        transaction_id: Text::EMPTY,
        appid: Text::EMPTY,
        sub_mch_id: Text::EMPTY,
        time: Instant::from_unix(0),
        product: TradeType::NotKnown,
        state: BillState::Unknown,
        is_cny: true,
        amount: Fen::ZERO,
        settled: Fen::ZERO,
        coupon: Fen::ZERO,
        fee: Fee::ZERO,
        rate: 0,
        row: RowRef::NONE,
    };
}

/// A refund row of the WeChat book.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WRefund {
    /// 商户退款单号.
    pub out_refund_no: OutRefundNo,
    /// 微信退款单号.
    pub refund_id: RefundId,
    /// 商户订单号 of the original order.
    pub out_trade_no: OutTradeNo,
    /// 微信订单号 of the original order.
    pub transaction_id: TransactionId,
    /// 公众账号ID.
    pub appid: AppId,
    /// 特约商户号; empty for `0`.
    pub sub_mch_id: MchId,
    /// 交易时间: when the refund was accepted.
    pub time: Instant,
    /// 退款状态.
    pub state: BillRefundState,
    /// True when 货币种类 is CNY.
    pub is_cny: bool,
    /// 申请退款金额 (legacy: 退款金额).
    pub amount: Fen,
    /// 退款金额, the part that counts for fees.
    pub settled: Fen,
    /// 充值券退款金额.
    pub coupon: Fen,
    /// 手续费, negative when returned.
    pub fee: Fee,
    /// 费率, as in [`WPay::rate`].
    pub rate: i32,
    /// Where the row lies.
    pub row: RowRef,
}

impl WRefund {
    /// A row of nothing, to be filled.
    pub const NONE: Self = Self {
        out_refund_no: Text::EMPTY,
        refund_id: Text::EMPTY,
        out_trade_no: Text::EMPTY,
        transaction_id: Text::EMPTY,
        appid: Text::EMPTY,
        sub_mch_id: Text::EMPTY,
        time: Instant::from_unix(0),
        state: BillRefundState::Unknown,
        is_cny: true,
        amount: Fen::ZERO,
        settled: Fen::ZERO,
        coupon: Fen::ZERO,
        fee: Fee::ZERO,
        rate: 0,
        row: RowRef::NONE,
    };
}

/// `pay_status` of the merchant book.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum PayStatus {
    /// Paid, and a refund was asked for of which the file gives no sum.
    Refunding = 0,
    /// Ordered, nothing paid.
    Created = 1,
    /// The customer is paying.
    Paying = 2,
    /// Paid.
    Paid = 3,
    /// Payment failed.
    Failed = 4,
    /// Closed or expired.
    Closed = 5,
    /// Paid, and refunded since.
    Refunded = 6,
    /// The merchant does not know.
    Unknown = 7,
}

impl PayStatus {
    /// True when the merchant holds the order for paid (a refunded one was paid).
    #[must_use]
    pub const fn is_paid(self) -> bool {
        matches!(self, Self::Paid | Self::Refunding | Self::Refunded)
    }

    /// The canonical word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Refunding => "refunding",
            Self::Created => "created",
            Self::Paying => "paying",
            Self::Paid => "paid",
            Self::Failed => "failed",
            Self::Closed => "closed",
            Self::Refunded => "refunded",
            Self::Unknown => "unknown",
        }
    }

    /// Reads the canonical word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "refunding" => Self::Refunding,
            "created" => Self::Created,
            "paying" => Self::Paying,
            "paid" => Self::Paid,
            "failed" => Self::Failed,
            "closed" => Self::Closed,
            "refunded" => Self::Refunded,
            "unknown" => Self::Unknown,
            _ => return None,
        })
    }
}

/// `fulfil_status` of the merchant book.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum FulfilStatus {
    /// The file has no such column: P03 cannot be found.
    NotKnown = 0,
    /// Not delivered yet.
    Pending = 1,
    /// Delivered.
    Fulfilled = 2,
    /// Delivery failed.
    Failed = 3,
    /// Nothing to deliver.
    NotRequired = 4,
}

impl FulfilStatus {
    /// The canonical word; `not_known` has none in files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::NotKnown => "",
            Self::Pending => "pending",
            Self::Fulfilled => "fulfilled",
            Self::Failed => "failed",
            Self::NotRequired => "not_required",
        }
    }

    /// Reads the canonical word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "pending" => Self::Pending,
            "fulfilled" => Self::Fulfilled,
            "failed" => Self::Failed,
            "not_required" => Self::NotRequired,
            _ => return None,
        })
    }
}

/// An order of the merchant book, with the running total of its refunds where the file has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MOrder {
    /// The number sent to WeChat Pay.
    pub out_trade_no: OutTradeNo,
    /// The business order; equals `out_trade_no` where the file has none.
    pub order_no: OrderNo,
    /// `transaction_id`, empty where absent.
    pub transaction_id: TransactionId,
    /// `appid`, empty where absent.
    pub appid: AppId,
    /// `sub_mchid`, empty where absent.
    pub sub_mch_id: MchId,
    /// Order amount.
    pub amount: Fen,
    /// True when the currency is CNY.
    pub is_cny: bool,
    /// Payment status.
    pub pay_status: PayStatus,
    /// Fulfilment status.
    pub fulfil_status: FulfilStatus,
    /// When the order was created; [`MOrder::NO_TIME`] where its file does not say.
    pub created_at: Instant,
    /// When the merchant booked the payment.
    pub paid_at: Option<Instant>,
    /// When it was closed.
    pub closed_at: Option<Instant>,
    /// When it was delivered.
    pub fulfilled_at: Option<Instant>,
    /// Running total of refunds on this order; `None` where the file says nothing of refunds.
    pub refund_total: Option<Fen>,
    /// The refund number beside the running total, empty where absent.
    pub refund_no: OutRefundNo,
    /// When the running total last changed.
    pub refund_at: Option<Instant>,
    /// Where the row lies.
    pub row: RowRef,
}

impl MOrder {
    /// True when the merchant has taken money for the order: paid, refunded since, or closed after all of it went back,
    /// which many shops write as closed with a time of payment beside the refund.
    #[must_use]
    pub fn is_booked(&self) -> bool {
        let returned = self
            .refund_total
            .is_some_and(|total| total > Fen::ZERO && total >= self.amount);
        self.pay_status.is_paid()
            || (self.pay_status == PayStatus::Closed && self.paid_at.is_some() && returned)
    }

    /// Stands in `created_at` where neither the creation nor the payment of an order has a time.
    pub const NO_TIME: Instant = Instant::from_unix(0);

    /// When the order was created; `None` where its file has no time of it.
    #[must_use]
    pub fn created(&self) -> Option<Instant> {
        (self.created_at != Self::NO_TIME).then_some(self.created_at)
    }

    /// What the order says was refunded or is to be: its running total, or all of it where its state alone speaks of a
    /// refund. How much a refund takes that was only asked for nobody knows: see [`MOrder::is_refund_unsized`].
    #[must_use]
    pub fn claimed_refund(&self) -> Option<Fen> {
        match (self.refund_total, self.pay_status) {
            (Some(total), _) if total > Fen::ZERO => Some(total),
            (_, PayStatus::Refunding | PayStatus::Refunded) => Some(self.amount),
            (total, _) => total,
        }
    }

    /// True when a refund was asked for and its sum is not told: any refund of the order may be it.
    #[must_use]
    pub fn is_refund_unsized(&self) -> bool {
        match self.refund_total {
            Some(total) => {
                total == Fen::ZERO
                    && matches!(self.pay_status, PayStatus::Refunding | PayStatus::Refunded)
            }
            None => self.pay_status == PayStatus::Refunding,
        }
    }

    /// A row of nothing, to be filled.
    pub const NONE: Self = Self {
        out_trade_no: Text::EMPTY,
        order_no: Text::EMPTY,
        transaction_id: Text::EMPTY,
        appid: Text::EMPTY,
        sub_mch_id: Text::EMPTY,
        amount: Fen::ZERO,
        is_cny: true,
        pay_status: PayStatus::Unknown,
        fulfil_status: FulfilStatus::NotKnown,
        created_at: Self::NO_TIME,
        paid_at: None,
        closed_at: None,
        fulfilled_at: None,
        refund_total: None,
        refund_no: Text::EMPTY,
        refund_at: None,
        row: RowRef::NONE,
    };
}

/// Status of a refund in the merchant book.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum RefundStatus {
    /// Asked for, not final.
    Processing = 1,
    /// The merchant calls it done.
    Success = 2,
    /// Closed without money moving.
    Closed = 3,
    /// Could not be returned.
    Abnormal = 4,
}

impl RefundStatus {
    /// Reads the canonical word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "processing" => Self::Processing,
            "success" => Self::Success,
            "closed" => Self::Closed,
            "abnormal" => Self::Abnormal,
            _ => return None,
        })
    }

    /// The canonical word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Processing => "processing",
            Self::Success => "success",
            Self::Closed => "closed",
            Self::Abnormal => "abnormal",
        }
    }
}

/// A refund of the merchant book, in the shape of one row per refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MRefund {
    /// The merchant's refund number.
    pub out_refund_no: OutRefundNo,
    /// The order it belongs to.
    pub out_trade_no: OutTradeNo,
    /// `refund_id`, empty where absent.
    pub refund_id: RefundId,
    /// Amount of the refund.
    pub amount: Fen,
    /// Status.
    pub status: RefundStatus,
    /// When it was asked for.
    pub requested_at: Option<Instant>,
    /// When it succeeded.
    pub succeeded_at: Option<Instant>,
    /// Where the row lies.
    pub row: RowRef,
}

impl MRefund {
    /// A row of nothing, to be filled.
    pub const NONE: Self = Self {
        out_refund_no: Text::EMPTY,
        out_trade_no: Text::EMPTY,
        refund_id: Text::EMPTY,
        amount: Fen::ZERO,
        status: RefundStatus::Processing,
        requested_at: None,
        succeeded_at: None,
        row: RowRef::NONE,
    };
}

impl MRefund {
    /// The instant that decides the business day: success, else request.
    #[must_use]
    pub fn time(&self) -> Option<Instant> {
        self.succeeded_at.or(self.requested_at)
    }
}
