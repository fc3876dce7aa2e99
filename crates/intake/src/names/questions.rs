//! Columns that tell how far something is, or answer a question, beside the states of orders.

use super::norm;
use crate::StateSubject;

/// True for a column that tells whether the platform has settled with the shop.
pub(crate) fn is_of_settlement(header: &str) -> bool {
    ["结算状态", "settlementstatus", "settlestatus"].contains(&norm(header).as_str())
}

/// True for a column that tells how far a document is checked or booked, and only by the way that it was given up.
pub(crate) fn is_of_process(header: &str) -> bool {
    let name = norm(header);
    [
        "单据状态",
        "整单状态",
        "审核状态",
        "处理状态",
        "流程状态",
        "状态说明",
        "result",
    ]
    .contains(&name.as_str())
}

/// True for a column whose name asks whether a row counts, and not whether it was given up.
pub(crate) fn says_valid(header: &str) -> bool {
    ["有效", "是否有效", "有效标志", "isvalid", "valid"].contains(&norm(header).as_str())
}

/// What a column asks with yes or no, where its name has no word for a state: `is_paid`, `已发货`, `发货标识`.
pub(crate) fn asked_by(header: &str) -> Option<StateSubject> {
    const ASKED: [(StateSubject, &str); 3] = [
        (
            StateSubject::Payment,
            "付款 支付 已付款 已支付 已付 收款 已收款 缴费 已缴费 paid ispaid haspaid",
        ),
        (
            StateSubject::Delivery,
            "发货 已发货 出库 已出库 核销 已核销 配送 已配送 交付 已交付 shipped isshipped delivered isdelivered",
        ),
        (
            StateSubject::Refund,
            "退款 已退款 退费 已退费 refunded isrefunded isrefund refund",
        ),
    ];
    let name = norm(header);
    let mut bare = name.as_str();
    for end in ["标志", "标记", "标识", "flag"] {
        bare = bare.strip_suffix(end).unwrap_or(bare);
    }
    bare = bare.strip_prefix("是否").unwrap_or(bare);
    let asked = ASKED
        .iter()
        .find(|(_, names)| names.split(' ').any(|name| name == bare));
    asked.map(|(about, _)| *about)
}

/// True for a column of after-sales cases, of which a refund is one kind and an exchange another.
pub(crate) fn is_of_after_sales(header: &str) -> bool {
    let folded = crate::fold::folded(header);
    let is_named = ["售后", "维权", "aftersale"]
        .iter()
        .any(|word| folded.contains(word));
    is_named && !folded.contains('退') && !folded.contains("refund")
}

/// True for one that tells of checking alone, and never that a document was given up.
pub(crate) fn is_of_checking(header: &str) -> bool {
    ["审核状态", "处理状态", "流程状态", "状态说明", "result"].contains(&norm(header).as_str())
}

/// True for a column of numbers that many orders share: of a group purchase, a batch, a settlement, a table.
pub(crate) fn is_of_group(header: &str) -> bool {
    let name = norm(header);
    [
        "团",
        "批次",
        "批号",
        "结算单",
        "预约",
        "套餐",
        "客户",
        "课程",
        "桌",
        "班次",
        "合并",
        "父",
        "会员",
        "活动",
        "parent",
        "group",
        "batch",
        "customer",
        "table",
    ]
    .iter()
    .any(|part| name.contains(part))
}

/// True for a column that tells how far a document went on its way to another system or paper: no state of its order.
pub(crate) fn is_of_transfer(header: &str) -> bool {
    let name = norm(header);
    [
        "同步", "推送", "打印", "上传", "开票", "发票", "erp", "回调", "通知", "分账", "结算",
        "对账", "入账", "短信", "提现", "push", "sync", "print", "upload", "invoice", "callback",
        "notify", "settle",
    ]
    .iter()
    .any(|part| name.contains(part))
}
