//! WeChat Pay in the model: what it has accepted, and how its answers can be spoilt.

use recondesk_casework::{AnswerEvidence, QueryReply, RefundPart, Refusal, RemoteState, SendReply};
use recondesk_domain::Fen;
use std::collections::BTreeMap;

/// How an exchange goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum ReplyFault {
    /// The request never arrives, no answer comes.
    LostRequest,
    /// It is carried out, its answer is lost; also SYSTEMERROR after acceptance.
    LostAnswer,
    /// There is no connection, and the program knows it.
    NoConnection,
    /// Not carried out; somebody between answers "accepted", unsigned.
    ForgedSuccess,
    /// Carried out; somebody between answers "refused", unsigned.
    ForgedRefusal,
    /// Carried out; the answer is well signed, but about another refund.
    OtherRefund,
    /// Not carried out, well signed: too fast, or no money.
    RefusedForNow,
    /// Not carried out, well signed: against a rule.
    RefusedForGood,
    /// An unsigned "no such refund".
    ForgedAbsence,
    /// An unsigned "the money is back".
    ForgedArrival,
}

impl ReplyFault {
    pub(crate) const OF_SEND: [Self; 8] = [
        Self::LostRequest,
        Self::LostAnswer,
        Self::NoConnection,
        Self::ForgedSuccess,
        Self::ForgedRefusal,
        Self::OtherRefund,
        Self::RefusedForNow,
        Self::RefusedForGood,
    ];
    pub(crate) const OF_QUERY: [Self; 3] =
        [Self::LostAnswer, Self::ForgedAbsence, Self::ForgedArrival];

    const fn is_carried_out(self) -> bool {
        matches!(
            self,
            Self::LostAnswer | Self::ForgedRefusal | Self::OtherRefund
        )
    }
}

/// A refund at the gateway.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct ModelRefund {
    pub(crate) case: usize,
    pub(crate) amount: Fen,
    pub(crate) state: RemoteState,
    /// The minute of acceptance: until it is over, a question by the number may find nothing.
    minute: u8,
    /// A question by the number found nothing since.
    denied: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(crate) struct ModelGateway {
    pub(crate) refunds: BTreeMap<String, ModelRefund>,
    /// A refund was sent again although nothing said that it was not there.
    pub(crate) was_repeated_blindly: bool,
}

impl ModelGateway {
    /// A request for a refund; the same number is the same refund.
    pub(crate) fn post(
        &mut self,
        (case, number): (usize, &str),
        amount: Fen,
        minute: u8,
        fault: Option<ReplyFault>,
    ) -> Option<AnswerEvidence<SendReply>> {
        let reply = |is_signed, is_about_us, reply| {
            Some(AnswerEvidence {
                is_signed,
                is_about_us,
                reply,
            })
        };
        let refused = |refusal| reply(true, true, SendReply::Refused(refusal));
        match fault {
            Some(ReplyFault::RefusedForNow) => return refused(Refusal::ForNow),
            Some(ReplyFault::RefusedForGood) => return refused(Refusal::Final),
            Some(ReplyFault::ForgedSuccess) => return reply(false, true, SendReply::Success),
            Some(fault) if !fault.is_carried_out() => return None,
            _ => {}
        }
        if let Some(known) = self.refunds.get(number) {
            self.was_repeated_blindly |= !known.denied;
        } else {
            let accepted = ModelRefund {
                case,
                amount,
                state: RemoteState::Processing,
                minute,
                denied: false,
            };
            self.refunds.insert(number.to_owned(), accepted);
        }
        match fault {
            None => reply(true, true, SendReply::Success),
            Some(ReplyFault::ForgedRefusal) => {
                reply(false, true, SendReply::Refused(Refusal::Final))
            }
            Some(ReplyFault::OtherRefund) => reply(true, false, SendReply::Success),
            Some(_) => None,
        }
    }

    /// A question by number. Within the minute of acceptance it may find nothing: `lags`.
    pub(crate) fn query(
        &mut self,
        number: &str,
        minute: u8,
        lags: bool,
        fault: Option<ReplyFault>,
    ) -> Option<AnswerEvidence<QueryReply>> {
        let reply = |is_signed, reply| {
            Some(AnswerEvidence {
                is_signed,
                is_about_us: true,
                reply,
            })
        };
        match fault {
            None => {}
            Some(ReplyFault::ForgedAbsence) => return reply(false, QueryReply::Absent),
            Some(ReplyFault::ForgedArrival) => {
                let arrived = QueryReply::Found(Fen::new(2), RemoteState::Success);
                return reply(false, arrived);
            }
            Some(_) => return None,
        }
        match self.refunds.get_mut(number) {
            Some(known) if lags && known.minute == minute => {
                known.denied = true;
                reply(true, QueryReply::Absent)
            }
            Some(known) => reply(true, QueryReply::Found(known.amount, known.state)),
            None => reply(true, QueryReply::Absent),
        }
    }

    /// The refunds of the order, as a question by the order lists them.
    pub(crate) fn parts(&self) -> Vec<RefundPart> {
        let part = |(number, known): (&String, &ModelRefund)| RefundPart {
            number: number.clone(),
            amount: known.amount,
            state: known.state,
            sent_at: None,
        };
        self.refunds.iter().map(part).collect()
    }

    pub(crate) fn processing(&self) -> impl Iterator<Item = &String> {
        let known = self.refunds.iter();
        known
            .filter(|(_, known)| known.state == RemoteState::Processing)
            .map(|(number, _)| number)
    }
}
