//! `recondesk approve --all` and `reject --all`: what one person may decide about, counted and added up first, then one
//! after the other. Each is told as it is done, so that whoever stops the command sees how far it came.

use serde_json::json;

use super::{JudgeCommand, checker, list_waiting};
use crate::cli::CommandEnd;
use crate::cli::context::CommandContext;
use crate::cli::person::PersonArgs;
use crate::cli::profile::ListFormat;
use crate::cli::terminal_output::print_json;
use recondesk_app::jobs::approvals::{self, OpenApprovals, SecondPerson};
use recondesk_app::model::BulkLine;
use recondesk_app::{Failure, Message};
use recondesk_casework::Judgement;
use recondesk_domain::Fen;
use recondesk_ports::Ports;

pub(super) fn judge_all(
    command: &JudgeCommand,
    judgement: Judgement,
    context: &CommandContext<'_>,
    ports: &Ports,
) -> Result<CommandEnd, Failure> {
    let person = PersonArgs {
        operator: command.operator.clone(),
    };
    let all = approvals::waiting(ports)?;
    let open = OpenApprovals::to(&person.named().unwrap_or_default(), &all);
    let is_json = command.format == ListFormat::Json;
    if !(is_json && command.yes) {
        list_waiting(context, &open.theirs, command.format)?;
    }
    tell_sum(context, &open);
    if open.theirs.is_empty() {
        return Ok(CommandEnd::Clean);
    }
    if !command.yes {
        context.tell(
            "没有复核；加上 --yes 逐件执行",
            "Nothing was decided; add --yes to decide about each",
        );
        return Ok(CommandEnd::NeedsPerson);
    }
    let checker = checker(command, context, ports)?;
    let by = SecondPerson {
        judgement,
        checker: &checker,
    };
    let mut lines = Vec::with_capacity(open.theirs.len());
    for id in open.ids() {
        let line = approvals::judge_one(ports, id, by)?;
        tell_line(context, &line);
        lines.push(line);
    }
    if is_json {
        let value: Vec<_> = lines.iter().map(line_json).collect();
        print_json(&value)?;
    }
    let done = lines.iter().filter(|line| line.result.is_ok()).count();
    let refused = lines.len().saturating_sub(done);
    let said = words(judgement);
    context.tell(
        &format!("{} {done} 件，未能复核 {refused} 件", said.zh),
        &format!("{}: {done}, not decided: {refused}", said.en),
    );
    Ok(if refused == 0 {
        CommandEnd::Clean
    } else {
        CommandEnd::NeedsPerson
    })
}

fn words(judgement: Judgement) -> Message {
    match judgement {
        Judgement::Approved => Message::new("已同意", "Agreed"),
        Judgement::Declined => Message::new("已驳回", "Refused"),
    }
}

fn tell_sum(context: &CommandContext<'_>, open: &OpenApprovals<'_>) {
    let (count, own) = (open.theirs.len(), open.own);
    let sum = open.sum.map_or_else(|| "?".to_owned(), Fen::grouped);
    context.tell(
        &format!("{count} 件待您复核，涉及 ¥{sum}"),
        &format!("{count} wait for you, ¥{sum} at stake"),
    );
    if own > 0 {
        context.tell(
            &format!("另有 {own} 件是您提请的，由别人复核"),
            &format!("{own} more are your own; somebody else decides about them"),
        );
    }
}

fn tell_line(context: &CommandContext<'_>, line: &BulkLine) {
    match &line.result {
        Ok(said) => context.tell(&said.zh, &said.en),
        Err(failure) => {
            let id = line.id;
            context.tell(&format!("✗ {id}"), &format!("✗ {id}"));
            context.tell_failure(failure);
        }
    }
}

fn line_json(line: &BulkLine) -> serde_json::Value {
    json!({
        "id": line.id,
        "subject": line.key,
        "number": line.number,
        "done": line.result.is_ok(),
        "code": line.result.as_ref().err().map(|failure| failure.code),
        "said": match &line.result {
            Ok(said) => said.en.clone(),
            Err(failure) => failure.to_string(),
        },
    })
}
