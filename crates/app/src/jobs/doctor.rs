//! Profile doctor: every check of a merchant's profile, and what to do for each that is red.
//!
//! Offline it looks at keys and certificates alone; online it asks WeChat Pay harmless questions, whose
//! verified answers prove key, serial number, signature and clock at once. Nothing is changed but what is
//! learnt of platform certificates.

mod keys;
mod online;

use crate::{Advice, Failure, MerchantRef, Message, Reporter};
use recondesk_domain::{Instant, ProfileId};
use recondesk_ports::Ports;

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Health {
    /// Nothing is wrong.
    Good,
    /// It was not looked at, with the reason in the fact.
    Skipped,
    /// It works, and needs a person soon.
    Warning,
    /// It does not work.
    Bad,
}

impl Health {
    /// The stable word of scripts.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Skipped => "skipped",
            Self::Warning => "warning",
            Self::Bad => "bad",
        }
    }
}

/// One check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DoctorCheck {
    /// Stable word.
    pub id: &'static str,
    /// How it came out.
    pub health: Health,
    /// What was found.
    pub fact: Message,
    /// What to do; empty where there is nothing to do.
    pub advice: Advice,
}

impl DoctorCheck {
    fn good(id: &'static str, fact: Message) -> Self {
        Self::new(id, Health::Good, fact, Advice::default())
    }

    fn skipped(id: &'static str, fact: Message) -> Self {
        Self::new(id, Health::Skipped, fact, Advice::default())
    }

    fn bad(id: &'static str, fact: Message, advice: impl Into<Advice>) -> Self {
        Self::new(id, Health::Bad, fact, advice)
    }

    fn new(id: &'static str, health: Health, fact: Message, advice: impl Into<Advice>) -> Self {
        Self {
            id,
            health,
            fact,
            advice: advice.into(),
        }
    }
}

/// All checks of a profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DoctorReport {
    /// The merchant.
    pub profile: ProfileId,
    /// Its name.
    pub name: String,
    /// When it was looked at.
    pub at: Instant,
    /// True when WeChat Pay was asked.
    pub is_online: bool,
    /// The checks, in the order in which one rests on the other.
    pub checks: Vec<DoctorCheck>,
}

impl DoctorReport {
    /// The worst of all checks.
    #[must_use]
    pub fn health(&self) -> Health {
        let all = self.checks.iter().map(|check| check.health);
        all.filter(|health| *health != Health::Skipped)
            .max()
            .unwrap_or(Health::Good)
    }
}

/// Looks at a profile; with `online` also asks WeChat Pay.
///
/// # Errors
/// When the vault cannot be read, or a person stops it. What is wrong with the profile is no error.
pub fn examine(
    ports: &Ports,
    profile: MerchantRef<'_>,
    online: bool,
    reporter: &dyn Reporter,
) -> Result<DoctorReport, Failure> {
    let mut checks = keys::checks(ports, profile)?;
    if online {
        let is_ready = checks.iter().all(|check| check.health != Health::Bad);
        online::checks(ports, profile, is_ready, reporter, &mut checks)?;
    }
    let MerchantRef { id, profile: held } = profile;
    Ok(DoctorReport {
        profile: id,
        name: held.name.clone(),
        at: ports.clock.now(),
        is_online: online,
        checks,
    })
}
