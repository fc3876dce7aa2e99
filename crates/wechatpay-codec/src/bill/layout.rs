//! The header line of a bill: which column is where, what kind of bill it is, how old its names are.
//!
//! [`Layout::parse_block`](Layout::parse_block) in `row.rs` uses it to read rows; [`Layout::cells`] shows one raw row.

use serde::Serialize;

use super::block::RowFault;
use super::column::BillColumn;
use super::cut::{Cuts, broken_row, cut};
use super::script::simplified;

/// Most columns a header may have; documented bills have up to 29.
pub const MAX_COLUMNS: usize = 64;

/// Longest name of an unknown column that is kept, in bytes.
const MAX_NAME_BYTES: usize = 256;

/// What a bill holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BillKind {
    /// Payments and refunds (ALL).
    All,
    /// Payments only (SUCCESS).
    Success,
    /// Refunds only (REFUND).
    Refund,
    /// Refunds of recharges (RECHARGE_REFUND).
    RechargeRefund,
}

impl BillKind {
    /// `bill_type` of the protocol.
    #[must_use]
    pub const fn bill_type(self) -> &'static str {
        match self {
            Self::All => "ALL",
            Self::Success => "SUCCESS",
            Self::Refund => "REFUND",
            Self::RechargeRefund => "RECHARGE_REFUND",
        }
    }
}

/// How old the names of the columns are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// The names of today (应结订单金额).
    Current,
    /// The names of merchants that never used 免充值优惠券 (总金额).
    Legacy,
    /// Names of both ages in one header, as the official sandbox prints them.
    Mixed,
}

/// Why a header line is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HeaderFault {
    /// No cell of the line is the name of a column.
    #[error("this is not the header of a trade bill")]
    NotAHeader,
    /// A column that reconciling cannot do without is not there.
    #[error("the header lacks {}", .0.iter().map(|c| c.name()).collect::<Vec<_>>().join(", "))]
    Missing(Vec<BillColumn>),
    /// Two cells name the same column.
    #[error("the header names {0} twice")]
    Twice(&'static str),
    /// More than [`MAX_COLUMNS`] columns.
    #[error("the header has more than {MAX_COLUMNS} columns")]
    TooMany,
    /// The names are not UTF-8.
    #[error("the header is not UTF-8 (column {0})")]
    NotUtf8(usize),
}

impl HeaderFault {
    /// The sentence in Chinese.
    #[must_use]
    pub fn zh(&self) -> String {
        match self {
            Self::NotAHeader => "不是交易账单的表头".to_owned(),
            Self::Missing(columns) => {
                let names: Vec<_> = columns.iter().map(|column| column.name()).collect();
                format!("表头缺少列：{}", names.join("、"))
            }
            Self::Twice(name) => format!("表头中「{name}」出现两次"),
            Self::TooMany => format!("表头超过 {MAX_COLUMNS} 列"),
            Self::NotUtf8(column) => format!("表头第 {column} 列不是 UTF-8 编码"),
        }
    }
}

/// Where each column of a bill is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    headers: Vec<String>,
    columns: Vec<Option<BillColumn>>,
    index: [u8; BillColumn::COUNT],
    kind: BillKind,
    family: Family,
    /// First and last cell of the run of merchant text, where there is one run.
    pub(super) free: Option<(usize, usize)>,
}

/// The place of a column that the bill lacks; beyond every cut of a row, see [`Cuts::range`].
const ABSENT: u8 = u8::MAX;

