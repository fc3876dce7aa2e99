//! Writing a refund down: the order is asked about, the limits are checked, the number is fixed.

use super::order_facts::{case_of_order, client, order_of_case};
use super::proposal::proposed;
use super::{OrderSubject, Pause, ask_order, limit_failure};
use crate::{Advice, Failure, FailureKind, MerchantRef, Message};
use recondesk_casework::{
    OrderFacts, Queried, RefundEvent, RefundPart, RefundStage, RefundSubject, RemoteState,
    check_refund, owed, refund_number,
};
use recondesk_domain::{Fen, OutRefundNo, ProfileId};
use recondesk_ports::{
    CancelToken, CaseRecord, Ports, RefundDraft, RefundQuery, RefundRecord, RefundStep,
};

/// `refund_desc` holds this many bytes.
pub const REASON_BYTES: usize = 80;

/// The note of a refund that WeChat Pay had under its number before this workspace knew of it.
pub(in crate::jobs) const TAKEN_OVER: &str = "taken over: WeChat Pay has it already";

/// What is to be paid back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundOf {
    /// A case, by its key; without a sum, all that is left.
    Case(Box<CaseRecord>),
    /// An order that no case is about, by `out_trade_no`.
    Order(String),
}

/// A wish for a refund.
#[derive(Debug, Clone)]
pub struct RefundAsk<'a> {
    /// The merchant.
    pub merchant: MerchantRef<'a>,
    /// What for.
    pub of: RefundOf,
    /// How much; nothing for all that is left.
    pub amount: Option<Fen>,
    /// Shown to the customer.
    pub reason: String,
    /// Who prepares it.
    pub maker: String,
    /// How many are prepared at once.
    pub together: u32,
}

/// A refund that was written down, and what the order looked like then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared {
    /// The refund.
    pub record: RefundRecord,
    /// The order.
    pub facts: OrderFacts,
}

/// Asks about the order, checks the limits, and writes the refund down. Nothing is sent.
///
/// Asked twice with the same sum it finds the same refund. A refund under its number that WeChat Pay has
/// already, from another computer or from before a backup was restored, is taken over.
///
/// # Errors
/// When the order cannot be asked about, a limit forbids it, or the case has another outcome.
pub fn prepare(
    ports: &Ports,
    ask: &RefundAsk<'_>,
    pause: Pause<'_>,
    cancel: &CancelToken,
) -> Result<Prepared, Failure> {
    crate::jobs::reissue::writable(ask.merchant.profile)?;
    check_reason(&ask.reason)?;
    let (order, case_key) = match &ask.of {
        RefundOf::Case(case) => (order_of_case(ports, case)?, case.key.clone()),
        RefundOf::Order(number) => {
            let order = OrderSubject::named(ports, ask.merchant.id, number)?;
            let key = match case_of_order(ports, ask.merchant, &order)? {
                Some(case) => case.key,
                None => recondesk_domain::case_key(
                    &ask.merchant.profile.mch_id,
                    &order.sub_mch_id,
                    "order",
                    order.out_trade_no.as_str(),
                    "refund",
                ),
            };
            (order, key)
        }
    };
    let number = next_number(ports, ask.merchant, &case_key, order.out_trade_no.as_str())?;
    let client = client(ports, ask.merchant, cancel);
    let facts = ask_order(ports, &client, &order, number, pause)?;
    let here = Here::of(ports, ask.merchant.id, &order)?;
    // What is under way from here is as good as gone back.
    let with_pending = here.joined_to(&facts, number);
    let left = with_pending.left_for("").unwrap_or(Fen::ZERO);
    let most = match &ask.of {
        RefundOf::Case(case) => proposed(&case.finding, left)?,
        RefundOf::Order(_) => left,
    };
    let amount = match ask.amount {
        Some(amount) => amount,
        None => here.owed(&ask.of, &with_pending, number).min(most),
    };
    let now = ports.clock.now();
    let draft = RefundDraft {
        profile: ask.merchant.id,
        mch_id: ask.merchant.profile.mch_id.clone(),
        case_key,
        out_trade_no: order.out_trade_no.to_string(),
        sub_mch_id: order.sub_mch_id.clone(),
        total: facts.paid,
        amount,
        reason: ask.reason.clone(),
        maker: ask.maker.clone(),
        together: ask.together,
        seen: facts.parts.clone(),
    };
    if let Some(known) = already_there(ports, &draft, &facts, number)? {
        return Ok(Prepared {
            record: known,
            facts,
        });
    }
    if facts.is_paid && left <= Fen::ZERO {
        return Err(nothing_left(
            with_pending.refunded_but("").unwrap_or(facts.paid),
        ));
    }
    // A minute between parts is a matter of sending, not of writing down.
    match check_refund(&with_pending, "", amount, now) {
        Ok(()) | Err(recondesk_casework::LimitError::TooSoon(_)) => {}
        Err(limit) => return Err(limit_failure(limit, FailureKind::Usage)),
    }
    let record = ports.casework.draft_refund(&draft, now)?;
    Ok(Prepared { record, facts })
}

