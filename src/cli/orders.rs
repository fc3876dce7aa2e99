//! `recondesk orders` and `recondesk refunds`: the merchant's own book.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::CommandEnd;
use super::context::{CommandContext, not_written, profile_named};
use super::speech::print_text;
use super::table::TextTable;
use recondesk_app::jobs::{orders, preview};
use recondesk_app::{Failure, FailureKind, Language as Lang, Message};
use recondesk_domain::{Fen, ProfileId};
use recondesk_intake::{
    IntakeError, KnownContext, Mapping, Plan, Preview, ReasonLanguage, RecordKind, Reject,
    RejectWriter, RowFate, UnitDoubt,
};
use recondesk_ports::{BooksError, OrdersImport, Ports, Scratch, Source};

/// Refused rows that are told on standard error; the rest goes to the reject file.
const TOLD: usize = 10;
/// No mapping file is larger.
const LARGEST_MAPPING: u64 = 256 * 1024;

#[derive(Debug, Subcommand)]
pub(super) enum OrdersCommand {
    /// 导入文件：CSV、TSV、XLSX | Import a file: CSV, TSV, XLSX
    Import(OrdersImportCommand),
}

#[derive(Debug, Args)]
pub(super) struct OrdersImportCommand {
    /// 文件 | File
    file: PathBuf,
    /// 商户档案 | Profile
    #[arg(long, value_name = "NAME")]
    profile: String,
    /// 列映射（TOML），导入成功后保存在档案里 | Column mapping (TOML), kept with the profile after a good import
    #[arg(long, value_name = "FILE.toml")]
    mapping: Option<PathBuf>,
    /// 只预览，不存入 | Preview only, store nothing
    #[arg(long)]
    dry_run: bool,
    /// 被拒收的行写到这个文件 | Write refused rows to this file
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
}

pub(super) fn run(
    OrdersCommand::Import(import): &OrdersCommand,
    kind: RecordKind,
    context: &CommandContext<'_>,
) -> Result<CommandEnd, Failure> {
    check_rejects(import)?;
    let ports = context.open()?;
    let (id, _) = profile_named(&ports, &import.profile)?;
    let mut source = context.source(&import.file)?;
    let (mapping, given) = mapping(&ports, id, import, (&mut source, kind))?;
    if import.dry_run {
        let beside = ports.books.beside(id, mapping.kind)?;
        return dry_run(context, source, (&mapping, &beside));
    }
    let headers = preview::look(&mut source, Some(&mapping))?;
    let mut rejects = Rejects::default();
    if import.rejects.is_some() {
        let plan = preview::plan(&mapping, &headers)?;
        rejects.spool(&ports, context.lang, &plan)?;
    }
    let done = {
        let terminal = context.terminal();
        let mut take = |reject: &Reject| rejects.take(reject);
        orders::import(
            ports.books.as_ref(),
            (id, &mapping),
            source,
            &mut take,
            &terminal,
        )?
    };
    let writer = rejects.writer.take();
    // Rows refused by an earlier import must not be taken for those of this one.
    let is_due = |path: &Path| rejects.count > 0 || done.is_new && path.exists();
    if let (Some(path), Some(writer)) = (
        import.rejects.as_deref().filter(|path| is_due(path)),
        writer,
    ) {
        let failed = rejects.failed.take();
        write_rejects(context, path, failed.map_or(Ok(writer), Err))?;
    }
    tell(context, &done, &rejects, import.rejects.as_deref());
    if done.is_new && done.good == 0 && done.bad > 0 {
        return Err(all_refused());
    }
    if given {
        let toml = mapping.to_toml();
        ports.records.set_mapping(id, &mapping.name, &toml)?;
    }
    Ok(CommandEnd::Clean)
}

/// Refused rows go to a place that can be written, and never over the rows that they come from.
fn check_rejects(import: &OrdersImportCommand) -> Result<(), Failure> {
    CommandContext::check_out(import.rejects.as_deref())?;
    let real = |path: &Path| std::fs::canonicalize(path).ok();
    let rejects = import.rejects.as_deref().and_then(real);
    if rejects.is_none() || rejects != real(&import.file) {
        return Ok(());
    }
    Err(Failure::new(
        FailureKind::Usage,
        "usage.rejects",
        Message::new(
            "--rejects 与导入的文件是同一个",
            "--rejects is the file that is imported",
        ),
        Message::new("换一个文件名", "Name another file"),
    )
    .with_detail(import.file.display().to_string()))
}

