//! `recondesk cases`: what a day left to do, listed, shown, and decided one by one or many at once.

mod attach;
mod sheet;
mod show;

use clap::{Args, Subcommand};
use serde_json::json;

use super::CommandEnd;
use super::case_choice::{self, CaseChoice};
use super::context::{CommandContext, profile_named};
use super::findings::FindingsOutput;
use super::person::PersonArgs;
use super::profile::ListFormat;
use super::table::TextTable;
use super::terminal::Terminal;
use super::terminal_output::{print_json, print_text};
use recondesk_app::jobs::bulk::{self, BulkActor, CaseDeed as Deed};
use recondesk_app::jobs::case_step::CasePayouts;
use recondesk_app::model::{BulkLine, Decision};
use recondesk_app::{Failure, FailureKind, Message, Surface};
use recondesk_casework::{IgnoreReason, Role};
use recondesk_domain::{Category, Finding};
use recondesk_ports::CaseQuery;

#[derive(Debug, Subcommand)]
pub(super) enum CasesCommand {
    /// 列出差错 | List the cases
    List(CasesList),
    /// 查看一条差错：两本账、原始行、经过 | Show a case: both books, raw lines, history
    Show(show::ShowArgs),
    /// 接手 | Take cases
    Take {
        #[command(flatten)]
        deed: CaseDeedCommand,
    },
    /// 转交 | Hand cases over
    Assign {
        #[command(flatten)]
        deed: CaseDeedCommand,
        /// 交给谁 | To whom
        #[arg(long, value_name = "NAME")]
        to: String,
    },
    /// 写备注 | Write a comment
    Comment {
        #[command(flatten)]
        deed: CaseDeedCommand,
        /// 备注 | The comment
        #[arg(long, value_name = "TEXT")]
        text: String,
    },
    /// 挂账；紧急差错须另一人同意 | Carry cases; an urgent one needs a second person
    Carry {
        #[command(flatten)]
        deed: CaseDeedCommand,
        /// 等什么 | What it waits for
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// 提请忽略，由另一人复核 | Propose to ignore cases; a second person agrees
    Ignore {
        #[command(flatten)]
        deed: CaseDeedCommand,
        /// 原因：test-order、settled-elsewhere、customer-waived、too-small、data-fault、duplicate、other | Reason: test-order, settled-elsewhere, customer-waived, too-small, data-fault, duplicate, other
        #[arg(long, value_name = "REASON", value_parser = ignore_reason)]
        reason: IgnoreReason,
        /// 说明 | A note
        #[arg(long, value_name = "TEXT", default_value = "")]
        note: String,
    },
    /// 标为已解决 | Mark cases solved
    Resolve {
        #[command(flatten)]
        deed: CaseDeedCommand,
        /// 怎么解决的 | How
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// 撤销自己刚作的决定 | Take back your own last decision
    Undo {
        #[command(flatten)]
        deed: CaseDeedCommand,
        /// 原因 | Why
        #[arg(long, value_name = "TEXT", default_value = "")]
        reason: String,
    },
    /// 附上文件 | Attach files
    Attach(attach::AttachArgs),
    /// 列出或取出附件 | List attachments, or take one out
    Attachments(attach::AttachmentsArgs),
    /// 导出未了的差错成 Excel 表，可在表里填负责人和决定 | Export open cases as a sheet in which owner and decision are filled in
    Export(sheet::ExportArgs),
    /// 读回填好的表：逐行核对，差错已变的拒绝 | Read the sheet back: each row is checked, a case that changed meanwhile is refused
    Import(sheet::ImportArgs),
    /// 重开 | Open cases again
    Reopen {
        #[command(flatten)]
        deed: CaseDeedCommand,
        /// 原因 | Why
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
}

/// Which cases, and who decides.
#[derive(Debug, Args)]
pub(super) struct CaseDeedCommand {
    #[command(flatten)]
    choice: CaseChoice,
    /// 输出格式 | Format of the output
    #[arg(long, value_enum, default_value_t = ListFormat::Table)]
    format: ListFormat,
    #[command(flatten)]
    person: PersonArgs,
}

#[derive(Debug, Args)]
pub(super) struct CasesList {
    /// 商户档案，默认全部 | Profile, all by default
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// 账单日：YYYY-MM-DD 或 yesterday，默认全部 | Day: YYYY-MM-DD or yesterday, all by default
    #[arg(long, value_name = "D")]
    date: Option<String>,
    /// 类别代码或名称，用逗号分开 | Codes or names of categories, separated by commas
    #[arg(long, value_name = "P01,…", value_delimiter = ',')]
    category: Vec<String>,
    /// 连已关闭的也列出 | List closed ones, too
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    output: FindingsOutput,
}

fn ignore_reason(word: &str) -> Result<IgnoreReason, String> {
    IgnoreReason::parse(word).ok_or_else(|| IgnoreReason::ALL.map(IgnoreReason::word).join(", "))
}

pub(super) fn run(
    command: &CasesCommand,
    context: &CommandContext<'_>,
) -> Result<CommandEnd, Failure> {
    let (deed, what) = match command {
        CasesCommand::List(list) => return run_list(list, context),
        CasesCommand::Show(asked) => return show::run(asked, context),
        CasesCommand::Attach(args) => return attach::attach(args, context),
        CasesCommand::Attachments(args) => return attach::attachments(args, context),
        CasesCommand::Export(args) => return sheet::export(args, context),
        CasesCommand::Import(args) => return sheet::import(args, context),
        CasesCommand::Take { deed } => (deed, Deed::Decide(Decision::Take)),
        CasesCommand::Assign { deed, to } => {
            let to = worded(to, "usage.name")?;
            (deed, Deed::Decide(Decision::HandOver(to)))
        }
        CasesCommand::Comment { deed, text } => {
            worded(text, "usage.comment")?;
            (deed, Deed::Comment(text.clone()))
        }
        CasesCommand::Carry { deed, reason } => {
            let reason = worded(reason, "usage.reason")?;
            (deed, Deed::Decide(Decision::Carry(reason)))
        }
        CasesCommand::Ignore { deed, reason, note } => {
            if reason.needs_note() {
                worded(note, "usage.reason")?;
            }
            (deed, Deed::Decide(Decision::Propose(reason.text(note))))
        }
        CasesCommand::Undo { deed, reason } => (deed, Deed::Undo(reason.clone())),
        CasesCommand::Resolve { deed, reason } => {
            let reason = worded(reason, "usage.reason")?;
            (deed, Deed::Decide(Decision::Resolve(reason)))
        }
        CasesCommand::Reopen { deed, reason } => {
            let reason = worded(reason, "usage.reason")?;
            (deed, Deed::Decide(Decision::Reopen(reason)))
        }
    };
    let ports = context.open()?;
    let chosen = deed.choice.read(context, &ports)?;
    if !chosen.is_confirmed {
        return Ok(unconfirmed(context));
    }
    let actor = deed.person.check(context, &ports, Role::Work)?;
    let by = BulkActor {
        name: &actor,
        surface: Surface::Terminal,
        seen: None,
    };
    let reporter = Terminal::new(context.lang);
    let done = bulk::carry_out(&ports, &chosen.cases, &what, by, &reporter);
    let rows = done.lines;
    tell_each(context, &rows, deed.format)?;
    let first = rows.iter().find_map(|row| row.result.as_ref().err());
    match first {
        None => Ok(CommandEnd::Clean),
        Some(failure) if rows.len() == 1 => Err(failure.clone()),
        Some(_) => Ok(CommandEnd::NeedsPerson),
    }
}

fn worded(text: &str, code: &'static str) -> Result<String, Failure> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Failure::new(
            FailureKind::Usage,
            code,
            Message::new("不能为空", "This must not be empty"),
            Message::default(),
        ));
    }
    Ok(text.to_owned())
}

