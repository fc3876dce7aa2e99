//! An abnormal refund sent to another account: the wish is on disk before it leaves, a second person agrees to the
//! account where the limits want one, and what became of it is asked, never guessed.

use super::carry_on::{Carried, Led, PATIENCE, RefundPace, RefundWork, StepNote, carry_on, step};
use super::order_facts::client;
use super::{advice_of, profile_of, read_answer};
use crate::gateway::{AbnormalRefund, CustomerCard};
use crate::{Failure, FailureKind, MerchantRef, Message};
use recondesk_casework::{Approval, RedirectTo, RefundEvent, RefundStage, SendAnswer};
use recondesk_domain::{ApiVersion, Fen, RefundId};
use recondesk_ports::{Author, Ports, RefundRecord};
use std::cell::Cell;

/// Where money is to go that could not go back, as a person says it.
#[derive(Debug, Clone, Copy)]
pub struct RedirectWish<'a> {
    /// The customer's bank card; without one it goes to the merchant's account.
    pub card: Option<&'a CustomerCard>,
    /// The sum, typed once more.
    pub typed: Fen,
}

/// Sends the money of an abnormal refund to the customer's card, or without one to the merchant's account.
///
/// # Errors
/// When the sum typed is another one, the refund is not abnormal, the profile speaks APIv2, or the workspace fails.
pub fn redirect(
    ports: &Ports,
    record: &RefundRecord,
    RedirectWish { card, typed }: RedirectWish<'_>,
    actor: &str,
    pace: &RefundPace<'_>,
) -> Result<Carried, Failure> {
    let profile = profile_of(ports, record.draft.profile)?;
    crate::jobs::reissue::writable(&profile)?;
    if profile.api == ApiVersion::V2 {
        return Err(crate::gateway::only_v3());
    }
    if typed != record.refund.amount {
        return Err(super::words::other_sum(record.refund.amount, typed));
    }
    let to = match card {
        Some(card) => RedirectTo::CustomerCard(tail_of(card)?),
        None => RedirectTo::MerchantAccount,
    };
    let client = client(
        ports,
        MerchantRef::new(record.draft.profile, &profile),
        pace.cancel,
    );
    let work = RefundWork {
        ports,
        client: &client,
        pace,
        until_ms: ports.clock.steady_ms(),
        first_sends: record.refund.sends,
        has_asked: Cell::new(false),
    };
    // What WeChat Pay says now counts: the refund may be through, or have been seen to at the merchant platform.
    let (Led::On(record) | Led::Stop(Carried { record, .. })) = work.ask(record)?;
    let sent = {
        let _right = ports.writers.enter_payout(PATIENCE)?;
        match written(ports, &record, to, actor)? {
            Ok(sent) => sent,
            Err(failure) => {
                let trouble = Some(failure);
                let record = ports.casework.refund(record.id)?.unwrap_or(record);
                return Ok(Carried { record, trouble });
            }
        }
    };
    let next = send(&work, &sent, card)?;
    if next.trouble.is_some() {
        return Ok(next);
    }
    carry_on(ports, next.record, pace)
}

/// The wish on disk, or why it may not leave.
fn written(
    ports: &Ports,
    record: &RefundRecord,
    to: RedirectTo,
    actor: &str,
) -> Result<Result<RefundRecord, Failure>, Failure> {
    if record.refund.stage != RefundStage::Abnormal || RefundId::new(&record.refund_id).is_none() {
        return Ok(Err(not_abnormal(record)));
    }
    let by = Author::new(actor, ports.clock.now());
    let record = ports.casework.require_redirect(record.id, to, by)?;
    if matches!(
        record.refund.approval,
        Approval::Awaited | Approval::Declined
    ) {
        return Ok(Err(waits(&record)));
    }
    let said = StepNote {
        actor,
        ..StepNote::NOTHING
    };
    step(ports, &record, RefundEvent::Redirect(to), said).map(Ok)
}

fn send(
    work: &RefundWork<'_>,
    sent: &RefundRecord,
    card: Option<&CustomerCard>,
) -> Result<Carried, Failure> {
    let never = |note: &str| {
        let said = StepNote {
            note,
            ..StepNote::NOTHING
        };
        let event = RefundEvent::Redirected(SendAnswer::NeverLeft);
        step(work.ports, sent, event, said)
    };
    let Some(refund_id) = RefundId::new(&sent.refund_id) else {
        let record = never("it has no refund_id")?;
        return Ok(Carried {
            trouble: Some(not_abnormal(&record)),
            record,
        });
    };
    let refund = AbnormalRefund {
        refund_id,
        out_refund_no: sent.out_refund_no,
        card,
    };
    let asked = match work.client.redirect_refund(&refund, &sent.draft.sub_mch_id) {
        Ok(asked) => asked,
        // A key is missing: nothing went out.
        Err(failure) => {
            let record = never(&failure.title.en)?;
            return Ok(Carried {
                record,
                trouble: Some(failure),
            });
        }
    };
    work.log(sent, &asked.exchange)?;
    let read = read_answer::sent(&asked.outcome);
    let said = StepNote {
        note: &read.words,
        ..StepNote::NOTHING
    };
    let event = RefundEvent::Redirected(read.meaning);
    let record = step(work.ports, sent, event, said)?;
    let trouble = match read.meaning {
        SendAnswer::Accepted | SendAnswer::Unclear => None,
        SendAnswer::Refused(_) | SendAnswer::NeverLeft => {
            let result = asked.exchange.result.as_ref();
            result.err().map(crate::gateway::ExchangeError::failure)
        }
    };
    Ok(Carried { record, trouble })
}

/// The last four digits of a card number that can be one.
fn tail_of(card: &CustomerCard) -> Result<u16, Failure> {
    let number = card.account.expose();
    let is_number = (8..=32).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
    let has_rest = !card.name.expose().trim().is_empty() && !card.bank_type.trim().is_empty();
    let tail = number.get(number.len().saturating_sub(4)..);
    let tail = tail.and_then(|tail| tail.parse().ok());
    tail.filter(|_| is_number && has_rest).ok_or_else(|| {
        Failure::new(
            FailureKind::RefusedInput,
            "refund.card",
            Message::new(
                "卡号、户名或开户银行不对",
                "Card number, name or bank is not right",
            ),
            Message::new(
                "卡号只有数字（8–32 位）；开户银行写微信支付的银行类型，如 ICBC_DEBIT",
                "The number has digits alone (8 to 32); the bank is WeChat Pay's bank type, such as ICBC_DEBIT",
            ),
        )
    })
}

fn not_abnormal(record: &RefundRecord) -> Failure {
    let stage = record.refund.stage;
    Failure::new(
        FailureKind::Usage,
        "refund.not_abnormal",
        Message::new(
            format!("只有异常退款可以改退，这笔是“{}”", stage.zh()),
            format!(
                "Only an abnormal refund can go elsewhere; this one is: {}",
                stage.en()
            ),
        ),
        advice_of(record),
    )
    .with_detail(record.out_refund_no.to_string())
}

fn waits(record: &RefundRecord) -> Failure {
    let words = super::state_words(record);
    Failure::new(
        FailureKind::NotReady,
        "refund.second_person",
        Message::new(
            format!("没有发出：{}", words.zh),
            format!("Nothing was sent: {}", words.en),
        ),
        advice_of(record),
    )
    .with_detail(record.out_refund_no.to_string())
}
