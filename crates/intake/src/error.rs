//! Why a file is refused as a whole, in both languages; `Display` is English.

use super::{Column, Damage, Encoding, TomlSlip};

/// A mapping cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    /// Not TOML, or not of the documented form.
    #[error("the mapping is not of the documented form: {0}")]
    Toml(TomlSlip),
    /// A needed column is not mapped.
    #[error("the mapping lacks the needed column {}", .0.name())]
    Lacking(Column),
    /// A column of the other kind of file.
    #[error("column {} does not belong to this kind of file", .0.name())]
    Foreign(Column),
    /// A column is mapped to nothing.
    #[error("column {} names no source column", .0.name())]
    EmptySource(Column),
    /// A clock without a date, or beside a column that holds no time.
    #[error("[clocks] has {}, which is no time column of the mapping", .0.name())]
    Clock(Column),
    /// The delimiter is none of comma, tab, semicolon, bar.
    #[error("the delimiter {0:?} is none of comma, tab, semicolon, bar")]
    Delimiter(char),
    /// The form of times cannot be used.
    #[error("the time format {0:?} cannot be used")]
    TimeFormat(String),
    /// No clock is so far from Greenwich.
    #[error("utc_offset_minutes {0} is none of -840 to 840")]
    Offset(i32),
    /// Both a canonical status column and a table of words.
    #[error("{} is set by its own column and by [status] at once", .0.name())]
    StatusTwice(Column),
    /// The table of words has no column or no words.
    #[error("[status] needs a column and at least one word")]
    NoWords,
    /// Two words are the same but for white space.
    #[error("the status word {0:?} stands twice")]
    WordTwice(String),
    /// A status word is mapped to something that is no canonical word.
    #[error("the status word {word:?} is mapped to {value:?}, which is no canonical status")]
    WordMeaning {
        /// Source word.
        word: String,
        /// What the mapping says.
        value: String,
    },
    /// The file has no such column.
    #[error("the file has no column {source_name:?} (for {}); it has: {present}", .column.name())]
    Absent {
        /// Canonical column.
        column: Column,
        /// Source header looked for.
        source_name: String,
        /// Headers of the file.
        present: String,
    },
    /// A mapped source header stands more than once in the file.
    #[error("the column {0:?} stands more than once in the file")]
    Ambiguous(String),
    /// More columns than are read of a row.
    #[error("the mapping names more columns than are read of a row")]
    TooManyColumns,
    /// The file's headers do not suffice to guess a mapping.
    #[error("no mapping fits the headers ({present}); missing: {missing}")]
    NoGuess {
        /// Canonical columns for which nothing fits.
        missing: String,
        /// Headers of the file.
        present: String,
    },
}

impl MappingError {
    /// The sentence in Chinese.
    #[must_use]
    pub fn zh(&self) -> String {
        match self {
            Self::Toml(slip) => format!("映射文件格式不对：{}", slip.message().zh),
            Self::Lacking(column) => format!("映射缺少必需列 {}", column.name()),
            Self::Foreign(column) => format!("列 {} 不属于这类文件", column.name()),
            Self::EmptySource(column) => format!("列 {} 没有指定来源列", column.name()),
            Self::Clock(column) => format!("[clocks] 里的 {} 不是映射中的时间列", column.name()),
            Self::Delimiter(sign) => format!("分隔符 {sign:?} 不是逗号、制表符、分号或竖线"),
            Self::TimeFormat(form) => format!("时间格式 {form:?} 不能用"),
            Self::Offset(minutes) => {
                format!("utc_offset_minutes {minutes} 不在 -840 到 840 之间")
            }
            Self::StatusTwice(column) => {
                format!("{} 同时由列和 [status] 状态词表设定", column.name())
            }
            Self::NoWords => "[status] 需要来源列和至少一个状态词".to_owned(),
            Self::WordTwice(word) => format!("状态词「{word}」重复"),
            Self::WordMeaning { word, value } => {
                format!("状态词「{word}」映射为「{value}」，不是规范状态")
            }
            Self::Absent {
                column,
                source_name,
                present,
            } => format!(
                "文件里没有列「{source_name}」（用于 {}）；现有列：{present}",
                column.name()
            ),
            Self::Ambiguous(name) => format!("列「{name}」在文件里出现多次"),
            Self::TooManyColumns => "映射的列太多".to_owned(),
            Self::NoGuess { missing, present } => {
                format!("按表头推断不出映射，缺少 {missing}；现有列：{present}")
            }
        }
    }
}

