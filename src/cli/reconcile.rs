//! `recondesk reconcile`: comparing a day. What was decided before is not counted again.

use clap::Args;

use super::CommandEnd;
use super::context::{CommandContext, profile_named};
use super::findings::{FindingsFormat, FindingsOutput, sentence};
use recondesk_app::jobs::day::{OpenWork, open_work};
use recondesk_app::jobs::reconcile::{
    self, Basis, FindingChanges, Matched, Reconciled, RunRequest,
};
use recondesk_app::jobs::signed_day;
use recondesk_app::{Failure, MerchantRef};
use recondesk_domain::{Category, Finding};
use recondesk_ports::Ports;
use recondesk_reconcile::Headline;

#[derive(Debug, Args)]
pub(super) struct ReconcileCommand {
    /// 商户档案 | Profile
    #[arg(long, value_name = "NAME")]
    profile: String,
    /// 账单日：YYYY-MM-DD 或 yesterday | Day: YYYY-MM-DD or yesterday
    #[arg(long, value_name = "D")]
    date: String,
    /// 试算另一个日切窗口（分钟）：只显示，不保存 | Try another cut-off window, in minutes: shown, not kept
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
        merchant: MerchantRef::new(id, &profile),
        day,
        cut_off_minutes: command.cut_off,
        matched: if command.all {
            Matched::Listed
        } else {
            Matched::Counted
        },
    };
    let signed = {
        let terminal = context.terminal();
        signed_day::look(&ports, MerchantRef::new(id, &profile), day, &terminal)?
    };
    if command.cut_off.is_some() || signed.is_some() {
        let end = try_out(command, context, &ports, &ask)?;
        let Some(signed) = signed else {
            return Ok(end);
        };
        let words = signed.words();
        context.tell(&words.zh, &words.en);
        // What was decided before the signature is not to be done again; books that changed since are to be seen to.
        if command.cut_off.is_none() && signed.changes.is_empty() {
            let open = open_work(ports.records.as_ref(), id, day)?;
            return Ok(if open.needs_person() {
                CommandEnd::NeedsPerson
            } else {
                CommandEnd::Clean
            });
        }
        return Ok(CommandEnd::NeedsPerson);
    }
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
    let merchant = MerchantRef::new(id, &profile);
    tell_judged_since(context, &ports, merchant, &done.findings)?;
    Ok(done_of(&done, open))
}

/// A day says what was known of it: a row that was in transit then may be judged by the bills of later days. Its case
/// has their word, so both are told.
fn tell_judged_since(
    context: &CommandContext<'_>,
    ports: &Ports,
    merchant: MerchantRef<'_>,
    findings: &[Finding],
) -> Result<(), Failure> {
    for finding in findings.iter().filter(|one| one.category.is_in_transit()) {
        let case = ports
            .records
            .case(merchant.id, &finding.case_key(&merchant.profile.mch_id))?;
        let Some(case) = case.filter(|case| case.finding.category != finding.category) else {
            continue;
        };
        let (was, now) = (finding.category, case.finding.category);
        let number = if finding.out_refund_no.is_empty() {
            finding.out_trade_no.as_str()
        } else {
            finding.out_refund_no.as_str()
        };
        context.tell(
            &format!(
                "{number}：当天是 {}，后来的账单（{}）改判为 {} {}，差错按后者处理",
                was.code(),
                case.day,
                now.code(),
                now.zh()
            ),
            &format!(
                "{number}: {} on that day; later bills ({}) make it {} {}, and its case says so",
                was.code(),
                case.day,
                now.code(),
                now.en()
            ),
        );
    }
    Ok(())
}

