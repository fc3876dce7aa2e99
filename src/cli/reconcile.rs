//! `recondesk reconcile`: comparing a day. What was decided before is not counted again.

use clap::Args;

use super::CommandEnd;
use super::context::{CommandContext, profile_named};
use super::findings::{FindingsFormat, FindingsOutput, sentence};
use recondesk_app::Failure;
use recondesk_app::jobs::day::{OpenWork, open_work};
use recondesk_app::jobs::reconcile::{self, Matched, Reconciled, RunRequest};
use recondesk_reconcile::Headline;

#[derive(Debug, Args)]
pub(super) struct ReconcileCommand {
    /// 商户档案 | Profile
    #[arg(long, value_name = "NAME")]
    profile: String,
    /// 账单日：YYYY-MM-DD 或 yesterday | Day: YYYY-MM-DD or yesterday
    #[arg(long, value_name = "D")]
    date: String,
    /// 日切窗口（分钟），只用于本次 | Cut-off window in minutes, for this run only
    #[arg(long, value_name = "MINUTES", value_parser = clap::value_parser!(u32).range(0..=720))]
    cut_off: Option<u32>,
    /// 连平账的行也列出 | List matched rows, too
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    output: FindingsOutput,
}

pub(super) fn run(
    command: &ReconcileCommand,
    context: &CommandContext<'_>,
) -> Result<CommandEnd, Failure> {
    command.output.check()?;
    let day = context.day(&command.date)?;
    let ports = context.open()?;
    let (id, profile) = profile_named(&ports, &command.profile)?;
    let ask = RunRequest {
        profile: (id, &profile),
        day,
        cut_off_minutes: command.cut_off,
        matched: if command.all {
            Matched::Listed
        } else {
            Matched::Counted
        },
    };
    let done = {
        let terminal = context.terminal();
        reconcile::run(&ports, &ask, &terminal)?
    };
    let mut rows = done.findings.clone();
    rows.extend(done.matched.iter().cloned());
    if command.output.format != FindingsFormat::Table
        || !rows.is_empty()
        || command.output.out.is_some()
    {
        command.output.write(&rows, context)?;
    }
    let open = open_work(ports.records.as_ref(), id, day)?;
    tell(context, &day.to_string(), &done, open);
    Ok(done_of(open))
}

/// The sentence of the day: what still needs a person, and what a re-run changed.
pub(super) fn tell(context: &CommandContext<'_>, when: &str, done: &Reconciled, open: OpenWork) {
    let found = done.run.summary.headline();
    let headline = Headline {
        to_work: open.count,
        at_stake: open.at_stake,
        ..found
    };
    let words = sentence(when, &headline, context.lang);
    context.tell(&words, &words);
    let decided = found.to_work.saturating_sub(open.count);
    if decided > 0 {
        context.tell(
            &format!("另有 {decided} 笔已处理"),
            &format!("{decided} more are decided already"),
        );
    }
    match &done.changes {
        Some(changes) if changes.is_empty() => {
            context.tell("与上一次结果相同", "The same as the result before");
        }
        Some(changes) => {
            let (new, gone, changed) =
                (changes.new.len(), changes.gone.len(), changes.changed.len());
            context.tell(
                &format!("与上一次结果相比：新增 {new}，消失 {gone}，变化 {changed}"),
                &format!("Against the result before: {new} new, {gone} gone, {changed} changed"),
            );
        }
        None => {}
    }
}

/// Whether what is open of a day needs a person: findings that must be worked, or a day without a bill.
pub(super) const fn done_of(open: OpenWork) -> CommandEnd {
    if open.needs_person() {
        CommandEnd::NeedsPerson
    } else {
        CommandEnd::Clean
    }
}