/// What a file is when it is not a merchant file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotOrders {
    /// A trade or fund bill of WeChat Pay.
    WechatBill,
    /// The bill a consumer exports from the WeChat app.
    ConsumerExport,
    /// The old binary Excel format.
    Xls,
    /// Another document in the container of old office files.
    Ole,
    /// A web page, often an Excel export in disguise or a log-in page.
    Html,
    /// XML, often an error answer.
    Xml,
    /// A gzip file.
    Gzip,
    /// A PDF.
    Pdf,
    /// JSON.
    Json,
    /// A zip file that is no workbook.
    Zip,
    /// Binary data of no known kind.
    Binary,
}

impl NotOrders {
    /// What it is and what to do, in Chinese.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::WechatBill => "这是一份微信支付账单，请按账单导入",
            Self::ConsumerExport => {
                "这是微信 App 导出的个人账单，不是商户订单；请从商城系统导出订单"
            }
            Self::Xls => "这是旧版 Excel 文件（.xls），请另存为 .xlsx 或导出 CSV",
            Self::Ole => "这是旧版 Office 文件，但里面没有工作簿",
            Self::Html => "这是网页，里面没有表格（可能是登录页）；请从商城系统导出订单",
            Self::Xml => "这是 XML，不是订单文件",
            Self::Gzip => "这是 gzip 压缩文件，请先解压",
            Self::Pdf => "这是 PDF，请导出 CSV 或 .xlsx",
            Self::Json => "这是 JSON，请导出 CSV 或 .xlsx",
            Self::Zip => "这是压缩包，请先解压",
            Self::Binary => "这不是文本，也不是 .xlsx",
        }
    }

    /// What it is and what to do, in English.
    #[must_use]
    pub const fn en(self) -> &'static str {
        match self {
            Self::WechatBill => "this is a bill of WeChat Pay: import it as a bill",
            Self::ConsumerExport => {
                "this is the consumer's own export of the WeChat app, not a merchant's orders: export the orders from the shop system"
            }
            Self::Xls => "this is an old Excel file (.xls): save it as .xlsx or export CSV",
            Self::Ole => "this is an old Office file without a workbook in it",
            Self::Html => {
                "this is a web page without a table (a login page?): export the orders from the shop system"
            }
            Self::Xml => "this is XML, not an orders file",
            Self::Gzip => "this is a gzip file: unpack it first",
            Self::Pdf => "this is a PDF: export CSV or .xlsx",
            Self::Json => "this is JSON: export CSV or .xlsx",
            Self::Zip => "this is an archive: unpack it first",
            Self::Binary => "this is neither text nor .xlsx",
        }
    }
}

