//! When to ask again about an order: the official plans, as a machine that is told the time.
//!
//! It neither sleeps nor asks. Whoever drives it waits as it says and tells it what was heard.

use super::inquiry::QueryVerdict;
use recondesk_domain::Instant;
use wechatpay_codec::v2::TradeState;

/// Seconds after ordering at which the documents say to query (v2-4011984698).
pub const AFTER_ORDERING_S: [i64; 7] = [5, 30, 60, 180, 300, 600, 1800];
/// Seconds after a code payment: every five up to thirty, then it is reversed.
pub const AFTER_CODE_PAY_S: [i64; 6] = [5, 10, 15, 20, 25, 30];

/// Which plan is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PollPlan {
    /// An order was just placed.
    Ordered,
    /// The customer is typing the password of a code payment.
    CodePay,
}

impl PollPlan {
    const fn seconds(self) -> &'static [i64] {
        match self {
            Self::Ordered => &AFTER_ORDERING_S,
            Self::CodePay => &AFTER_CODE_PAY_S,
        }
    }
}

/// What to do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Ask.
    Ask,
    /// Wait until then.
    WaitUntil(Instant),
    /// The order has an end: paid, closed, or it never was.
    Ended,
    /// The plan is over and the order still has no end: close it, or reverse a code payment.
    RanOut,
}

/// A poll in progress.
#[derive(Debug, Clone)]
pub struct Poll {
    plan: PollPlan,
    since: Instant,
    asked_at: Option<Instant>,
    ended: bool,
}

impl Poll {
    /// Starts to follow an order that was placed (or a code that was scanned) at `since`.
    #[must_use]
    pub const fn new(plan: PollPlan, since: Instant) -> Self {
        Self {
            plan,
            since,
            asked_at: None,
            ended: false,
        }
    }

    /// What to do at this instant.
    ///
    /// Points of the plan that passed unused, because the program slept or started late, count as one.
    #[must_use]
    pub fn next(&self, now: Instant) -> Next {
        if self.ended {
            return Next::Ended;
        }
        let asked_at = self.asked_at.unwrap_or(self.since);
        let mut due = None;
        for seconds in self.plan.seconds() {
            let at = self.since.plus(*seconds);
            if at <= asked_at && self.asked_at.is_some() {
                continue;
            }
            if at <= now {
                due = Some(Next::Ask);
            } else {
                return due.unwrap_or(Next::WaitUntil(at));
            }
        }
        due.unwrap_or(Next::RanOut)
    }

    /// Takes note of an answer.
    pub fn heard(&mut self, verdict: &QueryVerdict, now: Instant) {
        self.asked_at = Some(now);
        self.ended = match verdict {
            QueryVerdict::Known(state) => matches!(
                state.state,
                TradeState::Success
                    | TradeState::Refund
                    | TradeState::Closed
                    | TradeState::Revoked
                    | TradeState::PayError
            ),
            // A gateway in trouble, and an order that is not there yet, may be otherwise next time.
            QueryVerdict::NotFound | QueryVerdict::ExchangeError(_) => false,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::ExchangeError;

    fn start() -> Instant {
        Instant::parse_beijing("2026-03-08 10:00:00").unwrap()
    }

    fn unknown() -> QueryVerdict {
        QueryVerdict::ExchangeError(ExchangeError::Unclear("time-out".to_owned()))
    }

    #[test]
    fn a_new_order_is_asked_about_at_the_official_points_and_no_others() {
        let mut poll = Poll::new(PollPlan::Ordered, start());
        let mut now = start();
        let mut asked = Vec::new();

        loop {
            match poll.next(now) {
                Next::WaitUntil(at) => now = at,
                Next::Ask => {
                    asked.push(now.unix() - start().unix());
                    poll.heard(&unknown(), now);
                }
                end @ (Next::Ended | Next::RanOut) => {
                    assert_eq!(end, Next::RanOut);
                    break;
                }
            }
        }

        assert_eq!(asked, AFTER_ORDERING_S);
    }

    #[test]
    fn points_that_were_slept_through_are_one_question() {
        let mut poll = Poll::new(PollPlan::Ordered, start());
        let late = start().plus(200);

        assert_eq!(poll.next(late), Next::Ask);
        poll.heard(&QueryVerdict::NotFound, late);

        assert_eq!(poll.next(late), Next::WaitUntil(start().plus(300)));
    }

    #[test]
    fn an_order_older_than_the_plan_is_asked_about_once() {
        let mut poll = Poll::new(PollPlan::CodePay, start());
        let late = start().plus(90_000);

        assert_eq!(poll.next(late), Next::Ask);
        poll.heard(&unknown(), late);

        assert_eq!(poll.next(late), Next::RanOut);
    }
}
