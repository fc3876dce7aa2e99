//! The life of one refund: its stages, the only ways between them, and what must happen next.
//!
//! The number is fixed before the first stage and never changes. `Sent` is on disk before the first byte goes
//! out. An unclear answer leads to a question, never to a new number and never to a blind repeat: only after
//! WeChat Pay said, well signed, that it has no such refund may the same number be sent again.

use recondesk_domain::{Fen, Instant};
use serde::{Deserialize, Serialize};

/// How long after an unclear answer "no such refund" may only mean "not yet": 申请退款 advises to query after a minute.
pub const ABSENCE_S: i64 = 60;
/// Shortest time between two attempts with the same number.
pub const RETRY_S: i64 = 2;
/// A sum that was typed is good for so long; then it must be typed again.
pub const CONFIRMATION_S: i64 = 86_400;
/// Longest time between two attempts.
const LONGEST_RETRY_S: i64 = 60;

/// Where a refund stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundStage {
    /// 已制单: number and sum are on disk.
    Drafted,
    /// 已确认: a person typed the sum; it may be sent.
    Confirmed,
    /// 已发送: on its way to WeChat Pay, no answer yet.
    Sent,
    /// 结果未明: only a question leads on.
    Unknown,
    /// 已受理: WeChat Pay has it, the money is on its way.
    Accepted,
    /// 退款异常: the money cannot reach the customer's account.
    Abnormal,
    /// 已退款: the money is back.
    Done,
    /// 退款关闭: closed without money moving.
    Closed,
    /// 被拒绝: certainly not accepted.
    Rejected,
    /// 已撤回: given up before anything was accepted.
    Withdrawn,
}

/// Stage, stable word, Chinese, English.
type StageEntry = (RefundStage, &'static str, &'static str, &'static str);

const STAGES: [StageEntry; 10] = [
    (RefundStage::Drafted, "drafted", "已制单", "Drafted"),
    (RefundStage::Confirmed, "confirmed", "已确认", "Confirmed"),
    (RefundStage::Sent, "sent", "已发送", "Sent"),
    (
        RefundStage::Unknown,
        "unknown",
        "结果未明",
        "Outcome unknown",
    ),
    (RefundStage::Accepted, "accepted", "已受理", "Accepted"),
    (RefundStage::Abnormal, "abnormal", "退款异常", "Abnormal"),
    (RefundStage::Done, "done", "已退款", "Refunded"),
    (RefundStage::Closed, "closed", "退款关闭", "Closed"),
    (RefundStage::Rejected, "rejected", "被拒绝", "Rejected"),
    (RefundStage::Withdrawn, "withdrawn", "已撤回", "Withdrawn"),
];

impl RefundStage {
    /// All of them, in the order of a refund's life.
    pub fn all() -> impl Iterator<Item = Self> {
        STAGES.iter().map(|entry| entry.0)
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "one entry a variant, checked by a test"
    )]
    const fn entry(self) -> &'static StageEntry {
        &STAGES[self as usize]
    }

    /// The stable word of the database, the command line and exports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        self.entry().1
    }

    /// Reads that word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::all().find(|stage| stage.word() == word)
    }

    /// What finance staff read.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        self.entry().2
    }

    /// The English term.
    #[must_use]
    pub const fn en(self) -> &'static str {
        self.entry().3
    }

    /// True when nothing more will happen to this refund.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Done | Self::Closed | Self::Withdrawn)
    }

    /// True when money went back, is on its way, or may be: it counts against what is left of the order.
    #[must_use]
    pub const fn may_move_money(self) -> bool {
        !matches!(self, Self::Closed | Self::Withdrawn | Self::Rejected)
    }

    /// True while the case belongs to this refund: nothing else may be begun for it.
    #[must_use]
    pub const fn holds_case(self) -> bool {
        !matches!(self, Self::Closed | Self::Withdrawn)
    }
}

/// What WeChat Pay says of a refund (`refund_status`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum RemoteState {
    /// On its way.
    Processing,
    /// The money arrived.
    Success,
    /// CHANGE, ABNORMAL.
    Abnormal,
    /// REFUNDCLOSE, CLOSED.
    Closed,
    /// A word the documents do not have: taken for money under way.
    Other,
}

