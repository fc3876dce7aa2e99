//! The columns of the lists of Lookup: questions asked so far, and the answers about many numbers.

use super::orders::pay_cell;
use super::{ColumnKind, ColumnSpec, RowContext, TableRow};
use crate::jobs::inquiry::QueryVerdict;
use crate::jobs::lookup::answers::{reason, verdict_word};
use crate::jobs::lookup::live::LiveAnswer;
use recondesk_domain::{Fen, SheetCell, Term};
use recondesk_ports::ExchangeRecord;

const fn column(
    id: &'static str,
    name: &'static str,
    kind: ColumnKind,
    zh: &'static str,
    en: &'static str,
) -> ColumnSpec {
    ColumnSpec::new(id, name, kind, Term::new(zh, en))
}

impl TableRow for ExchangeRecord {
    const COLUMNS: &'static [ColumnSpec] = &[
        column("at", "at", ColumnKind::Time, "时间", "At"),
        column("merchant", "merchant", ColumnKind::Text, "商户", "Merchant"),
        column(
            "operation",
            "operation",
            ColumnKind::Text,
            "操作",
            "Operation",
        ),
        column("number", "number", ColumnKind::Text, "单号", "Number"),
        column("result", "outcome", ColumnKind::Text, "结果", "Result"),
        column("took", "took_ms", ColumnKind::Count, "用时", "Took"),
    ];

    fn cell(&self, column: &str, known: &RowContext<'_>) -> SheetCell {
        match column {
            "at" => SheetCell::Time(self.at),
            "merchant" => SheetCell::text(&(known.name_of)(self.profile)),
            "operation" => SheetCell::text(&self.operation),
            "number" => SheetCell::text(&self.number),
            "result" => SheetCell::text(&self.outcome),
            "took" => SheetCell::Count(self.took_ms),
            _ => SheetCell::Empty,
        }
    }

    fn amounts(&self) -> Vec<(Term, Fen)> {
        Vec::new()
    }
}

impl TableRow for LiveAnswer {
    const COLUMNS: &'static [ColumnSpec] = &[
        column("verdict", "verdict", ColumnKind::Word, "结论", "Verdict"),
        column("number", "number", ColumnKind::Text, "单号", "Number"),
        column(
            "state",
            "trade_state",
            ColumnKind::Text,
            "微信状态",
            "State",
        ),
        column(
            "amount",
            "total_fen",
            ColumnKind::Money,
            "微信 ¥",
            "WeChat ¥",
        ),
        column("paid", "paid_at", ColumnKind::Time, "支付时间", "Paid at"),
        column(
            "transaction",
            "transaction_id",
            ColumnKind::Text,
            "微信订单号",
            "WeChat no.",
        ),
        column(
            "local",
            "local_status",
            ColumnKind::Word,
            "本地状态",
            "Local",
        ),
        column(
            "why",
            "reason",
            ColumnKind::Text,
            "差异或原因",
            "Difference or reason",
        ),
    ];

    fn cell(&self, column: &str, _: &RowContext<'_>) -> SheetCell {
        let known = match &self.inquiry.verdict {
            QueryVerdict::Known(state) => Some(state),
            QueryVerdict::NotFound | QueryVerdict::ExchangeError(_) => None,
        };
        match column {
            "verdict" => {
                let (word, term) = verdict_word(self);
                SheetCell::Word(word, term)
            }
            "number" => SheetCell::text(&self.number),
            // WeChat Pay's own word: it may be one that the documents do not have.
            "state" => SheetCell::text(known.map_or("", |state| state.state.word())),
            "amount" => SheetCell::money(known.and_then(|state| state.total_fee)),
            "paid" => SheetCell::time(known.and_then(|state| state.paid_at)),
            "transaction" => {
                SheetCell::text(known.map_or("", |state| state.transaction_id.as_str()))
            }
            "local" => self
                .local
                .map_or(SheetCell::Empty, |order| pay_cell(order.pay_status)),
            "why" => {
                let fields: Vec<&str> =
                    self.differences.iter().map(|differ| differ.field).collect();
                let why = reason(self);
                SheetCell::text(
                    if why.is_empty() {
                        fields.join(" ")
                    } else {
                        why
                    }
                    .as_str(),
                )
            }
            _ => SheetCell::Empty,
        }
    }

    fn amounts(&self) -> Vec<(Term, Fen)> {
        match &self.inquiry.verdict {
            QueryVerdict::Known(state) => {
                let fen = state.total_fee;
                fen.map(|fen| (Term::new("金额", "Amount"), fen))
                    .into_iter()
                    .collect()
            }
            QueryVerdict::NotFound | QueryVerdict::ExchangeError(_) => Vec::new(),
        }
    }
}
