//! From what the gateway client says to what it means for a refund.

use super::order_facts::remote_state;
use crate::gateway::{ExchangeError, RefundOutcome, RefundVerdict, SignedRefusal};
use recondesk_casework::{
    AnswerEvidence, Queried, QueryReply, Refusal, SendAnswer, SendReply, read_query, read_send,
};
use recondesk_ports::{GatewayError, RefundRecord};
use wechatpay_codec::v2::{Endpoint, FaultAction, known, same_code};

/// What an answer means, with the words and the number that go with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ReadAnswer<T> {
    /// What it means.
    pub(super) meaning: T,
    /// The remote side's words, or those of what stands before it.
    pub(super) words: String,
    /// `refund_id`, where it became known.
    pub(super) refund_id: String,
    /// True when trying again from here will not help before a person has seen to something.
    pub(super) needs_person: bool,
}

/// Reads what came of sending.
pub(super) fn sent(outcome: &RefundOutcome) -> ReadAnswer<SendAnswer> {
    let evidence = |reply| {
        Some(AnswerEvidence {
            is_signed: true,
            is_about_us: true,
            reply,
        })
    };
    match outcome {
        RefundOutcome::Accepted(told) => ReadAnswer {
            meaning: read_send(evidence(SendReply::Success)),
            words: String::new(),
            refund_id: told.refund.refund_id.clone(),
            needs_person: false,
        },
        RefundOutcome::Refused(fault) => ReadAnswer {
            meaning: read_send(evidence(refusal(fault))),
            words: format!("{} {}", fault.code, fault.description),
            refund_id: String::new(),
            needs_person: false,
        },
        // Only where no connection was made is it certain that nothing arrived.
        RefundOutcome::NotCarriedOut(ExchangeError::NotSent(GatewayError::Connect(why))) => {
            ReadAnswer {
                meaning: SendAnswer::NeverLeft,
                words: why.clone(),
                refund_id: String::new(),
                needs_person: false,
            }
        }
        RefundOutcome::NotCarriedOut(trouble) | RefundOutcome::Unclear(trouble) => ReadAnswer {
            meaning: read_send(None),
            words: trouble.to_string(),
            refund_id: String::new(),
            needs_person: matches!(
                trouble,
                ExchangeError::NotSent(_)
                    | ExchangeError::UnknownKey(_)
                    | ExchangeError::Clock { .. }
                    | ExchangeError::Refused { .. }
            ),
        },
    }
}

/// What a signed code says; one that the documents do not have says neither yes nor no.
fn refusal(fault: &SignedRefusal) -> SendReply {
    let is_known = known(Endpoint::Refund).any(|(code, _)| same_code(code, &fault.code))
        || ["RESOURCE_NOT_EXISTS", "MCH_NOT_EXISTS"]
            .iter()
            .any(|code| fault.is(code));
    match fault.advice.action {
        _ if !is_known => SendReply::Busy,
        FaultAction::Retry | FaultAction::Query | FaultAction::Done => SendReply::Busy,
        FaultAction::RetryLater => SendReply::Refused(Refusal::ForNow),
        FaultAction::Fix | FaultAction::Final | FaultAction::Show | FaultAction::NewNumber => {
            SendReply::Refused(Refusal::Final)
        }
    }
}

/// Reads what came of asking about the refund by its number.
pub(super) fn asked(record: &RefundRecord, verdict: &RefundVerdict) -> ReadAnswer<Queried> {
    let read = |evidence, words: String, refund_id: &str| ReadAnswer {
        meaning: read_query(evidence),
        words,
        refund_id: refund_id.to_owned(),
        needs_person: false,
    };
    match verdict {
        RefundVerdict::Known(told) => {
            let draft = &record.draft;
            let amount = told.refund.refund_fee;
            // Another sum under our number is believed only where it was not sent from here, or where
            // sending was refused for it.
            let sum_fits = amount == record.refund.amount
                || record.refund.sends == 0
                || record.refund.refusal.is_some();
            let order_fits =
                told.out_trade_no.is_empty() || told.out_trade_no == draft.out_trade_no;
            let is_about_us = sum_fits
                && order_fits
                && told.total_fee == draft.total
                && amount.get() > 0
                && told.refund.out_refund_no == record.out_refund_no.as_str();
            let words = if is_about_us {
                told.refund.state.v2_word().to_owned()
            } else {
                format!(
                    "answered for refund {} of {} fen, order {}",
                    told.refund.out_refund_no,
                    amount.get(),
                    told.out_trade_no
                )
            };
            let reply = QueryReply::Found(amount, remote_state(&told.refund.state));
            let evidence = AnswerEvidence {
                is_signed: true,
                is_about_us,
                reply,
            };
            read(Some(evidence), words, &told.refund.refund_id)
        }
        RefundVerdict::NotFound => read(
            Some(AnswerEvidence {
                is_signed: true,
                is_about_us: true,
                reply: QueryReply::Absent,
            }),
            String::new(),
            "",
        ),
        RefundVerdict::ExchangeError(trouble) => read(None, trouble.to_string(), ""),
    }
}
