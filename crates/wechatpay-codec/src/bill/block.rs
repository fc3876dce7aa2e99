//! What parsing some whole lines of a bill yields: rows, and a tally of everything that was seen.
//!
//! Blocks are parsed independently, on as many threads as the caller likes, and joined in the order of the file with
//! [`Tally::absorb`]; the result is the same however the file was cut.

use std::collections::BTreeMap;

use super::bounds::Bounds;
use super::column::BillColumn;
use super::summary::{self, Summary, SummaryState};
use recondesk_domain::{Fee, Fen, Instant, MchId, MoneyError, WPay, WRefund};

/// How many problems are kept in full; all are counted.
pub(super) const MAX_PROBLEMS: usize = 100;
/// How much of the raw line of a problem is kept.
pub(super) const MAX_RAW_BYTES: usize = 2048;
/// How many different unknown words, merchants or days are kept.
pub(super) const MAX_SEEN: usize = 64;

/// Rows of some whole lines, and their tally.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BillBlock {
    /// Payment rows: SUCCESS, REVOKED and unknown states.
    pub pays: Vec<WPay>,
    /// Refund rows.
    pub refunds: Vec<WRefund>,
    /// Counts, sums and problems.
    pub tally: Tally,
}

impl BillBlock {
    /// Takes in the block that follows in the file.
    pub fn absorb(&mut self, mut next: Self) {
        self.pays.append(&mut next.pays);
        self.refunds.append(&mut next.refunds);
        self.tally.absorb(next.tally);
    }
}

/// Everything but the rows: enough to certify a bill.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Lines, blank ones and the summary included.
    pub lines: u64,
    /// Bytes of those lines.
    pub bytes: u64,
    /// Detail rows, the quarantined ones included.
    pub rows: u64,
    /// Rows with state SUCCESS.
    pub success_rows: u64,
    /// Refund rows.
    pub refund_rows: u64,
    /// Rows with state REVOKED.
    pub revoked_rows: u64,
    /// Rows with a state that no document knows.
    pub unknown_state_rows: u64,
    /// Sums of the money columns over all rows that were read.
    pub sums: Sums,
    /// Rows per quarter of an hour of Beijing time, payments only.
    pub quarter_hours: QuarterHours,
    /// Rows per merchant number (商户号), at most 64 different ones.
    pub merchants: Vec<MerchantCount>,
    /// Rows per Beijing day, at most 64 different ones.
    pub days: BTreeMap<i32, DayCount>,
    /// Earliest time of a row.
    pub first_time: Option<Instant>,
    /// Latest time of a row.
    pub last_time: Option<Instant>,
    /// Words that no document knows, per column, with the number of rows.
    pub unknown_values: BTreeMap<(BillColumn, String), u64>,
    /// Rows outside the bounds of I3 and I4.
    pub bounds: Bounds,
    /// Rows with line breaks in their merchant text, put together from several lines.
    pub broken_rows: u64,
    /// Rows whose cells have lost their backticks.
    pub bare_rows: u64,
    /// How many rows were quarantined and lines misplaced.
    pub problem_count: u64,
    /// The first of them, in file order.
    pub problems: Vec<Problem>,
    /// How many rows carry a number that a spreadsheet ruined.
    pub ruined_rows: u64,
    /// How many lines are no rows and stand where none may: a second header, text after the summary, a damaged summary.
    pub misplaced_lines: u64,
    /// True when a column sum left the range of 64 bits.
    pub is_sum_lost: bool,
    /// True when lines follow the summary.
    pub is_text_after_summary: bool,
    /// Line and first byte of a line that is longer than any bill's; the file is refused.
    pub long_line: Option<(u32, u64)>,
    /// The summary lines as far as they were seen.
    pub(super) summary: SummaryState,
    /// First line of the block that is not blank.
    pub(super) opening: Option<Opening>,
}

/// Counts per quarter of an hour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuarterHours(pub [u32; 96]);

impl Default for QuarterHours {
    fn default() -> Self {
        Self([0; 96])
    }
}

/// Rows of one merchant number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MerchantCount {
    /// 商户号.
    pub mch_id: MchId,
    /// Number of rows.
    pub rows: u64,
    /// Line of the first.
    pub first_line: u32,
}

/// Rows of one Beijing day, payments and refunds apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DayCount {
    /// Payment rows.
    pub pays: u64,
    /// Line of the first payment row.
    pub first_pay_line: u32,
    /// Refund rows, by 退款申请时间 where the bill has it.
    pub refunds: u64,
    /// Line of the first refund row.
    pub first_refund_line: u32,
}

/// Column sums.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sums {
    /// Σ应结订单金额 (legacy: 总金额).
    pub settled: Fen,
    /// Σ代金券金额.
    pub coupon: Fen,
    /// Σ退款金额.
    pub refunded: Fen,
    /// Σ充值券退款金额.
    pub refund_coupon: Fen,
    /// Σ手续费, returned fees negative.
    pub fee: Fee,
    /// Σ订单金额; equals `settled` where the bill has no such column.
    pub amount: Fen,
    /// Σ申请退款金额; equals `refunded` where the bill has no such column.
    pub refund_asked: Fen,
}

