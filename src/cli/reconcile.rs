//! `recondesk reconcile` and `recondesk cases`: comparing a day, and what it left to do.

use clap::{Args, Subcommand};

use super::CommandEnd;
use super::context::{CommandContext, profile_named};
use super::findings::{FindingsFormat, FindingsOutput, sentence};
use recondesk_app::jobs::reconcile::{self, Matched, Reconciled, RunRequest};
use recondesk_app::{Failure, FailureKind, Message};
use recondesk_domain::{Category, Finding};
use recondesk_ports::CaseQuery;

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
    tell(context, &day.to_string(), &done);
    Ok(done_of(&done))
}

/// The sentence of the day, and what a re-run changed.
pub(super) fn tell(context: &CommandContext<'_>, when: &str, done: &Reconciled) {
    let words = sentence(when, &done.run.summary.headline(), context.lang);
    context.tell(&words, &words);
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

/// Whether a result needs a person: findings that must be worked, or a day without a bill.
pub(super) fn done_of(done: &Reconciled) -> CommandEnd {
    if needs_person(&done.findings) {
        CommandEnd::NeedsPerson
    } else {
        CommandEnd::Clean
    }
}

fn needs_person(findings: &[Finding]) -> bool {
    // What a missing bill or half an export hides is unknown, so such a day is not done.
    let uncovered = [Category::MCoverage, Category::WCoverage];
    findings.iter().any(|finding| {
        finding.category.severity().needs_person() || uncovered.contains(&finding.category)
    })
}

#[derive(Debug, Subcommand)]
pub(super) enum CasesCommand {
    /// 列出差错 | List the cases
    List(CasesList),
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

pub(super) fn run_cases(
    CasesCommand::List(list): &CasesCommand,
    context: &CommandContext<'_>,
) -> Result<CommandEnd, Failure> {
    list.output.check()?;
    let mut query = CaseQuery {
        closed_too: list.all,
        ..CaseQuery::default()
    };
    if let Some(date) = &list.date {
        query.day = Some(context.day(date)?);
    }
    for word in &list.category {
        let before = query.categories.len();
        query.categories.extend(Category::meant_by(word.trim()));
        if query.categories.len() == before {
            return Err(Failure::new(
                FailureKind::Usage,
                "usage.category",
                Message::new("没有这个类别", "There is no such category"),
                Message::new(
                    "写代码或名称，如 P01 或 PAID_NOT_BOOKED",
                    "Write a code or a name, such as P01 or PAID_NOT_BOOKED",
                ),
            )
            .with_detail(word.as_str()));
        }
    }
    let ports = context.open()?;
    if let Some(name) = &list.profile {
        query.profile = Some(profile_named(&ports, name)?.0);
    }
    let findings: Vec<Finding> = ports
        .records
        .cases(&query)?
        .into_iter()
        .map(|case| case.finding)
        .collect();
    list.output.write(&findings, context)?;
    let (count, open) = (findings.len(), needs_person(&findings));
    context.tell(&format!("{count} 条"), &format!("{count} cases"));
    Ok(if open {
        CommandEnd::NeedsPerson
    } else {
        CommandEnd::Clean
    })
}
