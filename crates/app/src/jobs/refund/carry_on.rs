//! Carrying a refund on: whatever is due is done, until a person is needed or the time is over.
//!
//! One program sends at a time (the payout lock). Whoever holds it and finds a refund that is being sent knows
//! that the sender is gone, and takes the outcome for unknown.

use std::cell::Cell;
use std::time::Duration;

use super::order_facts::{OrderSubject, ask_order, client};
use super::{profile_of, read_answer};
use crate::gateway::GatewayClient;
use crate::jobs::lookup::live;
use crate::{Failure, FailureKind, MerchantRef};
use recondesk_casework::{
    LimitError, Move, OrderFacts, RefundEvent, RefundPart, RefundStage, UNLISTED,
};
use recondesk_domain::Fen;
use recondesk_ports::{
    CancelToken, Observation, ObservationSource, Ports, RefundRecord, RefundStep, StoreError,
};
use wechatpay_codec::v2::RefundState;

/// Waits, or in a simulation lets time pass.
pub type Pause<'a> = &'a dyn Fn(Duration);

/// How long another program may be sending before this one gives up.
pub(super) const PATIENCE: Duration = Duration::from_mins(1);

/// How long a refund is followed.
#[derive(Clone, Copy)]
pub struct RefundPace<'a> {
    /// At most this long.
    pub patience: Duration,
    /// Waits.
    pub pause: Pause<'a>,
    /// The wish to stop; a refund that is being sent ends its step first.
    pub cancel: &'a CancelToken,
}

/// Where a refund stands after it was carried on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carried {
    /// The refund.
    pub record: RefundRecord,
    /// Why it did not get further, where something went wrong on the way.
    pub trouble: Option<Failure>,
}

/// A person typed the sum; from now on it may be sent.
///
/// # Errors
/// When the sum is another one, or the refund is not waiting for it.
pub fn confirm(
    ports: &Ports,
    record: &RefundRecord,
    typed: Fen,
    actor: &str,
) -> Result<RefundRecord, Failure> {
    crate::jobs::reissue::writable(&profile_of(ports, record.draft.profile)?)?;
    if typed != record.refund.amount {
        return Err(super::words::other_sum(record.refund.amount, typed));
    }
    let stage = record.refund.stage;
    let waits = matches!(
        stage,
        RefundStage::Drafted | RefundStage::Confirmed | RefundStage::Rejected
    );
    if !waits {
        return Ok(record.clone());
    }
    step(
        ports,
        record,
        RefundEvent::Confirm(typed),
        StepNote {
            actor,
            ..StepNote::NOTHING
        },
    )
}

/// The two sums that a person types who confirms a refund beside others of its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConfirmedSums {
    /// The sum of the refund itself.
    pub typed: Fen,
    /// What the other refunds of the order sum to.
    pub refunded: Fen,
}

/// The same, by a person who knows of the order's other refunds by now: `refunded` is what they sum to, typed after
/// the program told that there are more than when the refund was prepared.
///
/// # Errors
/// When the sums are others, the order cannot be asked about, or the refund is not waiting for it.
pub fn confirm_anew(
    ports: &Ports,
    record: &RefundRecord,
    sums: ConfirmedSums,
    actor: &str,
    cancel: &CancelToken,
) -> Result<RefundRecord, Failure> {
    let profile = profile_of(ports, record.draft.profile)?;
    let client = client(
        ports,
        MerchantRef::new(record.draft.profile, &profile),
        cancel,
    );
    let order = OrderSubject {
        out_trade_no: super::send::stored_number(record)?,
        sub_mch_id: record.draft.sub_mch_id.clone(),
    };
    let number = Some(record.out_refund_no);
    let facts = ask_order(ports, &client, &order, number, &std::thread::sleep)?;
    confirm_with(ports, record, sums, &facts, actor)
}

/// As [`confirm_anew`], with what was just asked.
///
/// # Errors
/// As there.
pub fn confirm_with(
    ports: &Ports,
    record: &RefundRecord,
    sums: ConfirmedSums,
    facts: &OrderFacts,
    actor: &str,
) -> Result<RefundRecord, Failure> {
    let ConfirmedSums { typed, refunded } = sums;
    crate::jobs::reissue::writable(&profile_of(ports, record.draft.profile)?)?;
    if typed != record.refund.amount {
        return Err(super::words::other_sum(record.refund.amount, typed));
    }
    let now = facts.refunded_but(record.out_refund_no.as_str());
    let is_unlisted = |part: &RefundPart| part.number == UNLISTED;
    if facts.parts.iter().any(is_unlisted) && !record.draft.seen.iter().any(is_unlisted) {
        // The order was refunded by a refund that nobody can ask about: no sum that is typed here is known to be right.
        let limit = LimitError::Changed {
            then: Fen::ZERO,
            now: Fen::ZERO,
        };
        return Err(super::limit_failure(limit, FailureKind::Gateway));
    }
    if now != Some(refunded) {
        let limit = now.map_or(LimitError::Sum, |now| LimitError::Changed {
            then: refunded,
            now,
        });
        return Err(super::limit_failure(limit, FailureKind::Gateway));
    }
    let waits = matches!(
        record.refund.stage,
        RefundStage::Drafted | RefundStage::Confirmed | RefundStage::Rejected
    );
    if !waits {
        return Ok(record.clone());
    }
    let said = StepNote {
        actor,
        facts: Some(facts),
        ..StepNote::NOTHING
    };
    step(ports, record, RefundEvent::Confirm(typed), said)
}

