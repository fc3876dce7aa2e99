//! The part of `recondesk funds` beyond the accounts: bank statements that were taken in, and withdrawals with what of
//! them arrived.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::group_text;
use crate::cli::table::TextTable;
use recondesk_app::Language;
use recondesk_app::jobs::funds::{Settlement, SettlementState};
use recondesk_domain::Fen;
use recondesk_ports::{BankImport, Stored};

const fn stored_word(stored: Stored) -> &'static str {
    match stored {
        Stored::New | Stored::Replaced => "new",
        Stored::Unchanged => "unchanged",
        Stored::Quarantined => "quarantined",
    }
}

pub(super) fn statement_json(import: &BankImport) -> Value {
    json!({
        "file": import.record.name, "import": import.record.import,
        "stored": stored_word(import.stored), "proven": import.report.is_proven(),
        "left_out": import.around, "report": import.report,
    })
}

pub(super) fn statement_text(import: &BankImport, lang: Language) -> String {
    let report = &import.report;
    let (name, n) = (&import.record.name, report.entries);
    let (first, last) = (report.first, report.last);
    let (income, expense) = (report.income.grouped(), report.expense.grouped());
    let (zh, en) = (
        format!("银行流水 {name}：{first} 至 {last}，{n} 笔，收入 {income}，支出 {expense}\n"),
        format!(
            "Bank statement {name}: {first} to {last}, {n} entries, came {income}, left {expense}\n"
        ),
    );
    let mut out = lang.pick(&zh, &en).to_owned();
    let told = match (import.stored, report.is_proven()) {
        (Stored::Quarantined, _) => lang.pick(
            "✗ 余额与逐笔对不上，已隔离，不作依据；请重新导出\n",
            "✗ Its balances contradict its rows: kept in quarantine, no evidence; export it again\n",
        ),
        (Stored::Unchanged, _) => lang.pick("已导入过\n", "It was taken in before\n"),
        (Stored::New | Stored::Replaced, true) => lang.pick(
            "✓ 余额逐笔衔接\n",
            "✓ Each balance follows from the one before\n",
        ),
        (Stored::New | Stored::Replaced, false) => lang.pick(
            "没有余额列，流水是否完整无法证明\n",
            "It prints no balances: nothing proves that it is whole\n",
        ),
    };
    out.push_str(told);
    out.push_str(&group_text(&report.breaks, lang));
    out
}

pub(super) fn settlement_json(settlement: &Settlement) -> Value {
    let rows: Vec<Value> = settlement
        .rows
        .iter()
        .map(|row| {
            json!({
                "day": row.day, "due": row.due, "state": row.state,
                "account": row.withdrawal.account.word(), "kind": row.withdrawal.kind,
                "business_no": row.withdrawal.business_no, "flow_no": row.withdrawal.flow_no,
                "amount": Fen::ZERO.checked_sub(row.withdrawal.change),
                "arrived": row.credit.as_ref().map(|credit| json!({
                    "day": credit.time.day(), "amount": credit.change, "line": credit.line,
                    "payer": credit.payer, "remark": credit.remark, "reference": credit.reference,
                })),
            })
        })
        .collect();
    json!({
        "withdrawals": rows, "withdrawn": settlement.withdrawn, "settled": settlement.settled,
        "within_working_days": settlement.within, "has_statement": settlement.has_statement,
        "clean": settlement.is_clean(), "groups": settlement.groups,
    })
}

pub(super) fn settlement_text(settlement: &Settlement, lang: Language) -> String {
    let mut out = String::new();
    if !settlement.rows.is_empty() {
        out.push('\n');
        out.push_str(&rows_text(settlement, lang));
    }
    for group in &settlement.groups {
        out.push_str(&group_text(group, lang));
    }
    let unseen = settlement.count(SettlementState::NoStatement);
    if unseen > 0 {
        let (zh, en) = (
            format!(
                "{unseen} 笔提现已到期，没有覆盖这些天的银行流水：recondesk funds --bank 文件\n"
            ),
            format!(
                "{unseen} withdrawals are due and no statement covers their days: recondesk funds --bank FILE\n"
            ),
        );
        out.push_str(lang.pick(&zh, &en));
    }
    out
}

fn rows_text(settlement: &Settlement, lang: Language) -> String {
    let mut table = TextTable::new([
        lang.pick("提现日", "withdrawn"),
        lang.pick("业务单号", "number"),
        lang.pick("金额（元）", "yuan"),
        lang.pick("状态", "state"),
        lang.pick("到账日", "arrived"),
        lang.pick("银行入账", "at the bank"),
    ])
    .right(2)
    .right(5);
    for row in &settlement.rows {
        let (zh, en) = row.state.words();
        let size = Fen::ZERO.checked_sub(row.withdrawal.change);
        let credit = row.credit.as_ref();
        let due = match row.state {
            SettlementState::OnTheWay => {
                let (zh, en) = (format!("{} 前", row.due), format!("by {}", row.due));
                lang.pick(&zh, &en).to_owned()
            }
            _ => String::new(),
        };
        table.row([
            row.day.to_string(),
            row.withdrawal.business_no.clone(),
            size.map_or_else(String::new, Fen::grouped),
            lang.pick(zh, en).to_owned(),
            credit.map_or(due, |credit| credit.time.day().to_string()),
            credit.map_or_else(String::new, |credit| credit.change.grouped()),
        ]);
    }
    let mut out = table.print();
    let (withdrawn, settled) = (settlement.withdrawn.grouped(), settlement.settled.grouped());
    let _written = match lang {
        Language::Zh => writeln!(out, "提现 {withdrawn} 元，其中已到账或退回 {settled} 元"),
        Language::En => writeln!(
            out,
            "Withdrawn {withdrawn} yuan, of which {settled} arrived or came back"
        ),
    };
    out
}
