//! The decisions of the program that the model runs: each is the program's own function, and a planted fault
//! replaces exactly one of them.

use recondesk_casework::{
    AnswerEvidence, CaseOutcome, Illegal, LimitError, Move, OrderFacts, OutcomeError, Queried,
    QueryReply, RefundEvent, RefundProgress, RefundSubject, SendAnswer, SendReply, check_refund,
    may_claim, read_query, read_send, refund_number,
};
use recondesk_domain::{Fen, Instant};

/// The program as far as the model knows it.
#[derive(Clone, Copy)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one decision that a fault turns off"
)]
pub(crate) struct Protocol {
    /// The number of the nth refund of a case, and how often it was sent before.
    pub(crate) number: fn(&RefundSubject<'_>, u16, u16) -> String,
    pub(crate) apply: fn(RefundProgress, RefundEvent, Instant) -> Result<RefundProgress, Illegal>,
    pub(crate) next_move: fn(RefundProgress, Instant) -> Move,
    pub(crate) check: fn(&OrderFacts, &str, Fen, Instant) -> Result<(), LimitError>,
    pub(crate) claim: fn(&[CaseOutcome], CaseOutcome) -> Result<(), OutcomeError>,
    pub(crate) read_send: fn(Option<AnswerEvidence<SendReply>>) -> SendAnswer,
    pub(crate) read_query: fn(Option<AnswerEvidence<QueryReply>>) -> Queried,
    /// A refund of this number that WeChat Pay lists already is taken over instead of being sent.
    pub(crate) adopts: bool,
    /// `Sent` is on disk before the first byte goes out.
    pub(crate) writes_first: bool,
    /// What was written survives a power cut from the moment the write returns.
    pub(crate) flushes: bool,
    /// A notification leads to a question.
    pub(crate) asks_when_told: bool,
}

impl Protocol {
    pub(crate) fn program() -> Self {
        Self {
            number: |subject, nth, _| refund_number(subject, nth).unwrap().as_str().to_owned(),
            apply: RefundProgress::apply,
            next_move: RefundProgress::next_move,
            check: check_refund,
            claim: |standing, wanted| may_claim(standing.iter().copied(), wanted),
            read_send,
            read_query,
            adopts: true,
            writes_first: true,
            flushes: true,
            asks_when_told: true,
        }
    }
}
