//! `recondesk books`: all that the books hold, as files for other programs.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::CommandEnd;
use super::context::{CommandContext, profile_named};
use recondesk_app::jobs::books_export::{BooksExport, BooksExported, DayOf, TableWriters, export};
use recondesk_app::{Failure, FailureKind, Message};
use recondesk_domain::{BillDate, group_digits};

#[derive(Debug, Subcommand)]
pub(super) enum BooksCommand {
    /// 把订单、退款、账单、差异和差错单导出到一个文件夹，供数据仓库读取 | Export orders, refunds, bills, findings and cases to a folder, for data warehouses
    Export(BooksExportCommand),
}

/// How the tables are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum TableFormat {
    /// Apache Parquet, partitioned as Hive does.
    Parquet,
}

#[derive(Debug, Args)]
pub(super) struct BooksExportCommand {
    /// 写到这个文件夹：新的或空的，不覆盖任何内容 | Write to this folder: a new or an empty one, nothing is overwritten
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
    /// 文件格式 | Format of the files
    #[arg(long, value_enum, default_value_t = TableFormat::Parquet)]
    format: TableFormat,
    /// 商户档案，不写为全部 | Profile; all of them if left out
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// 从这一天起：YYYY-MM-DD 或 yesterday（北京时间） | From this day on: YYYY-MM-DD or yesterday (Beijing time)
    #[arg(long, value_name = "D")]
    from: Option<String>,
    /// 到这一天为止：YYYY-MM-DD 或 yesterday | Up to this day: YYYY-MM-DD or yesterday
    #[arg(long, value_name = "D")]
    to: Option<String>,
}

pub(super) fn run(
    command: &BooksCommand,
    context: &CommandContext<'_>,
) -> Result<CommandEnd, Failure> {
    let BooksCommand::Export(command) = command;
    let day = |text: &Option<String>| text.as_deref().map(|text| context.day(text)).transpose();
    let (from, to) = (day(&command.from)?, day(&command.to)?);
    let ports = context.open()?;
    let profiles = match &command.profile {
        Some(name) => vec![profile_named(&ports, name)?],
        None => ports.records.profiles()?,
    };
    if profiles.is_empty() {
        return Err(no_profiles());
    }
    let ask = BooksExport {
        profiles: &profiles,
        from,
        to,
        folder: &command.out,
    };
    let TableFormat::Parquet = command.format;
    let writers = TableWriters {
        files: context.files(),
        columns: context.columns(),
    };
    let exported = {
        let terminal = context.terminal();
        export(&ports, &ask, writers, &terminal)?
    };
    tell(&exported, context);
    Ok(if exported.needs_person() {
        CommandEnd::NeedsPerson
    } else {
        CommandEnd::Clean
    })
}

fn no_profiles() -> Failure {
    Failure::new(
        FailureKind::Usage,
        "profile.missing",
        Message::new(
            "还没有商户档案，没有可导出的",
            "There is no profile yet, and nothing to export",
        ),
        Message::new(
            "先用 recondesk profile add 新增",
            "Add one with recondesk profile add",
        ),
    )
}

fn tell(exported: &BooksExported, context: &CommandContext<'_>) {
    let (rows, files) = (
        group_digits(&exported.rows.to_string()),
        group_digits(&exported.files.to_string()),
    );
    context.tell(
        &format!("已导出 {rows} 行，{files} 个文件；逐个文件的行数、合计和摘要在 _manifest.json"),
        &format!(
            "{rows} rows in {files} files; _manifest.json has rows, sums and digest of each file"
        ),
    );
    for bill in &exported.quarantined {
        let (profile, day, file) = (&bill.profile, day_word(bill.day), &bill.file);
        context.tell(
            &format!("账单已隔离，它的行没有导出：{profile} {day} {file}"),
            &format!(
                "The bill is quarantined, none of its rows is exported: {profile} {day} {file}"
            ),
        );
    }
    for (days, zh, en) in [
        (
            &exported.outdated,
            "对账之后账又变了，差异是变化之前的；请重新对账后再导出",
            "The books have changed since they were compared, the findings are older; compare again, then export",
        ),
        (
            &exported.not_compared,
            "有账单但还没有对账，没有差异可导出",
            "A bill, but never compared: there are no findings",
        ),
    ] {
        if !days.is_empty() {
            let days = words(days);
            context.tell(&format!("{zh}：{days}"), &format!("{en}: {days}"));
        }
    }
}

/// Days by merchant: the first ones, and how many more.
fn words(days: &[DayOf]) -> String {
    const SHOWN: usize = 10;
    let mut out: Vec<String> = days
        .iter()
        .take(SHOWN)
        .map(|of| format!("{} {}", of.profile, day_word(of.day)))
        .collect();
    if let Some(more) = days.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        out.push(format!("+{more}"));
    }
    out.join(", ")
}

fn day_word(day: Option<BillDate>) -> String {
    day.map_or_else(|| "?".to_owned(), |day| day.to_string())
}
