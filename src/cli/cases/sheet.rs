//! `recondesk cases export` and `import`: open cases as a sheet for Excel and back.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde_json::json;

use crate::cli::CommandEnd;
use crate::cli::case_choice;
use crate::cli::context::{CommandContext, profile_named};
use crate::cli::person::PersonArgs;
use crate::cli::profile::ListFormat;
use crate::cli::table::TextTable;
use crate::cli::terminal_output::{print_json, print_text};
use recondesk_app::jobs::case_sheet::{SheetRowFate, SheetRowResult, case_form, import_sheet};
use recondesk_app::{Failure, FailureKind, Language, Message};
use recondesk_casework::Role;
use recondesk_ports::CaseQuery;

/// Largest file that is read.
const MOST_BYTES: usize = 64 << 20;

/// The formats of the sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum SheetFormat {
    /// A workbook.
    Xlsx,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ExportArgs {
    /// 商户档案，默认全部 | Profile, all by default
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// 账单日：YYYY-MM-DD 或 yesterday，默认全部 | Day: YYYY-MM-DD or yesterday, all by default
    #[arg(long, value_name = "D")]
    date: Option<String>,
    /// 类别代码或名称，用逗号分开 | Codes or names of categories, separated by commas
    #[arg(long, value_name = "P01,…", value_delimiter = ',')]
    category: Vec<String>,
    /// 输出格式 | Format of the output
    #[arg(long, value_enum, default_value_t = SheetFormat::Xlsx)]
    format: SheetFormat,
    /// 文件 | File
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ImportArgs {
    /// 填好的表 | The sheet, filled in
    file: PathBuf,
    /// 只看会改什么 | Only show what would change
    #[arg(long)]
    dry_run: bool,
    /// 输出格式 | Format of the output
    #[arg(long, value_enum, default_value_t = ListFormat::Table)]
    format: ListFormat,
    #[command(flatten)]
    person: PersonArgs,
}

pub(super) fn export(
    args: &ExportArgs,
    context: &CommandContext<'_>,
) -> Result<CommandEnd, Failure> {
    CommandContext::check_out(Some(&args.out))?;
    let mut query = CaseQuery::default();
    if let Some(date) = &args.date {
        query.day = Some(context.day(date)?);
    }
    for word in &args.category {
        query.categories.extend(case_choice::categories(word)?);
    }
    let ports = context.open()?;
    if let Some(name) = &args.profile {
        query.profile = Some(profile_named(&ports, name)?.0);
    }
    let cases = ports.records.cases(&query)?;
    let form = case_form(&ports, &cases, context.lang)?;
    let SheetFormat::Xlsx = args.format;
    context.write_file(&args.out, &mut |out| {
        context.workbooks().write_form(&form, out)
    })?;
    let count = cases.len();
    context.tell(
        &format!("已写出 {count} 条差错；填好“交给”“处理决定”“说明”后用 recondesk cases import 读回"),
        &format!("{count} cases written; fill in the last three columns, then recondesk cases import reads it back"),
    );
    Ok(CommandEnd::Clean)
}

pub(super) fn import(
    args: &ImportArgs,
    context: &CommandContext<'_>,
) -> Result<CommandEnd, Failure> {
    let ports = context.open()?;
    let bytes = context.head(&args.file, MOST_BYTES)?;
    if bytes.len() > MOST_BYTES {
        return Err(Failure::new(
            FailureKind::RefusedInput,
            "case.sheet",
            Message::new("文件太大", "The file is too large"),
            Message::default(),
        ));
    }
    let actor = if args.dry_run {
        None
    } else {
        Some(args.person.check(context, &ports, Role::Work)?)
    };
    let rows = import_sheet(&ports, std::io::Cursor::new(bytes), actor.as_deref())?;
    tell(context, &rows, args.format)?;
    let count =
        |wanted: fn(&SheetRowFate) -> bool| rows.iter().filter(|row| wanted(&row.fate)).count();
    let changes = count(|fate| matches!(fate, SheetRowFate::Changes(_)));
    let refused = count(|fate| matches!(fate, SheetRowFate::Refused(_) | SheetRowFate::Stale(..)));
    let same = count(|fate| *fate == SheetRowFate::Same);
    let already = count(|fate| *fate == SheetRowFate::Already);
    let (zh, en) = if args.dry_run {
        ("会改", "would change")
    } else {
        ("已改", "changed")
    };
    context.tell(
        &format!("{zh} {changes} 条，拒绝 {refused} 条，未填 {same} 条"),
        &format!("{changes} {en}, {refused} refused, {same} not filled in"),
    );
    if already > 0 {
        context.tell(
            &format!("另有 {already} 条已照这张表处理过，没有再改"),
            &format!(
                "{already} more are already what the sheet asks for; nothing was done about them"
            ),
        );
    }
    Ok(if refused > 0 {
        CommandEnd::NeedsPerson
    } else {
        CommandEnd::Clean
    })
}

/// Stable word and what is said of a row.
fn said(fate: &SheetRowFate, language: Language) -> (&'static str, String) {
    match fate {
        SheetRowFate::Same => ("same", String::new()),
        SheetRowFate::Already => ("already", String::new()),
        SheetRowFate::Changes(words) => {
            let words: Vec<&str> = words.iter().map(|word| word.get(language)).collect();
            ("changes", words.join(language.pick("；", "; ")))
        }
        SheetRowFate::Stale(was, is) => {
            let (was, is) = (was.get(language), is.get(language));
            let text = language.pick("表里：", "in the sheet: ").to_owned()
                + was
                + language.pick("；现在：", "; now: ")
                + is;
            ("stale", text)
        }
        SheetRowFate::Refused(why) => ("refused", why.get(language).to_owned()),
    }
}

fn tell(
    context: &CommandContext<'_>,
    rows: &[SheetRowResult],
    format: ListFormat,
) -> Result<(), Failure> {
    let lang = context.lang;
    if format == ListFormat::Json {
        let value: Vec<_> = rows
            .iter()
            .map(|row| {
                let (word, text) = said(&row.fate, lang);
                json!({ "row": row.line, "case": row.case, "result": word, "said": text })
            })
            .collect();
        return print_json(&value);
    }
    let mut table = TextTable::new([
        lang.pick("行", "row"),
        lang.pick("差错", "case"),
        lang.pick("结果", "result"),
        lang.pick("内容", "what"),
    ]);
    for row in rows.iter().filter(|row| row.fate != SheetRowFate::Same) {
        let (word, text) = said(&row.fate, lang);
        let word = match word {
            "changes" => lang.pick("改动", "change"),
            "already" => lang.pick("已照表处理过", "done before"),
            "stale" => lang.pick("已被别人改过", "changed meanwhile"),
            _ => lang.pick("拒绝", "refused"),
        };
        table.row([
            row.line.to_string(),
            row.case.clone(),
            word.to_owned(),
            text,
        ]);
    }
    print_text(&table.print())
}

/// Writes bytes kept in the workspace to a file.
pub(super) fn save(context: &CommandContext<'_>, path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    CommandContext::check_out(Some(path))?;
    context.write_file(path, &mut |out| out.write_all(bytes))
}
