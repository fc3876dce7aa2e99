//! Fund-flow bills (`downloadfundflow`, `fundflowbill`): one file of one account and one day.
//!
//! A file that cannot be read to its summary is refused whole, with its line: a row that is skipped would be
//! a hole in the balance. Source: the official page on the format of fund bills, and a real file of 2021.

use recondesk_domain::{Fen, FundEntry, FundKind, FundTotals, Instant, Term};

/// Rows of one file at most.
const MOST_ROWS: usize = 20_000_000;
/// Columns of one line at most.
const MOST_COLUMNS: usize = 64;

/// The columns that are read, by their names in the file.
const COLUMNS: [&str; 8] = [
    "记账时间",
    "微信支付业务单号",
    "资金流水单号",
    "业务类型",
    "收支类型",
    "收支金额(元)",
    "账户结余(元)",
    "业务凭证号",
];
const SUMMARY: [&str; 5] = [
    "资金流水总笔数",
    "收入笔数",
    "收入金额",
    "支出笔数",
    "支出金额",
];

const OTHER_COLUMNS: Term = Term::new(
    "列数与表头不同",
    "another number of columns than the header",
);

/// A fund-flow bill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FundBill<'a> {
    /// Its entries in the order of the file.
    pub entries: Vec<FundEntry<'a>>,
    /// Its summary.
    pub totals: FundTotals,
}

/// Why a file is no fund-flow bill, or not one that can be read to its end.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FundFault {
    /// Not UTF-8.
    #[error("the file is not UTF-8 text")]
    NotUtf8,
    /// The first line is another header.
    #[error("the header lacks the column {0}")]
    Header(String),
    /// A line cannot be read.
    #[error("line {line}: {}", .what.en)]
    Line {
        /// Line in the file, from 1.
        line: u32,
        /// Which part of it.
        what: Term,
    },
    /// The file ends before its summary.
    #[error("the file ends without its summary")]
    CutOff,
    /// More than any real file has.
    #[error("the file has more rows than any bill")]
    TooMuch,
}

impl FundFault {
    /// The same in Chinese.
    #[must_use]
    pub fn zh(&self) -> String {
        match self {
            Self::NotUtf8 => "文件不是 UTF-8 文本".to_owned(),
            Self::Header(column) => format!("表头缺少列“{column}”，不是资金账单"),
            Self::Line { line, what } => format!("第 {line} 行无法读取：{}", what.zh),
            Self::CutOff => "文件不完整：没有汇总行".to_owned(),
            Self::TooMuch => "行数远超任何账单".to_owned(),
        }
    }
}

impl<'a> FundBill<'a> {
    /// Reads a file, uncompressed.
    ///
    /// # Errors
    /// [`FundFault`] with the line; nothing of such a file may count.
    pub fn read(bytes: &'a [u8]) -> Result<Self, FundFault> {
        let text = std::str::from_utf8(bytes).map_err(|_error| FundFault::NotUtf8)?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut lines = Lines {
            rest: text,
            line: 0,
        };
        let header = lines.next().unwrap_or_default();
        let places = Places::of(header)?;
        let mut entries = Vec::new();
        while let Some(line) = lines.next() {
            if line.trim().is_empty() {
                continue;
            }
            if line.starts_with(SUMMARY[0]) {
                let totals = summary(line, &mut lines)?;
                return Ok(Self { entries, totals });
            }
            if entries.len() >= MOST_ROWS {
                return Err(FundFault::TooMuch);
            }
            entries.push(places.entry(line, lines.line)?);
        }
        Err(FundFault::CutOff)
    }
}

/// Lines of a text with their numbers; a line may end in CRLF, LF or the end of the text.
struct Lines<'a> {
    rest: &'a str,
    line: u32,
}

impl<'a> Lines<'a> {
    fn next(&mut self) -> Option<&'a str> {
        if self.rest.is_empty() {
            return None;
        }
        let (line, rest) = match memchr::memchr(b'\n', self.rest.as_bytes()) {
            Some(at) => {
                let (line, rest) = self.rest.split_at(at);
                (line, rest.strip_prefix('\n').unwrap_or(rest))
            }
            None => (self.rest, ""),
        };
        self.rest = rest;
        self.line = self.line.saturating_add(1);
        Some(line.strip_suffix('\r').unwrap_or(line))
    }
}

