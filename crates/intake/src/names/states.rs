//! Names of the columns of states, by what they are about.

use super::{NamePart, StateNames};
use crate::StateSubject;

pub(super) const OF_ORDERS: &[StateNames] = &[
    StateNames {
        about: StateSubject::Order,
        exact: "\
            status 订单状态 状态 当前状态 主订单状态 订单当前状态 子订单状态 商品状态 orderstatus \
            orderstate state 订单进度 业务状态 statusname orderstatusname statustext 订单状态名称 账单状态 券状态 单据状态 整单状态 收款单状态 票据状态 处理状态 流程状态 审核状态 状态说明 result currentstate",
        parts: &[NamePart {
            has: &["订单状态"],
            lacks: &["退", "售后", "支付", "物流", "发货"],
        }],
    },
    StateNames {
        about: StateSubject::Payment,
        exact: "\
            paystatus 支付状态 付款状态 收款状态 订单支付状态 缴费状态 支付结果 付款结果 交易状态 \
            paymentstatus paymentstate paystate financialstatus tradestatus tradestate \
            invoicepaymentstatus billingstatus transactionstatus 是否支付 是否付款 是否已支付 \
            是否已付款 ispaid paid ispay payflag paidflag 结算状态",
        parts: &[
            NamePart {
                has: &["支付状态"],
                lacks: &["退"],
            },
            NamePart {
                has: &["付款状态"],
                lacks: &["退"],
            },
            NamePart {
                has: &["payment", "status"],
                lacks: &["refund"],
            },
        ],
    },
    StateNames {
        about: StateSubject::Delivery,
        exact: "\
            fulfilstatus 发货状态 物流状态 配送状态 出库状态 履约状态 交付状态 核销状态 使用状态 \
            自提状态 提货状态 收货状态 出货状态 送货状态 派送状态 寄送状态 配送状况 出货状况 发货状况 配送情况 订单发货状态 发货情况 商品发货状态 fulfillmentstatus \
            fulfilmentstatus shippingstatus shipstatus shipmentstatus deliverystatus deliverstatus \
            expressstatus logisticsstatus 是否发货 是否已发货 isshipped isdelivered isfulfilled issent sendflag shipflag deliverflag deliveryflag fulfilled sent 交货状态 发放状态 验证状态 签收状态 快递状态 运输状态 出餐状态 检票状态 就诊状态 shipstate 是否出库 是否核销 发货标志 物流情况 shipped \
            delivered 开通状态 服务状态 fulfillment fulfilment shipping 出票状态 充值状态 制作状态 出货结果 取货状态",
        parts: &[
            NamePart {
                has: &["发货状态"],
                lacks: &["退"],
            },
            NamePart {
                has: &["物流状态"],
                lacks: &["退"],
            },
            NamePart {
                has: &["shipping", "status"],
                lacks: &[],
            },
            NamePart {
                has: &["delivery", "status"],
                lacks: &[],
            },
            NamePart {
                has: &["fulfillment", "status"],
                lacks: &[],
            },
        ],
    },
    StateNames {
        about: StateSubject::Refund,
        exact: "\
            refundstatus 退款状态 售后状态 维权状态 退款售后状态 订单售后状态 订单退款状态 \
            商品退款状态 退货状态 退货退款状态 refundstate aftersalestatus aftersalesstatus 是否退款 \
            是否已退款 isrefund isrefunded 退费状态",
        parts: &[
            NamePart {
                has: &["退款状态"],
                lacks: &[],
            },
            NamePart {
                has: &["售后状态"],
                lacks: &[],
            },
        ],
    },
];

pub(super) const OF_REFUNDS: &[StateNames] = &[StateNames {
    about: StateSubject::Refund,
    exact: "\
        status 退款状态 售后状态 售后单状态 维权状态 退款单状态 退款结果 打款状态 refundstatus \
        refundstate aftersalestatus aftersalesstatus 状态 处理状态 state 退款进度 售后进度 处理结果 \
        退款退货状态",
    parts: &[
        NamePart {
            has: &["退款状态"],
            lacks: &[],
        },
        NamePart {
            has: &["售后状态"],
            lacks: &[],
        },
    ],
}];
