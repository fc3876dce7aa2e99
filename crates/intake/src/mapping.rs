//! The saved column mapping: which source column is which canonical one, and what its words mean.
//!
//! Its TOML form is documented for users and edited by hand, so it is checked strictly and its
//! errors name the key.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Column, Encoding, MappingError};
use recondesk_domain::{FulfilStatus, PayStatus, RefundStatus};

/// What the rows of a file are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordKind {
    /// One row an order.
    #[default]
    Orders,
    /// One row a refund.
    Refunds,
}

/// The unit of the money columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AmountUnit {
    /// Yuan with at most two decimals.
    #[default]
    Yuan,
    /// Whole fen.
    Fen,
}

/// What the refund columns of an orders file are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundShape {
    /// The sum refunded so far.
    RunningTotal,
    /// One refund, whose number is `refund_no`.
    PerRefund,
    /// Nothing to read.
    None,
}

/// One source column that sets `pay_status` and, where known, `fulfil_status`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatusRule {
    /// Source header.
    pub column: String,
    /// What each word of the source means.
    pub words: BTreeMap<String, StatusWord>,
}

/// What one source word means.
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
}

/// A column mapping, as saved in a profile and in TOML files.
///
/// ```
/// use recondesk_intake::{Column, Mapping};
/// let mapping = Mapping::from_toml(
///     r#"
/// name = "shop export"
/// kind = "orders"
/// amount_unit = "yuan"
/// [columns]
/// out_trade_no = "单号"
/// amount = "金额"
/// created_at = "下单时间"
/// [status]
/// column = "状态"
/// [status.words]
/// "已付款" = { pay_status = "paid", fulfil_status = "pending" }
/// "#,
/// )
/// .unwrap();
/// assert_eq!(mapping.columns[&Column::Amount], "金额");
/// assert_eq!(Mapping::from_toml(&mapping.to_toml()).unwrap(), mapping);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// Name under which it is saved.
    pub name: String,
    /// What the rows are.
    #[serde(default)]
    pub kind: RecordKind,
    /// Unit of all money columns.
    #[serde(default)]
    pub amount_unit: AmountUnit,
    /// What the refund columns of an orders file are; absent: a running total where
    /// `refund_amount` is mapped, else none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refunds: Option<RefundShape>,
    /// Encoding, where the guess must be overridden.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<Encoding>,
    /// Delimiter, where the guess must be overridden.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<char>,
    /// Sheet of a workbook; absent: the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// Further form of times, in `strftime` signs, Beijing time unless it has `%z`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_format: Option<String>,
    /// True to take long numbers that end in zeros for whole: only for shops whose numbers do.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub keep_zero_tails: bool,
    /// Source header of each canonical column.
    pub columns: BTreeMap<Column, String>,
    /// The table of status words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<StatusRule>,
}

impl Mapping {
    /// The name of the mapping of files that have canonical headers.
    pub const CANONICAL: &'static str = "canonical";

    /// The mapping of orders files with canonical headers.
    #[must_use]
    pub fn canonical() -> Self {
        Self::canonical_of(RecordKind::Orders)
    }

    /// The mapping of files with canonical headers; columns that a file lacks are left out then.
    #[must_use]
    pub fn canonical_of(kind: RecordKind) -> Self {
        let columns = Column::ALL
            .into_iter()
            .filter(|column| column.belongs_to(kind))
            .map(|column| (column, column.name().to_owned()))
            .collect();
        Self {
            name: Self::CANONICAL.to_owned(),
            kind,
            columns,
            ..Self::empty(kind)
        }
    }

    /// A mapping of nothing yet.
    #[must_use]
    pub fn empty(kind: RecordKind) -> Self {
        Self {
            name: String::new(),
            kind,
            amount_unit: AmountUnit::Yuan,
            refunds: None,
            encoding: None,
            delimiter: None,
            sheet: None,
            time_format: None,
            keep_zero_tails: false,
            columns: BTreeMap::new(),
            status: None,
        }
    }

    /// Reads and checks the TOML form.
    ///
    /// # Errors
    /// [`MappingError`] that names line or key.
    pub fn from_toml(text: &str) -> Result<Self, MappingError> {
        let mapping: Self =
            toml::from_str(text).map_err(|error| MappingError::Toml(error.to_string()))?;
        mapping.check()?;
        Ok(mapping)
    }

    /// What the refund columns are.
    #[must_use]
    pub fn refund_shape(&self) -> RefundShape {
        match self.refunds {
            _ if self.kind == RecordKind::Refunds => RefundShape::None,
            Some(shape) => shape,
            None if self.columns.contains_key(&Column::RefundAmount) => RefundShape::RunningTotal,
            None => RefundShape::None,
        }
    }

    /// Columns that a mapping of this kind must have and this one lacks; the table of status words
    /// counts as `pay_status`.
    #[must_use]
    pub fn lacking(&self) -> Vec<Column> {
        let needed: &[Column] = match self.kind {
            RecordKind::Orders => &[
                Column::OutTradeNo,
                Column::Amount,
                Column::PayStatus,
                Column::CreatedAt,
            ],
            RecordKind::Refunds => &[Column::OutRefundNo, Column::OutTradeNo, Column::Amount],
        };
        needed
            .iter()
            .copied()
            .filter(|column| {
                !(self.columns.contains_key(column)
                    || *column == Column::PayStatus && self.status.is_some())
            })
            .collect()
    }

