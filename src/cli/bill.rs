//! `recondesk bill`: fetching, importing and certifying WeChat Pay's bills.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::CommandEnd;
use super::context::{CommandContext, profile_named};
use super::profile::ListFormat;
use super::table::TextTable;
use super::terminal_output::{print_json, print_text};
use recondesk_app::jobs::bill_archive::PassedOver;
use recondesk_app::jobs::bills::BillOutcome;
use recondesk_app::jobs::day::{self, Arrived};
use recondesk_app::jobs::download::BillType;
use recondesk_app::jobs::{backfill, bill_archive, bills, check};
use recondesk_app::{Failure, FailureKind, Language as Lang, MerchantRef, Message};
use recondesk_ports::{BillImport, Stored};
use wechatpay_codec::bill::{BodyKind, Certificate, Verdict};

#[derive(Debug, Subcommand)]
pub(super) enum BillCommand {
    /// 从网关下载并导入 | Download from the gateway and import
    Download(Download),
    /// 补齐三个月内缺的账单，最旧的先取 | Fetch every missing bill of the three months, oldest first
    Backfill(BackfillCommand),
    /// 导入账单文件 | Import a bill file
    Import(BillImportCommand),
    /// 检查账单文件，不存入，不需要档案 | Certify a bill file: stores nothing, needs no profile
    Check(BillCheckCommand),
}

#[derive(Debug, Args)]
pub(super) struct Download {
    /// 商户档案 | Profile
    #[arg(long, value_name = "NAME")]
    profile: String,
    /// 账单日：YYYY-MM-DD 或 yesterday | Day: YYYY-MM-DD or yesterday
    #[arg(long, value_name = "D")]
    date: String,
    /// 账单类型 | Which rows
    #[arg(long = "type", value_enum, default_value_t = BillKindChoice::All)]
    kind: BillKindChoice,
}