impl RemoteState {
    /// True unless the money stayed with the merchant.
    #[must_use]
    pub const fn counts(self) -> bool {
        !matches!(self, Self::Closed)
    }

    const fn stage(self) -> RefundStage {
        match self {
            Self::Processing | Self::Other => RefundStage::Accepted,
            Self::Success => RefundStage::Done,
            Self::Abnormal => RefundStage::Abnormal,
            Self::Closed => RefundStage::Closed,
        }
    }
}

/// Whether a second person must agree, and did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Approval {
    /// The sum is below the limit.
    NotNeeded,
    /// Nobody decided yet.
    Awaited,
    /// A second person agreed.
    Given,
    /// A second person refused.
    Declined,
}

/// What a well signed "no" means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// It will not succeed as it is.
    Final,
    /// Not accepted now; the same number may be sent later (balance, frequency).
    ForNow,
}

/// What came back from sending.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SendAnswer {
    /// Well signed, about this very refund.
    Accepted,
    /// Well signed refusal.
    Refused(Refusal),
    /// Certainly never sent: no connection, no TLS.
    NeverLeft,
    /// Anything else: lost, cut, unsigned, badly signed, about another refund, busy.
    Unclear,
}

/// What came back from asking about the refund by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Queried {
    /// Well signed, about this very refund: its sum and its state.
    Found(Fen, RemoteState),
    /// Well signed: there is no such refund.
    Absent,
    /// Anything else.
    Unclear,
}

/// Something that happens to a refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum RefundEvent {
    /// A person typed the sum.
    Confirm(Fen),
    /// A second person agreed.
    Approve,
    /// A second person refused.
    Decline,
    /// About to be sent: stored and flushed before the first byte.
    Dispatch,
    /// What came of it.
    Answer(SendAnswer),
    /// It was being sent when the program ended.
    Restart,
    /// WeChat Pay was asked.
    Query(Queried),
    /// A notification came. It may be forged, so that it proves nothing: the next question is due at once.
    Told,
    /// A person gives it up.
    Withdraw,
    /// A person takes up what was given up: the same number, perhaps another sum.
    Redraft(Fen, Approval),
}

/// An event that does not fit the stage; nothing changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{event:?} is not possible when the refund is {}", .stage.word())]
pub struct Illegal {
    /// Where it stands.
    pub stage: RefundStage,
    /// What was to happen.
    pub event: RefundEvent,
}

/// What must happen next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Move {
    /// A person types the sum.
    Confirm,
    /// A second person decides.
    Approve,
    /// Ask about the order, check the limits, then send.
    Send,
    /// The program was interrupted while sending: take the outcome for unknown.
    Restart,
    /// Ask about the refund.
    Ask,
    /// Nothing before this instant.
    WaitUntil(Instant),
    /// A person sees to it: correct what was refused, or the merchant console for an abnormal refund.
    Attend,
    /// Refund again under the next number, or choose another outcome.
    BeginAnew,
    /// Nothing: the money is back, or it was given up.
    Nothing,
}

/// A refund without its texts: what decides about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Refund {
    /// The sum; what WeChat Pay has counts, should it differ.
    pub amount: Fen,
    /// Where it stands.
    pub stage: RefundStage,
    /// The second person.
    pub approval: Approval,
    /// A refusal that a question has still to confirm.
    pub refusal: Option<Refusal>,
    /// WeChat Pay said that it does not have it, since the last sending.
    pub absent: bool,
    /// When the sum was typed.
    pub confirmed_at: Option<Instant>,
    /// When it was sent last.
    pub sent_at: Option<Instant>,
    /// When WeChat Pay was asked last.
    pub asked_at: Option<Instant>,
    /// Since when its outcome is unknown. A request can be on the wire for long, so the minute within which
    /// WeChat Pay may not find it yet counts from here and not from sending.
    pub unclear_at: Option<Instant>,
    /// How often it was sent.
    pub sends: u16,
    /// How often it was asked since it was sent.
    pub asks: u16,
}

