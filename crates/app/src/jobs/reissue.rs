//! Reissuing (补发货): the shop learns that it must deliver, by a list, a call, or the notification it missed.
//!
//! Written down before the shop hears of it; the order is asked about live first, so that nothing is delivered
//! that was paid back. Only proof of delivery closes the case: until then it waits and is followed up.

mod answer;
mod check;
mod goods;
mod list;
mod notification;
mod proof;
pub(super) mod shop;
mod withdraw;

pub use check::{ReissueChoice, choices_checked};
pub use list::{REISSUE_HEADINGS, reissue_rows};
pub use proof::prove;
pub use shop::ShopAnswer;
pub use withdraw::{ReissueWithdrawal, withdraw};

use std::time::Duration;

use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::gateway::GatewayClient;
use crate::jobs::refund::{Pause, ask_order, order_of_case, profile_of};
use crate::jobs::views::certificate::hex;
use crate::{Advice, Failure, FailureKind, MerchantRef, Message};
use recondesk_casework::{OrderFacts, ReissueEvent, ReissueStage, ReissueWay};
use recondesk_domain::{MerchantProfile, ProfileId};
use recondesk_ports::{
    Author, CancelToken, CaseRecord, Ports, ReissueDraft, ReissueRecord, StoreError,
};

/// How long another program may be sending before this one gives up.
const PATIENCE: Duration = Duration::from_mins(1);

/// What a reissue needs beside the case.
#[derive(Clone, Copy)]
pub struct ReissueAsk<'a> {
    /// How the shop learns of it.
    pub way: ReissueWay,
    /// Who begins it.
    pub maker: &'a str,
    /// Waits, or in a simulation lets time pass.
    pub pause: Pause<'a>,
    /// The wish to stop.
    pub cancel: &'a CancelToken,
}

/// A reissue, the order as it was asked about, and what the shop said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reissued {
    /// The reissue.
    pub record: ReissueRecord,
    /// The order.
    pub facts: OrderFacts,
    /// What the shop said; nothing by a list.
    pub answer: Option<ShopAnswer>,
}

/// The idempotency key: a function of the case, so that every copy of a workspace has the same.
#[must_use]
pub fn reissue_key(case_key: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(b"recondesk reissue 1\0");
    hash.update(case_key.as_bytes());
    let digest = hex(&hash.finalize());
    format!("RI{}", digest.get(..30).unwrap_or(&digest))
}

/// Reissues one case: asks about the order, writes it down, tells the shop.
///
/// By a list the caller writes the file and then calls [`handed_over`].
///
/// # Errors
/// When the order is not to be delivered (unpaid, paid back, delivered already), the case has another
/// outcome, or the shop's address is not usable. What was sent by then is on disk.
pub fn reissue(
    ports: &Ports,
    case: &CaseRecord,
    ask: &ReissueAsk<'_>,
) -> Result<Reissued, Failure> {
    let profile = profile_of(ports, case.profile)?;
    writable(&profile)?;
    goods::are_due(ports, case)?;
    let order = order_of_case(ports, case)?;
    let merchant = MerchantRef::new(case.profile, &profile);
    let _right = ports.writers.enter_payout(PATIENCE)?;
    let client = GatewayClient::new(ports, merchant, ask.cancel);
    let facts = ask_order(ports, &client, &order, None, ask.pause)?;
    check::deliverable(&facts)?;
    let call = match ask.way {
        ReissueWay::List => None,
        ReissueWay::Webhook => Some(shop::call(ports, merchant, case, &facts)?),
        ReissueWay::Notification => Some(notification::call(ports, &client, &order)?),
    };
    let draft = ReissueDraft {
        profile: case.profile,
        case_key: case.key.clone(),
        out_trade_no: order.out_trade_no.to_string(),
        way: ask.way,
        key: reissue_key(&case.key),
        maker: ask.maker.to_owned(),
    };
    let record = ports
        .casework
        .draft_reissue(&draft, ports.clock.now())
        .map_err(taken)?;
    if matches!(record.stage, ReissueStage::Waiting | ReissueStage::Proven) {
        return Ok(Reissued {
            record,
            facts,
            answer: None,
        });
    }
    let by = Author::new(ask.maker, ports.clock.now());
    let asked = json!({
        "way": ask.way.word(),
        "key": draft.key,
        "paid_fen": facts.paid.get(),
        "transaction_id": facts.transaction_id,
        "asked_at": facts.asked_at.to_string(),
    });
    let record = ports
        .casework
        .step_reissue(record.id, ReissueEvent::Dispatch, by, &asked.to_string())
        .map_err(taken)?;
    let Some(call) = call else {
        return Ok(Reissued {
            record,
            facts,
            answer: None,
        });
    };
    let answer = shop::deliver(ports, &call, ask);
    let record = match answer.event() {
        Some(event) => {
            let by = Author::program(ports.clock.now());
            let shown = answer.evidence().to_string();
            ports
                .casework
                .step_reissue(record.id, event, by, &shown)
                .map_err(taken)?
        }
        None => record,
    };
    Ok(Reissued {
        record,
        facts,
        answer: Some(answer),
    })
}

/// A list that was written for the shop.
#[derive(Debug, Clone, Copy)]
pub struct HandedList<'a> {
    /// Name of the file.
    pub name: &'a str,
    /// What it holds.
    pub bytes: &'a [u8],
}

/// The list that names these reissues lies on disk: they are with the shop now.
///
/// # Errors
/// When the workspace fails.
pub fn handed_over(
    ports: &Ports,
    records: &[ReissueRecord],
    HandedList { name, bytes }: HandedList<'_>,
    actor: &str,
) -> Result<Vec<ReissueRecord>, Failure> {
    let shown = json!({ "file": name, "sha256": hex(&Sha256::digest(bytes)) }).to_string();
    let mut out = Vec::new();
    for record in records {
        if record.stage != ReissueStage::Sent {
            out.push(record.clone());
            continue;
        }
        let by = Author::new(actor, ports.clock.now());
        let event = ReissueEvent::Taken;
        out.push(ports.casework.step_reissue(record.id, event, by, &shown)?);
    }
    Ok(out)
}

/// Refuses a merchant for whom nothing may be moved from here.
///
/// # Errors
/// When the profile is read-only.
pub fn writable(profile: &MerchantProfile) -> Result<(), Failure> {
    if profile.read_only {
        return Err(Failure::new(
            FailureKind::Usage,
            "profile.read_only",
            Message::new(
                "这个商户档案是只读的，不能退款或补发货",
                "This profile is read-only: neither refunds nor reissues",
            ),
            Advice::by_place(
                Message::new(
                    "recondesk profile edit 名称 --read-only false 可以解除",
                    "recondesk profile edit NAME --read-only false lifts it",
                ),
                Message::new("到“商户”取消只读", "Lift it under Merchants"),
            ),
        )
        .with_detail(&*profile.name));
    }
    Ok(())
}

/// The case or the order has another outcome already.
fn taken(error: StoreError) -> Failure {
    let StoreError::Forbidden(why) = error else {
        return error.into();
    };
    Failure {
        code: "reissue.outcome",
        ..StoreError::Forbidden(why).into()
    }
}

/// The reissue of a case, the newest one.
///
/// # Errors
/// When the workspace cannot be read.
pub fn of_case(
    ports: &Ports,
    profile: ProfileId,
    case_key: &str,
) -> Result<Option<ReissueRecord>, Failure> {
    let all = ports.casework.reissues(Some(profile))?;
    Ok(all
        .into_iter()
        .rfind(|known| known.draft.case_key == case_key))
}
