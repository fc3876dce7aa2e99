//! What waits for a second person, what each of it is about, and that person's decision.

mod many;

pub use many::{OpenApprovals, SecondPerson, judge_each, judge_one};

use super::views::number_of;
use crate::model::{Approvals, CaseName, WaitingApproval};
use crate::{Failure, FailureKind, Message};
use recondesk_casework::{ApprovalNeed, Judgement};
use recondesk_domain::ProfileId;
use recondesk_ports::{
    ApprovalId, ApprovalRecord, Author, CaseRef, Ports, RefundQuery, StoreError,
};

/// Everything that waits, oldest first.
///
/// # Errors
/// When the workspace cannot be read.
pub fn waiting(ports: &Ports) -> Result<Approvals, Failure> {
    let all = ports.casework.approvals(false)?;
    all.into_iter().map(|asked| about(ports, asked)).collect()
}

/// What a question is about; what is gone by now leaves the question alone.
fn about(ports: &Ports, asked: ApprovalRecord) -> Result<WaitingApproval, Failure> {
    let subject = asked.subject.clone();
    let (kind, rest) = subject.split_once('/').unwrap_or_default();
    let bare = WaitingApproval {
        profile: None,
        number: String::new(),
        about: Message::default(),
        sum: None,
        case: None,
        day: None,
        asked,
    };
    match kind {
        "refund" => refund(ports, rest, bare),
        "case" | "carry" => {
            let Some((profile, key)) = rest.split_once('/') else {
                return Ok(bare);
            };
            let Ok(profile) = profile.parse().map(ProfileId) else {
                return Ok(bare);
            };
            case(ports, CaseRef { profile, key }, bare)
        }
        "reissue" => reissue(ports, rest, bare),
        "sign_off" => sign_off(ports, rest, bare),
        _ => Ok(bare),
    }
}

fn refund(ports: &Ports, number: &str, bare: WaitingApproval) -> Result<WaitingApproval, Failure> {
    let all = ports.casework.refunds(&RefundQuery::default())?;
    let found = all.iter().find(|known| {
        let asked = known.approval.as_ref().map(|asked| asked.id);
        asked == Some(bare.asked.id) || known.out_refund_no.as_str() == number
    });
    let Some(found) = found else {
        return Ok(bare);
    };
    let draft = &found.draft;
    let is_case = ports
        .records
        .case(draft.profile, &draft.case_key)?
        .is_some();
    let nth = found.out_refund_no;
    Ok(WaitingApproval {
        profile: Some(draft.profile),
        number: draft.out_trade_no.clone(),
        about: Message::new(format!("退款单号 {nth}"), format!("refund {nth}")),
        sum: Some(found.refund.amount),
        case: is_case.then(|| CaseName {
            profile: draft.profile,
            key: draft.case_key.clone(),
        }),
        ..bare
    })
}

fn case(
    ports: &Ports,
    CaseRef { profile, key }: CaseRef<'_>,
    bare: WaitingApproval,
) -> Result<WaitingApproval, Failure> {
    let Some(case) = ports.records.case(profile, key)? else {
        return Ok(WaitingApproval {
            profile: Some(profile),
            ..bare
        });
    };
    let category = case.finding.category;
    let code = category.code();
    Ok(WaitingApproval {
        profile: Some(profile),
        number: number_of(&case.finding).to_owned(),
        about: Message::new(
            format!("{code} {}", category.zh()),
            format!("{code} {}", category.en()),
        ),
        sum: Some(case.finding.at_stake()),
        case: Some(CaseName {
            profile,
            key: key.to_owned(),
        }),
        ..bare
    })
}

fn reissue(ports: &Ports, id: &str, bare: WaitingApproval) -> Result<WaitingApproval, Failure> {
    let all = ports.casework.reissues(None)?;
    let Some(found) = all.iter().find(|known| known.id.0.to_string() == id) else {
        return Ok(bare);
    };
    let draft = &found.draft;
    let place = CaseRef::new(draft.profile, draft.case_key.as_str());
    let of_case = case(ports, place, bare)?;
    Ok(WaitingApproval {
        number: draft.out_trade_no.clone(),
        ..of_case
    })
}

