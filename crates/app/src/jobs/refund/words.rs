//! What a person reads of a refund: its state, the way on, and why it cannot be.

use crate::{Advice, Failure, FailureKind, Message};
use recondesk_casework::{Approval, LimitError, RefundStage};
use recondesk_domain::{Category, Fen};
use recondesk_ports::{ApprovalId, RefundRecord};

/// A limit as a failure.
#[must_use]
pub fn limit_failure(limit: LimitError, kind: FailureKind) -> Failure {
    if let LimitError::Changed { then, now } = limit {
        let (title, advice) = changed_words(then, now);
        return Failure::new(kind, "refund.changed", title, advice);
    }
    let (title, advice) = match limit {
        LimitError::NotPaid => (
            Message::new(
                "订单没有支付，不能退款",
                "The order is not paid, there is nothing to refund",
            ),
            Message::new(
                "先查单核对订单号和商户",
                "Query it, check the number and the merchant",
            ),
        ),
        LimitError::NotPositive => (
            Message::new("退款金额至少 0.01 元", "A refund is at least 0.01 yuan"),
            Message::new(
                "写明要退的金额；可能已经没有可退的",
                "Say how much; perhaps nothing is left",
            ),
        ),
        LimitError::OverRemainder(left) => (
            Message::new(
                format!("超过可退金额，尚可退 ¥{}", left.grouped()),
                format!("More than is left; ¥{} can be refunded", left.grouped()),
            ),
            Message::new("核对已退的每一笔", "Check what was refunded before"),
        ),
        LimitError::OverOneYear => (
            Message::new(
                "支付已超过一年，微信支付不再退款",
                "Paid more than a year ago, WeChat Pay does not refund it any more",
            ),
            Message::new(
                "请线下退还，并在差错里记录",
                "Pay back otherwise and note it in the case",
            ),
        ),
        LimitError::TooManyParts => (
            Message::new(
                "一个订单最多退 50 次，已用完",
                "An order has at most 50 refunds, and all are used",
            ),
            Message::new(
                "请线下退还，并在差错里记录",
                "Pay back otherwise and note it in the case",
            ),
        ),
        LimitError::TooSoon(until) => (
            Message::new(
                format!("同一订单两次退款要间隔一分钟，{until} 之后再发"),
                format!("A minute must pass between two refunds of one order; send after {until}"),
            ),
            Message::new(
                "退款已保留，到时继续发送",
                "The refund is kept, go on sending it then",
            ),
        ),
        LimitError::Stale => (
            Message::new("查单结果已过期", "What is known of the order is too old"),
            Message::new("核对本机时间后再试", "Check the clock, then try again"),
        ),
        LimitError::Changed { .. } | LimitError::Sum => (
            Message::new(
                "订单与退款金额对不上，已停止",
                "Order and refunds do not add up; stopped",
            ),
            Message::new("到商户平台核对", "Check in the merchant console"),
        ),
    };
    Failure::new(kind, "refund.limit", title, advice)
}

