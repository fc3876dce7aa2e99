//! Names of the columns of lists of orders.

use super::{ColumnNames, NamePart};
use crate::Column;

/// What makes a sum of money another one than the one that was paid.
pub(super) const NOT_PAID: &[&str] = &[
    "优惠",
    "运费",
    "邮费",
    "退",
    "积分",
    "余额",
    "抵扣",
    "折扣",
    "成本",
    "税",
    "手续费",
    "佣金",
    "服务费",
    "红包",
    "券",
    "单价",
    "数量",
    "时间",
    "状态",
    "方式",
    "日期",
    "discount",
    "shipping",
    "tax",
    "refund",
    "fee",
    "price",
    "cost",
    "未付",
    "欠",
    "定金",
    "尾款",
    "结算",
    "币",
    "补贴",
    "赔",
];
const NOT_A_NUMBER: &[&str] = &[
    "退",
    "售后",
    "商品",
    "快递",
    "物流",
    "运单",
    "手机",
    "电话",
    "用户",
    "会员",
    "店铺",
    "门店",
    "券",
    "活动",
    "微信订单号",
    "微信支付订单号",
    "身份",
    "发票",
    "子订单",
    "refund",
    "tracking",
    "phone",
    "item",
    "product",
    "customer",
    "时间",
    "状态",
    "金额",
    "数量",
    "类型",
    "来源",
    "编码",
];

