//! `recondesk refund`: prepare, send, resume, list. Whatever is sent was written down before.

mod many;
mod output;
mod prepare;
mod redirect;

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, Subcommand};

use super::CommandEnd;
use super::context::{CommandContext, profile_named};
use super::operator::yuan;
use super::person::PersonArgs;
use super::profile::ListFormat;
pub(super) use output::refund_json;
use output::{one, table, tell_state};
use prepare::{PrepareArgs, run_prepare};
use recondesk_app::jobs::refund::{
    Carried, ConfirmedSums, HeldRefunds, Pause, RefundPace, ResumeAsk, batch_file, carry_on,
    confirm, confirm_anew, is_unpayable, named, resume_each, unfinished, waits_to_be_sent,
    withdraw,
};
use recondesk_app::{Failure, FailureKind, Message};
use recondesk_casework::{RefundProgress, RefundStage, Role};
use recondesk_domain::{Fen, ProfileId};
use recondesk_ports::{CancelToken, Ports, RefundQuery, RefundRecord};
use redirect::{RedirectArgs, run_redirect};

#[derive(Debug, Subcommand)]
pub(super) enum RefundCommand {
    /// 制单：查单、核对限额、定下退款单号，不发送 | Prepare: query the order, check the limits, fix the number; nothing is sent
    Prepare(Box<PrepareArgs>),
    /// 发送并跟踪：退出码 0 已退回，1 已受理或未明，5 被拒绝 | Send and follow: exit code 0 money returned, 1 accepted or unknown, 5 refused
    Send(SendArgs),
    /// 查询未完成的退款：中断之后运行；已确认、还没有发送的也发送，设了操作人的要有操作人 | Ask about what is not final: what runs after a crash; what was confirmed goes out, too, where operators are named in the name of one
    Resume(ResumeArgs),
    /// 异常退款改退到顾客的银行卡或商户账户（APIv3） | Send an abnormal refund to a card of the customer or to the merchant's account (APIv3)
    Redirect(RedirectArgs),
    /// 列出退款 | List the refunds
    List(ListArgs),
    /// 查看一笔退款和它的经过 | Show one refund and what happened to it
    Show {
        /// 编号或退款单号 | Its number here, or its refund number
        intent: String,
        /// 输出格式 | Format of the output
        #[arg(long, value_enum, default_value_t = ListFormat::Table)]
        format: ListFormat,
    },
    /// 写出平台「批量退款」文件，给没有在这里存证书的商户 | Write the platform's batch file, for merchants who keep no certificate here
    BatchFile {
        /// 商户档案 | Profile
        #[arg(long, value_name = "NAME")]
        profile: String,
        /// 退款：编号或退款单号，默认全部已制单和已确认的 | Refunds by number; by default all that are drafted or confirmed
        #[arg(value_name = "INTENT")]
        intents: Vec<String>,
        /// 文件 | File
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        #[command(flatten)]
        person: PersonArgs,
    },
    /// 撤回没有被受理的退款 | Give up a refund that was not accepted
    Withdraw {
        /// 编号或退款单号 | Its number here, or its refund number
        intent: String,
        /// 原因 | Reason
        #[arg(long, value_name = "TEXT")]
        reason: String,
        #[command(flatten)]
        person: PersonArgs,
    },
}

#[derive(Debug, Args)]
pub(super) struct SendArgs {
    /// 编号或退款单号，可多笔 | Its number here, or its refund number; several may be named
    #[arg(value_name = "INTENT", required_unless_present = "drafts")]
    intents: Vec<String>,
    /// 该商户全部已制单的退款 | All refunds of the profile that are drafted
    #[arg(long, value_name = "PROFILE", conflicts_with = "intents")]
    drafts: Option<String>,
    /// 再输一次退款金额（元）以确认；多笔时输合计 | The sum once more, in yuan; of several their total
    #[arg(long, value_name = "YUAN")]
    confirm: String,
    /// 制单之后订单另有退款时：输入查到的已退金额（元），确认再退 | Where the order was refunded by another way since: what has gone back by now, in yuan, to send it all the same
    #[arg(long, value_name = "YUAN")]
    refunded: Option<String>,
    #[command(flatten)]
    follow: FollowArgs,
    #[command(flatten)]
    person: PersonArgs,
}

