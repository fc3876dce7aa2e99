//! States of the delivery: shipped, handed over, used.

use recondesk_domain::FulfilStatus;

use super::{Meaning, WordGroup};

pub(super) const WORDS: &[WordGroup] = &[
    // Whether the customer has signed says nothing of whether the shop has sent.
    (Meaning::NOTHING, "未签收 未收货"),
    (
        Meaning::delivery(FulfilStatus::Pending),
        "\
            UNFULFILLED PENDING PARTIAL PARTIALLY_FULFILLED PARTIALLY_SHIPPED PARTIALLY_DELIVERED \
            PROCESSING NOT_SHIPPED UNSHIPPED UNDELIVERED NOT_DELIVERED TO_SHIP READY_TO_SHIP \
            AWAITING_SHIPMENT AWAITING_FULFILLMENT AWAITING_PICKUP STARTED SCHEDULED ON_HOLD OPEN \
            IN_PROGRESS NO FALSE F N 未交货 WAIT WAITING NEW 未发货 待发货 等待发货 未出库 待出库 配货中 备货中 \
            打包中 拣货中 部分发货 部分出库 部分配送 待揽收 待揽件 待配送 未配送 待派送 未核销 \
            待核销 待自提 未自提 待提货 未提货 待取货 未取货 未交付 待交付 未开通 待开通 未使用 \
            待使用 未履约 待履约 未完成 未派单 待派单 待接单 待打单 待打包 未打单 否 未寄出 待寄出 \
            等待出库 未送达 待送达 未出票 待出票 待服务 未服务 部分交付 待充值 充值中 部分核销 \
            制作中 待制作 备货完成 缺货 待取餐 待补发 待发码 未发放 未检票 未就诊 待就诊 未激活 待激活 待发放 出货中 发货中 未出货 待出货 备货处理中 未発送 发送准备中",
    ),
    (
        Meaning::delivery(FulfilStatus::Fulfilled),
        "\
            FULFILLED SHIPPED DELIVERED DELIVERING COMPLETE COMPLETED FINISHED DONE FULL SENT \
            SUCCESS IN_TRANSIT OUT_FOR_DELIVERY PICKED_UP RECEIVED SIGNED COLLECTED DISPATCHED \
            FULLY_DELIVERED YES TRUE T Y 出货成功 自动发货成功 已发码 已出餐 骑手已取餐 已激活 已发放 发放成功 已检票 已就诊 已交货 已发货 全部发货 已全部发货 已出库 全部出库 已签收 签收 已收货 \
            已送达 运输中 在途 在途中 派送中 配送中 派件中 已派送 已揽收 已揽件 揽收 已配送 配送完成 \
            配送成功 已核销 已自提 已提货 已取货 已交付 全部交付 已使用 已开通 已完成 完成 待收货 \
            待签收 已妥投 妥投 已寄出 已投递 已履约 虚拟发货 自动发货 已自动发货 是 成功 发货成功 \
            交易成功 交易完成 待评价 已评价 已出票 已服务 已充值 充值成功 确认收货 已确认收货 \
            买家已收货 已退货 退货中 清关中 中转中 到达待取 已出货 全部出货 发送済み 発送済み 配达完了",
    ),
    (
        Meaning::delivery(FulfilStatus::Failed),
        "\
            FAILED FAILURE ERROR UNDELIVERABLE RETURNED_TO_SENDER LOST 出货失败 发货失败 配送失败 派送失败 发码失败 激活失败 发放失败 \
            拒收 已拒收 退回 已退回 拒签 丢件 失败 充值失败 出票失败 开通失败 疑难件",
    ),
    (
        Meaning::delivery(FulfilStatus::NotRequired),
        "\
            NOT_REQUIRED NOT_NEEDED NO_SHIPPING RESTOCKED CANCELLED CANCELED 无需发货 无需物流 \
            无需配送 不需要发货 不发货 不需发货 已取消 取消 已关闭 取消发货 已取消发货 无需出库 \
            免发货",
    ),
];
