//! What imports of bills and of merchant files share: progress, cancelling, and why they fail.

use crate::{Advice, Failure, FailureKind, Message, Progress, Reporter, Step};
use recondesk_domain::Term;
use recondesk_intake::StatementFault;
use recondesk_ports::{BooksError, ImportPart, Watch};
use wechatpay_codec::bill::{BillError, BodyKind, Certificate};

/// A reporter as the books see it.
pub(super) struct Watching<'a>(pub(super) &'a dyn Reporter);

impl Watch for Watching<'_> {
    fn at(&self, part: ImportPart, done: u64, total: Option<u64>) {
        let step = match part {
            ImportPart::Read => Step::Read,
            ImportPart::Sort => Step::Sort,
            ImportPart::Store => Step::Store,
            ImportPart::Send => Step::Send,
        };
        self.0.progress(Progress { step, done, total });
    }

    fn cancelled(&self) -> bool {
        self.0.cancelled()
    }
}

fn refused(code: &'static str, title: Message, advice: impl Into<Advice>) -> Failure {
    Failure::new(FailureKind::RefusedInput, code, title, advice)
}

impl From<BooksError> for Failure {
    fn from(error: BooksError) -> Self {
        match error {
            BooksError::Store(error) => error.into(),
            BooksError::Cancelled => Self::cancelled(),
            BooksError::Damaged { file, what } => Self::new(
                FailureKind::Workspace,
                "workspace.damaged",
                Message::new("工作区文件已损坏", "A file of the workspace is damaged"),
                super::care::ways_out(),
            )
            .with_detail(format!("{file}: {what}")),
            BooksError::Source(detail) => refused(
                "import.read",
                Message::new("文件读不出来", "The file cannot be read"),
                Message::new(
                    "确认文件完整、没有被其他程序占用后重试",
                    "Check that the file is whole and not held by another program, then try again",
                ),
            )
            .with_detail(detail),
            BooksError::TooMuch(what) => too_much(what),
            BooksError::NotABill { kind, head } => not_a_bill(kind, &head),
            BooksError::Bill(fault) => unreadable(
                "bill.unreadable",
                Message::new(
                    format!("账单读不出来：{}", fault.zh()),
                    format!("The bill cannot be read: {fault}"),
                ),
            ),
            BooksError::Fund(fault) => unreadable(
                "fund.unreadable",
                Message::new(
                    format!("资金账单读不出来：{}", fault.zh()),
                    format!("The fund-flow bill cannot be read: {fault}"),
                ),
            ),
            BooksError::Statement(fault) => statement_unreadable(&fault),
            BooksError::FundSum => fund_overflow(),
            BooksError::BillRefused(certificate) => bill_refused(&certificate),
            BooksError::Digest { expected, found } => refused(
                "bill.hash",
                Message::new(
                    "账单内容与微信支付给出的摘要不符",
                    "The bill differs from the digest that WeChat Pay announced",
                ),
                Message::new("重新下载", "Download it again"),
            )
            .with_detail(format!("SHA-1 {found}, {expected}"))
            .retryable(),
            BooksError::WhichDay(days) => which_day(&days),
            BooksError::Orders(error) => refused(
                "orders.file",
                Message::new(error.zh(), error.to_string()),
                Message::new(
                    "从商城系统重新导出后再导入",
                    "Export the file again from the shop system, then import it",
                ),
            ),
            BooksError::Mapping(error) => no_mapping(Message::new(error.zh(), error.to_string())),
        }
    }
}

fn which_day(days: &[String]) -> Failure {
    refused(
        "bill.which_day",
        Message::new(
            "账单里不止一天或没有明细，需指明账单日",
            "The bill has rows of several days, or none: name its day",
        ),
        Advice::by_place(
            Message::new("加上 --date YYYY-MM-DD", "Add --date YYYY-MM-DD"),
            Message::new(
                "只含一天的账单才能导入，重新下载那一天的",
                "A bill of one day can be imported; download that of the day again",
            ),
        ),
    )
    .with_detail(days.join(", "))
}

fn no_mapping(title: Message) -> Failure {
    refused(
        "orders.mapping",
        title,
        Advice::by_place(
            Message::new(
                "在导入窗口里选列，或用 recondesk mapping guess 文件 生成列映射后改正",
                "Choose the columns in the import window, or let recondesk mapping guess FILE write a mapping and mend it",
            ),
            Message::new(
                "在导入窗口里选列",
                "Choose the columns in the import window",
            ),
        ),
    )
}