impl Refund {
    /// A refund whose number is fixed.
    #[must_use]
    pub const fn draft(amount: Fen, approval: Approval) -> Self {
        Self {
            amount,
            stage: RefundStage::Drafted,
            approval,
            refusal: None,
            absent: false,
            confirmed_at: None,
            sent_at: None,
            asked_at: None,
            unclear_at: None,
            sends: 0,
            asks: 0,
        }
    }

    /// The only way from one stage to the next.
    ///
    /// # Errors
    /// [`Illegal`] when the event does not fit; the refund is as it was.
    pub fn apply(self, event: RefundEvent, now: Instant) -> Result<Self, Illegal> {
        let illegal = Illegal {
            stage: self.stage,
            event,
        };
        match event {
            RefundEvent::Confirm(typed) => self.confirmed(typed, now).ok_or(illegal),
            RefundEvent::Approve => self.judged(Approval::Given).ok_or(illegal),
            RefundEvent::Decline => self.judged(Approval::Declined).ok_or(illegal),
            RefundEvent::Dispatch => self.dispatched(now).ok_or(illegal),
            RefundEvent::Answer(answer) => self.answered(answer, now).ok_or(illegal),
            RefundEvent::Restart => (self.stage == RefundStage::Sent)
                .then_some(self.unclear(now))
                .ok_or(illegal),
            RefundEvent::Query(said) => self.queried(said, now).ok_or(illegal),
            RefundEvent::Told => Ok(Self {
                asked_at: None,
                ..self
            }),
            RefundEvent::Redraft(amount, approval) => (self.stage == RefundStage::Withdrawn)
                .then_some(Self::draft(amount, approval))
                .ok_or(illegal),
            RefundEvent::Withdraw => self
                .may_withdraw()
                .then_some(self.at(RefundStage::Withdrawn))
                .ok_or(illegal),
        }
    }

    const fn at(self, stage: RefundStage) -> Self {
        Self { stage, ..self }
    }

    const fn unclear(self, now: Instant) -> Self {
        Self {
            refusal: None,
            absent: false,
            unclear_at: Some(now),
            ..self.at(RefundStage::Unknown)
        }
    }

    fn confirmed(self, typed: Fen, now: Instant) -> Option<Self> {
        use RefundStage as S;
        let fits = matches!(self.stage, S::Drafted | S::Confirmed | S::Rejected);
        (fits && typed == self.amount).then_some(Self {
            confirmed_at: Some(now),
            refusal: None,
            ..self.at(S::Confirmed)
        })
    }

    fn judged(self, approval: Approval) -> Option<Self> {
        use RefundStage as S;
        let fits = matches!(self.stage, S::Drafted | S::Confirmed | S::Rejected);
        (fits && self.approval == Approval::Awaited).then_some(Self { approval, ..self })
    }

    fn dispatched(self, now: Instant) -> Option<Self> {
        (self.may_send() && self.is_confirmed(now)).then_some(Self {
            refusal: None,
            absent: false,
            sent_at: Some(now),
            asked_at: None,
            sends: self.sends.saturating_add(1),
            asks: 0,
            ..self.at(RefundStage::Sent)
        })
    }

    fn answered(self, answer: SendAnswer, now: Instant) -> Option<Self> {
        if self.stage != RefundStage::Sent {
            return None;
        }
        Some(match answer {
            SendAnswer::Accepted => self.at(RefundStage::Accepted),
            // The refusal is believed when a question finds no refund either.
            SendAnswer::Refused(refusal) => Self {
                refusal: Some(refusal),
                ..self.unclear(now)
            },
            // What never left was not sent; a sending before it may still have arrived.
            SendAnswer::NeverLeft if self.sends <= 1 => Self {
                sends: 0,
                asked_at: Some(now),
                sent_at: None,
                ..self.at(RefundStage::Confirmed)
            },
            SendAnswer::NeverLeft | SendAnswer::Unclear => self.unclear(now),
        })
    }

