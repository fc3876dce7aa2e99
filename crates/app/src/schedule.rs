//! What the schedulers of the operating systems need to run the morning by themselves.
//!
//! Each starts the program every half hour, which is WeChat Pay's own plan for a bill that is not ready. From
//! when on there is work is told to the program, in Beijing time: so the time zone of the computer, its summer
//! time, and a computer that was asleep or off at that minute do not matter.

use crate::Language;

/// No bill can be fetched earlier in the day, in minutes after midnight in Beijing.
pub const EARLIEST_MINUTES: u16 = 10 * 60;

/// A scheduler.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheduler {
    /// cron, of any kind.
    Cron,
    /// A user's timer of systemd.
    Systemd,
    /// A user's agent of macOS.
    Launchd,
    /// Task Scheduler of Windows.
    TaskScheduler,
}

impl Scheduler {
    /// That of the system the program runs on.
    #[must_use]
    pub const fn of_system() -> Self {
        if cfg!(windows) {
            Self::TaskScheduler
        } else if cfg!(target_os = "macos") {
            Self::Launchd
        } else {
            Self::Systemd
        }
    }
}

/// What is to be run, and when.
#[derive(Debug, Clone, Copy)]
pub struct ScheduleAsk<'a> {
    /// Path of the program.
    pub program: &'a str,
    /// Folder of the workspace, where it is not that of the user.
    pub workspace: Option<&'a str>,
    /// From when on, in minutes after midnight in Beijing.
    pub at_minutes: u16,
    /// Language of the summary.
    pub language: Language,
}

impl ScheduleAsk<'_> {
    fn arguments(&self) -> Vec<String> {
        let mut out: Vec<String> = Vec::new();
        if let Some(folder) = self.workspace {
            out.extend(["--workspace".to_owned(), folder.to_owned()]);
        }
        let lang = self.language.pick("zh", "en");
        let (hour, minute) = self.clock();
        let at = format!("{hour:02}:{minute:02}");
        let rest = [
            "--lang",
            lang,
            "day",
            "--all",
            "--catch-up",
            "--not-before",
            &at,
        ];
        out.extend(rest.map(str::to_owned));
        out
    }

    const fn clock(&self) -> (u16, u16) {
        (self.at_minutes / 60, self.at_minutes % 60)
    }

    /// The two minutes of each hour at which the program is started.
    fn minutes(&self) -> [u16; 2] {
        let first = self.at_minutes % 30;
        [first, first + 30]
    }
}

/// The line or unit; `None` when a path has signs that none of them takes.
#[must_use]
pub fn unit(scheduler: Scheduler, ask: &ScheduleAsk<'_>) -> Option<String> {
    let texts = [ask.program, ask.workspace.unwrap_or_default()];
    if texts.iter().any(|text| text.chars().any(char::is_control)) {
        return None;
    }
    Some(match scheduler {
        Scheduler::Cron => cron(ask),
        Scheduler::Systemd => systemd(ask),
        Scheduler::Launchd => launchd(ask),
        Scheduler::TaskScheduler => task_scheduler(ask),
    })
}

fn cron(ask: &ScheduleAsk<'_>) -> String {
    let [first, second] = ask.minutes();
    // A percent sign is a line feed to cron.
    let quoted = |word: &str| {
        let is_plain = |sign: u8| sign.is_ascii_alphanumeric() || b"-_./:=".contains(&sign);
        let word = if word.bytes().all(is_plain) && !word.is_empty() {
            word.to_owned()
        } else {
            format!("'{}'", word.replace('\'', r"'\''"))
        };
        word.replace('%', r"\%")
    };
    let words = words(ask, quoted);
    let head = ask.language.pick(
        "# crontab -e，加入下面这一行。每半小时运行一次；北京时间到点之前和做完之后都立即退出。\n\
         # 密钥在密封文件里时，另加一行 RECONDESK_PASSPHRASE=口令（crontab 只有本用户可读）。",
        "# crontab -e, and add this line. It runs every half hour and ends at once before that time of Beijing and when all is done.\n\
         # Where keys are in a sealed file, add a line RECONDESK_PASSPHRASE=… above it (only you can read your crontab).",
    );
    format!("{head}\n{first},{second} * * * * {words}\n")
}

