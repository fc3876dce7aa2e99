//! Goods and money for many cases, as the window does it: each by the use case of one, each with its own result, a wish
//! to stop heard before each. Money goes in two steps: everything is written down, then its total is typed.

use std::path::Path;
use std::time::Duration;

use super::{sleep, told, write_list};
use crate::event::Changed;
use crate::jobs::bulk::by_ids;
use crate::jobs::desk::identify;
use crate::jobs::refund::{
    Carried, RefundAsk, RefundOf, RefundPace, customer_reason, prepare, profile_of, send_each,
    state_words, window_advice, withdraw,
};
use crate::jobs::reissue::{ReissueAsk, Reissued, choices_checked, reissue};
use crate::jobs::views::number_of;
use crate::model::{
    BulkKind, BulkLine, BulkOutcome, BulkPayout, OperatorIdentity, PreparedRefunds,
};
use crate::{Failure, FailureKind, MerchantRef, Message, Outcome, Progress, Reporter, Step};
use recondesk_casework::{Approval, RefundStage, ReissueStage, ReissueWay, Role};
use recondesk_domain::Fen;
use recondesk_ports::{
    CaseRecord, Files, Ports, RefundQuery, RefundRecord, RefundRowId, StoreError,
};

/// Says under which name a deed is kept that moves nothing yet.
type Maker<'a> = &'a dyn Fn() -> Result<String, Failure>;

/// Where payouts are made.
#[derive(Clone, Copy)]
pub struct PayoutDesk<'a> {
    /// Writes the lists for the shop.
    pub files: &'a dyn Files,
    /// Who sits at the computer.
    pub user: &'a str,
}

/// Cases whose shops are told in one go.
#[derive(Clone, Copy)]
struct ReissueBatch<'a> {
    ids: &'a [u64],
    way: ReissueWay,
    /// The list to write, by that way.
    list: Option<&'a Path>,
    actor: &'a str,
}

/// Carries out what was asked in the dialog for many cases.
///
/// # Errors
/// When nobody says who does it, the total typed is another, or the workspace fails before the first.
pub fn bulk_payout(
    ports: &Ports,
    PayoutDesk { files, user }: PayoutDesk<'_>,
    wish: &BulkPayout,
    maker: Maker<'_>,
    reporter: &dyn Reporter,
) -> Result<Outcome, Failure> {
    match wish {
        BulkPayout::Prepare { ids, reason } => {
            let prepared = prepare_each(ports, ids, reason.trim(), &maker()?, reporter)?;
            Ok(Outcome::Prepared(Box::new(prepared)))
        }
        BulkPayout::Send {
            refunds,
            typed,
            identity,
        } => {
            let actor = identify(ports, identity.as_ref(), Role::Work, user)?;
            send_all(ports, refunds, *typed, &actor, reporter)
        }
        BulkPayout::GiveUp(refunds) => {
            let n = give_up(ports, refunds, &maker()?)?;
            let title = Message::new(
                format!("已撤回 {n} 笔制单，没有退款"),
                format!("Drafts given up: {n}; nothing was refunded"),
            );
            let said = Box::new(told(title, Message::default(), false));
            Ok(Outcome::Changed(Changed::Decisions, said))
        }
        BulkPayout::Reissue {
            ids,
            way,
            list,
            identity,
        } => {
            let actor = named(ports, identity.as_ref(), user)?;
            let batch = ReissueBatch {
                ids,
                way: *way,
                list: list.as_deref(),
                actor: &actor,
            };
            reissue_each(ports, files, batch, reporter)
        }
    }
}

fn named(
    ports: &Ports,
    identity: Option<&OperatorIdentity>,
    user: &str,
) -> Result<String, Failure> {
    identify(ports, identity, Role::Work, user)
}

/// A sealed key stops every one alike: the window asks for the passphrase, and nothing is told one by one.
fn locked(trouble: Option<&Failure>) -> Result<(), Failure> {
    trouble
        .filter(|_| is_locked(trouble))
        .map_or(Ok(()), |failure| Err(failure.clone()))
}

fn is_locked(trouble: Option<&Failure>) -> bool {
    trouble.is_some_and(|failure| failure.code == "vault.locked")
}

fn tell(reporter: &dyn Reporter, done: usize, total: usize) {
    reporter.progress(Progress {
        step: Step::Ask,
        done: count(done),
        total: Some(count(total)),
    });
}