/// The order was refunded by another way since: both sums, and what a person can do.
fn changed_words(then: Fen, now: Fen) -> (Message, Advice) {
    let advice = Advice::by_place(
        Message::new(
            format!(
                "核对后决定：撤回（recondesk refund withdraw），或确认再退（recondesk refund send 加 --refunded {now}）"
            ),
            format!(
                "Look at it, then give it up (recondesk refund withdraw), or send it all the same (recondesk refund send with --refunded {now})"
            ),
        ),
        Message::new(
            "核对后决定：撤回退款，或再点“退款”按现在的金额确认",
            "Look at it, then give the refund up, or choose Refund again and confirm what is left",
        ),
    );
    if then == now {
        // Nobody here knows the sum: no number is offered that a person could take over unseen.
        let advice = Advice::by_place(
            Message::new(
                "先到商户平台查清已退多少；撤回这笔退款（recondesk refund withdraw），仍要退的重新制单",
                "Look up in the merchant console what was refunded; give this one up (recondesk refund withdraw) and prepare it again where money is still due",
            ),
            Message::new(
                "先到商户平台查清已退多少；撤回这笔退款，仍要退的重新制单",
                "Look up in the merchant console what was refunded; give this refund up and prepare it again where money is still due",
            ),
        );
        let title = Message::new(
            "订单另有制单时不知道的退款，没有发送；金额以商户平台为准",
            "The order has a refund that was not known when this one was prepared, nothing was sent; the merchant platform shows its sum",
        );
        return (title, advice);
    }
    let (then, now) = (then.grouped(), now.grouped());
    let title = Message::new(
        format!("订单另有退款，没有发送：制单时已退 ¥{then}，现在 ¥{now}"),
        format!(
            "The order was refunded by another way, nothing was sent: ¥{then} when it was prepared, ¥{now} now"
        ),
    );
    (title, advice)
}

/// The sum typed is not the sum of the refund.
pub(super) fn other_sum(amount: Fen, typed: Fen) -> Failure {
    Failure::new(
        FailureKind::Usage,
        "refund.confirm",
        Message::new(
            "确认的金额与退款金额不同",
            "The sum typed is not the sum of the refund",
        ),
        Message::new(
            format!("这笔退款是 {amount} 元"),
            format!("This refund is {amount} yuan"),
        ),
    )
    .with_detail(typed.to_string())
}

/// The order's amount is not the one that was written down.
pub(super) fn other_total(known: Fen, told: Fen) -> Failure {
    Failure::new(
        FailureKind::Gateway,
        "refund.total",
        Message::new(
            "微信支付的订单金额与制单时不同，没有发送",
            "The amount of the order changed since the refund was prepared; nothing was sent",
        ),
        Message::new("撤回后重新制单", "Withdraw it and prepare it again"),
    )
    .with_detail(format!("{known} ≠ {told}"))
}

/// Where a refund stands, in a few words.
#[must_use]
pub fn state_words(record: &RefundRecord) -> Message {
    let stage = record.refund.stage;
    match (stage, record.refund.approval) {
        (
            RefundStage::Drafted | RefundStage::Confirmed | RefundStage::Abnormal,
            Approval::Awaited,
        ) => Message::new("待复核", "Waits for a second person"),
        (
            RefundStage::Drafted | RefundStage::Confirmed | RefundStage::Abnormal,
            Approval::Declined,
        ) => Message::new("复核未通过", "Refused by the second person"),
        (RefundStage::Confirmed, Approval::Given) if record.refund.sends == 0 => {
            Message::new("复核已同意，尚未发送", "Approved, not sent yet")
        }
        (RefundStage::Confirmed, _) if record.refund.sends == 0 => {
            Message::new("已确认，尚未发送", "Confirmed, not sent yet")
        }
        (RefundStage::Done, _) if record.refund.to_merchant => Message::new(
            "已退到商户账户，待付顾客",
            "With the merchant, the customer is to be paid",
        ),
        _ => Message::new(stage.zh(), stage.en()),
    }
}

/// A reason to begin with, in the customer's language: WeChat Pay shows it to whoever paid, in mainland China. Nothing
/// where only a person knows why.
#[must_use]
pub const fn customer_reason(category: Category) -> &'static str {
    match category {
        Category::DupPay => "重复支付，原路退回",
        Category::PaidAfterClose => "订单已关闭，款项原路退回",
        Category::PaidNotBooked
        | Category::BookedNotFulfilled
        | Category::WOnlyPay
        | Category::PayPendingW => "订单未能交付，款项原路退回",
        _ => "",
    }
}

/// What comes next, and what a person can do.
#[must_use]
pub fn advice_of(record: &RefundRecord) -> Advice {
    Advice::by_place(terminal_advice(record), window_advice(record))
}

