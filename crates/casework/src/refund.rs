//! The life of one refund: its stages, the only ways between them, and what must happen next.
//!
//! The number is fixed before the first stage and never changes. `Sent` is on disk before the first byte goes
//! out. An unclear answer leads to a question, never to a new number and never to a blind repeat: only after
//! WeChat Pay said, well signed, that it has no such refund may the same number be sent again.

mod event;
mod redirect;
mod stage;

use recondesk_domain::{Fen, Instant};
use serde::{Deserialize, Serialize};

pub use event::{Approval, Illegal, Move, Queried, RedirectTo, RefundEvent, Refusal, SendAnswer};
pub use stage::{RefundStage, RemoteState};

/// How long after an unclear answer "no such refund" may only mean "not yet": 申请退款 advises to query after a minute.
pub const ABSENCE_S: i64 = 60;
/// Shortest time between two attempts with the same number.
pub const RETRY_S: i64 = 2;
/// A sum that was typed is good for so long; then it must be typed again.
pub const CONFIRMATION_S: i64 = 86_400;
/// Longest time between two attempts.
const LONGEST_RETRY_S: i64 = 60;

/// A refund without its texts: what decides about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RefundProgress {
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
    /// WeChat Pay may not find it yet counts from here and not from sending. A refusal of a later sending does
    /// not end the doubt about an earlier one.
    pub unclear_at: Option<Instant>,
    /// How often it was sent.
    pub sends: u16,
    /// How often it was asked since it was sent.
    pub asks: u16,
    /// The account that a second person is asked about, or agreed to, where the refund is abnormal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redirect: Option<RedirectTo>,
    /// The money of an abnormal refund went to the merchant's account: a person has still to pay the customer.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub to_merchant: bool,
}

impl RefundProgress {
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
            redirect: None,
            to_merchant: false,
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
            RefundEvent::Require => self.required().ok_or(illegal),
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
            RefundEvent::List => self.listed(now).ok_or(illegal),
            RefundEvent::RequireRedirect(to) => self.redirect_required(to).ok_or(illegal),
            RefundEvent::Redirect(to) => self.redirect(to).ok_or(illegal),
            RefundEvent::Redirected(answer) => self.redirected(answer).ok_or(illegal),
            RefundEvent::Withdraw => (self.may_withdraw() || self.never_uploaded(now))
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

    fn required(self) -> Option<Self> {
        use RefundStage as S;
        let fits = matches!(self.stage, S::Drafted | S::Confirmed | S::Rejected);
        (fits && self.approval == Approval::NotNeeded).then_some(Self {
            approval: Approval::Awaited,
            ..self
        })
    }

    fn judged(self, approval: Approval) -> Option<Self> {
        use RefundStage as S;
        let fits = matches!(self.stage, S::Drafted | S::Confirmed | S::Rejected)
            || self.stage == S::Abnormal && self.redirect.is_some();
        (fits && self.approval == Approval::Awaited).then_some(Self { approval, ..self })
    }

    /// Into the batch file: what was never sent, or stands in a file already.
    fn listed(self, now: Instant) -> Option<Self> {
        use RefundStage as S;
        let unsent = matches!(self.stage, S::Drafted | S::Confirmed) && self.sends == 0;
        let agreed = matches!(self.approval, Approval::NotNeeded | Approval::Given);
        (agreed && (unsent || self.stage == S::Listed)).then_some(Self {
            absent: false,
            confirmed_at: None,
            sent_at: Some(now),
            asked_at: None,
            asks: 0,
            ..self.at(S::Listed)
        })
    }

    /// In a file, and WeChat Pay said within the last minute that it does not have it.
    fn never_uploaded(self, now: Instant) -> bool {
        let age = self.asked_at.map(|at| now.unix().saturating_sub(at.unix()));
        self.stage == RefundStage::Listed
            && self.absent
            && age.is_some_and(|age| (0..ABSENCE_S).contains(&age))
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
            // The refusal is believed when a question finds no refund either. It says nothing of a sending
            // before it whose outcome is unknown.
            SendAnswer::Refused(refusal) => Self {
                refusal: Some(refusal),
                unclear_at: self.unclear_at,
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
            (S::Listed, Queried::Absent) => Some(Self {
                absent: true,
                ..asked
            }),
            // An accepted refund does not vanish; before sending there is none to find.
            (_, Queried::Absent | Queried::Unclear) => Some(asked),
        }
    }

    /// WeChat Pay does not have a refund that was sent without a clear answer.
    fn absence(self, now: Instant) -> Self {
        let settled = Self {
            unclear_at: None,
            ..self
        };
        match self.refusal {
            Some(Refusal::Final) if self.is_settled(now) => settled.at(RefundStage::Rejected),
            // Refused, but an earlier sending may only not be found yet: asked again until that is certain.
            Some(Refusal::Final) => self,
            Some(Refusal::ForNow) | None if self.is_settled(now) => {
                settled.at(RefundStage::Confirmed)
            }
            Some(Refusal::ForNow) | None => Self {
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
            RefundStage::Drafted
            | RefundStage::Listed
            | RefundStage::Sent
            | RefundStage::Accepted
            | RefundStage::Abnormal
            | RefundStage::Done
            | RefundStage::Closed
            | RefundStage::Rejected
            | RefundStage::Withdrawn => false,
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
        // A clock that was put back must not make a pause of hours out of one of seconds.
        let paced = |since: Option<Instant>, tries, then: Move| match paced_until(since, tries) {
            Some(until) if now < until && since.is_some_and(|at| at <= now) => {
                Move::WaitUntil(until)
            }
            _ => then,
        };
        match self.stage {
            S::Drafted => Move::Confirm,
            S::Confirmed if !self.is_confirmed(now) && self.may_send() => Move::Confirm,
            S::Confirmed => match self.approval {
                Approval::Awaited => Move::Approve,
                Approval::Declined => Move::Attend,
                Approval::NotNeeded | Approval::Given => {
                    paced(self.asked_at, self.sends.saturating_add(1), Move::Send)
                }
            },
            S::Sent => Move::Restart,
            // Once the sum has to be typed again, asking leads to a stage in which it can be.
            S::Unknown if self.may_send() && self.is_confirmed(now) => {
                paced(self.asked_at, self.sends, Move::Send)
            }
            S::Unknown | S::Accepted => paced(self.asked_at, self.asks, Move::Ask),
            S::Listed | S::Abnormal | S::Rejected => Move::Attend,
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
mod tests;