impl Sums {
    /// Sum of two, or `None` beyond 64 bits.
    #[must_use]
    pub fn checked_add(&self, other: &Self) -> Option<Self> {
        Some(Self {
            settled: self.settled.checked_add(other.settled)?,
            coupon: self.coupon.checked_add(other.coupon)?,
            refunded: self.refunded.checked_add(other.refunded)?,
            refund_coupon: self.refund_coupon.checked_add(other.refund_coupon)?,
            fee: self.fee.checked_add(other.fee)?,
            amount: self.amount.checked_add(other.amount)?,
            refund_asked: self.refund_asked.checked_add(other.refund_asked)?,
        })
    }
}

/// Why a row is quarantined; no cell of it is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RowFault {
    /// The line cannot be cut into the columns of the header without guessing.
    #[error("{found} cells where the header has {expected}")]
    Shape {
        /// Cells found when cutting at comma and backtick.
        found: usize,
        /// Columns of the header.
        expected: usize,
    },
    /// Not a time of the form `2026-03-05 14:07:09`.
    #[error("not a time")]
    Time,
    /// Not an amount in yuan.
    #[error("{0}")]
    Money(MoneyError),
    /// An identifier that must be there is empty.
    #[error("the number is empty")]
    EmptyId,
    /// An identifier longer than the protocol allows, not UTF-8, or with control characters.
    #[error("not a number of the protocol: too long, or with bytes that none has")]
    BrokenId,
    /// An identifier that a spreadsheet turned into `4.00123E+27`, or kept fifteen digits of.
    #[error("a spreadsheet ruined the number (scientific notation, or fifteen digits and zeros)")]
    Spreadsheet,
    /// The line is longer than [`super::MAX_LINE_BYTES`].
    #[error("the line is too long")]
    TooLong,
    /// A sum left the range of 64 bits.
    #[error("the sum of a column is out of range")]
    SumRange,
    /// A second header: two bills in one file.
    #[error("a second header: two bills in one file?")]
    SecondHeader,
    /// Text after the summary.
    #[error("text after the summary")]
    AfterSummary,
    /// The line of values under the summary's header is damaged.
    #[error("the summary line is damaged")]
    Summary,
}

/// A line that was not used, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Line in the file, from 1.
    pub line: u32,
    /// First byte of the line.
    pub offset: u64,
    /// The column at fault, where one is.
    pub column: Option<BillColumn>,
    /// What is wrong.
    pub fault: RowFault,
    /// The raw line, cut after two kilobytes.
    pub raw: Vec<u8>,
}

/// The first line of a block, kept because only the block before it knows what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Opening {
    pub(super) line: u32,
    pub(super) offset: u64,
    pub(super) raw: Vec<u8>,
    /// True when the line counts among `rows` and `problems` as a row of a wrong shape.
    pub(super) is_quarantined: bool,
}

impl Tally {
    /// The summary, when both of its lines were found whole.
    #[must_use]
    pub fn summary(&self) -> Option<&Summary> {
        match &self.summary {
            SummaryState::Done(summary) => Some(summary),
            SummaryState::None | SummaryState::Header(_) => None,
        }
    }

    /// True when the names of the summary were found but the file ends before its values.
    #[must_use]
    pub const fn is_summary_cut(&self) -> bool {
        matches!(self.summary, SummaryState::Header(_))
    }