impl Layout {
    /// Understands a header line, with or without byte order mark and line end.
    ///
    /// # Errors
    /// [`HeaderFault`] when the line is no header, or one that money cannot be read by.
    pub fn parse(line: &[u8]) -> Result<Self, HeaderFault> {
        let line = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line);
        let line = line.trim_ascii();
        if memchr::memchr_iter(b',', line).nth(MAX_COLUMNS).is_some() {
            return Err(HeaderFault::TooMany);
        }
        let headers = header_names(line)?;
        let mut index = [ABSENT; BillColumn::COUNT];
        let columns: Vec<Option<BillColumn>> = headers
            .iter()
            .map(|name| BillColumn::by_name(name))
            .collect();
        if columns.iter().all(Option::is_none) {
            return Err(HeaderFault::NotAHeader);
        }
        for (at, column) in columns.iter().enumerate() {
            if let Some(column) = *column
                && let Some(slot) = index.get_mut(column as usize)
            {
                if *slot != ABSENT {
                    return Err(HeaderFault::Twice(column.name()));
                }
                *slot = u8::try_from(at).unwrap_or(ABSENT);
            }
        }
        let mut layout = Self {
            headers,
            columns,
            index,
            kind: BillKind::All,
            family: Family::Current,
            free: None,
        };
        layout.judge()?;
        Ok(layout)
    }

    fn judge(&mut self) -> Result<(), HeaderFault> {
        let has = |column: BillColumn| self.has(column);
        let mut needed = vec![
            BillColumn::Time,
            BillColumn::MchId,
            BillColumn::TransactionId,
            BillColumn::OutTradeNo,
            BillColumn::State,
            BillColumn::Settled,
        ];
        let refunds = [
            BillColumn::RefundId,
            BillColumn::OutRefundNo,
            BillColumn::Refunded,
        ];
        let has_refunds = refunds.into_iter().any(has);
        if has_refunds {
            needed.extend(refunds);
        }
        let missing: Vec<BillColumn> = needed.into_iter().filter(|column| !has(*column)).collect();
        if !missing.is_empty() {
            return Err(HeaderFault::Missing(missing));
        }
        let named = |name: &str| self.headers.iter().any(|header| simplified(header) == name);
        self.kind = if named("返还手续费") {
            BillKind::RechargeRefund
        } else if has(BillColumn::RefundRequested) || has(BillColumn::RefundSucceeded) {
            BillKind::Refund
        } else if has_refunds {
            BillKind::All
        } else {
            BillKind::Success
        };
        // 服务商的APPID stands in documents only and says nothing of the age.
        let is_legacy = |(column, header): (&Option<BillColumn>, &String)| {
            column
                .filter(|c| *c != BillColumn::AppId && *c != BillColumn::Fee)
                .map(|c| c.name() != simplified(header))
        };
        let named_old = |column: BillColumn| {
            self.position(column)
                .and_then(|at| self.columns.get(at).zip(self.headers.get(at)))
                .and_then(is_legacy)
        };
        self.family = match (
            named_old(BillColumn::Settled),
            named_old(BillColumn::SubMchId),
        ) {
            (Some(true), Some(false)) | (Some(false), Some(true)) => Family::Mixed,
            (Some(true), _) => Family::Legacy,
            _ => Family::Current,
        };
        self.free = self.free_run();
        Ok(())
    }

    /// The run of merchant text, if goods and attach (where present) stand side by side.
    fn free_run(&self) -> Option<(usize, usize)> {
        let is_free = |column: &Option<BillColumn>| column.is_some_and(BillColumn::is_free_text);
        let first = self.columns.iter().position(is_free)?;
        let last = self.columns.iter().rposition(is_free)?;
        let run = self.columns.get(first..=last)?;
        run.iter().all(is_free).then_some((first, last))
    }

    /// What the bill holds, judged by its columns.
    #[must_use]
    pub const fn kind(&self) -> BillKind {
        self.kind
    }

    /// How old the names are.
    #[must_use]
    pub const fn family(&self) -> Family {
        self.family
    }

    /// Number of columns.
    #[must_use]
    pub fn width(&self) -> usize {
        self.headers.len()
    }

    /// The names as the file has them.
    #[must_use]
    pub fn headers(&self) -> &[String] {
        &self.headers
    }

    /// The known column at each place.
    #[must_use]
    pub fn columns(&self) -> &[Option<BillColumn>] {
        &self.columns
    }

    /// Where a column is.
    #[must_use]
    pub fn position(&self, column: BillColumn) -> Option<usize> {
        match self.index.get(column as usize) {
            None | Some(&ABSENT) => None,
            Some(at) => Some(usize::from(*at)),
        }
    }

    /// Where a column is, or a place that no line has.
    #[inline]
    pub(super) fn place(&self, column: BillColumn) -> usize {
        self.index
            .get(column as usize)
            .map_or(usize::MAX - 1, |at| usize::from(*at))
    }

    /// True when the bill has the column.
    #[must_use]
    #[inline]
    pub fn has(&self, column: BillColumn) -> bool {
        self.position(column).is_some()
    }

    /// Names that no document knows.
    pub fn unknown_columns(&self) -> impl Iterator<Item = &str> {
        self.headers
            .iter()
            .zip(&self.columns)
            .filter(|(_, column)| column.is_none())
            .map(|(header, _)| header.as_str())
    }

    /// A short stable name such as `ALL 27` or `REFUND 26 legacy`.
    #[must_use]
    pub fn name(&self) -> String {
        let age = match self.family {
            Family::Current => "",
            Family::Legacy => " legacy",
            Family::Mixed => " mixed",
        };
        format!("{} {}{age}", self.kind.bill_type(), self.width())
    }

    /// Bytes of the row at the beginning of `text`, its line end left out: the first line, or several where line breaks
    /// stand in the goods name or the merchant's data and both ends of the row prove it.
    #[must_use]
    pub fn row_len(&self, text: &[u8]) -> usize {
        let mut cuts = Cuts::new();
        let end = memchr::memchr(b'\n', text).unwrap_or(text.len());
        let line = text.get(..end).unwrap_or(text);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if cut(self, line, line.len(), &mut cuts).is_ok() {
            return line.len();
        }
        broken_row(self, text).map_or(line.len(), |row| row.len)
    }

    /// The cells of one raw line beside their names, each without its backtick, for people to read.
    ///
    /// Bytes that are not UTF-8 are shown as `�`.
    ///
    /// # Errors
    /// [`RowFault::Shape`] when the line cannot be cut into the columns of this layout.
    pub fn cells(&self, raw_line: &[u8]) -> Result<Vec<(String, String)>, RowFault> {
        let line = raw_line.trim_ascii_end();
        let mut cuts = Cuts::new();
        cut(self, line, line.len(), &mut cuts)?;
        Ok(self
            .headers
            .iter()
            .enumerate()
            .map(|(at, header)| {
                let cell = cuts.cell(line, at);
                (header.clone(), String::from_utf8_lossy(cell).into_owned())
            })
            .collect())
    }
}

/// Splits a header; documents from before 2015 have full-width commas in it.
pub(super) fn header_names(line: &[u8]) -> Result<Vec<String>, HeaderFault> {
    let mut names = Vec::new();
    for (at, cell) in line.split(|byte| *byte == b',').enumerate() {
        let text = std::str::from_utf8(cell).map_err(|_utf8| HeaderFault::NotUtf8(at + 1))?;
        for name in text.split('，') {
            if names.len() == MAX_COLUMNS {
                return Err(HeaderFault::TooMany);
            }
            let name = name.trim();
            let name = name.strip_prefix('`').unwrap_or(name);
            let cut = name.floor_char_boundary(MAX_NAME_BYTES);
            names.push(name.get(..cut).unwrap_or_default().to_owned());
        }
    }
    Ok(names)
}
