//! `recondesk operator`, `approve` and `reject`: who may decide, and the second pair of eyes.

use clap::{Args, Subcommand};
use serde_json::json;

mod approvals_all;

use super::CommandEnd;
use super::context::CommandContext;
use super::person::{PersonArgs, administrator, identified, pin};
use super::profile::ListFormat;
use super::table::TextTable;
use super::terminal_output::{print, print_json};
use recondesk_app::jobs::approvals::SecondPerson;
use recondesk_app::jobs::operators::NewOperator;
use recondesk_app::jobs::{approvals, operators};
use recondesk_app::model::WaitingApproval;
use recondesk_app::{Failure, FailureKind, Language, Message};
use recondesk_casework::{Judgement, Role, Roles, Thresholds};
use recondesk_domain::{Fen, half_width};
use recondesk_ports::{ApprovalId, ApprovalRecord, Ports};

#[derive(Debug, Subcommand)]
pub(super) enum OperatorCommand {
    /// 新增操作人；PIN 由终端输入或 RECONDESK_NEW_PIN 给出 | Add an operator; the PIN is asked for, or taken from RECONDESK_NEW_PIN
    Add {
        /// 姓名 | Name
        name: String,
        /// 权限：see、work、approve、administer，可多个；默认 see,work，第一位另加 administer | Roles: see, work, approve, administer; may be repeated; see,work by default, and administer for the first
        #[arg(long = "role", value_name = "ROLE", value_delimiter = ',', value_parser = role)]
        roles: Vec<Role>,
        #[command(flatten)]
        person: PersonArgs,
    },
    /// 列出操作人 | List the operators
    List {
        /// 输出格式 | Format of the output
        #[arg(long, value_enum, default_value_t = ListFormat::Table)]
        format: ListFormat,
    },
    /// 移除操作人；历史里的姓名保留 | Remove an operator; the name stays in the history
    Remove {
        /// 姓名 | Name
        name: String,
        #[command(flatten)]
        person: PersonArgs,
    },
    /// 查看或修改须复核的界限 | Show or change from when on a second person must agree
    Limits {
        /// 退款超过多少元须复核 | Refunds above this many yuan
        #[arg(long, value_name = "YUAN")]
        refund_over: Option<String>,
        /// 一次处理超过多少条须复核 | More than this many at once
        #[arg(long, value_name = "N")]
        bulk_over: Option<u32>,
        #[command(flatten)]
        person: PersonArgs,
    },
}

#[derive(Debug, Args)]
pub(super) struct JudgeCommand {
    /// 待复核事项的编号，可多个；不写则列出 | Numbers of what waits; without one, all are listed
    ids: Vec<i64>,
    /// 全部由您复核的事项：先列出件数和金额 | All that you may decide about: count and sum are listed first
    #[arg(long, conflicts_with = "ids")]
    all: bool,
    /// 对列出的全部执行 | Do it to all that are listed
    #[arg(long, requires = "all")]
    yes: bool,
    /// 复核人 | The second person
    #[arg(long, value_name = "NAME")]
    operator: Option<String>,
    /// 输出格式 | Format of the output
    #[arg(long, value_enum, default_value_t = ListFormat::Table)]
    format: ListFormat,
}

pub(super) fn run(
    command: &OperatorCommand,
    context: &CommandContext<'_>,
) -> Result<CommandEnd, Failure> {
    let ports = match command {
        OperatorCommand::Add { .. } => context.open_or_make()?,
        _ => context.open()?,
    };
    match command {
        OperatorCommand::Add {
            name,
            roles,
            person,
        } => add(context, &ports, name, roles, person)?,
        OperatorCommand::List { format } => list(context, &ports, *format)?,
        OperatorCommand::Remove { name, person } => {
            let actor = administrator(context, &ports, person)?;
            operators::remove(&ports, name, &actor)?;
            context.tell(&format!("已移除 {name}"), &format!("{name} is removed"));
        }
        OperatorCommand::Limits {
            refund_over,
            bulk_over,
            person,
        } => limits(context, &ports, refund_over.as_deref(), *bulk_over, person)?,
    }
    Ok(CommandEnd::Clean)
}

