//! What is wrong with a workbook, in both languages; `Display` is English.

/// Damage in one part of a workbook.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// The part ends before its content does.
    #[error("it is cut off")]
    CutOff,
    /// The part is not in the container.
    #[error("it is missing")]
    Missing,
    /// More files than any workbook has.
    #[error("too many files")]
    TooManyFiles,
    /// A document type, which may name other files.
    #[error("document types are not allowed")]
    DocType,
    /// Elements within elements beyond any workbook.
    #[error("its elements are nested too deeply")]
    TooDeep,
    /// Attributes that are none.
    #[error("bad attributes")]
    Attributes,
    /// A reference to something that is not there.
    #[error("unknown reference")]
    Reference,
    /// Rows that are not counted upwards.
    #[error("bad row number")]
    RowNumber,
    /// A cell that cannot be placed or read.
    #[error("bad cell")]
    Cell,
    /// A row beyond the limit of a record.
    #[error("the row is longer than allowed")]
    RowTooLong,
    /// The relations of the workbook do not lead to the sheet.
    #[error("the sheet has no part")]
    NoPart,
    /// There is no sheet in it.
    #[error("there is no sheet in it")]
    NoSheets,
    /// The part is of another kind: a chart, for instance.
    #[error("<{0}> is not a sheet of cells")]
    NotCells(String),
    /// Something that is neither row nor cell stands among them.
    #[error("<{0}> is neither row nor cell")]
    Foreign(String),
    /// What the container or the XML says of itself.
    #[error("{0}")]
    Broken(String),
}

impl Damage {
    /// The sentence in Chinese.
    #[must_use]
    pub fn zh(&self) -> String {
        match self {
            Self::CutOff => "内容被截断".to_owned(),
            Self::Missing => "缺少这个部件".to_owned(),
            Self::TooManyFiles => "文件太多".to_owned(),
            Self::DocType => "不允许文档类型声明".to_owned(),
            Self::TooDeep => "元素嵌套太深".to_owned(),
            Self::Attributes => "属性无法识别".to_owned(),
            Self::Reference => "引用不存在".to_owned(),
            Self::RowNumber => "行号不对".to_owned(),
            Self::Cell => "单元格无法识别".to_owned(),
            Self::RowTooLong => "这一行超过允许的长度".to_owned(),
            Self::NoPart => "找不到工作表的内容".to_owned(),
            Self::NoSheets => "里面没有工作表".to_owned(),
            Self::NotCells(name) => format!("<{name}> 不是单元格工作表"),
            Self::Foreign(name) => format!("<{name}> 不是行也不是单元格"),
            Self::Broken(what) => format!("格式损坏（{what}）"),
        }
    }
}