/// The day under another cut-off window: what would be found, and how it differs from what speaks for the day.
fn try_out(
    command: &ReconcileCommand,
    context: &CommandContext<'_>,
    ports: &Ports,
    ask: &RunRequest<'_>,
) -> Result<CommandEnd, Failure> {
    let done = {
        let terminal = context.terminal();
        reconcile::what_if(ports, ask, &terminal)?
    };
    let rows = [done.findings.clone(), done.matched].concat();
    command.output.write(&rows, context)?;
    let mut headline = done.summary.headline();
    // Under the rules of the profile the day's own cases say what of it is decided.
    let open = open_work(ports.records.as_ref(), ask.merchant.id, ask.day)?;
    let found = headline.to_work;
    if command.cut_off.is_none() {
        headline.to_work = open.count;
        headline.at_stake = open.at_stake;
    }
    let words = sentence(&ask.day.to_string(), &headline, context.lang);
    context.tell(&words, &words);
    if command.cut_off.is_none() {
        tell_decided(context, found, open);
    }
    let basis = Basis::of(&done.summary, &done.findings);
    if let Some(words) = basis.words() {
        context.tell(&words.zh, &words.en);
    }
    context.tell(
        "这是试算，没有保存，当前的对账结果和差错不变",
        "This was tried out and not kept: result and cases of the day are as before",
    );
    if let Some(changes) = &done.changes {
        tell_changes(
            context,
            changes,
            "与当前结果相比",
            "Against the result that counts",
        );
    }
    let is_clean = headline.to_work == 0 && basis == Basis::Compared;
    Ok(if is_clean {
        CommandEnd::Clean
    } else {
        CommandEnd::NeedsPerson
    })
}

fn tell_changes(context: &CommandContext<'_>, changes: &FindingChanges, zh: &str, en: &str) {
    let (new, gone, changed) = (changes.new.len(), changes.gone.len(), changes.changed.len());
    context.tell(
        &format!("{zh}：新增 {new}，消失 {gone}，变化 {changed}"),
        &format!("{en}: {new} new, {gone} gone, {changed} changed"),
    );
}

/// What of the findings is decided already.
fn tell_decided(context: &CommandContext<'_>, found: u64, open: OpenWork) {
    let decided = found.saturating_sub(open.count);
    if decided > 0 {
        context.tell(
            &format!("另有 {decided} 笔已处理"),
            &format!("{decided} more are decided already"),
        );
    }
}

/// The sentence of the day: what still needs a person, and what a re-run changed.
pub(super) fn tell(context: &CommandContext<'_>, when: &str, done: &Reconciled, open: OpenWork) {
    let found = done.run.summary.headline();
    let headline = Headline {
        to_work: open.count,
        at_stake: open.at_stake,
        ..found
    };
    // A day that was not compared has no sums to be told.
    if let Some(words) = Basis::of(&done.run.summary, &done.findings).words() {
        context.tell(
            &format!("{when}：{}", words.zh),
            &format!("{when}: {}", words.en),
        );
    } else {
        let words = sentence(when, &headline, context.lang);
        context.tell(&words, &words);
    }
    let others: u64 = done
        .run
        .summary
        .lines()
        .filter(|line| line.category == Category::WOtherShop)
        .fold(0, |rows, line| rows.saturating_add(line.wechat.count));
    if others > 0 {
        context.tell(
            &format!("其中 {others} 笔是档案没有列出的特约商户的款项，没有对账（K05）"),
            &format!("{others} of them are of sub-merchants that the profile does not name and were not compared (K05)"),
        );
    }
    tell_decided(context, found.to_work, open);
    match &done.changes {
        Some(changes) if changes.is_empty() => {
            context.tell("与上一次结果相同", "The same as the result before");
        }
        Some(changes) => {
            tell_changes(
                context,
                changes,
                "与上一次结果相比",
                "Against the result before",
            );
        }
        None => {}
    }
}

/// Whether a day needs a person: findings that must be worked, or one that was not compared, whatever was decided of it.
pub(super) fn done_of(done: &Reconciled, open: OpenWork) -> CommandEnd {
    let basis = Basis::of(&done.run.summary, &done.findings);
    if open.needs_person() || basis != Basis::Compared {
        CommandEnd::NeedsPerson
    } else {
        CommandEnd::Clean
    }
}
