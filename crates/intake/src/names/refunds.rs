//! Names of the columns of lists of refunds and of after-sales.

use super::{ColumnNames, NamePart};
use crate::Column;

pub(super) const NAMES: &[ColumnNames] = &[
    ColumnNames {
        column: Column::OutRefundNo,
        exact: "\
            outrefundno 商户退款单号 商家退款单号 微信商户退款单号 退款单号 退款编号 退款单编号 \
            退款流水号 售后单号 售后编号 售后单编号 售后订单号 售后id 售后服务单号 维权编号 退货单号 \
            退换单号 退款订单号 refundno refundsn refundnumber refundorderno refundordersn \
            aftersaleid aftersaleno aftersalesn aftersalesid creditmemo creditmemonumber \
            creditnotenumber refundid 退款id 服务单号 returnid",
        parts: &[
            NamePart {
                has: &["退款", "单号"],
                lacks: &["微信退款", "微信支付退款", "原"],
            },
            NamePart {
                has: &["售后", "号"],
                lacks: &["手机", "订单状态"],
            },
        ],
    },
    ColumnNames {
        column: Column::OutTradeNo,
        exact: "\
            outtradeno 商户订单号 商户单号 商家订单号 微信商户订单号 商户交易号 支付单号 支付订单号 \
            支付流水号 交易单号 原商户订单号 原支付单号 原订单号 原交易单号 原始订单号 关联订单号 \
            关联订单编号 订单号 订单编号 主订单编号 主订单号 平台订单号 交易编号 交易号 外部订单号 \
            源单号 源单编号 来源单号 原商户单号 payorderno orderno ordersn ordernumber ordernum tradeno incrementid \
            orderid order originalorder originalorderno originalorderid 订单id tid",
        parts: &[
            NamePart {
                has: &["商户订单号"],
                lacks: &["退"],
            },
            NamePart {
                has: &["订单", "号"],
                lacks: &["退", "售后", "微信", "子订单"],
            },
        ],
    },
    ColumnNames {
        column: Column::MchId,
        exact: "mchid 商户号 微信商户号 微信支付商户号",
        parts: &[],
    },
    ColumnNames {
        column: Column::Channel,
        exact: "\
            channel 支付方式 付款方式 支付渠道 退款渠道 原支付方式 paymentmethod paytype paychannel \
            gateway 退款方式 退款途径 退款去向 退回方式 退款通道 refundmethod refundchannel",
        parts: &[],
    },
    ColumnNames {
        column: Column::TradeType,
        exact: "tradetype 交易类型 业务类型 售后类型 服务类型 售后方式 单据类型 收支类型 收支 类型 kind type",
        parts: &[],
    },
    ColumnNames {
        column: Column::RefundId,
        exact: "微信退款单号 微信支付退款单号 微信退款号 微信退款流水号 wxrefundid refundid",
        parts: &[NamePart {
            has: &["微信", "退款", "号"],
            lacks: &["商户"],
        }],
    },
    ColumnNames {
        column: Column::Amount,
        exact: "\
            amount 实际退款金额 实退金额 实退款 退款成功金额 买家实际退款金额 退款金额 买家退款金额 \
            退给买家金额 退款总额 退款总金额 申请退款金额 退款申请金额 售后金额 退款额 退费金额 \
            应退金额 refundamount refundedamount refundtotal totalrefunded amountrefunded \
            refundmoney refundfee refundprice refund total 金额 money",
        parts: &[
            NamePart {
                has: &["实际", "退款"],
                lacks: &["时间"],
            },
            NamePart {
                has: &["退款", "金额"],
                lacks: &["运费", "优惠", "可退", "未退", "商品"],
            },
            NamePart {
                has: &["退", "金额"],
                lacks: &["运费", "优惠", "可退", "未退"],
            },
        ],
    },
    ColumnNames {
        column: Column::Status,
        exact: "",
        parts: &[],
    },
    ColumnNames {
        column: Column::RequestedAt,
        exact: "\
            requestedat 申请时间 退款申请时间 退款申请日期 申请退款日期 申请退款时间 售后申请时间 发起时间 提交时间 \
            退款发起时间 退款创建时间 创建时间 申请日期 退款的申请时间 createdat createtime \
            createdtime applytime applyat requesttime created datecreated date",
        parts: &[NamePart {
            has: &["申请", "时间"],
            lacks: &[],
        }],
    },
    ColumnNames {
        column: Column::SucceededAt,
        exact: "\
            succeededat 退款成功时间 退款完成时间 退款到账时间 到账时间 退款完结时间 售后完成时间 \
            售后完结时间 完结时间 退款时间 退款日期 打款时间 refundat refundtime refundedat \
            refunddate successtime refundsuccesstime 完成时间 finishtime completedat 处理完成时间",
        parts: &[
            NamePart {
                has: &["退款", "到账"],
                lacks: &[],
            },
            NamePart {
                has: &["退款", "成功", "时间"],
                lacks: &[],
            },
            NamePart {
                has: &["完成", "时间"],
                lacks: &["商家", "发货"],
            },
        ],
    },
];
