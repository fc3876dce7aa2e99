//! Names that shops give to columns: how well a header fits a canonical column.
//!
//! The tables hold what is exported by 有赞, 微盟, 淘宝, 拼多多, 抖店, 快手, 京东, 小鹅通, WooCommerce, Magento, Shopify, Odoo,
//! 金蝶, 用友 and plain databases; parts of names catch what they do not hold.

mod orders;
mod questions;
mod refunds;
mod states;

pub(super) use questions::{
    asked_by, is_of_after_sales, is_of_checking, is_of_group, is_of_process, is_of_settlement,
    is_of_transfer, says_valid,
};

use super::fold::folded;
use super::{ChannelOwner, Column, RecordKind, StateSubject};

/// Exact names of a column, best first, then parts of names.
pub(super) struct ColumnNames {
    pub(super) column: Column,
    /// Whole headers, folded, one after another.
    pub(super) exact: &'static str,
    /// Headers that contain all of the first and none of the second.
    pub(super) parts: &'static [NamePart],
}

/// A part of a name.
pub(super) struct NamePart {
    pub(super) has: &'static [&'static str],
    pub(super) lacks: &'static [&'static str],
}

/// Names of a column of states.
pub(super) struct StateNames {
    pub(super) about: StateSubject,
    pub(super) exact: &'static str,
    pub(super) parts: &'static [NamePart],
}

/// A header without decoration, blanks, case and what stands in brackets.
pub(super) fn norm(header: &str) -> String {
    let mut bare = String::with_capacity(header.len());
    let mut depth = 0_u32;
    for sign in header.chars() {
        match sign {
            '(' | '（' | '[' | '【' | '<' | '《' => depth += 1,
            ')' | '）' | ']' | '】' | '>' | '》' => depth = depth.saturating_sub(1),
            sign if depth == 0 => bare.push(sign),
            _ => {}
        }
    }
    let name = folded(&bare);
    if name.is_empty() {
        folded(header)
    } else {
        name
    }
}

/// How well a header fits: 0 is best.
fn rank(name: &str, exact: &str, parts: &[NamePart]) -> Option<usize> {
    let mut words = exact.split_whitespace();
    if let Some(at) = words.position(|known| known == name) {
        return Some(at);
    }
    // `payment.out_trade_no`: a number of WeChat Pay's own name is that number, whatever path leads to it.
    let own = exact.split_whitespace().next().unwrap_or_default();
    if matches!(own, "outtradeno" | "transactionid") && name.ends_with(own) {
        return Some(0);
    }
    let fits = |part: &NamePart| {
        part.has.iter().all(|piece| name.contains(piece))
            && !part.lacks.iter().any(|piece| name.contains(piece))
    };
    parts
        .iter()
        .position(fits)
        .map(|at| exact.split_whitespace().count() + at)
}

/// The names of the columns of such a file.
pub(super) const fn of(kind: RecordKind) -> &'static [ColumnNames] {
    match kind {
        RecordKind::Orders => orders::NAMES,
        RecordKind::Refunds => refunds::NAMES,
    }
}

/// How well a header fits a column; `None` for not at all.
pub(super) fn fit(kind: RecordKind, column: Column, header: &str) -> Option<usize> {
    let names = of(kind).iter().find(|names| names.column == column)?;
    rank(&norm(header), names.exact, names.parts)
}

/// True when a header is a whole name of a column, beyond doubt; a part of a name is only a hint.
pub(super) fn is_whole_name(kind: RecordKind, column: Column, header: &str) -> bool {
    let name = norm(header);
    let names = of(kind).iter().find(|names| names.column == column);
    names.is_some_and(|names| names.exact.split_whitespace().any(|known| known == name))
}

/// How well a header fits a column of states about this.
pub(super) fn fit_state(kind: RecordKind, about: StateSubject, header: &str) -> Option<usize> {
    let table = match kind {
        RecordKind::Orders => states::OF_ORDERS,
        RecordKind::Refunds => states::OF_REFUNDS,
    };
    let names = table.iter().find(|names| names.about == about)?;
    rank(&norm(header), names.exact, names.parts)
}

/// True for headers that many shops use, in files of any kind.
pub(super) fn is_known(header: &str) -> bool {
    let name = norm(header);
    if name.is_empty() || name.chars().count() > 40 {
        return false;
    }
    let kinds = [RecordKind::Orders, RecordKind::Refunds];
    kinds.iter().any(|kind| {
        of(*kind)
            .iter()
            .any(|names| rank(&name, names.exact, names.parts).is_some())
    }) || states::OF_ORDERS
        .iter()
        .chain(states::OF_REFUNDS)
        .any(|names| rank(&name, names.exact, names.parts).is_some())
}

