//! Words of the dialogs that move goods or money, and of the second person.

use super::{F, F2, F3, F4, T, many};

words! {
    /// Refund, reissue, approvals, sign-off.
    Payout {
        refund: T = "退款…", "Refund...";
        reissue: T = "补发货…", "Reissue...";
        refund_name: T = "退款", "Refund";
        reissue_title: T = "补发货", "Reissue";
        ask_anew: T = "再查", "Ask anew";
        asking: T = "正在向微信支付查单…", "Asking WeChat Pay...";
        paid: T = "已付", "Paid";
        coupon: F = |yuan| format!("含券 ¥{yuan}"), |yuan| format!("coupons ¥{yuan}");
        coupon_split: F2 = |yuan, cash| format!("含券 ¥{yuan}，现金 ¥{cash}，按原比例退回"), |yuan, cash| format!("coupons ¥{yuan}, cash ¥{cash}, returned in that proportion");
        refunded: T = "已退或在途", "Refunded or on its way";
        left: T = "可退", "Left";
        nth_part: F = |n| format!("第 {n} 次，上限 50 次"), |n| format!("refund {n} of at most 50");
        until: F = |day| format!("可退至 {day}"), |day| format!("refundable until {day}");
        live: F3 = |time, state, yuan| format!("{time} 查单：{state}，已退 ¥{yuan}"), |time, state, yuan| format!("Asked {time}: {state}, ¥{yuan} refunded");
        is_paid: T = "已支付", "paid";
        is_unpaid: T = "没有支付", "not paid";
        same_as_book: T = "，与订单表一致", ", as in the orders";
        unlike_book: F = |yuan| format!("，订单表记 ¥{yuan}"), |yuan| format!(", the orders say ¥{yuan}");
        number_fixed: F = |number| format!("退款单号已定：{number}"), |number| format!("Refund number, fixed: {number}");
        no_left: T = "没有可退的金额", "Nothing is left to refund";
        over_year: T = "支付已超过一年，微信支付不再退款", "Paid more than a year ago: WeChat Pay refunds it no more";
        no_parts: T = "一个订单最多退 50 次，已用完", "An order has at most 50 refunds, and all are used";
        not_paid: T = "微信支付答复：没有支付，不能退款也不补发", "WeChat Pay says: not paid. Neither refund nor reissue";
        paid_back: F = |yuan| format!("已退或在途 ¥{yuan}，不再补发货"), |yuan| format!("¥{yuan} went back or is on its way: nothing is reissued");
        amount: T = "退款金额 ¥", "Sum to refund ¥";
        again: T = "再输一次金额", "The sum once more";
        reason: T = "退款原因", "Reason for the customer";
        reason_help: T = "顾客可见，80 字节内", "the customer reads it, at most 80 bytes";
        bytes_of: F2 = |n, most| format!("{n} / {most}"), |n, most| format!("{n} / {most}");
        no_reason: T = "退款要有原因", "A reason is needed";
        no_person: T = "填操作人和 PIN", "Name and PIN are needed";
        maker_note: F = |name| format!("制单 {name}，复核不能是同一人"), |name| format!("Made by {name}; another person must agree");
        sending: T = "正在记录、发送、查询，结果出来前不要重复退款", "Being written down, sent and asked about";
        leave_running: T = "转到后台", "Go on in the background";
        operator: T = "操作人", "Operator";
        pin: T = "PIN", "PIN";
        second: F = |yuan| format!("超过 ¥{yuan}，须另一人复核后才会发送"), |yuan| format!("Above ¥{yuan}: sent once a second person agrees");
        second_nobody: F = |yuan| format!("超过 ¥{yuan}，须另一人复核；还没有操作人，先在“设置”里新增"), |yuan| format!("Above ¥{yuan}: a second person must agree; name operators in Settings first");
        sent_at_once: T = "记录到磁盘后发送，原路退回", "Written to disk, then sent; the money goes back the way it came";
        do_refund: F = |yuan| format!("退款 ¥{yuan}"), |yuan| format!("Refund ¥{yuan}");
        do_submit: F = |yuan| format!("送复核 ¥{yuan}"), |yuan| format!("Send for approval ¥{yuan}");
        submitted: T = "复核后才会发往微信支付", "Sent to WeChat Pay once a second person agrees";
        over_left: T = "超过可退金额", "More than is left";
        no_amount: T = "金额不对", "Not an amount";
        not_same: T = "两次金额不同", "The two sums differ";
        known: F2 = |number, state| format!("这条差错已有退款 {number}：{state}"), |number, state| format!("This case has refund {number}: {state}");
        read_only: T = "这个商户档案是只读的", "This profile is read-only";
        way: T = "怎样通知商城", "How the shop is told";
        by_webhook: T = "调用商城接口", "Call to the shop";
        by_notification: T = "补发支付通知", "Send the missed notification";
        by_list: T = "导出清单给商城", "A list for the shop";
        list_note: T = "保存清单（csv），由商城系统导入后发货", "A csv file that the shop's system takes in";
        needs_shop: T = "调用商城接口要先在商户档案里填商城地址", "A call to the shop needs its address in the profile";
        needs_notify: T = "补发支付通知要 APIv2 和商户档案里的通知地址", "A missed notification needs APIv2 and the notification address in the profile";
        needs_both: T = "另两种方式要先在商户档案里填商城地址或通知地址", "The other ways need the shop's or the notification address in the profile";
        to_merchants: T = "去商户", "To Merchants";
        do_reissue: T = "补发货", "Reissue";
        reissue_note: T = "商城证实发货后差错才关闭", "The case closes once delivery is proven";
        approvals: T = "复核", "Approvals";
        approvals_none: T = "没有待复核的事项", "Nothing waits for a second person";
        agree: T = "同意", "Agree";
        refuse: T = "驳回", "Refuse";
        sign: T = "签账…", "Sign off...";
        sign_title: F2 = |name, day| format!("签账 {name} {day}"), |name, day| format!("Sign off {name} {day}");
        sign_totals: F4 = |n, yuan, m, back| format!("支付 {n} 笔 ¥{yuan}，退款 {m} 笔 ¥{back}"), |n, yuan, m, back| format!("Payments {n}, ¥{yuan}; refunds {m}, ¥{back}");
        sign_apart: F2 = |pays, refunds| format!("两册相差：支付 ¥{pays}，退款 ¥{refunds}；签账即认可"), |pays, refunds| format!("Apart: payments ¥{pays}, refunds ¥{refunds}; signing accepts it");
        sign_as: F = |who| format!("签账人：{who}（设了操作人之后要 PIN）"), |who| format!("Signed as {who} (a PIN is asked once operators are named)");
        cannot_sign: F = |why| format!("还不能签账：{why}"), |why| format!("Not yet: {why}");
        signed_by: F2 = |who, at| format!("已由 {who} 于 {at} 签账，结果已锁定"), |who, at| format!("Signed off by {who} {at}; the result is locked");
        signed_pill: F2 = |who, at| format!("已签账 {who} {at}"), |who, at| format!("signed off {who} {at}");
        unlock: T = "解锁…", "Unlock...";
        unlock_title: F2 = |name, day| format!("解锁 {name} {day}"), |name, day| format!("Unlock {name} {day}");
        unlock_reason: T = "原因", "Reason";
        unlock_note: T = "另一人在「复核」里同意后才解锁", "Opened once another person agrees under Approvals";
        do_unlock: T = "申请解锁", "Ask to unlock";
        certificate: T = "保存证书…", "Save certificate...";
        sign_open: F3 = |n, yuan, codes| format!("未结差错 {n} 条，涉及 ¥{yuan}，签账即认可：{codes}"), |n, yuan, codes| format!("{} open, ¥{yuan} at stake; signing accepts {}: {codes}", many(n, "case", "cases"), if n == "1" { "it" } else { "them" });
        sign_none_open: T = "没有未结差错", "No case is open";
        sign_note: T = "签账后结果锁定，解锁须两人", "The result is locked; opening it needs two people";
        do_sign: T = "签账", "Sign off";
    }
}
