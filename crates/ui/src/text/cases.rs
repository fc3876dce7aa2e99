//! Words of the Cases screen, and of the two books side by side.

use super::{F, F2, F3, T};

words! {
    /// Cases.
    Cases {
        subtitle: F2 = |n, yuan| format!("未结 {n} 笔，涉及 ¥{yuan}"), |n, yuan| format!("{n} open, ¥{yuan}");
        and_others: F2 = |open, n| format!("{open}；另列 {n} 笔观察、信息或已结"), |open, n| format!("{open}; {n} more watched, informed or closed");
        closed_by: F3 = |time, who, what| format!("已于 {time} 由{who}：{what}"), |time, who, what| format!("{time} by {who}: {what}");
        closed_itself: F2 = |time, what| format!("已于 {time} 自动：{what}"), |time, what| format!("{time} by itself: {what}");
        this_day: F = |day| format!("业务日 {day}"), |day| format!("Day {day}");
        only_category: F2 = |code, name| format!("{code} {name}"), |code, name| format!("{code} {name}");
        suggestion: F = |what| format!("建议：{what}"), |what| format!("Suggested: {what}");
        closed_title: T = "已结案，不用再处理", "Closed, nothing left to do";
        refunded_by: F2 = |yuan, who| format!("已退款 ¥{yuan}，制单 {who}"), |yuan, who| format!("Refunded ¥{yuan}, made by {who}");
        money_is_back: T = "钱已退回顾客，不要再发货。", "The money is back with the customer; do not ship.";
        day_signed: T = "这一天已签账，先在“对账”里解锁", "The day is signed off; open it on Reconcile first";
        signed_day: F2 = |day, who| format!("{day} 已由 {who} 签账；要重开，先在“对账”里解锁。"), |day, who| format!("{day} was signed off by {who}; to reopen this, open the day on Reconcile first.");
        refunding: F = |yuan| format!("正在退款 ¥{yuan}…"), |yuan| format!("Refunding ¥{yuan}...");
        reissuing: T = "正在补发货…", "Reissuing...";
        moving_note: T = "已记到磁盘，正在等答复；结果会写在这里，不用再点一次。", "It is on disk and waits for an answer, which will stand here; do not press again.";
        refund_open: F2 = |yuan, state| format!("退款 ¥{yuan}：{state}"), |yuan, state| format!("Refund of ¥{yuan}: {state}");
        refund_open_note: T = "退款有结果之前不要发货，也不要另行退款。", "Until it is at its end neither ship nor refund another way.";
        both_books: T = "两册对照", "Both books";
        book_w: T = "微信账", "WeChat";
        book_m: T = "商户账", "Merchant";
        bill_raw: T = "账单原文", "Bill, raw";
        order_raw: T = "订单原文", "Order, raw";
        at_line: F2 = |file, line| format!("{file} 第 {line} 行"), |file, line| format!("{file} line {line}");
        timeline: T = "时间线", "Timeline";
        notes: T = "备注", "Notes";
        closed_state: T = "已结", "Closed";
        add_note: T = "写备注", "Write a note";
        save_note: T = "记下", "Keep";
        not_run_title: T = "这一天还没有对账", "This day is not reconciled yet";
        to_reconcile: T = "去对账", "Go to Reconcile";
        done_title: T = "没有未结的差错", "No open cases";
        done_note: T = "对账后有差异的笔会列在这里", "Rows that differ are listed here after a run";
        no_match_title: T = "没有符合筛选的差错", "No case matches the filter";
        no_match_note: T = "放宽筛选，或看全部", "Loosen the filter, or see all";
        unowned: T = "未分派", "No owner";
        nobody: T = "无负责人", "no owner";
        status_of: F2 = |status, owner| format!("{status}，{owner}"), |status, owner| format!("{status}, {owner}");
        take: T = "接手", "Take";
        hand_over: T = "转交…", "Hand over...";
        carry: T = "挂账…", "Carry...";
        more: T = "更多操作", "More";
        resolve: T = "已处理…", "Dealt with...";
        ignore: T = "忽略…", "Ignore...";
        agree: T = "同意忽略…", "Agree...";
        refuse: T = "驳回…", "Refuse...";
        reopen: T = "重开…", "Reopen...";
        whom: T = "转给谁", "To whom";
        waits_for: T = "在等什么", "What it waits for";
        how: T = "怎么处理的", "How it was dealt with";
        reason: T = "原因", "Reason";
        ignore_note: T = "须第二人同意才关闭", "A second person must agree";
        choose_reason: T = "请选择", "Choose one";
        ignore_more: T = "补充说明（可不填）", "A note (may stay empty)";
        proposed_by: F2 = |who, why| format!("{who} 提请忽略：{why}"), |who, why| format!("{who} proposes to ignore it: {why}");
        moved: F2 = |status, why| format!("{status}：{why}"), |status, why| format!("{status}: {why}");
        given: F = |name| format!("交给 {name}"), |name| format!("Given to {name}");
        only_value: T = "只看此分类", "Only this category";
        only_day: T = "只看此日", "Only this day";
        copy_number: T = "复制单号", "Copy number";
        created: T = "商户创建订单", "Order created";
        booked: T = "商户记为已付", "Merchant booked the payment";
        order_closed: T = "商户关单", "Merchant closed the order";
        fulfilled: T = "商户已履约", "Merchant delivered";
        paid: F = |yuan| format!("微信支付成功 ¥{yuan}"), |yuan| format!("WeChat Pay took ¥{yuan}");
        refunded: F = |yuan| format!("微信受理退款 ¥{yuan}"), |yuan| format!("WeChat Pay accepted a refund of ¥{yuan}");
        found: F = |code| format!("对账判为 {code}"), |code| format!("Run found {code}");
        auto_closed: T = "后来平账，自动结", "Matched later, closed by itself";
    }
}

