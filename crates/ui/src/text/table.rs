//! Words of tables: headers, filters, search, views, copies.

use super::{F, F2, T, many};

words! {
    /// Tables of all screens.
    Table {
        list_cases: T = "差错列表", "List of cases";
        list_orders: T = "订单列表", "List of orders";
        list_bills: T = "账单列表", "List of bills";
        list_history: T = "查单历史列表", "List of earlier look-ups";
        list_answers: T = "批量查单结果", "Answers to the list";
        filter_of: F = |column| format!("筛选：{column}"), |column| format!("Filter {column}");
        ascending: T = "升序", "Sort up";
        descending: T = "降序", "Sort down";
        filter: T = "筛选…", "Filter...";
        fit: T = "适合内容宽度", "Fit width";
        freeze: T = "冻结到此列", "Freeze up to here";
        unfreeze: T = "取消冻结", "Unfreeze";
        hide: T = "隐藏此列", "Hide column";
        move_left: T = "左移", "Move left";
        move_right: T = "右移", "Move right";
        rows: T = "行", "Rows";
        all: T = "全部", "All";
        blank: T = "空白", "Blank";
        filled: T = "非空白", "Not blank";
        blank_value: T = "（空白）", "(blank)";
        nothing: T = "无", "nothing";
        contains: T = "包含", "Contains";
        from: T = "从", "From";
        to: T = "到", "To";
        unreadable: T = "范围无法识别", "The range cannot be read";
        clear: T = "清除", "Clear";
        apply: T = "应用", "Apply";
        all_values: T = "（全选）", "(all)";
        only_these: T = "只看", "Only";
        without_these: T = "排除", "Without";
        too_many_values: T = "值太多，请用文字筛选", "Too many values; filter by text";
        only: F2 = |column, value| format!("{column}：{value}"), |column, value| format!("{column}: {value}");
        without: F2 = |column, value| format!("{column} 排除 {value}"), |column, value| format!("{column} without {value}");
        only_value: F = |value| format!("只看：{value}"), |value| format!("Only {value}");
        without_value: F = |value| format!("排除：{value}"), |value| format!("Without {value}");
        copy_cell: T = "复制单元格", "Copy cell";
        find: T = "查找", "Find";
        find_next: T = "下一个", "Next";
        find_before: T = "上一个", "Previous";
        not_found: T = "没有找到", "Not found";
        views: T = "视图", "Views";
        keep_view: T = "存为视图…", "Keep as a view...";
        view_name: T = "视图名称", "Name of the view";
        keep: T = "保存", "Keep";
        remove_view: F = |name| format!("删除视图 {name}"), |name| format!("Remove view {name}");
        usual_view: T = "默认视图", "Usual view";
        copy_as: F = |format| format!("复制为 {format}"), |format| format!("Copy as {format}");
        copied: F = |n| format!("已复制 {n} 行"), |n| format!("{} copied", many(n, "row", "rows"));
        sum_of: F2 = |of, yuan| format!("{of} ¥{yuan}"), |of, yuan| format!("{of} ¥{yuan}");
        mean_of: F = |yuan| format!("均值 ¥{yuan}"), |yuan| format!("mean ¥{yuan}");
        adding: T = "正在合计", "Adding up";
    }
}