fn add(
    context: &CommandContext<'_>,
    ports: &Ports,
    name: &str,
    roles: &[Role],
    person: &PersonArgs,
) -> Result<(), Failure> {
    let name = operators::checked_name(name)?;
    let actor = administrator(context, ports, person)?;
    // While nobody may administer, the one PIN there is belongs to the new person.
    let variable = if actor.is_empty() && std::env::var_os("RECONDESK_NEW_PIN").is_none() {
        "RECONDESK_PIN"
    } else {
        "RECONDESK_NEW_PIN"
    };
    let new = NewOperator {
        name,
        roles: (!roles.is_empty()).then(|| roles.iter().copied().collect()),
        pin: &pin(context, variable, name)?,
    };
    let added = operators::add(ports, &new, &actor)?;
    let words = operators::role_words(added.roles);
    context.tell(
        &format!("已新增 {name}：{}", words.zh),
        &format!("{name} is added: {}", words.en),
    );
    Ok(())
}

fn list(context: &CommandContext<'_>, ports: &Ports, format: ListFormat) -> Result<(), Failure> {
    let operators = ports.casework.operators()?;
    if format == ListFormat::Json {
        let value: Vec<_> = operators
            .iter()
            .map(|known| {
                json!({
                    "name": known.name,
                    "roles": known.roles.iter().map(Role::word).collect::<Vec<_>>(),
                    "created_at": known.created_at.to_string(),
                    "removed_at": known.removed_at.map(|at| at.to_string()),
                })
            })
            .collect();
        return print_json(&value);
    }
    let lang = context.lang;
    let mut table = TextTable::new([
        lang.pick("姓名", "name"),
        lang.pick("权限", "roles"),
        lang.pick("移除于", "removed"),
    ]);
    for known in &operators {
        let roles: Vec<&str> = known
            .roles
            .iter()
            .map(|role| lang.pick(role.zh(), role.en()))
            .collect();
        let removed = known
            .removed_at
            .map_or_else(String::new, |at| at.to_string());
        table.row([
            known.name.clone(),
            roles.join(lang.pick("、", ", ")),
            removed,
        ]);
    }
    print(table.print().as_bytes())
}

fn limits(
    context: &CommandContext<'_>,
    ports: &Ports,
    refund_over: Option<&str>,
    bulk_over: Option<u32>,
    person: &PersonArgs,
) -> Result<(), Failure> {
    let mut limits = ports.casework.thresholds()?;
    if refund_over.is_some() || bulk_over.is_some() {
        let actor = administrator(context, ports, person)?;
        if let Some(text) = refund_over {
            limits.refund_over = yuan(text)?;
        }
        limits.bulk_over = bulk_over.unwrap_or(limits.bulk_over);
        operators::set_limits(ports, limits, &actor)?;
    }
    let Thresholds {
        refund_over,
        bulk_over,
    } = limits;
    let text = context.lang.pick("退款超过（元）", "refund above (yuan)");
    let bulk = context.lang.pick("一次超过（条）", "more than at once");
    let mut table = TextTable::new([text, bulk]).right(0).right(1);
    table.row([refund_over.grouped(), bulk_over.to_string()]);
    print(table.print().as_bytes())
}

/// An amount written in yuan.
pub(super) fn yuan(text: &str) -> Result<Fen, Failure> {
    Fen::parse_typed(&half_width(text)).map_err(|_why| {
        Failure::new(
            FailureKind::Usage,
            "usage.amount",
            Message::new("金额无法识别", "Not an amount"),
            Message::new(
                "以元为单位，最多两位小数，如 12.30",
                "In yuan with at most two decimals, such as 12.30",
            ),
        )
        .with_detail(text)
    })
}

