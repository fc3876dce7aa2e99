//! What a person has to say before a file is stored.

use super::choose::{MappingOrigin, ProposedMapping};
use super::proof::AmountProof;
use crate::Message;
use recondesk_intake::{AmountUnit, Column, Mapping, Preview, RowReason, UnitDoubt};

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
    /// Each row is of two payments with a number each.
    TwoPayments {
        /// Header of the one column of numbers.
        first: String,
        /// Header of the other.
        second: String,
    },
    /// None of so many orders has the amount of its payment, in any column.
    NoAmount {
        /// Header of the column that was taken.
        header: String,
        /// Orders that have a payment.
        of: u64,
    },
    /// The rows of an order have equal amounts: of the order, or of each item.
    Shares {
        /// Header of the column.
        header: String,
    },
}

/// Orders without the amount of their payment, after which it is hardly the right column.
const MANY: u64 = 3;

/// What is to be asked of a file; nothing where it can be stored as it is.
#[must_use]
pub fn questions(chosen: &ProposedMapping, preview: Option<&Preview>) -> Vec<Question> {
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
    out.extend(doubts(chosen));
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

/// What is not clear of a proposed mapping though all its columns are there. A person who gives the mapping has said it.
#[must_use]
pub fn doubts(chosen: &ProposedMapping) -> Vec<Question> {
    let mut out = Vec::new();
    if chosen.origin != MappingOrigin::Guessed {
        return out;
    }
    let mapping = &chosen.mapping;
    let column = |column| mapping.columns.get(&column).cloned().unwrap_or_default();
    let number = column(Column::OutTradeNo);
    let proof = chosen.proof.as_ref();
    let by_bill = proof
        .and_then(|proof| proof.second.clone())
        .map(|second| (number.clone(), second));
    // A column that a bill knows is the number, whatever else the file has.
    let is_known = proof.is_some_and(super::Proof::holds);
    let by_name = Mapping::deposit_and_balance(&chosen.guess)
        .filter(|(first, second)| !is_known || [first, second].contains(&&number));
    if let Some((first, second)) = by_bill.or(by_name) {
        out.push(Question::TwoPayments { first, second });
    }
    let own = proof.and_then(|proof| proof.amounts.first());
    let header = column(Column::Amount);
    let is_read = proof.is_some_and(|proof| proof.amounts_read >= MANY);
    if let Some(own) = own.filter(|own| own.agree == 0 && own.of >= MANY && is_read) {
        out.push(Question::NoAmount {
            header: header.clone(),
            of: own.of,
        });
    }
    let is_proven = own.is_some_and(|own| own.agree * 2 > own.of);
    if !is_proven && mapping.may_be_shares(&chosen.guess) {
        out.push(Question::Shares { header });
    }
    out
}

/// The amounts that bills prove where they deny those of a mapping which is not changed without a person.
#[must_use]
pub fn denied_amounts(chosen: &ProposedMapping) -> Option<&AmountProof> {
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
                let named = columns
                    .iter()
                    .map(|column| format!("{}（{}）", column.term().zh, column.name()));
                let named: Vec<String> = named.collect();
                Message::new(
                    format!("缺少列：{}", named.join("、")),
                    format!("columns missing: {}", names.join(", ")),
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
            Self::TwoPayments { first, second } => Message::new(
                format!("一行有两笔付款（「{first}」和「{second}」），各有单号和金额"),
                format!(
                    "each row is of two payments ({first:?} and {second:?}), with a number and an amount each"
                ),
            ),
            Self::NoAmount { header, of } => Message::new(
                format!("「{header}」里没有一笔与账单金额一致（{of} 笔），其他列也没有"),
                format!(
                    "none of {of} amounts of {header:?}, nor of any other column, is that of the bill"
                ),
            ),
            Self::Shares { header } => Message::new(
                format!("同一订单有多行，「{header}」都相同：是整单金额，还是每件商品的金额？"),
                format!(
                    "orders of several rows have the same {header:?} in each: the amount of the order, or of each item?"
                ),
            ),
            Self::Numbers => Message::new(
                "没有一个单号在账单里：选错了列，或是其他商户的文件",
                "no number is in the bill: a wrong column, or a file of another merchant",
            ),
        }
    }
}
