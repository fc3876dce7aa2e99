//! Ten faults that a hurried programmer makes, each planted by replacing one decision: the model must turn red.

use recondesk_casework::{
    AnswerEvidence, Approval, Move, Queried, RefundEvent, RefundProgress, RefundStage, SendAnswer,
    refund_number,
};
use recondesk_domain::Instant;

use super::model::RefundModel;
use super::protocol::Protocol;

fn turns_red(plant: fn(&mut Protocol)) -> &'static str {
    let mut protocol = Protocol::program();
    plant(&mut protocol);
    let (broken, states) = RefundModel {
        protocol,
        faults: 2,
    }
    .verdict();
    broken.unwrap_or_else(|| panic!("the planted fault lives through {states} states"))
}

#[test]
fn a_new_number_on_retry_turns_red() {
    let broken = turns_red(|p| {
        p.number = |subject, nth, sends| {
            refund_number(subject, nth + 10 * sends)
                .unwrap()
                .as_str()
                .to_owned()
        };
    });
    println!("{broken}");
}

#[test]
fn sending_again_instead_of_asking_turns_red() {
    let broken = turns_red(|p| {
        p.apply = |refund, event, now| match event {
            RefundEvent::Answer(SendAnswer::Unclear) | RefundEvent::Restart => Ok(RefundProgress {
                stage: RefundStage::Confirmed,
                ..refund
            }),
            _ => refund.apply(event, now),
        };
        p.adopts = false;
    });
    println!("{broken}");
}

#[test]
fn an_intent_stored_after_sending_turns_red() {
    let broken = turns_red(|p| p.writes_first = false);
    println!("{broken}");
}

#[test]
fn a_store_that_does_not_flush_turns_red() {
    let broken = turns_red(|p| p.flushes = false);
    println!("{broken}");
}

#[test]
fn approval_in_the_window_only_turns_red() {
    let broken = turns_red(|p| {
        p.next_move = |refund, now| without_approval(refund).next_move(now);
        p.apply = |refund, event, now| match event {
            RefundEvent::Dispatch => without_approval(refund).apply(event, now),
            _ => refund.apply(event, now),
        };
    });
    assert_eq!(broken, "approval before sending");
}

fn without_approval(refund: RefundProgress) -> RefundProgress {
    RefundProgress {
        approval: Approval::NotNeeded,
        ..refund
    }
}

#[test]
fn believing_the_unsigned_turns_red() {
    let broken = turns_red(|p| {
        p.read_send = |answer| recondesk_casework::read_send(answer.map(signed));
        p.read_query = |answer| recondesk_casework::read_query(answer.map(signed));
    });
    println!("{broken}");
}

fn signed<T>(answer: AnswerEvidence<T>) -> AnswerEvidence<T> {
    AnswerEvidence {
        is_signed: true,
        ..answer
    }
}

#[test]
fn a_reissue_that_is_not_excluded_turns_red() {
    let broken = turns_red(|p| p.claim = |_, _| Ok(()));
    assert_eq!(broken, "either goods or money");
}

#[test]
fn a_distance_in_place_of_an_age_turns_red_when_the_clock_goes_back() {
    let broken = turns_red(|p| {
        p.apply = |refund, event, now| {
            let age = refund.unclear_at.map_or(0, |at| at.distance(now));
            let then = refund.unclear_at.map_or(now, |at| at.plus(age));
            match event {
                RefundEvent::Query(Queried::Absent) => refund.apply(event, then),
                _ => refund.apply(event, now),
            }
        };
    });
    println!("{broken}");
}

#[test]
fn trusting_a_notification_without_asking_turns_red() {
    let broken = turns_red(|p| p.asks_when_told = false);
    assert_eq!(broken, "what is believed is so");
}

#[test]
fn sending_from_a_restored_backup_without_looking_turns_red() {
    let broken = turns_red(|p| p.adopts = false);
    assert_eq!(broken, "nothing is sent again blindly");
}

#[test]
fn a_refund_that_may_be_under_way_is_never_left_alone() {
    // The very moves of the program, beside the planted ones: an interrupted sending is taken up again.
    let now = Instant::from_unix(1_800_000_000);
    let mut refund = RefundProgress::draft(super::model::PAID, Approval::NotNeeded);
    for event in [
        RefundEvent::Confirm(super::model::PAID),
        RefundEvent::Dispatch,
    ] {
        refund = refund.apply(event, now).unwrap();
    }
    assert_eq!(refund.next_move(now), Move::Restart);
}
