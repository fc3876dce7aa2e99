//! Sending a refund: its order is asked first, "sent" is on disk before the request leaves, and an answer that does
//! not say clearly what became of it is followed by a question.

use super::carry_on::{Carried, Led, RefundWork, StepNote, step, stop};
use super::delivered::delivered_since;
use super::unpayable::held_by;
use super::{OrderSubject, ask_order, read_answer};
use crate::{Failure, FailureKind};
use recondesk_casework::{
    LimitError, Move, OrderFacts, Queried, RefundEvent, RefundStage, SendAnswer, check_refund,
    check_seen,
};
use recondesk_domain::OutTradeNo;
use recondesk_ports::{Author, RefundRecord, StoreError};
use wechatpay_codec::v2::{NewRefund, OrderRef};

/// So often one call sends the same number, each time after WeChat Pay said that it does not have it.
const MOST_SENDS: u16 = 4;

impl RefundWork<'_> {
    pub(super) fn send(&self, record: &RefundRecord) -> Result<Led, Failure> {
        let (_right, record) = self.enter(record)?;
        let now = self.ports.clock.now();
        if record.refund.next_move(now) != Move::Send {
            return Ok(Led::On(record));
        }
        // The limit may be lower than when it was drafted, and other refunds of the order may have gone out first.
        let maker = Author {
            name: &record.draft.maker,
            at: now,
        };
        let record = self.ports.casework.require_second(record.id, 1, maker)?;
        if record.refund.next_move(now) != Move::Send {
            return Ok(Led::On(record));
        }
        if record.refund.sends.saturating_sub(self.first_sends) >= MOST_SENDS {
            return Ok(stop(record, None));
        }
        let order = OrderSubject {
            out_trade_no: stored_number(&record)?,
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
            let said = StepNote {
                note: "WeChat Pay has it already",
                ..StepNote::NOTHING
            };
            return step(self.ports, &record, found, said).map(Led::On);
        }
        self.dispatch(&record, &facts)
    }

    fn dispatch(&self, record: &RefundRecord, facts: &OrderFacts) -> Result<Led, Failure> {
        let order_number = stored_number(record)?;
        let now = self.ports.clock.now();
        let number = record.out_refund_no.as_str();
        let limit = check_refund(facts, number, record.refund.amount, now)
            .and_then(|()| check_seen(&record.draft.seen, facts, number))
            .err();
        if facts.paid != record.draft.total && facts.is_paid {
            let failure = super::words::other_total(record.draft.total, facts.paid);
            return Ok(stop(record.clone(), Some(failure)));
        }
        if let Some(failure) = delivered_since(self.ports, record)? {
            return self.not_sent(record, None, failure);
        }
        let said = StepNote {
            facts: Some(facts),
            ..StepNote::NOTHING
        };
        let sent = match step(self.ports, record, RefundEvent::Dispatch, said) {
            Ok(sent) => sent,
            Err(failure) if failure.code == "workspace.forbidden" => {
                return self.not_sent(record, limit, failure);
            }
            Err(failure) => return Err(failure),
        };
        let request = NewRefund {
            order: OrderRef::Merchant(order_number),
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
                let said = StepNote {
                    note: &failure.title.en,
                    ..StepNote::NOTHING
                };
                let never = RefundEvent::Answer(SendAnswer::NeverLeft);
                let record = step(self.ports, &sent, never, said)?;
                return Ok(stop(record, Some(failure)));
            }
        };
        self.log(&sent, &asked.exchange)?;
        let read = read_answer::sent(&asked.outcome);
        let said = StepNote {
            note: &read.words,
            refund_id: &read.refund_id,
            ..StepNote::NOTHING
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

    fn not_sent(
        &self,
        record: &RefundRecord,
        limit: Option<LimitError>,
        failure: Failure,
    ) -> Result<Led, Failure> {
        let soon = match limit {
            Some(LimitError::TooSoon(until)) => Some(until),
            _ => soon_of(&failure),
        };
        if let Some(until) = soon {
            let now = self.ports.clock.now().unix();
            let wait = u64::try_from(until.unix().saturating_sub(now)).unwrap_or(0);
            let waited = self.wait(record.clone(), wait.saturating_mul(1_000).max(1_000));
            return Ok(match waited {
                Led::On(record) => Led::On(record),
                Led::Stop(carried) => stop(carried.record, Some(failure)),
            });
        }
        let failure = limit.map_or(failure, |limit| held_by(limit, record));
        // A person decides; until then it is asked whether a sending before arrived, so that it can be given up.
        if record.refund.stage == RefundStage::Unknown {
            let (Led::On(record) | Led::Stop(Carried { record, .. })) = self.ask(record)?;
            return Ok(stop(record, Some(failure)));
        }
        Ok(stop(record.clone(), Some(failure)))
    }
}

/// The order's number as it was stored; one that cannot be read is a damaged workspace, never "no number".
pub(super) fn stored_number(record: &RefundRecord) -> Result<OutTradeNo, Failure> {
    OutTradeNo::new(&record.draft.out_trade_no)
        .filter(|number| !number.is_empty())
        .ok_or_else(|| {
            let number = record.out_refund_no.as_str();
            StoreError::Broken(format!("refund {number}: its out_trade_no cannot be read")).into()
        })
}

/// The instant that a refusal for being too soon names; it comes from the store, which knows all refunds of the order.
fn soon_of(failure: &Failure) -> Option<recondesk_domain::Instant> {
    let text = failure.detail.rsplit_once("wait until ")?.1;
    recondesk_domain::Instant::parse_beijing(text)
}
