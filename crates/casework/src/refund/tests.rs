//! The refund rules one by one; `tests/it/model` checks them together.

use super::*;

const NOW: Instant = Instant::from_unix(1_800_000_000);
const SUM: Fen = Fen::new(1_230);

fn sent() -> Refund {
    [RefundEvent::Confirm(SUM), RefundEvent::Dispatch]
        .into_iter()
        .try_fold(Refund::draft(SUM, Approval::NotNeeded), |refund, event| {
            refund.apply(event, NOW)
        })
        .unwrap()
}

fn after(answer: SendAnswer) -> Refund {
    sent().apply(RefundEvent::Answer(answer), NOW).unwrap()
}

#[test]
fn the_sum_typed_must_be_the_sum() {
    let draft = Refund::draft(SUM, Approval::NotNeeded);

    assert!(
        draft
            .apply(RefundEvent::Confirm(Fen::new(1_231)), NOW)
            .is_err()
    );
    assert!(draft.apply(RefundEvent::Dispatch, NOW).is_err());
}

#[test]
fn nothing_is_sent_without_the_second_person() {
    let draft = Refund::draft(SUM, Approval::Awaited);
    let confirmed = draft.apply(RefundEvent::Confirm(SUM), NOW).unwrap();

    assert_eq!(confirmed.next_move(NOW), Move::Approve);
    assert!(confirmed.apply(RefundEvent::Dispatch, NOW).is_err());
    let declined = confirmed.apply(RefundEvent::Decline, NOW).unwrap();
    assert!(declined.apply(RefundEvent::Dispatch, NOW).is_err());
    let given = confirmed.apply(RefundEvent::Approve, NOW).unwrap();
    assert_eq!(given.next_move(NOW), Move::Send);
    assert!(given.apply(RefundEvent::Dispatch, NOW).is_ok());
}

#[test]
fn an_unclear_answer_leads_to_a_question_and_never_to_a_repeat() {
    let unknown = after(SendAnswer::Unclear);

    assert_eq!(unknown.next_move(NOW), Move::Ask);
    assert!(unknown.apply(RefundEvent::Dispatch, NOW).is_err());
    assert!(unknown.apply(RefundEvent::Withdraw, NOW).is_err());
    let asked = unknown
        .apply(RefundEvent::Query(Queried::Unclear), NOW)
        .unwrap();
    assert!(asked.apply(RefundEvent::Dispatch, NOW).is_err());
}

#[test]
fn no_such_refund_right_after_sending_allows_the_same_number_but_no_other_outcome() {
    let absent = RefundEvent::Query(Queried::Absent);
    let early = after(SendAnswer::Unclear)
        .apply(absent, NOW.plus(5))
        .unwrap();

    assert_eq!(early.stage, RefundStage::Unknown);
    assert!(early.may_send() && !early.may_withdraw());
    let late = early.apply(absent, NOW.plus(ABSENCE_S)).unwrap();
    assert_eq!(late.stage, RefundStage::Confirmed);
    assert!(late.may_send() && late.may_withdraw());
    let back = after(SendAnswer::Unclear)
        .apply(absent, NOW.plus(-9_999))
        .unwrap();
    assert!(!back.may_withdraw(), "a clock put back proves nothing");
}

#[test]
fn a_refusal_is_believed_when_a_question_finds_nothing_either() {
    let refused = after(SendAnswer::Refused(Refusal::Final));
    assert!(!refused.may_withdraw());

    let absent = RefundEvent::Query(Queried::Absent);
    assert_eq!(
        refused.apply(absent, NOW).unwrap().stage,
        RefundStage::Rejected
    );
    let found = RefundEvent::Query(Queried::Found(SUM, RemoteState::Success));
    assert_eq!(refused.apply(found, NOW).unwrap().stage, RefundStage::Done);
    let for_now = after(SendAnswer::Refused(Refusal::ForNow))
        .apply(absent, NOW)
        .unwrap();
    assert_eq!(for_now.stage, RefundStage::Confirmed);
    assert_eq!(for_now.next_move(NOW), Move::WaitUntil(NOW.plus(4)));
}

#[test]
fn a_refund_that_is_there_already_is_taken_over() {
    let draft = Refund::draft(SUM, Approval::NotNeeded);
    let other = Fen::new(999);

    let found = draft
        .apply(
            RefundEvent::Query(Queried::Found(other, RemoteState::Processing)),
            NOW,
        )
        .unwrap();

    assert_eq!((found.stage, found.amount), (RefundStage::Accepted, other));
    assert!(found.apply(RefundEvent::Dispatch, NOW).is_err());
}

#[test]
fn no_connection_at_the_second_attempt_says_nothing_about_the_first() {
    assert_eq!(after(SendAnswer::NeverLeft).stage, RefundStage::Confirmed);

    let again = after(SendAnswer::Unclear)
        .apply(RefundEvent::Query(Queried::Absent), NOW.plus(3))
        .and_then(|refund| refund.apply(RefundEvent::Dispatch, NOW.plus(9)))
        .and_then(|refund| refund.apply(RefundEvent::Answer(SendAnswer::NeverLeft), NOW.plus(9)))
        .unwrap();

    assert_eq!(again.stage, RefundStage::Unknown);
    assert!(!again.may_withdraw());
}

#[test]
fn a_typed_sum_is_good_for_a_day() {
    let draft = Refund::draft(SUM, Approval::NotNeeded);
    let confirmed = draft.apply(RefundEvent::Confirm(SUM), NOW).unwrap();
    let later = NOW.plus(CONFIRMATION_S);

    assert_eq!(confirmed.next_move(later), Move::Confirm);
    assert!(confirmed.apply(RefundEvent::Dispatch, later).is_err());
    assert!(confirmed.apply(RefundEvent::Confirm(SUM), later).is_ok());
}

#[test]
fn an_accepted_refund_does_not_vanish() {
    let accepted = after(SendAnswer::Accepted);

    let asked = accepted
        .apply(RefundEvent::Query(Queried::Absent), NOW.plus(999))
        .unwrap();

    assert_eq!(asked.stage, RefundStage::Accepted);
    assert!(!asked.may_withdraw());
}
