//! What a person has to say before a file is stored.

use super::choose::{Chosen, MappingOrigin};
use crate::Message;
use recondesk_intake::{Column, Preview, RowReason, UnitDoubt};

/// A question about a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// Which columns of the file these are.
    Columns(Vec<Column>),
    /// Day or month first.
    DayOrder,
    /// Yuan or fen.
    Unit(UnitDoubt),
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
