//! Words of the Overview and of the first start.

use super::{F, F2, T, lower, many};

words! {
    /// The Overview.
    Overview {
        subtitle: T = "今早要看的都在这里", "Everything this morning needs";
        work: F = |n| format!("处理 {n} 笔"), |n| format!("Work {}", many(n, "case", "cases"));
        work_short: F = |n| format!("处理 {n} 笔"), |n| format!("Work {n}");
        run_all: T = "下载并对账", "Fetch and reconcile";
        yesterday: T = "昨日", "yesterday";
        on_day: F = |day| format!("{day} 共"), |day| format!("on {day}");
        rows_unit: T = "笔，平账", ",";
        matched: T = "；跨日", "matched;";
        cross_day: T = "；需处理", "cross-day;";
        to_work: T = "，涉及", "to work,";
        at_stake: T = "", "at stake";
        all_matched: F2 = |day, n| format!("{day} {n} 笔全部平账"), |day, n| format!("All {n} rows {day} are matched");
        bill_missing: F2 = |day, n| format!("{day}账单尚缺 {n} 份"), |day, n| format!("{} missing {day}", many(n, "bill", "bills"));
        arrived: F2 = |n, m| format!("，已到的 {n} 笔平账 {m}"), |n, m| format!("; of {n} rows here {m} are matched");
        fetch_failed: F2 = |day, why| format!("{day}账单下载失败：{why}"), |day, why| format!("The bill {day} could not be fetched: {}", lower(why));
        bill_quarantined: F = |day| format!("{day}账单汇总不符，已隔离"), |day| format!("Rows and summary of the bill {day} disagree");
        not_compared: F2 = |day, n| format!("{day}账单已到，{n} 笔尚未对账"), |day, n| format!("The bill {day} is here, its {n} rows are not reconciled yet");
        orders_missing: F2 = |day, n| format!("{day}账单 {n} 笔，商户订单不完整"), |day, n| format!("{n} rows {day}, but merchant orders are incomplete");
        no_orders: super::F3 = |day, n, sum| format!("{day}账单 {n} 笔没有对账，商户订单一笔未到；¥{sum} 在等订单"), |day, n, sum| format!("{n} rows {day}, not one order: nothing was compared, ¥{sum} wait for orders");
        not_out: F2 = |day, time| format!("{day}账单还没有生成（{time}）"), |day, time| format!("The bill {day} is not out yet ({time})");
        no_trade: F = |day| format!("{day}没有交易"), |day| format!("No trade {day}");
        bills_failed: F = |n| format!("{n} 个商户账单下载失败"), |n| format!("{} failed", many(n, "bill", "bills"));
        merchants_waiting: F = |n| format!("{n} 个商户待对账"), |n| format!("{n} to reconcile");
        merchants_no_orders: F = |n| format!("{n} 个商户没有订单，未对账"), |n| format!("{n} without orders, not compared");
        backfill: F = |n| format!("补齐账单 {n}"), |n| format!("Fetch {} missing", many(n, "bill", "bills"));
        calendar_next: T = "下一个商户", "Next merchant";
        calendar_previous: T = "上一个商户", "Previous merchant";
        paid_not_fulfilled: F = |n| format!("{n} 笔客户已付款未履约"), |n| format!("{n} paid but not fulfilled");
        of_category: F2 = |n, what| format!("{n} 笔{what}"), |n, what| format!("{n} × {}", lower(what));
        bill_not_ready: F = |n| format!("{n} 个商户账单未生成"), |n| format!("{} not ready", many(n, "bill", "bills"));
        bill_not_fetched: F = |n| format!("{n} 个商户账单未下载"), |n| format!("{} not fetched", many(n, "bill", "bills"));
        ready_to_sign: F = |n| format!("{n} 个商户已平账"), |n| format!("{n} fully balanced");
        merchant: T = "商户", "Merchant";
        bill: T = "账单", "Bill";
        rows: T = "笔数", "Rows";
        amount: T = "订单金额 ¥", "Amount ¥";
        rate: T = "平账率", "Matched";
        work_column: T = "需处理", "To work";
        stake_column: T = "涉及 ¥", "At stake ¥";
        next: T = "下一步", "Next";
        verified: F = |time| format!("已校验 {time}"), |time| format!("Verified {time}");
        quarantined: T = "汇总不符，已隔离", "Totals differ, set aside";
        not_ready: F = |time| format!("{time} 后出账单"), |time| format!("Out after {time}");
        not_fetched: T = "未下载", "Not fetched";
        waiting: F = |time| format!("待对账，{time} 已校验"), |time| format!("To reconcile, verified {time}");
        no_orders_here: T = "没有订单，未对账", "No orders, not compared";
        creating: F = |time| format!("生成中，{time} 问过"), |time| format!("Being made, asked {time}");
        failed: F = |why| format!("失败：{why}"), |why| format!("Failed: {}", lower(why));
        step_retry: T = "重试", "Try again";
        no_bill: T = "当日无账单", "No bill that day";
        step_balanced: T = "已平账", "Balanced";
        step_signed: T = "已签账", "Signed off";
        can_be_signed: T = "，可以签账", "; it can be signed off";
        is_signed: T = "，已签账", "; signed off";
        step_orders: T = "补导订单…", "Import orders...";
        step_download: T = "下载账单", "Fetch bill";
        step_reconcile: T = "对账", "Reconcile";
        step_wait: T = "等待账单", "Waiting";
        wait_why: T = "微信支付 10:00 后出账单", "WeChat Pay offers the bill after 10:00";
        all_of: F = |n| format!("全部 {n} 个"), |n| format!("All {n}");
        last_30: T = "近 30 日", "Last 30 days";
        last_30_note: T = "笔数与平账率", "rows and matched share";
        by_rows: T = "笔数", "Rows";
        by_net: T = "净额", "Net";
        by_cases: T = "差错", "Cases";
        no_bill_day: T = "无账单", "no bill";
        no_history: T = "还没有对过账的日子", "No day has been reconciled yet";
        ageing: T = "未结账龄", "Open by age";
        ageing_note: F = |n| format!("紧急和差错 {n} 笔，全部日期"), |n| format!("{} of every day, urgent and faults", many(n, "case", "cases"));
        nothing_open: T = "没有未结差错", "No open cases";
        age_newest: F = |n| format!("{n} 天内"), |n| format!("up to {n} d");
        age_days: F2 = |a, b| format!("{a}–{b} 天"), |a, b| format!("{a}-{b} d");
        age_more: F = |n| format!("{n} 天以上"), |n| format!("{n} d and more");
        calendar: T = "账单日历", "Bill calendar";
        kind_trade: T = "交易", "Trades";
        kind_funds: T = "资金", "Funds";
        legend_verified: T = "未对账", "Not compared";
        legend_balanced: T = "已平账", "Balanced";
        legend_work: T = "需处理", "To work";
        legend_missing: T = "缺账单", "Missing";
        legend_none: T = "无账单", "No bill";
        missing_last: F = |day| format!("{day} 尚缺，今天是三个月期限的最后一天"), |day| format!("{day} is missing, today is the last of its three months");
        missing_day: F2 = |day, n| format!("{day} 尚缺，离三个月期限还有 {n} 天"), |day, n| format!("{day} is missing, {n} days left of three months");
        day_balanced: T = "已平账", "balanced";
        day_work: T = "需处理", "to work";
        day_faults: T = "有未结差错", "open faults";
        day_verified: T = "账单已校验，未对账", "bill verified, not reconciled";
        day_missing: T = "缺账单", "bill missing";
        day_not_ready: T = "账单未生成", "bill not ready";
        day_failed: F = |why| format!("下载失败，{why}"), |why| format!("failed, {}", lower(why));
        day_no_bill: T = "当日无账单", "no bill that day";
        log: T = "今早记录", "This morning";
        log_orders: super::F3 = |f, n, r| format!("导入订单 {f}，{n} 行，拒收 {r} 行"), |f, n, r| format!("Imported {f}: {n} rows, {r} rejected");
        log_refunds: super::T = "导入退款", "Refunds";
        log_funds: super::T = "资金账单", "Fund-flow bill";
        log_bank: super::T = "银行流水", "Bank statement";
        log_file: super::F3 = |of, f, n| format!("{of} {f}，{n} 行"), |of, f, n| format!("{of} {f}: {n} rows");
        log_rejected: super::F = |n| format!("，拒收 {n} 行"), |n| format!(", {n} rejected");
        log_aside: super::T = "；自相矛盾，已搁置，不作凭据", "; it does not add up and was set aside: nothing rests on it";
        log_bill: F2 = |m, n| format!("账单已校验：{m}，{n} 行"), |m, n| format!("Bill verified: {m}, {n} rows");
        log_run: super::F3 = |m, n, w| format!("对账完成：{m}，平账 {n}，需处理 {w}"), |m, n, w| format!("Reconciled {m}: {n} matched, {w} to work");
        log_not_compared: F2 = |m, why| format!("{m}：{why}"), |m, why| format!("{m}: {why}");
        day_and: F2 = |a, b| format!("{a}：{b}"), |a, b| format!("{a}: {b}");
    }
}

