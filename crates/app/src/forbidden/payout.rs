//! Refusals of a refund or a reissue for what stands in its way: another one, its stage, a closed case.

use super::{by_place, reopen, said};
use crate::{Advice, Message};
use recondesk_casework::{RefundStage, ReissueStage, ReissueWay};
use recondesk_domain::CaseStatus;

/// A refund or a reissue that stands in the way, or has no such step.
pub(super) fn payout(why: &str) -> Option<(Message, Advice)> {
    open_refund(why)
        .or_else(|| other_reissue(why))
        .or_else(|| wrong_stage(why))
        .or_else(|| closed_case(why))
}

fn open_refund(why: &str) -> Option<(Message, Advice)> {
    let (number, stage) = why
        .strip_prefix("refund ")?
        .split_once(" of this case is ")?;
    let stage = RefundStage::parse(stage)?;
    let title = said(
        format!("这条差错的退款 {number} {}，还没有了结", stage.zh()),
        format!(
            "Refund {number} of this case is {}, and not settled",
            stage.en().to_lowercase()
        ),
    );
    let may_be_given_up = matches!(
        stage,
        RefundStage::Drafted | RefundStage::Confirmed | RefundStage::Rejected
    );
    let advice = if may_be_given_up {
        by_place(
            (
                &format!(
                    "先发送或撤回：recondesk refund send {number}，或 recondesk refund withdraw {number} --reason 原因"
                ),
                &format!(
                    "Send it or withdraw it first: recondesk refund send {number}, or recondesk refund withdraw {number} --reason WHY"
                ),
            ),
            (
                "先发送或撤回这笔退款",
                "Send that refund or withdraw it first",
            ),
        )
    } else {
        by_place(
            (
                &format!("先查询到终态：recondesk refund resume {number}"),
                &format!("Query it until it is final first: recondesk refund resume {number}"),
            ),
            ("先查询到终态", "Query it until it is final first"),
        )
    };
    Some((title, advice))
}

fn other_reissue(why: &str) -> Option<(Message, Advice)> {
    let word = why
        .strip_prefix("a reissue by ")?
        .strip_suffix(" is under way")?;
    let by = ReissueWay::parse(word)?;
    let title = said(
        format!("这条差错已有补发货：{}", by.zh()),
        format!("A reissue by {word} is under way"),
    );
    let advice = by_place(
        (
            &format!(
                "仍用这一方式再执行一次（--by {word}），或先撤回：recondesk reissue 编号 --withdraw --reason 原因"
            ),
            &format!(
                "Do it once more in the same way (--by {word}), or withdraw it first: recondesk reissue ID --withdraw --reason WHY"
            ),
        ),
        (
            "仍用这一方式，或先撤回补发货",
            "Keep to that way, or withdraw the reissue first",
        ),
    );
    Some((title, advice))
}

fn wrong_stage(why: &str) -> Option<(Message, Advice)> {
    let (_, rest) = why.split_once(" is not possible when the ")?;
    let (what, stage) = rest.split_once(" is ")?;
    let (zh, stage_zh, stage_en, show) = match what {
        "refund" => {
            let stage = RefundStage::parse(stage)?;
            ("退款", stage.zh(), stage.en(), ("refund show", "refund"))
        }
        "reissue" => {
            let stage = ReissueStage::parse(stage)?;
            ("补发货", stage.zh(), stage.en(), ("cases show", "case"))
        }
        _ => return None,
    };
    let title = said(
        format!("这笔{zh}{stage_zh}，不能再这样做"),
        format!(
            "The {what} is {}, this cannot be done any more",
            stage_en.to_lowercase()
        ),
    );
    let (command, of) = show;
    let advice = by_place(
        (
            &format!("看它的经过：recondesk {command} 编号"),
            &format!("See what happened to it: recondesk {command} ID"),
        ),
        ("看它的经过", &format!("See what happened to the {of}")),
    );
    Some((title, advice))
}

fn closed_case(why: &str) -> Option<(Message, Advice)> {
    let word = why
        .strip_prefix("the case is ")?
        .strip_suffix(", open it again first")?;
    let status = CaseStatus::parse(word)?;
    let title = said(
        format!("差错“{}”，不能再办理", status.zh()),
        format!(
            "The case is {}, nothing is begun for it",
            status.en().to_lowercase()
        ),
    );
    Some((title, reopen()))
}
