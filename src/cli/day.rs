//! `recondesk day`: a whole morning for one merchant or all, as a scheduler runs it.

use clap::{Args, Subcommand};

use super::CommandEnd;
use super::context::{CommandContext, profile_named};
use super::reconcile::{done_of, tell};
use super::sign_off;
use super::speech::print_text;
use super::table::TextTable;
use recondesk_app::jobs::day::{self, OpenWork, open_work};
use recondesk_app::jobs::reconcile::Reconciled;
use recondesk_app::{Failure, FailureKind, Message};
use recondesk_domain::{BillDate, group_digits};

#[derive(Debug, Subcommand)]
enum DayDeed {
    /// 签账：锁定结果，出证书 | Sign a day off: its result is locked, a certificate is made
    SignOff(sign_off::SignOffCommand),
    /// 申请解锁已签账的日期，由另一人复核 | Ask a second person to open a signed day
    Unlock(sign_off::UnlockCommand),
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(super) struct DayCommand {
    #[command(subcommand)]
    deed: Option<DayDeed>,
    /// 商户档案 | Profile
    #[arg(long, value_name = "NAME", required_unless_present = "all")]
    profile: Option<String>,
    /// 全部商户 | Every profile
    #[arg(long, conflicts_with = "profile")]
    all: bool,
    /// 账单日：YYYY-MM-DD 或 yesterday | Day: YYYY-MM-DD or yesterday
    #[arg(long, value_name = "D", default_value = "yesterday")]
    date: String,
}

pub(super) fn run(
    command: &DayCommand,
    context: &CommandContext<'_>,
) -> Result<CommandEnd, Failure> {
    match &command.deed {
        Some(DayDeed::SignOff(command)) => return sign_off::sign(command, context),
        Some(DayDeed::Unlock(command)) => return sign_off::unlock(command, context),
        None => {}
    }
    let date = context.day(&command.date)?;
    let ports = context.open()?;
    let profiles = match &command.profile {
        Some(name) => vec![profile_named(&ports, name)?],
        None => ports.records.profiles()?,
    };
    if profiles.is_empty() {
        return Err(Failure::new(
            FailureKind::Usage,
            "profile.none",
            Message::new("还没有商户档案", "There is no profile yet"),
            Message::new(
                "用 recondesk profile add 新增",
                "Add one with recondesk profile add",
            ),
        ));
    }
    let mut done = CommandEnd::Clean;
    let mut failed = Vec::new();
    let mut table = headings(context);
    for (id, profile) in &profiles {
        let result = {
            let terminal = context.terminal();
            day::run(&ports, (*id, profile), date, &terminal)
        };
        match result {
            Ok(result) => {
                let open = open_work(ports.records.as_ref(), *id, date)?;
                tell(context, &format!("{} {date}", profile.name), &result, open);
                if done_of(open) == CommandEnd::NeedsPerson {
                    done = CommandEnd::NeedsPerson;
                }
                table.row(row(&profile.name, date, (&result, open)));
            }
            Err(failure) => {
                context.tell(&profile.name, &profile.name);
                table.row([
                    profile.name.clone(),
                    date.to_string(),
                    failure.code.to_owned(),
                ]);
                // One merchant's trouble must not keep the others from their morning.
                if profiles.len() > 1 {
                    context.tell_failure(&failure);
                }
                failed.push((profile.name.as_str(), failure));
            }
        }
    }
    print_text(&table.print())?;
    match failed.as_slice() {
        [] => Ok(done),
        [(_, failure)] if profiles.len() == 1 => Err(failure.clone()),
        [(_, first), ..] => {
            let names: Vec<&str> = failed.iter().map(|(name, _)| *name).collect();
            Err(some_failed(first.kind, &names, profiles.len()))
        }
    }
}

/// Each failure has been told where it happened; the exit code is that of the first.
fn some_failed(kind: FailureKind, names: &[&str], all: usize) -> Failure {
    let count = names.len();
    Failure::new(
        kind,
        "day.failed",
        Message::new(
            format!("{all} 个商户中有 {count} 个没有完成"),
            format!("{count} of {all} merchants are not done"),
        ),
        Message::default(),
    )
    .with_detail(names.join(", "))
}

fn headings(context: &CommandContext<'_>) -> TextTable {
    let lang = context.lang;
    TextTable::new([
        lang.pick("商户", "profile"),
        lang.pick("日期", "date"),
        lang.pick("状态", "state"),
        lang.pick("笔数", "rows"),
        lang.pick("平账", "matched"),
        lang.pick("跨日", "across days"),
        lang.pick("需处理", "to work"),
        lang.pick("涉及", "at stake"),
    ])
    .right(3)
    .right(4)
    .right(5)
    .right(6)
    .right(7)
}

fn row(name: &str, date: BillDate, (result, open): (&Reconciled, OpenWork)) -> [String; 8] {
    let headline = result.run.summary.headline();
    let number = |n: u64| group_digits(&n.to_string());
    [
        name.to_owned(),
        date.to_string(),
        "ok".to_owned(),
        number(headline.rows),
        number(headline.matched),
        number(headline.cross_day),
        number(open.count),
        open.at_stake.grouped(),
    ]
}
