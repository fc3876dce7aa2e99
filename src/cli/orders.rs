//! `recondesk orders` and `recondesk refunds`: the merchant's own book.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::CommandEnd;
use super::context::{CommandContext, not_written, profile_named};
use super::mapping::{given_bill, read_mapping};
use super::order_preview::{column_name, preview_text};
use super::terminal_output::print_text;
use recondesk_app::jobs::intake::{
    self, MappingChoice, MappingOrigin, ProofBills, ProposedMapping, attention, remarks,
};
use recondesk_app::{Failure, FailureKind, Language as Lang, Message};
use recondesk_domain::Fen;
use recondesk_intake::{
    Column, IntakeError, KnownContext, Mapping, MappingError, Plan, ReasonLanguage, RecordKind,
    Reject, RejectWriter,
};
use recondesk_ports::{BooksError, OrdersImport, OrdersTarget, Ports, Scratch, Source};

/// Refused rows that are told on standard error; the rest goes to the reject file.
const TOLD: usize = 10;

#[derive(Debug, Subcommand)]
pub(super) enum OrdersCommand {
    /// 导入文件：CSV、TSV、Excel、ODS，或装着其中一个的 zip | Import a file: CSV, TSV, Excel, ODS, or a zip with one of these
    Import(OrdersImportCommand),
}