/// A bank statement that is none, or has a row that cannot be read.
fn statement_unreadable(fault: &StatementFault) -> Failure {
    refused(
        "bank.unreadable",
        Message::new(
            format!("银行流水读不出来：{}", fault.zh()),
            format!("The bank statement cannot be read: {fault}"),
        ),
        Message::new(
            "从网银重新导出 CSV 或 Excel；一行读不出来，整份都不导入",
            "Export it from the bank again as CSV or Excel; where one row is unclear, none is taken",
        ),
    )
}

/// A file of WeChat Pay that is not as WeChat Pay delivered it.
fn unreadable(code: &'static str, title: Message) -> Failure {
    refused(
        code,
        title,
        Message::new(
            "请使用微信支付下载的原始文件，不要用表格软件另存",
            "Use the file as WeChat Pay delivered it, never one saved by a spreadsheet",
        ),
    )
}

fn too_much(what: Term) -> Failure {
    refused(
        "import.too_much",
        Message::new(
            format!("文件读不出来：{}", what.zh),
            format!("The file cannot be read: {}", what.en),
        ),
        Message::new(
            "确认文件完整后重新导出或下载；没有存入任何数据",
            "Check the file, then export or download it again; nothing was stored",
        ),
    )
}

/// Amounts of a fund-flow bill that no account can hold.
pub(super) fn fund_overflow() -> Failure {
    refused(
        "fund.overflow",
        Message::new("金额合计超出范围", "A sum of money is out of range"),
        Message::new(
            "这不是微信支付的资金账单，请重新下载",
            "This is no fund-flow bill of WeChat Pay: download it again",
        ),
    )
}

fn not_a_bill(kind: BodyKind, head: &[u8]) -> Failure {
    if kind == BodyKind::Json && download_url(head) {
        return refused(
            "bill.address",
            Message::new(
                "这是“申请交易账单”的应答：里面是账单的下载地址（download_url），不是账单",
                "The answer to asking for a bill: it holds the address of the bill (download_url), not the bill",
            ),
            Advice::by_place(
                Message::new(
                    "地址 5 分钟内有效，要带商户签名用 GET 下载；recondesk bill download 会连同摘要核对一起做完",
                    "The address is valid for 5 minutes and is fetched with a signed GET; recondesk bill download does both and checks the digest",
                ),
                Message::new(
                    "地址 5 分钟内有效；在“账单”里下载，会连同摘要核对一起做完",
                    "The address is valid for 5 minutes; download it under Bills, which checks the digest as well",
                ),
            ),
        );
    }
    let said = if kind == BodyKind::XmlError {
        Some(BillError::read(head))
    } else if kind == BodyKind::Json {
        BillError::read_json(head)
    } else {
        None
    };
    if let Some(error) = said {
        let kind = match error {
            BillError::NotReady => FailureKind::NotReady,
            _ => FailureKind::RefusedInput,
        };
        return Failure::new(
            kind,
            "bill.error_body",
            Message::new(
                format!("这不是账单，而是微信支付的错误信息：{}", error.zh()),
                format!("This is no bill but an error of WeChat Pay: {error}"),
            ),
            Message::new(
                "按错误信息处理后重新下载",
                "Mend the cause, then download again",
            ),
        );
    }
    refused(
        "bill.not_a_bill",
        Message::new(
            format!("不是交易账单：{}", kind.zh()),
            format!("Not a trade bill: {}", kind.en()),
        ),
        Message::new(
            "请选择微信支付商户平台或接口下载的交易账单",
            "Choose a trade bill as downloaded from the merchant platform or the API",
        ),
    )
}

/// True for the answer of APIv3 that says where a bill is fetched.
fn download_url(body: &[u8]) -> bool {
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    serde_json::from_slice::<serde_json::Value>(body.trim_ascii()).is_ok_and(|answer| {
        answer
            .get("download_url")
            .is_some_and(serde_json::Value::is_string)
    })
}

fn bill_refused(certificate: &Certificate) -> Failure {
    let reason = certificate.reasons.first();
    let title = reason.map_or_else(
        || Message::new("账单被拒绝", "The bill is refused"),
        |reason| Message::new(reason.zh.clone(), reason.en.clone()),
    );
    refused(
        "bill.refused",
        title,
        Message::new(
            "确认商户和日期，导入对应的原始账单；没有存入任何数据",
            "Check merchant and day, and import the original bill; nothing was stored",
        ),
    )
}
