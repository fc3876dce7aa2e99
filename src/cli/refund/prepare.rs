//! Preparing refunds: of one case or order, or of every case of a choice, each with its own result.

use clap::Args;

use super::output::{one, table, tell_state};
use super::pause;
use crate::cli::CommandEnd;
use crate::cli::case_choice::{by_word, filtered};
use crate::cli::context::{CommandContext, profile_named};
use crate::cli::operator::yuan;
use crate::cli::person::PersonArgs;
use crate::cli::profile::ListFormat;
use recondesk_app::jobs::bulk_refund::BulkRefundChoice;
use recondesk_app::jobs::refund::{RefundAsk, RefundOf, prepare, profile_of};
use recondesk_app::{Failure, FailureKind, MerchantRef, Message};
use recondesk_casework::{RefundStage, Role};
use recondesk_domain::Fen;
use recondesk_ports::{CancelToken, CaseRecord, Ports, RefundRecord};

#[derive(Debug, Args)]
pub(in crate::cli) struct PrepareArgs {
    /// 差错的编号、键或单号，可多个 | The case, by id, key or number; may be repeated
    #[arg(
        long,
        value_name = "CASE",
        required_unless_present_any = ["order", "filter"],
        conflicts_with = "order"
    )]
    case: Vec<String>,
    /// 按条件选择差错：category=P04,severity=urgent,profile=NAME,date=D,owner=NAME | Cases by conditions: category=P04,severity=urgent,profile=NAME,date=D,owner=NAME
    #[arg(
        long,
        value_name = "CONDITION,…",
        value_delimiter = ',',
        conflicts_with_all = ["case", "order", "amount"]
    )]
    filter: Vec<String>,
    /// 为条件选出的全部制单；不写只看数量和金额 | Prepare for all that match; without it only count and sum are told
    #[arg(long, requires = "filter")]
    yes: bool,
    /// 商户档案 | Profile
    #[arg(long, value_name = "NAME", required_unless_present_any = ["case", "filter"])]
    profile: Option<String>,
    /// 商户订单号 | Merchant order number
    #[arg(long, value_name = "OUT_TRADE_NO", requires = "amount")]
    order: Option<String>,
    /// 退款金额（元），差错默认退全部余额 | Amount in yuan; of a case, all that is left by default
    #[arg(long, value_name = "YUAN")]
    amount: Option<String>,
    /// 原因，顾客可见，80 字节内 | Reason, seen by the customer, at most 80 bytes
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// 输出格式 | Format of the output
    #[arg(long, value_enum, default_value_t = ListFormat::Table)]
    format: ListFormat,
    #[command(flatten)]
    person: PersonArgs,
}

pub(super) fn run_prepare(
    args: &PrepareArgs,
    context: &CommandContext<'_>,
    ports: &Ports,
) -> Result<CommandEnd, Failure> {
    if args.case.len() > 1 || !args.filter.is_empty() {
        return of_cases(args, context, ports);
    }
    let amount = args.amount.as_deref().map(yuan).transpose()?;
    let (of, profile, reason) = match (args.case.first(), &args.order, &args.profile) {
        (Some(word), _, _) => {
            let case = by_word(ports, word)?;
            let profile = (case.profile, profile_of(ports, case.profile)?);
            let reason = reason_of(args, &case);
            (RefundOf::Case(Box::new(case)), profile, reason)
        }
        (None, Some(order), Some(name)) => {
            let profile = profile_named(ports, name)?;
            let reason = args.reason.clone().ok_or_else(no_reason)?;
            (RefundOf::Order(order.clone()), profile, reason)
        }
        _ => return Err(no_reason()),
    };
    let maker = args.person.check(context, ports, Role::Work)?;
    let ask = RefundAsk {
        merchant: MerchantRef::new(profile.0, &profile.1),
        of,
        amount,
        reason,
        maker,
        together: 1,
    };
    let prepared = prepare(ports, &ask, &pause(), &CancelToken::default())?;
    one(context, &prepared.record, args.format)?;
    tell_state(context, &prepared.record);
    // What was asked about on the way and has just ended is told, and nothing was prepared.
    let is_over = matches!(
        prepared.record.refund.stage,
        RefundStage::Closed | RefundStage::Abnormal
    );
    if is_over || is_other_sum(context, &prepared.record, amount) {
        return Ok(CommandEnd::NeedsPerson);
    }
    Ok(CommandEnd::Clean)
}