words! {
    /// Fields of the two books, and the sentence that explains a case.
    Compare {
        state: T = "状态", "State";
        amount: T = "订单金额", "Amount";
        paid_at: T = "支付时间", "Paid at";
        created_at: T = "创建时间", "Created";
        transaction_id: T = "微信订单号", "WeChat no.";
        out_trade_no: T = "商户订单号", "Order no.";
        out_refund_no: T = "商户退款单号", "Refund no.";
        order_no: T = "业务单号", "Business no.";
        fulfilment: T = "履约", "Fulfilled";
        appid: T = "appid", "appid";
        fee: T = "手续费", "Fee";
        rate: T = "费率", "Rate";
        refunded: T = "已退", "Refunded";
        why_paid_not_booked: T = "微信已收款，商户订单仍未记为已付。顾客付了款而没有收到货。先查单，再补发货。", "WeChat Pay took the money, the merchant's order is not paid. The customer has nothing for it. Query first, then reissue.";
        why_paid_after_close: T = "商户关单之后，顾客才付款成功。有货则补发，否则退款。", "The customer paid after the order was closed. Reissue if it is in stock, else refund.";
        why_not_fulfilled: T = "两边都已收款，但过了时限还没有履约。顾客在等。", "Both books have the payment, but nothing was delivered in time. The customer waits.";
        why_w_only: T = "微信有这笔收款，商户账里没有这个订单，而当时商户数据是完整的。先找归属系统，找不到则退款。", "WeChat Pay has the payment, the merchant book has no such order, though it is complete. Find the system it belongs to, else refund.";
        why_m_only: T = "商户记为已付，已校验的账单里没有这笔收款。疑似伪造或测试的支付成功，先停止履约。", "The merchant book says paid, no verified bill has it. A forged or test success is likely: stop fulfilment first.";
        why_pending: T = "一边在午夜前，一边在午夜后。下一份账单到了会自动结清，不用处理。", "One side stands before midnight, the other after. The next bill clears it by itself.";
        why_amount: T = "两边都成功，金额不同。核对是否改价后用了同一个单号。", "Both succeeded with different sums. See whether the price changed under the same number.";
        why_basis: T = "两边用的口径不同，换一个口径就相等。改映射即可。", "The books use different sums of the same payment. Mend the mapping.";
        why_dup_pay: T = "同一笔业务订单付了不止一次。保留一笔，其余退款。", "One business order was paid more than once. Keep one, refund the rest.";
        why_dup_row: T = "同一行在一册里出现了不止一次，是数据来源的问题。", "The same row stands in one book more than once: a fault of its source.";
        why_id: T = "单号对上了，但另一个标识不一致。请开发核查。", "The number matches, another identifier does not. Ask the developers.";
        why_revoked: T = "微信已撤销这笔支付，商户仍记为已付。撤回履约。", "WeChat Pay revoked the payment, the merchant still holds it for paid. Reverse fulfilment.";
        why_w_refund: T = "微信受理了退款，商户账里没有。多半在商户平台上手工退的，补记即可。", "WeChat Pay accepted a refund the merchant does not know. Likely done by hand on the platform; book it.";
        why_m_refund: T = "商户记为已退，账单里没有。顾客可能没有收到退款：用原退款单号再提交。", "The merchant says refunded, no bill has it. The customer may be without the money: submit with the same number.";
        why_refund_amount: T = "退款对上了，金额不同。", "The refund matches, the sum differs.";
        why_in_flight: T = "账单生成时退款仍在途，要查到终态。", "The refund was on its way when the bill was made; query until it is final.";
        why_refund_failed: T = "退款没有到账，商户却记为成功，顾客还没有拿到钱。", "The refund did not arrive though the merchant calls it done; the customer is without the money.";
        why_over: T = "退款合计超过已付。先停下，上报。", "More was refunded than paid. Stop and escalate.";
        why_fee: T = "账单里的手续费与按费率算出的不同。", "The fee in the bill is not what its rate gives.";
        why_integrity: T = "账单本身有问题，重新下载后再对。", "The bill itself is at fault; fetch it again.";
        why_coverage: T = "这一段时间的商户订单没有导入，逐笔判断没有意义。先补导订单。", "The orders of this stretch were not imported, so single rows prove nothing. Import them first.";
why_currency: T = "两边都成功，币种不同，金额不能相比。请开发核查。", "Both succeeded in different currencies, so the sums cannot be compared. Ask the developers.";
        why_twice: T = "同一个订单、同样的金额，短时间内退了两次，退款单号不同。确认是不是重复退款。", "One order was refunded the same sum twice within a short time, under two refund numbers. See whether the second was meant.";
        why_orphan: T = "这笔退款的原支付不在已归档的账单里。补下原支付那天的账单。", "The payment of this refund is in no archived bill. Fetch the bill of its day.";
        why_time: T = "其余都一致，只有支付时间相差较大。账不用改。", "All else agrees, only the times of payment are far apart. The books need no change.";
        why_state: T = "账单里的状态不在已知的列表里，不能判断是收款还是退款。请更新程序，或到商户平台查看。", "The bill has a state that is not known, so it cannot be told what happened. Update the program, or look at the merchant platform.";
        why_rate: T = "账单里的费率与合同登记的不同。", "The rate in the bill is not the one of the contract.";
        why_fee_refund: T = "退款行退还的手续费与退款金额不成比例。", "The fee given back is not in proportion to the refund.";
        why_fund_missing: T = "交易账单里有这一笔，资金账单里没有相应的入账或出账。", "The trade is in the bill, but no entry of the fund bill belongs to it.";
        why_fund_extra: T = "资金账单里有这一笔交易或退款，交易账单里没有。", "The fund bill has an entry of a trade or refund that the trade bill does not have.";
        why_fund_amount: T = "交易与资金两本账对上了，金额不同。", "Trade and fund entry belong together, the sums differ.";
        why_balance: T = "资金账单的余额前后接不上：少了行，或文件被改过。重新下载。", "The balances of the fund bill do not follow from one another: rows are missing, or the file was changed. Fetch it again.";
        why_day_gap: T = "前一天的期末余额不等于这一天的期初余额，中间缺一天或缺行。", "The closing balance of the day before is not this day's opening balance: a day or rows are missing.";
        why_withdrawal_missing: T = "提现已从微信支付账户扣出，到期的银行流水里没有这笔入账。", "The withdrawal left the account at WeChat Pay, and the bank statements of its time have no such credit.";
        why_withdrawal_amount: T = "提现已到账，银行入账金额与资金账单不同。", "The withdrawal arrived, and the credit at the bank has another sum than the fund bill.";
        why_bank_extra: T = "银行有微信支付的入账，资金账单里没有相应的提现。", "The bank has a credit of WeChat Pay to which no withdrawal of the fund bill belongs.";
        why_fund_other: T = "不属于交易的资金变动（提现、充值、分账等），列出来供核对，不算差错。", "Money that moved without a trade (withdrawal, top-up, profit sharing …), listed to be seen, no difference.";
        why_no_bill: T = "这一天没有已校验的账单，单边无法判断。先下载账单。", "There is no verified bill of this day, so one-sided rows cannot be judged. Fetch the bill first.";
        why_foreign: T = "导入的订单里没有一个单号在账单里：多半是选错了列，或是别的商户的文件。", "No number of the imported orders is in the bill: most likely another column, or another merchant's file.";
        why_set_aside: T = "订单在商户的文件里，但导入时被拒绝或略过。先改正那一行，再重新导入，不要急着退款。", "The order stands in the merchant's file but was refused or left out at import. Mend that row and import again before any refund.";
        why_other_shop: T = "这是账单里另一家特约商户的款项，档案里没有列出它。不用处理；若是自己的门店，把它加进商户档案。", "This is money of another sub-merchant in the bill; the profile does not name it. Nothing to do; if the shop is yours, add it to the profile.";
        why_agreed: T = "两册一致，没有要处理的事。", "Both books agree; there is nothing to do.";
    }
}