    /// Notes a line that was not used.
    pub(super) fn problem(&mut self, problem: Problem) {
        self.problem_count += 1;
        self.ruined_rows += u64::from(problem.fault == RowFault::Spreadsheet);
        self.misplaced_lines += u64::from(!problem.fault.is_of_row());
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(problem);
        }
    }

    /// Takes in the tally of the lines that follow in the file.
    pub fn absorb(&mut self, mut next: Self) {
        self.join_summary(&mut next);
        self.lines += next.lines;
        self.bytes += next.bytes;
        self.rows += next.rows;
        self.success_rows += next.success_rows;
        self.refund_rows += next.refund_rows;
        self.revoked_rows += next.revoked_rows;
        self.unknown_state_rows += next.unknown_state_rows;
        match self.sums.checked_add(&next.sums) {
            Some(sums) => self.sums = sums,
            None => self.is_sum_lost = true,
        }
        self.is_sum_lost |= next.is_sum_lost;
        for (to, from) in self.quarter_hours.0.iter_mut().zip(next.quarter_hours.0) {
            *to = to.saturating_add(from);
        }
        for merchant in next.merchants {
            self.note_merchant(merchant);
        }
        for (day, count) in next.days {
            self.note_day(day, count);
        }
        self.first_time = earliest(self.first_time, next.first_time);
        self.last_time = self.last_time.max(next.last_time);
        for ((column, word), rows) in next.unknown_values {
            self.note_unknown(column, word, rows);
        }
        self.bounds.absorb(next.bounds);
        self.broken_rows += next.broken_rows;
        self.bare_rows += next.bare_rows;
        self.problem_count += next.problem_count;
        self.ruined_rows += next.ruined_rows;
        self.misplaced_lines += next.misplaced_lines;
        let room = MAX_PROBLEMS.saturating_sub(self.problems.len());
        self.problems.extend(next.problems.into_iter().take(room));
        self.long_line = self.long_line.or(next.long_line);
        if self.opening.is_none() {
            self.opening = next.opening;
        }
    }

    /// Settles what the first line of the next block is, if this one ends within or after the summary.
    fn join_summary(&mut self, next: &mut Self) {
        let Some(opening) = next.opening.take() else {
            return;
        };
        match std::mem::take(&mut self.summary) {
            SummaryState::None => {
                self.summary = std::mem::take(&mut next.summary);
                if self.opening.is_none() {
                    self.opening = Some(opening);
                }
            }
            SummaryState::Header(names) => {
                if opening.is_quarantined {
                    // The values of the summary looked like a row of a wrong shape.
                    next.take_back(opening.line);
                    match summary::read_values(names, &opening.raw, opening.line) {
                        Some(summary) => self.summary = SummaryState::Done(summary),
                        None => self.problem(opening.into_problem(RowFault::Summary)),
                    }
                } else {
                    self.problem(opening.into_problem(RowFault::Summary));
                }
                if next.rows > 0 || next.summary != SummaryState::None {
                    self.is_text_after_summary = true;
                }
            }
            done @ SummaryState::Done(_) => {
                self.summary = done;
                self.is_text_after_summary = true;
                self.after_summary(opening);
            }
        }
        self.is_text_after_summary |= next.is_text_after_summary;
    }

    fn after_summary(&mut self, opening: Opening) {
        self.problem(opening.into_problem(RowFault::AfterSummary));
    }

    /// Forgets a line that was counted as a row of a wrong shape.
    fn take_back(&mut self, line: u32) {
        self.rows = self.rows.saturating_sub(1);
        self.problem_count = self.problem_count.saturating_sub(1);
        self.problems.retain(|problem| problem.line != line);
    }

    pub(super) fn note_unknown(&mut self, column: BillColumn, word: String, rows: u64) {
        let key = (column, word);
        if let Some(count) = self.unknown_values.get_mut(&key) {
            *count += rows;
        } else if self.unknown_values.len() < MAX_SEEN {
            self.unknown_values.insert(key, rows);
        }
    }

    pub(super) fn note_merchant(&mut self, seen: MerchantCount) {
        if let Some(known) = self.merchants.iter_mut().find(|m| m.mch_id == seen.mch_id) {
            known.rows += seen.rows;
        } else if self.merchants.len() < MAX_SEEN {
            self.merchants.push(seen);
        }
    }

    pub(super) fn note_day(&mut self, day: i32, seen: DayCount) {
        if let Some(known) = self.days.get_mut(&day) {
            known.absorb(seen);
        } else if self.days.len() < MAX_SEEN {
            self.days.insert(day, seen);
        }
    }
}

impl DayCount {
    fn absorb(&mut self, next: Self) {
        if self.pays == 0 {
            self.first_pay_line = next.first_pay_line;
        }
        if self.refunds == 0 {
            self.first_refund_line = next.first_refund_line;
        }
        self.pays += next.pays;
        self.refunds += next.refunds;
    }
}

impl Opening {
    fn into_problem(self, fault: RowFault) -> Problem {
        Problem {
            line: self.line,
            offset: self.offset,
            column: None,
            fault,
            raw: self.raw,
        }
    }
}

impl RowFault {
    /// What is wrong, for finance staff.
    #[must_use]
    pub fn zh(self) -> String {
        match self {
            Self::Shape { found, expected } => {
                format!("表头有 {expected} 列，这一行能分出 {found} 格")
            }
            Self::Time => "时间格式不对".to_owned(),
            Self::Money(MoneyError::Empty) => "金额为空".to_owned(),
            Self::Money(MoneyError::NotDecimal) => "不是金额".to_owned(),
            Self::Money(MoneyError::TooPrecise) => "金额的小数位太多".to_owned(),
            Self::Money(MoneyError::OutOfRange) => "金额超出范围".to_owned(),
            Self::EmptyId => "单号为空".to_owned(),
            Self::BrokenId => "单号过长或含有不该有的字符".to_owned(),
            Self::Spreadsheet => {
                "单号被表格软件改坏（变成科学计数法，或第 15 位之后变成 0）".to_owned()
            }
            Self::TooLong => "行太长".to_owned(),
            Self::SumRange => "合计超出范围".to_owned(),
            Self::SecondHeader => "出现第二个表头，可能由两份账单拼成".to_owned(),
            Self::AfterSummary => "汇总行之后还有内容".to_owned(),
            Self::Summary => "汇总行损坏".to_owned(),
        }
    }

    /// False for lines that are no rows at all, such as a second header.
    #[must_use]
    pub const fn is_of_row(self) -> bool {
        !matches!(
            self,
            Self::AfterSummary | Self::SecondHeader | Self::Summary
        )
    }
}

fn earliest(one: Option<Instant>, other: Option<Instant>) -> Option<Instant> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}