#[derive(Debug, Args)]
pub(super) struct ResumeArgs {
    /// 编号或退款单号，默认全部 | Its number here, or its refund number; all by default
    intent: Option<String>,
    /// 商户档案，默认全部 | Profile, all by default
    #[arg(long, value_name = "NAME", conflicts_with = "intent")]
    profile: Option<String>,
    /// 已确认、还没有发送的由您再次确认并发送 | Confirm and send what was confirmed and has not gone out: it is you who moves the money
    #[arg(long)]
    send: bool,
    #[command(flatten)]
    follow: FollowArgs,
    #[command(flatten)]
    person: PersonArgs,
}

#[derive(Debug, Args)]
pub(super) struct FollowArgs {
    /// 最多跟踪多少秒 | Follow it for at most so many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(0..=3600))]
    wait: u64,
    /// 输出格式 | Format of the output
    #[arg(long, value_enum, default_value_t = ListFormat::Table)]
    format: ListFormat,
}

#[derive(Debug, Args)]
pub(super) struct ListArgs {
    /// 商户档案，默认全部 | Profile, all by default
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// 状态，用逗号分开 | States, separated by commas
    #[arg(long, value_name = "STATE", value_delimiter = ',', value_parser = stage)]
    state: Vec<RefundStage>,
    /// 输出格式 | Format of the output
    #[arg(long, value_enum, default_value_t = ListFormat::Table)]
    format: ListFormat,
}

fn stage(word: &str) -> Result<RefundStage, String> {
    RefundStage::parse(word).ok_or_else(|| {
        let words: Vec<&str> = RefundStage::all().map(RefundStage::word).collect();
        words.join(", ")
    })
}

pub(super) fn run(
    command: &RefundCommand,
    context: &CommandContext<'_>,
) -> Result<CommandEnd, Failure> {
    let ports = context.open()?;
    match command {
        RefundCommand::Prepare(args) => run_prepare(args, context, &ports),
        RefundCommand::Send(args) => run_send(args, context, &ports),
        RefundCommand::Resume(args) => run_resume(args, context, &ports),
        RefundCommand::Redirect(args) => run_redirect(args, context, &ports),
        RefundCommand::List(args) => run_list(args, context, &ports),
        RefundCommand::Show { intent, format } => {
            let record = named(&ports, intent)?;
            output::show(context, &ports, &record, *format)?;
            Ok(CommandEnd::Clean)
        }
        RefundCommand::BatchFile {
            profile,
            intents,
            out,
            person,
        } => {
            let actor = person.check(context, &ports, Role::Work)?;
            run_batch(context, &ports, (profile, intents, &actor), out)
        }
        RefundCommand::Withdraw {
            intent,
            reason,
            person,
        } => run_withdraw(intent, reason, person, context, &ports),
    }
}

/// What can be done without waiting.
const fn at_once<'a>(pause: Pause<'a>, cancel: &'a CancelToken) -> RefundPace<'a> {
    RefundPace {
        patience: Duration::ZERO,
        pause,
        cancel,
    }
}

const fn pause() -> impl Fn(Duration) {
    |time| std::thread::sleep(time)
}

fn run_send(
    args: &SendArgs,
    context: &CommandContext<'_>,
    ports: &Ports,
) -> Result<CommandEnd, Failure> {
    let typed: Fen = yuan(&args.confirm)?;
    let record = match many::chosen(args, ports)? {
        many::RefundsToSend::One(record) => *record,
        many::RefundsToSend::Several(records) => {
            return many::send(args, context, ports, records, typed);
        }
    };
    let actor = args.person.check(context, ports, Role::Work)?;
    let cancel = CancelToken::default();
    let record = match args.refunded.as_deref().map(yuan).transpose()? {
        Some(refunded) => {
            let sums = ConfirmedSums { typed, refunded };
            confirm_anew(ports, &record, sums, &actor, &cancel)?
        }
        None => confirm(ports, &record, typed, &actor)?,
    };
    let pause = pause();
    let pace = RefundPace {
        patience: Duration::from_secs(args.follow.wait),
        pause: &pause,
        cancel: &cancel,
    };
    let carried = carry_on(ports, record, &pace)?;
    one(context, &carried.record, args.follow.format)?;
    end_of(context, &carried, Some(typed))
}

