//! What the Lookup screen knows, and what follows from each answer.
//!
//! The local answer brings the live question by itself, a live answer the next question of its plan;
//! a new number gives all of that up.

use super::gateway::ExchangeError;
use super::jobs::inquiry::QueryVerdict;
use super::jobs::lookup::OrderView;
use super::jobs::lookup::live::LiveAnswer;
use super::jobs::lookup::order_summary::OrderSummary;
use super::jobs::lookup::session::{GatewayQuestion, ListFile, Live, Local, LookUp};
use super::jobs::notify::NotificationResult;
use super::model::MerchantRow;
use super::{CancelToken, Command, Failure, Message, Outcome, Remote, TaskId};
use recondesk_domain::{Instant, ProfileId, SecretKind};
use recondesk_ports::{ExchangeRecord, GatewayError, NumberKind};

/// Numbers remembered for the palette.
const RECENT: usize = 8;

/// A question that waits for its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paused {
    /// Its task.
    pub task: TaskId,
    /// When it is asked.
    pub until: Instant,
}

/// Whether WeChat Pay can be asked on behalf of a merchant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    /// By itself.
    AtOnce,
    /// When a person says so: the last attempt found no way to the gateway.
    OnRequest,
    /// Not before a key is stored.
    NoKey,
}

/// What the Lookup screen knows.
#[derive(Debug, Default)]
pub struct Lookup {
    /// What the workspace says.
    pub local: Remote<Box<Local>>,
    /// Which of its stories is in view.
    pub chosen: usize,
    /// What WeChat Pay says.
    pub live: Remote<Box<Live>>,
    /// The next question of a plan.
    pub paused: Option<Paused>,
    /// True after an attempt that found no way to the gateway.
    pub offline: bool,
    /// Questions asked so far.
    pub history: Remote<Vec<ExchangeRecord>>,
    /// Answers about many numbers.
    pub answers: Remote<Vec<LiveAnswer>>,
    /// Numbers of a list in a file.
    pub list: Remote<Box<ListFile>>,
    /// Lists read so far, so that each is shown once.
    pub lists: u64,
    /// What became of notifications.
    pub received: Remote<Vec<NotificationResult>>,
    /// Numbers looked up last, newest first, with what was said of them.
    pub recent: Vec<(String, Message)>,
    running: Option<(TaskId, CancelToken)>,
}

impl Lookup {
    /// The story in view.
    #[must_use]
    pub fn view(&self) -> Option<&OrderView> {
        self.local.value()?.stories.get(self.chosen)
    }

    /// What the order in view means: with WeChat Pay's answer once there is one that can be believed.
    #[must_use]
    pub fn summary(&self) -> Option<&OrderSummary> {
        let view = self.view()?;
        let heard = self.live.value().filter(|live| {
            !live.asked.is_unclear() && live.asked.is_about(&view.record.out_trade_no)
        });
        Some(heard.map_or(&view.sentence, |live| &live.asked.summary))
    }

    /// Whether WeChat Pay can be asked for that merchant.
    #[must_use]
    pub fn may_ask(&self, merchants: &[MerchantRow], profile: ProfileId) -> Ask {
        let row = merchants.iter().find(|row| row.id == profile);
        let has_key = row.is_some_and(|row| {
            let mut secrets = row.secrets.iter();
            secrets.any(|secret| secret.kind == SecretKind::V2Key && secret.length.is_some())
        });
        match (has_key, self.offline) {
            (false, _) => Ask::NoKey,
            (true, true) => Ask::OnRequest,
            (true, false) => Ask::AtOnce,
        }
    }

    /// The question to WeChat Pay about the story in view.
    #[must_use]
    pub fn question(&self) -> Option<GatewayQuestion> {
        let local = self.local.value()?;
        let view = self.view()?;
        let record = &view.record;
        let is_refund = matches!(view.kind, NumberKind::OutRefundNo | NumberKind::RefundId);
        let (number, kind) = if is_refund || view.kind == NumberKind::TransactionId {
            (local.number.clone(), view.kind)
        } else {
            (record.out_trade_no.clone(), NumberKind::OutTradeNo)
        };
        let poll = self
            .live
            .value()
            .filter(|live| live.question.number == number)
            .and_then(|live| live.following.as_ref())
            .map(|following| following.poll.clone());
        Some(GatewayQuestion {
            profile: record.profile.0,
            number,
            kind,
            poll,
            after_ms: 0,
        })
    }

    /// Another story comes into view; the answer to the one before is forgotten.
    pub fn choose(&mut self, nth: usize, merchants: &[MerchantRow]) -> Option<Command> {
        if nth == self.chosen {
            return None;
        }
        self.chosen = nth;
        self.give_up();
        self.live.clear();
        self.ask_by_itself(merchants)
    }

    fn ask_by_itself(&self, merchants: &[MerchantRow]) -> Option<Command> {
        let question = self.question()?;
        let ready = self.may_ask(merchants, question.profile) == Ask::AtOnce;
        ready.then_some(Command::AskLive(question))
    }

