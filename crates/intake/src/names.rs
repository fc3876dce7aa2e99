//! Names that shops give to columns and states; only what means the same everywhere.

use super::Column;
use recondesk_domain::{FulfilStatus, PayStatus, RefundStatus};

/// Headers by which shops call a column of an orders file, best first; all in the form of `norm`.
pub(super) const ORDERS: &[(Column, &[&str])] = &[
    (
        Column::OutTradeNo,
        &[
            "outtradeno",
            "商户订单号",
            "商户单号",
            "商家订单号",
            "支付单号",
            "支付订单号",
            "商户交易号",
            "交易单号",
            "外部订单号",
            "订单号",
            "订单编号",
            "orderno",
            "orderid",
            "订单id",
        ],
    ),
    (
        Column::OrderNo,
        &[
            "orderno",
            "业务订单号",
            "订单号",
            "订单编号",
            "orderid",
            "订单id",
        ],
    ),
    (
        Column::Amount,
        &[
            "amount",
            "订单金额",
            "支付金额",
            "实付金额",
            "应付金额",
            "交易金额",
            "总金额",
            "订单总额",
            "订单总金额",
            "金额",
            "totalfee",
            "totalamount",
            "payamount",
            "total",
        ],
    ),
    (
        Column::MchId,
        &["mchid", "商户号", "微信商户号", "微信支付商户号"],
    ),
    (Column::Currency, &["currency", "币种", "货币种类", "货币"]),
    (Column::PayStatus, &["paystatus"]),
    (
        Column::CreatedAt,
        &[
            "createdat",
            "创建时间",
            "下单时间",
            "订单创建时间",
            "订单时间",
            "创建日期",
            "下单日期",
            "createtime",
            "ordertime",
            "created",
        ],
    ),
    (
        Column::PaidAt,
        &[
            "paidat",
            "支付时间",
            "付款时间",
            "支付完成时间",
            "支付成功时间",
            "成交时间",
            "paytime",
            "paidtime",
        ],
    ),
    (
        Column::ClosedAt,
        &["closedat", "关闭时间", "关单时间", "取消时间", "closetime"],
    ),
    (Column::FulfilStatus, &["fulfilstatus"]),
    (
        Column::FulfilledAt,
        &[
            "fulfilledat",
            "发货时间",
            "履约时间",
            "交付时间",
            "核销时间",
            "shippedat",
        ],
    ),
    (
        Column::TransactionId,
        &[
            "transactionid",
            "微信订单号",
            "微信支付订单号",
            "微信支付单号",
            "微信交易号",
            "微信单号",
        ],
    ),
    (Column::Appid, &["appid", "公众账号id", "应用id"]),
    (Column::SubMchid, &["submchid", "子商户号", "特约商户号"]),
    (Column::TradeType, &["tradetype", "交易类型"]),
    (Column::Openid, &["openid", "用户标识", "用户openid"]),
    (
        Column::Goods,
        &[
            "goods",
            "product",
            "商品名称",
            "商品",
            "商品标题",
            "商品描述",
            "subject",
            "body",
        ],
    ),
    (Column::Attach, &["attach", "附加数据", "商户数据包"]),
    (
        Column::RefundNo,
        &["refundno", "退款单号", "商户退款单号", "outrefundno"],
    ),
    (
        Column::RefundAmount,
        &[
            "refundamount",
            "退款金额",
            "已退金额",
            "已退款金额",
            "累计退款",
            "累计退款金额",
        ],
    ),
    (Column::RefundStatus, &["refundstatus"]),
    (Column::RefundAt, &["refundat", "退款时间", "refundtime"]),
];

