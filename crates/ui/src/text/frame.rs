//! Words of the frame: rail, bars, severities, keys, jobs.

use super::{F, F2, T, many};

words! {
    /// The frame and what all screens share.
    Frame {
        product: T = "对账台", "Recondesk";
        overview: T = "总览", "Overview";
        reconcile: T = "对账", "Reconcile";
        cases: T = "差错", "Cases";
        bills: T = "账单", "Bills";
        orders: T = "订单", "Orders";
        lookup: T = "查单", "Lookup";
        signature: T = "签名", "Signature";
        merchants: T = "商户", "Merchants";
        settings: T = "设置", "Settings";
        all_merchants: F = |n| format!("全部商户 {n}"), |n| format!("All merchants {n}");
        no_merchant: T = "尚无商户", "No merchant yet";
        merchant_select: T = "选择商户", "Choose merchant";
        find_merchant: T = "查找商户", "Find merchant";
        search: T = "粘贴单号，或输入命令", "Paste a number or type a command";
        day_before: T = "前一天", "Day before";
        day_after: T = "后一天", "Day after";
        choose_day: T = "选择日期", "Choose day";
        type_day: T = "如 0308、3-8、昨天", "such as 0308, 3-8, yesterday";
        weekdays: [T; 7] = ["周一", "周二", "周三", "周四", "周五", "周六", "周日"], ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
        weekday_signs: [T; 7] = ["一", "二", "三", "四", "五", "六", "日"], ["M", "T", "W", "T", "F", "S", "S"];
        months: [T; 12] = ["1 月", "2 月", "3 月", "4 月", "5 月", "6 月", "7 月", "8 月", "9 月", "10 月", "11 月", "12 月"], ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        notices: T = "通知", "Notices";
        unread: F = |n| format!("{n} 条未读"), |n| format!("{n} unread");
        clear_all: T = "全部清除", "Clear all";
        no_notices: T = "没有通知", "No notices";
        no_notices_note: T = "任务完成或出错时会记在这里", "Finished and failed tasks are kept here";
        dismiss: T = "清除", "Dismiss";
        go_there: T = "查看", "Open";
        compare_day: F = |day| format!("对账 {day}"), |day| format!("Reconcile {day}");
        mend_rows: T = "改正拒收行", "Mend rows";
        urgent: T = "紧急", "Urgent";
        fault: T = "差错", "Fault";
        watch: T = "观察", "Watch";
        info: T = "信息", "Info";
        matched: T = "平账", "Matched";
        none: T = "无", "none";
        close: T = "关闭", "Close";
        cancel: T = "取消", "Cancel";
        copy: T = "复制", "Copy";
        copy_details: T = "复制说明", "Copy details";
        retry: T = "重试", "Try again";
        filter: T = "筛选", "Filter";
        columns: T = "列", "Columns";
        usual_columns: T = "恢复默认列", "Usual columns";
        clear_filter: T = "清除筛选", "Clear the filter";
        more_filters: F = |n| format!("筛选 {n}"), |n| format!("Filters {n}");
        previous: T = "上一条", "Previous";
        next: T = "下一条", "Next";
        back: T = "返回", "Back";
        export: T = "导出…", "Export...";
        export_to: T = "导出到", "Export to";
        books_to: T = "选择文件夹：账本写在其中新建的文件夹里", "Choose a folder: the books go to a new folder within it";
        day_report: T = "日报…", "Daily report...";
        report_xlsx: T = "日报（.xlsx）", "Daily report (.xlsx)";
        report_pdf: T = "日报（.pdf）", "Daily report (.pdf)";
        report_html: T = "日报，可打印网页（.html）", "Daily report to print (.html)";
        report_month: T = "月报（.xlsx）", "Monthly report (.xlsx)";
        export_xlsx: T = "Excel 工作簿（.xlsx）", "Excel workbook (.xlsx)";
        export_csv: T = "CSV 文件（.csv）", "CSV file (.csv)";
        export_json: T = "JSON 文件（.json）", "JSON file (.json)";
        list_sign: T = "、", ", ";
        stop: T = "。", ". ";
        close_title: T = "还有任务在运行", "Work is still running";
        close_note: T = "现在关闭会停下来；已写到磁盘的不会丢，退款会按原单号继续查询。", "Closing stops it; what is on disk stays, and a refund goes on under its number.";
        close_do: T = "停止并关闭", "Stop and close";
        close_stay: T = "继续等", "Keep waiting";
        import: T = "导入文件…", "Import file...";
        drop_here: F = |name| format!("松开以导入：{name}"), |name| format!("Release to import: {name}");
        drop_many: F = |n| format!("松开以导入 {n} 个文件"), |n| format!("Release to import {}", many(n, "file", "files"));
        rows: F = |n| format!("{n} 笔"), |n| many(n, "row", "rows");
        selected: F = |n| format!("已选 {n} 笔"), |n| format!("{n} selected");
        merchants_count: F = |n| format!("{n} 个商户"), |n| many(n, "merchant", "merchants");
        bills_count: F2 = |n, of| format!("账单 {n} / {of}"), |n, of| format!("bills {n} / {of}");
        order_files: F2 = |n, of| format!("订单文件 {n} / {of}"), |n, of| format!("order files {n} / {of}");
        clock: F = |time| format!("北京时间 {time}"), |time| format!("Beijing {time}");
        here: T = "本机工作区", "local workspace";
        new_workspace: T = "新工作区", "New workspace";
        stays_here: T = "数据只在本机", "Data stays on this computer";
        loading_old: F = |time| format!("正在读取，旧结果 {time}"), |time| format!("Loading, result of {time} below");
        loading: T = "正在读取", "Loading";
        command: T = "命令", "Commands";
        no_match: T = "没有匹配", "No match";
        choose: T = "选择", "choose";
        run: T = "执行", "run";
        open_screen: F = |name| format!("打开{name}"), |name| format!("Open {name}");
        find_number: F = |n| format!("在差错中查找 {n}"), |n| format!("Find {n} in cases");
        today: T = "今日", "today";
        days: F = |n| format!("{n} 天"), |n| format!("{n} d");
        seconds: F = |n| format!("{n} 秒"), |n| format!("{n} s");
        minutes_seconds: F2 = |m, s| format!("{m} 分 {s} 秒"), |m, s| format!("{m} min {s} s");
    }
}