pub(super) const NAMES: &[ColumnNames] = &[
    ColumnNames {
        column: Column::OutTradeNo,
        exact: "\
            outtradeno 商户订单号 商户单号 商家订单号 微信商户订单号 微信支付商户订单号 商户支付单号 \
            商户交易号 商户交易单号 商户侧订单号 商户流水号 商家单号 商家交易号 外部支付单号 外部支付流水号 外部流水号 \
            merchantorderno merchantorderid merchanttradeno mchorderno merchantreference 支付订单号 \
            支付单号 支付单编号 支付流水号 支付流水 支付编号 付款单号 交易单号 交易流水号 \
            交易号 外部订单号 外部单号 paymentreference paymentid paymentno payno paysn payordersn \
            payorderno payorderid tradeno tradesn tradeid tid 外部交易号 第三方单号 第三方流水号 平台单号 平台订单号 线上订单号 \
            线上单号 原始单号 网店单号 网店订单号 电商订单号 来源单号 渠道单号 渠道订单号 订单号 订单编号 订单编码 订单代码 \
            订单单号 主订单编号 主订单号 父订单号 订单流水号 店铺订单号 销售订单号 销售单号 零售单号 业务单号 \
            业务流水号 小票号 收据号 账单流水号 捐赠编号 交易流水 客户参考号 流水号 \
            ordersn orderno ordernumber ordernum ordercode ordername orderref orderreference \
            incrementid purchase orderid order 订单id 单号 单据编号 单据号 编号 name reference \
            number id receiptnumber receiptno orderreference orderref",
        parts: &[
            NamePart {
                has: &["商户订单号"],
                lacks: &["退"],
            },
            NamePart {
                has: &["商户单号"],
                lacks: &["退"],
            },
            NamePart {
                has: &["outtradeno"],
                lacks: &[],
            },
            NamePart {
                has: &["支付", "单号"],
                lacks: NOT_A_NUMBER,
            },
            NamePart {
                has: &["订单", "号"],
                lacks: NOT_A_NUMBER,
            },
            NamePart {
                has: &["订单编号"],
                lacks: NOT_A_NUMBER,
            },
            NamePart {
                has: &["order", "no"],
                lacks: &["refund", "note", "notice"],
            },
            NamePart {
                has: &["单号"],
                lacks: NOT_A_NUMBER,
            },
        ],
    },
    ColumnNames {
        column: Column::OrderNo,
        exact: "\
            orderno 业务订单号 订单号 订单编号 主订单编号 主订单号 平台订单号 店铺订单号 业务单号 \
            ordersn ordernumber ordernum ordercode incrementid order name orderid 订单id",
        parts: &[],
    },
    ColumnNames {
        column: Column::Amount,
        exact: "\
            amount 微信支付金额 微信实付金额 微信实付 实付金额 订单实付金额 实际支付金额 \
            实际付款金额 买家实付金额 买家实际支付金额 用户实付金额 用户实付 用户支付金额 \
            顾客实付金额 客户实付金额 顾客实付 买家实付 用户支付 实付款 实付 实付总额 实付款金额 实际支付 实际付款 实缴金额 实缴 实交金额 已缴金额 优惠后金额 折后金额 moneypaid 支付金额 付款金额 \
            订单支付金额 订单付款金额 已付金额 已支付金额 支付总额 支付总金额 付款总额 实收金额 实收 \
            收款金额 现金支付金额 实际金额 成交金额 交易金额 cashfee paidamount amountpaid paidprice \
            payamount paymentamount payprice paymoney paytotal realpay realamount realmoney \
            actualpay actualamount actualpayment payment payfee totalpaid totalpayment settleamount \
            ordertotal grandtotal ordertotalamount amounttotal orderamount totalamount totalfee \
            totalprice totalmoney orderfee ordermoney orderprice total totalincludingtax 应付金额 \
            订单应付金额 用户应付金额 商家应收金额 买家应付货款 应付款 应付总额 应付 应收金额 订单金额 订单总额 订单总金额 \
            订单总价 订单价格 订单合计 订单合计金额 amountcents amountincents totalcents gross grossamount 总金额 总额 总价 合计金额 合计 金额合计 价税合计 含税金额 销售金额 \
            消费金额 充值金额 缴费金额 报名费 挂号费 预付运费 押金金额 实际结算 合计应收 本币价税合计 预付金额 金额 money price sum fee value 商家实收金额",
        parts: &[
            NamePart {
                has: &["实付"],
                lacks: NOT_PAID,
            },
            NamePart {
                has: &["实际支付"],
                lacks: NOT_PAID,
            },
            NamePart {
                has: &["支付", "金额"],
                lacks: NOT_PAID,
            },
            NamePart {
                has: &["付款", "金额"],
                lacks: NOT_PAID,
            },
            NamePart {
                has: &["实收"],
                lacks: NOT_PAID,
            },
            NamePart {
                has: &["应付"],
                lacks: NOT_PAID,
            },
            NamePart {
                has: &["订单", "金额"],
                lacks: NOT_PAID,
            },
            NamePart {
                has: &["订单", "总"],
                lacks: NOT_PAID,
            },
            NamePart {
                has: &["pay", "amount"],
                lacks: NOT_PAID,
            },
            NamePart {
                has: &["order", "total"],
                lacks: NOT_PAID,
            },
            NamePart {
                has: &["total", "amount"],
                lacks: NOT_PAID,
            },
        ],
    },
    ColumnNames {
        column: Column::MchId,
        exact: "mchid 商户号 微信商户号 微信支付商户号 收款商户号 merchantid",
        parts: &[],
    },
    ColumnNames {
        column: Column::Currency,
        exact: "currency 币种 货币种类 货币 币别 货币类型 currencycode ordercurrency feetype",
        parts: &[],
    },
    ColumnNames {
        column: Column::Channel,
        exact: "\
            channel 支付方式 付款方式 支付渠道 付款渠道 支付类型 支付工具 支付通道 收款方式 收款渠道 \
            支付平台 结算方式 支付手段 缴费方式 交易方式 结账方式 收银方式 付款途径 支付产品 支付来源 结算渠道 资金渠道 paidby tender tendertype gatewayname paychannelname tradechannel 缴费渠道 收费方式 付费方式 缴纳方式 付款类型 交易渠道 支付途径 订单支付方式 买家支付方式 \
            paymentmethod paymentmethodtitle paymethod paytype paychannel payway paymode \
            paymentchannel paymentgateway paymenttype paymentprovider paymentjournal gateway \
            paymentname paymentcode payplatform payname paycode 收款账户 结算账户 资金账户",
        parts: &[
            NamePart {
                has: &["支付方式"],
                lacks: &["退"],
            },
            NamePart {
                has: &["付款方式"],
                lacks: &["退"],
            },
            NamePart {
                has: &["支付渠道"],
                lacks: &["退", "单号", "流水"],
            },
            NamePart {
                has: &["payment", "method"],
                lacks: &["refund"],
            },
        ],
    },
    ColumnNames {
        column: Column::PayStatus,
        exact: "paystatus",
        parts: &[],
    },
    ColumnNames {
        column: Column::CreatedAt,
        exact: "\
            createdat 创建时间 订单成交时间 下单时间 订单创建时间 订单时间 订单提交时间 提交时间 拍下时间 \
            买家下单时间 订单生成时间 生成时间 创建日期 下单日期 订单日期 单据日期 业务日期 购买时间 \
            报名时间 预约下单时间 交易创建时间 交易时间 交易日期 成单时间 createtime createdtime \
            createdate datecreated createddate createdon ordertime orderdate orderedat \
            ordercreatedat ordercreatetime created creationdate gmtcreate gmtcreated addtime addedtime \
            purchasedate purchaseddate dateordered dateorder dateadded date timecreated inserttime \
            ctime dateadd postingdate 结账时间 结帐时间 开单时间 开单日期 制单日期 制单时间 录单时间 日期 时间 time timestamp",
        parts: &[
            NamePart {
                has: &["下单", "时间"],
                lacks: &["退"],
            },
            NamePart {
                has: &["创建", "时间"],
                lacks: &["退", "售后"],
            },
            NamePart {
                has: &["下单", "日期"],
                lacks: &["退"],
            },
            NamePart {
                has: &["order", "date"],
                lacks: &["refund", "update"],
            },
            NamePart {
                has: &["created"],
                lacks: &["refund", "by", "via"],
            },
        ],
    },
    ColumnNames {
        column: Column::PaidAt,
        exact: "\
            paidat 支付时间 付款时间 支付完成时间 支付成功时间 付款完成时间 付款成功时间 \
            买家付款时间 用户付款时间 订单付款时间 订单支付时间 实际付款时间 交易付款时间 \
            交易支付时间 成交时间 收款时间 到账时间 付款日期 支付日期 缴费时间 支付时刻 收款日期 \
            paytime paidtime paymenttime paymentdate paiddate datepaid paidon paysuccesstime payat \
            paydate timepaid successtime timeend paymentat gmtpayment processedat confirmtime \
            付款成功日期 gmtpaid gmtpay gmtpayed 销售时间 收费时间 捐赠时间 结账时间 结帐时间 订单结账时间 paid",
        parts: &[
            NamePart {
                has: &["付款", "时间"],
                lacks: &["退", "截止", "最晚", "超时"],
            },
            NamePart {
                has: &["支付", "时间"],
                lacks: &["退", "截止", "最晚", "超时"],
            },
            NamePart {
                has: &["付款", "日期"],
                lacks: &["退", "截止"],
            },
            NamePart {
                has: &["paid", "at"],
                lacks: &["refund"],
            },
        ],
    },
    ColumnNames {
        column: Column::ClosedAt,
        exact: "\
            closedat 关闭时间 关单时间 取消时间 订单关闭时间 订单取消时间 交易关闭时间 closetime \
            closedtime canceltime cancelledat canceledat canceledtime",
        parts: &[],
    },
    ColumnNames {
        column: Column::FulfilStatus,
        exact: "fulfilstatus",
        parts: &[],
    },
    ColumnNames {
        column: Column::FulfilledAt,
        exact: "\
            fulfilledat 发货时间 履约时间 交付时间 核销时间 验券时间 商家发货时间 卖家发货时间 订单发货时间 \
            出库时间 发货日期 出库日期 使用时间 送达时间 shippedat shiptime shippingtime \
            deliverytime deliveredat sendtime consigntime shippeddate dateshipped \
            effectivedate fulfillmentdate datecompleted completedat 开通时间",
        parts: &[NamePart {
            has: &["发货", "时间"],
            lacks: &[
                "退", "承诺", "预计", "最晚", "最迟", "截止", "要求", "预约", "应", "提醒", "计划",
                "约定",
            ],
        }],
    },
    ColumnNames {
        column: Column::TransactionId,
        exact: "\
            transactionid 微信订单号 微信支付订单号 微信支付单号 微信支付交易号 微信支付流水号 \
            微信交易号 微信交易单号 微信单号 微信流水号 微信支付交易单号 wxtransactionid \
            wechattransactionid wechatorderid wechatorderno wxorderno wxtradeno",
        parts: &[NamePart {
            has: &["微信", "单号"],
            lacks: &["商户", "退"],
        }],
    },
    ColumnNames {
        column: Column::Appid,
        exact: "appid 公众账号id 应用id 小程序appid",
        parts: &[],
    },
    ColumnNames {
        column: Column::SubMchid,
        exact: "submchid 子商户号 特约商户号 二级商户号",
        parts: &[],
    },
    ColumnNames {
        column: Column::Void,
        exact: "\
            void 是否作废 作废标志 作废标记 作废 是否取消 取消标志 已作废 isvoid isvoided voided iscancelled \
            iscanceled cancelled canceled voidflag cancelflag 取消 已取消 是否已取消 取消标识 无效 是否无效 撤单 \
            已撤单 是否撤单 是否关闭 关闭标志 有效 是否有效 有效标志 isvalid valid",
        parts: &[],
    },
    ColumnNames {
        column: Column::Direction,
        exact: "\
            direction 收支 收支类型 收支方向 资金方向 资金流向 资金流动类型 交易方向 收付 收付方向 收付类型 \
            收入支出 出入账 借贷方向",
        parts: &[],
    },
    ColumnNames {
        column: Column::TradeType,
        exact: "tradetype 交易类型",
        parts: &[],
    },
    ColumnNames {
        column: Column::Openid,
        exact: "openid 用户标识 用户openid 买家openid 微信openid",
        parts: &[],
    },
    ColumnNames {
        column: Column::Goods,
        exact: "\
            goods product 商品名称 商品 商品标题 商品描述 商品信息 货品名称 宝贝标题 选购商品 \
            课程名称 产品名称 项目名称 存货名称 物料名称 productname goodsname itemname lineitemname \
            subject body title description 全部商品名称",
        parts: &[],
    },
    ColumnNames {
        column: Column::Attach,
        exact: "attach 附加数据 商户数据包",
        parts: &[],
    },
    ColumnNames {
        column: Column::RefundNo,
        exact: "refundno 退款单号 商户退款单号 outrefundno 退款编号 售后单号 售后编号 refundid refundsn",
        parts: &[],
    },
    ColumnNames {
        column: Column::RefundAmount,
        exact: "\
            微信退款金额 微信退款 微信实退金额 refundamount 退款金额 已退金额 已退款金额 累计退款 累计退款金额 订单已退款金额 \
            订单退款金额 退款总额 退款总金额 实退金额 实际退款金额 退款成功金额 退款 已退款 退款额 \
            退费金额 refundedamount refundtotal totalrefunded amountrefunded refundmoney refundfee refunded refund 退货金额 售后金额 退款合计 实际退款 退回金额 \
            refundprice amounttotalrefunded totalrefund orderrefundamount refundedtotal",
        parts: &[
            NamePart {
                has: &["退款", "金额"],
                lacks: &["申请", "可退", "未退", "运费", "优惠", "待退"],
            },
            NamePart {
                has: &["refund", "amount"],
                lacks: &["shipping", "tax"],
            },
        ],
    },
    ColumnNames {
        column: Column::RefundStatus,
        exact: "",
        parts: &[],
    },
    ColumnNames {
        column: Column::RefundChannel,
        exact: "\
            refundchannel 退款方式 退款渠道 退款途径 退款去向 退回方式 退款通道 refundmethod",
        parts: &[],
    },
    ColumnNames {
        column: Column::RefundAt,
        exact: "\
            refundat 退款时间 退款成功时间 退款完成时间 退款到账时间 退款日期 refundtime refundedat \
            refunddate refundsuccesstime",
        parts: &[],
    },
];