    /// Stops asking; the task that is given up comes back.
    pub fn stop(&mut self) -> Option<TaskId> {
        let waited = self.paused.take().map(|paused| paused.task);
        let given_up = self.give_up();
        if self.live.is_loading() {
            let old = std::mem::take(&mut self.live);
            if let Remote::Loading(_, Some(value)) = old {
                self.live = Remote::Ready(value);
            }
        }
        given_up.or(waited)
    }

    fn give_up(&mut self) -> Option<TaskId> {
        self.paused = None;
        let (task, cancel) = self.running.take()?;
        cancel.cancel();
        Some(task)
    }

    /// Reads the local answer again, without asking WeChat Pay.
    #[must_use]
    pub fn again(&self) -> Option<Command> {
        let local = self.local.value()?;
        Some(Command::LookUp(LookUp {
            live: false,
            ..local.ask.clone()
        }))
    }

    /// Takes note of a command; a task that is given up for it comes back.
    pub(super) fn asked(
        &mut self,
        id: TaskId,
        cancel: &CancelToken,
        command: &Command,
    ) -> Option<TaskId> {
        match command {
            Command::LookUp(ask) => {
                let other = self.local.value().is_none_or(|local| {
                    local.ask.text != ask.text
                        || local.ask.number != ask.number
                        || local.ask.only != ask.only
                });
                let given_up = if other || ask.live {
                    self.give_up()
                } else {
                    None
                };
                if other {
                    self.local.clear();
                    self.live.clear();
                    self.received.clear();
                    self.chosen = 0;
                }
                self.local.ask(id);
                given_up
            }
            Command::AskLive(question) => {
                let given_up = self.give_up();
                self.running = Some((id, cancel.clone()));
                self.live.ask(id);
                self.paused = self
                    .live
                    .value()
                    .filter(|_| question.after_ms > 0)
                    .and_then(|live| live.following.as_ref())
                    .map(|following| Paused {
                        task: id,
                        until: following.at,
                    });
                given_up
            }
            Command::LookupHistory(_) => {
                self.history.ask(id);
                None
            }
            Command::AskMany(..) => {
                self.list.clear();
                self.answers.ask(id);
                None
            }
            Command::ReadList(_) => {
                self.list.ask(id);
                None
            }
            Command::Receive(..) => {
                self.received.ask(id);
                None
            }
            _ => None,
        }
    }

    /// Takes an answer; what is to be asked next comes back.
    pub(super) fn answered(
        &mut self,
        id: TaskId,
        outcome: Outcome,
        now: Instant,
        merchants: &[MerchantRow],
    ) -> Vec<Command> {
        match outcome {
            Outcome::LookedUp(local) => {
                let ask = local.ask.live;
                if !self.local.answer(id, Ok(local)) {
                    return Vec::new();
                }
                self.remember();
                let next = self.ask_by_itself(merchants).filter(|_| ask);
                next.into_iter().collect()
            }
            Outcome::Live(live) => self.take_live(id, live, now),
            Outcome::LookupHistory(found) => {
                self.history.answer(id, Ok(found));
                Vec::new()
            }
            Outcome::Answers(answers) => {
                self.answers.answer(id, Ok(answers));
                Vec::new()
            }
            Outcome::List(list) => {
                if self.list.answer(id, Ok(list)) {
                    self.lists = self.lists.wrapping_add(1);
                }
                Vec::new()
            }
            Outcome::Received(received) => {
                self.received.answer(id, Ok(received));
                self.again().into_iter().collect()
            }
            _ => Vec::new(),
        }
    }

    fn take_live(&mut self, id: TaskId, live: Box<Live>, now: Instant) -> Vec<Command> {
        self.offline = matches!(
            &live.asked.inquiry.verdict,
            QueryVerdict::ExchangeError(ExchangeError::NotSent(GatewayError::Connect(_)))
        );
        let next = live.following.as_ref().map(|following| {
            let wait = following.at.unix().saturating_sub(now.unix()).max(0);
            Command::AskLive(GatewayQuestion {
                poll: Some(following.poll.clone()),
                after_ms: u64::try_from(wait).unwrap_or(0).saturating_mul(1000),
                ..live.question.clone()
            })
        });
        if !self.live.answer(id, Ok(live)) {
            return Vec::new();
        }
        self.running = None;
        self.paused = None;
        self.again().into_iter().chain(next).collect()
    }

    /// Takes note of a failure; false when nobody here asked.
    pub(super) fn failed(&mut self, id: TaskId, failure: &Failure) -> bool {
        if self.running.as_ref().is_some_and(|(task, _)| *task == id) {
            self.running = None;
            self.paused = None;
        }
        self.local.answer(id, Err(failure.clone()))
            || self.live.answer(id, Err(failure.clone()))
            || self.history.answer(id, Err(failure.clone()))
            || self.answers.answer(id, Err(failure.clone()))
            || self.list.answer(id, Err(failure.clone()))
            || self.received.answer(id, Err(failure.clone()))
    }

    /// Keeps the number for the palette.
    fn remember(&mut self) {
        let Some(local) = self.local.value().filter(|local| !local.number.is_empty()) else {
            return;
        };
        let number = local.number.clone();
        let said = local
            .stories
            .first()
            .map(|view| view.sentence.words.clone())
            .unwrap_or_default();
        self.recent.retain(|(known, _)| *known != number);
        self.recent.insert(0, (number, said));
        self.recent.truncate(RECENT);
    }
}
