//! Carrying a refund on: whatever is due is done, until a person is needed or the time is over.
//!
//! One program sends at a time (the payout lock). Whoever holds it and finds a refund that is being sent knows
//! that the sender is gone, and takes the outcome for unknown.

use std::cell::Cell;
use std::time::Duration;

use super::order_facts::client;
use super::{OrderSubject, ask_order, limit_failure, profile_of, wire};
use crate::gateway::GatewayClient;
use crate::jobs::lookup::live;
use crate::{Failure, FailureKind};
use recondesk_casework::{
    LimitError, Move, OrderFacts, Queried, RefundEvent, RefundStage, SendAnswer, check_refund,
};
use recondesk_domain::{Fen, OutTradeNo};
use recondesk_ports::{
    CancelToken, Observation, ObservationSource, Ports, RefundRecord, RefundStep, StoreError,
};
use wechatpay_codec::v2::{NewRefund, OrderRef, RefundState};

/// Waits, or in a simulation lets time pass.
pub type Pause<'a> = &'a dyn Fn(Duration);

/// How long another program may be sending before this one gives up.
pub(super) const PATIENCE: Duration = Duration::from_mins(1);
/// So often one call sends the same number, each time after WeChat Pay said that it does not have it.
const MOST_SENDS: u16 = 4;

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
        Said {
            actor,
            ..Said::NOTHING
        },
    )
}

/// Who said what.
#[derive(Clone, Copy)]
struct Said<'a> {
    actor: &'a str,
    note: &'a str,
    refund_id: &'a str,
    facts: Option<&'a OrderFacts>,
}

impl Said<'_> {
    const NOTHING: Said<'static> = Said {
        actor: "",
        note: "",
        refund_id: "",
        facts: None,
    };
}

