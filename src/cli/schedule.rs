//! `recondesk schedule`: what the scheduler of this computer needs to run the morning by itself.

use clap::{Args, Subcommand, ValueEnum};

use super::CommandEnd;
use super::context::CommandContext;
use super::terminal_output::print_text;
use recondesk_app::schedule::{EARLIEST_MINUTES, ScheduleAsk, Scheduler, unit};
use recondesk_app::{Failure, FailureKind, Message};

#[derive(Debug, Subcommand)]
pub(super) enum ScheduleCommand {
    /// 打印这台电脑的写法 | Print what this computer needs
    Print(PrintCommand),
}

#[derive(Debug, Args)]
pub(super) struct PrintCommand {
    /// 哪种计划任务 | Which scheduler
    #[arg(value_enum)]
    scheduler: SchedulerChoice,
    /// 北京时间几点开始，与电脑的时区无关；之后每半小时一次，做完的不重做 | From when on, Beijing time, whatever the computer says; then every half hour, and what is done is not done again
    #[arg(long, value_name = "HH:MM", default_value = "10:15", value_parser = minutes)]
    at: u16,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum SchedulerChoice {
    Cron,
    Systemd,
    Launchd,
    TaskScheduler,
}

pub(super) fn run(
    ScheduleCommand::Print(command): &ScheduleCommand,
    context: &CommandContext<'_>,
) -> Result<CommandEnd, Failure> {
    let scheduler = match command.scheduler {
        SchedulerChoice::Cron => Scheduler::Cron,
        SchedulerChoice::Systemd => Scheduler::Systemd,
        SchedulerChoice::Launchd => Scheduler::Launchd,
        SchedulerChoice::TaskScheduler => Scheduler::TaskScheduler,
    };
    if command.at < EARLIEST_MINUTES {
        return Err(Failure::new(
            FailureKind::Usage,
            "schedule.early",
            Message::new(
                "微信支付的账单次日 10:00 起才能取",
                "WeChat Pay's bill can be fetched from 10:00 on",
            ),
            Message::new("--at 写 10:00 或更晚", "Give --at 10:00 or later"),
        ));
    }
    let program = std::env::current_exe().ok();
    let workspace = context
        .named_workspace()
        .map(|folder| std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned()));
    let words = |path: &std::path::Path| path.to_str().map(str::to_owned);
    let program = program.as_deref().and_then(words);
    let folder = workspace.as_deref().map(words);
    let ask = match (&program, &folder) {
        (Some(program), None) => Some((program, None)),
        (Some(program), Some(Some(folder))) => Some((program, Some(folder.as_str()))),
        (_, _) => None,
    };
    let text = ask.and_then(|(program, workspace)| {
        unit(
            scheduler,
            &ScheduleAsk {
                program,
                workspace,
                at_minutes: command.at,
                language: context.lang,
            },
        )
    });
    let text = text.ok_or_else(|| {
        Failure::new(
            FailureKind::Usage,
            "schedule.path",
            Message::new(
                "程序或工作区的路径里有控制字符，写不进计划任务",
                "The path of program or workspace has signs that no scheduler takes",
            ),
            Message::new("换一个文件夹", "Use another folder"),
        )
    })?;
    print_text(&text)?;
    Ok(CommandEnd::Clean)
}

/// Reads `HH:MM` as minutes after midnight.
pub(super) fn minutes(text: &str) -> Result<u16, String> {
    let wrong = || "HH:MM".to_owned();
    let (hours, rest) = text.split_once(':').ok_or_else(wrong)?;
    let number = |part: &str, most: u16| -> Result<u16, String> {
        let is_plain = part.len() == 2 && part.bytes().all(|sign| sign.is_ascii_digit());
        let value: u16 = part.parse().map_err(|_no_number| wrong())?;
        (is_plain && value < most)
            .then_some(value)
            .ok_or_else(wrong)
    };
    Ok(number(hours, 24)? * 60 + number(rest, 60)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_two_digits_and_two_digits() {
        assert_eq!(minutes("10:15"), Ok(615));
        assert_eq!(minutes("00:00"), Ok(0));
        for bad in [
            "", "10", "24:00", "10:60", "1:15", "10:5", "+1:15", "10:15:00",
        ] {
            assert!(minutes(bad).is_err(), "{bad}");
        }
    }
}
