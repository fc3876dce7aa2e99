//! Taking up everything that is not at its end: what runs after a crash.

use super::carry_on::{Carried, RefundPace};
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
    resume_each(ports, profile, &|_| true, pace, &mut |_, _| ())
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

/// Which refunds are taken up.
type RefundFilter<'a> = &'a dyn Fn(&RefundRecord) -> bool;

/// The same for those that are wanted, telling how many are done of how many before each of them and at the end.
///
/// # Errors
/// As [`resume`].
pub fn resume_each(
    ports: &Ports,
    profile: Option<ProfileId>,
    wanted: RefundFilter<'_>,
    pace: &RefundPace<'_>,
    tell: &mut dyn FnMut(usize, usize),
) -> Result<Vec<Carried>, Failure> {
    let mut open = unfinished(ports, profile)?;
    open.retain(wanted);
    let mut carried = each(ports, open, pace, tell, &Ok);
    match carried.pop_if(|last| is_of_workspace(last)) {
        Some(Carried {
            trouble: Some(failure),
            ..
        }) => Err(failure),
        _ => Ok(carried),
    }
}