fn systemd(ask: &ScheduleAsk<'_>) -> String {
    let [first, second] = ask.minutes();
    let (hour, _) = ask.clock();
    let quoted = |word: &str| {
        let word = word.replace('\\', r"\\").replace('"', "\\\"");
        format!("\"{}\"", word.replace('%', "%%").replace('$', "$$"))
    };
    let words = words(ask, quoted);
    let head = ask.language.pick(
        "# 存成注释里的两个文件，然后运行：\n\
         #   systemctl --user daemon-reload && systemctl --user enable --now recondesk-day.timer\n\
         #   loginctl enable-linger      （不登录也运行）\n\
         # 密钥在密封文件里时，把 RECONDESK_PASSPHRASE=口令 写进 ~/.config/recondesk/environment，权限 600。",
        "# Save the two files that the comments name, then run:\n\
         #   systemctl --user daemon-reload && systemctl --user enable --now recondesk-day.timer\n\
         #   loginctl enable-linger      (to run while you are not logged in)\n\
         # Where keys are in a sealed file, write RECONDESK_PASSPHRASE=… into ~/.config/recondesk/environment, mode 600.",
    );
    format!(
        "{head}\n\
         \n# ~/.config/systemd/user/recondesk-day.service\n\
         [Unit]\n\
         Description=Recondesk: the books of yesterday are compared\n\
         \n[Service]\n\
         Type=oneshot\n\
         EnvironmentFile=-%h/.config/recondesk/environment\n\
         ExecStart={words}\n\
         # 1: findings need a person. 3: the bill is not ready and is asked for again.\n\
         SuccessExitStatus=1 3\n\
         \n# ~/.config/systemd/user/recondesk-day.timer\n\
         [Unit]\n\
         Description=Recondesk: every half hour from {hour:02}:00 Beijing time on\n\
         \n[Timer]\n\
         OnCalendar=*-*-* {hour}..23:{first:02},{second:02}:00 Asia/Shanghai\n\
         Persistent=true\n\
         \n[Install]\n\
         WantedBy=timers.target\n"
    )
}

fn launchd(ask: &ScheduleAsk<'_>) -> String {
    let quoted = |word: &str| format!("    <string>{}</string>\n", xml(word));
    let mut arguments = quoted(ask.program);
    arguments.extend(ask.arguments().iter().map(|word| quoted(word)));
    let time =
        |minute: u16| format!("    <dict><key>Minute</key><integer>{minute}</integer></dict>\n");
    let times = ask.minutes().map(time).concat();
    let head = ask.language.pick(
        "存为 ~/Library/LaunchAgents/recondesk.day.plist，然后 launchctl bootstrap gui/$UID ~/Library/LaunchAgents/recondesk.day.plist",
        "Save as ~/Library/LaunchAgents/recondesk.day.plist, then launchctl bootstrap gui/$UID ~/Library/LaunchAgents/recondesk.day.plist",
    );
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <!-- {head} -->\n\
         <!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n\
         <plist version=\"1.0\">\n\
         <dict>\n\
         \x20 <key>Label</key>\n  <string>recondesk.day</string>\n\
         \x20 <key>ProgramArguments</key>\n  <array>\n{arguments}  </array>\n\
         \x20 <key>StartCalendarInterval</key>\n  <array>\n{times}  </array>\n\
         </dict>\n\
         </plist>\n"
    )
}

