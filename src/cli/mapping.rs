//! `recondesk mapping`: column mappings, guessed from a file, checked against one, kept with a profile.

use std::fmt::Write as _;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use tempfile::TempDir;

use super::CommandEnd;
use super::context::{CommandContext, not_read, not_written, profile_named};
use super::order_preview::preview_text;
use super::terminal_output::{print, print_text};
use recondesk_app::jobs::intake::{self, ProofBills, ProposedMapping, attention};
use recondesk_app::jobs::mappings::{self, missing};
use recondesk_app::{Failure, Language as Lang, Message};
use recondesk_domain::WPay;
use recondesk_intake::{Column, KnownContext, Mapping, Preview, RecordKind};
use recondesk_ports::{BooksError, Ports};
use wechatpay_codec::bill::BillReader;

/// No mapping file is larger.
const LARGEST_MAPPING: u64 = 256 * 1024;
/// Bytes of a bill that is given beside a file.
const LARGEST_BILL: usize = 1 << 30;

#[derive(Debug, Subcommand)]
pub(super) enum MappingCommand {
    /// 看文件推断列映射，打印完整的 TOML | Guess the mapping of a file and print it, whole, as TOML
    #[command(after_help = FORM)]
    Guess(GuessCommand),
    /// 用列映射试读文件，不存入 | Read a file by a mapping, store nothing
    #[command(after_help = FORM)]
    Check(MappingCheckCommand),
    /// 列出档案里保存的列映射 | List the mappings kept with a profile
    List(OfProfile),
    /// 打印一份保存的列映射 | Print a kept mapping
    Show(NamedMapping),
    /// 删除一份保存的列映射 | Remove a kept mapping
    Remove(NamedMapping),
    /// 把保存的列映射写成文件 | Write a kept mapping to a file
    Export(MappingExportCommand),
}

/// The form of a mapping file, shown by `--help`.
const FORM: &str = r#"name = "shop export"
kind = "orders"                 # "refunds"
amount_unit = "yuan"            # "fen"
# encoding = "gb18030"  delimiter = "\t"  sheet = "订单"  time_format = "%d.%m.%Y %H:%M"
# day_order = "month_first"     # 3/8/2026; "day_first"
# utc_offset_minutes = 0        # times without a zone that are UTC and not Beijing time
# row_amount = "share"          # one row an item: shares are added up
# all_paid = true               # no state column: every row is paid
[columns]                       # canonical = source header
out_trade_no = "商户订单号"
amount = "实付金额"
created_at = "下单时间"
paid_at = "付款日期"
channel = "支付方式"
[clocks]                        # the clock of a date
paid_at = "付款时间"
[channels]                      # "wechat", "other"
"在线支付" = "wechat"
[[status]]                      # one table a column of states
column = "订单状态"
about = "order"                 # "payment", "delivery", "refund"
known_words = true              # words that the program knows count as well
[status.words]
"预约中" = { pay_status = "paid", fulfil_status = "pending" }
# pay_status: created paying paid failed closed refunded unknown
# fulfil_status: pending fulfilled failed not_required"#;

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Kind {
    Orders,
    Refunds,
}

impl Kind {
    const fn of_rows(self) -> RecordKind {
        match self {
            Self::Orders => RecordKind::Orders,
            Self::Refunds => RecordKind::Refunds,
        }
    }
}