/// Every case of a choice: how many and how much first, then one after the other. What cannot be refunded is named
/// with its reason and keeps nothing else back.
fn of_cases(
    args: &PrepareArgs,
    context: &CommandContext<'_>,
    ports: &Ports,
) -> Result<CommandEnd, Failure> {
    if args.amount.is_some() {
        return Err(one_amount());
    }
    let choice = if args.filter.is_empty() {
        let mut cases: Vec<CaseRecord> = Vec::new();
        for word in &args.case {
            let case = by_word(ports, word)?;
            if !cases.iter().any(|known| known.id == case.id) {
                cases.push(case);
            }
        }
        BulkRefundChoice::named(cases)
    } else {
        BulkRefundChoice::found(filtered(context, ports, &args.filter)?)
    };
    let count = choice.cases.len();
    let sum = recondesk_app::jobs::bulk::at_stake(&choice.cases);
    let sum = sum.map_or_else(|| "?".to_owned(), Fen::grouped);
    context.tell(
        &format!("{count} 条差错，涉及 ¥{sum}"),
        &format!("{count} cases, ¥{sum} at stake"),
    );
    tell_left_out(args, context, &choice);
    if !args.filter.is_empty() && !args.yes {
        context.tell(
            "没有制单；加上 --yes 才为它们制单",
            "Nothing was prepared; add --yes to prepare them",
        );
        return Ok(CommandEnd::NeedsPerson);
    }
    let maker = args.person.check(context, ports, Role::Work)?;
    let together = u32::try_from(count).unwrap_or(u32::MAX);
    let mut records: Vec<RefundRecord> = Vec::with_capacity(count);
    let mut refused = choice.left_out.len();
    for case in choice.cases {
        let name = case.key.clone();
        match of_one(args, ports, case, &maker, together) {
            Ok(record) => records.push(record),
            Err(failure) => {
                refused = refused.saturating_add(1);
                context.tell(&format!("✗ {name}"), &format!("✗ {name}"));
                context.tell_failure(&failure);
            }
        }
    }
    table(context, &records, args.format)?;
    let amounts = records.iter().map(|record| record.refund.amount);
    let total = super::many::total(amounts)?;
    let prepared = records.len();
    context.tell(
        &format!("已制单 {prepared} 笔，合计 ¥{total}，未能制单 {refused} 笔；没有发送"),
        &format!("{prepared} prepared, ¥{total} together, {refused} not; nothing was sent"),
    );
    Ok(if refused == 0 {
        CommandEnd::Clean
    } else {
        CommandEnd::NeedsPerson
    })
}

/// What is not refunded among many: named ones each with its reason, those of a filter counted by it.
fn tell_left_out(args: &PrepareArgs, context: &CommandContext<'_>, choice: &BulkRefundChoice) {
    if args.filter.is_empty() {
        for one in &choice.left_out {
            let name = &one.case.key;
            context.tell(&format!("✗ {name}"), &format!("✗ {name}"));
            context.tell_failure(&one.why);
        }
        return;
    }
    for reason in choice.reasons() {
        let (n, title) = (reason.cases, &reason.title);
        context.tell(
            &format!("另有 {n} 条不制单：{}", title.zh),
            &format!("{n} more are left out: {}", title.en),
        );
    }
}

fn of_one(
    args: &PrepareArgs,
    ports: &Ports,
    case: CaseRecord,
    maker: &str,
    together: u32,
) -> Result<RefundRecord, Failure> {
    let profile = profile_of(ports, case.profile)?;
    let ask = RefundAsk {
        merchant: MerchantRef::new(case.profile, &profile),
        reason: reason_of(args, &case),
        of: RefundOf::Case(Box::new(case)),
        amount: None,
        maker: maker.to_owned(),
        together,
    };
    let prepared = prepare(ports, &ask, &pause(), &CancelToken::default())?;
    Ok(prepared.record)
}

fn reason_of(args: &PrepareArgs, case: &CaseRecord) -> String {
    let of_category = || case.finding.category.zh().to_owned();
    args.reason.clone().unwrap_or_else(of_category)
}

/// Says so where another sum stands under the number than the one asked for: made before, from here or elsewhere.
pub(super) fn is_other_sum(
    context: &CommandContext<'_>,
    record: &RefundRecord,
    wanted: Option<Fen>,
) -> bool {
    let there = record.refund.amount;
    let Some(wanted) = wanted.filter(|wanted| *wanted != there) else {
        return false;
    };
    let number = record.out_refund_no;
    context.tell(
        &format!("注意：{number} 这个单号的退款是 ¥{there}，不是 ¥{wanted}；没有另退"),
        &format!("Look: the refund under {number} is ¥{there}, not ¥{wanted}; no other was made"),
    );
    true
}

fn no_reason() -> Failure {
    Failure::new(
        FailureKind::Usage,
        "refund.reason",
        Message::new("退款要有原因", "A refund needs a reason"),
        Message::new("加上 --reason 原因", "Add --reason TEXT"),
    )
}

fn one_amount() -> Failure {
    Failure::new(
        FailureKind::Usage,
        "refund.amount",
        Message::new("--amount 只用于一条差错", "--amount is for one case"),
        Message::new(
            "多条差错各退各的；要退一部分的，单独制单",
            "Of several each gets what it is owed; prepare a part of one by itself",
        ),
    )
}