/// Writes the refund of each case down.
fn prepare_each(
    ports: &Ports,
    ids: &[u64],
    reason: &str,
    maker: &str,
    reporter: &dyn Reporter,
) -> Result<PreparedRefunds, Failure> {
    let cases = by_ids(ports, ids)?;
    let together = u32::try_from(cases.len()).unwrap_or(u32::MAX);
    let mut out = PreparedRefunds {
        total: Some(Fen::ZERO),
        ..PreparedRefunds::default()
    };
    let (mut refunds, mut fresh) = (Vec::new(), Vec::new());
    for case in &cases {
        tell(reporter, out.lines.len(), cases.len());
        if reporter.cancelled() {
            break;
        }
        let words = if reason.is_empty() {
            customer_reason(case.finding.category)
        } else {
            reason
        };
        let batch = RefundBatch {
            reason: words,
            maker,
            together,
        };
        let known = drafts_of(ports, case)?;
        let made = prepare_one(ports, case, batch, reporter);
        locked(made.as_ref().err())?;
        if let Ok(record) = &made {
            refunds.push(record.id);
            if !known.contains(&record.id) {
                fresh.push(record.id);
            }
            out.total = out
                .total
                .and_then(|sum| sum.checked_add(record.refund.amount));
            if record.refund.approval == Approval::Awaited {
                out.awaited = out.awaited.saturating_add(1);
            }
        }
        let said = made.map(|record| {
            let (sum, number) = (record.refund.amount.grouped(), record.out_refund_no);
            let words = format!("¥{sum}  {number}");
            Message::new(words.as_str(), words.as_str())
        });
        out.lines.push(line(case, said));
    }
    out.left = count(cases.len().saturating_sub(out.lines.len()));
    out.refunds = refunds.into();
    out.fresh = fresh.into();
    Ok(out)
}

/// Drafts of a case that are there already.
fn drafts_of(ports: &Ports, case: &CaseRecord) -> Result<Vec<RefundRowId>, Failure> {
    let known = ports.casework.refunds(&RefundQuery {
        profile: Some(case.profile),
        case_key: Some(case.key.clone()),
        stages: vec![RefundStage::Drafted],
        ..RefundQuery::default()
    })?;
    Ok(known.iter().map(|record| record.id).collect())
}

/// What the refunds that are written down together have in common, and the words of this one.
#[derive(Clone, Copy)]
struct RefundBatch<'a> {
    reason: &'a str,
    maker: &'a str,
    /// How many they are.
    together: u32,
}

fn prepare_one(
    ports: &Ports,
    case: &CaseRecord,
    batch: RefundBatch<'_>,
    reporter: &dyn Reporter,
) -> Result<RefundRecord, Failure> {
    let profile = profile_of(ports, case.profile)?;
    let ask = RefundAsk {
        merchant: MerchantRef::new(case.profile, &profile),
        of: RefundOf::Case(Box::new(case.clone())),
        amount: None,
        reason: batch.reason.to_owned(),
        maker: batch.maker.to_owned(),
        together: batch.together,
    };
    let record = prepare(ports, &ask, &sleep, &reporter.token())?.record;
    if record.refund.stage == RefundStage::Drafted {
        return Ok(record);
    }
    // One that went out before is followed up by itself.
    let (state, sum) = (state_words(&record), record.refund.amount.grouped());
    Err(Failure::new(
        FailureKind::Usage,
        "refund.known",
        Message::new(
            format!("已有退款 ¥{sum}：{}", state.zh),
            format!("There is a refund of ¥{sum}: {}", state.en),
        ),
        window_advice(&record),
    )
    .with_detail(record.out_refund_no.to_string()))
}

/// Sends what was written down, where the total is the one that was typed.
fn send_all(
    ports: &Ports,
    ids: &[RefundRowId],
    typed: Fen,
    actor: &str,
    reporter: &dyn Reporter,
) -> Result<Outcome, Failure> {
    let mut records = Vec::with_capacity(ids.len());
    for id in ids {
        let record = ports.casework.refund(*id)?;
        records.push(record.ok_or_else(|| StoreError::Missing("refund".to_owned()))?);
    }
    let mut sums = records.iter().map(|record| record.refund.amount);
    if sums.try_fold(Fen::ZERO, Fen::checked_add) != Some(typed) {
        return Err(Failure::new(
            FailureKind::Usage,
            "refund.confirm",
            Message::new("输入的不是这些退款的合计", "This is not their total"),
            Message::new(
                "核对清单后重新输入合计",
                "Check the list, then type their total again",
            ),
        ));
    }
    let all = records.len();
    let cancel = reporter.token();
    let pace = RefundPace {
        // Each is asked once: whoever waits for one would wait for all before it.
        patience: Duration::ZERO,
        pause: &sleep,
        cancel: &cancel,
    };
    let carried = send_each(ports, records, actor, &pace, &mut |done, total| {
        tell(reporter, done, total);
    });
    if carried.iter().all(|one| is_locked(one.trouble.as_ref())) {
        locked(carried.first().and_then(|one| one.trouble.as_ref()))?;
    }
    let lines: Vec<BulkLine> = carried.iter().map(sent_line).collect();
    Ok(Outcome::Bulk(Box::new(BulkOutcome {
        kind: BulkKind::Refunded,
        left: count(all.saturating_sub(lines.len())),
        lines,
    })))
}