/// Who said what.
#[derive(Clone, Copy)]
pub(super) struct StepNote<'a> {
    pub(super) actor: &'a str,
    pub(super) note: &'a str,
    pub(super) refund_id: &'a str,
    pub(super) facts: Option<&'a OrderFacts>,
}

impl StepNote<'_> {
    pub(super) const NOTHING: StepNote<'static> = StepNote {
        actor: "",
        note: "",
        refund_id: "",
        facts: None,
    };
}

pub(super) fn step(
    ports: &Ports,
    record: &RefundRecord,
    event: RefundEvent,
    said: StepNote<'_>,
) -> Result<RefundRecord, Failure> {
    let step = RefundStep {
        event,
        actor: said.actor,
        at: ports.clock.now(),
        note: said.note,
        refund_id: said.refund_id,
        facts: said.facts,
    };
    Ok(ports.casework.step_refund(record.id, &step)?)
}

/// What one move led to.
pub(super) enum Led {
    /// On: look again what is due.
    On(RefundRecord),
    /// Nothing more can be done now.
    Stop(Carried),
}

/// Does what is due for one refund.
///
/// # Errors
/// When the workspace fails, or keys are missing. What was sent by then is on disk.
pub fn carry_on(
    ports: &Ports,
    record: RefundRecord,
    pace: &RefundPace<'_>,
) -> Result<Carried, Failure> {
    let profile = profile_of(ports, record.draft.profile)?;
    let client = client(
        ports,
        MerchantRef::new(record.draft.profile, &profile),
        pace.cancel,
    );
    let work = RefundWork {
        ports,
        client: &client,
        pace,
        until_ms: ports
            .clock
            .steady_ms()
            .saturating_add(u64::try_from(pace.patience.as_millis()).unwrap_or(u64::MAX)),
        first_sends: record.refund.sends,
        has_asked: Cell::new(false),
    };
    let mut record = record;
    loop {
        match work.one_move(record)? {
            Led::On(next) => record = next,
            Led::Stop(carried) => {
                keep_observation(ports, &carried.record)?;
                return Ok(carried);
            }
        }
    }
}

pub(super) struct RefundWork<'a> {
    pub(super) ports: &'a Ports,
    pub(super) client: &'a GatewayClient<'a>,
    pub(super) pace: &'a RefundPace<'a>,
    pub(super) until_ms: u64,
    pub(super) first_sends: u16,
    pub(super) has_asked: Cell<bool>,
}

pub(super) const fn stop(record: RefundRecord, trouble: Option<Failure>) -> Led {
    Led::Stop(Carried { record, trouble })
}

