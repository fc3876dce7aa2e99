//! Several refunds sent by one command: their total is typed, each is sent and followed by itself, each has its result.

use std::time::Duration;

use super::output::table;
use super::{SendArgs, at_once, end_of_all, pause};
use crate::cli::CommandEnd;
use crate::cli::context::{CommandContext, profile_named};
use recondesk_app::jobs::refund::{RefundPace, carry_on, named, send_each};
use recondesk_app::{Failure, FailureKind, Message};
use recondesk_casework::{RefundStage, Role};
use recondesk_domain::Fen;
use recondesk_ports::{CancelToken, Ports, RefundQuery, RefundRecord};

/// What a sending is about.
pub(super) enum RefundsToSend {
    One(Box<RefundRecord>),
    Several(Vec<RefundRecord>),
}

/// The refunds that are named, each once, or all drafts of a profile.
pub(super) fn chosen(args: &SendArgs, ports: &Ports) -> Result<RefundsToSend, Failure> {
    if let Some(name) = &args.drafts {
        let drafts = ports.casework.refunds(&RefundQuery {
            profile: Some(profile_named(ports, name)?.0),
            stages: vec![RefundStage::Drafted],
            ..RefundQuery::default()
        })?;
        return Ok(RefundsToSend::Several(drafts));
    }
    let mut records: Vec<RefundRecord> = Vec::new();
    for intent in &args.intents {
        let record = named(ports, intent)?;
        if !records.iter().any(|known| known.id == record.id) {
            records.push(record);
        }
    }
    match records.len() {
        1 => Ok(records.pop().map_or_else(
            || RefundsToSend::Several(Vec::new()),
            |one| RefundsToSend::One(Box::new(one)),
        )),
        _ => Ok(RefundsToSend::Several(records)),
    }
}

/// Sends them, first each once, then follows what is not final.
pub(super) fn send(
    args: &SendArgs,
    context: &CommandContext<'_>,
    ports: &Ports,
    records: Vec<RefundRecord>,
    typed: Fen,
) -> Result<CommandEnd, Failure> {
    let count = records.len();
    let sum = total(records.iter().map(|record| record.refund.amount))?;
    context.tell(
        &format!("{count} 笔退款，合计 ¥{sum}"),
        &format!("{count} refunds, ¥{sum} together"),
    );
    if args.refunded.is_some() || sum != typed {
        return Err(unlike(args.refunded.is_some(), sum));
    }
    let actor = args.person.check(context, ports, Role::Work)?;
    let cancel = CancelToken::default();
    let pause = pause();
    let at_once = at_once(&pause, &cancel);
    let mut carried = send_each(ports, records, &actor, &at_once, &mut |_, _| ());
    if carried.len() < count {
        let left = count - carried.len();
        context.tell(
            &format!("其余 {left} 笔没有发送"),
            &format!("the other {left} were not sent"),
        );
    }
    let pace = RefundPace {
        patience: Duration::from_secs(args.follow.wait),
        pause: &pause,
        cancel: &cancel,
    };
    for one in &mut carried {
        let stage = one.record.refund.stage;
        let is_out = matches!(
            stage,
            RefundStage::Sent | RefundStage::Unknown | RefundStage::Accepted
        );
        if is_out {
            *one = carry_on(ports, one.record.clone(), &pace)?;
        }
    }
    let records: Vec<RefundRecord> = carried.iter().map(|one| one.record.clone()).collect();
    table(context, &records, args.follow.format)?;
    for one in &carried {
        if let Some(failure) = &one.trouble {
            let number = one.record.out_refund_no;
            context.tell(&format!("✗ {number}"), &format!("✗ {number}"));
            context.tell_failure(failure);
        }
    }
    end_of_all(&carried)
}

/// Their sum.
pub(super) fn total(amounts: impl IntoIterator<Item = Fen>) -> Result<Fen, Failure> {
    let mut amounts = amounts.into_iter();
    let sum = amounts.try_fold(Fen::ZERO, Fen::checked_add);
    sum.ok_or_else(|| {
        Failure::new(
            FailureKind::Usage,
            "refund.sum",
            Message::new(
                "合计超出可计的范围",
                "The total is beyond what can be counted",
            ),
            Message::default(),
        )
    })
}

fn unlike(is_about_one: bool, sum: Fen) -> Failure {
    let (title, advice) = if is_about_one {
        (
            Message::new("--refunded 只用于一笔退款", "--refunded is for one refund"),
            Message::new("那一笔单独发送", "Send that one by itself"),
        )
    } else {
        (
            Message::new("输入的不是这些退款的合计", "This is not their total"),
            Message::new(
                format!("核对清单后输入合计：--confirm {sum}"),
                format!("Check the list, then type their total: --confirm {sum}"),
            ),
        )
    };
    Failure::new(FailureKind::Usage, "refund.confirm", title, advice)
}
