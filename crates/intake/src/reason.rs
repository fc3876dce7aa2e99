//! Why a row is refused or left out, in both languages.

use super::profile::clean_number;
use super::row_cells::split_numbers;
use recondesk_domain::{MoneyError, RowRef};

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
    /// It lies between two quotes that do not belong together.
    Quote,
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
    /// Nothing was paid, and more than nothing went back: the sum is what is left after the refund.
    NetOfRefund,
    /// The amount is a formula whose result was never computed.
    Uncomputed,
    /// Several numbers in the cell of one.
    Several,
    /// A blank inside a number.
    Blank,
    /// Not a time, or not of a form that was declared.
    Time,
    /// A date that could be two: day or month first.
    DayOrder,
    /// A status word that neither the mapping nor the program has.
    UnmappedWord,
    /// A means of payment that neither the mapping nor the program knows.
    UnknownChannel,
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
            Self::Quote => {
                "夹在不成对的双引号之间，可能是商品名里的引号；改正引号，或导出为 XLSX".to_owned()
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
            Self::Amount(MoneyError::NotDecimal) => "不是金额，或写法可能有两种意思".to_owned(),
            Self::Amount(MoneyError::TooPrecise) => "小数位超过单位允许，单位可能不对".to_owned(),
            Self::Amount(MoneyError::OutOfRange) => "金额过大".to_owned(),
            Self::Negative => "金额为负".to_owned(),
            Self::NetOfRefund => {
                "金额为 0 却有退款：这一列像是退款后的净额，请选付款时的金额".to_owned()
            }
            Self::Uncomputed => "公式没有计算结果，请用表格软件打开、保存后再导入".to_owned(),
            Self::Several => "一格里有多个单号".to_owned(),
            Self::Blank => "单号中间有空格".to_owned(),
            Self::Time => "不是时间，或不是映射里的格式（四位年份在前的写法都能读）".to_owned(),
            Self::DayOrder => "日期可能有两种读法（月/日或日/月），先定下是哪一种".to_owned(),
            Self::UnmappedWord => "状态词未映射".to_owned(),
            Self::UnknownChannel => "支付方式未映射，不知道是不是微信支付".to_owned(),
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
            Self::Quote => {
                "between two quotes that do not belong together, perhaps of goods names: mend them, or export XLSX"
                    .to_owned()
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
            Self::Amount(MoneyError::NotDecimal) => "not an amount, or one that could be two".to_owned(),
            Self::Amount(error) => error.to_string(),
            Self::Negative => "the amount is negative".to_owned(),
            Self::NetOfRefund => {
                "0.00 was paid and money went back: this seems to be what is left after refunds, take the sum that was paid"
                    .to_owned()
            }
            Self::Uncomputed => {
                "the formula has no result: open and save the file in a spreadsheet, then import it".to_owned()
            }
            Self::Several => "several numbers in one cell".to_owned(),
            Self::Blank => "a blank inside the number".to_owned(),
            Self::Time => {
                "not a time, or not of the form of the mapping (forms with a year of four digits in front are read)".to_owned()
            }
            Self::DayOrder => {
                "the date could be two: say first whether month or day comes first".to_owned()
            }
            Self::UnmappedWord => "the status word is not mapped".to_owned(),
            Self::UnknownChannel => "the means of payment is not mapped: it may be WeChat Pay or another".to_owned(),
            Self::Currency => "not a currency code".to_owned(),
        }
    }
}

/// Longest number that is kept of a row.
const LONGEST_NUMBER: usize = 64;
/// Digits of a number that a spreadsheet shows before it writes an exponent.
const SHOWN_DIGITS: usize = 11;
/// Digits that are left where it writes one.
const EXPONENT_DIGITS: usize = 6;
/// So many digits of a number survive in a spreadsheet.
const KEPT_DIGITS: usize = 15;

/// Under what a number is known that a spreadsheet ruined: its first 15 digits, or the few that it writes with an
/// exponent; empty for one that it leaves whole.
#[must_use]
pub fn ruined_forms(number: &str) -> Vec<String> {
    let is_digits = number.bytes().all(|b| b.is_ascii_digit());
    if !is_digits || number.len() <= SHOWN_DIGITS {
        return Vec::new();
    }
    let mut out = Vec::new();
    if number.len() > KEPT_DIGITS {
        out.extend(number.get(..KEPT_DIGITS).map(cut_number));
        // A spreadsheet rounds the fifteenth digit up, and the carry may reach the ones before it.
        let up = number
            .as_bytes()
            .get(KEPT_DIGITS)
            .is_some_and(|next| *next >= b'5');
        let head = number.get(..KEPT_DIGITS).filter(|_| up);
        let carried = head.and_then(|head| head.parse::<u64>().ok()?.checked_add(1));
        let carried = carried.map(|head| format!("{head:0>KEPT_DIGITS$}"));
        out.extend(carried.as_deref().map(cut_number));
        out.extend(rounded(number, KEPT_DIGITS));
    }
    out.extend(rounded(number, EXPONENT_DIGITS));
    out
}

/// A number as a spreadsheet writes it with an exponent and so many digits: `202603080000000001` is `2.02603E17` then.
fn rounded(number: &str, digits: usize) -> Option<String> {
    let bare = number.trim_start_matches('0');
    let head: u64 = bare.get(..digits)?.parse().ok()?;
    let next = bare.as_bytes().get(digits)?;
    let up = u64::from(*next >= b'5');
    let kept = head.checked_add(up)?.to_string();
    let exponent = bare
        .len()
        .checked_sub(1)?
        .checked_add(kept.len().checked_sub(digits)?)?;
    Some(with_exponent(kept.trim_end_matches('0'), exponent))
}