/// All of the order went back, or is on its way or about to go.
fn nothing_left(back: Fen) -> Failure {
    let back = back.grouped();
    Failure::new(
        FailureKind::Usage,
        "refund.limit",
        Message::new(
            format!("已退或正在退 ¥{back}，没有可退的"),
            format!("¥{back} went back or is on its way, nothing is left to refund"),
        ),
        Advice::by_place(
            Message::new(
                "看已有的退款：recondesk refund list",
                "See the refunds there are: recondesk refund list",
            ),
            Message::new(
                "在“未了退款”和差错里看已有的退款",
                "See the refunds there are under Open refunds and in the case",
            ),
        ),
    )
}

/// The refunds of an order that were made here.
struct Here(Vec<RefundRecord>);

impl Here {
    fn of(ports: &Ports, profile: ProfileId, order: &OrderSubject) -> Result<Self, Failure> {
        let mut here = ports.casework.refunds(&RefundQuery {
            profile: Some(profile),
            out_trade_no: Some(order.out_trade_no.to_string()),
            ..RefundQuery::default()
        })?;
        let sub = &order.sub_mch_id;
        here.retain(|known| {
            let other = &known.draft.sub_mch_id;
            other == sub || other.is_empty() || sub.is_empty()
        });
        Ok(Self(here))
    }

    /// The refunds whose money may move, that of this number aside.
    fn others(&self, number: Option<OutRefundNo>) -> impl Iterator<Item = &RefundRecord> {
        self.0.iter().filter(move |known| {
            known.refund.stage.may_move_money() && Some(known.out_refund_no) != number
        })
    }

    /// What WeChat Pay says, and what is under way from here.
    fn joined_to(&self, facts: &OrderFacts, number: Option<OutRefundNo>) -> OrderFacts {
        let mut facts = facts.clone();
        for other in self.others(number) {
            facts.join_local(RefundPart {
                number: other.out_refund_no.to_string(),
                amount: other.refund.amount,
                state: RemoteState::Processing,
                sent_at: other.refund.sent_at,
            });
        }
        facts
    }

    /// What is still owed: of a case no more than it is about, and never more than is left of the order.
    fn owed(&self, of: &RefundOf, facts: &OrderFacts, number: Option<OutRefundNo>) -> Fen {
        let left = facts.left_for("").unwrap_or(Fen::ZERO);
        let RefundOf::Case(case) = of else {
            return left;
        };
        let of_case = self
            .others(number)
            .filter(|known| known.draft.case_key == case.key)
            .try_fold(owed(&case.finding, facts.paid), |rest, known| {
                rest.checked_sub(known.refund.amount)
            });
        // A case that is about no money takes what is left.
        match of_case {
            Some(rest) if rest > Fen::ZERO => left.min(rest),
            _ => left,
        }
    }
}

