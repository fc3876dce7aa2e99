//! What parsing gives: rows, refused rows with their reasons, and the figures of the preview.

use std::collections::BTreeMap;

use super::{AmountUnit, Column};
use recondesk_domain::{BillDate, Fen, Instant, MOrder, MRefund, MoneyError, RowRef};

/// Refused rows kept in full per block; beyond it they are only counted.
pub const MAX_REJECTS_PER_BLOCK: usize = 20_000;
/// Days and unknown words told apart; beyond it they are only counted.
const MAX_KINDS: usize = 4_096;

/// Why a row is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowReason {
    /// It has more or fewer columns than the header.
    ColumnCount {
        /// Columns of the row.
        found: usize,
        /// Columns of the header.
        wanted: usize,
    },
    /// A needed cell is empty.
    Missing,
    /// Longer than the column allows.
    TooLong {
        /// Bytes allowed.
        max: usize,
    },
    /// A number that a spreadsheet turned into scientific notation.
    Scientific,
    /// A number that a spreadsheet cut to 15 digits and filled with zeros.
    ZeroTail,
    /// A number that a spreadsheet or script turned into a decimal.
    DecimalTail,
    /// A number stored as a number beyond 15 digits.
    BeyondPrecision,
    /// Leading zeros were lost: the known numbers have more digits.
    LostZeros {
        /// Digits of the known numbers.
        digits: usize,
    },
    /// Bytes that the encoding does not have.
    Encoding,
    /// Control characters in an identifier.
    Control,
    /// Not an amount.
    Amount(MoneyError),
    /// An amount below zero.
    Negative,
    /// Not a time, or not of a form that was declared.
    Time,
    /// A status word that the mapping does not have.
    UnmappedWord,
    /// Not a currency code.
    Currency,
}

impl RowReason {
    /// The reason in Chinese.
    #[must_use]
    pub fn zh(self) -> String {
        match self {
            Self::ColumnCount { found, wanted } => {
                format!("有 {found} 列，表头是 {wanted} 列")
            }
            Self::Missing => "必填，但为空".to_owned(),
            Self::TooLong { max } => format!("超过 {max} 字节"),
            Self::Scientific => "单号被表格软件改成科学计数，请从系统重新导出".to_owned(),
            Self::ZeroTail => {
                "单号第 15 位以后全是 0，像是被表格软件截断，请从系统重新导出".to_owned()
            }
            Self::DecimalTail => "单号带小数点，像是被当作数字保存过，请从系统重新导出".to_owned(),
            Self::BeyondPrecision => {
                "单号以数字保存且超过 15 位，末尾已失真，请按文本导出".to_owned()
            }
            Self::LostZeros { digits } => {
                format!("单号开头的 0 丢失：已知单号为 {digits} 位，请从系统重新导出")
            }
            Self::Encoding => "编码不对".to_owned(),
            Self::Control => "含控制字符".to_owned(),
            Self::Amount(MoneyError::Empty) => "金额为空".to_owned(),
            Self::Amount(MoneyError::NotDecimal) => "不是金额（不接受千分位和货币符号）".to_owned(),
            Self::Amount(MoneyError::TooPrecise) => "小数位超过单位允许，单位可能不对".to_owned(),
            Self::Amount(MoneyError::OutOfRange) => "金额过大".to_owned(),
            Self::Negative => "金额为负".to_owned(),
            Self::Time => "不是时间（YYYY-MM-DD HH:MM:SS、RFC 3339 或映射里的格式）".to_owned(),
            Self::UnmappedWord => "状态词未映射".to_owned(),
            Self::Currency => "不是币种代码".to_owned(),
        }
    }

    /// The reason in English.
    #[must_use]
    pub fn en(self) -> String {
        match self {
            Self::ColumnCount { found, wanted } => {
                format!("has {found} columns, the header has {wanted}")
            }
            Self::Missing => "needed, but empty".to_owned(),
            Self::TooLong { max } => format!("longer than {max} bytes"),
            Self::Scientific => {
                "a spreadsheet turned the number into scientific notation: export it again"
                    .to_owned()
            }
            Self::ZeroTail => {
                "only zeros after the 15th digit, as a spreadsheet leaves it: export it again"
                    .to_owned()
            }
            Self::DecimalTail => {
                "the number has a decimal point, as if saved as a number: export it again"
                    .to_owned()
            }
            Self::BeyondPrecision => {
                "stored as a number of more than 15 digits, its end is lost: export it as text"
                    .to_owned()
            }
            Self::LostZeros { digits } => {
                format!(
                    "leading zeros are lost, known numbers have {digits} digits: export it again"
                )
            }
            Self::Encoding => "wrong encoding".to_owned(),
            Self::Control => "contains control characters".to_owned(),
            Self::Amount(error) => error.to_string(),
            Self::Negative => "the amount is negative".to_owned(),
            Self::Time => {
                "not a time (YYYY-MM-DD HH:MM:SS, RFC 3339, or the form of the mapping)".to_owned()
            }
            Self::UnmappedWord => "the status word is not mapped".to_owned(),
            Self::Currency => "not a currency code".to_owned(),
        }
    }
}