impl RefundWork<'_> {
    fn one_move(&self, record: RefundRecord) -> Result<Led, Failure> {
        let now = self.ports.clock.now();
        if self.pace.cancel.is_cancelled() {
            return Ok(stop(record, None));
        }
        match record.refund.next_move(now) {
            Move::Send => self.send(&record),
            Move::Restart => self.restart(&record),
            Move::Ask => self.ask(&record),
            // The way on is a person's, but what a person did at the merchant platform shows in a question, and
            // so does a refund that was refused and could only not be found yet.
            Move::Attend if is_asked_once(record.refund.stage) => {
                let stage = record.refund.stage;
                if self.has_asked.get() {
                    return Ok(stop(record, None));
                }
                let Led::On(asked) = self.ask(&record)? else {
                    return Ok(stop(record, None));
                };
                if asked.refund.stage == stage {
                    return Ok(stop(asked, None));
                }
                Ok(Led::On(asked))
            }
            // Whoever takes a refund up gets an answer of now: asking moves nothing.
            Move::WaitUntil(_) if !self.has_asked.get() && is_only_asked(&record) => {
                self.ask(&record)
            }
            Move::WaitUntil(until) => {
                let wait = u64::try_from(until.unix().saturating_sub(now.unix())).unwrap_or(0);
                Ok(self.wait(record, wait.saturating_mul(1_000)))
            }
            Move::Confirm | Move::Approve | Move::Attend | Move::BeginAnew | Move::Nothing => {
                Ok(stop(record, None))
            }
        }
    }

    /// Waits if there is time for it.
    pub(super) fn wait(&self, record: RefundRecord, wait_ms: u64) -> Led {
        let now = self.ports.clock.steady_ms();
        if now.saturating_add(wait_ms) >= self.until_ms {
            return stop(record, None);
        }
        // In pieces, so that a wish to stop is heard.
        (self.pace.pause)(Duration::from_millis(wait_ms.clamp(50, 500)));
        Led::On(record)
    }

    /// The right to send, and the refund as it is once this program has it.
    pub(super) fn enter(
        &self,
        record: &RefundRecord,
    ) -> Result<(Box<dyn Send>, RefundRecord), Failure> {
        let right = self.ports.writers.enter_payout(PATIENCE)?;
        let now = self.ports.casework.refund(record.id)?;
        let now = now.ok_or_else(|| StoreError::Missing("refund".to_owned()))?;
        Ok((right, now))
    }

    fn restart(&self, record: &RefundRecord) -> Result<Led, Failure> {
        let (_right, record) = self.enter(record)?;
        if record.refund.stage != RefundStage::Sent {
            return Ok(Led::On(record));
        }
        let said = StepNote {
            note: "interrupted while sending",
            ..StepNote::NOTHING
        };
        step(self.ports, &record, RefundEvent::Restart, said).map(Led::On)
    }

    pub(super) fn ask(&self, record: &RefundRecord) -> Result<Led, Failure> {
        self.has_asked.set(true);
        let asked = self
            .client
            .query_refund(&record.out_refund_no, &record.draft.sub_mch_id)?;
        self.log(record, &asked.exchange)?;
        let read = read_answer::asked(record, &asked.outcome);
        // Another program may have carried it on meanwhile: its state is judged in the transaction.
        let said = StepNote {
            note: &read.words,
            refund_id: &read.refund_id,
            ..StepNote::NOTHING
        };
        match step(self.ports, record, RefundEvent::Query(read.meaning), said) {
            Ok(next) => Ok(Led::On(next)),
            Err(failure) if failure.code == "workspace.forbidden" => {
                let (_right, record) = self.enter(record)?;
                Ok(Led::On(record))
            }
            Err(failure) => Err(failure),
        }
    }

    pub(super) fn log(
        &self,
        record: &RefundRecord,
        exchange: &crate::gateway::Exchange,
    ) -> Result<(), Failure> {
        let number = record.out_refund_no.as_str();
        let entry = live::record(self.ports, record.draft.profile, number, exchange);
        Ok(self.ports.records.log_exchange(&entry)?)
    }
}

/// Stages that only a person leads on from, while WeChat Pay may know more.
const fn is_asked_once(stage: RefundStage) -> bool {
    matches!(
        stage,
        RefundStage::Listed | RefundStage::Abnormal | RefundStage::Rejected
    )
}

/// True while a question is all that is due.
const fn is_only_asked(record: &RefundRecord) -> bool {
    let stage = record.refund.stage;
    matches!(stage, RefundStage::Accepted | RefundStage::Unknown) && !record.refund.may_send()
}

/// What is known for certain of a refund is entered beside the order, so that look-ups and comparisons know it.
fn keep_observation(ports: &Ports, record: &RefundRecord) -> Result<(), Failure> {
    let state = match record.refund.stage {
        RefundStage::Accepted => RefundState::Processing,
        RefundStage::Done => RefundState::Success,
        RefundStage::Closed => RefundState::Closed,
        RefundStage::Abnormal => RefundState::Abnormal,
        RefundStage::Drafted
        | RefundStage::Confirmed
        | RefundStage::Listed
        | RefundStage::Sent
        | RefundStage::Unknown
        | RefundStage::Rejected
        | RefundStage::Withdrawn => return Ok(()),
    };
    let number = record.out_refund_no.as_str();
    let word = state.v2_word();
    ports.records.observe(&Observation {
        profile: record.draft.profile,
        at: ports.clock.now(),
        source: ObservationSource::Query,
        key: format!("refund/{number}/{word}"),
        aside: String::new(),
        out_trade_no: record.draft.out_trade_no.clone(),
        sub_mch_id: record.draft.sub_mch_id.clone(),
        transaction_id: String::new(),
        out_refund_no: number.to_owned(),
        refund_id: record.refund_id.clone(),
        state: word.to_owned(),
        amount: Some(record.refund.amount),
        happened_at: None,
        document: String::new(),
    })?;
    Ok(())
}