    /// Checks everything that can be checked without a file.
    ///
    /// # Errors
    /// [`MappingError`] for the first thing wrong.
    pub fn check(&self) -> Result<(), MappingError> {
        if let Some(column) = self.lacking().first() {
            return Err(MappingError::Lacking(*column));
        }
        if let Some((column, _)) = self.columns.iter().find(|(c, _)| !c.belongs_to(self.kind)) {
            return Err(MappingError::Foreign(*column));
        }
        if let Some((column, _)) = self.columns.iter().find(|(_, s)| s.trim().is_empty()) {
            return Err(MappingError::EmptySource(*column));
        }
        if let Some(delimiter) = self.delimiter
            && !matches!(delimiter, ',' | '\t' | ';')
        {
            return Err(MappingError::Delimiter(delimiter));
        }
        if let Some(format) = &self.time_format {
            check_time_format(format)?;
        }
        let shape_needs: &[Column] = match self.refund_shape() {
            RefundShape::None => &[],
            RefundShape::RunningTotal => &[Column::RefundAmount],
            RefundShape::PerRefund => &[Column::RefundNo, Column::RefundAmount],
        };
        if let Some(column) = shape_needs.iter().find(|c| !self.columns.contains_key(c)) {
            return Err(MappingError::Lacking(*column));
        }
        self.check_status()
    }

    fn check_status(&self) -> Result<(), MappingError> {
        let Some(rule) = &self.status else {
            return Ok(());
        };
        let direct = match self.kind {
            RecordKind::Orders => Column::PayStatus,
            RecordKind::Refunds => Column::Status,
        };
        if self.columns.contains_key(&direct) {
            return Err(MappingError::StatusTwice(direct));
        }
        if rule.column.trim().is_empty() || rule.words.is_empty() {
            return Err(MappingError::NoWords);
        }
        let mut seen = BTreeSet::new();
        for (word, meaning) in &rule.words {
            meaning.check(word, self.kind)?;
            if !seen.insert(word.trim()) {
                return Err(MappingError::WordTwice(word.clone()));
            }
        }
        Ok(())
    }
}

impl RefundShape {
    /// The word of the TOML form.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::RunningTotal => "running_total",
            Self::PerRefund => "per_refund",
            Self::None => "none",
        }
    }
}

impl StatusWord {
    fn check(&self, word: &str, kind: RecordKind) -> Result<(), MappingError> {
        let bad = |value: &str| MappingError::WordMeaning {
            word: word.to_owned(),
            value: value.to_owned(),
        };
        let needed = match kind {
            RecordKind::Orders => &self.pay_status,
            RecordKind::Refunds => &self.refund_status,
        };
        if needed.is_none() {
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

fn check_time_format(format: &str) -> Result<(), MappingError> {
    use chrono::format::{Item, StrftimeItems};
    let bad = StrftimeItems::new(format).any(|item| matches!(item, Item::Error));
    let sample = chrono::DateTime::UNIX_EPOCH.fixed_offset();
    let has_day = !bad && {
        // A form that prints two days alike cannot tell days apart.
        let next = sample + chrono::TimeDelta::days(1);
        sample.format(format).to_string() != next.format(format).to_string()
    };
    if has_day && super::value::parse_custom(&sample.format(format).to_string(), format).is_some() {
        Ok(())
    } else {
        Err(MappingError::TimeFormat(format.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHOP: &str = r#"
name = "shop export"
kind = "orders"                # or "refunds"
amount_unit = "yuan"           # or "fen"
refunds = "running_total"
# encoding = "gb18030"
[columns]
out_trade_no = "out_trade_no"
goods = "product"
amount = "amount"
created_at = "created_at"
refund_amount = "refund_amount"
[status]
column = "status"
[status.words]
CREATED = { pay_status = "created" }
PAID = { pay_status = "paid", fulfil_status = "pending" }
"#;

    #[test]
    fn the_documented_form_is_read_and_written_back() {
        let mapping = Mapping::from_toml(SHOP).unwrap();
        assert_eq!(mapping.refund_shape(), RefundShape::RunningTotal);
        assert_eq!(Mapping::from_toml(&mapping.to_toml()).unwrap(), mapping);
    }

    #[test]
    fn hostile_words_survive_the_written_form() {
        let mut mapping = Mapping::from_toml(SHOP).unwrap();
        let rule = mapping.status.as_mut().unwrap();
        for word in ["已付款", "a = \"b\"", "line\nbreak", "]", ""] {
            rule.words
                .insert(word.to_owned(), StatusWord::order(PayStatus::Paid, None));
        }
        mapping.delimiter = Some('\t');
        mapping.time_format = Some("%Y/%m/%d %H:%M".to_owned());
        assert_eq!(Mapping::from_toml(&mapping.to_toml()).unwrap(), mapping);
    }

    #[test]
    fn each_mistake_is_refused_by_name() {
        let cases = [
            ("amount = \"amount\"", "", "amount"),
            ("created_at = \"created_at\"", "", "created_at"),
            ("goods = \"product\"", "status = \"x\"", "status"),
            ("goods = \"product\"", "colour = \"x\"", "colour"),
            ("goods = \"product\"", "pay_status = \"x\"", "pay_status"),
            ("\"created\"", "\"made\"", "made"),
            ("\"pending\"", "\"soon\"", "soon"),
            ("# encoding", "time_format = \"%Q\"\n#", "%Q"),
            ("# encoding", "time_format = \"%H:%M\"\n#", "%H:%M"),
            ("# encoding", "delimiter = \"x\"\n#", "x"),
            ("# encoding", "encoding = \"klingon\"\n#", "klingon"),
            ("refund_amount = \"refund_amount\"", "", "refund_amount"),
        ];
        for (from, to, names) in cases {
            assert!(SHOP.contains(from), "{from}");
            let error = Mapping::from_toml(&SHOP.replace(from, to)).unwrap_err();
            assert!(error.to_string().contains(names), "{from} → {to}: {error}");
            assert!(!error.zh().is_empty());
        }
    }
}