#[derive(Debug, Args)]
pub(super) struct OrdersImportCommand {
    /// 文件 | File
    file: PathBuf,
    /// 商户档案 | Profile
    #[arg(long, value_name = "NAME")]
    profile: String,
    /// 列映射（TOML），导入成功后保存在档案里；用 mapping guess 生成 | Column mapping (TOML), kept with the profile after a good import; mapping guess writes one
    #[arg(long, value_name = "FILE.toml")]
    mapping: Option<PathBuf>,
    /// 用这份账单验证列映射，不导入账单 | Prove the mapping by this bill; the bill is not imported
    #[arg(long, value_name = "FILE")]
    bill: Option<PathBuf>,
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
    let mut source = intake::open(ports.writers.as_ref(), context.source(&import.file)?)?;
    let choice = match &import.mapping {
        Some(path) => MappingChoice::Given(Box::new(read_mapping(path, Some(kind))?)),
        None => MappingChoice::Any(Some(kind)),
    };
    let pays = import
        .bill
        .as_deref()
        .map(|path| given_bill(context, &ports, path))
        .transpose()?;
    let bills = pays.as_deref().map(ProofBills::Given);
    let chosen = intake::choose(&ports, id, (&mut source, &choice), bills)?;
    let mapping = &chosen.mapping;
    check_columns(&chosen)?;
    if import.dry_run {
        let beside = ports.books.beside(id, mapping.kind)?;
        return dry_run(context, source, &chosen, &beside);
    }
    check_amounts(&chosen)?;
    check_doubts(&chosen)?;
    let mut rejects = Rejects::default();
    if import.rejects.is_some() {
        let plan = intake::plan(mapping, &chosen.guess)?;
        rejects.spool(&ports, context.lang, &plan)?;
    }
    let done = {
        let terminal = context.terminal();
        let mut take = |reject: &Reject| rejects.take(reject);
        intake::import(
            ports.books.as_ref(),
            OrdersTarget {
                profile: id,
                mapping,
            },
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
    tell(context, &done, &rejects, import.rejects.as_deref(), &chosen);
    if done.is_new && done.good == 0 && done.bad > 0 {
        return Err(all_refused());
    }
    let is_proven = chosen.proof.as_ref().is_some_and(intake::Proof::holds);
    if chosen.origin == MappingOrigin::Given {
        let toml = mapping.to_toml();
        ports.records.set_mapping(id, &mapping.name, &toml)?;
    } else if chosen.origin == MappingOrigin::Guessed && is_proven && done.is_new && done.bad == 0 {
        let saved = ports.records.mappings(id)?;
        let mut proven = mapping.clone();
        proven.name = intake::name_for_mapping(&import.file, &saved);
        ports
            .records
            .set_mapping(id, &proven.name, &proven.to_toml())?;
    }
    let is_refuted = chosen.proof.as_ref().is_some_and(intake::Proof::fails);
    let heard = attention(&done.stats, mapping.amount_unit, Some(&chosen.guess)) || is_refuted;
    Ok(if done.is_new && heard {
        CommandEnd::NeedsPerson
    } else {
        CommandEnd::Clean
    })
}

/// Refuses a file whose columns do not suffice, and says what kind of list it is where it is another.
fn check_columns(chosen: &ProposedMapping) -> Result<(), Failure> {
    let lacking = chosen.mapping.lacking();
    if lacking.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = lacking.iter().map(|column| column.name()).collect();
    let error = MappingError::NoGuess {
        missing: names.join(", "),
        present: chosen.guess.headers.join(", "),
    };
    let failure = Failure::from(BooksError::Mapping(Box::new(error)));
    let other = match chosen.mapping.kind {
        RecordKind::Orders => RecordKind::Refunds,
        RecordKind::Refunds => RecordKind::Orders,
    };
    if Mapping::propose(&chosen.guess, other).lacking().is_empty() {
        let word = match other {
            RecordKind::Orders => "recondesk orders import",
            RecordKind::Refunds => "recondesk refunds import",
        };
        return Err(failure.with_detail(word.to_owned()));
    }
    if lacking == [Column::PayStatus] {
        // The file may hold nothing but paid orders; only a person knows.
        return Err(Failure {
            advice: Message::new(
                "若文件里每一行都已支付：recondesk mapping guess 文件 > 映射.toml，在 [columns] 前写 all_paid = true，用 --mapping 指定",
                "If every row of the file is paid: recondesk mapping guess FILE > mapping.toml, say all_paid = true above [columns], name it with --mapping",
            )
            .into(),
            ..failure
        });
    }
    Err(failure)
}

/// Refuses a file whose amounts, read by a saved or given mapping, are not those of the bills: tomorrow's file may be
/// in yuan where yesterday's was in fen.
fn check_amounts(chosen: &ProposedMapping) -> Result<(), Failure> {
    let Some(proven) = intake::denied_amounts(chosen) else {
        return Ok(());
    };
    Err(Failure::new(
        FailureKind::RefusedInput,
        "import.amounts",
        intake::Question::Amounts(proven.clone()).told(),
        Message::new(
            "用 recondesk mapping guess 文件 > 新映射.toml 生成映射，核对后用 --mapping 指定",
            "Write a mapping with recondesk mapping guess FILE > new.toml, check it, and name it with --mapping",
        ),
    )
    .with_detail(chosen.mapping.name.clone()))
}

/// Refuses a file of which it is not clear what its numbers or amounts are: stored wrong, it would ask for refunds.
fn check_doubts(chosen: &ProposedMapping) -> Result<(), Failure> {
    let doubts = intake::doubts(chosen);
    let Some(doubt) = doubts.first() else {
        return Ok(());
    };
    let advice = match doubt {
        intake::Question::TwoPayments { .. } => Message::new(
            "为每笔付款各写一份列映射（recondesk mapping guess 文件，改 out_trade_no、amount、paid_at），分别用 --mapping 导入同一个文件",
            "Write a mapping for each payment (recondesk mapping guess FILE; change out_trade_no, amount, paid_at) and import the file once with each (--mapping)",
        ),
        intake::Question::Shares { .. } => Message::new(
            "用 --bill 账单 让账单判断；或在列映射里写 row_amount = \"share\"（每件商品的金额）或 \"order\"（整单金额），用 --mapping 指定",
            "Let a bill decide (--bill BILL), or say row_amount = \"share\" (of each item) or \"order\" in a mapping and name it with --mapping",
        ),
        _ => Message::new(
            "核对金额列：recondesk mapping guess 文件 > 映射.toml，改 amount 后用 --mapping 指定；金额确实都不同也用 --mapping 确认",
            "Check the column of amounts: recondesk mapping guess FILE > mapping.toml, change amount, name it with --mapping; do so too where the amounts really differ",
        ),
    };
    Err(Failure::new(
        FailureKind::RefusedInput,
        "import.doubt",
        doubt.told(),
        advice,
    ))
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

fn tell(
    context: &CommandContext<'_>,
    done: &OrdersImport,
    rejects: &Rejects,
    file: Option<&Path>,
    chosen: &ProposedMapping,
) {
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
        merged,
        withdrawn,
        repeated,
        ..
    } = done;
    context.tell(
        &format!("已导入 {good} 行：新增 {added}，更新 {changed}，相同 {same}；合计 ¥{sum}{days}"),
        &format!(
            "{good} rows imported: {added} new, {changed} changed, {same} the same; sum ¥{sum}{days}"
        ),
    );
    if chosen.origin == MappingOrigin::Guessed {
        for line in taken(chosen) {
            context.tell(&line.zh, &line.en);
        }
    }
    if *others > 0 {
        context.tell(
            &format!("另有 {others} 行属于其他商户，未导入"),
            &format!("{others} more rows are of other merchants and left to them"),
        );
    }
    if *merged > 0 {
        context.tell(
            &format!("{merged} 行是同一订单的其他商品，已并入该订单"),
            &format!("{merged} rows are further items of an order and count with it"),
        );
    }
    if *withdrawn > 0 {
        context.tell(
            &format!("按新的读法，同一文件上次导入的 {withdrawn} 行不再计入"),
            &format!("{withdrawn} rows of the earlier reading of this file count no more"),
        );
    }
    if *repeated > 0 {
        context.tell(
            &format!("{repeated} 行的单号在文件里重复而内容不同（P10）"),
            &format!("{repeated} rows share their number with a row of other contents (P10)"),
        );
    }
    let unread = intake::unread(&chosen.guess, &chosen.mapping);
    let remarks = remarks(&done.stats, chosen.mapping.amount_unit, Some(&chosen.guess));
    for remark in unread.into_iter().chain(remarks) {
        context.tell(&remark.zh, &remark.en);
    }
    for (column, words) in &done.stats.unmapped {
        let words: Vec<String> = words
            .iter()
            .map(|(word, rows)| format!("{word} × {rows}"))
            .collect();
        context.tell(
            &format!("「{column}」里的词不认识：{}", words.join("，")),
            &format!("words of {column:?} are not known: {}", words.join(", ")),
        );
    }
    if *bad > 0 {
        tell_refused(context, *bad, rejects, file);
    }
}

/// How many rows were refused, and what is wrong with the first of them.
fn tell_refused(context: &CommandContext<'_>, bad: u64, rejects: &Rejects, file: Option<&Path>) {
    let place = file.map_or_else(String::new, |file| format!(" → {}", file.display()));
    context.tell(
        &format!("拒收 {bad} 行{place}"),
        &format!("{bad} rows refused{place}"),
    );
    for reject in &rejects.first {
        let words = match context.lang {
            Lang::Zh => reject.zh(),
            Lang::En => reject.en(),
        };
        context.tell(&format!("  {words}"), &format!("  {words}"));
    }
}

/// What was taken for number and amount, and what bills say of it.
fn taken(chosen: &ProposedMapping) -> Vec<Message> {
    let mut out = Vec::new();
    let names = |lang| {
        let columns = chosen.mapping.columns.iter();
        let named =
            columns.map(|(column, source)| format!("{} ← {source}", column_name(*column, lang)));
        named.collect::<Vec<_>>()
    };
    out.push(Message::new(
        format!("列：{}", names(Lang::Zh).join("，")),
        format!("columns: {}", names(Lang::En).join(", ")),
    ));
    if let Some(proof) = &chosen.proof {
        out.push(proof.told(&chosen.mapping));
    } else {
        let number = match chosen.mapping.kind {
            RecordKind::Orders => Column::OutTradeNo,
            RecordKind::Refunds => Column::OutRefundNo,
        };
        out.extend(unproven(chosen, number, ("单号", "number")));
        out.extend(unproven(chosen, Column::Amount, ("金额", "amount")));
    }
    out
}

/// Other columns that could be meant, where no bill has said which one is.
fn unproven(chosen: &ProposedMapping, column: Column, (zh, en): (&str, &str)) -> Option<Message> {
    let others: Vec<&str> = chosen
        .others
        .iter()
        .filter(|other| other.column == column)
        .map(|other| other.header.as_str())
        .collect();
    let taken = chosen.mapping.columns.get(&column)?;
    if others.is_empty() {
        return None;
    }
    let list = others.join(", ");
    Some(Message::new(
        format!("{zh}按「{taken}」读，没有账单可核对；也可能是：{list}"),
        format!("the {en} is read from {taken:?}, no bill proves it; it could be: {list}"),
    ))
}

fn dry_run(
    context: &CommandContext<'_>,
    source: Source,
    chosen: &ProposedMapping,
    beside: &KnownContext,
) -> Result<CommandEnd, Failure> {
    let preview = {
        let terminal = context.terminal();
        intake::preview(source, (&chosen.mapping, beside), &terminal)?
    };
    print_text(&preview_text(chosen, &preview, context.lang))?;
    let stats = &preview.stats;
    if stats.good == 0 && stats.bad > 0 {
        return Err(all_refused());
    }
    if stats.good == 0 && stats.others > 0 {
        let rows = stats.others;
        return Err(BooksError::Orders(Box::new(IntakeError::OthersOnly { rows })).into());
    }
    let is_asked = !intake::questions(chosen, Some(&preview)).is_empty();
    let heard = attention(stats, chosen.mapping.amount_unit, Some(&chosen.guess));
    Ok(if is_asked || heard {
        CommandEnd::NeedsPerson
    } else {
        CommandEnd::Clean
    })
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
