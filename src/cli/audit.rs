//! `recondesk audit`: what people and the program did with goods, money and decisions, and that none of it was changed.

use std::fmt::Write as _;

use clap::Subcommand;
use serde_json::json;

use super::CommandEnd;
use super::context::CommandContext;
use super::profile::ListFormat;
use super::table::TextTable;
use super::terminal_output::{print_json, print_text};
use recondesk_app::jobs::audit::{AuditFault, verify};
use recondesk_app::model::person_in_words;
use recondesk_app::{Failure, FailureKind, Message};
use recondesk_ports::{HistoryFault, HistoryFaultKind};

/// Entries that are listed when no number is given.
const SHOWN: u32 = 200;
/// Changed rows that are named.
const NAMED: usize = 8;

#[derive(Debug, Subcommand)]
pub(super) enum AuditCommand {
    /// 核验整条留痕；最后的摘要可另存，以证明其前未被改动 | Verify the whole trail; its last seal, kept elsewhere, shows that nothing before it was changed
    Verify {
        /// 输出格式 | Format of the output
        #[arg(long, value_enum, default_value_t = ListFormat::Table)]
        format: ListFormat,
    },
    /// 列出留痕 | List the trail
    List {
        /// 从第几条开始 | From this entry on
        #[arg(long, value_name = "N", default_value_t = 1)]
        from: i64,
        /// 最多几条 | At most so many
        #[arg(long, value_name = "N", default_value_t = SHOWN)]
        most: u32,
        /// 输出格式 | Format of the output
        #[arg(long, value_enum, default_value_t = ListFormat::Table)]
        format: ListFormat,
    },
}

pub(super) fn hex(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().saturating_mul(2));
    for byte in bytes {
        let _written = write!(out, "{byte:02x}");
    }
    out
}

pub(super) fn run(
    command: &AuditCommand,
    context: &CommandContext<'_>,
) -> Result<CommandEnd, Failure> {
    match command {
        AuditCommand::Verify { format } => run_verify(context, *format),
        AuditCommand::List { from, most, format } => {
            run_list(context, *from, *most, *format)?;
            Ok(CommandEnd::Clean)
        }
    }
}

fn run_verify(context: &CommandContext<'_>, format: ListFormat) -> Result<CommandEnd, Failure> {
    let ports = context.open()?;
    let read = verify(&ports)?;
    let changed = ports.casework.history_faults()?;
    let head = hex(&read.head);
    if format == ListFormat::Json {
        print_json(&json!({
            "holds": read.fault.is_none() && changed.is_empty(),
            "entries": read.entries,
            "last_at": read.last_at.map(|at| at.to_string()),
            "head": head,
            "first_fault": read.fault.map(AuditFault::place),
            "changed_rows": changed.iter().map(|fault| json!({
                "table": fault.table,
                "row": fault.row,
                "fault": kind_words(fault.kind).en,
            })).collect::<Vec<_>>(),
        }))?;
    } else {
        print_text(&format!("entries {}\nhead {head}\n", read.entries))?;
    }
    let Some(fault) = read.fault else {
        if !changed.is_empty() {
            return Err(changed_rows(&changed));
        }
        context.tell(
            &format!("{} 条留痕，前后相连，未被改动；差错、退款、复核、签账的经过与之相符", read.entries),
            &format!("{} entries, in one chain, unchanged; what happened to cases, refunds, approvals and signatures fits", read.entries),
        );
        return Ok(CommandEnd::Clean);
    };
    let place = fault.place();
    let title = match fault {
        AuditFault::Gap(_) => Message::new(
            format!("第 {place} 条留痕缺失"),
            format!("Entry {place} of the trail is missing"),
        ),
        AuditFault::Chain(_) => Message::new(
            format!("第 {place} 条留痕与前一条不相连"),
            format!("Entry {place} of the trail does not follow the one before"),
        ),
        AuditFault::Seal(_) => Message::new(
            format!("第 {place} 条留痕被改动"),
            format!("Entry {place} of the trail was changed"),
        ),
    };
    Err(Failure::new(
        FailureKind::Workspace,
        "audit.broken",
        title,
        Message::new(
            "从备份恢复，并查明是谁改了工作区",
            "Restore a backup, and find out who changed the workspace",
        ),
    ))
}

const fn kind_words(kind: HistoryFaultKind) -> Words {
    match kind {
        HistoryFaultKind::Changed => Words {
            zh: "被改动",
            en: "changed",
        },
        HistoryFaultKind::Missing => Words {
            zh: "缺失",
            en: "missing",
        },
        HistoryFaultKind::Unsealed => Words {
            zh: "不是本程序写的",
            en: "not written by the program",
        },
    }
}

/// A word in both languages.
struct Words {
    zh: &'static str,
    en: &'static str,
}

/// Rows that are no longer as the trail sealed them.
fn changed_rows(changed: &[HistoryFault]) -> Failure {
    let rows: Vec<String> = changed
        .iter()
        .take(NAMED)
        .map(|fault| {
            format!(
                "{} {} {}",
                fault.table,
                fault.row,
                kind_words(fault.kind).en
            )
        })
        .collect();
    let n = changed.len();
    let first = changed
        .first()
        .map_or("", |fault| kind_words(fault.kind).zh);
    Failure::new(
        FailureKind::Workspace,
        "audit.changed",
        Message::new(
            format!("留痕之外的经过有 {n} 处与留痕不符（{first}）"),
            format!("{n} rows of history are not as the trail sealed them"),
        ),
        Message::new(
            "从备份恢复，并查明是谁改了工作区",
            "Restore a backup, and find out who changed the workspace",
        ),
    )
    .with_detail(rows.join("; "))
}

fn run_list(
    context: &CommandContext<'_>,
    from: i64,
    most: u32,
    format: ListFormat,
) -> Result<(), Failure> {
    let ports = context.open()?;
    let entries = ports.casework.audit(from, most)?;
    if format == ListFormat::Json {
        let value: Vec<_> = entries
            .iter()
            .map(|entry| {
                json!({
                    "id": entry.id,
                    "at": entry.at.to_string(),
                    "actor": entry.actor,
                    "kind": entry.kind,
                    "subject": entry.subject,
                    "document": serde_json::from_str(&entry.document)
                        .unwrap_or_else(|_| json!(entry.document)),
                    "hash": hex(&entry.hash),
                })
            })
            .collect();
        return print_json(&value);
    }
    let lang = context.lang;
    let mut table = TextTable::new([
        lang.pick("序号", "id"),
        lang.pick("时间", "at"),
        lang.pick("操作人", "actor"),
        lang.pick("事项", "kind"),
        lang.pick("对象", "subject"),
    ]);
    for entry in &entries {
        table.row([
            entry.id.to_string(),
            entry.at.to_string(),
            person_in_words(&entry.actor, lang).to_owned(),
            entry.kind.clone(),
            entry.subject.clone(),
        ]);
    }
    print_text(&table.print())
}
