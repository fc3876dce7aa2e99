//! `recondesk notify import`: notifications from files, each with its result.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value, json};

use super::CommandEnd;
use super::context::{CommandContext, profile_named};
use super::table::TextTable;
use super::terminal_output::{print_json, print_text};
use recondesk_app::jobs::notify::{NotificationFate, NotificationResult, import};
use recondesk_app::{Failure, FailureKind, Language, MerchantRef, Message, Silent};
use recondesk_domain::Fen;
use recondesk_ports::Ports;

#[derive(Debug, Subcommand)]
pub(super) enum NotifyCommand {
    /// 导入通知或通知日志，验签后只入账一次 | Import notifications or logs of them, each entered once
    Import(NotificationImport),
}

/// How results are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum NotificationFormat {
    /// For people.
    Table,
    /// For programs.
    Json,
}

#[derive(Debug, Args)]
pub(super) struct NotificationImport {
    /// 文件：v2 XML、带请求头的 v3 JSON，或多条通知的日志 | Files: v2 XML, v3 JSON with its headers, or logs of many
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// 商户档案 | Profile
    #[arg(long, value_name = "NAME")]
    profile: String,
    /// 输出格式 | Format of the output
    #[arg(long, value_enum, default_value_t = NotificationFormat::Table)]
    format: NotificationFormat,
}

pub(super) fn run(
    NotifyCommand::Import(command): &NotifyCommand,
    context: &CommandContext<'_>,
) -> Result<CommandEnd, Failure> {
    let (ports, _guard) = context.open_to_write()?;
    let (id, profile) = profile_named(&ports, &command.profile)?;
    let mut all: Vec<(String, NotificationResult)> = Vec::new();
    let mut failed = None;
    for path in &command.files {
        match take(&ports, MerchantRef::new(id, &profile), path, context) {
            Ok(results) => all.extend(results),
            // What was entered before is told all the same.
            Err(failure) => {
                failed = Some(failure);
                break;
            }
        }
    }
    if let (true, Some(failure)) = (all.is_empty(), &failed) {
        return Err(failure.clone());
    }
    match command.format {
        NotificationFormat::Json => {
            let rows: Vec<Value> = all.iter().map(|(file, one)| row_json(file, one)).collect();
            print_json(&rows)?;
        }
        NotificationFormat::Table => print_text(&table(&all, context.lang))?,
    }
    if let Some(failure) = failed {
        return Err(failure);
    }
    let aside = all
        .iter()
        .any(|(_, one)| matches!(one.fate, NotificationFate::Aside(_)));
    Ok(if aside {
        CommandEnd::NeedsPerson
    } else {
        CommandEnd::Clean
    })
}

/// The notifications of one file, with its name beside each.
fn take(
    ports: &Ports,
    profile: MerchantRef<'_>,
    path: &Path,
    context: &CommandContext<'_>,
) -> Result<Vec<(String, NotificationResult)>, Failure> {
    let bytes = context.bytes(path)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let results = import(ports, profile, &bytes, &Silent);
    let results = results.map_err(|failure| with_file(failure, &name))?;
    if results.is_empty() {
        return Err(Failure::new(
            FailureKind::RefusedInput,
            "notify.none",
            Message::new("文件里没有通知", "There is no notification in the file"),
            Message::new(
                "需要 v2 的 XML，或 v3 的 JSON 连同请求头",
                "It takes XML of v2, or JSON of v3 with its headers",
            ),
        )
        .with_detail(name));
    }
    Ok(results
        .into_iter()
        .map(|result| (name.clone().into_owned(), result))
        .collect())
}

/// A failure that does not name its place yet gets the file.
fn with_file(failure: Failure, name: &str) -> Failure {
    if failure.detail.is_empty() {
        failure.with_detail(name)
    } else {
        failure
    }
}

const fn fate_word(fate: &NotificationFate) -> (&'static str, &'static str, &'static str) {
    match fate {
        NotificationFate::Applied => ("applied", "已入账", "entered"),
        NotificationFate::Repeated { .. } => ("repeated", "重复，已忽略", "repeated, ignored"),
        NotificationFate::Elsewhere { .. } => (
            "elsewhere",
            "别的商户的子单，不入账",
            "another merchant's part, not entered",
        ),
        NotificationFate::Aside(_) => ("aside", "搁置", "put aside"),
    }
}

fn table(all: &[(String, NotificationResult)], lang: Language) -> String {
    let names = match lang {
        Language::Zh => [
            "位置",
            "种类",
            "商户订单号",
            "微信单号",
            "金额",
            "状态",
            "结果",
            "原因",
        ],
        Language::En => [
            "Place",
            "Kind",
            "Order number",
            "WeChat number",
            "Amount",
            "State",
            "Result",
            "Reason",
        ],
    };
    let mut table = TextTable::new(names).right(4);
    for (file, one) in all {
        let (_, zh, en) = fate_word(&one.fate);
        let reason = match &one.fate {
            NotificationFate::Aside(reason) => {
                let (words, particulars) = (reason.words(), reason.particulars());
                format!("{} ({})", words.get(lang), particulars.get(lang))
            }
            NotificationFate::Repeated { first } => first.to_string(),
            NotificationFate::Elsewhere { mch_id } => mch_id.clone(),
            NotificationFate::Applied => String::new(),
        };
        table.row([
            format!("{file}:{}", one.line),
            one.kind.to_owned(),
            one.out_trade_no.clone(),
            one.wechat_number.clone(),
            one.amount.map_or_else(String::new, Fen::grouped),
            one.state.clone(),
            lang.pick(zh, en).to_owned(),
            reason,
        ]);
    }
    table.print()
}

fn row_json(file: &str, one: &NotificationResult) -> Value {
    let (reason, detail) = match &one.fate {
        NotificationFate::Aside(reason) => (Some(reason.word()), Some(reason.detail())),
        _ => (None, None),
    };
    json!({
        "file": file, "line": one.line, "kind": one.kind,
        "out_trade_no": one.out_trade_no, "wechat_number": one.wechat_number,
        "fen": one.amount.map(Fen::get), "state": one.state,
        "result": fate_word(&one.fate).0, "reason": reason, "detail": detail,
        "answer": one.answer,
    })
}
