//! Taking up everything that is not at its end: what runs after a crash.

use super::carry_on::{Carried, RefundPace, carry_on};
use crate::{Failure, FailureKind};
use recondesk_casework::RefundStage;
use recondesk_domain::ProfileId;
use recondesk_ports::{Ports, RefundQuery};

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
    let open = ports.casework.refunds(&RefundQuery {
        profile,
        stages: vec![
            RefundStage::Confirmed,
            RefundStage::Listed,
            RefundStage::Sent,
            RefundStage::Unknown,
            RefundStage::Accepted,
            RefundStage::Abnormal,
            RefundStage::Rejected,
        ],
        ..RefundQuery::default()
    })?;
    let mut out = Vec::with_capacity(open.len());
    for record in open {
        if pace.cancel.is_cancelled() {
            break;
        }
        let before = record.clone();
        out.push(match carry_on(ports, record, pace) {
            Ok(carried) => carried,
            Err(failure) if failure.kind == FailureKind::Workspace => return Err(failure),
            Err(failure) => Carried {
                record: ports.casework.refund(before.id)?.unwrap_or(before),
                trouble: Some(failure),
            },
        });
    }
    Ok(out)
}
