//! Which cases may be reissued, judged by what WeChat Pay says now, and how many of them need a second person.

use sha2::{Digest as _, Sha256};

use crate::jobs::views::certificate::hex;
use crate::{Failure, FailureKind, Message};
use recondesk_casework::{ApprovalNeed, Judgement, OrderFacts};
use recondesk_domain::Fen;
use recondesk_ports::{ApprovalRecord, Author, CaseRecord, Ports};

/// Several cases that are to be reissued together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReissueChoice {
    /// What a second person must agree to first, where there are many.
    pub waits_for: Option<ApprovalRecord>,
    /// How many.
    pub count: usize,
    /// Their sum at stake; nothing beyond 64 bits.
    pub sum: Option<Fen>,
}

/// Refuses an order that was not paid, or of which anything went back or is on its way back.
pub(super) fn deliverable(facts: &OrderFacts) -> Result<(), Failure> {
    let no = |title: Message| {
        Err(Failure::new(
            FailureKind::Usage,
            "reissue.state",
            title,
            Message::new(
                "状态已变，先重新对账或改用其他处理",
                "The state changed: compare again, or choose another way",
            ),
        ))
    };
    if !facts.is_paid {
        return no(Message::new(
            "微信支付答复：这笔订单没有支付，不补发货",
            "WeChat Pay says that the order is not paid; nothing is reissued",
        ));
    }
    let is_refunded = facts.parts.iter().any(|part| part.state.counts());
    match facts.refunded_but("") {
        Some(sum) if sum == Fen::ZERO && !is_refunded => Ok(()),
        Some(sum) if sum == Fen::ZERO => no(Message::new(
            "微信支付答复：这笔订单有退款，不补发货",
            "WeChat Pay says that the order was refunded; nothing is reissued",
        )),
        Some(sum) => no(Message::new(
            format!("这笔订单已退或正在退 ¥{}，不补发货", sum.grouped()),
            format!(
                "¥{} of the order went back or is on its way; nothing is reissued",
                sum.grouped()
            ),
        )),
        None => no(Message::new(
            "退款金额对不上，已停止",
            "The refunds do not add up; stopped",
        )),
    }
}

/// Counts and adds up; more than the limit waits for a second person, who agrees to exactly these cases.
///
/// # Errors
/// When the workspace cannot be read.
pub fn choices_checked(
    ports: &Ports,
    cases: &[CaseRecord],
    maker: &str,
) -> Result<ReissueChoice, Failure> {
    let sum = cases.iter().try_fold(Fen::ZERO, |sum, case| {
        sum.checked_add(case.finding.at_stake())
    });
    let mut choice = ReissueChoice {
        waits_for: None,
        count: cases.len(),
        sum,
    };
    let limit = ports.casework.thresholds()?.bulk_over;
    if u32::try_from(cases.len()).is_ok_and(|count| count <= limit) {
        return Ok(choice);
    }
    let mut keys: Vec<&str> = cases.iter().map(|case| case.key.as_str()).collect();
    keys.sort_unstable();
    let mut hash = Sha256::new();
    for key in keys {
        hash.update(key.as_bytes());
        hash.update(b"\0");
    }
    let digest = hex(&hash.finalize());
    let subject = format!("reissues/{}", digest.get(..32).unwrap_or(&digest));
    let known = ports.casework.approvals(true)?;
    let last = known.iter().rfind(|asked| asked.subject == subject);
    let judged = last.and_then(|asked| asked.judged.as_ref());
    if judged.is_some_and(|(_, judgement, _)| *judgement == Judgement::Approved) {
        return Ok(choice);
    }
    let total = sum.map_or_else(String::new, Fen::grouped);
    let reason = format!("{} × ¥{total}", cases.len());
    let maker = Author::new(maker, ports.clock.now());
    let asked = ports
        .casework
        .ask_approval(ApprovalNeed::Bulk, &subject, &reason, maker)?;
    choice.waits_for = Some(asked);
    Ok(choice)
}
