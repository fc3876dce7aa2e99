//! What each deed changes. Every change of the disk is one transaction, as in the program.

use recondesk_casework::{
    CaseOutcome, Move, Queried, RefundEvent, RefundPart, RefundProgress, RefundStage, RemoteState,
    SendAnswer,
};

use super::gateway::ReplyFault;
use super::{
    CaseFile, ModelDisk, ModelFacts, ModelStep, ModelWorld, NOON, Process, SUMS, approval_of,
    handed_over,
};
use super::{standing, subject};
use crate::protocol::Protocol;

/// Far enough ahead for every pause between attempts to be over, and for nothing else.
const PAUSE_S: i64 = 3_600;

pub(super) fn carry_out(
    protocol: &Protocol,
    world: &mut ModelWorld,
    deed: &ModelStep,
) -> Option<()> {
    match deed {
        ModelStep::Prepare(case) => prepare(protocol, world, *case),
        ModelStep::Confirm(case) => {
            let (_, refund) = world.disk[*case].refund?;
            person(protocol, world, *case, RefundEvent::Confirm(refund.amount))
        }
        ModelStep::Approve(case) => {
            person(protocol, world, *case, RefundEvent::Approve)?;
            world.was_approved[*case] = true;
            Some(())
        }
        ModelStep::Withdraw(case) => person(protocol, world, *case, RefundEvent::Withdraw),
        ModelStep::Reissue(case) => reissue(protocol, world, *case),
        ModelStep::TakeUp(process, case, fault) => {
            spend(world, fault.is_some())?;
            take_up(protocol, world, *process, *case, *fault)
        }
        ModelStep::Dispatch(process) => dispatch(protocol, world, *process),
        ModelStep::Deliver(process, fault) => {
            spend(world, fault.is_some())?;
            deliver(protocol, world, *process, *fault)
        }
        ModelStep::Store(process) => store_answer(protocol, world, *process),
        ModelStep::Settle(number, state) => {
            let known = world.gateway.refunds.get_mut(number)?;
            known.state = *state;
            Some(())
        }
        ModelStep::Notify(case, state, forged) => {
            spend(world, *forged)?;
            notify(protocol, world, *case, *state)
        }
        ModelStep::Minute => {
            (world.minutes == 0).then_some(())?;
            world.minutes = 1;
            world.clock = world.clock.plus(60);
            Some(())
        }
        ModelStep::ClockBack => {
            (world.clock > NOON).then_some(())?;
            spend(world, true)?;
            world.clock = NOON;
            Some(())
        }
        ModelStep::PowerCut => {
            cut(world)?;
            world.disk = world.durable;
            world.processes = [Process::Idle, Process::Idle];
            Some(())
        }
        ModelStep::Kill(process) => {
            (world.processes[*process] != Process::Idle).then_some(())?;
            cut(world)?;
            world.processes[*process] = Process::Idle;
            Some(())
        }
        ModelStep::Restore => {
            spend(world, true)?;
            // The backup was made while the case was new and nobody had done anything. Nobody restores one
            // beneath a running program, and what the shop was told is known from the shop.
            (!world.is_reissued).then_some(())?;
            write(protocol, world, ModelDisk::default());
            world.processes = [Process::Idle, Process::Idle];
            Some(())
        }
    }
}

/// Keeps counters that only pace the program, and which of two like processes it is, from making states different.
pub(super) fn forget_what_does_not_matter(world: &mut ModelWorld) {
    let forget = |file: &mut CaseFile| {
        if let Some((_, refund)) = &mut file.refund {
            refund.asks = 0;
            refund.sends = refund.sends.min(2);
            refund.asked_at = None;
            refund.sent_at = None;
            refund.confirmed_at = refund.confirmed_at.map(|_| NOON);
            // The doubt about a sending outlives the sending after it.
            if !matches!(refund.stage, RefundStage::Unknown | RefundStage::Sent) {
                refund.unclear_at = None;
            }
        }
    };
    world.disk.iter_mut().for_each(forget);
    world.durable.iter_mut().for_each(forget);
    if world.processes[0] == Process::Idle {
        world.processes.swap(0, 1);
    }
}

