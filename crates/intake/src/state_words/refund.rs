//! States of refunds: beside an order, and of the rows of a list of refunds.

use recondesk_domain::RefundStatus;

use super::{Meaning, WordGroup};

/// Words of a refund column on the row of an order.
pub(super) const OF_ORDERS: &[WordGroup] = &[
    // No refund, or one that was asked for and came to nothing: a sum beside the word did not go back.
    (
        Meaning::refund(RefundStatus::Closed),
        "\
            CLOSED CANCELLED CANCELED REJECTED SELLER_REFUSE_BUYER REFUSED DENIED FAILED FAIL \
            NONE NO N/A NA FALSE NO_REFUND NOT_REFUNDED UNREFUNDED NORMAL 无 否 无退款 未退款 未申请 \
            未申请退款 没有申请退款 未退 正常 无售后 暂无售后 不可退 未发起 无申请 无维权 未售后 \
            无售后或售后取消 售后关闭 售后取消 退款关闭 退款取消 已关闭 关闭 已取消 取消 撤销 已撤销 \
            买家撤销 用户撤销 买家取消 用户取消 拒绝 已拒绝 拒绝退款 商家拒绝 商家已拒绝 卖家拒绝 \
            退款拒绝 已拒绝退款 审核不通过 审核拒绝 驳回 已驳回 退款失败 维权关闭 售后拒绝 售后失败 \
            拒绝售后 REFUND_REJECTED DECLINED REFUND_CLOSED 协商失败 卖家拒绝退款 售后撤销 商家已驳回 平台驳回 撤销申请 退款已撤回 撤销退款 退款已关闭 售后已关闭 售后已取消 商家驳回 退款驳回 退款已拒绝",
    ),
    (
        Meaning::refund(RefundStatus::Processing),
        "\
            PROCESSING PENDING REFUNDING APPLYING WAITING WAIT IN_PROCESS WAIT_SELLER_AGREE \
            WAIT_BUYER_RETURN_GOODS WAIT_SELLER_CONFIRM_GOODS REQUESTED 退款中 申请中 处理中 待处理 \
            退款处理中 退货中 待退款 待审核 审核中 已申请 申请退款 \
            退款申请中 待商家处理 等待商家处理 商家处理中 待买家退货 待商家收货 退货退款中 同意退款 待平台处理 部分退款中",
    ),
    // A complaint is open and no refund was decided: what is due stays due.
    (
        Meaning::NOTHING,
        "售后中 售后处理中 维权中 维权处理中 投诉中 DISPUTED IN_DISPUTE",
    ),
    (
        Meaning::refund(RefundStatus::Success),
        "\
            SUCCESS REFUNDED FULL FULL_REFUND FULLY_REFUNDED YES TRUE COMPLETED DONE FINISHED \
            退款成功 已退款 全额退款 退款完成 全部退款 已全额退款 已全部退款 \
            退货退款成功 已退货退款 成功 已完成 完成 是 已退 已到账 退款到账 全额退款成功",
    ),
    // An exchange or another parcel ends with these words as well as a refund does.
    (
        Meaning {
            refund: Some(RefundStatus::Success),
            is_unsure: true,
            ..Meaning::NOTHING
        },
        "售后完成 售后成功 售后已完成 维权完成 维权成功 维权已完成 售后结束 维权结束 完成售后",
    ),
    (
        Meaning {
            refund: Some(RefundStatus::Success),
            in_part: true,
            ..Meaning::NOTHING
        },
        "\
            PARTIAL PARTIAL_REFUND PARTIALLY_REFUNDED PART 部分退款 已部分退款 部分退款成功 \
            部分已退款 部分退",
    ),
];

/// Words of the state of one refund.
pub(super) const OF_REFUNDS: &[WordGroup] = &[
    (
        Meaning::refund(RefundStatus::Processing),
        "\
            PROCESSING PENDING REFUNDING APPLYING APPLIED WAITING WAIT CREATED INIT ACCEPTED \
            APPROVED IN_PROCESS SUBMITTED WAIT_SELLER_AGREE WAIT_BUYER_RETURN_GOODS \
            WAIT_SELLER_CONFIRM_GOODS REQUESTED 退款中 处理中 退款处理中 已申请 申请中 待审核 审核中 \
            待处理 待退款 待商家处理 待商家审核 待卖家处理 待买家退货 待买家发货 待商家收货 待收货 \
            退货中 同意退款 已同意 商家已同意 审核通过 受理成功 已受理 待平台处理 平台处理中 \
            退款待处理 退款申请中 商家处理中 等待商家处理 待商家退款 待打款 打款中 退款受理成功 等待退款 已提交",
    ),
    (
        Meaning::refund(RefundStatus::Success),
        "\
            SUCCESS SUCCEEDED SUCCESSFUL REFUNDED REFUND_SUCCESS COMPLETE COMPLETED DONE FINISHED \
            YES 退款成功 已退款 成功 已完成 退款完成 完成 售后成功 售后完成 已到账 退款到账 \
            退款已到账 全额退款 部分退款 部分退款成功 全额退款成功 退货退款成功 已退货退款 \
            退货退款完成 同意退款，退款成功 已打款 打款成功 交易成功 已退 是 维权完成 已退费",
    ),
    (
        Meaning::refund(RefundStatus::Closed),
        "\
            CLOSED CLOSE REFUNDCLOSE REFUND_CLOSED CANCEL CANCELLED CANCELED REJECTED REFUSED \
            SELLER_REFUSE_BUYER 退款关闭 已关闭 关闭 已取消 取消 退款取消 售后关闭 售后取消 已撤销 \
            撤销 买家撤销 用户撤销 用户取消 买家取消 已拒绝 拒绝 拒绝退款 商家拒绝 商家已拒绝 \
            卖家拒绝 审核不通过 审核拒绝 驳回 已驳回 维权关闭 买家已撤销 退款已关闭 交易关闭",
    ),
    (
        Meaning::refund(RefundStatus::Abnormal),
        "\
            ABNORMAL CHANGE FAIL FAILED FAILURE REFUND_FAILED ERROR 退款异常 退款失败 失败 异常 \
            打款失败 失败待处理 转代发",
    ),
];
