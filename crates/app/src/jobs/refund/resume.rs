//! Taking up everything that is not at its end: what runs after a crash.

use super::carry_on::{Carried, RefundPace, confirm};
use super::many::{each, is_of_workspace};
use crate::Failure;
use recondesk_casework::{Approval, RefundStage};
use recondesk_domain::ProfileId;
use recondesk_ports::{Ports, RefundQuery, RefundRecord, StoreError};

/// Stages in which a refund is taken up: a person confirmed it or handed it over, and it is not at its end.
const UNFINISHED: [RefundStage; 7] = [
    RefundStage::Confirmed,
    RefundStage::Listed,
    RefundStage::Sent,
    RefundStage::Unknown,
    RefundStage::Accepted,
    RefundStage::Abnormal,
    RefundStage::Rejected,
];

/// True for a refund that carrying on may lead further.
#[must_use]
pub fn is_unfinished(stage: RefundStage) -> bool {
    UNFINISHED.contains(&stage)
}

/// Refunds of a merchant, or of all, that a person confirmed or handed over and that are not at their end.
///
/// # Errors
/// When the workspace cannot be read.
pub fn unfinished(
    ports: &Ports,
    profile: Option<ProfileId>,
) -> Result<Vec<RefundRecord>, StoreError> {
    ports.casework.refunds(&RefundQuery {
        profile,
        stages: UNFINISHED.to_vec(),
        ..RefundQuery::default()
    })
}

/// Carries on everything that a person confirmed or handed over and that is not at its end; one after the other.
/// Drafts that nobody confirmed stay as they are.
///
/// # Errors
/// When the workspace fails. Trouble with one refund does not keep the others waiting.
pub fn resume(
    ports: &Ports,
    profile: Option<ProfileId>,
    pace: &RefundPace<'_>,
) -> Result<Vec<Carried>, Failure> {
    let open = unfinished(ports, profile)?;
    taken_up(each(ports, open, pace, &mut |_, _| (), &Ok))
}

/// True for one that carrying on would send as the next thing: a person confirmed it, nobody else must agree any more.
#[must_use]
pub fn waits_to_be_sent(record: &RefundRecord) -> bool {
    let agreed = matches!(
        record.refund.approval,
        Approval::NotNeeded | Approval::Given
    );
    record.refund.stage == RefundStage::Confirmed && agreed
}

/// What becomes of refunds that a person confirmed and that have not gone out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeldRefunds<'a> {
    /// They stay as they are; only what was sent is asked about.
    Stay,
    /// They go out while the sum that was typed is good: the one person of a workspace without operators runs the program.
    Go,
    /// This person confirms and sends them.
    SentBy(&'a str),
}

/// Which refunds are taken up, and what becomes of those that were held back.
#[derive(Debug, Clone, Copy)]
pub struct ResumeAsk<'a> {
    /// Of one merchant, or of all.
    pub profile: Option<ProfileId>,
    /// What was confirmed and has not gone out.
    pub held: HeldRefunds<'a>,
}

/// Asks about what is not at its end, and sends what was held back where a person says so, telling how many are done
/// of how many before each of them and at the end.
///
/// # Errors
/// As [`resume`].
pub fn resume_each(
    ports: &Ports,
    ask: ResumeAsk<'_>,
    pace: &RefundPace<'_>,
    tell: &mut dyn FnMut(usize, usize),
) -> Result<Vec<Carried>, Failure> {
    let mut open = unfinished(ports, ask.profile)?;
    open.retain(|record| ask.held != HeldRefunds::Stay || !waits_to_be_sent(record));
    let ready = |record: RefundRecord| match ask.held {
        HeldRefunds::SentBy(sender) if waits_to_be_sent(&record) => {
            confirm(ports, &record, record.refund.amount, sender)
        }
        HeldRefunds::Stay | HeldRefunds::Go | HeldRefunds::SentBy(_) => Ok(record),
    };
    taken_up(each(ports, open, pace, tell, &ready))
}

fn taken_up(mut carried: Vec<Carried>) -> Result<Vec<Carried>, Failure> {
    match carried.pop_if(|last| is_of_workspace(last)) {
        Some(Carried {
            trouble: Some(failure),
            ..
        }) => Err(failure),
        _ => Ok(carried),
    }
}
