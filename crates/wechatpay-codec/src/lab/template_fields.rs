//! The fields of APIv2 calls, as the documents list them.

use super::template::{Need, TemplateField, ValueKind};
use recondesk_domain::Term;

/// Signs that order numbers may hold beside digits and letters.
const SIGNS: &str = "_-|*@";

const fn field(
    name: &'static str,
    need: Need,
    most: usize,
    kind: ValueKind,
    what: (&'static str, &'static str),
) -> TemplateField {
    TemplateField {
        name,
        need,
        most,
        kind,
        what: Term::new(what.0, what.1),
    }
}

use Need::{OneOf, Optional, Required};

const TYPES: ValueKind = ValueKind::Word(&["MD5", "HMAC-SHA256"]);

#[rustfmt::skip]
pub(super) const ENVELOPE: &[TemplateField] = &[
    field("appid", Required, 32, ValueKind::Text, ("应用 ID，须与商户号绑定", "App id, bound to the merchant")),
    field("mch_id", Required, 32, ValueKind::MchId, ("商户号", "Merchant number")),
    field("sub_appid", Optional, 32, ValueKind::Text, ("子商户应用 ID（服务商）", "App id of the sub-merchant")),
    field("sub_mch_id", Optional, 32, ValueKind::MchId, ("子商户号（服务商）", "Sub-merchant")),
    field("nonce_str", Required, 32, ValueKind::Text, ("随机串，每次新生成", "Nonce, new each time")),
    field("sign_type", Optional, 32, TYPES, ("签名类型，不写为 MD5；写了就参与签名", "Algorithm, MD5 unless said; signed when sent")),
];

#[rustfmt::skip]
pub(super) const ORDER: &[TemplateField] = &[
    field("version", Optional, 32, ValueKind::Text, ("单品优惠时为 1.0", "1.0 for single-item discounts")),
    field("device_info", Optional, 32, ValueKind::Text, ("终端或门店号，网页填 WEB", "Terminal or shop, WEB for pages")),
    field("body", Required, 128, ValueKind::Text, ("商品描述", "Goods")),
    field("detail", Optional, 6000, ValueKind::Json, ("商品详情 JSON，按原文签名", "Goods in detail, signed as written")),
    field("attach", Optional, 127, ValueKind::Text, ("附加数据，查询和通知时原样返回", "Echoed in query and notification")),
    field("out_trade_no", Required, 32, ValueKind::Number(SIGNS), ("商户订单号，6–32 位", "Merchant order number, 6 to 32")),
    field("fee_type", Optional, 16, ValueKind::Word(&["CNY"]), ("币种", "Currency")),
    field("total_fee", Required, 10, ValueKind::Fen, ("金额，单位分", "Amount in fen")),
    field("spbill_create_ip", Required, 64, ValueKind::Ip, ("用户 IP", "Address of the customer")),
    field("time_start", Optional, 14, ValueKind::Text, ("订单生成时间 yyyyMMddHHmmss，北京时间", "When it was made, Beijing time")),
    field("time_expire", Optional, 14, ValueKind::Time, ("订单失效时间 yyyyMMddHHmmss，北京时间", "Until when it can be paid, Beijing time")),
    field("goods_tag", Optional, 32, ValueKind::Text, ("优惠标记", "Coupon tag")),
    field("notify_url", Required, 256, ValueKind::NotifyUrl, ("通知地址，公网 https，不带参数", "Where notifications go: public https, no query")),
    field("trade_type", Required, 16, ValueKind::Word(&["JSAPI", "NATIVE", "APP", "MWEB"]), ("交易类型", "Way of paying")),
    field("product_id", Optional, 32, ValueKind::Text, ("商品 ID，NATIVE 必填", "Product, required for NATIVE")),
    field("limit_pay", Optional, 32, ValueKind::Word(&["no_credit"]), ("no_credit 禁用信用卡", "no_credit forbids credit cards")),
    field("openid", Optional, 128, ValueKind::Text, ("付款用户，JSAPI 必填", "The customer, required for JSAPI")),
    field("receipt", Optional, 8, ValueKind::Word(&["Y"]), ("Y 显示开票入口", "Y shows the invoice entry")),
    field("profit_sharing", Optional, 16, ValueKind::Word(&["Y", "N"]), ("是否分账", "Profit sharing")),
    field("scene_info", Optional, 256, ValueKind::Json, ("场景信息 JSON，H5 必填", "Scene, required for H5")),
];

#[rustfmt::skip]
pub(super) const QUERY: &[TemplateField] = &[
    field("transaction_id", OneOf(1), 32, ValueKind::Number(""), ("微信支付订单号，优先", "Payment number, preferred")),
    field("out_trade_no", OneOf(1), 32, ValueKind::Number(SIGNS), ("商户订单号", "Merchant order number")),
];

#[rustfmt::skip]
pub(super) const CLOSE: &[TemplateField] = &[
    field("out_trade_no", Required, 32, ValueKind::Number(SIGNS), ("商户订单号；下单 5 分钟后才能关", "Merchant order number; not within 5 minutes of ordering")),
];