fn spend(world: &mut ModelWorld, is_fault: bool) -> Option<()> {
    world.faults_left = world.faults_left.checked_sub(u8::from(is_fault))?;
    Some(())
}

fn cut(world: &mut ModelWorld) -> Option<()> {
    world.cuts_left = world.cuts_left.checked_sub(1)?;
    Some(())
}

/// One transaction.
fn write(protocol: &Protocol, world: &mut ModelWorld, disk: ModelDisk) {
    let before = std::mem::replace(&mut world.disk, disk);
    world.durable = if protocol.flushes { disk } else { before };
}

fn put(
    protocol: &Protocol,
    world: &mut ModelWorld,
    case: usize,
    refund: RefundProgress,
) -> Option<()> {
    let mut disk = world.disk;
    disk[case].refund = Some((disk[case].refund?.0, refund));
    write(protocol, world, disk);
    Some(())
}

fn prepare(protocol: &Protocol, world: &mut ModelWorld, case: usize) -> Option<()> {
    let nth = match world.disk[case].refund {
        None => 1,
        // Only what was closed is begun anew, under the next number; what was given up, under the same.
        Some((nth, refund)) => match refund.stage {
            RefundStage::Closed => nth + 1,
            RefundStage::Withdrawn => nth,
            _ => return None,
        },
    };
    (nth <= 2).then_some(())?;
    (protocol.claim)(&standing(&world.disk), CaseOutcome::Refund).ok()?;
    let mut disk = world.disk;
    disk[case].refund = Some((nth, RefundProgress::draft(SUMS[case], approval_of(case))));
    write(protocol, world, disk);
    Some(())
}

fn person(
    protocol: &Protocol,
    world: &mut ModelWorld,
    case: usize,
    event: RefundEvent,
) -> Option<()> {
    let (_, refund) = world.disk[case].refund?;
    let next = (protocol.apply)(refund, event, world.clock).ok()?;
    put(protocol, world, case, next)
}

fn reissue(protocol: &Protocol, world: &mut ModelWorld, case: usize) -> Option<()> {
    (protocol.claim)(&standing(&world.disk), CaseOutcome::Reissue).ok()?;
    // The order is queried live before anything moves: money that went back or is on its way stops it.
    let is_refunded = world.gateway.parts().iter().any(|part| part.state.counts());
    let looks = (protocol.claim)(&[CaseOutcome::Refund], CaseOutcome::Reissue).is_err();
    (!(looks && is_refunded)).then_some(())?;
    let mut disk = world.disk;
    disk[case].reissue = Some(handed_over()?);
    write(protocol, world, disk);
    world.is_reissued = true;
    Some(())
}

fn take_up(
    protocol: &Protocol,
    world: &mut ModelWorld,
    process: usize,
    case: usize,
    fault: Option<ReplyFault>,
) -> Option<()> {
    let is_free = world.processes.iter().all(|other| *other == Process::Idle);
    is_free.then_some(())?;
    let (nth, refund) = world.disk[case].refund?;
    let number = (protocol.number)(&subject(case), nth, refund.sends);
    match (protocol.next_move)(refund, world.clock.plus(PAUSE_S)) {
        Move::Send if fault.is_none() => {
            let parts = world.gateway.parts();
            if let Some(part) = parts
                .iter()
                .find(|part| protocol.adopts && part.number == number)
            {
                let found = RefundEvent::Query(Queried::Found(part.amount, part.state));
                return put(
                    protocol,
                    world,
                    case,
                    (protocol.apply)(refund, found, world.clock).ok()?,
                );
            }
            let facts = ModelFacts {
                asked_at: world.clock,
                parts,
            };
            world.processes[process] = Process::Asked(case, facts);
            Some(())
        }
        Move::Restart if fault.is_none() => {
            let next = (protocol.apply)(refund, RefundEvent::Restart, world.clock).ok()?;
            put(protocol, world, case, next)
        }
        Move::Ask | Move::Attend => {
            // Right after acceptance the gateway may not find the refund by its number yet.
            let lags =
                world.faults_left > 0 && fault.is_none() && refund.stage == RefundStage::Unknown;
            let answer = world.gateway.query(&number, world.minutes, lags, fault);
            let event = RefundEvent::Query((protocol.read_query)(answer));
            put(
                protocol,
                world,
                case,
                (protocol.apply)(refund, event, world.clock).ok()?,
            )
        }
        _ => None,
    }
}

