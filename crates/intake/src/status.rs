//! The tables of state words of a mapping: one for each column of states, with what each word says.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Deserializer, Serialize};

use super::{MappingError, RecordKind};
use recondesk_domain::{FulfilStatus, PayStatus, RefundStatus};

/// What a column of states is about; it decides how the program's own words are read.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum StateSubject {
    /// The order as a whole: payment and delivery in one word.
    #[default]
    Order,
    /// The payment.
    Payment,
    /// The delivery.
    Delivery,
    /// The refund; in files of refunds the only subject.
    Refund,
}

impl StateSubject {
    /// Every subject.
    pub const ALL: [Self; 4] = [Self::Order, Self::Payment, Self::Delivery, Self::Refund];

    /// The word of the TOML form.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Order => "order",
            Self::Payment => "payment",
            Self::Delivery => "delivery",
            Self::Refund => "refund",
        }
    }
}

/// One source column of states, and what its words say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatusRule {
    /// Source header.
    pub column: String,
    /// What the column is about.
    #[serde(default, skip_serializing_if = "is_order")]
    pub about: StateSubject,
    /// True where words that the program knows count as well as those below.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub known_words: bool,
    /// What each word of the source means.
    #[serde(default)]
    pub words: BTreeMap<String, StatusWord>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
fn is_order(subject: &StateSubject) -> bool {
    *subject == StateSubject::Order
}

impl StatusRule {
    /// A rule whose words are those the program knows.
    #[must_use]
    pub fn known(column: &str, about: StateSubject) -> Self {
        Self {
            column: column.to_owned(),
            about,
            known_words: true,
            words: BTreeMap::new(),
        }
    }

    /// Checks the words.
    pub(super) fn check(&self, kind: RecordKind) -> Result<(), MappingError> {
        if self.column.trim().is_empty() || self.words.is_empty() && !self.known_words {
            return Err(MappingError::NoWords);
        }
        let mut seen = BTreeSet::new();
        for (word, meaning) in &self.words {
            meaning.check(word, kind)?;
            if !seen.insert(word.trim()) {
                return Err(MappingError::WordTwice(word.clone()));
            }
        }
        Ok(())
    }
}

/// What one source word means; nothing at all where it says nothing of payment, delivery and refund.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatusWord {
    /// Canonical payment status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pay_status: Option<String>,
    /// Canonical fulfilment status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fulfil_status: Option<String>,
    /// Canonical refund status, in mappings of refunds files.
    #[serde(default, skip_serializing_if = "Option::is_none", alias = "status")]
    pub refund_status: Option<String>,
}

impl StatusWord {
    /// A word that sets both statuses of an order.
    #[must_use]
    pub fn order(pay: PayStatus, fulfil: Option<FulfilStatus>) -> Self {
        Self {
            pay_status: Some(pay.word().to_owned()),
            fulfil_status: fulfil.map(|status| status.word().to_owned()),
            refund_status: None,
        }
    }

    /// A word of the delivery alone.
    #[must_use]
    pub fn delivery(fulfil: FulfilStatus) -> Self {
        Self {
            fulfil_status: Some(fulfil.word().to_owned()),
            ..Self::default()
        }
    }

    /// A word of a file of refunds.
    #[must_use]
    pub fn refund(status: RefundStatus) -> Self {
        Self {
            refund_status: Some(status.word().to_owned()),
            ..Self::default()
        }
    }

    fn check(&self, word: &str, kind: RecordKind) -> Result<(), MappingError> {
        let bad = |value: &str| MappingError::WordMeaning {
            word: word.to_owned(),
            value: value.to_owned(),
        };
        if kind == RecordKind::Refunds && self.refund_status.is_none() {
            return Err(bad(""));
        }
        if let Some(value) = &self.pay_status
            && (kind == RecordKind::Refunds || PayStatus::parse(value).is_none())
        {
            return Err(bad(value));
        }
        if let Some(value) = &self.fulfil_status
            && (kind == RecordKind::Refunds || FulfilStatus::parse(value).is_none())
        {
            return Err(bad(value));
        }
        if let Some(value) = &self.refund_status
            && (kind == RecordKind::Orders || RefundStatus::parse(value).is_none())
        {
            return Err(bad(value));
        }
        Ok(())
    }
}

/// One table, or several: most mappings have one.
#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(StatusRule),
    Many(Vec<StatusRule>),
}

/// Reads `[status]` and `[[status]]` alike.
pub(super) fn one_or_many<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<StatusRule>, D::Error> {
    Ok(match OneOrMany::deserialize(from)? {
        OneOrMany::One(rule) => vec![rule],
        OneOrMany::Many(rules) => rules,
    })
}
