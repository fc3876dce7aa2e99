//! States of the payment of an order.

use recondesk_domain::PayStatus;

use super::{Meaning, WordGroup};

pub(super) const WORDS: &[WordGroup] = &[
    (
        Meaning::order(PayStatus::Created, None),
        "\
            未结 未结清 未结算 待结算 未到账 待到账 否 NO FALSE F N PENDING NOT_PAID UNSETTLED OPEN READY \
            未收 未付",
    ),
    (
        Meaning::order(PayStatus::Paying, None),
        "处理中 PROCESSING IN_PROCESS ACCEPT",
    ),
    (
        Meaning::order(PayStatus::Paid, None),
        "\
            成功 SUCCESS SUCCEED SUCCEEDED SUCCESSFUL PAID IN_PAYMENT CAPTURED SETTLED COMPLETE \
            COMPLETED FINISHED DONE APPROVED TRADE_SUCCESS TRADE_FINISHED YES TRUE T Y CONFIRMED 支付完成 OK 是 已完成 完成 \
            已结 已结清 已结算 已到账 到账 入账成功 已入账 交易成功 交易完成 订单完成 全部付款 全款 \
            全额付款 已收 已收齐 全部收款 已收全款 付清 扣款成功 微信已支付 线上已支付 已在线支付 \
            在线已支付",
    ),
    (
        Meaning::order(PayStatus::Failed, None),
        "失败 ERROR PAY_ERROR 收款失败",
    ),
    (
        Meaning::order(PayStatus::Closed, None),
        "REVOKED VOIDED 支付关闭 付款关闭 支付取消 取消支付 已冲正",
    ),
    (
        Meaning::order(PayStatus::Refunded, None),
        "REVERSED 已退 全退 全额已退",
    ),
];
