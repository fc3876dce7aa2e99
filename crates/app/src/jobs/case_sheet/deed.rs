//! What a row asks for, in the words of the drop-down, of either language or of the command line.

use crate::model::Decision;
use crate::{Language, Message};
use recondesk_casework::IgnoreReason;

/// A decision as the sheet offers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SheetDeed {
    /// The person who imports looks after it.
    Take,
    /// Waits for somebody else; needs a reason.
    Carry,
    /// Dealt with; needs how.
    Resolve,
    /// Proposed to be left be.
    Ignore(IgnoreReason),
    /// The proposal of somebody else is agreed to.
    Agree,
    /// It is refused; needs a reason.
    Refuse,
}

impl SheetDeed {
    /// All of them, in the order of the drop-down.
    pub fn all() -> impl Iterator<Item = Self> {
        [Self::Take, Self::Carry, Self::Resolve]
            .into_iter()
            .chain(IgnoreReason::ALL.map(Self::Ignore))
            .chain([Self::Agree, Self::Refuse])
    }

    /// What the drop-down says.
    #[must_use]
    pub fn words(self) -> Message {
        match self {
            Self::Take => Message::new("接手", "Take"),
            Self::Carry => Message::new("挂账", "Carry"),
            Self::Resolve => Message::new("已解决", "Solved"),
            Self::Ignore(reason) => Message::new(
                format!("忽略：{}", reason.zh()),
                format!("Ignore: {}", reason.en()),
            ),
            Self::Agree => Message::new("同意忽略", "Agree to ignore"),
            Self::Refuse => Message::new("驳回忽略", "Refuse to ignore"),
        }
    }

    /// The decision that these words mean, in either language.
    #[must_use]
    pub fn parse(words: &str) -> Option<Self> {
        let meant = fold(words);
        Self::all().find(|deed| {
            let told = deed.words();
            [Language::Zh, Language::En]
                .iter()
                .any(|language| fold(told.get(*language)) == meant)
        })
    }

    /// The same as a step of the workflow; `None` where a reason is missing.
    #[must_use]
    pub fn decision(self, remark: &str) -> Option<Decision> {
        let worded = (!remark.is_empty()).then(|| remark.to_owned());
        match self {
            Self::Take => Some(Decision::Take),
            Self::Carry => worded.map(Decision::Carry),
            Self::Resolve => worded.map(Decision::Resolve),
            Self::Ignore(reason) if reason.needs_note() && worded.is_none() => None,
            Self::Ignore(reason) => Some(Decision::Propose(reason.text(remark))),
            Self::Agree => worded.map(Decision::Agree),
            Self::Refuse => worded.map(Decision::Refuse),
        }
    }

    /// True when the remark is part of the decision and not a note beside it.
    #[must_use]
    pub const fn takes_remark(self) -> bool {
        !matches!(self, Self::Take)
    }
}

/// Without blanks, colons of either width alike, in small letters.
fn fold(words: &str) -> String {
    words
        .chars()
        .filter(|sign| !sign.is_whitespace())
        .map(|sign| if sign == '：' { ':' } else { sign })
        .collect::<String>()
        .to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_choice_is_read_back_in_both_languages() {
        for deed in SheetDeed::all() {
            let told = deed.words();
            assert_eq!(SheetDeed::parse(&told.zh), Some(deed));
            assert_eq!(SheetDeed::parse(&told.en.to_uppercase()), Some(deed));
        }
        assert_eq!(SheetDeed::parse("退款"), None);
        assert_eq!(SheetDeed::parse(""), None);
    }

    #[test]
    fn a_decision_that_needs_a_reason_is_none_without_it() {
        assert_eq!(SheetDeed::Carry.decision(""), None);
        assert_eq!(SheetDeed::Ignore(IgnoreReason::Other).decision(""), None);
        assert!(
            SheetDeed::Ignore(IgnoreReason::TestOrder)
                .decision("")
                .is_some()
        );
    }
}
