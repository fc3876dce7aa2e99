//! States of an order as a whole: 有赞, 微盟, 淘宝, 拼多多, 抖店, 快手, 京东, 小鹅通, WooCommerce, Magento, Shopify, Odoo, ERPs.

use recondesk_domain::{FulfilStatus, PayStatus, RefundStatus};

use super::{Meaning, WordGroup};

pub(super) const WORDS: &[WordGroup] = &[
    (
        Meaning::order(PayStatus::Created, None),
        "\
            CREATED NEW INIT INITIAL UNPAID UNPAYED NOTPAY NOT_PAY NOT_PAID NOPAY NO_PAY TO_PAY \
            TOBEPAID WAIT_PAY WAITPAY WAITING_PAY WAIT_BUYER_PAY WAIT_FOR_PAY WAITING_PAYMENT \
            AWAITING_PAYMENT PENDING PENDING_PAYMENT PAY_PENDING PAYMENT_PENDING TRADE_NO_CREATE_PAY \
            ON_HOLD CHECKOUT_DRAFT DRAFT QUOTATION QUOTATION_SENT 待付款 待支付 未付款 未支付 \
            等待付款 (删除)等待付款 等待支付 等待买家付款 待买家付款 买家未付款 客户未付款 未完成支付 拍下未付款 \
            待买家支付 订单生成 待收款 未收款 待缴费 未缴费 新建 已创建 待结账 下单未付款 下单未支付 \
            AWAITING_BANK_WIRE_PAYMENT AWAITING_CHECK_PAYMENT AWAITING_CHEQUE_PAYMENT \
            AWAITING_CASH_ON_DELIVERY_VALIDATION 已下单未付款 已下单未支付 已下单待付款 已下单，待付款 订单已提交，待付款 待付定金 报价单 未结账 未结帐",
    ),
    (
        Meaning::order(PayStatus::Paying, None),
        "\
            PAYING USERPAYING PAYMENT_REVIEW AUTHORIZED WAIT_PRE_AUTH_CONFIRM 支付中 付款中 \
            支付处理中 付款确认中 支付确认中 用户支付中 付款处理中",
    ),
    (
        Meaning::order(PayStatus::Paid, None),
        "\
            PAID PAYED ALREADY_PAID HAS_PAID PAY_SUCCESS PAYMENT_SUCCESS SUCCESS SUCCEEDED \
            PAYMENT_RECEIVED PAYMENT_ACCEPTED REMOTE_PAYMENT_ACCEPTED 已付款 已支付 支付成功 付款成功 支付完成 付款完成 买家已付款 客户已付款 \
            已付清 已缴费 缴费成功 已收款 收款成功 已付 付讫 已付全款 购买成功 报名成功 \
            下单成功，已支付 已结账 已结帐 已买单",
    ),
    (
        Meaning::order(PayStatus::Paid, Some(FulfilStatus::Pending)),
        "\
            PROCESSING WAIT_SELLER_SEND_GOODS WAIT_SEND WAIT_SEND_GOODS WAIT_DELIVER WAIT_DELIVERY \
            WAIT_SHIP WAITING_SHIPMENT AWAITING_SHIPMENT AWAITING_FULFILLMENT TO_SHIP TOSHIP \
            READY_TO_SHIP UNSHIPPED NOT_SHIPPED UNFULFILLED PARTIALLY_SHIPPED PARTIALLY_FULFILLED \
            PARTIAL_SHIPPED SELLER_CONSIGNED_PART WAIT_SELLER_STOCK_OUT WAIT_CONFIRM WAIT_GROUP \
            TO_BE_DELIVERED PENDING_SHIPMENT PROCESSING_IN_PROGRESS PREPARATION_IN_PROGRESS ON_BACKORDER_PAID 待发货 待出货 未出货 未发货 等待发货 等待卖家发货 待卖家发货 \
            待商家发货 等待商家发货 买家已付款，等待卖家发货 买家已付款,待发货 已付款，待发货 \
            已支付，待发货 已付款未发货 已支付未发货 付款成功，待发货 付款成功未发货 备货中 配货中 \
            打包中 待配货 待打包 待出库 等待出库 未出库 拣货中 待拣货 待打单 待审单 部分发货 \
            卖家部分发货 部分出库 待接单 待商家接单 商家待接单 已接单 商家已接单 待成团 拼团中 \
            预售待发货 已付款(待备货) 已付款待备货 待备货 待分享 已付款待成团 已支付，待成团 待配送 待自提 待提货 待取货 待核销 待使用 未使用 \
            未核销 待消费 未消费 待出票 出票中 待充值 充值中 待开通 待服务 待履约 待交付 制作中 \
            待制作 待送货 待派送 待揽收 已付款待处理 待处理发货 已成团待发货 已付款，待接单 备餐中 待取餐 备货完成 已付款待审核 已付款，待审核 发货中",
    ),
    (
        Meaning::order(PayStatus::Paid, Some(FulfilStatus::Fulfilled)),
        "\
            FULFILLED SHIPPED DELIVERED DELIVERING COMPLETE COMPLETED FINISHED FINISH DONE RECEIVED \
            IN_TRANSIT OUT_FOR_DELIVERY TRADE_SUCCESS TRADE_FINISHED TRADE_BUYER_SIGNED \
            WAIT_BUYER_CONFIRM_GOODS WAIT_BUYER_CONFIRM WAIT_GOODS_RECEIVE_CONFIRM WAIT_RECEIVE \
            WAIT_RECEIVING TO_RECEIVE FINISHED_L CONSIGNED SIGNED CONFIRMED_RECEIPT WAIT_COMMENT \
            TO_COMMENT 已发货 已收货 已完成 已签收 已核销 卖家已发货 商家已发货 \
            卖家已发货，等待买家确认 卖家已发货，等待买家收货 卖家已发货，等待买家确认收货 \
            商家已发货，等待买家收货 已发货，待收货 已发货，待签收 已发货，已签收 已出货 已出貨 已发货待签收 已发货，等待收货 \
            已发货,待确认收货 待收货 待签收 等待收货 等待确认收货 待确认收货 等待买家确认收货 \
            等待买家收货 买家已签收 买家已收货 用户已签收 确认收货 已确认收货 已送达 配送中 配送完成 \
            派送中 运输中 已出库 已揽收 交易成功 交易完成 订单完成 订单成功 完成 已交易成功 待评价 \
            待评论 等待评价 已评价 已使用 已消费 已出票 出票成功 已自提 已提货 已取货 已取餐 已出餐 骑手已取餐 已发码 已交付 \
            已履约 充值成功 已充值 开通成功 已开通 已入账 骑手已取货 骑手已送达 服务完成 已结束 \
            已完结 完结 已收货，交易成功 已发货，交易成功 已取件 已入住 已离店",
    ),
    (
        Meaning::order(PayStatus::Paid, Some(FulfilStatus::Failed)),
        "发码失败 充值失败 发货失败 配送失败 出票失败 开通失败 DELIVERY_FAILED SHIP_FAILED",
    ),
    (
        Meaning::order(PayStatus::Failed, None),
        "\
            FAIL FAILED FAILURE PAYERROR PAY_FAIL PAY_FAILED PAYMENT_FAILED DECLINED REJECTED \
            支付失败 付款失败 交易失败 缴费失败 扣款失败",
    ),
    (
        Meaning::order(PayStatus::Closed, None),
        "\
            (删除)取消 CLOSE CLOSED CANCEL CANCELLED CANCELED EXPIRED EXPIRE TIMEOUT PAY_TIMEOUT VOID VOIDED \
            INVALID ABANDONED TRADE_CLOSED TRADE_CLOSED_BY_TAOBAO TRADE_CANCELED TRADE_CANCELLED \
            USER_CANCEL SYSTEM_CANCEL AUTO_CANCEL PAY_CLOSED ORDER_CLOSED ORDER_CANCELED 已关闭 \
            已取消 交易关闭 订单关闭 订单取消 交易取消 订单已取消 订单已关闭 交易已关闭 交易已取消 \
            已过期 用户取消 用户已取消 买家取消 买家已取消 卖家取消 商家取消 商家已取消 系统取消 \
            系统关闭 系统自动取消 超时关闭 超时取消 超时自动取消 超时未支付 超时未付款 自动关闭 \
            自动取消 支付超时 付款超时 订单超时 订单过期 取消 取消订单 关闭 作废 已作废 无效 已失效 \
            失效 已撤单 已撤销 未付款关闭 未支付关闭 未付款，已取消 未支付，已取消 未支付已取消 \
            未付款已取消 订单失败 付款以前，卖家或买家主动关闭交易 客户取消 店铺取消 拒单 已拒单 \
            商家拒单 拼团失败未支付 超时未支付，已关闭 待收款作废 交易关闭（超时未付） 被取消 被合并 CANCELLED_BY_CUSTOMER CANCELED_BY_CUSTOMER DENIED",
    ),
    (
        Meaning::order(PayStatus::Refunded, None),
        "\
            REFUNDED FULL_REFUND FULLY_REFUNDED REFUND_SUCCESS REFUND_SUCCEEDED REFUND_COMPLETED \
            已退款 全额退款 退款成功 退款完成 已全额退款 已全部退款 全部退款 已退款关闭 \
            已退款，交易关闭 退款成功，交易关闭 退款成功,订单关闭 付款以后用户退款成功，交易自动关闭 \
            退款关闭交易 退货退款成功 已退货退款 退货退款完成 已退费 退费成功 已退票 退票成功 \
            拼团失败已退款 拼团失败，已退款 取消，已退款 已取消，已退款 已取消已退款 \
            已取消（已退款） 关闭(已退款) 已关闭（已退款） 已取消，退款成功 已取消，已全额退款 全额退款成功",
    ),
    (
        Meaning::order(PayStatus::Refunded, Some(FulfilStatus::NotRequired)),
        "未发货，退款成功 待发货，退款成功 待发货，已退款 未发货退款成功 未发货，已退款 未发货已退款",
    ),
    (
        Meaning::order(PayStatus::Refunded, Some(FulfilStatus::Fulfilled)),
        "\
            已发货，退款成功 已签收，退款成功 已收货，退款成功 已完成，退款成功 已发货，已退款 \
            已发货退款成功 交易成功，退款成功 已发货已退款",
    ),
    (
        PART,
        "\
            REFUND 转入退款 PARTIALLY_REFUNDED PARTIAL_REFUND PARTIAL_REFUNDED PARTIALLY_REFUND \
            PART_REFUND 部分退款 已部分退款 部分退款成功 部分已退款",
    ),
    (
        Meaning {
            fulfil: Some(FulfilStatus::NotRequired),
            ..RETURNING
        },
        "\
            REFUNDING REFUND_PROCESSING WAIT_REFUND REFUND_PENDING 退款中 退款处理中 待退款 申请退款 \
            退款申请中 申请退款中 退款待处理 退款审核中 等待退款 未发货，退款中 待发货，退款中 \
            未发货退款中 退费中 已取消待退款 已取消，退款中 取消中 退票中 拼团失败退款中",
    ),
    (
        Meaning {
            fulfil: Some(FulfilStatus::Fulfilled),
            ..RETURNING
        },
        "\
            已发货，退款中 已签收，退款中 已收货，退款中 已发货退款中 退货中 退货退款中 退货处理中",
    ),
    (
        Meaning::order(PayStatus::Paid, Some(FulfilStatus::Fulfilled)),
        "已发货，售后中 已签收，售后中 已收货，售后中",
    ),
    // How far a document is checked says nothing of money or goods.
    (
        Meaning::NOTHING,
        "已审核 审核通过 已审批 已复核 已记账 已过账 POSTED SUBMITTED",
    ),
    (
        PART_PENDING,
        "部分退款，待发货 部分退款,待发货 部分退款待发货",
    ),
    (
        RETURNING,
        "售后中 售后处理中 维权中 申请售后 售后申请中 AFTER_SALE AFTERSALE AFTER_SALES",
    ),
];

/// Money on its way back: until it is there the order is paid.
const RETURNING: Meaning = Meaning {
    pay: Some(PayStatus::Paid),
    fulfil: None,
    refund: Some(RefundStatus::Processing),
    in_part: false,
    is_unsure: false,
};

/// A part of the money is back, and the rest of the goods waits.
const PART_PENDING: Meaning = Meaning {
    fulfil: Some(FulfilStatus::Pending),
    ..PART
};

/// A part of the money is back.
const PART: Meaning = Meaning {
    pay: Some(PayStatus::Paid),
    fulfil: None,
    refund: Some(RefundStatus::Success),
    in_part: true,
    is_unsure: false,
};