fn sign_off(ports: &Ports, id: &str, bare: WaitingApproval) -> Result<WaitingApproval, Failure> {
    let Ok(id) = id.parse() else {
        return Ok(bare);
    };
    let Some(signed) = ports.casework.sign_off_record(id)? else {
        return Ok(bare);
    };
    let (day, who) = (signed.day, &signed.signed_by);
    Ok(WaitingApproval {
        profile: Some(signed.profile),
        about: Message::new(
            format!("{day}，{who} 签账"),
            format!("{day}, signed off by {who}"),
        ),
        day: Some(day),
        ..bare
    })
}

/// A question by its number, with what it is about.
///
/// # Errors
/// When there is none, or the workspace cannot be read.
pub fn asked(ports: &Ports, id: ApprovalId) -> Result<WaitingApproval, Failure> {
    let all = ports.casework.approvals(true)?;
    let found = all.into_iter().find(|known| known.id == id);
    let found = found.ok_or_else(|| StoreError::Missing(format!("approval {}", id.0)))?;
    about(ports, found)
}

/// What was decided, in a sentence.
#[must_use]
pub fn judged_words(waiting: &WaitingApproval, judgement: Judgement, checker: &str) -> Message {
    let need = waiting.asked.need;
    let of = if waiting.number.is_empty() {
        waiting.about.clone()
    } else {
        Message::new(waiting.number.as_str(), waiting.number.as_str())
    };
    let (zh, en) = (&of.zh, &of.en);
    match judgement {
        Judgement::Approved => Message::new(
            format!("{checker} 已同意：{} {zh}", need.zh()),
            format!("{checker} agreed: {} {en}", need.en()),
        ),
        Judgement::Declined => Message::new(
            format!("{checker} 已驳回：{} {zh}", need.zh()),
            format!("{checker} refused: {} {en}", need.en()),
        ),
    }
}

/// What comes next where somebody agreed.
#[must_use]
pub fn next_words(need: ApprovalNeed, judgement: Judgement) -> Message {
    match (judgement, need) {
        (Judgement::Declined, _) => Message::default(),
        (
            Judgement::Approved,
            ApprovalNeed::Sum | ApprovalNeed::Bulk | ApprovalNeed::OverRefund,
        ) => Message::new(
            "制单人在“未了退款”里继续，才会发往微信",
            "It is sent once its maker goes on with it under Open refunds",
        ),
        (Judgement::Approved, ApprovalNeed::Unlock) => Message::new(
            "这一天可以重新对账，再由人签账",
            "The day can be compared anew, and signed off again",
        ),
        (
            Judgement::Approved,
            ApprovalNeed::ForceClosed
            | ApprovalNeed::Withdrawal
            | ApprovalNeed::Carry
            | ApprovalNeed::Resolution,
        ) => Message::default(),
    }
}

/// A second person decides about something that waits.
///
/// # Errors
/// For the maker, for somebody without the role, for a second decision.
pub fn judge(
    ports: &Ports,
    id: ApprovalId,
    judgement: Judgement,
    checker: &str,
) -> Result<ApprovalRecord, Failure> {
    let by = Author::new(checker, ports.clock.now());
    ports.casework.judge(id, judgement, by).map_err(refused)
}

fn refused(error: StoreError) -> Failure {
    let StoreError::Forbidden(why) = error else {
        return error.into();
    };
    let title = match why.as_str() {
        "the maker is no second person" => Message::new(
            "制单人不能复核自己的单",
            "Whoever prepared it cannot approve it",
        ),
        "an approval is given once" => Message::new("已经复核过了", "It was decided already"),
        "what it asked about has moved on" => {
            return Failure::new(
                FailureKind::Usage,
                "approval.over",
                Message::new(
                    "这条提请已作废：所提的事已撤回、另行处理或已了结，没有复核",
                    "It waits no longer: what it asked about was withdrawn, taken up otherwise or settled; nothing was decided",
                ),
                Message::new(
                    "看它现在的状态；仍需要的，重新提请",
                    "See where it stands now; ask again if it is still needed",
                ),
            );
        }
        "it was asked anew since" => Message::new(
            "之后又提请过一次，请看新的那条",
            "It was asked anew since; decide about that",
        ),
        _ => Message::new("没有复核权限", "Not allowed to approve"),
    };
    Failure::new(
        FailureKind::Usage,
        "approval.refused",
        title,
        Message::default(),
    )
    .with_detail(why)
}