/// Count and sum were told; nothing is done before a person says so.
pub(super) fn unconfirmed(context: &CommandContext<'_>) -> CommandEnd {
    context.tell(
        "没有执行；加上 --yes 执行全部",
        "Nothing was done; add --yes to do it to all of them",
    );
    CommandEnd::NeedsPerson
}

fn tell_each(
    context: &CommandContext<'_>,
    rows: &[BulkLine],
    format: ListFormat,
) -> Result<(), Failure> {
    if format == ListFormat::Json {
        let value: Vec<_> = rows
            .iter()
            .map(|row| {
                json!({
                    "id": row.id,
                    "case": row.key,
                    "done": row.result.is_ok(),
                    "code": row.result.as_ref().err().map(|failure| failure.code),
                    "said": match &row.result {
                        Ok(said) => said.en.clone(),
                        Err(failure) => failure.to_string(),
                    },
                })
            })
            .collect();
        return print_json(&value);
    }
    let lang = context.lang;
    let mut table = TextTable::new([
        lang.pick("编号", "id"),
        lang.pick("差错", "case"),
        lang.pick("结果", "result"),
    ]);
    for row in rows {
        let said = match &row.result {
            Ok(said) => said.get(lang).to_owned(),
            Err(failure) => format!("✗ {} {}", failure.title.get(lang), failure.detail),
        };
        table.row([row.id.to_string(), row.key.clone(), said]);
    }
    print_text(&table.print())
}

fn needs_person(findings: &[Finding]) -> bool {
    // What a missing bill or half an export hides is unknown, so such a day is not done.
    let uncovered = [Category::MCoverage, Category::WCoverage];
    findings.iter().any(|finding| {
        finding.category.severity().needs_person() || uncovered.contains(&finding.category)
    })
}

fn run_list(list: &CasesList, context: &CommandContext<'_>) -> Result<CommandEnd, Failure> {
    list.output.check()?;
    let mut query = CaseQuery {
        closed_too: list.all,
        ..CaseQuery::default()
    };
    if let Some(date) = &list.date {
        query.day = Some(context.day(date)?);
    }
    for word in &list.category {
        query.categories.extend(case_choice::categories(word)?);
    }
    let ports = context.open()?;
    if let Some(name) = &list.profile {
        query.profile = Some(profile_named(&ports, name)?.0);
    }
    let cases = ports.records.cases(&query)?;
    let open: Vec<Finding> = cases
        .iter()
        .filter(|case| !case.status.is_closed())
        .map(|case| case.finding.clone())
        .collect();
    let payouts = CasePayouts::read(ports.casework.as_ref(), query.profile)?;
    list.output.write_cases(&cases, &payouts, context)?;
    let (count, open) = (cases.len(), needs_person(&open));
    context.tell(&format!("{count} 条"), &format!("{count} cases"));
    Ok(if open {
        CommandEnd::NeedsPerson
    } else {
        CommandEnd::Clean
    })
}
