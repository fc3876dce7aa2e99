//! Words of the fund flow of a day.

use super::{F, F2, F3, T, many};

words! {
    /// The fund flow.
    Funds {
        open: T = "资金…", "Funds...";
        title: F2 = |day, name| format!("资金账单 {day} {name}"), |day, name| format!("Fund flow {day} {name}");
        fetch: T = "下载并核对", "Fetch and check";
        reading: T = "正在核对资金账单…", "Checking the fund flow...";
        none: T = "这一天没有资金账单。下载后，从交易到余额逐项核对。", "There is no fund-flow bill of this day. Fetch it to lead the balances back to the trades.";
        account: T = "账户", "Account";
        opening: T = "期初 ¥", "Opening ¥";
        closing: T = "期末 ¥", "Closing ¥";
        entries: T = "笔数", "Entries";
        checks: T = "核对", "Checks";
        holds: T = "成立", "hold";
        fails: F = |ids| format!("不成立：{ids}"), |ids| format!("broken: {ids}");
        nothing_moved: T = "当日无变动", "nothing moved";
        not_here: T = "没有账单", "no bill here";
        missing: T = "当日账单缺失", "the bill of this day is missing";
        broken: F3 = |id, what, sums| format!("{id} {what}：{sums}"), |id, what, sums| format!("{id} {what}: {sums}");
        sums: F2 = |e, a| format!("应为 {e}，实为 {a}"), |e, a| format!("expected {e}, found {a}");
        bridge: T = "从交易到余额", "From trades to balances";
        rows: T = "笔数", "Rows";
        amount: T = "金额 ¥", "Amount ¥";
        running: T = "累计 ¥", "Running ¥";
        change: T = "账户余额变动", "Change of the balances";
        residual: T = "未解释", "Unexplained";
        explained: F2 = |n, yuan| format!("余额变动 ¥{yuan} 全部有来由；{n} 笔交易与资金逐笔相符"), |n, yuan| format!("The change of ¥{yuan} is explained; {} moved as they should", many(n, "trade", "trades"));
        explained_by: F3 = |n, yuan, rows| format!("余额变动 ¥{yuan} 全部有来由；{n} 笔逐笔相符，{rows} 笔要看"), |n, yuan, rows| format!("The change of ¥{yuan} is explained; {n} moved as they should, {} a look", many(rows, "row needs", "rows need"));
        unexplained: F = |yuan| format!("有 ¥{yuan} 没有来由，这一天的资金对不上"), |yuan| format!("¥{yuan} is unexplained: this day's funds do not add up");
        no_trade_bill: T = "没有当日可信的交易账单，资金没有与交易核对", "There is no verified trade bill of this day: nothing was compared";
        in_doubt: T = "资金账单本身不平，已隔离，没有与交易核对；请重新下载", "A fund-flow bill does not add up and is set aside: nothing was compared; fetch it again";
        no_account: T = "没有基本账户的资金账单，没有与交易核对", "The bill of the basic account is not here: nothing was compared";
        learning: F2 = |seen, of| format!("学习期：已有 {seen} / {of} 天，逐笔差异可能是账户的习惯"), |seen, of| format!("Learning, {seen} of {of} days: single differences may be a custom of the account");
        group: F3 = |code, name, n| format!("{code} {name} {n} 笔"), |code, name, n| format!("{code} {name}: {n}");
        more: F = |n| format!("另有 {n} 笔未列出"), |n| format!("{n} more, not listed");
        number: T = "业务单号", "Number";
        kind: T = "业务类型", "Kind";
        expected: T = "应为 ¥", "Expected ¥";
        actual: T = "实为 ¥", "Actual ¥";
        line: T = "行", "Line";
        to_bank: T = "提现到账", "Withdrawals to the bank";
        pick_statement: T = "导入银行流水…", "Import a bank statement...";
        choose_statement: T = "选择银行流水（CSV、Excel）", "Choose a bank statement (CSV, Excel)";
        no_withdrawals: T = "这一天和此前 31 天没有未到账的提现。", "No withdrawal of this day or of the 31 days before it is open.";
        withdrawn_on: T = "提现日", "Withdrawn";
        state: T = "状态", "State";
        arrived_on: T = "到账日", "Arrived";
        at_bank: T = "银行入账 ¥", "At the bank ¥";
        due: F = |day| format!("{day} 前"), |day| format!("by {day}");
        settled: F2 = |of, yuan| format!("提现 ¥{of}，其中已到账或退回 ¥{yuan}"), |of, yuan| format!("¥{of} withdrawn, ¥{yuan} of it arrived or came back");
    }
}