pub(super) fn judge(
    command: &JudgeCommand,
    judgement: Judgement,
    context: &CommandContext<'_>,
) -> Result<CommandEnd, Failure> {
    let ports = context.open()?;
    if command.all {
        return approvals_all::judge_all(command, judgement, context, &ports);
    }
    if command.ids.is_empty() {
        return waiting(context, &ports, command.format);
    }
    let checker = checker(command, context, &ports)?;
    let mut first = None;
    for id in &command.ids {
        let by = SecondPerson {
            judgement,
            checker: &checker,
        };
        let judged = approvals::judge_one(&ports, ApprovalId(*id), by);
        let said = match judged.and_then(|line| line.result) {
            Ok(said) => said,
            Err(failure) if command.ids.len() == 1 => return Err(failure),
            Err(failure) => {
                context.tell(&format!("✗ {id}"), &format!("✗ {id}"));
                context.tell_failure(&failure);
                first = first.or(Some(failure));
                continue;
            }
        };
        context.tell(&said.zh, &said.en);
    }
    Ok(first.map_or(CommandEnd::Clean, |_| CommandEnd::NeedsPerson))
}

/// The second person, once the PIN fits and the role is there.
fn checker(
    command: &JudgeCommand,
    context: &CommandContext<'_>,
    ports: &Ports,
) -> Result<String, Failure> {
    let person = PersonArgs {
        operator: command.operator.clone(),
    };
    match &person.operator {
        Some(name) => identified(context, ports, name, Role::Approve),
        None => person.check(context, ports, Role::Approve),
    }
}

fn waiting(
    context: &CommandContext<'_>,
    ports: &Ports,
    format: ListFormat,
) -> Result<CommandEnd, Failure> {
    let all = approvals::waiting(ports)?;
    let listed: Vec<&WaitingApproval> = all.iter().collect();
    list_waiting(context, &listed, format)?;
    Ok(if all.is_empty() {
        CommandEnd::Clean
    } else {
        CommandEnd::NeedsPerson
    })
}

/// What waits, one a row.
fn list_waiting(
    context: &CommandContext<'_>,
    all: &[&WaitingApproval],
    format: ListFormat,
) -> Result<(), Failure> {
    if format == ListFormat::Json {
        let value: Vec<_> = all
            .iter()
            .map(|waits| approval_json(&waits.asked))
            .collect();
        print_json(&value)
    } else {
        let lang = context.lang;
        let mut table = TextTable::new([
            lang.pick("编号", "id"),
            lang.pick("原因", "need"),
            lang.pick("事项", "subject"),
            lang.pick("制单人", "maker"),
            lang.pick("时间", "asked"),
            lang.pick("说明", "reason"),
        ]);
        for waits in all {
            let asked = &waits.asked;
            let need = asked.need;
            table.row([
                asked.id.0.to_string(),
                lang.pick(need.zh(), need.en()).to_owned(),
                subject_words(waits, lang),
                asked.maker.clone(),
                asked.asked_at.to_string(),
                asked.reason.clone(),
            ]);
        }
        print(table.print().as_bytes())
    }
}

/// The number it is about, and what that is; as it was entered where that is gone.
fn subject_words(waits: &WaitingApproval, lang: Language) -> String {
    let about = waits.about.get(lang);
    match (waits.number.is_empty(), about.is_empty()) {
        (true, true) => waits.asked.subject.clone(),
        (true, false) => about.to_owned(),
        (false, _) => format!("{} {about}", waits.number).trim_end().to_owned(),
    }
}

fn approval_json(asked: &ApprovalRecord) -> serde_json::Value {
    json!({
        "id": asked.id.0,
        "need": asked.need.word(),
        "subject": asked.subject,
        "maker": asked.maker,
        "asked_at": asked.asked_at.to_string(),
        "reason": asked.reason,
    })
}

fn role(word: &str) -> Result<Role, String> {
    Role::parse(word).ok_or_else(|| Roles::from_iter(Role::ALL).words())
}
