//! `recondesk operator`, `approve` and `reject`: who may decide, and the second pair of eyes.

use clap::{Args, Subcommand};
use serde_json::json;

use super::CommandEnd;
use super::context::CommandContext;
use super::person::{PersonArgs, administrator, identified, pin};
use super::profile::ListFormat;
use super::table::TextTable;
use super::terminal_output::{print, print_json};
use recondesk_app::{Failure, FailureKind, Message};
use recondesk_casework::{Judgement, Role, Roles, Thresholds};
use recondesk_domain::Fen;
use recondesk_ports::{ApprovalId, ApprovalRecord, Operator, Ports};

/// A PIN or password has at least this many signs.
const SHORTEST_PIN: usize = 4;

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
    let ports = context.open()?;
    match command {
        OperatorCommand::Add {
            name,
            roles,
            person,
        } => add(context, &ports, (name, roles), person)?,
        OperatorCommand::List { format } => list(context, &ports, *format)?,
        OperatorCommand::Remove { name, person } => {
            let actor = administrator(context, &ports, person)?;
            let now = ports.clock.now();
            ports.casework.remove_operator(name, &actor, now)?;
            context.tell(&format!("已移除 {name}"), &format!("{name} is removed"));
        }
        OperatorCommand::Limits {
            refund_over,
            bulk_over,
            person,
        } => limits(
            context,
            &ports,
            (refund_over.as_deref(), *bulk_over),
            person,
        )?,
    }
    Ok(CommandEnd::Clean)
}

fn add(
    context: &CommandContext<'_>,
    ports: &Ports,
    (name, roles): (&str, &[Role]),
    person: &PersonArgs,
) -> Result<(), Failure> {
    let name = name.trim();
    if name.is_empty() || name.len() > 64 || name.chars().any(char::is_control) {
        return Err(Failure::new(
            FailureKind::Usage,
            "operator.name",
            Message::new("姓名要有 1 到 64 字节", "A name has 1 to 64 bytes"),
            Message::default(),
        ));
    }
    let actor = administrator(context, ports, person)?;
    let is_first = !ports
        .casework
        .operators()?
        .iter()
        .any(|known| known.removed_at.is_none() && known.roles.has(Role::Administer));
    // While nobody may administer, the one PIN there is belongs to the new person.
    let variable = if actor.is_empty() && std::env::var_os("RECONDESK_NEW_PIN").is_none() {
        "RECONDESK_PIN"
    } else {
        "RECONDESK_NEW_PIN"
    };
    let pin = pin(context, variable, name)?;
    if pin.expose().chars().count() < SHORTEST_PIN {
        return Err(Failure::new(
            FailureKind::Usage,
            "operator.pin_short",
            Message::new("PIN 至少 4 位", "A PIN has at least 4 signs"),
            Message::default(),
        ));
    }
    let roles = if roles.is_empty() {
        let base = Roles::default().with(Role::See).with(Role::Work);
        if is_first {
            base.with(Role::Administer)
        } else {
            base
        }
    } else {
        roles.iter().copied().collect()
    };
    if is_first && !roles.has(Role::Administer) {
        return Err(first_administers());
    }
    let operator = Operator {
        name: name.to_owned(),
        roles,
        created_at: ports.clock.now(),
        removed_at: None,
    };
    ports.casework.add_operator(&operator, &pin, &actor)?;
    let zh: Vec<&str> = roles.iter().map(Role::zh).collect();
    let en: Vec<&str> = roles.iter().map(Role::en).collect();
    context.tell(
        &format!("已新增 {name}：{}", zh.join("、")),
        &format!("{name} is added: {}", en.join(", ")),
    );
    Ok(())
}