/// Where the columns stand.
struct Places {
    count: usize,
    at: [usize; COLUMNS.len()],
}

impl Places {
    fn of(header: &str) -> Result<Self, FundFault> {
        let names: Vec<String> = header
            .split([',', '，'])
            .take(MOST_COLUMNS)
            .map(|name| name.trim().replace('（', "(").replace('）', ")"))
            .collect();
        let mut at = [0; COLUMNS.len()];
        for (place, column) in at.iter_mut().zip(COLUMNS) {
            let found = names.iter().position(|name| name == column);
            *place = found.ok_or_else(|| FundFault::Header(column.to_owned()))?;
        }
        Ok(Self {
            count: names.len(),
            at,
        })
    }

    fn entry<'a>(&self, line: &'a str, number: u32) -> Result<FundEntry<'a>, FundFault> {
        let fault = |what| FundFault::Line { line: number, what };
        let mut found = [""; MOST_COLUMNS];
        let count = cells(line, self.count, &mut found);
        if count != self.count {
            return Err(fault(OTHER_COLUMNS));
        }
        let cell = |column: usize| {
            let place = self.at.get(column).copied().unwrap_or(usize::MAX);
            found.get(place).copied().unwrap_or_default()
        };
        let time = Instant::parse_beijing_bytes(cell(0).as_bytes());
        let amount =
            Fen::parse_yuan(cell(5)).map_err(|_error| fault(Term::new("收支金额", "amount")))?;
        if amount.is_negative() {
            return Err(fault(Term::new("收支金额", "amount")));
        }
        let change = match cell(4) {
            "收入" => amount,
            "支出" => amount
                .checked_neg()
                .ok_or_else(|| fault(Term::new("收支金额", "amount")))?,
            _ => return Err(fault(Term::new("收支类型", "direction"))),
        };
        Ok(FundEntry {
            line: number,
            time: time.ok_or_else(|| fault(Term::new("记账时间", "time")))?,
            business_no: cell(1),
            flow_no: cell(2),
            kind_word: cell(3),
            kind: FundKind::of(cell(3)),
            change,
            balance: Fen::parse_yuan(cell(6))
                .map_err(|_error| fault(Term::new("账户结余", "balance")))?,
            voucher: cell(7),
        })
    }
}

/// Cuts a line; where a comma stands in a text, only those before a backtick cut.
fn cells<'a>(line: &'a str, wanted: usize, out: &mut [&'a str; MOST_COLUMNS]) -> usize {
    let mut put = |parts: &mut dyn Iterator<Item = &'a str>| {
        let mut count = 0_usize;
        for part in parts {
            let Some(cell) = out.get_mut(count) else {
                return usize::MAX;
            };
            *cell = part.strip_prefix('`').unwrap_or(part);
            count = count.saturating_add(1);
        }
        count
    };
    let count = put(&mut line.split(','));
    if count == wanted || !line.contains(",`") {
        return count;
    }
    put(&mut line.split(",`"))
}