/// True for one whose brackets or end say so, and not only the name that WeChat Pay gives such a field.
pub(super) fn says_fen(header: &str) -> bool {
    let name = norm(header);
    is_in_fen(header) && !["totalfee", "refundfee", "cashfee", "orderfee"].contains(&name.as_str())
}

/// True for a money column whose header says that it is in yuan.
pub(super) fn is_in_yuan(header: &str) -> bool {
    let inner: String = header.split(['(', '（', '[', '【']).skip(1).collect();
    matches!(
        folded(&inner).as_str(),
        "元" | "单位元" | "人民币元" | "yuan" | "cny" | "rmb"
    )
}

/// True for a money column whose header says that it is in fen.
pub(super) fn is_in_fen(header: &str) -> bool {
    let inner: String = header
        .split(['(', '（', '[', '【', ':', '：'])
        .skip(1)
        .collect();
    let inner = folded(&inner);
    let name = norm(header);
    matches!(
        inner.as_str(),
        "分" | "单位分" | "人民币分" | "fen" | "cent" | "cents" | "infen"
    ) || ["totalfee", "refundfee", "cashfee", "orderfee"].contains(&name.as_str())
        || name.ends_with("infen")
        || name.ends_with("cents")
        || name.ends_with("fen") && !name.ends_with("offen")
        || name.ends_with("单位分")
        || name.ends_with("金额分")
}

/// True for a column of what went back, not of what was asked for.
pub(super) fn is_sum_returned(header: &str) -> bool {
    let name = norm(header);
    ["已退", "实退", "实际退", "退款成功", "成功退", "refunded"]
        .iter()
        .any(|part| name.contains(part))
}

/// True for a money column whose name says that it is another sum than the one that was paid.
pub(super) fn is_other_money(header: &str) -> bool {
    let name = norm(header);
    let is_amount = fit(RecordKind::Orders, Column::Amount, header).is_some();
    !is_amount && orders::NOT_PAID.iter().any(|part| name.contains(part))
}

/// True for a money column whose name says that it is of the whole order.
pub(super) fn is_of_order(header: &str) -> bool {
    let name = norm(header);
    [
        "订单", "实付", "支付", "付款", "实收", "总", "合计", "order", "total", "paid", "pay",
    ]
    .iter()
    .any(|part| name.contains(part))
}

/// Whose share of the payment a money column holds, where its header is a means of payment and no more.
pub(super) fn share_of(header: &str) -> Option<ChannelOwner> {
    let name = norm(header);
    let mut bare = name.as_str();
    for tail in ["元", "金额", "支付", "付款", "实收"] {
        bare = bare.strip_suffix(tail).unwrap_or(bare);
    }
    match bare {
        "微信" | "wechat" | "wechatpay" | "weixin" => Some(ChannelOwner::Wechat),
        "支付宝" | "alipay" | "现金" | "cash" | "储值" | "储值卡" | "会员卡" | "会员储值"
        | "余额" | "银行卡" | "刷卡" | "云闪付" | "积分" => Some(ChannelOwner::Other),
        _ => None,
    }
}

/// True for a money column of one order of the shop, whatever else was paid with it.
pub(super) fn is_of_single_order(header: &str) -> bool {
    let name = norm(header);
    name.contains("订单") || name.contains("order")
}

/// True for a header whose brackets say that it is not the one that counts: of another currency, of before.
pub(super) fn is_aside(header: &str) -> bool {
    let inner: String = header.split(['(', '（', '[', '【']).skip(1).collect();
    let inner = folded(&inner);
    let name = norm(header);
    name.ends_with("usd")
        || name.ends_with("hkd")
        || name.ends_with("美元")
        || [
            "美元",
            "usd",
            "港币",
            "hkd",
            "欧元",
            "eur",
            "积分",
            "points",
            "万元",
            "千元",
            "旧",
            "原",
            "old",
            "优惠前",
            "折前",
            "美西",
            "pst",
            "备用",
            "作废",
        ]
        .iter()
        .any(|part| inner.contains(part))
}

/// True for a money column of single items.
pub(super) fn is_of_item(header: &str) -> bool {
    const ITEM: [&str; 18] = [
        "商品金额",
        "商品实付",
        "子订单",
        "分摊",
        "单品",
        "明细金额",
        "小计",
        "行金额",
        "item",
        "line",
        "sku",
        "商品小计",
        "商品应付",
        "商品总价",
        "货品金额",
        "商品优惠后",
        "商品实际",
        "商品成交",
    ];
    let name = norm(header);
    ITEM.iter().any(|part| name.contains(part)) && !name.contains("合计")
}