fn first_administers() -> Failure {
    Failure::new(
        FailureKind::Usage,
        "operator.first",
        Message::new(
            "第一位操作人必须有「管理」权限，否则以后没有人能管理操作人",
            "The first operator must administer, else nobody can later say who may do what",
        ),
        Message::new(
            "加上 --role administer，或不写 --role",
            "Add --role administer, or leave --role away",
        ),
    )
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
    (refund_over, bulk_over): (Option<&str>, Option<u32>),
    person: &PersonArgs,
) -> Result<(), Failure> {
    let mut limits = ports.casework.thresholds()?;
    if refund_over.is_some() || bulk_over.is_some() {
        let actor = administrator(context, ports, person)?;
        if let Some(text) = refund_over {
            limits.refund_over = yuan(text)?;
        }
        limits.bulk_over = bulk_over.unwrap_or(limits.bulk_over);
        let now = ports.clock.now();
        ports.casework.set_thresholds(limits, &actor, now)?;
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
    Fen::parse_yuan(&text.trim().replace(',', "")).map_err(|error| {
        Failure::new(
            FailureKind::Usage,
            "usage.amount",
            Message::new("金额无法识别", "Not an amount"),
            Message::new("以元为单位，如 12.30", "In yuan, such as 12.30"),
        )
        .with_detail(format!("{text}: {error}"))
    })
}

pub(super) fn judge(
    command: &JudgeCommand,
    judgement: Judgement,
    context: &CommandContext<'_>,
) -> Result<CommandEnd, Failure> {
    let ports = context.open()?;
    if command.ids.is_empty() {
        return waiting(context, &ports, command.format);
    }
    let person = PersonArgs {
        operator: command.operator.clone(),
    };
    let checker = match &person.operator {
        Some(name) => identified(context, &ports, name, Role::Approve)?,
        None => person.check(context, &ports, Role::Approve)?,
    };
    let mut first = None;
    for id in &command.ids {
        let now = ports.clock.now();
        let judged = ports
            .casework
            .judge(ApprovalId(*id), judgement, (&checker, now));
        let judged = match judged.map_err(refused) {
            Ok(judged) => judged,
            Err(failure) if command.ids.len() == 1 => return Err(failure),
            Err(failure) => {
                context.tell(&format!("✗ {id}"), &format!("✗ {id}"));
                context.tell_failure(&failure);
                first = first.or(Some(failure));
                continue;
            }
        };
        let subject = &judged.subject;
        match judgement {
            Judgement::Approved => context.tell(
                &format!("{checker} 已同意 {subject}"),
                &format!("{checker} agreed to {subject}"),
            ),
            Judgement::Declined => context.tell(
                &format!("{checker} 已驳回 {subject}"),
                &format!("{checker} refused {subject}"),
            ),
        }
    }
    Ok(first.map_or(CommandEnd::Clean, |_| CommandEnd::NeedsPerson))
}

fn refused(error: recondesk_ports::StoreError) -> Failure {
    let recondesk_ports::StoreError::Forbidden(why) = error else {
        return error.into();
    };
    let title = match why.as_str() {
        "the maker is no second person" => Message::new(
            "制单人不能复核自己的单",
            "Whoever prepared it cannot approve it",
        ),
        "an approval is given once" => Message::new("已经复核过了", "It was decided already"),
        _ => Message::new("没有复核权限", "Not allowed to approve"),
    };
    Failure::new(
        FailureKind::Usage,
        "approval.refused",
        title,
        Message::default(),
    )
    .with_detail(why)
}

fn waiting(
    context: &CommandContext<'_>,
    ports: &Ports,
    format: ListFormat,
) -> Result<CommandEnd, Failure> {
    let all = ports.casework.approvals(false)?;
    if format == ListFormat::Json {
        let value: Vec<_> = all.iter().map(approval_json).collect();
        print_json(&value)?;
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
        for asked in &all {
            table.row([
                asked.id.0.to_string(),
                asked.need.word().to_owned(),
                asked.subject.clone(),
                asked.maker.clone(),
                asked.asked_at.to_string(),
                asked.reason.clone(),
            ]);
        }
        print(table.print().as_bytes())?;
    }
    Ok(if all.is_empty() {
        CommandEnd::Clean
    } else {
        CommandEnd::NeedsPerson
    })
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