fn summary(header: &str, lines: &mut Lines<'_>) -> Result<FundTotals, FundFault> {
    let names: Vec<&str> = header.split([',', '，']).map(str::trim).collect();
    let values = lines.next().ok_or(FundFault::CutOff)?;
    let number = lines.line;
    let fault = |what| FundFault::Line { line: number, what };
    let values: Vec<&str> = values
        .split(',')
        .map(|value| value.trim().trim_start_matches('`'))
        .collect();
    let value = |name: &'static str| {
        let at = names.iter().position(|known| *known == name);
        at.and_then(|at| values.get(at).copied())
            .ok_or_else(|| fault(Term::new(name, name)))
    };
    // A count may be printed as `20.0`.
    let count = |name| {
        let read = Fen::parse_fen(value(name)?).map_err(|_error| fault(Term::new(name, name)))?;
        u64::try_from(read.get()).map_err(|_error| fault(Term::new(name, name)))
    };
    let sum = |name| Fen::parse_yuan(value(name)?).map_err(|_error| fault(Term::new(name, name)));
    let [entries, income_count, income, expense_count, expense] = SUMMARY;
    let totals = FundTotals {
        entries: count(entries)?,
        income_count: count(income_count)?,
        income: sum(income)?,
        expense_count: count(expense_count)?,
        expense: sum(expense)?,
    };
    while let Some(rest) = lines.next() {
        if !rest.trim().is_empty() {
            return Err(FundFault::Line {
                line: lines.line,
                what: Term::new("汇总之后还有内容", "something follows the summary"),
            });
        }
    }
    Ok(totals)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),账户结余(元),资金变更提交申请人,备注,业务凭证号";
    const REAL: &str = "`2021-02-01 13:54:01,`503,`420,`退款,`退款,`支出,`0.01,`0.22,`6400293888SBQ,`退款总金额0.01元;含手续费0.00元,`Y78";

    fn file(rows: &[&str], summary: &str) -> String {
        let mut text = format!("\u{feff}{HEADER}\r\n");
        for row in rows {
            text.push_str(row);
            text.push_str("\r\n");
        }
        text + "资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额\r\n" + summary
    }

    #[test]
    fn a_real_row_is_read_and_decimal_counts_are_counts() {
        let text = file(&[REAL], "`1.0,`0.0,`0,`1.0,`0.01");
        let bill = FundBill::read(text.as_bytes()).unwrap();
        let entry = bill.entries[0];
        assert_eq!((entry.kind, entry.change), (FundKind::Refund, Fen::new(-1)));
        assert_eq!((entry.business_no, entry.voucher), ("503", "Y78"));
        assert_eq!((entry.line, entry.balance), (2, Fen::new(22)));
        assert_eq!(bill.totals.expense_count, 1);
        // One real line lacks the backtick before the last cell; a remark may hold a comma.
        for row in [REAL.replace("`Y78", "Y78"), REAL.replace("元;含", "元,含")] {
            let text = file(&[&row], "`1,`0,`0,`1,`0.01");
            let read = FundBill::read(text.as_bytes());
            let voucher = read.map(|bill| bill.entries[0].voucher.to_owned());
            assert_eq!(voucher.as_deref(), Ok("Y78"), "{row}");
        }
    }

    #[test]
    fn columns_are_found_by_name_whatever_their_order_and_brackets() {
        let text = "支出备注,业务类型,记账时间,微信支付业务单号,资金流水单号,收支类型,收支金额（元）,账户结余（元）,业务凭证号\n`,`交易,`2021-02-01 13:54:01,`4,`5,`收入,`1.00,`2.00,`6\n资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额\n`1,`1,`1.00,`0,`0";
        let bill = FundBill::read(text.as_bytes()).unwrap();
        assert_eq!(bill.entries[0].change, Fen::new(100));
    }

    #[test]
    fn whatever_cannot_be_read_is_refused_with_its_line() {
        let sound = file(&[REAL, REAL], "`2,`0,`0,`2,`0.02");
        assert!(FundBill::read(sound.as_bytes()).is_ok());
        for (from, to, line) in [
            ("`0.01,`0.22", "`0.015,`0.22", 2),
            ("`0.01,`0.22", "`-0.01,`0.22", 2),
            ("`支出", "`出", 2),
            ("2021-02-01 13", "2021-02-30 13", 2),
            (",`0.22", "", 2),
            ("`0.02", "`0.02\r\nx", 6),
        ] {
            let text = sound.replacen(from, to, 1);
            let fault = FundBill::read(text.as_bytes()).unwrap_err();
            assert!(
                matches!(fault, FundFault::Line { line: at, .. } if at == line),
                "{fault}"
            );
            assert!(!fault.zh().is_empty());
        }
        let cut = sound.split("资金流水总").next().unwrap();
        assert_eq!(FundBill::read(cut.as_bytes()), Err(FundFault::CutOff));
        assert!(matches!(
            FundBill::read(b"a,b\n"),
            Err(FundFault::Header(_))
        ));
        assert_eq!(FundBill::read(b"\xff"), Err(FundFault::NotUtf8));
    }

    #[test]
    fn no_damage_makes_it_panic() {
        let sound = file(&[REAL], "`1,`0,`0,`1,`0.01").into_bytes();
        for at in 0..sound.len() {
            drop(FundBill::read(&sound[..at]));
            for byte in [0, b',', b'`', b'\n', 0xE4] {
                let mut text = sound.clone();
                text[at] = byte;
                drop(FundBill::read(&text));
            }
        }
    }
}