/// The number that a refund of this case would get now; `None` only for a merchant number of no use.
///
/// # Errors
/// When the workspace cannot be read.
pub fn next_number(
    ports: &Ports,
    profile: MerchantRef<'_>,
    case_key: &str,
    out_trade_no: &str,
) -> Result<Option<OutRefundNo>, Failure> {
    let known = ports.casework.refunds(&RefundQuery {
        profile: Some(profile.id),
        case_key: Some(case_key.to_owned()),
        ..RefundQuery::default()
    })?;
    let last = known.into_iter().max_by_key(|known| known.nth);
    let nth = match &last {
        None => 1,
        Some(last) => match last.refund.stage {
            RefundStage::Closed | RefundStage::Done => last.nth.saturating_add(1),
            RefundStage::Withdrawn
            | RefundStage::Drafted
            | RefundStage::Confirmed
            | RefundStage::Listed
            | RefundStage::Sent
            | RefundStage::Unknown
            | RefundStage::Accepted
            | RefundStage::Abnormal
            | RefundStage::Rejected => last.nth,
        },
    };
    let subject = RefundSubject {
        mch_id: &profile.profile.mch_id,
        out_trade_no,
        case_key,
    };
    Ok(refund_number(&subject, nth))
}

/// The refund of this case that WeChat Pay has already under the number it would get here.
fn already_there(
    ports: &Ports,
    draft: &RefundDraft,
    facts: &OrderFacts,
    number: Option<OutRefundNo>,
) -> Result<Option<RefundRecord>, Failure> {
    let Some(number) = number else {
        return Ok(None);
    };
    let now = ports.clock.now();
    let Some(part) = facts
        .parts
        .iter()
        .find(|part| part.number == number.as_str())
    else {
        return Ok(None);
    };
    let here = ports.casework.refunds(&RefundQuery {
        profile: Some(draft.profile),
        out_trade_no: Some(draft.out_trade_no.clone()),
        ..RefundQuery::default()
    })?;
    let here = here.into_iter().find(|known| {
        known.out_refund_no == number && known.refund.stage != RefundStage::Withdrawn
    });
    let is_known = here.is_some();
    let record = match here {
        // Being sent by another program, which will store what comes of it.
        Some(known) if known.refund.stage == RefundStage::Sent => return Ok(Some(known)),
        Some(known) => known,
        None => {
            let draft = RefundDraft {
                amount: part.amount,
                ..draft.clone()
            };
            ports.casework.draft_refund(&draft, now)?
        }
    };
    if record.out_refund_no != number {
        return Ok(None);
    }
    let step = RefundStep {
        event: RefundEvent::Query(Queried::Found(part.amount, part.state)),
        actor: "",
        at: now,
        note: if is_known { "" } else { TAKEN_OVER },
        refund_id: "",
        facts: None,
    };
    Ok(Some(ports.casework.step_refund(record.id, &step)?))
}

/// What a reason cannot be sent for; nothing where it can.
#[must_use]
pub fn reason_problem(reason: &str) -> Option<Message> {
    Some(if reason.trim().is_empty() {
        Message::new("退款要有原因", "A refund needs a reason")
    } else if reason.len() > REASON_BYTES {
        Message::new("退款原因超过 80 字节", "The reason is longer than 80 bytes")
    } else if reason.chars().any(|c| c.is_control() || c > '\u{ffff}') {
        Message::new(
            "退款原因里有无法发送的字符",
            "The reason holds a character that cannot be sent",
        )
    } else {
        return None;
    })
}

fn check_reason(reason: &str) -> Result<(), Failure> {
    let Some(problem) = reason_problem(reason) else {
        return Ok(());
    };
    Err(Failure::new(
        FailureKind::Usage,
        "refund.reason",
        problem,
        Message::new(
            "原因会显示给顾客，最多 80 字节",
            "The customer sees it; at most 80 bytes",
        ),
    ))
}