#[derive(Debug, Args)]
pub(super) struct BackfillCommand {
    /// 商户档案 | Profile
    #[arg(long, value_name = "NAME")]
    profile: String,
    /// 只列出缺的日子，不下载 | List the missing days only, fetch nothing
    #[arg(long)]
    list: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum BillKindChoice {
    All,
    Success,
    Refund,
}

#[derive(Debug, Args)]
pub(super) struct BillImportCommand {
    /// 账单文件，明文、gzip，或装着账单的 zip；合并的多天账单按天拆开 | Bill file, plain or gzip, or a zip with bills; one of several days is split by day
    file: PathBuf,
    /// 商户档案 | Profile
    #[arg(long, value_name = "NAME")]
    profile: String,
    /// 账单日：YYYY-MM-DD 或 yesterday；默认取账单里的日期 | Day: YYYY-MM-DD or yesterday; by default the day in the bill
    #[arg(long, value_name = "D")]
    date: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct BillCheckCommand {
    /// 账单文件，明文、gzip，或装着账单的 zip | Bill file, plain or gzip, or a zip with bills
    file: PathBuf,
    /// 输出格式 | Format of the output
    #[arg(long, value_enum, default_value_t = ListFormat::Table)]
    format: ListFormat,
}

pub(super) fn run(
    command: &BillCommand,
    context: &CommandContext<'_>,
) -> Result<CommandEnd, Failure> {
    match command {
        BillCommand::Download(command) => download(command, context),
        BillCommand::Backfill(command) => backfill(command, context),
        BillCommand::Import(command) => import(command, context),
        BillCommand::Check(command) => certify(command, context),
    }
}

fn download(command: &Download, context: &CommandContext<'_>) -> Result<CommandEnd, Failure> {
    let date = context.day(&command.date)?;
    let kind = match command.kind {
        BillKindChoice::All => BillType::All,
        BillKindChoice::Success => BillType::Success,
        BillKindChoice::Refund => BillType::Refund,
    };
    let ports = context.open()?;
    let (id, profile) = profile_named(&ports, &command.profile)?;
    let arrived = {
        let terminal = context.terminal();
        day::fetch(
            &ports,
            MerchantRef::new(id, &profile),
            date,
            kind,
            &terminal,
        )?
    };
    match arrived {
        Arrived::Bill(import) => tell(context, &import),
        Arrived::NoBill => {
            context.tell(
                &format!("{date} 当日无交易，没有账单"),
                &format!("{date}: nothing happened, there is no bill"),
            );
            Ok(CommandEnd::Clean)
        }
    }
}

/// One line a day on standard output: day, what became of it, rows. The last failure decides the exit code.
fn backfill(
    command: &BackfillCommand,
    context: &CommandContext<'_>,
) -> Result<CommandEnd, Failure> {
    let ports = context.open()?;
    let (id, profile) = profile_named(&ports, &command.profile)?;
    let missing = backfill::missing_of(&ports, id)?;
    if command.list || missing.is_empty() {
        let lines: Vec<String> = missing.iter().map(|day| format!("{day}\n")).collect();
        print_text(&lines.concat())?;
        let count = missing.len();
        context.tell(
            &format!("缺 {count} 天的账单"),
            &format!("{count} bills are missing"),
        );
        return Ok(CommandEnd::Clean);
    }
    let terminal = context.terminal();
    let done = backfill::run(
        &ports,
        MerchantRef::new(id, &profile),
        backfill::PACE,
        &terminal,
        &mut |_| {},
    )?;
    drop(terminal);
    let mut lines = String::new();
    let mut last = None;
    for entry in done {
        let day = entry.day;
        match entry.arrived {
            Ok(Arrived::Bill(import)) => {
                let _written = writeln!(lines, "{day}\tbill\t{}", import.record.rows);
            }
            Ok(Arrived::NoBill) => {
                let _written = writeln!(lines, "{day}\tno_bill\t");
            }
            Err(failure) => {
                let _written = writeln!(lines, "{day}\t{}\t", failure.code);
                last = Some(failure);
            }
        }
    }
    print_text(&lines)?;
    match last {
        Some(failure) => Err(failure),
        None => Ok(CommandEnd::Clean),
    }
}

fn import(
    command: &BillImportCommand,
    context: &CommandContext<'_>,
) -> Result<CommandEnd, Failure> {
    let date = match &command.date {
        Some(text) => Some(context.day(text)?),
        None => None,
    };
    let ports = context.open()?;
    let (id, profile) = profile_named(&ports, &command.profile)?;
    let source = context.source(&command.file)?;
    let found = bill_archive::bills_in(ports.writers.as_ref(), source)?;
    let all = {
        let terminal = context.terminal();
        let books = ports.books.as_ref();
        bills::import_found(
            books,
            MerchantRef::new(id, &profile),
            found.bills,
            date,
            &terminal,
        )?
    };
    let mut end = CommandEnd::Clean;
    let mut ends = Vec::new();
    for BillOutcome { name, done } in all.outcomes {
        let told = done.and_then(|done| tell(context, &done));
        if let Ok(found) = &told
            && *found != CommandEnd::Clean
        {
            end = *found;
        }
        ends.push((name, told.map(|_| ())));
    }
    for other in all.other_days {
        context.tell(
            &format!("文件里还有 {other} 的账单，没有要求导入（--date）"),
            &format!("The file also holds the bill of {other}, which was not asked for (--date)"),
        );
    }
    tell_passed(context, &found.passed);
    bills::refused_of(ends).map_or(Ok(end), Err)
}

/// Files of the archive that were left, with the way to take one where there is one.
fn tell_passed(context: &CommandContext<'_>, passed: &[PassedOver]) {
    for passed in passed {
        let Message { zh, en } = passed.told();
        if passed.kind == BodyKind::FundFlow {
            context.tell(
                &format!("{zh}：recondesk funds --file 文件"),
                &format!("{en}: recondesk funds --file FILE"),
            );
        } else {
            context.tell(&zh, &en);
        }
    }
}

/// What became of a bill; a quarantined one is refused input.
pub(super) fn tell(context: &CommandContext<'_>, done: &BillImport) -> Result<CommandEnd, Failure> {
    let day = done.day.map(|day| day.to_string()).unwrap_or_default();
    let rows = done.record.rows;
    let mut end = CommandEnd::Clean;
    match done.stored {
        Stored::New => context.tell(
            &format!("账单已导入：{day}，{rows} 行，汇总相符"),
            &format!("Bill imported: {day}, {rows} rows, totals agree"),
        ),
        Stored::Replaced => {
            context.tell(
                &format!("账单已导入：{day}，{rows} 行，取代了内容不同的旧账单（B07），需要有人核对"),
                &format!("Bill imported: {day}, {rows} rows, in place of another one (B07): somebody must look"),
            );
            end = CommandEnd::NeedsPerson;
        }
        Stored::Unchanged => context.tell(
            &format!("{day} 的账单已经导入过，没有变化"),
            &format!("The bill of {day} was imported before, nothing changed"),
        ),
        Stored::Quarantined => return Err(quarantined(done)),
    }
    if let Some(saved) = bills::saved_again(done) {
        context.tell(saved.zh(true), saved.en(true));
    }
    Ok(end)
}

fn quarantined(done: &BillImport) -> Failure {
    let Message { zh, en } = bills::first_reason(done).unwrap_or_default();
    Failure::new(
        FailureKind::RefusedInput,
        "bill.quarantined",
        Message::new(
            format!("账单已隔离，不能用于对账：{zh}"),
            format!("The bill is quarantined and is no evidence: {en}"),
        ),
        Message::new(
            "重新下载这一天的账单",
            "Download the bill of that day again",
        ),
    )
    .with_detail(done.record.name.clone())
}

fn certify(
    command: &BillCheckCommand,
    context: &CommandContext<'_>,
) -> Result<CommandEnd, Failure> {
    let mut checked = Vec::new();
    let found = bill_archive::bills_for_a_look(context.source(&command.file)?)?;
    for bill in found.bills {
        let name = bill.source.name.clone();
        let terminal = context.terminal();
        checked.push((name, check::check(bill.source, &terminal)?));
    }
    tell_passed(context, &found.passed);
    match (checked.as_slice(), command.format) {
        ([(_, only)], ListFormat::Json) => print_json(only)?,
        (all, ListFormat::Json) => {
            let all: Vec<&Certificate> = all.iter().map(|(_, one)| one).collect();
            print_json(&all)?;
        }
        ([(_, only)], _) => print_text(&certificate_text(only, context.lang))?,
        (all, _) => {
            let each = all
                .iter()
                .map(|(name, one)| format!("{name}\n{}\n", certificate_text(one, context.lang)));
            print_text(&each.collect::<String>())?;
        }
    }
    let bad = checked
        .iter()
        .find(|(_, certificate)| certificate.verdict != Verdict::Verified);
    let Some((name, certificate)) = bad else {
        return Ok(CommandEnd::Clean);
    };
    let reason = certificate.reasons.first();
    Err(Failure::new(
        FailureKind::RefusedInput,
        "bill.check",
        reason.map_or_else(Message::default, |reason| {
            Message::new(reason.zh.clone(), reason.en.clone())
        }),
        Message::new(
            "使用微信支付下载的原始文件，或重新下载",
            "Use the file as WeChat Pay delivered it, or download it again",
        ),
    )
    .with_detail(name.clone()))
}

fn certificate_text(certificate: &Certificate, lang: Lang) -> String {
    let mut table = TextTable::new([lang.pick("项目", "item"), lang.pick("值", "value")]);
    let mut row = |zh, en, value: String| table.row([lang.pick(zh, en).to_owned(), value]);
    let verdict = match certificate.verdict {
        Verdict::Verified => lang.pick("可信", "verified"),
        Verdict::Quarantined => lang.pick("隔离", "quarantined"),
        Verdict::Refused => lang.pick("拒绝", "refused"),
    };
    row("结论", "verdict", verdict.to_owned());
    row("格式", "layout", certificate.layout.clone());
    row("字节", "bytes", certificate.bytes.to_string());
    row("行数", "rows", certificate.rows.to_string());
    row("日期", "days", certificate.days.join(", "));
    let merchants: Vec<&str> = certificate
        .merchants
        .iter()
        .map(|merchant| merchant.mch_id.as_str())
        .collect();
    row("商户号", "mch_id", merchants.join(", "));
    row("SHA-256", "SHA-256", certificate.digests.sha256.clone());
    for identity in &certificate.identities {
        let mark = if identity.holds { "✓" } else { "✗" };
        // I3 and I4 hold row by row: what counts is how many rows break them.
        let value = if matches!(identity.id, "I1" | "I2") {
            format!("{mark} {} = {}", identity.expected, identity.actual)
        } else {
            format!("{mark} {}", identity.actual)
        };
        let name = format!("{} {}", identity.id, identity.name);
        table.row([name, value]);
    }
    for name in &certificate.unknown_columns {
        let item = lang.pick("未知列", "unknown column").to_owned();
        table.row([item, name.clone()]);
    }
    for reason in &certificate.reasons {
        let text = lang.pick(&reason.zh, &reason.en).to_owned();
        table.row([reason.code.to_owned(), text]);
    }
    table.print()
}