fn task_scheduler(ask: &ScheduleAsk<'_>) -> String {
    let [first, _] = ask.minutes();
    let single = |word: &str| format!("'{}'", word.replace('\'', "''"));
    // No path of Windows has a quotation mark; a backslash before one would hide it.
    let quoted = |word: &str| {
        if word.contains(' ') || word.is_empty() {
            let more = if word.ends_with('\\') { "\\" } else { "" };
            format!("\"{word}{more}\"")
        } else {
            word.to_owned()
        }
    };
    let arguments: Vec<String> = ask.arguments().iter().map(|word| quoted(word)).collect();
    let head = ask.language.pick(
        "# 在 PowerShell 里运行。每半小时启动一次；北京时间到点之前和做完之后都立即退出。",
        "# Run in PowerShell. It starts every half hour and ends at once before that time of Beijing and when all is done.",
    );
    format!(
        "{head}\n\
         Register-ScheduledTask -TaskName 'Recondesk day' `\n\
         \x20 -Action (New-ScheduledTaskAction -Execute {} -Argument {}) `\n\
         \x20 -Trigger (New-ScheduledTaskTrigger -Once -At '00:{first:02}' -RepetitionInterval (New-TimeSpan -Minutes 30)) `\n\
         \x20 -Settings (New-ScheduledTaskSettingsSet -StartWhenAvailable -MultipleInstances IgnoreNew)\n",
        single(ask.program),
        single(&arguments.join(" "))
    )
}

fn words(ask: &ScheduleAsk<'_>, quoted: impl Fn(&str) -> String) -> String {
    let mut out = vec![quoted(ask.program)];
    out.extend(ask.arguments().iter().map(|word| quoted(word)));
    out.join(" ")
}

fn xml(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask<'a>(program: &'a str, workspace: Option<&'a str>) -> ScheduleAsk<'a> {
        ScheduleAsk {
            program,
            workspace,
            at_minutes: 615,
            language: Language::En,
        }
    }

    #[test]
    fn cron_runs_every_half_hour_and_says_from_when_on() {
        let text = unit(Scheduler::Cron, &ask("/usr/bin/recondesk", None)).unwrap();
        let line = text.lines().last().unwrap();
        assert_eq!(
            line,
            "15,45 * * * * /usr/bin/recondesk --lang en day --all --catch-up --not-before 10:15"
        );
    }

    #[test]
    fn odd_paths_are_quoted_as_each_scheduler_wants_it() {
        let odd = ask("/opt/a b/100%/it's", Some("/srv/\"$x\"\\&<"));
        let line = |scheduler| unit(scheduler, &odd).unwrap();
        assert!(
            line(Scheduler::Cron)
                .contains(r#"'/opt/a b/100\%/it'\''s' --workspace '/srv/"$x"\&<'"#)
        );
        assert!(
            line(Scheduler::Systemd)
                .contains(r#"ExecStart="/opt/a b/100%%/it's" "--workspace" "/srv/\"$$x\"\\&<""#)
        );
        assert!(line(Scheduler::Launchd).contains("<string>/srv/\"$x\"\\&amp;&lt;</string>"));
        assert!(line(Scheduler::TaskScheduler).contains("-Execute '/opt/a b/100%/it''s'"));
    }

    #[test]
    fn a_path_of_two_lines_is_refused() {
        for scheduler in [
            Scheduler::Cron,
            Scheduler::Systemd,
            Scheduler::Launchd,
            Scheduler::TaskScheduler,
        ] {
            assert_eq!(unit(scheduler, &ask("/a\nb", None)), None);
            assert_eq!(unit(scheduler, &ask("/a", Some("/b\n* * * * * rm"))), None);
        }
    }

    #[test]
    fn systemd_counts_in_beijing() {
        let text = unit(Scheduler::Systemd, &ask("/usr/bin/recondesk", None)).unwrap();
        assert!(text.contains("OnCalendar=*-*-* 10..23:15,45:00 Asia/Shanghai\n"));
        assert!(text.contains("Persistent=true"));
    }
}
