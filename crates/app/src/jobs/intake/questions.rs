//! What a person has to say before a file is stored.

use super::choose::{Chosen, MappingOrigin};
use super::proof::AmountProof;
use crate::Message;
use recondesk_intake::{AmountUnit, Column, Preview, RowReason, UnitDoubt};

/// A question about a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// Which columns of the file these are.
    Columns(Vec<Column>),
    /// Day or month first.
    DayOrder,
    /// Yuan or fen.
    Unit(UnitDoubt),
    /// The bills deny the amounts of a saved or given mapping, and prove these.
    Amounts(AmountProof),
    /// What these words of a column mean.
    Words {
        /// Header of the column.
        column: String,
        /// The words with their counts, the most frequent first.
        words: Vec<(String, u64)>,
    },
    /// No number of the file is in the bill: another column, or another merchant's file.
    Numbers,
}

/// What is to be asked of a file; nothing where it can be stored as it is.
#[must_use]
pub fn questions(chosen: &Chosen, preview: Option<&Preview>) -> Vec<Question> {
    let mut out = Vec::new();
    let lacking = chosen.mapping.lacking();
    if !lacking.is_empty() {
        out.push(Question::Columns(lacking));
    }
    if chosen.proof.as_ref().is_some_and(super::Proof::fails)
        && chosen.origin != MappingOrigin::Saved
    {
        out.push(Question::Numbers);
    }
    out.extend(denied_amounts(chosen).cloned().map(Question::Amounts));
    let Some(preview) = preview else {
        return out;
    };
    let unclear = |reject: &recondesk_intake::Reject| reject.reason == RowReason::DayOrder;
    if preview.rejects.iter().any(unclear) {
        out.push(Question::DayOrder);
    }
    let proven = chosen
        .proof
        .as_ref()
        .and_then(|proof| proof.amounts.first());
    let is_proven = proven.is_some_and(|amount| amount.agree * 2 > amount.of);
    if let Some(doubt) = preview
        .unit_doubt
        .filter(|_| !is_proven && chosen.origin != MappingOrigin::Saved)
    {
        out.push(Question::Unit(doubt));
    }
    for (column, words) in &preview.stats.unmapped {
        let mut words: Vec<(String, u64)> = words
            .iter()
            .map(|(word, count)| (word.clone(), *count))
            .collect();
        words.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        out.push(Question::Words {
            column: column.clone(),
            words,
        });
    }
    out
}

/// The amounts that bills prove where they deny those of a mapping which is not changed without a person.
#[must_use]
pub fn denied_amounts(chosen: &Chosen) -> Option<&AmountProof> {
    match chosen.origin {
        MappingOrigin::Saved | MappingOrigin::Given => {}
        MappingOrigin::Canonical | MappingOrigin::Guessed => return None,
    }
    let mapping = &chosen.mapping;
    let (own, others) = chosen.proof.as_ref()?.amounts.split_first()?;
    let is_own = |proof: &AmountProof| {
        Some(&proof.header) == mapping.columns.get(&Column::Amount)
            && proof.unit == mapping.amount_unit
    };
    if !is_own(own) || own.agree * 2 > own.of {
        return None;
    }
    let best = others.iter().max_by_key(|proof| proof.agree)?;
    (best.agree * 2 > best.of && !is_own(best)).then_some(best)
}

impl Question {
    /// The question in one sentence.
    #[must_use]
    pub fn told(&self) -> Message {
        match self {
            Self::Columns(columns) => {
                let names: Vec<&str> = columns.iter().map(|column| column.name()).collect();
                let names = names.join(", ");
                Message::new(
                    format!("缺少列：{names}"),
                    format!("columns missing: {names}"),
                )
            }
            Self::DayOrder => Message::new(
                "日期有两种读法（月/日 或 日/月），映射里写明 day_order",
                "dates could be month first or day first: say day_order in the mapping",
            ),
            Self::Unit(UnitDoubt::LooksLikeFen) => {
                Message::new("金额像是分，不像元", "the amounts look like fen, not yuan")
            }
            Self::Unit(UnitDoubt::LooksLikeYuan) => {
                Message::new("金额像是元，不像分", "the amounts look like yuan, not fen")
            }
            Self::Amounts(AmountProof {
                header,
                unit,
                agree,
                of,
            }) => {
                let (zh, en) = match unit {
                    AmountUnit::Yuan => ("元", "yuan"),
                    AmountUnit::Fen => ("分", "fen"),
                };
                Message::new(
                    format!(
                        "映射里的金额与账单不符；按{zh}读「{header}」，{of} 笔中 {agree} 笔与账单一致"
                    ),
                    format!(
                        "the amounts of the mapping are not those of the bill; with {header:?} in {en} {agree} of {of} are"
                    ),
                )
            }
            Self::Words { column, words } => {
                let list: Vec<String> = words
                    .iter()
                    .take(8)
                    .map(|(word, count)| format!("{word} × {count}"))
                    .collect();
                Message::new(
                    format!("「{column}」里的词不认识：{}", list.join("，")),
                    format!("words of {column:?} are not known: {}", list.join(", ")),
                )
            }
            Self::Numbers => Message::new(
                "没有一个单号在账单里：选错了列，或是其他商户的文件",
                "no number is in the bill: a wrong column, or a file of another merchant",
            ),
        }
    }
}