    fn queried(self, said: Queried, now: Instant) -> Option<Self> {
        use RefundStage as S;
        let asked = Self {
            asked_at: Some(now),
            asks: self.asks.saturating_add(1),
            ..self
        };
        match (self.stage, said) {
            // Whoever gave up, or holds a final answer, does not change his mind.
            (S::Withdrawn | S::Done | S::Closed | S::Sent, _) => None,
            (_, Queried::Found(amount, state)) => Some(Self {
                amount,
                refusal: None,
                absent: false,
                ..asked.at(state.stage())
            }),
            (S::Unknown, Queried::Absent) => Some(asked.absence(now)),
            // An accepted refund does not vanish; before sending there is none to find.
            (_, Queried::Absent | Queried::Unclear) => Some(asked),
        }
    }

    /// WeChat Pay does not have a refund that was sent without a clear answer.
    fn absence(self, now: Instant) -> Self {
        match self.refusal {
            Some(Refusal::Final) => self.at(RefundStage::Rejected),
            Some(Refusal::ForNow) => self.at(RefundStage::Confirmed),
            None if self.is_settled(now) => self.at(RefundStage::Confirmed),
            None => Self {
                absent: true,
                ..self
            },
        }
    }

    /// True when enough time passed for "no such refund" to be final; never by a clock put back.
    fn is_settled(self, now: Instant) -> bool {
        self.unclear_at
            .is_none_or(|at| now.unix().saturating_sub(at.unix()) >= ABSENCE_S)
    }

    /// True when stage and second person allow sending.
    #[must_use]
    pub const fn may_send(self) -> bool {
        let stage = match self.stage {
            RefundStage::Confirmed => true,
            RefundStage::Unknown => self.absent,
            _ => false,
        };
        stage && matches!(self.approval, Approval::NotNeeded | Approval::Given)
    }

    /// True while the typed sum is good.
    #[must_use]
    pub fn is_confirmed(self, now: Instant) -> bool {
        self.confirmed_at
            .is_some_and(|at| now.unix().saturating_sub(at.unix()) < CONFIRMATION_S)
    }

    /// True when it certainly was not accepted, so that a person may give it up.
    #[must_use]
    pub const fn may_withdraw(self) -> bool {
        matches!(
            self.stage,
            RefundStage::Drafted | RefundStage::Confirmed | RefundStage::Rejected
        )
    }

    /// What must happen now: no stage but the last ones is without a next step.
    #[must_use]
    pub fn next_move(self, now: Instant) -> Move {
        use RefundStage as S;
        let paced = |since, tries, then: Move| match paced_until(since, tries) {
            Some(until) if now < until => Move::WaitUntil(until),
            _ => then,
        };
        match self.stage {
            S::Drafted => Move::Confirm,
            S::Confirmed | S::Unknown if !self.is_confirmed(now) && self.may_send() => {
                Move::Confirm
            }
            S::Confirmed => match self.approval {
                Approval::Awaited => Move::Approve,
                Approval::Declined => Move::Attend,
                Approval::NotNeeded | Approval::Given => {
                    paced(self.asked_at, self.sends.saturating_add(1), Move::Send)
                }
            },
            S::Sent => Move::Restart,
            S::Unknown if self.may_send() => paced(self.asked_at, self.sends, Move::Send),
            S::Unknown | S::Accepted => paced(self.asked_at, self.asks, Move::Ask),
            S::Abnormal | S::Rejected => Move::Attend,
            S::Closed => Move::BeginAnew,
            S::Done | S::Withdrawn => Move::Nothing,
        }
    }
}

/// Not before this instant the next attempt: longer after each.
fn paced_until(since: Option<Instant>, tries: u16) -> Option<Instant> {
    let wait = RETRY_S
        .saturating_mul(1_i64 << tries.saturating_sub(1).min(6))
        .min(LONGEST_RETRY_S);
    since.map(|at| at.plus(wait))
}

#[cfg(test)]
mod tests {
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
    fn stages_stand_in_the_order_of_the_variants() {
        for (at, stage) in RefundStage::all().enumerate() {
            assert_eq!(stage as usize, at);
            assert_eq!(RefundStage::parse(stage.word()), Some(stage));
        }
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
            .and_then(|refund| {
                refund.apply(RefundEvent::Answer(SendAnswer::NeverLeft), NOW.plus(9))
            })
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
}
