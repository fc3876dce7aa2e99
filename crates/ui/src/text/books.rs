//! Words of the Bills and Orders screens.

use super::{F, F2, F3, T, many};
use recondesk_domain::{FulfilStatus, PayStatus};

words! {
    /// Bills.
    Bills {
        open: T = "打开", "Open";
        to_day: F = |day| format!("看 {day} 的对账"), |day| format!("Reconciliation of {day}");
        only: F = |who| format!("只看：{who}"), |who| format!("Only {who}");
        save_original: T = "另存原始文件…", "Save the original file...";
        copy_file: T = "复制文件名", "Copy file name";
        subtitle: F = |n| format!("{n} 份"), |n| many(n, "bill", "bills");
        import: T = "导入账单…", "Import bill...";
        fetch: F = |day| format!("下载 {day}"), |day| format!("Fetch {day}");
        verified: T = "已校验", "Verified";
        quarantined: T = "已隔离", "Set aside";
        replaced: T = "已替换", "Replaced";
        all: T = "全部", "All";
        success: T = "支付", "Payments";
        refund: T = "退款", "Refunds";
        fund_basic: T = "资金 基本", "Funds basic";
        fund_operation: T = "资金 运营", "Funds operation";
        fund_fees: T = "资金 手续费", "Funds fees";
        head: T = "文件开头", "Head of file";
        empty_title: T = "还没有账单", "No bill yet";
        empty_note: T = "下载账单，或把账单文件拖进窗口", "Fetch one, or drop a bill file on the window";
    }
}

words! {
    /// Orders.
    Orders {
        subtitle: F2 = |n, yuan| format!("{n} 笔，¥{yuan}"), |n, yuan| format!("{}, ¥{yuan}", many(n, "order", "orders"));
        import: T = "导入订单…", "Import orders...";
        business: T = "业务单号", "Business no.";
        amount: T = "金额 ¥", "Amount ¥";
        pay: T = "支付", "Payment";
        fulfil: T = "履约", "Fulfilment";
        created: T = "创建时间", "Created";
        paid: T = "支付时间", "Paid at";
        unpaid: T = "未支付", "unpaid";
        paying: T = "支付中", "paying";
        is_paid: T = "已支付", "paid";
        failed: T = "支付失败", "failed";
        closed: T = "已关单", "closed";
        refunding: T = "退款中", "refund asked for";
        refunded: T = "已退款", "refunded";
        unknown: T = "未知", "unknown";
        pending: T = "未发货", "pending";
        fulfilled: T = "已发货", "fulfilled";
        fulfil_failed: T = "发货失败", "failed";
        not_required: T = "无需发货", "not required";
        raw: T = "订单原文", "Order, raw";
        timeline: T = "时间线", "Timeline";
        refund_total: T = "已退金额", "Refunded";
        empty_title: T = "当日没有订单", "No orders of that day";
        empty_note: T = "导入订单文件，或把它拖进窗口", "Import an order file, or drop it on the window";
        no_match_title: T = "没有符合筛选的订单", "No order matches the filter";
        to_day: F = |day| format!("看 {day} 的订单"), |day| format!("Orders of {day}");
        copy_business: T = "复制业务单号", "Copy business no.";
    }
}

impl Orders {
    /// A payment status in words.
    pub(crate) const fn pay_status(&self, status: PayStatus) -> &'static str {
        match status {
            PayStatus::Refunding => self.refunding,
            PayStatus::Created => self.unpaid,
            PayStatus::Paying => self.paying,
            PayStatus::Paid => self.is_paid,
            PayStatus::Failed => self.failed,
            PayStatus::Closed => self.closed,
            PayStatus::Refunded => self.refunded,
            PayStatus::Unknown => self.unknown,
        }
    }

    /// A fulfilment status in words.
    pub(crate) const fn fulfil_status(&self, status: FulfilStatus) -> &'static str {
        match status {
            FulfilStatus::NotKnown => "—",
            FulfilStatus::Pending => self.pending,
            FulfilStatus::Fulfilled => self.fulfilled,
            FulfilStatus::Failed => self.fulfil_failed,
            FulfilStatus::NotRequired => self.not_required,
        }
    }
}

words! {
    /// Rows that an import refused.
    Refused {
        open: T = "拒收行…", "Refused rows...";
        title: T = "拒收行", "Refused rows";
        title_of: F = |name| format!("拒收行 {name}"), |name| format!("Refused rows of {name}");
        note: T = "改好的行按原列映射补导，原文件不动", "Mended rows are imported by the same mapping; the original stays";
        file: T = "文件", "File";
        line: T = "行号", "Row";
        cell: F2 = |line, column| format!("第 {line} 行 {column}"), |line, column| format!("row {line} {column}");
        so_far: F3 = |n, well, left| format!("{n} 行：{well} 行可导入，{left} 行待改"), |n, well, left| format!("{}: {well} can be imported, {left} to mend", many(n, "row", "rows"));
        beyond: F = |n| format!("另有 {n} 行，这些导入后再列出"), |n| format!("{n} more follow once these are imported");
        replaced: F = |n| format!("{n} 行已在之后的导入里"), |n| format!("{n} are in a later import");
        line_is: F2 = |line, what| format!("第 {line} 行：{what}"), |line, what| format!("row {line}: {what}");
        unchecked: T = "已改，未检查", "changed, not checked";
        well: T = "可导入", "can be imported";
        check: T = "再检查", "Check again";
        import: F = |n| format!("导入 {n} 行"), |n| format!("Import {}", many(n, "row", "rows"));
        done: T = "这份文件的拒收行都已补正，或已在之后的导入里", "All refused rows of this file are mended, or in a later import";
        mended_file: F = |name| format!("{name}（补正）"), |name| format!("{name} (mended)");
        leave_title: T = "放弃没有导入的改动？", "Give up changes that are not imported?";
        leave_note: T = "已导入的行不受影响", "Rows that were imported stay";
        leave_back: T = "继续改", "Go on mending";
        leave_do: T = "放弃改动", "Give them up";
    }
}
