//! A refund that stands confirmed and that WeChat Pay can no longer pay: the order has less left than when it was
//! prepared. Sending it again would be refused for ever, so the way out is named.

use super::limit_failure;
use crate::{Advice, Failure, FailureKind, Message};
use recondesk_casework::LimitError;
use recondesk_domain::Fen;
use recondesk_ports::RefundRecord;

/// Says so of a failure that only giving the refund up leads on from.
pub(super) const UNPAYABLE: &str = "refund.unpayable";

/// Why a refund was not sent, with the way on that there is.
pub(super) fn held_by(limit: LimitError, record: &RefundRecord) -> Failure {
    let failure = limit_failure(limit, FailureKind::Gateway);
    let way = match limit {
        LimitError::OverRemainder(left) if left > Fen::ZERO => {
            let left = left.grouped();
            Message::new(
                format!("再按尚可退的 ¥{left} 重新制单"),
                format!("then prepare it anew with the ¥{left} that are left"),
            )
        }
        LimitError::OverRemainder(_) | LimitError::NotPositive | LimitError::NotPaid => {
            Message::new("已没有可退的", "nothing is left to be refunded")
        }
        LimitError::OverOneYear | LimitError::TooManyParts => Message::new(
            "改为线下退还，并在差错里记录",
            "then pay back otherwise and note it in the case",
        ),
        LimitError::TooSoon(_)
        | LimitError::Stale
        | LimitError::Changed { .. }
        | LimitError::Sum => return failure,
    };
    let id = record.id.0;
    Failure {
        code: UNPAYABLE,
        advice: Advice::by_place(
            Message::new(
                format!(
                    "这笔不能再发：recondesk refund withdraw {id} --reason 原因 撤回，{}",
                    way.zh
                ),
                format!(
                    "It can no longer be sent: give it up with recondesk refund withdraw {id} --reason WHY; {}",
                    way.en
                ),
            ),
            Message::new(
                format!("这笔不能再发：撤回，{}", way.zh),
                format!("It can no longer be sent: give it up; {}", way.en),
            ),
        ),
        ..failure
    }
}

/// True where sending it again leads nowhere.
#[must_use]
pub fn is_unpayable(failure: &Failure) -> bool {
    failure.code == UNPAYABLE
}
