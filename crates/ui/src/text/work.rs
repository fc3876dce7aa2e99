//! Words of what is done about cases beside deciding: refunds asked about again, files, taking back, many at once,
//! and who decides.

use super::{F, F2, F3, T, many};

words! {
    /// Refunds that go on, files, taking back, many cases at once, sign-in.
    Work {
        refunds: T = "退款", "Refunds";
        ask_again: T = "继续查询", "Ask again";
        send: F = |yuan| format!("发送 ¥{yuan}…"), |yuan| format!("Send ¥{yuan}...");
        send_title: T = "发送退款", "Send the refund";
        send_deed: F = |yuan| format!("退款 ¥{yuan}"), |yuan| format!("Refund ¥{yuan}");
        send_order: T = "商户订单号", "Order no.";
        send_number: T = "退款单号", "Refund no.";
        send_reason: T = "原因", "Reason";
        send_state: T = "状态", "State";
        send_note: T = "发送前会再查一次订单；发出后钱原路退回顾客，不能撤回。", "The order is asked about once more first. Then the money goes back the way it came and cannot be called back.";
        withdraw: T = "撤回退款…", "Give up the refund...";
        withdraw_note: T = "没有发出，也不会再发；退款单号仍是这条差错的", "Nothing was sent and nothing will be; the number stays the case's";
        many_reissues: T = "批量补发货", "Many reissues";
        to_approvals: T = "去复核…", "To approvals...";
        asking: T = "正在查询…", "Asking...";
        stop: T = "停止", "Stop";
        last_words: F = |words| format!("微信答复：{words}"), |words| format!("WeChat Pay said: {words}");
        unfinished: T = "未了退款…", "Open refunds...";
        unfinished_title: T = "未了的退款", "Refunds that are not at their end";
        unfinished_none: T = "没有未了的退款", "No refund is unfinished";
        unfinished_note: T = "查询不会发送；尚未发送的要逐笔点“发送”", "Asking sends nothing; what was not sent yet is sent one by one";
        ask_all: F = |n| format!("全部继续查询 {n}"), |n| format!("Ask about all {n}");
        asked_of: F2 = |n, of| format!("正在查询 {n} / {of}"), |n, of| format!("Asking {n} of {of}");
        and_more: F = |n| format!("另有 {n} 笔"), |n| format!("and {n} more");
        attachments: T = "附件", "Files";
        attach: T = "附上文件…", "Attach files...";
        attach_hint: T = "拖到窗口里，或点“附上文件”；每个不超过 16 MiB", "Drop files on the window, or choose them; each at most 16 MiB";
        save_as: F = |name| format!("另存 {name}"), |name| format!("Save {name}");
        save_title: T = "附件另存为", "Save the file as";
        choose_files: T = "选择要附上的文件", "Choose files to attach";
        attach_title: F = |number| format!("附到差错 {number}"), |number| format!("Attach to case {number}");
        attach_note: T = "附上后不能删除", "What is attached cannot be removed";
        attach_do: F = |n| format!("附上 {n} 个文件"), |n| format!("Attach {}", many(n, "file", "files"));
        import_instead: T = "改为导入账单或订单", "Import them instead";
        drop_on_case: F = |number| format!("松开以附到差错 {number}"), |number| format!("Release to attach to case {number}");
        undo: T = "撤销…", "Take back...";
        undo_why: T = "原因（可不填）", "Why (may stay empty)";
        undo_now: F2 = |status, owner| format!("现在：{status}，{owner}"), |status, owner| format!("Now: {status}, {owner}");
        undo_then: F2 = |status, owner| format!("撤销后：{status}，{owner}"), |status, owner| format!("Afterwards: {status}, {owner}");
        undo_note: T = "历史里两条都保留", "History keeps both";
        bulk: F = |n| format!("批量处理 {n}…"), |n| format!("Decide on {n}...");
        bulk_selected: F = |n| format!("处理所选 {n}…"), |n| format!("Decide on {n} selected...");
        bulk_title: T = "批量处理", "Decide about many cases";
        bulk_selection: T = "所选的差错", "The selected cases";
        bulk_listed: T = "符合当前筛选的全部差错", "All cases that match the filter";
        bulk_sum: F2 = |n, yuan| format!("{n} 条，涉及 ¥{yuan}"), |n, yuan| format!("{}, ¥{yuan} at stake", many(n, "case", "cases"));
        bulk_sum_unknown: F = |n| format!("{n} 条，金额合计溢出"), |n| format!("{}, the sum overflows", many(n, "case", "cases"));
        bulk_adding: T = "正在合计…", "Adding up...";
        bulk_fits: F = |n| format!("其中 {n} 条现在可以这样处理"), |n| format!("{n} of them may be decided so now");
        bulk_fits_all: T = "都可以这样处理", "All of them may be decided so now";
        bulk_others: F = |n| format!("其余 {n} 条会被拒绝，状态不变"), |n| format!("the other {n} are refused and stay as they are");
        bulk_none: T = "没有一条可以这样处理", "None of them may be decided so";
        bulk_take_first: T = "没有一条可以这样处理：先用“接手”或“转交”，再处理", "None of them may be decided so: take them or hand them over first";
        bulk_waiting: F = |n| format!("{n} 条待另一人复核，尚未关闭；"), |n| format!("{n} wait for another person and are not closed; ");
        bulk_do: F2 = |what, n| format!("{what} {n} 条"), |what, n| format!("{what}: {n}");
        bulk_prepare: F = |n| format!("查单并制单 {n} 笔"), |n| format!("Ask and prepare {n}");
        bulk_prepare_note: T = "先逐笔查单、制单，核对合计后才发送", "Nothing is sent before the total is typed";
        bulk_reason_hint: T = "不填：按差错类别写，例如“重复支付，原路退回”", "Empty: the words of each category";
        bulk_can_refund: F2 = |n, yuan| format!("{n} 条可以退款，涉及 ¥{yuan}"), |n, yuan| format!("{n} can be refunded, ¥{yuan} at stake");
        bulk_can_reissue: F2 = |n, yuan| format!("{n} 条要补发货，涉及 ¥{yuan}"), |n, yuan| format!("{n} can be reissued, ¥{yuan} at stake");
        bulk_untouched: F = |n| format!("其余 {n} 条不动"), |n| format!("{n} more stay as they are");
        bulk_second: F = |n| format!("一次超过 {n} 条，须另一人复核"), |n| format!("more than {n} at once need a second person");
        bulk_no_refund: T = "没有一条可以退款", "None of them can be refunded";
        bulk_no_reissue: T = "没有一条要补发货", "None of them lacks goods";
        bulk_prepared: F2 = |n, yuan| format!("已制单 {n} 笔，合计 ¥{yuan}；还没有发送"), |n, yuan| format!("{n} prepared, ¥{yuan} together; nothing is sent yet");
        bulk_nothing_prepared: T = "没有一笔能制单，没有退款", "None could be prepared; nothing was refunded";
        bulk_not_prepared: F = |n| format!("{n} 笔未能制单"), |n| format!("{n} could not be prepared");
        bulk_not_reached: F = |n| format!("已停止，余 {n} 笔没有查"), |n| format!("stopped, {n} not asked about");
        bulk_awaited: F = |n| format!("{n} 笔须另一人复核后才发送"), |n| format!("{n} are sent once a second person agrees");
        bulk_total: T = "输入合计金额 ¥", "The total ¥";
        bulk_type_total: T = "输入的合计要与上面一致", "The total typed must be the one above";
        bulk_refund: F2 = |n, yuan| format!("退款 {n} 笔 ¥{yuan}"), |n, yuan| format!("Refund {n}, ¥{yuan}");
        bulk_submit: F2 = |n, yuan| format!("送复核 {n} 笔 ¥{yuan}"), |n, yuan| format!("Send {n} for approval, ¥{yuan}");
        bulk_give_up: T = "撤回制单", "Give up";
        bulk_give_up_note: T = "撤回制单，一笔也不退；发送后不能撤回", "Give up: none is refunded. What is sent cannot be called back";
        bulk_moving: F = |n| format!("{n} 条在途，"), |n| format!("{n} on their way, ");
        bulk_running: F2 = |n, of| format!("已处理 {n} / {of}"), |n, of| format!("{n} of {of} done");
        bulk_stopping: T = "正在停止…", "Stopping...";
        bulk_result: F3 = |good, bad, left| format!("完成 {good} 条，拒绝 {bad} 条，未处理 {left} 条"), |good, bad, left| format!("{good} done, {bad} refused, {left} left");
        sign_in: T = "登录操作人…", "Sign in...";
        sign_in_short: T = "未登录", "Not signed in";
        sign_in_title: T = "操作人登录", "Sign in as an operator";
        sign_in_note: T = "决定会记在登录的人名下", "Decisions are kept under the name that signs in";
        sign_in_do: T = "登录", "Sign in";
        signed_in: F = |name| format!("操作人 {name}"), |name| format!("Operator {name}");
        sign_out: T = "退出登录", "Sign out";
    }
}
