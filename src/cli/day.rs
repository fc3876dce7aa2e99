//! `recondesk day`: a whole morning for one merchant or all, as a scheduler runs it.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::CommandEnd;
use super::context::{CommandContext, profile_named};
use super::reconcile::tell;
use super::sign_off;
use super::table::TextTable;
use super::terminal_output::print_text;
use recondesk_app::jobs::day::OpenWork;
use recondesk_app::jobs::morning::{
    self, Alarm, FileFate, MerchantMorning, MorningAsk, MorningDays, Shift, minutes_of_day,
    share_out,
};
use recondesk_app::jobs::reconcile::{Basis, Reconciled};
use recondesk_app::{Failure, FailureKind, MerchantRef, Message, Reporter as _};
use recondesk_domain::{BillDate, Language, MerchantProfile, ProfileId, group_digits};
use recondesk_ports::Ports;

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
    /// 与其他电脑或进程上同样的命令分担全部商户，每个商户只由一处做 | Share the merchants out with the same command on other computers or in other processes: each is done by one
    #[arg(long, requires = "all", conflicts_with = "profile")]
    worker: bool,
    /// 账单日：YYYY-MM-DD 或 yesterday | Day: YYYY-MM-DD or yesterday
    #[arg(long, value_name = "D", default_value = "yesterday")]
    date: String,
    /// 补做：最后一次对完的那天以来的每一天，最旧的先做；做完的不重做 | Every day since the last one that was compared, oldest first; what is done is not done again
    #[arg(long, conflicts_with = "date")]
    catch_up: bool,
    /// 北京时间这之前什么都不做（给定时任务用） | Do nothing before this time of Beijing (for a scheduler)
    #[arg(long, value_name = "HH:MM", requires = "catch_up", value_parser = super::schedule::minutes)]
    not_before: Option<u16>,
    /// 先从这个文件夹取新的订单文件；默认用档案里的 | Take new files of orders from this folder first; that of the profile by default
    #[arg(long, value_name = "DIR", conflicts_with = "all")]
    orders_from: Option<PathBuf>,
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
    let now = minutes_of_day(context.clock().now());
    if command.not_before.is_some_and(|at| now < i64::from(at)) {
        return Ok(CommandEnd::Clean);
    }
    let days = if command.catch_up {
        MorningDays::CatchUp
    } else {
        MorningDays::One(context.day(&command.date)?)
    };
    let ports = context.open()?;
    let profiles = match &command.profile {
        Some(name) => vec![profile_named(&ports, name)?],
        None => ports.records.profiles()?,
    };
    if profiles.is_empty() {
        return Err(no_profile());
    }
    let ask = MorningAsk {
        days,
        folder: command.orders_from.as_deref(),
        files: context.files(),
        pause: &std::thread::sleep,
    };
    let mut told = DaySummary::new(context, profiles.len());
    let mornings = if command.worker {
        shared_out(&ports, &profiles, &ask, &mut told)?
    } else {
        one_after_the_other(&ports, &profiles, &ask, &mut told)
    };
    print_text(&told.table.print())?;
    let token = context.terminal().token();
    let unsent = morning::tell(&ports, &mornings, context.lang, &token, &std::thread::sleep)?;
    told.end(unsent)
}

fn one_after_the_other(
    ports: &Ports,
    profiles: &[(ProfileId, MerchantProfile)],
    ask: &MorningAsk<'_>,
    told: &mut DaySummary<'_>,
) -> Vec<MerchantMorning> {
    let mut mornings = Vec::new();
    for (id, profile) in profiles {
        let result = {
            let terminal = told.context.terminal();
            morning::run(ports, MerchantRef { id: *id, profile }, ask, &terminal)
        };
        mornings.extend(told.hear(profile, result));
    }
    mornings
}