/// The same for files of refunds.
pub(super) const REFUNDS: &[(Column, &[&str])] = &[
    (
        Column::OutRefundNo,
        &[
            "outrefundno",
            "商户退款单号",
            "退款单号",
            "退款编号",
            "refundno",
        ],
    ),
    (
        Column::OutTradeNo,
        &[
            "outtradeno",
            "商户订单号",
            "商户单号",
            "商家订单号",
            "支付单号",
            "原订单号",
            "订单号",
            "订单编号",
            "orderno",
        ],
    ),
    (
        Column::MchId,
        &["mchid", "商户号", "微信商户号", "微信支付商户号"],
    ),
    (
        Column::RefundId,
        &["refundid", "微信退款单号", "微信支付退款单号"],
    ),
    (
        Column::Amount,
        &[
            "amount",
            "退款金额",
            "申请退款金额",
            "实退金额",
            "refundamount",
            "refundfee",
            "金额",
        ],
    ),
    (
        Column::Status,
        &["status", "退款状态", "refundstatus", "状态"],
    ),
    (
        Column::RequestedAt,
        &[
            "requestedat",
            "申请时间",
            "退款申请时间",
            "申请退款时间",
            "创建时间",
            "createdat",
        ],
    ),
    (
        Column::SucceededAt,
        &[
            "succeededat",
            "退款成功时间",
            "退款完成时间",
            "到账时间",
            "退款时间",
            "refundat",
            "完成时间",
        ],
    ),
];

/// Headers of the column that holds the words of an order's state.
pub(super) const STATES: &[&str] = &[
    "status",
    "订单状态",
    "支付状态",
    "交易状态",
    "状态",
    "orderstatus",
    "tradestatus",
    "state",
];

/// Words whose meaning is the same in every shop; all others wait for a person.
pub(super) const ORDER_WORDS: &[(PayStatus, Option<FulfilStatus>, &[&str])] = &[
    (
        PayStatus::Created,
        None,
        &[
            "CREATED",
            "NEW",
            "UNPAID",
            "NOTPAY",
            "WAIT_PAY",
            "待付款",
            "待支付",
            "未付款",
            "未支付",
        ],
    ),
    (
        PayStatus::Paying,
        None,
        &["PAYING", "USERPAYING", "支付中", "付款中"],
    ),
    (
        PayStatus::Paid,
        None,
        &[
            "PAID",
            "SUCCESS",
            "已付款",
            "已支付",
            "支付成功",
            "付款成功",
            "交易成功",
        ],
    ),
    (
        PayStatus::Paid,
        Some(FulfilStatus::Pending),
        &["待发货", "未发货", "备货中"],
    ),
    (
        PayStatus::Paid,
        Some(FulfilStatus::Fulfilled),
        &[
            "FULFILLED",
            "SHIPPED",
            "DELIVERED",
            "COMPLETED",
            "FINISHED",
            "已发货",
            "已收货",
            "已完成",
            "已签收",
            "已核销",
        ],
    ),
    (
        PayStatus::Failed,
        None,
        &["FAILED", "PAYERROR", "支付失败", "付款失败"],
    ),
    (
        PayStatus::Closed,
        None,
        &[
            "CLOSED",
            "CANCELLED",
            "CANCELED",
            "EXPIRED",
            "已关闭",
            "已取消",
            "交易关闭",
            "订单关闭",
            "已过期",
        ],
    ),
    (
        PayStatus::Refunded,
        None,
        &["REFUNDED", "已退款", "全额退款", "退款成功"],
    ),
];

pub(super) const REFUND_WORDS: &[(RefundStatus, &[&str])] = &[
    (
        RefundStatus::Processing,
        &[
            "processing",
            "PROCESSING",
            "退款中",
            "处理中",
            "退款处理中",
            "已申请",
        ],
    ),
    (
        RefundStatus::Success,
        &["success", "SUCCESS", "退款成功", "已退款", "成功", "已完成"],
    ),
    (
        RefundStatus::Closed,
        &[
            "closed",
            "CLOSED",
            "REFUNDCLOSE",
            "退款关闭",
            "已关闭",
            "已取消",
        ],
    ),
    (
        RefundStatus::Abnormal,
        &["abnormal", "ABNORMAL", "CHANGE", "退款异常", "退款失败"],
    ),
];