words! {
    /// The first start.
    FirstStart {
        no_merchant: T = "还没有商户", "No merchant yet";
        no_merchant_note: T = "先新增商户，再导入订单和账单，就能对账", "Add one, then import its orders and its bill to reconcile them";
        title: T = "开始", "Start";
        sentence: T = "每天早上，一分钟看清昨天的每一笔", "Every morning, one minute shows every payment of yesterday";
        line: T = "微信支付账单与你的订单逐笔对上，差的那几笔摆在眼前", "WeChat Pay's bill against your orders, row by row; the few that differ lie before you";
        demo: T = "先看演示", "See the demo";
        demo_line: T = "内置一家商户的一天，含每一类差错，不联网", "One merchant's day is built in, with every kind of case, no network";
        demo_button: T = "打开演示", "Open demo";
        merchant: T = "接入商户", "Add a merchant";
        merchant_line: T = "填商户号，存入密钥，自动取账单", "Give its number, store its keys, bills are fetched";
        merchant_button: T = "新增商户…", "Add merchant...";
        files: T = "只用文件", "Files only";
        files_line: T = "把账单和订单文件拖进窗口，无需密钥", "Drop bill and order files on the window, no keys needed";
        files_button: T = "选择文件…", "Choose files...";
        drop: T = "或把文件拖到这里，会自动识别", "or drop files here, they are recognised";
    }
}
