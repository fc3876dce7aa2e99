//! The columns of the table of bills.

use super::{ColumnKind, ColumnSpec, RowContext, TableRow};
use crate::model::{BillRow, BillStanding, account_of};
use recondesk_domain::{Fen, FundAccount, SheetCell, Term};

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
    column("day", "day", ColumnKind::Day, "日期", "Day"),
    column("merchant", "merchant", ColumnKind::Text, "商户", "Merchant"),
    column("kind", "kind", ColumnKind::Word, "类型", "Kind"),
    column("state", "state", ColumnKind::Word, "状态", "State"),
    column("rows", "rows", ColumnKind::Count, "行数", "Rows"),
    column(
        "amount",
        "amount_fen",
        ColumnKind::Money,
        "订单金额 ¥",
        "Amount ¥",
    ),
    column("net", "net_fen", ColumnKind::Money, "应结净额 ¥", "Net ¥"),
    column(
        "certificate",
        "certificate",
        ColumnKind::Text,
        "证书",
        "Certificate",
    ),
    column("file", "file", ColumnKind::Text, "文件", "File"),
    column(
        "imported_at",
        "imported_at",
        ColumnKind::Time,
        "导入时间",
        "Imported",
    ),
];

/// A kind of bill as a word; an unknown one as it is.
fn kind(kind: &str) -> SheetCell {
    match kind {
        "ALL" => SheetCell::Word("ALL", Term::new("全部", "All")),
        "SUCCESS" => SheetCell::Word("SUCCESS", Term::new("支付", "Payments")),
        "REFUND" => SheetCell::Word("REFUND", Term::new("退款", "Refunds")),
        other => match account_of(other) {
            Some(account) => SheetCell::Word(account.v3_word(), of_account(account)),
            None => SheetCell::text(other),
        },
    }
}

/// A fund-flow bill is called so, and after its account.
const fn of_account(account: FundAccount) -> Term {
    match account {
        FundAccount::Basic => Term::new("资金 基本账户", "Fund flow, basic account"),
        FundAccount::Operation => Term::new("资金 运营账户", "Fund flow, operation account"),
        FundAccount::Fees => Term::new("资金 手续费账户", "Fund flow, fee account"),
    }
}

const fn state(state: BillStanding) -> SheetCell {
    match state {
        BillStanding::Verified => SheetCell::Word("verified", Term::new("已校验", "Verified")),
        BillStanding::Quarantined => {
            SheetCell::Word("quarantined", Term::new("已隔离", "Set aside"))
        }
        BillStanding::Replaced => SheetCell::Word("replaced", Term::new("已替换", "Replaced")),
    }
}

impl TableRow for BillRow {
    const COLUMNS: &'static [ColumnSpec] = COLUMNS;

    fn cell(&self, column: &str, _: &RowContext<'_>) -> SheetCell {
        match column {
            "day" => SheetCell::Day(self.day),
            "merchant" => SheetCell::text(&self.merchant),
            "kind" => kind(&self.kind),
            "state" => state(self.state),
            "rows" => SheetCell::Count(self.rows),
            "amount" => SheetCell::money(self.amount),
            "net" => SheetCell::money(self.net),
            "certificate" => {
                let (holding, all) = self.certificate;
                SheetCell::text(&format!("{holding} / {all}"))
            }
            "file" => SheetCell::text(&self.file),
            "imported_at" => SheetCell::Time(self.imported_at),
            _ => SheetCell::Empty,
        }
    }

    fn amounts(&self) -> Vec<(Term, Fen)> {
        let amount = self
            .amount
            .map(|fen| (Term::new("订单金额", "Amount"), fen));
        let net = self.net.map(|fen| (Term::new("应结净额", "Net"), fen));
        amount.into_iter().chain(net).collect()
    }
}