fn terminal_advice(record: &RefundRecord) -> Message {
    let number = record.out_refund_no;
    match (record.refund.stage, record.refund.approval) {
        (
            RefundStage::Drafted | RefundStage::Confirmed | RefundStage::Abnormal,
            Approval::Awaited,
        ) => record
            .approval
            .as_ref()
            .map_or_else(Message::default, |asked| terminal_approval(asked.id)),
        (
            RefundStage::Drafted | RefundStage::Confirmed | RefundStage::Abnormal,
            Approval::Declined,
        ) => Message::new("撤回，或改用其他办法", "Withdraw it, or choose another way"),
        (RefundStage::Drafted, _) => Message::new(
            format!(
                "再次输入金额后发送：recondesk refund send {} --confirm {}",
                record.id.0, record.refund.amount
            ),
            format!(
                "Type the sum to send it: recondesk refund send {} --confirm {}",
                record.id.0, record.refund.amount
            ),
        ),
        (RefundStage::Confirmed, _) if record.refund.sends == 0 => Message::new(
            format!("还没有发给微信支付；发送：recondesk refund resume {number} --send"),
            format!(
                "WeChat Pay was not told yet; recondesk refund resume {number} --send sends it"
            ),
        ),
        (RefundStage::Confirmed, _) => Message::new(
            format!("没有被受理，可以用同一单号再发：recondesk refund resume {number} --send"),
            format!(
                "Not accepted; the same number can be sent again: recondesk refund resume {number} --send"
            ),
        ),
        (RefundStage::Listed, _) => Message::new(
            "由人上传批量文件，这里只查询，不会再发送：上传后 recondesk refund resume；文件没有上传的，可以撤回",
            "A person uploads the file; from here it is only queried: recondesk refund resume once it is uploaded; where the file is not used, withdraw it",
        ),
        (RefundStage::Sent | RefundStage::Unknown, _) => Message::new(
            "结果未明，只查询，不会换号重发：稍后 recondesk refund resume",
            "Outcome unknown; it is queried and never sent under a new number: recondesk refund resume in a while",
        ),
        (RefundStage::Accepted, _) => Message::new(
            "零钱约 5 分钟到账，银行卡 1–3 个工作日；稍后 recondesk refund resume 查询",
            "A wallet gets it in about 5 minutes, a bank card in 1–3 working days; recondesk refund resume asks again",
        ),
        (RefundStage::Abnormal, _) => Message::new(
            format!(
                "款项退不到顾客账户，仍在你方：改退到别的账户：recondesk refund redirect {number}（APIv3），或到商户平台“退款异常”处理；处理后 recondesk refund resume。已另行付给顾客的，recondesk cases ignore --reason settled-elsewhere"
            ),
            format!(
                "The money cannot reach the customer and stays with you: send it elsewhere with recondesk refund redirect {number} (APIv3), or handle it in the merchant console; then recondesk refund resume. Where the customer was paid otherwise: recondesk cases ignore --reason settled-elsewhere"
            ),
        ),
        (RefundStage::Closed, _) => Message::new(
            "微信支付关闭了这笔退款，钱没有动：再次制单会用下一个退款单号，或改为补发货",
            "WeChat Pay closed it, no money moved: preparing again takes the next number, or reissue instead",
        ),
        (RefundStage::Rejected, _) => Message::new(
            "没有被受理：按返回信息改正后用同一单号再发，或撤回",
            "Not accepted: correct what the message says and send the same number again, or withdraw it",
        ),
        (RefundStage::Done, _) if record.refund.to_merchant => paid_by_hand(
            record,
            "：recondesk cases resolve",
            ": recondesk cases resolve",
        ),
        (RefundStage::Done, _) => Message::new("钱已退回", "The money is back"),
        (RefundStage::Withdrawn, _) => {
            Message::new("已撤回，没有发出", "Withdrawn, nothing was sent")
        }
    }
}

