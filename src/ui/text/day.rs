//! Words of the Reconcile screen.

use super::{F, F2, F3, T};

words! {
    /// The reconciled day.
    Day {
        not_ready: F = |n| format!("{n} 笔紧急未结"), |n| format!("{n} urgent open");
        faults: F = |n| format!("{n} 笔差错未结"), |n| format!("{n} faults open");
        balanced: T = "全部平账", "Fully balanced";
        incomplete: T = "商户数据不完整", "Merchant data incomplete";
        changed: F2 = |a, b| format!("与上次运行比：+{a} / −{b} 笔"), |a, b| format!("against the last run: +{a} / −{b}");
        unchanged: T = "与上次运行相同", "as the last run";
        rerun: T = "重新对账", "Run again";
        run: T = "对账", "Reconcile";
        coverage: T = "24 小时覆盖", "24 h coverage";
        coverage_note: T = "每格 15 分钟，高度为笔数", "15 minutes a cell, height is rows";
        no_holes: F = |n| format!("两册无空洞，切日窗 {n} 分钟"), |n| format!("no holes, cut-off window {n} min");
        hole: F3 = |from, to, n| format!("{from}–{to} 缺商户订单，微信有 {n} 笔"), |from, to, n| format!("{from}-{to} lacks orders, WeChat has {n}");
        book_w: T = "微信账", "WeChat";
        book_m: T = "商户账", "Merchant";
        sums: T = "两册相加", "Both books add up";
        sums_note: T = "右段放大，点开看行", "right part magnified, click for rows";
        matched: F = |n| format!("平账 {n}"), |n| format!("Matched {n}");
        cross: F = |n| format!("跨日 {n}"), |n| format!("Cross-day {n}");
        difference: T = "差", "Difference";
        no_difference: T = "两册金额相同", "Both books have the same sum";
        term_w_cross: T = "微信跨日", "WeChat cross-day";
        term_m_cross: T = "商户跨日", "merchant cross-day";
        conserved: T = "I14 守恒，残差 0", "I14 conserved, residual 0";
        residual: F = |yuan| format!("I14 不守恒，残差 ¥{yuan}"), |yuan| format!("I14 broken, residual ¥{yuan}");
        code: T = "代码", "Code";
        category: T = "分类", "Category";
        severity: T = "级别", "Severity";
        count: T = "笔数", "Rows";
        wechat_yuan: T = "微信 ¥", "WeChat ¥";
        merchant_yuan: T = "商户 ¥", "Merchant ¥";
        action: T = "建议", "Suggested";
        total: T = "合计", "Total";
        tags: T = "附注，不计入合计", "Tags, not counted";
        tag_key2: T = "改号订单", "renumbered";
        tag_conflict: T = "单号冲突", "id conflict";
        tag_no_bill: T = "前一日缺账单", "bill of the day before missing";
        tag_suggested: T = "待确认", "to confirm";
        certificate: T = "账单证书", "Certificate";
        holds: F2 = |n, of| format!("{n} / {of} 成立"), |n, of| format!("{n} / {of} hold");
        certificate_pill: F2 = |n, of| format!("证书 {n} / {of}"), |n, of| format!("certificate {n} / {of}");
        columns: F = |n| format!("{n} 列"), |n| format!("{n} columns");
        expected: F2 = |e, a| format!("应为 {e}，实为 {a}"), |e, a| format!("expected {e}, found {a}");
        unknown_columns: F = |names| format!("未知列：{names}"), |names| format!("unknown columns: {names}");
        pool: T = "在途滚动", "Pool";
        pool_note: T = "期初 ＋ 新增 − 结清 − 到期 ＝ 期末", "opening + new − cleared − expired = closing";
        pool_pill: F = |n| format!("在途 {n}"), |n| format!("pool {n}");
        pool_w: T = "微信有", "WeChat has";
        pool_m: T = "商户有", "merchant has";
        opening: T = "期初", "Opening";
        new: T = "新增", "New";
        cleared: T = "结清", "Cleared";
        expired: T = "到期", "Expired";
        closing: T = "期末", "Closing";
        sign_off: T = "签账条件", "Ready to sign off";
        cond_bill: T = "账单与汇总一致（B、I1、I2）", "Bill and summary agree (B, I1, I2)";
        cond_coverage: T = "两册覆盖完整（K）", "Both books are complete (K)";
        cond_conservation: T = "守恒与在途成立（I14、I15）", "Conservation and pool hold (I14, I15)";
        cond_urgent_none: T = "没有紧急未结", "No urgent case is open";
        cond_urgent: F = |n| format!("{n} 笔紧急未结"), |n| format!("{n} urgent open");
        work_them: T = "去处理", "Work them";
        import_orders: T = "补导订单…", "Import orders...";
        run_id: F = |id| format!("运行 {id}"), |id| format!("run {id}");
        wechat_rows: F = |n| format!("微信 {n} 行"), |n| format!("WeChat {n} rows");
        merchant_rows: F = |n| format!("商户 {n} 行"), |n| format!("merchant {n} rows");
        no_bill_title: T = "账单未下载", "The bill is not here";
        no_bill_note: T = "下载当日账单，或把账单文件拖进窗口", "Fetch the bill of the day, or drop its file on the window";
        early_title: F = |time| format!("微信 {time} 后出账单"), |time| format!("WeChat Pay offers the bill after {time}");
        early_note: T = "到时再下载；已有账单文件也可现在导入", "Fetch it then; a bill file at hand can be imported now";
        no_trade_title: T = "当日没有交易", "No trade that day";
        no_trade_note: T = "微信支付答复当日无账单", "WeChat Pay says there is no bill";
        quarantined_title: T = "账单汇总不符，已隔离", "Bill and summary disagree, set aside";
        quarantined_note: T = "这一天不能签账；重新下载账单", "This day cannot be certified; fetch the bill again";
        no_orders_title: T = "当日没有商户订单", "No merchant orders of that day";
        no_orders_note: T = "导入当日的订单文件，才能与账单相对", "Import the orders of the day to compare them with the bill";
        not_run_title: T = "尚未对账", "Not reconciled yet";
        not_run_note: T = "账单与订单都已就绪", "Bill and orders are ready";
        download: T = "下载账单", "Fetch bill";
        no_merchant_title: T = "还没有商户", "No merchant yet";
        no_merchant_note: T = "新增商户后，这里显示每天的对账结果", "Once there is one, each day's result is here";
    }
}
