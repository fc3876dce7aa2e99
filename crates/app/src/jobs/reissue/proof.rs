//! Proof of delivery: a later import that shows the order delivered closes what waits for it.

use serde_json::json;

use crate::Failure;
use crate::jobs::notify::order_at;
use recondesk_casework::{ReissueEvent, ReissueStage};
use recondesk_domain::{FulfilStatus, MchId, ProfileId};
use recondesk_ports::{Author, Ports, ReissueRecord};

/// Looks for each reissue that waits whether the merchant's book shows delivery by now; those it closed come back.
///
/// # Errors
/// When the books or the workspace fail.
pub fn prove(ports: &Ports, profile: Option<ProfileId>) -> Result<Vec<ReissueRecord>, Failure> {
    let mut out = Vec::new();
    for known in ports.casework.reissues(profile)? {
        let waits = matches!(
            known.stage,
            ReissueStage::Sent | ReissueStage::Waiting | ReissueStage::Refused
        );
        if !waits {
            continue;
        }
        let draft = &known.draft;
        let case = ports.records.case(draft.profile, &draft.case_key)?;
        let shop = case.map(|case| case.finding.sub_mch_id);
        let shop = shop.unwrap_or(MchId::EMPTY);
        let order = order_at(ports, draft.profile, &draft.out_trade_no, shop.as_str())?;
        let Some(order) = order else {
            continue;
        };
        if order.fulfil_status != FulfilStatus::Fulfilled {
            continue;
        }
        let shown = json!({
            "import": order.row.import,
            "line": order.row.line,
            "fulfilled_at": order.fulfilled_at.map(|at| at.to_string()),
        });
        let by = Author::new("", ports.clock.now());
        let event = ReissueEvent::Proof;
        out.push(
            ports
                .casework
                .step_reissue(known.id, event, by, &shown.to_string())?,
        );
    }
    Ok(out)
}