/// Refused rows: the first ones to be told, all of them on their way to a file. There may be millions.
#[derive(Default)]
struct Rejects {
    first: Vec<Reject>,
    count: u64,
    writer: Option<RejectWriter<Box<dyn Scratch>>>,
    failed: Option<std::io::Error>,
}

impl Rejects {
    /// Keeps every row that is refused in a nameless file.
    fn spool(&mut self, ports: &Ports, lang: Lang, plan: &Plan) -> Result<(), Failure> {
        let language = match lang {
            Lang::Zh => ReasonLanguage::Zh,
            Lang::En => ReasonLanguage::En,
        };
        let begun = ports
            .writers
            .scratch()
            .and_then(|scratch| RejectWriter::new(scratch, plan, language));
        self.writer = Some(begun.map_err(|error| not_written(Path::new("-"), &error))?);
        Ok(())
    }

    fn take(&mut self, reject: &Reject) {
        self.count = self.count.saturating_add(1);
        if self.first.len() < TOLD {
            self.first.push(reject.clone());
        }
        if let (Some(writer), None) = (&mut self.writer, &self.failed) {
            self.failed = writer.write(reject).err();
        }
    }
}

/// Hands the refused rows over, whole or not at all.
fn write_rejects(
    context: &CommandContext<'_>,
    path: &Path,
    kept: std::io::Result<RejectWriter<Box<dyn Scratch>>>,
) -> Result<(), Failure> {
    let source = kept
        .and_then(RejectWriter::finish)
        .and_then(|scratch| scratch.into_source("rejects"));
    let mut source = source.map_err(|error| not_written(path, &error))?;
    let mut fill =
        |out: &mut (dyn std::io::Write + Send)| std::io::copy(&mut source.bytes, out).map(drop);
    context.write_file(path, &mut fill)
}

/// The mapping to use, and whether it was given in a file.
fn mapping(
    ports: &Ports,
    id: ProfileId,
    import: &OrdersImportCommand,
    (source, kind): (&mut Source, RecordKind),
) -> Result<(Mapping, bool), Failure> {
    if let Some(path) = &import.mapping {
        let mut text = String::new();
        std::fs::File::open(path)
            .and_then(|file| file.take(LARGEST_MAPPING).read_to_string(&mut text))
            .map_err(|error| super::context::not_read(path, &error))?;
        return Ok((preview::read_mapping(&text, kind)?, true));
    }
    let mut saved = Vec::new();
    for name in ports.records.mappings(id)? {
        if let Some(toml) = ports.records.mapping(id, &name)?
            && let Ok(mapping) = Mapping::from_toml(&toml)
        {
            saved.push(mapping);
        }
    }
    Ok((preview::choose_mapping(source, &saved, kind)?, false))
}

fn tell(context: &CommandContext<'_>, done: &OrdersImport, rejects: &Rejects, file: Option<&Path>) {
    let lang = context.lang;
    if !done.is_new {
        context.tell(
            "这个文件已经导入过，没有变化",
            "This file was imported before, nothing changed",
        );
        return;
    }
    let sum = done.sum.map(Fen::grouped).unwrap_or_default();
    let days = done.days.map_or_else(String::new, |(first, last)| {
        if first == last {
            format!("  {first}")
        } else {
            format!("  {first} – {last}")
        }
    });
    let OrdersImport {
        good,
        added,
        changed,
        same,
        bad,
        others,
        ..
    } = done;
    context.tell(
        &format!("已导入 {good} 行：新增 {added}，更新 {changed}，相同 {same}；合计 ¥{sum}{days}"),
        &format!(
            "{good} rows imported: {added} new, {changed} changed, {same} the same; sum ¥{sum}{days}"
        ),
    );
    if *others > 0 {
        context.tell(
            &format!("另有 {others} 行属于其他商户，未导入"),
            &format!("{others} more rows are of other merchants and left to them"),
        );
    }
    if *bad == 0 {
        return;
    }
    let place = file.map_or_else(String::new, |file| format!(" → {}", file.display()));
    context.tell(
        &format!("拒收 {bad} 行{place}"),
        &format!("{bad} rows refused{place}"),
    );
    for reject in &rejects.first {
        let words = match lang {
            Lang::Zh => reject.zh(),
            Lang::En => reject.en(),
        };
        context.tell(&format!("  {words}"), &format!("  {words}"));
    }
}