/// What a refund's state means for a script.
fn end_of(
    context: &CommandContext<'_>,
    carried: &Carried,
    wanted: Option<Fen>,
) -> Result<CommandEnd, Failure> {
    // A refund that can no longer be paid has another way on than its state has.
    if !carried.trouble.as_ref().is_some_and(is_unpayable) {
        tell_state(context, &carried.record);
    }
    if prepare::is_other_sum(context, &carried.record, wanted) {
        return Ok(CommandEnd::NeedsPerson);
    }
    if carried.record.refund.stage == RefundStage::Done {
        return Ok(if carried.record.refund.to_merchant {
            CommandEnd::NeedsPerson
        } else {
            CommandEnd::Clean
        });
    }
    if is_refused(carried.record.refund.stage) {
        return Err(not_accepted(&carried.record));
    }
    match &carried.trouble {
        // A limit or an order that is not found says nothing of a sending whose outcome is unknown.
        Some(failure)
            if failure.code == "refund.changed"
                || failure.retryable
                || is_unclear(carried.record.refund.stage)
                || failure.kind == FailureKind::Gateway && !failure.code.starts_with("refund.") =>
        {
            context.tell_failure(failure);
            Ok(CommandEnd::NeedsPerson)
        }
        Some(failure) => Err(failure.clone()),
        None => Ok(CommandEnd::NeedsPerson),
    }
}

fn not_accepted(record: &RefundRecord) -> Failure {
    let state = recondesk_app::jobs::refund::state_words(record);
    Failure::new(
        FailureKind::Gateway,
        "refund.refused",
        Message::new(
            format!("退款没有成功：{}", state.zh),
            format!("Not refunded: {}", state.en),
        ),
        recondesk_app::jobs::refund::advice_of(record),
    )
    .with_detail(&*record.last_words)
}

fn run_resume(
    args: &ResumeArgs,
    context: &CommandContext<'_>,
    ports: &Ports,
) -> Result<CommandEnd, Failure> {
    let cancel = CancelToken::default();
    let pause = pause();
    let pace = RefundPace {
        patience: Duration::from_secs(args.follow.wait),
        pause: &pause,
        cancel: &cancel,
    };
    let sender = if args.send || args.person.named().is_some() {
        Some(args.person.check(context, ports, Role::Work)?)
    } else {
        None
    };
    // Where nobody is named, whoever runs the program confirmed them; where operators are, one of them has to say so.
    let held = match &sender {
        Some(sender) => HeldRefunds::SentBy(sender),
        None if ports.casework.operators()?.is_empty() => HeldRefunds::Go,
        None => HeldRefunds::Stay,
    };
    if let Some(intent) = &args.intent {
        let carried = resume_one(ports, intent, held, &pace)?;
        one(context, &carried.record, args.follow.format)?;
        return end_of(context, &carried, None);
    }
    let profile = args
        .profile
        .as_deref()
        .map(|name| profile_named(ports, name));
    let profile = profile.transpose()?.map(|named| named.0);
    let ask = ResumeAsk { profile, held };
    let carried = resume_each(ports, ask, &pace, &mut |_, _| ())?;
    let records: Vec<RefundRecord> = carried.iter().map(|one| one.record.clone()).collect();
    table(context, &records, args.follow.format)?;
    for one in &carried {
        if let Some(failure) = &one.trouble {
            let number = one.record.out_refund_no;
            context.tell(&format!("✗ {number}"), &format!("✗ {number}"));
            context.tell_failure(failure);
        }
    }
    tell_drafts(context, ports, profile)?;
    let left = tell_held(context, ports, profile)?;
    match end_of_all(&carried)? {
        CommandEnd::Clean if left > 0 => Ok(CommandEnd::NeedsPerson),
        end => Ok(end),
    }
}

/// Asks about one; it is sent where a person says so, or where it had been sent before.
fn resume_one(
    ports: &Ports,
    intent: &str,
    held: HeldRefunds<'_>,
    pace: &RefundPace<'_>,
) -> Result<Carried, Failure> {
    let record = named(ports, intent)?;
    if !waits_to_be_sent(&record) {
        return carry_on(ports, record, pace);
    }
    match held {
        HeldRefunds::SentBy(sender) => {
            let record = confirm(ports, &record, record.refund.amount, sender)?;
            carry_on(ports, record, pace)
        }
        HeldRefunds::Go => carry_on(ports, record, pace),
        HeldRefunds::Stay => Ok(Carried {
            record,
            trouble: None,
        }),
    }
}

/// What the states of several mean for a script: one that is not final goes before one that was refused.
fn end_of_all(carried: &[Carried]) -> Result<CommandEnd, Failure> {
    let mut all = carried.iter().map(|one| one.record.refund);
    let is_open = |one: RefundProgress| one.to_merchant || one.stage != RefundStage::Done;
    if all.any(|one| is_open(one) && !is_refused(one.stage)) {
        return Ok(CommandEnd::NeedsPerson);
    }
    let refused = carried
        .iter()
        .find(|one| is_refused(one.record.refund.stage));
    refused.map_or(Ok(CommandEnd::Clean), |one| Err(not_accepted(&one.record)))
}

