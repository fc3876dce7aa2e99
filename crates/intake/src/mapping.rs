//! The saved column mapping: which source column is which canonical one, and what its words mean.
//!
//! Its TOML form is documented for users and edited by hand, so it is checked strictly and its
//! errors name the key.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::status::one_or_many;
use super::{Column, Encoding, MappingError, StateSubject, StatusRule, TomlSlip};

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

/// Which number of a date like `3/8/2026` is the month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DayOrder {
    /// 8 March.
    MonthFirst,
    /// 3 August.
    DayFirst,
}

impl DayOrder {
    /// The word of the TOML form.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::MonthFirst => "month_first",
            Self::DayFirst => "day_first",
        }
    }
}

/// No clock on earth is farther from Greenwich, in minutes.
const LARGEST_OFFSET: i32 = 14 * 60;

/// What the amount of a row is where an order has several rows, one an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowAmount {
    /// The amount of the whole order, repeated.
    #[default]
    Order,
    /// The share of the item: the rows of an order are added up.
    Share,
}

/// Whose money a word in the column of channels means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChannelOwner {
    /// WeChat Pay's: the row counts.
    Wechat,
    /// Another's: the row is left out.
    Other,
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
    /// Which number of a date like `3/8/2026` is the month; absent: such dates are refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day_order: Option<DayOrder>,
    /// Minutes east of Greenwich of times that name no zone, where the file is not in Beijing time: 0 for UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub utc_offset_minutes: Option<i32>,
    /// What the amount of a row is where an order has several rows.
    #[serde(default)]
    pub row_amount: RowAmount,
    /// True where the list has no state because it holds only paid orders, as a person says.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub all_paid: bool,
    /// True to take long numbers that end in zeros for whole: only for shops whose numbers do.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub keep_zero_tails: bool,
    /// Source header of each canonical column.
    pub columns: BTreeMap<Column, String>,
    /// Source header of the clock of each time whose column has the date alone.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub clocks: BTreeMap<Column, String>,
    /// Whose the words of the channel column are, beyond those that the program knows.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub channels: BTreeMap<String, ChannelOwner>,
    /// The tables of state words, one for each column of states.
    #[serde(
        default,
        deserialize_with = "one_or_many",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub status: Vec<StatusRule>,
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
            day_order: None,
            utc_offset_minutes: None,
            row_amount: RowAmount::Order,
            all_paid: false,
            keep_zero_tails: false,
            columns: BTreeMap::new(),
            clocks: BTreeMap::new(),
            channels: BTreeMap::new(),
            status: Vec::new(),
        }
    }

    /// Reads and checks the TOML form.
    ///
    /// # Errors
    /// [`MappingError`] that names line or key.
    pub fn from_toml(text: &str) -> Result<Self, MappingError> {
        let mapping: Self =
            toml::from_str(text).map_err(|error| MappingError::Toml(TomlSlip::of(text, &error)))?;
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

    /// Columns that a mapping of this kind must have and this one lacks. The tables of state words, a time of payment
    /// and the word of a person that all is paid stand for `pay_status`; a time of payment stands for `created_at`.
    #[must_use]
    pub fn lacking(&self) -> Vec<Column> {
        let has = |column: Column| self.columns.contains_key(&column);
        let mut lacking = Vec::new();
        let mut need = |column: Column, there: bool| {
            if !there {
                lacking.push(column);
            }
        };
        need(Column::OutTradeNo, has(Column::OutTradeNo));
        need(Column::Amount, has(Column::Amount));
        match self.kind {
            RecordKind::Orders => {
                let paid = has(Column::PaidAt);
                need(
                    Column::PayStatus,
                    self.says_payment() || self.all_paid || paid,
                );
                need(Column::CreatedAt, has(Column::CreatedAt) || paid);
            }
            RecordKind::Refunds => need(Column::OutRefundNo, has(Column::OutRefundNo)),
        }
        lacking
    }

    /// The unit of refunds beside orders: what their header says, else that of the orders.
    pub(super) fn refund_unit(&self) -> AmountUnit {
        match self.columns.get(&Column::RefundAmount) {
            Some(header) if super::names::says_fen(header) => AmountUnit::Fen,
            Some(header) if super::names::is_in_yuan(header) => AmountUnit::Yuan,
            _ => self.amount_unit,
        }
    }

    /// True when a column of the file says whether an order is paid.
    #[must_use]
    pub fn says_payment(&self) -> bool {
        self.columns.contains_key(&Column::PayStatus)
            || self.status.iter().any(|rule| is_of_payment(rule.about))
    }

    /// The rule of the column with this header.
    #[must_use]
    pub fn rule_of(&self, header: &str) -> Option<&StatusRule> {
        self.status
            .iter()
            .find(|rule| rule.column.trim() == header.trim())
    }

    /// Every source header that the mapping names.
    pub fn sources(&self) -> impl Iterator<Item = &str> {
        let rules = self.status.iter().map(|rule| &rule.column);
        let columns = self.columns.values().chain(self.clocks.values());
        columns.chain(rules).map(|source| source.trim())
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
        let clock = |column: &Column| column.is_time() && self.columns.contains_key(column);
        if let Some((column, _)) = self.clocks.iter().find(|(column, _)| !clock(column)) {
            return Err(MappingError::Clock(*column));
        }
        let mut named = self.columns.iter().chain(&self.clocks);
        if let Some((column, _)) = named.find(|(_, s)| s.trim().is_empty()) {
            return Err(MappingError::EmptySource(*column));
        }
        if let Some(delimiter) = self.delimiter
            && !matches!(delimiter, ',' | '\t' | ';' | '|')
        {
            return Err(MappingError::Delimiter(delimiter));
        }
        if let Some(format) = &self.time_format {
            check_time_format(format)?;
        }
        if let Some(minutes) = self
            .utc_offset_minutes
            .filter(|it| it.abs() > LARGEST_OFFSET)
        {
            return Err(MappingError::Offset(minutes));
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
        let direct = match self.kind {
            RecordKind::Orders => Column::PayStatus,
            RecordKind::Refunds => Column::Status,
        };
        let is_direct =
            |rule: &StatusRule| self.kind == RecordKind::Refunds || is_of_payment(rule.about);
        if self.columns.contains_key(&direct) && self.status.iter().any(is_direct) {
            return Err(MappingError::StatusTwice(direct));
        }
        self.status
            .iter()
            .try_for_each(|rule| rule.check(self.kind))
    }
}

/// True for subjects that say whether an order is paid.
const fn is_of_payment(about: StateSubject) -> bool {
    matches!(about, StateSubject::Order | StateSubject::Payment)
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

fn check_time_format(format: &str) -> Result<(), MappingError> {
    use chrono::format::{Item, StrftimeItems};
    let bad = StrftimeItems::new(format).any(|item| matches!(item, Item::Error));
    let sample = chrono::DateTime::UNIX_EPOCH.fixed_offset();
    let has_day = !bad && {
        // A form that prints two days alike cannot tell days apart.
        let next = sample + chrono::TimeDelta::days(1);
        sample.format(format).to_string() != next.format(format).to_string()
    };
    if has_day && super::moment::parse_custom(&sample.format(format).to_string(), format).is_some()
    {
        Ok(())
    } else {
        Err(MappingError::TimeFormat(format.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::StatusWord;
    use recondesk_domain::PayStatus;

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
        let rule = mapping.status.first_mut().unwrap();
        for word in ["已付款", "a = \"b\"", "line\nbreak", "]", ""] {
            rule.words
                .insert(word.to_owned(), StatusWord::order(PayStatus::Paid, None));
        }
        mapping.delimiter = Some('\t');
        mapping.time_format = Some("%Y/%m/%d %H:%M".to_owned());
        mapping.day_order = Some(DayOrder::DayFirst);
        mapping.row_amount = RowAmount::Share;
        mapping.all_paid = true;
        mapping
            .clocks
            .insert(Column::CreatedAt, "时分秒".to_owned());
        mapping
            .channels
            .insert("在线支付".to_owned(), ChannelOwner::Wechat);
        mapping
            .status
            .push(StatusRule::known("发货状态", StateSubject::Delivery));
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
            ("# encoding", "day_order = \"x\"\n#", "x"),
            ("# encoding", "clocks = { goods = \"x\" }\n#", "goods"),
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
