//! What an answer of WeChat Pay is worth for a refund: only what is well signed and about this very refund counts.

use recondesk_domain::Fen;

use crate::{Queried, Refusal, RemoteState, SendAnswer};

/// What the answer to 申请退款 says, if it may be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SendReply {
    /// `result_code` SUCCESS, HTTP 200.
    Success,
    /// A code that says "not accepted".
    Refused(Refusal),
    /// A code that says neither yes nor no, or one that the documents do not have.
    Busy,
}

/// What the answer to 查询退款 says, if it may be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum QueryReply {
    /// A refund of this sum in this state.
    Found(Fen, RemoteState),
    /// REFUNDNOTEXIST, RESOURCE_NOT_EXISTS.
    Absent,
    /// Any other code.
    Busy,
}

/// An answer as it came, and whether it may be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AnswerEvidence<T> {
    /// Its signature holds, with the keys of this merchant.
    pub is_signed: bool,
    /// It is about this merchant, this order, this refund number and, where it names one, this sum.
    pub is_about_us: bool,
    /// What it says.
    pub reply: T,
}

impl<T> AnswerEvidence<T> {
    /// What it says, if it may be believed.
    #[must_use]
    pub fn believed(self) -> Option<T> {
        (self.is_signed && self.is_about_us).then_some(self.reply)
    }
}

/// Reads the answer to 申请退款; no whole answer is `None`.
#[must_use]
pub fn read_send(answer: Option<AnswerEvidence<SendReply>>) -> SendAnswer {
    match answer.and_then(AnswerEvidence::believed) {
        Some(SendReply::Success) => SendAnswer::Accepted,
        Some(SendReply::Refused(refusal)) => SendAnswer::Refused(refusal),
        Some(SendReply::Busy) | None => SendAnswer::Unclear,
    }
}

/// Reads the answer to 查询退款; no whole answer is `None`.
#[must_use]
pub fn read_query(answer: Option<AnswerEvidence<QueryReply>>) -> Queried {
    match answer.and_then(AnswerEvidence::believed) {
        Some(QueryReply::Found(amount, state)) => Queried::Found(amount, state),
        Some(QueryReply::Absent) => Queried::Absent,
        Some(QueryReply::Busy) | None => Queried::Unclear,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_signed_answer_about_this_refund_counts() {
        for (is_signed, is_about_us) in [(true, true), (true, false), (false, true)] {
            let believed = is_signed && is_about_us;
            let evidence = |reply| {
                Some(AnswerEvidence {
                    is_signed,
                    is_about_us,
                    reply,
                })
            };
            let accepted = read_send(evidence(SendReply::Success)) == SendAnswer::Accepted;
            assert_eq!(accepted, believed);
            let refused = read_send(evidence(SendReply::Refused(Refusal::Final)));
            assert_eq!(refused != SendAnswer::Unclear, believed);
        }
        assert_eq!(read_send(None), SendAnswer::Unclear);
        assert_eq!(read_query(None), Queried::Unclear);
    }
}