/// It was sent, and nobody knows what became of it.
const fn is_unclear(stage: RefundStage) -> bool {
    matches!(stage, RefundStage::Sent | RefundStage::Unknown)
}

/// Certainly no money moved.
const fn is_refused(stage: RefundStage) -> bool {
    matches!(
        stage,
        RefundStage::Rejected | RefundStage::Closed | RefundStage::Withdrawn
    )
}

/// What nobody confirmed is not sent by itself, and that is said.
fn tell_drafts(
    context: &CommandContext<'_>,
    ports: &Ports,
    profile: Option<ProfileId>,
) -> Result<(), Failure> {
    let drafts = ports.casework.refunds(&RefundQuery {
        profile,
        stages: vec![RefundStage::Drafted],
        ..RefundQuery::default()
    })?;
    let count = drafts.len();
    if count > 0 {
        context.tell(
            &format!("另有 {count} 笔只制了单、没有确认，没有发送：recondesk refund list --state drafted"),
            &format!("{count} more are drafts that nobody confirmed and were not sent: recondesk refund list --state drafted"),
        );
    }
    Ok(())
}

/// What was confirmed and still stands unsent is told, with the way to send it; how many they are.
fn tell_held(
    context: &CommandContext<'_>,
    ports: &Ports,
    profile: Option<ProfileId>,
) -> Result<usize, Failure> {
    let open = unfinished(ports, profile)?;
    let count = open.iter().filter(|known| waits_to_be_sent(known)).count();
    if count > 0 {
        context.tell(
            &format!("另有 {count} 笔已确认、没有发送；发送：recondesk refund resume --send --operator 姓名"),
            &format!("{count} more are confirmed and were not sent; recondesk refund resume --send --operator NAME sends them"),
        );
    }
    Ok(count)
}

fn run_list(
    args: &ListArgs,
    context: &CommandContext<'_>,
    ports: &Ports,
) -> Result<CommandEnd, Failure> {
    let profile = args
        .profile
        .as_deref()
        .map(|name| profile_named(ports, name));
    let records = ports.casework.refunds(&RefundQuery {
        profile: profile.transpose()?.map(|named| named.0),
        stages: args.state.clone(),
        ..RefundQuery::default()
    })?;
    table(context, &records, args.format)?;
    Ok(CommandEnd::Clean)
}

fn run_batch(
    context: &CommandContext<'_>,
    ports: &Ports,
    (profile, intents, actor): (&str, &[String], &str),
    out: &Path,
) -> Result<CommandEnd, Failure> {
    CommandContext::check_out(Some(out))?;
    let (id, _) = profile_named(ports, profile)?;
    let records = if intents.is_empty() {
        ports.casework.refunds(&RefundQuery {
            profile: Some(id),
            stages: vec![RefundStage::Drafted, RefundStage::Confirmed],
            ..RefundQuery::default()
        })?
    } else {
        let named = intents.iter().map(|intent| named(ports, intent));
        named.collect::<Result<Vec<_>, _>>()?
    };
    if let Some(other) = records.iter().find(|known| known.draft.profile != id) {
        return Err(other_merchant(other));
    }
    let text = batch_file(ports, &records, actor)?;
    context.write_file(out, &mut |to| to.write_all(text.as_bytes()))?;
    let count = records.len();
    context.tell(
        &format!("已写出 {count} 笔；上传后用 recondesk refund resume 查明结果，这里不会再发送"),
        &format!("{count} refunds written; once uploaded, recondesk refund resume finds out what became of them; they are not sent from here any more"),
    );
    Ok(CommandEnd::Clean)
}

fn other_merchant(record: &RefundRecord) -> Failure {
    Failure::new(
        FailureKind::Usage,
        "refund.batch",
        Message::new(
            "这笔退款属于另一个商户",
            "This refund is of another merchant",
        ),
        Message::new("每个商户各写一个文件", "Write a file for each merchant"),
    )
    .with_detail(record.out_refund_no.to_string())
}

fn run_withdraw(
    intent: &str,
    reason: &str,
    person: &PersonArgs,
    context: &CommandContext<'_>,
    ports: &Ports,
) -> Result<CommandEnd, Failure> {
    let record = named(ports, intent)?;
    let actor = person.check(context, ports, Role::Work)?;
    let record = withdraw(ports, record, reason, &actor)?;
    tell_state(context, &record);
    Ok(CommandEnd::Clean)
}
