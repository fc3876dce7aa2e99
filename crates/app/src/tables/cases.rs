//! The columns of the table of cases.

use super::{ColumnKind, ColumnSpec, RowContext, TableRow};
use crate::model::{CaseRow, age_days};
use recondesk_domain::{Fen, Severity, SheetCell, Term};

const fn column(
    id: &'static str,
    name: &'static str,
    kind: ColumnKind,
    zh: &'static str,
    en: &'static str,
) -> ColumnSpec {
    ColumnSpec::new(id, name, kind, Term::new(zh, en))
}

/// The columns, in their usual order.
pub const COLUMNS: &[ColumnSpec] = &[
    column("severity", "severity", ColumnKind::Word, "级别", "Severity"),
    column("code", "code", ColumnKind::Text, "代码", "Code"),
    column("category", "category", ColumnKind::Word, "分类", "Category"),
    column("shop", "merchant", ColumnKind::Text, "商户", "Merchant"),
    column(
        "number",
        "number",
        ColumnKind::Text,
        "商户订单号",
        "Order no.",
    ),
    column(
        "wechat",
        "wechat_fen",
        ColumnKind::Money,
        "微信 ¥",
        "WeChat ¥",
    ),
    column(
        "merchant",
        "merchant_fen",
        ColumnKind::Money,
        "商户 ¥",
        "Merchant ¥",
    ),
    column("paid", "paid_at", ColumnKind::Time, "支付时间", "Paid at"),
    column("day", "day", ColumnKind::Day, "业务日", "Day"),
    column("age", "age_days", ColumnKind::Count, "账龄", "Age"),
    column("owner", "owner", ColumnKind::Text, "负责人", "Owner"),
    column("status", "status", ColumnKind::Word, "状态", "Status"),
];

/// A severity as a word.
#[must_use]
pub const fn severity_word(severity: Severity) -> Term {
    match severity {
        Severity::Urgent => Term::new("紧急", "Urgent"),
        Severity::Fault => Term::new("差错", "Fault"),
        Severity::Watch => Term::new("观察", "Watch"),
        Severity::Info => Term::new("信息", "Info"),
        Severity::Ok => Term::new("平账", "Matched"),
    }
}

impl TableRow for CaseRow {
    const COLUMNS: &'static [ColumnSpec] = COLUMNS;

    fn cell(&self, column: &str, known: &RowContext<'_>) -> SheetCell {
        let category = self.category;
        match column {
            "severity" => {
                let severity = category.severity();
                SheetCell::Word(severity.word(), severity_word(severity))
            }
            "code" => SheetCell::text(category.code()),
            "category" => SheetCell::Word(category.name(), Term::new(category.zh(), category.en())),
            "shop" => SheetCell::text(&(known.name_of)(self.profile)),
            "number" => SheetCell::text(&self.number),
            "wechat" => SheetCell::money(self.wechat),
            "merchant" => SheetCell::money(self.merchant),
            "paid" => SheetCell::time(self.paid_at),
            "day" => SheetCell::Day(self.day),
            "age" => SheetCell::Count(u64::from(age_days(self.opened_on, known.today))),
            "owner" => SheetCell::text(&self.owner),
            "status" => {
                let status = self.status;
                SheetCell::Word(status.word(), Term::new(status.zh(), status.en()))
            }
            _ => SheetCell::Empty,
        }
    }

    fn rank(&self, column: &str) -> Option<i64> {
        match column {
            "severity" => Some(self.category.severity() as i64),
            "status" => Some(self.status as i64),
            _ => None,
        }
    }

    fn amounts(&self) -> Vec<(Term, Fen)> {
        let is_refund = self.category.code().starts_with('R');
        let (wechat, merchant) = if is_refund {
            (
                Term::new("微信退款", "WeChat refunds"),
                Term::new("商户退款", "Merchant refunds"),
            )
        } else {
            (
                Term::new("微信支付", "WeChat payments"),
                Term::new("商户支付", "Merchant payments"),
            )
        };
        let wechat = self.wechat.map(|fen| (wechat, fen));
        wechat
            .into_iter()
            .chain(self.merchant.map(|fen| (merchant, fen)))
            .collect()
    }
}