/// A file is refused as a whole.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IntakeError {
    /// The file cannot be read.
    #[error("the file cannot be read: {0}")]
    Read(String),
    /// It is another sort of file.
    #[error("{}", .0.en())]
    NotOrders(NotOrders),
    /// There is no header row.
    #[error("the file is empty")]
    Empty,
    /// The mapping does not fit.
    #[error(transparent)]
    Mapping(#[from] MappingError),
    /// A record has no end within the limit.
    #[error("line {line} (byte {offset}) has no end within {limit} bytes")]
    LineTooLong {
        /// Line where the record begins.
        line: u32,
        /// Its first byte.
        offset: u64,
        /// The limit.
        limit: usize,
    },
    /// A quote is never closed.
    #[error("the quote opened in the record at line {line} (byte {offset}) is never closed")]
    UnclosedQuote {
        /// Line where the record begins.
        line: u32,
        /// Its first byte.
        offset: u64,
    },
    /// A record has more columns than any table.
    #[error("line {line} has more than {limit} columns")]
    TooManyColumns {
        /// The line.
        line: u32,
        /// The limit.
        limit: usize,
    },
    /// More lines than a row number holds.
    #[error("the file has more than 4,294,967,295 lines")]
    TooManyLines,
    /// Not one row is of the merchant whose file this should be.
    #[error("no row is of this merchant: all {rows} name another one")]
    OthersOnly {
        /// Rows of other merchants.
        rows: u64,
    },
    /// Bytes that the encoding does not have, in a place where nothing can be told any more.
    #[error("byte {offset} is not {}", .encoding.name())]
    Encoding {
        /// The first such byte.
        offset: u64,
        /// The encoding.
        encoding: Encoding,
    },
    /// A workbook unpacks to more than is allowed.
    #[error("the workbook unpacks to more than {limit} bytes")]
    Bomb {
        /// The limit.
        limit: u64,
    },
    /// A workbook is damaged.
    #[error("the workbook is damaged in {part}: {what}")]
    Workbook {
        /// Which part, with the row where there is one.
        part: String,
        /// What is wrong.
        what: Damage,
    },
    /// The workbook has no such sheet.
    #[error("the workbook has no sheet {name:?}; it has: {present}")]
    NoSheet {
        /// The name.
        name: String,
        /// What there is.
        present: String,
    },
    /// Only a sheet that people do not see has such rows.
    #[error("only the hidden sheet {0:?} has such rows: name it in the mapping if it is meant")]
    HiddenSheet(String),
    /// The workbook can be opened with a password only.
    #[error("the workbook is protected by a password: save it without one, then import it")]
    Protected,
    /// A format that is read as a whole, with more cells than is allowed.
    #[error(
        "the workbook has more than {limit} cells, which this format is not read with: save it as .xlsx or CSV"
    )]
    TooManyCells {
        /// The limit.
        limit: usize,
    },
    /// A person stopped it.
    #[error("cancelled")]
    Cancelled,
}

impl IntakeError {
    /// The sentence in Chinese.
    #[must_use]
    pub fn zh(&self) -> String {
        match self {
            Self::Read(what) => format!("文件读不出来：{what}"),
            Self::NotOrders(what) => what.zh().to_owned(),
            Self::Empty => "文件是空的".to_owned(),
            Self::Mapping(error) => error.zh(),
            Self::LineTooLong {
                line,
                offset,
                limit,
            } => format!("第 {line} 行（字节 {offset}）超过 {limit} 字节仍未结束"),
            Self::UnclosedQuote { line, offset } => {
                format!("第 {line} 行（字节 {offset}）的引号没有结束")
            }
            Self::TooManyColumns { line, limit } => format!("第 {line} 行超过 {limit} 列"),
            Self::TooManyLines => "文件超过 4,294,967,295 行".to_owned(),
            Self::OthersOnly { rows } => {
                format!("文件里没有本商户的行：{rows} 行的商户号都不是本商户")
            }
            Self::Encoding { offset, encoding } => {
                format!("字节 {offset} 不是 {} 编码", encoding.name())
            }
            Self::Bomb { limit } => format!("工作簿解开后超过 {limit} 字节，拒绝读取"),
            Self::Workbook { part, what } => format!("工作簿损坏（{part}）：{}", what.zh()),
            Self::NoSheet { name, present } => {
                format!("工作簿里没有工作表「{name}」；现有：{present}")
            }
            Self::HiddenSheet(name) => {
                format!("只有隐藏的工作表「{name}」里有这样的行；确要导入请在映射里写明 sheet")
            }
            Self::Protected => "工作簿有密码保护，请去掉密码另存后再导入".to_owned(),
            Self::TooManyCells { limit } => {
                format!("工作簿超过 {limit} 个单元格，这种格式不能读这么大；请另存为 .xlsx 或 CSV")
            }
            Self::Cancelled => "已取消".to_owned(),
        }
    }
}

impl From<std::io::Error> for IntakeError {
    fn from(error: std::io::Error) -> Self {
        Self::Read(error.to_string())
    }
}
