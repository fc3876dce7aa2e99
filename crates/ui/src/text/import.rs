//! Words of the import assistant.

use super::{F, F2, T, Wording, many};
use recondesk_domain::RefundStatus;
use recondesk_intake::{Column, StateSubject};

words! {
    /// The import assistant.
    Import {
        title: T = "导入订单", "Import orders";
        title_refunds: T = "导入退款", "Import refunds";
        cancel: T = "取消", "Cancel";
        skip_file: T = "跳过此文件", "Skip this file";
        cancel_all: T = "全部取消", "Cancel all";
        and_more: F2 = |name, n| format!("{name}，后面还有 {n} 个文件"), |name, n| format!("{name}, {} to follow", many(n, "file", "files"));
        known: F = |time| format!("此文件已于 {time} 导入，没有新内容"), |time| format!("This file was imported {time}; nothing is new");
        known_deed: T = "已导入过", "Imported before";
        deed: F = |n| format!("导入 {n} 行"), |n| format!("Import {}", many(n, "row", "rows"));
        reading: F = |n| format!("已读 {n}%"), |n| format!("Read {n}%");
        reading_rows: T = "正在读…", "Reading...";
        storing: F = |n| format!("正在导入 {n}%"), |n| format!("Importing {n}%");
        kind: T = "类型", "Kind";
        orders: T = "订单", "Orders";
        refunds: T = "退款", "Refunds";
        encoding: T = "编码", "Encoding";
        delimiter: T = "分隔", "Delimiter";
        sheet: T = "工作表", "Sheet";
        comma: T = "逗号", "comma";
        tab: T = "制表符", "tab";
        semicolon: T = "分号", "semicolon";
        bar: T = "竖线", "bar";
        mapping: T = "映射", "Mapping";
        guessed: T = "自动推断", "guessed";
        canonical: T = "标准表头", "canonical";
        unit: T = "金额单位", "Unit";
        yuan: T = "元", "yuan";
        fen: T = "分", "fen";
        all_guessed: T = "全部由文件推断，可改", "All guessed from the file, may be changed";
        save_as: T = "存为映射", "Save mapping as";
        save_hint: T = "起个名，下次自动用", "a name, used next time";
        good: T = "可导入", "Good rows";
        of_rows: F = |n| format!("共 {n} 行"), |n| format!("of {}", many(n, "row", "rows"));
        rejected: T = "拒收", "Rejected";
        of_others: F = |n| format!("另有 {n} 行属于其他商户"), |n| format!("{n} left to others");
        to_file: T = "写入拒收文件", "to the reject file";
        none_rejected: T = "没有拒收", "none";
        sum: T = "金额合计", "Sum";
        mean_good: F = |yuan| format!("均值 ¥{yuan}，单位可信"), |yuan| format!("mean ¥{yuan}, unit plausible");
        looks_like_fen: F = |yuan| format!("均值 ¥{yuan}，单位像是分"), |yuan| format!("mean ¥{yuan}, looks like fen");
        looks_like_yuan: F = |yuan| format!("均值 ¥{yuan}，单位像是元"), |yuan| format!("mean ¥{yuan}, looks like yuan");
        days: T = "日期", "Days";
        most_on: F2 = |day, n| format!("最多的一天 {day}：{n} 行"), |day, n| format!("most on {day}: {}", many(n, "row", "rows"));
        one_day: T = "同一天", "one day";
        hours: T = "覆盖", "Hours";
        store_as: T = "存为", "Store as";
        file_column: T = "文件列", "File column";
        skip: T = "不导入", "skip";
        created_clock: T = "创建时刻", "Created, clock";
        paid_clock: T = "支付时刻", "Paid, clock";
        asked: T = "待确认", "To confirm";
        asked_note: T = "改动后重新读整个文件", "the file is read anew after each change";
        proof: T = "账单验证", "Proof by the bill";
        no_proof: T = "工作区里没有这些日子的账单，无法验证选列", "No bill of these days: the columns cannot be proven";
        number_column: T = "单号列", "Number column";
        amount_column: T = "金额列", "Amount column";
        with_hits: F2 = |name, n| format!("{name}（账单里 {n}）"), |name, n| format!("{name} ({n} in the bill)");
        day_order_first: T = "先选日期是月/日还是日/月", "Choose first whether days or months stand first";
        two_orders: T = "日期有两种读法：月在前，还是日在前？", "Dates could be two: does the month or the day come first?";
        month_first: T = "月/日/年", "month/day/year";
        day_first: T = "日/月/年", "day/month/year";
        all_paid: T = "全部已付款", "All rows are paid";
        amount_of_order: T = "整单金额", "Amount of the order";
        amount_of_item: T = "每件商品的金额", "Amount of each item";
        use_fen: T = "改为分", "Use fen";
        use_yuan: T = "改为元", "Use yuan";
        left_out: F = |n| format!("另 {n} 行不是微信支付"), |n| format!("{n} not WeChat Pay's");
        of_wechat: T = "微信支付", "WeChat Pay";
        of_another: T = "其他支付方式，不导入", "another: left out";
        says_nothing: T = "与收付、发货无关", "says nothing";
        leave_title: T = "放弃对这个文件的改动？", "Give up the changes to this file?";
        leave_note: T = "选定的列、词的含义和映射名会丢失；什么都没有导入。", "Chosen columns, meanings of words and the name of the mapping are lost. Nothing was imported.";
        leave_back: T = "继续导入", "Go on";
        leave_do: T = "放弃改动", "Give them up";
        show_refused: T = "查看这些行", "show them";
        show_all: T = "显示全部行", "show all rows";
        first_refused: F2 = |shown, all| format!("拒收的 {all} 行中的前 {shown} 行"), |shown, all| format!("First {shown} of {} refused", many(all, "row", "rows"));
        words: T = "状态词", "Words of states";
        words_known: F = |n| format!("{n} 个词都认识"), |n| format!("{}, all known", many(n, "word", "words"));
        words_show: T = "展开", "Show";
        words_hide: T = "收起", "Hide";
        known_word: T = "按内置含义", "as built in";
        unmapped: T = "这些词不认识", "Words that are not known";
        unmapped_note: T = "选定含义后重新计数", "choose what each means; counts follow";
        rows: F = |n| format!("{n} 行"), |n| many(n, "row", "rows");
        choose: T = "请选择", "choose";
        lacking: F = |names| format!("缺少：{names}"), |names| format!("Missing: {names}");
        no_rows: T = "没有可导入的行", "No row can be imported";
        empty_title: T = "文件里没有数据行", "The file has no data rows";
        empty_note: T = "重新导出后再导入", "Export it again, then import it";
        as_bill: T = "按账单导入", "Import as a bill";
        no_fulfilment: T = "没有发货信息，查不出未履约", "No delivery: no P03";
        status: F = |n| format!("预览前 {n} 行，尚未存入"), |n| format!("First {} shown, nothing stored", many(n, "row", "rows"));
        line_of: F2 = |line, reason| format!("第 {line} 行拒收：{reason}"), |line, reason| format!("row {line} refused: {reason}");
        refund_ok: T = "退款成功", "success";
        refund_processing: T = "处理中", "processing";
        refund_closed: T = "已关闭", "closed";
        refund_abnormal: T = "异常", "abnormal";
    }
}

impl Wording {
    /// A canonical column in words.
    pub(crate) const fn column(&self, column: Column) -> &'static str {
        let term = column.term();
        if self.is_zh() { term.zh } else { term.en }
    }

    /// A column of states by what its words are about.
    pub(crate) const fn words_about(&self, about: StateSubject) -> &'static str {
        let (zh, en) = match about {
            StateSubject::Order => ("订单状态词", "Words: order"),
            StateSubject::Payment => ("支付状态词", "Words: payment"),
            StateSubject::Delivery => ("发货状态词", "Words: delivery"),
            StateSubject::Refund => ("退款状态词", "Words: refund"),
        };
        if self.is_zh() { zh } else { en }
    }

    /// A refund status that a word can mean.
    pub(crate) const fn meaning_refund(&self, status: RefundStatus) -> &'static str {
        match status {
            RefundStatus::Processing => self.import.refund_processing,
            RefundStatus::Success => self.import.refund_ok,
            RefundStatus::Closed => self.import.refund_closed,
            RefundStatus::Abnormal => self.import.refund_abnormal,
        }
    }
}