fn step(
    ports: &Ports,
    record: &RefundRecord,
    event: RefundEvent,
    said: Said<'_>,
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
enum Led {
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
    let client = client(ports, (record.draft.profile, &profile), pace.cancel);
    let work = Work {
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

struct Work<'a> {
    ports: &'a Ports,
    client: &'a GatewayClient<'a>,
    pace: &'a RefundPace<'a>,
    until_ms: u64,
    first_sends: u16,
    has_asked: Cell<bool>,
}

const fn stop(record: RefundRecord, trouble: Option<Failure>) -> Led {
    Led::Stop(Carried { record, trouble })
}

impl Work<'_> {
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
    fn wait(&self, record: RefundRecord, wait_ms: u64) -> Led {
        let now = self.ports.clock.steady_ms();
        if now.saturating_add(wait_ms) >= self.until_ms {
            return stop(record, None);
        }
        // In pieces, so that a wish to stop is heard.
        (self.pace.pause)(Duration::from_millis(wait_ms.clamp(50, 500)));
        Led::On(record)
    }

    /// The right to send, and the refund as it is once this program has it.
    fn enter(&self, record: &RefundRecord) -> Result<(Box<dyn Send>, RefundRecord), Failure> {
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
        let said = Said {
            note: "interrupted while sending",
            ..Said::NOTHING
        };
        step(self.ports, &record, RefundEvent::Restart, said).map(Led::On)
    }

    fn ask(&self, record: &RefundRecord) -> Result<Led, Failure> {
        self.has_asked.set(true);
        let asked = self
            .client
            .query_refund(&record.out_refund_no, &record.draft.sub_mch_id)?;
        self.log(record, &asked.exchange)?;
        let read = wire::asked(record, &asked.outcome);
        // Another program may have carried it on meanwhile: its state is judged in the transaction.
        let said = Said {
            note: &read.words,
            refund_id: &read.refund_id,
            ..Said::NOTHING
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

    fn send(&self, record: &RefundRecord) -> Result<Led, Failure> {
        let (_right, record) = self.enter(record)?;
        let now = self.ports.clock.now();
        if record.refund.next_move(now) != Move::Send {
            return Ok(Led::On(record));
        }
        if record.refund.sends.saturating_sub(self.first_sends) >= MOST_SENDS {
            return Ok(stop(record, None));
        }
        let order = OrderSubject {
            out_trade_no: OutTradeNo::new(&record.draft.out_trade_no).unwrap_or_default(),
            sub_mch_id: record.draft.sub_mch_id.clone(),
        };
        let number = Some(record.out_refund_no);
        let asked = ask_order(self.ports, self.client, &order, number, self.pace.pause);
        let facts = match asked {
            Ok(facts) => facts,
            // Nothing was sent: the way to WeChat Pay or its answer is not clear.
            Err(failure) if failure.kind == FailureKind::Gateway => {
                return Ok(stop(record, Some(failure)));
            }
            Err(failure) => return Err(failure),
        };
        if let Some(part) = facts
            .parts
            .iter()
            .find(|part| part.number == record.out_refund_no.as_str())
        {
            let found = RefundEvent::Query(Queried::Found(part.amount, part.state));
            let said = Said {
                note: "WeChat Pay has it already",
                ..Said::NOTHING
            };
            return step(self.ports, &record, found, said).map(Led::On);
        }
        self.dispatch(&record, &facts)
    }

    fn dispatch(&self, record: &RefundRecord, facts: &OrderFacts) -> Result<Led, Failure> {
        let now = self.ports.clock.now();
        let number = record.out_refund_no.as_str();
        let limit = check_refund(facts, number, record.refund.amount, now).err();
        if facts.paid != record.draft.total && facts.is_paid {
            let failure = super::words::other_total(record.draft.total, facts.paid);
            return Ok(stop(record.clone(), Some(failure)));
        }
        let said = Said {
            facts: Some(facts),
            ..Said::NOTHING
        };
        let sent = match step(self.ports, record, RefundEvent::Dispatch, said) {
            Ok(sent) => sent,
            Err(failure) if failure.code == "workspace.forbidden" => {
                return Ok(self.not_sent(record, limit, failure));
            }
            Err(failure) => return Err(failure),
        };
        let request = NewRefund {
            order: OrderRef::Merchant(
                OutTradeNo::new(&sent.draft.out_trade_no).unwrap_or_default(),
            ),
            out_refund_no: sent.out_refund_no,
            total_fee: sent.draft.total,
            refund_fee: sent.refund.amount,
            reason: sent.draft.reason.clone(),
            account: String::new(),
            notify_url: String::new(),
        };
        let asked = match self.client.refund(&request, &sent.draft.sub_mch_id) {
            Ok(asked) => asked,
            // A key or certificate is missing: nothing went out.
            Err(failure) => {
                let said = Said {
                    note: &failure.title.en,
                    ..Said::NOTHING
                };
                let never = RefundEvent::Answer(SendAnswer::NeverLeft);
                let record = step(self.ports, &sent, never, said)?;
                return Ok(stop(record, Some(failure)));
            }
        };
        self.log(&sent, &asked.exchange)?;
        let read = wire::sent(&asked.outcome);
        let said = Said {
            note: &read.words,
            refund_id: &read.refund_id,
            ..Said::NOTHING
        };
        let next = step(self.ports, &sent, RefundEvent::Answer(read.meaning), said)?;
        if read.needs_person {
            return self.ask_once_more(next, &asked.exchange.result);
        }
        Ok(Led::On(next))
    }

    /// What a person must see to is not tried again, but what became of it is asked.
    fn ask_once_more<T>(
        &self,
        record: RefundRecord,
        result: &Result<T, crate::gateway::ExchangeError>,
    ) -> Result<Led, Failure> {
        let failure = result
            .as_ref()
            .err()
            .map(crate::gateway::ExchangeError::failure);
        let Led::On(asked) = self.ask(&record)? else {
            return Ok(stop(record, failure));
        };
        if asked.refund.stage == RefundStage::Unknown && !asked.refund.absent {
            return Ok(stop(asked, failure));
        }
        Ok(Led::On(asked))
    }

    fn not_sent(&self, record: &RefundRecord, limit: Option<LimitError>, failure: Failure) -> Led {
        let soon = match limit {
            Some(LimitError::TooSoon(until)) => Some(until),
            _ => soon_of(&failure),
        };
        if let Some(until) = soon {
            let now = self.ports.clock.now().unix();
            let wait = u64::try_from(until.unix().saturating_sub(now)).unwrap_or(0);
            let waited = self.wait(record.clone(), wait.saturating_mul(1_000).max(1_000));
            return match waited {
                Led::On(record) => Led::On(record),
                Led::Stop(carried) => stop(carried.record, Some(failure)),
            };
        }
        let failure = limit.map_or(failure, |limit| limit_failure(limit, FailureKind::Gateway));
        stop(record.clone(), Some(failure))
    }

    fn log(
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

/// The instant that a refusal for being too soon names; it comes from the store, which knows all refunds of the order.
fn soon_of(failure: &Failure) -> Option<recondesk_domain::Instant> {
    let text = failure.detail.rsplit_once("wait until ")?.1;
    recondesk_domain::Instant::parse_beijing(text)
}

/// What is known for certain of a refund is entered beside the order, so that look-ups and comparisons know it.
fn keep_observation(ports: &Ports, record: &RefundRecord) -> Result<(), Failure> {
    let state = match record.refund.stage {
        RefundStage::Accepted => RefundState::Processing,
        RefundStage::Done => RefundState::Success,
        RefundStage::Closed => RefundState::Closed,
        RefundStage::Abnormal => RefundState::Abnormal,
        _ => return Ok(()),
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