fn dry_run(
    context: &CommandContext<'_>,
    source: Source,
    (mapping, beside): (&Mapping, &KnownContext),
) -> Result<CommandEnd, Failure> {
    let preview = {
        let terminal = context.terminal();
        preview::preview(source, (mapping, beside), &terminal)?
    };
    print_text(&preview_text(&preview, context.lang))?;
    let stats = &preview.stats;
    if stats.good == 0 && stats.bad > 0 {
        return Err(all_refused());
    }
    if stats.good == 0 && stats.others > 0 {
        let rows = stats.others;
        return Err(BooksError::Orders(Box::new(IntakeError::OthersOnly { rows })).into());
    }
    Ok(CommandEnd::Clean)
}

fn preview_text(preview: &Preview, lang: Lang) -> String {
    let mut table = TextTable::new([lang.pick("项目", "item"), lang.pick("值", "value")]);
    let guess = &preview.guess;
    let mut row = |zh, en, value: String| table.row([lang.pick(zh, en).to_owned(), value]);
    row("编码", "encoding", guess.encoding.name().to_owned());
    if let Some(delimiter) = guess.delimiter {
        row("分隔符", "delimiter", format!("{delimiter:?}"));
    }
    if let Some(sheet) = &guess.sheet {
        row("工作表", "sheet", sheet.clone());
    }
    row("列映射", "mapping", preview.mapping.name.clone());
    for (column, source) in &preview.mapping.columns {
        row("", "", format!("{} ← {source}", column.name()));
    }
    let stats = &preview.stats;
    row("可导入", "good rows", stats.good.to_string());
    row("拒收", "refused rows", stats.bad.to_string());
    if stats.others > 0 {
        let others = stats.others.to_string();
        row("其他商户的行", "rows of other merchants", others);
    }
    row(
        "金额合计",
        "sum",
        stats.sum().map(Fen::grouped).unwrap_or_default(),
    );
    if let (Some((first, _)), Some((last, _))) =
        (stats.days.first_key_value(), stats.days.last_key_value())
    {
        row("日期", "days", format!("{first} – {last}"));
    }
    for (word, count) in &stats.unmapped {
        row(
            "未映射状态词",
            "status word not mapped",
            format!("{word} × {count}"),
        );
    }
    let doubt = match preview.unit_doubt {
        Some(UnitDoubt::LooksLikeFen) => Some(("金额像是分", "the amounts look like fen")),
        Some(UnitDoubt::LooksLikeYuan) => Some(("金额像是元", "the amounts look like yuan")),
        None => None,
    };
    if let Some((zh, en)) = doubt {
        row("单位", "unit", lang.pick(zh, en).to_owned());
    }
    if !preview.knows_fulfilment {
        row(
            "发货状态",
            "delivery",
            lang.pick(
                "文件没有发货信息，无法发现「已收款未履约」",
                "not in the file: P03 cannot be found",
            )
            .to_owned(),
        );
    }
    let mut out = table.print();
    out.push('\n');
    out.push_str(&sample(preview, lang));
    for reject in &preview.rejects {
        out.push_str(&recondesk_domain::printable(&match lang {
            Lang::Zh => reject.zh(),
            Lang::En => reject.en(),
        }));
        out.push('\n');
    }
    out
}

/// The first rows as they would be stored.
fn sample(preview: &Preview, lang: Lang) -> String {
    let mut table = TextTable::new([
        lang.pick("行", "line"),
        lang.pick("单号", "number"),
        lang.pick("状态", "status"),
        lang.pick("金额", "amount"),
        lang.pick("时间", "time"),
    ])
    .right(3);
    for row in &preview.rows {
        let line = row.line.to_string();
        match &row.fate {
            RowFate::Order(order) => table.row([
                line,
                order.out_trade_no.to_string(),
                order.pay_status.word().to_owned(),
                order.amount.grouped(),
                order.created_at.to_string(),
            ]),
            RowFate::Refund(refund) => table.row([
                line,
                refund.out_refund_no.to_string(),
                refund.status.word().to_owned(),
                refund.amount.grouped(),
                refund.time().map(|t| t.to_string()).unwrap_or_default(),
            ]),
            RowFate::Refused(_) | RowFate::Blank => {}
        }
    }
    table.print()
}

fn all_refused() -> Failure {
    Failure::new(
        FailureKind::RefusedInput,
        "orders.all_refused",
        Message::new("没有一行可以导入", "Not a single row can be imported"),
        Message::new(
            "检查列映射和状态词，用 --dry-run 预览",
            "Check the mapping and the status words; --dry-run shows a preview",
        ),
    )
}