fn sent_line(carried: &Carried) -> BulkLine {
    let record = &carried.record;
    let (stage, state) = (record.refund.stage, state_words(record));
    let sum = record.refund.amount.grouped();
    let said = Message::new(
        format!("¥{sum} {}", state.zh),
        format!("¥{sum} {}", state.en),
    );
    let waits = stage == RefundStage::Confirmed && record.refund.approval == Approval::Awaited;
    let result = match (&carried.trouble, stage) {
        (Some(failure), _) => Err(failure.clone()),
        // Nothing is on its way, whoever took it back meanwhile.
        (None, RefundStage::Rejected | RefundStage::Closed | RefundStage::Withdrawn) => {
            Err(Failure::new(
                FailureKind::Gateway,
                "refund.rejected",
                said,
                window_advice(record),
            )
            .with_detail(record.last_words.as_str()))
        }
        (None, _) => Ok(said),
    };
    BulkLine {
        id: record.id.0,
        key: record.draft.case_key.clone(),
        number: record.draft.out_trade_no.clone(),
        is_under_way: result.is_ok() && !waits && stage != RefundStage::Done,
        waits,
        result,
    }
}

/// Gives up what was written down and not sent; how many could be.
fn give_up(ports: &Ports, ids: &[RefundRowId], actor: &str) -> Result<usize, Failure> {
    let mut done = 0_usize;
    for id in ids {
        let Some(record) = ports.casework.refund(*id)? else {
            continue;
        };
        if record.refund.stage == RefundStage::Drafted {
            withdraw(ports, record, "批量退款没有确认", actor)?;
            done = done.saturating_add(1);
        }
    }
    Ok(done)
}

/// Tells the shop of each case; a list is written once all are known.
fn reissue_each(
    ports: &Ports,
    files: &dyn Files,
    batch: ReissueBatch<'_>,
    reporter: &dyn Reporter,
) -> Result<Outcome, Failure> {
    let ReissueBatch {
        ids,
        way,
        list,
        actor,
    } = batch;
    let cases = by_ids(ports, ids)?;
    let choice = choices_checked(ports, &cases, actor)?;
    let outcome = |lines: Vec<BulkLine>| {
        Ok(Outcome::Bulk(Box::new(BulkOutcome {
            kind: BulkKind::Reissued,
            left: count(cases.len().saturating_sub(lines.len())),
            lines,
        })))
    };
    if choice.waits_for.is_some() {
        let waits = |case| BulkLine {
            waits: true,
            is_under_way: false,
            ..line(case, Ok(many_wait()))
        };
        return outcome(cases.iter().map(waits).collect());
    }
    let cancel = reporter.token();
    let ask = ReissueAsk {
        way,
        maker: actor,
        pause: &sleep,
        cancel: &cancel,
    };
    let mut done: Vec<Result<Reissued, Failure>> = Vec::with_capacity(cases.len());
    for case in &cases {
        tell(reporter, done.len(), cases.len());
        if reporter.cancelled() {
            break;
        }
        let one = reissue(ports, case, &ask);
        locked(one.as_ref().err())?;
        done.push(one);
    }
    if let (ReissueWay::List, Some(path)) = (way, list) {
        let good: Vec<Reissued> = done.iter().filter_map(|one| one.clone().ok()).collect();
        if !good.is_empty() {
            let handed = write_list(ports, files, path, actor, &good)?;
            let goods = done.iter_mut().filter_map(|one| one.as_mut().ok());
            for (one, record) in goods.zip(handed) {
                one.record = record;
            }
        }
    }
    let lines = cases.iter().zip(&done);
    outcome(lines.map(|(case, one)| reissue_line(case, one)).collect())
}

fn many_wait() -> Message {
    Message::new(
        "超过批量界限，待另一人在“复核”里同意；同意后再补发一次",
        "More than the limit at once: another person must agree under Approvals, then reissue them again",
    )
}

fn reissue_line(case: &CaseRecord, done: &Result<Reissued, Failure>) -> BulkLine {
    let said = match done {
        Err(failure) => Err(failure.clone()),
        Ok(one) => {
            let stage = one.record.stage;
            let words = one.answer.as_ref().map_or("", |answer| answer.said());
            if stage == ReissueStage::Refused {
                Err(Failure::new(
                    FailureKind::Gateway,
                    "reissue.refused",
                    Message::new("商城拒绝了补发货", "The shop refused the reissue"),
                    Message::default(),
                )
                .with_detail(words))
            } else {
                Ok(Message::new(
                    format!("{} {words}", stage.zh()).trim_end(),
                    format!("{} {words}", stage.en()).trim_end(),
                ))
            }
        }
    };
    let is_proven = done
        .as_ref()
        .is_ok_and(|one| one.record.stage == ReissueStage::Proven);
    BulkLine {
        is_under_way: said.is_ok() && !is_proven,
        ..line(case, said)
    }
}

fn line(case: &CaseRecord, result: Result<Message, Failure>) -> BulkLine {
    BulkLine {
        id: case.id.0,
        key: case.key.clone(),
        number: number_of(&case.finding).to_owned(),
        result,
        waits: false,
        is_under_way: false,
    }
}

fn count(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}