#[rustfmt::skip]
pub(super) const REFUND: &[TemplateField] = &[
    field("transaction_id", OneOf(1), 32, ValueKind::Number(""), ("微信支付订单号，优先", "Payment number, preferred")),
    field("out_trade_no", OneOf(1), 32, ValueKind::Number(SIGNS), ("商户订单号", "Merchant order number")),
    field("out_refund_no", Required, 64, ValueKind::Number(SIGNS), ("商户退款单号；同号即同一笔", "Refund number; the same number is the same refund")),
    field("total_fee", Required, 10, ValueKind::Fen, ("原订单金额，单位分", "Amount of the order in fen")),
    field("refund_fee", Required, 10, ValueKind::Fen, ("退款金额，单位分", "Amount of the refund in fen")),
    field("refund_fee_type", Optional, 8, ValueKind::Word(&["CNY"]), ("币种", "Currency")),
    field("refund_desc", Optional, 80, ValueKind::Text, ("退款原因，用户可见", "Reason, shown to the customer")),
    field("refund_account", Optional, 30, ValueKind::Word(&["REFUND_SOURCE_UNSETTLED_FUNDS", "REFUND_SOURCE_RECHARGE_FUNDS"]), ("资金来源，仅老资金流商户", "Source of the money, old fund flow only")),
    field("notify_url", Optional, 256, ValueKind::NotifyUrl, ("退款通知地址", "Where the refund notification goes")),
];

#[rustfmt::skip]
pub(super) const REFUND_QUERY: &[TemplateField] = &[
    field("refund_id", OneOf(1), 32, ValueKind::Number(""), ("微信退款单号，最优先", "Refund id, most preferred")),
    field("out_refund_no", OneOf(1), 64, ValueKind::Number(SIGNS), ("商户退款单号", "Refund number")),
    field("transaction_id", OneOf(1), 32, ValueKind::Number(""), ("微信支付订单号", "Payment number")),
    field("out_trade_no", OneOf(1), 32, ValueKind::Number(SIGNS), ("商户订单号", "Merchant order number")),
    field("offset", Optional, 10, ValueKind::Count, ("从第几笔退款起", "From which refund on")),
];

#[rustfmt::skip]
pub(super) const BILL: &[TemplateField] = &[
    field("bill_date", Required, 8, ValueKind::Day, ("账单日期 yyyyMMdd，次日 10:00 后可取，三个月内", "Day of the bill, after 10:00 of the next, within three months")),
    field("bill_type", Optional, 8, ValueKind::Word(&["ALL", "SUCCESS", "REFUND", "RECHARGE_REFUND"]), ("账单类型", "Kind of bill")),
    field("tar_type", Optional, 8, ValueKind::Word(&["GZIP"]), ("压缩", "Compression")),
];

#[rustfmt::skip]
pub(super) const FUND_FLOW: &[TemplateField] = &[
    field("bill_date", Required, 8, ValueKind::Day, ("账单日期 yyyyMMdd", "Day of the bill")),
    field("account_type", Required, 8, ValueKind::Word(&["Basic", "Operation", "Fees"]), ("资金账户", "Account")),
    field("tar_type", Optional, 8, ValueKind::Word(&["GZIP"]), ("压缩", "Compression")),
];

#[rustfmt::skip]
pub(super) const ANSWER: &[TemplateField] = &[
    field("return_code", Required, 16, ValueKind::Word(&["SUCCESS", "FAIL"]), ("SUCCESS 表示已收到，不再重发", "SUCCESS ends the repeats")),
    field("return_msg", Optional, 128, ValueKind::Text, ("返回信息", "Message")),
];

/// Fields of answers and notifications, for reading them.
#[rustfmt::skip]
const RECEIVED: &[(&str, Term)] = &[
    ("sign", Term::new("签名", "Signature")),
    ("return_code", Term::new("通信结果", "Transport result")),
    ("return_msg", Term::new("通信信息", "Transport message")),
    ("result_code", Term::new("业务结果", "Business result")),
    ("err_code", Term::new("错误码", "Error code")),
    ("err_code_des", Term::new("错误描述", "Error description")),
    ("prepay_id", Term::new("预支付编号，2 小时有效", "Prepay id, good for 2 hours")),
    ("code_url", Term::new("二维码内容，2 小时有效", "Content of the code, good for 2 hours")),
    ("mweb_url", Term::new("H5 跳转地址，5 分钟有效", "H5 address, good for 5 minutes")),
    ("trade_state", Term::new("交易状态", "State of the order")),
    ("trade_state_desc", Term::new("状态说明", "State in words")),
    ("bank_type", Term::new("付款银行", "Bank")),
    ("settlement_total_fee", Term::new("应结金额（扣除非充值券），分", "To settle, without non-prepaid coupons, fen")),
    ("cash_fee", Term::new("用户实付现金，分", "Paid in cash, fen")),
    ("coupon_fee", Term::new("代金券金额，分", "Coupons, fen")),
    ("coupon_count", Term::new("代金券张数", "Number of coupons")),
    ("is_subscribe", Term::new("是否关注（现恒为 N）", "Subscribed (now always N)")),
    ("time_end", Term::new("支付完成时间，北京时间", "When it was paid, Beijing time")),
    ("req_info", Term::new("加密的退款信息", "Encrypted refund")),
    ("refund_count", Term::new("退款笔数", "Number of refunds")),
    ("refund_status", Term::new("退款状态", "State of the refund")),
    ("refund_recv_accout", Term::new("退款入账账户（接口原拼写）", "Where the refund went (so spelt on the wire)")),
    ("success_time", Term::new("退款成功时间，北京时间", "When it was refunded, Beijing time")),
];

/// What a field means, numbered ones (`coupon_fee_0`) included.
#[must_use]
pub fn field_meaning(name: &str) -> Option<Term> {
    let stem = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '_');
    let known = |wanted: &str| {
        RECEIVED
            .iter()
            .find(|(name, _)| *name == wanted)
            .map(|(_, what)| *what)
            .or_else(|| {
                [ENVELOPE, ORDER, REFUND, REFUND_QUERY, BILL, FUND_FLOW]
                    .into_iter()
                    .flatten()
                    .find(|field| field.name == wanted)
                    .map(|field| field.what)
            })
    };
    known(name).or_else(|| known(stem))
}