#[derive(Debug, Args)]
pub(super) struct GuessCommand {
    /// 订单或退款文件 | File of orders or refunds
    file: PathBuf,
    /// 文件的种类，默认看表头 | What the rows are; by default the headers tell
    #[arg(long, value_enum)]
    kind: Option<Kind>,
    /// 用这份账单验证 | Prove it by this bill
    #[arg(long, value_name = "BILL")]
    bill: Option<PathBuf>,
    /// 用这个档案里已导入的账单验证 | Prove it by the bills of this profile
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct MappingCheckCommand {
    /// 订单或退款文件 | File of orders or refunds
    file: PathBuf,
    /// 列映射（TOML） | Column mapping (TOML)
    mapping: PathBuf,
    /// 用这份账单验证 | Prove it by this bill
    #[arg(long, value_name = "BILL")]
    bill: Option<PathBuf>,
    /// 用这个档案里已导入的账单验证 | Prove it by the bills of this profile
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct OfProfile {
    /// 商户档案 | Profile
    #[arg(long, value_name = "NAME")]
    profile: String,
}

#[derive(Debug, Args)]
pub(super) struct NamedMapping {
    /// 列映射的名字 | Name of the mapping
    name: String,
    /// 商户档案 | Profile
    #[arg(long, value_name = "NAME")]
    profile: String,
}

#[derive(Debug, Args)]
pub(super) struct MappingExportCommand {
    #[command(flatten)]
    named: NamedMapping,
    /// 写到这个文件 | Write to this file
    #[arg(long, value_name = "FILE.toml")]
    out: PathBuf,
}

pub(super) fn run(
    command: &MappingCommand,
    context: &CommandContext<'_>,
) -> Result<CommandEnd, Failure> {
    match command {
        MappingCommand::Guess(command) => guess(command, context),
        MappingCommand::Check(command) => check(command, context),
        MappingCommand::List(command) => {
            let ports = context.open()?;
            let (id, _) = profile_named(&ports, &command.profile)?;
            let names = ports.records.mappings(id)?;
            print(
                names
                    .iter()
                    .fold(String::new(), |text, name| text + name + "\n")
                    .as_bytes(),
            )?;
            Ok(CommandEnd::Clean)
        }
        MappingCommand::Show(command) => {
            print(kept(context, command)?.as_bytes())?;
            Ok(CommandEnd::Clean)
        }
        MappingCommand::Remove(command) => remove(command, context),
        MappingCommand::Export(command) => {
            let text = kept(context, &command.named)?;
            CommandContext::check_out(Some(&command.out))?;
            context.write_file(&command.out, &mut |out| out.write_all(text.as_bytes()))?;
            Ok(CommandEnd::Clean)
        }
    }
}

/// A mapping that a profile has.
fn kept(context: &CommandContext<'_>, named: &NamedMapping) -> Result<String, Failure> {
    let ports = context.open()?;
    let (id, _) = profile_named(&ports, &named.profile)?;
    let text = ports.records.mapping(id, &named.name)?;
    text.ok_or_else(|| missing(&named.name))
}

fn remove(named: &NamedMapping, context: &CommandContext<'_>) -> Result<CommandEnd, Failure> {
    let (ports, _right) = context.open_to_write()?;
    let (id, _) = profile_named(&ports, &named.profile)?;
    mappings::remove(&ports, id, &named.name)?;
    context.tell(
        &format!("已删除列映射 {}", named.name),
        &format!("Mapping {} removed", named.name),
    );
    Ok(CommandEnd::Clean)
}

fn guess(command: &GuessCommand, context: &CommandContext<'_>) -> Result<CommandEnd, Failure> {
    let (_folder, ports) = opened(context, command.profile.as_deref())?;
    let mut source = intake::open(ports.writers.as_ref(), context.source(&command.file)?)?;
    let pays = command
        .bill
        .as_deref()
        .map(|path| given_bill(context, &ports, path))
        .transpose()?;
    let bills = bills_of(&ports, command.profile.as_deref(), pays.as_deref())?;
    let mut chosen = intake::propose(&mut source, command.kind.map(Kind::of_rows), bills)?;
    let stem = command
        .file
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy();
    chosen.mapping.name = stem.into_owned();
    let preview = if chosen.mapping.lacking().is_empty() {
        let terminal = context.terminal();
        let seen = intake::preview(
            source,
            (&chosen.mapping, &KnownContext::default()),
            &terminal,
        )?;
        Some(seen)
    } else {
        None
    };
    let text = written(&chosen, preview.as_ref(), context.lang);
    print(text.as_bytes())?;
    let asked = !intake::questions(&chosen, preview.as_ref()).is_empty();
    Ok(if asked {
        CommandEnd::NeedsPerson
    } else {
        CommandEnd::Clean
    })
}

fn check(
    command: &MappingCheckCommand,
    context: &CommandContext<'_>,
) -> Result<CommandEnd, Failure> {
    let (_folder, ports) = opened(context, command.profile.as_deref())?;
    let mapping = read_mapping(&command.mapping, None)?;
    let mut source = intake::open(ports.writers.as_ref(), context.source(&command.file)?)?;
    let pays = command
        .bill
        .as_deref()
        .map(|path| given_bill(context, &ports, path))
        .transpose()?;
    let bills = bills_of(&ports, command.profile.as_deref(), pays.as_deref())?;
    let chosen = intake::given(&mut source, mapping, bills)?;
    let preview = {
        let terminal = context.terminal();
        intake::preview(
            source,
            (&chosen.mapping, &KnownContext::default()),
            &terminal,
        )?
    };
    print_text(&preview_text(&chosen, &preview, context.lang))?;
    let heard = attention(
        &preview.stats,
        chosen.mapping.amount_unit,
        Some(&chosen.guess),
    );
    let asked = !intake::questions(&chosen, Some(&preview)).is_empty();
    Ok(if heard || asked {
        CommandEnd::NeedsPerson
    } else {
        CommandEnd::Clean
    })
}

/// The workspace of the profile that is named. Where none is, an empty folder that goes with its guard: files are
/// then looked at before there is a workspace, and beside one that cannot be opened.
fn opened(
    context: &CommandContext<'_>,
    profile: Option<&str>,
) -> Result<(Option<TempDir>, Ports), Failure> {
    if profile.is_some() {
        return Ok((None, context.open()?));
    }
    let folder = tempfile::tempdir().map_err(|error| not_written(Path::new("-"), &error))?;
    let ports = context.open_throw_away(folder.path())?;
    Ok((Some(folder), ports))
}

/// The bills to prove a mapping by: one that was given, those of a profile, or none.
fn bills_of<'a>(
    ports: &'a Ports,
    profile: Option<&str>,
    pays: Option<&'a [WPay]>,
) -> Result<ProofBills<'a>, Failure> {
    if let Some(pays) = pays {
        return Ok(ProofBills::Given(pays));
    }
    match profile {
        Some(name) => {
            let (id, _) = profile_named(ports, name)?;
            Ok(ProofBills::Stored(ports.books.as_ref(), id))
        }
        None => Ok(ProofBills::Given(&[])),
    }
}