fn dispatch(protocol: &Protocol, world: &mut ModelWorld, process: usize) -> Option<()> {
    let Process::Asked(case, facts) = world.processes[process].clone() else {
        return None;
    };
    let (nth, refund) = world.disk[case].refund?;
    let number = (protocol.number)(&subject(case), nth, refund.sends);
    let here = local_parts(protocol, world, case, &facts);
    let checked = (protocol.check)(&facts.order(&here), &number, refund.amount, world.clock);
    let sent = (protocol.apply)(refund, RefundEvent::Dispatch, world.clock);
    let (Ok(()), Ok(sent)) = (checked, sent) else {
        world.processes[process] = Process::Idle;
        return Some(());
    };
    if protocol.writes_first {
        put(protocol, world, case, sent)?;
    }
    world.processes[process] = Process::Posting(case, number);
    Some(())
}

/// What is under way from here and not in the list of the gateway.
fn local_parts(
    protocol: &Protocol,
    world: &ModelWorld,
    case: usize,
    facts: &ModelFacts,
) -> Vec<RefundPart> {
    let other = 1 - case;
    let Some((nth, refund)) = world.disk[other].refund else {
        return Vec::new();
    };
    let number = (protocol.number)(&subject(other), nth, refund.sends);
    let is_listed = facts.parts.iter().any(|part| part.number == number);
    let is_under_way = refund.stage.may_move_money() && refund.stage > RefundStage::Confirmed;
    let part = RefundPart {
        number,
        amount: refund.amount,
        state: RemoteState::Processing,
        sent_at: None,
    };
    (!is_listed && is_under_way)
        .then_some(part)
        .into_iter()
        .collect()
}

fn deliver(
    protocol: &Protocol,
    world: &mut ModelWorld,
    process: usize,
    fault: Option<ReplyFault>,
) -> Option<()> {
    let Process::Posting(case, number) = world.processes[process].clone() else {
        return None;
    };
    let amount = SUMS[case];
    let minute = world.minutes;
    let reply = world.gateway.post((case, &number), amount, minute, fault);
    let answer = if fault == Some(ReplyFault::NoConnection) {
        SendAnswer::NeverLeft
    } else {
        (protocol.read_send)(reply)
    };
    world.processes[process] = Process::Answered(case, answer);
    Some(())
}

fn store_answer(protocol: &Protocol, world: &mut ModelWorld, process: usize) -> Option<()> {
    let Process::Answered(case, answer) = world.processes[process].clone() else {
        return None;
    };
    world.processes[process] = Process::Idle;
    let (_, mut refund) = world.disk[case].refund?;
    if !protocol.writes_first {
        refund = (protocol.apply)(refund, RefundEvent::Dispatch, world.clock).ok()?;
    }
    let next = (protocol.apply)(refund, RefundEvent::Answer(answer), world.clock);
    // Nobody but this process changes a refund that is being sent; a store that fails changes nothing.
    put(protocol, world, case, next.ok()?)
}

fn notify(
    protocol: &Protocol,
    world: &mut ModelWorld,
    case: usize,
    state: RemoteState,
) -> Option<()> {
    let (_, refund) = world.disk[case].refund?;
    (refund.stage != RefundStage::Sent).then_some(())?;
    let event = if protocol.asks_when_told {
        RefundEvent::Told
    } else {
        RefundEvent::Query(Queried::Found(refund.amount, state))
    };
    let before = world.disk;
    put(
        protocol,
        world,
        case,
        (protocol.apply)(refund, event, world.clock).ok()?,
    )?;
    // What only makes the next question due at once is no other state here.
    forget_what_does_not_matter(world);
    (world.disk != before).then_some(())
}
