//! Mornings of many merchants shared out among workers, on one computer or several.
//!
//! A worker claims a merchant, does its morning, notes that it is done and goes on to one that nobody has. The claim of
//! a worker that died passes to another, and what was done by then is not done again: a morning can be repeated at any
//! place. What comes out does not depend on who did it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{MerchantMorning, MorningAsk, MorningDays};
use crate::{Failure, MerchantRef, Reporter};
use recondesk_domain::{Instant, MerchantProfile, ProfileId};
use recondesk_ports::{Ports, StoreError};

/// How often a worker looks again whether a merchant that others have is done, or left.
const POLL: Duration = Duration::from_millis(500);
/// How long before its own beginning a worker takes a morning for one of the same round: workers do not begin at once.
const ROUND_S: i64 = 600;

/// What is noted of the last morning of a merchant that a worker did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct LastMorning {
    /// Which days it was about.
    days: String,
    at: i64,
    /// Nothing failed.
    is_whole: bool,
}

/// A worker's share.
pub struct Shift<'a> {
    /// The ports.
    pub ports: &'a Ports,
    /// All merchants, which are shared out.
    pub merchants: &'a [(ProfileId, MerchantProfile)],
    /// What each morning is about.
    pub ask: &'a MorningAsk<'a>,
    /// Where in the list this worker begins, so that workers seldom meet.
    pub first: usize,
}

/// Does mornings until all merchants are done, by this worker or another one; `tell` hears of those this worker did.
///
/// # Errors
/// [`Failure`] when the workspace cannot be used, or a person stopped it.
pub fn share_out(
    shift: &Shift<'_>,
    reporter: &dyn Reporter,
    tell: &mut dyn FnMut(&MerchantProfile, Result<MerchantMorning, Failure>),
) -> Result<(), Failure> {
    let begun = shift.ports.clock.now();
    let count = shift.merchants.len();
    let turned = shift.merchants.iter().cycle().skip(shift.first);
    let mut left: Vec<_> = turned.take(count).collect();
    while !left.is_empty() {
        let mut others = Vec::new();
        for merchant in left {
            if reporter.cancelled() {
                return Err(Failure::cancelled());
            }
            let (id, profile) = merchant;
            if !shift.one(MerchantRef::new(*id, profile), begun, reporter, tell)? {
                others.push(merchant);
            }
        }
        left = others;
        if !left.is_empty() {
            (shift.ask.pause)(POLL);
        }
    }
    Ok(())
}

impl Shift<'_> {
    /// Does the morning of a merchant unless it is done; false when another worker has it.
    fn one(
        &self,
        merchant: MerchantRef<'_>,
        begun: Instant,
        reporter: &dyn Reporter,
        tell: &mut dyn FnMut(&MerchantProfile, Result<MerchantMorning, Failure>),
    ) -> Result<bool, Failure> {
        let MerchantRef { id, profile } = merchant;
        if self.is_done(id, begun)? {
            return Ok(true);
        }
        let Some(_claim) = self.ports.writers.claim(&format!("day-{}", id.0))? else {
            return Ok(false);
        };
        // Another worker may have done it just before.
        if self.is_done(id, begun)? {
            return Ok(true);
        }
        let result = super::run(self.ports, merchant, self.ask, reporter);
        if reporter.cancelled() {
            return Err(Failure::cancelled());
        }
        let done = LastMorning {
            days: self.days(),
            at: self.ports.clock.now().unix(),
            is_whole: result.as_ref().is_ok_and(|it| it.failure().is_none()),
        };
        let json = serde_json::to_string(&done)
            .map_err(|error| StoreError::Broken(format!("{}: {error}", key(id))))?;
        self.ports.records.set_preference(&key(id), &json)?;
        tell(profile, result);
        Ok(true)
    }

    /// True when a worker of this round has done it: what failed in an earlier round is tried again.
    fn is_done(&self, id: ProfileId, begun: Instant) -> Result<bool, Failure> {
        let Some(json) = self.ports.records.preference(&key(id))? else {
            return Ok(false);
        };
        let done: LastMorning = serde_json::from_str(&json)
            .map_err(|error| StoreError::Broken(format!("{}: {error}", key(id))))?;
        let since = if done.is_whole { ROUND_S } else { 0 };
        Ok(done.days == self.days() && done.at >= begun.unix().saturating_sub(since))
    }

    fn days(&self) -> String {
        match self.ask.days {
            MorningDays::One(day) => day.to_string(),
            MorningDays::CatchUp => "catch-up".to_owned(),
        }
    }
}

fn key(id: ProfileId) -> String {
    format!("worker.{}", id.0)
}