/// A row that was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reject {
    /// Where it lies.
    pub row: RowRef,
    /// Source header of the bad cell; empty when the row as a whole is bad.
    pub column: String,
    /// Place of the bad cell in the row, where one is to blame.
    pub at: Option<usize>,
    /// The bad cell.
    pub value: String,
    /// Why.
    pub reason: RowReason,
    /// All cells of the row, as text.
    pub cells: Vec<String>,
}

impl Reject {
    /// Row, column, value and reason in one Chinese line.
    #[must_use]
    pub fn zh(&self) -> String {
        let (line, reason) = (self.row.line, self.reason.zh());
        if self.column.is_empty() {
            format!("第 {line} 行：{reason}")
        } else {
            format!(
                "第 {line} 行「{}」= {:?}：{reason}",
                self.column, self.value
            )
        }
    }

    /// The same in English.
    #[must_use]
    pub fn en(&self) -> String {
        let (line, reason) = (self.row.line, self.reason.en());
        if self.column.is_empty() {
            format!("row {line}: {reason}")
        } else {
            format!(
                "row {line}, column {:?}, value {:?}: {reason}",
                self.column, self.value
            )
        }
    }
}

/// The figures of one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DayStats {
    /// Rows of the day.
    pub rows: u64,
    /// Rows by hour of the Beijing day.
    pub hours: [u32; 24],
    /// The day as a number, which is what rows are compared by.
    number: i32,
}

/// Why the declared unit of money looks wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnitDoubt {
    /// Declared yuan, but the amounts look like fen.
    LooksLikeFen,
    /// Declared fen, but the amounts look like yuan.
    LooksLikeYuan,
}

/// Counts and sums over rows; adding blocks in any order gives the same.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Stats {
    /// Rows accepted.
    pub good: u64,
    /// Rows refused.
    pub bad: u64,
    /// Refused rows that are only counted.
    pub bad_untold: u64,
    /// Rows of other merchants, left to them.
    pub others: u64,
    /// Sum of the accepted amounts in fen; 128 bits cannot overflow by addition of rows.
    sum: i128,
    /// Accepted amounts that are not whole yuan.
    broken_yuan: u64,
    /// Rows by Beijing day of creation (refunds: of success, else request).
    pub days: BTreeMap<BillDate, DayStats>,
    /// Status words that the mapping does not have, with their counts.
    pub unmapped: BTreeMap<String, u64>,
    /// Refused rows by source column.
    pub bad_columns: BTreeMap<String, u64>,
}

impl Stats {
    pub(super) fn accept(&mut self, amount: Fen, time: Option<Instant>) {
        self.good = self.good.saturating_add(1);
        self.sum = self.sum.saturating_add(i128::from(amount.get()));
        if amount.get() % 100 != 0 {
            self.broken_yuan = self.broken_yuan.saturating_add(1);
        }
        let Some(time) = time else { return };
        // Seconds into the Beijing day, without a calendar: this runs once a row.
        let local = time.plus(recondesk_domain::BEIJING_OFFSET_S).unix();
        let number = i32::try_from(local.div_euclid(86_400)).unwrap_or_default();
        let hour = usize::try_from(local.rem_euclid(86_400) / 3_600).unwrap_or_default();
        let newest = self.days.last_entry();
        let stats = if let Some(day) = newest.filter(|day| day.get().number == number) {
            day.into_mut()
        } else {
            let Some(day) = BillDate::from_number(number) else {
                return;
            };
            if self.days.len() >= MAX_KINDS && !self.days.contains_key(&day) {
                return;
            }
            let stats = self.days.entry(day).or_default();
            stats.number = number;
            stats
        };
        stats.rows = stats.rows.saturating_add(1);
        if let Some(count) = stats.hours.get_mut(hour) {
            *count = count.saturating_add(1);
        }
    }