/// True for a column in which people write what they like.
pub(super) fn is_remark(header: &str) -> bool {
    let name = norm(header);
    [
        "备注",
        "留言",
        "说明",
        "描述",
        "remark",
        "memo",
        "note",
        "comment",
        "description",
        "message",
    ]
    .iter()
    .any(|part| name.contains(part))
        && !["状态", "status", "state"]
            .iter()
            .any(|part| name.contains(part))
}

/// True for a header of a column that may say by which means an order was paid.
pub(super) fn may_be_means(header: &str) -> bool {
    let name = norm(header);
    let has = |parts: &[&str]| parts.iter().any(|part| name.contains(part));
    let is_of_payment = has(&["支付", "付款", "收款"]);
    let is_of_customer = name == "来源"
        || has(&[
            "客户",
            "会员",
            "注册",
            "登录",
            "用户",
            "引流",
            "流量",
            "订单来源",
            "source",
            "referr",
            "utm",
        ]);
    let is_hinted = has(&[
        "付", "支", "收", "交易", "结算", "资金", "渠道", "通道", "钱包", "扫码", "方式", "pay",
        "method", "channel", "tender", "gateway", "provider", "wallet",
    ]);
    is_of_payment || is_hinted && !is_of_customer
}

/// True for the number that a platform gave, where a shop system has its own beside it.
pub(super) fn is_of_platform(header: &str) -> bool {
    [
        "第三方单号",
        "第三方流水号",
        "平台单号",
        "平台订单号",
        "线上订单号",
        "线上单号",
        "原始单号",
        "网店单号",
        "网店订单号",
        "电商订单号",
        "来源单号",
        "渠道单号",
        "渠道订单号",
    ]
    .contains(&norm(header).as_str())
}

/// True for a shop system's own number of an order.
pub(super) fn is_own_number(header: &str) -> bool {
    [
        "订单号",
        "订单编号",
        "账单号",
        "流水号",
        "单据编号",
        "单据号",
        "系统单号",
        "内部单号",
    ]
    .contains(&norm(header).as_str())
}

/// True for a column that only lists of items have.
pub(super) fn is_item_column(header: &str) -> bool {
    const ITEM: [&str; 18] = [
        "数量",
        "单价",
        "规格",
        "sku",
        "商品数量",
        "购买数量",
        "商品单价",
        "商品价格",
        "商品编码",
        "商品规格",
        "quantity",
        "qty",
        "lineitemname",
        "lineitemquantity",
        "itemname",
        "itemprice",
        "货品",
        "子订单编号",
    ];
    let name = norm(header);
    ITEM.iter().any(|part| name.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decorations_of_headers_are_taken_off() {
        for header in [
            "*订单号",
            "订单号*",
            "订单\n号",
            "（必填）订单号",
            "订单号（必填）",
            "订 单 号：",
            "\u{FEFF}订单号",
            "訂單號",
            "订单号▲",
            "【订单号】",
        ] {
            assert_eq!(norm(header), "订单号", "{header:?}");
        }
        assert_eq!(norm("Order_ID"), norm("order id"));
    }

    #[test]
    fn a_unit_in_the_header_is_seen() {
        for header in [
            "订单金额（分）",
            "total_fee",
            "金额(单位：分)",
            "amount_fen",
            "amount_in_cents",
            "实付金额[分]",
        ] {
            assert!(is_in_fen(header), "{header}");
        }
        for header in [
            "订单金额（元）",
            "分销金额",
            "积分抵扣",
            "分账金额",
            "amount",
            "实付金额(部分)",
        ] {
            assert!(!is_in_fen(header), "{header}");
        }
    }

    #[test]
    fn names_fit_their_columns_only() {
        let best = |header: &str| {
            Column::ALL
                .into_iter()
                .filter(|column| fit(RecordKind::Orders, *column, header).is_some())
                .collect::<Vec<_>>()
        };
        assert_eq!(best("订单实付金额"), [Column::Amount]);
        assert_eq!(best("买家付款时间"), [Column::PaidAt]);
        assert_eq!(best("订单已退款金额"), [Column::RefundAmount]);
        assert_eq!(best("运费"), []);
        assert_eq!(best("店铺优惠合计"), []);
        assert_eq!(best("优惠金额"), []);
        assert_eq!(best("收货人手机号"), []);
    }
}