/// The second person's command.
fn terminal_approval(ApprovalId(id): ApprovalId) -> Message {
    Message::new(
        format!("由另一位有复核权限的人执行：recondesk approve {id} --operator 姓名"),
        format!("Another person with the role approve: recondesk approve {id} --operator NAME"),
    )
}

/// The money is back at the merchant, and a person has still to pay the customer.
fn paid_by_hand(record: &RefundRecord, zh: &str, en: &str) -> Message {
    let sum = record.refund.amount.grouped();
    Message::new(
        format!(
            "钱退到了商户账户，顾客还没有收到：由人付给顾客 ¥{sum}，付清后把差错标为已处理{zh}"
        ),
        format!(
            "The money went to the merchant's account, the customer has none of it: pay ¥{sum} by hand, then mark the case as dealt with{en}"
        ),
    )
}

/// What comes next, in the words of the window: no command of the terminal in it.
#[must_use]
pub fn window_advice(record: &RefundRecord) -> Message {
    let number = record.out_refund_no;
    match (record.refund.stage, record.refund.approval) {
        (
            RefundStage::Drafted | RefundStage::Confirmed | RefundStage::Abnormal,
            Approval::Awaited,
        ) => Message::new(
            "由另一位有复核权限的人在“复核”里同意后才会发送",
            "It is sent once another person agrees under Approvals",
        ),
        (
            RefundStage::Drafted | RefundStage::Confirmed | RefundStage::Abnormal,
            Approval::Declined,
        ) => Message::new("改用其他办法", "Choose another way"),
        (RefundStage::Drafted, _) => Message::new(
            "只制了单、没有确认，不会发送；再点“退款”输入金额即发送",
            "A draft that nobody confirmed is not sent; choose Refund again and type the sum",
        ),
        (RefundStage::Confirmed, _) if record.refund.sends == 0 => Message::new(
            "还没有发给微信支付；点“发送”才会退款",
            "WeChat Pay was not told yet; it goes out once somebody sends it",
        ),
        (RefundStage::Confirmed, _) => Message::new(
            "没有被受理；再次发送用的是同一单号",
            "Not accepted; sending it once more uses the same number",
        ),
        (RefundStage::Listed, _) => Message::new(
            "由人上传批量文件，这里只查询，不会发送",
            "A person uploads the file; from here it is only asked about",
        ),
        (RefundStage::Sent | RefundStage::Unknown, _) => Message::new(
            "只查询，不会换号，也不会重发",
            "Only asked about, never sent under a new number",
        ),
        (RefundStage::Accepted, _) => Message::new(
            "零钱约 5 分钟到账，银行卡 1–3 个工作日",
            "A wallet gets it in about 5 minutes, a bank card in 1–3 working days",
        ),
        (RefundStage::Abnormal, _) => Message::new(
            format!(
                "钱退不到顾客账户，仍在你方：到商户平台“退款异常”处理 {number}，再继续查询；已另行付给顾客的，忽略这条差错并说明"
            ),
            format!(
                "The money cannot reach the customer and stays with you: handle {number} in the merchant console, then ask again; where the customer was paid otherwise, ignore the case and say so"
            ),
        ),
        (RefundStage::Closed, _) => Message::new(
            "微信支付关闭了这笔退款，钱没有动：可再次退款，或改为补发货",
            "WeChat Pay closed it, no money moved: refund again, or reissue instead",
        ),
        (RefundStage::Rejected, _) => Message::new(
            "没有被受理：按返回信息改正后再点“退款”，用的是同一单号",
            "Not accepted: correct what the message says, then choose Refund; the number stays the same",
        ),
        (RefundStage::Done, _) if record.refund.to_merchant => paid_by_hand(record, "", ""),
        (RefundStage::Done, _) => Message::new("钱已退回", "The money is back"),
        (RefundStage::Withdrawn, _) => {
            Message::new("已撤回，没有发出", "Withdrawn, nothing was sent")
        }
    }
}
