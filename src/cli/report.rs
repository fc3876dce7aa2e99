//! `recondesk report`: the report of a day or a month in every format, and the journal for the bookkeeping.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::CommandEnd;
use super::context::{CommandContext, not_written, profile_named};
use super::terminal_output::print;
use recondesk_app::jobs::report::journal::{self, JournalTemplate};
use recondesk_app::jobs::report::{
    Month, ReportMade, ReportRequest, forget_logo, of_day, of_month, set_logo,
};
use recondesk_app::{Failure, FailureKind, Message, ReportFormat};
use recondesk_domain::BillDate;

#[derive(Debug, Subcommand)]
pub(super) enum ReportCommand {
    /// 日报 | The report of a day
    Day(DayReport),
    /// 月报 | The report of a month
    Month(MonthReport),
    /// 记账凭证，供用友、金蝶等引入 | Journal vouchers for the bookkeeping
    Journal(JournalCommand),
    /// 打印一份凭证模板，供修改 | Print a journal template to start from
    Template(TemplateCommand),
    /// 报表上的商户标志 | The merchant's logo on its reports
    Logo(LogoCommand),
}

#[derive(Debug, Args)]
struct ReportTarget {
    /// 商户档案 | Profile
    #[arg(long, value_name = "NAME")]
    profile: String,
    /// 输出格式，不写时看文件名 | Format of the output; by the name of the file if left out
    #[arg(long, value_enum)]
    format: Option<FormatChoice>,
    /// 写到这个文件：.xlsx、.zip（CSV）、.html、.pdf | Write to this file: .xlsx, .zip (CSV), .html, .pdf
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FormatChoice {
    /// A workbook.
    Xlsx,
    /// An archive of CSV files.
    Csv,
    /// A page to print.
    Html,
    /// Pages to print or sign.
    Pdf,
}

impl FormatChoice {
    const fn format(self) -> ReportFormat {
        match self {
            Self::Xlsx => ReportFormat::Xlsx,
            Self::Csv => ReportFormat::Csv,
            Self::Html => ReportFormat::Html,
            Self::Pdf => ReportFormat::Pdf,
        }
    }
}

impl ReportTarget {
    /// What was asked for, else what the name of the file says: a page is never written under the name of a workbook
    /// unasked.
    fn format(&self) -> Result<ReportFormat, Failure> {
        if let Some(choice) = self.format {
            return Ok(choice.format());
        }
        let ending = self
            .out
            .extension()
            .unwrap_or_default()
            .to_ascii_lowercase();
        let mut all = FormatChoice::value_variants()
            .iter()
            .map(|one| one.format());
        all.find(|format| format.ending() == ending).ok_or_else(|| {
            Failure::new(
                FailureKind::Usage,
                "report.format",
                Message::new(
                    "从文件名看不出报表格式",
                    "The name of the file does not tell the format of the report",
                ),
                Message::new(
                    "文件名用 .xlsx、.zip、.html 或 .pdf 结尾，或加上 --format",
                    "End the name with .xlsx, .zip, .html or .pdf, or add --format",
                ),
            )
            .with_detail(self.out.display().to_string())
        })
    }
}

#[derive(Debug, Args)]
pub(super) struct DayReport {
    /// 账单日：YYYY-MM-DD 或 yesterday | Day: YYYY-MM-DD or yesterday
    #[arg(long, value_name = "D", default_value = "yesterday")]
    date: String,
    #[command(flatten)]
    target: ReportTarget,
}

#[derive(Debug, Args)]
pub(super) struct MonthReport {
    /// 月份：YYYY-MM 或 last | Month: YYYY-MM or last
    #[arg(long, value_name = "M", default_value = "last")]
    month: String,
    #[command(flatten)]
    target: ReportTarget,
}

#[derive(Debug, Args)]
pub(super) struct JournalCommand {
    /// 商户档案 | Profile
    #[arg(long, value_name = "NAME")]
    profile: String,
    /// 账单日：YYYY-MM-DD 或 yesterday | Day: YYYY-MM-DD or yesterday
    #[arg(long, value_name = "D", required_unless_present = "month")]
    date: Option<String>,
    /// 月份：YYYY-MM 或 last，每日一张凭证 | Month: YYYY-MM or last, one voucher a day
    #[arg(long, value_name = "M", conflicts_with = "date")]
    month: Option<String>,
    /// 模板：yonyou、kingdee 或模板文件 | Template: yonyou, kingdee or a file
    #[arg(long, value_name = "NAME|FILE", default_value = "yonyou")]
    template: String,
    /// 写到这个文件 | Write to this file
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct TemplateCommand {
    /// 哪一份 | Which
    #[arg(value_enum)]
    name: TemplateName,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum TemplateName {
    Yonyou,
    Kingdee,
}

impl TemplateName {
    const fn text(self) -> &'static str {
        match self {
            Self::Yonyou => journal::YONYOU,
            Self::Kingdee => journal::KINGDEE,
        }
    }
}

#[derive(Debug, Args)]
pub(super) struct LogoCommand {
    /// 商户档案 | Profile
    #[arg(long, value_name = "NAME")]
    profile: String,
    /// PNG 文件 | A PNG file
    #[arg(required_unless_present = "remove")]
    file: Option<PathBuf>,
    /// 去掉标志 | Remove the logo
    #[arg(long, conflicts_with = "file")]
    remove: bool,
}

pub(super) fn run(
    command: &ReportCommand,
    context: &CommandContext<'_>,
) -> Result<CommandEnd, Failure> {
    match command {
        ReportCommand::Day(report) => {
            let day = context.day(&report.date)?;
            write(&report.target, context, |request| of_day(request, day))
        }
        ReportCommand::Month(report) => {
            let month = month(&report.month, context)?;
            write(&report.target, context, |request| of_month(request, month))
        }
        ReportCommand::Journal(command) => write_journal(command, context),
        ReportCommand::Template(command) => {
            print(command.name.text().as_bytes())?;
            Ok(CommandEnd::Clean)
        }
        ReportCommand::Logo(command) => keep_logo(command, context),
    }
}

fn write(
    target: &ReportTarget,
    context: &CommandContext<'_>,
    make: impl FnOnce(&ReportRequest<'_>) -> Result<ReportMade, Failure>,
) -> Result<CommandEnd, Failure> {
    let format = target.format()?;
    CommandContext::check_out(Some(&target.out))?;
    let ports = context.open()?;
    let (id, profile) = profile_named(&ports, &target.profile)?;
    let made = make(&ReportRequest {
        ports: &ports,
        id,
        profile: &profile,
        language: context.lang,
        reporter: &context.terminal(),
    })?;
    let reports = context.reports();
    context.write_file(&target.out, &mut |out| {
        reports.write(&made.report, format, out)
    })?;
    let words = format!(
        "{} {}: {}",
        profile.name, made.report.period, made.report.sentence
    );
    context.tell(&words, &words);
    Ok(if made.needs_person {
        CommandEnd::NeedsPerson
    } else {
        CommandEnd::Clean
    })
}

/// A month as written on the command line: `YYYY-MM`, or `last` for the one before this, in Beijing.
fn month(text: &str, context: &CommandContext<'_>) -> Result<Month, Failure> {
    if text == "last" {
        return Ok(Month::of(context.clock().now().day()).before());
    }
    Month::parse(text).ok_or_else(|| {
        Failure::new(
            FailureKind::Usage,
            "usage.month",
            Message::new("月份无法识别", "Not a month"),
            Message::new(
                "写成 YYYY-MM，或 last（上个月）",
                "Write YYYY-MM, or last for the month before this one",
            ),
        )
        .with_detail(text)
    })
}

fn write_journal(
    command: &JournalCommand,
    context: &CommandContext<'_>,
) -> Result<CommandEnd, Failure> {
    CommandContext::check_out(Some(&command.out))?;
    let template = template(&command.template, context)?;
    let (first, last) = match (&command.date, &command.month) {
        (Some(date), _) => {
            let day = context.day(date)?;
            (day, day)
        }
        (None, Some(text)) => {
            let month = month(text, context)?;
            (month.first(), month.last())
        }
        (None, None) => {
            return Err(not_written(
                &command.out,
                &std::io::ErrorKind::InvalidInput.into(),
            ));
        }
    };
    let ports = context.open()?;
    let (id, profile) = profile_named(&ports, &command.profile)?;
    let request = ReportRequest {
        ports: &ports,
        id,
        profile: &profile,
        language: context.lang,
        reporter: &context.terminal(),
    };
    let journal = journal::of_days(&request, &template, first, last)?;
    context.write_file(&command.out, &mut |out| out.write_all(&journal.bytes))?;
    context.tell(
        &format!("{}：{} 张凭证，借贷相等", profile.name, journal.vouchers),
        &format!("{}: {} vouchers, balanced", profile.name, journal.vouchers),
    );
    let named = |days: &[BillDate]| {
        let days: Vec<String> = days.iter().map(BillDate::to_string).collect();
        days.join(" ")
    };
    if !journal.left_out.is_empty() {
        let days = named(&journal.left_out);
        context.tell(
            &format!("没有已校验账单或没有对账，未出凭证：{days}"),
            &format!("Without a verified bill or not compared, no voucher: {days}"),
        );
    }
    if !journal.changed.is_empty() {
        let days = named(&journal.changed);
        context.tell(
            &format!("账在对账之后变了，未出凭证，先重新对账：{days}"),
            &format!(
                "The books changed since they were compared, no voucher; compare again: {days}"
            ),
        );
    }
    if journal.left_out.is_empty() && journal.changed.is_empty() {
        return Ok(CommandEnd::Clean);
    }
    Ok(CommandEnd::NeedsPerson)
}

fn template(name: &str, context: &CommandContext<'_>) -> Result<JournalTemplate, Failure> {
    let built_in = match name {
        "yonyou" => Some(journal::YONYOU),
        "kingdee" => Some(journal::KINGDEE),
        _ => None,
    };
    if let Some(text) = built_in {
        return JournalTemplate::read(text);
    }
    let bytes = context.head(std::path::Path::new(name), 64 << 10)?;
    JournalTemplate::read(&String::from_utf8_lossy(&bytes))
}

fn keep_logo(command: &LogoCommand, context: &CommandContext<'_>) -> Result<CommandEnd, Failure> {
    let (ports, _guard) = context.open_to_write()?;
    let (id, _) = profile_named(&ports, &command.profile)?;
    match &command.file {
        Some(file) => {
            let png = context.head(file, recondesk_ports::Logo::MAX_BYTES)?;
            set_logo(ports.records.as_ref(), id, png)?;
        }
        None => forget_logo(ports.records.as_ref(), id)?,
    }
    Ok(CommandEnd::Clean)
}
