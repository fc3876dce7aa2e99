//! The refund rules one by one; `tests/it/model` checks them together.

use super::*;

const NOW: Instant = Instant::from_unix(1_800_000_000);
const SUM: Fen = Fen::new(1_230);

fn sent() -> RefundProgress {
    [RefundEvent::Confirm(SUM), RefundEvent::Dispatch]
        .into_iter()
        .try_fold(
            RefundProgress::draft(SUM, Approval::NotNeeded),
            |refund, event| refund.apply(event, NOW),
        )
        .unwrap()
}

fn after(answer: SendAnswer) -> RefundProgress {
    sent().apply(RefundEvent::Answer(answer), NOW).unwrap()
}

#[test]
fn the_sum_typed_must_be_the_sum() {
    let draft = RefundProgress::draft(SUM, Approval::NotNeeded);

    assert!(
        draft
            .apply(RefundEvent::Confirm(Fen::new(1_231)), NOW)
            .is_err()
    );
    assert!(draft.apply(RefundEvent::Dispatch, NOW).is_err());
}

#[test]
fn nothing_is_sent_without_the_second_person() {
    let draft = RefundProgress::draft(SUM, Approval::Awaited);
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
    let draft = RefundProgress::draft(SUM, Approval::NotNeeded);
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
    let draft = RefundProgress::draft(SUM, Approval::NotNeeded);
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

#[test]
fn what_stands_in_a_batch_file_is_asked_about_and_never_sent() {
    let draft = RefundProgress::draft(SUM, Approval::NotNeeded);
    let listed = draft.apply(RefundEvent::List, NOW).unwrap();

    assert_eq!(listed.next_move(NOW), Move::Attend);
    for event in [
        RefundEvent::Dispatch,
        RefundEvent::Confirm(SUM),
        RefundEvent::Withdraw,
    ] {
        assert!(listed.apply(event, NOW).is_err(), "{event:?}");
    }
    let absent = RefundEvent::Query(Queried::Absent);
    let missing = listed.apply(absent, NOW).unwrap();
    assert!(missing.apply(RefundEvent::Dispatch, NOW).is_err());
    assert_eq!(missing.next_move(NOW), Move::Attend);
    // Given up only on an answer of just now: the file may be uploaded at any time.
    let late = NOW.plus(ABSENCE_S);
    assert!(missing.apply(RefundEvent::Withdraw, late).is_err());
    assert!(missing.apply(RefundEvent::Withdraw, NOW.plus(-1)).is_err());
    let given_up = missing.apply(RefundEvent::Withdraw, NOW.plus(1)).unwrap();
    assert_eq!(given_up.stage, RefundStage::Withdrawn);
    let found = RefundEvent::Query(Queried::Found(SUM, RemoteState::Success));
    let done = missing.apply(found, NOW).unwrap();
    assert_eq!(done.stage, RefundStage::Done);
}

#[test]
fn only_what_was_never_sent_and_is_agreed_goes_into_a_batch_file() {
    let awaited = RefundProgress::draft(SUM, Approval::Awaited);
    assert!(awaited.apply(RefundEvent::List, NOW).is_err());
    let given = awaited.apply(RefundEvent::Approve, NOW).unwrap();
    assert!(given.apply(RefundEvent::List, NOW).is_ok());
    for answer in [
        SendAnswer::Accepted,
        SendAnswer::Unclear,
        SendAnswer::Refused(Refusal::Final),
    ] {
        assert!(after(answer).apply(RefundEvent::List, NOW).is_err());
    }
}

#[test]
fn a_refusal_does_not_end_the_doubt_about_the_sending_before_it() {
    let absent = RefundEvent::Query(Queried::Absent);
    let again = after(SendAnswer::Unclear)
        .apply(absent, NOW)
        .unwrap()
        .apply(RefundEvent::Dispatch, NOW.plus(4))
        .unwrap();
    for refusal in [Refusal::Final, Refusal::ForNow] {
        let refused = RefundEvent::Answer(SendAnswer::Refused(refusal));
        let refused = again.apply(refused, NOW.plus(5)).unwrap();

        let soon = refused.apply(absent, NOW.plus(6)).unwrap();
        assert_eq!(soon.stage, RefundStage::Unknown);
        assert!(soon.apply(RefundEvent::Withdraw, NOW.plus(6)).is_err());
        let late = refused.apply(absent, NOW.plus(ABSENCE_S)).unwrap();
        assert!(late.may_withdraw(), "{refusal:?}");
    }
}

#[test]
fn a_clock_put_back_makes_no_long_pause() {
    let asked = after(SendAnswer::Unclear)
        .apply(RefundEvent::Query(Queried::Unclear), NOW)
        .unwrap();

    assert!(matches!(asked.next_move(NOW), Move::WaitUntil(_)));
    assert_eq!(asked.next_move(NOW.plus(-3_600)), Move::Ask);
}

#[test]
fn a_sum_typed_long_ago_can_be_typed_again_after_an_unclear_answer() {
    let absent = RefundEvent::Query(Queried::Absent);
    let missing = after(SendAnswer::Unclear).apply(absent, NOW).unwrap();
    assert!(missing.may_send());
    let later = NOW.plus(CONFIRMATION_S);

    assert_eq!(missing.next_move(later), Move::Ask);
    let asked = missing.apply(absent, later).unwrap();
    assert_eq!(asked.next_move(later), Move::Confirm);
    assert!(asked.apply(RefundEvent::Confirm(SUM), later).is_ok());
}