words! {
    /// The page of keys, and key hints of the status bar.
    Keys {
        title: T = "快捷键", "Keys";
        handbook: T = "打开手册", "Open the handbook";
        hint: T = "? 快捷键", "? keys";
        palette: T = "命令面板", "Palette";
        screens: T = "按顺序打开页面", "Screens in order";
        regions: T = "下一个／上一个区域", "Next / previous region";
        primary: T = "页面上的主要按钮", "Primary button";
        escape: T = "关闭最上层，取消任务", "Close the topmost, cancel the job";
        rerun: T = "重新对账，重新读取", "Run or read again";
        days: T = "前一天／后一天", "Day back / forward";
        lock: T = "锁上密钥", "Lock the keys";
        import: T = "导入文件", "Import file";
        export: T = "导出", "Export";
        save: T = "保存表单", "Save form";
        find: T = "筛选表格", "Filter table";
        notices: T = "通知", "Notices";
        zoom: T = "放大／缩小／复原", "Zoom in / out / reset";
        rows: T = "上下移动", "Move";
        pages: T = "翻页，首行／末行", "Page, first / last";
        open: T = "打开／关闭侧栏", "Open / close panel";
        select: T = "选中，全选", "Select, all";
        copy: T = "复制所选行（TSV）", "Copy rows as TSV";
        neighbours: T = "上一条／下一条差错", "Previous / next case";
        undo: T = "撤销自己上一次的决定", "Take my last decision back";
        case_letters: T = "接手、备注、挂账、忽略打开的差错", "Take, note, carry, ignore a case";
        move_hint: T = "J/K 上下", "J/K move";
        open_hint: T = "Enter 打开", "Enter open";
        filter_hint: T = "/ 筛选", "/ filter";
    }
}

words! {
    /// Long work.
    Jobs {
        download: T = "下载账单", "Fetch bill";
        preview: T = "检查文件", "Check file";
        import: T = "导入文件", "Import file";
        reconcile: T = "对账", "Reconcile";
        morning: T = "下载并对账", "Fetch and reconcile";
        backfill: T = "补齐缺的账单", "Fetch missing bills";
        export: T = "导出", "Export";
        export_books: T = "导出账本", "Export the books";
        demo: T = "准备演示", "Make the demo";
        ask_many: T = "批量查单", "Look many up";
        resume: T = "查询退款", "Ask about refunds";
        decide: T = "批量处理差错", "Decide about cases";
        attach: T = "附上文件", "Attach files";
        funds: T = "核对资金", "Check the fund flow";
        payout: T = "退款或补发", "Refund or reissue";
        care: T = "备份或检查工作区", "Back up or check the workspace";
        step_ask: T = "逐笔查询", "Ask one by one";
        step_decide: T = "逐条处理", "Decide one by one";
        many: F = |n| format!("{n} 项任务"), |n| many(n, "task", "tasks");
        running: F = |what| format!("正在{what}"), |what| format!("{what} is running");
        elapsed: F = |t| format!("已用 {t}"), |t| format!("{t} so far");
        step_download: T = "取账单", "Fetch bill";
        step_read: T = "读取与校验", "Read and check";
        step_sort: T = "排序", "Sort";
        step_store: T = "存入", "Store";
        step_send: T = "上传", "Send";
        step_compare: T = "两册配对与守恒", "Pair the books, conservation";
        step_export: T = "写文件", "Write file";
    }
}