/// The payments of a bill file, plain or packed.
pub(super) fn given_bill(
    context: &CommandContext<'_>,
    ports: &Ports,
    path: &Path,
) -> Result<Vec<WPay>, Failure> {
    let mut source = intake::open(ports.writers.as_ref(), context.source(path)?)?;
    let mut reader = BillReader::new(0);
    let mut pays = Vec::new();
    let mut piece = vec![0; 1 << 20];
    let mut read_bytes = 0_usize;
    let fault = |fault| Failure::from(BooksError::Bill(Box::new(fault)));
    loop {
        let read = source
            .bytes
            .read(&mut piece)
            .map_err(|error| not_read(path, &error))?;
        read_bytes = read_bytes.saturating_add(read);
        if read == 0 || read_bytes > LARGEST_BILL {
            break;
        }
        reader
            .push(piece.get(..read).unwrap_or_default())
            .map_err(fault)?;
        pays.extend(reader.take_rows().0);
    }
    let (_, rest) = reader.finish().map_err(fault)?;
    pays.extend(rest.pays);
    Ok(pays)
}

/// Reads a mapping from a TOML file.
pub(super) fn read_mapping(path: &Path, kind: Option<RecordKind>) -> Result<Mapping, Failure> {
    let mut text = String::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(LARGEST_MAPPING).read_to_string(&mut text))
        .map_err(|error| not_read(path, &error))?;
    match kind {
        Some(kind) => intake::read_mapping(&text, kind),
        None => {
            Mapping::from_toml(&text).map_err(|error| BooksError::Mapping(Box::new(error)).into())
        }
    }
}

/// The whole mapping as TOML, with what was found as comments.
fn written(chosen: &ProposedMapping, preview: Option<&Preview>, lang: Lang) -> String {
    let mut out = String::new();
    let mut note = |zh: &str, en: &str| {
        for line in lang.pick(zh, en).lines() {
            // Writing to a String cannot fail.
            writeln!(out, "# {line}").unwrap_or_default();
        }
    };
    note(
        "列映射：检查后用 recondesk orders import 文件 --profile 档案 --mapping 本文件 导入",
        "Column mapping: check it, then recondesk orders import FILE --profile NAME --mapping THIS-FILE",
    );
    let headers = chosen.guess.headers.join(" | ");
    note(
        &format!("文件的列：{headers}"),
        &format!("columns of the file: {headers}"),
    );
    if let Some(proof) = &chosen.proof {
        let Message { zh, en } = proof.told(&chosen.mapping);
        note(&zh, &en);
    }
    for other in &chosen.others {
        let (column, header) = (other.column.name(), &other.header);
        let hits = other
            .hits
            .map_or_else(String::new, |hits| format!(" ({hits})"));
        note(
            &format!("{column} 也可能是「{header}」{hits}"),
            &format!("{column} could be {header:?} as well{hits}"),
        );
    }
    for question in intake::questions(chosen, preview) {
        let Message { zh, en } = question.told();
        note(&format!("待确认：{zh}"), &format!("asked: {en}"));
    }
    let mut mapping = chosen.mapping.clone();
    if let Some(preview) = preview {
        mapping.spell_out(&preview.stats);
    }
    out.push('\n');
    let toml = mapping.to_toml();
    // What is to be filled in stands where it belongs, before the tables of words.
    let (head, tables) = toml.split_once("[columns]\n").unwrap_or(("", &toml));
    out.push_str(head);
    if mapping.kind == RecordKind::Orders && mapping.lacking().contains(&Column::PayStatus) {
        out.push_str("# all_paid = true\n");
    }
    if mapping.day_order.is_none() && chosen.guess.has_unclear_dates() {
        out.push_str("# day_order = \"month_first\"   # \"day_first\"\n");
    }
    out.push_str("[columns]\n");
    for column in mapping.lacking() {
        writeln!(out, "# {} = \"\"", column.name()).unwrap_or_default();
        if column == Column::PayStatus {
            let told = lang.pick(
                "没有支付状态列、每行都已支付时，在 [columns] 前写 all_paid = true",
                "where there is no such column and every row is paid, say all_paid = true above [columns]",
            );
            writeln!(out, "# {told}").unwrap_or_default();
        }
    }
    out.push_str(tables);
    out
}