    /// Adds the figures of another block.
    pub fn merge(&mut self, other: &Self) {
        let Self {
            good,
            bad,
            bad_untold,
            others,
            sum,
            broken_yuan,
            days,
            unmapped,
            bad_columns,
        } = other;
        self.good = self.good.saturating_add(*good);
        self.bad = self.bad.saturating_add(*bad);
        self.bad_untold = self.bad_untold.saturating_add(*bad_untold);
        self.others = self.others.saturating_add(*others);
        self.sum = self.sum.saturating_add(*sum);
        self.broken_yuan = self.broken_yuan.saturating_add(*broken_yuan);
        for (day, from) in days {
            let to = self.days.entry(*day).or_default();
            to.number = from.number;
            to.rows = to.rows.saturating_add(from.rows);
            for (to, from) in to.hours.iter_mut().zip(from.hours) {
                *to = to.saturating_add(from);
            }
        }
        for (word, count) in unmapped {
            tally(&mut self.unmapped, word, *count);
        }
        for (column, count) in bad_columns {
            tally(&mut self.bad_columns, column, *count);
        }
    }

    /// Sum of the accepted amounts; `None` beyond what an amount can hold.
    #[must_use]
    pub fn sum(&self) -> Option<Fen> {
        i64::try_from(self.sum).ok().map(Fen::new)
    }

    /// Mean of the accepted amounts, rounded down to fen.
    #[must_use]
    pub fn mean(&self) -> Option<Fen> {
        let mean = self.sum.checked_div(i128::from(self.good))?;
        i64::try_from(mean).ok().map(Fen::new)
    }

    /// First and last day with accepted rows.
    #[must_use]
    pub fn day_span(&self) -> Option<(BillDate, BillDate)> {
        let (first, _) = self.days.first_key_value()?;
        let (last, _) = self.days.last_key_value()?;
        Some((*first, *last))
    }

    /// Rows by hour over all days.
    #[must_use]
    pub fn hours(&self) -> [u64; 24] {
        let mut hours = [0; 24];
        for day in self.days.values() {
            for (to, from) in hours.iter_mut().zip(day.hours) {
                *to += u64::from(from);
            }
        }
        hours
    }

    /// Whether the declared unit looks wrong, by the mean and by how many amounts are whole yuan.
    ///
    /// Ten rows are the least that allow a suspicion.
    #[must_use]
    pub fn unit_doubt(&self, unit: AmountUnit) -> Option<UnitDoubt> {
        const MANY_YUAN: i64 = 100_000;
        const FEW_FEN: i64 = 200;
        if self.good < 10 {
            return None;
        }
        let mean = self.mean()?.get();
        match unit {
            AmountUnit::Yuan if self.broken_yuan == 0 && mean >= MANY_YUAN => {
                Some(UnitDoubt::LooksLikeFen)
            }
            AmountUnit::Fen if mean > 0 && mean < FEW_FEN => Some(UnitDoubt::LooksLikeYuan),
            _ => None,
        }
    }
}

/// Counts a word, unless there are too many different ones already.
fn tally(counts: &mut BTreeMap<String, u64>, word: &str, by: u64) {
    if let Some(count) = counts.get_mut(word) {
        *count = count.saturating_add(by);
    } else if counts.len() < MAX_KINDS {
        counts.insert(word.to_owned(), by);
    }
}

/// The rows of one block of a file, in file order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OrderBlock {
    /// Orders, duplicates included.
    pub orders: Vec<MOrder>,
    /// Refunds: of a refunds file, or of an orders file with one refund a row.
    pub refunds: Vec<MRefund>,
    /// Refused rows, at most [`MAX_REJECTS_PER_BLOCK`].
    pub rejects: Vec<Reject>,
    /// The figures.
    pub stats: Stats,
}

impl OrderBlock {
    /// Empties the block and keeps its memory for the next one.
    pub fn clear(&mut self) {
        let Self {
            orders,
            refunds,
            rejects,
            stats,
        } = self;
        orders.clear();
        refunds.clear();
        rejects.clear();
        *stats = Stats::default();
    }

    /// Appends the rows of the block that follows in the file.
    pub fn append(&mut self, mut next: Self) {
        self.orders.append(&mut next.orders);
        self.refunds.append(&mut next.refunds);
        self.rejects.append(&mut next.rejects);
        self.stats.merge(&next.stats);
    }

    pub(super) fn refuse(&mut self, make: impl FnOnce() -> Reject, column: &str) {
        self.stats.bad = self.stats.bad.saturating_add(1);
        tally(&mut self.stats.bad_columns, column, 1);
        if self.rejects.len() < MAX_REJECTS_PER_BLOCK {
            self.rejects.push(make());
        } else {
            self.stats.bad_untold = self.stats.bad_untold.saturating_add(1);
        }
    }

    pub(super) fn note_unmapped(&mut self, word: &str) {
        tally(&mut self.stats.unmapped, word, 1);
    }
}

/// What is wrong with one cell: the column and the reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BadCell {
    pub(super) column: Column,
    pub(super) reason: RowReason,
}
