//! Words about operators: who they are, what they may do, from when on a second one must agree.

use super::{F, F2, T};
use recondesk_casework::Role;

words! {
    /// Operators and limits.
    People {
        title: T = "操作人", "Operators";
        none: F = |who| format!("还没有操作人：决定记在“{who}”名下，须复核的事没有人能同意"), |who| format!("No operator yet: decisions are kept under \"{who}\", and nobody can agree as a second person");
        add: T = "新增操作人…", "Add an operator...";
        set_up: T = "设置操作人…", "Name operators...";
        remove: T = "移除…", "Remove...";
        removed: F = |day| format!("已移除 {day}"), |day| format!("removed {day}");
        here: T = "当前登录", "signed in";
        limits: T = "复核界限", "Limits";
        limits_note: F2 = |yuan, n| format!("退款超过 ¥{yuan}，或一次超过 {n} 条，须另一人同意"), |yuan, n| format!("Refunds above ¥{yuan}, or more than {n} at once, take a second person");
        change: T = "修改…", "Change...";
        add_title: T = "新增操作人", "Add an operator";
        add_first: T = "第一位要有“管理”：以后由这位新增别人", "The first one administers: others are added by that person";
        name: T = "姓名", "Name";
        name_hint: T = "记在历史里，移除后也不能再用", "kept in the history, never used again";
        roles: T = "权限", "Roles";
        see: T = "看账和差错，不作决定", "reads everything, decides nothing";
        work: T = "处理差错，退款，补发货", "works cases, refunds, reissues";
        approve: T = "同意别人提请的，签账", "agrees to what others ask, signs off";
        administer: T = "操作人，界限，商户和密钥", "operators, limits, merchants and keys";
        pin: T = "新 PIN（至少 4 位）", "New PIN (at least 4 signs)";
        pin_again: T = "再输一次新 PIN", "The new PIN once more";
        pin_short: T = "PIN 至少 4 位", "A PIN has at least 4 signs";
        pin_unequal: T = "两次 PIN 不同", "The two PINs differ";
        no_role: T = "至少选一项权限", "Choose at least one role";
        by_administrator: T = "由有“管理”权限的人确认", "Confirmed by somebody who may administer";
        by_any: T = "由任何一位操作人确认", "Confirmed by any operator";
        do_add: T = "新增", "Add";
        remove_title: F = |name| format!("移除操作人 {name}"), |name| format!("Remove operator {name}");
        remove_note: T = "历史里的姓名保留；这位不能再登录、复核、签账", "The name stays in the history; this person can no longer sign in, agree or sign off";
        do_remove: T = "移除", "Remove";
        limits_title: T = "须另一人复核的界限", "From when on a second person must agree";
        refund_over: T = "退款超过（元）", "Refunds above (yuan)";
        bulk_over: T = "一次超过（条）", "More than at once";
        no_amount: T = "金额不对，如 1000.00", "Not an amount, such as 1000.00";
        no_count: T = "条数不对，如 20", "Not a number, such as 20";
        do_limits: T = "设为", "Set";
        nobody_can: T = "还没有操作人，谁都不能作第二人复核", "No operator is named, so nobody can agree as a second person";
        own: T = "制单人不能复核自己的单", "Whoever prepared it cannot approve it";
        say_who: T = "先填操作人和 PIN", "Say who decides, with the PIN";
        asked_at: F2 = |who, at| format!("{who} {at} 提请"), |who, at| format!("{who}, {at}");
        all_open: F2 = |n, yuan| format!("{n} 件待您复核，涉及 ¥{yuan}"), |n, yuan| format!("{n} wait for you, ¥{yuan} at stake");
        all_agree: T = "全部同意…", "Agree to all...";
        all_sure: F2 = |n, yuan| format!("同意全部 {n} 件，涉及 ¥{yuan}？逐件记在您名下，随时可停"), |n, yuan| format!("Agree to all {n}, ¥{yuan} at stake? Each is kept under your name, and it can be stopped");
        all_do: F = |n| format!("同意 {n} 件"), |n| format!("Agree to {n}");
        waiting: F = |n| format!("待复核 {n} 件"), |n| format!("{n} to approve");
        look: T = "查看", "Open";
        carry_waits: F = |who| format!("{who} 挂账，待另一人在“复核”里同意"), |who| format!("{who} carries it; another person must agree under Approvals");
        unlock_waits: F = |who| format!("{who} 已申请解锁，待另一人复核"), |who| format!("{who} asked to open it; a second person must agree");
    }
}

impl People {
    /// What somebody with a role may do.
    pub(crate) const fn role_note(&self, role: Role) -> &'static str {
        match role {
            Role::See => self.see,
            Role::Work => self.work,
            Role::Approve => self.approve,
            Role::Administer => self.administer,
        }
    }
}