/// The mornings that this worker did.
fn shared_out(
    ports: &Ports,
    merchants: &[(ProfileId, MerchantProfile)],
    ask: &MorningAsk<'_>,
    told: &mut DaySummary<'_>,
) -> Result<Vec<MerchantMorning>, Failure> {
    // Workers begin at different places of the list.
    let count = u32::try_from(merchants.len()).unwrap_or(u32::MAX).max(1);
    let first = std::process::id() % count;
    let shift = Shift {
        ports,
        merchants,
        ask,
        first: usize::try_from(first).unwrap_or(0),
    };
    let terminal = told.context.terminal();
    let mut mornings = Vec::new();
    share_out(&shift, &terminal, &mut |profile, result| {
        mornings.extend(told.hear(profile, result));
    })?;
    drop(terminal);
    let (done, all) = (mornings.len(), merchants.len());
    told.context.tell(
        &format!("{all} 个商户都已做完，其中 {done} 个由本进程完成"),
        &format!("All {all} merchants are done, {done} of them by this worker"),
    );
    Ok(mornings)
}

/// What is told of the merchants, and how the command ends.
struct DaySummary<'a> {
    context: &'a CommandContext<'a>,
    merchants: usize,
    table: TextTable,
    end: CommandEnd,
    failed: Vec<(String, Failure)>,
}

impl<'a> DaySummary<'a> {
    fn new(context: &'a CommandContext<'a>, merchants: usize) -> Self {
        Self {
            context,
            merchants,
            table: headings(context),
            end: CommandEnd::Clean,
            failed: Vec::new(),
        }
    }

    /// Tells what came of a merchant's morning, and keeps it.
    fn hear(
        &mut self,
        profile: &MerchantProfile,
        result: Result<MerchantMorning, Failure>,
    ) -> Option<MerchantMorning> {
        match result {
            Ok(morning) => {
                self.tell(&morning);
                Some(morning)
            }
            Err(failure) => {
                self.fail(&profile.name, None, failure);
                None
            }
        }
    }

    fn tell(&mut self, morning: &MerchantMorning) {
        let (context, name) = (self.context, morning.name.as_str());
        for day in &morning.days {
            match &day.result {
                Ok((done, open)) => {
                    tell(context, &format!("{name} {}", day.day), done, *open);
                    let mut row = row(name, day.day, context.lang, done, *open);
                    if let Some(signed) = &day.signed {
                        let words = signed.words();
                        context.tell(
                            &format!("{name} {}", words.zh),
                            &format!("{name} {}", words.en),
                        );
                        if let Some(state) = row.get_mut(2) {
                            context.lang.pick("已签账", "signed").clone_into(state);
                        }
                    }
                    self.table.row(row);
                }
                Err(failure) => self.fail(name, Some(day.day), failure.clone()),
            }
        }
        self.tell_files(morning);
        if let Some(failure) = &morning.folder_failure {
            self.fail(name, None, failure.clone());
        }
        self.tell_refunds(morning);
        let gone = morning.gone.len();
        if gone > 0 {
            context.tell(
                &format!("{name}：有 {gone} 天没有对账，账单已过三个月"),
                &format!("{name}: {gone} days were never compared, and their bills are gone"),
            );
        }
        if morning.older.needs_person() {
            let count = group_digits(&morning.older.count.to_string());
            let sum = morning.older.at_stake.grouped();
            context.tell(
                &format!("{name}：以前的日子还有 {count} 笔需处理，涉及 ¥{sum}"),
                &format!(
                    "{name}: earlier days still have {count} that need a person, ¥{sum} at stake"
                ),
            );
        }
        for alarm in &morning.alarms {
            match alarm {
                Alarm::NoBill => context.tell(
                    &format!("⚠ {name}：没有昨天的账单"),
                    &format!("⚠ {name}: yesterday's bill is not here"),
                ),
                Alarm::NoOrders => context.tell(
                    &format!("⚠ {name}：没有昨天的商户订单文件"),
                    &format!("⚠ {name}: there is no file of yesterday's orders"),
                ),
            }
        }
        if morning.needs_person() {
            self.end = CommandEnd::NeedsPerson;
        }
    }

