//! An abnormal refund sent to another account: the same refund under the same numbers, so that nothing can go twice.
//!
//! It stands as accepted from the moment the wish is on disk. Whatever then happens to the request, a question tells
//! whether WeChat Pay took it up: the refund is under way, or abnormal as before.

use super::{Approval, RedirectTo, RefundProgress, RefundStage, SendAnswer};

impl RefundProgress {
    /// True where the limits ask for nobody, or a second person agreed to this very account.
    #[must_use]
    pub fn may_redirect(self, to: RedirectTo, needs_second: bool) -> bool {
        let agreed = self.approval == Approval::Given && self.redirect == Some(to);
        let free = !needs_second && matches!(self.approval, Approval::NotNeeded | Approval::Given);
        self.stage == RefundStage::Abnormal && (agreed || free)
    }

    pub(super) fn redirect_required(self, to: RedirectTo) -> Option<Self> {
        (self.stage == RefundStage::Abnormal).then_some(Self {
            approval: Approval::Awaited,
            redirect: Some(to),
            ..self
        })
    }

    pub(super) fn redirect(self, to: RedirectTo) -> Option<Self> {
        self.may_redirect(to, false).then_some(Self {
            redirect: None,
            to_merchant: to == RedirectTo::MerchantAccount,
            asked_at: None,
            asks: 0,
            ..self.at(RefundStage::Accepted)
        })
    }

    pub(super) fn redirected(self, answer: SendAnswer) -> Option<Self> {
        if self.stage != RefundStage::Accepted {
            return None;
        }
        Some(match answer {
            SendAnswer::Accepted | SendAnswer::Unclear => self,
            SendAnswer::Refused(_) | SendAnswer::NeverLeft => Self {
                to_merchant: false,
                ..self.at(RefundStage::Abnormal)
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::refund::{Queried, RefundEvent, Refusal, RemoteState};
    use recondesk_domain::{Fen, Instant};

    const NOW: Instant = Instant::from_unix(1_772_935_200);
    const TO: RedirectTo = RedirectTo::CustomerCard(1_234);

    fn abnormal() -> RefundProgress {
        let sum = Fen::new(1_230);
        let found = Queried::Found(sum, RemoteState::Abnormal);
        [
            RefundEvent::Confirm(sum),
            RefundEvent::Dispatch,
            RefundEvent::Answer(SendAnswer::Accepted),
            RefundEvent::Query(found),
        ]
        .into_iter()
        .fold(
            RefundProgress::draft(sum, Approval::NotNeeded),
            |refund, event| refund.apply(event, NOW).unwrap(),
        )
    }

    #[test]
    fn whatever_the_answer_a_question_tells_what_became_of_it() {
        let gone = abnormal().apply(RefundEvent::Redirect(TO), NOW).unwrap();
        assert_eq!(gone.stage, RefundStage::Accepted);
        let again = gone.apply(RefundEvent::Redirect(TO), NOW);
        assert!(again.is_err(), "it is not abnormal while it is under way");
        for (answer, stage) in [
            (SendAnswer::Accepted, RefundStage::Accepted),
            (SendAnswer::Unclear, RefundStage::Accepted),
            (SendAnswer::NeverLeft, RefundStage::Abnormal),
            (SendAnswer::Refused(Refusal::Final), RefundStage::Abnormal),
        ] {
            let next = gone.apply(RefundEvent::Redirected(answer), NOW).unwrap();
            assert_eq!(next.stage, stage, "{answer:?}");
        }
        let lost = gone
            .apply(RefundEvent::Redirected(SendAnswer::Unclear), NOW)
            .unwrap();
        let still = Queried::Found(lost.amount, RemoteState::Abnormal);
        let still = lost.apply(RefundEvent::Query(still), NOW).unwrap();
        assert_eq!(still.stage, RefundStage::Abnormal);
    }

    #[test]
    fn a_second_person_agrees_to_one_account_and_once() {
        let refund = abnormal();
        assert!(refund.may_redirect(TO, false) && !refund.may_redirect(TO, true));
        let asked = refund.apply(RefundEvent::RequireRedirect(TO), NOW).unwrap();
        assert!(asked.apply(RefundEvent::Redirect(TO), NOW).is_err());
        let agreed = asked.apply(RefundEvent::Approve, NOW).unwrap();
        assert!(agreed.may_redirect(TO, true));
        let other = RedirectTo::CustomerCard(9_999);
        assert!(!agreed.may_redirect(other, true));
        assert!(!agreed.may_redirect(RedirectTo::MerchantAccount, true));
        let gone = agreed.apply(RefundEvent::Redirect(TO), NOW).unwrap();
        let back = gone
            .apply(RefundEvent::Redirected(SendAnswer::NeverLeft), NOW)
            .unwrap();
        assert!(!back.may_redirect(TO, true), "it is asked for anew");
        let declined = asked.apply(RefundEvent::Decline, NOW).unwrap();
        assert!(declined.apply(RefundEvent::Redirect(TO), NOW).is_err());
    }

    #[test]
    fn only_an_abnormal_refund_goes_elsewhere() {
        let drafted = RefundProgress::draft(Fen::new(1), Approval::NotNeeded);
        for event in [
            RefundEvent::Redirect(TO),
            RefundEvent::RequireRedirect(TO),
            RefundEvent::Redirected(SendAnswer::Accepted),
        ] {
            assert!(drafted.apply(event, NOW).is_err());
        }
    }
}
