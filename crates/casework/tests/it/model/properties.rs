//! What must hold in every state, and what must be reachable for the model to mean anything.

use recondesk_casework::{Move, RefundEvent, RefundStage, RemoteState};
use recondesk_domain::Fen;
use stateright::Property;

use super::{ModelWorld, PAID, Process, RefundModel};

pub(super) fn all() -> Vec<Property<RefundModel>> {
    vec![
        Property::always(
            "no more goes back than was paid",
            |_, world: &ModelWorld| {
                let sum: i64 = counted(world, |_| true);
                Fen::new(sum) <= PAID
            },
        ),
        Property::always(
            "one case, at most one accepted refund",
            |_, world: &ModelWorld| {
                (0..2).all(|case| {
                    let accepted = world.gateway.refunds.values();
                    accepted
                        .filter(|known| known.case == case && known.state.counts())
                        .count()
                        <= 1
                })
            },
        ),
        Property::always("either goods or money", |_, world: &ModelWorld| {
            !(world.is_reissued && counted(world, |_| true) > 0)
        }),
        Property::always("approval before sending", |_, world: &ModelWorld| {
            let sent = counted(world, |case| case == 0) > 0;
            !sent || world.was_approved[0]
        }),
        Property::always("nothing is sent again blindly", |_, world: &ModelWorld| {
            !world.gateway.was_repeated_blindly
        }),
        Property::always("what is believed is so", believed),
        Property::always("no state without a next step", has_next_step),
        Property::sometimes("can pay the money back", |_, world: &ModelWorld| {
            stage_of(world, 0) == Some(RefundStage::Done)
        }),
        Property::sometimes("can be refused", |_, world: &ModelWorld| {
            stage_of(world, 1) == Some(RefundStage::Rejected)
        }),
        Property::sometimes(
            "can begin anew under the next number",
            |_, world: &ModelWorld| {
                world.disk[1]
                    .refund
                    .is_some_and(|(nth, refund)| nth == 2 && refund.stage == RefundStage::Done)
            },
        ),
        Property::sometimes("can deliver instead", |_, world: &ModelWorld| {
            world.is_reissued
        }),
        Property::sometimes(
            "can be taken over after a restore",
            |_, world: &ModelWorld| {
                world.disk[1].refund.is_some_and(|(_, refund)| {
                    refund.stage == RefundStage::Accepted && refund.sends == 0
                })
            },
        ),
    ]
}

fn counted(world: &ModelWorld, of: fn(usize) -> bool) -> i64 {
    let accepted = world.gateway.refunds.values();
    accepted
        .filter(|known| known.state.counts() && of(known.case))
        .map(|known| known.amount.get())
        .sum()
}

fn stage_of(world: &ModelWorld, case: usize) -> Option<RefundStage> {
    world.disk[case].refund.map(|(_, refund)| refund.stage)
}

/// What a person reads as certain is what WeChat Pay has.
fn believed(model: &RefundModel, world: &ModelWorld) -> bool {
    (0..2).all(|case| {
        let Some((nth, refund)) = world.disk[case].refund else {
            return true;
        };
        let before = refund.sends.saturating_sub(1);
        let number = (model.protocol.number)(&super::subject(case), nth, before);
        let there = world.gateway.refunds.get(&number).map(|known| known.state);
        let is_on_the_wire = world
            .processes
            .iter()
            .any(|process| matches!(process, Process::Posting(of, _) if *of == case));
        match refund.stage {
            RefundStage::Done => there == Some(RemoteState::Success),
            RefundStage::Closed => there == Some(RemoteState::Closed),
            RefundStage::Accepted | RefundStage::Abnormal => there.is_some(),
            // After a restore the disk knows less than WeChat Pay, but not in a stage that was sent.
            RefundStage::Rejected => there.is_none_or(|state| !state.counts()) && !is_on_the_wire,
            RefundStage::Withdrawn => {
                refund.sends == 0 || there.is_none_or(|state| !state.counts()) && !is_on_the_wire
            }
            RefundStage::Drafted
            | RefundStage::Confirmed
            | RefundStage::Listed
            | RefundStage::Sent
            | RefundStage::Unknown => true,
        }
    })
}

/// Whatever must happen next is possible.
fn has_next_step(model: &RefundModel, world: &ModelWorld) -> bool {
    (0..2).all(|case| {
        let Some((_, refund)) = world.disk[case].refund else {
            return true;
        };
        let can = |event| (model.protocol.apply)(refund, event, world.clock).is_ok();
        match (model.protocol.next_move)(refund, world.clock.plus(3_600)) {
            Move::Confirm => can(RefundEvent::Confirm(refund.amount)),
            Move::Approve => can(RefundEvent::Approve) && can(RefundEvent::Decline),
            Move::Send => can(RefundEvent::Dispatch),
            Move::Restart => can(RefundEvent::Restart),
            Move::Ask | Move::Attend => {
                let found = recondesk_casework::Queried::Found(refund.amount, RemoteState::Success);
                can(RefundEvent::Query(found))
            }
            Move::WaitUntil(_) => false,
            Move::BeginAnew | Move::Nothing => refund.stage.is_final(),
        }
    })
}