    /// What WeChat Pay said of refunds under way.
    fn tell_refunds(&mut self, morning: &MerchantMorning) {
        let name = morning.name.as_str();
        let asked = &morning.refunds;
        if asked.answered > 0 {
            let (answered, settled) = (asked.answered, asked.settled);
            self.context.tell(
                &format!("{name}：问了 {answered} 笔在途退款，{settled} 笔有了结果"),
                &format!("{name}: asked about {answered} refunds in flight, {settled} are settled"),
            );
        }
        if let Some(failure) = &asked.failure {
            self.fail(name, None, failure.clone());
        }
    }

    /// What became of the files of the folder.
    fn tell_files(&self, morning: &MerchantMorning) {
        let (context, name) = (self.context, morning.name.as_str());
        for file in &morning.files {
            match &file.fate {
                FileFate::Taken(told) => {
                    let words = told.title.get(context.lang);
                    let line = format!("{name} {}: {words}", file.name);
                    context.tell(&line, &line);
                }
                FileFate::Unfinished => context.tell(
                    &format!("{name} {}：还在写，留到下一次", file.name),
                    &format!(
                        "{name} {}: still being written, left for the next time",
                        file.name
                    ),
                ),
                FileFate::Passed => context.tell(
                    &format!("{name} {}：不是表格，跳过", file.name),
                    &format!("{name} {}: no table, passed over", file.name),
                ),
                FileFate::Refused(failure) => {
                    let mut failure = failure.as_ref().clone();
                    let detail = format!("{} {}", file.name, failure.detail);
                    detail.trim().clone_into(&mut failure.detail);
                    context.tell_failure(&failure);
                }
            }
        }
    }

    /// One merchant's trouble must not keep the others from their morning.
    fn fail(&mut self, name: &str, day: Option<BillDate>, failure: Failure) {
        let day = day.map(|day| day.to_string()).unwrap_or_default();
        let why = failure.title.get(self.context.lang).to_owned();
        self.table.row([name.to_owned(), day, why]);
        self.failed.push((name.to_owned(), failure));
    }

    /// What failed decides the exit code, then what needs a person, then a message that was not taken.
    fn end(self, mut unsent: Vec<Failure>) -> Result<CommandEnd, Failure> {
        let is_clean = self.failed.is_empty() && self.end == CommandEnd::Clean;
        let last = if is_clean { unsent.pop() } else { None };
        for failure in &unsent {
            self.context.tell_failure(failure);
        }
        if let Some(failure) = last {
            return Err(failure);
        }
        let mut failed = self.failed;
        if failed.len() == 1
            && self.merchants == 1
            && let Some((_, failure)) = failed.pop()
        {
            return Err(failure);
        }
        let Some((_, first)) = failed.first() else {
            return Ok(self.end);
        };
        let kind = first.kind;
        for (name, failure) in &failed {
            self.context.tell(name, name);
            self.context.tell_failure(failure);
        }
        let mut names: Vec<&str> = failed.iter().map(|(name, _)| name.as_str()).collect();
        names.dedup();
        Err(some_failed(kind, &names, self.merchants))
    }
}

fn no_profile() -> Failure {
    Failure::new(
        FailureKind::Usage,
        "profile.none",
        Message::new("还没有商户档案", "There is no profile yet"),
        Message::new(
            "用 recondesk profile add 新增",
            "Add one with recondesk profile add",
        ),
    )
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

fn row(
    name: &str,
    date: BillDate,
    lang: Language,
    result: &Reconciled,
    open: OpenWork,
) -> [String; 8] {
    let headline = result.run.summary.headline();
    let number = |n: u64| group_digits(&n.to_string());
    [
        name.to_owned(),
        date.to_string(),
        Basis::of(&result.run.summary, &result.findings)
            .state(lang)
            .to_owned(),
        number(headline.rows),
        number(headline.matched),
        number(headline.cross_day),
        number(open.count),
        open.at_stake.grouped(),
    ]
}