fn with_exponent(digits: &str, exponent: usize) -> String {
    match digits.split_at_checked(1) {
        Some((first, rest)) if !rest.is_empty() => format!("{first}.{rest}E{exponent}"),
        _ => format!("{digits}E{exponent}"),
    }
}

/// A number that stands with an exponent, in one form: `2.02603e+17`, `2.026030E+17` and `2.02603E17` are one.
fn exponent_form(text: &str) -> Option<String> {
    let text = text.trim().to_ascii_uppercase();
    let (mantissa, exponent) = text.split_once('E')?;
    let exponent: usize = exponent.trim_start_matches('+').parse().ok()?;
    let (whole, decimals) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let is_one_digit = whole.len() == 1 && whole != "0";
    let digits = format!("{whole}{decimals}");
    let is_digits = digits.bytes().all(|b| b.is_ascii_digit());
    let is_long = (SHOWN_DIGITS..LONGEST_NUMBER).contains(&exponent);
    (is_one_digit && is_digits && is_long)
        .then(|| with_exponent(digits.trim_end_matches('0'), exponent))
}

fn cut_number(first: &str) -> String {
    format!("{first}…")
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
    /// The order number of the row as far as it can be read; empty otherwise.
    pub number: String,
}

impl Reject {
    /// The numbers under which WeChat Pay may know this row: as it stands there, with the zeros that a spreadsheet
    /// took off, or each of several in one cell. Empty where nothing of it can be read.
    #[must_use]
    pub fn numbers(&self) -> Vec<String> {
        let number = if self.number.is_empty() {
            self.value.trim()
        } else {
            self.number.as_str()
        };
        match self.reason {
            RowReason::LostZeros { digits } if digits <= LONGEST_NUMBER => {
                vec![number.to_owned(), format!("{number:0>digits$}")]
            }
            RowReason::Several => split_numbers(&self.value)
                .filter(|part| part.len() <= LONGEST_NUMBER)
                .map(clean_number)
                .collect(),
            RowReason::ZeroTail | RowReason::BeyondPrecision => number
                .get(..KEPT_DIGITS)
                .map(cut_number)
                .into_iter()
                .collect(),
            // Programs that take numbers for floating point put `.0` behind them.
            _ if number.ends_with(".0") => {
                let bare = number.trim_end_matches(".0");
                let is_number = !bare.is_empty() && bare.bytes().all(|b| b.is_ascii_digit());
                is_number.then(|| bare.to_owned()).into_iter().collect()
            }
            _ => exponent_form(number).map_or_else(
                || {
                    let known = Some(self.number.clone());
                    known
                        .filter(|number| !number.is_empty())
                        .into_iter()
                        .collect()
                },
                |form| vec![form],
            ),
        }
    }

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

/// Why a good row is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LeftOutReason {
    /// Paid by another means, as the file calls it.
    Channel(String),
    /// Paid with nothing at all: WeChat Pay books no such payment.
    Zero,
    /// A refund of nothing: points or a coupon went back, no money.
    ZeroRefund,
    /// Money that went back, as the file calls it: no order.
    Outgoing(String),
    /// A row of a list of refunds that is none, as the file calls it: a payment, an exchange of goods.
    NoRefund(String),
    /// Not paid, without a time, and without a number and a sum by which a payment could find it.
    Untimed,
    /// Not paid or not refunded yet, and without the number or the sum that it would have then.
    Unnumbered,
}

impl LeftOutReason {
    /// The reason in Chinese.
    #[must_use]
    pub fn zh(&self) -> String {
        match self {
            Self::Channel(word) => format!("支付方式是「{word}」，不是微信支付"),
            Self::Zero => "实付金额为 0，微信支付没有这种交易".to_owned(),
            Self::ZeroRefund => "退款金额为 0，微信支付没有这种退款".to_owned(),
            Self::Outgoing(word) => format!("「{word}」是退款或支出，不是订单"),
            Self::NoRefund(word) => format!("「{word}」不是退款"),
            Self::Untimed => "未付款，没有时间，也没有可用的单号和金额".to_owned(),
            Self::Unnumbered => "还没有付款（或退款），没有单号或金额".to_owned(),
        }
    }

    /// The reason in English.
    #[must_use]
    pub fn en(&self) -> String {
        match self {
            Self::Channel(word) => format!("paid by {word:?}, not by WeChat Pay"),
            Self::Zero => "paid with 0.00: WeChat Pay books no such payment".to_owned(),
            Self::ZeroRefund => "a refund of 0.00: WeChat Pay makes no such refund".to_owned(),
            Self::Outgoing(word) => format!("{word:?} is money that went back, and no order"),
            Self::NoRefund(word) => format!("{word:?} is no refund"),
            Self::Unnumbered => {
                "not paid (or not refunded) yet, without a number or a sum".to_owned()
            }
            Self::Untimed => {
                "not paid, without a time, and without a number and a sum to know it by".to_owned()
            }
        }
    }
}

/// A row that is good and not WeChat Pay's: counted, left out, its number known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// Where it lies.
    pub row: RowRef,
    /// Its order number.
    pub number: String,
    /// Why.
    pub reason: LeftOutReason,
}
